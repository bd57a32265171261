/* map.h: byte string → pointer, in an arena. Keys are copied. Order of map_each is of insertion. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

typedef struct MapEntry {
    Str key;
    void *value;
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries; /* in order of insertion */
    size_t n, cap;
    uint32_t *slots; /* entry index + 1; 0 is empty */
    size_t n_slots;
} Map;

Map map_new(Arena *a);
/* Sets or replaces. */
void map_put(Map *m, Str key, void *value);
/* NULL when absent; use map_has where NULL is a value. */
void *map_get(const Map *m, Str key);
bool map_has(const Map *m, Str key);
uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed);

#endif
