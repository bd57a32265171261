/* recovery_fuzz.c: a text that is read is the text of what was read; one changed character of a
 * good text is refused. Password hashes are parsed too (never computed: see the limits). */
#include "crypt/crypt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(Ctx *c, Str text) {
    uint8_t seed[32], again[32];
    if (recovery_parse(c, text, seed) != ST_OK) {
        ASSERT(c->errs.n == 1);
        ctx_forget_errors(c);
        return;
    }
    ASSERT(recovery_parse(c, recovery_text(c->arena, seed), again) == ST_OK);
    ASSERT(crypt_equal(seed, again, sizeof seed));
}

static void check_seed(Ctx *c, const uint8_t seed[32], size_t at, char other) {
    uint8_t got[32];
    Str text = recovery_text(c->arena, seed);
    ASSERT(recovery_parse(c, text, got) == ST_OK && crypt_equal(seed, got, sizeof got));
    char *changed = arena_copy(c->arena, text.s, text.n);
    at %= text.n;
    if (changed[at] == '-' || changed[at] == other) return;
    changed[at] = other;
    Status st = recovery_parse(c, str_n(changed, text.n), got);
    ASSERT(st != ST_OK || crypt_equal(seed, got, sizeof got)); /* O for 0, lower case */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Env env;
    crypt_start();
    env_test_init(&env, 1, 0);
    Arena *a = arena_new(&env, 1 << 20);
    Ctx c = ctx_new(&env, a);
    check_text(&c, str_n(data, size));
    if (size >= 34) check_seed(&c, data, data[32], (char)data[33]);
    (void)password_is_weak(str_n(data, size), 65536, 2);
    arena_free(a);
    return 0;
}
