/* cmd_verify.c: checks of the ledger: verify looks at bytes, rebuild at what is projected from them. */
#include "app/client.h"

#include "base/banned.h"

static const char *figure(const Cli *cli, Val report, const char *name) {
    return number_text(cli, val_get_int(report, name, 0));
}

static int verify_fn(Cli *cli) {
    Val body = val_map(), r;
    if (option(cli, "all-seals")) val_set_c(cli->arena, &body, "all_seals", val_bool(true));
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = client_post(cli, k, "/api/v1/system/verify", body, STR(""), &r);
    client_close(k);
    if (rc != EXIT_DONE) return rc;
    bool bad = val_get_int(r, "faults", 0) > 0;
    if (cli->json) {
        print_val(cli, cli->out, r);
    } else {
        say(cli, cli->out, "cli.verify.done", "commits", figure(cli, r, "commits"), "parts",
            figure(cli, r, "parts"), "streams", figure(cli, r, "streams"), "seals",
            figure(cli, r, "seals"), NULL);
        if (val_get_int(r, "erased", 0))
            say(cli, cli->out, "cli.verify.erased", "parts", figure(cli, r, "erased"), NULL);
        if (bad)
            say(cli, cli->err, "cli.verify.faults", "faults", figure(cli, r, "faults"), "first",
                str_c(cli->arena, val_get_text(r, "first_fault", STR(""))), NULL);
        else
            say(cli, cli->out, "cli.verify.good", NULL);
    }
    return bad ? EXIT_REFUSED : EXIT_DONE;
}

const Command cmd_verify = {
    .name = "verify",
    .words = "",
    .options = { { "all-seals", NULL, "option.verify.all_seals" },
                 { "json", NULL, "option.json" } },
    .fn = verify_fn,
};

static int rebuild_fn(Cli *cli) {
    Val body = val_map(), r;
    bool check = option(cli, "check") != NULL;
    if (check) val_set_c(cli->arena, &body, "check_only", val_bool(true));
    Client *k;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = client_post(cli, k, "/api/v1/system/rebuild", body, STR(""), &r);
    client_close(k);
    if (rc != EXIT_DONE) return rc;
    bool bad = check && val_get_int(r, "differences", 0) > 0;
    if (cli->json) {
        print_val(cli, cli->out, r);
        return bad ? EXIT_REFUSED : EXIT_DONE;
    }
    say(cli, cli->out, "cli.rebuild.done", "commits", figure(cli, r, "commits"), "rows",
        figure(cli, r, "rows"), "ms", figure(cli, r, "ms"), NULL);
    if (val_get_int(r, "locked", 0) || val_get_int(r, "quarantined", 0))
        say(cli, cli->out, "cli.rebuild.aside", "locked", figure(cli, r, "locked"), "quarantined",
            figure(cli, r, "quarantined"), NULL);
    if (bad)
        say(cli, cli->err, "cli.rebuild.differs", "differences", figure(cli, r, "differences"),
            "first", str_c(cli->arena, val_get_text(r, "first_difference", STR(""))), NULL);
    else
        say(cli, cli->out, check ? "cli.rebuild.same" : "cli.rebuild.swapped", NULL);
    return bad ? EXIT_REFUSED : EXIT_DONE;
}

const Command cmd_rebuild = {
    .name = "rebuild",
    .words = "",
    .options = { { "check", NULL, "option.rebuild.check" }, { "json", NULL, "option.json" } },
    .fn = rebuild_fn,
};
