/* date_entry.h: one field takes an age, a year or a date in any calendar, of any script's digits.
 *
 *   35 · 35 years · about 40 · ۳۵ ساله      an age in years, 1-120
 *   5 months · 8m · 3w · 10 days · ۵ ماهه   an age in months, weeks, days
 *   1368 · 1990 · ۱۳۶۸                       a year: solar, lunar or Gregorian
 *   3/1368 · 03.1990 · hamal 1368           a month
 *   12.03.1990 · 1990-03-12 · ۱۲/۳/۱۳۶۸ · 12 حمل 1368 · 12 March 1990     a date
 *
 * What is stored where not all is known (the precision says how much is):
 *   year    1 July of the Gregorian year, for a solar year of the one it begins in; the middle day
 *           of a lunar year (1 Rajab), which may hold no 1 July
 *   month   the 15th of that month in its own calendar
 *   age     in years: 1 July of the year of birth, which is the year of (today minus the age minus 6
 *           months), so that the age comes out as typed; in months, weeks or days: today minus the
 *           age
 * but never a day after today: in a span that today cuts, the middle of what is past. "1 January"
 * and "1 Hamal" typed as a whole date stay what they are; quality rules show heaps.
 *
 * Which calendar: 1785-2150 is Gregorian; a year 1200-1500 is solar or lunar, unless a word says so
 * (shamsi, ش, qamari, ق, AD, م …) or the month's name does. Readings that would be in the future or
 * over 120 years ago are dropped; what remains is ordered by the preferred calendar (solar before
 * lunar where that is Gregorian) and the rest are offered as alternatives: a bare Hijri year is often
 * possible in both, 40 years apart. A two-digit year is refused. Year first is year, month, day; else
 * the day comes first (month first for en-US), and where it could be the other way round, written
 * with slashes or dashes, that is an alternative. Year first with the day before the month is not
 * known.
 *
 * Refused with: error.date.empty · error.date.not_understood (as is a number below zero) ·
 * error.date.future · error.date.too_old · error.date.two_digit_year · error.date.no_such_day (with
 * last_day, the last day that month has) · error.date.no_such_month · error.date.out_of_range (a
 * year no calendar here knows) · error.date.age_range (age 0 or over 120) · error.date.too_long.
 *
 * Limit: DATE_ENTRY_BYTES_MAX bytes and 8 words. */
#ifndef TEXT_DATE_ENTRY_H
#define TEXT_DATE_ENTRY_H

#include "text/calendar.h"

enum { DATE_ENTRY_BYTES_MAX = 80, DATE_ENTRY_ALTS_MAX = 3, DATE_ENTRY_AGE_MAX = 120 };

typedef enum DatePrecision { DATE_EXACT, DATE_MONTH, DATE_YEAR, DATE_AGE } DatePrecision;

typedef struct DateReading {
    Day day;         /* what to store */
    Day first, last; /* the span it can be, both included; equal for DATE_EXACT */
    DatePrecision precision;
    Calendar calendar;
    int year, month, day_of_month; /* as typed, in `calendar`; 0 where not given; age: all 0 */
    int age;                       /* DATE_AGE: the number typed, else 0 */
    char age_unit;                 /* DATE_AGE: 'y' 'm' 'w' 'd', else 0 */
    bool is_about;                 /* "about", "~", "حدود", "environ": the clerk says so */
} DateReading;

typedef struct DateEntry {
    const char *error; /* NULL: understood, and `best` holds */
    int last_day;      /* with error.date.no_such_day */
    DateReading best;
    DateReading alts[DATE_ENTRY_ALTS_MAX]; /* other possible readings, likelier first */
    size_t n_alts;
} DateEntry;

typedef struct DateEntryRules {
    Day today;
    Calendar preferred;
    Str lang;          /* orders day and month: "en-US" month first, all others day first */
    bool allow_future; /* for fields that are not births: expiry, appointment; ages are refused */
} DateEntryRules;

DateEntry date_entry_parse(Str typed, const DateEntryRules *rules);

/* "exact" "month" "year" "age": stable, stored beside the day. */
const char *date_precision_code(DatePrecision p);
bool date_precision_parse(Str code, DatePrecision *ret_precision) CHECKED;

/* The parts a screen shows beside the field: "1989 (1368), age 36-37". Numbers, no sentences. */
typedef struct DateDescription {
    CalDate in[CAL_N]; /* by Calendar; month and day 0 where the precision hides them */
    Str text[CAL_N];   /* the same in words and digits of the language: "حمل ۱۳۶۸" */
    int year_from[CAL_N], year_to[CAL_N]; /* years the span touches, by Calendar */
    int age_min, age_max;                 /* completed years on `today`, over the span */
    int age_months; /* completed months of `day`, for those under two years; else -1 */
} DateDescription;
DateDescription date_entry_describe(Arena *a, const DateReading *reading, Day today, Str lang);

#endif
