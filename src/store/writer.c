/* writer.c: the one thread that writes: takes what waits, runs it in savepoints of one transaction,
 * seals, commits, answers (group commit). */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    BATCH_ARENA = 256 << 20,
    LARGE_BATCH = 64,
};

typedef struct Waiter {
    pthread_mutex_t lock;
    pthread_cond_t done_cond;
    size_t left;
} Waiter;

/* ---- one job ---- */

typedef struct SavedCtx {
    struct Reader *reader;
    struct Tx *tx;
    struct Store *store;
    jmp_buf guard;
    bool guarded;
} SavedCtx;

static Status run_guarded(Ctx *c, Tx *tx, WriteJob *job, Projector *p) {
    if (ARENA_GUARD(c->arena) != 0) return ST_MEMORY;
    TRY(job->fn(c, tx, job->arg));
    tx->committing = true;
    return tx_commit(c, tx, p);
}

/* The caller's guard points into the caller's stack: it must not be jumped to from this thread. */
static Status run_in_ctx(Store *s, Tx *tx, WriteJob *job, Projector *p) {
    Ctx *c = job->ctx;
    SavedCtx saved = {
        .reader = c->reader, .tx = c->tx, .store = c->store, .guarded = arena_guarded(c->arena)
    };
    if (saved.guarded) memcpy(&saved.guard, arena_guard_slot(c->arena), sizeof(saved.guard));
    c->reader = &s->writer;
    c->tx = tx;
    c->store = s;
    Status st = run_guarded(c, tx, job, p);
    if (saved.guarded)
        memcpy(arena_guard_slot(c->arena), &saved.guard, sizeof(saved.guard));
    else
        arena_unguard(c->arena);
    c->reader = saved.reader;
    c->tx = saved.tx;
    c->store = saved.store;
    return st;
}

static Status roll_back_job(Ctx *bc, Store *s, int64_t keys_before, Projector *p) {
    Db *db = s->writer.db;
    keys_rewind(s->keys, keys_before);
    projector_forget(p);
    TRY(db_exec(bc, db, "ROLLBACK TO job"));
    TRY(db_exec(bc, db, "RELEASE job"));
    return store_load_maps(bc, s);
}

typedef enum Way {
    WAY_PLAIN,     /* all jobs are repeatable: no savepoints */
    WAY_SAVEPOINTS /* each job in one */
} Way;

/* Not ST_OK: the whole transaction is lost; *ret_again: all of it must run with savepoints. */
static Status run_job(Ctx *bc, Store *s, WriteJob *job, Projector *p, Way way, bool *ret_again) {
    Db *db = s->writer.db;
    int64_t keys_before = keys_used(s->keys),
            changes_before = sqlite3_total_changes64(db_handle(db));
    if (way == WAY_SAVEPOINTS) {
        Stmt *save = db_stmt(bc, db, "SAVEPOINT job");
        if (!save) return ctx_status(bc);
        TRY(db_run(bc, db, save));
    }
    size_t words_before = p->words.n;
    Tx tx = { .store = s, .by_key = map_new(job->ctx->arena), .projector = p };
    tx.act.client_time = TIME_NONE;
    s->erased = false;
    job->status = run_in_ctx(s, &tx, job, p);
    job->erased = s->erased && job->status == ST_OK;
    if (job->status != ST_OK) {
        p->words.n = words_before;
        if (way == WAY_SAVEPOINTS) return roll_back_job(bc, s, keys_before, p);
        /* Refused before it wrote anything: there is nothing to take back. */
        *ret_again = tx.committing || sqlite3_total_changes64(db_handle(db)) != changes_before;
        return ST_OK;
    }
    if (way == WAY_PLAIN) return ST_OK;
    TRY(projector_flush(bc, p));
    Stmt *release = db_stmt(bc, db, "RELEASE job");
    return release ? db_run(bc, db, release) : ctx_status(bc);
}

/* ---- the transaction ---- */

static Status write_seals(Ctx *bc, Store *s) {
    for (size_t i = 0; i < s->n_touched; i++) {
        const StreamRow *r = &s->streams[s->touched[i]];
        if (!r->own) continue; /* foreign commits bring their own */
        uint8_t signature[CRYPT_SIGNATURE_N];
        seal_sign(&s->node_key, r->id, r->seq, &r->head, r->clock, signature);
        Stmt *st = db_stmt(bc, s->writer.db,
                           "INSERT OR REPLACE INTO ledger_seal(pos, signature) VALUES(?1, ?2)");
        if (!st) return ctx_status(bc);
        bind_int(st, 1, LEDGER_POS(r->no, r->seq));
        bind_blob(st, 2, str_n(signature, sizeof(signature)));
        TRY(db_run(bc, s->writer.db, st));
    }
    return ST_OK;
}

static bool has_erased(const WriteJob *first) {
    for (const WriteJob *j = first; j; j = j->next)
        if (j->erased) return true;
    return false;
}

static Status run_all(Ctx *bc, Store *s, WriteJob *first, Projector *p, Way way, bool *ret_again) {
    int64_t keys_before = keys_used(s->keys);
    for (WriteJob *j = first; j; j = j->next) {
        TRY(run_job(bc, s, j, p, way, ret_again));
        if (*ret_again) return ST_OK;
    }
    TRY(projector_flush(bc, p));
    if (has_erased(first)) TRY(traces_mark(bc, s, p));
    TRY(terms_flush(bc, p));
    TRY(write_seals(bc, s));
    if (keys_used(s->keys) != keys_before)
        TRY(meta_put_int(bc, s->writer.db, "keys_used", keys_used(s->keys)));
    return db_exec(bc, s->writer.db, "COMMIT");
}

static void roll_back_all(Ctx *bc, Store *s, int64_t keys_before) {
    sqlite3 *h = db_handle(s->writer.db);
    if (!sqlite3_get_autocommit(h)) sqlite3_exec(h, "ROLLBACK", NULL, NULL, NULL);
    keys_rewind(s->keys, keys_before);
    if (store_load_maps(bc, s) != ST_OK) atomic_store(&s->failed, true);
}

/* After a failed fsync the pages that SQLite believes written may be lost (Rebello et al., USENIX ATC
 * 2020): nothing more is written until the folder is opened anew and read back from the disk. */
void writer_note_failure(Ctx *bc, Store *s, Status st) {
    bool full = false;
    for (size_t i = 0; i < bc->errs.n; i++)
        full |= str_is(bc->errs.v[i].key, "error.store.disk_full");
    if ((st == ST_IO && !full) || st == ST_CORRUPT) atomic_store(&s->failed, true);
}

void writer_fail(Ctx *bc, WriteJob *first, Status st) {
    for (WriteJob *j = first; j; j = j->next) {
        if (j->status != ST_OK) continue; /* has its own reason */
        j->status = st;
        const Err *e = bc->errs.n ? &bc->errs.v[bc->errs.n - 1] : NULL;
        const char *key = e ? str_c(j->ctx->arena, e->key) : "error.store.io";
        (void)ctx_fail_cause(j->ctx, st, "", key, e ? str_copy(j->ctx->arena, e->cause) : STR(""));
    }
}

/* What was written without waiting for the disk is on it when this is done. The mover may be at work:
 * SQLite does not wait for another checkpoint, it refuses. */
static void end_bulk(Store *s, Arena *a, WriteJob *batch) {
    s->bulk_ended = false;
    int rc = sqlite3_exec(db_handle(s->writer.db), "PRAGMA synchronous=FULL", NULL, NULL, NULL);
    pthread_mutex_lock(&s->mover.turn);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(db_handle(s->writer.db), NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                       NULL, NULL);
    pthread_mutex_unlock(&s->mover.turn);
    if (rc == SQLITE_OK) return;
    Ctx bc = ctx_new(s->env, a);
    log_error(s->env, "bulk", "sqlite", sqlite3_errstr(rc), NULL);
    atomic_store(&s->failed, true);
    writer_fail(&bc, batch, FAIL(&bc, ST_IO, "", "error.store.io"));
}

/* From BEGIN to COMMIT, or back to where it was. *ret_again: back, and nothing was said about the jobs. */
static Status run_transaction(Ctx *bc, Store *s, WriteJob *first, Way way, bool *ret_again) {
    int64_t keys_before = keys_used(s->keys);
    s->n_touched = 0;
    *ret_again = false;
    Status st = db_exec(bc, s->writer.db, "BEGIN IMMEDIATE");
    Projector p = projector_new(bc->arena, s, s->writer.db, s->writer.schema);
    p.words_later = s->bulk;
    if (st == ST_OK) st = run_all(bc, s, first, &p, way, ret_again);
    if (st != ST_OK) writer_note_failure(bc, s, st);
    if (st != ST_OK || *ret_again) roll_back_all(bc, s, keys_before);
    return st;
}

static Way way_of(const WriteJob *first) {
    for (const WriteJob *j = first; j; j = j->next)
        if (!j->repeatable) return WAY_SAVEPOINTS;
    return WAY_PLAIN;
}

/* As if they had not run. */
static void reset_jobs(WriteJob *first) {
    for (WriteJob *j = first; j; j = j->next) {
        j->status = ST_OK;
        j->ctx->errs.n = j->noted;
        j->ctx->errs_dropped = j->dropped;
    }
}

static Status run_jobs(Ctx *bc, Store *s, WriteJob *first) {
    bool again = false;
    for (WriteJob *j = first; j; j = j->next)
        j->noted = j->ctx->errs.n, j->dropped = j->ctx->errs_dropped;
    if (atomic_load(&s->failed)) return FAIL(bc, ST_IO, "", "error.store.stopped");
    s->writer.schema = store_schema(s);
    Status st = run_transaction(bc, s, first, way_of(first), &again);
    if (st == ST_OK && again) {
        reset_jobs(first);
        st = run_transaction(bc, s, first, WAY_SAVEPOINTS, &again);
    }
    for (WriteJob *j = first; j && st == ST_OK; j = j->next)
        if (j->status == ST_OK) atomic_fetch_add(&s->n_acts, 1);
    return st;
}

static void run_batch(Store *s, Arena *a, WriteJob *first) {
    Ctx bc = ctx_new(s->env, a);
    bc.store = s;
    bc.reader = &s->writer;
    Status st = run_jobs(&bc, s, first);
    if (st != ST_OK)
        writer_fail(&bc, first, st);
    else if (has_erased(first))
        traces_committed(s);
    /* Again, now that readers can see it: who asked in between was told the old state. */
    if (s->control_touched) atomic_fetch_add(&s->control_generation, 1);
    s->control_touched = false;
    if (st == ST_OK && s->model_changed) {
        s->model_changed = false;
        if (store_reload_model(&bc, s, true) != ST_OK)
            log_error(s->env, "model", "state", "a change of the model could not be taken in",
                      NULL);
    }
    atomic_fetch_add(&s->n_transactions, 1);
}

void writer_answer(WriteJob *first) {
    for (WriteJob *j = first, *next; j; j = next) {
        next = j->next;
        Waiter *w = j->wait;
        pthread_mutex_lock(&w->lock);
        if (--w->left == 0) pthread_cond_signal(&w->done_cond);
        pthread_mutex_unlock(&w->lock);
    }
}

/* Those that erased wait for more than COMMIT. */
static void answer_batch(Store *s, WriteJob *first) {
    for (WriteJob *j = first, *next; j; j = next) {
        next = j->next;
        j->next = NULL;
        if (j->erased && j->status == ST_OK)
            traces_hold(s, j);
        else
            writer_answer(j);
    }
}

/* For a job, the end, or the time of the next step of cleaning up. */
static void wait_for_work(Store *s) {
    for (int64_t ms; !s->queue_head && !s->closing && (ms = traces_pause_ms(s)) != 0;) {
        struct timespec until = env_steady_after(ms > 0 ? ms : 0);
        if (ms < 0)
            pthread_cond_wait(&s->queue_filled, &s->queue_lock);
        else
            (void)pthread_cond_timedwait(&s->queue_filled, &s->queue_lock, &until);
    }
}

/* False: the store closes, and no job is left. NULL: there is other work to do. */
static bool take_batch(Store *s, WriteJob **ret) {
    pthread_mutex_lock(&s->queue_lock);
    wait_for_work(s);
    WriteJob *first = s->queue_head, *last = first;
    bool over = !first && s->closing;
    size_t n = 1;
    if (first) {
        while (last->next && n < BATCH_JOBS_MAX)
            last = last->next, n++;
        s->queue_head = last->next;
        if (!s->queue_head) s->queue_tail = NULL;
        last->next = NULL;
        s->queue_n -= n;
    }
    pthread_mutex_unlock(&s->queue_lock);
    *ret = first;
    return !over;
}

static int wal_hook(void *arg, sqlite3 *h, const char *name, int pages) {
    (void)h;
    (void)name;
    ((Store *)arg)->wal_pages = pages;
    return SQLITE_OK;
}

void *writer_main(void *store) {
    Store *s = store;
    Arena *a = arena_new(s->env, BATCH_ARENA);
    sqlite3_wal_hook(db_handle(s->writer.db), wal_hook, s);
    for (WriteJob *batch; take_batch(s, &batch);) {
        if (batch) {
            run_batch(s, a, batch);
            if (s->bulk_ended) end_bulk(s, a, batch); /* the answer says that all is on the disk */
            answer_batch(s, batch);
            arena_reset(a);
        }
        traces_step(s, a);
        arena_reset(a);
        checkpoint_after(s);
    }
    traces_close(s, a);
    arena_free(a);
    return NULL;
}

/* ---- callers ---- */

/* A large batch would run the pool of keys dry again and again, each time an fsync that the writer
 * waits for: its sender fills the pool while the writer has other work. Where that fails the writer
 * will meet the same, and say so. */
static void keys_ahead(Store *s, Ctx *c) {
    size_t noted = c->errs.n;
    if (keys_refill(c, s->keys, SIZE_MAX) != ST_OK) c->errs.n = noted;
}

Status store_write_batch(Store *s, WriteJob *jobs, size_t n) {
    if (n == 0) return ST_OK;
    if (n >= LARGE_BATCH) keys_ahead(s, jobs[0].ctx);
    Waiter w = { .left = n };
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done_cond, NULL);
    for (size_t i = 0; i < n; i++) {
        jobs[i].wait = &w;
        jobs[i].status = ST_OK;
        jobs[i].erased = false;
        jobs[i].next = i + 1 < n ? &jobs[i + 1] : NULL;
    }
    pthread_mutex_lock(&s->queue_lock);
    bool closing = s->closing;
    if (!closing) {
        if (s->queue_tail)
            s->queue_tail->next = &jobs[0];
        else
            s->queue_head = &jobs[0];
        s->queue_tail = &jobs[n - 1];
        s->queue_n += n;
        pthread_cond_signal(&s->queue_filled);
    }
    pthread_mutex_unlock(&s->queue_lock);
    if (closing) {
        for (size_t i = 0; i < n; i++)
            jobs[i].status = FAIL(jobs[i].ctx, ST_BUSY, "", "error.store.closing");
    } else {
        pthread_mutex_lock(&w.lock);
        while (w.left > 0)
            pthread_cond_wait(&w.done_cond, &w.lock);
        pthread_mutex_unlock(&w.lock);
    }
    pthread_cond_destroy(&w.done_cond);
    pthread_mutex_destroy(&w.lock);
    Status st = ST_OK;
    for (size_t i = 0; i < n; i++) {
        jobs[i].wait = NULL;
        if (st == ST_OK) st = jobs[i].status;
    }
    return st;
}

Status store_write(Store *s, Ctx *c, WriteFn fn, void *arg) {
    WriteJob job = { .fn = fn, .arg = arg, .ctx = c };
    return store_write_batch(s, &job, 1);
}
