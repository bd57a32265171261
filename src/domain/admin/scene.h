/* scene.h: a small office for tests of the rooms that stand on this one: a folder with the usual roles
 * and an administrator, Salma Durrani, who may do everything a first user may. Operations are called
 * with JSON, as over HTTP. What is returned lives until the end of the test. */
#ifndef DOMAIN_ADMIN_SCENE_H
#define DOMAIN_ADMIN_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json.h"
#include "domain/admin/admin.h"
#include "model/codes.h"
#include "model/messages.h"
#include "store/trial.h"

enum { SCENE_OPS = 160, SCENE_KINDS = 48, SCENE_LABELS = 20, SCENE_TEXT = 1 << 16 };

typedef struct SceneOptions {
    const char *name; /* of the folder */
    const Room *const *rooms;
    size_t n_rooms;
    FirstRecords first;           /* what is left empty is Kabul's */
    const char *login, *password; /* NULL: salma, "a long password here" */
    bool jobs;                    /* with a pool of its own; else tasks run where they are called */
} SceneOptions;

typedef struct Scene {
    const SceneOptions *o;
    Env env;
    Arena *arena;
    Ctx c; /* the program itself */
    char dir[TRIAL_DIR_N];
    const Kind *kinds[SCENE_KINDS];
    LabelSource labels[SCENE_LABELS];
    ModelSource model;
    StoreOptions options;
    Store *store;
    Access *access;
    const Op *ops[SCENE_OPS];
    OpTable table;
    FirstIds first;
    /* of the last call */
    Ctx call;
    OpReply reply;
} Scene;

static inline void scene_show_errors(const Ctx *c) {
    for (size_t i = 0; i < c->errs.n; i++)
        print_message("# %.*s: %.*s (%.*s)\n", STR_ARG(c->errs.v[i].path),
                      STR_ARG(c->errs.v[i].key), STR_ARG(c->errs.v[i].cause));
}

#define scene_ok(s, c, expression)                                                                 \
    do {                                                                                           \
        if ((expression) != ST_OK) {                                                               \
            scene_show_errors(c);                                                                  \
            fail_msg("%s", #expression);                                                           \
        }                                                                                          \
    } while (0)

/* ---- life ---------------------------------------------------------------------------------------- */

static inline void scene_gather(Scene *s) {
    size_t n = 0;
    s->table.rooms = s->o->rooms;
    s->table.n_rooms = s->o->n_rooms;
    for (size_t i = 0; i < s->o->n_rooms; i++) {
        const Room *room = s->o->rooms[i];
        ASSERT(s->table.n + room->n_ops <= SCENE_OPS);
        ASSERT(s->model.n_kinds + room->n_kinds <= SCENE_KINDS);
        for (size_t k = 0; k < room->n_kinds; k++)
            s->kinds[s->model.n_kinds++] = room->kinds[k];
        for (size_t k = 0; k < room->n_ops; k++)
            s->ops[s->table.n++] = &room->ops[k];
    }
    ASSERT(builtin_code_labels_n + builtin_messages_n <= SCENE_LABELS);
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        s->labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        s->labels[n++] = builtin_messages[i];
    s->table.ops = s->ops;
    s->model.kinds = s->kinds;
    s->model.lists = builtin_code_lists;
    s->model.n_lists = builtin_code_lists_n;
    s->model.labels = s->labels;
    s->model.n_labels = n;
}

static inline Str scene_or(Str text, const char *otherwise) {
    return str_empty(text) ? str_of(otherwise) : text;
}

static inline Status scene_first(Ctx *c, Tx *tx, void *arg) {
    Scene *s = arg;
    FirstRecords in = s->o->first;
    in.office_code = scene_or(in.office_code, "KBL");
    in.office_name = scene_or(in.office_name, "Kabul");
    in.country = scene_or(in.country, "AFG");
    in.dial_code = scene_or(in.dial_code, "93");
    in.login = str_of(s->o->login ? s->o->login : "salma");
    in.name = scene_or(in.name, "Salma Durrani");
    in.keep_password = true;
    Str password = str_of(s->o->password ? s->o->password : "a long password here");
    TRY(access_password_hash(c, s->access, password, &in.password_phc));
    return admin_first_records(c, tx, &in, &s->first);
}

static inline void scene_open(Scene *s) {
    AccessOptions o = { .password_quick = true };
    scene_ok(s, &s->c, store_open(&s->c, &s->options, &s->store));
    s->c.store = s->store;
    scene_ok(s, &s->c, access_open(&s->c, s->store, &o, &s->access));
    s->table.access = s->access;
    if (s->o->jobs) scene_ok(s, &s->c, jobs_open(&s->c, s->store, &s->table, &s->table.jobs));
}

static inline void scene_close(Scene *s) {
    jobs_close(s->table.jobs);
    s->table.jobs = NULL;
    access_close(s->access);
    store_close(s->store);
    s->c.store = NULL;
}

/* One at a time. */
static inline Scene *scene_make(const SceneOptions *o) {
    static Scene scene;
    Scene *s = &scene;
    Str recovery;
    memset(s, 0, sizeof *s);
    s->o = o;
    crypt_start();
    env_test_init(&s->env, 11, TRIAL_START);
    s->arena = arena_new(&s->env, (size_t)2 << 30);
    s->c = ctx_new(&s->env, s->arena);
    actor_enter(&s->c, actor_system());
    scene_gather(s);
    assert_true(trial_folder(s->dir, o->name));
    s->options = (StoreOptions){ .dir = s->dir, .model = &s->model, .password_quick = true };
    scene_ok(s, &s->c, store_init(&s->c, &s->options, STR("Kabul"), &recovery));
    scene_open(s);
    op_table_check(&s->table, store_model(s->store));
    scene_ok(s, &s->c, store_write(s->store, &s->c, scene_first, s));
    return s;
}

static inline void scene_drop(Scene *s) {
    arena_free(s->arena); /* gives read connections back */
    scene_close(s);
    trial_remove(s->dir);
}

/* ---- calling -------------------------------------------------------------------------------------- */

static inline Val scene_json(Scene *s, const char *text) {
    Val v;
    scene_ok(s, &s->c, json_parse(&s->c, str_of(text), 1 << 20, &v));
    return v;
}

/* A Ctx with the actor of a login; login "": the program itself. Lives until the test's end. */
static inline void scene_request(Scene *s, const char *login) {
    const Actor *a;
    s->call = ctx_new(&s->env, s->arena);
    s->call.store = s->store;
    if (!login[0]) {
        actor_enter(&s->call, actor_system());
        return;
    }
    scene_ok(s, &s->call, access_actor_of_login(&s->call, s->access, str_of(login), STR(""), &a));
}

static inline Status scene_call_as(Scene *s, const char *login, OpRequest q, const char *input) {
    scene_request(s, login);
    if (q.client_time == 0) q.client_time = TIME_NONE;
    q.input = scene_json(s, input);
    return op_call(&s->call, s->store, &s->table, &q, &s->reply);
}

/* As the administrator. */
static inline Status scene_try(Scene *s, const char *op, const char *input) {
    return scene_call_as(s, s->o->login ? s->o->login : "salma", (OpRequest){ .op = str_of(op) },
                         input);
}

static inline Val scene_call(Scene *s, const char *op, const char *input) {
    Status st = scene_try(s, op, input);
    if (st != ST_OK) {
        scene_show_errors(&s->call);
        fail_msg("%s %s", op, status_name(st));
    }
    return s->reply.result;
}

/* printf for inputs; quotes ' in the format stand for ". */
PRINTF_LIKE(2, 3)
static inline const char *scene_text(Scene *s, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = arena_alloc(s->arena, SCENE_TEXT);
    int n = vsnprintf(text, SCENE_TEXT, format, args);
    va_end(args);
    assert_in_range(n, 0, SCENE_TEXT - 1);
    for (char *p = text; *p; p++)
        if (*p == '\'') *p = '"';
    return text;
}

static inline const char *scene_error(const Scene *s) {
    return s->call.errs.n ? str_c(s->arena, s->call.errs.v[0].key) : "";
}

static inline const char *scene_path(const Scene *s) {
    return s->call.errs.n ? str_c(s->arena, s->call.errs.v[0].path) : "";
}

#define scene_refused(s, op, status, key, input)                                                   \
    do {                                                                                           \
        assert_int_equal(scene_try((s), (op), (input)), (status));                                 \
        assert_string_equal(scene_error(s), (key));                                                \
    } while (0)

/* ---- looking at results ------------------------------------------------------------------------------ */

/* "rows.0.name": members of maps and items of lists. */
static inline Val at(Val v, const char *path) {
    Str rest = str_of(path);
    while (rest.s && rest.n) {
        Str step = str_cut(&rest, '.');
        uint64_t i;
        if (v.type == VAL_LIST)
            v = num_parse_u64(step, &i) && i < v.list.n ? v.list.v[i] : VAL_ABSENT;
        else
            v = val_get_str(v, step);
    }
    return v;
}

static inline const char *text_at(Scene *s, Val v, const char *path) {
    Val found = at(v, path);
    return found.type == VAL_TEXT ? str_c(s->arena, found.text) : "";
}

static inline size_t count_at(Val v, const char *path) {
    Val found = at(v, path);
    return found.type == VAL_LIST ? found.list.n : 0;
}

#endif
