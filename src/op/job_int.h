/* job_int.h: how jobs are kept; private to the room. */
#ifndef OP_JOB_INT_H
#define OP_JOB_INT_H

#include "op/op_int.h"

#include <pthread.h>

enum {
    JOB_OP_N = 64,
    JOB_PHASE_N = 64,
    JOB_SPEAKER_N = 64,
    JOB_PURPOSE_N = 32,
    JOB_LANG_N = 16,
    JOBS_MAX = JOBS_KEPT + JOBS_WAITING_MAX + JOB_THREADS,
    JOB_ARENA_MAX = 1 << 30,       /* of the work */
    JOB_SELF_ARENA_MAX = 1 << 20,  /* of the job itself */
    JOB_KEPT_ARENA_MAX = 16 << 20, /* of result and errors */
};

/* What a job ended with. It is kept in LOCAL only, where an erasure finds it. */
typedef struct JobOutcome {
    Str result; /* CBOR; s == NULL: none */
    const Err *errs;
    size_t n_errs;
} JobOutcome;

/* What may be copied out under the lock. */
typedef struct JobFacts {
    Id id, user;
    bool system;
    JobState state;
    uint64_t version;
    int64_t done, total;
    Time queued_at, began_at, ended_at;
    char op[JOB_OP_N], phase[JOB_PHASE_N];
    Id idempotency;
    uint64_t input_hash;
    uint32_t op_no;
    bool unsaved; /* it ended, and what it ended with could not be saved */
} JobFacts;

struct Job {
    Jobs *jobs;
    JobFacts facts; /* under jobs->lock */
    _Atomic bool cancel;
    uint32_t refs;     /* under jobs->lock: the list's, a reader's */
    Arena *arena;      /* the job itself lives in it */
    uint64_t erasures; /* as many as there had been when it began */
    /* Until it has run. */
    const Op *op;
    Arena *input_arena;
    Val input;
    Time client_time;
    char speaker[JOB_SPEAKER_N], purpose[JOB_PURPOSE_N], lang[JOB_LANG_N];
};

struct Jobs {
    Env *env;
    Store *store;
    const OpTable *table;
    Arena *arena;
    pthread_mutex_t lock;
    pthread_cond_t filled;  /* something is queued, or the end */
    pthread_cond_t changed; /* some job's version */
    Job *all[JOBS_MAX];     /* oldest first */
    size_t n;
    _Atomic bool closing;      /* set under the lock */
    _Atomic bool tidied;       /* once at the start, then every hour */
    _Atomic uint64_t erasures; /* grows on the writer's thread */
    pthread_t threads[JOB_THREADS];
    size_t n_threads;
};

/* A short text into a fixed place; cut at a code point. */
void job_text(char *out, size_t room, Str text);

/* ---- job.c: the list. With the lock held. ---- */
Job *job_at(Jobs *j, Id id);
void job_moved(Job *job); /* its version grows; whoever waits looks again */
/* Puts it at the end; makes room by dropping the oldest that has ended. */
void job_add(Jobs *j, Job *job);
void job_release(Job *job);

/* ---- job_keep.c: LOCAL ---- */
/* outcome: NULL before the end, and for what ended without one. */
Status job_keep(Ctx *c, const Job *job, const JobFacts *facts, const JobOutcome *outcome) CHECKED;
/* Reads what the last run left into the list. */
Status jobs_restore(Ctx *c, Jobs *j) CHECKED;
/* Forgets old jobs and old replies. */
Status jobs_expire(Ctx *c, Jobs *j) CHECKED;
/* Fills result and errors of a view of a job that has ended. */
Status job_outcome_read(Ctx *c, Jobs *j, JobView *v) CHECKED;

/* ---- job_run.c ---- */
Job *job_new(Jobs *j); /* NULL: no memory */
void *job_thread(void *jobs);

#endif
