/* dictionary_bench.c: what the ledger's zstd dictionary saves, on a folder that it was not made from, and
 * how a new one is made.
 *
 * PANAH_BENCH_DIR   a folder to measure; else `panah demo` makes one
 * PANAH_TRAIN       folders, with ':' between them, to make a dictionary from …
 * PANAH_TRAIN_OUT   … which is written here (src/store/dictionary-N.bin; a dictionary in use never changes)
 *
 * A dictionary must not know a particular folder: before training each id gives way to noise, the same
 * within a body, and ids made together keep a common beginning, as UUIDv7 have. */
#include "app/app.h"
#include "load.h"
#include "store/store_int.h"
#include "store/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zdict.h>

#include "base/banned.h"

enum { DICTIONARY_N = 8192, SAMPLES_MAX = 400000, SAMPLES_BYTES = 128 << 20 };

typedef struct Sums {
    int64_t parts, bodies, plain, stored; /* bytes, but for parts */
    int64_t seal_us, open_us;
} Sums;

typedef struct Samples {
    uint8_t *bytes;
    size_t *sizes;
    size_t n, used;
} Samples;

/* ---- training ---- */

/* 0x50: a CBOR byte string of 16, which all ids are. */
static void hide_ids(uint8_t *body, size_t n, uint64_t seed) {
    for (size_t at = 0; at + 17 <= n; at++) {
        if (body[at] != 0x50) continue;
        uint8_t *id = body + at + 1;
        uint64_t head = hash_bytes(id, 6, seed), tail[2] = { hash_bytes(id, 16, seed) };
        tail[1] = hash_bytes(id, 16, seed + 1);
        bool is_v7 = id[6] >> 4 == 7 && id[0] == 0x01;
        memcpy(id + (is_v7 ? 2 : 0), &head, is_v7 ? 4 : 6);
        memcpy(id + 6, tail, 10);
        if (is_v7) id[6] = (uint8_t)(0x70 | (id[6] & 15)), id[8] = (uint8_t)(0x80 | (id[8] & 63));
        at += 16;
    }
}

static void keep_sample(Samples *s, Str body) {
    if (s->n == SAMPLES_MAX || body.n == 0 || s->used + body.n > SAMPLES_BYTES) return;
    uint8_t *to = s->bytes + s->used;
    memcpy(to, body.s, body.n);
    hide_ids(to, body.n, s->n);
    s->sizes[s->n++] = body.n;
    s->used += body.n;
}

static void train(const Samples *s, const char *path) {
    static uint8_t dictionary[DICTIONARY_N];
    size_t n =
        ZDICT_trainFromBuffer(dictionary, sizeof dictionary, s->bytes, s->sizes, (unsigned)s->n);
    if (ZDICT_isError(n)) die("training: %s", ZDICT_getErrorName(n));
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(dictionary, 1, n, f) != n || fclose(f) != 0) die("%s cannot be written", path);
    printf("%-40s %9zu bytes from %zu bodies\n", "dictionary", n, s->n);
}

/* ---- the bodies of a folder ---- */

typedef struct Pass {
    Sums sums;
    Samples *samples; /* NULL: measure */
} Pass;

static void measure(Ctx *c, const StoredCommit *sc, uint32_t i, Str body, Sums *sums) {
    static const Key key = { { 1 } };
    Id key_id = { { 2 } };
    Str again;
    int64_t from = now_us();
    Str cipher = part_seal(c->reader->squeezer, c->arena, &key, key_id, &sc->h, i, body);
    int64_t sealed = now_us();
    if (!part_open(c->reader->squeezer, c->arena, &key, key_id, &sc->h, i, cipher, &again) ||
        !str_eq(again, body))
        die("a part is not what was sealed");
    sums->open_us += now_us() - sealed;
    sums->seal_us += sealed - from;
    sums->parts++;
    sums->bodies += (int64_t)body.n;
    sums->plain += (int64_t)body.n + 1 + CRYPT_TAG_N;
    sums->stored += (int64_t)cipher.n;
}

static void read_commit(Ctx *c, Arena *scratch, int64_t pos, Str bytes, Pass *p) {
    Ctx step = *c;
    StoredCommit sc;
    step.arena = scratch;
    StreamId stream = store_stream_id(c->store, POS_STREAM(pos));
    if (!stored_decode(scratch, stream, pos, bytes, &sc)) die("a commit cannot be read");
    for (uint32_t i = 0; i < sc.h.n_parts; i++) {
        Str body;
        if (commit_open_part(&step, c->reader, &sc, i, &body) != ST_OK) continue;
        if (p->samples)
            keep_sample(p->samples, body);
        else
            measure(&step, &sc, i, body, &p->sums);
    }
}

static void read_folder(const char *dir, Pass *p) {
    Ctx c = ctx_new(env_system(), arena_new(env_system(), (size_t)1 << 30));
    Arena *scratch = arena_new(env_system(), 256 << 20);
    StoreOptions o = { .dir = dir, .model = app_model() };
    Store *s = NULL;
    CommitWalk w;
    if (store_open(&c, &o, &s) != ST_OK || store_read_begin(s, &c) != ST_OK)
        die("%s cannot be opened", dir);
    c.store = s;
    if (walk_start(&c, c.reader->db, 0, WALK_END, &w) != ST_OK) die("the ledger cannot be read");
    for (int64_t pos = 1; pos;) {
        Str bytes;
        arena_reset(scratch);
        if (walk_next(&c, &w, scratch, &pos, &bytes) != ST_OK) die("the ledger cannot be read");
        if (pos) read_commit(&c, scratch, pos, bytes, p);
    }
    arena_free(scratch);
    arena_free(c.arena);
    store_close(s);
}

static void train_all(const char *folders, const char *out) {
    Arena *a = arena_new(env_system(), 2 * (size_t)SAMPLES_BYTES);
    Samples s = { .bytes = arena_alloc(a, SAMPLES_BYTES),
                  .sizes = arena_array(a, size_t, SAMPLES_MAX) };
    for (Str rest = str_of(folders); rest.s;)
        read_folder(str_c(a, str_cut(&rest, ':')), &(Pass){ .samples = &s });
    train(&s, out);
    arena_free(a);
}

int main(void) {
    const char *folders = getenv("PANAH_TRAIN"), *out = getenv("PANAH_TRAIN_OUT");
    const char *dir = getenv("PANAH_BENCH_DIR");
    char made[TRIAL_DIR_N];
    crypt_start();
    if (folders && out) {
        train_all(folders, out);
        return 0;
    }
    if (!dir) {
        Arena *a = arena_new(env_system(), 64 << 20);
        Str said;
        if (!trial_folder(made, "bench")) die("there is no room in /tmp");
        if (panah_run(a, &said, NULL, "-d", made, "demo", "--people", "10000", "--seed", "7777",
                      "--json", NULL) != 0)
            die("panah demo: %.*s", STR_ARG(said));
        arena_free(a);
    }
    Pass p = { 0 };
    read_folder(dir ? dir : made, &p);
    if (!dir) trial_remove(made);
    double n = (double)p.sums.parts;
    printf("%-40s %9lld parts, %.0f bytes each\n", "bodies", (long long)p.sums.parts,
           (double)p.sums.bodies / n);
    printf("%-40s %9.0f bytes as they are, %.0f as sealed: %.0f %%\n", "ciphertext of a part",
           (double)p.sums.plain / n, (double)p.sums.stored / n,
           100.0 * (double)p.sums.stored / (double)p.sums.plain);
    printf("%-40s %9.2f µs to seal, %.2f µs to open\n", "a part", (double)p.sums.seal_us / n,
           (double)p.sums.open_us / n);
    return 0;
}
