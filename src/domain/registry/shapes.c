/* shapes.c: what the operations of the register take and return. */
#include "domain/registry/shapes_int.h"

#include "base/banned.h"

#define SHAPE(variable, title, table) const Shape variable = { .name = (title), FIELDS(table) }
#define RECORD_ID(field, of)                                                                       \
    { field, .type = FT_REF, .kind = (of), .flags = FF_REQUIRED, .doc = "Id of the " of }
#define LIST_OF(field, of, count, text)                                                            \
    { field, .type = FT_SHAPE, .shape = &(of), .flags = FF_LIST, .max = (count), .doc = (text) }
#define RECORDS(field, text)                                                                       \
    { field, .type = FT_JSON, .doc = (text) }
#define REASON_OF(list)                                                                            \
    { "reason", .type = FT_CODE, .codes = (list), .doc = "Why" }
#define REASON_NEEDED(list)                                                                        \
    { "reason", .type = FT_CODE, .codes = (list), .flags = FF_REQUIRED, .doc = "Why" }
#define REASON_TEXT                                                                                \
    {                                                                                              \
        "reason_text", .type = FT_TEXT, .max = 1000, .flags = FF_PERSONAL | FF_LONG,               \
                       .doc = "Why, in words"                                                      \
    }
#define BASE                                                                                       \
    { "base", .type = FT_TEXT, .max = 16384, .doc = "Version the change was made on" }
#define DRAFT_MAX (256 << 10)

/* ---- parts of a registration --------------------------------------------------------------------- */

static const Shape person_fields = { .name = "person_fields", .kind_fields = "person" };
static const Shape group_fields = { .name = "group_fields", .kind_fields = "registration_group" };

static const Field phone_in_fields[] = {
    { "number", .like = "phone.number", .flags = FF_REQUIRED | FF_PERSONAL },
    { "type", .like = "phone.type" },
    { "owner_note", .like = "phone.owner_note" },
    { "as_written", .type = FT_BOOL,
      .doc = "Keep the number as it is where it cannot be told in international form" },
};
static SHAPE(phone_in, "phone_in", phone_in_fields);

static const Field document_in_fields[] = {
    { "type", .like = "document.type", .flags = FF_REQUIRED },
    { "number", .like = "document.number" },
    { "issuing_country", .like = "document.issuing_country" },
    { "issued_on", .like = "document.issued_on" },
    { "expires_on", .like = "document.expires_on" },
    { "note", .like = "document.note" },
};
static SHAPE(document_in, "document_in", document_in_fields);

static const Field need_in_fields[] = {
    { "need", .like = "specific_need.need", .flags = FF_REQUIRED | FF_PERSONAL },
    { "status", .like = "specific_need.status" },
    { "since", .like = "specific_need.since" },
    { "note", .like = "specific_need.note" },
};
static SHAPE(need_in, "need_in", need_in_fields);

static const Field consent_in_fields[] = {
    { "purpose", .like = "consent.purpose", .flags = FF_REQUIRED },
    { "answer", .like = "consent.answer", .flags = FF_REQUIRED | FF_PERSONAL },
    { "asked_on", .like = "consent.asked_on" },
    { "language", .like = "consent.language" },
};
static SHAPE(consent_in, "consent_in", consent_in_fields);

static const Field name_in_fields[] = {
    { "name_type", .like = "name.name_type", .flags = FF_REQUIRED },
    { "full_name", .like = "name.full_name" },
    { "full_name_local", .like = "name.full_name_local" },
    { "number", .like = "name.number" },
    { "note", .like = "name.note" },
};
static SHAPE(name_in, "name_in", name_in_fields);

#define PERSON_PARTS                                                                               \
    { "id", .type = FT_REF, .kind = "person",                                                      \
      .doc = "Id chosen by the client, for later changes" },                                       \
        { "person", .type = FT_SHAPE, .shape = &person_fields, .flags = FF_REQUIRED,               \
          .doc = "Fields of the person" },                                                         \
        { "relationship", .like = "membership.relationship" },                                     \
        { "presence", .like = "membership.presence" },                                             \
        LIST_OF("phones", phone_in, MEMBER_CHILDREN_MAX, "Telephone numbers"),                     \
        LIST_OF("documents", document_in, MEMBER_CHILDREN_MAX, "Papers"),                          \
        LIST_OF("needs", need_in, MEMBER_CHILDREN_MAX, "Specific needs"),                          \
        LIST_OF("consents", consent_in, MEMBER_CHILDREN_MAX, "Answers to purposes of use"),        \
        LIST_OF("names", name_in, MEMBER_CHILDREN_MAX, "Other names and old numbers"),             \
        { "photo", .type = FT_BLOB, .doc = "Staged picture" }, {                                   \
        "thumb", .type = FT_BLOB, .doc = "The same, small"                                         \
    }
#define CONFIRMED                                                                                  \
    {                                                                                              \
        "confirmed_not", .type = FT_REF, .kind = "person", .flags = FF_LIST, .max = CONFIRMED_MAX, \
                         .doc = "Persons shown as possible doubles that the clerk says are others" \
    }
#define OFFICE                                                                                     \
    { "office", .type = FT_REF, .kind = "office", .doc = "Office it belongs to; empty: the user's" }

static const Field member_in_fields[] = {
    { "key", .type = FT_TEXT, .max = 40, .doc = "Name of the row within this form" },
    PERSON_PARTS,
    { "mother", .type = FT_TEXT, .max = 40, .doc = "Key of the mother's row" },
    { "father", .type = FT_TEXT, .max = 40, .doc = "Key of the father's row" },
    { "spouse", .type = FT_TEXT, .max = 40, .doc = "Key of the husband's or wife's row" },
    { "caregiver", .type = FT_TEXT, .max = 40, .doc = "Key of the caregiver's row" },
};
static SHAPE(member_in, "member_in", member_in_fields);

static const Field interview_in_fields[] = {
    { "called_at", .like = "interview.called_at" },
    { "first_key_at", .like = "interview.first_key_at" },
    { "parked_seconds", .like = "interview.parked_seconds" },
    { "resumed", .like = "interview.resumed" },
};
static SHAPE(interview_in, "interview_in", interview_in_fields);

static const Field person_register_in[] = {
    OFFICE,
    { "group", .type = FT_REF, .kind = "registration_group",
      .doc = "Group the person joins; empty: a new one of which the person is the focal point" },
    PERSON_PARTS,
    CONFIRMED,
};
SHAPE(takes_person_register, "person_register", person_register_in);

static const Field person_register_out[] = {
    RECORD_ID("person", "person"),
    { "number", .like = "person.number" },
    RECORD_ID("group", "registration_group"),
    { "group_number", .like = "registration_group.number" },
};
SHAPE(returns_person_register, "person_registered", person_register_out);

static const Field group_register_in[] = {
    { "id", .type = FT_REF, .kind = "registration_group",
      .doc = "Id chosen by the client, for later changes" },
    OFFICE,
    { "group", .type = FT_SHAPE, .shape = &group_fields, .doc = "Fields of the group" },
    { "members", .type = FT_SHAPE, .shape = &member_in, .flags = FF_LIST | FF_REQUIRED, .min = 1,
      .max = GROUP_MEMBERS_MAX, .doc = "The people, in the order of the form" },
    { "focal_point", .type = FT_TEXT, .max = 40, .flags = FF_REQUIRED,
      .doc = "Key of the focal point's row" },
    { "draft", .type = FT_REF, .doc = "Draft that this registration brings to its end" },
    { "interview", .type = FT_SHAPE, .shape = &interview_in, .doc = "The interview's clock" },
    CONFIRMED,
};
SHAPE(takes_group_register, "group_register", group_register_in);

static const Field member_out_fields[] = {
    { "key", .type = FT_TEXT, .doc = "Name of the row in the form" },
    RECORD_ID("person", "person"),
    { "number", .like = "person.number" },
};
static SHAPE(member_out, "member_registered", member_out_fields);

static const Field group_register_out[] = {
    RECORD_ID("group", "registration_group"),
    { "number", .like = "registration_group.number" },
    LIST_OF("members", member_out, GROUP_MEMBERS_MAX, "The people, in the order of the form"),
};
SHAPE(returns_group_register, "group_registered", group_register_out);

/* ---- changing ----------------------------------------------------------------------------------- */

static const Field person_correct_in[] = {
    RECORD_ID("id", "person"),
    BASE,
    { "fields", .type = FT_SHAPE, .shape = &person_fields, .flags = FF_REQUIRED,
      .doc = "What changes; null: unknown again" },
    REASON_OF("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_person_correct, "person_correct", person_correct_in);

static const Field group_correct_in[] = {
    RECORD_ID("id", "registration_group"),
    BASE,
    { "fields", .type = FT_SHAPE, .shape = &group_fields, .flags = FF_REQUIRED,
      .doc = "What changes; null: unknown again" },
    REASON_OF("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_group_correct, "group_correct", group_correct_in);

static const Field id_out[] = {
    { "id", .type = FT_REF, .doc = "Id of the record" },
};
SHAPE(returns_id, "record_id", id_out);

static const Field group_void_in[] = {
    RECORD_ID("id", "registration_group"),
    REASON_NEEDED("void_reason"),
    REASON_TEXT,
};
SHAPE(takes_group_void, "group_void", group_void_in);

static const Field person_void_in[] = {
    RECORD_ID("id", "person"),
    REASON_NEEDED("void_reason"),
    REASON_TEXT,
};
SHAPE(takes_person_void, "person_void", person_void_in);

static const Field voided_out[] = {
    { "voided", .type = FT_INT, .doc = "Number of records that no longer count" },
};
SHAPE(returns_voided, "voided", voided_out);

#define CHILD_KIND                                                                                 \
    {                                                                                              \
        "kind", .type = FT_TEXT, .max = 40, .flags = FF_REQUIRED,                                  \
                .doc = "name, phone, document, specific_need, consent or photo"                    \
    }
#define ANY_ID                                                                                     \
    { "id", .type = FT_REF, .flags = FF_REQUIRED, .doc = "Id of the record" }

static const Field record_add_in[] = {
    CHILD_KIND,
    { "fields", .type = FT_JSON, .flags = FF_REQUIRED, .doc = "Fields, with the person's id" },
};
SHAPE(takes_record_add, "record_add", record_add_in);

static const Field record_correct_in[] = {
    CHILD_KIND,
    ANY_ID,
    BASE,
    { "fields", .type = FT_JSON, .flags = FF_REQUIRED, .doc = "What changes" },
    REASON_OF("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_record_correct, "record_correct", record_correct_in);

static const Field record_void_in[] = {
    CHILD_KIND,
    ANY_ID,
    REASON_NEEDED("void_reason"),
    REASON_TEXT,
};
SHAPE(takes_record_void, "record_void", record_void_in);

static const Field record_restore_in[] = {
    CHILD_KIND,
    ANY_ID,
    REASON_OF("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_record_restore, "record_restore", record_restore_in);

/* ---- families ------------------------------------------------------------------------------------- */

static const Field relationship_in_fields[] = {
    RECORD_ID("person", "person"),
    { "relationship", .like = "membership.relationship", .flags = FF_REQUIRED },
};
static SHAPE(relationship_in, "relationship_in", relationship_in_fields);

static const Field member_move_in[] = {
    RECORD_ID("person", "person"),
    RECORD_ID("to_group", "registration_group"),
    { "relationship", .like = "membership.relationship", .flags = FF_REQUIRED },
    { "date", .like = "membership.from_date" },
    REASON_NEEDED("move_reason"),
    REASON_TEXT,
};
SHAPE(takes_member_move, "member_move", member_move_in);

static const Field member_move_out[] = {
    RECORD_ID("membership", "membership"),
};
SHAPE(returns_member_move, "member_moved", member_move_out);

static const Field member_split_in[] = {
    { "persons", .type = FT_REF, .kind = "person", .flags = FF_LIST | FF_REQUIRED, .min = 1,
      .max = GROUP_MEMBERS_MAX, .doc = "Those who leave together" },
    LIST_OF("relationships", relationship_in, GROUP_MEMBERS_MAX, "To the new focal point"),
    RECORD_ID("focal_point", "person"),
    { "group", .type = FT_SHAPE, .shape = &group_fields,
      .doc = "Fields of the new group that differ from the old one's" },
    { "date", .like = "membership.from_date" },
    REASON_NEEDED("move_reason"),
    REASON_TEXT,
};
SHAPE(takes_member_split, "member_split", member_split_in);

static const Field member_split_out[] = {
    RECORD_ID("group", "registration_group"),
    { "number", .like = "registration_group.number" },
};
SHAPE(returns_member_split, "group_split", member_split_out);

static const Field set_focal_point_in[] = {
    RECORD_ID("group", "registration_group"),
    RECORD_ID("person", "person"),
    LIST_OF("relationships", relationship_in, GROUP_MEMBERS_MAX,
            "To the new focal point; what family links tell may be left out"),
    REASON_NEEDED("move_reason"),
    REASON_TEXT,
};
SHAPE(takes_set_focal_point, "group_set_focal_point", set_focal_point_in);

static const Field presence_in[] = {
    { "membership", .type = FT_REF, .kind = "membership", .doc = "The membership" },
    { "person", .type = FT_REF, .kind = "person", .doc = "Or the person: the present one" },
    { "presence", .like = "membership.presence", .flags = FF_REQUIRED },
};
SHAPE(takes_presence, "member_presence", presence_in);

/* ---- undoing, resolving, erasing ---------------------------------------------------------------- */

static const Field undo_in[] = {
    { "act", .type = FT_REF, .flags = FF_REQUIRED, .doc = "Id of the act" },
    REASON_NEEDED("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_undo, "act_undo", undo_in);

static const Field touched_fields[] = {
    { "kind", .type = FT_TEXT, .doc = "Kind of record" },
    { "id", .type = FT_REF, .doc = "Id of the record" },
    { "field", .type = FT_TEXT, .doc = "Name of the field" },
};
static SHAPE(touched, "touched_field", touched_fields);

static const Field undo_out[] = {
    LIST_OF("restored", touched, 10000, "Fields that have their old value again"),
    LIST_OF("moved_on", touched, 10000, "Fields changed since, which stay as they are"),
};
SHAPE(returns_undo, "act_undone", undo_out);

static const Field resolve_in[] = {
    { "kind", .type = FT_TEXT, .max = 40, .flags = FF_REQUIRED, .doc = "Kind of record" },
    ANY_ID,
    { "field", .type = FT_TEXT, .max = 40, .flags = FF_REQUIRED, .doc = "Name of the field" },
    { "value", .type = FT_JSON, .doc = "What holds from now on; null: unknown" },
    REASON_NEEDED("correction_reason"),
    REASON_TEXT,
};
SHAPE(takes_resolve, "conflict_resolve", resolve_in);

static const Field erase_in[] = {
    RECORD_ID("id", "person"),
    REASON_NEEDED("erase_reason"),
};
SHAPE(takes_erase, "person_erase", erase_in);

/* ---- drafts --------------------------------------------------------------------------------------- */

static const Field draft_save_in[] = {
    ANY_ID,
    { "title", .type = FT_TEXT, .max = 200, .flags = FF_PERSONAL, .doc = "What lists show" },
    { "state", .type = FT_TEXT, .max = 10, .flags = FF_REQUIRED, .doc = "active or parked" },
    { "data", .type = FT_JSON, .flags = FF_REQUIRED, .doc = "The form as it stands, any JSON" },
};
SHAPE(takes_draft_save, "draft_save", draft_save_in);

static const Field draft_id_in[] = { ANY_ID };
SHAPE(takes_draft_id, "draft_id", draft_id_in);

static const Field hand_over_in[] = { ANY_ID, RECORD_ID("user", "user") };
SHAPE(takes_hand_over, "draft_hand_over", hand_over_in);

static const Field draft_list_in[] = {
    { "whose", .type = FT_TEXT, .max = 10, .doc = "mine, or desk: those parked at the office" },
};
SHAPE(takes_draft_list, "draft_list", draft_list_in);

#define DRAFT_HEAD                                                                                 \
    { "id", .type = FT_REF, .doc = "Id of the draft" },                                            \
        { "title", .type = FT_TEXT, .max = 200, .doc = "What lists show" },                        \
        { "state", .type = FT_TEXT, .doc = "active or parked" },                                   \
        { "owner", .type = FT_REF, .doc = "Id of the user whose interview it is" },                \
        { "owner_name", .type = FT_TEXT, .doc = "Their name" }, {                                  \
        "saved_at", .type = FT_TIME, .doc = "When it was last saved"                               \
    }

static const Field draft_row_fields[] = { DRAFT_HEAD };
static SHAPE(draft_row, "draft_row", draft_row_fields);
static const Field draft_list_out[] = { LIST_OF("rows", draft_row, 10000, "Newest first") };
SHAPE(returns_draft_list, "draft_rows", draft_list_out);

static const Field draft_get_out[] = { DRAFT_HEAD, { "data", .type = FT_JSON, .doc = "The form" } };
SHAPE(returns_draft_get, "draft", draft_get_out);

static const Field colleague_fields[] = {
    { "id", .type = FT_REF, .doc = "Id of the user" },
    { "name", .type = FT_TEXT, .max = 200, .doc = "Their name" },
};
static SHAPE(colleague, "colleague", colleague_fields);
static const Field colleagues_out[] = {
    LIST_OF("rows", colleague, COLLEAGUES_MAX, "Those who may register at the actor's office"),
};
SHAPE(returns_colleagues, "colleagues", colleagues_out);

/* ---- reading -------------------------------------------------------------------------------------- */

static const Field search_in[] = {
    { "q", .type = FT_TEXT, .max = 200, .flags = FF_PERSONAL,
      .doc = "Name in any script, number, telephone or its last four digits, paper" },
    { "limit", .type = FT_INT, .min = 1, .max = 50, .doc = "Lines wanted; 20 when left out" },
};
SHAPE(takes_search, "person_search", search_in);

static const Field search_out[] = {
    LIST_OF("rows", person_line_shape, 50, "Best first"),
    { "searched", .type = FT_INT, .doc = "Records looked at" },
    { "total", .type = FT_INT, .doc = "Persons in reach, where it is known" },
    { "more", .type = FT_BOOL, .doc = "Whether others may match too" },
};
SHAPE(returns_search, "person_lines", search_out);

static const Field person_id_in[] = { RECORD_ID("id", "person") };
SHAPE(takes_person_id, "person_id", person_id_in);
static const Field group_id_in[] = { RECORD_ID("id", "registration_group") };
SHAPE(takes_group_id, "group_id", group_id_in);

static const Field relative_fields[] = {
    { "relation", .type = FT_TEXT, .doc = "mother, father, spouse, caregiver, child, dependant" },
    { "id", .type = FT_REF, .kind = "person", .doc = "Id of the relative" },
    { "name", .type = FT_TEXT, .max = 1000, .doc = "Name of the relative" },
};
static SHAPE(relative, "relative", relative_fields);

static const Field person_file_out[] = {
    RECORDS("person", "The person's record"),
    RECORDS("groups", "Pairs of membership and group, the present one last"),
    RECORDS("names", "Other names and old numbers"),
    RECORDS("phones", "Telephone numbers"),
    RECORDS("documents", "Papers"),
    RECORDS("consents", "Answers to purposes of use"),
    RECORDS("needs", "Specific needs, for those who may see them"),
    { "need_count", .type = FT_INT, .doc = "How many needs there are, for those who may not" },
    RECORDS("photos", "Photographs"),
    LIST_OF("relatives", relative, 1000, "Registered relatives"),
    RECORDS("conflicts", "Fields with several values that a person must choose from"),
};
SHAPE(returns_person_file, "person_file", person_file_out);

static const Field group_file_out[] = {
    RECORDS("group", "The group's record"),
    RECORDS("members", "Pairs of membership and person, the focal point first"),
    RECORDS("former_members", "Those who have left"),
    RECORDS("interviews", "Clocks of the interviews"),
    RECORDS("conflicts", "Fields with several values that a person must choose from"),
};
SHAPE(returns_group_file, "group_file", group_file_out);

static const Field as_of_in[] = {
    RECORD_ID("id", "person"),
    { "at", .type = FT_TIME, .flags = FF_REQUIRED, .doc = "The moment" },
};
SHAPE(takes_as_of, "person_as_of", as_of_in);

static const Field history_in[] = {
    { "subject", .type = FT_REF, .flags = FF_REQUIRED, .doc = "Id of a person or of a group" },
    { "kind", .type = FT_TEXT, .max = 40, .doc = "Only changes of this kind of record" },
};
SHAPE(takes_history, "record_history", history_in);
static const Field history_out[] = { RECORDS("entries", "Acts, newest first") };
SHAPE(returns_history, "history", history_out);

static const Field check_member_fields[] = {
    { "given_name", .like = "person.given_name" },
    { "father_name", .like = "person.father_name" },
    { "grandfather_name", .like = "person.grandfather_name" },
    { "family_name", .like = "person.family_name" },
    { "given_name_local", .like = "person.given_name_local" },
    { "father_name_local", .like = "person.father_name_local" },
    { "grandfather_name_local", .like = "person.grandfather_name_local" },
    { "family_name_local", .like = "person.family_name_local" },
    { "birth_date", .like = "person.birth_date" },
    { "sex", .like = "person.sex" },
    { "numbers", .type = FT_TEXT, .max = 40, .flags = FF_LIST,
      .doc = "Registration numbers shown" },
    { "phones", .type = FT_TEXT, .max = 40, .flags = FF_LIST, .doc = "Telephone numbers" },
    { "documents", .type = FT_TEXT, .max = 40, .flags = FF_LIST, .doc = "Numbers of papers" },
};
static SHAPE(check_member, "check_member", check_member_fields);
static const Field check_in[] = {
    { "members", .type = FT_SHAPE, .shape = &check_member, .flags = FF_LIST | FF_REQUIRED,
      .max = GROUP_MEMBERS_MAX, .doc = "The form as far as it is filled" },
};
SHAPE(takes_check, "registration_check", check_in);
static const Field check_out[] = {
    RECORDS("matches", "Lines with the member's place and reasons"),
    { "more", .type = FT_BOOL, .doc = "Whether others may match too" },
};
SHAPE(returns_check, "matches", check_out);

static const Field date_in[] = {
    { "text", .type = FT_TEXT, .max = DATE_ENTRY_BYTES_MAX, .flags = FF_PERSONAL,
      .doc = "An age, a year or a date as typed" },
    { "calendar", .type = FT_CODE, .codes = "calendar", .doc = "Preferred; empty: the office's" },
};
SHAPE(takes_date, "date_text", date_in);
static const Field shown_fields[] = {
    { "calendar", .type = FT_TEXT, .doc = "gregorian, solar or lunar" },
    { "text", .type = FT_TEXT, .doc = "In words and digits of the language" },
};
static SHAPE(shown, "date_shown", shown_fields);
#define READING                                                                                    \
    { "day", .type = FT_DATE, .doc = "What is stored" },                                           \
        { "first", .type = FT_DATE, .doc = "First day it can be" },                                \
        { "last", .type = FT_DATE, .doc = "Last day it can be" },                                  \
        { "precision", .type = FT_TEXT, .doc = "exact, month, year or age" },                      \
        { "calendar", .type = FT_TEXT, .doc = "Calendar it was read in" },                         \
        LIST_OF("shown", shown, CAL_N, "The same in each calendar"),                               \
        { "age", .type = FT_INT, .doc = "Completed years today, the least possible" },             \
        { "age_max", .type = FT_INT, .doc = "The most possible" }, {                               \
        "age_months", .type = FT_INT, .doc = "Completed months, under two years"                   \
    }
static const Field reading_fields[] = { READING };
static SHAPE(reading, "date_reading", reading_fields);
static const Field date_out[] = {
    READING,
    LIST_OF("alternatives", reading, DATE_ENTRY_ALTS_MAX, "Other possible readings"),
};
SHAPE(returns_date, "date_understood", date_out);

const Shape takes_nothing = { .name = "nothing" };

static const Field conflict_place_fields[] = {
    { "kind", .type = FT_TEXT, .max = 40, .doc = "person or registration_group" },
    ANY_ID,
    { "number", .like = "person.number" },
    { "name", .type = FT_TEXT, .max = 1000, .doc = "Name of the person" },
};
static SHAPE(conflict_place, "conflict_place", conflict_place_fields);
static const Field mine_fields[] = {
    { "drafts", .type = FT_INT, .doc = "My open interviews" },
    { "parked", .type = FT_INT, .doc = "My parked interviews" },
    { "conflicts", .type = FT_INT, .doc = "Records a person must decide on" },
    LIST_OF("first_conflicts", conflict_place, 10, "Where the first of them are decided"),
    { "imports", .type = FT_INT, .doc = "Imports waiting for approval" },
};
static SHAPE(mine, "home_mine", mine_fields);
static const Field day_count_fields[] = {
    { "day", .type = FT_DATE, .doc = "Day" },
    { "n", .type = FT_INT, .doc = "People registered" },
};
static SHAPE(day_count, "day_count", day_count_fields);
static const Field band_fields[] = {
    { "band", .type = FT_TEXT, .doc = "Ages" },
    { "f", .type = FT_INT, .doc = "Women and girls" },
    { "m", .type = FT_INT, .doc = "Men and boys" },
};
static SHAPE(band, "age_band", band_fields);
#define PYRAMID                                                                                    \
    LIST_OF("pyramid", band, 10, "By age and sex"), {                                              \
        "pyramid_at", .type = FT_TIME, .doc = "When they were counted"                             \
    }
static const Field count_out[] = { PYRAMID };
SHAPE(returns_people_count, "people_counted", count_out);
static const Field place_fields[] = {
    { "people", .type = FT_INT, .doc = "Persons in reach" },
    { "groups", .type = FT_INT, .doc = "Groups in reach" },
    { "today_people", .type = FT_INT, .doc = "Persons registered today" },
    LIST_OF("by_day", day_count, 31, "The last thirty days"),
    PYRAMID,
    { "pyramid_capped", .type = FT_BOOL,
      .doc = "There are too many to count them at once: a task is at it, ask again later" },
};
static SHAPE(place, "home_place", place_fields);
static const Field home_out[] = {
    { "mine", .type = FT_SHAPE, .shape = &mine, .doc = "What waits for me" },
    { "place", .type = FT_SHAPE, .shape = &place, .doc = "The pulse of the place" },
};
SHAPE(returns_home, "home", home_out);
