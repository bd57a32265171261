/* play_int.h: what the files of the player share. */
#ifndef DOMAIN_DEMO_PLAY_INT_H
#define DOMAIN_DEMO_PLAY_INT_H

#include "domain/demo/play.h"

enum {
    WINDOW_MAX = 4096, /* events held back at most, all of one day */
    CLERKS_MAX = 8,
    ROUNDS_MAX = 4, /* a call is sent: a long list of possible doubles comes in parts */
    DESK_ARENA_MAX = 512 << 20,
};

typedef struct Item {
    DemoEvent e;
    Status status;
    Val result;
    Str error_key, error_path; /* where refused */
    bool confirmed;            /* that they are no doubles */
    bool again;                /* to be sent once more */
} Item;

/* One office: its clerks are served one after another, so that its numbers follow the seed. */
typedef struct Desk {
    struct Player *player;
    uint32_t office;
    Arena *arena; /* of the window */
    Id clerks[CLERKS_MAX];
    uint64_t transactions;
    Status status; /* what kept the whole from running */
} Desk;

typedef struct TruthFile TruthFile;

typedef struct Player {
    Ctx *c;
    const DemoPlay *p;
    DemoWorld *w;
    Env *env;
    Arena *inputs, *spare_inputs; /* of the window, of the next */
    Item *items;
    size_t n;
    Desk desks[DEMO_OFFICES];
    bool record_pending[DEMO_RECORDS];
    char record_ids[DEMO_RECORDS][ID_TEXT_N];
    VEC(Id) groups_pending;
    Map groups; /* what the world calls a group → its real id, where they differ */
    TruthFile *truth;
    DemoReport report;
} Player;

/* ---- desks.c --------------------------------------------------------------------------------- */

/* Offices and accounts; fills the desks' clerks and the options' offices. */
Status desks_make(Player *y, DemoOptions *o) CHECKED;
/* Sends the window's events of one office; results and refusals stay in the items. */
void desk_send(Desk *d);

/* ---- truth.c --------------------------------------------------------------------------------- */

Status truth_open(Ctx *c, const char *path, TruthFile **ret) CHECKED;
/* One row a subject of an event that was done. number: by subject, or NULL. */
void truth_write(TruthFile *t, const DemoWorld *w, const DemoEvent *e, size_t subject, Str number);
/* Everything on disk, or the first error. */
Status truth_close(Ctx *c, TruthFile *t) CHECKED;

#endif
