/* sniff.c: the second signal: what the first rows of a column hold. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { ENOUGH_PERCENT = 80, SEEN_MIN = 3 };

typedef struct Seen {
    size_t filled, sexes, phones, births;
} Seen;

static Str cell_at(const Plan *plan, size_t row, size_t column) {
    const SourceRow *r = &plan->table.rows[row];
    return column < r->n ? r->cells[column] : STR("");
}

static size_t sample(const Plan *plan) {
    return plan->table.n < SNIFF_ROWS ? plan->table.n : SNIFF_ROWS;
}

/* Only what can hardly be anything else: an international prefix, or the 0 of a national number. */
static bool looks_like_phone(Ctx *c, Str cell) {
    Str digits = text_digits_ascii(c->arena, cell), e164;
    if (!str_starts(digits, STR("+")) && !str_starts(digits, STR("0"))) return false;
    return phone_parse(c->arena, digits, STR("1"), &e164) == NULL && e164.n >= 10;
}

/* A whole day with separators or as eight digits; a bare year or number can be anything. */
static bool looks_like_birth(const Plan *plan, Str cell) {
    Column any = { .header = STR("") };
    DateCell date;
    if (cell.n < 8 || cell.n > 10) return false;
    return date_cell(plan, &any, cell, false, &date) == NULL && date.precision == DATE_EXACT;
}

Str sniff_target(Ctx *c, const Plan *plan, size_t column, const Codes *sexes) {
    Seen seen = { 0 };
    for (size_t i = 0; i < sample(plan); i++) {
        Str cell = cell_at(plan, i, column);
        if (cell.n == 0) continue;
        seen.filled++;
        seen.sexes += code_read(c->arena, sexes, cell).n == 1;
        seen.phones += looks_like_phone(c, cell);
        seen.births += looks_like_birth(plan, cell);
    }
    size_t enough = seen.filled * ENOUGH_PERCENT;
    if (seen.filled < SEEN_MIN) return STR("");
    if (seen.sexes * 100 >= enough) return STR("sex");
    if (seen.phones * 100 >= enough) return STR("phone.number");
    if (seen.births * 100 >= enough) return STR("birth_date");
    return STR("");
}

/* "12/31/1990": two numbers before a year; a number over 12 in second place says month first. */
static bool two_numbers(Str cell, int *ret_first, int *ret_second) {
    int value[2] = { 0, 0 };
    size_t at = 0;
    for (size_t part = 0; part < 2; part++) {
        size_t from = at;
        while (at < cell.n && cell.s[at] >= '0' && cell.s[at] <= '9' && at - from < 2)
            value[part] = value[part] * 10 + (cell.s[at++] - '0');
        if (at == from || at == cell.n) return false;
        if (cell.s[at] != '/' && cell.s[at] != '-' && cell.s[at] != '.') return false;
        at++;
    }
    *ret_first = value[0];
    *ret_second = value[1];
    return true;
}

void sniff_dates(const Plan *plan, size_t column, Column *ret) {
    size_t day_first = 0, month_first = 0, either = 0;
    for (size_t i = 0; i < plan->table.n; i++) {
        int first, second;
        if (!two_numbers(cell_at(plan, i, column), &first, &second)) continue;
        if (first > 12 && second <= 12)
            day_first++;
        else if (second > 12 && first <= 12)
            month_first++;
        else if (first != second)
            either++;
    }
    ret->month_first = month_first > 0 && day_first == 0;
    ret->day_order_unknown = either > 0 && (month_first > 0) == (day_first > 0);
}
