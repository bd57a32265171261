/* moves.c: what happens to families: moves, splits, new focal points, departures, mistakes. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

#define REASON_MARRIAGE "MARRIAGE"
#define REASON_DIVORCE "DIVORCE"
#define REASON_ASKED "FAMILY_ASKED"
#define REASON_DEATH "DEATH"
#define REASON_CARE "REUNITED"

static bool say(DemoStage *s, const char *op, DemoTruth truth, DemoMap *input) {
    s->ret->op = op;
    s->ret->truth = truth;
    s->ret->input = demo_map_end(input);
    return true;
}

static void put_group(DemoStage *s, DemoMap *m, Str key, uint32_t family) {
    s->ret->group = demo_group_id(s->w, family);
    demo_put(m, key, demo_id(s->a, s->ret->group));
}

static Val person_ref(DemoStage *s, uint32_t person) {
    return demo_id(s->a, demo_person_id(s->w, person));
}

static bool group_correct(DemoStage *s, DemoTruth truth, uint32_t family, DemoMap *fields) {
    DemoMap m = { .a = s->a };
    put_group(s, &m, STR("id"), family);
    demo_put(&m, STR("fields"), demo_map_end(fields));
    demo_put(&m, STR("reason"), demo_code("LIFE_EVENT"));
    return say(s, "group.correct", truth, &m);
}

static bool is_grown(const DemoWorld *w, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    return !(p->flags & PERSON_GONE) && demo_age(w, p) >= 18;
}

/* ---- another village ------------------------------------------------------------------------- */

static bool move(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    uint32_t family = w->people[person].family;
    DemoFamily *f = demo_family(w, family);
    uint8_t site = demo_draw(w, w->site_draw[f->office]);
    if (site == f->site) return false;
    const DemoPlace *old = &demo_offices[f->office].sites.v[f->site];
    const DemoPlace *place = &demo_offices[f->office].sites.v[site];
    DemoMap m = { .a = s->a };
    if (strcmp(old->admin1, place->admin1) != 0)
        demo_put(&m, STR("admin1"), demo_code(place->admin1));
    if (strcmp(old->admin2, place->admin2) != 0)
        demo_put(&m, STR("admin2"), demo_code(place->admin2));
    demo_put(&m, STR("village"), demo_code(place->village));
    if (f->level > 1) demo_put(&m, STR("address"), val_null()); /* not asked yet */
    f->site = site;
    demo_subject(s, f->focal);
    return group_correct(s, DEMO_MOVED, family, &m);
}

/* ---- another focal point --------------------------------------------------------------------- */

/* All members are told anew; what the links do not say stays in general terms. */
static void retell(DemoWorld *w, DemoFamily *f) {
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next)
        w->people[i].relation = demo_relation(w, i, f->focal);
}

static Val relationships(DemoStage *s, const DemoFamily *f) {
    DemoWorld *w = s->w;
    Val list = val_list();
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next) {
        const DemoPerson *p = &w->people[i];
        if (i == f->focal) continue;
        DemoMap m = { .a = s->a };
        demo_put(&m, STR("person"), person_ref(s, i));
        demo_put(&m, STR("relationship"), demo_code(demo_relation_code(p->relation, is_female(p))));
        val_push(s->a, &list, demo_map_end(&m));
    }
    return list;
}

static bool focal_point(DemoStage *s, uint32_t family, uint32_t person, const char *reason) {
    DemoFamily *f = demo_family(s->w, family);
    if (person == f->focal) return false;
    f->focal = person;
    retell(s->w, f);
    DemoMap m = { .a = s->a };
    put_group(s, &m, STR("group"), family);
    demo_put(&m, STR("person"), person_ref(s, person));
    demo_put(&m, STR("relationships"), relationships(s, f));
    demo_put(&m, STR("reason"), demo_code(reason));
    demo_subject(s, person);
    return say(s, "group.set_focal_point", DEMO_FOCAL_POINT, &m);
}

/* The oldest grown member; where there is none, the oldest. */
static uint32_t successor(const DemoWorld *w, const DemoFamily *f) {
    uint32_t best = DEMO_NONE;
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next) {
        if (w->people[i].flags & PERSON_GONE) continue;
        if (best == DEMO_NONE || w->people[i].birth < w->people[best].birth) best = i;
    }
    return best;
}

/* ---- splits ---------------------------------------------------------------------------------- */

static bool leaves_with(const DemoWorld *w, uint32_t i, uint32_t leader, bool with_spouse) {
    const DemoPerson *p = &w->people[i];
    if (i == leader) return true;
    if (with_spouse && (p->spouse == leader || w->people[leader].spouse == i)) return true;
    if (p->mother == leader) return true;
    return with_spouse && p->father == leader;
}

/* Moves those who leave into a family of their own; returns how many. */
static uint32_t part(DemoStage *s, uint32_t leader, bool with_spouse, uint32_t to,
                     Val *ret_persons) {
    DemoWorld *w = s->w;
    uint32_t from = w->people[leader].family, focal = demo_family(w, from)->focal, n = 0, next;
    for (uint32_t i = demo_family(w, from)->first; i != DEMO_NONE; i = next) {
        next = w->people[i].next;
        bool stays = i == focal || (w->people[i].flags & PERSON_GONE);
        if (stays || !leaves_with(w, i, leader, with_spouse)) continue;
        demo_leave(w, i);
        demo_join(w, to, i);
        val_push(s->a, ret_persons, person_ref(s, i));
        demo_subject(s, i);
        n++;
    }
    return n;
}

static bool split(DemoStage *s, uint32_t leader) {
    DemoWorld *w = s->w;
    const DemoPerson *p = &w->people[leader];
    DemoFamily *f = demo_family(w, p->family);
    if (!is_grown(w, leader) || leader == f->focal || (p->flags & PERSON_ABSENT)) return false;
    bool focals_spouse = p->spouse == f->focal || w->people[f->focal].spouse == leader;
    if (focals_spouse && (!is_female(p) || !demo_chance(w, 250))) return false;
    bool spouse_here = p->spouse != DEMO_NONE && w->people[p->spouse].family == p->family;
    bool with_spouse = !focals_spouse && spouse_here;
    DemoFamily like = *f;
    if (demo_chance(w, 400)) like.site = demo_draw(w, w->site_draw[f->office]);
    uint32_t family = demo_family_new(w, &like);
    DemoFamily *made = demo_family(w, family);
    made->focal = leader;
    Val persons = val_list();
    part(s, leader, with_spouse, family, &persons);
    retell(w, made);
    DemoMap m = { .a = s->a }, group = { .a = s->a };
    demo_put(&group, STR("village"),
             demo_code(demo_offices[f->office].sites.v[made->site].village));
    demo_put(&m, STR("persons"), persons);
    demo_put(&m, STR("relationships"), relationships(s, made));
    demo_put(&m, STR("focal_point"), person_ref(s, leader));
    demo_put(&m, STR("group"), demo_map_end(&group));
    demo_put(&m, STR("reason"),
             demo_code(focals_spouse ? REASON_DIVORCE
                       : with_spouse ? REASON_MARRIAGE
                                     : REASON_ASKED));
    s->ret->makes_group = true;
    s->ret->group = demo_group_id(w, family);
    return say(s, "member.split", DEMO_SPLIT, &m);
}

/* ---- into another family --------------------------------------------------------------------- */

static bool may_take(const DemoStage *s, uint32_t person, uint32_t family) {
    const DemoWorld *w = s->w;
    const DemoFamily *to = demo_family(w, family);
    const DemoPerson *p = &w->people[person];
    bool same_people = to->office == s->plan->office && to->culture == p->culture;
    if (!same_people || family == p->family || !demo_free_today(w, to)) return false;
    return to->size < DEMO_MEMBERS_MAX && is_grown(w, to->focal);
}

static bool join(DemoStage *s, uint32_t person) {
    enum { TRIES = 12 };
    DemoWorld *w = s->w;
    DemoPerson *p = &w->people[person];
    const DemoFamily *from = demo_family(w, p->family);
    int age = demo_age(w, p);
    bool free_to = person != from->focal && p->spouse == DEMO_NONE && age > 4 && age < 60;
    if (!free_to || from->size < 2) return false;
    uint32_t to = DEMO_NONE;
    for (int i = 0; i < TRIES && to == DEMO_NONE; i++) {
        uint32_t one = w->people[demo_below(w, w->n_people)].family;
        if (may_take(s, person, one)) to = one;
    }
    if (to == DEMO_NONE) return false;
    const DemoPerson *head = &w->people[demo_family(w, to)->focal];
    bool wed = age >= 18 && head->spouse == DEMO_NONE && is_female(p) && !is_female(head);
    p->relation = wed ? REL_SPOUSE : age < 18 ? REL_FOSTER : REL_OTHER;
    demo_leave(w, person);
    demo_join(w, to, person);
    demo_family(w, to)->acted = (uint16_t)(w->today + 1);
    DemoMap m = { .a = s->a };
    demo_put(&m, STR("person"), person_ref(s, person));
    put_group(s, &m, STR("to_group"), to);
    demo_put(&m, STR("relationship"), demo_code(demo_relation_code(p->relation, is_female(p))));
    demo_put(&m, STR("reason"),
             demo_code(wed        ? REASON_MARRIAGE
                       : age < 18 ? REASON_CARE
                                  : REASON_ASKED));
    demo_subject(s, person);
    return say(s, "member.move", DEMO_JOINED, &m);
}

/* ---- departures ------------------------------------------------------------------------------ */

typedef struct Ending {
    const char *status, *reason;
} Ending;
static const Ending endings[] = {
    { "I", "SPONTANEOUS_DEPARTURE" }, { "C", "VOLREP" }, { "C", "RESETTLED" }, { "C", "DECEASED" }
};

static void put_ending(DemoStage *s, DemoMap *m, uint16_t ending, bool with_day) {
    demo_put(m, STR("process_status"), demo_code(endings[ending].status));
    demo_put(m, STR("status_reason"), demo_code(endings[ending].reason));
    if (with_day && endings[ending].status[0] == 'C')
        demo_put(m, STR("closed_on"), demo_date(s->a, demo_today(s->w)));
}

static bool leave(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    uint32_t family = w->people[person].family;
    DemoFamily *f = demo_family(w, family);
    uint8_t ending = (uint8_t)(demo_chance(w, 520) ? 0 : demo_chance(w, 840) ? 1 : 2);
    f->flags |= FAMILY_CLOSED;
    int32_t delay = 0;
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next)
        if (!(w->people[i].flags & PERSON_GONE))
            demo_follow(s, DEED_LEAVE_PERSON, i, ending, delay += 25);
    DemoMap m = { .a = s->a };
    put_ending(s, &m, ending, false);
    return group_correct(s, DEMO_LEFT, family, &m);
}

static bool leave_person(DemoStage *s) {
    uint32_t person = s->plan->subject;
    DemoMap fields = { .a = s->a }, m = { .a = s->a };
    put_ending(s, &fields, s->plan->arg, true);
    s->w->people[person].flags |= PERSON_GONE;
    demo_put(&m, STR("id"), person_ref(s, person));
    demo_put(&m, STR("fields"), demo_map_end(&fields));
    demo_put(&m, STR("reason"), demo_code("LIFE_EVENT"));
    demo_subject(s, person);
    return say(s, "person.correct", DEMO_LEFT, &m);
}

static bool close_family(DemoStage *s) {
    DemoFamily *f = demo_family(s->w, s->plan->subject);
    if (f->flags & FAMILY_CLOSED) return false;
    f->flags |= FAMILY_CLOSED;
    DemoMap m = { .a = s->a };
    put_ending(s, &m, 3, false);
    return group_correct(s, DEMO_DIED, s->plan->subject, &m);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

static bool is_somebodys_parent(const DemoWorld *w, uint32_t person) {
    for (uint32_t i = demo_family(w, w->people[person].family)->first; i != DEMO_NONE;
         i = w->people[i].next)
        if (w->people[i].mother == person || w->people[i].father == person ||
            w->people[i].spouse == person)
            return true;
    return false;
}

static bool void_registration(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    DemoPerson *p = &w->people[person];
    uint32_t family = p->family;
    DemoFamily *f = demo_family(w, family);
    DemoMap m = { .a = s->a };
    if (f->size == 1) {
        f->flags |= FAMILY_CLOSED;
        put_group(s, &m, STR("id"), family);
    } else {
        if (person == f->focal || is_somebodys_parent(w, person)) return false;
        demo_leave(w, person);
        demo_put(&m, STR("id"), person_ref(s, person));
    }
    p->flags |= PERSON_GONE;
    s->ret->clerk = 0; /* the supervisor */
    demo_put(&m, STR("reason"), demo_code(demo_chance(w, 600) ? "MISTAKE" : "NOT_TRUE"));
    demo_subject(s, person);
    return say(s, f->flags & FAMILY_CLOSED ? "group.void" : "person.void", DEMO_VOIDED, &m);
}

/* ---- which ----------------------------------------------------------------------------------- */

static bool change_focal_point(DemoStage *s, uint32_t person) {
    const DemoPerson *p = &s->w->people[person];
    if (!is_grown(s->w, person) || (p->flags & PERSON_ABSENT)) return false;
    return focal_point(s, p->family, person, REASON_ASKED);
}

bool demo_family_act(DemoStage *s, uint32_t person) {
    switch ((DemoDeed)s->plan->deed) {
    case DEED_MOVE: return move(s, person);
    case DEED_FOCAL_POINT: return change_focal_point(s, person);
    case DEED_SPLIT: return split(s, person);
    case DEED_JOIN: return join(s, person);
    case DEED_LEAVE: return leave(s, person);
    case DEED_VOID: return void_registration(s, person);
    default: return false;
    }
}

bool demo_follow_up(DemoStage *s) {
    DemoWorld *w = s->w;
    const DemoFamily *f;
    switch ((DemoDeed)s->plan->deed) {
    case DEED_NEW_FOCAL_POINT: {
        f = demo_family(w, s->plan->subject);
        uint32_t next = successor(w, f);
        return next != DEMO_NONE && !(f->flags & FAMILY_CLOSED) &&
               focal_point(s, s->plan->subject, next, REASON_DEATH);
    }
    case DEED_LEAVE_PERSON: return leave_person(s);
    case DEED_CLOSE_FAMILY: return close_family(s);
    case DEED_SLIP_END:
    case DEED_PRESENT_AGAIN:
        return !(w->people[s->plan->subject].flags & PERSON_GONE) && demo_act(s, s->plan->subject);
    default: return false;
    }
}
