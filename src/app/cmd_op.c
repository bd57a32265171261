/* cmd_op.c: any operation of the table, with its input as JSON. */
#include "app/list.h"

#include "base/banned.h"

enum { INPUT_MAX = REQUEST_BODY_MAX };

/* A file's bytes, or those of standard input for "-". */
static Status read_source(Cli *cli, const char *name, Str *ret) {
    if (strcmp(name, "-") != 0) return env_read_file(&cli->c, name, INPUT_MAX, ret);
    Buf b = buf_new(cli->arena, INPUT_MAX);
    uint8_t piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, cli->in)) > 0)
        buf_put(&b, piece, n);
    if (buf_full(&b)) return FAIL(&cli->c, ST_LIMIT, "", "error.http.body");
    *ret = buf_text(&b);
    return ST_OK;
}

static int op_fn(Cli *cli) {
    Val input = val_map(), result = VAL_ABSENT;
    const char *source = option(cli, "json");
    Str bytes = STR("");
    cli->json = source != NULL; /* whoever sends JSON reads it: a refusal too */
    if (source && (read_source(cli, source, &bytes) != ST_OK ||
                   json_parse(&cli->c, bytes, INPUT_MAX, &input) != ST_OK))
        return say_errors(cli);
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = client_op(cli, k, str_of(cli->words[0]), input, account_of(cli), &result);
    if (rc == EXIT_DONE) print_val(cli, cli->out, result.type == VAL_NONE ? val_map() : result);
    client_close(k);
    return rc;
}

const Command cmd_op = {
    .name = "op",
    .words = "NAME",
    .words_min = 1,
    .words_max = 1,
    .options = { { "json", "FILE|-", "option.op.json" }, { "as", "LOGIN", "option.as" } },
    .fn = op_fn,
};
