/* query_field.c: names and values in SQL: a field wherever it is kept, who may ask by it,
 * parameters.
 *
 * Identifiers come from the model alone; every value is bound. Each table that is read, also on
 * the way through references, has the scope predicate of its own lane. */
#include "store/query_int.h"

#include "base/banned.h"

/* 0001-01-01 to 9999-12-31: a date outside is unknown (model/expr.h). */
enum { DATE_FIRST = -719162, DATE_LAST = 2932896 };

/* Symbols on the parser's stack, measured on SQLite 3.40. */
enum {
    COST_SELECT = 5,
    COST_SELECT_WHERE = 10,
    COST_REACH = 19,
    COST_OFFICE = 24,
    COST_CALL = 3,
    COST_CASE = 6
};

Sql *sql_new(Ctx *c, const KindInfo *k) {
    Sql *s = arena_new_of(c->arena, Sql);
    s->c = c;
    s->schema = c->reader->schema;
    s->root.table = sql_table(s, k, k->k->lane);
    s->n_frames = 1;
    return s;
}

/* By number: the kind may come from a model newer than the schema of this read. */
const TableSpec *sql_table(const Sql *s, const KindInfo *k, Lane lane) {
    const KindInfo *own = model_kind_no(s->schema->model, k->k->no);
    ASSERT(own);
    return schema_table(s->schema, own, lane);
}

const Column *table_column(const TableSpec *t, const FieldInfo *f) {
    for (size_t i = 0; t && !f->custom && i < t->n_columns; i++)
        if (t->columns[i].field->f.no == f->f.no) return &t->columns[i];
    return NULL;
}

/* ---- access ---- */

Status field_may_be_asked(Ctx *c, const FieldInfo *f, const char *path) {
    Lane lane = field_lane(f);
    bool reached = c->reach && (c->reach->everything || c->reach->lane[lane].n > 0);
    /* "void" is hidden in forms; whether a record stands is not. */
    bool closed = f->f.flags & FF_SEALED || (f->f.flags & FF_HIDDEN && f->index != 0);
    if (reached && !closed) return ST_OK;
    return FAIL(c, ST_DENIED, path, "error.query.field", "field", str_of(f->key_text));
}

Str sql_reach(Sql *s, const char *alias, Lane lane) {
    if (s->c->reach && s->c->reach->everything) return STR("");
    if (!s->reach_no[lane]) {
        vec_push(s->c->arena, &s->params, (SqlParam){ .type = PARAM_REACH, .lane = lane });
        s->reach_no[lane] = (int)s->params.n;
    }
    /* The plus keeps SQLite from looking up (id, scope) once for each scope. */
    return str_printf(s->c->arena, "+%s.scope IN (SELECT value FROM json_each(?%d))", alias,
                      s->reach_no[lane]);
}

/* ---- parameters ---- */

int sql_value(Sql *s, Val v) {
    vec_push(s->c->arena, &s->params, (SqlParam){ .type = PARAM_VALUE, .value = v });
    return (int)s->params.n;
}

int sql_today(Sql *s) {
    if (!s->today_no) {
        vec_push(s->c->arena, &s->params, (SqlParam){ .type = PARAM_TODAY });
        s->today_no = (int)s->params.n;
    }
    return s->today_no;
}

static Str reach_json(Ctx *c, Lane lane) {
    Buf b = buf_new(c->arena, 4 << 20);
    buf_byte(&b, '[');
    for (size_t i = 0; c->reach && i < c->reach->lane[lane].n; i++)
        buf_printf(&b, i ? ",%u" : "%u", (unsigned)c->reach->lane[lane].scopes[i]);
    buf_byte(&b, ']');
    ASSERT(!buf_full(&b));
    return buf_text(&b);
}

void sql_bind(const Sql *s, Stmt *st) {
    Ctx *c = s->c;
    for (size_t i = 0; i < s->params.n; i++) {
        const SqlParam *p = &s->params.v[i];
        int at = (int)i + 1;
        if (p->type == PARAM_REACH)
            bind_text(st, at, reach_json(c, p->lane));
        else if (p->type == PARAM_VALUE)
            bind_value(st, at, c->arena, NULL, p->value);
        else if (c->today >= DATE_FIRST && c->today <= DATE_LAST)
            bind_int(st, at, c->today);
        else
            bind_null(st, at);
    }
}

/* ---- fields ---- */

/* In the table that holds it, whose row is `alias`. */
static Str stored(Sql *s, const TableSpec *t, const char *alias, const FieldInfo *f,
                  FieldForm form) {
    Arena *a = s->c->arena;
    const Column *col = table_column(t, f);
    bool fold = form == FIELD_FOLD || (form == FIELD_ORDER && f->f.type == FT_TEXT);
    Str v;
    if (f->index == 0 && !f->custom) return str_printf(a, "%s.void", alias);
    if (col && fold && col->fold) return str_printf(a, "%s.\"%s__fold\"", alias, f->f.name);
    if (col)
        v = str_printf(a, "%s.\"%s\"", alias, f->f.name);
    else /* quoted: a label that begins with a digit would be an array's index */
        v = str_printf(a, "(%s.extra ->> '$.\"%s\"')", alias, f->key_text);
    if (!col && f->f.type == FT_REF) return str_printf(a, "panah_bytes(%.*s)", STR_ARG(v));
    if (fold) return str_printf(a, "panah_fold(%.*s)", STR_ARG(v));
    if (f->f.type != FT_DATE || form == FIELD_ORDER) return v;
    return str_printf(a, "CASE WHEN %.*s BETWEEN %d AND %d THEN %.*s END", STR_ARG(v), DATE_FIRST,
                      DATE_LAST, STR_ARG(v));
}

static Str and_reach(Sql *s, const char *alias, Lane lane) {
    Str reach = sql_reach(s, alias, lane);
    return reach.n ? str_concat(s->c->arena, STR(" AND "), reach) : reach;
}

/* From the table of another lane: the row of the same office, since that of an id which has moved
 * stands in two. */
static Str stored_beside(Sql *s, const char *alias, const FieldInfo *f, FieldForm form) {
    Arena *a = s->c->arena;
    const TableSpec *t = sql_table(s, f->kind, field_lane(f));
    const char *side = str_c(a, str_printf(a, "%s_s", alias));
    Str value = stored(s, t, side, f, form), reach = and_reach(s, side, t->lane);
    return str_printf(a,
                      "(SELECT %.*s FROM \"%s\" AS %s WHERE %s.id = %s.id%.*s"
                      " AND (SELECT o.office FROM ledger_scope AS o WHERE o.no = %s.scope)"
                      " = (SELECT o.office FROM ledger_scope AS o WHERE o.no = %s.scope)"
                      " ORDER BY %s.scope LIMIT 1)",
                      STR_ARG(value), t->name, side, side, alias, STR_ARG(reach), side, alias,
                      side);
}

Str sql_field(Sql *s, const char *alias, const FieldInfo *f, FieldForm form) {
    Lane own = f->kind->k->lane;
    if (field_lane(f) != own) return stored_beside(s, alias, f, form);
    return stored(s, sql_table(s, f->kind, own), alias, f, form);
}

Str sql_path(Sql *s, const char *alias, const FieldInfo *const *path, size_t n, FieldForm form) {
    Arena *a = s->c->arena;
    Str v = sql_field(s, alias, path[0], n == 1 ? form : FIELD_VALUE);
    for (size_t i = 1; i < n; i++) {
        const KindInfo *k = path[i]->kind;
        const TableSpec *t = sql_table(s, k, k->k->lane);
        const char *row = str_c(a, str_printf(a, "p%zu", i));
        Str next = sql_field(s, row, path[i], i + 1 == n ? form : FIELD_VALUE);
        Str reach = and_reach(s, row, t->lane);
        v = str_printf(a,
                       "(SELECT %.*s FROM \"%s\" AS %s WHERE %s.id = %.*s%.*s"
                       " ORDER BY %s.scope LIMIT 1)",
                       STR_ARG(next), t->name, row, row, STR_ARG(v), STR_ARG(reach), row);
    }
    return v;
}

static int field_cost(const Sql *s, const FieldInfo *f) {
    const TableSpec *t = sql_table(s, f->kind, field_lane(f));
    bool plain = f->index == 0 || table_column(t, f);
    int cost = 1 + COST_CASE + (plain ? 0 : COST_CALL + COST_CALL);
    if (field_lane(f) == f->kind->k->lane) return cost;
    cost += COST_SELECT;
    return cost > COST_OFFICE ? cost : COST_OFFICE;
}

int sql_path_cost(const Sql *s, const FieldInfo *const *path, size_t n) {
    int cost = field_cost(s, path[0]);
    for (size_t i = 1; i < n; i++) {
        int value = COST_SELECT + field_cost(s, path[i]);
        cost += COST_SELECT_WHERE;
        if (cost < COST_REACH) cost = COST_REACH;
        if (cost < value) cost = value;
    }
    return cost;
}

/* ---- order ---- */

const char *order_column(const Sql *s, const FieldInfo *f, bool *ret_has_unknown) {
    const TableSpec *t = s->root.table;
    const Column *col = field_lane(f) == t->lane ? table_column(t, f) : NULL;
    Arena *a = s->c->arena;
    *ret_has_unknown = false;
    if (!col) return NULL;
    if (col->sort) {
        *ret_has_unknown = true; /* the only index that holds the unknown ones too */
        return str_c(a, str_printf(a, "%s__sort", f->f.name));
    }
    if (f->f.flags & FF_INDEXED && col->fold) return str_c(a, str_printf(a, "%s__fold", f->f.name));
    if (f->f.flags & FF_INDEXED || t->kind->subject == col->field) return f->f.name;
    return NULL;
}
