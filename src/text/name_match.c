/* name_match.c: how well the names of a person answer what was typed.
 *
 * Many people bear one name: a name is taken apart and each of its words judged once for a query, then
 * looked up. */
#include "text/name.h"

#include "base/map.h"
#include "text/name_word.h"

#include "base/banned.h"

enum {
    SCORE_EXACT = 1000,
    SCORE_JOINED_EXACT = 950,
    SCORE_PREFIX = 800, /* and up to 140 by how much of the word is typed */
    SCORE_SOUND = 720,
    SCORE_SECOND_SOUND = 640,
    SCORE_JOINED_SOUND = 680,
    SCORE_SOUND_PREFIX = 500, /* and up to 100 */
    SCORE_UNANSWERED = 10,    /* off for each word of the person nothing asked for, up to 50 */
    MATCH_WORDS_MAX = 32,
    JUDGED_MAX = 2 * NAME_TOKENS_MAX, /* words of a name and their joins */
};

/* One word of a name, or two written as one. */
typedef struct Candidate {
    Str text;
    Skeleton readings[SKELETON_READINGS_MAX];
    size_t n_readings;
    bool is_join;
} Candidate;

typedef struct Judged {
    uint8_t first; /* index of the word in its name, of the first one for a join */
    bool is_join;  /* of first and first + 1 */
    struct {
        int score;
        bool shared; /* the word answers this token and a neighbour together */
    } token[NAME_TOKENS_MAX];
} Judged;

typedef struct JudgedName {
    size_t n_words, n;
    Judged v[];
} JudgedName;

struct NameMatcher {
    Arena *arena;
    const NameQuery *query;
    Map names; /* → JudgedName */
};

/* How well one word, or two written as one, answers one token. */
static int score_pair(const NameToken *t, const Candidate *c, bool *ret_shared) {
    *ret_shared = false;
    if (str_eq(t->folded, c->text)) return c->is_join ? SCORE_JOINED_EXACT : SCORE_EXACT;
    int best = 0;
    if (t->is_open && c->text.n > 0 && str_starts(c->text, t->folded)) {
        best = SCORE_PREFIX + (int)(140 * t->folded.n / c->text.n) - (c->is_join ? 50 : 0);
    }
    for (size_t i = 0; i < t->n_alts; i++) {
        const NameAlt *alt = &t->alts[i];
        for (size_t k = 0; k < c->n_readings; k++) {
            Str term = str_n(c->readings[k].s, c->readings[k].n);
            int score = 0;
            if (str_eq(term, alt->term)) {
                score = k == 0 && i == 0 ? SCORE_SOUND : SCORE_SECOND_SOUND;
                if (alt->is_joined || c->is_join) score = SCORE_JOINED_SOUND;
            } else if (alt->is_prefix && term.n > 0 && str_starts(term, alt->term)) {
                score = SCORE_SOUND_PREFIX + (int)(100 * alt->term.n / term.n);
            }
            if (score > best) {
                best = score;
                *ret_shared = alt->is_joined;
            }
        }
    }
    return best;
}

static void judge_word(NameMatcher *m, JudgedName *name, const NameWord *w, size_t first,
                       bool is_join) {
    Candidate c = { .text = name_word_text(m->arena, w), .is_join = is_join };
    c.n_readings = name_word_readings(w, c.readings);
    Judged *j = &name->v[name->n++];
    j->first = (uint8_t)first;
    j->is_join = is_join;
    for (size_t i = 0; i < m->query->n; i++)
        j->token[i].score = score_pair(&m->query->tokens[i], &c, &j->token[i].shared);
}

static const JudgedName *judge(NameMatcher *m, Str text) {
    JudgedName *name = map_get(&m->names, text);
    if (name) return name;
    NameWords words;
    name_words(text, &words);
    name = arena_alloc(m->arena, sizeof(*name) + JUDGED_MAX * sizeof(name->v[0]));
    name->n_words = words.n;
    for (size_t i = 0; i < words.n; i++) {
        judge_word(m, name, &words.v[i], i, false);
        if (i + 1 == words.n) break;
        NameWord w = name_join(&words.v[i], &words.v[i + 1]);
        judge_word(m, name, &w, i, true);
    }
    map_put(&m->names, text, name);
    return name;
}

NameMatcher *name_matcher_new(Arena *a, const NameQuery *q) {
    NameMatcher *m = arena_new_of(a, NameMatcher);
    *m = (NameMatcher){ .arena = a, .query = q, .names = map_new(a) };
    return m;
}

/* What answers a token best of all names, and the bits of its words. A word that answers two tokens
 * together is taken by neither alone. */
typedef struct Best {
    int score;
    uint64_t takes;
} Best;

static void look_at(const JudgedName *name, size_t token, size_t offset, uint64_t used,
                    Best *best) {
    for (size_t k = 0; k < name->n; k++) {
        const Judged *j = &name->v[k];
        size_t last = offset + j->first + (j->is_join ? 1 : 0);
        if (last >= MATCH_WORDS_MAX) return;
        uint64_t words = (j->is_join ? UINT64_C(3) : UINT64_C(1)) << (offset + j->first);
        if (used & words || j->token[token].score <= best->score) continue;
        best->score = j->token[token].score;
        best->takes = j->token[token].shared ? 0 : words;
    }
}

int name_matcher_score(NameMatcher *m, const Str *names, size_t n_names) {
    const NameQuery *q = m->query;
    if (q->n == 0) return 0;
    uint64_t used = 0;
    size_t weight_sum = 0, sum = 0, answered = 0, n_words = 0;
    for (size_t i = 0; i < q->n; i++) {
        Best best = { 0 };
        n_words = 0;
        for (size_t k = 0; k < n_names && n_words < MATCH_WORDS_MAX; k++) {
            const JudgedName *name = judge(m, names[k]);
            look_at(name, i, n_words, used, &best);
            n_words += name->n_words;
        }
        if (best.score == 0) return 0;
        used |= best.takes;
        answered += best.takes ? 1 : 0;
        size_t weight = str_utf8_length(q->tokens[i].folded);
        weight_sum += weight;
        sum += weight * (size_t)best.score;
    }
    if (n_words > MATCH_WORDS_MAX) n_words = MATCH_WORDS_MAX;
    size_t left = n_words > answered ? n_words - answered : 0;
    int off = left < 5 ? (int)left * SCORE_UNANSWERED : 5 * SCORE_UNANSWERED;
    int score = (int)(sum / weight_sum) - off;
    return score > 0 ? score : 1;
}

int name_match(Arena *a, const NameQuery *q, const Str *names, size_t n_names) {
    return name_matcher_score(name_matcher_new(a, q), names, n_names);
}
