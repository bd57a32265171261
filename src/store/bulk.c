/* bulk.c: an empty folder being filled (StoreOptions.bulk): an invented operation of a million people.
 *
 * Each person stands in twenty indexes. Those that acts need are kept up; those that only lists and
 * searches need come at the end, sorted, a tenth of the work. The disk is not waited for: until
 * store_bulk_end() the folder may be lost to a power cut. */
#include "store/store_int.h"

#include "base/banned.h"

/* Accounts and offices are few, and looked up by all kinds of fields. */
static bool has_late(const TableSpec *t) {
    return t->lane != LANE_CONTROL && t->ddl_late[0];
}

/* CREATE INDEX "name" ON … → name */
static Str index_name(Str create) {
    Str rest = create;
    (void)str_cut(&rest, '"');
    return str_cut(&rest, '"');
}

static Status index_is_there(Ctx *c, Db *db, Str name, bool *ret) {
    Stmt *st = db_stmt(c, db, "SELECT 1 FROM sqlite_schema WHERE type='index' AND name=?1");
    if (!st) return ctx_status(c);
    bind_text(st, 1, name);
    TRY(db_step(c, db, st, ret));
    if (*ret) sqlite3_reset(st);
    return ST_OK;
}

static Status drop_late(Ctx *c, Db *db, const TableSpec *t) {
    Str all = str_of(t->ddl_late);
    while (all.s && all.n) {
        Str name = index_name(str_cut(&all, ';'));
        TRY(db_exec(
            c, db,
            str_c(c->arena, str_printf(c->arena, "DROP INDEX IF EXISTS \"%.*s\"", STR_ARG(name)))));
    }
    return ST_OK;
}

Status bulk_begin(Ctx *c, Store *s) {
    Db *db = s->writer.db;
    const Schema *schema = store_schema(s);
    TRY(db_exec(c, db, "PRAGMA synchronous=OFF"));
    TRY(db_exec(c, db, "BEGIN IMMEDIATE"));
    /* Whoever opens a folder that was left half-way makes the tables and their indexes anew. */
    Status st = meta_put(c, db, "schema", STR("-"));
    for (size_t i = 0; i < schema->n && st == ST_OK; i++)
        if (has_late(&schema->tables[i])) st = drop_late(c, db, &schema->tables[i]);
    if (st == ST_OK) st = db_exec(c, db, "COMMIT");
    s->bulk = st == ST_OK;
    return st;
}

static Status make_words(Ctx *c, Tx *tx, void *store) {
    Store *s = store;
    Db *db = s->writer.db;
    const Schema *schema = s->writer.schema;
    (void)tx;
    for (size_t i = 0; i < schema->n; i++)
        if (schema->tables[i].has_terms) TRY(terms_fill(c, db, &schema->tables[i], false));
    s->bulk = false;
    return ST_OK;
}

static Status make_index(Ctx *c, Tx *tx, void *create) {
    Db *db = c->store->writer.db;
    bool there = false;
    (void)tx;
    TRY(index_is_there(c, db, index_name(*(Str *)create), &there));
    return there ? ST_OK : db_exec(c, db, str_c(c->arena, *(Str *)create));
}

static Status make_whole(Ctx *c, Tx *tx, void *store) {
    Store *s = store;
    (void)tx;
    TRY(meta_put(c, s->writer.db, "schema", str_n(s->writer.schema->hash.b, 32)));
    s->bulk_ended = true;
    return ST_OK;
}

/* An index a transaction, so that the log between checkpoints stays short. */
Status store_bulk_end(Ctx *c, Store *s) {
    const Schema *schema = store_schema(s);
    TRY(store_write(s, c, make_words, s));
    for (size_t i = 0; i < schema->n; i++) {
        Str all = has_late(&schema->tables[i]) ? str_of(schema->tables[i].ddl_late) : STR("");
        while (all.s && all.n) {
            Str create = str_cut(&all, ';');
            TRY(store_write(s, c, make_index, &create));
        }
    }
    return store_write(s, c, make_whole, s);
}
