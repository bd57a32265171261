/* query_int.h: what the files of the query compiler share.
 *
 *   query_sql.c       an expression as SQL text with numbered parameters
 *   query_field.c     a field as SQL text, wherever it is kept, and who may ask by it
 *   query_function.c  the SQL functions that text leans on: checked arithmetic, exact sums
 *   query_plan.c      which index a query walks along
 *   query_run.c       statements, the work they may do, records of what they found
 *   query.c           lists, counts and tallies
 *   cursor.c          where a list goes on */
#ifndef STORE_QUERY_INT_H
#define STORE_QUERY_INT_H

#include "store/store_int.h"

/* ---- query_function.c ---- */

/* Adds the functions to a connection that does not have them yet. */
Status query_functions(Ctx *c, Db *db) CHECKED;

/* ---- query_field.c: names, access, fields ---- */

/* ST_DENIED "error.query.field": sealed, hidden, or of a lane of which nothing is in reach. */
Status field_may_be_asked(Ctx *c, const FieldInfo *f, const char *path) CHECKED;

typedef enum SqlParamType { PARAM_VALUE, PARAM_TODAY, PARAM_REACH } SqlParamType;
typedef struct SqlParam {
    SqlParamType type;
    Lane lane;
    Val value;
} SqlParam;

/* A part of an expression that was taken out of it to stand as a column of its own: the parser of
 * SQLite 3.40 has a stack of 100 symbols, which an expression of 64 brackets would overrun. */
typedef struct SqlHoist {
    uint32_t no;    /* its column is __h<no> */
    uint32_t stage; /* the subquery in which it is computed, from 1 */
    int cost;       /* see query_sql.c */
    Str sql;
} SqlHoist;

/* The rows that one part of an expression speaks of: those of the query, or the children that an
 * aggregate counts. */
typedef struct SqlFrame {
    const TableSpec *table;
    uint32_t no; /* a row of it is t<no> */
    VEC(SqlHoist) hoists;
    uint32_t n_stages;
} SqlFrame;

/* A condition that an index of the table answers and that must hold for the whole to hold. */
typedef enum DriveOp { DRIVE_EQUAL, DRIVE_LOWER, DRIVE_UPPER, DRIVE_IN } DriveOp;
typedef struct Drive {
    const char *column; /* with its index "<table>__<column>" */
    DriveOp op;
    Str sql;
} Drive;

/* SQL being written, with the values it is going to be bound to. */
typedef struct Sql {
    Ctx *c;
    const Schema *schema;
    SqlFrame root;
    VEC(SqlParam) params;
    int today_no, reach_no[LANES]; /* parameter numbers; 0: not used yet */
    uint32_t n_frames, n_hoists;
    size_t n_bytes; /* of text written, for the limit */
    VEC(Drive) drives;
} Sql;

Sql *sql_new(Ctx *c, const KindInfo *k);
const TableSpec *sql_table(const Sql *s, const KindInfo *k, Lane lane);
/* A parameter of this value; as its number. */
int sql_value(Sql *s, Val v);
int sql_today(Sql *s);
/* "alias.scope IN (…)"; empty where everything is in reach. */
Str sql_reach(Sql *s, const char *alias, Lane lane);
typedef enum FieldForm {
    FIELD_VALUE, /* as expressions see it: a date beyond the years 1-9999 is unknown */
    FIELD_FOLD,  /* of a text: its text_fold */
    FIELD_ORDER, /* as it is stored; of a text its text_fold */
} FieldForm;
/* A field of the record whose row of its kind's main table is `alias`. */
Str sql_field(Sql *s, const char *alias, const FieldInfo *f, FieldForm form);
/* The same of the record that a chain of references leads to. */
Str sql_path(Sql *s, const char *alias, const FieldInfo *const *path, size_t n, FieldForm form);
/* How deep the parser's stack gets in it. */
int sql_path_cost(const Sql *s, const FieldInfo *const *path, size_t n);
const Column *table_column(const TableSpec *t, const FieldInfo *f);
/* The column by whose index the table can be walked in order of a field; NULL: there is none. */
const char *order_column(const Sql *s, const FieldInfo *f, bool *ret_has_unknown);
void sql_bind(const Sql *s, Stmt *st);

/* ---- query_sql.c ---- */

/* The condition over rows t0, and into s->drives what an index could answer of it. ST_DENIED
 * where it asks for what the actor may not read; ST_LIMIT "error.query.too_complex". */
Status sql_where(Sql *s, const Expr *e, Str *ret_sql) CHECKED;
/* "WITH … " for the parts of a frame that were taken out, and in *ret_from what to select from
 * then. base: the table with its alias and its WHERE. */
Str sql_with(Sql *s, const SqlFrame *f, Str base, Str *ret_from);

/* ---- cursor.c ---- */

/* A place in the order (key, rid), unknown keys last. */
typedef struct Place {
    bool given;
    bool unknown; /* among the rows without a key */
    Val key;      /* VAL_INT, VAL_TEXT, VAL_BYTES; VAL_ABSENT where the order is by age */
    int64_t rid;
} Place;

/* What a list is: a cursor goes on with the same list only. */
Hash256 query_hash(const Query *q);
Str cursor_seal(Ctx *c, const Hash256 *query, const Place *p);
/* ST_INVALID "error.cursor": not ours, of another list, too old. */
Status cursor_open(Ctx *c, const Hash256 *query, Str cursor, Place *ret) CHECKED;

/* ---- query_plan.c ---- */

typedef enum WalkType {
    WALK_AGE,   /* the table, by rid */
    WALK_EQUAL, /* an index where it equals a value: also by rid */
    WALK_ORDER, /* the index of the order */
    WALK_SORT,  /* few rows, sorted each time */
} WalkType;
typedef struct Walk {
    WalkType type;
    const char *column; /* whose index; NULL: the table itself */
    Str bounds;         /* what the index answers; may be empty */
    int64_t n;          /* rows within the bounds where that is known, else -1 */
} Walk;

/* An order by a field that has no index sorts all rows in reach each time: up to so many. */
enum { SORT_ROWS_MAX = 20000, SORT_BOUND_MAX = 5000 };

/* For a list: by age, or by a field and, where it has an index, its column. */
Status plan_list(Sql *s, bool by_field, const char *order, Walk *ret) CHECKED;
/* For counting, where order does not matter. */
Status plan_count(Sql *s, Walk *ret) CHECKED;
/* What the drives of a column say, joined by AND; and of that only what ends a walk along it. */
Str plan_bounds(Sql *s, const char *column);
/* Adds the offices in reach, where they are few, to what an index could answer: after all other drives. */
void plan_reach(Sql *s);
Str plan_end(Sql *s, const char *column, bool descending);
bool plan_has_bounds(const Sql *s, const char *column);
/* The table and how to walk it: "person" AS t0 INDEXED BY "…" */
Str plan_table(Sql *s, const char *column);
typedef enum RowsCounted {
    ROWS_OF_ALL,
    ROWS_IN_REACH,
    ROWS_IN_FORCE /* in reach, not void */
} RowsCounted;
Status count_rows(Ctx *c, const KindInfo *k, RowsCounted which, int64_t *ret) CHECKED;

/* ---- query_run.c ---- */

/* Work is counted in SQLite's own steps, some tens of millions a second. */
typedef struct Work {
    Env *env;
    sqlite3 *db;
    int64_t done;
    bool over, watched;
} Work;
Work *work_begin(Ctx *c);
void work_end(Work *w);
/* A list answers with what it has by then. */
bool work_is_long(const Work *w);

typedef struct Run {
    Ctx *c;
    Work *work;
    Stmt *st;
    Stmt **own; /* not one of the connection's cache */
} Run;
/* ad_hoc: text that a user's expression made: not kept for later. */
Status run_open(Ctx *c, Work *w, const Sql *s, Str text, bool ad_hoc, Run *ret) CHECKED;
Status run_step(Run *r, bool *ret_row) CHECKED;
void run_close(Run *r);
/* One row with one number. */
Status run_number(Ctx *c, Work *w, const Sql *s, Str text, bool ad_hoc, int64_t *ret) CHECKED;

/* The records of these local row numbers, in this order. */
Status records_of(Ctx *c, const TableSpec *t, const int64_t *rids, size_t n, Record **ret) CHECKED;

#endif
