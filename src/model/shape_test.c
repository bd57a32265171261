/* shape_test.c: values of every type in and out, shapes with their errors and paths. */
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
static Model *model;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, 1795548862123456); /* 2026-11-24 */
    arena = arena_new(&world, 256 << 20);
    ctx = ctx_new(&world, arena);
    ModelSource source = toy_source();
    return model_build(&ctx, &source, &model) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    model_free(model);
    arena_free(arena);
    return 0;
}

static void assert_str(Str got, const char *want) {
    if (!str_is(got, want)) fail_msg("got '%.*s', wanted '%s'", STR_ARG(got), want);
}

static Val json(const char *text) {
    Val v;
    assert_int_equal(json_parse(&ctx, str_of(text), 1 << 24, &v), ST_OK);
    return v;
}

static void assert_json(Val v, const char *want) {
    Buf out = buf_new(arena, 1 << 20);
    json_write(&out, v);
    assert_str(buf_text(&out), want);
}

static const FieldInfo *field(const char *name) {
    const FieldInfo *f = kind_field(model_kind(model, STR("person")), str_of(name));
    assert_non_null(f);
    return f;
}

static Val clean(const char *name, Val in) {
    Val out = VAL_ABSENT;
    ctx_forget_errors(&ctx);
    if (field_check(&ctx, model, field(name), in, &out) != ST_OK)
        fail_msg("%s: %.*s", name, STR_ARG(ctx.errs.v[0].key));
    return out;
}

/* The one error that this value makes: its key; its first argument in *ret_arg. */
static Str error_of(const char *name, Val in, Str *ret_arg) {
    Val out = VAL_ABSENT;
    ctx_forget_errors(&ctx);
    assert_int_equal(field_check(&ctx, model, field(name), in, &out), ST_INVALID);
    assert_int_equal(ctx.errs.n, 1);
    assert_true(val_is_absent(out));
    const Err *e = &ctx.errs.v[0];
    if (ret_arg) *ret_arg = e->n_args ? e->args[0].value : STR("");
    return e->key;
}

static void assert_error(const char *name, Val in, const char *key, const char *arg) {
    Str got_arg;
    assert_str(error_of(name, in, &got_arg), key);
    assert_str(got_arg, arg);
    assert_true(str_starts(ctx.errs.v[0].path, str_of(name)));
}

static Val text(const char *t) {
    return val_text(str_of(t));
}

/* --- single values -------------------------------------------------------------------------------- */

static void test_text(void **state) {
    (void)state;
    assert_str(clean("given_name", text("  Ali \t Reza\u200f ")).text, "Ali Reza");
    assert_str(clean("given_name", text("\u202bعلی\u202c")).text, "علی");
    assert_int_equal(clean("given_name", text(" \u00a0 ")).type, VAL_NULL);
    assert_int_equal(clean("given_name", text("")).type, VAL_NULL);
    assert_int_equal(clean("given_name", val_null()).type, VAL_NULL);
    assert_str(clean("notes", text("one\r\ntwo\tthree\n")).text, "one\ntwo\tthree");
    assert_error("given_name", val_int(7), "error.type", "text");
    assert_error("given_name", val_list(), "error.type", "text");
    assert_error("given_name",
                 val_text(STR("a\x01"
                              "b")),
                 "error.text.control", "");
    assert_error("given_name", val_text(STR("\xff")), "error.text.not_text", "");
    assert_error("given_name", val_text(STR("a\0b")), "error.text.control", "");
}

static void test_text_that_is_too_long(void **state) {
    (void)state;
    char longest[62];
    memset(longest, 'x', sizeof longest);
    assert_int_equal(clean("given_name", val_text(str_n(longest, 60))).text.n, 60);
    assert_error("given_name", val_text(str_n(longest, 62)), "error.text.too_long", "60");
    assert_str(ctx.errs.v[0].args[1].value, "2");
    /* 31 letters of two bytes: one has to go; with an ASCII letter before, the limit cuts one. */
    Buf b = buf_new(arena, 200);
    for (int i = 0; i < 31; i++)
        buf_str(&b, STR("ع"));
    assert_error("given_name", val_text(buf_text(&b)), "error.text.too_long", "60");
    assert_str(ctx.errs.v[0].args[1].value, "1");
    Str shifted = str_concat(arena, STR("x"), str_slice(buf_text(&b), 0, 60));
    assert_str(error_of("given_name", val_text(shifted), NULL), "error.text.too_long");
    assert_str(ctx.errs.v[0].args[1].value, "1");
}

static void test_integers(void **state) {
    (void)state;
    assert_int_equal(clean("children", val_int(30)).i, 30);
    assert_int_equal(clean("children", text(" 7 ")).i, 7);
    assert_int_equal(clean("children", text("۱۲")).i, 12);
    assert_int_equal(clean("children", text("٠")).i, 0);
    assert_int_equal(clean("children", text("4.00")).i, 4);
    assert_int_equal(clean("children", text("")).type, VAL_NULL);
    assert_error("children", val_int(31), "error.number.range", "0");
    assert_str(ctx.errs.v[0].args[1].value, "30");
    assert_error("children", val_int(-1), "error.number.range", "0");
    assert_error("children", text("99999999999999999999"), "error.number.range", "0");
    assert_error("children", text("1.5"), "error.number.scale", "0");
    assert_error("children", text("many"), "error.number.format", "");
    assert_error("children", text("-"), "error.number.format", "");
    assert_error("children", text("1,5"), "error.number.format", "");
    assert_error("children", text("5."), "error.number.format", "");
    assert_error("children", val_bool(true), "error.type", "integer");
}

static void test_decimals(void **state) {
    (void)state;
    const FieldInfo *income =
        kind_field(model_kind(model, STR("group")), STR("income")); /* two digits, no bounds */
    static const struct {
        const char *in;
        int64_t out;
    } good[] = {
        { "12.5", 1250 },
        { "12.50", 1250 },
        { "12.500000000000000000000", 1250 },
        { "-0.01", -1 },
        { "12", 1200 },
        { "۱۲٫۵", 1250 },
        { "00012.05", 1205 },
        { "0", 0 },
        { "92233720368547758.07", INT64_MAX },
        { "-92233720368547758.08", INT64_MIN },
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        Val out;
        assert_int_equal(field_check(&ctx, model, income, text(good[i].in), &out), ST_OK);
        assert_int_equal(out.i, good[i].out);
        Val again;
        Val shown = field_show(arena, income, out);
        assert_int_equal(field_check(&ctx, model, income, shown, &again), ST_OK);
        assert_int_equal(again.i, out.i);
    }
    static const char *const bad[] = { "92233720368547758.08",
                                       "-92233720368547758.09",
                                       "1.234",
                                       ".5",
                                       "1..2",
                                       "1.2.3",
                                       "--1",
                                       "1e5",
                                       "1.",
                                       "٫٥",
                                       "1٫" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        Val out;
        assert_int_equal(field_check(&ctx, model, income, text(bad[i]), &out), ST_INVALID);
    }
    assert_error("height_m", text("2.51"), "error.number.range", "0.20");
    assert_str(ctx.errs.v[0].args[1].value, "2.50");
    assert_error("height_m", text("1.755"), "error.number.scale", "2");
    assert_int_equal(clean("height_m", val_int(1)).i, 100);
    assert_str(field_show(arena, income, val_int(INT64_MIN)).text, "-92233720368547758.08");
    assert_str(field_show(arena, income, val_int(-5)).text, "-0.05");
}

static void test_dates_and_times(void **state) {
    (void)state;
    assert_int_equal(clean("birth_date", text("1970-01-02")).i, 1);
    assert_int_equal(clean("birth_date", text(" ۲۰۰۰-۰۲-۲۹ ")).i, 11016);
    assert_int_equal(clean("birth_date", text(" ")).type, VAL_NULL);
    assert_error("birth_date", text("2001-02-29"), "error.date.format", "");
    assert_error("birth_date", text("29/02/2000"), "error.date.format", "");
    assert_error("birth_date", val_int(20000229), "error.date.format", "");
    assert_int_equal(clean("registered_at", text("1970-01-01T00:00:01Z")).i, 1000000);
    assert_int_equal(clean("registered_at", text("1970-01-01T04:30:00+04:30")).i, 0);
    assert_error("registered_at", text("1970-01-01"), "error.time.format", "");
    assert_str(field_show(arena, field("birth_date"), val_int(DAY_FIRST)).text, "0001-01-01");
    assert_str(field_show(arena, field("birth_date"), val_int(DAY_LAST)).text, "9999-12-31");
    assert_int_equal(field_show(arena, field("birth_date"), val_int(INT64_MAX)).i, INT64_MAX);
    assert_str(field_show(arena, field("registered_at"), val_int(0)).text,
               "1970-01-01T00:00:00.000000Z");
    assert_int_equal(field_show(arena, field("registered_at"), val_int(INT64_MIN)).i, INT64_MIN);
}

static void test_bounds_of_dates(void **state) {
    (void)state;
    Field row = { "day", .type = FT_DATE, .min = 0, .max = 10 };
    Val out;
    assert_int_equal(value_check(&ctx, model, &row, "day", text("1970-01-11"), &out), ST_OK);
    assert_int_equal(value_check(&ctx, model, &row, "day", text("1970-01-12"), &out), ST_INVALID);
    assert_str(ctx.errs.v[0].key, "error.date.range");
    assert_str(ctx.errs.v[0].args[1].value, "1970-01-11");
}

static void test_truth(void **state) {
    (void)state;
    assert_true(clean("present", val_bool(true)).b);
    assert_false(clean("present", text("False")).b);
    assert_true(clean("present", text("true")).b);
    assert_int_equal(clean("present", text("")).type, VAL_NULL);
    assert_error("present", text("yes"), "error.type", "boolean");
    assert_error("present", val_int(1), "error.type", "boolean");
}

static void test_codes(void **state) {
    (void)state;
    assert_str(clean("sex", text("F")).text, "F");
    assert_str(clean("sex", text(" F ")).text, "F");
    assert_int_equal(clean("sex", text(" ")).type, VAL_NULL);
    assert_error("sex", text("f"), "error.code.unknown", "sex");
    assert_str(ctx.errs.v[0].args[1].value, "F");
    assert_error("sex", text("X"), "error.code.unknown", "sex");
    assert_str(ctx.errs.v[0].args[1].value, "");
    assert_error("sex", text("female"), "error.code.unknown", "sex"); /* by its label */
    assert_str(ctx.errs.v[0].args[1].value, "F");
    assert_error("sex", text("femal"), "error.code.unknown", "sex");
    assert_str(ctx.errs.v[0].args[1].value, "F");
    ctx.lang = STR("fa");
    assert_error("sex", text("زن"), "error.code.unknown", "sex");
    assert_str(ctx.errs.v[0].args[1].value, "F");
    assert_error("sex", val_int(1), "error.type", "code");
}

static void test_withdrawn_codes_are_taken(void **state) {
    (void)state;
    const FieldInfo *code = kind_field(model_kind(model, STR("need")), STR("code"));
    Val out;
    assert_int_equal(field_check(&ctx, model, code, text("PG-HR"), &out), ST_OK);
    assert_str(out.text, "PG-HR");
    assert_int_equal(field_check(&ctx, model, code, text("PG-HT"), &out), ST_INVALID);
    assert_str(ctx.errs.v[0].args[1].value, ""); /* but not offered */
    assert_int_equal(field_check(&ctx, model, code, text("SCUC"), &out), ST_INVALID);
    assert_str(ctx.errs.v[1].args[1].value, "SC-UC");
}

static void test_sets(void **state) {
    (void)state;
    assert_json(clean("languages", json("[\"pus\",\"fra\",\"pus\",\"\"]")), "[\"fra\",\"pus\"]");
    assert_json(clean("languages", json("[]")), "[]");
    assert_error("languages", json("[\"pus\",\"fra\",\"prs\"]"), "error.list.too_long", "2");
    assert_error("languages", text("pus"), "error.type", "list");
    assert_error("languages", json("[\"pus\",\"pas\"]"), "error.code.unknown", "language");
    assert_str(ctx.errs.v[0].path, "languages[1]");
}

static void test_ids_and_blobs(void **state) {
    (void)state;
    Val id = clean("registration_group", text("018F6A3E-7b1c-7def-8a01-23456789abcd"));
    assert_int_equal(id.type, VAL_BYTES);
    assert_int_equal(id.text.n, 16);
    assert_json(field_show(arena, field("registration_group"), id),
                "\"018f6a3e-7b1c-7def-8a01-23456789abcd\"");
    assert_true(val_eq(clean("registration_group", id), id));
    assert_error("registration_group", text("018f"), "error.id.format", "");
    assert_error("registration_group", val_bytes(STR("short")), "error.id.format", "");
    assert_error("registration_group", val_int(1), "error.id.format", "");
    const char *name = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";
    Val blob = clean("photo", text(name));
    assert_int_equal(blob.text.n, 32);
    assert_str(field_show(arena, field("photo"), blob).text, name);
    assert_true(val_eq(clean("photo", blob), blob));
    assert_error("photo", text("00"), "error.blob.format", "");
    assert_error("photo", val_bytes(STR("00")), "error.blob.format", "");
}

/* --- shapes --------------------------------------------------------------------------------------- */

static const Field pet_fields[] = {
    { "name", .type = FT_TEXT, .max = 10, .flags = FF_REQUIRED },
    { "legs", .type = FT_INT, .min = 0, .max = 1000 },
};
static const Shape pet_shape = { "pet", FIELDS(pet_fields), NULL };
static const Field member_fields[] = {
    { "name", .like = "person.given_name", .flags = FF_REQUIRED },
    { "birth_date", .like = "person.birth_date" },
    { "sex", .like = "person.sex" },
    { "pets", .type = FT_SHAPE, .shape = &pet_shape, .flags = FF_LIST, .max = 3 },
    { "best_pet", .type = FT_SHAPE, .shape = &pet_shape },
};
static const Shape member_shape = { "member", FIELDS(member_fields), NULL };
static const Field family_fields[] = {
    { "group", .type = FT_REF, .flags = FF_REQUIRED },
    { "members", .type = FT_SHAPE, .shape = &member_shape, .flags = FF_LIST | FF_REQUIRED },
    { "tags", .type = FT_TEXT, .flags = FF_LIST, .max = 2 },
    { "codes", .like = "person.sex", .flags = FF_LIST },
    { "anything", .type = FT_JSON },
};
static const Shape family_shape = { "family", FIELDS(family_fields), NULL };
static const Field edit_fields[] = {
    { "id", .type = FT_REF, .kind = "person", .flags = FF_REQUIRED },
};
static const Shape edit_shape = { "edit", FIELDS(edit_fields), "person" };

#define GROUP "\"group\":\"018f6a3e-7b1c-7def-8a01-23456789abcd\""

static Val checked(const Shape *shape, const char *in) {
    Val out = VAL_ABSENT;
    ctx_forget_errors(&ctx);
    if (shape_check(&ctx, model, shape, json(in), &out) != ST_OK)
        fail_msg("%.*s: %.*s", STR_ARG(ctx.errs.v[0].path), STR_ARG(ctx.errs.v[0].key));
    assert_int_equal(ctx.errs.n, 0);
    return out;
}

/* All errors as "path key;path key". */
static void assert_errors(const Shape *shape, const char *in, const char *want) {
    Val out = VAL_ABSENT;
    ctx_forget_errors(&ctx);
    assert_int_equal(shape_check(&ctx, model, shape, json(in), &out), ST_INVALID);
    assert_true(val_is_absent(out));
    Buf b = buf_new(arena, 10000);
    for (size_t i = 0; i < ctx.errs.n; i++) {
        if (i) buf_byte(&b, ';');
        buf_printf(&b, "%.*s %.*s", STR_ARG(ctx.errs.v[i].path), STR_ARG(ctx.errs.v[i].key));
    }
    assert_str(buf_text(&b), want);
}

static void test_a_shape_there_and_back(void **state) {
    (void)state;
    const char *in =
        "{" GROUP ",\"members\":[{\"name\":\"Ali\",\"birth_date\":\"1970-01-02\","
        "\"pets\":[{\"name\":\"Rex\",\"legs\":4},{\"name\":\"Ant\"}],"
        "\"best_pet\":{\"name\":\"Rex\"}},{\"name\":\"Sara\",\"sex\":null}],"
        "\"tags\":[\"a\",\"b\"],\"codes\":[\"F\",\"M\"],\"anything\":{\"x\":[1,null]}}";
    Val out = checked(&family_shape, in);
    assert_int_equal(val_get(out, "group").type, VAL_BYTES);
    Val ali = val_get(out, "members").list.v[0];
    assert_int_equal(val_get_int(ali, "birth_date", -1), 1);
    assert_int_equal(val_get_int(val_get(ali, "pets").list.v[0], "legs", -1), 4);
    assert_int_equal(val_get(val_get(out, "members").list.v[1], "sex").type, VAL_NULL);
    assert_true(val_is_absent(val_get(val_get(out, "members").list.v[1], "birth_date")));
    assert_json(shape_show(arena, model, &family_shape, out), in);
    assert_str(ctx.path, "");
}

static void test_errors_have_paths(void **state) {
    (void)state;
    assert_errors(&family_shape, "{}", "group error.required;members error.required");
    assert_errors(&family_shape,
                  "{" GROUP ",\"members\":[{\"name\":\"A\",\"birth_date\":\"x\"},7,"
                  "{\"name\":\" \",\"pets\":[{\"name\":\"a\"},{\"legs\":-1}]},null]}",
                  "members[0].birth_date error.date.format;members[1] error.type;"
                  "members[2].name error.required;members[3] error.type;"
                  "members[2].pets[1].legs error.number.range;"
                  "members[2].pets[1].name error.required");
    assert_errors(&family_shape, "{" GROUP ",\"members\":{}}", "members error.type");
    assert_errors(&family_shape, "{" GROUP ",\"members\":null}", "members error.required");
    assert_errors(&family_shape, "{" GROUP ",\"members\":[],\"tags\":[\"a\",\"\",7]}",
                  "tags error.list.too_long");
    assert_errors(&family_shape, "{" GROUP ",\"members\":[],\"tags\":[\"\",7]}",
                  "tags[0] error.required;tags[1] error.type");
    assert_errors(&family_shape, "{" GROUP ",\"members\":[],\"codes\":[\"F\",\"Q\"]}",
                  "codes[1] error.code.unknown");
    assert_errors(&family_shape, "[]", " error.type");
    assert_errors(&family_shape, "{\"group\":\"x\",\"members\":[]}", "group error.id.format");
    Str old_path = ctx_path_enter(&ctx, "body");
    assert_errors(&member_shape, "{\"name\":\"A\",\"best_pet\":{}}",
                  "body.best_pet.name error.required");
    ctx_path_leave(&ctx, old_path);
}

static void test_unknown_keys(void **state) {
    (void)state;
    assert_errors(&member_shape, "{\"name\":\"A\",\"brith_date\":\"1970-01-01\"}",
                  "brith_date error.unknown_field");
    assert_str(ctx.errs.v[0].args[0].value, "birth_date");
    assert_errors(&edit_shape, "{\"id\":\"018f6a3e-7b1c-7def-8a01-23456789abcd\",\"sx\":\"F\"}",
                  "sx error.unknown_field");
    /* An endless key is shown by its beginning. */
    Val in = val_map();
    char key[200];
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = "ع"[i % 2];
    val_set(arena, &in, STR("name"), text("A"));
    val_set(arena, &in, str_n(key, sizeof key), text("A"));
    Val out;
    ctx_forget_errors(&ctx);
    assert_int_equal(shape_check(&ctx, model, &member_shape, in, &out), ST_INVALID);
    assert_int_equal(ctx.errs.v[0].path.n, 64);
    assert_true(str_utf8_valid(ctx.errs.v[0].path));
}

static void test_fields_of_a_kind(void **state) {
    (void)state;
    const char *id = "{\"id\":\"018f6a3e-7b1c-7def-8a01-23456789abcd\"";
    Val out = checked(&edit_shape,
                      str_c(arena, str_printf(arena, "%s,\"sex\":\"F\",\"children\":2}", id)));
    assert_str(val_get_text(out, "sex", STR("")), "F");
    static const char *const not_editable[] = { "void", "registered_at", "search_key" };
    for (size_t i = 0; i < 3; i++) {
        Str in = str_printf(arena, "%s,\"%s\":null}", id, not_editable[i]);
        Str want = str_printf(arena, "%s error.unknown_field", not_editable[i]);
        assert_errors(&edit_shape, str_c(arena, in), str_c(arena, want));
    }
    assert_errors(&edit_shape, "{\"given_name\":\"A\"}", "id error.required");
}

static void test_custom_fields_by_name_and_id(void **state) {
    (void)state;
    CustomField custom[] = { { "person", { "tribe", .type = FT_TEXT, .id = { { 1 } } }, STR("") } };
    ModelSource source = toy_source();
    source.custom = custom;
    source.n_custom = 1;
    model_free(model);
    assert_int_equal(model_build(&ctx, &source, &model), ST_OK);
    const char *by_name = "{\"id\":\"018f6a3e-7b1c-7def-8a01-23456789abcd\",\"tribe\":\"x\"}";
    Val out = checked(&edit_shape, by_name);
    assert_str(val_get_text(out, "01000000-0000-0000-0000-000000000000", STR("")), "x");
    assert_errors(&edit_shape,
                  "{\"id\":\"018f6a3e-7b1c-7def-8a01-23456789abcd\",\"tribe\":\"x\","
                  "\"01000000-0000-0000-0000-000000000000\":\"y\"}",
                  "01000000-0000-0000-0000-000000000000 error.field.twice");
}

static void test_no_input_is_an_empty_object(void **state) {
    (void)state;
    static const Shape nothing = { "nothing", NULL, 0, NULL };
    Val out = VAL_ABSENT;
    assert_int_equal(shape_check(&ctx, model, &nothing, VAL_ABSENT, &out), ST_OK);
    assert_json(out, "{}");
    assert_int_equal(shape_check(&ctx, model, &nothing, val_null(), &out), ST_OK);
    assert_errors(&nothing, "{\"a\":1}", "a error.unknown_field");
}

static void test_ten_thousand_items(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 20);
    buf_str(&b, STR("{" GROUP ",\"members\":[{\"name\":\"A\"}"));
    for (int i = 1; i < 10000; i++)
        buf_str(&b, STR(",{\"name\":\"A\"}"));
    Str most = str_concat(arena, buf_text(&b), STR("]}"));
    buf_str(&b, STR(",{\"name\":\"A\"}]}"));
    Val out = checked(&family_shape, str_c(arena, most));
    assert_int_equal(val_get(out, "members").list.n, 10000);
    assert_errors(&family_shape, str_c(arena, buf_text(&b)), "members error.list.too_long");
    assert_str(ctx.errs.v[0].args[0].value, "10000");
}

/* A shape that nests itself: depth is the input's, and must not be the stack's. */
static const Shape tree_shape;
static const Field tree_fields[] = {
    { "child", .type = FT_SHAPE, .shape = &tree_shape },
    { "leaf", .type = FT_INT },
};
static const Shape tree_shape = { "tree", FIELDS(tree_fields), NULL };

static void test_depth(void **state) {
    (void)state;
    enum { DEPTH = 100000 };
    Val *at = arena_array(arena, Val, DEPTH + 1);
    at[DEPTH] = val_map();
    val_set(arena, &at[DEPTH], STR("leaf"), val_int(1));
    for (int i = DEPTH; i-- > 0;) {
        at[i] = val_map();
        val_set(arena, &at[i], STR("child"), at[i + 1]);
    }
    /* Paths of all levels would be long: the place is told by whoever nests that deep. */
    Val small = at[DEPTH - 60], out;
    assert_int_equal(shape_check(&ctx, model, &tree_shape, small, &out), ST_OK);
    Val shown = shape_show(arena, model, &tree_shape, at[0]);
    for (int i = 0; i < DEPTH; i++)
        shown = val_get(shown, "child");
    assert_int_equal(val_get_int(shown, "leaf", 0), 1);
    shape_verify(model, &tree_shape);
}

static void test_showing_leaves_out_what_the_shape_lacks(void **state) {
    (void)state;
    Val v = val_map();
    val_set(arena, &v, STR("name"), text("A"));
    val_set(arena, &v, STR("secret"), text("B"));
    val_set(arena, &v, STR("best_pet"), val_null());
    assert_json(shape_show(arena, model, &member_shape, v), "{\"name\":\"A\",\"best_pet\":null}");
    assert_json(shape_show(arena, model, &member_shape, val_int(3)), "3");
}

/* --- mistakes in shapes --------------------------------------------------------------------------- */

static void assert_shape_bug(Field row, const char *want) {
    Shape shape = { "odd", &row, 1, NULL };
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(fds[1], STDERR_FILENO);
        shape_verify(model, &shape);
        _exit(0);
    }
    close(fds[1]);
    char got[500];
    ssize_t n = read(fds[0], got, sizeof got);
    close(fds[0]);
    int status = 0;
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_true(n > 0);
    if (str_find(str_n(got, (size_t)n), str_of(want)) < 0)
        fail_msg("wanted '%s', got '%.*s'", want, (int)n, got);
}

static void test_mistakes_in_shapes(void **state) {
    (void)state;
    assert_shape_bug((Field){ "a", .like = "person.nose" },
                     "shape odd, field a: there is no field");
    assert_shape_bug((Field){ "a", .like = "nobody.sex" }, "there is no field for its .like");
    assert_shape_bug((Field){ "a", .like = "person" }, "there is no field for its .like");
    assert_shape_bug((Field){ "a", .type = FT_CODE, .codes = "x" }, "no such code list");
    assert_shape_bug((Field){ "a", .type = FT_REF, .kind = "x" }, "no such kind");
    assert_shape_bug((Field){ "a", .type = FT_SHAPE }, "FT_SHAPE and .shape go together");
    assert_shape_bug((Field){ .type = FT_INT }, "it has no name");
    shape_verify(model, &family_shape);
    shape_verify(model, &edit_shape);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_text_that_is_too_long, setup, teardown),
        cmocka_unit_test_setup_teardown(test_integers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_decimals, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dates_and_times, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds_of_dates, setup, teardown),
        cmocka_unit_test_setup_teardown(test_truth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_withdrawn_codes_are_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ids_and_blobs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_shape_there_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors_have_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unknown_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fields_of_a_kind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_custom_fields_by_name_and_id, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_input_is_an_empty_object, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ten_thousand_items, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_showing_leaves_out_what_the_shape_lacks, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_mistakes_in_shapes, setup, teardown),
    };
    return cmocka_run_group_tests_name("shape", tests, NULL, NULL);
}
