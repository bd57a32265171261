/* store.c: making, opening and closing a data folder. */
#define BANNED_EXEMPT /* the lock file is opened and locked directly */
#include "store/store_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { STORE_FORMAT = 1, NODE_FILE_N = 4 + 32 + 32, READERS_DEFAULT = 8 };
static const char node_magic[4] = { 'P', 'N', 'K', '1' };

const Reach reach_everything = { .everything = true, .sealed = true };

static const char *path_in(Arena *a, const char *dir, const char *name) {
    return str_c(a, str_printf(a, "%s/%s", dir, name));
}

/* ---- init ---- */

Status node_file_write(Ctx *c, const char *dir, const uint8_t seed[32], const Key *kek) {
    uint8_t bytes[NODE_FILE_N];
    memcpy(bytes, node_magic, 4);
    memcpy(bytes + 4, seed, 32);
    memcpy(bytes + 36, kek->b, 32);
    Status st =
        env_write_file(c, path_in(c->arena, dir, "node.key"), 0600, str_n(bytes, sizeof(bytes)));
    crypt_wipe(bytes, sizeof(bytes));
    return st;
}

static Status first_meta(Ctx *c, Db *db, const StoreOptions *o, Str operation_name) {
    Id operation = id_new(c->env);
    uint8_t incarnation[16];
    env_random(c->env, incarnation, 16);
    TRY(meta_put_int(c, db, "format", STORE_FORMAT));
    TRY(meta_put(c, db, "operation", str_copy(c->arena, id_str(&operation))));
    TRY(meta_put(c, db, "operation_name", operation_name));
    TRY(meta_put(c, db, "sort_lang", sort_language(o->language)));
    TRY(meta_put(c, db, "incarnation", str_n(incarnation, 16)));
    TRY(meta_put_int(c, db, "created", c->now));
    return meta_put_int(c, db, "keys_used", 0);
}

static Status init_database(Ctx *c, const StoreOptions *o, Str operation_name) {
    Db *db = NULL;
    Model *m = NULL;
    TRY(model_build(c, o->model, &m));
    Schema *schema = schema_new(c->env, m, sort_language(o->language));
    Status st = db_open(c, path_in(c->arena, o->dir, "panah.db"), DB_WRITER, &db);
    if (st == ST_OK) st = db_exec(c, db, "BEGIN IMMEDIATE");
    if (st == ST_OK) st = db_exec(c, db, ledger_ddl);
    if (st == ST_OK) st = schema_create(c, db, schema);
    if (st == ST_OK) st = schema_create_indexes(c, db, schema);
    if (st == ST_OK) st = first_meta(c, db, o, operation_name);
    if (st == ST_OK) st = meta_put(c, db, "schema", str_n(schema->hash.b, 32));
    if (st == ST_OK) st = db_exec(c, db, "COMMIT");
    db_close(db);
    schema_free(schema);
    model_free(m);
    return st;
}

static bool has_data(Arena *a, const char *dir) {
    return env_file_exists(path_in(a, dir, "panah.db")) ||
           env_file_exists(path_in(a, dir, "keys.db"));
}

Status store_is_there(Ctx *c, const char *dir) {
    if (env_file_exists(path_in(c->arena, dir, "node.key"))) return ST_OK;
    const char *key = has_data(c->arena, dir) ? "error.store.no_key" : "error.store.none";
    return FAIL(c, ST_MISSING, "", key, "dir", str_of(dir));
}

Status store_init(Ctx *c, const StoreOptions *o, Str operation_name, Str *ret_recovery_text) {
    crypt_start();
    TRY(env_make_folder(c, o->dir, 0700));
    if (env_file_exists(path_in(c->arena, o->dir, "node.key")))
        return FAIL(c, ST_CONFLICT, "", "error.store.exists", "dir", str_of(o->dir));
    if (has_data(c->arena, o->dir))
        return FAIL(c, ST_CONFLICT, "", "error.store.no_key", "dir", str_of(o->dir));
    TRY(env_make_folder(c, path_in(c->arena, o->dir, "blobs"), 0700));
    uint8_t seed[32], recovery[32], box_public[32], box_secret[32];
    Key kek;
    env_random(c->env, seed, 32);
    env_random(c->env, recovery, 32);
    env_random(c->env, kek.b, 32);
    box_key_from_seed(recovery, box_public, box_secret);
    Status st = keys_create(c, path_in(c->arena, o->dir, "keys.db"), &kek, box_public);
    if (st == ST_OK) st = init_database(c, o, operation_name);
    /* Last: a folder with a node key is a whole one. */
    if (st == ST_OK) st = node_file_write(c, o->dir, seed, &kek);
    if (st == ST_OK) *ret_recovery_text = recovery_text(c->arena, recovery);
    crypt_wipe(seed, sizeof(seed));
    crypt_wipe(recovery, sizeof(recovery));
    crypt_wipe(box_secret, sizeof(box_secret));
    crypt_wipe(&kek, sizeof(kek));
    return st;
}

/* ---- lock ---- */

/* Its first line; whoever has just made the file has not written it yet. */
static Str holder(Arena *a, int fd) {
    enum { LOOKS = 20, PAUSE_NS = 5000000 };
    char pid[24] = { 0 };
    for (int i = 0; i < LOOKS && !strchr(pid, '\n'); i++) {
        if (i) (void)nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
        ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);
        if (n < 0) break;
    }
    Str rest = str_of(pid), line = str_cut(&rest, '\n');
    return str_copy(a, line);
}

static Status take_lock(Ctx *c, Store *s) {
    const char *path = path_in(s->arena, s->dir, "lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return ctx_fail_cause(c, ST_IO, "",
                              errno == EACCES || errno == EROFS ? "error.store.readonly"
                                                                : "error.store.io",
                              str_of(strerrorname_np(errno)));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        Str pid = holder(c->arena, fd);
        close(fd);
        return FAIL(c, ST_BUSY, "", "error.store.locked", "pid", pid.n ? pid : STR("?"));
    }
    char text[24];
    int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
    if (pwrite(fd, text, (size_t)n, 0) != n || ftruncate(fd, n) != 0) {
        close(fd);
        return ctx_fail_cause(c, ST_IO, "", "error.store.io", STR("lock file"));
    }
    s->lock_fd = fd;
    return ST_OK;
}

/* ---- open ---- */

static Status read_node_file(Ctx *c, Store *s) {
    Str bytes;
    const char *path = path_in(s->arena, s->dir, "node.key");
    TRY(store_is_there(c, s->dir));
    TRY(env_read_file(c, path, 4096, &bytes));
    if (bytes.n != NODE_FILE_N || memcmp(bytes.s, node_magic, 4) != 0)
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("node.key"));
    uint8_t seed[32];
    memcpy(seed, bytes.s + 4, 32);
    memcpy(s->kek.b, bytes.s + 36, 32);
    s->node_key = sign_key_from_seed(seed);
    Hash256 h = sha256(str_n(s->node_key.public_key, 32));
    memcpy(s->node.b, h.b, 16);
    /* Cursors live for minutes: a key of this run is enough. */
    env_random(s->env, s->cursor_key.b, sizeof(s->cursor_key.b));
    crypt_wipe(seed, sizeof(seed));
    return ST_OK;
}

static void set_sort_language(Store *s, Str lang) {
    lang = sort_language(lang);
    memcpy(s->sort_lang, lang.s, lang.n);
    s->sort_lang[lang.n] = '\0';
}

static Status read_meta(Ctx *c, Store *s) {
    Db *db = s->writer.db;
    int64_t format = 0, used = 0;
    Str operation, incarnation;
    TRY(meta_get_int(c, db, "format", 0, &format));
    if (format > STORE_FORMAT) return FAIL(c, ST_UNSUPPORTED, "", "error.store.newer");
    TRY(meta_get(c, db, "operation", &operation));
    TRY(meta_get(c, db, "incarnation", &incarnation));
    if (format < 1 || operation.n != 16 || incarnation.n != 16)
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("ledger_meta"));
    Str lang;
    TRY(meta_get(c, db, "sort_lang", &lang));
    set_sort_language(s, lang);
    memcpy(s->operation.b, operation.s, 16);
    memcpy(s->incarnation, incarnation.s, 16);
    TRY(meta_get_int(c, db, "keys_used", 0, &used));
    keys_set_used(s->keys, used);
    return ST_OK;
}

/* The newest commit of every stream must be the one that ledger_stream names. */
static Status check_heads(Ctx *c, Store *s) {
    for (uint32_t i = 1; i <= s->n_streams; i++) {
        const StreamRow *r = &s->streams[i];
        if (r->seq == 0) continue;
        StoredCommit sc;
        Str header = STR("");
        Status st = commit_load(c, &s->writer, LEDGER_POS(i, r->seq), &sc);
        if (st == ST_OK) st = commit_header(c, &s->writer, &sc, &header);
        if (st != ST_OK && st != ST_MISSING) return st;
        Hash256 h = sha256(header);
        if (memcmp(h.b, r->head.b, 32) != 0)
            return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt",
                                  str_printf(c->arena,
                                             "stream %s seq %llu: not the commit that was written",
                                             str_c(c->arena, hex_encode(c->arena, r->id.b, 16)),
                                             (unsigned long long)r->seq));
    }
    return ST_OK;
}

static Status open_schema(Ctx *c, Store *s) {
    Model *m = NULL;
    TRY(model_build(c, s->options.model, &m));
    atomic_store(&s->schema, schema_new(s->env, m, str_of(s->sort_lang)));
    s->writer.schema = store_schema(s);
    return ST_OK;
}

/* Another model than the projection was made for: project anew. */
static Status refresh_projection(Ctx *c, Store *s) {
    Str had;
    TRY(meta_get(c, s->writer.db, "schema", &had));
    /* Custom fields belong to the model that the tables were made for. Tables of an older program may
     * not be readable this way: then they are projected anew first. */
    if (store_reload_model(c, s, false) != ST_OK) ctx_forget_errors(c);
    const Schema *schema = store_schema(s);
    if (had.n == 32 && memcmp(had.s, schema->hash.b, 32) == 0) return ST_OK;
    log_info(s->env, "projection", "state", "the model has changed: projecting anew", NULL);
    RebuildReport report;
    TRY(store_rebuild(c, s, false, &report));
    const Schema *before = store_schema(s);
    TRY(store_reload_model(c, s, true));
    /* Fields that were not known on the first pass: their values are projected on a second. */
    return store_schema(s) == before ? ST_OK : store_rebuild(c, s, false, &report);
}

/* Names are in another order in another language: the sort keys are made anew. Nobody looks at the old
 * schema: there are no readers yet. */
static Status follow_language(Ctx *c, Store *s) {
    Str lang;
    TRY(reload_first_language(c, s, &lang));
    if (!str_eq(lang, sort_language(lang)) || str_is(lang, s->sort_lang)) return ST_OK;
    log_info(s->env, "projection", "state", "the first language has changed: projecting anew",
             NULL);
    set_sort_language(s, lang);
    Schema *old = atomic_load(&s->schema);
    atomic_store(&s->schema, schema_new(s->env, old->model, lang));
    s->writer.schema = store_schema(s);
    schema_free(old);
    RebuildReport report;
    TRY(store_rebuild(c, s, false, &report));
    return meta_put(c, s->writer.db, "sort_lang", lang);
}

static Status mark_open(Ctx *c, Store *s) {
    int64_t clean = 1;
    TRY(meta_get_int(c, s->writer.db, "clean", 1, &clean));
    if (!clean)
        log_warn(s->env, "recovered", "what",
                 "the program had not been stopped properly; the ledger was checked and is whole",
                 NULL);
    return meta_put_int(c, s->writer.db, "clean", 0);
}

static Status open_all(Ctx *c, Store *s) {
    TRY(take_lock(c, s));
    TRY(read_node_file(c, s));
    TRY(keys_open(c, path_in(s->arena, s->dir, "keys.db"), &s->kek, &s->keys));
    TRY(db_open(c, path_in(s->arena, s->dir, "panah.db"), DB_WRITER, &s->writer.db));
    s->writer.store = s;
    s->writer.writer = true;
    s->writer.squeezer = squeezer_new();
    TRY(layout_renew(c, s->writer.db));
    TRY(db_exec(c, s->writer.db, ledger_ddl));
    TRY(read_meta(c, s));
    TRY(store_load_maps(c, s));
    TRY(check_heads(c, s));
    TRY(open_schema(c, s));
    TRY(refresh_projection(c, s));
    TRY(follow_language(c, s));
    TRY(traces_open(c, s));
    TRY(mark_open(c, s));
    if (s->options.bulk)
        TRY(bulk_begin(c, s));
    else if (!db_gather_log(s->writer.db))
        return FAIL(c, ST_MEMORY, "", "error.memory");
    TRY(mover_start(c, s, path_in(s->arena, s->dir, "panah.db")));
    if (pthread_create(&s->thread, NULL, writer_main, s) != 0)
        return FAIL(c, ST_BUSY, "", "error.store.thread");
    s->thread_runs = true;
    return ST_OK;
}

Status store_open(Ctx *c, const StoreOptions *o, Store **ret_store) {
    crypt_start();
    Arena *a = arena_new(c->env, 64 << 20);
    Store *s = arena_new_of(a, Store);
    s->env = c->env;
    s->arena = a;
    s->map_arena = arena_new(c->env, 256 << 20);
    s->options = *o;
    s->dir = str_c(a, str_of(o->dir));
    s->lock_fd = s->data_fd = -1;
    pthread_rwlock_init(&s->map_lock, NULL);
    pthread_mutex_init(&s->read_lock, NULL);
    pthread_cond_init(&s->read_free, NULL);
    pthread_mutex_init(&s->queue_lock, NULL);
    env_steady_cond(&s->queue_filled);
    Status st = open_all(c, s);
    if (st != ST_OK) {
        store_close(s);
        return st;
    }
    *ret_store = s;
    return ST_OK;
}

static void stop_writer(Store *s) {
    pthread_mutex_lock(&s->queue_lock);
    s->closing = true;
    pthread_cond_signal(&s->queue_filled);
    pthread_mutex_unlock(&s->queue_lock);
    if (s->thread_runs) pthread_join(s->thread, NULL);
}

static void last_words(Store *s) {
    Arena *a = arena_new(s->env, 1 << 20);
    Ctx c = ctx_new(s->env, a);
    if (!atomic_load(&s->failed) && meta_put_int(&c, s->writer.db, "clean", 1) == ST_OK)
        sqlite3_wal_checkpoint_v2(db_handle(s->writer.db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL,
                                  NULL);
    arena_free(a);
}

void store_close(Store *s) {
    if (!s) return;
    stop_writer(s);
    mover_stop(s);
    for (size_t i = 0; i < s->n_readers; i++) {
        squeezer_free(s->readers[i].squeezer);
        db_close(s->readers[i].db);
    }
    if (s->thread_runs) last_words(s);
    squeezer_free(s->writer.squeezer);
    db_close(s->writer.db);
    if (s->data_fd >= 0) close(s->data_fd);
    keys_close(s->keys);
    Schema *now = atomic_load(&s->schema);
    for (size_t i = 0; i < s->n_old_schemas; i++) {
        model_free((Model *)(uintptr_t)s->old_schemas[i]->model);
        schema_free(s->old_schemas[i]);
    }
    if (now) {
        model_free((Model *)(uintptr_t)now->model);
        schema_free(now);
    }
    if (s->lock_fd >= 0) close(s->lock_fd);
    crypt_wipe(&s->node_key, sizeof(s->node_key));
    crypt_wipe(&s->kek, sizeof(s->kek));
    crypt_wipe(s->scope_keys, sizeof(s->scope_keys));
    pthread_rwlock_destroy(&s->map_lock);
    pthread_mutex_destroy(&s->read_lock);
    pthread_cond_destroy(&s->read_free);
    pthread_mutex_destroy(&s->queue_lock);
    pthread_cond_destroy(&s->queue_filled);
    arena_free(s->map_arena);
    arena_free(s->arena);
}

/* ---- what it is ---- */

const Model *store_model(const Store *s) {
    return store_schema(s)->model;
}
Env *store_env(const Store *s) {
    return s->env;
}
const char *store_dir(const Store *s) {
    return s->dir;
}
Id store_operation(const Store *s) {
    return s->operation;
}
Id store_node(const Store *s) {
    return s->node;
}
uint64_t store_control_generation(const Store *s) {
    return atomic_load(&((Store *)(uintptr_t)s)->control_generation);
}

/* ---- readers ---- */

Reader *reader_make(Ctx *c, Store *s) {
    Reader *r = &s->readers[s->n_readers];
    *r = (Reader){ .store = s };
    if (db_open(c, path_in(c->arena, s->dir, "panah.db"), DB_READER, &r->db) != ST_OK) return NULL;
    r->squeezer = squeezer_new();
    s->n_readers++;
    return r;
}

static void give_back(void *arg) {
    Reader *r = *(Reader **)arg;
    if (!r) return;
    sqlite3 *h = db_handle(r->db);
    if (!sqlite3_get_autocommit(h)) sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
    Store *s = r->store;
    pthread_mutex_lock(&s->read_lock);
    r->busy = false;
    pthread_cond_signal(&s->read_free);
    pthread_mutex_unlock(&s->read_lock);
}

static Reader *free_reader(Ctx *c, Store *s) {
    size_t most = s->options.n_readers ? s->options.n_readers : READERS_DEFAULT;
    if (most > READERS_MAX) most = READERS_MAX;
    for (;;) {
        for (size_t i = 0; i < s->n_readers; i++)
            if (!s->readers[i].busy) return &s->readers[i];
        if (s->n_readers < most) return reader_make(c, s);
        pthread_cond_wait(&s->read_free, &s->read_lock);
    }
}

Status store_read_begin(Store *s, Ctx *c) {
    /* Registered before it is taken: running out of memory must not leave a reader busy for ever. */
    Reader **held = arena_new_of(c->arena, Reader *);
    arena_defer(c->arena, give_back, (void *)held);
    pthread_mutex_lock(&s->read_lock);
    Reader *r = free_reader(c, s);
    if (r) r->busy = true;
    *held = r;
    pthread_mutex_unlock(&s->read_lock);
    if (!r) return ctx_status(c);
    r->schema = store_schema(s);
    c->store = s;
    c->reader = r;
    return db_exec(c, r->db, "BEGIN");
}
