/* birth.c: how a date of birth is said, and what is then stored: the rules of text/date_entry.h. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

/* Of a thousand, by age: the exact date, the month, the year, an age; the rest is put on the first
 * day of the year by a clerk who must put something. */
typedef struct SaidAs {
    uint16_t exact, month, year, age;
} SaidAs;

static const SaidAs said_as[3][3] = {
    /* Afghans */ { { 550, 200, 100, 150 }, { 200, 50, 400, 250 }, { 100, 20, 350, 330 } },
    /* Sudanese */ { { 600, 150, 100, 150 }, { 250, 50, 350, 200 }, { 120, 20, 300, 260 } },
    /* Central Africans */ { { 750, 100, 80, 70 }, { 550, 50, 200, 100 }, { 450, 50, 250, 150 } },
};

static const SaidAs *habit(const DemoPerson *p, int age) {
    size_t people = p->culture <= DEMO_PASHTO ? 0 : p->culture == DEMO_ARABIC ? 1 : 2;
    return &said_as[people][age < 5 ? 0 : age < 18 ? 1 : 2];
}

static Day first_of_year(bool hijri, Day born) {
    CalDate solar = cal_from_day(CAL_SOLAR, born);
    return hijri ? cal_to_day(CAL_SOLAR, solar.year, 1, 1)
                 : day_from_civil(civil_from_day(born).year, 1, 1);
}

static Day middle_of_year(bool hijri, Day born) {
    CalDate solar = cal_from_day(CAL_SOLAR, born);
    return hijri ? cal_to_day(CAL_SOLAR, solar.year, 7, 1)
                 : day_from_civil(civil_from_day(born).year, 7, 1);
}

static Day middle_of_month(bool hijri, Day born) {
    CalDate solar = cal_from_day(CAL_SOLAR, born);
    Civil civil = civil_from_day(born);
    return hijri ? cal_to_day(CAL_SOLAR, solar.year, solar.month, 15)
                 : day_from_civil(civil.year, civil.month, 15);
}

/* Under two years ages are said in months. */
static Day from_age(Day born, Day today) {
    int years = day_years_between(born, today);
    if (years >= 2) return day_from_civil(civil_from_day(today - 182).year - years, 7, 1);
    int months = (int)(today - born) * 12 / 365;
    Civil c = civil_from_day(today);
    int at = c.year * 12 + c.month - 1 - months;
    return day_from_civil(at / 12, at % 12 + 1, c.day > 28 ? 28 : c.day);
}

static bool says_hijri(DemoWorld *w, const DemoFamily *f, const DemoPerson *p) {
    if (p->culture > DEMO_PASHTO) return false;
    bool hijri_office = strcmp(demo_offices[f->office].calendar, "solar") == 0;
    return demo_chance(w, hijri_office ? 930 : 260);
}

void demo_say_birth(DemoWorld *w, const DemoFamily *f, DemoPerson *p, Day born) {
    Day today = demo_today(w), stored = born;
    bool hijri = says_hijri(w, f, p);
    const SaidAs *s = habit(p, day_years_between(born, today));
    int at = (int)demo_below(w, 1000);
    p->flags &= (uint8_t)~PERSON_HIJRI;
    if (hijri) p->flags |= PERSON_HIJRI;
    p->precision = PREC_EXACT;
    if (at >= s->exact) {
        bool month = at < s->exact + s->month, year = !month && at < s->exact + s->month + s->year;
        bool age = !month && !year && at < s->exact + s->month + s->year + s->age;
        p->precision = month ? PREC_MONTH : year ? PREC_YEAR : age ? PREC_AGE : PREC_EXACT;
        stored = month  ? middle_of_month(hijri, born)
                 : year ? middle_of_year(hijri, born)
                 : age  ? from_age(born, today)
                        : first_of_year(hijri, born);
    }
    /* What would lie in the future is said exactly. */
    if (stored > today) {
        stored = born;
        p->precision = PREC_EXACT;
    }
    p->birth = stored;
}

/* ---- what is written down -------------------------------------------------------------------- */

static Str said_age(Arena *a, Day stored, Day today) {
    Civil c = civil_from_day(stored), now = civil_from_day(today);
    int months = (now.year - c.year) * 12 + now.month - c.month;
    if (months < 24) return str_printf(a, "%d months", months);
    return str_printf(a, "%d", civil_from_day(today - 182).year - c.year);
}

static Str local_digits(Arena *a, Str text) {
    Buf out = buf_new(a, 80);
    for (size_t i = 0; i < text.n; i++) {
        char digit[2] = { (char)0xdb, (char)(0xb0 + text.s[i] - '0') }; /* U+06F0 … U+06F9 */
        if (text.s[i] >= '0' && text.s[i] <= '9')
            buf_put(&out, digit, 2);
        else
            buf_byte(&out, (uint8_t)text.s[i]);
    }
    return buf_text(&out);
}

static Str said(Arena *a, const DemoPerson *p, Day today) {
    Civil c = civil_from_day(p->birth);
    if (p->flags & PERSON_HIJRI) {
        CalDate solar = cal_from_day(CAL_SOLAR, p->birth);
        c = (Civil){ solar.year, solar.month, solar.day };
    }
    switch ((DemoPrecision)p->precision) {
    case PREC_EXACT: return str_printf(a, "%d.%d.%d", c.day, c.month, c.year);
    case PREC_MONTH: return str_printf(a, "%d/%d", c.month, c.year);
    case PREC_YEAR: return str_printf(a, "%d", c.year);
    case PREC_AGE: break;
    }
    return said_age(a, p->birth, today);
}

void demo_put_birth(const DemoWorld *w, DemoMap *m, const DemoPerson *p) {
    static const char *const precisions[] = { "exact", "month", "year", "age" };
    Str text = said(m->a, p, demo_today(w));
    bool in_own_digits = (p->flags & PERSON_HIJRI) && p->look % 3 == 0;
    demo_put(m, STR("birth_date"), demo_date(m->a, p->birth));
    demo_put(m, STR("birth_date_precision"), demo_code(precisions[p->precision]));
    demo_put(m, STR("birth_date_entered"),
             demo_text(in_own_digits ? local_digits(m->a, text) : text));
}
