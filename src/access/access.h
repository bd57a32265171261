/* access.h: who acts, and what they may see and do.
 *
 * A user signs in with a password (Argon2id) and gets a session. What they may do comes from grants:
 * role × office; a role is a set of permissions and of lanes; a grant reaches the office and all
 * offices under it. Deny by default. The Actor is computed from the control records (kinds user,
 * grant, role, office), kept, and computed again when those records or the day change.
 *
 * Life cycle: one Access an open store, from access_open() after store_open() to access_close()
 * before store_close(). All functions are thread-safe; a Ctx belongs to one thread. Functions that
 * take an Access and read the store do so in a read of their own: call them before
 * store_read_begin() (c->reader must be NULL).
 *
 * Strings and the Actor returned live in c->arena. */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "store/store.h"

typedef enum Permission {
    PERM_NONE, /* anyone signed in */
    PERM_PERSON_READ,
    PERM_PERSON_WRITE, /* register, correct */
    PERM_PERSON_VOID,  /* void a registration */
    PERM_PERSON_ERASE,
    PERM_NEED_READ, /* specific needs beyond "has needs" */
    PERM_NEED_WRITE,
    PERM_SEALED_READ, /* sealed fields: protection notes, scans */
    PERM_IMPORT,
    PERM_IMPORT_APPROVE,
    PERM_EXPORT,
    PERM_REPORT,
    PERM_USER_READ, /* accounts, and who read which file */
    PERM_USER_WRITE,
    PERM_OFFICE_WRITE,
    PERM_MODEL_WRITE, /* custom fields, code lists */
    PERM_HISTORY_READ,
    PERM_CONFLICT_RESOLVE,
    PERM_SYSTEM, /* jobs of others, health, verify, rebuild */
    PERMISSIONS,
} Permission;
/* "person.read" … the codes of list "permission"; PERM_NONE: "none". */
const char *permission_name(Permission p);
bool permission_parse(Str code, Permission *ret) CHECKED;
/* "core" … the codes of list "lane". Either case is read. */
const char *lane_name(Lane lane);
bool lane_parse(Str code, Lane *ret) CHECKED;

typedef struct Access Access;
typedef struct ActorGrant ActorGrant;

typedef struct Actor {
    Id user;
    Str name; /* shown */
    Str login;
    Id office; /* where they sit: new records go to its scope */
    Str lang;
    Id session; /* ID_NONE: none, such as on the command line */
    bool must_change_password;
    bool locked;          /* quick lock: only unlock and sign-out pass */
    bool system;          /* the program itself (init, demo): everything, recorded as such */
    Str spoken_by;        /* operating system's user on the command line */
    uint32_t permissions; /* bit per Permission, of any grant: for menus */
    const ActorGrant *grants;
    size_t n_grants;
    const Reach *reach;     /* scopes whose rows they may read, by PERM_PERSON_READ and its like */
    int utc_offset_minutes; /* of the office */
    uint64_t generation;    /* of the control records it was computed from */
    Str granters;           /* names of up to three people who can grant them more; may be empty */
} Actor;
/* One grant unfolded. */
struct ActorGrant {
    uint32_t permissions;   /* bits */
    uint32_t lanes;         /* bits */
    const uint32_t *scopes; /* local scope numbers, ascending */
    size_t n_scopes;
    const Id *offices; /* the granted office and all under it, ascending */
    size_t n_offices;
};

/* ---- what an actor may do ------------------------------------------------------------------- */

/* Of any grant. PERM_NONE: always. */
bool actor_may(const Actor *a, Permission p);
/* For a record that is there: by its scope, so that the lane counts too. */
bool actor_may_in(const Actor *a, Permission p, uint32_t scope);
/* For a record still to be made, and for users and offices: by office. */
bool actor_may_at(const Actor *a, Permission p, Id office);
/* Note ST_DENIED "error.denied" with the args permission and who (who can grant it), or
 * ST_UNAUTHENTICATED "error.session.none" without an actor. */
Status actor_require(Ctx *c, Permission p) CHECKED;
Status actor_require_in(Ctx *c, Permission p, uint32_t scope) CHECKED;
Status actor_require_at(Ctx *c, Permission p, Id office) CHECKED;
/* The scopes in which the actor has a permission, lane by lane: for work that reads by another
 * permission than that of reading, such as reports and exports (c->reach = it). */
const Reach *actor_reach(Ctx *c, Permission p);

/* By kind, for whatever works on kinds in general. Rows are still chosen by the reach. */
bool access_may_read_kind(const Actor *a, const KindInfo *k);
bool access_may_write_kind(const Actor *a, const KindInfo *k);
/* Kinds of which one sees one's own rows (field "owner") and those that are "shared": lists have to ask
 * for these, and no question about other kinds may look at them. */
bool access_own_rows_only(const Actor *a, const KindInfo *k);
bool access_may_read_row(const Actor *a, const Record *r);

/* The program itself. Copy it to set spoken_by. Acts are recorded without a user. */
const Actor *actor_system(void);
/* Sets actor, reach, lang and today of a Ctx. */
void actor_enter(Ctx *c, const Actor *a);

/* ---- life ------------------------------------------------------------------------------------ */

typedef struct AccessOptions {
    size_t password_slots; /* passwords hashed at the same time; 0: one a processor */
    bool password_quick;   /* tests: cheap Argon2id */
} AccessOptions;

Status access_open(Ctx *c, Store *s, const AccessOptions *o, Access **ret_access) CHECKED;
/* Records the reads that wait, keeps the sessions for the next start. */
void access_close(Access *a);

/* The actor of an account without a password: for the command line, whose user owns the folder, and
 * for jobs. ST_MISSING "error.user.unknown" for unknown, void, suspended and ended accounts. Enters
 * it into c. spoken_by may be empty. */
Status access_actor_of_login(Ctx *c, Access *a, Str login, Str spoken_by,
                             const Actor **ret) CHECKED;
Status access_actor_of_user(Ctx *c, Access *a, Id user, Str spoken_by, const Actor **ret) CHECKED;

/* Computes c->actor anew where the control records have changed since: for work that outlives a
 * request, and for a scope that has come into being meanwhile. An account that may no longer act is
 * ST_DENIED "error.session.ended". */
Status access_renew(Ctx *c, Access *a) CHECKED;

/* ---- passwords ------------------------------------------------------------------------------- */

enum { PASSWORD_LENGTH_MIN = 10 };
/* How logins are kept and compared: without outer white space, ASCII letters small. */
Str login_normal(Arena *a, Str login);
/* ST_INVALID at `path` when the password is shorter than PASSWORD_LENGTH_MIN characters, is or
 * holds the login, or is one of the most common. */
Status password_check(Ctx *c, const char *path, Str password, Str login) CHECKED;
/* Argon2id at the strength of this folder; slow; waits for a slot. NULL access: full strength. */
Status access_password_hash(Ctx *c, Access *a, Str password, Str *ret_phc) CHECKED;

/* ---- sessions -------------------------------------------------------------------------------- */

#define SESSION_IDLE (15 * 60 * TIME_SECOND)
#define SESSION_LIFE (12 * 3600 * TIME_SECOND)
enum {
    SESSION_TOKEN_TEXT_N = 64, /* 32 random bytes in hexadecimal; only their SHA-256 is kept */
    SESSION_UNLOCKS_MAX = 5,   /* wrong passwords within a session that end it */
    SESSIONS_MAX = 4096,
    SESSIONS_OF_USER_MAX = 16, /* the oldest ends when there is one more */
};

typedef struct SignIn {
    Str login, password;
    Str source; /* where from: address; empty: not throttled by source */
    Str lang;   /* empty: the user's */
} SignIn;
/* Enters the actor into c. Errors: ST_UNAUTHENTICATED "error.session.wrong" whatever was wrong, after
 * the same work; ST_LIMIT "error.session.too_often" with the arg retry_after_s; ST_BUSY. */
Status session_sign_in(Ctx *c, Access *a, const SignIn *in, Str *ret_token) CHECKED;

typedef enum SessionUse {
    SESSION_ACTIVE, /* the user did something: the idle time begins anew */
    SESSION_GLANCE, /* a page asked by itself */
} SessionUse;
/* Enters the actor of a session into c. An idle session ends; a locked one waits for its password
 * until its absolute end. ST_UNAUTHENTICATED "error.session.none" or "error.session.ended". */
Status session_find(Ctx *c, Access *a, Str token, SessionUse use, const Actor **ret) CHECKED;
Status session_lock(Ctx *c, Access *a, Str token) CHECKED;
/* ST_UNAUTHENTICATED "error.session.wrong" with the arg left (tries), then "error.session.ended". */
Status session_unlock(Ctx *c, Access *a, Str token, Str password) CHECKED;
/* Fine for a session that is not there. */
Status session_sign_out(Ctx *c, Access *a, Str token) CHECKED;
/* Ends the user's other sessions. Wrong old passwords count as wrong unlocks. */
Status session_change_password(Ctx *c, Access *a, Str token, Str old_password,
                               Str new_password) CHECKED;
/* One of en fr fa ps ar. */
Status session_set_language(Ctx *c, Access *a, Str token, Str lang) CHECKED;
/* Against requests forged by other sites: derived from the token, the same for its whole life. */
Str session_csrf(Arena *a, Str token);
bool session_csrf_is(Str token, Str csrf);
/* How many are open: for the health page. */
size_t session_count(Access *a);

/* ---- reads of a person's file ---------------------------------------------------------------- */

/* Batches go to the audit lane of the reader's office after at most AUDIT_BATCH reads or a second. */
enum { AUDIT_BATCH = 256, AUDIT_QUEUE = 4096 };

/* Records that c->actor reads the file of a subject. ST_BUSY "error.audit.full": the read must be
 * refused. op: name of the operation. */
Status audit_read(Ctx *c, Access *a, Id subject, Str op, Str purpose) CHECKED;
/* The same of sealed fields; waits until the record is durable. */
Status audit_read_sealed(Ctx *c, Access *a, Id subject, Str op, Str purpose) CHECKED;
/* Checks PERM_SEALED_READ in the record's scope, records the read as above, then
 * opens the record's sealed fields. */
Status audit_open_sealed(Ctx *c, Access *a, Record *r, Id subject, Str op, Str purpose) CHECKED;
/* The same of people whose photographs stood in the lines of a list, many at once: in the queue, which
 * is durable within a second, not waited for (docs/decisions/0007). A person the same reader has been
 * shown within AUDIT_GLIMPSE is not recorded again. */
#define AUDIT_GLIMPSE (10 * 60 * TIME_SECOND)
Status audit_glimpses(Ctx *c, Access *a, const Id *subjects, size_t n, Str op, Str purpose) CHECKED;
/* Waits until all reads recorded so far are durable. */
Status audit_flush(Ctx *c, Access *a) CHECKED;
size_t audit_waiting(Access *a);

extern const Kind audit_read_kind; /* "audit_read" 40 */

/* Acts that are no operations but stand in the ledger with a number of their own. */
enum {
    ACT_PASSWORD_CHANGE = 61, /* session.password */
    ACT_PASSWORD_REHASH = 62, /* session.rehash: same password, stronger hash */
    ACT_AUDIT = 63,           /* audit.read */
    ACT_BEGIN = 64,           /* folder.begin: the first office, roles and account */
};
/* Their names, as label keys want them ("op.session.password"); NULL: not one of them. */
const char *access_act_name(uint32_t op_no);

#endif
