/* local.c: LOCAL state (drafts, sessions, replies), claims and number blocks. Never in the ledger. */
#include "store/store_int.h"

#include "base/banned.h"

static Status put_item(Ctx *c, Db *db, Str space, Str key, Str bytes) {
    Stmt *st = db_stmt(
        c, db, "INSERT OR REPLACE INTO local_item(space, key, at, bytes) VALUES(?1, ?2, ?3, ?4)");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    bind_text(st, 2, key);
    bind_int(st, 3, c->now);
    bind_blob(st, 4, bytes);
    return db_run(c, db, st);
}

static Status delete_item(Ctx *c, Db *db, Str space, Str key) {
    Stmt *st = db_stmt(c, db, "DELETE FROM local_item WHERE space=?1 AND key=?2");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    bind_text(st, 2, key);
    return db_run(c, db, st);
}

typedef struct LocalJob {
    Str space, key, bytes;
    bool remove;
} LocalJob;

static Status run_local(Ctx *c, Tx *tx, void *arg) {
    LocalJob *j = arg;
    (void)tx;
    return j->remove ? delete_item(c, c->reader->db, j->space, j->key)
                     : put_item(c, c->reader->db, j->space, j->key, j->bytes);
}

static Status local_job(Ctx *c, LocalJob *j) {
    /* Inside a WriteFn it is part of that act; elsewhere it is a write of its own. */
    if (c->tx) return run_local(c, c->tx, j);
    WriteJob job = { .fn = run_local, .arg = j, .ctx = c, .repeatable = true };
    return store_write_batch(c->store, &job, 1);
}

Status local_put(Ctx *c, Str space, Str key, Str bytes) {
    return local_job(c, &(LocalJob){ .space = space, .key = key, .bytes = bytes });
}

Status local_delete(Ctx *c, Str space, Str key) {
    return local_job(c, &(LocalJob){ .space = space, .key = key, .remove = true });
}

Status local_get(Ctx *c, Str space, Str key, Str *ret_bytes, Time *ret_when) {
    Db *db = c->reader->db;
    Stmt *st = db_stmt(c, db, "SELECT bytes, at FROM local_item WHERE space=?1 AND key=?2");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    bind_text(st, 2, key);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) return ST_MISSING;
    *ret_bytes = col_copy(c->arena, st, 0);
    if (ret_when) *ret_when = col_int(st, 1);
    sqlite3_reset(st);
    return ST_OK;
}

Status local_list(Ctx *c, Str space, LocalItem **ret, size_t *ret_n) {
    Db *db = c->reader->db;
    Stmt *st = db_stmt(c, db, "SELECT key, bytes, at FROM local_item WHERE space=?1 ORDER BY key");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    VEC(LocalItem) items = { 0 };
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        LocalItem item = { .key = col_copy(c->arena, st, 0),
                           .bytes = col_copy(c->arena, st, 1),
                           .when = col_int(st, 2) };
        vec_push(c->arena, &items, item);
    }
    *ret = items.v;
    *ret_n = items.n;
    return ST_OK;
}

/* instr() on blobs looks for bytes; the keys alone come back. */
Status local_find(Ctx *c, Str space, Str holds, Str **ret_keys, size_t *ret_n) {
    Db *db = c->reader->db;
    Stmt *st = db_stmt(c, db, "SELECT key FROM local_item WHERE space=?1 AND instr(bytes, ?2) > 0");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    bind_blob(st, 2, holds);
    VEC(Str) keys = { 0 };
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        vec_push(c->arena, &keys, col_copy(c->arena, st, 0));
    }
    *ret_keys = keys.v;
    *ret_n = keys.n;
    return ST_OK;
}

Status local_older(Ctx *c, Str space, Time before, size_t max, Str **ret_keys, size_t *ret_n) {
    Db *db = c->reader->db;
    Str *out = *ret_keys = arena_array(c->arena, Str, max);
    Stmt *st = db_stmt(c, db, "SELECT key FROM local_item WHERE space=?1 AND at<?2 LIMIT ?3");
    if (!st) return ctx_status(c);
    bind_text(st, 1, space);
    bind_int(st, 2, before);
    bind_int(st, 3, (int64_t)max);
    *ret_n = 0;
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) return ST_OK;
        out[(*ret_n)++] = col_copy(c->arena, st, 0);
    }
}

Status local_delete_older(Ctx *c, Str space, Time before, size_t max, size_t *ret_n) {
    Str *keys;
    size_t n = 0;
    TRY(local_older(c, space, before, max, &keys, &n));
    for (size_t i = 0; i < n; i++)
        TRY(local_delete(c, space, keys[i]));
    if (ret_n) *ret_n = n;
    return ST_OK;
}

/* ---- claims ---- */

Status tx_claim(Ctx *c, const char *space, Str key, Id owner) {
    Db *db = c->reader->db;
    Stmt *st = db_stmt(c, db, "SELECT owner FROM local_claim WHERE space=?1 AND key=?2");
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(space));
    bind_blob(st, 2, key);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (row) {
        Id had = col_id(st, 0);
        sqlite3_reset(st);
        if (id_eq(had, owner)) return ST_OK;
        return FAIL(c, ST_CONFLICT, "", "error.claim", "namespace", str_of(space));
    }
    st = db_stmt(c, db, "INSERT INTO local_claim(space, key, owner) VALUES(?1, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(space));
    bind_blob(st, 2, key);
    bind_id(st, 3, &owner);
    return db_run(c, db, st);
}

/* ---- numbers ---- */

enum { BLOCK_N = 10000 };

static Status last_granted(Ctx *c, const KindInfo *k, Id office, Str series, int64_t *ret) {
    Record **blocks = NULL;
    size_t n = 0;
    *ret = 0;
    TRY(read_children(c, k, "office", office, true, &blocks, &n));
    for (size_t i = 0; i < n; i++) {
        Val last = record_value(blocks[i], "last");
        if (str_eq(record_text(blocks[i], "series"), series) && last.type == VAL_INT &&
            last.i > *ret)
            *ret = last.i;
    }
    return ST_OK;
}

/* A fresh block is a control commit: other nodes see that these numbers are gone. */
static Status grant_block(Ctx *c, Id office, Str series, int64_t *ret_first, int64_t *ret_last) {
    const KindInfo *k = model_kind(c->reader->schema->model, STR("number_block"));
    *ret_first = 1;
    if (k) {
        const Reach *reach = c->reach;
        c->reach =
            &reach_everything; /* the act's own right does not matter here: the node grants */
        int64_t had = 0;
        Status st = last_granted(c, k, office, series, &had);
        c->reach = reach;
        TRY(st);
        *ret_first = had + 1;
    }
    *ret_last = *ret_first + BLOCK_N - 1;
    if (!k) return ST_OK;
    Val f = val_map();
    val_set_c(c->arena, &f, "office", val_id(c->arena, office));
    val_set_c(c->arena, &f, "series", val_text(series));
    val_set_c(c->arena, &f, "first", val_int(*ret_first));
    val_set_c(c->arena, &f, "last", val_int(*ret_last));
    val_set_c(c->arena, &f, "node", val_text(id_text(c->arena, c->store->node)));
    return tx_create(c, k, id_new(c->env), ID_NONE, f);
}

Status tx_next_number(Ctx *c, Id office, const char *series, int64_t *ret_number) {
    Db *db = c->reader->db;
    Str name = str_of(series);
    Stmt *st = db_stmt(c, db, "SELECT next, last FROM local_number WHERE office=?1 AND series=?2");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &office);
    bind_text(st, 2, name);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    int64_t next = row ? col_int(st, 0) : 1, last = row ? col_int(st, 1) : 0;
    if (row) sqlite3_reset(st);
    if (next > last) TRY(grant_block(c, office, name, &next, &last));
    st = db_stmt(
        c, db,
        "INSERT OR REPLACE INTO local_number(office, series, next, last) VALUES(?1, ?2, ?3, ?4)");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &office);
    bind_text(st, 2, name);
    bind_int(st, 3, next + 1);
    bind_int(st, 4, last);
    TRY(db_run(c, db, st));
    *ret_number = next;
    return ST_OK;
}
