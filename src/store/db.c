/* db.c: opening, preparing, stepping; the pragmas that the design asks for (db_int.h). */
#define BANNED_EXEMPT /* a connection outlives the arenas of its calls */
#include "store/db_int.h"
#include "text/text.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"

typedef struct CachedStmt {
    char *sql;
    uint64_t hash;
    Stmt *st;
} CachedStmt;

enum { RECENT_N = 128 };

struct Db {
    sqlite3 *h;
    DbMode mode;
    CachedStmt *cache; /* open addressing */
    size_t n, cap;
    struct {
        const char *text; /* where the text was last time: it may have changed since */
        CachedStmt slot;
    } recent[RECENT_N];
};

Id col_id(Stmt *st, int i) {
    Id id = ID_NONE;
    Str b = col_bytes(st, i);
    if (b.n == 16) memcpy(id.b, b.s, 16);
    return id;
}

/* SQLite quotes the names of a damaged schema byte for byte: what goes on is text. */
static Str cause_of(Arena *a, int rc, const char *what) {
    Str cause = str_printf(a, "sqlite %d: %s", rc, what);
    if (str_utf8_valid(cause)) return cause;
    Buf ascii = buf_new(a, cause.n);
    for (size_t i = 0; i < cause.n; i++)
        buf_byte(&ascii, (uint8_t)cause.s[i] < 0x80 ? (uint8_t)cause.s[i] : '?');
    return buf_text(&ascii);
}

Status db_fail(Ctx *c, Db *db, int rc) {
    const char *what = db && db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc);
    Str cause = cause_of(c->arena, rc, what);
    switch (rc & 0xff) {
    case SQLITE_FULL: return ctx_fail_cause(c, ST_IO, "", "error.store.disk_full", cause);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return ctx_fail_cause(c, ST_IO, "", "error.store.readonly", cause);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", cause);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ctx_fail_cause(c, ST_BUSY, "", "error.store.busy", cause);
    case SQLITE_NOMEM: return ctx_fail_cause(c, ST_MEMORY, "", "error.memory", cause);
    case SQLITE_INTERRUPT: return ctx_fail_cause(c, ST_CANCELLED, "", "error.cancelled", cause);
    default: return ctx_fail_cause(c, ST_IO, "", "error.store.io", cause);
    }
}

/* A text of a row is at most a part of a commit: 4 MiB, some times that when folded. */
enum { FUNCTION_ARENA_MAX = 256 << 20 };

static Str text_of(sqlite3_value *v) {
    const void *p = sqlite3_value_text(v);
    return str_n(p ? p : "", (size_t)sqlite3_value_bytes(v));
}

/* panah_fold(text): the normal form in which texts are compared. Stands in the schema: of a text the same
 * on all connections and for ever, or the projection is made anew. Its arena lives as long as the
 * connection: an index being made asks a million times. */
static void sql_fold(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    if (sqlite3_value_type(v[0]) != SQLITE_TEXT) {
        sqlite3_result_null(x);
        return;
    }
    Arena *a = sqlite3_user_data(x);
    Str folded = text_fold(a, text_of(v[0]));
    sqlite3_result_text64(x, folded.n ? folded.s : "", folded.n, SQLITE_TRANSIENT, SQLITE_UTF8);
    arena_reset(a);
}

/* panah_sort(text, language): its sort key. Stands in the schema, as panah_fold does. */
static void sql_sort(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    if (sqlite3_value_type(v[0]) != SQLITE_TEXT) {
        sqlite3_result_null(x);
        return;
    }
    Arena *a = sqlite3_user_data(x);
    Str key = sort_key(a, text_of(v[0]), text_of(v[1]));
    sqlite3_result_blob64(x, key.n ? key.s : "", key.n, SQLITE_TRANSIENT);
    arena_reset(a);
}

static void free_arena(void *arena) {
    arena_free(arena);
}

static void sql_age(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    if (sqlite3_value_type(v[0]) != SQLITE_INTEGER || sqlite3_value_type(v[1]) != SQLITE_INTEGER) {
        sqlite3_result_null(x);
        return;
    }
    int64_t from = sqlite3_value_int64(v[0]), to = sqlite3_value_int64(v[1]);
    if (from < INT32_MIN / 2 || from > INT32_MAX / 2 || to < INT32_MIN / 2 || to > INT32_MAX / 2) {
        sqlite3_result_null(x);
        return;
    }
    sqlite3_result_int(x, day_years_between((Day)from, (Day)to));
}

static void sql_civil(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    int64_t day = sqlite3_value_int64(v[0]);
    if (sqlite3_value_type(v[0]) != SQLITE_INTEGER || day < INT32_MIN / 2 || day > INT32_MAX / 2) {
        sqlite3_result_null(x);
        return;
    }
    Civil civil = civil_from_day((Day)day);
    sqlite3_result_int(x, sqlite3_user_data(x) ? civil.month : civil.year);
}

static int add_functions(sqlite3 *h) {
    static char is_month; /* only its address is used */
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int rc = sqlite3_create_function_v2(h, "panah_fold", 1, flags,
                                        arena_new(env_system(), FUNCTION_ARENA_MAX), sql_fold, NULL,
                                        NULL, free_arena);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function_v2(h, "panah_sort", 2, flags,
                                        arena_new(env_system(), FUNCTION_ARENA_MAX), sql_sort, NULL,
                                        NULL, free_arena);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(h, "panah_years", 2, flags, NULL, sql_age, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(h, "panah_year", 1, flags, NULL, sql_civil, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(h, "panah_month", 1, flags, &is_month, sql_civil, NULL, NULL);
    return rc;
}

static const char writer_pragmas[] = "PRAGMA page_size=4096;"
                                     "PRAGMA journal_mode=WAL;"
                                     "PRAGMA synchronous=FULL;"
                                     "PRAGMA wal_autocheckpoint=0;"
                                     "PRAGMA cache_size=-98304;";
static const char reader_pragmas[] = "PRAGMA query_only=ON;"
                                     "PRAGMA wal_autocheckpoint=0;"
                                     "PRAGMA cache_size=-8192;";
static const char both_pragmas[] = "PRAGMA foreign_keys=OFF;"
                                   "PRAGMA trusted_schema=OFF;"
                                   "PRAGMA cell_size_check=ON;"
                                   "PRAGMA secure_delete=ON;"
                                   "PRAGMA temp_store=MEMORY;"
                                   "PRAGMA mmap_size=0;";

/* Nobody asks how much memory SQLite holds; counting it takes a lock that all threads share, twice an
 * allocation: a tenth of the writer's time. */
static void configure(void) {
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS,
                         0); /* refused where SQLite is in use: it counts on */
}

Status db_open(Ctx *c, const char *path, DbMode mode, Db **ret) {
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    pthread_once(&configured, configure);
    Db *db = calloc(1, sizeof(*db));
    if (!db) return FAIL(c, ST_MEMORY, "", "error.memory");
    db->mode = mode;
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
        (mode == DB_WRITER ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    int rc = sqlite3_open_v2(path, &db->h, flags, store_vfs(c->env));
    if (rc == SQLITE_OK) {
        sqlite3_extended_result_codes(db->h, 1);
        sqlite3_busy_timeout(db->h, DB_BUSY_MS);
        sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        /* A closing connection must not checkpoint by itself: the writer does that on purpose. */
        sqlite3_db_config(db->h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, mode == DB_READER, NULL);
        rc = add_functions(db->h);
    }
    Status st = rc == SQLITE_OK ? ST_OK : db_fail(c, db, rc);
    if (st == ST_OK) st = db_exec(c, db, both_pragmas);
    if (st == ST_OK) st = db_exec(c, db, mode == DB_WRITER ? writer_pragmas : reader_pragmas);
    if (st != ST_OK) {
        db_close(db);
        return st;
    }
    *ret = db;
    return ST_OK;
}

void db_close(Db *db) {
    if (!db) return;
    for (size_t i = 0; i < db->cap; i++) {
        if (!db->cache[i].st) continue;
        sqlite3_finalize(db->cache[i].st);
        free(db->cache[i].sql);
    }
    free(db->cache);
    sqlite3_close(db->h);
    free(db);
}

bool db_gather_log(Db *db) {
    sqlite3_file *log = NULL;
    int rc = sqlite3_file_control(db->h, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    return rc == SQLITE_OK && log && vfs_gather(log);
}

sqlite3 *db_handle(Db *db) {
    return db->h;
}

Status db_exec(Ctx *c, Db *db, const char *sql) {
    int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? ST_OK : db_fail(c, db, rc);
}

static CachedStmt *cache_slot(CachedStmt *cache, size_t cap, uint64_t hash, const char *sql) {
    for (size_t i = hash & (cap - 1);; i = (i + 1) & (cap - 1)) {
        if (!cache[i].st) return &cache[i];
        if (cache[i].hash == hash && strcmp(cache[i].sql, sql) == 0) return &cache[i];
    }
}

static bool cache_grow(Db *db) {
    size_t cap = db->cap ? 2 * db->cap : 256;
    CachedStmt *bigger = calloc(cap, sizeof(*bigger));
    if (!bigger) return false;
    for (size_t i = 0; i < db->cap; i++)
        if (db->cache[i].st)
            *cache_slot(bigger, cap, db->cache[i].hash, db->cache[i].sql) = db->cache[i];
    free(db->cache);
    db->cache = bigger;
    db->cap = cap;
    return true;
}

static Stmt *fresh(Stmt *st) {
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return st;
}

Stmt *db_stmt(Ctx *c, Db *db, const char *sql) {
    if (2 * db->n >= db->cap && !cache_grow(db)) {
        (void)FAIL(c, ST_MEMORY, "", "error.memory");
        return NULL;
    }
    size_t at = ((uintptr_t)sql >> 4) % RECENT_N;
    if (db->recent[at].text == sql && strcmp(db->recent[at].slot.sql, sql) == 0)
        return fresh(db->recent[at].slot.st);
    size_t n = strlen(sql);
    uint64_t hash = hash_bytes(sql, n, 0);
    CachedStmt *slot = cache_slot(db->cache, db->cap, hash, sql);
    if (slot->st) {
        db->recent[at].text = sql;
        db->recent[at].slot = *slot;
        return fresh(slot->st);
    }
    Stmt *st = NULL;
    int rc = sqlite3_prepare_v3(db->h, sql, (int)n, SQLITE_PREPARE_PERSISTENT, &st, NULL);
    if (rc != SQLITE_OK) {
        (void)db_fail(c, db, rc);
        return NULL;
    }
    char *copy = malloc(n + 1);
    if (!copy) BUG("out of memory");
    memcpy(copy, sql, n + 1);
    *slot = (CachedStmt){ copy, hash, st };
    db->n++;
    return st;
}

Status db_step(Ctx *c, Db *db, Stmt *st, bool *ret_row) {
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) {
        *ret_row = true;
        return ST_OK;
    }
    *ret_row = false;
    if (rc == SQLITE_DONE) {
        sqlite3_reset(st);
        return ST_OK;
    }
    Status status = db_fail(c, db, rc);
    sqlite3_reset(st);
    return status;
}

Status db_run(Ctx *c, Db *db, Stmt *st) {
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (row) sqlite3_reset(st);
    return ST_OK;
}
