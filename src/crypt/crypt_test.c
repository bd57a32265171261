/* crypt_test.c: public vectors, tampering, and the promises of the recovery text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/crypt.h"

#include <stdlib.h>

static Env world;
static Arena *arena;

static int setup(void **state) {
    (void)state;
    crypt_start();
    crypt_start();
    env_test_init(&world, 3, 0);
    arena = arena_new(&world, 64 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_str(Str got, const char *want) {
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.s, want, got.n);
}

static void assert_hex(const void *got, size_t n, const char *want) {
    assert_str(hex_encode(arena, got, n), want);
}

static Str unhex(const char *hex) {
    size_t n = strlen(hex) / 2;
    uint8_t *p = arena_alloc(arena, n);
    assert_true(hex_decode(str_of(hex), p, n));
    return str_n(p, n);
}

static Str repeat(char byte, size_t n) {
    char *p = arena_alloc(arena, n);
    memset(p, byte, n);
    return str_n(p, n);
}

/* --- hashes ----------------------------------------------------------------------------------- */

static void test_sha256(void **state) {
    (void)state;
    /* FIPS 180-4, NIST examples. */
    Hash256 h = sha256(STR("abc"));
    assert_hex(h.b, 32, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    h = sha256(STR_NONE);
    assert_hex(h.b, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    h = sha256(STR("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"));
    assert_hex(h.b, 32, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    Str million = repeat('a', 1000000);
    h = sha256(million);
    assert_hex(h.b, 32, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    Sha256 pieces;
    sha256_start(&pieces);
    sha256_add(&pieces, NULL, 0);
    for (size_t at = 0, n = 1; at < million.n; at += n, n = n * 7 % 301 + 1) {
        Str part = str_slice(million, at, at + n);
        sha256_add(&pieces, part.s, part.n);
    }
    Hash256 again = sha256_end(&pieces);
    assert_memory_equal(again.b, h.b, 32);
}

static void test_hmac(void **state) {
    (void)state;
    /* RFC 4231, cases 1 to 4; a short key is a key padded with zeros. */
    Key key = { { 0 } };
    memset(key.b, 0x0b, 20);
    Hash256 h = hmac_sha256(&key, STR("Hi There"));
    assert_hex(h.b, 32, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    key = (Key){ "Jefe" };
    h = hmac_sha256(&key, STR("what do ya want for nothing?"));
    assert_hex(h.b, 32, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key.b, 0xaa, 20);
    h = hmac_sha256(&key, repeat('\xdd', 50));
    assert_hex(h.b, 32, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    for (uint8_t i = 0; i < 25; i++)
        key.b[i] = (uint8_t)(i + 1);
    h = hmac_sha256(&key, repeat('\xcd', 50));
    assert_hex(h.b, 32, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
}

/* RFC 7693, appendix E: selftest_seq(). */
static Str sequence(size_t n, uint32_t seed) {
    uint8_t *p = arena_alloc(arena, n);
    uint32_t a = 0xdead4bad * seed, b = 1;
    for (size_t i = 0; i < n; i++) {
        uint32_t t = a + b;
        a = b;
        b = t;
        p[i] = (uint8_t)(t >> 24);
    }
    return str_n(p, n);
}

static void test_blake2b(void **state) {
    (void)state;
    uint8_t out[64];
    blake2b(out, 64, STR("abc"), NULL, 0); /* RFC 7693, appendix A */
    assert_hex(out, 64,
               "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
    /* Appendix E: the hash over hashes of all sizes, plain and keyed. */
    static const size_t out_sizes[] = { 20, 32, 48, 64 };
    static const size_t in_sizes[] = { 0, 3, 128, 129, 255, 1024 };
    Buf all = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 6; j++) {
            Str in = sequence(in_sizes[j], (uint32_t)in_sizes[j]);
            Str key = sequence(out_sizes[i], (uint32_t)out_sizes[i]);
            blake2b(out, out_sizes[i], in, NULL, 0);
            buf_put(&all, out, out_sizes[i]);
            blake2b(out, out_sizes[i], in, key.s, key.n);
            buf_put(&all, out, out_sizes[i]);
        }
    }
    blake2b(out, 32, buf_text(&all), NULL, 0);
    assert_hex(out, 32, "c23a7800d98123bd10f506c61e29da5603d763b8bbad2e737f5e765a7bccd475");
    blake2b(out, 1, STR_NONE, NULL, 0);
}

/* --- sealing ---------------------------------------------------------------------------------- */

static void test_xchacha20_poly1305(void **state) {
    (void)state;
    /* draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
    Str plain = STR("Ladies and Gentlemen of the class of '99: If I could offer you only one tip "
                    "for the future, sunscreen would be it.");
    Str aad = unhex("50515253c0c1c2c3c4c5c6c7");
    Key key;
    uint8_t nonce[CRYPT_NONCE_N], sealed[200], opened[200];
    for (uint8_t i = 0; i < 32; i++)
        key.b[i] = (uint8_t)(0x80 + i);
    for (uint8_t i = 0; i < 24; i++)
        nonce[i] = (uint8_t)(0x40 + i);
    crypt_seal(&key, nonce, aad, plain, sealed);
    size_t n = plain.n + CRYPT_TAG_N;
    assert_hex(sealed, n,
               "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
               "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
               "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
               "21f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49");
    assert_true(crypt_open(&key, nonce, aad, str_n(sealed, n), opened));
    assert_memory_equal(opened, plain.s, plain.n);
    /* In place. */
    memcpy(opened, plain.s, plain.n);
    crypt_seal(&key, nonce, aad, str_n(opened, plain.n), opened);
    assert_memory_equal(opened, sealed, n);
    assert_true(crypt_open(&key, nonce, aad, str_n(opened, n), opened));
    assert_memory_equal(opened, plain.s, plain.n);
    /* Every flipped bit is refused, and every truncation. */
    for (size_t i = 0; i < 8 * n; i++) {
        sealed[i / 8] ^= (uint8_t)(1 << i % 8);
        assert_false(crypt_open(&key, nonce, aad, str_n(sealed, n), opened));
        sealed[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < n; i++) {
        assert_false(crypt_open(&key, nonce, aad, str_n(sealed, i), opened));
    }
    for (size_t i = 0; i < CRYPT_NONCE_N; i++) {
        nonce[i] ^= 1;
        assert_false(crypt_open(&key, nonce, aad, str_n(sealed, n), opened));
        nonce[i] ^= 1;
    }
    assert_false(crypt_open(&key, nonce, STR_NONE, str_n(sealed, n), opened));
    key.b[31] ^= 1;
    assert_false(crypt_open(&key, nonce, aad, str_n(sealed, n), opened));
}

static void test_wrap(void **state) {
    (void)state;
    Key key;
    env_random(&world, key.b, sizeof key.b);
    static const size_t sizes[] = { 0, 1, 32, 1000 };
    for (size_t k = 0; k < 4; k++) {
        Str plain = repeat('s', sizes[k]), got = STR_NONE;
        Str wrapped = crypt_wrap(&world, arena, &key, STR("aad"), plain);
        assert_int_equal(wrapped.n, plain.n + 40);
        assert_true(crypt_unwrap(arena, &key, STR("aad"), wrapped, &got));
        assert_true(str_eq(got, plain));
        assert_false(crypt_unwrap(arena, &key, STR("aae"), wrapped, &got));
        for (size_t i = 0; i < wrapped.n; i++) {
            uint8_t *broken = arena_copy(arena, wrapped.s, wrapped.n);
            broken[i] ^= 0x80;
            assert_false(crypt_unwrap(arena, &key, STR("aad"), str_n(broken, wrapped.n), &got));
        }
        for (size_t n = 0; n < wrapped.n; n++) {
            assert_false(crypt_unwrap(arena, &key, STR("aad"), str_slice(wrapped, 0, n), &got));
        }
    }
    Str a = crypt_wrap(&world, arena, &key, STR(""), STR("same"));
    Str b = crypt_wrap(&world, arena, &key, STR(""), STR("same"));
    assert_false(str_eq(a, b));
}

static void test_box(void **state) {
    (void)state;
    uint8_t seed[32] = { 1, 2, 3 }, public_key[32], secret_key[32];
    box_key_from_seed(seed, public_key, secret_key);
    Str plain = STR("the scope key"), got = STR_NONE;
    Str sealed = box_seal(arena, public_key, plain);
    assert_int_equal(sealed.n, plain.n + CRYPT_BOX_OVERHEAD_N);
    assert_true(box_open(arena, public_key, secret_key, sealed, &got)); /* libsodium's own opener */
    assert_true(str_eq(got, plain));
    for (size_t i = 0; i < sealed.n; i++) {
        uint8_t *broken = arena_copy(arena, sealed.s, sealed.n);
        broken[i] ^= 1;
        assert_false(box_open(arena, public_key, secret_key, str_n(broken, sealed.n), &got));
        assert_false(box_open(arena, public_key, secret_key, str_slice(sealed, 0, i), &got));
    }
    assert_false(str_eq(sealed, box_seal(arena, public_key, plain)));
    /* The same world seals the same. */
    Env twin;
    env_test_init(&twin, 3, 0);
    Arena *other = arena_new(&twin, 1 << 20);
    assert_true(str_eq(sealed, box_seal(other, public_key, plain)));
    arena_free(other);
    uint8_t weak[32] = { 0 };
    assert_null(box_seal(arena, weak, plain).s);
}

/* --- signatures ------------------------------------------------------------------------------- */

static void test_ed25519(void **state) {
    (void)state;
    /* RFC 8032, §7.1, tests 1 to 3. */
    static const struct {
        const char *seed, *public_key, *message, *signature;
    } vectors[] = {
        { "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
          "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
          "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
        { "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
          "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
          "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
          "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
        { "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
          "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
          "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
          "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
    };
    for (size_t i = 0; i < 3; i++) {
        SignKey key = sign_key_from_seed((const uint8_t *)unhex(vectors[i].seed).s);
        Str message = unhex(vectors[i].message);
        uint8_t signature[CRYPT_SIGNATURE_N];
        assert_hex(key.public_key, 32, vectors[i].public_key);
        crypt_sign(&key, message, signature);
        assert_hex(signature, 64, vectors[i].signature);
        assert_true(crypt_verify(key.public_key, message, signature));
        assert_false(crypt_verify(key.public_key, STR("other"), signature));
        for (size_t bit = 0; bit < 512; bit++) {
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
            assert_false(crypt_verify(key.public_key, message, signature));
            signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        for (size_t byte = 0; byte < 32; byte++) {
            key.public_key[byte] ^= 4;
            assert_false(crypt_verify(key.public_key, message, signature));
            key.public_key[byte] ^= 4;
        }
    }
}

static void test_wipe_and_equal(void **state) {
    (void)state;
    uint8_t a[5] = "1234", b[5] = "1235";
    assert_true(crypt_equal(a, "1234", 5));
    assert_false(crypt_equal(a, b, 5));
    assert_true(crypt_equal(a, b, 3));
    crypt_wipe(a, sizeof a);
    assert_memory_equal(a, "\0\0\0\0\0", 5);
}

/* --- passwords -------------------------------------------------------------------------------- */

static void test_password_hash(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    Str phc = STR_NONE, again = STR_NONE;
    assert_int_equal(password_hash(&c, STR("correct horse"), 8, 1, &phc), ST_OK);
    assert_true(str_starts(phc, STR("$argon2id$v=19$m=8,t=1,p=1$")));
    assert_true(password_verify(phc, STR("correct horse")));
    assert_false(password_verify(phc, STR("correct horsf")));
    assert_false(password_verify(phc, STR("")));
    Str none = password_hash_of_none(c.env, c.arena, 8, 1);
    assert_int_equal(none.n, phc.n);
    assert_false(password_is_weak(none, 8, 1));
    assert_false(password_verify(none, STR("correct horse")));
    assert_int_equal(password_hash(&c, STR("correct horse"), 8, 1, &again), ST_OK);
    assert_false(str_eq(phc, again)); /* another salt */
    assert_int_equal(password_hash(&c, STR_NONE, 16, 3, &phc), ST_OK);
    assert_true(str_starts(phc, STR("$argon2id$v=19$m=16,t=3,p=1$")));
    assert_true(password_verify(phc, STR("")));
    assert_false(password_is_weak(phc, 16, 3));
    assert_false(password_is_weak(phc, 8, 1));
    assert_true(password_is_weak(phc, 17, 3));
    assert_true(password_is_weak(phc, 16, 4));

    assert_int_equal(password_hash(&c, repeat('x', PASSWORD_MAX), 8, 1, &phc), ST_OK);
    assert_true(password_verify(phc, repeat('x', PASSWORD_MAX)));
    assert_int_equal(password_hash(&c, repeat('x', PASSWORD_MAX + 1), 8, 1, &phc), ST_LIMIT);
    assert_false(password_verify(phc, repeat('x', PASSWORD_MAX + 1)));
    arena_alloc(arena, 60000); /* room, so that the next allocation is Argon2's */
    world.fault[FAULT_ALLOC].fail_at = world.fault[FAULT_ALLOC].count + 1;
    assert_int_equal(password_hash(&c, STR("x"), 8, 1, &phc), ST_MEMORY);
}

static void test_password_foreign(void **state) {
    (void)state;
    /* From the test program of the Argon2 reference implementation. */
    Str good = STR("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$"
                   "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
    assert_true(password_verify(good, STR("password")));
    assert_false(password_verify(good, STR("Password")));
    assert_false(password_is_weak(good, 256, 2));
    static const char *bad[] = {
        "",
        "$",
        "plain",
        "$argon2id",
        "$argon2id$v=19$m=256,t=2,p=1",
        "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$t=2,m=256,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        /* Would take 4 TiB, and for ever. */
        "$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCE",
        "$argon2id$v=19$m=8,t=4294967295,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCE",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
        "$argon2id$v=19$m=256,t=2,p=1$!$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(password_verify(str_of(bad[i]), STR("password")));
    }
    assert_true(password_is_weak(STR("plain"), 8, 1));
    assert_false(password_verify(str_concat(arena, good, STR("\0")), STR("password")));
    assert_false(password_verify(repeat('$', 1000), STR("password")));
    for (size_t n = 0; n < good.n; n++) {
        assert_false(password_verify(str_slice(good, 0, n), STR("password")));
    }
}

static void test_password_random(void **state) {
    (void)state;
    int seen[256] = { 0 };
    for (int i = 0; i < 2000; i++) {
        Str p = password_random(&world, arena);
        assert_int_equal(p.n, 19);
        for (size_t k = 0; k < p.n; k++) {
            assert_int_equal(p.s[k] == '-', k % 5 == 4);
            seen[(uint8_t)p.s[k]]++;
        }
    }
    for (const char *p = "23456789abcdefghjkmnpqrstvwxyz"; *p; p++) {
        assert_in_range(seen[(uint8_t)*p], 900, 1240); /* 32,000 / 30, ± 5 sigma */
    }
    for (const char *p = "01iloU"; *p; p++)
        assert_int_equal(seen[(uint8_t)*p], 0);
}

/* --- the recovery text ------------------------------------------------------------------------ */

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static Status parse(const char *text, size_t n, Err *ret_err) {
    uint8_t seed[32];
    Ctx c = ctx_new(&world, arena);
    Status st = recovery_parse(&c, str_n(text, n), seed);
    if (st != ST_OK) *ret_err = c.errs.v[0];
    return st;
}

static void assert_refused(const char *text, size_t n, const char *key, const char *value) {
    Err e = { .key = STR("") };
    assert_int_equal(parse(text, n, &e), ST_INVALID);
    assert_str(e.key, key);
    if (value) assert_str(e.args[0].value, value);
}

static void test_recovery_round_trip(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    for (int i = 0; i < 200; i++) {
        uint8_t seed[32], got[32] = { 0 };
        env_random(&world, seed, sizeof seed);
        if (i == 0) memset(seed, 0, sizeof seed);
        if (i == 1) memset(seed, 0xff, sizeof seed);
        Str text = recovery_text(arena, seed);
        assert_int_equal(text.n, 63);
        for (size_t k = 0; k < text.n; k++)
            assert_int_equal(text.s[k] == '-', k % 8 == 7);
        assert_int_equal(recovery_parse(&c, text, got), ST_OK);
        assert_memory_equal(got, seed, 32);
        Str lower = str_lower_ascii(arena, text);
        assert_int_equal(recovery_parse(&c, lower, got), ST_OK);
    }
}

/* Frozen: what was printed must be readable for ever. */
static void test_recovery_frozen(void **state) {
    (void)state;
    uint8_t seed[32], got[32] = { 0 };
    for (uint8_t i = 0; i < 32; i++)
        seed[i] = i;
    assert_str(recovery_text(arena, seed),
               "000G40R-40M30E2-09185GR-38E1W81-24GK2GA-HC5RR34-D1P70X3-RFP2ENN");
    Ctx c = ctx_new(&world, arena);
    assert_int_equal(
        recovery_parse(&c, STR("ooOg4Or 40m30e2 09185gr 38eiw8L 24gk2ga hc5rr34 dIp70x3 rfp2enn"),
                       got),
        ST_OK);
    assert_memory_equal(got, seed, 32);
}

static void test_recovery_single_errors(void **state) {
    (void)state;
    uint8_t seed[32];
    env_random(&world, seed, sizeof seed);
    Str text = recovery_text(arena, seed);
    char changed[63];
    for (size_t at = 0; at < 63; at++) {
        if (at % 8 == 7) continue;
        char group[2] = { (char)('1' + at / 8), 0 };
        memcpy(changed, text.s, 63);
        for (const char *p = crockford; *p; p++) {
            if (*p == text.s[at]) continue;
            changed[at] = *p;
            assert_refused(changed, 63, "error.recovery.group", group);
        }
        changed[at] = 'U';
        assert_refused(changed, 63, "error.recovery.character", group);
        arena_reset(arena);
        text = recovery_text(arena, seed);
    }
}

static void test_recovery_exchanged_neighbours(void **state) {
    (void)state;
    for (int round = 0; round < 20; round++) {
        uint8_t seed[32];
        env_random(&world, seed, sizeof seed);
        Str text = recovery_text(arena, seed);
        char changed[63];
        for (size_t at = 0; at + 1 < 63; at++) {
            if (at % 8 >= 6 || text.s[at] == text.s[at + 1]) continue;
            char group[2] = { (char)('1' + at / 8), 0 };
            memcpy(changed, text.s, 63);
            changed[at] = text.s[at + 1];
            changed[at + 1] = text.s[at];
            assert_refused(changed, 63, "error.recovery.group", group);
        }
    }
}

/* Distance 4: three wrong characters are noticed, wherever they stand. */
static void test_recovery_triple_errors(void **state) {
    (void)state;
    uint8_t seed[32] = { 9 }, got[32];
    Str text = recovery_text(arena, seed);
    Arena *scratch = arena_new(&world, 1 << 20);
    Rng r = rng_new(1);
    for (size_t i = 0; i < 63; i++) {
        for (size_t j = 0; j < i; j++) {
            for (size_t k = 0; k < j; k++) {
                if (i % 8 == 7 || j % 8 == 7 || k % 8 == 7) continue;
                char changed[63];
                memcpy(changed, text.s, 63);
                const size_t at[3] = { i, j, k };
                for (int e = 0; e < 3; e++) {
                    while (changed[at[e]] == text.s[at[e]]) {
                        changed[at[e]] = crockford[rng_below(&r, 32)];
                    }
                }
                Ctx c = ctx_new(&world, scratch);
                if (recovery_parse(&c, str_n(changed, 63), got) != ST_INVALID) fail();
                arena_reset(scratch);
            }
        }
    }
    arena_free(scratch);
}

static void test_recovery_shapes(void **state) {
    (void)state;
    uint8_t seed[32] = { 7 }, got[32] = { 0 };
    Str text = recovery_text(arena, seed);
    Ctx c = ctx_new(&world, arena);
    assert_refused("", 0, "error.recovery.length", "0");
    assert_refused(text.s, 62, "error.recovery.group_length", "8");
    assert_refused(text.s + 1, 62, "error.recovery.group_length", "1");
    assert_refused(text.s, 55, "error.recovery.length", "49");
    Str longer = str_concat(arena, text, STR("0"));
    assert_refused(longer.s, longer.n, "error.recovery.group_length", "8");
    Str twice = str_concat(arena, text, text);
    assert_refused(twice.s, twice.n, "error.recovery.length", "112");
    assert_refused("\xff", 1, "error.recovery.check", NULL);
    assert_int_equal(recovery_parse(&c, repeat('0', 1025), got), ST_LIMIT);
    assert_memory_equal(got, "\0\0\0\0", 4);
    /* Spread over lines, with a long dash, without any. */
    Str lines = str_printf(arena, "  %.31s\r\n\xe2\x80\x93 %.31s\t", text.s, text.s + 32);
    assert_int_equal(recovery_parse(&c, lines, got), ST_OK);
    assert_memory_equal(got, seed, 32);
    Buf bare = buf_new(arena, 200);
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.s[i];
        if (ch == '0')
            buf_str(&bare, STR("\xd9\xa0")); /* Arabic-Indic 0 */
        else if (ch == '1')
            buf_str(&bare, STR("\xdb\xb1")); /* Persian 1 */
        else if (ch != '-')
            buf_byte(&bare, (uint8_t)ch);
    }
    assert_int_equal(recovery_parse(&c, buf_text(&bare), got), ST_OK);
    assert_memory_equal(got, seed, 32);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_sha256),
        TEST(test_hmac),
        TEST(test_blake2b),
        TEST(test_xchacha20_poly1305),
        TEST(test_wrap),
        TEST(test_box),
        TEST(test_ed25519),
        TEST(test_wipe_and_equal),
        TEST(test_password_hash),
        TEST(test_password_foreign),
        TEST(test_password_random),
        TEST(test_recovery_round_trip),
        TEST(test_recovery_frozen),
        TEST(test_recovery_single_errors),
        TEST(test_recovery_exchanged_neighbours),
        TEST(test_recovery_triple_errors),
        TEST(test_recovery_shapes),
    };
    return cmocka_run_group_tests_name("crypt", tests, NULL, NULL);
}
