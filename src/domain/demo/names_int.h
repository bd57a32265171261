/* names_int.h: the name tables of the demo, as written; world.c unpacks them. */
#ifndef DOMAIN_DEMO_NAMES_INT_H
#define DOMAIN_DEMO_NAMES_INT_H

#include "base/base.h"

/* Rows of "original script|Latin|Latin|Latin" (one to three Latin spellings), the commonest first.
 * In languages written in Latin letters the first column is empty. */
typedef struct DemoTable {
    const char *const *rows;
    size_t n;
} DemoTable;

#define DEMO_TABLE(t)                                                                              \
    { (t), sizeof(t) / sizeof((t)[0]) }

typedef struct DemoNames {
    DemoTable male, female, family;
} DemoNames;

extern const DemoNames demo_names_dari, demo_names_pashto, demo_names_arabic, demo_names_french,
    demo_names_sango, demo_names_congo;

#endif
