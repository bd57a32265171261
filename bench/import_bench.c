/* import_bench.c: lists from the file to registered people, with all checks: rows a second of staging
 * and approving, into an empty register and into one that has people already. PANAH_BENCH_ROWS sets
 * the size. */
#include "codec/json.h"
#include "domain/admin/admin.h"
#include "domain/importing/importing.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "model/messages.h"

#include <ftw.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/banned.h"

enum { KINDS_MAX = 40, OPS_MAX = 128, LABELS_MAX = 16 };

typedef struct Bench {
    Env *env;
    Arena *arena;
    char dir[64];
    const Kind *kinds[KINDS_MAX];
    LabelSource labels[LABELS_MAX];
    ModelSource model;
    StoreOptions options;
    Store *store;
    Access *access;
    const Op *ops[OPS_MAX];
    OpTable table;
    FirstIds first;
} Bench;

static void stop_on(Status st, Ctx *c, const char *what) {
    if (st == ST_OK) return;
    fprintf(stderr, "%s: %s\n", what, status_name(st));
    for (size_t i = 0; i < c->errs.n && i < 10; i++)
        fprintf(stderr, "  %.*s %.*s %.*s\n", STR_ARG(c->errs.v[i].path), STR_ARG(c->errs.v[i].key),
                STR_ARG(c->errs.v[i].cause));
    exit(1);
}

static double processor_s(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* ---- a folder ------------------------------------------------------------------------------------ */

static void gather(Bench *b) {
    const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                  &importing_room };
    size_t n = 0;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        for (size_t k = 0; k < rooms[i]->n_kinds; k++)
            b->kinds[b->model.n_kinds++] = rooms[i]->kinds[k];
        for (size_t k = 0; k < rooms[i]->n_ops; k++)
            b->ops[b->table.n++] = &rooms[i]->ops[k];
    }
    ASSERT(b->model.n_kinds <= KINDS_MAX && b->table.n <= OPS_MAX);
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        b->labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        b->labels[n++] = builtin_messages[i];
    ASSERT(n <= LABELS_MAX);
    b->model.kinds = b->kinds;
    b->model.lists = builtin_code_lists;
    b->model.n_lists = builtin_code_lists_n;
    b->model.labels = b->labels;
    b->model.n_labels = n;
    b->table.ops = b->ops;
}

static Status first_records(Ctx *c, Tx *tx, void *arg) {
    Bench *b = arg;
    FirstRecords in = { .office_code = STR("KLA"),
                        .office_name = STR("Kampala"),
                        .country = STR("UGA"),
                        .calendar = STR("gregorian"),
                        .dial_code = STR("256"),
                        .utc_offset_minutes = 180,
                        .login = STR("salma"),
                        .name = STR("Salma"),
                        .keep_password = true };
    TRY(access_password_hash(c, b->access, STR("a long password here"), &in.password_phc));
    return admin_first_records(c, tx, &in, &b->first);
}

static void make_folder(Bench *b) {
    Ctx c = ctx_new(b->env, b->arena);
    AccessOptions o = { .password_quick = true };
    Str recovery;
    crypt_start();
    actor_enter(&c, actor_system());
    gather(b);
    memcpy(b->dir, "/tmp/panah-bench-XXXXXX", 24);
    if (!mkdtemp(b->dir)) exit(1);
    b->options = (StoreOptions){ .dir = b->dir, .model = &b->model, .password_quick = true };
    stop_on(store_init(&c, &b->options, STR("Bench"), &recovery), &c, "init");
    stop_on(store_open(&c, &b->options, &b->store), &c, "open");
    c.store = b->store;
    stop_on(access_open(&c, b->store, &o, &b->access), &c, "access");
    b->table.access = b->access;
    stop_on(store_write(b->store, &c, first_records, b), &c, "first records");
}

/* ---- a list ----------------------------------------------------------------------------------------- */

static const char *const given[] = { "zuwena", "akello",   "musa",  "nakato",  "babirye", "okello",
                                     "mukasa", "nalongo",  "ssali", "achieng", "opio",    "kato",
                                     "wasswa", "namukasa", "auma",  "otim" };
static const char *const family[] = { "acile",   "lusike",     "mungugeo",  "akantambira",
                                      "ochieng", "byaruhanga", "nsubuga",   "tumwine",
                                      "kisakye", "lubega",     "ssemakula", "atim",
                                      "odongo",  "kyomuhendo", "mugisha",   "nabirye" };

/* As opencr_uganda.csv: one person a row, no households; three in a hundred twice. */
static Str make_list(Bench *b, size_t rows, uint64_t seed) {
    Rng r = rng_new(seed);
    Buf out = buf_new(b->arena, (size_t)200 << 20);
    buf_printf(&out,
               "rec_id,sex,date_of_birth,given_name,surname,phone_number,uganda_nin,art_number\n");
    uint64_t number = 0;
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || rng_below(&r, 100) >= 3) number = rng_u64(&r) % 1000000000;
        buf_printf(
            &out,
            "rec-%zu-%llu, %c,%d%02d%02d, %s%llu, %s%llu, 7%02llu %06llu,CF%08lluQW,KMC-%06llu\n",
            i, (unsigned long long)seed, rng_below(&r, 2) ? 'f' : 'm',
            (int)rng_between(&r, 1930, 2020), (int)rng_between(&r, 1, 12),
            (int)rng_between(&r, 1, 28), given[number % 16], (unsigned long long)(number / 16 % 50),
            family[number / 7 % 16], (unsigned long long)(number / 300 % 60),
            (unsigned long long)(number % 89 + 10), (unsigned long long)(number % 1000000),
            (unsigned long long)(number % 100000000),
            (unsigned long long)(number / 1000 % 1000000));
    }
    return buf_text(&out);
}

static Str base64(Arena *a, Str bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(a, (bytes.n + 2) / 3 * 4), *p = out;
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t three = (uint32_t)(uint8_t)bytes.s[i] << 16;
        if (i + 1 < bytes.n) three |= (uint32_t)(uint8_t)bytes.s[i + 1] << 8;
        if (i + 2 < bytes.n) three |= (uint8_t)bytes.s[i + 2];
        *p++ = digits[three >> 18];
        *p++ = digits[three >> 12 & 63];
        *p++ = i + 1 < bytes.n ? digits[three >> 6 & 63] : '=';
        *p++ = i + 2 < bytes.n ? digits[three & 63] : '=';
    }
    return str_n(out, (size_t)(p - out));
}

static Val call(Bench *b, Arena *a, const char *op, Val input) {
    Ctx c = ctx_new(b->env, a);
    OpReply reply;
    const Actor *actor;
    c.store = b->store;
    stop_on(access_actor_of_login(&c, b->access, STR("salma"), STR(""), &actor), &c, "actor");
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE, .input = input };
    stop_on(op_call(&c, b->store, &b->table, &q, &reply), &c, op);
    return reply.result;
}

static void import(Bench *b, const char *what, size_t rows, uint64_t seed) {
    Arena *a = arena_new(b->env, (size_t)4 << 30);
    Val input = val_map(), approve = val_map();
    val_set_c(a, &input, "file_name", val_text(STR("list.csv")));
    val_set_c(a, &input, "text", val_text(base64(a, make_list(b, rows, seed))));
    int64_t t0 = env_monotonic_us(b->env);
    double p0 = processor_s();
    Val staged = call(b, a, "import.stage", input);
    int64_t t1 = env_monotonic_us(b->env);
    double p1 = processor_s();
    val_set_c(a, &approve, "batch", val_get(staged, "batch"));
    Val approved = call(b, a, "import.approve", approve);
    int64_t t2 = env_monotonic_us(b->env);
    double p2 = processor_s(), s1 = (double)(t1 - t0) / 1e6, s2 = (double)(t2 - t1) / 1e6;
    printf(
        "%-36s %8.0f rows/s   (%zu rows; stage %.2f s, approve %.2f s; made %lld, doubles %lld)\n",
        what, (double)rows / (s1 + s2), rows, s1, s2, (long long)val_get_int(approved, "made", 0),
        (long long)val_get_int(staged, "doubles", 0));
    printf("%-36s %8.0f rows a processor second   (stage %.2f s, approve %.2f s)\n", "",
           (double)rows / (p2 - p0), p1 - p0, p2 - p1);
    fflush(stdout);
    arena_free(a);
}

static int drop(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

int main(void) {
    const char *size = getenv("PANAH_BENCH_ROWS");
    int64_t rows = 20000;
    if (size && !num_parse_i64(str_of(size), &rows)) return 2;
    static Bench b;
    (void)mallopt(M_MMAP_THRESHOLD, 4 << 20); /* as the program does */
    (void)mallopt(M_TRIM_THRESHOLD, 16 << 20);
    b.env = env_system();
    b.arena = arena_new(b.env, (size_t)2 << 30);
    make_folder(&b);
    size_t few = rows < 5000 ? (size_t)rows : 5000;
    import(&b, "import into an empty register", few, 1);
    import(&b, "import among those", (size_t)rows, 2);
    import(&b, "import, again others", few, 3);
    access_close(b.access);
    store_close(b.store);
    nftw(b.dir, drop, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(b.arena);
    return 0;
}
