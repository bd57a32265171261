/* model.h: all kinds, fields, code lists and labels of a running program.
 *
 * A Model is immutable once built; a change (custom field, code list) builds a new one. It lives in
 * its own arena and may be read from any thread. Kinds come from the rooms' const tables
 * (model_build), code lists from the embedded files under data/codes, labels and messages from
 * lang/<language>/ (name.json files of flat key → text), custom fields from the ledger. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/kind.h"

typedef struct Model Model;

/* A field as the running program knows it: the table row, with the defaults of lane, max and
 * rule_message filled in, plus where it stands. */
typedef struct FieldInfo {
    Field f;
    const struct KindInfo *kind;
    size_t index; /* in kind->fields */
    bool custom;
    char key_text[40]; /* custom: id text; else the name */
} FieldInfo;

typedef struct KindInfo {
    const Kind *k;
    const FieldInfo *fields; /* [0] is "void"; then the table's, then custom ones */
    size_t n_fields;
    const FieldInfo *subject; /* SUBJECT_FIELD */
    size_t index;             /* in the model */
} KindInfo;

typedef struct CustomField {
    const char *kind;
    Field field;     /* no == 0, id set */
    Str labels_json; /* {"en": "...", …} */
} CustomField;

/* The texts of one language, as a flat JSON object, or as pairs where the build has read that already:
 * "key\0text\0", one after the other. Pairs outlast the model: they are not copied. */
typedef struct LabelSource {
    Str lang;
    Str json;
    Str pairs;
} LabelSource;

typedef struct ModelSource {
    const Kind *const *kinds;
    size_t n_kinds;
    const CodeList *lists;
    size_t n_lists;
    const CustomField *custom;
    size_t n_custom;
    const LabelSource *labels;
    size_t n_labels;
} ModelSource;

/* Checks the tables (numbers unique, names unique, references resolve, rules parse and type-check)
 * and indexes them. A mistake in a built-in table is BUG(); in custom data an error, whose path is
 * "custom[i]": the caller may leave those fields out and build again. Of two lists or labels of the
 * same name the later replaces the earlier. Every kind has a field "void" of list "void_reason", so
 * that list must be there. Custom fields may share a name: kind_field() by name then gives the
 * built-in field, else the one with the lowest id; by id text each is found. Nothing of the source
 * but the kinds' tables is needed afterwards. */
Status model_build(Ctx *c, const ModelSource *source, Model **ret_model) CHECKED;
void model_free(Model *m);

size_t model_n_kinds(const Model *m);
const KindInfo *model_kind_at(const Model *m, size_t i);
const KindInfo *model_kind(const Model *m, Str name); /* NULL: unknown */
const KindInfo *model_kind_no(const Model *m, uint32_t no);
const FieldInfo *kind_field(const KindInfo *k,
                            Str name); /* NULL: unknown; custom: by id text or name */
const FieldInfo *kind_field_no(const KindInfo *k, uint32_t no);
const FieldInfo *kind_field_id(const KindInfo *k, Id custom);
/* The field that says what a record is called in a language, "label_<lang>", of "fa-AF" as of "fa".
 * NULL: its kind has none in it. */
const FieldInfo *kind_field_label(const KindInfo *k, Str lang);

const CodeList *model_codes(const Model *m, Str list);
/* NULL: no such code. */
const Code *code_find(const CodeList *l, Str code);

/* Text of a key in a language; falls back lang → language without region → "en" → the key itself.
 * *ret_fallback (may be NULL) says that another language was shown. Keys: "field.person.sex",
 * "kind.person", "code.sex.F", "list.sex", "error.date.future", "op.person.register". */
Str model_label(const Model *m, Str lang, Str key, bool *ret_fallback);
Str model_code_label(const Model *m, Str lang, Str list, Str code);
/* Message with {name} placeholders filled from the error's args. An argument that names a thing says
 * it in the language where there is a text "arg.<name>.<value>" ("arg.expected.date": "a date") or
 * "<name>.<value>" ("list.sex", "kind.person"); a did_you_mean that is not empty adds the sentence
 * "error.did_you_mean". */
Str model_message(const Model *m, Arena *a, Str lang, const Err *e);
/* All keys of a language as one JSON object, for the web. */
void model_messages_json(const Model *m, Str lang, Buf *out);

/* Shapes: what an operation takes and returns. Fields may nest (FT_SHAPE, FF_LIST) and may be
 * `.like` a kind's field: type, limits and list from there; FF_REQUIRED, FF_LIST and, for a list,
 * .max from the shape's row. In a shape FT_REF may leave .kind open. */
struct Shape {
    const char *name;
    const Field *fields;
    size_t n_fields;
    /* All fields of this kind that can be edited belong to the shape too: not "void", not FF_FIXED,
     * not FF_HIDDEN. They are not required here; record_check looks at the whole record. A custom
     * field may be given by its name or its id text, and comes out under its id text. */
    const char *kind_fields;
};

/* Checks a shape's table and those it nests: BUG() on a mistake. Once for each, at the start. */
void shape_verify(const Model *m, const Shape *shape);
/* Checks a Val as it came from JSON, CBOR or the command line, converts it to typed values (see
 * kind.h) and notes every error with its path. Unknown keys are errors. Texts are cleaned of bidi
 * controls and outer white space (text_clean_name, FF_LONG: text_clean_lines); empty text becomes
 * null. Numbers, dates, times, ids and truth values may be text, digits of any script. *ret_clean
 * has only what was given, in that order; null says "now empty". Absent or null input is an empty
 * object. */
Status shape_check(Ctx *c, const Model *m, const Shape *shape, Val in, Val *ret_clean) CHECKED;
/* One value of one field; path of errors is the field's key_text. Null is allowed. */
Status field_check(Ctx *c, const Model *m, const FieldInfo *f, Val in, Val *ret_clean) CHECKED;
/* A typed value as JSON shows it: dates and times ISO, ids text, decimals text, blob names hex.
 * field_check() takes it back. */
Val field_show(Arena *a, const FieldInfo *f, Val typed);
/* Keys that the shape does not have are left out. */
Val shape_show(Arena *a, const Model *m, const Shape *shape, Val typed);
/* 1250 at scale 2 → "12.50". */
Str decimal_text(Arena *a, int64_t scaled, int scale);

/* A whole record: required fields, rules; paths are key_texts. `get` gives each field's typed value. */
typedef Val (*FieldGet)(void *arg, const FieldInfo *f);
Status record_check(Ctx *c, const Model *m, const KindInfo *k, FieldGet get, void *arg) CHECKED;

#endif
