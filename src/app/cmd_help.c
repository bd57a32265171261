/* cmd_help.c: help for all commands or one; as a manual page; the version. */
#include "app/app.h"

#include <sqlite3.h>

#include "base/banned.h"

static int help_fn(Cli *cli) {
    if (option(cli, "man")) {
        help_man(cli);
        return EXIT_DONE;
    }
    if (cli->n_words == 0) {
        help_all(cli);
        return EXIT_DONE;
    }
    const Command *k = command_find(str_of(cli->words[0]));
    if (!k) return say_usage(cli, "usage.command", cli->words[0]);
    help_command(cli, k);
    return EXIT_DONE;
}

const Command cmd_help = {
    .name = "help",
    .words = "[COMMAND]",
    .words_max = 1,
    .options = { { "man", NULL, "option.man" } },
    .fn = help_fn,
};

static int version_fn(Cli *cli) {
    if (!cli->json) {
        fprintf(cli->out, "panah " PANAH_VERSION "\n");
        return EXIT_DONE;
    }
    Val v = val_map();
    val_set_c(cli->arena, &v, "version", val_text(STR(PANAH_VERSION)));
    val_set_c(cli->arena, &v, "sqlite", val_text(str_of(sqlite3_libversion())));
    print_val(cli, cli->out, v);
    return EXIT_DONE;
}

const Command cmd_version = {
    .name = "version",
    .words = "",
    .options = { { "json", NULL, "option.json" } },
    .fn = version_fn,
};
