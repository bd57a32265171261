/* json_test.c: JSON in and out: what RFC 8259 allows, what we refuse, and where it stood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/codec.h"

static Env world;
static Arena *arena;
static Ctx ctx;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 3, 0);
    arena = arena_new(&world, 512 << 20);
    ctx = ctx_new(&world, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static const char *written(Val v, bool pretty) {
    Buf b = buf_new(arena, 1 << 20);
    if (pretty) {
        json_write_pretty(&b, v);
    } else {
        json_write(&b, v);
    }
    assert_false(buf_full(&b));
    return str_c(arena, buf_text(&b));
}

static Val parsed(const char *text) {
    Val v;
    assert_int_equal(json_parse(&ctx, str_of(text), 1 << 20, &v), ST_OK);
    return v;
}

static const char *arg_of(const Err *err, const char *name) {
    for (size_t i = 0; i < err->n_args; i++) {
        if (str_is(err->args[i].name, name)) return str_c(arena, err->args[i].value);
    }
    return "";
}

/* --- reading ---------------------------------------------------------------------------------- */

static void test_good(void **state) {
    (void)state;
    static const struct {
        const char *in, *out;
    } cases[] = {
        { "{\"b\":1,\"a\":[true,false,null]}", "{\"b\":1,\"a\":[true,false,null]}" },
        { " \t\r\n[ ] \n", "[]" },
        { "\"text\"", "\"text\"" },
        { "-0", "0" },
        { "9223372036854775807", "9223372036854775807" },
        { "-9223372036854775808", "-9223372036854775808" },
        { "{\"\":{}}", "{\"\":{}}" },
        { "\"\\u0041\\/\\b\\f\\n\\r\\t\\\"\\\\\"", "\"A/\\b\\f\\n\\r\\t\\\"\\\\\"" },
        { "\"\\ud834\\udd1e\"", "\"\xf0\x9d\x84\x9e\"" }, /* §7: the G clef */
        { "\"\xd8\xb2\xd9\x87\xd8\xb1\xd8\xa7\x7f\"", "\"\xd8\xb2\xd9\x87\xd8\xb1\xd8\xa7\x7f\"" },
        { "\"\\u2028\xe2\x80\xa9\xe2\x80\xaa\"", "\"\\u2028\\u2029\xe2\x80\xaa\"" },
        { "\"e1.5E\"", "\"e1.5E\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(written(parsed(cases[i].in), false), cases[i].out);
}

static const struct {
    const char *in, *key, *what, *line, *column;
} bad[] = {
    { "", "syntax", "end_of_input", "1", NULL },
    { "  ", "syntax", "end_of_input", "1", NULL },
    { "[1,", "syntax", "end_of_input", "1", NULL },
    { "{\"a\":", "syntax", "end_of_input", "1", NULL },
    { "\"abc", "syntax", "end_of_input", "1", NULL },
    { "[1]]", "syntax", "more_after_value", "1", "4" },
    { "1 2", "syntax", "more_after_value", "1", "3" },
    { "{}\n\nx", "syntax", "more_after_value", "3", "1" },
    { "\xef\xbb\xbf{}", "syntax", "syntax", "1", NULL }, /* §8.1: no byte order mark */
    { "{\n  \"a\": tru}", "syntax", "syntax", "2", NULL },
    { "[1,]", "syntax", "syntax", "1", NULL },
    { "{\"a\":1,}", "syntax", "syntax", "1", NULL },
    { "{a:1}", "syntax", "syntax", "1", NULL },
    { "{'a':1}", "syntax", "syntax", "1", NULL },
    { "[01]", "syntax", "syntax", "1", NULL },
    { "[+1]", "syntax", "syntax", "1", NULL },
    { "[.5]", "syntax", "syntax", "1", NULL },
    { "[1.]", "syntax", "syntax", "1", NULL },
    { "[1e]", "syntax", "syntax", "1", NULL },
    { "NaN", "syntax", "syntax", "1", NULL },
    { "[-Infinity]", "syntax", "syntax", "1", NULL },
    { "// c\n1", "syntax", "syntax", "1", NULL },
    { "\"a\nb\"", "syntax", "syntax", "1", NULL },
    { "\"\\x41\"", "syntax", "syntax", "1", NULL },
    { "\"\\ud800\"", "syntax", "syntax", "1", NULL },
    { "\"\\udd1e\"", "syntax", "syntax", "1", NULL },
    { "\"\\ud834\\u0041\"", "syntax", "syntax", "1", NULL },
    { "\"\\u00\"", "syntax", "syntax", "1", NULL },
    { "[\"\xff\"]", "syntax", "utf8", "1", NULL },
    { "\"\xc0\xaf\"", "syntax", "utf8", "1", NULL },
    { "\"\xed\xa0\x80\"", "syntax", "utf8", "1", NULL },
    { "{\"a\":1,\"a\":2}", "syntax", "duplicate_key", "1", NULL },
    { "{\"a\":1,\"\\u0061\":2}", "syntax", "duplicate_key", "1", NULL },
    { "\"\\u0000\"", "syntax", "nul", "1", NULL },
    { "{\"a\\u0000b\":1}", "syntax", "nul", "1", NULL },
    { "9223372036854775808", "syntax", "integer_range", "1", NULL },
    { "-9223372036854775809", "syntax", "integer_range", "1", NULL },
    { "[99999999999999999999, 1.5]", "syntax", "integer_range", "1", NULL },
    { "1.0", "real", "real", "1", "2" },
    { "[1,\n\"\xd8\xb2\xd9\x87\", 2e3]", "real", "real", "2", "8" },
    { "{\"true\":true,\"a\":-0.0}", "real", "real", "1", "20" },
    { "1E400", "real", "real", "1", "2" },
};

static void test_bad(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Val v = val_int(77);
        ctx_forget_errors(&ctx);
        Status st = json_parse(&ctx, str_of(bad[i].in), 1000, &v);
        if (st != ST_USAGE) fail_msg("%s was not refused", bad[i].in);
        const Err *err = &ctx.errs.v[0];
        assert_string_equal(str_c(arena, err->key),
                            str_c(arena, str_printf(arena, "error.json.%s", bad[i].key)));
        assert_string_equal(arg_of(err, "flaw"), bad[i].what);
        assert_string_equal(arg_of(err, "line"), bad[i].line);
        if (bad[i].column) assert_string_equal(arg_of(err, "column"), bad[i].column);
        assert_int_equal(v.i, 77);
    }
}

/* An embedded NUL is neither white space nor an end. */
static void test_nul_byte(void **state) {
    (void)state;
    Val v;
    assert_int_equal(json_parse(&ctx, STR("1\0"), 10, &v), ST_USAGE);
    assert_int_equal(json_parse(&ctx, STR("\"a\0b\""), 10, &v), ST_USAGE);
    assert_int_equal(json_parse(&ctx, STR("[1]\0[2]"), 10, &v), ST_USAGE);
    assert_int_equal(json_parse(&ctx, STR_NONE, 10, &v), ST_USAGE);
}

static Str repeated(const char *what, size_t n, const char *end) {
    Buf b = buf_new(arena, 1 << 26);
    for (size_t i = 0; i < n; i++)
        buf_str(&b, str_of(what));
    buf_str(&b, str_of(end));
    return buf_text(&b);
}

static void assert_too_large(Str text, size_t limit, const char *what) {
    Val v;
    ctx_forget_errors(&ctx);
    assert_int_equal(json_parse(&ctx, text, limit, &v), ST_LIMIT);
    assert_true(str_is(ctx.errs.v[0].key, "error.json.too_large"));
    assert_string_equal(arg_of(&ctx.errs.v[0], "flaw"), what);
}

static void test_limits(void **state) {
    (void)state;
    Val v;
    assert_int_equal(json_parse(&ctx, STR("[1,2]"), 5, &v), ST_OK);
    assert_too_large(STR("[1,2]"), 4, "bytes");
    Str open = repeated("[", JSON_DEPTH_MAX, "");
    Str fits = str_concat(arena, open, repeated("]", JSON_DEPTH_MAX, ""));
    assert_int_equal(json_parse(&ctx, fits, 1000, &v), ST_OK);
    assert_too_large(str_concat(arena, STR("["), str_concat(arena, fits, STR("]"))), 1000, "depth");
    assert_string_equal(arg_of(&ctx.errs.v[0], "column"), "65");
    assert_too_large(repeated("{\"a\":", JSON_DEPTH_MAX + 1, ""), 1000, "depth");
    assert_too_large(repeated("[", 1 << 20, ""), 1 << 24, "depth");
    assert_int_equal(json_parse(&ctx, repeated("[[\"", JSON_DEPTH_MAX, ""), 1000, &v), ST_USAGE);
    Str many = str_concat(arena, STR("["), repeated("0,", JSON_VALUES_MAX - 2, "0]"));
    assert_int_equal(json_parse(&ctx, many, 1 << 26, &v), ST_OK);
    assert_int_equal(v.list.n, JSON_VALUES_MAX - 1);
    assert_too_large(repeated("[],", JSON_VALUES_MAX, ""), 1 << 26, "values");
    /* Brackets in texts do not count. */
    Str text = str_concat(arena, STR("\"\\\"\\\\"), repeated("[,", 1000, "\""));
    assert_int_equal(json_parse(&ctx, text, 10000, &v), ST_OK);
}

/* Over the arena's cap while the Val is being built: jansson's tree has to go all the same, which
 * the leak check of the address sanitizer sees. */
static void test_out_of_memory(void **state) {
    (void)state;
    Str many = str_concat(arena, STR("["), repeated("\"text\",", 10000, "0]"));
    Arena *small = arena_new(&world, 64 << 10);
    Ctx c = ctx_new(&world, small);
    volatile bool over = false;
    Val v;
    if (ARENA_GUARD(small) == 0) {
        assert_int_equal(json_parse(&c, many, 1 << 20, &v), ST_OK);
    } else {
        over = true;
    }
    assert_true(over);
    arena_free(small);
}

static void test_order_and_copies(void **state) {
    (void)state;
    char text[] = "{\"z\":\"one\",\"y\":\"two\",\"x\":[{\"w\":\"three\"}],\"v\":{}}";
    Val v = parsed(text);
    memset(text, '!', sizeof text - 1);
    assert_string_equal(written(v, false),
                        "{\"z\":\"one\",\"y\":\"two\",\"x\":[{\"w\":\"three\"}],\"v\":{}}");
    val_set_c(arena, &v, "u", val_int(5));
    assert_int_equal(v.map.n, 5);
}

/* --- writing ---------------------------------------------------------------------------------- */

static void test_escapes(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1000);
    json_write_text(&b, STR("</script>\x01\x1f&'\""));
    assert_string_equal(str_c(arena, buf_text(&b)), "\"\\u003c/script>\\u0001\\u001f&'\\\"\"");
    Buf e = buf_new(arena, 1000);
    json_write_text(&e, STR_NONE);
    json_write_text(&e, STR("a\0b"));
    json_write_text(&e, STR("\xe2\x80"));
    assert_string_equal(str_c(arena, buf_text(&e)), "\"\"\"a\\u0000b\"\"\xe2\x80\"");
}

static void test_bytes(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *text;
    } cases[] = { /* RFC 4648 §10, without padding */
                  { "", "\"\"" },
                  { "f", "\"Zg\"" },
                  { "fo", "\"Zm8\"" },
                  { "foo", "\"Zm9v\"" },
                  { "foob", "\"Zm9vYg\"" },
                  { "fooba", "\"Zm9vYmE\"" },
                  { "foobar", "\"Zm9vYmFy\"" },
                  { "\xfb\xff\xfe", "\"-__-\"" }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(written(val_bytes(str_of(cases[i].bytes)), false), cases[i].text);
    Id id;
    assert_true(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abcd"), &id));
    assert_string_equal(written(val_id(arena, id), false),
                        "\"018f6a3e-7b1c-7def-8a01-23456789abcd\"");
}

static void test_absent(void **state) {
    (void)state;
    Val list = val_list(), map = val_map();
    val_push(arena, &list, VAL_ABSENT);
    val_set_c(arena, &map, "a", VAL_ABSENT);
    val_set_c(arena, &map, "b", list);
    val_set_c(arena, &map, "c", VAL_ABSENT);
    assert_string_equal(written(map, false), "{\"b\":[null]}");
    map.map.n = 1;
    assert_string_equal(written(map, false), "{}");
    assert_string_equal(written(map, true), "{}\n");
    assert_string_equal(written(VAL_ABSENT, false), "null");
}

static void test_pretty(void **state) {
    (void)state;
    Val v = parsed("{\"a\":[1,{\"b\":null},[]],\"c\":{}}");
    assert_string_equal(written(v, true),
                        "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    },\n"
                        "    []\n  ],\n  \"c\": {}\n}\n");
    assert_true(val_eq(v, parsed(written(v, true))));
    assert_string_equal(written(val_int(1), true), "1\n");
}

static void test_full_buffer_ends(void **state) {
    (void)state;
    Buf b = buf_new(arena, 10);
    json_write_pretty(&b, parsed("[[1,2,3],[4,5,6],{\"a\":7}]"));
    assert_true(buf_full(&b));
    assert_true(b.n <= 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_nul_byte),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_order_and_copies),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_absent),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_full_buffer_ends),
    };
    return cmocka_run_group_tests_name("codec_json", tests, setup, teardown);
}
