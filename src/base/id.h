/* id.h: 128-bit record ids.
 *
 * UUIDv7 (RFC 9562 §5.7) from the Env's clock and randomness: 48-bit milliseconds, version,
 * 12 + 62 random bits. Kinds with a natural key hash it (id_from_key, RFC 9562 version 8) so that
 * two nodes that create the same code meet in one record. The text form, frozen, is the standard
 * lower-case UUID "018f6a3e-7b1c-7def-8a01-23456789abcd". */
#ifndef BASE_ID_H
#define BASE_ID_H

#include "base/status.h"

typedef struct Id {
    uint8_t b[16];
} Id;

#define ID_NONE ((Id){ { 0 } })
enum { ID_TEXT_N = 36 };

Id id_new(Env *env);
static inline bool id_eq(Id a, Id b) {
    return memcmp(a.b, b.b, 16) == 0;
}
static inline int id_cmp(Id a, Id b) {
    return memcmp(a.b, b.b, 16);
}
bool id_is_none(Id id);
void id_write(Id id, char out[ID_TEXT_N]);
Str id_text(Arena *a, Id id);
/* Takes exactly the 36-character form, either case. */
bool id_parse(Str text, Id *ret_id) CHECKED;
static inline Str id_str(const Id *id) {
    return str_n(id->b, 16);
}

#endif
