/* limit.c: the same rows by bare SQLite transactions: what a program that did nothing else could
 * reach on this disk. */
#include "load.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"

enum { STREAMS_MAX = 4096 };

struct Mark {
    int64_t person, registration_group, membership, key;
    int64_t stream_seq[STREAMS_MAX];
};

/* In place of our folds and sort keys: the indexes are there, the work for them is ours. */
static void same_value(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    sqlite3_result_value(x, v[0]);
}

static sqlite3 *open_db(const char *path, bool writable) {
    sqlite3 *db = NULL;
    int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    if (sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_URI, NULL) != SQLITE_OK)
        die("%s: %s", path, sqlite3_errmsg(db));
    int as = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    sqlite3_create_function(db, "panah_fold", 1, as, NULL, same_value, NULL, NULL);
    sqlite3_create_function(db, "panah_sort", 2, as, NULL, same_value, NULL, NULL);
    return db;
}

static void exec(sqlite3 *db, const char *sql) {
    char *why = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) die("%s\n%s", sql, why);
}

static int64_t number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die("%s\n%s", sql, sqlite3_errmsg(db));
    int64_t n = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return n;
}

Mark *limit_mark(Arena *a, const char *dir) {
    Mark *m = arena_new_of(a, Mark);
    sqlite3 *db = open_db(str_c(a, str_printf(a, "%s/panah.db", dir)), false);
    sqlite3_stmt *st = NULL;
    m->person = number(db, "SELECT max(rid) FROM person");
    m->registration_group = number(db, "SELECT max(rid) FROM registration_group");
    m->membership = number(db, "SELECT max(rid) FROM membership");
    m->key = number(db, "SELECT max(n) FROM ledger_key");
    if (sqlite3_prepare_v2(db, "SELECT no, seq FROM ledger_stream", -1, &st, NULL) != SQLITE_OK)
        die("ledger_stream: %s", sqlite3_errmsg(db));
    while (sqlite3_step(st) == SQLITE_ROW)
        if (sqlite3_column_int64(st, 0) < STREAMS_MAX)
            m->stream_seq[sqlite3_column_int64(st, 0)] = sqlite3_column_int64(st, 1);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return m;
}

/* The tables that a registration writes to, and how their new rows are told. */
static const char *const tables[][2] = {
    { "person", "rid>%lld" },
    { "registration_group", "rid>%lld" },
    { "membership", "rid>%lld" },
    { "ledger_key", "n>%lld" },
    { "ledger_part", "key_n>%lld" },
    { "term", "rid>%lld" },
    { "ledger_piece",
      "(place>>8 & 68719476735) > (SELECT seq FROM temp.before WHERE no=place>>44)" },
};
enum { TABLES = sizeof tables / sizeof tables[0] };

static void copy_ddl(Arena *a, sqlite3 *db) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db,
                           "SELECT sql, tbl_name FROM src.sqlite_schema WHERE sql IS NOT NULL"
                           " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC",
                           -1, &st, NULL) != SQLITE_OK)
        die("sqlite_schema: %s", sqlite3_errmsg(db));
    while (sqlite3_step(st) == SQLITE_ROW)
        for (size_t i = 0; i < TABLES; i++)
            if (strcmp((const char *)sqlite3_column_text(st, 1), tables[i][0]) == 0)
                exec(db, str_c(a, str_of((const char *)sqlite3_column_text(st, 0))));
    sqlite3_finalize(st);
}

static void gather_rows(Arena *a, sqlite3 *db, const Mark *m) {
    const int64_t after[TABLES] = {
        m->person, m->registration_group, m->membership, m->key, m->key, m->person, 0
    };
    exec(db, "CREATE TEMP TABLE before(no INTEGER PRIMARY KEY, seq INTEGER)");
    for (size_t i = 1; i < STREAMS_MAX; i++)
        exec(db, str_c(a, str_printf(a, "INSERT INTO temp.before VALUES(%zu, %lld)", i,
                                     (long long)m->stream_seq[i])));
    for (size_t i = 0; i < TABLES; i++) {
        Buf sql = buf_new(a, 4096);
        buf_printf(&sql, "CREATE TEMP TABLE new_%s AS SELECT * FROM src.%s WHERE ", tables[i][0],
                   tables[i][0]);
        const char *at = strstr(tables[i][1], "%lld");
        if (at)
            buf_printf(&sql, "%.*s%lld", (int)(at - tables[i][1]), tables[i][1],
                       (long long)after[i]);
        else
            buf_printf(&sql, "%s", tables[i][1]);
        exec(db, str_c(a, buf_text(&sql)));
    }
}

/* Those that are stored: computed ones are not listed here. */
static const char *stored_columns(Arena *a, sqlite3 *db, const char *table) {
    Buf b = buf_new(a, 64 << 10);
    sqlite3_stmt *st = NULL;
    const char *sql = str_c(a, str_printf(a, "SELECT name FROM pragma_table_info('%s')", table));
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die("%s: %s", table, sqlite3_errmsg(db));
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&b, "%s\"%s\"", b.n ? ", " : "", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    return str_c(a, buf_text(&b));
}

static sqlite3_stmt *inserter(Arena *a, sqlite3 *db, const char *table) {
    sqlite3_stmt *st = NULL;
    const char *columns = stored_columns(a, db, table);
    const char *sql = str_c(a, str_printf(a,
                                          "INSERT OR IGNORE INTO main.%s(%s) SELECT %s FROM"
                                          " temp.new_%s WHERE rowid>?1 AND rowid<=?2",
                                          table, columns, columns, table));
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die("%s: %s", table, sqlite3_errmsg(db));
    return st;
}

static void copy_share(sqlite3 *db, sqlite3_stmt *st, int64_t rows, size_t i, size_t n) {
    sqlite3_bind_int64(st, 1, rows * (int64_t)i / (int64_t)n);
    sqlite3_bind_int64(st, 2, rows * (int64_t)(i + 1) / (int64_t)n);
    if (sqlite3_step(st) != SQLITE_DONE) die("copy: %s", sqlite3_errmsg(db));
    sqlite3_reset(st);
}

static void remove_db(Arena *a, const char *path) {
    unlink(path);
    unlink(str_c(a, str_printf(a, "%s-wal", path)));
    unlink(str_c(a, str_printf(a, "%s-shm", path)));
}

double limit_families(const char *dir, const Mark *m, const char *scratch, size_t n_transactions,
                      size_t *ret_people) {
    Arena *a = arena_new(env_system(), 64 << 20);
    sqlite3_stmt *st[TABLES];
    int64_t rows[TABLES];
    remove_db(a, scratch);
    sqlite3 *db = open_db(scratch, true);
    exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
             "PRAGMA cache_size=-131072");
    exec(db, str_c(a, str_printf(a, "ATTACH 'file:%s/panah.db?mode=ro' AS src", dir)));
    copy_ddl(a, db);
    gather_rows(a, db, m);
    for (size_t t = 0; t < TABLES; t++) {
        st[t] = inserter(a, db, tables[t][0]);
        rows[t] =
            number(db, str_c(a, str_printf(a, "SELECT count(*) FROM temp.new_%s", tables[t][0])));
    }
    int64_t from = now_us();
    for (size_t i = 0; i < n_transactions; i++) {
        exec(db, "BEGIN IMMEDIATE");
        for (size_t t = 0; t < TABLES; t++)
            copy_share(db, st[t], rows[t], i, n_transactions);
        exec(db, "COMMIT");
    }
    double seconds = (double)(now_us() - from) / 1e6;
    for (size_t t = 0; t < TABLES; t++)
        sqlite3_finalize(st[t]);
    sqlite3_close(db);
    *ret_people = (size_t)rows[0];
    arena_free(a);
    return seconds;
}

/* The database that limit_families left is there to be corrected. */
double limit_corrections(const char *scratch, size_t n_acts, size_t a_transaction) {
    sqlite3 *db = open_db(scratch, true);
    sqlite3_stmt *change = NULL, *append = NULL;
    exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-131072");
    int64_t first = number(db, "SELECT min(rid) FROM person"),
            last = number(db, "SELECT max(rid) FROM person");
    if (sqlite3_prepare_v2(db, "UPDATE person SET heads=randomblob(90), birth_date=?2 WHERE rid=?1",
                           -1, &change, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(db,
                           "INSERT INTO ledger_piece VALUES((SELECT max(place)+1 FROM"
                           " ledger_piece), randomblob(400))",
                           -1, &append, NULL) != SQLITE_OK)
        die("%s", sqlite3_errmsg(db));
    Rng r = rng_new(1);
    int64_t from = now_us();
    for (size_t done = 0; done < n_acts; done += a_transaction) {
        exec(db, "BEGIN IMMEDIATE");
        for (size_t i = 0; i < a_transaction; i++) {
            sqlite3_bind_int64(change, 1, rng_between(&r, first, last));
            sqlite3_bind_int64(change, 2, rng_between(&r, 0, 19000));
            if (sqlite3_step(change) != SQLITE_DONE || sqlite3_step(append) != SQLITE_DONE)
                die("%s", sqlite3_errmsg(db));
            sqlite3_reset(change);
            sqlite3_reset(append);
        }
        exec(db, "COMMIT");
    }
    double seconds = (double)(now_us() - from) / 1e6;
    sqlite3_finalize(change);
    sqlite3_finalize(append);
    sqlite3_close(db);
    return (double)n_acts / seconds;
}
