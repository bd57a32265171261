/* expr_test.c: expressions: what they give, what is refused and where, and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/expr.h"
#include "model/expr_int.h"
#include "model/toy_int.h"

#include <stdio.h>

#include "base/banned.h"

enum { TODAY = 20781 }; /* 2026-11-24 */

static Env world;
static Arena *arena;
static Ctx ctx;
static Model *model;
static ToyWorld toys;

static void put(ToyRecord *r, const char *field, Val v) {
    val_set_c(arena, &r->fields, field, v);
}

static Day day(const char *iso) {
    Day d;
    assert_true(day_from_iso(str_of(iso), &d));
    return d;
}

static void add_need(uint8_t id, const char *code, int64_t weight, int64_t cost) {
    ToyRecord *r = toy_add(&toys, "need", id);
    put(r, "person", val_id(arena, toys.records[0].id));
    put(r, "code", val_text(str_of(code)));
    put(r, "weight", val_int(weight));
    put(r, "cost", val_int(cost));
    put(r, "noted_on", val_int(day("2026-01-01") + weight));
}

/* Sara, 12 years old, in a group, with three needs of which one is void. */
static void fill_world(void) {
    toys.n = 0;
    ToyRecord *sara = toy_add(&toys, "person", 1);
    put(sara, "given_name", val_text(STR("Sāra Jān")));
    put(sara, "sex", val_text(STR("F")));
    put(sara, "birth_date", val_int(day("2014-02-28")));
    put(sara, "children", val_int(2));
    put(sara, "height_m", val_int(155));
    put(sara, "present", val_bool(true));
    put(sara, "registered_at", val_int(day("2024-05-01") * TIME_DAY + 1));
    ToyRecord *group = toy_add(&toys, "group", 2);
    put(sara, "registration_group", val_id(arena, group->id));
    Val languages = val_list();
    val_push(arena, &languages, val_text(STR("prs")));
    put(sara, "languages", languages);
    put(group, "village", val_text(STR("Kacha Garhi")));
    put(group, "size", val_int(7));
    put(group, "income", val_int(123456));
    put(group, "arrival_date", val_int(day("2024-01-31")));
    add_need(3, "SC-UC", 5, 1050);
    add_need(4, "DS-BD", 7, 200);
    add_need(5, "PG-HR", 100, 100);
    put(&toys.records[toys.n - 1], "void", val_text(STR("MISTAKE")));
    ToyRecord *stray = toy_add(&toys, "need", 6); /* of nobody */
    put(stray, "weight", val_int(1000));
}

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, TODAY * TIME_DAY);
    arena = arena_new(&world, 256 << 20);
    ctx = ctx_new(&world, arena);
    fill_world();
    ModelSource source = toy_source();
    return model_build(&ctx, &source, &model) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    model_free(model);
    arena_free(arena);
    return 0;
}

static const KindInfo *kind(const char *name) {
    return model_kind(model, str_of(name));
}

static Expr *compiled(const char *source) {
    Expr *e;
    ctx_forget_errors(&ctx);
    if (expr_compile(&ctx, model, kind("person"), str_of(source), &e) != ST_OK) {
        const Err *err = &ctx.errs.v[0];
        fail_msg("%s: %.*s at %.*s", source, STR_ARG(err->key), STR_ARG(err->args[0].value));
    }
    return e;
}

static Val value_of(const Expr *e) {
    Val v;
    ExprSource source = toy_world_source(&toys);
    assert_int_equal(expr_eval(&ctx, e, &source, TODAY, &v), ST_OK);
    return v;
}

/* The value as text: true, 12, 1.50, 2024-01-31, 'text', ?. */
static Str shown(const char *source) {
    const Expr *e = compiled(source);
    Val v = value_of(e);
    switch (v.type) {
    case VAL_NULL: return STR("?");
    case VAL_BOOL: return v.b ? STR("true") : STR("false");
    case VAL_TEXT: return str_printf(arena, "'%.*s'", STR_ARG(v.text));
    case VAL_INT:
        if (e->type == EXPR_DATE) return day_to_iso(arena, (Day)v.i);
        return decimal_text(arena, v.i, e->scale);
    default: return STR("other");
    }
}

typedef struct Case {
    const char *source, *want;
} Case;

static void assert_cases(const Case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        Str got = shown(cases[i].source);
        if (!str_is(got, cases[i].want))
            fail_msg("%s: got %.*s, wanted %s", cases[i].source, STR_ARG(got), cases[i].want);
    }
}
#define CASES(...)                                                                                 \
    do {                                                                                           \
        static const Case cases[] = { __VA_ARGS__ };                                               \
        assert_cases(cases, sizeof cases / sizeof cases[0]);                                       \
    } while (0)

/* --- values --------------------------------------------------------------------------------------- */

static void test_precedence(void **state) {
    (void)state;
    CASES({ "1 + 2 * 3", "7" }, { "(1 + 2) * 3", "9" }, { "10 - 3 - 2", "5" }, { "-2 * -3", "6" },
          { "2 - -3", "5" }, { "- - 2", "2" }, { "-(2)", "-2" }, { "1 + 2 = 3", "true" },
          { "not 1 = 2", "true" }, { "not not true", "true" },
          { "true or false and false", "true" }, { "(true or false) and false", "false" },
          { "not true or true", "true" }, { "not (true or true)", "false" },
          { "1 < 2 and 2 < 3 or false", "true" }, { "TRUE AND NOT FALSE", "true" },
          { "1 + 1 in (2, 3) and true", "true" }, { "1 + 1 not in (2, 3)", "false" },
          { "  children\t+\n1 ", "3" }, { "2024-01-31 = 2024-01-31", "true" },
          { "2024 - 01 - 31", "1992" }, { "8 / 2 / 2", "2.000000" });
}

static void test_fields(void **state) {
    (void)state;
    CASES({ "children", "2" }, { "height_m", "1.55" }, { "given_name", "'Sāra Jān'" },
          { "birth_date", "2014-02-28" }, { "sex", "'F'" }, { "present", "true" }, { "notes", "?" },
          { "registration_group.size", "7" }, { "registration_group.village", "'Kacha Garhi'" },
          { "\"children\"", "2" }, { "registration_group is known", "true" },
          { "photo is known", "false" }, { "photo is unknown", "true" },
          { "void is unknown", "true" });
}

static void test_kleene(void **state) {
    (void)state;
    CASES({ "notes = 'x' and false", "false" }, { "false and notes = 'x'", "false" },
          { "notes = 'x' and true", "?" }, { "notes = 'x' or true", "true" },
          { "true or notes = 'x'", "true" }, { "notes = 'x' or false", "?" },
          { "not notes = 'x'", "?" }, { "notes = 'x'", "?" }, { "notes != 'x'", "?" },
          { "notes = 'x' and notes = 'y' and false", "false" }, { "notes in ('x')", "?" },
          { "children in (2, length(notes))", "true" }, { "children in (3, length(notes))", "?" },
          { "children not in (3, length(notes))", "?" }, { "children not in (3, 4)", "true" },
          { "(notes = 'x') is known", "false" }, { "(notes = 'x') is unknown", "true" },
          { "(1 = 1) is known", "true" });
}

static void test_text(void **state) {
    (void)state;
    CASES({ "given_name = 'SARA  jan'", "true" }, { "given_name != 'sara'", "true" },
          { "given_name starts with 'sara'", "true" }, { "given_name starts with 'jan'", "false" },
          { "given_name contains 'JÂN'", "true" }, { "given_name contains ''", "true" },
          { "given_name contains 'x'", "false" }, { "given_name < 'tara'", "true" },
          { "given_name >= 'tara'", "false" }, { "length(given_name)", "8" },
          { "lower('ÀBC')", "'Àbc'" }, { "'it''s' = 'it''s'", "true" }, { "length('it''s')", "4" },
          { "'ي' = 'ی'", "true" }, { "'' = ' '", "true" },
          { "coalesce(notes, given_name)", "'Sāra Jān'" },
          { "registration_group.village in ('x', 'KACHA GARHI')", "true" });
}

static void test_codes_and_sets(void **state) {
    (void)state;
    CASES({ "sex = 'F'", "true" }, { "'M' = sex", "false" }, { "sex in ('M', 'U')", "false" },
          { "'F' in (sex, 'M')", "true" }, { "sex = sex", "true" },
          { "coalesce(sex, 'U') = 'F'", "true" }, { "if(true, 'U', sex)", "'U'" },
          { "languages contains 'prs'", "true" }, { "languages contains 'fra'", "false" },
          { "languages is known", "true" }, { "exists(need where code starts with 'SC-')", "true" },
          { "exists(need where code starts with 'sc-')", "false" });
    toys.records[0].fields = val_map();
    CASES({ "languages contains 'prs'", "false" }, { "not languages contains 'prs'", "true" },
          { "languages is known", "false" }, { "languages is unknown", "true" });
}

static void test_ids(void **state) {
    (void)state;
    CASES({ "registration_group = '07000000-0000-0000-0000-000000000002'", "true" },
          { "registration_group != '07000000-0000-0000-0000-000000000002'", "false" },
          { "registration_group in ('07000000-0000-0000-0000-000000000003')", "false" },
          { "registration_group = registration_group", "true" });
}

static void test_dates(void **state) {
    (void)state;
    CASES({ "today()", "2026-11-24" }, { "age(birth_date)", "12" }, { "age(2012-02-29)", "14" },
          { "years_between(2012-02-29, 2013-02-28)", "0" },
          { "years_between(2012-02-29, 2013-03-01)", "1" },
          { "years_between(2013-03-01, 2012-03-02)", "-1" },
          { "days_between(2024-02-28, 2024-03-01)", "2" },
          { "days_between(2024-03-01, 2024-02-28)", "-2" }, { "year(birth_date)", "2014" },
          { "month('2014-02-28')", "2" }, { "birth_date + 1", "2014-03-01" },
          { "1 + birth_date", "2014-03-01" }, { "birth_date - 28", "2014-01-31" },
          { "today() - birth_date", "4652" }, { "9999-12-31 + 1", "?" }, { "0001-01-01 - 1", "?" },
          { "2024-01-01 + 9223372036854775807", "?" }, { "birth_date = '2014-02-28'", "true" },
          { "birth_date < today()", "true" }, { "registered_at > 2024-05-01", "true" },
          { "registered_at < 2024-05-02", "true" }, { "2024-05-01 < registered_at", "true" },
          { "registered_at = '2024-05-01T00:00:00.000001Z'", "true" },
          { "registered_at >= '2024-05-01'", "true" },
          { "registered_at in (2024-05-01, '2024-05-01T00:00:00.000001Z')", "true" },
          { "min(birth_date, 2014-01-01)", "2014-01-01" }, { "age(2030-01-01)", "-4" });
}

static void test_numbers(void **state) {
    (void)state;
    CASES({ "1.5 + 1", "2.5" }, { "1.50 - 0.125", "1.375" }, { "1.5 * 1.5", "2.25" },
          { "0.001 * 0.001", "0.000001" }, { "0.0015 * 0.0015", "0.000002" },
          { "-0.0015 * 0.0015", "-0.000002" }, { "0.000001 * 0.5", "0.000000" },
          { "7 / 2", "3.500000" }, { "-7 / 3", "-2.333333" }, { "7 / -3", "-2.333333" },
          { "1 / 0", "?" }, { "1 / 0.0", "?" }, { "0 / 5", "0.000000" }, { "1 / 0.3", "3.333333" },
          { "1.000001 / 1.5", "0.666667" }, { "9223372036854 / 1", "9223372036854.000000" },
          { "9223372036855 / 1", "?" }, { "9223372036854775807 + 1", "?" },
          { "-9223372036854775807 - 1", "-9223372036854775808" },
          { "-9223372036854775807 - 2", "?" }, { "-(-9223372036854775807 - 1)", "?" },
          { "abs(-9223372036854775807 - 1)", "?" }, { "9223372036854775807 * 2", "?" },
          { "9223372036854775807 + 0.1", "?" }, { "9223372036854775807 = 0.1", "?" },
          { "9223372036854775807 > 1", "true" }, { "3037000500 * 3037000500", "?" },
          { "abs(-1.5)", "1.5" }, { "1.10 = 1.1", "true" }, { "1 in (1.0, 2)", "true" },
          { "min(2, 1.5)", "1.5" }, { "max(2, 1.5)", "2.0" }, { "max(1, 2, length(notes))", "?" },
          { "coalesce(length(notes), 1.25)", "1.25" }, { "if(true, 1, 2.50)", "1.00" },
          { "coalesce(9223372036854775807, 0.5)", "0.5" }, /* it does not fit, hence is unknown */
          { "registration_group.income / registration_group.size", "176.365714" },
          { "height_m * 2", "3.10" }, { "0.1 + 0.2 = 0.3", "true" });
}

static void test_choice(void **state) {
    (void)state;
    CASES({ "if(1 = 1, 1, 1 / 0)", "1.000000" }, { "if(1 = 2, 1 / 0, 2)", "2.000000" },
          { "if(notes = 'x', 1, 2)", "?" }, { "coalesce(length(notes), 7)", "7" },
          { "coalesce(length(notes), length(notes))", "?" },
          { "if(present, 'yes', 'no')", "'yes'" }, { "if(present, present, false)", "true" });
}

static void test_aggregates(void **state) {
    (void)state;
    CASES({ "count(need)", "2" }, { "count(need where void is known)", "1" },
          { "count(need where void is unknown or true)", "3" },
          { "count(need where weight > 5)", "1" }, { "exists(need where code = 'SC-UC')", "true" },
          { "exists(need where code = 'PG-HR')", "false" }, { "exists(need)", "true" },
          { "sum(need.weight)", "12" }, { "sum(need.cost)", "12.50" },
          { "sum(need.cost where weight = 7)", "2.00" },
          { "sum(need.cost where weight = 8)", "0.00" }, { "min(need.weight)", "5" },
          { "max(need.weight)", "7" }, { "min(need.weight where weight > 50)", "?" },
          { "max(need.noted_on)", "2026-01-08" }, { "max(need.cost) - min(need.cost)", "8.50" },
          { "max(count(need), 7)", "7" },
          { "count(need where person.registration_group.size = 7)", "2" },
          { "count(need where person.void is unknown)", "2" },
          { "count(need where weight / 0 = 1)", "0" }, { "count(need.weight)", "2" },
          { "count(need.noted_on where weight = 5 or weight = 7)", "2" });
    put(&toys.records[2], "weight", val_null());
    CASES({ "count(need.weight)", "1" }, { "sum(need.weight)", "7" },
          { "exists(need.weight)", "true" }, { "min(need.weight)", "7" });
}

static void test_sums_are_exact(void **state) {
    (void)state;
    put(&toys.records[2], "weight", val_int(INT64_MAX));
    put(&toys.records[3], "weight", val_int(INT64_MAX));
    CASES({ "sum(need.weight)", "?" });
    put(&toys.records[4], "void", val_null());
    put(&toys.records[4], "weight",
        val_int(-INT64_MAX)); /* back within, after having been beyond */
    CASES({ "sum(need.weight)", "9223372036854775807" });
    put(&toys.records[2], "weight", val_int(INT64_MIN));
    put(&toys.records[3], "weight", val_int(0));
    put(&toys.records[4], "weight", val_int(0));
    CASES({ "sum(need.weight)", "-9223372036854775808" });
    put(&toys.records[4], "weight", val_int(-1));
    CASES({ "sum(need.weight)", "?" });
}

static void test_a_group_counts_its_people(void **state) {
    (void)state;
    Expr *e;
    Str source = STR("count(person where sex = 'F' and age(birth_date) < 18 and "
                     "count(need where weight > 5) = 1)");
    assert_int_equal(expr_compile(&ctx, model, kind("group"), source, &e), ST_OK);
    ToyRecord root = toys.records[0];
    toys.records[0] = toys.records[1];
    toys.records[1] = root;
    assert_int_equal(value_of(e).i, 1);
}

static void test_values_of_the_wrong_type_are_unknown(void **state) {
    (void)state;
    put(&toys.records[0], "birth_date", val_int(INT64_MAX));
    put(&toys.records[0], "children", val_text(STR("two")));
    put(&toys.records[0], "given_name", val_text(STR("\xff")));
    put(&toys.records[0], "languages", val_int(1));
    put(&toys.records[0], "registration_group", val_text(STR("x")));
    put(&toys.records[0], "present", val_int(1));
    CASES({ "age(birth_date)", "?" }, { "children", "?" }, { "length(given_name)", "?" },
          { "languages is known", "false" }, { "registration_group is known", "false" },
          { "registration_group.size", "?" }, { "present", "?" });
}

static void test_a_source_without_other_records(void **state) {
    (void)state;
    ExprSource source = { .arg = &toys, .get = toy_get };
    Val v;
    assert_int_equal(expr_eval(&ctx, compiled("registration_group.size"), &source, TODAY, &v),
                     ST_OK);
    assert_int_equal(v.type, VAL_NULL);
    assert_int_equal(expr_eval(&ctx, compiled("count(need)"), &source, TODAY, &v), ST_OK);
    assert_int_equal(v.i, 0);
}

/* --- what is refused ------------------------------------------------------------------------------ */

typedef struct Refusal {
    const char *source, *key, *position, *name, *value; /* one of the other arguments */
} Refusal;

static Str arg_of(const Err *e, const char *name) {
    for (size_t i = 0; i < e->n_args; i++)
        if (str_is(e->args[i].name, name)) return e->args[i].value;
    return STR("(none)");
}

static void assert_refusals(const Refusal *r, size_t n) {
    for (size_t i = 0; i < n; i++, r++) {
        Expr *e = NULL;
        ctx_forget_errors(&ctx);
        Status st = expr_compile(&ctx, model, kind("person"), str_of(r->source), &e);
        if (st != ST_INVALID || ctx.errs.n != 1) fail_msg("%s: compiles", r->source);
        const Err *err = &ctx.errs.v[0];
        assert_true(str_is(err->path, "where"));
        Str key = str_slice(err->key, strlen("error.expr."), err->key.n);
        Str position = arg_of(err, "position"), value = arg_of(err, r->name);
        if (!str_is(key, r->key) || !str_is(position, r->position) || !str_is(value, r->value))
            fail_msg("%s: got %.*s at %.*s, %s %.*s", r->source, STR_ARG(key), STR_ARG(position),
                     r->name, STR_ARG(value));
    }
}
#define REFUSALS(...)                                                                              \
    do {                                                                                           \
        static const Refusal refusals[] = { __VA_ARGS__ };                                         \
        assert_refusals(refusals, sizeof refusals / sizeof refusals[0]);                           \
    } while (0)

static void test_mistakes_of_form(void **state) {
    (void)state;
    REFUSALS(
        { "", "empty", "1", "near", "end" }, { "  ", "empty", "3", "near", "end" },
        { "1 +", "expected", "4", "expected", "value" },
        { "1 1", "expected", "3", "expected", "operator" }, { "1 1", "expected", "3", "near", "1" },
        { "(1", "bracket", "1", "near", "(" }, { "min(1, 2", "bracket", "4", "near", "(" },
        { "1)", "character", "2", "near", ")" }, { "()", "expected", "2", "expected", "value" },
        { "1, 2", "expected", "2", "expected", "operator" },
        { "(1, 2)", "expected", "3", "expected", "operator" },
        { "1 = 2 = 3", "chain", "7", "near", "=" },
        { "1 < 2 is known", "chain", "7", "near", "is" },
        { "1 = 2 in (1)", "chain", "7", "near", "in" },
        { "'abc", "text_open", "1", "near", "'abc" }, { "1 # 2", "character", "3", "near", "#" },
        { "'é' # 2", "character", "5", "near", "#" }, { "1é", "character", "2", "near", "é" },
        { "12a", "character", "1", "near", "12a" }, { "1.", "expected", "2", "near", "." },
        { ".5", "expected", "1", "near", "." }, { "1.2345678", "number", "1", "near", "1.2345678" },
        { "9223372036854775808", "number", "1", "near", "9223372036854775808" },
        { "2023-02-29", "date", "1", "near", "2023-02-29" },
        { "children is 2", "expected", "13", "expected", "known" },
        { "children in 2", "expected", "13", "expected", "(" },
        { "children not 2", "expected", "14", "expected", "in" },
        { "given_name starts 'x'", "expected", "19", "expected", "with" },
        { "children in ()", "expected", "14", "expected", "value" },
        { "sex = not true", "expected", "7", "expected", "value" },
        { "- not true", "expected", "3", "expected", "value" },
        { "registration_group.", "expected", "20", "expected", "name" },
        { "and", "expected", "1", "near", "and" },
        { "count()", "expected", "7", "expected", "name" },
        { "sum(need)", "expected", "9", "expected", "." },
        { "count(need weight)", "expected", "12", "expected", ")" },
        { "count(need where)", "expected", "17", "expected", "value" },
        { "count(need where true", "bracket", "6", "near", "(" });
}

static void test_mistakes_of_name(void **state) {
    (void)state;
    REFUSALS(
        { "brith_date = today()", "field", "1", "did_you_mean", "birth_date" },
        { "Sex = 'F'", "field", "1", "did_you_mean", "sex" },
        { "xyz", "field", "1", "kind", "person" },
        { "registration_group.vilage", "field", "20", "did_you_mean", "village" },
        { "registration_group.vilage", "field", "20", "kind", "group" },
        { "\"F\" = sex", "field", "1", "near", "\"F\"" },
        { "sex.code", "reference", "1", "near", "sex" },
        { "agee(birth_date)", "function", "1", "did_you_mean", "age" },
        { "cuont(need)", "function", "1", "did_you_mean", "count" },
        { "count(needs)", "kind", "7", "did_you_mean", "need" },
        { "count(group)", "kind", "7", "kind", "person" },
        { "count(link)", "ambiguous", "7", "kind", "person" },
        { "count(need where cod = 'SC-UC')", "field", "18", "did_you_mean", "code" },
        { "sex = 'f'", "code", "7", "did_you_mean", "F" },
        { "sex = 'f'", "code", "7", "list", "sex" },
        { "languages contains 'pes'", "code", "20", "list", "language" },
        { "exists(need where person.registration_group.x = 1)", "field", "45", "kind", "group" });
}

static void test_mistakes_of_type(void **state) {
    (void)state;
    REFUSALS({ "children and true", "type", "1", "got", "integer" },
             { "true and 1", "type", "10", "expected", "condition" },
             { "not 1", "type", "5", "expected", "condition" },
             { "1 + 'a'", "type", "5", "expected", "number" },
             { "'a' + 'b'", "type", "1", "expected", "number" },
             { "birth_date + 1.5", "type", "14", "expected", "integer" },
             { "1 - birth_date", "type", "5", "expected", "number" },
             { "birth_date + birth_date", "type", "14", "got", "date" },
             { "-sex", "type", "2", "got", "code" }, { "age(1)", "type", "5", "expected", "date" },
             { "age('soon')", "type", "5", "expected", "date" },
             { "length(1)", "type", "8", "expected", "text" },
             { "children = 'a'", "compare", "12", "expected", "integer" },
             { "children = birth_date", "compare", "12", "got", "date" },
             { "sex = given_name", "compare", "7", "got", "text" },
             { "sex = count(need)", "compare", "7", "got", "integer" },
             { "sex < 'F'", "type", "1", "got", "code" },
             { "true < false", "type", "1", "got", "condition" },
             { "languages = languages", "compare", "13", "got", "set" },
             { "photo = photo", "compare", "9", "got", "file" },
             { "photo contains 'a'", "type", "1", "got", "file" },
             { "languages contains sex", "type", "20", "expected", "code" },
             { "sex contains 'F'", "type", "1", "expected", "text" },
             { "given_name starts with sex", "type", "24", "got", "code" },
             { "registered_at = 'noon'", "type", "17", "expected", "time" },
             { "registration_group = 'x'", "type", "22", "expected", "id" },
             { "coalesce(1, 'a')", "type", "13", "expected", "integer" },
             { "coalesce(languages, languages)", "type", "10", "got", "set" },
             { "coalesce(birth_date, registered_at)", "type", "22", "got", "time" },
             { "if(1, 2, 3)", "type", "4", "expected", "condition" },
             { "if(true, 1, birth_date)", "type", "13", "got", "date" },
             { "min('a', 'b')", "type", "5", "expected", "number" },
             { "min(1, birth_date)", "type", "8", "expected", "integer" },
             { "sum(need.code)", "type", "1", "got", "code" },
             { "sum(need.noted_on)", "type", "1", "got", "date" },
             { "count(need where weight)", "type", "18", "expected", "condition" },
             { "children in (1, 'a')", "compare", "17", "got", "text" },
             { "today(1)", "arguments", "1", "expected", "0" },
             { "age()", "arguments", "1", "expected", "1" },
             { "min(1, 2) + abs(1, 2)", "arguments", "13", "near", "abs" },
             { "coalesce(1)", "arguments", "1", "expected", "2…" });
}

static void test_a_condition_is_demanded(void **state) {
    (void)state;
    Expr *e = NULL;
    assert_int_equal(expr_compile_condition(&ctx, model, kind("person"), STR("children + 1"), &e),
                     ST_INVALID);
    assert_true(str_is(ctx.errs.v[0].key, "error.expr.condition"));
    assert_true(str_is(arg_of(&ctx.errs.v[0], "got"), "integer"));
    assert_null(e);
    assert_int_equal(expr_compile_condition(&ctx, model, kind("person"), STR("present"), &e),
                     ST_OK);
}

/* --- limits --------------------------------------------------------------------------------------- */

/* before × n, middle, after × n */
static const char *nested(const char *before, const char *middle, const char *after, size_t n) {
    Buf b = buf_new(arena, 1 << 20);
    for (size_t i = 0; i < n; i++)
        buf_str(&b, str_of(before));
    buf_str(&b, str_of(middle));
    for (size_t i = 0; i < n; i++)
        buf_str(&b, str_of(after));
    return str_c(arena, buf_text(&b));
}

static void assert_refused(const char *source, const char *key) {
    Expr *e;
    ctx_forget_errors(&ctx);
    assert_int_equal(expr_compile(&ctx, model, kind("person"), str_of(source), &e), ST_INVALID);
    if (!str_is(ctx.errs.v[0].key, key)) fail_msg("%.*s", STR_ARG(ctx.errs.v[0].key));
}

static void test_limits(void **state) {
    (void)state;
    assert_true(str_is(shown(nested("(", "1", ")", 64)), "1"));
    assert_refused(nested("(", "1", ")", 65), "error.expr.too_deep");
    assert_true(str_is(shown(nested("not ", "true", "", 64)), "true"));
    assert_refused(nested("not ", "true", "", 65), "error.expr.too_deep");
    assert_refused(nested("-", "1", "", 2000), "error.expr.too_deep");
    assert_refused(nested("abs(", "1", ")", 65), "error.expr.too_deep");
    assert_true(str_is(shown(nested("1+", "1", "", 499)), "500"));
    assert_refused(nested("1+", "1", "", 500), "error.expr.too_many");
    assert_true(str_is(shown(nested("true and ", "true", "", 450)), "true"));
    assert_refused(nested(" ", "1", " ", 2050), "error.expr.too_long");
    assert_int_equal(str_of(nested(" ", "12", " ", 2047)).n, EXPR_SOURCE_MAX);
    assert_true(str_is(shown(nested(" ", "12", " ", 2047)), "12"));
    assert_refused("registration_group.a.b.c.d", "error.expr.field");
    assert_refused("'\xff'", "error.text.not_text");
}

static void test_paths_are_short(void **state) {
    (void)state;
    Expr *e;
    const KindInfo *link = kind("link");
    assert_int_equal(
        expr_compile(&ctx, model, link, STR("from_person.registration_group.size"), &e), ST_OK);
    assert_int_equal(e->nodes[0].n_path, 3);
    /* Nothing in this register is four steps away, but kinds may point to themselves. */
    CustomField custom[] = {
        { "person", { "mother", .type = FT_REF, .kind = "person", .id = { { 1 } } }, STR("") },
    };
    ModelSource source = toy_source();
    source.custom = custom;
    source.n_custom = 1;
    Model *m;
    assert_int_equal(model_build(&ctx, &source, &m), ST_OK);
    const KindInfo *person = model_kind(m, STR("person"));
    assert_int_equal(expr_compile(&ctx, m, person, STR("mother.mother.mother.sex"), &e), ST_OK);
    assert_int_equal(expr_compile(&ctx, m, person, STR("mother.mother.mother.mother.sex"), &e),
                     ST_INVALID);
    assert_true(str_is(ctx.errs.v[0].key, "error.expr.path"));
    assert_int_equal(expr_compile(&ctx, m, person,
                                  STR("\"01000000-0000-0000-0000-000000000000\".sex = 'F'"), &e),
                     ST_OK);
    model_free(m);
}

/* A child source that never ends. */
static const void *endless(void *arg, const void *record, const KindInfo *k, const FieldInfo *ref,
                           size_t i) {
    (void)record;
    (void)k;
    (void)ref;
    (void)i;
    return &((ToyWorld *)arg)->records[2];
}

static void test_work_is_bounded(void **state) {
    (void)state;
    ExprSource source = toy_world_source(&toys);
    source.child = endless;
    Val v = val_int(77);
    ctx_forget_errors(&ctx);
    assert_int_equal(expr_eval(&ctx, compiled("sum(need.weight)"), &source, TODAY, &v), ST_LIMIT);
    assert_true(str_is(ctx.errs.v[0].key, "error.expr.work"));
    assert_int_equal(v.i, 77);
    assert_int_equal(expr_eval(&ctx, compiled("exists(need)"), &source, TODAY, &v), ST_OK);
    assert_true(v.b); /* the first decides */
}

/* --- what a compiled expression is ---------------------------------------------------------------- */

static void test_nodes_stand_in_post_order(void **state) {
    (void)state;
    const Expr *e = compiled("sex = 'F' and children > 1 and count(need where weight > 1) = 2");
    for (size_t i = 0; i < e->n_nodes; i++) {
        const ExprNode *n = &e->nodes[i];
        for (uint32_t k = 0; k < n->n_children; k++)
            assert_true(e->children[n->first_child + k] < i);
        if (n->op == EX_AGGREGATE) assert_true(n->where_root - 1 < i);
        assert_true(n->pos + n->len <= e->source.n);
    }
    const ExprNode *root = &e->nodes[e->n_nodes - 1];
    assert_int_equal(root->op, EX_AND);
    assert_int_equal(root->n_children, 3); /* a chain is one node */
    assert_int_equal(root->pos, 0);
    assert_int_equal(root->len, e->source.n);
}

static void test_fields_read(void **state) {
    (void)state;
    const Expr *e = compiled("sex = 'F' and sex != 'M' and registration_group.size > 1 and "
                             "sum(need.cost where weight > 1) > 1");
    const FieldInfo *out[20];
    size_t n = expr_fields(e, out, 20);
    static const char *const want[] = {
        "sex", "registration_group", "size", "weight", "void", "person", "cost"
    };
    assert_int_equal(n, 7);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(out[i]->f.name, want[i]);
    assert_int_equal(expr_fields(e, out, 2), 7);
    assert_int_equal(expr_fields(compiled("1 = 1"), out, 20), 0);
}

static void test_a_copy_stands_alone(void **state) {
    (void)state;
    Arena *other = arena_new(&world, 1 << 20);
    Ctx c = ctx_new(&world, other);
    Expr *e;
    Str source = STR("given_name = 'SARA JAN' and registration_group != "
                     "'07000000-0000-0000-0000-000000000003' and sex in ('F', 'M')");
    assert_int_equal(expr_compile(&c, model, kind("person"), source, &e), ST_OK);
    Expr *copy = expr_copy(arena, e);
    arena_free(other);
    assert_true(value_of(copy).b);
    assert_true(str_eq(copy->source, source));
}

/* --- rules of records ----------------------------------------------------------------------------- */

static Val get_root(void *arg, const FieldInfo *f) {
    return val_get(((ToyWorld *)arg)->records[0].fields, f->f.name);
}

static Str broken(void) {
    ctx_forget_errors(&ctx);
    Status st = record_check(&ctx, model, kind("person"), get_root, &toys);
    assert_int_equal(st, ctx.errs.n ? ST_INVALID : ST_OK);
    Buf b = buf_new(arena, 1000);
    for (size_t i = 0; i < ctx.errs.n; i++)
        buf_printf(&b, "%.*s %.*s;", STR_ARG(ctx.errs.v[i].path), STR_ARG(ctx.errs.v[i].key));
    return buf_text(&b);
}

static void test_records_keep_the_rules(void **state) {
    (void)state;
    ToyRecord *sara = &toys.records[0];
    assert_true(str_is(broken(), ""));
    put(sara, "birth_date", val_int(TODAY + 1));
    assert_true(str_is(broken(), "birth_date error.date.future;children error.rule;"));
    put(sara, "birth_date", val_null()); /* unknown passes */
    assert_true(str_is(broken(), ""));
    put(sara, "sex", val_null());
    put(sara, "given_name", VAL_ABSENT);
    assert_true(str_is(broken(), "given_name error.required;sex error.required;"));
}

static void test_custom_rules(void **state) {
    (void)state;
    static const struct {
        const char *rule, *key;
    } bad[] = {
        { "children >", "error.expr.expected" },
        { "children", "error.expr.condition" },
        { "count(need) = 1", "error.model.rule" },
        { "registration_group.size = 1", "error.model.rule" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CustomField custom[] = {
            { "person", { "own", .id = { { 2 } } }, STR("") },
            { "person", { "own", .rule = bad[i].rule, .id = { { 1 } } }, STR("") },
        };
        ModelSource source = toy_source();
        source.custom = custom;
        source.n_custom = 2;
        Model *m = NULL;
        ctx_forget_errors(&ctx);
        assert_int_equal(model_build(&ctx, &source, &m), ST_INVALID);
        assert_true(str_is(ctx.errs.v[0].key, bad[i].key));
        assert_true(str_is(ctx.errs.v[0].path, "custom[1].where"));
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_precedence),
        TEST(test_fields),
        TEST(test_kleene),
        TEST(test_text),
        TEST(test_codes_and_sets),
        TEST(test_ids),
        TEST(test_dates),
        TEST(test_numbers),
        TEST(test_choice),
        TEST(test_aggregates),
        TEST(test_sums_are_exact),
        TEST(test_a_group_counts_its_people),
        TEST(test_values_of_the_wrong_type_are_unknown),
        TEST(test_a_source_without_other_records),
        TEST(test_mistakes_of_form),
        TEST(test_mistakes_of_name),
        TEST(test_mistakes_of_type),
        TEST(test_a_condition_is_demanded),
        TEST(test_limits),
        TEST(test_paths_are_short),
        TEST(test_work_is_bounded),
        TEST(test_nodes_stand_in_post_order),
        TEST(test_fields_read),
        TEST(test_a_copy_stands_alone),
        TEST(test_records_keep_the_rules),
        TEST(test_custom_rules),
    };
    return cmocka_run_group_tests_name("expr", tests, NULL, NULL);
}
