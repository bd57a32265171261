/* scene_int.h: a small office for the room's tests: a folder, the usual roles, an administrator who
 * may do everything and a clerk. Operations are called with JSON, as over HTTP. */
#ifndef DOMAIN_REGISTRY_SCENE_INT_H
#define DOMAIN_REGISTRY_SCENE_INT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/admin/admin.h"
#include "domain/registry/registry_int.h"
#include "model/codes.h"
#include "model/messages.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Monday 2026-11-23, noon UTC. */
#define SCENE_START ((Time)1795435200 * TIME_SECOND)
enum { SCENE_OPS = 120, SCENE_KINDS = 40, SCENE_LABELS = 20 };

typedef struct Scene {
    Env env;
    Arena *arena;
    Ctx c; /* the program itself */
    char dir[64];
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

/* ---- life ---------------------------------------------------------------------------------------- */

static inline void scene_add_room(Scene *s, const Room *room) {
    for (size_t i = 0; i < room->n_kinds; i++)
        s->kinds[s->model.n_kinds++] = room->kinds[i];
    for (size_t i = 0; i < room->n_ops; i++)
        s->ops[s->table.n++] = &room->ops[i];
    ASSERT(s->table.n <= SCENE_OPS && s->model.n_kinds <= SCENE_KINDS);
}

static inline void scene_model(Scene *s) {
    scene_add_room(s, &access_room);
    scene_add_room(s, &op_room);
    scene_add_room(s, &admin_room);
    scene_add_room(s, &registry_room);
    static const Room *const rooms[] = { &registry_room };
    s->table.rooms = rooms;
    s->table.n_rooms = 1;
    size_t n = 0;
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        s->labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        s->labels[n++] = builtin_messages[i];
    ASSERT(n <= SCENE_LABELS);
    s->model.kinds = s->kinds;
    s->model.lists = builtin_code_lists;
    s->model.n_lists = builtin_code_lists_n;
    s->model.labels = s->labels;
    s->model.n_labels = n;
}

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

static inline Status scene_first(Ctx *c, Tx *tx, void *arg) {
    Scene *s = arg;
    FirstRecords in = {
        .office_code = STR("KBL"),
        .office_name = STR("Kabul"),
        .country = STR("AFG"),
        .calendar = STR("solar"),
        .dial_code = STR("93"),
        .utc_offset_minutes = 270,
        .login = STR("salma"),
        .name = STR("Salma Durrani"),
        .keep_password = true,
    };
    TRY(access_password_hash(c, s->access, STR("a long password here"), &in.password_phc));
    return admin_first_records(c, tx, &in, &s->first);
}

static inline void scene_open(Scene *s) {
    AccessOptions o = { .password_quick = true };
    scene_ok(s, &s->c, store_open(&s->c, &s->options, &s->store));
    s->c.store = s->store;
    scene_ok(s, &s->c, access_open(&s->c, s->store, &o, &s->access));
    s->table.access = s->access;
    s->table.ops = s->ops;
}

static inline void scene_close(Scene *s) {
    access_close(s->access);
    store_close(s->store);
}

static inline Scene *scene_make(void) {
    static Scene scene;
    Scene *s = &scene;
    Str recovery;
    memset(s, 0, sizeof *s);
    crypt_start();
    env_test_init(&s->env, 11, SCENE_START);
    s->arena = arena_new(&s->env, (size_t)1 << 30);
    s->c = ctx_new(&s->env, s->arena);
    actor_enter(&s->c, actor_system());
    scene_model(s);
    memcpy(s->dir, "/tmp/panah-registry-XXXXXX", 27);
    assert_non_null(mkdtemp(s->dir));
    s->options = (StoreOptions){ .dir = s->dir, .model = &s->model, .password_quick = true };
    scene_ok(s, &s->c, store_init(&s->c, &s->options, STR("Kabul"), &recovery));
    scene_open(s);
    op_table_check(&s->table, store_model(s->store));
    scene_ok(s, &s->c, store_write(s->store, &s->c, scene_first, s));
    return s;
}

static inline int scene_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void scene_drop(Scene *s) {
    arena_free(s->arena); /* gives read connections back */
    scene_close(s);
    (void)nftw(s->dir, scene_unlink, 16, FTW_DEPTH | FTW_PHYS);
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

/* As Salma, who may do everything a first user may. */
static inline Status scene_try(Scene *s, const char *op, const char *input) {
    return scene_call_as(s, "salma", (OpRequest){ .op = str_of(op) }, input);
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
    char *text = arena_alloc(s->arena, 16384);
    int n = vsnprintf(text, 16384, format, args);
    va_end(args);
    assert_in_range(n, 0, 16383);
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

/* ---- what the tests of both files begin with ------------------------------------------------------------- */

static Scene *s;

static inline int setup(void **state) {
    (void)state;
    s = scene_make();
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    scene_drop(s);
    return 0;
}

#define FAMILY                                                                                      \
    "{'group': {'village': 'Kacha Garhi', 'arrival_date': '2026-11-01', 'size_stated': 3},"         \
    " 'members': ["                                                                                 \
    " {'key': 'a', 'person': {'given_name': 'Mohammad', 'given_name_local': 'محمد',"            \
    "   'father_name': 'Rahim', 'sex': 'M', 'birth_date': '1985-07-01',"                            \
    "   'birth_date_precision': 'age', 'nationality': 'AFG'},"                                      \
    "   'phones': [{'number': '0701 234 567', 'type': 'MOBILE'}],"                                  \
    "   'documents': [{'type': 'TAZKIRA', 'number': '1234-5678-90'}]},"                             \
    " {'key': 'b', 'relationship': 'WIF', 'spouse': 'a',"                                           \
    "   'person': {'given_name_local': 'زهرا', 'sex': 'F', 'birth_date': '1990-03-21'},"        \
    "   'needs': [{'need': 'DS-BD', 'status': 'REPORTED', 'note': 'Sees little'}],"                 \
    "   'consents': [{'purpose': 'REGISTRATION', 'answer': 'GIVEN', 'language': 'prs'}]},"          \
    " {'key': 'c', 'relationship': 'SON', 'father': 'a', 'mother': 'b', 'presence': 'NOT_PRESENT'," \
    "   'person': {'given_name': 'Farid', 'father_name': 'Mohammad', 'sex': 'M',"                   \
    "     'birth_date': '2026-11-10'}}],"                                                           \
    " 'focal_point': 'a',"                                                                          \
    " 'interview': {'called_at': '2026-11-23T11:40:00Z', 'parked_seconds': 60, 'resumed': 1}}"

typedef struct Family {
    const char *group, *number, *husband, *wife, *son;
} Family;

static inline Family register_family(void) {
    Val r = scene_call(s, "group.register", scene_text(s, FAMILY));
    return (Family){ text_at(s, r, "group"), text_at(s, r, "number"),
                     text_at(s, r, "members.0.person"), text_at(s, r, "members.1.person"),
                     text_at(s, r, "members.2.person") };
}

static inline Val file_of(const char *person) {
    return scene_call(s, "person.file", scene_text(s, "{'id': '%s'}", person));
}

static inline Val group_file(const char *group) {
    return scene_call(s, "group.file", scene_text(s, "{'id': '%s'}", group));
}

static inline Val search(const char *q) {
    return scene_call(s, "person.search", scene_text(s, "{'q': '%s'}", q));
}

static inline Val history(const char *subject) {
    return scene_call(s, "record.history", scene_text(s, "{'subject': '%s'}", subject));
}

static inline bool has_row(Val result, const char *person) {
    for (size_t i = 0; i < count_at(result, "rows"); i++)
        if (str_is(val_get_text(at(result, "rows").list.v[i], "person", STR("")), person))
            return true;
    return false;
}

/* A second person, in a family of their own. */
static inline Val register_alone(const char *name, const char *father, const char *born) {
    return scene_call(s, "person.register",
                      scene_text(s,
                                 "{'person': {'given_name': '%s', 'father_name': '%s', 'sex': 'M',"
                                 " 'birth_date': '%s'}}",
                                 name, father, born));
}

static inline const char *version_of(const char *person) {
    return text_at(s, file_of(person), "person.version");
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
