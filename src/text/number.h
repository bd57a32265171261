/* number.h: registration numbers people read out, write on paper and search by.
 *
 *     KBL-26-004567-8        a registration group: office, year, serial, check digit
 *     KBL-26-I004567-3       an individual, in a series of its own
 *
 * office: 3 of A-Z 0-9; year: last two digits; serial: 6 digits, 1-999999, one row a kind; the check
 * digit follows H. M. Damm, "Total anti-symmetrische Quasigruppen", Marburg 2004: it finds every
 * wrong digit and every swap of neighbouring digits, and nine of ten other slips. It runs over
 * office, year, kind (G is 16, I is 18) and serial; a letter is two digits, A = 10 … Z = 35.
 *
 * Older numbers stay as they are printed and are found by the same keys: 123-45C67890 (office, year,
 * C for case, serial), 123-45-67890, AAA-YY-NNNNN. */
#ifndef TEXT_NUMBER_H
#define TEXT_NUMBER_H

#include "base/str.h"

enum { NUMBER_BYTES_MAX = 64, NUMBER_SERIAL_MAX = 999999, NUMBER_TERMS_MAX = 3 };

typedef enum NumberKind { NUMBER_GROUP = 'G', NUMBER_INDIVIDUAL = 'I' } NumberKind;

typedef struct Number {
    char office[4]; /* upper case, NUL-terminated */
    int year;       /* 0-99 */
    uint32_t serial;
    NumberKind kind;
    char check; /* '0'-'9'; 0: printed without one (older numbers) */
} Number;

/* office of exactly 3 letters or digits, year of any century, serial in range: asserted. */
Str number_format(Arena *a, Str office, int year, uint32_t serial, NumberKind kind);
/* Reads both forms, with or without dashes and check digit, digits of any script. NULL, or
 *   error.number.not_understood   error.number.check (the check digit is wrong: misread or mistyped)
 * A number of 5 serial digits or with C is an older one and has no check digit. */
const char *number_parse(Str typed, Number *ret_number) CHECKED;

/* What to store beside a number, ours or any other system's: "4567", "26-4567", "KBL-26-4567".
 * A number of another shape gives one term: upper case, no punctuation, no leading zeros. */
size_t number_terms(Arena *a, Str number, Str ret_terms[NUMBER_TERMS_MAX]);
/* What to look up, by equality: the same forms from what was typed: whole, without office, or the
 * serial alone; words before it, dashes, C, I, leading zeros and check digit do not matter (a wrong
 * one neither: number_parse() tells). Seven digits alone are year and five-digit serial, or, where
 * they begin with 0, serial and check digit. Empty when there is nothing to look up. */
Str number_search_key(Arena *a, Str typed);

#endif
