/* traces_test.c: an erasure is answered when its words are in no file any more: with others at work, with a
 * reader who holds an old state, after failed writes and after kill -9 at any instant of the cleaning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"
#include "store/toy_int.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "base/banned.h"

enum { PEOPLE = 1500, ERASERS = 2, ERASED_EACH = 4, FAULTS_MAX = 80, LAST = 24, KILLS = 40 };

typedef struct Act {
    Toy *t;
    Id id;
    Str name;
    bool create, erase;
} Act;

static Status run_act(Ctx *c, Tx *tx, void *arg) {
    Act *a = arg;
    Val f = val_map();
    if (a->erase) return tx_erase(c, a->id);
    (void)tx;
    val_set_c(c->arena, &f, "given_name", val_text(a->name));
    if (a->create) return tx_create(c, a->t->person, a->id, a->t->office, f);
    return tx_set(c, a->t->person, a->id, STR(""), f);
}

/* From any thread. */
static Status do_act(Act a) {
    Ctx c = ctx_new(a.t->env, arena_new(a.t->env, 64 << 20));
    c.reach = &reach_everything;
    c.store = a.t->store;
    Status st = store_write(a.t->store, &c, run_act, &a);
    arena_free(c.arena);
    return st;
}

typedef struct Person {
    Id id;
    Str name;
} Person;

static Person add_person(Toy *t, Rng *r) {
    Person p = { id_new(t->env), toy_random_name(r, t->arena) };
    assert_int_equal(do_act((Act){ .t = t, .id = p.id, .name = p.name, .create = true }), ST_OK);
    return p;
}

static void add_people(Toy *t, Rng *r) {
    Act *acts = arena_array(t->arena, Act, PEOPLE);
    WriteJob *jobs = arena_array(t->arena, WriteJob, PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        acts[i] = (Act){
            .t = t, .id = id_new(t->env), .name = toy_random_name(r, t->arena), .create = true
        };
        jobs[i] = (WriteJob){ .fn = run_act, .arg = &acts[i], .ctx = &t->c };
    }
    assert_int_equal(store_write_batch(t->store, jobs, PEOPLE), ST_OK);
}

/* Does a file of the folder hold the name, or the end of its word? */
static bool is_in_files(Toy *t, Str name) {
    static const char *const files[] = { "panah.db", "panah.db-wal", "keys.db", "keys.db-wal" };
    Ctx c = ctx_new(t->env, arena_new(t->env, (size_t)1 << 30));
    Str word = name_terms(c.arena, name).v[0], end = str_slice(word, 3, word.n);
    ASSERT(end.n > 10); /* no other word ends so by chance */
    bool found = false;
    for (size_t i = 0; i < 4; i++) {
        Str bytes = STR("");
        const char *path = str_c(c.arena, str_printf(c.arena, "%s/%s", t->dir, files[i]));
        if (!env_file_exists(path)) continue;
        if (env_read_file(&c, path, 1 << 28, &bytes) != ST_OK) BUG("a file cannot be read");
        found |= str_find(bytes, name) >= 0 || str_find(bytes, end) >= 0;
    }
    arena_free(c.arena);
    return found;
}

static bool is_there(Toy *t, Id id) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
    c.reach = &reach_everything;
    Record *r = NULL;
    assert_int_equal(store_read_begin(t->store, &c), ST_OK);
    Status st = read_record(&c, t->person, id, &r);
    assert_true(st == ST_OK || st == ST_MISSING);
    arena_free(c.arena);
    return st == ST_OK;
}

static void check_tables(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 256 << 20));
    RebuildReport r;
    assert_int_equal(store_rebuild(&c, t->store, true, &r), ST_OK);
    if (r.differences) print_message("%.*s\n", STR_ARG(r.first_difference));
    assert_int_equal(r.differences, 0);
    arena_free(c.arena);
}

static void make(Toy *t, Env *env) {
    assert_int_equal(toy_make(t, env), ST_OK);
    t->store->traces.pages = 1; /* many steps; no act was written yet */
}

static void reopen(Toy *t) {
    store_close(t->store);
    t->store = NULL;
    Ctx c = ctx_new(t->env, t->arena);
    assert_int_equal(store_open(&c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    toy_kinds_of(t);
}

/* ---- with others at work ---- */

typedef struct Eraser {
    Toy *t;
    Person people[ERASED_EACH];
    bool found_before;
    size_t n_failed, n_found;
    _Atomic bool done;
    pthread_t thread;
} Eraser;

static void *erase_main(void *arg) {
    Eraser *e = arg;
    for (size_t i = 0; i < ERASED_EACH; i++) {
        e->n_failed += do_act((Act){ .t = e->t, .id = e->people[i].id, .erase = true }) != ST_OK;
        e->n_found += is_in_files(e->t, e->people[i].name);
    }
    atomic_store(&e->done, true);
    return NULL;
}

static void start_eraser(Toy *t, Rng *r, Eraser *e) {
    *e = (Eraser){ .t = t, .found_before = true };
    for (size_t i = 0; i < ERASED_EACH; i++) {
        e->people[i] = add_person(t, r);
        e->found_before &= is_in_files(t, e->people[i].name);
    }
    assert_true(e->found_before);
}

static void end_eraser(Eraser *e) {
    pthread_join(e->thread, NULL);
    assert_int_equal(e->n_failed, 0);
    assert_int_equal(e->n_found, 0);
}

static void test_others_go_on_writing(void **state) {
    (void)state;
    Toy t;
    Rng r = rng_new(1);
    Eraser e[ERASERS];
    make(&t, env_system());
    add_people(&t, &r);
    for (size_t i = 0; i < ERASERS; i++)
        start_eraser(&t, &r, &e[i]);
    Person busy = add_person(&t, &r);
    for (size_t i = 0; i < ERASERS; i++)
        assert_int_equal(pthread_create(&e[i].thread, NULL, erase_main, &e[i]), 0);
    size_t acts = 0;
    for (; !atomic_load(&e[0].done) || !atomic_load(&e[1].done); acts++) {
        Act a = { .t = &t, .id = busy.id, .name = toy_random_name(&r, t.arena) };
        assert_int_equal(do_act(a), ST_OK);
    }
    for (size_t i = 0; i < ERASERS; i++)
        end_eraser(&e[i]);
    assert_true(acts > ERASED_EACH * 5); /* each merging takes some dozen steps */
    check_tables(&t);
    toy_drop(&t);
}

/* A page of the old state may be what a reader still looks at: the answer waits, other acts do not. */
static void test_a_reader_is_waited_for(void **state) {
    (void)state;
    Toy t;
    Rng r = rng_new(2);
    Eraser e;
    make(&t, env_system());
    start_eraser(&t, &r, &e);
    Person busy = add_person(&t, &r);
    Ctx c = ctx_new(t.env, arena_new(t.env, 64 << 20));
    c.reach = &reach_everything;
    Record *seen = NULL;
    assert_int_equal(store_read_begin(t.store, &c), ST_OK);
    assert_int_equal(read_record(&c, t.person, e.people[0].id, &seen), ST_OK);
    assert_int_equal(pthread_create(&e.thread, NULL, erase_main, &e), 0);
    for (size_t i = 0; i < 200 || is_there(&t, e.people[0].id); i++)
        assert_int_equal(
            do_act((Act){ .t = &t, .id = busy.id, .name = toy_random_name(&r, t.arena) }), ST_OK);
    assert_false(atomic_load(&e.done));
    assert_true(is_in_files(&t, e.people[0].name));
    assert_int_equal(read_record(&c, t.person, e.people[0].id, &seen), ST_OK);
    arena_free(c.arena);
    end_eraser(&e);
    toy_drop(&t);
}

/* ---- broken off ---- */

/* What a start has found half done goes on by itself, between the acts of others. */
static void wait_for_end(Toy *t, Rng *r) {
    enum { ACTS_MAX = 5000 };
    Person busy = add_person(t, r);
    for (size_t i = 0; i < ACTS_MAX; i++) {
        Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
        Str mark;
        assert_int_equal(store_read_begin(t->store, &c), ST_OK);
        assert_int_equal(meta_get(&c, c.reader->db, "traces", &mark), ST_OK);
        bool stands = mark.s != NULL;
        arena_free(c.arena);
        if (!stands) return;
        assert_int_equal(
            do_act((Act){ .t = t, .id = busy.id, .name = toy_random_name(r, t->arena) }), ST_OK);
    }
    fail_msg("the mark is still there");
}

static bool erase_with_fault(Toy *t, Rng *r, EnvFaultKind kind, uint64_t n, size_t *broken_off) {
    Person p = add_person(t, r);
    t->store->traces.pages = 1;
    uint64_t from = atomic_load(&t->env->fault[kind].count);
    t->env->fault[kind].fail_at = from + n;
    t->env->fault[kind].sticky = true;
    Status st = do_act((Act){ .t = t, .id = p.id, .erase = true });
    bool reached = atomic_load(&t->env->fault[kind].count) >= from + n;
    if (!reached) assert_int_equal(st, ST_OK);
    if (st == ST_OK) assert_false(is_in_files(t, p.name));
    /* The process is gone: nothing is written on the way out. */
    if (st == ST_OK) t->env->fault[kind].fail_at = 0;
    store_close(t->store);
    t->store = NULL;
    t->env->fault[kind].fail_at = 0;
    t->env->fault[kind].sticky = false;
    Ctx c = ctx_new(t->env, t->arena);
    assert_int_equal(store_open(&c, &t->options, &t->store), ST_OK);
    t->c.store = t->store;
    toy_kinds_of(t);
    if (is_there(t, p.id)) return reached; /* the act itself failed */
    *broken_off += st != ST_OK;
    wait_for_end(t, r);
    assert_false(is_in_files(t, p.name));
    return reached;
}

/* How many writes or fsyncs an erasure takes, about: other threads have theirs. */
static uint64_t count_of_one(Toy *t, Rng *r, EnvFaultKind kind) {
    Person p = add_person(t, r);
    t->store->traces.pages = 1;
    uint64_t from = atomic_load(&t->env->fault[kind].count);
    assert_int_equal(do_act((Act){ .t = t, .id = p.id, .erase = true }), ST_OK);
    return atomic_load(&t->env->fault[kind].count) - from;
}

static void break_off(EnvFaultKind kind) {
    log_set_level(LOG_LEVEL_ERROR);
    Toy t;
    Env env;
    Rng r = rng_new(3);
    env_test_init(&env, 3, (Time)1700000000 * TIME_SECOND);
    make(&t, &env);
    add_people(&t, &r);
    size_t broken_off = 0, rounds = 0;
    uint64_t all = count_of_one(&t, &r, kind), n = 1;
    /* Most belong to the act; each of the last ones is tried. */
    while (rounds < FAULTS_MAX && erase_with_fault(&t, &r, kind, n, &broken_off)) {
        n += n + LAST < all ? 1 + n / 6 : 1;
        rounds++;
    }
    assert_true(rounds < FAULTS_MAX);
    assert_true(broken_off > 2);
    toy_drop(&t);
}

static void test_a_failed_write_on_the_way(void **state) {
    (void)state;
    break_off(FAULT_WRITE);
}
static void test_a_failed_fsync_on_the_way(void **state) {
    (void)state;
    break_off(FAULT_FSYNC);
}

static void child(Toy *t, const Person *p, int out) {
    Ctx open = ctx_new(t->env, arena_new(t->env, 64 << 20));
    if (store_open(&open, &t->options, &t->store) != ST_OK) _exit(3);
    toy_kinds_of(t);
    t->store->traces.pages =
        1; /* before the first act: the writer sleeps or finishes what was left */
    if (write(out, "x", 1) != 1) _exit(4);
    for (size_t i = 0; i < ERASED_EACH; i++)
        if (do_act((Act){ .t = t, .id = p[i].id, .erase = true }) != ST_OK) _exit(5);
    for (;;)
        pause();
}

static bool mark_stands(Toy *t) {
    Ctx c = ctx_new(t->env, arena_new(t->env, 64 << 20));
    Db *db = NULL;
    Str mark;
    const char *path = str_c(c.arena, str_printf(c.arena, "%s/panah.db", t->dir));
    assert_int_equal(db_open(&c, path, DB_WRITER, &db), ST_OK);
    assert_int_equal(meta_get(&c, db, "traces", &mark), ST_OK);
    db_close(db);
    arena_free(c.arena);
    return mark.s != NULL;
}

static void test_killed_on_the_way(void **state) {
    (void)state;
    log_set_level(LOG_LEVEL_ERROR); /* each start says that it recovered */
    Toy t;
    Rng r = rng_new(4);
    make(&t, env_system());
    add_people(&t, &r);
    size_t marked = 0;
    for (size_t kill_no = 0; kill_no < KILLS; kill_no++) {
        Person p[ERASED_EACH];
        int ends[2];
        for (size_t i = 0; i < ERASED_EACH; i++)
            p[i] = add_person(&t, &r);
        store_close(t.store);
        t.store = NULL;
        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) child(&t, p, ends[1]);
        struct pollfd first = { .fd = ends[0], .events = POLLIN };
        assert_int_equal(poll(&first, 1, 20000), 1);
        usleep((useconds_t)rng_below(&r, 40000));
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        close(ends[0]);
        close(ends[1]);
        marked += mark_stands(&t);
        reopen(&t);
        wait_for_end(&t, &r);
        for (size_t i = 0; i < ERASED_EACH; i++) {
            /* Killed before its COMMIT, its keys may be gone and its row not: asked for again, it goes. */
            if (is_there(&t, p[i].id))
                assert_int_equal(do_act((Act){ .t = &t, .id = p[i].id, .erase = true }), ST_OK);
            assert_false(is_there(&t, p[i].id));
            assert_false(is_in_files(&t, p[i].name));
        }
    }
    print_message("%zu of %d kills while cleaning\n", marked, KILLS);
    assert_true(marked > 0);
    check_tables(&t);
    toy_drop(&t);
}

/* ---- a full index ---- */

static Status read_levels(Ctx *c, Tx *tx, void *ret) {
    (void)tx;
    bool row = false;
    Stmt *st = db_stmt(c, c->reader->db, "SELECT block FROM person__words_data WHERE id=10");
    if (!st) return ctx_status(c);
    TRY(db_step(c, c->reader->db, st, &row));
    *(int *)ret = (uint8_t)col_bytes(st, 0).s[4];
    sqlite3_reset(st);
    return ST_OK;
}

/* FTS5 adds levels with each full merge and takes an index with two thousand for a damaged one. */
static void test_levels_do_not_grow_for_ever(void **state) {
    (void)state;
    enum { MOST = 9, TIMES = 12 };
    Toy t;
    Rng r = rng_new(5);
    int levels = 0, highest = 0;
    make(&t, env_system());
    t.store->traces.levels_max = MOST;
    add_people(&t, &r);
    Person kept = add_person(&t, &r);
    for (size_t i = 0; i < TIMES; i++) {
        Person p = add_person(&t, &r);
        assert_int_equal(do_act((Act){ .t = &t, .id = p.id, .erase = true }), ST_OK);
        assert_int_equal(store_write(t.store, &t.c, read_levels, &levels), ST_OK);
        if (levels > highest) highest = levels;
    }
    assert_true(highest > MOST && highest <= MOST + 2); /* it does grow, and is renewed */
    Ctx c = ctx_new(t.env, arena_new(t.env, 64 << 20));
    c.reach = &reach_everything;
    assert_int_equal(store_read_begin(t.store, &c), ST_OK);
    NameQuery q = name_query(c.arena, kept.name);
    TermQuery tq = { .kind = t.person, .tokens = q.tokens, .n_tokens = q.n, .limit = 10 };
    Record **found = NULL;
    size_t n = 0;
    assert_int_equal(read_terms(&c, &tq, &found, &n, NULL), ST_OK);
    assert_int_equal(n, 1);
    arena_free(c.arena);
    check_tables(&t);
    toy_drop(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_others_go_on_writing),
        cmocka_unit_test(test_a_reader_is_waited_for),
        cmocka_unit_test(test_a_failed_write_on_the_way),
        cmocka_unit_test(test_a_failed_fsync_on_the_way),
        cmocka_unit_test(test_killed_on_the_way),
        cmocka_unit_test(test_levels_do_not_grow_for_ever),
    };
    return cmocka_run_group_tests_name("traces", tests, NULL, NULL);
}
