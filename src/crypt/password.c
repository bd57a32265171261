/* password.c: Argon2id (RFC 9106) hashes as PHC text,
 *     $argon2id$v=19$m=65536,t=2,p=1$SALT$HASH        16 and 32 bytes, base64 without padding
 * which is what crypto_pwhash_str() writes; the salt comes from Env instead. */
#include "crypt/crypt.h"

#include <sodium.h>

#include "base/banned.h"

enum { SALT_N = 16, HASH_N = 32, BASE64_ROOM = 64, MEM_KIB_MAX = 1 << 20, PASSES_MAX = 64 };

_Static_assert(SALT_N == crypto_pwhash_argon2id_SALTBYTES, "");

typedef struct Phc {
    uint64_t mem_kib, passes;
} Phc;

static bool number_field(Str text, const char *name, uint64_t *ret_value) {
    Str prefix = str_of(name);
    return str_starts(text, prefix) && num_parse_u64(str_slice(text, prefix.n, text.n), ret_value);
}

/* The parameters; salt and hash are libsodium's to read. */
static bool phc_parse(Str text, Phc *ret_phc) {
    uint64_t mem_kib, passes, lanes;
    if (!str_eq(str_cut(&text, '$'), STR("")) || !text.s) return false;
    if (!str_eq(str_cut(&text, '$'), STR("argon2id")) || !text.s) return false;
    if (!str_eq(str_cut(&text, '$'), STR("v=19")) || !text.s) return false;
    Str parameters = str_cut(&text, '$');
    if (!number_field(str_cut(&parameters, ','), "m=", &mem_kib)) return false;
    if (!number_field(str_cut(&parameters, ','), "t=", &passes)) return false;
    if (!number_field(parameters, "p=", &lanes) || lanes != 1) return false;
    *ret_phc = (Phc){ mem_kib, passes };
    return true;
}

static Str phc_text(Arena *a, uint32_t mem_kib, uint32_t passes, const uint8_t salt[SALT_N],
                    const uint8_t hash[HASH_N]) {
    char salt_text[BASE64_ROOM], hash_text[BASE64_ROOM];
    sodium_bin2base64(salt_text, sizeof salt_text, salt, SALT_N,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash_text, sizeof hash_text, hash, HASH_N,
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    return str_printf(a, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s", (unsigned)mem_kib, (unsigned)passes,
                      salt_text, hash_text);
}

Status password_hash(Ctx *c, Str password, uint32_t mem_kib, uint32_t passes, Str *ret_phc) {
    ASSERT(mem_kib >= 8 && mem_kib <= MEM_KIB_MAX && passes >= 1 && passes <= PASSES_MAX);
    if (password.n > PASSWORD_MAX) return FAIL(c, ST_LIMIT, "password", "error.password.too_long");
    uint8_t salt[SALT_N], hash[HASH_N];
    env_random(c->env, salt, sizeof salt);
    /* Its memory is not the arena's, but tests may fail it all the same. */
    if (env_fault_here(c->env, FAULT_ALLOC) ||
        crypto_pwhash(hash, sizeof hash, password.s ? password.s : "", password.n, salt, passes,
                      (size_t)mem_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return FAIL(c, ST_MEMORY, NULL, "error.memory");
    }
    *ret_phc = phc_text(c->arena, mem_kib, passes, salt, hash);
    return ST_OK;
}

Str password_hash_of_none(Env *env, Arena *a, uint32_t mem_kib, uint32_t passes) {
    uint8_t salt[SALT_N], hash[HASH_N];
    env_random(env, salt, sizeof salt);
    env_random(env, hash, sizeof hash);
    return phc_text(a, mem_kib, passes, salt, hash);
}

bool password_verify(Str phc, Str password) {
    Phc parameters;
    char text[crypto_pwhash_STRBYTES];
    if (password.n > PASSWORD_MAX || phc.n >= sizeof text) return false;
    if (str_find_byte(phc, '\0') >= 0 || !phc_parse(phc, &parameters)) return false;
    if (parameters.mem_kib > MEM_KIB_MAX || parameters.passes > PASSES_MAX) return false;
    memcpy(text, phc.s, phc.n);
    memset(text + phc.n, 0, sizeof text - phc.n);
    return crypto_pwhash_str_verify(text, password.s ? password.s : "", password.n) == 0;
}

bool password_is_weak(Str phc, uint32_t mem_kib, uint32_t passes) {
    Phc parameters;
    return !phc_parse(phc, &parameters) || parameters.mem_kib < mem_kib ||
           parameters.passes < passes;
}

/* 30 characters that look unlike each other in print and in handwriting; no vowels that make
 * words. 16 of them are 78.5 bits. */
Str password_random(Env *env, Arena *a) {
    static const char letters[] = "23456789abcdefghjkmnpqrstvwxyz";
    enum { LETTERS = sizeof letters - 1, GROUPS = 4, GROUP_N = 4 };
    char *out = arena_alloc(a, GROUPS * GROUP_N + GROUPS - 1);
    size_t n = 0;
    for (int i = 0; i < GROUPS * GROUP_N; i++) {
        uint8_t byte;
        do {
            env_random(env, &byte, 1);
        } while (byte >= 256 / LETTERS * LETTERS); /* else the first letters come more often */
        if (i > 0 && i % GROUP_N == 0) out[n++] = '-';
        out[n++] = letters[byte % LETTERS];
    }
    return str_n(out, n);
}
