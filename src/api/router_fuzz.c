/* router_fuzz.c: any request against a small folder: method, path, headers, body. The folder is a real
 * one, made at the start and removed at the end; requests are local or carry a session, so that the
 * operations are reached too.
 *
 * Input: a byte for the method (or, from 128 on, for a row of the router's table), a byte of switches
 * (and of the operation), then lines: path with query (or what stands for {…}), headers "Name: value",
 * an empty line, the body. */
#include "api/api_int.h"
#include "domain/admin/admin.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "model/messages.h"
#include "store/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

enum { KINDS = 48, OPS = 128, LABELS = 20, HEADERS = 24, LOCAL = 1, SESSION = 2, HOST = 4 };
#define PASSWORD "four plain words here"

static Env env;
static Arena *work, *kept;
static Api *api;
static Store *store;
static Access *access_;
static OpTable table;
static Str token, csrf;
static char dir[TRIAL_DIR_N];

static void drop(void) {
    jobs_close(table.jobs);
    api_close(api);
    access_close(access_);
    store_close(store);
    trial_remove(dir);
    arena_free(work);
    arena_free(kept);
}

static Status first(Ctx *c, Tx *tx, void *arg) {
    FirstRecords in = { .login = STR("admin"), .keep_password = true };
    FirstIds ids;
    (void)arg;
    TRY(access_password_hash(c, access_, STR(PASSWORD), &in.password_phc));
    return admin_first_records(c, tx, &in, &ids);
}

static void start(void) {
    static const Kind *kinds[KINDS];
    static const Op *ops[OPS];
    static LabelSource labels[LABELS];
    static ModelSource model;
    const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room };
    for (size_t r = 0; r < 4; r++) {
        for (size_t i = 0; i < rooms[r]->n_kinds; i++)
            kinds[model.n_kinds++] = rooms[r]->kinds[i];
        for (size_t i = 0; i < rooms[r]->n_ops; i++)
            ops[table.n++] = &rooms[r]->ops[i];
    }
    size_t n = 0;
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        labels[n++] = builtin_messages[i];
    model.kinds = kinds;
    model.lists = builtin_code_lists;
    model.n_lists = builtin_code_lists_n;
    model.labels = labels;
    model.n_labels = n;
    table.ops = ops;
    log_set_level(LOG_LEVEL_ERROR);
    crypt_start();
    env_test_init(&env, 7, (Time)1795435200 * TIME_SECOND);
    kept = arena_new(&env, (size_t)256 << 20);
    Ctx c = ctx_new(&env, kept);
    Str recovery;
    ASSERT(trial_folder(dir, "fuzz-router"));
    StoreOptions so = { .dir = dir, .model = &model, .password_quick = true, .n_readers = 2 };
    AccessOptions ao = { .password_quick = true };
    ASSERT(store_init(&c, &so, STR("Fuzz"), &recovery) == ST_OK);
    ASSERT(store_open(&c, &so, &store) == ST_OK);
    c.store = store;
    c.now = env_now(&env);
    actor_enter(&c, actor_system());
    ASSERT(access_open(&c, store, &ao, &access_) == ST_OK);
    table.access = access_;
    ASSERT(jobs_open(&c, store, &table, &table.jobs) == ST_OK);
    ASSERT(store_write(store, &c, first, NULL) == ST_OK);
    ApiOptions o = { .store = store,
                     .access = access_,
                     .ops = &table,
                     .version = STR("0"),
                     .host = STR("localhost"),
                     .port = 8470 };
    ASSERT(api_open(&c, &o, &api) == ST_OK);
    SignIn in = { .login = STR("admin"), .password = STR(PASSWORD) };
    ASSERT(session_sign_in(&c, access_, &in, &token) == ST_OK);
    csrf = session_csrf(kept, token);
    work = arena_new(&env, (size_t)64 << 20);
    atexit(drop);
}

static size_t read_headers(Str *rest, HttpHeader *out, size_t n) {
    while (rest->s && n < HEADERS) {
        Str value = str_cut(rest, '\n');
        if (value.n == 0) break;
        Str name = str_cut(&value, ':');
        /* As the socket server hands them on. */
        if (value.s && str_utf8_valid(name) && str_utf8_valid(value))
            out[n++] = (HttpHeader){ name, str_trim(value) };
    }
    return n;
}

/* The path of a row, with what the input gives for its parameters. */
static Str row_path(const Route *r, size_t op, Str given) {
    Buf b = buf_new(work, 1 << 20);
    Str rest = str_slice(str_of(r->pattern), 1, SIZE_MAX);
    while (rest.s) {
        Str part = str_cut(&rest, '/');
        buf_byte(&b, '/');
        if (part.s[0] != '{')
            buf_str(&b, part);
        else
            buf_str(&b, r->fn == route_op ? str_of(table.ops[op % table.n]->name)
                                          : str_cut(&given, ' '));
        if (!given.s) given = STR("");
    }
    return buf_text(&b);
}

/* What must hold of every answer. */
static void check(const Response *r) {
    ASSERT(r->status >= 200 && r->status < 600);
    ASSERT(response_header(r, "Content-Security-Policy").s != NULL);
    ASSERT(response_header(r, "Cache-Control").s != NULL);
    bool json = r->content_type && strstr(r->content_type, "json");
    if (json && r->body.n) {
        Ctx c = ctx_new(&env, work);
        Val v;
        ASSERT(json_parse(&c, r->body, (size_t)64 << 20, &v) == ST_OK);
        ASSERT(r->status < 400 || val_get_int(v, "status", 0) == r->status);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    if (!work) start();
    if (n < 2) return 0;
    HttpHeader headers[HEADERS + 4];
    size_t n_headers = 0;
    uint8_t switches = bytes[1];
    Str rest = str_n(bytes + 2, n - 2), line = str_cut(&rest, '\n');
    Request q = { .method = (HttpMethod)(bytes[0] % (HTTP_OTHER + 1)),
                  .query = line,
                  .source = STR("127.0.0.1"),
                  .local = switches & LOCAL,
                  .spoken_by = STR("fuzz") };
    q.path = str_cut(&q.query, '?');
    if (bytes[0] & 0x80) {
        const Route *row = &routes[(bytes[0] & 0x7f) % n_routes];
        q.method = row->method;
        q.path = row_path(row, switches >> 3, q.path);
    }
    if (switches & HOST) headers[n_headers++] = (HttpHeader){ STR("Host"), STR("localhost:8470") };
    if (switches & SESSION) {
        headers[n_headers++] =
            (HttpHeader){ STR("Cookie"), str_printf(work, SESSION_COOKIE "=%.*s", STR_ARG(token)) };
        headers[n_headers++] = (HttpHeader){ STR("X-Panah-CSRF"), csrf };
        headers[n_headers++] = (HttpHeader){ STR("Content-Type"), STR("application/json") };
    }
    q.n_headers = read_headers(&rest, headers, n_headers);
    q.headers = headers;
    q.body = rest.s ? rest : STR("");
    Ctx c = ctx_new(&env, work);
    Response r = route(&c, api, &q);
    check(&r);
    arena_reset(work);
    return 0;
}
