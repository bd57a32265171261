/* job.c: the list of jobs: asking for one, looking, waiting, cancelling.
 *
 * The lock is held for copying small facts only: nothing allocates from an arena under it, since
 * that may jump away, and nothing is written to the store under it. */
#include "op/job_int.h"

#include <errno.h>
#include <time.h>

#include "base/banned.h"

static const char *const state_names[] = {
    [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running",     [JOB_DONE] = "done",
    [JOB_FAILED] = "failed", [JOB_CANCELLED] = "cancelled",
};

const char *job_state_name(JobState s) {
    ASSERT(s <= JOB_CANCELLED);
    return state_names[s];
}

void job_text(char *out, size_t room, Str text) {
    size_t n = text.n < room ? text.n : room - 1;
    while (n > 0 && n < text.n && ((unsigned char)text.s[n] & 0xC0) == 0x80)
        n--;
    if (n) memcpy(out, text.s, n);
    out[n] = '\0';
}

static bool is_over(const Job *job) {
    return job->facts.state >= JOB_DONE;
}

/* --- the list, with the lock held ------------------------------------------------------------- */

Job *job_at(Jobs *j, Id id) {
    for (size_t i = j->n; i-- > 0;)
        if (id_eq(j->all[i]->facts.id, id)) return j->all[i];
    return NULL;
}

void job_moved(Job *job) {
    job->facts.version++;
    pthread_cond_broadcast(&job->jobs->changed);
}

void job_release(Job *job) {
    if (--job->refs > 0) return;
    arena_free(job->input_arena);
    arena_free(job->arena);
}

void job_add(Jobs *j, Job *job) {
    size_t over = 0;
    for (size_t i = 0; i < j->n; i++)
        over += is_over(j->all[i]);
    for (size_t i = 0; i < j->n && (over >= JOBS_KEPT || j->n == JOBS_MAX); i++) {
        if (!is_over(j->all[i])) continue;
        job_release(j->all[i]);
        memmove(&j->all[i], &j->all[i + 1], (j->n - i - 1) * sizeof(Job *));
        j->n--;
        over--;
        i--;
    }
    ASSERT(j->n < JOBS_MAX);
    j->all[j->n++] = job;
}

/* --- asking for one --------------------------------------------------------------------------- */

/* The first job of an idempotency key. */
static Job *job_of_key(Jobs *j, Id key) {
    for (size_t i = 0; i < j->n; i++)
        if (id_eq(j->all[i]->facts.idempotency, key)) return j->all[i];
    return NULL;
}

typedef enum Asked { ASK_NEW, ASK_AGAIN, ASK_OTHER, ASK_CROWDED } Asked;

/* With the lock held. */
static Asked ask(Jobs *j, const Run *r, Id *ret_job) {
    Id key = r->op->flags & OP_IDEMPOTENT ? r->q->idempotency : ID_NONE;
    Job *first = id_is_none(key) ? NULL : job_of_key(j, key);
    if (first) {
        const JobFacts *f = &first->facts;
        *ret_job = f->id;
        bool same = f->op_no == r->op->no && f->input_hash == r->input_hash &&
                    id_eq(f->user, r->c->actor->user);
        return same ? ASK_AGAIN : ASK_OTHER;
    }
    size_t waiting = 0;
    for (size_t i = 0; i < j->n; i++)
        waiting += j->all[i]->facts.state == JOB_QUEUED;
    return waiting >= JOBS_WAITING_MAX || j->closing ? ASK_CROWDED : ASK_NEW;
}

typedef struct Fill {
    Job *job;
    const Run *r;
} Fill;

static Status fill_input(void *arg) {
    Fill *f = arg;
    f->job->input = val_copy(f->job->input_arena, f->r->call.input);
    return ST_OK;
}

static Status job_fill(Job *job, const Run *r) {
    const Actor *a = r->c->actor;
    Fill fill = { job, r };
    job->op = r->op;
    job->client_time = r->q->client_time;
    job_text(job->speaker, sizeof job->speaker, a->spoken_by);
    job_text(job->purpose, sizeof job->purpose, r->call.purpose);
    job_text(job->lang, sizeof job->lang, r->c->lang);
    job_text(job->facts.op, sizeof job->facts.op, str_of(r->op->name));
    job->facts.id = id_new(r->c->env);
    job->facts.user = a->user;
    job->facts.system = a->system;
    job->facts.queued_at = r->c->now;
    job->facts.idempotency = r->op->flags & OP_IDEMPOTENT ? r->q->idempotency : ID_NONE;
    job->facts.input_hash = r->input_hash;
    job->facts.op_no = r->op->no;
    return guard_run(job->input_arena, fill_input, &fill);
}

static void drop_later(void *job) {
    Job *k = *(Job **)job;
    if (!k) return;
    pthread_mutex_lock(&k->jobs->lock);
    job_release(k);
    pthread_mutex_unlock(&k->jobs->lock);
}

/* A job that c->arena gives back should anything go wrong before *place is cleared. */
static Job **job_make(Ctx *c, Jobs *j) {
    Job **place = arena_new_of(c->arena, Job *);
    arena_defer(c->arena, drop_later, place);
    *place = job_new(j);
    return place;
}

static Status asked_status(Ctx *c, Asked asked) {
    if (asked == ASK_OTHER) return FAIL(c, ST_CONFLICT, NULL, "error.idempotency.other_input");
    if (asked == ASK_CROWDED) return FAIL(c, ST_BUSY, NULL, "error.job.too_many");
    return ST_OK;
}

/* Durable before it is queued: whoever was told of a job finds it again after a power cut. */
Status job_submit(Jobs *j, Run *r) {
    Ctx *c = r->c;
    Id id = ID_NONE;
    pthread_mutex_lock(&j->lock);
    Asked asked = ask(j, r, &id);
    pthread_mutex_unlock(&j->lock);
    TRY(asked_status(c, asked));
    if (asked == ASK_NEW) {
        Job **place = job_make(c, j), *job = *place;
        if (!job || job_fill(job, r) != ST_OK) return FAIL(c, ST_MEMORY, NULL, "error.memory");
        TRY(job_keep(c, job, &job->facts, NULL));
        pthread_mutex_lock(&j->lock);
        asked = ask(j, r, &id);
        if (asked == ASK_NEW) {
            id = job->facts.id;
            job_add(j, job);
            *place = NULL;
            pthread_cond_signal(&j->filled);
        }
        pthread_mutex_unlock(&j->lock);
        TRY(asked_status(c, asked));
    }
    r->reply.job = id;
    r->reply.repeated = asked == ASK_AGAIN;
    r->reply.result = val_map();
    val_set_c(c->arena, &r->reply.result, "job", val_text(id_text(c->arena, id)));
    return ST_OK;
}

/* --- looking ---------------------------------------------------------------------------------- */

static bool may_see(const Ctx *c, const JobFacts *f) {
    if (!c->actor) return false;
    if (actor_may(c->actor, PERM_SYSTEM)) return true;
    return !id_is_none(f->user) && id_eq(f->user, c->actor->user);
}

static void fill_view(Ctx *c, const JobFacts *f, JobView *ret) {
    *ret = (JobView){
        .id = f->id,
        .user = f->user,
        .op = str_copy(c->arena, str_of(f->op)),
        .state = f->state,
        .version = f->version,
        .done = f->done,
        .total = f->total,
        .phase = str_copy(c->arena, str_of(f->phase)),
        .queued_at = f->queued_at,
        .began_at = f->began_at,
        .ended_at = f->ended_at,
    };
}

static Status unknown(Ctx *c) {
    return FAIL(c, ST_MISSING, NULL, "error.job.unknown");
}

static Status fill_outcome(Ctx *c, Jobs *j, const JobFacts *f, JobView *v) {
    static const Err unsaved = { ST_IO, STR_INIT(""), STR_INIT("error.job.not_saved"),
                                 .cause = STR_INIT("") };
    if (f->state == JOB_CANCELLED && f->began_at == TIME_NONE) return ST_OK; /* it had none */
    if (!f->unsaved) return job_outcome_read(c, j, v);
    v->errs = &unsaved;
    v->n_errs = 1;
    return ST_OK;
}

Status job_get(Ctx *c, Jobs *j, Id id, JobView *ret) {
    JobFacts facts;
    pthread_mutex_lock(&j->lock);
    const Job *job = job_at(j, id);
    if (job) facts = job->facts;
    pthread_mutex_unlock(&j->lock);
    if (!job || !may_see(c, &facts)) return unknown(c);
    JobView v;
    fill_view(c, &facts, &v);
    if (facts.state >= JOB_DONE) TRY(fill_outcome(c, j, &facts, &v));
    *ret = v;
    return ST_OK;
}

Status job_list(Ctx *c, Jobs *j, JobView **ret, size_t *ret_n) {
    JobFacts *facts = arena_array(c->arena, JobFacts, JOBS_MAX);
    JobView *views = arena_array(c->arena, JobView, JOBS_MAX);
    size_t n = 0;
    pthread_mutex_lock(&j->lock);
    for (size_t i = j->n; i-- > 0;)
        if (may_see(c, &j->all[i]->facts)) facts[n++] = j->all[i]->facts;
    pthread_mutex_unlock(&j->lock);
    for (size_t i = 0; i < n; i++)
        fill_view(c, &facts[i], &views[i]);
    *ret = views;
    *ret_n = n;
    return ST_OK;
}

/* Until the job is over, where last is NULL. */
static Status wait_until(Ctx *c, Jobs *j, Id id, const uint64_t *last, int64_t timeout_ms,
                         JobView *ret) {
    struct timespec until = env_steady_after(timeout_ms);
    pthread_mutex_lock(&j->lock);
    for (;;) {
        const Job *job = job_at(j, id);
        if (!job || !may_see(c, &job->facts) || is_over(job) || j->closing) break;
        if (last && job->facts.version != *last) break;
        if (pthread_cond_timedwait(&j->changed, &j->lock, &until) == ETIMEDOUT) break;
    }
    pthread_mutex_unlock(&j->lock);
    return job_get(c, j, id, ret);
}

Status job_wait_change(Ctx *c, Jobs *j, Id id, uint64_t last, int64_t timeout_ms, JobView *ret) {
    return wait_until(c, j, id, &last, timeout_ms, ret);
}

Status job_wait_end(Ctx *c, Jobs *j, Id id, int64_t timeout_ms, JobView *ret) {
    return wait_until(c, j, id, NULL, timeout_ms, ret);
}

/* --- cancelling and progress ------------------------------------------------------------------ */

Status job_cancel(Ctx *c, Jobs *j, Id id) {
    JobFacts facts = { 0 };
    Job **held = arena_new_of(c->arena, Job *);
    arena_defer(c->arena, drop_later, held);
    bool ended = false;
    pthread_mutex_lock(&j->lock);
    Job *job = job_at(j, id);
    if (job && !may_see(c, &job->facts)) job = NULL;
    if (job && !is_over(job)) {
        atomic_store(&job->cancel, true);
        ended = job->facts.state == JOB_QUEUED;
        if (ended) {
            job->facts.state = JOB_CANCELLED;
            job->facts.ended_at = c->now;
        }
        job_moved(job);
    }
    if (job) {
        job->refs++;
        facts = job->facts;
    }
    pthread_mutex_unlock(&j->lock);
    *held = job;
    if (!job) return unknown(c);
    return ended ? job_keep(c, job, &facts, NULL) : ST_OK;
}

void job_progress(Job *job, int64_t done, int64_t total, const char *phase_key) {
    if (!job) return;
    pthread_mutex_lock(&job->jobs->lock);
    job->facts.done = done;
    job->facts.total = total;
    if (phase_key) job_text(job->facts.phase, sizeof job->facts.phase, str_of(phase_key));
    job_moved(job);
    pthread_mutex_unlock(&job->jobs->lock);
}

bool job_cancelled(const Job *job) {
    if (!job) return false;
    const Jobs *j = job->jobs;
    return job->cancel || j->closing || j->env->stop; /* each an atomic read */
}
