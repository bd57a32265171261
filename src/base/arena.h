/* arena.h: memory of one request, job or test.
 *
 * Everything a request needs is allocated from its arena and lives until arena_free() or
 * arena_reset(). Other resources register a clean-up with arena_defer(); clean-ups run in reverse
 * order. Memory is zeroed. An arena belongs to one thread at a time.
 *
 * Running over the cap (or a failed system allocation) does not return: it longjmps to the point
 * set with ARENA_GUARD, normally the dispatcher's, or ends the program with a message where none
 * is set. This is the only longjmp of the program. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <setjmp.h>

typedef struct Env Env;

/* cap_bytes: the most this arena may hold, chosen at its birth. */
Arena *arena_new(Env *env, size_t cap_bytes);
void arena_free(Arena *a);
/* Runs the clean-ups and forgets everything, keeping the largest chunk (1 MiB at most) for reuse. */
void arena_reset(Arena *a);
void *arena_alloc(Arena *a, size_t n);
/* Grows an allocation; in place when it is the newest. */
void *arena_grow(Arena *a, void *p, size_t old_n, size_t new_n);
void arena_defer(Arena *a, void (*fn)(void *), void *arg);
size_t arena_used(const Arena *a);
Env *arena_env(const Arena *a);

/* if (ARENA_GUARD(a) != 0) { ... out of memory ... }  The guard holds until arena_unguard(). */
jmp_buf *arena_guard_slot(Arena *a);
void arena_unguard(Arena *a);
bool arena_guarded(const Arena *a);
#define ARENA_GUARD(a) setjmp(*arena_guard_slot(a))

#define arena_new_of(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define arena_array(a, T, n) ((T *)arena_alloc_array((a), (n), sizeof(T)))
void *arena_alloc_array(Arena *a, size_t n, size_t size);
void *arena_copy(Arena *a, const void *bytes, size_t n);

#endif
