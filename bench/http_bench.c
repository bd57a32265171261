/* http_bench.c: the whole program as its users meet it: `panah serve` on a folder made by `panah demo`,
 * 16 clients over HTTP, every write durable before it is answered.
 *
 * PANAH_BENCH_PEOPLE   how many people (20000). A million: PANAH_BENCH_PEOPLE=1000000 ./dev bench http
 * PANAH_BENCH_DIR      a folder to keep and use again; without it one is made and removed
 * PANAH_BENCH_SECONDS  how long each measurement runs (5)
 * PANAH_BENCH_PART     read, write or check: only that part
 * PANAH_BIN            the program, when it is not beside this one */
#define BANNED_EXEMPT /* removes its folder through the shell's own ways */
#include "load.h"

#include "codec/json.h"

#include <ftw.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { PAUSE_US = 500000, FAMILY = 5, IDS_MAX = 20000, CURSORS_MAX = 2000, OFFICES_MAX = 32 };

typedef struct Bench {
    Arena *arena;
    const char *dir, *scratch;
    bool keep;
    int64_t people;
    double seconds;
    Str password;
    const char *headers; /* of a signed-in browser */
    char (*ids)[ID_TEXT_N + 1];
    size_t n_ids;
    Str *numbers;
    Str (*names)[4]; /* of the same: given and father's name, Latin and local */
    Str offices[OFFICES_MAX];
    size_t n_offices;
    Str *cursors;
    size_t n_cursors;
} Bench;

/* ---- the folder -------------------------------------------------------------------------------- */

static int64_t folder_sum;
static int add_size(const char *path, const struct stat *st, int type, struct FTW *f) {
    (void)path;
    (void)f;
    if (type == FTW_F) folder_sum += st->st_size;
    return 0;
}
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f) {
    (void)st;
    (void)type;
    (void)f;
    return remove(path);
}

static int64_t folder_bytes(const char *dir) {
    folder_sum = 0;
    (void)nftw(dir, add_size, 16, FTW_PHYS);
    return folder_sum;
}

static int64_t file_bytes(const Bench *b, const char *name) {
    struct stat st;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    return stat(path, &st) == 0 ? st.st_size : 0;
}

static Val parse(Arena *a, Str text, const char *what) {
    Ctx c = ctx_new(env_system(), a);
    Val v = VAL_ABSENT;
    if (json_parse(&c, text, REPLY_MAX, &v) != ST_OK) die("%s: %.*s", what, STR_ARG(text));
    return v;
}

static void make_folder(Bench *b) {
    Str out;
    int64_t us = 0;
    if (b->keep && file_bytes(b, "node.key")) {
        if (panah_run(b->arena, &out, NULL, "-d", b->dir, "user", "password", "admin", "--json",
                      NULL) != 0)
            die("panah user password: %.*s", STR_ARG(out));
        b->password =
            val_get_text(parse(b->arena, out, "user password"), "first_password", STR(""));
        return;
    }
    const char *n = str_c(b->arena, str_printf(b->arena, "%lld", (long long)b->people));
    if (panah_run(b->arena, &out, &us, "-d", b->dir, "demo", "--people", n, "--seed", "1",
                  "--until", "2026-06-30", "--json", NULL) != 0)
        die("panah demo: %.*s", STR_ARG(out));
    Val made = parse(b->arena, out, "demo");
    double s = (double)us / 1e6, people = (double)val_get_int(made, "people", 1);
    b->password = val_get_text(made, "password", STR(""));
    printf("%-40s %9.0f people/s   (%.0f people, %lld acts, %.1f s)\n", "demo", people / s, people,
           (long long)val_get_int(made, "acts", 0), s);
}

static sqlite3_stmt *ask_db(sqlite3 *db, const char *sql) {
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        die("%s: %s", sql, sqlite3_errmsg(db));
    return st;
}

static void id_from(sqlite3_stmt *st, int i, char out[ID_TEXT_N + 1]) {
    Id id = ID_NONE;
    if (sqlite3_column_bytes(st, i) == 16) memcpy(id.b, sqlite3_column_blob(st, i), 16);
    id_write(id, out);
    out[ID_TEXT_N] = '\0';
}

/* Which people to ask for: drawn from the whole table, so that nothing is in a cache by chance. */
static void draw_people(Bench *b) {
    sqlite3 *db = NULL;
    const char *path = str_c(b->arena, str_printf(b->arena, "%s/panah.db", b->dir));
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) die("%s", path);
    sqlite3_stmt *st = ask_db(db, "SELECT count(*) FROM person");
    if (sqlite3_step(st) == SQLITE_ROW) b->people = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    b->ids = arena_alloc(b->arena, (size_t)IDS_MAX * sizeof *b->ids);
    b->numbers = arena_array(b->arena, Str, IDS_MAX);
    b->names = arena_alloc(b->arena, (size_t)IDS_MAX * sizeof *b->names);
    st = ask_db(
        db,
        "SELECT id, number, coalesce(given_name, display_name), given_name_local, coalesce(father_name, family_name), father_name_local FROM person WHERE rid IN (SELECT rid FROM person WHERE void IS"
        " NULL ORDER BY random() LIMIT 20000)");
    while (b->n_ids < IDS_MAX && sqlite3_step(st) == SQLITE_ROW) {
        id_from(st, 0, b->ids[b->n_ids]);
        const char *number = (const char *)sqlite3_column_text(st, 1);
        for (int i = 0; i < 4; i++) {
            const char *name = (const char *)sqlite3_column_text(st, 2 + i);
            b->names[b->n_ids][i] = str_copy(b->arena, str_of(name ? name : ""));
        }
        b->numbers[b->n_ids++] = str_copy(b->arena, str_of(number ? number : ""));
    }
    sqlite3_finalize(st);
    st = ask_db(db, "SELECT s.office FROM person p JOIN ledger_scope s ON s.no=p.scope GROUP BY 1"
                    " ORDER BY count(*) DESC LIMIT 32");
    while (b->n_offices < OFFICES_MAX && sqlite3_step(st) == SQLITE_ROW) {
        char text[ID_TEXT_N + 1];
        id_from(st, 0, text);
        b->offices[b->n_offices++] = str_copy(b->arena, str_of(text));
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* ---- signing in -------------------------------------------------------------------------------- */

static Str text_of(Arena *a, Str text) {
    Buf b = buf_new(a, 4096);
    json_write_text(&b, text);
    return buf_text(&b);
}

static Str cookie_of(const Conn *k) {
    Str cookie = conn_header(k, "Set-Cookie");
    return cookie.s ? str_cut(&cookie, ';') : STR("");
}

static const char *browser_headers(Bench *b, Str cookie, Str csrf) {
    return str_c(b->arena, str_printf(b->arena, "Cookie: %.*s\r\nX-Panah-CSRF: %.*s\r\n",
                                      STR_ARG(cookie), STR_ARG(csrf)));
}

static void sign_in(Bench *b, const Server *s) {
    Arena *a = b->arena;
    Str new_password = STR("a bench has four legs and no wheels");
    Conn k = conn_open(a, s->port, "");
    Str body =
        str_printf(a, "{\"login\":\"admin\",\"password\":%.*s}", STR_ARG(text_of(a, b->password)));
    conn_must(&k, "POST", "/api/v1/session", "", body);
    Str cookie = str_copy(a, cookie_of(&k));
    Val session = conn_json(a, &k);
    b->headers = browser_headers(b, cookie, val_get_text(session, "csrf", STR("")));
    conn_close(&k);
    if (!val_get_bool(session, "must_change_password", false)) return;
    k = conn_open(a, s->port, b->headers);
    body = str_printf(a, "{\"old\":%.*s,\"new\":%.*s}", STR_ARG(text_of(a, b->password)),
                      STR_ARG(text_of(a, new_password)));
    conn_must(&k, "POST", "/api/v1/session/password", "", body);
    session = conn_json(a, &k);
    Str again = cookie_of(&k);
    b->headers = browser_headers(b, again.n ? str_copy(a, again) : cookie,
                                 val_get_text(session, "csrf", STR("")));
    b->password = new_password;
    conn_close(&k);
}

/* ---- reading ------------------------------------------------------------------------------------- */

static void step_file(Client *k) {
    const Bench *b = k->arg;
    Str body = str_printf(k->arena, "{\"id\":\"%s\"}", b->ids[rng_below(&k->rng, b->n_ids)]);
    conn_must(&k->conn, "POST", "/api/v1/op/person.file", "", body);
}

typedef struct Mix {
    const Bench *bench;
    const char *const *typed; /* NULL: a number drawn by lot */
    size_t n;
} Mix;

static void step_search(Client *k) {
    const Mix *m = k->arg;
    Str q = m->typed ? str_of(m->typed[rng_below(&k->rng, m->n)])
                     : m->bench->numbers[rng_below(&k->rng, m->bench->n_ids)];
    Str body = str_printf(k->arena, "{\"q\":%.*s}", STR_ARG(text_of(k->arena, q)));
    conn_must(&k->conn, "POST", "/api/v1/op/person.search", "", body);
}

static void search(Bench *b, const Server *s, const char *name, const char *const *typed,
                   size_t n) {
    Mix m = { b, typed, n };
    Figure f = clients_run(s, b->headers, CLIENTS, b->seconds / 2, step_search, &m);
    figure_print(name, &f, 1, "searches");
}

#define SEARCH(b, s, name, ...)                                                                    \
    do {                                                                                           \
        static const char *const typed[] = { __VA_ARGS__ };                                        \
        search(b, s, name, typed, sizeof typed / sizeof typed[0]);                                 \
    } while (0)

static void searches(Bench *b, const Server *s) {
    SEARCH(b, s, "search: common + common", "mohammad ahmad", "ali mohammad", "fatima ali",
           "ahmad hussain", "maryam mohammad");
    SEARCH(b, s, "search: as typed, last word half", "zarghuna moh", "abdul kari", "marie ngo",
           "fatima hus", "jean bo");
    SEARCH(b, s, "search: rare or absent", "xavier", "gulbadin zarmina", "ngbokoto", "quetzal");
    SEARCH(b, s, "search: one letter", "m", "a", "z", "f", "k");
    SEARCH(b, s, "search: Arabic script", "محمد احمد", "فاطمه", "زرغونه", "علی رضا", "عبدالله");
    search(b, s, "search: by number", NULL, 0);
    clients_pause(PAUSE_US);
    SEARCH(b, s, "search: all of these, twice a second each", "mohammad ahmad", "fatima ali",
           "zarghuna moh", "abdul kari", "xavier", "m", "k", "محمد احمد", "فاطمه", "marie ngo");
    clients_pause(0);
}

/* Every page's cursor along the whole list, by large pages; then small pages from any of them. */
static void walk_list(Bench *b, const Server *s, const char *order) {
    Conn k = conn_open(b->arena, s->port, b->headers);
    Str cursor = STR("");
    b->cursors = arena_array(b->arena, Str, CURSORS_MAX);
    b->n_cursors = 0;
    while (b->n_cursors < CURSORS_MAX) {
        Arena *page = arena_new(env_system(), 256 << 20);
        Str body = str_printf(page,
                              "{\"kind\":\"person\",\"order\":\"%s\",\"limit\":1000,\"columns\":"
                              "[\"number\"]%s%.*s%s}",
                              order, cursor.n ? ",\"cursor\":\"" : "", STR_ARG(cursor),
                              cursor.n ? "\"" : "");
        conn_must(&k, "POST", "/api/v1/query", "", body);
        cursor = str_copy(b->arena, val_get_text(conn_json(page, &k), "next", STR("")));
        arena_free(page);
        if (cursor.n == 0) break;
        b->cursors[b->n_cursors++] = cursor;
    }
    conn_close(&k);
}

typedef struct ListStep {
    const Bench *bench;
    const char *order;
} ListStep;

static void step_list(Client *k) {
    const ListStep *l = k->arg;
    const Bench *b = l->bench;
    Str cursor = b->n_cursors ? b->cursors[rng_below(&k->rng, b->n_cursors)] : STR("");
    Str body = str_printf(k->arena, "{\"kind\":\"person\",\"order\":\"%s\",\"limit\":50%s%.*s%s}",
                          l->order, cursor.n ? ",\"cursor\":\"" : "", STR_ARG(cursor),
                          cursor.n ? "\"" : "");
    conn_must(&k->conn, "POST", "/api/v1/query", "", body);
}

static void lists(Bench *b, const Server *s) {
    static const char *const orders[] = { "display_name", "registration_date" };
    for (size_t i = 0; i < 2; i++) {
        ListStep l = { b, orders[i] };
        walk_list(b, s, orders[i]);
        Figure f = clients_run(s, b->headers, CLIENTS, b->seconds / 2, step_list, &l);
        figure_print(str_c(b->arena, str_printf(b->arena, "list by %s, any page of 50", orders[i])),
                     &f, 1, "pages");
    }
}

/* ---- writing ------------------------------------------------------------------------------------- */

/* Names as the folder's people bear them: a child's of one, the father's of another. */
static void put_name(Client *k, Buf *body, const char *field, size_t column) {
    const Bench *b = k->arg;
    const Str *names = b->names[rng_below(&k->rng, b->n_ids)];
    for (size_t i = 0; i < 2; i++) {
        Str name = names[column + i];
        if (name.n)
            buf_printf(body, "\"%s%s\":%.*s,", field, i ? "_local" : "",
                       STR_ARG(text_of(k->arena, name)));
    }
}

static void put_member(Client *k, Buf *body, size_t i) {
    static const char *const relationship[FAMILY] = { "", "WIF", "SON", "DAU", "SON" };
    Rng *r = &k->rng;
    buf_printf(body, "%s{\"key\":\"m%zu\",\"person\":{", i ? "," : "", i);
    put_name(k, body, "given_name", 0);
    put_name(k, body, "father_name", 2);
    buf_printf(body,
               "\"sex\":\"%s\",\"birth_date\":\"%lld-0%d-1%d\",\"birth_date_precision\":"
               "\"exact\",\"nationality\":\"AFG\",\"country_of_origin\":\"AFG\"}",
               i % 2 ? "F" : "M",
               (long long)rng_between(r, i < 2 ? 1960 : 2005, i < 2 ? 1985 : 2020),
               (int)rng_between(r, 1, 9), (int)rng_between(r, 0, 9));
    if (i) buf_printf(body, ",\"relationship\":\"%s\"", relationship[i]);
    buf_byte(body, '}');
}

/* Adds those that the answer calls possible doubles; false: it says something else. */
static bool look_and_confirm(Client *k, Buf *confirmed) {
    Val errors = val_get(conn_json(k->arena, &k->conn), "errors");
    for (size_t i = 0; errors.type == VAL_LIST && i < errors.list.n; i++) {
        Val e = errors.list.v[i];
        if (!str_is(val_get_text(e, "key", STR("")), "error.duplicate")) return false;
        buf_printf(confirmed, "%s\"%.*s\"", confirmed->n ? "," : "",
                   STR_ARG(val_get_text(val_get(e, "args"), "person", STR(""))));
    }
    return errors.type == VAL_LIST && errors.list.n > 0;
}

static const char *idempotency(Client *k) {
    char text[ID_TEXT_N + 1] = "";
    id_write(id_new(env_system()), text);
    return str_c(k->arena, str_printf(k->arena, "Idempotency-Key: %.*s\r\n", ID_TEXT_N, text));
}

/* As at the desk: where the check for doubles stops the clerk, they look and save again. */
static void step_family(Client *k) {
    const Bench *b = k->arg;
    Buf body = buf_new(k->arena, 64 << 10), confirmed = buf_new(k->arena, 64 << 10);
    Str office = b->offices[rng_below(&k->rng, b->n_offices)];
    buf_printf(&body,
               "{\"office\":\"%.*s\",\"group\":{\"registration_level\":\"IBR\",\"village\":"
               "\"Jalozai\",\"country_of_asylum\":\"PAK\"},\"focal_point\":\"m0\",\"members\":[",
               STR_ARG(office));
    for (size_t i = 0; i < FAMILY; i++)
        put_member(k, &body, i);
    buf_byte(&body, ']');
    for (int tries = 0;; tries++) {
        Str whole = str_printf(k->arena, "%.*s,\"confirmed_not\":[%.*s]}", STR_ARG(buf_text(&body)),
                               STR_ARG(buf_text(&confirmed)));
        int64_t from = now_us();
        int status = conn_ask(&k->conn, "POST", "/api/v1/op/group.register", idempotency(k), whole);
        times_add(&k->answers, now_us() - from);
        if (status == 200) return;
        if (status != 409 || tries == 3 || !look_and_confirm(k, &confirmed))
            die("group.register: %d\n%.*s\n%.*s", status, STR_ARG(whole), STR_ARG(k->conn.body));
        k->retries++;
    }
}

static void step_correct(Client *k) {
    const Bench *b = k->arg;
    Rng *r = &k->rng;
    Str name = text_of(k->arena, b->names[rng_below(r, b->n_ids)][0]);
    Buf body = buf_new(k->arena, 4096);
    buf_printf(&body, "{\"id\":\"%s\",\"fields\":{\"grandfather_name\":%.*s}",
               b->ids[rng_below(r, b->n_ids)], STR_ARG(name));
    buf_str(&body, STR(",\"reason\":\"TYPING\"}"));
    conn_must(&k->conn, "POST", "/api/v1/op/person.correct", idempotency(k), buf_text(&body));
}

/* ---- the write-ahead log, watched ------------------------------------------------------------------ */

typedef struct Watch {
    const Bench *bench;
    pthread_t thread;
    _Atomic bool stop;
    int64_t most;
} Watch;

static void *watch_main(void *arg) {
    Watch *w = arg;
    while (!w->stop) {
        int64_t n = file_bytes(w->bench, "panah.db-wal");
        if (n > w->most) w->most = n;
        usleep(20000);
    }
    return NULL;
}

/* ---- the web part's first load ---------------------------------------------------------------------- */

static size_t fetch_bytes(Conn *k, const char *path) {
    return conn_ask(k, "GET", path, "Accept-Encoding: gzip\r\n", STR_NONE) == 200 ? k->body.n : 0;
}

/* The page and what it names by src= and href=. */
static void first_load(Bench *b, const Server *s) {
    Conn k = conn_open(b->arena, s->port, "");
    if (conn_ask(&k, "GET", "/", "", STR_NONE) != 200) {
        printf("%-40s           not built\n", "web: first load");
        conn_close(&k);
        return;
    }
    const char *page = str_c(b->arena, k.body);
    size_t total = fetch_bytes(&k, "/"), files = 1;
    for (const char *at = page; (at = strpbrk(at, "sh")); at++) {
        size_t skip = strncmp(at, "src=\"", 5) == 0 ? 5 : strncmp(at, "href=\"", 6) == 0 ? 6 : 0;
        const char *end = skip ? strchr(at + skip, '"') : NULL;
        if (!end) continue;
        Str path = str_n(at + skip, (size_t)(end - at) - skip);
        if (path.n == 0 || path.s[0] == '#') continue;
        bool absolute = path.s[0] == '/';
        size_t n = fetch_bytes(&k, str_c(b->arena, str_printf(b->arena, "%s%.*s",
                                                              absolute ? "" : "/", STR_ARG(path))));
        total += n;
        files += n > 0;
    }
    printf("%-40s %9.1f kB gzip   (%zu files)\n", "web: first load", (double)total / 1e3, files);
    conn_close(&k);
}

/* ---- the measurements --------------------------------------------------------------------------------- */

static void measure_reading(Bench *b, const Server *s) {
    first_load(b, s);
    Figure f = clients_run(s, b->headers, CLIENTS, b->seconds, step_file, b);
    figure_print("open a person's file", &f, 1, "pages");
    searches(b, s);
    lists(b, s);
}

typedef struct Writes {
    Figure families, corrections;
} Writes;

static Writes measure_writing(Bench *b, const Server *s, const char *suffix) {
    Writes w;
    Watch watch = { .bench = b };
    pthread_create(&watch.thread, NULL, watch_main, &watch);
    w.families = clients_run(s, b->headers, CLIENTS, b->seconds, step_family, b);
    const char *name = str_c(b->arena, str_printf(b->arena, "register families of five%s", suffix));
    figure_print(name, &w.families, FAMILY, "people");
    w.corrections = clients_run(s, b->headers, CLIENTS, b->seconds, step_correct, b);
    name = str_c(b->arena, str_printf(b->arena, "correct a person%s", suffix));
    figure_print(name, &w.corrections, 1, "acts");
    watch.stop = true;
    pthread_join(watch.thread, NULL);
    printf("%-40s %9.1f MB\n", "  the write-ahead log at most", (double)watch.most / 1e6);
    return w;
}

static size_t at_least_1(double n) {
    return n < 1 ? 1 : (size_t)(n + 0.5);
}

/* The fsyncs over HTTP count checkpoints and keys too: each gave the transactions below. */
static void measure_limit(Bench *b, const Mark *m, const Writes *w) {
    size_t people = 0, families = w->families.n;
    const size_t sizes[2] = { 1, at_least_1((double)w->families.n / (w->families.fsyncs + 1)) };
    for (size_t i = 0; i < 2; i++) {
        size_t transactions = families / sizes[i] + 1;
        double s = limit_families(b->dir, m, b->scratch, transactions, &people);
        printf("  bare SQLite, the same rows, %2zu a commit %9.0f people/s   ours: %.0f %%\n",
               sizes[i], (double)people / s,
               w->families.per_second * FAMILY * s / (double)people * 100);
    }
    size_t group = at_least_1((double)w->corrections.n / (w->corrections.fsyncs + 1));
    const size_t groups[2] = { 1, group };
    for (size_t i = 0; i < 2; i++) {
        double per_s = limit_corrections(b->scratch, i ? 20000 : 2000, groups[i]);
        printf("  bare SQLite, corrections,  %2zu a commit  %9.0f acts/s     ours: %.0f %%\n",
               groups[i], per_s, w->corrections.per_second / per_s * 100);
    }
}

static void measure_checks(Bench *b) {
    Str out;
    int64_t us;
    if (panah_run(b->arena, &out, &us, "-d", b->dir, "verify", "--json", NULL) != 0)
        die("verify: %.*s", STR_ARG(out));
    Val v = parse(b->arena, out, "verify");
    printf("%-40s %9.0f commits/s   (%.2f s with start and stop)\n", "verify",
           (double)val_get_int(v, "commits", 0) /
               ((double)val_get_int(v, "ms", us / 1000) / 1e3 + 1e-9),
           (double)us / 1e6);
    if (panah_run(b->arena, &out, &us, "-d", b->dir, "rebuild", "--check", "--json", NULL) != 0)
        die("rebuild --check: %.*s", STR_ARG(out));
    v = parse(b->arena, out, "rebuild");
    double compare_s = (double)val_get_int(v, "compare_ms", 0) / 1e3 + 1e-9;
    double s = (double)val_get_int(v, "ms", us / 1000) / 1e3 - compare_s + 1e-9;
    printf("%-40s %9.0f commits/s   %.0f parts/s   (%.1f s)\n", "rebuild",
           (double)val_get_int(v, "commits", 0) / s, (double)val_get_int(v, "parts", 0) / s, s);
    printf("%-40s %9.0f rows/s   (%.1f s)\n", "  and compare with the tables in use",
           (double)val_get_int(v, "rows", 0) / compare_s, compare_s);
}

static void measure_import(Bench *b) {
    const char *path = str_c(b->arena, str_printf(b->arena, "%s.csv", b->scratch));
    FILE *f = fopen(path, "w");
    Rng r = rng_new(5);
    size_t rows = 5000;
    Str out;
    int64_t us;
    if (!f) die("%s", path);
    fprintf(f, "given_name,father_name,sex,birth_date,nationality\n");
    for (size_t i = 0; i < rows; i++)
        fprintf(f, "%.*s,%.*s,%c,%lld-0%d-1%d,AFG\n", STR_ARG(b->names[rng_below(&r, b->n_ids)][0]),
                STR_ARG(b->names[rng_below(&r, b->n_ids)][0]), rng_below(&r, 2) ? 'M' : 'F',
                (long long)rng_between(&r, 1950, 2020), (int)rng_between(&r, 1, 9),
                (int)rng_between(&r, 0, 9));
    fclose(f);
    int rc = panah_run(b->arena, &out, &us, "-d", b->dir, "import", path, "--json", NULL);
    unlink(path);
    if (rc != 0)
        printf("%-40s           refused: %.*s\n", "import", (int)(out.n < 200 ? out.n : 200),
               out.s);
    else
        printf("%-40s %9.0f rows/s   (%zu rows, all checks, approved, with start and stop)\n",
               "import of a CSV list", (double)rows / ((double)us / 1e6), rows);
}

static void print_folder(Bench *b) {
    printf("%-40s %9.0f bytes a person   (%lld people)\n", "on disk",
           (double)folder_bytes(b->dir) / (double)b->people, (long long)b->people);
}

static void print_start(const Server *s) {
    printf("%-40s %9.0f ms\n", "start to first answer", (double)s->start_us / 1e3);
}

static void print_memory(const Server *s, const char *when) {
    printf("resident memory, %-23s %9.0f MB\n", when, (double)server_rss_bytes(s) / 1e6);
}

static bool part_wanted(const char *name) {
    const char *only = getenv("PANAH_BENCH_PART");
    return !only || strcmp(only, name) == 0;
}

static void write_part(Bench *b, const Mark *mark) {
    Server s = server_start(b->arena, b->dir, 0);
    sign_in(b, &s);
    Writes w = measure_writing(b, &s, "");
    print_memory(&s, "after writing");
    server_stop(&s);
    measure_limit(b, mark, &w);
    s = server_start(b->arena, b->dir, 5000);
    sign_in(b, &s);
    (void)measure_writing(b, &s, ", fsync + 5 ms");
    server_stop(&s);
}

static void run(Bench *b) {
    make_folder(b);
    draw_people(b);
    print_folder(b);
    Mark *mark = limit_mark(b->arena, b->dir);
    Server s = server_start(b->arena, b->dir, 0);
    print_start(&s);
    print_memory(&s, "just started");
    sign_in(b, &s);
    if (part_wanted("read")) measure_reading(b, &s);
    if (part_wanted("read")) print_memory(&s, "after reading");
    server_stop(&s);
    if (part_wanted("write")) write_part(b, mark);
    if (!part_wanted("check")) return;
    measure_checks(b);
    measure_import(b);
}

static int64_t number_from(const char *name, int64_t otherwise) {
    const char *text = getenv(name);
    int64_t n;
    return text && num_parse_i64(str_of(text), &n) && n > 0 ? n : otherwise;
}

int main(void) {
    char made[] = "/tmp/panah-bench-XXXXXX";
    Bench b = { .arena = arena_new(env_system(), (size_t)1 << 30),
                .dir = getenv("PANAH_BENCH_DIR"),
                .people = number_from("PANAH_BENCH_PEOPLE", 20000),
                .seconds = (double)number_from("PANAH_BENCH_SECONDS", 5) };
    b.keep = b.dir != NULL;
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!mkdtemp(made)) die("no temporary folder");
    if (!b.keep) b.dir = str_c(b.arena, str_printf(b.arena, "%s/data", made));
    b.scratch = str_c(b.arena, str_printf(b.arena, "%s/limit.db", made));
    run(&b);
    (void)nftw(made, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b.arena);
    return 0;
}
