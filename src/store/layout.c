/* layout.c: folders whose commits lie as an earlier program stored them: headers and parts whole, in a table
 * of their own (decision 9). They are stored anew, once, when the folder is opened. */
#include "store/store_int.h"

#include "base/banned.h"

static Status split_parts(Ctx *c, Str bytes, StoredCommit *sc) {
    CborReader r = cbor_reader(bytes);
    size_t n = 0;
    bool good = cbor_get_array(&r, &n) && n == sc->h.n_parts;
    for (size_t i = 0; i < n && good; i++) {
        if (cbor_peek(&r) == CBOR_NULL)
            good = cbor_get_null(&r);
        else
            good = cbor_get_bytes(&r, &sc->parts[i]);
    }
    if (good && cbor_finish(&r)) return ST_OK;
    return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit parts"));
}

static Status renew_commit(Ctx *c, Db *db, Stmt *row) {
    StoredCommit sc = { .pos = col_int(row, 0) };
    if (!header_decode(c->arena, col_bytes(row, 1), &sc.h))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit header"));
    sc.parts = arena_array(c->arena, Str, sc.h.n_parts);
    sc.key_n = arena_array(c->arena, int64_t, sc.h.n_parts);
    TRY(split_parts(c, col_bytes(row, 2), &sc));
    for (size_t i = 0; i < sc.h.n_parts; i++) {
        Stmt *st = db_stmt(c, db, "SELECT n FROM ledger_key WHERE key_id=?1");
        if (!st) return ctx_status(c);
        bind_id(st, 1, &sc.h.parts[i].key_id);
        bool found = false;
        TRY(db_step(c, db, st, &found));
        if (!found) continue;
        sc.key_n[i] = col_int(st, 0);
        sqlite3_reset(st);
    }
    return commit_add(c, db, &sc);
}

static Status renew_commits(Ctx *c, Db *db) {
    Arena *scratch = arena_new(c->env, 512 << 20);
    Ctx step = *c;
    step.arena = scratch;
    Stmt *st = db_stmt(c, db, "SELECT pos, header, parts FROM ledger_commit ORDER BY pos");
    Status status = st ? ST_OK : ctx_status(c);
    for (bool row = true; status == ST_OK;) {
        status = db_step(c, db, st, &row);
        if (status != ST_OK || !row) break;
        arena_reset(scratch);
        step.errs.v = NULL, step.errs.n = step.errs.cap = 0;
        status = renew_commit(&step, db, st);
        if (status != ST_OK && step.errs.n)
            status = ctx_fail_cause(c, status, "", "error.store.corrupt", STR("ledger_commit"));
    }
    if (st) sqlite3_reset(st);
    arena_free(scratch);
    return status;
}

static Status renew(Ctx *c, Db *db) {
    TRY(db_exec(
        c, db,
        "ALTER TABLE ledger_key ADD COLUMN n_in_id INTEGER NOT NULL DEFAULT 0;"
        "CREATE TABLE ledger_piece(place INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"));
    TRY(renew_commits(c, db));
    return db_exec(c, db,
                   "DROP TABLE ledger_commit; DROP INDEX ledger_key_id;"
                   "DELETE FROM ledger_part WHERE part=0;");
}

Status layout_renew(Ctx *c, Db *db) {
    Stmt *st = db_stmt(c, db, "SELECT 1 FROM sqlite_schema WHERE name='ledger_commit'");
    bool old = false;
    if (!st) return ctx_status(c);
    TRY(db_step(c, db, st, &old));
    if (!old) return ST_OK;
    sqlite3_reset(st);
    log_info(c->env, "ledger", "state", "an earlier layout: commits are stored anew", NULL);
    TRY(db_exec(c, db, "BEGIN IMMEDIATE"));
    Status status = renew(c, db);
    if (status == ST_OK) return db_exec(c, db, "COMMIT");
    sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
    return status;
}
