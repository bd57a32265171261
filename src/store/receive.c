/* receive.c: commits and keys that another node wrote.
 *
 * What arrives is checked as if an enemy had sent it: the stream's id against node, incarnation and
 * scope; the chain; every ciphertext against its header; the last commit against the node's seal. A
 * commit seen before changes nothing. The same place with another hash is a fork: the second branch
 * is kept apart (ledger_fork), the stream is frozen and a person is told. A part whose key has not
 * come is locked: counted, not projected; the key may come later. */
#include "store/store_int.h"

#include "base/banned.h"

static Status foreign_scope(Ctx *c, Store *s, const ForeignStream *f, uint32_t *ret_no) {
    if (!id_eq(scope_id_of(s, f->office, f->lane), f->scope))
        return FAIL(c, ST_INVALID, "", "error.ledger.scope");
    *ret_no = store_scope_no(s, f->office, f->lane);
    return *ret_no ? ST_OK : scope_meet(c, s, f->scope, f->office, f->lane, ret_no);
}

static Status foreign_stream(Ctx *c, Store *s, const ForeignStream *f, uint32_t *ret_no) {
    StreamId id = stream_id(f->node_public, f->incarnation, f->scope);
    uint32_t scope_no = 0;
    TRY(foreign_scope(c, s, f, &scope_no));
    TRY(stream_meet(c, s, id, ret_no));
    if (s->streams[*ret_no].scope_no == 0)
        return stream_introduce(c, s, *ret_no, f->node_public, f->incarnation, scope_no);
    return ST_OK;
}

static Status check_parts(Ctx *c, const Header *h, const ForeignCommit *f) {
    if (f->n_parts != h->n_parts) return FAIL(c, ST_INVALID, "", "error.ledger.parts");
    for (size_t i = 0; i < h->n_parts; i++) {
        if (!f->parts[i].s) continue; /* erased where it comes from */
        Hash256 x = sha256(f->parts[i]);
        if (memcmp(x.b, h->parts[i].cipher_hash.b, 32) != 0)
            return FAIL(c, ST_INVALID, "", "error.ledger.parts");
    }
    return ST_OK;
}

/* ---- forks ---- */

static Status keep_fork(Ctx *c, Store *s, uint32_t stream_no, const Header *h,
                        const ForeignCommit *f) {
    Buf parts = buf_new(c->arena, LEDGER_HEADER_MAX + 4 * (size_t)LEDGER_PART_MAX);
    cbor_put_array(&parts, f->n_parts);
    for (size_t i = 0; i < f->n_parts; i++) {
        if (f->parts[i].s)
            cbor_put_bytes(&parts, f->parts[i].s, f->parts[i].n);
        else
            cbor_put_null(&parts);
    }
    if (buf_full(&parts)) return FAIL(c, ST_LIMIT, "", "error.ledger.part_too_large");
    Hash256 head = sha256(f->header);
    Stmt *st = db_stmt(
        c, s->writer.db,
        "INSERT OR IGNORE INTO ledger_fork(stream, seq, head, header, parts, found) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!st) return ctx_status(c);
    bind_blob(st, 1, str_n(h->stream.b, 16));
    bind_int(st, 2, (int64_t)h->seq);
    bind_blob(st, 3, str_n(head.b, 32));
    bind_blob(st, 4, f->header);
    bind_blob(st, 5, buf_text(&parts));
    bind_int(st, 6, env_now(s->env));
    TRY(db_run(c, s->writer.db, st));
    st = db_stmt(c, s->writer.db, "UPDATE ledger_stream SET frozen=1 WHERE no=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, stream_no);
    TRY(db_run(c, s->writer.db, st));
    pthread_rwlock_wrlock(&s->map_lock);
    s->streams[stream_no].frozen = true;
    pthread_rwlock_unlock(&s->map_lock);
    s->maps_changed = true;
    log_error(s->env, "fork", "what",
              "one place of a stream has two commits: a folder was copied or restored and used on",
              NULL);
    return ST_OK;
}

/* A commit at or before our head: the one we have, or another. */
static Status seen_or_fork(Ctx *c, Store *s, uint32_t stream_no, const Header *h,
                           const ForeignCommit *f) {
    StoredCommit ours;
    Str header;
    TRY(commit_load(c, &s->writer, LEDGER_POS(stream_no, h->seq), &ours));
    TRY(commit_header(c, &s->writer, &ours, &header));
    return str_eq(header, f->header) ? ST_OK : keep_fork(c, s, stream_no, h, f);
}

/* ---- parts ---- */

static Status lock_part(Ctx *c, Store *s, Id key_id, int64_t pos, uint32_t part) {
    Stmt *st = db_stmt(c, s->writer.db,
                       "INSERT OR IGNORE INTO ledger_locked(key_id, pos, part) VALUES(?1, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &key_id);
    bind_int(st, 2, pos);
    bind_int(st, 3, part);
    return db_run(c, s->writer.db, st);
}

static Status project_part(Ctx *c, Projector *p, const StoredCommit *sc, uint32_t i, Str body) {
    Store *s = p->store;
    uint32_t stream_no = POS_STREAM(sc->pos);
    if (i == 0) {
        ActPart act;
        if (!act_part_decode(c->arena, body, &act)) return ST_OK;
        return note_act(c, s->writer.db, &act, sc->pos);
    }
    ChangePart part;
    if (!change_part_decode(c->arena, body, sc->h.stream, &part)) {
        p->quarantined++;
        return ST_OK;
    }
    ChangeOrigin o = { .stream_no = stream_no,
                       .scope_no = s->streams[stream_no].scope_no,
                       .seq = sc->h.seq,
                       .clock = sc->h.clock,
                       .stream = sc->h.stream };
    for (size_t j = 0; j < part.n_changes; j++)
        TRY(project_change(c, p, &o, &part.changes[j]));
    return ST_OK;
}

/* key->n 0: it has not come. */
static Status take_part(Ctx *c, Projector *p, const StoredCommit *sc, uint32_t i,
                        const KeyRow *key) {
    Store *s = p->store;
    if (!sc->parts[i].s) return ST_OK;
    if (!key->n) return lock_part(c, s, sc->h.parts[i].key_id, sc->pos, i);
    if (i > 0) TRY(note_part(c, s->writer.db, key->n, sc->pos, i));
    Str body;
    bool opened = part_open(s->writer.squeezer, c->arena, &key->key, key->key_id, &sc->h, i,
                            sc->parts[i], &body);
    if (!opened) { /* sealed wrongly by its writer: kept as it is, shown as quarantined */
        p->quarantined++;
        return ST_OK;
    }
    return project_part(c, p, sc, i, body);
}

/* ---- a run of commits ---- */

/* What is stored of the header must give its very bytes again. */
static bool is_as_written(Ctx *c, const Header *h, Str bytes) {
    Buf again = buf_new(c->arena, LEDGER_HEADER_MAX);
    header_encode(&again, h);
    return str_eq(buf_text(&again), bytes);
}

static Status find_keys(Ctx *c, Store *s, StoredCommit *sc, KeyRow *keys) {
    for (size_t i = 0; i < sc->h.n_parts; i++) {
        Status st = key_by_id(c, &s->writer, sc->h.parts[i].key_id, &keys[i]);
        if (st != ST_OK && st != ST_MISSING) return st;
        if (st == ST_MISSING) keys[i].n = 0;
        sc->key_n[i] = keys[i].n;
    }
    return ST_OK;
}

static Status take_new_commit(Ctx *c, Projector *p, NewCommit *n) {
    Store *s = p->store;
    KeyRow *keys = arena_array(c->arena, KeyRow, n->sc.h.n_parts);
    Status st = find_keys(c, s, &n->sc, keys);
    if (st == ST_OK) st = ledger_append(c, s, n);
    for (uint32_t i = 0; i < n->sc.h.n_parts && st == ST_OK; i++)
        st = take_part(c, p, &n->sc, i, &keys[i]);
    crypt_wipe(keys, n->sc.h.n_parts * sizeof(*keys));
    return st;
}

static Status take_commit(Ctx *c, Projector *p, uint32_t stream_no, const ForeignCommit *f,
                          bool *ret_new) {
    Store *s = p->store;
    NewCommit n = { .stream_no = stream_no };
    Header *h = &n.sc.h;
    *ret_new = false;
    if (!header_decode(c->arena, f->header, h) || !is_as_written(c, h, f->header))
        return FAIL(c, ST_INVALID, "", "error.ledger.header");
    if (memcmp(h->stream.b, s->streams[stream_no].id.b, 16) != 0)
        return FAIL(c, ST_INVALID, "", "error.ledger.header");
    TRY(check_parts(c, h, f));
    if (h->seq <= s->streams[stream_no].seq) return seen_or_fork(c, s, stream_no, h, f);
    n.head = sha256(f->header);
    n.sc.pos = LEDGER_POS(stream_no, h->seq);
    n.sc.parts = (Str *)(uintptr_t)f->parts;
    n.sc.key_n = arena_array(c->arena, int64_t, h->n_parts);
    *ret_new = true;
    return take_new_commit(c, p, &n);
}

Status tx_receive(Ctx *c, const ForeignStream *f, const ForeignCommit *commits, size_t n,
                  const uint8_t seal[64]) {
    Store *s = c->store;
    Projector *p = c->tx->projector;
    uint32_t stream_no = 0;
    if (n == 0) return ST_OK;
    TRY(foreign_stream(c, s, f, &stream_no));
    /* The seal covers all before it: it is checked first, over the run's last commit. */
    Header last;
    if (!header_decode(c->arena, commits[n - 1].header, &last))
        return FAIL(c, ST_INVALID, "", "error.ledger.header");
    Hash256 head = sha256(commits[n - 1].header);
    if (!seal_verify(f->node_public, last.stream, last.seq, &head, last.clock, seal))
        return FAIL(c, ST_INVALID, "", "error.ledger.seal");
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        bool is_new = false;
        TRY(take_commit(c, p, stream_no, &commits[i], &is_new));
        any |= is_new;
        if (s->streams[stream_no].frozen) return ST_OK;
    }
    if (!any) return ST_OK;
    if (f->lane == LANE_CONTROL) control_touch(s);
    Stmt *st = db_stmt(c, s->writer.db,
                       "INSERT OR REPLACE INTO ledger_seal(pos, signature) VALUES(?1, ?2)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, LEDGER_POS(stream_no, last.seq));
    bind_blob(st, 2, str_n(seal, 64));
    return db_run(c, s->writer.db, st);
}

/* ---- keys ---- */

static Status unlock(Ctx *c, Store *s, Projector *p, const KeyRow *key) {
    VEC(int64_t) places = { 0 };
    Stmt *st = db_stmt(c, s->writer.db, "SELECT pos, part FROM ledger_locked WHERE key_id=?1");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &key->key_id);
    for (;;) {
        bool row = false;
        TRY(db_step(c, s->writer.db, st, &row));
        if (!row) break;
        vec_push(c->arena, &places, col_int(st, 0));
        vec_push(c->arena, &places, col_int(st, 1));
    }
    for (size_t i = 0; i < places.n; i += 2) {
        StoredCommit sc;
        TRY(commit_load(c, &s->writer, places.v[i], &sc));
        TRY(take_part(c, p, &sc, (uint32_t)places.v[i + 1], key));
    }
    st = db_stmt(c, s->writer.db, "DELETE FROM ledger_locked WHERE key_id=?1");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &key->key_id);
    return db_run(c, s->writer.db, st);
}

Status tx_receive_key(Ctx *c, const ForeignKey *f) {
    Store *s = c->store;
    KeyRow row;
    Status st = key_by_id(c, &s->writer, f->key_id, &row);
    if (st != ST_MISSING) return st; /* have it, or trouble */
    uint32_t scope_no = store_scope_no(s, f->office, f->lane);
    if (!scope_no)
        TRY(scope_meet(c, s, scope_id_of(s, f->office, f->lane), f->office, f->lane, &scope_no));
    row = (KeyRow){ .key_id = f->key_id, .key = f->key };
    TRY(keys_add(c, s->keys, f->key_id, &f->key, &row.n));
    TRY(insert_key_row(c, s->writer.db, &row, f->subject, f->lane, scope_no));
    if (id_eq(f->subject, scope_row(s, scope_no)->id)) TRY(scope_set_key(c, s, scope_no, row.n));
    return unlock(c, s, c->tx->projector, &row);
}
