/* op_test.c: the dispatcher: rights, versions, idempotency, memory, batches, descriptions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "op/toy_int.h"

#include <signal.h>
#include <sys/wait.h>

static Toy *t;

/* --- toy operations --------------------------------------------------------------------------- */

static const Field add_fields[] = {
    { "text", .type = FT_TEXT, .like = "note.text", .flags = FF_REQUIRED },
    { "weight", .like = "note.weight" },
    { "reason", .type = FT_TEXT },
    { "reason_text", .type = FT_TEXT },
};
static const Shape add_shape = { .name = "add", FIELDS(add_fields) };
static const Field id_fields[] = {
    { "id", .type = FT_REF, .kind = "note", .flags = FF_REQUIRED },
};
static const Shape id_shape = { .name = "id", FIELDS(id_fields) };
static const Field note_fields[] = {
    { "id", .type = FT_REF, .kind = "note", .flags = FF_REQUIRED },
    { "text", .like = "note.text" },
    { "base", .type = FT_TEXT },
    { "weight", .like = "note.weight" },
};
static const Shape note_shape = { .name = "note", FIELDS(note_fields) };
static const Field count_fields[] = { { "n", .type = FT_INT, .flags = FF_REQUIRED } };
static const Shape count_shape = { .name = "count", FIELDS(count_fields) };

static _Atomic int prepared, ran;

static const KindInfo *note_kind(const Ctx *c) {
    return model_kind(store_model(c->store), STR("note"));
}

static Status op_add(Ctx *c, OpCall *call) {
    Id id = id_new(c->env), office = c->actor->system ? t->office : c->actor->office;
    Val f = val_map();
    ran++;
    assert_non_null(c->tx);
    val_set_c(c->arena, &f, "text", op_in(call, "text"));
    val_set_c(c->arena, &f, "weight", op_in(call, "weight"));
    TRY(tx_create(c, note_kind(c), id, office, f));
    val_set_c(c->arena, &call->result, "id", val_id(c->arena, id));
    val_set_c(c->arena, &call->result, "text", op_in(call, "text"));
    val_set_c(c->arena, &call->result, "weight", op_in(call, "weight"));
    return ST_OK;
}

static Status op_add_upgrade(Ctx *c, uint16_t from, Val in, Val *ret) {
    assert_int_equal(from, 1);
    *ret = val_map();
    val_set_c(c->arena, ret, "text", val_get(in, "words"));
    return ST_OK;
}

static Status find_by_text(Ctx *c, Val text, bool *ret_found) {
    Record *r;
    size_t noted = c->errs.n;
    Status st = read_by_field(c, note_kind(c), "text", text, &r);
    *ret_found = st == ST_OK;
    if (st == ST_MISSING) c->errs.n = noted;
    return st == ST_MISSING ? ST_OK : st;
}

/* Refuses a text that is there already: what a repeated call must not run into. */
static Status op_unique_prepare(Ctx *c, OpCall *call) {
    bool found;
    prepared++;
    assert_non_null(c->reader);
    assert_null(c->tx);
    TRY(find_by_text(c, op_in(call, "text"), &found));
    call->prepared = arena_new_of(c->arena, int);
    return found ? FAIL(c, ST_CONFLICT, "text", "error.duplicate") : ST_OK;
}

static Status op_unique(Ctx *c, OpCall *call) {
    assert_non_null(call->prepared);
    return op_add(c, call);
}

static Status op_get(Ctx *c, OpCall *call) {
    Id id;
    Record *r;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_MISSING, "id", "error.missing");
    TRY(read_record(c, note_kind(c), id, &r));
    call->read_subject = id;
    val_set_c(c->arena, &call->result, "id", val_id(c->arena, id));
    val_set_c(c->arena, &call->result, "text", record_value(r, "text"));
    val_set_c(c->arena, &call->result, "base", val_text(record_version(c, r)));
    return ST_OK;
}

static Status op_rename(Ctx *c, OpCall *call) {
    Id id;
    Val f = val_map();
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_MISSING, "id", "error.missing");
    val_set_c(c->arena, &f, "text", op_in(call, "text"));
    return tx_set(c, note_kind(c), id, val_get_text(call->input, "base", STR("")), f);
}

static Status op_hello(Ctx *c, OpCall *call) {
    val_set_c(c->arena, &call->result, "n", val_int(c->actor ? 1 : 0));
    return ST_OK;
}

static Status op_glutton(Ctx *c, OpCall *call) {
    (void)call;
    for (int i = 0; i < 1 << 20; i++)
        (void)arena_alloc(c->arena, 1 << 16);
    return ST_OK;
}

/* Runs over while it notes errors. */
static Status op_complainer(Ctx *c, OpCall *call) {
    (void)call;
    for (int i = 0; i < 900; i++)
        (void)FAIL(c, ST_INVALID, "x", "error.x", "a", str_printf(c->arena, "%4000d", i));
    return ST_INVALID;
}

static Status op_secret(Ctx *c, OpCall *call) {
    TRY(op_add(c, call));
    val_set_c(c->arena, &call->result, "text", val_text(STR("open sesame")));
    return ST_OK;
}

/* Writes no record at all. */
static Status op_draft(Ctx *c, OpCall *call) {
    ran++;
    val_set_c(c->arena, &call->result, "n", val_int(ran));
    return local_put(c, STR("draft"), STR("one"), op_in(call, "text").text);
}

static Status op_refuse(Ctx *c, OpCall *call) {
    TRY(op_add(c, call));
    return FAIL(c, ST_INVALID, "text", "error.no");
}

static const Op toy_ops[] = {
    { "note.add", .no = 901, .version = 2, .title = "Add a note", .needs = PERM_PERSON_WRITE,
      .takes = &add_shape, .returns = &note_shape, .fn = op_add, .upgrade = op_add_upgrade,
      .flags = OP_IDEMPOTENT | OP_OFFLINE },
    { "note.get", .no = 902, .version = 1, .title = "Get a note", .needs = PERM_PERSON_READ,
      .takes = &id_shape, .returns = &note_shape, .fn = op_get, .flags = OP_READ | OP_READS_FILE },
    { "note.rename", .no = 903, .version = 1, .title = "Rename", .needs = PERM_PERSON_WRITE,
      .takes = &note_shape, .fn = op_rename, .flags = OP_IDEMPOTENT | OP_OFFLINE },
    { "hello.all", .no = 904, .version = 1, .title = "Hello", .returns = &count_shape,
      .fn = op_hello, .flags = OP_READ | OP_PUBLIC },
    { "hello.locked", .no = 905, .version = 1, .title = "Hello", .returns = &count_shape,
      .fn = op_hello, .flags = OP_READ | OP_LOCKED_TOO },
    { "note.unique", .no = 906, .version = 1, .title = "Add once", .needs = PERM_PERSON_WRITE,
      .takes = &add_shape, .returns = &note_shape, .prepare = op_unique_prepare, .fn = op_unique,
      .flags = OP_IDEMPOTENT },
    { "big.read", .no = 907, .version = 1, .title = "Big", .fn = op_glutton, .flags = OP_READ },
    { "big.write", .no = 908, .version = 1, .title = "Big", .fn = op_glutton },
    { "big.errors", .no = 909, .version = 1, .title = "Big", .fn = op_complainer },
    { "secret.make", .no = 910, .version = 1, .title = "Secret", .takes = &add_shape,
      .returns = &note_shape, .fn = op_secret, .flags = OP_IDEMPOTENT | OP_SECRET },
    { "draft.put", .no = 911, .version = 1, .title = "Draft", .takes = &add_shape,
      .returns = &count_shape, .fn = op_draft, .flags = OP_IDEMPOTENT },
    { "note.refuse", .no = 912, .version = 1, .title = "Refuse", .takes = &add_shape,
      .fn = op_refuse },
};
enum { TOY_OPS = sizeof toy_ops / sizeof toy_ops[0] };
static const Op *toy_rows[TOY_OPS + 8];

static int setup(void **state) {
    (void)state;
    for (size_t i = 0; i < TOY_OPS; i++)
        toy_rows[i] = &toy_ops[i];
    for (size_t i = 0; i < op_room.n_ops; i++)
        toy_rows[TOY_OPS + i] = &op_room.ops[i];
    t = toy_make(toy_rows, TOY_OPS + op_room.n_ops, false);
    op_table_check(&t->table, store_model(t->store));
    prepared = ran = 0;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    toy_drop(t);
    return 0;
}

/* --- calling ---------------------------------------------------------------------------------- */

static Ctx c; /* of the last call */
static OpReply reply;

enum { CAP = 8 << 20 };

static Status call_with(Id user, OpRequest q, const char *op, const char *input) {
    c = toy_request(t, user, CAP);
    q.op = str_of(op);
    if (input) q.input = toy_json(&c, input);
    if (q.client_time == 0) q.client_time = TIME_NONE;
    reply = (OpReply){ 0 };
    return op_call(&c, t->store, &t->table, &q, &reply);
}

static Status call_as(Id user, const char *op, const char *input) {
    return call_with(user, (OpRequest){ 0 }, op, input);
}

static Status call(const char *op, const char *input) {
    return call_as(t->clerk, op, input);
}

static Status call_key(Id key, const char *op, const char *input) {
    return call_with(t->clerk, (OpRequest){ .idempotency = key }, op, input);
}

static Str result_text(const char *key) {
    return val_get_text(reply.result, key, STR("?"));
}

/* Input {'id': …} of the last result with one more pair. */
static const char *with_id(Str id, const char *more) {
    return str_c(t->arena, str_printf(t->arena, "{'id':'%.*s'%s}", STR_ARG(id), more));
}

static size_t count_notes(void) {
    Ctx r = toy_request(t, ID_NONE, CAP);
    Page page;
    actor_enter(&r, actor_system());
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    Query q = { .kind = note_kind(&r), .limit = 1000 };
    size_t n = 0;
    do {
        assert_int_equal(read_query(&r, &q, &page), ST_OK);
        n += page.n;
        q.cursor = page.next;
    } while (!str_empty(page.next));
    return n;
}

static ActPart act_of_key(Id key) {
    Ctx r = toy_request(t, ID_NONE, CAP);
    ActPart act;
    r.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(store_find_act(&r, key, &act), ST_OK);
    return act;
}

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

/* --- idempotency ------------------------------------------------------------------------------ */

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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_call),
        TEST(test_refusals),
        TEST(test_locked_and_first_sessions),
        TEST(test_old_versions_are_brought_up),
        TEST(test_the_act_says_who_what_and_why),
        TEST(test_stale_is_refused_online_and_kept_when_replayed),
        TEST(test_the_same_key_gives_the_first_result),
        TEST(test_a_key_belongs_to_one_call),
        TEST(test_what_the_caller_keeps_beside),
        TEST(test_prepare_is_not_in_the_way_of_a_repeat),
        TEST(test_after_a_while_only_ids_are_left),
        TEST(test_secrets_are_shown_once),
        TEST(test_what_writes_no_record_is_idempotent_too),
        TEST(test_the_same_key_at_the_same_time),
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
