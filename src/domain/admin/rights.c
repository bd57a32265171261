/* rights.c: who may give which rights to whom. Nobody can make themselves or anyone else mightier
 * than they are; administrators, who look after the system where the office lies, are the exception,
 * and even they cannot do it for themselves. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

bool grant_stands(Ctx *c, const Record *grant) {
    Val until = record_value(grant, "until");
    return !record_is_void(grant) && (until.type != VAL_INT || until.i >= c->today);
}

static bool has_code(Val set, const char *code) {
    for (size_t i = 0; set.type == VAL_LIST && i < set.list.n; i++)
        if (str_is(set.list.v[i].text, code)) return true;
    return false;
}

static bool makes_administrators(Val permissions) {
    return has_code(permissions, permission_name(PERM_USER_WRITE)) &&
           has_code(permissions, permission_name(PERM_SYSTEM));
}

Status may_give(Ctx *c, const Record *role, Id office, const char *path) {
    TRY(actor_require_at(c, PERM_USER_WRITE, office));
    if (actor_may_at(c->actor, PERM_SYSTEM, office)) return ST_OK;
    Val permissions = record_value(role, "permissions");
    for (size_t i = 0; permissions.type == VAL_LIST && i < permissions.list.n; i++) {
        Permission p;
        if (!permission_parse(permissions.list.v[i].text, &p)) continue;
        if (!actor_may_at(c->actor, p, office))
            return FAIL(c, ST_DENIED, path, "error.grant.beyond", "permission",
                        permissions.list.v[i].text, "role", record_label(role, c->lang));
    }
    return ST_OK;
}

Status may_manage(Ctx *c, const Record *user) {
    Record **grants, *role;
    size_t n;
    Id office, role_id;
    if (record_id(user, "office", &office)) TRY(actor_require_at(c, PERM_USER_WRITE, office));
    TRY(read_children(c, admin_kind(c, "grant"), "user", user->id, false, &grants, &n));
    for (size_t i = 0; i < n; i++) {
        if (!grant_stands(c, grants[i])) continue;
        if (!record_id(grants[i], "role", &role_id) || !record_id(grants[i], "office", &office))
            continue;
        TRY(control_try(c, "role", role_id, &role));
        if (role && !record_is_void(role)) TRY(may_give(c, role, office, "id"));
    }
    return ST_OK;
}

/* ---- the last administrator ---------------------------------------------------------------------- */

static Status is_active(Ctx *c, Id user, bool *ret) {
    Record *r;
    TRY(control_try(c, "user", user, &r));
    Val ends = r ? record_value(r, "ends_on") : VAL_ABSENT;
    *ret = r && !record_is_void(r) && str_is(record_text(r, "status"), USER_ACTIVE) &&
           (ends.type != VAL_INT || ends.i >= c->today);
    return ST_OK;
}

static Status role_has_holder(Ctx *c, const Record *role, const Leaving *leaving, bool *ret) {
    Record **grants;
    size_t n;
    TRY(read_children(c, admin_kind(c, "grant"), "role", role->id, false, &grants, &n));
    for (size_t i = 0; i < n && !*ret; i++) {
        Id user;
        if (!grant_stands(c, grants[i]) || id_eq(grants[i]->id, leaving->grant)) continue;
        if (!record_id(grants[i], "user", &user) || id_eq(user, leaving->user)) continue;
        TRY(is_active(c, user, ret));
    }
    return ST_OK;
}

Status administrator_remains(Ctx *c, const Leaving *leaving) {
    Query q = { .kind = admin_kind(c, "role"), .limit = CONTROL_PAGE };
    Page page;
    bool found = false;
    TRY(read_query(c, &q, &page));
    for (size_t i = 0; i < page.n && !found; i++) {
        bool changing = id_eq(page.rows[i]->id, leaving->role);
        Val permissions =
            changing ? leaving->role_permissions : record_value(page.rows[i], "permissions");
        if (makes_administrators(permissions))
            TRY(role_has_holder(c, page.rows[i], leaving, &found));
    }
    return found ? ST_OK : FAIL(c, ST_CONFLICT, "", "error.admin.last");
}
