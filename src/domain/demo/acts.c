/* acts.c: what happens to one person after the registration. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

enum { MOTHER_AGE_MIN_DAYS = 13 * 365, NEXT_DAY = 86400 };

static const DemoFamily *family_of(const DemoStage *s, uint32_t person) {
    return demo_family(s->w, s->w->people[person].family);
}

static bool say(DemoStage *s, const char *op, DemoTruth truth, uint32_t person, DemoMap *input) {
    s->ret->op = op;
    s->ret->truth = truth;
    s->ret->input = demo_map_end(input);
    if (person != DEMO_NONE) demo_subject(s, person);
    return true;
}

static bool correct(DemoStage *s, DemoTruth truth, uint32_t person, DemoMap *fields,
                    const char *reason) {
    DemoMap m = { .a = s->a };
    demo_put(&m, STR("id"), demo_id(s->a, demo_person_id(s->w, person)));
    demo_put(&m, STR("fields"), demo_map_end(fields));
    demo_put(&m, STR("reason"), demo_code(reason));
    return say(s, "person.correct", truth, person, &m);
}

/* A child record of a person: phone, document … */
static bool record_add(DemoStage *s, DemoTruth truth, uint32_t person, const char *kind,
                       Val fields) {
    if (fields.type != VAL_MAP) return false;
    DemoMap f = { .a = s->a }, m = { .a = s->a };
    demo_put(&f, STR("person"), demo_id(s->a, demo_person_id(s->w, person)));
    for (size_t i = 0; i < fields.map.n; i++)
        demo_put(&f, fields.map.v[i].key, fields.map.v[i].value);
    demo_put(&m, STR("kind"), demo_code(kind));
    demo_put(&m, STR("fields"), demo_map_end(&f));
    return say(s, "record.add", truth, person, &m);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Fields whose values differ; a name that is gone becomes null. */
static void difference(DemoMap *out, const DemoMap *before, const DemoMap *after) {
    for (size_t i = 0; i < after->n; i++) {
        bool same = false;
        for (size_t j = 0; j < before->n; j++)
            same |= str_eq(before->v[j].key, after->v[i].key) &&
                    str_eq(before->v[j].value.text, after->v[i].value.text);
        if (!same) demo_put(out, after->v[i].key, after->v[i].value);
    }
    for (size_t j = 0; j < before->n; j++) {
        bool there = false;
        for (size_t i = 0; i < after->n; i++)
            there |= str_eq(before->v[j].key, after->v[i].key);
        if (!there) demo_put(out, before->v[j].key, val_null());
    }
}

/* Another spelling, or a part that had been left out. */
static void respell(DemoWorld *w, DemoPerson *p) {
    uint8_t missing = p->flags & (PERSON_ONE_NAME | PERSON_SWAPPED);
    if (missing)
        p->flags &= (uint8_t)~missing;
    else if (p->culture <= DEMO_ARABIC && (p->flags & PERSON_NO_GRANDFATHER) && demo_chance(w, 400))
        p->flags &= (uint8_t)~PERSON_NO_GRANDFATHER;
    else if (demo_chance(w, 650))
        p->look = (uint32_t)rng_u64(&w->rng);
    else
        p->kin = (uint32_t)rng_u64(&w->rng);
}

static bool spelling(DemoStage *s, uint32_t person) {
    DemoPerson *p = &s->w->people[person];
    const DemoFamily *f = family_of(s, person);
    DemoMap before = { .a = s->a }, after = { .a = s->a }, fields = { .a = s->a };
    demo_put_names(s->w, &before, f, p);
    DemoPerson changed = *p;
    respell(s->w, &changed);
    demo_put_names(s->w, &after, f, &changed);
    difference(&fields, &before, &after);
    if (fields.n == 0) return false;
    *p = changed;
    return correct(s, DEMO_CORRECTED, person, &fields,
                   demo_chance(s->w, 450) ? "TYPING" : "DOCUMENT");
}

static bool other_name(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    const DemoPerson *p = &w->people[person];
    const DemoFamily *f = family_of(s, person);
    bool maiden = is_female(p) && p->spouse != DEMO_NONE && p->culture > DEMO_ARABIC;
    DemoPerson other = *p;
    other.look = (uint32_t)rng_u64(&w->rng);
    other.flags &= (uint8_t) ~(PERSON_ONE_NAME | PERSON_SWAPPED | PERSON_NO_FAMILY_NAME);
    if (!maiden) demo_name_given(w, &other);
    DemoMap names = { .a = s->a }, m = { .a = s->a };
    demo_put_names(w, &names, f, &other);
    Val all = demo_map_end(&names);
    Str given = val_get_text(all, "given_name", STR("")),
        local = val_get_text(all, "given_name_local", STR(""));
    Str family = val_get_text(all, "family_name", STR(""));
    demo_put(&m, STR("name_type"),
             demo_code(maiden        ? "MAIDEN"
                       : p->look % 3 ? "ALIAS"
                                     : "NICKNAME"));
    if (!str_empty(given)) {
        bool both = !str_empty(family) && (maiden || p->look % 2);
        demo_put(&m, STR("full_name"),
                 demo_text(both ? str_printf(s->a, "%.*s %.*s", STR_ARG(given), STR_ARG(family))
                                : given));
    }
    demo_put(&m, STR("full_name_local"), demo_text(local));
    return record_add(s, DEMO_NAME, person, "name", demo_map_end(&m));
}

/* ---- dates of birth -------------------------------------------------------------------------- */

/* Nobody may become too young a parent, nor be born after the registration. */
static bool birth_fits(const DemoStage *s, uint32_t person, Day birth) {
    const DemoWorld *w = s->w;
    const DemoPerson *p = &w->people[person];
    if (birth > w->o.start + p->registered) return false;
    if (p->mother != DEMO_NONE && birth - w->people[p->mother].birth < MOTHER_AGE_MIN_DAYS)
        return false;
    if (p->father != DEMO_NONE && birth - w->people[p->father].birth < MOTHER_AGE_MIN_DAYS)
        return false;
    for (uint32_t i = family_of(s, person)->first; i != DEMO_NONE; i = w->people[i].next) {
        const DemoPerson *q = &w->people[i];
        if ((q->mother == person || q->father == person) && q->birth - birth < MOTHER_AGE_MIN_DAYS)
            return false;
    }
    return true;
}

static bool birth_date(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    DemoPerson *p = &w->people[person];
    int span = p->precision == PREC_EXACT ? 40 : p->precision == PREC_MONTH ? 15 : 175;
    Day birth = p->birth + demo_between(w, -span, span);
    if (birth == p->birth || !birth_fits(s, person, birth)) return false;
    p->birth = birth;
    p->precision = PREC_EXACT;
    DemoMap fields = { .a = s->a };
    demo_put_birth(w, &fields, p);
    return correct(s, DEMO_CORRECTED, person, &fields,
                   demo_chance(w, 700) ? "DOCUMENT" : "PERSON_SAYS");
}

/* ---- what is asked later --------------------------------------------------------------------- */

static bool complete(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    const DemoPerson *p = &w->people[person];
    const DemoFamily *f = family_of(s, person);
    int age = demo_age(w, p);
    DemoPerson asked = *p;
    asked.look = (uint32_t)rng_u64(&w->rng);
    DemoMap m = { .a = s->a };
    uint32_t at = demo_below(w, 100);
    if (at < 42 || age < 16)
        demo_put(&m, STR("education"), demo_code(demo_education(&asked, age)));
    else if (at < 70)
        demo_put(&m, STR("occupation"), demo_code(demo_occupation(&asked, age)));
    else
        demo_put(&m, STR("legal_status"), demo_code(at < 90 ? "REF_IND" : "ASY_RSD"));
    if (f->level < 2) {
        demo_put(&m, STR("ethnicity"), demo_code(demo_ethnicity(f)));
        demo_put(&m, STR("religion"), demo_code(demo_religion(f)));
    }
    if (m.n == 0) return false;
    return correct(s, DEMO_COMPLETED, person, &m, "INTERVIEW");
}

static bool consent(DemoStage *s, uint32_t person) {
    static const char *const purposes[] = { "RETURN", "CONTACT", "TRACING", "RESETTLEMENT",
                                            "SHARE_PAYMENT" };
    DemoWorld *w = s->w;
    if (demo_age(w, &w->people[person]) < 18) return false;
    bool withdrawn = demo_chance(w, 120);
    DemoMap m = { .a = s->a };
    demo_put(&m, STR("purpose"),
             demo_code(withdrawn ? "SHARE_PARTNERS" : purposes[demo_below(w, 5)]));
    demo_put(&m, STR("answer"),
             demo_code(withdrawn             ? "WITHDRAWN"
                       : demo_chance(w, 110) ? "REFUSED"
                                             : "GIVEN"));
    demo_put(&m, STR("asked_on"), demo_date(s->a, demo_today(w)));
    demo_put(&m, STR("language"), demo_code(demo_language(w->people[person].culture)));
    return record_add(s, DEMO_CONSENT, person, "consent", demo_map_end(&m));
}

/* ---- slips: written, seen the next day, put right -------------------------------------------- */

static bool slip(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    uint16_t number = w->slips++ % DEMO_RECORDS;
    bool phone = number & 1;
    const DemoFamily *f = family_of(s, person);
    Val fields = phone ? demo_new_phone(w, s->a, f) : demo_new_paper(w, s->a, f, person);
    s->ret->makes_record = true;
    s->ret->record = number;
    demo_follow(s, DEED_SLIP_END, person, number, NEXT_DAY);
    return record_add(s, DEMO_CHANGED, person, phone ? "phone" : "document", fields);
}

static bool slip_end(DemoStage *s) {
    DemoWorld *w = s->w;
    uint32_t person = s->plan->subject;
    bool phone = s->plan->arg & 1, taken_back = demo_chance(w, 450);
    const DemoFamily *f = family_of(s, person);
    Val right = phone ? demo_new_phone(w, s->a, f) : demo_new_paper(w, s->a, f, person);
    DemoMap m = { .a = s->a }, fields = { .a = s->a };
    demo_put(&fields, STR("number"), val_get(right, "number"));
    s->ret->needs_record = true;
    s->ret->record = s->plan->arg;
    demo_put(&m, STR("kind"), demo_code(phone ? "phone" : "document"));
    if (!taken_back) demo_put(&m, STR("fields"), demo_map_end(&fields));
    demo_put(&m, STR("reason"), demo_code(taken_back ? "MISTAKE" : "TYPING"));
    return say(s, taken_back ? "record.void" : "record.correct", DEMO_CHANGED, person, &m);
}

/* ---- who was there when the family came ------------------------------------------------------ */

/* Most who were missed come the next day. */
static bool presence(DemoStage *s, uint32_t person) {
    DemoPerson *p = &s->w->people[person];
    if (person == family_of(s, person)->focal) return false;
    bool here = p->flags & PERSON_ABSENT;
    p->flags ^= PERSON_ABSENT;
    if (!here && demo_chance(s->w, 600)) demo_follow(s, DEED_PRESENT_AGAIN, person, 0, NEXT_DAY);
    DemoMap m = { .a = s->a };
    demo_put(&m, STR("person"), demo_id(s->a, demo_person_id(s->w, person)));
    demo_put(&m, STR("presence"), demo_code(here ? "PRESENT" : "NOT_PRESENT"));
    return say(s, "member.presence", DEMO_PRESENCE, person, &m);
}

/* ---- births and deaths ----------------------------------------------------------------------- */

static bool recently_a_mother(const DemoWorld *w, const DemoFamily *f, uint32_t mother, Day born) {
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next)
        if (w->people[i].mother == mother && w->people[i].birth > born - 300) return true;
    return false;
}

static bool may_bear(DemoStage *s, uint32_t person, Day born) {
    const DemoWorld *w = s->w;
    const DemoPerson *p = &w->people[person];
    int age = day_years_between(p->birth, born);
    if (!is_female(p) || age < 16 || age > 44 || p->spouse == DEMO_NONE) return false;
    if (w->n_people >= w->o.people || (w->people[p->spouse].flags & PERSON_GONE)) return false;
    const DemoFamily *f = family_of(s, person);
    return f->size < DEMO_MEMBERS_MAX && !recently_a_mother(w, f, person, born);
}

static bool birth(DemoStage *s, uint32_t mother) {
    DemoWorld *w = s->w;
    Day born = demo_today(w) - demo_between(w, 2, 80);
    if (!may_bear(s, mother, born)) return false;
    uint32_t family = w->people[mother].family, child = w->n_people++;
    const DemoFamily *f = demo_family(w, family);
    DemoPerson p = demo_child(w, mother, w->people[mother].spouse, born);
    p.true_person = child;
    p.precision = PREC_EXACT;
    w->people[child] = p;
    demo_join(w, family, child);
    w->people[child].relation = demo_relation(w, child, f->focal);
    DemoMap m = { .a = s->a };
    Val person = demo_person_input(w, s->a, f, child, true);
    DemoMap fields = { .a = s->a, .n = person.map.n };
    memcpy(fields.v, person.map.v, person.map.n * sizeof(ValPair));
    demo_put(&fields, STR("registration_reason"), demo_code("NEW_BIRTH"));
    demo_put(&fields, STR("arrival_date"), demo_date(s->a, born));
    demo_put(&m, STR("office"), demo_id(s->a, demo_office_id(w, f->office)));
    demo_put(&m, STR("group"), demo_id(s->a, demo_group_id(w, family)));
    demo_put(&m, STR("id"), demo_id(s->a, demo_person_id(w, child)));
    demo_put(&m, STR("relationship"),
             demo_code(demo_relation_code(w->people[child].relation, is_female(&p))));
    demo_put(&m, STR("person"), demo_map_end(&fields));
    s->ret->group = demo_group_id(w, family);
    s->ret->makes_person = true;
    return say(s, "person.register", DEMO_BORN, child, &m);
}

/* The old and the smallest die sooner. */
static bool is_their_time(DemoWorld *w, int age) {
    return demo_chance(w, age >= 75 ? 900 : age >= 60 ? 420 : age >= 45 ? 90 : age >= 5 ? 22 : 160);
}

static bool anybody_left(const DemoWorld *w, const DemoFamily *f, int from_age) {
    for (uint32_t i = f->first; i != DEMO_NONE; i = w->people[i].next) {
        const DemoPerson *p = &w->people[i];
        if (!(p->flags & PERSON_GONE) && demo_age(w, p) >= from_age) return true;
    }
    return false;
}

static bool death(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    DemoPerson *p = &w->people[person];
    if (!is_their_time(w, demo_age(w, p))) return false;
    Day since = (Day)(w->today - p->registered);
    Day day = demo_today(w) - demo_between(w, 0, since < 50 ? since : 50);
    p->flags |= PERSON_GONE;
    DemoMap fields = { .a = s->a };
    demo_put(&fields, STR("process_status"), demo_code("C"));
    demo_put(&fields, STR("status_reason"), demo_code("DECEASED"));
    demo_put(&fields, STR("closed_on"), demo_date(s->a, day));
    const DemoFamily *f = family_of(s, person);
    if (!anybody_left(w, f, 0))
        demo_follow(s, DEED_CLOSE_FAMILY, p->family, 0, 240);
    else if (f->focal == person)
        demo_follow(s, DEED_NEW_FOCAL_POINT, p->family, 1, 420);
    return correct(s, DEMO_DIED, person, &fields, "LIFE_EVENT");
}

/* ---- which ----------------------------------------------------------------------------------- */

bool demo_act(DemoStage *s, uint32_t person) {
    DemoWorld *w = s->w;
    const DemoFamily *f = family_of(s, person);
    int age = demo_age(w, &w->people[person]);
    switch ((DemoDeed)s->plan->deed) {
    case DEED_SPELLING: return spelling(s, person);
    case DEED_BIRTH_DATE: return birth_date(s, person);
    case DEED_COMPLETE: return complete(s, person);
    case DEED_PHONE:
        return age >= 16 && record_add(s, DEMO_PHONE, person, "phone", demo_new_phone(w, s->a, f));
    case DEED_PAPER:
        return record_add(s, DEMO_PAPER, person, "document", demo_new_paper(w, s->a, f, person));
    case DEED_NEED:
        return record_add(s, DEMO_NEED, person, "specific_need", demo_new_need(w, s->a, person));
    case DEED_NAME: return age >= 10 && other_name(s, person);
    case DEED_CONSENT: return consent(s, person);
    case DEED_SLIP: return age >= 16 && slip(s, person);
    case DEED_BIRTH: return birth(s, person);
    case DEED_DEATH: return death(s, person);
    case DEED_SLIP_END: return slip_end(s);
    case DEED_PRESENCE: return presence(s, person);
    case DEED_PRESENT_AGAIN:
        return (s->w->people[person].flags & PERSON_ABSENT) && presence(s, person);
    default: return false;
    }
}
