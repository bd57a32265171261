/* verify.c: is every stored byte of the ledger what was sealed? */
#include "store/store_int.h"

#include "base/banned.h"

typedef struct Check {
    VerifyReport *rep;
    bool all_seals;
    const StreamRow *stream;
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

static void check_parts(Ctx *c, Check *k, Arena *scratch, const Header *h, Str bytes) {
    Str *parts = arena_array(scratch, Str, h->n_parts);
    if (!commit_parts_split(scratch, bytes, h->n_parts, parts)) {
        fault(c, k, "parts cannot be read");
        return;
    }
    for (size_t i = 0; i < h->n_parts; i++) {
        if (!parts[i].s) {
            k->rep->erased++;
            continue;
        }
        k->rep->parts++;
        Hash256 x = sha256(parts[i]);
        if (memcmp(x.b, h->parts[i].cipher_hash.b, 32) != 0)
            fault(c, k, "a part is not what its header names");
    }
}

static void check_commit(Ctx *c, Check *k, Arena *scratch, int64_t pos, Str header, Str parts) {
    Header h;
    k->rep->commits++;
    uint64_t expected = k->seq + 1;
    k->seq = POS_SEQ(pos);
    if (!header_decode(scratch, header, &h)) {
        fault(c, k, "header cannot be read");
        k->broken = true;
        return;
    }
    if (h.seq != k->seq || k->seq != expected) fault(c, k, "commits are missing before it");
    if (memcmp(h.stream.b, k->stream->id.b, 16) != 0) fault(c, k, "belongs to another stream");
    if (memcmp(h.previous.b, k->head.b, 32) != 0) fault(c, k, "does not follow the one before it");
    k->head = sha256(header);
    k->clock = h.clock;
    check_parts(c, k, scratch, &h, parts);
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
    Stmt *st = db_stmt(
        c, r->db,
        "SELECT pos, header, parts FROM ledger_commit WHERE pos>?1 AND pos<?2 ORDER BY pos");
    if (!st) return ctx_status(c);
    bind_int(st, 1, LEDGER_POS(k->stream->no, 0));
    bind_int(st, 2, LEDGER_POS(k->stream->no + 1, 0));
    for (;;) {
        bool row = false;
        TRY(db_step(c, r->db, st, &row));
        if (!row) break;
        arena_reset(scratch);
        int64_t pos = col_int(st, 0);
        check_commit(c, k, scratch, pos, col_bytes(st, 1), col_bytes(st, 2));
        if (k->broken) {
            sqlite3_reset(st);
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
    Arena *scratch = arena_new(s->env, 256 << 20);
    Status status = ST_OK;
    for (size_t i = 0; i < streams.n && status == ST_OK; i++) {
        Check k = { .rep = ret, .all_seals = all_seals, .stream = &streams.v[i] };
        ret->streams++;
        check_identity(c, &k, s);
        status = check_stream(c, &k, c->reader, scratch);
    }
    arena_free(scratch);
    return status;
}
