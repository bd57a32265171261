/* rng.h: seeded pseudo-random numbers for tests, demo data and samples (xoshiro256**, Blackman and
 * Vigna 2018; seeded by splitmix64). Never for keys: those come from env_random(). */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include "base/str.h"

typedef struct Rng {
    uint64_t s[4];
} Rng;

Rng rng_new(uint64_t seed);
uint64_t rng_u64(Rng *r);
/* Uniform in [0, n); n > 0. Unbiased (Lemire 2019). */
uint64_t rng_below(Rng *r, uint64_t n);
/* Uniform in [lo, hi]. */
int64_t rng_between(Rng *r, int64_t lo, int64_t hi);
/* True with probability parts_per_million / 1e6. */
bool rng_chance(Rng *r, uint32_t parts_per_million);
/* Index drawn with the given weights (sum > 0). */
size_t rng_weighted(Rng *r, const uint32_t *weights, size_t n);
void rng_bytes(Rng *r, void *p, size_t n);

#endif
