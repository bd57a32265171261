/* truth.c: the truth file: what the database must never hold. */
#include "domain/demo/play_int.h"

#include <errno.h>
#include <unistd.h>

#include "base/banned.h"

static const char *const names[DEMO_TRUTHS] = {
    [DEMO_REGISTERED] = "REGISTERED",
    [DEMO_DOUBLE] = "DOUBLE",
    [DEMO_BORN] = "BORN",
    [DEMO_DIED] = "DIED",
    [DEMO_LEFT] = "LEFT",
    [DEMO_MOVED] = "MOVED",
    [DEMO_CORRECTED] = "CORRECTED",
    [DEMO_COMPLETED] = "COMPLETED",
    [DEMO_PHONE] = "PHONE",
    [DEMO_PAPER] = "PAPER",
    [DEMO_NEED] = "NEED",
    [DEMO_NAME] = "NAME",
    [DEMO_CONSENT] = "CONSENT",
    [DEMO_FOCAL_POINT] = "FOCAL_POINT",
    [DEMO_SPLIT] = "SPLIT",
    [DEMO_JOINED] = "JOINED",
    [DEMO_VOIDED] = "VOIDED",
    [DEMO_PRESENCE] = "PRESENCE",
    [DEMO_CHANGED] = "CHANGED",
};

const char *demo_truth_name(DemoTruth t) {
    ASSERT(t < DEMO_TRUTHS && names[t]);
    return names[t];
}

enum { TRUTH_BUFFER = 256 << 10, ROW_MAX = 256 };

struct TruthFile {
    Env *env;
    const char *path;
    FILE *file;
    int error; /* errno of the first failure */
    char buffer[TRUTH_BUFFER];
    size_t n;
};

static void truth_abandon(void *arg) {
    TruthFile *t = arg;
    if (t->file) (void)fclose(t->file);
}

Status truth_open(Ctx *c, const char *path, TruthFile **ret) {
    TruthFile *t = arena_new_of(c->arena, TruthFile);
    static const char head[] = "person,number,true_person,event,date,office,double_of\n";
    t->env = c->env;
    t->path = path;
    t->file = fopen(path, "wbe");
    if (!t->file) return env_fail_file(c, ST_IO, "error.file.write", path, "fopen", errno);
    arena_defer(c->arena, truth_abandon, t);
    memcpy(t->buffer, head, sizeof head - 1);
    t->n = sizeof head - 1;
    *ret = t;
    return ST_OK;
}

static void flush(TruthFile *t) {
    errno = EIO;
    bool failed =
        env_fault_here(t->env, FAULT_WRITE) || fwrite(t->buffer, 1, t->n, t->file) != t->n;
    if (failed && !t->error) t->error = errno;
    t->n = 0;
}

void truth_write(TruthFile *t, const DemoWorld *w, const DemoEvent *e, size_t subject, Str number) {
    DemoSubject s = e->subjects[subject];
    char person[ID_TEXT_N], first[ID_TEXT_N];
    bool is_double = s.person != s.true_person;
    Civil day = civil_from_day(day_of_time(e->time, 0));
    if (t->n + ROW_MAX > TRUTH_BUFFER) flush(t);
    id_write(demo_person_id(w, s.person), person);
    id_write(demo_person_id(w, s.true_person), first);
    int n =
        snprintf(t->buffer + t->n, ROW_MAX, "%.*s,%.*s,%u,%s,%04d-%02d-%02d,%s,%.*s\n", ID_TEXT_N,
                 person, STR_ARG(number), s.true_person + 1, demo_truth_name(e->truth), day.year,
                 day.month, day.day, demo_office(e->office).code, is_double ? ID_TEXT_N : 0, first);
    ASSERT(n > 0 && n < ROW_MAX);
    t->n += (size_t)n;
}

Status truth_close(Ctx *c, TruthFile *t) {
    flush(t);
    errno = EIO;
    bool synced =
        fflush(t->file) == 0 && !env_fault_here(t->env, FAULT_FSYNC) && fsync(fileno(t->file)) == 0;
    if (!synced && !t->error) t->error = errno;
    if (fclose(t->file) != 0 && !t->error) t->error = errno;
    t->file = NULL;
    if (!t->error) return ST_OK;
    return env_fail_file(c, ST_IO, "error.file.write", t->path, "write", t->error);
}
