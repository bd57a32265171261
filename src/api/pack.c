/* pack.c: gzip (RFC 1952) of a document that is made once and sent often. */
#define BANNED_EXEMPT /* zlib's own memory: freed before returning */
#include "api/api_int.h"

#include <zlib.h>

#include "base/banned.h"

enum { GZIP_WINDOW = 15 + 16, MEMORY_LEVEL = 9 };

Str gzip_pack(Arena *a, Str plain) {
    z_stream z = { 0 };
    if (plain.n > UINT32_MAX / 2) return STR_NONE;
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return STR_NONE;
    size_t room = deflateBound(&z, (uLong)plain.n);
    uint8_t *out = arena_alloc(a, room);
    z.next_in = (Bytef *)(uintptr_t)plain.s;
    z.avail_in = (uInt)plain.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    int rc = deflate(&z, Z_FINISH);
    size_t n = room - z.avail_out;
    deflateEnd(&z);
    return rc == Z_STREAM_END && n < plain.n ? str_n(out, n) : STR_NONE;
}
