/* sortkey_test.c: names in the order a reader of each language expects. */
#include "base/base.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/banned.h"

enum { CAP = 64 << 20 };
#define LEN(x) (sizeof(x) / sizeof((x)[0]))

static Arena *fresh(void) {
    return arena_new(env_system(), CAP);
}

/* Each list is strictly ascending in its language. */
static const struct {
    const char *lang;
    const char *v[48];
} lists[] = {
    { "en", { "",       "-",   "!",        "2",    "10",   "010a",   "Ahmad", "ahmad shah",
              "Ahmadi", "Ali", "Ali Reza", "Alia", "Cote", "cote",   "coté",  "côte",
              "Zoe",    "Zoé", "Zoey",     "احمد", "ی",    "Сергей", "ተስፋዬ" } },
    { "fr", { "cote", "coté", "côte", "côté", "e", "é", "è", "ê", "ë", "eau", "Œuvre", "of" } },
    { "fa-AF", { "۲",    "۱۰",   "آرش",  "احمد", "بهار",  "پروین", "تمیم", "ثریا", "جمیله", "چمن",
                 "حامد", "خالد", "دانا", "ذبیح", "رحیم",  "زهرا",  "ژاله", "سارا", "شریف",  "صابر",
                 "ضیا",  "طاهر", "ظاهر", "عمر",  "غفور",  "فرید",  "قاسم", "کریم", "گل",    "لیلا",
                 "مریم", "نور",  "وحید", "هما",  "یاسین", "Ahmad", "Zoe" } },
    { "ps", { "آ", "ا", "ب", "پ", "ت", "ټ", "ث", "ج", "ځ", "چ", "څ", "ح", "خ", "د", "ډ",
              "ذ", "ر", "ړ", "ز", "ژ", "ږ", "س", "ش", "ښ", "ص", "ض", "ط", "ظ", "ع", "غ",
              "ف", "ق", "ک", "ګ", "ل", "م", "ن", "ڼ", "و", "ه", "ی", "ې", "ۍ", "ئ", "a" } },
    { "ar",
      { "ء",    "احمد", "أحمد", "باسم", "تامر", "ثابت", "جمال", "حسن",  "خالد", "داود", "ذكي",
        "راشد", "زياد", "سعيد", "شريف", "صالح", "ضياء", "طارق", "ظافر", "علي",  "غسان", "فاطمة",
        "قاسم", "كريم", "ليلى", "محمد", "نور",  "هدى",  "وليد", "ياسر", "ahmad" } },
};

static void lists_ascend(void **state) {
    (void)state;
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(lists); i++) {
        for (size_t k = 1; k < LEN(lists[i].v) && lists[i].v[k]; k++) {
            Str lang = str_of(lists[i].lang);
            Str x = sort_key(a, str_of(lists[i].v[k - 1]), lang);
            Str y = sort_key(a, str_of(lists[i].v[k]), lang);
            if (str_cmp(x, y) >= 0) {
                fail_msg("%s: %s is not before %s", lists[i].lang, lists[i].v[k - 1],
                         lists[i].v[k]);
            }
        }
    }
    arena_free(a);
}

static void spellings_of_one_text_are_equal(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        { "é", "e\u0301" },
        { "  Ali  Reza ", "Ali Reza" },
        { "007", "7" },
        { "۱۲", "12" },
        { "علی\u200Cرضا", "علیرضا" },
        { "محـمد", "محمد" },
        { "A\u202Eb", "Ab" },
        { "ç", "c\u0327" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(pairs); i++) {
        Str x = sort_key(a, str_of(pairs[i][0]), STR("fa"));
        Str y = sort_key(a, str_of(pairs[i][1]), STR("fa"));
        if (!str_eq(x, y)) fail_msg("%s and %s", pairs[i][0], pairs[i][1]);
    }
    arena_free(a);
}

/* Variants differ only where nothing else does: the letter behind decides first. */
static void variants_come_second(void **state) {
    (void)state;
    static const char *const rows[][3] = {
        { "علي", "علی", "علیا" },       { "كريم", "کریم", "کریمه" },    { "رئیس", "رییس", "رییسه" },
        { "André", "Andre", "Andrea" }, { "MARIE", "marie", "mariem" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(rows); i++) {
        Str x = sort_key(a, str_of(rows[i][0]), STR("fa"));
        Str y = sort_key(a, str_of(rows[i][1]), STR("fa"));
        Str z = sort_key(a, str_of(rows[i][2]), STR("fa"));
        if (str_cmp(x, y) == 0 || str_cmp(x, z) >= 0 || str_cmp(y, z) >= 0) fail_msg("row %zu", i);
    }
    arena_free(a);
}

static void keys_have_bounds(void **state) {
    (void)state;
    Arena *a = fresh();
    Buf b = buf_new(a, 1 << 16);
    for (int i = 0; i < 4000; i++)
        buf_str(&b, STR("é漢9ݐ"));
    Str key = sort_key(a, buf_text(&b), STR("en"));
    assert_true(key.n <= SORT_TEXT_BYTES_MAX * 6 + 16);
    assert_int_equal(str_find_byte(key, 0), -1);
    assert_int_equal(sort_key(a, STR(""), STR("xx")).n, 0);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_ascend),
        cmocka_unit_test(spellings_of_one_text_are_equal),
        cmocka_unit_test(variants_come_second),
        cmocka_unit_test(keys_have_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
