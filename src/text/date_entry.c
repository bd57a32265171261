/* date_entry.c: what stands in a date field → readings. Lexer, numbers and words, candidates. */
#include "text/date_entry.h"

#include "text/date_word.h"
#include "text/fold.h"

#include "base/banned.h"

enum { ITEMS_MAX = 10, WORD_MAX = 48, CANDIDATES_MAX = 6, DIGITS_MAX = 8 };

/* --- items --------------------------------------------------------------------------------------- */

typedef struct Item {
    bool is_number;
    int value;
    int digits;
    char before; /* what stood before it: '/', '-', '.', ' ' or 0 for nothing */
    char word[WORD_MAX];
    size_t n;
} Item;

typedef struct Items {
    Item v[ITEMS_MAX];
    size_t n;
    bool about;
    bool bad; /* too many items, too long a number or word */
} Items;

static Item *new_item(Items *items, char before) {
    if (items->n == ITEMS_MAX) {
        items->bad = true;
        return NULL;
    }
    Item *item = &items->v[items->n++];
    *item = (Item){ .before = before };
    return item;
}

static void put_digit(Items *items, Item *item, int digit) {
    if (item->digits == DIGITS_MAX) {
        items->bad = true;
        return;
    }
    item->value = item->value * 10 + digit;
    item->digits++;
}

static void put_letter(Items *items, Item *item, uint32_t cp) {
    if (item->n + 4 > WORD_MAX) {
        items->bad = true;
        return;
    }
    item->n += str_utf8_encode(cp, item->word + item->n);
}

static bool is_about_sign(uint32_t cp) {
    return cp == '~' || cp == 0x2248 || cp == 0x00B1; /* ~ ≈ ± */
}

/* Separators between two items: a slash wins over a dash, a dash over a dot, a dot over space. */
static char stronger(char x, char y) {
    static const char order[] = "/-. ";
    if (x == 0) return y;
    if (y == 0) return x;
    return strchr(order, x) < strchr(order, y) ? x : y;
}

static void read_folded(Items *items, uint32_t cp, Item **item, char *before) {
    if (is_about_sign(cp)) {
        items->about = true;
        *item = NULL;
        return;
    }
    bool digit = cp >= '0' && cp <= '9';
    bool letter = code_point_script(cp) != SCRIPT_NONE;
    if (!digit && !letter) {
        if (cp == '\'') return; /* l'an */
        char sep = cp == '/' || cp == '\\'  ? '/'
                   : cp == '-'              ? '-'
                   : cp == '.' || cp == ',' ? '.'
                                            : ' ';
        *before = stronger(*before, sep);
        *item = NULL;
        return;
    }
    if (!*item || (*item)->is_number != digit) {
        *item = new_item(items, *before);
        *before = 0;
        if (!*item) return;
        (*item)->is_number = digit;
    }
    if (digit) {
        put_digit(items, *item, (int)(cp - '0'));
    } else {
        put_letter(items, *item, cp);
    }
}

static void read_items(Str typed, Items *items) {
    *items = (Items){ .n = 0 };
    Item *item = NULL;
    char before = 0;
    for (size_t pos = 0; pos < typed.n && !items->bad;) {
        uint32_t folded[FOLD_MAX];
        size_t n = fold_code_point(str_utf8_next(typed, &pos), folded);
        for (size_t i = 0; i < n && !items->bad; i++)
            read_folded(items, folded[i], &item, &before);
    }
}

/* "-5": what a spreadsheet makes of a birth after the day of the list. It is no age of five. */
static bool is_negative(Str typed) {
    uint32_t folded[FOLD_MAX];
    Str text = str_trim(typed);
    size_t pos = 0;
    if (text.n == 0) return false;
    uint32_t sign = str_utf8_next(text, &pos);
    if ((sign != '-' && sign != 0x2212) || pos == text.n) return false;
    size_t n = fold_code_point(str_utf8_next(text, &pos), folded);
    return n > 0 && folded[0] >= '0' && folded[0] <= '9';
}

/* --- words --------------------------------------------------------------------------------------- */

/* What the items say, words understood and taken away. */
typedef struct Sense {
    Item numbers[4];
    size_t n_numbers;
    char units[4]; /* of the number of the same index; 0: none */
    CalMonth months[CAL_MONTH_READINGS_MAX];
    size_t n_months;
    unsigned calendars; /* bits of Calendar still possible */
    bool about, unknown;
} Sense;

static void take_unit(Sense *s, char unit) {
    if (s->n_numbers == 0) {
        if (unit != 'y') s->unknown = true; /* "سال ۱۳۶۸" is a year; "m 5" nothing we know */
    } else if (s->units[s->n_numbers - 1] == 0) {
        s->units[s->n_numbers - 1] = unit;
    } else {
        s->unknown = true;
    }
}

/* Tries the longest run of words that names a month: "ربیع الاول", "Dhu al-Qada". Returns how many
 * items it took, 0 for none. */
static size_t take_month(const Items *items, size_t i, Sense *s) {
    for (size_t n = 3; n >= 1; n--) {
        char joined[3 * WORD_MAX];
        size_t used = 0;
        bool words_only = i + n <= items->n;
        for (size_t k = 0; k < n && words_only; k++) {
            const Item *w = &items->v[i + k];
            words_only = !w->is_number;
            memcpy(joined + used, w->word, words_only ? w->n : 0);
            used += words_only ? w->n : 0;
        }
        if (!words_only) continue;
        CalMonth found[CAL_MONTH_READINGS_MAX];
        size_t n_found = cal_month_parse(str_n(joined, used), found);
        if (n_found == 0) continue;
        if (s->n_months > 0) s->unknown = true; /* two months */
        memcpy(s->months, found, sizeof found);
        s->n_months = n_found;
        return n;
    }
    return 0;
}

static void take_word(Sense *s, const DateWord *word) {
    switch (word->kind) {
    case DATE_WORD_FILLER: break;
    case DATE_WORD_ABOUT: s->about = true; break;
    case DATE_WORD_UNIT: take_unit(s, word->unit); break;
    case DATE_WORD_SOLAR: s->calendars &= 1u << CAL_SOLAR; break;
    case DATE_WORD_LUNAR: s->calendars &= 1u << CAL_LUNAR; break;
    case DATE_WORD_HIJRI: s->calendars &= 1u << CAL_SOLAR | 1u << CAL_LUNAR; break;
    case DATE_WORD_GREGORIAN: s->calendars &= 1u << CAL_GREGORIAN; break;
    }
}

static Sense understand(const Items *items) {
    Sense s = { .about = items->about, .calendars = (1u << CAL_N) - 1 };
    for (size_t i = 0; i < items->n && !s.unknown; i++) {
        const Item *item = &items->v[i];
        if (item->is_number) {
            if (s.n_numbers == 4) {
                s.unknown = true;
            } else {
                s.numbers[s.n_numbers++] = *item;
            }
            continue;
        }
        const DateWord *word = date_word(str_n(item->word, item->n));
        if (word) {
            take_word(&s, word);
            continue;
        }
        size_t used = take_month(items, i, &s);
        if (used == 0) s.unknown = true;
        i += used > 0 ? used - 1 : 0;
    }
    return s;
}

/* --- candidates ---------------------------------------------------------------------------------- */

typedef struct Parser {
    const DateEntryRules *rules;
    Sense sense;
    DateReading found[CANDIDATES_MAX];
    size_t n_found;
    const char *error; /* the most telling trouble so far */
    int last_day;
} Parser;

/* Troubles from the least to the most telling: what nearly worked is what the clerk meant. */
static int weight_of(const char *error) {
    static const char *const order[] = { "error.date.not_understood", "error.date.out_of_range",
                                         "error.date.no_such_month",  "error.date.no_such_day",
                                         "error.date.too_old",        "error.date.future" };
    int weight = -1;
    for (int i = 0; error && i < 6; i++) {
        if (strcmp(order[i], error) == 0) weight = i;
    }
    return weight;
}

static void trouble(Parser *p, const char *error, int last_day) {
    if (weight_of(error) <= weight_of(p->error)) return;
    p->error = error;
    p->last_day = last_day;
}

static bool calendar_allowed(const Parser *p, Calendar cal) {
    return (p->sense.calendars & 1u << cal) != 0;
}

/* Keeps a reading that is possible, its day not after today. */
static void keep(Parser *p, DateReading r) {
    Day today = p->rules->today;
    if (!p->rules->allow_future && r.first > today) {
        trouble(p, "error.date.future", 0);
        return;
    }
    if (day_years_between(r.last, today) > DATE_ENTRY_AGE_MAX) {
        trouble(p, "error.date.too_old", 0);
        return;
    }
    if (!p->rules->allow_future && r.last > today) {
        if (r.day > today) r.day = r.first + (today - r.first) / 2;
        r.last = today;
    }
    for (size_t i = 0; i < p->n_found; i++) {
        if (p->found[i].day == r.day && p->found[i].calendar == r.calendar) return;
    }
    if (p->n_found < CANDIDATES_MAX) p->found[p->n_found++] = r;
}

static void try_date(Parser *p, Calendar cal, int year, int month, int day) {
    if (!calendar_allowed(p, cal) || !cal_year_known(cal, year)) return;
    if (month < 1 || month > 12) {
        trouble(p, "error.date.no_such_month", 0);
        return;
    }
    Day d = cal_to_day(cal, year, month, day);
    if (d == DAY_NONE) {
        trouble(p, "error.date.no_such_day", cal_month_days(cal, year, month));
        return;
    }
    keep(p, (DateReading){ .day = d,
                           .first = d,
                           .last = d,
                           .precision = DATE_EXACT,
                           .calendar = cal,
                           .year = year,
                           .month = month,
                           .day_of_month = day });
}

static void try_month(Parser *p, Calendar cal, int year, int month) {
    if (!calendar_allowed(p, cal) || !cal_year_known(cal, year)) return;
    if (month < 1 || month > 12) {
        trouble(p, "error.date.no_such_month", 0);
        return;
    }
    Day first = cal_to_day(cal, year, month, 1);
    keep(p, (DateReading){ .day = first + 14,
                           .first = first,
                           .last = first + cal_month_days(cal, year, month) - 1,
                           .precision = DATE_MONTH,
                           .calendar = cal,
                           .year = year,
                           .month = month });
}

static void try_year(Parser *p, Calendar cal, int year) {
    if (!calendar_allowed(p, cal) || !cal_year_known(cal, year)) return;
    Day first = cal_to_day(cal, year, 1, 1);
    Day day = cal == CAL_LUNAR ? cal_to_day(cal, year, 7, 1)
                               : day_from_civil(civil_from_day(first).year, 7, 1);
    keep(p, (DateReading){ .day = day,
                           .first = first,
                           .last = cal_to_day(cal, year, 12, cal_month_days(cal, year, 12)),
                           .precision = DATE_YEAR,
                           .calendar = cal,
                           .year = year });
}

/* The calendars in the order to try: the preferred one, then solar, lunar, Gregorian. Gregorian
 * years and Hijri years do not overlap, so only the order of the two Hijri ones matters. */
static Calendar nth_calendar(const Parser *p, int i) {
    static const Calendar solar_first[CAL_N] = { CAL_SOLAR, CAL_LUNAR, CAL_GREGORIAN };
    static const Calendar lunar_first[CAL_N] = { CAL_LUNAR, CAL_SOLAR, CAL_GREGORIAN };
    return p->rules->preferred == CAL_LUNAR ? lunar_first[i] : solar_first[i];
}

static bool is_year(const Item *n) {
    return n->digits == 4 && n->value >= 1000;
}

static bool known_in_any(int year) {
    return cal_year_known(CAL_GREGORIAN, year) || cal_year_known(CAL_SOLAR, year);
}

/* --- ages ---------------------------------------------------------------------------------------- */

/* The same day of the month n months earlier, or the last day of a shorter month. */
static Day months_before(Day day, int n) {
    Civil c = civil_from_day(day);
    int months = c.year * 12 + c.month - 1 - n;
    int year = months / 12, month = months % 12 + 1;
    int last = cal_month_days(CAL_GREGORIAN, year, month);
    if (last == 0) return DAY_NONE;
    return day_from_civil(year, month, c.day < last ? c.day : last);
}

/* months: the completed months of the age. */
static void age_span(DateReading *r, Day today, int months, int unit_months) {
    r->last = months_before(today, months);
    Day before = months_before(today, months + unit_months);
    r->first = before == DAY_NONE || r->last == DAY_NONE ? DAY_NONE : before + 1;
}

static const char *read_age(Parser *p, int value, char unit, int more_months) {
    Day today = p->rules->today;
    if (p->rules->allow_future) return "error.date.not_understood";
    static const struct {
        char unit;
        int max;
    } limits[] = {
        { 'y', DATE_ENTRY_AGE_MAX }, { 'm', 12 * DATE_ENTRY_AGE_MAX }, { 'w', 520 }, { 'd', 3650 }
    };
    int max = 0;
    for (size_t i = 0; i < 4; i++) {
        if (limits[i].unit == unit) max = limits[i].max;
    }
    /* nought days old is a birth today; nought years says nothing */
    if (value > max || more_months > 11 || (value == 0 && unit != 'd'))
        return "error.date.age_range";
    DateReading r = {
        .precision = DATE_AGE, .calendar = CAL_GREGORIAN, .age = value, .age_unit = unit
    };
    if (unit == 'y' && more_months == 0) {
        age_span(&r, today, 12 * value, 12);
        Day middle = months_before(today, 12 * value + 6);
        if (middle == DAY_NONE) return "error.date.too_old";
        r.day = day_from_civil(civil_from_day(middle).year, 7, 1);
    } else if (unit == 'y' || unit == 'm') {
        int months = unit == 'y' ? 12 * value + more_months : value;
        r.age = months;
        r.age_unit = 'm';
        age_span(&r, today, months, 1);
        r.day = r.last;
    } else {
        int days = unit == 'w' ? 7 : 1;
        r.last = today - value * days;
        r.first = r.last - days + 1;
        r.day = r.last;
    }
    if (r.first == DAY_NONE) return "error.date.too_old";
    keep(p, r);
    return NULL;
}

/* --- forms --------------------------------------------------------------------------------------- */

/* "1 year 6 months", "35", "5 months", "1368" */
static const char *read_one_number(Parser *p) {
    const Sense *s = &p->sense;
    const Item *n = &s->numbers[0];
    if (s->units[0] && (n->digits < 4 || s->units[0] != 'y')) {
        return read_age(p, n->value, s->units[0], 0);
    }
    if (n->digits <= 3) return read_age(p, n->value, 'y', 0);
    if (n->digits == 8) { /* 19900312, 13680312; 12031990 */
        bool year_first = known_in_any(n->value / 10000);
        int year = year_first ? n->value / 10000 : n->value % 10000;
        int month = n->value / 100 % 100, day = n->value % 100;
        if (!year_first) {
            month = n->value / 10000 % 100;
            day = n->value / 1000000;
        }
        if (!known_in_any(year)) return "error.date.out_of_range";
        for (int i = 0; i < CAL_N; i++)
            try_date(p, nth_calendar(p, i), year, month, day);
        return NULL;
    }
    if (!is_year(n) || !known_in_any(n->value)) return "error.date.out_of_range";
    for (int i = 0; i < CAL_N; i++)
        try_year(p, nth_calendar(p, i), n->value);
    return NULL;
}

/* 3/1368, 1368-03 */
static const char *read_two_numbers(Parser *p) {
    const Item *x = &p->sense.numbers[0], *y = &p->sense.numbers[1];
    if (is_year(x) == is_year(y)) {
        return x->digits <= 2 && y->digits <= 2 ? "error.date.two_digit_year"
                                                : "error.date.not_understood";
    }
    int year = is_year(x) ? x->value : y->value, month = is_year(x) ? y->value : x->value;
    if ((is_year(x) ? y : x)->digits > 2) return "error.date.not_understood";
    if (!known_in_any(year)) return "error.date.out_of_range";
    for (int i = 0; i < CAL_N; i++)
        try_month(p, nth_calendar(p, i), year, month);
    return NULL;
}

static bool month_comes_first(Str lang) {
    return str_is(lang, "en-US");
}

/* 12.03.1990, 1990-03-12 */
static const char *read_three_numbers(Parser *p) {
    const Item *x = &p->sense.numbers[0], *y = &p->sense.numbers[1], *z = &p->sense.numbers[2];
    if (y->digits > 2 || is_year(x) == is_year(z)) {
        bool short_year = x->digits <= 2 && y->digits <= 2 && z->digits <= 2;
        return short_year ? "error.date.two_digit_year" : "error.date.not_understood";
    }
    const Item *year = is_year(x) ? x : z, *other = is_year(x) ? z : x;
    if (other->digits > 2) return "error.date.not_understood";
    if (!known_in_any(year->value)) return "error.date.out_of_range";
    int day = other->value, month = y->value;
    bool year_first = year == x;
    bool swapped = !year_first && month_comes_first(p->rules->lang);
    if (swapped) {
        day = y->value;
        month = other->value;
    }
    for (int i = 0; i < CAL_N; i++)
        try_date(p, nth_calendar(p, i), year->value, month, day);
    /* a dot is written by those who put the day first */
    bool either = !year_first && (y->before == '/' || y->before == '-' || p->n_found == 0);
    if (!either) return NULL;
    for (int i = 0; i < CAL_N; i++)
        try_date(p, nth_calendar(p, i), year->value, day, month);
    return NULL;
}

/* 12 Hamal 1368, Hamal 1368, March 12, 1990, 1368 Hamal 12 */
static const char *read_named_month(Parser *p) {
    const Sense *s = &p->sense;
    const Item *year = NULL, *day = NULL;
    for (size_t i = 0; i < s->n_numbers; i++) {
        if (is_year(&s->numbers[i]) && !year) {
            year = &s->numbers[i];
        } else if (s->numbers[i].digits <= 2 && !day) {
            day = &s->numbers[i];
        } else {
            return s->numbers[i].digits <= 2 ? "error.date.two_digit_year"
                                             : "error.date.not_understood";
        }
    }
    if (!year) return "error.date.not_understood";
    if (!known_in_any(year->value)) return "error.date.out_of_range";
    for (size_t i = 0; i < s->n_months; i++) {
        Calendar cal = s->months[i].cal;
        if (day) {
            try_date(p, cal, year->value, s->months[i].month, day->value);
        } else {
            try_month(p, cal, year->value, s->months[i].month);
        }
    }
    return NULL;
}

static const char *read_sense(Parser *p) {
    const Sense *s = &p->sense;
    if (s->unknown || s->n_numbers == 0 || s->calendars == 0) return "error.date.not_understood";
    if (s->n_months > 0) {
        for (size_t i = 0; i < s->n_numbers; i++) {
            if (s->units[i] && s->units[i] != 'y') return "error.date.not_understood";
        }
        return read_named_month(p);
    }
    bool two_units = s->n_numbers == 2 && s->units[0] == 'y' && s->units[1] == 'm';
    if (two_units) return read_age(p, s->numbers[0].value, 'y', s->numbers[1].value);
    for (size_t i = 0; i < s->n_numbers && s->n_numbers > 1; i++) {
        if (s->units[i] && s->units[i] != 'y') return "error.date.not_understood";
    }
    switch (s->n_numbers) {
    case 1: return read_one_number(p);
    case 2: return read_two_numbers(p);
    case 3: return read_three_numbers(p);
    default: return "error.date.not_understood";
    }
}

/* Spreadsheets write "1990-03-12 00:00:00" and "1990-03-12T00:00:00". */
static Str without_time(Str typed) {
    enum { ISO_DATE = 10 };
    if (typed.n <= ISO_DATE + 3 || typed.s[4] != '-' || typed.s[7] != '-') return typed;
    bool time =
        (typed.s[ISO_DATE] == ' ' || typed.s[ISO_DATE] == 'T') && typed.s[ISO_DATE + 3] == ':';
    return time ? str_slice(typed, 0, ISO_DATE) : typed;
}

DateEntry date_entry_parse(Str typed, const DateEntryRules *rules) {
    if (typed.n > DATE_ENTRY_BYTES_MAX) return (DateEntry){ .error = "error.date.too_long" };
    Items items;
    read_items(without_time(typed), &items);
    if (items.bad || is_negative(typed)) return (DateEntry){ .error = "error.date.not_understood" };
    if (items.n == 0) return (DateEntry){ .error = "error.date.empty" };

    Parser p = { .rules = rules, .sense = understand(&items) };
    const char *error = read_sense(&p);
    if (error) return (DateEntry){ .error = error };
    if (p.n_found == 0) {
        return (DateEntry){ .error = p.error ? p.error : "error.date.not_understood",
                            .last_day = p.last_day };
    }
    DateEntry entry = { .best = p.found[0] };
    for (size_t i = 1; i < p.n_found && entry.n_alts < DATE_ENTRY_ALTS_MAX; i++) {
        entry.alts[entry.n_alts++] = p.found[i];
    }
    entry.best.is_about = p.sense.about;
    for (size_t i = 0; i < entry.n_alts; i++)
        entry.alts[i].is_about = p.sense.about;
    return entry;
}
