/* append.c: the one way into the ledger. */
#include "store/store_int.h"

#include "base/banned.h"

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

static Status move_head(Ctx *c, Store *s, const NewCommit *n) {
    Stmt *st =
        db_stmt(c, s->writer.db, "UPDATE ledger_stream SET seq=?2, head=?3, clock=?4 WHERE no=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, n->stream_no);
    bind_int(st, 2, (int64_t)n->sc.h.seq);
    bind_blob(st, 3, str_n(n->head.b, 32));
    bind_int(st, 4, (int64_t)n->sc.h.clock);
    TRY(db_run(c, s->writer.db, st));
    pthread_rwlock_wrlock(&s->map_lock);
    StreamRow *r = &s->streams[n->stream_no];
    r->seq = n->sc.h.seq;
    r->head = n->head;
    r->clock = n->sc.h.clock;
    if (n->sc.h.clock > s->clock) s->clock = n->sc.h.clock;
    pthread_rwlock_unlock(&s->map_lock);
    touch(s, n->stream_no);
    return ST_OK;
}

Status ledger_append(Ctx *c, Store *s, const NewCommit *n) {
    const StreamRow *r = &s->streams[n->stream_no];
    ASSERT(memcmp(n->sc.h.stream.b, r->id.b, 16) == 0);
    if (r->frozen) return FAIL(c, ST_CONFLICT, "", "error.ledger.frozen");
    if (n->sc.h.seq != r->seq + 1 || memcmp(n->sc.h.previous.b, r->head.b, 32) != 0)
        return FAIL(c, ST_CONFLICT, "", "error.ledger.order");
    TRY(commit_add(c, s->writer.db, &n->sc));
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
