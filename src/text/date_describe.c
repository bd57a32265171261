/* date_describe.c: what a reading of a date field means in every calendar. */
#include "text/date_entry.h"

#include "text/fold.h"

#include "base/banned.h"

static const char *const precisions[] = { "exact", "month", "year", "age" };

const char *date_precision_code(DatePrecision p) {
    ASSERT((unsigned)p <= DATE_AGE);
    return precisions[p];
}

bool date_precision_parse(Str code, DatePrecision *ret_precision) {
    for (int i = 0; i <= DATE_AGE; i++) {
        if (!str_is(code, precisions[i])) continue;
        *ret_precision = (DatePrecision)i;
        return true;
    }
    return false;
}

static void describe_in(Arena *a, DateDescription *d, const DateReading *r, Calendar cal,
                        Str lang) {
    CalDate date = cal_from_day(cal, r->day);
    d->text[cal] = STR("");
    if (date.year == 0) return;
    if (r->precision == DATE_EXACT) {
        d->text[cal] = cal_format(a, cal, r->day, lang);
    } else if (r->precision == DATE_MONTH) {
        date.day = 0;
        Str month = cal_month_name(cal, date.month, lang);
        Str text = str_printf(a, "%.*s %d", STR_ARG(month), date.year);
        d->text[cal] = text_digits_local(a, text, lang);
    } else {
        date.month = date.day = 0;
        d->text[cal] = text_digits_local(a, str_printf(a, "%d", date.year), lang);
    }
    d->in[cal] = date;
    CalDate from = cal_from_day(cal, r->first), to = cal_from_day(cal, r->last);
    d->year_from[cal] = from.year ? from.year : date.year;
    d->year_to[cal] = to.year ? to.year : date.year;
}

DateDescription date_entry_describe(Arena *a, const DateReading *r, Day today, Str lang) {
    DateDescription d = { .age_months = -1 };
    for (int cal = 0; cal < CAL_N; cal++)
        describe_in(a, &d, r, (Calendar)cal, lang);
    int youngest = day_years_between(r->last, today), oldest = day_years_between(r->first, today);
    d.age_min = youngest > 0 ? youngest : 0;
    d.age_max = oldest > 0 ? oldest : 0;
    if (r->day <= today && day_years_between(r->day, today) < 2) {
        Civil born = civil_from_day(r->day), now = civil_from_day(today);
        d.age_months = (now.year - born.year) * 12 + now.month - born.month - (now.day < born.day);
    }
    return d;
}
