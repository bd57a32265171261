/* buf.c: growing byte buffer. One byte more than `cap` is allocated: buf_printf() needs room for
 * the terminator of vsnprintf(). */
#include "base/buf.h"

#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

enum { FIRST_CAP = 63 };

Buf buf_new(Arena *a, size_t limit_bytes) {
    /* The arena refuses more than PTRDIFF_MAX anyhow; this keeps the sums below from wrapping. */
    size_t limit = limit_bytes < PTRDIFF_MAX / 4 ? limit_bytes : PTRDIFF_MAX / 4;
    return (Buf){ .arena = a, .limit = limit };
}

static bool make_room(Buf *b, size_t n) {
    if (b->full || n > b->limit - b->n) {
        b->full = true;
        return false;
    }
    size_t need = b->n + n;
    if (need > b->cap || !b->p) {
        size_t cap = b->p ? 2 * b->cap + 1 : FIRST_CAP;
        if (cap < need) cap = need;
        if (cap > b->limit) cap = b->limit;
        b->p = arena_grow(b->arena, b->p, b->p ? b->cap + 1 : 0, cap + 1);
        b->cap = cap;
    }
    return true;
}

void buf_put(Buf *b, const void *bytes, size_t n) {
    if (n == 0 || !make_room(b, n)) return;
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
}

void buf_str(Buf *b, Str text) {
    buf_put(b, text.s, text.n);
}

void buf_byte(Buf *b, uint8_t byte) {
    if (!make_room(b, 1)) return;
    b->p[b->n++] = byte;
}

void buf_printf(Buf *b, const char *format, ...) {
    if (b->full) return;
    size_t room = b->p ? b->cap - b->n + 1 : 0;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(room ? (char *)b->p + b->n : NULL, room, format, args);
    va_end(args);
    if (n < 0) BUG("buf_printf: bad format");
    if ((size_t)n >= room) {
        if (!make_room(b, (size_t)n)) return;
        va_start(args, format);
        vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, args);
        va_end(args);
    }
    b->n += (size_t)n;
}

uint8_t *buf_reserve(Buf *b, size_t n) {
    return make_room(b, n) ? b->p + b->n : NULL;
}

void buf_claim(Buf *b, size_t n) {
    ASSERT(n <= b->cap - b->n);
    b->n += n;
}

void buf_varint(Buf *b, uint64_t value) {
    uint8_t bytes[10];
    size_t n = 0;
    while (value >= 0x80) {
        bytes[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[n++] = (uint8_t)value;
    buf_put(b, bytes, n);
}

bool varint_read(Str bytes, size_t *pos, uint64_t *ret_value) {
    uint64_t value = 0;
    size_t i = *pos;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        if (i >= bytes.n) return false;
        uint8_t byte = (uint8_t)bytes.s[i++];
        if (shift == 63 && byte > 1) return false; /* above 64 bits */
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *pos = i;
            *ret_value = value;
            return true;
        }
    }
    return false;
}
