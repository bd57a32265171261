/* op_int.h: what the files of the op room share. */
#ifndef OP_OP_INT_H
#define OP_OP_INT_H

#include "op/op.h"

/* ---- memory ---------------------------------------------------------------------------------- */

/* Runs fn with the arena guarded: ST_MEMORY when it ran over its cap. */
typedef Status (*Guarded)(void *arg);
Status guard_run(Arena *a, Guarded fn, void *arg) CHECKED;
/* Errors with everything they point to; path is put in front of theirs. */
Err *errs_copy(Arena *a, const Err *errs, size_t n);
void errs_carry(Ctx *to, const Ctx *from);

/* ---- reading apart --------------------------------------------------------------------------- */

/* A read connection for a part of a request only: what is read lives in c->arena, the connection is
 * given back by reading_end(), or with the arena should that run over. Where c reads already, it
 * goes on with that. */
typedef struct Reading {
    Ctx *c;
    Arena *arena; /* NULL: not ours, or given back */
} Reading;
Status reading_begin(Ctx *c, Store *s, Reading **ret) CHECKED;
void reading_end(Reading *r);

/* ---- one call -------------------------------------------------------------------------------- */

typedef struct Run {
    Ctx *c;
    Store *store;
    const OpTable *table;
    const OpRequest *q;
    const Op *op;
    OpCall call;
    uint64_t input_hash;
    OpReply reply;
    Reading *reading;
    Err *spare; /* room for the one error that says there is no more room */
} Run;

/* The actor as the control records have them now. */
Status run_renew(Ctx *c, const OpTable *t) CHECKED;
/* Everything that comes before the work itself: op, version, rights, shape. */
Status run_check(Run *r) CHECKED;
/* fn, with prepare before it. */
Status run_read(Run *r) CHECKED;
Status run_write(Run *r) CHECKED;
/* run_write in two: what the caller's thread does before, and what the writer's does. */
Status run_write_before(Run *r, bool *ret_answered) CHECKED;
WriteJob run_write_job(Run *r);
/* The result as JSON shows it. */
Val run_show(Ctx *c, const Op *op, Val result);
/* First 8 bytes of the SHA-256 of the canonical CBOR; never 0. ST_LIMIT when it is too deep. */
Status input_hash(Ctx *c, Val input, uint64_t *ret) CHECKED;

/* ---- kept results ---------------------------------------------------------------------------- */

#define REPLY_SPACE STR("reply")
/* Looks for the first call with the request's key. *ret_found with r->reply filled; ST_CONFLICT when
 * the key belongs to another call. */
Status reply_find(Ctx *c, Run *r, bool *ret_found) CHECKED;
Status reply_keep(Ctx *c, const Run *r, Val shown) CHECKED;
/* Deletes those that name a subject. Inside a write. */
Status replies_forget(Ctx *c, Id subject) CHECKED;

/* ---- jobs ------------------------------------------------------------------------------------ */

#define JOB_SPACE STR("job")
#define JOB_OUTCOME_SPACE STR("job.outcome")
Status job_submit(Jobs *jobs, Run *r) CHECKED;
/* Deletes all results and errors; what runs now will keep none. jobs may be NULL. Inside a write. */
Status jobs_forget(Ctx *c, Jobs *jobs) CHECKED;

#endif
