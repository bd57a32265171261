/* ops.c: the table of the administration's operations and what they take. Numbers are in the ledger:
 * never reuse them. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

#define SHAPE(variable, title, table)                                                              \
    static const Shape variable = { .name = (title), FIELDS(table) }
#define ID_OF(of)                                                                                  \
    { "id", .type = FT_REF, .kind = (of), .flags = FF_REQUIRED, .doc = "Id of the " of }
#define BASE                                                                                       \
    { "base", .type = FT_TEXT, .max = 16384, .doc = "Version the change was made on" }
#define REASON_TEXT                                                                                \
    { "reason_text", .type = FT_TEXT, .max = 1000, .flags = FF_LONG, .doc = "Why, in words" }

/* ---- accounts ------------------------------------------------------------------------------------- */

static const Field grant_in_fields[] = {
    { "role", .like = "grant.role", .flags = FF_REQUIRED },
    { "office", .like = "grant.office", .flags = FF_REQUIRED },
    { "until", .like = "grant.until" },
};
SHAPE(grant_in, "grant_in", grant_in_fields);

static const Field user_create_in[] = {
    { "login", .like = "user.login", .flags = FF_REQUIRED },
    { "name", .like = "user.name", .flags = FF_REQUIRED | FF_PERSONAL },
    { "office", .like = "user.office", .flags = FF_REQUIRED },
    { "language", .like = "user.language" },
    { "ends_on", .like = "user.ends_on" },
    { "grants", .type = FT_SHAPE, .shape = &grant_in, .flags = FF_LIST, .max = GRANTS_MAX,
      .doc = "Roles from the start" },
};
SHAPE(takes_user_create, "user_create", user_create_in);

static const Field password_out[] = {
    ID_OF("user"),
    { "first_password", .type = FT_TEXT, .flags = FF_PERSONAL,
      .doc = "Shown once; to be changed at the first sign-in" },
};
SHAPE(returns_password, "first_password", password_out);

static const Field user_fields_table[] = {
    { "name", .like = "user.name" },
    { "office", .like = "user.office" },
    { "language", .like = "user.language" },
    { "ends_on", .like = "user.ends_on" },
};
SHAPE(user_fields, "user_fields", user_fields_table);

static const Field user_correct_in[] = {
    ID_OF("user"),
    BASE,
    { "fields", .type = FT_SHAPE, .shape = &user_fields, .flags = FF_REQUIRED,
      .doc = "What changes" },
    REASON_TEXT,
};
SHAPE(takes_user_correct, "user_correct", user_correct_in);

static const Field user_id_in[] = { ID_OF("user"), REASON_TEXT };
SHAPE(takes_user_id, "user_id", user_id_in);

static const Field user_suspend_in[] = {
    ID_OF("user"),
    { "status", .like = "user.status" },
    REASON_TEXT,
};
SHAPE(takes_user_suspend, "user_suspend", user_suspend_in);

static const Field id_out[] = { { "id", .type = FT_REF, .doc = "Id of the record" } };
SHAPE(returns_id, "control_id", id_out);

/* ---- roles ---------------------------------------------------------------------------------------- */

static const Field role_save_in[] = {
    { "code", .like = "role.code", .flags = FF_REQUIRED },
    BASE,
    { "name", .like = "role.name" },
    { "permissions", .like = "role.permissions" },
    { "lanes", .like = "role.lanes" },
    { "label_en", .like = "role.label_en" },
    { "label_fr", .like = "role.label_fr" },
    { "label_fa", .like = "role.label_fa" },
    { "label_ps", .like = "role.label_ps" },
    { "label_ar", .like = "role.label_ar" },
};
SHAPE(takes_role_save, "role_save", role_save_in);

static const Field grant_give_in[] = {
    { "user", .like = "grant.user", .flags = FF_REQUIRED },
    { "role", .like = "grant.role", .flags = FF_REQUIRED },
    { "office", .like = "grant.office", .flags = FF_REQUIRED },
    { "until", .like = "grant.until" },
};
SHAPE(takes_grant_give, "grant_give", grant_give_in);

static const Field grant_take_in[] = { ID_OF("grant"), REASON_TEXT };
SHAPE(takes_grant_take, "grant_take", grant_take_in);

/* ---- offices, fields, codes, views ------------------------------------------------------------------ */

static const Field office_save_in[] = {
    { "id", .type = FT_REF, .kind = "office", .doc = "Empty: a new one" },
    BASE,
    { "code", .like = "office.code" },
};
static const Shape takes_office_save = {
    .name = "office_save",
    FIELDS(office_save_in),
    .kind_fields = "office",
};

static const Field field_add_in[] = {
    { "on_kind", .like = "custom_field.on_kind", .flags = FF_REQUIRED },
    { "name", .like = "custom_field.name", .flags = FF_REQUIRED },
    { "type", .like = "custom_field.type", .flags = FF_REQUIRED },
    { "lane", .like = "custom_field.lane" },
};
static const Shape takes_field_add = {
    .name = "field_add",
    FIELDS(field_add_in),
    .kind_fields = "custom_field",
};

static const Field code_save_in[] = {
    { "list", .like = "code_entry.list", .flags = FF_REQUIRED },
    { "code", .like = "code_entry.code", .flags = FF_REQUIRED },
    BASE,
};
static const Shape takes_code_save = {
    .name = "code_save",
    FIELDS(code_save_in),
    .kind_fields = "code_entry",
};

static const Field view_save_in[] = {
    { "id", .type = FT_REF, .kind = "saved_view", .doc = "Empty: a new one" },
    BASE,
    { "name", .like = "saved_view.name", .flags = FF_REQUIRED },
    { "on_kind", .like = "saved_view.on_kind" },
    { "expression", .like = "saved_view.expression" },
    { "order", .like = "saved_view.order" },
    { "columns", .like = "saved_view.columns" },
    { "shared", .like = "saved_view.shared" },
};
SHAPE(takes_view_save, "view_save", view_save_in);

static const Field view_remove_in[] = { ID_OF("saved_view") };
SHAPE(takes_view_remove, "view_remove", view_remove_in);

/* ---- the table ------------------------------------------------------------------------------------ */

static const Op ops[] = {
    { "user.create", 40, 1, .title = "Create an account", .needs = PERM_USER_WRITE,
      .takes = &takes_user_create, .returns = &returns_password, .prepare = op_user_create_prepare,
      .fn = op_user_create, .flags = OP_IDEMPOTENT | OP_SECRET },
    { "user.correct", 41, 1, .title = "Correct an account", .needs = PERM_USER_WRITE,
      .takes = &takes_user_correct, .returns = &returns_id, .fn = op_user_correct,
      .flags = OP_IDEMPOTENT },
    { "user.reset_password", 42, 1, .title = "Give a new first password", .needs = PERM_USER_WRITE,
      .takes = &takes_user_id, .returns = &returns_password,
      .prepare = op_user_reset_password_prepare, .fn = op_user_reset_password,
      .flags = OP_IDEMPOTENT | OP_SECRET },
    { "user.suspend", 43, 1, .title = "Suspend an account, or take it back",
      .needs = PERM_USER_WRITE, .takes = &takes_user_suspend, .returns = &returns_id,
      .fn = op_user_suspend, .flags = OP_IDEMPOTENT },
    { "role.save", 44, 1, .title = "Save a role", .needs = PERM_USER_WRITE,
      .takes = &takes_role_save, .returns = &returns_id, .fn = op_role_save,
      .flags = OP_IDEMPOTENT },
    { "grant.give", 45, 1, .title = "Grant a role", .needs = PERM_USER_WRITE,
      .takes = &takes_grant_give, .returns = &returns_id, .fn = op_grant_give,
      .flags = OP_IDEMPOTENT },
    { "grant.take", 46, 1, .title = "Take a role back", .needs = PERM_USER_WRITE,
      .takes = &takes_grant_take, .returns = &returns_id, .fn = op_grant_take,
      .flags = OP_IDEMPOTENT },
    { "office.save", 47, 1, .title = "Save an office", .needs = PERM_OFFICE_WRITE,
      .takes = &takes_office_save, .returns = &returns_id, .fn = op_office_save,
      .flags = OP_IDEMPOTENT },
    { "field.add", 50, 1, .title = "Add a field", .needs = PERM_MODEL_WRITE,
      .takes = &takes_field_add, .returns = &returns_id, .fn = op_field_add,
      .flags = OP_IDEMPOTENT },
    { "code.save", 51, 1, .title = "Save a code of a list", .needs = PERM_MODEL_WRITE,
      .takes = &takes_code_save, .returns = &returns_id, .fn = op_code_save,
      .flags = OP_IDEMPOTENT },
    { "view.save", 52, 1, .title = "Save a view", .takes = &takes_view_save, .returns = &returns_id,
      .fn = op_view_save, .flags = OP_IDEMPOTENT },
    { "view.remove", 53, 1, .title = "Remove a view", .takes = &takes_view_remove,
      .returns = &returns_id, .fn = op_view_remove, .flags = OP_IDEMPOTENT },
};

const Room admin_room = {
    .name = "admin",
    .kinds = admin_kinds,
    .n_kinds = ADMIN_KINDS,
    .ops = ops,
    .n_ops = sizeof ops / sizeof ops[0],
};
