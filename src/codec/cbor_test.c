/* cbor_test.c: deterministic CBOR: vectors of RFC 8949 Appendix A, and what has to be refused. */
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
    arena = arena_new(&world, 256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static Str unhex(const char *hex) {
    Str text = str_of(hex);
    uint8_t *bytes = arena_alloc(arena, text.n / 2);
    assert_true(hex_decode(text, bytes, text.n / 2));
    return str_n(bytes, text.n / 2);
}

static void assert_bytes(const Buf *b, const char *want_hex) {
    Str got = hex_encode(arena, b->p ? b->p : (const uint8_t *)"", b->n);
    assert_string_equal(str_c(arena, got), want_hex);
}

/* --- RFC 8949 Appendix A ---------------------------------------------------------------------- */

/* Those of our types. The second column is what our JSON writer makes of it. */
static const struct {
    const char *hex, *json;
} vectors[] = {
    { "00", "0" },
    { "01", "1" },
    { "0a", "10" },
    { "17", "23" },
    { "1818", "24" },
    { "1819", "25" },
    { "1864", "100" },
    { "1903e8", "1000" },
    { "1a000f4240", "1000000" },
    { "1b000000e8d4a51000", "1000000000000" },
    { "1b7fffffffffffffff", "9223372036854775807" },
    { "20", "-1" },
    { "29", "-10" },
    { "3863", "-100" },
    { "3903e7", "-1000" },
    { "3b7fffffffffffffff", "-9223372036854775808" },
    { "f4", "false" },
    { "f5", "true" },
    { "f6", "null" },
    { "40", "\"\"" },
    { "4401020304", "\"AQIDBA\"" },
    { "60", "\"\"" },
    { "6161", "\"a\"" },
    { "6449455446", "\"IETF\"" },
    { "62225c", "\"\\\"\\\\\"" },
    { "62c3bc", "\"\xc3\xbc\"" },
    { "63e6b0b4", "\"\xe6\xb0\xb4\"" },
    { "64f0908591", "\"\xf0\x90\x85\x91\"" },
    { "80", "[]" },
    { "83010203", "[1,2,3]" },
    { "8301820203820405", "[1,[2,3],[4,5]]" },
    { "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
      "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]" },
    { "a0", "{}" },
    { "a26161016162820203", "{\"a\":1,\"b\":[2,3]}" },
    { "826161a161626163", "[\"a\",{\"b\":\"c\"}]" },
    { "a56161614161626142616361436164614461656145",
      "{\"a\":\"A\",\"b\":\"B\",\"c\":\"C\",\"d\":\"D\",\"e\":\"E\"}" },
};

static void test_vectors(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        Str bytes = unhex(vectors[i].hex);
        assert_true(cbor_valid(bytes));
        CborReader r = cbor_reader(bytes);
        Val v;
        assert_true(cbor_get_val(&r, arena, &v));
        assert_true(cbor_finish(&r));
        Buf json = buf_new(arena, 1000), again = buf_new(arena, 1000);
        json_write(&json, v);
        assert_string_equal(str_c(arena, buf_text(&json)), vectors[i].json);
        cbor_put_val(&again, v);
        assert_bytes(&again, vectors[i].hex);
    }
}

static const char *const refused[] = {
    /* Appendix A: types and ranges that we do not have */
    "1bffffffffffffffff", /* 18446744073709551615 */
    "1b8000000000000000", /* INT64_MAX + 1 */
    "3bffffffffffffffff", /* -18446744073709551616 */
    "3b8000000000000000", /* INT64_MIN - 1 */
    "c249010000000000000000",
    "c349010000000000000000", /* bignums */
    "f90000",
    "f98000",
    "f93c00",
    "fb3ff199999999999a",
    "fa47c35000",
    "f97c00",
    "f97e00",
    "f7",
    "f0",
    "f818",
    "f8ff", /* undefined and other simple values */
    "c074323031332d30332d32315432303a30343a30305a",
    "c11a514b67b0",
    "d74401020304",
    "d818456449455446", /* tags */
    "5f42010243030405ff",
    "7f657374726561646d696e67ff",
    "9fff",
    "9f018202039f0405ffff",
    "83018202039f0405ff",
    "bf61610161629f0203ffff",
    "826161bf61626163ff",
    "ff", /* indefinite lengths */
    /* 4.2.1: longer heads than needed */
    "1800",
    "1817",
    "190017",
    "1900ff",
    "1a00000001",
    "1a0000ffff",
    "1b0000000000000001",
    "1b00000000ffffffff",
    "3817",
    "390000",
    "5800",
    "590000",
    "780161",
    "79000161",
    "9800",
    "b800",
    "f814",
    "f815",
    "f816",
    /* 4.2.1: map keys out of order or repeated */
    "a2616201616102",       /* b, a */
    "a2616101616102",       /* a, a */
    "a262616101616202",     /* aa, b: the longer first */
    "a26161010102",         /* text, then int */
    "a220010002",           /* -1, then 0 */
    "a2810101810102",       /* [1], [1] */
    "81a2616201616102",     /* in a list */
    "a16161a2616201616102", /* in a map */
    "a1a261620161610200",   /* in a key */
    /* 3.1: invalid UTF-8 */
    "61ff",
    "62c0af",
    "63eda080",
    "64f4908080",
    "61c3",
    "a161ff00",
    "6c616161616161616161616161ff00",
    /* Appendix F: not well-formed */
    "1c",
    "1d",
    "1e",
    "1f",
    "3c",
    "5c",
    "7c",
    "9c",
    "bc",
    "dc",
    "fc",
    "18",
    "19",
    "1900",
    "1a",
    "1b00000000000000",
    "41",
    "61",
    "6261",
    "590100",
    "81",
    "8200",
    "a1",
    "a100",
    "a20001",
    "8180ff",
    /* counts larger than the bytes left */
    "9bffffffffffffffff",
    "9b00000001ffffffff",
    "9a00ffffff0000",
    "bbffffffffffffffff",
    "bb8000000000000000",
    "5bffffffffffffffff",
    "7bffffffffffffffff",
    "830000",
    "a2000000",
    /* something after the item, or nothing at all */
    "0000",
    "f6f6",
    "",
};

static void test_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Str bytes = unhex(refused[i]);
        if (cbor_valid(bytes)) fail_msg("%s was not refused", refused[i]);
        CborReader r = cbor_reader(bytes);
        Val v;
        assert_false(cbor_get_val(&r, arena, &v) && cbor_finish(&r));
    }
}

/* Every beginning of a valid document is invalid, and so is whatever follows one. */
static void test_truncation(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        Str bytes = unhex(vectors[i].hex);
        for (size_t n = 0; n < bytes.n; n++) {
            /* A copy of its own size, so that the sanitizer sees a read past its end. */
            assert_false(cbor_valid(str_copy(arena, str_slice(bytes, 0, n))));
        }
        assert_false(cbor_valid(str_concat(arena, bytes, STR("\x00"))));
    }
}

static void test_maps_in_order(void **state) {
    (void)state;
    static const char *const good[] = {
        "a201020304",       /* {1: 2, 3: 4}, Appendix A */
        "a261620162616102", /* b, aa */
        "a20001616101",     /* int, then text */
        "a200012001",       /* 0, then -1 */
        "a28001810102",     /* [], [1] */
        "a1a0a0",           /* {{}: {}} */
        "a2f401f501",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(cbor_valid(unhex(good[i])));
    CborReader r = cbor_reader(unhex("a201020304"));
    Val v = val_int(77);
    assert_false(cbor_get_val(&r, arena, &v)); /* a Val has text keys */
    assert_true(r.bad);
    assert_int_equal(v.i, 77);
}

/* --- depth and cost --------------------------------------------------------------------------- */

static Str nested(size_t levels, uint8_t outer, const char *inner_hex) {
    Buf b = buf_new(arena, 1 << 24);
    for (size_t i = 1; i < levels; i++) {
        buf_byte(&b, outer);
        if (outer == 0xa1) buf_byte(&b, 0x60);
    }
    buf_str(&b, unhex(inner_hex));
    return buf_text(&b);
}

static void test_depth(void **state) {
    (void)state;
    static const struct {
        uint8_t outer;
        const char *inner;
    } kinds[] = { { 0x81, "80" }, { 0x81, "8100" }, { 0xa1, "a0" }, { 0xa1, "a16000" } };
    for (size_t i = 0; i < 4; i++) {
        Str fits = nested(CBOR_DEPTH_MAX, kinds[i].outer, kinds[i].inner);
        Str over = nested(CBOR_DEPTH_MAX + 1, kinds[i].outer, kinds[i].inner);
        CborReader r = cbor_reader(fits), s = cbor_reader(over);
        Val v;
        assert_true(cbor_valid(fits));
        assert_true(cbor_get_val(&r, arena, &v));
        assert_false(cbor_valid(over));
        assert_false(cbor_get_val(&s, arena, &v));
    }
    assert_false(cbor_valid(nested(1 << 20, 0x81, "80")));
}

/* Lists that each claim all the bytes that are left must not be allocated for. */
static void test_lying_counts_cost_nothing(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 22);
    for (int i = 0; i < 31; i++)
        buf_put(&b, "\x9a\x00\x0f\xff\x00", 5);
    for (int i = 0; i < 1 << 20; i++)
        buf_byte(&b, 0);
    Arena *small = arena_new(&world, 1 << 16);
    CborReader r = cbor_reader(buf_text(&b));
    Val v;
    assert_false(cbor_get_val(&r, small, &v));
    assert_int_equal(arena_used(small), 0);
    arena_free(small);
}

/* --- writer ----------------------------------------------------------------------------------- */

static void test_shortest_heads(void **state) {
    (void)state;
    static const struct {
        int64_t i;
        const char *hex;
    } ints[] = { { 23, "17" },
                 { 24, "1818" },
                 { 255, "18ff" },
                 { 256, "190100" },
                 { 65535, "19ffff" },
                 { 65536, "1a00010000" },
                 { UINT32_MAX, "1affffffff" },
                 { (int64_t)UINT32_MAX + 1, "1b0000000100000000" },
                 { INT64_MAX, "1b7fffffffffffffff" },
                 { -24, "37" },
                 { -25, "3818" },
                 { -256, "38ff" },
                 { -257, "390100" },
                 { INT64_MIN, "3b7fffffffffffffff" } };
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        Buf b = buf_new(arena, 100);
        cbor_put_int(&b, ints[i].i);
        assert_bytes(&b, ints[i].hex);
        CborReader r = cbor_reader(buf_text(&b));
        int64_t back;
        assert_true(cbor_get_int(&r, &back));
        assert_int_equal(back, ints[i].i);
    }
    Buf b = buf_new(arena, 100000);
    cbor_put_array(&b, 24);
    cbor_put_map(&b, 256);
    cbor_put_uint(&b, 7);
    cbor_put_bytes(&b, "\x01", 1);
    cbor_put_bytes(&b, NULL, 0);
    cbor_put_text(&b, STR_NONE);
    assert_bytes(&b, "9818b901000741014060");
}

static void test_val_map_is_put_in_order(void **state) {
    (void)state;
    Val map = val_map();
    val_set_c(arena, &map, "aa", val_int(1));
    val_set_c(arena, &map, "c", VAL_ABSENT);
    val_set_c(arena, &map, "b", val_int(2));
    val_set_c(arena, &map, "a", val_list());
    val_set_c(arena, &map, "", val_null());
    val_push(arena, &map.map.v[3].value, VAL_ABSENT);
    Buf b = buf_new(arena, 1000);
    cbor_put_val(&b, map);
    assert_bytes(&b, "a460f6616181f661620262616101");
    assert_true(cbor_valid(buf_text(&b)));
}

/* In order already, but for what is absent. */
static void test_val_absent_pairs(void **state) {
    (void)state;
    Val map = val_map();
    Buf b = buf_new(arena, 1000);
    val_set_c(arena, &map, "a", VAL_ABSENT);
    cbor_put_val(&b, map);
    val_set_c(arena, &map, "b", val_int(2));
    cbor_put_val(&b, map);
    assert_bytes(&b, "a0a1616202");
}

/* What the reader would refuse does not get written unnoticed. */
static void test_writer_refuses(void **state) {
    (void)state;
    Buf a = buf_new(arena, 1000), b = buf_new(arena, 1000), c = buf_new(arena, 1000);
    Buf d = buf_new(arena, 3);
    cbor_put_uint(&a, (uint64_t)INT64_MAX + 1);
    assert_true(buf_full(&a));
    cbor_put_text(&b, STR("plain ASCII but for\xff"));
    assert_true(buf_full(&b));
    Val deep = val_int(1);
    for (int i = 0; i < CBOR_DEPTH_MAX + 1; i++) {
        Val list = val_list();
        val_push(arena, &list, deep);
        deep = list;
    }
    cbor_put_val(&c, deep.list.v[0]);
    assert_false(buf_full(&c));
    cbor_put_val(&c, deep);
    assert_true(buf_full(&c));
    cbor_put_text(&d, STR("abc"));
    assert_true(buf_full(&d));
}

/* --- pull reader ------------------------------------------------------------------------------ */

static void test_pull(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1000);
    cbor_put_array(&b, 7);
    cbor_put_uint(&b, 300);
    cbor_put_int(&b, -5);
    cbor_put_bytes(&b, "0123", 4);
    cbor_put_text(&b, STR("\xd9\x85\xd8\xad\xd9\x85\xd8\xaf, name"));
    cbor_put_bool(&b, true);
    cbor_put_null(&b);
    cbor_put_map(&b, 0);

    CborReader r = cbor_reader(buf_text(&b));
    size_t n;
    uint64_t u;
    int64_t i;
    Str text, map;
    uint8_t four[4];
    bool flag = false;
    assert_int_equal(cbor_peek(&r), CBOR_ARRAY);
    assert_true(cbor_get_array(&r, &n) && n == 7);
    assert_int_equal(cbor_peek(&r), CBOR_UINT);
    assert_true(cbor_get_uint(&r, &u) && u == 300);
    assert_int_equal(cbor_peek(&r), CBOR_NEGINT);
    assert_true(cbor_get_int(&r, &i) && i == -5);
    assert_int_equal(cbor_peek(&r), CBOR_BYTES);
    assert_true(cbor_get_bytes_n(&r, four, 4));
    assert_memory_equal(four, "0123", 4);
    assert_int_equal(cbor_peek(&r), CBOR_TEXT);
    assert_true(cbor_get_text(&r, &text) && text.n == 14);
    assert_true(text.s > (const char *)b.p && text.s < (const char *)b.p + b.n); /* no copy */
    assert_int_equal(cbor_peek(&r), CBOR_BOOL);
    assert_true(cbor_get_bool(&r, &flag) && flag);
    assert_int_equal(cbor_peek(&r), CBOR_NULL);
    assert_true(cbor_get_null(&r));
    assert_int_equal(cbor_peek(&r), CBOR_MAP);
    assert_false(cbor_finish(&r));
    assert_true(cbor_skip(&r, &map) && map.n == 1);
    assert_int_equal(cbor_peek(&r), CBOR_END);
    assert_true(cbor_finish(&r));
}

static void test_bad_stays_bad(void **state) {
    (void)state;
    CborReader r = cbor_reader(unhex("8301f600"));
    size_t n = 0;
    uint64_t u = 9;
    Str text = STR("same");
    bool flag = true;
    assert_true(cbor_get_array(&r, &n));
    assert_false(cbor_get_text(&r, &text)); /* an integer */
    assert_true(r.bad);
    assert_int_equal(cbor_peek(&r), CBOR_END);
    assert_false(cbor_get_uint(&r, &u));
    assert_false(cbor_get_bool(&r, &flag));
    assert_false(cbor_get_null(&r));
    assert_false(cbor_get_map(&r, &n));
    assert_false(cbor_get_bytes(&r, &text));
    assert_false(cbor_skip(&r, &text));
    assert_false(cbor_finish(&r));
    assert_int_equal(n, 3);
    assert_int_equal(u, 9);
    assert_true(str_is(text, "same"));
}

static void test_wrong_length(void **state) {
    (void)state;
    CborReader r = cbor_reader(unhex("4401020304"));
    uint8_t out[5] = { 9, 9, 9, 9, 9 };
    assert_false(cbor_get_bytes_n(&r, out, 3));
    assert_int_equal(out[0], 9);
    r = cbor_reader(unhex("440102"));
    assert_false(cbor_get_bytes_n(&r, out, 4));
    assert_int_equal(out[0], 9);
}

static void test_integer_range(void **state) {
    (void)state;
    static const char *const over[] = { "1b8000000000000000", "3b8000000000000000" };
    for (size_t i = 0; i < 2; i++) {
        CborReader r = cbor_reader(unhex(over[i])), s = r;
        int64_t v = 7;
        uint64_t u = 7;
        assert_false(cbor_get_int(&r, &v));
        assert_false(cbor_get_uint(&s, &u));
        assert_true(r.bad && s.bad && v == 7 && u == 7);
    }
}

static bool keys_in_order(const char *hex) {
    CborReader r = cbor_reader(unhex(hex));
    Str last = STR_NONE;
    size_t n;
    assert_true(cbor_get_map(&r, &n));
    for (size_t i = 0; i < n; i++) {
        size_t start = r.pos;
        uint64_t key;
        if (!cbor_get_uint(&r, &key) || !cbor_key_in_order(&r, start, &last)) return false;
        assert_true(cbor_skip(&r, NULL));
    }
    return cbor_finish(&r);
}

static void test_key_in_order(void **state) {
    (void)state;
    assert_true(keys_in_order("a3010217001818f6"));
    assert_false(keys_in_order("a201020102"));
    assert_false(keys_in_order("a21818021702"));
    assert_true(keys_in_order("a0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_maps_in_order),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_lying_counts_cost_nothing),
        cmocka_unit_test(test_shortest_heads),
        cmocka_unit_test(test_val_map_is_put_in_order),
        cmocka_unit_test(test_val_absent_pairs),
        cmocka_unit_test(test_writer_refuses),
        cmocka_unit_test(test_pull),
        cmocka_unit_test(test_bad_stays_bad),
        cmocka_unit_test(test_wrong_length),
        cmocka_unit_test(test_integer_range),
        cmocka_unit_test(test_key_in_order),
    };
    return cmocka_run_group_tests_name("codec_cbor", tests, setup, teardown);
}
