/* query_sql.c: an expression (model/expr.h) as SQL: the same answer for a million records as
 * expr_eval() gives for one.
 *
 * Unknown is NULL and and/or/not are SQL's own. The nodes come children first, so their texts are
 * put together without recursion; what would nest too deeply for SQLite's parser is taken out and
 * becomes a column of a subquery below, which SQLite folds back into the whole after parsing:
 *
 *     WITH __f0_1 AS (SELECT *, <part> AS __h1 FROM "person" AS t0 WHERE …)
 *     SELECT … t0.__h1 … FROM __f0_1 AS t0 */
#include "store/query_int.h"

#include "base/banned.h"

enum {
    COST_PART_MAX = 24,      /* symbols of the parser's stack before a part is taken out */
    COST_MAX = 78,           /* of the 100 there are, the statement around it takes some */
    PART_TEXT_MAX = 2000,    /* bytes before a part is taken out: the whole then grows linearly */
    SQL_BYTES_MAX = 1 << 20, /* of one text */
    SQL_WORK_MAX = 32 << 20, /* of all texts on the way */
    ARGS_MAX = 100,          /* of a function; SQLite takes 127 */
    COST_AGGREGATE = 22,     /* of an aggregate at least: its reference and scope predicate */
    COST_STAGE = 12,         /* of a subquery's WITH around a part */
    DATE_FIRST = -719162,
    DATE_LAST = 2932896,
};

/* The text of a node. */
typedef struct Part {
    Str sql;
    Str fold; /* a text field's: the column with its fold */
    int cost; /* symbols the parser has on its stack while it reads it */
    uint32_t stage;
    bool atom;  /* needs no brackets */
    bool fixed; /* the same for all rows */
    bool slow;  /* looks into other tables */
} Part;

typedef struct Compiler {
    Sql *s;
    const Expr *e;
    Part *parts;
    SqlFrame **frames; /* of each node: whose rows it speaks of */
    SqlFrame **inner;  /* of each aggregate: whose rows it counts */
} Compiler;

/* A text being put together. */
typedef struct Draft {
    Compiler *k;
    SqlFrame *frame;
    Buf text;
    int cost;
    uint32_t stage;
    bool fixed, slow;
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
    SqlHoist h = { .no = ++s->n_hoists, .stage = p.stage + 1, .cost = p.cost, .sql = p.sql };
    vec_push(s->c->arena, &d->frame->hoists, h);
    if (d->frame->n_stages < h.stage) d->frame->n_stages = h.stage;
    return (Part){
        .sql = str_printf(s->c->arena, "t%u.__h%u", d->frame->no, h.no),
        .cost = 1,
        .stage = h.stage,
        .atom = true,
        .fixed = p.fixed,
        .slow = p.slow,
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
    d->slow = d->slow || p.slow;
    if (!p.atom) buf_byte(&d->text, '(');
    buf_str(&d->text, p.sql);
    if (!p.atom) buf_byte(&d->text, ')');
}

static Part finish(Draft *d, bool atom) {
    Sql *s = d->k->s;
    s->n_bytes += buf_full(&d->text) ? SQL_WORK_MAX : d->text.n;
    return (Part){ .sql = buf_text(&d->text),
                   .cost = d->cost,
                   .stage = d->stage,
                   .atom = atom,
                   .fixed = d->fixed,
                   .slow = d->slow };
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
    for (; n > 0; n--)
        power *= 10;
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
    if (p.fold.n) return (Part){ .sql = p.fold, .cost = p.cost, .atom = true, .slow = p.slow };
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
    for (size_t i = 0; i < n->n_path; i++)
        TRY(field_may_be_asked(s->c, n->path[i], "where"));
    Str sql = sql_path(s, row, n->path, n->n_path, FIELD_VALUE);
    *ret = atom_of(sql, sql_path_cost(s, n->path, n->n_path), false);
    ret->atom = sql.s[0] != 'C'; /* CASE … END */
    ret->slow = str_find(sql, STR("SELECT")) >= 0;
    if (n->type == EXPR_TEXT) ret->fold = sql_path(s, row, n->path, n->n_path, FIELD_FOLD);
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

/* How x must be scaled beside a term: its scale then, or for midnights 100. */
static int scale_beside(const ExprNode *x, const ExprNode *term) {
    if (day_or_time(x)) return x->type != term->type && x->type == EXPR_DATE ? 100 : x->scale;
    return x->scale > term->scale ? x->scale : term->scale;
}

/* "x IN (…)" with those terms beside which x is scaled as beside term i; marks them. */
static void terms_like(Draft *d, const ExprNode *n, Part x, uint32_t i, bool *done) {
    Compiler *k = d->k;
    const ExprNode *of = kid_node(k, n, 0);
    int scale = scale_beside(of, kid_node(k, n, i));
    take(d, side(k, d->frame, of, x, kid_node(k, n, i)), 3);
    put(d, " IN (");
    for (uint32_t j = i; j < n->n_children; j++) {
        const ExprNode *term = kid_node(k, n, j);
        if (done[j] || scale_beside(of, term) != scale) continue;
        done[j] = true;
        if (j > i) put(d, ", ");
        take(d, side(k, d->frame, term, kid(k, n, j), of), 8);
    }
    put(d, ")");
}

/* x in (a, b) is x = a or x = b, each pair at its own scale. Where there is more than one, x is
 * read through a subquery without FROM, which SQLite does not fold into the whole: x must not be
 * repeated, or nested lists would double at each level. */
static Part in_list(Compiler *k, SqlFrame *f, const ExprNode *n) {
    const ExprNode *of = kid_node(k, n, 0);
    bool *done = arena_array(k->s->c->arena, bool, n->n_children), same = true;
    for (uint32_t i = 2; i < n->n_children; i++)
        same = same && scale_beside(of, kid_node(k, n, i)) == scale_beside(of, kid_node(k, n, 1));
    Draft d = draft(k, f);
    if (same) {
        terms_like(&d, n, kid(k, n, 0), 1, done);
        return finish(&d, false);
    }
    Part once = atom_of(STR("v.x"), 8, false);
    for (uint32_t i = 1; i < n->n_children; i++) {
        if (done[i]) continue;
        put(&d, i == 1 ? "(SELECT " : " OR ");
        terms_like(&d, n, once, i, done);
    }
    put(&d, " FROM (SELECT ");
    Part x = kid(k, n, 0);
    x.atom = true;
    take(&d, x, 10);
    put(&d, " AS x) AS v)");
    return finish(&d, true);
}

/* What the row itself answers stands before what has to be looked up: often that decides. */
static Part logic(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Draft d = draft(k, f);
    for (int slow = 0; slow < 2; slow++)
        for (uint32_t i = 0; i < n->n_children; i++) {
            Part p = kid(k, n, i);
            if (p.slow != slow) continue;
            if (d.text.n) put(&d, n->op == EX_AND ? " AND " : " OR ");
            take(&d, p, 3);
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

/* A set that is unknown has no element; but whether any set has an unknown one is unknown. IN gives
 * NULL there unless the list is empty: hence '[""]', a code that does not exist. */
static Part set_contains(Compiler *k, SqlFrame *f, const ExprNode *n) {
    Part set = kid(k, n, 0), code = kid(k, n, 1);
    Draft d = draft(k, f);
    set.atom = true;
    if (code.fixed) {
        put(&d, "EXISTS (SELECT 1 FROM json_each(");
        take(&d, set, 10);
        put(&d, ") AS e WHERE e.value = ");
        take(&d, code, 12);
        put(&d, ")");
        return finish(&d, true);
    }
    take(&d, code, 3);
    put(&d, " IN (SELECT value FROM json_each(coalesce(nullif(");
    take(&d, set, 16);
    put(&d, ", '[]'), '[\"\"]')))");
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
    for (; brackets >= 0; brackets--)
        put(&d, ")");
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
    Buf b = buf_new(s->c->arena, SQL_BYTES_MAX);
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
    s->n_bytes += buf_full(&b) ? SQL_WORK_MAX : b.n;
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
    TRY(count_rows(k->s->c, n->child_kind, ROWS_OF_ALL, &rows));
    if (rows <= SORT_ROWS_MAX) return ST_OK;
    return FAIL(k->s->c, ST_INVALID, "where", "error.query.unindexed", "field",
                str_of(ref->key_text));
}

static Str children_of(Compiler *k, const ExprNode *n, const SqlFrame *outer, const SqlFrame *f) {
    Sql *s = k->s;
    Arena *a = s->c->arena;
    const char *row = str_c(a, str_printf(a, "t%u", f->no));
    Str ref = sql_field(s, row, n->child_ref, FIELD_VALUE);
    Str reach = sql_reach(s, row, f->table->lane);
    return str_printf(a, "\"%s\" AS %s WHERE %.*s = t%u.id%s%.*s", f->table->name, row,
                      STR_ARG(ref), outer->no, reach.n ? " AND " : "", STR_ARG(reach));
}

static Str child_value(Compiler *k, const ExprNode *n, const SqlFrame *f) {
    Arena *a = k->s->c->arena;
    const char *row = str_c(a, str_printf(a, "t%u", f->no));
    Str v = sql_field(k->s, row, n->child_field, FIELD_VALUE);
    if (n->child_field->f.type == FT_SET) v = str_printf(a, "nullif(%.*s, '[]')", STR_ARG(v));
    return v;
}

static void put_condition(Draft *d, const ExprNode *n, Str value) {
    const Compiler *k = d->k;
    take(d, n->where_root ? k->parts[n->where_root - 1] : atom_of(STR("1"), 1, true), 10);
    if (n->aggregate != AGG_EXISTS || value.n == 0) return;
    put(d, " AND (");
    buf_str(&d->text, value);
    put(d, ") IS NOT NULL");
}

static void put_result(Draft *d, const ExprNode *n, Str value) {
    static const char *const names[] = {
        [AGG_COUNT] = "count(", [AGG_SUM] = "panah_sum(", [AGG_MIN] = "min(", [AGG_MAX] = "max("
    };
    if (n->aggregate == AGG_EXISTS) {
        put(d, "1");
        return;
    }
    put(d, names[n->aggregate]);
    buf_str(&d->text, value.n ? value : STR("*"));
    put(d, ")");
}

/* (WITH … SELECT count(*) FROM child AS t1 WHERE t1.ref = t0.id AND scope AND condition) */
static Part aggregate(Compiler *k, const ExprNode *n, const SqlFrame *outer, SqlFrame *f) {
    Sql *s = k->s;
    Str value = n->child_field ? child_value(k, n, f) : STR("");
    /* First the condition: it may take out parts, which become subqueries. */
    Draft condition = draft(k, f), d = draft(k, f);
    put_condition(&condition, n, value);
    Str from, with = sql_with(s, f, children_of(k, n, outer, f), &from);
    put(&d, n->aggregate == AGG_EXISTS ? "EXISTS (" : "(");
    buf_str(&d.text, with);
    put(&d, "SELECT ");
    put_result(&d, n, value);
    put(&d, " FROM ");
    buf_str(&d.text, from);
    put(&d, f->n_stages ? " WHERE " : " AND "); /* the children themselves are found by a WHERE */
    buf_str(&d.text, buf_text(&condition.text));
    put(&d, ")");
    d.cost = COST_AGGREGATE;
    d.slow = true;
    if (d.cost < condition.cost) d.cost = condition.cost;
    for (size_t i = 0; i < f->hoists.n; i++)
        if (d.cost < COST_STAGE + f->hoists.v[i].cost) d.cost = COST_STAGE + f->hoists.v[i].cost;
    return finish(&d, true);
}

/* ---- what an index could answer ---- */

/* The column of the main table by whose index a field's conditions are answered. */
static const char *indexed_column(const Sql *s, const ExprNode *n) {
    if (n->op != EX_FIELD || n->n_path != 1) return NULL;
    const FieldInfo *f = n->path[0];
    const TableSpec *t = s->root.table;
    const Column *col = field_lane(f) == t->lane ? table_column(t, f) : NULL;
    if (!col) return NULL;
    if (!(f->f.flags & FF_INDEXED)) return t->kind->subject == col->field ? f->f.name : NULL;
    if (!col->fold) return f->f.name;
    return str_c(s->c->arena, str_printf(s->c->arena, "%s__fold", f->f.name));
}

static bool same_kind_of_value(const ExprNode *a, const ExprNode *b) {
    return a->type == b->type && a->scale == b->scale;
}

/* What a value is compared as, if that does not depend on the row. */
static bool fixed_value(Compiler *k, const ExprNode *n, uint32_t index, const ExprNode *beside,
                        Str *ret) {
    Part p = k->parts[index];
    if (!p.fixed || p.stage || !same_kind_of_value(n, beside)) return false;
    if (n->type == EXPR_TEXT) p = folded(k, &k->s->root, n, p);
    if (p.stage) return false;
    *ret = p.atom ? p.sql : str_printf(k->s->c->arena, "(%.*s)", STR_ARG(p.sql));
    return true;
}

static void drive_in(Compiler *k, const ExprNode *n) {
    Arena *a = k->s->c->arena;
    const ExprNode *x = kid_node(k, n, 0);
    const char *column = indexed_column(k->s, x);
    if (!column) return;
    Buf b = buf_new(a, SQL_BYTES_MAX);
    buf_printf(&b, "t0.\"%s\" IN (", column);
    for (uint32_t i = 1; i < n->n_children; i++) {
        Str v;
        uint32_t index = k->e->children[n->first_child + i];
        if (!fixed_value(k, kid_node(k, n, i), index, x, &v)) return;
        buf_printf(&b, "%s%.*s", i > 1 ? ", " : "", STR_ARG(v));
    }
    buf_byte(&b, ')');
    if (!buf_full(&b)) vec_push(a, &k->s->drives, (Drive){ column, DRIVE_IN, buf_text(&b) });
}

static void drive_prefix(Compiler *k, const ExprNode *n) {
    Arena *a = k->s->c->arena;
    const char *column = indexed_column(k->s, kid_node(k, n, 0));
    const ExprNode *prefix = kid_node(k, n, 1);
    if (!column || prefix->op != EX_CONST) return;
    bool code = kid_node(k, n, 0)->type == EXPR_CODE;
    int no = sql_value(k->s, val_text(code ? prefix->constant.text : prefix->fold));
    /* U+10FFFF: nothing that begins with the prefix sorts behind it */
    Str from = str_printf(a, "t0.\"%s\" >= ?%d", column, no);
    Str to = str_printf(a, "t0.\"%s\" < ?%d || char(1114111)", column, no);
    vec_push(a, &k->s->drives, (Drive){ column, DRIVE_LOWER, from });
    vec_push(a, &k->s->drives, (Drive){ column, DRIVE_UPPER, to });
}

static void drive_comparison(Compiler *k, const ExprNode *n) {
    static const struct {
        ExprOp op, mirrored;
        DriveOp drive;
    } ops[] = {
        { EX_EQ, EX_EQ, DRIVE_EQUAL }, { EX_GT, EX_LT, DRIVE_LOWER }, { EX_GE, EX_LE, DRIVE_LOWER },
        { EX_LT, EX_GT, DRIVE_UPPER }, { EX_LE, EX_GE, DRIVE_UPPER },
    };
    Arena *a = k->s->c->arena;
    for (uint32_t i = 0; i < 2; i++) {
        const ExprNode *x = kid_node(k, n, i), *y = kid_node(k, n, 1 - i);
        const char *column = indexed_column(k->s, x);
        Str v;
        if (!column || !fixed_value(k, y, k->e->children[n->first_child + 1 - i], x, &v)) continue;
        for (size_t o = 0; o < sizeof(ops) / sizeof(ops[0]); o++) {
            if ((i ? ops[o].mirrored : ops[o].op) != n->op) continue;
            Str sql = str_printf(a, "t0.\"%s\"%s%.*s", column, operator_of(ops[o].op), STR_ARG(v));
            vec_push(a, &k->s->drives, (Drive){ column, ops[o].drive, sql });
            return;
        }
    }
}

/* The terms of the "and" at the root, or the root itself. */
static void find_drives(Compiler *k) {
    const ExprNode *root = &k->e->nodes[k->e->n_nodes - 1];
    bool several = root->op == EX_AND;
    for (uint32_t i = 0; i < (several ? root->n_children : 1); i++) {
        const ExprNode *n = several ? kid_node(k, root, i) : root;
        switch (n->op) {
        case EX_EQ:
        case EX_LT:
        case EX_LE:
        case EX_GT:
        case EX_GE: drive_comparison(k, n); break;
        case EX_IN: drive_in(k, n); break;
        case EX_STARTS_WITH: drive_prefix(k, n); break;
        default: break;
        }
    }
}

/* ---- the whole ---- */

static Status compile_node(Compiler *k, uint32_t i) {
    const ExprNode *n = &k->e->nodes[i];
    SqlFrame *f = k->frames[i];
    Part *ret = &k->parts[i];
    switch (n->op) {
    case EX_CONST: *ret = constant(k, n); return ST_OK;
    case EX_FIELD: return field(k, n, f, ret);
    case EX_NOT: *ret = negation(k, f, n); return ST_OK;
    case EX_AND:
    case EX_OR: *ret = logic(k, f, n); return ST_OK;
    case EX_EQ:
    case EX_NE:
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE: *ret = comparison(k, f, n); return ST_OK;
    case EX_IN: *ret = in_list(k, f, n); return ST_OK;
    case EX_IS_KNOWN:
    case EX_IS_UNKNOWN: *ret = is_known(k, f, n); return ST_OK;
    case EX_STARTS_WITH:
    case EX_CONTAINS: *ret = contains(k, f, n); return ST_OK;
    case EX_ADD:
    case EX_SUB: *ret = sum(k, f, n); return ST_OK;
    case EX_MUL:
    case EX_DIV: *ret = product(k, f, n); return ST_OK;
    case EX_IF: *ret = choice(k, f, n); return ST_OK;
    case EX_AGGREGATE:
        TRY(field_may_be_asked(k->s->c, n->child_ref, "where"));
        if (n->child_field) TRY(field_may_be_asked(k->s->c, n->child_field, "where"));
        TRY(child_is_found(k, n));
        *ret = aggregate(k, n, f, k->inner[i]);
        return ST_OK;
    default: *ret = function(k, f, n); return ST_OK;
    }
}

/* Parents come after their children: from the last node down, whose rows each one speaks of. */
static void find_frames(Compiler *k) {
    const Expr *e = k->e;
    Sql *s = k->s;
    k->frames[e->n_nodes - 1] = &s->root;
    for (size_t i = e->n_nodes; i-- > 0;) {
        const ExprNode *n = &e->nodes[i];
        for (uint32_t c = 0; c < n->n_children; c++)
            k->frames[e->children[n->first_child + c]] = k->frames[i];
        if (n->op != EX_AGGREGATE) continue;
        SqlFrame *f = arena_new_of(s->c->arena, SqlFrame);
        f->table = sql_table(s, n->child_kind, n->child_kind->k->lane);
        f->no = s->n_frames++;
        k->inner[i] = f;
        if (n->where_root) k->frames[n->where_root - 1] = f;
    }
}

Status sql_where(Sql *s, const Expr *e, Str *ret_sql) {
    Arena *a = s->c->arena;
    Compiler k = { .s = s, .e = e };
    bool too_much = false;
    k.parts = arena_array(a, Part, e->n_nodes);
    k.frames = arena_array(a, SqlFrame *, e->n_nodes);
    k.inner = arena_array(a, SqlFrame *, e->n_nodes);
    find_frames(&k);
    for (uint32_t i = 0; i < e->n_nodes && !too_much; i++) {
        TRY(compile_node(&k, i));
        too_much = k.parts[i].cost > COST_MAX || s->n_bytes > SQL_WORK_MAX;
    }
    for (size_t i = 0; i < s->root.hoists.n; i++)
        too_much = too_much || s->root.hoists.v[i].cost > COST_MAX;
    if (too_much) return FAIL(s->c, ST_LIMIT, "where", "error.query.too_complex");
    find_drives(&k);
    *ret_sql = k.parts[e->n_nodes - 1].sql;
    return ST_OK;
}
