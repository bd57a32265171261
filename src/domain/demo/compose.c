/* compose.c: the shapes of families: who comes together, how old, who is whose child.
 *
 * Shapes and their shares are our own estimate of what registration desks see: about 4.7 people a
 * family, half of them children. A mother is 15 to 45 when she gives birth. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

enum { YEAR = 365, OLDEST = 92 };

/* A family in the making. People have their final places: base + index. */
typedef struct Draft {
    DemoWorld *w;
    DemoFamily *f;
    uint32_t base, n;
    DemoPerson *p; /* [DEMO_MEMBERS_MAX] */
} Draft;

static int32_t today_of(const Draft *d) {
    return demo_today(d->w);
}

/* A birthday that makes somebody lo to hi years old, both included. */
static int32_t born_at_age(Draft *d, int lo, int hi) {
    if (hi > OLDEST) hi = OLDEST;
    if (lo > hi) lo = hi;
    return today_of(d) - demo_between(d->w, lo * YEAR + lo / 4, (hi + 1) * YEAR + hi / 4 - 1);
}

static int age_of(const Draft *d, uint32_t i) {
    return day_years_between(d->p[i].birth, today_of(d));
}

/* ---- one person ------------------------------------------------------------------------------ */

static void affix_draw(DemoWorld *w, DemoPerson *p) {
    p->affix = 0;
    if (p->culture != DEMO_DARI && p->culture != DEMO_PASHTO) return;
    const DemoName *given = &w->lists[demo_given_list(p->culture, is_female(p), 0)].v[p->given];
    if (given->is_compound) return;
    bool bare_mohammad = !is_female(p) && p->given == 0;
    uint32_t often = is_female(p) ? 120 : bare_mohammad ? 900 : 330;
    if (!demo_chance(w, often)) return;
    size_t n = is_female(p) ? DEMO_AFFIXES_F : DEMO_AFFIXES_M;
    const DemoAffix *table = is_female(p) ? demo_affixes_f : demo_affixes_m;
    p->affix = (uint8_t)(1 + demo_below(w, (uint32_t)n - 1));
    if (str_is(given->local, table[p->affix].local)) p->affix = 0;
}

void demo_name_given(DemoWorld *w, DemoPerson *p) {
    bool female = is_female(p);
    if (p->culture == DEMO_SANGO) p->postnom = demo_chance(w, 240); /* a name of their own tongue */
    if (p->culture == DEMO_CONGO)
        p->postnom = demo_draw(w, w->lists[demo_postnom_list(female)].draw);
    uint8_t own = p->culture == DEMO_SANGO && p->postnom;
    p->given = demo_draw(w, w->lists[demo_given_list(p->culture, female, own)].draw);
    affix_draw(w, p);
}

static void flag_if(DemoWorld *w, DemoPerson *p, uint8_t flag, uint32_t per_mille) {
    p->flags &= (uint8_t)~flag;
    if (demo_chance(w, per_mille)) p->flags |= flag;
}

/* Names of somebody whose father is not here. */
static void name_stranger(DemoWorld *w, DemoPerson *p) {
    static const uint16_t no_family_name[DEMO_CULTURES] = { 550, 650, 750, 40, 20 };
    static const uint16_t no_grandfather[DEMO_CULTURES] = { 250, 220, 480, 1000, 1000 };
    DemoPerson father = { .culture = p->culture };
    demo_name_given(w, &father);
    p->father_given = father.given;
    p->father_affix = father.affix;
    const uint8_t *men = w->lists[demo_given_list(p->culture, false, 0)].draw;
    p->grandfather = demo_draw(w, men);
    p->family_name = demo_draw(w, w->lists[demo_family_list(p->culture)].draw);
    flag_if(w, p, PERSON_NO_FAMILY_NAME, no_family_name[p->culture]);
    flag_if(w, p, PERSON_NO_GRANDFATHER, no_grandfather[p->culture]);
    flag_if(w, p, PERSON_ONE_NAME, 28);
    p->kin = (uint32_t)rng_u64(&w->rng);
    demo_name_given(w, p);
}

/* Names that come from the father. */
static void name_child(DemoWorld *w, DemoPerson *p, const DemoPerson *father) {
    p->father_given = father->given;
    p->father_affix = father->affix;
    p->grandfather = father->father_given;
    p->family_name = father->family_name;
    p->kin = father->look;
    p->flags |= father->flags & (PERSON_NO_FAMILY_NAME | PERSON_NO_GRANDFATHER);
    if (p->culture == DEMO_CONGO && demo_chance(w, 420)) /* a nom of its own */
        p->family_name = demo_draw(w, w->lists[demo_family_list(p->culture)].draw);
    demo_name_given(w, p);
}

static DemoPerson person_new(DemoWorld *w, uint8_t culture, bool female, Day born) {
    return (DemoPerson){
        .next = DEMO_NONE,
        .mother = DEMO_NONE,
        .father = DEMO_NONE,
        .spouse = DEMO_NONE,
        .look = (uint32_t)rng_u64(&w->rng),
        .birth = born,
        .registered = (uint16_t)w->today,
        .culture = culture,
        .flags = female ? PERSON_FEMALE : 0,
    };
}

/* Adds somebody; the last place again where the family is full. */
static uint32_t add(Draft *d, DemoRelation relation, bool female, Day born) {
    if (d->n == DEMO_MEMBERS_MAX) d->n--;
    DemoPerson *p = &d->p[d->n];
    *p = person_new(d->w, d->f->culture, female, born);
    p->relation = relation;
    name_stranger(d->w, p);
    return d->n++;
}

static void marry(Draft *d, uint32_t x, uint32_t y) {
    d->p[x].spouse = d->base + y;
    d->p[y].spouse = d->base + x;
    d->p[x].marital = d->p[y].marital = MARITAL_MARRIED;
}

/* ---- children -------------------------------------------------------------------------------- */

static bool name_taken(const Draft *d, const DemoPerson *p) {
    for (uint32_t i = 0; i < d->n; i++) {
        const DemoPerson *q = &d->p[i];
        bool siblings = q->father_given == p->father_given && q->kin == p->kin;
        if (siblings && q->given == p->given && ((q->flags ^ p->flags) & PERSON_FEMALE) == 0)
            return true;
    }
    return false;
}

static void child_add(Draft *d, DemoRelation relation, uint32_t mother, uint32_t father,
                      const DemoPerson *names, Day born) {
    if (d->n == DEMO_MEMBERS_MAX) return;
    DemoPerson p = person_new(d->w, d->f->culture, demo_chance(d->w, 489), born);
    p.relation = relation;
    if (mother != DEMO_NONE) p.mother = d->base + mother;
    if (father != DEMO_NONE) p.father = d->base + father;
    name_child(d->w, &p, names);
    for (int i = 0; i < 6 && name_taken(d, &p); i++)
        demo_name_given(d->w, &p);
    d->p[d->n++] = p;
}

/* Grown children have mostly left; daughters sooner. */
static bool still_at_home(Draft *d, Day born) {
    int age = day_years_between(born, today_of(d));
    return demo_chance(d->w, age < 15 ? 965 : age < 18 ? 860 : age < 24 ? 420 : 120);
}

typedef struct Births {
    DemoRelation relation;
    uint32_t mother, father; /* DEMO_NONE: not here */
    const DemoPerson *names; /* the father, here or not */
    Day mother_born, until;  /* no births after: the father's death, the divorce */
    uint32_t most;
} Births;

static uint32_t children(Draft *d, const Births *b) {
    uint32_t before = d->n, born_n = 0;
    Day last = b->mother_born + 44 * YEAR,
        at = b->mother_born + demo_between(d->w, 16 * YEAR, 23 * YEAR);
    if (last > b->until) last = b->until;
    while (at < last && born_n < b->most) {
        bool twins = demo_chance(d->w, 15);
        for (int i = 0; i <= twins; i++)
            if (demo_chance(d->w, 930) && still_at_home(d, at))
                child_add(d, b->relation, b->mother, b->father, b->names, at);
        born_n += 1 + twins;
        at += demo_between(d->w, 500, 1600);
    }
    return d->n - before;
}

static void couple_children(Draft *d, DemoRelation relation, uint32_t husband, uint32_t wife) {
    Day until = today_of(d);
    children(d, &(Births){ relation, wife, husband, &d->p[husband], d->p[wife].birth, until,
                           3 + demo_below(d->w, 8) });
}

/* ---- couples --------------------------------------------------------------------------------- */

static uint32_t wife_of(Draft *d, DemoRelation relation, uint32_t husband, int younger_max) {
    int husband_age = age_of(d, husband), lo = husband_age - younger_max, hi = husband_age + 2;
    int least = demo_chance(d->w, 15) ? 15 : 18;
    if (lo < least) lo = least;
    if (hi < lo) hi = lo;
    uint32_t wife = add(d, relation, true, born_at_age(d, lo, hi));
    marry(d, husband, wife);
    return wife;
}

static uint32_t couple(Draft *d, int lo, int hi) {
    uint32_t husband = add(d, REL_FOCAL, false, born_at_age(d, lo, hi));
    wife_of(d, REL_SPOUSE, husband, 10);
    return husband;
}

static void nuclear(Draft *d) {
    uint32_t husband = couple(d, 20, demo_chance(d->w, 700) ? 44 : 62);
    couple_children(d, REL_CHILD, husband, husband + 1);
}

static void with_grandparent(Draft *d) {
    nuclear(d);
    bool fathers = demo_chance(d->w, 750);
    int oldest = age_of(d, fathers ? 0 : 1);
    uint32_t parent = add(d, fathers ? REL_PARENT : REL_PARENT_IN_LAW, demo_chance(d->w, 660),
                          born_at_age(d, oldest + 17, oldest + 32));
    DemoPerson *child = &d->p[fathers ? 0 : 1], *p = &d->p[parent];
    p->marital = MARITAL_WIDOWED;
    if (is_female(p)) {
        child->mother = d->base + parent;
        return;
    }
    child->father = d->base + parent;
    child->father_given = p->given;
    child->father_affix = p->affix;
    child->grandfather = p->father_given;
    child->kin = p->look;
}

static void with_sibling(Draft *d) {
    nuclear(d);
    const DemoPerson head = d->p[0];
    uint32_t i = add(d, REL_SIBLING, demo_chance(d->w, 420), born_at_age(d, 16, 30));
    DemoPerson *p = &d->p[i];
    p->father_given = head.father_given;
    p->father_affix = head.father_affix;
    p->grandfather = head.grandfather;
    p->family_name = head.family_name;
    p->kin = head.kin;
    if (!is_female(p) && demo_chance(d->w, 450)) {
        uint32_t wife = wife_of(d, REL_SIBLING_IN_LAW, i, 6);
        couple_children(d, REL_NEPHEW, i, wife);
    }
}

static void two_wives(Draft *d) {
    uint32_t husband = couple(d, 32, 62);
    couple_children(d, REL_CHILD, husband, 1);
    uint32_t second = wife_of(d, REL_SPOUSE, husband, 22);
    d->p[husband].spouse = d->base + 1; /* the first; each wife points to him */
    couple_children(d, REL_CHILD, husband, second);
}

/* A grown son who stayed. */
static void eldest_son(Draft *d, uint32_t father, uint32_t mother) {
    uint32_t son =
        add(d, REL_CHILD, false, d->p[mother].birth + demo_between(d->w, 16 * YEAR, 18 * YEAR));
    DemoPerson *p = &d->p[son];
    p->mother = d->base + mother;
    p->father = d->base + father;
    p->flags &= (uint8_t) ~(PERSON_NO_FAMILY_NAME | PERSON_NO_GRANDFATHER);
    name_child(d->w, p, &d->p[father]);
}

static void extended(Draft *d) {
    uint32_t husband = couple(d, 48, 66);
    eldest_son(d, husband, 1);
    couple_children(d, REL_CHILD, husband, 1);
    uint32_t n = d->n;
    for (uint32_t i = 2; i < n && d->n + 3 < DEMO_MEMBERS_MAX; i++) {
        if (is_female(&d->p[i]) || age_of(d, i) < 20 || !demo_chance(d->w, 800)) continue;
        uint32_t wife = wife_of(d, REL_CHILD_IN_LAW, i, 5);
        couple_children(d, REL_GRANDCHILD, i, wife);
    }
}

/* A woman whose husband is dead, gone or elsewhere. */
static void woman_with_children(Draft *d, DemoMarital marital, bool husband_absent) {
    uint32_t mother = add(d, REL_FOCAL, true, born_at_age(d, 20, 52));
    d->p[mother].marital = marital;
    uint32_t father = DEMO_NONE;
    DemoPerson husband = person_new(d->w, d->f->culture, false, d->p[mother].birth - 4 * YEAR);
    name_stranger(d->w, &husband);
    if (husband_absent) {
        father = add(d, REL_SPOUSE, false, d->p[mother].birth - demo_between(d->w, 0, 9 * YEAR));
        marry(d, mother, father);
        d->p[father].flags |= PERSON_ABSENT;
        husband = d->p[father];
    }
    Day until = today_of(d) - (husband_absent ? 100 : demo_between(d->w, 30, 6 * YEAR));
    Births b = {
        REL_CHILD, mother, father, &husband, d->p[mother].birth, until, 2 + demo_below(d->w, 7)
    };
    if (children(d, &b) == 0 && until > d->p[mother].birth + 17 * YEAR) /* else she is alone */
        child_add(d, REL_CHILD, mother, father, &husband,
                  demo_between(d->w, d->p[mother].birth + 16 * YEAR, until));
}

static void widower(Draft *d) {
    uint32_t father = add(d, REL_FOCAL, false, born_at_age(d, 26, 55));
    d->p[father].marital = MARITAL_WIDOWED;
    Day until = today_of(d) - demo_between(d->w, 60, 5 * YEAR);
    Day mother_born = d->p[father].birth + demo_between(d->w, 0, 5 * YEAR);
    children(d, &(Births){ REL_CHILD, DEMO_NONE, father, &d->p[father], mother_born, until,
                           2 + demo_below(d->w, 6) });
}

static void grandparents(Draft *d) {
    uint32_t grandmother = add(d, REL_FOCAL, true, born_at_age(d, 48, 74));
    if (demo_chance(d->w, 420)) {
        uint32_t husband =
            add(d, REL_SPOUSE, false, d->p[grandmother].birth - demo_between(d->w, 0, 8 * YEAR));
        marry(d, grandmother, husband);
    } else {
        d->p[grandmother].marital = MARITAL_WIDOWED;
    }
    /* The children of a son who is dead or away. */
    DemoPerson son = person_new(d->w, d->f->culture, false, d->p[grandmother].birth + 20 * YEAR);
    name_stranger(d->w, &son);
    Day mother_born = son.birth + 2 * YEAR, until = today_of(d) - demo_between(d->w, 200, 4 * YEAR);
    Births b = { REL_GRANDCHILD,         DEMO_NONE, DEMO_NONE, &son, mother_born, until,
                 1 + demo_below(d->w, 5) };
    if (children(d, &b) == 0)
        child_add(d, REL_GRANDCHILD, DEMO_NONE, DEMO_NONE, &son, born_at_age(d, 3, 14));
}

static void child_alone(Draft *d) {
    add(d, REL_FOCAL, demo_chance(d->w, 180), born_at_age(d, 11, 17));
}

static void child_headed(Draft *d) {
    uint32_t eldest = add(d, REL_FOCAL, demo_chance(d->w, 450), born_at_age(d, 13, 17));
    DemoPerson father = person_new(d->w, d->f->culture, false, d->p[eldest].birth - 25 * YEAR);
    name_stranger(d->w, &father);
    name_child(d->w, &d->p[eldest], &father);
    uint32_t n = 1 + demo_below(d->w, 3);
    int age = age_of(d, eldest);
    for (uint32_t i = 0; i < n && age > 4; i++) {
        age -= demo_between(d->w, 2, 3);
        if (age < 1) break;
        child_add(d, REL_SIBLING, DEMO_NONE, DEMO_NONE, &father, born_at_age(d, age, age));
    }
}

static void with_foster_child(Draft *d) {
    nuclear(d);
    if (d->n == DEMO_MEMBERS_MAX) return;
    add(d, demo_chance(d->w, 500) ? REL_FOSTER : REL_NEPHEW, demo_chance(d->w, 450),
        born_at_age(d, 2, 16));
}

static void man_alone(Draft *d) {
    uint32_t i = add(d, REL_FOCAL, false, born_at_age(d, 18, demo_chance(d->w, 850) ? 32 : 60));
    if (age_of(d, i) > 26 && demo_chance(d->w, 500)) d->p[i].marital = MARITAL_MARRIED;
}

static void woman_alone(Draft *d) {
    uint32_t i = add(d, REL_FOCAL, true, born_at_age(d, 18, 50));
    if (age_of(d, i) > 35) d->p[i].marital = MARITAL_DIVORCED;
}

static void couple_alone(Draft *d) {
    couple(d, 20, 34);
}

static void old_people(Draft *d) {
    if (demo_chance(d->w, 550)) {
        couple(d, 60, 84);
        return;
    }
    uint32_t i = add(d, REL_FOCAL, demo_chance(d->w, 620), born_at_age(d, 62, 88));
    d->p[i].marital = MARITAL_WIDOWED;
}

static void widow(Draft *d) {
    woman_with_children(d, MARITAL_WIDOWED, false);
}
static void divorced(Draft *d) {
    woman_with_children(d, MARITAL_DIVORCED, false);
}
static void single_mother(Draft *d) {
    woman_with_children(d, MARITAL_SINGLE, false);
}
static void husband_away(Draft *d) {
    woman_with_children(d, MARITAL_MARRIED, true);
}

/* ---- shares ---------------------------------------------------------------------------------- */

typedef struct FamilyShape {
    void (*make)(Draft *d);
    uint32_t share[3]; /* of a thousand: Afghans, Sudanese, the two Central African cultures */
} FamilyShape;

static const FamilyShape shapes[] = {
    { nuclear, { 385, 300, 330 } },    { with_grandparent, { 95, 60, 70 } },
    { with_sibling, { 65, 50, 60 } },  { two_wives, { 28, 62, 24 } },
    { extended, { 60, 40, 35 } },      { widow, { 85, 130, 90 } },
    { husband_away, { 45, 120, 45 } }, { divorced, { 12, 30, 45 } },
    { single_mother, { 2, 6, 70 } },   { widower, { 14, 12, 16 } },
    { grandparents, { 18, 22, 34 } },  { child_alone, { 11, 8, 8 } },
    { child_headed, { 6, 9, 9 } },     { with_foster_child, { 16, 20, 24 } },
    { man_alone, { 66, 34, 50 } },     { woman_alone, { 10, 21, 27 } },
    { couple_alone, { 44, 40, 35 } },  { old_people, { 22, 30, 20 } },
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void shape_draw(Draft *d) {
    static const uint8_t column[DEMO_CULTURES] = { 0, 0, 1, 2, 2 };
    uint32_t weights[SHAPES];
    for (size_t i = 0; i < SHAPES; i++)
        weights[i] = shapes[i].share[column[d->f->culture]];
    shapes[rng_weighted(&d->w->rng, weights, SHAPES)].make(d);
}

/* ---- into the world -------------------------------------------------------------------------- */

uint32_t demo_family_new(DemoWorld *w, const DemoFamily *like) {
    uint32_t i = w->n_families++;
    DemoFamily **page = &w->pages[i / FAMILY_PAGE];
    if (!*page) *page = arena_array(w->arena, DemoFamily, FAMILY_PAGE);
    DemoFamily *f = demo_family(w, i);
    *f = *like;
    f->focal = f->first = DEMO_NONE;
    f->size = 0;
    f->registered = (uint16_t)w->today;
    return i;
}

void demo_join(DemoWorld *w, uint32_t family, uint32_t person) {
    DemoFamily *f = demo_family(w, family);
    uint32_t *at = &f->first;
    while (*at != DEMO_NONE)
        at = &w->people[*at].next;
    *at = person;
    w->people[person].next = DEMO_NONE;
    w->people[person].family = family;
    f->size++;
}

void demo_leave(DemoWorld *w, uint32_t person) {
    DemoFamily *f = demo_family(w, w->people[person].family);
    uint32_t *at = &f->first;
    while (*at != person)
        at = &w->people[*at].next;
    *at = w->people[person].next;
    w->people[person].next = DEMO_NONE;
    f->size--;
}

static DemoFamily family_draw(DemoWorld *w, uint32_t office) {
    const DemoOffice *o = &demo_offices[office];
    uint32_t weights[DEMO_CULTURES];
    for (size_t i = 0; i < DEMO_CULTURES; i++)
        weights[i] = o->cultures[i];
    DemoFamily f = { .office = (uint8_t)office, .look = (uint32_t)rng_u64(&w->rng) };
    f.culture = (uint8_t)rng_weighted(&w->rng, weights, DEMO_CULTURES);
    f.origin = demo_draw(w, w->origin_draw[f.culture]);
    f.site = demo_draw(w, w->site_draw[office]);
    f.arrived_before = (uint16_t)(demo_chance(w, 780) ? demo_below(w, 45) : demo_below(w, 1500));
    f.level = demo_chance(w, 560) ? 2 : demo_chance(w, 660) ? 1 : 0;
    bool arabic_script = f.culture <= DEMO_ARABIC;
    if (arabic_script && demo_chance(w, o->local)) f.flags |= FAMILY_LOCAL;
    if (!(f.flags & FAMILY_LOCAL) || demo_chance(w, o->latin)) f.flags |= FAMILY_LATIN;
    return f;
}

/* Drops people beyond `max` and links to them. */
static void cut(Draft *d, uint32_t max) {
    if (d->n <= max) return;
    d->n = max;
    for (uint32_t i = 0; i < max; i++) {
        DemoPerson *p = &d->p[i];
        uint32_t *links[] = { &p->mother, &p->father, &p->spouse };
        for (size_t l = 0; l < 3; l++)
            if (*links[l] != DEMO_NONE && *links[l] >= d->base + max) *links[l] = DEMO_NONE;
    }
}

/* In one couple of eight the wife is the contact; what people are is then told from her. */
static void maybe_wife_first(DemoWorld *w, DemoFamily *f) {
    const DemoPerson *head = &w->people[f->focal];
    bool fits = !is_female(head) && head->spouse != DEMO_NONE && f->size > 1;
    if (!fits || !demo_chance(w, 125)) return;
    f->focal = head->spouse;
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next) {
        DemoPerson *p = &w->people[i];
        DemoRelation told = demo_relation(w, i, f->focal);
        if (told == REL_OTHER && p->relation == REL_SIBLING) told = REL_SIBLING_IN_LAW;
        if (told == REL_OTHER && p->relation == REL_FOSTER) told = REL_FOSTER;
        p->relation = told;
    }
}

uint32_t demo_compose(DemoWorld *w, uint32_t office, uint32_t max) {
    DemoPerson people[DEMO_MEMBERS_MAX];
    DemoFamily drawn = family_draw(w, office);
    uint32_t family = demo_family_new(w, &drawn);
    DemoFamily *f = demo_family(w, family);
    Draft d = { .w = w, .f = f, .base = w->n_people, .p = people };
    shape_draw(&d);
    cut(&d, max);
    for (uint32_t i = 0; i < d.n; i++) {
        DemoPerson *p = &people[i];
        demo_say_birth(w, f, p, p->birth);
        p->family = family;
        p->true_person = d.base + i;
        p->next = i + 1 < d.n ? d.base + i + 1 : DEMO_NONE;
        if (p->relation != REL_FOCAL && !is_female(p) && demo_chance(w, 25))
            p->flags |= PERSON_ABSENT;
        w->people[w->n_people++] = *p;
    }
    f->first = f->focal = d.base;
    f->size = (uint8_t)d.n;
    maybe_wife_first(w, f);
    return family;
}

DemoPerson demo_child(DemoWorld *w, uint32_t mother, uint32_t father, Day born) {
    const DemoPerson *m = &w->people[mother];
    DemoPerson child = person_new(w, m->culture, demo_chance(w, 489), born);
    child.mother = mother;
    child.father = father;
    name_child(w, &child, &w->people[father == DEMO_NONE ? m->spouse : father]);
    return child;
}
