/* suggest.c: "did you mean": optimal string alignment distance (insert, delete, replace, swap two
 * neighbours), bounded, on bytes: names and codes are ASCII. */
#include "model/model_int.h"

#include "base/banned.h"

enum { SUGGEST_N = 48 };

static uint8_t lower(char ch) {
    return ch >= 'A' && ch <= 'Z' ? (uint8_t)(ch + 32) : (uint8_t)ch;
}

static size_t smallest(size_t a, size_t b, size_t c) {
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

static size_t distance(Str a, Str b) {
    uint8_t rows[3][SUGGEST_N + 1];
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.n; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.n; j++) {
            uint8_t x = lower(a.s[i - 1]), y = lower(b.s[j - 1]);
            size_t d = smallest(row[j - 1] + 1u, above[j] + 1u, above[j - 1] + (x != y));
            bool swapped = i > 1 && j > 1 && x == lower(b.s[j - 2]) && lower(a.s[i - 2]) == y;
            if (swapped && above2[j - 2] + 1u < d) d = above2[j - 2] + 1u;
            row[j] = (uint8_t)d;
        }
    }
    return rows[a.n % 3][b.n];
}

/* How many slips of the finger a word of this length may have and still be recognised. */
static size_t slips_allowed(size_t n) {
    if (n <= 2) return 0;
    return n <= 5 ? 1 : n <= 8 ? 2 : 3;
}

Suggest suggest_new(Str want) {
    return (Suggest){ .want = want, .best = STR(""), .best_distance = slips_allowed(want.n) + 1 };
}

void suggest_offer(Suggest *s, Str candidate) {
    if (s->want.n == 0 || s->want.n > SUGGEST_N || candidate.n > SUGGEST_N) return;
    size_t gap = s->want.n < candidate.n ? candidate.n - s->want.n : s->want.n - candidate.n;
    if (gap >= s->best_distance) return;
    size_t d = distance(s->want, candidate);
    if (d >= s->best_distance) return;
    s->best = candidate;
    s->best_distance = d;
}

Str suggest_best(const Suggest *s) {
    return s->best;
}
