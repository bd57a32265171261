/* toy_int.h: a small operation with a few toy operations, for the room's tests. */
#ifndef OP_TOY_INT_H
#define OP_TOY_INT_H

#include "access/toy.h"
#include "op/op_int.h"
#include "store/trial.h"

#include <pthread.h>

/* --- kinds ------------------------------------------------------------------------------------ */

static const Field toy_note_fields[] = {
    { "text", .no = 2, .type = FT_TEXT, .flags = FF_INDEXED, .max = 60, .merge = MERGE_MUST_RESOLVE,
      .doc = "What it says" },
    { "weight", .no = 3, .type = FT_DECIMAL, .scale = 2, .min = 0, .max = 10000 },
    { "colour", .no = 4, .type = FT_CODE, .codes = "colour" },
    { "hidden", .no = 5, .type = FT_TEXT, .flags = FF_HIDDEN },
};
static const Kind toy_note = { "note",
                               .no = 21,
                               .subject_rule = SUBJECT_SELF,
                               .lane = LANE_CORE,
                               FIELDS(toy_note_fields),
                               .title = "text",
                               .doc = "A note" };
static const Kind *const toy_kinds[] = {
    &toy_office, &toy_user, &toy_role, &toy_grant, &toy_note, &audit_read_kind,
};
static const Code toy_permission_codes[] = { TOY_CODE("person.read"), TOY_CODE("person.write") };
static const Code toy_lane_codes[] = { TOY_CODE("core") };
static const Code toy_void_codes[] = { TOY_CODE("MISTAKE") };
static const Code toy_colour_codes[] = { TOY_CODE("RED"), TOY_CODE("BLUE") };
static const CodeList toy_lists[] = {
    TOY_LIST("permission", toy_permission_codes),
    TOY_LIST("lane", toy_lane_codes),
    TOY_LIST("void_reason", toy_void_codes),
    TOY_LIST("colour", toy_colour_codes),
};
static const ModelSource toy_model = {
    .kinds = toy_kinds,
    .n_kinds = sizeof toy_kinds / sizeof toy_kinds[0],
    .lists = toy_lists,
    .n_lists = sizeof toy_lists / sizeof toy_lists[0],
};

typedef struct Toy {
    Env env;
    Arena *arena, *requests;
    Ctx c; /* the program itself */
    char dir[TRIAL_DIR_N];
    StoreOptions options;
    Store *store;
    OpTable table;
    Id office, clerk, reader; /* the clerk may write, the reader only reads */
} Toy;

/* --- writing control records ------------------------------------------------------------------ */

typedef struct ToyWrite {
    const char *kind;
    Id id;
    Val fields;
    bool change;
} ToyWrite;

static inline Status toy_write_fn(Ctx *c, Tx *tx, void *arg) {
    ToyWrite *w = arg;
    const KindInfo *k = model_kind(store_model(c->store), str_of(w->kind));
    (void)tx;
    if (w->change) return tx_set(c, k, w->id, STR(""), w->fields);
    return tx_create(c, k, w->id, ID_NONE, w->fields);
}

static inline Id toy_write(Toy *t, ToyWrite w) {
    if (!w.change) w.id = id_new(&t->env);
    assert_int_equal(store_write(t->store, &t->c, toy_write_fn, &w), ST_OK);
    return w.id;
}

static inline Val toy_pair(Toy *t, Val v, const char *key, Val value) {
    val_set_c(t->arena, &v, key, value);
    return v;
}

static inline Val toy_words(Toy *t, const char *first, const char *second) {
    Val list = val_list();
    val_push(t->arena, &list, val_text(str_of(first)));
    if (second) val_push(t->arena, &list, val_text(str_of(second)));
    return list;
}

static inline Id toy_user_new(Toy *t, const char *login, const char *second_permission) {
    Val f = toy_pair(t, val_map(), "login", val_text(str_of(login)));
    f = toy_pair(t, f, "office", val_id(t->arena, t->office));
    f = toy_pair(t, f, "status", val_text(STR("ACTIVE")));
    Id user = toy_write(t, (ToyWrite){ "user", .fields = f });
    f = toy_pair(t, val_map(), "permissions", toy_words(t, "person.read", second_permission));
    f = toy_pair(t, f, "lanes", toy_words(t, "core", NULL));
    Id role = toy_write(t, (ToyWrite){ "role", .fields = f });
    f = toy_pair(t, val_map(), "user", val_id(t->arena, user));
    f = toy_pair(t, f, "role", val_id(t->arena, role));
    f = toy_pair(t, f, "office", val_id(t->arena, t->office));
    (void)toy_write(t, (ToyWrite){ "grant", .fields = f });
    return user;
}

/* --- life ------------------------------------------------------------------------------------- */

static inline void toy_open(Toy *t, const Op *const *ops, size_t n, bool with_jobs) {
    AccessOptions o = { .password_quick = true };
    assert_int_equal(store_open(&t->c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    t->c.now = env_now(&t->env);
    t->table = (OpTable){ .ops = ops, .n = n };
    assert_int_equal(access_open(&t->c, t->store, &o, &t->table.access), ST_OK);
    if (with_jobs) assert_int_equal(jobs_open(&t->c, t->store, &t->table, &t->table.jobs), ST_OK);
}

static inline void toy_close(Toy *t) {
    jobs_close(t->table.jobs);
    access_close(t->table.access);
    store_close(t->store);
}

static inline Toy *toy_make(const Op *const *ops, size_t n, bool with_jobs) {
    static Toy toy;
    Toy *t = &toy;
    Str recovery;
    memset(t, 0, sizeof *t);
    crypt_start();
    env_test_init(&t->env, 12, TRIAL_START);
    t->arena = arena_new(&t->env, 1 << 30);
    t->requests = arena_new(&t->env, 1 << 24);
    t->c = ctx_new(&t->env, t->arena);
    actor_enter(&t->c, actor_system());
    assert_true(trial_folder(t->dir, "op"));
    t->options = (StoreOptions){ .dir = t->dir, .model = &toy_model, .password_quick = true };
    assert_int_equal(store_init(&t->c, &t->options, STR("Toy"), &recovery), ST_OK);
    toy_open(t, ops, n, with_jobs);
    Val f = toy_pair(t, val_map(), "code", val_text(STR("KBL")));
    t->office = toy_write(t, (ToyWrite){ "office", .fields = f });
    t->clerk = toy_user_new(t, "clerk", "person.write");
    t->reader = toy_user_new(t, "reader", NULL);
    return t;
}

static inline void toy_drop(Toy *t) {
    arena_free(t->requests);
    toy_close(t);
    arena_free(t->arena);
    trial_remove(t->dir);
}

static inline void toy_arena_free(void *arena) {
    arena_free(arena);
}

/* A request of a user that ends with the test. ID_NONE: of nobody. */
static inline Ctx toy_request(Toy *t, Id user, size_t cap) {
    const Actor *a;
    Ctx c = ctx_new(&t->env, arena_new(&t->env, cap));
    arena_defer(t->requests, toy_arena_free, c.arena);
    if (!id_is_none(user))
        assert_int_equal(access_actor_of_user(&c, t->table.access, user, STR(""), &a), ST_OK);
    return c;
}

static inline const char *toy_error(const Ctx *c) {
    return c->errs.n ? str_c(c->arena, c->errs.v[c->errs.n - 1].key) : "";
}

/* '{"text":"x"}' with ' for " */
static inline Val toy_json(Ctx *c, const char *text) {
    Val v;
    char *copy = arena_copy(c->arena, text, strlen(text) + 1);
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    assert_int_equal(json_parse(c, str_of(copy), 1 << 20, &v), ST_OK);
    return v;
}

#endif
