/* importing_int.h: what the files of this room share; private to the room.
 *
 * The way of a list: table.c cuts the file into rows; mapping.c says what each column is (headers.c
 * knows the words, sniff.c looks at the content); rows.c reads one row by cells.c and codes.c;
 * families.c puts rows together and checks them as group.register would; batch.c keeps them. Of rows
 * that came before (seen.c) changed.c finds what they would correct, and corrections.c keeps that. */
#ifndef DOMAIN_IMPORTING_IMPORTING_INT_H
#define DOMAIN_IMPORTING_IMPORTING_INT_H

#include "domain/importing/importing.h"
#include "domain/registry/registry.h"
#include "codec/csv.h"
#include "text/text.h"

enum {
    IMPORT_BYTES_MAX = 32 << 20,
    IMPORT_ROWS_MAX = 200000,
    FILES_WAITING_MAX = 10000,
    IMPORT_COLUMNS_MAX = 200,
    IMPORT_CELL_MAX = 8 << 10,
    IMPORT_FAMILY_MAX = 100, /* as many as group.register takes */
    FINDINGS_LISTED_MAX = 10000,
    SNIFF_ROWS = 200,     /* looked at to guess what a column is */
    CHUNK_FAMILIES = 512, /* a chunk is one batch of calls when approved */
    CHUNK_BYTES_MAX = 1 << 20,
    CHUNK_ARENA_MAX = 64 << 20,
    ROW_BYTES_MAX = 32 << 10,
    SCRATCH_MAX = 1 << 30,
    CELL_ORIGINS_MAX = 16, /* telephones or papers of one row */
};

/* ---- findings.c: what is wrong, with its place ------------------------------------------------ */

typedef struct Column Column;
typedef struct Finding {
    size_t row, line;     /* of the file; 0: the whole of it */
    const Column *column; /* NULL: the whole row */
    Str value;
    Err err;
    bool warning;
} Finding;
typedef struct Findings {
    Arena *arena;
    VEC(Finding) list; /* the first FINDINGS_LISTED_MAX */
    size_t errors, warnings;
} Findings;

/* Copies; args as those of FAIL: pairs of name and Str, ended by NULL. */
void finding_add(Findings *f, bool warning, size_t row, size_t line, const Column *column,
                 Str value, const char *key, ...) __attribute__((sentinel));
void finding_add_err(Findings *f, bool warning, size_t row, size_t line, const Column *column,
                     Str value, const Err *e);
/* Adds what another worker found; then in the order of rows, the first FINDINGS_LISTED_MAX. */
Str text_shortened(Arena *a, Str value,
                   size_t max); /* to max bytes, at the border of a character */
void findings_merge(Findings *to, const Findings *from);
void findings_sort(Findings *f);
/* [{row, line, column, value, key, message, remedy, severity}] in the language of the call. */
Val findings_show(Ctx *c, const Findings *f, size_t max);
/* [{column, field, value, n}]: values no code was found for, the most frequent first. */
Val findings_values(Ctx *c, const Findings *f);

/* ---- headers.c, synonyms.c: what a column can be ----------------------------------------------- */

typedef enum TargetKind {
    TARGET_NONE,
    TARGET_PERSON,    /* "given_name" */
    TARGET_GROUP,     /* "registration_group.village" */
    TARGET_MEMBER,    /* "membership.relationship" */
    TARGET_PHONE,     /* "phone.number"; several columns may be */
    TARGET_DOCUMENT,  /* "document.number", "document.number:PASSPORT"; several */
    TARGET_PAPER,     /* "document.type" and its like: of the untyped document.number */
    TARGET_NUMBER,    /* "name.number": number in another system; several */
    TARGET_HOUSEHOLD, /* "household": rows with the same value are one family */
    TARGET_FULL_NAME, /* "full_name": where there is no given name */
    TARGET_AGE,       /* "age": where there is no birth date */
} TargetKind;
typedef struct Target {
    TargetKind kind;
    const FieldInfo *field; /* of the four kinds with fields */
    Str document_type;      /* empty: by a column of its own, else OTHER */
} Target;

typedef struct Synonym {
    const char *target, *words; /* words separated by | */
} Synonym;
extern const Synonym header_synonyms[];
extern const size_t n_header_synonyms;

/* Letters and digits of the fold, nothing else: "Given Name", given_name and GivenName are one. */
Str normal_form(Arena *a, Str text);
/* False: there is no such target, or the field is the program's own. */
bool target_parse(const Model *m, Str text, Target *ret) CHECKED;
/* Whether several columns may be this. */
bool target_is_list(const Target *t);
typedef struct Headers {
    Map by_word; /* normal form → target text */
} Headers;
Headers headers_make(Arena *a, const Model *m);
/* The target's text, or empty. */
Str header_guess(Arena *a, const Headers *h, Str header);
/* True for what numbers rows or speaks of the form: left out without a word. */
bool header_is_idle(Arena *a, const Headers *h, Str header);

/* ---- codes.c: codes by code or label ------------------------------------------------------------ */

typedef struct Codes {
    const CodeList *list;
    Map by_word; /* normal form → Str *: code, or "M-code|F-code" where the sex decides */
} Codes;
extern const Synonym code_synonyms[]; /* target: list.code */
extern const size_t n_code_synonyms;
const Codes *codes_make(Arena *a, const Model *m, const char *list);
/* Empty: unknown. */
Str code_read(Arena *a, const Codes *codes, Str text);

/* ---- mapping.c: columns -------------------------------------------------------------------------- */

struct Column {
    Str header; /* as written, made unique; "" is "column 3" */
    Str target_text;
    Target target;
    const Codes *codes; /* FT_CODE and FT_SET */
    const Map *values;  /* normal form → code text (Str *): the map of the profile; or NULL */
    bool month_first;   /* dates */
    bool day_order_unknown;
};

typedef struct SourceRow {
    Str *cells; /* n of them; trimmed, what stands for nothing is empty */
    size_t n;
    size_t row, line; /* of the file; the header is row 1 */
    const char *bad;
} SourceRow;

typedef struct Table {
    Str *headers;
    size_t n_columns;
    SourceRow *rows;
    size_t n;
} Table;

/* The row of an earlier batch that a row is, by content or by key. */
typedef struct Earlier {
    bool known;
    bool changed; /* the key is that row's, the content is not */
    bool since; /* both are, but lists have corrected people since: perhaps it puts a value back */
    bool taken_back; /* its batch was: who was voided by that does not count */
    Id batch;
    int64_t family;
    size_t member;
} Earlier;

/* What reading a row needs: the same for all rows, not changed once reading has begun. */
typedef struct Plan {
    const Model *model;
    const OpTable *ops;
    const Op *group_register;
    Id office;
    Str dial_code;
    Calendar calendar;
    Day today;
    Table table;
    Column *columns; /* table.n_columns */
    const Column *household, *birth_date, *document_type;
    const Column *key;        /* what tells rows apart from version to version; or NULL */
    const uint64_t *row_keys; /* of each row: a hash, 0 for none; or NULL */
    const Earlier *earlier;   /* of each row: the one it was before; or NULL */
    bool has_given_name;
} Plan;

/* mapping, values: as import.stage takes them; may be absent. */
Status mapping_make(Ctx *c, Plan *plan, Val mapping, Val values, Findings *f) CHECKED;
Val mapping_show(Ctx *c, const Plan *plan); /* {column: target or null} */

/* ---- sniff.c: what the content says --------------------------------------------------------------- */

/* The target's text, or empty. */
Str sniff_target(Ctx *c, const Plan *plan, size_t column, const Codes *sexes);
/* Whether the dates of a column are written month first, as en-US does. */
void sniff_dates(const Plan *plan, size_t column, Column *ret);

/* ---- cells.c: one value --------------------------------------------------------------------------- */

/* "", "-", "n/a", "null" … : a cell that says nothing. */
bool cell_is_nothing(Str cell);
typedef struct DateCell {
    Day day;
    DatePrecision precision;
    bool converted; /* another calendar, or not a whole date: what was written is kept */
    bool two_calendars;
    bool two_orders;
    int last_day; /* error.date.no_such_day */
} DateCell;
/* NULL or a key. allow_future: not for births. */
const char *date_cell(const Plan *plan, const Column *col, Str text, bool allow_future,
                      DateCell *ret) CHECKED;

/* ---- rows.c: a row becomes a person ---------------------------------------------------------------- */

typedef struct Member {
    const SourceRow *source;
    Val input; /* a member of group.register, as JSON; "key" is the row's number */
    Val group; /* the group's fields in this row */
    Str relationship, sex;
    const Column *phone_of[CELL_ORIGINS_MAX], *paper_of[CELL_ORIGINS_MAX];
    size_t n_phones, n_papers;
    bool failed;
} Member;
void row_read(Ctx *c, const Plan *plan, const SourceRow *row, Findings *f, Member *ret);

/* ---- changed.c: a row that says something else --------------------------------------------------------- */

typedef struct Differences {
    Val changes; /* [{kind, id, field, was, now, earlier, moved, set}]: what can be corrected */
    VEC(const Column *) others; /* what else differs, for people; NULL: no column of its own */
} Differences;
/* typed: the input of group.register for this row alone. said_before: the row is as it was in an earlier
 * list: only where the lists have said something else in between it says anything. In a read. */
Status changed_compare(Ctx *c, const Plan *plan, const Member *m, Val typed, const Record *person,
                       bool said_before, Differences *ret) CHECKED;

/* ---- families.c ------------------------------------------------------------------------------------- */

/* The column that was taken as a target; NULL: none. */
const Column *column_of_target(const Plan *plan, Str target);

typedef struct FamilyRows {
    size_t *rows; /* indexes into the table */
    size_t n;
} FamilyRows;
typedef struct Families {
    FamilyRows *v;
    size_t n;
} Families;
/* Rows of the same household, in the order in which each begins. */
Families families_of(Ctx *c, const Plan *plan);

/* ---- seen.c: rows that came before -------------------------------------------------------------------- */

/* What a row will be known by when it comes again. */
typedef struct RowMark {
    uint64_t content, key; /* key 0: none */
    bool telling;          /* by its content alone */
} RowMark;
typedef struct SeenRow {
    RowMark mark;
    int64_t family; /* its number in the batch */
    size_t member;
} SeenRow;
/* Right after row_read(). */
RowMark row_mark(Ctx *c, const Plan *plan, const Member *m);
/* Finds the list's key and, in batches that were approved, the rows that came before: plan->key,
 * row_keys, earlier. */
Status seen_look(Ctx *c, Plan *plan) CHECKED;
/* The person an earlier row has made; NULL: none, or not there any more: the row is new. In a read. */
Status earlier_person(Ctx *c, const Earlier *e, Record **ret) CHECKED;
/* How many rows of a staged batch another batch has made since. In a read. */
Status seen_overtaken(Ctx *c, Id batch, int64_t *ret_n) CHECKED;
Status seen_put(Ctx *c, Id batch, const SeenRow *rows, size_t n) CHECKED;
Status seen_drop(Ctx *c, Id batch) CHECKED;
/* Of one person. */
Status seen_forget(Ctx *c, Id batch, int64_t family, size_t member) CHECKED;

/* A row that would correct somebody. */
typedef struct ChangedRow {
    Str bytes; /* CBOR {person, name, number, row, line, changes}; s == NULL: none */
    size_t n;  /* of the changes */
} ChangedRow;

/* What is kept of a list that was read. */
typedef struct Reading {
    VEC(Str) families; /* CBOR {input, rows: [{row, line, cells}]}, in the order of the file */
    VEC(SeenRow) seen;
    VEC(ChangedRow) changed; /* in the order of the file */
    size_t n_changes;
    size_t rows_good, rows_failed, rows_held, rows_again, doubles;
    Findings findings;
} Reading;
/* Reads, checks and looks for doubles, on two threads; tells the job. */
Status families_read(Ctx *c, const Plan *plan, Job *job, Reading *ret) CHECKED;

/* ---- table.c ------------------------------------------------------------------------------------------ */

Status table_read(Ctx *c, Str bytes, Findings *f, Table *ret) CHECKED;

/* ---- batch.c: what is kept of a batch until it is decided ---------------------------------------------- */

typedef struct Head {
    int64_t chunks, families;
    int64_t offers, offer_pieces; /* corrections.c */
    Str settings;                 /* hex of a hash of mapping, values and kind */
    bool begun;                   /* somebody has begun to approve it */
} Head;
const KindInfo *batch_kind(Ctx *c);
/* A batch that is there and yours to see; path "batch". */
Status batch_need(Ctx *c, OpCall *call, Record **ret) CHECKED;
/* Batches of this file that stand (STAGED or APPROVED), oldest first. */
Status batch_same_file(Ctx *c, Str hash, Record ***ret, size_t *ret_n) CHECKED;
Status head_read(Ctx *c, Id batch, Head *ret) CHECKED; /* ST_MISSING: nothing is kept any more */
Status head_put(Ctx *c, Id batch, const Head *h) CHECKED;
Status chunk_put(Ctx *c, Id batch, int64_t i, Str bytes) CHECKED;
Status chunk_read(Ctx *c, Id batch, int64_t i, Val *ret_families) CHECKED;
/* Takes all away that was kept of a batch. Inside a write. */
Status batch_forget(Ctx *c, Id batch, const Head *h) CHECKED;
/* Takes away what is still kept of the families whose acts made or changed a subject. */
Status importing_forget(Ctx *c, Id subject) CHECKED;
/* Acts that a batch makes say so: this and the batch's id. */
#define IMPORT_PURPOSE STR("import:")
/* The idempotency key of the act that makes a family: by it the ledger itself knows what a batch
 * has made. */
Id family_key(Id batch, int64_t family);
/* Its act; *ret_found false: not made yet. In a read. */
Status family_act(Ctx *c, Id batch, int64_t family, bool *ret_found, ActPart *ret) CHECKED;
typedef Status (*BatchStep)(Ctx *c, void *arg);
/* Runs a step with an arena of its own, guarded, that is gone afterwards; errors are kept. */
Status scratch_run(Ctx *c, size_t cap, BatchStep step, void *arg) CHECKED;
/* Runs a step within a read of its own; what it returns lives in c->arena. */
Status batch_read(Ctx *c, BatchStep step, void *arg) CHECKED;
/* NULL: there is none, or none that may be read. In a read. */
Status record_if_there(Ctx *c, const char *kind, Id id, Record **ret) CHECKED;
/* One write of this room that is an act of its own. */
Status batch_write(Ctx *c, const OpCall *call, BatchStep step, void *arg) CHECKED;

/* ---- corrections.c: what a later version of a list would correct ---------------------------------------- */

/* Counts h->offers and h->offer_pieces. */
Status corrections_put(Ctx *c, Id batch, const ChangedRow *rows, size_t n, Head *h) CHECKED;
Status corrections_drop(Ctx *c, Id batch, const Head *h) CHECKED;
Status corrections_forget(Ctx *c, Id person) CHECKED;
/* [{n, person, name, number, row, line, kind, field, was, now, earlier, moved, marked}], from the first
 * row on until there are max. */
Status corrections_show(Ctx *c, const ChangedRow *rows, size_t n, size_t max, Val *ret) CHECKED;
/* Those from number `from` on; *ret_next -1: there are no more. In a read. */
Status corrections_look(Ctx *c, Id batch, const Head *h, int64_t from, size_t max, Val *ret,
                        int64_t *ret_next) CHECKED;
/* Which are taken: those that are marked or none, but for the numbers named, where it is the other way
 * round. */
typedef struct Choice {
    bool marked;
    int64_t *but; /* ascending */
    size_t n;
} Choice;
Status choice_read(Ctx *c, const OpCall *call, Choice *ret) CHECKED;
typedef struct Corrected {
    int64_t made, left; /* values; left: as they were, refused ones among them */
    Findings refused;
} Corrected;
Status corrections_make(Ctx *c, OpCall *call, Id batch, const Head *h, const Choice *choice,
                        Corrected *ret) CHECKED;
/* The idempotency key of the act that carries a correction out. */
Id correction_key(Id batch, int64_t number);
/* Its act, ID_NONE where there is none, and whom it has touched. In a read. */
Status correction_act(Ctx *c, Id batch, int64_t number, Id *ret_act, Record **ret_person) CHECKED;

/* ---- profile.c ------------------------------------------------------------------------------------------ */

Status profile_read(Ctx *c, Str name, Val *ret_mapping, Val *ret_values) CHECKED;
Status profile_save(Ctx *c, Str name, Val mapping, Val values) CHECKED;

/* ---- the operations --------------------------------------------------------------------------------------- */

Status op_import_stage(Ctx *c, OpCall *call) CHECKED;
Status op_import_look(Ctx *c, OpCall *call) CHECKED;
Status op_import_approve(Ctx *c, OpCall *call) CHECKED;
Status op_import_refuse(Ctx *c, OpCall *call) CHECKED;
Status op_import_take_back(Ctx *c, OpCall *call) CHECKED;

#endif
