/* setup.c: a new folder. */
#include "app/setup.h"

#include "domain/admin/admin.h"

#include "base/banned.h"

typedef struct First {
    FirstRecords records;
    FirstIds ids;
} First;

static Status write_first(Ctx *c, Tx *tx, void *arg) {
    First *f = arg;
    ActPart act = {
        .act = id_new(c->env), .op_no = ACT_BEGIN, .op_version = 1, .client_time = TIME_NONE
    };
    tx_act(tx, &act);
    return admin_first_records(c, tx, &f->records, &f->ids);
}

static Str first_language(const Setup *s) {
    return s->language.n ? s->language : STR("en");
}

static Status write_config(Cli *cli, const Setup *s) {
    Str path = str_printf(cli->arena, "%s/panah.conf", cli->dir);
    Str text =
        str_printf(cli->arena, "# panah help --man tells what can stand here.\noperation = %.*s\n",
                   STR_ARG(s->operation));
    return env_write_file(&cli->c, str_c(cli->arena, path), 0600, text);
}

static Status first_records(Cli *cli, const Setup *s, SetupResult *r) {
    Ctx *c = &cli->c;
    Node node;
    NodeOptions o = { .dir = cli->dir, .readers = 2 };
    First f = { .records = { .office_code = s->office_code,
                             .office_name = s->office_name.n ? s->office_name : s->operation,
                             .country = s->country,
                             .calendar = s->calendar,
                             .language = first_language(s),
                             .dial_code = s->dial_code,
                             .utc_offset_minutes = s->utc_offset_minutes,
                             .login = s->login,
                             .keep_password = s->keep_password } };
    Status st = node_open(c, &cli->config, &o, &node);
    if (st == ST_OK) {
        r->login = s->login;
        r->password = password_random(cli->env, cli->arena);
        st = access_password_hash(c, node.access, r->password, &f.records.password_phc);
    }
    c->store = node.store;
    if (st == ST_OK) st = store_write(node.store, c, write_first, &f);
    c->store = NULL;
    node_close(&node);
    r->office = f.ids.office;
    r->user = f.ids.user;
    return st;
}

/* ---- what was asked for ---------------------------------------------------------------------------- */

/* Named as the options of init are: that is where whoever reads an error finds them. */
static const Field asked_fields[] = {
    { "name", .like = "office.name" },
    { "office-name", .like = "office.name" },
    { "country", .like = "office.country" },
    { "calendar", .like = "office.calendar" },
    { "language", .like = "office.language" },
    { "dial-code", .like = "office.dial_code" },
    { "utc-offset", .like = "office.utc_offset_minutes" },
};
static const Shape asked_shape = { .name = "init", FIELDS(asked_fields) };

static Status check_forms(Ctx *c, const Setup *s) {
    Status st = ST_OK;
    if (s->office_code.n && !admin_office_code_fits(s->office_code))
        st = FAIL(c, ST_INVALID, "office", "error.office.code");
    if (!admin_dial_code_fits(s->dial_code))
        st = FAIL(c, ST_INVALID, "dial-code", "error.office.dial_code");
    if (!admin_login_fits(login_normal(c->arena, s->login)))
        st = FAIL(c, ST_INVALID, "login", "error.login.form");
    return st;
}

/* All of it before the first byte is written: a folder that was refused half way has no account. */
static Status check_asked(Cli *cli, Setup *s) {
    Arena *a = cli->arena;
    Val in = val_map(), clean;
    const struct {
        const char *name;
        Str *text;
    } texts[] = { { "name", &s->operation },    { "office-name", &s->office_name },
                  { "country", &s->country },   { "calendar", &s->calendar },
                  { "language", &s->language }, { "dial-code", &s->dial_code } };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].text->n) val_set_c(a, &in, texts[i].name, val_text(*texts[i].text));
    val_set_c(a, &in, "utc-offset", val_int(s->utc_offset_minutes));
    Status form = check_forms(&cli->c, s);
    TRY(shape_check(&cli->c, cli->texts, &asked_shape, in, &clean));
    TRY(form);
    s->login = login_normal(a, s->login);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i].text = val_get_text(clean, texts[i].name, STR(""));
    return ST_OK;
}

Status setup_folder(Cli *cli, const Setup *asked, SetupResult *ret) {
    Setup checked = *asked, *s = &checked;
    TRY(check_asked(cli, s));
    StoreOptions o = { .dir = cli->dir, .model = app_model(), .language = first_language(s) };
    SetupResult r = { 0 };
    TRY(store_init(&cli->c, &o, s->operation, &r.recovery_text));
    TRY(write_config(cli, s));
    cli->config.operation = s->operation;
    TRY(first_records(cli, s, &r));
    *ret = r;
    return ST_OK;
}

void setup_print(const Cli *cli, const SetupResult *r) {
    say(cli, cli->out, "cli.init.recovery", "dir", cli->dir, NULL);
    fprintf(cli->out, "\n    %.*s\n\n", STR_ARG(r->recovery_text));
    say(cli, cli->out, "cli.init.login", NULL);
    fprintf(cli->out, "\n    %.*s\n    %.*s\n\n", STR_ARG(r->login), STR_ARG(r->password));
}

Val setup_val(const Cli *cli, const SetupResult *r) {
    Val v = val_map();
    val_set_c(cli->arena, &v, "recovery_key", val_text(r->recovery_text));
    val_set_c(cli->arena, &v, "login", val_text(r->login));
    val_set_c(cli->arena, &v, "password", val_text(r->password));
    val_set_c(cli->arena, &v, "office", val_text(id_text(cli->arena, r->office)));
    val_set_c(cli->arena, &v, "user", val_text(id_text(cli->arena, r->user)));
    return v;
}
