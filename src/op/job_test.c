/* job_test.c: long work: progress, waiting, cancelling, limits, restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "op/toy_int.h"

static Toy *t;

/* --- what the test tells the jobs ------------------------------------------------------------- */

typedef struct Gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int step; /* jobs go on while their own step is below this */
    int running, most;
} Gate;
static Gate gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER };

static void gate_open(int step) {
    pthread_mutex_lock(&gate.lock);
    gate.step = step;
    pthread_cond_broadcast(&gate.moved);
    pthread_mutex_unlock(&gate.lock);
}

static void gate_wait(int step) {
    pthread_mutex_lock(&gate.lock);
    while (gate.step <= step)
        pthread_cond_wait(&gate.moved, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

static void gate_count(int by) {
    pthread_mutex_lock(&gate.lock);
    gate.running += by;
    if (gate.running > gate.most) gate.most = gate.running;
    pthread_cond_broadcast(&gate.moved);
    pthread_mutex_unlock(&gate.lock);
}

static void gate_await_running(int n) {
    pthread_mutex_lock(&gate.lock);
    while (gate.running < n)
        pthread_cond_wait(&gate.moved, &gate.lock);
    pthread_mutex_unlock(&gate.lock);
}

/* --- toy operations --------------------------------------------------------------------------- */

static const Field steps_fields[] = {
    { "steps", .type = FT_INT, .flags = FF_REQUIRED },
    { "text", .type = FT_TEXT },
};
static const Shape steps_shape = { .name = "steps", FIELDS(steps_fields) };
static const Field done_fields[] = {
    { "n", .type = FT_INT, .flags = FF_REQUIRED },
    { "text", .type = FT_TEXT, .max = 1 << 30 },
};
static const Shape done_shape = { .name = "done", FIELDS(done_fields) };

static Status op_steps(Ctx *c, OpCall *call) {
    int64_t steps = val_get_int(call->input, "steps", 0), i;
    assert_null(c->tx);
    gate_count(1);
    for (i = 0; i < steps && !job_cancelled(call->job); i++) {
        gate_wait((int)i);
        job_progress(call->job, i + 1, steps, i == 0 ? "phase.first" : "phase.more");
    }
    gate_count(-1);
    if (i < steps) return FAIL(c, ST_CANCELLED, NULL, "error.cancelled");
    val_set_c(c->arena, &call->result, "n", val_int(steps));
    val_set_c(c->arena, &call->result, "text", op_in(call, "text"));
    return ST_OK;
}

static Status op_fail(Ctx *c, OpCall *call) {
    Str path = STR("rows");
    (void)call;
    for (int i = 0; i < 3; i++)
        (void)FAIL(c, ST_INVALID, str_c(c->arena, path), "error.row", "row",
                   str_printf(c->arena, "%d", i));
    return ST_INVALID;
}

static Status op_glutton(Ctx *c, OpCall *call) {
    if (str_is(val_get_text(call->input, "text", STR("")), "result")) {
        char *big = arena_alloc(c->arena, JOB_RESULT_MAX + 1);
        memset(big, 'x', JOB_RESULT_MAX + 1);
        val_set_c(c->arena, &call->result, "n", val_int(1));
        val_set_c(c->arena, &call->result, "text", val_text(str_n(big, JOB_RESULT_MAX + 1)));
        return ST_OK;
    }
    for (int i = 0; i < 1 << 20; i++)
        (void)arena_alloc(c->arena, 64 << 20);
    return ST_OK;
}

static Status op_add(Ctx *c, OpCall *call) {
    Val f = val_map();
    Id office = c->actor->system ? t->office : c->actor->office;
    val_set_c(c->arena, &f, "text", op_in(call, "text"));
    return tx_create(c, model_kind(store_model(c->store), STR("note")), id_new(c->env), office, f);
}

/* Work that consists of other operations. */
static Status op_many(Ctx *c, OpCall *call) {
    enum { N = 700 };
    OpRequest *q = arena_array(c->arena, OpRequest, N);
    OpReply *replies = arena_array(c->arena, OpReply, N);
    Status *st = arena_array(c->arena, Status, N);
    for (size_t i = 0; i < N; i++) {
        q[i] = (OpRequest){ .op = STR("note.add"), .client_time = TIME_NONE };
        q[i].input = val_map();
        val_set_c(c->arena, &q[i].input, "text", val_text(STR("x")));
        val_set_c(c->arena, &q[i].input, "steps", val_int(0));
    }
    TRY(op_call_batch(c, c->store, call->table, q, N, replies, st));
    OpReply one;
    TRY(op_call(c, c->store, call->table, &q[0], &one));
    int64_t good = 1;
    for (size_t i = 0; i < N; i++)
        good += st[i] == ST_OK;
    val_set_c(c->arena, &call->result, "n", val_int(good));
    return ST_OK;
}

static Status op_read(Ctx *c, OpCall *call) {
    assert_non_null(c->reader);
    val_set_c(c->arena, &call->result, "n", val_int(7));
    return ST_OK;
}

static const Op toy_ops[] = {
    { "long.steps", .no = 901, .version = 1, .title = "Steps", .needs = PERM_PERSON_WRITE,
      .takes = &steps_shape, .returns = &done_shape, .fn = op_steps,
      .flags = OP_JOB | OP_IDEMPOTENT },
    { "long.fail", .no = 902, .version = 1, .title = "Fail", .fn = op_fail, .flags = OP_JOB },
    { "long.glutton", .no = 903, .version = 1, .title = "Big", .takes = &steps_shape,
      .returns = &done_shape, .fn = op_glutton, .flags = OP_JOB },
    { "note.add", .no = 904, .version = 1, .title = "Add", .needs = PERM_PERSON_WRITE,
      .takes = &steps_shape, .fn = op_add },
    { "long.many", .no = 905, .version = 1, .title = "Many", .returns = &done_shape, .fn = op_many,
      .flags = OP_JOB },
    { "long.read", .no = 906, .version = 1, .title = "Read", .returns = &done_shape, .fn = op_read,
      .flags = OP_JOB | OP_READ },
};
enum { TOY_OPS = sizeof toy_ops / sizeof toy_ops[0] };
static const Op *toy_rows[TOY_OPS + 8];

static int setup(void **state) {
    (void)state;
    for (size_t i = 0; i < TOY_OPS; i++)
        toy_rows[i] = &toy_ops[i];
    for (size_t i = 0; i < op_room.n_ops; i++)
        toy_rows[TOY_OPS + i] = &op_room.ops[i];
    gate.step = gate.running = gate.most = 0;
    t = toy_make(toy_rows, TOY_OPS + op_room.n_ops, true);
    op_table_check(&t->table, store_model(t->store));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    gate_open(1 << 30);
    toy_drop(t);
    return 0;
}

/* --- calling ---------------------------------------------------------------------------------- */

static Ctx c;
static OpReply reply;

static Status call_key(Id user, Id key, const char *op, const char *input) {
    OpRequest q = { .op = str_of(op), .idempotency = key, .client_time = TIME_NONE };
    c = toy_request(t, user, 64 << 20);
    if (input) q.input = toy_json(&c, input);
    reply = (OpReply){ 0 };
    return op_call(&c, t->store, &t->table, &q, &reply);
}

static Status call(const char *op, const char *input) {
    return call_key(t->clerk, ID_NONE, op, input);
}

static Id begin(const char *op, const char *input) {
    assert_int_equal(call(op, input), ST_OK);
    assert_false(id_is_none(reply.job));
    Id id;
    assert_true(id_parse(val_get_text(reply.result, "job", STR("")), &id));
    assert_true(id_eq(id, reply.job));
    return id;
}

static JobView look(Id job) {
    JobView v;
    c = toy_request(t, t->clerk, 64 << 20);
    assert_int_equal(job_get(&c, t->table.jobs, job, &v), ST_OK);
    return v;
}

static JobView wait_until_over(Id job) {
    JobView v = look(job);
    while (v.state < JOB_DONE)
        assert_int_equal(job_wait_change(&c, t->table.jobs, job, v.version, 10000, &v), ST_OK);
    return v;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_a_job_runs_and_tells(void **state) {
    (void)state;
    Id job = begin("long.steps", "{'steps':3,'text':'x'}");
    gate_await_running(1);
    JobView v = look(job);
    assert_int_equal(v.state, JOB_RUNNING);
    assert_int_equal(v.done, 0);
    assert_true(str_is(v.op, "long.steps"));
    assert_true(id_eq(v.user, t->clerk));
    /* Nothing changes: the wait ends with its time. */
    JobView same;
    assert_int_equal(job_wait_change(&c, t->table.jobs, job, v.version, 20, &same), ST_OK);
    assert_int_equal(same.version, v.version);
    gate_open(1);
    assert_int_equal(job_wait_change(&c, t->table.jobs, job, v.version, 10000, &v), ST_OK);
    assert_int_equal(v.done, 1);
    assert_int_equal(v.total, 3);
    assert_true(str_is(v.phase, "phase.first"));
    assert_true(val_is_absent(v.result));
    assert_int_equal(job_wait_end(&c, t->table.jobs, job, 20, &v), ST_OK);
    assert_int_equal(v.state, JOB_RUNNING);
    gate_open(3);
    assert_int_equal(job_wait_end(&c, t->table.jobs, job, 10000, &v), ST_OK);
    assert_int_equal(v.state, JOB_DONE);
    v = wait_until_over(job);
    assert_int_equal(v.state, JOB_DONE);
    assert_int_equal(v.done, 3);
    assert_true(str_is(v.phase, "phase.more"));
    assert_int_equal(val_get_int(v.result, "n", 0), 3);
    assert_true(str_is(val_get_text(v.result, "text", STR("")), "x"));
    assert_int_equal(v.queued_at, TRIAL_START);
    assert_int_equal(v.n_errs, 0);
}

static void test_input_is_checked_before_a_job_begins(void **state) {
    (void)state;
    assert_int_equal(call("long.steps", "{}"), ST_INVALID);
    assert_int_equal(call_key(t->reader, ID_NONE, "long.steps", "{'steps':1}"), ST_DENIED);
    JobView *views;
    size_t n;
    assert_int_equal(job_list(&c, t->table.jobs, &views, &n), ST_OK);
    assert_int_equal(n, 0);
}

static void test_two_at_a_time_in_order(void **state) {
    (void)state;
    Id jobs[5];
    for (size_t i = 0; i < 5; i++)
        jobs[i] = begin("long.steps", "{'steps':1}");
    gate_await_running(2);
    assert_int_equal(look(jobs[0]).state, JOB_RUNNING);
    assert_int_equal(look(jobs[1]).state, JOB_RUNNING);
    assert_int_equal(look(jobs[2]).state, JOB_QUEUED);
    gate_open(1);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(wait_until_over(jobs[i]).state, JOB_DONE);
    assert_int_equal(gate.most, 2);
}

static void test_cancelling(void **state) {
    (void)state;
    Id first = begin("long.steps", "{'steps':2}"), second = begin("long.steps", "{'steps':2}");
    Id queued = begin("long.steps", "{'steps':2}");
    gate_await_running(2);
    c = toy_request(t, t->clerk, 64 << 20);
    assert_int_equal(job_cancel(&c, t->table.jobs, queued), ST_OK);
    assert_int_equal(look(queued).state, JOB_CANCELLED);
    /* By the operation, as the web does it. */
    Str text = str_printf(t->arena, "{'id':'%.*s'}", STR_ARG(id_text(t->arena, first)));
    assert_int_equal(call("job.cancel", str_c(t->arena, text)), ST_OK);
    assert_true(str_is(val_get_text(reply.result, "state", STR("")), "running"));
    gate_open(2);
    JobView v = wait_until_over(first);
    assert_int_equal(v.state, JOB_CANCELLED);
    assert_int_equal(v.n_errs, 1);
    assert_true(str_is(v.errs[0].key, "error.cancelled"));
    assert_int_equal(wait_until_over(second).state, JOB_DONE);
    /* What is over stays as it is. */
    assert_int_equal(job_cancel(&c, t->table.jobs, second), ST_OK);
    assert_int_equal(look(second).state, JOB_DONE);
}

static void test_failures_are_told(void **state) {
    (void)state;
    JobView v = wait_until_over(begin("long.fail", NULL));
    assert_int_equal(v.state, JOB_FAILED);
    assert_int_equal(v.n_errs, 3);
    assert_int_equal(v.errs[2].status, ST_INVALID);
    assert_true(str_is(v.errs[2].path, "rows"));
    assert_true(str_is(v.errs[2].key, "error.row"));
    assert_true(str_is(v.errs[2].args[0].value, "2"));
    Val shown = job_show(c.arena, store_model(t->store), STR("en"), &v);
    Val problem = val_get(shown, "problem");
    assert_true(str_is(val_get_text(problem, "code", STR("")), "invalid"));
    assert_int_equal(val_get(problem, "errors").list.n, 3);
    assert_true(str_is(val_get_text(shown, "state", STR("")), "failed"));
}

static void test_limits(void **state) {
    (void)state;
    JobView v = wait_until_over(begin("long.glutton", "{'steps':0}"));
    assert_int_equal(v.state, JOB_FAILED);
    assert_true(str_is(v.errs[0].key, "error.memory"));
    v = wait_until_over(begin("long.glutton", "{'steps':0,'text':'result'}"));
    assert_int_equal(v.state, JOB_FAILED);
    assert_true(str_is(v.errs[0].key, "error.job.result_too_large"));
    /* Both threads are there still. */
    Id a = begin("long.steps", "{'steps':1}"), b = begin("long.steps", "{'steps':1}");
    gate_await_running(2);
    gate_open(1);
    assert_int_equal(wait_until_over(a).state, JOB_DONE);
    assert_int_equal(wait_until_over(b).state, JOB_DONE);
}

static void test_too_many_wait(void **state) {
    (void)state;
    Id last = ID_NONE;
    for (int i = 0; i < JOB_THREADS; i++)
        last = begin("long.steps", "{'steps':1}");
    gate_await_running(JOB_THREADS);
    for (int i = 0; i < JOBS_WAITING_MAX; i++)
        last = begin("long.steps", "{'steps':1}");
    assert_int_equal(call("long.steps", "{'steps':1}"), ST_BUSY);
    assert_string_equal(toy_error(&c), "error.job.too_many");
    gate_open(1);
    assert_int_equal(wait_until_over(last).state, JOB_DONE);
    /* Only so many are kept. */
    for (int i = 0; i < JOBS_KEPT; i++)
        last = begin("long.steps", "{'steps':1}");
    assert_int_equal(wait_until_over(last).state, JOB_DONE);
    JobView *views;
    size_t n;
    assert_int_equal(job_list(&c, t->table.jobs, &views, &n), ST_OK);
    assert_true(n >= JOBS_KEPT && n <= JOBS_KEPT + JOBS_WAITING_MAX + JOB_THREADS);
    assert_true(id_eq(views[0].id, last));
}

static void test_the_same_key_is_the_same_job(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    assert_int_equal(call_key(t->clerk, key, "long.steps", "{'steps':1}"), ST_OK);
    Id job = reply.job;
    assert_false(reply.repeated);
    assert_int_equal(call_key(t->clerk, key, "long.steps", "{'steps':1}"), ST_OK);
    assert_true(reply.repeated);
    assert_true(id_eq(reply.job, job));
    assert_int_equal(call_key(t->clerk, key, "long.steps", "{'steps':2}"), ST_CONFLICT);
    gate_open(1);
    assert_int_equal(wait_until_over(job).state, JOB_DONE);
    toy_close(t);
    toy_open(t, t->table.ops, t->table.n, true);
    assert_int_equal(call_key(t->clerk, key, "long.steps", "{'steps':1}"), ST_OK);
    assert_true(reply.repeated);
    assert_true(id_eq(reply.job, job));
}

static void test_jobs_are_ones_own(void **state) {
    (void)state;
    JobView v, *views;
    size_t n;
    Id job = begin("long.read", NULL);
    assert_int_equal(val_get_int(wait_until_over(job).result, "n", 0), 7);
    c = toy_request(t, t->reader, 64 << 20);
    assert_int_equal(job_get(&c, t->table.jobs, job, &v), ST_MISSING);
    assert_string_equal(toy_error(&c), "error.job.unknown");
    assert_int_equal(job_cancel(&c, t->table.jobs, job), ST_MISSING);
    assert_int_equal(job_wait_change(&c, t->table.jobs, job, 0, 10000, &v), ST_MISSING);
    assert_int_equal(job_list(&c, t->table.jobs, &views, &n), ST_OK);
    assert_int_equal(n, 0);
    assert_int_equal(call("job.list", NULL), ST_OK);
    assert_int_equal(val_get(reply.result, "jobs").list.n, 1);
    Str text = str_printf(t->arena, "{'id':'%.*s'}", STR_ARG(id_text(t->arena, job)));
    assert_int_equal(call("job.get", str_c(t->arena, text)), ST_OK);
    assert_true(str_eq(val_get_text(reply.result, "id", STR("")), id_text(t->arena, job)));
    assert_int_equal(val_get_int(val_get(reply.result, "result"), "n", 0), 7);
    c = toy_request(t, ID_NONE, 64 << 20);
    actor_enter(&c, actor_system());
    assert_int_equal(job_get(&c, t->table.jobs, job, &v), ST_OK);
    assert_int_equal(job_get(&c, t->table.jobs, id_new(&t->env), &v), ST_MISSING);
}

static void test_work_made_of_operations(void **state) {
    (void)state;
    JobView v = wait_until_over(begin("long.many", NULL));
    assert_int_equal(v.state, JOB_DONE);
    assert_int_equal(val_get_int(v.result, "n", 0), 701);
}

static void test_without_a_pool_it_runs_here(void **state) {
    (void)state;
    OpTable bare = t->table;
    bare.jobs = NULL;
    gate_open(5);
    OpRequest q = { .op = STR("long.steps"), .client_time = TIME_NONE };
    c = toy_request(t, t->clerk, 64 << 20);
    q.input = toy_json(&c, "{'steps':2}");
    assert_int_equal(op_call(&c, t->store, &bare, &q, &reply), ST_OK);
    assert_true(id_is_none(reply.job));
    assert_int_equal(val_get_int(reply.result, "n", 0), 2);
}

static void test_who_was_suspended_meanwhile(void **state) {
    (void)state;
    (void)begin("long.steps", "{'steps':1}");
    (void)begin("long.steps", "{'steps':1}");
    gate_await_running(2);
    Id third = begin("long.steps", "{'steps':1}");
    Val f = toy_pair(t, val_map(), "status", val_text(STR("SUSPENDED")));
    (void)toy_write(t, (ToyWrite){ "user", .id = t->clerk, .fields = f, .change = true });
    gate_open(1);
    Ctx s = toy_request(t, ID_NONE, 64 << 20);
    JobView v = { 0 };
    actor_enter(&s, actor_system());
    do
        assert_int_equal(job_wait_change(&s, t->table.jobs, third, v.version, 10000, &v), ST_OK);
    while (v.state < JOB_DONE);
    assert_int_equal(v.state, JOB_FAILED);
    assert_true(str_is(v.errs[0].key, "error.user.unknown"));
}

/* --- stopping --------------------------------------------------------------------------------- */

static void *open_later(void *arg) {
    (void)arg;
    while (!atomic_load(&t->env.stop))
        usleep(1000);
    usleep(50000);
    gate_open(1 << 29);
    return NULL;
}

static void test_a_restart_shows_what_was_interrupted(void **state) {
    (void)state;
    pthread_t thread;
    gate_open(1);
    Id done = begin("long.steps", "{'steps':1,'text':'kept'}");
    assert_int_equal(wait_until_over(done).state, JOB_DONE);
    gate_open(0);
    Id running = begin("long.steps", "{'steps':9}"), other = begin("long.steps", "{'steps':9}");
    gate_await_running(2);
    env_advance(&t->env, TIME_SECOND);
    Id queued = begin("long.steps", "{'steps':1}");
    assert_int_equal(pthread_create(&thread, NULL, open_later, NULL), 0);
    atomic_store(&t->env.stop, true);
    toy_close(t);
    pthread_join(thread, NULL);
    atomic_store(&t->env.stop, false);
    toy_open(t, t->table.ops, t->table.n, true);
    JobView v = look(done);
    assert_int_equal(v.state, JOB_DONE);
    assert_true(str_is(val_get_text(v.result, "text", STR("")), "kept"));
    Id stopped[] = { running, other, queued };
    for (size_t i = 0; i < 3; i++) {
        v = look(stopped[i]);
        assert_int_equal(v.state, JOB_FAILED);
        assert_int_equal(v.n_errs, 1);
        assert_true(str_is(v.errs[0].key, "error.job.interrupted"));
        assert_true(v.ended_at != TIME_NONE);
    }
    /* And it goes on being shown so. */
    toy_close(t);
    toy_open(t, t->table.ops, t->table.n, true);
    assert_true(str_is(look(queued).errs[0].key, "error.job.interrupted"));
    JobView *views;
    size_t n;
    assert_int_equal(job_list(&c, t->table.jobs, &views, &n), ST_OK);
    assert_int_equal(n, 4);
    assert_true(id_eq(views[0].id, queued));
}

static Status forget_all(Ctx *c2, Tx *tx, void *arg) {
    (void)tx;
    (void)arg;
    return op_forget(c2, &t->table, t->clerk);
}

static void test_an_erasure_takes_results_away(void **state) {
    (void)state;
    gate_open(1);
    Id done = begin("long.steps", "{'steps':1,'text':'Canaryzarghoon'}");
    assert_int_equal(wait_until_over(done).n_errs, 0);
    gate_open(0);
    Id running = begin("long.steps", "{'steps':1,'text':'Canaryzarghoon'}");
    gate_await_running(1);
    assert_int_equal(store_write(t->store, &t->c, forget_all, NULL), ST_OK);
    gate_open(1);
    Id jobs[] = { done, running };
    for (size_t i = 0; i < 2; i++) {
        JobView v = wait_until_over(jobs[i]);
        assert_int_equal(v.state, JOB_DONE);
        assert_true(val_is_absent(v.result));
        assert_int_equal(v.n_errs, 1);
        assert_true(str_is(v.errs[0].key, "error.job.erased"));
    }
    Id after = begin("long.steps", "{'steps':1,'text':'x'}");
    assert_true(str_is(val_get_text(wait_until_over(after).result, "text", STR("")), "x"));
}

static void test_old_jobs_and_replies_go(void **state) {
    (void)state;
    gate_open(1);
    Id old = begin("long.steps", "{'steps':1}");
    assert_int_equal(wait_until_over(old).state, JOB_DONE);
    env_advance(&t->env, 8 * TIME_DAY);
    toy_close(t);
    toy_open(t, t->table.ops, t->table.n, true);
    JobView v;
    /* Dropped behind the start, by the first of the threads. */
    for (int i = 0; i < 500; i++) {
        LocalItem *items;
        size_t n;
        Ctx r = ctx_new(&t->env, arena_new(&t->env, 64 << 20));
        assert_int_equal(store_read_begin(t->store, &r), ST_OK);
        assert_int_equal(local_list(&r, JOB_SPACE, &items, &n), ST_OK);
        arena_free(r.arena);
        if (n == 0) break;
        assert_true(i < 499);
        usleep(10000);
    }
    toy_close(t);
    toy_open(t, t->table.ops, t->table.n, true);
    c = toy_request(t, t->clerk, 64 << 20);
    assert_int_equal(job_get(&c, t->table.jobs, old, &v), ST_MISSING);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_job_runs_and_tells),
        TEST(test_input_is_checked_before_a_job_begins),
        TEST(test_two_at_a_time_in_order),
        TEST(test_cancelling),
        TEST(test_failures_are_told),
        TEST(test_limits),
        TEST(test_too_many_wait),
        TEST(test_the_same_key_is_the_same_job),
        TEST(test_jobs_are_ones_own),
        TEST(test_work_made_of_operations),
        TEST(test_without_a_pool_it_runs_here),
        TEST(test_who_was_suspended_meanwhile),
        TEST(test_a_restart_shows_what_was_interrupted),
        TEST(test_an_erasure_takes_results_away),
        TEST(test_old_jobs_and_replies_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
