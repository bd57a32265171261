/* env.c: the machine's world and the virtual one. */
#define BANNED_EXEMPT /* this is where system memory comes from */
#include "base/env.h"

#include "base/rng.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

/* --- the machine's ---------------------------------------------------------------------------- */

static int64_t clock_us(clockid_t id) {
    struct timespec t;
    if (clock_gettime(id, &t) != 0) BUG("clock_gettime failed");
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static Time system_now(Env *env) {
    (void)env;
    return clock_us(CLOCK_REALTIME);
}

static int64_t system_monotonic_us(Env *env) {
    (void)env;
    return clock_us(CLOCK_MONOTONIC);
}

int64_t env_steady_ms(void) {
    return clock_us(CLOCK_MONOTONIC) / 1000;
}

struct timespec env_steady_after(int64_t ms) {
    int64_t us = clock_us(CLOCK_MONOTONIC) + ms * 1000;
    return (struct timespec){ .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
}

void env_steady_cond(pthread_cond_t *cond) {
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &steady);
    pthread_condattr_destroy(&steady);
}

static void kernel_random(void *p, size_t n) {
    uint8_t *out = p;
    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) BUG("getrandom failed");
        out += got;
        n -= (size_t)got;
    }
}

/* Small requests (ids, nonces) share a system call. What was handed out is wiped, and a forked
 * child, told by the generation, does not repeat its parent's bytes. */
typedef struct RandomStock {
    uint8_t bytes[256];
    size_t left;
    unsigned generation;
} RandomStock;

static _Thread_local RandomStock stock;
static _Atomic unsigned fork_generation;
static pthread_once_t fork_once = PTHREAD_ONCE_INIT;

static void note_fork(void) {
    fork_generation++;
}

static void watch_forks(void) {
    if (pthread_atfork(NULL, NULL, note_fork) != 0) BUG("pthread_atfork failed");
}

static void system_random_bytes(Env *env, void *p, size_t n) {
    (void)env;
    if (n > sizeof stock.bytes / 4) {
        kernel_random(p, n);
        return;
    }
    pthread_once(&fork_once, watch_forks);
    unsigned generation = fork_generation;
    if (stock.left < n || stock.generation != generation) {
        kernel_random(stock.bytes, sizeof stock.bytes);
        stock.left = sizeof stock.bytes;
        stock.generation = generation;
    }
    uint8_t *from = stock.bytes + (sizeof stock.bytes - stock.left);
    memcpy(p, from, n);
    explicit_bzero(from, n);
    stock.left -= n;
}

Env *env_system(void) {
    static Env env = {
        .now = system_now,
        .monotonic_us = system_monotonic_us,
        .random_bytes = system_random_bytes,
        .seed_lock = ATOMIC_FLAG_INIT,
    };
    return &env;
}

/* --- the virtual one -------------------------------------------------------------------------- */

static Time virtual_now(Env *env) {
    return env->virtual_now;
}

static int64_t virtual_monotonic_us(Env *env) {
    return env->virtual_now;
}

static void virtual_random_bytes(Env *env, void *p, size_t n) {
    while (atomic_flag_test_and_set_explicit(&env->seed_lock, memory_order_acquire))
        continue;
    Rng r;
    memcpy(r.s, env->seed_state, sizeof r.s);
    rng_bytes(&r, p, n);
    memcpy(env->seed_state, r.s, sizeof r.s);
    atomic_flag_clear_explicit(&env->seed_lock, memory_order_release);
}

void env_test_init(Env *env, uint64_t seed, Time start) {
    memset(env, 0, sizeof *env);
    env->now = virtual_now;
    env->monotonic_us = virtual_monotonic_us;
    env->random_bytes = virtual_random_bytes;
    env->virtual_now = start;
    Rng r = rng_new(seed);
    memcpy(env->seed_state, r.s, sizeof r.s);
    atomic_flag_clear(&env->seed_lock);
}

void env_advance(Env *env, Time by) {
    env->virtual_now += by;
}

/* --- faults and memory ------------------------------------------------------------------------ */

bool env_fault_here(Env *env, EnvFaultKind kind) {
    EnvFault *f = &env->fault[kind];
    uint64_t nth = atomic_fetch_add_explicit(&f->count, 1, memory_order_relaxed) + 1;
    if (f->fail_at == 0) return false;
    return f->sticky ? nth >= f->fail_at : nth == f->fail_at;
}

void env_fsync_delay(Env *env) {
    int64_t us = env->fsync_delay_us;
    if (us <= 0) return;
    struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        continue;
}

void *env_sysalloc(Env *env, size_t n) {
    if (env && env_fault_here(env, FAULT_ALLOC)) return NULL;
    return calloc(1, n ? n : 1);
}

void env_sysfree(void *p) {
    free(p);
}
