/* trial.h: a folder for one test. For tests of this room and of all that stand on it. */
#ifndef STORE_TRIAL_H
#define STORE_TRIAL_H

#include "base/base.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Monday 2026-11-23, noon UTC. */
#define TRIAL_START ((Time)1795435200 * TIME_SECOND)
enum { TRIAL_DIR_N = 64 };

/* A new folder below $TMPDIR, else /tmp; false: there is none. */
static inline bool trial_folder(char dir[TRIAL_DIR_N], const char *room) {
    const char *tmp = getenv("TMPDIR");
    int n = snprintf(dir, TRIAL_DIR_N, "%s/panah-%s-XXXXXX", tmp ? tmp : "/tmp", room);
    return n > 0 && n < TRIAL_DIR_N && mkdtemp(dir);
}

static inline int trial_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* The folder and what is in it. */
static inline void trial_remove(const char *dir) {
    (void)nftw(dir, trial_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
