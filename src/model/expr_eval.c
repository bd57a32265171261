/* expr_eval.c: an expression's value for one record. A stack of frames in place of recursion. */
#include "model/expr_int.h"

#include "text/fold.h"

#include "base/banned.h"

/* A node on the way to its value. */
typedef struct Frame {
    uint32_t node;
    uint32_t next;      /* children that have their value */
    const void *record; /* what its fields are of; NULL: the root record */
    size_t child;       /* aggregates: records asked for */
    const void *at;     /* the one the condition is being asked of */
    int64_t count;      /* that count */
    int64_t high, low;  /* of their sum: in steps of 2^32, and the rest */
    int64_t best;       /* least or greatest */
} Frame;

typedef struct Eval {
    Ctx *c;
    const Expr *e;
    const ExprSource *source;
    Day today;
    Val *values; /* of each node, when it has been reached */
    VEC(Frame) frames;
    size_t visits;
} Eval;

static const ExprNode *node_of(const Eval *v, const Frame *f) {
    return &v->e->nodes[f->node];
}

static uint32_t kid_index(const Eval *v, const ExprNode *n, uint32_t i) {
    return v->e->children[n->first_child + i];
}

static const ExprNode *kid_node(const Eval *v, const ExprNode *n, uint32_t i) {
    return &v->e->nodes[kid_index(v, n, i)];
}

static Val kid_value(const Eval *v, const ExprNode *n, uint32_t i) {
    return v->values[kid_index(v, n, i)];
}

static bool known(Val v) {
    return v.type != VAL_NULL && v.type != VAL_NONE;
}

/* --- fields --------------------------------------------------------------------------------------- */

/* Stored values are what some node once wrote: one that is not of its field's type is unknown. */
static Val typed_or_unknown(ExprType type, Val v) {
    bool ok = false;
    switch (type) {
    case EXPR_BOOL: ok = v.type == VAL_BOOL; break;
    case EXPR_INT:
    case EXPR_DECIMAL:
    case EXPR_TIME: ok = v.type == VAL_INT; break;
    case EXPR_DATE: ok = v.type == VAL_INT && v.i >= DAY_FIRST && v.i <= DAY_LAST; break;
    case EXPR_TEXT: ok = v.type == VAL_TEXT && str_utf8_valid(v.text); break;
    case EXPR_CODE: ok = v.type == VAL_TEXT; break;
    case EXPR_ID: ok = v.type == VAL_BYTES && v.text.n == sizeof(Id); break;
    case EXPR_SET: return v.type == VAL_LIST ? v : val_list();
    case EXPR_UNKNOWN: ok = known(v); break;
    }
    return ok ? v : val_null();
}

static Val field_value(const Eval *v, const void *record, const FieldInfo *f) {
    return typed_or_unknown(expr_type_of(&f->f), v->source->get(v->source->arg, record, f));
}

static Val path_value(const Eval *v, const ExprNode *n, const void *record) {
    Val missing = n->type == EXPR_SET ? val_list() : val_null();
    for (size_t i = 0; i + 1 < n->n_path; i++) {
        if (!v->source->follow) return missing;
        record = v->source->follow(v->source->arg, record, n->path[i]);
        if (!record) return missing;
    }
    return field_value(v, record, n->path[n->n_path - 1]);
}

/* --- numbers -------------------------------------------------------------------------------------- */

/* Checked arithmetic: *ok is cleared by an overflow and stays so. */
static int64_t add(int64_t a, int64_t b, bool *ok) {
    int64_t r = 0;
    if (__builtin_add_overflow(a, b, &r)) *ok = false;
    return r;
}

static int64_t subtract(int64_t a, int64_t b, bool *ok) {
    int64_t r = 0;
    if (__builtin_sub_overflow(a, b, &r)) *ok = false;
    return r;
}

static int64_t multiply(int64_t a, int64_t b, bool *ok) {
    int64_t r = 0;
    if (__builtin_mul_overflow(a, b, &r)) *ok = false;
    return r;
}

static int64_t divide(int64_t a, int64_t b, bool *ok) {
    if (b == 0 || (a == INT64_MIN && b == -1)) {
        *ok = false;
        return 0;
    }
    return a / b;
}

/* A value as a number of this scale; a date beside a time as its midnight. */
static int64_t scaled(const ExprNode *n, Val value, int scale, bool to_time, bool *ok) {
    if (to_time && n->type == EXPR_DATE) return value.i * TIME_DAY;
    return multiply(value.i, expr_power10(scale - n->scale), ok);
}

static bool day_or_time(const ExprNode *n) {
    return n->type == EXPR_DATE || n->type == EXPR_TIME;
}

/* --- comparing ------------------------------------------------------------------------------------ */

static Str fold_of(const Eval *v, const ExprNode *n, Val value) {
    return n->op == EX_CONST ? n->fold : text_fold(v->c->arena, value.text);
}

/* Both are known. *ok is cleared where a number does not fit. */
static int compare(const Eval *v, const ExprNode *a, Val x, const ExprNode *b, Val y, bool *ok) {
    if (a->type == EXPR_TEXT) return str_cmp(fold_of(v, a, x), fold_of(v, b, y));
    if (a->type == EXPR_CODE || a->type == EXPR_ID) return str_cmp(x.text, y.text);
    if (a->type == EXPR_BOOL) return (int)x.b - (int)y.b;
    int scale = a->scale > b->scale ? a->scale : b->scale;
    bool to_time = day_or_time(a) && a->type != b->type;
    int64_t i = scaled(a, x, scale, to_time, ok), j = scaled(b, y, scale, to_time, ok);
    return (i > j) - (i < j);
}

static Val compare_value(const Eval *v, const ExprNode *n) {
    Val x = kid_value(v, n, 0), y = kid_value(v, n, 1);
    if (!known(x) || !known(y)) return val_null();
    bool ok = true;
    int order = compare(v, kid_node(v, n, 0), x, kid_node(v, n, 1), y, &ok);
    if (!ok) return val_null();
    switch (n->op) {
    case EX_EQ: return val_bool(order == 0);
    case EX_NE: return val_bool(order != 0);
    case EX_LT: return val_bool(order < 0);
    case EX_LE: return val_bool(order <= 0);
    case EX_GT: return val_bool(order > 0);
    default: return val_bool(order >= 0);
    }
}

static Val in_value(const Eval *v, const ExprNode *n) {
    Val x = kid_value(v, n, 0);
    bool unknown = !known(x);
    for (uint32_t i = 1; i < n->n_children && known(x); i++) {
        Val y = kid_value(v, n, i);
        bool ok = known(y);
        int order = ok ? compare(v, kid_node(v, n, 0), x, kid_node(v, n, i), y, &ok) : 0;
        if (ok && order == 0) return val_bool(true);
        if (!ok) unknown = true;
    }
    return unknown ? val_null() : val_bool(false);
}

static Val contains_value(const Eval *v, const ExprNode *n) {
    const ExprNode *a = kid_node(v, n, 0), *b = kid_node(v, n, 1);
    Val x = kid_value(v, n, 0), y = kid_value(v, n, 1);
    if (!known(x) || !known(y)) return val_null();
    if (a->type == EXPR_SET) {
        for (size_t i = 0; i < x.list.n; i++)
            if (x.list.v[i].type == VAL_TEXT && str_eq(x.list.v[i].text, y.text))
                return val_bool(true);
        return val_bool(false);
    }
    if (a->type == EXPR_CODE) return val_bool(str_starts(x.text, y.text));
    Str hay = fold_of(v, a, x), needle = fold_of(v, b, y);
    if (n->op == EX_STARTS_WITH) return val_bool(str_starts(hay, needle));
    return val_bool(str_find(hay, needle) >= 0);
}

static bool is_known(Val v) {
    return v.type == VAL_LIST ? v.list.n > 0 : known(v);
}

/* --- logic and choice ----------------------------------------------------------------------------- */

/* and, or: over the children looked at so far. */
static Val logic_value(const Eval *v, const ExprNode *n, uint32_t seen) {
    bool decisive = n->op == EX_OR, unknown = false;
    for (uint32_t i = 0; i < seen; i++) {
        Val x = kid_value(v, n, i);
        if (known(x) && x.b == decisive) return val_bool(decisive);
        if (!known(x)) unknown = true;
    }
    return unknown ? val_null() : val_bool(!decisive);
}

/* A child's value as one of the node's own type. */
static Val as_own(const Eval *v, const ExprNode *n, uint32_t i) {
    Val x = kid_value(v, n, i);
    if (!known(x) || (n->type != EXPR_INT && n->type != EXPR_DECIMAL)) return x;
    bool ok = true;
    int64_t y = scaled(kid_node(v, n, i), x, n->scale, false, &ok);
    return ok ? val_int(y) : val_null();
}

static Val least_value(const Eval *v, const ExprNode *n) {
    Val best = as_own(v, n, 0);
    for (uint32_t i = 0; i < n->n_children; i++) {
        Val x = as_own(v, n, i);
        if (!known(x)) return val_null();
        if (n->op == EX_MIN ? x.i < best.i : x.i > best.i) best = x;
    }
    return best;
}

/* The child to ask next, or n_children when the value can be told. */
static uint32_t next_child(const Eval *v, const ExprNode *n, uint32_t seen) {
    if (seen == 0 || seen >= n->n_children) return seen;
    Val last = kid_value(v, n, seen - 1);
    switch (n->op) {
    case EX_AND: return known(last) && !last.b ? n->n_children : seen;
    case EX_OR: return known(last) && last.b ? n->n_children : seen;
    case EX_COALESCE: return known(as_own(v, n, seen - 1)) ? n->n_children : seen;
    case EX_IF:
        if (seen > 1 || !known(last)) return n->n_children;
        return last.b ? 1 : 2;
    default: return seen;
    }
}

static Val if_value(const Eval *v, const ExprNode *n) {
    Val condition = kid_value(v, n, 0);
    if (!known(condition)) return val_null();
    return as_own(v, n, condition.b ? 1 : 2);
}

static Val coalesce_value(const Eval *v, const ExprNode *n, uint32_t seen) {
    return as_own(v, n, seen - 1);
}

/* --- arithmetic ----------------------------------------------------------------------------------- */

static Val date_in_range(int64_t day, bool ok) {
    return ok && day >= DAY_FIRST && day <= DAY_LAST ? val_int(day) : val_null();
}

static Val arithmetic_value(const Eval *v, const ExprNode *n) {
    const ExprNode *a = kid_node(v, n, 0), *b = kid_node(v, n, 1);
    Val x = kid_value(v, n, 0), y = kid_value(v, n, 1);
    if (!known(x) || !known(y)) return val_null();
    bool ok = true;
    int64_t r = 0;
    if (n->op == EX_MUL) {
        r = multiply(x.i, y.i, &ok);
        if (a->scale + b->scale > SCALE_MAX) r /= expr_power10(a->scale + b->scale - SCALE_MAX);
    } else if (n->op == EX_DIV) {
        r = multiply(x.i, expr_power10(SCALE_MAX + b->scale - a->scale), &ok);
        if (ok) r = divide(r, y.i, &ok);
    } else {
        int64_t i = scaled(a, x, n->scale, false, &ok), j = scaled(b, y, n->scale, false, &ok);
        if (ok) r = n->op == EX_ADD ? add(i, j, &ok) : subtract(i, j, &ok);
        if (n->type == EXPR_DATE) return date_in_range(r, ok);
    }
    return ok ? val_int(r) : val_null();
}

static Val function_value(const Eval *v, const ExprNode *n) {
    Val x = kid_value(v, n, 0);
    if (!known(x)) return val_null();
    bool ok = true;
    int64_t r = 0;
    switch (n->op) {
    case EX_NOT: return val_bool(!x.b);
    case EX_NEG: r = subtract(0, x.i, &ok); break;
    case EX_ABS: r = x.i < 0 ? subtract(0, x.i, &ok) : x.i; break;
    case EX_AGE: r = day_years_between((Day)x.i, v->today); break;
    case EX_YEAR: r = civil_from_day((Day)x.i).year; break;
    case EX_MONTH: r = civil_from_day((Day)x.i).month; break;
    case EX_LENGTH: r = (int64_t)str_utf8_length(x.text); break;
    case EX_LOWER: return val_text(str_lower_ascii(v->c->arena, x.text));
    default: break;
    }
    if (n->op == EX_YEARS_BETWEEN || n->op == EX_DAYS_BETWEEN) {
        Val y = kid_value(v, n, 1);
        if (!known(y)) return val_null();
        r = n->op == EX_DAYS_BETWEEN ? y.i - x.i : day_years_between((Day)x.i, (Day)y.i);
    }
    return ok ? val_int(r) : val_null();
}

/* The value of a node all of whose needed children have theirs. */
static Val node_value(const Eval *v, const Frame *f) {
    const ExprNode *n = node_of(v, f);
    switch (n->op) {
    case EX_CONST: return n->constant;
    case EX_FIELD: return path_value(v, n, f->record);
    case EX_AND:
    case EX_OR: return logic_value(v, n, f->next);
    case EX_EQ:
    case EX_NE:
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE: return compare_value(v, n);
    case EX_IN: return in_value(v, n);
    case EX_IS_KNOWN: return val_bool(is_known(kid_value(v, n, 0)));
    case EX_IS_UNKNOWN: return val_bool(!is_known(kid_value(v, n, 0)));
    case EX_STARTS_WITH:
    case EX_CONTAINS: return contains_value(v, n);
    case EX_ADD:
    case EX_SUB:
    case EX_MUL:
    case EX_DIV: return arithmetic_value(v, n);
    case EX_TODAY: return date_in_range(v->today, true);
    case EX_COALESCE: return coalesce_value(v, n, f->next);
    case EX_MIN:
    case EX_MAX: return least_value(v, n);
    case EX_IF: return if_value(v, n);
    case EX_AGGREGATE: break;
    default: return function_value(v, n);
    }
    BUG("expr_eval: an aggregate is no plain node");
}

/* --- aggregates ----------------------------------------------------------------------------------- */

static void count_record(const Eval *v, Frame *f, const void *record) {
    const ExprNode *n = node_of(v, f);
    Val x = n->child_field ? field_value(v, record, n->child_field) : val_bool(true);
    if (!is_known(x)) return;
    if (n->aggregate == AGG_SUM) {
        f->high += x.i >> 32;
        f->low += x.i & UINT32_MAX;
    }
    bool better = n->aggregate == AGG_MIN ? x.i < f->best : x.i > f->best;
    if ((n->aggregate == AGG_MIN || n->aggregate == AGG_MAX) && (f->count == 0 || better))
        f->best = x.i;
    f->count++;
}

static Val aggregate_value(const Eval *v, const Frame *f) {
    switch (node_of(v, f)->aggregate) {
    case AGG_COUNT: return val_int(f->count);
    case AGG_EXISTS: return val_bool(f->count > 0);
    case AGG_MIN:
    case AGG_MAX: return f->count ? val_int(f->best) : val_null();
    case AGG_SUM: break;
    }
    int64_t high = f->high + (f->low >> 32), low = f->low & UINT32_MAX;
    if (high < INT32_MIN || high > INT32_MAX) return val_null();
    return val_int(high * ((int64_t)1 << 32) + low);
}

static void push_frame(Eval *v, uint32_t node, const void *record) {
    Frame f = { .node = node, .record = record };
    vec_push(v->c->arena, &v->frames, f);
    v->visits++;
}

/* One step of an aggregate: counts the record just looked at, or takes up the next. True at the end. */
static bool step_aggregate(Eval *v, Frame *f) {
    const ExprNode *n = node_of(v, f);
    if (f->at) {
        Val holds = v->values[n->where_root - 1];
        if (known(holds) && holds.b) count_record(v, f, f->at);
        f->at = NULL;
        if (n->aggregate == AGG_EXISTS && f->count) return true;
    }
    const void *record = NULL;
    if (v->source->child)
        record = v->source->child(v->source->arg, f->record, n->child_kind, n->child_ref, f->child);
    if (!record) return true;
    f->child++;
    f->at = record;
    push_frame(v, n->where_root - 1, record); /* f may have moved */
    return false;
}

/* --- the whole ------------------------------------------------------------------------------------ */

/* One step of the newest frame; true when its node has got its value. */
static bool step(Eval *v) {
    Frame *f = &v->frames.v[v->frames.n - 1];
    const ExprNode *n = node_of(v, f);
    if (n->op == EX_AGGREGATE) {
        if (!step_aggregate(v, f)) return false;
        v->values[f->node] = aggregate_value(v, f);
        return true;
    }
    uint32_t next = next_child(v, n, f->next);
    if (next < n->n_children) {
        f->next = next + 1;
        push_frame(v, kid_index(v, n, next), f->record);
        return false;
    }
    v->values[f->node] = node_value(v, f);
    return true;
}

Status expr_eval(Ctx *c, const Expr *e, const ExprSource *source, Day today, Val *ret_value) {
    Eval v = { .c = c, .e = e, .source = source, .today = today };
    v.values = arena_array(c->arena, Val, e->n_nodes);
    push_frame(&v, (uint32_t)(e->n_nodes - 1), NULL);
    while (v.frames.n) {
        if (v.visits > EXPR_VISITS_MAX) return FAIL(c, ST_LIMIT, "where", "error.expr.work");
        if (step(&v)) v.frames.n--;
    }
    *ret_value = v.values[e->n_nodes - 1];
    return ST_OK;
}
