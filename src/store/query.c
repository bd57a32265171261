/* query.c: lists, counts and tallies of a kind's records, within reach.
 *
 * A list is walked row by row in its order, and each row is judged where it stands: out of reach,
 * no, or yes. So what a page costs is what it looked at, and it can stop anywhere and be taken up
 * again at (key, rid): rows that came or went meanwhile move nothing. The order is the same
 * whatever index is walked: known keys, then unknown ones; equal keys by rid; descending turns
 * keys and rids around but leaves the unknown ones last. */
#include "store/query_int.h"

#include "base/banned.h"

enum { LIMIT_MAX = 1000, SCAN_DEFAULT = 50000, VERDICT_OUT = -1, VERDICT_NO = 0, VERDICT_YES = 1 };

/* ---- verdicts ---- */

/* A row's verdict. The nesting of CASE makes SQLite look at scope and void first. */
static Str verdict(Sql *s, bool with_void, Str where) {
    Arena *a = s->c->arena;
    Str reach = sql_reach(s, "t0", s->root.table->lane), v = STR("1");
    if (where.n)
        v = str_printf(a, "CASE WHEN %s(%.*s) THEN 1 ELSE 0 END",
                       with_void ? "" : "t0.void IS NULL AND ", STR_ARG(where));
    else if (!with_void)
        v = STR("CASE WHEN t0.void IS NULL THEN 1 ELSE 0 END");
    if (reach.n == 0) return v;
    return str_printf(a, "CASE WHEN %.*s THEN %.*s ELSE -1 END", STR_ARG(reach), STR_ARG(v));
}

static bool any_in_reach(const Ctx *c, const KindInfo *k) {
    return c->reach && (c->reach->everything || c->reach->lane[k->k->lane].n > 0);
}

static Status compile(Ctx *c, const KindInfo *k, const Expr *where, Sql **ret_sql, Str *ret_where) {
    *ret_sql = sql_new(c, k);
    *ret_where = STR("");
    TRY(query_functions(c, c->reader->db));
    ASSERT(!where || (where->kind->k->no == k->k->no && where->type == EXPR_BOOL));
    if (where) TRY(sql_where(*ret_sql, where, ret_where));
    plan_reach(*ret_sql);
    return ST_OK;
}

/* SELECT `what` from the table, walked by a column's index, where `conditions` hold. */
static Str statement(Sql *s, Str what, const char *column, Str conditions, const char *tail) {
    Arena *a = s->c->arena;
    Str table = plan_table(s, column), from;
    Str base = str_printf(a, "%.*s%s%.*s", STR_ARG(table), conditions.n ? " WHERE " : "",
                          STR_ARG(conditions));
    Str with = sql_with(s, &s->root, base, &from);
    return str_printf(a, "%.*sSELECT %.*s FROM %.*s%s", STR_ARG(with), STR_ARG(what), STR_ARG(from),
                      tail);
}

static Str and_also(Arena *a, Str x, Str y) {
    if (x.n == 0 || y.n == 0) return x.n ? x : y;
    return str_printf(a, "%.*s AND %.*s", STR_ARG(x), STR_ARG(y));
}

/* ---- a list being walked ---- */

typedef struct Listing {
    Ctx *c;
    const Query *q;
    Sql *sql;
    Work *work;
    Str verdict;
    Str key;            /* what it is ordered by; empty: age */
    const char *column; /* the column of that order with an index; NULL: none */
    bool has_unknown;   /* that index holds unknown keys too */
    Walk walk;
    Place from;
    int64_t looked, searched, scan_max;
    int64_t *rids;
    size_t n;
    bool full; /* stopped before the end, at: */
    Place at;
} Listing;

static Val key_of(Ctx *c, Stmt *st, int i) {
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_INTEGER: return val_int(col_int(st, i));
    case SQLITE_TEXT: return val_text(col_copy(c->arena, st, i));
    case SQLITE_BLOB: return val_bytes(col_copy(c->arena, st, i));
    default: return VAL_ABSENT;
    }
}

/* Walks one statement: verdict, rid, key. only_unknown: rows with a key were met before. */
static Status walk(Listing *l, Str text, bool only_unknown, bool last) {
    Run r;
    bool row = false;
    TRY(run_open(l->c, l->work, l->sql, text, l->q->where != NULL, &r));
    for (;;) {
        TRY(run_step(&r, &row));
        if (!row) break;
        int64_t v = col_int(r.st, 0), rid = col_int(r.st, 1);
        bool unknown = l->key.n && col_is_null(r.st, 2);
        if (only_unknown && !unknown) v = VERDICT_OUT;
        l->looked++;
        if (v != VERDICT_OUT) l->searched++;
        if (v == VERDICT_YES) l->rids[l->n++] = rid;
        if (l->n < l->q->limit && l->looked < l->scan_max && !work_is_long(l->work)) continue;
        l->at = (Place){ .given = true, .unknown = unknown || only_unknown, .rid = rid };
        if (l->key.n && !only_unknown) l->at.key = key_of(l->c, r.st, 2);
        /* One more look: a full page that was the last one says so. */
        TRY(run_step(&r, &row));
        l->full = row || !last;
        break;
    }
    run_close(&r);
    return ST_OK;
}

static Str columns_with(Listing *l, Str key) {
    return str_printf(l->c->arena, "%.*s AS __verdict, t0.rid AS __rid, %.*s AS __key",
                      STR_ARG(l->verdict), STR_ARG(key.n ? key : STR("NULL")));
}

static Str columns_of(Listing *l) {
    return columns_with(l, l->key);
}

static Str rid_beyond(Listing *l) {
    return str_printf(l->c->arena, "t0.rid %s ?%d", l->q->descending ? "<" : ">",
                      sql_value(l->sql, val_int(l->from.rid)));
}

static const char *by_rid(const Listing *l) {
    return l->q->descending ? " ORDER BY t0.rid DESC" : " ORDER BY t0.rid";
}

static Status list_by_age(Listing *l) {
    Str conditions = l->walk.bounds;
    if (l->from.given) conditions = and_also(l->c->arena, conditions, rid_beyond(l));
    const char *column = l->walk.type == WALK_EQUAL ? l->walk.column : NULL;
    return walk(l, statement(l->sql, columns_of(l), column, conditions, by_rid(l)), false, true);
}

/* ---- by the index of the order ---- */

/* Equal keys lie in the index by rid: first those that are left of the key of the place, then the
 * keys beyond. One comparison of (key, rid) would have SQLite pass over all that are equal. */
static Status list_known(Listing *l, bool last) {
    Arena *a = l->c->arena;
    const char *by =
        l->q->descending ? " ORDER BY __key DESC, t0.rid DESC" : " ORDER BY __key, t0.rid";
    Str what = columns_of(l), bounds, conditions;
    if (!l->from.given) {
        conditions = str_printf(a, "%.*s IS NOT NULL", STR_ARG(l->key));
        bounds = plan_bounds(l->sql, l->column);
        conditions = and_also(a, conditions, bounds);
        return walk(l, statement(l->sql, what, l->column, conditions, by), false, last);
    }
    int key = sql_value(l->sql, l->from.key);
    conditions = str_printf(a, "%.*s = ?%d", STR_ARG(l->key), key);
    conditions = and_also(a, conditions, rid_beyond(l));
    TRY(walk(l, statement(l->sql, what, l->column, conditions, by_rid(l)), false, false));
    if (l->full) return ST_OK;
    conditions = str_printf(a, "%.*s %s ?%d", STR_ARG(l->key), l->q->descending ? "<" : ">", key);
    bounds = plan_end(l->sql, l->column, l->q->descending);
    conditions = and_also(a, conditions, bounds);
    return walk(l, statement(l->sql, what, l->column, conditions, by), false, last);
}

/* An index without the unknown keys: are there any? */
static Status any_unknown(Listing *l, bool *ret) {
    int64_t n = 0;
    Str index = plan_table(l->sql, l->column);
    Str text = str_printf(l->c->arena,
                          "SELECT (SELECT count(*) FROM \"%s\") - (SELECT count(*) FROM %.*s WHERE "
                          "%.*s IS NOT NULL)",
                          l->sql->root.table->name, STR_ARG(index), STR_ARG(l->key));
    TRY(run_number(l->c, l->work, l->sql, text, false, &n));
    *ret = n > 0;
    return ST_OK;
}

static Status list_unknown(Listing *l) {
    Str conditions = STR(""), what = columns_of(l);
    bool any = true, here = l->from.given && l->from.unknown;
    if (!l->has_unknown && !here) TRY(any_unknown(l, &any));
    if (!any) return ST_OK;
    if (l->has_unknown) conditions = str_printf(l->c->arena, "%.*s IS NULL", STR_ARG(l->key));
    if (here) conditions = and_also(l->c->arena, conditions, rid_beyond(l));
    /* By age past those with a key: that there is none shows without computing it. */
    if (!l->has_unknown)
        what = columns_with(l, str_printf(l->c->arena, "t0.\"%s\"", l->q->order->f.name));
    const char *column = l->has_unknown ? l->column : NULL;
    return walk(l, statement(l->sql, what, column, conditions, by_rid(l)), true, true);
}

static Status list_by_order(Listing *l) {
    /* A condition on the key itself is not true where the key is unknown. */
    bool known_only = plan_has_bounds(l->sql, l->column);
    if (!l->from.given || !l->from.unknown) TRY(list_known(l, known_only));
    if (l->full || known_only) return ST_OK;
    return list_unknown(l);
}

/* ---- sorted each time ---- */

static Str beyond_place(Listing *l) {
    Arena *a = l->c->arena;
    const char *beyond = l->q->descending ? "<" : ">";
    int rid = sql_value(l->sql, val_int(l->from.rid));
    if (l->key.n == 0) return str_printf(a, "__rid %s ?%d", beyond, rid);
    if (l->from.unknown) return str_printf(a, "__key IS NULL AND __rid %s ?%d", beyond, rid);
    int key = sql_value(l->sql, l->from.key);
    return str_printf(a, "(__key %s ?%d OR (__key = ?%d AND __rid %s ?%d) OR __key IS NULL)",
                      beyond, key, key, beyond, rid);
}

static Status list_sorted(Listing *l) {
    Arena *a = l->c->arena;
    Sql *s = l->sql;
    if (!l->walk.column && l->key.n) {
        int64_t rows = 0;
        TRY(count_rows(l->c, l->q->kind, ROWS_IN_REACH, &rows));
        if (rows > SORT_ROWS_MAX)
            return FAIL(l->c, ST_INVALID, "order", "error.query.order", "field",
                        str_of(l->q->order->key_text));
    }
    Str conditions = and_also(a, l->walk.bounds, sql_reach(s, "t0", s->root.table->lane));
    Str beyond = l->from.given ? beyond_place(l) : STR("1");
    const char *down = l->q->descending ? " DESC" : "";
    /* A subquery with a limit is not folded into the whole: a key is computed once a row. */
    Str rows = statement(s, columns_of(l), l->walk.column, conditions, " LIMIT -1");
    Str text =
        str_printf(a, "SELECT * FROM (%.*s) WHERE %.*s ORDER BY __key IS NULL, __key%s, __rid%s",
                   STR_ARG(rows), STR_ARG(beyond), down, down);
    return walk(l, text, false, true);
}

/* ---- read_query ---- */

static Status check_order(Ctx *c, const FieldInfo *f) {
    TRY(field_may_be_asked(c, f, "order"));
    switch (f->f.type) {
    case FT_SET:
    case FT_BLOB:
    case FT_SHAPE:
    case FT_JSON:
        return FAIL(c, ST_INVALID, "order", "error.query.order", "field", str_of(f->key_text));
    default: return ST_OK;
    }
}

static Status check_fields(Ctx *c, const Query *q) {
    for (size_t i = 0; q->columns && i < q->n_columns; i++) {
        Str path = str_printf(c->arena, "columns[%zu]", i);
        TRY(field_may_be_asked(c, q->columns[i], str_c(c->arena, path)));
    }
    return q->order ? check_order(c, q->order) : ST_OK;
}

static void find_order(Listing *l) {
    const FieldInfo *f = l->q->order;
    if (!f) return;
    l->column = order_column(l->sql, f, &l->has_unknown);
    if (l->column)
        l->key = str_printf(l->c->arena, "t0.\"%s\"", l->column);
    else
        l->key = sql_field(l->sql, "t0", f, FIELD_ORDER);
}

static Status run_listing(Listing *l, Page *ret) {
    const Query *q = l->q;
    Hash256 hash = query_hash(q);
    Str where;
    TRY(cursor_open(l->c, &hash, q->cursor, &l->from));
    TRY(compile(l->c, q->kind, q->where, &l->sql, &where));
    ret->rows = arena_array(l->c->arena, Record *, q->limit);
    if (!any_in_reach(l->c, q->kind)) return ST_OK;
    l->verdict = verdict(l->sql, q->with_void, where);
    find_order(l);
    TRY(plan_list(l->sql, q->order != NULL, l->column, &l->walk));
    switch (l->walk.type) {
    case WALK_AGE:
    case WALK_EQUAL: TRY(list_by_age(l)); break;
    case WALK_ORDER: TRY(list_by_order(l)); break;
    case WALK_SORT: TRY(list_sorted(l)); break;
    }
    ret->n = l->n;
    ret->searched = l->searched;
    if (l->full) ret->next = cursor_seal(l->c, &hash, &l->at);
    TRY(records_of(l->c, l->sql->root.table, l->rids, l->n, ret->rows));
    return count_rows(l->c, q->kind, q->with_void ? ROWS_IN_REACH : ROWS_IN_FORCE, &ret->total);
}

Status read_query(Ctx *c, const Query *q, Page *ret) {
    ASSERT(q->limit >= 1 && q->limit <= LIMIT_MAX);
    Page page = { .next = STR("") };
    if (!any_in_reach(c, q->kind)) { /* an office before its first record: nothing to ask about */
        *ret = page;
        return ST_OK;
    }
    TRY(check_fields(c, q));
    Listing l = { .c = c, .q = q, .work = work_begin(c) };
    l.scan_max = q->scan_max ? (int64_t)q->scan_max : SCAN_DEFAULT;
    l.rids = arena_array(c->arena, int64_t, q->limit);
    Status st = run_listing(&l, &page);
    work_end(l.work);
    if (st == ST_OK) *ret = page;
    return st;
}

/* ---- read_count ---- */

/* As in an aggregate: a condition that names "void" itself decides about void records. */
static bool names_void(const Expr *e) {
    for (size_t i = 0; e && i < e->n_nodes; i++) {
        const ExprNode *n = &e->nodes[i];
        if (n->op == EX_FIELD && n->n_path == 1 && n->path[0]->index == 0 && n->kind == e->kind)
            return true;
    }
    return false;
}

static Status count_matches(Ctx *c, Work *w, const KindInfo *k, const Expr *where, int64_t cap,
                            int64_t *ret) {
    Sql *s = NULL;
    Str condition;
    Walk plan;
    TRY(compile(c, k, where, &s, &condition));
    TRY(plan_count(s, &plan));
    Str what = verdict(s, names_void(where), condition);
    what = str_printf(c->arena, "%.*s AS v", STR_ARG(what));
    Str rows = statement(s, what, plan.column, plan.bounds, "");
    Str text =
        str_printf(c->arena, "SELECT count(*) FROM (SELECT 1 FROM (%.*s) WHERE v = 1 LIMIT %lld)",
                   STR_ARG(rows), (long long)cap);
    return run_number(c, w, s, text, true, ret);
}

Status read_count(Ctx *c, const KindInfo *k, const Expr *where, int64_t cap, int64_t *ret) {
    ASSERT(cap >= 0);
    if (!any_in_reach(c, k)) {
        *ret = 0;
        return ST_OK;
    }
    Work *w = work_begin(c);
    Status st = count_matches(c, w, k, where, cap, ret);
    work_end(w);
    return st;
}

Status read_row_count(Ctx *c, const KindInfo *k, int64_t *ret) {
    return count_rows(c, k, ROWS_IN_FORCE, ret);
}

/* ---- read_tally ---- */

enum { TALLY_BY_MAX = 2 };

typedef struct Group Group;
struct Group {
    Tally tally;
    Group *next;
};

typedef struct Counting {
    Ctx *c;
    const FieldInfo *const *by;
    size_t n_by;
    int64_t scan_max, looked;
    Group *groups; /* the newest first */
    size_t n;
    Map by_key; /* → Group */
    Buf key;
    bool whole;
} Counting;

static Status check_by(Ctx *c, const FieldInfo *f) {
    TRY(field_may_be_asked(c, f, "by"));
    if (f->f.type == FT_CODE || f->f.type == FT_BOOL || f->f.type == FT_DATE) return ST_OK;
    return FAIL(c, ST_INVALID, "by", "error.query.group", "field", str_of(f->key_text));
}

static Str by_sql(Sql *s, const FieldInfo *f) {
    Str v = sql_field(s, "t0", f, FIELD_VALUE);
    return f->f.type == FT_DATE ? str_printf(s->c->arena, "panah_year(%.*s)", STR_ARG(v)) : v;
}

static Val by_value(Counting *t, Stmt *st, size_t i) {
    if (i >= t->n_by) return VAL_ABSENT;
    int at = (int)i + 1;
    if (col_is_null(st, at)) return val_null();
    if (t->by[i]->f.type == FT_CODE) return val_text(col_bytes(st, at));
    if (t->by[i]->f.type == FT_BOOL) return val_bool(col_int(st, at) != 0);
    return val_int(col_int(st, at));
}

static Val kept(Arena *a, Val v) {
    return v.type == VAL_TEXT ? val_text(str_copy(a, v.text)) : v;
}

static void count_row(Counting *t, Stmt *st) {
    Arena *a = t->c->arena;
    Val key[TALLY_BY_MAX];
    buf_clear(&t->key);
    for (size_t i = 0; i < TALLY_BY_MAX; i++) {
        key[i] = by_value(t, st, i);
        cbor_put_val(&t->key, key[i]);
    }
    Str bytes = buf_text(&t->key);
    Group *g = map_get(&t->by_key, bytes);
    if (!g) {
        g = arena_new_of(a, Group);
        *g = (Group){ .tally.key = { kept(a, key[0]), kept(a, key[1]) }, .next = t->groups };
        t->groups = g;
        t->n++;
        map_put(&t->by_key, bytes, g);
    }
    g->tally.n++;
}

static int compare_keys(Val a, Val b) {
    bool x = a.type == VAL_NULL || a.type == VAL_NONE, y = b.type == VAL_NULL || b.type == VAL_NONE;
    if (x || y) return (int)x - (int)y;
    if (a.type == VAL_TEXT) return str_cmp(a.text, b.text);
    if (a.type == VAL_BOOL) return (int)a.b - (int)b.b;
    return (a.i > b.i) - (a.i < b.i);
}

static int compare_tallies(const void *a, const void *b) {
    const Tally *x = a, *y = b;
    int order = compare_keys(x->key[0], y->key[0]);
    return order ? order : compare_keys(x->key[1], y->key[1]);
}

static Status run_tally(Counting *t, Work *w, const KindInfo *k, const Expr *where) {
    Sql *s = NULL;
    Str condition;
    Walk plan;
    Run r;
    TRY(compile(t->c, k, where, &s, &condition));
    TRY(plan_count(s, &plan));
    Str what = verdict(s, false, condition);
    for (size_t i = 0; i < t->n_by; i++)
        what = str_printf(t->c->arena, "%.*s, %.*s", STR_ARG(what), STR_ARG(by_sql(s, t->by[i])));
    TRY(run_open(t->c, w, s, statement(s, what, plan.column, plan.bounds, ""), true, &r));
    for (;;) {
        bool row = false;
        TRY(run_step(&r, &row));
        t->whole = !row;
        if (!row || t->looked >= t->scan_max) break;
        t->looked++;
        if (col_int(r.st, 0) == VERDICT_YES) count_row(t, r.st);
    }
    run_close(&r);
    return ST_OK;
}

Status read_tally(Ctx *c, const KindInfo *k, const Expr *where, const FieldInfo *const *by,
                  size_t n_by, int64_t scan_max, Tally **ret, size_t *ret_n, bool *ret_whole) {
    ASSERT(n_by <= TALLY_BY_MAX);
    Counting t = { .c = c, .by = by, .n_by = n_by, .by_key = map_new(c->arena), .whole = true };
    t.key = buf_new(c->arena, 1 << 20);
    t.scan_max = scan_max > 0 ? scan_max : INT64_MAX;
    bool any = any_in_reach(c, k);
    for (size_t i = 0; i < n_by && any; i++)
        TRY(check_by(c, by[i]));
    if (any) {
        Work *w = work_begin(c);
        Status st = run_tally(&t, w, k, where);
        work_end(w);
        TRY(st);
    }
    Tally *out = arena_array(c->arena, Tally, t.n + 1);
    size_t n = 0;
    for (const Group *g = t.groups; g; g = g->next)
        out[n++] = g->tally;
    qsort(out, n, sizeof(Tally), compare_tallies);
    *ret = out;
    *ret_n = n;
    if (ret_whole) *ret_whole = t.whole;
    return ST_OK;
}
