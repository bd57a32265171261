/* model_test.c: building models, looking things up, labels and messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"
#include "model/model_int.h"
#include "model/toy_int.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

static Env world;
static Arena *arena;
static Ctx ctx;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, 1795548862123456); /* 2026-11-24 */
    arena = arena_new(&world, 64 << 20);
    ctx = ctx_new(&world, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_str(Str got, const char *want) {
    if (!str_is(got, want)) fail_msg("got '%.*s', wanted '%s'", STR_ARG(got), want);
}

static Model *toy(void) {
    ModelSource source = toy_source();
    Model *m = NULL;
    assert_int_equal(model_build(&ctx, &source, &m), ST_OK);
    return m;
}

/* Builds in a child process; what it wrote to standard error when it aborted, else "". */
static Str bug_of(const ModelSource *source) {
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(fds[1], STDERR_FILENO);
        Model *m;
        Status st = model_build(&ctx, source, &m);
        _exit(st == ST_OK ? 0 : 1);
    }
    close(fds[1]);
    char text[1000];
    size_t n = 0;
    ssize_t got;
    while (n < sizeof text && (got = read(fds[0], text + n, sizeof text - n)) > 0)
        n += (size_t)got;
    close(fds[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    bool aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    return aborted ? str_copy(arena, str_n(text, n)) : STR("");
}

/* A model of one more kind with these fields must be refused with this text. */
static void assert_bug(const Kind *kind, const char *want) {
    const Kind *kinds[] = { &toy_person, &toy_group, kind };
    ModelSource source = toy_source();
    source.kinds = kinds;
    source.n_kinds = 3;
    Str text = bug_of(&source);
    if (str_find(text, str_of(want)) < 0) fail_msg("wanted '%s', got '%.*s'", want, STR_ARG(text));
}

static void assert_field_bug(Field f, const char *want) {
    if (!f.name) f.name = "odd";
    if (!f.no) f.no = 2;
    Kind k = { "thing", .no = 9, .lane = LANE_CORE, .fields = &f, .n_fields = 1 };
    assert_bug(&k, want);
}

/* --- looking up ----------------------------------------------------------------------------------- */

static void test_kinds_and_fields(void **state) {
    (void)state;
    Model *m = toy();
    assert_int_equal(model_n_kinds(m), 4);
    const KindInfo *person = model_kind(m, STR("person"));
    assert_non_null(person);
    assert_ptr_equal(person, model_kind_at(m, 0));
    assert_ptr_equal(person, model_kind_no(m, 2));
    assert_string_equal(model_kind_no(m, 7)->k->name, "need");
    assert_null(model_kind_no(m, 8));
    assert_null(model_kind(m, STR("persons")));
    assert_null(model_kind(m, STR("")));

    assert_string_equal(person->fields[0].f.name, "void");
    assert_int_equal(person->n_fields, 13);
    const FieldInfo *birth = kind_field(person, STR("birth_date"));
    assert_string_equal(birth->key_text, "birth_date");
    assert_ptr_equal(birth, &person->fields[birth->index]);
    assert_ptr_equal(birth->kind, person);
    assert_ptr_equal(birth, kind_field_no(person, 5));
    assert_ptr_equal(kind_field_no(person, FIELD_VOID_NO), &person->fields[0]);
    assert_null(kind_field_no(person, 0));
    assert_null(kind_field_no(person, 14));
    assert_null(kind_field(person, STR("birth")));
    for (uint32_t no = 1; no <= 13; no++)
        assert_int_equal(kind_field_no(person, no)->f.no, no);
    assert_string_equal(model_kind(m, STR("need"))->subject->f.name, "person");
    assert_null(person->subject);
    model_free(m);
}

static void test_defaults_are_filled_in(void **state) {
    (void)state;
    Model *m = toy();
    const KindInfo *person = model_kind(m, STR("person"));
    assert_int_equal(kind_field(person, STR("sex"))->f.lane, LANE_CORE);
    assert_int_equal(kind_field(person, STR("notes"))->f.lane, LANE_PROTECTION);
    assert_int_equal(kind_field(person, STR("void"))->f.lane, LANE_CORE);
    assert_int_equal(kind_field(person, STR("search_key"))->f.max, 200);
    assert_int_equal(kind_field(person, STR("languages"))->f.max, 2);
    assert_string_equal(kind_field(person, STR("children"))->f.rule_message, "error.rule");
    model_free(m);
}

static void test_codes(void **state) {
    (void)state;
    Model *m = toy();
    const CodeList *needs = model_codes(m, STR("specific_need"));
    assert_int_equal(needs->n, 4);
    assert_str(needs->codes[0].code, "SC-UC");
    assert_str(code_find(needs, STR("DS-BD"))->parent, "DS");
    assert_int_equal(code_find(needs, STR("PG-HR"))->until, 2);
    assert_null(code_find(needs, STR("PG")));
    assert_null(code_find(needs, STR("")));
    assert_null(model_codes(m, STR("needs")));
    assert_non_null(code_find(&toy_lists[1], STR("SC-SC"))); /* without an index */
    assert_null(code_find(&toy_lists[1], STR("sc-sc")));
    for (size_t i = 0; i < needs->n; i++)
        assert_ptr_equal(code_find(needs, needs->codes[i].code), &needs->codes[i]);
    model_free(m);
}

static void test_a_later_list_replaces_an_earlier(void **state) {
    (void)state;
    CodeList lists[5];
    memcpy(lists, toy_lists, sizeof toy_lists);
    lists[4] = lists[0];
    lists[4].n = 2;
    ModelSource source = toy_source();
    source.lists = lists;
    source.n_lists = 5;
    Model *m;
    assert_int_equal(model_build(&ctx, &source, &m), ST_OK);
    assert_int_equal(model_codes(m, STR("sex"))->n, 2);
    assert_null(code_find(model_codes(m, STR("sex")), STR("U")));
    model_free(m);
}

static void test_a_code_that_is_there_twice(void **state) {
    (void)state;
    Code twice[] = { { STR("A"), 1, 0, STR("") },
                     { STR("B"), 1, 0, STR("") },
                     { STR("A"), 2, 0, STR("") } };
    CodeList lists[5];
    memcpy(lists, toy_lists, sizeof toy_lists);
    lists[4] = (CodeList){ STR("own"), STR("here"), 1, twice, 3, NULL };
    ModelSource source = toy_source();
    source.lists = lists;
    source.n_lists = 5;
    Model *m = NULL;
    assert_int_equal(model_build(&ctx, &source, &m), ST_INVALID);
    assert_null(m);
    assert_str(ctx.errs.v[0].key, "error.model.code_twice");
    assert_str(ctx.errs.v[0].args[1].value, "A");
}

/* --- mistakes in tables --------------------------------------------------------------------------- */

static void test_mistakes_in_kinds(void **state) {
    (void)state;
    assert_bug(&(Kind){ "Thing", .no = 9 }, "kind Thing: the name is not snake_case");
    assert_bug(&(Kind){ "", .no = 9 }, "kind : the name is not snake_case");
    assert_bug(&(Kind){ "person", .no = 9 }, "kind person: the name is there twice");
    assert_bug(&(Kind){ "thing", .no = 0 }, "kind thing: the number is not within");
    assert_bug(&(Kind){ "thing", .no = 65536 }, "kind thing: the number is not within");
    assert_bug(&(Kind){ "thing", .no = 2 }, "the number is taken by kind: person");
    assert_bug(&(Kind){ "thing", .no = 9, .title = "name" }, "no such title field: name");
    assert_bug(&(Kind){ "thing", .no = 9, .subject_rule = SUBJECT_FIELD, .subject = "person" },
               "kind thing, field person: the subject is no FT_REF field");
    Field f = { "link", .no = 2, .type = FT_REF, .kind = "chain" };
    Kind chain = { "chain",           .no = 9,      .subject_rule = SUBJECT_FIELD,
                   .subject = "link", .fields = &f, .n_fields = 1 };
    assert_bug(&chain, "the subject is of a kind that is not its own subject");
}

static void test_mistakes_in_fields(void **state) {
    (void)state;
    assert_field_bug((Field){ .name = "Odd", .type = FT_TEXT },
                     "kind thing, field Odd: the name is not snake_case");
    assert_field_bug((Field){ .name = "contains", .type = FT_TEXT }, "the name is reserved");
    assert_field_bug((Field){ .name = "void", .type = FT_TEXT }, "has this field already");
    assert_field_bug((Field){ .no = 1, .type = FT_TEXT }, "field odd: the number is not within");
    assert_field_bug((Field){ .type = FT_CODE, .codes = "sx" }, "no such code list: sx");
    assert_field_bug((Field){ .type = FT_SET }, "no such code list");
    assert_field_bug((Field){ .type = FT_REF, .kind = "prson" }, "points to no such kind: prson");
    assert_field_bug((Field){ .type = FT_TEXT, .codes = "sex" }, "have a list: sex");
    assert_field_bug((Field){ .type = FT_TEXT, .kind = "person" }, "only FT_REF has a kind");
    assert_field_bug((Field){ .type = FT_JSON }, "for shapes only");
    assert_field_bug((Field){ .type = FT_TEXT, .like = "person.sex" }, "for shapes only");
    assert_field_bug((Field){ .type = FT_TEXT, .flags = FF_LIST }, "FF_LIST is for shapes");
    assert_field_bug((Field){ .type = FT_TEXT, .flags = FF_SEALED | FF_SEARCH }, "a sealed field");
    assert_field_bug((Field){ .type = FT_INT, .flags = FF_SORT }, "are for text");
    assert_field_bug((Field){ .type = FT_DECIMAL, .scale = 7 }, "the scale is not within 0-6");
    assert_field_bug((Field){ .type = FT_INT, .scale = 1 }, "the scale is not within 0-6");
    assert_field_bug((Field){ .type = FT_TEXT, .min = 20, .max = 10 }, "exclude every value");
    assert_field_bug((Field){ .type = FT_TEXT, .lane = LANES }, "no such lane");
    assert_field_bug((Field){ .type = FT_INT, .rule = "odd > " },
                     "kind thing, field odd: the rule does not compile: error.expr.expected");
    assert_field_bug((Field){ .type = FT_INT, .rule = "odd" }, "error.expr.condition");
    assert_field_bug((Field){ .type = FT_REF, .kind = "person", .rule = "odd.sex = 'F'" },
                     "error.model.rule");
    Field two[] = { { "one", .no = 2, .type = FT_BOOL }, { "two", .no = 2, .type = FT_BOOL } };
    assert_bug(&(Kind){ "thing", .no = 9, FIELDS(two) },
               "kind thing, field two: the number is taken by: one");
    two[1] = (Field){ "one", .no = 3, .type = FT_BOOL };
    assert_bug(&(Kind){ "thing", .no = 9, FIELDS(two) }, "field one: the name is there twice");
}

static void test_a_model_needs_void_reasons(void **state) {
    (void)state;
    ModelSource source = toy_source();
    source.n_lists = 2;
    assert_true(str_find(bug_of(&source), STR("field void: there is no such code list")) >= 0);
}

/* --- custom fields -------------------------------------------------------------------------------- */

static Id some_id(uint8_t last) {
    Id id = { { 1 } };
    id.b[15] = last;
    return id;
}

static Status build_custom(const CustomField *custom, size_t n, Model **ret) {
    ModelSource source = toy_source();
    source.custom = custom;
    source.n_custom = n;
    return model_build(&ctx, &source, ret);
}

static void test_custom_fields(void **state) {
    (void)state;
    CustomField custom[] = {
        { "person",
          { "tribe", .type = FT_TEXT, .id = some_id(2) },
          STR("{\"en\":\"Tribe\",\"fa\":\"قوم\"}") },
        { "person", { "tribe", .type = FT_INT, .id = some_id(1) }, STR("") },
        { "person", { "sex", .type = FT_TEXT, .id = some_id(3) }, STR("") },
        { "group", { "shop", .type = FT_CODE, .codes = "sex", .id = some_id(4) }, STR("") },
    };
    Model *m;
    assert_int_equal(build_custom(custom, 4, &m), ST_OK);
    const KindInfo *person = model_kind(m, STR("person"));
    assert_int_equal(person->n_fields, 16);
    const FieldInfo *first = &person->fields[13];
    assert_true(first->custom);
    assert_string_equal(first->key_text, "01000000-0000-0000-0000-000000000002");
    assert_ptr_equal(kind_field_id(person, some_id(2)), first);
    assert_ptr_equal(kind_field(person, STR("01000000-0000-0000-0000-000000000002")), first);
    assert_ptr_equal(kind_field(person, STR("tribe")), kind_field_id(person, some_id(1)));
    assert_int_equal(kind_field(person, STR("sex"))->f.no, 3);
    assert_null(kind_field_id(person, some_id(4)));
    assert_null(kind_field_no(person, 0));
    assert_int_equal(first->f.lane, LANE_CORE);
    assert_str(
        model_label(m, STR("fa"), STR("field.person.01000000-0000-0000-0000-000000000002"), NULL),
        "قوم");
    model_free(m);
}

static void assert_custom_error(const char *kind, Field f, const char *key, const char *value) {
    CustomField custom[] = { { "group", { "fine", .id = some_id(9) }, STR("") },
                             { kind, f, STR("") } };
    ctx_forget_errors(&ctx);
    Model *m = NULL;
    assert_int_equal(build_custom(custom, 2, &m), ST_INVALID);
    assert_null(m);
    assert_int_equal(ctx.errs.n, 1);
    assert_str(ctx.errs.v[0].path, "custom[1]");
    assert_str(ctx.errs.v[0].key, key);
    assert_str(ctx.errs.v[0].args[0].value, value);
}

static void test_mistakes_in_custom_fields(void **state) {
    (void)state;
    Id id = some_id(5);
    assert_custom_error("prson", (Field){ "a", .id = id }, "error.model.kind", "prson");
    assert_custom_error("person", (Field){ .name = "a" }, "error.model.id", "a");
    assert_custom_error("person", (Field){ "A", .id = id }, "error.model.name", "A");
    assert_custom_error("person", (Field){ NULL, .id = id }, "error.model.name", "");
    assert_custom_error("person", (Field){ "is", .id = id }, "error.model.name", "is");
    assert_custom_error("person", (Field){ "a", .type = FT_CODE, .codes = "x", .id = id },
                        "error.model.codes", "x");
    assert_custom_error("person", (Field){ "a", .type = FT_REF, .kind = "x", .id = id },
                        "error.model.kind", "x");
    assert_custom_error("person", (Field){ "a", .type = FT_SHAPE, .id = id }, "error.model.type",
                        "");
    assert_custom_error("person", (Field){ "a", .type = FT_DECIMAL, .scale = -1, .id = id },
                        "error.model.limits", "");
}

static void test_mistakes_in_labels(void **state) {
    (void)state;
    CustomField custom[] = { { "group", { "fine", .id = some_id(9) }, STR("{\"en\":7}") } };
    Model *m;
    assert_int_equal(build_custom(custom, 1, &m), ST_INVALID);
    assert_str(ctx.errs.v[0].key, "error.model.labels");
    assert_str(ctx.errs.v[0].path, "custom[0]");
    custom[0].labels_json = STR("{\"en\":");
    assert_int_equal(build_custom(custom, 1, &m), ST_USAGE);
    assert_str(ctx.errs.v[1].key, "error.json.syntax");
}

/* --- labels and messages -------------------------------------------------------------------------- */

static void test_labels_fall_back(void **state) {
    (void)state;
    Model *m = toy();
    bool fallback = true;
    assert_str(model_label(m, STR("fa-AF"), STR("code.sex.F"), &fallback), "طبقهٔ اناث");
    assert_false(fallback);
    assert_str(model_label(m, STR("fa-AF"), STR("kind.person"), &fallback), "شخص");
    assert_false(fallback); /* the same language, without its region */
    assert_str(model_label(m, STR("fa-AF"), STR("only.en"), &fallback), "Only English");
    assert_true(fallback);
    assert_str(model_label(m, STR("xx"), STR("kind.person"), &fallback), "Person");
    assert_true(fallback);
    assert_str(model_label(m, STR("en"), STR("kind.person"), &fallback), "Person");
    assert_false(fallback);
    assert_str(model_label(m, STR("en-GB"), STR("kind.person"), &fallback), "Person");
    assert_false(fallback);
    assert_str(model_label(m, STR("en"), STR("no.such"), &fallback), "no.such");
    assert_true(fallback);
    assert_str(model_label(m, STR("en"), STR("empty"), NULL), "empty");
    assert_str(model_code_label(m, STR("FA"), STR("sex"), STR("F")), "زن");
    assert_str(model_code_label(m, STR("fa"), STR("sex"), STR("M")), "M");
    char huge[200];
    memset(huge, 'x', sizeof huge);
    assert_int_equal(model_code_label(m, STR("fa"), STR("sex"), str_n(huge, 200)).n, 200);
    model_free(m);
}

static Str message(const Model *m, const char *lang) {
    return model_message(m, arena, str_of(lang), &ctx.errs.v[ctx.errs.n - 1]);
}

static void test_messages(void **state) {
    (void)state;
    Model *m = toy();
    (void)FAIL(&ctx, ST_INVALID, "size", "error.number.range", "min", STR("0"), "max", STR("100"));
    assert_str(message(m, "en"), "Give a number from 0 to 100.");
    (void)FAIL(&ctx, ST_INVALID, "size", "error.number.range", "min", STR("0"));
    assert_str(message(m, "en"), "Give a number from 0 to {max}.");
    (void)FAIL(&ctx, ST_INVALID, "size", "error.type", "expected", STR("date"));
    assert_str(message(m, "en"), "This must be a date.");
    assert_str(message(m, "fa"), "This must be تاریخ.");
    (void)FAIL(&ctx, ST_INVALID, "size", "error.type", "expected", STR("{x} {min} {"));
    assert_str(message(m, "en"), "This must be {x} {min} {.");
    (void)FAIL(&ctx, ST_INVALID, "sex", "error.code.unknown", "did_you_mean", STR("F"));
    assert_str(message(m, "en"), "Not in the list. Did you mean F?");
    (void)FAIL(&ctx, ST_INVALID, "sex", "error.code.unknown", "did_you_mean", STR(""));
    assert_str(message(m, "en"), "Not in the list.");
    (void)FAIL(&ctx, ST_INVALID, "sex", "error.of.nobody");
    assert_str(message(m, "en"), "error.of.nobody");
    model_free(m);
}

static void test_messages_as_json(void **state) {
    (void)state;
    Model *m = toy();
    Buf out = buf_new(arena, 1 << 20);
    model_messages_json(m, STR("fa-AF"), &out);
    Val all;
    assert_int_equal(json_parse(&ctx, buf_text(&out), 1 << 20, &all), ST_OK);
    assert_str(val_get_text(all, "code.sex.F", STR("")), "طبقهٔ اناث");
    assert_str(val_get_text(all, "kind.person", STR("")), "شخص");
    assert_str(val_get_text(all, "only.en", STR("")), "Only English");
    out = buf_new(arena, 1 << 20);
    model_messages_json(m, STR("en"), &out);
    assert_int_equal(json_parse(&ctx, buf_text(&out), 1 << 20, &all), ST_OK);
    assert_str(val_get_text(all, "kind.person", STR("")), "Person");
    out = buf_new(arena, 1 << 20);
    model_messages_json(m, STR("xx"), &out);
    assert_int_equal(json_parse(&ctx, buf_text(&out), 1 << 20, &all), ST_OK);
    model_free(m);
}

static Str suggested(const char *want, const char *const *from, size_t n) {
    Suggest s = suggest_new(str_of(want));
    for (size_t i = 0; i < n; i++)
        suggest_offer(&s, str_of(from[i]));
    return suggest_best(&s);
}

static void test_suggestions(void **state) {
    (void)state;
    static const char *const names[] = { "sex", "birth_date", "given_name", "F", "a" };
    assert_str(suggested("brith_date", names, 5), "birth_date");
    assert_str(suggested("birthdate", names, 5), "birth_date");
    assert_str(suggested("SEX", names, 5), "sex");
    assert_str(suggested("sec", names, 5), "sex");
    assert_str(suggested("f", names, 5), "F");
    assert_str(suggested("M", names, 5), ""); /* one letter is no likeness */
    assert_str(suggested("", names, 5), "");
    assert_str(suggested("family_name", names, 5), "");
    assert_str(suggested("gvien_nmae", names, 5), "given_name");
    assert_str(suggested("an_answer_that_is_far_too_long_to_be_a_name_of_a_field", names, 5), "");
}

/* --- memory --------------------------------------------------------------------------------------- */

static void test_every_failed_allocation_is_survived(void **state) {
    (void)state;
    ModelSource source = toy_source();
    volatile bool done = false;
    for (volatile uint64_t n = 1; !done; n++) {
        assert_true(n < 1000);
        Arena *a = arena_new(&world, 64 << 20);
        world.fault[FAULT_ALLOC] = (EnvFault){ .fail_at = n };
        if (ARENA_GUARD(a) == 0) {
            Ctx c = ctx_new(&world, a);
            Model *m = NULL;
            Status st = model_build(&c, &source, &m);
            assert_true(st == ST_OK || st == ST_MEMORY);
            done = st == ST_OK && world.fault[FAULT_ALLOC].count < n;
            model_free(m);
        }
        world.fault[FAULT_ALLOC] = (EnvFault){ 0 };
        arena_free(a); /* the sanitizer tells whether a half-built model was left behind */
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kinds_and_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_defaults_are_filled_in, setup, teardown),
        cmocka_unit_test_setup_teardown(test_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_later_list_replaces_an_earlier, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_code_that_is_there_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_in_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_in_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_model_needs_void_reasons, setup, teardown),
        cmocka_unit_test_setup_teardown(test_custom_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_in_custom_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_in_labels, setup, teardown),
        cmocka_unit_test_setup_teardown(test_labels_fall_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_messages, setup, teardown),
        cmocka_unit_test_setup_teardown(test_messages_as_json, setup, teardown),
        cmocka_unit_test_setup_teardown(test_suggestions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_every_failed_allocation_is_survived, setup, teardown),
    };
    return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
