/* expr_parse.c: tokens to nodes, by operator precedence with an explicit stack of what waits. */
#include "model/expr_int.h"

#include "base/banned.h"

/* Precedences, low to high. */
enum { BIND_OR = 1, BIND_AND, BIND_NOT, BIND_COMPARISON, BIND_SUM, BIND_PRODUCT, BIND_NEGATION };

enum { MANY = EXPR_NODES_MAX };

static const Function functions[] = {
    { "abs", EX_ABS, 1, 1 },
    { "age", EX_AGE, 1, 1 },
    { "coalesce", EX_COALESCE, 2, MANY },
    { "days_between", EX_DAYS_BETWEEN, 2, 2 },
    { "if", EX_IF, 3, 3 },
    { "length", EX_LENGTH, 1, 1 },
    { "lower", EX_LOWER, 1, 1 },
    { "max", EX_MAX, 2, MANY },
    { "min", EX_MIN, 2, MANY },
    { "month", EX_MONTH, 1, 1 },
    { "today", EX_TODAY, 0, 0 },
    { "year", EX_YEAR, 1, 1 },
    { "years_between", EX_YEARS_BETWEEN, 2, 2 },
};
static const char *const aggregates[] = { "count", "exists", "sum", "min", "max" };
enum { N_FUNCTIONS = sizeof functions / sizeof functions[0], N_AGGREGATES = AGG_MAX + 1 };

/* --- tokens --------------------------------------------------------------------------------------- */

static const Token *peek(const Parser *p, size_t ahead) {
    for (size_t i = 0; i < ahead; i++)
        if (p->tokens[p->at + i].word == W_END) return &p->tokens[p->at + i];
    return &p->tokens[p->at + ahead];
}

static const Token *take(Parser *p) {
    const Token *t = &p->tokens[p->at];
    if (t->word != W_END) p->at++;
    return t;
}

static uint32_t end_of_last(const Parser *p) {
    return p->at ? p->tokens[p->at - 1].pos + p->tokens[p->at - 1].len : 0;
}

static Status error_at(Parser *p, const Token *t, const char *key) {
    return expr_error(p, key, t->pos, t->len, NULL, STR(""), NULL, STR(""));
}

static Status expected(Parser *p, const char *what) {
    const Token *t = peek(p, 0);
    return expr_error(p, "error.expr.expected", t->pos, t->len, "expected", str_of(what), NULL,
                      STR(""));
}

static Status take_word(Parser *p, Word word, const char *what) {
    if (peek(p, 0)->word != word) return expected(p, what);
    take(p);
    return ST_OK;
}

static Status too_much(Parser *p, const char *key, uint32_t pos, int max) {
    return expr_error(p, key, pos, 1, "max", str_printf(p->c->arena, "%d", max), NULL, STR(""));
}

/* --- nodes ---------------------------------------------------------------------------------------- */

static Status push_node(Parser *p, ExprNode n) {
    if (p->nodes.n >= EXPR_NODES_MAX)
        return too_much(p, "error.expr.too_many", n.pos, EXPR_NODES_MAX);
    vec_push(p->c->arena, &p->nodes, n);
    vec_push(p->c->arena, &p->operands, (uint32_t)(p->nodes.n - 1));
    return ST_OK;
}

/* A node over the newest n operands, which it replaces. pos: where it begins, if before them. */
static Status make(Parser *p, ExprOp op, uint32_t n, uint32_t pos) {
    ExprNode node = { .op = op, .pos = pos, .n_children = n };
    node.first_child = (uint32_t)p->children.n;
    p->operands.n -= n;
    for (uint32_t i = 0; i < n; i++)
        vec_push(p->c->arena, &p->children, p->operands.v[p->operands.n + i]);
    if (n) {
        uint32_t first = p->nodes.v[p->children.v[node.first_child]].pos;
        if (first < node.pos) node.pos = first;
    }
    node.len = end_of_last(p) - node.pos;
    TRY(expr_check(p, &node));
    return push_node(p, node);
}

static Status push_pending(Parser *p, Pending w) {
    if (w.type != PENDING_OPERATOR && ++p->open > EXPR_DEPTH_MAX)
        return too_much(p, "error.expr.too_deep", w.pos, EXPR_DEPTH_MAX);
    w.base = p->operands.n;
    vec_push(p->c->arena, &p->pending, w);
    return ST_OK;
}

static Pending *newest(Parser *p) {
    if (p->pending.n == 0) return NULL;
    ASSERT(p->pending.v);
    return &p->pending.v[p->pending.n - 1];
}

static Pending pop_pending(Parser *p) {
    Pending w = p->pending.v[--p->pending.n];
    if (w.type != PENDING_OPERATOR) p->open--;
    return w;
}

static bool is_bracket(const Pending *w) {
    return w->type >= PENDING_GROUP;
}

/* Makes nodes of the operators that bind at least so tightly, down to the newest open bracket. */
static Status reduce(Parser *p, int precedence) {
    for (;;) {
        const Pending *w = newest(p);
        if (!w || is_bracket(w) || w->precedence < precedence) return ST_OK;
        Pending done = pop_pending(p);
        TRY(make(p, done.op, done.n, done.pos));
    }
}

/* --- paths ---------------------------------------------------------------------------------------- */

static Status no_such_field(Parser *p, const KindInfo *k, const Token *t) {
    Suggest near = suggest_new(t->text);
    for (size_t i = 0; i < k->n_fields; i++)
        suggest_offer(&near, str_of(k->fields[i].f.name));
    return expr_error(p, "error.expr.field", t->pos, t->len, "kind", str_of(k->k->name),
                      "did_you_mean", suggest_best(&near));
}

static Status take_field(Parser *p, const KindInfo *k, const FieldInfo **ret) {
    if (peek(p, 0)->word != W_NAME) return expected(p, "name");
    const Token *t = take(p);
    *ret = kind_field(k, t->text);
    return *ret ? ST_OK : no_such_field(p, k, t);
}

static Pending *newest_where(Parser *p) {
    for (size_t i = p->pending.n; i-- > 0;)
        if (p->pending.v[i].type == PENDING_WHERE) return &p->pending.v[i];
    return NULL;
}

static Status path(Parser *p) {
    const Token *first = peek(p, 0);
    ExprNode n = { .op = EX_FIELD, .pos = first->pos, .kind = p->kind };
    const KindInfo *k = p->kind;
    for (;;) {
        const Token *t = peek(p, 0);
        if (n.n_path == EXPR_PATH_MAX)
            return too_much(p, "error.expr.path", t->pos, EXPR_PATH_MAX - 1);
        TRY(take_field(p, k, &n.path[n.n_path]));
        ASSERT(n.path[n.n_path]);
        const Field *f = &n.path[n.n_path++]->f;
        if (peek(p, 0)->word != W_DOT) break;
        take(p);
        if (f->type != FT_REF) return error_at(p, t, "error.expr.reference");
        k = model_kind(p->m, str_of(f->kind));
        ASSERT(k);
    }
    Pending *where = newest_where(p);
    if (where && n.n_path == 1 && n.path[0]->index == 0) where->reads_void = true;
    const Field *f = &n.path[n.n_path - 1]->f;
    n.len = end_of_last(p) - n.pos;
    n.type = expr_type_of(f);
    n.scale = n.type == EXPR_DECIMAL ? f->scale : 0;
    n.codes = f->codes;
    n.refers = f->kind;
    return push_node(p, n);
}

/* --- aggregates ----------------------------------------------------------------------------------- */

/* How records of `child` point to those of `parent`: as to their subject, else in the only way. */
static Status reference_back(Parser *p, const KindInfo *child, const Token *t,
                             const FieldInfo **ret) {
    const char *parent = p->kind->k->name;
    const FieldInfo *found = NULL;
    size_t n = 0;
    for (size_t i = 0; child && i < child->n_fields; i++) {
        const FieldInfo *f = &child->fields[i];
        if (f->f.type != FT_REF || strcmp(f->f.kind, parent) != 0) continue;
        if (n++ == 0 || f == child->subject) found = f;
    }
    *ret = found;
    if (n > 1 && found != child->subject)
        return expr_error(p, "error.expr.ambiguous", t->pos, t->len, "kind", str_of(parent), NULL,
                          STR(""));
    if (found) return ST_OK;
    Suggest near = suggest_new(t->text);
    for (size_t i = 0; i < model_n_kinds(p->m); i++) {
        const KindInfo *k = model_kind_at(p->m, i);
        for (size_t j = 0; j < k->n_fields; j++)
            if (k->fields[j].f.type == FT_REF && strcmp(k->fields[j].f.kind, parent) == 0)
                suggest_offer(&near, str_of(k->k->name));
    }
    return expr_error(p, "error.expr.kind", t->pos, t->len, "kind", str_of(parent), "did_you_mean",
                      suggest_best(&near));
}

/* With the condition, if any, as the newest operand. */
static Status finish_aggregate(Parser *p, ExprNode *n, bool has_condition, bool reads_void) {
    const KindInfo *outer = p->kind;
    p->kind = n->child_kind;
    if (has_condition && p->nodes.v[p->operands.v[p->operands.n - 1]].type != EXPR_BOOL) {
        const ExprNode *condition = &p->nodes.v[p->operands.v[p->operands.n - 1]];
        return expr_error(p, "error.expr.type", condition->pos, condition->len, "expected",
                          STR("condition"), "got", expr_type_name(condition->type));
    }
    if (!reads_void) { /* void is unknown and (…) */
        uint32_t pos = end_of_last(p);
        ExprNode mark = { .op = EX_FIELD,
                          .type = EXPR_CODE,
                          .pos = pos,
                          .kind = p->kind,
                          .n_path = 1,
                          .path = { &p->kind->fields[0] },
                          .codes = p->kind->fields[0].f.codes };
        TRY(push_node(p, mark));
        TRY(make(p, EX_IS_UNKNOWN, 1, pos));
        if (has_condition) TRY(make(p, EX_AND, 2, pos));
    }
    n->where_root = p->operands.v[--p->operands.n] + 1;
    p->kind = outer;
    n->len = end_of_last(p) - n->pos;
    TRY(expr_check(p, n));
    return push_node(p, *n);
}

/* count ( kind [. field] — up to the condition or the closing bracket. */
static Status aggregate(Parser *p, ExprAggregate which, bool *ret_value_next) {
    const Token *name = take(p), *open = take(p);
    ExprNode *n = arena_new_of(p->c->arena, ExprNode);
    *n = (ExprNode){ .op = EX_AGGREGATE, .pos = name->pos, .aggregate = which };
    const Token *kind = peek(p, 0);
    TRY(take_word(p, W_NAME, "name"));
    n->child_kind = model_kind(p->m, kind->text);
    TRY(reference_back(p, n->child_kind, kind, &n->child_ref));
    if (peek(p, 0)->word == W_DOT) {
        take(p);
        TRY(take_field(p, n->child_kind, &n->child_field));
    } else if (which != AGG_COUNT && which != AGG_EXISTS) {
        return expected(p, ".");
    }
    *ret_value_next = peek(p, 0)->word == W_WHERE;
    if (*ret_value_next) {
        take(p);
        Pending w = { .type = PENDING_WHERE, .pos = open->pos, .aggregate = n, .outer = p->kind };
        TRY(push_pending(p, w));
        p->kind = n->child_kind;
        return ST_OK;
    }
    TRY(take_word(p, W_CLOSE, ")"));
    return finish_aggregate(p, n, false, false);
}

/* min and max are both: they are aggregates of a lone kind.field or of one with a condition. */
static bool is_aggregate(const Parser *p, ExprAggregate which) {
    if (which != AGG_MIN && which != AGG_MAX) return true;
    size_t at = 3;
    if (peek(p, 2)->word != W_NAME) return false;
    if (peek(p, 3)->word == W_DOT && peek(p, 4)->word == W_NAME) at = 5;
    return peek(p, at)->word == W_WHERE || peek(p, at)->word == W_CLOSE;
}

/* --- calls ---------------------------------------------------------------------------------------- */

static Status no_such_function(Parser *p, const Token *name) {
    Suggest near = suggest_new(name->text);
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        suggest_offer(&near, str_of(functions[i].name));
    for (size_t i = 0; i < N_AGGREGATES; i++)
        suggest_offer(&near, str_of(aggregates[i]));
    return expr_error(p, "error.expr.function", name->pos, name->len, "did_you_mean",
                      suggest_best(&near), NULL, STR(""));
}

static Status finish_call(Parser *p, const Function *f, uint32_t n, uint32_t pos) {
    if (n >= f->min && n <= f->max) return make(p, f->op, n, pos);
    Str wanted = str_printf(p->c->arena, f->max == MANY ? "%u…" : "%u", f->min);
    return expr_error(p, "error.expr.arguments", pos, (uint32_t)strlen(f->name), "expected", wanted,
                      NULL, STR(""));
}

static Status call(Parser *p, bool *ret_value_next) {
    const Token *name = peek(p, 0);
    for (size_t i = 0; i < N_AGGREGATES; i++)
        if (str_is(name->text, aggregates[i]) && is_aggregate(p, (ExprAggregate)i))
            return aggregate(p, (ExprAggregate)i, ret_value_next);
    const Function *f = NULL;
    for (size_t i = 0; i < N_FUNCTIONS; i++)
        if (str_is(name->text, functions[i].name)) f = &functions[i];
    if (!f) return no_such_function(p, name);
    take(p);
    uint32_t bracket = take(p)->pos;
    *ret_value_next = peek(p, 0)->word != W_CLOSE;
    if (*ret_value_next) {
        Pending w = { .type = PENDING_CALL, .pos = bracket, .start = name->pos, .function = f };
        return push_pending(p, w);
    }
    take(p);
    return finish_call(p, f, 0, name->pos);
}

/* --- where a value is due ------------------------------------------------------------------------- */

static Status constant(Parser *p, ExprType type, Val value, int scale) {
    const Token *t = take(p);
    ExprNode n = { .op = EX_CONST,
                   .type = type,
                   .constant = value,
                   .scale = scale,
                   .pos = t->pos,
                   .len = t->len,
                   .kind = p->kind };
    return push_node(p, n);
}

static Status prefix(Parser *p, ExprOp op, int precedence) {
    /* "a = not b" would put a condition where its operator binds tighter. */
    const Pending *w = newest(p);
    if (w && !is_bracket(w) && w->precedence > precedence) return expected(p, "value");
    const Token *t = take(p);
    Pending own = {
        .type = PENDING_PREFIX, .op = op, .precedence = precedence, .n = 1, .pos = t->pos
    };
    return push_pending(p, own);
}

static Status value(Parser *p, bool *ret_value_next) {
    const Token *t = peek(p, 0);
    *ret_value_next = false;
    switch (t->word) {
    case W_NUMBER:
        return constant(p, t->scale ? EXPR_DECIMAL : EXPR_INT, val_int(t->number), t->scale);
    case W_TEXT: return constant(p, EXPR_TEXT, val_text(t->text), 0);
    case W_DATE: return constant(p, EXPR_DATE, val_int(t->number), 0);
    case W_TRUE:
    case W_FALSE: return constant(p, EXPR_BOOL, val_bool(t->word == W_TRUE), 0);
    case W_NAME:
        if (peek(p, 1)->word == W_OPEN) return call(p, ret_value_next);
        return path(p);
    case W_OPEN: {
        Pending w = { .type = PENDING_GROUP, .pos = take(p)->pos };
        *ret_value_next = true;
        return push_pending(p, w);
    }
    case W_MINUS: *ret_value_next = true; return prefix(p, EX_NEG, BIND_NEGATION);
    case W_NOT: *ret_value_next = true; return prefix(p, EX_NOT, BIND_NOT);
    default: return expected(p, "value");
    }
}

/* --- after a value -------------------------------------------------------------------------------- */

static Status infix(Parser *p, ExprOp op, int precedence) {
    const Token *t = peek(p, 0);
    bool chain = op == EX_AND || op == EX_OR; /* one node of many children */
    bool lone = precedence == BIND_COMPARISON;
    TRY(reduce(p, precedence + (chain || lone)));
    Pending *w = newest(p);
    bool repeated = w && w->type == PENDING_OPERATOR && w->precedence == precedence;
    if (repeated && lone) return error_at(p, t, "error.expr.chain");
    take(p);
    if (repeated && chain) {
        w->n++;
        return ST_OK;
    }
    Pending own = {
        .type = PENDING_OPERATOR, .op = op, .precedence = precedence, .n = 2, .pos = t->pos
    };
    return push_pending(p, own);
}

/* Before "is known" and "in (": what binds tighter is done, and there is no other comparison. */
static Status comparison_begins(Parser *p) {
    TRY(reduce(p, BIND_COMPARISON + 1));
    const Pending *w = newest(p);
    if (w && !is_bracket(w) && w->precedence == BIND_COMPARISON)
        return error_at(p, peek(p, 0), "error.expr.chain");
    return ST_OK;
}

static Status is_known(Parser *p) {
    TRY(comparison_begins(p));
    take(p);
    Word word = peek(p, 0)->word;
    if (word != W_KNOWN && word != W_UNKNOWN) return expected(p, "known");
    take(p);
    return make(p, word == W_KNOWN ? EX_IS_KNOWN : EX_IS_UNKNOWN, 1, UINT32_MAX);
}

static Status in_list(Parser *p, bool negate) {
    TRY(comparison_begins(p));
    if (negate) take(p);
    TRY(take_word(p, W_IN, "in"));
    const Token *open = peek(p, 0);
    TRY(take_word(p, W_OPEN, "("));
    Pending w = { .type = PENDING_IN, .pos = open->pos, .negate = negate };
    return push_pending(p, w);
}

static Status close(Parser *p) {
    TRY(reduce(p, 0));
    const Pending *open = newest(p);
    if (!open) return error_at(p, peek(p, 0), "error.expr.character");
    take(p);
    Pending w = pop_pending(p);
    uint32_t n = (uint32_t)(p->operands.n - w.base);
    switch (w.type) {
    case PENDING_CALL: return finish_call(p, w.function, n, w.start);
    case PENDING_IN:
        TRY(make(p, EX_IN, n + 1, UINT32_MAX));
        return w.negate ? make(p, EX_NOT, 1, UINT32_MAX) : ST_OK;
    case PENDING_WHERE:
        p->kind = w.outer;
        return finish_aggregate(p, w.aggregate, true, w.reads_void);
    default: return ST_OK;
    }
}

static Status comma(Parser *p) {
    TRY(reduce(p, 0));
    const Pending *w = newest(p);
    if (!w || (w->type != PENDING_CALL && w->type != PENDING_IN)) return expected(p, "operator");
    take(p);
    return ST_OK;
}

static Status after_value(Parser *p, bool *ret_value_next) {
    *ret_value_next = true;
    switch (peek(p, 0)->word) {
    case W_OR: return infix(p, EX_OR, BIND_OR);
    case W_AND: return infix(p, EX_AND, BIND_AND);
    case W_EQ: return infix(p, EX_EQ, BIND_COMPARISON);
    case W_NE: return infix(p, EX_NE, BIND_COMPARISON);
    case W_LT: return infix(p, EX_LT, BIND_COMPARISON);
    case W_LE: return infix(p, EX_LE, BIND_COMPARISON);
    case W_GT: return infix(p, EX_GT, BIND_COMPARISON);
    case W_GE: return infix(p, EX_GE, BIND_COMPARISON);
    case W_CONTAINS: return infix(p, EX_CONTAINS, BIND_COMPARISON);
    case W_STARTS:
        TRY(infix(p, EX_STARTS_WITH, BIND_COMPARISON));
        return take_word(p, W_WITH, "with");
    case W_IN: return in_list(p, false);
    case W_NOT: return in_list(p, true);
    case W_PLUS: return infix(p, EX_ADD, BIND_SUM);
    case W_MINUS: return infix(p, EX_SUB, BIND_SUM);
    case W_STAR: return infix(p, EX_MUL, BIND_PRODUCT);
    case W_SLASH: return infix(p, EX_DIV, BIND_PRODUCT);
    case W_COMMA: return comma(p);
    case W_IS: *ret_value_next = false; return is_known(p);
    case W_CLOSE: *ret_value_next = false; return close(p);
    default: return expected(p, "operator");
    }
}

/* --- the whole ------------------------------------------------------------------------------------ */

Status expr_parse(Parser *p) {
    if (peek(p, 0)->word == W_END) return error_at(p, peek(p, 0), "error.expr.empty");
    bool value_next = true;
    while (value_next || peek(p, 0)->word != W_END)
        TRY(value_next ? value(p, &value_next) : after_value(p, &value_next));
    TRY(reduce(p, 0));
    const Pending *open = newest(p);
    if (open)
        return expr_error(p, "error.expr.bracket", open->pos, 1, NULL, STR(""), NULL, STR(""));
    ASSERT(p->operands.n == 1 && p->operands.v[0] == p->nodes.n - 1);
    return ST_OK;
}
