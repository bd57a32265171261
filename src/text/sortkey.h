/* sortkey.h: bytes that memcmp orders the way a language's reader expects.
 *
 * The own script comes first (Latin for en and fr, Arabic script for fa, fa-AF, ps, ar), then the
 * other of the two, then all other scripts; before all of them space, punctuation and digits. Runs
 * of digits order by value. Within Arabic script the alphabet of the language decides: Arabic
 * (28 letters), Persian (پ after ب, چ after ج, ژ after ز, گ after ک, و before ه) or Pashto (ټ after
 * ت, ځ after ج, څ after چ, ډ after د, ړ after ر, ږ after ژ, ښ after ش, ګ after ک, ڼ after ن, ی ې ۍ
 * ئ last); آ stands before ا in Persian and Pashto; letters foreign to the language follow their
 * nearest relative. Accents and letter variants decide where letters are equal, case where accents
 * are (names as they are usually written, Ahmad, before ahmad and AHMAD); accents are compared from
 * the front in fr too (CLDR fr, not fr-CA).
 *
 * Keys of different languages must not be mixed in one column: use the language of the operation. */
#ifndef TEXT_SORTKEY_H
#define TEXT_SORTKEY_H

#include "base/str.h"

enum {
    SORT_TEXT_BYTES_MAX = 400, /* what lies beyond does not count */
    SORT_KEY_VERSION = 2, /* grows when keys or folds change: the indexes over them are made anew */
};

/* lang: BCP 47; an unknown language is sorted as en. The key holds no NUL byte. */
Str sort_key(Arena *a, Str text, Str lang);

#endif
