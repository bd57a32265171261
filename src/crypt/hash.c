/* hash.c: SHA-256 and HMAC from nettle, which picks SHA-NI at run time; BLAKE2b from libsodium. */
#include "crypt/crypt.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <sodium.h>

#include "base/banned.h"

_Static_assert(sizeof(struct sha256_ctx) <= sizeof(Sha256), "Sha256.opaque is too small");
_Static_assert(_Alignof(struct sha256_ctx) <= _Alignof(Sha256), "Sha256 is not aligned enough");

static struct sha256_ctx *inside(Sha256 *h) {
    return (void *)h->opaque;
}

void sha256_start(Sha256 *h) {
    sha256_init(inside(h));
}

void sha256_add(Sha256 *h, const void *bytes, size_t n) {
    if (n) sha256_update(inside(h), n, bytes);
}

Hash256 sha256_end(Sha256 *h) {
    Hash256 hash;
    sha256_digest(inside(h), sizeof hash.b, hash.b);
    return hash;
}

Hash256 sha256(Str bytes) {
    Sha256 h;
    sha256_start(&h);
    sha256_add(&h, bytes.s, bytes.n);
    return sha256_end(&h);
}

Hash256 hmac_sha256(const Key *key, Str bytes) {
    struct hmac_sha256_ctx h;
    Hash256 hash;
    hmac_sha256_set_key(&h, sizeof key->b, key->b);
    if (bytes.n) hmac_sha256_update(&h, bytes.n, (const uint8_t *)bytes.s);
    hmac_sha256_digest(&h, sizeof hash.b, hash.b);
    crypt_wipe(&h, sizeof h);
    return hash;
}

void blake2b(void *out, size_t out_n, Str bytes, const void *key, size_t key_n) {
    ASSERT(out_n >= 1 && out_n <= 64 && key_n <= 64);
    int rc = crypto_generichash_blake2b(out, out_n, (const uint8_t *)bytes.s, bytes.n, key, key_n);
    ASSERT(rc == 0);
}
