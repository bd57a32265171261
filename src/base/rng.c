/* rng.c: xoshiro256** 1.0 and splitmix64 (Blackman and Vigna, https://prng.di.unimi.it). */
#include "base/rng.h"

#include "base/status.h"

#include "base/banned.h"

__extension__ typedef unsigned __int128 Uint128;

static uint64_t rotate_left(uint64_t x, int k) {
    return x << k | x >> (64 - k);
}

Rng rng_new(uint64_t seed) {
    Rng r;
    for (int i = 0; i < 4; i++) {
        uint64_t z = seed += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        r.s[i] = z ^ z >> 31;
    }
    return r;
}

uint64_t rng_u64(Rng *r) {
    uint64_t *s = r->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

/* D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29(1), 2019. */
uint64_t rng_below(Rng *r, uint64_t n) {
    ASSERT(n > 0);
    Uint128 m = (Uint128)rng_u64(r) * n;
    if ((uint64_t)m < n) {
        uint64_t threshold = -n % n;
        while ((uint64_t)m < threshold)
            m = (Uint128)rng_u64(r) * n;
    }
    return (uint64_t)(m >> 64);
}

int64_t rng_between(Rng *r, int64_t lo, int64_t hi) {
    ASSERT(lo <= hi);
    uint64_t span = (uint64_t)hi - (uint64_t)lo;
    uint64_t offset = span == UINT64_MAX ? rng_u64(r) : rng_below(r, span + 1);
    return (int64_t)((uint64_t)lo + offset);
}

bool rng_chance(Rng *r, uint32_t parts_per_million) {
    return rng_below(r, 1000000) < parts_per_million;
}

size_t rng_weighted(Rng *r, const uint32_t *weights, size_t n) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    uint64_t at = rng_below(r, sum);
    size_t i = 0;
    while (at >= weights[i])
        at -= weights[i++];
    return i;
}

void rng_bytes(Rng *r, void *p, size_t n) {
    uint8_t *out = p;
    while (n > 0) {
        uint64_t word = rng_u64(r);
        size_t part = n < sizeof word ? n : sizeof word;
        memcpy(out, &word, part);
        out += part;
        n -= part;
    }
}
