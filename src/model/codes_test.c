/* codes_test.c: the built-in code lists and messages, as the program has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/codes.h"
#include "model/messages.h"
#include "model/model.h"

#include <stdio.h>

#include "base/banned.h"

static Env world;
static Arena *arena;
static Ctx ctx;
static Model *model;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, 0);
    arena = arena_new(&world, 64 << 20);
    ctx = ctx_new(&world, arena);
    LabelSource labels[20];
    size_t n = 0;
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        labels[n++] = builtin_messages[i];
    ModelSource source = {
        .lists = builtin_code_lists,
        .n_lists = builtin_code_lists_n,
        .labels = labels,
        .n_labels = n,
    };
    return model_build(&ctx, &source, &model) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    model_free(model);
    arena_free(arena);
    return 0;
}

static void assert_label(const char *lang, const char *list, const char *code, const char *want) {
    Str got = model_code_label(model, str_of(lang), str_of(list), str_of(code));
    if (!str_is(got, want)) fail_msg("got '%.*s', wanted '%s'", STR_ARG(got), want);
}

static const CodeList *list(const char *name) {
    const CodeList *l = model_codes(model, str_of(name));
    if (!l) fail_msg("no list %s", name);
    return l;
}

static void test_public_lists_are_whole(void **state) {
    (void)state;
    assert_int_equal(list("relationship")->n, 55);
    assert_int_equal(list("religion")->n, 47);
    assert_int_equal(list("country")->n, 249 + 5);
    assert_int_equal(list("specific_need_category")->n, 12);
    /* 12 categories, the 101 of the older set and 8 newer ones for disability. */
    const CodeList *needs = list("specific_need");
    assert_int_equal(needs->n, 12 + 101 + 8);
    size_t offered = 0;
    for (size_t i = 0; i < needs->n; i++)
        offered += needs->codes[i].until == 0;
    assert_int_equal(offered, 11 + 71 + 8);
    assert_int_equal(code_find(needs, STR("PG-HR"))->until, 2);
    assert_true(str_is(code_find(needs, STR("SC-UC"))->parent, "SC"));
    assert_true(str_is(code_find(list("legal_status"), STR("REF_PF"))->parent, "REF"));
    assert_true(str_is(code_find(list("status_reason"), STR("DECEASED"))->parent, "C"));
    assert_true(str_is(code_find(list("relationship"), STR("WIF"))->parent, "F"));
}

static void test_labels(void **state) {
    (void)state;
    assert_label("en", "relationship", "FP", "Focal point");
    assert_label("fr", "relationship", "CLF", "Bru");
    assert_label("fa-AF", "country", "AFG", "افغانستان");
    assert_label("ps", "population_type", "REF", "کډوال");
    assert_label("ar", "country", "COD", "جمهورية الكونغو الديمقراطية");
    assert_label("en", "religion", "SHI", "Shinto");
    assert_true(str_is(model_label(model, STR("fr"), STR("list.sex"), NULL), "Sexe"));
}

static void test_every_label_is_there(void **state) {
    (void)state;
    static const char *const langs[] = { "en", "fr", "fa", "ps", "ar" };
    size_t gaps = 0;
    for (size_t i = 0; i < builtin_code_lists_n; i++) {
        const CodeList *l = &builtin_code_lists[i];
        for (size_t k = 0; k < l->n; k++) {
            for (size_t n = 0; n < 5; n++) {
                Str key = str_printf(arena, "code.%.*s.%.*s", STR_ARG(l->name),
                                     STR_ARG(l->codes[k].code));
                bool fallback;
                Str text = model_label(model, str_of(langs[n]), key, &fallback);
                assert_false(str_eq(text, key));
                gaps += fallback;
            }
        }
    }
    assert_in_range(gaps, 0, 10); /* names of a few languages in Pashto */
}

static void test_messages(void **state) {
    (void)state;
    (void)FAIL(&ctx, ST_INVALID, "sex", "error.code.unknown", "list", STR("sex"), "did_you_mean",
               STR("F"));
    Str text = model_message(model, arena, STR("en"), &ctx.errs.v[0]);
    assert_true(str_is(text, "This is not in the list “Sex”. Please choose from the list. "
                             "Did you mean “F”?"));
    (void)FAIL(&ctx, ST_INVALID, "sex", "error.type", "expected", STR("date"));
    text = model_message(model, arena, STR("fr"), &ctx.errs.v[1]);
    assert_true(str_is(text, "Ceci doit être une date."));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public_lists_are_whole),
        cmocka_unit_test(test_labels),
        cmocka_unit_test(test_every_label_is_there),
        cmocka_unit_test(test_messages),
    };
    return cmocka_run_group_tests_name("codes", tests, setup, teardown);
}
