/* query_store_test.c: queries over a folder that was written through acts: pages over snapshots
 * that move on, the writer's own connection, a request that runs out of memory on the way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/query_int.h"
#include "store/toy_int.h"

#include "base/banned.h"

typedef struct NewPerson {
    Toy *t;
    Id id;
    int i;
    const char *name, *void_code;
} NewPerson;

static Status write_person(Ctx *c, Tx *tx, void *arg) {
    NewPerson *p = arg;
    (void)tx;
    if (p->void_code) return tx_void(c, p->t->person, p->id, str_of(p->void_code));
    Val f = val_map();
    Str name = p->name ? str_of(p->name) : str_printf(c->arena, "Name %03d", p->i * 37 % 100);
    val_set_c(c->arena, &f, "given_name", val_text(name));
    val_set_c(c->arena, &f, "number", val_text(str_printf(c->arena, "N-%d", p->i)));
    if (p->i % 4) val_set_c(c->arena, &f, "birth_date", val_int(10000 + p->i));
    if (p->i % 5 == 0) val_set_c(c->arena, &f, "risk", val_int(p->i));
    return tx_create(c, p->t->person, p->id, p->t->office, f);
}

static Id add_person(Toy *t, int i) {
    NewPerson p = { .t = t, .id = id_new(t->env), .i = i };
    Status st = store_write(t->store, &t->c, write_person, &p);
    for (size_t e = 0; st != ST_OK && e < t->c.errs.n; e++)
        print_message("# %.*s\n", STR_ARG(t->c.errs.v[e].key));
    assert_int_equal(st, ST_OK);
    return p.id;
}

static void add_named(Toy *t, const char *name) {
    NewPerson p = { .t = t, .id = id_new(t->env), .name = name };
    assert_int_equal(store_write(t->store, &t->c, write_person, &p), ST_OK);
}

static Ctx reading(Toy *t, size_t cap) {
    Ctx c = ctx_new(t->env, arena_new(t->env, cap));
    c.reach = &reach_everything;
    c.today = 20000;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    return c;
}

static Expr *condition(Ctx *c, Toy *t, const char *source) {
    Expr *e = NULL;
    assert_int_equal(
        expr_compile_condition(c, store_model(t->store), t->person, str_of(source), &e), ST_OK);
    return e;
}

static int64_t count(Toy *t, const char *source) {
    Ctx c = reading(t, 64 << 20);
    int64_t n = -1;
    assert_int_equal(read_count(&c, t->person, condition(&c, t, source), 1000, &n), ST_OK);
    arena_free(c.arena);
    return n;
}

static void test_what_acts_wrote(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id first = add_person(&t, 0);
    for (int i = 1; i < 60; i++)
        add_person(&t, i);
    NewPerson p = { .t = &t, .id = first, .void_code = "ERROR" };
    assert_int_equal(store_write(t.store, &t.c, write_person, &p), ST_OK);
    assert_int_equal(count(&t, "given_name is known"), 59);
    assert_int_equal(count(&t, "void is known"), 1);
    assert_int_equal(count(&t, "birth_date is unknown"), 14);
    assert_int_equal(count(&t, "risk >= 50"), 2);
    assert_int_equal(count(&t, "number = 'n-17'"), 1);
    assert_int_equal(count(&t, "given_name starts with 'NAME 01'"), 6);
    /* Pages, each in a snapshot of its own, while more are written. */
    Query q = { .kind = t.person, .limit = 7, .order = kind_field(t.person, STR("given_name")) };
    size_t n = 0;
    Str last = STR("");
    do {
        Ctx c = reading(&t, 64 << 20);
        Page page;
        assert_int_equal(read_query(&c, &q, &page), ST_OK);
        for (size_t i = 0; i < page.n; i++) {
            Str name = record_text(page.rows[i], "given_name");
            assert_true(str_cmp(last, name) <= 0);
            last = str_copy(t.arena, name);
        }
        n += page.n;
        assert_true(page.total >= 59); /* the void one is not counted */
        q.cursor = str_copy(t.arena, page.next);
        arena_free(c.arena);
        add_person(&t, 0); /* "Name 000": before the place */
    } while (q.cursor.n);
    assert_int_equal(n, 59);
    toy_drop(&t);
}

static Status query_while_writing(Ctx *c, Tx *tx, void *arg) {
    Toy *t = arg;
    (void)tx;
    for (int i = 0; i < 50; i++) {
        Str source = str_printf(c->arena, "birth_date = 1997-05-%02d or exists(phone)", i % 28 + 1);
        Query q = { .kind = t->person,
                    .limit = 3,
                    .where = condition(c, t, str_c(c->arena, source)) };
        Page page;
        TRY(read_query(c, &q, &page));
    }
    return ST_OK;
}

static void test_on_the_writers_connection(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    for (int i = 0; i < 10; i++)
        add_person(&t, i);
    assert_int_equal(store_write(t.store, &t.c, query_while_writing, &t), ST_OK);
    assert_int_equal(count(&t, "given_name is known"), 10);
    toy_drop(&t);
}

/* A list larger than its request's memory: nothing stays open behind it. */
static bool runs_out(Toy *t, size_t cap, size_t *ret_n) {
    Ctx c = reading(t, cap);
    bool out = false;
    if (ARENA_GUARD(c.arena) == 0) {
        Query q = { .kind = t->person,
                    .limit = 1000,
                    .where = condition(&c, t, "given_name is known") };
        Page page;
        assert_int_equal(read_query(&c, &q, &page), ST_OK);
        *ret_n = page.n;
    } else {
        out = true;
    }
    arena_free(c.arena);
    return out;
}

static void test_memory_runs_out(void **state) {
    (void)state;
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    for (int i = 0; i < 100; i++)
        add_person(&t, i);
    size_t failed = 0, n = 0;
    for (size_t cap = 40 << 10; cap < 4 << 20; cap += 4 << 10) {
        bool out = runs_out(&t, cap, &n);
        failed += out;
        if (!out) break;
    }
    assert_true(failed > 3);
    assert_int_equal(n, 100);
    assert_int_equal(count(&t, "given_name is known"), 100);
    toy_drop(&t);
}

/* ---- the language of the operation ---- */

static const Field speaking_office_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .flags = FF_NATURAL },
    { "language", .no = 3, .type = FT_TEXT },
    { "parent", .no = 4, .type = FT_REF, .kind = "office" },
};
static const Kind speaking_office = { "office",     1,
                                      SUBJECT_NONE, NULL,
                                      LANE_CONTROL, FIELDS(speaking_office_fields),
                                      "code",       "An office" };
static const Kind *const speaking_kinds[] = { &speaking_office, &toy_person, &toy_phone };
static const ModelSource speaking_model = {
    .kinds = speaking_kinds, .n_kinds = 3, .lists = toy_lists, .n_lists = 2
};

typedef struct Speaking {
    const KindInfo *kind;
    Id office;
    const char *language;
    bool is_new;
} Speaking;

static Status write_office(Ctx *c, Tx *tx, void *arg) {
    Speaking *s = arg;
    Val fields = val_map();
    (void)tx;
    val_set_c(c->arena, &fields, "language", val_text(str_of(s->language)));
    if (!s->is_new) return tx_set(c, s->kind, s->office, STR(""), fields);
    return tx_create(c, s->kind, s->office, s->office, fields);
}

static void open_again(Toy *t) {
    store_close(t->store);
    assert_int_equal(store_open(&t->c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    toy_kinds_of(t);
}

/* The given names in their order, their first letters. */
static Str order_of_names(Toy *t) {
    Ctx c = reading(t, 64 << 20);
    Query q = { .kind = t->person, .limit = 9, .order = kind_field(t->person, STR("given_name")) };
    Buf b = buf_new(t->arena, 64);
    Page page;
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    for (size_t i = 0; i < page.n; i++)
        buf_str(&b, record_text(page.rows[i], "given_name"));
    arena_free(c.arena);
    return buf_text(&b);
}

/* Keys of another language are other keys: what they are computed by is part of the schema. */
static void test_lists_follow_the_first_language(void **state) {
    (void)state;
    static const struct {
        const char *language, *order;
    } turns[] = { { "en", "Aهو" }, { "ps", "وهA" }, { "ar", "هوA" }, { "e'n", "هوA" } };
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    add_named(&t, "A"), add_named(&t, "ه"), add_named(&t, "و");
    assert_true(str_is(order_of_names(&t), "وهA"));
    t.options.model = &speaking_model;
    open_again(&t);
    Speaking s = { .office = id_new(t.env), .is_new = true };
    for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        s.kind = t.office_kind;
        s.language = turns[i].language;
        assert_int_equal(store_write(t.store, &t.c, write_office, &s), ST_OK);
        s.is_new = false;
        open_again(&t);
        assert_true(str_is(order_of_names(&t), turns[i].order));
        RebuildReport report;
        Ctx c = ctx_new(t.env, arena_new(t.env, 64 << 20));
        assert_int_equal(store_rebuild(&c, t.store, true, &report), ST_OK);
        assert_int_equal(report.differences, 0);
        arena_free(c.arena);
    }
    toy_drop(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_acts_wrote),
        cmocka_unit_test(test_on_the_writers_connection),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_lists_follow_the_first_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
