/* cbor.c: deterministic CBOR. Clause numbers are those of RFC 8949.
 *
 * A data item begins with a head (§3): three bits of major type, five bits of additional
 * information, which is the argument itself below 24 and else says in how many bytes it follows. */
#include "codec/cbor.h"

#include "base/banned.h"

enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22, MAJOR_SIMPLE = 7 };

/* --- writer ----------------------------------------------------------------------------------- */

static inline void put_head(Buf *b, unsigned major, uint64_t argument) {
    uint8_t head[9];
    unsigned n; /* bytes after the first: 0, 1, 2, 4 or 8, the fewest that do (§4.2.1) */
    if (argument < 24) {
        buf_byte(b, (uint8_t)(major << 5 | argument));
        return;
    }
    if (argument <= UINT8_MAX) {
        n = 1;
        head[0] = (uint8_t)(major << 5 | 24);
    } else if (argument <= UINT16_MAX) {
        n = 2;
        head[0] = (uint8_t)(major << 5 | 25);
    } else if (argument <= UINT32_MAX) {
        n = 4;
        head[0] = (uint8_t)(major << 5 | 26);
    } else {
        n = 8;
        head[0] = (uint8_t)(major << 5 | 27);
    }
    for (unsigned i = n; i > 0; i--) {
        head[i] = (uint8_t)argument;
        argument >>= 8;
    }
    buf_put(b, head, n + 1);
}

void cbor_put_uint(Buf *b, uint64_t v) {
    if (v > INT64_MAX) {
        b->full = true;
        return;
    }
    put_head(b, CBOR_UINT, v);
}

void cbor_put_int(Buf *b, int64_t v) {
    if (v >= 0) {
        put_head(b, CBOR_UINT, (uint64_t)v);
    } else {
        put_head(b, CBOR_NEGINT, ~(uint64_t)v); /* -1 - v (§3.1) */
    }
}

void cbor_put_bytes(Buf *b, const void *bytes, size_t n) {
    put_head(b, CBOR_BYTES, n);
    if (n > 0) buf_put(b, bytes, n);
}

/* Most texts are short and plain ASCII. */
static inline bool text_ok(Str text) {
    size_t i = 0;
    uint64_t high = 0, word;
    for (; i + 8 <= text.n; i += 8) {
        memcpy(&word, text.s + i, 8);
        high |= word;
    }
    for (; i < text.n; i++)
        high |= (uint8_t)text.s[i];
    return (high & 0x8080808080808080) == 0 || str_utf8_valid(text);
}

void cbor_put_text(Buf *b, Str text) {
    if (!text_ok(text)) {
        b->full = true;
        return;
    }
    put_head(b, CBOR_TEXT, text.n);
    if (text.n > 0) buf_put(b, text.s, text.n);
}

void cbor_put_array(Buf *b, size_t n) {
    put_head(b, CBOR_ARRAY, n);
}

void cbor_put_map(Buf *b, size_t n) {
    put_head(b, CBOR_MAP, n);
}

void cbor_put_bool(Buf *b, bool v) {
    buf_byte(b, (uint8_t)(MAJOR_SIMPLE << 5 | (v ? SIMPLE_TRUE : SIMPLE_FALSE)));
}

void cbor_put_null(Buf *b) {
    buf_byte(b, MAJOR_SIMPLE << 5 | SIMPLE_NULL);
}

/* Text keys in the bytewise order of their encodings: as the head of a longer text is the greater
 * one, that is by length first. */
static int by_encoded_key(const void *a, const void *b) {
    const ValPair *x = a, *y = b;
    if (x->key.n != y->key.n) return x->key.n < y->key.n ? -1 : 1;
    return x->key.n == 0 ? 0 : memcmp(x->key.s, y->key.s, x->key.n);
}

/* The map's pairs that are not absent, in order: its own array where it is so already, as whatever
 * came out of a reader is. */
static const ValPair *order_pairs(Arena *a, const Val *map, size_t *ret_n) {
    const ValPair *v = map->map.v;
    size_t n = map->map.n, i = 0, kept = 0;
    while (i < n && !val_is_absent(v[i].value) && (i == 0 || by_encoded_key(&v[i - 1], &v[i]) < 0))
        i++;
    *ret_n = n;
    if (i == n) return v;
    ValPair *order = arena_array(a, ValPair, n);
    for (i = 0; i < n; i++) {
        if (!val_is_absent(v[i].value)) order[kept++] = v[i];
    }
    qsort(order, kept, sizeof(ValPair), by_encoded_key);
    *ret_n = kept;
    return order;
}

static void put_leaf(Buf *b, const Val *v) {
    switch (v->type) {
    case VAL_BOOL: cbor_put_bool(b, v->b); break;
    case VAL_INT: cbor_put_int(b, v->i); break;
    case VAL_TEXT: cbor_put_text(b, v->text); break;
    case VAL_BYTES: cbor_put_bytes(b, v->text.s, v->text.n); break;
    default: cbor_put_null(b); break;
    }
}

typedef struct Parent {
    const Val *items; /* of a list, or */
    const ValPair *pairs;
    size_t i, n;
} Parent;

void cbor_put_val(Buf *b, Val v) {
    Parent stack[CBOR_DEPTH_MAX], *top;
    size_t depth = 0;
    const Val *at = &v;
    while (!b->full) {
        if (at->type == VAL_LIST || at->type == VAL_MAP) {
            if (depth == CBOR_DEPTH_MAX) {
                b->full = true;
                return;
            }
            top = &stack[depth++];
            *top = (Parent){ 0 };
            if (at->type == VAL_LIST) {
                top->items = at->list.v;
                top->n = at->list.n;
                cbor_put_array(b, top->n);
            } else {
                top->pairs = order_pairs(b->arena, at, &top->n);
                cbor_put_map(b, top->n);
            }
        } else {
            put_leaf(b, at);
        }
        while (depth > 0 && stack[depth - 1].i == stack[depth - 1].n)
            depth--;
        if (depth == 0) return;
        top = &stack[depth - 1];
        if (top->pairs) {
            cbor_put_text(b, top->pairs[top->i].key);
            at = &top->pairs[top->i++].value;
        } else {
            at = &top->items[top->i++];
        }
    }
}

/* --- reader ----------------------------------------------------------------------------------- */

static inline bool fail(CborReader *r) {
    r->bad = true;
    return false;
}

/* Reads a head in its shortest form; leaves the reader where it was when there is none. */
static inline bool take_head(CborReader *r, unsigned *ret_major, uint64_t *ret_argument) {
    static const uint64_t least[4] = { 24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32 };
    size_t left = r->bytes.n - r->pos;
    if (r->bad || left == 0) return fail(r);
    const uint8_t *p = (const uint8_t *)r->bytes.s + r->pos;
    unsigned info = p[0] & 31;
    *ret_major = p[0] >> 5;
    if (info < 24) {
        *ret_argument = info;
        r->pos += 1;
        return true;
    }
    if (info > 27) return fail(r); /* reserved, or of indefinite length (§3, §3.2) */
    size_t n = (size_t)1 << (info - 24);
    if (left <= n) return fail(r);
    uint64_t argument = 0;
    for (size_t i = 1; i <= n; i++)
        argument = argument << 8 | p[i];
    if (argument < least[info - 24]) return fail(r);
    *ret_argument = argument;
    r->pos += 1 + n;
    return true;
}

static inline bool take_head_of(CborReader *r, CborType type, uint64_t *ret_argument) {
    unsigned major;
    return take_head(r, &major, ret_argument) && (major == (unsigned)type || fail(r));
}

static inline size_t bytes_left(const CborReader *r) {
    return r->bytes.n - r->pos;
}

/* n bytes after a head; *ret may be NULL. */
static inline bool take_bytes(CborReader *r, uint64_t n, Str *ret) {
    if (n > bytes_left(r)) return fail(r);
    if (ret) *ret = str_n(r->bytes.s + r->pos, (size_t)n);
    r->pos += (size_t)n;
    return true;
}

static inline bool take_text(CborReader *r, uint64_t n, Str *ret) {
    Str text;
    if (!take_bytes(r, n, &text) || !text_ok(text)) return fail(r);
    if (ret) *ret = text;
    return true;
}

CborReader cbor_reader(Str bytes) {
    return (CborReader){ .bytes = bytes };
}

CborType cbor_peek(const CborReader *r) {
    if (r->bad || r->pos >= r->bytes.n) return CBOR_END;
    uint8_t first = (uint8_t)r->bytes.s[r->pos];
    if (first >> 5 <= CBOR_MAP) return (CborType)(first >> 5);
    switch (first) {
    case MAJOR_SIMPLE << 5 | SIMPLE_FALSE:
    case MAJOR_SIMPLE << 5 | SIMPLE_TRUE: return CBOR_BOOL;
    case MAJOR_SIMPLE << 5 | SIMPLE_NULL: return CBOR_NULL;
    default: return CBOR_END;
    }
}

bool cbor_get_uint(CborReader *r, uint64_t *ret) {
    uint64_t v;
    if (!take_head_of(r, CBOR_UINT, &v)) return false;
    if (v > INT64_MAX) return fail(r);
    *ret = v;
    return true;
}

/* The value of a head of major type 0 or 1. */
static inline bool int_of(unsigned major, uint64_t argument, int64_t *ret) {
    if (major > CBOR_NEGINT || argument > INT64_MAX) return false;
    *ret = major == CBOR_UINT ? (int64_t)argument : -1 - (int64_t)argument;
    return true;
}

bool cbor_get_int(CborReader *r, int64_t *ret) {
    unsigned major;
    uint64_t argument;
    if (!take_head(r, &major, &argument)) return false;
    return int_of(major, argument, ret) || fail(r);
}

bool cbor_get_bytes(CborReader *r, Str *ret) {
    uint64_t n;
    return take_head_of(r, CBOR_BYTES, &n) && take_bytes(r, n, ret);
}

bool cbor_get_text(CborReader *r, Str *ret) {
    uint64_t n;
    return take_head_of(r, CBOR_TEXT, &n) && take_text(r, n, ret);
}

bool cbor_get_bytes_n(CborReader *r, void *out, size_t n) {
    uint64_t there;
    if (!take_head_of(r, CBOR_BYTES, &there)) return false;
    if (there != n || there > bytes_left(r)) return fail(r);
    if (n > 0) memcpy(out, r->bytes.s + r->pos, n);
    r->pos += n;
    return true;
}

/* An element takes at least one byte: a count that the rest cannot hold is refused before anybody
 * allocates for it. */
bool cbor_get_array(CborReader *r, size_t *ret_n) {
    uint64_t n;
    if (!take_head_of(r, CBOR_ARRAY, &n)) return false;
    if (n > bytes_left(r)) return fail(r);
    *ret_n = (size_t)n;
    return true;
}

bool cbor_get_map(CborReader *r, size_t *ret_n) {
    uint64_t n;
    if (!take_head_of(r, CBOR_MAP, &n)) return false;
    if (n > bytes_left(r) / 2) return fail(r);
    *ret_n = (size_t)n;
    return true;
}

bool cbor_get_bool(CborReader *r, bool *ret) {
    if (cbor_peek(r) != CBOR_BOOL) return fail(r);
    *ret = (r->bytes.s[r->pos++] & 31) == SIMPLE_TRUE;
    return true;
}

bool cbor_get_null(CborReader *r) {
    if (cbor_peek(r) != CBOR_NULL) return fail(r);
    r->pos++;
    return true;
}

/* Strictly: as encodings are self-delimiting, none is the beginning of another. */
static inline bool comes_after(Str key, Str last) {
    int order = memcmp(last.s, key.s, last.n < key.n ? last.n : key.n);
    return order < 0 || (order == 0 && last.n < key.n);
}

bool cbor_key_in_order(CborReader *r, size_t key_start, Str *last) {
    if (r->bad) return false;
    Str key = str_n(r->bytes.s + key_start, r->pos - key_start);
    if (last->s && !comes_after(key, *last)) return fail(r);
    *last = key;
    return true;
}

typedef struct Level {
    size_t start; /* where the array or map began */
    size_t left;  /* items to come; those of a map count twice, an even number is before a key */
    bool map;
    Str last_key;
} Level;

/* Reads one head and what belongs to it; for an array or map, fills *ret_level. */
static inline bool skip_item(CborReader *r, Level *ret_level, bool *ret_opens) {
    size_t start = r->pos;
    unsigned major;
    uint64_t n;
    *ret_opens = false;
    if (!take_head(r, &major, &n)) return false;
    switch (major) {
    case CBOR_UINT:
    case CBOR_NEGINT: return n <= INT64_MAX || fail(r);
    case CBOR_BYTES: return take_bytes(r, n, NULL);
    case CBOR_TEXT: return take_text(r, n, NULL);
    case CBOR_ARRAY:
        if (n > bytes_left(r)) return fail(r);
        *ret_level = (Level){ .start = start, .left = (size_t)n };
        *ret_opens = true;
        return true;
    case CBOR_MAP:
        if (n > bytes_left(r) / 2) return fail(r);
        *ret_level = (Level){ .start = start, .left = 2 * (size_t)n, .map = true };
        *ret_opens = true;
        return true;
    case MAJOR_SIMPLE: /* floats and two-byte forms have a larger argument */
        return (n >= SIMPLE_FALSE && n <= SIMPLE_NULL) || fail(r);
    default: return fail(r); /* tags */
    }
}

bool cbor_skip(CborReader *r, Str *ret) {
    Level stack[CBOR_DEPTH_MAX + 1]; /* the last is never entered */
    size_t depth = 0, begin = r->pos;
    do {
        size_t start = r->pos;
        bool opens;
        if (!skip_item(r, &stack[depth], &opens)) return false;
        if (opens) {
            if (depth == CBOR_DEPTH_MAX) return fail(r);
            depth++;
            if (stack[depth - 1].left > 0) continue;
            depth--;
        }
        /* One item is whole; it may be the last of those around it. */
        while (depth > 0) {
            Level *level = &stack[depth - 1];
            bool key = level->map && level->left % 2 == 0;
            if (key && !cbor_key_in_order(r, start, &level->last_key)) return false;
            if (--level->left > 0) break;
            start = level->start;
            depth--;
        }
    } while (depth > 0);
    if (ret) *ret = str_n(r->bytes.s + begin, r->pos - begin);
    return true;
}

bool cbor_finish(const CborReader *r) {
    return !r->bad && r->pos == r->bytes.n;
}

bool cbor_valid(Str bytes) {
    CborReader r = cbor_reader(bytes);
    return cbor_skip(&r, NULL) && cbor_finish(&r);
}

/* One node; a list or map gets room for its children. The bytes have been checked. */
static bool get_node(CborReader *r, Arena *a, Val *ret) {
    unsigned major;
    uint64_t n;
    Str text = STR_NONE;
    int64_t i = 0;
    if (!take_head(r, &major, &n)) return false;
    switch (major) {
    case CBOR_UINT:
    case CBOR_NEGINT:
        if (!int_of(major, n, &i)) return fail(r);
        *ret = val_int(i);
        return true;
    case CBOR_BYTES:
    case CBOR_TEXT:
        if (!take_bytes(r, n, &text)) return false;
        *ret = major == CBOR_TEXT ? val_text(text) : val_bytes(text);
        return true;
    case CBOR_ARRAY: *ret = val_list_of(a, (size_t)n); return true;
    case CBOR_MAP: *ret = val_map_of(a, (size_t)n); return true;
    default: *ret = n == SIMPLE_NULL ? val_null() : val_bool(n == SIMPLE_TRUE); return true;
    }
}

/* Checks everything before it allocates, so that counts that lie cannot cost memory: what is built
 * is at most some forty times the input. */
bool cbor_get_val(CborReader *r, Arena *a, Val *ret) {
    struct {
        Val *v;
        size_t i;
    } stack[CBOR_DEPTH_MAX];
    CborReader build = *r;
    size_t depth = 0;
    Val root, *at = &root;
    if (!cbor_skip(r, NULL)) return false;
    for (;;) {
        if (!get_node(&build, a, at)) return fail(r);
        if (at->type == VAL_LIST || at->type == VAL_MAP) {
            ASSERT(depth < CBOR_DEPTH_MAX);
            stack[depth].v = at;
            stack[depth++].i = 0;
        }
        while (depth > 0) {
            const Val *v = stack[depth - 1].v;
            if (stack[depth - 1].i < (v->type == VAL_LIST ? v->list.n : v->map.n)) break;
            depth--;
        }
        if (depth == 0) break;
        Val *parent = stack[depth - 1].v;
        size_t i = stack[depth - 1].i++;
        if (parent->type == VAL_LIST) {
            at = &parent->list.v[i];
        } else {
            at = &parent->map.v[i].value;
            if (!cbor_get_text(&build, &parent->map.v[i].key)) return fail(r);
        }
    }
    *ret = root;
    return true;
}
