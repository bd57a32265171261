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

Status setup_folder(Cli *cli, const Setup *s, SetupResult *ret) {
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
