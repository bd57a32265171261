/* number_test.c: registration numbers and phone numbers. */
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

static void numbers_round(void **state) {
    (void)state;
    Arena *a = fresh();
    Rng rng = rng_new(7);
    static const char *const offices[] = { "KBL", "123", "K2B", "ZZZ", "000" };
    for (int i = 0; i < 20000; i++) {
        Str office = str_of(offices[rng_below(&rng, LEN(offices))]);
        int year = (int)rng_between(&rng, 2000, 2199);
        uint32_t serial = (uint32_t)rng_between(&rng, 1, NUMBER_SERIAL_MAX);
        NumberKind kind = rng_below(&rng, 2) ? NUMBER_GROUP : NUMBER_INDIVIDUAL;
        Str text = number_format(a, office, year, serial, kind);
        Number n;
        assert_null(number_parse(text, &n));
        assert_true(str_is(office, n.office));
        assert_int_equal(n.year, year % 100);
        assert_int_equal(n.serial, serial);
        assert_int_equal(n.kind, kind);
        Str terms[NUMBER_TERMS_MAX];
        assert_int_equal(number_terms(a, text, terms), 3);
        assert_true(str_eq(number_search_key(a, text), terms[2]));
        if ((i & 255) == 0) arena_reset(a);
    }
    /* Frozen: these stand on paper. */
    assert_true(str_is(number_format(a, STR("kbl"), 2026, 4567, NUMBER_GROUP), "KBL-26-004567-4"));
    assert_true(
        str_is(number_format(a, STR("KBL"), 2026, 4567, NUMBER_INDIVIDUAL), "KBL-26-I004567-1"));
    arena_free(a);
}

/* Damm's promise: every wrong digit, every swap of neighbouring digits. */
static void check_digit_finds_slips(void **state) {
    (void)state;
    Arena *a = fresh();
    Rng rng = rng_new(8);
    for (int i = 0; i < 500; i++) {
        uint32_t serial = (uint32_t)rng_between(&rng, 1, NUMBER_SERIAL_MAX);
        Str text = number_format(a, STR("KBL"), 2026, serial, NUMBER_GROUP);
        char *s = arena_copy(a, text.s, text.n);
        Number n;
        for (size_t k = 0; k < text.n; k++) {
            if (s[k] < '0' || s[k] > '9') continue;
            char was = s[k];
            for (int d = 0; d <= 9; d++) {
                s[k] = (char)('0' + d);
                assert_int_equal(number_parse(str_n(s, text.n), &n) == NULL, s[k] == was);
            }
            s[k] = was;
            bool neighbours = k + 1 < text.n && s[k + 1] >= '0' && s[k + 1] <= '9';
            if (!neighbours || s[k] == s[k + 1]) continue;
            s[k] = s[k + 1];
            s[k + 1] = was;
            assert_non_null(number_parse(str_n(s, text.n), &n));
            s[k + 1] = s[k];
            s[k] = was;
        }
        arena_reset(a);
    }
    arena_free(a);
}

static void numbers_are_read(void **state) {
    (void)state;
    static const struct {
        const char *typed, *office;
        int year;
        uint32_t serial;
        char kind;
    } rows[] = {
        { "123-45C67890", "123", 45, 67890, 'G' }, { "123-45-67890", "123", 45, 67890, 'G' },
        { "12345C67890", "123", 45, 67890, 'G' },  { "KBL-26-004567", "KBL", 26, 4567, 'G' },
        { "kbl 26 4567", "KBL", 26, 4567, 'G' },   { "KBL-26-I004567", "KBL", 26, 4567, 'I' },
        { "۱۲۳-۴۵-۶۷۸۹۰", "123", 45, 67890, 'G' }, { "1234567890", "123", 45, 67890, 'G' },
        { "KBL/26/G12", "KBL", 26, 12, 'G' },      { "123-45-6", "123", 45, 6, 'G' },
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        Number n;
        if (number_parse(str_of(rows[i].typed), &n)) fail_msg("%s", rows[i].typed);
        assert_string_equal(n.office, rows[i].office);
        assert_int_equal(n.year, rows[i].year);
        assert_int_equal(n.serial, rows[i].serial);
        assert_int_equal(n.kind, rows[i].kind);
    }
    static const char *const refused[] = {
        "",    "4567",       "KBL-26-",         "KBL-26-000000", "KBL-XX-12",   "123-45-X67890",
        "KBL", "احمد-26-12", "123-45-67890123", "123-456-7890",  "123-4-567890"
    };
    for (size_t i = 0; i < LEN(refused); i++) {
        Number n;
        const char *error = number_parse(str_of(refused[i]), &n);
        if (!error) fail_msg("%s is taken", refused[i]);
        assert_string_equal(error, "error.number.not_understood");
    }
}

static void numbers_are_found(void **state) {
    (void)state;
    Arena *a = fresh();
    Str ours = number_format(a, STR("KBL"), 2026, 4567, NUMBER_GROUP);
    Str mine = number_format(a, STR("KBL"), 2026, 4567, NUMBER_INDIVIDUAL);
    Str bare = str_slice(ours, 0, ours.n - 2); /* without check digit */
    const struct {
        const char *typed, *key;
    } rows[] = {
        { str_c(a, ours), "KBL-26-4567" },
        { str_c(a, mine), "KBL-26-4567" },
        { str_c(a, bare), "KBL-26-4567" },
        { "KBL26004567", "KBL-26-4567" },
        { "No. kbl-26-4567", "KBL-26-4567" },
        { "UNHCR 123-45C67890", "123-45-67890" },
        { "123-45C67890", "123-45-67890" },
        { "45C67890", "45-67890" },
        { "45-67890", "45-67890" },
        { "4567890", "45-67890" },
        { "26004567", "26-4567" },
        { "26-I004567-3", "26-4567" },
        { "26-004567-3", "26-4567" },
        { "4567", "4567" },
        { "۴۵۶۷", "4567" },
        { "004567", "4567" },
        { "004567-3", "4567" },
        { "0045673", "4567" },
        { "I004567", "4567" },
        { "C67890", "67890" },
        { "26-8", "26-8" },
        { "", "" },
        { "--", "" },
        { "AB/1234/XYZ", "AB1234XYZ" },
        { "0000", "" },
        { "ت-۱۲", "ت12" },
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        Str key = number_search_key(a, str_of(rows[i].typed));
        if (!str_is(key, rows[i].key)) fail_msg("%s: %.*s", rows[i].typed, STR_ARG(key));
    }
    Str terms[NUMBER_TERMS_MAX];
    assert_int_equal(number_terms(a, STR("123-45C67890"), terms), 3);
    assert_true(str_is(terms[0], "67890") && str_is(terms[1], "45-67890"));
    assert_int_equal(number_terms(a, STR("AB/1234/XYZ"), terms), 1);
    assert_int_equal(number_terms(a, STR("-"), terms), 0);
    arena_free(a);
}

static void calling_codes(void **state) {
    (void)state;
    assert_true(str_is(phone_calling_code(STR("AFG")), "93"));
    assert_true(str_is(phone_calling_code(STR("ZWE")), "263"));
    assert_true(str_is(phone_calling_code(STR("ABW")), "297"));
    assert_true(str_is(phone_calling_code(STR("USA")), "1"));
    assert_int_equal(phone_calling_code(STR("ATA")).n, 0);
    assert_int_equal(phone_calling_code(STR("")).n, 0);
    assert_int_equal(phone_calling_code(STR("AF")).n, 0);
}

static void phones(void **state) {
    (void)state;
    static const struct {
        const char *typed, *code, *e164, *error;
    } rows[] = {
        { "0701 234 567", "93", "+93701234567", NULL },
        { "۰۷۰۱-۲۳۴-۵۶۷", "93", "+93701234567", NULL },
        { "701234567", "93", "+93701234567", NULL },
        { "93701234567", "93", "+93701234567", NULL },
        { "+93 (0)701 234567", "236", "+93701234567", NULL },
        { "0093/701.234.567", "", "+93701234567", NULL },
        { "\u202A+93 701 234 567\u202C", "", "+93701234567", NULL },
        { "＋９３７０１２３４５６７", "", "+93701234567", NULL },
        { "70 12 34 56", "236", "+23670123456", NULL },
        { "2.54708E+11", "254", NULL, "error.phone.mangled" },
        { "2,54708e11", "254", NULL, "error.phone.mangled" },
        { "93701234567.0", "93", NULL, "error.phone.mangled" },
        { "", "93", NULL, "error.phone.empty" },
        { "  ", "93", NULL, "error.phone.empty" },
        { "call me", "93", NULL, "error.phone.not_digits" },
        { "+", "93", NULL, "error.phone.not_digits" },
        { "07012345x", "93", NULL, "error.phone.not_digits" },
        { "0701234567", "", NULL, "error.phone.needs_country" },
        { "+0701234567", "93", NULL, "error.phone.needs_country" },
        { "07012", "93", NULL, "error.phone.too_short" },
        { "+93701", "93", NULL, "error.phone.too_short" },
        { "+937012345678901234", "93", NULL, "error.phone.too_long" },
        { "0701 0701 0701 0701 0701 0701 0701 0701 0701 0701 0701 0701 0701 0701", "93", NULL,
          "error.phone.too_long" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(rows); i++) {
        Str e164 = STR("before");
        const char *error = phone_parse(a, str_of(rows[i].typed), str_of(rows[i].code), &e164);
        if (rows[i].error) {
            if (!error) fail_msg("%s is taken as %.*s", rows[i].typed, STR_ARG(e164));
            assert_string_equal(error, rows[i].error);
            assert_true(str_is(e164, "before"));
        } else {
            if (error) fail_msg("%s: %s", rows[i].typed, error);
            if (!str_is(e164, rows[i].e164)) fail_msg("%s: %.*s", rows[i].typed, STR_ARG(e164));
        }
    }
    assert_true(str_is(phone_last4(a, STR("+93 701 23 45 ۶۷")), "4567"));
    assert_true(str_is(phone_last4(a, STR("12")), "12"));
    assert_true(str_is(phone_search_digits(a, STR("0701 234")), "701234"));
    assert_true(str_is(phone_search_digits(a, STR("0093701")), "93701"));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_round),    cmocka_unit_test(check_digit_finds_slips),
        cmocka_unit_test(numbers_are_read), cmocka_unit_test(numbers_are_found),
        cmocka_unit_test(phones),           cmocka_unit_test(calling_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
