/* base_test.c: text, memory and errors: limits, overflow and vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static Env world;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, 1795548862123456); /* 2026-11-24T19:34:22.123456Z */
    arena = arena_new(&world, 256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_str(Str got, const char *want) {
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.s, want, got.n);
}

/* Runs fn in a child with its standard error closed; true when it aborted. */
static bool aborts(void (*fn)(void)) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        fn();
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

/* --- str -------------------------------------------------------------------------------------- */

static void test_str_compare_and_find(void **state) {
    (void)state;
    assert_true(str_cmp(STR("a"), STR("ab")) < 0);
    assert_true(str_cmp(STR("b"), STR("ab")) > 0);
    assert_true(str_cmp(STR("\xff"), STR("a")) > 0);
    assert_int_equal(str_cmp(STR(""), STR_NONE), 0);
    assert_true(str_eq(STR_NONE, STR("")));
    assert_true(str_starts(STR("panah"), STR("pan")));
    assert_false(str_starts(STR("pa"), STR("pan")));
    assert_true(str_ends(STR("panah"), STR("ah")));
    assert_false(str_ends(STR("h"), STR("ah")));
    assert_int_equal(str_find(STR("aaab"), STR("ab")), 2);
    assert_int_equal(str_find(STR("aaab"), STR("ba")), -1);
    assert_int_equal(str_find(STR("aaab"), STR("")), 0);
    assert_int_equal(str_find(STR_NONE, STR("x")), -1);
    assert_int_equal(str_find_byte(STR("a\0b"), '\0'), 1);
    assert_true(str_ieq(STR("AbC"), STR("aBc")));
    assert_false(str_ieq(STR("[@"), STR("{`")));
}

static void test_str_slices(void **state) {
    (void)state;
    assert_str(str_slice(STR("hello"), 1, 3), "el");
    assert_str(str_slice(STR("hello"), 3, 99), "lo");
    assert_str(str_slice(STR("hello"), 9, 99), "");
    assert_str(str_slice(STR("hello"), 4, 2), "");
    assert_null(str_slice(STR_NONE, 0, 9).s);
    assert_str(str_trim(STR(" \t\r\n\v\fx y \n")), "x y");
    assert_str(str_trim(STR("  ")), "");

    Str rest = STR("a,,b,");
    const char *want[] = { "a", "", "b", "" };
    size_t n = 0;
    while (rest.s) {
        Str part = str_cut(&rest, ',');
        assert_true(n < 4);
        assert_str(part, want[n++]);
    }
    assert_int_equal(n, 4);
}

static void test_str_make(void **state) {
    (void)state;
    assert_null(str_copy(arena, STR_NONE).s);
    assert_non_null(str_copy(arena, STR("")).s);
    assert_str(str_copy(arena, STR("abc")), "abc");
    assert_str(str_concat(arena, STR("ab"), STR("c")), "abc");
    assert_str(str_concat(arena, STR_NONE, STR_NONE), "");
    assert_str(str_printf(arena, "%d-%s", 42, "x"), "42-x");
    assert_str(str_lower_ascii(arena, STR("A\xc3\x89z")), "a\xc3\x89z");
    assert_string_equal(str_c(arena, STR("abc")), "abc");
    assert_string_equal(str_c(arena, STR_NONE), "");
    Str long_text = str_printf(arena, "%0*d", 5000, 7);
    assert_int_equal(long_text.n, 5000);
    assert_int_equal(long_text.s[4999], '7');
}

static void test_utf8_vectors(void **state) {
    (void)state;
    static const Str good[] = {
        STR_INIT(""),
        STR_INIT("plain ASCII, longer than eight"),
        STR_INIT("\0"),
        STR_INIT("\x7f\xc2\x80\xdf\xbf"),
        STR_INIT("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"),
        STR_INIT("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"),
        STR_INIT("\xd8\xa7\xd9\x81\xd8\xba\xd8\xa7\xd9\x86"),
    };
    static const Str bad[] = {
        STR_INIT("\x80"),             /* a tail alone */
        STR_INIT("abcdefgh\xbf"),     /* behind the fast path */
        STR_INIT("\xc0\x80"),         /* overlong */
        STR_INIT("\xc1\xbf"),         /* overlong */
        STR_INIT("\xe0\x80\x80"),     /* overlong */
        STR_INIT("\xe0\x9f\xbf"),     /* overlong */
        STR_INIT("\xf0\x80\x80\x80"), /* overlong */
        STR_INIT("\xf0\x8f\xbf\xbf"), /* overlong */
        STR_INIT("\xed\xa0\x80"),     /* U+D800 */
        STR_INIT("\xed\xbf\xbf"),     /* U+DFFF */
        STR_INIT("\xf4\x90\x80\x80"), /* U+110000 */
        STR_INIT("\xf5\x80\x80\x80"),
        STR_INIT("\xf8\x88\x80\x80\x80"),
        STR_INIT("\xfe"),
        STR_INIT("\xff"),
        STR_INIT("\xc2"),         /* truncated */
        STR_INIT("\xe1\x80"),     /* truncated */
        STR_INIT("\xf1\x80\x80"), /* truncated */
        STR_INIT("\xc2\x41"),
        STR_INIT("\xe1\x80\x41"),
        STR_INIT("\xf1\x80\x80\x41"),
        STR_INIT("\xe1\x41\x80"),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(str_utf8_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(str_utf8_valid(bad[i]));
        /* The same within eight-byte steps. */
        assert_false(str_utf8_valid(str_printf(arena, "abc%.*sdefghijklmnop", STR_ARG(bad[i]))));
    }
    assert_true(str_utf8_valid(STR_NONE));
}

static void test_utf8_every_code_point(void **state) {
    (void)state;
    for (uint32_t u = 0; u <= 0x10ffff; u++) {
        if (u == 0xd800) u = 0xe000;
        char bytes[4];
        size_t n = str_utf8_encode(u, bytes), pos = 0;
        Str text = str_n(bytes, n);
        if (!str_utf8_valid(text) || str_utf8_next(text, &pos) != u || pos != n ||
            str_utf8_length(text) != 1) {
            fail_msg("U+%04X", u);
        }
    }
    assert_int_equal(str_utf8_length(STR("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8f\xa0")), 4);
}

static void test_numbers(void **state) {
    (void)state;
    int64_t i = 5;
    uint64_t u = 5;
    assert_true(num_parse_i64(STR("-9223372036854775808"), &i));
    assert_true(i == INT64_MIN);
    assert_true(num_parse_i64(STR("9223372036854775807"), &i));
    assert_true(i == INT64_MAX);
    assert_true(num_parse_i64(STR("-0"), &i));
    assert_true(i == 0);
    assert_true(num_parse_i64(STR("007"), &i));
    assert_true(i == 7);
    assert_true(num_parse_u64(STR("18446744073709551615"), &u));
    assert_true(u == UINT64_MAX);
    static const char *bad[] = { "",
                                 "-",
                                 "+1",
                                 " 1",
                                 "1 ",
                                 "1.0",
                                 "0x1",
                                 "1e3",
                                 "--1",
                                 "a",
                                 "\xd9\xa1", /* Arabic-Indic 1 */
                                 "9223372036854775808",
                                 "-9223372036854775809",
                                 "99999999999999999999" };
    i = 5;
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assert_false(num_parse_i64(str_of(bad[k]), &i));
    }
    assert_true(i == 5);
    u = 5;
    assert_false(num_parse_u64(STR("18446744073709551616"), &u));
    assert_false(num_parse_u64(STR("100000000000000000000"), &u));
    assert_false(num_parse_u64(STR("-1"), &u));
    assert_false(num_parse_u64(STR("1\0"), &u));
    assert_false(num_parse_u64(STR_NONE, &u));
    assert_true(u == 5);
}

static void test_hex(void **state) {
    (void)state;
    uint8_t bytes[3] = { 1, 2, 3 };
    assert_str(hex_encode(arena, "\x00\x9f\xff", 3), "009fff");
    assert_str(hex_encode(arena, NULL, 0), "");
    assert_false(hex_decode(STR("00ff0"), bytes, 3));
    assert_false(hex_decode(STR("00ff0g"), bytes, 3));
    assert_false(hex_decode(STR("00ff0011"), bytes, 3));
    assert_false(hex_decode(STR(""), bytes, SIZE_MAX / 2 + 1)); /* 2 × n would wrap to 0 */
    assert_int_equal(bytes[0], 1);                              /* untouched by failures */
    assert_true(hex_decode(STR("00fFAb"), bytes, 3));
    assert_memory_equal(bytes, "\x00\xff\xab", 3);
}

/* --- arena ------------------------------------------------------------------------------------ */

static void test_arena_memory(void **state) {
    (void)state;
    for (size_t n = 0; n < 3000; n += 7) {
        uint8_t *p = arena_alloc(arena, n);
        assert_int_equal((uintptr_t)p % 16, 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xaa, n);
    }
    assert_ptr_not_equal(arena_alloc(arena, 0), arena_alloc(arena, 0));
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    uint8_t *p = arena_alloc(arena, 16000); /* the kept chunk is clean again */
    for (size_t i = 0; i < 16000; i++)
        assert_int_equal(p[i], 0);
}

static void test_arena_grow(void **state) {
    (void)state;
    uint8_t *p = arena_grow(arena, NULL, 0, 100);
    memset(p, 1, 100);
    uint8_t *q = arena_grow(arena, p, 100, 1000);
    assert_ptr_equal(p, q); /* in place */
    assert_int_equal(q[99], 1);
    assert_int_equal(q[100], 0);
    arena_alloc(arena, 1);
    uint8_t *r = arena_grow(arena, q, 1000, 2000);
    assert_ptr_not_equal(q, r);
    assert_int_equal(r[99], 1);
    assert_int_equal(r[1999], 0);
    assert_ptr_equal(arena_grow(arena, r, 2000, 10), r);
    /* A large array does not keep its former copies: 64 MiB by doubling fits into 100 MiB. */
    Arena *a = arena_new(&world, 100 << 20);
    arena_alloc(a, 1);
    uint8_t *big = arena_alloc(a, 1 << 20);
    big[(1 << 20) - 1] = 9;
    for (size_t n = 1 << 20; n < 64 << 20; n *= 2)
        big = arena_grow(a, big, n, 2 * n);
    assert_int_equal(big[(1 << 20) - 1], 9);
    assert_int_equal(big[(64 << 20) - 1], 0);
    arena_free(a);
}

/* What the arena refuses must jump, and the arena stays usable. */
static bool refuses(Arena *a, size_t n, size_t size) {
    volatile bool jumped = true;
    if (ARENA_GUARD(a) == 0) {
        arena_alloc_array(a, n, size);
        jumped = false;
    }
    arena_unguard(a);
    return jumped;
}

static void test_arena_cap(void **state) {
    (void)state;
    Arena *a = arena_new(&world, 100000);
    assert_true(refuses(a, 100001, 1));
    assert_true(refuses(a, SIZE_MAX, 1));
    assert_true(refuses(a, SIZE_MAX / 2 + 1, 2));
    assert_true(refuses(a, PTRDIFF_MAX, 1));
    assert_false(refuses(a, 16000, 1));
    assert_false(refuses(a, 83600, 1)); /* 100,000 less the first chunk of 16,384 */
    assert_true(refuses(a, 1000, 1));
    assert_false(refuses(a, 16, 1)); /* left in the newest chunk */
    assert_true(refuses(a, 1, 1));
    arena_reset(a);
    assert_false(refuses(a, 83600, 1));
    arena_free(a);

    Arena *tiny = arena_new(&world, 64);
    assert_false(refuses(tiny, 64, 1));
    assert_true(refuses(tiny, 1, 1));
    arena_free(tiny);
}

static void test_arena_failed_allocation(void **state) {
    (void)state;
    world.fault[FAULT_ALLOC].fail_at = world.fault[FAULT_ALLOC].count + 1;
    Arena *a = arena_new(&world, 1 << 20); /* cannot fail: it has no guard yet */
    assert_true(refuses(a, 1, 1));
    assert_false(refuses(a, 1, 1));
    world.fault[FAULT_ALLOC].sticky = true;
    assert_true(refuses(a, 20000, 1));
    assert_true(refuses(a, 20000, 1));
    assert_false(refuses(a, 1, 1)); /* still room in the first chunk */
    arena_free(a);
}

static void over_cap_without_guard(void) {
    Arena *a = arena_new(&world, 100);
    if (ARENA_GUARD(a) == 0) arena_alloc(a, 50);
    arena_unguard(a);
    arena_alloc(a, 1000);
}

static void test_arena_without_guard(void **state) {
    (void)state;
    assert_true(aborts(over_cap_without_guard));
}

static char order[8];
static size_t order_n;

static void note_order(void *arg) {
    order[order_n++] = *(char *)arg;
}

static void test_arena_defer(void **state) {
    (void)state;
    char a = 'a', b = 'b', c = 'c';
    order_n = 0;
    Arena *mine = arena_new(&world, 1 << 20);
    arena_defer(mine, note_order, &a);
    arena_defer(mine, note_order, &b);
    arena_reset(mine);
    assert_int_equal(order_n, 2);
    arena_defer(mine, note_order, &c);
    arena_free(mine);
    assert_int_equal(order_n, 3);
    assert_memory_equal(order, "bac", 3);
    arena_free(NULL);
}

static void test_vec(void **state) {
    (void)state;
    VEC(int) numbers = { 0 };
    for (int i = 0; i < 10000; i++) {
        vec_push(arena, &numbers, i);
        if (i % 1000 == 0) arena_alloc(arena, 1);
    }
    assert_int_equal(numbers.n, 10000);
    for (int i = 0; i < 10000; i++)
        assert_int_equal(numbers.v[i], i);
}

/* --- buf -------------------------------------------------------------------------------------- */

static void test_buf_limit(void **state) {
    (void)state;
    Buf b = buf_new(arena, 10);
    buf_str(&b, STR("hello"));
    buf_printf(&b, "%d", 12345);
    assert_false(buf_full(&b));
    assert_str(buf_text(&b), "hello12345");
    buf_byte(&b, 'x');
    assert_true(buf_full(&b));
    assert_str(buf_text(&b), "hello12345");
    buf_put(&b, "", 0);
    assert_null(buf_reserve(&b, 0));
    buf_clear(&b);
    buf_printf(&b, "%s", "12345678901");
    assert_true(buf_full(&b));
    assert_int_equal(b.n, 0);
    buf_clear(&b);
    buf_byte(&b, 'y');
    assert_str(buf_text(&b), "y");
    assert_null(buf_reserve(&b, SIZE_MAX));
}

static void test_buf_grows(void **state) {
    (void)state;
    Buf b = buf_new(arena, SIZE_MAX);
    assert_str(buf_text(&b), "");
    for (int i = 0; i < 5000; i++) {
        buf_printf(&b, "%d,", i);
        if (i % 100 == 0) arena_alloc(arena, 1);
    }
    Str rest = buf_text(&b);
    for (int64_t i = 0; i < 5000; i++) {
        int64_t got = -1;
        assert_true(num_parse_i64(str_cut(&rest, ','), &got));
        assert_int_equal(got, i);
    }
    buf_clear(&b);
    uint8_t *p = buf_reserve(&b, 100000);
    memset(p, 'z', 100000);
    buf_claim(&b, 99999);
    assert_int_equal(buf_text(&b).n, 99999);
}

static void test_varint(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1000);
    for (int shift = 0; shift < 64; shift++) {
        for (int less = 0; less < 2; less++) {
            uint64_t want = (UINT64_C(1) << shift) - (uint64_t)less, got = 0;
            buf_clear(&b);
            buf_varint(&b, want);
            size_t pos = 0;
            assert_true(varint_read(buf_text(&b), &pos, &got));
            assert_true(got == want);
            assert_int_equal(pos, b.n);
            pos = 0;
            assert_false(varint_read(str_slice(buf_text(&b), 0, b.n - 1), &pos, &got));
            assert_int_equal(pos, 0);
        }
    }
    buf_clear(&b);
    buf_varint(&b, UINT64_MAX);
    assert_memory_equal(b.p, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10);
    buf_clear(&b);
    buf_varint(&b, 624485); /* the example of DWARF 4, figure 22 */
    assert_str(buf_text(&b), "\xe5\x8e\x26");
    size_t pos = 0;
    uint64_t v = 5;
    assert_false(varint_read(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), &pos, &v));
    assert_false(varint_read(STR("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), &pos, &v));
    assert_true(v == 5);
}

/* --- map -------------------------------------------------------------------------------------- */

static void test_map(void **state) {
    (void)state;
    enum { N = 100000 };
    Map m = map_new(arena);
    assert_null(map_get(&m, STR("none")));
    assert_false(map_has(&m, STR("none")));
    static int values[N];
    char key[32];
    for (int i = 0; i < N; i++) {
        int n = snprintf(key, sizeof key, "key-%d", i); /* reused: the map must copy */
        map_put(&m, str_n(key, (size_t)n), &values[i]);
    }
    for (int i = 0; i < N; i += 2) {
        int n = snprintf(key, sizeof key, "key-%d", i);
        map_put(&m, str_n(key, (size_t)n), NULL);
    }
    assert_int_equal(m.n, N);
    for (int i = 0; i < N; i++) {
        int n = snprintf(key, sizeof key, "key-%d", i);
        assert_true(map_has(&m, str_n(key, (size_t)n)));
        assert_ptr_equal(map_get(&m, str_n(key, (size_t)n)), i % 2 ? &values[i] : NULL);
        assert_str(m.entries[i].key, key); /* order of insertion */
    }
    assert_false(map_has(&m, STR("key-100000")));
    map_put(&m, STR_NONE, &values[0]);
    assert_ptr_equal(map_get(&m, STR("")), &values[0]);
    map_put(&m, STR("a\0b"), &values[1]);
    assert_false(map_has(&m, STR("a")));
}

static void test_hash(void **state) {
    (void)state;
    assert_true(hash_bytes("abc", 3, 1) == hash_bytes("abc", 3, 1));
    assert_true(hash_bytes("abc", 3, 1) != hash_bytes("abc", 3, 2));
    assert_true(hash_bytes("\0", 1, 1) != hash_bytes("\0\0", 2, 1));
    assert_true(hash_bytes(NULL, 0, 1) != hash_bytes("\0", 1, 1));
    /* Each flipped bit of a key flips about half of the hash. */
    uint8_t key[16] = { 0 };
    uint64_t base = hash_bytes(key, sizeof key, 3);
    for (size_t bit = 0; bit < 128; bit++) {
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
        int changed = __builtin_popcountll(base ^ hash_bytes(key, sizeof key, 3));
        assert_in_range(changed, 12, 52);
        key[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* --- status ----------------------------------------------------------------------------------- */

static Status fails_inside(Ctx *c) {
    TRY(ST_OK);
    TRY(FAIL(c, ST_INVALID, "birth_date", "error.date.future", "date", STR("2030-01-01"), "max",
             STR("today")));
    return ST_OK;
}

static void test_ctx_errors(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    assert_true(c.now == 1795548862123456);
    assert_int_equal(c.today, 20781);
    assert_int_equal(ctx_status(&c), ST_OK);
    Str outer = ctx_path_enter(&c, "members[%d]", 2);
    assert_int_equal(fails_inside(&c), ST_INVALID);
    Str middle = ctx_path_enter(&c, "[%d]", 1);
    assert_int_equal(FAIL(&c, ST_LIMIT, NULL, "error.a"), ST_LIMIT);
    ctx_path_leave(&c, middle);
    ctx_path_leave(&c, outer);
    char key[] = "error.b";
    assert_int_equal(ctx_fail_cause(&c, ST_IO, "x", key, STR("disk")), ST_IO);
    key[0] = '?'; /* copied */
    assert_int_equal(c.errs.n, 3);
    assert_str(c.errs.v[0].path, "members[2].birth_date");
    assert_str(c.errs.v[0].key, "error.date.future");
    assert_int_equal(c.errs.v[0].n_args, 2);
    assert_str(c.errs.v[0].args[0].name, "date");
    assert_str(c.errs.v[0].args[0].value, "2030-01-01");
    assert_str(c.errs.v[0].args[1].name, "max");
    assert_str(c.errs.v[1].path, "members[2][1]");
    assert_str(c.errs.v[2].path, "x");
    assert_str(c.errs.v[2].key, "error.b");
    assert_str(c.errs.v[2].cause, "disk");
    assert_int_equal(ctx_status(&c), ST_IO);
    ctx_forget_errors(&c);
    assert_int_equal(ctx_status(&c), ST_OK);
    for (int i = 0; i < ERRS_MAX + 5; i++)
        (void)FAIL(&c, ST_INVALID, NULL, "error.c");
    assert_int_equal(c.errs.n, ERRS_MAX);
    assert_int_equal(c.errs_dropped, 5);
}

static void hit_bug(void) {
    BUG("on purpose");
}

static void failed_assert(void) {
    ASSERT(1 + 1 == 3);
}

static void test_bug(void **state) {
    (void)state;
    ASSERT(1 + 1 == 2);
    assert_true(aborts(hit_bug));
    assert_true(aborts(failed_assert));
    assert_string_equal(status_name(ST_OK), "ok");
    assert_string_equal(status_name(ST_UNSUPPORTED), "unsupported");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_str_compare_and_find),
        TEST(test_str_slices),
        TEST(test_str_make),
        TEST(test_utf8_vectors),
        TEST(test_utf8_every_code_point),
        TEST(test_numbers),
        TEST(test_hex),
        TEST(test_arena_memory),
        TEST(test_arena_grow),
        TEST(test_arena_cap),
        TEST(test_arena_failed_allocation),
        TEST(test_arena_without_guard),
        TEST(test_arena_defer),
        TEST(test_vec),
        TEST(test_buf_limit),
        TEST(test_buf_grows),
        TEST(test_varint),
        TEST(test_map),
        TEST(test_hash),
        TEST(test_ctx_errors),
        TEST(test_bug),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
