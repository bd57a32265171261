/* name_word.h: words of a name and their skeletons. Internal to the room; name.h is the contract. */
#ifndef TEXT_NAME_WORD_H
#define TEXT_NAME_WORD_H

#include "text/fold.h"
#include "text/name.h"

enum { NAME_WORD_MAX = 40 }; /* letters; the rest of a longer word does not count */

/* Letters are folded code points, with these marks where the fold would lose what is heard. */
enum {
    LETTER_SOFT_C = 'S',         /* ç: s, never k */
    LETTER_SH = 'X',             /* ş š č ć */
    LETTER_ZH = 'Z',             /* ž */
    LETTER_TEH_MARBUTA = 0x0629, /* silent at the end, t inside a compound: نعمة الله */
};

typedef enum NameArticle {
    ARTICLE_NONE,
    ARTICLE_L,           /* al, el, ul: the l is heard before a moon letter */
    ARTICLE_ASSIMILATED, /* ur, ud, us …: already written as heard */
} NameArticle;

typedef struct NameWord {
    uint32_t letters[NAME_WORD_MAX];
    size_t n;
    TextScript script;
    NameArticle after; /* an article stood before it and was left out */
} NameWord;

typedef struct NameWords {
    NameWord v[NAME_TOKENS_MAX];
    size_t n;
    bool open; /* nothing but letters after the last word's beginning: it may still grow */
} NameWords;

typedef struct Skeleton {
    char s[NAME_TERM_BYTES_MAX];
    size_t n;
} Skeleton;

/* How to read a word; flags. */
enum {
    SKELETON_MAIN = 0,
    SKELETON_SECOND = 1,  /* second reading of letters that have two */
    SKELETON_LOOSE = 2,   /* without w, v and h after the beginning */
    SKELETON_SPELLED = 4, /* l before a sun letter as it is written */
    SKELETON_BARE = 8,    /* without ال at the beginning */
    SKELETON_OPEN = 16,   /* the word may go on: no more than all its continuations share */
};

/* The words of a name, articles and (where another word remains) particles left out. */
void name_words(Str name, NameWords *ret_words);
/* y written behind x as one word, with the article that stood between. */
NameWord name_join(const NameWord *x, const NameWord *y);
Skeleton name_word_skeleton(const NameWord *word, unsigned how);
/* The different skeletons of a closed word, main reading first; returns how many. */
enum { SKELETON_READINGS_MAX = 5 };
size_t name_word_readings(const NameWord *word, Skeleton ret_readings[SKELETON_READINGS_MAX]);
/* The main reading, and all, of the words of a name as one. */
Skeleton name_joined_skeleton(Str name);
size_t name_joined_readings(Str name, Skeleton ret_readings[SKELETON_READINGS_MAX]);
bool skeleton_eq(const Skeleton *x, const Skeleton *y);
bool skeleton_starts(const Skeleton *x, const Skeleton *prefix);
/* The word's letters as folded text. */
Str name_word_text(Arena *a, const NameWord *word);

#endif
