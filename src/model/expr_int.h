/* expr_int.h: what the files of the expression language share; private to the room. */
#ifndef MODEL_EXPR_INT_H
#define MODEL_EXPR_INT_H

#include "model/expr.h"
#include "model/model_int.h"

/* --- expr_lex.c: source to tokens ----------------------------------------------------------------- */

typedef enum Word {
    W_END, /* of the source */
    W_NUMBER,
    W_TEXT,
    W_DATE,
    W_NAME,
    W_AND,
    W_CONTAINS,
    W_FALSE,
    W_IN,
    W_IS,
    W_KNOWN,
    W_NOT,
    W_OR,
    W_STARTS,
    W_TRUE,
    W_UNKNOWN,
    W_WHERE,
    W_WITH,
    W_EQ,
    W_NE,
    W_LT,
    W_LE,
    W_GT,
    W_GE,
    W_PLUS,
    W_MINUS,
    W_STAR,
    W_SLASH,
    W_OPEN,
    W_CLOSE,
    W_COMMA,
    W_DOT,
} Word;

typedef struct Token {
    Word word;
    uint32_t pos, len; /* bytes of the source */
    Str text;          /* W_TEXT: without quotes; W_NAME */
    int64_t number;    /* W_NUMBER scaled, W_DATE day */
    int scale;
} Token;

/* --- expr_parse.c --------------------------------------------------------------------------------- */

typedef enum PendingType {
    PENDING_OPERATOR, /* waits for its right operand */
    PENDING_PREFIX,
    PENDING_GROUP, /* from here on: open brackets */
    PENDING_CALL,
    PENDING_IN,
    PENDING_WHERE,
} PendingType;

typedef struct Function {
    const char *name;
    ExprOp op;
    uint32_t min, max; /* number of arguments */
} Function;

/* An operator or open bracket that waits for what follows. */
typedef struct Pending {
    PendingType type;
    ExprOp op;
    int precedence;
    uint32_t pos;    /* where it stands; of a call, its bracket */
    uint32_t start;  /* of a call: its name */
    uint32_t n;      /* operands it takes */
    size_t base;     /* operands that were there before it opened */
    bool negate;     /* not in */
    bool reads_void; /* PENDING_WHERE: the condition names the child's "void" */
    const Function *function;
    ExprNode *aggregate;   /* PENDING_WHERE: the node to come */
    const KindInfo *outer; /* PENDING_WHERE: the kind to go back to */
} Pending;

typedef struct Parser {
    Ctx *c;
    const Model *m;
    Str source;
    const Token *tokens; /* the last one is W_END */
    size_t at;
    const KindInfo *kind; /* whose fields are named here */
    VEC(ExprNode) nodes;
    VEC(uint32_t) children;
    VEC(uint32_t) operands; /* nodes without a parent yet */
    VEC(Pending) pending;
    size_t open; /* prefixes and brackets among them */
} Parser;

Status expr_lex(Parser *p) CHECKED;
/* The root is the last of p->nodes. */
Status expr_parse(Parser *p) CHECKED;
/* Notes an error about a place in the source, with up to two more arguments; a NULL name ends them. */
Status expr_error(Parser *p, const char *key, uint32_t pos, uint32_t len, const char *name1,
                  Str value1, const char *name2, Str value2) CHECKED;

/* --- expr_check.c --------------------------------------------------------------------------------- */

/* Gives a node its type from its children, which are there already. */
Status expr_check(Parser *p, ExprNode *n) CHECKED;
ExprType expr_type_of(const Field *f);
/* What a type is called in messages: "text", "date" … */
Str expr_type_name(ExprType type);

/* 10^n for 0 <= n <= 18. */
int64_t expr_power10(int n);

#endif
