/* kill_test.c: kill -9 at any instant of a write load, some hundred times over the same folder.
 *
 * A child process opens the folder, writes and tells through a pipe what was acknowledged. The parent
 * kills it, opens the folder, and looks for every acknowledged act. Now and then the whole ledger is
 * verified and the projection rebuilt beside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/toy_int.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/banned.h"

enum { KILLS = 200, PEOPLE = 20, ALIVE_MAX_US = 25000 };

typedef struct Said {
    int32_t person;
    int64_t value;
} Said;

typedef struct Act {
    Toy *t;
    Id id;
    int64_t value;
    bool create;
} Act;

static Status run_act(Ctx *c, Tx *tx, void *arg) {
    Act *a = arg;
    (void)tx;
    Val f = val_map();
    val_set_c(c->arena, &f, "given_name",
              val_text(str_printf(c->arena, "Name %lld", (long long)a->value)));
    val_set_c(c->arena, &f, "risk", val_int(a->value));
    if (a->create) return tx_create(c, a->t->person, a->id, a->t->office, f);
    return tx_set(c, a->t->person, a->id, STR(""), f);
}

static void child(Toy *t, const Id *people, int64_t *value, int out) {
    Ctx open = ctx_new(t->env, arena_new(t->env, 64 << 20));
    if (store_open(&open, &t->options, &t->store) != ST_OK) _exit(3);
    toy_kinds_of(t);
    for (int64_t n = 1;; n++) {
        Arena *a = arena_new(t->env, 16 << 20);
        Ctx c = ctx_new(t->env, a);
        c.reach = &reach_everything;
        c.store = t->store;
        Said s = { .person = (int32_t)(n % PEOPLE) };
        s.value = ++value[s.person];
        Act act = { .t = t, .id = people[s.person], .value = s.value };
        if (store_write(t->store, &c, run_act, &act) != ST_OK) _exit(4);
        if (write(out, &s, sizeof(s)) != (ssize_t)sizeof(s)) _exit(5);
        arena_free(a);
    }
}

static void hear(int in, int64_t *acknowledged) {
    Said s;
    while (read(in, &s, sizeof(s)) == (ssize_t)sizeof(s))
        acknowledged[s.person] = s.value;
}

static void look(Toy *t, const Id *people, int64_t *acknowledged, bool thoroughly) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    c.reach = &reach_everything;
    Status st = store_open(&c, &t->options, &t->store);
    if (st != ST_OK)
        print_message("%.*s %.*s\n", STR_ARG(c.errs.v[0].key), STR_ARG(c.errs.v[0].cause));
    assert_int_equal(st, ST_OK);
    toy_kinds_of(t);
    Ctx r = ctx_new(t->env, arena_new(t->env, 64 << 20));
    r.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    for (size_t i = 0; i < PEOPLE; i++) {
        Record *rec = NULL;
        assert_int_equal(read_record(&r, t->person, people[i], &rec), ST_OK);
        int64_t now = record_value(rec, "risk").i;
        /* The last act may have been made durable without its answer getting out. */
        assert_true(now == acknowledged[i] || now == acknowledged[i] + 1);
        acknowledged[i] = now;
    }
    arena_free(r.arena);
    if (thoroughly) {
        VerifyReport v;
        assert_int_equal(store_verify(&c, t->store, true, &v), ST_OK);
        assert_int_equal(v.faults, 0);
        Ctx b = ctx_new(t->env, arena_new(t->env, 256 << 20));
        RebuildReport rep;
        assert_int_equal(store_rebuild(&b, t->store, true, &rep), ST_OK);
        assert_int_equal(rep.differences, 0);
        arena_free(b.arena);
    }
    arena_free(c.arena);
    store_close(t->store);
    t->store = NULL;
}

static void test_nothing_acknowledged_is_lost(void **state) {
    (void)state;
    log_set_level(LOG_LEVEL_ERROR); /* each start says that it recovered */
    Toy t;
    assert_int_equal(toy_make(&t, env_system()), ST_OK);
    Id people[PEOPLE];
    int64_t value[PEOPLE] = { 0 };
    for (size_t i = 0; i < PEOPLE; i++) {
        Act a = { .t = &t, .id = people[i] = id_new(t.env), .create = true };
        assert_int_equal(store_write(t.store, &t.c, run_act, &a), ST_OK);
    }
    store_close(t.store);
    t.store = NULL;
    Rng r = rng_new((uint64_t)env_now(t.env));
    int64_t acts = 0;
    for (size_t kill_no = 1; kill_no <= KILLS; kill_no++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            close(ends[0]);
            child(&t, people, value, ends[1]);
        }
        close(ends[1]);
        /* Every other time it has begun to write; else the kill may fall into its start. */
        struct pollfd first = { .fd = ends[0], .events = POLLIN };
        if (kill_no % 2) assert_int_equal(poll(&first, 1, 10000), 1);
        usleep((useconds_t)rng_below(&r, ALIVE_MAX_US));
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        int64_t before = 0, after = 0;
        for (size_t i = 0; i < PEOPLE; i++)
            before += value[i];
        hear(ends[0], value);
        close(ends[0]);
        look(&t, people, value, kill_no % 25 == 0);
        for (size_t i = 0; i < PEOPLE; i++)
            after += value[i];
        acts += after - before;
    }
    print_message("%d kills, %lld acts\n", KILLS, (long long)acts);
    assert_true(acts > KILLS);
    t.store = NULL;
    toy_drop(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_acknowledged_is_lost) };
    return cmocka_run_group_tests_name("kill", tests, NULL, NULL);
}
