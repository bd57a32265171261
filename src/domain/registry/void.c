/* void.c: group.void and person.void: a registration that should not count. Nothing is deleted, the
 * numbers are never given out again, and act.undo takes it back. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static Status need_for_void(Ctx *c, OpCall *call, const char *kind, Record **ret) {
    Id id;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(record_need(c, kind, id, "id", ret));
    return actor_require_in(c, PERM_PERSON_VOID, (*ret)->scope);
}

static Status void_one(Ctx *c, const Record *r, Str reason, int64_t *n) {
    (*n)++;
    return tx_void(c, r->kind, r->id, reason);
}

static void answer(Ctx *c, OpCall *call, Id id, int64_t n) {
    Val out = val_map();
    val_set_c(c->arena, &out, "voided", val_int(n));
    call->result = out;
    tx_result(c->tx, id);
}

/* The group, its present memberships and their persons. Those who have left live on elsewhere. */
Status op_group_void(Ctx *c, OpCall *call) {
    Record *group = NULL, **members, *person;
    size_t n_members;
    int64_t n = 0;
    TRY(need_for_void(c, call, "registration_group", &group));
    ASSERT(group);
    TRY(family_members(c, group->id, &members, &n_members));
    TRY(void_one(c, group, call->reason, &n));
    for (size_t i = 0; i < n_members; i++) {
        Id id;
        TRY(void_one(c, members[i], call->reason, &n));
        if (!record_id(members[i], "person", &id)) continue;
        TRY(record_try(c, registry_kind(c, "person"), id, &person));
        if (person && !record_is_void(person)) TRY(void_one(c, person, call->reason, &n));
    }
    answer(c, call, group->id, n);
    return ST_OK;
}

/* A group must not be left without its focal point, nor empty. */
static Status may_leave(Ctx *c, const Record *membership, Id person) {
    Id id, focal;
    Record *group, **members;
    size_t n;
    if (!record_id(membership, "registration_group", &id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "registration_group"), id, &group));
    if (!group || record_is_void(group)) return ST_OK;
    TRY(family_members(c, id, &members, &n));
    if (n <= 1) return FAIL(c, ST_CONFLICT, "id", "error.group.last_member");
    if (record_id(group, "focal_point", &focal) && id_eq(focal, person))
        return FAIL(c, ST_CONFLICT, "id", "error.focal_point.first");
    return ST_OK;
}

Status op_person_void(Ctx *c, OpCall *call) {
    Record *person = NULL, **memberships;
    size_t n_memberships;
    int64_t n = 0;
    TRY(need_for_void(c, call, "person", &person));
    ASSERT(person);
    TRY(read_children(c, registry_kind(c, "membership"), "person", person->id, false, &memberships,
                      &n_memberships));
    for (size_t i = 0; i < n_memberships; i++)
        if (membership_stands(memberships[i])) TRY(may_leave(c, memberships[i], person->id));
    TRY(void_one(c, person, call->reason, &n));
    for (size_t i = 0; i < n_memberships; i++)
        TRY(void_one(c, memberships[i], call->reason, &n));
    answer(c, call, person->id, n);
    return ST_OK;
}
