/* cmd_query.c: records that meet a condition, on standard output. */
#include "app/list.h"

#include "base/banned.h"

typedef struct Printer {
    bool csv;
    Val fields;
    size_t n;
} Printer;

static int print_row(Cli *page, Val record, void *arg) {
    Printer *p = arg;
    if (p->csv) {
        csv_record(page->out, page->arena, p->fields, record);
        return EXIT_DONE;
    }
    Buf b = buf_new(page->arena, 16 << 20);
    buf_str(&b, p->n++ ? STR(",\n") : STR("[\n"));
    json_write(&b, record);
    fwrite(b.p, 1, b.n, page->out);
    return EXIT_DONE;
}

static int run(Cli *cli, Client *k, ListQuery *q, Printer *p) {
    int rc = EXIT_DONE;
    if (p->csv) {
        p->fields = q->columns;
        if (val_is_absent(p->fields)) rc = list_fields(cli, k, q->kind, q->as, &p->fields);
        if (rc == EXIT_DONE) csv_head(cli->out, cli->arena, p->fields);
    }
    if (rc == EXIT_DONE) rc = list_each(cli, k, q, print_row, p, NULL);
    if (rc == EXIT_DONE && !p->csv) fputs(p->n ? "\n]\n" : "[]\n", cli->out);
    return rc;
}

static int query_fn(Cli *cli) {
    ListQuery q = { .as = account_of(cli), .columns = names_list(cli, option(cli, "columns")) };
    const char *format = option(cli, "format"), *limit = option(cli, "limit");
    Printer p = { .csv = format && strcmp(format, "csv") == 0 };
    uint64_t n = 0;
    if (format && !p.csv && strcmp(format, "json") != 0)
        return say_usage(cli, "usage.format", format);
    if (limit && (!num_parse_u64(str_of(limit), &n) || n == 0))
        return say_usage(cli, "usage.number", "limit");
    if (!query_words(cli, &q.kind, &q.where)) return say_usage(cli, "usage.query", "query");
    q.limit = (size_t)n;
    q.order = str_of(option(cli, "order"));
    q.descending = option(cli, "descending") != NULL;
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = run(cli, k, &q, &p);
    client_close(k);
    return rc;
}

const Command cmd_query = {
    .name = "query",
    .words = "KIND [where EXPR]",
    .words_min = 1,
    .words_max = WORDS_MAX,
    .options = { { "format", "json|csv", "option.format" },
                 { "columns", "A,B,C", "option.columns" },
                 { "order", "FIELD", "option.order" },
                 { "descending", NULL, "option.descending" },
                 { "limit", "N", "option.limit" },
                 { "as", "LOGIN", "option.as" },
                 { "json", NULL, "option.json" } },
    .fn = query_fn,
};
