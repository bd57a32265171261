/* heads.c: dotted version vectors of a row (see heads.h). Pure: no store, no clock. */
#include "store/heads.h"

#include "base/banned.h"

enum { HEADS_FORMAT = 1 };

/* ---- reading the blob ---- */

typedef struct BlobReader {
    Str bytes;
    size_t pos;
    bool bad;
} BlobReader;

static uint64_t take(BlobReader *r) {
    uint64_t v = 0;
    if (r->bad || !varint_read(r->bytes, &r->pos, &v)) r->bad = true;
    return r->bad ? 0 : v;
}

/* A count of things of which each takes a byte at least. */
static size_t take_count(BlobReader *r) {
    uint64_t n = take(r);
    if (n > r->bytes.n - r->pos) r->bad = true;
    return r->bad ? 0 : (size_t)n;
}

static Str take_bytes(BlobReader *r, size_t n) {
    if (r->bad || n > r->bytes.n - r->pos) {
        r->bad = true;
        return STR_NONE;
    }
    Str s = str_n(r->bytes.s + r->pos, n);
    r->pos += n;
    return s;
}

typedef struct DotEntry {
    Dot dot;
    Hlc clock;
} DotEntry;

static DotEntry *read_dots(Arena *a, BlobReader *r, size_t *ret_n) {
    size_t n = take_count(r);
    DotEntry *dots = arena_array(a, DotEntry, n);
    for (size_t i = 0; i < n; i++) {
        dots[i].dot.stream_no = (uint32_t)take(r);
        dots[i].dot.seq = take(r);
        Str c = take_bytes(r, 8);
        for (size_t b = 0; b < c.n; b++)
            dots[i].clock = dots[i].clock << 8 | (uint8_t)c.s[b];
    }
    *ret_n = n;
    return dots;
}

static FieldKey read_key(BlobReader *r) {
    FieldKey k = { .element = STR_NONE };
    uint64_t x = take(r);
    k.no = (uint32_t)(x >> 1);
    if (k.no == 0) {
        Str id = take_bytes(r, 16);
        if (id.s) memcpy(k.custom.b, id.s, 16);
    }
    if (x & 1) {
        k.element = take_bytes(r, take_count(r));
        if (!k.element.s) k.element = STR("");
    }
    return k;
}

static Head head_of(BlobReader *r, const DotEntry *dots, size_t n_dots, uint64_t index) {
    Head h = { .value = VAL_ABSENT };
    if (index >= n_dots) {
        r->bad = true;
        return h;
    }
    h.dot = dots[index].dot;
    h.clock = dots[index].clock;
    return h;
}

static void read_several(Arena *a, BlobReader *r, const DotEntry *dots, size_t n_dots,
                         FieldHeads *f) {
    f->n_heads = take_count(r);
    f->heads = arena_array(a, Head, f->n_heads);
    for (size_t i = 0; i < f->n_heads; i++) {
        f->heads[i] = head_of(r, dots, n_dots, take(r));
        Str value = take_bytes(r, take_count(r));
        if (value.n == 0) continue;
        CborReader c = cbor_reader(value);
        if (!cbor_get_val(&c, a, &f->heads[i].value) || !cbor_finish(&c)) r->bad = true;
    }
}

bool heads_parse(Arena *a, Str blob, Heads *ret) {
    BlobReader r = { .bytes = blob };
    if (blob.n == 0) {
        *ret = (Heads){ 0 };
        return true;
    }
    if (take(&r) != HEADS_FORMAT) return false;
    size_t n_dots = 0;
    DotEntry *dots = read_dots(a, &r, &n_dots);
    Heads h = { 0 };
    h.n = h.cap = take_count(&r);
    h.fields = arena_array(a, FieldHeads, h.n);
    for (size_t i = 0; i < h.n && !r.bad; i++) {
        FieldHeads *f = &h.fields[i];
        f->key = read_key(&r);
        uint64_t x = take(&r);
        if (x & 1) {
            read_several(a, &r, dots, n_dots, f);
        } else if (x >> 2) { /* index 0 is "no head left" */
            f->heads = arena_new_of(a, Head);
            f->n_heads = 1;
            f->heads[0] = head_of(&r, dots, n_dots, (x >> 2) - 1);
        }
        if (x & 2) {
            f->n_cover = take_count(&r);
            f->cover = arena_array(a, CoverEntry, f->n_cover);
            for (size_t c = 0; c < f->n_cover; c++) {
                f->cover[c].stream_no = (uint32_t)take(&r);
                f->cover[c].seq = take(&r);
            }
        }
    }
    if (r.bad || r.pos != blob.n) return false;
    *ret = h;
    return true;
}

bool heads_several(Str blob) {
    BlobReader r = { .bytes = blob };
    if (blob.n == 0 || take(&r) != HEADS_FORMAT) return blob.n > 0;
    for (size_t n = take_count(&r); n > 0 && !r.bad; n--) {
        (void)take(&r);
        (void)take(&r);
        (void)take_bytes(&r, 8);
    }
    for (size_t n = take_count(&r); n > 0 && !r.bad; n--) {
        (void)read_key(&r);
        uint64_t x = take(&r);
        if (x & 1) return true;
        for (size_t k = x & 2 ? 2 * take_count(&r) : 0; k > 0 && !r.bad; k--)
            (void)take(&r);
    }
    return r.bad; /* the parser will say what is wrong */
}

/* ---- writing the blob ---- */

static size_t dot_index(Arena *a, DotEntry **dots, size_t *n, size_t *cap, const Head *h) {
    for (size_t i = *n; i-- > 0;)
        if ((*dots)[i].dot.seq == h->dot.seq && (*dots)[i].dot.stream_no == h->dot.stream_no)
            return i;
    if (*n == *cap) {
        size_t old = *cap;
        *cap = old ? 2 * old : 8;
        *dots = arena_grow(a, *dots, old * sizeof(DotEntry), *cap * sizeof(DotEntry));
    }
    (*dots)[*n] = (DotEntry){ h->dot, h->clock };
    return (*n)++;
}

static void write_key(Buf *out, const FieldKey *k) {
    bool element = k->element.s != NULL;
    buf_varint(out, (uint64_t)k->no << 1 | element);
    if (k->no == 0) buf_put(out, k->custom.b, 16);
    if (element) {
        buf_varint(out, k->element.n);
        buf_str(out, k->element);
    }
}

static void write_field(Buf *out, Arena *a, const FieldHeads *f, const size_t *index) {
    bool several = f->n_heads > 1;
    write_key(out, &f->key);
    uint64_t first = several || f->n_heads == 0 ? 0 : index[0] + 1;
    buf_varint(out, first << 2 | (f->n_cover > 0) << 1 | several);
    if (several) {
        buf_varint(out, f->n_heads);
        for (size_t i = 0; i < f->n_heads; i++) {
            buf_varint(out, index[i]);
            Buf value = buf_new(a, LEDGER_PART_MAX);
            if (f->heads[i].value.type != VAL_NONE) cbor_put_val(&value, f->heads[i].value);
            buf_varint(out, value.n);
            buf_str(out, buf_text(&value));
        }
    }
    if (f->n_cover > 0) {
        buf_varint(out, f->n_cover);
        for (size_t i = 0; i < f->n_cover; i++) {
            buf_varint(out, f->cover[i].stream_no);
            buf_varint(out, f->cover[i].seq);
        }
    }
}

void heads_write(Buf *out, const Heads *h) {
    Arena *a = out->arena;
    DotEntry *dots = NULL;
    size_t n = 0, cap = 0, total = 0;
    for (size_t i = 0; i < h->n; i++)
        total += h->fields[i].n_heads;
    size_t *index = arena_array(a, size_t, total + 1);
    size_t at = 0;
    for (size_t i = 0; i < h->n; i++)
        for (size_t j = 0; j < h->fields[i].n_heads; j++)
            index[at++] = dot_index(a, &dots, &n, &cap, &h->fields[i].heads[j]);
    buf_varint(out, HEADS_FORMAT);
    buf_varint(out, n);
    for (size_t i = 0; i < n; i++) {
        buf_varint(out, dots[i].dot.stream_no);
        buf_varint(out, dots[i].dot.seq);
        for (int b = 7; b >= 0; b--)
            buf_byte(out, (uint8_t)(dots[i].clock >> (8 * b)));
    }
    buf_varint(out, h->n);
    at = 0;
    for (size_t i = 0; i < h->n; i++) {
        write_field(out, a, &h->fields[i], index + at);
        at += h->fields[i].n_heads;
    }
}

/* ---- finding and applying ---- */

static size_t lower_bound(const Heads *h, const FieldKey *key) {
    size_t lo = 0, hi = h->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (field_key_cmp(&h->fields[mid].key, key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

FieldHeads *heads_find(const Heads *h, const FieldKey *key) {
    size_t i = lower_bound(h, key);
    return i < h->n && field_key_cmp(&h->fields[i].key, key) == 0 ? &h->fields[i] : NULL;
}

FieldHeads *heads_at(Arena *a, Heads *h, const FieldKey *key) {
    size_t i = lower_bound(h, key);
    if (i < h->n && field_key_cmp(&h->fields[i].key, key) == 0) return &h->fields[i];
    if (h->n == h->cap) {
        size_t old = h->cap;
        h->cap = old ? 2 * old : 32;
        h->fields = arena_grow(a, h->fields, old * sizeof(FieldHeads), h->cap * sizeof(FieldHeads));
    }
    memmove(&h->fields[i + 1], &h->fields[i], (h->n - i) * sizeof(FieldHeads));
    h->n++;
    h->fields[i] = (FieldHeads){ .key = *key };
    return &h->fields[i];
}

static bool covers(const CoverEntry *c, size_t n, Dot dot) {
    for (size_t i = 0; i < n; i++)
        if (c[i].stream_no == dot.stream_no) return c[i].seq >= dot.seq;
    return false;
}

/* cover := cover ∪ context, pointwise maximum. */
static void join_cover(Arena *a, FieldHeads *f, const CoverEntry *context, size_t n) {
    if (n == 0) return;
    CoverEntry *joined = arena_array(a, CoverEntry, f->n_cover + n);
    size_t m = f->n_cover;
    if (m > 0) memcpy(joined, f->cover, m * sizeof(*joined));
    for (size_t i = 0; i < n; i++) {
        size_t at = 0;
        while (at < m && joined[at].stream_no < context[i].stream_no)
            at++;
        if (at < m && joined[at].stream_no == context[i].stream_no) {
            if (joined[at].seq < context[i].seq) joined[at].seq = context[i].seq;
            continue;
        }
        memmove(&joined[at + 1], &joined[at], (m - at) * sizeof(*joined));
        joined[at] = context[i];
        m++;
    }
    f->cover = joined;
    f->n_cover = m;
}

/* Highest clock first, then the stream's id, then seq: the same on every node. */
static bool wins(const Head *x, const Head *y, StreamIdOf id_of, void *arg) {
    if (x->clock != y->clock) return x->clock > y->clock;
    if (x->dot.stream_no != y->dot.stream_no) {
        StreamId sx = id_of(arg, x->dot.stream_no), sy = id_of(arg, y->dot.stream_no);
        return memcmp(sx.b, sy.b, 16) > 0;
    }
    return x->dot.seq > y->dot.seq;
}

static bool same_dot(Dot x, Dot y) {
    return x.seq == y.seq && x.stream_no == y.stream_no;
}

bool heads_apply(Arena *a, FieldHeads *f, Dot dot, Hlc clock, Val value, const CoverEntry *context,
                 size_t n_context, Val present, StreamIdOf id_of, void *arg) {
    bool had = f->n_heads > 0;
    Dot old_winner = had ? f->heads[0].dot : (Dot){ 0 };
    for (size_t i = 0; i < f->n_heads; i++)
        if (same_dot(f->heads[i].dot, dot)) return false;
    Head *kept = arena_array(a, Head, f->n_heads + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->n_heads; i++) {
        if (covers(context, n_context, f->heads[i].dot)) continue;
        kept[n] = f->heads[i];
        if (kept[n].value.type == VAL_NONE && f->n_heads == 1) kept[n].value = present;
        n++;
    }
    bool covered = covers(f->cover, f->n_cover, dot);
    join_cover(a, f, context, n_context);
    if (!covered) {
        Head fresh = { .dot = dot, .clock = clock, .value = value };
        size_t at = 0;
        while (at < n && wins(&kept[at], &fresh, id_of, arg))
            at++;
        memmove(&kept[at + 1], &kept[at], (n - at) * sizeof(Head));
        kept[at] = fresh;
        n++;
    }
    f->heads = kept;
    f->n_heads = n;
    return had != (n > 0) || (n > 0 && !same_dot(old_winner, kept[0].dot));
}

size_t field_context(const FieldHeads *f, CoverEntry *out, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < f->n_cover && n < max; i++)
        out[n++] = f->cover[i];
    for (size_t h = 0; h < f->n_heads; h++) {
        Dot d = f->heads[h].dot;
        size_t at = 0;
        while (at < n && out[at].stream_no < d.stream_no)
            at++;
        if (at < n && out[at].stream_no == d.stream_no) {
            if (out[at].seq < d.seq) out[at].seq = d.seq;
            continue;
        }
        if (n == max) return n;
        memmove(&out[at + 1], &out[at], (n - at) * sizeof(*out));
        out[at] = (CoverEntry){ d.stream_no, d.seq };
        n++;
    }
    return n;
}

/* ---- the projection hash ---- */

static void put_canonical_heads(Buf *out, const FieldHeads *f, StreamIdOf id_of, void *arg) {
    /* heads are sorted by clock: sort by dot here, since a clock is not part of the identity */
    StreamId ids[CONTEXT_MAX];
    size_t order[CONTEXT_MAX], n = f->n_heads < CONTEXT_MAX ? f->n_heads : CONTEXT_MAX;
    for (size_t i = 0; i < n; i++) {
        ids[i] = id_of(arg, f->heads[i].dot.stream_no);
        size_t at = i;
        while (at > 0) {
            size_t p = order[at - 1];
            int c = memcmp(ids[p].b, ids[i].b, 16);
            if (c < 0 || (c == 0 && f->heads[p].dot.seq < f->heads[i].dot.seq)) break;
            order[at] = p;
            at--;
        }
        order[at] = i;
    }
    cbor_put_array(out, n);
    for (size_t i = 0; i < n; i++) {
        cbor_put_array(out, 2);
        cbor_put_bytes(out, ids[order[i]].b, 16);
        cbor_put_uint(out, f->heads[order[i]].dot.seq);
    }
}

void heads_hash_add(uint8_t sum[32], int sign, uint32_t kind_no, Id id, uint32_t lane,
                    const Heads *h, StreamIdOf id_of, void *arg, Arena *scratch) {
    Buf b = buf_new(scratch, LEDGER_PART_MAX);
    size_t written = 0;
    for (size_t i = 0; i < h->n; i++)
        written += h->fields[i].n_heads > 0;
    if (written == 0) return;
    cbor_put_array(&b, 4);
    cbor_put_uint(&b, kind_no);
    cbor_put_bytes(&b, id.b, 16);
    cbor_put_uint(&b, lane);
    cbor_put_map(&b, written);
    for (size_t i = 0; i < h->n; i++) {
        if (h->fields[i].n_heads == 0) continue;
        field_key_encode(&b, &h->fields[i].key);
        put_canonical_heads(&b, &h->fields[i], id_of, arg);
    }
    Hash256 x = sha256(buf_text(&b));
    int carry = 0;
    for (size_t i = 0; i < 32; i++) {
        int v = sum[i] + sign * x.b[i] + carry;
        sum[i] = (uint8_t)(v & 0xff);
        carry = v >> 8; /* arithmetic: -1, 0 or 1 */
    }
}
