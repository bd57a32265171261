/* expr_random_test.c: random expressions, printed, compiled and evaluated, against a second evaluator
 * that follows the text of expr.h in the plainest way: recursion and 128-bit numbers. And random
 * damage to their source, which must be refused or evaluated, never more.
 *
 * PANAH_ROUNDS sets how many (20,000). A failure prints the source and its seed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/expr.h"
#include "model/model_int.h"
#include "model/toy_int.h"
#include "text/fold.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

__extension__ typedef __int128 Wide;

enum { TODAY = 20781, DEEPEST = 5, ARENA_BYTES = 64 << 20 };

static Env world;
static Arena *model_arena, *arena; /* the second is emptied for each expression */
static Model *model;
static Rng rng;
static ToyWorld toys;

static uint64_t below(uint64_t n) {
    return rng_below(&rng, n);
}
/* --- random expressions --------------------------------------------------------------------------- */

typedef enum Type { T_BOOL, T_INT, T_DECIMAL, T_DATE, T_TEXT, T_CODE, T_ANY } Type;

/* clang-format off */
typedef enum Op {
    O_CONST, O_FIELD, O_NOT, O_AND, O_OR, O_COMPARE, O_IN, O_IS_KNOWN, O_IS_UNKNOWN, O_STARTS,
    O_CONTAINS, O_SET, O_ADD, O_SUB, O_MUL, O_DIV, O_NEG, O_TODAY, O_AGE, O_YEARS, O_DAYS, O_YEAR,
    O_MONTH, O_LENGTH, O_COALESCE, O_ABS, O_MIN, O_MAX, O_IF, O_COUNT, O_EXISTS, O_SUM, O_LEAST,
    O_GREATEST,
} Op;
/* clang-format on */

typedef struct Gen Gen;
struct Gen {
    Op op;
    Type type;
    int scale;
    int n;
    Gen *kid[4];
    const char *word; /* field, comparison */
    int64_t i;        /* constant */
    Str text;         /* constant */
    bool see_void;    /* aggregates: its condition names void */
};

static Gen *gen(Type type, int depth, bool of_need);

static Gen *node(Op op, Type type, int n) {
    Gen *g = arena_new_of(arena, Gen);
    g->op = op;
    g->type = type;
    g->n = n;
    return g;
}

static int64_t random_int(void) {
    static const int64_t odd[] = { 0,
                                   1,
                                   2,
                                   7,
                                   10,
                                   100,
                                   INT64_MAX,
                                   INT64_MAX - 1,
                                   3037000500,
                                   9223372036854,
                                   9223372036855,
                                   1000000,
                                   999999999999 };
    if (below(3)) return (int64_t)below(20);
    return odd[below(sizeof odd / sizeof odd[0])];
}

static Str random_text(void) {
    static const char *const texts[] = { "",     "a", "Sara", "SARA jan", "Kacha Garhi",
                                         "it's", "ي", "ی",    " a  b ",   "é" };
    return str_of(texts[below(sizeof texts / sizeof texts[0])]);
}

static int64_t random_day(void) {
    static const char *const days[] = { "0001-01-01", "9999-12-31", "2012-02-29", "2013-02-28",
                                        "2026-11-24", "2014-03-01", "1970-01-01" };
    Day d = 0;
    if (!day_from_iso(str_of(days[below(sizeof days / sizeof days[0])]), &d)) abort();
    return d;
}

static Gen *gen_const(Type type) {
    Gen *g = node(O_CONST, type, 0);
    switch (type) {
    case T_BOOL: g->i = (int64_t)below(2); break;
    case T_INT: g->i = random_int(); break;
    case T_DECIMAL:
        g->scale = 1 + (int)below(6);
        g->i = random_int();
        break;
    case T_DATE: g->i = random_day(); break;
    case T_TEXT: g->text = random_text(); break;
    default: g->text = str_of(below(2) ? "F" : "M"); break;
    }
    return g;
}

/* By type, of a person and of a need. */
static const char *const fields[2][6][5] = {
    { { "present" },
      { "children", "registration_group.size" },
      { "height_m", "registration_group.income" },
      { "birth_date", "registration_group.arrival_date" },
      { "given_name", "registration_group.village", "notes" },
      { "sex" } },
    { { "person.present" },
      { "weight", "person.children", "person.registration_group.size" },
      { "cost", "person.height_m" },
      { "noted_on", "person.birth_date" },
      { "person.given_name", "person.registration_group.village" },
      { "person.sex" } },
};

static Gen *gen_field(Type type, bool of_need) {
    Gen *g = node(O_FIELD, type, 0);
    const char *const *from = fields[of_need][type];
    size_t n = 0;
    while (n < 5 && from[n])
        n++;
    g->word = from[below(n)];
    g->scale = type == T_DECIMAL ? 2 : 0;
    return g;
}

static Gen *over(Op op, Type type, Gen *a, Gen *b) {
    Gen *g = node(op, type, b ? 2 : 1);
    g->kid[0] = a;
    g->kid[1] = b;
    return g;
}

static Type number_type(void) {
    return below(2) ? T_INT : T_DECIMAL;
}
/* A value that may stand beside one of this type. */
static Gen *gen_beside(Type type, int depth, bool of_need) {
    if (type == T_INT || type == T_DECIMAL) type = number_type();
    return gen(type, depth, of_need);
}

/* coalesce, min, max: two or three; if: a condition first. */
static Gen *gen_choice(Op op, Type type, int depth, bool of_need) {
    Gen *g = node(op, type, op == O_IF ? 3 : 2 + (int)below(2));
    bool decimal = type == T_DECIMAL;
    for (int k = 0; k < g->n; k++) {
        bool condition = op == O_IF && k == 0;
        Type own = condition ? T_BOOL : type;
        /* The last one settles that the whole is a decimal. */
        if (decimal && k + 1 < g->n && !condition) own = number_type();
        /* Of literals alone a choice would be text, not a code. */
        bool settles = type == T_CODE && k + 1 == g->n;
        g->kid[k] = settles ? gen_field(own, of_need) : gen(own, depth, of_need);
        if (!condition && g->kid[k]->scale > g->scale) g->scale = g->kid[k]->scale;
    }
    return g;
}

static Gen *gen_aggregate(Op op, Type type, int depth) {
    static const char *const what[] = {
        [T_INT] = "weight", [T_DECIMAL] = "cost", [T_DATE] = "noted_on"
    };
    Gen *g = node(op, type, (int)below(2));
    if (op != O_COUNT && op != O_EXISTS)
        g->word = what[type];
    else if (below(2))
        g->word = what[T_INT + below(3)];
    if (g->n) g->kid[0] = gen(T_BOOL, depth, true);
    if (g->n && below(4) == 0) {
        Gen *mark = node(O_FIELD, T_CODE, 0);
        mark->word = "void";
        g->kid[0] = over(O_OR, T_BOOL, over(O_IS_KNOWN, T_BOOL, mark, NULL), g->kid[0]);
        g->see_void = true;
    }
    g->scale = type == T_DECIMAL ? 2 : 0;
    return g;
}

static Gen *gen_bool(int depth, bool of_need) {
    static const char *const orders[] = { "=", "!=", "<", "<=", ">", ">=" };
    Gen *g;
    Type t;
    switch (below(11)) {
    case 0: return over(O_NOT, T_BOOL, gen(T_BOOL, depth, of_need), NULL);
    case 1:
    case 2:
        return over(below(2) ? O_AND : O_OR, T_BOOL, gen(T_BOOL, depth, of_need),
                    gen(T_BOOL, depth, of_need));
    case 3:
    case 4:
    case 5:
        t = (Type)below(6);
        g = over(O_COMPARE, T_BOOL, gen(t, depth, of_need), gen_beside(t, depth, of_need));
        g->word = orders[below(t == T_BOOL || t == T_CODE ? 2 : 6)];
        return g;
    case 6:
        t = (Type)below(6);
        g = node(O_IN, T_BOOL, 2 + (int)below(3));
        for (int k = 0; k < g->n; k++)
            g->kid[k] = gen_beside(t, depth, of_need);
        return g;
    case 7:
        return over(below(2) ? O_IS_KNOWN : O_IS_UNKNOWN, T_BOOL,
                    gen((Type)below(6), depth, of_need), NULL);
    case 8:
        return over(below(2) ? O_STARTS : O_CONTAINS, T_BOOL, gen(T_TEXT, depth, of_need),
                    gen(T_TEXT, depth, of_need));
    case 9:
        if (of_need) return gen_field(T_BOOL, of_need);
        g = node(O_SET, T_BOOL, 0);
        g->text = str_of(below(2) ? "prs" : "fra");
        return g;
    default: return of_need ? gen_const(T_BOOL) : gen_aggregate(O_EXISTS, T_BOOL, depth);
    }
}

static Gen *gen_number(Type type, int depth, bool of_need) {
    Gen *g, *a, *b;
    switch (below(type == T_INT ? 9 : 6)) {
    case 0:
    case 1:
        a = gen(type, depth, of_need);
        b = gen(type == T_INT ? T_INT : number_type(), depth, of_need);
        g = over(below(2) ? O_ADD : O_SUB, type, a, b);
        g->scale = a->scale > b->scale ? a->scale : b->scale;
        return g;
    case 2:
        a = gen(type, depth, of_need);
        b = gen(type == T_INT ? T_INT : number_type(), depth, of_need);
        if (type == T_DECIMAL && below(2)) {
            g = over(O_DIV, type, gen(number_type(), depth, of_need), b);
            g->scale = 6;
            return g;
        }
        g = over(O_MUL, type, a, b);
        g->scale = a->scale + b->scale > 6 ? 6 : a->scale + b->scale;
        return g;
    case 3:
        a = gen(type, depth, of_need);
        g = over(below(2) ? O_NEG : O_ABS, type, a, NULL);
        g->scale = a->scale;
        return g;
    case 4: return gen_choice(below(2) ? O_MIN : O_MAX, type, depth, of_need);
    case 5: {
        static const Op ops[] = { O_SUM, O_LEAST, O_GREATEST };
        if (of_need) return gen_field(type, of_need);
        return gen_aggregate(ops[below(3)], type, depth);
    }
    case 6: {
        static const Op ops[] = { O_AGE, O_YEAR, O_MONTH };
        return over(ops[below(3)], T_INT, gen(T_DATE, depth, of_need), NULL);
    }
    case 7:
        return over(below(2) ? O_YEARS : O_DAYS, T_INT, gen(T_DATE, depth, of_need),
                    gen(T_DATE, depth, of_need));
    default:
        if (!of_need && below(2)) return gen_aggregate(O_COUNT, T_INT, depth);
        return over(O_LENGTH, T_INT, gen(T_TEXT, depth, of_need), NULL);
    }
}

static Gen *gen_date(int depth, bool of_need) {
    switch (below(5)) {
    case 0: return node(O_TODAY, T_DATE, 0);
    case 1:
    case 2:
        return over(below(2) ? O_ADD : O_SUB, T_DATE, gen(T_DATE, depth, of_need),
                    gen(T_INT, depth, of_need));
    case 3: return gen_choice(below(2) ? O_MIN : O_MAX, T_DATE, depth, of_need);
    default:
        if (of_need) return gen_field(T_DATE, of_need);
        return gen_aggregate(below(2) ? O_LEAST : O_GREATEST, T_DATE, depth);
    }
}

static Gen *gen(Type type, int depth, bool of_need) {
    if (depth == 0 || below(6) == 0) return below(2) ? gen_const(type) : gen_field(type, of_need);
    depth--;
    if (below(6) == 0) return gen_choice(below(2) ? O_COALESCE : O_IF, type, depth, of_need);
    switch (type) {
    case T_BOOL: return gen_bool(depth, of_need);
    case T_INT:
    case T_DECIMAL: return gen_number(type, depth, of_need);
    case T_DATE: return gen_date(depth, of_need);
    default: return below(2) ? gen_const(type) : gen_field(type, of_need);
    }
}

/* --- printing them -------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *word;
    int binds, left, right; /* how tightly it, and what stands on its sides, binds at least */
} forms[] = {
    [O_CONST] = { "", 8, 0, 0 }, [O_FIELD] = { "", 8, 0, 0 }, [O_NOT] = { "not ", 3, 0, 3 },
    [O_AND] = { "and", 2, 2, 2 }, [O_OR] = { "or", 1, 1, 1 }, [O_COMPARE] = { "", 4, 5, 5 },
    [O_IN] = { "in", 4, 5, 0 }, [O_IS_KNOWN] = { "is known", 4, 5, 0 },
    [O_IS_UNKNOWN] = { "is unknown", 4, 5, 0 }, [O_STARTS] = { "starts with", 4, 5, 5 },
    [O_CONTAINS] = { "contains", 4, 5, 5 }, [O_SET] = { "", 4, 0, 0 }, [O_ADD] = { "+", 5, 5, 6 },
    [O_SUB] = { "-", 5, 5, 6 }, [O_MUL] = { "*", 6, 6, 7 }, [O_DIV] = { "/", 6, 6, 7 },
    [O_NEG] = { "-", 7, 0, 7 }, [O_TODAY] = { "today", 8, 0, 0 }, [O_AGE] = { "age", 8, 0, 0 },
    [O_YEARS] = { "years_between", 8, 0, 0 }, [O_DAYS] = { "days_between", 8, 0, 0 },
    [O_YEAR] = { "year", 8, 0, 0 }, [O_MONTH] = { "month", 8, 0, 0 },
    [O_LENGTH] = { "length", 8, 0, 0 }, [O_COALESCE] = { "coalesce", 8, 0, 0 },
    [O_ABS] = { "abs", 8, 0, 0 }, [O_MIN] = { "min", 8, 0, 0 }, [O_MAX] = { "max", 8, 0, 0 },
    [O_IF] = { "if", 8, 0, 0 }, [O_COUNT] = { "count", 8, 0, 0 },
    [O_EXISTS] = { "exists", 8, 0, 0 }, [O_SUM] = { "sum", 8, 0, 0 }, [O_LEAST] = { "min", 8, 0, 0 },
    [O_GREATEST] = { "max", 8, 0, 0 },
};
/* clang-format on */

static void print(Buf *b, const Gen *g);

/* In brackets where a weaker operator would else take it apart, and now and then for nothing. */
static void print_kid(Buf *b, const Gen *g, int at_least) {
    ASSERT(g);
    bool brackets = forms[g->op].binds < at_least || below(8) == 0;
    if (brackets) buf_byte(b, '(');
    print(b, g);
    if (brackets) buf_byte(b, ')');
    if (below(8) == 0) buf_str(b, STR(" \n"));
}

static void print_list(Buf *b, const Gen *g, int from) {
    buf_byte(b, '(');
    for (int k = from; k < g->n; k++) {
        if (k > from) buf_str(b, STR(", "));
        print_kid(b, g->kid[k], 0);
    }
    buf_byte(b, ')');
}

static void print_const(Buf *b, const Gen *g) {
    Str text;
    switch (g->type) {
    case T_BOOL: text = g->i ? STR("true") : STR("false"); break;
    case T_INT:
    case T_DECIMAL: text = decimal_text(arena, g->i, g->scale); break;
    case T_DATE: text = day_to_iso(arena, (Day)g->i); break;
    default:
        buf_byte(b, '\'');
        for (size_t i = 0; i < g->text.n; i++) {
            if (g->text.s[i] == '\'') buf_byte(b, '\'');
            buf_byte(b, (uint8_t)g->text.s[i]);
        }
        text = STR("'");
        break;
    }
    buf_str(b, text);
}

static void print_aggregate(Buf *b, const Gen *g, const char *name) {
    buf_printf(b, "%s(need", name);
    if (g->word) buf_printf(b, ".%s", g->word);
    if (g->n) {
        buf_str(b, STR(" where "));
        print_kid(b, g->kid[0], 0);
    }
    buf_byte(b, ')');
}

static void print_infix(Buf *b, const Gen *g, const char *word) {
    print_kid(b, g->kid[0], forms[g->op].left);
    buf_printf(b, " %s ", word);
    print_kid(b, g->kid[1], forms[g->op].right);
}

static void print(Buf *b, const Gen *g) {
    const char *word = forms[g->op].word;
    switch (g->op) {
    case O_CONST: print_const(b, g); break;
    case O_FIELD: buf_str(b, str_of(g->word)); break;
    case O_COMPARE: print_infix(b, g, g->word); break;
    case O_AND:
    case O_OR:
    case O_STARTS:
    case O_CONTAINS:
    case O_ADD:
    case O_SUB:
    case O_MUL:
    case O_DIV: print_infix(b, g, word); break;
    case O_SET: buf_printf(b, "languages contains '%.*s'", STR_ARG(g->text)); break;
    case O_IN:
    case O_IS_KNOWN:
    case O_IS_UNKNOWN:
        print_kid(b, g->kid[0], forms[g->op].left);
        buf_printf(b, " %s ", word);
        if (g->op == O_IN) print_list(b, g, 1);
        break;
    case O_NOT:
    case O_NEG:
        buf_str(b, str_of(word));
        print_kid(b, g->kid[0], forms[g->op].right);
        break;
    case O_COUNT:
    case O_EXISTS:
    case O_SUM:
    case O_LEAST:
    case O_GREATEST: print_aggregate(b, g, word); break;
    default:
        buf_str(b, str_of(word));
        print_list(b, g, 0);
        break;
    }
}

/* --- the second evaluator ------------------------------------------------------------------------- */

typedef struct Ref {
    bool known;
    int64_t i;
    Str text;
} Ref;

static const Ref unknown_ref;
static Ref ref(Wide i) {
    return i < INT64_MIN || i > INT64_MAX ? unknown_ref : (Ref){ true, (int64_t)i, STR("") };
}

static Ref eval(const Gen *g, const ToyRecord *r);

static Wide power10(int n) {
    Wide p = 1;
    for (; n > 0; n--)
        p *= 10;
    return p;
}

/* A value as a number of the given scale. */
static Ref rescaled(const Gen *g, Ref x, int scale) {
    return x.known && (g->type == T_INT || g->type == T_DECIMAL)
               ? ref(x.i * power10(scale - g->scale))
               : x;
}

static Ref eval_field(const char *path, const ToyRecord *r) {
    Str rest = str_of(path);
    while (r && rest.s) {
        Str step = str_cut(&rest, '.');
        Val v = val_get_str(r->fields, step);
        if (!rest.s) {
            if (v.type == VAL_BOOL) return ref(v.b);
            if (v.type == VAL_INT) return ref(v.i);
            return v.type == VAL_TEXT ? (Ref){ true, 0, v.text } : unknown_ref;
        }
        const ToyRecord *next = NULL;
        for (size_t i = 0; i < toys.n; i++)
            if (v.type == VAL_BYTES && memcmp(v.text.s, toys.records[i].id.b, 16) == 0)
                next = &toys.records[i];
        r = next;
    }
    return unknown_ref;
}

static Ref compare(const Gen *a, Ref x, const Gen *b, Ref y, const char *word) {
    int order;
    if (a->type == T_TEXT) {
        x.text = text_fold(arena, x.text);
        y.text = text_fold(arena, y.text);
    }
    if (a->type == T_TEXT || a->type == T_CODE) {
        order = str_cmp(x.text, y.text);
    } else {
        int scale = a->scale > b->scale ? a->scale : b->scale;
        x = rescaled(a, x, scale);
        y = rescaled(b, y, scale);
        order = (x.i > y.i) - (x.i < y.i);
    }
    if (!x.known || !y.known) return unknown_ref;
    if (word[0] == '!') return ref(order != 0);
    if (order == 0) return ref(word[0] == '=' || word[1] == '=');
    return ref(order < 0 ? word[0] == '<' : word[0] == '>');
}

static Ref eval_logic(const Gen *g, const ToyRecord *r) {
    Ref x = eval(g->kid[0], r);
    if (g->op == O_NOT) return x.known ? ref(!x.i) : x;
    Ref y = eval(g->kid[1], r);
    int64_t decisive = g->op == O_OR;
    if ((x.known && x.i == decisive) || (y.known && y.i == decisive)) return ref(decisive);
    return x.known && y.known ? ref(!decisive) : unknown_ref;
}

static Ref eval_in(const Gen *g, const ToyRecord *r) {
    Ref result = ref(0);
    for (int k = 1; k < g->n; k++) {
        Ref x = eval(g->kid[0], r), y = eval(g->kid[k], r);
        Ref same = x.known && y.known ? compare(g->kid[0], x, g->kid[k], y, "=") : unknown_ref;
        if (same.known && same.i) return same;
        if (!same.known) result = same;
    }
    return result;
}

static Ref eval_arithmetic(const Gen *g, const ToyRecord *r) {
    const Gen *a = g->kid[0], *b = g->kid[1];
    Ref x = eval(a, r), y = eval(b, r);
    if (!x.known || !y.known) return unknown_ref;
    if (g->op == O_MUL) {
        Ref p = ref((Wide)x.i * y.i);
        int beyond = a->scale + b->scale - 6;
        return p.known && beyond > 0 ? ref(p.i / power10(beyond)) : p;
    }
    if (g->op == O_DIV) {
        Ref p = ref(x.i * power10(6 + b->scale - a->scale));
        return p.known && y.i ? ref((Wide)p.i / y.i) : unknown_ref;
    }
    if (g->type == T_DATE) {
        Wide day = g->op == O_ADD ? (Wide)x.i + y.i : (Wide)x.i - y.i;
        return day < DAY_FIRST || day > DAY_LAST ? unknown_ref : ref(day);
    }
    x = rescaled(a, x, g->scale);
    y = rescaled(b, y, g->scale);
    if (!x.known || !y.known) return unknown_ref;
    return ref(g->op == O_ADD ? (Wide)x.i + y.i : (Wide)x.i - y.i);
}

static Ref eval_choice(const Gen *g, const ToyRecord *r) {
    Ref best = unknown_ref;
    if (g->op == O_IF) {
        Ref condition = eval(g->kid[0], r);
        const Gen *chosen = g->kid[condition.i ? 1 : 2];
        return condition.known ? rescaled(chosen, eval(chosen, r), g->scale) : condition;
    }
    for (int k = 0; k < g->n; k++) {
        Ref x = rescaled(g->kid[k], eval(g->kid[k], r), g->scale);
        if (g->op == O_COALESCE && x.known) return x;
        if (g->op == O_COALESCE) continue;
        if (!x.known) return x;
        if (k == 0 || (g->op == O_MIN ? x.i < best.i : x.i > best.i)) best = x;
    }
    return best;
}

static Ref eval_aggregate(const Gen *g, const ToyRecord *r) {
    Wide count = 0, sum = 0, least = 0, greatest = 0;
    for (size_t i = 0; i < toys.n; i++) {
        const ToyRecord *need = &toys.records[i];
        Val person = val_get(need->fields, "person");
        if (strcmp(need->kind, "need") != 0 || person.type != VAL_BYTES) continue;
        if (memcmp(person.text.s, r->id.b, 16) != 0) continue;
        if (!g->see_void && val_get(need->fields, "void").type == VAL_TEXT) continue;
        Ref holds = g->n ? eval(g->kid[0], need) : ref(1);
        Ref x = g->word ? eval_field(g->word, need) : ref(1);
        if (!holds.known || !holds.i || !x.known) continue;
        if (!count++) least = greatest = x.i;
        if (x.i < least) least = x.i;
        if (x.i > greatest) greatest = x.i;
        sum += x.i;
    }
    if (g->op == O_COUNT) return ref(count);
    if (g->op == O_EXISTS) return ref(count > 0);
    if (g->op == O_SUM) return ref(sum);
    return count ? ref(g->op == O_LEAST ? least : greatest) : unknown_ref;
}

static Ref eval_text(const Gen *g, const ToyRecord *r) {
    Ref x = eval(g->kid[0], r), y = eval(g->kid[1], r);
    if (!x.known || !y.known) return unknown_ref;
    Str hay = text_fold(arena, x.text), needle = text_fold(arena, y.text);
    if (g->op == O_STARTS) return ref(str_starts(hay, needle));
    return ref(str_find(hay, needle) >= 0);
}

static Ref eval_function(const Gen *g, const ToyRecord *r) {
    Ref x = eval(g->kid[0], r), y = g->n > 1 ? eval(g->kid[1], r) : x;
    if (!x.known || !y.known) return unknown_ref;
    switch (g->op) {
    case O_NEG: return ref(-(Wide)x.i);
    case O_ABS: return ref(x.i < 0 ? -(Wide)x.i : x.i);
    case O_AGE: return ref(day_years_between((Day)x.i, TODAY));
    case O_YEARS: return ref(day_years_between((Day)x.i, (Day)y.i));
    case O_DAYS: return ref((Wide)y.i - x.i);
    case O_YEAR: return ref(civil_from_day((Day)x.i).year);
    case O_MONTH: return ref(civil_from_day((Day)x.i).month);
    default: return ref((Wide)str_utf8_length(x.text));
    }
}

static Ref eval(const Gen *g, const ToyRecord *r) {
    Val set;
    switch (g->op) {
    case O_CONST: return (Ref){ true, g->i, g->text };
    case O_FIELD: return eval_field(g->word, r);
    case O_NOT:
    case O_AND:
    case O_OR: return eval_logic(g, r);
    case O_COMPARE: {
        Ref x = eval(g->kid[0], r), y = eval(g->kid[1], r);
        return x.known && y.known ? compare(g->kid[0], x, g->kid[1], y, g->word) : unknown_ref;
    }
    case O_IN: return eval_in(g, r);
    case O_IS_KNOWN: return ref(eval(g->kid[0], r).known);
    case O_IS_UNKNOWN: return ref(!eval(g->kid[0], r).known);
    case O_STARTS:
    case O_CONTAINS: return eval_text(g, r);
    case O_SET:
        set = val_get(r->fields, "languages");
        for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++)
            if (str_eq(set.list.v[i].text, g->text)) return ref(1);
        return ref(0);
    case O_ADD:
    case O_SUB:
    case O_MUL:
    case O_DIV: return eval_arithmetic(g, r);
    case O_TODAY: return ref(TODAY);
    case O_COALESCE:
    case O_MIN:
    case O_MAX:
    case O_IF: return eval_choice(g, r);
    case O_COUNT:
    case O_EXISTS:
    case O_SUM:
    case O_LEAST:
    case O_GREATEST: return eval_aggregate(g, r);
    default: return eval_function(g, r);
    }
}

/* --- random records ------------------------------------------------------------------------------- */

/* Known three times out of four. */
static void maybe(ToyRecord *r, const char *field, Val v) {
    if (below(4)) val_set_c(arena, &r->fields, field, v);
}

static int64_t random_signed(void) {
    int64_t i = random_int();
    return below(4) ? i : -i;
}

static void fill_world(void) {
    toys.n = 0;
    ToyRecord *person = toy_add(&toys, "person", 1), *group = toy_add(&toys, "group", 2);
    maybe(person, "present", val_bool(below(2)));
    maybe(person, "children", val_int(random_signed()));
    maybe(person, "height_m", val_int(random_signed()));
    maybe(person, "birth_date", val_int(random_day()));
    maybe(person, "given_name", val_text(random_text()));
    maybe(person, "sex", val_text(str_of(below(2) ? "F" : "M")));
    maybe(person, "registration_group", val_id(arena, group->id));
    Val languages = val_list();
    if (below(2)) val_push(arena, &languages, val_text(STR("prs")));
    maybe(person, "languages", languages);
    maybe(group, "size", val_int(random_signed()));
    maybe(group, "income", val_int(random_signed()));
    maybe(group, "arrival_date", val_int(random_day()));
    maybe(group, "village", val_text(random_text()));
    for (uint8_t i = 0, n = (uint8_t)below(5); i < n; i++) {
        ToyRecord *need = toy_add(&toys, "need", 10 + i);
        maybe(need, "person", val_id(arena, toys.records[0].id));
        maybe(need, "weight", val_int(random_signed()));
        maybe(need, "cost", val_int(random_signed()));
        maybe(need, "noted_on", val_int(random_day()));
        if (below(4) == 0) val_set_c(arena, &need->fields, "void", val_text(STR("MISTAKE")));
    }
}

/* --- the tests ------------------------------------------------------------------------------------ */

static Str random_source(Gen **ret) {
    *ret = gen((Type)below(6), 1 + (int)below(DEEPEST), false);
    Buf b = buf_new(arena, 1 << 20);
    print(&b, *ret);
    return buf_text(&b);
}

static bool same_value(const Gen *g, Ref want, Val got) {
    if (!want.known) return got.type == VAL_NULL;
    if (g->type == T_BOOL) return got.type == VAL_BOOL && got.b == (want.i != 0);
    if (g->type == T_TEXT || g->type == T_CODE)
        return got.type == VAL_TEXT && str_eq(got.text, want.text);
    return got.type == VAL_INT && got.i == want.i;
}

static uint64_t rounds(void) {
    const char *text = getenv("PANAH_ROUNDS");
    uint64_t n = 20000;
    return text && !num_parse_u64(str_of(text), &n) ? 0 : n;
}

static void test_two_evaluators_agree(void **state) {
    (void)state;
    uint64_t evaluated = 0, known = 0;
    for (uint64_t seed = 1; seed <= rounds(); seed++) {
        rng = rng_new(seed);
        arena_reset(arena);
        Ctx c = ctx_new(&world, arena);
        fill_world();
        Gen *g;
        Str source = random_source(&g);
        Expr *e;
        if (expr_compile(&c, model, model_kind(model, STR("person")), source, &e) != ST_OK) {
            if (str_starts(c.errs.v[0].key, STR("error.expr.too_"))) continue;
            fail_msg("seed %llu: %.*s: %.*s at %.*s", (unsigned long long)seed, STR_ARG(source),
                     STR_ARG(c.errs.v[0].key), STR_ARG(c.errs.v[0].args[0].value));
        }
        if (e->scale != g->scale) fail_msg("seed %llu: scale", (unsigned long long)seed);
        ExprSource from = toy_world_source(&toys);
        Val got = VAL_ABSENT;
        assert_int_equal(expr_eval(&c, e, &from, TODAY, &got), ST_OK);
        Ref want = eval(g, &toys.records[0]);
        if (!same_value(g, want, got))
            fail_msg("seed %llu: %.*s: got type %d %lld, wanted %s %lld", (unsigned long long)seed,
                     STR_ARG(source), got.type, (long long)got.i, want.known ? "" : "unknown",
                     (long long)want.i);
        evaluated++;
        known += want.known;
    }
    print_message("# %llu expressions, %llu with a known value\n", (unsigned long long)evaluated,
                  (unsigned long long)known);
    assert_true(rounds() < 1000 || (evaluated > rounds() / 2 && known > evaluated / 4));
}

static Str damaged(Str source) {
    static const char *const pieces[] = { "(", ")",      " and ",      "not ",       "'",
                                          ",", "-",      "1",          " in (",      " is known",
                                          ".", "where ", "sex",        "count(need", "\"",
                                          "é", "=",      "birth_date", "today()",    "*" };
    Buf b = buf_new(arena, 1 << 20);
    size_t at = below(source.n + 1), to = at + below(6);
    buf_str(&b, str_slice(source, 0, at));
    if (below(4)) buf_str(&b, str_of(pieces[below(sizeof pieces / sizeof pieces[0])]));
    buf_str(&b, str_slice(source, below(2) ? at : to, source.n));
    return buf_text(&b);
}

static void test_damage_does_no_harm(void **state) {
    (void)state;
    uint64_t refused = 0, n = rounds();
    for (uint64_t seed = 1; seed <= n; seed++) {
        rng = rng_new(seed ^ 0x5eed);
        arena_reset(arena);
        Ctx c = ctx_new(&world, arena);
        fill_world();
        Gen *g;
        Str source = random_source(&g);
        for (uint64_t k = 1 + below(3); k > 0; k--)
            source = damaged(source);
        Expr *e = NULL;
        if (expr_compile(&c, model, model_kind(model, STR("person")), source, &e) != ST_OK) {
            assert_null(e);
            assert_int_equal(c.errs.n, 1);
            refused++;
            continue;
        }
        ExprSource from = toy_world_source(&toys);
        Val got;
        assert_int_equal(expr_eval(&c, e, &from, TODAY, &got), ST_OK);
    }
    print_message("# %llu of %llu refused\n", (unsigned long long)refused, (unsigned long long)n);
}

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, TODAY * TIME_DAY);
    model_arena = arena_new(&world, ARENA_BYTES);
    arena = arena_new(&world, ARENA_BYTES);
    Ctx c = ctx_new(&world, model_arena);
    ModelSource source = toy_source();
    return model_build(&c, &source, &model) == ST_OK ? 0 : -1;
}

static int teardown(void **state) {
    (void)state;
    model_free(model);
    arena_free(arena);
    arena_free(model_arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_evaluators_agree),
        cmocka_unit_test(test_damage_does_no_harm),
    };
    return cmocka_run_group_tests_name("expr_random", tests, setup, teardown);
}
