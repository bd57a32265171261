/* traces.c: what an erasure leaves behind, taken away while others go on writing.
 *
 * The erasing transaction removes keys, ciphertexts, rows and postings. A word that was taken out of the
 * full text index stays in its segment until that is merged with all others (a second at a million people),
 * and the log keeps the old pages until it is cut. Both are done after COMMIT in steps, each a short
 * transaction of its own, between which other acts are served; only then is the erasure answered. A mark in
 * ledger_meta ("traces": the tables whose words were touched) is written with the erasure and goes last: who
 * opens a folder with the mark goes on with it.
 *
 * What is erased while a round is under way waits for the next one: a round that began anew with each erasure
 * might never end. The pages that merging frees are zeroed (secure_delete, db.c). */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    STEP_PAGES = 32,     /* of the index, 4 kB each: some 6 ms */
    LEVELS_OPEN = 300,   /* see terms_renew(); two a round */
    LEVELS_MAX = 1500,   /* FTS5 takes 2,000 for damage */
    CUT_WAIT_MS = 20,    /* for readers who still look at the log */
    CUT_PAUSE_MS = 200,  /* before the next try */
    MOVE_PAUSE_MS = 5,   /* before the mover is asked again whether it is done */
    CUTS_AT_CLOSING = 5, /* tries */
};

/* ---- which tables ---- */

static void add_table(TraceTables *to, const TableSpec *t) {
    for (size_t i = 0; i < to->n; i++)
        if (strcmp(to->v[i]->name, t->name) == 0) return; /* the schema may be another one */
    ASSERT(to->n < TRACE_TABLES_MAX);
    to->v[to->n++] = t;
}

static void add_tables(TraceTables *to, const TraceTables *from) {
    for (size_t i = 0; i < from->n; i++)
        add_table(to, from->v[i]);
}

static Status write_mark(Ctx *c, Db *db, const TraceTables *tables) {
    Buf b = buf_new(c->arena, 64 << 10);
    for (size_t i = 0; i < tables->n; i++)
        buf_printf(&b, "%s ", tables->v[i]->name);
    return meta_put(c, db, "traces", buf_text(&b));
}

static const TableSpec *table_named(const Schema *schema, Str name) {
    for (size_t i = 0; i < schema->n; i++)
        if (schema->tables[i].has_terms && str_is(name, schema->tables[i].name))
            return &schema->tables[i];
    return NULL; /* of another program's model: its words are gone with it */
}

/* ---- beginning ---- */

static Status in_transaction(Ctx *c, Store *s, Status (*fn)(Ctx *c, Store *s)) {
    Db *db = s->writer.db;
    Status st = db_exec(c, db, "BEGIN IMMEDIATE");
    if (st == ST_OK) st = fn(c, s);
    if (st == ST_OK) st = db_exec(c, db, "COMMIT");
    if (st != ST_OK && !sqlite3_get_autocommit(db_handle(db)))
        sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
    return st;
}

Status traces_mark(Ctx *c, Store *s, const Projector *p) {
    Traces *t = &s->traces;
    t->fresh.n = 0;
    for (size_t i = 0; i < p->words.n; i++)
        add_table(&t->fresh, p->words.v[i].table);
    TraceTables all = t->now;
    add_tables(&all, &t->later);
    add_tables(&all, &t->fresh);
    return write_mark(c, p->db, &all);
}

void traces_committed(Store *s) {
    add_tables(&s->traces.later, &s->traces.fresh);
    s->traces.wanted = true;
}

void traces_hold(Store *s, WriteJob *job) {
    job->next = s->traces.later_jobs;
    s->traces.later_jobs = job;
}

static Status renew_all(Ctx *c, Store *s) {
    const Schema *schema = store_schema(s);
    for (size_t i = 0; i < schema->n; i++)
        if (schema->tables[i].has_terms)
            TRY(terms_renew(c, s->writer.db, &schema->tables[i], LEVELS_OPEN));
    return ST_OK;
}

Status traces_open(Ctx *c, Store *s) {
    Traces *t = &s->traces;
    Db *db = s->writer.db;
    const Schema *schema = store_schema(s);
    Str mark;
    t->pages = STEP_PAGES;
    t->levels_max = LEVELS_MAX;
    TRY(meta_get(c, db, "traces", &mark));
    t->wanted = t->broken_off = mark.s != NULL;
    while (mark.s && mark.n) {
        const TableSpec *table = table_named(schema, str_cut(&mark, ' '));
        if (table) add_table(&t->later, table);
    }
    return in_transaction(c, s, renew_all);
}

/* ---- steps ---- */

bool traces_merge(const Store *s, const TableSpec *t) {
    const Traces *r = &s->traces;
    return r->stage == TRACES_MERGE && r->begun && strcmp(r->now.v[r->at]->name, t->name) == 0;
}

static void end_jobs(WriteJob **jobs) {
    writer_answer(*jobs);
    *jobs = NULL;
}

/* The mark stands: the next erasure, or the next start, goes on. */
static void give_up(Ctx *c, Store *s, Status why) {
    Traces *t = &s->traces;
    log_warn(s->env, "traces", "state", "words and log of an erasure are not cleaned yet", NULL);
    writer_fail(c, t->now_jobs, why);
    writer_fail(c, t->later_jobs, why);
    end_jobs(&t->now_jobs);
    end_jobs(&t->later_jobs);
    add_tables(&t->later, &t->now);
    t->now.n = 0;
    t->stage = TRACES_NONE;
    t->wanted = false;
    t->broken_off = true;
}

static void begin_round(Traces *t) {
    t->now = t->later;
    t->now_jobs = t->later_jobs;
    t->later.n = 0;
    t->later_jobs = NULL;
    t->wanted = false;
    t->stage = TRACES_MERGE;
    t->at = 0;
    t->begun = false;
}

static Status merge_some(Ctx *c, Store *s) {
    Traces *t = &s->traces;
    Db *db = s->writer.db;
    const TableSpec *table = t->now.v[t->at];
    bool more = true;
    if (t->broken_off) {
        /* Merging that is taken up again in the middle may leave a segment out: made from the rows, the
         * index has no past. It holds others up (ten seconds at a million people), and is rare. */
        TRY(terms_renew(c, db, table, -1));
        t->at++;
        return ST_OK;
    }
    if (!t->begun) TRY(terms_renew(c, db, table, t->levels_max));
    TRY(terms_merge(c, db, table, t->pages, !t->begun, &more));
    t->begun = more;
    t->at += !more;
    return ST_OK;
}

static Status take_mark_away(Ctx *c, Store *s) {
    Traces *t = &s->traces;
    if (t->wanted) return write_mark(c, s->writer.db, &t->later);
    return db_exec(c, s->writer.db, "DELETE FROM ledger_meta WHERE name='traces'");
}

/* With what little is left in the log. */
static Status cut(Ctx *c, Store *s) {
    Traces *t = &s->traces;
    if (!checkpoint_cut(s, CUT_WAIT_MS)) {
        t->n_cuts++;
        t->not_before_ms = env_steady_ms() + CUT_PAUSE_MS;
        return ST_OK;
    }
    TRY(in_transaction(c, s, take_mark_away));
    end_jobs(&t->now_jobs);
    t->now.n = 0;
    t->stage = TRACES_NONE;
    t->broken_off = false;
    return ST_OK;
}

static Status step(Ctx *c, Store *s) {
    Traces *t = &s->traces;
    switch (t->stage) {
    case TRACES_NONE: begin_round(t); return ST_OK;
    case TRACES_MERGE:
        if (t->at < t->now.n) return in_transaction(c, s, merge_some);
        t->turn = checkpoint_ask(s);
        t->stage = TRACES_MOVE;
        return ST_OK;
    case TRACES_MOVE:
        t->not_before_ms = env_steady_ms() + MOVE_PAUSE_MS;
        if (!checkpoint_done(s, t->turn)) return ST_OK;
        t->not_before_ms = 0;
        t->n_cuts = 0;
        t->stage = TRACES_CUT;
        return ST_OK;
    case TRACES_CUT: return cut(c, s);
    }
    return ST_OK;
}

void traces_step(Store *s, Arena *a) {
    Traces *t = &s->traces;
    if (traces_pause_ms(s) != 0) return;
    Ctx c = ctx_new(s->env, a);
    c.store = s;
    c.reader = &s->writer;
    Status st = ST_OK;
    t->not_before_ms = 0;
    if (atomic_load(&s->failed)) st = FAIL(&c, ST_IO, "", "error.store.stopped");
    if (st == ST_OK) st = step(&c, s);
    if (st == ST_OK) return;
    writer_note_failure(&c, s, st);
    give_up(&c, s, st);
}

int64_t traces_pause_ms(const Store *s) {
    const Traces *t = &s->traces;
    if (t->stage == TRACES_NONE && !t->wanted) return -1;
    int64_t left = t->not_before_ms ? t->not_before_ms - env_steady_ms() : 0;
    return left > 0 ? left : 0;
}

void traces_close(Store *s, Arena *a) {
    Traces *t = &s->traces;
    while ((t->now_jobs || t->later_jobs) && t->n_cuts < CUTS_AT_CLOSING) {
        t->not_before_ms = 0;
        traces_step(s, a);
        checkpoint_after(s);
        arena_reset(a);
    }
    Ctx c = ctx_new(s->env, a);
    if (t->now_jobs || t->later_jobs) give_up(&c, s, FAIL(&c, ST_BUSY, "", "error.store.closing"));
}
