/* expr_fuzz.c: any bytes as an expression: refused with one error, or compiled and evaluated. */
#include "model/expr.h"
#include "model/toy_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 64 << 20, TODAY = 20781 };

static void fill(Arena *a, ToyWorld *w) {
    ToyRecord *person = toy_add(w, "person", 1), *group = toy_add(w, "group", 2);
    val_set_c(a, &person->fields, "given_name", val_text(STR("Sara")));
    val_set_c(a, &person->fields, "sex", val_text(STR("F")));
    val_set_c(a, &person->fields, "birth_date", val_int(16000));
    val_set_c(a, &person->fields, "children", val_int(2));
    val_set_c(a, &person->fields, "registration_group", val_id(a, group->id));
    val_set_c(a, &group->fields, "village", val_text(STR("Kacha Garhi")));
    val_set_c(a, &group->fields, "income", val_int(123456));
    for (uint8_t i = 0; i < 3; i++) {
        ToyRecord *need = toy_add(w, "need", 3 + i);
        val_set_c(a, &need->fields, "person", val_id(a, person->id));
        val_set_c(a, &need->fields, "weight", val_int(i * INT64_C(4611686018427387903)));
        val_set_c(a, &need->fields, "code", val_text(STR("SC-UC")));
    }
}

static void check_nodes(const Expr *e) {
    for (size_t i = 0; i < e->n_nodes; i++) {
        const ExprNode *n = &e->nodes[i];
        ASSERT(n->pos + n->len <= e->source.n);
        ASSERT(n->scale >= 0 && n->scale <= SCALE_MAX);
        for (uint32_t k = 0; k < n->n_children; k++)
            ASSERT(e->children[n->first_child + k] < i);
    }
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
    }
    arena_reset(arena);
    Ctx c = ctx_new(&env, arena);
    Expr *e = NULL;
    Str source = str_n(data, size);
    if (expr_compile(&c, model, model_kind(model, STR("person")), source, &e) != ST_OK) {
        ASSERT(c.errs.n == 1 && !e && str_utf8_valid(c.errs.v[0].args[0].value));
        ASSERT(model_message(model, arena, STR("en"), &c.errs.v[0]).n > 0);
        return 0;
    }
    check_nodes(e);
    ToyWorld world = { .n = 0 };
    fill(arena, &world);
    ExprSource from = toy_world_source(&world);
    Val v, again;
    Status st = expr_eval(&c, e, &from, TODAY, &v);
    ASSERT(st == ST_OK || st == ST_LIMIT);
    const FieldInfo *fields[8];
    (void)expr_fields(e, fields, 8);
    if (st == ST_OK && expr_eval(&c, expr_copy(arena, e), &from, TODAY, &again) == ST_OK)
        ASSERT(val_eq(v, again));
    return 0;
}
