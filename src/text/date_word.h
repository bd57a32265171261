/* date_word.h: words people write beside an age, a year or a date. Internal to the room. */
#ifndef TEXT_DATE_WORD_H
#define TEXT_DATE_WORD_H

#include "base/str.h"

typedef enum DateWordKind {
    DATE_WORD_FILLER, /* "old", "born", "سن": says nothing new */
    DATE_WORD_ABOUT,
    DATE_WORD_UNIT, /* arg: y m w d */
    DATE_WORD_SOLAR,
    DATE_WORD_LUNAR,
    DATE_WORD_HIJRI, /* one of the two */
    DATE_WORD_GREGORIAN,
} DateWordKind;

typedef struct DateWord {
    const char *text;
    DateWordKind kind;
    char unit; /* of DATE_WORD_UNIT: y m w d */
} DateWord;

/* folded: one word. NULL: unknown (months are cal_month_parse()'s). */
const DateWord *date_word(Str folded);

#endif
