/* ops.c: the kind and the table of operations. Numbers are in the ledger: never reuse them. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

static const Field batch_fields[] = {
    { "file_name", .no = 2, .type = FT_TEXT, .max = 200, .doc = "Name of the file as it came" },
    { "kind", .no = 3, .type = FT_TEXT, .max = 40, .doc = "What its rows are: person" },
    { "rows", .no = 4, .type = FT_INT, .doc = "Rows of the file, without the header" },
    { "rows_good", .no = 9, .type = FT_INT, .doc = "Rows that were taken into the batch" },
    { "families", .no = 10, .type = FT_INT, .doc = "Families they make" },
    { "doubles", .no = 11, .type = FT_INT,
      .doc = "Rows that looked like somebody in the list or in the register" },
    { "rows_changed", .no = 12, .type = FT_INT,
      .doc = "Rows that say something else of somebody who is there" },
    { "corrections", .no = 13, .type = FT_INT, .doc = "Values they offered to correct" },
    { "corrected", .no = 14, .type = FT_INT, .doc = "Values it has corrected" },
    { "state", .no = 5, .type = FT_CODE, .codes = "import_state", .flags = FF_INDEXED,
      .merge = MERGE_MUST_RESOLVE, .doc = "Staged, approved, refused, taken back" },
    { "approved_by", .no = 6, .type = FT_REF, .kind = "user", .doc = "Who approved it" },
    { "made", .no = 7, .type = FT_INT, .doc = "Persons it has made" },
    { "file_hash", .no = 8, .type = FT_TEXT, .max = 64, .flags = FF_INDEXED,
      .doc = "SHA-256 of the file: the same file is not taken twice" },
};

static const Kind batch = {
    .name = "import_batch",
    .no = 30,
    .subject_rule = SUBJECT_SELF,
    .lane = LANE_CORE,
    FIELDS(batch_fields),
    .title = "file_name",
    .doc = "A list of people brought in from elsewhere, as one batch that is decided on",
};

const Kind *const importing_kinds[IMPORTING_KINDS] = { &batch };

/* ---- shapes ----------------------------------------------------------------------------------------- */

#define SHAPE(variable, title, table)                                                              \
    static const Shape variable = { .name = (title), FIELDS(table) }
#define ANYTHING(field, text)                                                                      \
    { field, .type = FT_JSON, .doc = (text) }
#define COUNT(field, text)                                                                         \
    { field, .type = FT_INT, .doc = (text) }
#define BATCH_IN                                                                                   \
    { "batch", .type = FT_REF, .kind = "import_batch", .flags = FF_REQUIRED, .doc = "The batch" }
#define BATCH_OUT                                                                                  \
    { "batch", .type = FT_REF, .kind = "import_batch", .doc = "The batch" }
#define REASON                                                                                     \
    { "reason", .type = FT_CODE, .codes = "void_reason", .flags = FF_REQUIRED, .doc = "Why" }, {   \
        "reason_text", .type = FT_TEXT, .max = 1000, .flags = FF_PERSONAL | FF_LONG,               \
                       .doc = "Why, in words"                                                      \
    }

static const Field stage_in[] = {
    { "file_name", .type = FT_TEXT, .max = 200, .doc = "Name of the file" },
    { "text", .type = FT_TEXT, .max = (int64_t)IMPORT_BYTES_MAX * 4 / 3 + 16, .flags = FF_PERSONAL,
      .doc = "The file's bytes in base64" },
    { "blob", .type = FT_BLOB, .doc = "Or the name of bytes sent before" },
    { "kind", .type = FT_TEXT, .max = 40, .doc = "What the rows are: person (the default)" },
    { "profile", .type = FT_TEXT, .max = 80, .doc = "Name of a saved mapping and value map" },
    { "save_profile", .type = FT_TEXT, .max = 80,
      .doc = "Name under which this reading is saved for the next list of the source" },
    ANYTHING("mapping", "What columns are: {header: field}, null to leave out; others are guessed"),
    ANYTHING("values", "What values mean: {field or header: {value: code}}; \"\" to leave out"),
    { "dry_run", .type = FT_BOOL, .doc = "Check only, keep nothing" },
};
SHAPE(takes_stage, "import_stage", stage_in);

static const Field stage_out[] = {
    BATCH_OUT,
    { "repeated", .type = FT_BOOL, .doc = "This very file had been brought in already" },
    { "state", .type = FT_TEXT, .doc = "State of that batch" },
    COUNT("rows", "Rows of the file"),
    COUNT("good", "Rows that can be taken"),
    COUNT("failed", "Rows with an error"),
    COUNT("held", "Good rows of a family with a wrong one"),
    COUNT("again", "Rows that an earlier batch has brought in already, left out"),
    COUNT("changed", "Rows that would correct somebody who is there"),
    COUNT("n_corrections", "Values they would correct, listed or not"),
    ANYTHING("corrections", "[{n, person, name, number, row, line, kind, field, was, now, earlier, "
                            "moved, marked}]: changed in the register since the list said "
                            "something: moved and not marked"),
    COUNT("families", "Families the good rows make"),
    COUNT("doubles", "Times that a row looked like somebody else in the list or the register"),
    COUNT("made", "Persons the batch has made"),
    COUNT("n_errors", "Errors, listed or not"),
    COUNT("n_warnings", "Warnings, listed or not"),
    COUNT("not_listed", "How many of both are not listed"),
    ANYTHING("errors", "[{row, line, column, value, key, message, remedy, severity}]"),
    ANYTHING("values", "[{column, field, value, n}]: values no code was found for"),
    ANYTHING("mapping", "{column: field or null}"),
    ANYTHING("preview", "The first rows as they were read, by field"),
};
SHAPE(returns_stage, "import_staged", stage_out);

static const Field look_in[] = {
    BATCH_IN,
    { "from", .type = FT_INT, .min = 0, .max = INT32_MAX, .doc = "First family wanted, from 0" },
    { "corrections_from", .type = FT_INT, .min = 0, .max = INT32_MAX,
      .doc = "First correction wanted, from 0" },
};
SHAPE(takes_look, "import_look", look_in);
static const Field look_out[] = {
    BATCH_OUT,
    ANYTHING("fields", "The batch's record"),
    ANYTHING("families", "[{input, rows}]: what will be registered, and from what; while staged"),
    { "begun", .type = FT_BOOL, .doc = "Its approval has begun" },
    COUNT("next", "Number of the family after these"),
    ANYTHING("corrections", "As import.stage lists them, those that the reader may see; present: "
                            "what the register says now; stale: it has changed since the list "
                            "was checked, and will not be corrected"),
    COUNT("n_corrections", "All of them"),
    COUNT("corrections_next", "Number of the correction after these"),
};
SHAPE(returns_look, "import_seen", look_out);

static const Field approve_in[] = {
    BATCH_IN,
    { "corrections", .type = FT_TEXT, .max = 10,
      .doc = "Corrections to be made: marked, or none (the default)" },
    ANYTHING("corrections_but", "[n]: numbers of those for which it is the other way round"),
};
SHAPE(takes_approve, "import_approve", approve_in);
static const Field approve_out[] = {
    BATCH_OUT,
    COUNT("made", "Persons made"),
    COUNT("failed", "Families that could not be registered"),
    COUNT("corrected", "Values corrected"),
    COUNT("corrections_left", "Values left as they were, refused ones among them"),
    COUNT("corrections_refused", "Corrections refused: listed among the errors"),
    ANYTHING("errors", "Why: as import.stage lists them"),
    { "repeated", .type = FT_BOOL, .doc = "It had been approved before" },
};
SHAPE(returns_approve, "import_approved", approve_out);

static const Field decide_in[] = { BATCH_IN, REASON };
SHAPE(takes_decide, "import_decide", decide_in);
static const Field refuse_out[] = { BATCH_OUT };
SHAPE(returns_refuse, "import_refused", refuse_out);

static const Field take_back_out[] = {
    BATCH_OUT,
    COUNT("voided", "Persons that no longer count"),
    COUNT("undone", "Corrections that were undone"),
    COUNT("n_stays", "What stays, listed or not"),
    ANYTHING("stays", "[{kind, id, person, name}]: worked on since"),
};
SHAPE(returns_take_back, "import_taken_back", take_back_out);

/* ---- operations --------------------------------------------------------------------------------------- */

static const Op ops[] = {
    { "import.stage", 30, 1, .title = "Check a list and stage it", .needs = PERM_IMPORT,
      .takes = &takes_stage, .returns = &returns_stage, .fn = op_import_stage,
      .flags = OP_JOB | OP_IDEMPOTENT },
    { "import.approve", 31, 1, .title = "Approve an import", .needs = PERM_IMPORT_APPROVE,
      .takes = &takes_approve, .returns = &returns_approve, .fn = op_import_approve,
      .flags = OP_JOB | OP_IDEMPOTENT },
    { "import.refuse", 32, 1, .title = "Refuse an import", .needs = PERM_IMPORT_APPROVE,
      .takes = &takes_decide, .returns = &returns_refuse, .fn = op_import_refuse,
      .flags = OP_IDEMPOTENT },
    { "import.take_back", 33, 1, .title = "Take an import back", .needs = PERM_IMPORT_APPROVE,
      .takes = &takes_decide, .returns = &returns_take_back, .fn = op_import_take_back,
      .flags = OP_JOB | OP_IDEMPOTENT },
    { "import.look", 34, 1, .title = "Look at an import", .needs = PERM_IMPORT,
      .takes = &takes_look, .returns = &returns_look, .fn = op_import_look, .flags = OP_READ },
};

const Room importing_room = {
    .name = "importing",
    .kinds = importing_kinds,
    .n_kinds = IMPORTING_KINDS,
    .ops = ops,
    .n_ops = sizeof ops / sizeof ops[0],
    .forget = importing_forget,
};
