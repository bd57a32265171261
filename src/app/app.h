/* app.h: the program: commands, configuration, and the list of rooms.
 *
 * A command is a file cmd_*.c with one Command row: its words, options and function. Help and manual
 * pages are made from these rows and from the texts of lang/<language>/app.json. Exit status: 0 done,
 * 1 refused with reasons, 2 usage.
 *
 * Every command that touches a folder speaks HTTP with an Api: over DIR/panah.sock where a server
 * holds the folder, else with one of its own in this process (client.h). */
#ifndef APP_APP_H
#define APP_APP_H

#include "api/api.h"
#include "app/config.h"

#include <stdio.h>

#define PANAH_VERSION "0.1.0"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2, OPTIONS_MAX = 12, WORDS_MAX = 16 };

typedef struct Cli Cli;

typedef struct CommandOption {
    const char *name;  /* without dashes */
    const char *value; /* what stands for its value in help: "FILE"; NULL: a flag */
    const char *help;  /* key of its text */
} CommandOption;

/* Texts: "command.<name>" in a line, "command.<name>.about" at length. */
typedef struct Command {
    const char *name;
    const char *words; /* "FILE", "list | add LOGIN | …" */
    size_t words_min, words_max;
    CommandOption options[OPTIONS_MAX]; /* ended by a row without name */
    int (*fn)(Cli *cli);
} Command;

extern const Command cmd_init, cmd_serve, cmd_demo, cmd_import, cmd_op, cmd_query, cmd_export,
    cmd_verify, cmd_rebuild, cmd_recover, cmd_doctor, cmd_user, cmd_version, cmd_help;
extern const Command *const commands[]; /* in the order of help; ended by NULL */
const Command *command_find(Str name);

struct Cli {
    Env *env;
    Arena *arena;
    Ctx c;        /* errors of the command; language of the user */
    Model *texts; /* built-in model, for its texts */
    FILE *in, *out, *err;
    bool json;       /* --json: for machines */
    bool lang_given; /* --lang */
    const char *dir;
    Config config;
    const Command *command;
    const char *values[OPTIONS_MAX]; /* of command->options; "" for a flag that was given */
    const char *words[WORDS_MAX];
    size_t n_words;
};

/* The whole program; argv as main has it. */
int app_run(Env *env, int argc, char *const *argv, FILE *in, FILE *out, FILE *err);

/* ---- rooms.c ------------------------------------------------------------------------------- */

const ModelSource *app_model(void);
/* The operations of all rooms; access and jobs are still to be set. */
OpTable app_ops(void);

/* ---- args.c ---------------------------------------------------------------------------------- */

/* The value of an option of this command: NULL when it was not given, "" for a flag. */
const char *option(const Cli *cli, const char *name);
/* Fills in command, dir, values and words. EXIT_DONE: go on; else the exit status. */
int args_parse(Cli *cli, int argc, char *const *argv);
void help_command(const Cli *cli, const Command *k);
void help_all(const Cli *cli);
void help_man(const Cli *cli);

/* ---- say.c: what people read ------------------------------------------------------------------- */

/* A text of the catalogue in the user's language. Arguments: pairs of name and value (const char *),
 * ended by NULL. */
Str text_of(const Cli *cli, const char *key, ...) __attribute__((sentinel));
void say(const Cli *cli, FILE *to, const char *key, ...) __attribute__((sentinel));
/* The errors noted in cli->c in words on standard error, with --json also as a problem on standard
 * output; returns EXIT_REFUSED. */
int say_errors(Cli *cli);
/* "error: <usage> …" and EXIT_USAGE. */
int say_usage(const Cli *cli, const char *key, const char *value);
void print_val(const Cli *cli, FILE *to, Val v);
/* "12 345" as the language groups digits: plain ASCII, for figures. */
const char *number_text(const Cli *cli, int64_t n);

/* ---- notify.c ---------------------------------------------------------------------------------- */

/* sd_notify(3) in a few lines: does nothing without NOTIFY_SOCKET. */
void notify_manager(const char *state);

#endif
