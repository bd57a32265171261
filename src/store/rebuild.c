/* rebuild.c: the projection made anew from the ledger, and compared with the one in use. */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    REPLAY_ARENA = 512 << 20,
    CHUNK_COMMITS = 20000,
    AT_ONCE = 256, /* commits opened ahead */
    AT_ONCE_BYTES = 16 << 20,
};

typedef struct Replay {
    Reader *from; /* where the ledger is read */
    Projector to;
    Arena *scratch;
    RebuildReport *report;
    Books *books; /* NULL: not looked at */
} Replay;

/* ---- opening, ahead of projecting ---- */

typedef struct Opened {
    int64_t pos;
    Str bytes; /* as stored */
    StoredCommit commit;
    ChangePart *parts; /* those that could be opened and read */
    uint32_t *places;  /* in the commit, of those and then of the unread ones from its end on */
    size_t n_parts, n_locked, n_unread;
    Status status;
} Opened;

typedef struct OpenBatch {
    Reader *from;
    Arena *arena;
    Opened v[AT_ONCE];
    size_t n;
    Str why; /* of the first that failed */
} OpenBatch;

static Status open_part(Ctx *c, Reader *from, Opened *o, uint32_t i) {
    Str body;
    Status st = commit_open_part(c, from, &o->commit, i, &body);
    if (st == ST_MISSING) {
        if (o->commit.parts[i].s) o->n_locked++;
        return ST_OK;
    }
    TRY(st);
    if (change_part_decode(c->arena, body, o->commit.h.stream, &o->parts[o->n_parts]))
        o->places[o->n_parts++] = i;
    else
        o->places[o->commit.h.n_parts - ++o->n_unread] = i;
    return ST_OK;
}

static Status open_commit(Ctx *c, Reader *from, Opened *o) {
    StoredCommit *sc = &o->commit;
    StreamId stream = store_stream_id(from->store, POS_STREAM(o->pos));
    if (!stored_decode(c->arena, stream, o->pos, o->bytes, sc))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("commit"));
    o->parts = arena_array(c->arena, ChangePart, sc->h.n_parts);
    o->places = arena_array(c->arena, uint32_t, sc->h.n_parts);
    for (uint32_t i = 1; i < sc->h.n_parts; i++)
        TRY(open_part(c, from, o, i));
    return ST_OK;
}

static void open_batch(void *arg) {
    OpenBatch *b = arg;
    Ctx c = ctx_new(b->from->store->env, b->arena);
    for (size_t i = 0; i < b->n; i++) {
        b->v[i].status = open_commit(&c, b->from, &b->v[i]);
        if (b->v[i].status != ST_OK && !b->why.s) b->why = c.errs.n ? c.errs.v[0].key : STR("");
    }
}

/* The next commits after *pos; *ret_more: there may be others. */
static Status read_batch(Ctx *c, Replay *r, OpenBatch *b, int64_t *pos, bool *ret_more) {
    arena_reset(b->arena);
    b->n = 0;
    b->why = STR_NONE;
    *ret_more = false;
    CommitWalk w;
    TRY(walk_start(c, r->from->db, *pos, WALK_END, &w));
    while (b->n < AT_ONCE && arena_used(b->arena) < AT_ONCE_BYTES) {
        Opened *o = &b->v[b->n];
        *o = (Opened){ 0 };
        TRY(walk_next(c, &w, b->arena, &o->pos, &o->bytes));
        if (!o->pos) return ST_OK;
        *pos = o->pos;
        b->n++;
    }
    *ret_more = true;
    walk_end(&w);
    return ST_OK;
}

/* ---- projecting ---- */

/* A key that came after its part has a row that the part does not name. */
static Status book_part(Ctx *c, Replay *r, const Opened *o, uint32_t place,
                        const ChangePart *read) {
    const StoredCommit *sc = &o->commit;
    int64_t key_n = sc->key_n[place];
    if (!key_n) {
        KeyRow key;
        TRY(key_by_id(c, r->from, sc->h.parts[place].key_id, &key));
        key_n = key.n;
        crypt_wipe(&key, sizeof key);
    }
    books_note(r->books, key_n, o->pos, place, read);
    return ST_OK;
}

static Status book_commit(Ctx *c, Replay *r, const Opened *o) {
    for (size_t i = 0; i < o->n_parts; i++)
        TRY(book_part(c, r, o, o->places[i], &o->parts[i]));
    for (size_t i = 1; i <= o->n_unread; i++)
        TRY(book_part(c, r, o, o->places[o->commit.h.n_parts - i], NULL));
    return ST_OK;
}

static Status replay_commit(Ctx *c, Replay *r, const Opened *opened) {
    Store *s = r->from->store;
    ChangeOrigin o = { .stream_no = POS_STREAM(opened->pos),
                       .seq = POS_SEQ(opened->pos),
                       .clock = opened->commit.h.clock,
                       .stream = opened->commit.h.stream };
    pthread_rwlock_rdlock(&s->map_lock);
    o.scope_no = s->streams[o.stream_no].scope_no;
    pthread_rwlock_unlock(&s->map_lock);
    r->report->commits++;
    r->report->locked += opened->n_locked;
    r->report->quarantined += opened->n_unread;
    r->report->parts += opened->n_parts;
    if (r->books) TRY(book_commit(c, r, opened));
    for (size_t i = 0; i < opened->n_parts; i++)
        for (size_t j = 0; j < opened->parts[i].n_changes; j++)
            TRY(project_change(c, &r->to, &o, &opened->parts[i].changes[j]));
    return ST_OK;
}

static Status breathe(Ctx *c, Replay *r) {
    TRY(projector_flush(c, &r->to));
    TRY(db_exec(c, r->to.db, "COMMIT"));
    sqlite3_wal_checkpoint_v2(db_handle(r->to.db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return db_exec(c, r->to.db, "BEGIN IMMEDIATE");
}

/* Many rows at once: terms go in sorted, from the rows themselves, and the indexes come last. */
static Status finish_bulk(Ctx *c, Replay *r) {
    Db *db = r->to.db;
    for (size_t i = 0; i < r->to.schema->n; i++)
        if (r->to.schema->tables[i].has_terms)
            TRY(terms_fill(c, db, &r->to.schema->tables[i], true));
    return schema_create_indexes(c, db, r->to.schema);
}

static Status replay_batch(Ctx *c, Replay *r, const OpenBatch *b, size_t *n) {
    for (size_t i = 0; i < b->n; i++) {
        arena_reset(r->scratch);
        Ctx step = *c;
        step.arena = r->scratch;
        step.errs.v = NULL;
        step.errs.n = step.errs.cap = 0;
        Status st = b->v[i].status;
        if (st == ST_OK) st = replay_commit(&step, r, &b->v[i]);
        if (st != ST_OK) {
            Str why = step.errs.n ? step.errs.v[0].key : b->why.s ? b->why : STR("");
            return ctx_fail_cause(c, st, "", "error.store.rebuild", str_copy(c->arena, why));
        }
        if (++*n % CHUNK_COMMITS == 0) TRY(breathe(c, r));
    }
    return ST_OK;
}

/* Commits are read here, opened by the second thread, and projected here. */
static Status replay_commits(Ctx *c, Replay *r, Ahead *ahead, OpenBatch batches[AHEAD_N]) {
    int64_t pos = 0;
    size_t n = 0, turn = 0;
    bool more = true;
    for (size_t i = 0; i < AHEAD_N - 1 && more; i++) {
        OpenBatch *b = &batches[turn++ % AHEAD_N];
        TRY(read_batch(c, r, b, &pos, &more));
        ahead_put(ahead, b);
    }
    for (const OpenBatch *done; (done = ahead_take(ahead));) {
        if (more) {
            OpenBatch *b = &batches[turn++ % AHEAD_N];
            TRY(read_batch(c, r, b, &pos, &more));
            ahead_put(ahead, b);
        }
        TRY(replay_batch(c, r, done, &n));
    }
    return ST_OK;
}

static Status replay_all(Ctx *c, Replay *r) {
    KeyTable *keys = NULL;
    Ahead ahead;
    OpenBatch *batches = arena_array(r->to.arena, OpenBatch, AHEAD_N);
    TRY(keys_table(c, r->from->store->keys, r->to.arena, &keys));
    r->from->keys = keys;
    r->to.bulk = true;
    for (size_t i = 0; i < AHEAD_N; i++) {
        batches[i].from = r->from;
        batches[i].arena = arena_new(c->env, REPLAY_ARENA);
    }
    ahead_start(&ahead, open_batch);
    Status st = replay_commits(c, r, &ahead, batches);
    ahead_stop(&ahead);
    for (size_t i = 0; i < AHEAD_N; i++)
        arena_free(batches[i].arena);
    r->from->keys = NULL;
    TRY(st);
    TRY(projector_flush(c, &r->to));
    return finish_bulk(c, r);
}

/* ---- in place ---- */

static Status rebuild_in_place(Ctx *c, Store *s, RebuildReport *report) {
    Db *db = s->writer.db;
    const Schema *schema = store_schema(s);
    Arena *scratch = arena_new(s->env, REPLAY_ARENA), *own = arena_new(s->env, (size_t)4 << 30);
    s->writer.schema = schema;
    Replay r = { .from = &s->writer,
                 .to = projector_new(own, s, db, schema),
                 .scratch = scratch,
                 .report = report };
    /* A crash on the way finds no schema hash and begins again. */
    Status st = db_exec(c, db, "BEGIN IMMEDIATE");
    if (st == ST_OK) st = meta_put(c, db, "schema", STR("-"));
    if (st == ST_OK) st = schema_drop(c, db);
    if (st == ST_OK) st = schema_create(c, db, schema);
    if (st == ST_OK) st = replay_all(c, &r);
    if (st == ST_OK) st = meta_put(c, db, "schema", str_n(schema->hash.b, 32));
    if (st == ST_OK) st = db_exec(c, db, "COMMIT");
    if (st != ST_OK && !sqlite3_get_autocommit(db_handle(db)))
        sqlite3_exec(db_handle(db), "ROLLBACK", NULL, NULL, NULL);
    report->quarantined += r.to.quarantined;
    arena_free(scratch);
    arena_free(own);
    return st;
}

/* ---- beside, and compare ---- */

static void note_difference(Ctx *c, RebuildReport *rep, const char *table, const char *what) {
    rep->differences++;
    if (rep->first_difference.n == 0)
        rep->first_difference = str_printf(c->arena, "%s: %s", table, what);
}

static bool same_value(sqlite3_value *x, sqlite3_value *y) {
    int type = sqlite3_value_type(x);
    if (type != sqlite3_value_type(y)) return false;
    if (type == SQLITE_NULL) return true;
    if (type == SQLITE_INTEGER) return sqlite3_value_int64(x) == sqlite3_value_int64(y);
    int n = sqlite3_value_bytes(x);
    if (n != sqlite3_value_bytes(y)) return false;
    const void *px = sqlite3_value_blob(x), *py = sqlite3_value_blob(y);
    return n == 0 || memcmp(px, py, (size_t)n) == 0;
}

static Status compare_select(Ctx *c, Db *live, Db *fresh, const char *table, const char *sql,
                             RebuildReport *rep) {
    Stmt *x = db_stmt(c, live, sql), *y = db_stmt(c, fresh, sql);
    if (!x || !y) return ctx_status(c);
    int columns = sqlite3_column_count(x);
    for (;;) {
        bool has_x = false, has_y = false;
        TRY(db_step(c, live, x, &has_x));
        TRY(db_step(c, fresh, y, &has_y));
        if (!has_x && !has_y) return ST_OK;
        if (has_x != has_y) {
            note_difference(c, rep, table,
                            has_x ? "more rows in use than the ledger gives"
                                  : "fewer rows in use than the ledger gives");
            sqlite3_reset(x);
            sqlite3_reset(y);
            return ST_OK;
        }
        rep->rows++;
        for (int i = 0; i < columns; i++)
            if (!same_value(sqlite3_column_value(x, i), sqlite3_column_value(y, i))) {
                note_difference(c, rep, table, sqlite3_column_name(x, i));
                break;
            }
    }
}

/* A row's record, as a number: row numbers differ between the two. */
typedef struct Ids {
    uint64_t *v; /* [rid] */
    size_t n;
} Ids;

static Status ids_of(Ctx *c, Db *db, const TableSpec *t, Arena *a, Ids *ret) {
    Stmt *st = db_stmt(
        c, db,
        str_c(c->arena, str_printf(c->arena, "SELECT rid, id, scope FROM \"%s\" ORDER BY rid DESC",
                                   t->name)));
    if (!st) return ctx_status(c);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) return ST_OK;
        size_t rid = (size_t)col_int(st, 0);
        if (!ret->v) ret->n = rid + 1, ret->v = arena_array(a, uint64_t, ret->n);
        Str id = col_bytes(st, 1);
        ret->v[rid] = hash_bytes(id.s, id.n, (uint64_t)col_int(st, 2));
    }
}

static uint64_t posting_hash(const Ids *ids, Str term, int64_t rid) {
    return hash_bytes(term.s, term.n, (size_t)rid < ids->n ? ids->v[rid] : 0);
}

static Status sum_keys(Ctx *c, Db *db, const TableSpec *t, const Ids *ids, uint64_t *ret) {
    Stmt *st = db_stmt(c, db, "SELECT term, rid FROM term WHERE kind=?1");
    if (!st) return ctx_status(c);
    bind_int(st, 1, t->kind->k->no);
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) return ST_OK;
        int64_t code = col_int(st, 0);
        *ret += posting_hash(ids, str_n(&code, sizeof(code)), col_int(st, 1));
    }
}

/* What the full text index holds, seen through fts5vocab: a table of the connection's own, in memory. */
static Status sum_words(Ctx *c, Db *db, const TableSpec *t, const Ids *ids, uint64_t *ret) {
    Str make = str_printf(
        c->arena,
        "CREATE VIRTUAL TABLE temp.words_seen USING fts5vocab(main, '%s__words', instance)",
        t->name);
    TRY(db_exec(c, db, "PRAGMA query_only=OFF"));
    TRY(db_exec(c, db, str_c(c->arena, make)));
    Stmt *st = NULL;
    int rc =
        sqlite3_prepare_v2(db_handle(db), "SELECT term, doc FROM temp.words_seen", -1, &st, NULL);
    if (rc == SQLITE_OK)
        while ((rc = sqlite3_step(st)) == SQLITE_ROW)
            *ret += posting_hash(ids, col_bytes(st, 0), col_int(st, 1));
    Status status = rc == SQLITE_DONE ? ST_OK : db_fail(c, db, rc);
    sqlite3_finalize(st);
    TRY(status);
    TRY(db_exec(c, db, "DROP TABLE temp.words_seen"));
    return c->reader->db == db ? db_exec(c, db, "PRAGMA query_only=ON") : ST_OK;
}

/* Of all (key, record) and of all (word, record) of a table. */
typedef struct TermSums {
    uint64_t keys, words;
} TermSums;

static Status terms_sum(Ctx *c, Db *db, const TableSpec *t, TermSums *ret) {
    Arena *a = arena_new(c->env, (size_t)1 << 30);
    Ids ids = { 0 };
    *ret = (TermSums){ 0 };
    Status st = ids_of(c, db, t, a, &ids);
    if (st == ST_OK) st = sum_keys(c, db, t, &ids, &ret->keys);
    if (st == ST_OK) st = sum_words(c, db, t, &ids, &ret->words);
    arena_free(a);
    return st;
}

static Status compare_table(Ctx *c, Db *live, Db *fresh, const TableSpec *t, RebuildReport *rep) {
    Buf sql = buf_new(c->arena, 64 << 10);
    buf_printf(&sql, "SELECT id, scope, void, extra, heads");
    for (size_t i = 0; i < t->n_columns; i++)
        buf_printf(&sql, ", \"%s\"", t->columns[i].field->f.name);
    buf_printf(&sql, " FROM \"%s\" ORDER BY id, scope", t->name);
    TRY(compare_select(c, live, fresh, t->name, str_c(c->arena, buf_text(&sql)), rep));
    if (!t->has_terms) return ST_OK;
    TermSums x, y;
    TRY(terms_sum(c, live, t, &x));
    TRY(terms_sum(c, fresh, t, &y));
    if (x.keys != y.keys) note_difference(c, rep, t->name, "search keys");
    if (x.words != y.words) note_difference(c, rep, t->name, "search words");
    return ST_OK;
}

static Status compare_all(Ctx *c, Db *live, Db *fresh, const Schema *schema, RebuildReport *rep) {
    for (size_t i = 0; i < schema->n; i++)
        TRY(compare_table(c, live, fresh, &schema->tables[i], rep));
    TRY(compare_select(c, live, fresh, "projection_hash",
                       "SELECT scope, hash FROM projection_hash ORDER BY scope", rep));
    TRY(compare_select(c, live, fresh, "row_count",
                       "SELECT kind, scope, n, void FROM row_count ORDER BY kind, scope", rep));
    TRY(compare_select(
        c, live, fresh, "conflict",
        "SELECT kind, id, scope, field, must FROM conflict ORDER BY kind, id, scope, field", rep));
    return compare_select(
        c, live, fresh, "quarantine",
        "SELECT pos, part, change, why FROM quarantine ORDER BY pos, part, change", rep);
}

static Status compare_books(Ctx *c, Db *live, const Books *books, RebuildReport *rep) {
    const char *wrong = NULL;
    TRY(books_compare(c, live, books, &wrong));
    if (wrong) note_difference(c, rep, wrong, "leads elsewhere than the ledger does");
    return ST_OK;
}

static void remove_database(Ctx *c, const char *path) {
    const char *suffix[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < 3; i++)
        if (env_remove_file(c, str_c(c->arena, str_printf(c->arena, "%s%s", path, suffix[i]))) !=
            ST_OK)
            log_warn(c->env, "rebuild", "left", path, NULL);
}

static Status rebuild_beside(Ctx *c, Store *s, RebuildReport *report) {
    const char *path = str_c(c->arena, str_printf(c->arena, "%s/rebuild.db", s->dir));
    remove_database(c, path);
    TRY(store_read_begin(s, c));
    const Schema *schema = c->reader->schema;
    Db *fresh = NULL;
    Arena *scratch = arena_new(s->env, REPLAY_ARENA), *own = arena_new(s->env, (size_t)4 << 30);
    Status st = db_open(c, path, DB_WRITER, &fresh);
    /* It is thrown away afterwards: nothing is waited for, and nothing has to be taken back. */
    if (st == ST_OK) {
        sqlite3_db_config(db_handle(fresh), SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
        st = db_exec(c, fresh, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN IMMEDIATE");
    }
    if (st == ST_OK) st = schema_create(c, fresh, schema);
    Replay r = { .from = c->reader,
                 .to = projector_new(own, s, fresh, schema),
                 .scratch = scratch,
                 .report = report };
    if (st == ST_OK) st = books_new(c, own, c->reader->db, &r.books);
    if (st == ST_OK) st = replay_all(c, &r);
    if (st == ST_OK) st = db_exec(c, fresh, "COMMIT");
    int64_t replayed = env_monotonic_us(s->env);
    if (st == ST_OK) st = compare_all(c, c->reader->db, fresh, schema, report);
    if (st == ST_OK) st = compare_books(c, c->reader->db, r.books, report);
    report->compare_us = env_monotonic_us(s->env) - replayed;
    report->quarantined += r.to.quarantined;
    db_close(fresh);
    arena_free(scratch);
    arena_free(own);
    remove_database(c, path);
    return st;
}

Status store_rebuild(Ctx *c, Store *s, bool check_only, RebuildReport *ret) {
    *ret = (RebuildReport){ .first_difference = STR("") };
    int64_t from = env_monotonic_us(s->env);
    /* In place only before the writer thread runs: store_open does it when the model has changed. */
    Status st =
        check_only || s->thread_runs ? rebuild_beside(c, s, ret) : rebuild_in_place(c, s, ret);
    ret->us = env_monotonic_us(s->env) - from;
    return st;
}
