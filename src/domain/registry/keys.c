/* keys.c: what the exact check looks people up by: given name, father's (or family) name and year of
 * birth as one short key, so that the check costs the same in a register of a million.
 *
 * A key is "=" and ten hex digits of SHA-256 over the skeletons of both names and the birth year. Two
 * keys that collide cost a look, no more: check.c compares the names. */
#include "domain/registry/registry_int.h"

#include "text/name_word.h"

#include "base/banned.h"

enum { KEY_DIGITS = 10 };

static void add_key(Arena *a, Str name, Str second, int year, Str *list, size_t *n, size_t max) {
    Skeleton x = name_joined_skeleton(name), y = name_joined_skeleton(second);
    if (x.n == 0 || y.n == 0) return;
    Str text = str_printf(a, "%.*s+%.*s+%d", (int)x.n, x.s, (int)y.n, y.s, year);
    Hash256 h = sha256(text);
    Str key = str_concat(a, STR("="), hex_encode(a, h.b, KEY_DIGITS / 2));
    for (size_t i = 0; i < *n; i++)
        if (str_eq(list[i], key)) return;
    if (*n < max) list[(*n)++] = key;
}

size_t name_year_keys(Arena *a, const Str name[2], const Str second[2], size_t script, Day from,
                      Day to, Str *ret, size_t max) {
    /* Where the second name is known in the other script only, it sounds the same. */
    Str y = second[script].n ? second[script] : second[1 - script];
    size_t n = 0;
    if (!name[script].n || !y.n) return 0;
    for (int year = civil_from_day(from).year; year <= civil_from_day(to).year; year++)
        add_key(a, name[script], y, year, ret, &n, max);
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
    for (size_t i = 0; i < KIND_TERMS_MAX; i++)
        n += name_year_keys(a, name, seconds[i / 2], i % 2, day, day, ret + n, 1);
    return n;
}
