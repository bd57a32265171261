/* calendar.c: three calendars by arithmetic. */
#include "text/calendar.h"

#include "base/banned.h"

enum {
    HIJRI_FIRST = 1200,
    HIJRI_LAST = 1500,
    GREGORIAN_FIRST = 1785,
    GREGORIAN_LAST = 2150,
    JULIAN_1970 = 2440588,        /* chronological Julian day number of 1970-01-01 */
    JULIAN_SOLAR_EPOCH = 1948320, /* 1 Hamal 1: 19 March 622 Julian */
    JULIAN_LUNAR_EPOCH = 1948440, /* 1 Muharram 1: 16 July 622 Julian */
};

bool cal_year_known(Calendar cal, int year) {
    if (cal == CAL_GREGORIAN) return year >= GREGORIAN_FIRST && year <= GREGORIAN_LAST;
    return year >= HIJRI_FIRST && year <= HIJRI_LAST;
}

bool cal_is_leap(Calendar cal, int year) {
    switch (cal) {
    case CAL_SOLAR: return (25 * year + 11) % 33 < 8;
    case CAL_LUNAR: return (11 * year + 14) % 30 < 11;
    default: return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    }
}

int cal_month_days(Calendar cal, int year, int month) {
    static const int gregorian[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (!cal_year_known(cal, year) || month < 1 || month > 12) return 0;
    int leap = cal_is_leap(cal, year) ? 1 : 0;
    switch (cal) {
    case CAL_SOLAR: return month <= 6 ? 31 : month <= 11 ? 30 : 29 + leap;
    case CAL_LUNAR: return month == 12 ? 29 + leap : month % 2 == 1 ? 30 : 29;
    default: return gregorian[month - 1] + (month == 2 ? leap : 0);
    }
}

bool cal_valid(Calendar cal, int year, int month, int day) {
    return day >= 1 && day <= cal_month_days(cal, year, month);
}

/* First day of a Hijri year. Dividing is safe: years are positive. */
static Day year_start(Calendar cal, int year) {
    if (cal == CAL_SOLAR) {
        return JULIAN_SOLAR_EPOCH - JULIAN_1970 + 365 * (year - 1) + (8 * year + 21) / 33;
    }
    return JULIAN_LUNAR_EPOCH - JULIAN_1970 + 354 * (year - 1) + (11 * year + 3) / 30;
}

static int days_before_month(Calendar cal, int month) {
    if (cal == CAL_SOLAR) return month <= 7 ? 31 * (month - 1) : 30 * (month - 1) + 6;
    return 29 * (month - 1) + month / 2;
}

Day cal_to_day(Calendar cal, int year, int month, int day) {
    if (!cal_valid(cal, year, month, day)) return DAY_NONE;
    if (cal == CAL_GREGORIAN) return day_from_civil(year, month, day);
    return year_start(cal, year) + days_before_month(cal, month) + day - 1;
}

static CalDate hijri_from_day(Calendar cal, Day day) {
    if (day < year_start(cal, HIJRI_FIRST) || day >= year_start(cal, HIJRI_LAST + 1)) {
        return (CalDate){ 0, 0, 0 };
    }
    int lo = HIJRI_FIRST, hi = HIJRI_LAST + 1; /* year_start(lo) <= day < year_start(hi) */
    while (hi - lo > 1) {
        int mid = (lo + hi) / 2;
        if (year_start(cal, mid) <= day) {
            lo = mid;
        } else {
            hi = mid;
        }
    }
    int of_year = day - year_start(cal, lo);
    int month = 12;
    while (days_before_month(cal, month) > of_year)
        month--;
    return (CalDate){ lo, month, of_year - days_before_month(cal, month) + 1 };
}

CalDate cal_from_day(Calendar cal, Day day) {
    if (cal != CAL_GREGORIAN) return hijri_from_day(cal, day);
    if (day < day_from_civil(GREGORIAN_FIRST, 1, 1) ||
        day > day_from_civil(GREGORIAN_LAST, 12, 31)) {
        return (CalDate){ 0, 0, 0 };
    }
    Civil c = civil_from_day(day);
    return (CalDate){ c.year, c.month, c.day };
}

static const char *const codes[CAL_N] = { "gregorian", "solar", "lunar" };

const char *cal_code(Calendar cal) {
    ASSERT((unsigned)cal < CAL_N);
    return codes[cal];
}

bool cal_parse_code(Str code, Calendar *ret_cal) {
    for (int i = 0; i < CAL_N; i++) {
        if (!str_is(code, codes[i])) continue;
        *ret_cal = (Calendar)i;
        return true;
    }
    return false;
}
