/* cmd_import.c: a list of people from a file: staged as one batch, its errors said all at once, and
 * approved unless it is a dry run. Of what it would correct that is taken which nobody has changed since
 * the last list; the rest is said and left. */
#include "app/list.h"

#include "base/banned.h"

enum { IMPORT_MIB_MAX = REQUEST_FILE_MAX >> 20, PRINTED_ERRORS_MAX = 1000 };

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static Str text_in(Val v, const char *name) {
    Val field = val_get(v, name);
    return field.type == VAL_TEXT ? field.text : STR("");
}

static bool is_warning(Val e) {
    return str_is(text_in(e, "severity"), "warning");
}

/* "row 12, birth_date: "31/2/1990": there is no such day. Give …" */
static void print_error(const Cli *cli, Val e) {
    Str row = str_printf(cli->arena, "%lld", (long long)val_get_int(e, "row", 0));
    const char *key = is_warning(e) ? "cli.import.row_warning" : "cli.import.row";
    Str where = text_of(cli, key, "row", str_c(cli->arena, row), NULL);
    Str column = text_in(e, "column"), value = text_in(e, "value");
    Str message = text_in(e, "message"), remedy = text_in(e, "remedy");
    fprintf(cli->out, "%.*s", STR_ARG(where));
    if (column.n) fprintf(cli->out, ", %.*s", STR_ARG(column));
    if (value.n) fprintf(cli->out, " \"%.*s\"", STR_ARG(value));
    fprintf(cli->out, ": %.*s", STR_ARG(message));
    if (remedy.n) fprintf(cli->out, " %.*s", STR_ARG(remedy));
    fputc('\n', cli->out);
}

/* What the columns were taken for: whoever sees it wrong here need not find it in five thousand people. */
static void print_columns(const Cli *cli, Val staged) {
    Val mapping = val_get(staged, "mapping");
    for (size_t i = 0; mapping.type == VAL_MAP && i < mapping.map.n; i++) {
        const char *column = str_c(cli->arena, mapping.map.v[i].key);
        Val target = mapping.map.v[i].value;
        if (target.type == VAL_TEXT && target.text.n)
            say(cli, cli->out, "cli.import.column", "column", column, "target",
                str_c(cli->arena, target.text), NULL);
        else
            say(cli, cli->out, "cli.import.column_idle", "column", column, NULL);
    }
}

/* Not of a file that had been brought in before: it was not checked again. */
static void print_rows(const Cli *cli, Val staged) {
    if (val_is_absent(val_get(staged, "failed"))) return;
    int64_t left = val_get_int(staged, "failed", 0) + val_get_int(staged, "held", 0);
    say(cli, cli->out, "cli.import.rows", "rows", number_text(cli, val_get_int(staged, "rows", 0)),
        "good", number_text(cli, val_get_int(staged, "good", 0)), "families",
        number_text(cli, val_get_int(staged, "families", 0)), "left", number_text(cli, left), NULL);
}

/* What stops a row comes before what should only be looked at. */
static void print_errors(const Cli *cli, Val staged) {
    Val errors = val_get(staged, "errors");
    size_t n = errors.type == VAL_LIST ? errors.list.n : 0, printed = 0;
    for (int warnings = 0; warnings < 2; warnings++)
        for (size_t i = 0; i < n && printed < PRINTED_ERRORS_MAX; i++) {
            if (is_warning(errors.list.v[i]) != warnings) continue;
            print_error(cli, errors.list.v[i]);
            printed++;
        }
    int64_t n_errors = val_get_int(staged, "n_errors", 0),
            n_warnings = val_get_int(staged, "n_warnings", 0),
            more = n_errors + n_warnings - (int64_t)printed;
    if (more > 0) say(cli, cli->out, "cli.import.more", "more", number_text(cli, more), NULL);
    if (n_errors)
        say(cli, cli->out, "cli.import.errors", "errors", number_text(cli, n_errors), NULL);
    if (n_warnings)
        say(cli, cli->out, "cli.import.warnings", "warnings", number_text(cli, n_warnings), NULL);
}

static Str value_text(const Cli *cli, Val correction, const char *label, const char *value) {
    Val v = val_get(correction, label);
    if (val_is_absent(v)) v = val_get(correction, value);
    if (v.type == VAL_TEXT) return v.text;
    if (v.type == VAL_NULL || v.type == VAL_NONE) return STR("-");
    Buf b = buf_new(cli->arena, 1 << 16);
    json_write(&b, v);
    return buf_text(&b);
}

static void print_correction(const Cli *cli, Val one, bool moved) {
    Arena *a = cli->arena;
    Str field = str_printf(a, "field.%.*s.%.*s", STR_ARG(text_in(one, "kind")),
                           STR_ARG(text_in(one, "field")));
    Str label = text_of(cli, str_c(a, field), NULL);
    Str was = value_text(cli, one, "was_label", "was"),
        now = value_text(cli, one, "now_label", "now");
    Str values = text_of(cli, "cli.import.correction_values", "was", str_c(a, was), "now",
                         str_c(a, now), NULL);
    say(cli, cli->out, moved ? "cli.import.correction_moved" : "cli.import.correction", "row",
        number_text(cli, val_get_int(one, "row", 0)), "who",
        str_c(a, str_printf(a, "%.*s (%.*s)", STR_ARG(text_in(one, "name")),
                            STR_ARG(text_in(one, "number")))),
        "field", str_c(a, label), "values", str_c(a, values), NULL);
}

/* Those that people have changed since; all of them where nothing is decided yet. */
static void print_corrections(const Cli *cli, Val staged, bool all) {
    Val list = val_get(staged, "corrections");
    size_t n = list.type == VAL_LIST ? list.list.n : 0;
    for (size_t i = 0; i < n; i++) {
        Val one = list.list.v[i];
        bool moved = val_get_bool(one, "moved", false);
        if (!all && !moved) continue;
        print_correction(cli, one, moved);
    }
}

/* {header: field or null}; or as import.stage takes both: {mapping: …, values: …}. */
static Status read_map(Cli *cli, const char *path, Val *input) {
    enum { MAP_BYTES_MAX = 1 << 20 };
    Ctx *c = &cli->c;
    Str bytes;
    Val map;
    TRY(env_read_file(c, path, MAP_BYTES_MAX, &bytes));
    TRY(json_parse(c, bytes, MAP_BYTES_MAX, &map));
    if (map.type != VAL_MAP) return FAIL(c, ST_INVALID, path, "error.import.map");
    Val inner = val_get(map, "mapping"), values = val_get(map, "values");
    bool both = inner.type == VAL_MAP || values.type == VAL_MAP;
    if (!both || inner.type == VAL_MAP) val_set_c(cli->arena, input, "mapping", both ? inner : map);
    if (values.type == VAL_MAP) val_set_c(cli->arena, input, "values", values);
    return ST_OK;
}

static Status read_input(Cli *cli, Str *ret_bytes, Val *ret) {
    Ctx *c = &cli->c;
    Arena *a = cli->arena;
    const char *path = cli->words[0], *kind = option(cli, "kind"),
               *profile = option(cli, "profile"), *save = option(cli, "save-profile");
    Status st = env_read_file(c, path, (size_t)IMPORT_MIB_MAX << 20, ret_bytes);
    if (st == ST_LIMIT) {
        ctx_forget_errors(c);
        return FAIL(c, ST_LIMIT, path, "error.import.too_large", "max_mib",
                    str_printf(a, "%d", IMPORT_MIB_MAX));
    }
    TRY(st);
    Val v = val_map();
    val_set_c(a, &v, "file_name", val_text(str_of(base_name(path))));
    val_set_c(a, &v, "kind", val_text(str_of(kind ? kind : "person")));
    if (profile) val_set_c(a, &v, "profile", val_text(str_of(profile)));
    if (save) val_set_c(a, &v, "save_profile", val_text(str_of(save)));
    if (option(cli, "dry-run")) val_set_c(a, &v, "dry_run", val_bool(true));
    if (option(cli, "map")) TRY(read_map(cli, option(cli, "map"), &v));
    *ret = v;
    return ST_OK;
}

static int refuse_empty(Cli *cli, Val staged) {
    if (cli->json)
        print_val(cli, cli->out, staged);
    else
        say(cli, cli->err, "cli.import.nothing", NULL);
    return EXIT_REFUSED;
}

/* The same file again: nothing is done twice. */
static int tell_repeated(Cli *cli, Val staged) {
    Str batch = val_get_text(staged, "batch", STR(""));
    if (cli->json)
        print_val(cli, cli->out, staged);
    else
        say(cli, cli->out, "cli.import.repeated", "batch", str_c(cli->arena, batch), "made",
            number_text(cli, val_get_int(staged, "made", 0)), NULL);
    return EXIT_DONE;
}

/* A later version of a list that brings nobody new. */
static int tell_again(Cli *cli, Val staged) {
    if (cli->json)
        print_val(cli, cli->out, staged);
    else
        say(cli, cli->out, "cli.import.again", "rows",
            number_text(cli, val_get_int(staged, "again", 0)), NULL);
    return val_get_int(staged, "n_errors", 0) ? EXIT_REFUSED : EXIT_DONE;
}

static int approve(Cli *cli, Client *k, Val staged) {
    Val input = val_map(), result;
    Str batch = val_get_text(staged, "batch", STR(""));
    const char *rows = number_text(cli, val_get_int(staged, "good", 0));
    if (!cli->json)
        say(cli, cli->out, "cli.import.staged", "rows", rows, "batch", str_c(cli->arena, batch),
            NULL);
    val_set_c(cli->arena, &input, "batch", val_text(batch));
    val_set_c(cli->arena, &input, "corrections", val_text(STR("marked")));
    int rc = client_op(cli, k, STR("import.approve"), input, account_of(cli), &result);
    if (rc != EXIT_DONE) return rc;
    if (cli->json) {
        val_set_c(cli->arena, &staged, "approved", result);
        print_val(cli, cli->out, staged);
        return EXIT_DONE;
    }
    print_errors(cli, result);
    if (val_get_int(staged, "n_corrections", 0))
        say(cli, cli->out, "cli.import.corrected", "made",
            number_text(cli, val_get_int(result, "corrected", 0)), "left",
            number_text(cli, val_get_int(result, "corrections_left", 0)), NULL);
    say(cli, cli->out, "cli.import.done", "made", number_text(cli, val_get_int(result, "made", 0)),
        "rows", rows, "batch", str_c(cli->arena, batch), NULL);
    return EXIT_DONE;
}

static int import_run(Cli *cli, Client *k, Str bytes, Val input) {
    Val staged;
    Str name;
    int rc = client_put_list(cli, k, bytes, account_of(cli), &name);
    if (rc != EXIT_DONE) return rc;
    val_set_c(cli->arena, &input, "blob", val_text(name));
    rc = client_op(cli, k, STR("import.stage"), input, account_of(cli), &staged);
    if (rc != EXIT_DONE) return rc;
    bool dry = option(cli, "dry-run") != NULL;
    if (!cli->json) {
        print_columns(cli, staged);
        print_errors(cli, staged);
        print_corrections(cli, staged, dry);
        print_rows(cli, staged);
    }
    if (dry) {
        if (cli->json)
            print_val(cli, cli->out, staged);
        else
            say(cli, cli->out, "cli.import.dry", NULL);
        return EXIT_DONE;
    }
    if (str_is(val_get_text(staged, "state", STR("")), "APPROVED"))
        return tell_repeated(cli, staged);
    bool nobody =
        val_get_int(staged, "good", 0) == 0 && val_get_int(staged, "n_corrections", 0) == 0;
    if (nobody && val_get_int(staged, "again", 0) > 0) return tell_again(cli, staged);
    if (nobody) return refuse_empty(cli, staged);
    return approve(cli, k, staged);
}

static int import_fn(Cli *cli) {
    Val input = VAL_ABSENT;
    Str bytes;
    if (read_input(cli, &bytes, &input) != ST_OK) return say_errors(cli);
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = import_run(cli, k, bytes, input);
    client_close(k);
    return rc;
}

const Command cmd_import = {
    .name = "import",
    .words = "FILE",
    .words_min = 1,
    .words_max = 1,
    .options = { { "kind", "KIND", "option.import.kind" },
                 { "map", "FILE", "option.import.map" },
                 { "profile", "PROFILE", "option.import.profile" },
                 { "save-profile", "PROFILE", "option.import.save_profile" },
                 { "dry-run", NULL, "option.import.dry_run" },
                 { "as", "LOGIN", "option.as" },
                 { "json", NULL, "option.json" } },
    .fn = import_fn,
};
