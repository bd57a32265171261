/* query_function.c: SQL functions of the query compiler: what SQLite's own arithmetic does not say.
 *
 * Its sums turn into floating point where they leave int64, its sum() and abs() fail there. These
 * give NULL, which is what "unknown" is in SQL. Each takes an operand once, so that the text of an
 * expression grows with its size and not with 2^depth. */
#include "store/query_int.h"

#include "base/banned.h"

static bool all_int(int n, sqlite3_value **v) {
    for (int i = 0; i < n; i++)
        if (sqlite3_value_type(v[i]) != SQLITE_INTEGER) return false;
    return true;
}

static void give(sqlite3_context *x, bool ok, int64_t value) {
    if (ok)
        sqlite3_result_int64(x, value);
    else
        sqlite3_result_null(x);
}

/* panah_add(a, b) */
static void sql_add(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t r = 0;
    bool ok = all_int(n, v) &&
              !__builtin_add_overflow(sqlite3_value_int64(v[0]), sqlite3_value_int64(v[1]), &r);
    give(x, ok, r);
}

/* panah_sub(a, b) */
static void sql_sub(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t r = 0;
    bool ok = all_int(n, v) &&
              !__builtin_sub_overflow(sqlite3_value_int64(v[0]), sqlite3_value_int64(v[1]), &r);
    give(x, ok, r);
}

static bool multiply(sqlite3_value *a, sqlite3_value *b, int64_t *ret) {
    return !__builtin_mul_overflow(sqlite3_value_int64(a), sqlite3_value_int64(b), ret);
}

static bool divide(int64_t a, int64_t b, int64_t *ret) {
    if (b == 0 || (a == INT64_MIN && b == -1)) return false;
    *ret = a / b;
    return true;
}

/* panah_mul(a, b, unit): a × b / unit, cut toward zero; a × b itself must fit. */
static void sql_mul(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t r = 0;
    bool ok = all_int(n, v) && multiply(v[0], v[1], &r) && divide(r, sqlite3_value_int64(v[2]), &r);
    give(x, ok, r);
}

/* panah_div(a, unit, b): a × unit / b, cut toward zero; a × unit itself must fit. */
static void sql_div(sqlite3_context *x, int n, sqlite3_value **v) {
    sql_mul(x, n, v);
}

/* panah_neg(a) */
static void sql_neg(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t a = sqlite3_value_int64(v[0]);
    bool ok = all_int(n, v) && a != INT64_MIN;
    give(x, ok, ok ? -a : 0);
}

/* panah_abs(a) */
static void sql_abs(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t a = sqlite3_value_int64(v[0]);
    bool ok = all_int(n, v) && a != INT64_MIN;
    give(x, ok, ok && a < 0 ? -a : a);
}

/* panah_within(a, least, greatest): a, or NULL. */
static void sql_within(sqlite3_context *x, int n, sqlite3_value **v) {
    int64_t a = sqlite3_value_int64(v[0]);
    bool ok = all_int(n, v) && a >= sqlite3_value_int64(v[1]) && a <= sqlite3_value_int64(v[2]);
    give(x, ok, a);
}

static Str text_of(sqlite3_value *v) {
    const void *p = sqlite3_value_blob(v);
    return str_n(p ? p : "", (size_t)sqlite3_value_bytes(v));
}

/* panah_starts(text, prefix), byte for byte. */
static void sql_starts(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    bool known = sqlite3_value_type(v[0]) == SQLITE_TEXT && sqlite3_value_type(v[1]) == SQLITE_TEXT;
    give(x, known, known && str_starts(text_of(v[0]), text_of(v[1])));
}

/* panah_bytes(hex): the id of a custom reference, which stands as hex in "extra". */
static void sql_bytes(sqlite3_context *x, int n, sqlite3_value **v) {
    (void)n;
    uint8_t id[16];
    Str hex = sqlite3_value_type(v[0]) == SQLITE_TEXT ? text_of(v[0]) : STR("");
    if (hex.n == 2 * sizeof(id) && hex_decode(hex, id, sizeof(id)))
        sqlite3_result_blob(x, id, sizeof(id), SQLITE_TRANSIENT);
    else
        sqlite3_result_null(x);
}

/* panah_sum(a): exact whatever the order; NULL where the total does not fit, 0 where there is
 * none. */
typedef struct Sum {
    int64_t high, low; /* in steps of 2^32, and the rest */
} Sum;

static void sum_step(sqlite3_context *x, int n, sqlite3_value **v) {
    Sum *sum = sqlite3_aggregate_context(x, sizeof(*sum));
    if (!sum || !all_int(n, v)) return;
    int64_t a = sqlite3_value_int64(v[0]);
    sum->high += a >> 32;
    sum->low += a & UINT32_MAX;
}

static void sum_final(sqlite3_context *x) {
    const Sum *sum = sqlite3_aggregate_context(x, 0);
    int64_t high = sum ? sum->high + (sum->low >> 32) : 0, low = sum ? sum->low & UINT32_MAX : 0;
    bool ok = high >= INT32_MIN && high <= INT32_MAX;
    give(x, ok, ok ? high * ((int64_t)1 << 32) + low : 0);
}

Status query_functions(Ctx *c, Db *db) {
    static const struct {
        const char *name;
        int n;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        { "panah_add", 2, sql_add },       { "panah_sub", 2, sql_sub },
        { "panah_mul", 3, sql_mul },       { "panah_div", 3, sql_div },
        { "panah_neg", 1, sql_neg },       { "panah_abs", 1, sql_abs },
        { "panah_within", 3, sql_within }, { "panah_starts", 2, sql_starts },
        { "panah_bytes", 1, sql_bytes },
    };
    sqlite3 *h = db_handle(db);
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    Stmt *have = NULL;
    /* The last one added is there: so are all. To add them again would expire every statement. */
    if (sqlite3_prepare_v2(h, "SELECT panah_sum(1)", -1, &have, NULL) == SQLITE_OK) {
        sqlite3_finalize(have);
        return ST_OK;
    }
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < sizeof(functions) / sizeof(functions[0]); i++)
        rc = sqlite3_create_function(h, functions[i].name, functions[i].n, flags, NULL,
                                     functions[i].fn, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_create_function(h, "panah_sum", 1, flags, NULL, NULL, sum_step, sum_final);
    return rc == SQLITE_OK ? ST_OK : db_fail(c, db, rc);
}
