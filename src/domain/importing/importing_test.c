/* importing_test.c: lists of people from the text to the register and back, through the operations. */
#include "domain/importing/scene_int.h"

/* ---- columns --------------------------------------------------------------------------------------- */

static void test_headers_in_any_order_and_language(void **state) {
    (void)state;
    Val r = stage("Téléphone;Sexe;  PRÉNOM ;Date de naissance;Nom;Postnom;Remarques\n"
                  "0701234567;homme;Jean;12/03/1990;Mukendi;Ilunga;rien\n",
                  "'dry_run': true");
    assert_string_equal(text_at(s, r, "mapping.Téléphone"), "phone.number");
    assert_string_equal(text_at(s, r, "mapping.Sexe"), "sex");
    assert_string_equal(text_at(s, r, "mapping.PRÉNOM"), "given_name");
    assert_string_equal(text_at(s, r, "mapping.Nom"), "family_name");
    assert_string_equal(text_at(s, r, "mapping.Postnom"), "postnom");
    assert_int_equal(at(r, "mapping.Remarques").type, VAL_NULL);
    assert_true(has_finding(r, 1, "error.import.column.unknown"));
    assert_string_equal(text_at(s, r, "preview.0.sex"), "M");
    assert_string_equal(text_at(s, r, "preview.0.birth_date"), "1990-03-12");
    assert_int_equal(int_at(r, "n_errors"), 0);
    r = stage("نام,نام پدر,جنسیت,تاریخ تولد\nفاطمه,رحیم,زن,۱۳۶۸\n", "'dry_run': true");
    assert_string_equal(text_at(s, r, "mapping.نام"), "given_name");
    assert_string_equal(text_at(s, r, "mapping.نام پدر"), "father_name");
    assert_string_equal(text_at(s, r, "preview.0.sex"), "F");
    assert_string_equal(text_at(s, r, "preview.0.birth_date"), "1989-07-01");
    assert_int_equal(int_at(r, "good"), 1);
    r = stage("د زېږېدو نېټه,نوم,جنس\n1990,احمد,نارینه\n", "'dry_run': true");
    assert_string_equal(text_at(s, r, "preview.0.sex"), "M");
    r = stage("تاريخ الميلاد,الاسم,الجنس,رقم الهاتف\n1990-03-01,محمد,ذكر,+93701234567\n",
              "'dry_run': true");
    assert_string_equal(text_at(s, r, "preview.0.sex"), "M");
    assert_string_equal(text_at(s, r, "mapping.رقم الهاتف"), "phone.number");
}

static void test_headers_of_other_systems(void **state) {
    (void)state;
    static const struct {
        const char *header, *target;
    } known[] = {
        { "given_name_i_c", "given_name" },
        { "birth_date_i_c", "birth_date" },
        { "relationship_i_c", "membership.relationship" },
        { "national_passport_no_i_c", "document.number:PASSPORT" },
        { "household_id", "household" },
        { "pp_full_name", "full_name" },
        { "size_h_c", "registration_group.size_stated" },
        { "DateofBirth", "birth_date" },
        { "FatherName", "father_name" },
        { "SexCode", "sex" },
        { "NationalityCode", "nationality" },
        { "ProcessingGroupNumber", "household" },
        { "registrationgroupbusinessid", "household" },
        { "relationshiptofpname", "membership.relationship" },
        { "primaryphonenumber", "phone.number" },
        { "progres_id", "name.number" },
        { "demographics/given_name", "given_name" },
        { "group_a:date_of_birth", "birth_date" },
        { "date_of_birth", "birth_date" },
        { "surname", "family_name" },
        { "suburb", "registration_group.village" },
        { "street_number", "registration_group.address" },
        { "address_1", "registration_group.address" },
        { "soc_sec_id", "document.number:NATIONAL_ID" },
        { "uganda_nin", "document.number:NATIONAL_ID" },
        { "art_number", "document.number:OTHER" },
        { "phoneNumber", "phone.number" },
        { "Date de naissance (jj/mm/aaaa)", "birth_date" },
    };
    Headers h = headers_make(s->arena, store_model(s->store));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        Str target = header_guess(s->arena, &h, str_of(known[i].header));
        if (!str_is(target, known[i].target))
            fail_msg("%s is %.*s", known[i].header, STR_ARG(target));
    }
    for (size_t i = 0; i < n_header_synonyms; i++) {
        Target t;
        Str target = str_of(header_synonyms[i].target);
        if (target.n && !target_parse(store_model(s->store), target, &t))
            fail_msg("%s is no target", header_synonyms[i].target);
    }
    /* Every word for a code means a code there is. */
    for (size_t i = 0; i < n_code_synonyms; i++) {
        Str code = str_of(code_synonyms[i].target), list = str_cut(&code, '.');
        Str men = str_cut(&code, '/');
        const CodeList *l = model_codes(store_model(s->store), list);
        assert_non_null(l);
        if (!code_find(l, men) || (code.s && !code_find(l, code)))
            fail_msg("%s is no code", code_synonyms[i].target);
    }
}

static void test_content_is_the_second_signal(void **state) {
    (void)state;
    Val r = stage("name,a,b,c\nAli,m,1990-03-12,+93701234567\nZahra,f,1991-04-13,+93701234568\n"
                  "Omar,m,1992-05-14,+93701234569\n",
                  "'dry_run': true");
    assert_string_equal(text_at(s, r, "mapping.a"), "sex");
    assert_string_equal(text_at(s, r, "mapping.b"), "birth_date");
    assert_string_equal(text_at(s, r, "mapping.c"), "phone.number");
    assert_true(has_finding(r, 1, "error.import.column.guessed"));
    assert_int_equal(int_at(r, "good"), 3);
}

static void test_what_is_missing_or_not_there(void **state) {
    (void)state;
    refused("import.stage", ST_INVALID, "error.import.no_name",
            stage_input(STR("sex,village\nm,Kabul\n"), ""));
    refused("import.stage", ST_INVALID, "error.import.target",
            stage_input(STR("a,b\nm,Kabul\n"), "'mapping': {'a': 'given_name', 'b': 'shoe_size'}"));
    refused("import.stage", ST_INVALID, "error.import.target",
            stage_input(STR("a,b\nm,Kabul\n"), "'mapping': {'a': 'given_name', 'b': 'number'}"));
    refused("import.stage", ST_INVALID, "error.import.kind",
            stage_input(STR("name\nAli\n"), "'kind': 'office'"));
    refused("import.stage", ST_MISSING, "error.import.no_profile",
            stage_input(STR("name\nAli\n"), "'profile': 'none'"));
    refused("import.stage", ST_INVALID, "error.import.no_file", json_of("{}"));
    refused("import.stage", ST_INVALID, "error.import.base64", json_of("{'text': '!!'}"));
    assert_int_equal(try_val("import.stage", stage_input(str_n("PK\0\0a,b\0\n", 10), "")),
                     ST_INVALID);
}

static void test_profiles_are_kept(void **state) {
    (void)state;
    (void)stage("X1,X2,X3\nAli,zz,9\n",
                "'dry_run': true, 'save_profile': 'Camp list', 'mapping': {'X1': 'given_name',"
                " 'X2': 'sex', 'X3': null}, 'values': {'sex': {'ZZ': 'M', 'yy': ''}}");
    Val r = stage("x1,X2,x3\nAli,zz,9\nZahra,YY,8\n", "'dry_run': true, 'profile': 'camp LIST'");
    assert_string_equal(text_at(s, r, "mapping.x1"), "given_name");
    assert_string_equal(text_at(s, r, "preview.0.sex"), "M");
    assert_int_equal(int_at(r, "good"), 2);
    assert_int_equal(int_at(r, "n_errors"), 0);
}

/* ---- values ------------------------------------------------------------------------------------------- */

static void test_dates(void **state) {
    (void)state;
    Val r = stage("name,dob\na a,19671207\nb b,24448\nc c,1368\nd d,35\ne e,31/02/1990\n"
                  "f f,2090-01-01\ng g,1990-03-12T00:00:00\nh h,07121967\ni i,19671307\n"
                  "j j,12 حمل 1368\nk k,1989 12 03\nl l,soon\n",
                  "'dry_run': true");
    static const char *const expected[] = { "1967-12-07", "1966-12-07", "1989-07-01",
                                            "1991-07-01" };
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(
            text_at(s, r, str_c(s->arena, str_printf(s->arena, "preview.%zu.birth_date", i))),
            expected[i]);
    assert_true(has_finding(r, 6, "error.date.no_such_day"));
    assert_true(has_finding(r, 7, "error.date.future"));
    assert_true(has_finding(r, 10, "error.date.no_such_month"));
    assert_true(has_finding(r, 13, "error.date.not_understood"));
    assert_int_equal(int_at(r, "n_errors"), 4);
    assert_int_equal(int_at(r, "good"), 8);
    Val e = finding(r, 6, "error.date.no_such_day");
    assert_string_equal(text_at(s, e, "column"), "dob");
    assert_string_equal(text_at(s, e, "value"), "31/02/1990");
    assert_string_equal(text_at(s, e, "severity"), "error");
    assert_int_equal(int_at(e, "line"), 6);
    assert_non_null(strstr(text_at(s, e, "message"), "28"));
    assert_true(strlen(text_at(s, e, "remedy")) > 0);
    /* 12/31 can only be month first, so 03/04 is too. */
    r = stage("name,dob\nAli,12/31/1990\nZahra,03/04/1991\n", "'dry_run': true");
    assert_string_equal(text_at(s, r, "preview.1.birth_date"), "1991-03-04");
    assert_false(has_finding(r, 1, "error.import.date.order"));
    r = stage("name,dob\nAli,03/04/1990\n", "'dry_run': true");
    assert_true(has_finding(r, 1, "error.import.date.order"));
}

static void test_codes_and_telephones(void **state) {
    (void)state;
    Val r = stage("name,sex,nationality,phone,marital status\n"
                  "Ali,MALE,Afghan,0701 234 567,married\n"
                  "Zahra,femme,Afghanistan,2.54708E+11,SINGLE\n"
                  "Omar,qq,AFG,12,WD\nLaila,زن,RDC,n/a,-\n",
                  "'dry_run': true");
    assert_string_equal(text_at(s, r, "preview.0.nationality"), "AFG");
    assert_string_equal(text_at(s, r, "preview.0.marital_status"), "MA");
    assert_string_equal(text_at(s, r, "preview.3.nationality"), "COD");
    assert_true(has_finding(r, 3, "error.phone.mangled"));
    assert_true(has_finding(r, 4, "error.import.code"));
    assert_string_equal(text_at(s, finding(r, 4, "error.phone.too_short"), "severity"), "warning");
    assert_int_equal(int_at(r, "good"), 2);
    assert_string_equal(text_at(s, r, "values.0.value"), "qq");
    assert_string_equal(text_at(s, r, "values.0.field"), "sex");
    assert_int_equal(int_at(r, "values.0.n"), 1);
}

/* A new office says no calling code: its country does. */
static void test_telephones_of_an_office_without_a_code(void **state) {
    (void)state;
    (void)call_val("office.save", json_of("{'id': '%s', 'dial_code': null}",
                                          str_c(s->arena, id_text(s->arena, s->first.office))));
    Val r = stage("name,phone\nAli,0701234567\n", "");
    assert_int_equal(int_at(r, "n_warnings"), 0);
    (void)approve(r);
    Val rows = search("Ali");
    assert_string_equal(
        text_at(s, file_of(text_at(s, rows, "rows.0.person")), "phones.0.fields.number"),
        "+93701234567");
    assert_int_equal(at(search("0701234567"), "rows").list.n, 1);
}

static void test_no_telephone_is_lost(void **state) {
    (void)state;
    static const struct {
        const char *name, *number, *note;
    } kept[] = {
        { "Aa", "12", "" },
        { "Bb", "via his uncle", "" },
        { "Cc", "only in the evening and only by the neigh",
          "only in the evening and only by the neighbour's shop" },
    };
    Val r = stage("name,phone\nAa,12\nBb,via his uncle\n"
                  "Cc,only in the evening and only by the neighbour's shop\n"
                  "Dd,0701234567 / 0709876543; +93 70 111 1111\n",
                  "");
    assert_int_equal(int_at(r, "good"), 4);
    assert_int_equal(int_at(r, "n_errors"), 0);
    assert_int_equal(int_at(r, "n_warnings"), 3);
    assert_int_equal(int_at(approve(r), "made"), 4);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        Val file = file_of(text_at(s, search(kept[i].name), "rows.0.person"));
        assert_int_equal(strncmp(text_at(s, file, "phones.0.fields.number"), kept[i].number, 40),
                         0);
        assert_string_equal(text_at(s, file, "phones.0.fields.owner_note"), kept[i].note);
    }
    Val file = file_of(text_at(s, search("Dd"), "rows.0.person"));
    assert_int_equal(at(file, "phones").list.n, 3);
    assert_string_equal(text_at(s, file, "phones.1.fields.number"), "+93709876543");
}

static void test_hostile_and_ragged_rows(void **state) {
    (void)state;
    Val r = stage("name,father name,village\n"
                  "=cmd|' /C calc'!A0,Rahim,x\n"
                  "A\xE2\x80\xAEli,Rahim,Kabul\n"
                  "<script>alert(1)</script>,Rahim,'; DROP TABLE person;--\n"
                  "Zahra\n"
                  "Omar,Rahim,Kabul,too,many\n"
                  "\"Laila,Rahim,Kabul\n"
                  "FNU,Rahim,Kabul\n"
                  "123,Rahim,Kabul\n"
                  ",Rahim,Kabul\n",
                  "'dry_run': true");
    assert_true(has_finding(r, 2, "error.import.formula"));
    assert_string_equal(text_at(s, finding(r, 3, "error.import.hidden"), "severity"), "warning");
    assert_string_equal(text_at(s, r, "preview.1.given_name"), "Ali");
    assert_true(has_finding(r, 5, "error.import.row.short"));
    assert_true(has_finding(r, 6, "error.import.row.long"));
    assert_true(has_finding(r, 7, "error.csv.quote"));
    assert_true(has_finding(r, 8, "error.name.filler"));
    assert_true(has_finding(r, 9, "error.name.letters"));
    assert_true(has_finding(r, 10, "error.name.required"));
    assert_int_equal(int_at(r, "rows"), 9);
    assert_int_equal(int_at(r, "good"), 3);
}

/* ---- families ------------------------------------------------------------------------------------------ */

#define FAMILIES                                                                                   \
    "hh,name,sex,relationship,dob,phone,tazkira,village\n"                                         \
    "1,Mohammad Rahim,m,head,1980,0701234567,111-22,Kacha Garhi\n"                                 \
    "1,Zahra,f,wife husband,1985,0701234567,,\n"                                                   \
    "1,Farid,m,SON_DAUGHTER,2010,,,\n"                                                             \
    "2,Omar,m,,1970,,333-44,Jalozai\n"                                                             \
    ",Laila,f,,1990,,,\n"

static void test_rows_become_families(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    assert_int_equal(int_at(r, "families"), 3);
    assert_int_equal(int_at(r, "good"), 5);
    Val made = approve(r);
    assert_int_equal(int_at(made, "made"), 5);
    assert_int_equal(int_at(made, "failed"), 0);
    Val rows = search("Mohammad Rahim");
    Val file = file_of(text_at(s, rows, "rows.0.person"));
    assert_string_equal(text_at(s, file, "phones.0.fields.number"), "+93701234567");
    assert_string_equal(text_at(s, file, "documents.0.fields.type"), "TAZKIRA");
    assert_string_equal(text_at(s, file, "groups.0.membership.fields.relationship"), "FP");
    assert_string_equal(text_at(s, file, "groups.0.group.fields.village"), "Kacha Garhi");
    Val group =
        call_val("group.file", json_of("{'id': '%s'}", text_at(s, file, "groups.0.group.id")));
    assert_int_equal(at(group, "members").list.n, 3);
    assert_string_equal(text_at(s, group, "members.1.membership.fields.relationship"), "WIF");
    assert_string_equal(text_at(s, group, "members.2.membership.fields.relationship"), "SON");
    /* The act says where it came from; the row is kept. */
    Val h =
        call_val("record.history", json_of("{'subject': '%s'}", text_at(s, rows, "rows.0.person")));
    assert_string_equal(text_at(s, h, "entries.0.op"), "group.register");
    Ctx c = s->c;
    Str kept;
    c.arena = arena_new(&s->env, 1 << 24);
    assert_int_equal(store_read_begin(s->store, &c), ST_OK);
    assert_int_equal(local_get(&c, STR(REGISTRY_SOURCE_ROWS),
                               str_of(text_at(s, rows, "rows.0.person")), &kept, NULL),
                     ST_OK);
    assert_true(str_find(kept, STR("Kacha Garhi")) > 0);
    arena_free(c.arena);
}

static void test_a_family_is_taken_whole_or_not_at_all(void **state) {
    (void)state;
    Val r = stage("hh,name,dob\n1,Ali,1980\n1,Zahra,31/02/1990\n2,Omar,1970\n", "");
    assert_int_equal(int_at(r, "good"), 1);
    assert_int_equal(int_at(r, "held"), 1);
    assert_int_equal(int_at(r, "failed"), 1);
    assert_true(has_finding(r, 2, "error.import.family.held"));
    assert_int_equal(int_at(approve(r), "made"), 1);
}

static void test_a_household_of_ten_thousand(void **state) {
    (void)state;
    Buf b = buf_new(s->arena, 1 << 20);
    buf_str(&b, STR("household id,name\n"));
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "camp A,Ali %d\n", i);
    buf_str(&b, STR("other,Zahra\n"));
    Val r = call_val("import.stage", stage_input(buf_text(&b), "'dry_run': true"));
    assert_true(has_finding(r, 2, "error.import.household.large"));
    assert_int_equal(int_at(r, "n_errors"), 1);
    assert_int_equal(int_at(r, "failed"), 10000);
    assert_int_equal(int_at(r, "good"), 1);
}

static void test_many_errors_are_counted(void **state) {
    (void)state;
    Buf b = buf_new(s->arena, 1 << 21);
    buf_str(&b, STR("name,dob\n"));
    for (int i = 0; i < 12000; i++)
        buf_str(&b, STR("Ali,soon\n"));
    Val r = call_val("import.stage", stage_input(buf_text(&b), "'dry_run': true"));
    assert_int_equal(at(r, "errors").list.n, FINDINGS_LISTED_MAX);
    assert_int_equal(int_at(r, "n_errors"), 12000);
    assert_int_equal(int_at(r, "not_listed"), 2000);
    assert_int_equal(int_at(at(r, "errors").list.v[0], "row"), 2);
}

/* ---- doubles ------------------------------------------------------------------------------------------- */

static void test_doubles_are_warnings(void **state) {
    (void)state;
    (void)call_val("person.register",
                   json_of("{'person': {'given_name': 'Karim', 'father_name': 'Gul', 'sex': 'M',"
                           " 'birth_date': '1980-07-01'},"
                           " 'documents': [{'type': 'TAZKIRA', 'number': '99-88'}]}"));
    Val r = stage("name,father name,dob,tazkira,phone\n"
                  "Karim,Gul,1981,,\n"
                  "Jawad,Ali,1990,99-88,\n"
                  "Omar,Ali,1990-01-02,55-44,+93700000001\n"
                  "Omar,Ali,1990-01-02,,\n"
                  "Amina,Ali,1991,55-44,\n"
                  "Gul,Ali,1992,,+93700000001\n",
                  "");
    Val e = finding(r, 2, "error.import.double.register");
    assert_string_equal(text_at(s, e, "severity"), "warning");
    assert_non_null(strstr(text_at(s, e, "message"), "Karim Gul"));
    assert_true(has_finding(r, 3, "error.import.double.register"));
    assert_non_null(strstr(text_at(s, finding(r, 5, "error.import.double.list"), "message"), "4"));
    assert_true(has_finding(r, 6, "error.import.double.list"));
    assert_true(has_finding(r, 7, "error.import.double.list"));
    assert_int_equal(int_at(r, "n_errors"), 0);
    assert_int_equal(int_at(approve(r), "made"), 6);
}

/* ---- the life of a batch ---------------------------------------------------------------------------------- */

static void test_nothing_is_live_before_approval(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    assert_int_equal(at(search("Zahra"), "rows").list.n, 0);
    Val look = call_val("import.look", json_of("{'batch': '%s'}", batch_of(r)));
    assert_string_equal(text_at(s, look, "fields.state"), "STAGED");
    assert_string_equal(text_at(s, look, "fields.file_name"), "list.csv");
    assert_int_equal(at(look, "families").list.n, 3);
    assert_string_equal(text_at(s, look, "families.0.rows.0.cells.1"), "Mohammad Rahim");
    assert_int_equal(int_at(call_val("home.summary", json_of("{}")), "mine.imports"), 1);
    (void)call_val("import.refuse", json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    refused("import.approve", ST_CONFLICT, "error.import.state",
            json_of("{'batch': '%s'}", batch_of(r)));
    refused("import.take_back", ST_CONFLICT, "error.import.state",
            json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    look = call_val("import.look", json_of("{'batch': '%s'}", batch_of(r)));
    assert_string_equal(text_at(s, look, "fields.state"), "REFUSED");
    assert_true(val_is_absent(at(look, "families")));
    refused("import.look", ST_MISSING, "error.missing",
            json_of("{'batch': '%s'}", str_c(s->arena, id_text(s->arena, id_new(&s->env)))));
    /* Refused once, the list may come again. */
    Val again = stage(FAMILIES, "");
    assert_string_not_equal(batch_of(again), batch_of(r));
}

static void test_the_same_file_twice(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    Val again = stage(FAMILIES, "");
    assert_string_equal(batch_of(again), batch_of(r));
    assert_true(val_get_bool(again, "repeated", false));
    /* Read in another way it is another batch, but only one of them is approved. */
    Val other = stage(FAMILIES, "'mapping': {'village': null}");
    assert_string_not_equal(batch_of(other), batch_of(r));
    assert_int_equal(int_at(approve(r), "made"), 5);
    refused("import.approve", ST_CONFLICT, "error.import.same_file",
            json_of("{'batch': '%s'}", batch_of(other)));
    Val twice = approve(r);
    assert_true(val_get_bool(twice, "repeated", false));
    assert_int_equal(int_at(twice, "made"), 5);
    again = stage(FAMILIES, "");
    assert_string_equal(text_at(s, again, "state"), "APPROVED");
    assert_int_equal(int_at(again, "made"), 5);
    assert_int_equal(at(search("Zahra"), "rows").list.n, 1);
}

/* ---- a corrected list ------------------------------------------------------------------------------------- */

#define CORRECTED(zahra_born, village)                                                             \
    "hh,name,sex,relationship,dob,phone,tazkira,village\n"                                         \
    "1,Mohammad Rahim,m,head,01/01/1980,0701234567,111-22,Kacha Garhi\n"                           \
    "1,Zahra,f,wife husband," zahra_born ",0701234567,,\n"                                         \
    "1,Farid,m,SON_DAUGHTER,2010,,,\n"                                                             \
    "2,Omar,m,,1970,,333-44," village "\n"                                                         \
    ",Laila,f,,1990,,,\n"

static void test_a_corrected_list_brings_what_is_new(void **state) {
    (void)state;
    Val r = stage(CORRECTED("31/02/1985", "Jalozai"), "");
    assert_int_equal(int_at(r, "good"), 2);
    assert_int_equal(int_at(r, "again"), 0);
    assert_int_equal(int_at(approve(r), "made"), 2);
    /* The family that waited comes; dates are written in another way, a line has moved. */
    r = stage("hh,sex,name,relationship,dob,phone,tazkira,village\n"
              ",f,Laila,,1990,,,\n"
              "1,m,Mohammad Rahim,head,1980-01-01,+93701234567,111-22,Kacha Garhi\n"
              "1,f,Zahra,wife husband,1985,0701234567,,\n"
              "1,m,Farid,SON_DAUGHTER,2010,,,\n"
              "2,m,Omar,,1970,,333-44,Jalozai\n",
              "");
    assert_int_equal(int_at(r, "again"), 2);
    assert_int_equal(int_at(r, "good"), 3);
    assert_int_equal(int_at(r, "n_errors"), 0);
    assert_true(has_finding(r, 1, "error.import.again"));
    assert_int_equal(int_at(approve(r), "made"), 3);
    r = stage(CORRECTED("1985", "Jalozai"), "");
    assert_int_equal(int_at(r, "again"), 5);
    assert_int_equal(int_at(r, "good"), 0);
    assert_string_equal(batch_of(r), "");
    assert_int_equal(at(search("Omar"), "rows").list.n, 1);
    assert_int_equal(at(search("Laila"), "rows").list.n, 1);
}

static void test_numbers_of_rows_are_no_key(void **state) {
    (void)state;
    /* The next person stands in line 2. */
    (void)approve(stage("No,name,dob\n1,Basir,1980-02-03\n2,Wali,1981-02-03\n", ""));
    Val r = stage("No,name,dob\n1,Basir,1980-02-03\n2,Hamid,1990-02-03\n3,Wali,1981-02-03\n", "");
    assert_int_equal(int_at(r, "again"), 2);
    assert_int_equal(int_at(r, "good"), 1);
}

static void test_one_more_of_a_family_that_is_there(void **state) {
    (void)state;
    (void)approve(stage("hh,name,dob\n1,Karim,1980-02-03\n1,Jawad,2001-02-03\n", ""));
    Val r = stage("hh,name,dob\n1,Karim,1980-02-03\n1,Jawad,2001-02-03\n1,Nadia,2003-02-03\n", "");
    assert_int_equal(int_at(r, "again"), 2);
    assert_int_equal(int_at(r, "failed"), 1);
    assert_non_null(
        strstr(text_at(s, finding(r, 4, "error.import.family.there"), "message"), "KBL"));
}

/* Another list may have people of the same name. */
static void test_two_lists_are_not_versions(void **state) {
    (void)state;
    (void)approve(stage("name\nKarim\nJawad\nNadia\nSoraya\n", ""));
    Val r = stage("name\nKarim\nWali\nBasir\nHamid\nOmar\n", "");
    assert_int_equal(int_at(r, "again"), 0);
    assert_int_equal(int_at(r, "good"), 5);
    r = stage("name\nKarim\nJawad\nNadia\nSoraya\nSoraya\n", "");
    assert_int_equal(int_at(r, "again"), 4);
    assert_int_equal(int_at(r, "good"), 1);
}

static void test_what_was_taken_back_or_erased_is_new(void **state) {
    (void)state;
    Val first = stage("hh,name,dob\n1,Karim,1980-02-03\n1,Jawad,1981-02-03\n", "");
    (void)approve(first);
    (void)call_val("import.take_back",
                   json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(first)));
    env_advance(&s->env, TIME_SECOND); /* batches are ordered by their time */
    Val r = stage("hh,name,dob\n1,Karim,1980-02-03\n1,Jawad,1981-02-03\n2,Nadia,1982-02-03\n", "");
    assert_int_equal(int_at(r, "again"), 0);
    assert_int_equal(int_at(approve(r), "made"), 3);
    /* Of the erased one nothing is known any more. */
    (void)call_val("person.erase", json_of("{'id': '%s', 'reason': 'REQUEST'}",
                                           text_at(s, search("Jawad"), "rows.0.person")));
    r = stage("hh,name,dob\n2,Nadia,1982-02-03\n1,Karim,1980-02-03\n1,Jawad,1981-02-03\n", "");
    assert_int_equal(int_at(r, "again"), 2);
    assert_true(has_finding(r, 4, "error.import.family.there"));
}

/* Both versions were checked before either was approved. */
static void test_a_version_overtaken(void **state) {
    (void)state;
    Val first = stage("name,dob\nKarim,1980-02-03\nJawad,1981-02-03\n", "");
    Val second = stage("name,dob\nKarim,1980-02-03\nJawad,1981-02-03\nNadia,1982-02-03\n", "");
    (void)approve(second);
    refused("import.approve", ST_CONFLICT, "error.import.overtaken",
            json_of("{'batch': '%s'}", batch_of(first)));
    (void)call_val("import.refuse",
                   json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(first)));
    assert_int_equal(at(search("Karim"), "rows").list.n, 1);
}

static void test_taking_back(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    (void)approve(r);
    Val omar = search("Omar"), zahra = search("Zahra");
    env_advance(&s->env, TIME_DAY);
    (void)call_val("person.correct",
                   json_of("{'id': '%s', 'fields': {'father_name': 'Gul'}, 'reason': 'TYPING'}",
                           text_at(s, zahra, "rows.0.person")));
    Val back =
        call_val("import.take_back", json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    /* Omar, Laila and the son are void; the corrected wife stays, and with her the focal point. */
    assert_int_equal(int_at(back, "voided"), 3);
    assert_int_equal(int_at(back, "n_stays"), 2);
    assert_string_equal(text_at(s, file_of(text_at(s, omar, "rows.0.person")), "person.void"),
                        "MISTAKE");
    assert_string_equal(text_at(s, file_of(text_at(s, zahra, "rows.0.person")), "person.void"), "");
    refused("import.take_back", ST_CONFLICT, "error.import.state",
            json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    /* Then the list may come again, and is another batch. */
    Val again = stage(FAMILIES, "");
    assert_string_not_equal(batch_of(again), batch_of(r));
}

/* As after a power cut in the middle: some families are there, the batch is still staged. */
static void test_approval_goes_on_where_it_stopped(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    Id batch = begin_approval(r);
    Val look = call_val("import.look", json_of("{'batch': '%s'}", batch_of(r)));
    const Actor *a;
    OpReply reply;
    Ctx c = ctx_new(&s->env, s->arena);
    c.store = s->store;
    scene_ok(s, &c, access_actor_of_login(&c, s->access, STR("salma"), STR(""), &a));
    OpRequest q = { .op = STR("group.register"),
                    .idempotency = family_key(batch, 0),
                    .client_time = TIME_NONE,
                    .input = at(look, "families.0.input") };
    scene_ok(s, &c, op_call(&c, s->store, &s->table, &q, &reply));
    refused("import.refuse", ST_CONFLICT, "error.import.begun",
            json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r)));
    assert_int_equal(int_at(approve(r), "made"), 5);
    assert_int_equal(at(search("Zahra"), "rows").list.n, 1);
}

/* ---- erasing ------------------------------------------------------------------------------------------------ */

static Status put_draft(const char *title, const char *person) {
    return try_val("draft.save", json_of("{'id': '%s', 'title': '%s', 'state': 'active', 'data':"
                                         " {'members': [{'person': '%s', 'name': '%s'}]}}",
                                         str_c(s->arena, id_text(s->arena, id_new(&s->env))), title,
                                         person, title));
}

static JobView job_over(Id id) {
    JobView v = { 0 };
    do
        scene_ok(s, &s->call, job_wait_change(&s->call, s->table.jobs, id, v.version, 10000, &v));
    while (v.state < JOB_DONE);
    return v;
}

static bool folder_holds(Str text) {
    static const char *const files[] = { "panah.db", "panah.db-wal", "keys.db", "keys.db-wal" };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        Str bytes;
        const char *path = str_c(s->arena, str_printf(s->arena, "%s/%s", s->dir, files[i]));
        if (!env_file_exists(path)) continue;
        scene_ok(s, &s->c, env_read_file(&s->c, path, 1 << 28, &bytes));
        if (str_find(bytes, text) >= 0) return true;
    }
    return false;
}

/* Registered from a batch whose approval was broken off: her row is still staged; the task that read
 * it lists her, so do a reply and a draft. */
static void test_an_erasure_reaches_what_is_kept_beside_the_ledger(void **state) {
    (void)state;
    static const char list[] = "household,relationship,given_name,father_name,sex\n"
                               "1,head,Karim,Rahim,M\n"
                               "1,wife,Canaryzarghoon,Canaryfather,F\n"
                               "2,head,Jawad,Salim,M\n";
    Id job;
    scene_ok(s, &s->c, jobs_open(&s->c, s->store, &s->table, &s->table.jobs));
    assert_int_equal(try_val("import.stage", stage_input(str_of(list), "")), ST_OK);
    job = s->reply.job;
    Val staged = job_over(job).result;
    Id batch = begin_approval(staged);
    Val look = call_val("import.look", json_of("{'batch': '%s'}", batch_of(staged)));
    const Actor *a;
    OpReply made, again;
    Ctx c = ctx_new(&s->env, s->arena);
    c.store = s->store;
    scene_ok(s, &c, access_actor_of_login(&c, s->access, STR("salma"), STR(""), &a));
    OpRequest q = { .op = STR("group.register"),
                    .idempotency = family_key(batch, 0),
                    .client_time = TIME_NONE,
                    .purpose = str_printf(s->arena, "import:%s", batch_of(staged)),
                    .input = at(look, "families.0.input") };
    scene_ok(s, &c, op_call(&c, s->store, &s->table, &q, &made));
    const char *person = text_at(s, made.result, "members.1.person");
    assert_int_equal(put_draft("Canaryzarghoon", person), ST_OK);
    assert_true(folder_holds(STR("Canaryzarghoon")));
    assert_true(val_get(job_over(job).result, "preview").type == VAL_LIST);

    scene_ok(s, &s->call,
             try_val("person.erase", json_of("{'id': '%s', 'reason': 'REQUEST'}", person)));
    assert_int_equal(put_draft("Nobody", "x"), ST_OK); /* the writer has cut its log by now */
    assert_false(folder_holds(STR("Canaryzarghoon")));
    assert_false(folder_holds(STR("Canaryfather")));
    assert_true(str_is(job_over(job).errs[0].key, "error.job.erased"));
    /* The reply is gone, not what it was kept for. */
    scene_ok(s, &c, op_call(&c, s->store, &s->table, &q, &again));
    assert_true(again.repeated && again.ids_only && id_eq(again.act, made.act));
    /* The rest of the list can be approved. */
    assert_int_equal(try_val("import.approve", json_of("{'batch': '%s'}", batch_of(staged))),
                     ST_OK);
    assert_int_equal(int_at(job_over(s->reply.job).result, "made"), 3);
    assert_int_equal(at(search("Canaryzarghoon"), "rows").list.n, 0);
    jobs_close(s->table.jobs);
    s->table.jobs = NULL;
}

static bool file_waits(Str name) {
    Ctx c = s->c;
    Str bytes;
    c.arena = arena_new(&s->env, 1 << 24);
    assert_int_equal(store_read_begin(s->store, &c), ST_OK);
    bool waits = local_get(&c, STR(IMPORT_FILES), name, &bytes, NULL) == ST_OK;
    arena_free(c.arena);
    return waits;
}

/* A guess at the encoding can turn one name into another, and is said. */
static void test_a_guessed_encoding_is_said(void **state) {
    (void)state;
    Val r = stage("name,dob\nJos\xE9,1980-02-03\nRen\xE9,1981-02-03\n", "'dry_run': true");
    Val said = finding(r, 1, "error.import.encoding");
    assert_non_null(strstr(text_at(s, said, "message"), "Windows-1252"));
    assert_int_equal(int_at(r, "good"), 2);
    assert_int_equal(int_at(r, "n_errors"), 0);
    r = stage("name,dob\nJos\xC3\xA9,1980-02-03\n", "'dry_run': true");
    assert_false(has_finding(r, 1, "error.import.encoding"));
}

/* Handed in before, because it is larger than a request. */
static void test_a_file_that_was_handed_in(void **state) {
    (void)state;
    Str list = STR("name,dob\nKarim,1980-02-03\nJawad,1981-02-03\n");
    Hash256 h = sha256(list);
    Str name = hex_encode(s->arena, h.b, sizeof h.b), other = STR("00");
    const char *hex = str_c(s->arena, name);
    refused("import.stage", ST_MISSING, "error.import.no_file", json_of("{'blob': '%s'}", hex));
    scene_ok(s, &s->c, local_put(&s->c, STR(IMPORT_FILES), name, list));
    scene_ok(s, &s->c, local_put(&s->c, STR(IMPORT_FILES), other, STR("name\nNadia\n")));
    Val r = call_val("import.stage", json_of("{'blob': '%s', 'dry_run': true}", hex));
    assert_int_equal(int_at(r, "good"), 2);
    assert_true(file_waits(name));
    r = call_val("import.stage", json_of("{'blob': '%s'}", hex));
    assert_int_equal(int_at(r, "good"), 2);
    assert_false(file_waits(name));
    (void)approve(r);
    /* She may stand in a list that waits: an erasure takes them all. */
    (void)approve(stage("hh,name\n1,Omar\n1,Laila\n", ""));
    assert_true(file_waits(other));
    (void)call_val("person.erase", json_of("{'id': '%s', 'reason': 'REQUEST'}",
                                           text_at(s, search("Laila"), "rows.0.person")));
    assert_false(file_waits(other));
}

static void test_who_may_not(void **state) {
    (void)state;
    Val r = stage(FAMILIES, "");
    Ctx c = ctx_new(&s->env, s->arena);
    Actor nobody = { .user = id_new(&s->env),
                     .name = STR("x"),
                     .login = STR("x"),
                     .office = s->first.office,
                     .lang = STR("en") };
    OpReply reply;
    OpTable table = s->table;
    table.access = NULL;
    static const char *const ops[] = { "import.stage", "import.approve", "import.refuse",
                                       "import.take_back", "import.look" };
    c.store = s->store;
    actor_enter(&c, &nobody);
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        OpRequest q = { .op = str_of(ops[i]), .client_time = TIME_NONE };
        q.input = json_of("{'batch': '%s', 'reason': 'MISTAKE'}", batch_of(r));
        assert_int_equal(op_call(&c, s->store, &table, &q, &reply), ST_DENIED);
    }
}

/* ---- real lists -------------------------------------------------------------------------------------------- */

static bool shared_list(const char *name, Str *ret) {
    const char *shared = getenv("PANAH_SHARED");
    Str path = str_printf(s->arena, "%s/data/linkage/%s", shared ? shared : "../shared", name);
    Ctx c = ctx_new(&s->env, s->arena);
    if (env_read_file(&c, str_c(s->arena, path), IMPORT_BYTES_MAX, ret) == ST_OK) return true;
    print_message("# %.*s is not here: skipped\n", STR_ARG(path));
    return false;
}

static void test_a_list_of_opencr(void **state) {
    (void)state;
    Str list;
    if (!shared_list("opencr_uganda.csv", &list)) skip();
    Val r = call_val("import.stage", stage_input(list, ""));
    assert_int_equal(int_at(r, "rows"), 5000);
    assert_string_equal(text_at(s, r, "mapping.uganda_nin"), "document.number:NATIONAL_ID");
    print_message("# good %lld, errors %lld, warnings %lld, doubles %lld\n",
                  (long long)int_at(r, "good"), (long long)int_at(r, "n_errors"),
                  (long long)int_at(r, "n_warnings"), (long long)int_at(r, "doubles"));
    assert_true(int_at(r, "good") > 4500);
    Val made = approve(r);
    assert_int_equal(int_at(made, "made"), int_at(r, "good"));
    assert_true(at(search("zuwena acile"), "rows").list.n >= 1);
    Val back =
        call_val("import.take_back", json_of("{'batch': '%s', 'reason': 'TEST'}", batch_of(r)));
    assert_int_equal(int_at(back, "voided"), int_at(r, "good"));
}

static void test_a_list_of_febrl(void **state) {
    (void)state;
    Str list;
    if (!shared_list("febrl3.csv", &list)) skip();
    Val r = call_val("import.stage", stage_input(list, "'dry_run': true"));
    assert_int_equal(int_at(r, "rows"), 5000);
    print_message("# good %lld, errors %lld, warnings %lld, doubles %lld\n",
                  (long long)int_at(r, "good"), (long long)int_at(r, "n_errors"),
                  (long long)int_at(r, "n_warnings"), (long long)int_at(r, "doubles"));
    assert_true(int_at(r, "good") > 4000);
    assert_string_equal(text_at(s, r, "mapping.suburb"), "registration_group.village");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_headers_in_any_order_and_language),
        T(test_headers_of_other_systems),
        T(test_content_is_the_second_signal),
        T(test_what_is_missing_or_not_there),
        T(test_profiles_are_kept),
        T(test_dates),
        T(test_codes_and_telephones),
        T(test_telephones_of_an_office_without_a_code),
        T(test_no_telephone_is_lost),
        T(test_hostile_and_ragged_rows),
        T(test_rows_become_families),
        T(test_a_family_is_taken_whole_or_not_at_all),
        T(test_a_household_of_ten_thousand),
        T(test_many_errors_are_counted),
        T(test_doubles_are_warnings),
        T(test_nothing_is_live_before_approval),
        T(test_the_same_file_twice),
        T(test_a_corrected_list_brings_what_is_new),
        T(test_numbers_of_rows_are_no_key),
        T(test_one_more_of_a_family_that_is_there),
        T(test_two_lists_are_not_versions),
        T(test_what_was_taken_back_or_erased_is_new),
        T(test_a_version_overtaken),
        T(test_taking_back),
        T(test_approval_goes_on_where_it_stopped),
        T(test_an_erasure_reaches_what_is_kept_beside_the_ledger),
        T(test_a_guessed_encoding_is_said),
        T(test_a_file_that_was_handed_in),
        T(test_who_may_not),
        T(test_a_list_of_opencr),
        T(test_a_list_of_febrl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
