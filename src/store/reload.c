/* reload.c: custom fields and code-list entries of the ledger become part of the model.
 *
 * The kinds custom_field and code_entry (the admin room's) are read by name; a model without them has
 * nothing of its own. A new Model and Schema are built beside the old ones and swapped in; the old
 * ones stay until the store closes, since readers may still look at them. */
#include "store/store_int.h"

#include "base/banned.h"

static const char *const label_langs[] = { "en", "fr", "fa", "ps", "ar" };
enum { LANGS = sizeof(label_langs) / sizeof(label_langs[0]) };

typedef struct Additions {
    VEC(CustomField) fields;
    VEC(CodeList) lists;
    VEC(LabelSource) labels;
} Additions;

static Status read_all(Ctx *c, Db *db, const TableSpec *t, Record ***ret, size_t *ret_n) {
    Stmt *st = db_stmt(
        c, db,
        str_c(c->arena, str_printf(c->arena, "SELECT %s FROM \"%s\" WHERE void IS NULL ORDER BY id",
                                   t->sql_columns, t->name)));
    if (!st) return ctx_status(c);
    VEC(Record *) out = { 0 };
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        Row r;
        Record *rec = NULL;
        row_from_stmt(c->arena, t, st, 0, &r);
        TRY(record_from_row(c, &r, &rec));
        vec_push(c->arena, &out, rec);
    }
    *ret = out.v;
    *ret_n = out.n;
    return ST_OK;
}

Status reload_first_language(Ctx *c, Store *s, Str *ret) {
    const Schema *schema = store_schema(s);
    const KindInfo *k = model_kind(schema->model, STR("office"));
    *ret = STR("");
    if (!k || !kind_field(k, STR("language")) || !kind_field(k, STR("parent"))) return ST_OK;
    Record **rows = NULL;
    size_t n = 0;
    TRY(read_all(c, s->writer.db, schema_table(schema, k, k->k->lane), &rows, &n));
    for (size_t i = 0; i < n && ret->n == 0; i++) {
        Id parent;
        if (!val_get_id(record_value(rows[i], "parent"), &parent))
            *ret = record_text(rows[i], "language");
    }
    return ST_OK;
}

static FieldType type_named(Str name) {
    static const struct {
        const char *name;
        FieldType type;
    } types[] = {
        { "int", FT_INT },   { "decimal", FT_DECIMAL }, { "bool", FT_BOOL }, { "date", FT_DATE },
        { "time", FT_TIME }, { "code", FT_CODE },       { "set", FT_SET },
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (str_is(name, types[i].name)) return types[i].type;
    return FT_TEXT;
}

static Lane lane_named(Str name) {
    static const char *const lanes[LANES] = { "control",   "core",    "protection",
                                              "biometric", "finance", "audit" };
    for (int i = 0; i < LANES; i++)
        if (str_is(name, lanes[i])) return (Lane)i;
    return LANE_CONTROL; /* the kind's own */
}

static AskLevel ask_named(Str name) {
    static const char *const levels[] = { "NEVER", "EMERGENCY", "BASIC", "COMPREHENSIVE" };
    for (int i = 0; i < 4; i++)
        if (str_is(name, levels[i])) return (AskLevel)i;
    return ASK_BASIC;
}

static const char *optional(Arena *a, Str text) {
    return text.n ? str_c(a, text) : NULL;
}

static Str labels_of(Ctx *c, const Record *r) {
    Val v = val_map();
    for (int i = 0; i < LANGS; i++) {
        Str text =
            record_text(r, str_c(c->arena, str_printf(c->arena, "label_%s", label_langs[i])));
        if (text.n) val_set_c(c->arena, &v, label_langs[i], val_text(text));
    }
    Buf b = buf_new(c->arena, 64 << 10);
    json_write(&b, v);
    return buf_text(&b);
}

static Status add_fields(Ctx *c, Db *db, const Schema *schema, Additions *add) {
    const KindInfo *k = model_kind(schema->model, STR("custom_field"));
    if (!k) return ST_OK;
    Record **rows = NULL;
    size_t n = 0;
    TRY(read_all(c, db, schema_table(schema, k, k->k->lane), &rows, &n));
    for (size_t i = 0; i < n; i++) {
        const Record *r = rows[i];
        CustomField f = { .kind = str_c(c->arena, record_text(r, "on_kind")),
                          .labels_json = labels_of(c, r) };
        if (!model_kind(schema->model, str_of(f.kind))) continue; /* a kind of a later version */
        Val max = record_value(r, "max");
        f.field = (Field){
            .name = str_c(c->arena, record_text(r, "name")),
            .type = type_named(record_text(r, "type")),
            .codes = optional(c->arena, record_text(r, "codes")),
            .max = max.type == VAL_INT ? max.i : 0,
            .ask = ask_named(record_text(r, "ask")),
            .lane = lane_named(record_text(r, "lane")),
            .flags = FF_PERSONAL,
            .id = r->id,
        };
        if (f.field.type == FT_DECIMAL) f.field.scale = 2;
        vec_push(c->arena, &add->fields, f);
    }
    return ST_OK;
}

static CodeList *list_named(Ctx *c, const Schema *schema, Additions *add, Str name) {
    for (size_t i = 0; i < add->lists.n; i++)
        if (str_eq(add->lists.v[i].name, name)) return &add->lists.v[i];
    const CodeList *had = model_codes(schema->model, name);
    CodeList l = { .name = str_copy(c->arena, name), .source = STR("Panah"), .version = 1 };
    if (had) {
        l = *had;
        l.version++;
    }
    /* Room for as many of the operation's own entries as come: copied on each, lists are short. */
    vec_push(c->arena, &add->lists, l);
    return &add->lists.v[add->lists.n - 1];
}

static void put_code(Ctx *c, CodeList *l, const Record *r) {
    Code code = { .code = record_text(r, "code"),
                  .since = l->version,
                  .parent = record_text(r, "parent") };
    Val withdrawn = record_value(r, "withdrawn");
    if (withdrawn.type == VAL_BOOL && withdrawn.b) code.until = l->version;
    Code *codes = arena_array(c->arena, Code, l->n + 1);
    if (l->n) memcpy(codes, l->codes, l->n * sizeof(Code));
    size_t at = 0;
    while (at < l->n && !str_eq(codes[at].code, code.code))
        at++;
    if (at < l->n && code.parent.n == 0) code.parent = codes[at].parent;
    if (at < l->n) code.since = codes[at].since;
    codes[at] = code;
    l->codes = codes;
    if (at == l->n) l->n++;
}

static Status add_codes(Ctx *c, Db *db, const Schema *schema, Additions *add) {
    const KindInfo *k = model_kind(schema->model, STR("code_entry"));
    if (!k) return ST_OK;
    Record **rows = NULL;
    size_t n = 0;
    TRY(read_all(c, db, schema_table(schema, k, k->k->lane), &rows, &n));
    Val labels[LANGS];
    for (int i = 0; i < LANGS; i++)
        labels[i] = val_map();
    for (size_t i = 0; i < n; i++) {
        Str list = record_text(rows[i], "list"), code = record_text(rows[i], "code");
        put_code(c, list_named(c, schema, add, list), rows[i]);
        for (int j = 0; j < LANGS; j++) {
            Str text = record_text(
                rows[i], str_c(c->arena, str_printf(c->arena, "label_%s", label_langs[j])));
            if (text.n)
                val_set(c->arena, &labels[j],
                        str_printf(c->arena, "code.%.*s.%.*s", STR_ARG(list), STR_ARG(code)),
                        val_text(text));
        }
    }
    for (int i = 0; i < LANGS; i++) {
        Buf b = buf_new(c->arena, 4 << 20);
        json_write(&b, labels[i]);
        LabelSource source = { .lang = str_of(label_langs[i]), .json = buf_text(&b) };
        if (labels[i].map.n) vec_push(c->arena, &add->labels, source);
    }
    return ST_OK;
}

static Status build(Ctx *c, Store *s, Additions *add, Model **ret) {
    const ModelSource *base = s->options.model;
    ModelSource source = *base;
    CodeList *lists = arena_array(c->arena, CodeList, base->n_lists + add->lists.n + 1);
    if (base->n_lists) memcpy(lists, base->lists, base->n_lists * sizeof(*lists));
    for (size_t i = 0; i < add->lists.n; i++)
        lists[base->n_lists + i] = add->lists.v[i];
    LabelSource *labels = arena_array(c->arena, LabelSource, base->n_labels + add->labels.n + 1);
    if (base->n_labels) memcpy(labels, base->labels, base->n_labels * sizeof(*labels));
    for (size_t i = 0; i < add->labels.n; i++)
        labels[base->n_labels + i] = add->labels.v[i];
    source.lists = lists;
    source.n_lists = base->n_lists + add->lists.n;
    source.labels = labels;
    source.n_labels = base->n_labels + add->labels.n;
    source.custom = add->fields.v;
    source.n_custom = add->fields.n;
    return model_build(c, &source, ret);
}

/* A field that cannot be built (its list is gone, its name is no name) must not keep the program from
 * starting: it is left out, said in the log, and its values stay in the ledger. */
static Status build_what_works(Ctx *c, Store *s, Additions *add, Model **ret) {
    while (build(c, s, add, ret) != ST_OK) {
        size_t worst = SIZE_MAX;
        for (size_t i = 0; i < c->errs.n; i++) {
            Str path = c->errs.v[i].path;
            Str digits = str_slice(path, 7, path.n);
            int64_t n = 0;
            if (str_starts(path, STR("custom[")) && num_parse_i64(str_cut(&digits, ']'), &n) &&
                (size_t)n < add->fields.n)
                worst = (size_t)n;
        }
        if (worst == SIZE_MAX) return ctx_status(c);
        log_warn(s->env, "custom_field", "state", "left out", "reason",
                 str_c(c->arena, c->errs.v[0].key), NULL);
        memmove(&add->fields.v[worst], &add->fields.v[worst + 1],
                (add->fields.n - worst - 1) * sizeof(CustomField));
        add->fields.n--;
        ctx_forget_errors(c);
    }
    return ST_OK;
}

/* A custom field may be the first of its lane: then its side table is new. */
static Status add_tables(Ctx *c, Store *s, const Schema *old, const Schema *fresh) {
    for (size_t i = 0; i < fresh->n; i++) {
        const TableSpec *t = &fresh->tables[i];
        const KindInfo *k = model_kind_no(old->model, t->kind->k->no);
        if (k && schema_table(old, k, t->lane)) continue;
        TRY(db_exec(c, s->writer.db, t->ddl));
        TRY(db_exec(c, s->writer.db, t->ddl_indexes));
    }
    return meta_put(c, s->writer.db, "schema", str_n(fresh->hash.b, 32));
}

Status store_reload_model(Ctx *c, Store *s, bool make_tables) {
    const Schema *old = store_schema(s);
    Additions add = { 0 };
    Model *m = NULL;
    TRY(add_fields(c, s->writer.db, old, &add));
    TRY(add_codes(c, s->writer.db, old, &add));
    if (add.fields.n == 0 && add.lists.n == 0) return ST_OK;
    TRY(build_what_works(c, s, &add, &m));
    Schema *fresh = schema_new(s->env, m, str_of(s->sort_lang));
    Status st = make_tables ? add_tables(c, s, old, fresh) : ST_OK;
    if (st == ST_OK && s->n_old_schemas == sizeof(s->old_schemas) / sizeof(s->old_schemas[0]))
        st = FAIL(c, ST_LIMIT, "", "error.store.model_changes");
    if (st != ST_OK) {
        schema_free(fresh);
        model_free(m);
        return st;
    }
    s->old_schemas[s->n_old_schemas++] = (Schema *)(uintptr_t)old;
    atomic_store(&s->schema, fresh);
    s->writer.schema = fresh;
    return ST_OK;
}
