/* bulk.c: an empty folder being filled (StoreOptions.bulk): an invented operation of a million people.
 *
 * Each person stands in twenty indexes. Those that acts need are kept up; those that only lists and
 * searches need come at the end, sorted, a tenth of the work. The disk is not waited for: until
 * store_bulk_end() the folder may be lost to a power cut. */
#include "store/store_int.h"

#include <stdlib.h>

#include "base/banned.h"

/* Acts look up keys ("=") and numbers ("#"); names and last digits are what people search by. */
bool bulk_term_is_late(Str term) {
    return term.n > 0 && term.s[0] != '=' && term.s[0] != '#';
}

/* ---- terms ---- */

/* The rows of one term, in ascending order. */
typedef struct Postings {
    VEC(int64_t) rids;
} Postings;

static void note_terms(Map *lists, int64_t rid, Str rest, bool late_only) {
    while (rest.s && rest.n) {
        Str term = str_cut(&rest, ' ');
        if (late_only && !bulk_term_is_late(term)) continue;
        Postings *p = map_get(lists, term);
        if (!p) {
            p = arena_new_of(lists->arena, Postings);
            map_put(lists, term, p);
        }
        vec_push(lists->arena, &p->rids, rid);
    }
}

static Status gather(Ctx *c, Db *db, const TableSpec *t, bool late_only, Map *lists) {
    Stmt *st = db_stmt(
        c, db,
        str_c(c->arena,
              str_printf(c->arena,
                         "SELECT rid, terms FROM \"%s\" WHERE terms IS NOT NULL ORDER BY rid",
                         t->name)));
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) return ST_OK;
        note_terms(lists, col_int(st, 0), col_bytes(st, 1), late_only);
    }
}

static int by_key(const void *x, const void *y) {
    return str_cmp(((const MapEntry *)x)->key, ((const MapEntry *)y)->key);
}

static Status put_postings(Ctx *c, Db *db, uint32_t kind_no, const MapEntry *e) {
    const Postings *p = e->value;
    for (size_t i = 0; i < p->rids.n; i++) {
        Stmt *put =
            db_stmt(c, db, "INSERT OR IGNORE INTO term(kind, term, rid) VALUES(?1, ?2, ?3)");
        if (!put) return ctx_status(c);
        bind_int(put, 1, kind_no);
        bind_text(put, 2, e->key);
        bind_int(put, 3, p->rids.v[i]);
        TRY(db_run(c, db, put));
    }
    return ST_OK;
}

static Status fill(Ctx *c, Db *db, const TableSpec *t, bool late_only, Arena *a) {
    Map lists = map_new(a);
    TRY(gather(c, db, t, late_only, &lists));
    MapEntry *sorted = arena_copy(a, lists.entries, lists.n * sizeof(*sorted));
    if (lists.n) qsort(sorted, lists.n, sizeof(*sorted), by_key);
    for (size_t i = 0; i < lists.n; i++)
        TRY(put_postings(c, db, t->kind->k->no, &sorted[i]));
    return ST_OK;
}

Status terms_fill(Ctx *c, Db *db, const TableSpec *t, bool late_only) {
    enum { ARENA_GB = 8 }; /* some 25 bytes a term of a row: 400 MB for a million people */
    Arena *a = arena_new(c->env, (size_t)ARENA_GB << 30);
    Status st = fill(c, db, t, late_only, a);
    arena_free(a);
    return st;
}

/* ---- indexes ---- */

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

static Status make_names(Ctx *c, Tx *tx, void *store) {
    Store *s = store;
    Db *db = s->writer.db;
    const Schema *schema = s->writer.schema;
    (void)tx;
    for (size_t i = 0; i < schema->n; i++)
        if (schema->tables[i].has_terms) TRY(terms_fill(c, db, &schema->tables[i], true));
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
    TRY(store_write(s, c, make_names, s));
    for (size_t i = 0; i < schema->n; i++) {
        Str all = has_late(&schema->tables[i]) ? str_of(schema->tables[i].ddl_late) : STR("");
        while (all.s && all.n) {
            Str create = str_cut(&all, ';');
            TRY(store_write(s, c, make_index, &create));
        }
    }
    return store_write(s, c, make_whole, s);
}
