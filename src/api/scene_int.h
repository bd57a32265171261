/* scene_int.h: a small office behind an Api, for the room's tests: a folder, an administrator with a
 * session, two operations of the tests' own. Requests are written as over HTTP. */
#ifndef API_SCENE_INT_H
#define API_SCENE_INT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/api_int.h"
#include "domain/admin/admin.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "model/messages.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Monday 2026-11-23, noon UTC. */
#define SCENE_START ((Time)1795435200 * TIME_SECOND)
#define SCENE_HOST "localhost:8470"
#define SCENE_PASSWORD "four plain words here"
enum { SCENE_OPS = 128, SCENE_KINDS = 48, SCENE_LABELS = 20, SCENE_PORT = 8470 };

typedef struct Scene {
    Env env;
    Arena *arena, *call_arena;
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
    Api *api;
    Str token, csrf; /* of the administrator's session */
    char host[32];   /* what requests call the node */
} Scene;

static inline void scene_show_errors(const Ctx *c) {
    for (size_t i = 0; i < c->errs.n; i++)
        print_message("# %.*s: %.*s (%.*s)\n", STR_ARG(c->errs.v[i].path),
                      STR_ARG(c->errs.v[i].key), STR_ARG(c->errs.v[i].cause));
}
#define scene_ok(s, expression)                                                                    \
    do {                                                                                           \
        if ((expression) != ST_OK) {                                                               \
            scene_show_errors(&(s)->c);                                                            \
            fail_msg("%s", #expression);                                                           \
        }                                                                                          \
    } while (0)

/* ---- operations of the tests' own -------------------------------------------------------------- */

static const Field scene_count_fields[] = { { "to", .type = FT_INT, .min = 0, .max = 100000 } };
static const Shape scene_count_shape = { .name = "scene_count", FIELDS(scene_count_fields) };
static const Field scene_counted_fields[] = { { "counted", .type = FT_INT } };
static const Shape scene_counted_shape = { .name = "scene_counted", FIELDS(scene_counted_fields) };

/* A job: a step every 20 ms. */
static inline Status scene_count(Ctx *c, OpCall *call) {
    Val to = op_in(call, "to");
    int64_t n = to.type == VAL_INT ? to.i : 1;
    for (int64_t i = 0; i < n; i++) {
        if (job_cancelled(call->job)) return FAIL(c, ST_CANCELLED, "", "error.cancelled");
        job_progress(call->job, i, n, "job.state.running");
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000000L }, NULL);
    }
    call->result = val_map();
    val_set_c(c->arena, &call->result, "counted", val_int(n));
    return ST_OK;
}

/* Reads slowly: to see whether a stop waits for it. */
static inline Status scene_slow(Ctx *c, OpCall *call) {
    nanosleep(&(struct timespec){ .tv_nsec = 400 * 1000000L }, NULL);
    call->result = val_map();
    val_set_c(c->arena, &call->result, "counted", val_int(1));
    return ST_OK;
}

/* Takes more than any request may have. */
static inline Status scene_greedy(Ctx *c, OpCall *call) {
    for (size_t i = 0; i < 4096; i++)
        memset(arena_alloc(c->arena, 1 << 20), 1, 1);
    call->result = val_map();
    return ST_OK;
}

static const Op scene_own_ops[] = {
    { "scene.count", 900, 1, .title = "Count", .takes = &scene_count_shape,
      .returns = &scene_counted_shape, .fn = scene_count, .flags = OP_JOB },
    { "scene.slow", 901, 1, .title = "Dawdle", .takes = &scene_count_shape,
      .returns = &scene_counted_shape, .fn = scene_slow, .flags = OP_READ },
    { "scene.greedy", 902, 1, .title = "Take all", .takes = &scene_count_shape,
      .returns = &scene_counted_shape, .fn = scene_greedy, .flags = OP_READ },
};
static const Room scene_room = { .name = "scene", .ops = scene_own_ops, .n_ops = 3 };

/* ---- life ---------------------------------------------------------------------------------------- */

static inline void scene_add_room(Scene *s, const Room *room) {
    for (size_t i = 0; i < room->n_kinds; i++)
        s->kinds[s->model.n_kinds++] = room->kinds[i];
    for (size_t i = 0; i < room->n_ops; i++)
        s->ops[s->table.n++] = &room->ops[i];
    ASSERT(s->table.n <= SCENE_OPS && s->model.n_kinds <= SCENE_KINDS);
}

static inline void scene_model(Scene *s) {
    static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                         &scene_room };
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        scene_add_room(s, rooms[i]);
    s->table.rooms = rooms;
    s->table.n_rooms = sizeof rooms / sizeof rooms[0];
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

static inline Status scene_first(Ctx *c, Tx *tx, void *arg) {
    Scene *s = arg;
    FirstRecords in = { .office_code = STR("KBL"),
                        .office_name = STR("Kabul"),
                        .country = STR("AFG"),
                        .dial_code = STR("93"),
                        .login = STR("admin"),
                        .name = STR("Salma Durrani"),
                        .keep_password = true };
    TRY(access_password_hash(c, s->access, STR(SCENE_PASSWORD), &in.password_phc));
    return admin_first_records(c, tx, &in, &s->first);
}

static inline void scene_open(Scene *s) {
    Ctx *c = &s->c;
    AccessOptions access = { .password_quick = true };
    scene_ok(s, store_open(c, &s->options, &s->store));
    c->store = s->store;
    scene_ok(s, access_open(c, s->store, &access, &s->access));
    s->table.access = s->access;
    scene_ok(s, jobs_open(c, s->store, &s->table, &s->table.jobs));
    ApiOptions o = { .store = s->store,
                     .access = s->access,
                     .ops = &s->table,
                     .version = STR("0.0.0"),
                     .node_name = STR("laptop-7"),
                     .operation_name = STR("Test"),
                     .host = STR("localhost"),
                     .port = SCENE_PORT };
    scene_ok(s, api_open(c, &o, &s->api));
}

static inline void scene_close(Scene *s) {
    jobs_close(s->table.jobs);
    api_close(s->api);
    access_close(s->access);
    store_close(s->store);
    s->c.store = NULL;
}

static inline Scene *scene_make(void) {
    static Scene scene;
    Scene *s = &scene;
    Str recovery;
    memset(s, 0, sizeof *s);
    crypt_start();
    env_test_init(&s->env, 7, SCENE_START);
    s->arena = arena_new(&s->env, (size_t)256 << 20);
    s->call_arena = arena_new(&s->env, (size_t)256 << 20);
    s->c = ctx_new(&s->env, s->arena);
    s->c.now = SCENE_START;
    actor_enter(&s->c, actor_system());
    scene_model(s);
    (void)snprintf(s->dir, sizeof s->dir, "%s/panah-api-XXXXXX",
                   getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(s->dir));
    s->options =
        (StoreOptions){ .dir = s->dir, .model = &s->model, .password_quick = true, .n_readers = 8 };
    s->table.ops = s->ops;
    (void)snprintf(s->host, sizeof s->host, "%s", SCENE_HOST);
    scene_ok(s, store_init(&s->c, &s->options, STR("Test"), &recovery));
    scene_open(s);
    scene_ok(s, store_write(s->store, &s->c, scene_first, s));
    return s;
}

static inline int scene_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline void scene_drop(Scene *s) {
    scene_close(s);
    (void)nftw(s->dir, scene_unlink, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(s->call_arena);
    arena_free(s->arena);
}

/* ---- asking -------------------------------------------------------------------------------------- */

typedef struct Ask {
    const char *method, *path; /* with query */
    const char *body;          /* JSON, with ' for " ; NULL: none */
    Str bytes;                 /* instead of body */
    const char *type;          /* Content-Type; NULL: application/json where there is a body */
    const char *host;          /* NULL: SCENE_HOST; "": none */
    bool no_cookie, no_csrf, local;
    Str token, csrf;    /* s == NULL: the administrator's */
    HttpHeader more[4]; /* ended by one without name */
} Ask;

static inline Str scene_json(Arena *a, const char *text) {
    char *out = arena_copy(a, text, strlen(text) + 1);
    for (char *p = out; *p; p++)
        if (*p == '\'') *p = '"';
    return str_of(out);
}

static inline void scene_header(Arena *a, HttpHeader *headers, size_t *n, const char *name, Str v) {
    headers[(*n)++] = (HttpHeader){ str_of(name), str_copy(a, v) };
}

/* The answer lives until the next ask. */
static inline Response scene_ask(Scene *s, const Ask *ask) {
    Arena *a = s->call_arena;
    arena_reset(a);
    HttpHeader headers[16];
    size_t n = 0;
    Str host = str_of(ask->host ? ask->host : s->host);
    Str token = ask->token.s ? ask->token : s->token, csrf = ask->csrf.s ? ask->csrf : s->csrf;
    Request q = { .method = http_method(str_of(ask->method)),
                  .query = str_of(ask->path),
                  .body = ask->body ? scene_json(a, ask->body) : ask->bytes,
                  .source = STR("127.0.0.1"),
                  .local = ask->local,
                  .spoken_by = ask->local ? STR("root") : STR_NONE };
    q.path = str_cut(&q.query, '?');
    if (host.n) scene_header(a, headers, &n, "Host", host);
    if (!ask->no_cookie && token.n)
        scene_header(a, headers, &n, "Cookie",
                     str_printf(a, "other=1; " SESSION_COOKIE "=%.*s", STR_ARG(token)));
    if (!ask->no_csrf && csrf.n) scene_header(a, headers, &n, "X-Panah-CSRF", csrf);
    if (q.body.n)
        scene_header(a, headers, &n, "Content-Type",
                     str_of(ask->type ? ask->type : "application/json"));
    for (size_t i = 0; i < 4 && ask->more[i].name.s; i++)
        headers[n++] = ask->more[i];
    q.headers = headers;
    q.n_headers = n;
    Ctx c = ctx_new(&s->env, a);
    Response r = route(&c, s->api, &q);
    /* What comes next must not need what the request held. */
    r.body = str_copy(s->arena, r.body);
    for (size_t i = 0; i < r.n_headers; i++)
        r.headers[i].value = str_copy(s->arena, r.headers[i].value);
    arena_reset(a);
    return r;
}

static inline Val scene_body(Scene *s, const Response *r) {
    Val v = VAL_ABSENT;
    ctx_forget_errors(&s->c);
    if (json_parse(&s->c, r->body, 64 << 20, &v) != ST_OK)
        fail_msg("not JSON: %.*s", STR_ARG(r->body));
    return v;
}

/* Asks, wants this status, returns the body. */
static inline Val scene_want(Scene *s, int status, const Ask *ask) {
    Response r = scene_ask(s, ask);
    if (r.status != status)
        fail_msg("%s %s: %d instead of %d: %.*s", ask->method, ask->path, r.status, status,
                 STR_ARG(r.body));
    return r.body.n && (r.body.s[0] == '{' || r.body.s[0] == '[') ? scene_body(s, &r) : VAL_ABSENT;
}

static inline Val scene_get(Scene *s, const char *path) {
    return scene_want(s, 200, &(Ask){ .method = "GET", .path = path });
}

static inline Val scene_post(Scene *s, const char *path, const char *body) {
    return scene_want(s, 200, &(Ask){ .method = "POST", .path = path, .body = body });
}

/* The value at "errors.0.key": members by name, items by number. */
static inline Val scene_at(Val v, const char *path) {
    Str rest = str_of(path);
    while (rest.s) {
        Str part = str_cut(&rest, '.');
        uint64_t i;
        if (v.type == VAL_LIST && num_parse_u64(part, &i))
            v = i < v.list.n ? v.list.v[i] : VAL_ABSENT;
        else
            v = val_get_str(v, part);
    }
    return v;
}

static inline const char *scene_text(Scene *s, Val v, const char *path) {
    Val at = scene_at(v, path);
    return at.type == VAL_TEXT ? str_c(s->arena, at.text) : "";
}

/* Asks and wants this status with this key as the first error. */
static inline void scene_refused(Scene *s, int status, const char *key, const Ask *ask) {
    Val v = scene_want(s, status, ask);
    assert_string_equal(scene_text(s, v, "errors.0.key"), key);
    assert_true(scene_text(s, v, "errors.0.message")[0] != 0);
    /* The text is one of a catalogue, not the key itself. */
    assert_string_not_equal(scene_text(s, v, "errors.0.message"), key);
    assert_int_equal(strlen(scene_text(s, v, "reference")), 8);
    assert_true(scene_at(v, "status").i == status);
}

typedef struct Session2 {
    Str token, csrf;
} Session2;

static inline Session2 scene_sign_in(Scene *s, const char *login, const char *password) {
    const char *body =
        str_c(s->arena, str_printf(s->arena, "{'login':'%s','password':'%s'}", login, password));
    Response r = scene_ask(s, &(Ask){ .method = "POST",
                                      .path = "/api/v1/session",
                                      .body = body,
                                      .no_cookie = true,
                                      .no_csrf = true });
    if (r.status != 200) fail_msg("sign-in: %d %.*s", r.status, STR_ARG(r.body));
    Str cookie = response_header(&r, "Set-Cookie");
    assert_true(str_starts(cookie, STR(SESSION_COOKIE "=")));
    assert_true(str_ends(cookie, STR("; Path=/; HttpOnly; Secure; SameSite=Strict")));
    Str name = STR(SESSION_COOKIE "=");
    return (Session2){ str_slice(cookie, name.n, name.n + SESSION_TOKEN_TEXT_N),
                       str_of(scene_text(s, scene_body(s, &r), "csrf")) };
}

#endif
