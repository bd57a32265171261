/* corrections_test.c: a list that comes again corrected: what it would correct is offered, carried out,
 * left out, and taken back. */
#include "domain/importing/scene_int.h"

#include <stdlib.h>

#define FIRST                                                                                      \
    "ID,name,father,sex,dob,phone\n"                                                               \
    "A-1,Karim,Rahim,M,1980-02-03,0701234567\n"                                                    \
    "A-2,Jawad,Salim,M,1981-02-03,0701234568\n"                                                    \
    "A-3,Nadia,Salim,F,1982-02-03,0701234569\n"
#define SECOND                                                                                     \
    "ID,name,father,sex,dob,phone\n"                                                               \
    "A-1,Karim,Rahim,M,1980-02-03,0701234567\n"                                                    \
    "A-2,Jawed,Salim,M,1981-03-02,0701234568\n"                                                    \
    "A-3,Nadia,Salim,F,1982-02-03,0701234560\n"

static const char *person_named(const char *name) {
    return text_at(s, search(name), "rows.0.person");
}

static const char *field(const char *person, const char *name) {
    Str path = str_printf(s->arena, "person.fields.%s", name);
    return text_at(s, file_of(person), str_c(s->arena, path));
}

/* Of a staged list or of import.look; absent: there is none. */
static Val offer(Val of, const char *field_name) {
    Val list = at(of, "corrections");
    for (size_t i = 0; list.type == VAL_LIST && i < list.list.n; i++)
        if (str_is(val_get_text(list.list.v[i], "field", STR("")), field_name))
            return list.list.v[i];
    return VAL_ABSENT;
}

static Val look(Val staged) {
    return call_val("import.look", json_of("{'batch': '%s'}", batch_of(staged)));
}

static Val approve_with(Val staged, const char *more) {
    return call_val("import.approve", json_of("{'batch': '%s', %s}", batch_of(staged), more));
}

/* All that are marked, or none; of the value of one field the other way round. */
static Val approve_but(Val staged, const char *take, const char *field_name) {
    return approve_with(
        staged,
        str_c(s->arena, str_printf(s->arena, "'corrections': '%s', 'corrections_but': [%lld]", take,
                                   (long long)int_at(offer(staged, field_name), "n"))));
}

static Val take_back(Val staged) {
    return call_val("import.take_back",
                    json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(staged)));
}

static void correct(const char *person, const char *fields) {
    env_advance(&s->env, TIME_DAY);
    (void)call_val("person.correct",
                   json_of("{'id': '%s', 'fields': {%s}, 'reason': 'TYPING'}", person, fields));
}

/* Jawad, Nadia: a name and a day, and a telephone. */
static Val first_and_second(void) {
    (void)approve(stage(FIRST, ""));
    env_advance(&s->env, TIME_DAY);
    return stage(SECOND, "");
}

/* ---- offering ----------------------------------------------------------------------------------------- */

static void test_a_changed_row_is_offered(void **state) {
    (void)state;
    Val r = first_and_second(), o;
    assert_int_equal(int_at(r, "again"), 1);
    assert_int_equal(int_at(r, "changed"), 2);
    assert_int_equal(int_at(r, "n_corrections"), 3);
    assert_int_equal(int_at(r, "failed"), 0);
    assert_int_equal(int_at(r, "n_errors"), 0);
    o = offer(r, "given_name");
    assert_string_equal(text_at(s, o, "was"), "Jawad");
    assert_string_equal(text_at(s, o, "now"), "Jawed");
    assert_string_equal(text_at(s, o, "earlier"), "Jawad");
    assert_string_equal(text_at(s, o, "person"), person_named("Jawad"));
    assert_int_equal(int_at(o, "line"), 3);
    assert_true(val_get_bool(o, "marked", false));
    o = offer(r, "birth_date");
    assert_string_equal(text_at(s, o, "was"), "1981-02-03");
    assert_string_equal(text_at(s, o, "now"), "1981-03-02");
    o = offer(r, "number");
    assert_string_equal(text_at(s, o, "kind"), "phone");
    assert_string_equal(text_at(s, o, "was"), "+93701234569");
    assert_string_equal(text_at(s, o, "now"), "+93701234560");
    /* Nothing is corrected before the word is given, and none is where it is not. */
    assert_string_equal(field(person_named("Jawad"), "given_name"), "Jawad");
    Val a = approve(r);
    assert_int_equal(int_at(a, "corrected"), 0);
    assert_int_equal(int_at(a, "corrections_left"), 3);
    assert_string_equal(field(person_named("Jawad"), "given_name"), "Jawad");
}

static void test_a_dry_run_offers_and_keeps_nothing(void **state) {
    (void)state;
    (void)approve(stage(FIRST, ""));
    Val r = stage(SECOND, "'dry_run': true");
    assert_int_equal(int_at(r, "n_corrections"), 3);
    assert_string_equal(batch_of(r), "");
    r = stage(SECOND, "'dry_run': true");
    assert_int_equal(int_at(r, "n_corrections"), 3);
}

/* The third version says again what the first one said. */
#define THIRD FIRST "A-4,Omar,Gul,M,1983-02-03,\n"

static void test_a_value_put_back(void **state) {
    (void)state;
    Val o, r = first_and_second();
    const char *karim = person_named("Karim"), *jawad = person_named("Jawad");
    (void)approve_with(r, "'corrections': 'marked'");
    correct(karim, "'given_name': 'Karimi'"); /* by a clerk: no list has said anything else */
    r = stage(THIRD, "");
    assert_int_equal(int_at(r, "n_corrections"), 3);
    assert_int_equal(int_at(r, "changed"), 2);
    assert_int_equal(int_at(r, "again"), 1);
    assert_int_equal(int_at(r, "good"), 1);
    assert_int_equal(int_at(r, "n_errors"), 0);
    o = offer(r, "given_name");
    assert_string_equal(text_at(s, o, "was"), "Jawed");
    assert_string_equal(text_at(s, o, "now"), "Jawad");
    assert_string_equal(text_at(s, o, "earlier"), "Jawed");
    assert_true(val_get_bool(o, "marked", false));
    assert_string_equal(text_at(s, offer(r, "number"), "now"), "+93701234569");
    assert_int_equal(int_at(approve_with(r, "'corrections': 'marked'"), "corrected"), 3);
    assert_string_equal(field(jawad, "given_name"), "Jawad");
    assert_string_equal(field(jawad, "birth_date"), "1981-02-03");
    assert_string_equal(field(karim, "given_name"), "Karimi");
    /* Said and done: nothing is left to say. */
    r = stage(THIRD "A-5,Sabir,Gul,M,1984-02-03,\n", "");
    assert_int_equal(int_at(r, "n_corrections"), 0);
    assert_int_equal(int_at(r, "again"), 4);
}

/* What a clerk has changed between the lists is offered, but not marked: the clerk may know better. */
static void test_a_value_put_back_where_a_clerk_was(void **state) {
    (void)state;
    Val o, r = first_and_second();
    const char *jawad = person_named("Jawad");
    (void)approve_with(r, "'corrections': 'marked'");
    correct(jawad, "'given_name': 'Jawid'");
    r = stage(THIRD, "");
    o = offer(r, "given_name");
    assert_string_equal(text_at(s, o, "was"), "Jawid");
    assert_string_equal(text_at(s, o, "earlier"), "Jawed");
    assert_true(val_get_bool(o, "moved", false));
    (void)approve_with(r, "'corrections': 'marked'");
    assert_string_equal(field(jawad, "given_name"), "Jawid");
}

static void test_accepted(void **state) {
    (void)state;
    const char *nadia, *jawad;
    Val r = first_and_second();
    jawad = person_named("Jawad");
    nadia = person_named("Nadia");
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "made"), 0);
    assert_int_equal(int_at(a, "corrected"), 3);
    assert_int_equal(int_at(a, "corrections_left"), 0);
    assert_string_equal(field(jawad, "given_name"), "Jawed");
    assert_string_equal(field(jawad, "display_name"), "Jawed Salim");
    assert_string_equal(field(jawad, "birth_date"), "1981-03-02");
    Val phones = at(file_of(nadia), "phones");
    assert_int_equal(phones.list.n, 1);
    assert_string_equal(text_at(s, phones.list.v[0], "fields.number"), "+93701234560");
    /* The act says why, and where it came from. */
    Val h = call_val("record.history", json_of("{'subject': '%s'}", jawad));
    assert_int_equal(at(h, "entries").list.n, 2);
    assert_string_equal(text_at(s, h, "entries.0.reason"), "Imported list");
    /* Once done it is done; and the next version of the list has nothing to add. */
    a = approve_with(r, "'corrections': 'marked'");
    assert_true(val_get_bool(a, "repeated", false));
    assert_int_equal(int_at(a, "corrected"), 3);
    r = stage(SECOND "A-4,Omar,Gul,M,1983-02-03,\n", "");
    assert_int_equal(int_at(r, "n_corrections"), 0);
    assert_int_equal(int_at(r, "again"), 3);
    assert_int_equal(int_at(r, "good"), 1);
}

static void test_some_are_left_out(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    Val a = approve_but(r, "marked", "birth_date");
    assert_int_equal(int_at(a, "corrected"), 2);
    assert_int_equal(int_at(a, "corrections_left"), 1);
    assert_string_equal(field(jawad, "given_name"), "Jawed");
    assert_string_equal(field(jawad, "birth_date"), "1981-02-03");
}

static void test_one_is_named(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    Val a = approve_but(r, "none", "birth_date");
    assert_int_equal(int_at(a, "corrected"), 1);
    assert_string_equal(field(jawad, "given_name"), "Jawad");
    assert_string_equal(field(jawad, "birth_date"), "1981-03-02");
}

/* ---- what somebody has changed ------------------------------------------------------------------------------ */

static void test_changed_since_the_import(void **state) {
    (void)state;
    (void)approve(stage(FIRST, ""));
    const char *jawad = person_named("Jawad");
    correct(jawad, "'given_name': 'Javid'");
    Val r = stage(SECOND, ""), o = offer(r, "given_name");
    assert_string_equal(text_at(s, o, "was"), "Javid");
    assert_string_equal(text_at(s, o, "earlier"), "Jawad");
    assert_true(val_get_bool(o, "moved", false));
    assert_false(val_get_bool(o, "marked", true));
    assert_true(val_get_bool(offer(r, "birth_date"), "marked", false));
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 2);
    assert_int_equal(int_at(a, "corrections_left"), 1);
    assert_int_equal(int_at(a, "corrections_refused"), 0);
    assert_string_equal(field(jawad, "given_name"), "Javid");
}

static void test_a_marked_and_a_moved_one_are_chosen(void **state) {
    (void)state;
    (void)approve(stage(FIRST, ""));
    const char *jawad = person_named("Jawad");
    correct(jawad, "'given_name': 'Javid'");
    Val r = stage(SECOND, "");
    Val a = approve_but(r, "marked", "given_name");
    assert_int_equal(int_at(a, "corrected"), 3);
    assert_string_equal(field(jawad, "given_name"), "Jawed");
}

/* Between staging and approval. */
static void test_moved_meanwhile(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    correct(jawad, "'birth_date': '1979-09-09'");
    Val o = offer(look(r), "birth_date");
    assert_true(val_get_bool(o, "moved", false));
    assert_true(val_get_bool(o, "stale", false));
    assert_string_equal(text_at(s, o, "present"), "1979-09-09");
    assert_false(val_get_bool(offer(look(r), "given_name"), "stale", false));
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 2);
    assert_int_equal(int_at(a, "corrections_left"), 1);
    assert_int_equal(int_at(a, "corrections_refused"), 1);
    assert_string_equal(text_at(s, a, "errors.0.key"), "error.import.correction.moved");
    assert_int_equal(int_at(a, "errors.0.line"), 3);
    assert_non_null(strstr(text_at(s, a, "errors.0.message"), "Jawad"));
    assert_string_equal(field(jawad, "birth_date"), "1979-09-09");
    assert_string_equal(field(jawad, "given_name"), "Jawed");
}

/* As after a power cut: some of it is done. */
static void make_first(Val staged, const char *person) {
    Id batch = begin_approval(staged);
    OpRequest q = { .op = STR("person.correct"),
                    .idempotency = correction_key(batch, int_at(offer(staged, "given_name"), "n")),
                    .client_time = TIME_NONE,
                    .purpose = str_printf(s->arena, "import:%s", batch_of(staged)),
                    .result_unkept = true };
    q.input =
        json_of("{'id': '%s', 'fields': {'given_name': 'Jawed'}, 'reason': 'IMPORT'}", person);
    scene_request(s, "salma");
    scene_ok(s, &s->call, op_call(&s->call, s->store, &s->table, &q, &s->reply));
}

static void test_approval_goes_on_where_it_stopped(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    make_first(r, jawad);
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 3);
    assert_int_equal(int_at(a, "corrections_refused"), 0);
    assert_string_equal(field(jawad, "given_name"), "Jawed");
    assert_string_equal(field(jawad, "birth_date"), "1981-03-02");
    assert_int_equal(int_at(take_back(r), "undone"), 3);
    assert_string_equal(field(jawad, "given_name"), "Jawad");
}

/* What somebody has put back in between is not said to be done. */
static void test_put_back_before_it_went_on(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    make_first(r, jawad);
    correct(jawad, "'given_name': 'Jawad'");
    Val a = approve_with(r, "'corrections': 'marked', 'corrections_but': [1]");
    assert_int_equal(int_at(a, "corrected"), 1);
    assert_int_equal(int_at(a, "corrections_left"), 2);
    assert_int_equal(int_at(a, "corrections_refused"), 1);
    assert_string_equal(field(jawad, "given_name"), "Jawad");
}

/* What the register refuses is listed and stops nothing. */
static void test_the_register_refuses(void **state) {
    (void)state;
    (void)approve(stage("ID,name,dob,registration date\nA-1,Karim,1980-02-03,2020-01-01\n"
                        "A-2,Jawad,1981-02-03,2020-01-01\n",
                        ""));
    Val r = stage("ID,name,dob,registration date\nA-1,Kareem,1980-02-03,2020-01-01\n"
                  "A-2,Jawed,2021-02-03,\n",
                  "");
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 1);
    assert_int_equal(int_at(a, "corrections_left"), 2);
    assert_string_equal(text_at(s, a, "errors.0.key"), "error.registration.date");
    assert_int_equal(at(search("Kareem"), "rows").list.n, 1);
}

static void test_a_person_who_has_gone(void **state) {
    (void)state;
    Val r = first_and_second();
    (void)call_val("group.void", json_of("{'id': '%s', 'reason': 'MISTAKE'}",
                                         text_at(s, search("Nadia"), "rows.0.group")));
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 2);
    assert_string_equal(text_at(s, a, "errors.0.key"), "error.import.correction.gone");
}

/* ---- what is not offered --------------------------------------------------------------------------------------- */

static void test_the_rest_is_told(void **state) {
    (void)state;
    (void)approve(stage("ID,name,dob,village\nA-1,Karim,1980-02-03,Jalozai\n"
                        "A-2,Jawad,1981-02-03,Jalozai\nA-3,Nadia,1982-02-03,Jalozai\n",
                        ""));
    Val r = stage("ID,name,dob,village\nA-1,Karim,1980-02-03,Haripur\n"
                  "A-2,Jawed,1981-02-03,Haripur\nA-3,Nadia,,Jalozai\n",
                  "");
    /* Alone it is an error, beside an offer a warning. */
    assert_int_equal(int_at(r, "failed"), 2);
    assert_int_equal(int_at(r, "changed"), 1);
    assert_string_equal(text_at(s, finding(r, 2, "error.import.changed"), "severity"), "error");
    assert_string_equal(text_at(s, finding(r, 2, "error.import.changed"), "column"), "village");
    assert_string_equal(text_at(s, finding(r, 3, "error.import.changed"), "severity"), "warning");
    /* A cell that says nothing takes nothing away. */
    assert_string_equal(text_at(s, finding(r, 4, "error.import.changed"), "column"), "dob");
    assert_int_equal(int_at(r, "n_corrections"), 1);
}

static void test_telephones_and_papers(void **state) {
    (void)state;
    (void)approve(stage("ID,name,dob,phone,tazkira\nA-1,Karim,1980-02-03,0701234567,11-22\n"
                        "A-2,Jawad,1981-02-03,,\nA-3,Nadia,1982-02-03,0701234560,\n",
                        ""));
    (void)call_val("record.add", json_of("{'kind': 'phone', 'fields': {'person': '%s', 'number':"
                                         " '+93701111111'}}",
                                         person_named("Karim")));
    Val r = stage("ID,name,dob,phone,tazkira\nA-1,Karim,1980-02-03,0701234599,11-23\n"
                  "A-2,Jawad,1981-02-03,0701234568,77-88\n"
                  "A-3,Nadia,1982-02-03,0701234561/0701234562,\n",
                  "");
    /* One for one, of what the list brought; one where there was none; of two people decide. */
    assert_int_equal(int_at(r, "n_corrections"), 4);
    assert_true(has_finding(r, 4, "error.import.changed"));
    Val a = approve_with(r, "'corrections': 'marked'");
    assert_int_equal(int_at(a, "corrected"), 4);
    Val karim = file_of(person_named("Karim")), jawad = file_of(person_named("Jawad"));
    assert_int_equal(at(karim, "phones").list.n, 2);
    assert_int_equal(at(karim, "documents").list.n, 1);
    assert_string_equal(text_at(s, karim, "documents.0.fields.number"), "11-23");
    assert_string_equal(text_at(s, jawad, "phones.0.fields.number"), "+93701234568");
    assert_string_equal(text_at(s, jawad, "documents.0.fields.type"), "TAZKIRA");
    Val back = take_back(r);
    assert_int_equal(int_at(back, "undone"), 4);
    assert_int_equal(int_at(back, "n_stays"), 0);
    karim = file_of(person_named("Karim"));
    assert_string_equal(text_at(s, karim, "documents.0.fields.number"), "11-22");
    jawad = file_of(person_named("Jawad"));
    assert_int_equal(at(jawad, "phones").list.n, 0);
}

/* ---- taking back -------------------------------------------------------------------------------------------------- */

static void test_taken_back(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    (void)approve_with(r, "'corrections': 'marked'");
    Val back = take_back(r);
    assert_int_equal(int_at(back, "undone"), 2);
    assert_int_equal(int_at(back, "n_stays"), 0);
    assert_string_equal(field(jawad, "given_name"), "Jawad");
    assert_string_equal(field(jawad, "display_name"), "Jawad Salim");
    assert_string_equal(field(jawad, "birth_date"), "1981-02-03");
    assert_int_equal(at(search("Nadia"), "rows").list.n, 1);
    /* What people have taken back once does not mark itself again. */
    r = stage(SECOND, "");
    assert_false(val_get_bool(offer(r, "given_name"), "marked", true));
}

static void test_touched_since_stays(void **state) {
    (void)state;
    Val r = first_and_second();
    const char *jawad = person_named("Jawad");
    (void)approve_with(r, "'corrections': 'marked'");
    correct(jawad, "'given_name': 'Javid'");
    correct(person_named("Nadia"), "'father_name': 'Gul'");
    Val back = take_back(r);
    /* Her telephone is put back, of his values the day. */
    assert_int_equal(int_at(back, "undone"), 2);
    assert_int_equal(int_at(back, "n_stays"), 1);
    assert_string_equal(text_at(s, back, "stays.0.id"), jawad);
    assert_string_equal(field(jawad, "given_name"), "Javid");
    assert_string_equal(field(jawad, "birth_date"), "1981-02-03");
}

/* The first list cannot be taken back from under the second. */
static void test_a_corrected_person_stays_with_the_first_list(void **state) {
    (void)state;
    Val first = stage(FIRST, "");
    (void)approve(first);
    env_advance(&s->env, TIME_DAY);
    (void)approve_with(stage(SECOND, ""), "'corrections': 'marked'");
    Val back = take_back(first);
    assert_int_equal(int_at(back, "voided"), 1);
    assert_true(int_at(back, "n_stays") >= 2);
}

/* ---- hostile, many --------------------------------------------------------------------------------------------------- */

static void test_what_may_be_said(void **state) {
    (void)state;
    Val r = first_and_second();
    static const char *const wrong[] = { "'corrections': 'all'", "'corrections_but': 'x'",
                                         "'corrections_but': {'a': 1}",
                                         "'corrections_but': ['1']" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refused("import.approve", ST_INVALID, "error.import.corrections",
                json_of("{'batch': '%s', %s}", batch_of(r), wrong[i]));
    /* Numbers there are not are nobody's. */
    Val a =
        approve_with(r, "'corrections': 'none', 'corrections_but': [-1, 3, 99999999, 99999999]");
    assert_int_equal(int_at(a, "corrected"), 0);
}

static void test_a_wrong_row_corrects_nobody(void **state) {
    (void)state;
    (void)approve(stage(FIRST, ""));
    Val r = stage("ID,name,father,sex,dob,phone\n"
                  "A-1,Karim,Rahim,M,1980-02-03,0701234567\n"
                  "A-2,=1+1,Salim,M,1981-02-03,0701234568\n"
                  "A-3,Nadia,Salim,F,2090-02-03,0701234569\n",
                  "");
    assert_int_equal(int_at(r, "failed"), 2);
    assert_int_equal(int_at(r, "n_corrections"), 0);
    assert_true(has_finding(r, 3, "error.import.formula"));
    assert_true(has_finding(r, 4, "error.date.future"));
}

static size_t offers_holding(Str text) {
    Str *keys;
    size_t n;
    Ctx c = s->c;
    c.arena = arena_new(&s->env, 1 << 24);
    assert_int_equal(store_read_begin(s->store, &c), ST_OK);
    assert_int_equal(local_find(&c, STR("import.offers"), text, &keys, &n), ST_OK);
    arena_free(c.arena);
    return n;
}

/* What waits of an erased person goes too; the numbers of the others stay. */
static void test_an_erased_person(void **state) {
    (void)state;
    (void)approve(stage("ID,hh,name,dob\nA-1,1,Karim,1980-02-03\nA-2,1,Jawad,1981-02-03\n"
                        "A-3,1,Nadia,1982-02-03\n",
                        ""));
    Val r = stage("ID,hh,name,dob\nA-1,1,Karim,1980-02-03\nA-2,1,Jawed,1981-02-03\n"
                  "A-3,1,Nadia,1983-02-03\n",
                  "");
    int64_t number = int_at(offer(r, "birth_date"), "n");
    assert_int_equal(number, 1);
    assert_int_equal(offers_holding(STR("Jawed")), 1);
    (void)call_val("person.erase",
                   json_of("{'id': '%s', 'reason': 'REQUEST'}", person_named("Jawad")));
    assert_int_equal(offers_holding(STR("Jawed")), 0);
    assert_int_equal(offers_holding(STR("Nadia")), 1);
    Val l = look(r);
    assert_int_equal(at(l, "corrections").list.n, 1);
    assert_int_equal(int_at(offer(l, "birth_date"), "n"), number);
    assert_int_equal(int_at(approve_with(r, "'corrections': 'marked'"), "corrected"), 1);
}

static void test_refused_and_forgotten(void **state) {
    (void)state;
    Val r = first_and_second();
    assert_int_equal(offers_holding(STR("Jawed")), 1);
    (void)call_val("import.refuse", json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    assert_int_equal(offers_holding(STR("Jawed")), 0);
    assert_string_equal(field(person_named("Jawad"), "given_name"), "Jawad");
}

static Str many(const char *father, size_t n) {
    Buf b = buf_new(s->arena, 4 << 20);
    buf_str(&b, STR("ID,name,father,dob\n"));
    for (size_t i = 0; i < n; i++)
        buf_printf(&b, "K-%zu,Name%zu,%s,19%02zu-02-03\n", i, i, father, 30 + i % 70);
    return buf_text(&b);
}

static void test_ten_thousand(void **state) {
    (void)state;
    enum { MANY = 10000 };
    (void)approve(call_val("import.stage", stage_input(many("Rahim", MANY), "")));
    env_advance(&s->env, TIME_DAY);
    Val r = call_val("import.stage", stage_input(many("Rahman", MANY), ""));
    assert_int_equal(int_at(r, "changed"), MANY);
    assert_int_equal(int_at(r, "n_corrections"), MANY);
    assert_int_equal(at(r, "corrections").list.n, 1000);
    int64_t from = 0, seen = 0;
    while (from >= 0) {
        Val l = call_val("import.look", json_of("{'batch': '%s', 'corrections_from': %lld}",
                                                batch_of(r), (long long)from));
        seen += (int64_t)at(l, "corrections").list.n;
        from = int_at(l, "corrections_next");
    }
    assert_int_equal(seen, MANY);
    Val a = approve_with(r, "'corrections': 'marked', 'corrections_but': [0, 5000, 9999]");
    assert_int_equal(int_at(a, "corrected"), MANY - 3);
    assert_int_equal(int_at(a, "corrections_left"), 3);
    assert_string_equal(field(person_named("Name5001"), "father_name"), "Rahman");
    assert_string_equal(field(person_named("Name5000"), "father_name"), "Rahim");
    Val back = take_back(r);
    assert_int_equal(int_at(back, "undone"), MANY - 3);
    assert_string_equal(field(person_named("Name5001"), "father_name"), "Rahim");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_a_changed_row_is_offered),
        T(test_a_dry_run_offers_and_keeps_nothing),
        T(test_accepted),
        T(test_a_value_put_back),
        T(test_a_value_put_back_where_a_clerk_was),
        T(test_some_are_left_out),
        T(test_one_is_named),
        T(test_changed_since_the_import),
        T(test_a_marked_and_a_moved_one_are_chosen),
        T(test_moved_meanwhile),
        T(test_approval_goes_on_where_it_stopped),
        T(test_put_back_before_it_went_on),
        T(test_the_register_refuses),
        T(test_a_person_who_has_gone),
        T(test_the_rest_is_told),
        T(test_telephones_and_papers),
        T(test_taken_back),
        T(test_touched_since_stays),
        T(test_a_corrected_person_stays_with_the_first_list),
        T(test_what_may_be_said),
        T(test_a_wrong_row_corrects_nobody),
        T(test_an_erased_person),
        T(test_refused_and_forgotten),
        T(test_ten_thousand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
