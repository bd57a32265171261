/* dispatch.c: one call from request to reply. */
#include "op/op_int.h"

#include "base/banned.h"

enum { INPUT_CBOR_MAX = 128 << 20 };

/* --- before the work -------------------------------------------------------------------------- */

static Status find_op(Run *r) {
    r->op = op_find(r->table, r->q->op);
    if (!r->op) return FAIL(r->c, ST_MISSING, NULL, "error.op.unknown", "operation", r->q->op);
    if (r->q->version <= r->op->version) return ST_OK;
    return FAIL(r->c, ST_UNSUPPORTED, NULL, "error.op.version", "version",
                str_printf(r->c->arena, "%u", (unsigned)r->q->version), "newest",
                str_printf(r->c->arena, "%u", (unsigned)r->op->version));
}

static Status check_actor(const Run *r) {
    Ctx *c = r->c;
    const Actor *a = c->actor;
    if (r->op->flags & OP_PUBLIC) return ST_OK;
    if (!a) return FAIL(c, ST_UNAUTHENTICATED, NULL, "error.session.none");
    if (a->locked && !(r->op->flags & OP_LOCKED_TOO))
        return FAIL(c, ST_DENIED, NULL, "error.session.locked");
    if (a->must_change_password)
        return FAIL(c, ST_DENIED, NULL, "error.session.must_change_password");
    return actor_require(c, r->op->needs);
}

static Status check_input(Run *r) {
    static const Shape nothing = { .name = "nothing" };
    Ctx *c = r->c;
    Val in = r->q->input;
    uint16_t version = r->q->version ? r->q->version : r->op->version;
    if (version < r->op->version && r->op->upgrade) TRY(r->op->upgrade(c, version, in, &in));
    return shape_check(c, store_model(r->store), r->op->takes ? r->op->takes : &nothing, in,
                       &r->call.input);
}

Status input_hash(Ctx *c, Val input, uint64_t *ret) {
    Buf bytes = buf_new(c->arena, INPUT_CBOR_MAX);
    cbor_put_val(&bytes, val_is_absent(input) ? val_null() : input);
    if (buf_full(&bytes)) return FAIL(c, ST_LIMIT, NULL, "error.op.too_large");
    Hash256 h = sha256(buf_text(&bytes));
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof n; i++)
        n = n << 8 | h.b[i];
    n &= INT64_MAX;   /* the ledger keeps it as a CBOR integer of 63 bits */
    *ret = n ? n : 1; /* 0 says "absent" */
    return ST_OK;
}

/* Whoever reads already goes on as they began. */
Status run_renew(Ctx *c, const OpTable *t) {
    return t->access && !c->reader ? access_renew(c, t->access) : ST_OK;
}

Status run_check(Run *r) {
    Ctx *c = r->c;
    TRY(find_op(r));
    TRY(check_actor(r));
    if (r->q->replayed && !(r->op->flags & OP_OFFLINE))
        return FAIL(c, ST_DENIED, NULL, "error.op.not_offline");
    r->call = (OpCall){
        .op = r->op,
        .table = r->table,
        .result = val_map(),
        .purpose = r->q->purpose.s ? r->q->purpose : STR(""),
        .replayed = r->q->replayed,
        .client_time = r->q->client_time,
    };
    TRY(check_input(r));
    r->call.reason = val_get_text(r->call.input, "reason", STR(""));
    c->store = r->store;
    c->reach = c->actor ? c->actor->reach : NULL;
    /* The sender's own bytes, so that what an outbox sends again is the same after an upgrade. */
    return r->op->flags & OP_READ ? ST_OK : input_hash(c, r->q->input, &r->input_hash);
}

Val run_show(Ctx *c, const Op *op, Val result) {
    if (!op->returns) return val_map();
    return shape_show(c->arena, store_model(c->store), op->returns, result);
}

/* --- reading ---------------------------------------------------------------------------------- */

static Status work(Run *r) {
    if (r->op->prepare) TRY(r->op->prepare(r->c, &r->call));
    return r->op->fn(r->c, &r->call);
}

/* What cannot be recorded is not shown. */
static Status record_read(const Run *r) {
    Ctx *c = r->c;
    const OpCall *call = &r->call;
    Str name = str_of(r->op->name);
    bool file = !id_is_none(call->read_subject), lines = call->read_glimpses.n > 0;
    if (!(r->op->flags & OP_READS_FILE) || (!file && !lines)) return ST_OK;
    if (!r->table->access)
        return c->actor->system ? ST_OK : FAIL(c, ST_BUSY, NULL, "error.audit.full");
    if (lines)
        TRY(audit_glimpses(c, r->table->access, call->read_glimpses.v, call->read_glimpses.n, name,
                           call->purpose));
    if (!file) return ST_OK;
    if (call->read_sealed)
        return audit_read_sealed(c, r->table->access, call->read_subject, name, call->purpose);
    return audit_read(c, r->table->access, call->read_subject, name, call->purpose);
}

Status run_read(Run *r) {
    TRY(reading_begin(r->c, r->store, &r->reading));
    Status st = work(r);
    if (st == ST_OK) r->reply.result = run_show(r->c, r->op, r->call.result);
    reading_end(r->reading);
    TRY(st);
    return record_read(r);
}

/* --- writing ---------------------------------------------------------------------------------- */

static ActPart act_of(Ctx *c, const Run *r) {
    const Actor *a = c->actor;
    return (ActPart){
        .act = r->call.act,
        .op_no = r->op->no,
        .op_version = r->op->version,
        .actor = a ? a->user : ID_NONE,
        .device = store_node(r->store),
        .office = a ? a->office : ID_NONE,
        .purpose = r->call.purpose,
        .reason = r->call.reason,
        .idempotency = r->op->flags & OP_IDEMPOTENT ? r->q->idempotency : ID_NONE,
        .client_time = r->call.client_time,
        .input_hash = r->input_hash,
        .spoken_by = a && a->spoken_by.s ? a->spoken_by : STR(""),
    };
}

static Status run_write_fn(Ctx *c, Tx *tx, void *run) {
    Run *r = run;
    bool repeated;
    TRY(reply_find(c, r, &repeated));
    if (repeated) return ST_OK;
    r->call.act = id_new(c->env);
    tx_replay(tx, r->call.replayed);
    TRY(r->op->fn(c, &r->call));
    if (r->q->beside) TRY(r->q->beside(c, r->q->beside_arg, r->call.result));
    ActPart act = act_of(c, r);
    tx_act(tx, &act);
    Str why = val_get_text(r->call.input, "reason_text", STR(""));
    if (!str_empty(why)) tx_reason_text(tx, why);
    r->reply = (OpReply){ .result = run_show(c, r->op, r->call.result), .act = act.act };
    return reply_keep(c, r, r->reply.result);
}

/* prepare comes before the writer looks for the key: a repeated call must not get as far as being
 * refused for what the first one did. */
Status run_write_before(Run *r, bool *ret_answered) {
    *ret_answered = false;
    if (!r->op->prepare) return ST_OK;
    TRY(reading_begin(r->c, r->store, &r->reading));
    Status st = reply_find(r->c, r, ret_answered);
    if (st == ST_OK && !*ret_answered) st = r->op->prepare(r->c, &r->call);
    reading_end(r->reading);
    return st;
}

/* What a tablet may send twice the writer may run twice. */
WriteJob run_write_job(Run *r) {
    return (WriteJob){
        .fn = run_write_fn, .arg = r, .ctx = r->c, .repeatable = r->op->flags & OP_OFFLINE
    };
}

Status run_write(Run *r) {
    bool answered;
    TRY(run_write_before(r, &answered));
    WriteJob job = run_write_job(r);
    return answered ? ST_OK : store_write_batch(r->store, &job, 1);
}

/* --- the call --------------------------------------------------------------------------------- */

static Status run_job(Run *r) {
    if (r->table->jobs) return job_submit(r->table->jobs, r);
    if (r->op->flags & OP_READ) return run_read(r);
    TRY(work(r));
    r->reply.result = run_show(r->c, r->op, r->call.result);
    return ST_OK;
}

static Status run_all(void *run) {
    Run *r = run;
    r->spare = arena_new_of(r->c->arena, Err);
    TRY(run_renew(r->c, r->table));
    TRY(run_check(r));
    if (r->op->flags & OP_JOB) return run_job(r);
    return r->op->flags & OP_READ ? run_read(r) : run_write(r);
}

/* The arena is full, perhaps in the middle of noting an error: what was noted goes, and the one
 * error to tell has its place already. */
static void tell_memory(Run *r) {
    Ctx *c = r->c;
    reading_end(r->reading);
    c->errs.v = r->spare;
    c->errs.n = c->errs.cap = r->spare ? 1 : 0;
    if (!r->spare) return;
    *r->spare = (Err){
        .status = ST_MEMORY,
        .path = STR(""),
        .key = STR("error.memory"),
        .cause = STR(""),
    };
}

Status op_call(Ctx *c, Store *s, const OpTable *t, const OpRequest *q, OpReply *ret) {
    ASSERT(!c->tx);
    Run r = { .c = c, .store = s, .table = t, .q = q };
    bool guarded = arena_guarded(c->arena);
    Status st = guarded ? run_all(&r) : guard_run(c->arena, run_all, &r);
    if (st == ST_MEMORY) tell_memory(&r);
    if (st == ST_OK) *ret = r.reply;
    return st;
}
