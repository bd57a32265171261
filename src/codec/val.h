/* val.h: a tree of values: what operations take and return, before and after any encoding.
 *
 * The types are those that JSON, CBOR and the model share. There are no floats: a decimal is an
 * integer scaled by its field, written as text ("12.50") in JSON. An id is VAL_BYTES of 16 once a
 * shape has checked it, text in JSON. A Val is a plain value; what it points to lives in an arena.
 * VAL_NONE is "absent", unlike VAL_NULL, which is "said to be empty". */
#ifndef CODEC_VAL_H
#define CODEC_VAL_H

#include "base/base.h"

typedef enum ValType {
    VAL_NONE,
    VAL_NULL,
    VAL_BOOL,
    VAL_INT,
    VAL_TEXT,
    VAL_BYTES,
    VAL_LIST,
    VAL_MAP
} ValType;

typedef struct Val Val;
typedef struct ValPair ValPair;
struct Val {
    ValType type;
    union {
        bool b;
        int64_t i;
        Str text; /* VAL_TEXT, VAL_BYTES */
        struct {
            Val *v;
            size_t n;
        } list;
        struct {
            ValPair *v; /* in order of insertion, keys unique */
            size_t n;
        } map;
    };
};
struct ValPair {
    Str key;
    Val value;
};

#define VAL_ABSENT ((Val){ .type = VAL_NONE })
static inline Val val_null(void) {
    return (Val){ .type = VAL_NULL };
}
static inline Val val_bool(bool b) {
    return (Val){ .type = VAL_BOOL, .b = b };
}
static inline Val val_int(int64_t i) {
    return (Val){ .type = VAL_INT, .i = i };
}
static inline Val val_text(Str t) {
    return (Val){ .type = VAL_TEXT, .text = t };
}
static inline Val val_bytes(Str t) {
    return (Val){ .type = VAL_BYTES, .text = t };
}
/* Copies the id into the arena. */
Val val_id(Arena *a, Id id);
bool val_get_id(Val v, Id *ret_id) CHECKED;

/* Trees deeper than this are a programmer's error; what parsers let in is far below. */
enum { VAL_DEPTH_MAX = 128 };

/* Builders. A list or map under construction grows in the arena. val_push and val_set are for
 * lists and maps that began with one of these (or came out of a parser), not for ones made by hand
 * over a static array. */
Val val_list(void);
void val_push(Arena *a, Val *list, Val item);
Val val_map(void);
/* Sets or replaces; the key is not copied. */
void val_set(Arena *a, Val *map, Str key, Val value);
void val_set_c(Arena *a, Val *map, const char *key, Val value);
/* With n absent elements, for the caller to fill in. */
Val val_list_of(Arena *a, size_t n);
Val val_map_of(Arena *a, size_t n);

/* VAL_ABSENT when v is no map or has no such key. */
Val val_get(Val v, const char *key);
Val val_get_str(Val v, Str key);
static inline bool val_is_absent(Val v) {
    return v.type == VAL_NONE;
}
/* Text, int or bool of a key, or the fallback (also where the value has another type). */
Str val_get_text(Val v, const char *key, Str fallback);
int64_t val_get_int(Val v, const char *key, int64_t fallback);
bool val_get_bool(Val v, const char *key, bool fallback);

bool val_eq(Val a, Val b); /* maps: same keys and values in any order */
Val val_copy(Arena *a, Val v);

#endif
