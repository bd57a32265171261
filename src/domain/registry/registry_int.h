/* registry_int.h: what the files of the register share; private to the room. */
#ifndef DOMAIN_REGISTRY_REGISTRY_INT_H
#define DOMAIN_REGISTRY_REGISTRY_INT_H

#include "domain/registry/registry.h"
#include "text/text.h"

/* Codes the operations themselves write or ask for; the lists are data, these stand in them. */
#define PROCESS_ACTIVE "A"
#define PROCESS_CLOSED "C"
#define PRESENCE_PRESENT "PRESENT"
#define RELATIONSHIP_FOCAL_POINT "FP"
#define PHOTO_TAKEN "TAKEN"
#define VOID_UNDONE "UNDONE"

enum {
    GROUP_MEMBERS_MAX = 100,      /* in one registration; larger crowds are several groups */
    MEMBER_CHILDREN_MAX = 40,     /* phones, documents, needs … of one person in one form */
    CONFIRMED_MAX = 200,          /* people a clerk has looked at and found different */
    FREE_CORRECTION_MINUTES = 15, /* corrections by the same clerk that need no reason */
    NAMESAKES_MAX = 1000,         /* people of one name whose ages are compared */
    COLLEAGUES_MAX = 500,         /* names to choose from when an interview is handed over */
};

/* ---- records.c: reading, showing and checking records ------------------------------------------ */

const KindInfo *registry_kind(Ctx *c, const char *name);
bool registry_owns(const KindInfo *k); /* one of this room's kinds */
/* *ret is NULL where the record is unknown or not the actor's to see; other trouble is returned. */
Status record_try(Ctx *c, const KindInfo *k, Id id, Record **ret) CHECKED;
/* A record that must be there and count; notes error.void where it is void. path: the input's. */
Status record_need(Ctx *c, const char *kind, Id id, const char *path, Record **ret) CHECKED;
/* A record as the web shows it: {kind, id, version, void, conflict, fields, labels}. Records of a
 * past time have no version. titles: of records referred to, kept by id between calls;
 * NULL: not kept. */
Val record_show(Ctx *c, const Record *r, Map *titles, bool with_version);
/* What it is called in the caller's language, else the text of its title field; may be empty. */
Str record_title(Ctx *c, const Record *r);
/* A code's label, labels of a set, the title of what is referred to; absent for other values. */
Val value_label(Ctx *c, const FieldInfo *f, Val value, Map *titles);
/* Fields as they came (name → JSON) to typed ones, or every error with its path. Fixed and hidden
 * fields are refused in a change; the fields the program writes are refused always. */
Status fields_read(Ctx *c, const KindInfo *k, Val in, bool is_new, Val *ret_typed) CHECKED;
/* The same refusals for fields a shape has typed already. */
Status fields_writable(Ctx *c, const KindInfo *k, Val typed, bool is_new) CHECKED;

/* A record with changes laid over it; record is NULL for a new one. */
typedef struct Merged {
    const Record *record;
    Val changes;
} Merged;
Val merged_get(void *merged, const FieldInfo *f); /* a FieldGet */
Val merged_value(const Merged *m, const KindInfo *k, const char *field);
Str merged_text(const Merged *m, const KindInfo *k, const char *field);
/* Required fields and rules over the whole record as it would be. */
Status merged_check(Ctx *c, const KindInfo *k, Merged m) CHECKED;

/* ---- conflict.c ------------------------------------------------------------------------------ */

/* Adds every field of the record that has several values; the one shown first among them. */
Status conflicts_add(Ctx *c, const Record *r, Val *list) CHECKED;

/* ---- names.c --------------------------------------------------------------------------------- */

/* Refuses fillers and names without a letter among the name fields given. */
Status names_check(Ctx *c, const KindInfo *person, Val typed) CHECKED;
/* The joined name lists show and order by: in Latin script where the given name is there, else in
 * its own; nom, postnom, prénom where a postnom is there. */
Str names_joined(Ctx *c, const KindInfo *person, const Merged *m);
Str names_joined_local(Ctx *c, const KindInfo *person, const Merged *m);
/* True where a change touches a part of the joined name. */
bool names_touched(const KindInfo *person, Val typed);

/* ---- office.c: the office a record belongs to --------------------------------------------------- */

typedef struct Office {
    Id id;
    Str code, dial_code;
    Val country; /* a code; VAL_NULL: not said */
    Calendar calendar;
} Office;
/* given: the input's office, or absent: the actor's own. The actor must be allowed to write there. */
Status office_of_input(Ctx *c, Val given, Office *ret) CHECKED;
/* The calendar people use at the actor's office; Gregorian where it is not known. */
Calendar office_calendar(Ctx *c);
Status office_phone(Ctx *c, const Office *o, Str typed, Str *ret_e164) CHECKED; /* path "number" */
/* The next number of a series: of a block granted to this node, so no other has it. Inside a write. */
Status office_next_number(Ctx *c, const Office *o, NumberKind kind, Str *ret) CHECKED;

/* ---- family.c: memberships ------------------------------------------------------------------- */

/* The person's present membership; NULL where there is none. */
Status family_membership(Ctx *c, Id person, Record **ret) CHECKED;
/* The present memberships of a group, oldest first. */
Status family_members(Ctx *c, Id group, Record ***ret, size_t *ret_n) CHECKED;
/* True for a membership that counts today: not void, not ended. */
bool membership_stands(const Record *membership);
/* Mother and father must be older than the child. birth: the child's, typed. */
Status family_parents_check(Ctx *c, const Merged *child, Val changes) CHECKED;

/* ---- lines.c: a person in a list --------------------------------------------------------------- */

enum { SCORE_WHOLE_NUMBER = NAME_SCORE_MAX + 2 }; /* whoever's printed number was typed in full */
typedef struct Line {
    Record *person;
    const char *matched; /* "name" "number" "phone" "document" */
    int score;           /* above NAME_SCORE_MAX: the whole number */
    Record *group;       /* once line_show has looked it up */
    bool with_photo;     /* set by line_show */
} Line;
/* {person, group, number, …} as person.search returns it; typed by person_line_shape. Tells the call
 * of a photograph it shows: its op is of OP_READS_FILE. */
Status line_show(Ctx *c, OpCall *call, Line *line, Val *ret) CHECKED;
extern const Shape person_line_shape;

/* ---- find.c: people by number, telephone, paper ------------------------------------------------- */

typedef VEC(Line) Lines;
typedef struct Found {
    size_t limit; /* lines gathered at most */
    Lines lines;
    int64_t searched;
    bool more; /* there may be others */
} Found;
/* Each adds people not there yet; all work is bounded. */
Status find_by_number(Ctx *c, Str typed, Found *found) CHECKED;
Status find_by_phone(Ctx *c, Str typed, Found *found) CHECKED;
Status find_by_document(Ctx *c, Str typed, Found *found) CHECKED;
Status find_by_name(Ctx *c, Str typed, Found *found) CHECKED;
/* Records of a kind with this number, however written; at most n_max, void ones left out. */
Status find_numbers(Ctx *c, const char *kind, Str number, size_t n_max, Record ***ret,
                    size_t *ret_n) CHECKED;

/* ---- check.c: would this be a double registration? --------------------------------------------- */

enum { SAME_NUMBER = 1, SAME_PHONE = 2, SAME_DOCUMENT = 4, SAME_NAME_FATHER_AGE = 8 };
/* One person of a form, typed. */
typedef struct Candidate {
    Val person;                   /* fields */
    Val phones, documents, names; /* lists of typed fields, or absent */
} Candidate;
typedef struct Match {
    size_t member;
    Record *person;
    uint32_t reasons;
} Match;
typedef struct Matches {
    VEC(Match) found;
    bool more; /* a name so common that not all who bear it were looked at */
} Matches;
/* dial_code: for telephone numbers without one. */
/* Keys of one name and a second with the years of birth from … to (keys.c), at most max. Each pair is
 * as it stands in Latin (0) and in the local script (1); either may be empty. */
size_t name_year_keys(Arena *a, const Str name[2], const Str second[2], size_t script, Day from,
                      Day to, Str *ret, size_t max);
/* Kind.terms of a person. */
size_t person_keys(Arena *a, Val (*get)(const void *record, const char *field), const void *record,
                   Str *ret);
Status matches_find(Ctx *c, const Candidate *people, size_t n, Str dial_code, Matches *ret) CHECKED;
const char *match_reason_name(uint32_t one_reason);
const char *match_strongest(uint32_t reasons);

/* ---- blobs.c: pictures waiting to be named by an operation -------------------------------------- */

/* The bytes staged under a name by PUT /blob. */
Status staged_read(Ctx *c, Val name, const char *path, Str *ret_bytes) CHECKED;
/* Seals them for the person; *ret_name is the field's value. Inside a write. */
Status staged_seal(Ctx *c, Id person, Str bytes, Val *ret_name) CHECKED;

/* ---- reasons.c ------------------------------------------------------------------------------- */

/* A correction within FREE_CORRECTION_MINUTES of the registration by the clerk who made it needs no
 * reason; every other one does: error.reason.required. */
Status reason_required(Ctx *c, const OpCall *call, Id subject) CHECKED;
/* The label of a reason code of whatever list it stands in. */
Str reason_label(Ctx *c, Str code);

/* ---- the operations ---------------------------------------------------------------------------- */

Status op_person_register_prepare(Ctx *c, OpCall *call) CHECKED;
Status op_group_register_prepare(Ctx *c, OpCall *call) CHECKED;
Status op_person_register(Ctx *c, OpCall *call) CHECKED;
Status op_group_register(Ctx *c, OpCall *call) CHECKED;
Status op_person_correct(Ctx *c, OpCall *call) CHECKED;
Status op_group_correct(Ctx *c, OpCall *call) CHECKED;
Status op_group_void(Ctx *c, OpCall *call) CHECKED;
Status op_person_void(Ctx *c, OpCall *call) CHECKED;
Status op_record_add(Ctx *c, OpCall *call) CHECKED;
Status op_record_correct(Ctx *c, OpCall *call) CHECKED;
Status op_record_void(Ctx *c, OpCall *call) CHECKED;
Status op_record_restore(Ctx *c, OpCall *call) CHECKED;
Status op_member_move(Ctx *c, OpCall *call) CHECKED;
Status op_member_split(Ctx *c, OpCall *call) CHECKED;
Status op_group_set_focal_point(Ctx *c, OpCall *call) CHECKED;
Status op_member_presence(Ctx *c, OpCall *call) CHECKED;
Status op_act_undo(Ctx *c, OpCall *call) CHECKED;
Status op_conflict_resolve(Ctx *c, OpCall *call) CHECKED;
Status op_draft_save(Ctx *c, OpCall *call) CHECKED;
Status op_draft_discard(Ctx *c, OpCall *call) CHECKED;
Status op_draft_hand_over(Ctx *c, OpCall *call) CHECKED;
Status op_draft_list(Ctx *c, OpCall *call) CHECKED;
Status op_draft_get(Ctx *c, OpCall *call) CHECKED;
Status op_draft_colleagues(Ctx *c, OpCall *call) CHECKED;
Status op_person_erase(Ctx *c, OpCall *call) CHECKED;
Status op_person_search(Ctx *c, OpCall *call) CHECKED;
Status op_person_file(Ctx *c, OpCall *call) CHECKED;
Status op_group_file(Ctx *c, OpCall *call) CHECKED;
Status op_record_history(Ctx *c, OpCall *call) CHECKED;
Status op_person_as_of(Ctx *c, OpCall *call) CHECKED;
Status op_registration_check(Ctx *c, OpCall *call) CHECKED;
Status op_date_understand(Ctx *c, OpCall *call) CHECKED;
Status op_home_summary(Ctx *c, OpCall *call) CHECKED;

/* colleagues.c: whether an account is active, sits at the actor's office and may register. */
Status is_colleague(Ctx *c, const Record *user, bool *ret) CHECKED;

/* pyramid.c: put "pyramid" and "pyramid_at" of people in reach. */
enum { PYRAMID_AT_ONCE = 100000 };
Status pyramid_count(Ctx *c, Val *out) CHECKED;
/* The last figures a task has counted, if any; begins one where they are old. */
Status pyramid_of_many(Ctx *c, const OpTable *table, Val *out) CHECKED;
Status op_people_count(Ctx *c, OpCall *call) CHECKED;

/* draft.c: counts for home. */
Status drafts_count(Ctx *c, int64_t *ret_active, int64_t *ret_parked) CHECKED;
/* Takes a draft away that has become a registration. Inside a write. */
Status draft_drop(Ctx *c, Id draft) CHECKED;
Status drafts_forget(Ctx *c, Id subject) CHECKED;
Status registry_forget(Ctx *c, Id subject) CHECKED; /* Room.forget */

#endif
