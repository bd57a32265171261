/* check.c: what can be wrong with the tables of a model, rules of fields excepted (rules.c). */
#include "model/model_int.h"

#include "base/banned.h"

enum { NAME_MAX_N = 39 }; /* fits FieldInfo.key_text */

static bool name_ok(const char *name) {
    size_t n = name ? strlen(name) : 0;
    if (n == 0 || n > NAME_MAX_N || name[0] < 'a' || name[0] > 'z') return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* Words of the expression language cannot name a field, and "id" is the record's own. */
static bool name_reserved(const char *name) {
    static const char *const words[] = { "id",    "and",     "or",     "not",      "in",
                                         "is",    "with",    "starts", "contains", "known",
                                         "where", "unknown", "true",   "false" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], name) == 0) return true;
    return false;
}

/* --- kinds ---------------------------------------------------------------------------------------- */

/* For BUG(), which takes a plain C string; the program ends with it. */
_Noreturn void table_bug(const char *kind, const char *field, const char *what, Str detail) {
    static char text[400];
    snprintf(text, sizeof text, "kind %s%s%s: %s%s%.*s", kind, field[0] ? ", field " : "", field,
             what, detail.n ? ": " : "", STR_ARG(detail));
    BUG(text);
}

static void check_numbers(const Kind *k) {
    for (size_t i = 0; i < k->n_fields; i++) {
        const Field *f = &k->fields[i];
        const char *name = f->name ? f->name : "";
        if (!name_ok(name)) table_bug(k->name, name, "the name is not snake_case", STR(""));
        if (name_reserved(name)) table_bug(k->name, name, "the name is reserved", STR(""));
        if (f->no < FIELD_FIRST_NO || f->no > 65535)
            table_bug(k->name, name, "the number is not within 2-65535", STR(""));
        for (size_t j = 0; j < i; j++) {
            if (k->fields[j].no == f->no)
                table_bug(k->name, name, "the number is taken by", str_of(k->fields[j].name));
            if (strcmp(k->fields[j].name, name) == 0)
                table_bug(k->name, name, "the name is there twice", STR(""));
        }
        if (strcmp(name, "void") == 0)
            table_bug(k->name, name, "every kind has this field already", STR(""));
    }
}

void check_kind(const KindEntry *e, const Map *kinds_before) {
    const Kind *k = e->info.k;
    if (!k || !name_ok(k->name))
        table_bug(k && k->name ? k->name : "", "", "the name is not snake_case", STR(""));
    if (map_has(kinds_before, str_of(k->name)))
        table_bug(k->name, "", "the name is there twice", STR(""));
    if (k->no < 1 || k->no > 65535)
        table_bug(k->name, "", "the number is not within 1-65535", STR(""));
    for (size_t i = 0; i < kinds_before->n; i++) {
        const KindEntry *other = kinds_before->entries[i].value;
        if (other->info.k->no == k->no)
            table_bug(k->name, "", "the number is taken by kind", str_of(other->info.k->name));
    }
    check_numbers(k);
}

static void check_subject(const Model *m, const KindEntry *e) {
    const Kind *k = e->info.k;
    const FieldInfo *title = k->title ? map_get(&e->by_name, str_of(k->title)) : NULL;
    if (k->title && !title)
        table_bug(k->name, "", "there is no such title field", str_of(k->title));
    if (k->subject_rule != SUBJECT_FIELD) return;
    const FieldInfo *subject = e->info.subject;
    if (!subject || subject->f.type != FT_REF)
        table_bug(k->name, k->subject ? k->subject : "", "the subject is no FT_REF field of it",
                  STR(""));
    const KindInfo *other = model_kind(m, str_of(subject->f.kind));
    if (other && other->k->subject_rule != SUBJECT_SELF)
        table_bug(k->name, k->subject, "the subject is of a kind that is not its own subject",
                  STR(""));
}

/* --- fields --------------------------------------------------------------------------------------- */

typedef struct Trouble {
    const char *key; /* of the message; NULL: all is well */
    const char *english;
    Str detail;
} Trouble;

static Trouble trouble(const char *key, const char *english, const char *detail) {
    return (Trouble){ key, english, str_of(detail ? detail : "") };
}

static Trouble points_somewhere(const Model *m, const Field *f) {
    bool coded = f->type == FT_CODE || f->type == FT_SET, ref = f->type == FT_REF;
    if (coded && (!f->codes || !model_codes(m, str_of(f->codes))))
        return trouble("error.model.codes", "there is no such code list", f->codes);
    if (ref && (!f->kind || !model_kind(m, str_of(f->kind))))
        return trouble("error.model.kind", "it points to no such kind", f->kind);
    if (!coded && f->codes)
        return trouble("error.model.type", "only FT_CODE and FT_SET have a list", f->codes);
    if (!ref && f->kind) return trouble("error.model.type", "only FT_REF has a kind", f->kind);
    return (Trouble){ 0 };
}

static Trouble flags_agree(const Field *f) {
    static const char key[] = "error.model.flags";
    uint32_t plain = FF_INDEXED | FF_SEARCH | FF_SORT | FF_NAME | FF_NATURAL;
    if ((f->flags & FF_SEALED) && (f->flags & plain))
        return trouble(key, "a sealed field has no column, index, sort key or term", NULL);
    if ((f->flags & (FF_NAME | FF_SORT | FF_LONG)) && f->type != FT_TEXT)
        return trouble(key, "FF_NAME, FF_SORT and FF_LONG are for text", NULL);
    if (f->flags & FF_LIST)
        return trouble(key, "FF_LIST is for shapes; records use FT_SET or a child kind", NULL);
    return (Trouble){ 0 };
}

static Trouble field_trouble(const Model *m, const Field *f) {
    if (f->type == FT_SHAPE || f->type == FT_JSON || f->shape || f->like || (int)f->type < 0 ||
        f->type > FT_JSON)
        return trouble("error.model.type", "this type is for shapes only", NULL);
    if (f->lane >= LANES || (int)f->lane < 0)
        return trouble("error.model.type", "there is no such lane", NULL);
    if (f->scale < 0 || f->scale > SCALE_MAX || (f->scale && f->type != FT_DECIMAL))
        return trouble("error.model.limits", "the scale is not within 0-6, or not of a decimal",
                       NULL);
    bool counted = f->type == FT_TEXT || f->type == FT_SET;
    if (counted && (f->min < 0 || f->max <= 0 || f->min > f->max))
        return trouble("error.model.limits", "min and max exclude every value", NULL);
    Trouble t = points_somewhere(m, f);
    return t.key ? t : flags_agree(f);
}

static Trouble custom_trouble(const Model *m, const CustomField *custom) {
    const KindInfo *k = model_kind(m, str_of(custom->kind));
    if (!k) return trouble("error.model.kind", "", custom->kind);
    if (id_is_none(custom->field.id)) return trouble("error.model.id", "", custom->field.name);
    if (!name_ok(custom->field.name) || name_reserved(custom->field.name))
        return trouble("error.model.name", "", custom->field.name);
    return field_trouble(m, &kind_field_id(k, custom->field.id)->f);
}

Status check_fields(Ctx *c, const Model *m, const ModelSource *source) {
    Status st = ST_OK;
    for (size_t i = 0; i < m->n_kinds; i++) {
        const KindInfo *k = &m->kinds[i].info;
        for (size_t j = 0; j < k->n_fields && !k->fields[j].custom; j++) {
            Trouble t = field_trouble(m, &k->fields[j].f);
            if (t.key) table_bug(k->k->name, k->fields[j].f.name, t.english, t.detail);
        }
        check_subject(m, &m->kinds[i]);
    }
    for (size_t i = 0; i < source->n_custom; i++) {
        Trouble t = custom_trouble(m, &source->custom[i]);
        if (!t.key) continue;
        Str path = str_printf(c->arena, "custom[%zu]", i);
        st = FAIL(c, ST_INVALID, str_c(c->arena, path), t.key, "value", t.detail);
    }
    return st;
}
