/* family.c: who belongs to which group, and who may be whose parent. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

bool membership_stands(const Record *membership) {
    return !record_is_void(membership) && record_value(membership, "to_date").type != VAL_INT;
}

/* Keeps those that stand, in their order. */
static size_t standing(Record **rows, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (membership_stands(rows[i])) rows[kept++] = rows[i];
    return kept;
}

Status family_membership(Ctx *c, Id person, Record **ret) {
    Record **rows;
    size_t n;
    TRY(read_children(c, registry_kind(c, "membership"), "person", person, false, &rows, &n));
    n = standing(rows, n);
    /* Two at once can only come from two nodes; the newest is shown until a person decides. */
    *ret = n ? rows[n - 1] : NULL;
    return ST_OK;
}

Status family_members(Ctx *c, Id group, Record ***ret, size_t *ret_n) {
    TRY(read_children(c, registry_kind(c, "membership"), "registration_group", group, false, ret,
                      ret_n));
    *ret_n = standing(*ret, *ret_n);
    return ST_OK;
}

static Status parent_check(Ctx *c, const Merged *child, const char *field) {
    const KindInfo *person = registry_kind(c, "person");
    Val link = merged_value(child, person, field), born = merged_value(child, person, "birth_date");
    Id id;
    if (link.type != VAL_BYTES || !val_get_id(link, &id)) return ST_OK;
    if (child->record && id_eq(id, child->record->id))
        return FAIL(c, ST_INVALID, field, "error.person.self");
    Record *parent;
    TRY(record_try(c, person, id, &parent));
    if (!parent) return FAIL(c, ST_INVALID, field, "error.missing", "kind", STR("person"));
    Val theirs = record_value(parent, "birth_date");
    if (born.type == VAL_INT && theirs.type == VAL_INT && theirs.i >= born.i)
        return FAIL(c, ST_INVALID, field, "error.parent.younger");
    return ST_OK;
}

Status family_parents_check(Ctx *c, const Merged *child, Val changes) {
    bool birth = !val_is_absent(val_get(changes, "birth_date"));
    Status st = ST_OK, one;
    static const char *const parents[] = { "mother", "father" };
    for (size_t i = 0; i < 2; i++) {
        if (!birth && val_is_absent(val_get(changes, parents[i]))) continue;
        if ((one = parent_check(c, child, parents[i])) != ST_OK) st = one;
    }
    return st;
}
