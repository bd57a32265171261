/* config.c: settings from a file. */
#include "app/config.h"

#include "base/banned.h"

enum { CONFIG_BYTES_MAX = 64 << 10 };

#define TEXT_SETTING(field, standard_text)                                                         \
    {                                                                                              \
        .name = #field, .offset = offsetof(Config, field), .standard = (standard_text),            \
        .help = "setting." #field                                                                  \
    }
#define CHOICE_SETTING(field, words, standard_text)                                                \
    {                                                                                              \
        .name = #field, .offset = offsetof(Config, field), .choice = (words),                      \
        .standard = (standard_text), .help = "setting." #field                                     \
    }
#define NUMBER_SETTING(field, low, high, standard_text)                                            \
    {                                                                                              \
        .name = #field, .offset = offsetof(Config, field), .is_number = true, .min = (low),        \
        .max = (high), .standard = (standard_text), .help = "setting." #field                      \
    }

const Setting settings[] = {
    TEXT_SETTING(listen, "127.0.0.1:8470"),
    TEXT_SETTING(operation, "Panah"),
    TEXT_SETTING(node, ""),
    TEXT_SETTING(user, "admin"),
    { .name = "language",
      .offset = offsetof(Config, language),
      .choice = LANGUAGES_SPOKEN,
      .is_language = true,
      .standard = "",
      .help = "setting.language" },
    CHOICE_SETTING(log, "error warn info debug", "info"),
    NUMBER_SETTING(workers, 1, 256, "16"),
    NUMBER_SETTING(readers, 1, 64, "8"),
    NUMBER_SETTING(connections, 8, 100000, "1000"),
    NUMBER_SETTING(timeout_s, 1, 3600, "30"),
};
const size_t n_settings = sizeof settings / sizeof settings[0];

static bool is_one_of(Str value, const char *words) {
    Str rest = str_of(words);
    while (rest.s)
        if (str_eq(str_cut(&rest, ' '), value)) return true;
    return false;
}

bool language_is_spoken(Str lang) {
    Str region = lang;
    return is_one_of(str_cut(&region, '-'), LANGUAGES_SPOKEN);
}

static bool set(Arena *a, Config *config, const Setting *s, Str value) {
    char *at = (char *)config + s->offset;
    int64_t n;
    bool fits =
        s->is_language ? language_is_spoken(value) : !s->choice || is_one_of(value, s->choice);
    if (value.n && !fits) return false;
    if (!s->is_number) {
        *(Str *)(void *)at = str_copy(a, value);
        return true;
    }
    if (!num_parse_i64(value, &n) || n < s->min || n > s->max) return false;
    *(int64_t *)(void *)at = n;
    return true;
}

Config config_default(Arena *a) {
    Config config = { 0 };
    for (size_t i = 0; i < n_settings; i++)
        if (!set(a, &config, &settings[i], str_of(settings[i].standard)))
            BUG("a setting's default is outside its limits");
    return config;
}

static const Setting *find(Str name) {
    for (size_t i = 0; i < n_settings; i++)
        if (str_is(name, settings[i].name)) return &settings[i];
    return NULL;
}

static Status read_line(Ctx *c, Config *config, Str line, size_t number) {
    Str rest = line, text = str_trim(str_cut(&rest, '#'));
    if (text.n == 0) return ST_OK;
    const char *path = str_c(c->arena, str_printf(c->arena, "panah.conf:%zu", number));
    Str value = text, name = str_trim(str_cut(&value, '='));
    if (!value.s) return FAIL(c, ST_INVALID, path, "error.config.line");
    const Setting *s = find(name);
    if (!s) return FAIL(c, ST_INVALID, path, "error.config.unknown", "name", name);
    if (set(c->arena, config, s, str_trim(value))) return ST_OK;
    if (s->choice)
        return FAIL(c, ST_INVALID, path, "error.config.choice", "name", name, "choice",
                    str_of(s->choice));
    return FAIL(c, ST_INVALID, path, "error.config.number", "name", name, "min",
                str_printf(c->arena, "%lld", (long long)s->min), "max",
                str_printf(c->arena, "%lld", (long long)s->max));
}

Status config_read(Ctx *c, const char *dir, Config *config) {
    Str bytes;
    const char *path = str_c(c->arena, str_printf(c->arena, "%s/panah.conf", dir));
    if (!env_file_exists(path)) return ST_OK;
    TRY(env_read_file(c, path, CONFIG_BYTES_MAX, &bytes));
    if (!str_utf8_valid(bytes)) return FAIL(c, ST_INVALID, "panah.conf", "error.config.utf8");
    Status st = ST_OK;
    size_t number = 0;
    while (bytes.s) {
        Status one = read_line(c, config, str_cut(&bytes, '\n'), ++number);
        if (one != ST_OK) st = one;
    }
    return st;
}
