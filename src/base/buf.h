/* buf.h: a growing byte buffer in an arena whose limit is chosen at its birth.
 *
 * Writing past the limit sets `full` and drops the bytes: check buf_full() once at the end instead
 * of after each write. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/arena.h"

typedef struct Buf {
    Arena *arena;
    uint8_t *p;
    size_t n, cap, limit;
    bool full;
} Buf;

Buf buf_new(Arena *a, size_t limit_bytes);
void buf_put(Buf *b, const void *bytes, size_t n);
void buf_str(Buf *b, Str text);
void buf_byte(Buf *b, uint8_t byte);
void buf_printf(Buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes, to be written by the caller and claimed with buf_claim(); NULL if full. */
uint8_t *buf_reserve(Buf *b, size_t n);
void buf_claim(Buf *b, size_t n);
static inline bool buf_full(const Buf *b) {
    return b->full;
}
static inline Str buf_text(const Buf *b) {
    return (Str){ b->p ? (const char *)b->p : "", b->n };
}
static inline void buf_clear(Buf *b) {
    b->n = 0;
    b->full = false;
}
/* LEB128, as the ledger's local blobs use it. */
void buf_varint(Buf *b, uint64_t value);
/* Reads one at *pos; false at the end or over ten bytes. */
bool varint_read(Str bytes, size_t *pos, uint64_t *ret_value) CHECKED;

#endif
