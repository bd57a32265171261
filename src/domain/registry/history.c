/* history.c: record.history: who changed what, when, where and why. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

enum { REGISTER_OPS_END = 3 }; /* person.register 1, group.register 2: undone by voiding */

static void put(Ctx *c, Val *out, const char *key, Val v) {
    val_set_c(c->arena, out, key, v);
}

static void put_text(Ctx *c, Val *out, const char *key, Str text) {
    if (!str_empty(text)) put(c, out, key, val_text(text));
}

/* ---- one change -------------------------------------------------------------------------------------- */

/* Codes and references as they read, everything else as records show it. */
static Val show_value(Ctx *c, const FieldInfo *f, Val v) {
    if (v.type == VAL_NONE || v.type == VAL_NULL) return val_null();
    if (v.type == VAL_BOOL) return v; /* an element of a set: in or out */
    Val label = value_label(c, f, v, NULL);
    return val_is_absent(label) ? field_show(c->arena, f, v) : label;
}

/* In a family's history, what became of a membership is said with whose it is. */
static Status put_whose(Ctx *c, const HistoryChange *ch, Val *out) {
    Record *membership, *person;
    Id id;
    TRY(record_try(c, ch->kind, ch->id, &membership));
    if (!membership || !record_id(membership, "person", &id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "person"), id, &person));
    if (person) put_text(c, out, "whose", record_title(c, person));
    return ST_OK;
}

static Val show_change(Ctx *c, const HistoryChange *ch) {
    const Model *m = store_model(c->store);
    Val out = val_map();
    Str key = str_printf(c->arena, "field.%s.%s", ch->kind->k->name, ch->field->key_text);
    if (!ch->field->custom && ch->field->f.no == FIELD_VOID_NO) key = STR("field.void");
    Str label = model_label(m, c->lang, key, NULL);
    if (ch->element.s)
        label = str_printf(
            c->arena, "%.*s: %.*s", STR_ARG(label),
            STR_ARG(model_code_label(m, c->lang, str_of(ch->field->f.codes), ch->element)));
    put(c, &out, "kind", val_text(str_of(ch->kind->k->name)));
    put(c, &out, "id", val_text(id_text(c->arena, ch->id)));
    put(c, &out, "field", val_text(str_of(ch->field->key_text)));
    put(c, &out, "label", val_text(label));
    put(c, &out, "stands", val_bool(ch->stands));
    if (ch->sealed) put(c, &out, "sealed", val_bool(true));
    if (ch->sealed && !(c->reach && c->reach->sealed)) return out;
    put(c, &out, "before", show_value(c, ch->field, ch->before));
    put(c, &out, "after", show_value(c, ch->field, ch->after));
    return out;
}

/* ---- one act ------------------------------------------------------------------------------------------ */

/* Names of users and offices may be beyond the reader's reach: then the id alone is shown. */
static Status name_of(Ctx *c, const char *kind, Id id, Str *ret) {
    Record *r;
    *ret = STR("");
    if (id_is_none(id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, kind), id, &r));
    if (r) *ret = record_title(c, r);
    return ST_OK;
}

static Status put_actor(Ctx *c, const HistoryEntry *e, Val *out) {
    Str name;
    TRY(name_of(c, "user", e->act.actor, &name));
    if (id_is_none(e->act.actor)) return ST_OK;
    Val actor = val_map();
    put(c, &actor, "id", val_text(id_text(c->arena, e->act.actor)));
    put(c, &actor, "name", val_text(name));
    put(c, out, "actor", actor);
    return ST_OK;
}

static Status put_office(Ctx *c, const HistoryEntry *e, Val *out) {
    Str name;
    TRY(name_of(c, "office", e->act.office, &name));
    if (str_empty(name)) return ST_OK;
    Val office = val_map();
    put(c, &office, "id", val_text(id_text(c->arena, e->act.office)));
    put(c, &office, "name", val_text(name));
    put(c, out, "office", office);
    return ST_OK;
}

static void put_op(Ctx *c, const OpTable *t, const HistoryEntry *e, Val *out) {
    const Op *op = op_find_no(t, e->act.op_no);
    const char *other = op ? NULL : access_act_name(e->act.op_no);
    Str no = str_printf(c->arena, "%u", e->act.op_no);
    put(c, out, "op", val_text(op ? str_of(op->name) : other ? str_of(other) : no));
    put(c, out, "op_title",
        val_text(op_title(t, store_model(c->store), c->arena, c->lang, e->act.op_no)));
}

/* Of the operations of this room: act.undo puts back records of the register. */
static bool can_undo(Ctx *c, const OpTable *t, const HistoryEntry *e) {
    const Op *op = op_find_no(t, e->act.op_no);
    bool ours = op && op >= registry_room.ops && op < registry_room.ops + registry_room.n_ops;
    if (!ours || op->no < REGISTER_OPS_END || !actor_may(c->actor, PERM_PERSON_WRITE)) return false;
    for (size_t i = 0; i < e->n_changes; i++)
        if (e->changes[i].stands && !e->changes[i].sealed) return true;
    return false;
}

static Status show_entry(Ctx *c, const OpTable *t, const HistoryEntry *e, const KindInfo *only,
                         bool of_group, Val *list) {
    Val out = val_map(), changes = val_list();
    for (size_t i = 0; i < e->n_changes; i++) {
        const HistoryChange *ch = &e->changes[i];
        if (only && ch->kind != only) continue;
        Val change = show_change(c, ch);
        if (of_group && ch->kind == registry_kind(c, "membership") &&
            strcmp(ch->field->f.name, "person") != 0)
            TRY(put_whose(c, ch, &change));
        val_push(c->arena, &changes, change);
    }
    if (only && changes.list.n == 0) return ST_OK;
    put(c, &out, "act", val_text(id_text(c->arena, e->act.act)));
    put_op(c, t, e, &out);
    put(c, &out, "when", val_text(time_to_iso(c->arena, e->when)));
    if (e->act.client_time != TIME_NONE)
        put(c, &out, "client_time", val_text(time_to_iso(c->arena, e->act.client_time)));
    TRY(put_actor(c, e, &out));
    TRY(put_office(c, e, &out));
    put_text(c, &out, "spoken_by", e->act.spoken_by);
    put_text(c, &out, "reason_code", e->act.reason);
    if (!str_empty(e->act.reason)) put_text(c, &out, "reason", reason_label(c, e->act.reason));
    put_text(c, &out, "reason_text", e->reason_text);
    put(c, &out, "changes", changes);
    put(c, &out, "can_undo", val_bool(can_undo(c, t, e)));
    val_push(c->arena, list, out);
    return ST_OK;
}

/* ---- who moved in and out of a family --------------------------------------------------------------- */

typedef struct Moves {
    const KindInfo *membership;
    Record **rows; /* the family's memberships, void ones too */
    size_t n;
    VEC(HistoryEntry) entries; /* oldest first */
} Moves;

/* Who it is, the last day, and whether it counts; the rest of a membership is the person's history. */
static bool is_move(const Moves *m, const HistoryChange *ch) {
    const Field *f = &ch->field->f;
    if (ch->kind != m->membership || ch->field->custom) return false;
    if (f->no != FIELD_VOID_NO && strcmp(f->name, "person") != 0 && strcmp(f->name, "to_date") != 0)
        return false;
    for (size_t i = 0; i < m->n; i++)
        if (id_eq(m->rows[i]->id, ch->id)) return true;
    return false;
}

static void add_changes(Ctx *c, HistoryEntry *e, const HistoryChange *more, size_t n) {
    HistoryChange *all = arena_array(c->arena, HistoryChange, e->n_changes + n);
    for (size_t i = 0; i < e->n_changes; i++)
        all[i] = e->changes[i];
    for (size_t i = 0; i < n; i++)
        all[e->n_changes + i] = more[i];
    e->changes = all;
    e->n_changes += n;
}

/* Into the entry of its act, or between the acts before and after it. */
static void add_move(Ctx *c, Moves *m, HistoryEntry e) {
    for (size_t i = 0; i < m->entries.n; i++) {
        HistoryEntry *there = &m->entries.v[i];
        if (!id_eq(there->act.act, e.act.act)) continue;
        add_changes(c, there, e.changes, e.n_changes);
        return;
    }
    vec_push(c->arena, &m->entries, e);
    for (size_t i = m->entries.n - 1; i > 0 && m->entries.v[i - 1].when > e.when; i--) {
        m->entries.v[i] = m->entries.v[i - 1];
        m->entries.v[i - 1] = e;
    }
}

static Status add_moves_of(Ctx *c, Moves *m, Id person) {
    const HistoryEntry *entries;
    size_t n;
    TRY(read_history(c, person, &entries, &n));
    for (size_t i = 0; i < n; i++) {
        HistoryEntry e = entries[i];
        HistoryChange *kept = arena_array(c->arena, HistoryChange, e.n_changes);
        size_t n_kept = 0;
        for (size_t j = 0; j < e.n_changes; j++)
            if (is_move(m, &e.changes[j])) kept[n_kept++] = e.changes[j];
        e.changes = kept;
        e.n_changes = n_kept;
        if (n_kept > 0) add_move(c, m, e);
    }
    return ST_OK;
}

/* Memberships are records of their people: their histories are looked through for the family's. */
static Status add_moves(Ctx *c, Id group, const HistoryEntry **entries, size_t *n) {
    Moves m = { .membership = registry_kind(c, "membership") };
    VEC(Id) people = { 0 };
    for (size_t i = 0; i < *n; i++)
        vec_push(c->arena, &m.entries, (*entries)[i]);
    TRY(read_children(c, m.membership, "registration_group", group, true, &m.rows, &m.n));
    for (size_t i = 0; i < m.n; i++) {
        Id person;
        bool seen = false;
        if (!record_id(m.rows[i], "person", &person)) continue;
        for (size_t j = 0; j < people.n && !seen; j++)
            seen = id_eq(people.v[j], person);
        if (seen) continue;
        vec_push(c->arena, &people, person);
        TRY(add_moves_of(c, &m, person));
    }
    *entries = m.entries.v;
    *n = m.entries.n;
    return ST_OK;
}

Status op_record_history(Ctx *c, OpCall *call) {
    const HistoryEntry *entries;
    const KindInfo *only = NULL;
    Str kind = val_get_text(call->input, "kind", STR(""));
    size_t n;
    Id subject;
    Record *group;
    Val list = val_list(), out = val_map();
    if (!val_get_id(op_in(call, "subject"), &subject))
        return FAIL(c, ST_INVALID, "subject", "error.required");
    if (kind.n && !(only = model_kind(store_model(c->store), kind)))
        return FAIL(c, ST_INVALID, "kind", "error.record.kind");
    TRY(read_history(c, subject, &entries, &n));
    if (n == 0) return FAIL(c, ST_MISSING, "subject", "error.missing", "kind", STR("person"));
    TRY(record_try(c, registry_kind(c, "registration_group"), subject, &group));
    if (group) TRY(add_moves(c, subject, &entries, &n));
    for (size_t i = n; i-- > 0;)
        TRY(show_entry(c, call->table, &entries[i], only, group != NULL, &list));
    put(c, &out, "entries", list);
    call->read_subject = subject;
    call->read_sealed = c->reach && c->reach->sealed;
    call->result = out;
    return ST_OK;
}
