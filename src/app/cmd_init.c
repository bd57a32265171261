/* cmd_init.c: makes a data folder; prints its recovery key and first login, once. */
#include "app/setup.h"

#include "base/banned.h"

static Str given(const Cli *cli, const char *name, const char *otherwise) {
    const char *value = option(cli, name);
    return str_of(value ? value : otherwise);
}

static int init_fn(Cli *cli) {
    Setup s = { .operation = given(cli, "name", "Panah"),
                .office_code = given(cli, "office", ""),
                .office_name = given(cli, "office-name", ""),
                .country = given(cli, "country", ""),
                .calendar = given(cli, "calendar", ""),
                .language = given(cli, "language", ""),
                .dial_code = given(cli, "dial-code", ""),
                .login = given(cli, "login", "admin") };
    const char *offset = option(cli, "utc-offset");
    int64_t minutes = 0;
    if (offset && (!num_parse_i64(str_of(offset), &minutes) || minutes < -840 || minutes > 840))
        return say_usage(cli, "usage.number", "utc-offset");
    s.utc_offset_minutes = (int)minutes;
    SetupResult r;
    if (setup_folder(cli, &s, &r) != ST_OK) return say_errors(cli);
    if (cli->json) {
        print_val(cli, cli->out, setup_val(cli, &r));
        return EXIT_DONE;
    }
    setup_print(cli, &r);
    say(cli, cli->out, "cli.init.next", "dir", cli->dir, NULL);
    return EXIT_DONE;
}

const Command cmd_init = {
    .name = "init",
    .words = "",
    .options = { { "name", "TEXT", "option.init.name" },
                 { "office", "CODE", "option.init.office" },
                 { "office-name", "TEXT", "option.init.office_name" },
                 { "country", "CODE", "option.init.country" },
                 { "calendar", "CODE", "option.init.calendar" },
                 { "dial-code", "DIGITS", "option.init.dial_code" },
                 { "utc-offset", "MINUTES", "option.init.utc_offset" },
                 { "language", "CODE", "option.init.language" },
                 { "login", "LOGIN", "option.init.login" },
                 { "json", NULL, "option.json" } },
    .fn = init_fn,
};
