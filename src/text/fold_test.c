/* fold_test.c: the normal form, digits, scripts and cleaning. */
#include "base/base.h"
#include "text/text.h"
#include "text/fold_table.h"

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

static void expect_fold(Arena *a, const char *from, const char *to) {
    Str got = text_fold(a, str_of(from));
    if (!str_is(got, to)) fail_msg("%s gives %.*s, not %s", from, STR_ARG(got), to);
    if (!str_eq(text_fold(a, got), got)) fail_msg("%s is not stable", from);
}

static void folds(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        { "", "" },
        { "  Ahmad\t\n Shah \u00A0", "ahmad shah" },
        { "ÉLÉONORE Œuvrard", "eleonore oeuvrard" },
        { "E\u0301le\u0301onore", "eleonore" },
        { "Straße Ærø Łódź Đặng ĲSSEL", "strasse aero lodz dang ijssel" },
        { "ＡＢＣ　１２３", "abc 123" },
        { "٠١٢٣۴۵۶۷۸۹", "0123456789" },
        { "१२३ ໑ 𝟗", "123 1 9" },
        { "Ngɔlɔ Ɓoŋo Ƴero", "ngolo bono yero" },
        { "ΆΈΣ Сергей Ёлка", "αεσ сергеи елка" },
        /* yeh, kaf, heh in the code points of three keyboards */
        { "علي كمال", "علی کمال" },
        { "على", "علی" },
        { "فاطمة", "فاطمه" },
        { "خانہ", "خانه" },
        { "أحمد إبراهيم آمنه ٱلله", "احمد ابراهیم امنه الله" },
        { "مؤمن", "مومن" },
        { "ضیاء", "ضیا" },
        { "مُحَمَّـــد", "محمد" },
        { "علی\u200Cرضا", "علیرضا" },
        { "رئیس", "رئیس" },
        { "ري\u0654یس", "رئیس" },
        { "ی\u064E\u0654", "ئ" },
        { "ه\u0654 ۀ", "ه ه" },
        /* Pashto letters stay themselves; only gaf is shared */
        { "ټډړڼښږځڅېۍئ", "ټډړڼښږځڅېۍئ" },
        { "ګل", "گل" },
        /* presentation forms */
        { "\uFDF2", "الله" },
        { "\uFEE3\uFEA4\uFEE4\uFEAA", "محمد" },
        { "\uFEFB", "لا" },
        { "\uFEFCء", "لا" },
        { "O’Neil – Ja‘far", "o'neil - ja'far" },
        { "\u202Eabc\u202C\u200F", "abc" },
        { "ተስፋዬ", "ተስፋዬ" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(rows); i++)
        expect_fold(a, rows[i][0], rows[i][1]);
    arena_free(a);
}

/* Every code point: at most FOLD_MAX out, stable, and itself valid. */
static void every_code_point_is_stable(void **state) {
    (void)state;
    Arena *a = fresh();
    for (uint32_t cp = 1; cp < 0x110000; cp++) {
        if (cp >= 0xD800 && cp <= 0xDFFF) continue;
        char bytes[4];
        Str one = str_n(bytes, str_utf8_encode(cp, bytes));
        uint32_t out[FOLD_MAX];
        assert_true(fold_code_point(cp, out) <= FOLD_MAX);
        Str folded = text_fold(a, one);
        assert_true(str_utf8_valid(folded));
        if (!str_eq(text_fold(a, folded), folded)) fail_msg("U+%04X is not stable", cp);
        if ((cp & 0xFFF) == 0) arena_reset(a);
    }
    arena_free(a);
}

static void tables_are_in_order(void **state) {
    (void)state;
    for (size_t i = 1; i < fold_n_digit_zeros; i++) {
        assert_true(fold_digit_zeros[i] >= fold_digit_zeros[i - 1] + 10);
    }
    assert_true(fold_is_mark(0x0300));
    assert_true(fold_is_mark(0x064B));
    assert_true(fold_is_mark(0xFE2F));
    assert_false(fold_is_mark(0x0628));
    assert_true(fold_is_invisible(0x00AD));
    assert_true(fold_is_invisible(0xE0001));
    assert_false(fold_is_invisible('a'));
}

static void digits(void **state) {
    (void)state;
    Arena *a = fresh();
    assert_int_equal(text_digit('7'), 7);
    assert_int_equal(text_digit(0x06F9), 9);
    assert_int_equal(text_digit(0x0660), 0);
    assert_int_equal(text_digit('a'), -1);
    assert_int_equal(text_digit(0x0030 - 1), -1);
    assert_int_equal(text_digit(0x10FFFF), -1);
    assert_true(str_is(text_digits_ascii(a, STR("تلفن ۰۷۹۹ é")), "تلفن 0799 é"));
    assert_true(str_is(text_digits_local(a, STR("12 é"), STR("fa-AF")), "۱۲ é"));
    assert_true(str_is(text_digits_local(a, STR("12"), STR("ps")), "۱۲"));
    assert_true(str_is(text_digits_local(a, STR("12"), STR("ar")), "١٢"));
    assert_true(str_is(text_digits_local(a, STR("12"), STR("fr")), "12"));
    arena_free(a);
}

static void scripts(void **state) {
    (void)state;
    assert_int_equal(text_script(STR("Ahmad احمد Shah")), SCRIPT_LATIN);
    assert_int_equal(text_script(STR("احمد A")), SCRIPT_ARABIC);
    assert_int_equal(text_script(STR("ተስፋዬ")), SCRIPT_OTHER);
    assert_int_equal(text_script(STR("12 - ۱۲ ،")), SCRIPT_NONE);
    assert_int_equal(text_script(STR("")), SCRIPT_NONE);
}

static void cleaning(void **state) {
    (void)state;
    static const char *const rows[][2] = {
        { "  Ahmad \t Shah\r\n", "Ahmad Shah" },
        { "\u202BÉlo\u00ADdie\u202C\u200F", "Élodie" },
        { "علی\u200Cرضا", "علی\u200Cرضا" },
        { "علی\u200C\u200Cرضا", "علی\u200Cرضا" },
        { "علی\u200C رضا", "علی رضا" },
        { "علی\u200C", "علی" },
        { "\u200Cعلی", "علی" },
        { "Ali\u200CReza", "AliReza" },
        { "مُ\u200Cد", "مُ\u200Cد" },
        { "A\u2028B", "A B" },
        { "\uFEFF", "" },
        { "", "" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(rows); i++) {
        Str clean;
        assert_null(text_clean_name(a, str_of(rows[i][0]), &clean));
        if (!str_is(clean, rows[i][1])) fail_msg("row %zu: %.*s", i, STR_ARG(clean));
    }
    Str untouched = STR("before");
    assert_string_equal(text_clean_name(a, STR("a\x01"), &untouched), "error.text.control");
    assert_string_equal(text_clean_name(a, str_n("a\0b", 3), &untouched), "error.text.control");
    assert_string_equal(text_clean_name(a, STR("a\xC2\x80"), &untouched), "error.text.control");
    assert_string_equal(text_clean_name(a, STR("Ahm\uFFFDd"), &untouched), "error.text.not_text");
    assert_string_equal(text_clean_name(a, STR("\uE000"), &untouched), "error.text.not_text");
    assert_true(str_is(untouched, "before"));

    Str lines;
    assert_null(text_clean_lines(a, STR("\n one  two \r\n\tthree\u202E\n\n"), &lines));
    assert_true(str_is(lines, "one two\n\tthree"));
    assert_true(text_has_hidden(STR("a\u202E")));
    assert_false(text_has_hidden(STR("علی\u200Cرضا")));
    arena_free(a);
}

/* --- against the Unicode Character Database, where the system has it ----------------------------- */

static uint32_t hex_value(Str s) {
    if (!s.s) return 0;
    uint32_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.s[i];
        v = v * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return v;
}

typedef struct UcdRow {
    uint32_t cp;
    Str name, category, decomposition, digit, lower;
} UcdRow;

static UcdRow ucd_row(Str line) {
    Str f[15];
    for (size_t i = 0; i < LEN(f); i++)
        f[i] = line.s ? str_cut(&line, ';') : STR("");
    return (UcdRow){ hex_value(f[0]), f[1], f[2], f[5], f[6], f[13] };
}

static bool fold_is_covered(uint32_t cp) {
    return (cp >= 0xC0 && cp <= 0x24F) || (cp >= 0x0388 && cp <= 0x03CE) ||
           (cp >= 0x0400 && cp <= 0x052F) || (cp >= 0x0600 && cp <= 0x06FF) ||
           (cp >= 0x1E00 && cp <= 0x1EFF);
}

static Str fold_of(Arena *a, uint32_t cp) {
    char bytes[4];
    return text_fold(a, str_n(bytes, str_utf8_encode(cp, bytes)));
}

/* A canonical decomposition folds as its whole does; a capital as its small letter. */
static void check_row(Arena *a, const UcdRow *r) {
    bool is_digit = str_is(r->category, "Nd");
    int digit = text_digit(r->cp);
    if (is_digit != (digit >= 0)) fail_msg("U+%04X: is it a digit?", r->cp);
    if (is_digit && digit != (int)hex_value(r->digit)) fail_msg("U+%04X: its value", r->cp);
    if (!fold_is_covered(r->cp)) return;
    Str whole = fold_of(a, r->cp);
    if (r->lower.n > 0 && !str_eq(whole, fold_of(a, hex_value(r->lower)))) {
        fail_msg("U+%04X: case", r->cp);
    }
    if (r->decomposition.n > 0 && r->decomposition.s[0] != '<') {
        Buf parts = buf_new(a, 16);
        Str rest = r->decomposition;
        while (rest.s) {
            char bytes[4];
            buf_put(&parts, bytes, str_utf8_encode(hex_value(str_cut(&rest, ' ')), bytes));
        }
        if (!str_eq(whole, text_fold(a, buf_text(&parts)))) fail_msg("U+%04X: its parts", r->cp);
    }
    bool mark = str_is(r->category, "Mn") || str_is(r->category, "Me");
    if (mark && whole.n > 0) fail_msg("U+%04X is a mark", r->cp);
}

static void check_presentation(Arena *a, const UcdRow *r) {
    uint32_t out[FOLD_MAX];
    int n = fold_presentation(r->cp, out);
    if (n != 1) return; /* ligatures are spelled out by hand */
    Str d = r->decomposition;
    assert_true(d.n > 0 && d.s[0] == '<');
    str_cut(&d, ' ');
    assert_true(d.s != NULL);
    (void)a;
    if (hex_value(d) != out[0]) fail_msg("U+%04X: letter", r->cp);
}

static void agrees_with_unicode(void **state) {
    (void)state;
    const char *path = "/usr/share/unicode/UnicodeData.txt";
    if (!env_file_exists(path)) {
        print_message("# skipped: %s is not installed (Debian: unicode-data)\n", path);
        skip();
    }
    Arena *a = fresh();
    Ctx c = ctx_new(env_system(), a);
    Str data;
    assert_int_equal(env_read_file(&c, path, 8 << 20, &data), ST_OK);
    while (data.s && data.n > 0) {
        UcdRow r = ucd_row(str_cut(&data, '\n'));
        check_row(a, &r);
        check_presentation(a, &r);
    }
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds),
        cmocka_unit_test(every_code_point_is_stable),
        cmocka_unit_test(tables_are_in_order),
        cmocka_unit_test(digits),
        cmocka_unit_test(scripts),
        cmocka_unit_test(cleaning),
        cmocka_unit_test(agrees_with_unicode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
