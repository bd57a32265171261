/* fold.c: the normal form of text, digits, scripts, and cleaning of pasted text. */
#include "text/fold.h"

#include "base/buf.h"
#include "text/fold_table.h"

#include "base/banned.h"

enum {
    CP_HAMZA_ABOVE = 0x0654,
    CP_FARSI_YEH = 0x06CC,
    CP_YEH_HAMZA = 0x0626,
    CP_ZWNJ = 0x200C,
    CP_REPLACEMENT = 0xFFFD,
};
#define NOTHING UINT32_MAX

/* --- code points --------------------------------------------------------------------------------- */

int text_digit(uint32_t cp) {
    if (cp < 0x80) return cp >= '0' && cp <= '9' ? (int)(cp - '0') : -1;
    size_t lo = 0, hi = fold_n_digit_zeros;
    while (lo < hi) { /* the last zero that is not above cp */
        size_t mid = (lo + hi) / 2;
        if (fold_digit_zeros[mid] <= cp) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    uint32_t value = cp - fold_digit_zeros[lo - 1]; /* lo > 0: the first zero is ASCII's */
    return value < 10 ? (int)value : -1;
}

bool code_point_is_space(uint32_t cp) {
    return (cp >= 0x09 && cp <= 0x0D) || cp == 0x20 || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
           cp == 0x205F || cp == 0x3000;
}

bool code_point_is_bidi(uint32_t cp) {
    return cp == 0x061C || cp == 0x200E || cp == 0x200F || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069);
}

static bool is_arabic_letter(uint32_t cp) {
    return (cp >= 0x0620 && cp <= 0x064A && cp != 0x0640) || (cp >= 0x066E && cp <= 0x06D3) ||
           cp == 0x06D5 || (cp >= 0x06EE && cp <= 0x06EF) || (cp >= 0x06FA && cp <= 0x06FF) ||
           (cp >= 0x0750 && cp <= 0x077F) || (cp >= 0x0870 && cp <= 0x08C9) ||
           (cp >= 0xFB50 && cp <= 0xFDFC) || (cp >= 0xFE70 && cp <= 0xFEFC);
}

static bool is_latin_letter(uint32_t cp) {
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') || cp == 0xAA || cp == 0xBA ||
           (cp >= 0xC0 && cp <= 0x24F && cp != 0xD7 && cp != 0xF7) ||
           (cp >= 0x250 && cp <= 0x2AF) || (cp >= 0x1E00 && cp <= 0x1EFF) ||
           (cp >= 0x2C60 && cp <= 0x2C7F) || (cp >= 0xA722 && cp <= 0xA787) ||
           (cp >= 0xFB00 && cp <= 0xFB06) || (cp >= 0xFF21 && cp <= 0xFF3A) ||
           (cp >= 0xFF41 && cp <= 0xFF5A);
}

TextScript code_point_script(uint32_t cp) {
    if (is_latin_letter(cp)) return SCRIPT_LATIN;
    if (cp < 0x0370) return SCRIPT_NONE;
    if (is_arabic_letter(cp)) return SCRIPT_ARABIC;
    if (fold_is_mark(cp) || fold_is_invisible(cp) || text_digit(cp) >= 0) return SCRIPT_NONE;
    if (code_point_is_space(cp)) return SCRIPT_NONE;
    if (cp >= 0x0600 && cp <= 0x06FF) return SCRIPT_NONE; /* Arabic punctuation and signs */
    if (cp >= 0x2000 && cp <= 0x2BFF) return SCRIPT_NONE; /* punctuation and symbols */
    if (cp >= 0x3000 && cp <= 0x3004) return SCRIPT_NONE;
    if (cp >= 0xE000 && cp <= 0xF8FF) return SCRIPT_NONE; /* private use */
    if (cp >= 0xFE10 && cp <= 0xFE6F) return SCRIPT_NONE;
    if (cp >= 0xFF00 && cp <= 0xFF20) return SCRIPT_NONE;
    if (cp >= 0x1F000 && cp <= 0x1FAFF) return SCRIPT_NONE; /* pictures */
    return SCRIPT_OTHER;
}

TextScript text_script(Str text) {
    size_t n[4] = { 0 };
    for (size_t pos = 0; pos < text.n;)
        n[code_point_script(str_utf8_next(text, &pos))]++;
    TextScript best = SCRIPT_NONE;
    n[SCRIPT_NONE] = 0;
    for (TextScript s = SCRIPT_LATIN; s <= SCRIPT_OTHER; s++) {
        if (n[s] > n[best]) best = s;
    }
    return best;
}

/* --- the fold ------------------------------------------------------------------------------------ */

size_t fold_code_point(uint32_t cp, uint32_t out[FOLD_MAX]) {
    if (cp >= 0xFF01 && cp <= 0xFF5E) cp -= 0xFF01 - 0x21; /* fullwidth forms */
    if (code_point_is_space(cp)) {
        out[0] = ' ';
        return 1;
    }
    int n = fold_punctuation(cp, out);
    if (n < 0) n = fold_latin(cp, out);
    if (n >= 0) return (size_t)n;
    if (fold_is_mark(cp) || fold_is_invisible(cp)) return 0;
    int digit = text_digit(cp);
    if (digit >= 0) {
        out[0] = (uint32_t)('0' + digit);
        return 1;
    }
    n = fold_arabic(cp, out);
    if (n < 0) n = fold_greek_cyrillic(cp, out);
    if (n >= 0) return (size_t)n;

    uint32_t letters[FOLD_MAX];
    n = fold_presentation(cp, letters);
    if (n < 0) {
        out[0] = cp;
        return 1;
    }
    size_t n_out = 0;
    for (int i = 0; i < n; i++) {
        int one = fold_arabic(letters[i], out + n_out);
        if (one < 0) {
            out[n_out] = letters[i];
            one = 1;
        }
        n_out += (size_t)one;
    }
    return n_out;
}

static void put(Buf *b, uint32_t cp) {
    if (cp < 0x80) {
        buf_byte(b, (uint8_t)cp);
        return;
    }
    char bytes[4];
    buf_put(b, bytes, str_utf8_encode(cp, bytes));
}

/* No code point grows by more than this when folded (U+FDF2: 3 bytes become 8). */
enum { FOLD_GROWTH = 4 };

/* Most of what is compared: numbers and Latin words. Others are looked at more closely. */
static bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Str text_fold(Arena *a, Str text) {
    Buf b = buf_new(a, text.n * FOLD_GROWTH + 4);
    uint32_t pending = NOTHING; /* the last code point, held back: a hamza may still come onto it */
    for (size_t pos = 0; pos < text.n;) {
        if (is_plain(text.s[pos])) {
            if (pending != NOTHING) put(&b, pending);
            char c = text.s[pos++];
            pending = (uint32_t)(c >= 'A' && c <= 'Z' ? c + 32 : c);
            continue;
        }
        uint32_t cp = str_utf8_next(text, &pos);
        if (cp == CP_HAMZA_ABOVE && pending == CP_FARSI_YEH) pending = CP_YEH_HAMZA;
        uint32_t out[FOLD_MAX];
        size_t n = fold_code_point(cp, out);
        for (size_t i = 0; i < n; i++) {
            if (out[i] == ' ' && (pending == ' ' || pending == NOTHING)) continue;
            if (pending != NOTHING) put(&b, pending);
            pending = out[i];
        }
    }
    if (pending != NOTHING && pending != ' ') put(&b, pending);
    return buf_text(&b);
}

/* --- digits -------------------------------------------------------------------------------------- */

Str text_digits_ascii(Arena *a, Str text) {
    Buf b = buf_new(a, text.n + 1);
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = str_utf8_next(text, &pos);
        int digit = text_digit(cp);
        put(&b, digit >= 0 ? (uint32_t)('0' + digit) : cp);
    }
    return buf_text(&b);
}

Str text_digits_local(Arena *a, Str text, Str lang) {
    uint32_t zero = 0;
    if (str_is(lang, "fa") || str_starts(lang, STR("fa-")) || str_is(lang, "ps") ||
        str_starts(lang, STR("ps-"))) {
        zero = 0x06F0;
    } else if (str_is(lang, "ar") || str_starts(lang, STR("ar-"))) {
        zero = 0x0660;
    }
    if (zero == 0) return str_copy(a, text);
    Buf b = buf_new(a, 2 * text.n + 1);
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = str_utf8_next(text, &pos);
        put(&b, cp >= '0' && cp <= '9' ? zero + cp - '0' : cp);
    }
    return buf_text(&b);
}

/* --- cleaning ------------------------------------------------------------------------------------ */

bool text_has_hidden(Str text) {
    for (size_t pos = 0; pos < text.n;) {
        uint32_t cp = str_utf8_next(text, &pos);
        if (cp != CP_ZWNJ && fold_is_invisible(cp)) return true;
    }
    return false;
}

static bool is_control(uint32_t cp) {
    return cp < 0x20 || (cp >= 0x7F && cp <= 0x9F);
}

static bool is_not_text(uint32_t cp) {
    return cp == CP_REPLACEMENT || (cp >= 0xE000 && cp <= 0xF8FF) || cp >= 0xF0000 ||
           (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE;
}

/* Does an Arabic letter come next, hidden characters aside? They are skipped at most this far. */
enum { LOOK_AHEAD_MAX = 8 };

static bool arabic_comes(Str text, size_t pos) {
    for (int i = 0; i < LOOK_AHEAD_MAX && pos < text.n; i++) {
        uint32_t cp = str_utf8_next(text, &pos);
        if (!fold_is_invisible(cp)) return is_arabic_letter(cp);
    }
    return false;
}

static const char *clean(Arena *a, Str typed, bool lines, Str *ret_clean) {
    Buf b = buf_new(a, typed.n + 1);
    uint32_t last = 0;  /* last code point kept that is no space or mark */
    uint32_t space = 0; /* white space held back until something follows */
    for (size_t pos = 0; pos < typed.n;) {
        uint32_t cp = str_utf8_next(typed, &pos);
        if (code_point_is_space(cp)) {
            if (lines && (cp == '\n' || cp == 0x2028 || cp == 0x2029)) {
                if (last) buf_byte(&b, '\n'); /* blanks before the end of a line go */
                space = 0;
            } else if (lines && cp == '\t') {
                if (last) buf_byte(&b, '\t');
                space = 0;
            } else if (cp != '\r' || !lines) {
                space = ' ';
            }
            continue;
        }
        if (is_control(cp)) return "error.text.control";
        if (is_not_text(cp)) return "error.text.not_text";
        if (fold_is_invisible(cp)) {
            bool joins =
                cp == CP_ZWNJ && space == 0 && is_arabic_letter(last) && arabic_comes(typed, pos);
            if (!joins) continue;
        }
        if (space && last && b.p[b.n - 1] != '\n') buf_byte(&b, (uint8_t)space);
        space = 0;
        put(&b, cp);
        if (!fold_is_mark(cp)) last = cp;
    }
    Str text = buf_text(&b);
    *ret_clean = lines ? str_trim(text) : text;
    return NULL;
}

const char *text_clean_name(Arena *a, Str typed, Str *ret_clean) {
    return clean(a, typed, false, ret_clean);
}

const char *text_clean_lines(Arena *a, Str typed, Str *ret_clean) {
    return clean(a, typed, true, ret_clean);
}
