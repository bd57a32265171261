/* problem.c: what went wrong, for the person in front of the screen (RFC 9457) and for the log. */
#include "api/api_int.h"

#include <stdio.h>

#include "base/banned.h"

enum { PROBLEM_BYTES_MAX = 4 << 20, REFERENCE_N = 8 };

/* Trouble of HTTP itself, which has no Status of its own. */
static const struct {
    const char *key;
    int status;
} http_only[] = {
    { "error.http.host", 421 },    { "error.http.media_type", 415 },  { "error.http.method", 405 },
    { "error.http.headers", 431 }, { "error.http.path_length", 414 },
};

static const struct {
    Status st;
    int status;
} by_status[] = {
    { ST_INVALID, 422 },     { ST_USAGE, 400 },    { ST_UNAUTHENTICATED, 401 }, { ST_DENIED, 403 },
    { ST_MISSING, 404 },     { ST_CONFLICT, 409 }, { ST_LIMIT, 413 },           { ST_BUSY, 503 },
    { ST_IO, 503 },          { ST_CORRUPT, 500 },  { ST_CANCELLED, 499 },       { ST_MEMORY, 503 },
    { ST_UNSUPPORTED, 501 },
};

static Str find_arg(const Ctx *c, const char *name) {
    for (size_t i = 0; i < c->errs.n; i++)
        for (size_t k = 0; k < c->errs.v[i].n_args; k++)
            if (str_is(c->errs.v[i].args[k].name, name)) return c->errs.v[i].args[k].value;
    return STR_NONE;
}

int status_to_http(const Ctx *c, Status st) {
    for (size_t i = 0; i < c->errs.n; i++)
        for (size_t k = 0; k < sizeof http_only / sizeof http_only[0]; k++)
            if (str_is(c->errs.v[i].key, http_only[k].key)) return http_only[k].status;
    if (st == ST_LIMIT && find_arg(c, "retry_after_s").s) return 429;
    for (size_t i = 0; i < sizeof by_status / sizeof by_status[0]; i++)
        if (by_status[i].st == st) return by_status[i].status;
    return 500;
}

/* The two values of a stale change come as JSON: here they are what they are. */
static Val arg_show(Ctx *c, const Err *e, const ErrArg *arg) {
    Val v = val_text(arg->value.s ? arg->value : STR(""));
    size_t noted = c->errs.n;
    bool is_json = str_is(e->key, "error.stale");
    if (is_json && json_parse(c, v.text, 1 << 20, &v) != ST_OK) v = val_text(arg->value);
    c->errs.n = noted;
    return v;
}

Val errors_show(Ctx *c, const Model *m, Str lang) {
    Val list = val_list();
    for (size_t i = 0; i < c->errs.n; i++) {
        const Err *e = &c->errs.v[i];
        Val item = val_map(), args = val_map();
        val_set_c(c->arena, &item, "path", val_text(e->path.s ? e->path : STR("")));
        val_set_c(c->arena, &item, "key", val_text(e->key));
        val_set_c(c->arena, &item, "message", val_text(model_message(m, c->arena, lang, e)));
        for (size_t k = 0; k < e->n_args; k++)
            val_set(c->arena, &args, e->args[k].name, arg_show(c, e, &e->args[k]));
        if (e->n_args) val_set_c(c->arena, &item, "args", args);
        val_push(c->arena, &list, item);
    }
    return list;
}

/* Letters and digits that can be read out over a telephone. */
static Str reference_new(Ctx *c) {
    static const char alphabet[] = "23456789abcdefghjkmnpqrstuvwxyz";
    uint8_t bytes[REFERENCE_N];
    env_random(c->env, bytes, sizeof bytes);
    char *text = arena_alloc(c->arena, REFERENCE_N);
    for (size_t i = 0; i < REFERENCE_N; i++)
        text[i] = alphabet[bytes[i] % (sizeof alphabet - 1)];
    return str_n(text, REFERENCE_N);
}

/* Keys, paths and causes hold no personal data; values of messages may, and stay out of the log. */
static void problem_log(Ctx *c, Api *api, int status, Str reference, const char *route) {
    const Err *e = c->errs.n ? &c->errs.v[0] : NULL;
    LogLevel level = status >= 500 ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO;
    if (status == 401 || status == 404) level = LOG_LEVEL_DEBUG;
    char number[16];
    snprintf(number, sizeof number, "%d", status);
    atomic_fetch_add(&api->metrics.problems_logged, 1);
    log_line(api->env, level, "problem", "reference", str_c(c->arena, reference), "status", number,
             "route", route, "key", e ? str_c(c->arena, e->key) : "", "path",
             e && e->path.s ? str_c(c->arena, e->path) : "", "cause",
             e && e->cause.s ? str_c(c->arena, e->cause) : "", NULL);
}

void response_problem(Ctx *c, Api *api, Response *r, Status st, const char *route) {
    const Model *m = store_model(api->o.store);
    Arena *a = c->arena;
    int status = status_to_http(c, st);
    Str code = str_of(status_name(st)), reference = reference_new(c);
    Str wait = find_arg(c, "retry_after_s");
    int64_t wait_s = 0;
    Val v = val_map();
    val_set_c(a, &v, "type", val_text(str_printf(a, "urn:panah:problem:%.*s", STR_ARG(code))));
    Str label = str_printf(a, "problem.%.*s", STR_ARG(code));
    val_set_c(a, &v, "title", val_text(model_label(m, c->lang, label, NULL)));
    val_set_c(a, &v, "status", val_int(status));
    val_set_c(a, &v, "code", val_text(code));
    val_set_c(a, &v, "reference", val_text(reference));
    val_set_c(a, &v, "errors", errors_show(c, m, c->lang));
    if (c->errs_dropped) val_set_c(a, &v, "errors_left_out", val_int((int64_t)c->errs_dropped));
    if (num_parse_i64(wait.s ? wait : STR(""), &wait_s)) {
        val_set_c(a, &v, "retry_after_s", val_int(wait_s));
        response_add(r, STR("Retry-After"), wait);
    } else if (status == 503) {
        response_add(r, STR("Retry-After"), STR("2"));
    }
    Buf out = buf_new(a, PROBLEM_BYTES_MAX);
    json_write(&out, v);
    r->status = status;
    r->content_type = PROBLEM_TYPE;
    r->body = buf_full(&out) ? STR("{}") : buf_text(&out);
    r->body_lasts = false;
    problem_log(c, api, status, reference, route);
}
