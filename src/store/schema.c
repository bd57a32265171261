/* schema.c: the model as SQL tables.
 *
 * ledger_*  the truth and what is needed to read it; never rebuilt.
 * local_*   sessions, drafts, jobs, replies, counters: LOCAL, not in the ledger.
 * the rest  DERIVED: a table a kind and lane, search terms, conflicts, hashes; dropped and rebuilt. */
#include "store/store_int.h"

#include "base/banned.h"

const char ledger_ddl[] =
    "CREATE TABLE IF NOT EXISTS ledger_meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS ledger_scope(no INTEGER PRIMARY KEY, scope BLOB NOT NULL UNIQUE,"
    " lane INTEGER NOT NULL, office BLOB NOT NULL, key_n INTEGER NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS ledger_stream(no INTEGER PRIMARY KEY, stream BLOB NOT NULL UNIQUE,"
    " node BLOB NOT NULL, incarnation BLOB NOT NULL, scope INTEGER NOT NULL, seq INTEGER NOT NULL,"
    " head BLOB NOT NULL, clock INTEGER NOT NULL, own INTEGER NOT NULL, frozen INTEGER NOT NULL) STRICT;"
    /* a commit in pieces, see stored.c */
    "CREATE TABLE IF NOT EXISTS ledger_piece(place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS ledger_seal(pos INTEGER PRIMARY KEY, signature BLOB NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS ledger_key(n INTEGER PRIMARY KEY, key_id BLOB NOT NULL,"
    " subject BLOB NOT NULL, lane INTEGER NOT NULL, scope INTEGER NOT NULL,"
    /* n_in_id: this folder made the key, and its id says its row; the others need an index */
    " n_in_id INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX IF NOT EXISTS ledger_key_foreign ON ledger_key(key_id) WHERE n_in_id=0;"
    "CREATE INDEX IF NOT EXISTS ledger_key_subject ON ledger_key(subject, lane);"
    /* which change parts a key sealed: history, erasure */
    "CREATE TABLE IF NOT EXISTS ledger_part(key_n INTEGER NOT NULL, pos INTEGER NOT NULL,"
    " part INTEGER NOT NULL, PRIMARY KEY(key_n, pos, part)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS ledger_locked(key_id BLOB NOT NULL, pos INTEGER NOT NULL,"
    " part INTEGER NOT NULL, PRIMARY KEY(key_id, pos, part)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS ledger_act(idempotency BLOB PRIMARY KEY, pos INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"
    /* which commits one act wrote: undo */
    "CREATE TABLE IF NOT EXISTS ledger_act_commit(act BLOB NOT NULL, pos INTEGER NOT NULL,"
    " PRIMARY KEY(act, pos)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS ledger_fork(stream BLOB NOT NULL, seq INTEGER NOT NULL, head BLOB NOT NULL,"
    " header BLOB NOT NULL, parts BLOB NOT NULL, found INTEGER NOT NULL, PRIMARY KEY(stream, seq, head))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS local_item(space TEXT NOT NULL, key TEXT NOT NULL, at INTEGER NOT NULL,"
    " bytes BLOB NOT NULL, PRIMARY KEY(space, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS local_claim(space TEXT NOT NULL, key BLOB NOT NULL, owner BLOB NOT NULL,"
    " PRIMARY KEY(space, key)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS local_number(office BLOB NOT NULL, series TEXT NOT NULL,"
    " next INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(office, series)) STRICT, WITHOUT ROWID;";

const char derived_ddl[] =
    "CREATE TABLE term(kind INTEGER NOT NULL, term INTEGER NOT NULL, rid INTEGER NOT NULL,"
    " PRIMARY KEY(kind, term, rid)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE conflict(kind INTEGER NOT NULL, id BLOB NOT NULL, scope INTEGER NOT NULL,"
    " field BLOB NOT NULL, must INTEGER NOT NULL, PRIMARY KEY(kind, id, scope, field)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE quarantine(pos INTEGER NOT NULL, part INTEGER NOT NULL, change INTEGER NOT NULL,"
    " why TEXT NOT NULL, PRIMARY KEY(pos, part, change)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE projection_hash(scope INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE row_count(kind INTEGER NOT NULL, scope INTEGER NOT NULL, n INTEGER NOT NULL,"
    " void INTEGER NOT NULL, PRIMARY KEY(kind, scope)) STRICT, WITHOUT ROWID;";

static const char *const lane_suffix[LANES] = { "control",   "core",    "protection",
                                                "biometric", "finance", "audit" };

Lane field_lane(const FieldInfo *f) {
    return f->f.lane == LANE_CONTROL ? f->kind->k->lane : f->f.lane;
}

static const char *column_type(FieldType t) {
    switch (t) {
    case FT_TEXT:
    case FT_CODE:
    case FT_SET: return "TEXT";
    case FT_REF:
    case FT_BLOB: return "BLOB";
    default: return "INTEGER";
    }
}

static void find_columns(Arena *a, TableSpec *t) {
    const KindInfo *k = t->kind;
    t->columns = arena_array(a, Column, k->n_fields);
    for (size_t i = 1; i < k->n_fields; i++) {
        const FieldInfo *f = &k->fields[i];
        if (field_lane(f) != t->lane) continue;
        if (f->f.flags & (FF_NAME | FF_SEARCH) && !(f->f.flags & FF_SEALED)) t->has_terms = true;
        if (f->custom || f->f.flags & FF_SEALED) continue;
        bool text = f->f.type == FT_TEXT;
        t->columns[t->n_columns++] = (Column){
            .field = f,
            .fold = text && f->f.flags & FF_INDEXED,
            .sort = text && f->f.flags & FF_SORT,
        };
    }
}

static void put_index(Buf *b, const TableSpec *t, const char *column, bool partial) {
    buf_printf(b, "CREATE INDEX \"%s__%s\" ON \"%s\"(\"%s\")", t->name, column, t->name, column);
    if (partial) buf_printf(b, " WHERE \"%s\" IS NOT NULL", column);
    buf_printf(b, ";");
}

static bool is_subject(const FieldInfo *f) {
    return f->kind->subject == f;
}

/* What a text is compared and sorted by is computed from it, and kept in the index alone: of a number or
 * a telephone the fold is nearly always the text again. The language stands in the text of the table, so
 * that another one is another schema. */
static void write_computed(Buf *b, const Column *col, Str sort_lang) {
    const char *name = col->field->f.name;
    if (col->fold) buf_printf(b, ", \"%s__fold\" TEXT AS (panah_fold(\"%s\")) VIRTUAL", name, name);
    if (col->sort)
        buf_printf(b, ", \"%s__sort\" BLOB AS (panah_sort(\"%s\", '%.*s')) VIRTUAL", name, name,
                   STR_ARG(sort_lang));
}

static void write_ddl(Buf *b, TableSpec *t, Str sort_lang) {
    buf_printf(
        b,
        "CREATE TABLE \"%s\"(rid INTEGER PRIMARY KEY, id BLOB NOT NULL, scope INTEGER NOT NULL, void TEXT",
        t->name);
    for (size_t i = 0; i < t->n_columns; i++) {
        const Column *col = &t->columns[i];
        buf_printf(b, ", \"%s\" %s", col->field->f.name, column_type(col->field->f.type));
        write_computed(b, col, sort_lang);
    }
    buf_printf(b, ", extra TEXT, heads BLOB NOT NULL) STRICT;");
    buf_printf(b, "CREATE UNIQUE INDEX \"%s__id\" ON \"%s\"(id, scope);", t->name, t->name);
    /* only which rows have a word; beginnings of up to seven letters, as one types, have lists of their
     * own: without one, the rows of all words that begin so are merged first */
    if (t->has_terms)
        buf_printf(b,
                   "CREATE VIRTUAL TABLE \"%s__words\" USING fts5(words, content='', columnsize=0,"
                   " detail=none, prefix='1 2 3 4 5 6 7', tokenize=\"ascii tokenchars '~@_'\");",
                   t->name);
}

/* Of kinds that are listed, in the order of some field: who sees few offices must not look past the rows
 * of all others. */
bool table_has_scope_index(const TableSpec *t) {
    if (!t->main || t->lane == LANE_CONTROL) return false;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->columns[i].field->f.type != FT_REF &&
            (t->columns[i].fold || t->columns[i].sort || t->columns[i].field->f.flags & FF_INDEXED))
            return true;
    return false;
}

static void write_index_ddl(Buf *b, const TableSpec *t, bool refs) {
    if (!refs && table_has_scope_index(t)) put_index(b, t, "scope", false);
    for (size_t i = 0; i < t->n_columns; i++) {
        const Column *col = &t->columns[i];
        const char *name = col->field->f.name;
        Arena *a = b->arena;
        if ((col->field->f.type == FT_REF) != refs) continue;
        if (col->sort) put_index(b, t, str_c(a, str_printf(a, "%s__sort", name)), false);
        if (col->field->f.flags & FF_INDEXED && col->fold)
            put_index(b, t, str_c(a, str_printf(a, "%s__fold", name)), true);
        else if (col->field->f.flags & FF_INDEXED || is_subject(col->field))
            put_index(b, t, name, true);
    }
}

static void write_word_statements(Arena *a, TableSpec *t) {
    const char *n = t->name;
    t->sql_words_put =
        str_c(a, str_printf(a, "INSERT INTO \"%s__words\"(rowid, words) VALUES(?1, ?2)", n));
    t->sql_words_drop = str_c(a, str_printf(a,
                                            "INSERT INTO \"%s__words\"(\"%s__words\", rowid, words)"
                                            " VALUES('delete', ?1, ?2)",
                                            n, n));
    t->sql_words_tell = str_c(
        a, str_printf(a, "INSERT INTO \"%s__words\"(\"%s__words\", rank) VALUES(?1, ?2)", n, n));
    t->sql_words_find = str_c(
        a, str_printf(a, "SELECT rowid FROM \"%s__words\" WHERE \"%s__words\" MATCH ?1", n, n));
}

static void write_statements(Arena *a, TableSpec *t) {
    Buf cols = buf_new(a, 64 << 10), names = buf_new(a, 64 << 10), marks = buf_new(a, 64 << 10);
    buf_printf(&cols, "rid, id, scope, void, extra, heads");
    buf_printf(&names, "id, scope, void, extra, heads");
    buf_printf(&marks, "?1, ?2, ?3, ?4, ?5");
    int n = 5;
    for (size_t i = 0; i < t->n_columns; i++) {
        const char *name = t->columns[i].field->f.name;
        buf_printf(&cols, ", \"%s\"", name);
        buf_printf(&names, ", \"%s\"", name);
        buf_printf(&marks, ", ?%d", ++n);
    }
    Str c = buf_text(&cols);
    t->sql_columns = (char *)(uintptr_t)str_c(a, c);
    t->sql_insert = (char *)(uintptr_t)str_c(
        a, str_printf(a, "INSERT INTO \"%s\"(%.*s) VALUES(%.*s)", t->name,
                      STR_ARG(buf_text(&names)), STR_ARG(buf_text(&marks))));
    t->sql_select = (char *)(uintptr_t)str_c(
        a, str_printf(a, "SELECT %.*s FROM \"%s\" WHERE id=?1 AND scope=?2", STR_ARG(c), t->name));
    t->sql_select_any = (char *)(uintptr_t)str_c(
        a, str_printf(a, "SELECT %.*s FROM \"%s\" WHERE id=?1 ORDER BY scope LIMIT 1", STR_ARG(c),
                      t->name));
    write_word_statements(a, t);
    t->sql_select_rid = (char *)(uintptr_t)str_c(
        a, str_printf(a, "SELECT %.*s FROM \"%s\" WHERE rid=?1", STR_ARG(c), t->name));
}

static void add_table(Schema *s, const KindInfo *k, Lane lane, Str sort_lang) {
    TableSpec *t = &s->tables[s->n];
    t->kind = k;
    t->lane = lane;
    t->no = (uint32_t)s->n++;
    t->main = lane == k->k->lane;
    snprintf(t->name, sizeof(t->name), "%s%s%s", k->k->name, t->main ? "" : "__",
             t->main ? "" : lane_suffix[lane]);
    find_columns(s->arena, t);
    Buf ddl = buf_new(s->arena, 256 << 10);
    write_ddl(&ddl, t, sort_lang);
    t->ddl = (char *)(uintptr_t)str_c(s->arena, buf_text(&ddl));
    buf_clear(&ddl);
    write_index_ddl(&ddl, t, true);
    size_t refs_n = ddl.n;
    write_index_ddl(&ddl, t, false);
    t->ddl_indexes = (char *)(uintptr_t)str_c(s->arena, buf_text(&ddl));
    t->ddl_late = t->ddl_indexes + refs_n;
    write_statements(s->arena, t);
    s->by_kind[k->index * LANES + lane] = t;
}

/* Letters, digits and dashes: it is going to stand in SQL. */
Str sort_language(Str lang) {
    bool plain = lang.n > 0 && lang.n < SORT_LANG_N;
    for (size_t i = 0; i < lang.n && plain; i++) {
        char ch = lang.s[i];
        plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
                ch == '-';
    }
    return plain ? lang : SORT_LANG;
}

Schema *schema_new(Env *env, const Model *m, Str sort_lang) {
    ASSERT(str_eq(sort_lang, sort_language(sort_lang)));
    Arena *a = arena_new(env, 64 << 20);
    Schema *s = arena_new_of(a, Schema);
    s->arena = a;
    s->model = m;
    size_t n = model_n_kinds(m);
    s->tables = arena_array(a, TableSpec, n * LANES);
    s->by_kind = arena_array(a, TableSpec *, n * LANES);
    Sha256 h;
    sha256_start(&h);
    sha256_add(&h, derived_ddl, sizeof(derived_ddl));
    const uint32_t sort_version = SORT_KEY_VERSION;
    sha256_add(&h, &sort_version, sizeof(sort_version));
    const uint32_t heads_format = HEADS_FORMAT;
    sha256_add(&h, &heads_format, sizeof(heads_format));
    const uint32_t words_settings = WORDS_SETTINGS;
    sha256_add(&h, &words_settings, sizeof(words_settings));
    for (size_t i = 0; i < n; i++) {
        const KindInfo *k = model_kind_at(m, i);
        uint32_t lanes = 1u << k->k->lane;
        for (size_t f = 1; f < k->n_fields; f++)
            lanes |= 1u << field_lane(&k->fields[f]);
        if (k->k->terms) sha256_add(&h, &k->k->terms_version, sizeof(k->k->terms_version));
        for (uint32_t lane = 0; lane < LANES; lane++)
            if (lanes & 1u << lane) {
                add_table(s, k, (Lane)lane, sort_lang);
                const TableSpec *t = &s->tables[s->n - 1];
                sha256_add(&h, t->ddl, strlen(t->ddl));
                sha256_add(&h, t->ddl_indexes, strlen(t->ddl_indexes));
            }
    }
    s->hash = sha256_end(&h);
    return s;
}

Status schema_create(Ctx *c, Db *db, const Schema *schema) {
    TRY(db_exec(c, db, derived_ddl));
    for (size_t i = 0; i < schema->n; i++) {
        const TableSpec *t = &schema->tables[i];
        TRY(db_exec(c, db, t->ddl));
        if (t->has_terms) TRY(terms_settle(c, db, t));
    }
    return ST_OK;
}

Status schema_create_indexes(Ctx *c, Db *db, const Schema *schema) {
    for (size_t i = 0; i < schema->n; i++)
        TRY(db_exec(c, db, schema->tables[i].ddl_indexes));
    return ST_OK;
}

Status schema_drop(Ctx *c, Db *db) {
    VEC(Str) names = { 0 };
    Stmt *st = db_stmt(
        c, db,
        "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'ledger\\_%' ESCAPE '\\'"
        " AND name NOT LIKE 'local\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        /* FTS5's own go with theirs */
        " AND name NOT LIKE '%\\_\\_words\\_%' ESCAPE '\\'");
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        vec_push(c->arena, &names, col_copy(c->arena, st, 0));
    }
    for (size_t i = 0; i < names.n; i++)
        TRY(db_exec(
            c, db,
            str_c(c->arena, str_printf(c->arena, "DROP TABLE \"%.*s\"", STR_ARG(names.v[i])))));
    return ST_OK;
}

void schema_free(Schema *s) {
    if (s) arena_free(s->arena);
}
