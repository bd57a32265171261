/* sortkey.c: sort keys of three levels: letters, accents and variants, case.
 *
 * A key is the primary weights, 01, the secondary weights, 01, the tertiary weights; weights are 02
 * and above, so a prefix sorts first and no byte is NUL. Trailing weights that say nothing are left
 * out; a capital at the beginning of a word and small letters after it say nothing, for so are names
 * written, and the keys of a million of them are stored twice. The levels are those of the Unicode Collation Algorithm (UTS #10); the orders of letters are
 * CLDR's for ar, fa and ps, but that ps has و before ه, as printed in Afghanistan. */
#include "text/sortkey.h"

#include "base/buf.h"
#include "text/fold.h"
#include "text/fold_table.h"

#include "base/banned.h"

/* Primary weights. Letters of the own script, then of the other one, then everything else. */
enum {
    END_OF_LEVEL = 0x01,
    PLAIN = 0x02, /* secondary and tertiary: nothing to say */
    SPACE = 0x03,
    PUNCTUATION = 0x04, /* + code point */
    NUMBER = 0x06,      /* + count of digits + digits */
    OWN_SCRIPT = 0x10,
    OTHER_SCRIPT = 0x58,
    REST = 0xA0, /* + code point */
    SCRIPT_LETTERS_MAX = OTHER_SCRIPT - OWN_SCRIPT,
    OTHER_CASE = 0x03, /* than a name's first and other letters have */
    DIGITS_MAX = 200,
};

/* The letters in order; those foreign to a language stand behind their nearest relative. What folds
 * to another letter (ي, ك, أ, ة …) sorts as that one, with a secondary weight of its own. */
static const char order_ar[] = "ءابپتټٹثجچځڅحخدډڈذرړڑڕزژږسشښصضطظعغفڤقڨکگڭلڵمنڼهوۆۇۈۋیېۍێ";
static const char order_fa[] = "آءابپتټٹثجچځڅحخدډڈذرړڑڕزژږسشښصضطظعغفڤقڨکگڭلڵمنڼوۆۇۈۋهیېۍێ";
static const char order_ps[] = "آءابپتټٹثجځچڅحخدډڈذرړڑڕزژږسشښصضطظعغفڤقڨکگڭلڵمنڼوۆۇۈۋهیېۍێئ";

/* A letter a code point from U+00C0: which accent it bears, '.' none, 's' a stroke or other body. */
static const char accents_00c0[] =
    "gactdr.kgacdgacdstgactd.sgacda..gactdr.kgacdgacdstgactd.sgacda.d"
    "mmbbqqaaccppvvvvssmmbbppqqvvccbbppkkccssttmmbbqqps..cckksaakkvvs"
    "sssaakkvvsssmmbbhh..aakkvvaacckkvvkkvvssttmmbbrrhhqqccccdaappvvs";

/* The combining marks and their weights, in the order of the default table (allkeys.txt). */
static const struct {
    uint16_t mark;
    char code;
} marks[] = {
    { 0x0301, 'a' }, { 0x0300, 'g' }, { 0x0306, 'b' }, { 0x0302, 'c' }, { 0x030C, 'v' },
    { 0x030A, 'r' }, { 0x0308, 'd' }, { 0x030B, 'h' }, { 0x0303, 't' }, { 0x0307, 'p' },
    { 0x0328, 'q' }, { 0x0327, 'k' }, { 0x0326, 'k' }, { 0x0304, 'm' },
};

typedef struct Sorter {
    Buf primary, secondary, tertiary;
    const char *order; /* of the Arabic script */
    uint8_t latin, arabic;
    bool fa_alef; /* آ is a letter of its own */
} Sorter;

static bool lang_is(Str lang, const char *code) {
    Str c = str_of(code);
    return str_starts(lang, c) && (lang.n == c.n || lang.s[c.n] == '-');
}

static Sorter sorter_for(Arena *a, Str lang) {
    /* punctuation is the widest: 4 bytes of primary weight and 1 of each other level */
    Sorter s = { .primary = buf_new(a, SORT_TEXT_BYTES_MAX * 6 + 16),
                 .secondary = buf_new(a, SORT_TEXT_BYTES_MAX + 16),
                 .tertiary = buf_new(a, SORT_TEXT_BYTES_MAX + 16),
                 .order = order_ar,
                 .latin = OWN_SCRIPT,
                 .arabic = OTHER_SCRIPT };
    bool fa = lang_is(lang, "fa"), ps = lang_is(lang, "ps");
    if (fa || ps || lang_is(lang, "ar")) {
        s.latin = OTHER_SCRIPT;
        s.arabic = OWN_SCRIPT;
    }
    if (fa) s.order = order_fa;
    if (ps) s.order = order_ps;
    s.fa_alef = fa || ps;
    return s;
}

/* --- weights ------------------------------------------------------------------------------------- */

static void put_code_point(Buf *b, uint32_t cp) {
    buf_byte(b, (uint8_t)(0x80 | (cp >> 14)));
    buf_byte(b, (uint8_t)(0x80 | ((cp >> 7) & 0x7F)));
    buf_byte(b, (uint8_t)(0x80 | (cp & 0x7F)));
}

static void put_weights(Sorter *s, uint8_t primary, uint8_t secondary, uint8_t tertiary) {
    buf_byte(&s->primary, primary);
    buf_byte(&s->secondary, secondary);
    buf_byte(&s->tertiary, tertiary);
}

static uint8_t mark_weight(char code) {
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i].code == code) return (uint8_t)(0x10 + i);
    }
    return 0x10 + sizeof marks / sizeof marks[0]; /* strokes and the like come last */
}

/* Weight of what makes cp differ from the letter it folds to. Any fixed order does where readers
 * have none. */
static uint8_t variant_weight(uint32_t cp) {
    if (cp < 0x80) return PLAIN;
    if (cp >= 0x00C0 && cp < 0x00C0 + sizeof accents_00c0 - 1) {
        char code = accents_00c0[cp - 0x00C0];
        return code == '.' ? 0x30 : mark_weight(code);
    }
    return (uint8_t)(0x40 + cp % 0xC0);
}

/* A combining mark: onto the last letter's secondary weight. */
static void add_mark(Sorter *s, uint32_t cp) {
    if (s->secondary.n == 0) return;
    uint8_t *last = &s->secondary.p[s->secondary.n - 1];
    uint8_t weight = (uint8_t)(0x40 + cp % 0xC0);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (marks[i].mark == cp) weight = mark_weight(marks[i].code);
    }
    if (weight > *last) *last = weight;
}

/* Place of a letter in the alphabet, from 0; -1 where it has none. All of the alphabets are written in
 * two bytes a letter. */
static int place_of(const char *order, uint32_t letter) {
    char bytes[4];
    if (str_utf8_encode(letter, bytes) != 2) return -1;
    for (int place = 0; order[2 * place]; place++)
        if (order[2 * place] == bytes[0] && order[2 * place + 1] == bytes[1]) return place;
    return -1;
}

static bool is_capital(uint32_t cp) {
    if (cp < 0x80) return cp >= 'A' && cp <= 'Z';
    if (cp < 0x00C0) return false;
    if (cp < 0x00DF) return true;
    if (cp < 0x0100) return false;
    if (cp < 0x0138 || (cp >= 0x014A && cp < 0x0178)) return (cp & 1) == 0;
    if (cp < 0x0149 || (cp >= 0x0179 && cp < 0x017F)) return (cp & 1) == 1;
    return (cp >= 0x1E00 && cp <= 0x1EFF && (cp & 1) == 0) || (cp >= 0x0391 && cp <= 0x03A9) ||
           (cp >= 0x0400 && cp <= 0x042F) || cp == 0x0178;
}

static bool has_case(uint32_t letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 0x0370 && letter <= 0x052F);
}

/* The first of a word is expected to be a capital, the others not to be. */
static uint8_t case_weight(const Sorter *s, uint32_t letter, bool capital) {
    bool first = s->primary.n == 0 || s->primary.p[s->primary.n - 1] == SPACE;
    return has_case(letter) && capital != first ? OTHER_CASE : PLAIN;
}

/* --- one code point ------------------------------------------------------------------------------ */

static void add_letter(Sorter *s, uint32_t letter, uint8_t secondary, uint8_t tertiary) {
    if (letter >= 'a' && letter <= 'z') {
        put_weights(s, (uint8_t)(s->latin + (letter - 'a')), secondary, tertiary);
        return;
    }
    int place = place_of(s->order, letter);
    if (place < 0 && letter == 0x0626) { /* ئ is a letter of its own in Pashto only */
        place = place_of(s->order, 0x06CC);
        secondary = 0x30;
    }
    if (place >= 0) {
        put_weights(s, (uint8_t)(s->arabic + place), secondary, tertiary);
        return;
    }
    if (code_point_script(letter) == SCRIPT_ARABIC) { /* rare letters of the script: behind it */
        buf_byte(&s->primary, (uint8_t)(s->arabic + SCRIPT_LETTERS_MAX - 1));
    } else {
        buf_byte(&s->primary, REST);
    }
    put_code_point(&s->primary, letter);
    buf_byte(&s->secondary, secondary);
    buf_byte(&s->tertiary, tertiary);
}

static void add_folded(Sorter *s, uint32_t cp) {
    if (cp == 0x0622 && s->fa_alef) { /* آ is a letter before ا */
        add_letter(s, cp, PLAIN, PLAIN);
        return;
    }
    if (cp == 0x0621) { /* ء, which the fold drops */
        add_letter(s, cp, PLAIN, PLAIN);
        return;
    }
    uint32_t folded[FOLD_MAX];
    size_t n = fold_code_point(cp, folded);
    bool capital = is_capital(cp);
    bool variant = !(n == 1 && folded[0] == cp) && !(cp < 0x80);
    for (size_t i = 0; i < n; i++) {
        uint32_t c = folded[i];
        TextScript script = code_point_script(c);
        if (c == ' ' || c == '-') {
            put_weights(s, SPACE, c == ' ' ? PLAIN : 0x03, PLAIN);
        } else if (c == '\'') {
            if (s->secondary.n > 0 && s->secondary.p[s->secondary.n - 1] == PLAIN) {
                s->secondary.p[s->secondary.n - 1] = 0x04;
            }
        } else if (script == SCRIPT_NONE) {
            buf_byte(&s->primary, PUNCTUATION);
            put_code_point(&s->primary, c);
            buf_byte(&s->secondary, PLAIN);
            buf_byte(&s->tertiary, PLAIN);
        } else {
            /* case alone is no variant */
            uint8_t secondary = variant ? variant_weight(cp) : PLAIN;
            if (capital && cp >= 0x0370 && cp <= 0x052F) secondary = PLAIN;
            add_letter(s, c, secondary, i ? PLAIN : case_weight(s, c, capital));
        }
    }
}

/* Most letters of Latin names: as add_folded() has them. */
static bool is_plain_letter(uint32_t cp) {
    return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z');
}

static void add_plain_letter(Sorter *s, uint32_t cp) {
    bool capital = cp <= 'Z';
    uint32_t letter = capital ? cp + 32 : cp;
    add_letter(s, letter, PLAIN, case_weight(s, letter, capital));
}

/* A run of digits: by value, whatever the script. Returns the position after it. */
static size_t add_number(Sorter *s, Str text, size_t pos) {
    uint8_t digits[DIGITS_MAX];
    size_t n = 0;
    while (pos < text.n) {
        size_t next = pos;
        int digit = text_digit(str_utf8_next(text, &next));
        if (digit < 0) break;
        if ((n > 0 || digit > 0) && n < DIGITS_MAX) digits[n++] = (uint8_t)('0' + digit);
        pos = next;
    }
    buf_byte(&s->primary, NUMBER);
    buf_byte(&s->primary, (uint8_t)(PLAIN + n));
    buf_put(&s->primary, digits, n);
    buf_byte(&s->secondary, PLAIN);
    buf_byte(&s->tertiary, PLAIN);
    return pos;
}

/* --- the key ------------------------------------------------------------------------------------- */

static void trim(Buf *b) {
    while (b->n > 0 && b->p[b->n - 1] == PLAIN)
        b->n--;
}

Str sort_key(Arena *a, Str text, Str lang) {
    Sorter s = sorter_for(a, lang);
    bool space = false; /* held back, so that runs and ends do not count */
    for (size_t pos = 0; pos < text.n && pos < SORT_TEXT_BYTES_MAX;) {
        size_t next = pos;
        uint32_t cp = str_utf8_next(text, &next);
        if (code_point_is_space(cp)) {
            space = s.primary.n > 0;
            pos = next;
            continue;
        }
        if (is_plain_letter(cp)) {
            if (space) put_weights(&s, SPACE, PLAIN, PLAIN);
            space = false;
            add_plain_letter(&s, cp);
            pos = next;
            continue;
        }
        bool unseen = fold_is_invisible(cp) || cp == 0x0640;
        if (space && !unseen) put_weights(&s, SPACE, PLAIN, PLAIN);
        if (!unseen) space = false;
        if (text_digit(cp) >= 0) {
            pos = add_number(&s, text, pos);
            continue;
        }
        if (fold_is_mark(cp)) {
            add_mark(&s, cp);
        } else if (!unseen) {
            add_folded(&s, cp);
        }
        pos = next;
    }
    trim(&s.secondary);
    trim(&s.tertiary);
    if (s.secondary.n > 0 || s.tertiary.n > 0) {
        buf_byte(&s.primary, END_OF_LEVEL);
        buf_str(&s.primary, buf_text(&s.secondary));
    }
    if (s.tertiary.n > 0) {
        buf_byte(&s.primary, END_OF_LEVEL);
        buf_str(&s.primary, buf_text(&s.tertiary));
    }
    return buf_text(&s.primary);
}
