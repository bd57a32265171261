/* append.c: the one way into the ledger, and reading stored commits back. */
#include "store/store_int.h"

#include "base/banned.h"

bool commit_parts_split(Arena *a, Str parts, size_t n, Str *ret) {
    CborReader r = cbor_reader(parts);
    size_t got = 0;
    (void)a;
    if (!cbor_get_array(&r, &got) || got != n) return false;
    for (size_t i = 0; i < n; i++) {
        ret[i] = STR_NONE;
        if (cbor_peek(&r) == CBOR_NULL) {
            if (!cbor_get_null(&r)) return false;
        } else if (!cbor_get_bytes(&r, &ret[i])) {
            return false;
        }
    }
    return cbor_finish(&r);
}

Status commit_load(Ctx *c, Reader *r, int64_t pos, StoredCommit *ret) {
    Stmt *st = db_stmt(c, r->db, "SELECT header, parts FROM ledger_commit WHERE pos=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, pos);
    bool row = false;
    TRY(db_step(c, r->db, st, &row));
    if (!row) return FAIL(c, ST_MISSING, "", "error.store.no_commit");
    ret->pos = pos;
    ret->header = col_copy(c->arena, st, 0);
    Str parts = col_copy(c->arena, st, 1);
    sqlite3_reset(st);
    if (!header_decode(c->arena, ret->header, &ret->h))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit header"));
    ret->parts = arena_array(c->arena, Str, ret->h.n_parts);
    if (!commit_parts_split(c->arena, parts, ret->h.n_parts, ret->parts))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit parts"));
    return ST_OK;
}

Status commit_open_part(Ctx *c, Reader *r, const StoredCommit *sc, uint32_t i, Str *ret_body) {
    if (!sc->parts[i].s) return ST_MISSING; /* erased */
    KeyRow key;
    Status st = key_by_id(c, r, sc->h.parts[i].key_id, &key);
    if (st != ST_OK) return st;
    bool ok =
        part_open(r->squeezer, c->arena, &key.key, key.key_id, &sc->h, i, sc->parts[i], ret_body);
    crypt_wipe(&key, sizeof(key));
    return ok ? ST_OK
              : ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("sealed part"));
}

static void touch(Store *s, uint32_t stream_no) {
    for (size_t i = 0; i < s->n_touched; i++)
        if (s->touched[i] == stream_no) return;
    if (s->n_touched == s->cap_touched) {
        size_t old = s->cap_touched;
        s->cap_touched = old ? 2 * old : 64;
        s->touched = arena_grow(s->arena, s->touched, old * sizeof(uint32_t),
                                s->cap_touched * sizeof(uint32_t));
    }
    s->touched[s->n_touched++] = stream_no;
}

static Status insert_commit(Ctx *c, Store *s, const NewCommit *n, int64_t pos) {
    size_t total = 16;
    for (size_t i = 0; i < n->n_parts; i++)
        total += n->parts[i].n + 9;
    Buf parts = buf_new(c->arena, total + 16);
    cbor_put_array(&parts, n->n_parts);
    for (size_t i = 0; i < n->n_parts; i++) {
        if (n->parts[i].s)
            cbor_put_bytes(&parts, n->parts[i].s, n->parts[i].n);
        else
            cbor_put_null(&parts);
    }
    ASSERT(!buf_full(&parts));
    Stmt *st = db_stmt(c, s->writer.db,
                       "INSERT INTO ledger_commit(pos, header, parts) VALUES(?1, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, pos);
    bind_blob(st, 2, n->header);
    bind_blob(st, 3, buf_text(&parts));
    return db_run(c, s->writer.db, st);
}

static Status move_head(Ctx *c, Store *s, const NewCommit *n) {
    Stmt *st =
        db_stmt(c, s->writer.db, "UPDATE ledger_stream SET seq=?2, head=?3, clock=?4 WHERE no=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, n->stream_no);
    bind_int(st, 2, (int64_t)n->h.seq);
    bind_blob(st, 3, str_n(n->head.b, 32));
    bind_int(st, 4, (int64_t)n->h.clock);
    TRY(db_run(c, s->writer.db, st));
    pthread_rwlock_wrlock(&s->map_lock);
    StreamRow *r = &s->streams[n->stream_no];
    r->seq = n->h.seq;
    r->head = n->head;
    r->clock = n->h.clock;
    if (n->h.clock > s->clock) s->clock = n->h.clock;
    pthread_rwlock_unlock(&s->map_lock);
    touch(s, n->stream_no);
    return ST_OK;
}

Status ledger_append(Ctx *c, Store *s, const NewCommit *n) {
    const StreamRow *r = &s->streams[n->stream_no];
    ASSERT(memcmp(n->h.stream.b, r->id.b, 16) == 0);
    if (r->frozen) return FAIL(c, ST_CONFLICT, "", "error.ledger.frozen");
    if (n->h.seq != r->seq + 1 || memcmp(n->h.previous.b, r->head.b, 32) != 0)
        return FAIL(c, ST_CONFLICT, "", "error.ledger.order");
    TRY(insert_commit(c, s, n, LEDGER_POS(n->stream_no, n->h.seq)));
    return move_head(c, s, n);
}

/* ---- what a stored commit is found by ---- */

Status note_part(Ctx *c, Db *db, int64_t key_n, int64_t pos, uint32_t part) {
    Stmt *st =
        db_stmt(c, db, "INSERT OR IGNORE INTO ledger_part(key_n, pos, part) VALUES(?1, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, key_n);
    bind_int(st, 2, pos);
    bind_int(st, 3, part);
    return db_run(c, db, st);
}

static Status note_idempotency(Ctx *c, Db *db, Id idempotency, int64_t pos) {
    if (id_is_none(idempotency)) return ST_OK;
    Stmt *st = db_stmt(
        c, db, "INSERT INTO ledger_act(idempotency, pos) VALUES(?1, ?2) ON CONFLICT DO NOTHING");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &idempotency);
    bind_int(st, 2, pos);
    return db_run(c, db, st);
}

Status note_act(Ctx *c, Db *db, const ActPart *act, int64_t pos) {
    Stmt *st = db_stmt(c, db, "INSERT OR IGNORE INTO ledger_act_commit(act, pos) VALUES(?1, ?2)");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &act->act);
    bind_int(st, 2, pos);
    TRY(db_run(c, db, st));
    return note_idempotency(c, db, act->idempotency, pos);
}
