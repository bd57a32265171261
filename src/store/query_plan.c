/* query_plan.c: which index a query walks along. SQLite is told (INDEXED BY): it has no statistics,
 * and a page must never cost a sort of a million rows.
 *
 * What an index could answer of a condition (Sql.drives) is tried for its size first: counting some
 * thousand entries of an index costs less than a millisecond. */
#include "store/query_int.h"

#include "base/banned.h"

/* all: whatever the drives of this column say; else what limits its end in this direction. */
static Str bounds_of(Sql *s, const char *column, bool all, bool descending) {
    Buf b = buf_new(s->c->arena, 1 << 20);
    for (size_t i = 0; i < s->drives.n; i++) {
        const Drive *d = &s->drives.v[i];
        bool ends = d->op == DRIVE_EQUAL || d->op == (descending ? DRIVE_LOWER : DRIVE_UPPER);
        if (strcmp(d->column, column) != 0 || !(all || ends)) continue;
        if (b.n) buf_str(&b, STR(" AND "));
        buf_str(&b, d->sql);
    }
    ASSERT(!buf_full(&b));
    return buf_text(&b);
}

Str plan_bounds(Sql *s, const char *column) {
    return bounds_of(s, column, true, false);
}

Str plan_end(Sql *s, const char *column, bool descending) {
    return bounds_of(s, column, false, descending);
}

bool plan_has_bounds(const Sql *s, const char *column) {
    for (size_t i = 0; i < s->drives.n; i++)
        if (strcmp(s->drives.v[i].column, column) == 0) return true;
    return false;
}

static bool has_equal(const Sql *s, const char *column) {
    for (size_t i = 0; i < s->drives.n; i++)
        if (s->drives.v[i].op == DRIVE_EQUAL && strcmp(s->drives.v[i].column, column) == 0)
            return true;
    return false;
}

void plan_reach(Sql *s) {
    enum { SCOPES_MAX = 64 };
    const Reach *reach = s->c->reach;
    Lane lane = s->root.table->lane;
    if (!reach || reach->everything || !table_has_scope_index(s->root.table)) return;
    size_t n = reach->lane[lane].n;
    if (n == 0 || n > SCOPES_MAX) return;
    Buf b = buf_new(s->c->arena, 1024);
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "%s?%d", i ? ", " : "", sql_value(s, val_int(reach->lane[lane].scopes[i])));
    Str list = buf_text(&b);
    Str sql =
        str_printf(s->c->arena, n == 1 ? "t0.scope = %.*s" : "t0.scope IN (%.*s)", STR_ARG(list));
    vec_push(s->c->arena, &s->drives, (Drive){ "scope", n == 1 ? DRIVE_EQUAL : DRIVE_IN, sql });
}

Str plan_table(Sql *s, const char *column) {
    const char *name = s->root.table->name;
    Arena *a = s->c->arena;
    if (!column) return str_printf(a, "\"%s\" AS t0 NOT INDEXED", name);
    return str_printf(a, "\"%s\" AS t0 INDEXED BY \"%s__%s\"", name, name, column);
}

/* How many entries of the index lie within the bounds, counted up to `cap`. */
static Status probe(Sql *s, const char *column, Str bounds, int64_t cap, int64_t *ret) {
    Str from = plan_table(s, column);
    Str text =
        str_printf(s->c->arena, "SELECT count(*) FROM (SELECT 1 FROM %.*s WHERE %.*s LIMIT %lld)",
                   STR_ARG(from), STR_ARG(bounds), (long long)cap);
    return run_number(s->c, NULL, s, text, true, ret);
}

/* The column with the fewest rows, if one has fewer than `cap`; else *ret stays as it is. */
static Status fewest(Sql *s, int64_t cap, Walk *ret) {
    int64_t least = cap;
    for (size_t i = 0; i < s->drives.n; i++) {
        const char *column = s->drives.v[i].column;
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || strcmp(s->drives.v[j].column, column) == 0;
        if (seen) continue;
        int64_t n = 0;
        Str bounds = plan_bounds(s, column);
        TRY(probe(s, column, bounds, least, &n));
        if (n >= least) continue;
        least = n;
        *ret = (Walk){ .type = WALK_SORT, .column = column, .bounds = bounds, .n = n };
    }
    return ST_OK;
}

static const char *equal_column(const Sql *s) {
    for (size_t i = 0; i < s->drives.n; i++)
        if (s->drives.v[i].op == DRIVE_EQUAL) return s->drives.v[i].column;
    return NULL;
}

Status plan_list(Sql *s, bool by_field, const char *order, Walk *ret) {
    Walk w = { .type = by_field ? WALK_SORT : WALK_AGE, .bounds = STR(""), .n = -1 };
    TRY(fewest(s, SORT_BOUND_MAX, &w));
    bool few_by_order = w.column && order && strcmp(w.column, order) == 0;
    if (order && (!w.column || few_by_order))
        w = (Walk){ .type = WALK_ORDER, .column = order, .bounds = STR(""), .n = -1 };
    if (!by_field) {
        /* Within one value an index is in order of age: nothing to sort, however many there are. */
        if (w.type == WALK_AGE && equal_column(s)) w.column = equal_column(s);
        if (w.column && has_equal(s, w.column)) {
            w.type = WALK_EQUAL;
            w.bounds = plan_bounds(s, w.column);
        }
    }
    *ret = w;
    return ST_OK;
}

Status plan_count(Sql *s, Walk *ret) {
    static const int64_t caps[] = { 1000, 10000, 100000 };
    Walk w = { .type = WALK_AGE, .bounds = STR(""), .n = -1 };
    for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]) && !w.column; i++)
        TRY(fewest(s, caps[i], &w));
    *ret = w;
    return ST_OK;
}

Status count_rows(Ctx *c, const KindInfo *k, RowsCounted which, int64_t *ret) {
    Sql *s = sql_new(c, k);
    Str reach = which == ROWS_OF_ALL ? STR("") : sql_reach(s, "r", k->k->lane);
    Str text = str_printf(
        c->arena, "SELECT coalesce(sum(%s), 0) FROM row_count AS r WHERE r.kind = ?%d%s%.*s",
        which == ROWS_IN_FORCE ? "r.n - r.void" : "r.n", sql_value(s, val_int(k->k->no)),
        reach.n ? " AND " : "", STR_ARG(reach));
    return run_number(c, NULL, s, text, false, ret);
}
