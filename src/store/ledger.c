/* ledger.c: encoding of headers, parts and seals (see ledger.h and docs/ledger.md). */
#include "store/ledger.h"

#include <zstd.h>

#include "base/banned.h"

static const char stream_domain[] = "panah stream 1";
static const char seal_domain[] = "panah seal 1";

enum {
    SEAL_TEXT_N = sizeof(seal_domain) - 1 + 16 + 8 + 32 + 8,
    METHOD_PLAIN = 0,
    METHOD_ZSTD = 1,
    METHOD_DICTIONARY = 2,
    LEVEL = 3,
    MAGIC_N = 4,
};
static const uint8_t zstd_magic[MAGIC_N] = { 0x28, 0xb5, 0x2f, 0xfd };

/* dictionary-1.bin, put in by the build */
extern const unsigned char ledger_dictionary_1[];
extern const size_t ledger_dictionary_1_n;

static void put_be(uint8_t *out, uint64_t v, size_t n) {
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

StreamId stream_id(const uint8_t node_public[32], const uint8_t incarnation[16], Id scope) {
    Sha256 h;
    sha256_start(&h);
    sha256_add(&h, stream_domain, sizeof(stream_domain) - 1);
    sha256_add(&h, node_public, 32);
    sha256_add(&h, incarnation, 16);
    sha256_add(&h, scope.b, 16);
    Hash256 full = sha256_end(&h);
    StreamId s;
    memcpy(s.b, full.b, 16);
    return s;
}

/* ---- header ---- */

void header_encode(Buf *out, const Header *h) {
    cbor_put_map(out, 7);
    cbor_put_uint(out, 0), cbor_put_uint(out, LEDGER_FORMAT);
    cbor_put_uint(out, 1), cbor_put_bytes(out, h->stream.b, 16);
    cbor_put_uint(out, 2), cbor_put_uint(out, h->seq);
    cbor_put_uint(out, 3), cbor_put_bytes(out, h->previous.b, 32);
    cbor_put_uint(out, 4), cbor_put_uint(out, h->clock);
    cbor_put_uint(out, 5), cbor_put_bytes(out, h->salt, 16);
    cbor_put_uint(out, 6), cbor_put_array(out, h->n_parts);
    for (size_t i = 0; i < h->n_parts; i++) {
        cbor_put_array(out, 2);
        cbor_put_bytes(out, h->parts[i].key_id.b, 16);
        cbor_put_bytes(out, h->parts[i].cipher_hash.b, 32);
    }
}

/* Reads the next key of an integer-keyed map, which must be greater than the last. */
static bool map_key(CborReader *r, uint64_t *ret_key, int64_t *last) {
    if (!cbor_get_uint(r, ret_key) || *ret_key > INT32_MAX || (int64_t)*ret_key <= *last) {
        r->bad = true;
        return false;
    }
    *last = (int64_t)*ret_key;
    return true;
}

static bool want_key(CborReader *r, uint64_t key) {
    uint64_t k = 0;
    if (!cbor_get_uint(r, &k) || k != key) r->bad = true;
    return !r->bad;
}

bool header_decode(Arena *a, Str bytes, Header *ret) {
    if (bytes.n > LEDGER_HEADER_MAX) return false;
    CborReader r = cbor_reader(bytes);
    Header h = { 0 };
    size_t n = 0;
    uint64_t format = 0;
    if (!cbor_get_map(&r, &n) || n != 7) return false;
    if (!want_key(&r, 0) || !cbor_get_uint(&r, &format) || format != LEDGER_FORMAT) return false;
    if (!want_key(&r, 1) || !cbor_get_bytes_n(&r, h.stream.b, 16)) return false;
    if (!want_key(&r, 2) || !cbor_get_uint(&r, &h.seq) || h.seq == 0) return false;
    if (!want_key(&r, 3) || !cbor_get_bytes_n(&r, h.previous.b, 32)) return false;
    if (!want_key(&r, 4) || !cbor_get_uint(&r, &h.clock)) return false;
    if (!want_key(&r, 5) || !cbor_get_bytes_n(&r, h.salt, 16)) return false;
    if (!want_key(&r, 6) || !cbor_get_array(&r, &n) || n == 0 || n > LEDGER_PARTS_MAX) return false;
    h.parts = arena_array(a, PartRef, n);
    h.n_parts = n;
    for (size_t i = 0; i < n; i++) {
        size_t two = 0;
        if (!cbor_get_array(&r, &two) || two != 2) return false;
        if (!cbor_get_bytes_n(&r, h.parts[i].key_id.b, 16)) return false;
        if (!cbor_get_bytes_n(&r, h.parts[i].cipher_hash.b, 32)) return false;
    }
    if (!cbor_finish(&r)) return false;
    *ret = h;
    return true;
}

/* ---- the act part ---- */

void act_part_encode(Buf *out, const ActPart *p) {
    bool has[13] = { true, true, true };
    has[3] = !id_is_none(p->actor);
    has[4] = !id_is_none(p->device);
    has[5] = !id_is_none(p->office);
    has[6] = p->purpose.n > 0;
    has[7] = p->reason.n > 0;
    has[8] = !id_is_none(p->idempotency);
    has[9] = p->n_results > 0;
    has[10] = p->client_time != TIME_NONE;
    has[11] = p->input_hash != 0;
    ASSERT(p->input_hash <= INT64_MAX);
    has[12] = p->spoken_by.n > 0;
    size_t n = 0;
    for (size_t i = 0; i < 13; i++)
        n += has[i];
    cbor_put_map(out, n);
    cbor_put_uint(out, 0), cbor_put_bytes(out, p->act.b, 16);
    cbor_put_uint(out, 1), cbor_put_uint(out, p->op_no);
    cbor_put_uint(out, 2), cbor_put_uint(out, p->op_version);
    if (has[3]) cbor_put_uint(out, 3), cbor_put_bytes(out, p->actor.b, 16);
    if (has[4]) cbor_put_uint(out, 4), cbor_put_bytes(out, p->device.b, 16);
    if (has[5]) cbor_put_uint(out, 5), cbor_put_bytes(out, p->office.b, 16);
    if (has[6]) cbor_put_uint(out, 6), cbor_put_text(out, p->purpose);
    if (has[7]) cbor_put_uint(out, 7), cbor_put_text(out, p->reason);
    if (has[8]) cbor_put_uint(out, 8), cbor_put_bytes(out, p->idempotency.b, 16);
    if (has[9]) {
        cbor_put_uint(out, 9), cbor_put_array(out, p->n_results);
        for (size_t i = 0; i < p->n_results; i++)
            cbor_put_bytes(out, p->results[i].b, 16);
    }
    if (has[10]) cbor_put_uint(out, 10), cbor_put_int(out, p->client_time);
    if (has[11]) cbor_put_uint(out, 11), cbor_put_uint(out, p->input_hash);
    if (has[12]) cbor_put_uint(out, 12), cbor_put_text(out, p->spoken_by);
}

static bool get_u32(CborReader *r, uint32_t *ret) {
    uint64_t v = 0;
    if (!cbor_get_uint(r, &v) || v > UINT32_MAX) {
        r->bad = true;
        return false;
    }
    *ret = (uint32_t)v;
    return true;
}

static bool get_ids(CborReader *r, Arena *a, const Id **ret, size_t *ret_n) {
    size_t n = 0;
    if (!cbor_get_array(r, &n)) return false;
    Id *ids = arena_array(a, Id, n);
    for (size_t i = 0; i < n; i++)
        if (!cbor_get_bytes_n(r, ids[i].b, 16)) return false;
    *ret = ids;
    *ret_n = n;
    return true;
}

bool act_part_decode(Arena *a, Str bytes, ActPart *ret) {
    CborReader r = cbor_reader(bytes);
    ActPart p = { .client_time = TIME_NONE };
    size_t n = 0;
    uint64_t key = 0;
    int64_t last = -1;
    uint32_t seen = 0;
    if (!cbor_get_map(&r, &n)) return false;
    for (size_t i = 0; i < n && map_key(&r, &key, &last); i++) {
        if (key < 32) seen |= 1u << key;
        switch (key) {
        case 0: cbor_get_bytes_n(&r, p.act.b, 16); break;
        case 1: get_u32(&r, &p.op_no); break;
        case 2: get_u32(&r, &p.op_version); break;
        case 3: cbor_get_bytes_n(&r, p.actor.b, 16); break;
        case 4: cbor_get_bytes_n(&r, p.device.b, 16); break;
        case 5: cbor_get_bytes_n(&r, p.office.b, 16); break;
        case 6: cbor_get_text(&r, &p.purpose); break;
        case 7: cbor_get_text(&r, &p.reason); break;
        case 8: cbor_get_bytes_n(&r, p.idempotency.b, 16); break;
        case 9: get_ids(&r, a, &p.results, &p.n_results); break;
        case 10: cbor_get_int(&r, &p.client_time); break;
        case 11: cbor_get_uint(&r, &p.input_hash); break;
        case 12: cbor_get_text(&r, &p.spoken_by); break;
        default: cbor_skip(&r, NULL); break; /* a later version's: kept, not understood */
        }
    }
    if (!cbor_finish(&r) || (seen & 7) != 7) return false;
    *ret = p;
    return true;
}

/* ---- change parts ---- */

void field_key_encode(Buf *out, const FieldKey *k) {
    if (k->element.s) cbor_put_array(out, 2);
    if (k->no)
        cbor_put_uint(out, k->no);
    else
        cbor_put_bytes(out, k->custom.b, 16);
    if (k->element.s) cbor_put_text(out, k->element);
}

/* Bytewise order of the encodings without encoding: unsigned < bytes < array, shorter heads first. */
int field_key_cmp(const FieldKey *a, const FieldKey *b) {
    bool a_set = a->element.s != NULL, b_set = b->element.s != NULL;
    if (a_set != b_set) return a_set ? 1 : -1;
    if ((a->no == 0) != (b->no == 0)) return a->no == 0 ? 1 : -1;
    if (a->no != b->no) return a->no < b->no ? -1 : 1;
    if (a->no == 0) {
        int c = id_cmp(a->custom, b->custom);
        if (c != 0) return c;
    }
    if (!a_set) return 0;
    if (a->element.n != b->element.n) return a->element.n < b->element.n ? -1 : 1;
    return str_cmp(a->element, b->element);
}

static void put_context(Buf *out, const ChangeGroup *g, StreamId own) {
    cbor_put_array(out, g->n_context);
    for (size_t i = 0; i < g->n_context; i++) {
        cbor_put_array(out, 2);
        if (memcmp(g->context[i].stream.b, own.b, 16) == 0)
            cbor_put_null(out);
        else
            cbor_put_bytes(out, g->context[i].stream.b, 16);
        cbor_put_uint(out, g->context[i].seq);
    }
}

void change_part_encode(Buf *out, const ChangePart *p, StreamId own) {
    cbor_put_map(out, 3 + (p->reason_text.n > 0));
    cbor_put_uint(out, 0), cbor_put_array(out, p->n_changes);
    for (size_t i = 0; i < p->n_changes; i++) {
        const Change *ch = &p->changes[i];
        cbor_put_array(out, 3);
        cbor_put_uint(out, ch->kind_no);
        cbor_put_bytes(out, ch->id.b, 16);
        cbor_put_array(out, ch->n_groups);
        for (size_t g = 0; g < ch->n_groups; g++) {
            const ChangeGroup *group = &ch->groups[g];
            cbor_put_array(out, 2);
            put_context(out, group, own);
            cbor_put_map(out, group->n_values);
            for (size_t v = 0; v < group->n_values; v++) {
                field_key_encode(out, &group->values[v].key);
                cbor_put_val(out, group->values[v].value);
            }
        }
    }
    if (p->reason_text.n > 0) cbor_put_uint(out, 1), cbor_put_text(out, p->reason_text);
    cbor_put_uint(out, 2), cbor_put_bytes(out, p->subject.b, 16);
    cbor_put_uint(out, 3), cbor_put_uint(out, p->lane);
}

static bool get_field_key(CborReader *r, FieldKey *ret) {
    FieldKey k = { .element = STR_NONE };
    size_t two = 0;
    bool set = cbor_peek(r) == CBOR_ARRAY;
    if (set && (!cbor_get_array(r, &two) || two != 2)) r->bad = true;
    if (cbor_peek(r) == CBOR_UINT) {
        if (!get_u32(r, &k.no) || k.no == 0) r->bad = true;
    } else {
        cbor_get_bytes_n(r, k.custom.b, 16);
    }
    if (set) cbor_get_text(r, &k.element);
    *ret = k;
    return !r->bad;
}

static bool get_scalar(CborReader *r, Val *ret) {
    switch (cbor_peek(r)) {
    case CBOR_UINT:
    case CBOR_NEGINT: *ret = val_int(0); return cbor_get_int(r, &ret->i);
    case CBOR_BYTES: *ret = val_bytes(STR_NONE); return cbor_get_bytes(r, &ret->text);
    case CBOR_TEXT: *ret = val_text(STR_NONE); return cbor_get_text(r, &ret->text);
    case CBOR_BOOL: *ret = val_bool(false); return cbor_get_bool(r, &ret->b);
    case CBOR_NULL: *ret = val_null(); return cbor_get_null(r);
    default: r->bad = true; return false;
    }
}

static bool get_context(CborReader *r, Arena *a, StreamId own, ChangeGroup *g) {
    if (!cbor_get_array(r, &g->n_context)) return false;
    ContextEntry *entries = arena_array(a, ContextEntry, g->n_context);
    g->context = entries;
    for (size_t i = 0; i < g->n_context; i++) {
        size_t two = 0;
        if (!cbor_get_array(r, &two) || two != 2) return r->bad = true, false;
        if (cbor_peek(r) == CBOR_NULL) {
            if (!cbor_get_null(r)) return false;
            entries[i].stream = own;
        } else if (!cbor_get_bytes_n(r, entries[i].stream.b, 16)) {
            return false;
        }
        if (!cbor_get_uint(r, &entries[i].seq)) return false;
    }
    return true;
}

static bool get_group(CborReader *r, Arena *a, StreamId own, ChangeGroup *g) {
    size_t two = 0;
    if (!cbor_get_array(r, &two) || two != 2) return r->bad = true, false;
    if (!get_context(r, a, own, g) || !cbor_get_map(r, &g->n_values)) return false;
    g->values = arena_array(a, FieldValue, g->n_values);
    for (size_t i = 0; i < g->n_values; i++) {
        if (!get_field_key(r, &g->values[i].key) || !get_scalar(r, &g->values[i].value))
            return false;
        if (i > 0 && field_key_cmp(&g->values[i - 1].key, &g->values[i].key) >= 0)
            return r->bad = true, false;
    }
    return true;
}

static bool get_change(CborReader *r, Arena *a, StreamId own, Change *ch) {
    size_t three = 0;
    if (!cbor_get_array(r, &three) || three != 3) return r->bad = true, false;
    if (!get_u32(r, &ch->kind_no) || !cbor_get_bytes_n(r, ch->id.b, 16)) return false;
    if (!cbor_get_array(r, &ch->n_groups)) return false;
    ch->groups = arena_array(a, ChangeGroup, ch->n_groups);
    for (size_t i = 0; i < ch->n_groups; i++)
        if (!get_group(r, a, own, &ch->groups[i])) return false;
    return true;
}

bool change_part_decode(Arena *a, Str bytes, StreamId own, ChangePart *ret) {
    CborReader r = cbor_reader(bytes);
    ChangePart p = { 0 };
    size_t n = 0;
    uint64_t key = 0;
    int64_t last = -1;
    uint32_t seen = 0;
    if (!cbor_get_map(&r, &n)) return false;
    for (size_t i = 0; i < n && map_key(&r, &key, &last); i++) {
        if (key < 32) seen |= 1u << key;
        switch (key) {
        case 0: {
            if (!cbor_get_array(&r, &p.n_changes)) return false;
            Change *changes = arena_array(a, Change, p.n_changes);
            p.changes = changes;
            for (size_t j = 0; j < p.n_changes; j++)
                if (!get_change(&r, a, own, &changes[j])) return false;
            break;
        }
        case 1: cbor_get_text(&r, &p.reason_text); break;
        case 2: cbor_get_bytes_n(&r, p.subject.b, 16); break;
        case 3: get_u32(&r, &p.lane); break;
        default: cbor_skip(&r, NULL); break;
        }
    }
    if (!cbor_finish(&r) || (seen & 13) != 13 || p.lane >= 32) return false;
    *ret = p;
    return true;
}

/* ---- sealing ---- */

Hash256 ledger_dictionary_hash(void) {
    return sha256(str_n(ledger_dictionary_1, ledger_dictionary_1_n));
}

struct Squeezer {
    ZSTD_CCtx *c;
    ZSTD_CDict *c_dictionary; /* NULL until something is sealed: most only read */
    ZSTD_DCtx *d;
    ZSTD_DDict *d_dictionary;
};

Squeezer *squeezer_new(void) {
    Squeezer *z = env_sysalloc(env_system(), sizeof(*z));
    if (!z) return NULL;
    *z = (Squeezer){ .c = ZSTD_createCCtx(),
                     .d = ZSTD_createDCtx(),
                     .d_dictionary = ZSTD_createDDict(ledger_dictionary_1, ledger_dictionary_1_n) };
    if (!z->c || !z->d || !z->d_dictionary) {
        squeezer_free(z);
        return NULL;
    }
    return z;
}

void squeezer_free(Squeezer *z) {
    if (!z) return;
    ZSTD_freeCCtx(z->c);
    ZSTD_freeCDict(z->c_dictionary);
    ZSTD_freeDCtx(z->d);
    ZSTD_freeDDict(z->d_dictionary);
    env_sysfree(z);
}

static bool load_dictionary(Squeezer *z) {
    if (z->c_dictionary) return true;
    z->c_dictionary = ZSTD_createCDict(ledger_dictionary_1, ledger_dictionary_1_n, LEVEL);
    if (!z->c_dictionary) return false;
    /* The method says which dictionary it is. */
    return !ZSTD_isError(ZSTD_CCtx_setParameter(z->c, ZSTD_c_dictIDFlag, 0)) &&
           !ZSTD_isError(ZSTD_CCtx_refCDict(z->c, z->c_dictionary));
}

/* One frame without its magic number; 0: it would not be shorter than the body. */
static size_t squeeze(Squeezer *z, Arena *a, Str body, uint8_t *out) {
    if (!z || !load_dictionary(z)) return 0;
    size_t room = ZSTD_compressBound(body.n);
    uint8_t *frame = arena_alloc(a, room);
    size_t n = ZSTD_compress2(z->c, frame, room, body.s, body.n);
    if (ZSTD_isError(n) || n - MAGIC_N >= body.n) return 0;
    ASSERT(memcmp(frame, zstd_magic, MAGIC_N) == 0);
    memcpy(out, frame + MAGIC_N, n - MAGIC_N);
    return n - MAGIC_N;
}

static bool unsqueeze(Squeezer *z, Arena *a, Str frame, bool dictionary, Str *ret) {
    unsigned long long full = ZSTD_getFrameContentSize(frame.s, frame.n);
    if (full == ZSTD_CONTENTSIZE_ERROR || full == ZSTD_CONTENTSIZE_UNKNOWN ||
        full > LEDGER_PART_MAX)
        return false;
    uint8_t *body = arena_alloc(a, (size_t)full + 1);
    size_t n = dictionary ? ZSTD_decompress_usingDDict(z->d, body, (size_t)full, frame.s, frame.n,
                                                       z->d_dictionary)
                          : ZSTD_decompressDCtx(z->d, body, (size_t)full, frame.s, frame.n);
    if (ZSTD_isError(n) || n != full) return false;
    *ret = str_n(body, n);
    return true;
}

typedef struct PartPlace {
    uint8_t nonce[CRYPT_NONCE_N];
    uint8_t aad[16 + 8 + 4 + 16];
} PartPlace;

static PartPlace part_place(Id key_id, const Header *h, uint32_t i) {
    PartPlace p;
    uint8_t seed[16 + 16 + 8 + 4];
    memcpy(seed, h->salt, 16);
    memcpy(seed + 16, h->stream.b, 16);
    put_be(seed + 32, h->seq, 8);
    put_be(seed + 40, i, 4);
    blake2b(p.nonce, sizeof(p.nonce), str_n(seed, sizeof(seed)), NULL, 0);
    memcpy(p.aad, seed + 16, 28);
    memcpy(p.aad + 28, key_id.b, 16);
    return p;
}

Str part_seal_plain(Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i, Str plain) {
    uint8_t *out = arena_alloc(a, plain.n + CRYPT_TAG_N);
    PartPlace p = part_place(key_id, h, i);
    crypt_seal(key, p.nonce, str_n(p.aad, sizeof(p.aad)), plain, out);
    return str_n(out, plain.n + CRYPT_TAG_N);
}

Str part_seal(Squeezer *z, Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i,
              Str body) {
    ASSERT(body.n < LEDGER_PART_MAX);
    uint8_t *plain = arena_alloc(a, 1 + body.n);
    size_t n = squeeze(z, a, body, plain + 1);
    plain[0] = n ? METHOD_DICTIONARY : METHOD_PLAIN;
    if (!n && body.n) memcpy(plain + 1, body.s, body.n);
    return part_seal_plain(a, key, key_id, h, i, str_n(plain, 1 + (n ? n : body.n)));
}

bool part_open(Squeezer *z, Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i,
               Str cipher, Str *ret_body) {
    if (cipher.n < 1 + CRYPT_TAG_N || cipher.n > LEDGER_PART_MAX + 64) return false;
    PartPlace p = part_place(key_id, h, i);
    /* The magic number is put back over the method byte and what is left before it. */
    uint8_t *room = arena_alloc(a, MAGIC_N - 1 + cipher.n), *plain = room + MAGIC_N - 1;
    if (!crypt_open(key, p.nonce, str_n(p.aad, sizeof(p.aad)), cipher, plain)) return false;
    size_t n = cipher.n - CRYPT_TAG_N - 1;
    switch (plain[0]) {
    case METHOD_PLAIN: *ret_body = str_n(plain + 1, n); return true;
    case METHOD_ZSTD: return z && unsqueeze(z, a, str_n(plain + 1, n), false, ret_body);
    case METHOD_DICTIONARY:
        memcpy(room, zstd_magic, MAGIC_N);
        return z && unsqueeze(z, a, str_n(room, MAGIC_N + n), true, ret_body);
    default: return false;
    }
}

static void seal_text(uint8_t out[SEAL_TEXT_N], StreamId stream, uint64_t seq, const Hash256 *head,
                      Hlc clock) {
    uint8_t *p = out;
    memcpy(p, seal_domain, sizeof(seal_domain) - 1), p += sizeof(seal_domain) - 1;
    memcpy(p, stream.b, 16), p += 16;
    put_be(p, seq, 8), p += 8;
    memcpy(p, head->b, 32), p += 32;
    put_be(p, clock, 8);
}

void seal_sign(const SignKey *node, StreamId stream, uint64_t seq, const Hash256 *head, Hlc clock,
               uint8_t ret[64]) {
    uint8_t text[SEAL_TEXT_N];
    seal_text(text, stream, seq, head, clock);
    crypt_sign(node, str_n(text, sizeof(text)), ret);
}

bool seal_verify(const uint8_t node_public[32], StreamId stream, uint64_t seq, const Hash256 *head,
                 Hlc clock, const uint8_t signature[64]) {
    uint8_t text[SEAL_TEXT_N];
    seal_text(text, stream, seq, head, clock);
    return crypt_verify(node_public, str_n(text, sizeof(text)), signature);
}
