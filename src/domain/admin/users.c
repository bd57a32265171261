/* users.c: accounts: created with a first password, corrected, given a new password, suspended. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

enum { LOGIN_MAX = 40 };

/* What is worked out before the writer runs: hashing takes a tenth of a second. */
typedef struct NewPassword {
    Str plain, phc;
} NewPassword;

static Status new_password(Ctx *c, OpCall *call) {
    NewPassword *p = arena_new_of(c->arena, NewPassword);
    p->plain = password_random(c->env, c->arena);
    TRY(access_password_hash(c, call->table->access, p->plain, &p->phc));
    call->prepared = p;
    return ST_OK;
}

static void put_password(Ctx *c, Val *fields, const NewPassword *p) {
    val_set_c(c->arena, fields, "password_hash", val_text(p->phc));
    val_set_c(c->arena, fields, "must_change_password", val_bool(true));
}

static void answer_password(Ctx *c, OpCall *call, Id user, const NewPassword *p) {
    answer_id(c, call, user);
    val_set_c(c->arena, &call->result, "first_password", val_text(p->plain));
}

/* ---- user.create ---------------------------------------------------------------------------------- */

bool admin_login_fits(Str login) {
    return is_identifier(login, LOGIN_MAX);
}

static Status login_check(Ctx *c, Str login) {
    Record *r;
    size_t noted = c->errs.n;
    if (!admin_login_fits(login)) return FAIL(c, ST_INVALID, "login", "error.login.form");
    Status st = read_by_field(c, admin_kind(c, "user"), "login", val_text(login), &r);
    if (st == ST_OK) return FAIL(c, ST_CONFLICT, "login", "error.login.taken");
    if (st == ST_MISSING) return c->errs.n = noted, ST_OK;
    return st;
}

static Status create_grants(Ctx *c, OpCall *call, Id user) {
    Val grants = op_in(call, "grants");
    for (size_t i = 0; grants.type == VAL_LIST && i < grants.list.n; i++) {
        Val in = grants.list.v[i], fields = known_fields(c, in);
        Id role_id, office;
        Record *role, *at;
        Str path = str_printf(c->arena, "grants[%zu]", i);
        const char *where = str_c(c->arena, path);
        if (!val_get_id(val_get(in, "role"), &role_id) ||
            !val_get_id(val_get(in, "office"), &office))
            return FAIL(c, ST_INVALID, where, "error.required");
        TRY(control_need(c, "role", role_id, where, &role));
        TRY(control_need(c, "office", office, where, &at));
        TRY(may_give(c, role, office, where));
        val_set_c(c->arena, &fields, "user", val_id(c->arena, user));
        TRY(tx_create(c, admin_kind(c, "grant"), id_new(c->env), ID_NONE, fields));
    }
    return ST_OK;
}

Status op_user_create_prepare(Ctx *c, OpCall *call) {
    TRY(login_check(c, login_normal(c->arena, val_get_text(call->input, "login", STR("")))));
    return new_password(c, call);
}

Status op_user_create(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { "grants", NULL };
    const NewPassword *p = call->prepared;
    Val fields = known_fields(c, input_fields(c, call, not_fields));
    Str login = login_normal(c->arena, val_get_text(call->input, "login", STR("")));
    Id user = id_new(c->env), office;
    Record *at;
    TRY(login_check(c, login));
    TRY(input_id(c, call, "office", &office));
    TRY(control_need(c, "office", office, "office", &at));
    TRY(actor_require_at(c, PERM_USER_WRITE, office));
    val_set_c(c->arena, &fields, "login", val_text(login));
    val_set_c(c->arena, &fields, "status", val_text(STR(USER_ACTIVE)));
    if (val_is_absent(val_get(fields, "language"))) {
        Val language = record_value(at, "language");
        if (language.type == VAL_TEXT) val_set_c(c->arena, &fields, "language", language);
    }
    put_password(c, &fields, p);
    TRY(tx_claim(c, "login", login, user));
    TRY(tx_create(c, admin_kind(c, "user"), user, ID_NONE, fields));
    TRY(create_grants(c, call, user));
    answer_password(c, call, user, p);
    return ST_OK;
}

/* ---- changing ------------------------------------------------------------------------------------- */

static Status user_of_call(Ctx *c, OpCall *call, Record **ret) {
    Id id;
    TRY(input_id(c, call, "id", &id));
    TRY(control_need(c, "user", id, "id", ret));
    return may_manage(c, *ret);
}

/* An account that ends before today is as good as suspended. */
static Status ends_check(Ctx *c, const Record *user, Val fields) {
    Val ends = val_get(fields, "ends_on");
    if (ends.type != VAL_INT || ends.i >= c->today) return ST_OK;
    Leaving leaving = { .user = user->id };
    return administrator_remains(c, &leaving);
}

Status op_user_correct(Ctx *c, OpCall *call) {
    static const char *const allowed[] = { "name", "office", "language", "ends_on" };
    Record *user, *at;
    Id office;
    Val in = op_in(call, "fields"), fields = val_map();
    TRY(user_of_call(c, call, &user));
    for (size_t i = 0; in.type == VAL_MAP && i < in.map.n; i++) {
        bool known = false;
        for (size_t j = 0; j < sizeof allowed / sizeof allowed[0]; j++)
            known = known || str_is(in.map.v[i].key, allowed[j]);
        if (!known)
            return FAIL(c, ST_INVALID, str_c(c->arena, in.map.v[i].key), "error.field.fixed");
        val_set(c->arena, &fields, in.map.v[i].key, in.map.v[i].value);
    }
    if (val_get_id(val_get(fields, "office"), &office)) {
        TRY(control_need(c, "office", office, "fields.office", &at));
        TRY(actor_require_at(c, PERM_USER_WRITE, office));
    }
    TRY(ends_check(c, user, fields));
    TRY(tx_set(c, user->kind, user->id, val_get_text(call->input, "base", STR("")), fields));
    answer_id(c, call, user->id);
    return ST_OK;
}

Status op_user_reset_password_prepare(Ctx *c, OpCall *call) {
    Record *user;
    TRY(user_of_call(c, call, &user));
    return new_password(c, call);
}

/* The user's sessions end with the old password. */
Status op_user_reset_password(Ctx *c, OpCall *call) {
    const NewPassword *p = call->prepared;
    Record *user;
    Val fields = val_map();
    TRY(user_of_call(c, call, &user));
    if (!str_is(record_text(user, "status"), USER_ACTIVE))
        return FAIL(c, ST_CONFLICT, "id", "error.user.suspended");
    put_password(c, &fields, p);
    TRY(tx_set(c, user->kind, user->id, STR(""), fields));
    answer_password(c, call, user->id, p);
    return ST_OK;
}

/* status ACTIVE takes an account back. */
Status op_user_suspend(Ctx *c, OpCall *call) {
    Record *user;
    Val fields = val_map();
    Str status = val_get_text(call->input, "status", STR(USER_SUSPENDED));
    TRY(user_of_call(c, call, &user));
    if (str_is(status, USER_SUSPENDED)) {
        if (id_eq(user->id, c->actor->user)) return FAIL(c, ST_CONFLICT, "id", "error.user.self");
        Leaving leaving = { .user = user->id };
        TRY(administrator_remains(c, &leaving));
    }
    val_set_c(c->arena, &fields, "status", val_text(status));
    TRY(tx_set(c, user->kind, user->id, STR(""), fields));
    answer_id(c, call, user->id);
    return ST_OK;
}
