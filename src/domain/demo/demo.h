/* demo.h: a believable operation: invented families, their arrivals and what becomes of them.
 *
 * Two halves. The engine (demo_world_*, demo_next) is pure: no I/O, no clock, no store. It yields
 * events in order of time; each is the input of one operation of the register, with what is true
 * about it. The player (demo_play) sends the events through op_call_batch() on a virtual clock and
 * writes the truth to a file beside; the truth never enters the database.
 *
 * Same options, same events, on every machine: whole numbers only, one seeded Rng.
 *
 * People: five offices in the styles of five countries; names from lists of our own in Dari,
 * Pashto, Arabic, Sango, the languages of the Congos and French, common ones common; couples,
 * widows, two wives, grandparents with grandchildren, children alone, twins, people alone; birth
 * dates as they are said: exact, a month, a year, an age, heaped on 1 January and 1 Hamal. After
 * the arrival about one later act a person. `people` counts person records: those of arrivals, of
 * births and of doubles.
 *
 * Telephone numbers lie in ranges that no operator is known to use; numbers of papers are made up.
 *
 * Memory: below 100 bytes a person in the arena given to demo_world_new(). Limits: 1 to
 * DEMO_PEOPLE_MAX people, 30 to 3,650 days. Thread rule: one world a thread. */
#ifndef DOMAIN_DEMO_DEMO_H
#define DOMAIN_DEMO_DEMO_H

#include "codec/codec.h"

enum { DEMO_OFFICES = 5, DEMO_PEOPLE_MAX = 5000000, DEMO_MEMBERS_MAX = 40, DEMO_RECORDS = 4096 };
#define DEMO_NONE UINT32_MAX

typedef struct DemoOptions {
    uint32_t people; /* person records to make */
    uint64_t seed;
    Day start, end; /* first and last day of arrivals; DAY_NONE: three years to 2026-06-30 */
    uint32_t double_share_ppm; /* of the records: people registered again elsewhere; 20000 is 2 % */
    Id offices[DEMO_OFFICES];  /* ids of the offices in inputs; ID_NONE: made up from the seed */
} DemoOptions;

/* What a user of the command line gets: the seed and the number are theirs. */
DemoOptions demo_options(uint32_t people, uint64_t seed);
/* The first day of their span. */
Day demo_first_day(const DemoOptions *o);

typedef enum DemoTruth {
    DEMO_REGISTERED, /* a family that is new */
    DEMO_DOUBLE,     /* people who are registered already */
    DEMO_BORN,
    DEMO_DIED,
    DEMO_LEFT,      /* the family went away */
    DEMO_MOVED,     /* to another village */
    DEMO_CORRECTED, /* spelling, birth date */
    DEMO_COMPLETED, /* something asked that had been left out */
    DEMO_PHONE,
    DEMO_PAPER,
    DEMO_NEED,
    DEMO_NAME, /* another name of the same person */
    DEMO_CONSENT,
    DEMO_FOCAL_POINT,
    DEMO_SPLIT,
    DEMO_JOINED,   /* went over to another family */
    DEMO_VOIDED,   /* a record made by mistake */
    DEMO_PRESENCE, /* not there when the family came, or there again */
    DEMO_CHANGED,  /* a clerk's slip in a paper, put right or taken back at once */
    DEMO_TRUTHS
} DemoTruth;
const char *demo_truth_name(DemoTruth t); /* "REGISTERED" … as in the truth file */

/* One person record that an event makes or is about, by its place in the world. */
typedef struct DemoSubject {
    uint32_t person;      /* 0, 1, 2 … in order of registration */
    uint32_t true_person; /* the first record of the same human being */
} DemoSubject;

typedef struct DemoEvent {
    Time time;
    uint32_t clerk; /* of the office, from 0, the supervisor; below demo_clerks() */
    uint32_t office;
    const char *op; /* name of the operation */
    Val input; /* exactly its input, but for what only the reply of an earlier event tells: below */
    DemoTruth truth;
    DemoSubject subjects[DEMO_MEMBERS_MAX]; /* of registrations: the members, in order */
    size_t n_subjects;
    bool makes_person; /* the subjects come into being by this event */
    bool makes_record; /* the reply's "id" is wanted by a later event with the same .record */
    bool needs_record; /* the input lacks "id": the one made under .record, within a day or so */
    uint16_t record;   /* below DEMO_RECORDS */
    bool makes_group;  /* the reply's "group" stands for .group in later events */
    Id group;          /* the group the input names; ID_NONE: none */
} DemoEvent;

typedef struct DemoWorld DemoWorld;

/* Asserts the limits above. */
DemoWorld *demo_world_new(Arena *a, const DemoOptions *o);
/* The next event, in `scratch`; false at the end. */
bool demo_next(DemoWorld *w, Arena *scratch, DemoEvent *ret);
/* The id under which a person of the world is registered. */
Id demo_person_id(const DemoWorld *w, uint32_t person);
uint32_t demo_clerks(const DemoWorld *w); /* in each office */
uint32_t demo_clerks_for(uint32_t people);
/* Bytes the world takes, for tests. */
size_t demo_world_bytes(const DemoWorld *w);

/* What play.c needs to set the offices up. */
typedef struct DemoOfficeInfo {
    const char *code, *name, *country, *language, *calendar, *dial_code;
    const char *fr, *fa, *ps, *ar; /* its name in other languages; NULL: as .name */
    int utc_offset_minutes;
} DemoOfficeInfo;
DemoOfficeInfo demo_office(uint32_t office);

#endif
