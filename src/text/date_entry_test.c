/* date_entry_test.c: what people type into a date field. */
#include "base/base.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/banned.h"

enum { CAP = 64 << 20 };
#define LEN(x) (sizeof(x) / sizeof((x)[0]))

static Arena *fresh(void) {
    return arena_new(env_system(), CAP);
}

/* The tests' today: 24 November 2026, 3 Qaws 1405, 13 Jumada al-Thani 1448. */
static DateEntryRules rules_for(const char *lang, Calendar preferred) {
    return (DateEntryRules){ .today = day_from_civil(2026, 11, 24),
                             .preferred = preferred,
                             .lang = str_of(lang) };
}

typedef struct Row {
    const char *typed, *day; /* ISO of the day stored, or the key of the refusal */
    DatePrecision precision;
    Calendar calendar;
    const char *alt; /* ISO of the first alternative, NULL: none */
} Row;

static void check_rows(const Row *rows, size_t n, const DateEntryRules *rules) {
    Arena *a = fresh();
    for (size_t i = 0; i < n; i++) {
        const Row *r = &rows[i];
        DateEntry e = date_entry_parse(str_of(r->typed), rules);
        if (r->day[0] == 'e') {
            if (!e.error) fail_msg("%s is taken", r->typed);
            if (strcmp(e.error, r->day) != 0) fail_msg("%s: %s", r->typed, e.error);
            continue;
        }
        if (e.error) fail_msg("%s: %s", r->typed, e.error);
        Str day = day_to_iso(a, e.best.day);
        if (!str_is(day, r->day)) fail_msg("%s: %.*s", r->typed, STR_ARG(day));
        if (e.best.precision != r->precision) fail_msg("%s: precision", r->typed);
        if (e.best.calendar != r->calendar) fail_msg("%s: calendar", r->typed);
        if ((e.n_alts > 0) != (r->alt != NULL)) {
            fail_msg("%s: %zu alternatives", r->typed, e.n_alts);
        }
        if (r->alt) {
            Str alt = day_to_iso(a, e.alts[0].day);
            if (!str_is(alt, r->alt)) fail_msg("%s: alternative %.*s", r->typed, STR_ARG(alt));
        }
    }
    arena_free(a);
}

static void ages(void **state) {
    (void)state;
    static const Row rows[] = {
        { "35", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "۳۵", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "35 years", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "35y", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "35 years old", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "35 ans", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "۳۵ ساله", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "٣٥ سنة", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "۳۵ کلن", "1991-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "about 40", "1986-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "حدود ۴۰ سال", "1986-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "~40", "1986-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "1", "2025-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "120", "1906-07-01", DATE_AGE, CAL_GREGORIAN, NULL },
        { "5 months", "2026-06-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "8m", "2026-03-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "۵ ماهه", "2026-06-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "5 mois", "2026-06-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "3w", "2026-11-03", DATE_AGE, CAL_GREGORIAN, NULL },
        { "10 days", "2026-11-14", DATE_AGE, CAL_GREGORIAN, NULL },
        { "0 days", "2026-11-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "1 year 6 months", "2025-05-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "1y 6m", "2025-05-24", DATE_AGE, CAL_GREGORIAN, NULL },
        { "0", "error.date.age_range", 0, 0, NULL },
        { "121", "error.date.age_range", 0, 0, NULL },
        { "999 years", "error.date.age_range", 0, 0, NULL },
    };
    DateEntryRules rules = rules_for("en", CAL_GREGORIAN);
    check_rows(rows, LEN(rows), &rules);
    assert_true(date_entry_parse(STR("about 40"), &rules).best.is_about);
    assert_true(date_entry_parse(STR("~ 1368"), &rules).best.is_about);
    assert_false(date_entry_parse(STR("40"), &rules).best.is_about);
}

/* Whatever the day, the stored day gives back the age typed, and stands in the span. */
static void ages_come_out_as_typed(void **state) {
    (void)state;
    DateEntryRules rules = rules_for("en", CAL_GREGORIAN);
    for (int i = 0; i < 800; i++) {
        rules.today = day_from_civil(2024, 1, 1) + i;
        for (int age = 1; age <= DATE_ENTRY_AGE_MAX; age += 7) {
            char typed[] = { (char)('0' + age / 100), (char)('0' + age / 10 % 10),
                             (char)('0' + age % 10) };
            DateEntry e = date_entry_parse(str_n(typed, 3), &rules);
            assert_null(e.error);
            assert_int_equal(day_years_between(e.best.day, rules.today), age);
            assert_in_range(e.best.day - e.best.first, 0, e.best.last - e.best.first);
            assert_int_equal(day_years_between(e.best.first, rules.today), age);
            assert_int_equal(day_years_between(e.best.last, rules.today), age);
        }
    }
}

static void years(void **state) {
    (void)state;
    static const Row rows[] = {
        { "1990", "1990-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "1368", "1989-07-01", DATE_YEAR, CAL_SOLAR, "1949-04-29" },
        { "۱۳۶۸", "1989-07-01", DATE_YEAR, CAL_SOLAR, "1949-04-29" },
        { "١٣٦٨", "1989-07-01", DATE_YEAR, CAL_SOLAR, "1949-04-29" },
        { "سال ۱۳۶۸", "1989-07-01", DATE_YEAR, CAL_SOLAR, "1949-04-29" },
        { "1368 ش", "1989-07-01", DATE_YEAR, CAL_SOLAR, NULL },
        { "1368 shamsi", "1989-07-01", DATE_YEAR, CAL_SOLAR, NULL },
        { "1410 ه ق", "1990-01-28", DATE_YEAR, CAL_LUNAR, NULL },
        { "1402", "2023-07-01", DATE_YEAR, CAL_SOLAR, "1982-04-25" },
        { "1410", "1990-01-28", DATE_YEAR, CAL_LUNAR, NULL }, /* solar 1410 has not come */
        { "1320", "1941-07-01", DATE_YEAR, CAL_SOLAR, NULL }, /* lunar 1320 is too long ago */
        { "about 1985", "1985-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "born in 1985", "1985-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "né en 1985", "1985-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "2026", "2026-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "1405", "2026-07-01", DATE_YEAR, CAL_SOLAR, "1985-03-23" },
        { "2027", "error.date.future", 0, 0, NULL },
        { "1460", "error.date.future", 0, 0, NULL },
        { "1250", "error.date.too_old", 0, 0, NULL },
        { "1900", "error.date.too_old", 0, 0, NULL },
        { "1000", "error.date.out_of_range", 0, 0, NULL },
        { "3000", "error.date.out_of_range", 0, 0, NULL },
        { "12345", "error.date.out_of_range", 0, 0, NULL },
        { "1990 ق", "error.date.not_understood", 0, 0, NULL },
    };
    DateEntryRules rules = rules_for("en", CAL_GREGORIAN);
    check_rows(rows, LEN(rows), &rules);
    static const Row newborn[] = {
        /* the middle of what is past, where 1 July is to come */
        { "2026", "2026-01-31", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "3/2026", "2026-03-01", DATE_MONTH, CAL_GREGORIAN, NULL },
    };
    rules.today = day_from_civil(2026, 3, 2);
    check_rows(newborn, LEN(newborn), &rules);
    static const Row lunar[] = {
        { "1402", "1982-04-25", DATE_YEAR, CAL_LUNAR, "2023-07-01" },
        { "1320", "1941-07-01", DATE_YEAR, CAL_SOLAR, NULL },
    };
    rules = rules_for("en", CAL_LUNAR);
    check_rows(lunar, LEN(lunar), &rules);
}

static void months(void **state) {
    (void)state;
    static const Row rows[] = {
        { "3/1368", "1989-06-05", DATE_MONTH, CAL_SOLAR, "1949-01-15" },
        { "1368/3", "1989-06-05", DATE_MONTH, CAL_SOLAR, "1949-01-15" },
        { "03.1990", "1990-03-15", DATE_MONTH, CAL_GREGORIAN, NULL },
        { "1990-03", "1990-03-15", DATE_MONTH, CAL_GREGORIAN, NULL },
        { "hamal 1368", "1989-04-04", DATE_MONTH, CAL_SOLAR, NULL },
        { "حمل ۱۳۶۸", "1989-04-04", DATE_MONTH, CAL_SOLAR, NULL },
        { "وری ۱۳۶۸", "1989-04-04", DATE_MONTH, CAL_SOLAR, NULL },
        { "mars 1990", "1990-03-15", DATE_MONTH, CAL_GREGORIAN, NULL },
        { "Ramadan 1410", "1990-04-11", DATE_MONTH, CAL_LUNAR, NULL },
        { "ربیع الاول ۱۴۱۰", "1989-10-16", DATE_MONTH, CAL_LUNAR, NULL },
        { "Rabi al-Awwal 1410", "1989-10-16", DATE_MONTH, CAL_LUNAR, NULL },
        { "13/1368", "error.date.no_such_month", 0, 0, NULL },
        { "12/2026", "error.date.future", 0, 0, NULL },
        { "3/68", "error.date.two_digit_year", 0, 0, NULL },
        { "hamal 68", "error.date.not_understood", 0, 0, NULL },
        { "hamal 1990", "error.date.not_understood", 0, 0, NULL },
        { "hamal", "error.date.not_understood", 0, 0, NULL },
    };
    DateEntryRules rules = rules_for("fa-AF", CAL_SOLAR);
    check_rows(rows, LEN(rows), &rules);
}

static void dates(void **state) {
    (void)state;
    static const Row rows[] = {
        { "12.03.1990", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "1990-03-12", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "1990-03-12 00:00:00", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "1990-03-12T08:15", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "19900312", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "03/04/1990", "1990-04-03", DATE_EXACT, CAL_GREGORIAN, "1990-03-04" },
        { "03-04-1990", "1990-04-03", DATE_EXACT, CAL_GREGORIAN, "1990-03-04" },
        { "03.04.1990", "1990-04-03", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "03/25/1990", "1990-03-25", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "04/04/1990", "1990-04-04", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "۱۲/۳/۱۳۶۸", "1989-06-02", DATE_EXACT, CAL_SOLAR, "1949-01-12" },
        { "1368/3/12", "1989-06-02", DATE_EXACT, CAL_SOLAR, "1949-01-12" },
        { "13680312", "1989-06-02", DATE_EXACT, CAL_SOLAR, "1949-01-12" },
        { "12 حمل 1368", "1989-04-01", DATE_EXACT, CAL_SOLAR, NULL },
        { "1368 hamal 12", "1989-04-01", DATE_EXACT, CAL_SOLAR, NULL },
        { "د ۱۳۶۸ کال د وري ۱۲", "1989-04-01", DATE_EXACT, CAL_SOLAR, NULL },
        { "12 March 1990", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "March 12, 1990", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "12th of March 1990", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "1er août 1990", "1990-08-01", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "12-Mar-1990", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "١٢ مارس ١٩٩٠", "1990-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "24.11.2026", "2026-11-24", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "25.11.2026", "error.date.future", 0, 0, NULL },
        { "31.11.1990", "error.date.no_such_day", 0, 0, NULL },
        { "29/12/1402", "2024-03-19", DATE_EXACT, CAL_SOLAR, "1982-10-18" },
        { "30/12/1402", "error.date.no_such_day", 0, 0, NULL },
        { "31.12.1402", "error.date.no_such_day", 0, 0, NULL },
        { "0.1.1990", "error.date.no_such_day", 0, 0, NULL },
        { "13.13.1990", "error.date.no_such_month", 0, 0, NULL },
        { "12/03/90", "error.date.two_digit_year", 0, 0, NULL },
        { "12/03", "error.date.two_digit_year", 0, 0, NULL },
        { "", "error.date.empty", 0, 0, NULL },
        { " - ", "error.date.empty", 0, 0, NULL },
        { "unknown", "error.date.not_understood", 0, 0, NULL },
        { "12 marzo 1990 x", "error.date.not_understood", 0, 0, NULL },
        { "m 5", "error.date.not_understood", 0, 0, NULL },
        { "1 2 3 4 5 6 7 8 9 10 11", "error.date.not_understood", 0, 0, NULL },
        { "123456789", "error.date.not_understood", 0, 0, NULL },
        { "-5", "error.date.not_understood", 0, 0, NULL },
        { " -1990", "error.date.not_understood", 0, 0, NULL },
        { "\xE2\x88\x92\xDB\xB5", "error.date.not_understood", 0, 0, NULL }, /* −۵ */
        { "1990-03-12 1990-03-12 1990-03-12 1990-03-12 1990-03-12 1990-03-12 1990-03-12 1990-03",
          "error.date.too_long", 0, 0, NULL },
    };
    DateEntryRules rules = rules_for("en", CAL_GREGORIAN);
    check_rows(rows, LEN(rows), &rules);
    assert_int_equal(date_entry_parse(STR("31.11.1990"), &rules).last_day, 30);
    assert_int_equal(date_entry_parse(STR("30 hut 1402"), &rules).last_day, 29);

    static const Row american[] = {
        { "03/04/1990", "1990-03-04", DATE_EXACT, CAL_GREGORIAN, "1990-04-03" },
        { "1990-03-04", "1990-03-04", DATE_EXACT, CAL_GREGORIAN, NULL },
    };
    rules.lang = STR("en-US");
    check_rows(american, LEN(american), &rules);

    static const Row expiry[] = {
        { "12.03.2031", "2031-03-12", DATE_EXACT, CAL_GREGORIAN, NULL },
        { "2031", "2031-07-01", DATE_YEAR, CAL_GREGORIAN, NULL },
        { "35", "error.date.not_understood", 0, 0, NULL },
    };
    rules = rules_for("en", CAL_GREGORIAN);
    rules.allow_future = true;
    check_rows(expiry, LEN(expiry), &rules);
}

/* Four readings of one text: two calendars by two orders. */
static void all_readings_are_offered(void **state) {
    (void)state;
    DateEntryRules rules = rules_for("en", CAL_GREGORIAN);
    DateEntry e = date_entry_parse(STR("3/4/1368"), &rules);
    assert_null(e.error);
    assert_int_equal(e.n_alts, 3);
    assert_int_equal(e.best.day, cal_to_day(CAL_SOLAR, 1368, 4, 3));
    assert_int_equal(e.alts[0].day, cal_to_day(CAL_LUNAR, 1368, 4, 3));
    assert_int_equal(e.alts[1].day, cal_to_day(CAL_SOLAR, 1368, 3, 4));
    assert_int_equal(e.alts[2].day, cal_to_day(CAL_LUNAR, 1368, 3, 4));
    assert_int_equal(e.best.year, 1368);
    assert_int_equal(e.best.month, 4);
    assert_int_equal(e.best.day_of_month, 3);
}

/* What the screen writes is read back as the same day. */
static void written_dates_read_back(void **state) {
    (void)state;
    static const char *const langs[] = { "en", "fr", "fa-AF", "fa", "ps", "ar" };
    Arena *a = fresh();
    Rng rng = rng_new(3);
    for (int i = 0; i < 3000; i++) {
        DateEntryRules rules = rules_for(langs[rng_below(&rng, LEN(langs))], CAL_SOLAR);
        Day day = (Day)rng_between(&rng, day_from_civil(1910, 1, 1), rules.today);
        Calendar cal = (Calendar)rng_below(&rng, CAL_N);
        Str text = cal_format(a, cal, day, rules.lang);
        DateEntry e = date_entry_parse(text, &rules);
        if (e.error || e.best.day != day || e.n_alts > 0) {
            fail_msg("%.*s: %s", STR_ARG(text), e.error ? e.error : "another day");
        }
        e = date_entry_parse(day_to_iso(a, day), &rules);
        assert_true(!e.error && e.best.day == day && e.n_alts == 0);
        if ((i & 63) == 0) arena_reset(a);
    }
    arena_free(a);
}

static void descriptions(void **state) {
    (void)state;
    Arena *a = fresh();
    DateEntryRules rules = rules_for("fa-AF", CAL_SOLAR);
    DateEntry e = date_entry_parse(STR("1368"), &rules);
    DateDescription d = date_entry_describe(a, &e.best, rules.today, rules.lang);
    assert_int_equal(d.in[CAL_SOLAR].year, 1368);
    assert_int_equal(d.in[CAL_SOLAR].month, 0);
    assert_int_equal(d.in[CAL_GREGORIAN].year, 1989);
    assert_int_equal(d.year_from[CAL_GREGORIAN], 1989);
    assert_int_equal(d.year_to[CAL_GREGORIAN], 1990);
    assert_int_equal(d.age_min, 36);
    assert_int_equal(d.age_max, 37);
    assert_int_equal(d.age_months, -1);
    assert_true(str_is(d.text[CAL_SOLAR], "۱۳۶۸"));

    e = date_entry_parse(STR("1368/1/12"), &rules);
    d = date_entry_describe(a, &e.best, rules.today, STR("en"));
    assert_true(str_is(d.text[CAL_SOLAR], "12 Hamal 1368"));
    assert_true(str_is(d.text[CAL_GREGORIAN], "1 April 1989"));
    assert_int_equal(d.age_min, 37);
    assert_int_equal(d.age_max, 37);

    e = date_entry_parse(STR("1368/1"), &rules);
    d = date_entry_describe(a, &e.best, rules.today, STR("fr"));
    assert_true(str_is(d.text[CAL_SOLAR], "hamal 1368"));
    assert_int_equal(d.in[CAL_SOLAR].day, 0);

    e = date_entry_parse(STR("8m"), &rules);
    d = date_entry_describe(a, &e.best, rules.today, STR("fr"));
    assert_int_equal(d.age_months, 8);
    assert_int_equal(d.age_min, 0);
    assert_int_equal(d.age_max, 0);

    for (DatePrecision p = DATE_EXACT; p <= DATE_AGE; p++) {
        DatePrecision back;
        assert_true(date_precision_parse(str_of(date_precision_code(p)), &back));
        assert_int_equal(back, p);
    }
    DatePrecision none;
    assert_false(date_precision_parse(STR("day"), &none));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ages),
        cmocka_unit_test(ages_come_out_as_typed),
        cmocka_unit_test(years),
        cmocka_unit_test(months),
        cmocka_unit_test(dates),
        cmocka_unit_test(all_readings_are_offered),
        cmocka_unit_test(written_dates_read_back),
        cmocka_unit_test(descriptions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
