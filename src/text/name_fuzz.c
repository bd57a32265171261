/* name_fuzz.c: any valid text gives terms and queries within their bounds; a name finds itself. */
#include "base/base.h"
#include "text/text.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool any_term(const NameToken *t, const NameTerms *terms) {
    for (size_t k = 0; k < t->n_alts; k++) {
        for (size_t i = 0; i < terms->n; i++) {
            Str term = terms->v[i], alt = t->alts[k].term;
            if (t->alts[k].is_prefix ? str_starts(term, alt) : str_eq(term, alt)) return true;
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    Str text = str_n(data, n);
    if (n > 600 || !str_utf8_valid(text)) return 0;
    Arena *a = arena_new(env_system(), 4 << 20);
    NameTerms terms = name_terms(a, text);
    ASSERT(terms.n <= NAME_TERMS_MAX);
    for (size_t i = 0; i < terms.n; i++) {
        ASSERT(terms.v[i].n > 0 && terms.v[i].n <= NAME_TERM_BYTES_MAX);
        ASSERT(str_utf8_valid(terms.v[i]));
    }
    NameQuery q = name_query(a, text);
    ASSERT(q.n <= NAME_TOKENS_MAX);
    for (size_t i = 0; i < q.n; i++) {
        ASSERT(q.tokens[i].n_alts > 0 && q.tokens[i].n_alts <= NAME_ALTS_MAX);
        ASSERT(str_utf8_valid(q.tokens[i].folded));
        if (terms.n < NAME_TERMS_MAX) ASSERT(any_term(&q.tokens[i], &terms));
    }
    int score = name_match(a, &q, &text, 1);
    ASSERT(score >= 0 && score <= NAME_SCORE_MAX);
    ASSERT(name_alike(a, text, text) || name_skeleton(a, text).n == 0);
    arena_free(a);
    return 0;
}
