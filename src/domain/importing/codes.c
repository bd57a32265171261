/* codes.c: a code by itself, by its label in any of the five languages, or by what others call it. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

static void put(Arena *a, Codes *codes, Str word, Str code) {
    Str normal = normal_form(a, word);
    if (normal.n == 0 || map_has(&codes->by_word, normal)) return;
    Str *value = arena_new_of(a, Str);
    *value = code;
    map_put(&codes->by_word, normal, value);
}

static void put_synonyms(Arena *a, Codes *codes, const char *list) {
    for (size_t i = 0; i < n_code_synonyms; i++) {
        Str code = str_of(code_synonyms[i].target), of = str_cut(&code, '.');
        Str rest = str_of(code_synonyms[i].words);
        if (!str_is(of, list)) continue;
        while (rest.s)
            put(a, codes, str_cut(&rest, '|'), code);
    }
}

/* The codes themselves win over labels, labels over synonyms. A withdrawn code is not offered. */
const Codes *codes_make(Arena *a, const Model *m, const char *list) {
    static const char *const langs[] = { "en", "fr", "fa", "ps", "ar" };
    const CodeList *l = model_codes(m, str_of(list));
    Codes *codes = arena_new_of(a, Codes);
    *codes = (Codes){ .list = l, .by_word = map_new(a) };
    for (size_t i = 0; l && i < l->n; i++)
        if (!l->codes[i].until) put(a, codes, l->codes[i].code, l->codes[i].code);
    for (size_t i = 0; l && i < l->n; i++)
        for (size_t k = 0; k < sizeof langs / sizeof langs[0] && !l->codes[i].until; k++)
            put(a, codes, model_code_label(m, str_of(langs[k]), str_of(list), l->codes[i].code),
                l->codes[i].code);
    put_synonyms(a, codes, list);
    return codes;
}

Str code_read(Arena *a, const Codes *codes, Str text) {
    Str *found = map_get(&codes->by_word, normal_form(a, text));
    return found ? *found : STR("");
}
