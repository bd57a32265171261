/* take_back.c: import.take_back: what a batch has made becomes void and what it has corrected is put
 * back, but for what has been worked on since, which stays and is listed.
 *
 * The ledger knows what the batch made: the acts bear its keys (family_key). A record has been
 * touched when another act stands in the history of its subject. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { TAKE_BACK_AT_ONCE = 128, STAYS_LISTED_MAX = 10000 };

typedef struct Stay {
    Str person, name;
    bool is_group;
} Stay;

typedef struct TakeBack {
    OpCall *call;
    Record *batch;
    int64_t families, corrections, first;
    Str reason, reason_text;
    int64_t voided, undone, n_stays;
    Arena *arena; /* of the job: what stays */
    VEC(Stay) stays;
} TakeBack;

typedef struct Made {
    Record *group, **people;
    bool *touched;
    size_t n, n_touched;
    bool group_touched;
} Made;

/* ---- what has been touched ------------------------------------------------------------------------------ */

static Status touched_since(Ctx *c, Id subject, Id act, bool *ret) {
    const HistoryEntry *entries;
    size_t n;
    *ret = false;
    TRY(read_history(c, subject, &entries, &n));
    for (size_t i = 0; i < n; i++)
        if (!id_eq(entries[i].act.act, act)) *ret = true;
    return ST_OK;
}

/* Somebody else who has come into the family since. */
static Status has_newcomer(Ctx *c, const Made *m, bool *ret) {
    Record **rows;
    size_t n;
    const KindInfo *k = model_kind(store_model(c->store), STR("membership"));
    *ret = false;
    TRY(read_children(c, k, "registration_group", m->group->id, false, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        Id person;
        bool ours = false;
        if (!record_id(rows[i], "person", &person)) continue;
        for (size_t p = 0; p < m->n; p++)
            ours = ours || id_eq(m->people[p]->id, person);
        *ret = *ret || !ours;
    }
    return ST_OK;
}

/* The group, then its people, lead the results of the act that made them. Void ones are done with. */
static Status made_by(Ctx *c, const ActPart *act, Made *m) {
    *m = (Made){ 0 };
    m->people = arena_array(c->arena, Record *, act->n_results + 1);
    m->touched = arena_array(c->arena, bool, act->n_results + 1);
    if (act->n_results == 0) return ST_OK;
    TRY(record_if_there(c, "registration_group", act->results[0], &m->group));
    if (m->group && record_is_void(m->group)) m->group = NULL;
    for (size_t i = 1; i < act->n_results; i++) {
        Record *person;
        TRY(record_if_there(c, "person", act->results[i], &person));
        if (!person) break; /* in acts of earlier programs memberships and papers follow */
        bool twice = false;
        for (size_t p = 0; p < m->n; p++)
            twice = twice || id_eq(m->people[p]->id, person->id);
        if (twice || record_is_void(person)) continue;
        TRY(touched_since(c, person->id, act->act, &m->touched[m->n]));
        m->n_touched += m->touched[m->n];
        m->people[m->n++] = person;
    }
    if (!m->group) return ST_OK;
    bool newcomer;
    TRY(touched_since(c, m->group->id, act->act, &m->group_touched));
    TRY(has_newcomer(c, m, &newcomer));
    m->group_touched = m->group_touched || newcomer;
    return ST_OK;
}

/* ---- voiding ----------------------------------------------------------------------------------------------- */

typedef struct Calls {
    VEC(OpRequest) q;
    VEC(Record *) what; /* NULL: a whole family */
    VEC(int64_t) people;
} Calls;

static void stays(TakeBack *t, const Record *r) {
    t->n_stays++;
    if (t->stays.n >= STAYS_LISTED_MAX) return;
    bool group = strcmp(r->kind->k->name, "registration_group") == 0;
    Stay s = { .person = id_text(t->arena, r->id), .is_group = group };
    s.name = str_copy(t->arena, record_text(r, group ? "number" : "display_name"));
    vec_push(t->arena, &t->stays, s);
}

/* subject: what the operation is about, under its own name for it. */
static void push_call(Ctx *c, TakeBack *t, Calls *calls, const char *op, const char *about,
                      Id subject, Str reason, Record *what, int64_t people) {
    Val input = val_map();
    val_set_c(c->arena, &input, about, val_text(id_text(c->arena, subject)));
    val_set_c(c->arena, &input, "reason", val_text(reason));
    if (t->reason_text.n) val_set_c(c->arena, &input, "reason_text", val_text(t->reason_text));
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE, .input = input };
    q.purpose = str_concat(c->arena, IMPORT_PURPOSE, id_text(c->arena, t->batch->id));
    vec_push(c->arena, &calls->q, q);
    vec_push(c->arena, &calls->what, what);
    vec_push(c->arena, &calls->people, people);
}

static void call_void(Ctx *c, TakeBack *t, Calls *calls, const char *op, Record *r,
                      int64_t people) {
    push_call(c, t, calls, op, "id", r->id, t->reason, r, people);
}

static void plan_family(Ctx *c, TakeBack *t, Made *m, Calls *calls) {
    Id focal = ID_NONE;
    if (m->group && m->n_touched == 0 && !m->group_touched) {
        call_void(c, t, calls, "group.void", m->group, (int64_t)m->n);
        return;
    }
    if (m->group && !record_id(m->group, "focal_point", &focal)) focal = ID_NONE;
    for (size_t i = 0; i < m->n; i++) {
        /* A family that stays keeps the person all others are related to. */
        if (m->touched[i] || id_eq(m->people[i]->id, focal))
            stays(t, m->people[i]);
        else
            call_void(c, t, calls, "person.void", m->people[i], 1);
    }
}

static Status void_family(Ctx *c, TakeBack *t, int64_t family, Calls *calls) {
    ActPart act;
    bool found;
    Made m;
    TRY(family_act(c, t->batch->id, family, &found, &act));
    if (!found) return ST_OK;
    TRY(made_by(c, &act, &m));
    plan_family(c, t, &m, calls);
    return ST_OK;
}

/* ---- corrections --------------------------------------------------------------------------------------------- */

static Status undo_correction(Ctx *c, TakeBack *t, int64_t number, Calls *calls) {
    Id act;
    Record *person;
    TRY(correction_act(c, t->batch->id, number, &act, &person));
    if (!id_is_none(act) && person)
        push_call(c, t, calls, "act.undo", "act", act, STR("IMPORT"), person, 0);
    return ST_OK;
}

/* ---- some at a time -------------------------------------------------------------------------------------------- */

typedef struct Some {
    TakeBack *t;
    int64_t end;
    Status (*plan)(Ctx *c, TakeBack *t, int64_t number, Calls *calls);
    Calls calls;
} Some;

/* What may be read for this is what may be voided; the needs of a person count though the actor may
 * not see them. */
static Status plan_some(Ctx *c, void *arg) {
    Some *some = arg;
    const Reach *own = c->reach;
    Status st = ST_OK;
    c->reach = &reach_everything;
    for (int64_t i = some->t->first; i < some->end && st == ST_OK; i++)
        st = some->plan(c, some->t, i, &some->calls);
    c->reach = own;
    return st;
}

/* What somebody has changed since a correction keeps its value. */
static bool is_whole(const OpReply *reply) {
    Val moved = val_get(reply->result, "moved_on");
    return moved.type != VAL_LIST || moved.list.n == 0;
}

static Status send_some(Ctx *c, Some *some) {
    TakeBack *t = some->t;
    TRY(batch_read(c, plan_some, some));
    const Calls *calls = &some->calls;
    size_t n = calls->q.n;
    if (n == 0) return ST_OK;
    OpReply *replies = arena_array(c->arena, OpReply, n);
    Status *statuses = arena_array(c->arena, Status, n);
    TRY(op_call_batch(c, c->store, t->call->table, calls->q.v, n, replies, statuses));
    for (size_t i = 0; i < n; i++) {
        bool done = statuses[i] == ST_OK;
        t->voided += done ? calls->people.v[i] : 0;
        t->undone += done && some->plan == undo_correction;
        if (!done || !is_whole(&replies[i])) stays(t, calls->what.v[i]);
    }
    ctx_forget_errors(c);
    return ST_OK;
}

static int64_t end_of_some(const TakeBack *t, int64_t all) {
    return t->first + TAKE_BACK_AT_ONCE < all ? t->first + TAKE_BACK_AT_ONCE : all;
}

static Status void_some(Ctx *c, void *arg) {
    TakeBack *t = arg;
    return send_some(c, &(Some){ .t = t, .end = end_of_some(t, t->families), .plan = void_family });
}

static Status undo_some(Ctx *c, void *arg) {
    TakeBack *t = arg;
    return send_some(
        c, &(Some){ .t = t, .end = end_of_some(t, t->corrections), .plan = undo_correction });
}

static Status run_all(Ctx *c, TakeBack *t, int64_t all, BatchStep step) {
    for (t->first = 0; t->first < all; t->first += TAKE_BACK_AT_ONCE) {
        if (job_cancelled(t->call->job)) return FAIL(c, ST_CANCELLED, "", "error.cancelled");
        job_progress(t->call->job, t->first, all, "phase.import.take_back");
        TRY(scratch_run(c, SCRATCH_MAX, step, t));
    }
    return ST_OK;
}

/* ---- the operation ------------------------------------------------------------------------------------------- */

static Status look_first(Ctx *c, void *arg) {
    TakeBack *t = arg;
    TRY(batch_need(c, t->call, &t->batch));
    TRY(actor_require_in(c, PERM_IMPORT_APPROVE, t->batch->scope));
    TRY(actor_require_in(c, PERM_PERSON_VOID, t->batch->scope));
    Str state = record_text(t->batch, "state");
    if (!str_is(state, "APPROVED"))
        return FAIL(c, ST_CONFLICT, "batch", "error.import.state", "code.import_state", state);
    Val families = record_value(t->batch, "families");
    Val corrections = record_value(t->batch, "corrections");
    t->families = families.type == VAL_INT ? families.i : 0;
    t->corrections = corrections.type == VAL_INT ? corrections.i : 0;
    return ST_OK;
}

static Status write_taken_back(Ctx *c, void *arg) {
    TakeBack *t = arg;
    Val fields = val_map();
    val_set_c(c->arena, &fields, "state", val_text(STR("TAKEN_BACK")));
    return tx_set(c, batch_kind(c), t->batch->id, STR(""), fields);
}

static void answer(Ctx *c, TakeBack *t) {
    Val out = val_map(), list = val_list();
    for (size_t i = 0; i < t->stays.n; i++) {
        Val one = val_map();
        const Stay *s = &t->stays.v[i];
        val_set_c(c->arena, &one, "kind",
                  val_text(s->is_group ? STR("registration_group") : STR("person")));
        val_set_c(c->arena, &one, "id", val_text(s->person));
        if (!s->is_group) val_set_c(c->arena, &one, "person", val_text(s->person));
        val_set_c(c->arena, &one, "name", val_text(s->name));
        val_push(c->arena, &list, one);
    }
    val_set_c(c->arena, &out, "batch", val_id(c->arena, t->batch->id));
    val_set_c(c->arena, &out, "voided", val_int(t->voided));
    val_set_c(c->arena, &out, "undone", val_int(t->undone));
    val_set_c(c->arena, &out, "n_stays", val_int(t->n_stays));
    val_set_c(c->arena, &out, "stays", list);
    t->call->result = out;
}

Status op_import_take_back(Ctx *c, OpCall *call) {
    TakeBack t = { .call = call, .arena = c->arena };
    t.reason = val_get_text(call->input, "reason", STR(""));
    t.reason_text = val_get_text(call->input, "reason_text", STR(""));
    TRY(batch_read(c, look_first, &t));
    TRY(run_all(c, &t, t.families, void_some));
    TRY(run_all(c, &t, t.corrections, undo_some));
    TRY(batch_write(c, call, write_taken_back, &t));
    answer(c, &t);
    return ST_OK;
}
