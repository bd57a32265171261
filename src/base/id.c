/* id.c: UUIDv7 and its text form. */
#include "base/id.h"

#include "base/env.h"

#include "base/banned.h"

Id id_new(Env *env) {
    Id id;
    uint64_t ms = (uint64_t)(env_now(env) / TIME_MS);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    env_random(env, id.b + 6, 10);
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f)); /* version 7 */
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f)); /* variant of RFC 9562 */
    return id;
}

bool id_is_none(Id id) {
    return id_eq(id, ID_NONE);
}

static bool dash_before(int byte_index) {
    return byte_index == 4 || byte_index == 6 || byte_index == 8 || byte_index == 10;
}

void id_write(Id id, char out[ID_TEXT_N]) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (dash_before(i)) *out++ = '-';
        *out++ = digits[id.b[i] >> 4];
        *out++ = digits[id.b[i] & 15];
    }
}

Str id_text(Arena *a, Id id) {
    char *p = arena_alloc(a, ID_TEXT_N);
    id_write(id, p);
    return (Str){ p, ID_TEXT_N };
}

bool id_parse(Str text, Id *ret_id) {
    if (text.n != ID_TEXT_N) return false;
    Id id;
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (dash_before(i) && text.s[at++] != '-') return false;
        if (!hex_decode(str_slice(text, at, at + 2), &id.b[i], 1)) return false;
        at += 2;
    }
    *ret_id = id;
    return true;
}
