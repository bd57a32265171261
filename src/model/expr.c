/* expr.c: compiling an expression, and what can be asked about it. */
#include "model/expr_int.h"

#include "text/fold.h"

#include "base/banned.h"

Status expr_compile(Ctx *c, const Model *m, const KindInfo *k, Str source, Expr **ret_expr) {
    Parser p = { .c = c, .m = m, .kind = k, .source = source };
    if (source.n > EXPR_SOURCE_MAX)
        return FAIL(c, ST_INVALID, "where", "error.expr.too_long", "max",
                    str_printf(c->arena, "%d", EXPR_SOURCE_MAX));
    if (!str_utf8_valid(source)) return FAIL(c, ST_INVALID, "where", "error.text.not_text");
    p.source = str_copy(c->arena, source);
    TRY(expr_lex(&p));
    TRY(expr_parse(&p));
    for (size_t i = 0; i < p.nodes.n; i++) {
        ExprNode *n = &p.nodes.v[i];
        if (n->op == EX_CONST && n->type == EXPR_TEXT)
            n->fold = text_fold(c->arena, n->constant.text);
    }
    const ExprNode *root = &p.nodes.v[p.nodes.n - 1];
    Expr *e = arena_new_of(c->arena, Expr);
    *e = (Expr){
        .source = p.source,
        .kind = k,
        .nodes = p.nodes.v,
        .n_nodes = p.nodes.n,
        .children = p.children.v,
        .n_children = p.children.n,
        .type = root->type,
        .scale = root->scale,
    };
    *ret_expr = e;
    return ST_OK;
}

Status expr_compile_condition(Ctx *c, const Model *m, const KindInfo *k, Str source,
                              Expr **ret_expr) {
    Expr *e = NULL;
    TRY(expr_compile(c, m, k, source, &e));
    ASSERT(e);
    if (e->type != EXPR_BOOL)
        return FAIL(c, ST_INVALID, "where", "error.expr.condition", "got", expr_type_name(e->type));
    *ret_expr = e;
    return ST_OK;
}

Expr *expr_copy(Arena *a, const Expr *e) {
    Expr *copy = arena_copy(a, e, sizeof *e);
    copy->source = str_copy(a, e->source);
    copy->nodes = arena_copy(a, e->nodes, e->n_nodes * sizeof *e->nodes);
    copy->children = arena_copy(a, e->children, e->n_children * sizeof *e->children);
    for (size_t i = 0; i < copy->n_nodes; i++) {
        ExprNode *n = &copy->nodes[i];
        if (n->op != EX_CONST) continue;
        n->constant = val_copy(a, n->constant);
        n->fold = str_copy(a, n->fold);
    }
    return copy;
}

/* --- the fields it reads -------------------------------------------------------------------------- */

enum { MENTIONS = EXPR_PATH_MAX + 2 };

/* The j-th field a node mentions, NULL where it has none there. */
static const FieldInfo *mention(const ExprNode *n, size_t j) {
    if (j == EXPR_PATH_MAX) return n->child_ref;
    if (j > EXPR_PATH_MAX) return n->child_field;
    return j < n->n_path ? n->path[j] : NULL;
}

static bool mentioned_before(const Expr *e, size_t at, size_t j, const FieldInfo *f) {
    for (size_t i = 0; i <= at; i++)
        for (size_t k = 0; k < (i < at ? (size_t)MENTIONS : j); k++)
            if (mention(&e->nodes[i], k) == f) return true;
    return false;
}

size_t expr_fields(const Expr *e, const FieldInfo *out[], size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < e->n_nodes; i++) {
        for (size_t j = 0; j < MENTIONS; j++) {
            const FieldInfo *f = mention(&e->nodes[i], j);
            if (!f || mentioned_before(e, i, j, f)) continue;
            if (n < max) out[n] = f;
            n++;
        }
    }
    return n;
}
