/* table.c: finding operations, and checking that their table holds together. */
#include "op/op_int.h"

#include "base/banned.h"

const Op *op_find(const OpTable *t, Str name) {
    for (size_t i = 0; i < t->n; i++)
        if (str_is(name, t->ops[i]->name)) return t->ops[i];
    return NULL;
}

const Op *op_find_no(const OpTable *t, uint32_t no) {
    for (size_t i = 0; i < t->n; i++)
        if (t->ops[i]->no == no) return t->ops[i];
    return NULL;
}

Str op_title(const OpTable *t, const Model *m, Arena *a, Str lang, uint32_t no) {
    const Op *op = op_find_no(t, no);
    const char *name = op ? op->name : access_act_name(no);
    if (!name) return str_printf(a, "%u", (unsigned)no);
    Str key = str_printf(a, "op.%s", name);
    Str label = model_label(m, lang, key, NULL);
    return str_eq(label, key) && op ? str_of(op->title) : label;
}

static _Noreturn void table_bug(const Op *op, const char *what) {
    static char text[200];
    snprintf(text, sizeof text, "operation %s: %s", op->name ? op->name : "?", what);
    BUG(text);
}

/* subject.verb: small letters and _ with one point between. */
static bool name_is_good(const char *name) {
    Str rest = str_of(name), subject = str_cut(&rest, '.');
    if (str_empty(subject) || str_empty(rest)) return false;
    for (const char *p = name; *p; p++)
        if (!(*p >= 'a' && *p <= 'z') && *p != '_' && *p != '.') return false;
    return str_find_byte(rest, '.') < 0;
}

static void check_flags(const Op *op) {
    uint32_t f = op->flags;
    if (f & OP_READ && f & (OP_IDEMPOTENT | OP_OFFLINE))
        table_bug(op, "a read needs no idempotency key and no outbox");
    if (f & OP_READS_FILE && !(f & OP_READ)) table_bug(op, "only a read opens a file");
    if (f & OP_OFFLINE && !(f & OP_IDEMPOTENT))
        table_bug(op, "what comes from an outbox comes twice: it must be idempotent");
    if (f & OP_JOB && f & (OP_OFFLINE | OP_PUBLIC | OP_SECRET | OP_READS_FILE))
        table_bug(op, "a job is for someone signed in, here; its result is kept; no single file");
}

void op_table_check(const OpTable *t, const Model *m) {
    for (size_t i = 0; i < t->n; i++) {
        const Op *op = t->ops[i];
        if (!op->name || !name_is_good(op->name)) table_bug(op, "its name is not subject.verb");
        if (op->no == 0 || access_act_name(op->no)) table_bug(op, "its number is not free");
        if (op->version == 0) table_bug(op, "versions begin at 1");
        if (!op->title || !op->fn) table_bug(op, "it lacks title or function");
        if (op->needs >= PERMISSIONS) table_bug(op, "there is no such permission");
        check_flags(op);
        if (op_find(t, str_of(op->name)) != op) table_bug(op, "the name is there twice");
        if (op_find_no(t, op->no) != op) table_bug(op, "the number is there twice");
        if (op->takes) shape_verify(m, op->takes);
        if (op->returns) shape_verify(m, op->returns);
    }
}
