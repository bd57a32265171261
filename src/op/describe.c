/* describe.c: shapes, kinds and operations as JSON Schema (draft 2020-12), for /meta and OpenAPI. */
#include "op/op_int.h"

#include "base/banned.h"

enum { NESTING_MAX = 16, ENUM_MAX = 300 };

static Val text(const char *s) {
    return val_text(str_of(s));
}

/* --- one field -------------------------------------------------------------------------------- */

typedef struct Draw {
    Arena *a;
    const Model *m;
    int depth;
} Draw;

static Val draw_shape(Draw *d, const Shape *s);

static void put_type(Draw *d, Val *v, const char *type) {
    val_set_c(d->a, v, "type", text(type));
}

static void put_codes(Draw *d, Val *v, const char *list) {
    const CodeList *codes = model_codes(d->m, str_of(list));
    put_type(d, v, "string");
    val_set_c(d->a, v, "x-panah-codes", text(list));
    if (!codes || codes->n > ENUM_MAX) return;
    Val all = val_list();
    for (size_t i = 0; i < codes->n; i++)
        val_push(d->a, &all, val_text(codes->codes[i].code));
    val_set_c(d->a, v, "enum", all);
}

static void put_bounds(Draw *d, Val *v, const Field *f) {
    if (f->min >= f->max) return;
    val_set_c(d->a, v, "minimum", val_int(f->min));
    val_set_c(d->a, v, "maximum", val_int(f->max));
}

static void put_format(Draw *d, Val *v, const char *format) {
    put_type(d, v, "string");
    val_set_c(d->a, v, "format", text(format));
}

static void put_pattern(Draw *d, Val *v, Str pattern) {
    put_type(d, v, "string");
    val_set_c(d->a, v, "pattern", val_text(pattern));
}

static void draw_text(Draw *d, Val *v, const Field *f) {
    put_type(d, v, "string");
    /* Bytes of UTF-8: a text of so many characters may still be too long, none of more is not. */
    val_set_c(d->a, v, "maxLength", val_int(f->max ? f->max : TEXT_BYTES_DEFAULT));
}

static void draw_decimal(Draw *d, Val *v, const Field *f) {
    put_pattern(d, v,
                f->scale ? str_printf(d->a, "^-?[0-9]+(\\.[0-9]{1,%d})?$", f->scale)
                         : STR("^-?[0-9]+$"));
}

static void draw_set(Draw *d, Val *v, const Field *f) {
    Val item = val_map();
    put_codes(d, &item, f->codes);
    put_type(d, v, "array");
    val_set_c(d->a, v, "items", item);
    val_set_c(d->a, v, "uniqueItems", val_bool(true));
    val_set_c(d->a, v, "maxItems", val_int(f->max ? f->max : SET_COUNT_DEFAULT));
}

static void draw_type(Draw *d, Val *v, const Field *f) {
    switch (f->type) {
    case FT_TEXT: draw_text(d, v, f); break;
    case FT_INT:
        put_type(d, v, "integer");
        put_bounds(d, v, f);
        break;
    case FT_DECIMAL: draw_decimal(d, v, f); break;
    case FT_BOOL: put_type(d, v, "boolean"); break;
    case FT_DATE: put_format(d, v, "date"); break;
    case FT_TIME: put_format(d, v, "date-time"); break;
    case FT_CODE: put_codes(d, v, f->codes); break;
    case FT_REF:
        put_format(d, v, "uuid");
        if (f->kind) val_set_c(d->a, v, "x-panah-kind", text(f->kind));
        break;
    case FT_SET: draw_set(d, v, f); break;
    case FT_BLOB: put_pattern(d, v, STR("^[0-9a-f]{64}$")); break;
    case FT_SHAPE: *v = draw_shape(d, f->shape); break;
    case FT_JSON: break;
    }
}

/* What need not be known may be said to be unknown: null. */
static void allow_null(Draw *d, Val *v) {
    Val type = val_get(*v, "type"), codes = val_get(*v, "enum");
    if (type.type != VAL_TEXT) return;
    Val both = val_list();
    val_push(d->a, &both, type);
    val_push(d->a, &both, text("null"));
    val_set_c(d->a, v, "type", both);
    if (codes.type != VAL_LIST) return;
    Val with_null = val_list();
    for (size_t i = 0; i < codes.list.n; i++)
        val_push(d->a, &with_null, codes.list.v[i]);
    val_push(d->a, &with_null, val_null());
    val_set_c(d->a, v, "enum", with_null);
}

static Val draw_field(Draw *d, const Field *f, int64_t list_max, bool required) {
    Val v = val_map();
    draw_type(d, &v, f);
    if (f->flags & FF_LIST) {
        Val list = val_map();
        put_type(d, &list, "array");
        val_set_c(d->a, &list, "items", v);
        val_set_c(d->a, &list, "maxItems", val_int(list_max ? list_max : LIST_COUNT_DEFAULT));
        v = list;
    }
    if (!required) allow_null(d, &v);
    if (f->doc) val_set_c(d->a, &v, "description", text(f->doc));
    return v;
}

/* --- objects ---------------------------------------------------------------------------------- */

static Val object(Draw *d, Val properties, Val required) {
    Val v = val_map();
    put_type(d, &v, "object");
    val_set_c(d->a, &v, "properties", properties);
    if (required.list.n) val_set_c(d->a, &v, "required", required);
    val_set_c(d->a, &v, "additionalProperties", val_bool(false));
    return v;
}

/* A row of a shape with what it takes from the field it is like. */
static Field resolved(const Draw *d, const Field *row, int64_t *ret_list_max) {
    Field f = *row;
    *ret_list_max = row->flags & FF_LIST ? row->max : 0;
    if (row->like) {
        Str field = str_of(row->like), kind = str_cut(&field, '.');
        const KindInfo *k = model_kind(d->m, kind);
        const FieldInfo *like = k ? kind_field(k, field) : NULL;
        if (!like) BUG("a shape is like a field that is not there");
        f = like->f;
        f.name = row->name;
        f.doc = row->doc ? row->doc : f.doc;
        f.flags = row->flags;
    } else if (row->flags & FF_LIST) {
        f.min = f.max = 0;
    }
    return f;
}

static bool editable(const FieldInfo *f) {
    return f->index != 0 && !(f->f.flags & (FF_FIXED | FF_HIDDEN));
}

static void draw_kind_fields(Draw *d, const char *kind, Val *properties) {
    const KindInfo *k = model_kind(d->m, str_of(kind));
    if (!k) BUG("a shape has the fields of a kind that is not there");
    for (size_t i = 0; i < k->n_fields; i++) {
        const FieldInfo *f = &k->fields[i];
        Str key = str_of(f->key_text);
        if (!editable(f) || !val_is_absent(val_get_str(*properties, key))) continue;
        val_set(d->a, properties, key, draw_field(d, &f->f, 0, false));
    }
}

/* Shapes are tables of ours: they do not nest deeply, nor in circles. */
static Val draw_shape(Draw *d, const Shape *s) {
    Val properties = val_map(), required = val_list();
    if (++d->depth > NESTING_MAX) BUG("shapes nest too deeply");
    for (size_t i = 0; i < s->n_fields; i++) {
        int64_t list_max;
        Field f = resolved(d, &s->fields[i], &list_max);
        bool must = f.flags & FF_REQUIRED;
        val_set_c(d->a, &properties, f.name, draw_field(d, &f, list_max, must));
        if (must) val_push(d->a, &required, text(f.name));
    }
    if (s->kind_fields) draw_kind_fields(d, s->kind_fields, &properties);
    d->depth--;
    return object(d, properties, required);
}

Val shape_schema(Arena *a, const Model *m, const Shape *shape) {
    static const Shape nothing = { .name = "nothing" };
    Draw d = { a, m, 0 };
    return draw_shape(&d, shape ? shape : &nothing);
}

/* All fields are optional: sealed ones and those of other lanes may be out of reach. */
Val kind_schema(Arena *a, const Model *m, const KindInfo *k) {
    Draw d = { a, m, 0 };
    Val properties = val_map();
    for (size_t i = 0; i < k->n_fields; i++) {
        const FieldInfo *f = &k->fields[i];
        if (i == 0 || f->f.flags & FF_HIDDEN) continue;
        val_set(a, &properties, str_of(f->key_text), draw_field(&d, &f->f, 0, false));
    }
    Val v = object(&d, properties, val_list());
    if (k->k->doc) val_set_c(a, &v, "description", text(k->k->doc));
    return v;
}

Val record_schema(Arena *a, const Model *m, const KindInfo *k) {
    Draw d = { a, m, 0 };
    Val properties = val_map(), required = val_list(), v = val_map(), labels = val_map();
    val_set_c(a, &v, "const", text(k->k->name));
    val_set_c(a, &properties, "kind", v);
    v = val_map();
    put_format(&d, &v, "uuid");
    val_set_c(a, &properties, "id", v);
    v = val_map();
    put_type(&d, &v, "string");
    val_set_c(a, &properties, "version", v);
    v = val_map();
    put_codes(&d, &v, "void_reason");
    val_set_c(a, &properties, "void", v);
    v = val_map();
    put_type(&d, &v, "boolean");
    val_set_c(a, &properties, "conflict", v);
    val_set_c(a, &properties, "fields", kind_schema(a, m, k));
    v = val_map();
    put_type(&d, &v, "string");
    put_type(&d, &labels, "object");
    val_set_c(a, &labels, "additionalProperties", v);
    val_set_c(a, &properties, "labels", labels);
    val_push(a, &required, text("kind"));
    val_push(a, &required, text("id"));
    val_push(a, &required, text("fields"));
    return object(&d, properties, required);
}

/* --- operations ------------------------------------------------------------------------------- */

Val op_describe(Arena *a, const Model *m, const Op *op, Str lang) {
    Val v = val_map();
    Str key = str_printf(a, "op.%s", op->name), title = model_label(m, lang, key, NULL);
    val_set_c(a, &v, "name", text(op->name));
    val_set_c(a, &v, "no", val_int(op->no));
    val_set_c(a, &v, "version", val_int(op->version));
    val_set_c(a, &v, "title", str_eq(title, key) ? text(op->title) : val_text(title));
    val_set_c(a, &v, "needs", text(permission_name(op->needs)));
    val_set_c(a, &v, "read", val_bool(op->flags & OP_READ));
    val_set_c(a, &v, "job", val_bool(op->flags & OP_JOB));
    val_set_c(a, &v, "offline", val_bool(op->flags & OP_OFFLINE));
    val_set_c(a, &v, "idempotent", val_bool(op->flags & OP_IDEMPOTENT));
    val_set_c(a, &v, "takes", shape_schema(a, m, op->takes));
    val_set_c(a, &v, "returns", shape_schema(a, m, op->returns));
    return v;
}
