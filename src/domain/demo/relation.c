/* relation.c: what one person is to another, told from the links between them. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

typedef struct RelationCodes {
    const char *male, *female;
} RelationCodes;

/* UNHCR's codes (registration form 2.8); SIL and BIL are the in-laws of one's own generation. */
static const RelationCodes codes[DEMO_RELATIONS] = {
    [REL_FOCAL] = { "FP", "FP" },
    [REL_SPOUSE] = { "HUS", "WIF" },
    [REL_CHILD] = { "SON", "DAU" },
    [REL_STEPCHILD] = { "SCM", "SCF" },
    [REL_FOSTER] = { "FCM", "FCF" },
    [REL_CHILD_IN_LAW] = { "CLM", "CLF" },
    [REL_PARENT] = { "PRM", "PRF" },
    [REL_PARENT_IN_LAW] = { "PLM", "PLF" },
    [REL_SIBLING] = { "SBM", "SBF" },
    [REL_HALF] = { "HAB", "HAS" },
    [REL_SIBLING_IN_LAW] = { "BIL", "SIL" },
    [REL_GRANDPARENT] = { "GPM", "GPF" },
    [REL_GRANDCHILD] = { "GCM", "GCF" },
    [REL_NEPHEW] = { "NEP", "NCE" },
    [REL_UNCLE] = { "UNC", "ANT" },
    [REL_COUSIN] = { "COM", "COF" },
    [REL_OTHER] = { "ORM", "ORF" },
    [REL_UNRELATED] = { "NRM", "NRF" },
};

const char *demo_relation_code(DemoRelation r, bool female) {
    return female ? codes[r].female : codes[r].male;
}

static const DemoPerson *at(const DemoWorld *w, uint32_t i) {
    return i == DEMO_NONE ? NULL : &w->people[i];
}

static bool is_child_of(const DemoWorld *w, uint32_t child, uint32_t parent) {
    const DemoPerson *p = at(w, child);
    return p && parent != DEMO_NONE && (p->mother == parent || p->father == parent);
}

static bool are_married(const DemoWorld *w, uint32_t x, uint32_t y) {
    const DemoPerson *p = at(w, x), *q = at(w, y);
    return p && q && (p->spouse == y || q->spouse == x);
}

/* Number of parents two people share. */
static int shared_parents(const DemoWorld *w, uint32_t x, uint32_t y) {
    const DemoPerson *p = at(w, x), *q = at(w, y);
    if (!p || !q) return 0;
    return (p->mother != DEMO_NONE && p->mother == q->mother) +
           (p->father != DEMO_NONE && p->father == q->father);
}

/* Brothers and sisters registered without their parents, as a child-headed family is. */
static bool same_father_named(const DemoWorld *w, uint32_t x, uint32_t y) {
    const DemoPerson *p = at(w, x), *q = at(w, y);
    bool no_parents = p->mother == DEMO_NONE && q->mother == DEMO_NONE && p->father == DEMO_NONE &&
                      q->father == DEMO_NONE;
    return no_parents && p->kin == q->kin && p->father_given == q->father_given;
}

static bool are_siblings(const DemoWorld *w, uint32_t x, uint32_t y) {
    if (x == DEMO_NONE || y == DEMO_NONE || x == y) return false;
    return shared_parents(w, x, y) > 0 || same_father_named(w, x, y);
}

static DemoRelation by_marriage(const DemoWorld *w, const DemoPerson *p, uint32_t i,
                                const DemoPerson *f, uint32_t focal) {
    if (is_child_of(w, i, f->spouse)) return REL_STEPCHILD;
    if (is_child_of(w, p->spouse, focal)) return REL_CHILD_IN_LAW;
    if (is_child_of(w, f->spouse, i)) return REL_PARENT_IN_LAW;
    if (are_siblings(w, i, f->spouse) || are_siblings(w, p->spouse, focal))
        return REL_SIBLING_IN_LAW;
    return REL_OTHER;
}

DemoRelation demo_relation(const DemoWorld *w, uint32_t i, uint32_t focal) {
    const DemoPerson *p = at(w, i), *f = at(w, focal);
    if (i == focal) return REL_FOCAL;
    if (are_married(w, i, focal)) return REL_SPOUSE;
    if (is_child_of(w, i, focal)) return REL_CHILD;
    if (is_child_of(w, focal, i)) return REL_PARENT;
    int shared = shared_parents(w, i, focal);
    if (shared == 2) return REL_SIBLING;
    if (shared == 1) {
        bool other_unknown = p->mother == DEMO_NONE || p->father == DEMO_NONE ||
                             f->mother == DEMO_NONE || f->father == DEMO_NONE;
        return other_unknown ? REL_SIBLING : REL_HALF;
    }
    if (same_father_named(w, i, focal)) return REL_SIBLING;
    if (is_child_of(w, p->mother, focal) || is_child_of(w, p->father, focal)) return REL_GRANDCHILD;
    if (is_child_of(w, f->mother, i) || is_child_of(w, f->father, i)) return REL_GRANDPARENT;
    if (are_siblings(w, p->mother, focal) || are_siblings(w, p->father, focal)) return REL_NEPHEW;
    if (are_siblings(w, i, f->mother) || are_siblings(w, i, f->father)) return REL_UNCLE;
    return by_marriage(w, p, i, f, focal);
}
