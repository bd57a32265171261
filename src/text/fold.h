/* fold.h: one form for all spellings of the same text, and cleaning of what was pasted.
 *
 * text_fold() is the normal form in which the model compares text ("text compares by its fold"):
 *
 *   - digits of every script become ASCII; fullwidth forms become ASCII
 *   - Latin, Greek and Cyrillic lose their case; Latin loses its accents; ligatures and special
 *     letters are spelled out (æ ae, œ oe, ß ss, ø o, ł l, đ d, ı i)
 *   - Arabic script: yeh, Farsi yeh and alef maksura are ی; kaf and keheh ک; Pashto and Persian gaf
 *     گ; heh, teh marbuta, heh goal, doachashmee and ae ه; alef with madda, hamza or wasla ا; ؤ و;
 *     hamza alone, tatweel, harakat and superscript alef go; presentation forms become letters.
 *     Pashto ټ ډ ړ ڼ ښ ږ ځ څ ې ۍ and ئ stay letters of their own
 *   - combining marks, zero-width and direction characters go; apostrophes are ', hyphens are -
 *   - white space of any kind, runs included, is one space; none at the ends
 *
 * Indexes hold it: a change of it is a change of SORT_KEY_VERSION (sortkey.h), or they would be spoilt.
 *
 * It is idempotent, and composed and decomposed input give the same. Sources: Unicode 15 character
 * names and decompositions, checked by fold_test.c against UnicodeData.txt where it is installed. */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

#include "base/str.h"

typedef enum TextScript {
    SCRIPT_NONE, /* digits, punctuation, space */
    SCRIPT_LATIN,
    SCRIPT_ARABIC,
    SCRIPT_OTHER,
} TextScript;

/* The longest code point's fold, in code points. */
enum { FOLD_MAX = 4 };

Str text_fold(Arena *a, Str text);
/* Folds one code point; writes 0 to FOLD_MAX code points and returns how many. White space gives
 * one U+0020. Does not collapse; text_fold() does. */
size_t fold_code_point(uint32_t cp, uint32_t out[FOLD_MAX]);

/* Value 0-9 of a decimal digit of any script, else -1. */
int text_digit(uint32_t cp);
/* Only the digits become ASCII; all else stays. */
Str text_digits_ascii(Arena *a, Str text);
/* ASCII digits as the language writes them: ۰-۹ for fa, fa-AF, ps; ٠-٩ for ar; else as they are. */
Str text_digits_local(Arena *a, Str text, Str lang);

TextScript code_point_script(uint32_t cp);
/* The script of most letters; SCRIPT_NONE where there are none. */
TextScript text_script(Str text);

/* Direction controls U+200E U+200F U+061C U+202A-202E U+2066-2069. */
bool code_point_is_bidi(uint32_t cp);
/* White space, line and paragraph separators, tab and newline included. */
bool code_point_is_space(uint32_t cp);
/* True where cleaning would remove a direction or invisible character: worth telling the clerk. */
bool text_has_hidden(Str text);

/* Cleans a name or other single-line text and writes it to *ret_clean. Removes direction controls
 * and invisible characters (soft hyphen, ZWSP, ZWJ, word joiner, BOM, variation selectors) except
 * ZWNJ between Arabic letters; makes white space of any kind one space and drops it at the ends.
 * The spelling itself stays as typed. Returns NULL, or a key with *ret_clean untouched:
 *   error.text.control     a control character other than tab and line ends
 *   error.text.not_text    a private-use or unassigned-for-ever code point, or U+FFFD, which is
 *                          what a wrong encoding leaves behind */
const char *text_clean_name(Arena *a, Str typed, Str *ret_clean) CHECKED;
/* The same for text of several lines: keeps line ends (as \n) and tabs. */
const char *text_clean_lines(Arena *a, Str typed, Str *ret_clean) CHECKED;

#endif
