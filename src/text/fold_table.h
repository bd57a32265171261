/* fold_table.h: what one code point becomes; the rows behind fold.h. Internal to the room.
 *
 * Written by hand from the names and decompositions of Unicode 15 (UnicodeData.txt), of which
 * fold_test.c checks every row where that file is installed. */
#ifndef TEXT_FOLD_TABLE_H
#define TEXT_FOLD_TABLE_H

#include "base/str.h"

typedef struct FoldRange {
    uint32_t from, to;
} FoldRange;

/* Zeros of the blocks of ten decimal digits (general category Nd), ascending. */
extern const uint32_t fold_digit_zeros[];
extern const size_t fold_n_digit_zeros;

/* Removed by the fold: combining marks, invisible and direction characters. Ascending. */
bool fold_is_mark(uint32_t cp);
bool fold_is_invisible(uint32_t cp);

/* Each writes what cp becomes to out (room for FOLD_MAX) and returns how many code points that is;
 * -1 where the table does not know cp. */
int fold_latin(uint32_t cp, uint32_t *out);
int fold_greek_cyrillic(uint32_t cp, uint32_t *out);
int fold_arabic(uint32_t cp, uint32_t *out);
int fold_punctuation(uint32_t cp, uint32_t *out);
/* Arabic presentation form → its letters, not yet folded; -1 where cp is none. */
int fold_presentation(uint32_t cp, uint32_t *out);

#endif
