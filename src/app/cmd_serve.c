/* cmd_serve.c: opens the folder, serves it to browsers of this machine and to commands, until it is
 * asked to stop. */
#include "app/client.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

typedef struct Listen {
    Str host; /* as a Host header and a URL say it */
    const char *address;
    uint16_t port;
} Listen;

static bool is_loopback(Str host) {
    return str_is(host, "localhost") || str_starts(host, STR("127.")) || str_is(host, "::1");
}

/* "127.0.0.1:8470", "localhost:0", "[::1]:8470", ":8470", "8470". */
static Status read_listen(Cli *cli, Str text, Listen *ret) {
    Ctx *c = &cli->c;
    Str host = STR("127.0.0.1"), port = text;
    for (size_t i = text.n; i > 0; i--) {
        if (text.s[i - 1] != ':') continue;
        port = str_slice(text, i, text.n);
        if (i > 1) host = str_slice(text, 0, i - 1);
        break;
    }
    bool is_v6 = host.n > 2 && host.s[0] == '[' && host.s[host.n - 1] == ']';
    Str bare = is_v6 ? str_slice(host, 1, host.n - 1) : host;
    uint64_t n;
    if (!num_parse_u64(port, &n) || n > UINT16_MAX)
        return FAIL(c, ST_USAGE, "listen", "error.listen.malformed", "text", text);
    if (!is_loopback(bare))
        return FAIL(c, ST_UNSUPPORTED, "listen", "error.listen.not_loopback", "address", bare);
    *ret = (Listen){ .host = host, .address = str_c(cli->arena, bare), .port = (uint16_t)n };
    return ST_OK;
}

static uint16_t port_of(int fd, uint16_t asked) {
    /* The port stands at the same place in both families. */
    struct sockaddr_in6 at = { .sin6_port = 0 };
    socklen_t n = sizeof at;
    if (asked || getsockname(fd, (struct sockaddr *)&at, &n) != 0) return asked;
    return ntohs(at.sin6_port);
}

typedef struct Server {
    Node node;
    Http *http;
    int tcp_fd, unix_fd;
} Server;

static Status server_start(Cli *cli, Listen *l, Server *s) {
    Ctx *c = &cli->c;
    const Config *k = &cli->config;
    NodeOptions o = { .dir = cli->dir };
    TRY(node_open(c, k, &o, &s->node));
    TRY(env_listen_tcp(c, l->address, l->port, &s->tcp_fd));
    l->port = port_of(s->tcp_fd, l->port);
    api_listens(s->node.api, l->host, l->port);
    /* The lock is ours: a socket that is there is a dead one's. */
    Str path = str_printf(cli->arena, "%s/panah.sock", cli->dir);
    TRY(env_listen_unix(c, str_c(cli->arena, path), &s->unix_fd));
    HttpOptions h = { .api = s->node.api,
                      .tcp_fd = s->tcp_fd,
                      .unix_fd = s->unix_fd,
                      .workers = (size_t)k->workers,
                      .connections_max = (size_t)k->connections,
                      .timeout_s = (unsigned)k->timeout_s };
    Status st = http_start(c, &h, &s->http);
    s->tcp_fd = s->unix_fd = -1; /* taken over */
    return st;
}

static void server_stop(Cli *cli, Server *s) {
    bool served = s->http != NULL;
    http_stop(s->http);
    if (s->tcp_fd >= 0) close(s->tcp_fd);
    if (s->unix_fd >= 0) close(s->unix_fd);
    Str path = str_printf(cli->arena, "%s/panah.sock", cli->dir);
    if (served) unlink(str_c(cli->arena, path));
    node_close(&s->node);
}

static void print_ready(const Cli *cli, const Listen *l) {
    /* Browsers treat the name as secure, and it reads better. */
    Str host = is_loopback(l->host) && !str_starts(l->host, STR("[")) ? STR("localhost") : l->host;
    Str url = str_printf(cli->arena, "http://%.*s:%u/", STR_ARG(host), (unsigned)l->port);
    say(cli, cli->out, "cli.serve.ready", "url", str_c(cli->arena, url), "dir", cli->dir, NULL);
    fflush(cli->out);
}

/* All threads inherit the mask: the signals wait for sigwait(). */
static sigset_t block_signals(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}

static int serve_fn(Cli *cli) {
    Listen l = { 0 };
    const char *listen_on = option(cli, "listen");
    Str text = listen_on ? str_of(listen_on) : cli->config.listen;
    if (read_listen(cli, text, &l) != ST_OK) return say_errors(cli);
    sigset_t signals = block_signals();
    Server s = { .tcp_fd = -1, .unix_fd = -1 };
    if (server_start(cli, &l, &s) != ST_OK) {
        server_stop(cli, &s);
        return say_errors(cli);
    }
    print_ready(cli, &l);
    notify_manager("READY=1");
    int got = 0;
    while (sigwait(&signals, &got) == EINTR) {
    }
    notify_manager("STOPPING=1");
    log_info(cli->env, "stopping", "signal", got == SIGINT ? "INT" : "TERM", NULL);
    atomic_store(&cli->env->stop, true);
    server_stop(cli, &s);
    say(cli, cli->out, "cli.serve.stopped", NULL);
    return EXIT_DONE;
}

const Command cmd_serve = {
    .name = "serve",
    .words = "",
    .options = { { "listen", "ADDRESS:PORT", "option.serve.listen" } },
    .fn = serve_fn,
};
