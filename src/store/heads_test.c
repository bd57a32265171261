/* heads_test.c: the blob of a row: random states written and read back, bytes that must be refused, and how
 * short the usual ones are. How heads come about is tested by merge_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"
#include "store/heads.h"

#include "base/banned.h"

enum { ROUNDS = 4000, DOTS_MAX = 5, STATES_MAX = 6, FIELDS_MAX = 40 };

typedef struct World {
    Rng rng;
    Arena *arena;
    Head dots[DOTS_MAX];
    FieldHeads states[STATES_MAX];
    size_t n_dots, n_states;
} World;

static size_t below(World *w, size_t n) {
    return (size_t)rng_below(&w->rng, n);
}

static Hlc random_clock(World *w) {
    uint64_t any = rng_u64(&w->rng);
    switch (below(w, 4)) {
    case 0: return any; /* of a node whose clock is far off */
    case 1: return (uint64_t)(1763000000000 + rng_between(&w->rng, -100000, 100000)) << 16;
    case 2: return any % 3 ? any >> 48 : UINT64_MAX;
    default: return (uint64_t)(1763000000000 + rng_between(&w->rng, 0, 5)) << 16 | any >> 60;
    }
}

static Val random_value(World *w) {
    switch (below(w, 4)) {
    case 0: return VAL_ABSENT;
    case 1: return val_int((int64_t)rng_u64(&w->rng) >> below(w, 63));
    case 2: return val_null();
    default: return val_text(str_printf(w->arena, "word %zu", below(w, 1000)));
    }
}

static void random_cover(World *w, FieldHeads *f) {
    uint32_t stream = 0;
    f->n_cover = below(w, 3) ? 0 : 1 + below(w, 4);
    f->cover = f->n_cover ? arena_array(w->arena, CoverEntry, f->n_cover) : NULL;
    for (size_t i = 0; i < f->n_cover; i++) {
        stream += 1 + (uint32_t)below(w, i % 2 ? 1u << 28 : 40);
        f->cover[i] = (CoverEntry){ stream, rng_u64(&w->rng) >> below(w, 64) };
    }
}

/* A few commits wrote all fields: several share what one of these states tells. */
static void random_world(World *w, uint64_t seed, Arena *a) {
    *w = (World){ .rng = rng_new(seed), .arena = a };
    w->n_dots = 1 + below(w, DOTS_MAX);
    for (size_t i = 0; i < w->n_dots; i++) {
        uint64_t seq = rng_u64(&w->rng) >> below(w, 64);
        w->dots[i].dot = (Dot){ (uint32_t)(i * 7 + (i == 3 ? UINT32_MAX - 21 : below(w, 7))), seq };
        w->dots[i].clock = random_clock(w);
    }
    w->n_states = 1 + below(w, STATES_MAX);
    for (size_t i = 0; i < w->n_states; i++) {
        FieldHeads *f = &w->states[i];
        f->n_heads = below(w, 8) ? 1 : below(w, w->n_dots + 1);
        f->heads = arena_array(a, Head, f->n_heads);
        size_t from = below(w, w->n_dots);
        for (size_t h = 0; h < f->n_heads; h++) {
            f->heads[h] = w->dots[(from + h) % w->n_dots];
            if (f->n_heads > 1) f->heads[h].value = random_value(w);
        }
        random_cover(w, f);
    }
}

static FieldKey random_key(World *w) {
    FieldKey k = { .no = 1 + (uint32_t)below(w, 45), .element = STR_NONE };
    size_t kind = below(w, 12);
    if (kind == 0) k.no = 0;
    if (kind == 1) k.no = 440 + (uint32_t)below(w, 20);
    if (kind == 2) k.no = UINT32_MAX - (uint32_t)below(w, 3);
    if (k.no == 0) k.custom.b[below(w, 16)] = (uint8_t)below(w, 256);
    if (below(w, 6) == 0) k.element = str_n("prspusdari", below(w, 10));
    return k;
}

static Heads random_heads(World *w) {
    Heads h = { 0 };
    for (size_t n = below(w, FIELDS_MAX); n > 0; n--) {
        FieldKey key = random_key(w);
        FieldHeads *f = heads_at(w->arena, &h, &key);
        key = f->key;
        *f = w->states[below(w, 3) ? 0 : below(w, w->n_states)];
        f->key = key;
    }
    return h;
}

static Str blob_of(Arena *a, const Heads *h) {
    Buf b = buf_new(a, 1 << 20);
    heads_write(&b, h);
    assert_false(buf_full(&b));
    return buf_text(&b);
}

static void assert_same_field(const FieldHeads *x, const FieldHeads *y) {
    assert_int_equal(field_key_cmp(&x->key, &y->key), 0);
    assert_int_equal(x->n_heads, y->n_heads);
    assert_int_equal(x->n_cover, y->n_cover);
    for (size_t i = 0; i < x->n_heads; i++) {
        assert_int_equal(x->heads[i].dot.stream_no, y->heads[i].dot.stream_no);
        assert_int_equal(x->heads[i].dot.seq, y->heads[i].dot.seq);
        assert_int_equal(x->heads[i].clock, y->heads[i].clock);
        assert_true(val_eq(x->heads[i].value, y->heads[i].value));
    }
    for (size_t i = 0; i < x->n_cover; i++) {
        assert_int_equal(x->cover[i].stream_no, y->cover[i].stream_no);
        assert_int_equal(x->cover[i].seq, y->cover[i].seq);
    }
}

static void assert_same(const Heads *x, const Heads *y) {
    assert_int_equal(x->n, y->n);
    for (size_t i = 0; i < x->n; i++)
        assert_same_field(&x->fields[i], &y->fields[i]);
}

static bool has_several(const Heads *h) {
    for (size_t i = 0; i < h->n; i++)
        if (h->fields[i].n_heads > 1) return true;
    return false;
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    size_t several = 0;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        Arena *a = arena_new(env_system(), 64 << 20);
        World w;
        random_world(&w, seed, a);
        Heads h = random_heads(&w), back;
        Str blob = blob_of(a, &h);
        assert_true(heads_parse(a, blob, &back));
        assert_same(&h, &back);
        assert_int_equal(heads_several(blob), has_several(&h));
        assert_true(str_eq(blob_of(a, &back), blob)); /* the same state, the same bytes */
        several += has_several(&h);
        arena_free(a);
    }
    assert_true(several > ROUNDS / 20 && several < ROUNDS);
}

/* Whatever is taken for a blob is one: ascending keys, and it can be written and read again. */
static void check_taken(Arena *a, Str bytes, size_t *taken) {
    Heads h, again;
    if (!heads_parse(a, bytes, &h)) return;
    ++*taken;
    for (size_t i = 1; i < h.n; i++)
        assert_true(field_key_cmp(&h.fields[i - 1].key, &h.fields[i].key) < 0);
    if (bytes.n) assert_int_equal(heads_several(bytes), has_several(&h));
    assert_true(heads_parse(a, blob_of(a, &h), &again));
    assert_same(&h, &again);
}

static void test_damaged_bytes(void **state) {
    (void)state;
    size_t flipped = 0, cut = 0, tried = 0;
    for (uint64_t seed = 1; seed <= ROUNDS / 20; seed++) {
        Arena *a = arena_new(env_system(), 256 << 20);
        World w;
        random_world(&w, seed, a);
        Heads h = random_heads(&w);
        Str blob = blob_of(a, &h);
        for (size_t n = 1; n < blob.n; n++) {
            uint8_t *exact = arena_copy(a, blob.s, n); /* the sanitizer sees a byte too many */
            check_taken(a, str_n(exact, n), &cut);
        }
        for (size_t i = 0; i < blob.n; i++) {
            uint8_t *bytes = arena_copy(a, blob.s, blob.n);
            bytes[i] ^= (uint8_t)(1u << below(&w, 8));
            check_taken(a, str_n(bytes, blob.n), &flipped);
            tried++;
        }
        arena_free(a);
    }
    assert_int_equal(cut, 0);                    /* half a blob is never one */
    assert_true(flipped > 0 && flipped < tried); /* a number may have become another one */
}

static void test_bytes_that_are_no_blob(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
    } bad[] = {
#define BAD(s) { s, sizeof(s) - 1 }
        BAD("\x01\x01\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00"), /* the first format */
        BAD("\x02"),
        BAD("\x02\x00\x04\x01"),                         /* a dot that is not there */
        BAD("\x02\x02\x02\x01\x00\x04"),                 /* no bits */
        BAD("\x02\x02\x02\x01\x00\x04\x81"),             /* bits that go on */
        BAD("\x02\x02\x02\x01\x00\x04\x01\x00"),         /* more than a blob */
        BAD("\x02\x03\x02\x01\x00\x04\x01"),             /* several heads are said, none has */
        BAD("\x02\x02\x02\x01\x00\x05\x01\x01\x05"),     /* field 1 twice */
        BAD("\x02\x02\x02\x01\x00\x05\x01\x02\x0d\x09"), /* fields 3 and 2 */
        BAD("\x02\x02\x02\x01\x00\x06\x02\x02\x07\x01\x07\x01\x01"), /* a cover names a stream twice */
        BAD("\x02\x02\x03\x01\x00\x80\x80\x04\x04\x01"),             /* a counter above 16 bits */
        BAD("\x02\x02\x02\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x04\x01"), /* before all time */
#undef BAD
    };
    Arena *a = arena_new(env_system(), 1 << 20);
    Heads h;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(heads_parse(a, str_n(bad[i].bytes, bad[i].n), &h));
    assert_true(heads_parse(a,
                            STR("\x02\x02\x02\x01"
                                "\0\x04\x01"),
                            &h));
    assert_int_equal(h.n, 1);
    assert_int_equal(h.fields[0].key.no, 1);
    assert_true(heads_parse(a, STR(""), &h));
    assert_int_equal(h.n, 0);
    assert_false(heads_several(STR("")));
    assert_true(heads_several(STR("\x01\x01"))); /* the parser is to look at it */
    arena_free(a);
}

/* What a row costs when nobody has touched it since: a million people have such rows. */
static void test_a_fresh_row_is_short(void **state) {
    (void)state;
    Arena *a = arena_new(env_system(), 1 << 20);
    Head head = { .dot = { 3, 900000 }, .clock = (uint64_t)1795435200123 << 16 };
    Heads h = { 0 };
    for (uint32_t no = 2; no <= 38; no++) {
        FieldKey key = { .no = no, .element = STR_NONE };
        if (no % 5 == 0) continue;
        FieldHeads *f = heads_at(a, &h, &key);
        f->heads = &head;
        f->n_heads = 1;
    }
    assert_true(blob_of(a, &h).n <= 20);
    FieldKey language = { .no = 26, .element = STR("prs") };
    FieldHeads *f = heads_at(a, &h, &language);
    f->heads = &head;
    f->n_heads = 1;
    assert_true(blob_of(a, &h).n <= 26);
    h.n = 5; /* as many as a membership has */
    assert_true(blob_of(a, &h).n <= 15);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_damaged_bytes),
        cmocka_unit_test(test_bytes_that_are_no_blob),
        cmocka_unit_test(test_a_fresh_row_is_short),
    };
    return cmocka_run_group_tests_name("heads", tests, NULL, NULL);
}
