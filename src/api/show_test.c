/* show_test.c: what records are called in the language of whoever asks. */
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

/* Gives the first office, which is called Kabul, a name in a language; returns its id. */
static const char *name_office(const char *lang, const char *name) {
    const char *id = str_c(s->arena, id_text(s->arena, s->first.office));
    (void)scene_post(s, "/api/v1/op/office.save",
                     scene_text(s, "{'id':'%s','label_%s':'%s'}", id, lang, name));
    return id;
}

/* An office is called what it is called in the language of whoever asks, else by its name. */
static void test_offices_are_called_in_the_readers_language(void **state) {
    (void)state;
    const char *office = name_office("fa", "کابل");
    /* What is referred to. */
    Val v = scene_post(s, "/api/v1/query?lang=fa", "{'kind':'user','columns':['login','office']}");
    assert_string_equal(text_at(s, v, "rows.0.labels.office"), "کابل");
    v = scene_post(s, "/api/v1/query?lang=ps", "{'kind':'user','columns':['login','office']}");
    assert_string_equal(text_at(s, v, "rows.0.labels.office"), "Kabul");
    /* The office itself; the field that says it was not asked for and is not shown. */
    v = scene_post(s, "/api/v1/query?lang=fa", "{'kind':'office','columns':['code','name']}");
    assert_string_equal(text_at(s, v, "rows.0.fields.name"), "Kabul");
    assert_string_equal(text_at(s, v, "rows.0.labels.name"), "کابل");
    assert_string_equal(text_at(s, v, "rows.0.fields.label_fa"), "");
    v = scene_get(s, scene_text(s, "/api/v1/office/%s?lang=fa", office));
    assert_string_equal(text_at(s, v, "labels.name"), "کابل");
    v = scene_post(s, "/api/v1/query?lang=fr", "{'kind':'office','columns':['code','name']}");
    assert_string_equal(text_at(s, v, "rows.0.labels.name"), "");
    /* A label is in the language it says, whoever reads it. */
    (void)scene_post(s, "/api/v1/op/code.save",
                     "{'list':'shoes','code':'BOOT','label_en':'Boot','label_fa':'موزه'}");
    v = scene_post(s, "/api/v1/query?lang=fa", "{'kind':'code_entry'}");
    assert_string_equal(text_at(s, v, "rows.0.fields.label_en"), "Boot");
    assert_string_equal(text_at(s, v, "rows.0.labels.label_en"), "");
}

static void test_a_session_says_the_office_in_its_language(void **state) {
    (void)state;
    (void)name_office("fa", "کابل");
    Session2 mine = scene_sign_in(s, "admin", SCENE_PASSWORD);
    Ask ask = {
        .method = "GET", .path = "/api/v1/session", .token = mine.token, .csrf = mine.csrf
    };
    assert_string_equal(text_at(s, scene_want(s, 200, &ask), "office.name"), "Kabul");
    Ask language = ask;
    language.method = "POST";
    language.path = "/api/v1/session/language";
    language.body = "{'language':'fa'}";
    assert_string_equal(text_at(s, scene_want(s, 200, &language), "office.name"), "کابل");
    assert_string_equal(text_at(s, scene_want(s, 200, &ask), "office.name"), "کابل");
    language.body = "{'language':'ps'}";
    assert_string_equal(text_at(s, scene_want(s, 200, &language), "office.name"), "Kabul");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offices_are_called_in_the_readers_language),
        cmocka_unit_test(test_a_session_says_the_office_in_its_language),
    };
    return cmocka_run_group_tests_name("api_show", tests, make, drop);
}
