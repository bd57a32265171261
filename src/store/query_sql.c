/* query_sql.c: an expression (model/expr.h) as SQL: the same answer for a million records as
 * expr_eval() gives for one.
 *
 * Unknown is NULL and and/or/not are SQL's own. The nodes come children first, so their texts are put
 * together without recursion; what would nest too deeply for SQLite's parser is taken out and becomes
 * a column of a subquery below, which SQLite folds back into the whole after parsing:
 *
 *     WITH __f0_1 AS (SELECT *, <part> AS __h1 FROM "person" AS t0 WHERE …)
 *     SELECT … t0.__h1 … FROM __f0_1 AS t0                                                        */
#include "store/query_int.h"

#include "base/banned.h"

enum {
    COST_PART_MAX = 24,   /* symbols of the parser's stack before a part is taken out */
    COST_MAX = 78,        /* of the 100 there are, the statement around it takes some */
    PART_TEXT_MAX = 2000, /* bytes before a part is taken out: the whole then grows linearly */
    SQL_BYTES_MAX = 256 << 10,
    ARGS_MAX = 100, /* of a function; SQLite takes 127 */
    SQLITE_HEIGHT_MAX = 900,
    DATE_FIRST = -719162,
    DATE_LAST = 2932896,
};

/* The text of a node. */
typedef struct Part {
    Str sql;
    Str fold; /* a text field's: its stored fold */
    int cost; /* symbols the parser has on its stack while it reads it */
    uint32_t stage;
    bool atom;  /* needs no brackets */
    bool fixed; /* the same for all rows */
} Part;

typedef struct Compiler {
    Sql *s;
    const Expr *e;
    Part *parts;
    SqlFrame **frames; /* of each node: whose rows it speaks of */
} Compiler;

/* A text being put together. */
typedef struct Draft {
    Compiler *k;
    SqlFrame *frame;
    Buf text;
    int cost;
    uint32_t stage;
    bool fixed;
} Draft;

/* ---- putting together ---- */

static Draft draft(Compiler *k, SqlFrame *frame) {
    Arena *a = k->s->c->arena;
    return (Draft){
        .k = k, .frame = frame, .text = buf_new(a, SQL_BYTES_MAX), .cost = 1, .fixed = true
    };
}

static Part hoist(Draft *d, Part p) {
    Sql *s = d->k->s;
    SqlHoist h = { .no = ++s->n_hoists, .stage = p.stage + 1, .sql = p.sql };
    vec_push(s->c->arena, &d->frame->hoists, h);
    if (d->frame->n_stages < h.stage) d->frame->n_stages = h.stage;
    return (Part){
        .sql = str_printf(s->c->arena, "t%u.__h%u", d->frame->no, h.no),
        .cost = 1,
        .stage = h.stage,
        .atom = true,
        .fixed = p.fixed,
    };
}

static void put(Draft *d, const char *text) {
    buf_str(&d->text, str_of(text));
}

/* A part, with `before` symbols of this text on the stack already. */
static void take(Draft *d, Part p, int before) {
    if (before + !p.atom + p.cost > COST_PART_MAX || p.sql.n > PART_TEXT_MAX) p = hoist(d, p);
    int cost = before + !p.atom + p.cost;
    if (d->cost < cost) d->cost = cost;
    if (d->stage < p.stage) d->stage = p.stage;
    d->fixed = d->fixed && p.fixed;
    if (!p.atom) buf_byte(&d->text, '(');
    buf_str(&d->text, p.sql);
    if (!p.atom) buf_byte(&d->text, ')');
}

static Part finish(Draft *d, bool atom) {
    Sql *s = d->k->s;
    s->n_bytes += d->text.n;
    if (buf_full(&d->text)) s->n_bytes = SQL_BYTES_MAX + 1;
    return (Part){ .sql = buf_text(&d->text),
                   .cost = d->cost,
                   .stage = d->stage,
                   .atom = atom,
                   .fixed = d->fixed };
}

static Part atom_of(Str sql, int cost, bool fixed) {
    return (Part){ .sql = sql, .cost = cost, .atom = true, .fixed = fixed };
}

static Part parameter(Compiler *k, Val v) {
    return atom_of(str_printf(k->s->c->arena, "?%d", sql_value(k->s, v)), 1, true);
}

static const ExprNode *kid_node(const Compiler *k, const ExprNode *n, uint32_t i) {
    return &k->e->nodes[k->e->children[n->first_child + i]];
}

static Part kid(const Compiler *k, const ExprNode *n, uint32_t i) {
    return k->parts[k->e->children[n->first_child + i]];
}

/* name(a, b, …), with brackets or other text around it. */
static Part call1(Compiler *k, SqlFrame *f, const char *open, Part a, const char *close) {
    Draft d = draft(k, f);
    put(&d, open);
    a.atom = true; /* the call's own brackets do */
    take(&d, a, 3);
    put(&d, close);
    return finish(&d, true);
}

static Part call2(Compiler *k, SqlFrame *f, const char *open, Part a, const char *between, Part b,
                  const char *close) {
    Draft d = draft(k, f);
    put(&d, open);
    a.atom = b.atom = true;
    take(&d, a, 3);
    put(&d, between);
    take(&d, b, 5);
    put(&d, close);
    return finish(&d, true);
}

static int64_t power10(int n) {
    int64_t power = 1;
    for (; n > 0; n--) power *= 10;
    return power;
}

/* ---- values ---- */

/* A number at another scale, unknown where it does not fit. */
static Part at_scale(Compiler *k, SqlFrame *f, const ExprNode *n, Part p, int scale) {
    if (scale == n->scale) return p;
    Str close = str_printf(k->s->c->arena, ", %lld, 1)", (long long)power10(scale - n->scale));
    return call1(k, f, "panah_mul(", p, str_c(k->s->c->arena, close));
}

/* A date beside a time: its midnight. Dates are within the years 1-9999: that fits. */
static Part as_time(Compiler *k, SqlFrame *f, const ExprNode *n, Part p) {
    if (n->type != EXPR_DATE) return p;
    Draft d = draft(k, f);
    take(&d, p, 1);
    put(&d, " * 86400000000");
    return finish(&d, false);
}

static Part folded(Compiler *k, SqlFrame *f, const ExprNode *n, Part p) {
    if (n->op == EX_CONST) return parameter(k, val_text(n->fold));
    if (p.fold.n) return (Part){ .sql = p.fold, .cost = p.cost, .atom = true };
    return call1(k, f, "panah_fold(", p, ")");
}

static bool day_or_time(const ExprNode *n) {
    return n->type == EXPR_DATE || n->type == EXPR_TIME;
}

/* The side a of a comparison with b. */
static Part side(Compiler *k, SqlFrame *f, const ExprNode *a, Part p, const ExprNode *b) {
    if (a->type == EXPR_TEXT) return folded(k, f, a, p);
    if (day_or_time(a)) return a->type == b->type ? p : as_time(k, f, a, p);
    return at_scale(k, f, a, p, a->scale > b->scale ? a->scale : b->scale);
}

static Part constant(Compiler *k, const ExprNode *n) {
    Val v = n->constant;
    if (v.type == VAL_BOOL) return atom_of(v.b ? STR("1") : STR("0"), 1, true);
    return parameter(k, v);
}

static Status field(Compiler *k, const ExprNode *n, const SqlFrame *f, Part *ret) {
    Sql *s = k->s;
    const char *row = str_c(s->c->arena, str_printf(s->c->arena, "t%u", f->no));
    for (size_t i = 0; i < n->n_path; i++) TRY(field_may_be_asked(s->c, n->path[i], "where"));
    Str sql = sql_path(s, row, n->path, n->n_path, false);
    *ret = atom_of(sql, sql_path_cost(s, n->path, n->n_path), false);
    ret->atom = sql.s[0] != 'C'; /* CASE … END */
    if (n->type == EXPR_TEXT) ret->fold = sql_path(s, row, n->path, n->n_path, true);
    s->n_bytes += sql.n + ret->fold.n;
    return ST_OK;
}

/* ---- conditions ---- */

static const char *operator_of(ExprOp op) {
    switch (op) {
    case EX_EQ: return " = ";
    case EX_NE: return " <> ";
    case EX_LT: return " < ";
    case EX_LE: return " <= ";
    case EX_GT: return " > ";
    case EX_GE: return " >= ";
    default: BUG("not a comparison");
    }
}

static Part comparison(Compiler *k, SqlFrame *f, const ExprNode *n) {
    const ExprNode *a = kid_node(k, n, 0), *b = kid_node(k, n, 1);
    Draft d = draft(k, f);
    take(&d, side(k, f, a, kid(k, n, 0), b), 1);
    put(&d, operator_of(n->op));
    take(&d, side(k, f, b, kid(k, n, 1), a), 3);
    return finish(&d, false);
}

/* Terms that are brought to the same scale stand in one list; x in (…) or x in (…) is what is left.
 * How x must be scaled beside term i: its scale then, or for midnights 100. */
static int scale_beside(const ExprNode *x, const ExprNode *term) {
    if (day_or_time(x)) return x->type != term->type && x->type == EXPR_DATE ? 100 : x->scale;
    return x->scale > term->scale ? x->scale : term->scale;
}

static Part in_list(Compiler *k, SqlFrame *f, const ExprNode *n) {
    const ExprNode *x = kid_node(k, n, 0);
    Draft d = draft(k, f);
    bool *done = arena_array(k->s->c->arena, bool, n->n_children);
    bool first = true;
    for (uint32_t i = 1; i < n->n_children; i++) {
        if (done[i]) continue;
        int scale = scale_beside(x, kid_node(k, n, i));
        if (!first) put(&d, " OR ");
        first = false;
        take(&d, side(k, f, x, kid(k, n, 0), kid_node(k, n, i)), 3);
        put(&d, " IN (");
        for (uint32_t j = i; j < n->n_children; j++) {
            const ExprNode *y = kid_node(k, n, j);
            if (done[j] || scale_beside(x, y) != scale) continue;
            done[j] = true;
            if (j > i) put(&d, ", ");
            take(&d, side(k, f, y, kid(k, n, j), x), 8);
        }
        put(&d, ")");
    }
    return finish(&d, false);
}

static Part logic(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Draft d = draft(k, f);
    for (uint32_t i = 0; i < n->n_children; i++) {
        if (i) put(&d, n->op == EX_AND ? " AND " : " OR ");
        take(&d, kid(k, n, i), 3);
    }
    return finish(&d, false);
}

static Part negation(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Draft d = draft(k, f);
    put(&d, "NOT ");
    take(&d, kid(k, n, 0), 1);
    return finish(&d, false);
}

static Part is_known(Compiler *k, SqlFrame *f, const ExprNode *n) {
    bool yes = n->op == EX_IS_KNOWN;
    Draft d = draft(k, f);
    if (kid_node(k, n, 0)->type == EXPR_SET) {
        Part set = call1(k, f, "coalesce(", kid(k, n, 0), ", '[]')");
        take(&d, set, 1);
        put(&d, yes ? " <> '[]'" : " = '[]'");
    } else {
        take(&d, kid(k, n, 0), 1);
        put(&d, yes ? " IS NOT NULL" : " IS NULL");
    }
    return finish(&d, false);
}

/* A set that is unknown has no element; but whether it has an unknown one is unknown. */
static Part set_contains(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Part set = kid(k, n, 0), code = kid(k, n, 1);
    Draft d = draft(k, f);
    put(&d, "CASE WHEN ");
    take(&d, code, 3);
    put(&d, " IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(");
    set.atom = true;
    take(&d, set, 15);
    put(&d, ") AS e WHERE e.value = ");
    take(&d, code, 17);
    put(&d, ") END");
    return finish(&d, false);
}

static Part contains(Compiler *k, SqlFrame *f, const ExprNode *n) {
    const ExprNode *a = kid_node(k, n, 0), *b = kid_node(k, n, 1);
    Part x = kid(k, n, 0), y = kid(k, n, 1);
    if (a->type == EXPR_SET) return set_contains(k, f, n);
    if (a->type == EXPR_CODE) return call2(k, f, "panah_starts(", x, ", ", y, ")");
    x = folded(k, f, a, x);
    y = folded(k, f, b, y);
    if (n->op == EX_STARTS_WITH) return call2(k, f, "panah_starts(", x, ", ", y, ")");
    Part place = call2(k, f, "instr(", x, ", ", y, ")");
    Draft d = draft(k, f);
    take(&d, place, 1);
    put(&d, " > 0");
    return finish(&d, false);
}

/* ---- arithmetic and functions ---- */

static Part sum(Compiler *k, SqlFrame *f, const ExprNode *n) {
    const ExprNode *a = kid_node(k, n, 0), *b = kid_node(k, n, 1);
    Part x = at_scale(k, f, a, kid(k, n, 0), n->scale);
    Part y = at_scale(k, f, b, kid(k, n, 1), n->scale);
    Part r = call2(k, f, n->op == EX_ADD ? "panah_add(" : "panah_sub(", x, ", ", y, ")");
    if (n->type != EXPR_DATE) return r;
    Str close = str_printf(k->s->c->arena, ", %d, %d)", DATE_FIRST, DATE_LAST);
    return call1(k, f, "panah_within(", r, str_c(k->s->c->arena, close));
}

static Part product(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Arena *a = k->s->c->arena;
    int x = kid_node(k, n, 0)->scale, y = kid_node(k, n, 1)->scale;
    if (n->op == EX_DIV) {
        Str between = str_printf(a, ", %lld, ", (long long)power10(SCALE_MAX + y - x));
        return call2(k, f, "panah_div(", kid(k, n, 0), str_c(a, between), kid(k, n, 1), ")");
    }
    int over = x + y > SCALE_MAX ? x + y - SCALE_MAX : 0;
    Str close = str_printf(a, ", %lld)", (long long)power10(over));
    return call2(k, f, "panah_mul(", kid(k, n, 0), ", ", kid(k, n, 1), str_c(a, close));
}

/* A function of any number of arguments, in groups if they are too many for one call: min, max and
 * coalesce of the groups are those of all. */
static Part many(Compiler *k, SqlFrame *f, const ExprNode *n, const char *name) {
    Draft d = draft(k, f);
    uint32_t left = n->n_children;
    int brackets = 0;
    put(&d, name);
    for (uint32_t i = 0; i < n->n_children; i++, left--) {
        if (i && i % ARGS_MAX == 0 && left > 1) {
            put(&d, ", ");
            put(&d, name);
            brackets++;
        } else if (i) {
            put(&d, ", ");
        }
        const ExprNode *one = kid_node(k, n, i);
        bool number = n->type == EXPR_INT || n->type == EXPR_DECIMAL;
        Part p = number ? at_scale(k, f, one, kid(k, n, i), n->scale) : kid(k, n, i);
        p.atom = true;
        take(&d, p, 5 + 5 * brackets);
    }
    for (; brackets >= 0; brackets--) put(&d, ")");
    return finish(&d, true);
}

static Part choice(Compiler *k, SqlFrame *f, const ExprNode *n) {
    bool number = n->type == EXPR_INT || n->type == EXPR_DECIMAL;
    Part p[3];
    for (uint32_t i = 0; i < 3; i++) {
        p[i] = kid(k, n, i);
        if (i && number) p[i] = at_scale(k, f, kid_node(k, n, i), p[i], n->scale);
    }
    Draft d = draft(k, f);
    put(&d, "CASE ");
    take(&d, p[0], 1);
    put(&d, " WHEN 1 THEN ");
    take(&d, p[1], 5);
    put(&d, " WHEN 0 THEN ");
    take(&d, p[2], 6);
    put(&d, " END");
    return finish(&d, false);
}

static Part function(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Arena *a = k->s->c->arena;
    Part x = n->n_children ? kid(k, n, 0) : (Part){ 0 };
    switch (n->op) {
    case EX_NEG: return call1(k, f, "panah_neg(", x, ")");
    case EX_ABS: return call1(k, f, "panah_abs(", x, ")");
    case EX_YEAR: return call1(k, f, "panah_year(", x, ")");
    case EX_MONTH: return call1(k, f, "panah_month(", x, ")");
    case EX_LENGTH: return call1(k, f, "length(", x, ")");
    case EX_LOWER: return call1(k, f, "lower(", x, ")");
    case EX_AGE: {
        Str close = str_printf(a, ", ?%d)", sql_today(k->s));
        return call1(k, f, "panah_years(", x, str_c(a, close));
    }
    case EX_YEARS_BETWEEN: return call2(k, f, "panah_years(", x, ", ", kid(k, n, 1), ")");
    case EX_DAYS_BETWEEN: return call2(k, f, "panah_sub(", kid(k, n, 1), ", ", x, ")");
    case EX_TODAY: return atom_of(str_printf(a, "?%d", sql_today(k->s)), 1, true);
    case EX_COALESCE: return many(k, f, n, "coalesce(");
    case EX_MIN: return many(k, f, n, "min(");
    case EX_MAX: return many(k, f, n, "max(");
    default: BUG("unknown expression operator");
    }
}

/* ---- aggregates ---- */

Str sql_with(Sql *s, const SqlFrame *f, Str base, Str *ret_from) {
    *ret_from = base;
    if (f->n_stages == 0) return STR("");
    Buf b = buf_new(s->c->arena, 2 * SQL_BYTES_MAX);
    Str from = base;
    for (uint32_t stage = 1; stage <= f->n_stages; stage++) {
        buf_printf(&b, stage == 1 ? "WITH __f%u_%u AS (SELECT *" : ", __f%u_%u AS (SELECT *", f->no,
                   stage);
        for (size_t i = 0; i < f->hoists.n; i++) {
            const SqlHoist *h = &f->hoists.v[i];
            if (h->stage == stage) buf_printf(&b, ", %.*s AS __h%u", STR_ARG(h->sql), h->no);
        }
        buf_printf(&b, " FROM %.*s)", STR_ARG(from));
        from = str_printf(s->c->arena, "__f%u_%u AS t%u", f->no, stage, f->no);
    }
    buf_byte(&b, ' ');
    if (buf_full(&b)) s->n_bytes = SQL_BYTES_MAX + 1;
    *ret_from = from;
    return buf_text(&b);
}

/* A reference without an index has its children looked for among all: for small kinds only. */
static Status child_is_found(Compiler *k, const ExprNode *n) {
    const FieldInfo *ref = n->child_ref;
    const TableSpec *t = sql_table(k->s, n->child_kind, n->child_kind->k->lane);
    const Column *col = field_lane(ref) == t->lane ? table_column(t, ref) : NULL;
    if (col && (ref->f.flags & FF_INDEXED || t->kind->subject == col->field)) return ST_OK;
    int64_t rows = 0;
    TRY(count_rows(k->s->c, n->child_kind, true, &rows));
    if (rows <= SORT_ROWS_MAX) return ST_OK;
    return FAIL(k->s->c, ST_INVALID, "where", "error.query.unindexed", "field",
                str_of(ref->key_text));
}

static Str children_of(Compiler *k, const ExprNode *n, const SqlFrame *outer, const SqlFrame *f) {
    Sql *s = k->s;
    Arena *a = s->c->arena;
    const char *row = str_c(a, str_printf(a, "t%u", f->no));
    Str ref = sql_field(s, row, n->child_ref, false);
    Str reach = sql_reach(s, row, f->table->lane);
    return str_printf(a, "\"%s\" AS %s WHERE %.*s = t%u.id%s%.*s", f->table->name, row,
                      STR_ARG(ref), outer->no, reach.n ? " AND " : "", STR_ARG(reach));
}

static Str child_value(Compiler *k, const ExprNode *n, const SqlFrame *f) {
    Arena *a = k->s->c->arena;
    const char *row = str_c(a, str_printf(a, "t%u", f->no));
    Str v = sql_field(k->s, row, n->child_field, false);
    if (n->child_field->f.type == FT_SET) v = str_printf(a, "nullif(%.*s, '[]')", STR_ARG(v));
    return v;
}

static Part aggregate_text(Compiler *k, const ExprNode *n, SqlFrame *outer, SqlFrame *f) {
    static const char *const heads[] = {
        [AGG_COUNT] = "(%.*sSELECT count(%.*s) FROM %.*s%s%.*s)",
        [AGG_EXISTS] = "EXISTS (%.*sSELECT 1 FROM %3$.*2$s%.*s%s%.*s)",
        [AGG_SUM] = "(%.*sSELECT panah_sum(%.*s) FROM %.*s%s%.*s)",
        [AGG_MIN] = "(%.*sSELECT min(%.*s) FROM %.*s%s%.*s)",
        [AGG_MAX] = "(%.*sSELECT max(%.*s) FROM %.*s%s%.*s)",
    };
    (void)heads;
    (void)outer;
    (void)f;
    return (Part){ 0 };
}
