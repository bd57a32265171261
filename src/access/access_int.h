/* access_int.h: what the files of the access room share. */
#ifndef ACCESS_ACCESS_INT_H
#define ACCESS_ACCESS_INT_H

#include "access/access.h"

#include <pthread.h>

/* ---- the actor cache ------------------------------------------------------------------------- */

/* An actor as computed from the control records; immutable, shared, freed with its last reference. */
typedef struct ActorData {
    Arena *arena;
    _Atomic uint32_t refs;
    uint64_t generation;    /* of the control records it was computed from */
    Day today;              /* grants and accounts end by the day */
    uint64_t used;          /* tick of the last use: the oldest makes room */
    bool active;            /* may sign in and act */
    uint64_t password_mark; /* of the stored hash: a session made under another one has ended */
    Str password_hash;
    Actor actor; /* without what belongs to a session */
    Reach reach;
} ActorData;

enum { ACTOR_SETS = 64, ACTOR_WAYS = 8, ACTOR_ARENA_MAX = 64 << 20 };

typedef struct ActorCache {
    pthread_mutex_t lock;
    uint64_t tick;
    ActorData *slots[ACTOR_SETS][ACTOR_WAYS];
} ActorCache;

void actor_cache_clear(ActorCache *k);
/* A reference that c->arena gives back. c->reader must be NULL. ST_MISSING "error.user.unknown". */
Status actor_load(Ctx *c, Access *a, Id user, const ActorData **ret) CHECKED;
/* Computes one from the records that c reads, all of them being in reach. The caller owns the one
 * reference. */
Status actor_compute(Ctx *c, Store *s, Id user, uint64_t generation, ActorData **ret) CHECKED;
void actor_release(ActorData *d);
uint64_t password_mark(Str phc);
/* By the normal form; ID_NONE and no hash for an unknown login. */
Status login_find(Ctx *c, Access *a, Str login, Id *ret_user, Str *ret_phc) CHECKED;

/* Runs fn in a read of its own: an arena, a snapshot and everything in reach, all gone afterwards.
 * Errors are carried over to c. What fn hands out it copies to an arena of the caller's. */
typedef Status (*AccessRead)(Ctx *inner, void *arg);
Status access_read(Ctx *c, Store *s, AccessRead fn, void *arg) CHECKED;
/* Copies the errors noted in one Ctx to another. */
void errors_carry(Ctx *to, const Ctx *from);
/* The permission by which rows of a lane are read. */
Permission lane_read_permission(Lane lane);

/* ---- guesses --------------------------------------------------------------------------------- */

/* Who guesses too often waits: an exponential delay after some free tries, by key. Bounded: a set of
 * few entries a bucket, of which the one with the fewest failures makes room. */
enum { THROTTLE_SETS = 512, THROTTLE_WAYS = 8 };
typedef struct ThrottleEntry {
    uint64_t key; /* 0: empty */
    uint32_t failures;
    Time last, until;
} ThrottleEntry;
typedef struct ThrottleRule {
    uint32_t free_tries;
    Time first_delay, longest_delay;
    Time forget; /* after this long without a try */
} ThrottleRule;
extern const ThrottleRule throttle_login, throttle_source;
typedef struct Throttle {
    pthread_mutex_t lock;
    uint64_t seed;
    ThrottleEntry entries[THROTTLE_SETS][THROTTLE_WAYS];
} Throttle;
uint64_t throttle_key(const Throttle *t, char kind, Str text);
/* Counts a try as failed beforehand, so that tries at the same time count too. Returns how long to
 * wait: 0: go on. A try that is refused does not count. */
Time throttle_begin(Throttle *t, const ThrottleRule *rule, uint64_t key, Time now);
/* The try was right: forget them all, or only this one. */
void throttle_forget(Throttle *t, uint64_t key);
void throttle_take_back(Throttle *t, uint64_t key);

/* ---- password work --------------------------------------------------------------------------- */

enum { PASSWORD_WAITERS_MAX = 64 };
typedef struct PasswordSlots {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    size_t n, busy, waiting;
    uint32_t mem_kib, passes;
    char dummy[160]; /* a hash that no password has, for logins that do not exist */
    size_t dummy_n;
} PasswordSlots;
Status password_slots_open(Ctx *c, PasswordSlots *p, const AccessOptions *o) CHECKED;
void password_slots_close(PasswordSlots *p);
/* An empty hash costs the same work and is wrong. ST_BUSY when too many wait. */
Status password_try(Ctx *c, PasswordSlots *p, Str phc, Str password, bool *ret_right) CHECKED;

/* ---- sessions -------------------------------------------------------------------------------- */

enum { SESSION_LANG_N = 8, SESSION_BUCKETS = 4096, SESSION_SAVE_EVERY_S = 60 };

typedef struct Session {
    Hash256 token_hash;
    Id id, user;
    Time began, seen;
    uint64_t password_mark,
        next_password_mark; /* the next: while a change is being written; or 0 */
    uint32_t wrong;         /* passwords in a row */
    bool locked;
    char lang[SESSION_LANG_N]; /* NUL-terminated; empty: the user's */
    Time saved;                /* `seen` as LOCAL has it */
    int32_t next;              /* in the bucket or the free list; -1: none */
    bool used;
} Session;

typedef struct SessionTable {
    pthread_mutex_t lock;
    Session *all; /* SESSIONS_MAX */
    int32_t *buckets;
    int32_t first_free;
    size_t n;
} SessionTable;

void session_table_open(SessionTable *t, Arena *a);
/* All with t->lock held. */
Session *session_table_get(SessionTable *t, const Hash256 *token_hash);
Session *session_table_add(SessionTable *t, const Hash256 *token_hash); /* NULL: full */
void session_table_remove(SessionTable *t, Session *s);
Session *session_table_oldest_of(SessionTable *t, Id user, size_t *ret_n);
/* Makes room by dropping what is over. */
void session_table_sweep(SessionTable *t, Time now);

Str session_encode(Arena *a, const Session *s);
bool session_decode(Arena *a, Str key, Str bytes, Session *ret) CHECKED;
Str session_local_key(Arena *a, const Hash256 *token_hash);
#define SESSION_SPACE STR("session")
bool session_is_over(const Session *s, Time now);
/* Reads what the last run left. */
Status sessions_restore(Ctx *c, Access *a) CHECKED;
/* Writes the time of last use of the sessions in use, drops those that are over. */
Status sessions_save(Ctx *c, Access *a, bool all) CHECKED;

/* ---- reads of files -------------------------------------------------------------------------- */

enum {
    AUDIT_OP_N = 48,
    AUDIT_PURPOSE_N = 32,
    AUDIT_SPEAKER_N = 64,
    AUDIT_TRIES_AT_STOP = 3,
    AUDIT_GLIMPSES = 4096, /* slots of the table; a power of two */
};
typedef struct AuditEntry {
    Id reader, office, subject;
    Time at;
    bool sealed;
    uint8_t op_n, purpose_n, speaker_n;
    char op[AUDIT_OP_N], purpose[AUDIT_PURPOSE_N], speaker[AUDIT_SPEAKER_N];
} AuditEntry;

/* Who was lately shown whom in a list. One slot a hash: another pair takes it over, and the first is
 * recorded once more. */
typedef struct AuditGlimpse {
    Id reader, subject;
    Time at;
} AuditGlimpse;

typedef struct AuditQueue {
    pthread_mutex_t lock;
    pthread_cond_t filled, moved;
    AuditEntry *ring;       /* AUDIT_QUEUE */
    AuditEntry *batch;      /* AUDIT_BATCH; the thread's own */
    AuditGlimpse *glimpses; /* AUDIT_GLIMPSES */
    uint64_t put, done;     /* entries ever put, ever made durable */
    uint64_t urgent_until;  /* somebody waits for entries up to here */
    uint64_t failures;      /* batches that failed */
    Status failed_status;   /* of the last of them */
    bool closing;
    Id root_office; /* for readers without an office; writing thread only */
} AuditQueue;

Status audit_start(Ctx *c, Access *a) CHECKED;
/* Writes what waits, ends the thread. */
void audit_stop(Access *a);

/* ---- the whole ------------------------------------------------------------------------------- */

struct Access {
    Env *env;
    Store *store;
    Arena *arena; /* written while opening only */
    ActorCache actors;
    Throttle *throttle;
    PasswordSlots slots;
    SessionTable sessions;
    AuditQueue audit;
    pthread_t keeper; /* writes the audit batches and keeps the sessions */
    bool keeper_runs;
};

/* A short text into a fixed place; cut at a code point. Returns its length. */
size_t text_into(char *out, size_t room, Str text);

#endif
