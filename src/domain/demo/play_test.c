/* play_test.c: a demo operation through the real operations; afterwards the folder agrees with the
 * truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/admin/admin.h"
#include "domain/demo/play.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "model/messages.h"
#include "store/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { KINDS = 40, OPS = 120, LABELS = 20 };

typedef struct Folder {
    Env env;
    Arena *arena;
    Ctx c;
    char dir[TRIAL_DIR_N], truth[80];
    const Kind *kinds[KINDS];
    const Op *ops[OPS];
    LabelSource labels[LABELS];
    ModelSource model;
    Store *store;
    Access *access;
    OpTable table;
    FirstIds first;
    DemoReport report;
} Folder;

static void show_errors(const Ctx *c) {
    for (size_t i = 0; i < c->errs.n; i++)
        print_message("# %.*s: %.*s (%.*s)\n", STR_ARG(c->errs.v[i].path),
                      STR_ARG(c->errs.v[i].key), STR_ARG(c->errs.v[i].cause));
}

#define ok(c, expression)                                                                          \
    do {                                                                                           \
        if ((expression) != ST_OK) {                                                               \
            show_errors(c);                                                                        \
            fail_msg("%s", #expression);                                                           \
        }                                                                                          \
    } while (0)

static void add_room(Folder *f, const Room *room) {
    for (size_t i = 0; i < room->n_kinds; i++)
        f->kinds[f->model.n_kinds++] = room->kinds[i];
    for (size_t i = 0; i < room->n_ops; i++)
        f->ops[f->table.n++] = &room->ops[i];
    ASSERT(f->table.n <= OPS && f->model.n_kinds <= KINDS);
}

static void make_model(Folder *f) {
    size_t n = 0;
    add_room(f, &access_room);
    add_room(f, &op_room);
    add_room(f, &admin_room);
    add_room(f, &registry_room);
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        f->labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        f->labels[n++] = builtin_messages[i];
    ASSERT(n <= LABELS);
    f->model.kinds = f->kinds;
    f->model.lists = builtin_code_lists;
    f->model.n_lists = builtin_code_lists_n;
    f->model.labels = f->labels;
    f->model.n_labels = n;
}

static Status first_records(Ctx *c, Tx *tx, void *arg) {
    Folder *f = arg;
    FirstRecords in = { .login = STR("admin"), .keep_password = true };
    TRY(access_password_hash(c, f->access, STR("a long password here"), &in.password_phc));
    return admin_first_records(c, tx, &in, &f->first);
}

static Folder *folder_make(const DemoOptions *o) {
    static Folder folder;
    Folder *f = &folder;
    Str recovery;
    AccessOptions access = { .password_quick = true };
    memset(f, 0, sizeof *f);
    crypt_start();
    demo_env_init(&f->env, demo_first_day(o));
    f->arena = arena_new(&f->env, (size_t)1 << 30);
    f->c = ctx_new(&f->env, f->arena);
    actor_enter(&f->c, actor_system());
    make_model(f);
    assert_true(trial_folder(f->dir, "demo"));
    (void)snprintf(f->truth, sizeof f->truth, "%.60s/truth.csv", f->dir);
    StoreOptions so = { .dir = f->dir, .model = &f->model, .password_quick = true };
    ok(&f->c, store_init(&f->c, &so, STR("Demo"), &recovery));
    ok(&f->c, store_open(&f->c, &so, &f->store));
    f->c.store = f->store;
    ok(&f->c, access_open(&f->c, f->store, &access, &f->access));
    f->table.ops = f->ops;
    f->table.access = f->access;
    ok(&f->c, store_write(f->store, &f->c, first_records, f));
    return f;
}

/* Some months, so that days are full and transactions few. */
static DemoOptions some_months(uint32_t people, uint64_t seed) {
    DemoOptions o = demo_options(people, seed);
    o.start = day_from_civil(2025, 1, 20);
    o.end = day_from_civil(2025, 5, 31);
    return o;
}

static void folder_drop(Folder *f) {
    access_close(f->access);
    store_close(f->store);
    arena_free(f->arena);
    trial_remove(f->dir);
}

static Status play(Folder *f, const DemoOptions *o, bool ask_doubles) {
    DemoPlay p = { .store = f->store,
                   .table = &f->table,
                   .parent = f->first.office,
                   .administrator = f->first.user,
                   .options = *o,
                   .truth_path = f->truth,
                   .ask_doubles = ask_doubles };
    return demo_play(&f->c, &p, &f->report);
}

static void show_refusals(const DemoReport *r) {
    for (size_t i = 0; i < r->n_refusals; i++) {
        const DemoRefusal *one = &r->refusals[i];
        print_message("# %llu x %.*s: %.*s at %.*s\n", (unsigned long long)one->n, STR_ARG(one->op),
                      STR_ARG(one->key), STR_ARG(one->path));
    }
}

/* ---- looking --------------------------------------------------------------------------------- */

static int64_t count(Folder *f, const char *kind, const char *where) {
    Ctx c = ctx_new(&f->env, arena_new(&f->env, 64 << 20));
    const KindInfo *k = model_kind(store_model(f->store), str_of(kind));
    Expr *e = NULL;
    int64_t n = -1;
    c.store = f->store;
    actor_enter(&c, actor_system());
    if (where) ok(&c, expr_compile_condition(&c, store_model(f->store), k, str_of(where), &e));
    ok(&c, store_read_begin(f->store, &c));
    ok(&c, read_count(&c, k, e, 1000000, &n));
    arena_free(c.arena);
    return n;
}

typedef struct TruthRow {
    Str person, number, event, double_of;
    int64_t true_person;
} TruthRow;

static bool row_next(Str *rest, TruthRow *ret) {
    if (!rest->s || rest->n == 0) return false;
    Str line = str_cut(rest, '\n'), cell[7];
    for (size_t i = 0; i < 7; i++)
        cell[i] = str_cut(&line, ',');
    assert_null(line.s);
    *ret =
        (TruthRow){ .person = cell[0], .number = cell[1], .event = cell[3], .double_of = cell[6] };
    assert_true(num_parse_i64(cell[2], &ret->true_person));
    return true;
}

/* Each row's person is in the folder under its number. */
static void person_there(Folder *f, const TruthRow *row) {
    Ctx c = ctx_new(&f->env, arena_new(&f->env, 16 << 20));
    Id id;
    Record *r;
    c.store = f->store;
    actor_enter(&c, actor_system());
    assert_true(id_parse(row->person, &id));
    ok(&c, store_read_begin(f->store, &c));
    ok(&c, read_record(&c, model_kind(store_model(f->store), STR("person")), id, &r));
    assert_true(str_eq(record_text(r, "number"), row->number));
    if (str_is(row->event, "DOUBLE")) {
        assert_true(id_parse(row->double_of, &id));
        ok(&c, read_record(&c, r->kind, id, &r));
    } else {
        assert_true(str_empty(row->double_of));
    }
    arena_free(c.arena);
}

static void truth_agrees(Folder *f) {
    Str text;
    TruthRow row;
    int64_t made = 0, doubles = 0;
    ok(&f->c, env_read_file(&f->c, f->truth, 64 << 20, &text));
    Str head = str_cut(&text, '\n');
    assert_true(str_is(head, "person,number,true_person,event,date,office,double_of"));
    while (row_next(&text, &row)) {
        bool makes = str_is(row.event, "REGISTERED") || str_is(row.event, "BORN") ||
                     str_is(row.event, "DOUBLE");
        assert_true(makes != str_empty(row.number));
        if (!makes) continue;
        made++;
        doubles += str_is(row.event, "DOUBLE");
        person_there(f, &row);
    }
    assert_int_equal(made, f->report.people);
    assert_int_equal(doubles, f->report.doubles);
}

static void folder_agrees(Folder *f, uint32_t people) {
    const DemoReport *r = &f->report;
    assert_int_equal(r->people, people);
    assert_int_equal(r->done, r->events);
    assert_int_equal(count(f, "person", NULL), people - r->voided);
    assert_int_equal(count(f, "person", "status_reason = 'DECEASED'"), r->died);
    assert_int_equal(count(f, "registration_group", "focal_point is unknown"), 0);
    assert_int_equal(count(f, "interview", NULL),
                     (int64_t)(r->truths[DEMO_REGISTERED] + r->truths[DEMO_DOUBLE]));
    assert_int_equal(count(f, "office", NULL), DEMO_OFFICES + 1);
    assert_int_equal(
        count(f, "office", "label_fa is known and label_ps is known and label_ar is known"),
        DEMO_OFFICES);
    assert_true(count(f, "person", "age(birth_date) < 0") == 0);
    truth_agrees(f);
}

static void folder_sound(Folder *f) {
    VerifyReport v;
    RebuildReport r;
    Ctx c = ctx_new(&f->env, arena_new(&f->env, 512 << 20));
    ok(&c, store_verify(&c, f->store, true, &v));
    assert_int_equal(v.faults, 0);
    ok(&c, store_rebuild(&c, f->store, true, &r));
    assert_int_equal(r.differences, 0);
    arena_free(c.arena);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_nothing_is_refused(void **state) {
    (void)state;
    DemoOptions o = some_months(500, 7);
    Folder *f = folder_make(&o);
    ok(&f->c, play(f, &o, true));
    show_refusals(&f->report);
    assert_int_equal(f->report.refused, 0);
    folder_agrees(f, 500);
    folder_sound(f);
    folder_drop(f);
}

static void test_as_from_an_outbox(void **state) {
    (void)state;
    DemoOptions o = some_months(2000, 8);
    o.double_share_ppm = 60000;
    Folder *f = folder_make(&o);
    ok(&f->c, play(f, &o, false));
    show_refusals(&f->report);
    assert_int_equal(f->report.refused, 0);
    assert_int_equal(f->report.confirmed, 0);
    assert_true(f->report.doubles > 60);
    folder_agrees(f, 2000);
    folder_drop(f);
}

/* A clerk is stopped by a telephone or a paper that is known, and says that it is someone else. */
static void test_doubles_are_confirmed(void **state) {
    (void)state;
    DemoOptions o = some_months(600, 3);
    o.double_share_ppm = 200000;
    Folder *f = folder_make(&o);
    ok(&f->c, play(f, &o, true));
    show_refusals(&f->report);
    assert_int_equal(f->report.refused, 0);
    assert_true(f->report.confirmed > 0);
    folder_agrees(f, 600);
    folder_drop(f);
}

static void stop_soon(void *arg, uint32_t people, uint32_t of) {
    Folder *f = arg;
    assert_true(people <= of);
    if (people > of / 3) f->env.stop = true;
}

static void test_stops_when_asked(void **state) {
    (void)state;
    DemoOptions o = some_months(300, 5);
    Folder *f = folder_make(&o);
    DemoPlay p = { .store = f->store,
                   .table = &f->table,
                   .parent = f->first.office,
                   .administrator = f->first.user,
                   .options = o,
                   .progress = stop_soon,
                   .progress_arg = f };
    assert_int_equal(demo_play(&f->c, &p, &f->report), ST_CANCELLED);
    assert_in_range(f->report.people, 100, 200);
    f->env.stop = false;
    folder_drop(f);
}

static void test_truth_that_cannot_be_written(void **state) {
    (void)state;
    DemoOptions o = some_months(20, 5);
    Folder *f = folder_make(&o);
    (void)snprintf(f->truth, sizeof f->truth, "%s/no/such/folder", f->dir);
    assert_int_equal(play(f, &o, false), ST_IO);
    assert_true(f->c.errs.n > 0);
    folder_drop(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_refused),
        cmocka_unit_test(test_as_from_an_outbox),
        cmocka_unit_test(test_doubles_are_confirmed),
        cmocka_unit_test(test_stops_when_asked),
        cmocka_unit_test(test_truth_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
