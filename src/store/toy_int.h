/* toy_int.h: a small model and a temporary folder for the store's tests. */
#ifndef STORE_TOY_INT_H
#define STORE_TOY_INT_H

#include "base/rng.h"
#include "store/store_int.h"
#include "store/trial.h"

static const Field toy_office_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .flags = FF_NATURAL },
    { "name", .no = 3, .type = FT_TEXT },
};
static const Kind toy_office = {
    "office", 1, SUBJECT_NONE, NULL, LANE_CONTROL, FIELDS(toy_office_fields), "name", "An office"
};

static const Field toy_person_fields[] = {
    { "given_name", .no = 2, .type = FT_TEXT, .flags = FF_NAME | FF_SORT,
      .merge = MERGE_MUST_RESOLVE },
    { "father_name", .no = 3, .type = FT_TEXT, .flags = FF_NAME },
    { "number", .no = 4, .type = FT_TEXT, .flags = FF_SEARCH | FF_INDEXED },
    { "birth_date", .no = 5, .type = FT_DATE, .flags = FF_INDEXED, .merge = MERGE_MUST_RESOLVE },
    { "village", .no = 6, .type = FT_TEXT, .flags = FF_INDEXED },
    { "languages", .no = 7, .type = FT_SET, .codes = "language" },
    { "note", .no = 8, .type = FT_TEXT, .flags = FF_SEALED, .lane = LANE_PROTECTION },
    { "risk", .no = 9, .type = FT_INT, .lane = LANE_PROTECTION },
};
static const Kind toy_person = { "person",     21,        SUBJECT_SELF,
                                 NULL,         LANE_CORE, FIELDS(toy_person_fields),
                                 "given_name", "A person" };

static const Field toy_phone_fields[] = {
    { "person", .no = 2, .type = FT_REF, .kind = "person" },
    { "number", .no = 3, .type = FT_TEXT, .flags = FF_SEARCH | FF_INDEXED },
};
static const Kind toy_phone = { "phone",  24,        SUBJECT_FIELD,
                                "person", LANE_CORE, FIELDS(toy_phone_fields),
                                "number", "A phone" };

/* As the admin room has it: store/reload.c reads it by name. */
static const Field toy_custom_fields[] = {
    { "on_kind", .no = 2, .type = FT_TEXT },   { "name", .no = 3, .type = FT_TEXT },
    { "type", .no = 4, .type = FT_TEXT },      { "codes", .no = 5, .type = FT_TEXT },
    { "max", .no = 6, .type = FT_INT },        { "ask", .no = 7, .type = FT_TEXT },
    { "lane", .no = 8, .type = FT_TEXT },      { "label_en", .no = 9, .type = FT_TEXT },
    { "label_fr", .no = 10, .type = FT_TEXT }, { "label_fa", .no = 11, .type = FT_TEXT },
    { "label_ps", .no = 12, .type = FT_TEXT }, { "label_ar", .no = 13, .type = FT_TEXT },
};
static const Kind toy_custom = { "custom_field", .no = 6, .subject_rule = SUBJECT_NONE,
                                 .lane = LANE_CONTROL, FIELDS(toy_custom_fields) };

static const Kind *const toy_kinds[] = { &toy_office, &toy_person, &toy_phone, &toy_custom };
static const Code toy_language_codes[] = { { .code = STR_INIT("en"), .since = 1 },
                                           { .code = STR_INIT("fa"), .since = 1 },
                                           { .code = STR_INIT("fr"), .since = 1 } };
static const Code toy_void_codes[] = { { .code = STR_INIT("ERROR"), .since = 1 } };
static const CodeList toy_lists[] = { { .name = STR_INIT("void_reason"),
                                        .source = STR_INIT("test"),
                                        .version = 1,
                                        .codes = toy_void_codes,
                                        .n = 1 },
                                      { .name = STR_INIT("language"),
                                        .source = STR_INIT("test"),
                                        .version = 1,
                                        .codes = toy_language_codes,
                                        .n = 3 } };
static const ModelSource toy_model = {
    .kinds = toy_kinds, .n_kinds = 4, .lists = toy_lists, .n_lists = 2
};

typedef struct Toy {
    Env *env;
    Arena *arena;
    Ctx c;
    char dir[TRIAL_DIR_N];
    StoreOptions options;
    Store *store;
    Id office;
    Str recovery; /* key on paper */
    const KindInfo *person, *phone, *office_kind;
} Toy;

static inline void toy_kinds_of(Toy *t) {
    const Model *m = store_model(t->store);
    t->person = model_kind(m, STR("person"));
    t->phone = model_kind(m, STR("phone"));
    t->office_kind = model_kind(m, STR("office"));
}

/* A fresh folder and an open store in it. */
static inline Status toy_make(Toy *t, Env *env) {
    memset(t, 0, sizeof(*t));
    t->env = env;
    t->arena = arena_new(env, 1 << 30);
    t->c = ctx_new(env, t->arena);
    t->c.reach = &reach_everything;
    if (!trial_folder(t->dir, "store")) return ST_IO;
    t->options = (StoreOptions){ .dir = t->dir, .model = &toy_model, .password_quick = true };
    TRY(store_init(&t->c, &t->options, STR("Toy"), &t->recovery));
    TRY(store_open(&t->c, &t->options, &t->store));
    t->c.store = t->store;
    t->office = id_new(env);
    toy_kinds_of(t);
    return ST_OK;
}

/* No two begin alike: FTS5 writes of a word only what differs from the one before. */
static inline Str toy_random_name(Rng *r, Arena *a) {
    enum { NAME_N = 24 };
    char *s = arena_alloc(a, NAME_N);
    for (size_t i = 0; i < NAME_N; i++)
        s[i] = "bdfgklmnrstz"[rng_below(r, 12)];
    return str_n(s, NAME_N);
}

static inline void toy_drop(Toy *t) {
    store_close(t->store);
    arena_free(t->arena);
    trial_remove(t->dir);
}

#endif
