/* input.c: people and families of the world as inputs of operations. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

/* ---- values ---------------------------------------------------------------------------------- */

Val demo_map_end(DemoMap *m) {
    ASSERT(m->n <= sizeof m->v / sizeof m->v[0]);
    Val map = val_map_of(m->a, m->n);
    memcpy(map.map.v, m->v, m->n * sizeof m->v[0]);
    return map;
}

Val demo_text(Str s) {
    return str_empty(s) ? VAL_ABSENT : val_text(s);
}

Val demo_code(const char *code) {
    return code ? val_text(str_of(code)) : VAL_ABSENT;
}

static void digits(char *at, int n, int value) {
    for (int i = n - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* By hand: dates are a third of all values, and printf costs more than all else here. */
static void iso_day(char *at, Day day) {
    Civil c = civil_from_day(day);
    digits(at, 4, c.year);
    at[4] = at[7] = '-';
    digits(at + 5, 2, c.month);
    digits(at + 8, 2, c.day);
}

Val demo_date(Arena *a, Day day) {
    char *text = arena_alloc(a, 10);
    iso_day(text, day);
    return val_text(str_n(text, 10));
}

Val demo_time(Arena *a, Time t) {
    char *text = arena_alloc(a, 20);
    Day day = day_of_time(t, 0);
    int second = (int)((t - day * TIME_DAY) / TIME_SECOND);
    iso_day(text, day);
    text[10] = 'T';
    text[13] = text[16] = ':';
    text[19] = 'Z';
    digits(text + 11, 2, second / 3600);
    digits(text + 14, 2, second / 60 % 60);
    digits(text + 17, 2, second % 60);
    return val_text(str_n(text, 20));
}

Val demo_id(Arena *a, Id id) {
    return val_id(a, id);
}

/* ---- ids ------------------------------------------------------------------------------------- */

/* UUIDv7 with the day of registration as its time, a thousandth of a second a place, so that later
 * ids are greater; the rest is hashed from the seed. */
static Id id_made(const DemoWorld *w, char kind, uint32_t place, uint32_t day) {
    Id id;
    uint64_t ms = (uint64_t)(w->o.start + (Day)day) * 86400000 + 21600000 + place % 40000000;
    uint64_t parts[3] = { w->o.seed, (uint64_t)kind, place };
    uint64_t hi = hash_bytes(parts, sizeof parts, 1), lo = hash_bytes(parts, sizeof parts, 2);
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.b[6] = (uint8_t)(0x70 | (hi & 0x0f));
    id.b[7] = (uint8_t)(hi >> 8);
    for (int i = 0; i < 8; i++)
        id.b[8 + i] = (uint8_t)(lo >> (8 * i));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

Id demo_person_id(const DemoWorld *w, uint32_t person) {
    ASSERT(person < w->n_people);
    return id_made(w, 'p', person, w->people[person].registered);
}

Id demo_group_id(const DemoWorld *w, uint32_t family) {
    return id_made(w, 'g', family, demo_family(w, family)->registered);
}

Id demo_office_id(const DemoWorld *w, uint32_t office) {
    Id given = w->o.offices[office];
    return id_is_none(given) ? id_made(w, 'o', office, 0) : given;
}

/* ---- names ----------------------------------------------------------------------------------- */

typedef struct Part {
    DemoListNo list;
    uint8_t place, affix;
    bool female;
    uint32_t look;
    DemoTrait trait;
} Part;

/* French-speaking clerks write Arabic names as in French: the second column. */
static Str spelt(const DemoWorld *w, const DemoFamily *f, const Part *p) {
    const DemoName *name = &w->lists[p->list].v[p->place];
    uint32_t usual = f->culture == DEMO_ARABIC && name->n_latin > 1;
    uint32_t at = demo_trait(p->look, p->trait, 100);
    bool arabic_script = f->culture <= DEMO_ARABIC; /* where each clerk romanises anew */
    uint32_t off = at < (arabic_script ? 62u : 85u) ? 0 : at < (arabic_script ? 86u : 95u) ? 1 : 2;
    return name->latin[(usual + off) % name->n_latin];
}

static Str with_affix(Arena *a, Str name, Str affix, bool is_after) {
    Str first = is_after ? name : affix, second = is_after ? affix : name;
    Buf joined = buf_new(a, name.n + 1 + affix.n);
    buf_str(&joined, first);
    buf_byte(&joined, ' ');
    buf_str(&joined, second);
    return buf_text(&joined);
}

static Str part_text(const DemoWorld *w, Arena *a, const DemoFamily *f, const Part *p, bool local) {
    Str name = local ? w->lists[p->list].v[p->place].local : spelt(w, f, p);
    if (!p->affix || str_empty(name)) return name;
    const DemoAffix *affix = p->female ? &demo_affixes_f[p->affix] : &demo_affixes_m[p->affix];
    return with_affix(a, name, str_of(local ? affix->local : affix->latin), affix->is_after);
}

typedef struct NameKeys {
    Str given, father, grandfather, family, postnom;
} NameKeys;
static const NameKeys latin_keys = { STR_INIT("given_name"), STR_INIT("father_name"),
                                     STR_INIT("grandfather_name"), STR_INIT("family_name"),
                                     STR_INIT("postnom") };
static const NameKeys local_keys = { STR_INIT("given_name_local"), STR_INIT("father_name_local"),
                                     STR_INIT("grandfather_name_local"),
                                     STR_INIT("family_name_local"), STR_INIT("") };

static void put_names_in(const DemoWorld *w, DemoMap *m, const DemoFamily *f, const DemoPerson *p,
                         bool local) {
    const NameKeys *keys = local ? &local_keys : &latin_keys;
    bool female = is_female(p), own_tongue = p->culture == DEMO_SANGO && p->postnom;
    DemoListNo men = demo_given_list(p->culture, false, 0);
    Part given = { demo_given_list(p->culture, female, own_tongue),
                   p->given,
                   p->affix,
                   female,
                   p->look,
                   TRAIT_GIVEN };
    Part father = { men, p->father_given, p->father_affix, false, p->kin, TRAIT_FATHER };
    Part grandfather = { men, p->grandfather, 0, false, p->kin, TRAIT_GRANDFATHER };
    Part family = {
        demo_family_list(p->culture), p->family_name, 0, false, p->kin, TRAIT_FAMILY_NAME
    };
    bool has_father = !(p->flags & PERSON_ONE_NAME) &&
                      (p->culture <= DEMO_ARABIC || demo_trait(p->kin, TRAIT_HAS_FATHER, 100) < 55);
    bool swapped = has_father && (p->flags & PERSON_SWAPPED);
    demo_put(m, keys->given, demo_text(part_text(w, m->a, f, swapped ? &father : &given, local)));
    if (has_father)
        demo_put(m, keys->father,
                 demo_text(part_text(w, m->a, f, swapped ? &given : &father, local)));
    if (p->flags & PERSON_ONE_NAME) return;
    if (!(p->flags & PERSON_NO_GRANDFATHER) && f->level > 0)
        demo_put(m, keys->grandfather, demo_text(part_text(w, m->a, f, &grandfather, local)));
    if (!(p->flags & PERSON_NO_FAMILY_NAME))
        demo_put(m, keys->family, demo_text(part_text(w, m->a, f, &family, local)));
    if (p->culture != DEMO_CONGO || local) return;
    Part postnom = { demo_postnom_list(female), p->postnom, 0, female, p->look, TRAIT_POSTNOM };
    demo_put(m, keys->postnom, demo_text(part_text(w, m->a, f, &postnom, false)));
}

void demo_put_names(const DemoWorld *w, DemoMap *m, const DemoFamily *f, const DemoPerson *p) {
    if (f->flags & FAMILY_LATIN) put_names_in(w, m, f, p, false);
    if (f->flags & FAMILY_LOCAL) put_names_in(w, m, f, p, true);
}

/* Where the mother is not registered some still say her name. */
static Str mother_name(const DemoWorld *w, Arena *a, const DemoFamily *f, const DemoPerson *p) {
    DemoPerson stranger = { .culture = p->culture, .look = p->kin, .flags = PERSON_FEMALE };
    DemoListNo women = demo_given_list(p->culture, true, 0);
    /* Brothers and sisters, and one registered twice, say the same. */
    uint32_t kin = (uint32_t)p->father_given << 16 | (uint32_t)p->grandfather << 8 | p->family_name;
    stranger.given = w->lists[women].draw[demo_trait(kin, TRAIT_MOTHER, DEMO_DRAW)];
    uint32_t mother = p->mother == DEMO_NONE ? w->people[p->true_person].mother : p->mother;
    const DemoPerson *m = mother == DEMO_NONE ? &stranger : &w->people[mother];
    if (mother == DEMO_NONE && demo_trait(p->look, TRAIT_MOTHER, 100) >= 35) return STR("");
    bool own = m->culture == DEMO_SANGO && m->postnom;
    Part part = {
        demo_given_list(m->culture, true, own), m->given, m->affix, true, m->look, TRAIT_GIVEN
    };
    return part_text(w, a, f, &part, !(f->flags & FAMILY_LATIN));
}

/* ---- a person -------------------------------------------------------------------------------- */

static const char *marital_code(const DemoPerson *p, int age) {
    static const char *const codes[] = { "SN", "MA", "WD", "DV" };
    return age < 15 && p->marital == MARITAL_SINGLE ? NULL : codes[p->marital];
}

static void put_asked_at_basic(DemoWorld *w, DemoMap *m, const DemoFamily *f, const DemoPerson *p) {
    const char *photo = "TAKEN";
    uint32_t at = demo_trait(p->look, TRAIT_PHOTO, 1000);
    if (at < 14)
        photo = "REFUSED";
    else if (at < 90)
        photo = "POSTPONED";
    else if (is_female(p) && f->culture <= DEMO_ARABIC && at < 170)
        photo = "WOMEN_ONLY";
    demo_put(m, STR("marital_status"), demo_code(marital_code(p, demo_age(w, p))));
    demo_put(m, STR("legal_status"), demo_code(demo_legal_status(f)));
    /* No pictures come with the demo: none is said to have been taken. */
    if (strcmp(photo, "TAKEN") != 0) demo_put(m, STR("photo_status"), demo_code(photo));
}

static void put_asked_at_comprehensive(DemoWorld *w, DemoMap *m, const DemoFamily *f,
                                       const DemoPerson *p) {
    int age = demo_age(w, p);
    const DemoPlace *origin = &demo_origins[f->culture].v[f->origin];
    bool born_here = p->birth > demo_today(w) - f->arrived_before;
    const DemoPlace *site = &demo_offices[f->office].sites.v[f->site];
    demo_put(m, STR("mother_name"), demo_text(mother_name(w, m->a, f, p)));
    demo_put(m, STR("birth_place"), demo_code(born_here ? site->village : origin->village));
    demo_put(m, STR("ethnicity"), demo_code(demo_ethnicity(f)));
    demo_put(m, STR("religion"), demo_code(demo_religion(f)));
    demo_put(m, STR("education"), demo_code(demo_education(p, age)));
    if (age >= 16) demo_put(m, STR("occupation"), demo_code(demo_occupation(p, age)));
    if (age < 5) return;
    static const char *const second[DEMO_CULTURES][2] = {
        { "pus", "urd" }, { "prs", "urd" }, { "fvr", "mls" }, { "fra", "lin" }, { "fra", "swa" }
    };
    bool has_second = demo_trait(p->look, TRAIT_LANGUAGE, 100) < 30;
    Val languages = val_list_of(m->a, 1 + has_second);
    languages.list.v[0] = demo_code(demo_language(f->culture));
    if (has_second) languages.list.v[1] = demo_code(second[f->culture][p->look & 1]);
    demo_put(m, STR("languages"), languages);
}

static void put_link(DemoWorld *w, DemoMap *m, Str key, uint32_t to) {
    if (to != DEMO_NONE) demo_put(m, key, demo_id(m->a, demo_person_id(w, to)));
}

Val demo_person_input(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person,
                      bool with_links) {
    const DemoPerson *p = &w->people[person];
    DemoMap m = { .a = a };
    const char *nationality = demo_nationality(f->culture);
    demo_put_names(w, &m, f, p);
    demo_put(&m, STR("sex"), demo_code(is_female(p) ? "F" : "M"));
    demo_put_birth(w, &m, p);
    demo_put(&m, STR("nationality"), demo_code(nationality));
    demo_put(&m, STR("country_of_origin"), demo_code(nationality));
    if (f->level > 0) put_asked_at_basic(w, &m, f, p);
    if (f->level > 1) put_asked_at_comprehensive(w, &m, f, p);
    if (with_links) {
        put_link(w, &m, STR("mother"), p->mother);
        put_link(w, &m, STR("father"), p->father);
        put_link(w, &m, STR("spouse"), p->spouse);
    }
    return demo_map_end(&m);
}

/* ---- a family -------------------------------------------------------------------------------- */

static Val group_input(DemoWorld *w, Arena *a, uint32_t family) {
    static const char *const levels[] = { "IER", "IBR", "ICR" };
    const DemoFamily *f = demo_family(w, family);
    const DemoOffice *o = &demo_offices[f->office];
    const DemoPlace *site = &o->sites.v[f->site], *origin = &demo_origins[f->culture].v[f->origin];
    DemoMap m = { .a = a };
    demo_put(&m, STR("registration_date"), demo_date(a, demo_today(w)));
    demo_put(&m, STR("registration_level"), demo_code(levels[f->level]));
    demo_put(&m, STR("registration_reason"),
             demo_code(f->arrived_before > 400 ? "LATE" : "NEW_ARRIVAL"));
    demo_put(&m, STR("country_of_asylum"), demo_code(o->country));
    demo_put(&m, STR("admin1"), demo_code(site->admin1));
    demo_put(&m, STR("admin2"), demo_code(site->admin2));
    demo_put(&m, STR("village"), demo_code(site->village));
    demo_put(&m, STR("coo_admin1"), demo_code(origin->admin1));
    if (f->level > 0) {
        demo_put(&m, STR("coo_admin2"), demo_code(origin->admin2));
        demo_put(&m, STR("arrival_date"), demo_date(a, demo_today(w) - f->arrived_before));
        demo_put(&m, STR("interview_language"), demo_code(demo_language(f->culture)));
    }
    if (f->level > 1) {
        demo_put(&m, STR("coo_village"), demo_code(origin->village));
        const char *block = strcmp(o->language, "fr") == 0 ? "Bloc" : "Block";
        uint32_t at = demo_trait(f->look, TRAIT_ADDRESS, 1040);
        demo_put(&m, STR("address"),
                 val_text(str_printf(a, "%s %c-%u", block, 'A' + (int)(at % 26), 1 + at / 26)));
    }
    if (f->level == 0) demo_put(&m, STR("size_stated"), val_int(f->size));
    return demo_map_end(&m);
}

static Val key_of(Arena *a, uint32_t at) {
    char *text = arena_alloc(a, 2);
    digits(text, 2, (int)at);
    return val_text(str_n(text, 2));
}

/* Keys of rows are their places in the family. */
static Val member_input(DemoWorld *w, Arena *a, uint32_t family, uint32_t first, uint32_t person) {
    const DemoFamily *f = demo_family(w, family);
    const DemoPerson *p = &w->people[person];
    DemoMap m = { .a = a };
    demo_put(&m, STR("key"), key_of(a, person - first));
    demo_put(&m, STR("id"), demo_id(a, demo_person_id(w, person)));
    demo_put(&m, STR("person"), demo_person_input(w, a, f, person, false));
    if (person != f->focal)
        demo_put(&m, STR("relationship"), demo_code(demo_relation_code(p->relation, is_female(p))));
    if (p->flags & PERSON_ABSENT) demo_put(&m, STR("presence"), demo_code("NOT_PRESENT"));
    demo_put(&m, STR("phones"), demo_phones(w, a, f, person));
    if (f->level > 0) demo_put(&m, STR("documents"), demo_papers(w, a, f, person));
    demo_put(&m, STR("needs"), demo_needs(w, a, f, person));
    if (person == f->focal) demo_put(&m, STR("consents"), demo_consents(w, a, f, person));
    if (p->mother != DEMO_NONE) demo_put(&m, STR("mother"), key_of(a, p->mother - first));
    if (p->father != DEMO_NONE) demo_put(&m, STR("father"), key_of(a, p->father - first));
    if (p->spouse != DEMO_NONE) demo_put(&m, STR("spouse"), key_of(a, p->spouse - first));
    return demo_map_end(&m);
}

/* The family was called before it was saved; a crowded day is a slow one. */
static Val interview_input(DemoWorld *w, Arena *a, const DemoFamily *f, Time at) {
    Time called = at - (240 + f->size * demo_between(w, 70, 260)) * TIME_SECOND;
    DemoMap m = { .a = a };
    demo_put(&m, STR("called_at"), demo_time(a, called));
    demo_put(&m, STR("first_key_at"),
             demo_time(a, called + demo_between(w, 20, 200) * TIME_SECOND));
    if (demo_chance(w, 40)) {
        demo_put(&m, STR("parked_seconds"), val_int(demo_between(w, 60, 200)));
        demo_put(&m, STR("resumed"), val_int(1));
    }
    return demo_map_end(&m);
}

Val demo_group_register(DemoWorld *w, Arena *a, uint32_t family, Time at) {
    const DemoFamily *f = demo_family(w, family);
    uint32_t first = f->first;
    DemoMap m = { .a = a };
    demo_put(&m, STR("id"), demo_id(a, demo_group_id(w, family)));
    demo_put(&m, STR("office"), demo_id(a, demo_office_id(w, f->office)));
    demo_put(&m, STR("group"), group_input(w, a, family));
    Val members = val_list_of(a, f->size);
    for (uint32_t i = 0; i < f->size; i++)
        members.list.v[i] = member_input(w, a, family, first, first + i);
    demo_put(&m, STR("members"), members);
    demo_put(&m, STR("focal_point"), key_of(a, f->focal - first));
    demo_put(&m, STR("interview"), interview_input(w, a, f, at));
    return demo_map_end(&m);
}
