/* cmd_doctor.c: is this node fit for work? Each check says what it found and what to do. */
#include "app/client.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/banned.h"

typedef enum Finding { FINE, ATTENTION, TROUBLE } Finding;

typedef struct Doctor {
    Cli *cli;
    Val list; /* for --json */
    Finding worst;
} Doctor;

enum { FREE_ATTENTION_MIB = 5120, FREE_TROUBLE_MIB = 512, BLOCK_LEVELS = 3 };

/* key: "doctor.<check>.<ok|warn|bad>" */
static void found(Doctor *d, Finding f, const char *check, const char *name, const char *value) {
    static const char *const words[] = { "ok", "warn", "bad" };
    Cli *cli = d->cli;
    const char *key =
        str_c(cli->arena, str_printf(cli->arena, "cli.doctor.%s.%s", check, words[f]));
    Str text = name ? text_of(cli, key, name, value, NULL) : text_of(cli, key, NULL);
    if (f > d->worst) d->worst = f;
    if (!cli->json) {
        Str mark = text_of(cli,
                           f == FINE        ? "cli.doctor.ok"
                           : f == ATTENTION ? "cli.doctor.warn"
                                            : "cli.doctor.bad",
                           NULL);
        fprintf(cli->out, "%-10.*s %.*s\n", STR_ARG(mark), STR_ARG(text));
        return;
    }
    Val v = val_map();
    val_set_c(cli->arena, &v, "check", val_text(str_of(check)));
    val_set_c(cli->arena, &v, "finding", val_text(str_of(words[f])));
    val_set_c(cli->arena, &v, "message", val_text(text));
    val_push(cli->arena, &d->list, v);
}

/* ---- the folder ------------------------------------------------------------------------------------ */

static const char *in_folder(const Doctor *d, const char *name) {
    return str_c(d->cli->arena, str_printf(d->cli->arena, "%s/%s", d->cli->dir, name));
}

static void check_rights(Doctor *d) {
    static const char *const secret[] = { "node.key", "keys.db", "panah.db" };
    struct stat st;
    if (stat(d->cli->dir, &st) == 0 && (st.st_mode & 077)) {
        found(d, TROUBLE, "rights", "path", d->cli->dir);
        return;
    }
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (stat(in_folder(d, secret[i]), &st) != 0 || !(st.st_mode & 077)) continue;
        /* The folder keeps others out; the key must not even be readable if it is moved. */
        found(d, i == 0 ? TROUBLE : ATTENTION, "rights", "path", in_folder(d, secret[i]));
        return;
    }
    found(d, FINE, "rights", "path", d->cli->dir);
}

/* A block device of the device mapper says "CRYPT-…" of itself; what lies on top of one names it
 * among its slaves. */
static bool is_crypt(Cli *cli, const char *block, int level) {
    Str uuid, path = str_printf(cli->arena, "%s/dm/uuid", block);
    size_t noted = cli->c.errs.n;
    bool crypt = env_file_exists(str_c(cli->arena, path)) &&
                 env_read_file(&cli->c, str_c(cli->arena, path), 4096, &uuid) == ST_OK &&
                 str_starts(uuid, STR("CRYPT-"));
    cli->c.errs.n = noted;
    if (crypt || level == BLOCK_LEVELS) return crypt;
    const char *slaves = str_c(cli->arena, str_printf(cli->arena, "%s/slaves", block));
    DIR *folder = opendir(slaves);
    struct dirent *e;
    while (folder && !crypt && (e = readdir(folder))) {
        if (e->d_name[0] == '.') continue;
        Str one = str_printf(cli->arena, "%s/%s", slaves, e->d_name);
        crypt = is_crypt(cli, str_c(cli->arena, one), level + 1);
    }
    if (folder) closedir(folder);
    return crypt;
}

static void check_encryption(Doctor *d) {
    struct stat st;
    if (stat(d->cli->dir, &st) != 0) return;
    Str block =
        str_printf(d->cli->arena, "/sys/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev));
    bool crypt = is_crypt(d->cli, str_c(d->cli->arena, block), 0);
    found(d, crypt ? FINE : ATTENTION, "encryption", NULL, NULL);
}

/* ---- the node -------------------------------------------------------------------------------------- */

static const char *text(const Doctor *d, Val v, const char *name) {
    return str_c(d->cli->arena, val_get_text(v, name, STR("")));
}

/* "3.40.1" ≥ 3.37: STRICT tables. */
static void check_sqlite(Doctor *d, Val system) {
    Str rest = val_get_text(system, "sqlite", STR("0.0"));
    int64_t high = 0, low = 0;
    bool read =
        num_parse_i64(str_cut(&rest, '.'), &high) && num_parse_i64(str_cut(&rest, '.'), &low);
    bool fine = read && (high > 3 || (high == 3 && low >= 37));
    found(d, fine ? FINE : TROUBLE, "sqlite", "version", text(d, system, "sqlite"));
}

static void check_recovery(Doctor *d, Val system) {
    bool printed = val_get_text(system, "recovery_printed", STR("")).n > 0;
    found(d, printed ? FINE : ATTENTION, "recovery", "when", text(d, system, "recovery_printed"));
}

static void check_space(Doctor *d, Val system) {
    int64_t mib = val_get_int(system, "disk_free_bytes", -1) / (1 << 20);
    Finding f = mib < FREE_TROUBLE_MIB ? TROUBLE : mib < FREE_ATTENTION_MIB ? ATTENTION : FINE;
    found(d, f, "space", "mib", number_text(d->cli, mib));
}

static void check_stop(Doctor *d, Val system) {
    bool clean = val_get_text(system, "crashed", STR("")).n == 0;
    found(d, clean ? FINE : ATTENTION, "stop", "when", text(d, system, "crashed"));
}

/* A node without network keeps its own time: worth a look, no fault. A year before the program was
 * written is one. */
static void check_clock(Doctor *d) {
    struct timex t = { 0 };
    Civil today = civil_from_day(day_of_time(env_now(d->cli->env), 0));
    bool synchronised = adjtimex(&t) != TIME_ERROR;
    Str now = time_to_iso(d->cli->arena, env_now(d->cli->env));
    Finding f = today.year < 2025 ? TROUBLE : synchronised ? FINE : ATTENTION;
    found(d, f, "clock", "now", str_c(d->cli->arena, now));
}

static int examine(Cli *cli, Client *k) {
    Doctor d = { .cli = cli, .list = val_list() };
    Val system;
    int rc = client_get(cli, k, STR("/api/v1/system"), STR(""), &system);
    if (rc != EXIT_DONE) return rc;
    check_rights(&d);
    check_encryption(&d);
    check_sqlite(&d, system);
    check_recovery(&d, system);
    check_space(&d, system);
    check_stop(&d, system);
    check_clock(&d);
    if (cli->json) {
        Val v = val_map();
        val_set_c(cli->arena, &v, "checks", d.list);
        val_set_c(cli->arena, &v, "system", system);
        print_val(cli, cli->out, v);
    }
    return d.worst == TROUBLE ? EXIT_REFUSED : EXIT_DONE;
}

static int doctor_fn(Cli *cli) {
    Client *k;
    Val system;
    if (client_open(cli, &k) != ST_OK) return say_errors(cli);
    int rc = EXIT_DONE;
    if (option(cli, "recovery-printed")) {
        rc = client_post(cli, k, "/api/v1/system/recovery-printed", val_map(), STR(""), &system);
        if (rc == EXIT_DONE && !cli->json) say(cli, cli->out, "cli.doctor.confirmed", NULL);
    }
    if (rc == EXIT_DONE) rc = examine(cli, k);
    client_close(k);
    return rc;
}

const Command cmd_doctor = {
    .name = "doctor",
    .words = "",
    .options = { { "recovery-printed", NULL, "option.doctor.recovery_printed" },
                 { "json", NULL, "option.json" } },
    .fn = doctor_fn,
};
