/* month.c: names of months, written and read. */
#include "text/calendar.h"

#include "base/buf.h"
#include "text/fold.h"
#include "text/name_word.h"

#include "base/banned.h"

/* How the screen writes them: solar in Afghan and Iranian, Gregorian and lunar by language. */
typedef enum Style { STYLE_EN, STYLE_FR, STYLE_DARI, STYLE_PASHTO, STYLE_IRAN, STYLE_ARABIC } Style;
enum { STYLE_N = 6 };

static const char *const gregorian[STYLE_N][12] = {
    [STYLE_EN] = { "January", "February", "March", "April", "May", "June", "July", "August",
                   "September", "October", "November", "December" },
    [STYLE_FR] = { "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
                   "septembre", "octobre", "novembre", "décembre" },
    [STYLE_DARI] = { "جنوری", "فبروری", "مارچ", "اپریل", "می", "جون", "جولای", "اگست", "سپتمبر",
                     "اکتوبر", "نومبر", "دسمبر" },
    [STYLE_PASHTO] = { "جنوري", "فبروري", "مارچ", "اپرېل", "مۍ", "جون", "جولای", "اګست", "سپتمبر",
                       "اکتوبر", "نومبر", "ډسمبر" },
    [STYLE_IRAN] = { "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر",
                     "اکتبر", "نوامبر", "دسامبر" },
    [STYLE_ARABIC] = { "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس",
                       "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر" },
};

static const char *const solar[STYLE_N][12] = {
    [STYLE_EN] = { "Hamal", "Sawr", "Jawza", "Saratan", "Asad", "Sunbula", "Mizan", "Aqrab", "Qaws",
                   "Jadi", "Dalw", "Hut" },
    [STYLE_FR] = { "hamal", "sawr", "jawza", "saratan", "asad", "sunbula", "mizan", "aqrab", "qaws",
                   "jadi", "dalw", "hut" },
    [STYLE_DARI] = { "حمل", "ثور", "جوزا", "سرطان", "اسد", "سنبله", "میزان", "عقرب", "قوس", "جدی",
                     "دلو", "حوت" },
    [STYLE_PASHTO] = { "وری", "غویی", "غبرګولی", "چنګاښ", "زمری", "وږی", "تله", "لړم", "لیندۍ",
                       "مرغومی", "سلواغه", "کب" },
    [STYLE_IRAN] = { "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر",
                     "دی", "بهمن", "اسفند" },
    [STYLE_ARABIC] = { "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان",
                       "آذر", "دی", "بهمن", "اسفند" },
};

static const char *const lunar[STYLE_N][12] = {
    [STYLE_EN] = { "Muharram", "Safar", "Rabi al-Awwal", "Rabi al-Thani", "Jumada al-Awwal",
                   "Jumada al-Thani", "Rajab", "Shaban", "Ramadan", "Shawwal", "Dhu al-Qada",
                   "Dhu al-Hijja" },
    [STYLE_FR] = { "mouharram", "safar", "rabia al-awwal", "rabia ath-thani", "joumada al-oula",
                   "joumada ath-thania", "rajab", "chaabane", "ramadan", "chawwal", "dhou al-qida",
                   "dhou al-hijja" },
    [STYLE_DARI] = { "محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی",
                     "جمادی‌الاول", "جمادی‌الثانی", "رجب", "شعبان",
                     "رمضان", "شوال", "ذوالقعده", "ذوالحجه" },
    [STYLE_PASHTO] = { "محرم", "صفر", "ربیع الاول", "ربیع الثاني", "جمادي الاول", "جمادي الثاني",
                       "رجب", "شعبان", "رمضان", "شوال", "ذوالقعده", "ذوالحجه" },
    [STYLE_IRAN] = { "محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی",
                     "جمادی‌الاول", "جمادی‌الثانی", "رجب", "شعبان",
                     "رمضان", "شوال", "ذیقعده", "ذیحجه" },
    [STYLE_ARABIC] = { "محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة",
                       "رجب", "شعبان", "رمضان", "شوال", "ذو القعدة", "ذو الحجة" },
};

static const char *const (*const tables[CAL_N])[12] = { gregorian, solar, lunar };

/* Other spellings, folded and without spaces: common romanisations, abbreviations, the Syriac names
 * of Gregorian months used from Iraq to Palestine. */
static const struct {
    const char *text;
    Calendar cal;
    int month;
} others[] = {
    { "jan", CAL_GREGORIAN, 1 },
    { "janv", CAL_GREGORIAN, 1 },
    { "feb", CAL_GREGORIAN, 2 },
    { "fev", CAL_GREGORIAN, 2 },
    { "fevr", CAL_GREGORIAN, 2 },
    { "mar", CAL_GREGORIAN, 3 },
    { "apr", CAL_GREGORIAN, 4 },
    { "avr", CAL_GREGORIAN, 4 },
    { "jun", CAL_GREGORIAN, 6 },
    { "jul", CAL_GREGORIAN, 7 },
    { "juil", CAL_GREGORIAN, 7 },
    { "aug", CAL_GREGORIAN, 8 },
    { "sep", CAL_GREGORIAN, 9 },
    { "sept", CAL_GREGORIAN, 9 },
    { "oct", CAL_GREGORIAN, 10 },
    { "nov", CAL_GREGORIAN, 11 },
    { "dec", CAL_GREGORIAN, 12 },
    { "جولایی", CAL_GREGORIAN, 7 },
    { "اگوست", CAL_GREGORIAN, 8 },
    { "سپتامبر", CAL_GREGORIAN, 9 },
    { "کانونالثانی", CAL_GREGORIAN, 1 },
    { "شباط", CAL_GREGORIAN, 2 },
    { "اذار", CAL_GREGORIAN, 3 },
    { "نیسان", CAL_GREGORIAN, 4 },
    { "ایار", CAL_GREGORIAN, 5 },
    { "حزیران", CAL_GREGORIAN, 6 },
    { "تموز", CAL_GREGORIAN, 7 },
    { "اب", CAL_GREGORIAN, 8 },
    { "ایلول", CAL_GREGORIAN, 9 },
    { "تشرینالاول", CAL_GREGORIAN, 10 },
    { "تشرینالثانی", CAL_GREGORIAN, 11 },
    { "کانونالاول", CAL_GREGORIAN, 12 },
    { "saur", CAL_SOLAR, 2 },
    { "sowr", CAL_SOLAR, 2 },
    { "thawr", CAL_SOLAR, 2 },
    { "jauza", CAL_SOLAR, 3 },
    { "sonbola", CAL_SOLAR, 6 },
    { "sumbula", CAL_SOLAR, 6 },
    { "qaus", CAL_SOLAR, 9 },
    { "dalwa", CAL_SOLAR, 11 },
    { "dalv", CAL_SOLAR, 11 },
    { "hoot", CAL_SOLAR, 12 },
    { "wray", CAL_SOLAR, 1 },
    { "ghwayay", CAL_SOLAR, 2 },
    { "ghbargolay", CAL_SOLAR, 3 },
    { "chungakh", CAL_SOLAR, 4 },
    { "chungash", CAL_SOLAR, 4 },
    { "zmaray", CAL_SOLAR, 5 },
    { "wazhay", CAL_SOLAR, 6 },
    { "tala", CAL_SOLAR, 7 },
    { "laram", CAL_SOLAR, 8 },
    { "lindai", CAL_SOLAR, 9 },
    { "marghumay", CAL_SOLAR, 10 },
    { "salwagha", CAL_SOLAR, 11 },
    { "kab", CAL_SOLAR, 12 },
    { "farvardin", CAL_SOLAR, 1 },
    { "ordibehesht", CAL_SOLAR, 2 },
    { "khordad", CAL_SOLAR, 3 },
    { "tir", CAL_SOLAR, 4 },
    { "mordad", CAL_SOLAR, 5 },
    { "amordad", CAL_SOLAR, 5 },
    { "امرداد", CAL_SOLAR, 5 },
    { "shahrivar", CAL_SOLAR, 6 },
    { "mehr", CAL_SOLAR, 7 },
    { "aban", CAL_SOLAR, 8 },
    { "azar", CAL_SOLAR, 9 },
    { "dey", CAL_SOLAR, 10 },
    { "bahman", CAL_SOLAR, 11 },
    { "esfand", CAL_SOLAR, 12 },
    { "moharram", CAL_LUNAR, 1 },
    { "rabialakhir", CAL_LUNAR, 4 },
    { "ربیعالاخر", CAL_LUNAR, 4 },
    { "جمادیالاخر", CAL_LUNAR, 6 },
    { "jumadaalula", CAL_LUNAR, 5 },
    { "jumadaalakhira", CAL_LUNAR, 6 },
    { "ramazan", CAL_LUNAR, 9 },
    { "zulqada", CAL_LUNAR, 11 },
    { "zulhijja", CAL_LUNAR, 12 },
    { "ذیالقعده", CAL_LUNAR, 11 },
    { "ذیالحجه", CAL_LUNAR, 12 },
};

static Style style_of(Str lang) {
    if (str_is(lang, "fr") || str_starts(lang, STR("fr-"))) return STYLE_FR;
    if (str_is(lang, "fa-AF") || str_is(lang, "prs")) return STYLE_DARI;
    if (str_is(lang, "fa") || str_starts(lang, STR("fa-"))) return STYLE_IRAN;
    if (str_is(lang, "ps") || str_starts(lang, STR("ps-"))) return STYLE_PASHTO;
    if (str_is(lang, "ar") || str_starts(lang, STR("ar-"))) return STYLE_ARABIC;
    return STYLE_EN;
}

Str cal_month_name(Calendar cal, int month, Str lang) {
    ASSERT((unsigned)cal < CAL_N && month >= 1 && month <= 12);
    return str_of(tables[cal][style_of(lang)][month - 1]);
}

Str cal_format(Arena *a, Calendar cal, Day day, Str lang) {
    CalDate d = day == DAY_NONE ? (CalDate){ 0, 0, 0 } : cal_from_day(cal, day);
    if (d.year == 0) return STR("");
    Str month = cal_month_name(cal, d.month, lang);
    return text_digits_local(a, str_printf(a, "%d %.*s %d", d.day, STR_ARG(month), d.year), lang);
}

/* --- reading ------------------------------------------------------------------------------------- */

enum { WORD_BYTES_MAX = 48, KEY_MAX = 96 };

typedef struct MonthKey {
    char s[KEY_MAX];
    size_t n;
} MonthKey;

/* The fold of a month's name without spaces, dashes, dots and apostrophes. */
static bool key_of(Str text, MonthKey *ret) {
    ret->n = 0;
    if (text.n > WORD_BYTES_MAX) return false;
    for (size_t pos = 0; pos < text.n;) {
        uint32_t folded[FOLD_MAX];
        size_t n = fold_code_point(str_utf8_next(text, &pos), folded);
        for (size_t i = 0; i < n; i++) {
            if (folded[i] == ' ' || folded[i] == '-' || folded[i] == '\'' || folded[i] == '.')
                continue;
            if (ret->n + 4 > KEY_MAX) return false;
            ret->n += str_utf8_encode(folded[i], ret->s + ret->n);
        }
    }
    return ret->n > 0;
}

typedef enum Likeness { LIKE_EXACT, LIKE_BEGINNING, LIKE_SOUND } Likeness;

typedef struct Search {
    MonthKey key;
    uint32_t first; /* letter of the key */
    size_t letters;
    Skeleton readings[SKELETON_READINGS_MAX]; /* of the word */
    size_t n_readings;
    CalMonth *found;
    size_t n_found;
    bool many; /* more than CAL_MONTH_READINGS_MAX */
} Search;

static void found_month(Search *s, Calendar cal, int month) {
    for (size_t i = 0; i < s->n_found; i++) {
        if (s->found[i].cal == cal && s->found[i].month == month) return;
    }
    if (s->n_found == CAL_MONTH_READINGS_MAX) {
        s->many = true;
        return;
    }
    s->found[s->n_found++] = (CalMonth){ cal, month };
}

static bool sounds_like(const Search *s, const char *name) {
    Skeleton of_name = name_joined_skeleton(str_of(name));
    for (size_t k = 0; k < s->n_readings; k++) {
        if (skeleton_eq(&of_name, &s->readings[k])) return true;
    }
    return false;
}

static void try_name(Search *s, Likeness how, const char *name, Calendar cal, int month) {
    if (how == LIKE_SOUND) {
        if (sounds_like(s, name)) found_month(s, cal, month);
        return;
    }
    Str text = str_of(name);
    size_t pos = 0;
    uint32_t first[FOLD_MAX];
    if (fold_code_point(str_utf8_next(text, &pos), first) == 0 || first[0] != s->first) return;
    MonthKey key;
    if (!key_of(text, &key)) return;
    Str own = str_n(key.s, key.n), wanted = str_n(s->key.s, s->key.n);
    if (how == LIKE_EXACT ? str_eq(own, wanted) : str_starts(own, wanted)) {
        found_month(s, cal, month);
    }
}

static void try_all(Search *s, Likeness how) {
    for (int cal = 0; cal < CAL_N; cal++) {
        for (int style = 0; style < STYLE_N; style++) {
            for (int m = 0; m < 12; m++) {
                try_name(s, how, tables[cal][style][m], (Calendar)cal, m + 1);
            }
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        try_name(s, how, others[i].text, others[i].cal, others[i].month);
    }
}

size_t cal_month_parse(Str word, CalMonth ret_readings[CAL_MONTH_READINGS_MAX]) {
    Search s = { .found = ret_readings };
    if (!key_of(word, &s.key)) return 0;
    Str key = str_n(s.key.s, s.key.n);
    size_t pos = 0;
    s.first = str_utf8_next(key, &pos);
    s.letters = str_utf8_length(key);
    try_all(&s, LIKE_EXACT);
    if (s.n_found > 0) return s.n_found;
    if (s.letters < 3) return 0;
    try_all(&s, LIKE_BEGINNING);
    if (s.n_found == 1 && !s.many) return 1;
    if (s.n_found > 1 || s.letters < 4) return 0;
    s.n_readings = name_joined_readings(word, s.readings);
    try_all(&s, LIKE_SOUND);
    return s.n_found == 1 && !s.many ? 1 : 0;
}
