/* registry.h: the register of displaced people: registration groups, persons and what belongs to them.
 *
 * Owns the kinds registration_group, person, membership, name, phone, document, specific_need,
 * consent, photo and interview, and every operation on them: registering a family, correcting,
 * moving, splitting, voiding, undoing, searching, reading a file and its history, drafts, home.
 *
 * Life of a record: register → correct … → void (with a reason; the number is never given out
 * again) or erase. Nothing else deletes. A person is in at most one registration group at a time.
 * Lifetimes: what is returned lives in c->arena. Thread rule: one Ctx a thread; operations are
 * called through op_call() only. */
#ifndef DOMAIN_REGISTRY_REGISTRY_H
#define DOMAIN_REGISTRY_REGISTRY_H

#include "op/op.h"

extern const Room registry_room;

/* Pictures come before the operation that names them: whoever takes them in puts the plain bytes
 * into this LOCAL space (local_put) under the lower-case hex of their SHA-256, and throws away what
 * nobody has named after a day. */
#define REGISTRY_STAGED_BLOBS "blob"

/* Rooms that bring people in keep the row a person came from in this LOCAL space, under the text of
 * the person's id. Erasing the person takes it away. */
#define REGISTRY_SOURCE_ROWS "source_row"

/* The exact check of registration.check for one person, within the actor's reach and a read. member:
 * typed as a member of group.register; dial_code: for telephone numbers without one. At most max. */
typedef struct RegistryDouble {
    Id person;
    Str name, number;
    const char *reason; /* "same_document" …: the strongest */
} RegistryDouble;
Status registry_doubles(Ctx *c, Val member, Str dial_code, RegistryDouble *ret, size_t max,
                        size_t *ret_n) CHECKED;

/* The calling code for telephone numbers without one, as people at an office write them: the office's
 * own, else its country's, else those of the offices above it. Empty: none of them says. */
Status registry_dial_code(Ctx *c, Id office, Str *ret) CHECKED;

/* The kinds alone, for tests of lower floors and for tools that need no operations. */
enum { REGISTRY_KINDS = 10 };
extern const Kind *const registry_kinds[REGISTRY_KINDS];

#endif
