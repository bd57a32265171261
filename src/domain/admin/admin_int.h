/* admin_int.h: what the files of the room share; private to it. */
#ifndef DOMAIN_ADMIN_ADMIN_INT_H
#define DOMAIN_ADMIN_ADMIN_INT_H

#include "domain/admin/admin.h"

#define USER_ACTIVE "ACTIVE"
#define USER_SUSPENDED "SUSPENDED"
#define VOID_WITHDRAWN "WITHDRAWN" /* of list void_reason: no longer used */

enum { GRANTS_MAX = 40, OFFICE_DEPTH_MAX = 32, CONTROL_PAGE = 1000 };

/* ---- common.c --------------------------------------------------------------------------------- */

const KindInfo *admin_kind(Ctx *c, const char *name);
/* NULL where there is none. */
Status control_try(Ctx *c, const char *kind, Id id, Record **ret) CHECKED;
/* Must be there and count; path: the input's. */
Status control_need(Ctx *c, const char *kind, Id id, const char *path, Record **ret) CHECKED;
/* The id of an input field, which must be given. */
Status input_id(Ctx *c, const OpCall *call, const char *key, Id *ret) CHECKED;
/* What was given of an input, without the keys of `not_fields` (NULL-ended): fields of a record. */
Val input_fields(Ctx *c, const OpCall *call, const char *const *not_fields);
/* Without unknown values: for a new record. */
Val known_fields(Ctx *c, Val fields);
/* Lower-case letters, digits and _ . - from `first_letter` on; at most max bytes. */
bool is_identifier(Str text, size_t max);
/* {id} as the result, and the act's. */
void answer_id(Ctx *c, OpCall *call, Id id);

/* ---- rights.c --------------------------------------------------------------------------------- */

/* Whether a grant counts today: neither void nor over. */
bool grant_stands(Ctx *c, const Record *grant);
/* The actor may give or take this role at this office. */
Status may_give(Ctx *c, const Record *role, Id office, const char *path) CHECKED;
/* The actor may change this account: at its office, and it has no rights the actor could not give. */
Status may_manage(Ctx *c, const Record *user) CHECKED;

/* What is about to go: an account, a grant, or permissions of a role. ID_NONE: nothing. */
typedef struct Leaving {
    Id user, grant, role;
    Val role_permissions; /* what the role will have */
} Leaving;
/* error.admin.last where no active administrator would remain. */
Status administrator_remains(Ctx *c, const Leaving *leaving) CHECKED;

/* ---- the operations ---------------------------------------------------------------------------- */

Status op_user_create_prepare(Ctx *c, OpCall *call) CHECKED;
Status op_user_create(Ctx *c, OpCall *call) CHECKED;
Status op_user_correct(Ctx *c, OpCall *call) CHECKED;
Status op_user_reset_password_prepare(Ctx *c, OpCall *call) CHECKED;
Status op_user_reset_password(Ctx *c, OpCall *call) CHECKED;
Status op_user_suspend(Ctx *c, OpCall *call) CHECKED;
Status op_role_save(Ctx *c, OpCall *call) CHECKED;
Status op_grant_give(Ctx *c, OpCall *call) CHECKED;
Status op_grant_take(Ctx *c, OpCall *call) CHECKED;
Status op_office_save(Ctx *c, OpCall *call) CHECKED;
Status op_field_add(Ctx *c, OpCall *call) CHECKED;
Status op_code_save(Ctx *c, OpCall *call) CHECKED;
Status op_view_save(Ctx *c, OpCall *call) CHECKED;
Status op_view_remove(Ctx *c, OpCall *call) CHECKED;

#endif
