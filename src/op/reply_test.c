/* reply_test.c: the same key gives the first result, and what is kept beside an act. */
#include "op/toy_ops_int.h"

static void test_the_same_key_gives_the_first_result(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    assert_int_equal(call_key(key, "note.add", "{'text':'x','weight':'1'}"), ST_OK);
    Str id = str_copy(t->arena, result_text("id"));
    Id act = reply.act;
    env_advance(&t->env, 3600 * TIME_SECOND);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(call_key(key, "note.add", "{'text':'x','weight':'1'}"), ST_OK);
        assert_true(reply.repeated);
        assert_false(reply.ids_only);
        assert_true(str_eq(result_text("id"), id));
        assert_true(str_is(result_text("weight"), "1.00"));
        assert_true(id_eq(reply.act, act));
    }
    assert_int_equal(count_notes(), 1);
    assert_int_equal(ran, 1);
    /* Another key is another call. */
    assert_int_equal(call_key(id_new(&t->env), "note.add", "{'text':'x','weight':'1'}"), ST_OK);
    assert_false(reply.repeated);
    assert_int_equal(count_notes(), 2);
}

static void test_a_key_belongs_to_one_call(void **state) {
    (void)state;
    Id key = id_new(&t->env), other = toy_user_new(t, "other", "person.write");
    OpRequest q = { .idempotency = key };
    assert_int_equal(call_key(key, "note.add", "{'text':'x'}"), ST_OK);
    assert_int_equal(call_key(key, "note.add", "{'text':'y'}"), ST_CONFLICT);
    assert_string_equal(toy_error(&c), "error.idempotency.other_input");
    assert_int_equal(call_key(key, "note.unique", "{'text':'x'}"), ST_CONFLICT);
    assert_int_equal(call_with(other, q, "note.add", "{'text':'x'}"), ST_CONFLICT);
    assert_int_equal(call_key(key, "note.add", "{'text':'x'}"), ST_OK);
    assert_int_equal(count_notes(), 1);
    /* A call that failed has not used its key. */
    key = id_new(&t->env);
    assert_int_equal(call_key(key, "note.add", "{'text':'x','weight':'-1'}"), ST_INVALID);
    assert_int_equal(call_key(key, "note.add", "{'text':'x','weight':'1'}"), ST_OK);
    assert_false(reply.repeated);
}

static Status keep_beside(Ctx *w, void *arg, Val result) {
    const bool *fails = arg;
    if (*fails) return FAIL(w, ST_LIMIT, "", "error.memory");
    return local_put(w, STR("beside"), STR("text"), val_get_text(result, "text", STR("?")));
}

/* In the same transaction: there together, or neither. */
static void test_what_the_caller_keeps_beside(void **state) {
    (void)state;
    bool fails = true;
    Str kept;
    OpRequest q = { .idempotency = id_new(&t->env),
                    .beside = keep_beside,
                    .beside_arg = &fails,
                    .result_unkept = true };
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'text':'x'}"), ST_LIMIT);
    assert_int_equal(count_notes(), 0);
    fails = false;
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'text':'x'}"), ST_OK);
    Id act = reply.act;
    Ctx r = toy_request(t, t->clerk, 1 << 20);
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(local_get(&r, STR("beside"), STR("text"), &kept, NULL), ST_OK);
    assert_true(str_is(kept, "x"));
    /* The ledger alone knows the key. */
    assert_int_equal(call_with(t->clerk, q, "note.add", "{'text':'x'}"), ST_OK);
    assert_true(reply.repeated && reply.ids_only && id_eq(reply.act, act));
    assert_int_equal(count_notes(), 1);
}

static void test_prepare_is_not_in_the_way_of_a_repeat(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    assert_int_equal(call_key(key, "note.unique", "{'text':'x'}"), ST_OK);
    assert_int_equal(prepared, 1);
    assert_int_equal(call_key(key, "note.unique", "{'text':'x'}"), ST_OK);
    assert_true(reply.repeated);
    assert_int_equal(prepared, 1);
    assert_int_equal(call_key(id_new(&t->env), "note.unique", "{'text':'x'}"), ST_CONFLICT);
    assert_string_equal(toy_error(&c), "error.duplicate");
}

static Status forget_replies(Ctx *w, Tx *tx, void *arg) {
    (void)tx;
    return local_delete(w, REPLY_SPACE, id_text(w->arena, *(Id *)arg));
}

static void test_after_a_while_only_ids_are_left(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    assert_int_equal(call_key(key, "note.add", "{'text':'x'}"), ST_OK);
    Str id = str_copy(t->arena, result_text("id"));
    assert_int_equal(store_write(t->store, &t->c, forget_replies, &key), ST_OK);
    assert_int_equal(call_key(key, "note.add", "{'text':'x'}"), ST_OK);
    assert_true(reply.repeated && reply.ids_only);
    Val ids = val_get(reply.result, "results");
    assert_int_equal(ids.list.n, 1);
    assert_true(str_eq(ids.list.v[0].text, id));
    assert_int_equal(call_key(key, "note.add", "{'text':'y'}"), ST_CONFLICT);
    assert_int_equal(count_notes(), 1);
}

static void test_secrets_are_shown_once(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    LocalItem *items;
    size_t n;
    assert_int_equal(call_key(key, "secret.make", "{'text':'x'}"), ST_OK);
    assert_true(str_is(result_text("text"), "open sesame"));
    assert_int_equal(call_key(key, "secret.make", "{'text':'x'}"), ST_OK);
    assert_true(reply.repeated && reply.ids_only);
    Ctx r = toy_request(t, ID_NONE, CAP);
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(local_list(&r, REPLY_SPACE, &items, &n), ST_OK);
    assert_int_equal(n, 0);
}

static void test_what_writes_no_record_is_idempotent_too(void **state) {
    (void)state;
    Id key = id_new(&t->env);
    assert_int_equal(call_key(key, "draft.put", "{'text':'x'}"), ST_OK);
    assert_int_equal(call_key(key, "draft.put", "{'text':'x'}"), ST_OK);
    assert_true(reply.repeated);
    assert_int_equal(val_get_int(reply.result, "n", 0), 1);
    assert_int_equal(ran, 1);
    assert_int_equal(call_key(key, "draft.put", "{'text':'y'}"), ST_CONFLICT);
}

typedef struct Racer {
    Id key, act;
    Ctx ctx;
    Status status;
} Racer;

static void *race(void *arg) {
    Racer *r = arg;
    OpRequest q = { .op = STR("note.add"), .idempotency = r->key, .client_time = TIME_NONE };
    OpReply got;
    q.input = val_map();
    val_set_c(r->ctx.arena, &q.input, "text", val_text(STR("x")));
    r->status = op_call(&r->ctx, t->store, &t->table, &q, &got);
    r->act = got.act;
    return NULL;
}

static void test_the_same_key_at_the_same_time(void **state) {
    (void)state;
    enum { N = 8 };
    Racer racers[N];
    pthread_t threads[N];
    Id key = id_new(&t->env);
    for (size_t i = 0; i < N; i++)
        racers[i] = (Racer){ .key = key, .ctx = toy_request(t, t->clerk, CAP) };
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, race, &racers[i]), 0);
    for (size_t i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(racers[i].status, ST_OK);
        assert_true(id_eq(racers[i].act, racers[0].act));
    }
    assert_int_equal(count_notes(), 1);
    assert_int_equal(ran, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_key_gives_the_first_result),
        TEST(test_a_key_belongs_to_one_call),
        TEST(test_what_the_caller_keeps_beside),
        TEST(test_prepare_is_not_in_the_way_of_a_repeat),
        TEST(test_after_a_while_only_ids_are_left),
        TEST(test_secrets_are_shown_once),
        TEST(test_what_writes_no_record_is_idempotent_too),
        TEST(test_the_same_key_at_the_same_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
