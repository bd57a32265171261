/* read_terms.c: records by search terms, within reach.
 *
 * Words are found by the full text index, all of a query's at once. A key is found in table "term" by its
 * code; where that says less than was asked for, or another key may have the same code, the row's own terms
 * are worked out and decide. */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    SCAN_DEFAULT = 50000,
    TERMS_RESULT_MAX = 1000,
    SCOPES_IN_MATCH = 64, /* who sees more offices is answered by looking at the rows */
};

typedef struct TermScan {
    const TermQuery *q;
    const TableSpec *table;
    const NameToken *lead;        /* the token whose keys are looked up; NULL: all are words */
    int64_t codes[NAME_ALTS_MAX]; /* of its alternatives */
    bool judge;                   /* what the index found may not be what was asked for */
    int64_t searched, scan_max;
    bool stopped;
    VEC(Record *) found;
} TermScan;

static bool token_is_key(const NameToken *t) {
    return t->n_alts > 0 && term_is_key(t->alts[0].term);
}

/* Does one of the row's own terms answer the token? */
static bool terms_answer(TermList terms, const NameToken *t) {
    for (size_t i = 0; i < t->n_alts; i++) {
        Str want = t->alts[i].term;
        for (size_t j = 0; j < terms.n; j++)
            if (t->alts[i].is_prefix ? str_starts(terms.v[j], want) : str_eq(terms.v[j], want))
                return true;
    }
    return false;
}

static bool all_answer(const Ctx *c, const TermScan *s, const Row *row) {
    TermList terms = { .v = arena_array(c->arena, Str, TERMS_PER_ROW_MAX) };
    terms.n = row_terms(c->arena, row, terms.v);
    for (size_t i = 0; i < s->q->n_tokens; i++)
        if (!terms_answer(terms, &s->q->tokens[i])) return false;
    return true;
}

/* The alternatives of a key overlap. */
static bool found_before(const TermScan *s, int64_t rid) {
    for (size_t i = 0; i < s->found.n; i++)
        if (s->found.v[i]->rid == rid) return true;
    return false;
}

/* Looks at a row; takes it where it is in reach and answers. */
static Status consider(Ctx *c, TermScan *s, int64_t rid) {
    Stmt *st = db_stmt(c, c->reader->db, s->table->sql_select_rid);
    if (!st) return ctx_status(c);
    bind_int(st, 1, rid);
    bool found = false;
    TRY(db_step(c, c->reader->db, st, &found));
    if (!found) return ST_OK; /* deleted in this transaction */
    Row row;
    bool fits = reach_has(c, s->table->lane, (uint32_t)col_int(st, 2)) &&
                (s->q->with_void || col_is_null(st, 3));
    if (fits) row_from_stmt(c->arena, s->table, st, 0, &row);
    sqlite3_reset(st);
    if (!fits || (s->lead && found_before(s, rid))) return ST_OK;
    if (s->judge && !all_answer(c, s, &row)) return ST_OK;
    Record *r = NULL;
    TRY(record_finish(c, &row, &r));
    vec_push(c->arena, &s->found, r);
    return ST_OK;
}

static bool is_asked_for(const TermScan *s, int64_t code) {
    for (size_t i = 0; i < s->lead->n_alts; i++)
        if (s->codes[i] == code) return true;
    return false;
}

/* The rows of a statement: their numbers, and the key each was found by where several are passed. */
static Status walk(Ctx *c, TermScan *s, Stmt *st, bool passes_others) {
    for (;;) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) return ST_OK;
        if (passes_others && !is_asked_for(s, col_int(st, 1))) continue;
        if (s->found.n >= s->q->limit || s->searched >= s->scan_max) {
            s->stopped = true;
            sqlite3_reset(st);
            return ST_OK;
        }
        s->searched++;
        Status status = consider(c, s, col_int(st, 0));
        if (status == ST_OK) continue;
        sqlite3_reset(st);
        return status;
    }
}

static Status walk_codes(Ctx *c, TermScan *s, int64_t from, int64_t to) {
    Stmt *st = db_stmt(c, c->reader->db,
                       "SELECT rid, term FROM term WHERE kind=?1 AND term>=?2 AND term<=?3");
    if (!st) return ctx_status(c);
    bind_int(st, 1, s->q->kind->k->no);
    bind_int(st, 2, from);
    bind_int(st, 3, to);
    return walk(c, s, st, from != to);
}

static Status walk_key(Ctx *c, TermScan *s, Str key) {
    Str serial = term_serial(c->arena, key);
    int64_t code = term_code(key);
    if (!term_code_is_exact(code)) s->judge = true;
    TRY(walk_codes(c, s, code, code));
    if (!serial.s || s->stopped) return ST_OK;
    s->judge = true;
    code = term_code(serial);
    return walk_codes(c, s, code, code);
}

/* The years of one pair of names lie side by side, and are walked in one go. */
static bool lie_together(const TermScan *s, int64_t *ret_from, int64_t *ret_to) {
    *ret_from = *ret_to = s->codes[0];
    for (size_t i = 0; i < s->lead->n_alts; i++) {
        int64_t code = s->codes[i];
        if (s->lead->alts[i].term.s[0] != '=' || !term_code_is_exact(code) ||
            code >> TERM_YEAR_BITS != s->codes[0] >> TERM_YEAR_BITS)
            return false;
        if (code < *ret_from) *ret_from = code;
        if (code > *ret_to) *ret_to = code;
    }
    return true;
}

static Status walk_lead(Ctx *c, TermScan *s) {
    int64_t from, to;
    s->judge = s->q->n_tokens > 1;
    for (size_t i = 0; i < s->lead->n_alts; i++)
        s->codes[i] = term_code(s->lead->alts[i].term);
    if (lie_together(s, &from, &to)) return walk_codes(c, s, from, to);
    for (size_t i = 0; i < s->lead->n_alts && !s->stopped; i++)
        TRY(walk_key(c, s, s->lead->alts[i].term));
    return ST_OK;
}

static Status walk_words(Ctx *c, TermScan *s) {
    const Reach *reach = c->reach;
    const uint32_t *scopes = NULL;
    size_t n_scopes = 0;
    if (!reach || (!reach->everything && reach->lane[s->table->lane].n == 0)) return ST_OK;
    if (!reach->everything && reach->lane[s->table->lane].n <= SCOPES_IN_MATCH) {
        scopes = reach->lane[s->table->lane].scopes;
        n_scopes = reach->lane[s->table->lane].n;
    }
    Str match = words_match(c->arena, s->q->tokens, s->q->n_tokens, scopes, n_scopes);
    Stmt *st = db_stmt(c, c->reader->db, s->table->sql_words_find);
    if (!st) return ctx_status(c);
    bind_text(st, 1, match);
    return walk(c, s, st, false);
}

Status read_terms(Ctx *c, const TermQuery *q, Record ***ret, size_t *ret_n, int64_t *ret_searched) {
    TermScan s = { .q = q, .table = schema_table(c->reader->schema, q->kind, q->kind->k->lane) };
    ASSERT(q->limit > 0 && q->limit <= TERMS_RESULT_MAX);
    s.scan_max = q->scan_max ? (int64_t)q->scan_max : SCAN_DEFAULT;
    for (size_t i = 0; i < q->n_tokens && !s.lead; i++)
        if (token_is_key(&q->tokens[i])) s.lead = &q->tokens[i];
    if (s.lead)
        TRY(walk_lead(c, &s));
    else if (q->n_tokens)
        TRY(walk_words(c, &s));
    *ret = s.found.v;
    *ret_n = s.found.n;
    if (ret_searched) *ret_searched = s.stopped ? -s.searched : s.searched;
    return ST_OK;
}
