/* routes_query.c: lists and single records, by kind in general. Which rows are seen is the store's
 * work (access compiled into the query); which kinds and fields may be named is decided here. */
#include "api/api_int.h"

#include "base/banned.h"

enum {
    QUERY_LIMIT_DEFAULT = 50,
    QUERY_LIMIT_MAX = 1000,
    QUERY_COUNT_CAP = 100000,
    COLUMNS_MAX = 200
};

static const Field query_fields[] = {
    { "kind", .type = FT_TEXT, .max = 64, .flags = FF_REQUIRED },
    { "where", .type = FT_TEXT, .max = EXPR_SOURCE_MAX, .flags = FF_LONG,
      .doc = "A condition in the expression language" },
    { "order", .type = FT_TEXT, .max = 64, .doc = "A field; without it by age of the record" },
    { "descending", .type = FT_BOOL },
    { "columns", .type = FT_TEXT, .max = COLUMNS_MAX, .flags = FF_LIST,
      .doc = "Fields to show; without it all" },
    { "limit", .type = FT_INT, .min = 1, .max = QUERY_LIMIT_MAX },
    { "cursor", .type = FT_TEXT, .max = 8192, .doc = "`next` of the page before" },
    { "with_void", .type = FT_BOOL },
    { "count", .type = FT_BOOL, .doc = "Count the matches too, up to 100,000" },
    { "for_export", .type = FT_BOOL,
      .doc = "The rows leave the program: by the right to export, and noted in the log" },
};
const Shape query_shape = { .name = "query", FIELDS(query_fields) };

static Status find_kind(Ctx *c, Str name, const KindInfo **ret) {
    const KindInfo *k = model_kind(store_model(c->store), name);
    if (!k || !access_may_read_kind(c->actor, k)) {
        (void)FAIL(c, ST_MISSING, "kind", "error.http.kind", "kind", name);
        return ST_MISSING;
    }
    *ret = k;
    return ST_OK;
}

static Status refuse_field(Ctx *c, const char *path, const FieldInfo *f) {
    return FAIL(c, ST_DENIED, path, "error.http.field", "field", str_of(f->key_text));
}

/* Filtering or sorting by a field shows what is in it. */
/* "void" is hidden from forms, not from questions: aggregates ask by it of their own. */
static bool may_ask_by(const FieldInfo *f) {
    return f->index == 0 || !(f->f.flags & (FF_HIDDEN | FF_SEALED));
}

static bool may_look_at(Ctx *c, const Expr *e, const KindInfo *k) {
    if (!access_may_read_kind(c->actor, k)) return false;
    return k == e->kind || !access_own_rows_only(c->actor, k);
}

static Status check_where(Ctx *c, const Expr *e) {
    for (size_t i = 0; i < e->n_nodes; i++) {
        const ExprNode *n = &e->nodes[i];
        for (size_t k = 0; k < n->n_path; k++) {
            const FieldInfo *f = n->path[k];
            if (!may_ask_by(f) || !may_look_at(c, e, f->kind)) return refuse_field(c, "where", f);
        }
        if (n->child_field && !may_ask_by(n->child_field))
            return refuse_field(c, "where", n->child_field);
        if (n->child_kind && !may_look_at(c, e, n->child_kind))
            return FAIL(c, ST_DENIED, "where", "error.http.kind_denied", "kind",
                        str_of(n->child_kind->k->name));
    }
    return ST_OK;
}

static Status find_field(Ctx *c, const KindInfo *k, const char *path, Str name,
                         const FieldInfo **ret) {
    const FieldInfo *f = kind_field(k, name);
    if (!f || (f->f.flags & FF_HIDDEN)) {
        (void)FAIL(c, ST_INVALID, path, "error.http.field_unknown", "field", name, "kind",
                   str_of(k->k->name));
        return ST_INVALID;
    }
    *ret = f;
    return ST_OK;
}

static Status read_columns(Ctx *c, const KindInfo *k, Val in, ShowColumns *ret) {
    if (in.type != VAL_LIST) return ST_OK;
    const FieldInfo **v = arena_array(c->arena, const FieldInfo *, in.list.n);
    for (size_t i = 0; i < in.list.n; i++) {
        const char *path = str_c(c->arena, str_printf(c->arena, "columns[%zu]", i));
        TRY(find_field(c, k, path, in.list.v[i].text, &v[i]));
        if (v[i]->f.flags & FF_SEALED) return refuse_field(c, path, v[i]);
    }
    *ret = (ShowColumns){ v, in.list.n };
    return ST_OK;
}

/* One's own rows and those shared with all, where a kind is of that sort. */
static Str own_rows(Ctx *c, const KindInfo *k, Str where) {
    if (!access_own_rows_only(c->actor, k)) return where;
    Str own = str_printf(c->arena, "(shared or owner = '%.*s')",
                         STR_ARG(id_text(c->arena, c->actor->user)));
    return where.n ? str_printf(c->arena, "%.*s and (%.*s)", STR_ARG(own), STR_ARG(where)) : own;
}

static Status build_query(Ctx *c, Val input, Query *q, ShowColumns *columns) {
    TRY(find_kind(c, val_get_text(input, "kind", STR("")), &q->kind));
    Str where = val_get_text(input, "where", STR("")),
        order = val_get_text(input, "order", STR(""));
    if (where.n) {
        Expr *e;
        TRY(expr_compile_condition(c, store_model(c->store), q->kind, where, &e));
        TRY(check_where(c, e));
        q->where = e;
    }
    if (access_own_rows_only(c->actor, q->kind)) {
        /* What was typed has been compiled alone: it cannot end the brackets around it. */
        Expr *e;
        TRY(expr_compile_condition(c, store_model(c->store), q->kind, own_rows(c, q->kind, where),
                                   &e));
        q->where = e;
    }
    if (order.n) {
        TRY(find_field(c, q->kind, "order", order, &q->order));
        if (!may_ask_by(q->order)) return refuse_field(c, "order", q->order);
    }
    TRY(read_columns(c, q->kind, val_get(input, "columns"), columns));
    q->columns = columns->v;
    q->n_columns = columns->n;
    q->descending = val_get_bool(input, "descending", false);
    q->with_void = val_get_bool(input, "with_void", false);
    q->limit = (size_t)val_get_int(input, "limit", QUERY_LIMIT_DEFAULT);
    q->cursor = val_get_text(input, "cursor", STR(""));
    return ST_OK;
}

static void write_page(Ctx *c, Buf *out, const Page *page, const ShowColumns *columns,
                       int64_t count) {
    Map titles = map_new(c->arena);
    JsonOut o = json_object(out);
    JsonOut rows = json_list(json_key(&o, "rows"));
    for (size_t i = 0; i < page->n; i++)
        record_write(c, json_item(&rows), page->rows[i], columns, &titles, true);
    json_list_end(&rows);
    if (page->next.n)
        json_text(&o, "next", page->next);
    else
        buf_str(json_key(&o, "next"), STR("null"));
    json_int(&o, "searched", page->searched);
    json_int(&o, "total", page->total);
    if (count >= 0) {
        json_int(&o, "count", count);
        if (count >= QUERY_COUNT_CAP) json_bool(&o, "count_is_least", true);
    }
    json_object_end(&o);
}

/* Rows that leave the program are chosen by another right than rows on a screen. */
static Status enter_export(Ctx *c, const Query *q) {
    TRY(actor_require(c, PERM_EXPORT));
    if (!c->actor->system) c->reach = actor_reach(c, PERM_EXPORT);
    char user[ID_TEXT_N + 1] = "";
    id_write(c->actor->user, user);
    if (q->cursor.n == 0) log_info(c->env, "export", "kind", q->kind->k->name, "user", user, NULL);
    return ST_OK;
}

Status route_query(Ctx *c, Call *k) {
    Val input;
    Query q = { 0 };
    ShowColumns columns = { 0 };
    Page page;
    int64_t count = -1;
    TRY(call_input(c, k, &query_shape, &input));
    TRY(build_query(c, input, &q, &columns));
    if (val_get_bool(input, "for_export", false)) TRY(enter_export(c, &q));
    TRY(call_read(c, k));
    TRY(read_query(c, &q, &page));
    if (val_get_bool(input, "count", false))
        TRY(read_count(c, q.kind, q.where, QUERY_COUNT_CAP, &count));
    Buf out = buf_new(c->arena, 64 << 20);
    write_page(c, &out, &page, &columns, count);
    if (buf_full(&out)) return FAIL(c, ST_LIMIT, "limit", "error.http.answer");
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

/* ---- one record ---------------------------------------------------------------------------------- */

/* Whose file a record belongs to; false for kinds without subject. */
static bool subject_of(const Record *r, Id *ret) {
    if (r->kind->k->subject_rule == SUBJECT_NONE) return false;
    if (r->kind->k->subject_rule == SUBJECT_SELF) {
        *ret = r->id;
        return true;
    }
    return record_id(r, r->kind->k->subject, ret);
}

/* Who works here is no secret to those who may read accounts; people's files are. */
static Status note_read(Ctx *c, Call *k, Id subject, Lane lane) {
    if (lane == LANE_CONTROL || lane == LANE_AUDIT || c->actor->system) return ST_OK;
    return audit_read(c, k->api->o.access, subject, STR("record.get"), STR(""));
}

static Status as_of(Ctx *c, Record **r, Id subject, Time when) {
    Record **all;
    size_t n;
    TRY(read_as_of(c, subject, when, &all, &n));
    for (size_t i = 0; i < n; i++) {
        if (all[i]->kind != (*r)->kind || !id_eq(all[i]->id, (*r)->id)) continue;
        *r = all[i];
        return ST_OK;
    }
    return FAIL(c, ST_MISSING, "as_of", "error.missing", "kind", str_of((*r)->kind->k->name));
}

Status route_record(Ctx *c, Call *k) {
    const KindInfo *kind;
    Id id, subject = ID_NONE;
    Record *r;
    Time when = TIME_NONE;
    TRY(find_kind(c, k->params[0], &kind));
    if (!id_parse(k->params[1], &id))
        return FAIL(c, ST_MISSING, "", "error.missing", "kind", k->params[0]);
    Str past = query_param(c->arena, k->q->query, "as_of");
    if (past.s && !time_from_iso(past, &when))
        return FAIL(c, ST_USAGE, "as_of", "error.type", "expected", STR("time"));
    TRY(call_read(c, k));
    TRY(read_record(c, kind, id, &r));
    if (!access_may_read_row(c->actor, r))
        return FAIL(c, ST_MISSING, "", "error.missing", "kind", k->params[0]);
    bool has_subject = subject_of(r, &subject);
    if (has_subject) TRY(note_read(c, k, subject, kind->k->lane));
    if (when != TIME_NONE) {
        if (!has_subject) return FAIL(c, ST_UNSUPPORTED, "as_of", "error.http.as_of");
        TRY(as_of(c, &r, subject, when));
    }
    Map titles = map_new(c->arena);
    Buf out = buf_new(c->arena, 16 << 20);
    record_write(c, &out, r, NULL, &titles, when == TIME_NONE);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}
