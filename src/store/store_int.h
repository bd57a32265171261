/* store_int.h: what the files of the store share. */
#ifndef STORE_STORE_INT_H
#define STORE_STORE_INT_H

#include "store/db_int.h"
#include "store/heads.h"
#include "store/store.h"

#include <pthread.h>

/* ---- tables of the projection ---- */

typedef struct Column {
    const FieldInfo *field;
    bool fold,
        sort; /* has <name>__fold, <name>__sort beside it: computed, kept in their index only */
} Column;

/* One table a kind and lane: the kind's own lane holds the main table. */
typedef struct TableSpec {
    const KindInfo *kind;
    Lane lane;
    uint32_t no; /* index in the store's list */
    bool main;   /* has void */
    char name[80];
    Column *columns; /* built-in, not sealed fields of this lane in field order */
    size_t n_columns;
    bool has_terms; /* some field feeds search terms */
    char *sql_insert, *sql_select, *sql_select_any, *sql_select_rid, *sql_columns;
    const char *sql_words_put, *sql_words_drop; /* has_terms: see terms.c */
    const char *sql_words_find, *sql_words_tell;
    char *ddl;         /* CREATE TABLE and the index of ids */
    char *ddl_indexes; /* the others: made last where many rows come at once */
    char *ddl_late;    /* the end of ddl_indexes: those that lists need, but no act (bulk.c) */
} TableSpec;

typedef struct Schema {
    Arena *arena;
    const Model *model;
    TableSpec *tables;
    size_t n;
    TableSpec **by_kind; /* [kind index × LANES + lane], NULL: none */
    Hash256 hash;        /* of the DDL: another hash means another projection */
} Schema;

/* sort_lang: as sort_language() gives it. */
Schema *schema_new(Env *env, const Model *m, Str sort_lang);
void schema_free(Schema *s);
static inline TableSpec *schema_table(const Schema *s, const KindInfo *k, Lane lane) {
    return s->by_kind[k->index * LANES + lane];
}
Lane field_lane(const FieldInfo *f);
bool table_has_scope_index(const TableSpec *t); /* "<table>__scope" */
extern const char ledger_ddl[];
extern const char derived_ddl[];

/* ---- streams, scopes, keys ---- */

typedef struct StreamRow {
    uint32_t no;
    StreamId id;
    uint8_t node_public[32];
    uint8_t incarnation[16];
    uint32_t scope_no;
    uint64_t seq; /* newest */
    Hash256 head;
    Hlc clock; /* of the newest */
    bool own;  /* of this node's present incarnation */
    bool frozen;
} StreamRow;

typedef struct ScopeRow {
    uint32_t no;
    Id id;
    Lane lane;
    Id office;
    uint32_t key_n; /* keys.db row of the scope key */
} ScopeRow;

/* Subject keys. n is the row in keys.db and in ledger_key. */
typedef struct KeyRow {
    int64_t n; /* row of keys.db */
    Id key_id;
    Key key;
} KeyRow;

typedef struct KeyStore KeyStore;
Status keys_create(Ctx *c, const char *path, const Key *kek,
                   const uint8_t recovery_public[32]) CHECKED;
Status keys_open(Ctx *c, const char *path, const Key *kek, KeyStore **ret) CHECKED;
void keys_close(KeyStore *k);
/* A prepared key, durable already; refills the pool when it runs dry. */
Status keys_take(Ctx *c, KeyStore *k, KeyRow *ret) CHECKED;
/* Tells the pool where the ledger stands: keys up to n are in use. */
void keys_set_used(KeyStore *k, int64_t n);
int64_t keys_used(const KeyStore *k);
/* Takes keys back that a rolled-back transaction had taken. */
void keys_rewind(KeyStore *k, int64_t used);
/* At most what the pool holds. Thread-safe. */
Status keys_refill(Ctx *c, KeyStore *k, size_t target) CHECKED;
/* ST_MISSING: destroyed or never had. Thread-safe (own mutex). */
Status keys_load(Ctx *c, KeyStore *k, int64_t n, KeyRow *ret) CHECKED;
/* A key that came from elsewhere; ret_n is its row. */
Status keys_add(Ctx *c, KeyStore *k, Id key_id, const Key *key, int64_t *ret_n) CHECKED;
Status keys_destroy(Ctx *c, KeyStore *k, int64_t n) CHECKED;
/* Every key there is, still wrapped: 64 bytes a key in the arena. */
typedef struct KeyTable KeyTable;
Status keys_table(Ctx *c, KeyStore *k, Arena *a, KeyTable **ret) CHECKED;
/* ST_MISSING: destroyed or never had. */
Status key_table_find(Ctx *c, const KeyTable *t, int64_t n, KeyRow *ret) CHECKED;
/* The row that the id of a key of this folder names, up to the last 24 bits. */
int64_t key_id_row(Id key_id);
enum { KEY_ID_ROWS = 1 << 24 };

typedef struct Projector Projector;

/* ---- the store ---- */

struct Reader {
    Store *store;
    Db *db;
    Squeezer *squeezer;
    bool writer;
    bool busy;
    const Schema *schema; /* of this read: stays valid until store_close */
    const KeyTable *keys; /* all keys in memory, for reading the whole ledger; NULL: look them up */
};

enum { WORDS_OWED_N = 64 }; /* by number of a table; two that share a place merge sooner */
enum { READERS_MAX = 64, BATCH_JOBS_MAX = 512, SCOPE_KEYS_KEPT = 64 };

enum { SORT_LANG_N = 16 };

/* The thread that moves the log into the database (checkpoint.c). */
typedef struct Mover {
    Db *db;
    pthread_t thread;
    bool runs;
    pthread_mutex_t lock; /* of wanted and closing */
    pthread_cond_t wake;
    bool wanted, closing;
    pthread_mutex_t turn;     /* held while moving */
    int asked_at, tried_at;   /* length of the log then. Writer thread */
    uint64_t n_asked, n_done; /* turns; those up to n_done are over */
    int n_moved;              /* pages of the log, from its head */
} Mover;

/* Tables whose words an erasure touched. */
enum { TRACE_TABLES_MAX = 64 };
typedef struct TraceTables {
    const TableSpec *v[TRACE_TABLES_MAX];
    size_t n;
} TraceTables;

typedef enum TracesStage {
    TRACES_NONE,
    TRACES_MERGE, /* words, table by table */
    TRACES_MOVE,  /* the mover moves the log */
    TRACES_CUT,
} TracesStage;

/* What erasures left to do (traces.c). Writer thread. */
typedef struct Traces {
    TracesStage stage;               /* of the round under way */
    bool wanted;                     /* a round has to follow */
    TraceTables now;                 /* of the round */
    size_t at;                       /* the table that is being merged */
    bool begun;                      /* its merging has begun */
    bool broken_off;                 /* an earlier round was: indexes may be half merged */
    TraceTables later;               /* of erasures since the round began */
    TraceTables fresh;               /* of the running transaction */
    WriteJob *now_jobs, *later_jobs; /* whose callers wait for the end of a round */
    uint64_t turn;                   /* of the mover that the round waits for */
    size_t n_cuts;                   /* that readers did not let through */
    int64_t not_before_ms;           /* monotonic; 0: at once */
    int pages, levels_max;           /* tests take smaller ones */
} Traces;

struct Store {
    Env *env;
    Arena *arena; /* what lives as long as the store: names, paths */
    const char *dir;
    StoreOptions options;
    int lock_fd;
    int data_fd; /* panah.db, to hint at; closed after all connections: POSIX locks of them all would go with it */

    SignKey node_key;
    Key kek;        /* wraps keys in keys.db */
    Key cursor_key; /* seals cursors */
    uint8_t incarnation[16];
    Id operation, node;
    char sort_lang[SORT_LANG_N]; /* of the sort keys; changes before there are threads only */

    Schema *_Atomic schema;
    Schema *old_schemas[1024]; /* a change of the model is a rare act of an administrator */
    size_t n_old_schemas;
    KeyStore *keys;

    /* Written by the writer thread only, under map_lock; read under it. */
    pthread_rwlock_t map_lock;
    StreamRow *streams; /* [no], 1-based; arena-grown */
    size_t n_streams, cap_streams;
    ScopeRow *scopes; /* [no], 1-based */
    size_t n_scopes, cap_scopes;
    Arena *map_arena;
    _Atomic uint64_t control_generation;

    Reader writer;
    KeyRow scope_keys
        [SCOPE_KEYS_KEPT]; /* [scope_no % SCOPE_KEYS_KEPT]: every commit seals with one. Writer thread */
    Hlc clock;             /* the newest given out or seen */

    pthread_mutex_t read_lock;
    pthread_cond_t read_free;
    Reader readers[READERS_MAX];
    size_t n_readers;

    Mover mover;
    pthread_t thread;
    bool thread_runs;
    pthread_mutex_t queue_lock;
    pthread_cond_t queue_filled;
    WriteJob *queue_head, *queue_tail;
    size_t queue_n;
    bool closing;
    size_t words_owed[WORDS_OWED_N]; /* bytes put in an index that are not merged yet (terms.c) */
    int wal_pages;                   /* length of the write-ahead log, from SQLite's hook */
    _Atomic bool failed;             /* a commit or fsync failed: nothing is written any more */

    bool maps_changed; /* streams or scopes were added since the last COMMIT or reload */
    uint32_t *touched; /* streams the running transaction wrote to: each gets a seal */
    size_t n_touched, cap_touched;
    bool control_touched; /* the transaction wrote to the control scope or made a scope */
    bool model_changed;   /* the transaction touched custom fields or code entries */
    bool bulk;            /* filling an empty folder: see bulk.c */
    bool bulk_ended;      /* back to waiting for the disk, from the next checkpoint on */
    bool erased;          /* the running act erased something */
    Traces traces;

    _Atomic uint64_t n_transactions, n_acts;
};

static inline const Schema *store_schema(const Store *s) {
    return atomic_load(&((Store *)s)->schema);
}
StreamId store_stream_id(void *store, uint32_t stream_no); /* a StreamIdOf */
/* The number of a stream, given now when it is new (seq 0 until its first commit). Writer thread. */
Status stream_meet(Ctx *c, Store *s, StreamId id, uint32_t *ret_no) CHECKED;
/* What the first commit of a foreign stream tells. */
Status stream_introduce(Ctx *c, Store *s, uint32_t no, const uint8_t node_public[32],
                        const uint8_t incarnation[16], uint32_t scope_no) CHECKED;
/* 0: unknown. */
uint32_t store_stream_no(Store *s, StreamId id);
ScopeRow *scope_row(Store *s, uint32_t no);
/* Caches of users and roles look at the generation: it grows now and once more after COMMIT. */
static inline void control_touch(Store *s) {
    atomic_fetch_add(&s->control_generation, 1);
    s->control_touched = true;
}
/* The scope's number, made with its key when missing. Writer thread. */
Status scope_need(Ctx *c, Store *s, Id office, Lane lane, uint32_t *ret_no) CHECKED;
/* This node's stream in a scope, made when missing. Writer thread. */
Status stream_need(Ctx *c, Store *s, uint32_t scope_no, uint32_t *ret_no) CHECKED;
Status store_load_maps(Ctx *c, Store *s) CHECKED;
Id scope_id_of(const Store *s, Id office, Lane lane);
/* A scope that another node speaks of; its key may come later. Writer thread. */
Status scope_meet(Ctx *c, Store *s, Id id, Id office, Lane lane, uint32_t *ret_no) CHECKED;
Status scope_set_key(Ctx *c, Store *s, uint32_t no, int64_t key_n) CHECKED;
Status meta_get(Ctx *c, Db *db, const char *name, Str *ret) CHECKED; /* STR_NONE: not there */
Status meta_put(Ctx *c, Db *db, const char *name, Str value) CHECKED;
Status meta_put_int(Ctx *c, Db *db, const char *name, int64_t value) CHECKED;
Status meta_get_int(Ctx *c, Db *db, const char *name, int64_t fallback, int64_t *ret) CHECKED;
/* Makes the DERIVED tables of a schema in an empty database. */
Status schema_create(Ctx *c, Db *db, const Schema *schema) CHECKED;
Status schema_create_indexes(Ctx *c, Db *db, const Schema *schema) CHECKED;
Status schema_drop(Ctx *c, Db *db) CHECKED;
void *writer_main(void *store);
/* checkpoint.c: before the writer thread runs; after it has ended. */
Status mover_start(Ctx *c, Store *s, const char *path) CHECKED;
void mover_stop(Store *s);
/* The writer's share, after each transaction. */
void checkpoint_after(Store *s);
/* Asks the mover for a turn; the number that tells when it is over. */
uint64_t checkpoint_ask(Store *s);
bool checkpoint_done(Store *s, uint64_t turn);
/* Moves the rest of the log and empties its file, waiting a little for readers. False: not now. */
bool checkpoint_cut(Store *s, int wait_ms);

/* writer.c: for what is done between batches. */
void writer_note_failure(Ctx *c, Store *s, Status st);
void writer_fail(Ctx *c, WriteJob *first, Status st);
void writer_answer(WriteJob *first);

/* traces.c: what an erasure leaves in index and log. Are all words of the table being merged just now? */
bool traces_merge(const Store *s, const TableSpec *t);
/* Before the writer thread runs: */
Status traces_open(Ctx *c, Store *s) CHECKED;
/* In the erasing transaction, before terms_flush(). */
Status traces_mark(Ctx *c, Store *s, const Projector *p) CHECKED;
/* After its COMMIT. */
void traces_committed(Store *s);
/* The job is answered when no trace of its erasure is left, or with the reason why some is. */
void traces_hold(Store *s, WriteJob *job);
/* A short piece of work, if it is time for one. */
void traces_step(Store *s, Arena *a);
/* Until the next step; -1: there is nothing to do. */
int64_t traces_pause_ms(const Store *s);
/* The writer ends: finishes what somebody waits for. */
void traces_close(Store *s, Arena *a);
Status node_file_write(Ctx *c, const char *dir, const uint8_t seed[32], const Key *kek) CHECKED;
/* bulk.c: before the writer thread runs. */
Status bulk_begin(Ctx *c, Store *s) CHECKED;
/* Takes custom fields and code entries into a new model and schema; make_tables: also makes the tables
 * that are new. Writer thread, or before it runs. */
Status store_reload_model(Ctx *c, Store *s, bool make_tables) CHECKED;
/* The language of the office under no other; empty: none is said. Before there are threads. */
Status reload_first_language(Ctx *c, Store *s, Str *ret) CHECKED;
Reader *reader_make(Ctx *c, Store *s) CHECKED;
Hlc hlc_next(Hlc last, Time now);
static inline Time hlc_time(Hlc h) {
    return (Time)(h >> 16) * TIME_MS;
}

Status insert_key_row(Ctx *c, Db *db, const struct KeyRow *key, Id subject, Lane lane,
                      uint32_t scope_no) CHECKED;
/* The key of a (subject, lane), or ST_MISSING. n: its row; lane: also of the scope's own (subject =
 * scope id). */
Status subject_key(Ctx *c, Reader *r, Id subject, Lane lane, KeyRow *ret) CHECKED;
Status key_by_id(Ctx *c, Reader *r, Id key_id, KeyRow *ret) CHECKED;
/* The key of row n. */
Status key_of_row(Ctx *c, Reader *r, int64_t n, KeyRow *ret) CHECKED;

/* ---- ledger rows ---- */

#define LEDGER_POS(stream_no, seq) ((int64_t)((uint64_t)(stream_no) << 40 | (seq)))
#define POS_STREAM(pos) ((uint32_t)((uint64_t)(pos) >> 40))
#define POS_SEQ(pos) ((uint64_t)(pos) & ((1ULL << 40) - 1))

/* A commit out of the database (stored.c). What follows from the rest is not stored: of the header's
 * references to parts only what commit_complete() could not find again is there at first. */
typedef struct StoredCommit {
    int64_t pos;
    Header h;       /* parts[i]: key_id where key_n is 0, cipher_hash where the part is erased */
    Str *parts;     /* ciphertexts; s == NULL: erased */
    int64_t *key_n; /* rows of ledger_key; 0: no such key was here when it came */
} StoredCommit;
Status commit_load(Ctx *c, Reader *r, int64_t pos, StoredCommit *ret) CHECKED;
Status commit_open_part(Ctx *c, Reader *r, const StoredCommit *sc, uint32_t i,
                        Str *ret_body) CHECKED;
Status commit_add(Ctx *c, Db *db, const StoredCommit *sc) CHECKED;
Status commit_replace(Ctx *c, Db *db, const StoredCommit *sc) CHECKED;

/* Ids of keys by row of ledger_key. */
typedef struct KeyIds {
    const Id *v; /* [n]; ID_NONE: no such row */
    size_t n;
} KeyIds;
Status key_ids_all(Ctx *c, Db *db, Arena *a, KeyIds *ret) CHECKED;
/* Fills in the references to parts. False: a key's row is not there. */
bool commit_complete(StoredCommit *sc, const KeyIds *ids) CHECKED;
/* The header's bytes, as they were sealed. Completes it. */
Status commit_header(Ctx *c, Reader *r, StoredCommit *sc, Str *ret_bytes) CHECKED;

/* Commits in order of stream and seq, after one pos (0: from the first) and before another. */
#define WALK_END LEDGER_POS(1u << 18, 0)
typedef struct CommitWalk {
    Db *db;
    Stmt *st;
    bool has_row; /* the statement stands on the first piece of the next */
} CommitWalk;
Status walk_start(Ctx *c, Db *db, int64_t after, int64_t before, CommitWalk *ret) CHECKED;
/* The bytes as stored, into the arena; *ret_pos 0: there is no other. */
Status walk_next(Ctx *c, CommitWalk *w, Arena *a, int64_t *ret_pos, Str *ret_bytes) CHECKED;
void walk_end(CommitWalk *w);
/* False: not what commit_add() writes. */
bool stored_decode(Arena *a, StreamId stream, int64_t pos, Str bytes, StoredCommit *ret) CHECKED;
/* layout.c: folders of an earlier layout, before their tables are touched. */
Status layout_renew(Ctx *c, Db *db) CHECKED;

/* Puts a commit of whatever origin into the ledger and projects what can be opened: the one way in
 * for the writer, for merging and for imports of bundles. Writer thread, inside a transaction.
 * ST_CONFLICT: it does not follow the stream's head (a gap or a fork). */
typedef struct NewCommit {
    uint32_t stream_no;
    StoredCommit sc; /* whole */
    Hash256 head;
} NewCommit;
Status ledger_append(Ctx *c, Store *s, const NewCommit *n) CHECKED;

/* What a commit is found by later: the key of each change part; the act, and what made it idempotent. */
Status note_part(Ctx *c, Db *db, int64_t key_n, int64_t pos, uint32_t part) CHECKED;
Status note_act(Ctx *c, Db *db, const ActPart *act, int64_t pos) CHECKED;

/* What a replay of the ledger finds, held against ledger_key and ledger_part (books.c). */
typedef struct Books Books;
Status books_new(Ctx *c, Arena *a, Db *db, Books **ret) CHECKED;
/* A change part that could be opened; read: what stands in it, NULL where that is not understood. */
void books_note(Books *b, int64_t key_n, int64_t pos, uint32_t part, const ChangePart *read);
/* NULL: they agree; else the table that does not. */
Status books_compare(Ctx *c, Db *db, const Books *b, const char **ret_wrong) CHECKED;

/* ---- projection ---- */

/* Where a change comes from. */
typedef struct ChangeOrigin {
    uint32_t stream_no, scope_no;
    uint64_t seq;
    Hlc clock;
    StreamId stream;
} ChangeOrigin;

/* So many rows more of a kind in a scope, and among them so many more that are void. */
typedef struct RowCount {
    uint32_t kind_no, scope_no;
    int64_t delta, void_delta;
} RowCount;

/* What became of the words of a row (terms.c). */
typedef struct WordChange {
    const TableSpec *table;
    int64_t rid;
    size_t order; /* among the changes of one row */
    Str old, now; /* the row's words; empty: none */
} WordChange;

/* Hashes of rows; open addressing, 0: empty. */
typedef struct RowSet {
    uint64_t *slots;
    size_t n, cap; /* cap: a power of two */
} RowSet;

/* Projects onto the tables of any database: the live one or one being rebuilt beside it. */
struct Projector {
    Store *store;
    Db *db;
    const Schema *schema;
    Arena *arena;          /* of the projector itself */
    uint8_t (*hashes)[32]; /* [scope_no]: the projection hash, kept while it runs */
    bool *hash_loaded;
    size_t n_hashes;
    VEC(RowCount) counts; /* rows made and deleted since the last flush */
    /* Tables that were empty: search terms are put in at the end, from the rows (rebuild.c), and a row
     * that was not met yet is not looked for. */
    bool bulk;
    RowSet met;
    bool words_later;      /* words are, keys at once: see bulk.c */
    VEC(WordChange) words; /* of the running transaction, not yet in the index */
    int64_t quarantined;
};
Projector projector_new(Arena *a, Store *s, Db *db, const Schema *schema);
Status project_change(Ctx *c, Projector *p, const ChangeOrigin *o, const Change *ch) CHECKED;
/* Writes the hashes that moved and forgets them. */
void projector_forget(Projector *p);
Status projector_flush(Ctx *c, Projector *p) CHECKED;

/* ---- work ahead ---- */

/* A second thread works on batches in order; at most AHEAD_N are with it, or done and not taken back. */
enum { AHEAD_N = 3 };
typedef struct Ahead {
    pthread_t thread;
    bool runs; /* false: there is no second thread, and putting works */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void (*work)(void *batch);
    void *ring[AHEAD_N];
    size_t n_put, n_done, n_taken;
    bool closing;
} Ahead;
void ahead_start(Ahead *a, void (*work)(void *batch));
void ahead_put(Ahead *a, void *batch);
void *ahead_take(Ahead *a); /* the oldest, when it is done; NULL: none is left */
void ahead_stop(Ahead *a);  /* what was put is worked on first */

/* ---- rows ---- */

/* Sort keys of one column must be of one language: that of the office under no other, as it was when the
 * folder was opened (Store.sort_lang, "sort_lang" in ledger_meta; another one is another schema, and is
 * projected anew). Where none is said: Persian order, Arabic script first and Latin after it in its own
 * order. */
#define SORT_LANG STR("fa")
/* The language, or SORT_LANG where it is none by its letters. */
Str sort_language(Str lang);

/* A row of a table as stored. */
typedef struct Row {
    const TableSpec *table;
    int64_t rid; /* 0: none yet */
    Id id;
    uint32_t scope_no;
    Val void_code;
    Val *values; /* one a column, typed */
    Val extra;   /* VAL_MAP custom id text → typed value */
    Heads heads;
    Str heads_blob;
} Row;
/* As row_load() has it where there is none. */
void row_none(Ctx *c, const TableSpec *t, Id id, uint32_t scope_no, Row *ret);
Status row_load(Ctx *c, Db *db, const TableSpec *t, Id id, uint32_t scope_no,
                Row *ret) CHECKED; /* rid 0 when none */
void row_from_stmt(Arena *a, const TableSpec *t, Stmt *st, int first, Row *ret);
Val val_from_column(Arena *a, const FieldInfo *f, Stmt *st, int i);
void bind_value(Stmt *st, int i, Arena *a, const FieldInfo *f, Val v);
/* The first row with this id in any scope; rid 0 when none. */
Status row_find(Ctx *c, Db *db, const TableSpec *t, Id id, Row *ret) CHECKED;
/* The record of a main row, side tables left out. */
Status record_from_row(Ctx *c, Row *row, Record **ret) CHECKED;

const FieldInfo *field_of_key(const KindInfo *k, const FieldKey *key); /* NULL: unknown */
/* Is the scope (of that lane) within the caller's reach? */
bool reach_has(const Ctx *c, Lane lane, uint32_t scope);
bool reach_has_scope(const Ctx *c, uint32_t scope);
/* A main row as a whole record: the values of other lanes in reach, custom ones too, and whether people
 * have to decide between several. */
Status record_finish(Ctx *c, Row *row, Record **ret) CHECKED;

/* ---- search terms ---- */

typedef struct TermList {
    Str *v;
    size_t n;
} TermList;
enum { TERMS_PER_ROW_MAX = 96 };

/* The row's terms, at most TERMS_PER_ROW_MAX, into list; returns how many. */
size_t row_terms(Arena *a, const Row *row, Str *list);
bool term_in(const Str *list, size_t n, Str term);
/* Looked up by acts, in table "term"; all others are words. */
bool term_is_key(Str term);
/* A key as it stands in table "term", in 48 bits. The years of one pair of names ("=" keys) have codes that
 * differ in their last TERM_YEAR_BITS only. */
enum { TERM_YEAR_BITS = 14 };
int64_t term_code(Str term);
/* False: another key may have the same code; the row's own terms decide. */
bool term_code_is_exact(int64_t code);
/* Of "#26-4567" "#4567", under which rows with that key may be kept; STR_NONE for any other. */
Str term_serial(Arena *a, Str key);
/* What became of a row: its keys at once, its words with terms_flush(). */
Status terms_change(Ctx *c, Projector *p, const Row *row, TermList old, TermList now) CHECKED;
/* Before COMMIT. What is taken out stays in the index's past until terms_merge() is through. */
Status terms_flush(Ctx *c, Projector *p) CHECKED;
/* So many pages of merging all that the index has when it begins; what is put in meanwhile is left out. */
Status terms_merge(Ctx *c, Db *db, const TableSpec *t, int pages, bool begin,
                   bool *ret_more) CHECKED;
/* A new index as acts want it. WORDS_SETTINGS: another number where that changes, for folders that have one. */
enum { WORDS_SETTINGS = 1 };
Status terms_settle(Ctx *c, Db *db, const TableSpec *t) CHECKED;
/* The index made anew from the rows if it has more levels: FTS5 adds two with each full merge. */
Status terms_renew(Ctx *c, Db *db, const TableSpec *t, int levels_max) CHECKED;
/* The words (and keys) of all rows of a table, into empty indexes. */
Status terms_fill(Ctx *c, Db *db, const TableSpec *t, bool with_keys) CHECKED;
/* The expression for t->sql_words_find: each token, in one of the scopes (n_scopes 0: in any). */
Str words_match(Arena *a, const NameToken *tokens, size_t n, const uint32_t *scopes,
                size_t n_scopes);

/* Takes a deleted row out of hash, count and conflicts. */
Status project_forget_row(Ctx *c, Projector *p, const Row *row) CHECKED;

/* ---- the act being written ---- */

typedef struct PendingValue {
    const FieldInfo *field;
    FieldKey key;
    Val value;
    CoverEntry *context;
    size_t n_context;
} PendingValue;

typedef struct PendingRecord {
    const KindInfo *kind;
    Id id;
    Lane lane;
    uint32_t scope_no;
    Id subject;
    bool fresh; /* made by this act */
    VEC(PendingValue) values;
} PendingRecord;

struct Tx {
    Store *store;
    ActPart act;
    bool has_act;
    bool replay;
    bool committing; /* fn is done: rows are written */
    Str reason_text;
    VEC(PendingRecord *) records;
    Map by_key; /* kind no, id, lane → PendingRecord */
    VEC(Id) results;
    VEC(Id) erase; /* subjects */
    struct Projector *projector;
    bool touches_control;
};

Status tx_commit(Ctx *c, Tx *tx, Projector *p) CHECKED;

/* Erasure: keys, ciphertexts, rows. Writer thread, inside a transaction; key material goes after
 * COMMIT by keys_destroy. */
Status erase_subject(Ctx *c, Store *s, Projector *p, Id subject) CHECKED;

#endif
