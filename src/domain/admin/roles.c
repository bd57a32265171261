/* roles.c: roles, and granting them. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

enum { ROLE_CODE_MAX = 40 };

/* ---- role.save ------------------------------------------------------------------------------------ */

/* A right that is useless, or worse half blind, without another. Needs are written without being read:
 * a desk takes down what it is told and does not look into what others were told. */
static const struct {
    Permission right, wants;
} wants[] = {
    { PERM_PERSON_WRITE, PERM_PERSON_READ },     { PERM_PERSON_VOID, PERM_PERSON_READ },
    { PERM_PERSON_ERASE, PERM_PERSON_READ },     { PERM_NEED_READ, PERM_PERSON_READ },
    { PERM_NEED_WRITE, PERM_PERSON_READ },       { PERM_SEALED_READ, PERM_PERSON_READ },
    { PERM_IMPORT, PERM_PERSON_READ },           { PERM_IMPORT_APPROVE, PERM_PERSON_READ },
    { PERM_EXPORT, PERM_PERSON_READ },           { PERM_USER_WRITE, PERM_USER_READ },
    { PERM_CONFLICT_RESOLVE, PERM_PERSON_READ },
};

static bool has(Val set, const char *code) {
    for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++)
        if (str_is(set.list.v[i].text, code)) return true;
    return false;
}

static Status role_check(Ctx *c, Val permissions, Val lanes) {
    Status st = ST_OK;
    if (permissions.type != VAL_LIST || permissions.list.n == 0)
        return FAIL(c, ST_INVALID, "permissions", "error.role.empty");
    for (size_t i = 0; i < sizeof wants / sizeof wants[0]; i++) {
        const char *right = permission_name(wants[i].right),
                   *other = permission_name(wants[i].wants);
        if (has(permissions, right) && !has(permissions, other))
            st = FAIL(c, ST_INVALID, "permissions", "error.role.wants", "permission", str_of(right),
                      "wants", str_of(other));
    }
    bool people = has(permissions, permission_name(PERM_PERSON_READ));
    if (people && !has(lanes, lane_name(LANE_CORE)))
        st = FAIL(c, ST_INVALID, "lanes", "error.role.lane", "lane", str_of(lane_name(LANE_CORE)));
    bool needs = has(permissions, permission_name(PERM_NEED_READ)) ||
                 has(permissions, permission_name(PERM_NEED_WRITE));
    if (needs && !has(lanes, lane_name(LANE_PROTECTION)))
        st = FAIL(c, ST_INVALID, "lanes", "error.role.lane", "lane",
                  str_of(lane_name(LANE_PROTECTION)));
    return st;
}

static Status role_create(Ctx *c, Id id, Val fields) {
    TRY(role_check(c, val_get(fields, "permissions"), val_get(fields, "lanes")));
    return tx_create(c, admin_kind(c, "role"), id, ID_NONE, known_fields(c, fields));
}

static Val either(Val given, Val present) {
    return val_is_absent(given) ? present : given;
}

static Status role_change(Ctx *c, OpCall *call, const Record *role, Val fields) {
    Val permissions = either(val_get(fields, "permissions"), record_value(role, "permissions"));
    Val lanes = either(val_get(fields, "lanes"), record_value(role, "lanes"));
    Leaving leaving = { .role = role->id, .role_permissions = permissions };
    TRY(role_check(c, permissions, lanes));
    TRY(administrator_remains(c, &leaving));
    if (record_is_void(role)) TRY(tx_unvoid(c, role->kind, role->id));
    return tx_set(c, role->kind, role->id, val_get_text(call->input, "base", STR("")), fields);
}

/* A role holds wherever it is granted: only administrators write one. */
Status op_role_save(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { "base", "code", NULL };
    Str code = str_lower_ascii(c->arena, val_get_text(call->input, "code", STR("")));
    Val fields = input_fields(c, call, not_fields);
    Id id = admin_natural_id("role", code, STR(""));
    Record *role;
    TRY(actor_require(c, PERM_SYSTEM));
    if (!is_identifier(code, ROLE_CODE_MAX)) return FAIL(c, ST_INVALID, "code", "error.role.code");
    TRY(control_try(c, "role", id, &role));
    if (role) {
        TRY(role_change(c, call, role, fields));
    } else {
        val_set_c(c->arena, &fields, "code", val_text(code));
        TRY(role_create(c, id, fields));
    }
    answer_id(c, call, id);
    return ST_OK;
}

/* ---- grants --------------------------------------------------------------------------------------- */

static Status not_twice(Ctx *c, Id user, Id role, Id office) {
    Record **grants;
    size_t n;
    TRY(read_children(c, admin_kind(c, "grant"), "user", user, false, &grants, &n));
    for (size_t i = 0; i < n; i++) {
        Id other_role, other_office;
        if (!grant_stands(c, grants[i])) continue;
        if (record_id(grants[i], "role", &other_role) && id_eq(other_role, role) &&
            record_id(grants[i], "office", &other_office) && id_eq(other_office, office))
            return FAIL(c, ST_CONFLICT, "role", "error.grant.twice");
    }
    return n < GRANTS_MAX ? ST_OK : FAIL(c, ST_LIMIT, "user", "error.grant.too_many");
}

Status op_grant_give(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { NULL };
    Id user_id, role_id, office_id, id = id_new(c->env);
    Record *user, *role, *office;
    Val until = op_in(call, "until");
    TRY(input_id(c, call, "user", &user_id));
    TRY(input_id(c, call, "role", &role_id));
    TRY(input_id(c, call, "office", &office_id));
    TRY(control_need(c, "user", user_id, "user", &user));
    TRY(control_need(c, "role", role_id, "role", &role));
    TRY(control_need(c, "office", office_id, "office", &office));
    if (id_eq(user_id, c->actor->user)) return FAIL(c, ST_DENIED, "user", "error.grant.self");
    TRY(may_give(c, role, office_id, "role"));
    TRY(not_twice(c, user_id, role_id, office_id));
    if (until.type == VAL_INT && until.i < c->today)
        return FAIL(c, ST_INVALID, "until", "error.grant.over");
    Val fields = known_fields(c, input_fields(c, call, not_fields));
    TRY(tx_create(c, admin_kind(c, "grant"), id, ID_NONE, fields));
    answer_id(c, call, id);
    return ST_OK;
}

Status op_grant_take(Ctx *c, OpCall *call) {
    Id id, role_id, office_id;
    Record *grant, *role;
    TRY(input_id(c, call, "id", &id));
    TRY(control_need(c, "grant", id, "id", &grant));
    if (!record_id(grant, "office", &office_id) || !record_id(grant, "role", &role_id))
        return FAIL(c, ST_CORRUPT, "id", "error.missing", "kind", STR("role"));
    TRY(control_try(c, "role", role_id, &role));
    if (role) TRY(may_give(c, role, office_id, "id"));
    Leaving leaving = { .grant = id };
    TRY(administrator_remains(c, &leaving));
    TRY(tx_void(c, grant->kind, grant->id, STR(VOID_WITHDRAWN)));
    answer_id(c, call, id);
    return ST_OK;
}
