/* client.c: requests of commands, to whoever holds the folder. */
#include "app/client.h"

#include "api/user.h"

#include <time.h>
#include <unistd.h>

#include "base/banned.h"

enum { ANSWER_ARENA = 512 << 20, JOB_WAIT_MIN_MS = 5, JOB_WAIT_MAX_MS = 200 };

struct Client {
    int fd; /* connected to the server; -1: the folder is open here */
    Node node;
    Str spoken_by;
    Arena *work; /* of one request here */
};

/* Who holds the folder answers on its socket. Between a look and the opening it may change: the lock
 * decides, and then the socket is tried once more. */
Status client_open(Cli *cli, Client **ret) {
    Ctx *c = &cli->c;
    Client *k = arena_new_of(cli->arena, Client);
    *k = (Client){ .fd = -1, .spoken_by = os_user_name(cli->arena, getuid()) };
    const char *path = str_c(cli->arena, str_printf(cli->arena, "%s/panah.sock", cli->dir));
    NodeOptions o = { .dir = cli->dir, .readers = 4 };
    Status st = ST_MISSING;
    for (int attempt = 0; attempt < 3 && st != ST_OK; attempt++) {
        ctx_forget_errors(c);
        st = env_connect_unix(c, path, &k->fd);
        if (st == ST_OK) break;
        ctx_forget_errors(c);
        st = node_open(c, &cli->config, &o, &k->node);
        if (st == ST_OK) break;
        node_close(&k->node);
        if (st != ST_BUSY) return st;
        nanosleep(&(struct timespec){ .tv_nsec = 200 * 1000000L }, NULL);
    }
    if (st != ST_OK) return st;
    if (k->fd < 0) k->work = arena_new(cli->env, ANSWER_ARENA);
    *ret = k;
    return ST_OK;
}

void client_close(Client *k) {
    if (!k) return;
    if (k->fd >= 0) close(k->fd);
    if (k->fd < 0) node_close(&k->node);
    arena_free(k->work);
}

static Str body_type(const ClientRequest *q) {
    return q->type ? str_of(q->type) : STR("application/json");
}

/* The same request to the router in this process. */
static void ask_here(Cli *cli, Client *k, const ClientRequest *q, ClientReply *ret) {
    Arena *a = cli->arena;
    HttpHeader headers[4];
    size_t n = 0;
    headers[n++] = (HttpHeader){ STR("Accept-Language"), cli->c.lang };
    if (q->as.n) headers[n++] = (HttpHeader){ STR("X-Panah-As"), q->as };
    if (!id_is_none(q->idempotency))
        headers[n++] = (HttpHeader){ STR("Idempotency-Key"), id_text(a, q->idempotency) };
    if (q->body.s) headers[n++] = (HttpHeader){ STR("Content-Type"), body_type(q) };
    Request r = { .method = http_method(str_of(q->method)),
                  .query = q->path,
                  .headers = headers,
                  .n_headers = n,
                  .body = q->body.s ? q->body : STR(""),
                  .local = true,
                  .patient = true,
                  .spoken_by = k->spoken_by };
    r.path = str_cut(&r.query, '?');
    Ctx c = ctx_new(cli->env, k->work);
    Response answer = route(&c, k->node.api, &r);
    ret->status = answer.status;
    ret->body = str_copy(a, answer.body);
    arena_reset(k->work);
}

Status client_send(Cli *cli, Client *k, const ClientRequest *q, ClientReply *ret) {
    Ctx *c = &cli->c;
    *ret = (ClientReply){ .body = STR("") };
    if (k->fd >= 0)
        TRY(socket_send(c, k->fd, q, c->lang, ret));
    else
        ask_here(cli, k, q, ret);
    if (ret->body.n && (ret->body.s[0] == '{' || ret->body.s[0] == '['))
        TRY(json_parse(c, ret->body, (size_t)512 << 20, &ret->json));
    return ST_OK;
}

/* ---- refusals ------------------------------------------------------------------------------------ */

int client_refused(Cli *cli, const ClientReply *r) {
    if (cli->json) print_val(cli, cli->out, r->json);
    Val errors = val_get(r->json, "errors");
    size_t n = errors.type == VAL_LIST ? errors.list.n : 0;
    for (size_t i = 0; i < n; i++) {
        Str path = val_get_text(errors.list.v[i], "path", STR(""));
        Str text = val_get_text(errors.list.v[i], "message", STR(""));
        fprintf(cli->err, "panah: %.*s%s%.*s\n", STR_ARG(path), path.n ? ": " : "", STR_ARG(text));
    }
    if (n == 0) {
        Str title = val_get_text(r->json, "title", STR("?"));
        fprintf(cli->err, "panah: %.*s (HTTP %d)\n", STR_ARG(title), r->status);
    }
    Str reference = val_get_text(r->json, "reference", STR(""));
    if (r->status >= 500 && reference.n)
        say(cli, cli->err, "app.reference", "reference", str_c(cli->arena, reference), NULL);
    return EXIT_REFUSED;
}

static int exchange(Cli *cli, Client *k, const ClientRequest *q, Val *ret) {
    ClientReply r;
    if (client_send(cli, k, q, &r) != ST_OK) return say_errors(cli);
    if (r.status >= 300) return client_refused(cli, &r);
    *ret = r.json;
    return EXIT_DONE;
}

static Str json_of(Cli *cli, Val v) {
    Buf b = buf_new(cli->arena, (size_t)64 << 20);
    json_write(&b, v);
    return buf_text(&b);
}

int client_post(Cli *cli, Client *k, const char *path, Val body, Str as, Val *ret) {
    ClientRequest q = { .method = "POST",
                        .path = str_of(path),
                        .body = json_of(cli, body),
                        .as = as,
                        .waits_long = true };
    return exchange(cli, k, &q, ret);
}

int client_get(Cli *cli, Client *k, Str path, Str as, Val *ret) {
    ClientRequest q = { .method = "GET", .path = path, .as = as };
    return exchange(cli, k, &q, ret);
}

/* ---- jobs ---------------------------------------------------------------------------------------- */

static void show_progress(const Cli *cli, Val job) {
    if (cli->json || !isatty(fileno(cli->err))) return;
    Str phase = val_get_text(job, "phase", STR(""));
    int64_t done = val_get_int(job, "done", 0), total = val_get_int(job, "total", 0);
    Str text = phase.n ? model_label(cli->texts, cli->c.lang, phase, NULL) : STR("");
    fprintf(cli->err, "\r\033[K%s / %s  %.*s", number_text(cli, done),
            total > 0 ? number_text(cli, total) : "?", STR_ARG(text));
    fflush(cli->err);
}

/* A job that failed has its problem. */
static int job_ended(Cli *cli, Val job, Val *ret) {
    if (!cli->json && isatty(fileno(cli->err))) fprintf(cli->err, "\r\033[K");
    if (str_is(val_get_text(job, "state", STR("")), "done")) {
        *ret = val_get(job, "result");
        return EXIT_DONE;
    }
    ClientReply r = { .status = 422, .json = val_get(job, "problem") };
    return client_refused(cli, &r);
}

/* The folder that is open here has waited itself. A server is asked more and more rarely, so that a
 * short job is not kept waiting and a long one costs nothing. */
static void wait_between(const Client *k, int *ms) {
    if (k->fd < 0) return;
    nanosleep(&(struct timespec){ .tv_nsec = *ms * 1000000L }, NULL);
    *ms += (*ms + 3) / 4;
    if (*ms > JOB_WAIT_MAX_MS) *ms = JOB_WAIT_MAX_MS;
}

static int wait_for_job(Cli *cli, Client *k, Str id, Str as, Val *ret) {
    Str path = str_printf(cli->arena, "/api/v1/job/%.*s", STR_ARG(id));
    for (int ms = JOB_WAIT_MIN_MS;;) {
        Val job = VAL_ABSENT;
        int rc = client_get(cli, k, path, as, &job);
        if (rc != EXIT_DONE) return rc;
        Str state = val_get_text(job, "state", STR(""));
        if (!str_is(state, "queued") && !str_is(state, "running")) return job_ended(cli, job, ret);
        show_progress(cli, job);
        wait_between(k, &ms);
    }
}

int client_put_list(Cli *cli, Client *k, Str bytes, Str as, Str *ret_name) {
    Val answer = VAL_ABSENT;
    ClientRequest q = {
        .method = "PUT", .path = STR("/api/v1/blob"), .body = bytes, .type = "text/csv", .as = as
    };
    int rc = exchange(cli, k, &q, &answer);
    *ret_name = val_get_text(answer, "blob", STR(""));
    return rc;
}

int client_op(Cli *cli, Client *k, Str op, Val input, Str as, Val *ret) {
    Val answer = VAL_ABSENT;
    ClientRequest q = { .method = "POST",
                        .path = str_printf(cli->arena, "/api/v1/op/%.*s", STR_ARG(op)),
                        .body = json_of(cli, input),
                        .as = as,
                        .idempotency = id_new(cli->env),
                        .waits_long = true };
    int rc = exchange(cli, k, &q, &answer);
    if (rc != EXIT_DONE) return rc;
    Str job = val_get_text(answer, "job", STR(""));
    if (job.n) return wait_for_job(cli, k, job, as, ret);
    *ret = val_get(answer, "result");
    return EXIT_DONE;
}

Cli cli_with_arena(const Cli *cli, Arena *a) {
    Cli other = *cli;
    other.arena = a;
    other.c = ctx_new(cli->env, a);
    other.c.lang = cli->c.lang;
    return other;
}
