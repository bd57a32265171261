/* name_word.c: cuts a name into words, leaves out articles and particles, joins compounds. */
#include "text/name_word.h"

#include "base/arena.h"

#include "base/banned.h"

enum { CP_CEDILLA = 0x0327, CP_COMMA_BELOW = 0x0326, CP_CARON = 0x030C, CP_ACUTE = 0x0301 };

/* Letters whose sound the fold would lose. 0 where there is nothing to keep. */
static uint32_t keep_sound(uint32_t cp) {
    switch (cp) {
    case 0x00C7:
    case 0x00E7: /* ç */ return LETTER_SOFT_C;
    case 0x0106:
    case 0x0107:
    case 0x010C:
    case 0x010D: /* ć č */
    case 0x015E:
    case 0x015F:
    case 0x0160:
    case 0x0161: /* ş š */
    case 0x0218:
    case 0x0219: /* ș */ return LETTER_SH;
    case 0x017D:
    case 0x017E: /* ž */ return LETTER_ZH;
    case 0x0629:
    case 0x06C3:
    case 0xFE93:
    case 0xFE94: return LETTER_TEH_MARBUTA;
    default: return 0;
    }
}

/* The same for a letter followed by a combining mark; 0 where the mark changes no sound. */
static uint32_t keep_marked(uint32_t letter, uint32_t mark) {
    if (mark == CP_CEDILLA || mark == CP_COMMA_BELOW) {
        return letter == 'c' ? LETTER_SOFT_C : letter == 's' ? LETTER_SH : 0;
    }
    if (mark == CP_CARON && letter == 'z') return LETTER_ZH;
    if (mark == CP_CARON || mark == CP_ACUTE) {
        return letter == 'c' || (letter == 's' && mark == CP_CARON) ? LETTER_SH : 0;
    }
    return 0;
}

static bool is_digit_letter(uint32_t c) {
    return c >= '0' && c <= '9';
}

/* --- cutting ------------------------------------------------------------------------------------- */

typedef struct Cutter {
    NameWords *out;
    bool in_word;
    bool full;
} Cutter;

/* Starts a word where none is open or the script changes. NULL when there is no room. */
static NameWord *word_for(Cutter *c, TextScript script) {
    NameWord *w = c->in_word ? &c->out->v[c->out->n - 1] : NULL;
    if (w && script != SCRIPT_NONE && w->script != SCRIPT_NONE && w->script != script) w = NULL;
    if (!w) {
        if (c->out->n == NAME_TOKENS_MAX) {
            c->full = true;
            return NULL;
        }
        w = &c->out->v[c->out->n++];
        *w = (NameWord){ .script = SCRIPT_NONE };
        c->in_word = true;
    }
    if (w->script == SCRIPT_NONE) w->script = script;
    return w;
}

static void cut_letter(Cutter *c, uint32_t cp) {
    if (cp == '\'') return; /* Ja'far is one word */
    bool letter = (cp >= 'a' && cp <= 'z') || is_digit_letter(cp) || cp == LETTER_SOFT_C ||
                  cp == LETTER_SH || cp == LETTER_ZH;
    TextScript script = code_point_script(cp);
    if (!letter && script == SCRIPT_NONE) {
        c->in_word = false;
        return;
    }
    NameWord *w = word_for(c, script);
    if (w && w->n < NAME_WORD_MAX) w->letters[w->n++] = cp;
}

static void cut(Str name, NameWords *out) {
    Cutter c = { .out = out };
    for (size_t pos = 0; pos < name.n && pos < NAME_BYTES_MAX && !c.full;) {
        uint32_t cp = str_utf8_next(name, &pos);
        uint32_t kept = keep_sound(cp);
        if (kept) {
            cut_letter(&c, kept);
            continue;
        }
        NameWord *w = c.in_word ? &out->v[out->n - 1] : NULL;
        kept = w && w->n > 0 ? keep_marked(w->letters[w->n - 1], cp) : 0;
        if (kept) {
            w->letters[w->n - 1] = kept;
            continue;
        }
        uint32_t folded[FOLD_MAX];
        size_t n = fold_code_point(cp, folded);
        for (size_t i = 0; i < n; i++)
            cut_letter(&c, folded[i]);
    }
    out->open = c.in_word && !c.full;
}

/* --- articles and particles ---------------------------------------------------------------------- */

static bool word_is(const NameWord *w, const char *text) {
    Str t = str_of(text);
    size_t i = 0;
    for (size_t pos = 0; pos < t.n; i++) {
        if (i >= w->n || w->letters[i] != str_utf8_next(t, &pos)) return false;
    }
    return i == w->n;
}

static bool is_one_of(const NameWord *w, const char *const *list) {
    for (; *list; list++) {
        if (word_is(w, *list)) return true;
    }
    return false;
}

static NameArticle article_before(const NameWord *w, const NameWord *next) {
    static const char *const l_forms[] = { "al", "el", "ul", "ol", "il", "ال", NULL };
    if (w->script != next->script) return ARTICLE_NONE;
    if (is_one_of(w, l_forms)) return ARTICLE_L;
    /* ur Rahman, ad-Din, ash-Shams: a vowel and the next word's first consonant */
    if (w->script != SCRIPT_LATIN || w->n < 2 || w->n > 3 || next->n < 2) return ARTICLE_NONE;
    uint32_t v = w->letters[0];
    if (v != 'a' && v != 'e' && v != 'u' && v != 'o') return ARTICLE_NONE;
    for (size_t i = 1; i < w->n; i++) {
        if (w->letters[i] != next->letters[i - 1]) return ARTICLE_NONE;
    }
    return strchr("drstzn", (int)w->letters[1]) ? ARTICLE_ASSIMILATED : ARTICLE_NONE;
}

static bool is_particle(const NameWord *w) {
    static const char *const particles[] = { "bin", "ibn", "bint", "binte", "binti",
                                             "wa",  "بن",  "ابن",  "بنت",   NULL };
    return is_one_of(w, particles);
}

void name_words(Str name, NameWords *ret) {
    NameWords all;
    all.n = 0;
    cut(name, &all);
    ret->n = 0;
    ret->open = all.open;
    NameArticle article = ARTICLE_NONE;
    for (size_t i = 0; i < all.n; i++) {
        NameWord *w = &all.v[i];
        if (i + 1 < all.n) {
            NameArticle here = article_before(w, &all.v[i + 1]);
            if (here != ARTICLE_NONE) {
                article = here;
                continue;
            }
            if (is_particle(w)) continue;
        }
        w->after = article;
        article = ARTICLE_NONE;
        ret->v[ret->n++] = *w;
    }
}

/* --- joining ------------------------------------------------------------------------------------- */

static void append(NameWord *w, uint32_t letter) {
    if (w->n < NAME_WORD_MAX) w->letters[w->n++] = letter;
}

NameWord name_join(const NameWord *x, const NameWord *y) {
    NameWord w = *x;
    uint32_t first = y->letters[0];
    bool sun = first < 0x80 && strchr("drstznXS", (int)first) != NULL;
    if (y->after == ARTICLE_L && y->script == SCRIPT_LATIN) {
        bool abd = word_is(x, "abd"); /* Abd al-Rahman is typed Abdul Rahman as well */
        if (abd) append(&w, 'u');
        if (abd || !sun) append(&w, 'l');
    }
    if (y->after == ARTICLE_L && y->script == SCRIPT_ARABIC) {
        append(&w, 0x0627);
        append(&w, 0x0644);
    }
    for (size_t i = 0; i < y->n; i++)
        append(&w, y->letters[i]);
    return w;
}

/* --- text ---------------------------------------------------------------------------------------- */

Str name_word_text(Arena *a, const NameWord *word) {
    char *bytes = arena_alloc(a, 4 * word->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < word->n; i++) {
        uint32_t cp = word->letters[i];
        if (cp == LETTER_TEH_MARBUTA) cp = 0x0647;
        if (cp == LETTER_SOFT_C) cp = 'c';
        if (cp == LETTER_ZH) cp = 'z';
        if (cp == LETTER_SH) cp = 's'; /* ć and č too: the display form only ranks */
        n += str_utf8_encode(cp, bytes + n);
    }
    return str_n(bytes, n);
}
