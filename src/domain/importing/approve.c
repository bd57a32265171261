/* approve.c: import.approve: the families of a batch are registered, some hundred a transaction; then
 * the corrections that were chosen are carried out (corrections.c).
 *
 * Each is a call of group.register of its own, so that one that fails does not hold up the others, and
 * each bears an idempotency key made from the batch: approving again, after a power cut or a
 * cancelled job, goes on where it stopped. Two threads take chunks in turn, so that one prepares
 * while the writer writes what the other has prepared. */
#include "domain/importing/importing_int.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/banned.h"

enum { APPROVERS = 2, FAILURES_LISTED_MAX = 1000 };

typedef struct Failure {
    size_t row, line;
    Err err;
} Failure;

typedef struct Approve {
    OpCall *call;
    Ctx *c;
    Record *batch;
    Id id;
    Head head;
    bool resumed;
    int64_t *first_of; /* number of the first family of each chunk */
    atomic_size_t next;
    atomic_llong done;
    atomic_bool stop;
    int64_t made, people_failed;
    Choice choice;
    Corrected corrected;
} Approve;

typedef struct Approver {
    Approve *a;
    pthread_t thread;
    Arena *keep;
    Ctx c;
    int64_t people, families_failed;
    VEC(Failure) failures;
    Status status;
} Approver;

/* ---- one chunk ---------------------------------------------------------------------------------------- */

typedef struct Chunk {
    Approver *w;
    size_t i;
    Val families;
    OpRequest *q;
    OpReply *replies;
    Status *statuses;
    Val *rows_of_call; /* the rows of its family */
    size_t n;
} Chunk;

/* A family on its way, and what is kept beside it. */
typedef struct Beside {
    Id batch;
    Val rows;
} Beside;

/* ---- where each person came from ------------------------------------------------------------------------- */

static Status put_source(Ctx *c, Id batch, Str key, Id person, Val rows) {
    int64_t number;
    if (!num_parse_i64(key, &number)) return ST_OK;
    for (size_t i = 0; i < rows.list.n; i++) {
        Val row = rows.list.v[i], kept = val_map();
        if (val_get_int(row, "row", 0) != number) continue;
        val_set_c(c->arena, &kept, "batch", val_text(id_text(c->arena, batch)));
        val_set_c(c->arena, &kept, "row", val_int(number));
        val_set_c(c->arena, &kept, "cells", val_get(row, "cells"));
        Buf b = buf_new(c->arena, 1 << 20);
        cbor_put_val(&b, kept);
        return local_put(c, STR(REGISTRY_SOURCE_ROWS), id_text(c->arena, person), buf_text(&b));
    }
    return ST_OK;
}

/* In the act that registers the family: a person and the row it came from are there together. */
static Status put_sources(Ctx *c, void *beside, Val result) {
    const Beside *b = beside;
    Val members = val_get(result, "members");
    for (size_t i = 0; members.type == VAL_LIST && i < members.list.n; i++) {
        Val m = members.list.v[i];
        Id person;
        if (!val_get_id(val_get(m, "person"), &person)) continue;
        TRY(put_source(c, b->batch, val_get_text(m, "key", STR("")), person, b->rows));
    }
    return ST_OK;
}

/* ---- its calls ---------------------------------------------------------------------------------------------- */

static Status chunk_fetch(Ctx *c, void *arg) {
    Chunk *k = arg;
    const Approve *a = k->w->a;
    TRY(chunk_read(c, a->id, (int64_t)k->i, &k->families));
    size_t n = k->families.list.n;
    k->q = arena_array(c->arena, OpRequest, n + 1);
    k->replies = arena_array(c->arena, OpReply, n + 1);
    k->statuses = arena_array(c->arena, Status, n + 1);
    k->rows_of_call = arena_array(c->arena, Val, n + 1);
    Beside *beside = arena_array(c->arena, Beside, n + 1);
    Str purpose = str_concat(c->arena, IMPORT_PURPOSE, id_text(c->arena, a->id));
    for (size_t f = 0; f < n; f++) {
        int64_t number = a->first_of[k->i] + (int64_t)f;
        Val family = k->families.list.v[f];
        if (a->resumed) {
            ActPart act;
            bool made;
            TRY(family_act(c, a->id, number, &made, &act));
            if (made) {
                k->w->people += (int64_t)val_get(family, "rows").list.n;
                continue;
            }
        }
        k->rows_of_call[k->n] = val_get(family, "rows");
        beside[k->n] = (Beside){ a->id, k->rows_of_call[k->n] };
        k->q[k->n] = (OpRequest){ .op = STR("group.register"),
                                  .idempotency = family_key(a->id, number),
                                  .client_time = TIME_NONE,
                                  .replayed = true,
                                  .purpose = purpose,
                                  .input = val_get(family, "input"),
                                  .beside = put_sources,
                                  .beside_arg = &beside[k->n],
                                  .result_unkept = true };
        k->n++;
    }
    return ST_OK;
}

static void note_failure(Approver *w, Val rows, const Err *e) {
    Failure f = { .err = *e };
    if (w->failures.n >= FAILURES_LISTED_MAX) return;
    Val first = rows.list.n ? rows.list.v[0] : VAL_ABSENT;
    f.row = (size_t)val_get_int(first, "row", 0);
    f.line = (size_t)val_get_int(first, "line", 0);
    f.err.key = str_copy(w->keep, e->key);
    f.err.path = f.err.cause = STR("");
    for (size_t i = 0; i < e->n_args; i++)
        f.err.args[i] =
            (ErrArg){ str_copy(w->keep, e->args[i].name), str_copy(w->keep, e->args[i].value) };
    vec_push(w->keep, &w->failures, f);
}

/* Errors of call i bear "[i]" in front of their path. */
static const Err *error_of(const Ctx *c, size_t call) {
    char prefix[32];
    int n = snprintf(prefix, sizeof prefix, "[%zu]", call);
    for (size_t i = 0; i < c->errs.n; i++)
        if (str_starts(c->errs.v[i].path, str_n(prefix, (size_t)n))) return &c->errs.v[i];
    return NULL;
}

static void count_chunk(Ctx *c, Chunk *k) {
    Approver *w = k->w;
    for (size_t i = 0; i < k->n; i++) {
        Val rows = k->rows_of_call[i];
        if (k->statuses[i] == ST_OK) {
            w->people += (int64_t)rows.list.n;
            continue;
        }
        const Err *e = error_of(c, i);
        Err unknown = { .status = k->statuses[i], .path = STR(""), .key = STR("error.import.row") };
        w->families_failed++;
        note_failure(w, rows, e ? e : &unknown);
    }
    ctx_forget_errors(c);
}

static Status chunk_run(Ctx *c, void *arg) {
    Chunk *k = arg;
    const Approve *a = k->w->a;
    TRY(batch_read(c, chunk_fetch, k));
    if (k->n == 0) return ST_OK;
    TRY(op_call_batch(c, c->store, a->call->table, k->q, k->n, k->replies, k->statuses));
    count_chunk(c, k);
    return ST_OK;
}

/* ---- two at a time --------------------------------------------------------------------------------------- */

static void *approver_run(void *arg) {
    Approver *w = arg;
    Approve *a = w->a;
    if (ARENA_GUARD(w->keep) != 0) {
        w->status = ST_MEMORY;
        atomic_store(&a->stop, true);
        return NULL;
    }
    while (w->status == ST_OK && !atomic_load(&a->stop)) {
        size_t i = atomic_fetch_add(&a->next, 1);
        if (i >= (size_t)a->head.chunks) break;
        Chunk k = { .w = w, .i = i };
        w->status = scratch_run(&w->c, SCRATCH_MAX, chunk_run, &k);
        int64_t n = a->first_of[i + 1] - a->first_of[i];
        int64_t done = (int64_t)atomic_fetch_add(&a->done, n) + n;
        job_progress(a->call->job, done, a->head.families, "phase.import.register");
        if (w->status == ST_OK && job_cancelled(a->call->job)) w->status = ST_CANCELLED;
    }
    if (w->status != ST_OK) atomic_store(&a->stop, true);
    arena_unguard(w->keep);
    return NULL;
}

static void drop_arena(void *arena) {
    arena_free(arena);
}

static void approver_init(Approver *w, Approve *a) {
    *w = (Approver){ .a = a, .keep = arena_new(a->c->env, 64 << 20) };
    arena_defer(a->c->arena, drop_arena, w->keep);
    w->c = *a->c;
    w->c.arena = w->keep;
    w->c.errs.v = NULL;
    w->c.errs.n = w->c.errs.cap = 0;
}

static Status approvers_status(Ctx *c, const Approver *w) {
    for (size_t i = 0; i < APPROVERS; i++) {
        if (w[i].status == ST_OK) continue;
        if (w[i].status == ST_CANCELLED) return FAIL(c, ST_CANCELLED, "", "error.cancelled");
        size_t n = w[i].c.errs.n;
        const char *key = n ? str_c(c->arena, w[i].c.errs.v[n - 1].key) : "error.memory";
        return FAIL(c, w[i].status, "", key);
    }
    return ST_OK;
}

/* ---- before and after -------------------------------------------------------------------------------------- */

static Status count_chunks(Ctx *c, Approve *a) {
    a->first_of = arena_array(c->arena, int64_t, (size_t)a->head.chunks + 1);
    for (int64_t i = 0; i < a->head.chunks; i++) {
        Val families;
        TRY(chunk_read(c, a->id, i, &families));
        a->first_of[i + 1] = a->first_of[i] + (int64_t)families.list.n;
    }
    return ST_OK;
}

/* Another batch of the same file would register everybody twice. */
static Status no_other_approved(Ctx *c, const Approve *a) {
    Record **rows;
    size_t n;
    TRY(batch_same_file(c, record_text(a->batch, "file_hash"), &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (!id_eq(rows[i]->id, a->id) && str_is(record_text(rows[i], "state"), "APPROVED"))
            return FAIL(c, ST_CONFLICT, "batch", "error.import.same_file", "batch",
                        id_text(c->arena, rows[i]->id));
    return ST_OK;
}

/* Staged beside another version of the list that was approved meanwhile. */
static Status not_overtaken(Ctx *c, const Approve *a) {
    int64_t n;
    TRY(seen_overtaken(c, a->id, &n));
    return n == 0 ? ST_OK
                  : FAIL(c, ST_CONFLICT, "batch", "error.import.overtaken", "n",
                         str_printf(c->arena, "%lld", (long long)n));
}

static Status look_first(Ctx *c, void *arg) {
    Approve *a = arg;
    TRY(batch_need(c, a->call, &a->batch));
    a->id = a->batch->id;
    TRY(actor_require_in(c, PERM_IMPORT_APPROVE, a->batch->scope));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, a->batch->scope));
    if (!str_is(record_text(a->batch, "state"), "STAGED")) return ST_OK;
    TRY(no_other_approved(c, a));
    TRY(head_read(c, a->id, &a->head));
    a->resumed = a->head.begun;
    if (!a->resumed) TRY(not_overtaken(c, a));
    return count_chunks(c, a);
}

static Status write_begun(Ctx *c, Tx *tx, void *arg) {
    Approve *a = arg;
    (void)tx;
    a->head.begun = true;
    return head_put(c, a->id, &a->head);
}

static Status write_approved(Ctx *c, void *arg) {
    Approve *a = arg;
    Val fields = val_map();
    val_set_c(c->arena, &fields, "state", val_text(STR("APPROVED")));
    val_set_c(c->arena, &fields, "made", val_int(a->made));
    if (a->head.offers) val_set_c(c->arena, &fields, "corrected", val_int(a->corrected.made));
    if (!id_is_none(c->actor->user))
        val_set_c(c->arena, &fields, "approved_by", val_id(c->arena, c->actor->user));
    TRY(tx_set(c, batch_kind(c), a->id, STR(""), fields));
    return batch_forget(c, a->id, &a->head);
}

static void answer(Ctx *c, Approve *a, const Approver *w, bool repeated) {
    Val out = val_map();
    Findings failed = { .arena = c->arena };
    for (size_t i = 0; w && i < APPROVERS; i++)
        for (size_t k = 0; k < w[i].failures.n; k++) {
            const Failure *f = &w[i].failures.v[k];
            finding_add_err(&failed, false, f->row, f->line, NULL, STR(""), &f->err);
        }
    if (w) findings_merge(&failed, &a->corrected.refused);
    findings_sort(&failed);
    val_set_c(c->arena, &out, "corrected", val_int(a->corrected.made));
    val_set_c(c->arena, &out, "corrections_left", val_int(a->corrected.left));
    val_set_c(c->arena, &out, "corrections_refused", val_int((int64_t)a->corrected.refused.errors));
    val_set_c(c->arena, &out, "batch", val_id(c->arena, a->id));
    val_set_c(c->arena, &out, "made", val_int(a->made));
    val_set_c(c->arena, &out, "failed", val_int(a->people_failed));
    val_set_c(c->arena, &out, "errors", findings_show(c, &failed, FAILURES_LISTED_MAX));
    val_set_c(c->arena, &out, "repeated", val_bool(repeated));
    a->call->result = out;
}

/* Where nothing at all could be registered something else is wrong than the rows: the batch waits on. */
static Status write_waits(Ctx *c, Tx *tx, void *arg) {
    Approve *a = arg;
    (void)tx;
    a->head.begun = a->resumed;
    return head_put(c, a->id, &a->head);
}

static Status nothing_made(Ctx *c, Approve *a, const Approver *w) {
    TRY(store_write(c->store, c, write_waits, a));
    for (size_t i = 0; i < APPROVERS; i++) {
        if (w[i].failures.n == 0) continue;
        const Err *e = &w[i].failures.v[0].err;
        vec_push(c->arena, &c->errs, *e);
        return e->status != ST_OK ? e->status : ST_INVALID;
    }
    return FAIL(c, ST_INVALID, "batch", "error.import.row");
}

static Status run_approvers(Ctx *c, Approve *a, Approver *w) {
    for (size_t i = 0; i < APPROVERS; i++)
        approver_init(&w[i], a);
    bool second = pthread_create(&w[1].thread, NULL, approver_run, &w[1]) == 0;
    (void)approver_run(&w[0]);
    if (second) pthread_join(w[1].thread, NULL);
    for (size_t i = 0; i < APPROVERS; i++) {
        a->made += w[i].people;
        a->people_failed += w[i].families_failed;
    }
    return approvers_status(c, w);
}

Status op_import_approve(Ctx *c, OpCall *call) {
    Approve a = { .call = call, .c = c };
    Approver *w = arena_array(c->arena, Approver, APPROVERS);
    TRY(choice_read(c, call, &a.choice));
    TRY(batch_read(c, look_first, &a));
    Str state = record_text(a.batch, "state");
    if (str_is(state, "APPROVED")) {
        Val made = record_value(a.batch, "made");
        Val corrected = record_value(a.batch, "corrected");
        a.made = made.type == VAL_INT ? made.i : 0;
        a.corrected.made = corrected.type == VAL_INT ? corrected.i : 0;
        answer(c, &a, NULL, true);
        return ST_OK;
    }
    if (!str_is(state, "STAGED"))
        return FAIL(c, ST_CONFLICT, "batch", "error.import.state", "code.import_state", state);
    TRY(store_write(c->store, c, write_begun, &a));
    TRY(run_approvers(c, &a, w));
    if (a.made == 0 && a.head.families > 0) return nothing_made(c, &a, w);
    TRY(corrections_make(c, call, a.id, &a.head, &a.choice, &a.corrected));
    TRY(batch_write(c, call, write_approved, &a));
    answer(c, &a, w, false);
    return ST_OK;
}
