/* demo_test.c: the engine: same seed same events, plausible shares, nothing refers to nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/demo/world_int.h"

static Env world;
static Arena *arena, *scratch;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 3, 0);
    arena = arena_new(&world, (size_t)1 << 30);
    scratch = arena_new(&world, 64 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(scratch);
    arena_free(arena);
    return 0;
}

static DemoWorld *fresh(uint32_t people, uint64_t seed) {
    arena_reset(arena);
    DemoOptions o = demo_options(people, seed);
    return demo_world_new(arena, &o);
}

static bool step(DemoWorld *w, DemoEvent *e) {
    arena_reset(scratch);
    return demo_next(w, scratch, e);
}

/* ---- repeatable ------------------------------------------------------------------------------ */

static uint64_t hash_of(uint32_t people, uint64_t seed) {
    DemoWorld *w = fresh(people, seed);
    DemoEvent e;
    uint64_t hash = 0;
    while (step(w, &e)) {
        Buf b = buf_new(scratch, 1 << 20);
        cbor_put_int(&b, e.time);
        cbor_put_uint(&b, (uint64_t)e.office << 32 | e.clerk);
        cbor_put_text(&b, str_of(e.op));
        cbor_put_val(&b, e.input);
        for (size_t i = 0; i < e.n_subjects; i++)
            cbor_put_uint(&b, (uint64_t)e.subjects[i].person << 32 | e.subjects[i].true_person);
        assert_false(buf_full(&b));
        hash = hash_bytes(b.p, b.n, hash);
    }
    return hash;
}

static void test_same_seed_same_events(void **state) {
    (void)state;
    uint64_t one = hash_of(3000, 7);
    assert_int_equal(one, hash_of(3000, 7));
    assert_int_not_equal(one, hash_of(3000, 8));
    assert_int_not_equal(one, hash_of(3001, 7));
}

static void test_number_of_people_is_exact(void **state) {
    (void)state;
    static const uint32_t sizes[] = { 1, 2, 3, 7, 40, 500, 4999 };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        DemoWorld *w = fresh(sizes[i], i);
        DemoEvent e;
        uint32_t made = 0;
        Time last = 0;
        while (step(w, &e)) {
            assert_true(e.time >= last);
            last = e.time;
            assert_true(e.office < DEMO_OFFICES && e.clerk < demo_clerks(w));
            for (size_t k = 0; e.makes_person && k < e.n_subjects; k++)
                assert_int_equal(e.subjects[k].person, made++);
        }
        assert_int_equal(made, sizes[i]);
    }
}

static void test_a_month_is_enough(void **state) {
    (void)state;
    arena_reset(arena);
    DemoOptions o = demo_options(800, 5);
    o.start = day_from_civil(2024, 2, 1);
    o.end = day_from_civil(2024, 3, 1);
    o.double_share_ppm = 200000;
    DemoWorld *w = demo_world_new(arena, &o);
    DemoEvent e;
    uint32_t made = 0;
    while (step(w, &e)) {
        Day day = day_of_time(e.time, 0);
        assert_in_range(day, o.start, o.end);
        if (e.makes_person) made += (uint32_t)e.n_subjects;
    }
    assert_int_equal(made, 800);
}

/* ---- what the inputs say, followed from outside ---------------------------------------------- */

typedef struct Known {
    Day birth, registered;
    uint32_t mother, father, true_person, office;
    bool female, gone;
} Known;

typedef struct Follow {
    Known *people;
    uint32_t n;
    Map ids; /* id → its Known, groups → this */
    bool record[DEMO_RECORDS];
    size_t truths[DEMO_TRUTHS];
    size_t families, with_phone, refused;
} Follow;

static uint32_t place_of(const Follow *f, Val id) {
    if (val_is_absent(id)) return DEMO_NONE;
    const Known *k = map_get(&f->ids, id.text);
    assert_non_null(k);
    return (uint32_t)(k - f->people);
}

static Day day_value(Val fields, const char *key) {
    Day day;
    assert_true(day_from_iso(val_get_text(fields, key, STR("")), &day));
    return day;
}

static void person_known(Follow *f, const DemoEvent *e, size_t i, Val id, Val fields) {
    Known *k = &f->people[f->n++];
    Day today = day_of_time(e->time, 0);
    *k = (Known){ .birth = day_value(fields, "birth_date"),
                  .registered = today,
                  .mother = DEMO_NONE,
                  .father = DEMO_NONE,
                  .true_person = e->subjects[i].true_person,
                  .office = e->office,
                  .female = str_is(val_get_text(fields, "sex", STR("")), "F") };
    assert_int_equal(e->subjects[i].person, f->n - 1);
    assert_true(k->birth <= today);
    assert_in_range(day_years_between(k->birth, today), 0, 96);
    assert_false(map_has(&f->ids, id.text));
    map_put(&f->ids, id.text, k);
}

static uint32_t by_key(uint32_t first, Val key) {
    int64_t at;
    if (val_is_absent(key)) return DEMO_NONE;
    assert_true(num_parse_i64(key.text, &at));
    return first + (uint32_t)at;
}

static void group_known(Follow *f, const DemoEvent *e) {
    Val members = val_get(e->input, "members");
    uint32_t first = f->n;
    assert_int_equal(members.list.n, e->n_subjects);
    map_put(&f->ids, val_get(e->input, "id").text, f);
    for (size_t i = 0; i < members.list.n; i++) {
        Val m = members.list.v[i];
        assert_int_equal(by_key(first, val_get(m, "key")), f->n);
        person_known(f, e, i, val_get(m, "id"), val_get(m, "person"));
    }
    uint32_t focal = by_key(first, val_get(e->input, "focal_point"));
    assert_in_range(focal, first, f->n - 1);
    for (size_t i = 0; i < members.list.n; i++) {
        Val m = members.list.v[i];
        Known *k = &f->people[first + i];
        k->mother = by_key(first, val_get(m, "mother"));
        k->father = by_key(first, val_get(m, "father"));
        assert_true((first + i == focal) == val_is_absent(val_get(m, "relationship")));
        f->with_phone += !val_is_absent(val_get(m, "phones"));
        Val consents = val_get(m, "consents");
        for (size_t c = 0; consents.type == VAL_LIST && c < consents.list.n; c++)
            f->refused += str_is(val_get_text(consents.list.v[c], "answer", STR("")), "REFUSED");
    }
}

static void child_known(Follow *f, const DemoEvent *e) {
    Val fields = val_get(e->input, "person");
    uint32_t mother = place_of(f, val_get(fields, "mother")),
             father = place_of(f, val_get(fields, "father"));
    person_known(f, e, 0, val_get(e->input, "id"), fields);
    f->people[f->n - 1].mother = mother;
    f->people[f->n - 1].father = father;
    assert_true(f->people[mother].female && !f->people[father].female);
}

/* Every id in an input is of an office, a group or a person that is there. */
static void ids_known(const Follow *f, const DemoWorld *w, Val v) {
    if (v.type == VAL_BYTES) {
        bool known = map_has(&f->ids, v.text);
        for (uint32_t o = 0; o < DEMO_OFFICES; o++) {
            Id id = demo_office_id(w, o);
            known |= str_eq(v.text, id_str(&id));
        }
        assert_true(known);
    }
    for (size_t i = 0; v.type == VAL_LIST && i < v.list.n; i++)
        ids_known(f, w, v.list.v[i]);
    for (size_t i = 0; v.type == VAL_MAP && i < v.map.n; i++)
        ids_known(f, w, v.map.v[i].value);
}

static void texts_valid(Val v) {
    if (v.type == VAL_TEXT) {
        assert_true(str_utf8_valid(v.text));
        assert_true(v.text.n > 0 && str_eq(v.text, str_trim(v.text)));
    }
    for (size_t i = 0; v.type == VAL_LIST && i < v.list.n; i++)
        texts_valid(v.list.v[i]);
    for (size_t i = 0; v.type == VAL_MAP && i < v.map.n; i++)
        texts_valid(v.map.v[i].value);
}

static void follow(Follow *f, const DemoWorld *w, const DemoEvent *e) {
    f->truths[e->truth]++;
    if (strcmp(e->op, "group.register") == 0) group_known(f, e);
    if (strcmp(e->op, "person.register") == 0) child_known(f, e);
    if (e->makes_group) map_put(&f->ids, id_str(&e->group), f);
    texts_valid(e->input);
    ids_known(f, w, e->input);
    f->families += e->truth == DEMO_REGISTERED;
    if (e->needs_record) assert_true(f->record[e->record]);
    if (e->makes_record || e->needs_record) f->record[e->record] = e->makes_record;
    for (size_t i = 0; !e->makes_person && i < e->n_subjects; i++) {
        Known *k = &f->people[e->subjects[i].person];
        assert_true(e->subjects[i].person < f->n);
        assert_false(k->gone);
        k->gone = e->truth == DEMO_DIED || e->truth == DEMO_LEFT || e->truth == DEMO_VOIDED;
    }
    Val fields = val_get(e->input, "fields");
    if (e->truth == DEMO_CORRECTED && !val_is_absent(val_get(fields, "birth_date")))
        f->people[e->subjects[0].person].birth = day_value(fields, "birth_date");
}

static Follow follow_all(uint32_t people, uint64_t seed) {
    DemoWorld *w = fresh(people, seed);
    Follow f = { .people = arena_array(arena, Known, people), .ids = map_new(arena) };
    DemoEvent e;
    while (step(w, &e))
        follow(&f, w, &e);
    assert_int_equal(f.n, people);
    return f;
}

static void test_inputs_refer_to_what_is_there(void **state) {
    (void)state;
    Follow f = follow_all(20000, 11);
    for (size_t t = 0; t < DEMO_TRUTHS; t++)
        assert_true(f.truths[t] > 0);
    for (uint32_t i = 0; i < f.n; i++) {
        const Known *k = &f.people[i];
        if (k->mother != DEMO_NONE) {
            assert_true(f.people[k->mother].female);
            assert_true(day_years_between(f.people[k->mother].birth, k->birth) >= 12);
        }
        if (k->father != DEMO_NONE) {
            assert_false(f.people[k->father].female);
            assert_true(day_years_between(f.people[k->father].birth, k->birth) >= 12);
        }
    }
}

static void test_shares_are_plausible(void **state) {
    (void)state;
    enum { N = 30000 };
    Follow f = follow_all(N, 23);
    size_t female = 0, children = 0, old = 0, doubles = 0;
    for (uint32_t i = 0; i < f.n; i++) {
        const Known *k = &f.people[i];
        int age = day_years_between(k->birth, k->registered);
        female += k->female;
        children += age < 18;
        old += age >= 60;
        doubles += k->true_person != i;
    }
    assert_in_range(female, N * 47 / 100, N * 55 / 100);
    assert_in_range(children, N * 45 / 100, N * 62 / 100);
    assert_in_range(old, N * 2 / 100, N * 8 / 100);
    assert_in_range(doubles, N * 17 / 1000, N * 23 / 1000);
    size_t families = f.families ? f.families : 1, arrived = f.n - doubles - f.truths[DEMO_BORN];
    assert_in_range(arrived * 100 / families, 440, 500);
    assert_in_range(f.truths[DEMO_BORN], N * 35 / 1000, N * 75 / 1000);
    assert_in_range(f.truths[DEMO_DIED], N * 7 / 1000, N * 20 / 1000);
    size_t later = 0;
    for (size_t t = DEMO_BORN; t < DEMO_TRUTHS; t++)
        later += f.truths[t];
    assert_in_range(later, N * 85 / 100, N * 120 / 100);
    assert_in_range(f.with_phone, families / 2, families);
    assert_in_range(f.refused * 1000 / families, 100, 260);
}

static void test_truth_names_doubles(void **state) {
    (void)state;
    DemoWorld *w = fresh(20000, 31);
    uint32_t *office = arena_array(arena, uint32_t, 20000), doubles = 0;
    DemoEvent e;
    while (step(w, &e))
        for (size_t i = 0; e.makes_person && i < e.n_subjects; i++) {
            DemoSubject s = e.subjects[i];
            office[s.person] = e.office;
            assert_true((s.true_person != s.person) == (e.truth == DEMO_DOUBLE));
            if (s.true_person == s.person) continue;
            assert_true(s.true_person < s.person);
            assert_int_not_equal(office[s.true_person], e.office);
            doubles++;
        }
    assert_in_range(doubles, 350, 450);
}

/* ---- codes ----------------------------------------------------------------------------------- */

typedef struct CodeUse {
    const char *field, *list;
    Map codes;
} CodeUse;

static CodeUse code_uses[] = {
    { "registration_level", "registration_level", { 0 } },
    { "registration_reason", "registration_reason", { 0 } },
    { "country_of_asylum", "country", { 0 } },
    { "nationality", "country", { 0 } },
    { "country_of_origin", "country", { 0 } },
    { "issuing_country", "country", { 0 } },
    { "interview_language", "language", { 0 } },
    { "language", "language", { 0 } },
    { "languages", "language", { 0 } },
    { "sex", "sex", { 0 } },
    { "birth_date_precision", "date_precision", { 0 } },
    { "marital_status", "marital_status", { 0 } },
    { "legal_status", "legal_status", { 0 } },
    { "photo_status", "photo_status", { 0 } },
    { "ethnicity", "ethnicity", { 0 } },
    { "religion", "religion", { 0 } },
    { "education", "education", { 0 } },
    { "occupation", "occupation", { 0 } },
    { "relationship", "relationship", { 0 } },
    { "presence", "presence", { 0 } },
    { "process_status", "process_status", { 0 } },
    { "status_reason", "status_reason", { 0 } },
    { "need", "specific_need", { 0 } },
    { "status", "need_status", { 0 } },
    { "purpose", "consent_purpose", { 0 } },
    { "answer", "consent_answer", { 0 } },
    { "name_type", "name_type", { 0 } },
    { "phone.type", "phone_type", { 0 } },
    { "document.type", "document_type", { 0 } },
    { "correct.reason", "correction_reason", { 0 } },
    { "void.reason", "void_reason", { 0 } },
    { "move.reason", "move_reason", { 0 } },
};
enum { CODE_USES = sizeof code_uses / sizeof code_uses[0] };

static bool lists_read(void) {
    Ctx c = ctx_new(&world, arena);
    for (size_t i = 0; i < CODE_USES; i++) {
        Str path = str_printf(arena, "../../../data/codes/%s.tsv", code_uses[i].list), bytes;
        if (!env_file_exists(str_c(arena, path))) return false;
        assert_int_equal(env_read_file(&c, str_c(arena, path), 1 << 20, &bytes), ST_OK);
        code_uses[i].codes = map_new(arena);
        while (bytes.s) {
            Str line = str_cut(&bytes, '\n'), code = str_cut(&line, '\t');
            if (!str_empty(code)) map_put(&code_uses[i].codes, code, NULL);
        }
    }
    return true;
}

static void code_known(const char *field, Val v) {
    for (size_t i = 0; i < CODE_USES; i++) {
        if (strcmp(code_uses[i].field, field) != 0) continue;
        for (size_t k = 0; v.type == VAL_LIST && k < v.list.n; k++)
            code_known(field, v.list.v[k]);
        if (v.type != VAL_TEXT || map_has(&code_uses[i].codes, v.text)) continue;
        fail_msg("%s: no code %.*s", field, STR_ARG(v.text));
    }
}

/* "type" and "reason" mean different lists in different places. */
static void codes_known(const char *within, Val v) {
    for (size_t i = 0; v.type == VAL_LIST && i < v.list.n; i++)
        codes_known(within, v.list.v[i]);
    for (size_t i = 0; v.type == VAL_MAP && i < v.map.n; i++) {
        const char *key = str_c(scratch, v.map.v[i].key), *name = key;
        Val kind = val_get(v, "kind");
        if (strcmp(key, "type") == 0 || strcmp(key, "reason") == 0)
            name = str_c(scratch, str_printf(scratch, "%s.%s", within, key));
        code_known(name, v.map.v[i].value);
        const char *inside = strcmp(key, "phones") == 0      ? "phone"
                             : strcmp(key, "documents") == 0 ? "document"
                             : kind.type == VAL_TEXT         ? str_c(scratch, kind.text)
                                                             : within;
        codes_known(inside, v.map.v[i].value);
    }
}

static void test_codes_stand_in_the_lists(void **state) {
    (void)state;
    DemoWorld *w = fresh(20000, 41);
    if (!lists_read()) skip();
    DemoEvent e;
    while (step(w, &e)) {
        Str op = str_of(e.op);
        bool corrects = str_ends(op, STR(".correct")), voids = str_ends(op, STR(".void"));
        codes_known(corrects ? "correct" : voids ? "void" : "move", e.input);
    }
}

/* ---- names, memory --------------------------------------------------------------------------- */

static void table_full(DemoTable t, size_t least, bool has_local) {
    assert_true(t.n >= least && t.n <= UINT8_MAX);
    for (size_t i = 0; i < t.n; i++) {
        Str rest = str_of(t.rows[i]);
        assert_true(str_utf8_valid(rest));
        assert_true(str_empty(str_cut(&rest, '|')) != has_local);
        size_t latin = 0;
        for (; rest.s; latin++)
            assert_false(str_empty(str_cut(&rest, '|')));
        assert_in_range(latin, 2, 3);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(t.rows[i], t.rows[j]);
    }
}

static void test_name_lists_are_full(void **state) {
    (void)state;
    const DemoNames *all[] = { &demo_names_dari,   &demo_names_pashto, &demo_names_arabic,
                               &demo_names_french, &demo_names_sango,  &demo_names_congo };
    for (size_t i = 0; i < 6; i++) {
        table_full(all[i]->male, 60, i < 3);
        table_full(all[i]->female, 60, i < 3);
        table_full(all[i]->family, i == 3 ? 0 : 60, i < 3);
    }
    assert_true(demo_names_dari.male.n >= 120 && demo_names_dari.female.n >= 120);
}

static void test_common_names_are_common(void **state) {
    (void)state;
    DemoWorld *w = fresh(10, 1);
    for (size_t i = 0; i < DEMO_LISTS; i++) {
        const DemoList *list = &w->lists[i];
        size_t first = 0, *seen = arena_array(arena, size_t, list->n);
        for (size_t k = 0; k < DEMO_DRAW; k++) {
            first += list->draw[k] == 0;
            seen[list->draw[k]]++;
        }
        assert_in_range(first, DEMO_DRAW / 16, DEMO_DRAW / 7);
        for (size_t k = 0; k < list->n; k++)
            assert_true(seen[k] > 0);
    }
}

static void test_memory_stays_small(void **state) {
    (void)state;
    DemoWorld *w = fresh(50000, 3);
    DemoEvent e;
    while (step(w, &e))
        ;
    assert_true(demo_world_bytes(w) / 50000 <= 100);
    assert_true(arena_used(arena) / 50000 <= 120);
}

static void test_relations_follow_links(void **state) {
    (void)state;
    DemoWorld *w = fresh(10, 1);
    /* 0 and 1 are a couple; 2 and 3 their children; 4 the wife of 2; 5 the child of 2 and 4;
     * 6 the mother of 0; 7 a second wife of 0, 8 her child. */
    for (uint32_t i = 0; i < 9; i++)
        w->people[i] =
            (DemoPerson){ .mother = DEMO_NONE, .father = DEMO_NONE, .spouse = DEMO_NONE, .kin = i };
    w->n_people = 9;
    DemoPerson *p = w->people;
    p[0].spouse = 1, p[1].spouse = 0, p[2].spouse = 4, p[4].spouse = 2, p[7].spouse = 0;
    p[2].father = p[3].father = p[8].father = 0, p[2].mother = p[3].mother = 1, p[8].mother = 7;
    p[5].father = 2, p[5].mother = 4, p[0].mother = 6;
    static const struct {
        uint32_t person, focal;
        DemoRelation is;
    } told[] = {
        { 1, 0, REL_SPOUSE },         { 0, 1, REL_SPOUSE },    { 7, 0, REL_SPOUSE },
        { 2, 0, REL_CHILD },          { 8, 1, REL_STEPCHILD }, { 4, 0, REL_CHILD_IN_LAW },
        { 5, 0, REL_GRANDCHILD },     { 6, 0, REL_PARENT },    { 6, 1, REL_PARENT_IN_LAW },
        { 6, 2, REL_GRANDPARENT },    { 3, 2, REL_SIBLING },   { 8, 2, REL_HALF },
        { 5, 3, REL_NEPHEW },         { 3, 5, REL_UNCLE },     { 3, 4, REL_SIBLING_IN_LAW },
        { 4, 3, REL_SIBLING_IN_LAW }, { 7, 1, REL_OTHER },     { 0, 0, REL_FOCAL },
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        assert_int_equal(demo_relation(w, told[i].person, told[i].focal), told[i].is);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_seed_same_events),
        cmocka_unit_test(test_number_of_people_is_exact),
        cmocka_unit_test(test_a_month_is_enough),
        cmocka_unit_test(test_inputs_refer_to_what_is_there),
        cmocka_unit_test(test_shares_are_plausible),
        cmocka_unit_test(test_truth_names_doubles),
        cmocka_unit_test(test_codes_stand_in_the_lists),
        cmocka_unit_test(test_name_lists_are_full),
        cmocka_unit_test(test_common_names_are_common),
        cmocka_unit_test(test_memory_stays_small),
        cmocka_unit_test(test_relations_follow_links),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
