/* needs.c: specific needs: those that follow from a family's shape, and those that fall on some. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

/* A code that falls on people of an age and sex by chance. sex: 'F', 'M' or 0. */
typedef struct Chance {
    const char *code;
    int16_t from, to; /* age */
    char sex;
    uint16_t per_ten_thousand;
} Chance;

static const Chance chances[] = {
    { "DS-PM", 3, 95, 0, 70 },    { "DS-PS", 3, 95, 0, 25 },     { "DS-BD", 5, 95, 0, 30 },
    { "DS-DF", 3, 95, 0, 25 },    { "DS-MM", 5, 60, 0, 20 },     { "DS-SD", 4, 60, 0, 15 },
    { "SM-CI", 18, 95, 0, 190 },  { "SM-CC", 0, 95, 0, 20 },     { "SM-MI", 15, 90, 0, 35 },
    { "SM-MN", 0, 4, 0, 150 },    { "CR-NE", 7, 14, 0, 330 },    { "CR-SE", 6, 15, 0, 25 },
    { "CR-LW", 9, 17, 0, 18 },    { "CR-AF", 12, 17, 'M', 9 },   { "SM-DP", 16, 44, 'F', 60 },
    { "WR-SF", 18, 45, 'F', 25 }, { "WR-LC", 16, 44, 'F', 240 }, { "SV-VO", 15, 60, 'F', 14 },
    { "SV-FM", 12, 20, 'F', 12 }, { "TR-PI", 18, 70, 0, 16 },    { "LP-ND", 16, 90, 0, 110 },
    { "LP-MD", 0, 90, 0, 30 },    { "LP-RP", 18, 70, 0, 8 },     { "FU-TR", 5, 70, 0, 45 },
    { "FU-FR", 5, 70, 0, 18 },    { "ER-FR", 70, 99, 0, 900 },
};
enum { CHANCES = sizeof chances / sizeof chances[0], NEEDS_MAX = 6 };

typedef struct Codes {
    const char *v[NEEDS_MAX];
    uint32_t n;
} Codes;

static void add(Codes *codes, const char *code) {
    if (codes->n < NEEDS_MAX) codes->v[codes->n++] = code;
}

static bool any_member(const DemoWorld *w, const DemoFamily *f, int from, int to, uint32_t but) {
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next) {
        int age = demo_age(w, &w->people[i]);
        if (i != but && age >= from && age <= to) return true;
    }
    return false;
}

static void of_a_child(const DemoWorld *w, const DemoFamily *f, uint32_t person, Codes *codes) {
    const DemoPerson *p = &w->people[person];
    bool adults = any_member(w, f, 18, 200, person);
    if (person == f->focal && !adults) add(codes, f->size == 1 ? "SC-UC" : "SC-CH");
    if (p->relation == REL_FOSTER) add(codes, "SC-FC");
    if (p->relation == REL_NEPHEW && p->mother == DEMO_NONE && p->father == DEMO_NONE)
        add(codes, "SC-SC");
    if (p->spouse != DEMO_NONE) add(codes, "CR-CS");
    if (p->spouse != DEMO_NONE && is_female(p) && any_member(w, f, 0, 1, person))
        add(codes, "CR-TP");
}

static void of_a_contact(const DemoWorld *w, const DemoFamily *f, uint32_t person, Codes *codes) {
    const DemoPerson *p = &w->people[person];
    bool children = any_member(w, f, 0, 17, person), partner = false;
    bool others = any_member(w, f, 18, 200, person);
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next)
        partner |= w->people[i].relation == REL_SPOUSE && !(w->people[i].flags & PERSON_ABSENT);
    int age = demo_age(w, p);
    if (age < 60 && children && !partner && age >= 18) add(codes, "SP-PT");
    if (age >= 60 && children && !others) add(codes, "ER-MC");
    if (age >= 60 && f->size == 1) add(codes, "ER-NF");
    if (age < 60 && age >= 18 && f->size == 1 && is_female(p)) add(codes, "WR-SF");
}

static bool chance_fits(const DemoWorld *w, const DemoPerson *p, const Chance *c) {
    int age = demo_age(w, p);
    return age >= c->from && age <= c->to && (!c->sex || (c->sex == 'F') == is_female(p));
}

/* since: the day it is known from; VAL_ABSENT is the day of the interview. */
static Val need_map(DemoWorld *w, Arena *a, const char *code, uint32_t at, Day since) {
    DemoMap m = { .a = a };
    demo_put(&m, STR("need"), demo_code(code));
    demo_put(&m, STR("status"), demo_code(at < 50 ? "REPORTED" : at < 82 ? "REVIEW" : "CONFIRMED"));
    if (since != DAY_NONE) demo_put(&m, STR("since"), demo_date(a, since));
    if (at % 12 == 0)
        demo_put(&m, STR("note"),
                 demo_code("Invented for the demo: see the protection desk's file."));
    (void)w;
    return demo_map_end(&m);
}

Val demo_needs(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    Codes codes = { .n = 0 };
    if (demo_age(w, p) < 18) of_a_child(w, f, person, &codes);
    if (person == f->focal) of_a_contact(w, f, person, &codes);
    for (uint32_t i = 0; i < CHANCES; i++) {
        bool falls = demo_trait(p->look, TRAIT_NEED + i, 10000) < chances[i].per_ten_thousand;
        if (falls && chance_fits(w, p, &chances[i])) add(&codes, chances[i].code);
    }
    if (codes.n == 0) return VAL_ABSENT;
    Val list = val_list();
    for (uint32_t i = 0; i < codes.n; i++) {
        bool twice = false;
        for (uint32_t j = 0; j < i; j++)
            twice |= strcmp(codes.v[i], codes.v[j]) == 0;
        uint32_t at = demo_trait(p->look, TRAIT_NEED + CHANCES + i, 100);
        if (!twice) val_push(a, &list, need_map(w, a, codes.v[i], at, DAY_NONE));
    }
    return list;
}

Val demo_new_need(DemoWorld *w, Arena *a, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    for (int tries = 0; tries < 6; tries++) {
        const Chance *c = &chances[demo_below(w, CHANCES)];
        if (chance_fits(w, p, c))
            return need_map(w, a, c->code, demo_below(w, 100),
                            demo_today(w) - (Day)demo_below(w, 20));
    }
    return VAL_ABSENT;
}
