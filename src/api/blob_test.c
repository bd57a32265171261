/* blob_test.c: pictures and lists that are handed in. */
#include "api/scene_int.h"

static Scene *s;

static int make(void **state) {
    (void)state;
    s = face_make_signed_in();
    return 0;
}

static int drop(void **state) {
    (void)state;
    face_drop(s);
    return 0;
}

#define GET(address) (&(Ask){ .method = "GET", .path = (address) })

static const char *blob_path(const char *hex) {
    return str_c(s->arena, str_printf(s->arena, "/api/v1/blob/%s", hex));
}

static void test_pictures(void **state) {
    (void)state;
    char jpeg[] = "\xff\xd8\xff\xe0 a very small picture";
    Ask put = { .method = "PUT",
                .path = "/api/v1/blob",
                .type = "image/jpeg",
                .bytes = str_n(jpeg, sizeof jpeg - 1) };
    const char *hex = text_at(s, scene_want(s, 200, &put), "blob");
    assert_int_equal(strlen(hex), 64);
    Response r = scene_ask(s, GET(blob_path(hex)));
    assert_int_equal(r.status, 200);
    assert_string_equal(r.content_type, "image/jpeg");
    assert_true(str_eq(r.body, put.bytes));
    put.bytes = STR("<svg onload=alert(1)>");
    ask_refused(s, 422, "error.http.picture_type", &put);
    put.bytes = STR("");
    ask_refused(s, 422, "error.http.picture_empty", &put);
    char *big = calloc(1, (8 << 20) + 1);
    memcpy(big, jpeg, sizeof jpeg);
    put.bytes = str_n(big, (8 << 20) + 1);
    ask_refused(s, 413, "error.http.picture_size", &put);
    free(big);
    ask_refused(s, 404, "error.blob.unknown", GET("/api/v1/blob/zz"));
    char none[65] = "";
    memset(none, '0', 64);
    (void)scene_want(s, 404, GET(blob_path(none)));
}

/* Lists are larger than requests are else, wait for import.stage, and are not shown again. */
static void test_lists(void **state) {
    (void)state;
    size_t n = REQUEST_BODY_MAX + (1 << 20);
    char *big = calloc(1, n);
    memset(big, 'x', n);
    Ask put = {
        .method = "PUT", .path = "/api/v1/blob", .type = "text/csv", .bytes = str_n(big, n)
    };
    const char *hex = text_at(s, scene_want(s, 200, &put), "blob");
    assert_int_equal(strlen(hex), 64);
    (void)scene_want(s, 404, GET(blob_path(hex)));
    free(big);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests_name("api_blob", tests, make, drop);
}
