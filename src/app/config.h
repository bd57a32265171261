/* config.h: DIR/panah.conf: lines "name = value", '#' begins a comment. One table row is a setting's
 * name, limits, default and text. What the command line says comes first. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/base.h"

typedef struct Config {
    Str listen;          /* address:port */
    Str user;            /* whose account commands use without --as */
    Str node, operation; /* names people know */
    Str language;        /* of the command line; empty: that of the environment */
    Str log;             /* error warn info debug */
    int64_t workers, readers, connections, timeout_s;
} Config;

typedef struct Setting {
    const char *name;
    size_t offset; /* in Config */
    bool is_number;
    int64_t min, max;
    const char *choice;   /* of a text: the words it may be, with spaces between them; NULL: any */
    bool is_language;     /* one of them, or with a region: fa-AF */
    const char *standard; /* the default, as it would stand in the file */
    const char *help;     /* key of its text */
} Setting;
extern const Setting settings[];
extern const size_t n_settings;

/* The languages of the program's texts; with a region or without. */
#define LANGUAGES_SPOKEN "en fr fa ps ar"
bool language_is_spoken(Str lang);

Config config_default(Arena *a);
/* Reads DIR/panah.conf over *config; fine when there is none. Errors have the path "panah.conf:LINE". */
Status config_read(Ctx *c, const char *dir, Config *config) CHECKED;

#endif
