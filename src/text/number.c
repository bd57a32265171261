/* number.c: registration numbers: printing, reading, search keys. */
#include "text/number.h"

#include "base/status.h"
#include "text/fold.h"

#include "base/banned.h"

enum { SERIAL_DIGITS = 6, OLD_SERIAL_DIGITS = 5, PARTS_MAX = 8 };

/* --- check digit --------------------------------------------------------------------------------- */

/* The totally anti-symmetric quasigroup of order 10 from Damm's thesis, p. 111. */
static const char damm[10][11] = {
    "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
    "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
};

static int damm_step(int state, int digit) {
    return damm[state][digit] - '0';
}

static int damm_char(int state, char c) {
    if (c >= '0' && c <= '9') return damm_step(state, c - '0');
    int value = c - 'A' + 10;
    return damm_step(damm_step(state, value / 10), value % 10);
}

static char check_digit(const Number *n) {
    int state = 0;
    for (int i = 0; i < 3; i++)
        state = damm_char(state, n->office[i]);
    state = damm_step(damm_step(state, n->year / 10), n->year % 10);
    state = damm_char(state, (char)n->kind);
    for (uint32_t unit = 100000; unit > 0; unit /= 10) {
        state = damm_step(state, (int)(n->serial / unit % 10));
    }
    return (char)('0' + state);
}

/* --- printing ------------------------------------------------------------------------------------ */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

Str number_format(Arena *a, Str office, int year, uint32_t serial, NumberKind kind) {
    ASSERT(office.n == 3 && year >= 0 && serial >= 1 && serial <= NUMBER_SERIAL_MAX);
    ASSERT(kind == NUMBER_GROUP || kind == NUMBER_INDIVIDUAL);
    Number n = { .year = year % 100, .serial = serial, .kind = kind };
    for (size_t i = 0; i < 3; i++) {
        char c = office.s[i];
        n.office[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        ASSERT(is_digit(n.office[i]) || is_upper(n.office[i]));
    }
    return str_printf(a, "%s-%02d-%s%06u-%c", n.office, n.year,
                      kind == NUMBER_INDIVIDUAL ? "I" : "", (unsigned)serial, check_digit(&n));
}

/* --- reading ------------------------------------------------------------------------------------- */

/* What was typed as upper-case ASCII letters and digits, and where its parts begin. */
typedef struct Typed {
    char s[NUMBER_BYTES_MAX + 1];
    size_t n;
    size_t part[PARTS_MAX + 1]; /* part[i] is where part i begins; part[n_parts] == n */
    size_t n_parts;
} Typed;

static bool read_typed(Str text, Typed *t) {
    *t = (Typed){ .n = 0 };
    bool in_part = false;
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = str_utf8_next(text, &pos);
        int digit = text_digit(cp);
        if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFF01 - 0x21;
        char c = digit >= 0 ? (char)('0' + digit) : cp < 0x80 ? (char)cp : 0;
        if (c >= 'a' && c <= 'z') c = (char)(c - 32);
        if (!is_digit(c) && !is_upper(c)) {
            if (code_point_script(cp) != SCRIPT_NONE) return false;
            if (!code_point_is_bidi(cp)) in_part = false;
            continue;
        }
        if (t->n == NUMBER_BYTES_MAX) return false;
        if (!in_part) {
            if (t->n_parts == PARTS_MAX) return false;
            t->part[t->n_parts++] = t->n;
            in_part = true;
        }
        t->s[t->n++] = c;
    }
    t->part[t->n_parts] = t->n;
    return true;
}

static size_t digits_from(const Typed *t, size_t at) {
    size_t n = 0;
    while (at + n < t->n && is_digit(t->s[at + n]))
        n++;
    return n;
}

static bool last_part_is_digit(const Typed *t) {
    return t->n_parts > 1 && t->n - t->part[t->n_parts - 1] == 1 && is_digit(t->s[t->n - 1]);
}

static uint32_t value_of(const char *s, size_t n) {
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + (uint32_t)(s[i] - '0');
    return v;
}

/* Serial and check digit from `at` to the end. parted: a dash may set the check digit apart. */
static bool read_serial(const Typed *t, size_t at, bool parted, Number *n) {
    n->kind = NUMBER_GROUP;
    bool old = false;
    if (at < t->n && is_upper(t->s[at])) {
        char kind = t->s[at++];
        if (kind != 'C' && kind != 'G' && kind != 'I') return false;
        if (kind == 'I') n->kind = NUMBER_INDIVIDUAL;
        old = kind == 'C';
    }
    size_t digits = digits_from(t, at);
    if (digits == 0 || at + digits != t->n) return false;
    bool has_check = digits == SERIAL_DIGITS + 1 && !old;
    if (parted && digits > 1 && last_part_is_digit(t)) has_check = true;
    if (has_check) n->check = t->s[--digits + at];
    if (digits > SERIAL_DIGITS) return false;
    n->serial = value_of(t->s + at, digits);
    return n->serial > 0;
}

/* Dashes stand after the office, after the year or before the check digit, or it is another number:
 * 123-456-7890. */
static bool cuts_are_right(const Typed *t, size_t first, bool lettered) {
    size_t parts = t->n_parts - first;
    if (parts < 2) return true;
    size_t n0 = t->part[first + 1] - t->part[first];
    if (n0 == 5 || n0 >= 5 + OLD_SERIAL_DIGITS || (lettered && n0 > 5)) return true;
    if (n0 != 3) return false;
    size_t n1 = t->part[first + 2] - t->part[first + 1];
    return n1 == 2 || n1 >= 2 + OLD_SERIAL_DIGITS || (lettered && n1 > 2);
}

/* The whole form from part `first` on. The check digit is read, not checked. */
static bool read_whole(const Typed *t, size_t first, Number *ret) {
    size_t at = t->part[first];
    Number n = { .check = 0 };
    if (t->n - at < 6) return false;
    memcpy(n.office, t->s + at, 3);
    if (!is_digit(t->s[at + 3]) || !is_digit(t->s[at + 4])) return false;
    n.year = (int)value_of(t->s + at + 3, 2);
    size_t serial = at + 5;
    bool lettered = is_upper(t->s[serial]);
    if (!cuts_are_right(t, first, lettered)) return false;
    bool parted = t->n_parts - first > 1;
    /* In one piece only full lengths are a number: 123 45 67890 */
    if (!parted && !lettered && t->n - serial < OLD_SERIAL_DIGITS) return false;
    if (!read_serial(t, serial, parted, &n)) return false;
    *ret = n;
    return true;
}

/* "No. KBL-26-…", "UNHCR 123-45C67890": words before the number are passed over. */
static bool find_whole(const Typed *t, Number *ret) {
    for (size_t first = 0; first < t->n_parts; first++) {
        if (read_whole(t, first, ret)) return true;
        for (size_t i = t->part[first]; i < t->part[first + 1]; i++) {
            if (is_digit(t->s[i])) return false;
        }
    }
    return false;
}

const char *number_parse(Str typed, Number *ret_number) {
    Typed t;
    Number n;
    if (typed.n > NUMBER_BYTES_MAX || !read_typed(typed, &t) || t.n_parts == 0 ||
        !read_whole(&t, 0, &n)) {
        return "error.number.not_understood";
    }
    if (n.check && n.check != check_digit(&n)) return "error.number.check";
    *ret_number = n;
    return NULL;
}

/* --- search -------------------------------------------------------------------------------------- */

/* Year and serial ("26-4567", "45C67890", "26004567"), or the serial alone. */
static Str partial_key(Arena *a, const Typed *t) {
    Number n = { .check = 0 };
    size_t lead = digits_from(t, 0);
    size_t first_part = t->part[1];
    bool year_apart = lead >= 2 && (first_part == 2 || (lead == 2 && t->n > 2));
    bool all_digits = lead == t->n && t->n_parts == 1;
    bool year_ahead = all_digits && (lead == 2 + SERIAL_DIGITS || lead == 3 + SERIAL_DIGITS ||
                                     (lead == 2 + OLD_SERIAL_DIGITS && t->s[0] != '0'));
    if ((year_apart || year_ahead) && t->n > 2) {
        Typed rest = *t; /* the part of the year must not count as one before a check digit */
        if (year_apart && first_part == 2 && t->n_parts == 2) rest.n_parts = 1;
        if (read_serial(&rest, 2, rest.n_parts > 1, &n)) {
            return str_printf(a, "%02u-%u", (unsigned)value_of(t->s, 2), (unsigned)n.serial);
        }
    }
    if (read_serial(t, 0, true, &n)) return str_printf(a, "%u", (unsigned)n.serial);
    return STR_NONE;
}

static Str whole_key(Arena *a, const Number *n) {
    return str_printf(a, "%s-%02d-%u", n->office, n->year, (unsigned)n->serial);
}

/* Numbers of other shapes: letters and digits as they are, any script's letters folded. */
static Str other_key(Arena *a, Str typed) {
    Str folded = text_fold(a, str_slice(typed, 0, typed.n));
    char *out = arena_alloc(a, folded.n + 1);
    size_t n = 0;
    for (size_t pos = 0; pos < folded.n;) {
        size_t from = pos;
        uint32_t cp = str_utf8_next(folded, &pos);
        bool keep = (cp >= '0' && cp <= '9') || code_point_script(cp) != SCRIPT_NONE;
        if (!keep || (cp == '0' && n == 0)) continue;
        for (size_t i = from; i < pos; i++) {
            char c = folded.s[i];
            out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        }
    }
    return str_n(out, n);
}

static Str key_of(Arena *a, Str typed, Number *ret_whole, bool *ret_is_whole) {
    Typed t;
    *ret_is_whole = false;
    /* what does not fit is cut by whole code points, alike for storing and searching */
    size_t cut = 0;
    for (size_t pos = 0; pos < typed.n && pos <= NUMBER_BYTES_MAX;) {
        cut = pos;
        str_utf8_next(typed, &pos);
        if (pos <= NUMBER_BYTES_MAX) cut = pos;
    }
    typed = str_slice(typed, 0, cut);
    if (read_typed(typed, &t)) {
        if (t.n_parts == 0) return STR("");
        if (find_whole(&t, ret_whole)) {
            *ret_is_whole = true;
            return whole_key(a, ret_whole);
        }
        Str key = partial_key(a, &t);
        if (key.s) return key;
    }
    return other_key(a, typed);
}

Str number_search_key(Arena *a, Str typed) {
    Number n;
    bool is_whole;
    return key_of(a, typed, &n, &is_whole);
}

size_t number_terms(Arena *a, Str number, Str ret_terms[NUMBER_TERMS_MAX]) {
    Number n;
    bool is_whole;
    Str key = key_of(a, number, &n, &is_whole);
    if (key.n == 0) return 0;
    if (!is_whole) {
        ret_terms[0] = key;
        return 1;
    }
    ret_terms[1] = str_slice(key, 4, key.n);          /* after the office: year and serial */
    ret_terms[0] = str_slice(ret_terms[1], 3, key.n); /* after the year */
    ret_terms[2] = key;
    return 3;
}
