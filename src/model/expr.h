/* expr.h: the one expression language of Panah.
 *
 * Used by validation, saved views, quality rules, targeting, scores and indicators. Evaluated here
 * for the record at hand and compiled to SQL (store/query) for a million; both give the same answer.
 *
 *     age(birth_date) < 18 and sex = 'F' and exists(specific_need where code = 'SC-UC')
 *     registration_group.village = 'Kacha Garhi' or birth_date is unknown
 *     arrival_date >= 2024-01-01 and count(membership where to_date is unknown) > 7
 *
 * Grammar (precedence low → high): or · and · not · comparison (= != < <= > >=, in (…), not in (…),
 * is known, is unknown, starts with, contains) · + - · * / · unary - · primary. Comparisons do not
 * chain. Primary: number (12, 12.50), 'text' with '' for a quote, date 2024-01-31, true, false,
 * field path (a.b through FT_REF fields, at most 3 steps; "a" in double quotes names a custom field
 * by its id text), ( … ), function call, aggregate over a child kind (one whose FT_REF points here):
 * count/exists/sum/min/max(kind[.field] where …). Words may be in capitals, names not.
 * Functions: today() age(date) years_between(d, d) days_between(d, d) year(d) month(d) length(text)
 * lower(text) coalesce(a, b…) abs(n) min(a, b…) max(a, b…) if(cond, a, b).
 * Limits: 4 KiB of source, 64 levels of brackets and prefixes, 1,000 nodes. No recursion over input.
 *
 * Values: bool, int64, decimal (int64 scaled, at most 6 digits after the point), text, date, time,
 * code, id, set. No floats. Unknown is SQL's NULL. What depends on an unknown value is unknown;
 * and, or, not follow Kleene (as in SQL); a filter keeps what is true.
 *
 * Types. Checked at compile time; a 'text' literal becomes what it is compared with: a code of the
 * list (it must be in it, withdrawn or not), an ISO date or time, an id. Two codes compare when they
 * are of one list, two ids when they refer to one kind.
 *   = !=              numbers; text; dates and times; codes; ids; bools.
 *   < <= > >=         numbers; text (bytes of the fold); dates and times.
 *   x in (a, b)       x = a or x = b. not in: not of that.
 *   A date beside a time is its midnight UTC: days × 86,400,000,000 µs.
 *   Text compares by its fold (text_fold): = < starts with, contains. Codes and ids by their bytes;
 *   a code may also start with a text, byte for byte.
 *   set contains code A set that is unknown is an empty set: it contains nothing (false), and
 *                     "is known" says that it has an element. Sets are good for nothing else.
 *   x is known        never unknown itself. Files (FT_BLOB) are good for nothing else.
 * Numbers. Any result or intermediate value outside int64 is unknown, at every step:
 *   + -               the smaller scale is first multiplied up to the larger; scale is the larger.
 *                     Comparison, in, min, max, coalesce, if bring numbers to one scale likewise.
 *   *                 scales add up; beyond 6 the product (itself within int64) is divided by
 *                     10^(sum - 6), truncated toward zero, and has scale 6.
 *   a / b             scale 6: a × 10^(6 + scale of b - scale of a) / b, truncated toward zero, where
 *                     the multiplied a too must be within int64. By zero: unknown. Hence |a| may be
 *                     9.2 × 10^12 with whole numbers, less where b has digits after the point.
 *   date + n, n + date, date - n: days; outside the years 1-9999 unknown. date - date: days.
 *   abs, unary -      of the least int64 are unknown.
 * Functions: age(d) is years_between(d, today()): completed years, negative when d is later; who is
 *   born on 29 February completes one on 1 March of common years. days_between(a, b) is b - a.
 *   length counts code points. lower is for ASCII letters only. coalesce: the first that is known.
 *   min, max: unknown if one value is. if: unknown if the condition is; the branch not taken does
 *   not matter. A field value outside its type's range (a date beyond 1-9999) is unknown.
 * Aggregates see the child records that are not void; a condition that itself names the child's own
 *   field "void" sees all (the compiler adds "void is unknown and (…)" to the nodes: nothing is left
 *   to do for who evaluates them). A child counts where its condition is true. The reference is the
 *   child's subject where that points here, else its only FT_REF to this kind.
 *   count(k) records; count(k.f) those with f known. exists: count > 0. Neither is ever unknown.
 *   sum(k.f) of the known values; 0 where there are none; exact whatever the order, and unknown when
 *   the total is outside int64. (SQLite's sum() fails on the way: add x >> 32 and x & 0xffffffff
 *   apart, carry, and check.) min(k.f), max(k.f): numbers, dates, times; unknown where none is known. */
#ifndef MODEL_EXPR_H
#define MODEL_EXPR_H

#include "model/model.h"

typedef enum ExprType {
    EXPR_BOOL,
    EXPR_INT,
    EXPR_DECIMAL,
    EXPR_TEXT,
    EXPR_DATE,
    EXPR_TIME,
    EXPR_CODE,
    EXPR_ID,
    EXPR_SET,
    EXPR_UNKNOWN
} ExprType;

/* clang-format off */
typedef enum ExprOp {
    EX_CONST, EX_FIELD, EX_NOT, EX_AND, EX_OR, EX_EQ, EX_NE, EX_LT, EX_LE, EX_GT, EX_GE, EX_IN,
    EX_IS_KNOWN, EX_IS_UNKNOWN, EX_STARTS_WITH, EX_CONTAINS, EX_ADD, EX_SUB, EX_MUL, EX_DIV, EX_NEG,
    EX_TODAY, EX_AGE, EX_YEARS_BETWEEN, EX_DAYS_BETWEEN, EX_YEAR, EX_MONTH, EX_LENGTH, EX_LOWER,
    EX_COALESCE, EX_ABS, EX_MIN, EX_MAX, EX_IF, EX_AGGREGATE,
} ExprOp;
/* clang-format on */

typedef enum ExprAggregate { AGG_COUNT, AGG_EXISTS, AGG_SUM, AGG_MIN, AGG_MAX } ExprAggregate;

enum {
    EXPR_SOURCE_MAX = 4096,
    EXPR_DEPTH_MAX = 64,
    EXPR_NODES_MAX = 1000,
    EXPR_PATH_MAX = 4,
    EXPR_VISITS_MAX = 100000,
};

/* Nodes lie in one array in post-order: children before parents, the root last.
 * Children: EX_NOT EX_NEG EX_IS_* EX_AGE EX_YEAR EX_MONTH EX_LENGTH EX_LOWER EX_ABS one; EX_AND EX_OR
 * EX_COALESCE EX_MIN EX_MAX two or more; EX_IN the value, then one or more; EX_IF three; EX_CONST
 * EX_FIELD EX_TODAY EX_AGGREGATE none (its condition is where_root); all others two. */
typedef struct ExprNode {
    ExprOp op;
    ExprType type;
    int scale;            /* EXPR_DECIMAL */
    uint32_t pos, len;    /* place in the source, bytes */
    uint32_t first_child; /* index into Expr.children */
    uint32_t n_children;
    Val constant;                         /* EX_CONST, typed as in kind.h */
    Str fold;                             /* EX_CONST of text: its text_fold */
    const char *codes;                    /* EXPR_CODE, EXPR_SET: of this list */
    const char *refers;                   /* EXPR_ID: to a record of this kind */
    const FieldInfo *path[EXPR_PATH_MAX]; /* EX_FIELD: steps through FT_REF, last is the value */
    size_t n_path;
    ExprAggregate aggregate;                  /* EX_AGGREGATE */
    const KindInfo *child_kind;               /* its kind; the reference back is child_ref */
    const FieldInfo *child_ref, *child_field; /* child_field: what is summed; count, exists: NULL
                                                    or the field that must be known */
    uint32_t where_root;                      /* node index of its condition + 1; always there */
    const KindInfo *kind;                     /* the kind this node speaks of */
} ExprNode;

typedef struct Expr {
    Str source;
    const KindInfo *kind;
    ExprNode *nodes;
    size_t n_nodes;
    uint32_t *children;
    ExprType type; /* the root's */
    int scale;
    size_t n_children;
} Expr;

/* Parses and type-checks against a kind. The result lies in c->arena and points into the model.
 * One error, ST_INVALID: path "where", key "error.expr.*" with args position (1-based character),
 * near (the place in the source) and, by key, expected, got, kind, list, max, did_you_mean. */
Status expr_compile(Ctx *c, const Model *m, const KindInfo *k, Str source, Expr **ret_expr) CHECKED;
/* As above and the result must be a condition. */
Status expr_compile_condition(Ctx *c, const Model *m, const KindInfo *k, Str source,
                              Expr **ret_expr) CHECKED;

/* Where the evaluator gets values: of the record at hand, of records it refers to, of children. */
typedef struct ExprSource {
    void *arg;
    /* Typed value of a field of a record; VAL_ABSENT or VAL_NULL is unknown. `record` is NULL for
     * the root record, else a handle given by follow or child. */
    Val (*get)(void *arg, const void *record, const FieldInfo *f);
    /* The record an FT_REF points to; NULL: unknown or not there. */
    const void *(*follow)(void *arg, const void *record, const FieldInfo *f);
    /* The i-th child record of `kind` whose `ref` points to record; NULL at the end. */
    const void *(*child)(void *arg, const void *record, const KindInfo *kind, const FieldInfo *ref,
                         size_t i);
} ExprSource;

/* VAL_NULL is unknown. Work is bounded: at most 100,000 node visits, then ST_LIMIT with key
 * "error.expr.work". follow and child of the source may be NULL: nothing is there. Uses c->arena for
 * folded text. */
Status expr_eval(Ctx *c, const Expr *e, const ExprSource *source, Day today,
                 Val *ret_value) CHECKED;
/* Every field an expression reads, steps of paths and references of children included, each once, for
 * access checks. Returns how many there are; writes the first max. */
size_t expr_fields(const Expr *e, const FieldInfo *out[], size_t max);

/* A copy that needs nothing but the model. */
Expr *expr_copy(Arena *a, const Expr *e);

#endif
