/* request_test.c: what a request line and headers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/api_int.h"

static Arena *a;

static int make(void **state) {
    (void)state;
    a = arena_new(env_system(), 1 << 20);
    return 0;
}

static int drop(void **state) {
    (void)state;
    arena_free(a);
    return 0;
}

static void test_paths(void **state) {
    (void)state;
    Str part[PATH_SEGMENTS_MAX];
    size_t n = 99;
    assert_true(path_split(a, STR("/"), part, &n) && n == 0);
    assert_true(path_split(a, STR("/api/v1/op/person.search"), part, &n) && n == 4);
    assert_true(str_is(part[3], "person.search"));
    assert_true(path_split(a, STR("/a/"), part, &n) && n == 1);
    assert_true(path_split(a, STR("/%D9%86%D8%A7%D9%85"), part, &n) && str_is(part[0], "نام"));
    static const char *const bad[] = {
        "",        "a",      "//",       "/a//b", "/..",       "/a/../b",
        "/%2e%2e", "/a%2fb", "/a%5cb",   "/%",    "/%4",       "/%zz",
        "/%00",    "/%ff",   "/a%0d%0a", "*",     "http://x/", "/1/2/3/4/5/6/7/8/9",
        "/.",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (path_split(a, str_of(bad[i]), part, &n)) fail_msg("taken: %s", bad[i]);
}

static void test_queries(void **state) {
    (void)state;
    Str q = STR("version=1&lang=fa&as_of=2026-01-01T00%3A00%3A00Z&empty=&flag");
    assert_true(str_is(query_param(a, q, "version"), "1"));
    assert_true(str_is(query_param(a, q, "as_of"), "2026-01-01T00:00:00Z"));
    assert_true(query_param(a, q, "empty").s && query_param(a, q, "empty").n == 0);
    assert_true(query_param(a, q, "flag").s && query_param(a, q, "flag").n == 0);
    assert_null(query_param(a, q, "ver").s);
    assert_null(query_param(a, STR_NONE, "ver").s);
    assert_null(query_param(a, STR("x=%zz"), "x").s);
}

static void test_headers(void **state) {
    (void)state;
    assert_true(str_is(cookie_value(STR("a=1; __Host-panah=xyz ; b=2"), "__Host-panah"), "xyz"));
    assert_null(cookie_value(STR("x__Host-panah=xyz"), "__Host-panah").s);
    assert_null(cookie_value(STR_NONE, "__Host-panah").s);
    assert_true(etag_named(STR("\"a\", W/\"b\""), STR("\"b\"")));
    assert_true(etag_named(STR("*"), STR("\"b\"")));
    assert_false(etag_named(STR("\"a\""), STR("\"b\"")));
    assert_true(accepts_gzip(STR("deflate, gzip;q=1.0, *;q=0.5")));
    assert_true(accepts_gzip(STR("gzip;q=0.5")));
    assert_false(accepts_gzip(STR("gzip;q=0")));
    assert_false(accepts_gzip(STR("gzip;q=0.000, br")));
    assert_false(accepts_gzip(STR_NONE));
    assert_true(str_is(accepted_language(STR("de, fr-CA;q=0.8, en")), "fr"));
    assert_true(str_is(accepted_language(STR("prs-AF")), "fa"));
    assert_true(str_is(accepted_language(STR("ps;q=0, ar")), "ar"));
    assert_true(str_is(accepted_language(STR("xx")), "en"));
    assert_true(media_type_is(STR("Application/JSON ; charset=utf-8"), "application/json"));
    assert_false(media_type_is(STR("text/plain"), "application/json"));
    assert_false(media_type_is(STR_NONE, "application/json"));
}

static void test_hosts(void **state) {
    (void)state;
    static const char *const good[] = { "localhost:8470", "LOCALHOST:8470", "127.0.0.1:8470",
                                        "[::1]:8470", "127.0.0.9:8470" };
    static const char *const bad[] = {
        "",
        "localhost",
        "localhost:",
        "localhost:8471",
        "evil.com:8470",
        "evil.com",
        "localhost.evil.com:8470",
        "localhost:8470.evil.com",
        "127.0.0.1:84 70",
        "[::1]",
        "[::1:8470",
        "[::1]x8470",
        "127.0.0.2:8470",
        "0:8470",
        "localhost:-8470",
        "localhost:8470:8470",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!host_allowed(str_of(good[i]), STR("127.0.0.9"), 8470)) fail_msg("no: %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (host_allowed(str_of(bad[i]), STR("127.0.0.9"), 8470)) fail_msg("yes: %s", bad[i]);
    assert_true(host_allowed(STR("localhost"), STR(""), 80));
    assert_false(host_allowed(STR_NONE, STR(""), 80));
}

static bool from(const char *origin, const char *site) {
    HttpHeader h[3] = { { STR("Host"), STR("localhost:8470") } };
    Request q = { .headers = h, .n_headers = 1 };
    if (origin) h[q.n_headers++] = (HttpHeader){ STR("origin"), str_of(origin) };
    if (site) h[q.n_headers++] = (HttpHeader){ STR("sec-fetch-site"), str_of(site) };
    return same_origin(&q);
}

static void test_origins(void **state) {
    (void)state;
    assert_true(from(NULL, NULL));
    assert_true(from("http://localhost:8470", "same-origin"));
    assert_true(from(NULL, "none"));
    assert_false(from("http://localhost:8471", NULL));
    assert_false(from("https://localhost:8470", NULL));
    assert_false(from("null", NULL));
    assert_false(from("http://evil.com", "cross-site"));
    assert_false(from("http://localhost:8470", "cross-site"));
    assert_false(from("http://localhost:8470", "same-site"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),   cmocka_unit_test(test_queries),
        cmocka_unit_test(test_headers), cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_origins),
    };
    return cmocka_run_group_tests_name("request", tests, make, drop);
}
