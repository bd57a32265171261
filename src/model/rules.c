/* rules.c: the rules of fields, compiled with the model and run over a record. */
#include "model/expr.h"
#include "model/model_int.h"

#include "base/banned.h"

/* --- compiling ------------------------------------------------------------------------------------ */

/* A rule sees the record alone: when it is checked, other records are not at hand. */
static bool looks_elsewhere(const Expr *e) {
    for (size_t i = 0; i < e->n_nodes; i++)
        if (e->nodes[i].op == EX_AGGREGATE || e->nodes[i].n_path > 1) return true;
    return false;
}

static Status compile(Ctx *c, const Model *m, const KindInfo *k, const char *rule, Expr **ret) {
    TRY(expr_compile_condition(c, m, k, str_of(rule), ret));
    return looks_elsewhere(*ret) ? FAIL(c, ST_INVALID, "where", "error.model.rule") : ST_OK;
}

static _Noreturn void rule_bug(const Ctx *c, const FieldInfo *f) {
    const Err *e = &c->errs.v[c->errs.n - 1];
    Str text = str_printf(c->arena, "%.*s", STR_ARG(e->key));
    for (size_t i = 0; i < e->n_args; i++)
        text = str_printf(c->arena, "%.*s %.*s=%.*s", STR_ARG(text), STR_ARG(e->args[i].name),
                          STR_ARG(e->args[i].value));
    table_bug(f->kind->k->name, f->f.name, "the rule does not compile", text);
}

static size_t custom_index(const ModelSource *source, const FieldInfo *f) {
    for (size_t i = 0; i < source->n_custom; i++)
        if (id_eq(source->custom[i].field.id, f->f.id) &&
            str_is(str_of(source->custom[i].kind), f->kind->k->name))
            return i;
    return source->n_custom;
}

static Status compile_rule(Ctx *c, Model *m, KindEntry *entry, const FieldInfo *f,
                           const ModelSource *source) {
    Expr *e = NULL;
    Str old_path = c->path;
    if (f->custom) (void)ctx_path_enter(c, "custom[%zu]", custom_index(source, f));
    Status st = compile(c, m, &entry->info, f->f.rule, &e);
    ctx_path_leave(c, old_path);
    if (st != ST_OK && !f->custom) rule_bug(c, f);
    if (st == ST_OK) entry->rules[f->index] = expr_copy(m->arena, e);
    return st;
}

Status rules_compile(Ctx *c, Model *m, const ModelSource *source) {
    Status st = ST_OK;
    for (size_t i = 0; i < m->n_kinds; i++) {
        KindEntry *entry = &m->kinds[i];
        for (size_t j = 0; j < entry->info.n_fields; j++) {
            const FieldInfo *f = &entry->info.fields[j];
            if (!f->f.rule) continue;
            Status one = compile_rule(c, m, entry, f, source);
            if (one != ST_OK) st = one;
        }
    }
    return st;
}

/* --- checking a record ---------------------------------------------------------------------------- */

typedef struct Record {
    FieldGet get;
    void *arg;
} Record;

static Val get_field(void *arg, const void *record, const FieldInfo *f) {
    (void)record;
    const Record *r = arg;
    return r->get(r->arg, f);
}

static bool is_empty(Val v) {
    return v.type == VAL_NONE || v.type == VAL_NULL || (v.type == VAL_LIST && v.list.n == 0);
}

Status record_check(Ctx *c, const Model *m, const KindInfo *k, FieldGet get, void *arg) {
    (void)m;
    const KindEntry *entry = (const KindEntry *)k;
    Record record = { get, arg };
    ExprSource source = { .arg = &record, .get = get_field };
    Status st = ST_OK;
    for (size_t i = 0; i < k->n_fields; i++) {
        const FieldInfo *f = &k->fields[i];
        if ((f->f.flags & FF_REQUIRED) && is_empty(get(arg, f)))
            st = FAIL(c, ST_INVALID, f->key_text, "error.required");
        if (!entry->rules[i]) continue;
        Val holds;
        TRY(expr_eval(c, entry->rules[i], &source, c->today, &holds));
        if (holds.type == VAL_BOOL && !holds.b)
            st = FAIL(c, ST_INVALID, f->key_text, f->f.rule_message);
    }
    return st;
}
