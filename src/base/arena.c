/* arena.c: a bump allocator over a list of chunks, newest first.
 *
 * Invariant: bytes of a chunk above `used` are zero, so that allocation need not clear anything. */
#include "base/arena.h"

#include "base/env.h"
#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define ARENA_ASAN
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#endif

enum { ALIGNMENT = 16, FIRST_CHUNK_N = 16 << 10, LARGEST_CHUNK_N = 1 << 20 };

typedef struct Chunk {
    struct Chunk *older;
    size_t size, used; /* of bytes */
    _Alignas(ALIGNMENT) uint8_t bytes[];
} Chunk;

typedef struct Cleanup {
    struct Cleanup *older;
    void (*fn)(void *);
    void *arg;
} Cleanup;

struct Arena {
    Env *env;
    size_t cap;    /* of the sum of chunk sizes */
    size_t held;   /* that sum */
    size_t given;  /* to the callers */
    size_t next_n; /* usual size of the next chunk */
    Chunk *newest; /* NULL before the first allocation */
    Cleanup *cleanups;
    bool guarded;
    jmp_buf guard;
};

static _Noreturn void out_of_memory(Arena *a, size_t wanted) {
    if (a->guarded) longjmp(a->guard, 1);
    fprintf(stderr, "<3>event=out_of_memory wanted=%zu held=%zu cap=%zu\n", wanted, a->held,
            a->cap);
    abort();
}

/* n rounded up to the alignment; an empty allocation takes room too, to have its own address. */
static size_t rounded(Arena *a, size_t n) {
    if (n > PTRDIFF_MAX - ALIGNMENT) out_of_memory(a, n);
    return n ? (n + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1) : ALIGNMENT;
}

/* The chunk is not in the list yet: the caller puts it there. */
static Chunk *chunk_new(Arena *a, size_t need, size_t replaced) {
    size_t room = a->cap - (a->held - replaced);
    if (need > room) out_of_memory(a, need);
    size_t size = a->next_n < room ? a->next_n : room;
    if (size < need) size = need;
    Chunk *k = env_sysalloc(a->env, sizeof(Chunk) + size);
    if (!k) out_of_memory(a, need);
    k->size = size;
    POISON(k->bytes, size);
    if (a->next_n < LARGEST_CHUNK_N) a->next_n *= 2;
    return k;
}

static void chunk_free(Arena *a, Chunk *k) {
    a->held -= k->size;
    UNPOISON(k->bytes, k->size);
    env_sysfree(k);
}

static void run_cleanups(Arena *a) {
    while (a->cleanups) {
        Cleanup *c = a->cleanups;
        a->cleanups = c->older;
        c->fn(c->arg);
    }
}

Arena *arena_new(Env *env, size_t cap_bytes) {
    /* Not counted as an allocation that tests may fail: no guard could be set yet. */
    Arena *a = env_sysalloc(NULL, sizeof(Arena));
    if (!a) {
        fprintf(stderr, "<3>event=out_of_memory\n");
        abort();
    }
    a->env = env;
    a->cap = cap_bytes;
    a->next_n = FIRST_CHUNK_N;
    return a;
}

void arena_free(Arena *a) {
    if (!a) return;
    run_cleanups(a);
    while (a->newest) {
        Chunk *k = a->newest;
        a->newest = k->older;
        chunk_free(a, k);
    }
    env_sysfree(a);
}

void arena_reset(Arena *a) {
    run_cleanups(a);
    Chunk *kept = NULL; /* the largest of usual size: what comes next likely needs as much */
    while (a->newest) {
        Chunk *k = a->newest, *dropped = k;
        a->newest = k->older;
        if (k->size <= LARGEST_CHUNK_N && (!kept || k->size > kept->size)) {
            dropped = kept;
            kept = k;
        }
        if (dropped) chunk_free(a, dropped);
    }
    a->newest = kept;
    a->next_n = FIRST_CHUNK_N;
    if (kept) {
        UNPOISON(kept->bytes, kept->used);
        memset(kept->bytes, 0, kept->used);
        kept->used = 0;
        kept->older = NULL;
        POISON(kept->bytes, kept->size);
        a->next_n = kept->size < LARGEST_CHUNK_N ? 2 * kept->size : LARGEST_CHUNK_N;
    }
    a->given = 0;
}

void *arena_alloc(Arena *a, size_t n) {
    size_t need = rounded(a, n);
    Chunk *k = a->newest;
    if (!k || k->size - k->used < need) {
        k = chunk_new(a, need, 0);
        a->held += k->size;
        k->older = a->newest;
        a->newest = k;
    }
    uint8_t *p = k->bytes + k->used;
    k->used += need;
    a->given += need;
    UNPOISON(p, n);
    return p;
}

void *arena_alloc_array(Arena *a, size_t n, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(n, size, &total)) out_of_memory(a, SIZE_MAX);
    return arena_alloc(a, total);
}

void *arena_copy(Arena *a, const void *bytes, size_t n) {
    void *p = arena_alloc(a, n);
    if (n) memcpy(p, bytes, n);
    return p;
}

/* The newest chunk holds this allocation alone: exchange the chunk, so that a large growing array
 * is not held twice. An only chunk stays, for arena_reset() to keep. */
static void *replace_chunk(Arena *a, size_t old_n, size_t new_n) {
    Chunk *old = a->newest;
    size_t need = rounded(a, new_n);
    Chunk *k = chunk_new(a, need, old->size);
    k->used = need;
    UNPOISON(k->bytes, new_n);
    memcpy(k->bytes, old->bytes, old_n);
    a->given += need - old->used;
    k->older = old->older;
    a->held += k->size;
    a->newest = k;
    chunk_free(a, old);
    return k->bytes;
}

void *arena_grow(Arena *a, void *p, size_t old_n, size_t new_n) {
    if (!p) return arena_alloc(a, new_n);
    if (new_n <= old_n) return p;
    size_t had = rounded(a, old_n), need = rounded(a, new_n);
    Chunk *k = a->newest;
    if (k && k->used >= had && (uint8_t *)p == k->bytes + (k->used - had)) {
        if (need - had <= k->size - k->used) {
            k->used += need - had;
            a->given += need - had;
            UNPOISON(p, new_n);
            return p;
        }
        if (k->used == had && k->older) return replace_chunk(a, old_n, new_n);
    }
    void *q = arena_alloc(a, new_n);
    memcpy(q, p, old_n);
    return q;
}

void arena_defer(Arena *a, void (*fn)(void *), void *arg) {
    Cleanup *c = arena_new_of(a, Cleanup);
    *c = (Cleanup){ a->cleanups, fn, arg };
    a->cleanups = c;
}

size_t arena_used(const Arena *a) {
    return a->given;
}

Env *arena_env(const Arena *a) {
    return a->env;
}

jmp_buf *arena_guard_slot(Arena *a) {
    a->guarded = true;
    return &a->guard;
}

bool arena_guarded(const Arena *a) {
    return a->guarded;
}

void arena_unguard(Arena *a) {
    a->guarded = false;
}
