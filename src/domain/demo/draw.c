/* draw.c: chances: how common a name is, and what is settled about a person once and for all. */
#include "domain/demo/world_int.h"

#include "base/banned.h"

const DemoAffix demo_affixes_m[DEMO_AFFIXES_M] = {
    { "", "", false },           { "محمد", "Mohammad", false }, { "خان", "Khan", true },
    { "جان", "Jan", true },      { "گل", "Gul", true },         { "شاه", "Shah", true },
    { "غلام", "Ghulam", false }, { "سید", "Sayed", false },     { "احمد", "Ahmad", true },
    { "میر", "Mir", false },
};
const DemoAffix demo_affixes_f[DEMO_AFFIXES_F] = {
    { "", "", false },      { "بی بی", "Bibi", false }, { "گل", "Gul", true },
    { "جان", "Jan", true }, { "شاه", "Shah", false },
};

bool demo_chance(DemoWorld *w, uint32_t per_mille) {
    return rng_below(&w->rng, 1000) < per_mille;
}

uint32_t demo_below(DemoWorld *w, uint32_t n) {
    return (uint32_t)rng_below(&w->rng, n);
}

int32_t demo_between(DemoWorld *w, int32_t lo, int32_t hi) {
    return (int32_t)rng_between(&w->rng, lo, hi);
}

uint8_t demo_draw(DemoWorld *w, const uint8_t *draw) {
    return draw[rng_u64(&w->rng) >> (64 - DEMO_DRAW_BITS)];
}

/* Zipf with an offset of three (Mandelbrot), in whole numbers: the first of a hundred names
 * is borne by about one in twelve, the last by one in four hundred. */
void demo_draw_table(uint8_t *draw, size_t n) {
    uint64_t sum = 0, so_far = 0;
    ASSERT(n > 0 && n <= UINT8_MAX);
    for (size_t i = 0; i < n; i++)
        sum += 1000000 / (i + 3);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        so_far += 1000000 / (i + 3);
        size_t end = (size_t)(so_far * DEMO_DRAW / sum);
        if (end <= at) end = at + 1; /* a rare name is still a name */
        for (; at < end && at < DEMO_DRAW; at++)
            draw[at] = (uint8_t)i;
    }
    for (; at < DEMO_DRAW; at++)
        draw[at] = 0;
}

/* splitmix64's finaliser: neighbours in `look` and `k` give unrelated answers. */
uint32_t demo_trait(uint32_t look, uint32_t k, uint32_t n) {
    uint64_t z = ((uint64_t)k << 32 | look) + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return (uint32_t)((z >> 32) * n >> 32);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void list_unpack(Arena *a, DemoList *list, DemoTable table) {
    ASSERT(table.n <= UINT8_MAX);
    list->n = table.n;
    list->v = arena_array(a, DemoName, table.n);
    for (size_t i = 0; i < table.n; i++) {
        DemoName *name = &list->v[i];
        Str rest = str_of(table.rows[i]);
        name->local = str_cut(&rest, '|');
        while (rest.s && name->n_latin < 3)
            name->latin[name->n_latin++] = str_cut(&rest, '|');
        ASSERT(name->n_latin > 0 && !rest.s);
        name->is_compound = str_find_byte(name->latin[0], ' ') >= 0 || name->latin[0].n > 9;
    }
    demo_draw_table(list->draw, table.n);
}

static void lists_of(DemoWorld *w, DemoListNo first, const DemoNames *names) {
    list_unpack(w->arena, &w->lists[first], names->male);
    list_unpack(w->arena, &w->lists[first + 1], names->female);
    if (names->family.n) list_unpack(w->arena, &w->lists[first + 2], names->family);
}

void demo_lists_unpack(DemoWorld *w) {
    lists_of(w, LIST_DARI_M, &demo_names_dari);
    lists_of(w, LIST_PASHTO_M, &demo_names_pashto);
    lists_of(w, LIST_ARABIC_M, &demo_names_arabic);
    lists_of(w, LIST_FRENCH_M, &demo_names_french);
    lists_of(w, LIST_SANGO_M, &demo_names_sango);
    lists_of(w, LIST_CONGO_M, &demo_names_congo);
    for (size_t i = 0; i < DEMO_CULTURES; i++)
        demo_draw_table(w->origin_draw[i], demo_origins[i].n);
    for (size_t i = 0; i < DEMO_OFFICES; i++)
        demo_draw_table(w->site_draw[i], demo_offices[i].sites.n);
}

/* own_tongue: in Central Africa some are called by a name of their own, most by a French one. */
DemoListNo demo_given_list(uint8_t culture, bool female, uint8_t own_tongue) {
    static const DemoListNo first[DEMO_CULTURES] = {
        [DEMO_DARI] = LIST_DARI_M,    [DEMO_PASHTO] = LIST_PASHTO_M, [DEMO_ARABIC] = LIST_ARABIC_M,
        [DEMO_SANGO] = LIST_FRENCH_M, [DEMO_CONGO] = LIST_FRENCH_M,
    };
    if (culture == DEMO_SANGO && own_tongue) return LIST_SANGO_M + female;
    return first[culture] + female;
}

DemoListNo demo_family_list(uint8_t culture) {
    static const DemoListNo lists[DEMO_CULTURES] = {
        [DEMO_DARI] = LIST_DARI_FAMILY,     [DEMO_PASHTO] = LIST_PASHTO_FAMILY,
        [DEMO_ARABIC] = LIST_ARABIC_FAMILY, [DEMO_SANGO] = LIST_SANGO_FAMILY,
        [DEMO_CONGO] = LIST_CONGO_FAMILY,
    };
    return lists[culture];
}

DemoListNo demo_postnom_list(bool female) {
    return LIST_CONGO_M + female;
}
