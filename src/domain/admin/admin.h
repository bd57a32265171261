/* admin.h: who works here and how the operation is set up.
 *
 * Owns the control kinds office, user, role, grant, code_entry, custom_field, number_block, erasure
 * and saved_view, and the operations of accounts, roles, offices, custom fields, code lists and
 * views.
 *
 * Accounts: an account is created with a random first password that must be changed; it is never
 * deleted, only suspended. A grant is one role at one office and below; nobody grants more than they
 * have themselves, but for administrators, and nobody grants anything to themselves. At least one
 * active administrator (a role with user.write and system) remains at all times.
 * Lifetimes: what is returned lives in c->arena. Operations are called through op_call() only. */
#ifndef DOMAIN_ADMIN_ADMIN_H
#define DOMAIN_ADMIN_ADMIN_H

#include "op/op.h"

extern const Room admin_room;

/* The kinds alone, for tests of lower floors and for tools that need no operations. */
enum { ADMIN_KINDS = 9 };
extern const Kind *const admin_kinds[ADMIN_KINDS];

/* ---- a new folder ------------------------------------------------------------------------------ */

typedef struct FirstRecords {
    Str office_code; /* three letters or digits; empty: "HQ1" */
    Str office_name; /* the operation's name */
    Str country;     /* UNHCR country code; empty: unknown */
    Str calendar;    /* code of list "calendar"; empty: gregorian */
    Str language;    /* code of list "interface_language"; empty: en */
    Str dial_code;   /* digits; may be empty */
    int utc_offset_minutes;
    Str login, name;    /* of the first account; name empty: the login */
    Str password_phc;   /* access_password_hash() of the first password */
    bool keep_password; /* it need not be changed at the first sign-in: demo and tests */
} FirstRecords;
typedef struct FirstIds {
    Id office, user;
} FirstIds;

/* The head office, the built-in roles (administrator, registration_supervisor, registration_clerk,
 * protection_officer, data_officer, viewer) and the first account with the roles administrator,
 * registration_supervisor, protection_officer and data_officer. One act; inside a WriteFn. */
Status admin_first_records(Ctx *c, Tx *tx, const FirstRecords *in, FirstIds *ret) CHECKED;

/* The forms that user.create and office.save ask for; for whoever has no folder yet to call them in.
 * login: after login_normal(). A dial code may be empty. */
bool admin_login_fits(Str login);
bool admin_office_code_fits(Str code);
bool admin_dial_code_fits(Str code);

/* Ids of records with a natural key: RFC 9562 version 8 from SHA-256 of kind and key, so that two
 * nodes that create the same office, role or code meet in one record. second may be empty. */
Id admin_natural_id(const char *kind, Str first, Str second);

#endif
