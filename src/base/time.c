/* time.c: civil days and ISO 8601 text. Algorithms: H. Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms": years are counted from March, so that the leap day is the last of its year, in eras
 * of 400 years = 146,097 days. 719,468 days lie between 0000-03-01 and 1970-01-01. */
#include "base/time.h"

#include "base/banned.h"

enum { ERA_DAYS = 146097, EPOCH_SHIFT = 719468 };

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_days(int year, int month) {
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && is_leap(year));
}

Day day_from_civil(int year, int month, int day) {
    ASSERT(month >= 1 && month <= 12);
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    int64_t days = era * ERA_DAYS + day_of_era - EPOCH_SHIFT;
    ASSERT(days > INT32_MIN && days <= INT32_MAX);
    return (Day)days;
}

Civil civil_from_day(Day day) {
    int64_t z = (int64_t)day + EPOCH_SHIFT;
    int64_t era = floor_div(z, ERA_DAYS);
    int64_t doe = z - era * ERA_DAYS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (int)((5 * doy + 2) / 153);
    int month = mp < 10 ? mp + 3 : mp - 9;
    return (Civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
    };
}

bool civil_valid(int year, int month, int day) {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_days(year, month);
}

int day_weekday(Day day) {
    int from_thursday = day % 7; /* 1970-01-01 was a Thursday */
    return (from_thursday + 7 + 3) % 7;
}

int day_years_between(Day birth, Day on) {
    Civil b = civil_from_day(birth), o = civil_from_day(on);
    bool before_birthday = o.month < b.month || (o.month == b.month && o.day < b.day);
    return o.year - b.year - before_birthday;
}

Day day_add_years(Day day, int years) {
    Civil c = civil_from_day(day);
    ASSERT(!__builtin_add_overflow(c.year, years, &c.year));
    int last = month_days(c.year, c.month);
    return day_from_civil(c.year, c.month, c.day < last ? c.day : last);
}

Day day_of_time(Time t, int utc_offset_minutes) {
    Time local;
    if (__builtin_add_overflow(t, (Time)utc_offset_minutes * 60 * TIME_SECOND, &local)) local = t;
    return (Day)floor_div(local, TIME_DAY); /* |INT64_MIN / TIME_DAY| < 2^27 */
}

/* --- text ------------------------------------------------------------------------------------- */

/* Years beyond four digits take a sign, as ISO 8601 has it; the parsers here refuse them. */
static const char *year_format(int year) {
    return year >= 0 && year <= 9999 ? "%04d-%02d-%02d" : "%+07d-%02d-%02d";
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
Str day_to_iso(Arena *a, Day day) {
    if (day == DAY_NONE) return STR_NONE;
    Civil c = civil_from_day(day);
    return str_printf(a, year_format(c.year), c.year, c.month, c.day);
}
#pragma GCC diagnostic pop

static bool two_digits(Str text, size_t at, int *ret_value) {
    if (text.n < at + 2) return false;
    int tens = text.s[at] - '0', ones = text.s[at + 1] - '0';
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
    *ret_value = 10 * tens + ones;
    return true;
}

static bool char_at(Str text, size_t at, char c) {
    return at < text.n && text.s[at] == c;
}

bool day_from_iso(Str text, Day *ret_day) {
    int century, year, month, day;
    if (text.n != 10 || text.s[4] != '-' || text.s[7] != '-') return false;
    if (!two_digits(text, 0, &century) || !two_digits(text, 2, &year)) return false;
    if (!two_digits(text, 5, &month) || !two_digits(text, 8, &day)) return false;
    year += 100 * century;
    if (!civil_valid(year, month, day)) return false;
    *ret_day = day_from_civil(year, month, day);
    return true;
}

Str time_to_iso(Arena *a, Time t) {
    if (t == TIME_NONE) return STR_NONE;
    Day day = day_of_time(t, 0);
    int64_t us = t - floor_div(t, TIME_DAY) * TIME_DAY;
    int seconds = (int)(us / TIME_SECOND);
    return str_printf(a, "%.*sT%02d:%02d:%02d.%06dZ", STR_ARG(day_to_iso(a, day)), seconds / 3600,
                      seconds / 60 % 60, seconds % 60, (int)(us % TIME_SECOND));
}

/* "Z" or "±hh:mm", to the end of the text. */
static bool parse_offset(Str text, int *ret_minutes) {
    if (text.n == 1 && text.s[0] == 'Z') {
        *ret_minutes = 0;
        return true;
    }
    int hours, minutes;
    if (text.n != 6 || (text.s[0] != '+' && text.s[0] != '-') || text.s[3] != ':') return false;
    if (!two_digits(text, 1, &hours) || !two_digits(text, 4, &minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    *ret_minutes = (text.s[0] == '-' ? -1 : 1) * (60 * hours + minutes);
    return true;
}

bool time_from_iso(Str text, Time *ret_time) {
    Day day;
    int hour, minute, second, offset, micros = 0;
    if (!day_from_iso(str_slice(text, 0, 10), &day)) return false;
    if (!char_at(text, 10, 'T') || !char_at(text, 13, ':') || !char_at(text, 16, ':')) return false;
    if (!two_digits(text, 11, &hour) || !two_digits(text, 14, &minute)) return false;
    if (!two_digits(text, 17, &second)) return false;
    if (hour > 23 || minute > 59 || second > 59) return false;
    size_t at = 19;
    if (char_at(text, at, '.')) {
        int scale = 100000;
        size_t first = ++at;
        for (; at < text.n && text.s[at] >= '0' && text.s[at] <= '9'; at++, scale /= 10) {
            if (scale == 0) return false;
            micros += (text.s[at] - '0') * scale;
        }
        if (at == first) return false;
    }
    if (!parse_offset(str_slice(text, at, text.n), &offset)) return false;
    int64_t seconds = day * INT64_C(86400) + 3600 * hour + 60 * minute + second - 60 * offset;
    *ret_time = seconds * TIME_SECOND + micros;
    return true;
}
