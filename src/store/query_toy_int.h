/* query_toy_int.h: a small register for the tests of the query compiler: every type of field, three
 * lanes, custom fields, references and children; kept in memory and in the tables of a schema. */
#ifndef STORE_QUERY_TOY_INT_H
#define STORE_QUERY_TOY_INT_H

#include "store/query_int.h"
#include "store/trial.h"

#define QT_CODES(name, ...) static const Code name[] = { __VA_ARGS__ }
#define QT_CODE(text)                                                                              \
    { .code = STR_INIT(text), .since = 1 }
QT_CODES(qt_sex, QT_CODE("F"), QT_CODE("M"), QT_CODE("X"));
QT_CODES(qt_need, QT_CODE("SC-UC"), QT_CODE("SC-SC"), QT_CODE("DS-BD"), QT_CODE("PG"));
QT_CODES(qt_lang, QT_CODE("prs"), QT_CODE("pus"), QT_CODE("fra"), QT_CODE("5"));
QT_CODES(qt_void, QT_CODE("ERROR"), QT_CODE("DOUBLE"));
#define QT_LIST(text, table)                                                                       \
    {                                                                                              \
        .name = STR_INIT(text), .source = STR_INIT("test"), .version = 1, .codes = (table),        \
        .n = sizeof(table) / sizeof((table)[0])                                                    \
    }
static const CodeList qt_lists[] = { QT_LIST("sex", qt_sex), QT_LIST("need", qt_need),
                                     QT_LIST("lang", qt_lang), QT_LIST("void_reason", qt_void) };

static const Field qt_camp_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .flags = FF_INDEXED },
    { "name", .no = 3, .type = FT_TEXT, .flags = FF_SORT },
    { "parent", .no = 4, .type = FT_REF, .kind = "camp", .flags = FF_INDEXED },
    { "capacity", .no = 5, .type = FT_INT },
};
static const Field qt_family_fields[] = {
    { "number", .no = 2, .type = FT_TEXT, .flags = FF_INDEXED },
    { "village", .no = 3, .type = FT_TEXT },
    { "place", .no = 4, .type = FT_TEXT, .flags = FF_SORT },
    { "size", .no = 5, .type = FT_INT },
    { "income", .no = 6, .type = FT_DECIMAL, .scale = 2 },
    { "arrival", .no = 7, .type = FT_DATE, .flags = FF_INDEXED },
    { "seen_at", .no = 8, .type = FT_TIME, .flags = FF_INDEXED },
    { "active", .no = 9, .type = FT_BOOL },
    { "camp", .no = 10, .type = FT_REF, .kind = "camp" },
    { "languages", .no = 11, .type = FT_SET, .codes = "lang" },
    { "danger", .no = 12, .type = FT_INT, .lane = LANE_PROTECTION },
};
static const Field qt_person_fields[] = {
    { "name", .no = 2, .type = FT_TEXT, .flags = FF_SORT | FF_INDEXED },
    { "sex", .no = 3, .type = FT_CODE, .codes = "sex", .flags = FF_INDEXED },
    { "birth", .no = 4, .type = FT_DATE, .flags = FF_INDEXED },
    { "family", .no = 5, .type = FT_REF, .kind = "family", .flags = FF_INDEXED },
    { "height", .no = 6, .type = FT_DECIMAL, .scale = 2 },
    { "score", .no = 7, .type = FT_DECIMAL, .scale = 6, .flags = FF_INDEXED },
    { "big", .no = 8, .type = FT_INT, .flags = FF_INDEXED },
    { "small", .no = 9, .type = FT_INT },
    { "present", .no = 10, .type = FT_BOOL },
    { "seen_at", .no = 11, .type = FT_TIME },
    { "languages", .no = 12, .type = FT_SET, .codes = "lang" },
    { "photo", .no = 13, .type = FT_BLOB },
    { "mentor", .no = 14, .type = FT_REF, .kind = "person" },
    { "note", .no = 15, .type = FT_TEXT, .flags = FF_SEALED },
    { "secret", .no = 16, .type = FT_TEXT, .flags = FF_HIDDEN },
    { "risk", .no = 17, .type = FT_INT, .lane = LANE_PROTECTION },
    { "threat", .no = 18, .type = FT_CODE, .codes = "need", .lane = LANE_PROTECTION },
    { "guard", .no = 19, .type = FT_REF, .kind = "person", .lane = LANE_PROTECTION },
    { "word", .no = 20, .type = FT_TEXT, .lane = LANE_PROTECTION },
};
static const Field qt_need_fields[] = {
    { "person", .no = 2, .type = FT_REF, .kind = "person" },
    { "code", .no = 3, .type = FT_CODE, .codes = "need", .flags = FF_INDEXED },
    { "weight", .no = 4, .type = FT_INT },
    { "cost", .no = 5, .type = FT_DECIMAL, .scale = 2 },
    { "noted", .no = 6, .type = FT_DATE },
    { "open", .no = 7, .type = FT_BOOL },
    { "text", .no = 8, .type = FT_TEXT },
};
static const Field qt_step_fields[] = {
    { "need", .no = 2, .type = FT_REF, .kind = "need" },
    { "done_at", .no = 3, .type = FT_TIME },
    { "points", .no = 4, .type = FT_INT },
};
static const Kind qt_camp = { .name = "camp",
                              .no = 1,
                              .subject_rule = SUBJECT_NONE,
                              .lane = LANE_CONTROL,
                              FIELDS(qt_camp_fields),
                              .title = "name" };
static const Kind qt_family = { .name = "family",
                                .no = 20,
                                .subject_rule = SUBJECT_SELF,
                                .lane = LANE_CORE,
                                FIELDS(qt_family_fields),
                                .title = "number" };
static const Kind qt_person = { .name = "person",
                                .no = 21,
                                .subject_rule = SUBJECT_SELF,
                                .lane = LANE_CORE,
                                FIELDS(qt_person_fields),
                                .title = "name" };
static const Kind qt_need_kind = { .name = "need",
                                   .no = 22,
                                   .subject_rule = SUBJECT_FIELD,
                                   .subject = "person",
                                   .lane = LANE_PROTECTION,
                                   FIELDS(qt_need_fields),
                                   .title = "code" };
static const Kind qt_step = { .name = "step",
                              .no = 23,
                              .subject_rule = SUBJECT_NONE,
                              .lane = LANE_PROTECTION,
                              FIELDS(qt_step_fields),
                              .title = "points" };
static const Kind *const qt_kinds[] = { &qt_camp, &qt_family, &qt_person, &qt_need_kind, &qt_step };
enum { QT_KINDS = 5, QT_OFFICES = 4, QT_SCOPES = 1 + 2 * QT_OFFICES, QT_RECORDS_MAX = 4096 };

#define QT_ID(last)                                                                                \
    {                                                                                              \
        .b = {                                                                                     \
            1,                                                                                     \
            0x8f,                                                                                  \
            0x6a,                                                                                  \
            0x3e,                                                                                  \
            0x7b,                                                                                  \
            0x1c,                                                                                  \
            0x7d,                                                                                  \
            0xef,                                                                                  \
            0x8a,                                                                                  \
            1,                                                                                     \
            0x23,                                                                                  \
            0x45,                                                                                  \
            0x67,                                                                                  \
            0x89,                                                                                  \
            0xab,                                                                                  \
            last                                                                                   \
        }                                                                                          \
    }
#define QT_CUSTOM(on, last, ...)                                                                   \
    { .kind = on, .field = { .id = QT_ID(last), __VA_ARGS__ }, .labels_json = STR_INIT("{}") }
static const CustomField qt_custom[] = {
    QT_CUSTOM("person", 1, .name = "c_text", .type = FT_TEXT),
    QT_CUSTOM("person", 2, .name = "c_int", .type = FT_INT),
    QT_CUSTOM("person", 3, .name = "c_money", .type = FT_DECIMAL, .scale = 3),
    QT_CUSTOM("person", 4, .name = "c_bool", .type = FT_BOOL),
    QT_CUSTOM("person", 5, .name = "c_date", .type = FT_DATE),
    QT_CUSTOM("person", 6, .name = "c_code", .type = FT_CODE, .codes = "sex"),
    QT_CUSTOM("person", 7, .name = "c_set", .type = FT_SET, .codes = "lang"),
    QT_CUSTOM("person", 8, .name = "c_ref", .type = FT_REF, .kind = "camp"),
    QT_CUSTOM("person", 9, .name = "c_risk", .type = FT_INT, .lane = LANE_PROTECTION),
    QT_CUSTOM("need", 10, .name = "c_share", .type = FT_DECIMAL, .scale = 4),
};

/* A record in memory: what the tables hold, for the evaluator. */
typedef struct QtRecord {
    const KindInfo *kind;
    Id id;
    uint32_t scope, side_scope; /* side_scope: of the protection lane's table; 0: no row there */
    Val *values;                /* [0]: void */
    int64_t rid;
} QtRecord;

typedef struct QtWorld {
    Env env;
    Arena *arena;
    Ctx c; /* for set-up */
    char dir[TRIAL_DIR_N];
    Model *model;
    Schema *schema;
    Store store;
    Reader reader;
    const KindInfo *kinds[QT_KINDS];
    Id offices[QT_OFFICES];
    QtRecord **records;
    size_t n_records;
    Rng rng;
} QtWorld;

enum { QT_CAMP, QT_FAMILY, QT_PERSON, QT_NEED, QT_STEP };

/* Scopes: 1 control; 2, 4, … core and 3, 5, … protection of the offices. */
static inline uint32_t qt_scope(uint32_t office, Lane lane) {
    return lane == LANE_CONTROL ? 1 : 2 + 2 * office + (lane == LANE_PROTECTION);
}

static inline void qt_must(const Ctx *c, Status st) {
    if (st == ST_OK) return;
    for (size_t i = 0; i < c->errs.n; i++)
        fprintf(stderr, "# %.*s: %.*s (%.*s)\n", STR_ARG(c->errs.v[i].path),
                STR_ARG(c->errs.v[i].key), STR_ARG(c->errs.v[i].cause));
    BUG("set-up failed");
}

static inline void qt_scopes(QtWorld *w) {
    Store *s = &w->store;
    s->scopes = arena_array(w->arena, ScopeRow, QT_SCOPES + 1);
    s->n_scopes = QT_SCOPES;
    for (uint32_t no = 1; no <= QT_SCOPES; no++) {
        ScopeRow *r = &s->scopes[no];
        r->no = no;
        r->lane = no == 1 ? LANE_CONTROL : no % 2 ? LANE_PROTECTION : LANE_CORE;
        r->office = no == 1 ? ID_NONE : w->offices[(no - 2) / 2];
        Stmt *st = db_stmt(&w->c, w->reader.db,
                           "INSERT INTO ledger_scope(no, scope, lane, office, key_n)"
                           " VALUES(?1, ?2, ?3, ?4, 0)");
        ASSERT(st);
        bind_int(st, 1, no);
        bind_blob(st, 2, str_n(&no, sizeof(no)));
        bind_int(st, 3, r->lane);
        bind_id(st, 4, &r->office);
        qt_must(&w->c, db_run(&w->c, w->reader.db, st));
    }
}

static inline void qt_open(QtWorld *w, uint64_t seed) {
    memset(w, 0, sizeof(*w));
    crypt_start();
    env_test_init(&w->env, seed, 1700000000 * TIME_SECOND);
    w->arena = arena_new(&w->env, 1 << 30);
    w->c = ctx_new(&w->env, w->arena);
    if (!trial_folder(w->dir, "query")) BUG("no folder");
    ModelSource source = { .kinds = qt_kinds,
                           .n_kinds = QT_KINDS,
                           .lists = qt_lists,
                           .n_lists = sizeof(qt_lists) / sizeof(qt_lists[0]),
                           .custom = qt_custom,
                           .n_custom = sizeof(qt_custom) / sizeof(qt_custom[0]) };
    qt_must(&w->c, model_build(&w->c, &source, &w->model));
    w->schema = schema_new(&w->env, w->model, SORT_LANG);
    for (size_t i = 0; i < QT_KINDS; i++)
        w->kinds[i] = model_kind(w->model, str_of(qt_kinds[i]->name));
    for (size_t i = 0; i < QT_OFFICES; i++)
        w->offices[i] = id_new(&w->env);
    const char *path = str_c(w->arena, str_printf(w->arena, "%s/q.db", w->dir));
    qt_must(&w->c, db_open(&w->c, path, DB_WRITER, &w->reader.db));
    qt_must(&w->c, db_exec(&w->c, w->reader.db, "PRAGMA synchronous=OFF"));
    qt_must(&w->c, db_exec(&w->c, w->reader.db, ledger_ddl));
    qt_must(&w->c, schema_create(&w->c, w->reader.db, w->schema));
    qt_must(&w->c, schema_create_indexes(&w->c, w->reader.db, w->schema));
    w->store.env = &w->env;
    env_random(&w->env, w->store.cursor_key.b, sizeof(w->store.cursor_key.b));
    pthread_rwlock_init(&w->store.map_lock, NULL);
    w->reader.store = &w->store;
    w->reader.schema = w->schema;
    w->c.store = &w->store;
    w->c.reader = &w->reader;
    w->c.reach = &reach_everything;
    w->c.today = 19675; /* 2023-11-14 */
    w->c.now = env_now(&w->env);
    w->rng = rng_new(seed);
    w->records = arena_array(w->arena, QtRecord *, QT_RECORDS_MAX);
    qt_scopes(w);
}

static inline void qt_close(QtWorld *w) {
    db_close(w->reader.db);
    schema_free(w->schema);
    model_free(w->model);
    pthread_rwlock_destroy(&w->store.map_lock);
    arena_free(w->arena);
    trial_remove(w->dir);
}

/* A context as a request has it, over the same connection. The caller frees its arena. */
static inline Ctx qt_reading(QtWorld *w, const Reach *reach) {
    Ctx c = ctx_new(&w->env, arena_new(&w->env, 512 << 20));
    c.store = &w->store;
    c.reader = &w->reader;
    c.reach = reach;
    c.today = w->c.today;
    c.now = env_now(&w->env);
    return c;
}

/* ---- writing rows ---- */

static inline const FieldInfo *qt_field(QtWorld *w, int kind, const char *name) {
    const FieldInfo *f = kind_field(w->kinds[kind], str_of(name));
    if (!f) BUG(name);
    return f;
}

static inline QtRecord *qt_new(QtWorld *w, int kind, uint32_t office) {
    QtRecord *r = arena_new_of(w->arena, QtRecord);
    r->kind = w->kinds[kind];
    r->id = id_new(&w->env);
    r->scope = qt_scope(office, r->kind->k->lane);
    r->values = arena_array(w->arena, Val, r->kind->n_fields);
    return r;
}

static inline void qt_set(QtWorld *w, QtRecord *r, const char *name, Val v) {
    const FieldInfo *f = kind_field(r->kind, str_of(name));
    if (!f) BUG(name);
    r->values[f->index] = v;
    (void)w;
}

static inline Val qt_extra(QtWorld *w, const QtRecord *r, Lane lane) {
    Val extra = val_map();
    for (size_t i = 0; i < r->kind->n_fields; i++) {
        const FieldInfo *f = &r->kind->fields[i];
        Val v = r->values[i];
        if (!f->custom || field_lane(f) != lane || v.type == VAL_NONE || v.type == VAL_NULL)
            continue;
        if (v.type == VAL_BYTES) v = val_text(hex_encode(w->arena, v.text.s, v.text.n));
        val_set(w->arena, &extra, str_of(f->key_text), v);
    }
    return extra;
}

static inline void qt_write_row(QtWorld *w, QtRecord *r, Lane lane, uint32_t scope) {
    const TableSpec *t = schema_table(w->schema, r->kind, lane);
    Arena *a = w->arena;
    Ctx *c = &w->c;
    Buf names = buf_new(a, 1 << 16), marks = buf_new(a, 1 << 16), extra = buf_new(a, 1 << 16);
    buf_printf(&names, "id, scope, void, heads, extra");
    buf_printf(&marks, "?1, ?2, ?3, ?5, ?4");
    int n = 5;
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *name = t->columns[i].field->f.name;
        buf_printf(&names, ", \"%s\"", name), buf_printf(&marks, ", ?%d", ++n);
    }
    Str sql = str_printf(a, "INSERT INTO \"%s\"(%.*s) VALUES(%.*s)", t->name,
                         STR_ARG(buf_text(&names)), STR_ARG(buf_text(&marks)));
    Stmt *st = db_stmt(c, w->reader.db, str_c(a, sql));
    ASSERT(st);
    bind_id(st, 1, &r->id);
    bind_int(st, 2, scope);
    if (t->main && r->values[0].type == VAL_TEXT) bind_text(st, 3, r->values[0].text);
    Val map = qt_extra(w, r, lane);
    if (map.map.n) {
        json_write(&extra, map);
        bind_text(st, 4, buf_text(&extra));
    }
    Buf heads = buf_new(a, 1 << 10); /* no field was ever written: queries do not ask */
    heads_write(&heads, &(Heads){ 0 });
    bind_blob(st, 5, buf_text(&heads));
    n = 5;
    for (size_t i = 0; i < t->n_columns; i++) {
        const FieldInfo *f = t->columns[i].field;
        bind_value(st, ++n, a, f, r->values[f->index]);
    }
    qt_must(c, db_run(c, w->reader.db, st));
    if (t->main) r->rid = sqlite3_last_insert_rowid(db_handle(w->reader.db));
}

static inline void qt_count(QtWorld *w, const QtRecord *r, int delta) {
    Stmt *st = db_stmt(&w->c, w->reader.db,
                       "INSERT INTO row_count(kind, scope, n, void) VALUES(?1, ?2, ?3, ?4)"
                       " ON CONFLICT(kind, scope) DO UPDATE SET n=n+excluded.n,"
                       " void=void+excluded.void");
    ASSERT(st);
    bind_int(st, 1, r->kind->k->no);
    bind_int(st, 2, r->scope);
    bind_int(st, 3, delta);
    bind_int(st, 4, r->values[0].type == VAL_TEXT ? delta : 0);
    qt_must(&w->c, db_run(&w->c, w->reader.db, st));
}

static inline void qt_write(QtWorld *w, QtRecord *r) {
    qt_write_row(w, r, r->kind->k->lane, r->scope);
    if (r->side_scope) qt_write_row(w, r, LANE_PROTECTION, r->side_scope);
    qt_count(w, r, 1);
    ASSERT(w->n_records < QT_RECORDS_MAX);
    w->records[w->n_records++] = r;
}

static inline void qt_delete(QtWorld *w, QtRecord *r) {
    const TableSpec *t = schema_table(w->schema, r->kind, r->kind->k->lane);
    Str sql = str_printf(w->arena, "DELETE FROM \"%s\" WHERE rid=%lld", t->name, (long long)r->rid);
    qt_must(&w->c, db_exec(&w->c, w->reader.db, str_c(w->arena, sql)));
    qt_count(w, r, -1);
}

/* ---- random records ---- */

static inline uint64_t qt_below(QtWorld *w, uint64_t n) {
    return rng_below(&w->rng, n);
}

static inline bool qt_chance(QtWorld *w, unsigned percent) {
    return qt_below(w, 100) < percent;
}

static inline int64_t qt_any_int(QtWorld *w) {
    static const int64_t odd[] = { 0,
                                   1,
                                   -1,
                                   2,
                                   7,
                                   18,
                                   100,
                                   1000000,
                                   INT64_MAX,
                                   INT64_MIN,
                                   INT64_MAX - 1,
                                   INT64_MIN + 1,
                                   INT32_MAX,
                                   INT32_MIN,
                                   1LL << 32,
                                   9200000000000LL };
    if (qt_chance(w, 40)) return odd[qt_below(w, sizeof(odd) / sizeof(odd[0]))];
    if (qt_chance(w, 70)) return (int64_t)qt_below(w, 40) - 10;
    return (int64_t)rng_u64(&w->rng);
}

static inline int64_t qt_any_day(QtWorld *w) {
    static const int64_t odd[] = { -719162,   2932896,  -719163, 2932897, 0,
                                   -1,        19675,    19674,   19676,   11016 /* 2000-02-29 */,
                                   INT64_MAX, INT32_MIN };
    if (qt_chance(w, 20)) return odd[qt_below(w, sizeof(odd) / sizeof(odd[0]))];
    return 19675 - (int64_t)qt_below(w, qt_chance(w, 50) ? 60 : 30000);
}

static inline Str qt_any_text(QtWorld *w) {
    static const char *const words[] = {
        "Kabul", "kābul",  "KABUL ", "کابل",     "كابل",   "a",       "A b",
        "ab",    "Ahmad",  "أحمد",   "احمد",     "1234",   "۱۲۳۴",    "50%",
        "_",     "O'Neil", "z",      "Zarghuna", "straße", "STRASSE", "\xf0\x9f\x98\x80"
    };
    Str t = str_of(words[qt_below(w, sizeof(words) / sizeof(words[0]))]);
    return qt_chance(w, 20) ? str_concat(w->arena, t, str_of(words[qt_below(w, 5)])) : t;
}

static inline Str qt_any_code(QtWorld *w, const char *list) {
    const CodeList *l = model_codes(w->model, str_of(list));
    return l->codes[qt_below(w, l->n)].code;
}

static inline Val qt_any_set(QtWorld *w, const char *list) {
    Val v = val_list();
    const CodeList *l = model_codes(w->model, str_of(list));
    const Code *const *by_code = l->by_code;
    for (size_t i = 0; i < l->n; i++)
        if (qt_chance(w, 35)) val_push(w->arena, &v, val_text(by_code[i]->code));
    return v;
}

static inline Val qt_any_ref(QtWorld *w, const char *kind) {
    if (qt_chance(w, 5)) return val_id(w->arena, id_new(&w->env)); /* not there */
    for (int tries = 0; tries < 200; tries++) {
        if (w->n_records == 0) break;
        const QtRecord *r = w->records[qt_below(w, w->n_records)];
        if (strcmp(r->kind->k->name, kind) == 0) return val_id(w->arena, r->id);
    }
    return VAL_ABSENT;
}

static inline Val qt_any_value(QtWorld *w, const Field *f) {
    uint8_t bytes[32];
    switch (f->type) {
    case FT_TEXT: return val_text(qt_any_text(w));
    case FT_INT:
    case FT_DECIMAL: return val_int(qt_any_int(w));
    case FT_BOOL: return val_bool(qt_chance(w, 50));
    case FT_DATE: return val_int(qt_any_day(w));
    case FT_TIME:
        return val_int(qt_chance(w, 20)
                           ? qt_any_int(w)
                           : qt_any_day(w) % 30000 * TIME_DAY + (int64_t)qt_below(w, 3));
    case FT_CODE: return val_text(qt_any_code(w, f->codes));
    case FT_REF: return qt_any_ref(w, f->kind);
    case FT_SET: return qt_any_set(w, f->codes);
    case FT_BLOB:
        rng_bytes(&w->rng, bytes, 32);
        return val_bytes(str_copy(w->arena, str_n(bytes, 32)));
    default: BUG("no such field here");
    }
}

static inline bool qt_has(const QtWorld *w, const KindInfo *k, Id id, uint32_t scope) {
    for (size_t i = 0; i < w->n_records; i++) {
        const QtRecord *r = w->records[i];
        if (r->kind == k && r->scope == scope && id_eq(r->id, id)) return true;
    }
    return false;
}

static inline void qt_add(QtWorld *w, int kind, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t office = (uint32_t)qt_below(w, QT_OFFICES);
        QtRecord *r = qt_new(w, kind, office);
        if (kind != QT_CAMP && kind != QT_FAMILY && qt_chance(w, 5) && w->n_records) {
            /* the same record in another office's scope: it has moved */
            const QtRecord *old = w->records[w->n_records - 1];
            if (old->kind == r->kind && !qt_has(w, r->kind, old->id, r->scope)) r->id = old->id;
        }
        for (size_t j = 1; j < r->kind->n_fields; j++)
            if (!qt_chance(w, 20)) r->values[j] = qt_any_value(w, &r->kind->fields[j].f);
        if (qt_chance(w, 15)) r->values[0] = val_text(qt_any_code(w, "void_reason"));
        if (kind == QT_PERSON || kind == QT_FAMILY)
            r->side_scope = qt_chance(w, 75) ? r->scope + 1 : 0;
        qt_write(w, r);
    }
}

/* ---- the evaluator's view of the same ---- */

typedef struct QtView {
    QtWorld *w;
    const Reach *reach;
    const QtRecord *root;
} QtView;

static inline bool qt_sees(const Reach *reach, Lane lane, uint32_t scope) {
    bool in = reach->everything;
    for (size_t i = 0; i < reach->lane[lane].n; i++)
        in = in || reach->lane[lane].scopes[i] == scope;
    return in;
}

static inline Val qt_get(void *arg, const void *record, const FieldInfo *f) {
    const QtView *v = arg;
    const QtRecord *r = record ? record : v->root;
    Lane lane = field_lane(f);
    /* the row beside belongs to the same office: scopes of one lie side by side */
    bool here = lane == r->kind->k->lane ||
                (r->side_scope == r->scope + 1 && qt_sees(v->reach, lane, r->side_scope));
    return here ? r->values[f->index] : VAL_ABSENT;
}

static inline const void *qt_follow(void *arg, const void *record, const FieldInfo *f) {
    const QtView *v = arg;
    const QtRecord *best = NULL;
    Id id;
    if (!val_get_id(qt_get(arg, record, f), &id)) return NULL;
    for (size_t i = 0; i < v->w->n_records; i++) {
        const QtRecord *r = v->w->records[i];
        if (strcmp(r->kind->k->name, f->f.kind) != 0 || !id_eq(r->id, id)) continue;
        if (!qt_sees(v->reach, r->kind->k->lane, r->scope)) continue;
        if (!best || r->scope < best->scope) best = r;
    }
    return best;
}

static inline const void *qt_child(void *arg, const void *record, const KindInfo *kind,
                                   const FieldInfo *ref, size_t nth) {
    const QtView *v = arg;
    const QtRecord *parent = record ? record : v->root;
    for (size_t i = 0; i < v->w->n_records; i++) {
        const QtRecord *r = v->w->records[i];
        Id id;
        if (r->kind != kind || !qt_sees(v->reach, kind->k->lane, r->scope)) continue;
        if (!val_get_id(qt_get(arg, r, ref), &id) || !id_eq(id, parent->id)) continue;
        if (nth-- == 0) return r;
    }
    return NULL;
}

static inline ExprSource qt_source(QtView *v) {
    return (ExprSource){ .arg = v, .get = qt_get, .follow = qt_follow, .child = qt_child };
}

/* ---- questions ---- */

static inline Expr *qt_where(Ctx *c, QtWorld *w, int kind, const char *source) {
    Expr *e = NULL;
    if (!source) return NULL;
    Status st = expr_compile_condition(c, w->model, w->kinds[kind], str_of(source), &e);
    if (st != ST_OK) fprintf(stderr, "# %s: %.*s\n", source, STR_ARG(c->errs.v[0].key));
    ASSERT(st == ST_OK);
    return e;
}

static inline bool qt_error_is(const Ctx *c, const char *key, const char *path) {
    const Err *e = c->errs.n ? &c->errs.v[c->errs.n - 1] : NULL;
    return e && str_is(e->key, key) && str_is(e->path, path);
}

/* Some offices, and of each some lanes. */
static inline Reach qt_some_reach(QtWorld *w, Arena *a) {
    Reach reach = { 0 };
    static const uint32_t control[] = { 1 };
    if (qt_chance(w, 90)) reach.lane[LANE_CONTROL].scopes = control, reach.lane[LANE_CONTROL].n = 1;
    for (int lane = LANE_CORE; lane <= LANE_PROTECTION; lane++) {
        uint32_t *scopes = arena_array(a, uint32_t, QT_OFFICES);
        size_t n = 0;
        for (uint32_t o = 0; o < QT_OFFICES; o++)
            if (qt_chance(w, 55)) scopes[n++] = qt_scope(o, (Lane)lane);
        reach.lane[lane].scopes = scopes;
        reach.lane[lane].n = n;
    }
    return reach;
}

#endif
