/* plan.c: works out a registration before the writer runs it: everything that can be cleaned,
 * defaulted, checked and looked up without the next number. */
#include "domain/registry/plan_int.h"

#include "base/banned.h"

Val plan_known(Ctx *c, const KindInfo *k, Val typed) {
    Val known = val_map();
    for (size_t i = 0; typed.type == VAL_MAP && i < typed.map.n; i++) {
        const FieldInfo *f = kind_field(k, typed.map.v[i].key);
        Val v = typed.map.v[i].value;
        if (f && v.type != VAL_NULL && v.type != VAL_NONE)
            val_set(c->arena, &known, str_of(f->key_text), v);
    }
    return known;
}

void plan_default(Ctx *c, Val *fields, const char *field, Val value) {
    if (value.type == VAL_NONE || value.type == VAL_NULL) return;
    if (val_is_absent(val_get(*fields, field))) val_set_c(c->arena, fields, field, value);
}

/* ---- the group ----------------------------------------------------------------------------------- */

Status plan_group(Ctx *c, Plan *plan, Val in) {
    const KindInfo *k = registry_kind(c, "registration_group");
    Str old_path = ctx_path_enter(c, "group");
    Status st = fields_writable(c, k, in, true);
    Val fields = plan_known(c, k, in);
    plan_default(c, &fields, "registration_date", val_int(c->today));
    plan_default(c, &fields, "process_status", val_text(STR(PROCESS_ACTIVE)));
    plan_default(c, &fields, "country_of_asylum", plan->office.country);
    Status one = merged_check(c, k, (Merged){ NULL, fields });
    ctx_path_leave(c, old_path);
    plan->group_fields = fields;
    return one != ST_OK ? one : st;
}

/* ---- what belongs to a person -------------------------------------------------------------------- */

typedef struct Part {
    const char *key, *kind;
} Part;
static const Part parts[] = {
    { "names", "name" },          { "phones", "phone" },     { "documents", "document" },
    { "needs", "specific_need" }, { "consents", "consent" },
};

static void part_defaults(Ctx *c, const char *kind, Val *fields) {
    if (strcmp(kind, "consent") == 0) plan_default(c, fields, "asked_on", val_int(c->today));
    if (strcmp(kind, "specific_need") == 0) plan_default(c, fields, "since", val_int(c->today));
}

static Status plan_part(Ctx *c, Plan *plan, const KindInfo *k, Val in, PlannedPerson *p) {
    PlannedRecord made = { .kind = k, .fields = plan_known(c, k, in) };
    val_set_c(c->arena, &made.fields, "person", val_id(c->arena, p->id));
    part_defaults(c, k->k->name, &made.fields);
    if (strcmp(k->k->name, "phone") == 0) {
        Str typed = val_get_text(in, "number", STR("")), e164;
        bool known = !phone_parse(c->arena, typed, plan->office.dial_code, &e164);
        bool kept = !known && typed.n && val_get_bool(in, "as_written", false);
        if (kept) e164 = typed;
        if (!known && !kept) TRY(office_phone(c, &plan->office, typed, &e164));
        val_set_c(c->arena, &made.fields, "number", val_text(e164));
    }
    if (k->k->lane == LANE_PROTECTION) TRY(actor_require(c, PERM_NEED_WRITE));
    TRY(merged_check(c, k, (Merged){ NULL, made.fields }));
    vec_push(c->arena, &p->records, made);
    return ST_OK;
}

static Status plan_parts(Ctx *c, Plan *plan, Val in, PlannedPerson *p) {
    Status st = ST_OK;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        Val list = val_get(in, parts[i].key);
        const KindInfo *k = registry_kind(c, parts[i].kind);
        for (size_t j = 0; list.type == VAL_LIST && j < list.list.n; j++) {
            Str old_path = ctx_path_enter(c, "%s[%zu]", parts[i].key, j);
            Status one = plan_part(c, plan, k, list.list.v[j], p);
            ctx_path_leave(c, old_path);
            if (one != ST_OK) st = one;
        }
    }
    return st;
}

static Status plan_photo(Ctx *c, Val in, PlannedPerson *p) {
    Val photo = val_get(in, "photo"), thumb = val_get(in, "thumb");
    if (photo.type == VAL_BYTES) TRY(staged_read(c, photo, "photo", &p->photo));
    if (photo.type == VAL_BYTES && thumb.type == VAL_BYTES)
        TRY(staged_read(c, thumb, "thumb", &p->thumb));
    if (p->photo.s) plan_default(c, &p->fields, "photo_status", val_text(STR(PHOTO_TAKEN)));
    return ST_OK;
}

/* ---- the person ---------------------------------------------------------------------------------- */

/* What a member has in common with the group, unless the form says otherwise. Somebody born after
 * the family arrived did not arrive with it. */
static void person_defaults(Ctx *c, const Plan *plan, Val *fields) {
    Val group = plan->is_new_group ? plan->group_fields : VAL_ABSENT;
    Val arrival = val_get(group, "arrival_date"), born = val_get(*fields, "birth_date");
    plan_default(c, fields, "registration_date", val_get(group, "registration_date"));
    plan_default(c, fields, "registration_date", val_int(c->today));
    plan_default(c, fields, "registration_reason", val_get(group, "registration_reason"));
    plan_default(c, fields, "process_status", val_text(STR(PROCESS_ACTIVE)));
    if (born.type != VAL_INT || arrival.type != VAL_INT || born.i <= arrival.i)
        plan_default(c, fields, "arrival_date", arrival);
}

static Status plan_fields(Ctx *c, Plan *plan, Val in, PlannedPerson *p) {
    const KindInfo *k = registry_kind(c, "person");
    Str old_path = ctx_path_enter(c, "person");
    Status st = fields_writable(c, k, in, true), one;
    p->fields = plan_known(c, k, in);
    person_defaults(c, plan, &p->fields);
    Merged m = { NULL, p->fields };
    if ((one = names_check(c, k, p->fields)) != ST_OK) st = one;
    if ((one = family_parents_check(c, &m, p->fields)) != ST_OK) st = one;
    if ((one = merged_check(c, k, m)) != ST_OK) st = one;
    ctx_path_leave(c, old_path);
    val_set_c(c->arena, &p->fields, "display_name", val_text(names_joined(c, k, &m)));
    return st;
}

static void plan_membership(Ctx *c, const Plan *plan, Val in, PlannedPerson *p) {
    Val m = val_map();
    val_set_c(c->arena, &m, "person", val_id(c->arena, p->id));
    val_set_c(c->arena, &m, "registration_group", val_id(c->arena, plan->group));
    plan_default(c, &m, "relationship", val_get(in, "relationship"));
    plan_default(c, &m, "presence", val_get(in, "presence"));
    plan_default(c, &m, "presence", val_text(STR(PRESENCE_PRESENT)));
    plan_default(c, &m, "from_date", val_get(p->fields, "registration_date"));
    p->membership = m;
}

Status plan_person(Ctx *c, Plan *plan, Val in, PlannedPerson *ret) {
    PlannedPerson p = { .key = val_get_text(in, "key", STR("")) };
    Record *taken = NULL;
    if (val_get_id(val_get(in, "id"), &p.id))
        TRY(record_try(c, registry_kind(c, "person"), p.id, &taken));
    else
        p.id = id_new(c->env);
    if (taken) return FAIL(c, ST_CONFLICT, "id", "error.id.taken");
    Status st = plan_fields(c, plan, val_get(in, "person"), &p), one;
    plan_membership(c, plan, in, &p);
    if ((one = plan_parts(c, plan, in, &p)) != ST_OK) st = one;
    if ((one = plan_photo(c, in, &p)) != ST_OK) st = one;
    *ret = p;
    return st;
}

/* ---- doubles ------------------------------------------------------------------------------------ */

static Val typed_records(Ctx *c, const PlannedPerson *p, const char *kind) {
    Val list = val_list();
    for (size_t i = 0; i < p->records.n; i++)
        if (strcmp(p->records.v[i].kind->k->name, kind) == 0)
            val_push(c->arena, &list, p->records.v[i].fields);
    return list;
}

static bool is_confirmed(Val confirmed_not, Id person) {
    for (size_t i = 0; confirmed_not.type == VAL_LIST && i < confirmed_not.list.n; i++) {
        Id id;
        if (val_get_id(confirmed_not.list.v[i], &id) && id_eq(id, person)) return true;
    }
    return false;
}

Status plan_check_doubles(Ctx *c, const Plan *plan, Val confirmed_not) {
    Candidate *people = arena_array(c->arena, Candidate, plan->n);
    for (size_t i = 0; i < plan->n; i++)
        people[i] = (Candidate){
            .person = plan->people[i].fields,
            .phones = typed_records(c, &plan->people[i], "phone"),
            .documents = typed_records(c, &plan->people[i], "document"),
            .names = typed_records(c, &plan->people[i], "name"),
        };
    Matches found = { 0 };
    TRY(matches_find(c, people, plan->n, plan->office.dial_code, &found));
    Status st = ST_OK;
    for (size_t i = 0; i < found.found.n; i++) {
        const Match *m = &found.found.v[i];
        if (is_confirmed(confirmed_not, m->person->id)) continue;
        Str path = str_printf(c->arena, "members[%zu]", m->member);
        st = FAIL(c, ST_CONFLICT, plan->is_new_group ? str_c(c->arena, path) : "person",
                  "error.duplicate", "person", id_text(c->arena, m->person->id), "name",
                  record_text(m->person, "display_name"), "number",
                  record_text(m->person, "number"), "reason", str_of(match_strongest(m->reasons)));
    }
    return st;
}
