/* name.c: search terms of names, queries as they are typed, ranking of candidates. */
#include "text/name.h"

#include "base/status.h"
#include "text/name_word.h"

#include "base/banned.h"

/* The beginnings of a word, in letters, for which name_terms() keeps a term that begins as the
 * query of that beginning does. */
enum { PROMISED_LETTERS = 3 };

static Str skeleton_text(Arena *a, const Skeleton *s) {
    return str_copy(a, str_n(s->s, s->n));
}

/* All words of a name as one. */
static NameWord join_all(const NameWords *words) {
    NameWord w = words->v[0];
    for (size_t i = 1; i < words->n; i++)
        w = name_join(&w, &words->v[i]);
    return w;
}

Skeleton name_joined_skeleton(Str name) {
    NameWords words;
    name_words(name, &words);
    if (words.n == 0) return (Skeleton){ .n = 0 };
    NameWord w = join_all(&words);
    return name_word_skeleton(&w, SKELETON_MAIN);
}

Str name_skeleton(Arena *a, Str name) {
    Skeleton s = name_joined_skeleton(name);
    return skeleton_text(a, &s);
}

size_t name_joined_readings(Str name, Skeleton ret_readings[SKELETON_READINGS_MAX]) {
    NameWords words;
    name_words(name, &words);
    if (words.n == 0) return 0;
    NameWord w = join_all(&words);
    return name_word_readings(&w, ret_readings);
}

bool name_alike(Arena *a, Str x, Str y) {
    (void)a; /* today's readers need no memory */
    Skeleton of_x[SKELETON_READINGS_MAX], of_y[SKELETON_READINGS_MAX];
    size_t n_x = name_joined_readings(x, of_x), n_y = name_joined_readings(y, of_y);
    for (size_t i = 0; i < n_x; i++) {
        for (size_t k = 0; k < n_y; k++) {
            if (skeleton_eq(&of_x[i], &of_y[k])) return true;
        }
    }
    return false;
}

/* --- terms to store ------------------------------------------------------------------------------ */

typedef struct TermList {
    Skeleton v[NAME_TERMS_MAX];
    size_t n;
} TermList;

static void add_term(TermList *t, const Skeleton *s) {
    if (s->n == 0 || t->n == NAME_TERMS_MAX) return;
    for (size_t i = 0; i < t->n; i++) {
        if (skeleton_eq(&t->v[i], s)) return;
    }
    t->v[t->n++] = *s;
}

static bool begins_any(const TermList *t, const Skeleton *prefix) {
    for (size_t i = 0; i < t->n; i++) {
        if (skeleton_starts(&t->v[i], prefix)) return true;
    }
    return false;
}

/* While "Djamila" is typed, "D" asks for d… though its skeleton is jml: add "djml". */
static void promise_beginnings(TermList *t, const NameWord *word) {
    if (word->script == SCRIPT_OTHER) return;
    Skeleton whole = name_word_skeleton(word, SKELETON_MAIN);
    NameWord part = *word;
    for (size_t k = 1; k <= PROMISED_LETTERS && k < word->n; k++) {
        part.n = k;
        Skeleton open = name_word_skeleton(&part, SKELETON_OPEN);
        if (open.n == 0 || begins_any(t, &open)) continue;
        Skeleton both = open;
        size_t n = whole.n < sizeof both.s - both.n ? whole.n : sizeof both.s - both.n;
        memcpy(both.s + both.n, whole.s, n);
        both.n += n;
        add_term(t, &both);
    }
}

NameTerms name_terms(Arena *a, Str name) {
    NameWords words;
    name_words(name, &words);
    TermList t = { .n = 0 };
    Skeleton readings[SKELETON_READINGS_MAX];
    for (size_t i = 0; i < words.n; i++) {
        Skeleton s = name_word_skeleton(&words.v[i], SKELETON_MAIN);
        add_term(&t, &s);
    }
    for (size_t i = 0; i + 1 < words.n; i++) {
        NameWord w = name_join(&words.v[i], &words.v[i + 1]);
        Skeleton s = name_word_skeleton(&w, SKELETON_MAIN);
        add_term(&t, &s);
    }
    for (size_t i = 0; i < words.n; i++) {
        size_t n = name_word_readings(&words.v[i], readings);
        for (size_t k = 1; k < n; k++)
            add_term(&t, &readings[k]);
    }
    for (size_t i = 0; i < words.n; i++)
        promise_beginnings(&t, &words.v[i]);
    for (size_t i = 0; i + 1 < words.n; i++) {
        NameWord w = name_join(&words.v[i], &words.v[i + 1]);
        size_t n = name_word_readings(&w, readings);
        for (size_t k = 1; k < n; k++)
            add_term(&t, &readings[k]);
    }

    NameTerms terms = { .n = t.n };
    for (size_t i = 0; i < t.n; i++)
        terms.v[i] = skeleton_text(a, &t.v[i]);
    return terms;
}

/* --- queries ------------------------------------------------------------------------------------- */

static const char *const honorifics[] = {
    "haji",   "hajji",   "hadji",   "hajj",   "hadj",     "mullah",  "mulla", "molla",
    "mollah", "maulawi", "mawlawi", "molawi", "moulavi",  "mawlavi", "dr",    "mr",
    "mrs",    "ms",      "mme",     "mlle",   "monsieur", "madame",  "حاجی",  "حاج",
    "ملا",    "مولوی",   "داکتر",   "دکتر",   NULL,
};

static bool is_honorific(Arena *a, const NameWord *word) {
    Str text = name_word_text(a, word);
    for (const char *const *h = honorifics; *h; h++) {
        if (str_is(text, *h)) return true;
    }
    return false;
}

static void drop_honorifics(Arena *a, NameWords *words) {
    NameWords kept = { .open = words->open };
    for (size_t i = 0; i < words->n; i++) {
        bool last_open = words->open && i + 1 == words->n;
        if (last_open || !is_honorific(a, &words->v[i])) kept.v[kept.n++] = words->v[i];
    }
    if (kept.n > 0) *words = kept;
}

/* "Nur al" on the way to "Nur al-Din": the article says nothing yet. */
static void drop_last_article(Arena *a, NameWords *words) {
    static const char *const forms[] = { "al", "el", "ul", "ol", "il", "ud",
                                         "ur", "us", "uz", "un", "ut", NULL };
    if (words->n < 2) return;
    Str last = name_word_text(a, &words->v[words->n - 1]);
    for (const char *const *f = forms; *f; f++) {
        if (!str_is(last, *f)) continue;
        words->n--;
        words->open = false;
        return;
    }
}

static void add_alt(Arena *a, NameToken *t, const Skeleton *s, bool is_prefix, bool is_joined) {
    if (s->n == 0 || t->n_alts == NAME_ALTS_MAX) return;
    Str term = str_n(s->s, s->n);
    for (size_t i = 0; i < t->n_alts; i++) {
        const NameAlt *have = &t->alts[i];
        bool covers =
            have->is_prefix ? str_starts(term, have->term) : !is_prefix && str_eq(term, have->term);
        if (covers) return;
    }
    t->alts[t->n_alts++] = (NameAlt){ str_copy(a, term), is_prefix, is_joined };
}

/* The token is still being typed: everything that begins so, and the word as if it ended here. */
static void add_open_alts(Arena *a, NameToken *t, const NameWord *word) {
    Skeleton main = name_word_skeleton(word, SKELETON_OPEN);
    add_alt(a, t, &main, true, false);
    Skeleton second = name_word_skeleton(word, SKELETON_OPEN | SKELETON_SECOND);
    if (second.n > 1 || main.n <= 1) add_alt(a, t, &second, true, false);
    Skeleton bare = name_word_skeleton(word, SKELETON_OPEN | SKELETON_BARE);
    if (bare.n > 1) add_alt(a, t, &bare, true, false);
    /* Loose beginnings of one or two letters would find half the register. */
    Skeleton loose = name_word_skeleton(word, SKELETON_OPEN | SKELETON_LOOSE);
    if (loose.n > 2) add_alt(a, t, &loose, true, false);
}

static void add_joins(Arena *a, NameToken *t, const NameWords *words, size_t i) {
    for (size_t first = i > 0 ? i - 1 : 0; first <= i && first + 1 < words->n; first++) {
        NameWord w = name_join(&words->v[first], &words->v[first + 1]);
        bool open = words->open && first + 2 == words->n;
        Skeleton s = name_word_skeleton(&w, open ? SKELETON_OPEN : SKELETON_MAIN);
        add_alt(a, t, &s, open, true);
        if (open) {
            s = name_word_skeleton(&w, SKELETON_MAIN);
            add_alt(a, t, &s, false, true);
        }
    }
}

NameQuery name_query(Arena *a, Str typed) {
    NameWords words;
    name_words(typed, &words);
    drop_honorifics(a, &words);
    drop_last_article(a, &words);
    NameQuery q = { .n = 0 };
    for (size_t i = 0; i < words.n; i++) {
        NameToken *t = &q.tokens[q.n];
        *t = (NameToken){ .folded = name_word_text(a, &words.v[i]) };
        bool open = words.open && i + 1 == words.n;
        if (open) add_open_alts(a, t, &words.v[i]);
        Skeleton readings[SKELETON_READINGS_MAX];
        size_t n = name_word_readings(&words.v[i], readings);
        for (size_t k = 0; k < n; k++) {
            if (t->n_alts < NAME_ALTS_MAX - 3) add_alt(a, t, &readings[k], false, false);
        }
        add_joins(a, t, &words, i);
        t->is_open = open;
        if (t->n_alts > 0) q.n++;
    }
    return q;
}
