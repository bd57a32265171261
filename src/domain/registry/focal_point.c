/* focal_point.c: group.set_focal_point: another main contact. All relationships are stated to that
 * person, so each is restated in the same act: as given, else as the family links tell. What neither
 * tells is asked for. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static bool linked(const Record *from, const char *link, const Record *to) {
    Id id;
    return record_id(from, link, &id) && id_eq(id, to->id);
}

/* M and F forms of a relationship; NULL for another sex: then it is asked. */
static const char *by_sex(const Record *person, const char *male, const char *female) {
    Str sex = record_text(person, "sex");
    return str_is(sex, "M") ? male : str_is(sex, "F") ? female : NULL;
}

static bool share_parent(const Record *x, const Record *y, const char *link) {
    Id a, b;
    return record_id(x, link, &a) && record_id(y, link, &b) && id_eq(a, b);
}

/* What `member` is to `focal`, as far as mother, father and spouse tell. */
static const char *derive(const Record *member, const Record *focal) {
    if (linked(member, "mother", focal) || linked(member, "father", focal))
        return by_sex(member, "SON", "DAU");
    if (linked(focal, "mother", member) || linked(focal, "father", member))
        return by_sex(member, "PRM", "PRF");
    if (linked(member, "spouse", focal) || linked(focal, "spouse", member))
        return by_sex(member, "HUS", "WIF");
    if (share_parent(member, focal, "mother") && share_parent(member, focal, "father"))
        return by_sex(member, "SBM", "SBF");
    return NULL;
}

static Str given_relationship(Val list, Id person) {
    for (size_t i = 0; list.type == VAL_LIST && i < list.list.n; i++) {
        Id id;
        Val one = list.list.v[i];
        if (val_get_id(val_get(one, "person"), &id) && id_eq(id, person))
            return val_get_text(one, "relationship", STR(""));
    }
    return STR("");
}

/* The relationship of one member; notes error.relationship.required with the name. */
static Status restate(Ctx *c, OpCall *call, const Record *member, const Record *focal, Str *ret) {
    if (id_eq(member->id, focal->id)) return *ret = STR(RELATIONSHIP_FOCAL_POINT), ST_OK;
    Str given = given_relationship(op_in(call, "relationships"), member->id);
    const char *derived = given.n ? NULL : derive(member, focal);
    if (str_is(given, RELATIONSHIP_FOCAL_POINT))
        return FAIL(c, ST_INVALID, "relationships", "error.focal_point.two");
    *ret = given.n ? given : str_of(derived);
    if (ret->n) return ST_OK;
    return FAIL(c, ST_INVALID, "relationships", "error.relationship.required_of", "name",
                record_text(member, "display_name"), "person", id_text(c->arena, member->id));
}

static bool is_among(Record *const *members, size_t n, Id person) {
    for (size_t i = 0; i < n; i++) {
        Id id;
        if (record_id(members[i], "person", &id) && id_eq(id, person)) return true;
    }
    return false;
}

static Status restate_all(Ctx *c, OpCall *call, const Record *group, const Record *focal) {
    Record **members, *person;
    size_t n;
    Status st = ST_OK;
    TRY(family_members(c, group->id, &members, &n));
    if (!is_among(members, n, focal->id))
        return FAIL(c, ST_CONFLICT, "person", "error.focal_point.outside");
    for (size_t i = 0; i < n; i++) {
        Id id;
        Str relationship = STR("");
        if (!record_id(members[i], "person", &id)) continue;
        TRY(record_try(c, registry_kind(c, "person"), id, &person));
        if (!person) continue;
        Status one = restate(c, call, person, focal, &relationship);
        if (one != ST_OK) {
            st = one;
            continue;
        }
        Val fields = val_map();
        val_set_c(c->arena, &fields, "relationship", val_text(relationship));
        TRY(tx_set(c, members[i]->kind, members[i]->id, STR(""), fields));
    }
    return st;
}

Status op_group_set_focal_point(Ctx *c, OpCall *call) {
    Id group_id, person_id;
    Record *group, *person;
    Val fields = val_map(), out = val_map();
    if (!val_get_id(op_in(call, "group"), &group_id) ||
        !val_get_id(op_in(call, "person"), &person_id))
        return FAIL(c, ST_INVALID, "person", "error.required");
    TRY(record_need(c, "registration_group", group_id, "group", &group));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, group->scope));
    TRY(record_need(c, "person", person_id, "person", &person));
    TRY(restate_all(c, call, group, person));
    val_set_c(c->arena, &fields, "focal_point", val_id(c->arena, person_id));
    TRY(tx_set(c, group->kind, group->id, STR(""), fields));
    val_set_c(c->arena, &out, "id", val_id(c->arena, group_id));
    call->result = out;
    tx_result(c->tx, group_id);
    return ST_OK;
}
