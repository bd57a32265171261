/* world_int.h: the state of a demo world and what its files share. */
#ifndef DOMAIN_DEMO_WORLD_INT_H
#define DOMAIN_DEMO_WORLD_INT_H

#include "domain/demo/names_int.h"
#include "domain/demo/places_int.h"

#include "text/calendar.h"

/* ---- names, unpacked ------------------------------------------------------------------------- */

typedef struct DemoName {
    Str local; /* empty in languages written in Latin letters */
    Str latin[3];
    uint8_t n_latin;
    bool is_compound; /* of several words: takes no further part */
} DemoName;

/* A place in a list is drawn by one look into `draw`: the n-th name is about 1/(n+3) as common. */
enum { DEMO_DRAW_BITS = 11, DEMO_DRAW = 1 << DEMO_DRAW_BITS };
typedef struct DemoList {
    DemoName *v;
    size_t n;
    uint8_t draw[DEMO_DRAW];
} DemoList;

typedef enum DemoListNo {
    LIST_DARI_M,
    LIST_DARI_F,
    LIST_DARI_FAMILY,
    LIST_PASHTO_M,
    LIST_PASHTO_F,
    LIST_PASHTO_FAMILY,
    LIST_ARABIC_M,
    LIST_ARABIC_F,
    LIST_ARABIC_FAMILY,
    LIST_FRENCH_M,
    LIST_FRENCH_F,
    LIST_SANGO_M,
    LIST_SANGO_F,
    LIST_SANGO_FAMILY,
    LIST_CONGO_M,
    LIST_CONGO_F,
    LIST_CONGO_FAMILY,
    DEMO_LISTS
} DemoListNo;

/* Before or after a given name: Mohammad, Ghulam, Sayed, Bibi before; Khan, Jan, Gul after. */
typedef struct DemoAffix {
    const char *local, *latin;
    bool is_after;
} DemoAffix;
enum { DEMO_AFFIXES_M = 10, DEMO_AFFIXES_F = 5 };
extern const DemoAffix demo_affixes_m[DEMO_AFFIXES_M],
    demo_affixes_f[DEMO_AFFIXES_F]; /* [0]: none */

/* ---- people ---------------------------------------------------------------------------------- */

typedef enum DemoRelation {
    REL_FOCAL,
    REL_SPOUSE,
    REL_CHILD,
    REL_STEPCHILD,
    REL_FOSTER,
    REL_CHILD_IN_LAW,
    REL_PARENT,
    REL_PARENT_IN_LAW,
    REL_SIBLING,
    REL_HALF,
    REL_SIBLING_IN_LAW,
    REL_GRANDPARENT,
    REL_GRANDCHILD,
    REL_NEPHEW,
    REL_UNCLE,
    REL_COUSIN,
    REL_OTHER,
    REL_UNRELATED,
    DEMO_RELATIONS
} DemoRelation;

typedef enum DemoPrecision { PREC_EXACT, PREC_MONTH, PREC_YEAR, PREC_AGE } DemoPrecision;
typedef enum DemoMarital {
    MARITAL_SINGLE,
    MARITAL_MARRIED,
    MARITAL_WIDOWED,
    MARITAL_DIVORCED
} DemoMarital;

enum {
    PERSON_FEMALE = 1 << 0,
    PERSON_GONE = 1 << 1,     /* dead or void: nothing more happens to this record */
    PERSON_ABSENT = 1 << 2,   /* not present at the interview */
    PERSON_ONE_NAME = 1 << 3, /* the given name is all */
    PERSON_NO_GRANDFATHER = 1 << 4,
    PERSON_NO_FAMILY_NAME = 1 << 5,
    PERSON_HIJRI = 1 << 6,   /* the birth date was said in the solar Hijri calendar */
    PERSON_SWAPPED = 1 << 7, /* a clerk wrote given and father's name the wrong way round */
};

/* Links are places in the world; a family chains its members by `next`. */
typedef struct DemoPerson {
    uint32_t family, next;
    uint32_t mother, father, spouse;
    uint32_t true_person;
    uint32_t look;       /* seeds what is this person's own: spelling, schooling, papers … */
    uint32_t kin;        /* seeds how the shared names are spelt */
    int32_t birth;       /* as registered */
    uint16_t registered; /* days since the start */
    uint8_t given, affix, father_given, father_affix, grandfather, family_name, postnom;
    uint8_t culture, relation, precision, flags, marital;
} DemoPerson;

enum {
    FAMILY_LATIN = 1 << 0,
    FAMILY_LOCAL = 1 << 1,
    FAMILY_CLOSED = 1 << 2, /* left, or nobody is left */
};

typedef struct DemoFamily {
    uint32_t focal, first;
    uint32_t look;       /* seeds what a family has in common: ethnicity, religion, legal status */
    uint16_t registered; /* days since the start */
    uint16_t arrived_before; /* days before that */
    uint16_t acted;          /* day of the last act + 1: one a day, so that their order within the
                                day does not matter to who plays them */
    uint8_t office, culture, origin, site, size, flags, level;
} DemoFamily;

/* Families come in pages, so that the number need not be known. */
enum { FAMILY_PAGE = 4096 };

typedef enum DemoDeed {
    DEED_FAMILY,
    DEED_DOUBLE,
    DEED_BIRTH,
    DEED_DEATH,
    DEED_LEAVE,
    DEED_MOVE,
    DEED_SPELLING,
    DEED_BIRTH_DATE,
    DEED_COMPLETE,
    DEED_PHONE,
    DEED_PAPER,
    DEED_NEED,
    DEED_NAME,
    DEED_CONSENT,
    DEED_FOCAL_POINT,
    DEED_SPLIT,
    DEED_JOIN,
    DEED_VOID,
    DEED_SLIP,
    DEED_PRESENCE,
    /* follow from others: never drawn, and done to one family */
    DEED_NEW_FOCAL_POINT,
    DEED_LEAVE_PERSON,
    DEED_CLOSE_FAMILY,
    DEED_SLIP_END,
    DEED_PRESENT_AGAIN,
    DEMO_DEEDS
} DemoDeed;

typedef struct DemoPlan {
    int32_t second; /* of the day, UTC */
    uint8_t deed, office;
    uint16_t arg;
    uint32_t subject; /* follow-ups: person or family */
} DemoPlan;

struct DemoWorld {
    Arena *arena;
    DemoOptions o;
    Rng rng;
    DemoList lists[DEMO_LISTS];
    uint64_t *curve;         /* [n_days + 1]: weight of arrivals up to a day */
    uint64_t *acts;          /* [n_days + 1]: weight of later acts up to a day */
    uint32_t *office_weight; /* [n_days][DEMO_OFFICES] */
    uint8_t origin_draw[DEMO_CULTURES][DEMO_DRAW], site_draw[DEMO_OFFICES][DEMO_DRAW];
    uint32_t n_days, today;   /* today: days since o.start */
    uint32_t clerks, at_desk; /* in each office; today */

    DemoPerson *people;
    uint32_t n_people;
    DemoFamily **pages;
    uint32_t n_families;
    uint32_t reserved; /* births and doubles still planned for today */

    uint64_t n_acts, n_doubles; /* so far */
    VEC(DemoPlan) plan;         /* of today, by time from next_plan on */
    VEC(DemoPlan) sorted;       /* room to sort it */
    size_t next_plan;
    VEC(DemoPlan) tomorrow; /* follow-ups that wait */
    uint32_t counter;       /* of phones and papers given out later */
    uint16_t slips;
};

static inline DemoFamily *demo_family(const DemoWorld *w, uint32_t i) {
    return &w->pages[i / FAMILY_PAGE][i % FAMILY_PAGE];
}
static inline bool is_female(const DemoPerson *p) {
    return p->flags & PERSON_FEMALE;
}
static inline Day demo_today(const DemoWorld *w) {
    return w->o.start + (Day)w->today;
}
static inline int demo_age(const DemoWorld *w, const DemoPerson *p) {
    return day_years_between(p->birth, demo_today(w));
}

/* Questions to a person's or a family's look, see demo_trait(). */
typedef enum DemoTrait {
    TRAIT_GIVEN,
    TRAIT_FATHER,
    TRAIT_GRANDFATHER,
    TRAIT_FAMILY_NAME,
    TRAIT_POSTNOM,
    TRAIT_HAS_FATHER,
    TRAIT_MOTHER,
    TRAIT_ETHNICITY,
    TRAIT_RELIGION,
    TRAIT_EDUCATION,
    TRAIT_GRADE,
    TRAIT_OCCUPATION,
    TRAIT_LANGUAGE,
    TRAIT_LEGAL,
    TRAIT_PHOTO,
    TRAIT_PHONE,
    TRAIT_PHONE_SAME,
    TRAIT_PHONE_TYPE,
    TRAIT_PAPER,
    TRAIT_PAPER_KIND,
    TRAIT_PAPER_SAME,
    TRAIT_PAPER_DATE,
    TRAIT_PAPER_CARD,
    TRAIT_CONSENT,
    TRAIT_ADDRESS,
    TRAIT_CLERK,
    TRAIT_REASON,
    TRAIT_NEED, /* the last: needs count on from here */
} DemoTrait;

/* ---- draw.c: chances ------------------------------------------------------------------------- */

/* True k times in a thousand. */
bool demo_chance(DemoWorld *w, uint32_t per_mille);
uint32_t demo_below(DemoWorld *w, uint32_t n);
int32_t demo_between(DemoWorld *w, int32_t lo, int32_t hi);
/* A place in the list by its frequency. */
uint8_t demo_draw(DemoWorld *w, const uint8_t *draw);
void demo_draw_table(uint8_t *draw, size_t n);
/* What a person's look says about the k-th question, 0 … n-1: the same each time it is asked. */
uint32_t demo_trait(uint32_t look, uint32_t k, uint32_t n);
void demo_lists_unpack(DemoWorld *w);
DemoListNo demo_given_list(uint8_t culture, bool female, uint8_t own_tongue);
DemoListNo demo_family_list(uint8_t culture);
DemoListNo demo_postnom_list(bool female);

/* ---- compose.c: families --------------------------------------------------------------------- */

/* Makes a family of at most `max` people in the world and returns its place. */
uint32_t demo_compose(DemoWorld *w, uint32_t office, uint32_t max);
/* An empty family; its members are chained by demo_join(). */
uint32_t demo_family_new(DemoWorld *w, const DemoFamily *like);
void demo_join(DemoWorld *w, uint32_t family, uint32_t person);
void demo_leave(DemoWorld *w, uint32_t person);
/* Draws how a birth date is said and changes it to what is then stored. */
void demo_say_birth(DemoWorld *w, const DemoFamily *f, DemoPerson *p, Day born);
/* A new child of a mother, not yet in a family. */
DemoPerson demo_child(DemoWorld *w, uint32_t mother, uint32_t father, Day born);
/* A name that no full sibling bears. */
void demo_name_given(DemoWorld *w, DemoPerson *p);

/* ---- relation.c ------------------------------------------------------------------------------ */

const char *demo_relation_code(DemoRelation r, bool female);
/* What person i is to the focal point, from the links; REL_OTHER where they say nothing. */
DemoRelation demo_relation(const DemoWorld *w, uint32_t i, uint32_t focal);

/* ---- input.c, facts.c: inputs of operations -------------------------------------------------- */

/* A map under construction: keys must differ. */
typedef struct DemoMap {
    Arena *a;
    size_t n;
    ValPair v[48];
} DemoMap;
static inline void demo_put(DemoMap *m, Str key, Val value) {
    if (value.type != VAL_NONE) m->v[m->n++] = (ValPair){ key, value };
}
Val demo_map_end(DemoMap *m);
Val demo_text(Str s);            /* VAL_ABSENT for an empty one */
Val demo_code(const char *code); /* VAL_ABSENT for NULL */
Val demo_date(Arena *a, Day day);
Val demo_time(Arena *a, Time t);
Val demo_id(Arena *a, Id id);
Id demo_group_id(const DemoWorld *w, uint32_t family);
Id demo_office_id(const DemoWorld *w, uint32_t office);

Val demo_person_input(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person,
                      bool with_links);
/* Name parts as they stand now, into a map. */
void demo_put_names(const DemoWorld *w, DemoMap *m, const DemoFamily *f, const DemoPerson *p);
void demo_put_birth(const DemoWorld *w, DemoMap *m, const DemoPerson *p);
Val demo_group_register(DemoWorld *w, Arena *a, uint32_t family, Time at);

Val demo_phones(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person);
Val demo_papers(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person);
Val demo_needs(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person);
Val demo_consents(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person);
Val demo_new_phone(DemoWorld *w, Arena *a, const DemoFamily *f);
Val demo_new_paper(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person);
/* VAL_ABSENT where nothing fits. */
Val demo_new_need(DemoWorld *w, Arena *a, uint32_t person);
const char *demo_language(uint8_t culture); /* in which the family is interviewed */
const char *demo_nationality(uint8_t culture);
const char *demo_ethnicity(const DemoFamily *f);
const char *demo_religion(const DemoFamily *f);
const char *demo_education(const DemoPerson *p, int age);
const char *demo_occupation(const DemoPerson *p, int age);
const char *demo_legal_status(const DemoFamily *f);
/* ---- acts.c, moves.c, twice.c: what happens later -------------------------------------------- */

typedef struct DemoStage {
    DemoWorld *w;
    Arena *a;
    const DemoPlan *plan;
    DemoEvent *ret;
} DemoStage;

/* Nothing has happened to the family today, and it is still there. */
bool demo_free_today(const DemoWorld *w, const DemoFamily *f);
/* Each returns false where the draw fits nobody; nothing has changed then. */
bool demo_act(DemoStage *s, uint32_t person);
bool demo_family_act(DemoStage *s, uint32_t person);
bool demo_double(DemoStage *s);
bool demo_follow_up(DemoStage *s);
/* Adds a follow-up later today, or tomorrow. */
void demo_follow(DemoStage *s, DemoDeed deed, uint32_t subject, uint16_t arg, int32_t delay_s);
void demo_subject(DemoStage *s, uint32_t person);

#endif
