/* carry.c: what another node wrote, carried by hand: carry FROM TO.
 *
 * There is no exchange yet, but a folder copied, opened with its recovery key and worked on is a node
 * of its own. This gives every key and every sealed commit of FROM to TO by the same two calls an
 * exchange will use. Nobody else may have the folders open. */
#include "app/app.h"
#include "store/store_int.h"

#include <stdio.h>

#include "base/banned.h"

enum { ARENA_MAX = 512 << 20, KEYS_MAX = 100000 };

typedef struct Side {
    Ctx c;
    Store *store;
} Side;

typedef struct Wire {
    ForeignStream stream;
    ForeignCommit *commits;
    size_t n;
    uint8_t seal[64]; /* of the last one */
} Wire;

static Status side_open(Side *s, const char *dir) {
    StoreOptions o = { .dir = dir, .model = app_model() };
    s->c = ctx_new(env_system(), arena_new(env_system(), ARENA_MAX));
    s->c.now = env_now(s->c.env);
    s->c.reach = &reach_everything;
    return store_open(&s->c, &o, &s->store);
}

static void side_close(Side *s) {
    arena_free(s->c.arena); /* gives the read connection back */
    if (s->store) store_close(s->store);
}

static Status seal_of(Ctx *c, int64_t pos, uint8_t ret[64], bool *ret_there) {
    Stmt *st = db_stmt(c, c->reader->db, "SELECT signature FROM ledger_seal WHERE pos=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, pos);
    TRY(db_step(c, c->reader->db, st, ret_there));
    if (!*ret_there) return ST_OK;
    memcpy(ret, col_bytes(st, 0).s, 64);
    sqlite3_reset(st);
    return ST_OK;
}

static Status wire_load(Side *from, const StreamRow *r, Wire *w) {
    Ctx *c = &from->c;
    ScopeRow *scope = scope_row(from->store, r->scope_no);
    w->stream = (ForeignStream){ .scope = scope->id, .office = scope->office, .lane = scope->lane };
    memcpy(w->stream.node_public, r->node_public, 32);
    memcpy(w->stream.incarnation, r->incarnation, 16);
    w->commits = arena_array(c->arena, ForeignCommit, r->seq);
    for (uint64_t seq = 1; seq <= r->seq; seq++) {
        StoredCommit sc;
        bool sealed = false;
        Str header;
        TRY(commit_load(c, c->reader, LEDGER_POS(r->no, seq), &sc));
        TRY(commit_header(c, c->reader, &sc, &header));
        w->commits[seq - 1] =
            (ForeignCommit){ .header = header, .parts = sc.parts, .n_parts = sc.h.n_parts };
        TRY(seal_of(c, LEDGER_POS(r->no, seq), w->seal, &sealed));
        if (sealed) w->n = seq;
    }
    return ST_OK;
}

static Status keys_load_all(Side *from, ForeignKey *keys, size_t *ret_n) {
    Ctx *c = &from->c;
    Stmt *st = db_stmt(c, c->reader->db, "SELECT n, key_id, subject, lane, scope FROM ledger_key");
    if (!st) return ctx_status(c);
    for (*ret_n = 0; *ret_n < KEYS_MAX; (*ret_n)++) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) return ST_OK;
        ForeignKey *k = &keys[*ret_n];
        k->key_id = col_id(st, 1);
        k->subject = col_id(st, 2);
        k->lane = (Lane)col_int(st, 3);
        k->office = scope_row(from->store, (uint32_t)col_int(st, 4))->office;
        KeyRow key;
        TRY(keys_load(c, from->store->keys, col_int(st, 0), &key));
        k->key = key.key;
    }
    return FAIL(c, ST_LIMIT, "", "error.internal");
}

static Status take_key(Ctx *c, Tx *tx, void *arg) {
    (void)tx;
    return tx_receive_key(c, arg);
}

static Status take_wire(Ctx *c, Tx *tx, void *arg) {
    Wire *w = arg;
    (void)tx;
    return tx_receive(c, &w->stream, w->commits, w->n, w->seal);
}

static Status carry(Side *from, Side *to) {
    ForeignKey *keys = arena_array(from->c.arena, ForeignKey, KEYS_MAX);
    size_t n_keys = 0;
    TRY(store_read_begin(from->store, &from->c));
    TRY(keys_load_all(from, keys, &n_keys));
    for (size_t i = 0; i < n_keys; i++)
        if (store_write(to->store, &to->c, take_key, &keys[i]) != ST_OK) return ctx_status(&to->c);
    for (size_t i = 1; i <= from->store->n_streams; i++) {
        Wire w = { 0 };
        if (from->store->streams[i].seq == 0) continue;
        TRY(wire_load(from, &from->store->streams[i], &w));
        if (w.n > 0 && store_write(to->store, &to->c, take_wire, &w) != ST_OK)
            return ctx_status(&to->c);
    }
    return ST_OK;
}

static void complain(const Side *s) {
    for (size_t i = 0; i < s->c.errs.n; i++)
        fprintf(stderr, "carry: %.*s %.*s\n", STR_ARG(s->c.errs.v[i].key),
                STR_ARG(s->c.errs.v[i].cause));
}

int main(int argc, char **argv) {
    static Side from, to;
    if (argc != 3) {
        fputs("carry FROM TO: gives what the node in FROM wrote to the node in TO\n", stderr);
        return 2;
    }
    Status st = side_open(&from, argv[1]);
    if (st == ST_OK) st = side_open(&to, argv[2]);
    if (st == ST_OK) st = carry(&from, &to);
    if (st != ST_OK) {
        complain(&from);
        if (to.store) complain(&to);
    }
    side_close(&from);
    if (to.c.arena) side_close(&to);
    return st == ST_OK ? 0 : 1;
}
