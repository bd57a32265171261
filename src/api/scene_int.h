/* scene_int.h: the scene of this room's tests: an office behind an Api, an administrator with a session,
 * three operations of the tests' own. Requests are written as over HTTP. */
#ifndef API_SCENE_INT_H
#define API_SCENE_INT_H

#include "api/api_int.h"
#include "domain/admin/scene.h"
#include "domain/registry/registry.h"

#include <time.h>

#define SCENE_HOST "localhost:8470"
#define SCENE_PASSWORD "four plain words here"
enum { SCENE_PORT = 8470 };

/* What stands before the office. */
typedef struct Face {
    Api *api;
    Arena *call_arena;
    Str token, csrf; /* of the administrator's session */
    char host[32];   /* what requests call the node */
} Face;
static Face face;

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

static inline void face_open(Scene *s) {
    ApiOptions o = { .store = s->store,
                     .access = s->access,
                     .ops = &s->table,
                     .version = STR("0.0.0"),
                     .node_name = STR("laptop-7"),
                     .operation_name = STR("Test"),
                     .host = STR("localhost"),
                     .port = SCENE_PORT };
    scene_ok(s, &s->c, api_open(&s->c, &o, &face.api));
}

static inline Scene *face_make(void) {
    static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                         &scene_room };
    static const SceneOptions o = {
        .name = "api",
        .rooms = rooms,
        .n_rooms = sizeof rooms / sizeof rooms[0],
        .login = "admin",
        .password = SCENE_PASSWORD,
        .jobs = true,
    };
    Scene *s = scene_make(&o);
    face = (Face){ .call_arena = arena_new(&s->env, (size_t)256 << 20) };
    (void)snprintf(face.host, sizeof face.host, "%s", SCENE_HOST);
    face_open(s);
    return s;
}

static inline void face_close(Scene *s) {
    jobs_close(s->table.jobs); /* streams of events wait for them */
    s->table.jobs = NULL;
    api_close(face.api);
    scene_close(s);
}

static inline void face_drop(Scene *s) {
    jobs_close(s->table.jobs);
    s->table.jobs = NULL;
    api_close(face.api);
    arena_free(face.call_arena);
    scene_drop(s);
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

static inline Str quoted(Arena *a, const char *text) {
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
    Arena *a = face.call_arena;
    arena_reset(a);
    HttpHeader headers[16];
    size_t n = 0;
    Str host = str_of(ask->host ? ask->host : face.host);
    Str token = ask->token.s ? ask->token : face.token, csrf = ask->csrf.s ? ask->csrf : face.csrf;
    Request q = { .method = http_method(str_of(ask->method)),
                  .query = str_of(ask->path),
                  .body = ask->body ? quoted(a, ask->body) : ask->bytes,
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
    Response r = route(&c, face.api, &q);
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

/* Asks and wants this status with this key as the first error. */
static inline void ask_refused(Scene *s, int status, const char *key, const Ask *ask) {
    Val v = scene_want(s, status, ask);
    assert_string_equal(text_at(s, v, "errors.0.key"), key);
    assert_true(text_at(s, v, "errors.0.message")[0] != 0);
    /* The text is one of a catalogue, not the key itself. */
    assert_string_not_equal(text_at(s, v, "errors.0.message"), key);
    assert_int_equal(strlen(text_at(s, v, "reference")), 8);
    assert_true(at(v, "status").i == status);
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
                       str_of(text_at(s, scene_body(s, &r), "csrf")) };
}

/* A face whose calls are the administrator's. */
static inline Scene *face_make_signed_in(void) {
    Scene *s = face_make();
    Session2 session = scene_sign_in(s, "admin", SCENE_PASSWORD);
    face.token = session.token;
    face.csrf = session.csrf;
    return s;
}

#endif
