/* status.c: notes of trouble in the Ctx. */
#include "base/status.h"

#include "base/buf.h"
#include "base/env.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

Ctx ctx_new(Env *env, Arena *arena) {
    Time now = env_now(env);
    return (Ctx){
        .env = env,
        .arena = arena,
        .lang = STR("en"),
        .now = now,
        .today = day_of_time(now, 0),
        .path = STR(""),
    };
}

/* "members[2]" + "birth_date" → "members[2].birth_date"; "members" + "[2]" → "members[2]". */
static Str path_join(Arena *a, Str prefix, Str path) {
    if (prefix.n == 0) return str_copy(a, path);
    if (path.n == 0) return prefix;
    const char *dot = path.s[0] == '[' ? "" : ".";
    return str_printf(a, "%.*s%s%.*s", STR_ARG(prefix), dot, STR_ARG(path));
}

/* NULL when there are too many already. */
static Err *note(Ctx *c, Status status, const char *path, const char *key) {
    ASSERT(status != ST_OK);
    if (c->errs.n >= ERRS_MAX) {
        c->errs_dropped++;
        return NULL;
    }
    Err e = {
        .status = status,
        .path = path_join(c->arena, c->path, str_of(path ? path : "")),
        .key = str_copy(c->arena, str_of(key)),
        .cause = STR(""),
    };
    vec_push(c->arena, &c->errs, e);
    return &c->errs.v[c->errs.n - 1];
}

Status ctx_fail(Ctx *c, Status status, const char *path, const char *key, ...) {
    Err *e = note(c, status, path, key);
    if (!e) return status;
    va_list args;
    va_start(args, key);
    const char *name;
    while ((name = va_arg(args, const char *)) != NULL) {
        ASSERT(e->n_args < ERR_ARGS_MAX);
        Str value = va_arg(args, Str);
        e->args[e->n_args++] =
            (ErrArg){ str_copy(c->arena, str_of(name)), str_copy(c->arena, value) };
    }
    va_end(args);
    return status;
}

Status ctx_fail_cause(Ctx *c, Status status, const char *path, const char *key, Str cause) {
    Err *e = note(c, status, path, key);
    if (e) e->cause = str_copy(c->arena, cause);
    return status;
}

Str ctx_path_enter(Ctx *c, const char *format, ...) {
    Str old_path = c->path;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) BUG("ctx_path_enter: bad format");
    char *part = arena_alloc(c->arena, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(part, (size_t)n + 1, format, args);
    va_end(args);
    c->path = path_join(c->arena, old_path, (Str){ part, (size_t)n });
    return old_path;
}

void ctx_path_leave(Ctx *c, Str old_path) {
    c->path = old_path;
}

Status ctx_status(const Ctx *c) {
    return c->errs.n ? c->errs.v[c->errs.n - 1].status : ST_OK;
}

void ctx_forget_errors(Ctx *c) {
    c->errs.n = 0;
    c->errs_dropped = 0;
}

const char *status_name(Status st) {
    switch (st) {
    case ST_OK: return "ok";
    case ST_INVALID: return "invalid";
    case ST_USAGE: return "usage";
    case ST_UNAUTHENTICATED: return "unauthenticated";
    case ST_DENIED: return "denied";
    case ST_MISSING: return "missing";
    case ST_CONFLICT: return "conflict";
    case ST_LIMIT: return "limit";
    case ST_BUSY: return "busy";
    case ST_IO: return "io";
    case ST_CORRUPT: return "corrupt";
    case ST_CANCELLED: return "cancelled";
    case ST_MEMORY: return "memory";
    case ST_UNSUPPORTED: return "unsupported";
    }
    BUG("unknown status");
}

_Noreturn void bug_at(const char *file, int line, const char *what) {
    fprintf(stderr, "<2>event=bug at=%s:%d what=\"%s\"\n", file, line, what);
    abort();
}
