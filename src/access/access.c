/* access.c: opening and closing the room. */
#include "access/access_int.h"

#include "base/banned.h"

enum { ACCESS_ARENA_MAX = 64 << 20 };

Status access_open(Ctx *c, Store *s, const AccessOptions *o, Access **ret_access) {
    Arena *arena = arena_new(c->env, ACCESS_ARENA_MAX);
    Access *a = arena_new_of(arena, Access);
    a->env = c->env;
    a->store = s;
    a->arena = arena;
    a->throttle = arena_new_of(arena, Throttle);
    env_random(c->env, &a->throttle->seed, sizeof a->throttle->seed);
    Status st = password_slots_open(c, &a->slots, o);
    if (st != ST_OK) {
        arena_free(arena);
        return st;
    }
    pthread_mutex_init(&a->throttle->lock, NULL);
    pthread_mutex_init(&a->actors.lock, NULL);
    session_table_open(&a->sessions, arena);
    st = sessions_restore(c, a);
    Status started = audit_start(c, a);
    if (st == ST_OK) st = started;
    if (st != ST_OK) {
        access_close(a);
        return st;
    }
    *ret_access = a;
    return ST_OK;
}

void access_close(Access *a) {
    if (!a) return;
    audit_stop(a);
    actor_cache_clear(&a->actors);
    password_slots_close(&a->slots);
    pthread_mutex_destroy(&a->sessions.lock);
    pthread_mutex_destroy(&a->actors.lock);
    pthread_mutex_destroy(&a->throttle->lock);
    arena_free(a->arena);
}
