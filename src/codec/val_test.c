/* val_test.c: trees of values, and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/codec.h"

static Env world;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 3, 0);
    arena = arena_new(&world, 64 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void test_list_grows(void **state) {
    (void)state;
    Val list = val_list();
    for (int64_t i = 0; i < 1000; i++)
        val_push(arena, &list, val_int(i));
    assert_int_equal(list.list.n, 1000);
    for (int64_t i = 0; i < 1000; i++)
        assert_int_equal(list.list.v[i].i, i);
}

/* A list that a parser made full to the brim can still be pushed to: the address sanitizer would
 * tell if its room were not what val_push() takes it for. */
static void test_sized_list_can_grow(void **state) {
    (void)state;
    for (size_t n = 0; n < 20; n++) {
        Val list = val_list_of(arena, n), map = val_map_of(arena, n);
        (void)arena_alloc(arena, 1);
        for (size_t i = 0; i < n; i++) {
            assert_true(val_is_absent(list.list.v[i]));
            list.list.v[i] = val_bool(true);
            map.map.v[i].key = str_printf(arena, "k%zu", i);
        }
        for (size_t i = 0; i < 10; i++) {
            val_push(arena, &list, val_int(1));
            val_set(arena, &map, str_printf(arena, "m%zu", i), val_int(2));
        }
        assert_int_equal(list.list.n, n + 10);
        assert_int_equal(map.map.n, n + 10);
        assert_int_equal(list.list.v[n].i, 1);
    }
}

static void test_map_sets_and_replaces(void **state) {
    (void)state;
    Val map = val_map();
    val_set_c(arena, &map, "name", val_text(STR("Amina")));
    val_set_c(arena, &map, "size", val_int(4));
    val_set_c(arena, &map, "head", val_bool(true));
    val_set_c(arena, &map, "name", val_text(STR("Zahra")));
    assert_int_equal(map.map.n, 3);
    assert_true(str_is(map.map.v[0].key, "name"));
    assert_true(str_is(val_get_text(map, "name", STR("?")), "Zahra"));
    assert_int_equal(val_get_int(map, "size", -1), 4);
    assert_true(val_get_bool(map, "head", false));
}

static void test_fallbacks(void **state) {
    (void)state;
    Val map = val_map();
    val_set_c(arena, &map, "size", val_int(4));
    assert_true(str_is(val_get_text(map, "size", STR("?")), "?"));
    assert_int_equal(val_get_int(map, "none", -1), -1);
    assert_true(val_get_bool(map, "size", true));
    assert_true(val_is_absent(val_get(map, "none")));
    assert_true(val_is_absent(val_get(val_int(3), "size")));
    assert_true(val_is_absent(val_get_str(val_list(), STR("size"))));
}

static void test_id(void **state) {
    (void)state;
    Id id = id_new(&world), back;
    Val v = val_id(arena, id);
    assert_true(val_get_id(v, &back));
    assert_true(id_eq(id, back));
    assert_false(val_get_id(val_bytes(STR("short")), &back));
    assert_false(val_get_id(val_text(STR("0123456789abcdef")), &back));
    assert_true(id_eq(id, back));
}

static Val sample(void) {
    Val list = val_list(), inner = val_map(), map = val_map();
    val_push(arena, &list, val_int(-1));
    val_push(arena, &list, val_null());
    val_push(arena, &list, val_list());
    val_set_c(arena, &inner, "x", val_bytes(STR("\x01\x02")));
    val_push(arena, &list, inner);
    val_set_c(arena, &map, "list", list);
    val_set_c(arena, &map, "text", val_text(STR("x")));
    val_set_c(arena, &map, "flag", val_bool(false));
    return map;
}

static void test_equality(void **state) {
    (void)state;
    Val a = sample(), b = sample(), c = val_map();
    assert_true(val_eq(a, b));
    for (size_t i = a.map.n; i > 0; i--)
        val_set(arena, &c, a.map.v[i - 1].key, a.map.v[i - 1].value);
    assert_true(val_eq(a, c)); /* in another order */
    assert_true(val_eq(c, a));
    b.map.v[0].value.list.v[3].map.v[0].value = val_bytes(STR("\x01\x03"));
    assert_false(val_eq(a, b));
    assert_false(val_eq(val_text(STR("a")), val_bytes(STR("a"))));
    assert_false(val_eq(val_null(), VAL_ABSENT));
    assert_false(val_eq(val_list(), val_map()));
    assert_false(val_eq(val_int(1), val_int(2)));
    assert_false(val_eq(val_bool(true), val_bool(false)));
    val_set_c(arena, &c, "more", val_null());
    assert_false(val_eq(a, c));
}

static void test_equality_of_keys(void **state) {
    (void)state;
    Val a = val_map(), b = val_map();
    val_set_c(arena, &a, "x", val_int(1));
    val_set_c(arena, &b, "y", val_int(1));
    assert_false(val_eq(a, b));
}

static void test_copy_is_independent(void **state) {
    (void)state;
    Arena *other = arena_new(&world, 1 << 20);
    char text[] = "abc";
    Val list = val_list();
    val_push(other, &list, val_text(str_n(text, 3)));
    Val map = val_map();
    val_set(other, &map, str_n(text, 1), list);
    Val copy = val_copy(arena, map), whole = val_copy(arena, sample());
    assert_true(val_eq(map, copy));
    memset(text, 'z', 3);
    arena_free(other);
    assert_true(str_is(copy.map.v[0].key, "a"));
    assert_true(str_is(copy.map.v[0].value.list.v[0].text, "abc"));
    assert_true(val_eq(whole, sample()));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_grows),
        cmocka_unit_test(test_sized_list_can_grow),
        cmocka_unit_test(test_map_sets_and_replaces),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_equality_of_keys),
        cmocka_unit_test(test_copy_is_independent),
    };
    return cmocka_run_group_tests_name("codec_val", tests, setup, teardown);
}
