/* batch.c: many calls in few transactions. */
#include "op/op_int.h"

#include "base/banned.h"

typedef struct Batch {
    Ctx *c;
    Store *store;
    const OpTable *table;
    const OpRequest *q;
    size_t n;
    OpReply *ret;
    Status *ret_status;
    Reading *reading;
} Batch;

/* The calls of one transaction. */
typedef struct Chunk {
    Ctx *ctxs;
    Run *runs;
    WriteJob *jobs;
    size_t *of_job; /* which call a job is */
    size_t n_jobs;
} Chunk;

static Status check_one(Run *r) {
    const Op *op = op_find(r->table, r->q->op);
    if (op && op->flags & (OP_READ | OP_JOB))
        return FAIL(r->c, ST_USAGE, NULL, "error.op.not_in_batch");
    return run_check(r);
}

/* Up to the writer. *ret_answered: nothing is left to write. */
static Status before_one(Batch *b, Run *r, bool *ret_answered) {
    TRY(check_one(r));
    if (r->op->prepare && !b->reading) TRY(reading_begin(b->c, b->store, &b->reading));
    if (r->op->prepare) r->c->reader = b->c->reader;
    Status st = run_write_before(r, ret_answered);
    r->c->reader = NULL;
    return st;
}

static void chunk_prepare(Batch *b, Chunk *k, size_t first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Ctx *c = &k->ctxs[i];
        bool answered = false;
        *c = *b->c;
        c->reader = NULL;
        c->errs.v = NULL;
        c->errs.n = c->errs.cap = c->errs_dropped = 0;
        c->path = str_printf(c->arena, "%.*s[%zu]", STR_ARG(b->c->path), first + i);
        k->runs[i] = (Run){ .c = c, .store = b->store, .table = b->table, .q = &b->q[first + i] };
        b->ret_status[first + i] = before_one(b, &k->runs[i], &answered);
        if (b->ret_status[first + i] != ST_OK || answered) continue;
        k->of_job[k->n_jobs] = i;
        k->jobs[k->n_jobs++] = run_write_job(&k->runs[i]);
    }
    reading_end(b->reading);
    b->reading = NULL;
}

/* Perhaps it ran over while it noted an error: nothing that was noted is safe to add to. */
static void note_memory(Ctx *c) {
    c->errs.v = NULL;
    c->errs.n = c->errs.cap = 0;
    (void)FAIL(c, ST_MEMORY, NULL, "error.memory");
}

static void errors_collect(Ctx *to, const Ctx *from) {
    for (size_t i = 0; i < from->errs.n; i++) {
        if (to->errs.n < ERRS_MAX)
            vec_push(to->arena, &to->errs, from->errs.v[i]);
        else
            to->errs_dropped++;
    }
    to->errs_dropped += from->errs_dropped;
}

static void chunk_run(Batch *b, size_t first, size_t n) {
    Arena *a = b->c->arena;
    Chunk k = {
        .ctxs = arena_array(a, Ctx, n),
        .runs = arena_array(a, Run, n),
        .jobs = arena_array(a, WriteJob, n),
        .of_job = arena_array(a, size_t, n),
    };
    chunk_prepare(b, &k, first, n);
    /* The first failure of all is in the jobs too. */
    (void)(store_write_batch(b->store, k.jobs, k.n_jobs) == ST_OK);
    for (size_t i = 0; i < k.n_jobs; i++)
        b->ret_status[first + k.of_job[i]] = k.jobs[i].status;
    for (size_t i = 0; i < n; i++) {
        if (b->ret_status[first + i] == ST_OK)
            b->ret[first + i] = k.runs[i].reply;
        else if (b->ret_status[first + i] == ST_MEMORY)
            note_memory(&k.ctxs[i]);
        errors_collect(b->c, &k.ctxs[i]);
    }
}

static Status run_all(void *batch) {
    Batch *b = batch;
    for (size_t first = 0; first < b->n; first += OP_BATCH_MAX) {
        TRY(run_renew(b->c, b->table));
        chunk_run(b, first, b->n - first < OP_BATCH_MAX ? b->n - first : OP_BATCH_MAX);
    }
    return ST_OK;
}

Status op_call_batch(Ctx *c, Store *s, const OpTable *t, const OpRequest *q, size_t n, OpReply *ret,
                     Status *ret_status) {
    ASSERT(!c->tx);
    Batch b = { c, s, t, q, n, ret, ret_status, NULL };
    for (size_t i = 0; i < n; i++)
        ret_status[i] = ST_MEMORY; /* until it has run */
    bool guarded = arena_guarded(c->arena);
    Status st = guarded ? run_all(&b) : guard_run(c->arena, run_all, &b);
    if (st == ST_MEMORY) {
        reading_end(b.reading);
        c->errs.v = NULL; /* it may have been growing just then */
        c->errs.n = c->errs.cap = 0;
    }
    return st;
}
