/* cmd_demo.c: an invented operation in a new folder, played on a virtual clock. */
#include "app/setup.h"

#include "domain/demo/play.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/banned.h"

enum { PLAY_ARENA = 1 << 30 };

static void progress(void *arg, uint32_t people, uint32_t of) {
    const Cli *cli = arg;
    if (cli->json || !isatty(fileno(cli->err))) return;
    fprintf(cli->err, "\r\033[K%u / %u", people, of);
    if (people >= of) fprintf(cli->err, "\r\033[K");
    fflush(cli->err);
}

/* The account has worked through the play; whoever uses it now begins with a password of their own. */
static Status new_password(Cli *cli, Node *node, SetupResult *first) {
    Ctx *c = &cli->c;
    Val input = val_map();
    OpReply reply;
    val_set_c(cli->arena, &input, "id", val_id(cli->arena, first->user));
    OpRequest q = { .op = STR("user.reset_password"), .client_time = TIME_NONE, .input = input };
    c->now = env_now(c->env);
    actor_enter(c, actor_system());
    TRY(op_call(c, node->store, &node->ops, &q, &reply));
    first->password = val_get_text(reply.result, "first_password", STR(""));
    return ST_OK;
}

static Status play(Cli *cli, const DemoOptions *options, Time latest, SetupResult *first,
                   DemoReport *report) {
    Node node;
    NodeOptions o = { .dir = cli->dir, .readers = 8, .bulk = true, .quick_passwords = true };
    Status st = node_open(&cli->c, &cli->config, &o, &node);
    if (st == ST_OK) {
        DemoPlay p = { .store = node.store,
                       .table = &node.ops,
                       .parent = first->office,
                       .administrator = first->user,
                       .options = *options,
                       .truth_path = option(cli, "truth"),
                       .latest = latest,
                       .progress = progress,
                       .progress_arg = cli };
        cli->c.store = node.store;
        Str lang = cli->c.lang;
        st = demo_play(&cli->c, &p, report);
        if (st == ST_OK) st = store_bulk_end(&cli->c, node.store);
        cli->c.lang = lang;
        cli->c.store = NULL;
    }
    node_close(&node);
    return st;
}

/* Everything is on the disk: the folder is as any other. */
static Status finish(Cli *cli, SetupResult *first) {
    Node node;
    NodeOptions o = { .dir = cli->dir, .readers = 2 };
    TRY(env_remove_file(&cli->c, unfinished_mark(cli->arena, cli->dir)));
    Str lang = cli->c.lang;
    Status st = node_open(&cli->c, &cli->config, &o, &node);
    if (st == ST_OK) {
        cli->c.store = node.store;
        st = new_password(cli, &node, first);
        cli->c.store = NULL;
    }
    cli->c.lang = lang;
    node_close(&node);
    return st;
}

/* Before there is a folder: one that ends without its truth has to be deleted by hand. A file in the
 * folder itself has to wait for it. */
static Status truth_can_be_kept(Cli *cli) {
    const char *path = option(cli, "truth");
    if (!path || str_starts(str_of(path), str_of(cli->dir))) return ST_OK;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return env_fail_file(&cli->c, ST_IO, "error.file.write", path, "open", errno);
    close(fd);
    return ST_OK;
}

static Status fill(Cli *cli, const DemoOptions *options, Time latest, SetupResult *first,
                   DemoReport *report) {
    Setup s = { .operation = STR("Panah Demo"),
                .login = STR("admin"),
                .calendar = STR("gregorian"),
                .keep_password = true };
    TRY(truth_can_be_kept(cli));
    TRY(setup_folder(cli, &s, first));
    TRY(env_write_file(&cli->c, unfinished_mark(cli->arena, cli->dir), 0600, STR("demo\n")));
    TRY(play(cli, options, latest, first, report));
    return finish(cli, first);
}

static void print_refusals(const Cli *cli, const DemoReport *r) {
    for (size_t i = 0; i < r->n_refusals; i++) {
        const DemoRefusal *one = &r->refusals[i];
        fprintf(cli->err, "panah: %llu × %.*s: %.*s %.*s\n", (unsigned long long)one->n,
                STR_ARG(one->op), STR_ARG(one->path), STR_ARG(one->key));
    }
}

static int print_report(const Cli *cli, const DemoReport *r, const SetupResult *first) {
    if (cli->json) {
        Val v = setup_val(cli, first);
        val_set_c(cli->arena, &v, "people", val_int(r->people));
        val_set_c(cli->arena, &v, "doubles", val_int(r->doubles));
        val_set_c(cli->arena, &v, "acts", val_int((int64_t)r->done));
        val_set_c(cli->arena, &v, "refused", val_int((int64_t)r->refused));
        val_set_c(cli->arena, &v, "ms", val_int(r->us / 1000));
        print_val(cli, cli->out, v);
    } else {
        Str seconds = str_printf(cli->arena, "%lld.%lld", (long long)(r->us / 1000000),
                                 (long long)(r->us / 100000 % 10));
        say(cli, cli->out, "cli.demo.done", "people", number_text(cli, r->people), "acts",
            number_text(cli, (int64_t)r->done), "seconds", str_c(cli->arena, seconds), NULL);
        setup_print(cli, first);
    }
    print_refusals(cli, r);
    return r->refused ? EXIT_REFUSED : EXIT_DONE;
}

/* The folder, its keys and its acts have the time of the play; only the stop-watch is real. */
static int demo_run(Cli *cli, const DemoOptions *options, Time latest) {
    Env env;
    demo_env_init(&env, demo_first_day(options));
    Arena *a = arena_new(&env, PLAY_ARENA);
    Cli inner = cli_with_arena(cli, a);
    inner.env = &env;
    inner.c.env = &env;
    inner.c.now = env_now(&env);
    SetupResult first;
    DemoReport report = { 0 };
    if (!cli->json)
        say(cli, cli->err, "cli.demo.begin", "people", number_text(cli, options->people), NULL);
    Status st = fill(&inner, options, latest, &first, &report);
    int rc = st == ST_OK ? print_report(&inner, &report, &first) : say_errors(&inner);
    arena_free(a);
    return rc;
}

static bool number_option(const Cli *cli, const char *name, uint64_t otherwise, uint64_t max,
                          uint64_t *ret) {
    const char *text = option(cli, name);
    *ret = otherwise;
    return !text || (num_parse_u64(str_of(text), ret) && *ret <= max);
}

/* Without a last day of their own, three years to today, and not past this moment. */
static bool span(const Cli *cli, DemoOptions *o, Time *ret_latest) {
    const char *until = option(cli, "until");
    Day first_possible = day_from_civil(1980, 1, 1), last_possible = day_from_civil(2199, 12, 31);
    *ret_latest = until ? 0 : env_now(cli->env);
    o->end = day_of_time(env_now(cli->env), 0);
    if (until && !day_from_iso(str_of(until), &o->end)) return false;
    return o->end >= first_possible && o->end <= last_possible;
}

static int demo_fn(Cli *cli) {
    uint64_t people, seed;
    if (!number_option(cli, "people", 500, DEMO_PEOPLE_MAX, &people) || people == 0)
        return say_usage(cli, "usage.number", "people");
    if (!number_option(cli, "seed", 1, UINT64_MAX, &seed))
        return say_usage(cli, "usage.number", "seed");
    if (env_file_exists(unfinished_mark(cli->arena, cli->dir))) {
        (void)FAIL(&cli->c, ST_CORRUPT, "", "error.demo.interrupted", "dir", str_of(cli->dir));
        return say_errors(cli);
    }
    Str key = str_printf(cli->arena, "%s/node.key", cli->dir);
    if (env_file_exists(str_c(cli->arena, key))) {
        (void)FAIL(&cli->c, ST_CONFLICT, "", "error.demo.not_empty", "dir", str_of(cli->dir));
        return say_errors(cli);
    }
    DemoOptions o = demo_options((uint32_t)people, seed);
    Time latest;
    if (!span(cli, &o, &latest)) return say_usage(cli, "usage.date", "until");
    return demo_run(cli, &o, latest);
}

const Command cmd_demo = {
    .name = "demo",
    .words = "",
    .options = { { "people", "N", "option.demo.people" },
                 { "seed", "S", "option.demo.seed" },
                 { "until", "DATE", "option.demo.until" },
                 { "truth", "FILE", "option.demo.truth" },
                 { "json", NULL, "option.json" } },
    .fn = demo_fn,
};
