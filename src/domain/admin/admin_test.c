/* admin_test.c: a new folder, accounts, roles, grants, offices, fields, lists and views. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/admin/admin_int.h"
#include "model/codes.h"
#include "model/messages.h"
#include "store/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Monday 2026-11-23, noon UTC. */
#define START ((Time)1795435200 * TIME_SECOND)
#define PASSWORD "a long password here"

/* Somebody to add fields to. */
static const Field person_fields[] = {
    { "given_name", .no = 3, .type = FT_TEXT, .flags = FF_PERSONAL | FF_NAME | FF_INDEXED },
    { "sex", .no = 14, .type = FT_CODE, .codes = "sex" },
    { "secret", .no = 40, .type = FT_TEXT, .flags = FF_SEALED },
};
static const Kind person = {
    .name = "person",
    .no = 21,
    .subject_rule = SUBJECT_SELF,
    .lane = LANE_CORE,
    FIELDS(person_fields),
    .title = "given_name",
};

static Env env;
static Arena *arena;
static Ctx program, call;
static char dir[TRIAL_DIR_N];
static const Kind *kinds[40];
static LabelSource labels[20];
static ModelSource model;
static StoreOptions options;
static Store *store;
static Access *access_room_open;
static const Op *ops[100];
static OpTable table;
static FirstIds first;
static OpReply reply;

/* ---- the scene ------------------------------------------------------------------------------------ */

static void show_errors(const Ctx *c) {
    for (size_t i = 0; i < c->errs.n; i++)
        print_message("# %.*s: %.*s\n", STR_ARG(c->errs.v[i].path), STR_ARG(c->errs.v[i].key));
}

static void must(Ctx *c, Status st) {
    if (st != ST_OK) show_errors(c);
    assert_int_equal(st, ST_OK);
}

static void add_room(const Room *room) {
    for (size_t i = 0; i < room->n_kinds; i++)
        kinds[model.n_kinds++] = room->kinds[i];
    for (size_t i = 0; i < room->n_ops; i++)
        ops[table.n++] = &room->ops[i];
}

static Status begin(Ctx *c, Tx *tx, void *arg) {
    FirstRecords in = {
        .office_code = STR("KBL"),
        .office_name = STR("Kabul"),
        .calendar = STR("solar"),
        .language = STR("fa"),
        .login = STR("Salma "),
        .keep_password = true,
    };
    (void)arg;
    TRY(access_password_hash(c, access_room_open, STR(PASSWORD), &in.password_phc));
    return admin_first_records(c, tx, &in, &first);
}

static void make_model(void) {
    size_t n = 0;
    model = (ModelSource){ .kinds = kinds };
    table = (OpTable){ .ops = ops };
    add_room(&access_room);
    add_room(&op_room);
    add_room(&admin_room);
    kinds[model.n_kinds++] = &person;
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        labels[n++] = builtin_messages[i];
    model.lists = builtin_code_lists;
    model.n_lists = builtin_code_lists_n;
    model.labels = labels;
    model.n_labels = n;
}

static int setup(void **state) {
    Str recovery;
    AccessOptions quick = { .password_quick = true };
    (void)state;
    crypt_start();
    env_test_init(&env, 11, START);
    arena = arena_new(&env, (size_t)1 << 30);
    program = ctx_new(&env, arena);
    actor_enter(&program, actor_system());
    make_model();
    assert_true(trial_folder(dir, "admin"));
    options = (StoreOptions){ .dir = dir, .model = &model, .password_quick = true };
    must(&program, store_init(&program, &options, STR("Kabul"), &recovery));
    must(&program, store_open(&program, &options, &store));
    program.store = store;
    must(&program, access_open(&program, store, &quick, &access_room_open));
    table.access = access_room_open;
    op_table_check(&table, store_model(store));
    must(&program, store_write(store, &program, begin, NULL));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    access_close(access_room_open);
    store_close(store);
    trial_remove(dir);
    return 0;
}

/* ---- calling ---------------------------------------------------------------------------------------- */

/* printf for inputs; ' stands for ". */
PRINTF_LIKE(1, 2)
static const char *text(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *out = arena_alloc(arena, 8192);
    int n = vsnprintf(out, 8192, format, args);
    va_end(args);
    assert_in_range(n, 0, 8191);
    for (char *p = out; *p; p++)
        if (*p == '\'') *p = '"';
    return out;
}

static Status as(const char *login, const char *op, const char *input) {
    const Actor *actor;
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE };
    call = ctx_new(&env, arena);
    call.store = store;
    if (login[0])
        must(&call, access_actor_of_login(&call, access_room_open, str_of(login), STR(""), &actor));
    else
        actor_enter(&call, actor_system());
    must(&program, json_parse(&program, str_of(input), 1 << 20, &q.input));
    return op_call(&call, store, &table, &q, &reply);
}

static Val done(const char *op, const char *input) {
    must(&call, as("salma", op, input));
    return reply.result;
}

static const char *id_done(const char *op, const char *input) {
    return str_c(arena, val_get_text(done(op, input), "id", STR("")));
}

#define refused(name, status, wanted, input)                                                       \
    do {                                                                                           \
        assert_int_equal(as("salma", (name), (input)), (status));                                  \
        assert_string_equal(str_c(arena, call.errs.v[0].key), (wanted));                           \
    } while (0)

static const char *shown(Id id) {
    return str_c(arena, id_text(arena, id));
}

static const char *role(const char *code) {
    return shown(admin_natural_id("role", str_of(code), STR("")));
}

static const char *head(void) {
    return shown(first.office);
}

static Record *record_of(const char *kind, const char *id_shown) {
    Ctx c = ctx_new(&env, arena);
    Id id;
    Record *r;
    actor_enter(&c, actor_system());
    assert_true(id_parse(str_of(id_shown), &id));
    must(&c, store_read_begin(store, &c));
    must(&c, read_record(&c, model_kind(store_model(store), str_of(kind)), id, &r));
    return r;
}

/* A field of a control record, as text. */
static const char *field_of(const char *kind, const char *id_shown, const char *field) {
    const Record *r = record_of(kind, id_shown);
    Val v = field_show(arena, kind_field(r->kind, str_of(field)), record_value(r, field));
    return v.type == VAL_TEXT ? str_c(arena, v.text) : "";
}

/* Gives an account its own password, so that it may act. */
static void settle(const char *login, Str first_password) {
    SignIn in = { .login = str_of(login), .password = first_password };
    Str token;
    Ctx c = ctx_new(&env, arena);
    c.store = store;
    must(&c, session_sign_in(&c, access_room_open, &in, &token));
    must(&c, session_change_password(&c, access_room_open, token, first_password,
                                     STR("another long password")));
}

static const char *make_user(const char *login, const char *role_code, const char *office) {
    Val r = done("user.create", text("{'login': '%s', 'name': 'Name of %s', 'office': '%s',"
                                     " 'grants': [{'role': '%s', 'office': '%s'}]}",
                                     login, login, office, role(role_code), office));
    settle(login, val_get_text(r, "first_password", STR("")));
    return str_c(arena, val_get_text(r, "id", STR("")));
}

static const char *make_office(const char *code, const char *parent) {
    return id_done(
        "office.save",
        text("{'code': '%s', 'name': '%s', 'type': 'FIELD', 'parent': '%s'}", code, code, parent));
}

/* ---- the beginning ------------------------------------------------------------------------------------ */

static void test_a_new_folder_has_what_is_needed(void **state) {
    (void)state;
    SignIn in = { .login = STR("salma"), .password = STR(PASSWORD) };
    Str token;
    Ctx c = ctx_new(&env, arena);
    c.store = store;
    must(&c, session_sign_in(&c, access_room_open, &in, &token));
    assert_false(c.actor->must_change_password);
    for (int p = PERM_PERSON_READ; p < PERMISSIONS; p++)
        if (!actor_may(c.actor, (Permission)p)) fail_msg("%s", permission_name((Permission)p));
    assert_string_equal(field_of("office", head(), "code"), "KBL");
    assert_string_equal(field_of("user", shown(first.user), "name"), "salma");
    assert_string_equal(field_of("user", shown(first.user), "language"), "fa");
    assert_string_equal(field_of("role", role("viewer"), "name"), "Viewer");
    Id other = admin_natural_id("role", STR("viewer"), STR(""));
    assert_int_equal(other.b[6] >> 4, 8);
    assert_int_equal(other.b[8] >> 6, 2);
    assert_false(id_eq(other, admin_natural_id("office", STR("viewer"), STR(""))));
    assert_false(id_eq(admin_natural_id("code_entry", STR("a"), STR("bc")),
                       admin_natural_id("code_entry", STR("ab"), STR("c"))));
}

/* ---- accounts ----------------------------------------------------------------------------------------- */

static void test_an_account_is_created(void **state) {
    (void)state;
    Val r = done("user.create",
                 text("{'login': ' Jawad', 'name': 'Jawad Safi', 'office': '%s'}", head()));
    const char *id = str_c(arena, val_get_text(r, "id", STR("")));
    assert_string_equal(field_of("user", id, "login"), "jawad");
    assert_string_equal(field_of("user", id, "language"), "fa");
    assert_string_equal(field_of("user", id, "status"), "ACTIVE");
    /* Nothing but changing the password is possible before that is done. */
    assert_int_equal(as("jawad", "view.remove", text("{'id': '%s'}", id)), ST_DENIED);
    settle("jawad", val_get_text(r, "first_password", STR("")));
    refused("user.create", ST_CONFLICT, "error.login.taken",
            text("{'login': 'JAWAD', 'name': 'x', 'office': '%s'}", head()));
    refused("user.create", ST_INVALID, "error.login.form",
            text("{'login': 'two words', 'name': 'x', 'office': '%s'}", head()));
    refused("user.create", ST_INVALID, "error.login.form",
            text("{'login': '1st', 'name': 'x', 'office': '%s'}", head()));
    refused("user.create", ST_MISSING, "error.missing",
            text("{'login': 'zia', 'name': 'x', 'office': '%s'}", id));
    refused("user.create", ST_MISSING, "error.missing",
            text("{'login': 'zia', 'name': 'x', 'office': '%s', 'grants': [{'role': '%s',"
                 " 'office': '%s'}]}",
                 head(), id, head()));
    refused("user.create", ST_INVALID, "error.required", text("{'login': 'zia', 'name': 'x'}"));
}

static void test_an_account_is_corrected_and_given_a_new_password(void **state) {
    (void)state;
    const char *id = make_user("jawad", "registration_clerk", head());
    done("user.correct",
         text("{'id': '%s', 'fields': {'name': 'Jawad S.', 'language': 'ps'}}", id));
    assert_string_equal(field_of("user", id, "name"), "Jawad S.");
    refused("user.correct", ST_INVALID, "error.unknown_field",
            text("{'id': '%s', 'fields': {'login': 'x'}}", id));
    Val r = done("user.reset_password", text("{'id': '%s'}", id));
    settle("jawad", val_get_text(r, "first_password", STR("")));
    refused("user.reset_password", ST_MISSING, "error.missing", text("{'id': '%s'}", head()));
    assert_int_equal(as("jawad", "user.reset_password", text("{'id': '%s'}", id)), ST_DENIED);
}

static void test_an_account_is_suspended_and_taken_back(void **state) {
    (void)state;
    const char *id = make_user("jawad", "registration_clerk", head());
    done("user.suspend", text("{'id': '%s', 'reason_text': 'on leave'}", id));
    assert_string_equal(field_of("user", id, "status"), "SUSPENDED");
    refused("user.reset_password", ST_CONFLICT, "error.user.suspended", text("{'id': '%s'}", id));
    done("user.suspend", text("{'id': '%s', 'status': 'ACTIVE'}", id));
    assert_string_equal(field_of("user", id, "status"), "ACTIVE");
    refused("user.suspend", ST_CONFLICT, "error.user.self",
            text("{'id': '%s'}", shown(first.user)));
}

static void test_the_last_administrator_stays(void **state) {
    (void)state;
    const char *salma = shown(first.user);
    /* The program itself is nobody's self: only the rule holds it back. */
    assert_int_equal(as("", "user.suspend", text("{'id': '%s'}", salma)), ST_CONFLICT);
    assert_string_equal(str_c(arena, call.errs.v[0].key), "error.admin.last");
    refused("user.correct", ST_CONFLICT, "error.admin.last",
            text("{'id': '%s', 'fields': {'ends_on': '2026-11-01'}}", salma));
    refused("role.save", ST_CONFLICT, "error.admin.last",
            text("{'code': 'administrator', 'permissions': ['user.read']}"));
    const char *second = make_user("zia", "administrator", head());
    done("role.save", text("{'code': 'administrator', 'name': 'Admin'}"));
    done("user.suspend", text("{'id': '%s'}", second));
    assert_int_equal(as("", "user.suspend", text("{'id': '%s'}", salma)), ST_CONFLICT);
    done("user.suspend", text("{'id': '%s', 'status': 'ACTIVE'}", second));
    assert_int_equal(as("", "user.suspend", text("{'id': '%s'}", salma)), ST_OK);
}

/* ---- roles and grants --------------------------------------------------------------------------------- */

static void test_a_role_makes_sense(void **state) {
    (void)state;
    const char *id =
        id_done("role.save", text("{'code': 'Reception', 'name': 'Reception',"
                                  " 'permissions': ['person.read'], 'lanes': ['core']}"));
    assert_string_equal(id, role("reception"));
    done("role.save", text("{'code': 'reception', 'permissions': ['person.read', 'report']}"));
    refused("role.save", ST_INVALID, "error.role.code", text("{'code': '9 lives', 'name': 'x'}"));
    refused("role.save", ST_INVALID, "error.role.empty", text("{'code': 'empty', 'name': 'x'}"));
    refused(
        "role.save", ST_INVALID, "error.role.wants",
        text("{'code': 'blind', 'name': 'x', 'permissions': ['person.write'], 'lanes': ['core']}"));
    refused("role.save", ST_INVALID, "error.role.lane",
            text("{'code': 'blind', 'name': 'x', 'permissions': ['person.read']}"));
    refused("role.save", ST_INVALID, "error.role.lane",
            text("{'code': 'blind', 'name': 'x', 'permissions': ['person.read', 'need.read'],"
                 " 'lanes': ['core']}"));
    refused("role.save", ST_INVALID, "error.role.lane",
            text("{'code': 'blind', 'name': 'x', 'permissions': ['person.read', 'need.write'],"
                 " 'lanes': ['core']}"));
    /* A desk takes needs down without reading those of others. */
    done("role.save",
         text("{'code': 'intake', 'name': 'Intake', 'permissions': ['person.read', 'need.write'],"
              " 'lanes': ['core', 'protection']}"));
    refused("role.save", ST_INVALID, "error.code.unknown",
            text("{'code': 'x9', 'name': 'x', 'permissions': ['everything']}"));
}

static void test_grants_are_given_and_taken(void **state) {
    (void)state;
    const char *jawad = make_user("jawad", "viewer", head());
    const char *grant = id_done("grant.give", text("{'user': '%s', 'role': '%s', 'office': '%s'}",
                                                   jawad, role("registration_clerk"), head()));
    refused("grant.give", ST_CONFLICT, "error.grant.twice",
            text("{'user': '%s', 'role': '%s', 'office': '%s'}", jawad, role("registration_clerk"),
                 head()));
    refused("grant.give", ST_DENIED, "error.grant.self",
            text("{'user': '%s', 'role': '%s', 'office': '%s'}", shown(first.user), role("viewer"),
                 head()));
    refused("grant.give", ST_INVALID, "error.grant.over",
            text("{'user': '%s', 'role': '%s', 'office': '%s', 'until': '2026-01-01'}", jawad,
                 role("data_officer"), head()));
    done("grant.take", text("{'id': '%s'}", grant));
    refused("grant.take", ST_CONFLICT, "error.void", text("{'id': '%s'}", grant));
    done("grant.give", text("{'user': '%s', 'role': '%s', 'office': '%s', 'until': '2026-12-01'}",
                            jawad, role("registration_clerk"), head()));
}

/* Names without a language are what others fall back on. */
static void test_a_role_has_a_name_in_each_language(void **state) {
    (void)state;
    done("role.save", text("{'code': 'night', 'name': 'Night desk', 'label_fa': 'میز شب',"
                           " 'label_fr': 'Guichet de nuit', 'permissions': ['report']}"));
    done("role.save", text("{'code': 'night', 'label_fr': null, 'permissions': ['report']}"));
    assert_string_equal(field_of("role", role("night"), "name"), "Night desk");
    assert_string_equal(field_of("role", role("night"), "label_fa"), "میز شب");
    assert_string_equal(field_of("role", role("night"), "label_fr"), "");
    const Record *r = record_of("role", role("night"));
    assert_true(str_is(record_label(r, STR("fa-AF")), "میز شب"));
    assert_true(str_is(record_label(r, STR("fr")), "Night desk"));
    assert_true(str_is(record_label(r, STR("a language that is none")), "Night desk"));
}

static const char *grant_input(const char *user, const char *role_id, const char *office) {
    return text("{'user': '%s', 'role': '%s', 'office': '%s'}", user, role_id, office);
}

static void test_nobody_gives_more_than_they_have(void **state) {
    (void)state;
    const char *field = make_office("JAL", head());
    const char *jawad = make_user("jawad", "viewer", field);
    done("role.save", text("{'code': 'chief', 'name': 'Chief', 'permissions': ['user.read',"
                           " 'user.write', 'person.read', 'report'], 'lanes': ['core']}"));
    make_user("chief", "chief", field);
    /* What the chief may do, where the chief may do it. */
    done("role.save", text("{'code': 'reader', 'name': 'Reader', 'permissions': ['person.read'],"
                           " 'lanes': ['core']}"));
    assert_int_equal(as("chief", "grant.give", grant_input(jawad, role("reader"), field)), ST_OK);
    assert_int_equal(
        as("chief", "grant.give", grant_input(jawad, role("registration_clerk"), field)),
        ST_DENIED);
    assert_string_equal(str_c(arena, call.errs.v[0].key), "error.grant.beyond");
    assert_int_equal(as("chief", "grant.give", grant_input(jawad, role("viewer"), head())),
                     ST_DENIED);
    assert_int_equal(as("chief", "role.save", text("{'code': 'chief', 'name': 'King'}")),
                     ST_DENIED);
    /* Not the password of somebody mightier. */
    const char *clerk = make_user("clerk", "registration_clerk", field);
    assert_int_equal(as("chief", "user.reset_password", text("{'id': '%s'}", clerk)), ST_DENIED);
    assert_int_equal(as("chief", "user.suspend", text("{'id': '%s'}", shown(first.user))),
                     ST_DENIED);
    assert_int_equal(as("chief", "user.reset_password", text("{'id': '%s'}", jawad)), ST_OK);
    assert_int_equal(
        as("chief", "user.create", text("{'login': 'zia', 'name': 'Zia', 'office': '%s'}", head())),
        ST_DENIED);
}

/* ---- offices -------------------------------------------------------------------------------------------- */

static void test_offices_form_a_tree(void **state) {
    (void)state;
    const char *sub = make_office("jal", head()), *field = make_office("TKM", sub);
    assert_string_equal(field_of("office", sub, "code"), "JAL");
    assert_string_equal(sub, shown(admin_natural_id("office", STR("JAL"), STR(""))));
    done("office.save", text("{'id': '%s', 'name': 'Jalalabad', 'dial_code': '93'}", sub));
    assert_string_equal(field_of("office", sub, "name"), "Jalalabad");
    refused("office.save", ST_INVALID, "error.office.circle",
            text("{'id': '%s', 'parent': '%s'}", sub, field));
    refused("office.save", ST_INVALID, "error.office.parent",
            text("{'id': '%s', 'parent': null}", sub));
    refused("office.save", ST_INVALID, "error.office.top",
            text("{'id': '%s', 'parent': '%s'}", head(), sub));
    refused("office.save", ST_CONFLICT, "error.office.taken",
            text("{'code': 'JAL', 'name': 'x', 'parent': '%s'}", head()));
    refused("office.save", ST_INVALID, "error.office.code",
            text("{'code': 'J-L', 'name': 'x', 'parent': '%s'}", head()));
    refused("office.save", ST_INVALID, "error.office.parent", text("{'code': 'HER', 'name': 'x'}"));
    refused("office.save", ST_INVALID, "error.office.dial_code",
            text("{'id': '%s', 'dial_code': '+93'}", sub));
    refused("office.save", ST_INVALID, "error.field.fixed",
            text("{'id': '%s', 'code': 'HER'}", sub));
    done("office.save", text("{'id': '%s', 'parent': '%s'}", field, head()));
}

/* Names without a language are what others fall back on, as with roles. */
static void test_an_office_has_a_name_in_each_language(void **state) {
    (void)state;
    const char *id = id_done("office.save", text("{'code': 'HER', 'name': 'Herat', 'parent': '%s',"
                                                 " 'label_fa': 'هرات', 'label_fr': 'Hérat',"
                                                 " 'label_ps': null}",
                                                 head()));
    assert_string_equal(field_of("office", id, "label_ps"), "");
    done("office.save", text("{'id': '%s', 'label_fr': null, 'label_ar': 'هراة'}", id));
    assert_string_equal(field_of("office", id, "name"), "Herat");
    assert_string_equal(field_of("office", id, "label_fa"), "هرات");
    assert_string_equal(field_of("office", id, "label_fr"), "");
    const Record *r = record_of("office", id);
    assert_true(str_is(record_label(r, STR("fa-AF")), "هرات"));
    assert_true(str_is(record_label(r, STR("ar")), "هراة"));
    assert_true(str_is(record_label(r, STR("fr")), "Herat"));
    /* What was taken before the names came is taken still, and leaves them alone. */
    done("office.save", text("{'id': '%s', 'name': 'Herat city'}", id));
    r = record_of("office", id);
    assert_true(str_is(record_label(r, STR("ps")), "Herat city"));
    assert_true(str_is(record_label(r, STR("fa")), "هرات"));
}

/* ---- fields, lists, views ---------------------------------------------------------------------------------- */

static void test_an_operation_adds_its_own_field(void **state) {
    (void)state;
    const char *id = id_done(
        "field.add", text("{'on_kind': 'person', 'name': 'shoe_size', 'type': 'int', 'max': 60,"
                          " 'ask': 'BASIC', 'label_en': 'Shoe size', 'label_fa': 'نمبر بوت'}"));
    const KindInfo *k = model_kind(store_model(store), STR("person"));
    const FieldInfo *f = kind_field(k, STR("shoe_size"));
    assert_non_null(f);
    assert_true(f->custom);
    assert_string_equal(f->key_text, id);
    Str key = str_printf(arena, "field.person.%s", id);
    assert_true(str_is(model_label(store_model(store), STR("fa"), key, NULL), "نمبر بوت"));
    refused("field.add", ST_CONFLICT, "error.custom.taken",
            text("{'on_kind': 'person', 'name': 'shoe_size', 'type': 'int', 'label_en': 'x'}"));
    refused("field.add", ST_CONFLICT, "error.custom.taken",
            text("{'on_kind': 'person', 'name': 'sex', 'type': 'int', 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.custom.kind",
            text("{'on_kind': 'user', 'name': 'shoes', 'type': 'int', 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.custom.name",
            text("{'on_kind': 'person', 'name': 'Shoe size', 'type': 'int', 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.custom.codes_not",
            text("{'on_kind': 'person', 'name': 'shoes', 'type': 'int', 'codes': 'sex',"
                 " 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.custom.list",
            text("{'on_kind': 'person', 'name': 'shoes', 'type': 'code', 'codes': 'shoes',"
                 " 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.custom.lane",
            text("{'on_kind': 'person', 'name': 'shoes', 'type': 'int', 'lane': 'audit',"
                 " 'label_en': 'x'}"));
    refused("field.add", ST_INVALID, "error.label.required",
            text("{'on_kind': 'person', 'name': 'shoes', 'type': 'int'}"));
}

static void test_codes_are_added_and_withdrawn(void **state) {
    (void)state;
    done("code.save", text("{'list': 'shoes', 'code': 'SANDAL', 'label_en': 'Sandals'}"));
    assert_non_null(model_codes(store_model(store), STR("shoes")));
    done("field.add",
         text("{'on_kind': 'person', 'name': 'shoes', 'type': 'code', 'codes': 'shoes',"
              " 'label_en': 'Shoes'}"));
    const char *id =
        id_done("code.save", text("{'list': 'shoes', 'code': 'SANDAL', 'withdrawn': true}"));
    assert_string_equal(id, shown(admin_natural_id("code_entry", STR("shoes"), STR("SANDAL"))));
    refused("code.save", ST_DENIED, "error.code.closed",
            text("{'list': 'permission', 'code': 'fly', 'label_en': 'x'}"));
    refused("code.save", ST_INVALID, "error.code.form",
            text("{'list': 'shoes', 'code': 'a b', 'label_en': 'x'}"));
    refused("code.save", ST_INVALID, "error.code.list",
            text("{'list': 'My List', 'code': 'A', 'label_en': 'x'}"));
    refused("code.save", ST_INVALID, "error.label.required",
            text("{'list': 'shoes', 'code': 'BOOT'}"));
}

static void test_views_are_kept(void **state) {
    (void)state;
    const char *id = id_done("view.save", "{\"name\": \"Women\", \"on_kind\": \"person\","
                                          " \"expression\": \"sex = 'F'\","
                                          " \"order\": \"-given_name\","
                                          " \"columns\": \"given_name, sex\"}");
    done("view.save", text("{'id': '%s', 'name': 'All women', 'shared': true}", id));
    assert_string_equal(field_of("saved_view", id, "name"), "All women");
    refused("view.save", ST_INVALID, "error.record.kind", text("{'name': 'x', 'on_kind': 'shoe'}"));
    refused("view.save", ST_INVALID, "error.view.field",
            text("{'name': 'x', 'on_kind': 'person', 'columns': 'given_name,shoe'}"));
    refused("view.save", ST_INVALID, "error.view.field",
            text("{'name': 'x', 'on_kind': 'person', 'columns': 'secret'}"));
    refused("view.save", ST_INVALID, "error.view.field",
            text("{'name': 'x', 'on_kind': 'person', 'order': 'shoe'}"));
    assert_int_equal(
        as("salma", "view.save", text("{'name': 'x', 'on_kind': 'person', 'expression': 'sex ='}")),
        ST_INVALID);
    make_user("jawad", "viewer", head());
    assert_int_equal(as("jawad", "view.remove", text("{'id': '%s'}", id)), ST_DENIED);
    done("view.save", text("{'id': '%s', 'name': 'Mine', 'shared': false}", id));
    assert_int_equal(as("jawad", "view.remove", text("{'id': '%s'}", id)), ST_MISSING);
    done("view.remove", text("{'id': '%s'}", id));
    refused("view.remove", ST_CONFLICT, "error.void", text("{'id': '%s'}", id));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_a_new_folder_has_what_is_needed),
        T(test_an_account_is_created),
        T(test_an_account_is_corrected_and_given_a_new_password),
        T(test_an_account_is_suspended_and_taken_back),
        T(test_the_last_administrator_stays),
        T(test_a_role_makes_sense),
        T(test_a_role_has_a_name_in_each_language),
        T(test_grants_are_given_and_taken),
        T(test_nobody_gives_more_than_they_have),
        T(test_offices_form_a_tree),
        T(test_an_office_has_a_name_in_each_language),
        T(test_an_operation_adds_its_own_field),
        T(test_codes_are_added_and_withdrawn),
        T(test_views_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
