/* status.h: how trouble travels.
 *
 * BUG(): a programmer's error; the program stops with file and line. Asserts stay on in release.
 * Status + Err: the world's trouble. A function that can fail returns a Status; where it is not
 * ST_OK it has noted at least one Err in its Ctx:
 *
 *     if (day > today) return FAIL(c, ST_INVALID, "birth_date", "error.date.future");
 *
 * An Err carries the path of the field, a message key (looked up in the user's language by whoever
 * shows it) and named values for the message. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include "base/vec.h"

typedef enum Status {
    ST_OK = 0,
    ST_INVALID,         /* the input breaks a rule; nothing was done          422 */
    ST_USAGE,           /* the request itself is malformed                    400 */
    ST_UNAUTHENTICATED, /* sign in first                                      401 */
    ST_DENIED,          /* not allowed to you                                 403 */
    ST_MISSING,         /* unknown, or not yours to see                       404 */
    ST_CONFLICT,        /* something else stands in the way (stale, claimed)  409 */
    ST_LIMIT,           /* too large, too deep, too many, too often           413 / 429 */
    ST_BUSY,            /* try again                                          503 */
    ST_IO,              /* disk or network                                    503 */
    ST_CORRUPT,         /* stored bytes are not what was written              500 */
    ST_CANCELLED,       /* by the user or by the stop of the program          499 */
    ST_MEMORY,          /* over the request's memory cap                      503 */
    ST_UNSUPPORTED,     /* a version or feature we do not know                501 */
} Status;

#define TRY(expression)                                                                            \
    do {                                                                                           \
        Status try_status_ = (expression);                                                         \
        if (try_status_ != ST_OK) return try_status_;                                              \
    } while (0)

typedef struct ErrArg {
    Str name, value;
} ErrArg;

enum { ERR_ARGS_MAX = 4, ERRS_MAX = 1000 };

typedef struct Err {
    Status status;
    Str path; /* field path such as "members[2].birth_date"; empty: the whole */
    Str key;  /* message key such as "error.date.future" */
    ErrArg args[ERR_ARGS_MAX];
    size_t n_args;
    Str cause; /* for the log and for developers; never personal data */
} Err;

typedef int64_t Time;

/* What a call runs in. One Ctx a thread; everything returned through it lives in `arena`. */
typedef struct Ctx {
    Env *env;
    Arena *arena;
    Str lang;                  /* BCP 47: "en" "fr" "fa-AF" … */
    Time now;                  /* fixed once a request, microseconds UTC */
    int32_t today;             /* days since 1970-01-01 in the office's time zone */
    const struct Actor *actor; /* access: who acts; NULL before sign-in */
    const struct Reach *reach; /* store: which scopes may be read; NULL: none */
    struct Store *store;       /* store: the open data folder */
    struct Reader *reader;     /* store: this thread's read connection, or the writer's */
    struct Tx *tx;             /* store: the act being written; NULL while reading */
    Str path;                  /* prefix for the paths of errors noted below */
    VEC(Err) errs;
    size_t errs_dropped; /* noted beyond ERRS_MAX */
} Ctx;

Ctx ctx_new(Env *env, Arena *arena);

/* Notes an error and returns its status. Arguments after key: pairs of name (const char *) and
 * value (Str), ended by NULL. */
Status ctx_fail(Ctx *c, Status status, const char *path, const char *key, ...)
    __attribute__((sentinel));
#define FAIL(c, status, path, ...) ctx_fail((c), (status), (path), __VA_ARGS__, NULL)
/* As FAIL, with a cause for the log. */
Status ctx_fail_cause(Ctx *c, Status status, const char *path, const char *key, Str cause);
/* Prepends to the paths of errors noted from now on; returns the old prefix for ctx_path_leave. */
Str ctx_path_enter(Ctx *c, const char *format, ...) PRINTF_LIKE(2, 3);
void ctx_path_leave(Ctx *c, Str old_path);
/* The newest error's status, or ST_OK. */
Status ctx_status(const Ctx *c);
void ctx_forget_errors(Ctx *c);
const char *status_name(Status st); /* "invalid", "denied" … stable: part of the API */

_Noreturn void bug_at(const char *file, int line, const char *what);
#define BUG(what) bug_at(__FILE__, __LINE__, (what))
#define ASSERT(condition) ((condition) ? (void)0 : bug_at(__FILE__, __LINE__, #condition))

#endif
