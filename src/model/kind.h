/* kind.h: what is known about a kind of record and its fields, as data.
 *
 * A Kind (person, document, office …) and its fields are described once, in a const table; SQL,
 * JSON, validation, forms, filters, import columns, access and documentation follow from that row.
 * Numbers (.no) enter the ledger and are never reused; names never do. Custom fields, added at run
 * time, are the same struct with no == 0 and an id.
 *
 * How a typed value stands in a Val (after shape_check):
 *   FT_TEXT VAL_TEXT · FT_INT VAL_INT · FT_DECIMAL VAL_INT scaled by 10^scale · FT_BOOL VAL_BOOL ·
 *   FT_DATE VAL_INT days since 1970-01-01 · FT_TIME VAL_INT microseconds UTC · FT_CODE VAL_TEXT ·
 *   FT_REF VAL_BYTES of 16 · FT_BLOB VAL_BYTES of 32 · FT_SET VAL_LIST of VAL_TEXT, sorted, unique ·
 *   FT_JSON any Val (operation inputs and LOCAL data only, never a kind's field).                 */
#ifndef MODEL_KIND_H
#define MODEL_KIND_H

#include "codec/codec.h"

typedef enum FieldType {
    FT_TEXT,
    FT_INT,
    FT_DECIMAL,
    FT_BOOL,
    FT_DATE,
    FT_TIME,
    FT_CODE,
    FT_REF,
    FT_SET, /* set of codes; each element is a field of its own in the ledger */
    FT_BLOB,
    FT_SHAPE, /* shapes only: a nested shape, or a list of them with FF_LIST */
    FT_JSON,
} FieldType;

/* Numbers enter the ledger. */
typedef enum Lane {
    LANE_CONTROL = 0,
    LANE_CORE = 1,
    LANE_PROTECTION = 2,
    LANE_BIOMETRIC = 3,
    LANE_FINANCE = 4,
    LANE_AUDIT = 5,
    LANES = 6,
} Lane;

typedef enum FieldFlag {
    FF_REQUIRED = 1 << 0, /* must be known for the record to be valid */
    FF_PERSONAL = 1 << 1, /* says something about a person: never logged, never in a URL */
    FF_NAME = 1 << 2,     /* part of a person's name: feeds search terms */
    FF_SEALED = 1 << 3,   /* never a column or a term: read by opening the ledger part */
    FF_INDEXED = 1 << 4,  /* gets an index for filters and order */
    FF_SEARCH = 1 << 5,   /* feeds search terms literally (numbers, phone) */
    FF_NATURAL = 1 << 6,  /* part of the kind's natural key: the record's id is its hash */
    FF_FIXED = 1 << 7,    /* set once at creation, not edited afterwards */
    FF_LIST = 1 << 8,     /* shapes only: a list of such values */
    FF_SORT = 1 << 9,     /* text that gets a sort-key column beside it */
    FF_HIDDEN = 1 << 10,  /* not offered in forms, lists or exports */
    FF_LONG = 1 << 11,    /* free text of several lines */
    FF_KEY = 1 << 12,     /* feeds the kind's own terms(): see Kind */
    FF_OPTIONAL = 0,
} FieldFlag;

typedef enum MergeClass {
    MERGE_AUTO,         /* highest clock wins, the loser stays visible */
    MERGE_MUST_RESOLVE, /* all candidates shown, a worklist item, irreversible acts blocked */
} MergeClass;

/* Registration levels at which a field is asked; a field asked at a level is asked above it too. */
typedef enum AskLevel { ASK_NEVER, ASK_EMERGENCY, ASK_BASIC, ASK_COMPREHENSIVE } AskLevel;

typedef struct Shape Shape;

typedef struct Field {
    const char *name; /* snake_case, the field's standard term */
    uint32_t no;      /* 1-65535, per kind, never reused; 0: custom, see id */
    FieldType type;
    Lane lane;      /* 0 (control): the kind's own lane */
    uint32_t flags; /* FieldFlag */
    MergeClass merge;
    AskLevel ask;
    const char *codes;  /* FT_CODE, FT_SET: code list name */
    const char *kind;   /* FT_REF: the kind it points to */
    const Shape *shape; /* FT_SHAPE */
    const char *like;   /* shapes: "person.given_name": type, limits and labels from there */
    int64_t min, max;   /* text: bytes (max 0: 200); int, decimal (scaled), date (days): bounds
                           when min < max; sets: most codes (max 0: 64); lists, which have no
                           bounds for their items: most items (max 0: 10,000) */
    int scale;          /* FT_DECIMAL: digits after the point, 0-6 */
    const char *rule;   /* expression over the record alone (no path through a reference, no
                           aggregate); broken when false (unknown passes) */
    const char *rule_message; /* message key; NULL: "error.rule" */
    const char *doc;          /* one line of the manual; English */
    Id id;                    /* custom fields: the record that defines it */
} Field;

enum {
    FIELD_VOID_NO = 1, /* every kind has it: the reason code for which the record is void */
    FIELD_FIRST_NO = 2,
    TEXT_BYTES_DEFAULT = 200,
    SET_COUNT_DEFAULT = 64,
    LIST_COUNT_DEFAULT = 10000,
    SCALE_MAX = 6, /* digits after the point */
};

typedef enum SubjectRule {
    SUBJECT_SELF,  /* person, group, user: the record is its own subject */
    SUBJECT_FIELD, /* the FT_REF field named .subject points to it */
    SUBJECT_NONE,  /* office, code list, role: sealed by the scope key */
} SubjectRule;

typedef struct Kind {
    const char *name;
    uint32_t no; /* 1-65535, never reused */
    SubjectRule subject_rule;
    const char *subject; /* SUBJECT_FIELD */
    Lane lane;
    const Field *fields; /* in display order; without "void", which every kind has */
    size_t n_fields;
    const char *title; /* expression-free: field name shown as the record's title */
    const char *doc;
    /* Further search terms of a record, beside those of its FF_NAME and FF_SEARCH fields: keys to
     * look it up by, made of its FF_NAME, FF_SEARCH and FF_KEY fields. At most KIND_TERMS_MAX, which
     * begin with '='. Pure; a change of it takes another number: the tables are then made anew. */
    size_t (*terms)(Arena *a, Val (*get)(const void *record, const char *field), const void *record,
                    Str *ret_terms);
    uint32_t terms_version;
} Kind;
enum { KIND_TERMS_MAX = 4 };

/* A code list: versions are kept, a withdrawn code stays readable but is not offered. */
typedef struct Code {
    Str code;
    uint16_t since, until; /* list version that brought it, that withdrew it (0: none) */
    Str parent;            /* category, or empty */
} Code;

typedef struct CodeList {
    Str name;
    Str source; /* "UNHCR", "ISO 3166-1", "Panah" … */
    uint16_t version;
    const Code *codes; /* in the order to show them */
    size_t n;
    const Code *const *by_code; /* in the order of code; filled in by model_build, else NULL */
} CodeList;

#define FIELDS(table) .fields = (table), .n_fields = sizeof(table) / sizeof((table)[0])

#endif
