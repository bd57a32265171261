/* blob.c: sealed files in DIR/blobs, named by the SHA-256 of what is stored.
 *
 * Format 1: "PNB1" ‖ key id (16) ‖ salt (16) ‖ chunks. A chunk is 64 KiB of plain bytes (the last one
 * shorter) under XChaCha20-Poly1305 with nonce BLAKE2b-192(salt ‖ index (8, big-endian) ‖ last flag)
 * and the head (36 bytes) as additional data: the STREAM construction (Hoang et al., CRYPTO 2015), so
 * that chunks can neither be reordered nor the end be cut. */
#include "store/store_int.h"

#include "base/banned.h"

enum { BLOB_HEAD_N = 36, CHUNK_N = 65536, BLOB_MAX = 64 << 20 };
static const char blob_magic[4] = { 'P', 'N', 'B', '1' };

static void chunk_nonce(const uint8_t salt[16], uint64_t index, bool last,
                        uint8_t nonce[CRYPT_NONCE_N]) {
    uint8_t seed[25];
    memcpy(seed, salt, 16);
    for (int i = 0; i < 8; i++)
        seed[16 + i] = (uint8_t)(index >> (8 * (7 - i)));
    seed[24] = last;
    blake2b(nonce, CRYPT_NONCE_N, str_n(seed, sizeof(seed)), NULL, 0);
}

static const char *blob_path(Arena *a, const Store *s, const Hash256 *name, bool folder) {
    Str hex = hex_encode(a, name->b, 32);
    return str_c(a, folder ? str_printf(a, "%s/blobs/%.2s", s->dir, hex.s)
                           : str_printf(a, "%s/blobs/%.2s/%.*s", s->dir, hex.s, STR_ARG(hex)));
}

Status blob_put(Ctx *c, Id subject, Lane lane, Str bytes, Hash256 *ret_name) {
    Store *s = c->store;
    if (bytes.n == 0 || bytes.n > BLOB_MAX) return FAIL(c, ST_LIMIT, "", "error.blob.size");
    KeyRow key;
    Status st = subject_key(c, c->reader, subject, lane, &key);
    if (st == ST_MISSING) return FAIL(c, ST_MISSING, "", "error.blob.subject");
    TRY(st);
    size_t n_chunks = (bytes.n + CHUNK_N - 1) / CHUNK_N;
    size_t total = BLOB_HEAD_N + bytes.n + n_chunks * CRYPT_TAG_N;
    uint8_t *out = arena_alloc(c->arena, total), *p = out + BLOB_HEAD_N;
    memcpy(out, blob_magic, 4);
    memcpy(out + 4, key.key_id.b, 16);
    env_random(c->env, out + 20, 16);
    for (size_t i = 0; i < n_chunks; i++) {
        Str plain = str_slice(bytes, i * CHUNK_N, (i + 1) * CHUNK_N);
        uint8_t nonce[CRYPT_NONCE_N];
        chunk_nonce(out + 20, i, i + 1 == n_chunks, nonce);
        crypt_seal(&key.key, nonce, str_n(out, BLOB_HEAD_N), plain, p);
        p += plain.n + CRYPT_TAG_N;
    }
    crypt_wipe(&key, sizeof(key));
    *ret_name = sha256(str_n(out, total));
    TRY(env_make_folder(c, blob_path(c->arena, s, ret_name, true), 0700));
    return env_write_file(c, blob_path(c->arena, s, ret_name, false), 0600, str_n(out, total));
}

Status blob_get(Ctx *c, const Hash256 *name, Str *ret_bytes) {
    Str stored;
    TRY(env_read_file(c, blob_path(c->arena, c->store, name, false), BLOB_MAX + (1 << 20),
                      &stored));
    Hash256 h = sha256(stored);
    if (stored.n < BLOB_HEAD_N + CRYPT_TAG_N || memcmp(h.b, name->b, 32) != 0 ||
        memcmp(stored.s, blob_magic, 4) != 0)
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("blob"));
    Id key_id;
    memcpy(key_id.b, stored.s + 4, 16);
    KeyRow key;
    Status st = key_by_id(c, c->reader, key_id, &key);
    if (st == ST_MISSING) return FAIL(c, ST_MISSING, "", "error.blob.erased");
    TRY(st);
    Str head = str_slice(stored, 0, BLOB_HEAD_N);
    uint8_t *out = arena_alloc(c->arena, stored.n), *p = out;
    size_t at = BLOB_HEAD_N;
    for (uint64_t i = 0; at < stored.n; i++) {
        Str chunk = str_slice(stored, at, at + CHUNK_N + CRYPT_TAG_N);
        at += chunk.n;
        uint8_t nonce[CRYPT_NONCE_N];
        chunk_nonce((const uint8_t *)head.s + 20, i, at >= stored.n, nonce);
        if (!crypt_open(&key.key, nonce, head, chunk, p))
            return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("blob chunk"));
        p += chunk.n - CRYPT_TAG_N;
    }
    crypt_wipe(&key, sizeof(key));
    *ret_bytes = str_n(out, (size_t)(p - out));
    return ST_OK;
}
