/* map.c: open addressing with linear probing over the indexes of an insertion-ordered array.
 *
 * Keys come from outside (JSON members, CSV headings), so hashing is SipHash-1-3 (Aumasson and
 * Bernstein 2012) keyed by an address that nobody outside knows. */
#include "base/map.h"

#include "base/status.h"

#include "base/banned.h"

enum { FIRST_SLOTS = 16 };

static uint64_t rotate_left(uint64_t x, int k) {
    return x << k | x >> (64 - k);
}

static void sip_round(uint64_t v[4]) {
    v[0] += v[1];
    v[1] = rotate_left(v[1], 13) ^ v[0];
    v[0] = rotate_left(v[0], 32);
    v[2] += v[3];
    v[3] = rotate_left(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate_left(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate_left(v[1], 17) ^ v[2];
    v[2] = rotate_left(v[2], 32);
}

static uint64_t read_le(const uint8_t *p, size_t n) {
    uint64_t word = 0;
    memcpy(&word, p, n);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed) {
    const uint8_t *p = bytes;
    uint64_t k0 = seed, k1 = ~seed;
    uint64_t v[4] = {
        k0 ^ UINT64_C(0x736f6d6570736575),
        k1 ^ UINT64_C(0x646f72616e646f6d),
        k0 ^ UINT64_C(0x6c7967656e657261),
        k1 ^ UINT64_C(0x7465646279746573),
    };
    size_t left = n;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word = read_le(p, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)n << 56 | (left ? read_le(p, left) : 0);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t hash_key(const Map *m, Str key) {
    return hash_bytes(key.s, key.n, (uint64_t)(uintptr_t)m->arena);
}

Map map_new(Arena *a) {
    return (Map){ .arena = a };
}

/* The slot that holds the key, or the empty one where it belongs. */
static size_t find_slot(const Map *m, Str key, uint64_t hash) {
    size_t mask = m->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t index = m->slots[i];
        if (index == 0) return i;
        const MapEntry *e = &m->entries[index - 1];
        if (e->hash == hash && str_eq(e->key, key)) return i;
    }
}

static MapEntry *find_entry(const Map *m, Str key) {
    if (m->n == 0) return NULL;
    uint32_t index = m->slots[find_slot(m, key, hash_key(m, key))];
    return index ? &m->entries[index - 1] : NULL;
}

static void grow_slots(Map *m) {
    size_t n_slots = m->n_slots ? 2 * m->n_slots : FIRST_SLOTS;
    ASSERT(n_slots <= UINT32_MAX);
    m->slots = arena_array(m->arena, uint32_t, n_slots);
    m->n_slots = n_slots;
    for (size_t i = 0; i < m->n; i++) {
        size_t at = m->entries[i].hash & (n_slots - 1);
        while (m->slots[at])
            at = (at + 1) & (n_slots - 1);
        m->slots[at] = (uint32_t)(i + 1);
    }
}

void map_put(Map *m, Str key, void *value) {
    if (4 * (m->n + 1) > 3 * m->n_slots) grow_slots(m);
    uint64_t hash = hash_key(m, key);
    size_t slot = find_slot(m, key, hash);
    if (m->slots[slot]) {
        m->entries[m->slots[slot] - 1].value = value;
        return;
    }
    if (m->n == m->cap) {
        size_t cap = m->cap ? 2 * m->cap : FIRST_SLOTS;
        m->entries =
            arena_grow(m->arena, m->entries, m->cap * sizeof(MapEntry), cap * sizeof(MapEntry));
        m->cap = cap;
    }
    Str copy = key.n ? str_copy(m->arena, key) : STR("");
    m->entries[m->n++] = (MapEntry){ .key = copy, .value = value, .hash = hash };
    m->slots[slot] = (uint32_t)m->n;
}

void *map_get(const Map *m, Str key) {
    MapEntry *e = find_entry(m, key);
    return e ? e->value : NULL;
}

bool map_has(const Map *m, Str key) {
    return find_entry(m, key) != NULL;
}
