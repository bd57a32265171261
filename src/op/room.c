/* room.c: what the rooms access and op bring: kinds and operations of their own. */
#include "op/op_int.h"

#include "base/banned.h"

static const Kind *const access_kinds[] = { &audit_read_kind };

const Room access_room = {
    .name = "access",
    .kinds = access_kinds,
    .n_kinds = sizeof access_kinds / sizeof access_kinds[0],
};

/* --- shapes ----------------------------------------------------------------------------------- */

static const Field job_id_fields[] = {
    { "id", .type = FT_REF, .flags = FF_REQUIRED, .doc = "The job" },
};
static const Shape job_id_shape = { .name = "job_id", FIELDS(job_id_fields) };

static const Field job_fields[] = {
    { "id", .type = FT_REF, .flags = FF_REQUIRED, .doc = "The job" },
    { "op", .type = FT_TEXT, .flags = FF_REQUIRED, .doc = "The operation it runs" },
    { "state", .type = FT_TEXT, .flags = FF_REQUIRED,
      .doc = "queued, running, done, failed, cancelled" },
    { "version", .type = FT_INT, .flags = FF_REQUIRED, .doc = "Grows with every change" },
    { "done", .type = FT_INT, .flags = FF_REQUIRED, .doc = "How much is done" },
    { "total", .type = FT_INT, .flags = FF_REQUIRED, .doc = "Of how much; 0: not known yet" },
    { "phase", .type = FT_TEXT, .doc = "What it is at, as a label key" },
    { "user", .type = FT_REF, .kind = NULL, .doc = "Who began it" },
    { "queued_at", .type = FT_TIME, .flags = FF_REQUIRED, .doc = "When it was asked for" },
    { "began_at", .type = FT_TIME, .doc = "When it began" },
    { "ended_at", .type = FT_TIME, .doc = "When it ended" },
    { "result", .type = FT_JSON, .doc = "What the operation returned" },
    { "problem", .type = FT_JSON, .doc = "Why it failed" },
};
static const Shape job_shape = { .name = "job", FIELDS(job_fields) };

static const Field job_list_fields[] = {
    { "jobs", .type = FT_SHAPE, .shape = &job_shape, .flags = FF_LIST | FF_REQUIRED,
      .doc = "Newest first, without results" },
};
static const Shape job_list_shape = { .name = "job_list", FIELDS(job_list_fields) };

/* --- showing a job ---------------------------------------------------------------------------- */

static Val show_error(Arena *a, const Model *m, Str lang, const Err *e) {
    Val v = val_map(), args = val_map();
    val_set_c(a, &v, "path", val_text(e->path));
    val_set_c(a, &v, "key", val_text(e->key));
    val_set_c(a, &v, "message", val_text(model_message(m, a, lang, e)));
    for (size_t i = 0; i < e->n_args; i++)
        val_set(a, &args, e->args[i].name, val_text(e->args[i].value));
    if (e->n_args) val_set_c(a, &v, "args", args);
    return v;
}

static Val show_problem(Arena *a, const Model *m, Str lang, const JobView *j) {
    Val v = val_map(), errors = val_list();
    const char *code = j->n_errs ? status_name(j->errs[j->n_errs - 1].status) : "unknown";
    val_set_c(a, &v, "code", val_text(str_of(code)));
    for (size_t i = 0; i < j->n_errs; i++)
        val_push(a, &errors, show_error(a, m, lang, &j->errs[i]));
    val_set_c(a, &v, "errors", errors);
    return v;
}

static void put_time(Arena *a, Val *v, const char *key, Time t) {
    if (t != TIME_NONE) val_set_c(a, v, key, val_int(t));
}

/* Typed, as job_shape has it. */
static Val job_value(Arena *a, const Model *m, Str lang, const JobView *j) {
    Val v = val_map();
    val_set_c(a, &v, "id", val_id(a, j->id));
    val_set_c(a, &v, "op", val_text(j->op));
    val_set_c(a, &v, "state", val_text(str_of(job_state_name(j->state))));
    val_set_c(a, &v, "version", val_int((int64_t)j->version));
    val_set_c(a, &v, "done", val_int(j->done));
    val_set_c(a, &v, "total", val_int(j->total));
    if (!str_empty(j->phase)) val_set_c(a, &v, "phase", val_text(j->phase));
    if (!id_is_none(j->user)) val_set_c(a, &v, "user", val_id(a, j->user));
    put_time(a, &v, "queued_at", j->queued_at);
    put_time(a, &v, "began_at", j->began_at);
    put_time(a, &v, "ended_at", j->ended_at);
    if (!val_is_absent(j->result)) val_set_c(a, &v, "result", j->result);
    if (j->n_errs) val_set_c(a, &v, "problem", show_problem(a, m, lang, j));
    return v;
}

Val job_show(Arena *a, const Model *m, Str lang, const JobView *v) {
    return shape_show(a, m, &job_shape, job_value(a, m, lang, v));
}

/* --- operations ------------------------------------------------------------------------------- */

static Status pool(Ctx *c, const OpCall *call, Jobs **ret, Id *ret_job) {
    *ret = call->table->jobs;
    bool has_id = val_get_id(op_in(call, "id"), ret_job);
    return *ret && has_id ? ST_OK : FAIL(c, ST_MISSING, NULL, "error.job.unknown");
}

static Status op_job_get(Ctx *c, OpCall *call) {
    Jobs *jobs;
    Id id;
    JobView v;
    TRY(pool(c, call, &jobs, &id));
    TRY(job_get(c, jobs, id, &v));
    call->result = job_value(c->arena, store_model(c->store), c->lang, &v);
    return ST_OK;
}

static Status op_job_list(Ctx *c, OpCall *call) {
    JobView *views = NULL;
    size_t n = 0;
    Val list = val_list();
    if (call->table->jobs) TRY(job_list(c, call->table->jobs, &views, &n));
    for (size_t i = 0; i < n; i++)
        val_push(c->arena, &list, job_value(c->arena, store_model(c->store), c->lang, &views[i]));
    call->result = val_map();
    val_set_c(c->arena, &call->result, "jobs", list);
    return ST_OK;
}

static Status op_job_cancel(Ctx *c, OpCall *call) {
    Jobs *jobs;
    Id id;
    JobView v;
    TRY(pool(c, call, &jobs, &id));
    TRY(job_cancel(c, jobs, id));
    TRY(job_get(c, jobs, id, &v));
    call->result = job_value(c->arena, store_model(c->store), c->lang, &v);
    return ST_OK;
}

static const Op ops[] = {
    { "job.get", .no = 111, .version = 1, .title = "Look at a long task", .takes = &job_id_shape,
      .returns = &job_shape, .fn = op_job_get, .flags = OP_READ },
    { "job.list", .no = 112, .version = 1, .title = "List long tasks", .returns = &job_list_shape,
      .fn = op_job_list, .flags = OP_READ },
    { "job.cancel", .no = 60, .version = 1, .title = "Cancel a long task", .takes = &job_id_shape,
      .returns = &job_shape, .fn = op_job_cancel },
};

const Room op_room = {
    .name = "op",
    .ops = ops,
    .n_ops = sizeof ops / sizeof ops[0],
};
