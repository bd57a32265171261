/* name_skeleton.c: consonant skeletons of words in Latin and Arabic script.
 *
 * Both readers emit the same ASCII units: b d f g h j k kh l m n p r s sh t ts v y z zh, and "a" for
 * a vowel at the beginning. Two-letter sounds are two letters so that "s", typed on the way to
 * "Shafi", is a prefix of what is stored. */
#include "text/name_word.h"

#include "base/banned.h"

typedef struct Reader {
    const uint32_t *letters;
    size_t n;
    unsigned how;
    Skeleton out;
    const char *last; /* the unit just emitted; NULL after a vowel */
    bool full;        /* a unit found no room: nothing more, or ends would look like middles */
} Reader;

static void emit(Reader *r, const char *unit) {
    size_t n = strlen(unit);
    if (r->last && strcmp(r->last, unit) == 0) return; /* written double, said once */
    r->last = unit;
    if (r->out.n + n > sizeof r->out.s) r->full = true;
    if (r->full) return;
    memcpy(r->out.s + r->out.n, unit, n);
    r->out.n += n;
}

static const char *either(const Reader *r, const char *main_unit, const char *second) {
    return (r->how & SKELETON_SECOND) != 0 ? second : main_unit;
}

static uint32_t at(const Reader *r, size_t i) {
    return i < r->n ? r->letters[i] : 0;
}

static bool is_open_end(const Reader *r, size_t i) {
    return (r->how & SKELETON_OPEN) != 0 && i >= r->n;
}

/* --- Latin --------------------------------------------------------------------------------------- */

static bool is_vowel(uint32_t c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

static bool is_letter(uint32_t c) {
    return (c >= 'a' && c <= 'z') || c == LETTER_SOFT_C || c == LETTER_SH || c == LETTER_ZH;
}

/* Letters that swallow the l of an article before them (sun letters), as they are romanised. */
static bool is_sun_latin(uint32_t c) {
    return c == 't' || c == 'd' || c == 'r' || c == 'z' || c == 's' || c == 'n' || c == LETTER_SH ||
           c == LETTER_SOFT_C;
}

/* Is the l at i an article's, silent before a sun letter? Abdulrahman, Nuraldin. */
static bool latin_l_is_silent(const Reader *r, size_t i) {
    if ((r->how & SKELETON_SPELLED) != 0 || i < 3 || !is_sun_latin(at(r, i + 1))) return false;
    if (!is_vowel(at(r, i - 1))) return false;
    size_t vowel = i;
    while (vowel > 0 && is_vowel(r->letters[vowel - 1]))
        vowel--;
    if (vowel == 3 && at(r, 0) == 'a' && at(r, 1) == 'b' && at(r, 2) == 'd') return true;
    size_t p = i + 1; /* … din, deen, dine at the end */
    if (at(r, p++) != 'd' || !is_vowel(at(r, p))) return false;
    while (is_vowel(at(r, p)))
        p++;
    if (at(r, p++) != 'n') return false;
    while (is_vowel(at(r, p)))
        p++;
    return p >= r->n;
}

/* c, d, g, k, p, s, t, x, z begin sounds of several letters. Returns how many letters are used. */
static size_t latin_c(Reader *r, size_t i) {
    uint32_t next = at(r, i + 1);
    if (next == 'h') {
        uint32_t after = at(r, i + 2);
        bool hard = is_letter(after) && !is_vowel(after) && after != 'h';
        emit(r, hard ? "k" : either(r, "sh", "k")); /* Christine; Charles, Chaman, Chérif */
        return 2;
    }
    if (next == 'k' || next == 'q') return 1;
    if (is_open_end(r, i + 1)) { /* k, s or sh: nobody knows yet */
        if (i == 0) emit(r, "c");
        return 1;
    }
    emit(r, next == 'e' || next == 'i' || next == 'y' ? "s" : "k");
    return 1;
}

static size_t latin_d(Reader *r, size_t i) {
    uint32_t next = at(r, i + 1);
    if (next == 'j') { /* Djamila; Mohammadjafar */
        if ((r->how & SKELETON_SECOND) != 0) emit(r, "d");
        emit(r, "j");
        return 2;
    }
    if (next == 'z') { /* Dzadran; dzh is j */
        bool zh = at(r, i + 2) == 'h';
        emit(r, zh ? "j" : "z");
        return zh ? 3 : 2;
    }
    if (next == 'h') { /* ذ ض; and Indic dh */
        emit(r, either(r, "d", "z"));
        return 2;
    }
    emit(r, "d");
    return 1;
}

static size_t latin_t(Reader *r, size_t i) {
    uint32_t next = at(r, i + 1), after = at(r, i + 2);
    if ((next == 'c' || next == 's') && after == 'h') { /* Tchala, Tshala */
        emit(r, "sh");
        return 3;
    }
    if (next == 'h') { /* Thomas; Uthman */
        emit(r, either(r, "t", "s"));
        return 2;
    }
    if (next == 's') {
        emit(r, "ts");
        return 2;
    }
    emit(r, "t");
    return 1;
}

static size_t latin_cluster(Reader *r, size_t i) {
    uint32_t c = r->letters[i], next = at(r, i + 1);
    switch (c) {
    case 'c': return latin_c(r, i);
    case 'd': return latin_d(r, i);
    case 't': return latin_t(r, i);
    case 'g':
        if (next == 'h') { /* غ, in Iran also ق */
            emit(r, either(r, "g", "k"));
            return 2;
        }
        emit(r, next == 'e' || next == 'i' ? either(r, "g", "j") : "g");
        return 1;
    case 'k': emit(r, next == 'h' ? "kh" : "k"); return next == 'h' ? 2 : 1;
    case 'p':
        emit(r, next == 'h' ? "f" : either(r, "p", "b")); /* Arabic has no p: بول */
        return next == 'h' ? 2 : 1;
    case 's':
        if (next == 'c' && at(r, i + 2) == 'h') {
            emit(r, "sh");
            return 3;
        }
        emit(r, next == 'h' ? "sh" : "s");
        return next == 'h' ? 2 : 1;
    case 'x':
        emit(r, "k");
        emit(r, "s");
        return 1;
    default: /* z */ emit(r, next == 'h' ? either(r, "zh", "j") : "z"); return next == 'h' ? 2 : 1;
    }
}

/* French ou before a, e, i is a w: Ouahid, Kouamé. */
static bool is_french_w(const Reader *r, size_t i) {
    uint32_t after = at(r, i + 2);
    return at(r, i) == 'o' && at(r, i + 1) == 'u' &&
           (after == 'a' || after == 'e' || after == 'i') &&
           (i == 0 || !is_vowel(r->letters[i - 1]));
}

static size_t latin_vowel(Reader *r, size_t i) {
    if (is_french_w(r, i)) {
        r->last = NULL;
        if (i == 0 || (r->how & SKELETON_LOOSE) == 0) emit(r, "v");
        return 2;
    }
    if (i == 0) {
        uint32_t next = at(r, 1);
        bool y = r->letters[0] == 'y' && (is_vowel(next) || is_open_end(r, 1) || r->n == 1);
        emit(r, y ? "y" : "a");
    }
    r->last = NULL;
    return 1;
}

static void latin_w(Reader *r, size_t i) {
    bool heard = i == 0 || is_vowel(at(r, i + 1)) || is_open_end(r, i + 1);
    if (i > 0 && (r->how & SKELETON_LOOSE) != 0) heard = false;
    if (heard) {
        emit(r, r->letters[i] == 'v' ? either(r, "v", "f") : "v"); /* nor a v: فيكتور */
    } else {
        r->last = NULL;
    }
}

static void latin_h(Reader *r, size_t i) {
    bool heard = i + 1 < r->n || (r->how & SKELETON_OPEN) != 0;
    if (i > 0 && (r->how & SKELETON_LOOSE) != 0) heard = false;
    if (i == 1 && !is_vowel(r->letters[0])) heard = false; /* Rhoda, Bhatti */
    if (heard || i == 0) {
        emit(r, "h");
    } else {
        r->last = NULL;
    }
}

static void read_latin(Reader *r) {
    static const char *const plain[26] = {
        ['b' - 'a'] = "b", ['f' - 'a'] = "f", ['j' - 'a'] = "j", ['l' - 'a'] = "l",
        ['m' - 'a'] = "m", ['n' - 'a'] = "n", ['q' - 'a'] = "k", ['r' - 'a'] = "r",
    };
    for (size_t i = 0; i < r->n;) {
        uint32_t c = r->letters[i];
        size_t used = 1;
        if (is_vowel(c)) {
            used = latin_vowel(r, i);
        } else if (c == 'h') {
            latin_h(r, i);
        } else if (c == 'v' || c == 'w') {
            latin_w(r, i);
        } else if (c == LETTER_SOFT_C) {
            emit(r, "s");
        } else if (c == LETTER_SH) {
            emit(r, "sh");
        } else if (c == LETTER_ZH) {
            emit(r, either(r, "zh", "j"));
        } else if (c >= 'a' && c <= 'z') {
            const char *unit = plain[c - 'a'];
            if (!unit) {
                used = latin_cluster(r, i);
            } else if (c != 'l' || !latin_l_is_silent(r, i)) {
                emit(r, unit);
            }
        } else if (c >= '0' && c <= '9') {
            char digit[2] = { (char)c, 0 };
            r->last = NULL;
            emit(r, digit);
            r->last = NULL;
        } else { /* a letter of the phonetic alphabet, say: it holds a place */
            r->last = NULL;
            if (i == 0) emit(r, "a");
            r->last = NULL;
        }
        i += used;
    }
}

/* --- Arabic script ------------------------------------------------------------------------------- */

enum {
    A_ALEF = 0x0627,
    A_AIN = 0x0639,
    A_LAM = 0x0644,
    A_HEH = 0x0647,
    A_WAW = 0x0648,
    A_HAH = 0x062D,
    A_TEH = 0x062A,
    A_SHEEN = 0x0634,
    A_YEH = 0x06CC,
    A_PASHTO_E = 0x06D0,
    A_YEH_HAMZA = 0x0626,
};

/* One row a consonant, by code point: its sound, and the second one of a dialect or language that
 * shares the letter. Pashto twins: ښ is sh in Kandahar and kh in Peshawar, ږ zh and g. Arabic ث ذ
 * ض keep their stop where Persian has s and z; ج is g in Egypt and Sudan; ق g in Iran and the Gulf. */
static const struct {
    uint16_t letter;
    char main_unit[3], second[3];
} consonants[] = {
    { 0x0628, "b", "b" },   { 0x062A, "t", "t" },   { 0x062B, "s", "t" },   { 0x062C, "j", "g" },
    { 0x062E, "kh", "kh" }, { 0x062F, "d", "d" },   { 0x0630, "z", "d" },   { 0x0631, "r", "r" },
    { 0x0632, "z", "z" },   { 0x0633, "s", "s" },   { 0x0634, "sh", "sh" }, { 0x0635, "s", "s" },
    { 0x0636, "z", "d" },   { 0x0637, "t", "t" },   { 0x0638, "z", "z" },   { 0x063A, "g", "g" },
    { 0x0641, "f", "f" },   { 0x0642, "k", "g" },   { 0x0644, "l", "l" },   { 0x0645, "m", "m" },
    { 0x0646, "n", "n" },   { 0x0679, "t", "t" },   { 0x067C, "t", "t" },   { 0x067E, "p", "p" },
    { 0x0681, "z", "j" },   { 0x0685, "ts", "sh" }, { 0x0686, "sh", "sh" }, { 0x0688, "d", "d" },
    { 0x0689, "d", "d" },   { 0x0691, "r", "r" },   { 0x0693, "r", "d" },   { 0x0695, "r", "r" },
    { 0x0696, "zh", "g" },  { 0x0698, "zh", "j" },  { 0x069A, "sh", "kh" }, { 0x06A4, "v", "f" },
    { 0x06A8, "g", "g" },   { 0x06A9, "k", "k" },   { 0x06AD, "n", "n" },   { 0x06AF, "g", "g" },
    { 0x06B5, "l", "l" },   { 0x06BC, "n", "n" },   { 0x0763, "g", "g" },
};

static const char *arabic_unit(uint32_t letter, bool second) {
    size_t lo = 0, hi = sizeof consonants / sizeof consonants[0];
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (letter > consonants[mid].letter) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == sizeof consonants / sizeof consonants[0] || consonants[lo].letter != letter) {
        return NULL;
    }
    return second ? consonants[lo].second : consonants[lo].main_unit;
}

static bool is_sun_arabic(uint32_t c) {
    switch (c) {
    case 0x062A:
    case 0x062B:
    case 0x062F:
    case 0x0630:
    case 0x0631:
    case 0x0632:
    case 0x0633:
    case 0x0634:
    case 0x0635:
    case 0x0636:
    case 0x0637:
    case 0x0638:
    case 0x0644:
    case 0x0646: return true;
    default: return false;
    }
}

/* The ل at i of an article inside a compound: نورالدین, عبدالرب. Two letters before ال and three
 * behind, so that خالد and کمالزی keep theirs; two behind عبد. */
static bool arabic_l_is_silent(const Reader *r, size_t i) {
    if ((r->how & SKELETON_SPELLED) != 0 || i < 3 || r->letters[i - 1] != A_ALEF) return false;
    if (!is_sun_arabic(at(r, i + 1))) return false;
    bool abd =
        i == 4 && r->letters[0] == A_AIN && r->letters[1] == 0x0628 && r->letters[2] == 0x062F;
    return r->n - (i + 1) >= (abd ? 2 : 3);
}

static bool is_arabic_vowel(uint32_t c) {
    return c == A_ALEF || c == A_YEH || c == A_PASHTO_E || c == 0x06CD || c == 0x06CE ||
           c == A_YEH_HAMZA;
}

/* و is a consonant where vowels stand about it: نوید, داود, جواد; else it is u or o. */
static bool waw_is_consonant(const Reader *r, size_t i) {
    if (i == 0) return true;
    if ((r->how & SKELETON_LOOSE) != 0) return false;
    uint32_t before = r->letters[i - 1], after = at(r, i + 1);
    if (before == A_WAW) return false;
    if (after == 0) return false;
    if (after == A_HEH || after == LETTER_TEH_MARBUTA) return i + 2 == r->n; /* مروه */
    return before == A_ALEF || is_arabic_vowel(after) || after == A_WAW;
}

static bool heh_is_heard(const Reader *r, size_t i) {
    if (i == 0) return true;
    if ((r->how & SKELETON_LOOSE) != 0) return false;
    return i + 1 < r->n || (r->how & SKELETON_OPEN) != 0;
}

static void read_arabic(Reader *r) {
    bool second = (r->how & SKELETON_SECOND) != 0;
    size_t first = 0;
    if ((r->how & SKELETON_BARE) != 0 && r->n >= 5 && at(r, 0) == A_ALEF && at(r, 1) == A_LAM) {
        first = 2;
        r->letters += first;
        r->n -= first;
    }
    for (size_t i = 0; i < r->n; i++) {
        uint32_t c = r->letters[i];
        const char *unit = arabic_unit(c, second);
        uint32_t before = i > 0 ? r->letters[i - 1] : 0;
        r->last = NULL;
        if (c == A_LAM && (before == A_LAM || arabic_l_is_silent(r, i))) continue;
        if (c == A_TEH && at(r, i + 1) == A_SHEEN) continue; /* تش is how Arabic writes ch */
        if (unit) {
            emit(r, unit);
        } else if (c == A_HEH || c == A_HAH) {
            if (heh_is_heard(r, i)) emit(r, "h");
        } else if (c == LETTER_TEH_MARBUTA) {
            if (i == 0 || i + 1 < r->n) emit(r, "t");
        } else if (c == A_WAW) {
            if (waw_is_consonant(r, i)) emit(r, "v");
        } else if (c >= '0' && c <= '9') {
            char digit[2] = { (char)c, 0 };
            emit(r, digit);
            r->last = NULL;
        } else if (i == 0) {
            emit(r, c == A_YEH ? "y" : "a");
        }
    }
}

/* --- words --------------------------------------------------------------------------------------- */

/* Other scripts: the folded letters themselves, as far as they fit. */
static void read_other(Reader *r) {
    for (size_t i = 0; i < r->n; i++) {
        char bytes[4];
        size_t n = str_utf8_encode(r->letters[i], bytes);
        if (r->out.n + n > sizeof r->out.s) return;
        memcpy(r->out.s + r->out.n, bytes, n);
        r->out.n += n;
    }
}

Skeleton name_word_skeleton(const NameWord *word, unsigned how) {
    Reader r = { .letters = word->letters, .n = word->n, .how = how };
    if (word->script == SCRIPT_ARABIC) {
        read_arabic(&r);
    } else if (word->script == SCRIPT_OTHER) {
        read_other(&r);
    } else {
        read_latin(&r);
    }
    return r.out;
}

bool skeleton_eq(const Skeleton *x, const Skeleton *y) {
    return x->n == y->n && memcmp(x->s, y->s, x->n) == 0;
}

bool skeleton_starts(const Skeleton *x, const Skeleton *prefix) {
    return x->n >= prefix->n && memcmp(x->s, prefix->s, prefix->n) == 0;
}

size_t name_word_readings(const NameWord *word, Skeleton ret_readings[SKELETON_READINGS_MAX]) {
    static const unsigned hows[SKELETON_READINGS_MAX] = {
        SKELETON_MAIN, SKELETON_SECOND, SKELETON_BARE, SKELETON_LOOSE, SKELETON_SPELLED,
    };
    size_t n = 0;
    for (size_t i = 0; i < SKELETON_READINGS_MAX; i++) {
        Skeleton s = name_word_skeleton(word, hows[i]);
        /* One letter tells little: only where there is not much more (Roya, رویا). */
        bool known = s.n == 0 || (hows[i] == SKELETON_LOOSE && s.n < 2 && ret_readings[0].n > 2);
        for (size_t k = 0; k < n && !known; k++)
            known = skeleton_eq(&ret_readings[k], &s);
        if (!known) ret_readings[n++] = s;
    }
    return n;
}
