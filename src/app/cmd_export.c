/* cmd_export.c: records of a kind into a file that only its owner may read. The file is whole or not
 * there: it is written beside and renamed. */
#include "app/list.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

typedef struct Export {
    FILE *file;
    bool csv;
    Val fields;
} Export;

static int write_row(Cli *page, Val record, void *arg) {
    Export *e = arg;
    if (e->csv) {
        csv_record(e->file, page->arena, e->fields, record);
    } else {
        Buf b = buf_new(page->arena, 16 << 20);
        json_write(&b, record);
        buf_byte(&b, '\n');
        fwrite(b.p, 1, b.n, e->file);
    }
    return EXIT_DONE;
}

static int write_all(Cli *cli, Client *k, ListQuery *q, Export *e, size_t *ret_n) {
    int rc = EXIT_DONE;
    if (val_is_absent(q->columns)) rc = list_fields(cli, k, q->kind, q->as, &q->columns);
    e->fields = q->columns;
    if (rc == EXIT_DONE && e->fields.list.n == 0) q->columns = VAL_ABSENT; /* the node says why */
    if (rc == EXIT_DONE && e->csv) csv_head(e->file, cli->arena, e->fields);
    return rc == EXIT_DONE ? list_each(cli, k, q, write_row, e, ret_n) : rc;
}

static int fail_file(Cli *cli, const char *path, const char *call) {
    (void)env_fail_file(&cli->c, ST_IO, "error.file.write", path, call, errno);
    return say_errors(cli);
}

static int export_to(Cli *cli, Client *k, ListQuery *q, Export *e, const char *path) {
    const char *part = str_c(cli->arena, str_printf(cli->arena, "%s.part", path));
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    e->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!e->file) return fail_file(cli, part, "open");
    size_t n = 0;
    int rc = write_all(cli, k, q, e, &n);
    bool written = fflush(e->file) == 0 && !ferror(e->file) && fsync(fd) == 0;
    if (fclose(e->file) != 0) written = false;
    if (rc == EXIT_DONE && !written) rc = fail_file(cli, part, "write");
    if (rc == EXIT_DONE && rename(part, path) != 0) rc = fail_file(cli, path, "rename");
    if (rc != EXIT_DONE) {
        unlink(part);
        return rc;
    }
    if (cli->json) {
        Val v = val_map();
        val_set_c(cli->arena, &v, "rows", val_int((int64_t)n));
        val_set_c(cli->arena, &v, "file", val_text(str_of(path)));
        print_val(cli, cli->out, v);
    } else {
        say(cli, cli->out, "cli.export.done", "rows", number_text(cli, (int64_t)n), "file", path,
            NULL);
    }
    return EXIT_DONE;
}

static int export_fn(Cli *cli) {
    const char *out = option(cli, "out"), *format = option(cli, "format");
    if (!out) return say_usage(cli, "usage.needs", "out");
    Export e = { .csv = !str_ends(str_of(out), STR(".json")) &&
                        !str_ends(str_of(out), STR(".ndjson")) };
    if (format) e.csv = strcmp(format, "csv") == 0;
    if (format && !e.csv && strcmp(format, "json") != 0)
        return say_usage(cli, "usage.format", format);
    ListQuery q = { .kind = str_of(cli->words[0]),
                    .where = str_of(option(cli, "where")),
                    .columns = names_list(cli, option(cli, "columns")),
                    .as = account_of(cli),
                    .for_export = true };
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = export_to(cli, k, &q, &e, out);
    client_close(k);
    return rc;
}

const Command cmd_export = {
    .name = "export",
    .words = "KIND",
    .words_min = 1,
    .words_max = 1,
    .options = { { "where", "EXPR", "option.where" },
                 { "out", "FILE", "option.out" },
                 { "columns", "A,B,C", "option.columns" },
                 { "format", "json|csv", "option.format" },
                 { "as", "LOGIN", "option.as" },
                 { "json", NULL, "option.json" } },
    .fn = export_fn,
};
