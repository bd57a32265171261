/* kinds.c: the control records: offices, users, roles, grants, lists, custom fields, views.
 *
 * They lie in the control lane, which every node of the operation holds whole. Numbers are in the
 * ledger: never reuse, never renumber. */
#include "domain/admin/admin.h"

#include "base/banned.h"

enum { LABEL_MAX = 200, IDENTIFIER_MAX = 60 };

#define LABELS(first)                                                                              \
    { "label_en",       .no = (first),        .type = FT_TEXT,                                     \
      .max = LABEL_MAX, .ask = ASK_EMERGENCY, .doc = "Label in English" },                         \
        { "label_fr",       .no = (first) + 1,    .type = FT_TEXT,                                 \
          .max = LABEL_MAX, .ask = ASK_EMERGENCY, .doc = "Label in French" },                      \
        { "label_fa",       .no = (first) + 2,    .type = FT_TEXT,                                 \
          .max = LABEL_MAX, .ask = ASK_EMERGENCY, .doc = "Label in Dari" },                        \
        { "label_ps",       .no = (first) + 3,    .type = FT_TEXT,                                 \
          .max = LABEL_MAX, .ask = ASK_EMERGENCY, .doc = "Label in Pashto" },                      \
    {                                                                                              \
        "label_ar", .no = (first) + 4, .type = FT_TEXT, .max = LABEL_MAX, .ask = ASK_EMERGENCY,    \
                    .doc = "Label in Arabic"                                                       \
    }

static const Field office_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .min = 3, .max = 3,
      .flags = FF_REQUIRED | FF_NATURAL | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .rule = "length(code) = 3", .rule_message = "error.office.code",
      .doc = "Three letters or digits: the first part of the registration numbers it gives out" },
    { "name", .no = 3, .type = FT_TEXT, .max = LABEL_MAX, .flags = FF_REQUIRED | FF_SORT,
      .ask = ASK_EMERGENCY, .doc = "Name shown where there is none in the language" },
    { "type", .no = 4, .type = FT_CODE, .codes = "office_type", .ask = ASK_EMERGENCY,
      .doc = "Country office, sub-office, field office, border point, partner" },
    { "parent", .no = 5, .type = FT_REF, .kind = "office", .flags = FF_INDEXED,
      .ask = ASK_EMERGENCY, .doc = "The office above it; grants there reach down to here" },
    { "country", .no = 6, .type = FT_CODE, .codes = "country", .ask = ASK_EMERGENCY,
      .doc = "Country in which it works" },
    { "utc_offset_minutes", .no = 7, .type = FT_INT, .min = -720, .max = 840, .ask = ASK_EMERGENCY,
      .doc = "Local time less UTC, in minutes: its today() follows" },
    { "calendar", .no = 8, .type = FT_CODE, .codes = "calendar", .ask = ASK_EMERGENCY,
      .doc = "Calendar in which people here say their dates" },
    { "language", .no = 9, .type = FT_CODE, .codes = "interface_language", .ask = ASK_EMERGENCY,
      .doc =
          "Language of new accounts; that of the office under no other gives the order of names, "
          "from the next start" },
    { "dial_code", .no = 10, .type = FT_TEXT, .max = 6, .ask = ASK_EMERGENCY,
      .doc = "Country calling code, digits only, for telephone numbers without one" },
    LABELS(11),
};

static const Field user_fields[] = {
    { "login", .no = 2, .type = FT_TEXT, .max = IDENTIFIER_MAX,
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "What the user types to sign in; one account a person, never shared" },
    { "name", .no = 3, .type = FT_TEXT, .max = LABEL_MAX,
      .flags = FF_REQUIRED | FF_PERSONAL | FF_SORT, .ask = ASK_EMERGENCY,
      .doc = "Name, as colleagues know it" },
    { "office", .no = 4, .type = FT_REF, .kind = "office", .flags = FF_REQUIRED | FF_INDEXED,
      .ask = ASK_EMERGENCY, .doc = "Where the user sits: new records belong there" },
    { "language", .no = 5, .type = FT_CODE, .codes = "interface_language", .ask = ASK_EMERGENCY,
      .doc = "Language of the screens" },
    { "status", .no = 6, .type = FT_CODE, .codes = "user_status", .flags = FF_INDEXED,
      .doc = "Active or suspended" },
    { "password_hash", .no = 7, .type = FT_TEXT, .max = 200, .flags = FF_HIDDEN | FF_PERSONAL,
      .doc = "Argon2id hash, PHC form" },
    { "must_change_password", .no = 8, .type = FT_BOOL, .flags = FF_HIDDEN,
      .doc = "The next sign-in asks for a new password" },
    { "ends_on", .no = 9, .type = FT_DATE, .ask = ASK_EMERGENCY,
      .doc = "Last day of the contract: the account ends by itself" },
};

static const Field role_fields[] = {
    { "code", .no = 2, .type = FT_TEXT, .max = IDENTIFIER_MAX,
      .flags = FF_REQUIRED | FF_NATURAL | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "Short name that stays" },
    { "name", .no = 3, .type = FT_TEXT, .max = LABEL_MAX, .flags = FF_REQUIRED | FF_SORT,
      .ask = ASK_EMERGENCY, .doc = "Name shown where there is none in the language" },
    { "permissions", .no = 4, .type = FT_SET, .codes = "permission", .ask = ASK_EMERGENCY,
      .doc = "What the role may do" },
    { "lanes", .no = 5, .type = FT_SET, .codes = "lane", .ask = ASK_EMERGENCY,
      .doc = "Which kinds of data it may do it with" },
    LABELS(6),
};

static const Field grant_fields[] = {
    { "user", .no = 2, .type = FT_REF, .kind = "user", .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED,
      .ask = ASK_EMERGENCY, .doc = "Who" },
    { "role", .no = 3, .type = FT_REF, .kind = "role", .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED,
      .ask = ASK_EMERGENCY, .doc = "May do what" },
    { "office", .no = 4, .type = FT_REF, .kind = "office",
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "Where, with the offices under it" },
    { "until", .no = 5, .type = FT_DATE, .ask = ASK_EMERGENCY,
      .doc = "Last day it holds; empty: until taken back" },
};

static const Field code_entry_fields[] = {
    { "list", .no = 2, .type = FT_TEXT, .max = IDENTIFIER_MAX,
      .flags = FF_REQUIRED | FF_NATURAL | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "Name of the code list" },
    { "code", .no = 3, .type = FT_TEXT, .max = IDENTIFIER_MAX,
      .flags = FF_REQUIRED | FF_NATURAL | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "The code; its meaning never changes" },
    { "parent", .no = 4, .type = FT_TEXT, .max = IDENTIFIER_MAX, .ask = ASK_EMERGENCY,
      .doc = "Code of the category it stands under" },
    LABELS(5),
    { "withdrawn", .no = 10, .type = FT_BOOL, .ask = ASK_EMERGENCY,
      .doc = "No longer offered; records that have it keep it" },
    { "position", .no = 11, .type = FT_INT, .min = 0, .max = 100000, .ask = ASK_EMERGENCY,
      .doc = "Place in the list" },
};

static const Field custom_field_fields[] = {
    { "on_kind", .no = 2, .type = FT_TEXT, .max = IDENTIFIER_MAX,
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .ask = ASK_EMERGENCY,
      .doc = "Kind of record that gets the field" },
    { "name", .no = 3, .type = FT_TEXT, .max = IDENTIFIER_MAX, .flags = FF_REQUIRED | FF_FIXED,
      .ask = ASK_EMERGENCY, .doc = "Name in expressions and files: letters, digits, _" },
    { "type", .no = 4, .type = FT_CODE, .codes = "field_type", .flags = FF_REQUIRED | FF_FIXED,
      .ask = ASK_EMERGENCY, .doc = "What it holds" },
    { "codes", .no = 5, .type = FT_TEXT, .max = IDENTIFIER_MAX, .ask = ASK_EMERGENCY,
      .doc = "Code list, for codes and sets of codes" },
    { "max", .no = 6, .type = FT_INT, .min = 1, .max = 4000, .ask = ASK_EMERGENCY,
      .doc = "Longest text, bytes; largest number" },
    { "ask", .no = 7, .type = FT_CODE, .codes = "ask_level", .ask = ASK_EMERGENCY,
      .doc = "Registration level from which it is asked" },
    { "lane", .no = 8, .type = FT_CODE, .codes = "lane", .flags = FF_FIXED, .ask = ASK_EMERGENCY,
      .doc = "Who may see it; empty: as the kind" },
    LABELS(9),
};

static const Field number_block_fields[] = {
    { "office", .no = 2, .type = FT_REF, .kind = "office",
      .flags = FF_REQUIRED | FF_FIXED | FF_INDEXED, .doc = "Office whose numbers they are" },
    { "series", .no = 3, .type = FT_TEXT, .max = IDENTIFIER_MAX, .flags = FF_REQUIRED | FF_FIXED,
      .doc = "What is numbered, and the year" },
    { "first", .no = 4, .type = FT_INT, .min = 1, .max = 99999999, .flags = FF_REQUIRED | FF_FIXED,
      .doc = "First number of the block" },
    { "last", .no = 5, .type = FT_INT, .min = 1, .max = 99999999, .flags = FF_REQUIRED | FF_FIXED,
      .rule = "first <= last", .rule_message = "error.block.empty",
      .doc = "Last number of the block" },
    { "node", .no = 6, .type = FT_TEXT, .max = 64, .flags = FF_REQUIRED | FF_FIXED,
      .doc = "The node and incarnation that may give them out" },
};

static const Field erasure_fields[] = {
    { "target", .no = 2, .type = FT_TEXT, .max = 64, .flags = FF_REQUIRED | FF_FIXED,
      .doc = "Id of the record whose keys were destroyed" },
    { "reason", .no = 3, .type = FT_CODE, .codes = "erase_reason", .flags = FF_REQUIRED | FF_FIXED,
      .doc = "The legal reason" },
};

static const Field saved_view_fields[] = {
    { "name", .no = 2, .type = FT_TEXT, .max = LABEL_MAX, .flags = FF_REQUIRED | FF_SORT,
      .ask = ASK_EMERGENCY, .doc = "Name of the view" },
    { "owner", .no = 3, .type = FT_REF, .kind = "user", .flags = FF_REQUIRED | FF_INDEXED,
      .doc = "Who keeps it" },
    { "on_kind", .no = 4, .type = FT_TEXT, .max = IDENTIFIER_MAX, .flags = FF_REQUIRED | FF_FIXED,
      .ask = ASK_EMERGENCY, .doc = "Kind of record it lists" },
    { "expression", .no = 5, .type = FT_TEXT, .max = 4096, .flags = FF_LONG, .ask = ASK_EMERGENCY,
      .doc = "Condition; empty: all" },
    { "order", .no = 6, .type = FT_TEXT, .max = IDENTIFIER_MAX + 1, .ask = ASK_EMERGENCY,
      .doc = "Field to order by; a leading - turns it round" },
    { "columns", .no = 7, .type = FT_TEXT, .max = 1000, .ask = ASK_EMERGENCY,
      .doc = "Fields shown, separated by commas" },
    { "shared", .no = 8, .type = FT_BOOL, .ask = ASK_EMERGENCY,
      .doc = "Offered to all who may see the kind" },
};

static const Kind office = {
    .name = "office",
    .no = 1,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(office_fields),
    .title = "name",
    .doc = "A place of work: unit of access, of numbers, of the calendar and the clock",
};

static const Kind user = {
    .name = "user",
    .no = 2,
    .subject_rule = SUBJECT_SELF,
    .lane = LANE_CONTROL,
    FIELDS(user_fields),
    .title = "name",
    .doc = "An account; one person each",
};

static const Kind role = {
    .name = "role",
    .no = 3,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(role_fields),
    .title = "name",
    .doc = "A set of permissions and of lanes, granted at offices",
};

static const Kind grant = {
    .name = "grant",
    .no = 4,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(grant_fields),
    .title = "role",
    .doc = "One role for one user at one office and below",
};

static const Kind code_entry = {
    .name = "code_entry",
    .no = 5,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(code_entry_fields),
    .title = "label_en",
    .doc = "An operation's own code in a list, or its own label for a built-in one",
};

static const Kind custom_field = {
    .name = "custom_field",
    .no = 6,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(custom_field_fields),
    .title = "name",
    .doc = "A field the operation added to a kind",
};

static const Kind number_block = {
    .name = "number_block",
    .no = 7,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(number_block_fields),
    .title = "series",
    .doc = "Registration numbers granted to one node to give out",
};

static const Kind erasure = {
    .name = "erasure",
    .no = 8,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(erasure_fields),
    .title = "target",
    .doc = "That a record was lawfully erased, when and why; never what it said",
};

static const Kind saved_view = {
    .name = "saved_view",
    .no = 9,
    .subject_rule = SUBJECT_NONE,
    .lane = LANE_CONTROL,
    FIELDS(saved_view_fields),
    .title = "name",
    .doc = "A list with its condition, order and columns, kept under a name",
};

const Kind *const admin_kinds[ADMIN_KINDS] = {
    &office, &user, &role, &grant, &code_entry, &custom_field, &number_block, &erasure, &saved_view,
};
