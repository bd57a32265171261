/* http_int.h: what the files of the socket server share. libmicrohttpd's threads read and write;
 * workers run route(); one thread feeds event streams. A request's bytes and its answer's lie in an
 * Exchange, which goes: begun (MHD) → queued → run (worker; the connection is suspended) → sent. */
#ifndef API_HTTP_INT_H
#define API_HTTP_INT_H

#include "api/api_int.h"

#include <microhttpd.h>

enum {
    WORKERS_DEFAULT = 16,
    CONNECTIONS_DEFAULT = 1000,
    LOCAL_CONNECTIONS = 64,
    TIMEOUT_DEFAULT_S = 30,
    SWALLOW_MAX = 64 << 20, /* of a body that is too large: read to its end to be answered */
    HELD_MAX = 256 << 20,   /* bytes of bodies in memory, of all requests together */
    EXCHANGES_KEPT = 64,    /* idle ones whose memory is kept */
    STREAMS_MAX = 64,
    STREAM_EVERY_MS = 250,
    STREAM_COMMENT_MS = 15000, /* a word at least so often: proxies and dead peers */
    STOP_WAIT_MS = 10000,
};
#define EXCHANGE_ARENA_MAX ((size_t)128 << 20)
#define WORK_ARENA_MAX ((size_t)256 << 20)

typedef struct Exchange {
    Http *http;
    struct MHD_Connection *connection;
    Arena *arena; /* the request's bytes and the answer's */
    Request q;
    Buf body;
    size_t swallowed, held;
    Status refused; /* without being asked of the router */
    const char *refused_key;
    bool head_read, answered;
    bool from_unix;
    Response r;
    struct Exchange *next;
} Exchange;

typedef struct Stream {
    struct MHD_Connection *connection;
    Http *http;
    Arena *kept; /* the request to ask again */
    Arena *text; /* what waits to be sent */
    Request q;
    Buf out;
    size_t sent;
    Hash256 last;
    int64_t spoke_ms;
    uint64_t round; /* in which it was asked last */
    bool waiting;   /* the connection is suspended */
    bool busy;      /* the feeding thread looks at it */
    bool ended, gone;
    struct Stream *next;
} Stream;

struct Http {
    Api *api;
    Env *env;
    Arena *arena;
    struct MHD_Daemon *tcp, *local;
    int tcp_fd, unix_fd;

    pthread_mutex_t lock; /* queue, idle exchanges, stopping */
    pthread_cond_t filled, emptied;
    Exchange *head, *tail;
    Exchange *idle;
    size_t n_idle, in_use;
    bool stopping;
    _Atomic size_t held;
    pthread_t *workers;
    size_t n_workers;

    pthread_mutex_t streams_lock;
    pthread_cond_t streams_wake;
    Stream *streams;
    uint64_t round;
    bool streams_stopping, feeder_runs;
    pthread_t feeder;
};

/* http_pool.c */
Exchange *exchange_take(Http *h, struct MHD_Connection *connection); /* NULL: out of memory */
void exchange_give(Exchange *x);
/* False: the server stops; the connection must not be suspended. */
bool exchange_queue(Exchange *x);
Status pool_start(Ctx *c, Http *h, size_t n) CHECKED;
void pool_stop(Http *h);
void pool_wait_sent(Http *h, int64_t timeout_ms);
void pool_free(Http *h);

/* http_events.c */
enum MHD_Result stream_begin(Exchange *x);
Status feeder_start(Ctx *c, Http *h) CHECKED;
void feeder_stop(Http *h);

/* http.c */
void response_headers(struct MHD_Response *m, const Response *r);

#endif
