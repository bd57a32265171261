/* words_test.c: the index of words stays merged while acts come, a little with each transaction. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"
#include "store/toy_int.h"

#include "base/banned.h"

enum { TRANSACTIONS = 400, PEOPLE = 60, AUTOMERGE_PAGES = 64 };

typedef struct Batch {
    Toy *t;
    Rng *rng;
    Str first; /* a name of it */
} Batch;

static Status write_people(Ctx *c, Tx *tx, void *arg) {
    Batch *b = arg;
    (void)tx;
    for (size_t i = 0; i < PEOPLE; i++) {
        Val f = val_map();
        Str name = toy_random_name(b->rng, c->arena);
        if (i == 0) b->first = str_copy(b->t->arena, name);
        val_set_c(c->arena, &f, "given_name", val_text(name));
        TRY(tx_create(c, b->t->person, id_new(b->t->env), b->t->office, f));
    }
    return ST_OK;
}

typedef struct Contents {
    int levels, segments;
    int64_t pages;
} Contents;

static int varint(const char *s) {
    uint8_t first = (uint8_t)s[0];
    return first < 0x80 ? first : (first & 0x7f) << 7 | ((uint8_t)s[1] & 0x7f);
}

/* SQLite's fts5_index.c, fts5StructureDecode(): four bytes, then as varints the levels and the segments. */
static Status read_contents(Ctx *c, Tx *tx, void *arg) {
    Contents *ret = arg;
    bool row = false;
    (void)tx;
    Stmt *st = db_stmt(c, c->reader->db,
                       "SELECT block, (SELECT count(*) FROM person__words_data)"
                       " FROM person__words_data WHERE id=10");
    if (!st) return ctx_status(c);
    TRY(db_step(c, c->reader->db, st, &row));
    Str b = col_bytes(st, 0);
    ASSERT(row && b.n > 7 && (uint8_t)b.s[4] < 0x80);
    *ret = (Contents){ .levels = b.s[4], .segments = varint(b.s + 5), .pages = col_int(st, 1) };
    sqlite3_reset(st);
    return ST_OK;
}

static size_t count_found(Toy *t, Str name) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    NameQuery q = name_query(c.arena, name);
    TermQuery tq = { .kind = t->person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    assert_int_equal(read_terms(&c, &tq, &found, &n, NULL), ST_OK);
    arena_free(c.arena);
    return n;
}

static void test_acts_keep_it_merged(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Rng r = rng_new(11);
    Batch batches[TRANSACTIONS];
    int most = 0;
    for (size_t i = 0; i < TRANSACTIONS; i++) {
        Contents now;
        Ctx c = ctx_new(t.env, arena_new(t.env, 64 << 20));
        c.reach = &reach_everything;
        batches[i] = (Batch){ .t = &t, .rng = &r };
        assert_int_equal(store_write(t.store, &c, write_people, &batches[i]), ST_OK);
        assert_int_equal(store_write(t.store, &c, read_contents, &now), ST_OK);
        if (now.segments > most) most = now.segments;
        arena_free(c.arena);
    }
    Contents end;
    assert_int_equal(store_write(t.store, &t.c, read_contents, &end), ST_OK);
    assert_true(end.pages > 5 * AUTOMERGE_PAGES); /* there was something to merge */
    /* On each level eight that are being merged and as many that came meanwhile. */
    if (most > 16 * end.levels) fail_msg("%d segments on %d levels", most, end.levels);
    assert_true(end.levels >= 3);
    for (size_t i = 0; i < TRANSACTIONS; i += 37)
        assert_int_equal(count_found(&t, batches[i].first), 1);
    RebuildReport report;
    Ctx c = ctx_new(t.env, arena_new(t.env, 256 << 20));
    assert_int_equal(store_rebuild(&c, t.store, true, &report), ST_OK);
    assert_int_equal(report.differences, 0);
    arena_free(c.arena);
    toy_drop(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_acts_keep_it_merged) };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
