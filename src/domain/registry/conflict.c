/* conflict.c: fields that two machines gave different values: what stands there, who wrote it and
 * when; and conflict.resolve, a person's word on it. */
#include "domain/registry/registry_int.h"
#include "store/heads.h"

#include "base/banned.h"

/* ---- who wrote a head ---------------------------------------------------------------------------- */

typedef struct Past {
    const HistoryEntry *entries;
    size_t n;
} Past;

static Id subject_of(const Record *r) {
    Id id = r->id;
    if (r->kind->k->subject_rule == SUBJECT_FIELD) (void)record_id(r, r->kind->k->subject, &id);
    return id;
}

static Time head_time(const Head *h) {
    return (Time)(h->clock >> 16) * TIME_MS;
}

/* NULL: beyond the reader's reach. */
static const HistoryEntry *entry_of(const Past *past, const Head *h) {
    for (size_t i = 0; i < past->n; i++)
        if (past->entries[i].seq == h->dot.seq && past->entries[i].when == head_time(h))
            return &past->entries[i];
    return NULL;
}

/* What the same act said of another field of the record. */
static Val said_with(const HistoryEntry *e, const Record *r, const char *field) {
    for (size_t i = 0; e && i < e->n_changes; i++) {
        const HistoryChange *ch = &e->changes[i];
        if (ch->kind == r->kind && id_eq(ch->id, r->id) && !ch->field->custom &&
            strcmp(ch->field->f.name, field) == 0)
            return ch->after;
    }
    return VAL_ABSENT;
}

/* ---- showing ------------------------------------------------------------------------------------- */

static void put(Ctx *c, Val *out, const char *key, Val v) {
    val_set_c(c->arena, out, key, v);
}

static const FieldInfo *field_of(const Record *r, const FieldKey *key) {
    return key->no ? kind_field_no(r->kind, key->no) : kind_field_id(r->kind, key->custom);
}

static bool is_birth(const FieldInfo *f) {
    return !f->custom && strcmp(f->f.name, "birth_date") == 0;
}

static Status put_writer(Ctx *c, const HistoryEntry *e, Val *out) {
    Record *user;
    if (!e || id_is_none(e->act.actor)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "user"), e->act.actor, &user));
    if (user) put(c, out, "actor", val_text(record_title(c, user)));
    return ST_OK;
}

static Status show_head(Ctx *c, const Record *r, const FieldInfo *f, const Past *past,
                        const Head *h, Val *ret) {
    Val one = val_map(), v = h->value.type == VAL_NONE ? val_null() : h->value;
    const HistoryEntry *e = entry_of(past, h);
    put(c, &one, "value", v.type == VAL_NULL ? v : field_show(c->arena, f, v));
    if (f->f.type == FT_CODE && v.type == VAL_TEXT)
        put(c, &one, "label",
            val_text(model_code_label(store_model(c->store), c->lang, str_of(f->f.codes), v.text)));
    Val precision = is_birth(f) ? said_with(e, r, "birth_date_precision") : VAL_ABSENT;
    if (precision.type == VAL_TEXT) put(c, &one, "precision", precision);
    put(c, &one, "when", val_text(time_to_iso(c->arena, head_time(h))));
    TRY(put_writer(c, e, &one));
    *ret = one;
    return ST_OK;
}

static Status show_field(Ctx *c, const Record *r, const FieldInfo *f, const Past *past,
                         const FieldHeads *h, Val *list) {
    Str key = str_printf(c->arena, "field.%s.%s", r->kind->k->name, f->key_text);
    Val one = val_map(), values = val_list();
    put(c, &one, "kind", val_text(str_of(r->kind->k->name)));
    put(c, &one, "id", val_text(id_text(c->arena, r->id)));
    put(c, &one, "field", val_text(str_of(f->key_text)));
    put(c, &one, "label", val_text(model_label(store_model(c->store), c->lang, key, NULL)));
    for (size_t i = 0; i < h->n_heads; i++) {
        Val head;
        TRY(show_head(c, r, f, past, &h->heads[i], &head));
        val_push(c->arena, &values, head);
    }
    put(c, &one, "values", values);
    val_push(c->arena, list, one);
    return ST_OK;
}

Status conflicts_add(Ctx *c, const Record *r, Val *list) {
    Heads heads;
    Past past = { 0 };
    if (!r->conflict || !heads_parse(c->arena, r->heads, &heads)) return ST_OK;
    TRY(read_history(c, subject_of(r), &past.entries, &past.n));
    for (size_t i = 0; i < heads.n; i++) {
        const FieldHeads *h = &heads.fields[i];
        const FieldInfo *f = field_of(r, &h->key);
        if (h->n_heads < 2 || !f || f->f.merge != MERGE_MUST_RESOLVE) continue;
        TRY(show_field(c, r, f, &past, h, list));
    }
    return ST_OK;
}

/* ---- conflict.resolve ---------------------------------------------------------------------------- */

/* How exactly a birth is known and what was said belong to the date that is chosen. */
static Status birth_follows(Ctx *c, const Record *r, const FieldInfo *f, Val chosen, Val *fields) {
    static const char *const parts[] = { "birth_date_precision", "birth_date_entered" };
    FieldHeads *h;
    Heads heads;
    Past past = { 0 };
    if (!is_birth(f) || !r->conflict || !heads_parse(c->arena, r->heads, &heads)) return ST_OK;
    FieldKey key = { .no = f->f.no };
    if (!(h = heads_find(&heads, &key))) return ST_OK;
    TRY(read_history(c, subject_of(r), &past.entries, &past.n));
    for (size_t i = 0; i < h->n_heads; i++) {
        const HistoryEntry *e = entry_of(&past, &h->heads[i]);
        if (!e || !val_eq(said_with(e, r, f->f.name), chosen)) continue;
        for (size_t j = 0; j < sizeof parts / sizeof parts[0]; j++) {
            Val said = said_with(e, r, parts[j]);
            if (said.type != VAL_NONE) put(c, fields, parts[j], said);
        }
        return ST_OK;
    }
    return ST_OK;
}

Status op_conflict_resolve(Ctx *c, OpCall *call) {
    const KindInfo *k =
        model_kind(store_model(c->store), val_get_text(call->input, "kind", STR("")));
    Id id;
    Record *r;
    Val fields = val_map(), typed, out = val_map();
    if (!k || !registry_owns(k)) return FAIL(c, ST_INVALID, "kind", "error.record.kind");
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    const FieldInfo *f = kind_field(k, val_get_text(call->input, "field", STR("")));
    if (!f || f->index == 0) return FAIL(c, ST_INVALID, "field", "error.unknown_field");
    TRY(read_record(c, k, id, &r));
    TRY(actor_require_in(c, PERM_CONFLICT_RESOLVE, r->scope));
    TRY(field_check(c, store_model(c->store), f, op_in(call, "value"), &typed));
    val_set(c->arena, &fields, str_of(f->key_text), typed);
    TRY(birth_follows(c, r, f, typed, &fields));
    Merged m = { r, fields };
    TRY(merged_check(c, k, m));
    if (strcmp(k->k->name, "person") == 0 && names_touched(k, fields))
        val_set_c(c->arena, &fields, "display_name", val_text(names_joined(c, k, &m)));
    /* On the present state: whatever values there are, this word has seen them all. */
    TRY(tx_set(c, k, id, STR(""), fields));
    val_set_c(c->arena, &out, "id", val_id(c->arena, id));
    call->result = out;
    tx_result(c->tx, id);
    return ST_OK;
}
