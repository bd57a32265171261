/* str.c: text as pointer + length; UTF-8, numbers and hexadecimal. */
#include "base/str.h"

#include "base/arena.h"
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

static bool is_ascii_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char lower_ascii(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

int str_cmp(Str a, Str b) {
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.s, b.s, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(Str a, Str prefix) {
    return a.n >= prefix.n && (prefix.n == 0 || memcmp(a.s, prefix.s, prefix.n) == 0);
}

bool str_ends(Str a, Str suffix) {
    return a.n >= suffix.n &&
           (suffix.n == 0 || memcmp(a.s + (a.n - suffix.n), suffix.s, suffix.n) == 0);
}

ptrdiff_t str_find(Str hay, Str needle) {
    if (needle.n == 0) return 0;
    if (needle.n > hay.n) return -1;
    const char *at = memmem(hay.s, hay.n, needle.s, needle.n);
    return at ? at - hay.s : -1;
}

ptrdiff_t str_find_byte(Str hay, char byte) {
    const char *at = hay.n ? memchr(hay.s, (unsigned char)byte, hay.n) : NULL;
    return at ? at - hay.s : -1;
}

Str str_slice(Str a, size_t from, size_t to) {
    if (to > a.n) to = a.n;
    if (from > to) from = to;
    return from ? (Str){ a.s + from, to - from } : (Str){ a.s, to };
}

Str str_trim(Str a) {
    while (a.n && is_ascii_space(a.s[0]))
        a = (Str){ a.s + 1, a.n - 1 };
    while (a.n && is_ascii_space(a.s[a.n - 1]))
        a.n--;
    return a;
}

Str str_cut(Str *rest, char sep) {
    Str all = *rest;
    ptrdiff_t at = str_find_byte(all, sep);
    if (at < 0) {
        *rest = STR_NONE;
        return all;
    }
    size_t before = (size_t)at;
    *rest = (Str){ all.s + before + 1, all.n - before - 1 };
    return (Str){ all.s, before };
}

bool str_ieq(Str a, Str b) {
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower_ascii(a.s[i]) != lower_ascii(b.s[i])) return false;
    }
    return true;
}

Str str_copy(Arena *a, Str text) {
    if (!text.s) return STR_NONE;
    if (text.n == 0) return STR("");
    return (Str){ arena_copy(a, text.s, text.n), text.n };
}

Str str_concat(Arena *a, Str x, Str y) {
    size_t n;
    if (__builtin_add_overflow(x.n, y.n, &n)) n = SIZE_MAX; /* the arena refuses it */
    if (n == 0) return STR("");
    char *p = arena_alloc(a, n);
    if (x.n) memcpy(p, x.s, x.n);
    if (y.n) memcpy(p + x.n, y.s, y.n);
    return (Str){ p, n };
}

Str str_printf(Arena *a, const char *format, ...) {
    char most[128]; /* are shorter: formatted once */
    va_list args;
    va_start(args, format);
    int n = vsnprintf(most, sizeof(most), format, args);
    va_end(args);
    if (n < 0) BUG("str_printf: bad format");
    char *p = arena_alloc(a, (size_t)n + 1);
    if ((size_t)n < sizeof(most)) {
        memcpy(p, most, (size_t)n + 1);
        return (Str){ p, (size_t)n };
    }
    va_start(args, format);
    vsnprintf(p, (size_t)n + 1, format, args);
    va_end(args);
    return (Str){ p, (size_t)n };
}

Str str_lower_ascii(Arena *a, Str text) {
    if (text.n == 0) return text;
    char *p = arena_alloc(a, text.n);
    for (size_t i = 0; i < text.n; i++)
        p[i] = lower_ascii(text.s[i]);
    return (Str){ p, text.n };
}

const char *str_c(Arena *a, Str text) {
    if (text.n == 0) return "";
    char *p = arena_alloc(a, text.n + 1); /* zeroed: the terminator is there */
    memcpy(p, text.s, text.n);
    return p;
}

/* --- UTF-8 ------------------------------------------------------------------------------------ */

static bool is_ascii_word(const char *p) {
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return (word & UINT64_C(0x8080808080808080)) == 0;
}

static bool is_tail(uint8_t byte) {
    return (byte & 0xc0) == 0x80;
}

/* Bytes of the well-formed sequence at p (Unicode 15, table 3-7), or 0. */
static size_t sequence_length(const uint8_t *p, size_t left) {
    uint8_t lead = p[0];
    if (lead < 0x80) return 1;
    if (lead < 0xc2) return 0; /* a tail, or an overlong form of ASCII */
    if (left < 2) return 0;
    if (lead < 0xe0) return is_tail(p[1]) ? 2 : 0;
    uint8_t lowest = 0x80, highest = 0xbf;
    if (lead < 0xf0) {
        if (lead == 0xe0) lowest = 0xa0;  /* else overlong */
        if (lead == 0xed) highest = 0x9f; /* else a surrogate */
        bool ok = left >= 3 && p[1] >= lowest && p[1] <= highest && is_tail(p[2]);
        return ok ? 3 : 0;
    }
    if (lead > 0xf4) return 0;
    if (lead == 0xf0) lowest = 0x90;  /* else overlong */
    if (lead == 0xf4) highest = 0x8f; /* else above U+10FFFF */
    bool ok = left >= 4 && p[1] >= lowest && p[1] <= highest && is_tail(p[2]) && is_tail(p[3]);
    return ok ? 4 : 0;
}

bool str_utf8_valid(Str text) {
    size_t i = 0;
    while (i < text.n) {
        if (text.n - i >= 8 && is_ascii_word(text.s + i)) {
            i += 8;
            continue;
        }
        size_t n = sequence_length((const uint8_t *)text.s + i, text.n - i);
        if (n == 0) return false;
        i += n;
    }
    return true;
}

uint32_t str_utf8_next(Str text, size_t *pos) {
    ASSERT(*pos < text.n);
    const uint8_t *p = (const uint8_t *)text.s + *pos;
    size_t n = sequence_length(p, text.n - *pos);
    ASSERT(n != 0);
    *pos += n;
    switch (n) {
    case 1: return p[0];
    case 2: return (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f);
    case 3: return (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    default:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3f) << 12 |
               (uint32_t)(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
    }
}

size_t str_utf8_encode(uint32_t code_point, char out[4]) {
    uint32_t u = code_point;
    ASSERT(u <= 0x10ffff && (u < 0xd800 || u > 0xdfff));
    if (u < 0x80) {
        out[0] = (char)u;
        return 1;
    }
    if (u < 0x800) {
        out[0] = (char)(0xc0 | u >> 6);
        out[1] = (char)(0x80 | (u & 0x3f));
        return 2;
    }
    if (u < 0x10000) {
        out[0] = (char)(0xe0 | u >> 12);
        out[1] = (char)(0x80 | (u >> 6 & 0x3f));
        out[2] = (char)(0x80 | (u & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | u >> 18);
    out[1] = (char)(0x80 | (u >> 12 & 0x3f));
    out[2] = (char)(0x80 | (u >> 6 & 0x3f));
    out[3] = (char)(0x80 | (u & 0x3f));
    return 4;
}

size_t str_utf8_length(Str text) {
    size_t length = 0;
    for (size_t i = 0; i < text.n; i++)
        length += !is_tail((uint8_t)text.s[i]);
    return length;
}

/* --- numbers and hexadecimal ------------------------------------------------------------------ */

bool num_parse_u64(Str text, uint64_t *ret_value) {
    if (text.n == 0) return false;
    uint64_t value = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (c < '0' || c > '9') return false;
        if (__builtin_mul_overflow(value, UINT64_C(10), &value)) return false;
        if (__builtin_add_overflow(value, (uint64_t)(c - '0'), &value)) return false;
    }
    *ret_value = value;
    return true;
}

bool num_parse_i64(Str text, int64_t *ret_value) {
    bool negative = text.n && text.s[0] == '-';
    uint64_t size;
    if (!num_parse_u64(str_slice(text, negative, text.n), &size)) return false;
    if (size > (uint64_t)INT64_MAX + negative) return false;
    /* In two steps, because -INT64_MIN is no int64_t. */
    *ret_value = !negative ? (int64_t)size : size == 0 ? 0 : -(int64_t)(size - 1) - 1;
    return true;
}

Str hex_encode(Arena *a, const void *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;
    if (n == 0) return STR("");
    char *out = arena_alloc_array(a, n, 2);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    return (Str){ out, 2 * n };
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = lower_ascii(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hex_decode(Str hex, void *ret_bytes, size_t n) {
    if (hex.n % 2 != 0 || hex.n / 2 != n) return false;
    for (size_t i = 0; i < hex.n; i++) {
        if (hex_digit(hex.s[i]) < 0) return false;
    }
    uint8_t *out = ret_bytes;
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(hex_digit(hex.s[2 * i]) * 16 + hex_digit(hex.s[2 * i + 1]));
    }
    return true;
}
