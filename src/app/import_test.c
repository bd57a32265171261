/* import_test.c: lists through the command line, from a fresh folder to registered people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/client.h"
#include "app/setup.h"
#include "store/trial.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[TRIAL_DIR_N], folder[80];
static Arena *a;
static char *out, *err;
static size_t out_n, err_n;

static int panah_words(const char *const *words) {
    const char *argv[24] = { "panah", "-d", folder, "--lang", "en" };
    int n = 5;
    for (size_t i = 0; words[i]; i++)
        argv[n++] = words[i];
    free(out);
    free(err);
    out = err = NULL;
    char nothing[1] = "";
    FILE *in = fmemopen(nothing, sizeof nothing, "r");
    FILE *to = open_memstream(&out, &out_n), *errors = open_memstream(&err, &err_n);
    int rc = app_run(env_system(), n, (char *const *)argv, in, to, errors);
    fclose(in);
    fclose(to);
    fclose(errors);
    return rc;
}
#define want(status, ...)                                                                          \
    do {                                                                                           \
        int rc_ = panah_words((const char *const[]){ __VA_ARGS__, NULL });                         \
        if (rc_ != (status)) fail_msg("exit %d instead of %d: %s%s", rc_, (status), out, err);     \
    } while (0)

static Val said(void) {
    Ctx c = ctx_new(env_system(), a);
    Val v = VAL_ABSENT;
    if (json_parse(&c, str_of(out), 64 << 20, &v) != ST_OK) fail_msg("not JSON: %s", out);
    return v;
}

/* A folder as `init` leaves it: the first password has not been changed yet. */
static int make(void **state) {
    (void)state;
    (void)signal(SIGPIPE, SIG_IGN);
    umask(077);
    a = arena_new(env_system(), (size_t)1 << 30);
    assert_true(trial_folder(dir, "import"));
    (void)snprintf(folder, sizeof folder, "%s/data", dir);
    want(EXIT_DONE, "init", "--office", "KLA", "--country", "UGA", "--dial-code", "256");
    return 0;
}

static int drop(void **state) {
    (void)state;
    trial_remove(dir);
    free(out);
    free(err);
    arena_free(a);
    return 0;
}

/* The path of a file of the test's folder: until the next of the same name. */
static const char *write_named(const char *name, const char *text) {
    const char *path = str_c(a, str_printf(a, "%s/%s", dir, name));
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}
#define write_list(text) write_named("list.csv", text)
#define write_map(text) write_named("map.json", text)

static int64_t people(void) {
    want(EXIT_DONE, "query", "person where sex = 'M'");
    return (int64_t)said().list.n;
}

static void test_what_the_columns_are_is_said(void **state) {
    (void)state;
    const char *list = write_list("naam,m or w,shoe\nGrace,w,9\nRose,w,8\n");
    want(EXIT_REFUSED, "import", list, "--profile", "none");
    assert_non_null(strstr(err, "nor any other"));
    want(EXIT_REFUSED, "import", list, "--map", write_map("[1]"));
    assert_non_null(strstr(err, "A mapping is a JSON object"));
    want(EXIT_REFUSED, "import", list, "--map", write_map("{\"naam\":\"given_name\""));
    want(EXIT_REFUSED, "import", list, "--map", write_map("{\"naam\":\"dragon\"}"));
    assert_non_null(strstr(err, "dragon"));
    want(EXIT_DONE, "import", list, "--dry-run", "--map", write_map("{\"naam\":\"given_name\"}"));
    assert_non_null(strstr(out, "Column naam: given_name"));
    want(EXIT_DONE, "import", list, "--dry-run", "--map",
         write_map("{\"mapping\":{\"naam\":\"given_name\",\"m or w\":\"sex\",\"shoe\":null},"
                   "\"values\":{\"sex\":{\"w\":\"F\"}}}"));
    assert_non_null(strstr(out, "Column m or w: sex"));
    assert_non_null(strstr(out, "Can be taken: 2"));
    assert_null(strstr(out, "error"));
}

static void test_dry_then_for_good(void **state) {
    (void)state;
    const char *list = write_list("naam,sex,dob\nAli,m,1990-01-02\nMusa,m,31/02/1990\n"
                                  "Otim,m,1991-03-04\n");
    want(EXIT_REFUSED, "import", list);
    assert_non_null(strstr(err, "its first row says: naam, sex, dob."));
    list = write_list("name,sex,dob,shoe\nAli,m,1990-01-02,9\nMusa,m,31/02/1990,9\n"
                      "Otim,m,1991-03-04,9\n");
    want(EXIT_DONE, "import", list, "--dry-run");
    assert_non_null(strstr(out, "row 3, dob \"31/02/1990\""));
    assert_non_null(strstr(out, "Column dob: birth_date"));
    assert_non_null(strstr(out, "Column shoe: kept with the row, not registered"));
    assert_non_null(strstr(out, "Rows: 3. Can be taken: 2; families they make: 2. Left out: 1."));
    assert_null(strstr(out, "more are not shown"));
    assert_int_equal(people(), 0);
    want(EXIT_DONE, "import", list, "--save-profile", "shoes");
    assert_non_null(strstr(out, "Records made: 2"));
    assert_int_equal(people(), 2);
    want(EXIT_DONE, "import", list, "--profile", "shoes");
    assert_non_null(strstr(out, "brought in before"));
    assert_int_equal(people(), 2);
    want(EXIT_REFUSED, "import", write_list("name,dob\nAli,soon\n"));
    want(EXIT_REFUSED, "import", list, "--profile", "hats");
    assert_non_null(strstr(err, "shoes"));
}

/* A terminal is not filled without end, but nothing is held back without a word. */
/* Not "no column is a name": it stands beyond those that are read. */
static void test_a_list_that_is_too_wide(void **state) {
    (void)state;
    Buf b = buf_new(a, 1 << 20);
    for (int i = 0; i < 10000; i++)
        buf_printf(&b, "c%d,", i);
    buf_str(&b, STR("name\n"));
    want(EXIT_REFUSED, "import", write_list(str_c(a, buf_text(&b))), "--dry-run");
    assert_non_null(strstr(err, "more than 200 columns"));
}

static void test_a_list_full_of_errors(void **state) {
    (void)state;
    Buf b = buf_new(a, 1 << 20);
    buf_str(&b, STR("name,sex,dob\n"));
    for (int i = 0; i < 1200; i++)
        buf_printf(&b, "Ali %c,m,31/02/1990\n", 'a' + i % 26);
    want(EXIT_DONE, "import", write_list(str_c(a, buf_text(&b))), "--dry-run");
    assert_non_null(strstr(out, "row 1001, dob"));
    assert_null(strstr(out, "row 1002, dob"));
    assert_non_null(strstr(out, "200 more are not shown here"));
    assert_non_null(strstr(out, "Errors: 1 200;"));
    assert_non_null(strstr(out, "Left out: 1 200."));
}

/* What stands in the way is said in words, not by the code of a list. */
static void test_a_batch_is_taken_back_once(void **state) {
    (void)state;
    want(EXIT_DONE, "import", write_list("name,sex,dob\nBrief,f,1990-01-02\n"), "--json");
    const char *input =
        write_list(str_c(a, str_printf(a, "{\"batch\":\"%.*s\",\"reason\":\"MISTAKE\"}",
                                       STR_ARG(val_get_text(said(), "batch", STR(""))))));
    want(EXIT_DONE, "op", "import.take_back", "--json", input);
    want(EXIT_REFUSED, "op", "import.take_back", "--json", input);
    assert_non_null(strstr(err, "Taken back"));
    assert_null(strstr(err, "TAKEN_BACK"));
}

static void test_a_corrected_list(void **state) {
    (void)state;
    want(EXIT_DONE, "import",
         write_list("ID,name,sex,dob\nR-1,Okello,m,1970-01-02\n"
                    "R-2,Opio,m,1971-01-02\nR-3,Odong,m,1972-01-02\n"));
    const char *list = write_list("ID,name,sex,dob\nR-1,Okello,m,1970-01-02\n"
                                  "R-2,Opiyo,m,1971-01-02\nR-3,Odong,m,1973-01-02\n");
    want(EXIT_DONE, "import", list, "--dry-run");
    assert_non_null(strstr(out, "Opio → Opiyo"));
    want(EXIT_DONE, "query", "person where given_name = 'Opiyo'");
    assert_int_equal(said().list.n, 0);
    want(EXIT_DONE, "import", list, "--json");
    Val r = said();
    assert_int_equal(val_get_int(r, "n_corrections", 0), 2);
    assert_int_equal(val_get_int(val_get(r, "approved"), "corrected", 0), 2);
    want(EXIT_DONE, "query", "person where given_name = 'Opiyo'");
    assert_int_equal(said().list.n, 1);
    list = write_list("ID,name,sex,dob\nR-1,Okelo,m,1970-01-02\nR-2,Opiyo,m,1971-01-02\n"
                      "R-3,Odong,m,1973-01-02\n");
    want(EXIT_DONE, "import", list);
    assert_non_null(strstr(out, "Values corrected: 1. Left as they are: 0."));
}

/* Lists that others publish; 5,000 rows each. */
static void real_list(const char *name, const char *found) {
    const char *shared = getenv("PANAH_SHARED");
    Str path = str_printf(a, "%s/data/linkage/%s", shared ? shared : "../shared", name);
    if (access(str_c(a, path), R_OK) != 0) {
        print_message("# %.*s is not here: skipped\n", STR_ARG(path));
        skip();
    }
    want(EXIT_DONE, "import", str_c(a, path), "--json");
    Val r = said();
    assert_int_equal(val_get_int(r, "rows", 0), 5000);
    int64_t good = val_get_int(r, "good", 0);
    assert_true(good > 4500);
    assert_int_equal(val_get_int(val_get(r, "approved"), "made", 0), good);
    want(EXIT_DONE, "query", found);
    assert_true(said().list.n >= 1);
    want(EXIT_DONE, "verify");
    want(EXIT_DONE, "rebuild", "--check");
}

static void test_a_list_of_opencr(void **state) {
    (void)state;
    real_list("opencr_uganda.csv", "person where given_name = 'zuwena' and family_name = 'acile'");
}

static void test_a_list_of_febrl(void **state) {
    (void)state;
    real_list("febrl3.csv", "person where given_name = 'mitchell' and family_name = 'green'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_columns_are_is_said),
        cmocka_unit_test(test_dry_then_for_good),
        cmocka_unit_test(test_a_list_that_is_too_wide),
        cmocka_unit_test(test_a_list_full_of_errors),
        cmocka_unit_test(test_a_batch_is_taken_back_once),
        cmocka_unit_test(test_a_corrected_list),
        cmocka_unit_test(test_a_list_of_opencr),
        cmocka_unit_test(test_a_list_of_febrl),
    };
    return cmocka_run_group_tests_name("import", tests, make, drop);
}
