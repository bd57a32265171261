/* app_test.c: the program from its arguments to its exit status, without a server and beside one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/client.h"
#include "app/setup.h"
#include "domain/admin/admin.h"
#include "store/trial.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char dir[TRIAL_DIR_N], folder[80];
static Arena *a;

/* What the last command said. */
static char *out, *err;
static size_t out_n, err_n;

static void forget(void) {
    free(out);
    free(err);
    out = err = NULL;
}

static int run_in(const char *input, const char *const *words) {
    const char *argv[24] = { "panah" };
    int n = 1;
    for (size_t i = 0; words[i]; i++)
        argv[n++] = words[i];
    forget();
    FILE *in = fmemopen((void *)input, strlen(input) ? strlen(input) : 1, "r");
    FILE *to = open_memstream(&out, &out_n), *errors = open_memstream(&err, &err_n);
    int rc = app_run(env_system(), n, (char *const *)argv, in, to, errors);
    fclose(in);
    fclose(to);
    fclose(errors);
    return rc;
}
#define run(...) run_in("", (const char *const[]){ __VA_ARGS__, NULL })
/* In the folder of the tests. */
#define panah(...)                                                                                 \
    run_in("", (const char *const[]){ "-d", folder, "--lang", "en", __VA_ARGS__, NULL })
#define want(status, ...)                                                                          \
    do {                                                                                           \
        int rc_ = panah(__VA_ARGS__);                                                              \
        if (rc_ != (status)) fail_msg("exit %d instead of %d: %s%s", rc_, (status), out, err);     \
    } while (0)

static Val said(void) {
    Ctx c = ctx_new(env_system(), a);
    Val v = VAL_ABSENT;
    if (json_parse(&c, str_of(out), 64 << 20, &v) != ST_OK) fail_msg("not JSON: %s", out);
    return v;
}

static const char *text_in(Val v, const char *name) {
    return str_c(a, val_get_text(v, name, STR("")));
}

static int make(void **state) {
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    umask(077);
    setenv("LC_ALL", "C", 1);
    a = arena_new(env_system(), (size_t)256 << 20);
    assert_true(trial_folder(dir, "app"));
    (void)snprintf(folder, sizeof folder, "%s/data", dir);
    return 0;
}

static int drop(void **state) {
    (void)state;
    trial_remove(dir);
    forget();
    arena_free(a);
    return 0;
}

static const char *path_in(const char *name) {
    return str_c(a, str_printf(a, "%s/%s", dir, name));
}

static void write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static char *read_file(const char *path) {
    Ctx c = ctx_new(env_system(), a);
    Str bytes;
    assert_int_equal(env_read_file(&c, path, 64 << 20, &bytes), ST_OK);
    return (char *)str_c(a, bytes);
}

/* ---- help and usage ------------------------------------------------------------------------------------- */

static void test_help_comes_from_the_tables(void **state) {
    (void)state;
    assert_int_equal(run("help"), EXIT_DONE);
    for (size_t i = 0; commands[i]; i++) {
        if (!strstr(out, commands[i]->name)) fail_msg("help lacks %s", commands[i]->name);
    }
    for (size_t i = 0; commands[i]; i++) {
        assert_int_equal(run("help", commands[i]->name), EXIT_DONE);
        for (size_t k = 0; k < OPTIONS_MAX && commands[i]->options[k].name; k++) {
            if (!strstr(out, commands[i]->options[k].name))
                fail_msg("help %s lacks %s", commands[i]->name, commands[i]->options[k].name);
            if (strstr(out, commands[i]->options[k].help))
                fail_msg("%s has no text", commands[i]->options[k].help);
        }
        if (strstr(out, "command.")) fail_msg("%s has no text", commands[i]->name);
        assert_int_equal(run(commands[i]->name, "--help"), EXIT_DONE);
    }
    assert_int_equal(run("help", "--man"), EXIT_DONE);
    assert_int_equal(strncmp(out, ".TH PANAH 1", 11), 0);
    for (size_t i = 0; i < n_settings; i++) {
        if (!strstr(out, settings[i].name)) fail_msg("the manual lacks %s", settings[i].name);
        if (strstr(out, settings[i].help)) fail_msg("%s has no text", settings[i].help);
    }
    assert_int_equal(run("--lang", "fa", "help"), EXIT_DONE);
    assert_non_null(strstr(out, "ساختن پوشهٔ داده‌ها"));
    assert_int_equal(run("--version"), EXIT_DONE);
    assert_string_equal(out, "panah " PANAH_VERSION "\n");
    assert_int_equal(run("version", "--json"), EXIT_DONE);
    assert_string_equal(text_in(said(), "version"), PANAH_VERSION);
}

static void test_usage_is_told_from_refusal(void **state) {
    (void)state;
    assert_int_equal(run("frobnicate"), EXIT_USAGE);
    assert_non_null(strstr(err, "frobnicate"));
    assert_int_equal(run("op"), EXIT_USAGE);
    assert_int_equal(run("op", "a.b", "c.d"), EXIT_USAGE);
    assert_int_equal(run("verify", "--frob"), EXIT_USAGE);
    assert_int_equal(run("verify", "--all-seals=yes"), EXIT_USAGE);
    assert_int_equal(run("serve", "--listen"), EXIT_USAGE);
    assert_int_equal(run("-x"), EXIT_USAGE);
    assert_int_equal(run("-d"), EXIT_USAGE);
    assert_int_equal(run("demo", "--people", "0"), EXIT_USAGE);
    assert_int_equal(run("demo", "--people", "many"), EXIT_USAGE);
    assert_int_equal(run("query", "person", "what", "ever"), EXIT_USAGE);
    assert_int_equal(run("query", "person", "--format", "xml"), EXIT_USAGE);
    assert_int_equal(run("export", "person"), EXIT_USAGE);
    assert_int_equal(run("export", "person", "--out", path_in("x.xml"), "--format", "xml"),
                     EXIT_USAGE);
    assert_int_equal(run("user", "bewitch", "admin"), EXIT_USAGE);
    assert_int_equal(run("init", "--utc-offset", "9999"), EXIT_USAGE);
    /* It says which help: by the command's word, not by what the command does. */
    assert_int_equal(run("--lang", "xx", "verify"), EXIT_USAGE);
    assert_non_null(strstr(err, "en, fr, fa, ps and ar"));
    assert_int_equal(run("--lang", "fa-AF", "help"), EXIT_DONE);
    assert_int_equal(run("--lang", "en", "verify", "--frob"), EXIT_USAGE);
    assert_non_null(strstr(err, "See panah help verify."));
    want(EXIT_REFUSED, "verify");
    assert_non_null(strstr(err, "There is no data folder"));
    want(EXIT_REFUSED, "serve", "--listen", "0.0.0.0:8470");
    assert_non_null(strstr(err, "TLS"));
    want(EXIT_REFUSED, "serve", "--listen", "192.168.1.5:8470");
    want(EXIT_REFUSED, "serve", "--listen", "localhost:99999");
    want(EXIT_REFUSED, "serve", "--listen", "nonsense");
}

/* A folder that is refused is not there: another try finds the place empty. */
static void test_a_folder_is_refused_whole(void **state) {
    (void)state;
    static const struct {
        const char *option, *value;
    } bad[] = { { "country", "ZZZ" },    { "calendar", "mayan" }, { "language", "xx" },
                { "office", "TOOLONG" }, { "office", "kbl" },     { "dial-code", "+93" },
                { "login", "A!B" },      { "login", "x" },        { "utc-offset", "-800" } };
    struct stat st;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *option = str_c(a, str_printf(a, "--%s", bad[i].option));
        want(EXIT_REFUSED, "init", option, bad[i].value);
        if (!strstr(err, bad[i].option)) fail_msg("%s is not named: %s", bad[i].option, err);
        if (stat(folder, &st) == 0) fail_msg("%s %s left a folder", option, bad[i].value);
    }
    char *name = arena_alloc(a, 3001);
    memset(name, 'x', 3000);
    name[3000] = '\0';
    want(EXIT_REFUSED, "init", "--name", name, "--country", "ZZZ");
    assert_non_null(strstr(err, "name: "));
    assert_non_null(strstr(err, "country: "));
    assert_int_not_equal(stat(folder, &st), 0);
}

/* ---- a folder ------------------------------------------------------------------------------------------------ */

static void test_a_folder_is_made_once(void **state) {
    (void)state;
    want(EXIT_DONE, "init", "--name", "Test", "--office", "KBL", "--dial-code", "93", "--json");
    Val v = said();
    assert_int_equal(strlen(text_in(v, "recovery_key")), 63);
    assert_int_equal(strlen(text_in(v, "password")), 19);
    assert_string_equal(text_in(v, "login"), "admin");
    want(EXIT_REFUSED, "init");
    want(EXIT_REFUSED, "demo", "--people", "10");
    static const char *const names[] = { "", "/node.key", "/panah.db", "/keys.db", "/panah.conf" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct stat st;
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", folder, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
    }
}

static void test_accounts(void **state) {
    (void)state;
    want(EXIT_DONE, "user", "list");
    assert_non_null(strstr(out, "admin"));
    want(EXIT_DONE, "user", "add", "Zarmina", "--name", "Zarmina Khattak", "--office", "KBL",
         "--role", "registration_clerk,viewer", "--json");
    assert_int_equal(strlen(text_in(said(), "first_password")), 19);
    want(EXIT_REFUSED, "user", "add", "zarmina", "--office", "KBL");
    want(EXIT_REFUSED, "user", "add", "another", "--office", "QQQ");
    want(EXIT_REFUSED, "user", "add", "another", "--office", "KBL", "--role", "viewer,clrk");
    assert_non_null(strstr(err, "There is no role “clrk”"));
    want(EXIT_DONE, "user", "suspend", "zarmina");
    assert_non_null(strstr(out, "Suspended"));
    want(EXIT_DONE, "user", "add", "abdul", "--office", "KBL");
    want(EXIT_DONE, "user", "list", "--json");
    assert_non_null(strstr(out, "\"SUSPENDED\""));
    Val list = said(); /* in the order of logins, as in words */
    assert_int_equal(list.list.n, 3);
    assert_string_equal(text_in(val_get(list.list.v[0], "fields"), "login"), "abdul");
    want(EXIT_REFUSED, "op", "person.search", "--as", "zarmina");
    want(EXIT_DONE, "user", "activate", "zarmina");
    want(EXIT_DONE, "user", "password", "zarmina");
    want(EXIT_REFUSED, "user", "password", "nobody");
    want(EXIT_REFUSED, "user", "suspend", "admin"); /* the last administrator */
}

/* Offices are called in the language of the terminal, and stand in columns in it too. */
static void test_accounts_are_listed_in_the_readers_language(void **state) {
    (void)state;
    const char *input =
        str_c(a, str_printf(a, "{\"id\":\"%.*s\",\"label_fa\":\"کابل\"}",
                            STR_ARG(id_text(a, admin_natural_id("office", STR("KBL"), STR(""))))));
    assert_int_equal(run_in(input, (const char *const[]){ "-d", folder, "op", "office.save",
                                                          "--json", "-", "--as", "admin", NULL }),
                     EXIT_DONE);
    const char *const list[] = { "-d", folder, "--lang", "fa", "user", "list", NULL };
    assert_int_equal(run_in("", list), EXIT_DONE);
    assert_non_null(strstr(out, "کابل                     admin\n")); /* 24 letters wide */
    want(EXIT_DONE, "user", "list");
    assert_null(strstr(out, "کابل"));
}

static const char person[] = "{\"person\":{\"given_name\":\"%s\",\"sex\":\"F\",\"birth_date\":"
                             "\"1990-03-12\"}}";

static void register_person(const char *name, const char *as) {
    char input[400];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(input, sizeof input, person, name);
#pragma GCC diagnostic pop
    int rc = run_in(input, (const char *const[]){ "-d", folder, "op", "person.register", "--json",
                                                  "-", "--as", as, NULL });
    if (rc != EXIT_DONE) fail_msg("%s", err);
}

static void test_operations(void **state) {
    (void)state;
    register_person("Zahra", "admin");
    const char *id = text_in(said(), "person"), *file = path_in("input.json");
    assert_int_equal(strlen(id), ID_TEXT_N);
    write_file(file, "{\"q\":\"zahra\"}");
    want(EXIT_DONE, "op", "person.search", "--json", file);
    assert_non_null(strstr(out, id));
    /* Who did it, for whom. */
    write_file(file, str_c(a, str_printf(a, "{\"subject\":\"%s\"}", id)));
    want(EXIT_DONE, "op", "record.history", "--json", file);
    assert_non_null(strstr(out, "person.register"));
    want(EXIT_REFUSED, "op", "person.bewitch");
    assert_non_null(strstr(err, "There is no operation “person.bewitch”"));
    write_file(file, "{\"q\":");
    want(EXIT_REFUSED, "op", "person.search", "--json", file);
    assert_non_null(strstr(err, "JSON"));
    assert_non_null(strstr(err, "it ends too early"));
    assert_int_equal(run("-d", folder, "--lang", "fr", "op", "person.search", "--json", file),
                     EXIT_REFUSED);
    assert_non_null(strstr(err, "il finit trop tôt"));
    want(EXIT_REFUSED, "op", "person.search", "--json", path_in("nothing.json"));
    want(EXIT_REFUSED, "op", "person.search", "--as", "nobody");
    write_file(file, "{\"wizard\":1}");
    want(EXIT_REFUSED, "op", "person.search", "--json", file);
    assert_non_null(strstr(err, "wizard"));
}

/* The server's log goes to the process's standard error: what a command leaves there. */
static char *logged_by(const char *const *words) {
    const char *path = path_in("log");
    fflush(NULL);
    int before = dup(2), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(before >= 0 && file >= 0);
    (void)dup2(file, 2);
    int rc = run_in("", words);
    (void)dup2(before, 2);
    close(before);
    close(file);
    assert_int_not_equal(rc, EXIT_USAGE);
    return read_file(path);
}

static void test_a_refusal_is_said_once(void **state) {
    (void)state;
    const char *const refused[] = { "-d", folder, "query", "person where wingspan > 3", NULL };
    assert_string_equal(logged_by(refused), "");
    assert_non_null(strstr(err, "wingspan"));
    const char *const done[] = {
        "-d", folder, "export", "office", "--out", path_in("o.csv"), NULL
    };
    assert_string_equal(logged_by(done), "");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/panah.conf", folder);
    char *conf = read_file(path);
    write_file(path, "log = debug\n");
    assert_non_null(strstr(logged_by(refused), "event=problem"));
    write_file(path, conf);
}

/* A script reads a problem where it reads the answer; a person reads words where they always stand. */
static void test_machines_are_told_too(void **state) {
    (void)state;
    int rc = run_in("{\"wizard\":1}", (const char *const[]){ "-d", folder, "op", "person.search",
                                                             "--json", "-", NULL });
    assert_int_equal(rc, EXIT_REFUSED);
    Val problem = said();
    assert_string_equal(text_in(problem, "code"), "invalid");
    assert_string_equal(text_in(val_get(problem, "errors").list.v[0], "path"), "wizard");
    assert_non_null(strstr(err, "wizard: "));
    rc = run_in("{\"q\":",
                (const char *const[]){ "-d", folder, "op", "person.search", "--json", "-", NULL });
    assert_int_equal(rc, EXIT_REFUSED);
    assert_string_equal(text_in(said(), "code"), "usage");
    want(EXIT_REFUSED, "op", "person.bewitch");
    assert_string_equal(out, "");
    want(EXIT_DONE, "query", "person", "--limit", "1", "--json");
    assert_int_equal(said().list.n, 1);
    want(EXIT_REFUSED, "query", "person where wingspan > 3", "--json");
    assert_string_equal(text_in(said(), "code"), "invalid");
    want(EXIT_REFUSED, "user", "suspend", "nobody", "--json");
    assert_string_equal(text_in(said(), "code"), "missing");
    assert_non_null(strstr(err, "nobody"));
}

/* What stands in a shell between the double quotes of help's example. */
static const char *example_of_help(void) {
    static const char before[] = "panah query \"";
    assert_int_equal(run("--lang", "en", "help", "query"), EXIT_DONE);
    const char *from = strstr(out, before);
    assert_non_null(from);
    from += sizeof before - 1;
    const char *to = strchr(from, '"');
    assert_non_null(to);
    return str_c(a, str_n(from, (size_t)(to - from)));
}

static void test_queries_and_exports(void **state) {
    (void)state;
    register_person("=cmd|calc", "zarmina");
    register_person("Aziza \\\"the, first\\\"", "zarmina");
    want(EXIT_DONE, "query", "person where given_name = 'Zahra'");
    assert_int_equal(said().list.n, 1);
    want(EXIT_DONE, "query", "person", "where", "age(birth_date)", ">", "100");
    assert_int_equal(said().list.n, 0);
    want(EXIT_DONE, "query", "person", "--limit", "2", "--order", "display_name", "--descending");
    assert_int_equal(said().list.n, 2);
    want(EXIT_DONE, "query", "person where sex = 'F'", "--format", "csv", "--columns",
         "given_name,sex", "--order", "display_name");
    assert_int_equal(strncmp(out, "id,void,given_name,sex\r\n", 24), 0);
    assert_non_null(strstr(out, "'=cmd|calc")); /* no formula for a spreadsheet */
    want(EXIT_DONE, "query", example_of_help());
    want(EXIT_REFUSED, "query", "person where wingspan > 3");
    want(EXIT_REFUSED, "query", "dragon");
    const char *csv = path_in("people.csv"), *json = path_in("people.ndjson");
    want(EXIT_DONE, "export", "person", "--out", csv, "--json");
    assert_int_equal(val_get_int(said(), "rows", -1), 3);
    char *text = read_file(csv);
    assert_non_null(strstr(text, "\"Aziza \"\"the, first\"\"\""));
    struct stat st;
    assert_int_equal(stat(csv, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    want(EXIT_DONE, "export", "person", "--where", "given_name = 'Zahra'", "--out", json);
    text = read_file(json);
    assert_int_equal(strncmp(text, "{\"kind\":\"person\"", 16), 0);
    want(EXIT_REFUSED, "export", "person", "--out", path_in("no/such/place.csv"));
    want(EXIT_REFUSED, "export", "dragon", "--out", path_in("dragon.csv"));
    assert_int_not_equal(stat(path_in("dragon.csv"), &st), 0);
    assert_int_not_equal(stat(path_in("dragon.csv.part"), &st), 0);
    /* A clerk may see, but not take away. */
    want(EXIT_REFUSED, "export", "person", "--out", path_in("clerk.csv"), "--as", "zarmina");
}

static void test_checks(void **state) {
    (void)state;
    want(EXIT_DONE, "verify", "--all-seals", "--json");
    assert_int_equal(val_get_int(said(), "faults", -1), 0);
    want(EXIT_DONE, "rebuild", "--check", "--json");
    assert_int_equal(val_get_int(said(), "differences", -1), 0);
    want(EXIT_DONE, "rebuild");
    want(EXIT_DONE, "doctor");
    assert_non_null(strstr(out, "recovery key"));
    want(EXIT_DONE, "doctor", "--recovery-printed", "--json");
    assert_non_null(strstr(out, "\"recovery_printed\": \"20"));
    (void)chmod(folder, 0755);
    want(EXIT_REFUSED, "doctor");
    assert_non_null(strstr(out, "TROUBLE"));
    (void)chmod(folder, 0700);
}

/* Whoever has lost the key is told of recovery, not to make another folder; and so is init, where a full
 * disk ended it half way. */
static void test_a_folder_without_its_key(void **state) {
    (void)state;
    char key[128], aside[128];
    (void)snprintf(key, sizeof key, "%s/node.key", folder);
    (void)snprintf(aside, sizeof aside, "%s/aside", folder);
    assert_int_equal(rename(key, aside), 0);
    want(EXIT_REFUSED, "query", "office");
    assert_non_null(strstr(err, "recover"));
    want(EXIT_REFUSED, "init");
    assert_non_null(strstr(err, "recover"));
    assert_int_equal(rename(aside, key), 0);
    want(EXIT_DONE, "query", "office");
}

/* A name in the schema is no longer UTF-8: the reason is text all the same. */
static void test_a_damaged_schema(void **state) {
    (void)state;
    Ctx c = ctx_new(env_system(), a);
    const char *from = str_c(a, str_printf(a, "%s/panah.db", folder)), *copy = path_in("spoilt");
    Str bytes;
    assert_int_equal(env_read_file(&c, from, 64 << 20, &bytes), ST_OK);
    char *spoilt = arena_alloc(a, bytes.n);
    memcpy(spoilt, bytes.s, bytes.n);
    ptrdiff_t at = str_find(bytes, STR("CREATE TABLE ledger_fork"));
    assert_true(at > 0);
    spoilt[at + 13] = (char)0xE2;
    spoilt[at + 7] = (char)0xE2;
    assert_int_equal(env_make_folder(&c, copy, 0700), ST_OK);
    assert_int_equal(env_write_file(&c, str_c(a, str_printf(a, "%s/panah.db", copy)), 0600,
                                    str_n(spoilt, bytes.n)),
                     ST_OK);
    static const char *const others[] = { "node.key", "keys.db", "panah.conf" };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(env_read_file(&c, str_c(a, str_printf(a, "%s/%s", folder, others[i])),
                                       64 << 20, &bytes),
                         ST_OK);
        assert_int_equal(
            env_write_file(&c, str_c(a, str_printf(a, "%s/%s", copy, others[i])), 0600, bytes),
            ST_OK);
    }
    assert_int_equal(run("-d", copy, "--lang", "en", "verify"), EXIT_REFUSED);
    assert_non_null(strstr(err, "not what was written"));
    assert_true(str_utf8_valid(str_of(err)));
}

/* A child opens the folder and is gone. */
static void test_a_crash_is_noted_until_the_ledger_is_verified(void **state) {
    (void)state;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        Ctx c = ctx_new(env_system(), a);
        Config config = config_default(a);
        NodeOptions o = { .dir = folder };
        Node node;
        _exit(node_open(&c, &config, &o, &node) == ST_OK ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    want(EXIT_DONE, "query", "office");
    want(EXIT_DONE, "doctor");
    assert_non_null(strstr(out, "ended without a word"));
    want(EXIT_DONE, "verify");
    want(EXIT_DONE, "doctor");
    assert_null(strstr(out, "ended without a word"));
}

static void test_settings(void **state) {
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/panah.conf", folder);
    char *before = read_file(path);
    write_file(path, "# a comment\nlanguage = fr # and another\nworkers = 4\n\n");
    assert_int_equal(run("-d", folder, "query", "dragon"), EXIT_REFUSED);
    assert_non_null(strstr(err, "type de fiche"));
    write_file(path, "workers = 0\nwizard = 1\nnonsense\n");
    want(EXIT_REFUSED, "verify");
    assert_non_null(strstr(err, "panah.conf:1"));
    assert_non_null(strstr(err, "panah.conf:2"));
    assert_non_null(strstr(err, "panah.conf:3"));
    write_file(path, "log = loud\nlanguage = tlh\nlog = warn\nlanguage = fa-AF\n");
    want(EXIT_REFUSED, "verify");
    assert_non_null(strstr(err, "panah.conf:1: “log” is one of error warn info debug."));
    assert_non_null(strstr(err, "panah.conf:2"));
    assert_null(strstr(err, "panah.conf:3"));
    assert_null(strstr(err, "panah.conf:4"));
    write_file(path, "workers = \xff\n");
    want(EXIT_REFUSED, "verify");
    write_file(path, before);
    want(EXIT_DONE, "verify");
}

/* ---- beside a server ------------------------------------------------------------------------------------------ */

typedef struct Serving {
    pthread_t thread;
    char *out, *err;
    size_t out_n, err_n;
    FILE *to;
    int rc;
} Serving;

static void *serve(void *arg) {
    Serving *v = arg;
    const char *argv[] = { "panah", "-d", folder, "serve", "--listen", "127.0.0.1:0" };
    FILE *errors = open_memstream(&v->err, &v->err_n);
    v->rc = app_run(env_system(), 6, (char *const *)argv, stdin, v->to, errors);
    fclose(errors);
    return NULL;
}

static void test_beside_a_server(void **state) {
    (void)state;
    Serving v = { 0 };
    /* A process that has none of it would not see the signals: they are sent to the thread. */
    v.to = open_memstream(&v.out, &v.out_n);
    assert_int_equal(pthread_create(&v.thread, NULL, serve, &v), 0);
    bool ready = false;
    for (int i = 0; i < 500 && !ready; i++) {
        nanosleep(&(struct timespec){ .tv_nsec = 20 * 1000000L }, NULL);
        char path[128];
        (void)snprintf(path, sizeof path, "%s/panah.sock", folder);
        Ctx c = ctx_new(env_system(), a);
        int fd;
        ready = env_connect_unix(&c, path, &fd) == ST_OK;
        if (ready) close(fd);
    }
    assert_true(ready);
    want(EXIT_DONE, "query", "person where given_name = 'Zahra'");
    assert_int_equal(said().list.n, 1);
    register_person("Beside", "zarmina");
    want(EXIT_DONE, "export", "person", "--out", path_in("beside.csv"));
    want(EXIT_DONE, "verify");
    want(EXIT_DONE, "rebuild", "--check");
    want(EXIT_DONE, "user", "list");
    want(EXIT_DONE, "doctor");
    want(EXIT_REFUSED, "op", "person.bewitch");
    /* Two servers cannot have one folder. */
    want(EXIT_REFUSED, "serve", "--listen", "127.0.0.1:0");
    assert_non_null(strstr(err, "holds this folder"));
    assert_int_equal(pthread_kill(v.thread, SIGINT), 0);
    pthread_join(v.thread, NULL);
    fclose(v.to);
    if (v.rc != EXIT_DONE) fail_msg("%s", v.err);
    assert_non_null(strstr(v.out, "http://localhost:"));
    assert_non_null(strstr(v.out, "Stopped"));
    free(v.out);
    free(v.err);
    atomic_store(&env_system()->stop, false);
    struct stat st;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/panah.sock", folder);
    assert_int_not_equal(stat(path, &st), 0);
    want(EXIT_DONE, "query", "person where given_name = 'Beside'");
    assert_int_equal(said().list.n, 1);
}

static void test_a_demonstration(void **state) {
    (void)state;
    const char *place = path_in("demo"), *truth = path_in("truth.csv");
    int rc = run("-d", place, "demo", "--people", "60", "--seed", "3", "--until", "2026-06-30",
                 "--truth", truth, "--json");
    if (rc != EXIT_DONE) fail_msg("%s", err);
    assert_int_equal(val_get_int(said(), "refused", -1), 0);
    assert_true(val_get_int(said(), "people", 0) >= 60);
    assert_int_equal(strncmp(read_file(truth), "person,number,true_person", 25), 0);
    assert_int_equal(run("-d", place, "query", "person", "--limit", "10"), EXIT_DONE);
    assert_int_equal(said().list.n, 10);
    struct stat st;
    assert_int_equal(run("-d", path_in("untold"), "demo", "--people", "10", "--truth",
                         path_in("no/such/truth.csv")),
                     EXIT_REFUSED);
    assert_int_not_equal(stat(path_in("untold"), &st), 0);
    assert_int_equal(run("-d", place, "rebuild", "--check"), EXIT_DONE);
}

/* Whoever opens the program today sees what happened in the last thirty days, and nothing of tomorrow. */
static void test_a_demonstration_ends_today(void **state) {
    (void)state;
    const char *place = path_in("today");
    char where[128];
    Str today = day_to_iso(a, day_of_time(env_now(env_system()), 0));
    Str month = day_to_iso(a, day_of_time(env_now(env_system()), 0) - 29);
    assert_int_equal(run("-d", place, "demo", "--people", "900", "--json"), EXIT_DONE);
    assert_int_equal(val_get_int(said(), "refused", -1), 0);
    (void)snprintf(where, sizeof where, "person where registration_date >= %.*s", STR_ARG(month));
    assert_int_equal(run("-d", place, "query", where, "--limit", "1"), EXIT_DONE);
    assert_int_equal(said().list.n, 1);
    (void)snprintf(where, sizeof where, "person where registration_date > %.*s", STR_ARG(today));
    assert_int_equal(run("-d", place, "query", where), EXIT_DONE);
    assert_int_equal(said().list.n, 0);
    assert_int_equal(run("-d", path_in("never"), "demo", "--until", "soon"), EXIT_USAGE);
    assert_int_equal(run("-d", path_in("never"), "demo", "--until", "1066-10-14"), EXIT_USAGE);
}

/* A power cut while the folder was being filled: what is on the disk may be half of anything. */
static void test_an_interrupted_demonstration_is_known(void **state) {
    (void)state;
    const char *place = path_in("demo"), *mark = path_in("demo/unfinished");
    assert_false(env_file_exists(mark));
    write_file(mark, "demo\n");
    assert_int_equal(run("-d", place, "query", "person"), EXIT_REFUSED);
    assert_non_null(strstr(err, "Delete the folder"));
    assert_int_equal(run("-d", place, "serve"), EXIT_REFUSED);
    assert_int_equal(run("-d", place, "demo"), EXIT_REFUSED);
    assert_non_null(strstr(err, "Delete the folder"));
    assert_int_equal(remove(mark), 0);
    assert_int_equal(run("-d", place, "query", "person", "--limit", "1"), EXIT_DONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_help_comes_from_the_tables),
        cmocka_unit_test(test_usage_is_told_from_refusal),
        cmocka_unit_test(test_a_folder_is_refused_whole),
        cmocka_unit_test(test_a_folder_is_made_once),
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_accounts_are_listed_in_the_readers_language),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_queries_and_exports),
        cmocka_unit_test(test_a_refusal_is_said_once),
        cmocka_unit_test(test_machines_are_told_too),
        cmocka_unit_test(test_checks),
        cmocka_unit_test(test_a_folder_without_its_key),
        cmocka_unit_test(test_a_damaged_schema),
        cmocka_unit_test(test_a_crash_is_noted_until_the_ledger_is_verified),
        cmocka_unit_test(test_settings),
        cmocka_unit_test(test_beside_a_server),
        cmocka_unit_test(test_a_demonstration),
        cmocka_unit_test(test_a_demonstration_ends_today),
        cmocka_unit_test(test_an_interrupted_demonstration_is_known),
    };
    return cmocka_run_group_tests_name("app", tests, make, drop);
}
