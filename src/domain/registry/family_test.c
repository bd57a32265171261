/* family_test.c: voiding, undoing, moving, splitting, deciding, drafts, erasing, and who may. */
#include "domain/registry/scene_int.h"

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

/* The joined name is of the parts as they are then. */
static void test_undo_joins_the_names_anew(void **state) {
    (void)state;
    Family f = register_family();
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'fields': {'given_name': 'Ahmad'}}", f.husband));
    const char *act = str_c(s->arena, id_text(s->arena, s->reply.act));
    scene_call(s, "person.correct",
               scene_text(s, "{'id': '%s', 'fields': {'father_name': 'Gul'}}", f.husband));
    Val r = scene_call(s, "act.undo", scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
    assert_int_equal(count_at(r, "moved_on"), 0);
    assert_string_equal(text_at(s, file_of(f.husband), "person.fields.display_name"),
                        "Mohammad Gul");
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

/* How many changes of a field the n-th entry has. */
static size_t changes_of(Val r, size_t entry, const char *field) {
    Val changes = at(r, scene_text(s, "entries.%zu.changes", entry));
    size_t n = 0;
    for (size_t i = 0; changes.type == VAL_LIST && i < changes.list.n; i++)
        n += str_is(val_get_text(changes.list.v[i], "field", STR("")), field);
    return n;
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

static void test_a_familys_history_tells_who_came_and_went(void **state) {
    (void)state;
    Family f = register_family();
    const char *to = text_at(s, register_alone("Nasir", "Omar", "1990-01-01"), "group");
    /* The registration itself: the family's record, and who it was. */
    Val r = history(f.group);
    assert_int_equal(count_at(r, "entries"), 1);
    assert_int_equal(changes_of(r, 0, "person"), 3);
    assert_int_equal(changes_of(r, 0, "relationship"), 0);
    scene_call(s, "member.move",
               scene_text(s,
                          "{'person': '%s', 'to_group': '%s', 'relationship': 'NEP',"
                          " 'reason': 'MOVED'}",
                          f.son, to));
    const char *act = str_c(s->arena, id_text(s->arena, s->reply.act));
    /* Where he was: he left. Where he went: he came. By one act, with its reason. */
    r = history(f.group);
    assert_int_equal(count_at(r, "entries"), 2);
    assert_string_equal(text_at(s, r, "entries.0.act"), act);
    assert_string_equal(text_at(s, r, "entries.0.reason_code"), "MOVED");
    assert_int_equal(count_at(r, "entries.0.changes"), 1);
    assert_string_equal(text_at(s, r, "entries.0.changes.0.field"), "to_date");
    assert_string_equal(text_at(s, r, "entries.0.changes.0.whose"), "Farid Mohammad");
    r = history(to);
    assert_int_equal(count_at(r, "entries"), 2);
    assert_string_equal(text_at(s, r, "entries.0.act"), act);
    assert_int_equal(count_at(r, "entries.0.changes"), 1);
    assert_string_equal(text_at(s, r, "entries.0.changes.0.after"), "Farid Mohammad");
    /* His own history has the whole of it, and no need to say whose. */
    r = history(f.son);
    assert_true(changes_of(r, 0, "relationship") == 1);
    assert_string_equal(text_at(s, r, "entries.0.changes.0.whose"), "");
    /* Taken back, it is said once more. */
    scene_call(s, "act.undo", scene_text(s, "{'act': '%s', 'reason': 'TYPING'}", act));
    r = history(to);
    assert_int_equal(count_at(r, "entries"), 3);
    assert_string_equal(text_at(s, r, "entries.0.changes.0.field"), "void");
    assert_string_equal(text_at(s, r, "entries.0.changes.0.whose"), "Farid Mohammad");
    assert_int_equal(count_at(history(f.group), "entries"), 3);
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
    scene_call(s, "member.presence",
               scene_text(s, "{'person': '%s', 'presence': 'NOT_PRESENT'}", f.son));
    assert_string_equal(text_at(s, file_of(f.son), "groups.0.membership.fields.presence"),
                        "NOT_PRESENT");
    scene_refused(s, "member.presence", ST_INVALID, "error.required",
                  scene_text(s, "{'presence': 'PRESENT'}"));
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
                                              " {'birth_date': '1983-01-01',"
                                              " 'birth_date_precision': 'year',"
                                              " 'birth_date_entered': '1983'}}",
                                              f.husband, old)),
                     ST_OK);
    Val file = file_of(f.husband);
    assert_true(val_get_bool(at(file, "person"), "conflict", false));
    assert_int_equal(count_at(file, "conflicts"), 1);
    assert_string_equal(text_at(s, file, "conflicts.0.label"), "Date of birth");
    assert_int_equal(count_at(file, "conflicts.0.values"), 2);
    assert_string_equal(text_at(s, file, "conflicts.0.values.0.actor"), "Salma Durrani");
    assert_string_equal(text_at(s, file, "conflicts.0.values.0.precision"), "year");
    Val home = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(home, "mine.conflicts").i, 1);
    assert_string_equal(text_at(s, home, "mine.first_conflicts.0.id"), f.husband);
    scene_call(s, "conflict.resolve",
               scene_text(s,
                          "{'kind': 'person', 'id': '%s', 'field': 'birth_date', 'value':"
                          " '1983-01-01', 'reason': 'CONFLICT'}",
                          f.husband));
    file = file_of(f.husband);
    assert_int_equal(count_at(file, "conflicts"), 0);
    assert_string_equal(text_at(s, file, "person.fields.birth_date"), "1983-01-01");
    assert_string_equal(text_at(s, file, "person.fields.birth_date_entered"), "1983");
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
    /* A second page with the same interview does not register the family again. */
    scene_refused(s, "group.register", ST_CONFLICT, "error.draft.registered",
                  scene_text(s,
                             "{'members': [{'key': 'a', 'person': {'given_name': 'Aly'}}],"
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
    Val r = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(r, "place.people").i, 0);
    Family f = register_family();
    r = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(r, "place.people").i, 3);
    assert_int_equal(at(r, "place.groups").i, 1);
    assert_int_equal(at(r, "place.today_people").i, 3);
    assert_int_equal(count_at(r, "place.by_day"), 30);
    assert_int_equal(at(r, "place.by_day.29.n").i, 3);
    assert_string_equal(text_at(s, r, "place.pyramid.0.band"), "0-4");
    assert_int_equal(at(r, "place.pyramid.0.m").i, 1);
    assert_int_equal(at(r, "place.pyramid.3.f").i, 1);
    assert_false(at(r, "place.pyramid_capped").b);
    /* Counted as the lists do: without what is void. */
    scene_call(s, "person.void", scene_text(s, "{'id': '%s', 'reason': 'NOT_TRUE'}", f.son));
    assert_int_equal(at(scene_call(s, "home.summary", "{}"), "place.people").i, 2);
    scene_call(s, "group.void", scene_text(s, "{'id': '%s', 'reason': 'NOT_TRUE'}", f.group));
    r = scene_call(s, "home.summary", "{}");
    assert_int_equal(at(r, "place.people").i, 0);
    assert_int_equal(at(r, "place.groups").i, 0);
}

static Val many(void) {
    Val out = val_map();
    Ctx c = ctx_new(&s->env, s->arena);
    const Actor *a;
    c.store = s->store;
    scene_ok(s, &c, access_actor_of_login(&c, s->access, STR("salma"), STR(""), &a));
    scene_ok(s, &c, store_read_begin(s->store, &c));
    scene_ok(s, &c, pyramid_of_many(&c, &s->table, &out));
    return out;
}

static void test_very_many_are_counted_apart(void **state) {
    (void)state;
    (void)register_family();
    Val r = many(); /* asks for the count, which runs at once where there are no tasks */
    assert_true(at(r, "pyramid_capped").b);
    assert_int_equal(count_at(r, "pyramid"), 0);
    r = many();
    assert_false(at(r, "pyramid_capped").b);
    assert_int_equal(at(r, "pyramid.0.m").i, 1);
    assert_int_equal(at(r, "pyramid.3.f").i, 1);
    Time first = at(r, "pyramid_at").i;
    env_advance(&s->env, 50 * 60 * TIME_SECOND);
    (void)many();
    assert_int_equal(at(many(), "pyramid_at").i, first);
    env_advance(&s->env, 20 * 60 * TIME_SECOND);
    (void)many();
    assert_true(at(many(), "pyramid_at").i > first);
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
    Val alone = register_alone("Samad", "Wali", "1950-01-01");
    const char *last =
        scene_text(s, "{'id': '%s', 'reason': 'REQUEST'}", text_at(s, alone, "person"));
    scene_refused(s, "person.erase", ST_CONFLICT, "error.erase.alone", last);
    scene_call(s, "group.void",
               scene_text(s, "{'id': '%s', 'reason': 'MISTAKE'}", text_at(s, alone, "group")));
    scene_call(s, "person.erase", last);
    scene_call(s, "person.erase", scene_text(s, "{'id': '%s', 'reason': 'REQUEST'}", f.wife));
    scene_refused(s, "person.file", ST_MISSING, "error.missing",
                  scene_text(s, "{'id': '%s'}", f.wife));
    assert_int_equal(count_at(search("zahra"), "rows"), 0);
    assert_string_equal(text_at(s, file_of(f.son), "person.fields.mother"), "");
    assert_int_equal(count_at(group_file(f.group), "members"), 2);
}

/* ---- who may ------------------------------------------------------------------------------------------------ */

/* An account with one role, which has changed its first password. */
static void make_user_at(const char *login, const char *role, const char *office) {
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

static void make_user(const char *login, const char *role) {
    make_user_at(login, role, str_c(s->arena, id_text(s->arena, s->first.office)));
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
    assert_int_equal(as("viewer", "record.add",
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
}

/* Nothing of a need is in what a clerk reads: not its record, its number, its history or its acts. */
static void assert_no_need(Val shown) {
    Buf json = buf_new(s->arena, 1 << 20);
    json_write(&json, shown);
    assert_false(buf_full(&json));
    const char *text = str_c(s->arena, buf_text(&json));
    assert_null(strstr(text, "specific_need"));
    assert_null(strstr(text, "need_count"));
    assert_null(strstr(text, "SP-PT"));
    assert_null(strstr(text, "DS-BD"));
    assert_null(strstr(text, "Sees little"));
}

static void test_a_clerk_writes_needs_and_does_not_read_them(void **state) {
    (void)state;
    make_user("clerk", "registration_clerk");
    make_user("protector", "protection_officer");
    assert_int_equal(as("clerk", "group.register", scene_text(s, FAMILY)), ST_OK);
    assert_no_need(s->reply.result);
    const char *wife = text_at(s, s->reply.result, "members.1.person");
    const char *file = scene_text(s, "{'id': '%s'}", wife);
    assert_int_equal(as("clerk", "record.add",
                        scene_text(s,
                                   "{'kind': 'specific_need', 'fields': {'person': '%s', 'need':"
                                   " 'SP-PT'}}",
                                   wife)),
                     ST_OK);
    const char *need = text_at(s, s->reply.result, "id");
    assert_int_equal(as("clerk", "person.file", file), ST_OK);
    assert_no_need(s->reply.result);
    assert_int_equal(as("clerk", "record.history", scene_text(s, "{'subject': '%s'}", wife)),
                     ST_OK);
    assert_no_need(s->reply.result);
    assert_int_equal(as("clerk", "person.as_of",
                        scene_text(s, "{'id': '%s', 'at': '2026-11-24T00:00:00Z'}", wife)),
                     ST_OK);
    assert_no_need(s->reply.result);
    /* Once written it is protection's to change. */
    const char *change = scene_text(
        s,
        "{'kind': 'specific_need', 'id': '%s', 'fields': {'status': 'CLOSED'}, 'reason': 'TYPING'}",
        need);
    assert_int_equal(as("clerk", "record.correct", change), ST_MISSING);
    assert_int_equal(
        as("clerk", "record.void",
           scene_text(s, "{'kind': 'specific_need', 'id': '%s', 'reason': 'NOT_TRUE'}", need)),
        ST_MISSING);
    assert_int_equal(as("protector", "person.file", file), ST_OK);
    assert_int_equal(count_at(s->reply.result, "needs"), 2);
    assert_string_equal(text_at(s, s->reply.result, "needs.0.fields.note"), "Sees little");
}

/* The desk asks while people type, so whoever asks learns only of people they may see. */
static void test_doubles_are_said_to_those_who_may_see_them(void **state) {
    (void)state;
    register_family();
    const char *office = text_at(
        s,
        scene_call(s, "office.save",
                   scene_text(s,
                              "{'code': 'HRT', 'name': 'Herat', 'type': 'FIELD', 'parent': '%s'}",
                              str_c(s->arena, id_text(s->arena, s->first.office)))),
        "id");
    make_user("here", "registration_clerk");
    make_user_at("elsewhere", "registration_clerk", office);
    make_user("administrator", "administrator");
    const char *typed = "{\"members\": [{\"given_name\": \"Mohammad\", \"father_name\": \"Rahim\","
                        " \"birth_date\": \"1985-01-01\", \"phones\": [\"0701234567\"]}]}";
    assert_int_equal(as("here", "registration.check", typed), ST_OK);
    assert_int_equal(count_at(s->reply.result, "matches"), 1);
    assert_int_equal(as("elsewhere", "registration.check", typed), ST_OK);
    assert_int_equal(count_at(s->reply.result, "matches"), 0);
    assert_int_equal(as("administrator", "registration.check", typed), ST_DENIED);
}

/* ---- handing over ---------------------------------------------------------------------------------------- */

static void test_an_interview_is_handed_to_a_colleague(void **state) {
    (void)state;
    make_user("clerk", "registration_clerk");
    make_user("second", "registration_clerk");
    make_user("viewer", "viewer");
    make_user("gone", "registration_clerk");
    const char *salma = str_c(s->arena, id_text(s->arena, s->first.user));
    assert_int_equal(as("clerk", "draft.colleagues", "{}"), ST_OK);
    Val r = s->reply.result;
    assert_int_equal(count_at(r, "rows"), 3);
    assert_string_equal(text_at(s, r, "rows.0.id"), salma);
    assert_string_equal(text_at(s, r, "rows.0.name"), "Salma Durrani");
    assert_int_equal(at(r, "rows.0").map.n, 2);
    assert_string_equal(text_at(s, r, "rows.1.name"), "Name of second");
    const char *second = text_at(s, r, "rows.1.id"), *gone = text_at(s, r, "rows.2.id");
    scene_call(s, "user.suspend", scene_text(s, "{'id': '%s'}", gone));
    assert_int_equal(as("clerk", "draft.colleagues", "{}"), ST_OK);
    assert_int_equal(count_at(s->reply.result, "rows"), 2);
    assert_int_equal(as("viewer", "draft.colleagues", "{}"), ST_DENIED);

    assert_int_equal(as("clerk", "draft.save",
                        scene_text(s, "{'id': '%s', 'state': 'active', 'data': {}}", draft_id)),
                     ST_OK);
    assert_int_equal(as("second", "draft.get", scene_text(s, "{'id': '%s'}", draft_id)),
                     ST_MISSING);
    assert_int_equal(
        as("clerk", "draft.hand_over", scene_text(s, "{'id': '%s', 'user': '%s'}", draft_id, gone)),
        ST_INVALID);
    assert_string_equal(scene_error(s), "error.draft.colleague");
    assert_int_equal(as("clerk", "draft.hand_over",
                        scene_text(s, "{'id': '%s', 'user': '%s'}", draft_id, second)),
                     ST_OK);
    assert_int_equal(as("second", "draft.get", scene_text(s, "{'id': '%s'}", draft_id)), ST_OK);
    assert_int_equal(as("clerk", "draft.get", scene_text(s, "{'id': '%s'}", draft_id)), ST_MISSING);
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

static Status first_by_name(Ctx *c, Str *ret) {
    const KindInfo *k = model_kind(store_model(s->store), STR("person"));
    Query q = { .kind = k, .order = kind_field(k, STR("display_name")), .limit = 3 };
    Page page;
    TRY(store_read_begin(s->store, c));
    TRY(read_query(c, &q, &page));
    assert_int_equal(page.n, 3);
    *ret = record_text(page.rows[0], "display_name");
    return ST_OK;
}

static const char *first_name(void) {
    Str name = STR("");
    Ctx c = ctx_new(&s->env, arena_new(&s->env, 64 << 20));
    actor_enter(&c, actor_system());
    scene_ok(s, &c, first_by_name(&c, &name));
    const char *copy = str_c(s->arena, name);
    arena_free(c.arena);
    return copy;
}

/* Zahra's name is known in Arabic script only. */
static void test_names_are_in_the_order_of_the_first_language(void **state) {
    (void)state;
    (void)register_family();
    assert_string_equal(first_name(), "زهرا");
    scene_close(s);
    scene_open(s); /* the office says en, the folder was made for fa */
    assert_string_equal(first_name(), "Farid Mohammad");
    scene_call(s, "office.save",
               scene_text(s, "{'id': '%s', 'language': 'ps'}",
                          str_c(s->arena, id_text(s->arena, s->first.office))));
    scene_close(s);
    scene_open(s);
    assert_string_equal(first_name(), "زهرا");
    RebuildReport rebuilt;
    scene_ok(s, &s->c, store_rebuild(&s->c, s->store, true, &rebuilt));
    assert_int_equal(rebuilt.differences, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_a_registration_is_voided_and_taken_back),
        T(test_one_person_is_voided),
        T(test_undo_puts_back_what_still_stands),
        T(test_undo_joins_the_names_anew),
        T(test_undo_of_a_move_brings_the_person_home),
        T(test_a_person_moves),
        T(test_a_familys_history_tells_who_came_and_went),
        T(test_a_family_splits),
        T(test_the_focal_point_changes),
        T(test_presence),
        T(test_two_values_wait_for_a_person),
        T(test_drafts_come_and_go),
        T(test_home_counts),
        T(test_very_many_are_counted_apart),
        T(test_dates_are_understood),
        T(test_an_erased_person_is_gone),
        T(test_each_does_what_the_role_allows),
        T(test_a_clerk_writes_needs_and_does_not_read_them),
        T(test_doubles_are_said_to_those_who_may_see_them),
        T(test_an_interview_is_handed_to_a_colleague),
        T(test_the_tables_can_be_rebuilt),
        T(test_names_are_in_the_order_of_the_first_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
