/* store.h: the open data folder: ledger, projection, keys, blobs, reading and writing.
 *
 * One process holds a folder (DIR/lock). One writer thread with the only writing connection; any
 * number of read-only connections. Work that writes is a WriteFn: it runs on the writer thread
 * inside a SAVEPOINT, reads current state through c->reader, and says what shall change by the
 * tx_* calls; when it returns ST_OK the writer seals and appends one commit per scope touched and
 * projects it, and the caller is answered after COMMIT. A WriteFn that fails is rolled back alone.
 *
 *   DIR/panah.db     ledger and projection (SQLite, WAL, synchronous=FULL)
 *   DIR/keys.db      wrapped keys, apart because its backups must expire
 *   DIR/node.key     the node's signing seed and key-encryption key, 0600
 *   DIR/blobs/       sealed photos and scans
 *   DIR/lock, DIR/panah.sock                                                                    */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "model/model.h"
#include "model/expr.h"
#include "store/ledger.h"
#include "text/text.h"

typedef struct Store Store;
typedef struct Reader Reader;
typedef struct Tx Tx;

/* ---- life of a folder -------------------------------------------------------------------- */

typedef struct StoreOptions {
    const char *dir;
    const ModelSource *model; /* built-in kinds, lists, labels; custom ones come from the ledger */
    size_t n_readers;         /* 0: 8 */
    bool password_quick;      /* tests: cheap Argon2id */
    Str language; /* store_init: the operation's first one; empty: fa. Later it is that of
                                 the office that is under no other */
    bool bulk;    /* an empty folder is about to be filled: see store_bulk_end() */
} StoreOptions;

/* Makes the folder: node key, incarnation, operation id, recovery key (returned once as text).
 * Errors: "error.store.exists", "error.store.no_key" (as below), those of writing. */
Status store_init(Ctx *c, const StoreOptions *o, Str operation_name,
                  Str *ret_recovery_text) CHECKED;
/* Makes a new node.key in a folder that has lost its own, with the recovery key on paper: a new node in
 * a new incarnation over the same ledger and keys. Errors: "error.store.exists" (node.key is there),
 * "error.store.other_recovery_key", "error.recovery.*" (which group is mistyped). */
Status store_recover(Ctx *c, const char *dir, Str recovery_key) CHECKED;
/* Is it a data folder? ST_MISSING "error.store.none"; "error.store.no_key" where there is data without
 * a node.key: the key was lost, or the folder was never finished. */
Status store_is_there(Ctx *c, const char *dir) CHECKED;
/* Locks and opens; finishes what a crash left; starts the writer thread.
 * Errors: those of store_is_there(), "error.store.locked" (arg pid), "error.store.readonly",
 * "error.store.newer" (format), "error.store.corrupt". */
Status store_open(Ctx *c, const StoreOptions *o, Store **ret_store) CHECKED;
/* Waits for queued work, checkpoints, closes. */
void store_close(Store *s);
/* With StoreOptions.bulk nothing waits for the disk, and lists and searches by name have no index until
 * this is called: for folders that a crash may take, because they can be made again. Everything else
 * is as always. What was written is on the disk when it returns. */
Status store_bulk_end(Ctx *c, Store *s) CHECKED;

const Model *store_model(const Store *s); /* the current one; stays valid until store_close */
Env *store_env(const Store *s);
const char *store_dir(const Store *s);
Id store_operation(const Store *s);
Id store_node(const Store *s); /* first 16 bytes of SHA-256 of the node's public key */

/* Which scopes a caller may read, lane by lane (local scope numbers, ascending). The access room
 * computes it; Ctx.reach points to it. `everything` is the program itself. */
typedef struct Reach {
    bool everything;
    bool sealed; /* may open sealed fields */
    struct {
        const uint32_t *scopes;
        size_t n;
    } lane[LANES];
} Reach;
extern const Reach reach_everything;

/* The local number of the scope of an office and lane (control: office ID_NONE), 0 when it has none
 * yet; and back. */
uint32_t store_scope_no(Store *s, Id office, Lane lane);
bool store_scope_office(Store *s, uint32_t scope_no, Id *ret_office, Lane *ret_lane);

/* ---- reading ----------------------------------------------------------------------------- */

/* Takes a read connection of the pool for the rest of the arena's life (given back by a deferred
 * clean-up) and a snapshot that stays the same until then. Sets c->store and c->reader. */
Status store_read_begin(Store *s, Ctx *c) CHECKED;

/* A row of the projection. Values are typed as in kind.h, indexed like kind->fields; sealed fields
 * are VAL_ABSENT until record_open_sealed(). */
typedef struct Record {
    const KindInfo *kind;
    Id id;
    int64_t rid;    /* local row number: never shown, never stored elsewhere */
    uint32_t scope; /* local scope number */
    Val *values;    /* kind->n_fields of them */
    Str heads;      /* the heads blob: see heads.h */
    bool conflict;  /* some must-resolve field has several heads */
} Record;

Val record_value(const Record *r, const char *field); /* BUG for an unknown name */
Str record_text(const Record *r, const char *field);  /* text or code; empty when unknown */
/* What it is called in a language: the kind's field "label_<lang>" where there is one and it is known,
 * else the text of the kind's title field; may be empty. */
Str record_label(const Record *r, Str lang);
bool record_id(const Record *r, const char *field, Id *ret_id);
bool record_is_void(const Record *r);
/* Token of what was read, to be given back as `base` of a change. */
Str record_version(Ctx *c, const Record *r);

/* These apply the actor's access: ST_MISSING for what is unknown or not yours to see. */
Status read_record(Ctx *c, const KindInfo *k, Id id, Record **ret) CHECKED;
/* Records of `k` whose FT_REF field `ref` points to `target`, oldest first; void ones too if asked. */
Status read_children(Ctx *c, const KindInfo *k, const char *ref, Id target, bool with_void,
                     Record ***ret, size_t *ret_n) CHECKED;
/* Records of `k` with a must-resolve field that has several heads, oldest first; at most `limit`. */
Status read_conflicts(Ctx *c, const KindInfo *k, size_t limit, Record ***ret,
                      size_t *ret_n) CHECKED;
/* First match of an indexed field, typed value; ST_MISSING when none. */
Status read_by_field(Ctx *c, const KindInfo *k, const char *field, Val value, Record **ret) CHECKED;
/* Opens the sealed fields of a record into its values (decrypts the ledger parts). */
Status record_open_sealed(Ctx *c, Record *r) CHECKED;

/* A page of a list. */
typedef struct Query {
    const KindInfo *kind;
    const Expr *where;      /* NULL: all */
    const FieldInfo *order; /* NULL: by age of the record */
    bool descending;
    bool with_void;
    Str cursor;      /* sealed; empty: the first page */
    size_t limit;    /* 1-1,000 */
    size_t scan_max; /* rows looked at before answering what is there; 0: 50,000 */
    const FieldInfo *const
        *columns; /* what will be shown: access is checked for each; NULL: all readable */
    size_t n_columns;
} Query;
typedef struct Page {
    Record **rows;
    size_t n;
    Str next;         /* empty: the end */
    int64_t searched; /* rows looked at */
    int64_t total;    /* rows of the kind in reach, void ones only with with_void; -1 unknown */
} Page;
Status read_query(Ctx *c, const Query *q, Page *ret) CHECKED;
/* Number of matches, counted at most up to `cap`. */
Status read_count(Ctx *c, const KindInfo *k, const Expr *where, int64_t cap, int64_t *ret) CHECKED;

/* Number of records by the values of up to two fields (a code, a bool, a date's year), void ones left
 * out: what pictures and indicators need. rows are ascending by key. Looks at every match: give `where`
 * an index or keep the kind small, or cap the scan. */
typedef struct Tally {
    Val key[2]; /* VAL_NULL: unknown */
    int64_t n;
} Tally;
Status read_tally(Ctx *c, const KindInfo *k, const Expr *where, const FieldInfo *const *by,
                  size_t n_by, int64_t scan_max, Tally **ret, size_t *ret_n,
                  bool *ret_whole) CHECKED;
/* Rows of a kind in reach, void ones left out: kept, not counted. */
Status read_row_count(Ctx *c, const KindInfo *k, int64_t *ret) CHECKED;

/* Search terms. A record is found when every token finds one of its alternatives among the record's
 * terms: the kind's own terms(); the name_terms() of its FF_NAME fields; for FF_SEARCH fields "#" + each of number_terms(),
 * and "~" + the last four digits of values with six digits or more. Words (of names, "~") are those of
 * the last COMMIT; an act that looks up keys ("=", "#") sees its own transaction. At most `limit` records,
 * after looking at scan_max rows at most (0: 50,000); *ret_searched < 0 says that it stopped early. */
typedef struct TermQuery {
    const KindInfo *kind;
    const NameToken *tokens; /* text/name.h: alternatives, exact or prefix */
    size_t n_tokens;
    size_t limit, scan_max;
    bool with_void;
} TermQuery;
Status read_terms(Ctx *c, const TermQuery *q, Record ***ret, size_t *ret_n,
                  int64_t *ret_searched) CHECKED;

/* ---- history ------------------------------------------------------------------------------ */

typedef struct HistoryChange {
    const KindInfo *kind;
    Id id;
    const FieldInfo *field;
    Str element; /* of a set */
    Val before;  /* VAL_ABSENT: was not there; VAL_NULL: unknown */
    Val after;
    bool stands; /* this value is (one of) the present ones */
    bool sealed; /* a sealed field: values are absent unless asked for and allowed */
} HistoryChange;
typedef struct HistoryEntry {
    ActPart act;
    Time when;
    StreamId stream;
    uint64_t seq;
    Str reason_text;
    const HistoryChange *changes;
    size_t n_changes;
} HistoryEntry;
/* The act an idempotency key has led to; ST_MISSING when it is new. */
Status store_find_act(Ctx *c, Id idempotency, ActPart *ret) CHECKED;
/* Grows whenever a commit of the control scope is projected and whenever a scope gets its local
 * number, after COMMIT and before the writer answers: caches of users and roles look at it. */
uint64_t store_control_generation(const Store *s);

/* All acts that touched the records of one subject, oldest first. */
Status read_history(Ctx *c, Id subject, const HistoryEntry **ret, size_t *ret_n) CHECKED;
/* One act of this node: an entry for each subject and commit it touched, as read_history() gives
 * them. ST_MISSING "error.act.unknown": unknown, or nothing of it is the actor's to see. */
Status read_act(Ctx *c, Id act, const HistoryEntry **ret, size_t *ret_n) CHECKED;
/* The records of a subject as they stood at a time: values only. */
Status read_as_of(Ctx *c, Id subject, Time when, Record ***ret, size_t *ret_n) CHECKED;

/* ---- writing ------------------------------------------------------------------------------ */

typedef Status (*WriteFn)(Ctx *c, Tx *tx, void *arg);

typedef struct WriteJob {
    WriteFn fn;
    void *arg;
    Ctx *ctx; /* the caller's; used on the writer thread while the caller waits */
    /* fn does nothing but read and write through ctx and arg, and may run a second time after all it wrote
     * was taken back. Jobs of this kind need no savepoints of their own, an eighth of a writer's time. */
    bool repeatable;
    Status status;         /* of the whole, after COMMIT */
    struct WriteJob *next; /* private, as what follows */
    void *wait;
    size_t noted, dropped; /* errors in ctx before it ran */
    bool erased;
} WriteJob;
/* Runs the job on the writer thread and waits until it is durable (group commit with others); one that
 * erases, until no trace is left in the files, while others go on writing. */
Status store_write(Store *s, Ctx *c, WriteFn fn, void *arg) CHECKED;
/* Several jobs in one transaction, each of which fails alone; for bulk work. Statuses are in the jobs. */
Status store_write_batch(Store *s, WriteJob *jobs, size_t n) CHECKED;

/* Who, what and why of the act being written. Set once, before or after the changes. */
void tx_act(Tx *tx, const ActPart *act);
/* A new record. fields: VAL_MAP name → typed value (custom fields by id text). office: whose scope it
 * goes to (ID_NONE for control kinds). Missing fields stay unknown. */
Status tx_create(Ctx *c, const KindInfo *k, Id id, Id office, Val fields) CHECKED;
/* Changes fields of a record. base: the token of what the actor saw (record_version), empty: the
 * present state. Online a base older than a field's heads is refused: ST_CONFLICT "error.stale" with
 * both values; with tx_replay() it becomes a concurrent head. Values that are as before are left out. */
Status tx_set(Ctx *c, const KindInfo *k, Id id, Str base, Val fields) CHECKED;
Status tx_void(Ctx *c, const KindInfo *k, Id id, Str reason_code) CHECKED;
/* Takes a void back. */
Status tx_unvoid(Ctx *c, const KindInfo *k, Id id) CHECKED;
void tx_replay(Tx *tx, bool replay);
void tx_reason_text(Tx *tx, Str text);
/* Uniqueness that the writer checks at once: ST_CONFLICT "error.claim" (arg: namespace). */
Status tx_claim(Ctx *c, const char *space, Str key, Id owner) CHECKED;
/* The next number of a series from this node's blocks. */
Status tx_next_number(Ctx *c, Id office, const char *series, int64_t *ret_number) CHECKED;
/* Makes the scopes of an office, one a lane, with their keys: what is registered there at once can be
 * read at once. Called when an office is made; idempotent. */
Status tx_open_office(Ctx *c, Id office) CHECKED;
/* Destroys keys and ciphertexts of a subject, now, everywhere in this folder. */
Status tx_erase(Ctx *c, Id subject) CHECKED;
/* A second act in the same transaction is not possible; result ids are those of tx_create (256 at most)
 * unless tx_result() named others. */
void tx_result(Tx *tx, Id id);

/* LOCAL tables (drafts, sessions, jobs): not in the ledger, never in a rebuild. One small table:
 * (space, key) → bytes, with a time. */
Status local_put(Ctx *c, Str space, Str key, Str bytes) CHECKED; /* on the writer thread */
Status local_get(Ctx *c, Str space, Str key, Str *ret_bytes, Time *ret_when) CHECKED;
Status local_delete(Ctx *c, Str space, Str key) CHECKED;
typedef struct LocalItem {
    Str key, bytes;
    Time when;
} LocalItem;
Status local_list(Ctx *c, Str space, LocalItem **ret, size_t *ret_n) CHECKED;
/* Keys of the items whose bytes have `holds` in them; looks at every item of the space. */
Status local_find(Ctx *c, Str space, Str holds, Str **ret_keys, size_t *ret_n) CHECKED;
/* Keys of at most max items last put before a time; looks at every item of the space. */
Status local_older(Ctx *c, Str space, Time before, size_t max, Str **ret_keys,
                   size_t *ret_n) CHECKED;
/* Inside a WriteFn, of a small space: deletes at most max items last put before a time. ret_n may be NULL. */
Status local_delete_older(Ctx *c, Str space, Time before, size_t max, size_t *ret_n) CHECKED;

/* ---- blobs --------------------------------------------------------------------------------- */
Status blob_put(Ctx *c, Id subject, Lane lane, Str bytes,
                Hash256 *ret_name) CHECKED; /* inside a WriteFn */
Status blob_get(Ctx *c, const Hash256 *name, Str *ret_bytes) CHECKED;

/* ---- what another node wrote (inside a WriteFn) ---------------------------------------------- */

typedef struct ForeignStream {
    uint8_t node_public[32];
    uint8_t incarnation[16];
    Id scope;  /* must be that of office and lane in this operation */
    Id office; /* ID_NONE for the control lane */
    Lane lane;
} ForeignStream;
typedef struct ForeignCommit {
    Str header;
    const Str *parts; /* s == NULL: erased where it comes from */
    size_t n_parts;
} ForeignCommit;
/* A run of one stream's commits in order of seq, the last one sealed. Known ones change nothing.
 * ST_INVALID "error.ledger.*": not what its node sealed; ST_CONFLICT "error.ledger.order": commits are
 * missing before it. A fork is kept, the stream frozen, and ST_OK returned. */
Status tx_receive(Ctx *c, const ForeignStream *f, const ForeignCommit *commits, size_t n,
                  const uint8_t seal[64]) CHECKED;
typedef struct ForeignKey {
    Id key_id, subject, office;
    Lane lane;
    Key key;
} ForeignKey;
/* Takes a key and projects the parts that waited for it. */
Status tx_receive_key(Ctx *c, const ForeignKey *f) CHECKED;

/* ---- checks -------------------------------------------------------------------------------- */
typedef struct VerifyReport {
    int64_t streams, commits, parts, erased, seals, faults;
    Str first_fault; /* where and what */
} VerifyReport;
Status store_verify(Ctx *c, Store *s, bool all_seals, VerifyReport *ret) CHECKED;
typedef struct RebuildReport {
    int64_t commits, parts, rows, differences, locked, quarantined;
    int64_t us, compare_us; /* of it, comparing */
    Str first_difference;
} RebuildReport;
/* Projects everything anew beside the present tables; with check_only compares row for row and head
 * for head, and the tables that lead from a person to the parts about them with the ledger; else swaps. */
Status store_rebuild(Ctx *c, Store *s, bool check_only, RebuildReport *ret) CHECKED;

#endif
