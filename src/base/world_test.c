/* world_test.c: time, ids, randomness, files and sockets, with injected faults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static Env world;
static Arena *arena;
static char folder[64];

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 7, 1795548862123456); /* 2026-11-24T19:34:22.123456Z */
    arena = arena_new(&world, 256 << 20);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static void assert_str(Str got, const char *want) {
    assert_int_equal(got.n, strlen(want));
    assert_memory_equal(got.s, want, got.n);
}

/* --- time ------------------------------------------------------------------------------------- */

static void test_calendar_round_trip(void **state) {
    (void)state;
    Day day = day_from_civil(1600, 1, 1);
    assert_int_equal(day, -135140);
    int weekday = 5; /* 1 January 1600 was a Saturday */
    for (int year = 1600; year <= 2400; year++) {
        for (int month = 1; month <= 12; month++) {
            for (int d = 1; d <= 31; d++) {
                if (!civil_valid(year, month, d)) continue;
                Civil c = civil_from_day(day);
                Day parsed = 0;
                Str iso = day_to_iso(arena, day);
                if (day_from_civil(year, month, d) != day || c.year != year || c.month != month ||
                    c.day != d || day_weekday(day) != weekday || !day_from_iso(iso, &parsed) ||
                    parsed != day) {
                    fail_msg("%d-%02d-%02d", year, month, d);
                }
                day++;
                weekday = (weekday + 1) % 7;
            }
        }
        arena_reset(arena);
    }
    assert_int_equal(day, day_from_civil(2401, 1, 1));
}

static void test_calendar_edges(void **state) {
    (void)state;
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
    assert_int_equal(day_weekday(0), 3);
    assert_int_equal(day_weekday(-1), 2);
    assert_int_equal(day_weekday(day_from_civil(2026, 11, 24)), 1);
    assert_false(civil_valid(1900, 2, 29));
    assert_true(civil_valid(2000, 2, 29));
    assert_false(civil_valid(2024, 4, 31));
    assert_false(civil_valid(2024, 0, 1));
    assert_false(civil_valid(2024, 13, 1));
    assert_false(civil_valid(2024, 1, 0));
    assert_false(civil_valid(0, 1, 1));
    assert_false(civil_valid(10000, 1, 1));
    for (int i = 0; i < 1000; i++) {
        Civil lo = civil_from_day(INT32_MIN + 1 + i), hi = civil_from_day(INT32_MAX - i);
        assert_int_equal(day_from_civil(lo.year, lo.month, lo.day), INT32_MIN + 1 + i);
        assert_int_equal(day_from_civil(hi.year, hi.month, hi.day), INT32_MAX - i);
    }
    assert_str(day_to_iso(arena, day_from_civil(1, 1, 1)), "0001-01-01");
    assert_str(day_to_iso(arena, day_from_civil(12026, 1, 1)), "+012026-01-01");
    assert_null(day_to_iso(arena, DAY_NONE).s);
}

static void test_ages(void **state) {
    (void)state;
    Day leapling = day_from_civil(2004, 2, 29);
    assert_int_equal(day_years_between(leapling, day_from_civil(2022, 2, 28)), 17);
    assert_int_equal(day_years_between(leapling, day_from_civil(2022, 3, 1)), 18);
    assert_int_equal(day_years_between(leapling, day_from_civil(2024, 2, 28)), 19);
    assert_int_equal(day_years_between(leapling, day_from_civil(2024, 2, 29)), 20);
    assert_int_equal(day_years_between(leapling, leapling), 0);
    assert_int_equal(day_years_between(leapling, leapling - 1), -1);
    assert_int_equal(day_add_years(leapling, 18), day_from_civil(2022, 2, 28));
    assert_int_equal(day_add_years(leapling, 20), day_from_civil(2024, 2, 29));
    assert_int_equal(day_add_years(leapling, -4), day_from_civil(2000, 2, 29));
}

static void test_day_text(void **state) {
    (void)state;
    Day day = 5;
    static const char *bad[] = { "",
                                 "2026-11-2",
                                 "2026-11-240",
                                 "2026-13-01",
                                 "2026-02-29",
                                 "2026/11/24",
                                 "0000-01-01",
                                 "2026-1-024",
                                 "+026-11-24",
                                 "2026-11- 4",
                                 "20261124",
                                 "2026-11-2a",
                                 "\xd9\xa2\xd9\xa0-11-24" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(day_from_iso(str_of(bad[i]), &day));
    }
    assert_int_equal(day, 5);
    assert_true(day_from_iso(STR("9999-12-31"), &day));
    assert_int_equal(day, 2932896);
}

static void test_time_text(void **state) {
    (void)state;
    assert_str(time_to_iso(arena, 1795548862123456), "2026-11-24T19:34:22.123456Z");
    assert_str(time_to_iso(arena, 0), "1970-01-01T00:00:00.000000Z");
    assert_str(time_to_iso(arena, -1), "1969-12-31T23:59:59.999999Z");
    assert_str(time_to_iso(arena, INT64_MAX), "+294247-01-10T04:00:54.775807Z");
    assert_null(time_to_iso(arena, TIME_NONE).s);
    static const struct {
        const char *text;
        Time want;
    } good[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "2026-11-24T19:34:22.123456Z", 1795548862123456 },
        { "2026-11-24T19:34:22.1Z", 1795548862100000 },
        { "2026-11-25T00:04:22.123456+04:30", 1795548862123456 },
        { "2026-11-24T11:34:22-08:00", 1795548862000000 },
        { "1969-12-31T23:59:59.999999Z", -1 },
        { "0001-01-01T00:00:00Z", -INT64_C(62135596800000000) },
        { "9999-12-31T23:59:59.999999-23:59", INT64_C(253402387139999999) },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Time t = 5;
        assert_true(time_from_iso(str_of(good[i].text), &t));
        assert_true(t == good[i].want);
    }
    static const char *bad[] = {
        "2026-11-24",
        "2026-11-24T19:34:22",
        "2026-11-24T19:34Z",
        "2026-11-24 19:34:22Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T19:60:00Z",
        "2026-11-24T19:34:60Z",
        "2026-11-24T19:34:22.Z",
        "2026-11-24T19:34:22.1234567Z",
        "2026-11-24T19:34:22ZZ",
        "2026-11-24T19:34:22+0430",
        "2026-11-24T19:34:22+24:00",
        "2026-11-24T19:34:22+04:60",
        "2026-11-24T19:34:22+04:3",
        "2026-02-30T19:34:22Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Time t = 5;
        assert_false(time_from_iso(str_of(bad[i]), &t));
        assert_true(t == 5);
    }
}

static void test_day_of_time(void **state) {
    (void)state;
    assert_int_equal(day_of_time(0, 0), 0);
    assert_int_equal(day_of_time(-1, 0), -1);
    assert_int_equal(day_of_time(TIME_DAY - 1, 1), 1);
    assert_int_equal(day_of_time(0, -1), -1);
    assert_int_equal(day_of_time(INT64_MAX, 60), 106751991);
    assert_int_equal(day_of_time(INT64_MIN, -60), -106751992);
}

/* --- id and rng ------------------------------------------------------------------------------- */

static void test_id(void **state) {
    (void)state;
    Id a = id_new(&world), b = id_new(&world);
    assert_false(id_eq(a, b));
    assert_false(id_is_none(a));
    assert_true(id_is_none(ID_NONE));
    uint64_t ms = 0;
    for (int i = 0; i < 6; i++)
        ms = ms << 8 | a.b[i];
    assert_true(ms == 1795548862123);
    assert_int_equal(a.b[6] >> 4, 7);
    assert_int_equal(a.b[8] >> 6, 2);
    env_advance(&world, TIME_MS);
    assert_true(id_cmp(id_new(&world), a) > 0);
    Id parsed = ID_NONE;
    assert_true(id_parse(id_text(arena, a), &parsed));
    assert_true(id_eq(parsed, a));
    assert_true(id_parse(STR("018F6a3e-7b1c-7def-8a01-23456789abcd"), &parsed));
    assert_str(id_text(arena, parsed), "018f6a3e-7b1c-7def-8a01-23456789abcd");
    assert_int_equal(parsed.b[15], 0xcd);
    Id kept = parsed;
    assert_false(id_parse(STR(""), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abc"), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abcde"), &parsed));
    assert_false(id_parse(STR("018f6a3e-7b1c-7def-8a01-23456789abcg"), &parsed));
    assert_false(id_parse(STR("018f6a3e07b1c-7def-8a01-23456789abcd"), &parsed));
    assert_false(id_parse(STR("018f6a3e7b1c7def8a0123456789abcd"), &parsed));
    assert_true(id_eq(parsed, kept));
    assert_int_equal(id_str(&kept).n, 16);
}

static void test_rng(void **state) {
    (void)state;
    /* splitmix64 of 0, and xoshiro256** from { 1, 2, 3, 4 }: values of the reference code. */
    Rng seeded = rng_new(0);
    assert_true(seeded.s[0] == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(seeded.s[1] == UINT64_C(0x6e789e6aa1b965f4));
    Rng r = { { 1, 2, 3, 4 } };
    assert_true(rng_u64(&r) == 11520);
    assert_true(rng_u64(&r) == 0);
    assert_true(rng_u64(&r) == 1509978240);
    assert_true(rng_u64(&r) == UINT64_C(1215971899390074240));
    int counts[10] = { 0 }, weighted[3] = { 0 }, chance = 0;
    static const uint32_t weights[3] = { 1, 0, 3 };
    for (int i = 0; i < 100000; i++) {
        counts[rng_below(&r, 10)]++;
        weighted[rng_weighted(&r, weights, 3)]++;
        chance += rng_chance(&r, 250000);
        int64_t between = rng_between(&r, -3, 3);
        assert_true(between >= -3 && between <= 3);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 9600, 10400);
    assert_int_equal(weighted[1], 0);
    assert_in_range(weighted[0], 24300, 25700);
    assert_in_range(chance, 24300, 25700);
    assert_int_equal(rng_below(&r, 1), 0);
    assert_true(rng_between(&r, 5, 5) == 5);
    (void)rng_between(&r, INT64_MIN, INT64_MAX);
    assert_false(rng_chance(&r, 0));
    assert_true(rng_chance(&r, 1000000));
}

/* --- env -------------------------------------------------------------------------------------- */

static void test_virtual_world(void **state) {
    (void)state;
    Env other;
    env_test_init(&other, 7, 0);
    uint8_t a[33], b[33];
    env_test_init(&world, 7, 0);
    env_random(&world, a, sizeof a);
    env_random(&other, b, sizeof b);
    assert_memory_equal(a, b, sizeof a);
    env_test_init(&other, 8, 0);
    env_random(&other, b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    env_advance(&world, 5 * TIME_SECOND);
    assert_true(env_now(&world) == 5 * TIME_SECOND);
    assert_true(env_monotonic_us(&world) == 5 * TIME_SECOND);
}

static void test_system_world(void **state) {
    (void)state;
    Env *env = env_system();
    assert_true(env_now(env) > 1700000000 * TIME_SECOND);
    int64_t before = env_monotonic_us(env);
    assert_true(env_monotonic_us(env) >= before);
    uint8_t a[16], b[16], zero[16] = { 0 }, large[1000];
    for (int i = 0; i < 100; i++) {
        env_random(env, a, sizeof a);
        env_random(env, b, sizeof b);
        assert_memory_not_equal(a, b, sizeof a);
        assert_memory_not_equal(a, zero, sizeof a);
    }
    env_random(env, large, sizeof large);
    assert_memory_not_equal(large + 984, zero, sizeof zero);
    /* A forked child draws other bytes. */
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        env_random(env, a, sizeof a);
        _exit(write(ends[1], a, sizeof a) == sizeof a ? 0 : 1);
    }
    env_random(env, b, sizeof b);
    assert_int_equal(read(ends[0], a, sizeof a), sizeof a);
    waitpid(pid, NULL, 0);
    assert_memory_not_equal(a, b, sizeof a);
    close(ends[0]);
    close(ends[1]);
}

static int setup_folder(void **state) {
    setup(state);
    snprintf(folder, sizeof folder, "/tmp/panah-base-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown_folder(void **state) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    int rc = system(command);
    teardown(state);
    return rc;
}

static const char *in_folder(const char *name) {
    return str_c(arena, str_printf(arena, "%s/%s", folder, name));
}

static void test_files(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    Str got = STR_NONE;
    const char *path = in_folder("file");
    assert_false(env_file_exists(path));
    assert_int_equal(env_read_file(&c, path, 100, &got), ST_MISSING);
    assert_str(c.errs.v[0].key, "error.file.missing");
    assert_str(c.errs.v[0].args[0].value, path);
    assert_str(c.errs.v[0].cause, "stat: ENOENT");
    assert_int_equal(env_write_file(&c, path, 0600, STR("ten bytes!")), ST_OK);
    assert_true(env_file_exists(path));
    assert_false(env_file_exists(in_folder("file.tmp")));
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(env_read_file(&c, path, 10, &got), ST_OK);
    assert_str(got, "ten bytes!");
    assert_int_equal(env_read_file(&c, path, 9, &got), ST_LIMIT);
    assert_int_equal(env_read_file(&c, path, SIZE_MAX, &got), ST_OK);
    assert_int_equal(env_write_file(&c, path, 0600, STR_NONE), ST_OK);
    assert_int_equal(env_read_file(&c, path, 0, &got), ST_OK);
    assert_int_equal(got.n, 0);
    assert_int_equal(env_read_file(&c, folder, 9, &got), ST_IO);
    assert_int_equal(env_remove_file(&c, path), ST_OK);
    assert_int_equal(env_remove_file(&c, path), ST_OK);
    assert_int_equal(env_make_folder(&c, in_folder("sub/"), 0700), ST_OK);
    assert_int_equal(env_make_folder(&c, in_folder("sub"), 0700), ST_OK);
    assert_int_equal(env_remove_file(&c, in_folder("sub")), ST_IO);
    assert_int_equal(env_make_folder(&c, in_folder("a/b"), 0700), ST_IO);
    assert_int_equal(env_write_file(&c, in_folder("a/b"), 0600, STR("x")), ST_IO);
    /* Files of /proc tell no size. */
    assert_int_equal(env_read_file(&c, "/proc/self/status", 1 << 20, &got), ST_OK);
    assert_true(got.n > 20);
    world.fault[FAULT_READ].fail_at = world.fault[FAULT_READ].count + 1;
    assert_int_equal(env_read_file(&c, "/proc/self/status", 1 << 20, &got), ST_IO);
}

/* Each n-th write and fsync fails: the old file stands, or after the rename the new one. */
static void test_write_file_faults(void **state) {
    (void)state;
    const char *path = in_folder("file");
    static const struct {
        EnvFaultKind kind;
        uint64_t nth;
        const char *left;
    } cases[] = {
        { FAULT_WRITE, 1, "old" },
        { FAULT_FSYNC, 1, "old" },
        { FAULT_FSYNC, 2, "new text" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Ctx c = ctx_new(&world, arena);
        Str got = STR_NONE;
        assert_int_equal(env_write_file(&c, path, 0600, STR("old")), ST_OK);
        EnvFault *f = &world.fault[cases[i].kind];
        f->fail_at = f->count + cases[i].nth;
        assert_int_equal(env_write_file(&c, path, 0600, STR("new text")), ST_IO);
        assert_str(c.errs.v[0].key, "error.file.write");
        f->fail_at = 0;
        assert_int_equal(env_read_file(&c, path, 100, &got), ST_OK);
        assert_str(got, cases[i].left);
        assert_false(env_file_exists(in_folder("file.tmp")));
    }
    world.fault[FAULT_WRITE].fail_at = 1;
    world.fault[FAULT_WRITE].sticky = true;
    assert_true(env_fault_here(&world, FAULT_WRITE));
    assert_true(env_fault_here(&world, FAULT_WRITE));
}

static void test_sockets(void **state) {
    (void)state;
    Ctx c = ctx_new(&world, arena);
    const char *path = in_folder("sock");
    int server = -1, client = -1, other = -1;
    assert_int_equal(env_connect_unix(&c, path, &client), ST_MISSING);
    assert_int_equal(env_listen_unix(&c, path, &server), ST_OK);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(env_connect_unix(&c, path, &client), ST_OK);
    assert_int_equal(env_listen_unix(&c, path, &other), ST_CONFLICT); /* somebody answers */
    close(client);
    close(server);
    assert_int_equal(env_connect_unix(&c, path, &client), ST_MISSING);
    assert_int_equal(env_listen_unix(&c, path, &server), ST_OK); /* stale: replaced */
    close(server);
    /* What is no socket stays. */
    assert_int_equal(env_write_file(&c, in_folder("plain"), 0600, STR("x")), ST_OK);
    assert_int_equal(env_listen_unix(&c, in_folder("plain"), &server), ST_CONFLICT);
    assert_true(env_file_exists(in_folder("plain")));
    const char *long_path = str_c(arena, str_printf(arena, "/tmp/%0108d", 1));
    assert_int_equal(env_listen_unix(&c, long_path, &server), ST_IO);
    assert_int_equal(env_connect_unix(&c, long_path, &client), ST_IO);

    assert_int_equal(env_listen_tcp(&c, "127.0.0.1", 0, &server), ST_OK);
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    assert_int_equal(getsockname(server, (struct sockaddr *)&address, &n), 0);
    close(server);
    assert_int_equal(env_listen_tcp(&c, "no such address", 0, &server), ST_IO);
}

/* --- log -------------------------------------------------------------------------------------- */

static void test_log(void **state) {
    (void)state;
    const char *path = in_folder("log");
    int saved = dup(STDERR_FILENO);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    dup2(fd, STDERR_FILENO);
    log_info(&world, "listening", "addr", "127.0.0.1", "odd", "a \"b\"=\n\\\x01", "none", "", NULL);
    log_debug(&world, "hidden", NULL);
    log_set_level(LOG_LEVEL_DEBUG);
    log_debug(NULL, "shown", NULL);
    char long_value[6000];
    memset(long_value, 'x', sizeof long_value);
    long_value[sizeof long_value - 1] = 0;
    log_error(&world, "long", "v", long_value, NULL);
    log_set_level(LOG_LEVEL_INFO);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    Ctx c = ctx_new(&world, arena);
    Str text = STR_NONE;
    assert_int_equal(env_read_file(&c, path, 1 << 20, &text), ST_OK);
    assert_str(str_cut(&text, '\n'), "<6>time=2026-11-24T19:34:22.123Z event=listening "
                                     "addr=127.0.0.1 odd=\"a \\\"b\\\"=\\n\\\\\\u0001\" none=\"\"");
    assert_str(str_cut(&text, '\n'), "<7>event=shown");
    Str cut = str_cut(&text, '\n');
    assert_int_equal(cut.n, 4095);
    assert_str(text, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, setup_folder, teardown_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_calendar_round_trip),
        TEST(test_calendar_edges),
        TEST(test_ages),
        TEST(test_day_text),
        TEST(test_time_text),
        TEST(test_day_of_time),
        TEST(test_id),
        TEST(test_rng),
        TEST(test_virtual_world),
        TEST(test_system_world),
        FOLDER_TEST(test_files),
        FOLDER_TEST(test_write_file_faults),
        FOLDER_TEST(test_sockets),
        FOLDER_TEST(test_log),
    };
    return cmocka_run_group_tests_name("world", tests, NULL, NULL);
}
