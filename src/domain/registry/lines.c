/* lines.c: one person as one line: what tells two people of one name apart. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static const Field line_fields[] = {
    { "person", .type = FT_REF, .kind = "person", .doc = "Id of the person" },
    { "group", .type = FT_REF, .kind = "registration_group", .doc = "Id of the present group" },
    { "number", .like = "person.number" },
    { "group_number", .like = "registration_group.number" },
    { "name", .type = FT_TEXT, .max = 1000, .doc = "Joined name" },
    { "name_local", .type = FT_TEXT, .max = 1000, .doc = "Joined name in its own script" },
    { "father_name", .type = FT_TEXT, .max = 1000, .doc = "Father's name, in either script" },
    { "sex", .like = "person.sex" },
    { "age", .type = FT_INT, .doc = "Completed years today" },
    { "age_span", .type = FT_TEXT, .doc = "Youngest and oldest possible age, where they differ" },
    { "birth_date", .like = "person.birth_date" },
    { "birth_date_precision", .like = "person.birth_date_precision" },
    { "village", .like = "registration_group.village" },
    { "focal_point", .type = FT_BOOL, .doc = "Whether the person is the group's focal point" },
    { "matched", .type = FT_TEXT, .doc = "name, number, phone or document" },
    { "photo", .type = FT_BLOB, .doc = "Blob of the newest photograph, small if there is one" },
    { "void", .like = "person.void" },
};
const Shape person_line_shape = { .name = "person_line", FIELDS(line_fields) };

static void put(Ctx *c, Val *out, const char *key, Val v) {
    if (v.type != VAL_NONE && v.type != VAL_NULL) val_set_c(c->arena, out, key, v);
}

static void put_text(Ctx *c, Val *out, const char *key, Str text) {
    if (!str_empty(text)) val_set_c(c->arena, out, key, val_text(text));
}

/* The days a birth date can mean, by its precision: the rules of text/date_entry.h read back. */
static void birth_span(Day born, Str precision, Day *ret_first, Day *ret_last) {
    Civil civil = civil_from_day(born);
    *ret_first = *ret_last = born;
    DatePrecision p;
    if (!date_precision_parse(precision, &p) || p == DATE_EXACT) return;
    if (p == DATE_MONTH) {
        *ret_first = born - 15;
        *ret_last = born + 15;
        return;
    }
    /* A year or an age in years is stored as the middle of its year, some day of summer or autumn
     * by calendar; an age in months, weeks or days is exact enough to show alone. */
    if (p == DATE_AGE && !(civil.month == 7 && civil.day == 1)) return;
    *ret_first = born - 183;
    *ret_last = born + 183;
}

static void put_age(Ctx *c, Val *out, const Record *person) {
    Val born = record_value(person, "birth_date");
    if (born.type != VAL_INT) return;
    int64_t age = day_years_between((Day)born.i, c->today);
    val_set_c(c->arena, out, "age", val_int(age));
    Day first, last;
    birth_span((Day)born.i, record_text(person, "birth_date_precision"), &first, &last);
    int oldest = day_years_between(first, c->today), youngest = day_years_between(last, c->today);
    if (youngest < 0) youngest = 0;
    if (youngest == oldest) return;
    put_text(c, out, "age_span", str_printf(c->arena, "%d-%d", youngest, oldest));
}

static Status put_group(Ctx *c, Val *out, Line *line) {
    Record *membership;
    TRY(family_membership(c, line->person->id, &membership));
    Id id, focal;
    if (!membership || !record_id(membership, "registration_group", &id)) return ST_OK;
    if (!line->group) TRY(record_try(c, registry_kind(c, "registration_group"), id, &line->group));
    if (!line->group) return ST_OK;
    val_set_c(c->arena, out, "group", val_id(c->arena, id));
    put(c, out, "group_number", record_value(line->group, "number"));
    put(c, out, "village", record_value(line->group, "village"));
    bool is_focal = record_id(line->group, "focal_point", &focal) && id_eq(focal, line->person->id);
    val_set_c(c->arena, out, "focal_point", val_bool(is_focal));
    return ST_OK;
}

/* The picture's name is sealed. Who may not open it sees a line without a picture. */
static Status put_photo(Ctx *c, Val *out, Line *line) {
    Record **photos;
    size_t n;
    TRY(read_children(c, registry_kind(c, "photo"), "person", line->person->id, false, &photos,
                      &n));
    if (n == 0 || !c->reach || !c->reach->sealed) return ST_OK;
    Record *newest = photos[n - 1];
    if (!actor_may_in(c->actor, PERM_SEALED_READ, newest->scope)) return ST_OK;
    TRY(record_open_sealed(c, newest));
    Val thumb = record_value(newest, "thumb");
    Val photo = thumb.type == VAL_BYTES ? thumb : record_value(newest, "image");
    put(c, out, "photo", photo);
    line->with_photo = photo.type == VAL_BYTES;
    return ST_OK;
}

/* In the script the reader reads, where it is known in both. */
static Str father_of(Ctx *c, const Record *p) {
    static const char *const arabic_script[] = { "fa", "ps", "ar" };
    Str latin = record_text(p, "father_name"), local = record_text(p, "father_name_local");
    bool reads_local = latin.n == 0;
    for (size_t i = 0; i < sizeof arabic_script / sizeof arabic_script[0]; i++)
        reads_local = reads_local || str_starts(c->lang, str_of(arabic_script[i]));
    return reads_local && local.n ? local : latin;
}

Status line_show(Ctx *c, OpCall *call, Line *line, Val *ret) {
    const Record *p = line->person;
    Merged m = { .record = p, .changes = VAL_ABSENT };
    Val out = val_map();
    val_set_c(c->arena, &out, "person", val_id(c->arena, p->id));
    put(c, &out, "number", record_value(p, "number"));
    put_text(c, &out, "name", names_joined(c, p->kind, &m));
    put_text(c, &out, "name_local", names_joined_local(c, p->kind, &m));
    put_text(c, &out, "father_name", father_of(c, p));
    put(c, &out, "sex", record_value(p, "sex"));
    put(c, &out, "birth_date", record_value(p, "birth_date"));
    put(c, &out, "birth_date_precision", record_value(p, "birth_date_precision"));
    put_age(c, &out, p);
    TRY(put_group(c, &out, line));
    TRY(put_photo(c, &out, line));
    if (line->with_photo) vec_push(c->arena, &call->read_glimpses, p->id);
    put_text(c, &out, "matched", str_of(line->matched));
    put(c, &out, "void", p->values[0]);
    *ret = out;
    return ST_OK;
}
