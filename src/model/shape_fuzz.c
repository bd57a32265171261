/* shape_fuzz.c: any JSON against a shape: what passes is typed, passes again once shown, and shows
 * the same. */
#include "model/toy_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 << 20, INPUT_BYTES_MAX = 64 << 10 };

static const Shape item_shape;
static const Field item_fields[] = {
    { "name", .like = "person.given_name", .flags = FF_REQUIRED },
    { "born", .like = "person.birth_date" },
    { "height", .like = "person.height_m" },
    { "children", .like = "person.children" },
    { "langs", .like = "person.languages" },
    { "notes", .like = "person.notes" },
    { "at", .like = "person.registered_at" },
    { "items", .type = FT_SHAPE, .shape = &item_shape, .flags = FF_LIST, .max = 5 },
};
static const Shape item_shape = { "item", FIELDS(item_fields), NULL };
static const Field top_fields[] = {
    { "id", .type = FT_REF },
    { "photo", .type = FT_BLOB },
    { "item", .type = FT_SHAPE, .shape = &item_shape },
    { "dates", .type = FT_DATE, .flags = FF_LIST },
    { "numbers", .type = FT_DECIMAL, .scale = 6, .flags = FF_LIST, .max = 8 },
    { "any", .type = FT_JSON },
};
static const Shape top_shape = { "top", FIELDS(top_fields), "person" };

static bool same_errors_are_told(const Ctx *c, const Model *m) {
    for (size_t i = 0; i < c->errs.n; i++) {
        const Err *e = &c->errs.v[i];
        if (!str_utf8_valid(e->path) || !str_starts(e->key, STR("error."))) return false;
        (void)model_message(m, c->arena, STR("fa"), e);
    }
    return c->errs.n > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Env env;
    static Arena *arena;
    static Model *model;
    if (!model) {
        env_test_init(&env, 1, 0);
        Arena *a = arena_new(&env, ARENA_BYTES);
        Ctx c = ctx_new(&env, a);
        ModelSource source = toy_source();
        if (model_build(&c, &source, &model) != ST_OK) abort();
        arena_free(a);
        arena = arena_new(&env, ARENA_BYTES);
        shape_verify(model, &top_shape);
    }
    arena_reset(arena);
    Ctx c = ctx_new(&env, arena);
    Val in, clean = VAL_ABSENT, again;
    if (json_parse(&c, str_n(data, size), INPUT_BYTES_MAX, &in) != ST_OK) return 0;
    if (shape_check(&c, model, &top_shape, in, &clean) != ST_OK) {
        ASSERT(same_errors_are_told(&c, model) && val_is_absent(clean));
        return 0;
    }
    Val shown = shape_show(arena, model, &top_shape, clean);
    ASSERT(shape_check(&c, model, &top_shape, shown, &again) == ST_OK);
    ASSERT(val_eq(clean, again));
    ASSERT(val_eq(shown, shape_show(arena, model, &top_shape, again)));
    return 0;
}
