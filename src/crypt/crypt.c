/* crypt.c: libsodium's AEAD, signatures and boxes in Str terms. */
#include "crypt/crypt.h"

#include <sodium.h>

#include "base/banned.h"

_Static_assert(CRYPT_KEY_N == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "");
_Static_assert(CRYPT_NONCE_N == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "");
_Static_assert(CRYPT_TAG_N == crypto_aead_xchacha20poly1305_ietf_ABYTES, "");
_Static_assert(CRYPT_SIGN_PUBLIC_N == crypto_sign_ed25519_PUBLICKEYBYTES, "");
_Static_assert(CRYPT_SIGN_SECRET_N == crypto_sign_ed25519_SECRETKEYBYTES, "");
_Static_assert(CRYPT_SIGNATURE_N == crypto_sign_ed25519_BYTES, "");
_Static_assert(CRYPT_BOX_PUBLIC_N == crypto_box_PUBLICKEYBYTES, "");
_Static_assert(CRYPT_BOX_SECRET_N == crypto_box_SECRETKEYBYTES, "");
_Static_assert(CRYPT_BOX_OVERHEAD_N == crypto_box_SEALBYTES, "");

static const uint8_t *bytes_of(Str text) {
    return (const uint8_t *)(text.s ? text.s : "");
}

void crypt_start(void) {
    if (sodium_init() < 0) BUG("libsodium does not start");
}

void crypt_wipe(void *p, size_t n) {
    sodium_memzero(p, n);
}

bool crypt_equal(const void *a, const void *b, size_t n) {
    return sodium_memcmp(a, b, n) == 0;
}

/* --- XChaCha20-Poly1305 ----------------------------------------------------------------------- */

void crypt_seal(const Key *key, const uint8_t nonce[CRYPT_NONCE_N], Str aad, Str plain,
                uint8_t *ret) {
    crypto_aead_xchacha20poly1305_ietf_encrypt(ret, NULL, bytes_of(plain), plain.n, bytes_of(aad),
                                               aad.n, NULL, nonce, key->b);
}

bool crypt_open(const Key *key, const uint8_t nonce[CRYPT_NONCE_N], Str aad, Str sealed,
                uint8_t *ret) {
    return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL, bytes_of(sealed), sealed.n,
                                                      bytes_of(aad), aad.n, nonce, key->b) == 0;
}

Str crypt_wrap(Env *env, Arena *a, const Key *key, Str aad, Str plain) {
    size_t n;
    if (__builtin_add_overflow(plain.n, CRYPT_NONCE_N + CRYPT_TAG_N, &n)) n = SIZE_MAX;
    uint8_t *p = arena_alloc(a, n); /* which refuses SIZE_MAX */
    env_random(env, p, CRYPT_NONCE_N);
    crypt_seal(key, p, aad, plain, p + CRYPT_NONCE_N);
    return str_n(p, n);
}

bool crypt_unwrap(Arena *a, const Key *key, Str aad, Str wrapped, Str *ret_plain) {
    if (wrapped.n < CRYPT_NONCE_N + CRYPT_TAG_N) return false;
    size_t n = wrapped.n - CRYPT_NONCE_N - CRYPT_TAG_N;
    uint8_t *p = arena_alloc(a, n);
    Str sealed = str_slice(wrapped, CRYPT_NONCE_N, wrapped.n);
    if (!crypt_open(key, bytes_of(wrapped), aad, sealed, p)) return false;
    *ret_plain = str_n(p, n);
    return true;
}

/* --- Ed25519 ---------------------------------------------------------------------------------- */

SignKey sign_key_from_seed(const uint8_t seed[32]) {
    SignKey key;
    crypto_sign_ed25519_seed_keypair(key.public_key, key.secret_key, seed);
    return key;
}

void crypt_sign(const SignKey *key, Str bytes, uint8_t ret_signature[CRYPT_SIGNATURE_N]) {
    crypto_sign_ed25519_detached(ret_signature, NULL, bytes_of(bytes), bytes.n, key->secret_key);
}

bool crypt_verify(const uint8_t public_key[CRYPT_SIGN_PUBLIC_N], Str bytes,
                  const uint8_t signature[CRYPT_SIGNATURE_N]) {
    return crypto_sign_ed25519_verify_detached(signature, bytes_of(bytes), bytes.n, public_key) ==
           0;
}

/* --- sealed boxes ----------------------------------------------------------------------------- */

void box_key_from_seed(const uint8_t seed[32], uint8_t ret_public[CRYPT_BOX_PUBLIC_N],
                       uint8_t ret_secret[CRYPT_BOX_SECRET_N]) {
    crypto_box_seed_keypair(ret_public, ret_secret, seed);
}

/* crypto_box_seal() with the ephemeral key from Env, so that a seeded world repeats itself: the
 * nonce is BLAKE2b-192(ephemeral public key ‖ recipient's). */
Str box_seal(Arena *a, const uint8_t public_key[CRYPT_BOX_PUBLIC_N], Str plain) {
    size_t n;
    if (__builtin_add_overflow(plain.n, CRYPT_BOX_OVERHEAD_N, &n)) n = SIZE_MAX;
    uint8_t *p = arena_alloc(a, n);
    uint8_t seed[32], secret[CRYPT_BOX_SECRET_N], nonce[crypto_box_NONCEBYTES];
    uint8_t both[2 * CRYPT_BOX_PUBLIC_N];
    env_random(arena_env(a), seed, sizeof seed);
    box_key_from_seed(seed, p, secret);
    memcpy(both, p, CRYPT_BOX_PUBLIC_N);
    memcpy(both + CRYPT_BOX_PUBLIC_N, public_key, CRYPT_BOX_PUBLIC_N);
    blake2b(nonce, sizeof nonce, str_n(both, sizeof both), NULL, 0);
    int rc = crypto_box_easy(p + CRYPT_BOX_PUBLIC_N, bytes_of(plain), plain.n, nonce, public_key,
                             secret);
    crypt_wipe(seed, sizeof seed);
    crypt_wipe(secret, sizeof secret);
    return rc == 0 ? str_n(p, n) : STR_NONE;
}

bool box_open(Arena *a, const uint8_t public_key[CRYPT_BOX_PUBLIC_N],
              const uint8_t secret_key[CRYPT_BOX_SECRET_N], Str sealed, Str *ret_plain) {
    if (sealed.n < CRYPT_BOX_OVERHEAD_N) return false;
    size_t n = sealed.n - CRYPT_BOX_OVERHEAD_N;
    uint8_t *p = arena_alloc(a, n);
    if (crypto_box_seal_open(p, bytes_of(sealed), sealed.n, public_key, secret_key) != 0) {
        return false;
    }
    *ret_plain = str_n(p, n);
    return true;
}
