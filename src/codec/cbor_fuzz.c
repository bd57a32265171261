/* cbor_fuzz.c: whatever the reader takes, the writer writes back byte for byte. */
#include "codec/codec.h"

/* The input must not be trusted for memory: a Val takes at most 40 bytes for each of its bytes. */
enum { ARENA_CAP = 64 << 20 };

/* Heads come in the order in which they are written, so the levels need not be followed. */
static void copy_item(CborReader *r, Buf *b) {
    uint64_t u = 0;
    int64_t i = 0;
    Str text = STR_NONE;
    size_t n = 0;
    bool flag = false;
    switch (cbor_peek(r)) {
    case CBOR_UINT:
        ASSERT(cbor_get_uint(r, &u));
        cbor_put_uint(b, u);
        break;
    case CBOR_NEGINT:
        ASSERT(cbor_get_int(r, &i));
        cbor_put_int(b, i);
        break;
    case CBOR_BYTES:
        ASSERT(cbor_get_bytes(r, &text));
        cbor_put_bytes(b, text.s, text.n);
        break;
    case CBOR_TEXT:
        ASSERT(cbor_get_text(r, &text));
        cbor_put_text(b, text);
        break;
    case CBOR_ARRAY:
        ASSERT(cbor_get_array(r, &n));
        cbor_put_array(b, n);
        break;
    case CBOR_MAP:
        ASSERT(cbor_get_map(r, &n));
        cbor_put_map(b, n);
        break;
    case CBOR_BOOL:
        ASSERT(cbor_get_bool(r, &flag));
        cbor_put_bool(b, flag);
        break;
    case CBOR_NULL:
        ASSERT(cbor_get_null(r));
        cbor_put_null(b);
        break;
    case CBOR_END: BUG("a valid item ended early");
    }
}

/* The pull reader on bytes that nobody checked. */
static void pull(Str bytes) {
    CborReader r = cbor_reader(bytes);
    Str text, last = STR_NONE;
    size_t n = 0;
    int64_t i;
    while (!r.bad && r.pos < bytes.n) {
        size_t start = r.pos;
        switch (cbor_peek(&r)) {
        case CBOR_ARRAY: (void)cbor_get_array(&r, &n); break;
        case CBOR_MAP: (void)cbor_get_map(&r, &n); break;
        case CBOR_NEGINT:
        case CBOR_UINT: (void)cbor_get_int(&r, &i); break;
        case CBOR_TEXT:
            (void)(cbor_get_text(&r, &text) && cbor_key_in_order(&r, start, &last));
            break;
        default: (void)cbor_skip(&r, NULL); break;
        }
        ASSERT(r.pos <= bytes.n && (r.bad || r.pos > start));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Str bytes = str_n(data, size);
    Arena *a = arena_new(env_system(), ARENA_CAP);
    pull(bytes);
    bool valid = cbor_valid(bytes);
    if (valid) {
        CborReader r = cbor_reader(bytes);
        Buf b = buf_new(a, size);
        while (!cbor_finish(&r))
            copy_item(&r, &b);
        ASSERT(!buf_full(&b) && str_eq(buf_text(&b), bytes));
    }
    CborReader r = cbor_reader(bytes);
    Val v;
    if (cbor_get_val(&r, a, &v) && cbor_finish(&r)) {
        Buf b = buf_new(a, size);
        cbor_put_val(&b, v);
        ASSERT(valid && !buf_full(&b) && str_eq(buf_text(&b), bytes));
    }
    arena_free(a);
    return 0;
}
