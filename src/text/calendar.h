/* calendar.h: Gregorian, solar Hijri and lunar Hijri dates to and from Day.
 *
 * Solar Hijri (Afghanistan, Iran): leap years by the 33-year rule, (25 y + 11) mod 33 < 8, which
 * agrees with the equinox at Tehran and Kabul for 1178-1501 (Heydari-Malayeri 2004; the same range
 * in ICU's PersianCalendar since 74). Years 1200-1500 are taken: 1821-03-21 to 2122-03-20.
 *
 * Lunar Hijri: the tabular civil calendar (30-year cycle, leap years 2 5 7 10 13 16 18 21 24 26 29,
 * epoch Friday 16 July 622 Julian; Dershowitz and Reingold, Calendrical Calculations, ch. 7). Months
 * begin by sighting in life and by Umm al-Qura in Saudi Arabia: either may differ by a day, rarely
 * two. Years 1200-1500 are taken: 1785-11-04 to 2077-11-16.
 *
 * Gregorian: proleptic, years 1785-2150 taken. */
#ifndef TEXT_CALENDAR_H
#define TEXT_CALENDAR_H

#include "base/time.h"

typedef enum Calendar { CAL_GREGORIAN, CAL_SOLAR, CAL_LUNAR } Calendar;
enum { CAL_N = 3 };

typedef struct CalDate {
    int year, month, day; /* month 1-12, day 1-31; year 0: no such date */
} CalDate;

bool cal_year_known(Calendar cal, int year);
bool cal_is_leap(Calendar cal, int year);
/* 0 for a year or month outside the range. */
int cal_month_days(Calendar cal, int year, int month);
bool cal_valid(Calendar cal, int year, int month, int day);
/* DAY_NONE for a date that does not exist or is out of range. */
Day cal_to_day(Calendar cal, int year, int month, int day);
/* Year 0 for a day out of range. */
CalDate cal_from_day(Calendar cal, Day day);

/* "gregorian" "solar" "lunar": stable, for JSON and settings. */
const char *cal_code(Calendar cal);
bool cal_parse_code(Str code, Calendar *ret_cal) CHECKED;

/* Name of a month as the language writes it. Solar: Afghan names in fa-AF and ps (and romanised in
 * en, fr, which is how Afghan offices write them), Iranian in fa and ar. lang: BCP 47. */
Str cal_month_name(Calendar cal, int month, Str lang);

typedef struct CalMonth {
    Calendar cal;
    int month;
} CalMonth;
enum { CAL_MONTH_READINGS_MAX = 3 };
/* Reads a month's name in any of the five languages, Afghan and Iranian, either script, loosely
 * spelled, or abbreviated to 3 letters and more where that leaves one month. Returns the number of
 * readings (Jadi is one, "Mehr" one); 0 when it is none. */
size_t cal_month_parse(Str word, CalMonth ret_readings[CAL_MONTH_READINGS_MAX]);

/* "12 Hamal 1368", "12 mars 1990", "۱۲ حمل ۱۳۶۸". Empty for DAY_NONE or a day out of range. */
Str cal_format(Arena *a, Calendar cal, Day day, Str lang);

#endif
