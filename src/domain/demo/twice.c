/* twice.c: people registered a second time at another office, as if for the first time.
 *
 * What differs then: spelling, how the birth date is said and up to two years of age, a father's
 * name left out or swapped with one's own, a part of a name dropped; who of the family comes along;
 * the village. The truth remembers whose first record it doubles. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

enum { DOUBLES_MOST = 9, MOTHER_AGE_MIN_DAYS = 13 * 365 };

static bool may_repeat(const DemoStage *s, const DemoFamily *f) {
    const DemoWorld *w = s->w;
    bool served = demo_offices[s->plan->office].cultures[f->culture] > 0;
    return f->office != s->plan->office && served && !(f->flags & FAMILY_CLOSED) &&
           f->registered + 10u < w->today;
}

static bool is_first_record(const DemoWorld *w, uint32_t person) {
    return w->people[person].true_person == person && !(w->people[person].flags & PERSON_GONE);
}

/* Whom the draw brings along: one alone, the couple with its children, or all. */
static uint32_t choose(DemoStage *s, const DemoFamily *f, uint32_t somebody, uint32_t room,
                       uint32_t *out) {
    DemoWorld *w = s->w;
    uint32_t most = demo_chance(w, 620) ? 1 : 2 + demo_below(w, DOUBLES_MOST - 2), n = 0;
    if (most > room) most = room;
    out[n++] = somebody;
    for (uint32_t i = f->first; i != DEMO_NONE && n < most; i = w->people[i].next)
        if (i != somebody && is_first_record(w, i) && !(w->people[i].flags & PERSON_ABSENT))
            out[n++] = i;
    return n;
}

static uint32_t place_of(const uint32_t *chosen, uint32_t n, uint32_t person, uint32_t base) {
    for (uint32_t i = 0; i < n; i++)
        if (chosen[i] == person) return base + i;
    return DEMO_NONE;
}

static void flag_or(DemoWorld *w, DemoPerson *p, uint8_t flag, uint32_t per_mille) {
    if (demo_chance(w, per_mille)) p->flags |= flag;
}

static Day misremembered(DemoWorld *w, Day birth) {
    uint32_t at = demo_below(w, 100);
    if (at < 48) return birth;
    if (at < 66) return birth + demo_between(w, -330, 330);
    return birth + demo_between(w, -730, 730);
}

/* kin_salt keeps the shared names of one form alike. */
static DemoPerson again(DemoStage *s, const DemoFamily *f, uint32_t person, uint32_t kin_salt) {
    DemoWorld *w = s->w;
    DemoPerson p = w->people[person];
    bool small_child = demo_age(w, &p) < 12;
    p.registered = (uint16_t)w->today;
    p.next = DEMO_NONE;
    p.marital = w->people[person].marital;
    if (demo_chance(w, 640)) p.look = (uint32_t)rng_u64(&w->rng);
    p.kin ^= kin_salt;
    p.flags &= (uint8_t) ~(PERSON_SWAPPED | PERSON_ABSENT | PERSON_GONE);
    if (p.culture <= DEMO_ARABIC) flag_or(w, &p, PERSON_NO_GRANDFATHER, 280);
    flag_or(w, &p, PERSON_ONE_NAME, 170);
    flag_or(w, &p, PERSON_NO_FAMILY_NAME, p.culture <= DEMO_ARABIC ? 240 : 60);
    if (p.culture <= DEMO_PASHTO) flag_or(w, &p, PERSON_SWAPPED, 45);
    if (p.affix && demo_chance(w, 260)) p.affix = 0;
    if (small_child && demo_chance(w, 8)) {
        p.flags ^=
            PERSON_FEMALE; /* a clerk's slip; the given name then is read in the other list */
        demo_name_given(w, &p);
    }
    Day birth = misremembered(w, p.birth);
    demo_say_birth(w, f, &p, birth <= demo_today(w) ? birth : p.birth);
    return p;
}

/* A parent misremembered too young is given the old date again. */
static void mend_ages(DemoWorld *w, const uint32_t *chosen, uint32_t base, uint32_t n) {
    for (uint32_t i = base; i < base + n; i++) {
        const uint32_t parents[] = { w->people[i].mother, w->people[i].father };
        for (size_t j = 0; j < 2; j++) {
            if (parents[j] == DEMO_NONE) continue;
            if (w->people[i].birth - w->people[parents[j]].birth >= MOTHER_AGE_MIN_DAYS) continue;
            const uint32_t both[] = { i, parents[j] };
            for (size_t k = 0; k < 2; k++) {
                DemoPerson *p = &w->people[both[k]];
                const DemoPerson *first = &w->people[chosen[both[k] - base]];
                p->birth = first->birth;
                p->precision = first->precision;
            }
        }
    }
}

static DemoFamily family_again(DemoStage *s, const DemoFamily *old) {
    DemoWorld *w = s->w;
    const DemoOffice *o = &demo_offices[s->plan->office];
    DemoFamily f = *old;
    f.office = s->plan->office;
    f.site = demo_draw(w, w->site_draw[f.office]);
    f.arrived_before = (uint16_t)demo_below(w, 60);
    f.level = (uint8_t)(demo_chance(w, 600) ? 2 : 1);
    f.flags = 0;
    if (f.culture <= DEMO_ARABIC && demo_chance(w, o->local)) f.flags |= FAMILY_LOCAL;
    if (!(f.flags & FAMILY_LOCAL) || demo_chance(w, o->latin)) f.flags |= FAMILY_LATIN;
    return f;
}

static void repeat(DemoStage *s, uint32_t old, const uint32_t *chosen, uint32_t n) {
    DemoWorld *w = s->w;
    DemoFamily like = family_again(s, demo_family(w, old));
    uint32_t family = demo_family_new(w, &like), base = w->n_people;
    DemoFamily *f = demo_family(w, family);
    uint32_t salt = demo_chance(w, 500) ? (uint32_t)rng_u64(&w->rng) : 0;
    for (uint32_t i = 0; i < n; i++) {
        DemoPerson p = again(s, f, chosen[i], salt);
        p.mother = place_of(chosen, n, p.mother, base);
        p.father = place_of(chosen, n, p.father, base);
        p.spouse = place_of(chosen, n, p.spouse, base);
        w->people[w->n_people++] = p;
    }
    mend_ages(w, chosen, base, n);
    f->focal = base;
    for (uint32_t i = base; i < base + n; i++) {
        demo_join(w, family, i);
        w->people[i].relation = demo_relation(w, i, base);
        demo_subject(s, i);
    }
    s->ret->op = "group.register";
    s->ret->truth = DEMO_DOUBLE;
    s->ret->makes_person = true;
    s->ret->input = demo_group_register(w, s->a, family, s->ret->time);
    w->n_doubles += n;
}

bool demo_double(DemoStage *s) {
    enum { TRIES = 80 };
    DemoWorld *w = s->w;
    uint32_t room = w->o.people - w->n_people;
    room = room > w->reserved ? room - w->reserved : 0;
    for (int i = 0; i < TRIES && room > 0; i++) {
        uint32_t person = demo_below(w, w->n_people), chosen[DOUBLES_MOST];
        const DemoPerson *p = &w->people[person];
        const DemoFamily *f = demo_family(w, p->family);
        int age = demo_age(w, p);
        bool comes =
            is_first_record(w, person) && !(p->flags & PERSON_ABSENT) && age >= 16 && age < 70;
        if (!comes || !may_repeat(s, f)) continue;
        uint32_t n = choose(s, f, person, room, chosen);
        repeat(s, p->family, chosen, n);
        return true;
    }
    return false;
}
