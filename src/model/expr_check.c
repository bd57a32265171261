/* expr_check.c: the types of an expression's nodes. The rules are in expr.h. */
#include "model/expr_int.h"

#include "text/fold.h"

#include "base/banned.h"

int64_t expr_power10(int n) {
    int64_t power = 1;
    for (; n > 0; n--)
        power *= 10;
    return power;
}

ExprType expr_type_of(const Field *f) {
    switch (f->type) {
    case FT_TEXT: return EXPR_TEXT;
    case FT_INT: return EXPR_INT;
    case FT_DECIMAL: return EXPR_DECIMAL;
    case FT_BOOL: return EXPR_BOOL;
    case FT_DATE: return EXPR_DATE;
    case FT_TIME: return EXPR_TIME;
    case FT_CODE: return EXPR_CODE;
    case FT_REF: return EXPR_ID;
    case FT_SET: return EXPR_SET;
    default: return EXPR_UNKNOWN;
    }
}

Str expr_type_name(ExprType type) {
    switch (type) {
    case EXPR_BOOL: return STR("condition");
    case EXPR_INT: return STR("integer");
    case EXPR_DECIMAL: return STR("decimal");
    case EXPR_TEXT: return STR("text");
    case EXPR_DATE: return STR("date");
    case EXPR_TIME: return STR("time");
    case EXPR_CODE: return STR("code");
    case EXPR_ID: return STR("id");
    case EXPR_SET: return STR("set");
    case EXPR_UNKNOWN: return STR("file");
    }
    BUG("unknown expression type");
}

/* --- helpers -------------------------------------------------------------------------------------- */

static ExprNode *kid(Parser *p, const ExprNode *n, uint32_t i) {
    return &p->nodes.v[p->children.v[n->first_child + i]];
}

static Status wrong_type(Parser *p, const ExprNode *at, Str expected) {
    return expr_error(p, "error.expr.type", at->pos, at->len, "expected", expected, "got",
                      expr_type_name(at->type));
}

static bool is_number(const ExprNode *n) {
    return n->type == EXPR_INT || n->type == EXPR_DECIMAL;
}

static bool is_literal_text(const ExprNode *n) {
    return n->op == EX_CONST && n->type == EXPR_TEXT;
}

/* --- 'text' that is meant as something else ------------------------------------------------------- */

static Status literal_to_code(Parser *p, ExprNode *text, const char *codes) {
    const CodeList *l = model_codes(p->m, str_of(codes));
    const Code *code = l ? code_find(l, text->constant.text) : NULL;
    if (!code) {
        Suggest near = suggest_new(text->constant.text);
        for (size_t i = 0; l && i < l->n; i++)
            if (!l->codes[i].until) suggest_offer(&near, l->codes[i].code);
        return expr_error(p, "error.expr.code", text->pos, text->len, "list", str_of(codes),
                          "did_you_mean", suggest_best(&near));
    }
    text->type = EXPR_CODE;
    text->codes = codes;
    return ST_OK;
}

/* Makes a literal text what `like` is, if it is a literal and can be that. */
static Status literal_becomes(Parser *p, ExprNode *text, const ExprNode *like) {
    if (!is_literal_text(text)) return ST_OK;
    Str value = text->constant.text;
    Day day;
    Time t;
    Id id;
    switch (like->type) {
    case EXPR_CODE:
    case EXPR_SET: return literal_to_code(p, text, like->codes);
    case EXPR_DATE:
        if (!day_from_iso(value, &day)) return wrong_type(p, text, STR("date"));
        text->constant = val_int(day);
        break;
    case EXPR_TIME:
        if (day_from_iso(value, &day))
            t = day * TIME_DAY;
        else if (!time_from_iso(value, &t))
            return wrong_type(p, text, STR("time"));
        text->constant = val_int(t);
        break;
    case EXPR_ID:
        if (!id_parse(value, &id)) return wrong_type(p, text, STR("id"));
        text->constant = val_id(p->c->arena, id);
        text->refers = like->refers;
        break;
    default: return ST_OK;
    }
    text->type = like->type;
    return ST_OK;
}

/* A child that must be of a type; a literal text may become a date. */
static Status want(Parser *p, ExprNode *n, ExprType type) {
    ExprNode like = { .type = type };
    if (type == EXPR_DATE) TRY(literal_becomes(p, n, &like));
    return n->type == type ? ST_OK : wrong_type(p, n, expr_type_name(type));
}

static Status want_number(Parser *p, const ExprNode *n) {
    return is_number(n) ? ST_OK : wrong_type(p, n, STR("number"));
}

/* --- comparing and bringing together -------------------------------------------------------------- */

static bool same(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

/* Whether values of both can be compared as equal; dates_mix: also a date with a time. */
static bool alike(const ExprNode *a, const ExprNode *b, bool dates_mix) {
    if (is_number(a) && is_number(b)) return true;
    bool a_day = a->type == EXPR_DATE || a->type == EXPR_TIME;
    bool b_day = b->type == EXPR_DATE || b->type == EXPR_TIME;
    if (dates_mix && a_day && b_day) return true;
    if (a->type != b->type) return false;
    if (a->type == EXPR_CODE) return same(a->codes, b->codes);
    if (a->type == EXPR_ID) return same(a->refers, b->refers);
    return a->type != EXPR_SET && a->type != EXPR_UNKNOWN;
}

static Status check_pair(Parser *p, ExprNode *a, ExprNode *b) {
    TRY(literal_becomes(p, b, a));
    TRY(literal_becomes(p, a, b));
    if (alike(a, b, true)) return ST_OK;
    return expr_error(p, "error.expr.compare", b->pos, b->len, "expected", expr_type_name(a->type),
                      "got", expr_type_name(b->type));
}

static bool has_order(const ExprNode *n) {
    return is_number(n) || n->type == EXPR_TEXT || n->type == EXPR_DATE || n->type == EXPR_TIME;
}

static Status check_order(Parser *p, ExprNode *a, ExprNode *b) {
    TRY(check_pair(p, a, b));
    return has_order(a) ? ST_OK : wrong_type(p, a, STR("number"));
}

/* The first child from `first` on that is no literal text: what those are to become. */
static ExprNode *model_child(Parser *p, const ExprNode *n, uint32_t first) {
    for (uint32_t i = first; i < n->n_children; i++)
        if (!is_literal_text(kid(p, n, i))) return kid(p, n, i);
    return kid(p, n, first);
}

static Status check_in(Parser *p, const ExprNode *n) {
    const ExprNode *like = model_child(p, n, 0);
    for (uint32_t i = 0; i < n->n_children; i++)
        TRY(literal_becomes(p, kid(p, n, i), like));
    for (uint32_t i = 1; i < n->n_children; i++)
        TRY(check_pair(p, kid(p, n, 0), kid(p, n, i)));
    return ST_OK;
}

/* The children from `first` on, of which the node is to be one: their common type. */
static Status check_common(Parser *p, ExprNode *n, uint32_t first) {
    const ExprNode *like = model_child(p, n, first);
    if (like->type == EXPR_SET || like->type == EXPR_UNKNOWN)
        return wrong_type(p, like, STR("value"));
    n->type = like->type;
    n->codes = like->codes;
    n->refers = like->refers;
    for (uint32_t i = first; i < n->n_children; i++) {
        ExprNode *one = kid(p, n, i);
        TRY(literal_becomes(p, one, like));
        if (!alike(like, one, false)) return wrong_type(p, one, expr_type_name(like->type));
        if (one->type == EXPR_DECIMAL) n->type = EXPR_DECIMAL;
        if (one->scale > n->scale) n->scale = one->scale;
    }
    return ST_OK;
}

static Status check_contains(Parser *p, ExprNode *a, ExprNode *b) {
    if (a->type == EXPR_SET) {
        TRY(literal_becomes(p, b, a));
        if (b->type != EXPR_CODE || !same(a->codes, b->codes)) return wrong_type(p, b, STR("code"));
        return ST_OK;
    }
    TRY(want(p, a, EXPR_TEXT));
    return want(p, b, EXPR_TEXT);
}

static Status check_starts(Parser *p, ExprNode *a, ExprNode *b) {
    if (a->type != EXPR_CODE) TRY(want(p, a, EXPR_TEXT));
    return want(p, b, EXPR_TEXT);
}

/* --- arithmetic ----------------------------------------------------------------------------------- */

static Status check_sum(Parser *p, ExprNode *n) {
    ExprNode *a = kid(p, n, 0), *b = kid(p, n, 1);
    if (a->type == EXPR_DATE && b->type == EXPR_DATE && n->op == EX_SUB) {
        n->type = EXPR_INT;
        return ST_OK;
    }
    bool date_left = a->type == EXPR_DATE;
    bool date_right = b->type == EXPR_DATE && n->op == EX_ADD;
    if (date_left || date_right) {
        n->type = EXPR_DATE;
        return want(p, date_left ? b : a, EXPR_INT);
    }
    TRY(want_number(p, a));
    TRY(want_number(p, b));
    n->type = a->type == EXPR_DECIMAL || b->type == EXPR_DECIMAL ? EXPR_DECIMAL : EXPR_INT;
    n->scale = a->scale > b->scale ? a->scale : b->scale;
    return ST_OK;
}

static Status check_product(Parser *p, ExprNode *n) {
    ExprNode *a = kid(p, n, 0), *b = kid(p, n, 1);
    TRY(want_number(p, a));
    TRY(want_number(p, b));
    n->type = EXPR_DECIMAL;
    n->scale = SCALE_MAX;
    if (n->op == EX_DIV) return ST_OK;
    if (a->type == EXPR_INT && b->type == EXPR_INT) n->type = EXPR_INT;
    if (a->scale + b->scale < SCALE_MAX) n->scale = a->scale + b->scale;
    return ST_OK;
}

static Status check_same_number(Parser *p, ExprNode *n) {
    const ExprNode *a = kid(p, n, 0);
    TRY(want_number(p, a));
    n->type = a->type;
    n->scale = a->scale;
    return ST_OK;
}

static Status check_least(Parser *p, ExprNode *n) {
    TRY(check_common(p, n, 0));
    const ExprNode *a = kid(p, n, 0);
    if (is_number(a) || a->type == EXPR_DATE || a->type == EXPR_TIME) return ST_OK;
    return wrong_type(p, a, STR("number"));
}

static Status check_aggregate(Parser *p, ExprNode *n) {
    n->type = n->aggregate == AGG_EXISTS ? EXPR_BOOL : EXPR_INT;
    if (n->aggregate == AGG_COUNT || n->aggregate == AGG_EXISTS) return ST_OK;
    const Field *f = &n->child_field->f;
    ExprNode value = { .pos = n->pos, .len = n->len, .type = expr_type_of(f), .scale = f->scale };
    bool day = value.type == EXPR_DATE || value.type == EXPR_TIME;
    if (!is_number(&value) && !(day && n->aggregate != AGG_SUM))
        return wrong_type(p, &value, STR("number"));
    n->type = value.type;
    n->scale = value.scale;
    return ST_OK;
}

static Status check_dates(Parser *p, ExprNode *n) {
    n->type = EXPR_INT;
    for (uint32_t i = 0; i < n->n_children; i++)
        TRY(want(p, kid(p, n, i), EXPR_DATE));
    return ST_OK;
}

Status expr_check(Parser *p, ExprNode *n) {
    n->kind = p->kind;
    n->type = EXPR_BOOL;
    switch (n->op) {
    case EX_CONST:
    case EX_FIELD: BUG("expr_check: typed where they are read");
    case EX_NOT:
    case EX_AND:
    case EX_OR:
        for (uint32_t i = 0; i < n->n_children; i++)
            TRY(want(p, kid(p, n, i), EXPR_BOOL));
        return ST_OK;
    case EX_EQ:
    case EX_NE: return check_pair(p, kid(p, n, 0), kid(p, n, 1));
    case EX_LT:
    case EX_LE:
    case EX_GT:
    case EX_GE: return check_order(p, kid(p, n, 0), kid(p, n, 1));
    case EX_IN: return check_in(p, n);
    case EX_IS_KNOWN:
    case EX_IS_UNKNOWN: return ST_OK;
    case EX_STARTS_WITH: return check_starts(p, kid(p, n, 0), kid(p, n, 1));
    case EX_CONTAINS: return check_contains(p, kid(p, n, 0), kid(p, n, 1));
    case EX_ADD:
    case EX_SUB: return check_sum(p, n);
    case EX_MUL:
    case EX_DIV: return check_product(p, n);
    case EX_NEG:
    case EX_ABS: return check_same_number(p, n);
    case EX_TODAY: n->type = EXPR_DATE; return ST_OK;
    case EX_AGE:
    case EX_YEARS_BETWEEN:
    case EX_DAYS_BETWEEN:
    case EX_YEAR:
    case EX_MONTH: return check_dates(p, n);
    case EX_LENGTH: n->type = EXPR_INT; return want(p, kid(p, n, 0), EXPR_TEXT);
    case EX_LOWER: n->type = EXPR_TEXT; return want(p, kid(p, n, 0), EXPR_TEXT);
    case EX_COALESCE: return check_common(p, n, 0);
    case EX_MIN:
    case EX_MAX: return check_least(p, n);
    case EX_IF: TRY(want(p, kid(p, n, 0), EXPR_BOOL)); return check_common(p, n, 1);
    case EX_AGGREGATE: return check_aggregate(p, n);
    }
    BUG("unknown expression operator");
}
