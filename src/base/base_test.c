/* base_test.c: limits, overflow, vectors and injected faults of the ground floor. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static Env world;
static Arena *arena;
static char folder[64];

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

/* --- time ------------------------------------------------------------------------------------- */

static void test_calendar_round_trip(void **state) {
    (void)state;
    Day day = day_from_civil(1600, 1, 1);
    assert_int_equal(day, -135140);
    int weekday = 5; /* 1 January 1600 was a Saturday */
    for (int year = 1600; year <= 2400; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= 31; d++) {
                if (!civil_valid(year, month, d)) continue;
                Civil c = civil_from_day(day);
                Day parsed = 0;
                Str iso = day_to_iso(arena, day);
                if (day_from_civil(year, month, d) != day || c.year != year || c.month != month ||
                    c.day != d || day_weekday(day) != weekday || !day_from_iso(iso, &parsed) ||
                    parsed != day) {
                    fail_msg("%d-%02d-%02d", year, month, d);
                }
                day++;
                weekday = (weekday + 1) % 7;
            }
        }
        arena_reset(arena);
    }
    assert_int_equal(day, day_from_civil(2401, 1, 1));
}

static void test_calendar_edges(void **state) {
    (void)state;
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
    assert_int_equal(day_weekday(0), 3);
    assert_int_equal(day_weekday(-1), 2);
    assert_int_equal(day_weekday(day_from_civil(2026, 11, 24)), 1);
    assert_false(civil_valid(1900, 2, 29));
    assert_true(civil_valid(2000, 2, 29));
    assert_false(civil_valid(2024, 4, 31));
    assert_false(civil_valid(2024, 0, 1));
    assert_false(civil_valid(2024, 13, 1));
    assert_false(civil_valid(2024, 1, 0));
    assert_false(civil_valid(0, 1, 1));
    assert_false(civil_valid(10000, 1, 1));
    for (int i = 0; i < 1000; i++) {
        Civil lo = civil_from_day(INT32_MIN + 1 + i), hi = civil_from_day(INT32_MAX - i);
        assert_int_equal(day_from_civil(lo.year, lo.month, lo.day), INT32_MIN + 1 + i);
        assert_int_equal(day_from_civil(hi.year, hi.month, hi.day), INT32_MAX - i);
    }
    assert_str(day_to_iso(arena, day_from_civil(1, 1, 1)), "0001-01-01");
    assert_str(day_to_iso(arena, day_from_civil(12026, 1, 1)), "+012026-01-01");
    assert_null(day_to_iso(arena, DAY_NONE).s);
}

static void test_ages(void **state) {
    (void)state;
    Day leapling = day_from_civil(2004, 2, 29);
    assert_int_equal(day_years_between(leapling, day_from_civil(2022, 2, 28)), 17);
    assert_int_equal(day_years_between(leapling, day_from_civil(2022, 3, 1)), 18);
    assert_int_equal(day_years_between(leapling, day_from_civil(2024, 2, 28)), 19);
    assert_int_equal(day_years_between(leapling, day_from_civil(2024, 2, 29)), 20);
    assert_int_equal(day_years_between(leapling, leapling), 0);
    assert_int_equal(day_years_between(leapling, leapling - 1), -1);
    assert_int_equal(day_add_years(leapling, 18), day_from_civil(2022, 2, 28));
    assert_int_equal(day_add_years(leapling, 20), day_from_civil(2024, 2, 29));
    assert_int_equal(day_add_years(leapling, -4), day_from_civil(2000, 2, 29));
}

static void test_day_text(void **state) {
    (void)state;
    Day day = 5;
    static const char *bad[] = { "",
                                 "2026-11-2",
                                 "2026-11-240",
                                 "2026-13-01",
                                 "2026-02-29",
                                 "2026/11/24",
                                 "0000-01-01",
                                 "2026-1-024",
                                 "+026-11-24",
                                 "2026-11- 4",
                                 "20261124",
                                 "2026-11-2a",
                                 "\xd9\xa2\xd9\xa0-11-24" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(day_from_iso(str_of(bad[i]), &day));
    }
    assert_int_equal(day, 5);
    assert_true(day_from_iso(STR("9999-12-31"), &day));
    assert_int_equal(day, 2932896);
}

static void test_time_text(void **state) {
    (void)state;
    assert_str(time_to_iso(arena, 1795548862123456), "2026-11-24T19:34:22.123456Z");
    assert_str(time_to_iso(arena, 0), "1970-01-01T00:00:00.000000Z");
    assert_str(time_to_iso(arena, -1), "1969-12-31T23:59:59.999999Z");
    assert_str(time_to_iso(arena, INT64_MAX), "+294247-01-10T04:00:54.775807Z");
    assert_null(time_to_iso(arena, TIME_NONE).s);
    static const struct {
        const char *text;
        Time want;
    } good[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-11-24T19:34:22.123456Z", 1795548862123456 },
        { "2026-11-24T19:34:22.1Z", 1795548862100000 },
        { "2026-11-25T00:04:22.123456+04:30", 1795548862123456 },
        { "2026-11-24T11:34:22-08:00", 1795548862000000 },
        { "1969-12-31T23:59:59.999999Z", -1 },
        { "0001-01-01T00:00:00Z", -INT64_C(62135596800000000) },
        { "9999-12-31T23:59:59.999999-23:59", INT64_C(253402387139999999) },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Time t = 5;
        assert_true(time_from_iso(str_of(good[i].text), &t));
        assert_true(t == good[i].want);
    }
    static const char *bad[] = {
        "2026-11-24",
        "2026-11-24T19:34:22",
        "2026-11-24T19:34Z",
        "2026-11-24 19:34:22Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T19:60:00Z",
        "2026-11-24T19:34:60Z",
        "2026-11-24T19:34:22.Z",
        "2026-11-24T19:34:22.1234567Z",
        "2026-11-24T19:34:22ZZ",
        "2026-11-24T19:34:22+0430",
        "2026-11-24T19:34:22+24:00",
        "2026-11-24T19:34:22+04:60",
        "2026-11-24T19:34:22+04:3",
        "2026-02-30T19:34:22Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Time t = 5;
        assert_false(time_from_iso(str_of(bad[i]), &t));
        assert_true(t == 5);
    }
}

static void test_day_of_time(void **state) {
    (void)state;
    assert_int_equal(day_of_time(0, 0), 0);
    assert_int_equal(day_of_time(-1, 0), -1);
    assert_int_equal(day_of_time(TIME_DAY - 1, 1), 1);
    assert_int_equal(day_of_time(0, -1), -1);
    assert_int_equal(day_of_time(INT64_MAX, 60), 106751991);
    assert_int_equal(day_of_time(INT64_MIN, -60), -106751992);
}

/* --- id and rng ------------------------------------------------------------------------------- */

static void test_id(void **state) {
    (void)state;
    Id a = id_new(&world), b = id_new(&world);
    assert_false(id_eq(a, b));
    assert_false(id_is_none(a));
    assert_true(id_is_none(ID_NONE));
    uint64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | a.b[i];
    assert_true(ms == 1795548862123);
    assert_int_equal(a.b[6] >> 4, 7);
    assert_int_equal(a.b[8] >> 6, 2);
    env_advance(&world, TIME_MS);
    assert_true(id_cmp(id_new(&world), a) > 0);
    Id parsed = ID_NONE;
    assert_true(id_parse(id_text(arena, a), &parsed));
    assert_true(id_eq(parsed, a));
    assert_true(id_parse(STR("018F6a3e-7b1c-7def-8a01-23456789abcd"), &parsed));
    assert_str(id_text(arena, parsed), "018f6a3e-7b1c-7def-8a01-23456789abcd");
    assert_int_equal(parsed.b[15], 0xcd);
    Id kept = parsed;
    assert_false(id_parse(STR(""), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abc"), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abcde"), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abcg"), &parsed));
    assert_false(id_parse(STR("018f6a3e07b1c-7def-8a01-23456789abcd"), &parsed));
    assert_false(id_parse(STR("018f6a3e7b1c7def8a0123456789abcd"), &parsed));
    assert_true(id_eq(parsed, kept));
    assert_int_equal(id_str(&kept).n, 16);
}

static void test_rng(void **state) {
    (void)state;
    /* splitmix64 of 0, and xoshiro256** from { 1, 2, 3, 4 }: values of the reference code. */
    Rng seeded = rng_new(0);
    assert_true(seeded.s[0] == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(seeded.s[1] == UINT64_C(0x6e789e6aa1b965f4));
    Rng r = { { 1, 2, 3, 4 } };
    assert_true(rng_u64(&r) == 11520);
    assert_true(rng_u64(&r) == 0);
    assert_true(rng_u64(&r) == 1509978240);
    assert_true(rng_u64(&r) == UINT64_C(1215971899390074240));
    int counts[10] = { 0 }, weighted[3] = { 0 }, chance = 0;
    static const uint32_t weights[3] = { 1, 0, 3 };
    for (int i = 0; i < 100000; i++) {
        counts[rng_below(&r, 10)]++;
        weighted[rng_weighted(&r, weights, 3)]++;
        chance += rng_chance(&r, 250000);
        int64_t between = rng_between(&r, -3, 3);
        assert_true(between >= -3 && between <= 3);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 9600, 10400);
    assert_int_equal(weighted[1], 0);
    assert_in_range(weighted[0], 24300, 25700);
    assert_in_range(chance, 24300, 25700);
    assert_int_equal(rng_below(&r, 1), 0);
    assert_true(rng_between(&r, 5, 5) == 5);
    (void)rng_between(&r, INT64_MIN, INT64_MAX);
    assert_false(rng_chance(&r, 0));
    assert_true(rng_chance(&r, 1000000));
}

/* --- env -------------------------------------------------------------------------------------- */

static void test_virtual_world(void **state) {
    (void)state;
    Env other;
    env_test_init(&other, 7, 0);
    uint8_t a[33], b[33];
    env_test_init(&world, 7, 0);
    env_random(&world, a, sizeof a);
    env_random(&other, b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    env_test_init(&other, 8, 0);
    env_random(&other, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    env_advance(&world, 5 * TIME_SECOND);
    assert_true(env_now(&world) == 5 * TIME_SECOND);
    assert_true(env_monotonic_us(&world) == 5 * TIME_SECOND);
}

static void test_system_world(void **state) {
    (void)state;
    Env *env = env_system();
    assert_true(env_now(env) > 1700000000 * TIME_SECOND);
    int64_t before = env_monotonic_us(env);
    assert_true(env_monotonic_us(env) >= before);
    uint8_t a[16], b[16], zero[16] = { 0 }, large[1000];
    for (int i = 0; i < 100; i++) {
        env_random(env, a, sizeof a);
        env_random(env, b, sizeof b);
        assert_memory_not_equal(a, b, sizeof a);
        assert_memory_not_equal(a, zero, sizeof a);
    }
    env_random(env, large, sizeof large);
    assert_memory_not_equal(large + 984, zero, sizeof zero);
    /* A forked child draws other bytes. */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        env_random(env, a, sizeof a);
        _exit(write(ends[1], a, sizeof a) == sizeof a ? 0 : 1);
    }
    env_random(env, b, sizeof b);
    assert_int_equal(read(ends[0], a, sizeof a), sizeof a);
    waitpid(pid, NULL, 0);
    assert_memory_not_equal(a, b, sizeof a);
    close(ends[0]);
    close(ends[1]);
}

static int setup_folder(void **state) {
    setup(state);
    snprintf(folder, sizeof folder, "/tmp/panah-base-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown_folder(void **state) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    int rc = system(command);
    teardown(state);
    return rc;
}

static const char *in_folder(const char *name) {
    return str_c(arena, str_printf(arena, "%s/%s", folder, name));
}

static void test_files(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    Str got = STR_NONE;
    const char *path = in_folder("file");
    assert_false(env_file_exists(path));
    assert_int_equal(env_read_file(&c, path, 100, &got), ST_MISSING);
    assert_str(c.errs.v[0].key, "error.file.missing");
    assert_str(c.errs.v[0].args[0].value, path);
    assert_str(c.errs.v[0].cause, "stat: ENOENT");
    assert_int_equal(env_write_file(&c, path, 0600, STR("ten bytes!")), ST_OK);
    assert_true(env_file_exists(path));
    assert_false(env_file_exists(in_folder("file.tmp")));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(env_read_file(&c, path, 10, &got), ST_OK);
    assert_str(got, "ten bytes!");
    assert_int_equal(env_read_file(&c, path, 9, &got), ST_LIMIT);
    assert_int_equal(env_read_file(&c, path, SIZE_MAX, &got), ST_OK);
    assert_int_equal(env_write_file(&c, path, 0600, STR_NONE), ST_OK);
    assert_int_equal(env_read_file(&c, path, 0, &got), ST_OK);
    assert_int_equal(got.n, 0);
    assert_int_equal(env_read_file(&c, folder, 9, &got), ST_IO);
    assert_int_equal(env_remove_file(&c, path), ST_OK);
    assert_int_equal(env_remove_file(&c, path), ST_OK);
    assert_int_equal(env_make_folder(&c, in_folder("sub/"), 0700), ST_OK);
    assert_int_equal(env_make_folder(&c, in_folder("sub"), 0700), ST_OK);
    assert_int_equal(env_remove_file(&c, in_folder("sub")), ST_IO);
    assert_int_equal(env_make_folder(&c, in_folder("a/b"), 0700), ST_IO);
    assert_int_equal(env_write_file(&c, in_folder("a/b"), 0600, STR("x")), ST_IO);
    /* Files of /proc tell no size. */
    assert_int_equal(env_read_file(&c, "/proc/self/status", 1 << 20, &got), ST_OK);
    assert_true(got.n > 20);
    world.fault[FAULT_READ].fail_at = world.fault[FAULT_READ].count + 1;
    assert_int_equal(env_read_file(&c, "/proc/self/status", 1 << 20, &got), ST_IO);
}

/* Each n-th write and fsync fails: the old file stands, or after the rename the new one. */
static void test_write_file_faults(void **state) {
    (void)state;
    const char *path = in_folder("file");
    static const struct {
        EnvFaultKind kind;
        uint64_t nth;
        const char *left;
    } cases[] = {
        { FAULT_WRITE, 1, "old" },
        { FAULT_FSYNC, 1, "old" },
        { FAULT_FSYNC, 2, "new text" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Ctx c = ctx_new(&world, arena);
        Str got = STR_NONE;
        assert_int_equal(env_write_file(&c, path, 0600, STR("old")), ST_OK);
        EnvFault *f = &world.fault[cases[i].kind];
        f->fail_at = f->count + cases[i].nth;
        assert_int_equal(env_write_file(&c, path, 0600, STR("new text")), ST_IO);
        assert_str(c.errs.v[0].key, "error.file.write");
        f->fail_at = 0;
        assert_int_equal(env_read_file(&c, path, 100, &got), ST_OK);
        assert_str(got, cases[i].left);
        assert_false(env_file_exists(in_folder("file.tmp")));
    }
    world.fault[FAULT_WRITE].fail_at = 1;
    world.fault[FAULT_WRITE].sticky = true;
    assert_true(env_fault_here(&world, FAULT_WRITE));
    assert_true(env_fault_here(&world, FAULT_WRITE));
}

static void test_sockets(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    const char *path = in_folder("sock");
    int server = -1, client = -1, other = -1;
    assert_int_equal(env_connect_unix(&c, path, &client), ST_MISSING);
    assert_int_equal(env_listen_unix(&c, path, &server), ST_OK);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(env_connect_unix(&c, path, &client), ST_OK);
    assert_int_equal(env_listen_unix(&c, path, &other), ST_CONFLICT); /* somebody answers */
    close(client);
    close(server);
    assert_int_equal(env_connect_unix(&c, path, &client), ST_MISSING);
    assert_int_equal(env_listen_unix(&c, path, &server), ST_OK); /* stale: replaced */
    close(server);
    /* What is no socket stays. */
    assert_int_equal(env_write_file(&c, in_folder("plain"), 0600, STR("x")), ST_OK);
    assert_int_equal(env_listen_unix(&c, in_folder("plain"), &server), ST_CONFLICT);
    assert_true(env_file_exists(in_folder("plain")));
    const char *long_path = str_c(arena, str_printf(arena, "/tmp/%0108d", 1));
    assert_int_equal(env_listen_unix(&c, long_path, &server), ST_IO);
    assert_int_equal(env_connect_unix(&c, long_path, &client), ST_IO);

    assert_int_equal(env_listen_tcp(&c, "127.0.0.1", 0, &server), ST_OK);
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &n), 0);
    close(server);
    assert_int_equal(env_listen_tcp(&c, "no such address", 0, &server), ST_IO);
}

/* --- log -------------------------------------------------------------------------------------- */

static void test_log(void **state) {
    (void)state;
    const char *path = in_folder("log");
    int saved = dup(STDERR_FILENO);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    dup2(fd, STDERR_FILENO);
    log_info(&world, "listening", "addr", "127.0.0.1", "odd", "a \"b\"=\n\\\x01", "none", "", NULL);
    log_debug(&world, "hidden", NULL);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug(NULL, "shown", NULL);
    char long_value[6000];
    memset(long_value, 'x', sizeof long_value);
    long_value[sizeof long_value - 1] = 0;
    log_error(&world, "long", "v", long_value, NULL);
    log_set_level(LOG_LEVEL_INFO);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    Ctx c = ctx_new(&world, arena);
    Str text = STR_NONE;
    assert_int_equal(env_read_file(&c, path, 1 << 20, &text), ST_OK);
    assert_str(str_cut(&text, '\n'), "<6>time=2026-11-24T19:34:22.123Z event=listening "
                                     "addr=127.0.0.1 odd=\"a \\\"b\\\"=\\n\\\\\\u0001\" none=\"\"");
    assert_str(str_cut(&text, '\n'), "<7>event=shown");
    Str cut = str_cut(&text, '\n');
    assert_int_equal(cut.n, 4095);
    assert_str(text, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, setup_folder, teardown_folder)

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
        TEST(test_calendar_round_trip),
        TEST(test_calendar_edges),
        TEST(test_ages),
        TEST(test_day_text),
        TEST(test_time_text),
        TEST(test_day_of_time),
        TEST(test_id),
        TEST(test_rng),
        TEST(test_virtual_world),
        TEST(test_system_world),
        FOLDER_TEST(test_files),
        FOLDER_TEST(test_write_file_faults),
        FOLDER_TEST(test_sockets),
        FOLDER_TEST(test_log),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
