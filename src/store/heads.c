/* heads.c: dotted version vectors of a row (see heads.h). Pure: no store, no clock. */
#include "store/heads.h"

#include "base/banned.h"

enum {
    BITS_MAX = 64, /* bytes */
    BITS_EACH = 7,
    SHARED_NO_MAX = BITS_MAX * BITS_EACH,
};

static const int64_t clock_base_ms = 1577836800000; /* 2020-01-01 UTC */
static const uint64_t clock_ms_max = UINT64_MAX >> 16;

typedef struct DotEntry {
    Dot dot;
    Hlc clock;
} DotEntry;

/* ---- reading the blob ---- */

typedef struct BlobReader {
    Str bytes;
    size_t pos;
    bool bad;
    Arena *arena;
    DotEntry *dots;
    size_t n_dots;
} BlobReader;

static uint64_t take(BlobReader *r) {
    uint64_t v = 0;
    if (r->pos < r->bytes.n && !r->bad && !((uint8_t)r->bytes.s[r->pos] & 0x80))
        return (uint8_t)r->bytes.s[r->pos++]; /* most are below 128 */
    if (r->bad || !varint_read(r->bytes, &r->pos, &v)) r->bad = true;
    return r->bad ? 0 : v;
}

static uint64_t take_at_most(BlobReader *r, uint64_t max) {
    uint64_t v = take(r);
    if (v > max) r->bad = true;
    return r->bad ? 0 : v;
}

/* A count of things of which each takes `bytes` at least. */
static size_t take_count(BlobReader *r, size_t bytes) {
    return (size_t)take_at_most(r, (r->bytes.n - r->pos) / bytes);
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

static int64_t unzigzag(uint64_t v) {
    return (int64_t)(v >> 1 ^ -(v & 1));
}

static void read_dots(BlobReader *r, uint64_t n) {
    uint64_t ms = (uint64_t)clock_base_ms;
    if (n > (r->bytes.n - r->pos) / 3) r->bad = true;
    if (r->bad) return;
    r->dots = arena_array(r->arena, DotEntry, (size_t)n);
    r->n_dots = (size_t)n;
    for (size_t i = 0; i < r->n_dots && !r->bad; i++) {
        uint64_t stream = take_at_most(r, (uint64_t)UINT32_MAX << 1 | 1);
        r->dots[i].dot = (Dot){ .stream_no = (uint32_t)(stream >> 1), .seq = take(r) };
        ms += (uint64_t)unzigzag(take(r));
        uint64_t counter = stream & 1 ? take_at_most(r, UINT16_MAX) : 0;
        if (ms > clock_ms_max) r->bad = true;
        r->dots[i].clock = ms << 16 | counter;
    }
}

static Head head_of(BlobReader *r, uint64_t index) {
    Head h = { .value = VAL_ABSENT };
    if (index >= r->n_dots) {
        r->bad = true;
        return h;
    }
    h.dot = r->dots[index].dot;
    h.clock = r->dots[index].clock;
    return h;
}

/* The single head of a state and its cover. */
static void read_state(BlobReader *r, uint64_t state, FieldHeads *f) {
    if (state >> 1) {
        f->heads = arena_new_of(r->arena, Head);
        f->n_heads = 1;
        f->heads[0] = head_of(r, (state >> 1) - 1);
    }
    if (!(state & 1)) return;
    f->n_cover = take_count(r, 2);
    f->cover = arena_array(r->arena, CoverEntry, f->n_cover);
    for (size_t i = 0; i < f->n_cover; i++) {
        f->cover[i].stream_no = (uint32_t)take_at_most(r, UINT32_MAX);
        f->cover[i].seq = take(r);
        if (i > 0 && f->cover[i].stream_no <= f->cover[i - 1].stream_no) r->bad = true;
    }
    if (f->n_cover == 0) r->bad = true;
}

static void read_several(BlobReader *r, FieldHeads *f) {
    size_t n = take_count(r, 2);
    if (n < 2) r->bad = true;
    f->heads = arena_array(r->arena, Head, n);
    f->n_heads = n;
    for (size_t i = 0; i < n && !r->bad; i++) {
        f->heads[i] = head_of(r, take(r));
        Str value = take_bytes(r, take_count(r, 1));
        if (value.n == 0) continue;
        CborReader c = cbor_reader(value);
        if (!cbor_get_val(&c, r->arena, &f->heads[i].value) || !cbor_finish(&c)) r->bad = true;
    }
}

static FieldKey read_key(BlobReader *r, bool *ret_as_before) {
    FieldKey k = { .element = STR_NONE };
    uint64_t x = take_at_most(r, (uint64_t)UINT32_MAX << 2 | 3);
    k.no = (uint32_t)(x >> 2);
    if (k.no == 0) {
        Str id = take_bytes(r, 16);
        if (id.s) memcpy(k.custom.b, id.s, 16);
    }
    if (x & 2) {
        k.element = take_bytes(r, take_count(r, 1));
        if (!k.element.s) k.element = STR("");
    }
    *ret_as_before = x & 1;
    return k;
}

/* The fields that share a state, as their bits tell. */
typedef struct Shared {
    FieldHeads like;
    Str bits;
    size_t n;
    size_t byte;   /* next to look at */
    unsigned left; /* of the byte before it */
} Shared;

static void read_bits(BlobReader *r, Shared *s) {
    size_t n = 0;
    bool more = true;
    for (; more && n < BITS_MAX && n < r->bytes.n - r->pos; n++) {
        uint8_t byte = (uint8_t)r->bytes.s[r->pos + n];
        s->n += (size_t)__builtin_popcount(byte & 0x7f);
        more = byte & 0x80;
    }
    if (more) r->bad = true;
    s->bits = take_bytes(r, n);
}

/* 0: none is left. */
static uint32_t next_shared(Shared *s) {
    while (s->left == 0) {
        if (s->byte == s->bits.n) return 0;
        s->left = (uint8_t)s->bits.s[s->byte++] & 0x7f;
    }
    unsigned bit = (unsigned)__builtin_ctz(s->left);
    s->left &= s->left - 1;
    return (uint32_t)((s->byte - 1) * BITS_EACH + bit + 1);
}

static void read_entry(BlobReader *r, const FieldHeads *before, FieldHeads *f, bool *several) {
    bool as_before = false;
    FieldKey key = read_key(r, &as_before);
    if (as_before) {
        *f = *before;
        if (f->n_heads > 1) r->bad = true;
    } else {
        uint64_t x = take(r);
        if (x & 1) {
            *several = true;
            if (x >> 2) r->bad = true;
            read_several(r, f);
        }
        read_state(r, x >> 1, f);
    }
    f->key = key;
}

static bool is_plain(const FieldKey *k) {
    return k->no != 0 && !k->element.s;
}

/* Both ascend: those that share a state, which are all plain, and the others. */
static void read_fields(BlobReader *r, Shared *s, size_t n_entries, Heads *h, bool *several) {
    uint32_t no = next_shared(s);
    const FieldHeads *before = &s->like;
    h->n = h->cap = s->n + n_entries;
    h->fields = arena_array(r->arena, FieldHeads, h->n);
    FieldHeads *f = h->fields;
    for (size_t i = 0; i < n_entries && !r->bad; i++) {
        FieldHeads entry = { 0 };
        read_entry(r, before, &entry, several);
        for (; no && (!is_plain(&entry.key) || no < entry.key.no); no = next_shared(s))
            *f = s->like, f++->key.no = no;
        if (no && no == entry.key.no) r->bad = true;
        if (i > 0 && field_key_cmp(&before->key, &entry.key) >= 0) r->bad = true;
        *f = entry;
        before = f++;
    }
    for (; no; no = next_shared(s))
        *f = s->like, f++->key.no = no;
}

bool heads_parse(Arena *a, Str blob, Heads *ret) {
    BlobReader r = { .bytes = blob, .arena = a };
    Heads h = { 0 };
    if (blob.n == 0) {
        *ret = h;
        return true;
    }
    if (take(&r) != HEADS_FORMAT) return false;
    uint64_t n_dots = take(&r);
    read_dots(&r, n_dots >> 1);
    uint64_t x = take(&r);
    Shared shared = { .like.key.element = STR_NONE };
    read_state(&r, x >> 1, &shared.like);
    read_bits(&r, &shared);
    size_t n_entries = x & 1 ? take_count(&r, 1) : 0;
    bool several = false;
    if (!r.bad) read_fields(&r, &shared, n_entries, &h, &several);
    if (r.bad || r.pos != blob.n || several != (n_dots & 1)) return false;
    *ret = h;
    return true;
}

bool heads_several(Str blob) {
    BlobReader r = { .bytes = blob };
    if (blob.n == 0) return false;
    if (take(&r) != HEADS_FORMAT) return true; /* the parser will say what is wrong */
    return (take(&r) & 1) || r.bad;
}

/* ---- writing the blob ---- */

typedef struct BlobWriter {
    Buf *out;
    const Heads *h;
    DotEntry *dots;
    size_t n_dots, cap_dots;
    const uint32_t *state; /* [field] */
    uint32_t shared_state;
    const FieldHeads *shared; /* NULL: no field has it */
    size_t n_shared;
} BlobWriter;

static bool same_dot(Dot x, Dot y) {
    return x.seq == y.seq && x.stream_no == y.stream_no;
}

static size_t dot_index(BlobWriter *w, const Head *h) {
    for (size_t i = w->n_dots; i-- > 0;)
        if (same_dot(w->dots[i].dot, h->dot)) return i;
    if (w->n_dots == w->cap_dots) {
        size_t old = w->cap_dots;
        w->cap_dots = old ? 2 * old : 8;
        w->dots = arena_grow(w->out->arena, w->dots, old * sizeof(DotEntry),
                             w->cap_dots * sizeof(DotEntry));
    }
    w->dots[w->n_dots] = (DotEntry){ h->dot, h->clock };
    return w->n_dots++;
}

/* Of fields without several heads. */
static bool same_state(const FieldHeads *x, const FieldHeads *y) {
    if (x->n_heads != y->n_heads || x->n_cover != y->n_cover) return false;
    if (x->n_heads && !same_dot(x->heads[0].dot, y->heads[0].dot)) return false;
    for (size_t i = 0; i < x->n_cover && x->cover != y->cover; i++)
        if (x->cover[i].stream_no != y->cover[i].stream_no || x->cover[i].seq != y->cover[i].seq)
            return false;
    return true;
}

static bool may_share(const FieldHeads *f) {
    return is_plain(&f->key) && f->key.no <= SHARED_NO_MAX && f->n_heads <= 1;
}

typedef struct SeenState {
    const FieldHeads *like;
    size_t n;
} SeenState;

/* The state that most fields have; of equals the one of the first field. */
static void choose_shared(BlobWriter *w) {
    const Heads *h = w->h;
    SeenState *seen = arena_array(w->out->arena, SeenState, h->n);
    uint32_t *state = arena_array(w->out->arena, uint32_t, h->n); /* [field]: 1-based; 0: may not */
    size_t n = 0, last = 0, best = 0;
    for (size_t i = 0; i < h->n && is_plain(&h->fields[i].key); i++) { /* they come first */
        const FieldHeads *f = &h->fields[i];
        if (!may_share(f)) continue;
        if (n == 0 || !same_state(seen[last].like, f))
            for (last = 0; last < n && !same_state(seen[last].like, f);)
                last++;
        if (last == n) seen[n++].like = f;
        seen[last].n++;
        state[i] = (uint32_t)last + 1;
    }
    for (size_t i = 1; i < n; i++)
        if (seen[i].n > seen[best].n) best = i;
    w->state = state;
    w->shared = n ? seen[best].like : NULL;
    w->shared_state = (uint32_t)best + 1;
    w->n_shared = n ? seen[best].n : 0;
}

static bool shares(const BlobWriter *w, size_t i) {
    return w->state[i] == w->shared_state;
}

static uint64_t zigzag(int64_t v) {
    return (uint64_t)v << 1 ^ -((uint64_t)v >> 63);
}

static void write_dots(BlobWriter *w) {
    bool several = false;
    for (size_t i = 0; i < w->h->n; i++) {
        const FieldHeads *f = &w->h->fields[i];
        several |= f->n_heads > 1;
        for (size_t j = 0; j < f->n_heads; j++)
            (void)dot_index(w, &f->heads[j]);
    }
    buf_varint(w->out, (uint64_t)w->n_dots << 1 | several);
    int64_t before = clock_base_ms;
    for (size_t i = 0; i < w->n_dots; i++) {
        const DotEntry *d = &w->dots[i];
        int64_t ms = (int64_t)(d->clock >> 16);
        uint64_t counter = d->clock & UINT16_MAX;
        buf_varint(w->out, (uint64_t)d->dot.stream_no << 1 | (counter > 0));
        buf_varint(w->out, d->dot.seq);
        buf_varint(w->out, zigzag(ms - before));
        if (counter) buf_varint(w->out, counter);
        before = ms;
    }
}

/* flag: the bit below the state. */
static void write_state(BlobWriter *w, const FieldHeads *f, bool flag) {
    uint64_t first = f->n_heads == 1 ? dot_index(w, &f->heads[0]) + 1 : 0;
    buf_varint(w->out, first << 2 | (uint64_t)(f->n_cover > 0) << 1 | flag);
}

static void write_cover(Buf *out, const FieldHeads *f) {
    if (f->n_cover == 0) return;
    buf_varint(out, f->n_cover);
    for (size_t i = 0; i < f->n_cover; i++) {
        buf_varint(out, f->cover[i].stream_no);
        buf_varint(out, f->cover[i].seq);
    }
}

static void write_shared(BlobWriter *w) {
    static const FieldHeads none = { 0 };
    const FieldHeads *like = w->shared ? w->shared : &none;
    uint8_t bits[BITS_MAX] = { 0 };
    size_t n = 1;
    for (size_t i = 0; i < w->h->n; i++) {
        if (!shares(w, i)) continue;
        uint32_t at = w->h->fields[i].key.no - 1;
        bits[at / BITS_EACH] |= (uint8_t)(1u << at % BITS_EACH);
        n = at / BITS_EACH + 1;
    }
    for (size_t i = 0; i + 1 < n; i++)
        bits[i] |= 0x80;
    write_state(w, like, w->n_shared < w->h->n);
    write_cover(w->out, like);
    buf_put(w->out, bits, n);
}

static void write_key(Buf *out, const FieldKey *k, bool as_before) {
    bool element = k->element.s != NULL;
    buf_varint(out, (uint64_t)k->no << 2 | (uint64_t)element << 1 | as_before);
    if (k->no == 0) buf_put(out, k->custom.b, 16);
    if (element) {
        buf_varint(out, k->element.n);
        buf_str(out, k->element);
    }
}

static void write_several(BlobWriter *w, const FieldHeads *f) {
    Buf value = buf_new(w->out->arena, LEDGER_PART_MAX);
    buf_varint(w->out, f->n_heads);
    for (size_t i = 0; i < f->n_heads; i++) {
        buf_varint(w->out, dot_index(w, &f->heads[i]));
        buf_clear(&value);
        if (f->heads[i].value.type != VAL_NONE) cbor_put_val(&value, f->heads[i].value);
        buf_varint(w->out, value.n);
        buf_str(w->out, buf_text(&value));
    }
}

static void write_entries(BlobWriter *w) {
    static const FieldHeads none = { 0 };
    const FieldHeads *before = w->shared ? w->shared : &none;
    if (w->n_shared == w->h->n) return;
    buf_varint(w->out, w->h->n - w->n_shared);
    for (size_t i = 0; i < w->h->n; i++) {
        const FieldHeads *f = &w->h->fields[i];
        if (shares(w, i)) continue;
        bool several = f->n_heads > 1;
        bool as_before = !several && before->n_heads <= 1 && same_state(before, f);
        write_key(w->out, &f->key, as_before);
        before = f;
        if (as_before) continue;
        write_state(w, f, several);
        if (several) write_several(w, f);
        write_cover(w->out, f);
    }
}

void heads_write(Buf *out, const Heads *h) {
    BlobWriter w = { .out = out, .h = h };
    choose_shared(&w);
    buf_varint(out, HEADS_FORMAT);
    write_dots(&w);
    write_shared(&w);
    write_entries(&w);
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

/* The bytes of the one head that most fields of a row share. */
typedef struct SharedHead {
    Dot dot;
    uint8_t bytes[40];
    size_t n; /* 0: none yet */
} SharedHead;

static void put_shared_head(Buf *out, SharedHead *last, const FieldHeads *f, StreamIdOf id_of,
                            void *arg) {
    Dot dot = f->heads[0].dot;
    if (last->n && last->dot.seq == dot.seq && last->dot.stream_no == dot.stream_no) {
        buf_put(out, last->bytes, last->n);
        return;
    }
    size_t from = out->n;
    put_canonical_heads(out, f, id_of, arg);
    if (buf_full(out)) return;
    last->dot = dot;
    last->n = out->n - from;
    ASSERT(last->n <= sizeof(last->bytes));
    memcpy(last->bytes, out->p + from, last->n);
}

void heads_hash_add(uint8_t sum[32], int sign, uint32_t kind_no, Id id, uint32_t lane,
                    const Heads *h, StreamIdOf id_of, void *arg, Arena *scratch) {
    enum { A_FIELD = 32, BEGINNING = 32 }; /* bytes, as a rule */
    Buf b = buf_new(scratch, LEDGER_PART_MAX);
    SharedHead last = { 0 };
    size_t written = 0;
    for (size_t i = 0; i < h->n; i++)
        written += h->fields[i].n_heads > 0;
    if (written == 0) return;
    (void)buf_reserve(&b, BEGINNING + A_FIELD * written);
    cbor_put_array(&b, 4);
    cbor_put_uint(&b, kind_no);
    cbor_put_bytes(&b, id.b, 16);
    cbor_put_uint(&b, lane);
    cbor_put_map(&b, written);
    for (size_t i = 0; i < h->n; i++) {
        if (h->fields[i].n_heads == 0) continue;
        field_key_encode(&b, &h->fields[i].key);
        if (h->fields[i].n_heads == 1)
            put_shared_head(&b, &last, &h->fields[i], id_of, arg);
        else
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
