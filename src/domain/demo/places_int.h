/* places_int.h: offices, sites and places of origin of the demo. */
#ifndef DOMAIN_DEMO_PLACES_INT_H
#define DOMAIN_DEMO_PLACES_INT_H

#include "domain/demo/demo.h"

typedef enum DemoCulture {
    DEMO_DARI,
    DEMO_PASHTO,
    DEMO_ARABIC,
    DEMO_SANGO,
    DEMO_CONGO,
    DEMO_CULTURES
} DemoCulture;

typedef struct DemoPlace {
    const char *admin1, *admin2, *village;
} DemoPlace;

typedef struct DemoPlaces {
    const DemoPlace *v;
    size_t n;
} DemoPlaces;

typedef struct DemoOffice {
    const char *code, *name, *country, *language, *calendar, *dial_code;
    const char *fr, *fa, *ps, *ar; /* its name in other languages; NULL: as .name */
    int utc_offset_minutes;
    uint16_t share;                   /* of all arrivals, per thousand */
    uint16_t cultures[DEMO_CULTURES]; /* per thousand of its arrivals */
    uint8_t works;                    /* bit 0 Monday … bit 6 Sunday */
    uint16_t latin, local;            /* per thousand families written in that script */
    DemoPlaces sites;
} DemoOffice;

extern const DemoPlaces demo_origins[DEMO_CULTURES];
extern const DemoOffice demo_offices[DEMO_OFFICES];

#endif
