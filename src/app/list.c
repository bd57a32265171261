/* list.c: pages of a query. */
#include "app/list.h"

#include "base/banned.h"

enum { PAGE_ROWS = 500, PAGE_ARENA = 256 << 20 };

Str account_of(const Cli *cli) {
    const char *as = option(cli, "as");
    return as ? str_of(as) : cli->config.user;
}

bool query_words(const Cli *cli, Str *ret_kind, Str *ret_where) {
    Buf b = buf_new(cli->arena, 64 << 10);
    for (size_t i = 0; i < cli->n_words; i++)
        buf_printf(&b, i ? " %s" : "%s", cli->words[i]);
    Str rest = str_trim(buf_text(&b));
    size_t end = 0;
    while (end < rest.n && rest.s[end] > ' ')
        end++;
    *ret_kind = str_slice(rest, 0, end);
    rest = str_trim(str_slice(rest, end, rest.n));
    *ret_where = STR("");
    if (rest.n == 0) return ret_kind->n > 0;
    if (rest.n < 7 || !str_ieq(str_slice(rest, 0, 5), STR("where")) || rest.s[5] > ' ')
        return false;
    *ret_where = str_trim(str_slice(rest, 6, rest.n));
    return true;
}

Val names_list(const Cli *cli, const char *names) {
    if (!names) return VAL_ABSENT;
    Val list = val_list();
    Str rest = str_of(names);
    while (rest.s) {
        Str name = str_trim(str_cut(&rest, ','));
        if (name.n) val_push(cli->arena, &list, val_text(name));
    }
    return list;
}

static Val query_body(const Cli *cli, const ListQuery *q, Str cursor, size_t rows) {
    Arena *a = cli->arena;
    Val v = val_map();
    val_set_c(a, &v, "kind", val_text(q->kind));
    if (q->where.n) val_set_c(a, &v, "where", val_text(q->where));
    if (q->order.n) val_set_c(a, &v, "order", val_text(q->order));
    if (q->descending) val_set_c(a, &v, "descending", val_bool(true));
    if (q->for_export) val_set_c(a, &v, "for_export", val_bool(true));
    if (!val_is_absent(q->columns)) val_set_c(a, &v, "columns", q->columns);
    if (cursor.n) val_set_c(a, &v, "cursor", val_text(cursor));
    val_set_c(a, &v, "limit", val_int((int64_t)rows));
    return v;
}

static int one_page(Cli *page, Client *k, const ListQuery *q, Str cursor, size_t rows, ListRow fn,
                    void *arg, size_t *n, Str *ret_next) {
    Val answer;
    int rc =
        client_post(page, k, "/api/v1/query", query_body(page, q, cursor, rows), q->as, &answer);
    if (rc != EXIT_DONE) return rc;
    Val list = val_get(answer, "rows");
    for (size_t i = 0; list.type == VAL_LIST && i < list.list.n && rc == EXIT_DONE; i++) {
        rc = fn(page, list.list.v[i], arg);
        (*n)++;
    }
    *ret_next = val_get_text(answer, "next", STR(""));
    return rc;
}

int list_each(Cli *cli, Client *k, const ListQuery *q, ListRow fn, void *arg, size_t *ret_n) {
    Arena *pages[2] = { arena_new(cli->env, PAGE_ARENA), arena_new(cli->env, PAGE_ARENA) };
    Str cursor = STR("");
    size_t n = 0;
    int rc = EXIT_DONE;
    for (size_t at = 0; rc == EXIT_DONE; at ^= 1) {
        size_t rows = q->limit && q->limit - n < PAGE_ROWS ? q->limit - n : PAGE_ROWS;
        /* The cursor lies in the arena of the page before. */
        arena_reset(pages[at]);
        Cli page = cli_with_arena(cli, pages[at]);
        rc = one_page(&page, k, q, cursor, rows, fn, arg, &n, &cursor);
        if (cursor.n == 0 || (q->limit && n >= q->limit)) break;
    }
    arena_free(pages[0]);
    arena_free(pages[1]);
    if (ret_n) *ret_n = n;
    return rc;
}

typedef struct Find {
    Cli *cli;
    Str id;
    size_t n;
} Find;

static int note_id(Cli *page, Val record, void *arg) {
    Find *f = arg;
    (void)page;
    f->id = str_copy(f->cli->arena, val_get_text(record, "id", STR("")));
    f->n++;
    return EXIT_DONE;
}

/* A text of the expression language: ' is doubled. */
static Str quoted(Arena *a, Str text) {
    Buf b = buf_new(a, 64 << 10);
    buf_byte(&b, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] == '\'') buf_byte(&b, '\'');
        buf_byte(&b, (uint8_t)text.s[i]);
    }
    buf_byte(&b, '\'');
    return buf_text(&b);
}

int list_find(Cli *cli, Client *k, Str as, const char *kind, const char *field, Str value,
              Str *ret_id) {
    Str text = quoted(cli->arena, value);
    ListQuery q = { .kind = str_of(kind),
                    .where = str_printf(cli->arena, "%s = %.*s", field, STR_ARG(text)),
                    .as = as,
                    .limit = 2 };
    Find f = { .cli = cli };
    int rc = list_each(cli, k, &q, note_id, &f, NULL);
    if (rc != EXIT_DONE) return rc;
    if (f.n != 1) {
        (void)FAIL(&cli->c, ST_MISSING, "", "error.cli.not_found", "kind", str_of(kind), "value",
                   value);
        return say_errors(cli);
    }
    *ret_id = f.id;
    return EXIT_DONE;
}

static bool has_flag(Val field, const char *flag) {
    Val flags = val_get(field, "flags");
    for (size_t i = 0; flags.type == VAL_LIST && i < flags.list.n; i++)
        if (str_is(flags.list.v[i].text, flag)) return true;
    return false;
}

int list_fields(Cli *cli, Client *k, Str kind, Str as, Val *ret) {
    Val meta, out = val_list();
    int rc = client_get(cli, k, STR("/api/v1/meta"), as, &meta);
    if (rc != EXIT_DONE) return rc;
    Val kinds = val_get(meta, "kinds");
    for (size_t i = 0; kinds.type == VAL_LIST && i < kinds.list.n; i++) {
        if (!str_eq(val_get_text(kinds.list.v[i], "name", STR("")), kind)) continue;
        Val fields = val_get(kinds.list.v[i], "fields");
        for (size_t f = 0; fields.type == VAL_LIST && f < fields.list.n; f++) {
            Val one = fields.list.v[f];
            if (!has_flag(one, "hidden") && !has_flag(one, "sealed"))
                val_push(cli->arena, &out, val_get(one, "name"));
        }
    }
    *ret = out;
    return EXIT_DONE;
}

/* ---- CSV ----------------------------------------------------------------------------------------- */

static Str cell_text(Arena *a, Val v) {
    switch (v.type) {
    case VAL_TEXT: return v.text;
    case VAL_INT: return str_printf(a, "%lld", (long long)v.i);
    case VAL_BOOL: return v.b ? STR("true") : STR("false");
    case VAL_LIST: {
        Buf b = buf_new(a, 64 << 10);
        for (size_t i = 0; i < v.list.n; i++) {
            if (i) buf_byte(&b, ';');
            buf_str(&b, cell_text(a, v.list.v[i]));
        }
        return buf_text(&b);
    }
    default: return STR("");
    }
}

void csv_head(FILE *out, Arena *a, Val fields) {
    Buf b = buf_new(a, 1 << 20);
    buf_str(&b, STR("id,void"));
    for (size_t i = 0; i < fields.list.n; i++) {
        buf_byte(&b, ',');
        csv_write_cell(&b, fields.list.v[i].text, ',');
    }
    buf_str(&b, STR("\r\n"));
    fwrite(b.p, 1, b.n, out);
}

void csv_record(FILE *out, Arena *a, Val fields, Val record) {
    Buf b = buf_new(a, 16 << 20);
    Val values = val_get(record, "fields");
    csv_write_cell(&b, val_get_text(record, "id", STR("")), ',');
    buf_byte(&b, ',');
    csv_write_cell(&b, val_get_text(record, "void", STR("")), ',');
    for (size_t i = 0; i < fields.list.n; i++) {
        buf_byte(&b, ',');
        csv_write_cell(&b, cell_text(a, val_get_str(values, fields.list.v[i].text)), ',');
    }
    buf_str(&b, STR("\r\n"));
    fwrite(b.p, 1, b.n, out);
}
