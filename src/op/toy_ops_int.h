/* toy_ops_int.h: operations on notes, and how tests of the dispatcher call them. */
#ifndef OP_TOY_OPS_INT_H
#define OP_TOY_OPS_INT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "op/toy_int.h"

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

static inline const KindInfo *note_kind(const Ctx *c) {
    return model_kind(store_model(c->store), STR("note"));
}

static inline Status op_add(Ctx *c, OpCall *call) {
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

static inline Status op_add_upgrade(Ctx *c, uint16_t from, Val in, Val *ret) {
    assert_int_equal(from, 1);
    *ret = val_map();
    val_set_c(c->arena, ret, "text", val_get(in, "words"));
    return ST_OK;
}

static inline Status find_by_text(Ctx *c, Val text, bool *ret_found) {
    Record *r;
    size_t noted = c->errs.n;
    Status st = read_by_field(c, note_kind(c), "text", text, &r);
    *ret_found = st == ST_OK;
    if (st == ST_MISSING) c->errs.n = noted;
    return st == ST_MISSING ? ST_OK : st;
}

/* Refuses a text that is there already: what a repeated call must not run into. */
static inline Status op_unique_prepare(Ctx *c, OpCall *call) {
    bool found;
    prepared++;
    assert_non_null(c->reader);
    assert_null(c->tx);
    TRY(find_by_text(c, op_in(call, "text"), &found));
    call->prepared = arena_new_of(c->arena, int);
    return found ? FAIL(c, ST_CONFLICT, "text", "error.duplicate") : ST_OK;
}

static inline Status op_unique(Ctx *c, OpCall *call) {
    assert_non_null(call->prepared);
    return op_add(c, call);
}

static inline Status op_get(Ctx *c, OpCall *call) {
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

static inline Status op_rename(Ctx *c, OpCall *call) {
    Id id;
    Val f = val_map();
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_MISSING, "id", "error.missing");
    val_set_c(c->arena, &f, "text", op_in(call, "text"));
    return tx_set(c, note_kind(c), id, val_get_text(call->input, "base", STR("")), f);
}

static inline Status op_hello(Ctx *c, OpCall *call) {
    val_set_c(c->arena, &call->result, "n", val_int(c->actor ? 1 : 0));
    return ST_OK;
}

static inline Status op_glutton(Ctx *c, OpCall *call) {
    (void)call;
    for (int i = 0; i < 1 << 20; i++)
        (void)arena_alloc(c->arena, 1 << 16);
    return ST_OK;
}

/* Runs over while it notes errors. */
static inline Status op_complainer(Ctx *c, OpCall *call) {
    (void)call;
    for (int i = 0; i < 900; i++)
        (void)FAIL(c, ST_INVALID, "x", "error.x", "a", str_printf(c->arena, "%4000d", i));
    return ST_INVALID;
}

static inline Status op_secret(Ctx *c, OpCall *call) {
    TRY(op_add(c, call));
    val_set_c(c->arena, &call->result, "text", val_text(STR("open sesame")));
    return ST_OK;
}

/* Writes no record at all. */
static inline Status op_draft(Ctx *c, OpCall *call) {
    ran++;
    val_set_c(c->arena, &call->result, "n", val_int(ran));
    return local_put(c, STR("draft"), STR("one"), op_in(call, "text").text);
}

static inline Status op_refuse(Ctx *c, OpCall *call) {
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

static inline int setup(void **state) {
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

static inline int teardown(void **state) {
    (void)state;
    toy_drop(t);
    return 0;
}

/* --- calling ---------------------------------------------------------------------------------- */

static Ctx c; /* of the last call */
static OpReply reply;

enum { CAP = 8 << 20 };

static inline Status call_with(Id user, OpRequest q, const char *op, const char *input) {
    c = toy_request(t, user, CAP);
    q.op = str_of(op);
    if (input) q.input = toy_json(&c, input);
    if (q.client_time == 0) q.client_time = TIME_NONE;
    reply = (OpReply){ 0 };
    return op_call(&c, t->store, &t->table, &q, &reply);
}

static inline Status call_as(Id user, const char *op, const char *input) {
    return call_with(user, (OpRequest){ 0 }, op, input);
}

static inline Status call(const char *op, const char *input) {
    return call_as(t->clerk, op, input);
}

static inline Status call_key(Id key, const char *op, const char *input) {
    return call_with(t->clerk, (OpRequest){ .idempotency = key }, op, input);
}

static inline Str result_text(const char *key) {
    return val_get_text(reply.result, key, STR("?"));
}

/* Input {'id': …} of the last result with one more pair. */
static inline const char *with_id(Str id, const char *more) {
    return str_c(t->arena, str_printf(t->arena, "{'id':'%.*s'%s}", STR_ARG(id), more));
}

static inline size_t count_notes(void) {
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

static inline ActPart act_of_key(Id key) {
    Ctx r = toy_request(t, ID_NONE, CAP);
    ActPart act;
    r.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(store_find_act(&r, key, &act), ST_OK);
    return act;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
