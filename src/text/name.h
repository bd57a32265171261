/* name.h: finding people by names that are spelled in many ways, in two scripts.
 *
 * A *skeleton* keeps the consonants of a name in ASCII, so that romanised and Arabic-script forms
 * of one name normally agree: محمد Mohammad Mohamed Muhammad → "mhmd"; عبدالرحمن Abdul Rahman
 * Abdurrahman → "abdrhmn"; Rachid Rashid رشید → "rshd". An initial vowel is "a". Where a letter is
 * read in two ways (ض z or d, ښ sh or kh, Latin th t or s, w kept or swallowed) a name has more than
 * one skeleton. Other scripts (Ethiopic, Cyrillic …) use their folded letters.
 *
 * Storing: name_terms() gives the terms of one name field; put them in a search table.
 * Searching: name_query() gives for each typed token the alternatives to look up. A person is a
 * candidate when EVERY token finds ANY of its alternatives among the terms of ANY of the person's
 * names. Then name_match() ranks the few candidates.
 *
 *     for each token: EXISTS (term = alt.term            where !alt.is_prefix
 *                          OR term >= alt.term AND term < alt.term || x'ff'  where alt.is_prefix)
 *
 * Sources: shared rules of Arabic and Persian romanisation (ALA-LC, BGN/PCGN 1958/2007), Freeman et
 * al., NAACL 2006 (character classes for Arabic-English), Aqeel et al., JASIST 2006 (Arabic
 * Soundex). Measured agreement: README.md.
 *
 * Limits: text beyond NAME_BYTES_MAX is ignored; at most NAME_TOKENS_MAX tokens a name. */
#ifndef TEXT_NAME_H
#define TEXT_NAME_H

#include "base/str.h"

enum {
    NAME_BYTES_MAX = 400,
    NAME_TOKENS_MAX = 8,
    NAME_TERMS_MAX = 12,
    NAME_TERM_BYTES_MAX = 24,
    NAME_ALTS_MAX = 8,
    NAME_SCORE_MAX = 1000,
};

typedef struct NameTerms {
    Str v[NAME_TERMS_MAX]; /* unique; the most telling first */
    size_t n;
} NameTerms;

typedef struct NameAlt {
    Str term;
    bool is_prefix; /* terms that begin with it, not only those equal to it */
    bool is_joined; /* this token and a neighbour written as one */
} NameAlt;

typedef struct NameToken {
    Str folded; /* as typed, folded */
    NameAlt alts[NAME_ALTS_MAX];
    size_t n_alts; /* at least 1 */
    bool is_open;  /* still being typed */
} NameToken;

typedef struct NameQuery {
    NameToken tokens[NAME_TOKENS_MAX];
    size_t n; /* 0: nothing to search for */
} NameQuery;

/* The main skeleton of one token or compound ("Abdul Rahman"); empty when there is no letter. */
Str name_skeleton(Arena *a, Str name);
/* Terms of one name field (one or several words): the skeletons of its tokens, of neighbours joined
 * ("Ali Reza" is also Alireza) and their second readings. */
NameTerms name_terms(Arena *a, Str name);
/* Reads what is being typed. The last token is still open, hence a prefix, unless a space follows
 * it. Honorifics (Haji, Mullah …) and particles are left out where another token remains. */
NameQuery name_query(Arena *a, Str typed);
/* 0 … NAME_SCORE_MAX: how well the names of one person answer the query. Per token: spelled alike >
 * begins alike > sounds alike; each token of a name answers once; 0 where a token finds nothing. */
int name_match(Arena *a, const NameQuery *query, const Str *names, size_t n_names);
/* The same for many people: a name that several bear is judged once. Query and names must outlive the
 * matcher, which lives in the arena. */
typedef struct NameMatcher NameMatcher;
NameMatcher *name_matcher_new(Arena *a, const NameQuery *query);
int name_matcher_score(NameMatcher *m, const Str *names, size_t n_names);
/* True where the two spellings share a skeleton: a test for "same name?", not for "same person?". */
bool name_alike(Arena *a, Str x, Str y);

#endif
