/* number_fuzz.c: registration and phone numbers: what is stored is found again. */
#include "base/base.h"
#include "text/text.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    Str text = str_n(data, n);
    if (n > 256 || !str_utf8_valid(text)) return 0;
    Arena *a = arena_new(env_system(), 4 << 20);
    Number number;
    bool parsed = number_parse(text, &number) == NULL;
    Str key = number_search_key(a, text);
    Str terms[NUMBER_TERMS_MAX];
    size_t n_terms = number_terms(a, text, terms);
    bool found = key.n == 0;
    for (size_t i = 0; i < n_terms; i++) {
        ASSERT(terms[i].n > 0 && str_utf8_valid(terms[i]));
        found = found || str_eq(terms[i], key);
    }
    ASSERT(found);
    if (parsed) {
        ASSERT(n_terms == 3);
        Str again =
            number_format(a, str_of(number.office), number.year, number.serial, number.kind);
        Number second;
        ASSERT(number_parse(again, &second) == NULL && second.serial == number.serial);
        ASSERT(str_eq(number_search_key(a, again), key));
    }
    Str e164;
    if (phone_parse(a, text, STR("93"), &e164) == NULL) {
        ASSERT(e164.n >= 1 + PHONE_DIGITS_MIN && e164.n <= 1 + PHONE_DIGITS_MAX);
        Str twice;
        ASSERT(phone_parse(a, e164, STR(""), &twice) == NULL && str_eq(twice, e164));
        ASSERT(phone_last4(a, e164).n == 4);
    }
    phone_search_digits(a, text);
    arena_free(a);
    return 0;
}
