/* op_test.c: the dispatcher: rights, versions, late work, memory, batches, descriptions. */
#include "op/toy_ops_int.h"

#include <signal.h>
#include <sys/wait.h>

/* --- who may call what ------------------------------------------------------------------------ */

static void test_a_call(void **state) {
    (void)state;
    assert_int_equal(call("note.add", "{'text':' Hello ','weight':'2.5'}"), ST_OK);
    assert_true(str_is(result_text("text"), "Hello"));
    assert_true(str_is(result_text("weight"), "2.50"));
    assert_false(reply.repeated);
    assert_false(id_is_none(reply.act));
    assert_null(c.reader);
    assert_null(c.tx);
    Str id = result_text("id");
    assert_int_equal(call("note.get", with_id(id, "")), ST_OK);
    assert_true(str_is(result_text("text"), "Hello"));
    assert_true(id_is_none(reply.act));
    assert_null(c.reader);
}

static void test_refusals(void **state) {
    (void)state;
    assert_int_equal(call("note.nothing", "{}"), ST_MISSING);
    assert_string_equal(toy_error(&c), "error.op.unknown");
    assert_int_equal(call_as(ID_NONE, "note.add", "{'text':'x'}"), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.none");
    assert_int_equal(call_as(t->reader, "note.add", "{'text':'x'}"), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.denied");
    assert_int_equal(call("note.add", "{'text':'x','surprise':1}"), ST_INVALID);
    assert_true(str_is(c.errs.v[0].path, "surprise"));
    assert_int_equal(call("note.add", "{}"), ST_INVALID);
    assert_true(str_is(c.errs.v[0].path, "text"));
    assert_int_equal(call("note.add", "[1]"), ST_INVALID);
    assert_int_equal(call("hello.locked", "{'x':1}"), ST_INVALID);
    assert_int_equal(ran, 0);
    assert_int_equal(call("note.refuse", "{'text':'x'}"), ST_INVALID);
    assert_string_equal(toy_error(&c), "error.no");
    assert_int_equal(count_notes(), 0);
}

static Status call_as_actor(const Actor *a, const char *op) {
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE };
    c = toy_request(t, ID_NONE, CAP);
    c.actor = a;
    return op_call(&c, t->store, &t->table, &q, &reply);
}

static void test_locked_and_first_sessions(void **state) {
    (void)state;
    c = toy_request(t, t->clerk, CAP);
    Actor locked = *c.actor, first = *c.actor;
    locked.locked = true;
    first.must_change_password = true;
    assert_int_equal(call_as_actor(&locked, "note.add"), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.session.locked");
    assert_int_equal(call_as_actor(&locked, "hello.locked"), ST_OK);
    assert_int_equal(call_as_actor(&first, "hello.locked"), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.session.must_change_password");
    assert_int_equal(call_as_actor(&first, "hello.all"), ST_OK);
    assert_int_equal(call_as_actor(NULL, "hello.all"), ST_OK);
    assert_int_equal(val_get_int(reply.result, "n", -1), 0);
    assert_int_equal(call_as_actor(NULL, "hello.locked"), ST_UNAUTHENTICATED);
}

static void test_old_versions_are_brought_up(void **state) {
    (void)state;
    OpRequest q = { .version = 1 };
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'words':'old form'}"), ST_OK);
    assert_true(str_is(result_text("text"), "old form"));
    q.version = 2;
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'words':'old form'}"), ST_INVALID);
    q.version = 3;
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'text':'x'}"), ST_UNSUPPORTED);
    assert_string_equal(toy_error(&c), "error.op.version");
}

static void test_the_act_says_who_what_and_why(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    OpRequest q = { .idempotency = key, .client_time = 1234567, .purpose = STR("CHECK") };
    assert_int_equal(
        call_with(t->clerk, q, "note.add", "{'text':'x','reason':'TYPO','reason_text':'as said'}"),
        ST_OK);
    ActPart act = act_of_key(key);
    assert_true(id_eq(act.act, reply.act));
    assert_int_equal(act.op_no, 901);
    assert_int_equal(act.op_version, 2);
    assert_true(id_eq(act.actor, t->clerk));
    assert_true(id_eq(act.office, t->office));
    assert_true(id_eq(act.device, store_node(t->store)));
    assert_true(str_is(act.purpose, "CHECK"));
    assert_true(str_is(act.reason, "TYPO"));
    assert_int_equal(act.client_time, 1234567);
    assert_true(act.input_hash != 0);
    assert_int_equal(act.n_results, 1);
    assert_true(str_eq(id_text(t->arena, act.results[0]), result_text("id")));
    const HistoryEntry *h;
    size_t n;
    Ctx r = toy_request(t, ID_NONE, CAP);
    actor_enter(&r, actor_system());
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(read_history(&r, act.results[0], &h, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_true(str_is(h[0].reason_text, "as said"));
}

/* --- late work -------------------------------------------------------------------------------- */

static void test_stale_is_refused_online_and_kept_when_replayed(void **state) {
    (void)state;
    assert_int_equal(call("note.add", "{'text':'one'}"), ST_OK);
    Str id = str_copy(t->arena, result_text("id"));
    assert_int_equal(call("note.get", with_id(id, "")), ST_OK);
    Str base = str_printf(t->arena, ",'base':'%.*s','text':'two'", STR_ARG(result_text("base")));
    const char *two = with_id(id, str_c(t->arena, base));
    assert_int_equal(call("note.rename", two), ST_OK);
    base = str_concat(t->arena, str_slice(base, 0, base.n - 4), STR("three'"));
    const char *three = with_id(id, str_c(t->arena, base));
    assert_int_equal(call("note.rename", three), ST_CONFLICT);
    assert_string_equal(toy_error(&c), "error.stale");
    OpRequest q = { .replayed = true, .idempotency = id_new(&t->env) };
    assert_int_equal(call_with(t->clerk, q, "note.rename", three), ST_OK);
    Ctx r = toy_request(t, ID_NONE, CAP);
    Record *note;
    Id note_id;
    r.reach = &reach_everything;
    assert_true(id_parse(id, &note_id));
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(read_record(&r, note_kind(&r), note_id, &note), ST_OK);
    assert_true(note->conflict);
    /* What is not for an outbox is not taken from one. */
    assert_int_equal(call_with(t->clerk, q, "note.unique", "{'text':'x'}"), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.op.not_offline");
}

/* --- reads of files --------------------------------------------------------------------------- */

static void test_reading_a_file_is_recorded(void **state) {
    (void)state;
    assert_int_equal(call("note.add", "{'text':'x'}"), ST_OK);
    const char *id = with_id(result_text("id"), "");
    assert_int_equal(call_as(t->reader, "note.get", id), ST_OK);
    assert_int_equal(audit_waiting(t->table.access), 1);
    assert_int_equal(audit_flush(&c, t->table.access), ST_OK);
    /* Nothing was read of what is not there. */
    Str nobody = id_text(t->arena, id_new(&t->env));
    assert_int_equal(call_as(t->reader, "note.get", with_id(nobody, "")), ST_MISSING);
    assert_int_equal(audit_waiting(t->table.access), 0);
    /* What cannot be recorded is not shown. */
    OpTable bare = t->table;
    bare.access = NULL;
    c = toy_request(t, t->reader, CAP);
    OpRequest q = { .op = STR("note.get"), .input = toy_json(&c, id) };
    reply = (OpReply){ 0 };
    assert_int_equal(op_call(&c, t->store, &bare, &q, &reply), ST_BUSY);
    assert_int_equal(reply.result.type, VAL_NONE);
    actor_enter(&c, actor_system());
    assert_int_equal(op_call(&c, t->store, &bare, &q, &reply), ST_OK);
}

/* --- memory ----------------------------------------------------------------------------------- */

static void test_running_over_the_cap(void **state) {
    (void)state;
    static const char *const ops[] = { "big.read", "big.write", "big.errors" };
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < 3; i++) {
            OpRequest q = { .op = str_of(ops[i]) };
            c = toy_request(t, t->clerk, 1 << 20);
            assert_int_equal(op_call(&c, t->store, &t->table, &q, &reply), ST_MEMORY);
            assert_int_equal(c.errs.n, 1);
            assert_int_equal(c.errs.v[0].status, ST_MEMORY);
            assert_true(str_is(c.errs.v[0].key, "error.memory"));
            assert_null(c.reader);
            assert_false(arena_guarded(c.arena));
        }
    }
    /* Connections, writer and ledger are as before. */
    assert_int_equal(call("note.add", "{'text':'x'}"), ST_OK);
    assert_int_equal(count_notes(), 1);
}

static void test_the_nth_allocation_fails(void **state) {
    (void)state;
    EnvFault *f = &t->env.fault[FAULT_ALLOC];
    size_t failed = 0;
    for (uint64_t nth = 1; nth < 40; nth++) {
        c = toy_request(t, t->clerk, CAP);
        OpRequest q = { .op = STR("note.unique"), .client_time = TIME_NONE };
        q.input = val_map();
        val_set_c(c.arena, &q.input, "text", val_text(str_printf(c.arena, "text %d", (int)nth)));
        f->fail_at = f->count + nth;
        Status st = op_call(&c, t->store, &t->table, &q, &reply);
        f->fail_at = 0;
        assert_true(st == ST_OK || st == ST_MEMORY || st == ST_IO);
        failed += st != ST_OK;
    }
    assert_true(failed > 0);
    assert_int_equal(call("note.add", "{'text':'x'}"), ST_OK);
}

/* --- batches ---------------------------------------------------------------------------------- */

static void test_a_batch(void **state) {
    (void)state;
    enum { N = 1300 };
    OpRequest *q = arena_array(t->arena, OpRequest, N);
    OpReply *replies = arena_array(t->arena, OpReply, N);
    Status *statuses = arena_array(t->arena, Status, N);
    c = toy_request(t, t->clerk, 256 << 20);
    for (size_t i = 0; i < N; i++) {
        q[i] = (OpRequest){ .op = STR("note.unique"), .client_time = TIME_NONE };
        q[i].input = val_map();
        val_set_c(c.arena, &q[i].input, "text",
                  val_text(str_printf(c.arena, "text %zu", i % 1299)));
    }
    q[7].input = val_map();       /* lacks its text */
    q[8].op = STR("note.refuse"); /* is rolled back alone */
    q[9].op = STR("note.get");    /* a read */
    q[10].idempotency = q[600].idempotency = id_new(&t->env);
    q[600].input = q[10].input; /* repeats an earlier call */
    uint64_t fsyncs = t->env.fault[FAULT_FSYNC].count;
    assert_int_equal(op_call_batch(&c, t->store, &t->table, q, N, replies, statuses), ST_OK);
    assert_true(t->env.fault[FAULT_FSYNC].count - fsyncs < 100);
    for (size_t i = 0; i < N; i++) {
        Status want = i == 7 || i == 8 ? ST_INVALID
                      : i == 9         ? ST_USAGE
                      : i == 1299      ? ST_CONFLICT /* text 0, of an earlier transaction */
                                       : ST_OK;
        assert_int_equal(statuses[i], want);
        if (want == ST_OK)
            assert_true(str_starts(val_get_text(replies[i].result, "text", STR("")), STR("text")));
    }
    assert_true(replies[600].repeated);
    assert_true(id_eq(replies[600].act, replies[10].act));
    assert_int_equal(count_notes(), N - 5);
    assert_int_equal(c.errs.n, 4);
    assert_true(str_is(c.errs.v[0].path, "[7].text"));
    assert_true(str_is(c.errs.v[1].path, "[8].text"));
    assert_true(str_is(c.errs.v[2].path, "[9]"));
    assert_true(str_is(c.errs.v[3].path, "[1299].text"));
    assert_null(c.reader);
    assert_null(c.tx);
}

static void test_a_batch_runs_over(void **state) {
    (void)state;
    OpRequest q[3] = { { .op = STR("note.add") },
                       { .op = STR("big.write") },
                       { .op = STR("note.add") } };
    OpReply replies[3];
    Status statuses[3];
    c = toy_request(t, t->clerk, 4 << 20);
    q[0].input = q[2].input = toy_json(&c, "{'text':'x'}");
    Status st = op_call_batch(&c, t->store, &t->table, q, 3, replies, statuses);
    assert_true(st == ST_OK || st == ST_MEMORY);
    assert_int_equal(statuses[0], ST_OK);
    assert_int_equal(statuses[1], ST_MEMORY);
    assert_int_equal(call("note.add", "{'text':'y'}"), ST_OK);
}

/* --- the table -------------------------------------------------------------------------------- */

static void test_finding(void **state) {
    (void)state;
    for (size_t i = 0; i < t->table.n; i++) {
        assert_ptr_equal(op_find(&t->table, str_of(t->table.ops[i]->name)), t->table.ops[i]);
        assert_ptr_equal(op_find_no(&t->table, t->table.ops[i]->no), t->table.ops[i]);
    }
    assert_null(op_find(&t->table, STR("note")));
    assert_null(op_find(&t->table, STR("")));
    assert_null(op_find_no(&t->table, 0));
    const Model *m = store_model(t->store);
    assert_true(str_is(op_title(&t->table, m, t->arena, STR("en"), 901), "Add a note"));
    assert_true(str_is(op_title(&t->table, m, t->arena, STR("en"), 77777), "77777"));
}

static bool aborts(const Op *first, const Op *second) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        const Op *const rows[] = { first, second };
        OpTable table = { .ops = rows, .n = 2 };
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        op_table_check(&table, store_model(t->store));
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void test_mistakes_in_the_table_stop_the_start(void **state) {
    (void)state;
    const Op *good = &toy_ops[3];
    Op bad = toy_ops[0];
    assert_false(aborts(good, &bad));
    bad.no = good->no;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.name = good->name;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.name = "Note.add";
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.name = "noteadd";
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.no = ACT_AUDIT;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.version = 0;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.fn = NULL;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.flags = OP_OFFLINE;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.flags = OP_READ | OP_IDEMPOTENT;
    assert_true(aborts(good, &bad));
    bad = toy_ops[0], bad.flags = OP_READS_FILE;
    assert_true(aborts(good, &bad));
}

/* --- descriptions ----------------------------------------------------------------------------- */

static const char *as_json(Val v) {
    Buf out = buf_new(t->arena, 1 << 20);
    json_write(&out, v);
    return str_c(t->arena, buf_text(&out));
}

static void test_shapes_as_json_schema(void **state) {
    (void)state;
    const Model *m = store_model(t->store);
    assert_string_equal(
        as_json(shape_schema(t->arena, m, &note_shape)),
        "{\"type\":\"object\",\"properties\":{"
        "\"id\":{\"type\":\"string\",\"format\":\"uuid\",\"x-panah-kind\":\"note\"},"
        "\"text\":{\"type\":[\"string\",\"null\"],\"maxLength\":60,"
        "\"description\":\"What it says\"},"
        "\"base\":{\"type\":[\"string\",\"null\"],\"maxLength\":200},"
        "\"weight\":{\"type\":[\"string\",\"null\"],\"pattern\":\"^-?[0-9]+(\\\\.[0-9]{1,2})?$\"}},"
        "\"required\":[\"id\"],\"additionalProperties\":false}");
    assert_string_equal(as_json(shape_schema(t->arena, m, NULL)),
                        "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}");
    const char *list =
        as_json(shape_schema(t->arena, m, op_find(&t->table, STR("job.list"))->returns));
    assert_non_null(strstr(list, "\"jobs\":{\"type\":\"array\",\"items\":{\"type\":\"object\""));
    assert_non_null(strstr(list, "\"maxItems\":10000"));
}

static void test_kinds_as_json_schema(void **state) {
    (void)state;
    const Model *m = store_model(t->store);
    const KindInfo *k = model_kind(m, STR("note"));
    const char *fields = as_json(kind_schema(t->arena, m, k));
    assert_non_null(strstr(fields, "\"colour\":{\"type\":[\"string\",\"null\"],"
                                   "\"x-panah-codes\":\"colour\","
                                   "\"enum\":[\"RED\",\"BLUE\",null]}"));
    assert_null(strstr(fields, "hidden"));
    assert_null(strstr(fields, "\"void\""));
    const char *record = as_json(record_schema(t->arena, m, k));
    assert_non_null(strstr(record, "\"kind\":{\"const\":\"note\"}"));
    assert_non_null(strstr(record, "\"required\":[\"kind\",\"id\",\"fields\"]"));
    k = model_kind(m, STR("role"));
    assert_non_null(strstr(as_json(kind_schema(t->arena, m, k)), "\"uniqueItems\":true"));
    const char *op = as_json(op_describe(t->arena, m, &toy_ops[0], STR("en")));
    assert_non_null(strstr(op, "\"name\":\"note.add\",\"no\":901,\"version\":2,"
                               "\"title\":\"Add a note\",\"needs\":\"person.write\","
                               "\"read\":false,\"job\":false,\"offline\":true"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_a_call),
        TEST(test_refusals),
        TEST(test_locked_and_first_sessions),
        TEST(test_old_versions_are_brought_up),
        TEST(test_the_act_says_who_what_and_why),
        TEST(test_stale_is_refused_online_and_kept_when_replayed),
        TEST(test_reading_a_file_is_recorded),
        TEST(test_running_over_the_cap),
        TEST(test_the_nth_allocation_fails),
        TEST(test_a_batch),
        TEST(test_a_batch_runs_over),
        TEST(test_finding),
        TEST(test_mistakes_in_the_table_stop_the_start),
        TEST(test_shapes_as_json_schema),
        TEST(test_kinds_as_json_schema),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
