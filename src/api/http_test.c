/* http_test.c: the socket server with real sockets: requests whole and broken, many at once, event
 * streams, the local socket, and a stop in the middle. */
#include "api/scene_int.h"

#include "api/http_int.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

enum { REPLY_MAX = 4 << 20, WAIT_MS = 20000 };

static Scene *s;
static Http *http;
static uint16_t port;

static void start(void) {
    int tcp = -1, local = -1;
    struct sockaddr_in at = { 0 };
    socklen_t n = sizeof at;
    scene_ok(s, &s->c, env_listen_tcp(&s->c, "127.0.0.1", 0, &tcp));
    assert_int_equal(getsockname(tcp, (struct sockaddr *)&at, &n), 0);
    port = ntohs(at.sin_port);
    face.api->o.port = port;
    (void)snprintf(face.host, sizeof face.host, "localhost:%u", port);
    const char *path = str_c(s->arena, str_printf(s->arena, "%s/panah.sock", s->dir));
    scene_ok(s, &s->c, env_listen_unix(&s->c, path, &local));
    HttpOptions o = {
        .api = face.api, .tcp_fd = tcp, .unix_fd = local, .workers = 8, .timeout_s = 5
    };
    scene_ok(s, &s->c, http_start(&s->c, &o, &http));
}

static int make(void **state) {
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    s = face_make_signed_in();
    start();
    return 0;
}

static int drop(void **state) {
    (void)state;
    http_stop(http);
    face_drop(s);
    return 0;
}

/* ---- a small client ----------------------------------------------------------------------------------- */

static int dial(void) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static bool send_bytes(int fd, const char *bytes, size_t n) {
    while (n) {
        ssize_t done = send(fd, bytes, n, MSG_NOSIGNAL);
        if (done <= 0) return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

/* Up to `until` or the end; what came is NUL-terminated in buf. False: neither in time. */
static bool read_until(int fd, char *buf, size_t *n, const char *until) {
    for (;;) {
        buf[*n] = '\0';
        if (until && strstr(buf, until)) return true;
        struct pollfd p = { .fd = fd, .events = POLLIN };
        if (*n == REPLY_MAX || poll(&p, 1, WAIT_MS) <= 0) return false;
        ssize_t got = recv(fd, buf + *n, REPLY_MAX - *n, 0);
        if (got <= 0) return !until && got == 0;
        *n += (size_t)got;
    }
}

typedef struct Reply {
    int status;
    char *text; /* all of it */
    char *body;
} Reply;

static char *in_body(const Reply *r, const char *text) {
    return r->body ? strstr(r->body, text) : NULL;
}

/* One response with a Content-Length; false: none came. */
static bool read_reply(int fd, char *buf, Reply *ret) {
    size_t n = 0;
    if (!read_until(fd, buf, &n, "\r\n\r\n")) return false;
    char *body = strstr(buf, "\r\n\r\n") + 4, *length = strcasestr(buf, "content-length: ");
    size_t want = length && length < body ? strtoul(length + 16, NULL, 10) : 0;
    while (n < (size_t)(body - buf) + want) {
        ssize_t got = recv(fd, buf + n, REPLY_MAX - n, 0);
        if (got <= 0) return false;
        n += (size_t)got;
    }
    buf[n] = '\0';
    *ret = (Reply){ .status = atoi(buf + 9), .text = buf, .body = body };
    return true;
}

static size_t request_text(char *out, size_t room, const char *method, const char *path,
                           const char *body) {
    int n =
        snprintf(out, room,
                 "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nCookie: " SESSION_COOKIE "=%.*s\r\n"
                 "X-Panah-CSRF: %.*s\r\n%s",
                 method, path, port, STR_ARG(face.token), STR_ARG(face.csrf), body ? "" : "\r\n");
    if (!body) return (size_t)n;
    n += snprintf(out + n, room - (size_t)n,
                  "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
                  body);
    return (size_t)n;
}

static int ask(int fd, char *buf, const char *method, const char *path, const char *body,
               Reply *ret) {
    char text[4096];
    size_t n = request_text(text, sizeof text, method, path, body);
    if (!send_bytes(fd, text, n) || !read_reply(fd, buf, ret)) return -1;
    return ret->status;
}

/* ---- tests ------------------------------------------------------------------------------------------------- */

static void test_one_connection_many_requests(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1);
    int fd = dial();
    Reply r = { 0 };
    for (int i = 0; i < 20; i++) {
        assert_int_equal(ask(fd, buf, "GET", "/healthz", NULL, &r), 200);
        assert_int_equal(ask(fd, buf, "POST", "/api/v1/query", "{\"kind\":\"office\"}", &r), 200);
        assert_non_null(in_body(&r, "\"Kabul\""));
    }
    assert_int_equal(ask(fd, buf, "GET", "/api/v1/meta", NULL, &r), 200);
    assert_non_null(strstr(r.text, "Content-Security-Policy: default-src 'none'"));
    assert_int_equal(ask(fd, buf, "POST", "/api/v1/op/person.register",
                         "{\"person\":{\"given_name\":\"Zahra\",\"sex\":\"F\"}}", &r),
                     200);
    assert_int_equal(ask(fd, buf, "POST", "/api/v1/op/person.search", "{\"q\":\"zahra\"}", &r),
                     200);
    assert_non_null(in_body(&r, "Zahra"));
    close(fd);
    free(buf);
}

static void test_names_of_others_are_refused(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1);
    Reply r = { 0 };
    int fd = dial();
    const char *text = "GET / HTTP/1.1\r\nHost: attacker.example\r\n\r\n";
    assert_true(send_bytes(fd, text, strlen(text)) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 421);
    close(fd);
    fd = dial();
    text = "GET / HTTP/1.1\r\n\r\n"; /* no Host: the library refuses it */
    assert_true(send_bytes(fd, text, strlen(text)) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 400);
    close(fd);
    free(buf);
}

static void test_broken_requests_leave_nothing_behind(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "G",
        "GET /api/v1/meta HTTP/1.1\r\n",
        "GET /api/v1/meta HTTP/1.1\r\nHost: localhost\r\nX",
        "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"kind",
        "POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int fd = dial();
        assert_true(send_bytes(fd, texts[i], strlen(texts[i])));
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000000L }, NULL);
        close(fd);
    }
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&http->lock);
        size_t in_use = http->in_use;
        pthread_mutex_unlock(&http->lock);
        if (in_use == 0 && atomic_load(&face.api->metrics.connections) == 0) return;
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000000L }, NULL);
    }
    fail_msg("%zu exchanges, %lld connections left", http->in_use,
             (long long)atomic_load(&face.api->metrics.connections));
}

static void test_bodies_have_a_limit(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1), head[4096];
    char *big = calloc(1, 1 << 20);
    memset(big, ' ', 1 << 20);
    Reply r = { 0 };
    /* A little too large: read to its end and answered. */
    int fd = dial();
    int n = snprintf(head, sizeof head,
                     "POST /api/v1/query HTTP/1.1\r\nHost: localhost:%u\r\n"
                     "Content-Length: %d\r\n\r\n",
                     port, 17 << 20);
    assert_true(send_bytes(fd, head, (size_t)n));
    for (int i = 0; i < 17; i++)
        assert_true(send_bytes(fd, big, 1 << 20));
    assert_true(read_reply(fd, buf, &r));
    assert_int_equal(r.status, 413);
    assert_non_null(in_body(&r, "error.http.body"));
    close(fd);
    /* Far too large: answered at once. */
    fd = dial();
    n = snprintf(head, sizeof head,
                 "POST /api/v1/query HTTP/1.1\r\nHost: localhost:%u\r\n"
                 "Content-Length: 99999999999\r\n\r\n",
                 port);
    assert_true(send_bytes(fd, head, (size_t)n) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 413);
    close(fd);
    /* In chunks nobody knows beforehand. */
    fd = dial();
    n = snprintf(head, sizeof head,
                 "POST /api/v1/query HTTP/1.1\r\nHost: localhost:%u\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n",
                 port);
    assert_true(send_bytes(fd, head, (size_t)n));
    for (int i = 0; i < 17; i++) {
        assert_true(send_bytes(fd, "100000\r\n", 8) && send_bytes(fd, big, 1 << 20) &&
                    send_bytes(fd, "\r\n", 2));
    }
    assert_true(send_bytes(fd, "0\r\n\r\n", 5) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 413);
    close(fd);
    assert_int_equal(atomic_load(&http->held) > (size_t)HELD_MAX, false);
    /* A head that is too large. */
    fd = dial();
    n = snprintf(head, sizeof head,
                 "GET /healthz HTTP/1.1\r\nHost: localhost:%u\r\nX-Long: ", port);
    memset(big, 'a', 1 << 20);
    (void)(send_bytes(fd, head, (size_t)n) && send_bytes(fd, big, 60 << 10) &&
           send_bytes(fd, "\r\n\r\n", 4));
    if (read_reply(fd, buf, &r)) assert_true(r.status == 431 || r.status == 413 || r.status == 400);
    close(fd);
    free(big);
    free(buf);
}

static void test_a_chunked_body_is_read(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1), head[4096];
    Reply r = { 0 };
    int fd = dial();
    (void)request_text(head, sizeof head, "POST", "/api/v1/query", "");
    char *length = strstr(head, "Content-Length: 0\r\n\r\n");
    assert_non_null(length);
    size_t n = (size_t)(length - head);
    n +=
        (size_t)snprintf(length, sizeof head - n,
                         "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"kind\":\r\n9\r\n\"office\"}\r\n"
                         "0\r\n\r\n");
    assert_true(send_bytes(fd, head, n) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 200);
    close(fd);
    free(buf);
}

/* ---- many at once ------------------------------------------------------------------------------------------ */

enum { THREADS = 16, ROUNDS = 25 };
static _Atomic int failures;

static void *hammer(void *arg) {
    char *buf = malloc(REPLY_MAX + 1);
    char body[200];
    Reply r = { 0 };
    int fd = dial(), me = *(int *)arg;
    for (int i = 0; i < ROUNDS; i++) {
        (void)snprintf(
            body, sizeof body,
            "{\"person\":{\"given_name\":\"Crowd\",\"father_name\":\"Habib%c%c\",\"sex\":\"M\"}}",
            'a' + me, 'a' + i);
        int made = ask(fd, buf, "POST", "/api/v1/op/person.register", body, &r);
        if (made != 200) {
            print_message("# register: %d %s\n", made, made > 0 ? r.body : "");
            failures++;
        }
        int listed = ask(fd, buf, "POST", "/api/v1/query", "{\"kind\":\"person\",\"limit\":5}", &r);
        if (listed != 200) {
            print_message("# query: %d %s\n", listed, listed > 0 ? r.body : "");
            failures++;
        }
    }
    close(fd);
    free(buf);
    return NULL;
}

static void test_many_at_once(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    int ids[THREADS];
    for (int i = 0; i < THREADS; i++) {
        ids[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, &ids[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failures, 0);
    char *buf = malloc(REPLY_MAX + 1);
    Reply r = { 0 };
    int fd = dial();
    assert_int_equal(ask(fd, buf, "POST", "/api/v1/query",
                         "{\"kind\":\"person\",\"where\":\"given_name = 'Crowd'\",\"limit\":1,"
                         "\"count\":true}",
                         &r),
                     200);
    char want[64];
    (void)snprintf(want, sizeof want, "\"count\":%d", THREADS * ROUNDS);
    assert_non_null(in_body(&r, want));
    close(fd);
    free(buf);
}

/* ---- event streams ------------------------------------------------------------------------------------------- */

static void begin_job(int fd, char *buf, int steps, char *ret_path, size_t room) {
    Reply r = { 0 };
    char body[64];
    (void)snprintf(body, sizeof body, "{\"to\":%d}", steps);
    assert_int_equal(ask(fd, buf, "POST", "/api/v1/op/scene.count", body, &r), 202);
    char *id = in_body(&r, "\"job\":\"");
    assert_non_null(id);
    (void)snprintf(ret_path, room, "/api/v1/job/%.36s/events", id + 7);
}

static void test_a_job_is_watched(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1), path[128], head[2048];
    int fd = dial();
    begin_job(fd, buf, 30, path, sizeof path);
    size_t n = request_text(head, sizeof head, "GET", path, NULL), got = 0;
    assert_true(send_bytes(fd, head, n));
    assert_true(read_until(fd, buf, &got, "\"state\":\"done\""));
    assert_non_null(strstr(buf, "Content-Type: text/event-stream"));
    assert_non_null(strstr(buf, "data: {"));
    assert_non_null(strstr(buf, "\"state\":\"running\""));
    assert_non_null(strstr(buf, "\"counted\":30"));
    /* The stream ends, the connection goes on. */
    assert_true(read_until(fd, buf, &got, "\r\n0\r\n\r\n"));
    Reply r = { 0 };
    assert_int_equal(ask(fd, buf, "GET", "/healthz", NULL, &r), 200);
    close(fd);
    free(buf);
}

static void test_a_stream_ends_with_its_session(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1), path[128], head[2048];
    Session2 mine = scene_sign_in(s, "admin", SCENE_PASSWORD), kept = { face.token, face.csrf };
    int fd = dial();
    face.token = mine.token;
    face.csrf = mine.csrf;
    begin_job(fd, buf, 100000, path, sizeof path);
    size_t n = request_text(head, sizeof head, "GET", path, NULL), got = 0;
    assert_true(send_bytes(fd, head, n) && read_until(fd, buf, &got, "data: {"));
    int other = dial();
    char *buf2 = malloc(REPLY_MAX + 1), cancel[128];
    Reply r = { 0 };
    assert_int_equal(ask(other, buf2, "DELETE", "/api/v1/session", NULL, &r), 204);
    assert_true(read_until(fd, buf, &got, "event: problem"));
    face.token = kept.token;
    face.csrf = kept.csrf;
    (void)snprintf(cancel, sizeof cancel, "%.*s", (int)(strlen(path) - strlen("/events")), path);
    assert_int_equal(ask(other, buf2, "DELETE", cancel, NULL, &r), 200);
    close(other);
    close(fd);
    free(buf2);
    free(buf);
}

static void test_streams_may_be_left(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1), path[128], head[2048];
    int fd = dial();
    begin_job(fd, buf, 100, path, sizeof path);
    for (int i = 0; i < STREAMS_MAX + 8; i++) {
        int watcher = dial();
        size_t n = request_text(head, sizeof head, "GET", path, NULL);
        assert_true(send_bytes(watcher, head, n));
        close(watcher);
    }
    for (int i = 0; i < 500 && atomic_load(&face.api->metrics.streams) > 0; i++)
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000000L }, NULL);
    assert_int_equal(atomic_load(&face.api->metrics.streams), 0);
    close(fd);
    free(buf);
}

/* ---- the local socket and the stop --------------------------------------------------------------------------- */

static void test_the_local_socket_knows_its_peer(void **state) {
    (void)state;
    char *buf = malloc(REPLY_MAX + 1);
    Reply r = { 0 };
    int fd = -1;
    const char *path = str_c(s->arena, str_printf(s->arena, "%s/panah.sock", s->dir));
    scene_ok(s, &s->c, env_connect_unix(&s->c, path, &fd));
    const char *text = "GET /api/v1/system HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_true(send_bytes(fd, text, strlen(text)) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 200);
    text = "POST /api/v1/query HTTP/1.1\r\nHost: x\r\nX-Panah-As: admin\r\nContent-Type: "
           "application/json\r\nContent-Length: 15\r\n\r\n{\"kind\":\"user\"}";
    assert_true(send_bytes(fd, text, strlen(text)) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 200);
    close(fd);
    /* Over TCP the header is nothing. */
    fd = dial();
    char plain[512];
    int n = snprintf(plain, sizeof plain,
                     "GET /api/v1/system HTTP/1.1\r\nHost: localhost:%u\r\n"
                     "X-Panah-As: admin\r\n\r\n",
                     port);
    assert_true(send_bytes(fd, plain, (size_t)n) && read_reply(fd, buf, &r));
    assert_int_equal(r.status, 401);
    close(fd);
    free(buf);
}

static void *ask_slowly(void *arg) {
    char *buf = malloc(REPLY_MAX + 1);
    Reply r = { 0 };
    int fd = dial();
    *(int *)arg = ask(fd, buf, "POST", "/api/v1/op/scene.slow", "{}", &r);
    close(fd);
    free(buf);
    return NULL;
}

static void test_a_stop_lets_running_requests_finish(void **state) {
    (void)state;
    enum { SLOW = 12 }; /* more than workers: some wait in the queue */
    pthread_t threads[SLOW];
    int statuses[SLOW] = { 0 };
    int idle = dial();
    for (int i = 0; i < SLOW; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_slowly, &statuses[i]), 0);
    nanosleep(&(struct timespec){ .tv_nsec = 200 * 1000000L }, NULL);
    http_stop(http);
    for (int i = 0; i < SLOW; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(statuses[i], 200);
    }
    close(idle);
    start();
    char *buf = malloc(REPLY_MAX + 1), path[128], head[2048];
    int fd = dial();
    begin_job(fd, buf, 100000, path, sizeof path);
    size_t n = request_text(head, sizeof head, "GET", path, NULL), got = 0;
    assert_true(send_bytes(fd, head, n) && read_until(fd, buf, &got, "data: {"));
    http_stop(http);
    assert_true(read_until(fd, buf, &got, NULL)); /* the stream is closed */
    close(fd);
    free(buf);
    start();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_connection_many_requests),
        cmocka_unit_test(test_names_of_others_are_refused),
        cmocka_unit_test(test_broken_requests_leave_nothing_behind),
        cmocka_unit_test(test_bodies_have_a_limit),
        cmocka_unit_test(test_a_chunked_body_is_read),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_a_job_is_watched),
        cmocka_unit_test(test_a_stream_ends_with_its_session),
        cmocka_unit_test(test_streams_may_be_left),
        cmocka_unit_test(test_the_local_socket_knows_its_peer),
        cmocka_unit_test(test_a_stop_lets_running_requests_finish),
    };
    return cmocka_run_group_tests_name("http", tests, make, drop);
}
