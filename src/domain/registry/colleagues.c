/* colleagues.c: draft.colleagues: to whom an interview can be handed over. Accounts are for those who
 * look after them; a clerk learns the names of those who register at the same desk, and no more. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static bool is_over(Ctx *c, const Record *r, const char *last_day) {
    Val last = record_value(r, last_day);
    return last.type == VAL_INT && last.i < c->today;
}

static bool allows(const Record *role, Permission p) {
    Val permissions = record_value(role, "permissions");
    for (size_t i = 0; permissions.type == VAL_LIST && i < permissions.list.n; i++)
        if (str_is(permissions.list.v[i].text, permission_name(p))) return true;
    return false;
}

/* Whether a grant of the user's that holds today lets them register. */
static Status registers(Ctx *c, const Record *user, bool *ret) {
    Record **grants, *role;
    size_t n;
    Id role_id;
    *ret = false;
    TRY(read_children(c, registry_kind(c, "grant"), "user", user->id, false, &grants, &n));
    for (size_t i = 0; i < n && !*ret; i++) {
        if (is_over(c, grants[i], "until") || !record_id(grants[i], "role", &role_id)) continue;
        TRY(record_try(c, registry_kind(c, "role"), role_id, &role));
        *ret = role && !record_is_void(role) && allows(role, PERM_PERSON_WRITE);
    }
    return ST_OK;
}

Status is_colleague(Ctx *c, const Record *user, bool *ret) {
    Id office;
    *ret = false;
    if (record_is_void(user) || is_over(c, user, "ends_on")) return ST_OK;
    if (!str_is(record_text(user, "status"), "ACTIVE")) return ST_OK;
    if (!record_id(user, "office", &office) || !id_eq(office, c->actor->office)) return ST_OK;
    return registers(c, user, ret);
}

Status op_draft_colleagues(Ctx *c, OpCall *call) {
    Record **users;
    size_t n;
    bool is;
    Val rows = val_list(), out = val_map();
    TRY(read_children(c, registry_kind(c, "user"), "office", c->actor->office, false, &users, &n));
    for (size_t i = 0; i < n && rows.list.n < COLLEAGUES_MAX; i++) {
        if (id_eq(users[i]->id, c->actor->user)) continue;
        TRY(is_colleague(c, users[i], &is));
        if (!is) continue;
        Val row = val_map();
        val_set_c(c->arena, &row, "id", val_id(c->arena, users[i]->id));
        val_set_c(c->arena, &row, "name", val_text(record_text(users[i], "name")));
        val_push(c->arena, &rows, row);
    }
    val_set_c(c->arena, &out, "rows", rows);
    call->result = out;
    return ST_OK;
}
