/* show.c: records as JSON. Straight into the buffer: a page of a list has a thousand of them. */
#include "api/api_int.h"

#include "base/banned.h"

bool field_showable(const FieldInfo *f) {
    return f->index != 0 && !(f->f.flags & FF_HIDDEN);
}

/* The field that says in a language what `f`, the title of its kind, says in none; NULL: there is none.
 * A title that is fixed is a key, for files and expressions; one that is a label has its language. */
static const FieldInfo *field_in_language(const FieldInfo *f, Str lang) {
    const char *title = f->kind->k->title;
    if (!title || strcmp(title, f->key_text) != 0 || f->f.flags & FF_FIXED) return NULL;
    return str_starts(str_of(title), STR("label_")) ? NULL : kind_field_label(f->kind, lang);
}

static bool is_known(Val v) {
    return v.type != VAL_NONE && v.type != VAL_NULL;
}

static bool is_wanted(const ShowColumns *columns, const FieldInfo *f) {
    if (!columns || !columns->v) return true;
    for (size_t i = 0; i < columns->n; i++)
        if (columns->v[i] == f) return true;
    return false;
}

/* What a record that is referred to is called; empty: nothing to say, or not the actor's to see. */
static Str title_of(Ctx *c, const FieldInfo *f, Val v, Map *titles) {
    Id id;
    if (!titles || !f->f.kind || !val_get_id(v, &id)) return STR("");
    const Str *kept = map_get(titles, id_str(&id));
    if (kept) return *kept;
    const KindInfo *k = model_kind(store_model(c->store), str_of(f->f.kind));
    const FieldInfo *title = k && k->k->title ? kind_field(k, str_of(k->k->title)) : NULL;
    Record *r;
    size_t noted = c->errs.n;
    Str *text = arena_new_of(c->arena, Str);
    *text = STR("");
    if (title && access_may_read_kind(c->actor, k) && read_record(c, k, id, &r) == ST_OK &&
        title->f.type == FT_TEXT) {
        *text = record_label(r, c->lang);
    }
    c->errs.n = noted;
    map_put(titles, id_str(&id), text);
    return *text;
}

static void write_set_labels(Ctx *c, JsonOut *labels, const FieldInfo *f, Val v) {
    JsonOut list = json_list(json_key(labels, f->key_text));
    for (size_t i = 0; i < v.list.n; i++)
        json_write_text(json_item(&list), model_code_label(store_model(c->store), c->lang,
                                                           str_of(f->f.codes), v.list.v[i].text));
    json_list_end(&list);
}

static void write_label(Ctx *c, JsonOut *labels, const FieldInfo *f, Val v, Map *titles) {
    if (f->f.type == FT_CODE && v.type == VAL_TEXT) {
        json_text(labels, f->key_text,
                  model_code_label(store_model(c->store), c->lang, str_of(f->f.codes), v.text));
    } else if (f->f.type == FT_SET && v.type == VAL_LIST) {
        write_set_labels(c, labels, f, v);
    } else if (f->f.type == FT_REF) {
        Str title = title_of(c, f, v, titles);
        if (title.n) json_text(labels, f->key_text, title);
    }
}

/* A name reads in the reader's language as what is referred to does. */
static void write_own_label(Ctx *c, JsonOut *labels, const Record *r, const FieldInfo *f) {
    const FieldInfo *named = field_in_language(f, c->lang);
    if (named && is_known(r->values[named->index]))
        json_text(labels, f->key_text, record_text(r, named->key_text));
}

void record_write(Ctx *c, Buf *out, const Record *r, const ShowColumns *columns, Map *titles,
                  bool with_version) {
    JsonOut o = json_object(out);
    json_text_c(&o, "kind", r->kind->k->name);
    json_id(&o, "id", r->id);
    if (with_version) json_text(&o, "version", record_version(c, r));
    if (record_is_void(r)) json_text(&o, "void", record_text(r, "void"));
    if (r->conflict) json_bool(&o, "conflict", true);
    JsonOut fields = json_object(json_key(&o, "fields"));
    for (size_t i = 1; i < r->kind->n_fields; i++) {
        const FieldInfo *f = &r->kind->fields[i];
        if (is_known(r->values[i]) && field_showable(f) && is_wanted(columns, f))
            json_write(json_key(&fields, f->key_text), field_show(c->arena, f, r->values[i]));
    }
    json_object_end(&fields);
    JsonOut labels = json_object(json_key(&o, "labels"));
    for (size_t i = 1; i < r->kind->n_fields; i++) {
        const FieldInfo *f = &r->kind->fields[i];
        if (!is_known(r->values[i]) || !field_showable(f) || !is_wanted(columns, f)) continue;
        write_label(c, &labels, f, r->values[i], titles);
        write_own_label(c, &labels, r, f);
    }
    json_object_end(&labels);
    json_object_end(&o);
}
