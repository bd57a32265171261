/* router.c: from a request to the function that answers it: one table, and before it what holds for
 * every request: whose host, which session, which origin, which language. */
#include "api/api_int.h"

#include "base/banned.h"

const Route routes[] = {
    { HTTP_GET, ROUTE_LOCKED_TOO | ROUTE_FIRST_TOO | ROUTE_GLANCE, "/api/v1/session",
      route_session_get, "Who is signed in, and what they may do", NULL, "Session" },
    { HTTP_POST, ROUTE_PUBLIC | ROUTE_NO_TOKEN, "/api/v1/session", route_session_sign_in, "Sign in",
      &sign_in_shape, "Session" },
    { HTTP_DELETE, ROUTE_LOCKED_TOO | ROUTE_FIRST_TOO, "/api/v1/session", route_session_sign_out,
      "Sign out", NULL, NULL },
    { HTTP_POST, ROUTE_LOCKED_TOO | ROUTE_FIRST_TOO, "/api/v1/session/lock", route_session_lock,
      "Lock the screen; the session stays", NULL, "Session" },
    { HTTP_POST, ROUTE_LOCKED_TOO | ROUTE_FIRST_TOO, "/api/v1/session/unlock", route_session_unlock,
      "Unlock the screen", &unlock_shape, "Session" },
    { HTTP_POST, ROUTE_FIRST_TOO, "/api/v1/session/password", route_session_password,
      "Change one's password", &password_shape, "Session" },
    { HTTP_POST, ROUTE_FIRST_TOO, "/api/v1/session/language", route_session_language,
      "Choose the language of this session", &language_shape, "Session" },
    { HTTP_GET, ROUTE_FIRST_TOO | ROUTE_GLANCE, "/api/v1/meta", route_meta,
      "Kinds, fields, code lists and operations, with labels", NULL, "Meta" },
    { HTTP_GET, ROUTE_PUBLIC, "/api/v1/messages/{lang}", route_messages, "All texts of a language",
      NULL, "Messages" },
    { HTTP_GET, ROUTE_FIRST_TOO, "/api/v1/openapi.json", route_openapi, "This description", NULL,
      NULL },
    { HTTP_POST, 0, "/api/v1/op/{name}", route_op, "Do one of the operations", NULL, NULL },
    { HTTP_POST, 0, "/api/v1/query", route_query, "Records that meet a condition, a page at a time",
      &query_shape, "Page" },
    { HTTP_PUT, ROUTE_RAW, "/api/v1/blob", route_blob_put,
      "Hand in a picture, or a list as text/csv; an operation that names it keeps it", NULL,
      "Blob" },
    { HTTP_GET, 0, "/api/v1/blob/{hex}", route_blob_get, "A picture", NULL, NULL },
    { HTTP_GET, ROUTE_GLANCE, "/api/v1/job", route_jobs, "Long work, the newest first", NULL,
      "Jobs" },
    { HTTP_GET, ROUTE_GLANCE, "/api/v1/job/{id}", route_job, "How far a job is", NULL, "Job" },
    { HTTP_GET, ROUTE_GLANCE, "/api/v1/job/{id}/events", route_job_events,
      "The same as server-sent events", NULL, NULL },
    { HTTP_DELETE, 0, "/api/v1/job/{id}", route_job_cancel, "Ask a job to stop", NULL, "Job" },
    { HTTP_GET, 0, "/api/v1/qr/{text}", route_qr, "A QR code as SVG: TEXT.svg", NULL, NULL },
    { HTTP_GET, ROUTE_SYSTEM, "/api/v1/system", route_system, "State of the node", NULL, "System" },
    { HTTP_POST, ROUTE_SYSTEM, "/api/v1/system/verify", route_verify,
      "Check the ledger, byte for byte", &verify_shape, "Report" },
    { HTTP_POST, ROUTE_SYSTEM, "/api/v1/system/rebuild", route_rebuild,
      "Project the ledger anew and compare, or swap", &rebuild_shape, "Report" },
    { HTTP_POST, ROUTE_SYSTEM, "/api/v1/system/recovery-printed", route_recovery_printed,
      "Confirm that the recovery key is on paper and put away", NULL, "System" },
    { HTTP_GET, ROUTE_PUBLIC | ROUTE_GLANCE, "/healthz", route_health, "Is the node well?", NULL,
      "Health" },
    { HTTP_GET, ROUTE_PUBLIC | ROUTE_GLANCE, "/metrics", route_metrics, "Counters for Prometheus",
      NULL, NULL },
    /* Last: it would hide the others. */
    { HTTP_GET, 0, "/api/v1/{kind}/{id}", route_record, "One record; as_of: as it stood at a time",
      NULL, "Record" },
};
const size_t n_routes = sizeof routes / sizeof routes[0];

static const char csp[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/* ---- responses --------------------------------------------------------------------------------- */

void response_add(Response *r, Str name, Str value) {
    ASSERT(r->n_headers < RESPONSE_HEADERS_MAX);
    r->headers[r->n_headers++] = (HttpHeader){ name, value };
}

void response_json(Response *r, int status, Str body) {
    r->status = status;
    r->content_type = JSON_TYPE;
    r->body = body;
}

void response_val(Ctx *c, Response *r, int status, Val v) {
    Buf out = buf_new(c->arena, 64 << 20);
    json_write(&out, v);
    response_json(r, status, buf_text(&out));
}

bool response_unchanged(const Request *q, Response *r, Str etag) {
    response_add(r, STR("ETag"), etag);
    Str named = request_header(q, "If-None-Match");
    if (!named.s || !etag_named(named, etag)) return false;
    r->status = 304;
    r->body = STR("");
    return true;
}

static void add_security(Response *r) {
    response_add(r, STR("Content-Security-Policy"), str_n(csp, sizeof csp - 1));
    response_add(r, STR("X-Content-Type-Options"), STR("nosniff"));
    response_add(r, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
    response_add(r, STR("Cross-Origin-Resource-Policy"), STR("same-origin"));
    response_add(r, STR("Referrer-Policy"), STR("no-referrer"));
    if (!response_header(r, "Cache-Control").s)
        response_add(r, STR("Cache-Control"), STR("no-store"));
}

static Response out_of_memory(void) {
    Response r = { .status = 503,
                   .content_type = PROBLEM_TYPE,
                   .body = STR_INIT("{\"type\":\"urn:panah:problem:memory\",\"title\":\"memory\","
                                    "\"status\":503,\"code\":\"memory\",\"reference\":\"\","
                                    "\"errors\":[{\"path\":\"\",\"key\":\"error.memory\","
                                    "\"message\":\"error.memory\"}]}"),
                   .body_lasts = true };
    add_security(&r);
    return r;
}

/* ---- which route ------------------------------------------------------------------------------- */

static bool pattern_fits(const char *pattern, const Str *segments, size_t n, Str params[2]) {
    Str rest = str_slice(str_of(pattern), 1, SIZE_MAX);
    size_t at = 0, n_params = 0;
    while (rest.s) {
        Str part = str_cut(&rest, '/');
        if (at == n) return false;
        if (part.s[0] == '{')
            params[n_params++] = segments[at];
        else if (!str_eq(part, segments[at]))
            return false;
        at++;
    }
    return at == n;
}

typedef struct Found {
    const Route *route; /* NULL: none with this method */
    uint32_t methods;   /* that the path has */
} Found;

static Found find_route(HttpMethod method, const Str *segments, size_t n, Str params[2]) {
    Found found = { 0 };
    HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
    for (size_t i = 0; i < n_routes && !found.route; i++) {
        Str here[2] = { STR_NONE, STR_NONE };
        if (!pattern_fits(routes[i].pattern, segments, n, here)) continue;
        /* The pattern of any record must not take methods for paths that others have. */
        if (i == n_routes - 1 && found.methods) break;
        found.methods |= 1u << routes[i].method;
        if (routes[i].method != wanted) continue;
        found.route = &routes[i];
        memcpy(params, here, sizeof here);
    }
    return found;
}

static Str allow_header(Arena *a, uint32_t methods) {
    static const char *const names[] = { "GET, HEAD", "", "POST", "PUT", "DELETE" };
    Buf out = buf_new(a, 128);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (methods & 1u << i) buf_printf(&out, "%s, ", names[i]);
    buf_str(&out, STR("OPTIONS"));
    return buf_text(&out);
}

/* ---- before the route -------------------------------------------------------------------------- */

size_t request_body_max(const Request *q) {
    bool file = q->method == HTTP_PUT && str_is(q->path, "/api/v1/blob");
    return file ? REQUEST_FILE_MAX : REQUEST_BODY_MAX;
}

const char *request_too_large(const Request *q) {
    return request_body_max(q) == REQUEST_FILE_MAX ? "error.http.file" : "error.http.body";
}

static Status check_size(Ctx *c, const Request *q) {
    size_t n = 0;
    for (size_t i = 0; i < q->n_headers; i++)
        n += q->headers[i].name.n + q->headers[i].value.n + 4;
    if (n > REQUEST_HEADERS_MAX) return FAIL(c, ST_LIMIT, "", "error.http.headers");
    if (q->path.n + q->query.n > REQUEST_PATH_MAX)
        return FAIL(c, ST_LIMIT, "", "error.http.path_length");
    if (q->body.n > request_body_max(q)) return FAIL(c, ST_LIMIT, "", request_too_large(q));
    return ST_OK;
}

static Status check_host(Ctx *c, const Api *api, const Request *q) {
    if (q->local) return ST_OK;
    if (host_allowed(request_header(q, "Host"), api->o.host, api->o.port)) return ST_OK;
    return FAIL(c, ST_DENIED, "", "error.http.host");
}

/* A command on the node itself: the operating system has said who it is. */
static Status enter_local(Ctx *c, Call *k) {
    Str as = request_header(k->q, "X-Panah-As");
    const Actor *actor;
    if (as.s && as.n) {
        TRY(access_actor_of_login(c, k->api->o.access, as, k->q->spoken_by, &actor));
        /* Nobody signs in with a password here. */
        Actor *at_hand = arena_copy(c->arena, actor, sizeof *actor);
        at_hand->must_change_password = false;
        actor_enter(c, at_hand);
    } else {
        Actor *program = arena_new_of(c->arena, Actor);
        *program = *actor_system();
        program->spoken_by = k->q->spoken_by;
        actor_enter(c, program);
    }
    Str lang = request_header(k->q, "Accept-Language");
    if (lang.s) c->lang = accepted_language(lang);
    return ST_OK;
}

static Status enter_session(Ctx *c, Call *k, const Route *r) {
    Str cookies = request_header(k->q, "Cookie");
    Str token = cookies.s ? cookie_value(cookies, SESSION_COOKIE) : STR_NONE;
    if (!token.s || token.n != SESSION_TOKEN_TEXT_N)
        return FAIL(c, ST_UNAUTHENTICATED, "", "error.session.none");
    SessionUse use = r->flags & ROUTE_GLANCE || request_header(k->q, "X-Panah-Glance").s
                         ? SESSION_GLANCE
                         : SESSION_ACTIVE;
    const Actor *actor;
    TRY(session_find(c, k->api->o.access, token, use, &actor));
    k->token = token;
    if (actor->locked && !(r->flags & ROUTE_LOCKED_TOO))
        return FAIL(c, ST_DENIED, "", "error.session.locked");
    if (actor->must_change_password && !(r->flags & ROUTE_FIRST_TOO))
        return FAIL(c, ST_DENIED, "", "error.session.must_change_password");
    return ST_OK;
}

static bool changes_something(HttpMethod m) {
    return m != HTTP_GET && m != HTTP_HEAD && m != HTTP_OPTIONS;
}

/* A page of another site may send requests with our cookie, but it can read neither the token nor
 * set a header, and the browser says where it comes from. */
static Status check_forgery(Ctx *c, const Call *k, const Route *r) {
    if (k->q->local || !changes_something(k->q->method)) return ST_OK;
    if (!same_origin(k->q)) return FAIL(c, ST_DENIED, "", "error.http.origin");
    if (r->flags & ROUTE_NO_TOKEN) return ST_OK;
    Str csrf = request_header(k->q, "X-Panah-CSRF");
    if (csrf.s && session_csrf_is(k->token, csrf)) return ST_OK;
    return FAIL(c, ST_DENIED, "", "error.http.csrf");
}

static Status check_body(Ctx *c, const Call *k, const Route *r) {
    if (k->q->body.n == 0 || r->flags & ROUTE_RAW) return ST_OK;
    if (media_type_is(request_header(k->q, "Content-Type"), JSON_TYPE)) return ST_OK;
    return FAIL(c, ST_USAGE, "", "error.http.media_type", "wanted", STR(JSON_TYPE));
}

static Status run_route(Ctx *c, Call *k, const Route *r) {
    if (k->q->local) {
        TRY(enter_local(c, k));
    } else if (!(r->flags & ROUTE_PUBLIC)) {
        TRY(enter_session(c, k, r));
    }
    TRY(check_forgery(c, k, r));
    TRY(check_body(c, k, r));
    Str lang = query_param(c->arena, k->q->query, "lang");
    if (lang.s && language_known(lang)) c->lang = languages[language_index(lang)];
    if (r->flags & ROUTE_SYSTEM) TRY(actor_require(c, PERM_SYSTEM));
    return r->fn(c, k);
}

/* ---- the whole --------------------------------------------------------------------------------- */

static Status answer(Ctx *c, Call *k, const char **ret_route) {
    const Request *q = k->q;
    TRY(check_size(c, q));
    TRY(check_host(c, k->api, q));
    Str segments[PATH_SEGMENTS_MAX];
    size_t n;
    if (!path_split(c->arena, q->path, segments, &n))
        return FAIL(c, ST_USAGE, "", "error.http.path");
    Found found = find_route(q->method, segments, n, k->params);
    bool is_api = n > 0 && str_is(segments[0], "api");
    if (!found.methods && !is_api) {
        *ret_route = "static";
        found.methods = 1u << HTTP_GET;
        if (q->method == HTTP_GET || q->method == HTTP_HEAD) return static_file(c, k);
    }
    if (!found.methods) return FAIL(c, ST_MISSING, "", "error.http.route");
    if (q->method == HTTP_OPTIONS) {
        response_add(k->out, STR("Allow"), allow_header(c->arena, found.methods));
        k->out->status = 204;
        return ST_OK;
    }
    if (!found.route) {
        response_add(k->out, STR("Allow"), allow_header(c->arena, found.methods));
        return FAIL(c, ST_USAGE, "", "error.http.method");
    }
    *ret_route = found.route->pattern;
    return run_route(c, k, found.route);
}

static Response route_guarded(Ctx *c, Api *api, const Request *q) {
    Response r = { .status = 500 };
    Call k = { .api = api, .q = q, .out = &r };
    const char *name = "none";
    c->store = api->o.store;
    c->now = env_now(c->env);
    c->today = day_of_time(c->now, 0);
    Str accept = request_header(q, "Accept-Language");
    c->lang = accepted_language(accept.s ? accept : STR(""));
    Status st = answer(c, &k, &name);
    if (st != ST_OK) {
        r.events_path = STR_NONE;
        response_problem(c, api, &r, st, name);
    }
    add_security(&r);
    return r;
}

Response route(Ctx *c, Api *api, const Request *q) {
    int64_t began = env_monotonic_us(c->env);
    Response r;
    if (ARENA_GUARD(c->arena) != 0) {
        log_error(c->env, "request_memory", NULL);
        r = out_of_memory();
    } else {
        r = route_guarded(c, api, q);
    }
    arena_unguard(c->arena);
    metrics_count(api, r.status, env_monotonic_us(c->env) - began, q->body.n, r.body.n);
    return r;
}

Response route_refused(Ctx *c, Api *api, const Request *q, Status st, const char *key) {
    Response r;
    if (ARENA_GUARD(c->arena) != 0) {
        r = out_of_memory();
    } else {
        Response refused = { .status = 500 };
        Str accept = request_header(q, "Accept-Language");
        c->lang = accepted_language(accept.s ? accept : STR(""));
        response_problem(c, api, &refused, ctx_fail(c, st, "", key, NULL), "refused");
        add_security(&refused);
        r = refused;
    }
    arena_unguard(c->arena);
    metrics_count(api, r.status, 0, 0, r.body.n);
    return r;
}

Status call_input(Ctx *c, Call *k, const Shape *shape, Val *ret) {
    Val in = VAL_ABSENT;
    if (k->q->body.n) TRY(json_parse(c, k->q->body, REQUEST_BODY_MAX, &in));
    return shape_check(c, store_model(k->api->o.store), shape, in, ret);
}

Status call_read(Ctx *c, Call *k) {
    return store_read_begin(k->api->o.store, c);
}
