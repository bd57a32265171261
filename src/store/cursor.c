/* cursor.c: where a list goes on, sealed: it may name a row that the actor does not see, and nobody
 * but this program can make one. Bound to its list by the additional data of the seal. */
#include "store/query_int.h"

#include "base/banned.h"

enum { CURSOR_FORMAT = 1, CURSOR_BYTES_MAX = 1 << 16 };
#define CURSOR_LIFE (15 * 60 * TIME_SECOND)

Hash256 query_hash(const Query *q) {
    Sha256 h;
    uint32_t kind = q->kind->k->no;
    uint8_t flags =
        (uint8_t)((q->descending ? 1 : 0) | (q->with_void ? 2 : 0) | (q->where ? 4 : 0));
    const char *order = q->order ? q->order->key_text : "";
    sha256_start(&h);
    sha256_add(&h, &kind, sizeof(kind));
    sha256_add(&h, &flags, sizeof(flags));
    sha256_add(&h, order, strlen(order) + 1);
    if (q->where) sha256_add(&h, q->where->source.s, q->where->source.n);
    return sha256_end(&h);
}

Str cursor_seal(Ctx *c, const Hash256 *query, const Place *p) {
    Buf b = buf_new(c->arena, CURSOR_BYTES_MAX);
    bool text = p->key.type == VAL_TEXT || p->key.type == VAL_BYTES;
    cbor_put_array(&b, 7);
    cbor_put_uint(&b, CURSOR_FORMAT);
    cbor_put_int(&b, c->now);
    cbor_put_bool(&b, p->unknown);
    cbor_put_int(&b, p->rid);
    cbor_put_uint(&b, p->key.type);
    cbor_put_int(&b, p->key.type == VAL_INT ? p->key.i : 0);
    cbor_put_bytes(&b, text ? p->key.text.s : "", text ? p->key.text.n : 0);
    ASSERT(!buf_full(&b));
    Str sealed = crypt_wrap(c->env, c->arena, &c->store->cursor_key,
                            str_n(query->b, sizeof(query->b)), buf_text(&b));
    return hex_encode(c->arena, sealed.s, sealed.n);
}

static bool read_place(Str plain, Time *ret_issued, Place *ret) {
    CborReader r = cbor_reader(plain);
    size_t n = 0;
    uint64_t format = 0, type = 0;
    int64_t number = 0;
    Str text = STR_NONE;
    Place p = { .given = true };
    bool ok = cbor_get_array(&r, &n) && n == 7 && cbor_get_uint(&r, &format) &&
              format == CURSOR_FORMAT && cbor_get_int(&r, ret_issued) &&
              cbor_get_bool(&r, &p.unknown) && cbor_get_int(&r, &p.rid) &&
              cbor_get_uint(&r, &type) && cbor_get_int(&r, &number) && cbor_get_bytes(&r, &text) &&
              cbor_finish(&r);
    if (type == VAL_INT) p.key = val_int(number);
    if (type == VAL_TEXT) p.key = val_text(text);
    if (type == VAL_BYTES) p.key = val_bytes(text);
    *ret = p;
    return ok;
}

Status cursor_open(Ctx *c, const Hash256 *query, Str cursor, Place *ret) {
    *ret = (Place){ 0 };
    if (cursor.n == 0) return ST_OK;
    Str plain;
    Time issued = 0;
    size_t n = cursor.n / 2;
    uint8_t *bytes = arena_alloc(c->arena, n + 1);
    bool ok = cursor.n <= 4 * CURSOR_BYTES_MAX && hex_decode(cursor, bytes, n) &&
              crypt_unwrap(c->arena, &c->store->cursor_key, str_n(query->b, sizeof(query->b)),
                           str_n(bytes, n), &plain) &&
              read_place(plain, &issued, ret);
    if (ok && c->now - issued <= CURSOR_LIFE) return ST_OK;
    *ret = (Place){ 0 };
    return FAIL(c, ST_INVALID, "cursor", "error.cursor", "remedy", STR("start_again"));
}
