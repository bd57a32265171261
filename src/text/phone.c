/* phone.c: phone numbers as typed → E.164. */
#include "text/phone.h"

#include "base/arena.h"
#include "text/fold.h"

#include "base/banned.h"

typedef struct Dialled {
    char digits[PHONE_BYTES_MAX];
    size_t n;
    bool plus;
} Dialled;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* "2.54708E+11", "2,54708e11": what a spreadsheet makes of a long number. Also "93701234567.0". */
static bool is_mangled(Str s) {
    size_t i = 0, digits = 0;
    while (i < s.n && (is_digit(s.s[i]) || s.s[i] == '.' || s.s[i] == ',')) {
        digits += is_digit(s.s[i]);
        i++;
    }
    if (digits == 0) return false;
    if (i == s.n) return digits > PHONE_DIGITS_MIN && str_ends(s, STR(".0"));
    if (s.s[i++] != 'e') return false;
    if (i < s.n && (s.s[i] == '+' || s.s[i] == '-')) i++;
    size_t exponent = i;
    while (i < s.n && is_digit(s.s[i]))
        i++;
    return i == s.n && i > exponent;
}

static bool is_ignored(char c) {
    return c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/' || c == '\'';
}

/* folded: the fold, hence ASCII digits and one kind of dash. */
static bool read_dialled(Str folded, Dialled *d) {
    *d = (Dialled){ .n = 0 };
    for (size_t i = 0; i < folded.n; i++) {
        char c = folded.s[i];
        if (is_digit(c)) {
            if (d->n == sizeof d->digits) return false;
            d->digits[d->n++] = c;
        } else if (c == '+' && d->n == 0 && !d->plus) {
            d->plus = true;
        } else if (!is_ignored(c)) {
            return false;
        }
    }
    if (!d->plus && d->n > 2 && d->digits[0] == '0' && d->digits[1] == '0') {
        d->plus = true;
        d->n -= 2;
        memmove(d->digits, d->digits + 2, d->n);
    }
    return true;
}

/* "+44 (0)20 …" → "+44 20 …"; only where a country code stands before it. */
static Str without_trunk(Arena *a, Str folded) {
    ptrdiff_t at = str_find(folded, STR("(0)"));
    bool abroad = str_starts(folded, STR("+")) || str_starts(folded, STR("00"));
    if (at <= 0 || !abroad) return folded;
    return str_concat(a, str_slice(folded, 0, (size_t)at),
                      str_slice(folded, (size_t)at + 3, folded.n));
}

const char *phone_parse(Arena *a, Str typed, Str calling_code, Str *ret_e164) {
    if (typed.n > PHONE_BYTES_MAX) return "error.phone.too_long";
    Str folded = text_fold(a, typed);
    if (folded.n == 0) return "error.phone.empty";
    if (is_mangled(folded)) return "error.phone.mangled";
    Dialled d;
    if (!read_dialled(without_trunk(a, folded), &d) || d.n == 0) return "error.phone.not_digits";

    Str code = STR("");
    size_t skip = 0;
    if (!d.plus) {
        /* the country's code typed without a plus: long enough to hold a whole number after it */
        bool has_code = calling_code.n > 0 && d.n >= calling_code.n + 8 &&
                        str_starts(str_n(d.digits, d.n), calling_code);
        if (!has_code) {
            if (calling_code.n == 0) return "error.phone.needs_country";
            code = calling_code;
            skip = d.digits[0] == '0' ? 1 : 0;
        }
    } else if (d.digits[0] == '0') {
        return "error.phone.needs_country";
    }
    size_t digits = code.n + d.n - skip;
    if (d.n - skip < (code.n > 0 ? PHONE_DIGITS_MIN - 1 : PHONE_DIGITS_MIN)) {
        return "error.phone.too_short";
    }
    if (digits > PHONE_DIGITS_MAX) return "error.phone.too_long";
    *ret_e164 = str_printf(a, "+%.*s%.*s", STR_ARG(code), (int)(d.n - skip), d.digits + skip);
    return NULL;
}

/* The digits of anything, as ASCII. */
static Str digits_of(Arena *a, Str text) {
    char *out = arena_alloc(a, text.n + 1);
    size_t n = 0;
    for (size_t pos = 0; pos < text.n;) {
        int digit = text_digit(str_utf8_next(text, &pos));
        if (digit >= 0) out[n++] = (char)('0' + digit);
    }
    return str_n(out, n);
}

Str phone_last4(Arena *a, Str phone) {
    Str digits = digits_of(a, phone);
    return digits.n > 4 ? str_slice(digits, digits.n - 4, digits.n) : digits;
}

Str phone_search_digits(Arena *a, Str typed) {
    Str digits = digits_of(a, typed);
    while (digits.n > 0 && digits.s[0] == '0')
        digits = str_slice(digits, 1, digits.n);
    return digits;
}
