/* job_keep.c: jobs in LOCAL, so that a restart shows what was done and what was interrupted. */
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

static Val job_value(Arena *a, const Job *job, const JobFacts *f) {
    Val v = val_map(), errs = val_list();
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
    if (f->state < JOB_DONE) return v;
    if (job->result.s) val_set_c(a, &v, "result", val_bytes(job->result));
    for (size_t i = 0; i < job->n_errs; i++)
        val_push(a, &errs, err_value(a, &job->errs[i]));
    val_set_c(a, &v, "errs", errs);
    return v;
}

Status job_keep(Ctx *c, const Job *job, const JobFacts *facts) {
    Buf bytes = buf_new(c->arena, JOB_KEPT_ARENA_MAX);
    cbor_put_val(&bytes, job_value(c->arena, job, facts));
    if (buf_full(&bytes)) return FAIL(c, ST_LIMIT, NULL, "error.job.result_too_large");
    c->store = job->jobs->store;
    return local_put(c, JOB_SPACE, id_text(c->arena, facts->id), buf_text(&bytes));
}

Val job_result(Arena *a, const Job *job) {
    Val v = VAL_ABSENT;
    if (!job->result.s) return v;
    Str bytes = str_copy(a, job->result); /* the value points into its bytes */
    CborReader r = cbor_reader(bytes);
    return cbor_get_val(&r, a, &v) ? v : VAL_ABSENT;
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
    Str bytes = str_copy(job->arena, l->item->bytes);
    CborReader r = cbor_reader(bytes);
    if (!id_parse(l->item->key, &job->facts.id)) return ST_CORRUPT;
    if (!cbor_get_val(&r, job->arena, &v) || v.type != VAL_MAP) return ST_CORRUPT;
    load_facts(v, &job->facts);
    Val result = val_get(v, "result"), errs = val_get(v, "errs");
    if (result.type == VAL_BYTES) job->result = result.text;
    size_t n = errs.type == VAL_LIST ? errs.list.n : 0;
    job->errs = arena_array(job->arena, Err, n + 1);
    for (size_t i = 0; i < n; i++)
        job->errs[job->n_errs++] = err_of(errs.list.v[i]);
    l->interrupted = job->facts.state < JOB_DONE;
    if (l->interrupted) {
        job->facts.state = JOB_FAILED;
        job->errs[job->n_errs++] = (Err){
            .status = ST_CANCELLED,
            .path = STR(""),
            .key = STR("error.job.interrupted"),
            .cause = STR(""),
        };
    }
    return ST_OK;
}

/* LOCAL lists by id, and ids begin with their time: oldest first, as the list has them. */
static Status restore_one(Ctx *c, Jobs *j, const LocalItem *item) {
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
    return job_keep(c, l.job, &l.job->facts);
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
    Str space;
    LocalItem *items;
    size_t n;
} Old;

static Status forget(Ctx *c, Tx *tx, void *arg) {
    Old *old = arg;
    (void)tx;
    for (size_t i = 0; i < old->n; i++)
        TRY(local_delete(c, old->space, old->items[i].key));
    return ST_OK;
}

static Status expire(Ctx *c, Jobs *j, Str space) {
    Reading *reading;
    Old all = { .space = space };
    size_t n = 0;
    TRY(reading_begin(c, j->store, &reading));
    Status st = local_list(c, space, &all.items, &n);
    reading_end(reading);
    TRY(st);
    for (size_t i = 0; i < n; i++)
        if (all.items[i].when < c->now - OP_REPLY_KEPT) all.items[all.n++] = all.items[i];
    /* A few at a time: others write too. */
    for (size_t i = 0; i < all.n; i += OP_BATCH_MAX) {
        Old some = { space, all.items + i, all.n - i < OP_BATCH_MAX ? all.n - i : OP_BATCH_MAX };
        TRY(store_write(j->store, c, forget, &some));
    }
    return ST_OK;
}

Status jobs_expire(Ctx *c, Jobs *j) {
    TRY(expire(c, j, JOB_SPACE));
    return expire(c, j, REPLY_SPACE);
}
