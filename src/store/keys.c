/* keys.c: keys.db, the wrapped keys of subjects and scopes.
 *
 * Apart from the ledger because its backups must expire: what is erased here is unreadable for ever.
 * Keys are prepared in pools, durable before any of them is used, so that taking one costs no fsync.
 * A wrapped key is XChaCha20-Poly1305 under the node's key-encryption key, its nonce derived from
 * the key's id (each id is wrapped once), its aad the id. */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    POOL_N = 4096,
    REFILL_N = 512, /* when it has run dry: as many as cost one write no more than a moment */
    CHECKPOINT_PAGES = 256, /* 1 MiB of log */
    WRAPPED_N = CRYPT_KEY_N + CRYPT_TAG_N,
};

struct KeyStore {
    Arena *arena;
    Db *db;
    Key kek;
    pthread_mutex_t lock;
    int64_t used; /* rows up to here have been taken */
    int64_t made; /* rows up to here exist */
    int wal_pages;
    int64_t floor;       /* a key that came from elsewhere: never given out again */
    KeyRow pool[POOL_N]; /* rows used+1 … made, at [n % POOL_N] */
};

static const char keys_ddl[] =
    "CREATE TABLE IF NOT EXISTS key(n INTEGER PRIMARY KEY, key_id BLOB NOT NULL, wrapped BLOB) STRICT;"
    "CREATE TABLE IF NOT EXISTS recovery(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;";

static void key_nonce(Id key_id, uint8_t nonce[CRYPT_NONCE_N]) {
    blake2b(nonce, CRYPT_NONCE_N, str_n(key_id.b, 16), "panah key wrap 1", 16);
}

static void wrap(const Key *kek, Id key_id, const Key *key, uint8_t out[WRAPPED_N]) {
    uint8_t nonce[CRYPT_NONCE_N];
    key_nonce(key_id, nonce);
    crypt_seal(kek, nonce, str_n(key_id.b, 16), str_n(key->b, CRYPT_KEY_N), out);
}

static bool unwrap(const Key *kek, Id key_id, Str wrapped, Key *ret) {
    if (wrapped.n != WRAPPED_N) return false;
    uint8_t nonce[CRYPT_NONCE_N];
    key_nonce(key_id, nonce);
    return crypt_open(kek, nonce, str_n(key_id.b, 16), wrapped, ret->b);
}

Status keys_create(Ctx *c, const char *path, const Key *kek, const uint8_t recovery_public[32]) {
    Db *db = NULL;
    TRY(db_open(c, path, DB_WRITER, &db));
    Status st = db_exec(c, db, keys_ddl);
    /* Whoever holds the recovery key on paper can open the key-encryption key, and with it all. */
    Str sealed = box_seal(c->arena, recovery_public, str_n(kek->b, CRYPT_KEY_N));
    const Str values[2] = { sealed, str_n(recovery_public, 32) };
    const char *names[2] = { "kek", "public" };
    for (size_t i = 0; i < 2 && st == ST_OK; i++) {
        Stmt *ins = db_stmt(c, db, "INSERT OR REPLACE INTO recovery(name, value) VALUES(?1, ?2)");
        if (!ins) {
            st = ctx_status(c);
            break;
        }
        bind_text(ins, 1, str_of(names[i]));
        bind_blob(ins, 2, values[i]);
        st = db_run(c, db, ins);
    }
    db_close(db);
    return st;
}

static int wal_hook(void *arg, sqlite3 *h, const char *name, int pages) {
    (void)h;
    (void)name;
    ((KeyStore *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

Status keys_open(Ctx *c, const char *path, const Key *kek, KeyStore **ret) {
    Arena *a = arena_new(c->env, 1 << 20);
    KeyStore *k = arena_new_of(a, KeyStore);
    k->arena = a;
    k->kek = *kek;
    pthread_mutex_init(&k->lock, NULL);
    Status st = db_open(c, path, DB_WRITER, &k->db);
    if (st == ST_OK) st = db_exec(c, k->db, keys_ddl);
    if (st == ST_OK) {
        Stmt *q = db_stmt(c, k->db, "SELECT coalesce(max(n), 0) FROM key");
        bool row = false;
        st = q ? db_step(c, k->db, q, &row) : ctx_status(c);
        if (st == ST_OK) {
            k->made = k->used = col_int(q, 0);
            sqlite3_reset(q);
        }
    }
    if (st != ST_OK) {
        keys_close(k);
        return st;
    }
    sqlite3_wal_hook(db_handle(k->db), wal_hook, k);
    *ret = k;
    return ST_OK;
}

void keys_close(KeyStore *k) {
    if (!k) return;
    db_close(k->db);
    pthread_mutex_destroy(&k->lock);
    crypt_wipe(&k->kek, sizeof(k->kek));
    crypt_wipe(k->pool, sizeof(k->pool));
    arena_free(k->arena);
}

static Status insert_key(Ctx *c, KeyStore *k, int64_t n, Id key_id, const Key *key) {
    uint8_t wrapped[WRAPPED_N];
    wrap(&k->kek, key_id, key, wrapped);
    Stmt *st = db_stmt(c, k->db, "INSERT INTO key(n, key_id, wrapped) VALUES(?1, ?2, ?3)");
    if (!st) return ctx_status(c);
    bind_int(st, 1, n);
    bind_id(st, 2, &key_id);
    bind_blob(st, 3, str_n(wrapped, sizeof(wrapped)));
    return db_run(c, k->db, st);
}

/* The time, the row and 56 random bits: unique without asking anybody, and in the order in which they are
 * used, so that indexes over them grow at their end. */
static Id make_key_id(Time now, int64_t n, const uint8_t random[7]) {
    Id id;
    uint64_t ms = (uint64_t)(now / TIME_MS);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    for (int i = 0; i < 3; i++)
        id.b[6 + i] = (uint8_t)(n >> (16 - 8 * i));
    memcpy(id.b + 9, random, 7);
    return id;
}

/* Under the lock. */
static Status refill(Ctx *c, KeyStore *k, size_t target) {
    int64_t want = k->used + (int64_t)target;
    if (want <= k->made) return ST_OK;
    TRY(db_exec(c, k->db, "BEGIN IMMEDIATE"));
    Status st = ST_OK;
    Time now = env_now(c->env);
    for (int64_t n = k->made + 1; n <= want && st == ST_OK; n++) {
        KeyRow *row = &k->pool[n % POOL_N];
        uint8_t random[CRYPT_KEY_N + 7];
        env_random(c->env, random, sizeof(random));
        row->n = n;
        row->key_id = make_key_id(now, n, random + CRYPT_KEY_N);
        memcpy(row->key.b, random, CRYPT_KEY_N);
        crypt_wipe(random, sizeof(random));
        st = insert_key(c, k, n, row->key_id, &row->key);
    }
    if (st == ST_OK) st = db_exec(c, k->db, "COMMIT");
    if (st != ST_OK) {
        if (!sqlite3_get_autocommit(db_handle(k->db)))
            sqlite3_exec(db_handle(k->db), "ROLLBACK", NULL, NULL, NULL);
        return st;
    }
    k->made = want;
    if (k->wal_pages < CHECKPOINT_PAGES) return ST_OK;
    int frames = 0, done = 0;
    sqlite3_wal_checkpoint_v2(db_handle(k->db), NULL, SQLITE_CHECKPOINT_PASSIVE, &frames, &done);
    k->wal_pages = frames - done;
    return ST_OK;
}

Status keys_refill(Ctx *c, KeyStore *k, size_t target) {
    pthread_mutex_lock(&k->lock);
    Status st = refill(c, k, target < POOL_N ? target : POOL_N);
    pthread_mutex_unlock(&k->lock);
    return st;
}

/* Prepared rows that an earlier run left are read back, so that a restart wastes none. */
static Status load_pool(Ctx *c, KeyStore *k) {
    if (k->made - k->used > POOL_N) k->made = k->used + POOL_N;
    Stmt *st = db_stmt(c, k->db, "SELECT n, key_id, wrapped FROM key WHERE n>?1 AND n<=?2");
    if (!st) return ctx_status(c);
    bind_int(st, 1, k->used);
    bind_int(st, 2, k->made);
    bool row = true;
    for (;;) {
        TRY(db_step(c, k->db, st, &row));
        if (!row) return ST_OK;
        KeyRow *to = &k->pool[col_int(st, 0) % POOL_N];
        to->n = col_int(st, 0);
        to->key_id = col_id(st, 1);
        if (!unwrap(&k->kek, to->key_id, col_bytes(st, 2), &to->key)) {
            sqlite3_reset(st);
            return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("prepared key"));
        }
    }
}

void keys_set_used(KeyStore *k, int64_t n) {
    pthread_mutex_lock(&k->lock);
    k->used = n;
    Arena *a = arena_new(arena_env(k->arena), 1 << 20);
    Ctx c = ctx_new(arena_env(k->arena), a);
    int64_t made = k->made;
    if (load_pool(&c, k) != ST_OK || k->made != made) {
        /* Unreadable or more than the pool holds: leave them and begin behind them. */
        k->used = k->made = made;
    }
    arena_free(a);
    pthread_mutex_unlock(&k->lock);
}

int64_t keys_used(const KeyStore *k) {
    return k->used;
}

void keys_rewind(KeyStore *k, int64_t used) {
    pthread_mutex_lock(&k->lock);
    /* Only what is still in the pool can be given out again. */
    if (used < k->floor) used = k->floor;
    if (used < k->used && k->made - used <= POOL_N) k->used = used;
    pthread_mutex_unlock(&k->lock);
}

Status keys_take(Ctx *c, KeyStore *k, KeyRow *ret) {
    pthread_mutex_lock(&k->lock);
    Status st = k->used < k->made ? ST_OK : refill(c, k, REFILL_N);
    if (st == ST_OK) {
        k->used++;
        *ret = k->pool[k->used % POOL_N];
        ASSERT(ret->n == k->used);
    }
    pthread_mutex_unlock(&k->lock);
    return st;
}

int64_t key_id_row(Id key_id) {
    return (int64_t)key_id.b[6] << 16 | (int64_t)key_id.b[7] << 8 | key_id.b[8];
}

Status keys_load(Ctx *c, KeyStore *k, int64_t n, KeyRow *ret) {
    pthread_mutex_lock(&k->lock);
    Status st = ST_MISSING;
    bool row = false;
    Stmt *q = db_stmt(c, k->db, "SELECT wrapped, key_id FROM key WHERE n=?1");
    if (!q) {
        st = ctx_status(c);
    } else {
        bind_int(q, 1, n);
        st = db_step(c, k->db, q, &row);
    }
    if (st == ST_OK && !row) st = ST_MISSING;
    if (st == ST_OK) {
        ret->n = n;
        ret->key_id = col_id(q, 1);
        if (col_is_null(q, 0))
            st = ST_MISSING;
        else if (!unwrap(&k->kek, ret->key_id, col_bytes(q, 0), &ret->key))
            st = ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("wrapped key"));
        sqlite3_reset(q);
    }
    pthread_mutex_unlock(&k->lock);
    return st;
}

Status keys_add(Ctx *c, KeyStore *k, Id key_id, const Key *key, int64_t *ret_n) {
    pthread_mutex_lock(&k->lock);
    /* It goes behind the pool; the pool's unused rows are left behind. */
    int64_t n = k->made + 1;
    Status st = insert_key(c, k, n, key_id, key);
    if (st == ST_OK) {
        k->made = k->used = k->floor = n;
        *ret_n = n;
    }
    pthread_mutex_unlock(&k->lock);
    return st;
}

Status keys_destroy(Ctx *c, KeyStore *k, int64_t n) {
    pthread_mutex_lock(&k->lock);
    Stmt *st = db_stmt(c, k->db, "UPDATE key SET wrapped=NULL WHERE n=?1");
    Status status = ctx_status(c);
    if (st) {
        bind_int(st, 1, n);
        status = db_run(c, k->db, st);
        /* secure_delete has zeroed the page; the WAL still has the old one: move and cut it. */
        if (status == ST_OK) {
            int rc = sqlite3_wal_checkpoint_v2(db_handle(k->db), NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                               NULL, NULL);
            if (rc != SQLITE_OK) status = db_fail(c, k->db, rc);
        }
    }
    pthread_mutex_unlock(&k->lock);
    return status;
}

/* ---- all at once ---- */

typedef struct TableKey {
    Id key_id; /* ID_NONE: no such row, or destroyed */
    uint8_t wrapped[WRAPPED_N];
} TableKey;

struct KeyTable {
    const Key *kek;
    TableKey *rows; /* [n] */
    size_t n;
};

Status keys_table(Ctx *c, KeyStore *k, Arena *a, KeyTable **ret) {
    KeyTable *t = arena_new_of(a, KeyTable);
    t->kek = &k->kek;
    pthread_mutex_lock(&k->lock);
    t->n = (size_t)k->made + 1;
    t->rows = arena_array(a, TableKey, t->n);
    Stmt *st =
        db_stmt(c, k->db, "SELECT n, key_id, wrapped FROM key WHERE wrapped IS NOT NULL AND n<=?1");
    Status status = st ? ST_OK : ctx_status(c);
    if (st) bind_int(st, 1, k->made);
    bool row = true;
    while (status == ST_OK && row) {
        status = db_step(c, k->db, st, &row);
        if (status != ST_OK || !row) break;
        Str wrapped = col_bytes(st, 2);
        if (wrapped.n != WRAPPED_N) continue;
        TableKey *to = &t->rows[col_int(st, 0)];
        to->key_id = col_id(st, 1);
        memcpy(to->wrapped, wrapped.s, WRAPPED_N);
    }
    pthread_mutex_unlock(&k->lock);
    *ret = t;
    return status;
}

Status key_table_find(Ctx *c, const KeyTable *t, int64_t n, KeyRow *ret) {
    if (n < 1 || (size_t)n >= t->n || id_is_none(t->rows[n].key_id)) return ST_MISSING;
    const TableKey *from = &t->rows[n];
    ret->n = n;
    ret->key_id = from->key_id;
    if (unwrap(t->kek, from->key_id, str_n(from->wrapped, WRAPPED_N), &ret->key)) return ST_OK;
    return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("wrapped key"));
}
