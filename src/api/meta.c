/* meta.c: what the web part draws its forms, lists and filters from: kinds, fields, code lists and
 * operations with labels in one language; and the texts of a language. Made once a model. */
#include "api/api_int.h"

#include "base/banned.h"

static const char *const ask_names[] = { "never", "emergency", "basic", "comprehensive" };
static const struct {
    uint32_t flag;
    const char *name;
} flag_names[] = {
    { FF_REQUIRED, "required" }, { FF_PERSONAL, "personal" }, { FF_SEALED, "sealed" },
    { FF_INDEXED, "indexed" },   { FF_SEARCH, "search" },     { FF_FIXED, "fixed" },
    { FF_LONG, "long" },         { FF_HIDDEN, "hidden" },     { FF_SORT, "sort" },
    { FF_NAME, "name" },         { FF_NATURAL, "natural" },
};

typedef struct MetaWriter {
    const Model *m;
    Str lang;
    Arena *arena;
    Map lists; /* code lists met on the way */
} MetaWriter;

static void note_list(MetaWriter *w, const char *name) {
    Str key = str_of(name);
    if (key.n && !map_has(&w->lists, key)) map_put(&w->lists, key, (void *)model_codes(w->m, key));
}

static const char *field_type_name(FieldType type) {
    static const char *const names[] = {
        [FT_TEXT] = "text", [FT_INT] = "int",   [FT_DECIMAL] = "decimal", [FT_BOOL] = "bool",
        [FT_DATE] = "date", [FT_TIME] = "time", [FT_CODE] = "code",       [FT_REF] = "ref",
        [FT_SET] = "set",   [FT_BLOB] = "blob", [FT_SHAPE] = "shape",     [FT_JSON] = "json",
    };
    return names[type];
}

static void json_label(MetaWriter *w, JsonOut *o, const char *name, Str key) {
    json_text(o, name, model_label(w->m, w->lang, key, NULL));
}

static void write_type(MetaWriter *w, JsonOut *o, const Field *f) {
    json_text_c(o, "type", field_type_name(f->type));
    if (f->codes && (f->type == FT_CODE || f->type == FT_SET)) {
        json_text_c(o, "codes", f->codes);
        note_list(w, f->codes);
    }
    if (f->type == FT_REF && f->kind) json_text_c(o, "kind", f->kind);
    if (f->max) json_int(o, "max", f->max);
    if (f->min) json_int(o, "min", f->min);
    if (f->scale) json_int(o, "scale", f->scale);
}

static void write_flags(JsonOut *o, uint32_t flags) {
    JsonOut list = json_list(json_key(o, "flags"));
    for (size_t i = 0; i < sizeof flag_names / sizeof flag_names[0]; i++)
        if (flags & flag_names[i].flag)
            json_write_text(json_item(&list), str_of(flag_names[i].name));
    json_list_end(&list);
}

static void write_field(MetaWriter *w, Buf *out, const FieldInfo *f) {
    JsonOut o = json_object(out);
    json_text_c(&o, "name", f->key_text);
    json_int(&o, "no", f->f.no);
    write_type(w, &o, &f->f);
    write_flags(&o, f->f.flags);
    json_text_c(&o, "lane", lane_name(f->f.lane ? f->f.lane : f->kind->k->lane));
    json_text_c(&o, "ask", ask_names[f->f.ask]);
    json_label(w, &o, "label", str_printf(w->arena, "field.%s.%s", f->kind->k->name, f->key_text));
    if (f->f.doc) json_text_c(&o, "doc", f->f.doc);
    if (f->custom) json_bool(&o, "custom", true);
    json_text_c(&o, "merge", f->f.merge == MERGE_MUST_RESOLVE ? "must_resolve" : "auto");
    json_object_end(&o);
}

static void write_kind(MetaWriter *w, Buf *out, const KindInfo *k) {
    JsonOut o = json_object(out);
    json_text_c(&o, "name", k->k->name);
    json_int(&o, "no", k->k->no);
    if (k->k->title) json_text_c(&o, "title_field", k->k->title);
    if (k->subject) json_text_c(&o, "subject", k->k->subject);
    json_text_c(&o, "lane", lane_name(k->k->lane));
    json_label(w, &o, "label", str_printf(w->arena, "kind.%s", k->k->name));
    if (k->k->doc) json_text_c(&o, "doc", k->k->doc);
    JsonOut fields = json_list(json_key(&o, "fields"));
    note_list(w, k->fields[0].f.codes);
    for (size_t i = 1; i < k->n_fields; i++)
        write_field(w, json_item(&fields), &k->fields[i]);
    json_list_end(&fields);
    json_object_end(&o);
}

/* The lists that forms of an operation need; shapes nest a few levels at most. */
static void note_shape_lists(MetaWriter *w, const Shape *s, size_t depth) {
    for (size_t i = 0; s && i < s->n_fields; i++) {
        if (s->fields[i].codes) note_list(w, s->fields[i].codes);
        if (s->fields[i].shape && depth < 8) note_shape_lists(w, s->fields[i].shape, depth + 1);
    }
}

static void write_codes(MetaWriter *w, Buf *out) {
    JsonOut lists = json_object(out);
    for (size_t i = 0; i < w->lists.n; i++) {
        const MapEntry *e = &w->lists.entries[i];
        const CodeList *l = e->value;
        if (!l) continue;
        JsonOut codes = json_list(json_key_str(&lists, e->key));
        for (size_t k = 0; k < l->n; k++) {
            JsonOut o = json_object(json_item(&codes));
            json_text(&o, "code", l->codes[k].code);
            json_text(&o, "label", model_code_label(w->m, w->lang, e->key, l->codes[k].code));
            if (l->codes[k].parent.n) json_text(&o, "parent", l->codes[k].parent);
            if (l->codes[k].until) json_bool(&o, "withdrawn", true);
            json_object_end(&o);
        }
        json_list_end(&codes);
    }
    json_object_end(&lists);
}

static void meta_write(Ctx *c, Api *api, const Model *m, Str lang, Buf *out) {
    MetaWriter w = { .m = m, .lang = lang, .arena = c->arena, .lists = map_new(c->arena) };
    JsonOut o = json_object(out);
    JsonOut kinds = json_list(json_key(&o, "kinds"));
    for (size_t i = 0; i < model_n_kinds(m); i++)
        write_kind(&w, json_item(&kinds), model_kind_at(m, i));
    json_list_end(&kinds);
    JsonOut ops = json_list(json_key(&o, "ops"));
    for (size_t i = 0; i < api->o.ops->n; i++) {
        const Op *op = api->o.ops->ops[i];
        if (op->flags & OP_PUBLIC) continue;
        json_write(json_item(&ops), op_describe(c->arena, m, op, lang));
        note_shape_lists(&w, op->takes, 0);
    }
    json_list_end(&ops);
    write_codes(&w, json_key(&o, "codes"));
    json_object_end(&o);
}

static void messages_write(Ctx *c, Api *api, const Model *m, Str lang, Buf *out) {
    (void)c;
    (void)api;
    model_messages_json(m, lang, out);
}

static void answer_document(Call *k, const Document *d) {
    if (response_unchanged(k->q, k->out, d->etag)) return;
    bool packed = d->gzip.s && accepts_gzip(request_header(k->q, "Accept-Encoding"));
    response_json(k->out, 200, packed ? d->gzip : d->body);
    if (packed) response_add(k->out, STR("Content-Encoding"), STR("gzip"));
    response_add(k->out, STR("Vary"), STR("Accept-Encoding"));
    k->out->body_lasts = true;
}

Status route_meta(Ctx *c, Call *k) {
    const Document *d;
    TRY(document_get(c, k->api, DOC_META, c->lang, meta_write, &d));
    answer_document(k, d);
    return ST_OK;
}

Status route_messages(Ctx *c, Call *k) {
    if (!language_known(k->params[0])) return FAIL(c, ST_MISSING, "", "error.http.route");
    const Document *d;
    TRY(document_get(c, k->api, DOC_MESSAGES, k->params[0], messages_write, &d));
    answer_document(k, d);
    return ST_OK;
}
