/* world.c: the calendar of the operation: how many arrive when, what each day brings, in order. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

/* Mean size of a family that comes, times ten: turns people still to come into families. */
enum { FAMILY_MEAN_TENTHS = 47 };
/* What one clerk gets through on a day: families and later acts. */
enum { ACTS_A_DESK = 100 };
enum { OPENS = 8 * 3600, CLOSES = 16 * 3600, LATEST = 18 * 3600 }; /* before midnight in Peshawar */

typedef struct DeedShare {
    uint8_t deed;
    uint16_t weight;
} DeedShare;

/* Of a thousand later acts. Births add people and are kept apart from what merely changes. */
static const DeedShare deed_shares[] = {
    { DEED_PAPER, 195 },     { DEED_PHONE, 150 },    { DEED_COMPLETE, 115 },
    { DEED_MOVE, 115 },      { DEED_SPELLING, 110 }, { DEED_NEED, 60 },
    { DEED_BIRTH_DATE, 55 }, { DEED_BIRTH, 62 },     { DEED_NAME, 22 },
    { DEED_CONSENT, 20 },    { DEED_DEATH, 14 },     { DEED_FOCAL_POINT, 13 },
    { DEED_SLIP, 12 },       { DEED_JOIN, 11 },      { DEED_SPLIT, 11 },
    { DEED_LEAVE, 8 },       { DEED_VOID, 7 },       { DEED_PRESENCE, 20 },
};
enum { DEED_SHARES = sizeof deed_shares / sizeof deed_shares[0] };

DemoOptions demo_options(uint32_t people, uint64_t seed) {
    return (DemoOptions){
        .people = people,
        .seed = seed,
        .start = DAY_NONE,
        .end = DAY_NONE,
        .double_share_ppm = 20000,
    };
}

DemoOfficeInfo demo_office(uint32_t office) {
    ASSERT(office < DEMO_OFFICES);
    const DemoOffice *o = &demo_offices[office];
    return (DemoOfficeInfo){
        .code = o->code,
        .name = o->name,
        .country = o->country,
        .language = o->language,
        .calendar = o->calendar,
        .dial_code = o->dial_code,
        .fr = o->fr,
        .fa = o->fa,
        .ps = o->ps,
        .ar = o->ar,
        .utc_offset_minutes = o->utc_offset_minutes,
    };
}

static Day last_day(const DemoOptions *o) {
    return o->end == DAY_NONE ? day_from_civil(2026, 6, 30) : o->end;
}

Day demo_first_day(const DemoOptions *o) {
    return o->start == DAY_NONE ? day_add_years(last_day(o), -3) + 1 : o->start;
}

uint32_t demo_clerks_for(uint32_t people) {
    return 2 + (people >= 20000) + (people >= 200000) * 3;
}

uint32_t demo_clerks(const DemoWorld *w) {
    return w->clerks;
}

/* ---- the curve of arrivals ------------------------------------------------------------------- */

typedef struct Wave {
    int32_t middle, half; /* days */
    int32_t height;       /* per thousand of an ordinary day */
} Wave;
enum { WAVES = 3 };

static bool is_open(const DemoOffice *o, Day day) {
    Civil c = civil_from_day(day);
    bool new_year = c.month == 1 && c.day == 1;
    bool nawroz = strcmp(o->country, "IRN") == 0 && c.month == 3 && c.day >= 20 && c.day <= 24;
    return !new_year && !nawroz && (o->works >> day_weekday(day) & 1);
}

static uint32_t wave_weight(DemoWorld *w, const DemoOffice *o, const Wave *waves, int32_t day) {
    if (!is_open(o, w->o.start + day)) return 0;
    int64_t busy = 500;
    for (size_t i = 0; i < WAVES; i++) {
        int32_t off = waves[i].middle > day ? waves[i].middle - day : day - waves[i].middle;
        if (off < waves[i].half) busy += waves[i].height * (waves[i].half - off) / waves[i].half;
    }
    return (uint32_t)(o->share * busy * demo_between(w, 70, 130) / 10000) + 1;
}

static void curve_draw(DemoWorld *w) {
    Wave waves[DEMO_OFFICES][WAVES];
    int32_t days = (int32_t)w->n_days;
    for (size_t o = 0; o < DEMO_OFFICES; o++)
        for (size_t i = 0; i < WAVES; i++)
            waves[o][i] = (Wave){ demo_between(w, 0, days), demo_between(w, 15, 100),
                                  demo_between(w, 500, 6000) };
    for (uint32_t d = 0; d < w->n_days; d++) {
        w->curve[d + 1] = w->curve[d];
        for (size_t o = 0; o < DEMO_OFFICES; o++) {
            uint32_t weight = wave_weight(w, &demo_offices[o], waves[o], (int32_t)d);
            w->office_weight[d * DEMO_OFFICES + o] = weight;
            w->curve[d + 1] += weight;
        }
    }
    /* A span without a working day would leave nobody a day to come on. */
    ASSERT(w->curve[w->n_days] > 0);
}

/* Records there should be at the end of a day. */
static uint32_t people_by(const DemoWorld *w, uint32_t day) {
    return (uint32_t)(w->o.people * w->curve[day + 1] / w->curve[w->n_days]);
}

/* Later acts follow the number of people there are to have them. */
static void acts_draw(DemoWorld *w) {
    for (uint32_t d = 0; d < w->n_days; d++) {
        bool any_open = w->curve[d + 1] > w->curve[d];
        w->acts[d + 1] = w->acts[d] + (d && any_open ? people_by(w, d - 1) : 0);
    }
}

static uint64_t share_by(const DemoWorld *w, uint64_t total, uint32_t day) {
    uint64_t all = w->acts[w->n_days];
    return all ? total * w->acts[day + 1] / all : 0;
}

/* ---- making it ------------------------------------------------------------------------------- */

DemoWorld *demo_world_new(Arena *a, const DemoOptions *o) {
    DemoWorld *w = arena_new_of(a, DemoWorld);
    w->arena = a;
    w->o = *o;
    w->o.end = last_day(o);
    w->o.start = demo_first_day(o);
    int64_t days = (int64_t)w->o.end - w->o.start + 1;
    ASSERT(o->people >= 1 && o->people <= DEMO_PEOPLE_MAX && days >= 30 && days <= 3650);
    ASSERT(o->double_share_ppm <= 500000);
    w->n_days = (uint32_t)days;
    w->rng = rng_new(o->seed);
    w->curve = arena_array(a, uint64_t, w->n_days + 1);
    w->acts = arena_array(a, uint64_t, w->n_days + 1);
    w->office_weight = arena_array(a, uint32_t, (size_t)w->n_days * DEMO_OFFICES);
    w->people = arena_array(a, DemoPerson, o->people);
    w->pages = arena_array(a, DemoFamily *, o->people / FAMILY_PAGE + 2);
    w->clerks = demo_clerks_for(o->people);
    w->today = UINT32_MAX; /* the first day begins with the first event */
    demo_lists_unpack(w);
    curve_draw(w);
    acts_draw(w);
    return w;
}

size_t demo_world_bytes(const DemoWorld *w) {
    size_t pages = (w->n_families + FAMILY_PAGE - 1) / FAMILY_PAGE;
    return sizeof *w + w->o.people * sizeof *w->people + pages * FAMILY_PAGE * sizeof(DemoFamily) +
           (size_t)w->n_days * (2 * sizeof *w->curve + DEMO_OFFICES * sizeof *w->office_weight);
}

/* ---- the plan of a day ----------------------------------------------------------------------- */

static int32_t office_second(DemoWorld *w, uint32_t office) {
    return demo_between(w, OPENS, CLOSES - 1) - demo_offices[office].utc_offset_minutes * 60;
}

/* Insertion keeps equal times in order of arrival; most come nearly last. */
static void plan_insert(DemoWorld *w, DemoPlan p) {
    vec_push(w->arena, &w->plan, p);
    size_t i = w->plan.n - 1;
    for (; i > w->next_plan && w->plan.v[i - 1].second > p.second; i--)
        w->plan.v[i] = w->plan.v[i - 1];
    w->plan.v[i] = p;
}

/* Stable merge sort, bottom up: a busy day of a million people has thousands of entries. */
static void plan_sort(DemoWorld *w) {
    size_t n = w->plan.n;
    if (n < 2) return;
    DemoPlan *from = w->plan.v, *to = w->sorted.v;
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * width) {
            size_t mid = lo + width < n ? lo + width : n, hi = mid + width < n ? mid + width : n;
            size_t i = lo, j = mid;
            for (size_t k = lo; k < hi; k++)
                to[k] = i < mid && (j >= hi || from[i].second <= from[j].second) ? from[i++]
                                                                                 : from[j++];
        }
        DemoPlan *swap = from;
        from = to;
        to = swap;
    }
    if (from != w->plan.v) memcpy(w->plan.v, from, n * sizeof *from);
}

static void plan_add(DemoWorld *w, DemoDeed deed, uint32_t office) {
    DemoPlan p = { .second = office_second(w, office), .deed = deed, .office = (uint8_t)office };
    vec_push(w->arena, &w->plan, p);
}

static uint32_t office_drawn(DemoWorld *w) {
    return (uint32_t)rng_weighted(&w->rng, w->office_weight + (size_t)w->today * DEMO_OFFICES,
                                  DEMO_OFFICES);
}

static bool office_works(const DemoWorld *w, uint32_t office) {
    return w->office_weight[(size_t)w->today * DEMO_OFFICES + office] > 0;
}

static DemoDeed deed_drawn(DemoWorld *w) {
    uint16_t at = (uint16_t)demo_below(w, 1000);
    for (size_t i = 0; i < DEED_SHARES; i++) {
        if (at < deed_shares[i].weight) return deed_shares[i].deed;
        at = (uint16_t)(at - deed_shares[i].weight);
    }
    return DEED_PAPER;
}

static void plan_acts(DemoWorld *w) {
    uint64_t due = share_by(w, w->o.people, w->today);
    uint32_t target = people_by(w, w->today);
    for (; w->n_acts < due; w->n_acts++) {
        if (w->n_people == 0) return;
        /* The office follows from where people are; closed ones have theirs another day. */
        uint32_t someone = demo_below(w, w->n_people);
        uint32_t office = demo_family(w, w->people[someone].family)->office;
        if (!office_works(w, office)) office = office_drawn(w);
        DemoDeed deed = deed_drawn(w);
        if (deed == DEED_BIRTH) {
            if (w->n_people + w->reserved >= target)
                deed = DEED_COMPLETE;
            else
                w->reserved++;
        }
        plan_add(w, deed, office);
    }
}

static void plan_doubles(DemoWorld *w) {
    uint64_t total = (uint64_t)w->o.people * w->o.double_share_ppm / 1000000;
    uint64_t due = share_by(w, total, w->today), planned = w->n_doubles;
    while (planned < due && w->n_people + w->reserved < people_by(w, w->today)) {
        /* One event brings one to three people; about two. */
        planned += 2;
        w->reserved++;
        plan_add(w, DEED_DOUBLE, office_drawn(w));
    }
}

static void plan_families(DemoWorld *w) {
    uint32_t target = people_by(w, w->today), there = w->n_people + w->reserved;
    if (target <= there) return;
    uint32_t tenths = (target - there) * 10;
    uint32_t families = tenths / FAMILY_MEAN_TENTHS;
    if (demo_below(w, FAMILY_MEAN_TENTHS) < tenths % FAMILY_MEAN_TENTHS) families++;
    for (uint32_t i = 0; i < families; i++)
        plan_add(w, DEED_FAMILY, office_drawn(w));
}

/* What was put off for today, by offices that work. */
static void plan_follow_ups(DemoWorld *w) {
    size_t kept = 0;
    for (size_t i = 0; i < w->tomorrow.n; i++) {
        DemoPlan p = w->tomorrow.v[i];
        if (!office_works(w, p.office)) {
            w->tomorrow.v[kept++] = p;
            continue;
        }
        p.second = office_second(w, p.office);
        vec_push(w->arena, &w->plan, p);
    }
    w->tomorrow.n = kept;
}

static bool next_day(DemoWorld *w) {
    if (w->today != UINT32_MAX && w->today + 1 >= w->n_days) return false;
    w->today++;
    w->plan.n = w->next_plan = 0;
    w->reserved = 0;
    if (w->curve[w->today + 1] == w->curve[w->today]) return true; /* nobody works */
    plan_follow_ups(w);
    plan_acts(w);
    plan_doubles(w);
    plan_families(w);
    w->at_desk = 1 + (uint32_t)w->plan.n / (DEMO_OFFICES * ACTS_A_DESK);
    if (w->at_desk > w->clerks) w->at_desk = w->clerks;
    if (w->sorted.cap < w->plan.cap) {
        w->sorted.cap = w->plan.cap;
        w->sorted.v = arena_array(w->arena, DemoPlan, w->sorted.cap);
    }
    plan_sort(w);
    return true;
}

/* On the last working day the families still missing come one after another. */
static bool last_family(DemoWorld *w) {
    bool more_days = w->curve[w->today + 1] < w->curve[w->n_days];
    if (more_days || w->n_people >= w->o.people) return false;
    uint32_t office = 0;
    while (office < DEMO_OFFICES - 1 && !office_works(w, office))
        office++;
    int32_t after = w->plan.n ? w->plan.v[w->plan.n - 1].second + 1 : OPENS;
    DemoPlan p = { .second = after, .deed = DEED_FAMILY, .office = (uint8_t)office };
    vec_push(w->arena, &w->plan, p);
    return true;
}

/* ---- events ---------------------------------------------------------------------------------- */

void demo_follow(DemoStage *s, DemoDeed deed, uint32_t subject, uint16_t arg, int32_t delay_s) {
    DemoPlan p = { .second = s->plan->second + delay_s,
                   .deed = (uint8_t)deed,
                   .office = s->plan->office,
                   .arg = arg,
                   .subject = subject };
    if (p.second < LATEST)
        plan_insert(s->w, p);
    else
        vec_push(s->w->arena, &s->w->tomorrow, p);
}

void demo_subject(DemoStage *s, uint32_t person) {
    if (s->ret->n_subjects == DEMO_MEMBERS_MAX) return;
    s->ret->subjects[s->ret->n_subjects++] =
        (DemoSubject){ person, s->w->people[person].true_person };
}

/* All that befalls a family on one day passes through one pair of hands, in order. On a quiet day
 * one clerk does it all, each in turn. */
static uint32_t clerk_of(const DemoWorld *w, const DemoFamily *f) {
    return (w->today + demo_trait(f->look, TRAIT_CLERK, w->at_desk)) % w->clerks;
}

static bool family_arrives(DemoStage *s) {
    DemoWorld *w = s->w;
    uint32_t room = w->o.people - w->n_people;
    room = room > w->reserved ? room - w->reserved : 0;
    if (room == 0) return false;
    uint32_t first = w->n_people;
    uint32_t family = demo_compose(w, s->plan->office, room);
    s->ret->op = "group.register";
    s->ret->truth = DEMO_REGISTERED;
    s->ret->clerk = clerk_of(w, demo_family(w, family));
    s->ret->input = demo_group_register(w, s->a, family, s->ret->time);
    s->ret->makes_person = true;
    for (uint32_t p = first; p < w->n_people; p++)
        demo_subject(s, p);
    return true;
}

bool demo_free_today(const DemoWorld *w, const DemoFamily *f) {
    return !(f->flags & FAMILY_CLOSED) && f->acted != w->today + 1 && f->registered < w->today;
}

static bool follow_up(DemoStage *s) {
    DemoWorld *w = s->w;
    bool of_person = s->plan->deed == DEED_LEAVE_PERSON || s->plan->deed == DEED_SLIP_END ||
                     s->plan->deed == DEED_PRESENT_AGAIN;
    uint32_t subject = s->plan->subject;
    DemoFamily *f = demo_family(w, of_person ? w->people[subject].family : subject);
    s->ret->clerk = clerk_of(w, f);
    f->acted = (uint16_t)(w->today + 1);
    return demo_follow_up(s);
}

/* Somebody of the office to whom the deed can happen. */
static bool act_happens(DemoStage *s) {
    enum { TRIES = 160 }; /* only one in ten can bear a child, and one in seven lives there */
    DemoWorld *w = s->w;
    if (s->plan->deed >= DEED_NEW_FOCAL_POINT) return follow_up(s);
    for (int i = 0; i < TRIES && w->n_people; i++) {
        uint32_t person = demo_below(w, w->n_people);
        const DemoPerson *p = &w->people[person];
        DemoFamily *f = demo_family(w, p->family);
        bool fits = f->office == s->plan->office && demo_free_today(w, f) &&
                    !(p->flags & PERSON_GONE) && p->registered < w->today;
        if (!fits) continue;
        s->ret->clerk = clerk_of(w, f);
        f->acted = (uint16_t)(w->today + 1);
        if (demo_act(s, person) || demo_family_act(s, person)) return true;
        f->acted = 0;
    }
    return false;
}

static bool family_repeats(DemoStage *s) {
    if (!demo_double(s)) return false;
    uint32_t family = s->w->people[s->ret->subjects[0].person].family;
    s->ret->clerk = clerk_of(s->w, demo_family(s->w, family));
    return true;
}

static bool event_make(DemoStage *s) {
    DemoWorld *w = s->w;
    *s->ret = (DemoEvent){
        .time = (Time)demo_today(w) * TIME_DAY + s->plan->second * TIME_SECOND,
        .office = s->plan->office,
    };
    switch ((DemoDeed)s->plan->deed) {
    case DEED_FAMILY: return family_arrives(s);
    case DEED_DOUBLE: w->reserved--; return family_repeats(s);
    case DEED_BIRTH: w->reserved--; return act_happens(s);
    default: return act_happens(s);
    }
}

bool demo_next(DemoWorld *w, Arena *scratch, DemoEvent *ret) {
    for (;;) {
        while (w->today == UINT32_MAX || w->next_plan >= w->plan.n)
            if (!(w->today != UINT32_MAX && last_family(w)) && !next_day(w)) return false;
        DemoPlan plan = w->plan.v[w->next_plan++];
        DemoStage s = { .w = w, .a = scratch, .plan = &plan, .ret = ret };
        if (event_make(&s)) return true;
    }
}
