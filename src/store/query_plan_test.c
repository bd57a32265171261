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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_without_an_index),
        cmocka_unit_test(test_a_page_looks_at_little),
        cmocka_unit_test(test_a_small_office_looks_at_its_own),
        cmocka_unit_test(test_a_scan_stops_and_goes_on),
        cmocka_unit_test(test_unindexed_references),
        cmocka_unit_test(test_stop_and_too_much_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
