/* session_test.c: signing in, throttling, locking, passwords. The clock is virtual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/toy_int.h"

#include <pthread.h>

static Toy *t;
static Id nadia;

#define PASSWORD "correct horse battery"

static int setup(void **state) {
    (void)state;
    t = toy_make();
    nadia = toy_user_new(t, "nadia", PASSWORD, t->north);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    toy_drop(t);
    return 0;
}

static Ctx c; /* of the last request */

static Status sign_in_from(const char *login, const char *password, const char *source,
                           Str *token) {
    SignIn in = { str_of(login), str_of(password), str_of(source), STR("") };
    c = toy_request_kept(t);
    return session_sign_in(&c, t->access, &in, token);
}

static Status sign_in(const char *login, const char *password, Str *token) {
    return sign_in_from(login, password, "", token);
}

static Str signed_in(void) {
    Str token = STR("");
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_OK);
    return token;
}

static Status find(Str token, SessionUse use, const Actor **ret) {
    c = toy_request_kept(t);
    return session_find(&c, t->access, token, use, ret);
}

static bool is_open(Str token) {
    const Actor *a;
    return find(token, SESSION_GLANCE, &a) == ST_OK;
}

static long long retry_after(void) {
    int64_t n = -1;
    assert_true(num_parse_i64(toy_error_arg(&c, "retry_after_s"), &n));
    return n;
}

static void pass_s(int64_t seconds) {
    env_advance(&t->env, seconds * TIME_SECOND);
}

/* --- signing in ------------------------------------------------------------------------------- */

static void test_signing_in(void **state) {
    (void)state;
    const Actor *a;
    Str token;
    toy_grant_new(t, nadia, t->clerk, t->north, DAY_NONE);
    assert_int_equal(sign_in(" Nadia ", PASSWORD, &token), ST_OK);
    assert_int_equal(token.n, SESSION_TOKEN_TEXT_N);
    assert_true(id_eq(c.actor->user, nadia));
    assert_ptr_equal(c.store, t->store);
    assert_true(str_is(c.lang, "fr"));
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_true(id_eq(a->user, nadia));
    assert_false(id_is_none(a->session));
    assert_false(a->locked || a->system || a->must_change_password);
    assert_true(actor_may(a, PERM_PERSON_READ));
    assert_ptr_equal(c.reach, a->reach);
    assert_int_equal(c.today, day_of_time(c.now, 270));
    Str other = signed_in();
    assert_false(str_eq(token, other));
    assert_int_equal(session_count(t->access), 2);
}

static void test_tokens_are_not_kept(void **state) {
    (void)state;
    LocalItem *items;
    size_t n;
    Str token = signed_in();
    Ctx r = toy_request(t);
    r.reach = &reach_everything;
    assert_int_equal(store_read_begin(t->store, &r), ST_OK);
    assert_int_equal(local_list(&r, SESSION_SPACE, &items, &n), ST_OK);
    assert_int_equal(n, 1);
    assert_int_equal(str_find(items[0].key, token), -1);
    assert_int_equal(str_find(items[0].bytes, token), -1);
    arena_free(r.arena);
}

static void test_no_answer_tells_what_was_wrong(void **state) {
    (void)state;
    Str token, key;
    Id other = toy_user_new(t, "omar", PASSWORD, t->north);
    assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
    key = str_of(toy_error(&c));
    assert_true(str_is(key, "error.session.wrong"));
    assert_int_equal(c.errs.v[0].n_args, 0);
    assert_int_equal(sign_in("nobody", PASSWORD, &token), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.wrong");
    assert_int_equal(sign_in("", "", &token), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.wrong");
    toy_user_set(t, other, "status", val_text(STR("SUSPENDED")));
    assert_int_equal(sign_in("omar", PASSWORD, &token), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.wrong");
    toy_user_set(t, other, "status", val_text(STR("ACTIVE")));
    toy_user_set(t, other, "password_hash", val_null());
    assert_int_equal(sign_in("omar", "", &token), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.wrong");
    toy_user_set(t, other, "password_hash", val_text(STR("plain")));
    assert_int_equal(sign_in("omar", "plain", &token), ST_UNAUTHENTICATED);
    assert_int_equal(session_count(t->access), 0);
}

static void test_guesses_of_a_login_wait_longer_and_longer(void **state) {
    (void)state;
    Str token;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
    }
    long long want = 2;
    for (int i = 0; i < 10; i++) {
        /* Even the right password waits, and asking again does not lengthen the wait. */
        for (int k = 0; k < 3; k++)
            assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_LIMIT);
        assert_string_equal(toy_error(&c), "error.session.too_often");
        assert_int_equal(retry_after(), want);
        pass_s(want);
        assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
        want = want * 2 < 300 ? want * 2 : 300;
    }
    /* Others are not held up, unknown logins are treated alike. */
    toy_user_new(t, "omar", PASSWORD, t->north);
    assert_int_equal(sign_in("omar", PASSWORD, &token), ST_OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(sign_in("nobody", "wrong password", &token), ST_UNAUTHENTICATED);
    assert_int_equal(sign_in("nobody", "wrong password", &token), ST_LIMIT);
    /* The right password, in time, forgives all. */
    pass_s(300);
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_OK);
}

static void test_failures_are_forgotten_after_an_hour(void **state) {
    (void)state;
    Str token;
    for (int i = 0; i < 4; i++)
        assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_LIMIT);
    pass_s(3601);
    for (int i = 0; i < 4; i++)
        assert_int_equal(sign_in("nadia", "wrong password", &token), ST_UNAUTHENTICATED);
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_LIMIT);
    assert_int_equal(retry_after(), 2);
}

static void test_guesses_of_many_logins_from_one_place(void **state) {
    (void)state;
    Str token;
    char login[32];
    for (int i = 0; i < 30; i++) {
        snprintf(login, sizeof login, "guess%d", i);
        assert_int_equal(sign_in_from(login, "wrong password", "10.0.0.9", &token),
                         ST_UNAUTHENTICATED);
    }
    assert_int_equal(sign_in_from("nadia", PASSWORD, "10.0.0.9", &token), ST_LIMIT);
    assert_int_equal(retry_after(), 1);
    assert_int_equal(sign_in_from("nadia", PASSWORD, "10.0.0.10", &token), ST_OK);
    pass_s(1);
    assert_int_equal(sign_in_from("nadia", PASSWORD, "10.0.0.9", &token), ST_OK);
    /* One account of one's own does not buy more guesses. */
    assert_int_equal(sign_in_from("guess99", "wrong password", "10.0.0.9", &token),
                     ST_UNAUTHENTICATED);
    assert_int_equal(sign_in_from("guess98", "wrong password", "10.0.0.9", &token), ST_LIMIT);
}

static void test_the_table_of_guesses_is_bounded(void **state) {
    (void)state;
    Throttle *h = t->access->throttle;
    uint64_t victim = throttle_key(h, 'l', STR("nadia"));
    for (int i = 0; i < 9; i++)
        (void)throttle_begin(h, &throttle_login, victim, TRIAL_START + i * 400 * TIME_SECOND);
    char login[32];
    for (int i = 0; i < 100000; i++) {
        int n = snprintf(login, sizeof login, "x%d", i);
        (void)throttle_begin(h, &throttle_login, throttle_key(h, 'l', str_n(login, (size_t)n)),
                             TRIAL_START + 3201 * TIME_SECOND);
    }
    /* A flood of names does not wash the record of the one under attack away. */
    assert_true(throttle_begin(h, &throttle_login, victim, TRIAL_START + 3202 * TIME_SECOND) > 0);
}

static void test_a_session_that_cannot_be_kept_is_none(void **state) {
    (void)state;
    Str token = STR("");
    EnvFault *f = &t->env.fault[FAULT_FSYNC];
    f->fail_at = f->count + 1;
    f->sticky = true;
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_IO);
    assert_true(str_empty(token));
    assert_int_equal(session_count(t->access), 0);
}

/* --- the life of a session -------------------------------------------------------------------- */

static void test_an_idle_session_ends(void **state) {
    (void)state;
    const Actor *a;
    Str token = signed_in();
    for (int i = 0; i < 5; i++) {
        pass_s(14 * 60);
        assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    }
    /* What a page asks by itself does not keep a session alive. */
    pass_s(10 * 60);
    assert_int_equal(find(token, SESSION_GLANCE, &a), ST_OK);
    pass_s(5 * 60);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.ended");
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.none");
}

static void test_no_session_lives_longer_than_a_shift(void **state) {
    (void)state;
    const Actor *a;
    Str token = signed_in();
    for (int i = 0; i < 72; i++) {
        assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
        pass_s(10 * 60);
    }
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_UNAUTHENTICATED);
}

static void test_signing_out(void **state) {
    (void)state;
    Str token = signed_in(), other = signed_in();
    assert_int_equal(session_sign_out(&c, t->access, token), ST_OK);
    assert_false(is_open(token));
    assert_true(is_open(other));
    assert_int_equal(session_sign_out(&c, t->access, token), ST_OK);
    assert_int_equal(session_sign_out(&c, t->access, STR("nonsense")), ST_OK);
    toy_close(t);
    toy_open(t);
    assert_false(is_open(token));
    assert_true(is_open(other));
}

static void test_bad_tokens(void **state) {
    (void)state;
    const Actor *a;
    char text[SESSION_TOKEN_TEXT_N];
    memset(text, '0', sizeof text);
    Str bad[] = { STR(""), STR("zz"), str_n(text, sizeof text), str_n(text, sizeof text - 1) };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(find(bad[i], SESSION_ACTIVE, &a), ST_UNAUTHENTICATED);
        assert_string_equal(toy_error(&c), "error.session.none");
    }
}

static void test_sessions_survive_a_restart(void **state) {
    (void)state;
    const Actor *a;
    Str token = signed_in(), locked = signed_in(), idle = signed_in();
    assert_int_equal(session_lock(&c, t->access, locked), ST_OK);
    assert_int_equal(session_set_language(&c, t->access, token, STR("ps")), ST_OK);
    pass_s(10 * 60);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    pass_s(6 * 60);
    toy_close(t);
    toy_open(t);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_true(str_is(a->lang, "ps"));
    assert_int_equal(find(locked, SESSION_ACTIVE, &a), ST_OK);
    assert_true(a->locked);
    assert_false(is_open(idle));
}

static void test_a_suspended_account_is_out_at_once(void **state) {
    (void)state;
    Str token = signed_in();
    toy_user_set(t, nadia, "status", val_text(STR("SUSPENDED")));
    assert_false(is_open(token));
    assert_string_equal(toy_error(&c), "error.session.ended");
    /* The session does not come back with the account. */
    toy_user_set(t, nadia, "status", val_text(STR("ACTIVE")));
    assert_false(is_open(token));
    toy_close(t);
    toy_open(t);
    assert_false(is_open(token));
}

static void test_a_user_has_some_sessions_not_many(void **state) {
    (void)state;
    Str tokens[SESSIONS_OF_USER_MAX + 1];
    for (size_t i = 0; i <= SESSIONS_OF_USER_MAX; i++) {
        tokens[i] = signed_in();
        pass_s(1);
    }
    assert_int_equal(session_count(t->access), SESSIONS_OF_USER_MAX);
    assert_false(is_open(tokens[0]));
    assert_true(is_open(tokens[1]));
    assert_true(is_open(tokens[SESSIONS_OF_USER_MAX]));
}

/* --- locking ---------------------------------------------------------------------------------- */

static void test_locking_and_unlocking(void **state) {
    (void)state;
    const Actor *a;
    Str token = signed_in();
    assert_int_equal(session_lock(&c, t->access, token), ST_OK);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_true(a->locked);
    /* A long break is not the end of a locked session. */
    pass_s(3600);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    c = toy_request_kept(t);
    assert_int_equal(session_unlock(&c, t->access, token, STR(PASSWORD)), ST_OK);
    assert_false(c.actor->locked);
    pass_s(14 * 60);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_false(a->locked);
}

static void test_five_wrong_unlocks_end_the_session(void **state) {
    (void)state;
    Str token = signed_in(), left;
    assert_int_equal(session_lock(&c, t->access, token), ST_OK);
    for (int i = 4; i > 0; i--) {
        c = toy_request_kept(t);
        assert_int_equal(session_unlock(&c, t->access, token, STR("wrong")), ST_UNAUTHENTICATED);
        assert_string_equal(toy_error(&c), "error.session.wrong_password");
        left = toy_error_arg(&c, "left");
        assert_int_equal(left.n, 1);
        assert_int_equal(left.s[0] - '0', i);
    }
    /* A restart is no way around. */
    toy_close(t);
    toy_open(t);
    c = toy_request_kept(t);
    assert_int_equal(session_unlock(&c, t->access, token, STR("wrong")), ST_UNAUTHENTICATED);
    assert_string_equal(toy_error(&c), "error.session.ended");
    c = toy_request_kept(t);
    assert_int_equal(session_unlock(&c, t->access, token, STR(PASSWORD)), ST_UNAUTHENTICATED);
    assert_false(is_open(token));
    toy_close(t);
    toy_open(t);
    assert_false(is_open(token));
}

static void test_a_right_unlock_forgives(void **state) {
    (void)state;
    Str token = signed_in();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            c = toy_request_kept(t);
            assert_int_equal(session_unlock(&c, t->access, token, STR("wrong")),
                             ST_UNAUTHENTICATED);
        }
        c = toy_request_kept(t);
        assert_int_equal(session_unlock(&c, t->access, token, STR(PASSWORD)), ST_OK);
    }
}

/* --- passwords -------------------------------------------------------------------------------- */

static const char *refusal(const char *password, const char *login) {
    c = toy_request_kept(t);
    Status st = password_check(&c, "new", str_of(password), str_of(login));
    return st == ST_OK ? "" : toy_error(&c);
}

static void test_what_a_password_must_be(void **state) {
    (void)state;
    assert_string_equal(refusal("nine char", "x"), "error.password.short");
    assert_true(str_is(c.errs.v[0].path, "new"));
    assert_true(str_is(toy_error_arg(&c, "min"), "10"));
    assert_string_equal(refusal("ten chars.", "x"), "");
    /* Characters count, not bytes. */
    assert_string_equal(refusal("گذرواژه من", "x"), "");
    assert_string_equal(refusal("گذرواژه", "x"), "error.password.short");
    assert_string_equal(refusal("nadia.ahmadi", "Nadia.Ahmadi"), "error.password.login");
    assert_string_equal(refusal("nadia.ahmadi1", "nadia.ahmadi"), "error.password.login");
    assert_string_equal(refusal("my cat hates nadia.ahmadi", "nadia.ahmadi"), "");
    assert_string_equal(refusal("Password123", "x"), "error.password.common");
    assert_string_equal(refusal("zzzzzzzzzzzzzz", "x"), "error.password.common");
    assert_string_equal(refusal("1234567890", "x"), "error.password.common");
    assert_string_equal(refusal("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "x"),
                        "error.password.not_text");
    char longest[PASSWORD_MAX + 2];
    memset(longest, 'a', sizeof longest);
    longest[0] = 'b';
    longest[sizeof longest - 1] = '\0';
    assert_string_equal(refusal(longest, "x"), "error.password.too_long");
}

static Status change(Str token, const char *old_password, const char *new_password) {
    c = toy_request_kept(t);
    return session_change_password(&c, t->access, token, str_of(old_password),
                                   str_of(new_password));
}

static void test_changing_the_password(void **state) {
    (void)state;
    const Actor *a;
    toy_user_set(t, nadia, "must_change_password", val_bool(true));
    Str token = signed_in(), other = signed_in(), again;
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_true(a->must_change_password);
    assert_int_equal(change(token, PASSWORD, "short"), ST_INVALID);
    assert_int_equal(change(token, PASSWORD, PASSWORD), ST_INVALID);
    assert_string_equal(toy_error(&c), "error.password.same");
    assert_int_equal(change(token, "wrong", "another password"), ST_UNAUTHENTICATED);
    assert_int_equal(change(token, PASSWORD, "another password"), ST_OK);
    assert_false(c.actor->must_change_password);
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_false(a->must_change_password);
    assert_false(is_open(other));
    assert_int_equal(sign_in("nadia", PASSWORD, &again), ST_UNAUTHENTICATED);
    assert_int_equal(sign_in("nadia", "another password", &again), ST_OK);
    toy_close(t);
    toy_open(t);
    assert_true(is_open(token));
    assert_true(is_open(again));
    assert_false(is_open(other));
    assert_int_equal(session_lock(&c, t->access, token), ST_OK);
    assert_int_equal(change(token, "another password", "and one more still"), ST_DENIED);
    assert_string_equal(toy_error(&c), "error.session.locked");
}

static void test_a_reset_password_ends_the_sessions(void **state) {
    (void)state;
    Str phc, token = signed_in();
    assert_int_equal(access_password_hash(&t->c, t->access, STR("given by the chief"), &phc),
                     ST_OK);
    toy_user_set(t, nadia, "password_hash", val_text(phc));
    assert_false(is_open(token));
    assert_int_equal(sign_in("nadia", "given by the chief", &token), ST_OK);
}

static void test_a_weak_hash_is_renewed(void **state) {
    (void)state;
    Str token, before = signed_in(), phc;
    /* As if the folder had been at half the strength until now. */
    t->access->slots.mem_kib *= 2;
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_OK);
    assert_int_equal(c.errs.n, 0);
    assert_true(is_open(token));
    assert_true(is_open(before));
    Id user;
    c = toy_request_kept(t);
    assert_int_equal(login_find(&c, t->access, STR("nadia"), &user, &phc), ST_OK);
    assert_false(password_is_weak(phc, t->access->slots.mem_kib, t->access->slots.passes));
    assert_int_equal(sign_in("nadia", PASSWORD, &token), ST_OK);
}

/* Signs in at the same time as others. */
static void *sign_in_main(void *arg) {
    Ctx own = toy_request(t);
    Str token;
    SignIn in = { STR("nadia"), STR("wrong password"), STR(""), STR("") };
    *(Status *)arg = session_sign_in(&own, t->access, &in, &token);
    arena_free(own.arena);
    return NULL;
}

static void test_guesses_at_the_same_time_all_count(void **state) {
    (void)state;
    enum { N = 24 };
    pthread_t threads[N];
    Status st[N];
    size_t tried = 0;
    for (size_t i = 0; i < N; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_in_main, &st[i]), 0);
    for (size_t i = 0; i < N; i++) {
        pthread_join(threads[i], NULL);
        assert_true(st[i] == ST_UNAUTHENTICATED || st[i] == ST_LIMIT);
        tried += st[i] == ST_UNAUTHENTICATED;
    }
    assert_int_equal(tried, 4);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void test_the_forgery_token(void **state) {
    (void)state;
    Str token = signed_in(), other = signed_in();
    Str csrf = session_csrf(t->arena, token);
    assert_int_equal(csrf.n, 64);
    assert_true(str_eq(csrf, session_csrf(t->arena, token)));
    assert_false(str_eq(csrf, token));
    assert_true(session_csrf_is(token, csrf));
    assert_false(session_csrf_is(other, csrf));
    assert_false(session_csrf_is(token, token));
    assert_false(session_csrf_is(token, STR("")));
    assert_false(session_csrf_is(STR(""), csrf));
    assert_int_equal(session_csrf(t->arena, STR("short")).n, 0);
}

static void test_language(void **state) {
    (void)state;
    const Actor *a;
    Str token = signed_in();
    assert_int_equal(session_set_language(&c, t->access, token, STR("fa")), ST_OK);
    assert_true(str_is(c.lang, "fa"));
    assert_int_equal(find(token, SESSION_ACTIVE, &a), ST_OK);
    assert_true(str_is(c.lang, "fa"));
    assert_int_equal(session_set_language(&c, t->access, token, STR("de")), ST_INVALID);
    SignIn in = { STR("nadia"), STR(PASSWORD), STR(""), STR("ar") };
    c = toy_request_kept(t);
    assert_int_equal(session_sign_in(&c, t->access, &in, &token), ST_OK);
    assert_true(str_is(c.lang, "ar"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_signing_in),
        TEST(test_tokens_are_not_kept),
        TEST(test_no_answer_tells_what_was_wrong),
        TEST(test_guesses_of_a_login_wait_longer_and_longer),
        TEST(test_failures_are_forgotten_after_an_hour),
        TEST(test_guesses_of_many_logins_from_one_place),
        TEST(test_the_table_of_guesses_is_bounded),
        TEST(test_a_session_that_cannot_be_kept_is_none),
        TEST(test_an_idle_session_ends),
        TEST(test_no_session_lives_longer_than_a_shift),
        TEST(test_signing_out),
        TEST(test_bad_tokens),
        TEST(test_sessions_survive_a_restart),
        TEST(test_a_suspended_account_is_out_at_once),
        TEST(test_a_user_has_some_sessions_not_many),
        TEST(test_locking_and_unlocking),
        TEST(test_five_wrong_unlocks_end_the_session),
        TEST(test_a_right_unlock_forgives),
        TEST(test_what_a_password_must_be),
        TEST(test_changing_the_password),
        TEST(test_a_reset_password_ends_the_sessions),
        TEST(test_a_weak_hash_is_renewed),
        TEST(test_guesses_at_the_same_time_all_count),
        TEST(test_the_forgery_token),
        TEST(test_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
