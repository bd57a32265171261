/* load.c: child processes, keep-alive connections, clients that count (load.h). */
#define BANNED_EXEMPT /* talks to processes and sockets directly */
#include "load.h"

#include "codec/json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

int64_t now_us(void) {
    return env_monotonic_us(env_system());
}

/* ---- the program ------------------------------------------------------------------------------- */

const char *panah_path(Arena *a) {
    const char *given = getenv("PANAH_BIN");
    char self[4096];
    if (given) return given;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    while (n > 0 && self[n - 1] != '/')
        n--;
    if (n <= 0) die("where am I?");
    return str_c(a, str_printf(a, "%.*spanah", (int)n, self));
}

static Str read_all(Arena *a, int fd) {
    Buf b = buf_new(a, REPLY_MAX);
    char piece[65536];
    ssize_t n;
    while ((n = read(fd, piece, sizeof piece)) > 0)
        buf_put(&b, piece, (size_t)n);
    return buf_text(&b);
}

int panah_run(Arena *a, Str *ret_out, int64_t *ret_us, ...) {
    const char *argv[24] = { panah_path(a) };
    int n = 1, pipe_fds[2], status = 0;
    va_list args;
    va_start(args, ret_us);
    while (n < 23 && (argv[n] = va_arg(args, const char *)))
        n++;
    va_end(args);
    if (pipe(pipe_fds) != 0) die("pipe");
    int64_t from = now_us();
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipe_fds[1], 1);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    close(pipe_fds[1]);
    Str out = read_all(a, pipe_fds[0]);
    close(pipe_fds[0]);
    if (pid < 0 || waitpid(pid, &status, 0) != pid) die("cannot run %s", argv[0]);
    if (ret_us) *ret_us = now_us() - from;
    if (ret_out) *ret_out = out;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static uint16_t free_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, n) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &n) != 0)
        die("no free port");
    close(fd);
    return ntohs(at.sin_port);
}

static int connect_to(uint16_t port) {
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd < 0) die("socket");
    if (connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        close(fd);
        return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void serve_child(const char *program, const char *dir, const char *listen_on,
                        int64_t delay_us) {
    char delay[32];
    snprintf(delay, sizeof delay, "%lld", (long long)delay_us);
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); /* a bench that dies leaves no server behind */
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 1);
    dup2(null, 2);
    setenv("PANAH_FSYNC_DELAY_US", delay, 1);
    execl(program, program, "-d", dir, "serve", "--listen", listen_on, (char *)NULL);
    _exit(127);
}

Server server_start(Arena *a, const char *dir, int64_t delay_us) {
    Server s = { .port = free_port(), .dir = dir };
    const char *program = panah_path(a);
    const char *listen_on = str_c(a, str_printf(a, "127.0.0.1:%u", s.port));
    int64_t from = now_us();
    s.pid = fork();
    if (s.pid < 0) die("fork");
    if (s.pid == 0) serve_child(program, dir, listen_on, delay_us);
    for (;;) {
        int fd = connect_to(s.port), status;
        if (fd >= 0) close(fd);
        if (fd >= 0) break;
        if (waitpid(s.pid, &status, WNOHANG) == s.pid) die("panah serve ended at once");
        usleep(1000);
    }
    Conn k = conn_open(a, s.port, "");
    conn_must(&k, "GET", "/healthz", "", STR_NONE);
    s.start_us = now_us() - from;
    conn_close(&k);
    return s;
}

void server_stop(Server *s) {
    int status;
    kill(s->pid, SIGTERM);
    if (waitpid(s->pid, &status, 0) != s->pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        die("panah serve did not end well");
}

static Str proc_file(char *space, size_t n, pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    int fd = open(path, O_RDONLY);
    ssize_t got = fd >= 0 ? read(fd, space, n - 1) : 0;
    if (fd >= 0) close(fd);
    return str_n(space, got > 0 ? (size_t)got : 0);
}

int64_t server_rss_bytes(const Server *s) {
    char space[8192] = "";
    (void)proc_file(space, sizeof space, s->pid, "status");
    const char *at = strstr(space, "VmRSS:");
    return at ? atoll(at + 6) * 1024 : 0;
}

int64_t server_cpu_us(const Server *s) {
    char space[2048] = "";
    unsigned long user = 0, kernel = 0;
    (void)proc_file(space, sizeof space, s->pid, "stat");
    const char *at = strrchr(space, ')');
    if (!at ||
        sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2)
        return 0;
    return (int64_t)(user + kernel) * 1000000 / sysconf(_SC_CLK_TCK);
}

/* ---- HTTP ---------------------------------------------------------------------------------------- */

Conn conn_open(Arena *a, uint16_t port, const char *headers) {
    Conn k = { .fd = connect_to(port), .port = port, .headers = str_c(a, str_of(headers)) };
    if (k.fd < 0) die("cannot connect");
    k.cap = 65536;
    k.buf = malloc(k.cap);
    if (!k.buf) die("no memory");
    return k;
}

void conn_close(Conn *k) {
    close(k->fd);
    free(k->buf);
    *k = (Conn){ .fd = -1 };
}

static void send_all(int fd, const char *bytes, size_t n) {
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) die("send: %s", strerrorname_np(errno));
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void receive_some(Conn *k) {
    if (k->n + 1 >= k->cap) {
        k->cap *= 2;
        k->buf = realloc(k->buf, k->cap);
        if (!k->buf || k->cap > REPLY_MAX) die("a reply is too long");
    }
    ssize_t got = recv(k->fd, k->buf + k->n, k->cap - k->n - 1, 0);
    if (got <= 0) die("the server hung up");
    k->n += (size_t)got;
    k->buf[k->n] = '\0';
}

Str conn_header(const Conn *k, const char *name) {
    Str rest = k->head;
    while (rest.s) {
        Str value = str_cut(&rest, '\n'), key = str_cut(&value, ':');
        if (value.s && str_ieq(str_trim(key), str_of(name))) return str_trim(value);
    }
    return STR_NONE;
}

static void receive_reply(Conn *k) {
    char *end = NULL;
    uint64_t length = 0;
    k->n = 0;
    k->buf[0] = '\0';
    while (!(end = strstr(k->buf, "\r\n\r\n")))
        receive_some(k);
    size_t head_n = (size_t)(end - k->buf) + 4;
    k->head = str_n(k->buf, head_n);
    if (sscanf(k->buf, "HTTP/1.1 %d", &k->status) != 1) die("no HTTP reply");
    Str said = conn_header(k, "Content-Length");
    if (said.s && !num_parse_u64(said, &length)) die("a malformed Content-Length");
    while (k->n < head_n + length)
        receive_some(k);
    k->head = str_n(k->buf, head_n);
    k->body = str_n(k->buf + head_n, (size_t)length);
}

int conn_ask(Conn *k, const char *method, const char *path, const char *more, Str body) {
    char head[4096];
    int n = snprintf(head, sizeof head,
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s%s%sContent-Length: %zu\r\n\r\n",
                     method, path, k->port, k->headers, more,
                     body.n ? "Content-Type: application/json\r\n" : "", body.n);
    if (n < 0 || (size_t)n >= sizeof head) die("headers too long");
    if ((size_t)n + body.n < sizeof head) {
        memcpy(head + n, body.n ? body.s : "", body.n);
        send_all(k->fd, head, (size_t)n + body.n);
    } else {
        send_all(k->fd, head, (size_t)n);
        send_all(k->fd, body.s, body.n);
    }
    receive_reply(k);
    return k->status;
}

void conn_must(Conn *k, const char *method, const char *path, const char *more, Str body) {
    if (conn_ask(k, method, path, more, body) / 100 != 2)
        die("%s %s: %d\n%.*s\n%.*s", method, path, k->status, (int)body.n, body.n ? body.s : "",
            STR_ARG(k->body));
}

Val conn_json(Arena *a, const Conn *k) {
    Ctx c = ctx_new(env_system(), a);
    Val v = VAL_ABSENT;
    if (json_parse(&c, k->body, REPLY_MAX, &v) != ST_OK) die("not JSON: %.*s", STR_ARG(k->body));
    return v;
}

double metric(Conn *k, const char *name) {
    conn_must(k, "GET", "/metrics", "", STR_NONE);
    size_t n = strlen(name);
    for (const char *at = k->body.s; at && *at; at = strchr(at, '\n')) {
        if (*at == '\n') at++;
        if (strncmp(at, name, n) == 0 && at[n] == ' ') return atof(at + n);
    }
    return 0;
}

/* ---- clients --------------------------------------------------------------------------------------- */

typedef struct Worker {
    Client client;
    pthread_t thread;
    void (*step)(Client *);
    int64_t until_us;
    Times times; /* of each step */
} Worker;

void times_add(Times *t, int64_t us) {
    if (t->n == t->cap) {
        t->cap = t->cap ? 2 * t->cap : 4096;
        t->us = realloc(t->us, t->cap * sizeof *t->us);
        if (!t->us) die("no memory");
    }
    t->us[t->n++] = us;
}

static int64_t pause_us;

void clients_pause(int64_t us) {
    pause_us = us;
}

static void *worker_main(void *arg) {
    Worker *w = arg;
    while (now_us() < w->until_us) {
        if (pause_us) usleep((unsigned)rng_between(&w->client.rng, pause_us / 2, pause_us * 3 / 2));
        arena_reset(w->client.arena);
        int64_t from = now_us();
        w->step(&w->client);
        times_add(&w->times, now_us() - from);
        w->client.steps++;
    }
    return NULL;
}

static int by_value(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static void move_times(Times *to, Times *from) {
    for (size_t i = 0; i < from->n; i++)
        times_add(to, from->us[i]);
    free(from->us);
}

static double share_ms(const Times *t, size_t hundredths) {
    return t->n ? (double)t->us[t->n * hundredths / 100] / 1e3 : 0;
}

static Figure gather(Worker *w, size_t n, double seconds) {
    Times all = { 0 }, answers = { 0 };
    uint64_t retries = 0;
    for (size_t i = 0; i < n; i++) {
        move_times(&all, &w[i].times);
        move_times(&answers, &w[i].client.answers);
        retries += w[i].client.retries;
        conn_close(&w[i].client.conn);
        arena_free(w[i].client.arena);
    }
    if (all.n == 0) die("nothing was done");
    qsort(all.us, all.n, sizeof *all.us, by_value);
    if (answers.n) qsort(answers.us, answers.n, sizeof *answers.us, by_value);
    Figure f = { .n = all.n,
                 .retries = retries,
                 .seconds = seconds,
                 .per_second = (double)all.n / seconds,
                 .p50_ms = share_ms(&all, 50),
                 .p99_ms = share_ms(&all, 99),
                 .max_ms = (double)all.us[all.n - 1] / 1e3,
                 .answer_p50_ms = share_ms(&answers, 50),
                 .answer_p99_ms = share_ms(&answers, 99) };
    free(all.us);
    free(answers.us);
    return f;
}

Figure clients_run(const Server *s, const char *headers, size_t n_clients, double seconds,
                   void (*step)(Client *), void *arg) {
    static uint64_t runs;
    Worker *w = calloc(n_clients, sizeof *w);
    Arena *a = arena_new(env_system(), 16 << 20);
    if (!w) die("no memory");
    Conn watch = conn_open(a, s->port, "");
    double fsyncs = metric(&watch, "panah_fsyncs_total");
    int64_t cpu = server_cpu_us(s), from = now_us();
    runs++;
    for (size_t i = 0; i < n_clients; i++) {
        Arena *own = arena_new(env_system(), 64 << 20);
        w[i].client = (Client){ .arena = own,
                                .conn = conn_open(a, s->port, headers),
                                .rng = rng_new(runs * 1000 + i),
                                .arg = arg,
                                .no = i };
        w[i].step = step;
        w[i].until_us = from + (int64_t)(seconds * 1e6);
        if (pthread_create(&w[i].thread, NULL, worker_main, &w[i]) != 0) die("no thread");
    }
    for (size_t i = 0; i < n_clients; i++)
        pthread_join(w[i].thread, NULL);
    double took = (double)(now_us() - from) / 1e6;
    Figure f = gather(w, n_clients, took);
    f.server_cpu = (double)(server_cpu_us(s) - cpu) / 1e6 / took;
    f.fsyncs = metric(&watch, "panah_fsyncs_total") - fsyncs;
    conn_close(&watch);
    arena_free(a);
    free(w);
    return f;
}

void figure_print(const char *name, const Figure *f, double times, const char *unit) {
    printf("%-40s %9.0f %s/s   p50 %6.1f  p99 %6.1f  max %6.1f ms   server %.2f cores", name,
           f->per_second * times, unit, f->p50_ms, f->p99_ms, f->max_ms, f->server_cpu);
    if (f->fsyncs > 0) printf("   %.1f acts an fsync", (double)f->n / f->fsyncs);
    if (f->retries > 0) printf("   %llu asked twice", (unsigned long long)f->retries);
    if (f->answer_p99_ms > 0)
        printf("   an answer p50 %.1f  p99 %.1f ms", f->answer_p50_ms, f->answer_p99_ms);
    printf("\n");
    fflush(stdout);
}
