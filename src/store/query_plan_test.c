/* query_plan_test.c: what a page looks at: which index it walks, where it stops, what is refused
 * because it would cost too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/query_toy_int.h"

#include "base/banned.h"

enum { MANY = 30000 };

/* Many persons of office 0, one in a thousand of office 1, and the rare one with small = 5. */
static void add_many(QtWorld *w, int n) {
    Arena *keep = w->arena;
    qt_must(&w->c, db_exec(&w->c, w->reader.db, "BEGIN"));
    for (int i = 0; i < n; i++) {
        Arena *a = arena_new(&w->env, 8 << 20);
        w->arena = w->c.arena = a;
        QtRecord *r = qt_new(w, QT_PERSON, i % 1000 == 500);
        qt_set(w, r, "sex", val_text(i % 3 ? STR("F") : STR("M")));
        if (i % 100) qt_set(w, r, "birth", val_int(i / 7));
        qt_set(w, r, "small", val_int(i % 5000 == 4321 ? 5 : 1));
        if (i % 9000 == 8000) qt_set(w, r, "big", val_int(7));
        qt_write_row(w, r, LANE_CORE, r->scope);
        qt_count(w, r, 1);
        w->arena = w->c.arena = keep;
        arena_free(a);
    }
    qt_must(&w->c, db_exec(&w->c, w->reader.db, "COMMIT"));
}

/* An order without an index: where there are too many to sort, it is refused … */
static void test_order_without_an_index(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 60);
    add_many(&w, MANY);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 20 };
    Page page;
    q.order = qt_field(&w, QT_PERSON, "small");
    assert_int_equal(read_query(&c, &q, &page), ST_INVALID);
    assert_true(qt_error_is(&c, "error.query.order", "order"));
    /* … but there are few within this condition, or within that reach. */
    q.where = qt_where(&c, &w, QT_PERSON, "big = 7");
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 3);
    assert_int_equal(page.searched, 3);
    uint32_t core = qt_scope(1, LANE_CORE);
    Reach reach = { 0 };
    reach.lane[LANE_CORE].scopes = &core;
    reach.lane[LANE_CORE].n = 1;
    c.reach = &reach;
    q.where = NULL;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 20);
    assert_int_equal(page.total, MANY / 1000);
    arena_free(c.arena);
    qt_close(&w);
}

static int64_t searched_in_all(Ctx *c, Query q) {
    int64_t searched = 0;
    Page page;
    do {
        assert_int_equal(read_query(c, &q, &page), ST_OK);
        searched += page.searched;
        q.cursor = page.next;
    } while (page.next.n);
    return searched;
}

static void test_a_page_looks_at_little(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 60);
    add_many(&w, MANY);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 3, .order = qt_field(&w, QT_PERSON, "birth") };
    /* A rare value in the order of another field: by the index of the rare one. */
    q.where = qt_where(&c, &w, QT_PERSON, "big = 7 and small = 1");
    assert_int_equal(searched_in_all(&c, q), 3);
    /* A range of the order itself: from its beginning, to its end. */
    q.where = qt_where(&c, &w, QT_PERSON, "birth >= 1980-01-01 and birth < 1980-01-03");
    for (int descending = 0; descending < 2; descending++) {
        q.descending = descending;
        assert_int_equal(searched_in_all(&c, q), 14);
    }
    /* A common value, by age: its index, from the place on. */
    Page page;
    q.order = NULL;
    q.where = qt_where(&c, &w, QT_PERSON, "sex = 'M'");
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    q.cursor = page.next;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.searched, 3);
    arena_free(c.arena);
    qt_close(&w);
}

/* Whoever sees one small office walks its rows, not those of all the others. */
static void test_a_small_office_looks_at_its_own(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 63);
    add_many(&w, MANY);
    uint32_t core = qt_scope(1, LANE_CORE);
    Reach reach = { 0 };
    reach.lane[LANE_CORE].scopes = &core;
    reach.lane[LANE_CORE].n = 1;
    Ctx c = qt_reading(&w, &reach);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 7, .order = qt_field(&w, QT_PERSON, "birth") };
    Page page;
    int64_t n = 0;
    for (int descending = 0; descending < 2; descending++) {
        q.descending = descending;
        assert_int_equal(read_query(&c, &q, &page), ST_OK);
        assert_int_equal(page.n, 7);
        assert_true(page.searched <= MANY / 1000);
    }
    q.order = NULL;
    assert_int_equal(searched_in_all(&c, q), MANY / 1000);
    assert_int_equal(
        read_count(&c, w.kinds[QT_PERSON], qt_where(&c, &w, QT_PERSON, "small = 1"), 100, &n),
        ST_OK);
    assert_int_equal(n, MANY / 1000);
    arena_free(c.arena);
    qt_close(&w);
}

/* A scan that finds little answers what it has, and goes on. */
static void test_a_scan_stops_and_goes_on(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 60);
    add_many(&w, MANY);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON],
                .limit = 20,
                .scan_max = 1000,
                .order = qt_field(&w, QT_PERSON, "birth") };
    q.where = qt_where(&c, &w, QT_PERSON, "small = 5");
    size_t found = 0, pages = 0;
    int64_t searched = 0;
    Page page;
    do {
        assert_int_equal(read_query(&c, &q, &page), ST_OK);
        assert_true(page.searched <= 1000);
        found += page.n;
        searched += page.searched;
        q.cursor = page.next;
        pages++;
    } while (page.next.n);
    assert_int_equal(found, 6);
    assert_int_equal(searched, MANY);
    assert_true(pages > MANY / 1000);
    arena_free(c.arena);
    qt_close(&w);
}

/* Children by a reference without an index are looked for among all: not where they are many. */
static void test_unindexed_references(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 61);
    add_many(&w, 20001);
    Ctx c = qt_reading(&w, &reach_everything);
    int64_t n = 0;
    Expr *e = qt_where(&c, &w, QT_PERSON, "family.size = 1");
    assert_int_equal(read_count(&c, w.kinds[QT_PERSON], e, 10, &n), ST_OK);
    e = qt_where(&c, &w, QT_NEED, "exists(step)");
    assert_int_equal(read_count(&c, w.kinds[QT_NEED], e, 10, &n), ST_OK);
    qt_must(&w.c, db_exec(&w.c, w.reader.db, "INSERT INTO row_count VALUES(23, 3, 20001, 0)"));
    assert_int_equal(read_count(&c, w.kinds[QT_NEED], e, 10, &n), ST_INVALID);
    assert_true(qt_error_is(&c, "error.query.unindexed", "where"));
    arena_free(c.arena);
    qt_close(&w);
}

static void test_stop_and_too_much_work(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 62);
    add_many(&w, 20000);
    Ctx c = qt_reading(&w, &reach_everything);
    int64_t n = 0;
    Expr *e = qt_where(&c, &w, QT_PERSON, "small > 5 and birth is known and family.size is known");
    atomic_store(&w.env.stop, true);
    assert_int_equal(read_count(&c, w.kinds[QT_PERSON], e, 10, &n), ST_CANCELLED);
    atomic_store(&w.env.stop, false);
    assert_int_equal(read_count(&c, w.kinds[QT_PERSON], e, 10, &n), ST_OK);
    assert_int_equal(n, 0);
    arena_free(c.arena);
    qt_close(&w);
}

/* ---- computed columns: what they hold stands in their index ---- */

typedef struct Seen {
    int64_t calls; /* of the functions that compute them */
    Arena *arena;
    VEC(Str) texts; /* of the statements that lists walked */
} Seen;

static void count_call(sqlite3_context *x, int n, sqlite3_value **v) {
    Seen *seen = sqlite3_user_data(x);
    (void)n;
    (void)v;
    seen->calls++;
    sqlite3_result_null(x);
}

static int note_statement(unsigned type, void *arg, void *st, void *sql) {
    Seen *seen = arg;
    Str text = str_of(sqlite3_sql(st));
    (void)type;
    (void)sql;
    if (str_find(text, STR("__verdict")) >= 0)
        vec_push(seen->arena, &seen->texts, str_copy(seen->arena, text));
    return 0;
}

static void add_named(QtWorld *w, int kind, const char *name, int n) {
    qt_must(&w->c, db_exec(&w->c, w->reader.db, "BEGIN"));
    for (int i = 0; i < n; i++) {
        QtRecord *r = qt_new(w, kind, 0);
        if (i % 10) qt_set(w, r, name, val_text(str_printf(w->arena, "Ahmad %03d", i * 7 % 100)));
        if (kind == QT_PERSON) qt_set(w, r, "small", val_int(i % 3));
        if (kind == QT_PERSON) qt_set(w, r, "sex", val_text(i % 3 ? STR("F") : STR("M")));
        qt_write_row(w, r, LANE_CORE, r->scope);
        qt_count(w, r, 1);
    }
    qt_must(&w->c, db_exec(&w->c, w->reader.db, "COMMIT"));
}

/* From here on a call would be seen, and would spoil the answer. */
static void watch_calls(QtWorld *w, Seen *seen) {
    static const struct {
        const char *name;
        int n;
    } functions[] = { { "panah_fold", 1 }, { "panah_sort", 2 } };
    sqlite3 *h = db_handle(w->reader.db);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(
            sqlite3_create_function(h, functions[i].name, functions[i].n,
                                    SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, seen,
                                    count_call, NULL, NULL),
            SQLITE_OK);
    sqlite3_trace_v2(h, SQLITE_TRACE_STMT, note_statement, seen);
}

/* Every walk along an index looks for its place, none sorts what the index has sorted. */
static void check_walks(QtWorld *w, const Seen *seen, bool sorts) {
    sqlite3 *h = db_handle(w->reader.db);
    sqlite3_trace_v2(h, 0, NULL, NULL);
    assert_true(seen->texts.n > 0);
    for (size_t i = 0; i < seen->texts.n; i++) {
        Stmt *st = NULL;
        Str text = str_concat(w->arena, STR("EXPLAIN QUERY PLAN "), seen->texts.v[i]);
        assert_int_equal(sqlite3_prepare_v2(h, text.s, (int)text.n, &st, NULL), SQLITE_OK);
        while (sqlite3_step(st) == SQLITE_ROW) {
            Str step = col_bytes(st, 3);
            if (str_find(step, STR("USING INDEX")) >= 0)
                assert_true(str_starts(step, STR("SEARCH")));
            if (!sorts) assert_int_equal(str_find(step, STR("TEMP B-TREE")), -1);
        }
        sqlite3_finalize(st);
    }
}

static void test_computed_columns_are_read_from_the_index(void **state) {
    (void)state;
    static const struct {
        int kind;
        const char *where, *order;
        int found, keys; /* keys: computed for each page, where few rows are sorted by a text */
        bool sorts;
    } lists[] = {
        { QT_PERSON, NULL, "name", 500, 0, false },
        { QT_PERSON, "small = 0", "name", 167, 0, false },
        { QT_PERSON, "sex = 'M'", "name", 167, 167, true },
        { QT_PERSON, "name = 'AHMAD 007'", NULL, 5, 0, false },
        { QT_PERSON, "name = 'ahmad 007' and sex = 'M'", NULL, 1, 0, false },
        { QT_PERSON, "name starts with 'ahmad 01'", "sex", 45, 0, true },
        { QT_PERSON, "name in ('ahmad 007', 'ahmad 014')", "birth", 10, 0, true },
        { QT_FAMILY, NULL, "number", 500, 0, false },
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (int descending = 0; descending < 2; descending++) {
            QtWorld w;
            qt_open(&w, 64);
            int kind = lists[i].kind;
            add_named(&w, kind, kind == QT_PERSON ? "name" : "number", 500);
            Ctx c = qt_reading(&w, &reach_everything);
            Seen seen = { .arena = w.arena };
            Query q = { .kind = w.kinds[kind], .limit = 20, .descending = descending };
            if (lists[i].order) q.order = qt_field(&w, kind, lists[i].order);
            if (lists[i].where) q.where = qt_where(&c, &w, kind, lists[i].where);
            watch_calls(&w, &seen);
            Page page;
            int found = 0, pages = 0;
            do {
                assert_int_equal(read_query(&c, &q, &page), ST_OK);
                found += (int)page.n;
                q.cursor = page.next;
                pages++;
            } while (page.next.n);
            assert_int_equal(found, lists[i].found);
            assert_true(seen.calls <= pages * lists[i].keys);
            check_walks(&w, &seen, lists[i].sorts);
            arena_free(c.arena);
            qt_close(&w);
        }
}

/* Also where other columns of the row change. */
static void test_computed_columns_follow_their_text(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 65);
    add_named(&w, QT_PERSON, "name", 100);
    Ctx *c = &w.c;
    Db *db = w.reader.db;
    qt_must(c, db_exec(c, db, "UPDATE person SET name='Zahra' WHERE rid=2"));
    qt_must(c, db_exec(c, db, "DELETE FROM person WHERE rid=3"));
    qt_must(c, db_exec(c, db, "UPDATE person SET heads=x'02', sex='M' WHERE rid=4"));
    Stmt *st = db_stmt(c, db, "PRAGMA integrity_check");
    bool row = false;
    qt_must(c, db_step(c, db, st, &row));
    assert_true(row && str_is(col_bytes(st, 0), "ok"));
    sqlite3_reset(st);
    qt_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_without_an_index),
        cmocka_unit_test(test_a_page_looks_at_little),
        cmocka_unit_test(test_a_small_office_looks_at_its_own),
        cmocka_unit_test(test_a_scan_stops_and_goes_on),
        cmocka_unit_test(test_unindexed_references),
        cmocka_unit_test(test_computed_columns_are_read_from_the_index),
        cmocka_unit_test(test_computed_columns_follow_their_text),
        cmocka_unit_test(test_stop_and_too_much_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
