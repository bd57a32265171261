/* audit.c: who read whose file, in the ledger; and the thread that writes it.
 *
 * A read is put into a bounded queue and recorded within a second, many in one act. While the queue
 * is full, because the disk is, reads are refused: what cannot be recorded is not shown. */
#include "access/access_int.h"

#include <errno.h>
#include <time.h>

#include "base/banned.h"

enum { AUDIT_ARENA_MAX = 64 << 20, BATCH_WAIT_S = 1, SLEEP_S = 60 };

static const Field audit_read_fields[] = {
    { "reader", .no = 2, .type = FT_REF, .kind = "user", .flags = FF_FIXED | FF_INDEXED,
      .doc = "Who read; empty: the program itself" },
    { "subject", .no = 3, .type = FT_TEXT, .max = ID_TEXT_N,
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .doc = "Id of the person or group read" },
    { "op", .no = 4, .type = FT_TEXT, .max = AUDIT_OP_N, .flags = FF_REQUIRED | FF_FIXED,
      .doc = "The operation by which it was read" },
    { "at", .no = 5, .type = FT_TIME, .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .doc = "When" },
    { "purpose", .no = 6, .type = FT_TEXT, .max = AUDIT_PURPOSE_N, .flags = FF_FIXED,
      .doc = "What for, where it was said" },
    { "sealed", .no = 7, .type = FT_BOOL, .flags = FF_FIXED,
      .doc = "Sealed fields were opened: protection notes, photos, scans" },
    { "spoken_by", .no = 8, .type = FT_TEXT, .max = AUDIT_SPEAKER_N, .flags = FF_FIXED,
      .doc = "The operating system's user, where the command line spoke for the reader" },
};

const Kind audit_read_kind = {
    .name = "audit_read",
    .no = 40,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_AUDIT,
    FIELDS(audit_read_fields),
    .title = "op",
    .doc = "One read of a person's file",
};

/* --- the batch -------------------------------------------------------------------------------- */

typedef struct Batch {
    Access *access;
    AuditEntry *entries;
    size_t n;
} Batch;

static Status entry_write(Ctx *c, Access *a, const KindInfo *k, const AuditEntry *e) {
    Val v = val_map();
    Id office = id_is_none(e->office) ? a->audit.root_office : e->office;
    if (!id_is_none(e->reader)) val_set_c(c->arena, &v, "reader", val_id(c->arena, e->reader));
    val_set_c(c->arena, &v, "subject", val_text(id_text(c->arena, e->subject)));
    val_set_c(c->arena, &v, "op", val_text(str_n(e->op, e->op_n)));
    val_set_c(c->arena, &v, "at", val_int(e->at));
    if (e->purpose_n) val_set_c(c->arena, &v, "purpose", val_text(str_n(e->purpose, e->purpose_n)));
    if (e->sealed) val_set_c(c->arena, &v, "sealed", val_bool(true));
    if (e->speaker_n)
        val_set_c(c->arena, &v, "spoken_by", val_text(str_n(e->speaker, e->speaker_n)));
    return tx_create(c, k, id_new(c->env), office, v);
}

static Status batch_write(Ctx *c, Tx *tx, void *arg) {
    Batch *b = arg;
    const KindInfo *k = model_kind(store_model(c->store), STR("audit_read"));
    ActPart act = {
        .act = id_new(c->env),
        .op_no = ACT_AUDIT,
        .op_version = 1,
        .device = store_node(c->store),
        .purpose = STR(""),
        .reason = STR(""),
        .client_time = TIME_NONE,
        .spoken_by = STR(""),
    };
    if (!k) BUG("the model lacks audit_read");
    tx_act(tx, &act);
    for (size_t i = 0; i < b->n; i++)
        TRY(entry_write(c, b->access, k, &b->entries[i]));
    return ST_OK;
}

/* For readers without an office (the program itself): the oldest office that has none above it. */
static Status find_root_office(Ctx *c, void *arg) {
    Id *ret = arg, parent;
    Query q = {
        .kind = model_kind(store_model(c->store), STR("office")),
        .limit = 1000,
        .with_void = true,
    };
    Page page;
    TRY(read_query(c, &q, &page));
    for (size_t i = 0; i < page.n && id_is_none(*ret); i++)
        if (!record_id(page.rows[i], "parent", &parent)) *ret = page.rows[i]->id;
    if (id_is_none(*ret) && page.n > 0) *ret = page.rows[0]->id;
    return ST_OK;
}

static bool lacks_office(const Batch *b) {
    for (size_t i = 0; i < b->n; i++)
        if (id_is_none(b->entries[i].office)) return true;
    return false;
}

/* Without any office there is no file that could have been read, nor a place to record it. */
static Status batch_run(Ctx *c, Batch *b) {
    Access *a = b->access;
    if (id_is_none(a->audit.root_office) && lacks_office(b)) {
        TRY(access_read(c, a->store, find_root_office, &a->audit.root_office));
        if (id_is_none(a->audit.root_office)) return FAIL(c, ST_MISSING, NULL, "error.office.none");
    }
    return store_write(a->store, c, batch_write, b);
}

/* --- the keeper ------------------------------------------------------------------------------- */

typedef Status (*KeeperWork)(Ctx *c, void *arg);

static Status work_guarded(Access *a, Arena *arena, KeeperWork work, void *arg) {
    if (ARENA_GUARD(arena) != 0) return ST_MEMORY;
    Ctx c = ctx_new(a->env, arena);
    c.store = a->store;
    actor_enter(&c, actor_system());
    return work(&c, arg);
}

static Status keeper_work(Access *a, KeeperWork work, void *arg) {
    Arena *arena = arena_new(a->env, AUDIT_ARENA_MAX);
    Status st = work_guarded(a, arena, work, arg);
    arena_unguard(arena);
    arena_free(arena);
    return st;
}

static Status batch_work(Ctx *c, void *arg) {
    return batch_run(c, arg);
}

static Status save_work(Ctx *c, void *arg) {
    return sessions_save(c, arg, false);
}

static Status save_all_work(Ctx *c, void *arg) {
    return sessions_save(c, arg, true);
}

/* Takes up to AUDIT_BATCH entries by copy; they leave the queue when they are durable. Called with
 * the lock held; gives it up while it writes. */
static Status write_one_batch(Access *a) {
    AuditQueue *q = &a->audit;
    AuditEntry *copy = q->batch;
    size_t n = q->put - q->done < AUDIT_BATCH ? (size_t)(q->put - q->done) : AUDIT_BATCH;
    for (size_t i = 0; i < n; i++)
        copy[i] = q->ring[(q->done + i) % AUDIT_QUEUE];
    pthread_mutex_unlock(&q->lock);
    Batch b = { a, copy, n };
    Status st = keeper_work(a, batch_work, &b);
    if (st != ST_OK) log_error(a->env, "audit_not_written", "status", status_name(st), NULL);
    pthread_mutex_lock(&q->lock);
    if (st == ST_OK) {
        q->done += n;
    } else {
        q->failures++;
        q->failed_status = st;
        q->urgent_until = q->done; /* who waited is told; the entries are tried again later */
    }
    pthread_cond_broadcast(&q->moved);
    return st;
}

static struct timespec in_seconds(int64_t s) {
    return env_steady_after(s * 1000);
}

static bool is_past(const struct timespec *when) {
    struct timespec now = in_seconds(0);
    return now.tv_sec > when->tv_sec ||
           (now.tv_sec == when->tv_sec && now.tv_nsec >= when->tv_nsec);
}

/* Waits until there is reason to write: enough entries, somebody in a hurry, a second gone by since
 * the first of them, or the end. Also returns for the sessions' sake. */
static void keeper_wait(AuditQueue *q, const struct timespec *sessions_at) {
    struct timespec batch_at = { 0 };
    bool counting = false;
    while (!q->closing && q->put - q->done < AUDIT_BATCH && q->urgent_until <= q->done) {
        if (!counting && q->put != q->done) {
            batch_at = in_seconds(BATCH_WAIT_S);
            counting = true;
        }
        const struct timespec *until = counting ? &batch_at : sessions_at;
        if (pthread_cond_timedwait(&q->filled, &q->lock, until) == ETIMEDOUT) return;
    }
}

/* After a failure: not at once again, whatever comes. */
static void keeper_pause(AuditQueue *q) {
    struct timespec until = in_seconds(BATCH_WAIT_S);
    while (!q->closing)
        if (pthread_cond_timedwait(&q->filled, &q->lock, &until) == ETIMEDOUT) return;
}

static void *keeper_main(void *arg) {
    Access *a = arg;
    AuditQueue *q = &a->audit;
    struct timespec sessions_at = in_seconds(SLEEP_S);
    pthread_mutex_lock(&q->lock);
    for (;;) {
        keeper_wait(q, &sessions_at);
        if (q->closing) break;
        if (q->put != q->done && write_one_batch(a) != ST_OK) keeper_pause(q);
        if (!is_past(&sessions_at)) continue;
        pthread_mutex_unlock(&q->lock);
        if (keeper_work(a, save_work, a) != ST_OK) log_warn(a->env, "session_not_saved", NULL);
        sessions_at = in_seconds(SLEEP_S);
        pthread_mutex_lock(&q->lock);
    }
    for (int failed = 0; q->put != q->done && failed < AUDIT_TRIES_AT_STOP;)
        if (write_one_batch(a) != ST_OK) failed++;
    pthread_mutex_unlock(&q->lock);
    if (keeper_work(a, save_all_work, a) != ST_OK) log_warn(a->env, "session_not_saved", NULL);
    return NULL;
}

Status audit_start(Ctx *c, Access *a) {
    AuditQueue *q = &a->audit;
    q->ring = arena_array(a->arena, AuditEntry, AUDIT_QUEUE);
    q->batch = arena_array(a->arena, AuditEntry, AUDIT_BATCH);
    q->glimpses = arena_array(a->arena, AuditGlimpse, AUDIT_GLIMPSES);
    pthread_mutex_init(&q->lock, NULL);
    env_steady_cond(&q->filled);
    pthread_cond_init(&q->moved, NULL);
    if (pthread_create(&a->keeper, NULL, keeper_main, a) != 0)
        return FAIL(c, ST_BUSY, NULL, "error.busy");
    a->keeper_runs = true;
    return ST_OK;
}

void audit_stop(Access *a) {
    AuditQueue *q = &a->audit;
    if (a->keeper_runs) {
        pthread_mutex_lock(&q->lock);
        q->closing = true;
        pthread_cond_broadcast(&q->filled);
        pthread_mutex_unlock(&q->lock);
        pthread_join(a->keeper, NULL);
        a->keeper_runs = false;
    }
    if (q->put != q->done) log_error(a->env, "audit_lost", NULL);
    pthread_cond_destroy(&q->filled);
    pthread_cond_destroy(&q->moved);
    pthread_mutex_destroy(&q->lock);
}

/* --- recording -------------------------------------------------------------------------------- */

static AuditEntry entry_of(const Ctx *c, Id subject, Str op, Str purpose, bool sealed) {
    AuditEntry e = {
        .reader = c->actor->user,
        .office = c->actor->office,
        .subject = subject,
        .at = c->now,
        .sealed = sealed,
    };
    e.op_n = (uint8_t)text_into(e.op, sizeof e.op, op);
    e.purpose_n = (uint8_t)text_into(e.purpose, sizeof e.purpose, purpose);
    e.speaker_n = (uint8_t)text_into(e.speaker, sizeof e.speaker, c->actor->spoken_by);
    return e;
}

/* With the lock held. */
static bool has_room(const AuditQueue *q, size_t n) {
    return q->put - q->done + n <= AUDIT_QUEUE && !q->closing;
}

static void put_entry(AuditQueue *q, const AuditEntry *e) {
    q->ring[q->put++ % AUDIT_QUEUE] = *e;
    if (q->put - q->done == 1 || q->put - q->done >= AUDIT_BATCH) pthread_cond_signal(&q->filled);
}

/* *ret_upto: the queue position behind it. */
static Status enqueue(Ctx *c, Access *a, const AuditEntry *e, uint64_t *ret_upto) {
    AuditQueue *q = &a->audit;
    pthread_mutex_lock(&q->lock);
    bool full = !has_room(q, 1);
    if (!full) put_entry(q, e);
    *ret_upto = q->put;
    pthread_mutex_unlock(&q->lock);
    return full ? FAIL(c, ST_BUSY, NULL, "error.audit.full") : ST_OK;
}

/* Until everything before the position is durable, or a batch with it has failed. */
static Status wait_for(Ctx *c, Access *a, uint64_t upto) {
    AuditQueue *q = &a->audit;
    Status st = ST_OK;
    pthread_mutex_lock(&q->lock);
    uint64_t failures = q->failures;
    if (q->urgent_until < upto) q->urgent_until = upto;
    pthread_cond_signal(&q->filled);
    while (q->done < upto && q->failures == failures && !q->closing)
        pthread_cond_wait(&q->moved, &q->lock);
    if (q->done < upto) st = q->failures != failures ? q->failed_status : ST_BUSY;
    pthread_mutex_unlock(&q->lock);
    return st == ST_OK ? ST_OK : FAIL(c, st, NULL, "error.audit.not_written");
}

Status audit_read(Ctx *c, Access *a, Id subject, Str op, Str purpose) {
    uint64_t upto;
    AuditEntry e = entry_of(c, subject, op, purpose, false);
    return enqueue(c, a, &e, &upto);
}

Status audit_read_sealed(Ctx *c, Access *a, Id subject, Str op, Str purpose) {
    uint64_t upto;
    AuditEntry e = entry_of(c, subject, op, purpose, true);
    TRY(enqueue(c, a, &e, &upto));
    return wait_for(c, a, upto);
}

/* The last bytes of an id are random. */
static AuditGlimpse *glimpse_slot(const AuditQueue *q, Id reader, Id subject) {
    size_t hash = 0;
    for (size_t i = 0; i < sizeof subject.b; i++)
        hash = hash * 31 + (size_t)(subject.b[i] ^ reader.b[i] << 1);
    return &q->glimpses[hash % AUDIT_GLIMPSES];
}

static bool glimpsed_lately(const AuditGlimpse *g, const Ctx *c, Id subject) {
    return id_eq(g->subject, subject) && id_eq(g->reader, c->actor->user) && g->at <= c->now &&
           c->now - g->at < AUDIT_GLIMPSE;
}

Status audit_glimpses(Ctx *c, Access *a, const Id *subjects, size_t n, Str op, Str purpose) {
    AuditQueue *q = &a->audit;
    AuditEntry e = entry_of(c, ID_NONE, op, purpose, true);
    size_t n_new = 0;
    pthread_mutex_lock(&q->lock);
    for (size_t i = 0; i < n; i++)
        if (!glimpsed_lately(glimpse_slot(q, e.reader, subjects[i]), c, subjects[i])) n_new++;
    bool full = n_new > 0 && !has_room(q, n_new);
    for (size_t i = 0; i < n && n_new > 0 && !full; i++) {
        AuditGlimpse *slot = glimpse_slot(q, e.reader, subjects[i]);
        if (glimpsed_lately(slot, c, subjects[i])) continue;
        *slot = (AuditGlimpse){ e.reader, subjects[i], c->now };
        e.subject = subjects[i];
        put_entry(q, &e);
    }
    pthread_mutex_unlock(&q->lock);
    return full ? FAIL(c, ST_BUSY, NULL, "error.audit.full") : ST_OK;
}

Status audit_open_sealed(Ctx *c, Access *a, Record *r, Id subject, Str op, Str purpose) {
    TRY(actor_require_in(c, PERM_SEALED_READ, r->scope));
    TRY(audit_read_sealed(c, a, subject, op, purpose));
    return record_open_sealed(c, r);
}

Status audit_flush(Ctx *c, Access *a) {
    pthread_mutex_lock(&a->audit.lock);
    uint64_t upto = a->audit.put;
    pthread_mutex_unlock(&a->audit.lock);
    return wait_for(c, a, upto);
}

size_t audit_waiting(Access *a) {
    pthread_mutex_lock(&a->audit.lock);
    size_t n = (size_t)(a->audit.put - a->audit.done);
    pthread_mutex_unlock(&a->audit.lock);
    return n;
}
