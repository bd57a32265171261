/* job_run.c: the threads that do long work. */
#include "op/job_int.h"

#include <errno.h>
#include <time.h>

#include "base/banned.h"

enum { TIDY_EVERY_S = 3600, TIDY_ARENA_MAX = 512 << 20 };

/* --- one job ---------------------------------------------------------------------------------- */

typedef struct JobRun {
    Job *job;
    Arena *arena; /* of the work */
    Ctx c;
    Reading *reading;
    OpCall call;
    Status status;
    JobOutcome outcome; /* in the arena of the work */
} JobRun;

/* Who asked for it, as they are now: an account may have been suspended meanwhile. */
static Status enter_actor(JobRun *r) {
    Job *job = r->job;
    Ctx *c = &r->c;
    Str speaker = str_of(job->speaker);
    const Actor *a;
    if (job->facts.system) {
        Actor *copy = arena_new_of(r->arena, Actor);
        *copy = *actor_system();
        copy->spoken_by = speaker;
        actor_enter(c, copy);
    } else if (job->jobs->table->access) {
        TRY(access_actor_of_user(c, job->jobs->table->access, job->facts.user, speaker, &a));
        /* Whoever asked for the job was let through; so are the calls it makes. */
        Actor *copy = arena_new_of(r->arena, Actor);
        *copy = *a;
        copy->must_change_password = false;
        actor_enter(c, copy);
    } else {
        return FAIL(c, ST_DENIED, NULL, "error.denied", "permission",
                    str_of(permission_name(job->op->needs)), "who", STR(""));
    }
    c->lang = str_of(job->lang);
    return actor_require(c, job->op->needs);
}

static Status work(JobRun *r) {
    Job *job = r->job;
    Ctx *c = &r->c;
    TRY(enter_actor(r));
    r->call = (OpCall){
        .op = job->op,
        .table = job->jobs->table,
        .input = job->input,
        .result = val_map(),
        .reason = val_get_text(job->input, "reason", STR("")),
        .purpose = str_of(job->purpose),
        .client_time = job->client_time,
        .job = job,
    };
    if (job->op->flags & OP_READ) TRY(reading_begin(c, job->jobs->store, &r->reading));
    if (job->op->prepare) TRY(job->op->prepare(c, &r->call));
    TRY(job->op->fn(c, &r->call));
    Buf bytes = buf_new(r->arena, JOB_RESULT_MAX);
    cbor_put_val(&bytes, run_show(c, job->op, r->call.result));
    if (buf_full(&bytes)) return FAIL(c, ST_LIMIT, NULL, "error.job.result_too_large");
    r->outcome.result = buf_text(&bytes);
    return ST_OK;
}

static Status work_guarded(void *run) {
    JobRun *r = run;
    r->c = ctx_new(r->job->jobs->env, r->arena);
    r->c.store = r->job->jobs->store;
    return work(r);
}

/* Why it did not go well. Out of memory there is nothing safe to tell. */
static void tell_errors(JobRun *r, bool stopped) {
    static const Err memory = { ST_MEMORY, STR_INIT(""), STR_INIT("error.memory"),
                                .cause = STR_INIT("") };
    static const Err interrupted = { ST_CANCELLED, STR_INIT(""), STR_INIT("error.job.interrupted"),
                                     .cause = STR_INIT("") };
    r->outcome = (JobOutcome){ .errs = r->c.errs.v, .n_errs = r->c.errs.n };
    if (stopped || r->status == ST_MEMORY)
        r->outcome = (JobOutcome){ .errs = stopped ? &interrupted : &memory, .n_errs = 1 };
}

typedef struct Note {
    const JobRun *run;
    JobFacts facts;
    Arena *arena;
} Note;

static Status note(void *arg) {
    Note *n = arg;
    const Job *job = n->run->job;
    Ctx c = ctx_new(job->jobs->env, n->arena);
    return job_keep(&c, job, &n->facts, &n->run->outcome);
}

/* Durable first, then visible: who sees "done" will find it again. */
static void finish(JobRun *r) {
    Job *job = r->job;
    Jobs *j = job->jobs;
    bool stopped = r->status == ST_CANCELLED && !atomic_load(&job->cancel);
    if (r->status != ST_OK) tell_errors(r, stopped);
    Note n = { .run = r, .arena = arena_new(j->env, 4 * (size_t)JOB_KEPT_ARENA_MAX) };
    pthread_mutex_lock(&j->lock); /* a cancel may be writing into them */
    n.facts = job->facts;
    pthread_mutex_unlock(&j->lock);
    n.facts.state = r->status == ST_OK                      ? JOB_DONE
                    : r->status == ST_CANCELLED && !stopped ? JOB_CANCELLED
                                                            : JOB_FAILED;
    n.facts.ended_at = env_now(j->env);
    Status kept = guard_run(n.arena, note, &n);
    if (kept != ST_OK) log_warn(j->env, "job_not_saved", "status", status_name(kept), NULL);
    arena_free(n.arena);
    pthread_mutex_lock(&j->lock);
    job->facts.state = kept == ST_OK ? n.facts.state : JOB_FAILED;
    job->facts.unsaved = kept != ST_OK;
    job->facts.ended_at = n.facts.ended_at;
    job_moved(job);
    arena_free(job->input_arena);
    job->input_arena = NULL;
    pthread_mutex_unlock(&j->lock);
}

static void run(Job *job) {
    JobRun r = { .job = job, .arena = arena_new(job->jobs->env, JOB_ARENA_MAX) };
    r.status = guard_run(r.arena, work_guarded, &r);
    reading_end(r.reading);
    finish(&r);
    arena_free(r.arena);
}

/* --- the threads ------------------------------------------------------------------------------ */

static Job *next_queued(Jobs *j) {
    for (size_t i = 0; i < j->n; i++)
        if (j->all[i]->facts.state == JOB_QUEUED) return j->all[i];
    return NULL;
}

typedef struct Tidy {
    Jobs *jobs;
    Arena *arena;
} Tidy;

static Status tidy_guarded(void *arg) {
    Tidy *t = arg;
    Ctx c = ctx_new(t->jobs->env, t->arena);
    return jobs_expire(&c, t->jobs);
}

static void tidy(Jobs *j) {
    Tidy t = { j, arena_new(j->env, TIDY_ARENA_MAX) };
    Status st = guard_run(t.arena, tidy_guarded, &t);
    if (st != ST_OK) log_warn(j->env, "old_jobs_not_dropped", "status", status_name(st), NULL);
    arena_free(t.arena);
}

/* The next job, held; NULL: an hour has gone by without one, or the end. */
static Job *take(Jobs *j, bool *ret_closing) {
    struct timespec until = env_steady_after(TIDY_EVERY_S * 1000);
    pthread_mutex_lock(&j->lock);
    Job *job = NULL;
    while (!j->closing && !(job = next_queued(j)))
        if (pthread_cond_timedwait(&j->filled, &j->lock, &until) == ETIMEDOUT) break;
    if (job) {
        job->refs++;
        job->facts.state = JOB_RUNNING;
        job->facts.began_at = env_now(j->env);
        job->erasures = atomic_load(&j->erasures);
        job_moved(job);
    }
    *ret_closing = j->closing;
    pthread_mutex_unlock(&j->lock);
    return job;
}

void *job_thread(void *jobs) {
    Jobs *j = jobs;
    bool closing = false;
    if (!atomic_exchange(&j->tidied, true)) tidy(j);
    while (!closing) {
        Job *job = take(j, &closing);
        if (!job) {
            if (!closing) tidy(j);
            continue;
        }
        run(job);
        pthread_mutex_lock(&j->lock);
        job_release(job);
        pthread_mutex_unlock(&j->lock);
    }
    return NULL;
}

/* --- the pool --------------------------------------------------------------------------------- */

typedef struct Make {
    Jobs *jobs;
    Arena *arena;
    Job *job;
} Make;

static Status make(void *arg) {
    Make *m = arg;
    Job *job = arena_new_of(m->arena, Job);
    job->jobs = m->jobs;
    job->arena = m->arena;
    job->input_arena = arena_new(m->jobs->env, JOB_ARENA_MAX);
    job->refs = 1;
    job->facts.version = 1;
    job->facts.queued_at = job->facts.began_at = job->facts.ended_at = TIME_NONE;
    m->job = job;
    return ST_OK;
}

Job *job_new(Jobs *j) {
    Make m = { .jobs = j, .arena = arena_new(j->env, JOB_SELF_ARENA_MAX) };
    if (guard_run(m.arena, make, &m) == ST_OK) return m.job;
    arena_free(m.arena);
    return NULL;
}

static Status start_threads(Ctx *c, Jobs *j) {
    for (size_t i = 0; i < JOB_THREADS; i++) {
        if (pthread_create(&j->threads[i], NULL, job_thread, j) != 0)
            return FAIL(c, ST_BUSY, NULL, "error.busy");
        j->n_threads++;
    }
    return ST_OK;
}

Status jobs_open(Ctx *c, Store *s, const OpTable *t, Jobs **ret_jobs) {
    Arena *arena = arena_new(c->env, 1 << 20);
    Jobs *j = arena_new_of(arena, Jobs);
    j->env = c->env;
    j->store = s;
    j->table = t;
    j->arena = arena;
    pthread_mutex_init(&j->lock, NULL);
    env_steady_cond(&j->filled);
    env_steady_cond(&j->changed);
    c->store = s;
    Status st = jobs_restore(c, j);
    if (st == ST_OK) st = start_threads(c, j);
    if (st != ST_OK) {
        jobs_close(j);
        return st;
    }
    *ret_jobs = j;
    return ST_OK;
}

void jobs_close(Jobs *j) {
    if (!j) return;
    pthread_mutex_lock(&j->lock);
    j->closing = true;
    pthread_cond_broadcast(&j->filled);
    pthread_cond_broadcast(&j->changed);
    pthread_mutex_unlock(&j->lock);
    for (size_t i = 0; i < j->n_threads; i++)
        pthread_join(j->threads[i], NULL);
    pthread_mutex_lock(&j->lock);
    while (j->n > 0)
        job_release(j->all[--j->n]);
    pthread_mutex_unlock(&j->lock);
    pthread_cond_destroy(&j->filled);
    pthread_cond_destroy(&j->changed);
    pthread_mutex_destroy(&j->lock);
    arena_free(j->arena);
}
