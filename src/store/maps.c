/* maps.c: streams and scopes, kept in memory and in ledger_stream, ledger_scope, ledger_meta. */
#include "store/store_int.h"

#include "base/banned.h"

static const char scope_domain[] = "panah scope 1";

Status meta_get(Ctx *c, Db *db, const char *name, Str *ret) {
    Stmt *st = db_stmt(c, db, "SELECT value FROM ledger_meta WHERE name=?1");
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(name));
    bool row = false;
    TRY(db_step(c, db, st, &row));
    *ret = row ? col_copy(c->arena, st, 0) : STR_NONE;
    if (row) sqlite3_reset(st);
    return ST_OK;
}

Status meta_put(Ctx *c, Db *db, const char *name, Str value) {
    Stmt *st = db_stmt(c, db, "INSERT OR REPLACE INTO ledger_meta(name, value) VALUES(?1, ?2)");
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(name));
    bind_blob(st, 2, value);
    return db_run(c, db, st);
}

Status meta_put_int(Ctx *c, Db *db, const char *name, int64_t value) {
    return meta_put(c, db, name, str_printf(c->arena, "%lld", (long long)value));
}

Status meta_get_int(Ctx *c, Db *db, const char *name, int64_t fallback, int64_t *ret) {
    Str text = STR_NONE;
    TRY(meta_get(c, db, name, &text));
    if (!text.s || !num_parse_i64(text, ret)) *ret = fallback;
    return ST_OK;
}

Hlc hlc_next(Hlc last, Time now) {
    Hlc wall = (Hlc)(now / TIME_MS) << 16;
    return wall > last ? wall : last + 1;
}

/* ---- memory ---- */

static StreamRow *new_stream(Store *s) {
    if (s->n_streams + 1 >= s->cap_streams) {
        size_t old = s->cap_streams;
        s->cap_streams = old ? 2 * old : 64;
        s->streams = arena_grow(s->map_arena, s->streams, old * sizeof(StreamRow),
                                s->cap_streams * sizeof(StreamRow));
    }
    StreamRow *row = &s->streams[++s->n_streams];
    *row = (StreamRow){ .no = (uint32_t)s->n_streams };
    return row;
}

static ScopeRow *new_scope(Store *s) {
    if (s->n_scopes + 1 >= s->cap_scopes) {
        size_t old = s->cap_scopes;
        s->cap_scopes = old ? 2 * old : 64;
        s->scopes = arena_grow(s->map_arena, s->scopes, old * sizeof(ScopeRow),
                               s->cap_scopes * sizeof(ScopeRow));
    }
    ScopeRow *row = &s->scopes[++s->n_scopes];
    *row = (ScopeRow){ .no = (uint32_t)s->n_scopes };
    return row;
}

StreamId store_stream_id(void *store, uint32_t stream_no) {
    Store *s = store;
    pthread_rwlock_rdlock(&s->map_lock);
    ASSERT(stream_no >= 1 && stream_no <= s->n_streams);
    StreamId id = s->streams[stream_no].id;
    pthread_rwlock_unlock(&s->map_lock);
    return id;
}

uint32_t store_stream_no(Store *s, StreamId id) {
    uint32_t no = 0;
    pthread_rwlock_rdlock(&s->map_lock);
    for (size_t i = 1; i <= s->n_streams && !no; i++)
        if (memcmp(s->streams[i].id.b, id.b, 16) == 0) no = (uint32_t)i;
    pthread_rwlock_unlock(&s->map_lock);
    return no;
}

ScopeRow *scope_row(Store *s, uint32_t no) {
    ASSERT(no >= 1 && no <= s->n_scopes);
    return &s->scopes[no];
}

uint32_t store_scope_no(Store *s, Id office, Lane lane) {
    uint32_t no = 0;
    pthread_rwlock_rdlock(&s->map_lock);
    for (size_t i = 1; i <= s->n_scopes && !no; i++)
        if (s->scopes[i].lane == lane && id_eq(s->scopes[i].office, office)) no = (uint32_t)i;
    pthread_rwlock_unlock(&s->map_lock);
    return no;
}

bool store_scope_office(Store *s, uint32_t scope_no, Id *ret_office, Lane *ret_lane) {
    pthread_rwlock_rdlock(&s->map_lock);
    bool known = scope_no >= 1 && scope_no <= s->n_scopes;
    if (known) {
        *ret_office = s->scopes[scope_no].office;
        *ret_lane = s->scopes[scope_no].lane;
    }
    pthread_rwlock_unlock(&s->map_lock);
    return known;
}

/* ---- loading ---- */

static Status load_scopes(Ctx *c, Store *s) {
    Stmt *st = db_stmt(c, s->writer.db,
                       "SELECT no, scope, lane, office, key_n FROM ledger_scope ORDER BY no");
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, s->writer.db, st, &row));
        if (!row) return ST_OK;
        ScopeRow *r = new_scope(s);
        r->id = col_id(st, 1);
        r->lane = (Lane)col_int(st, 2);
        r->office = col_id(st, 3);
        r->key_n = (uint32_t)col_int(st, 4);
    }
}

static Status load_streams(Ctx *c, Store *s) {
    Stmt *st = db_stmt(c, s->writer.db,
                       "SELECT no, stream, node, incarnation, scope, seq, head, clock, own, frozen"
                       " FROM ledger_stream ORDER BY no");
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, s->writer.db, st, &row));
        if (!row) return ST_OK;
        StreamRow *r = new_stream(s);
        Str id = col_bytes(st, 1);
        if (id.n == 16) memcpy(r->id.b, id.s, 16);
        Str node = col_bytes(st, 2);
        if (node.n == 32) memcpy(r->node_public, node.s, 32);
        Str incarnation = col_bytes(st, 3);
        if (incarnation.n == 16) memcpy(r->incarnation, incarnation.s, 16);
        r->scope_no = (uint32_t)col_int(st, 4);
        r->seq = (uint64_t)col_int(st, 5);
        Str head = col_bytes(st, 6);
        if (head.n == 32) memcpy(r->head.b, head.s, 32);
        r->clock = (Hlc)col_int(st, 7);
        r->own = col_int(st, 8) != 0;
        r->frozen = col_int(st, 9) != 0;
        if (r->clock > s->clock) s->clock = r->clock;
    }
}

Status store_load_maps(Ctx *c, Store *s) {
    pthread_rwlock_wrlock(&s->map_lock);
    s->n_streams = s->n_scopes = 0;
    Status st = load_scopes(c, s);
    if (st == ST_OK) st = load_streams(c, s);
    s->maps_changed = false;
    pthread_rwlock_unlock(&s->map_lock);
    return st;
}

/* ---- making ---- */

Id scope_id_of(const Store *s, Id office, Lane lane) {
    Sha256 h;
    uint8_t l = (uint8_t)lane;
    sha256_start(&h);
    sha256_add(&h, scope_domain, sizeof(scope_domain) - 1);
    sha256_add(&h, s->operation.b, 16);
    sha256_add(&h, office.b, 16);
    sha256_add(&h, &l, 1);
    Hash256 full = sha256_end(&h);
    Id id;
    memcpy(id.b, full.b, 16);
    return id;
}

Status insert_key_row(Ctx *c, Db *db, const KeyRow *key, Id subject, Lane lane, uint32_t scope_no) {
    Stmt *st = db_stmt(
        c, db,
        "INSERT INTO ledger_key(n, key_id, subject, lane, scope, n_in_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, key->n);
    bind_id(st, 2, &key->key_id);
    bind_id(st, 3, &subject);
    bind_int(st, 4, lane);
    bind_int(st, 5, scope_no);
    bind_int(st, 6, key_id_row(key->key_id) == key->n % KEY_ID_ROWS);
    return db_run(c, db, st);
}

Status scope_meet(Ctx *c, Store *s, Id id, Id office, Lane lane, uint32_t *ret_no) {
    uint32_t no = (uint32_t)s->n_scopes + 1;
    Stmt *st = db_stmt(
        c, s->writer.db,
        "INSERT INTO ledger_scope(no, scope, lane, office, key_n) VALUES(?1, ?2, ?3, ?4, 0)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, no);
    bind_id(st, 2, &id);
    bind_int(st, 3, lane);
    bind_id(st, 4, &office);
    TRY(db_run(c, s->writer.db, st));
    pthread_rwlock_wrlock(&s->map_lock);
    ScopeRow *r = new_scope(s);
    *r = (ScopeRow){ .no = no, .id = id, .lane = lane, .office = office };
    s->maps_changed = true;
    pthread_rwlock_unlock(&s->map_lock);
    /* Who may read which scope is worked out again. */
    control_touch(s);
    *ret_no = no;
    return ST_OK;
}

Status scope_set_key(Ctx *c, Store *s, uint32_t no, int64_t key_n) {
    Stmt *st = db_stmt(c, s->writer.db, "UPDATE ledger_scope SET key_n=?2 WHERE no=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, no);
    bind_int(st, 2, key_n);
    TRY(db_run(c, s->writer.db, st));
    scope_row(s, no)->key_n = (uint32_t)key_n;
    return ST_OK;
}

Status scope_need(Ctx *c, Store *s, Id office, Lane lane, uint32_t *ret_no) {
    if (lane == LANE_CONTROL) office = ID_NONE;
    uint32_t no = store_scope_no(s, office, lane);
    *ret_no = no;
    if (no)
        return scope_row(s, no)->key_n ? ST_OK : FAIL(c, ST_MISSING, "", "error.store.scope_key");
    TRY(scope_meet(c, s, scope_id_of(s, office, lane), office, lane, &no));
    KeyRow key;
    TRY(keys_take(c, s->keys, &key));
    TRY(insert_key_row(c, s->writer.db, &key, scope_row(s, no)->id, lane, no));
    *ret_no = no;
    return scope_set_key(c, s, no, key.n);
}

Status tx_open_office(Ctx *c, Id office) {
    for (int lane = LANE_CORE; lane < LANES; lane++) {
        uint32_t no = 0;
        TRY(scope_need(c, c->store, office, (Lane)lane, &no));
    }
    return ST_OK;
}

static Status insert_stream(Ctx *c, Store *s, const StreamRow *r) {
    Stmt *st = db_stmt(
        c, s->writer.db,
        "INSERT INTO ledger_stream(no, stream, node, incarnation, scope, seq, head, clock, own, frozen)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0) ON CONFLICT(no) DO UPDATE SET"
        " node=excluded.node, incarnation=excluded.incarnation, scope=excluded.scope");
    if (!st) return ctx_status(c);
    bind_int(st, 1, r->no);
    bind_blob(st, 2, str_n(r->id.b, 16));
    bind_blob(st, 3, str_n(r->node_public, 32));
    bind_blob(st, 4, str_n(r->incarnation, 16));
    bind_int(st, 5, r->scope_no);
    bind_int(st, 6, (int64_t)r->seq);
    bind_blob(st, 7, str_n(r->head.b, 32));
    bind_int(st, 8, (int64_t)r->clock);
    bind_int(st, 9, r->own);
    return db_run(c, s->writer.db, st);
}

static Status add_stream(Ctx *c, Store *s, const StreamRow *row, uint32_t *ret_no) {
    StreamRow r = *row;
    r.no = (uint32_t)s->n_streams + 1;
    TRY(insert_stream(c, s, &r));
    pthread_rwlock_wrlock(&s->map_lock);
    *new_stream(s) = r;
    s->maps_changed = true;
    pthread_rwlock_unlock(&s->map_lock);
    *ret_no = r.no;
    return ST_OK;
}

Status stream_need(Ctx *c, Store *s, uint32_t scope_no, uint32_t *ret_no) {
    for (uint32_t i = 1; i <= s->n_streams; i++) {
        if (s->streams[i].own && s->streams[i].scope_no == scope_no) {
            *ret_no = i;
            return ST_OK;
        }
    }
    StreamRow r = { .scope_no = scope_no, .own = true };
    memcpy(r.node_public, s->node_key.public_key, 32);
    memcpy(r.incarnation, s->incarnation, 16);
    r.id = stream_id(r.node_public, r.incarnation, scope_row(s, scope_no)->id);
    return add_stream(c, s, &r, ret_no);
}

Status stream_meet(Ctx *c, Store *s, StreamId id, uint32_t *ret_no) {
    *ret_no = store_stream_no(s, id);
    if (*ret_no) return ST_OK;
    StreamRow r = { .id = id };
    return add_stream(c, s, &r, ret_no);
}

Status stream_introduce(Ctx *c, Store *s, uint32_t no, const uint8_t node_public[32],
                        const uint8_t incarnation[16], uint32_t scope_no) {
    pthread_rwlock_wrlock(&s->map_lock);
    StreamRow *r = &s->streams[no];
    memcpy(r->node_public, node_public, 32);
    memcpy(r->incarnation, incarnation, 16);
    r->scope_no = scope_no;
    s->maps_changed = true;
    StreamRow copy = *r;
    pthread_rwlock_unlock(&s->map_lock);
    return insert_stream(c, s, &copy);
}

/* ---- keys of subjects ---- */

Status key_of_row(Ctx *c, Reader *r, int64_t n, KeyRow *ret) {
    return r->keys ? key_table_find(c, r->keys, n, ret) : keys_load(c, r->store->keys, n, ret);
}

/* The number of the one row that the statement finds; 0: none. */
static Status row_of(Ctx *c, Db *db, Stmt *st, int64_t *ret_n) {
    bool row = false;
    TRY(db_step(c, db, st, &row));
    *ret_n = row ? col_int(st, 0) : 0;
    if (row) sqlite3_reset(st);
    return ST_OK;
}

Status subject_key(Ctx *c, Reader *r, Id subject, Lane lane, KeyRow *ret) {
    int64_t n = 0;
    Stmt *st = db_stmt(
        c, r->db, "SELECT n FROM ledger_key WHERE subject=?1 AND lane=?2 ORDER BY n DESC LIMIT 1");
    if (!st) return ctx_status(c);
    bind_id(st, 1, &subject);
    bind_int(st, 2, lane);
    TRY(row_of(c, r->db, st, &n));
    return n ? key_of_row(c, r, n, ret) : ST_MISSING;
}

/* Among those whose row stands in the id: every KEY_ID_ROWS-th could be it. */
static Status find_made_here(Ctx *c, Reader *r, Id key_id, int64_t *ret_n) {
    int64_t last = 0;
    Stmt *st = db_stmt(c, r->db, "SELECT max(n) FROM ledger_key");
    if (!st) return ctx_status(c);
    TRY(row_of(c, r->db, st, &last));
    *ret_n = 0;
    for (int64_t n = key_id_row(key_id); n <= last && !*ret_n; n += KEY_ID_ROWS) {
        st = db_stmt(c, r->db, "SELECT n FROM ledger_key WHERE n=?1 AND key_id=?2");
        if (!st) return ctx_status(c);
        bind_int(st, 1, n);
        bind_id(st, 2, &key_id);
        TRY(row_of(c, r->db, st, ret_n));
    }
    return ST_OK;
}

Status key_by_id(Ctx *c, Reader *r, Id key_id, KeyRow *ret) {
    int64_t n = 0;
    TRY(find_made_here(c, r, key_id, &n));
    if (!n) {
        Stmt *st = db_stmt(c, r->db, "SELECT n FROM ledger_key WHERE n_in_id=0 AND key_id=?1");
        if (!st) return ctx_status(c);
        bind_id(st, 1, &key_id);
        TRY(row_of(c, r->db, st, &n));
    }
    return n ? key_of_row(c, r, n, ret) : ST_MISSING;
}
