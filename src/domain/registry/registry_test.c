/* registry_test.c: a family from registration to erasure, through the operations. */
#include "domain/registry/scene_int.h"

static Scene *s;

static int setup(void **state) {
    (void)state;
    s = scene_make();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    scene_drop(s);
    return 0;
}

#define FAMILY                                                                                      \
    "{'group': {'village': 'Kacha Garhi', 'arrival_date': '2026-11-01', 'size_stated': 3},"         \
    " 'members': ["                                                                                 \
    " {'key': 'a', 'person': {'given_name': 'Mohammad', 'given_name_local': 'محمد',"            \
    "   'father_name': 'Rahim', 'sex': 'M', 'birth_date': '1985-07-01',"                            \
    "   'birth_date_precision': 'age', 'nationality': 'AFG'},"                                      \
    "   'phones': [{'number': '0701 234 567', 'type': 'MOBILE'}],"                                  \
    "   'documents': [{'type': 'TAZKIRA', 'number': '1234-5678-90'}]},"                             \
    " {'key': 'b', 'relationship': 'WIF', 'spouse': 'a',"                                           \
    "   'person': {'given_name_local': 'زهرا', 'sex': 'F', 'birth_date': '1990-03-21'},"        \
    "   'needs': [{'need': 'DS-BD', 'status': 'REPORTED', 'note': 'Sees little'}],"                 \
    "   'consents': [{'purpose': 'REGISTRATION', 'answer': 'GIVEN', 'language': 'prs'}]},"          \
    " {'key': 'c', 'relationship': 'SON', 'father': 'a', 'mother': 'b', 'presence': 'NOT_PRESENT'," \
    "   'person': {'given_name': 'Farid', 'father_name': 'Mohammad', 'sex': 'M',"                   \
    "     'birth_date': '2026-11-10'}}],"                                                           \
    " 'focal_point': 'a',"                                                                          \
    " 'interview': {'called_at': '2026-11-23T11:40:00Z', 'parked_seconds': 60, 'resumed': 1}}"

typedef struct Family {
    const char *group, *number, *husband, *wife, *son;
} Family;

static Family register_family(void) {
    Val r = scene_call(s, "group.register", scene_text(s, FAMILY));
    return (Family){ text_at(s, r, "group"), text_at(s, r, "number"),
                     text_at(s, r, "members.0.person"), text_at(s, r, "members.1.person"),
                     text_at(s, r, "members.2.person") };
}

static Val file_of(const char *person) {
    return scene_call(s, "person.file", scene_text(s, "{'id': '%s'}", person));
}

static Val group_file(const char *group) {
    return scene_call(s, "group.file", scene_text(s, "{'id': '%s'}", group));
}

static Val search(const char *q) {
    return scene_call(s, "person.search", scene_text(s, "{'q': '%s'}", q));
}

static Val history(const char *subject) {
    return scene_call(s, "record.history", scene_text(s, "{'subject': '%s'}", subject));
}

static bool has_row(Val result, const char *person) {
    for (size_t i = 0; i < count_at(result, "rows"); i++)
        if (str_is(val_get_text(at(result, "rows").list.v[i], "person", STR("")), person))
            return true;
    return false;
}

/* A second person, in a family of their own. */
static Val register_alone(const char *name, const char *father, const char *born) {
    return scene_call(s, "person.register",
                      scene_text(s,
                                 "{'person': {'given_name': '%s', 'father_name': '%s', 'sex': 'M',"
                                 " 'birth_date': '%s'}}",
                                 name, father, born));
}

/* ---- registering ------------------------------------------------------------------------------------ */

static void test_a_family_is_registered(void **state) {
    (void)state;
    Family f = register_family();
    assert_int_equal(strncmp(f.number, "KBL-26-000001-", 14), 0);
    Val file = file_of(f.husband);
    assert_string_equal(text_at(s, file, "person.fields.display_name"), "Mohammad Rahim");
    assert_int_equal(strncmp(text_at(s, file, "person.fields.number"), "KBL-26-I000001-", 15), 0);
    assert_string_equal(text_at(s, file, "person.fields.process_status"), "A");
    assert_string_equal(text_at(s, file, "person.labels.process_status"), "Active");
    assert_string_equal(text_at(s, file, "person.fields.registration_date"), "2026-11-23");
    assert_string_equal(text_at(s, file, "person.fields.arrival_date"), "2026-11-01");
    assert_string_equal(text_at(s, file, "phones.0.fields.number"), "+93701234567");
    assert_string_equal(text_at(s, file, "documents.0.fields.number"), "1234-5678-90");
    assert_string_equal(text_at(s, file, "groups.0.membership.fields.relationship"), "FP");
    assert_string_equal(text_at(s, file, "groups.0.group.fields.number"), f.number);
    assert_int_equal(count_at(file, "relatives"), 2);
    file = file_of(f.wife);
    assert_string_equal(text_at(s, file, "person.fields.display_name"), "زهرا");
    assert_string_equal(text_at(s, file, "needs.0.fields.note"), "Sees little");
    assert_string_equal(text_at(s, file, "consents.0.fields.asked_on"), "2026-11-23");
    /* Born after the family arrived: no arrival of his own. */
    file = file_of(f.son);
    assert_string_equal(text_at(s, file, "person.fields.arrival_date"), "");
    Val g = group_file(f.group);
    assert_int_equal(count_at(g, "members"), 3);
    assert_string_equal(text_at(s, g, "members.0.person.id"), f.husband);
    assert_string_equal(text_at(s, g, "group.labels.focal_point"), "Mohammad Rahim");
    assert_string_equal(text_at(s, g, "interviews.0.fields.saved_at"),
                        "2026-11-23T12:00:00.000000Z");
}

static void test_what_is_wrong_is_said_with_its_place(void **state) {
    (void)state;
    assert_int_equal(scene_try(s, "group.register",
                               scene_text(s, "{'members': [{'key': 'a', 'person': {'sex': 'M'}},"
                                             " {'key': 'b', 'person': {'given_name': 'FNU',"
                                             "  'birth_date': '2027-01-01'}, 'mother': 'z'}],"
                                             " 'focal_point': 'a'}")),
                     ST_INVALID);
    assert_string_equal(scene_error(s), "error.name.required");
    assert_string_equal(scene_path(s), "members[0].person.given_name");
    bool filler = false, future = false, key = false;
    for (size_t i = 0; i < s->call.errs.n; i++) {
        const Err *e = &s->call.errs.v[i];
        filler |=
            str_is(e->key, "error.name.filler") && str_is(e->path, "members[1].person.given_name");
        future |= str_is(e->key, "error.date.future");
        key |= str_is(e->key, "error.member.key") && str_is(e->path, "members[1].mother");
    }
    assert_true(filler && future && key);
    scene_refused(s, "group.register", ST_INVALID, "error.group.empty",
                  scene_text(s, "{'members': [], 'focal_point': 'a'}"));
    scene_refused(
        s, "group.register", ST_INVALID, "error.member.key",
        scene_text(s, "{'members': [{'person': {'given_name': 'A'}}], 'focal_point': 'x'}"));
    scene_refused(
        s, "group.register", ST_INVALID, "error.focal_point.two",
        scene_text(s, "{'members': [{'key': 'a', 'person': {'given_name': 'Ali'}},"
                      " {'key': 'b', 'relationship': 'FP', 'person': {'given_name': 'Omar'}}],"
                      " 'focal_point': 'a'}"));
    scene_refused(s, "group.register", ST_INVALID, "error.parent.younger",
                  scene_text(s, "{'members': [{'key': 'a', 'person': {'given_name': 'Ali',"
                                " 'birth_date': '2010-01-01'}}, {'key': 'b', 'relationship': 'SON',"
                                " 'father': 'a', 'person': {'given_name': 'Omar',"
                                " 'birth_date': '2009-01-01'}}], 'focal_point': 'a'}"));
    scene_refused(s, "group.register", ST_INVALID, "error.member.key_twice",
                  scene_text(s, "{'members': [{'key': 'a', 'person': {'given_name': 'Ali'}},"
                                " {'key': 'a', 'person': {'given_name': 'Omar'}}],"
                                " 'focal_point': 'a'}"));
    scene_refused(s, "group.register", ST_INVALID, "error.phone.mangled",
                  scene_text(s, "{'members': [{'key': 'a', 'person': {'given_name': 'Ali'},"
                                " 'phones': [{'number': '2.54708E+11'}]}], 'focal_point': 'a'}"));
    assert_string_equal(scene_path(s), "members[0].phones[0].number");
    scene_refused(s, "group.register", ST_INVALID, "error.unknown_field",
                  scene_text(s, "{'members': [{'key': 'a', 'person': {'number': 'X-1',"
                                " 'given_name': 'Ali'}}], 'focal_point': 'a'}"));
    scene_refused(
        s, "person.register", ST_INVALID, "error.blob.unknown",
        scene_text(s, "{'person': {'given_name': 'Ali'}, 'photo':"
                      " '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'}"));
}

static void test_one_joins_a_family(void **state) {
    (void)state;
    Family f = register_family();
    scene_refused(s, "person.register", ST_INVALID, "error.relationship.required",
                  scene_text(s, "{'group': '%s', 'person': {'given_name': 'Nur'}}", f.group));
    scene_refused(s, "person.register", ST_INVALID, "error.focal_point.two",
                  scene_text(s,
                             "{'group': '%s', 'relationship': 'FP', 'person':"
                             " {'given_name': 'Nur'}}",
                             f.group));
    Val r = scene_call(s, "person.register",
                       scene_text(s,
                                  "{'group': '%s', 'relationship': 'DAU', 'person':"
                                  " {'given_name': 'Nur', 'mother': '%s', 'birth_date':"
                                  " '2026-11-20', 'registration_reason': 'NEW_BIRTH'}}",
                                  f.group, f.wife));
    assert_string_equal(text_at(s, r, "group_number"), f.number);
    assert_int_equal(count_at(group_file(f.group), "members"), 4);
    scene_refused(s, "person.register", ST_MISSING, "error.missing",
                  scene_text(s,
                             "{'group': '%s', 'relationship': 'DAU', 'person':"
                             " {'given_name': 'Nur'}}",
                             f.wife));
    scene_refused(
        s, "person.register", ST_INVALID, "error.parent.younger",
        scene_text(s,
                   "{'group': '%s', 'relationship': 'DAU', 'person': {'given_name': 'Nur',"
                   " 'mother': '%s', 'birth_date': '1980-01-01'}}",
                   f.group, f.wife));
}

static void test_a_repeated_call_registers_once(void **state) {
    (void)state;
    OpRequest q = { .op = STR("group.register"), .idempotency = id_new(&s->env) };
    assert_int_equal(scene_call_as(s, "salma", q, scene_text(s, FAMILY)), ST_OK);
    Val first = s->reply.result;
    assert_int_equal(scene_call_as(s, "salma", q, scene_text(s, FAMILY)), ST_OK);
    assert_true(s->reply.repeated);
    assert_true(val_eq(first, s->reply.result));
    assert_int_equal(count_at(search("Mohammad Rahim"), "rows"), 1);
}

/* ---- doubles ------------------------------------------------------------------------------------------ */

static void assert_double(const char *reason, const char *input) {
    assert_int_equal(scene_try(s, "person.register", input), ST_CONFLICT);
    assert_string_equal(scene_error(s), "error.duplicate");
    const Err *e = &s->call.errs.v[0];
    Str found = STR("");
    for (size_t i = 0; i < e->n_args; i++)
        if (str_is(e->args[i].name, "reason")) found = e->args[i].value;
    assert_string_equal(str_c(s->arena, found), reason);
}

static void test_doubles_stop_once(void **state) {
    (void)state;
    Family f = register_family();
    assert_double("same_phone", scene_text(s, "{'person': {'given_name': 'Ali'},"
                                              " 'phones': [{'number': '+93 70 123 45 67'}]}"));
    assert_double("same_document",
                  scene_text(s, "{'person': {'given_name': 'Ali'}, 'documents':"
                                " [{'type': 'TAZKIRA', 'number': '1234-5678-90'}]}"));
    const char *number = text_at(s, file_of(f.husband), "person.fields.number");
    assert_double("same_number", scene_text(s,
                                            "{'person': {'given_name': 'Ali'}, 'names':"
                                            " [{'name_type': 'OLD_NUMBER', 'number': '%s'}]}",
                                            number));
    /* In the other script, two years apart. */
    assert_double("same_name_father_age",
                  scene_text(s,
                             "{'person': {'given_name_local': 'محمد', 'father_name_local': 'رحیم',"
                             " 'birth_date': '1987-01-01', 'sex': 'M'}}"));
    /* Another paper of the same number, other ages, another sex are others. */
    scene_call(s, "person.register",
               scene_text(s, "{'person': {'given_name': 'Ali'}, 'documents':"
                             " [{'type': 'PASSPORT', 'number': '1234-5678-90'}]}"));
    register_alone("Mohammad", "Rahim", "1991-01-01");
    Val again = scene_call(s, "person.register",
                           scene_text(s,
                                      "{'person': {'given_name': 'Mohamed', 'father_name': 'Rahim',"
                                      " 'birth_date': '1985-01-01'}, 'confirmed_not': ['%s']}",
                                      f.husband));
    assert_string_not_equal(text_at(s, again, "person"), f.husband);
    /* Work that comes late is not turned away. */
    OpRequest late = { .op = STR("person.register"), .replayed = true };
    assert_int_equal(
        scene_call_as(s, "salma", late,
                      scene_text(s, "{'person': {'given_name': 'Mohamad', 'father_name':"
                                    " 'Rahim', 'birth_date': '1985-01-01'}}")),
        ST_OK);
}

static void test_the_check_before_saving(void **state) {
    (void)state;
    Family f = register_family();
    Val r =
        scene_call(s, "registration.check",
                   scene_text(s, "{'members': [{'given_name': 'Nobody'}, {'given_name': 'Mohammed',"
                                 " 'father_name': 'Raheem', 'birth_date': '1984-01-01',"
                                 " 'phones': ['0701234567']}]}"));
    assert_int_equal(count_at(r, "matches"), 1);
    assert_int_equal(at(r, "matches.0.member").i, 1);
    assert_string_equal(text_at(s, r, "matches.0.person"), f.husband);
    assert_string_equal(text_at(s, r, "matches.0.village"), "Kacha Garhi");
    assert_int_equal(count_at(r, "matches.0.reasons"), 2);
    assert_string_equal(text_at(s, r, "matches.0.reasons.0.kind"), "same_phone");
    r = scene_call(s, "registration.check", scene_text(s, "{'members': []}"));
    assert_int_equal(count_at(r, "matches"), 0);
}

/* ---- searching ---------------------------------------------------------------------------------------- */

static void test_search_by_half_a_name_in_both_scripts(void **state) {
    (void)state;
    Family f = register_family();
    assert_true(has_row(search("moham"), f.husband));
    assert_true(has_row(search("Muhamad rah"), f.husband));
    assert_true(has_row(search("محمد"), f.husband));
    assert_true(has_row(search("Zahra"), f.wife));
    assert_true(has_row(search("زهر"), f.wife));
    assert_false(has_row(search("Moham Karim"), f.husband));
    assert_int_equal(count_at(search(""), "rows"), 0);
    assert_int_equal(count_at(search("--- ..."), "rows"), 0);
    Val r = search("mohammad rahim");
    assert_string_equal(text_at(s, r, "rows.0.matched"), "name");
    assert_string_equal(text_at(s, r, "rows.0.name_local"), "محمد");
    assert_string_equal(text_at(s, r, "rows.0.group_number"), f.number);
    assert_int_equal(at(r, "rows.0.age").i, 41);
    assert_string_equal(text_at(s, r, "rows.0.age_span"), "40-41");
    assert_true(at(r, "rows.0.focal_point").b);
}

static void test_search_by_number_phone_and_paper(void **state) {
    (void)state;
    Family f = register_family();
    Val r = search(f.number);
    assert_int_equal(count_at(r, "rows"), 3);
    assert_string_equal(text_at(s, r, "rows.0.person"), f.husband);
    assert_string_equal(text_at(s, r, "rows.0.matched"), "number");
    assert_true(has_row(search("26-1"), f.son));
    assert_true(has_row(search("kbl26000001"), f.wife));
    assert_string_equal(text_at(s, search("4567"), "rows.0.matched"), "phone");
    assert_true(has_row(search("0701234567"), f.husband));
    assert_true(has_row(search("۰۷۰۱۲۳۴۵۶۷"), f.husband));
    assert_string_equal(text_at(s, search("1234567890"), "rows.0.matched"), "document");
    assert_int_equal(count_at(search("9999"), "rows"), 0);
}

static void test_search_by_alias_and_old_number(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "record.add",
               scene_text(s,
                          "{'kind': 'name', 'fields': {'person': '%s', 'name_type': 'ALIAS',"
                          " 'full_name': 'Gul Agha'}}",
                          f.husband));
    scene_call(s, "record.add",
               scene_text(s,
                          "{'kind': 'name', 'fields': {'person': '%s', 'name_type': 'OLD_NUMBER',"
                          " 'number': '123-45C67890'}}",
                          f.husband));
    assert_true(has_row(search("gul agha"), f.husband));
    assert_true(has_row(search("123-45C67890"), f.husband));
    scene_refused(s, "record.add", ST_INVALID, "error.name.required",
                  scene_text(s,
                             "{'kind': 'name', 'fields': {'person': '%s', 'name_type': 'ALIAS'}}",
                             f.husband));
}

/* ---- correcting ---------------------------------------------------------------------------------------- */

static const char *version_of(const char *person) {
    return text_at(s, file_of(person), "person.version");
}

static void test_a_correction_and_its_reason(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "person.correct",
               scene_text(s,
                          "{'id': '%s', 'base': '%s', 'fields': {'birth_date': '1984-02-03',"
                          " 'birth_date_precision': 'exact', 'father_name': 'Karim'}}",
                          f.husband, version_of(f.husband)));
    Val file = file_of(f.husband);
    assert_string_equal(text_at(s, file, "person.fields.birth_date"), "1984-02-03");
    assert_string_equal(text_at(s, file, "person.fields.display_name"), "Mohammad Karim");
    assert_true(has_row(search("mohammad karim"), f.husband));
    assert_false(has_row(search("mohammad rahim"), f.husband));
    env_advance(&s->env, 16 * 60 * TIME_SECOND);
    scene_refused(
        s, "person.correct", ST_INVALID, "error.reason.required",
        scene_text(s, "{'id': '%s', 'fields': {'sex': 'M', 'given_name': 'Ahmad'}}", f.husband));
    scene_call(s, "person.correct",
               scene_text(s,
                          "{'id': '%s', 'fields': {'given_name': 'Ahmad'}, 'reason': 'DOCUMENT',"
                          " 'reason_text': 'Tazkira shown'}",
                          f.husband));
    Val h = history(f.husband);
    assert_string_equal(text_at(s, h, "entries.0.op"), "person.correct");
    assert_string_equal(text_at(s, h, "entries.0.op_title"), "Correct a person");
    assert_string_equal(text_at(s, h, "entries.0.actor.name"), "Salma Durrani");
    assert_string_equal(text_at(s, h, "entries.0.office.name"), "Kabul");
    assert_string_equal(text_at(s, h, "entries.0.reason_code"), "DOCUMENT");
    assert_string_equal(text_at(s, h, "entries.0.reason_text"), "Tazkira shown");
    bool seen = false;
    for (size_t i = 0; i < count_at(h, "entries.0.changes"); i++) {
        Val ch = at(h, "entries.0.changes").list.v[i];
        if (!str_is(val_get_text(ch, "field", STR("")), "given_name")) continue;
        seen = true;
        assert_string_equal(text_at(s, ch, "before"), "Mohammad");
        assert_string_equal(text_at(s, ch, "after"), "Ahmad");
        assert_string_equal(text_at(s, ch, "label"), "Given name");
        assert_true(val_get_bool(ch, "stands", false));
    }
    assert_true(seen);
    assert_string_equal(text_at(s, h, "entries.2.op"), "group.register");
    assert_false(val_get_bool(at(h, "entries.2"), "can_undo", true));
}

static void test_a_stale_correction_is_refused(void **state) {
    (void)state;
    Family f = register_family();
    const char *old = version_of(f.husband);
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'base': '%s', 'fields': {'given_name': 'Ahmad'}}",
                          f.husband, old));
    scene_refused(s, "person.correct", ST_CONFLICT, "error.stale",
                  scene_text(s, "{'id': '%s', 'base': '%s', 'fields': {'given_name': 'Akbar'}}",
                             f.husband, old));
    /* Another field of the same old version is fine: nobody has touched it. */
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'base': '%s', 'fields': {'birth_place': 'Jalalabad'}}",
                          f.husband, old));
}

static void test_corrections_are_checked(void **state) {
    (void)state;
    Family f = register_family();
    const char *wrong[][2] = {
        { "error.unknown_field", "{'number': 'X'}" },
        { "error.field.fixed", "{'focal_point': null}" },
    };
    (void)wrong;
    scene_refused(s, "person.correct", ST_INVALID, "error.unknown_field",
                  scene_text(s, "{'id': '%s', 'fields': {'number': 'X'}}", f.husband));
    scene_refused(s, "person.correct", ST_INVALID, "error.required",
                  scene_text(s, "{'id': '%s', 'fields': {}}", f.husband));
    scene_refused(s, "person.correct", ST_INVALID, "error.name.letters",
                  scene_text(s, "{'id': '%s', 'fields': {'given_name': '---'}}", f.husband));
    scene_refused(s, "person.correct", ST_INVALID, "error.person.self",
                  scene_text(s, "{'id': '%s', 'fields': {'mother': '%s'}}", f.wife, f.wife));
    scene_refused(s, "person.correct", ST_INVALID, "error.date.future",
                  scene_text(s, "{'id': '%s', 'fields': {'birth_date': '2030-01-01'}}", f.wife));
    assert_string_equal(scene_path(s), "fields.birth_date");
    scene_refused(s, "person.correct", ST_MISSING, "error.missing",
                  scene_text(s, "{'id': '%s', 'fields': {'sex': 'F'}}", f.group));
    scene_refused(s, "group.correct", ST_INVALID, "error.focal_point.use_operation",
                  scene_text(s, "{'id': '%s', 'fields': {'focal_point': '%s'}}", f.group, f.wife));
    scene_refused(s, "group.correct", ST_INVALID, "error.arrival.after",
                  scene_text(s, "{'id': '%s', 'fields': {'arrival_date': '2026-11-24'}}", f.group));
    scene_call(s, "group.correct",
               scene_text(s, "{'id': '%s', 'fields': {'village': 'Jalozai'}}", f.group));
    assert_string_equal(text_at(s, search("mohammad rahim"), "rows.0.village"), "Jalozai");
}

static void test_the_past_is_kept(void **state) {
    (void)state;
    Family f = register_family();
    env_advance(&s->env, TIME_DAY);
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'fields': {'given_name': 'Ahmad'}, 'reason': 'TYPING'}",
                          f.husband));
    Val then = scene_call(s, "person.as_of",
                          scene_text(s, "{'id': '%s', 'at': '2026-11-23T18:00:00Z'}", f.husband));
    assert_string_equal(text_at(s, then, "person.fields.given_name"), "Mohammad");
    assert_string_equal(text_at(s, then, "groups.0.group.fields.village"), "Kacha Garhi");
    assert_int_equal(count_at(then, "phones"), 1);
    scene_refused(s, "person.as_of", ST_MISSING, "error.person.not_yet",
                  scene_text(s, "{'id': '%s', 'at': '2026-11-20T18:00:00Z'}", f.husband));
}

/* ---- records of a file ---------------------------------------------------------------------------------- */

static void test_records_are_added_corrected_voided_restored(void **state) {
    (void)state;
    Family f = register_family();
    Val r = scene_call(s, "record.add",
                       scene_text(s,
                                  "{'kind': 'phone', 'fields': {'person': '%s', 'number':"
                                  " '0799 111 222'}}",
                                  f.wife));
    const char *id = text_at(s, r, "id");
    assert_string_equal(text_at(s, file_of(f.wife), "phones.0.fields.number"), "+93799111222");
    scene_call(
        s, "record.correct",
        scene_text(s, "{'kind': 'phone', 'id': '%s', 'fields': {'number': '0799111223'}}", id));
    assert_string_equal(text_at(s, file_of(f.wife), "phones.0.fields.number"), "+93799111223");
    scene_call(s, "record.void",
               scene_text(s, "{'kind': 'phone', 'id': '%s', 'reason': 'MISTAKE'}", id));
    assert_int_equal(count_at(file_of(f.wife), "phones"), 0);
    assert_int_equal(count_at(search("0799111223"), "rows"), 0);
    scene_refused(
        s, "record.correct", ST_CONFLICT, "error.void",
        scene_text(s, "{'kind': 'phone', 'id': '%s', 'fields': {'number': '0799111224'}}", id));
    scene_call(s, "record.restore", scene_text(s, "{'kind': 'phone', 'id': '%s'}", id));
    assert_int_equal(count_at(file_of(f.wife), "phones"), 1);
    scene_refused(s, "record.restore", ST_CONFLICT, "error.record.stands",
                  scene_text(s, "{'kind': 'phone', 'id': '%s'}", id));
    scene_refused(s, "record.add", ST_INVALID, "error.record.kind",
                  scene_text(s, "{'kind': 'membership', 'fields': {}}"));
    scene_refused(s, "record.add", ST_INVALID, "error.required",
                  scene_text(s, "{'kind': 'phone', 'fields': {'number': '0799111224'}}"));
    scene_refused(
        s, "record.correct", ST_INVALID, "error.field.fixed",
        scene_text(s, "{'kind': 'phone', 'id': '%s', 'fields': {'person': '%s'}}", id, f.son));
    scene_refused(s, "record.add", ST_INVALID, "error.unknown_field",
                  scene_text(s, "{'kind': 'phone', 'fields': {'person': '%s', 'x': 1}}", f.wife));
    scene_refused(s, "record.void", ST_MISSING, "error.missing",
                  scene_text(s, "{'kind': 'phone', 'id': '%s', 'reason': 'MISTAKE'}", f.wife));
}

typedef struct Staged {
    Str key, bytes;
} Staged;

static Status stage(Ctx *c, Tx *tx, void *arg) {
    const Staged *p = arg;
    (void)tx;
    return local_put(c, STR(REGISTRY_STAGED_BLOBS), p->key, p->bytes);
}

static void test_a_photo_is_sealed(void **state) {
    (void)state;
    Family f = register_family();
    Hash256 hash = sha256(STR("a picture"));
    Staged p = { hex_encode(s->arena, hash.b, sizeof hash.b), STR("a picture") };
    scene_ok(s, &s->c, store_write(s->store, &s->c, stage, &p));
    scene_call(s, "record.add",
               scene_text(s,
                          "{'kind': 'photo', 'fields': {'person': '%s', 'image': '%s',"
                          " 'taken_on': '2026-11-23'}}",
                          f.son, str_c(s->arena, p.key)));
    const char *name = text_at(s, file_of(f.son), "photos.0.fields.image");
    assert_int_equal(strlen(name), 64);
    assert_string_not_equal(name, str_c(s->arena, p.key));
    assert_string_equal(text_at(s, search("farid"), "rows.0.photo"), name);
}

/* ---- voiding and undoing --------------------------------------------------------------------------------- */

static void test_a_registration_is_voided_and_taken_back(void **state) {
    (void)state;
    Family f = register_family();
    scene_refused(s, "person.void", ST_CONFLICT, "error.focal_point.first",
                  scene_text(s, "{'id': '%s', 'reason': 'DUPLICATE'}", f.husband));
    scene_refused(s, "group.void", ST_INVALID, "error.required",
                  scene_text(s, "{'id': '%s'}", f.group));
    Val r =
        scene_call(s, "group.void", scene_text(s, "{'id': '%s', 'reason': 'DUPLICATE'}", f.group));
    assert_int_equal(at(r, "voided").i, 7);
    const char *act = str_c(s->arena, id_text(s->arena, s->reply.act));
    scene_refused(s, "group.void", ST_CONFLICT, "error.void",
                  scene_text(s, "{'id': '%s', 'reason': 'DUPLICATE'}", f.group));
    assert_string_equal(text_at(s, search("mohammad rahim"), "rows.0.void"), "DUPLICATE");
    assert_string_equal(text_at(s, history(f.husband), "entries.0.changes.0.label"), "Void");
    /* A number is never given out again. */
    Val other = register_alone("Nasir", "Omar", "1990-01-01");
    assert_int_equal(strncmp(text_at(s, other, "group_number"), "KBL-26-000002-", 14), 0);
    scene_call(s, "act.undo", scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
    assert_string_equal(text_at(s, file_of(f.husband), "person.void"), "");
    assert_int_equal(count_at(group_file(f.group), "members"), 3);
    scene_refused(s, "act.undo", ST_CONFLICT, "error.undo.nothing",
                  scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
}

static void test_one_person_is_voided(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "person.void", scene_text(s, "{'id': '%s', 'reason': 'NOT_TRUE'}", f.son));
    assert_int_equal(count_at(group_file(f.group), "members"), 2);
    Val alone = register_alone("Nasir", "Omar", "1990-01-01");
    scene_refused(s, "person.void", ST_CONFLICT, "error.group.last_member",
                  scene_text(s, "{'id': '%s', 'reason': 'TEST'}", text_at(s, alone, "person")));
}

static void test_undo_puts_back_what_still_stands(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "person.correct",
               scene_text(s,
                          "{'id': '%s', 'fields': {'given_name': 'Ahmad', 'birth_place': 'Herat',"
                          " 'languages': ['prs', 'pus']}}",
                          f.husband));
    const char *act = str_c(s->arena, id_text(s->arena, s->reply.act));
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'fields': {'birth_place': 'Kunduz'}}", f.husband));
    Val r = scene_call(s, "act.undo", scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
    assert_int_equal(count_at(r, "moved_on"), 1);
    assert_string_equal(text_at(s, r, "moved_on.0.field"), "birth_place");
    Val file = file_of(f.husband);
    assert_string_equal(text_at(s, file, "person.fields.given_name"), "Mohammad");
    assert_string_equal(text_at(s, file, "person.fields.display_name"), "Mohammad Rahim");
    assert_string_equal(text_at(s, file, "person.fields.birth_place"), "Kunduz");
    assert_int_equal(count_at(file, "person.fields.languages"), 0);
    scene_refused(s, "act.undo", ST_MISSING, "error.act.unknown",
                  scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", f.group));
}

static void test_undo_of_a_move_brings_the_person_home(void **state) {
    (void)state;
    Family f = register_family();
    Val other = register_alone("Nasir", "Omar", "1990-01-01");
    scene_call(s, "member.move",
               scene_text(s,
                          "{'person': '%s', 'to_group': '%s', 'relationship': 'NEP',"
                          " 'reason': 'MOVED'}",
                          f.son, text_at(s, other, "group")));
    const char *act = str_c(s->arena, id_text(s->arena, s->reply.act));
    assert_int_equal(count_at(group_file(f.group), "members"), 2);
    scene_call(s, "act.undo", scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
    assert_int_equal(count_at(group_file(f.group), "members"), 3);
    assert_int_equal(count_at(group_file(text_at(s, other, "group")), "members"), 1);
}

/* ---- families ---------------------------------------------------------------------------------------------- */

static void test_a_person_moves(void **state) {
    (void)state;
    Family f = register_family();
    Val other = register_alone("Nasir", "Omar", "1990-01-01");
    const char *to = text_at(s, other, "group"), *nasir = text_at(s, other, "person");
    scene_refused(s, "member.move", ST_CONFLICT, "error.focal_point.first",
                  scene_text(s,
                             "{'person': '%s', 'to_group': '%s', 'relationship': 'BIL',"
                             " 'reason': 'MOVED'}",
                             f.husband, to));
    scene_refused(s, "member.move", ST_CONFLICT, "error.move.same_group",
                  scene_text(s,
                             "{'person': '%s', 'to_group': '%s', 'relationship': 'SON',"
                             " 'reason': 'MOVED'}",
                             f.son, f.group));
    scene_refused(s, "member.move", ST_INVALID, "error.move.before",
                  scene_text(s,
                             "{'person': '%s', 'to_group': '%s', 'relationship': 'NEP', 'date':"
                             " '2026-11-01', 'reason': 'MOVED'}",
                             f.son, to));
    scene_refused(s, "member.move", ST_INVALID, "error.date.future",
                  scene_text(s,
                             "{'person': '%s', 'to_group': '%s', 'relationship': 'NEP', 'date':"
                             " '2026-12-01', 'reason': 'MOVED'}",
                             f.son, to));
    scene_call(s, "member.move",
               scene_text(s,
                          "{'person': '%s', 'to_group': '%s', 'relationship': 'NEP',"
                          " 'reason': 'MOVED'}",
                          f.son, to));
    Val g = group_file(f.group);
    assert_int_equal(count_at(g, "members"), 2);
    assert_int_equal(count_at(g, "former_members"), 1);
    assert_int_equal(count_at(group_file(to), "members"), 2);
    /* The last one leaves: the family is closed. */
    scene_call(s, "member.move",
               scene_text(s,
                          "{'person': '%s', 'to_group': '%s', 'relationship': 'SON',"
                          " 'reason': 'MOVED'}",
                          f.son, f.group));
    scene_call(s, "member.move",
               scene_text(s,
                          "{'person': '%s', 'to_group': '%s', 'relationship': 'BIL',"
                          " 'reason': 'MOVED'}",
                          nasir, f.group));
    assert_string_equal(text_at(s, group_file(to), "group.fields.process_status"), "C");
}

static void test_a_family_splits(void **state) {
    (void)state;
    Family f = register_family();
    scene_refused(s, "member.split", ST_INVALID, "error.focal_point.outside",
                  scene_text(s,
                             "{'persons': ['%s'], 'focal_point': '%s', 'relationships': [{'person':"
                             " '%s', 'relationship': 'SON'}], 'reason': 'DIVORCE'}",
                             f.son, f.wife, f.son));
    scene_refused(s, "member.split", ST_CONFLICT, "error.focal_point.first",
                  scene_text(s, "{'persons': ['%s'], 'focal_point': '%s', 'reason': 'DIVORCE'}",
                             f.husband, f.husband));
    scene_refused(s, "member.split", ST_INVALID, "error.split.twice",
                  scene_text(s,
                             "{'persons': ['%s', '%s'], 'focal_point': '%s', 'reason': 'DIVORCE'}",
                             f.wife, f.wife, f.wife));
    scene_refused(s, "member.split", ST_INVALID, "error.relationship.required",
                  scene_text(s,
                             "{'persons': ['%s', '%s'], 'focal_point': '%s', 'reason': 'DIVORCE'}",
                             f.wife, f.son, f.wife));
    Val r = scene_call(s, "member.split",
                       scene_text(s,
                                  "{'persons': ['%s', '%s'], 'focal_point': '%s', 'relationships':"
                                  " [{'person': '%s', 'relationship': 'SON'}], 'group':"
                                  " {'address': 'Tent 4'}, 'reason': 'DIVORCE'}",
                                  f.wife, f.son, f.wife, f.son));
    Val g = group_file(text_at(s, r, "group"));
    assert_int_equal(count_at(g, "members"), 2);
    assert_string_equal(text_at(s, g, "group.fields.village"), "Kacha Garhi");
    assert_string_equal(text_at(s, g, "group.fields.address"), "Tent 4");
    assert_string_equal(text_at(s, g, "members.0.membership.fields.relationship"), "FP");
    assert_int_equal(count_at(group_file(f.group), "members"), 1);
    assert_int_equal(strncmp(text_at(s, r, "number"), "KBL-26-000002-", 14), 0);
}

static void test_the_focal_point_changes(void **state) {
    (void)state;
    Family f = register_family();
    Val nur = scene_call(s, "person.register",
                         scene_text(s,
                                    "{'group': '%s', 'relationship': 'SBM', 'person':"
                                    " {'given_name': 'Nur', 'sex': 'M'}}",
                                    f.group));
    scene_refused(
        s, "group.set_focal_point", ST_INVALID, "error.relationship.required_of",
        scene_text(s, "{'group': '%s', 'person': '%s', 'reason': 'ABSENCE'}", f.group, f.wife));
    scene_call(s, "group.set_focal_point",
               scene_text(s,
                          "{'group': '%s', 'person': '%s', 'relationships': [{'person': '%s',"
                          " 'relationship': 'BIL'}], 'reason': 'ABSENCE'}",
                          f.group, f.wife, text_at(s, nur, "person")));
    Val g = group_file(f.group);
    assert_string_equal(text_at(s, g, "members.0.person.id"), f.wife);
    assert_string_equal(text_at(s, g, "group.fields.focal_point"), f.wife);
    for (size_t i = 0; i < count_at(g, "members"); i++) {
        Val m = at(g, "members").list.v[i];
        const char *who = text_at(s, m, "person.id");
        const char *is = text_at(s, m, "membership.fields.relationship");
        if (strcmp(who, f.husband) == 0) assert_string_equal(is, "HUS");
        if (strcmp(who, f.son) == 0) assert_string_equal(is, "SON");
        if (strcmp(who, f.wife) == 0) assert_string_equal(is, "FP");
    }
    Val alone = register_alone("Nasir", "Omar", "1990-01-01");
    scene_refused(s, "group.set_focal_point", ST_CONFLICT, "error.focal_point.outside",
                  scene_text(s, "{'group': '%s', 'person': '%s', 'reason': 'ABSENCE'}",
                             text_at(s, alone, "group"), f.wife));
}

static void test_presence(void **state) {
    (void)state;
    Family f = register_family();
    const char *membership = text_at(s, file_of(f.son), "groups.0.membership.id");
    scene_call(s, "member.presence",
               scene_text(s, "{'membership': '%s', 'presence': 'PRESENT'}", membership));
    assert_string_equal(text_at(s, file_of(f.son), "groups.0.membership.fields.presence"),
                        "PRESENT");
    scene_refused(s, "member.presence", ST_MISSING, "error.missing",
                  scene_text(s, "{'membership': '%s', 'presence': 'PRESENT'}", f.son));
}

/* ---- conflicts --------------------------------------------------------------------------------------------- */

static void test_two_values_wait_for_a_person(void **state) {
    (void)state;
    Family f = register_family();
    const char *old = version_of(f.husband);
    OpRequest late = { .op = STR("person.correct"), .replayed = true };
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'base': '%s', 'fields': {'birth_date': '1984-01-01'}}",
                          f.husband, old));
    assert_int_equal(scene_call_as(s, "salma", late,
                                   scene_text(s,
                                              "{'id': '%s', 'base': '%s', 'fields':"
                                              " {'birth_date': '1983-01-01'}}",
                                              f.husband, old)),
                     ST_OK);
    Val file = file_of(f.husband);
    assert_true(val_get_bool(at(file, "person"), "conflict", false));
    assert_int_equal(count_at(file, "conflicts"), 1);
    assert_string_equal(text_at(s, file, "conflicts.0.label"), "Date of birth");
    assert_int_equal(count_at(file, "conflicts.0.values"), 2);
    assert_int_equal(at(scene_call(s, "home.summary", "{}"), "mine.conflicts").i, 1);
    scene_call(s, "conflict.resolve",
               scene_text(s,
                          "{'kind': 'person', 'id': '%s', 'field': 'birth_date', 'value':"
                          " '1983-01-01', 'reason': 'CONFLICT'}",
                          f.husband));
    file = file_of(f.husband);
    assert_int_equal(count_at(file, "conflicts"), 0);
    assert_string_equal(text_at(s, file, "person.fields.birth_date"), "1983-01-01");
    scene_refused(s, "conflict.resolve", ST_INVALID, "error.record.kind",
                  scene_text(s,
                             "{'kind': 'office', 'id': '%s', 'field': 'name', 'value': 'x',"
                             " 'reason': 'CONFLICT'}",
                             f.husband));
    scene_refused(s, "conflict.resolve", ST_INVALID, "error.unknown_field",
                  scene_text(s,
                             "{'kind': 'person', 'id': '%s', 'field': 'nose', 'value': 'x',"
                             " 'reason': 'CONFLICT'}",
                             f.husband));
}

/* ---- drafts, home, dates ------------------------------------------------------------------------------------ */

static const char draft_id[] = "018f6a3e-7b1c-7def-8a01-23456789abcd";

static void test_drafts_come_and_go(void **state) {
    (void)state;
    scene_call(s, "draft.save",
               scene_text(s,
                          "{'id': '%s', 'title': 'Rahim', 'state': 'active', 'data': {'a': [1]}}",
                          draft_id));
    Val r = scene_call(s, "draft.list", scene_text(s, "{'whose': 'mine'}"));
    assert_string_equal(text_at(s, r, "rows.0.title"), "Rahim");
    assert_int_equal(
        count_at(scene_call(s, "draft.list", scene_text(s, "{'whose': 'desk'}")), "rows"), 0);
    r = scene_call(s, "draft.get", scene_text(s, "{'id': '%s'}", draft_id));
    assert_int_equal(at(r, "data.a.0").i, 1);
    assert_string_equal(text_at(s, r, "owner_name"), "Salma Durrani");
    scene_call(
        s, "draft.save",
        scene_text(s, "{'id': '%s', 'title': 'Rahim', 'state': 'parked', 'data': {}}", draft_id));
    assert_int_equal(
        count_at(scene_call(s, "draft.list", scene_text(s, "{'whose': 'desk'}")), "rows"), 1);
    r = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(r, "mine.drafts").i, 0);
    assert_int_equal(at(r, "mine.parked").i, 1);
    scene_call(s, "group.register",
               scene_text(s,
                          "{'members': [{'key': 'a', 'person': {'given_name': 'Ali'}}],"
                          " 'focal_point': 'a', 'draft': '%s'}",
                          draft_id));
    scene_refused(s, "draft.get", ST_MISSING, "error.missing",
                  scene_text(s, "{'id': '%s'}", draft_id));
    scene_refused(s, "draft.save", ST_INVALID, "error.draft.state",
                  scene_text(s, "{'id': '%s', 'state': 'lost', 'data': {}}", draft_id));
    scene_refused(s, "draft.list", ST_INVALID, "error.draft.whose",
                  scene_text(s, "{'whose': 'all'}"));
    scene_refused(s, "draft.discard", ST_MISSING, "error.missing",
                  scene_text(s, "{'id': '%s'}", draft_id));
}

static void test_home_counts(void **state) {
    (void)state;
    register_family();
    Val r = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(r, "place.people").i, 3);
    assert_int_equal(at(r, "place.groups").i, 1);
    assert_int_equal(at(r, "place.today_people").i, 3);
    assert_int_equal(count_at(r, "place.by_day"), 30);
    assert_int_equal(at(r, "place.by_day.29.n").i, 3);
    assert_string_equal(text_at(s, r, "place.pyramid.0.band"), "0-4");
    assert_int_equal(at(r, "place.pyramid.0.m").i, 1);
    assert_int_equal(at(r, "place.pyramid.3.f").i, 1);
    assert_false(at(r, "place.pyramid_capped").b);
}

static void test_dates_are_understood(void **state) {
    (void)state;
    Val r = scene_call(s, "date.understand", scene_text(s, "{'text': '1368'}"));
    assert_string_equal(text_at(s, r, "precision"), "year");
    assert_string_equal(text_at(s, r, "calendar"), "solar");
    assert_int_equal(count_at(r, "shown"), 3);
    r = scene_call(s, "date.understand", scene_text(s, "{'text': '12.03.1990'}"));
    assert_string_equal(text_at(s, r, "day"), "1990-03-12");
    assert_int_equal(at(r, "age").i, 36);
    scene_refused(s, "date.understand", ST_INVALID, "error.date.not_understood",
                  scene_text(s, "{'text': 'long ago'}"));
    scene_refused(s, "date.understand", ST_INVALID, "error.date.no_such_day",
                  scene_text(s, "{'text': '31/02/1991'}"));
}

/* ---- erasing ---------------------------------------------------------------------------------------------- */

static void test_an_erased_person_is_gone(void **state) {
    (void)state;
    Family f = register_family();
    scene_refused(s, "person.erase", ST_CONFLICT, "error.focal_point.first",
                  scene_text(s, "{'id': '%s', 'reason': 'REQUEST'}", f.husband));
    scene_call(s, "person.erase", scene_text(s, "{'id': '%s', 'reason': 'REQUEST'}", f.wife));
    scene_refused(s, "person.file", ST_MISSING, "error.missing",
                  scene_text(s, "{'id': '%s'}", f.wife));
    assert_int_equal(count_at(search("zahra"), "rows"), 0);
    assert_string_equal(text_at(s, file_of(f.son), "person.fields.mother"), "");
    assert_int_equal(count_at(group_file(f.group), "members"), 2);
}

/* ---- who may ------------------------------------------------------------------------------------------------ */

/* An account with one role, which has changed its first password. */
static void make_user(const char *login, const char *role) {
    const char *office = str_c(s->arena, id_text(s->arena, s->first.office));
    Str role_id = id_text(s->arena, admin_natural_id("role", str_of(role), STR("")));
    Val r = scene_call(s, "user.create",
                       scene_text(s,
                                  "{'login': '%s', 'name': 'Name of %s', 'office': '%s', 'grants':"
                                  " [{'role': '%.*s', 'office': '%s'}]}",
                                  login, login, office, STR_ARG(role_id), office));
    SignIn in = { .login = str_of(login), .password = at(r, "first_password").text };
    Str token;
    Ctx c = ctx_new(&s->env, s->arena);
    c.store = s->store;
    scene_ok(s, &c, session_sign_in(&c, s->access, &in, &token));
    scene_ok(
        s, &c,
        session_change_password(&c, s->access, token, in.password, STR("another long password")));
}

static Status as(const char *login, const char *op, const char *input) {
    return scene_call_as(s, login, (OpRequest){ .op = str_of(op) }, input);
}

static void test_each_does_what_the_role_allows(void **state) {
    (void)state;
    Family f = register_family();
    make_user("viewer", "viewer");
    make_user("clerk", "registration_clerk");
    make_user("protector", "protection_officer");
    const char *file = scene_text(s, "{'id': '%s'}", f.wife);
    assert_int_equal(as("viewer", "person.file", file), ST_OK);
    assert_true(val_is_absent(at(s->reply.result, "needs")));
    assert_int_equal(as("viewer", "record.history", scene_text(s, "{'subject': '%s'}", f.wife)),
                     ST_DENIED);
    assert_int_equal(
        as("viewer", "person.register", scene_text(s, "{'person': {'given_name': 'A'}}")),
        ST_DENIED);
    assert_int_equal(as("clerk", "person.file", file), ST_OK);
    assert_true(val_is_absent(at(s->reply.result, "needs")));
    assert_int_equal(
        as("clerk", "group.void", scene_text(s, "{'id': '%s', 'reason': 'TEST'}", f.group)),
        ST_DENIED);
    /* Another clerk's fresh registration: the reason is asked for. */
    const char *fix = scene_text(s, "{'id': '%s', 'fields': {'birth_place': 'Herat'}}", f.wife);
    assert_int_equal(as("clerk", "person.correct", fix), ST_INVALID);
    assert_string_equal(scene_error(s), "error.reason.required");
    assert_int_equal(as("clerk", "record.add",
                        scene_text(s,
                                   "{'kind': 'specific_need', 'fields': {'person': '%s', 'need':"
                                   " 'SP-PT'}}",
                                   f.wife)),
                     ST_DENIED);
    assert_int_equal(as("protector", "person.file", file), ST_OK);
    assert_string_equal(text_at(s, s->reply.result, "needs.0.fields.note"), "Sees little");
    assert_int_equal(as("protector", "record.add",
                        scene_text(s,
                                   "{'kind': 'specific_need', 'fields': {'person': '%s', 'need':"
                                   " 'SP-PT'}}",
                                   f.wife)),
                     ST_OK);
    assert_int_equal(as("clerk", "draft.save",
                        scene_text(s, "{'id': '%s', 'state': 'active', 'data': {}}", draft_id)),
                     ST_OK);
    assert_int_equal(scene_try(s, "draft.get", scene_text(s, "{'id': '%s'}", draft_id)),
                     ST_MISSING);
    const char *salma = str_c(s->arena, id_text(s->arena, s->first.user));
    assert_int_equal(as("clerk", "draft.hand_over",
                        scene_text(s, "{'id': '%s', 'user': '%s'}", draft_id, salma)),
                     ST_OK);
    assert_int_equal(scene_try(s, "draft.get", scene_text(s, "{'id': '%s'}", draft_id)), ST_OK);
}

/* ---- the ledger ---------------------------------------------------------------------------------------------- */

static void test_the_tables_can_be_rebuilt(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'fields': {'given_name': 'Ahmad'}}", f.husband));
    scene_call(s, "person.void", scene_text(s, "{'id': '%s', 'reason': 'NOT_TRUE'}", f.son));
    scene_call(s, "person.erase", scene_text(s, "{'id': '%s', 'reason': 'REQUEST'}", f.wife));
    RebuildReport rebuilt;
    scene_ok(s, &s->c, store_rebuild(&s->c, s->store, true, &rebuilt));
    if (rebuilt.differences) print_message("# %.*s\n", STR_ARG(rebuilt.first_difference));
    assert_int_equal(rebuilt.differences, 0);
    assert_int_equal(rebuilt.quarantined, 0);
    VerifyReport verified;
    scene_ok(s, &s->c, store_verify(&s->c, s->store, true, &verified));
    assert_int_equal(verified.faults, 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_a_family_is_registered),
        T(test_what_is_wrong_is_said_with_its_place),
        T(test_one_joins_a_family),
        T(test_a_repeated_call_registers_once),
        T(test_doubles_stop_once),
        T(test_the_check_before_saving),
        T(test_search_by_half_a_name_in_both_scripts),
        T(test_search_by_number_phone_and_paper),
        T(test_search_by_alias_and_old_number),
        T(test_a_correction_and_its_reason),
        T(test_a_stale_correction_is_refused),
        T(test_corrections_are_checked),
        T(test_the_past_is_kept),
        T(test_records_are_added_corrected_voided_restored),
        T(test_a_photo_is_sealed),
        T(test_a_registration_is_voided_and_taken_back),
        T(test_one_person_is_voided),
        T(test_undo_puts_back_what_still_stands),
        T(test_undo_of_a_move_brings_the_person_home),
        T(test_a_person_moves),
        T(test_a_family_splits),
        T(test_the_focal_point_changes),
        T(test_presence),
        T(test_two_values_wait_for_a_person),
        T(test_drafts_come_and_go),
        T(test_home_counts),
        T(test_dates_are_understood),
        T(test_an_erased_person_is_gone),
        T(test_each_does_what_the_role_allows),
        T(test_the_tables_can_be_rebuilt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
