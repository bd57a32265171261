/* fold_fuzz.c: any valid text folds, stays folded, and cleans without growing. */
#include "base/base.h"
#include "text/text.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    Str text = str_n(data, n);
    if (n > 4096 || !str_utf8_valid(text)) return 0;
    Arena *a = arena_new(env_system(), 4 << 20);
    Str folded = text_fold(a, text);
    ASSERT(str_utf8_valid(folded));
    ASSERT(str_eq(text_fold(a, folded), folded));
    Str clean;
    if (text_clean_name(a, text, &clean) == NULL) {
        ASSERT(clean.n <= n && str_utf8_valid(clean) && !text_has_hidden(clean));
        Str again;
        ASSERT(text_clean_name(a, clean, &again) == NULL && str_eq(clean, again));
        ASSERT(str_eq(text_fold(a, clean), folded));
    }
    if (text_clean_lines(a, text, &clean) == NULL) ASSERT(str_utf8_valid(clean));
    ASSERT(str_utf8_valid(text_digits_local(a, text_digits_ascii(a, text), STR("ps"))));
    text_script(text);
    Str en = sort_key(a, text, STR("en")), ps = sort_key(a, folded, STR("ps"));
    ASSERT(str_find_byte(en, 0) < 0 && str_find_byte(ps, 0) < 0);
    arena_free(a);
    return 0;
}
