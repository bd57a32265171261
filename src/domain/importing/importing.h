/* importing.h: lists of people from elsewhere: read, checked whole, staged, approved or refused, and
 * taken back.
 *
 * Owns the kind import_batch and the operations import.stage, import.look, import.approve,
 * import.refuse and import.take_back. A batch is STAGED → APPROVED → TAKEN_BACK, or STAGED → REFUSED.
 * Nothing is in the register before approval; approval calls group.register, family by family, so
 * that an import can do nothing that a clerk could not do. What a later version of a list says of people
 * who are there is offered as corrections, of which the approval says which are made: an approval that
 * does not say so makes none.
 *
 * Operations are called through op_call() only. Limits: IMPORT_* in importing_int.h. */
#ifndef DOMAIN_IMPORTING_IMPORTING_H
#define DOMAIN_IMPORTING_IMPORTING_H

#include "op/op.h"

extern const Room importing_room;

/* Whoever takes a list in puts its bytes into this LOCAL space (local_put) under the lower-case hex of
 * their SHA-256, for import.stage to name as its blob, and throws away what is a day old. */
#define IMPORT_FILES "import.file"

enum { IMPORTING_KINDS = 1 };
extern const Kind *const importing_kinds[IMPORTING_KINDS];

#endif
