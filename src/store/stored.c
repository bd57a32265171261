/* stored.c: commits as they lie in the database.
 *
 * Of a header is stored what does not follow from the rest: stream and seq stand in the place, the hash of
 * a part is the SHA-256 of the ciphertext beside it, and a key's id stands in ledger_key, so that its row
 * is enough (decision 9). commit_header() puts the very bytes together that were sealed:
 *   clock (8, big-endian) · previous head (32) · salt (16) · varint number of parts ·
 *   a part: varint (key's row × 2 + erased) · [row 0: key id (16)] ·
 *           erased: SHA-256 of the ciphertext (32) · else: varint length, ciphertext
 *
 * These bytes are cut into pieces, so that the database's pages fill up:
 *   ledger_piece.place = stream number (18 bits) · seq (36 bits) · number of the piece (8 bits)
 * A stream's commits lie side by side. */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    PIECE_N = 1000, /* four fill a page */
    PIECES_MAX = 256,
    PIECE_BITS = 8,
    SEQ_BITS = 36,
    STREAM_BITS = 18,
    FIXED_N = 8 + 32 + 16,
};

static int64_t first_place(int64_t pos) {
    uint64_t stream = POS_STREAM(pos), seq = POS_SEQ(pos);
    return (int64_t)(stream << (SEQ_BITS + PIECE_BITS) | seq << PIECE_BITS);
}

static int64_t pos_of(int64_t place) {
    return LEDGER_POS((uint64_t)place >> (SEQ_BITS + PIECE_BITS),
                      (uint64_t)place >> PIECE_BITS & ((1ULL << SEQ_BITS) - 1));
}

/* ---- bytes ---- */

static void stored_encode(Buf *b, const StoredCommit *sc) {
    for (int i = 0; i < 8; i++)
        buf_byte(b, (uint8_t)(sc->h.clock >> (56 - 8 * i)));
    buf_put(b, sc->h.previous.b, 32);
    buf_put(b, sc->h.salt, 16);
    buf_varint(b, sc->h.n_parts);
    for (size_t i = 0; i < sc->h.n_parts; i++) {
        bool erased = !sc->parts[i].s;
        buf_varint(b, (uint64_t)sc->key_n[i] << 1 | erased);
        if (sc->key_n[i] == 0) buf_put(b, sc->h.parts[i].key_id.b, 16);
        if (erased) {
            buf_put(b, sc->h.parts[i].cipher_hash.b, 32);
        } else {
            buf_varint(b, sc->parts[i].n);
            buf_str(b, sc->parts[i]);
        }
    }
}

static bool take(Str bytes, size_t *at, void *out, size_t n) {
    if (n > bytes.n - *at) return false;
    memcpy(out, bytes.s + *at, n);
    *at += n;
    return true;
}

static bool take_part(Str bytes, size_t *at, StoredCommit *sc, size_t i) {
    uint64_t key = 0, n = 0;
    PartRef *ref = &sc->h.parts[i];
    if (!varint_read(bytes, at, &key)) return false;
    sc->key_n[i] = (int64_t)(key >> 1);
    if (key >> 1 == 0 && !take(bytes, at, ref->key_id.b, 16)) return false;
    sc->parts[i] = STR_NONE;
    if (key & 1) return take(bytes, at, ref->cipher_hash.b, 32);
    if (!varint_read(bytes, at, &n) || n > bytes.n - *at) return false;
    sc->parts[i] = str_n(bytes.s + *at, (size_t)n);
    *at += (size_t)n;
    return true;
}

bool stored_decode(Arena *a, StreamId stream, int64_t pos, Str bytes, StoredCommit *ret) {
    StoredCommit sc = { .pos = pos, .h = { .stream = stream, .seq = POS_SEQ(pos) } };
    uint8_t clock[8];
    uint64_t n = 0;
    size_t at = 0;
    if (bytes.n < FIXED_N) return false;
    (void)take(bytes, &at, clock, 8);
    (void)take(bytes, &at, sc.h.previous.b, 32);
    (void)take(bytes, &at, sc.h.salt, 16);
    for (int i = 0; i < 8; i++)
        sc.h.clock = sc.h.clock << 8 | clock[i];
    if (!varint_read(bytes, &at, &n) || n == 0 || n > LEDGER_PARTS_MAX || n > bytes.n) return false;
    sc.h.n_parts = (size_t)n;
    sc.h.parts = arena_array(a, PartRef, n);
    sc.parts = arena_array(a, Str, n);
    sc.key_n = arena_array(a, int64_t, n);
    for (size_t i = 0; i < n; i++)
        if (!take_part(bytes, &at, &sc, i)) return false;
    if (at != bytes.n) return false;
    *ret = sc;
    return true;
}

/* ---- the header ---- */

Status key_ids_all(Ctx *c, Db *db, Arena *a, KeyIds *ret) {
    Stmt *st = db_stmt(c, db, "SELECT n, key_id FROM ledger_key ORDER BY n DESC");
    Id *ids = NULL;
    *ret = (KeyIds){ 0 };
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) return ST_OK;
        size_t n = (size_t)col_int(st, 0);
        if (!ids) *ret = (KeyIds){ .v = ids = arena_array(a, Id, n + 1), .n = n + 1 };
        ids[n] = col_id(st, 1);
    }
}

static void hash_parts(StoredCommit *sc) {
    for (size_t i = 0; i < sc->h.n_parts; i++)
        if (sc->parts[i].s) sc->h.parts[i].cipher_hash = sha256(sc->parts[i]);
}

bool commit_complete(StoredCommit *sc, const KeyIds *ids) {
    for (size_t i = 0; i < sc->h.n_parts; i++) {
        uint64_t n = (uint64_t)sc->key_n[i];
        if (n == 0) continue;
        if (n >= ids->n || id_is_none(ids->v[n])) return false;
        sc->h.parts[i].key_id = ids->v[n];
    }
    hash_parts(sc);
    return true;
}

static Status find_key_id(Ctx *c, Db *db, int64_t n, Id *ret) {
    Stmt *st = db_stmt(c, db, "SELECT key_id FROM ledger_key WHERE n=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, n);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("key id"));
    *ret = col_id(st, 0);
    sqlite3_reset(st);
    return ST_OK;
}

Status commit_header(Ctx *c, Reader *r, StoredCommit *sc, Str *ret_bytes) {
    for (size_t i = 0; i < sc->h.n_parts; i++)
        if (sc->key_n[i]) TRY(find_key_id(c, r->db, sc->key_n[i], &sc->h.parts[i].key_id));
    hash_parts(sc);
    Buf b = buf_new(c->arena, LEDGER_HEADER_MAX);
    header_encode(&b, &sc->h);
    *ret_bytes = buf_text(&b);
    return ST_OK;
}

/* ---- pieces ---- */

static Status remove_pieces(Ctx *c, Db *db, int64_t from) {
    Stmt *st = db_stmt(c, db, "DELETE FROM ledger_piece WHERE place BETWEEN ?1 AND ?2");
    if (!st) return ctx_status(c);
    bind_int(st, 1, from);
    bind_int(st, 2, from + PIECES_MAX - 1);
    return db_run(c, db, st);
}

static Status put_pieces(Ctx *c, Db *db, int64_t pos, Str bytes) {
    if (POS_STREAM(pos) >> STREAM_BITS || POS_SEQ(pos) >> SEQ_BITS)
        return FAIL(c, ST_LIMIT, "", "error.ledger.full");
    int64_t place = first_place(pos);
    size_t n = (bytes.n + PIECES_MAX - 1) / PIECES_MAX;
    if (n < PIECE_N) n = PIECE_N;
    for (size_t at = 0; at < bytes.n; at += n, place++) {
        Stmt *st = db_stmt(c, db, "INSERT INTO ledger_piece(place, bytes) VALUES(?1, ?2)");
        if (!st) return ctx_status(c);
        bind_int(st, 1, place);
        bind_blob(st, 2, str_slice(bytes, at, at + n));
        TRY(db_run(c, db, st));
    }
    return ST_OK;
}

static Str stored_bytes(Arena *a, const StoredCommit *sc) {
    size_t n = FIXED_N + 10;
    for (size_t i = 0; i < sc->h.n_parts; i++)
        n += sc->parts[i].n + 64;
    Buf b = buf_new(a, n);
    stored_encode(&b, sc);
    ASSERT(!buf_full(&b));
    return buf_text(&b);
}

Status commit_add(Ctx *c, Db *db, const StoredCommit *sc) {
    return put_pieces(c, db, sc->pos, stored_bytes(c->arena, sc));
}

Status commit_replace(Ctx *c, Db *db, const StoredCommit *sc) {
    TRY(remove_pieces(c, db, first_place(sc->pos)));
    return commit_add(c, db, sc);
}

/* ---- reading ---- */

static Status start(Ctx *c, Db *db, const char *sql, int64_t first, int64_t last, CommitWalk *ret) {
    Stmt *st = db_stmt(c, db, sql);
    if (!st) return ctx_status(c);
    bind_int(st, 1, first);
    bind_int(st, 2, last);
    *ret = (CommitWalk){ .db = db, .st = st };
    return db_step(c, db, st, &ret->has_row);
}

Status walk_start(Ctx *c, Db *db, int64_t after, int64_t before, CommitWalk *ret) {
    return start(
        c, db, "SELECT place, bytes FROM ledger_piece WHERE place>=?1 AND place<=?2 ORDER BY place",
        first_place(after) + PIECES_MAX, first_place(before) - 1, ret);
}

Status walk_next(Ctx *c, CommitWalk *w, Arena *a, int64_t *ret_pos, Str *ret_bytes) {
    *ret_pos = 0;
    if (!w->has_row) return ST_OK;
    int64_t pos = pos_of(col_int(w->st, 0));
    Str bytes = col_copy(a, w->st, 1);
    for (;;) {
        TRY(db_step(c, w->db, w->st, &w->has_row));
        if (!w->has_row || pos_of(col_int(w->st, 0)) != pos) break;
        bytes = str_concat(a, bytes, col_bytes(w->st, 1));
    }
    *ret_pos = pos;
    *ret_bytes = bytes;
    return ST_OK;
}

void walk_end(CommitWalk *w) {
    if (w->has_row) sqlite3_reset(w->st);
    w->has_row = false;
}

Status commit_load(Ctx *c, Reader *r, int64_t pos, StoredCommit *ret) {
    CommitWalk w = { 0 };
    Str bytes = STR_NONE;
    int64_t found = 0;
    /* A statement of its own: somebody may be walking. */
    TRY(start(c, r->db, "SELECT place, bytes FROM ledger_piece WHERE place BETWEEN ?1 AND ?2",
              first_place(pos), first_place(pos) + PIECES_MAX - 1, &w));
    TRY(walk_next(c, &w, c->arena, &found, &bytes));
    walk_end(&w);
    if (!found) return FAIL(c, ST_MISSING, "", "error.store.no_commit");
    StreamId stream = store_stream_id(r->store, POS_STREAM(pos));
    if (!stored_decode(c->arena, stream, pos, bytes, ret))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit"));
    return ST_OK;
}

Status commit_open_part(Ctx *c, Reader *r, const StoredCommit *sc, uint32_t i, Str *ret_body) {
    if (!sc->parts[i].s) return ST_MISSING; /* erased */
    KeyRow key;
    Status st = sc->key_n[i] ? key_of_row(c, r, sc->key_n[i], &key)
                             : key_by_id(c, r, sc->h.parts[i].key_id, &key);
    if (st != ST_OK) return st;
    bool ok =
        part_open(r->squeezer, c->arena, &key.key, key.key_id, &sc->h, i, sc->parts[i], ret_body);
    crypt_wipe(&key, sizeof(key));
    return ok ? ST_OK
              : ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("sealed part"));
}
