/* admin.h: who works here and how the operation is set up.
 *
 * Owns the control kinds office, user, role, grant, code_entry, custom_field, number_block, erasure
 * and saved_view, and the operations of accounts, offices, custom fields, code lists and views.
 *
 * Accounts: an account is created with a random first password that must be changed; it is never
 * deleted, only suspended. A grant is one role at one office and below. At least one active account
 * with the administrator's permissions remains at all times.
 * Lifetimes: what is returned lives in c->arena. Operations are called through op_call() only. */
#ifndef DOMAIN_ADMIN_ADMIN_H
#define DOMAIN_ADMIN_ADMIN_H

#include "op/op.h"

extern const Room admin_room;

/* The kinds alone, for tests of lower floors and for tools that need no operations. */
enum { ADMIN_KINDS = 9 };
extern const Kind *const admin_kinds[ADMIN_KINDS];

#endif
