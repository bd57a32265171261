/* records.c: reading, showing and checking the records of the register. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

const KindInfo *registry_kind(Ctx *c, const char *name) {
    const KindInfo *k = model_kind(store_model(c->store), str_of(name));
    if (!k) BUG("the model lacks a kind of the register");
    return k;
}

bool registry_owns(const KindInfo *k) {
    for (size_t i = 0; i < REGISTRY_KINDS; i++)
        if (registry_kinds[i]->no == k->k->no) return true;
    return false;
}

Status record_try(Ctx *c, const KindInfo *k, Id id, Record **ret) {
    size_t noted = c->errs.n;
    Status st = read_record(c, k, id, ret);
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    *ret = NULL;
    return ST_OK;
}

Status record_need(Ctx *c, const char *kind, Id id, const char *path, Record **ret) {
    const KindInfo *k = registry_kind(c, kind);
    Record *r;
    TRY(record_try(c, k, id, &r));
    if (!r) return FAIL(c, ST_MISSING, path, "error.missing", "kind", str_of(kind));
    if (record_is_void(r)) return FAIL(c, ST_CONFLICT, path, "error.void", "kind", str_of(kind));
    *ret = r;
    return ST_OK;
}

/* ---- showing ----------------------------------------------------------------------------------- */

Str record_title(Ctx *c, const Record *r) {
    Str label = record_label(r, c->lang);
    if (label.n || !r->kind->k->title) return label;
    Val v = record_value(r, r->kind->k->title);
    const FieldInfo *f = kind_field(r->kind, str_of(r->kind->k->title));
    Val shown = v.type == VAL_NONE || v.type == VAL_NULL ? v : field_show(c->arena, f, v);
    return shown.type == VAL_TEXT ? shown.text : STR("");
}

static Str title_read(Ctx *c, const FieldInfo *f, Id id) {
    Record *r = NULL;
    size_t noted = c->errs.n;
    const KindInfo *k = f->f.kind ? model_kind(store_model(c->store), str_of(f->f.kind)) : NULL;
    if (k && read_record(c, k, id, &r) != ST_OK) c->errs.n = noted;
    return r ? record_title(c, r) : STR("");
}

/* The title of the record a reference points to; absent where it is not the actor's to see. All records of a
 * person refer to the person. */
static Val ref_label(Ctx *c, const FieldInfo *f, Val value, Map *titles) {
    Id id;
    if (!val_get_id(value, &id)) return VAL_ABSENT;
    Str *title = titles ? map_get(titles, id_str(&id)) : NULL;
    if (!title) {
        title = arena_new_of(c->arena, Str);
        *title = title_read(c, f, id);
        if (titles) map_put(titles, id_str(&id), title);
    }
    return title->n ? val_text(*title) : VAL_ABSENT;
}

/* The label of a code, of each code of a set, or the title of what is referred to. */
Val value_label(Ctx *c, const FieldInfo *f, Val value, Map *titles) {
    if (f->f.type == FT_REF) return ref_label(c, f, value, titles);
    const Model *m = store_model(c->store);
    Str list = str_of(f->f.codes);
    if (f->f.type == FT_CODE && value.type == VAL_TEXT)
        return val_text(model_code_label(m, c->lang, list, value.text));
    if (f->f.type != FT_SET || value.type != VAL_LIST) return VAL_ABSENT;
    Val labels = val_list();
    for (size_t i = 0; i < value.list.n; i++)
        val_push(c->arena, &labels,
                 val_text(model_code_label(m, c->lang, list, value.list.v[i].text)));
    return labels;
}

Val record_show(Ctx *c, const Record *r, Map *titles, bool with_version) {
    Val out = val_map(), fields = val_map(), labels = val_map();
    val_set_c(c->arena, &out, "kind", val_text(str_of(r->kind->k->name)));
    val_set_c(c->arena, &out, "id", val_text(id_text(c->arena, r->id)));
    if (with_version) val_set_c(c->arena, &out, "version", val_text(record_version(c, r)));
    if (record_is_void(r)) val_set_c(c->arena, &out, "void", val_text(record_text(r, "void")));
    if (r->conflict) val_set_c(c->arena, &out, "conflict", val_bool(true));
    for (size_t i = 1; i < r->kind->n_fields; i++) {
        const FieldInfo *f = &r->kind->fields[i];
        Val v = r->values[i];
        if ((f->f.flags & FF_HIDDEN) || v.type == VAL_NONE || v.type == VAL_NULL) continue;
        Str key = str_of(f->key_text);
        val_set(c->arena, &fields, key, field_show(c->arena, f, v));
        Val label = value_label(c, f, v, titles);
        if (!val_is_absent(label)) val_set(c->arena, &labels, key, label);
    }
    val_set_c(c->arena, &out, "fields", fields);
    if (labels.map.n) val_set_c(c->arena, &out, "labels", labels);
    return out;
}

/* ---- what may be written ------------------------------------------------------------------------ */

/* Numbers are given out, and the joined name is written, by the program. */
static bool written_by_program(const FieldInfo *f) {
    const char *kind = f->kind->k->name;
    bool person = strcmp(kind, "person") == 0, group = strcmp(kind, "registration_group") == 0;
    if ((person || group) && strcmp(f->f.name, "number") == 0) return true;
    return person && strcmp(f->f.name, "display_name") == 0;
}

static Status field_writable(Ctx *c, const FieldInfo *f, bool is_new) {
    bool own = !f->custom && f->f.no == FIELD_VOID_NO;
    if (own || (f->f.flags & FF_HIDDEN) || (!f->custom && written_by_program(f)) ||
        (!is_new && (f->f.flags & FF_FIXED)))
        return FAIL(c, ST_INVALID, f->key_text, "error.field.fixed");
    if (f->f.lane == LANE_PROTECTION) return actor_require(c, PERM_NEED_WRITE);
    return ST_OK;
}

Status fields_writable(Ctx *c, const KindInfo *k, Val typed, bool is_new) {
    if (typed.type != VAL_MAP) return ST_OK;
    Status st = ST_OK;
    for (size_t i = 0; i < typed.map.n; i++) {
        const FieldInfo *f = kind_field(k, typed.map.v[i].key);
        Status one = f ? field_writable(c, f, is_new)
                       : FAIL(c, ST_INVALID, str_c(c->arena, typed.map.v[i].key),
                              "error.unknown_field", "kind", str_of(k->k->name));
        if (one != ST_OK) st = one;
    }
    return st;
}

Status fields_read(Ctx *c, const KindInfo *k, Val in, bool is_new, Val *ret_typed) {
    if (in.type != VAL_MAP) return FAIL(c, ST_INVALID, "", "error.type", "expected", STR("object"));
    const Model *m = store_model(c->store);
    Val typed = val_map();
    Status st = fields_writable(c, k, in, is_new);
    for (size_t i = 0; i < in.map.n; i++) {
        const FieldInfo *f = kind_field(k, in.map.v[i].key);
        if (!f) continue;
        Val clean;
        Status one = field_check(c, m, f, in.map.v[i].value, &clean);
        if (one != ST_OK)
            st = one;
        else
            val_set(c->arena, &typed, str_of(f->key_text), clean);
    }
    if (st == ST_OK) *ret_typed = typed;
    return st;
}

/* ---- a record with changes ----------------------------------------------------------------------- */

Val merged_get(void *merged, const FieldInfo *f) {
    const Merged *m = merged;
    Val changed = val_get_str(m->changes, str_of(f->key_text));
    if (!val_is_absent(changed)) return changed;
    return m->record ? m->record->values[f->index] : VAL_ABSENT;
}

Val merged_value(const Merged *m, const KindInfo *k, const char *field) {
    const FieldInfo *f = kind_field(k, str_of(field));
    if (!f) BUG("no such field");
    return merged_get((void *)m, f);
}

Str merged_text(const Merged *m, const KindInfo *k, const char *field) {
    Val v = merged_value(m, k, field);
    return v.type == VAL_TEXT ? v.text : STR("");
}

Status merged_check(Ctx *c, const KindInfo *k, Merged m) {
    return record_check(c, store_model(c->store), k, merged_get, &m);
}
