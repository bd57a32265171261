/* cmd_recover.c: a folder that has lost its node.key, opened again with the recovery key on paper.
 * The key is read from standard input: words of a command line stay in histories and process lists. */
#include "app/app.h"

#include "store/store.h"

#include "base/banned.h"

enum { LINE_MAX_N = 512 };

static int recover_fn(Cli *cli) {
    char line[LINE_MAX_N];
    say(cli, cli->err, "cli.recover.type", "dir", cli->dir, NULL);
    if (!fgets(line, sizeof line, cli->in)) line[0] = '\0';
    Status st = store_recover(&cli->c, cli->dir, str_trim(str_of(line)));
    crypt_wipe(line, sizeof line);
    if (st != ST_OK) return say_errors(cli);
    say(cli, cli->out, "cli.recover.done", "dir", cli->dir, NULL);
    return EXIT_DONE;
}

const Command cmd_recover = {
    .name = "recover",
    .words = "",
    .fn = recover_fn,
};
