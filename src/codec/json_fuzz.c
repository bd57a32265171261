/* json_fuzz.c: what was parsed, written and parsed again is the same. */
#include "codec/codec.h"

enum { ARENA_CAP = 64 << 20, INPUT_MAX = 64 << 10 };

static void check_again(Ctx *c, Val v, const Buf *b) {
    Val again;
    ASSERT(!buf_full(b) && str_utf8_valid(buf_text(b)));
    ASSERT(str_find_byte(buf_text(b), '<') < 0);
    ASSERT(json_parse(c, buf_text(b), b->n, &again) == ST_OK);
    ASSERT(val_eq(v, again));
    ASSERT(val_eq(v, val_copy(c->arena, again)));
}

/* Up to CBOR's depth, the same value survives that encoding too. */
static void check_cbor(Ctx *c, Val v) {
    Buf b = buf_new(c->arena, 16 << 20);
    Val again;
    cbor_put_val(&b, v);
    if (buf_full(&b)) return;
    CborReader r = cbor_reader(buf_text(&b));
    ASSERT(cbor_get_val(&r, c->arena, &again) && cbor_finish(&r));
    ASSERT(val_eq(v, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = arena_new(env_system(), ARENA_CAP);
    Ctx c = ctx_new(env_system(), a);
    Val v;
    Status st = json_parse(&c, str_n(data, size), INPUT_MAX, &v);
    if (st == ST_OK) {
        Buf compact = buf_new(a, 8 << 20), pretty = buf_new(a, 16 << 20);
        json_write(&compact, v);
        check_again(&c, v, &compact);
        json_write_pretty(&pretty, v);
        check_again(&c, v, &pretty);
        check_cbor(&c, v);
    } else {
        ASSERT(c.errs.n == 1);
    }
    arena_free(a);
    return 0;
}
