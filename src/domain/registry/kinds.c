/* kinds.c: what a registration group, a person and their records consist of.
 *
 * Numbers are in the ledger of every operation: never reuse, never renumber; a new field takes the
 * next free number and may stand anywhere (the order here is the order on screens). Ask levels
 * follow UNHCR's lists of what must be known at emergency, basic and comprehensive registration.
 * Merge classes: what two clerks may not overwrite silently must be resolved by a person. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

/* Limits, bytes: names in UTF-8 may take four bytes a character. */
enum { NAME_MAX = 240, PLACE_MAX = 200, NUMBER_MAX = 40, NOTE_MAX = 4000 };

#define NAME_PART                                                                                  \
    .type = FT_TEXT, .max = NAME_MAX, .flags = FF_PERSONAL | FF_NAME, .merge = MERGE_MUST_RESOLVE
#define FAMILY_LINK                                                                                \
    .type = FT_REF, .kind = "person", .flags = FF_PERSONAL | FF_INDEXED,                           \
    .merge = MERGE_MUST_RESOLVE, .ask = ASK_BASIC
#define OF_PERSON(number)                                                                          \
    {                                                                                              \
        "person", .no = (number), .type = FT_REF, .kind = "person",                                \
                  .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,              \
                  .doc = "The person it belongs to"                                                \
    }

static const Field registration_group_fields[] = {
    { "number", .no = 2, .type = FT_TEXT, .max = NUMBER_MAX,
      .flags = FF_FIXED | FF_INDEXED | FF_SEARCH,
      .doc = "Registration number of the group as printed on its papers; never given out again" },
    { "focal_point", .no = 3, .type = FT_REF, .kind = "person", .flags = FF_INDEXED,
      .merge = MERGE_MUST_RESOLVE, .ask = ASK_EMERGENCY,
      .doc = "The group's main contact; all relationships are stated to this person" },
    { "size_stated", .no = 4, .type = FT_INT, .min = 1, .max = 200, .ask = ASK_EMERGENCY,
      .doc = "Number of people the family says it has, counted or not" },
    { "registration_date", .no = 5, .type = FT_DATE, .flags = FF_INDEXED, .ask = ASK_EMERGENCY,
      .rule = "registration_date <= today()", .rule_message = "error.date.future",
      .doc = "Day the group was registered" },
    { "registration_level", .no = 6, .type = FT_CODE, .codes = "registration_level",
      .ask = ASK_EMERGENCY, .doc = "How much has been asked: emergency, basic or comprehensive" },
    { "registration_reason", .no = 7, .type = FT_CODE, .codes = "registration_reason",
      .ask = ASK_BASIC, .doc = "Why the group was registered here and now" },
    { "process_status", .no = 8, .type = FT_CODE, .codes = "process_status", .flags = FF_INDEXED,
      .merge = MERGE_MUST_RESOLVE, .doc = "Life of the record: active, hold, inactive, closed" },
    { "status_reason", .no = 9, .type = FT_CODE, .codes = "status_reason",
      .doc = "Why the process status is what it is" },
    { "country_of_asylum", .no = 10, .type = FT_CODE, .codes = "country", .ask = ASK_EMERGENCY,
      .doc = "Country where the group has found refuge" },
    { "admin1", .no = 11, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL | FF_INDEXED,
      .ask = ASK_BASIC, .doc = "Province or region of the present address" },
    { "admin2", .no = 12, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL, .ask = ASK_BASIC,
      .doc = "District of the present address" },
    { "village", .no = 13, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL | FF_INDEXED,
      .ask = ASK_BASIC, .doc = "Village, camp, site or quarter where the group lives" },
    { "address", .no = 14, .type = FT_TEXT, .max = 400, .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Block, shelter, street or landmark" },
    { "coo_admin1", .no = 15, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Province in the country of origin" },
    { "coo_admin2", .no = 16, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "District in the country of origin" },
    { "coo_village", .no = 17, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Village or town in the country of origin" },
    { "arrival_date", .no = 18, .type = FT_DATE, .flags = FF_INDEXED, .ask = ASK_BASIC,
      .rule = "arrival_date <= registration_date", .rule_message = "error.arrival.after",
      .doc = "Day the group arrived in the country of asylum" },
    { "interview_language", .no = 19, .type = FT_CODE, .codes = "language", .ask = ASK_BASIC,
      .doc = "Language the family wishes to be interviewed in" },
    { "note", .no = 20, .type = FT_TEXT, .max = NOTE_MAX, .flags = FF_PERSONAL | FF_LONG,
      .ask = ASK_COMPREHENSIVE, .doc = "What the next clerk should know; no protection matters" },
};

static const Field person_fields[] = {
    { "number", .no = 2, .type = FT_TEXT, .max = NUMBER_MAX,
      .flags = FF_FIXED | FF_INDEXED | FF_SEARCH | FF_PERSONAL,
      .doc = "Individual registration number as printed on papers; never given out again" },
    { "given_name", .no = 3, NAME_PART, .ask = ASK_EMERGENCY,
      .rule = "given_name is known or given_name_local is known",
      .rule_message = "error.name.required", .doc = "Given name in Latin letters, as said" },
    { "father_name", .no = 4, NAME_PART, .ask = ASK_EMERGENCY, .doc = "Father's given name" },
    { "grandfather_name", .no = 5, NAME_PART, .ask = ASK_BASIC,
      .doc = "Father's father's name; often what tells two people apart" },
    { "family_name", .no = 6, NAME_PART, .ask = ASK_BASIC,
      .doc = "Family name; many people have none" },
    { "postnom", .no = 7, NAME_PART, .ask = ASK_BASIC,
      .doc = "Second name, where names are nom, postnom, prénom" },
    { "mother_name", .no = 8, NAME_PART, .ask = ASK_COMPREHENSIVE, .doc = "Mother's name" },
    { "given_name_local", .no = 9, NAME_PART, .ask = ASK_EMERGENCY,
      .doc = "Given name in its own script" },
    { "father_name_local", .no = 10, NAME_PART, .ask = ASK_EMERGENCY,
      .doc = "Father's name in its own script" },
    { "grandfather_name_local", .no = 11, NAME_PART, .ask = ASK_BASIC,
      .doc = "Grandfather's name in its own script" },
    { "family_name_local", .no = 12, NAME_PART, .ask = ASK_BASIC,
      .doc = "Family name in its own script" },
    { "display_name", .no = 13, .type = FT_TEXT, .max = 1000,
      .flags = FF_PERSONAL | FF_SORT | FF_FIXED,
      .doc = "The joined name lists are ordered by; written by the program from the name parts" },
    { "sex", .no = 14, .type = FT_CODE, .codes = "sex", .flags = FF_PERSONAL,
      .merge = MERGE_MUST_RESOLVE, .ask = ASK_EMERGENCY, .doc = "Sex, as the person states it" },
    { "birth_date", .no = 15, .type = FT_DATE, .flags = FF_PERSONAL | FF_INDEXED | FF_KEY,
      .merge = MERGE_MUST_RESOLVE, .ask = ASK_EMERGENCY, .rule = "birth_date <= today()",
      .rule_message = "error.date.future",
      .doc = "Date of birth; the middle of the span where only an age or a year is known" },
    { "birth_date_precision", .no = 16, .type = FT_CODE, .codes = "date_precision",
      .flags = FF_PERSONAL, .ask = ASK_EMERGENCY,
      .doc = "How exactly the date of birth is known: day, month, year, age" },
    { "birth_date_entered", .no = 17, .type = FT_TEXT, .max = 80, .flags = FF_PERSONAL,
      .doc = "What was said or written, with its calendar, before conversion" },
    { "birth_place", .no = 18, .type = FT_TEXT, .max = PLACE_MAX, .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Town or village of birth" },
    { "nationality", .no = 19, .type = FT_CODE, .codes = "country",
      .flags = FF_PERSONAL | FF_INDEXED, .merge = MERGE_MUST_RESOLVE, .ask = ASK_BASIC,
      .doc = "Nationality, as stated" },
    { "country_of_origin", .no = 20, .type = FT_CODE, .codes = "country",
      .flags = FF_PERSONAL | FF_INDEXED, .ask = ASK_EMERGENCY, .doc = "Country fled from" },
    { "ethnicity", .no = 21, .type = FT_CODE, .codes = "ethnicity", .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Ethnicity, as stated; may be refused" },
    { "religion", .no = 22, .type = FT_CODE, .codes = "religion", .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Religion, as stated; may be refused" },
    { "marital_status", .no = 23, .type = FT_CODE, .codes = "marital_status", .flags = FF_PERSONAL,
      .ask = ASK_BASIC, .doc = "Marital status" },
    { "education", .no = 24, .type = FT_CODE, .codes = "education", .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Highest level of education" },
    { "occupation", .no = 25, .type = FT_CODE, .codes = "occupation", .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Occupation before flight" },
    { "languages", .no = 26, .type = FT_SET, .codes = "language", .flags = FF_PERSONAL,
      .ask = ASK_COMPREHENSIVE, .doc = "Languages spoken" },
    { "legal_status", .no = 27, .type = FT_CODE, .codes = "legal_status",
      .flags = FF_PERSONAL | FF_INDEXED, .merge = MERGE_MUST_RESOLVE, .ask = ASK_BASIC,
      .doc = "Standing in law: recognised refugee, asylum-seeker, returnee …" },
    { "registration_date", .no = 28, .type = FT_DATE, .flags = FF_INDEXED, .ask = ASK_EMERGENCY,
      .rule = "registration_date <= today() and birth_date <= registration_date",
      .rule_message = "error.registration.date", .doc = "Day this person was registered" },
    { "registration_reason", .no = 29, .type = FT_CODE, .codes = "registration_reason",
      .ask = ASK_BASIC, .doc = "Why this person was registered: arrival, birth, joined …" },
    { "process_status", .no = 30, .type = FT_CODE, .codes = "process_status", .flags = FF_INDEXED,
      .merge = MERGE_MUST_RESOLVE, .doc = "Life of the record: active, hold, inactive, closed" },
    { "status_reason", .no = 31, .type = FT_CODE, .codes = "status_reason", .flags = FF_PERSONAL,
      .doc = "Why the process status is what it is" },
    { "arrival_date", .no = 32, .type = FT_DATE, .flags = FF_PERSONAL | FF_INDEXED,
      .ask = ASK_BASIC, .rule = "arrival_date <= registration_date",
      .rule_message = "error.arrival.after",
      .doc = "Day of arrival in the country of asylum; day of birth for those born there" },
    { "flight_date", .no = 33, .type = FT_DATE, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .rule = "flight_date <= arrival_date", .rule_message = "error.flight.after",
      .doc = "Day the person fled; empty for those born after the flight" },
    { "mother", .no = 34, FAMILY_LINK, .doc = "Mother, where she is registered" },
    { "father", .no = 35, FAMILY_LINK, .doc = "Father, where he is registered" },
    { "spouse", .no = 36, FAMILY_LINK, .doc = "Husband or wife, where registered" },
    { "caregiver", .no = 37, FAMILY_LINK,
      .doc = "Adult who looks after the child or the dependent person" },
    { "photo_status", .no = 38, .type = FT_CODE, .codes = "photo_status", .flags = FF_PERSONAL,
      .ask = ASK_BASIC, .doc = "Taken, refused, postponed, to be seen by women only" },
    { "closed_on", .no = 39, .type = FT_DATE, .flags = FF_PERSONAL | FF_INDEXED,
      .rule = "closed_on <= today()", .rule_message = "error.date.future",
      .doc = "Day of death, departure or other end of registration" },
};

static const Field membership_fields[] = {
    OF_PERSON(2),
    { "registration_group", .no = 3, .type = FT_REF, .kind = "registration_group",
      .flags = FF_REQUIRED | FF_INDEXED, .merge = MERGE_MUST_RESOLVE, .ask = ASK_EMERGENCY,
      .doc = "The group the person is registered with" },
    { "relationship", .no = 4, .type = FT_CODE, .codes = "relationship", .flags = FF_PERSONAL,
      .merge = MERGE_MUST_RESOLVE, .ask = ASK_EMERGENCY,
      .doc = "What the person is to the focal point" },
    { "presence", .no = 5, .type = FT_CODE, .codes = "presence", .flags = FF_PERSONAL,
      .ask = ASK_EMERGENCY, .doc = "Whether the person came to the interview" },
    { "from_date", .no = 6, .type = FT_DATE, .doc = "First day in this group" },
    { "to_date", .no = 7, .type = FT_DATE, .rule = "from_date <= to_date",
      .rule_message = "error.dates.crossed",
      .doc = "Last day in this group; empty while the person belongs to it" },
};

static const Field name_fields[] = {
    OF_PERSON(2),
    { "name_type", .no = 3, .type = FT_CODE, .codes = "name_type", .flags = FF_REQUIRED,
      .ask = ASK_COMPREHENSIVE, .doc = "Alias, maiden name, name on a document, old number" },
    { "full_name", .no = 4, NAME_PART, .ask = ASK_COMPREHENSIVE,
      .rule = "full_name is known or full_name_local is known or number is known",
      .rule_message = "error.name.required", .doc = "The name in Latin letters" },
    { "full_name_local", .no = 5, NAME_PART, .ask = ASK_COMPREHENSIVE,
      .doc = "The name in its own script" },
    { "number", .no = 7, .type = FT_TEXT, .max = NUMBER_MAX,
      .flags = FF_PERSONAL | FF_INDEXED | FF_SEARCH, .ask = ASK_COMPREHENSIVE,
      .doc = "An old number, or one of another system, as printed; found like the present one" },
    { "note", .no = 6, .type = FT_TEXT, .max = 400, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .doc = "Where this name is used" },
};

static const Field phone_fields[] = {
    OF_PERSON(2),
    { "number", .no = 3, .type = FT_TEXT, .max = NUMBER_MAX,
      .flags = FF_REQUIRED | FF_PERSONAL | FF_INDEXED | FF_SEARCH, .ask = ASK_EMERGENCY,
      .doc = "Telephone number, in international form where it can be told" },
    { "type", .no = 4, .type = FT_CODE, .codes = "phone_type", .ask = ASK_BASIC,
      .doc = "Own mobile, a neighbour's, at work …" },
    { "owner_note", .no = 5, .type = FT_TEXT, .max = 200, .flags = FF_PERSONAL, .ask = ASK_BASIC,
      .doc = "Who answers, where it is not the person" },
};

static const Field document_fields[] = {
    OF_PERSON(2),
    { "type", .no = 3, .type = FT_CODE, .codes = "document_type", .flags = FF_REQUIRED,
      .ask = ASK_BASIC, .doc = "Kind of paper" },
    { "number", .no = 4, .type = FT_TEXT, .max = 80, .flags = FF_PERSONAL | FF_INDEXED | FF_SEARCH,
      .merge = MERGE_MUST_RESOLVE, .ask = ASK_BASIC, .doc = "Number as printed" },
    { "issuing_country", .no = 5, .type = FT_CODE, .codes = "country", .ask = ASK_BASIC,
      .doc = "Country whose authority issued it" },
    { "issued_on", .no = 6, .type = FT_DATE, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .rule = "issued_on <= today()", .rule_message = "error.date.future", .doc = "Day of issue" },
    { "expires_on", .no = 7, .type = FT_DATE, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .rule = "issued_on <= expires_on", .rule_message = "error.dates.crossed",
      .doc = "Last day of validity; empty where it has none" },
    { "note", .no = 8, .type = FT_TEXT, .max = 400, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .doc = "Volume and page, damage, doubts" },
};

static const Field specific_need_fields[] = {
    OF_PERSON(2),
    { "need", .no = 3, .type = FT_CODE, .codes = "specific_need",
      .flags = FF_REQUIRED | FF_PERSONAL | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "What is needed or feared: category and code" },
    { "status", .no = 4, .type = FT_CODE, .codes = "need_status", .flags = FF_PERSONAL | FF_INDEXED,
      .ask = ASK_EMERGENCY, .doc = "Reported, waiting for review, confirmed, closed" },
    { "since", .no = 5, .type = FT_DATE, .flags = FF_PERSONAL, .ask = ASK_COMPREHENSIVE,
      .rule = "since <= today()", .rule_message = "error.date.future",
      .doc = "Day from which the need is known" },
    { "note", .no = 6, .type = FT_TEXT, .max = NOTE_MAX, .flags = FF_PERSONAL | FF_SEALED | FF_LONG,
      .ask = ASK_COMPREHENSIVE, .doc = "What protection staff should know; sealed per person" },
};

static const Field consent_fields[] = {
    OF_PERSON(2),
    { "purpose", .no = 3, .type = FT_CODE, .codes = "consent_purpose", .flags = FF_REQUIRED,
      .ask = ASK_BASIC, .doc = "What was asked: the text read aloud" },
    { "answer", .no = 4, .type = FT_CODE, .codes = "consent_answer",
      .flags = FF_REQUIRED | FF_PERSONAL, .merge = MERGE_MUST_RESOLVE, .ask = ASK_BASIC,
      .doc = "Given, refused, withdrawn; a refusal is an answer" },
    { "asked_on", .no = 5, .type = FT_DATE, .rule = "asked_on <= today()",
      .rule_message = "error.date.future", .ask = ASK_BASIC, .doc = "Day of the answer" },
    { "language", .no = 6, .type = FT_CODE, .codes = "language", .ask = ASK_BASIC,
      .doc = "Language in which it was read" },
};

static const Field photo_fields[] = {
    OF_PERSON(2),
    { "image", .no = 3, .type = FT_BLOB, .flags = FF_PERSONAL | FF_SEALED, .ask = ASK_BASIC,
      .doc = "Photograph of the face" },
    { "taken_on", .no = 4, .type = FT_DATE, .rule = "taken_on <= today()",
      .rule_message = "error.date.future", .ask = ASK_BASIC, .doc = "Day it was taken" },
    { "thumb", .no = 5, .type = FT_BLOB, .flags = FF_PERSONAL | FF_SEALED, .ask = ASK_NEVER,
      .doc = "The same, small, for lists" },
};

static const Field interview_fields[] = {
    { "registration_group", .no = 2, .type = FT_REF, .kind = "registration_group",
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .doc = "The group that was interviewed" },
    { "clerk", .no = 3, .type = FT_REF, .kind = "user", .flags = FF_INDEXED,
      .doc = "Who held the interview" },
    { "called_at", .no = 4, .type = FT_TIME, .doc = "When the family was called" },
    { "first_key_at", .no = 5, .type = FT_TIME, .doc = "When the first key was pressed" },
    { "saved_at", .no = 6, .type = FT_TIME, .flags = FF_INDEXED,
      .doc = "When the interview was saved" },
    { "parked_seconds", .no = 7, .type = FT_INT, .min = 0, .max = 31536000,
      .doc = "Seconds the interview lay parked" },
    { "resumed", .no = 8, .type = FT_INT, .min = 0, .max = 1000,
      .doc = "How often it was taken up again" },
};

static const Kind registration_group = {
    .name = "registration_group",
    .no = 20,
    .subject_rule = SUBJECT_SELF,
    .lane = LANE_CORE,
    FIELDS(registration_group_fields),
    .title = "number",
    .doc = "People registered together, normally a household",
};

static const Kind person = {
    .name = "person",
    .no = 21,
    .subject_rule = SUBJECT_SELF,
    .lane = LANE_CORE,
    FIELDS(person_fields),
    .title = "display_name",
    .doc = "A registered individual",
    .terms = person_keys,
    .terms_version = 3,
};

static const Kind membership = {
    .name = "membership",
    .no = 22,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(membership_fields),
    .title = "relationship",
    .doc = "A person's belonging to a registration group, with its dates",
};

static const Kind name = {
    .name = "name",
    .no = 23,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(name_fields),
    .title = "full_name",
    .doc = "Another name or an old number of a person; found by search like the first",
};

static const Kind phone = {
    .name = "phone",
    .no = 24,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(phone_fields),
    .title = "number",
    .doc = "A telephone number by which a person can be reached",
};

static const Kind document = {
    .name = "document",
    .no = 25,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(document_fields),
    .title = "number",
    .doc = "A paper a person holds: passport, tazkira, certificate",
};

static const Kind specific_need = {
    .name = "specific_need",
    .no = 26,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_PROTECTION,
    FIELDS(specific_need_fields),
    .title = "need",
    .doc = "A coded need or risk; seen by those whose work it is",
};

static const Kind consent = {
    .name = "consent",
    .no = 27,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(consent_fields),
    .title = "purpose",
    .doc = "A person's answer to one purpose of use of their data",
};

static const Kind photo = {
    .name = "photo",
    .no = 28,
    .subject_rule = SUBJECT_FIELD,
    .subject = "person",
    .lane = LANE_CORE,
    FIELDS(photo_fields),
    .title = "taken_on",
    .doc = "A photograph of a person, sealed",
};

static const Kind interview = {
    .name = "interview",
    .no = 29,
    .subject_rule = SUBJECT_FIELD,
    .subject = "registration_group",
    .lane = LANE_CORE,
    FIELDS(interview_fields),
    .title = "saved_at",
    .doc = "The clock of one registration interview",
};

const Kind *const registry_kinds[REGISTRY_KINDS] = {
    &registration_group, &person,        &membership, &name,  &phone,
    &document,           &specific_need, &consent,    &photo, &interview,
};
