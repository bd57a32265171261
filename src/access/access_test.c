/* access_test.c: who acts, what they may do, and that reads of files are recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/toy_int.h"

#include <pthread.h>

static Toy *t;

static int setup(void **state) {
    (void)state;
    t = toy_make();
    return 0;
}

static int teardown(void **state) {
    (void)state;
    toy_drop(t);
    return 0;
}

#define PASSWORD "correct horse battery"

/* The actor of an account; its arena lives until the test's end. */
static const Actor *actor_of(Id user, Ctx *c) {
    const Actor *a = NULL;
    *c = toy_request_kept(t);
    Status st = access_actor_of_user(c, t->access, user, STR(""), &a);
    assert_int_equal(st, ST_OK);
    assert_ptr_equal(c->actor, a);
    return a;
}

static uint32_t scope(Id office, Lane lane) {
    return store_scope_no(t->store, office, lane);
}

static bool reaches(const Actor *a, Lane lane, Id office) {
    uint32_t no = scope(office, lane);
    for (size_t i = 0; no && i < a->reach->lane[lane].n; i++)
        if (a->reach->lane[lane].scopes[i] == no) return true;
    return false;
}

/* --- names ------------------------------------------------------------------------------------ */

static void test_names_go_both_ways(void **state) {
    (void)state;
    Permission p;
    Lane lane;
    for (int i = PERM_NONE + 1; i < PERMISSIONS; i++) {
        assert_true(permission_parse(str_of(permission_name((Permission)i)), &p));
        assert_int_equal(p, i);
    }
    for (int i = 0; i < LANES; i++) {
        assert_true(lane_parse(str_of(lane_name((Lane)i)), &lane));
        assert_int_equal(lane, i);
    }
    assert_true(lane_parse(STR("CORE"), &lane));
    assert_false(permission_parse(STR("none"), &p));
    assert_false(permission_parse(STR("person"), &p));
    assert_false(lane_parse(STR(""), &lane));
}

/* --- what an actor may do --------------------------------------------------------------------- */

static void test_nothing_is_allowed_without_a_grant(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    toy_person_new(t, "Gul", t->north);
    const Actor *a = actor_of(user, &c);
    for (int p = PERM_NONE + 1; p < PERMISSIONS; p++) {
        assert_false(actor_may(a, (Permission)p));
        assert_false(actor_may_in(a, (Permission)p, scope(t->north, LANE_CORE)));
        assert_false(actor_may_at(a, (Permission)p, t->north));
    }
    assert_true(actor_may(a, PERM_NONE));
    assert_false(reaches(a, LANE_CORE, t->north));
    assert_int_equal(a->reach->lane[LANE_CONTROL].n, 1);
    assert_false(a->reach->everything);
    assert_int_equal(actor_require(&c, PERM_PERSON_READ), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.denied");
    assert_true(str_is(toy_error_arg(&c, "permission"), "person.read"));
    Ctx nobody = toy_request(t);
    assert_int_equal(actor_require(&nobody, PERM_NONE), ST_UNAUTHENTICATED);
    arena_free(nobody.arena);
}

static void test_a_grant_reaches_the_offices_below(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    toy_person_new(t, "A", t->north);
    toy_person_new(t, "B", t->camp);
    toy_person_new(t, "C", t->south);
    toy_grant_new(t, user, t->clerk, t->north, DAY_NONE);
    const Actor *a = actor_of(user, &c);
    assert_true(reaches(a, LANE_CORE, t->north));
    assert_true(reaches(a, LANE_CORE, t->camp));
    assert_false(reaches(a, LANE_CORE, t->south));
    assert_true(actor_may_at(a, PERM_PERSON_WRITE, t->camp));
    assert_false(actor_may_at(a, PERM_PERSON_WRITE, t->root));
    assert_false(actor_may_at(a, PERM_PERSON_WRITE, t->south));
    assert_true(actor_may_in(a, PERM_PERSON_WRITE, scope(t->camp, LANE_CORE)));
    assert_true(actor_may_in(a, PERM_NEED_WRITE, scope(t->camp, LANE_PROTECTION)));
    assert_false(actor_may_in(a, PERM_PERSON_WRITE, scope(t->south, LANE_CORE)));
    assert_false(actor_may_in(a, PERM_PERSON_VOID, scope(t->camp, LANE_CORE)));
    assert_false(actor_may_in(a, PERM_PERSON_READ, 0));
    /* need.write without need.read: the lane is granted, its rows are not to be read. */
    assert_false(reaches(a, LANE_PROTECTION, t->north));
    assert_int_equal(actor_require_in(&c, PERM_PERSON_READ, scope(t->south, LANE_CORE)), ST_DENIED);
    assert_int_equal(actor_require_at(&c, PERM_PERSON_READ, t->camp), ST_OK);
}

static void test_reading_is_bound_to_the_reach(void **state) {
    (void)state;
    Ctx c;
    Record *r;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    Id mine = toy_person_new(t, "A", t->camp), other = toy_person_new(t, "C", t->south);
    toy_grant_new(t, user, t->clerk, t->north, DAY_NONE);
    const KindInfo *person = model_kind(store_model(t->store), STR("person"));
    actor_of(user, &c);
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    assert_int_equal(read_record(&c, person, mine, &r), ST_OK);
    assert_int_equal(record_value(r, "risk").type, VAL_NONE);
    assert_int_equal(read_record(&c, person, other, &r), ST_MISSING);
}

static void test_the_lane_counts(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    Id role = toy_role_new(t, "half", "person.read need.read", "core");
    toy_person_new(t, "A", t->north);
    toy_grant_new(t, user, role, t->north, DAY_NONE);
    const Actor *a = actor_of(user, &c);
    assert_true(actor_may(a, PERM_NEED_READ));
    assert_false(actor_may_in(a, PERM_NEED_READ, scope(t->north, LANE_PROTECTION)));
    assert_false(reaches(a, LANE_PROTECTION, t->north));
}

static void test_grants_add_up_but_do_not_mix(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    Id report = toy_role_new(t, "report", "report", "core");
    toy_person_new(t, "A", t->camp);
    toy_person_new(t, "B", t->south);
    toy_grant_new(t, user, t->clerk, t->camp, DAY_NONE);
    toy_grant_new(t, user, report, t->root, DAY_NONE);
    const Actor *a = actor_of(user, &c);
    assert_true(actor_may(a, PERM_REPORT));
    assert_true(reaches(a, LANE_CORE, t->camp));
    assert_false(reaches(a, LANE_CORE, t->south));
    c.store = t->store;
    const Reach *wide = actor_reach(&c, PERM_REPORT);
    assert_int_equal(wide->lane[LANE_CORE].n, 2);
    assert_int_equal(wide->lane[LANE_PROTECTION].n, 0);
    assert_int_equal(actor_reach(&c, PERM_EXPORT)->lane[LANE_CORE].n, 0);
}

static void test_a_grant_ends_with_its_last_day(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    Day today = day_of_time(TRIAL_START, 270);
    toy_grant_new(t, user, t->clerk, t->north, today);
    assert_true(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    /* 19:30 UTC is midnight at +4:30. */
    env_advance(&t->env, 7 * 3600 * TIME_SECOND);
    assert_true(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    env_advance(&t->env, 3600 * TIME_SECOND);
    assert_false(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    assert_int_equal(c.today, today + 1);
}

static void test_changes_are_seen_at_once(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    assert_false(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    Id grant = toy_grant_new(t, user, t->clerk, t->north, DAY_NONE);
    assert_true(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    const Actor *kept = actor_of(user, &c);
    toy_write(t, (ToyWrite){ "grant", .id = grant, .unmake = true });
    assert_false(actor_may(actor_of(user, &c), PERM_PERSON_READ));
    /* What was handed out stays whole until its request is over. */
    assert_true(actor_may(kept, PERM_PERSON_READ));
    /* A scope that comes into being later is in reach too. */
    toy_grant_new(t, user, t->clerk, t->north, DAY_NONE);
    assert_false(reaches(actor_of(user, &c), LANE_CORE, t->camp));
    toy_person_new(t, "A", t->camp);
    assert_true(reaches(actor_of(user, &c), LANE_CORE, t->camp));
    toy_write(t, (ToyWrite){ "role", .id = t->clerk, .unmake = true });
    assert_false(actor_may(actor_of(user, &c), PERM_PERSON_READ));
}

static void test_offices_in_a_circle(void **state) {
    (void)state;
    Ctx c;
    Val f = val_map();
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    toy_put(t, &f, "parent", val_id(t->arena, t->camp));
    toy_write(t, (ToyWrite){ "office", .id = t->north, .fields = f });
    toy_grant_new(t, user, t->clerk, t->camp, DAY_NONE);
    const Actor *a = actor_of(user, &c);
    assert_true(actor_may_at(a, PERM_PERSON_READ, t->north));
    assert_false(actor_may_at(a, PERM_PERSON_READ, t->south));
}

static void test_who_can_grant_more(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id near = toy_user_new(t, "zahra", PASSWORD, t->north);
    Id far = toy_user_new(t, "omar", PASSWORD, t->south);
    toy_grant_new(t, near, t->chief, t->north, DAY_NONE);
    toy_grant_new(t, far, t->chief, t->south, DAY_NONE);
    actor_of(user, &c);
    assert_int_equal(actor_require(&c, PERM_PERSON_READ), ST_DENIED);
    assert_true(str_is(toy_error_arg(&c, "who"), "Name of zahra"));
}

static void test_kinds(void **state) {
    (void)state;
    Ctx c;
    const Model *m = store_model(t->store);
    Id clerk = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id chief = toy_user_new(t, "zahra", PASSWORD, t->north);
    toy_grant_new(t, clerk, t->clerk, t->camp, DAY_NONE);
    toy_grant_new(t, chief, t->chief, t->root, DAY_NONE);
    struct {
        const char *kind;
        bool clerk_reads, clerk_writes, chief_reads, chief_writes;
    } rows[] = {
        { "office", true, false, true, false },      { "user", false, false, true, true },
        { "grant", false, false, true, true },       { "person", true, true, false, false },
        { "audit_read", false, false, true, false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const KindInfo *k = model_kind(m, str_of(rows[i].kind));
        const Actor *a = actor_of(clerk, &c);
        assert_int_equal(access_may_read_kind(a, k), rows[i].clerk_reads);
        assert_int_equal(access_may_write_kind(a, k), rows[i].clerk_writes);
        a = actor_of(chief, &c);
        assert_int_equal(access_may_read_kind(a, k), rows[i].chief_reads);
        assert_int_equal(access_may_write_kind(a, k), rows[i].chief_writes);
        assert_true(access_may_read_kind(actor_system(), k));
    }
}

static void test_an_actor_is_renewed(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    const Actor *a = actor_of(user, &c);
    assert_int_equal(access_renew(&c, t->access), ST_OK);
    assert_ptr_equal(c.actor, a);
    toy_grant_new(t, user, t->clerk, t->north, DAY_NONE);
    toy_person_new(t, "A", t->north);
    assert_int_equal(access_renew(&c, t->access), ST_OK);
    assert_true(actor_may(c.actor, PERM_PERSON_WRITE));
    assert_true(reaches(c.actor, LANE_CORE, t->north));
    assert_ptr_equal(c.reach, c.actor->reach);
    toy_user_set(t, user, "status", val_text(STR("SUSPENDED")));
    assert_int_equal(access_renew(&c, t->access), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.session.ended");
    assert_int_equal(access_renew(&t->c, t->access), ST_OK);
    assert_true(t->c.actor->system);
}

static void test_accounts_that_do_not_act(void **state) {
    (void)state;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->north);
    const Actor *a;
    Ctx c = toy_request(t);
    assert_int_equal(access_actor_of_login(&c, t->access, STR(" NADIA "), STR("root"), &a), ST_OK);
    assert_true(id_eq(a->user, user));
    assert_true(str_is(a->spoken_by, "root"));
    assert_true(str_is(c.lang, "fr"));
    assert_int_equal(access_actor_of_login(&c, t->access, STR("nobody"), STR(""), &a), ST_MISSING);
    assert_string_equal(toy_error(&c), "error.user.unknown");
    toy_user_set(t, user, "ends_on", val_int(day_of_time(TRIAL_START, 270)));
    assert_int_equal(access_actor_of_user(&c, t->access, user, STR(""), &a), ST_OK);
    toy_user_set(t, user, "ends_on", val_int(day_of_time(TRIAL_START, 270) - 1));
    assert_int_equal(access_actor_of_user(&c, t->access, user, STR(""), &a), ST_MISSING);
    toy_user_set(t, user, "ends_on", val_null());
    toy_user_set(t, user, "status", val_text(STR("SUSPENDED")));
    assert_int_equal(access_actor_of_user(&c, t->access, user, STR(""), &a), ST_MISSING);
    toy_user_set(t, user, "status", val_null());
    assert_int_equal(access_actor_of_user(&c, t->access, user, STR(""), &a), ST_MISSING);
    toy_user_set(t, user, "status", val_text(STR("ACTIVE")));
    toy_write(t, (ToyWrite){ "user", .id = user, .unmake = true });
    assert_int_equal(access_actor_of_user(&c, t->access, user, STR(""), &a), ST_MISSING);
    assert_int_equal(access_actor_of_login(&c, t->access, STR("nadia"), STR(""), &a), ST_MISSING);
    arena_free(c.arena);
}

/* --- reads of files --------------------------------------------------------------------------- */

static size_t count_audit(Record ***ret) {
    static Ctx c;
    Page page;
    c = toy_request_kept(t);
    actor_enter(&c, actor_system());
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    Query q = { .kind = model_kind(store_model(t->store), STR("audit_read")), .limit = 1000 };
    assert_int_equal(read_query(&c, &q, &page), ST_OK);
    if (ret) *ret = page.rows;
    return page.n;
}

static void test_reads_are_recorded_in_batches(void **state) {
    (void)state;
    Ctx c;
    Record **rows;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id subject = id_new(&t->env), office;
    Lane lane;
    actor_of(user, &c);
    for (int i = 0; i < 5; i++)
        assert_int_equal(audit_read(&c, t->access, subject, STR("person.file"), STR("FRAUD")),
                         ST_OK);
    assert_int_equal(audit_flush(&c, t->access), ST_OK);
    assert_int_equal(audit_waiting(t->access), 0);
    assert_int_equal(count_audit(&rows), 5);
    Id reader;
    assert_true(record_id(rows[0], "reader", &reader) && id_eq(reader, user));
    assert_true(str_eq(record_text(rows[0], "subject"), id_text(t->arena, subject)));
    assert_true(str_is(record_text(rows[0], "op"), "person.file"));
    assert_true(str_is(record_text(rows[0], "purpose"), "FRAUD"));
    assert_true(store_scope_office(t->store, rows[0]->scope, &office, &lane));
    assert_true(id_eq(office, t->camp));
    assert_int_equal(lane, LANE_AUDIT);
}

static void test_photographs_in_lines_are_recorded_once(void **state) {
    (void)state;
    Ctx c, other;
    Record **rows;
    Id nadia = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id omar = toy_user_new(t, "omar", PASSWORD, t->camp);
    Id seen[] = { id_new(&t->env), id_new(&t->env), id_new(&t->env) };
    actor_of(nadia, &c);
    assert_int_equal(audit_glimpses(&c, t->access, seen, 2, STR("person.search"), STR("")), ST_OK);
    assert_int_equal(audit_flush(&c, t->access), ST_OK);
    assert_int_equal(count_audit(&rows), 2);
    assert_true(str_is(record_text(rows[0], "op"), "person.search"));
    assert_true(val_eq(record_value(rows[0], "sealed"), val_bool(true)));
    /* Only who is new, while the same reader goes on typing. */
    c.now += AUDIT_GLIMPSE - 1;
    assert_int_equal(audit_glimpses(&c, t->access, seen, 3, STR("person.search"), STR("")), ST_OK);
    assert_int_equal(audit_flush(&c, t->access), ST_OK);
    assert_int_equal(count_audit(NULL), 3);
    /* Another reader is another read; and so is the same one later, or before, by a clock set back. */
    actor_of(omar, &other);
    assert_int_equal(audit_glimpses(&other, t->access, seen, 1, STR("person.search"), STR("")),
                     ST_OK);
    c.now += 1;
    assert_int_equal(audit_glimpses(&c, t->access, seen, 1, STR("person.search"), STR("")), ST_OK);
    c.now -= AUDIT_GLIMPSE;
    assert_int_equal(audit_glimpses(&c, t->access, seen, 1, STR("person.search"), STR("")), ST_OK);
    assert_int_equal(audit_flush(&c, t->access), ST_OK);
    assert_int_equal(count_audit(NULL), 6);
}

static void test_a_batch_comes_by_itself(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    actor_of(user, &c);
    assert_int_equal(audit_read(&c, t->access, id_new(&t->env), STR("person.file"), STR("")),
                     ST_OK);
    for (int i = 0; i < 300 && audit_waiting(t->access) > 0; i++)
        usleep(10000);
    assert_int_equal(audit_waiting(t->access), 0);
    assert_int_equal(count_audit(NULL), 1);
}

static void test_the_program_reads_on_the_first_office(void **state) {
    (void)state;
    Record **rows;
    Id office;
    Lane lane;
    assert_int_equal(
        audit_read_sealed(&t->c, t->access, id_new(&t->env), STR("person.file"), STR("")), ST_OK);
    assert_int_equal(count_audit(&rows), 1);
    assert_true(store_scope_office(t->store, rows[0]->scope, &office, &lane));
    assert_true(id_eq(office, t->root));
    assert_true(val_eq(record_value(rows[0], "sealed"), val_bool(true)));
}

/* Holds the writer up until told to go on, as a slow disk would. */
typedef struct Hold {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool holds, go;
    Status status;
} Hold;

static Status hold_fn(Ctx *c, Tx *tx, void *arg) {
    Hold *h = arg;
    (void)tx;
    (void)c;
    pthread_mutex_lock(&h->lock);
    h->holds = true;
    pthread_cond_broadcast(&h->moved);
    while (!h->go)
        pthread_cond_wait(&h->moved, &h->lock);
    pthread_mutex_unlock(&h->lock);
    return ST_OK;
}

static void *hold_main(void *arg) {
    Hold *h = arg;
    Ctx c = toy_request(t);
    h->status = store_write(t->store, &c, hold_fn, h);
    arena_free(c.arena);
    return NULL;
}

static void test_a_full_queue_refuses_reads(void **state) {
    (void)state;
    Ctx c;
    pthread_t thread;
    Hold h = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, false, ST_OK };
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp), subject = id_new(&t->env);
    actor_of(user, &c);
    assert_int_equal(pthread_create(&thread, NULL, hold_main, &h), 0);
    pthread_mutex_lock(&h.lock);
    while (!h.holds)
        pthread_cond_wait(&h.moved, &h.lock);
    pthread_mutex_unlock(&h.lock);
    for (int i = 0; i < AUDIT_QUEUE; i++)
        assert_int_equal(audit_read(&c, t->access, subject, STR("person.file"), STR("")), ST_OK);
    assert_int_equal(audit_read(&c, t->access, subject, STR("person.file"), STR("")), ST_BUSY);
    assert_string_equal(toy_error(&c), "error.audit.full");
    assert_int_equal(audit_glimpses(&c, t->access, &subject, 1, STR("person.search"), STR("")),
                     ST_BUSY);
    pthread_mutex_lock(&h.lock);
    h.go = true;
    pthread_cond_broadcast(&h.moved);
    pthread_mutex_unlock(&h.lock);
    pthread_join(thread, NULL);
    assert_int_equal(audit_flush(&c, t->access), ST_OK);
    assert_int_equal(audit_read(&c, t->access, subject, STR("person.file"), STR("")), ST_OK);
}

static void test_closing_records_what_waits(void **state) {
    (void)state;
    Ctx c;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    actor_of(user, &c);
    for (int i = 0; i < 3; i++)
        assert_int_equal(audit_read(&c, t->access, id_new(&t->env), STR("person.file"), STR("")),
                         ST_OK);
    toy_close(t);
    toy_open(t);
    assert_int_equal(count_audit(NULL), 3);
}

static void test_sealed_fields_need_right_and_record(void **state) {
    (void)state;
    Ctx c;
    Record *r;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id role = toy_role_new(t, "carer", "person.read sealed.read", "core");
    Id person = toy_person_new(t, "A", t->camp), other = toy_person_new(t, "B", t->south);
    const KindInfo *k = model_kind(store_model(t->store), STR("person"));
    toy_grant_new(t, user, role, t->camp, DAY_NONE);
    toy_grant_new(t, user, t->clerk, t->south, DAY_NONE);
    actor_of(user, &c);
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    assert_int_equal(read_record(&c, k, person, &r), ST_OK);
    assert_int_equal(record_value(r, "secret").type, VAL_NONE);
    assert_int_equal(audit_open_sealed(&c, t->access, r, person, STR("person.file"), STR("")),
                     ST_OK);
    assert_true(str_is(record_text(r, "secret"), "hush"));
    assert_int_equal(count_audit(NULL), 1);
    /* Elsewhere they may read, but not what is sealed. */
    assert_int_equal(read_record(&c, k, other, &r), ST_OK);
    assert_int_equal(audit_open_sealed(&c, t->access, r, other, STR("person.file"), STR("")),
                     ST_DENIED);
    assert_int_equal(count_audit(NULL), 1);
}

static void test_what_cannot_be_recorded_is_not_opened(void **state) {
    (void)state;
    Ctx c;
    Record *r;
    Id user = toy_user_new(t, "nadia", PASSWORD, t->camp);
    Id role = toy_role_new(t, "carer", "person.read sealed.read", "core");
    Id person = toy_person_new(t, "A", t->camp);
    const KindInfo *k = model_kind(store_model(t->store), STR("person"));
    toy_grant_new(t, user, role, t->camp, DAY_NONE);
    actor_of(user, &c);
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    assert_int_equal(read_record(&c, k, person, &r), ST_OK);
    EnvFault *f = &t->env.fault[FAULT_FSYNC];
    f->fail_at = f->count + 1;
    f->sticky = true;
    Status st = audit_open_sealed(&c, t->access, r, person, STR("person.file"), STR(""));
    assert_int_equal(st, ST_IO);
    assert_string_equal(toy_error(&c), "error.audit.not_written");
    assert_int_equal(record_value(r, "secret").type, VAL_NONE);
    /* The attempt waits to be recorded. */
    assert_int_equal(audit_waiting(t->access), 1);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_go_both_ways),
        TEST(test_nothing_is_allowed_without_a_grant),
        TEST(test_a_grant_reaches_the_offices_below),
        TEST(test_reading_is_bound_to_the_reach),
        TEST(test_the_lane_counts),
        TEST(test_grants_add_up_but_do_not_mix),
        TEST(test_a_grant_ends_with_its_last_day),
        TEST(test_changes_are_seen_at_once),
        TEST(test_offices_in_a_circle),
        TEST(test_who_can_grant_more),
        TEST(test_kinds),
        TEST(test_an_actor_is_renewed),
        TEST(test_accounts_that_do_not_act),
        TEST(test_reads_are_recorded_in_batches),
        TEST(test_photographs_in_lines_are_recorded_once),
        TEST(test_a_batch_comes_by_itself),
        TEST(test_the_program_reads_on_the_first_office),
        TEST(test_a_full_queue_refuses_reads),
        TEST(test_closing_records_what_waits),
        TEST(test_sealed_fields_need_right_and_record),
        TEST(test_what_cannot_be_recorded_is_not_opened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
