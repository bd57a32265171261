/* query_test.c: lists, cursors, counts and tallies over the tables, against what the evaluator
 * says of the same records in memory; reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/query_toy_int.h"

#include "base/banned.h"

static void fill(QtWorld *w, size_t persons) {
    qt_add(w, QT_CAMP, 5);
    qt_add(w, QT_FAMILY, 20);
    qt_add(w, QT_PERSON, persons);
    qt_add(w, QT_NEED, 80);
    qt_add(w, QT_STEP, 10);
}

/* ---- what a list should be ---- */

typedef struct Expected {
    const QtRecord *r;
    Val key;
} Expected;

static bool is_unknown(Val v) {
    return v.type == VAL_NONE || v.type == VAL_NULL || (v.type == VAL_LIST && v.list.n == 0);
}

static Val key_in_memory(Arena *a, QtView *view, const FieldInfo *f) {
    Val v = f ? qt_get(view, NULL, f) : VAL_ABSENT;
    if (v.type != VAL_TEXT || f->f.type != FT_TEXT) return v;
    if (f->f.flags & FF_SORT) return val_bytes(sort_key(a, v.text, SORT_LANG));
    return val_text(text_fold(a, v.text));
}

static int order_of(Val a, Val b) {
    if (a.type == VAL_INT) return (a.i > b.i) - (a.i < b.i);
    if (a.type == VAL_BOOL) return (int)a.b - (int)b.b;
    return str_cmp(a.text, b.text);
}

static bool comes_before(const Query *q, const Expected *a, const Expected *b) {
    bool x = is_unknown(a->key), y = is_unknown(b->key);
    int order = q->order && !x && !y ? order_of(a->key, b->key) : 0;
    if (q->order && x != y) return y;
    if (order == 0) order = (a->r->rid > b->r->rid) - (a->r->rid < b->r->rid);
    return q->descending ? order > 0 : order < 0;
}

static bool holds(Ctx *c, QtView *view, const Expr *e) {
    ExprSource source = qt_source(view);
    Val v;
    if (!e) return true;
    assert_int_equal(expr_eval(c, e, &source, c->today, &v), ST_OK);
    return v.type == VAL_BOOL && v.b;
}

static size_t expect(Ctx *c, QtWorld *w, const Query *q, Expected *out) {
    size_t n = 0;
    for (size_t i = 0; i < w->n_records; i++) {
        const QtRecord *r = w->records[i];
        QtView view = { .w = w, .reach = c->reach, .root = r };
        if (r->kind != q->kind || !qt_sees(c->reach, r->kind->k->lane, r->scope)) continue;
        if (!q->with_void && r->values[0].type == VAL_TEXT) continue;
        if (!holds(c, &view, q->where)) continue;
        Expected e = { r, key_in_memory(c->arena, &view, q->order) };
        size_t at = n++;
        for (; at > 0 && comes_before(q, &e, &out[at - 1]); at--)
            out[at] = out[at - 1];
        out[at] = e;
    }
    return n;
}

/* Reads all pages; returns how many records there were. */
static size_t read_all(Ctx *c, Query q, const Expected *expected, size_t n, int64_t *ret_searched) {
    size_t at = 0, pages = 0;
    *ret_searched = 0;
    for (;;) {
        Page page;
        Status st = read_query(c, &q, &page);
        for (size_t i = 0; st != ST_OK && i < c->errs.n; i++)
            print_message("# %.*s %.*s\n", STR_ARG(c->errs.v[i].key), STR_ARG(c->errs.v[i].cause));
        assert_int_equal(st, ST_OK);
        assert_true(page.n <= q.limit);
        for (size_t i = 0; i < page.n; i++, at++) {
            assert_true(at < n);
            if (page.rows[i]->rid != expected[at].r->rid)
                print_message("# %s order by %s %s, row %zu\n",
                              q.where ? str_c(c->arena, q.where->source) : "all",
                              q.order ? q.order->key_text : "age", q.descending ? "descending" : "",
                              at);
            assert_int_equal(page.rows[i]->rid, expected[at].r->rid);
            assert_true(id_eq(page.rows[i]->id, expected[at].r->id));
        }
        *ret_searched += page.searched;
        if (page.next.n == 0) return at;
        q.cursor = page.next;
        assert_true(++pages < 5000);
    }
}

static void check_list(Ctx *c, QtWorld *w, const Query *q) {
    Expected *expected = arena_array(c->arena, Expected, w->n_records);
    size_t n = expect(c, w, q, expected);
    int64_t searched = 0;
    size_t got = read_all(c, *q, expected, n, &searched);
    if (got != n)
        print_message("# %s order %s %s: %zu of %zu\n",
                      q->where ? str_c(c->arena, q->where->source) : "",
                      q->order ? q->order->key_text : "", q->descending ? "desc" : "", got, n);
    assert_int_equal(got, n);
}

static const char *const wheres[] = {
    NULL,
    "sex = 'F'",
    "sex in ('F', 'M') and small > 0",
    "birth >= 1990-01-01",
    "birth >= 1990-01-01 and birth < 2015-01-01 and sex != 'X'",
    "1990-01-01 >= birth",
    "2010-01-01 > birth and -5 <= big",
    "0 < big and 1970-01-01 < birth",
    "birth = 2000-02-29 or small is unknown",
    "name starts with 'k'",
    "name = 'kabul' and present",
    "big = 0",
    "big > -20 and big <= 100 and score >= 0.0",
    "exists(need where weight > 0) and family.size is known",
    "void is known",
    "risk > 0 or guard.risk > 0",
    "birth <= today() and sex = 'M' and name starts with 'a'",
};
static const char *const orders[] = { NULL,     "name",   "birth",  "big",  "score",
                                      "sex",    "small",  "family", "risk", "word",
                                      "threat", "c_text", "c_date", "void" };

static void test_lists_in_every_order(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 11);
    fill(&w, 90);
    for (size_t o = 0; o < sizeof(orders) / sizeof(orders[0]); o++)
        for (size_t i = 0; i < sizeof(wheres) / sizeof(wheres[0]); i++)
            for (int turn = 0; turn < 4; turn++) {
                Ctx c = qt_reading(&w, &reach_everything);
                Reach reach = qt_some_reach(&w, c.arena);
                bool sees_all = qt_chance(&w, 40) || reach.lane[LANE_CORE].n == 0 ||
                                reach.lane[LANE_PROTECTION].n == 0 ||
                                reach.lane[LANE_CONTROL].n == 0;
                if (!sees_all) c.reach = &reach;
                Query q = { .kind = w.kinds[QT_PERSON],
                            .descending = turn & 1,
                            .with_void = turn & 2 };
                q.where = qt_where(&c, &w, QT_PERSON, wheres[i]);
                q.order = orders[o] ? qt_field(&w, QT_PERSON, orders[o]) : NULL;
                q.limit = 1 + qt_below(&w, 40);
                q.scan_max = qt_chance(&w, 50) ? 1 + qt_below(&w, 30) : 0;
                check_list(&c, &w, &q);
                arena_free(c.arena);
            }
    qt_close(&w);
}

static void test_other_kinds(void **state) {
    (void)state;
    static const struct {
        int kind;
        const char *where, *order;
    } lists[] = {
        { QT_CAMP, NULL, "name" },
        { QT_CAMP, "exists(family)", "code" },
        { QT_FAMILY, NULL, "place" },
        { QT_FAMILY, "count(person where age(birth) < 18) > 1", "arrival" },
        { QT_FAMILY, NULL, "seen_at" },
        { QT_FAMILY, "number starts with '1'", "number" },
        { QT_NEED, "person.sex = 'F'", "person" },
        { QT_NEED, NULL, "code" },
        { QT_NEED, "code starts with 'SC'", NULL },
        { QT_STEP, NULL, "points" },
    };
    QtWorld w;
    qt_open(&w, 12);
    fill(&w, 60);
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        for (int turn = 0; turn < 4; turn++) {
            Ctx c = qt_reading(&w, &reach_everything);
            Query q = { .kind = w.kinds[lists[i].kind],
                        .descending = turn & 1,
                        .limit = 7,
                        .with_void = turn & 2 };
            q.where = qt_where(&c, &w, lists[i].kind, lists[i].where);
            q.order = lists[i].order ? qt_field(&w, lists[i].kind, lists[i].order) : NULL;
            check_list(&c, &w, &q);
            arena_free(c.arena);
        }
    qt_close(&w);
}

/* Values come typed, those of another lane only where that is in reach. */
static void test_records_are_whole(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 13);
    QtRecord *r = qt_new(&w, QT_PERSON, 2);
    for (size_t i = 1; i < r->kind->n_fields; i++) {
        const Field *f = &r->kind->fields[i].f;
        r->values[i] = f->type == FT_SET ? val_list() : qt_any_value(&w, f);
        if (f->type == FT_SET) val_push(w.arena, &r->values[i], val_text(STR("prs")));
        if (f->type == FT_REF) r->values[i] = val_id(w.arena, r->id);
    }
    r->side_scope = r->scope + 1;
    qt_write(&w, r);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 10 };
    Page page;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 1);
    assert_int_equal(page.total, 1);
    for (size_t i = 1; i < r->kind->n_fields; i++) {
        bool sealed = r->kind->fields[i].f.flags & FF_SEALED;
        assert_true(sealed ? val_is_absent(page.rows[0]->values[i])
                           : val_eq(page.rows[0]->values[i], r->values[i]));
    }
    uint32_t core = qt_scope(2, LANE_CORE);
    Reach reach = { 0 };
    reach.lane[LANE_CORE].scopes = &core;
    reach.lane[LANE_CORE].n = 1;
    c.reach = &reach;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 1);
    assert_true(val_is_absent(record_value(page.rows[0], "risk")));
    assert_true(val_is_absent(record_value(page.rows[0], "c_risk")));
    assert_false(val_is_absent(record_value(page.rows[0], "small")));
    arena_free(c.arena);
    qt_close(&w);
}

/* ---- cursors ---- */

static void test_records_come_and_go_between_pages(void **state) {
    (void)state;
    static const char *const by[] = { NULL, "name", "birth", "small", "sex" };
    for (size_t o = 0; o < sizeof(by) / sizeof(by[0]); o++)
        for (int descending = 0; descending < 2; descending++) {
            QtWorld w;
            qt_open(&w, 20 + o);
            qt_add(&w, QT_PERSON, 80);
            size_t n_before = w.n_records;
            bool *seen = arena_array(w.arena, bool, 1000), *gone = arena_array(w.arena, bool, 1000);
            Query q = {
                .kind = w.kinds[QT_PERSON], .limit = 6, .descending = descending, .with_void = true
            };
            if (by[o]) q.order = qt_field(&w, QT_PERSON, by[o]);
            do {
                Ctx c = qt_reading(&w, &reach_everything);
                Page page;
                assert_int_equal(read_query(&c, &q, &page), ST_OK);
                for (size_t i = 0; i < page.n; i++) {
                    int64_t rid = page.rows[i]->rid;
                    assert_false(seen[rid]);
                    assert_false(gone[rid]);
                    seen[rid] = true;
                }
                q.cursor = str_copy(w.arena, page.next);
                arena_free(c.arena);
                /* New ones, and one less: also the very one that the cursor stands on. */
                if (w.n_records < 120) qt_add(&w, QT_PERSON, 3);
                QtRecord *victim = w.records[qt_below(&w, n_before)];
                if (!gone[victim->rid]) qt_delete(&w, victim);
                gone[victim->rid] = true;
            } while (q.cursor.n);
            for (size_t i = 0; i < n_before; i++)
                assert_true(seen[w.records[i]->rid] || gone[w.records[i]->rid]);
            qt_close(&w);
        }
}

static void refuse_cursor(QtWorld *w, Query q, Str cursor) {
    Ctx c = qt_reading(w, &reach_everything);
    Page page;
    q.cursor = cursor;
    assert_int_equal(read_query(&c, &q, &page), ST_INVALID);
    assert_true(qt_error_is(&c, "error.cursor", "cursor"));
    arena_free(c.arena);
}

static void test_cursors_are_sealed(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 30);
    qt_add(&w, QT_FAMILY, 30);
    qt_add(&w, QT_PERSON, 30);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON],
                .limit = 5,
                .order = qt_field(&w, QT_PERSON, "name"),
                .with_void = true };
    q.where = qt_where(&c, &w, QT_PERSON, "small is known or small is unknown");
    Page page;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    Str cursor = page.next;
    assert_true(cursor.n > 0);
    for (size_t i = 0; i < cursor.n; i++) {
        char *forged = arena_copy(c.arena, cursor.s, cursor.n);
        forged[i] = forged[i] == '0' ? '1' : '0';
        refuse_cursor(&w, q, str_n(forged, cursor.n));
        if (i > 0) refuse_cursor(&w, q, str_slice(cursor, 0, i));
    }
    refuse_cursor(&w, q, STR("x"));
    refuse_cursor(&w, q, str_concat(c.arena, cursor, STR("00")));
    refuse_cursor(&w, q, str_concat(c.arena, cursor, cursor));
    refuse_cursor(&w, q, STR("'; DROP TABLE person; --"));
    /* Another list, whoever asks for it. */
    Query other = q;
    other.kind = w.kinds[QT_FAMILY], other.where = NULL, other.order = NULL;
    refuse_cursor(&w, other, cursor);
    Query plain = { .kind = w.kinds[QT_PERSON], .limit = 5 };
    Page first;
    assert_int_equal(read_query(&c, &plain, &first), ST_OK);
    plain.kind = w.kinds[QT_FAMILY];
    refuse_cursor(&w, plain, first.next);
    other = q, other.where = qt_where(&c, &w, QT_PERSON, "small is known");
    refuse_cursor(&w, other, cursor);
    other = q, other.where = NULL;
    refuse_cursor(&w, other, cursor);
    other = q, other.order = qt_field(&w, QT_PERSON, "birth");
    refuse_cursor(&w, other, cursor);
    other = q, other.descending = true;
    refuse_cursor(&w, other, cursor);
    other = q, other.with_void = false;
    refuse_cursor(&w, other, cursor);
    /* Time, and another run of the program. */
    q.cursor = cursor;
    env_advance(&w.env, 15 * 60 * TIME_SECOND);
    Ctx later = qt_reading(&w, &reach_everything);
    assert_int_equal(read_query(&later, &q, &page), ST_OK);
    arena_free(later.arena);
    env_advance(&w.env, TIME_SECOND);
    refuse_cursor(&w, q, cursor);
    env_advance(&w.env, -TIME_SECOND);
    w.store.cursor_key.b[0] ^= 1;
    refuse_cursor(&w, q, cursor);
    arena_free(c.arena);
    qt_close(&w);
}

/* Someone else who goes on with a cursor sees what is theirs to see. */
static void test_cursor_gives_no_access(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 31);
    qt_add(&w, QT_PERSON, 60);
    Ctx c = qt_reading(&w, &reach_everything);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 10, .with_void = true };
    Page page;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    uint32_t core = qt_scope(1, LANE_CORE);
    Reach reach = { 0 };
    reach.lane[LANE_CORE].scopes = &core;
    reach.lane[LANE_CORE].n = 1;
    c.reach = &reach;
    q.cursor = page.next;
    q.limit = 1000;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_true(page.n > 0);
    for (size_t i = 0; i < page.n; i++)
        assert_int_equal(page.rows[i]->scope, core);
    arena_free(c.arena);
    qt_close(&w);
}

/* ---- reach ---- */

static void refuse_where(Ctx *c, QtWorld *w, int kind, const char *source) {
    Query q = { .kind = w->kinds[kind], .limit = 5, .where = qt_where(c, w, kind, source) };
    const FieldInfo *by = qt_field(w, QT_PERSON, "sex");
    Page page;
    int64_t n;
    Tally *tally;
    size_t n_tally;
    assert_int_equal(read_query(c, &q, &page), ST_DENIED);
    assert_true(qt_error_is(c, "error.query.field", "where"));
    assert_int_equal(read_count(c, q.kind, q.where, 10, &n), ST_DENIED);
    assert_int_equal(read_tally(c, q.kind, q.where, &by, 0, 0, &tally, &n_tally, NULL), ST_DENIED);
}

static void test_fields_out_of_reach(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 40);
    fill(&w, 40);
    uint32_t core = qt_scope(0, LANE_CORE);
    Reach reach = { 0 };
    reach.lane[LANE_CORE].scopes = &core;
    reach.lane[LANE_CORE].n = 1;
    Ctx c = qt_reading(&w, &reach);
    static const char *const closed[] = {
        "risk > 1",
        "not (risk > 1)",
        "risk is known",
        "small = 1 or threat = 'PG'",
        "guard.small = 1",
        "mentor.risk = 1",
        "exists(need)",
        "count(need where weight > 1) > 1",
        "family.danger = 1",
        "family.camp.name = 'x'",
        "c_risk = 1",
        "sum(need.cost) > 0.0",
        "coalesce(risk, 1) = 1",
        "if(true, true, risk = 1)",
        "small in (1, risk)",
        "secret = 'x'",
        "note = 'x'",
        "mentor.note is known",
    };
    for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++)
        refuse_where(&c, &w, QT_PERSON, closed[i]);
    refuse_where(&c, &w, QT_FAMILY, "exists(person.risk where true)");
    refuse_where(&c, &w, QT_FAMILY, "exists(person where exists(need))");
    static const char *const fields[] = { "risk",   "threat", "guard", "word",
                                          "c_risk", "secret", "note" };
    Page page;
    Tally *tally;
    size_t n;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const FieldInfo *f = qt_field(&w, QT_PERSON, fields[i]);
        Query by = { .kind = w.kinds[QT_PERSON], .limit = 5, .order = f };
        Query show = { .kind = w.kinds[QT_PERSON], .limit = 5, .columns = &f, .n_columns = 1 };
        assert_int_equal(read_query(&c, &by, &page), ST_DENIED);
        assert_true(qt_error_is(&c, "error.query.field", "order"));
        assert_int_equal(read_query(&c, &show, &page), ST_DENIED);
        assert_true(qt_error_is(&c, "error.query.field", "columns[0]"));
        assert_int_equal(read_tally(&c, w.kinds[QT_PERSON], NULL, &f, 1, 0, &tally, &n, NULL),
                         ST_DENIED);
    }
    /* Sealed and hidden fields: not even for the program. */
    c.reach = &reach_everything;
    refuse_where(&c, &w, QT_PERSON, "note = 'x'");
    refuse_where(&c, &w, QT_PERSON, "secret = 'x'");
    arena_free(c.arena);
    qt_close(&w);
}

static void test_nothing_in_reach(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 42);
    fill(&w, 20);
    Reach nothing = { 0 };
    Ctx c = qt_reading(&w, &nothing);
    Query q = { .kind = w.kinds[QT_PERSON], .limit = 5 };
    Page page;
    Tally *tally;
    size_t n;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 0);
    assert_int_equal(page.total, 0);
    /* Whatever is asked, the answer is nothing: an office before its first record. */
    q.where = qt_where(&c, &w, QT_PERSON, "small = 1");
    q.scan_max = 1;
    int64_t count = -1;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_true(page.n == 0 && page.searched == 0 && page.next.n == 0);
    assert_int_equal(read_count(&c, q.kind, q.where, 10, &count), ST_OK);
    assert_int_equal(count, 0);
    assert_int_equal(read_tally(&c, q.kind, q.where, NULL, 0, 0, &tally, &n, NULL), ST_OK);
    assert_int_equal(n, 0);
    q.where = NULL;
    c.reach = NULL;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    assert_int_equal(page.n, 0);
    q.where = qt_where(&c, &w, QT_PERSON, "small = 1");
    assert_int_equal(read_count(&c, q.kind, q.where, 10, &count), ST_OK);
    assert_int_equal(count, 0);
    arena_free(c.arena);
    qt_close(&w);
}

/* Two offices, each with a family, a person and a need; each person points to what is the other
 * office's, and both needs are of the person of office 0. What is of office 1 has 777 in it. */
static void add_two_offices(QtWorld *w) {
    QtRecord *family[2], *person[2], *need[2];
    for (uint32_t o = 0; o < 2; o++) {
        family[o] = qt_new(w, QT_FAMILY, o);
        person[o] = qt_new(w, QT_PERSON, o);
        need[o] = qt_new(w, QT_NEED, o);
    }
    for (uint32_t o = 0; o < 2; o++) {
        qt_set(w, family[o], "size", val_int(o ? 777 : 1));
        qt_set(w, family[o], "danger", val_int(o ? 777 : 1));
        family[o]->side_scope = family[o]->scope + 1;
        qt_set(w, person[o], "family", val_id(w->arena, family[1 - o]->id));
        qt_set(w, person[o], "mentor", val_id(w->arena, person[1 - o]->id));
        qt_set(w, person[o], "guard", val_id(w->arena, person[1 - o]->id));
        qt_set(w, person[o], "small", val_int(o ? 777 : 1));
        qt_set(w, person[o], "risk", val_int(o ? 777 : 1));
        qt_set(w, person[o], "sex", val_text(o ? STR("X") : STR("F")));
        person[o]->side_scope = person[o]->scope + 1;
        qt_set(w, need[o], "person", val_id(w->arena, person[0]->id));
        qt_set(w, need[o], "weight", val_int(o ? 777 : 1));
        qt_write(w, family[o]);
        qt_write(w, person[o]);
        qt_write(w, need[o]);
    }
}

static void test_nothing_leaks(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 41);
    add_two_offices(&w);
    uint32_t control = 1, core = qt_scope(0, LANE_CORE), protection = qt_scope(0, LANE_PROTECTION);
    Reach reach = { 0 };
    reach.lane[LANE_CONTROL].scopes = &control, reach.lane[LANE_CONTROL].n = 1;
    reach.lane[LANE_CORE].scopes = &core, reach.lane[LANE_CORE].n = 1;
    reach.lane[LANE_PROTECTION].scopes = &protection, reach.lane[LANE_PROTECTION].n = 1;
    static const char *const probes[] = {
        "small = 777",
        "risk = 777",
        "family.size = 777",
        "family.danger = 777",
        "mentor.small = 777",
        "mentor.mentor.small = 777",
        "guard.risk = 777",
        "mentor is known and mentor.sex is known",
        "exists(need where weight = 777)",
        "count(need) > 1",
        "sum(need.weight) > 1",
        "max(need.weight) > 1",
        "exists(need where person.mentor.risk = 777)",
        "coalesce(mentor.small, 0) > 0",
        "min(small, 800) > 1",
        "mentor.family.size = 1",
    };
    Ctx c = qt_reading(&w, &reach);
    for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
        int64_t n = -1;
        Expr *e = qt_where(&c, &w, QT_PERSON, probes[i]);
        assert_int_equal(read_count(&c, w.kinds[QT_PERSON], e, 100, &n), ST_OK);
        if (n) print_message("# leaks: %s\n", probes[i]);
        assert_int_equal(n, 0);
    }
    int64_t n = 0;
    assert_int_equal(read_count(&c, w.kinds[QT_PERSON],
                                qt_where(&c, &w, QT_PERSON, "count(need) = 1 and risk = 1"), 9, &n),
                     ST_OK);
    assert_int_equal(n, 1);
    const FieldInfo *sex = qt_field(&w, QT_PERSON, "sex");
    Tally *tally;
    size_t n_tally;
    assert_int_equal(read_tally(&c, w.kinds[QT_PERSON], NULL, &sex, 1, 0, &tally, &n_tally, NULL),
                     ST_OK);
    assert_int_equal(n_tally, 1);
    assert_true(str_is(tally[0].key[0].text, "F"));
    assert_int_equal(read_row_count(&c, w.kinds[QT_PERSON], &n), ST_OK);
    assert_int_equal(n, 1);
    arena_free(c.arena);
    qt_close(&w);
}

/* ---- counts and tallies ---- */

static void test_counts(void **state) {
    (void)state;
    QtWorld w;
    qt_open(&w, 50);
    fill(&w, 120);
    for (size_t i = 0; i < sizeof(wheres) / sizeof(wheres[0]); i++) {
        Ctx c = qt_reading(&w, &reach_everything);
        Query q = { .kind = w.kinds[QT_PERSON], .where = qt_where(&c, &w, QT_PERSON, wheres[i]) };
        q.with_void = wheres[i] && strstr(wheres[i], "void");
        Expected *expected = arena_array(c.arena, Expected, w.n_records);
        int64_t n = (int64_t)expect(&c, &w, &q, expected), got = -1;
        assert_int_equal(read_count(&c, q.kind, q.where, 1000000, &got), ST_OK);
        assert_int_equal(got, n);
        assert_int_equal(read_count(&c, q.kind, q.where, 3, &got), ST_OK);
        assert_int_equal(got, n < 3 ? n : 3);
        assert_int_equal(read_count(&c, q.kind, q.where, 0, &got), ST_OK);
        assert_int_equal(got, 0);
        arena_free(c.arena);
    }
    qt_close(&w);
}

static bool has_key(const QtRecord *r, const FieldInfo *f, Val key) {
    Val v = r->values[f->index];
    bool day = f->f.type == FT_DATE && v.type == VAL_INT;
    if (day && (v.i < -719162 || v.i > 2932896)) v = VAL_ABSENT;
    if (is_unknown(v) || key.type == VAL_NULL) return is_unknown(v) && key.type == VAL_NULL;
    return day ? key.i == civil_from_day((Day)v.i).year : val_eq(v, key);
}

static void test_tallies(void **state) {
    (void)state;
    static const char *const by[][2] = { { NULL, NULL },         { "sex", NULL },
                                         { "birth", NULL },      { "present", "sex" },
                                         { "sex", "birth" },     { "c_code", "c_date" },
                                         { "threat", "present" } };
    QtWorld w;
    qt_open(&w, 51);
    fill(&w, 150);
    for (size_t b = 0; b < sizeof(by) / sizeof(by[0]); b++)
        for (size_t i = 0; i < 6; i++) {
            Ctx c = qt_reading(&w, &reach_everything);
            const FieldInfo *f[2] = { 0 };
            size_t n_by = 0, n = 0;
            while (n_by < 2 && by[b][n_by])
                f[n_by] = qt_field(&w, QT_PERSON, by[b][n_by]), n_by++;
            Query q = { .kind = w.kinds[QT_PERSON],
                        .where = qt_where(&c, &w, QT_PERSON, wheres[i]) };
            Expected *expected = arena_array(c.arena, Expected, w.n_records);
            size_t total = expect(&c, &w, &q, expected), sum = 0;
            Tally *t = NULL;
            bool whole = false;
            assert_int_equal(read_tally(&c, q.kind, q.where, f, n_by, 0, &t, &n, &whole), ST_OK);
            assert_true(whole);
            for (size_t j = 0; j < n; j++) {
                size_t same = 0;
                for (size_t k = 0; k < total; k++) {
                    QtView view = { .w = &w, .reach = c.reach, .root = expected[k].r };
                    QtRecord seen = *expected[k].r;
                    seen.values = arena_array(c.arena, Val, seen.kind->n_fields);
                    for (size_t m = 0; m < seen.kind->n_fields; m++)
                        seen.values[m] = qt_get(&view, NULL, &seen.kind->fields[m]);
                    bool all = true;
                    for (size_t m = 0; m < n_by; m++)
                        all = all && has_key(&seen, f[m], t[j].key[m]);
                    same += all;
                }
                assert_int_equal(t[j].n, same);
                sum += same;
                assert_true(j == 0 || t[j].key[0].type == VAL_NULL ||
                            t[j - 1].key[0].type != VAL_NULL);
            }
            assert_int_equal(sum, total);
            assert_int_equal(read_tally(&c, q.kind, NULL, f, n_by, 10, &t, &n, &whole), ST_OK);
            assert_false(whole);
            arena_free(c.arena);
        }
    Ctx c = qt_reading(&w, &reach_everything);
    const FieldInfo *text = qt_field(&w, QT_PERSON, "name");
    Tally *t = NULL;
    size_t n = 0;
    assert_int_equal(read_tally(&c, w.kinds[QT_PERSON], NULL, &text, 1, 0, &t, &n, NULL),
                     ST_INVALID);
    assert_true(qt_error_is(&c, "error.query.group", "by"));
    arena_free(c.arena);
    qt_close(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_in_every_order),
        cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_records_are_whole),
        cmocka_unit_test(test_records_come_and_go_between_pages),
        cmocka_unit_test(test_cursors_are_sealed),
        cmocka_unit_test(test_cursor_gives_no_access),
        cmocka_unit_test(test_fields_out_of_reach),
        cmocka_unit_test(test_nothing_in_reach),
        cmocka_unit_test(test_nothing_leaks),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_tallies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
