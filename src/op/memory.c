/* memory.c: arenas that may run over, and readings apart from them. */
#include "op/op_int.h"

#include "base/banned.h"

enum { READING_ARENA_MAX = 1 << 20 };

static Status run_in_guard(Arena *a, Guarded fn, void *arg) {
    if (ARENA_GUARD(a) != 0) return ST_MEMORY;
    return fn(arg);
}

Status guard_run(Arena *a, Guarded fn, void *arg) {
    Status st = run_in_guard(a, fn, arg);
    arena_unguard(a);
    return st;
}

Err *errs_copy(Arena *a, const Err *errs, size_t n) {
    Err *copy = arena_array(a, Err, n);
    for (size_t i = 0; i < n; i++) {
        copy[i] = errs[i];
        copy[i].path = str_copy(a, errs[i].path);
        copy[i].key = str_copy(a, errs[i].key);
        copy[i].cause = str_copy(a, errs[i].cause);
        for (size_t j = 0; j < errs[i].n_args; j++)
            copy[i].args[j] =
                (ErrArg){ str_copy(a, errs[i].args[j].name), str_copy(a, errs[i].args[j].value) };
    }
    return copy;
}

void errs_carry(Ctx *to, const Ctx *from) {
    Err *copy = errs_copy(to->arena, from->errs.v, from->errs.n);
    for (size_t i = 0; i < from->errs.n; i++) {
        if (to->errs.n < ERRS_MAX)
            vec_push(to->arena, &to->errs, copy[i]);
        else
            to->errs_dropped++;
    }
    to->errs_dropped += from->errs_dropped;
}

/* --- readings --------------------------------------------------------------------------------- */

static void reading_free(void *reading) {
    Reading *r = reading;
    arena_free(r->arena); /* gives the connection back */
    r->arena = NULL;
}

typedef struct Begin {
    Ctx inner;
    Store *store;
} Begin;

static Status begin(void *arg) {
    Begin *b = arg;
    return store_read_begin(b->store, &b->inner);
}

Status reading_begin(Ctx *c, Store *s, Reading **ret) {
    Reading *r = arena_new_of(c->arena, Reading);
    r->c = c;
    *ret = r;
    if (c->reader) return ST_OK;
    arena_defer(c->arena, reading_free, r);
    r->arena = arena_new(c->env, READING_ARENA_MAX);
    Begin b = { .inner = *c, .store = s };
    b.inner.arena = r->arena;
    b.inner.errs.v = NULL;
    b.inner.errs.n = b.inner.errs.cap = 0;
    Status st = guard_run(r->arena, begin, &b);
    if (st != ST_OK) {
        if (b.inner.errs.n)
            errs_carry(c, &b.inner);
        else
            st = FAIL(c, st, NULL, "error.memory");
        reading_free(r);
        return st;
    }
    c->store = s;
    c->reader = b.inner.reader;
    return ST_OK;
}

void reading_end(Reading *r) {
    if (!r || !r->arena) return;
    r->c->reader = NULL;
    reading_free(r);
}
