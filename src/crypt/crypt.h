/* crypt.h: the few cryptographic acts Panah needs, on libsodium (AEAD, Ed25519, X25519, BLAKE2b,
 * Argon2id) and nettle (SHA-256 with hardware instructions).
 *
 * Sizes are in bytes. Secrets are wiped with crypt_wipe() by whoever holds them; arenas that held
 * secrets are wiped by their owner. No function keeps state; all are thread-safe after
 * crypt_start(). */
#ifndef CRYPT_CRYPT_H
#define CRYPT_CRYPT_H

#include "base/base.h"

enum {
    CRYPT_HASH_N = 32,  /* SHA-256 */
    CRYPT_KEY_N = 32,   /* XChaCha20-Poly1305 key */
    CRYPT_NONCE_N = 24, /* XChaCha20 nonce */
    CRYPT_TAG_N = 16,   /* Poly1305 */
    CRYPT_SIGN_PUBLIC_N = 32,
    CRYPT_SIGN_SECRET_N = 64,
    CRYPT_SIGNATURE_N = 64,
    CRYPT_BOX_PUBLIC_N = 32,
    CRYPT_BOX_SECRET_N = 32,
    CRYPT_BOX_OVERHEAD_N = 48, /* crypto_box_seal: ephemeral key + tag */
};

typedef struct Hash256 {
    uint8_t b[CRYPT_HASH_N];
} Hash256;
typedef struct Key {
    uint8_t b[CRYPT_KEY_N];
} Key;

/* Once a process, before anything else here; idempotent. */
void crypt_start(void);
void crypt_wipe(void *p, size_t n);
bool crypt_equal(const void *a, const void *b, size_t n); /* constant time */

/* SHA-256 (FIPS 180-4), one shot and in pieces. */
Hash256 sha256(Str bytes);
typedef struct Sha256 {
    uint64_t opaque[16];
} Sha256;
void sha256_start(Sha256 *h);
void sha256_add(Sha256 *h, const void *bytes, size_t n);
Hash256 sha256_end(Sha256 *h);
/* BLAKE2b (RFC 7693), out_n 1-64, unkeyed (key_n 0) or keyed. */
void blake2b(void *out, size_t out_n, Str bytes, const void *key, size_t key_n);
/* HMAC-SHA-256 for cursors and tokens. */
Hash256 hmac_sha256(const Key *key, Str bytes);

/* XChaCha20-Poly1305-IETF. ret holds n + CRYPT_TAG_N; may be the same memory as plain. */
void crypt_seal(const Key *key, const uint8_t nonce[CRYPT_NONCE_N], Str aad, Str plain,
                uint8_t *ret);
/* ret holds n - CRYPT_TAG_N. False when key, nonce, aad or bytes are not those of the sealing. */
bool crypt_open(const Key *key, const uint8_t nonce[CRYPT_NONCE_N], Str aad, Str sealed,
                uint8_t *ret) CHECKED;
/* Random nonce in front: for small secrets at rest (wrapped keys, cursors). n + 24 + 16 bytes. */
Str crypt_wrap(Env *env, Arena *a, const Key *key, Str aad, Str plain);
bool crypt_unwrap(Arena *a, const Key *key, Str aad, Str wrapped, Str *ret_plain) CHECKED;

/* Ed25519 (RFC 8032). */
typedef struct SignKey {
    uint8_t public_key[CRYPT_SIGN_PUBLIC_N];
    uint8_t secret_key[CRYPT_SIGN_SECRET_N];
} SignKey;
SignKey sign_key_from_seed(const uint8_t seed[32]);
void crypt_sign(const SignKey *key, Str bytes, uint8_t ret_signature[CRYPT_SIGNATURE_N]);
bool crypt_verify(const uint8_t public_key[CRYPT_SIGN_PUBLIC_N], Str bytes,
                  const uint8_t signature[CRYPT_SIGNATURE_N]) CHECKED;

/* Sealed box to a recovery key (X25519, the format of crypto_box_seal). The keypair follows from
 * the seed. box_seal: its randomness is that of the arena's Env, which must have one; STR_NONE when
 * the public key is a weak one. */
void box_key_from_seed(const uint8_t seed[32], uint8_t ret_public[CRYPT_BOX_PUBLIC_N],
                       uint8_t ret_secret[CRYPT_BOX_SECRET_N]);
Str box_seal(Arena *a, const uint8_t public_key[CRYPT_BOX_PUBLIC_N], Str plain);
bool box_open(Arena *a, const uint8_t public_key[CRYPT_BOX_PUBLIC_N],
              const uint8_t secret_key[CRYPT_BOX_SECRET_N], Str sealed, Str *ret_plain) CHECKED;

/* Argon2id password hashes in PHC text form. mem_kib and passes are the caller's (production:
 * 65536 KiB, 2 passes; tests may use 8 KiB); at least 8 KiB and 1 pass. Slow: never on the writer
 * thread. A password has at most PASSWORD_MAX bytes: longer ones are ST_LIMIT and verify as false.
 * A stored hash that asks for more than 1 GiB or 64 passes verifies as false: it may have come from
 * another node. */
enum { PASSWORD_MAX = 1024 };
Status password_hash(Ctx *c, Str password, uint32_t mem_kib, uint32_t passes, Str *ret_phc) CHECKED;
/* Looks like one and costs as much to verify, but no password is known that has it: what is compared with
 * where there is no account. Quick. */
Str password_hash_of_none(Env *env, Arena *a, uint32_t mem_kib, uint32_t passes);
bool password_verify(Str phc, Str password) CHECKED;
/* True when the stored hash has weaker parameters than asked, or is none: hash again at next
 * sign-in. */
bool password_is_weak(Str phc, uint32_t mem_kib, uint32_t passes);

/* 32 bytes as a text for paper: 8 groups of 7 characters of Crockford base32, joined by dashes; the
 * last characters are a checksum. Reading forgives case, white space, dashes, O/0 and I/L/1, and
 * takes Arabic-Indic and Persian digits.
 *
 * Any three wrong characters are noticed. One wrong character, and two neighbours exchanged, are
 * traced to their group. ST_INVALID with one of these keys; the values never show the text. More than 1024 bytes are ST_LIMIT.
 *   error.recovery.length     "characters": how many there are instead of 56
 *   error.recovery.group_length  "group" 1-8: it has not 7 characters
 *   error.recovery.character  "group": it has a character that does not occur in such a text
 *   error.recovery.group      "group": it has a mistake
 *   error.recovery.check      several mistakes, or another text */
Str recovery_text(Arena *a, const uint8_t seed[32]);
Status recovery_parse(Ctx *c, Str text, uint8_t ret_seed[32]) CHECKED;
/* A first password that can be read out: 4 groups of 4 unambiguous letters and digits, 78 bits. */
Str password_random(Env *env, Arena *a);

#endif
