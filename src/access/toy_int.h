/* toy_int.h: a small operation for the room's tests: offices, roles, people who work there.
 *
 *     root ── north ── camp        roles: clerk (person.*, need.write; core, protection)
 *          └─ south                       chief (user.write, user.read; control, audit) */
#ifndef ACCESS_TOY_INT_H
#define ACCESS_TOY_INT_H

#include "access/access_int.h"
#include "access/toy.h"
#include "store/trial.h"

static const Field toy_person_fields[] = {
    { "given_name", .no = 2, .type = FT_TEXT, .flags = FF_PERSONAL },
    { "risk", .no = 3, .type = FT_TEXT, .lane = LANE_PROTECTION },
    { "secret", .no = 4, .type = FT_TEXT, .flags = FF_SEALED },
};
static const Kind toy_person = { "person",
                                 .no = 21,
                                 .subject_rule = SUBJECT_SELF,
                                 .lane = LANE_CORE,
                                 FIELDS(toy_person_fields),
                                 .title = "given_name" };

static const Kind *const toy_kinds[] = {
    &toy_office, &toy_user, &toy_role, &toy_grant, &toy_person, &audit_read_kind,
};

static const Code toy_permission_codes[] = {
    TOY_CODE("person.read"), TOY_CODE("person.write"), TOY_CODE("need.read"),
    TOY_CODE("need.write"),  TOY_CODE("sealed.read"),  TOY_CODE("user.read"),
    TOY_CODE("user.write"),  TOY_CODE("report"),       TOY_CODE("no.such"),
};
static const Code toy_lane_codes[] = {
    TOY_CODE("control"),
    TOY_CODE("core"),
    TOY_CODE("protection"),
    TOY_CODE("audit"),
};
static const Code toy_void_codes[] = { TOY_CODE("MISTAKE") };
static const CodeList toy_lists[] = {
    TOY_LIST("permission", toy_permission_codes),
    TOY_LIST("lane", toy_lane_codes),
    TOY_LIST("void_reason", toy_void_codes),
};
static const ModelSource toy_model = {
    .kinds = toy_kinds,
    .n_kinds = sizeof toy_kinds / sizeof toy_kinds[0],
    .lists = toy_lists,
    .n_lists = sizeof toy_lists / sizeof toy_lists[0],
};

typedef struct Toy {
    Env env;
    Arena *arena;
    Arena *requests; /* owns the arenas of requests that last for a test */
    Ctx c;           /* the program itself */
    char dir[TRIAL_DIR_N];
    StoreOptions options;
    Store *store;
    Access *access;
    Id root, north, south, camp;
    Id clerk, chief; /* roles */
} Toy;

/* --- writing ---------------------------------------------------------------------------------- */

typedef struct ToyWrite {
    const char *kind;
    Id id, office;
    Val fields;
    bool make, unmake;
} ToyWrite;

static inline Status toy_write_fn(Ctx *c, Tx *tx, void *arg) {
    ToyWrite *w = arg;
    const KindInfo *k = model_kind(store_model(c->store), str_of(w->kind));
    ActPart act = {
        .act = id_new(c->env), .op_no = 1000, .op_version = 1, .client_time = TIME_NONE
    };
    tx_act(tx, &act);
    if (w->unmake) return tx_void(c, k, w->id, STR("MISTAKE"));
    if (w->make) return tx_create(c, k, w->id, w->office, w->fields);
    return tx_set(c, k, w->id, STR(""), w->fields);
}

static inline void toy_write(Toy *t, ToyWrite w) {
    Status st = store_write(t->store, &t->c, toy_write_fn, &w);
    if (st != ST_OK && t->c.errs.n)
        print_message("%.*s: %.*s\n", STR_ARG(t->c.errs.v[t->c.errs.n - 1].key),
                      STR_ARG(t->c.errs.v[t->c.errs.n - 1].cause));
    assert_int_equal(st, ST_OK);
}

static inline void toy_put(Toy *t, Val *v, const char *key, Val value) {
    val_set_c(t->arena, v, key, value);
}

static inline Id toy_office_new(Toy *t, const char *code, Id parent, int offset) {
    Id id = id_new(&t->env);
    Val f = val_map();
    toy_put(t, &f, "code", val_text(str_of(code)));
    toy_put(t, &f, "name", val_text(str_of(code)));
    toy_put(t, &f, "utc_offset_minutes", val_int(offset));
    if (!id_is_none(parent)) toy_put(t, &f, "parent", val_id(t->arena, parent));
    toy_write(t, (ToyWrite){ "office", .id = id, .fields = f, .make = true });
    return id;
}

static inline int toy_text_order(const void *x, const void *y) {
    return str_cmp(((const Val *)x)->text, ((const Val *)y)->text);
}

/* "a b c" as a set. */
static inline Val toy_set(Toy *t, const char *words) {
    Val list = val_list();
    Str rest = str_of(words);
    while (rest.s)
        val_push(t->arena, &list, val_text(str_copy(t->arena, str_cut(&rest, ' '))));
    qsort(list.list.v, list.list.n, sizeof(Val), toy_text_order);
    return list;
}

static inline Id toy_role_new(Toy *t, const char *code, const char *permissions,
                              const char *lanes) {
    Id id = id_new(&t->env);
    Val f = val_map();
    toy_put(t, &f, "code", val_text(str_of(code)));
    toy_put(t, &f, "permissions", toy_set(t, permissions));
    toy_put(t, &f, "lanes", toy_set(t, lanes));
    toy_write(t, (ToyWrite){ "role", .id = id, .fields = f, .make = true });
    return id;
}

static inline void toy_user_set(Toy *t, Id user, const char *field, Val v) {
    Val f = val_map();
    toy_put(t, &f, field, v);
    toy_write(t, (ToyWrite){ "user", .id = user, .fields = f });
}

static inline Id toy_user_new(Toy *t, const char *login, const char *password, Id office) {
    Id id = id_new(&t->env);
    Val f = val_map();
    Str phc;
    assert_int_equal(access_password_hash(&t->c, t->access, str_of(password), &phc), ST_OK);
    toy_put(t, &f, "login", val_text(str_of(login)));
    toy_put(t, &f, "name", val_text(str_printf(t->arena, "Name of %s", login)));
    toy_put(t, &f, "office", val_id(t->arena, office));
    toy_put(t, &f, "language", val_text(STR("fr")));
    toy_put(t, &f, "status", val_text(STR("ACTIVE")));
    toy_put(t, &f, "password_hash", val_text(phc));
    toy_write(t, (ToyWrite){ "user", .id = id, .fields = f, .make = true });
    return id;
}

static inline Id toy_grant_new(Toy *t, Id user, Id role, Id office, Day until) {
    Id id = id_new(&t->env);
    Val f = val_map();
    toy_put(t, &f, "user", val_id(t->arena, user));
    toy_put(t, &f, "role", val_id(t->arena, role));
    toy_put(t, &f, "office", val_id(t->arena, office));
    if (until != DAY_NONE) toy_put(t, &f, "until", val_int(until));
    toy_write(t, (ToyWrite){ "grant", .id = id, .fields = f, .make = true });
    return id;
}

static inline Id toy_person_new(Toy *t, const char *name, Id office) {
    Id id = id_new(&t->env);
    Val f = val_map();
    toy_put(t, &f, "given_name", val_text(str_of(name)));
    toy_put(t, &f, "risk", val_text(STR("some")));
    toy_put(t, &f, "secret", val_text(STR("hush")));
    toy_write(t, (ToyWrite){ "person", .id = id, .office = office, .fields = f, .make = true });
    return id;
}

/* --- life ------------------------------------------------------------------------------------- */

static inline void toy_open(Toy *t) {
    AccessOptions o = { .password_quick = true };
    assert_int_equal(store_open(&t->c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    t->c.now = env_now(&t->env);
    assert_int_equal(access_open(&t->c, t->store, &o, &t->access), ST_OK);
}

static inline void toy_close(Toy *t) {
    access_close(t->access);
    store_close(t->store);
    t->access = NULL;
    t->store = NULL;
}

static inline Toy *toy_make(void) {
    static Toy toy;
    Toy *t = &toy;
    Str recovery;
    memset(t, 0, sizeof *t);
    crypt_start();
    env_test_init(&t->env, 11, TRIAL_START);
    t->arena = arena_new(&t->env, 1 << 30);
    t->requests = arena_new(&t->env, 1 << 20);
    t->c = ctx_new(&t->env, t->arena);
    actor_enter(&t->c, actor_system());
    assert_true(trial_folder(t->dir, "access"));
    t->options = (StoreOptions){ .dir = t->dir, .model = &toy_model, .password_quick = true };
    assert_int_equal(store_init(&t->c, &t->options, STR("Toy"), &recovery), ST_OK);
    toy_open(t);
    t->root = toy_office_new(t, "ROO", ID_NONE, 0);
    t->north = toy_office_new(t, "NOR", t->root, 270);
    t->south = toy_office_new(t, "SOU", t->root, 0);
    t->camp = toy_office_new(t, "CAM", t->north, 270);
    t->clerk =
        toy_role_new(t, "clerk", "person.read person.write need.write no.such", "core protection");
    t->chief = toy_role_new(t, "chief", "user.read user.write", "audit control");
    return t;
}

static inline void toy_drop(Toy *t) {
    arena_free(t->requests);
    toy_close(t);
    arena_free(t->arena);
    trial_remove(t->dir);
}

/* A request: an arena and a Ctx of its own. */
static inline Ctx toy_request(Toy *t) {
    Ctx c = ctx_new(&t->env, arena_new(&t->env, 64 << 20));
    c.store = t->store;
    return c;
}

static inline void toy_arena_free(void *arena) {
    arena_free(arena);
}

/* One that ends with the test. */
static inline Ctx toy_request_kept(Toy *t) {
    Ctx c = toy_request(t);
    arena_defer(t->requests, toy_arena_free, c.arena);
    return c;
}

static inline const char *toy_error(const Ctx *c) {
    return c->errs.n ? str_c(c->arena, c->errs.v[c->errs.n - 1].key) : "";
}

static inline Str toy_error_arg(const Ctx *c, const char *name) {
    const Err *e = &c->errs.v[c->errs.n - 1];
    for (size_t i = 0; i < e->n_args; i++)
        if (str_is(e->args[i].name, name)) return e->args[i].value;
    return STR_NONE;
}

#endif
