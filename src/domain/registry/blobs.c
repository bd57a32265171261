/* blobs.c: pictures. PUT /blob stages the bytes in LOCAL tables under the SHA-256 of the plain
 * picture; the operation that names them seals them under the person's key, and only that name, of
 * the ciphertext, enters the ledger. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static Str staged_key(Ctx *c, Val name) {
    return hex_encode(c->arena, name.text.s, name.text.n);
}

Status staged_read(Ctx *c, Val name, const char *path, Str *ret_bytes) {
    if (name.type != VAL_BYTES || name.text.n != CRYPT_HASH_N)
        return FAIL(c, ST_INVALID, path, "error.blob.unknown");
    size_t noted = c->errs.n;
    Time when;
    Status st = local_get(c, STR(REGISTRY_STAGED_BLOBS), staged_key(c, name), ret_bytes, &when);
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    return FAIL(c, ST_INVALID, path, "error.blob.unknown");
}

Status staged_seal(Ctx *c, Id person, Str bytes, Val *ret_name) {
    Hash256 name;
    TRY(blob_put(c, person, LANE_CORE, bytes, &name));
    *ret_name = val_bytes(str_n(arena_copy(c->arena, name.b, sizeof name.b), sizeof name.b));
    return ST_OK;
}
