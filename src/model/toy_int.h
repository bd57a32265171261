/* toy_int.h: a small register for the tests and fuzz targets of the room. */
#ifndef MODEL_TOY_INT_H
#define MODEL_TOY_INT_H

#include "model/expr.h"

static const Code toy_sex_codes[] = {
    { STR_INIT("F"), 1, 0, STR_INIT("") },
    { STR_INIT("M"), 1, 0, STR_INIT("") },
    { STR_INIT("U"), 1, 0, STR_INIT("") },
};
static const Code toy_need_codes[] = {
    { STR_INIT("SC-UC"), 1, 0, STR_INIT("SC") },
    { STR_INIT("SC-SC"), 1, 0, STR_INIT("SC") },
    { STR_INIT("DS-BD"), 1, 0, STR_INIT("DS") },
    { STR_INIT("PG-HR"), 1, 2, STR_INIT("PG") },
};
static const Code toy_void_codes[] = {
    { STR_INIT("MISTAKE"), 1, 0, STR_INIT("") },
    { STR_INIT("DOUBLE"), 1, 0, STR_INIT("") },
};
static const Code toy_language_codes[] = {
    { STR_INIT("prs"), 1, 0, STR_INIT("") },
    { STR_INIT("pus"), 1, 0, STR_INIT("") },
    { STR_INIT("fra"), 1, 0, STR_INIT("") },
};
#define TOY_LIST(name, source, version, table)                                                     \
    { STR_INIT(name), STR_INIT(source), version, table, sizeof(table) / sizeof((table)[0]), NULL }
static const CodeList toy_lists[] = {
    TOY_LIST("sex", "UNHCR", 1, toy_sex_codes),
    TOY_LIST("specific_need", "UNHCR", 2, toy_need_codes),
    TOY_LIST("void_reason", "Panah", 1, toy_void_codes),
    TOY_LIST("language", "ISO 639-3", 1, toy_language_codes),
};

static const Field toy_group_fields[] = {
    { "number", .no = 2, .type = FT_TEXT, .max = 40, .flags = FF_REQUIRED | FF_SEARCH },
    { "village", .no = 3, .type = FT_TEXT, .flags = FF_SORT },
    { "size", .no = 4, .type = FT_INT, .min = 0, .max = 100 },
    { "income", .no = 5, .type = FT_DECIMAL, .scale = 2 },
    { "arrival_date", .no = 6, .type = FT_DATE },
};
static const Field toy_person_fields[] = {
    { "given_name", .no = 2, .type = FT_TEXT, .max = 60,
      .flags = FF_REQUIRED | FF_PERSONAL | FF_NAME, .merge = MERGE_MUST_RESOLVE },
    { "sex", .no = 3, .type = FT_CODE, .codes = "sex", .flags = FF_REQUIRED | FF_PERSONAL },
    { "birth_date", .no = 5, .type = FT_DATE, .flags = FF_PERSONAL, .rule = "birth_date <= today()",
      .rule_message = "error.date.future" },
    { "registration_group", .no = 4, .type = FT_REF, .kind = "group" },
    { "languages", .no = 6, .type = FT_SET, .codes = "language", .max = 2 },
    { "height_m", .no = 7, .type = FT_DECIMAL, .scale = 2, .min = 20, .max = 250 },
    { "present", .no = 8, .type = FT_BOOL },
    { "registered_at", .no = 9, .type = FT_TIME, .flags = FF_FIXED },
    { "photo", .no = 10, .type = FT_BLOB },
    { "notes", .no = 11, .type = FT_TEXT, .max = 2000, .lane = LANE_PROTECTION,
      .flags = FF_LONG | FF_SEALED | FF_PERSONAL },
    { "children", .no = 12, .type = FT_INT, .min = 0, .max = 30,
      .rule = "children = 0 or birth_date is unknown or age(birth_date) >= 10" },
    { "search_key", .no = 13, .type = FT_TEXT, .flags = FF_HIDDEN },
};
static const Field toy_need_fields[] = {
    { "person", .no = 2, .type = FT_REF, .kind = "person", .flags = FF_REQUIRED | FF_FIXED },
    { "code", .no = 3, .type = FT_CODE, .codes = "specific_need", .flags = FF_REQUIRED },
    { "weight", .no = 4, .type = FT_INT },
    { "cost", .no = 5, .type = FT_DECIMAL, .scale = 2 },
    { "noted_on", .no = 6, .type = FT_DATE },
};
static const Field toy_link_fields[] = {
    /* two references to persons, neither the subject */
    { "from_person", .no = 2, .type = FT_REF, .kind = "person" },
    { "to_person", .no = 3, .type = FT_REF, .kind = "person" },
};

static const Kind toy_group = { "group", .no = 1, .lane = LANE_CORE, FIELDS(toy_group_fields),
                                .title = "number" };
static const Kind toy_person = { "person", .no = 2, .lane = LANE_CORE, FIELDS(toy_person_fields),
                                 .title = "given_name" };
static const Kind toy_need = { "need",
                               .no = 7,
                               .lane = LANE_PROTECTION,
                               FIELDS(toy_need_fields),
                               .subject_rule = SUBJECT_FIELD,
                               .subject = "person" };
static const Kind toy_link = { "link", .no = 3, .lane = LANE_CORE, FIELDS(toy_link_fields),
                               .subject_rule = SUBJECT_NONE };
static const Kind *const toy_kinds[] = { &toy_person, &toy_need, &toy_group, &toy_link };

static const LabelSource toy_labels[] = {
    { .lang = STR_INIT("en"),
      .json = STR_INIT("{\"kind.person\":\"Person\",\"code.sex.F\":\"Female\","
                       "\"field.person.sex\":\"Sex\",\"only.en\":\"Only English\","
                       "\"error.number.range\":\"Give a number from {min} to {max}.\","
                       "\"error.type\":\"This must be {expected}.\","
                       "\"arg.expected.date\":\"a date\","
                       "\"error.did_you_mean\":\"Did you mean {did_you_mean}?\","
                       "\"error.code.unknown\":\"Not in the list.\",\"empty\":\"\"}") },
    { .lang = STR_INIT("fa"),
      .json = STR_INIT("{\"kind.person\":\"شخص\",\"code.sex.F\":\"زن\","
                       "\"arg.expected.date\":\"تاریخ\"}") },
    { .lang = STR_INIT("fa-AF"), .json = STR_INIT("{\"code.sex.F\":\"طبقهٔ اناث\"}") },
};

static inline ModelSource toy_source(void) {
    return (ModelSource){
        .kinds = toy_kinds,
        .n_kinds = sizeof toy_kinds / sizeof toy_kinds[0],
        .lists = toy_lists,
        .n_lists = sizeof toy_lists / sizeof toy_lists[0],
        .labels = toy_labels,
        .n_labels = sizeof toy_labels / sizeof toy_labels[0],
    };
}

/* --- records to evaluate over --------------------------------------------------------------------- */

typedef struct ToyRecord {
    const char *kind;
    Id id;
    Val fields; /* typed values by name */
} ToyRecord;

typedef struct ToyWorld {
    ToyRecord records[16]; /* the first is the root */
    size_t n;
} ToyWorld;

static inline const ToyRecord *toy_record(const ToyWorld *w, const void *record) {
    return record ? record : &w->records[0];
}

static inline Val toy_get(void *world, const void *record, const FieldInfo *f) {
    return val_get(toy_record(world, record)->fields, f->f.name);
}

static inline const void *toy_follow(void *world, const void *record, const FieldInfo *f) {
    const ToyWorld *w = world;
    Id id;
    if (!val_get_id(toy_get(world, record, f), &id)) return NULL;
    for (size_t i = 0; i < w->n; i++)
        if (id_eq(w->records[i].id, id) && strcmp(w->records[i].kind, f->f.kind) == 0)
            return &w->records[i];
    return NULL;
}

static inline const void *toy_child(void *world, const void *record, const KindInfo *kind,
                                    const FieldInfo *ref, size_t at) {
    const ToyWorld *w = world;
    for (size_t i = 0; i < w->n; i++) {
        Id id;
        if (strcmp(w->records[i].kind, kind->k->name) != 0) continue;
        if (!val_get_id(val_get(w->records[i].fields, ref->f.name), &id)) continue;
        if (id_eq(id, toy_record(w, record)->id) && at-- == 0) return &w->records[i];
    }
    return NULL;
}

static inline ExprSource toy_world_source(ToyWorld *w) {
    return (ExprSource){ .arg = w, .get = toy_get, .follow = toy_follow, .child = toy_child };
}

static inline ToyRecord *toy_add(ToyWorld *w, const char *kind, uint8_t id) {
    ToyRecord *r = &w->records[w->n++];
    *r = (ToyRecord){ .kind = kind, .id = { .b = { 7, [15] = id } }, .fields = val_map() };
    return r;
}

#endif
