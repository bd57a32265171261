/* cells.c: what a date of a list means. Lists have forms that no person types: 19671207, the serial
 * numbers of spreadsheets, dates with a time behind. The rest is text/date_entry. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum {
    SERIAL_MIN = 3654,      /* 1910: below it a number is no day of anybody's life */
    SERIAL_MAX = 73050,     /* 2099 */
    SERIAL_OF_1970 = 25569, /* Excel, 1900 system: 1 = 1900-01-01, with its false 29 February */
    YEAR_MIN = 1850,
    YEAR_MAX = 2150,
};

static bool all_digits(Str text) {
    for (size_t i = 0; i < text.n; i++)
        if (text.s[i] < '0' || text.s[i] > '9') return false;
    return text.n > 0;
}

static int number_at(Str text, size_t from, size_t n) {
    int value = 0;
    for (size_t i = from; i < from + n; i++)
        value = value * 10 + (text.s[i] - '0');
    return value;
}

static const char *whole_day(const Plan *plan, Day day, bool allow_future, DateCell *ret) {
    if (!allow_future && day > plan->today) return "error.date.future";
    if (!allow_future && day_years_between(day, plan->today) > DATE_ENTRY_AGE_MAX)
        return "error.date.too_old";
    *ret = (DateCell){ .day = day, .precision = DATE_EXACT };
    return NULL;
}

/* YYYYMMDD; DDMMYYYY only where the other cannot be. */
static const char *compact(const Plan *plan, Str text, bool allow_future, DateCell *ret) {
    int y = number_at(text, 0, 4), m = number_at(text, 4, 2), d = number_at(text, 6, 2);
    bool year_first = y >= YEAR_MIN && y <= YEAR_MAX;
    if (!year_first) {
        d = number_at(text, 0, 2);
        m = number_at(text, 2, 2);
        y = number_at(text, 4, 4);
        if (y < YEAR_MIN || y > YEAR_MAX) return "error.date.not_understood";
    }
    if (m < 1 || m > 12) return "error.date.no_such_month";
    ret->last_day = cal_month_days(CAL_GREGORIAN, y, m);
    if (!cal_valid(CAL_GREGORIAN, y, m, d)) return "error.date.no_such_day";
    return whole_day(plan, day_from_civil(y, m, d), allow_future, ret);
}

/* "1990-03-12T00:00:00Z", "1990-03-12 00:00": the time of a birth says nothing. */
static Str without_time(Str text) {
    ptrdiff_t colon = str_find_byte(text, ':');
    if (colon < 0) return text;
    size_t at = (size_t)colon;
    while (at > 0 && text.s[at] != ' ' && text.s[at] != 'T')
        at--;
    return at > 0 ? str_trim(str_slice(text, 0, at)) : text;
}

static const char *entered(const Plan *plan, const Column *col, Str text, bool allow_future,
                           DateCell *ret) {
    DateEntryRules rules = {
        .today = plan->today,
        .preferred = plan->calendar,
        .lang = col->month_first ? STR("en-US") : STR("en"),
        .allow_future = allow_future,
    };
    DateEntry e = date_entry_parse(text, &rules);
    ret->last_day = e.last_day;
    if (e.error) return e.error;
    DateCell cell = { .day = e.best.day, .precision = e.best.precision };
    cell.converted = e.best.calendar != CAL_GREGORIAN || e.best.precision != DATE_EXACT;
    for (size_t i = 0; i < e.n_alts; i++) {
        if (e.alts[i].calendar != e.best.calendar)
            cell.two_calendars = true;
        else
            cell.two_orders = true;
    }
    *ret = cell;
    return NULL;
}

const char *date_cell(const Plan *plan, const Column *col, Str text, bool allow_future,
                      DateCell *ret) {
    Day day;
    *ret = (DateCell){ 0 };
    text = without_time(text);
    if (text.n == 8 && all_digits(text)) return compact(plan, text, allow_future, ret);
    if (text.n == 10 && day_from_iso(text, &day)) {
        Civil civil = civil_from_day(day);
        if (civil.year >= YEAR_MIN) return whole_day(plan, day, allow_future, ret);
    }
    if (text.n == 5 && all_digits(text)) {
        int serial = number_at(text, 0, text.n);
        if (serial >= SERIAL_MIN && serial <= SERIAL_MAX)
            return whole_day(plan, serial - SERIAL_OF_1970, allow_future, ret);
    }
    return entered(plan, col, text, allow_future, ret);
}
