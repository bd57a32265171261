/* expr.h: the one expression language of Panah.
 *
 * Used by validation, saved views, quality rules, targeting, scores and indicators. Evaluated here
 * for the record at hand and compiled to SQL (store/query) for a million; both give the same answer.
 *
 *     age(birth_date) < 18 and sex = 'F' and exists(specific_need where code = 'SC-UC')
 *     registration_group.village = 'Kacha Garhi' or birth_date is unknown
 *     arrival_date >= 2024-01-01 and count(membership where void is unknown) > 7
 *
 * Grammar (precedence low → high): or · and · not · comparison (= != < <= > >=, in (…), not in (…),
 * is known, is unknown, starts with, contains) · + - · * / · unary - · primary. Primary: number
 * (12, 12.50), 'text' with '' for a quote, date 2024-01-31, true, false, field path (a.b through
 * FT_REF fields, at most 3 steps), ( … ), function call, aggregate over a child kind (one whose
 * FT_REF points here): count/exists/sum/min/max(kind[.field] where …).
 * Functions: today() age(date) years_between(d, d) days_between(d, d) year(d) month(d) length(text)
 * lower(text) coalesce(a, b…) abs(n) min(a, b…) max(a, b…) if(cond, a, b).
 *
 * Values: bool, int64, decimal (int64 scaled, at most 6 digits after the point), text, date, time,
 * code, id, set. No floats. Overflow, division by zero and whatever depends on an unknown value are
 * unknown; and/or follow Kleene's three-valued logic; a filter keeps what is true. Text compares by
 * its fold (text_fold). Limits: 4 KiB of source, 64 levels, 1,000 nodes. No recursion over input. */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include "model/model.h"

typedef enum ExprType { EXPR_BOOL, EXPR_INT, EXPR_DECIMAL, EXPR_TEXT, EXPR_DATE, EXPR_TIME, EXPR_CODE, EXPR_ID, EXPR_SET, EXPR_UNKNOWN } ExprType;

typedef enum ExprOp {
    EX_CONST, EX_FIELD, EX_NOT, EX_AND, EX_OR, EX_EQ, EX_NE, EX_LT, EX_LE, EX_GT, EX_GE, EX_IN,
    EX_IS_KNOWN, EX_IS_UNKNOWN, EX_STARTS_WITH, EX_CONTAINS, EX_ADD, EX_SUB, EX_MUL, EX_DIV, EX_NEG,
    EX_TODAY, EX_AGE, EX_YEARS_BETWEEN, EX_DAYS_BETWEEN, EX_YEAR, EX_MONTH, EX_LENGTH, EX_LOWER,
    EX_COALESCE, EX_ABS, EX_MIN, EX_MAX, EX_IF, EX_AGGREGATE,
} ExprOp;

typedef enum ExprAggregate { AGG_COUNT, AGG_EXISTS, AGG_SUM, AGG_MIN, AGG_MAX } ExprAggregate;

enum { EXPR_SOURCE_MAX = 4096, EXPR_DEPTH_MAX = 64, EXPR_NODES_MAX = 1000, EXPR_PATH_MAX = 4 };

/* Nodes lie in one array in post-order: children before parents, the root last. */
typedef struct ExprNode {
    ExprOp op;
    ExprType type;
    int scale;            /* EXPR_DECIMAL */
    uint32_t pos, len;    /* place in the source, bytes */
    uint32_t first_child; /* index into Expr.children */
    uint32_t n_children;
    Val constant;                                /* EX_CONST, typed as in kind.h */
    const FieldInfo *path[EXPR_PATH_MAX];        /* EX_FIELD: steps through FT_REF, last is the value */
    size_t n_path;
    ExprAggregate aggregate;                     /* EX_AGGREGATE */
    const KindInfo *child_kind;                  /* its kind; the reference back is child_ref */
    const FieldInfo *child_ref, *child_field;    /* child_field: what is summed; NULL for count */
    uint32_t where_root;                         /* node index of the condition + 1; 0: none */
    const KindInfo *kind;                        /* the kind this node speaks of */
} ExprNode;

typedef struct Expr {
    Str source;
    const KindInfo *kind;
    ExprNode *nodes;
    size_t n_nodes;
    uint32_t *children;
    ExprType type; /* the root's */
    int scale;
} Expr;

/* Parses and type-checks against a kind. Errors: path "where", key "error.expr.*" with args
 * position (1-based character), near, expected, got, did_you_mean. */
Status expr_compile(Ctx *c, const Model *m, const KindInfo *k, Str source, Expr **ret_expr) CHECKED;
/* As above and the result must be a condition. */
Status expr_compile_condition(Ctx *c, const Model *m, const KindInfo *k, Str source, Expr **ret_expr) CHECKED;

/* Where the evaluator gets values: of the record at hand, of records it refers to, of children. */
typedef struct ExprSource {
    void *arg;
    /* Typed value of a field of a record; VAL_ABSENT or VAL_NULL is unknown. `record` is NULL for
     * the root record, else a handle given by follow or child. */
    Val (*get)(void *arg, const void *record, const FieldInfo *f);
    /* The record an FT_REF points to; NULL: unknown or not there. */
    const void *(*follow)(void *arg, const void *record, const FieldInfo *f);
    /* The i-th child record of `kind` whose `ref` points to record; NULL at the end. */
    const void *(*child)(void *arg, const void *record, const KindInfo *kind, const FieldInfo *ref, size_t i);
} ExprSource;

/* VAL_NULL is unknown. Work is bounded: at most 100,000 node visits, then ST_LIMIT. */
Status expr_eval(Ctx *c, const Expr *e, const ExprSource *source, Day today, Val *ret_value) CHECKED;
/* Every field an expression reads, for access checks. */
size_t expr_fields(const Expr *e, const FieldInfo *out[], size_t max);

#endif
