/* query_run.c: statements of the query compiler, the work they may do, the records they found. */
#include "store/query_int.h"

#include "base/banned.h"

enum {
    WORK_STEP = 100000,          /* SQLite's steps between two looks */
    WORK_LONG = 40 * 1000000,    /* about half a second */
    WORK_MAX = 1000 * 1000000LL, /* some ten seconds: more than any page or count may cost */
};

/* ---- work ---- */

static int watch(void *arg) {
    Work *w = arg;
    w->done += WORK_STEP;
    if (w->done > WORK_MAX) w->over = true;
    return w->over || atomic_load(&w->env->stop);
}

void work_end(Work *w) {
    if (w->watched) sqlite3_progress_handler(w->db, 0, NULL, NULL);
    w->watched = false;
}

static void end_at_last(void *arg) {
    work_end(arg);
}

/* On the writer's connection nothing is watched: what is left there when memory runs out would be
 * cleaned up by another thread. User's queries do not run there. */
Work *work_begin(Ctx *c) {
    Work *w = arena_new_of(c->arena, Work);
    w->env = c->env;
    w->db = db_handle(c->reader->db);
    if (c->reader->writer) return w;
    arena_defer(c->arena, end_at_last, w);
    sqlite3_progress_handler(w->db, WORK_STEP, watch, w);
    w->watched = true;
    return w;
}

bool work_is_long(const Work *w) {
    return w->done > WORK_LONG;
}

/* ---- statements ---- */

static void finalize(void *arg) {
    Stmt **st = arg;
    sqlite3_finalize(*st);
    *st = NULL;
}

/* What a user's expression asks too much of: SQLite's limits, none of them an error of ours. */
static bool is_limit(const char *message) {
    static const char *const limits[] = { "parser stack overflow", "Expression tree is too large",
                                          "too many", "too big" };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
        if (strstr(message, limits[i])) return true;
    return false;
}

/* A user's expression is prepared for once: the connection's cache keeps what it gets. */
static Status prepare_own(Ctx *c, Str text, Run *r) {
    sqlite3 *h = db_handle(c->reader->db);
    r->own = arena_new_of(c->arena, Stmt *);
    arena_defer(c->arena, finalize, r->own);
    int rc = sqlite3_prepare_v2(h, text.s, (int)text.n, r->own, NULL);
    r->st = *r->own;
    if (rc == SQLITE_OK) return ST_OK;
    if (rc == SQLITE_TOOBIG || is_limit(sqlite3_errmsg(h)))
        return FAIL(c, ST_LIMIT, "where", "error.query.too_complex");
    return db_fail(c, c->reader->db, rc);
}

Status run_open(Ctx *c, Work *w, const Sql *s, Str text, bool ad_hoc, Run *ret) {
    *ret = (Run){ .c = c, .work = w };
    if (ad_hoc && !c->reader->writer) {
        TRY(prepare_own(c, text, ret));
    } else {
        ret->st = db_stmt(c, c->reader->db, str_c(c->arena, text));
        if (!ret->st) return ctx_status(c);
    }
    sql_bind(s, ret->st);
    return ST_OK;
}

Status run_step(Run *r, bool *ret_row) {
    int rc = sqlite3_step(r->st);
    *ret_row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW || rc == SQLITE_DONE) return ST_OK;
    if (rc == SQLITE_INTERRUPT && r->work && r->work->over) {
        run_close(r);
        return FAIL(r->c, ST_LIMIT, "where", "error.query.work");
    }
    Status st = db_fail(r->c, r->c->reader->db, rc);
    run_close(r);
    return st;
}

void run_close(Run *r) {
    if (r->own)
        finalize(r->own);
    else if (r->st)
        sqlite3_reset(r->st);
    r->st = NULL;
}

Status run_number(Ctx *c, Work *w, const Sql *s, Str text, bool ad_hoc, int64_t *ret) {
    Run r;
    bool row = false;
    TRY(run_open(c, w, s, text, ad_hoc, &r));
    TRY(run_step(&r, &row));
    *ret = row ? col_int(r.st, 0) : 0;
    run_close(&r);
    return ST_OK;
}

/* ---- records ---- */

static Status record_of(Ctx *c, const TableSpec *t, int64_t rid, Record **ret) {
    Stmt *st = db_stmt(c, c->reader->db, t->sql_select_rid);
    bool found = false;
    Row row;
    if (!st) return ctx_status(c);
    bind_int(st, 1, rid);
    TRY(db_step(c, c->reader->db, st, &found));
    ASSERT(found); /* in the same snapshot */
    row_from_stmt(c->arena, t, st, 0, &row);
    sqlite3_reset(st);
    return record_finish(c, &row, ret);
}

Status records_of(Ctx *c, const TableSpec *t, const int64_t *rids, size_t n, Record **ret) {
    for (size_t i = 0; i < n; i++)
        TRY(record_of(c, t, rids[i], &ret[i]));
    return ST_OK;
}
