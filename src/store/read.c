/* read.c: records by id, by reference, by a field's value and by search terms, within reach. */
#include "store/store_int.h"

#include "base/banned.h"

enum {
    SCAN_DEFAULT = 50000,
    TERMS_RESULT_MAX = 1000,
    COUNTED_MAX = 2000, /* among terms with more rows than that any may lead */
};

bool reach_has(const Ctx *c, Lane lane, uint32_t scope) {
    if (!c->reach) return false;
    if (c->reach->everything) return true;
    for (size_t i = 0; i < c->reach->lane[lane].n; i++)
        if (c->reach->lane[lane].scopes[i] == scope) return true;
    return false;
}

bool reach_has_scope(const Ctx *c, uint32_t scope) {
    Id office;
    Lane lane;
    return store_scope_office(c->store, scope, &office, &lane) && reach_has(c, lane, scope);
}

static Status missing(Ctx *c, const KindInfo *k) {
    return FAIL(c, ST_MISSING, "", "error.missing", "kind", str_of(k->k->name));
}

/* Values of fields that live in another lane's table, as far as that lane is in reach. */
static Status add_side_values(Ctx *c, Record *r) {
    const Schema *schema = c->reader->schema;
    Id office;
    Lane own = r->kind->k->lane;
    if (!store_scope_office(c->store, r->scope, &office, &own)) return ST_OK;
    for (uint32_t lane = 0; lane < LANES; lane++) {
        TableSpec *t = schema_table(schema, r->kind, (Lane)lane);
        if (!t || t->main) continue;
        uint32_t scope = store_scope_no(c->store, office, (Lane)lane);
        if (!scope || !reach_has(c, (Lane)lane, scope)) continue;
        Row row;
        TRY(row_load(c, c->reader->db, t, r->id, scope, &row));
        if (!row.rid) continue;
        for (size_t i = 0; i < t->n_columns; i++)
            r->values[t->columns[i].field->index] = row.values[i];
        for (size_t i = 0; i < row.extra.map.n; i++) {
            const FieldInfo *f = kind_field(r->kind, row.extra.map.v[i].key);
            if (f) r->values[f->index] = row.extra.map.v[i].value;
        }
    }
    return ST_OK;
}

static Status mark_conflict(Ctx *c, Record *r) {
    Heads h;
    if (!heads_several(r->heads)) return ST_OK;
    if (!heads_parse(c->arena, r->heads, &h))
        return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("heads blob"));
    for (size_t i = 0; i < h.n; i++) {
        if (h.fields[i].n_heads < 2) continue;
        const FieldInfo *f = field_of_key(r->kind, &h.fields[i].key);
        if (f && f->f.merge == MERGE_MUST_RESOLVE) r->conflict = true;
    }
    return ST_OK;
}

Status record_finish(Ctx *c, Row *row, Record **ret) {
    TRY(record_from_row(c, row, ret));
    TRY(mark_conflict(c, *ret));
    return add_side_values(c, *ret);
}

Status read_record(Ctx *c, const KindInfo *k, Id id, Record **ret) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    Row row;
    TRY(row_find(c, c->reader->db, t, id, &row));
    if (!row.rid || !reach_has(c, t->lane, row.scope_no)) return missing(c, k);
    return record_finish(c, &row, ret);
}

/* Runs a prepared SELECT of a table's columns and keeps what is in reach. */
static Status collect(Ctx *c, const TableSpec *t, Stmt *st, size_t limit, Record ***ret,
                      size_t *ret_n) {
    VEC(Row) rows = { 0 };
    for (;;) {
        bool more = false;
        TRY(db_step(c, c->reader->db, st, &more));
        if (!more) break;
        if (!reach_has(c, t->lane, (uint32_t)col_int(st, 2))) continue;
        Row row;
        row_from_stmt(c->arena, t, st, 0, &row);
        vec_push(c->arena, &rows, row);
        if (rows.n == limit) {
            sqlite3_reset(st);
            break;
        }
    }
    Record **out = arena_array(c->arena, Record *, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        TRY(record_finish(c, &rows.v[i], &out[i]));
    *ret = out;
    *ret_n = rows.n;
    return ST_OK;
}

Status read_children(Ctx *c, const KindInfo *k, const char *ref, Id target, bool with_void,
                     Record ***ret, size_t *ret_n) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    if (!kind_field(k, str_of(ref))) BUG(ref);
    Str sql = str_printf(c->arena, "SELECT %s FROM \"%s\" WHERE \"%s\"=?1%s ORDER BY rid",
                         t->sql_columns, t->name, ref, with_void ? "" : " AND void IS NULL");
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_id(st, 1, &target);
    return collect(c, t, st, SIZE_MAX, ret, ret_n);
}

Status read_conflicts(Ctx *c, const KindInfo *k, size_t limit, Record ***ret, size_t *ret_n) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    Str sql = str_printf(
        c->arena,
        "SELECT %s FROM \"%s\" WHERE void IS NULL AND rid IN (SELECT r.rid FROM conflict x JOIN \"%s\" r"
        " ON r.id=x.id AND r.scope=x.scope WHERE x.kind=?1 AND x.must=1) ORDER BY rid",
        t->sql_columns, t->name, t->name);
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_int(st, 1, k->k->no);
    return collect(c, t, st, limit, ret, ret_n);
}

Status read_by_field(Ctx *c, const KindInfo *k, const char *field, Val value, Record **ret) {
    const TableSpec *t = schema_table(c->reader->schema, k, k->k->lane);
    const FieldInfo *f = kind_field(k, str_of(field));
    if (!f) BUG(field);
    bool fold = f->f.type == FT_TEXT && f->f.flags & (FF_INDEXED | FF_SORT);
    if (fold && value.type == VAL_TEXT) value = val_text(text_fold(c->arena, value.text));
    Str sql = str_printf(c->arena,
                         "SELECT %s FROM \"%s\" WHERE \"%s%s\"=?1 AND void IS NULL ORDER BY rid",
                         t->sql_columns, t->name, field, fold ? "__fold" : "");
    Stmt *st = db_stmt(c, c->reader->db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bind_value(st, 1, c->arena, f, value);
    Record **rows = NULL;
    size_t n = 0;
    TRY(collect(c, t, st, 1, &rows, &n));
    if (n == 0) return missing(c, k);
    *ret = rows[0];
    return ST_OK;
}

/* ---- search terms ---- */

typedef struct TermRange {
    Str from, to; /* term >= from and term < to; to empty: term = from */
} TermRange;

static TermRange range_of(Arena *a, const NameAlt *alt) {
    TermRange r = { alt->term, STR_NONE };
    if (alt->is_prefix) r.to = str_concat(a, alt->term, STR("\xf4\x8f\xbf\xbf"));
    return r;
}

static const char term_equal[] =
    "SELECT count(*) FROM (SELECT 1 FROM term WHERE kind=?1 AND term=?2 LIMIT ?3)";
static const char term_between[] =
    "SELECT count(*) FROM (SELECT 1 FROM term WHERE kind=?1 AND term>=?2 AND term<?4 LIMIT ?3)";

/* How many postings a token has, counted up to `cap`. */
static Status token_size(Ctx *c, const KindInfo *k, const NameToken *t, int64_t cap, int64_t *ret) {
    *ret = 0;
    for (size_t i = 0; i < t->n_alts && *ret < cap; i++) {
        TermRange r = range_of(c->arena, &t->alts[i]);
        Stmt *st = db_stmt(c, c->reader->db, r.to.s ? term_between : term_equal);
        if (!st) return ctx_status(c);
        bind_int(st, 1, k->k->no);
        bind_text(st, 2, r.from);
        bind_int(st, 3, cap - *ret);
        if (r.to.s) bind_text(st, 4, r.to);
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        *ret += col_int(st, 0);
        sqlite3_reset(st);
    }
    return ST_OK;
}

/* Row numbers that were considered already: the alternatives of a token overlap. */
typedef struct RidSet {
    int64_t *slots; /* 0: empty */
    size_t n, cap;  /* cap: a power of two */
} RidSet;

static int64_t *rid_slot(const RidSet *s, int64_t rid) {
    uint64_t h = (uint64_t)rid * 0x9e3779b97f4a7c15u;
    for (size_t i = (size_t)(h >> 32) & (s->cap - 1);; i = (i + 1) & (s->cap - 1))
        if (s->slots[i] == 0 || s->slots[i] == rid) return &s->slots[i];
}

/* False: it was there. */
static bool rid_add(Arena *a, RidSet *s, int64_t rid) {
    if (2 * s->n >= s->cap) {
        RidSet bigger = { .cap = s->cap ? 4 * s->cap : 1024, .n = s->n };
        bigger.slots = arena_array(a, int64_t, bigger.cap);
        for (size_t i = 0; i < s->cap; i++)
            if (s->slots[i]) *rid_slot(&bigger, s->slots[i]) = s->slots[i];
        *s = bigger;
    }
    int64_t *slot = rid_slot(s, rid);
    if (*slot == rid) return false;
    *slot = rid;
    s->n++;
    return true;
}

typedef struct TermScan {
    const TermQuery *q;
    const TableSpec *table;
    const char *sql_equal, *sql_between; /* a term's rows: rid, scope, void, terms */
    size_t lead;                         /* the rarest token: its postings are walked */
    bool may_repeat;
    int64_t searched, scan_max;
    bool stopped;
    RidSet seen;
    VEC(Record *) found;
} TermScan;

/* Does one of the row's own terms answer the token? */
static bool terms_answer(Str terms, const NameToken *t) {
    while (terms.s) {
        Str one = str_cut(&terms, ' ');
        for (size_t i = 0; i < t->n_alts; i++) {
            Str want = t->alts[i].term;
            if (t->alts[i].is_prefix ? str_starts(one, want) : str_eq(one, want)) return true;
        }
    }
    return false;
}

static bool all_answer(const TermScan *s, Str terms) {
    for (size_t t = 0; t < s->q->n_tokens; t++)
        if (t != s->lead && !terms_answer(terms, &s->q->tokens[t])) return false;
    return true;
}

static bool fits_query(const Ctx *c, TermScan *s, Stmt *st) {
    const TermQuery *q = s->q;
    if (!reach_has(c, s->table->lane, (uint32_t)col_int(st, 1))) return false;
    if (!q->with_void && !col_is_null(st, 2)) return false;
    if (!all_answer(s, col_bytes(st, 3))) return false;
    return !s->may_repeat || rid_add(c->arena, &s->seen, col_int(st, 0));
}

static Status take(Ctx *c, TermScan *s, int64_t rid) {
    Stmt *st = db_stmt(c, c->reader->db, s->table->sql_select_rid);
    if (!st) return ctx_status(c);
    bind_int(st, 1, rid);
    bool found = false;
    TRY(db_step(c, c->reader->db, st, &found));
    if (!found) return ST_OK;
    Row row;
    row_from_stmt(c->arena, s->table, st, 0, &row);
    sqlite3_reset(st);
    Record *r = NULL;
    TRY(record_finish(c, &row, &r));
    vec_push(c->arena, &s->found, r);
    return ST_OK;
}

static Status walk_alt(Ctx *c, TermScan *s, const NameAlt *alt) {
    TermRange r = range_of(c->arena, alt);
    Stmt *st = db_stmt(c, c->reader->db, r.to.s ? s->sql_between : s->sql_equal);
    if (!st) return ctx_status(c);
    bind_int(st, 1, s->q->kind->k->no);
    bind_text(st, 2, r.from);
    if (r.to.s) bind_text(st, 3, r.to);
    for (;;) {
        bool row = false;
        TRY(db_step(c, c->reader->db, st, &row));
        if (!row) return ST_OK;
        if (s->found.n >= s->q->limit || s->searched >= s->scan_max) {
            s->stopped = true;
            sqlite3_reset(st);
            return ST_OK;
        }
        s->searched++;
        if (fits_query(c, s, st)) TRY(take(c, s, col_int(st, 0)));
    }
}

/* One statement walks the postings and looks at each row just enough to judge it. */
static void build_sql(Ctx *c, TermScan *s) {
    Str head = str_printf(c->arena,
                          "SELECT r.rid, r.scope, r.void, r.terms FROM term t CROSS JOIN \"%s\" r"
                          " ON r.rid=t.rid WHERE t.kind=?1 AND ",
                          s->table->name);
    s->sql_equal = str_c(c->arena, str_concat(c->arena, head, STR("t.term=?2")));
    s->sql_between = str_c(c->arena, str_concat(c->arena, head, STR("t.term>=?2 AND t.term<?3")));
}

Status read_terms(Ctx *c, const TermQuery *q, Record ***ret, size_t *ret_n, int64_t *ret_searched) {
    TermScan s = { .q = q, .table = schema_table(c->reader->schema, q->kind, q->kind->k->lane) };
    ASSERT(q->limit > 0 && q->limit <= TERMS_RESULT_MAX);
    build_sql(c, &s);
    s.scan_max = q->scan_max ? (int64_t)q->scan_max : SCAN_DEFAULT;
    int64_t least = s.scan_max < COUNTED_MAX ? s.scan_max : COUNTED_MAX;
    for (size_t i = 0; i < q->n_tokens && q->n_tokens > 1; i++) {
        /* What has more than the rarest so far need not be counted further. */
        int64_t n = 0;
        TRY(token_size(c, q->kind, &q->tokens[i], least, &n));
        if (n < least) least = n, s.lead = i;
    }
    const NameToken *lead = q->n_tokens > 0 ? &q->tokens[s.lead] : NULL;
    s.may_repeat = lead && (lead->n_alts > 1 || lead->alts[0].is_prefix);
    for (size_t i = 0; lead && i < lead->n_alts && !s.stopped; i++)
        TRY(walk_alt(c, &s, &lead->alts[i]));
    *ret = s.found.v;
    *ret_n = s.found.n;
    if (ret_searched) *ret_searched = s.stopped ? -s.searched : s.searched;
    return ST_OK;
}
