/* plan_int.h: a registration worked out before the writer runs it; private to the room. */
#ifndef DOMAIN_REGISTRY_PLAN_INT_H
#define DOMAIN_REGISTRY_PLAN_INT_H

#include "domain/registry/registry_int.h"

typedef struct PlannedRecord {
    const KindInfo *kind;
    Val fields; /* typed; "person" is set when written */
} PlannedRecord;

typedef struct PlannedPerson {
    Str key;
    Id id;
    Val fields, membership; /* typed; numbers come from the writer */
    VEC(PlannedRecord) records;
    Str photo, thumb; /* bytes; s == NULL: none */
} PlannedPerson;

/* What prepare leaves for the writer. */
typedef struct Plan {
    Office office;
    Id group;
    bool is_new_group;
    bool group_named; /* its id is the interview's or was given: it may be there already */
    Val group_fields; /* of a new group, typed */
    PlannedPerson *people;
    size_t n, focal;
    Val interview; /* VAL_ABSENT: none was held */
    Id draft;      /* ID_NONE: none */
} Plan;

/* One person of a form: cleans, defaults, checks. `in` has the PERSON_PARTS of shapes.c. */
Status plan_person(Ctx *c, Plan *plan, Val in, PlannedPerson *ret) CHECKED;
/* The fields of a new group. `in` may be absent. */
Status plan_group(Ctx *c, Plan *plan, Val in) CHECKED;
/* Refuses with error.duplicate where somebody looks registered already. */
Status plan_check_doubles(Ctx *c, const Plan *plan, Val confirmed_not) CHECKED;
/* The typed fields that are known, under their ledger names. */
Val plan_known(Ctx *c, const KindInfo *k, Val typed);
/* Sets a field unless it is known already. */
void plan_default(Ctx *c, Val *fields, const char *field, Val value);

#endif
