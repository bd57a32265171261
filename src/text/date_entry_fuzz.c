/* date_entry_fuzz.c: any text gives a refusal or readings that are possible. */
#include "base/base.h"
#include "text/text.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_reading(Arena *a, const DateReading *r, const DateEntryRules *rules) {
    ASSERT(r->first <= r->day && r->day <= r->last);
    ASSERT(rules->allow_future || r->last <= rules->today);
    ASSERT(day_years_between(r->last, rules->today) <= DATE_ENTRY_AGE_MAX);
    ASSERT(r->precision != DATE_EXACT ||
           cal_to_day(r->calendar, r->year, r->month, r->day_of_month) == r->day);
    DateDescription d = date_entry_describe(a, r, rules->today, rules->lang);
    ASSERT(d.age_min <= d.age_max);
}

/* The first two bytes choose the rules. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static const char *const langs[] = { "en", "en-US", "fa-AF", "ps" };
    if (n < 2) return 0;
    Str text = str_n(data + 2, n - 2);
    if (text.n > 200 || !str_utf8_valid(text)) return 0;
    Arena *a = arena_new(env_system(), 1 << 20);
    DateEntryRules rules = { .today = day_from_civil(2026, 1, 1) + data[0] * 2,
                             .preferred = (Calendar)(data[1] % CAL_N),
                             .lang = str_of(langs[data[1] / 4 % 4]),
                             .allow_future = data[1] >= 128 };
    DateEntry e = date_entry_parse(text, &rules);
    if (!e.error) {
        check_reading(a, &e.best, &rules);
        ASSERT(e.n_alts <= DATE_ENTRY_ALTS_MAX);
        for (size_t i = 0; i < e.n_alts; i++)
            check_reading(a, &e.alts[i], &rules);
    } else {
        ASSERT(e.n_alts == 0);
    }
    CalMonth found[CAL_MONTH_READINGS_MAX];
    ASSERT(cal_month_parse(text, found) <= CAL_MONTH_READINGS_MAX);
    arena_free(a);
    return 0;
}
