/* erase.c: person.erase: lawful erasure. The keys and ciphertexts of the person's records are
 * destroyed; what remains is a control record that says when and why, and never what was there. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

#define STAGED_FRESH (10 * 60 * TIME_SECOND)

/* A family keeps its focal point's place open for no one: it has to be given to another first. Where
 * there is no other the family goes first. */
static Status is_no_focal_point(Ctx *c, Id person) {
    Record *membership, *group = NULL, **members;
    size_t n;
    Id id, focal;
    TRY(family_membership(c, person, &membership));
    if (!membership || !record_id(membership, "registration_group", &id)) return ST_OK;
    TRY(record_try(c, registry_kind(c, "registration_group"), id, &group));
    if (!group || record_is_void(group)) return ST_OK;
    if (!record_id(group, "focal_point", &focal) || !id_eq(focal, person)) return ST_OK;
    TRY(family_members(c, id, &members, &n));
    return FAIL(c, ST_CONFLICT, "id", n > 1 ? "error.focal_point.first" : "error.erase.alone");
}

/* Links of others to the person would be links to nothing. */
static Status unlink_relatives(Ctx *c, Id person) {
    static const char *const links[] = { "mother", "father", "spouse", "caregiver" };
    const KindInfo *k = registry_kind(c, "person");
    for (size_t l = 0; l < sizeof links / sizeof links[0]; l++) {
        Record **rows;
        size_t n;
        TRY(read_children(c, k, links[l], person, true, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            Val fields = val_map();
            val_set_c(c->arena, &fields, links[l], val_null());
            TRY(tx_set(c, k, rows[i]->id, STR(""), fields));
        }
    }
    return ST_OK;
}

/* A picture handed in for a form that was left alone since is nobody's, or anybody's. */
static Status forget_staged(Ctx *c) {
    enum { AT_ONCE = 1000 };
    size_t n;
    do
        TRY(local_delete_older(c, STR(REGISTRY_STAGED_BLOBS), c->now - STAGED_FRESH, AT_ONCE, &n));
    while (n == AT_ONCE);
    return ST_OK;
}

Status registry_forget(Ctx *c, Id subject) {
    TRY(local_delete(c, STR(REGISTRY_SOURCE_ROWS), id_text(c->arena, subject)));
    TRY(drafts_forget(c, subject));
    return forget_staged(c);
}

Status op_person_erase(Ctx *c, OpCall *call) {
    Id id, erasure = id_new(c->env);
    Record *r;
    Val fields = val_map(), out = val_map();
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(read_record(c, registry_kind(c, "person"), id, &r));
    TRY(actor_require_in(c, PERM_PERSON_ERASE, r->scope));
    TRY(is_no_focal_point(c, id));
    TRY(unlink_relatives(c, id));
    val_set_c(c->arena, &fields, "target", val_text(id_text(c->arena, id)));
    val_set_c(c->arena, &fields, "reason", val_text(call->reason));
    TRY(tx_create(c, registry_kind(c, "erasure"), erasure, ID_NONE, fields));
    TRY(op_forget(c, call->table, id));
    TRY(tx_erase(c, id));
    val_set_c(c->arena, &out, "id", val_id(c->arena, erasure));
    call->result = out;
    tx_result(c->tx, erasure);
    return ST_OK;
}
