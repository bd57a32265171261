/* keys.c: what the exact check looks people up by: given name, father's (or family) name and year of
 * birth as one short key, so that the check costs the same in a register of a million.
 *
 * A key is "=", eight hex digits of SHA-256 over the skeletons of both names, and the birth year, so that
 * the years of two names lie side by side. Two keys that collide cost a look, no more: check.c compares
 * the names. */
#include "domain/registry/registry_int.h"

#include "text/name_word.h"

#include "base/banned.h"

enum { KEY_DIGITS = 8 };

size_t name_year_keys(Arena *a, const Str name[2], const Str second[2], size_t script, Day from,
                      Day to, Str *ret, size_t max) {
    /* Where the second name is known in the other script only, it sounds the same. */
    Str other = second[script].n ? second[script] : second[1 - script];
    Skeleton x = name_joined_skeleton(name[script]), y = name_joined_skeleton(other);
    size_t n = 0;
    if (x.n == 0 || y.n == 0) return 0;
    Hash256 h = sha256(str_printf(a, "%.*s+%.*s", (int)x.n, x.s, (int)y.n, y.s));
    Str names = hex_encode(a, h.b, KEY_DIGITS / 2);
    int last = civil_from_day(to).year;
    for (int year = civil_from_day(from).year; year <= last && n < max; year++)
        ret[n++] = str_printf(a, "=%.*s%04d", STR_ARG(names), year);
    return n;
}

static Str text_named(Val (*get)(const void *record, const char *field), const void *record,
                      const char *field) {
    Val v = get(record, field);
    return v.type == VAL_TEXT ? v.text : STR("");
}

size_t person_keys(Arena *a, Val (*get)(const void *record, const char *field), const void *record,
                   Str *ret) {
    Val born = get(record, "birth_date");
    if (born.type != VAL_INT) return 0;
    Day day = (Day)born.i;
    Str name[2] = { text_named(get, record, "given_name"),
                    text_named(get, record, "given_name_local") };
    Str father[2] = { text_named(get, record, "father_name"),
                      text_named(get, record, "father_name_local") };
    Str family[2] = { text_named(get, record, "family_name"),
                      text_named(get, record, "family_name_local") };
    const Str *const seconds[] = { father, family };
    size_t n = 0;
    for (size_t i = 0; i < KIND_TERMS_MAX; i++) {
        size_t m = name_year_keys(a, name, seconds[i / 2], i % 2, day, day, ret + n, 1);
        for (size_t k = 0; k < n && m; k++)
            if (str_eq(ret[k], ret[n])) m = 0;
        n += m;
    }
    return n;
}
