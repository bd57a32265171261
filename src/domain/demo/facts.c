/* facts.c: what is known about people beside their names: schooling, papers, telephones, needs.
 *
 * Shares are our own estimates, meant to be plausible, not to describe any real population. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

static uint32_t trait(const DemoPerson *p, uint32_t k, uint32_t n) {
    return demo_trait(p->look, k, n);
}

const char *demo_language(uint8_t culture) {
    static const char *const codes[DEMO_CULTURES] = { "prs", "pus", "ara", "sag", "lin" };
    return codes[culture];
}

const char *demo_nationality(uint8_t culture) {
    static const char *const codes[DEMO_CULTURES] = { "AFG", "AFG", "SDN", "CAF", "COD" };
    return codes[culture];
}

const char *demo_ethnicity(const DemoFamily *f) {
    static const char *const codes[DEMO_CULTURES][8] = {
        { "AF_TAJIK", "AF_HAZARA", "AF_HAZARA", "AF_TAJIK", "AF_UZBEK", "AF_AIMAQ", "AF_SAYYID",
          "REFUSED" },
        { "AF_PASHTUN", "AF_PASHTUN", "AF_PASHTUN", "AF_PASHTUN", "AF_PASHTUN", "AF_PASHTUN",
          "AF_KUCHI", "AF_PASHAI" },
        { "SD_MASALIT", "SD_MASALIT", "SD_ZAGHAWA", "SD_FUR", "SD_FUR", "ME_ARAB", "SD_MASALIT",
          "REFUSED" },
        { "CF_BANDA", "CF_YAKOMA", "CF_GBAYA", "CF_BANDA", "CF_MANDJIA", "CF_ZANDE", "CF_FULANI",
          "OTHER" },
        { "CD_NGBAKA", "CD_MONGO", "CD_NGBANDI", "CD_LUBA", "CD_MONGO", "CD_NANDE", "CD_KONGO",
          "OTHER" },
    };
    return codes[f->culture][demo_trait(f->look, TRAIT_ETHNICITY, 8)];
}

const char *demo_religion(const DemoFamily *f) {
    uint32_t at = demo_trait(f->look, TRAIT_RELIGION, 100);
    switch ((DemoCulture)f->culture) {
    case DEMO_DARI: return at < 55 ? "SIT" : at < 96 ? "SUN" : at < 98 ? "ISM" : NULL;
    case DEMO_PASHTO: return at < 97 ? "SUN" : "MUS";
    case DEMO_ARABIC: return at < 60 ? "SUN" : "MUS";
    case DEMO_SANGO:
        return at < 40 ? "ROM" : at < 72 ? "PRO" : at < 88 ? "CHR" : at < 95 ? "ANI" : NULL;
    case DEMO_CONGO: return at < 45 ? "ROM" : at < 80 ? "PRO" : at < 95 ? "PEN" : "NON";
    case DEMO_CULTURES: break;
    }
    return NULL;
}

const char *demo_education(const DemoPerson *p, int age) {
    static const char *const grades[] = { "1", "2", "3",  "4",  "5",  "6",  "7",
                                          "8", "9", "10", "11", "12", "13", "14" };
    uint32_t at = trait(p, TRAIT_EDUCATION, 100), lag = trait(p, TRAIT_GRADE, 4);
    bool girl_kept_home = is_female(p) && p->culture <= DEMO_ARABIC;
    if (age < 4) return NULL;
    if (age < 7) return at < 20 ? "KG" : "NE";
    if (age < 19) {
        int grade = age - 6 - (int)lag;
        return at < (girl_kept_home ? 55u : 30u) || grade < 1 ? "NE" : grades[grade - 1];
    }
    if (at < (girl_kept_home ? 68u : 36u)) return "NE";
    if (at < 75) return grades[2 + trait(p, TRAIT_GRADE, 7)];
    return at < 90 ? grades[8 + lag] : at < 94 ? "IN" : at < 97 ? "TC" : at < 99 ? "UG" : "PG";
}

const char *demo_occupation(const DemoPerson *p, int age) {
    static const char *const asia[] = { "6111", "9622", "5221", "7531", "7318", "8322", "7112",
                                        "6121", "7512", "2341", "7115", "7231", "9313", "0310" };
    static const char *const africa[] = { "6111", "6222", "5221", "6121", "9520", "7531", "9622",
                                          "8322", "7112", "2341", "7115", "8111", "3250", "0310" };
    enum { N = sizeof asia / sizeof asia[0] };
    uint32_t at = trait(p, TRAIT_OCCUPATION, N * (N + 1) / 2), i = 0;
    if (age < 19 && trait(p, TRAIT_GRADE, 100) < 45) return "STUDENT";
    if (is_female(p) && trait(p, TRAIT_OCCUPATION, 100) < 60) return "HOME";
    if (age >= 66) return "RETIRED";
    /* A triangle: the first is the commonest. */
    while (at >= N - i)
        at -= N - i++;
    return p->culture <= DEMO_PASHTO ? asia[i] : africa[i];
}

const char *demo_legal_status(const DemoFamily *f) {
    uint32_t at = demo_trait(f->look, TRAIT_LEGAL, 100);
    if (f->culture > DEMO_PASHTO)
        return at < 84 ? "REF_PF" : at < 97 ? "ASY_REG" : "PENDING_ADMISSIBILITY";
    return at < 52   ? "REF_PF"
           : at < 80 ? "ASY_REG"
           : at < 90 ? "ASY_RSD"
           : at < 95 ? "REF_MAND"
                     : "OIP";
}

/* ---- numbers --------------------------------------------------------------------------------- */

static uint64_t power_of_ten(int n) {
    uint64_t p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* A number of so many digits for the n-th of its kind; no two n below 10^digits share one:
 * multiplication by a factor prime to ten permutes the remainders, and the seed shifts them. */
static uint64_t scramble(const DemoWorld *w, uint64_t n, int digits, uint64_t factor) {
    ASSERT(digits > 0 && digits <= 9);
    uint64_t m = power_of_ten(digits);
    return ((n % m) * factor + w->o.seed % m * 137 + 4711) % m;
}

/* ---- telephones ------------------------------------------------------------------------------ */

static Str phone_number(DemoWorld *w, Arena *a, uint8_t office, uint64_t n) {
    /* Prefixes that, as far as we know, no operator of these countries has. */
    static const char *const prefixes[DEMO_OFFICES] = { "+92399", "+98979", "+24370", "+24207",
                                                        "+23511" };
    static const int digits[DEMO_OFFICES] = { 7, 7, 7, 7, 6 };
    return str_printf(a, "%s%0*llu", prefixes[office], digits[office],
                      (unsigned long long)scramble(w, n, digits[office], 7654321));
}

static Val phone_map(Arena *a, Str number, uint32_t at) {
    DemoMap m = { .a = a };
    demo_put(&m, STR("number"), val_text(number));
    demo_put(&m, STR("type"), demo_code(at < 78 ? "MOBILE" : at < 90 ? "RELATIVE" : "NEIGHBOUR"));
    return demo_map_end(&m);
}

/* One who is registered twice gives the same number in one case of three. */
Val demo_phones(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    bool contact = person == f->focal;
    int age = demo_age(w, p);
    uint32_t at = trait(p, TRAIT_PHONE, 1000);
    if (age < 12 || at >= (contact ? 640u : age < 16 ? 0 : 70u)) return VAL_ABSENT;
    uint32_t n = trait(p, TRAIT_PHONE_SAME, 100) < 33 ? p->true_person : person;
    uint8_t office = n == person ? f->office : demo_family(w, w->people[n].family)->office;
    Val list = val_list_of(a, 1);
    list.list.v[0] = phone_map(a, phone_number(w, a, office, n), trait(p, TRAIT_PHONE_TYPE, 100));
    return list;
}

Val demo_new_phone(DemoWorld *w, Arena *a, const DemoFamily *f) {
    return phone_map(a, phone_number(w, a, f->office, (uint64_t)w->o.people + w->counter++),
                     demo_below(w, 100));
}

/* ---- papers ---------------------------------------------------------------------------------- */

typedef struct Paper {
    const char *type, *issuer; /* NULL: the country of asylum */
    Str number, note;
    int valid_years; /* 0: does not expire */
} Paper;

static Str in_digits(DemoWorld *w, Arena *a, const char *prefix, uint64_t n, int digits) {
    return str_printf(a, "%s%0*llu", prefix, digits,
                      (unsigned long long)scramble(w, n, digits, 6543217));
}

/* The paper brought from home. at: 0-99, which kind. */
static Paper home_paper(DemoWorld *w, Arena *a, uint8_t culture, int age, uint32_t at, uint64_t n) {
    static const char *const passports[DEMO_CULTURES] = { "P0", "P0", "P1", "O0", "OP" };
    Paper p = { .issuer = demo_nationality(culture) };
    unsigned x = (unsigned)scramble(w, n, 9, 4321987), year = 1390 + x % 14;
    if (at >= 90 && age >= 3) {
        p.type = "PASSPORT";
        p.number = in_digits(w, a, passports[culture], n, 7);
        p.valid_years = 5;
    } else if (culture <= DEMO_PASHTO && at < 60) { /* volume, page and number of the register */
        p.type = "TAZKIRA";
        p.number = str_printf(a, "%u-%u-%u", 1 + x % 900, 1 + x / 900 % 200, x / 180000);
        p.note = str_printf(a, "Jild %u, safha %u", 1 + x % 900, 1 + x / 900 % 200);
    } else if (culture <= DEMO_PASHTO) {
        p.type = "E_TAZKIRA";
        p.number = str_printf(a, "%u-%04u-%05u", year, x / 100000, x % 100000);
    } else if (age < 16) {
        p.type = "BIRTH_CERTIFICATE";
        p.number =
            str_printf(a, "%u/%u/%u", 1 + x % 4000, 1 + x / 4000 % 60, 2005 + x / 240000 % 18);
    } else if (culture == DEMO_CONGO && at < 50) {
        p.type = "ELECTORAL_CARD";
        p.number = in_digits(w, a, "2", n, 9);
    } else {
        p.type = "NATIONAL_ID";
        p.number = in_digits(w, a, culture == DEMO_ARABIC ? "119" : "CNI-", n, 9);
    }
    return p;
}

/* The paper given by the country of asylum or by the office. */
static Paper asylum_paper(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t at, uint64_t n) {
    Paper p = { .valid_years = 2 };
    switch (f->office) {
    case 0:
        p.type = at < 55 ? "POR_CARD" : at < 80 ? "ACC" : "SLIP";
        p.number = in_digits(w, a, at < 55 ? "PR" : at < 80 ? "ACC" : "PSH-S-", n, 8);
        break;
    case 1:
        p.type = at < 48 ? "AMAYESH" : at < 85 ? "HEADCOUNT" : "SMART_CARD";
        p.number = in_digits(w, a, at < 48 ? "50" : at < 85 ? "HC" : "SC", n, 8);
        p.valid_years = 1;
        break;
    case 2:
    case 3:
        p.type = at < 64 ? "ATTESTATION_DA" : "REFUGEE_CARD";
        p.number =
            in_digits(w, a, at < 64 ? (f->office == 2 ? "ADA/CNR/" : "ADA/CNAR/") : "CIR-", n, 7);
        break;
    default:
        p.type = at < 60 ? "REFC" : "CAMP_CARD";
        p.number = in_digits(w, a, at < 60 ? "CNARR-" : "RC", n, 7);
        break;
    }
    return p;
}

static Val paper_map(DemoWorld *w, Arena *a, const DemoFamily *f, const Paper *p, Day issued) {
    DemoMap m = { .a = a };
    demo_put(&m, STR("type"), demo_code(p->type));
    demo_put(&m, STR("number"), demo_text(p->number));
    demo_put(&m, STR("issuing_country"),
             demo_code(p->issuer ? p->issuer : demo_offices[f->office].country));
    demo_put(&m, STR("issued_on"), demo_date(a, issued));
    if (p->valid_years)
        demo_put(&m, STR("expires_on"), demo_date(a, day_add_years(issued, p->valid_years) - 1));
    demo_put(&m, STR("note"), demo_text(p->note));
    (void)w;
    return demo_map_end(&m);
}

/* Issued some time in the last years, but not before birth. */
static Day issue_day(const DemoWorld *w, const DemoPerson *p, uint32_t span_days) {
    Day day = demo_today(w) - (Day)trait(p, TRAIT_PAPER_DATE, span_days);
    return day < p->birth ? p->birth : day;
}

Val demo_papers(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    int age = demo_age(w, p);
    uint32_t from_home = age >= 18 ? 480 : age >= 7 ? 210 : 90;
    uint32_t n = trait(p, TRAIT_PAPER_SAME, 100) < 25 ? p->true_person : person;
    uint32_t at = trait(&w->people[n], TRAIT_PAPER_KIND, 100);
    bool home = trait(p, TRAIT_PAPER, 1000) < from_home;
    bool card = f->arrived_before > 90 && age >= 5 && trait(p, TRAIT_PAPER_CARD, 1000) < 430;
    if (!home && !card) return VAL_ABSENT;
    Val list = val_list_of(a, (size_t)home + card);
    Paper from = home_paper(w, a, f->culture, age, at, n), here = asylum_paper(w, a, f, at, n);
    if (home) list.list.v[0] = paper_map(w, a, f, &from, issue_day(w, p, 2600));
    if (card) list.list.v[home] = paper_map(w, a, f, &here, issue_day(w, p, f->arrived_before));
    return list;
}

Val demo_new_paper(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person) {
    const DemoPerson *p = &w->people[person];
    uint64_t n = (uint64_t)w->o.people + w->counter++;
    bool home = demo_chance(w, 180);
    int age = demo_age(w, p);
    uint32_t at = demo_below(w, 100);
    Paper paper = home ? home_paper(w, a, f->culture, age, at, n) : asylum_paper(w, a, f, at, n);
    Day issued = demo_today(w) - (Day)demo_below(w, home ? 900 : 8);
    return paper_map(w, a, f, &paper, issued < p->birth ? p->birth : issued);
}

/* ---- consents -------------------------------------------------------------------------------- */

Val demo_consents(DemoWorld *w, Arena *a, const DemoFamily *f, uint32_t person) {
    static const char *const purposes[] = { "REGISTRATION", "SHARE_PARTNERS", "SHARE_GOVERNMENT" };
    static const uint32_t refused[] = { 2, 45, 130 }; /* of a thousand */
    enum { N = sizeof purposes / sizeof purposes[0] };
    Val list = val_list_of(a, N);
    for (uint32_t i = 0; i < N; i++) {
        DemoMap m = { .a = a };
        bool no = trait(&w->people[person], TRAIT_CONSENT + 1000 * i, 1000) < refused[i];
        demo_put(&m, STR("purpose"), demo_code(purposes[i]));
        demo_put(&m, STR("answer"), demo_code(no ? "REFUSED" : "GIVEN"));
        demo_put(&m, STR("language"), demo_code(demo_language(f->culture)));
        list.list.v[i] = demo_map_end(&m);
    }
    return list;
}
