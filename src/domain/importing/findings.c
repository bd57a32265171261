/* findings.c: everything that is wrong with a list, each with its place, what to do, and how bad. */
#include "domain/importing/importing_int.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/banned.h"

enum { VALUE_SHOWN_MAX = 80, VALUES_MAX = 200 };

/* Cut at a character's border: a cell may be a page long. */
Str text_shortened(Arena *a, Str value, size_t max) {
    size_t n = value.n < max ? value.n : max;
    while (n > 0 && n < value.n && ((unsigned char)value.s[n] & 0xC0) == 0x80)
        n--;
    return n ? str_copy(a, str_n(value.s, n)) : STR("");
}

static Finding *add(Findings *f, bool warning, size_t row, size_t line, const Column *column,
                    Str value) {
    if (warning)
        f->warnings++;
    else
        f->errors++;
    if (f->list.n >= FINDINGS_LISTED_MAX) return NULL;
    Finding one = { .row = row, .line = line, .column = column, .warning = warning };
    one.value = text_shortened(f->arena, value, VALUE_SHOWN_MAX);
    vec_push(f->arena, &f->list, one);
    return &f->list.v[f->list.n - 1];
}

void finding_add(Findings *f, bool warning, size_t row, size_t line, const Column *column,
                 Str value, const char *key, ...) {
    Finding *one = add(f, warning, row, line, column, value);
    if (!one) return;
    one->err = (Err){ .status = ST_INVALID, .path = STR(""), .key = str_of(key), .cause = STR("") };
    va_list args;
    va_start(args, key);
    for (const char *name = va_arg(args, const char *); name && one->err.n_args < ERR_ARGS_MAX;
         name = va_arg(args, const char *))
        one->err.args[one->err.n_args++] =
            (ErrArg){ str_of(name), str_copy(f->arena, va_arg(args, Str)) };
    va_end(args);
}

void finding_add_err(Findings *f, bool warning, size_t row, size_t line, const Column *column,
                     Str value, const Err *e) {
    Finding *one = add(f, warning, row, line, column, value);
    if (!one) return;
    one->err = *e;
    one->err.path = one->err.cause = STR("");
    one->err.key = str_copy(f->arena, e->key);
    for (size_t i = 0; i < e->n_args; i++)
        one->err.args[i] =
            (ErrArg){ str_copy(f->arena, e->args[i].name), str_copy(f->arena, e->args[i].value) };
}

void findings_merge(Findings *to, const Findings *from) {
    for (size_t i = 0; i < from->list.n; i++)
        vec_push(to->arena, &to->list, from->list.v[i]);
    to->errors += from->errors;
    to->warnings += from->warnings;
}

static int by_place(const void *a, const void *b) {
    const Finding *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    if (x->warning != y->warning) return x->warning ? 1 : -1;
    if (x->column == y->column) return str_cmp(x->err.key, y->err.key);
    if (!x->column || !y->column) return x->column ? 1 : -1;
    return x->column < y->column ? -1 : 1;
}

void findings_sort(Findings *f) {
    if (f->list.n) qsort(f->list.v, f->list.n, sizeof *f->list.v, by_place);
    if (f->list.n > FINDINGS_LISTED_MAX) f->list.n = FINDINGS_LISTED_MAX;
}

/* ---- showing ------------------------------------------------------------------------------------- */

static void put_text(Ctx *c, Val *map, const char *key, Str text) {
    val_set_c(c->arena, map, key, val_text(text));
}

/* "remedy.error.date.future", where there is such a text. */
static Str remedy_of(Ctx *c, const Finding *one) {
    const Model *m = store_model(c->store);
    Str key = str_concat(c->arena, STR("remedy."), one->err.key);
    if (str_eq(model_label(m, c->lang, key, NULL), key)) return STR("");
    Err e = one->err;
    e.key = key;
    return model_message(m, c->arena, c->lang, &e);
}

static Val show_one(Ctx *c, const Finding *one) {
    Val v = val_map();
    if (one->row) val_set_c(c->arena, &v, "row", val_int((int64_t)one->row));
    if (one->line) val_set_c(c->arena, &v, "line", val_int((int64_t)one->line));
    if (one->column) put_text(c, &v, "column", one->column->header);
    put_text(c, &v, "value", one->value);
    put_text(c, &v, "key", one->err.key);
    put_text(c, &v, "message", model_message(store_model(c->store), c->arena, c->lang, &one->err));
    put_text(c, &v, "remedy", remedy_of(c, one));
    put_text(c, &v, "severity", one->warning ? STR("warning") : STR("error"));
    return v;
}

Val findings_show(Ctx *c, const Findings *f, size_t max) {
    size_t n = f->list.n < max ? f->list.n : max;
    Val list = val_list_of(c->arena, n);
    for (size_t i = 0; i < n; i++)
        list.list.v[i] = show_one(c, &f->list.v[i]);
    return list;
}

/* ---- values without a code ------------------------------------------------------------------------ */

typedef struct Unknown {
    const Column *column;
    Str value;
    int64_t n;
} Unknown;

static int most_first(const void *a, const void *b) {
    const Unknown *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? 1 : -1;
    return str_cmp(x->value, y->value);
}

Val findings_values(Ctx *c, const Findings *f) {
    Map seen = map_new(c->arena);
    for (size_t i = 0; i < f->list.n; i++) {
        const Finding *one = &f->list.v[i];
        if (!one->column || !str_is(one->err.key, "error.import.code")) continue;
        Str key = str_printf(c->arena, "%p|%.*s", (const void *)one->column, STR_ARG(one->value));
        Unknown *u = map_get(&seen, key);
        if (!u) {
            u = arena_new_of(c->arena, Unknown);
            *u = (Unknown){ one->column, one->value, 0 };
            map_put(&seen, key, u);
        }
        u->n++;
    }
    Unknown *all = arena_array(c->arena, Unknown, seen.n + 1);
    for (size_t i = 0; i < seen.n; i++)
        all[i] = *(Unknown *)seen.entries[i].value;
    if (seen.n) qsort(all, seen.n, sizeof *all, most_first);
    Val list = val_list();
    for (size_t i = 0; i < seen.n && i < VALUES_MAX; i++) {
        Val v = val_map();
        put_text(c, &v, "column", all[i].column->header);
        put_text(c, &v, "field", all[i].column->target_text);
        put_text(c, &v, "value", all[i].value);
        val_set_c(c->arena, &v, "n", val_int(all[i].n));
        val_push(c->arena, &list, v);
    }
    return list;
}
