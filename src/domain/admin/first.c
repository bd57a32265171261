/* first.c: what a new folder begins with: an office, the usual roles, one account. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

/* ---- the usual roles: a start, which an operation changes -------------------------------------------- */

typedef struct BuiltInRole {
    const char *code, *name;
    Permission permissions[20]; /* ended by PERM_NONE */
    Lane lanes[LANES];          /* ended by LANE_CONTROL */
    bool to_first_user;
} BuiltInRole;

static const BuiltInRole roles[] = {
    { .code = "administrator",
      .name = "Administrator",
      .permissions = { PERM_USER_READ, PERM_USER_WRITE, PERM_OFFICE_WRITE, PERM_MODEL_WRITE,
                       PERM_REPORT, PERM_SYSTEM },
      .to_first_user = true },
    { .code = "registration_supervisor",
      .name = "Registration supervisor",
      .permissions = { PERM_PERSON_READ, PERM_PERSON_WRITE, PERM_PERSON_VOID, PERM_NEED_WRITE,
                       PERM_SEALED_READ, PERM_HISTORY_READ, PERM_CONFLICT_RESOLVE, PERM_REPORT,
                       PERM_EXPORT },
      .lanes = { LANE_CORE, LANE_PROTECTION },
      .to_first_user = true },
    { .code = "registration_clerk",
      .name = "Registration clerk",
      .permissions = { PERM_PERSON_READ, PERM_PERSON_WRITE, PERM_NEED_WRITE, PERM_SEALED_READ,
                       PERM_HISTORY_READ },
      .lanes = { LANE_CORE, LANE_PROTECTION } },
    { .code = "protection_officer",
      .name = "Protection officer",
      .permissions = { PERM_PERSON_READ, PERM_NEED_READ, PERM_NEED_WRITE, PERM_SEALED_READ,
                       PERM_HISTORY_READ, PERM_REPORT },
      .lanes = { LANE_CORE, LANE_PROTECTION },
      .to_first_user = true },
    { .code = "data_officer",
      .name = "Data officer",
      .permissions = { PERM_PERSON_READ, PERM_PERSON_WRITE, PERM_PERSON_VOID, PERM_PERSON_ERASE,
                       PERM_IMPORT, PERM_IMPORT_APPROVE, PERM_EXPORT, PERM_REPORT,
                       PERM_HISTORY_READ, PERM_CONFLICT_RESOLVE, PERM_USER_READ },
      .lanes = { LANE_CORE },
      .to_first_user = true },
    { .code = "viewer",
      .name = "Viewer",
      .permissions = { PERM_PERSON_READ, PERM_REPORT },
      .lanes = { LANE_CORE } },
};
enum { ROLES = sizeof roles / sizeof roles[0] };

static Val permission_set(Ctx *c, const BuiltInRole *r) {
    Val set = val_list();
    /* In the order of their names, as a set is kept. */
    for (size_t n = 0;; n++) {
        const char *least = NULL;
        for (size_t i = 0; r->permissions[i] != PERM_NONE; i++) {
            const char *name = permission_name(r->permissions[i]);
            bool after =
                set.list.n == 0 || str_cmp(set.list.v[set.list.n - 1].text, str_of(name)) < 0;
            if (after && (!least || strcmp(name, least) < 0)) least = name;
        }
        if (!least) return set;
        val_push(c->arena, &set, val_text(str_of(least)));
    }
}

static Val lane_set(Ctx *c, const BuiltInRole *r) {
    Val set = val_list();
    val_push(c->arena, &set, val_text(str_of(lane_name(LANE_CONTROL))));
    for (size_t i = 0; r->lanes[i] != LANE_CONTROL; i++)
        val_push(c->arena, &set, val_text(str_of(lane_name(r->lanes[i]))));
    return set;
}

static Id role_id(const BuiltInRole *r) {
    return admin_natural_id("role", str_of(r->code), STR(""));
}

static Status create_role(Ctx *c, const BuiltInRole *r) {
    Val fields = val_map();
    val_set_c(c->arena, &fields, "code", val_text(str_of(r->code)));
    val_set_c(c->arena, &fields, "name", val_text(str_of(r->name)));
    val_set_c(c->arena, &fields, "permissions", permission_set(c, r));
    val_set_c(c->arena, &fields, "lanes", lane_set(c, r));
    return tx_create(c, admin_kind(c, "role"), role_id(r), ID_NONE, fields);
}

/* ---- the office and the account ---------------------------------------------------------------------- */

static void put(Ctx *c, Val *fields, const char *key, Str text) {
    if (!str_empty(text)) val_set_c(c->arena, fields, key, val_text(text));
}

static Str or_else(Str text, const char *otherwise) {
    return str_empty(text) ? str_of(otherwise) : text;
}

static Status create_office(Ctx *c, const FirstRecords *in, Id *ret) {
    Str code = or_else(in->office_code, "HQ1");
    Val fields = val_map();
    *ret = admin_natural_id("office", code, STR(""));
    put(c, &fields, "code", code);
    put(c, &fields, "name", or_else(in->office_name, "Head office"));
    put(c, &fields, "type", STR("COUNTRY"));
    put(c, &fields, "country", in->country);
    put(c, &fields, "calendar", or_else(in->calendar, cal_code(CAL_GREGORIAN)));
    put(c, &fields, "language", or_else(in->language, "en"));
    put(c, &fields, "dial_code", in->dial_code);
    val_set_c(c->arena, &fields, "utc_offset_minutes", val_int(in->utc_offset_minutes));
    TRY(tx_create(c, admin_kind(c, "office"), *ret, ID_NONE, fields));
    return tx_open_office(c, *ret);
}

static Status create_user(Ctx *c, const FirstRecords *in, Id office, Id *ret) {
    Str login = login_normal(c->arena, in->login);
    Val fields = val_map();
    *ret = id_new(c->env);
    put(c, &fields, "login", login);
    put(c, &fields, "name", str_empty(in->name) ? login : in->name);
    val_set_c(c->arena, &fields, "office", val_id(c->arena, office));
    put(c, &fields, "language", or_else(in->language, "en"));
    put(c, &fields, "status", STR(USER_ACTIVE));
    put(c, &fields, "password_hash", in->password_phc);
    val_set_c(c->arena, &fields, "must_change_password", val_bool(!in->keep_password));
    TRY(tx_claim(c, "login", login, *ret));
    return tx_create(c, admin_kind(c, "user"), *ret, ID_NONE, fields);
}

static Status create_grant(Ctx *c, Id user, Id role, Id office) {
    Val fields = val_map();
    val_set_c(c->arena, &fields, "user", val_id(c->arena, user));
    val_set_c(c->arena, &fields, "role", val_id(c->arena, role));
    val_set_c(c->arena, &fields, "office", val_id(c->arena, office));
    return tx_create(c, admin_kind(c, "grant"), id_new(c->env), ID_NONE, fields);
}

Status admin_first_records(Ctx *c, Tx *tx, const FirstRecords *in, FirstIds *ret) {
    FirstIds ids;
    (void)tx;
    TRY(create_office(c, in, &ids.office));
    TRY(create_user(c, in, ids.office, &ids.user));
    for (size_t i = 0; i < ROLES; i++) {
        TRY(create_role(c, &roles[i]));
        if (roles[i].to_first_user) TRY(create_grant(c, ids.user, role_id(&roles[i]), ids.office));
    }
    *ret = ids;
    return ST_OK;
}
