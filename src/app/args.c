/* args.c: the command line, by the table of commands; and help, which says the same table. */
#include "app/app.h"

#include "base/banned.h"

const Command *const commands[] = { &cmd_init,   &cmd_serve,   &cmd_demo,   &cmd_import,
                                    &cmd_op,     &cmd_query,   &cmd_export, &cmd_user,
                                    &cmd_verify, &cmd_rebuild, &cmd_doctor, &cmd_recover,
                                    &cmd_help,   &cmd_version, NULL };

const Command *command_find(Str name) {
    for (size_t i = 0; commands[i]; i++)
        if (str_is(name, commands[i]->name)) return commands[i];
    return NULL;
}

static size_t option_index(const Command *k, Str name) {
    size_t i = 0;
    while (i < OPTIONS_MAX && k->options[i].name && !str_is(name, k->options[i].name))
        i++;
    return i < OPTIONS_MAX && k->options[i].name ? i : OPTIONS_MAX;
}

const char *option(const Cli *cli, const char *name) {
    size_t i = option_index(cli->command, str_of(name));
    if (i == OPTIONS_MAX) BUG("a command asks for an option that it does not have");
    return cli->values[i];
}

typedef struct ArgReader {
    int argc, at;
    char *const *argv;
    bool only_words; /* after "--" */
    bool help;
} ArgReader;

/* The value of an option: after '=', or the next argument. NULL: there is none. */
static const char *value_of(ArgReader *r, Str after_equals) {
    if (after_equals.s) return after_equals.s; /* to the end of the argument: NUL-terminated */
    return r->at < r->argc ? r->argv[r->at++] : NULL;
}

static int read_common(Cli *cli, ArgReader *r, Str name, Str equals, bool *ret_known) {
    const char *value = NULL;
    *ret_known = true;
    if (str_is(name, "help")) {
        r->help = true;
        return EXIT_DONE;
    }
    if (str_is(name, "dir") || str_is(name, "lang")) {
        value = value_of(r, equals);
        if (!value || !*value) return say_usage(cli, "usage.value", str_c(cli->arena, name));
        if (str_is(name, "dir")) {
            cli->dir = value;
        } else if (!language_is_spoken(str_of(value))) {
            return say_usage(cli, "usage.lang", value);
        } else {
            cli->c.lang = str_of(value);
            cli->lang_given = true;
        }
        return EXIT_DONE;
    }
    *ret_known = false;
    return EXIT_DONE;
}

static int read_option(Cli *cli, ArgReader *r, Str text) {
    Str equals = text, name = str_cut(&equals, '=');
    bool known;
    size_t i = cli->command ? option_index(cli->command, name) : OPTIONS_MAX;
    if (i == OPTIONS_MAX) {
        int rc = read_common(cli, r, name, equals, &known);
        return known ? rc : say_usage(cli, "usage.option", str_c(cli->arena, name));
    }
    const CommandOption *o = &cli->command->options[i];
    if (!o->value) {
        if (equals.s) return say_usage(cli, "usage.flag", o->name);
        cli->values[i] = "";
        if (strcmp(o->name, "json") == 0) cli->json = true;
        return EXIT_DONE;
    }
    cli->values[i] = value_of(r, equals);
    return cli->values[i] ? EXIT_DONE : say_usage(cli, "usage.value", o->name);
}

static int read_word(Cli *cli, const char *word) {
    if (!cli->command) {
        cli->command = command_find(str_of(word));
        return cli->command ? EXIT_DONE : say_usage(cli, "usage.command", word);
    }
    if (cli->n_words == WORDS_MAX) return say_usage(cli, "usage.words", cli->command->name);
    cli->words[cli->n_words++] = word;
    return EXIT_DONE;
}

static int read_one(Cli *cli, ArgReader *r) {
    const char *arg = r->argv[r->at++];
    Str text = str_of(arg);
    if (r->only_words || text.n < 2 || arg[0] != '-') return read_word(cli, arg);
    if (str_is(text, "--")) {
        r->only_words = true;
        return EXIT_DONE;
    }
    if (arg[1] == '-') return read_option(cli, r, str_slice(text, 2, text.n));
    if (arg[1] == 'd')
        return read_option(cli, r,
                           text.n > 2 ? str_printf(cli->arena, "dir=%s", arg + 2) : STR("dir"));
    if (str_is(text, "-h")) {
        r->help = true;
        return EXIT_DONE;
    }
    return say_usage(cli, "usage.option", arg + 1);
}

int args_parse(Cli *cli, int argc, char *const *argv) {
    ArgReader r = { .argc = argc, .at = 1, .argv = argv };
    while (r.at < argc) {
        if (strcmp(argv[r.at], "--version") == 0 && !cli->command) {
            cli->command = &cmd_version;
            return EXIT_DONE;
        }
        int rc = read_one(cli, &r);
        if (rc != EXIT_DONE) return rc;
    }
    if (!cli->command) cli->command = &cmd_help;
    if (r.help && cli->command != &cmd_help) {
        cli->words[0] = cli->command->name;
        cli->n_words = 1;
        cli->command = &cmd_help;
        memset(cli->values, 0, sizeof cli->values);
    }
    const Command *k = cli->command;
    if (cli->n_words < k->words_min || cli->n_words > k->words_max)
        return say_usage(cli, "usage.words", k->name);
    return EXIT_DONE;
}

/* ---- help ---------------------------------------------------------------------------------------- */

static Str usage_line(const Cli *cli, const Command *k) {
    Buf b = buf_new(cli->arena, 4096);
    buf_printf(&b, "panah [-d DIR] %s", k->name);
    if (k->words[0]) buf_printf(&b, " %s", k->words);
    for (size_t i = 0; i < OPTIONS_MAX && k->options[i].name; i++) {
        const CommandOption *o = &k->options[i];
        buf_printf(&b, o->value ? " [--%s %s]" : " [--%s]", o->name, o->value);
    }
    return buf_text(&b);
}

static Str key_text(const Cli *cli, const char *format, const char *name) {
    Str key = name ? str_printf(cli->arena, "%s.%s", format, name) : str_of(format);
    return model_label(cli->texts, cli->c.lang, key, NULL);
}

static void print_option(const Cli *cli, const CommandOption *o) {
    Str head = o->value ? str_printf(cli->arena, "--%s %s", o->name, o->value)
                        : str_printf(cli->arena, "--%s", o->name);
    Str text = key_text(cli, o->help, NULL);
    fprintf(cli->out, "  %-26.*s %.*s\n", STR_ARG(head), STR_ARG(text));
}

void help_command(const Cli *cli, const Command *k) {
    Str usage = usage_line(cli, k), line = key_text(cli, "command", k->name);
    Str about_key = str_printf(cli->arena, "command.%s.about", k->name);
    Str about = model_label(cli->texts, cli->c.lang, about_key, NULL);
    fprintf(cli->out, "%.*s\n\n%.*s\n", STR_ARG(usage), STR_ARG(line));
    if (!str_eq(about, about_key)) fprintf(cli->out, "\n%.*s\n", STR_ARG(about));
    if (k->options[0].name) fprintf(cli->out, "\n");
    for (size_t i = 0; i < OPTIONS_MAX && k->options[i].name; i++)
        print_option(cli, &k->options[i]);
}

void help_all(const Cli *cli) {
    say(cli, cli->out, "cli.help.head", NULL);
    for (size_t i = 0; commands[i]; i++) {
        Str line = key_text(cli, "command", commands[i]->name);
        fprintf(cli->out, "  %-9s %.*s\n", commands[i]->name, STR_ARG(line));
    }
    say(cli, cli->out, "cli.help.foot", NULL);
}

/* roff takes a line that begins with '.' or '\'' as a request, and '\\' as an escape. */
static void roff(const Cli *cli, Str text) {
    bool begins = true;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.s[i];
        if (begins && (c == '.' || c == '\'')) fputs("\\&", cli->out);
        if (c == '\\')
            fputs("\\e", cli->out);
        else if (c == '-')
            fputs("\\-", cli->out);
        else
            fputc(c, cli->out);
        begins = c == '\n';
    }
    fputc('\n', cli->out);
}

static void man_command(const Cli *cli, const Command *k) {
    fputs(".SS ", cli->out);
    roff(cli, str_of(k->name));
    fputs(".B ", cli->out);
    roff(cli, usage_line(cli, k));
    fputs(".PP\n", cli->out);
    roff(cli, key_text(cli, "command", k->name));
    Str about_key = str_printf(cli->arena, "command.%s.about", k->name);
    Str about = model_label(cli->texts, cli->c.lang, about_key, NULL);
    if (!str_eq(about, about_key)) {
        fputs(".PP\n", cli->out);
        roff(cli, about);
    }
    for (size_t i = 0; i < OPTIONS_MAX && k->options[i].name; i++) {
        const CommandOption *o = &k->options[i];
        fputs(".TP\n.B ", cli->out);
        roff(cli, o->value ? str_printf(cli->arena, "--%s %s", o->name, o->value)
                           : str_printf(cli->arena, "--%s", o->name));
        roff(cli, key_text(cli, o->help, NULL));
    }
}

static void man_settings(const Cli *cli) {
    fputs(".SH FILES\n.TP\n.I DIR/panah.conf\n", cli->out);
    roff(cli, key_text(cli, "cli.man.conf", NULL));
    for (size_t i = 0; i < n_settings; i++) {
        const Setting *s = &settings[i];
        fputs(".TP\n.B ", cli->out);
        roff(cli, str_printf(cli->arena, "%s = %s", s->name, s->standard));
        roff(cli, key_text(cli, s->help, NULL));
    }
}

void help_man(const Cli *cli) {
    fputs(".TH PANAH 1 \"\" \"panah " PANAH_VERSION "\"\n.SH NAME\n", cli->out);
    roff(cli, key_text(cli, "cli.man.name", NULL));
    fputs(".SH SYNOPSIS\n.B panah\n[\\-d DIR] COMMAND [OPTION...]\n.SH DESCRIPTION\n", cli->out);
    roff(cli, key_text(cli, "cli.man.about", NULL));
    fputs(".SH COMMANDS\n", cli->out);
    for (size_t i = 0; commands[i]; i++)
        man_command(cli, commands[i]);
    man_settings(cli);
    fputs(".SH EXIT STATUS\n", cli->out);
    roff(cli, key_text(cli, "cli.man.exit", NULL));
}
