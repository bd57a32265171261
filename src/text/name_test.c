/* name_test.c: skeletons, search terms and ranking of names in two scripts. */
#include "base/base.h"
#include "text/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/banned.h"

enum { CAP = 64 << 20 };
#define LEN(x) (sizeof(x) / sizeof((x)[0]))

static Arena *fresh(void) {
    return arena_new(env_system(), CAP);
}

/* One name a row: each spelling must meet the first. */
static const char *const same[][8] = {
    { "محمد", "Mohammad", "Mohamed", "Muhammad", "Mohammed", "Muhammed", "Mouhamed", "مُحَمَّد" },
    { "حسین", "Hussain", "Hossein", "Hussein", "Houssein", "حسين", "Husain" },
    { "عبدالرحمن", "Abdul Rahman", "Abdurrahman", "Abdulrahman", "Abd al-Rahman", "عبد الرحمن",
      "Abdourahmane", "عبد الرحمٰن" },
    { "عبدالکریم", "Abdul Karim", "Abdelkrim", "Abdoul Karim", "عبد الكريم", "Abd el-Karim" },
    { "عبدالله", "Abdullah", "Abdulla", "Abdoulaye", "Abd Allah", "عبد الله", "Abdallah" },
    { "نورالله", "Noorullah", "Nurullah", "Noor Ullah", "نور الله", "Nour Allah" },
    { "نورالدین", "Nooruddin", "Nur al-Din", "Noor ud Din", "Nourredine", "نور الدین" },
    { "حبیب الرحمن", "Habib ur Rahman", "Habiburrahman", "حبیب‌الرحمن" },
    { "فاطمه", "Fatima", "Fatimah", "Fatema", "فاطمة", "Fatma" },
    { "ګل", "Gul", "گل", "Goul", "Gull" },
    { "پښتانه", "Pashtana", "Pakhtana" },
    { "ښایسته", "Shaista", "Khaista", "Shaistah" },
    { "رشید", "Rashid", "Rachid", "Rasheed", "رشيد" },
    { "جمیله", "Djamila", "Jamila", "Jamilah", "جميلة" },
    { "نوید", "Naveed", "Nawid", "Navid" },
    { "داود", "Dawood", "Daud", "Daoud", "داوود" },
    { "یوسف", "Yusuf", "Youssef", "Yousof", "يوسف" },
    { "قاسم", "Qasim", "Ghasem", "Kassem", "Qasem" },
    { "عثمان", "Usman", "Othman", "Osman", "Uthman" },
    { "رمضان", "Ramazan", "Ramadan", "Ramadhan", "Ramzan" },
    { "علی‌رضا", "Ali Reza", "Alireza", "علیرضا", "علی رضا" },
    { "عایشه", "Aisha", "Aïcha", "Ayesha", "عائشة" },
    { "مریم", "Maryam", "Mariam", "Meryem", "Miriam" },
    { "وحید", "Wahid", "Vahid", "Ouahid", "Waheed" },
    { "یحیی", "Yahya", "Yahia", "يحيى" },
    { "خدیجه", "Khadija", "Khadijah", "Khadidja", "خديجة" },
    { "شفیقه", "Shafiqa", "Chafika", "Shafika" },
    { "روح‌الله", "Ruhollah", "Rohullah", "Rouhoullah" },
    { "مروه", "Marwa", "Marwah", "مروة" },
    { "رویا", "Roya", "Roia" },
    { "Kouamé", "Kwame", "Kuame" },
    { "Philippe", "Filipe", "Philip" },
    { "Tchicaya", "Chicaya", "Tshikaya" },
    { "Thérèse", "Terese", "Therese" },
    { "Christine", "Kristine", "Cristine" },
    { "Şükrü", "Shukru", "Chukru" },
    { "François", "Fransois", "Franc\u0327ois" },
    { "Jean-Pierre", "Jean Pierre", "Jeanpierre" },
    { "بول", "Paul" },
    { "فيكتور", "Victor" },
};

static void same_names_meet(void **state) {
    (void)state;
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(same); i++) {
        for (size_t k = 1; k < LEN(same[i]) && same[i][k]; k++) {
            if (!name_alike(a, str_of(same[i][0]), str_of(same[i][k]))) {
                Str x = name_skeleton(a, str_of(same[i][0]));
                Str y = name_skeleton(a, str_of(same[i][k]));
                fail_msg("%s (%.*s) and %s (%.*s)", same[i][0], STR_ARG(x), same[i][k], STR_ARG(y));
            }
        }
    }
    arena_free(a);
}

static void other_names_do_not(void **state) {
    (void)state;
    static const char *const pairs[][2] = {
        { "Karim", "Rahim" },
        { "احمد", "Hamid" },
        { "Ahmad", "Hamed" },
        { "Fatima", "Farida" },
        { "خالد", "Qaled" },
        { "Gul", "Jal" },
        { "Jean", "Marie" },
        { "محمد", "محمود" },
        { "Mohammad", "Mahmood" },
        { "Noorullah", "Nasrullah" },
        { "کمال", "جمال" },
        { "Tshala", "Tala" },
        { "", "Ali" },
        { "---", "..." },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(pairs); i++) {
        bool known = (i == 7 || i == 8); /* Mahmood: vowels are all that tells them apart */
        assert_int_equal(name_alike(a, str_of(pairs[i][0]), str_of(pairs[i][1])), known);
    }
    arena_free(a);
}

/* --- search as a database would do it ------------------------------------------------------------ */

static bool alt_finds(const NameAlt *alt, const NameTerms *terms) {
    for (size_t i = 0; i < terms->n; i++) {
        if (alt->is_prefix ? str_starts(terms->v[i], alt->term) : str_eq(terms->v[i], alt->term)) {
            return true;
        }
    }
    return false;
}

static bool finds(Arena *a, Str typed, const Str *names, size_t n_names) {
    NameQuery q = name_query(a, typed);
    if (q.n == 0) return false;
    for (size_t t = 0; t < q.n; t++) {
        bool found = false;
        for (size_t i = 0; i < n_names && !found; i++) {
            NameTerms terms = name_terms(a, names[i]);
            for (size_t k = 0; k < q.tokens[t].n_alts && !found; k++) {
                found = alt_finds(&q.tokens[t].alts[k], &terms);
            }
        }
        if (!found) return false;
    }
    return true;
}

static bool finds_one(Arena *a, const char *typed, const char *name) {
    Str n = str_of(name);
    return finds(a, str_of(typed), &n, 1);
}

static void typed_text_finds(void **state) {
    (void)state;
    static const char *const found[][2] = {
        { "moh", "محمد" },
        { "m", "محمد" },
        { "h", "Hussain" },
        { "a", "Omar" },
        { "abdul", "عبدالرحمن" },
        { "abdul ra", "Abdurrahman" },
        { "abdul", "Abd al-Rahman" },
        { "rahman", "Abdul Rahman" },
        { "Rahman Abdul", "عبد الرحمن" },
        { "ali re", "Alireza" },
        { "alir", "Ali Reza" },
        { "Ali Reza ", "علی‌رضا" },
        { "haji ahm", "احمد" },
        { "حاجی احمد", "Ahmad" },
        { "haji", "Haji" },
        { "hussein", "الحسين" },
        { "al-Hussein", "حسین" },
        { "d", "Djamila" },
        { "dj", "Djamila" },
        { "j", "جمیله" },
        { "sh", "شریف" },
        { "s", "Sharif" },
        { "c", "Catherine" },
        { "ch", "Christine" },
        { "jea", "Jean-Pierre" },
        { "pierre jean", "Jean-Pierre" },
        { "مح", "Mohammad" },
        { "نور", "Noor Ullah" },
        { "noorul", "نورالله" },
        { "Noor ullah", "نورالله" },
        { "С", "Сергей" },
        { "серг", "Сергей" },
        { "ተስ", "ተስፋዬ" },
        { "bin ali", "Ali" },
        { "ou", "Ouahid" },
        { "N'Dja", "N'Djamena" },
    };
    static const char *const lost[][2] = {
        { "karim", "Rahim" },
        { "ahmad ", "Amin Gul" },
        { "ali k", "Ali Reza" },
    };
    Arena *a = fresh();
    for (size_t i = 0; i < LEN(found); i++) {
        if (!finds_one(a, found[i][0], found[i][1])) fail_msg("%s: %s", found[i][0], found[i][1]);
    }
    for (size_t i = 0; i < LEN(lost); i++) {
        if (finds_one(a, lost[i][0], lost[i][1])) fail_msg("%s: %s", lost[i][0], lost[i][1]);
    }
    assert_int_equal(name_query(a, STR("")).n, 0);
    assert_int_equal(name_query(a, STR("  .- ")).n, 0);
    arena_free(a);
}

/* Every beginning of every spelling above finds the name itself. Returns how many do not. */
static size_t count_lost_beginnings(Arena *a, Str name, size_t *ret_all) {
    size_t lost = 0;
    for (size_t pos = 0; pos < name.n;) {
        str_utf8_next(name, &pos);
        Str part = str_slice(name, 0, pos);
        if (name_query(a, part).n == 0) continue;
        ++*ret_all;
        if (!finds(a, part, &name, 1)) lost++;
    }
    return lost;
}

static void beginnings_find_the_name(void **state) {
    (void)state;
    Arena *a = fresh();
    size_t lost = 0, all = 0;
    for (size_t i = 0; i < LEN(same); i++) {
        for (size_t k = 0; k < LEN(same[i]) && same[i][k]; k++) {
            size_t here = count_lost_beginnings(a, str_of(same[i][k]), &all);
            if (here > 0) print_message("# lost while typing %s: %zu\n", same[i][k], here);
            lost += here;
        }
    }
    print_message("# of %zu beginnings %zu are lost\n", all, lost);
    assert_true(lost * 100 <= all);
    arena_free(a);
}

static void queries_have_bounds(void **state) {
    (void)state;
    Arena *a = fresh();
    Buf b = buf_new(a, 1 << 16);
    for (int i = 0; i < 200; i++)
        buf_str(&b, STR("Tshwaqir-ul-ضیاءالرحمن "));
    NameTerms terms = name_terms(a, buf_text(&b));
    assert_true(terms.n <= NAME_TERMS_MAX);
    for (size_t i = 0; i < terms.n; i++)
        assert_true(terms.v[i].n <= NAME_TERM_BYTES_MAX);
    NameQuery q = name_query(a, buf_text(&b));
    assert_in_range(q.n, NAME_TOKENS_MAX - 1, NAME_TOKENS_MAX); /* an article may end it */
    for (size_t i = 0; i < q.n; i++)
        assert_in_range(q.tokens[i].n_alts, 1, NAME_ALTS_MAX);
    arena_free(a);
}

static int match1(Arena *a, const char *typed, const char *name) {
    NameQuery q = name_query(a, str_of(typed));
    Str n = str_of(name);
    return name_match(a, &q, &n, 1);
}

static void ranking_is_sane(void **state) {
    (void)state;
    Arena *a = fresh();
    /* each row: query, then names that must score strictly less and less */
    static const char *const rows[][6] = {
        { "ahmad", "Ahmad", "Ahmadi", "Ahmed", "Hamza" },
        { "Mohammad Ali", "Mohammad Ali", "Muhammad Ali", "Mohamed Aly", "Mohammad Karim" },
        { "احمد", "احمد", "Ahmad", "Karim" },
        { "ali reza", "Ali Reza", "Alireza", "Ali" },
        { "gul", "Gul", "Gul Ahmad", "Gull Ahmad", "Ahmad" },
        { "dawood ", "Dawood", "Davood", "Daud", "Dilawar" },
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        int last = NAME_SCORE_MAX + 1;
        for (size_t k = 1; k < LEN(rows[i]) && rows[i][k]; k++) {
            int score = match1(a, rows[i][0], rows[i][k]);
            if (score >= last) fail_msg("%s: %s %d >= %d", rows[i][0], rows[i][k], score, last);
            last = score;
        }
    }
    assert_int_equal(match1(a, "ahmad", "Ahmad"), NAME_SCORE_MAX);
    assert_int_equal(match1(a, "ahmad ahmad", "Ahmad"), 0); /* a word answers once */
    assert_int_equal(match1(a, "", "Ahmad"), 0);
    arena_free(a);
}

/* --- measured on public lists, which are no part of the project ---------------------------------- */

static bool read_shared(Arena *a, const char *file, Str *ret) {
    const char *root = getenv("PANAH_SHARED");
    Ctx c = ctx_new(env_system(), a);
    Str path = str_printf(a, "%s/data/linkage/%s", root ? root : "../shared", file);
    return env_file_exists(str_c(a, path)) &&
           env_read_file(&c, str_c(a, path), 8 << 20, ret) == ST_OK;
}

#define NEED(a, file, ret)                                                                         \
    do {                                                                                           \
        if (!read_shared((a), (file), (ret))) {                                                    \
            arena_free(a);                                                                         \
            print_message("# skipped: %s is not here (PANAH_SHARED)\n", (file));                   \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

static Str without_spaces(Arena *a, Str text) {
    Buf b = buf_new(a, text.n + 1);
    for (size_t i = 0; i < text.n; i++) {
        if (text.s[i] != ' ') buf_byte(&b, (uint8_t)text.s[i]);
    }
    return buf_text(&b);
}

static double share_alike(Arena *a, Str lines) {
    size_t n = 0, alike = 0;
    while (lines.s) {
        Str line = str_trim(str_cut(&lines, '\n'));
        if (line.n == 0) continue;
        Str x = str_cut(&line, '\t');
        Str y = without_spaces(a, str_cut(&line, '\t'));
        n++;
        alike += name_alike(a, x, y);
    }
    return n > 0 ? (double)alike / (double)n : 0;
}

/* World names, most of them European, in Arabic spelling: far harder than what the field brings. */
static void agreement_arabic_latin(void **state) {
    (void)state;
    Arena *a = fresh();
    Str lines = STR_NONE;
    NEED(a, "wd_arabic_80.tsv", &lines);
    double share = share_alike(a, lines);
    print_message("# wd_arabic_80: %.3f alike\n", share);
    assert_true(share >= 0.80);
    arena_reset(a);
    NEED(a, "google_ar2en_eval.tsv", &lines);
    share = share_alike(a, lines);
    print_message("# google_ar2en_eval: %.3f alike\n", share);
    assert_true(share >= 0.81);
    arena_free(a);
}

enum { LIST_MAX = 500 };

static size_t read_list(Str lines, Str ret[LIST_MAX]) {
    size_t n = 0;
    while (lines.s && n < LIST_MAX) {
        Str line = str_trim(str_cut(&lines, '\n'));
        if (line.n > 0) ret[n++] = line;
    }
    return n;
}

/* The lists hold the same names in two scripts, in another order: every name should meet one of the
 * other list, and few others. */
static void persian_pair(Arena *a, const char *fa_file, const char *en_file) {
    Str fa_text = STR_NONE, en_text = STR_NONE;
    NEED(a, fa_file, &fa_text);
    NEED(a, en_file, &en_text);
    Str *fa = arena_array(a, Str, LIST_MAX), *en = arena_array(a, Str, LIST_MAX);
    size_t n_fa = read_list(fa_text, fa), n_en = read_list(en_text, en);
    size_t met = 0, pairs = 0, typed = 0, lost = 0;
    for (size_t i = 0; i < n_fa; i++) {
        size_t here = 0;
        for (size_t k = 0; k < n_en; k++)
            here += name_alike(a, fa[i], en[k]);
        met += here > 0;
        pairs += here;
        lost += count_lost_beginnings(a, fa[i], &typed);
    }
    for (size_t k = 0; k < n_en; k++)
        lost += count_lost_beginnings(a, en[k], &typed);
    double wrong = (double)(pairs - met) / ((double)n_fa * (double)n_en);
    print_message("# %s: %zu of %zu met, %.5f of other pairs too; %zu of %zu beginnings lost\n",
                  fa_file, met, n_fa, wrong, lost, typed);
    assert_true((double)met >= 0.98 * (double)n_fa);
    assert_true(wrong <= 0.005);
    assert_true(lost * 100 <= typed);
}

static void agreement_persian(void **state) {
    (void)state;
    Arena *a = fresh();
    persian_pair(a, "persian_male_fa.txt", "persian_male_en.txt");
    persian_pair(a, "persian_female_fa.txt", "persian_female_en.txt");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_names_meet),        cmocka_unit_test(other_names_do_not),
        cmocka_unit_test(typed_text_finds),       cmocka_unit_test(beginnings_find_the_name),
        cmocka_unit_test(queries_have_bounds),    cmocka_unit_test(ranking_is_sane),
        cmocka_unit_test(agreement_arabic_latin), cmocka_unit_test(agreement_persian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
