/* cmd_user.c: accounts, for whoever owns the folder: also when nobody can sign in any more. */
#include "app/list.h"

#include "base/banned.h"

/* ---- list ------------------------------------------------------------------------------------------ */

static Str shown(Val record, const char *field) {
    Str label = val_get_text(val_get(record, "labels"), field, STR(""));
    return label.n ? label : val_get_text(val_get(record, "fields"), field, STR(""));
}

/* By letters, not bytes: those of most languages here take two. */
static void column(FILE *out, Str text, size_t letters) {
    size_t n = str_utf8_length(text);
    fprintf(out, "%.*s%*s ", STR_ARG(text), n < letters ? (int)(letters - n) : 0, "");
}

typedef struct Accounts {
    Arena *arena; /* a page's own is gone with the page */
    Val all;
} Accounts;

static int keep_row(Cli *page, Val record, void *arg) {
    Accounts *kept = arg;
    (void)page;
    val_push(kept->arena, &kept->all, val_copy(kept->arena, record));
    return EXIT_DONE;
}

static int list_row(Cli *page, Val record, void *arg) {
    Val fields = val_get(record, "fields");
    (void)arg;
    Str login = val_get_text(fields, "login", STR("")),
        name = val_get_text(fields, "name", STR(""));
    Str office = shown(record, "office"), status = shown(record, "status");
    column(page->out, login, 20);
    column(page->out, status, 12);
    column(page->out, office, 24);
    fprintf(page->out, "%.*s\n", STR_ARG(name));
    return EXIT_DONE;
}

static int list_users(Cli *cli, Client *k, Str as) {
    ListQuery q = { .kind = STR("user"), .order = STR("login"), .as = as };
    if (!cli->json) return list_each(cli, k, &q, list_row, NULL, NULL);
    Accounts kept = { .arena = cli->arena, .all = val_list() };
    int rc = list_each(cli, k, &q, keep_row, &kept, NULL);
    if (rc == EXIT_DONE) print_val(cli, cli->out, kept.all);
    return rc;
}

/* ---- add ------------------------------------------------------------------------------------------- */

/* --role CODE,CODE at the office. */
static int new_grants(Cli *cli, Client *k, Str as, Str office_id, Val *ret) {
    Arena *a = cli->arena;
    Val roles = names_list(cli, option(cli, "role"));
    *ret = val_list();
    for (size_t i = 0; roles.type == VAL_LIST && i < roles.list.n; i++) {
        Val grant = val_map();
        Str role;
        int rc = list_find(cli, k, as, "role", "code", roles.list.v[i].text, &role);
        if (rc != EXIT_DONE) return rc;
        val_set_c(a, &grant, "role", val_text(role));
        val_set_c(a, &grant, "office", val_text(office_id));
        val_push(a, ret, grant);
    }
    return EXIT_DONE;
}

static int new_user(Cli *cli, Client *k, Str as, Str login, Val *ret) {
    Arena *a = cli->arena;
    const char *name = option(cli, "name"), *office = option(cli, "office");
    const char *lang = option(cli, "language");
    Str office_id;
    if (!office) return say_usage(cli, "usage.needs", "office");
    int rc = list_find(cli, k, as, "office", "code", str_of(office), &office_id);
    if (rc != EXIT_DONE) return rc;
    Val input = val_map(), grants;
    rc = new_grants(cli, k, as, office_id, &grants);
    if (rc != EXIT_DONE) return rc;
    val_set_c(a, &input, "login", val_text(login));
    val_set_c(a, &input, "name", val_text(name ? str_of(name) : login));
    val_set_c(a, &input, "office", val_text(office_id));
    if (lang) val_set_c(a, &input, "language", val_text(str_of(lang)));
    if (grants.list.n) val_set_c(a, &input, "grants", grants);
    return client_op(cli, k, STR("user.create"), input, as, ret);
}

static int print_password(const Cli *cli, Str login, Val result) {
    if (cli->json) {
        print_val(cli, cli->out, result);
        return EXIT_DONE;
    }
    Str password = val_get_text(result, "first_password", STR(""));
    say(cli, cli->out, "cli.user.password", NULL);
    fprintf(cli->out, "\n    %.*s\n    %.*s\n\n", STR_ARG(login), STR_ARG(password));
    return EXIT_DONE;
}

static int set_status(Cli *cli, Client *k, Str as, Str login, const char *status) {
    Str id;
    int rc = list_find(cli, k, as, "user", "login", login, &id);
    if (rc != EXIT_DONE) return rc;
    Val input = val_map(), result = VAL_ABSENT;
    val_set_c(cli->arena, &input, "id", val_text(id));
    val_set_c(cli->arena, &input, "status", val_text(str_of(status)));
    rc = client_op(cli, k, STR("user.suspend"), input, as, &result);
    if (rc != EXIT_DONE) return rc;
    if (cli->json)
        print_val(cli, cli->out, result);
    else
        say(cli, cli->out, "cli.user.status", "login", str_c(cli->arena, login), "status",
            str_c(cli->arena,
                  model_code_label(cli->texts, cli->c.lang, STR("user_status"), str_of(status))),
            NULL);
    return EXIT_DONE;
}

static int new_password(Cli *cli, Client *k, Str as, Str login) {
    Str id;
    Val input = val_map(), result = VAL_ABSENT;
    int rc = list_find(cli, k, as, "user", "login", login, &id);
    if (rc != EXIT_DONE) return rc;
    val_set_c(cli->arena, &input, "id", val_text(id));
    rc = client_op(cli, k, STR("user.reset_password"), input, as, &result);
    return rc == EXIT_DONE ? print_password(cli, login, result) : rc;
}

static int act(Cli *cli, Client *k, Str as, Str verb, Str login) {
    if (str_is(verb, "list")) return list_users(cli, k, as);
    if (str_is(verb, "password")) return new_password(cli, k, as, login);
    if (str_is(verb, "suspend")) return set_status(cli, k, as, login, "SUSPENDED");
    if (str_is(verb, "activate")) return set_status(cli, k, as, login, "ACTIVE");
    Val result = VAL_ABSENT;
    int rc = new_user(cli, k, as, login, &result);
    return rc == EXIT_DONE ? print_password(cli, login, result) : rc;
}

static bool verb_is_good(Str verb, size_t n_words) {
    static const char *const verbs[] = { "add", "password", "suspend", "activate" };
    if (str_is(verb, "list")) return n_words == 1;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (str_is(verb, verbs[i])) return n_words == 2;
    return false;
}

static int user_fn(Cli *cli) {
    Str verb = str_of(cli->words[0]);
    const char *as = option(cli, "as");
    if (!verb_is_good(verb, cli->n_words)) return say_usage(cli, "usage.words", "user");
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    Str login = cli->n_words > 1 ? login_normal(cli->arena, str_of(cli->words[1])) : STR("");
    /* Without --as it is the program itself that acts, at the word of the folder's owner. */
    int rc = act(cli, k, as ? str_of(as) : STR(""), verb, login);
    client_close(k);
    return rc;
}

const Command cmd_user = {
    .name = "user",
    .words = "list | add LOGIN | password LOGIN | suspend LOGIN | activate LOGIN",
    .words_min = 1,
    .words_max = 2,
    .options = { { "name", "TEXT", "option.user.name" },
                 { "office", "CODE", "option.user.office" },
                 { "role", "CODE,CODE", "option.user.role" },
                 { "language", "CODE", "option.user.language" },
                 { "as", "LOGIN", "option.as" },
                 { "json", NULL, "option.json" } },
    .fn = user_fn,
};
