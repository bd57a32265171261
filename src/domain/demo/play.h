/* play.h: an invented operation played through the real operations on a virtual clock.
 *
 *     Env env;
 *     demo_env_init(&env, demo_first_day(&o));   the folder is made and opened with this Env
 *     store_init, store_open, access_open, admin_first_records as for any folder
 *     demo_play(c, &play, &report)
 *     close, and open again with env_system() to serve it
 *
 * It makes the five offices and their clerks with office.save and user.create, then sends each
 * event as the clerk who has it at hand (recorded as spoken by "demo"). The clock goes with the
 * events; what a day brings goes in few transactions. A refused operation is counted with its
 * reason and the next go on: with the built-in model there is none.
 *
 * The truth file is CSV, one row a record that came into being or was changed:
 *     person,number,true_person,event,date,office,double_of
 * person and double_of are ids; true_person numbers human beings from 1: two rows REGISTERED, BORN
 * or DOUBLE with one true_person are one human being registered twice. number stands in those rows
 * only.
 *
 * Thread rule: one call a store; uses up to `threads` threads of its own. */
#ifndef DOMAIN_DEMO_PLAY_H
#define DOMAIN_DEMO_PLAY_H

#include "domain/demo/demo.h"
#include "op/op.h"

enum { DEMO_REFUSALS_MAX = 50, DEMO_THREADS_MAX = DEMO_OFFICES };

typedef struct DemoPlay {
    Store *store;           /* its Env is the one of demo_env_init() */
    const OpTable *table;   /* with .access set */
    Id parent;              /* the office above the five */
    Id administrator;       /* user who makes offices and accounts */
    DemoOptions options;    /* .offices are filled in here */
    const char *truth_path; /* NULL: no truth file */
    Time latest; /* the clock does not go past it: the last day may be today; 0: no such moment */
    bool ask_doubles; /* let each registration be stopped by possible doubles and confirm them, as a
                         clerk does; else registrations come as from an outbox, which is faster */
    size_t threads; /* that send; 0: one an office, so that the writer has the next at hand while it
                       waits for the disk */
    void (*progress)(void *arg, uint32_t people, uint32_t of); /* may be NULL; on this thread */
    void *progress_arg;
} DemoPlay;

typedef struct DemoRefusal {
    Str op, key, path; /* message key and field of the first error */
    uint64_t n;
} DemoRefusal;

typedef struct DemoReport {
    uint64_t events, done, refused;
    uint64_t transactions, confirmed; /* batches sent; registrations confirmed to be no doubles */
    uint64_t truths[DEMO_TRUTHS];     /* events done, by what is true about them */
    uint32_t people, doubles, voided, died; /* records made, and what became of them */
    int64_t us;                             /* on the real clock */
    DemoRefusal refusals[DEMO_REFUSALS_MAX];
    size_t n_refusals;
} DemoReport;

/* A virtual clock at 00:00 UTC of a day; randomness and stop-watch are the machine's own. */
void demo_env_init(Env *env, Day start);
/* Strings of the report live in c->arena. ST_CANCELLED when env->stop was set; what had been sent
 * by then stays. */
Status demo_play(Ctx *c, const DemoPlay *p, DemoReport *ret) CHECKED;

#endif
