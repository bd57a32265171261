/* undo.c: act.undo: a new act that puts back what an older one changed, where that still stands. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

/* ---- act.undo ------------------------------------------------------------------------------------ */

/* One record the act touched. */
typedef struct Touched {
    const KindInfo *kind;
    Record *record;
    Val fields;    /* what it gets back */
    bool was_made; /* by this act: undone by voiding it */
    bool voided, restored;
} Touched;
typedef struct Undo {
    VEC(Touched) all;
    Val restored, moved_on;
} Undo;

static void note(Ctx *c, Val *list, const KindInfo *k, Id id, const char *field) {
    Val one = val_map();
    val_set_c(c->arena, &one, "kind", val_text(str_of(k->k->name)));
    val_set_c(c->arena, &one, "id", val_text(id_text(c->arena, id)));
    val_set_c(c->arena, &one, "field", val_text(str_of(field)));
    val_push(c->arena, list, one);
}

static Status touched_at(Ctx *c, Undo *u, const HistoryChange *ch, Touched **ret) {
    for (size_t i = 0; i < u->all.n; i++) {
        if (u->all.v[i].kind != ch->kind || !id_eq(u->all.v[i].record->id, ch->id)) continue;
        *ret = &u->all.v[i];
        return ST_OK;
    }
    if (!registry_owns(ch->kind)) return FAIL(c, ST_INVALID, "act", "error.undo.kind");
    Touched t = { .kind = ch->kind, .fields = val_map() };
    TRY(read_record(c, ch->kind, ch->id, &t.record));
    bool need = ch->kind->k->lane == LANE_PROTECTION;
    TRY(actor_require_in(c, need ? PERM_NEED_WRITE : PERM_PERSON_WRITE, t.record->scope));
    vec_push(c->arena, &u->all, t);
    *ret = &u->all.v[u->all.n - 1];
    return ST_OK;
}

static bool was_unknown(Val v) {
    return v.type == VAL_NONE || v.type == VAL_NULL;
}

/* What is set once and for all, by the act that made the record: its number, or whose it is. */
static bool makes_record(const HistoryChange *ch) {
    if (ch->field->custom || !(ch->field->f.flags & FF_FIXED) || !was_unknown(ch->before))
        return false;
    return strcmp(ch->field->f.name, "display_name") != 0;
}

/* The set with one element put in or taken out. */
static Val set_with(Ctx *c, Val set, Str element, bool in) {
    Val out = val_list();
    for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++)
        if (!str_eq(set.list.v[i].text, element)) val_push(c->arena, &out, set.list.v[i]);
    if (in) val_push(c->arena, &out, val_text(element));
    return out;
}

static void put_back(Ctx *c, Touched *t, const HistoryChange *ch) {
    Str key = str_of(ch->field->key_text);
    Val v = ch->before.type == VAL_NONE ? val_null() : ch->before;
    if (ch->element.s) {
        Val present = val_get_str(t->fields, key);
        if (val_is_absent(present)) present = t->record->values[ch->field->index];
        v = set_with(c, present, ch->element, ch->before.type == VAL_BOOL && ch->before.b);
    }
    val_set(c->arena, &t->fields, key, v);
}

/* It follows from the parts: names_rejoin(). */
static bool is_joined_name(const HistoryChange *ch) {
    return !ch->field->custom && strcmp(ch->kind->k->name, "person") == 0 &&
           strcmp(ch->field->f.name, "display_name") == 0;
}

static Status undo_change(Ctx *c, Undo *u, const HistoryChange *ch) {
    Touched *t = NULL;
    bool hidden = ch->sealed && !(c->reach && c->reach->sealed);
    TRY(touched_at(c, u, ch, &t));
    ASSERT(t);
    bool is_void = !ch->field->custom && ch->field->f.no == FIELD_VOID_NO;
    t->was_made = t->was_made || makes_record(ch);
    if (is_joined_name(ch)) return ST_OK;
    if (!ch->stands || hidden) {
        note(c, &u->moved_on, ch->kind, ch->id, ch->field->f.name);
        return ST_OK;
    }
    if (is_void) {
        t->voided = !was_unknown(ch->before);
        t->restored = !t->voided;
        return ST_OK;
    }
    put_back(c, t, ch);
    return ST_OK;
}

/* Of the parts as they will be: one of them may have been changed since and stay. */
static void names_rejoin(Ctx *c, Touched *t) {
    if (strcmp(t->kind->k->name, "person") != 0 || !names_touched(t->kind, t->fields)) return;
    Merged m = { t->record, t->fields };
    val_set_c(c->arena, &t->fields, "display_name", val_text(names_joined(c, t->kind, &m)));
}

/* A record the act made is voided whole; fields of others are put back. */
static Status undo_write(Ctx *c, Undo *u, Touched *t) {
    if (t->was_made) {
        if (record_is_void(t->record)) return ST_OK;
        TRY(actor_require_in(c, PERM_PERSON_VOID, t->record->scope));
        note(c, &u->restored, t->kind, t->record->id, "void");
        return tx_void(c, t->kind, t->record->id, STR(VOID_UNDONE));
    }
    if (t->restored || t->voided) {
        note(c, &u->restored, t->kind, t->record->id, "void");
        if (t->restored)
            TRY(tx_unvoid(c, t->kind, t->record->id));
        else
            TRY(tx_void(c, t->kind, t->record->id, STR(VOID_UNDONE)));
    }
    if (t->fields.type != VAL_MAP || t->fields.map.n == 0) return ST_OK;
    for (size_t i = 0; i < t->fields.map.n; i++) {
        const FieldInfo *f = kind_field(t->kind, t->fields.map.v[i].key);
        note(c, &u->restored, t->kind, t->record->id, f->f.name);
    }
    names_rejoin(c, t);
    return tx_set(c, t->kind, t->record->id, STR(""), t->fields);
}

Status op_act_undo(Ctx *c, OpCall *call) {
    Undo u = { .restored = val_list(), .moved_on = val_list() };
    const HistoryEntry *entries;
    size_t n;
    Id act;
    if (!val_get_id(op_in(call, "act"), &act)) return FAIL(c, ST_INVALID, "act", "error.required");
    TRY(read_act(c, act, &entries, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < entries[i].n_changes; j++)
            TRY(undo_change(c, &u, &entries[i].changes[j]));
    for (size_t i = 0; i < u.all.n; i++)
        TRY(undo_write(c, &u, &u.all.v[i]));
    if (u.all.n == 0 || u.restored.list.n == 0)
        return FAIL(c, ST_CONFLICT, "act", "error.undo.nothing");
    Val out = val_map();
    val_set_c(c->arena, &out, "restored", u.restored);
    val_set_c(c->arena, &out, "moved_on", u.moved_on);
    call->result = out;
    tx_result(c->tx, u.all.v[0].record->id);
    return ST_OK;
}
