/* time.h: microseconds UTC and civil days.
 *
 * Time is int64_t microseconds since 1970-01-01T00:00:00Z. Day is int32_t days since 1970-01-01 in
 * the proleptic Gregorian calendar; other calendars are text/calendar.h. Conversions follow
 * H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil). */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "base/status.h"

typedef int32_t Day;
#define DAY_NONE INT32_MIN
#define TIME_NONE INT64_MIN
#define TIME_SECOND ((Time)1000000)
#define TIME_MS ((Time)1000)
#define TIME_DAY (86400 * TIME_SECOND)

typedef struct Civil {
    int year, month, day; /* month 1-12, day 1-31 */
} Civil;

Day day_from_civil(int year, int month, int day);
Civil civil_from_day(Day day);
bool civil_valid(int year, int month, int day);
/* 0 = Monday … 6 = Sunday. */
int day_weekday(Day day);
/* Completed years from birth to on; negative when birth is later. 29 February counts on 1 March. */
int day_years_between(Day birth, Day on);
/* The same date `years` later; 29 February becomes 28 February in common years. */
Day day_add_years(Day day, int years);
Day day_of_time(Time t, int utc_offset_minutes);

/* "2026-11-24" and back; years 0001-9999. */
Str day_to_iso(Arena *a, Day day);
bool day_from_iso(Str text, Day *ret_day) CHECKED;
/* "2026-11-24T19:34:22.123456Z" (always six decimals) and back; the parser takes 0-6 decimals and
 * Z or ±hh:mm. */
Str time_to_iso(Arena *a, Time t);
bool time_from_iso(Str text, Time *ret_time) CHECKED;

#endif
