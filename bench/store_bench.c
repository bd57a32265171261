/* store_bench.c: the store alone, without HTTP: how quickly families are written, corrected, found,
 * rebuilt and verified, and how much room a person takes. PANAH_BENCH_PEOPLE sets the size. */
#include "domain/admin/admin.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "store/store_int.h"

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/banned.h"

enum { FAMILY = 5, CLIENTS = 16 };

typedef struct Bench {
    Env *env;
    Arena *arena;
    char dir[64];
    StoreOptions options;
    Store *store;
    Id office;
    Id *people;
    size_t n_people;
    const KindInfo *person, *group, *membership;
} Bench;

static const char *const given[] = { "Mohammad", "Ahmad",    "Fatima", "Zahra", "Ali", "Maryam",
                                     "Hussain",  "Zarghuna", "Nasrin", "Karim", "Gul", "Rahim",
                                     "Amina",    "Jawad",    "Omar",   "Laila" };
static const char *const local[] = { "محمد",  "احمد",   "فاطمه", "زهرا", "علی", "مریم",
                                     "حسین",  "زرغونه", "نسرین", "کریم", "گل",  "رحیم",
                                     "امینه", "جواد",   "عمر",   "لیلا" };
static const char *const villages[] = { "Kacha Garhi", "Jalozai",    "Batambo", "Inke",
                                        "Mole",        "Shamshatoo", "Bili",    "Boyabu" };

static void say(const char *what, double n, double seconds, const char *unit) {
    printf("%-44s %12.0f %s/s   (%.0f in %.2f s)\n", what, n / seconds, unit, n, seconds);
    fflush(stdout);
}

typedef struct Family {
    Bench *b;
    uint64_t seed;
    Id ids[FAMILY];
} Family;

static Val text(const char *t) {
    return val_text(str_of(t));
}

static Status write_family(Ctx *c, Tx *tx, void *arg) {
    Family *f = arg;
    Bench *b = f->b;
    Rng r = rng_new(f->seed);
    ActPart act = { .act = id_new(c->env),
                    .op_no = 2,
                    .op_version = 1,
                    .actor = b->office,
                    .office = b->office,
                    .idempotency = id_new(c->env),
                    .client_time = TIME_NONE };
    tx_act(tx, &act);
    Id group = id_new(c->env);
    Val g = val_map();
    val_set_c(
        c->arena, &g, "number",
        val_text(str_printf(c->arena, "KBL-26-%06llu-1", (unsigned long long)(f->seed % 1000000))));
    val_set_c(c->arena, &g, "village", text(villages[rng_below(&r, 8)]));
    val_set_c(c->arena, &g, "registration_date", val_int(20000));
    val_set_c(c->arena, &g, "country_of_asylum", text("PAK"));
    val_set_c(c->arena, &g, "registration_level", text("BASIC"));
    TRY(tx_create(c, b->group, group, b->office, g));
    for (size_t i = 0; i < FAMILY; i++) {
        size_t a = rng_below(&r, 16), d = rng_below(&r, 16);
        Val p = val_map();
        f->ids[i] = id_new(c->env);
        val_set_c(c->arena, &p, "number",
                  val_text(str_printf(c->arena, "KBL-26-I%06llu-1",
                                      (unsigned long long)((f->seed * FAMILY + i) % 1000000))));
        val_set_c(c->arena, &p, "given_name", text(given[a]));
        val_set_c(c->arena, &p, "father_name", text(given[d]));
        val_set_c(c->arena, &p, "given_name_local", text(local[a]));
        val_set_c(c->arena, &p, "father_name_local", text(local[d]));
        val_set_c(c->arena, &p, "display_name",
                  val_text(str_printf(c->arena, "%s %s", given[a], given[d])));
        val_set_c(c->arena, &p, "sex", text(a % 2 ? "M" : "F"));
        val_set_c(c->arena, &p, "birth_date", val_int(rng_between(&r, 0, 19000)));
        val_set_c(c->arena, &p, "birth_date_precision", text("YEAR"));
        val_set_c(c->arena, &p, "nationality", text("AFG"));
        val_set_c(c->arena, &p, "country_of_origin", text("AFG"));
        val_set_c(c->arena, &p, "registration_date", val_int(20000));
        val_set_c(c->arena, &p, "process_status", text("A"));
        TRY(tx_create(c, b->person, f->ids[i], b->office, p));
        Val m = val_map();
        val_set_c(c->arena, &m, "person", val_id(c->arena, f->ids[i]));
        val_set_c(c->arena, &m, "registration_group", val_id(c->arena, group));
        val_set_c(c->arena, &m, "relationship", text("SON"));
        TRY(tx_create(c, b->membership, id_new(c->env), b->office, m));
    }
    return ST_OK;
}

static void stop_on(Status st, Ctx *c, const char *what) {
    if (st == ST_OK) return;
    fprintf(stderr, "%s: %s", what, status_name(st));
    if (c->errs.n)
        fprintf(stderr, " %.*s %.*s %.*s", STR_ARG(c->errs.v[0].path), STR_ARG(c->errs.v[0].key),
                STR_ARG(c->errs.v[0].cause));
    fprintf(stderr, "\n");
    exit(1);
}

/* ---- many at once from one thread: demo and import ---- */

static void bulk(Bench *b, size_t families, uint64_t first) {
    enum { BATCH = 256 };
    Family f[BATCH];
    WriteJob jobs[BATCH];
    Ctx ctx[BATCH];
    Arena *arenas[BATCH];
    for (size_t i = 0; i < BATCH; i++)
        arenas[i] = arena_new(b->env, 64 << 20);
    int64_t from = env_monotonic_us(b->env);
    uint64_t fsyncs = atomic_load(&b->env->fault[FAULT_FSYNC].count);
    for (size_t done = 0; done < families;) {
        size_t n = families - done < BATCH ? families - done : BATCH;
        for (size_t i = 0; i < n; i++) {
            arena_reset(arenas[i]);
            ctx[i] = ctx_new(b->env, arenas[i]);
            ctx[i].reach = &reach_everything;
            f[i] = (Family){ .b = b, .seed = first + done + i };
            jobs[i] = (WriteJob){ .fn = write_family, .arg = &f[i], .ctx = &ctx[i] };
        }
        Status st = store_write_batch(b->store, jobs, n);
        for (size_t i = 0; i < n && st != ST_OK; i++)
            if (jobs[i].status != ST_OK) stop_on(jobs[i].status, &ctx[i], "family");
        for (size_t i = 0; i < n; i++)
            memcpy(&b->people[b->n_people], f[i].ids, sizeof(f[i].ids)), b->n_people += FAMILY;
        done += n;
    }
    double s = (double)(env_monotonic_us(b->env) - from) / 1e6;
    say("families of five, 256 a transaction", (double)families * FAMILY, s, "people");
    printf("%-44s %12llu\n", "  fsyncs",
           (unsigned long long)(atomic_load(&b->env->fault[FAULT_FSYNC].count) - fsyncs));
    for (size_t i = 0; i < BATCH; i++)
        arena_free(arenas[i]);
}

/* ---- sixteen clients ---- */

typedef struct Client {
    Bench *b;
    pthread_t thread;
    size_t rounds;
    uint64_t seed;
    bool correct;
    int64_t *us;
} Client;

typedef struct Fix {
    Bench *b;
    Id id;
    uint64_t n;
} Fix;

static Status write_fix(Ctx *c, Tx *tx, void *arg) {
    Fix *f = arg;
    ActPart act = { .act = id_new(c->env),
                    .op_no = 3,
                    .op_version = 1,
                    .actor = f->b->office,
                    .idempotency = id_new(c->env),
                    .client_time = TIME_NONE,
                    .reason = STR("TYPING") };
    tx_act(tx, &act);
    Val v = val_map();
    val_set_c(c->arena, &v, "birth_date", val_int((int64_t)(f->n % 19000)));
    return tx_set(c, f->b->person, f->id, STR(""), v);
}

static void *client_main(void *arg) {
    Client *k = arg;
    Arena *a = arena_new(k->b->env, 64 << 20);
    Rng r = rng_new(k->seed);
    for (size_t i = 0; i < k->rounds; i++) {
        arena_reset(a);
        Ctx c = ctx_new(k->b->env, a);
        c.reach = &reach_everything;
        int64_t from = env_monotonic_us(k->b->env);
        Status st;
        if (k->correct) {
            Fix f = { .b = k->b,
                      .id = k->b->people[rng_below(&r, k->b->n_people)],
                      .n = rng_u64(&r) };
            st = store_write(k->b->store, &c, write_fix, &f);
        } else {
            Family f = { .b = k->b, .seed = k->seed * 1000000 + i };
            st = store_write(k->b->store, &c, write_family, &f);
        }
        stop_on(st, &c, "client");
        k->us[i] = env_monotonic_us(k->b->env) - from;
    }
    arena_free(a);
    return NULL;
}

static int by_value(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static void clients(Bench *b, const char *what, bool correct, size_t rounds, double per_round,
                    const char *unit) {
    Client k[CLIENTS];
    int64_t *us = arena_array(b->arena, int64_t, CLIENTS * rounds);
    uint64_t fsyncs = atomic_load(&b->env->fault[FAULT_FSYNC].count);
    int64_t from = env_monotonic_us(b->env);
    for (size_t i = 0; i < CLIENTS; i++) {
        k[i] = (Client){
            .b = b, .rounds = rounds, .seed = 77 + i, .correct = correct, .us = us + i * rounds
        };
        pthread_create(&k[i].thread, NULL, client_main, &k[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        pthread_join(k[i].thread, NULL);
    double s = (double)(env_monotonic_us(b->env) - from) / 1e6;
    qsort(us, CLIENTS * rounds, sizeof(*us), by_value);
    say(what, (double)(CLIENTS * rounds) * per_round, s, unit);
    printf("  p50 %.1f ms  p99 %.1f ms  max %.1f ms  fsyncs %llu\n",
           (double)us[CLIENTS * rounds / 2] / 1e3, (double)us[CLIENTS * rounds * 99 / 100] / 1e3,
           (double)us[CLIENTS * rounds - 1] / 1e3,
           (unsigned long long)(atomic_load(&b->env->fault[FAULT_FSYNC].count) - fsyncs));
}

/* ---- reading ---- */

static void search(Bench *b, const char *what, const char *typed, size_t rounds) {
    int64_t *us = arena_array(b->arena, int64_t, rounds);
    size_t n = 0;
    int64_t looked = 0;
    for (size_t i = 0; i < rounds; i++) {
        Ctx c = ctx_new(b->env, arena_new(b->env, 64 << 20));
        c.reach = &reach_everything;
        int64_t from = env_monotonic_us(b->env);
        stop_on(store_read_begin(b->store, &c), &c, "read");
        NameQuery q = name_query(c.arena, str_of(typed));
        TermQuery tq = { .kind = b->person, .tokens = q.tokens, .n_tokens = q.n, .limit = 50 };
        Record **rows = NULL;
        stop_on(read_terms(&c, &tq, &rows, &n, &looked), &c, "search");
        us[i] = env_monotonic_us(b->env) - from;
        arena_free(c.arena);
    }
    qsort(us, rounds, sizeof(*us), by_value);
    printf("%-44s p50 %.2f ms  p99 %.2f ms  (%zu found, %lld looked at)\n", what,
           (double)us[rounds / 2] / 1e3, (double)us[rounds * 99 / 100] / 1e3, n, (long long)looked);
}

static int64_t folder_bytes;
static int add_size(const char *p, const struct stat *st, int type, struct FTW *f) {
    (void)p;
    (void)f;
    if (type == FTW_F) folder_bytes += st->st_size;
    return 0;
}
static int drop(const char *p, const struct stat *st, int type, struct FTW *f) {
    (void)st;
    (void)type;
    (void)f;
    return remove(p);
}

static void open_store(Bench *b) {
    static const Kind *kinds[ADMIN_KINDS + REGISTRY_KINDS];
    static ModelSource source;
    for (size_t i = 0; i < ADMIN_KINDS; i++)
        kinds[i] = admin_kinds[i];
    for (size_t i = 0; i < REGISTRY_KINDS; i++)
        kinds[ADMIN_KINDS + i] = registry_kinds[i];
    source = (ModelSource){ .kinds = kinds,
                            .n_kinds = ADMIN_KINDS + REGISTRY_KINDS,
                            .lists = builtin_code_lists,
                            .n_lists = builtin_code_lists_n };
    memcpy(b->dir, "/tmp/panah-bench-XXXXXX", 24);
    if (!mkdtemp(b->dir)) exit(1);
    b->options = (StoreOptions){ .dir = b->dir, .model = &source };
    Ctx c = ctx_new(b->env, b->arena);
    Str recovery;
    stop_on(store_init(&c, &b->options, STR("Bench"), &recovery), &c, "init");
    stop_on(store_open(&c, &b->options, &b->store), &c, "open");
    const Model *m = store_model(b->store);
    b->person = model_kind(m, STR("person"));
    b->group = model_kind(m, STR("registration_group"));
    b->membership = model_kind(m, STR("membership"));
    b->office = id_new(b->env);
}

int main(void) {
    const char *size = getenv("PANAH_BENCH_PEOPLE");
    int64_t people = 100000;
    if (size && !num_parse_i64(str_of(size), &people)) return 2;
    Bench b = { .env = env_system() };
    b.arena = arena_new(b.env, 2UL << 30);
    open_store(&b);
    b.people = arena_array(b.arena, Id, (size_t)people + 16);
    printf("store alone, %lld people\n", (long long)people);
    bulk(&b, (size_t)people / FAMILY, 1);
    clients(&b, "16 clients: families of five", false, 500, FAMILY, "people");
    clients(&b, "16 clients: single corrections", true, 1000, 1, "acts");
    b.env->fsync_delay_us = 5000;
    clients(&b, "16 clients, fsync + 5 ms: families of five", false, 60, FAMILY, "people");
    clients(&b, "16 clients, fsync + 5 ms: corrections", true, 120, 1, "acts");
    b.env->fsync_delay_us = 0;
    search(&b, "search: common + common", "mohammad ali", 100);
    search(&b, "search: as typed", "zarghuna huss", 100);
    search(&b, "search: one letter", "m", 100);
    search(&b, "search: absent", "xavier", 100);
    Ctx c = ctx_new(b.env, arena_new(b.env, 1UL << 30));
    VerifyReport v;
    int64_t from = env_monotonic_us(b.env);
    stop_on(store_verify(&c, b.store, false, &v), &c, "verify");
    double s = (double)(env_monotonic_us(b.env) - from) / 1e6;
    say("verify", (double)v.commits, s, "commits");
    printf("  faults %lld, parts %lld\n", (long long)v.faults, (long long)v.parts);
    arena_free(c.arena);
    c = ctx_new(b.env, arena_new(b.env, 1UL << 30));
    RebuildReport r;
    from = env_monotonic_us(b.env);
    stop_on(store_rebuild(&c, b.store, true, &r), &c, "rebuild");
    s = (double)(env_monotonic_us(b.env) - from) / 1e6;
    say("rebuild --check", (double)r.commits, s, "commits");
    say("", (double)r.parts, s, "parts");
    printf("  differences %lld\n", (long long)r.differences);
    arena_free(c.arena);
    store_close(b.store);
    nftw(b.dir, add_size, 16, FTW_PHYS);
    printf("%-44s %12lld bytes\n", "on disk, a person",
           (long long)(folder_bytes / ((int64_t)b.n_people + CLIENTS * 560 * FAMILY)));
    nftw(b.dir, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b.arena);
    return 0;
}
