/* model_int.h: how a Model is kept; private to the room. */
#ifndef MODEL_MODEL_INT_H
#define MODEL_MODEL_INT_H

#include "model/model.h"

typedef struct KindEntry {
    KindInfo info;           /* first: a KindInfo of a model is always the head of its KindEntry */
    Map by_name;             /* field name, or id text of a custom field → FieldInfo */
    const FieldInfo **by_no; /* in order of number; custom fields have none */
    size_t n_by_no;
    struct Expr **rules; /* beside info.fields; NULL where the field has no rule */
} KindEntry;

typedef struct Language {
    Str lang;
    Map texts; /* key → Str */
} Language;

struct Model {
    Arena *arena;
    KindEntry *kinds;
    size_t n_kinds;
    Map kind_by_name;  /* → KindEntry */
    KindEntry **by_no; /* in order of number */
    Map lists;         /* → CodeList */
    Language *languages;
    size_t n_languages;
};

/* check.c: what is wrong with a kind's table is BUG(); with a custom field, an error. */
void check_kind(const KindEntry *e, const Map *kinds_before);
Status check_fields(Ctx *c, const Model *m, const ModelSource *source) CHECKED;

/* labels.c: adds the texts of one source. With a suffix key, {"en": …, "fr": …} is read as the texts of
 * that one key. */
Status labels_add(Ctx *c, Model *m, const LabelSource *source) CHECKED;
Status labels_add_key(Ctx *c, Model *m, Str key, Str json) CHECKED;

/* value.c: one value of a field that is no shape; errors have this path. Null stays null. */
Status value_check(Ctx *c, const Model *m, const Field *f, const char *path, Val in,
                   Val *ret) CHECKED;
Val value_show(Arena *a, const Field *f, Val typed);

/* Days a date may be: 0001-01-01 to 9999-12-31. */
enum { DAY_FIRST = -719162, DAY_LAST = 2932896 };

/* rules.c: compiles the rules of all kinds into the model. */
Status rules_compile(Ctx *c, Model *m, const ModelSource *source) CHECKED;
_Noreturn void table_bug(const char *kind, const char *field, const char *what, Str detail);

/* "Did you mean": the nearest of the candidates offered, if it is near enough. */
typedef struct Suggest {
    Str want, best;
    size_t best_distance;
} Suggest;
Suggest suggest_new(Str want);
void suggest_offer(Suggest *s, Str candidate);
/* Empty when nothing was near. */
Str suggest_best(const Suggest *s);

#endif
