/* str.h: text as pointer + length.
 *
 * A Str never owns its bytes: they live in an arena, in static storage or in the caller's buffer.
 * It is not NUL-terminated; str_c() makes a terminated copy at a library's border. Text that
 * crosses the edge of the program is checked once with str_utf8_valid(); after that every Str of
 * text is valid UTF-8. A Str with s == NULL is "absent"; an empty text has s != NULL, n == 0. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define CHECKED __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

typedef struct Arena Arena;

typedef struct Str {
    const char *s;
    size_t n;
} Str;

/* A Str of a string literal; usable in constant initialisers as STR_INIT. */
#define STR(lit) ((Str){ "" lit, sizeof(lit) - 1 })
#define STR_INIT(lit)                                                                              \
    { "" lit, sizeof(lit) - 1 }
#define STR_NONE ((Str){ NULL, 0 })
/* For printf("%.*s"). */
#define STR_ARG(x) (int)(x).n, (x).s

static inline Str str_of(const char *c_text) {
    return c_text ? (Str){ c_text, strlen(c_text) } : STR_NONE;
}
static inline Str str_n(const void *bytes, size_t n) {
    return (Str){ (const char *)bytes, n };
}
static inline bool str_eq(Str a, Str b) {
    return a.n == b.n && (a.n == 0 || memcmp(a.s, b.s, a.n) == 0);
}
static inline bool str_is(Str a, const char *c_text) {
    return str_eq(a, str_of(c_text));
}
static inline bool str_empty(Str a) {
    return a.n == 0;
}

/* Byte order; a prefix comes first. For display order see text/sort key. */
int str_cmp(Str a, Str b);
bool str_starts(Str a, Str prefix);
bool str_ends(Str a, Str suffix);
/* Position of the first occurrence, or -1. */
ptrdiff_t str_find(Str hay, Str needle);
ptrdiff_t str_find_byte(Str hay, char byte);
/* a[from..to), clamped to the text. */
Str str_slice(Str a, size_t from, size_t to);
/* Without ASCII white space at both ends. */
Str str_trim(Str a);
/* Cuts *rest at the first `sep`: returns what was before it and leaves what is after; when no
 * separator is left, returns all and sets rest->s = NULL. Loop: while (rest.s) part = ... */
Str str_cut(Str *rest, char sep);
/* ASCII case only. */
bool str_ieq(Str a, Str b);

Str str_copy(Arena *a, Str text);
Str str_concat(Arena *a, Str x, Str y);
Str str_printf(Arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
Str str_lower_ascii(Arena *a, Str text);
/* A NUL-terminated copy. Text with an embedded NUL is cut there: check first where it matters. */
const char *str_c(Arena *a, Str text);

/* Strict UTF-8 (RFC 3629): no surrogates, no overlong forms, nothing above U+10FFFF. */
bool str_utf8_valid(Str text);
/* Decodes one code point at *pos and advances; the text must be valid. */
uint32_t str_utf8_next(Str text, size_t *pos);
/* Encodes into out[4]; returns the number of bytes. */
size_t str_utf8_encode(uint32_t code_point, char out[4]);
/* Number of code points of valid text. */
size_t str_utf8_length(Str text);

/* Whole text as a number; false when it is empty, has other characters or overflows. */
bool num_parse_i64(Str text, int64_t *ret_value) CHECKED;
bool num_parse_u64(Str text, uint64_t *ret_value) CHECKED;

/* Lower-case hexadecimal. hex_decode wants exactly 2 × n digits of either case. */
Str hex_encode(Arena *a, const void *bytes, size_t n);
bool hex_decode(Str hex, void *ret_bytes, size_t n) CHECKED;

#endif
