/* http.c: libmicrohttpd at the door: reads a request whole, hands it to the workers, sends what they
 * say. TCP and DIR/panah.sock are two daemons before the same queue. */
#include "api/http_int.h"
#include "api/user.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

/* ---- reading ------------------------------------------------------------------------------------- */

/* The request line is there; nothing else has been read. */
static void *begin(void *http, const char *uri, struct MHD_Connection *connection) {
    Exchange *x = exchange_take(http, connection);
    if (!x) return NULL;
    if (ARENA_GUARD(x->arena) != 0) {
        arena_unguard(x->arena);
        exchange_give(x);
        return NULL;
    }
    /* One byte more than allowed: the router sees that it is too long. */
    Str all = str_copy(x->arena, str_n(uri, strnlen(uri, REQUEST_PATH_MAX + 1)));
    x->q.query = all;
    x->q.path = str_cut(&x->q.query, '?');
    arena_unguard(x->arena);
    return x;
}

typedef VEC(HttpHeader) Headers;
typedef struct HeaderReader {
    Exchange *x;
    Headers headers;
} HeaderReader;

/* A value that is not UTF-8 is no value we know what to do with: it is left out. */
static enum MHD_Result read_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                   size_t name_n, const char *value, size_t value_n) {
    HeaderReader *r = arg;
    (void)kind;
    Str key = str_n(name, name_n), text = str_n(value ? value : "", value_n);
    if (!str_utf8_valid(key) || !str_utf8_valid(text)) return MHD_YES;
    HttpHeader h = { str_copy(r->x->arena, key), str_copy(r->x->arena, text) };
    vec_push(r->x->arena, &r->headers, h);
    return MHD_YES;
}

static void read_peer_address(Exchange *x) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text,
                  sizeof text);
    if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
                  sizeof text);
    x->q.source = str_copy(x->arena, str_of(text));
}

Str os_user_name(Arena *a, unsigned uid) {
    struct passwd entry, *found = NULL;
    char space[4096];
    if (getpwuid_r((uid_t)uid, &entry, space, sizeof space, &found) == 0 && found)
        return str_copy(a, str_of(found->pw_name));
    return str_printf(a, "uid %u", uid);
}

static void refuse(Exchange *x, Status st, const char *key) {
    x->refused = st;
    x->refused_key = key;
}

/* The kernel says who is at the other end: the folder's owner and root may act. */
static void read_local_peer(Exchange *x) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct ucred peer = { .uid = (uid_t)-1 };
    socklen_t n = sizeof peer;
    struct stat folder;
    if (!info || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0 ||
        stat(store_dir(x->http->api->o.store), &folder) != 0 ||
        (peer.uid != 0 && peer.uid != folder.st_uid)) {
        refuse(x, ST_DENIED, "error.http.owner");
        return;
    }
    x->q.local = true;
    x->q.spoken_by = os_user_name(x->arena, peer.uid);
}

/* What the body will take, if the client says so. */
static void reserve_body(Exchange *x) {
    Str length = request_header(&x->q, "Content-Length");
    uint64_t n = 0;
    size_t max = request_body_max(&x->q);
    x->body = buf_new(x->arena, max);
    if (!num_parse_u64(length.s ? length : STR(""), &n) || n == 0) return;
    if (n > max) {
        refuse(x, ST_LIMIT, request_too_large(&x->q));
        x->swallowed = n > SWALLOW_MAX ? SWALLOW_MAX : 0;
        return;
    }
    if (atomic_fetch_add(&x->http->held, (size_t)n) + n > HELD_MAX)
        refuse(x, ST_BUSY, "error.busy");
    x->held = (size_t)n;
    if (x->refused == ST_OK) (void)buf_reserve(&x->body, (size_t)n);
}

static void read_head(Exchange *x, const char *method) {
    x->head_read = true;
    if (ARENA_GUARD(x->arena) != 0) {
        arena_unguard(x->arena);
        refuse(x, ST_MEMORY, "error.memory");
        return;
    }
    HeaderReader r = { .x = x };
    x->q.method = http_method(str_of(method));
    MHD_get_connection_values_n(x->connection, MHD_HEADER_KIND, read_header, &r);
    x->q.headers = r.headers.v;
    x->q.n_headers = r.headers.n;
    if (x->from_unix)
        read_local_peer(x);
    else
        read_peer_address(x);
    reserve_body(x);
    arena_unguard(x->arena);
}

/* Without a length (chunked) the body is counted as it comes. */
static void read_body(Exchange *x, const char *bytes, size_t n) {
    if (x->refused == ST_OK && ARENA_GUARD(x->arena) != 0) refuse(x, ST_MEMORY, "error.memory");
    if (x->refused == ST_OK) {
        size_t more = x->body.n + n > x->held ? x->body.n + n - x->held : 0;
        if (more && atomic_fetch_add(&x->http->held, more) + more > HELD_MAX)
            refuse(x, ST_BUSY, "error.busy");
        x->held += more;
        if (x->refused == ST_OK) buf_put(&x->body, bytes, n);
        if (buf_full(&x->body)) refuse(x, ST_LIMIT, request_too_large(&x->q));
    } else {
        x->swallowed += n;
    }
    arena_unguard(x->arena);
}

/* ---- sending ------------------------------------------------------------------------------------- */

void response_headers(struct MHD_Response *m, const Response *r) {
    if (r->content_type)
        (void)MHD_add_response_header(m, MHD_HTTP_HEADER_CONTENT_TYPE, r->content_type);
    for (size_t i = 0; i < r->n_headers; i++)
        (void)MHD_add_response_header(m, r->headers[i].name.s, r->headers[i].value.s);
}

static enum MHD_Result send_response(Exchange *x) {
    const Response *r = &x->r;
    if (r->events_path.s && x->q.method == HTTP_GET) return stream_begin(x);
    /* libmicrohttpd only reads it. */
    struct MHD_Response *m =
        MHD_create_response_from_buffer(r->body.n, (void *)r->body.s, MHD_RESPMEM_PERSISTENT);
    if (!m) return MHD_NO;
    response_headers(m, r);
    enum MHD_Result done = MHD_queue_response(x->connection, (unsigned)r->status, m);
    MHD_destroy_response(m);
    return done;
}

static enum MHD_Result send_stopping(struct MHD_Connection *connection) {
    static char body[] = "";
    struct MHD_Response *m = MHD_create_response_from_buffer(0, body, MHD_RESPMEM_PERSISTENT);
    if (!m) return MHD_NO;
    (void)MHD_add_response_header(m, MHD_HTTP_HEADER_CONNECTION, "close");
    (void)MHD_add_response_header(m, MHD_HTTP_HEADER_RETRY_AFTER, "5");
    enum MHD_Result done = MHD_queue_response(connection, MHD_HTTP_SERVICE_UNAVAILABLE, m);
    MHD_destroy_response(m);
    return done;
}

/* Called with the head, with each piece of the body, at the end of the body, and again after the
 * connection was resumed. */
static enum MHD_Result serve(void *http, struct MHD_Connection *connection, Exchange *x,
                             const char *method, const char *bytes, size_t *n) {
    (void)http;
    if (!x) return MHD_NO;
    if (x->answered) return send_response(x);
    if (!x->head_read) {
        read_head(x, method);
        bool too_much = x->refused != ST_OK && x->swallowed >= SWALLOW_MAX;
        if (!too_much) return MHD_YES;
    } else if (*n) {
        read_body(x, bytes, *n);
        *n = 0;
        return x->swallowed > SWALLOW_MAX ? MHD_NO : MHD_YES;
    }
    x->q.body = buf_text(&x->body);
    return exchange_queue(x) ? MHD_YES : send_stopping(connection);
}

static enum MHD_Result serve_tcp(void *http, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *n, void **state) {
    (void)url;
    (void)version;
    return serve(http, connection, *state, method, bytes, n);
}

static enum MHD_Result serve_local(void *http, struct MHD_Connection *connection, const char *url,
                                   const char *method, const char *version, const char *bytes,
                                   size_t *n, void **state) {
    (void)url;
    (void)version;
    Exchange *x = *state;
    if (x) x->from_unix = true;
    return serve(http, connection, x, method, bytes, n);
}

static void completed(void *http, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode how) {
    (void)http;
    (void)connection;
    (void)how;
    if (*state) exchange_give(*state);
    *state = NULL;
}

static void connection_changed(void *http, struct MHD_Connection *connection, void **state,
                               enum MHD_ConnectionNotificationCode what) {
    Http *h = http;
    (void)connection;
    (void)state;
    atomic_fetch_add(&h->api->metrics.connections, what == MHD_CONNECTION_NOTIFY_STARTED ? 1 : -1);
}

/* Paths are decoded by the router, strictly. */
static size_t leave_escaped(void *http, struct MHD_Connection *connection, char *text) {
    (void)http;
    (void)connection;
    return strlen(text);
}

/* What the library complains of is what clients do: of use only when one is looked into. */
static void PRINTF_LIKE(2, 0) library_log(void *http, const char *format, va_list args) {
    char text[300];
    vsnprintf(text, sizeof text, format, args);
    size_t n = strcspn(text, "\r\n");
    text[n] = '\0';
    log_debug(((Http *)http)->env, "http_library", "says", text, NULL);
}

/* ---- life ---------------------------------------------------------------------------------------- */

static struct MHD_Daemon *daemon_start(Http *h, const HttpOptions *o, bool local) {
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    size_t connections = o->connections_max ? o->connections_max : CONNECTIONS_DEFAULT;
    struct MHD_OptionItem more[] = {
        { MHD_OPTION_THREAD_POOL_SIZE, 2, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    if (local) more[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, local ? serve_local : serve_tcp, h,
        /* first, as the library asks */
        MHD_OPTION_EXTERNAL_LOGGER, library_log, h, MHD_OPTION_LISTEN_SOCKET,
        local ? o->unix_fd : o->tcp_fd, MHD_OPTION_URI_LOG_CALLBACK, begin, h,
        MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, h, MHD_OPTION_NOTIFY_COMPLETED, completed, h,
        MHD_OPTION_NOTIFY_CONNECTION, connection_changed, h, MHD_OPTION_CONNECTION_LIMIT,
        local ? (unsigned)LOCAL_CONNECTIONS : (unsigned)connections,
        /* the head and some of the body; the router counts the head's bytes exactly */
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_HEADERS_MAX + (16 << 10),
        MHD_OPTION_CONNECTION_TIMEOUT, o->timeout_s ? o->timeout_s : (unsigned)TIMEOUT_DEFAULT_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_ARRAY,
        more, MHD_OPTION_END);
}

static Status start_daemons(Ctx *c, Http *h, const HttpOptions *o) {
    if (o->tcp_fd >= 0 && !(h->tcp = daemon_start(h, o, false)))
        return FAIL(c, ST_IO, "", "error.http.serve");
    if (o->unix_fd >= 0 && !(h->local = daemon_start(h, o, true)))
        return FAIL(c, ST_IO, "", "error.http.serve");
    return ST_OK;
}

Status http_start(Ctx *c, const HttpOptions *o, Http **ret_http) {
    Arena *a = arena_new(c->env, 1 << 20);
    Http *h = arena_new_of(a, Http);
    *h = (Http){
        .api = o->api, .env = c->env, .arena = a, .tcp_fd = o->tcp_fd, .unix_fd = o->unix_fd
    };
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->filled, NULL);
    pthread_cond_init(&h->emptied, NULL);
    Status st = pool_start(c, h, o->workers ? o->workers : WORKERS_DEFAULT);
    if (st == ST_OK) st = feeder_start(c, h);
    if (st == ST_OK) st = start_daemons(c, h, o);
    if (st != ST_OK) {
        http_stop(h);
        return st;
    }
    *ret_http = h;
    return ST_OK;
}

static void close_listening(struct MHD_Daemon *d, int fd) {
    if (d) MHD_stop_daemon(d);
    if (fd >= 0) close(fd);
}

void http_stop(Http *h) {
    if (!h) return;
    if (h->tcp) (void)MHD_quiesce_daemon(h->tcp);
    if (h->local) (void)MHD_quiesce_daemon(h->local);
    feeder_stop(h);
    pool_stop(h);
    pool_wait_sent(h, STOP_WAIT_MS);
    close_listening(h->tcp, h->tcp_fd);
    close_listening(h->local, h->unix_fd);
    pool_free(h);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->filled);
    pthread_cond_destroy(&h->emptied);
    arena_free(h->arena);
}
