/* api.h: the HTTP face of an open data folder.
 *
 * route() is a function from Request to Response: tests, the command line and the socket server
 * call the same one. http_start() puts it behind TCP and behind DIR/panah.sock.
 *
 * Life cycle: store_open → access_open → api_open → (http_start → http_stop) → api_close →
 * access_close → store_close. An Api may be used from any thread; a Ctx belongs to one. What route()
 * returns lives in c->arena unless Response.body_lasts. docs: README.md of this room. */
#ifndef API_API_H
#define API_API_H

#include "op/op.h"

typedef struct Api Api;

/* ---- one request --------------------------------------------------------------------------- */

typedef enum HttpMethod {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER,
} HttpMethod;

typedef struct HttpHeader {
    Str name, value;
} HttpHeader;

enum {
    REQUEST_BODY_MAX = 16 << 20,
    REQUEST_FILE_MAX = 32 << 20,    /* body of PUT /api/v1/blob */
    REQUEST_HEADERS_MAX = 32 << 10, /* bytes of all lines together */
    REQUEST_PATH_MAX = 2048,        /* bytes of path and query, still percent-encoded */
    RESPONSE_HEADERS_MAX = 16,
};

typedef struct Request {
    HttpMethod method;
    Str path;  /* percent-encoded as it came, without the query */
    Str query; /* what stood behind '?', percent-encoded */
    const HttpHeader *headers;
    size_t n_headers;
    Str body;
    Str source; /* the peer's address: guesses of passwords are counted by it */
    /* Over DIR/panah.sock by the folder's owner, or a command that opened the folder itself: needs no
     * session. The header X-Panah-As names the account that acts; without it the program itself. */
    bool local;
    Str spoken_by; /* local: the operating system's user */
    /* Whoever asks has a thread of its own to wait on: "how far is this job?" is answered when the job is
     * over, or after a moment. */
    bool patient;
} Request;

typedef struct Response {
    int status;
    const char *content_type;
    Str body;
    bool body_lasts; /* the body lives as long as the Api: need not be copied */
    HttpHeader headers[RESPONSE_HEADERS_MAX];
    size_t n_headers;
    /* Server-sent events: this path is asked again with the same headers until its "state" is one
     * that stays; each answer that differs is an event. s == NULL: an ordinary response. */
    Str events_path;
} Response;

/* Never fails: trouble is a problem document (RFC 9457). c needs env and arena. */
Response route(Ctx *c, Api *api, const Request *q);

HttpMethod http_method(Str name);
/* The value of a header, compared without case; STR_NONE when absent. */
Str request_header(const Request *q, const char *name);
Str response_header(const Response *r, const char *name);

/* ---- life ---------------------------------------------------------------------------------- */

typedef struct ApiOptions {
    Store *store;
    Access *access;
    const OpTable *ops;            /* with access and jobs */
    Str version;                   /* of the program */
    Str node_name, operation_name; /* as people know them */
    Str host; /* the address listened on; with localhost, 127.0.0.1 and [::1] the names that a
                      Host header may have. Empty: every request but local ones is refused */
    uint16_t port;
} ApiOptions;

/* Everything of the options must outlive the Api. */
Status api_open(Ctx *c, const ApiOptions *o, Api **ret_api) CHECKED;
void api_close(Api *api);
/* Where it listens, once that is known. Before http_start(). */
void api_listens(Api *api, Str host, uint16_t port);

/* ---- the server ------------------------------------------------------------------------------ */

typedef struct Http Http;

typedef struct HttpOptions {
    Api *api;
    int tcp_fd;             /* listening; taken over; -1: none */
    int unix_fd;            /* listening; taken over; -1: none */
    size_t workers;         /* threads that run route(); 0: 16 */
    size_t connections_max; /* 0: 1,000 */
    unsigned timeout_s;     /* of a silent connection; 0: 30 */
} HttpOptions;

Status http_start(Ctx *c, const HttpOptions *o, Http **ret_http) CHECKED;
/* Takes no new connections, lets running requests finish (at most 10 s), ends event streams. */
void http_stop(Http *http);

#endif
