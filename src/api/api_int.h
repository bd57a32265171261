/* api_int.h: what the files of the room share. */
#ifndef API_API_INT_H
#define API_API_INT_H

#include "api/api.h"

#include <pthread.h>

#define SESSION_COOKIE "__Host-panah"
#define JSON_TYPE "application/json"
#define PROBLEM_TYPE "application/problem+json"

/* ---- request.c: reading what a request line and headers say; pure ---------------------------- */

enum { PATH_SEGMENTS_MAX = 8 };

/* Percent-decoding. False: a broken escape, NUL, or not UTF-8. */
bool url_decode(Arena *a, Str text, Str *ret) CHECKED;
/* "/api/v1/op/x" → its decoded segments. False where it is no absolute path, has an empty segment
 * (but for a last one), "." or "..", a control character or an encoded '/'. */
bool path_split(Arena *a, Str path, Str segments[PATH_SEGMENTS_MAX], size_t *ret_n) CHECKED;
/* The first value of a name in a query string; STR_NONE when absent or broken. */
Str query_param(Arena *a, Str query, const char *name);
/* The first cookie of that name; STR_NONE when absent. Points into the header. */
Str cookie_value(Str header, const char *name);
/* Is the tag named by an If-None-Match header? Weak comparison (RFC 9110 §8.8.3.2). */
bool etag_named(Str if_none_match, Str etag);
bool accepts_gzip(Str accept_encoding);
/* STR_NONE where it would not get smaller. */
Str gzip_pack(Arena *a, Str plain);
/* The first of en fr fa ps ar that an Accept-Language header names; "en" without. */
Str accepted_language(Str accept_language);
bool language_known(Str lang);
/* "application/json; charset=utf-8" is application/json. */
bool media_type_is(Str content_type, const char *type);
/* Against DNS rebinding: is this Host header one of ours? */
bool host_allowed(Str host, Str listen_host, uint16_t port);
/* Did our own page send this? Looks at Origin and Sec-Fetch-Site; both may be absent. */
bool same_origin(const Request *q);

/* ---- routes ------------------------------------------------------------------------------------ */

typedef enum RouteFlag {
    ROUTE_PUBLIC = 1 << 0,     /* before sign-in */
    ROUTE_LOCKED_TOO = 1 << 1, /* also while the session is locked or its first password stands */
    ROUTE_FIRST_TOO = 1 << 2,  /* also before the first password is changed */
    ROUTE_NO_TOKEN = 1 << 3,   /* no CSRF token: there is no session yet */
    ROUTE_GLANCE = 1 << 4,     /* a page asks by itself: does not keep a session alive */
    ROUTE_RAW = 1 << 5,        /* the body is not JSON */
    ROUTE_SYSTEM = 1 << 6,     /* PERM_SYSTEM */
} RouteFlag;

typedef struct Call {
    Api *api;
    const Request *q;
    Str params[2]; /* what {…} in the pattern matched */
    Str token;     /* of the session; empty: none */
    Response *out;
} Call;

typedef struct Route {
    HttpMethod method;
    uint32_t flags;      /* RouteFlag */
    const char *pattern; /* "/api/v1/op/{name}" */
    Status (*fn)(Ctx *c, Call *k);
    const char *summary; /* for openapi.json */
    const Shape *takes;  /* the body; NULL: none, or not a fixed shape */
    const char *returns; /* name of a schema in openapi.json; NULL: none */
} Route;
extern const Route routes[];
extern const size_t n_routes;

/* The routes' functions, by file. */
Status route_session_get(Ctx *c, Call *k) CHECKED; /* routes_session.c */
Status route_session_sign_in(Ctx *c, Call *k) CHECKED;
Status route_session_sign_out(Ctx *c, Call *k) CHECKED;
Status route_session_lock(Ctx *c, Call *k) CHECKED;
Status route_session_unlock(Ctx *c, Call *k) CHECKED;
Status route_session_password(Ctx *c, Call *k) CHECKED;
Status route_session_language(Ctx *c, Call *k) CHECKED;
Status route_meta(Ctx *c, Call *k) CHECKED; /* meta.c */
Status route_messages(Ctx *c, Call *k) CHECKED;
Status route_openapi(Ctx *c, Call *k) CHECKED; /* openapi.c */
Status route_op(Ctx *c, Call *k) CHECKED;      /* routes_op.c */
Status route_jobs(Ctx *c, Call *k) CHECKED;    /* routes_job.c */
Status route_job(Ctx *c, Call *k) CHECKED;
Status route_job_events(Ctx *c, Call *k) CHECKED;
Status route_job_cancel(Ctx *c, Call *k) CHECKED;
Status route_query(Ctx *c, Call *k) CHECKED; /* routes_query.c */
Status route_record(Ctx *c, Call *k) CHECKED;
Status route_blob_put(Ctx *c, Call *k) CHECKED;  /* routes_blob.c */
size_t request_body_max(const Request *q);       /* bytes */
const char *request_too_large(const Request *q); /* the key of what is said beyond it */
Status route_blob_get(Ctx *c, Call *k) CHECKED;
Status route_qr(Ctx *c, Call *k) CHECKED;     /* qr.c */
Status route_health(Ctx *c, Call *k) CHECKED; /* health.c */
Status route_metrics(Ctx *c, Call *k) CHECKED;
Status route_verify(Ctx *c, Call *k) CHECKED; /* routes_system.c */
Status route_rebuild(Ctx *c, Call *k) CHECKED;
Status route_system(Ctx *c, Call *k) CHECKED;
Status route_recovery_printed(Ctx *c, Call *k) CHECKED;

extern const Shape sign_in_shape, unlock_shape, password_shape,
    language_shape;                             /* routes_session.c */
extern const Shape query_shape;                 /* routes_query.c */
extern const Shape verify_shape, rebuild_shape; /* routes_system.c */

/* Size of a file of the folder, 0 without; free bytes of its disk, -1 unknown. */
int64_t system_file_bytes(Ctx *c, Api *api, const char *name);
int64_t system_disk_free(Api *api);

/* Files of the web part; 404 problem where there is none. */
Status static_file(Ctx *c, Call *k) CHECKED;

/* The body as JSON, checked against a shape. An empty body is an empty object. */
Status call_input(Ctx *c, Call *k, const Shape *shape, Val *ret) CHECKED;
/* The answer to what cannot be asked of the router at all, such as a body that is too large. */
Response route_refused(Ctx *c, Api *api, const Request *q, Status st, const char *key);
/* A reading snapshot for the actor in c, until the arena's end. */
Status call_read(Ctx *c, Call *k) CHECKED;

/* ---- answering ------------------------------------------------------------------------------- */

void response_add(Response *r, Str name, Str value);
void response_json(Response *r, int status, Str body);
void response_val(Ctx *c, Response *r, int status, Val v);
/* 304 with the tag when the request names it, else false. */
bool response_unchanged(const Request *q, Response *r, Str etag);

/* problem.c: what c's errors say, in c's language; logged with a reference. */
void response_problem(Ctx *c, Api *api, Response *r, Status st, const char *route);
int status_to_http(const Ctx *c, Status st);
/* The errors as a list of {path, key, message, args}. */
Val errors_show(Ctx *c, const Model *m, Str lang);

/* show.c */
typedef struct ShowColumns {
    const FieldInfo *const *v; /* NULL: all that may be shown */
    size_t n;
} ShowColumns;
/* {kind, id, version, void, conflict, fields, labels}. titles: of records referred to, kept by id
 * between calls. Records of a past time have no version. */
void record_write(Ctx *c, Buf *out, const Record *r, const ShowColumns *columns, Map *titles,
                  bool with_version);
/* May this field be shown, filtered and sorted by? */
bool field_showable(const FieldInfo *f);

/* ---- the Api ------------------------------------------------------------------------------- */

enum { LANGUAGES = 5, LATENCY_BUCKETS = 12 };
extern const Str languages[LANGUAGES];
/* Index of a language, 0 (English) when it is none of ours. */
size_t language_index(Str lang);

/* A made document: what it was made from, its bytes, its tag. Never changed once it is there. */
typedef struct Document {
    const Model *model;
    Str body, etag;
    Str gzip;               /* the same packed; s == NULL where that would save nothing */
    struct Document *older; /* still being sent, perhaps */
} Document;

typedef enum DocumentKind { DOC_META, DOC_MESSAGES, DOC_OPENAPI, DOCS } DocumentKind;

typedef struct Metrics {
    _Atomic uint64_t by_class[6]; /* [status / 100] */
    _Atomic uint64_t bytes_in, bytes_out;
    _Atomic uint64_t latency[LATENCY_BUCKETS + 1];
    _Atomic uint64_t latency_us;
    _Atomic int64_t running, queued, streams, connections;
    _Atomic uint64_t problems_logged;
} Metrics;

struct Api {
    Env *env;
    ApiOptions o;
    Time started;
    int64_t started_us;
    Metrics metrics;
    pthread_mutex_t docs_lock;
    Arena *docs_arena;
    Document *docs[DOCS][LANGUAGES];
    pthread_mutex_t slow_lock; /* one verify or rebuild at a time */
    pthread_mutex_t health_lock;
    Time health_at; /* when the counts below were taken */
    int64_t people;
    _Atomic int64_t swept_hour; /* when pictures that nobody named were last thrown away */
};

/* Makes the document anew when the model has changed. */
typedef void (*DocumentWrite)(Ctx *c, Api *api, const Model *m, Str lang, Buf *out);
Status document_get(Ctx *c, Api *api, DocumentKind kind, Str lang, DocumentWrite write,
                    const Document **ret) CHECKED;
void metrics_count(Api *api, int status, int64_t us, size_t bytes_in, size_t bytes_out);
int64_t latency_bound_us(size_t bucket);

/* JSON written piece by piece: a comma where one is due. */
typedef struct JsonOut {
    Buf *out;
    bool more;
} JsonOut;
JsonOut json_object(Buf *out);
void json_object_end(JsonOut *o);
JsonOut json_list(Buf *out);
void json_list_end(JsonOut *o);
/* Writes the comma and "key":, for the caller to write the value. */
Buf *json_key(JsonOut *o, const char *key);
Buf *json_key_str(JsonOut *o, Str key);
Buf *json_item(JsonOut *o);
void json_text(JsonOut *o, const char *key, Str value);
void json_text_c(JsonOut *o, const char *key, const char *value);
void json_int(JsonOut *o, const char *key, int64_t value);
void json_bool(JsonOut *o, const char *key, bool value);
void json_id(JsonOut *o, const char *key, Id id);

#endif
