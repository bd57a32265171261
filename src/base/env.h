/* env.h: the world as a parameter: clock, randomness, memory, files, sockets.
 *
 * env_system() is the machine's; env_test() has a virtual clock and seeded randomness, so that a
 * whole node runs in a repeatable test. Every system allocation, write, fsync and read passes
 * env_fault_here(): a test sets `env->fault[kind].fail_at = n` and the n-th one fails (and, with
 * .sticky, all after it). Counters are always kept: benchmarks read them. Thread-safe but for the
 * setters. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include "base/time.h"

#include <pthread.h>
#include <stdatomic.h>

typedef enum EnvFaultKind {
    FAULT_ALLOC,
    FAULT_READ,
    FAULT_WRITE,
    FAULT_FSYNC,
    FAULT_KINDS
} EnvFaultKind;

typedef struct EnvFault {
    _Atomic uint64_t count; /* how often it happened */
    uint64_t fail_at;       /* 1-based; 0 = never */
    bool sticky;            /* fail from there on */
} EnvFault;

struct Env {
    Time (*now)(Env *);
    int64_t (*monotonic_us)(Env *);
    void (*random_bytes)(Env *, void *p, size_t n);
    EnvFault fault[FAULT_KINDS];
    int64_t fsync_delay_us; /* injected latency, for benchmarks of slow disks */
    _Atomic bool stop;      /* asked to stop: long work looks at it */
    /* env_test only */
    _Atomic Time virtual_now;
    uint64_t seed_state[4];
    atomic_flag seed_lock;
};

/* The machine's own; static, one for the process. */
Env *env_system(void);
/* Initialises *env as a virtual world. The clock stands still until env_advance(). */
void env_test_init(Env *env, uint64_t seed, Time start);
void env_advance(Env *env, Time by);

static inline Time env_now(Env *env) {
    return env->now(env);
}
static inline void env_random(Env *env, void *p, size_t n) {
    env->random_bytes(env, p, n);
}
static inline int64_t env_monotonic_us(Env *env) {
    return env->monotonic_us(env);
}
/* What threads wait by: the machine's steady clock, in a virtual world too, where env_monotonic_us() stands
 * still. env_steady_after() is for pthread_cond_timedwait() on a condition of env_steady_cond(). */
int64_t env_steady_ms(void);
struct timespec env_steady_after(int64_t ms);
void env_steady_cond(pthread_cond_t *cond);
/* Counts one event; true when it must fail. */
bool env_fault_here(Env *env, EnvFaultKind kind);
/* After a failing or a passing fsync: sleeps the injected delay. */
void env_fsync_delay(Env *env);

/* System memory, zeroed: for arenas and library borders only. NULL when there is none. Without an
 * env it is not counted. */
void *env_sysalloc(Env *env, size_t n);
void env_sysfree(void *p);

/* Files. Paths are NUL-terminated. Errors are noted in c with key "error.file.*" or "error.net.*"
 * and the value "path"; the cause names the call and errno. A missing file to read is ST_MISSING,
 * one above the limit ST_LIMIT, all else ST_IO. Only regular files are read. */
Status env_read_file(Ctx *c, const char *path, size_t limit_bytes, Str *ret_bytes) CHECKED;
/* Writes path.tmp, fsyncs it, renames, fsyncs the folder: all or nothing. mode as in open(2).
 * On an error before the rename the old file stands; after it (fsync of the folder) the new one. */
Status env_write_file(Ctx *c, const char *path, unsigned mode, Str bytes) CHECKED;
Status env_make_folder(Ctx *c, const char *path, unsigned mode) CHECKED; /* fine if it exists */
bool env_file_exists(const char *path);
Status env_remove_file(Ctx *c, const char *path) CHECKED; /* fine if missing */

/* For rooms that touch files themselves: notes `key`, the value "path", the cause "call: EXXX". */
Status env_fail_file(Ctx *c, Status status, const char *key, const char *path, const char *call,
                     int errno_value);

/* Sockets: a listening socket on a loopback or other address, or on a file-system path (0600, at
 * most 107 bytes). A stale socket file is replaced when nobody answers on it; else ST_CONFLICT.
 * Connecting where nobody listens is ST_MISSING. */
Status env_listen_tcp(Ctx *c, const char *address, uint16_t port, int *ret_fd) CHECKED;
Status env_listen_unix(Ctx *c, const char *path, int *ret_fd) CHECKED;
Status env_connect_unix(Ctx *c, const char *path, int *ret_fd) CHECKED;

#endif
