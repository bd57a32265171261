/* op.h: the one table of operations, and the dispatcher that runs them.
 *
 * Everything a user can do is an Op row. HTTP, the command line, a tablet's outbox and the audit
 * log are bindings of the same row. Writing ops run on the store's writer thread; OP_READ ops on the
 * caller's thread with a read connection. The input is checked against the shape before anything
 * else runs; unknown keys are refused.
 *
 * The item of a tablet's outbox is exactly {op, version, idempotency key, client time, input}.
 * Names, numbers and versions are frozen once released; an old version stays accepted: its input is
 * brought up by `.upgrade`. */
#ifndef OP_OP_H
#define OP_OP_H

#include "access/access.h"

typedef enum OpFlag {
    OP_READ = 1 << 0,       /* changes nothing */
    OP_IDEMPOTENT = 1 << 1, /* takes an idempotency key: the same key returns the first result */
    OP_OFFLINE = 1 << 2,    /* may come from a tablet's outbox, late */
    OP_JOB = 1 << 3,        /* long: answers with a job id; progress and cancel */
    OP_PUBLIC = 1 << 4,     /* before sign-in (session.*) */
    OP_LOCKED_TOO = 1 << 5, /* also while the session is locked */
    OP_READS_FILE = 1 << 6, /* opens a person's file, or shows photographs in the lines of a list:
                               recorded in the audit stream */
    OP_SECRET = 1 << 7, /* the result holds a secret: it is shown once and not kept for repeats */
} OpFlag;

typedef struct Op Op;
typedef struct OpTable OpTable;
typedef struct Jobs Jobs;
typedef struct Job Job;

typedef struct OpCall {
    const Op *op;
    const OpTable *table;
    Val input;      /* typed (shape_check) */
    void *prepared; /* what .prepare left for .fn, in c->arena */
    Val result;     /* typed; VAL_MAP matching .returns */
    Id act;         /* the act being written; ID_NONE for reads and jobs */
    Str reason;     /* reason code for the act, from input.reason where the shape has it */
    Str purpose;
    bool replayed;    /* as in OpRequest */
    Time client_time; /* as in OpRequest */
    Id read_subject;  /* OP_READS_FILE: whose file; set by fn */
    bool read_sealed; /* OP_READS_FILE: sealed fields were opened; set by fn. The answer then waits
                         until the record of the read is durable */
    VEC(Id)
    read_glimpses; /* OP_READS_FILE: of whom a photograph stands in a line; set by fn.
                              Recorded, not waited for (docs/decisions/0007) */
    Job *job;      /* OP_JOB */
} OpCall;

/* fn of a writing op runs inside a WriteFn: c->tx is set; tx_act() and tx_reason_text() (from
 * input.reason_text) are the dispatcher's. fn of an OP_READ has c->reader. fn of an OP_JOB runs on a
 * job thread with an arena of its own, without a transaction; with OP_READ it has c->reader. */
struct Op {
    const char *name;  /* "person.register": subject.verb */
    uint32_t no;       /* enters the ledger; never reused */
    uint16_t version;  /* newest; from 1 */
    const char *title; /* English; label key "op.<name>" */
    Permission needs;
    const Shape *takes, *returns; /* NULL: nothing */
    Status (*prepare)(Ctx *c,
                      OpCall *call); /* slow, read-only work before the writer; may be NULL */
    Status (*fn)(Ctx *c, OpCall *call);
    /* Brings the input of an older version up, before it is checked. NULL: older inputs are newer
     * ones with less in them. */
    Status (*upgrade)(Ctx *c, uint16_t from_version, Val in, Val *ret);
    uint32_t flags;
};

struct OpTable {
    const Op *const *ops;
    size_t n;
    Access
        *access; /* records who read what; without it OP_READS_FILE is refused but to the system */
    Jobs *jobs;  /* NULL: an OP_JOB runs on the caller's thread and answers with its result */
    const struct Room *const *rooms; /* whose forget() an erasure calls */
    size_t n_rooms;
};

/* What the caller keeps beside the act, in the same transaction: after fn, with its typed result. */
typedef Status (*OpBeside)(Ctx *c, void *arg, Val result);

typedef struct OpRequest {
    Str op;
    uint16_t version; /* 0: newest */
    Id idempotency;   /* ID_NONE: none. Ops without OP_IDEMPOTENT take no notice */
    Time client_time; /* TIME_NONE: none */
    bool replayed;    /* from an outbox or import: stale bases are accepted as concurrent */
    Str purpose;
    Val input;       /* as it came */
    OpBeside beside; /* NULL: nothing; of writing ops */
    void *beside_arg;
    bool result_unkept; /* the ledger alone knows the key: a repeated call gets the ids */
} OpRequest;

typedef struct OpReply {
    Val result;    /* as JSON shows it */
    bool repeated; /* the idempotency key had been used: this is the first result */
    bool ids_only; /* and the first result is not kept any more: {results: [ids of the act]} */
    Id act;
    Id job; /* OP_JOB: what was begun; ID_NONE: it has run here */
} OpReply;

/* How long results are kept for repeated calls. */
#define OP_REPLY_KEPT (7 * TIME_DAY)

/* The room rows of app/rooms.c end here. */
typedef struct Room {
    const char *name;
    const Kind *const *kinds;
    size_t n_kinds;
    const Op *ops;
    size_t n_ops;
    /* What the room keeps of a subject outside of the ledger, in LOCAL, goes. Inside the act that
     * erases it, before its records go. NULL: it keeps nothing. */
    Status (*forget)(Ctx *c, Id subject);
} Room;
extern const Room access_room, op_room;

/* Inside the act that erases a subject, before tx_erase(): kept replies that name it, the results of
 * all jobs (lists that were read name people whom no id leads to), and what the rooms keep. */
Status op_forget(Ctx *c, const OpTable *t, Id subject) CHECKED;

/* BUG() on a mistake in the table: names and numbers twice, shapes, flags that do not go together.
 * Once, at the start. */
void op_table_check(const OpTable *t, const Model *m);
const Op *op_find(const OpTable *t, Str name);
const Op *op_find_no(const OpTable *t, uint32_t no); /* for histories; NULL: unknown */
/* Its title in a language; also of acts that are no operations. The number itself when unknown. */
Str op_title(const OpTable *t, const Model *m, Arena *a, Str lang, uint32_t no);

/* Checks permission and shape, prepares, runs, answers after COMMIT. c->actor must be set unless
 * the op is OP_PUBLIC; c->tx must not be. Running over the arena's cap is ST_MEMORY "error.memory".
 * Errors: ST_MISSING "error.op.unknown", ST_UNSUPPORTED "error.op.version", ST_DENIED "error.denied"
 * "error.session.locked" "error.session.must_change_password" "error.op.not_offline", ST_CONFLICT
 * "error.idempotency.other_input", and what the op itself says. */
Status op_call(Ctx *c, Store *s, const OpTable *t, const OpRequest *q, OpReply *ret) CHECKED;
/* Many calls in few transactions (OP_BATCH_MAX calls each), in order; for demo and import. Each call
 * stands or falls alone; a call's prepare does not see the calls of its own transaction. Replies'
 * statuses in ret_status; the errors of call i are noted in c with the path "[i]". Only writing ops.
 * ST_OK even where calls failed; else what kept the whole from running. */
enum { OP_BATCH_MAX = 512 };
Status op_call_batch(Ctx *c, Store *s, const OpTable *t, const OpRequest *q, size_t n, OpReply *ret,
                     Status *ret_status) CHECKED;

/* Reads the call's typed input. */
#define op_in(call, key) val_get((call)->input, (key))

/* ---- jobs ------------------------------------------------------------------------------------ */

/* Long work with progress and cancel, on JOB_THREADS threads; kept in LOCAL tables so that a restart
 * shows what was interrupted. The newest JOBS_KEPT are kept, for OP_REPLY_KEPT at most. */
enum { JOB_THREADS = 2, JOBS_KEPT = 100, JOBS_WAITING_MAX = 50, JOB_RESULT_MAX = 8 << 20 };

typedef enum JobState { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED } JobState;
const char *job_state_name(JobState s); /* "queued" … part of the API */

typedef struct JobView {
    Id id, user;
    Str op;
    JobState state;
    uint64_t version; /* grows with every change that can be seen */
    int64_t done, total;
    Str phase;                          /* label key; may be empty */
    Time queued_at, began_at, ended_at; /* TIME_NONE: not yet */
    Val result;                         /* JOB_DONE: as JSON shows it */
    const Err *errs;                    /* JOB_FAILED, JOB_CANCELLED; "error.job.erased" where an
                                           erasure has taken result or errors away */
    size_t n_errs;
} JobView;

/* After access_open(); reads what the last run left: what was queued or running then has failed
 * with "error.job.interrupted". The table must outlive it. */
Status jobs_open(Ctx *c, Store *s, const OpTable *t, Jobs **ret_jobs) CHECKED;
/* Cancels what runs, waits for it, leaves what was queued as interrupted. */
void jobs_close(Jobs *j);

/* One's own jobs, or all with PERM_SYSTEM; else ST_MISSING "error.job.unknown". Without results in
 * the list; newest first. Views live in c->arena. */
Status job_get(Ctx *c, Jobs *j, Id id, JobView *ret) CHECKED;
Status job_list(Ctx *c, Jobs *j, JobView **ret, size_t *ret_n) CHECKED;
Status job_cancel(Ctx *c, Jobs *j, Id id) CHECKED;
/* Waits until the job's version is another than `last`, at most timeout_ms; then as job_get. */
Status job_wait_change(Ctx *c, Jobs *j, Id id, uint64_t last, int64_t timeout_ms,
                       JobView *ret) CHECKED;
/* The same until the job is over. */
Status job_wait_end(Ctx *c, Jobs *j, Id id, int64_t timeout_ms, JobView *ret) CHECKED;
/* As the API shows it: {id, op, state, done, total, phase, result?, problem?}. */
Val job_show(Arena *a, const Model *m, Str lang, const JobView *v);

/* For the job's own fn. job may be NULL: an op that runs without a pool. */
void job_progress(Job *job, int64_t done, int64_t total, const char *phase_key);
/* By the user or by the stop of the program: return FAIL(c, ST_CANCELLED, …) soon. */
bool job_cancelled(const Job *job);

/* ---- what there is, as JSON Schema 2020-12 --------------------------------------------------- */

/* Objects of a shape; of the fields of a kind; of a record as the API shows it. */
Val shape_schema(Arena *a, const Model *m, const Shape *shape);
Val kind_schema(Arena *a, const Model *m, const KindInfo *k);
Val record_schema(Arena *a, const Model *m, const KindInfo *k);
/* {name, no, version, title, needs, read, job, offline, idempotent, takes, returns}. */
Val op_describe(Arena *a, const Model *m, const Op *op, Str lang);

#endif
