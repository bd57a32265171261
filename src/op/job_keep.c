/* job_keep.c: jobs in LOCAL, so that a restart shows what was done and what was interrupted.
 *
 * Two items each: space "job" has the facts, which name nobody; space "job.outcome" has what it ended
 * with, which may. An erasure empties the second. */
#include "op/job_int.h"

#include "base/banned.h"

/* --- errors as values ------------------------------------------------------------------------- */

static Val err_value(Arena *a, const Err *e) {
    Val v = val_map(), args = val_map();
    val_set_c(a, &v, "status", val_int(e->status));
    val_set_c(a, &v, "path", val_text(e->path));
    val_set_c(a, &v, "key", val_text(e->key));
    for (size_t i = 0; i < e->n_args; i++)
        val_set(a, &args, e->args[i].name, val_text(e->args[i].value));
    val_set_c(a, &v, "args", args);
    return v;
}

static Err err_of(Val v) {
    Err e = {
        .status = (Status)val_get_int(v, "status", ST_CORRUPT),
        .path = val_get_text(v, "path", STR("")),
        .key = val_get_text(v, "key", STR("")),
        .cause = STR(""),
    };
    Val args = val_get(v, "args");
    if (args.type != VAL_MAP) return e;
    for (size_t i = 0; i < args.map.n && e.n_args < ERR_ARGS_MAX; i++)
        if (args.map.v[i].value.type == VAL_TEXT)
            e.args[e.n_args++] = (ErrArg){ args.map.v[i].key, args.map.v[i].value.text };
    return e;
}

/* --- a job as a value ------------------------------------------------------------------------- */

static void put_time(Arena *a, Val *v, const char *key, Time t) {
    if (t != TIME_NONE) val_set_c(a, v, key, val_int(t));
}

static Val facts_value(Arena *a, const JobFacts *f) {
    Val v = val_map();
    val_set_c(a, &v, "op", val_text(str_of(f->op)));
    val_set_c(a, &v, "op_no", val_int(f->op_no));
    val_set_c(a, &v, "state", val_int(f->state));
    val_set_c(a, &v, "done", val_int(f->done));
    val_set_c(a, &v, "total", val_int(f->total));
    val_set_c(a, &v, "phase", val_text(str_of(f->phase)));
    val_set_c(a, &v, "user", val_id(a, f->user));
    val_set_c(a, &v, "system", val_bool(f->system));
    put_time(a, &v, "queued_at", f->queued_at);
    put_time(a, &v, "began_at", f->began_at);
    put_time(a, &v, "ended_at", f->ended_at);
    val_set_c(a, &v, "key", val_id(a, f->idempotency));
    val_set_c(a, &v, "hash", val_int((int64_t)f->input_hash));
    return v;
}

static Val outcome_value(Arena *a, const JobOutcome *o) {
    Val v = val_map(), errs = val_list();
    if (o->result.s) val_set_c(a, &v, "result", val_bytes(o->result));
    for (size_t i = 0; i < o->n_errs; i++)
        val_push(a, &errs, err_value(a, &o->errs[i]));
    val_set_c(a, &v, "errs", errs);
    return v;
}

static Status encode(Ctx *c, Val v, Str *ret) {
    Buf bytes = buf_new(c->arena, JOB_KEPT_ARENA_MAX);
    cbor_put_val(&bytes, v);
    if (buf_full(&bytes)) return FAIL(c, ST_LIMIT, NULL, "error.job.result_too_large");
    *ret = buf_text(&bytes);
    return ST_OK;
}

typedef struct Put {
    const Job *job;
    Str key, facts, outcome;
} Put;

/* Erasures come one at a time on this thread, too: either one has been counted by now, or it will find
 * what is put here. */
static Status put(Ctx *c, Tx *tx, void *arg) {
    const Put *p = arg;
    (void)tx;
    TRY(local_put(c, JOB_SPACE, p->key, p->facts));
    if (!p->outcome.s || p->job->erasures != atomic_load(&p->job->jobs->erasures)) return ST_OK;
    return local_put(c, JOB_OUTCOME_SPACE, p->key, p->outcome);
}

Status job_keep(Ctx *c, const Job *job, const JobFacts *facts, const JobOutcome *outcome) {
    Put p = { .job = job, .key = id_text(c->arena, facts->id) };
    TRY(encode(c, facts_value(c->arena, facts), &p.facts));
    if (outcome) TRY(encode(c, outcome_value(c->arena, outcome), &p.outcome));
    return store_write(job->jobs->store, c, put, &p);
}

static void outcome_decode(Arena *a, Str bytes, JobView *v) {
    Val kept;
    CborReader r = cbor_reader(bytes);
    if (!cbor_get_val(&r, a, &kept) || kept.type != VAL_MAP) return;
    Val result = val_get(kept, "result"), errs = val_get(kept, "errs");
    CborReader inner = cbor_reader(result.type == VAL_BYTES ? result.text : STR(""));
    if (result.type == VAL_BYTES && !cbor_get_val(&inner, a, &v->result)) v->result = VAL_ABSENT;
    size_t n = errs.type == VAL_LIST ? errs.list.n : 0;
    Err *out = arena_array(a, Err, n + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = err_of(errs.list.v[i]);
    v->errs = out;
    v->n_errs = n;
}

/* A read of its own: whoever reads already may have begun before the job ended. */
Status job_outcome_read(Ctx *c, Jobs *j, JobView *v) {
    static const Err erased = { ST_MISSING, STR_INIT(""), STR_INIT("error.job.erased"),
                                .cause = STR_INIT("") };
    Ctx inner = *c;
    Reading *reading;
    Str bytes = STR_NONE;
    inner.reader = NULL;
    inner.errs.v = NULL;
    inner.errs.n = inner.errs.cap = 0;
    Status st = reading_begin(&inner, j->store, &reading);
    if (st == ST_OK) {
        st = local_get(&inner, JOB_OUTCOME_SPACE, id_text(c->arena, v->id), &bytes, NULL);
        reading_end(reading);
    }
    if (st == ST_OK) {
        outcome_decode(c->arena, bytes, v);
        return ST_OK;
    }
    errs_carry(c, &inner);
    if (st != ST_MISSING) return st;
    v->errs = &erased;
    v->n_errs = 1;
    return ST_OK;
}

static Status outcomes_delete(Ctx *c, size_t *ret_n) {
    enum { AT_ONCE = 1000 };
    return local_delete_older(c, JOB_OUTCOME_SPACE, INT64_MAX, AT_ONCE, ret_n);
}

Status jobs_forget(Ctx *c, Jobs *jobs) {
    size_t n;
    if (jobs) atomic_fetch_add(&jobs->erasures, 1);
    do
        TRY(outcomes_delete(c, &n));
    while (n > 0);
    return ST_OK;
}

/* --- after a restart -------------------------------------------------------------------------- */

typedef struct Load {
    Job *job;
    const LocalItem *item;
    bool interrupted, good;
} Load;

static void load_facts(Val v, JobFacts *f) {
    f->op_no = (uint32_t)val_get_int(v, "op_no", 0);
    f->state = (JobState)val_get_int(v, "state", JOB_FAILED);
    f->done = val_get_int(v, "done", 0);
    f->total = val_get_int(v, "total", 0);
    f->system = val_get_bool(v, "system", false);
    f->queued_at = val_get_int(v, "queued_at", TIME_NONE);
    f->began_at = val_get_int(v, "began_at", TIME_NONE);
    f->ended_at = val_get_int(v, "ended_at", TIME_NONE);
    f->input_hash = (uint64_t)val_get_int(v, "hash", 0);
    if (!val_get_id(val_get(v, "user"), &f->user)) f->user = ID_NONE;
    if (!val_get_id(val_get(v, "key"), &f->idempotency)) f->idempotency = ID_NONE;
    job_text(f->op, sizeof f->op, val_get_text(v, "op", STR("")));
    job_text(f->phase, sizeof f->phase, val_get_text(v, "phase", STR("")));
    if (f->state < JOB_QUEUED || f->state > JOB_CANCELLED) f->state = JOB_FAILED;
}

static Status load_job(void *arg) {
    Load *l = arg;
    Job *job = l->job;
    Val v;
    CborReader r = cbor_reader(l->item->bytes);
    if (!id_parse(l->item->key, &job->facts.id)) return ST_CORRUPT;
    if (!cbor_get_val(&r, job->arena, &v) || v.type != VAL_MAP) return ST_CORRUPT;
    load_facts(v, &job->facts);
    l->interrupted = job->facts.state < JOB_DONE;
    if (l->interrupted) job->facts.state = JOB_FAILED;
    return ST_OK;
}

/* LOCAL lists by id, and ids begin with their time: oldest first, as the list has them. */
static Status restore_one(Ctx *c, Jobs *j, const LocalItem *item) {
    static const Err interrupted = { ST_CANCELLED, STR_INIT(""), STR_INIT("error.job.interrupted"),
                                     .cause = STR_INIT("") };
    Load l = { .job = job_new(j), .item = item };
    if (!l.job) return FAIL(c, ST_MEMORY, NULL, "error.memory");
    Status st = guard_run(l.job->arena, load_job, &l);
    pthread_mutex_lock(&j->lock);
    if (st == ST_OK)
        job_add(j, l.job);
    else
        job_release(l.job);
    pthread_mutex_unlock(&j->lock);
    if (st == ST_CORRUPT) return ST_OK; /* one that cannot be read is no reason not to start */
    if (st != ST_OK) return FAIL(c, st, NULL, "error.memory");
    if (!l.interrupted) return ST_OK;
    l.job->facts.ended_at = c->now;
    return job_keep(c, l.job, &l.job->facts, &(JobOutcome){ .errs = &interrupted, .n_errs = 1 });
}

Status jobs_restore(Ctx *c, Jobs *j) {
    Reading *reading;
    LocalItem *items = NULL;
    size_t n = 0;
    TRY(reading_begin(c, j->store, &reading));
    Status st = local_list(c, JOB_SPACE, &items, &n);
    reading_end(reading);
    TRY(st);
    for (size_t i = 0; i < n; i++)
        TRY(restore_one(c, j, &items[i]));
    return ST_OK;
}

typedef struct Old {
    Str space, *keys;
    Time before;
    size_t n;
} Old;

static Status forget_some(Ctx *c, Tx *tx, void *arg) {
    Old *old = arg;
    (void)tx;
    for (size_t i = 0; i < old->n; i++)
        TRY(local_delete(c, old->space, old->keys[i]));
    return ST_OK;
}

/* A busy node keeps a million replies: they are looked through beside the writer, not by it. */
static Status find_some(Ctx *c, Store *s, Old *old) {
    Reading *reading;
    TRY(reading_begin(c, s, &reading));
    Status st = local_older(c, old->space, old->before, OP_BATCH_MAX, &old->keys, &old->n);
    reading_end(reading);
    return st;
}

Status jobs_expire(Ctx *c, Jobs *j) {
    const Str spaces[] = { JOB_SPACE, JOB_OUTCOME_SPACE, REPLY_SPACE };
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        Old old = { .space = spaces[i], .before = c->now - OP_REPLY_KEPT };
        do { /* a few at a time: others write too */
            TRY(find_some(c, j->store, &old));
            if (old.n) TRY(store_write(j->store, c, forget_some, &old));
        } while (old.n == OP_BATCH_MAX);
    }
    return ST_OK;
}
