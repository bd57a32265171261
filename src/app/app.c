/* app.c: the program from its arguments to its exit status. */
#include "app/app.h"

#include <stdlib.h>

#include "base/banned.h"

enum { CLI_ARENA = 1 << 30 };

/* The language of the environment: LC_ALL, LC_MESSAGES, LANG: "fa_AF.UTF-8" is fa. */
static Str environment_language(void) {
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    static const char *const known[] = { "en", "fr", "fa", "ps", "ar" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value) continue;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            if (str_starts(str_of(value), str_of(known[k]))) return str_of(known[k]);
        return STR("en");
    }
    return STR("en");
}

/* Only a server is asked for what it logs. Whoever types a command reads its answer on the same
 * terminal: what it refuses is said there, and once. */
static LogLevel level_for(const Cli *cli, LogLevel level) {
    bool serves = cli->command == &cmd_serve;
    return level == LOG_LEVEL_INFO && !serves ? LOG_LEVEL_WARN : level;
}

static void set_log_level(const Cli *cli, Str name) {
    static const struct {
        const char *name;
        LogLevel level;
    } levels[] = { { "error", LOG_LEVEL_ERROR },
                   { "warn", LOG_LEVEL_WARN },
                   { "info", LOG_LEVEL_INFO },
                   { "debug", LOG_LEVEL_DEBUG } };
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (str_is(name, levels[i].name)) log_set_level(level_for(cli, levels[i].level));
}

static int run_command(Cli *cli) {
    if (config_read(&cli->c, cli->dir, &cli->config) != ST_OK) return say_errors(cli);
    if (cli->config.language.n && !cli->lang_given) cli->c.lang = cli->config.language;
    set_log_level(cli, cli->config.log);
    return cli->command->fn(cli);
}

int app_run(Env *env, int argc, char *const *argv, FILE *in, FILE *out, FILE *err) {
    Arena *a = arena_new(env, CLI_ARENA);
    Cli *cli = arena_new_of(a, Cli);
    *cli = (Cli){ .env = env,
                  .arena = a,
                  .in = in,
                  .out = out,
                  .err = err,
                  .dir = "panah-data",
                  .config = config_default(a) };
    cli->c = ctx_new(env, a);
    cli->c.now = env_now(env);
    cli->c.lang = environment_language();
    Model *texts = NULL;
    if (model_build(&cli->c, app_model(), &texts) != ST_OK) BUG("the built-in model is broken");
    cli->texts = texts;
    int rc = args_parse(cli, argc, argv);
    if (rc == EXIT_DONE) rc = run_command(cli);
    model_free(texts);
    arena_free(a);
    return rc;
}
