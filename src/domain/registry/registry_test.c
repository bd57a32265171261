/* registry_test.c: registering a family, finding it again, correcting it, through the operations. */
#include "domain/registry/scene_int.h"

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

static void test_an_interview_ends_by_the_clock_of_the_desk(void **state) {
    (void)state;
    OpRequest late = { .op = STR("group.register"),
                       .client_time = TRIAL_START - (Time)3600 * TIME_SECOND,
                       .replayed = true };
    assert_int_equal(scene_call_as(s, "salma", late, scene_text(s, FAMILY)), ST_OK);
    Val g = group_file(text_at(s, s->reply.result, "group"));
    assert_string_equal(text_at(s, g, "interviews.0.fields.saved_at"),
                        "2026-11-23T11:00:00.000000Z");
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

/* Serials of families and of persons run apart: the first of either has the same digits. */
static void test_the_whole_number_comes_first(void **state) {
    (void)state;
    Family first = register_family();
    Val second = scene_call(
        s, "group.register",
        scene_text(s, "{'members': [{'key': 'a', 'relationship': 'FP', 'person': {'given_name':"
                      " 'Torialai', 'sex': 'M', 'birth_date': '1971-01-01'}}],"
                      " 'focal_point': 'a'}"));
    const char *number = text_at(s, file_of(first.wife), "person.fields.number");
    assert_non_null(strstr(number, "I000002"));
    assert_string_equal(text_at(s, search(text_at(s, second, "number")), "rows.0.person"),
                        text_at(s, second, "members.0.person"));
    assert_string_equal(text_at(s, search(number), "rows.0.person"), first.wife);
    scene_call(s, "person.void", scene_text(s, "{'id': '%s', 'reason': 'MISTAKE'}", first.wife));
    assert_string_equal(text_at(s, search(number), "rows.0.person"), first.wife);
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

static void read_in(const char *language) {
    scene_call(s, "user.correct",
               scene_text(s, "{'id': '%s', 'fields': {'language': '%s'}}",
                          str_c(s->arena, id_text(s->arena, s->first.user)), language));
}

/* Where it was done reads in the language of whoever looks, like all else in a line of the history. */
static void test_the_place_in_a_history_has_a_name_in_each_language(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "office.save",
               scene_text(s, "{'id': '%s', 'label_fa': 'کابل'}",
                          str_c(s->arena, id_text(s->arena, s->first.office))));
    assert_string_equal(text_at(s, history(f.husband), "entries.0.office.name"), "Kabul");
    read_in("fa");
    assert_string_equal(text_at(s, history(f.husband), "entries.0.office.name"), "کابل");
    assert_string_equal(text_at(s, history(f.husband), "entries.0.actor.name"), "Salma Durrani");
    read_in("fr");
    assert_string_equal(text_at(s, history(f.husband), "entries.0.office.name"), "Kabul");
}

/* ---- correcting ---------------------------------------------------------------------------------------- */

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

/* The joined name follows both, and is nobody's to disagree about. */
static void test_two_parts_of_a_name_are_no_conflict(void **state) {
    (void)state;
    Family f = register_family();
    Val file = file_of(f.husband);
    const char *base = text_at(s, file, "person.version");
    for (int i = 0; i < 2; i++)
        scene_call(s, "person.correct",
                   scene_text(s, "{'id': '%s', 'base': '%s', 'fields': {'%s': 'Karim'}}", f.husband,
                              base, i ? "father_name" : "given_name"));
    assert_string_equal(text_at(s, file_of(f.husband), "person.fields.display_name"),
                        "Karim Karim");
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

/* Reads of a person's file by an operation that are in the ledger. */
static size_t reads_of(const char *person, const char *op) {
    Ctx c = ctx_new(&s->env, arena_new(&s->env, 64 << 20));
    Page page;
    size_t n = 0;
    Query q = { .kind = model_kind(store_model(s->store), STR("audit_read")), .limit = 1000 };
    c.store = s->store;
    actor_enter(&c, actor_system());
    scene_ok(s, &c, audit_flush(&c, s->access));
    scene_ok(s, &c, store_read_begin(s->store, &c));
    scene_ok(s, &c, read_query(&c, &q, &page));
    for (size_t i = 0; i < page.n; i++)
        n += str_is(record_text(page.rows[i], "subject"), person) &&
             str_is(record_text(page.rows[i], "op"), op);
    arena_free(c.arena); /* gives the read connection back */
    return n;
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
    /* The line is a read of the boy: once while somebody types. His father has no photograph. */
    assert_string_equal(text_at(s, search("fari"), "rows.0.photo"), name);
    assert_int_equal(reads_of(f.son, "person.search"), 1);
    assert_true(has_row(search("mohammad rahim"), f.husband));
    assert_int_equal(reads_of(f.husband, "person.search"), 0);
    s->env.virtual_now += AUDIT_GLIMPSE;
    (void)search("farid");
    assert_int_equal(reads_of(f.son, "person.search"), 2);
    /* A possible double shows him too. */
    s->env.virtual_now += AUDIT_GLIMPSE;
    Val r = scene_call(s, "registration.check",
                       "{\"members\":[{\"given_name\":\"Farid\",\"father_name\":\"Mohammad\","
                       "\"birth_date\":\"2026-11-10\"}]}");
    assert_string_equal(text_at(s, r, "matches.0.photo"), name);
    assert_int_equal(reads_of(f.son, "registration.check"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_a_family_is_registered),
        T(test_an_interview_ends_by_the_clock_of_the_desk),
        T(test_what_is_wrong_is_said_with_its_place),
        T(test_one_joins_a_family),
        T(test_a_repeated_call_registers_once),
        T(test_doubles_stop_once),
        T(test_the_check_before_saving),
        T(test_search_by_half_a_name_in_both_scripts),
        T(test_search_by_number_phone_and_paper),
        T(test_the_whole_number_comes_first),
        T(test_search_by_alias_and_old_number),
        T(test_the_place_in_a_history_has_a_name_in_each_language),
        T(test_a_correction_and_its_reason),
        T(test_a_stale_correction_is_refused),
        T(test_two_parts_of_a_name_are_no_conflict),
        T(test_corrections_are_checked),
        T(test_the_past_is_kept),
        T(test_records_are_added_corrected_voided_restored),
        T(test_a_photo_is_sealed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
