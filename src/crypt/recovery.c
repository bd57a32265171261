/* recovery.c: a seed as text for paper.
 *
 * 56 characters of 5 bits: 256 bits of seed, 4 bits of its SHA-256, and 4 characters that make the
 * whole, as a polynomial over GF(32) with the first character at x^55, equal 1 modulo
 *     g(x) = x^4 + 7 x^3 + 2 x^2 + 7 x + 1.
 * GF(32) is that of BIP 173, bits modulo x^5 + x^3 + 1. g is irreducible and its roots have order
 * 1025 = 32^2 + 1: a shortened ovoid code [1025, 1021, 4], the one of the elliptic quadric. Three
 * errors never pass, and two never look like a single one elsewhere. Of the 200 such g this is one
 * that also traces every exchange of neighbours to its group; crypt_test.c tries both. */
#include "crypt/crypt.h"

#include "base/banned.h"

enum { GROUPS = 8, GROUP_N = 7, TEXT_N = GROUPS * GROUP_N, CHECK_N = 4, DATA_N = TEXT_N - CHECK_N };
enum { SEED_N = 32, INPUT_MAX = 1024 };

#define ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ" /* Crockford */

static uint32_t gf_mul(uint32_t a, uint32_t b) {
    uint32_t product = 0;
    for (; b; b >>= 1) {
        if (b & 1) product ^= a;
        a <<= 1;
        if (a & 32) a ^= 0x29;
    }
    return product;
}

/* Four coefficients of 5 bits, x^3 highest. Returns (r x + value) mod g. */
static uint32_t poly_step(uint32_t r, uint32_t value) {
    uint32_t top = r >> 15, seven = gf_mul(top, 7), two = gf_mul(top, 2);
    uint32_t g = seven << 15 | two << 10 | seven << 5 | top;
    return ((r << 5 & 0xfffff) | value) ^ g;
}

static uint32_t poly_rest(const uint8_t values[TEXT_N]) {
    uint32_t r = 0;
    for (size_t i = 0; i < TEXT_N; i++)
        r = poly_step(r, values[i]);
    return r;
}

static uint8_t seed_nibble(const uint8_t seed[SEED_N]) {
    return sha256(str_n(seed, SEED_N)).b[0] >> 4;
}

Str recovery_text(Arena *a, const uint8_t seed[SEED_N]) {
    uint8_t bits[SEED_N + 1], values[TEXT_N] = { 0 };
    memcpy(bits, seed, SEED_N);
    bits[SEED_N] = (uint8_t)(seed_nibble(seed) << 4);
    for (size_t i = 0; i < DATA_N; i++) {
        size_t bit = 5 * i, at = bit / 8;
        uint32_t pair = (uint32_t)bits[at] << 8 | (at < SEED_N ? bits[at + 1] : 0u);
        values[i] = pair >> (11 - bit % 8) & 31;
    }
    uint32_t check = poly_rest(values) ^ 1;
    for (size_t i = 0; i < CHECK_N; i++)
        values[DATA_N + i] = check >> (15 - 5 * i) & 31;

    char *out = arena_alloc(a, TEXT_N + GROUPS - 1);
    size_t n = 0;
    for (size_t i = 0; i < TEXT_N; i++) {
        if (i > 0 && i % GROUP_N == 0) out[n++] = '-';
        out[n++] = ALPHABET[values[i]];
    }
    crypt_wipe(bits, sizeof bits);
    crypt_wipe(values, sizeof values);
    return str_n(out, n);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* White space, dashes of all lengths and the marks of direction that copying brings along. */
static bool is_separator(uint32_t u) {
    return u == ' ' || u == '-' || (u >= '\t' && u <= '\r') || u == 0xa0 || u == 0xfeff ||
           (u >= 0x2000 && u <= 0x202f);
}

/* 0-31, or -1. */
static int character_value(uint32_t u) {
    if (u >= 0x660 && u <= 0x669) return (int)(u - 0x660); /* Arabic-Indic digits */
    if (u >= 0x6f0 && u <= 0x6f9) return (int)(u - 0x6f0); /* the Persian ones */
    if (u >= 'a' && u <= 'z') u -= 'a' - 'A';
    if (u == 'O') return 0;
    if (u == 'I' || u == 'L') return 1;
    return u < 0x80 ? (int)str_find_byte(STR(ALPHABET), (char)u) : -1;
}

static Status fail_group(Ctx *c, const char *key, size_t group) {
    return FAIL(c, ST_INVALID, NULL, key, "group", str_printf(c->arena, "%zu", group + 1));
}

/* The text has a wrong length: name the group if its eight are set apart. */
static Status fail_length(Ctx *c, Str text, size_t characters) {
    size_t group_n[GROUPS] = { 0 }, groups = 0;
    bool inside = false;
    for (size_t i = 0; i < text.n;) {
        bool separator = is_separator(str_utf8_next(text, &i));
        if (!separator && !inside) groups++;
        if (!separator && groups <= GROUPS) group_n[groups - 1]++;
        inside = !separator;
    }
    for (size_t g = 0; groups == GROUPS && g < GROUPS; g++) {
        if (group_n[g] != GROUP_N) return fail_group(c, "error.recovery.group_length", g);
    }
    return FAIL(c, ST_INVALID, NULL, "error.recovery.length", "characters",
                str_printf(c->arena, "%zu", characters));
}

static uint32_t poly_scale(uint32_t r, uint32_t by) {
    uint32_t out = 0;
    for (int shift = 0; shift < 20; shift += 5)
        out |= gf_mul(r >> shift & 31, by) << shift;
    return out;
}

static bool explains(uint32_t weight, uint32_t error) {
    for (uint32_t by = 1; by < 32; by++) {
        /* The first coefficient alone rules out most. */
        if (gf_mul(weight & 31, by) != (error & 31)) continue;
        if (poly_scale(weight, by) == error) return true;
    }
    return false;
}

/* The group where one wrong character would leave this error; else the one where an exchange of two
 * neighbours would; else GROUPS. */
static size_t trace(uint32_t error) {
    uint32_t weight[TEXT_N]; /* what the value 1 at a position alone leaves */
    weight[TEXT_N - 1] = 1;
    for (size_t i = TEXT_N - 1; i > 0; i--)
        weight[i - 1] = poly_step(weight[i], 0);
    for (size_t i = 0; i < TEXT_N; i++) {
        if (explains(weight[i], error)) return i / GROUP_N;
    }
    for (size_t i = 1; i < TEXT_N; i++) {
        if (i % GROUP_N != 0 && explains(weight[i] ^ weight[i - 1], error)) return i / GROUP_N;
    }
    return GROUPS;
}

static Status fail_check(Ctx *c, uint32_t error) {
    size_t group = trace(error);
    if (group < GROUPS) return fail_group(c, "error.recovery.group", group);
    return FAIL(c, ST_INVALID, NULL, "error.recovery.check");
}

Status recovery_parse(Ctx *c, Str text, uint8_t ret_seed[SEED_N]) {
    uint8_t values[TEXT_N] = { 0 }, bits[SEED_N + 1] = { 0 };
    size_t n = 0, wrong_at = SIZE_MAX;
    if (text.n > INPUT_MAX) return FAIL(c, ST_LIMIT, NULL, "error.recovery.too_long");
    if (!str_utf8_valid(text)) return FAIL(c, ST_INVALID, NULL, "error.recovery.check");
    for (size_t i = 0; i < text.n;) {
        uint32_t u = str_utf8_next(text, &i);
        if (is_separator(u)) continue;
        int value = character_value(u);
        if (value < 0 && wrong_at == SIZE_MAX) wrong_at = n;
        if (n < TEXT_N) values[n] = (uint8_t)(value & 31);
        n++;
    }
    if (n != TEXT_N) return fail_length(c, text, n);
    if (wrong_at < TEXT_N) return fail_group(c, "error.recovery.character", wrong_at / GROUP_N);
    uint32_t error = poly_rest(values) ^ 1;
    if (error) return fail_check(c, error);

    for (size_t bit = 0; bit < 5 * DATA_N; bit++) {
        uint32_t on = values[bit / 5] >> (4 - bit % 5) & 1;
        bits[bit / 8] |= (uint8_t)(on << (7 - bit % 8));
    }
    bool same = seed_nibble(bits) == bits[SEED_N] >> 4;
    if (same) memcpy(ret_seed, bits, SEED_N);
    crypt_wipe(bits, sizeof bits);
    crypt_wipe(values, sizeof values);
    return same ? ST_OK : FAIL(c, ST_INVALID, NULL, "error.recovery.check");
}
