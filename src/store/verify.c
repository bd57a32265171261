/* verify.c: is every stored byte of the ledger what was sealed? */
#include "store/store_int.h"

#include "base/banned.h"

typedef struct Check {
    VerifyReport *rep;
    bool all_seals;
    const StreamRow *stream;
    KeyIds keys;
    uint64_t seq; /* of the last commit looked at */
    Hash256 head;
    Hlc clock;
    uint64_t sealed; /* seq of the newest good seal */
    bool broken;     /* the rest of this stream is not looked at */
} Check;

static void fault(Ctx *c, Check *k, const char *what) {
    k->rep->faults++;
    if (k->rep->first_fault.n) return;
    k->rep->first_fault = str_printf(c->arena, "stream %s seq %llu: %s",
                                     str_c(c->arena, hex_encode(c->arena, k->stream->id.b, 16)),
                                     (unsigned long long)k->seq, what);
}

/* What the header says of the parts follows from them: an altered part is another header. */
static void count_parts(Check *k, const StoredCommit *sc) {
    for (size_t i = 0; i < sc->h.n_parts; i++)
        if (sc->parts[i].s)
            k->rep->parts++;
        else
            k->rep->erased++;
}

static void check_commit(Ctx *c, Check *k, Arena *scratch, int64_t pos, Str bytes) {
    StoredCommit sc;
    k->rep->commits++;
    uint64_t expected = k->seq + 1;
    k->seq = POS_SEQ(pos);
    if (!stored_decode(scratch, k->stream->id, pos, bytes, &sc)) {
        fault(c, k, "commit cannot be read");
        k->broken = true;
        return;
    }
    if (k->seq != expected) fault(c, k, "commits are missing before it");
    if (memcmp(sc.h.previous.b, k->head.b, 32) != 0)
        fault(c, k, "does not follow the one before it: one of the two was altered");
    if (!commit_complete(&sc, &k->keys)) fault(c, k, "a key that it names is not known");
    Buf header = buf_new(scratch, LEDGER_HEADER_MAX);
    header_encode(&header, &sc.h);
    k->head = sha256(buf_text(&header));
    k->clock = sc.h.clock;
    count_parts(k, &sc);
}

static Status check_seal(Ctx *c, Check *k, Db *db, int64_t pos) {
    bool newest = k->seq == k->stream->seq;
    if (!k->all_seals && !newest) return ST_OK;
    Stmt *st = db_stmt(c, db, "SELECT signature FROM ledger_seal WHERE pos=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, pos);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) {
        if (newest) fault(c, k, "the newest commit has no seal");
        return ST_OK;
    }
    Str signature = col_bytes(st, 0);
    k->rep->seals++;
    bool good = signature.n == 64 && seal_verify(k->stream->node_public, k->stream->id, k->seq,
                                                 &k->head, k->clock, (const uint8_t *)signature.s);
    sqlite3_reset(st);
    if (!good) fault(c, k, "the seal is not the node's");
    return ST_OK;
}

static Status check_stream(Ctx *c, Check *k, Reader *r, Arena *scratch) {
    CommitWalk w;
    TRY(walk_start(c, r->db, LEDGER_POS(k->stream->no, 0), LEDGER_POS(k->stream->no + 1, 0), &w));
    for (;;) {
        int64_t pos = 0;
        Str bytes;
        arena_reset(scratch);
        TRY(walk_next(c, &w, scratch, &pos, &bytes));
        if (!pos) break;
        check_commit(c, k, scratch, pos, bytes);
        if (k->broken) {
            walk_end(&w);
            return ST_OK;
        }
        TRY(check_seal(c, k, r->db, pos));
    }
    if (k->seq != k->stream->seq || memcmp(k->head.b, k->stream->head.b, 32) != 0)
        fault(c, k, "the stream ends elsewhere than it should");
    return ST_OK;
}

/* The stream's id must follow from its node, incarnation and scope. */
static void check_identity(Ctx *c, Check *k, Store *s) {
    if (k->stream->scope_no == 0 || k->stream->scope_no > s->n_scopes) {
        fault(c, k, "its scope is unknown");
        return;
    }
    StreamId id = stream_id(k->stream->node_public, k->stream->incarnation,
                            s->scopes[k->stream->scope_no].id);
    if (memcmp(id.b, k->stream->id.b, 16) != 0)
        fault(c, k, "its id is not that of its node and scope");
}

Status store_verify(Ctx *c, Store *s, bool all_seals, VerifyReport *ret) {
    *ret = (VerifyReport){ .first_fault = STR("") };
    TRY(store_read_begin(s, c));
    /* The streams as this snapshot has them: the writer may go on meanwhile. */
    VEC(StreamRow) streams = { 0 };
    Stmt *st = db_stmt(
        c, c->reader->db,
        "SELECT no, stream, node, incarnation, scope, seq, head FROM ledger_stream WHERE seq>0 ORDER BY no");
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) break;
        StreamRow x = { .no = (uint32_t)col_int(st, 0),
                        .scope_no = (uint32_t)col_int(st, 4),
                        .seq = (uint64_t)col_int(st, 5) };
        Str id = col_bytes(st, 1), node = col_bytes(st, 2), inc = col_bytes(st, 3),
            head = col_bytes(st, 6);
        if (id.n == 16) memcpy(x.id.b, id.s, 16);
        if (node.n == 32) memcpy(x.node_public, node.s, 32);
        if (inc.n == 16) memcpy(x.incarnation, inc.s, 16);
        if (head.n == 32) memcpy(x.head.b, head.s, 32);
        vec_push(c->arena, &streams, x);
    }
    Arena *scratch = arena_new(s->env, 256 << 20), *own = arena_new(s->env, (size_t)1 << 32);
    KeyIds keys;
    Status status = key_ids_all(c, c->reader->db, own, &keys);
    for (size_t i = 0; i < streams.n && status == ST_OK; i++) {
        Check k = { .rep = ret, .all_seals = all_seals, .stream = &streams.v[i], .keys = keys };
        ret->streams++;
        check_identity(c, &k, s);
        status = check_stream(c, &k, c->reader, scratch);
    }
    arena_free(scratch);
    arena_free(own);
    return status;
}
