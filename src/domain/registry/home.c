/* home.c: home.summary: what waits for me, and the pulse of the place.
 *
 * Every figure is bounded: totals are the store's own row counts; days and ages are counted through
 * indexes up to a limit; the ages of very many are counted apart (pyramid.c). */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

enum {
    DAYS = 30,
    DAY_CAP = 20000,
    BAR_CAP = 10000,
    CONFLICT_CAP = 100,
    COUNTED_MAX = 150000,
    CONFLICTS_LISTED = 10
};

static Status count(Ctx *c, const char *kind, Str where, int64_t cap, int64_t *ret) {
    const KindInfo *k = registry_kind(c, kind);
    Expr *e;
    TRY(expr_compile_condition(c, store_model(c->store), k, where, &e));
    return read_count(c, k, e, cap, ret);
}

static Status total(Ctx *c, const char *kind, int64_t *ret) {
    Query q = { .kind = registry_kind(c, kind), .limit = 1, .scan_max = 1 };
    Page page;
    TRY(read_query(c, &q, &page));
    *ret = page.total;
    return ST_OK;
}

static void put_int(Ctx *c, Val *out, const char *key, int64_t n) {
    val_set_c(c->arena, out, key, val_int(n));
}

/* ---- mine ----------------------------------------------------------------------------------------- */

/* Imports are another room's kind: a program without it has none. */
static Status waiting_imports(Ctx *c, int64_t *ret) {
    *ret = 0;
    if (!actor_may(c->actor, PERM_IMPORT_APPROVE)) return ST_OK;
    if (!model_kind(store_model(c->store), STR("import_batch"))) return ST_OK;
    return count(c, "import_batch", STR("state = 'STAGED'"), 1000, ret);
}

/* Where to decide: the person or the family, by name. */
static Status show_conflict(Ctx *c, const Record *r, Val *list) {
    Val one = val_map();
    Record *shown = NULL;
    Id id = r->id;
    const char *kind = r->kind->k->name;
    if (strcmp(kind, "registration_group") != 0) {
        kind = "person";
        if (strcmp(r->kind->k->name, kind) != 0 && !record_id(r, kind, &id)) return ST_OK;
    }
    TRY(record_try(c, registry_kind(c, kind), id, &shown));
    if (!shown) return ST_OK;
    val_set_c(c->arena, &one, "kind", val_text(str_of(kind)));
    val_set_c(c->arena, &one, "id", val_id(c->arena, id));
    val_set_c(c->arena, &one, "number", val_text(record_text(shown, "number")));
    val_set_c(c->arena, &one, "name", val_text(record_title(c, shown)));
    val_push(c->arena, list, one);
    return ST_OK;
}

/* Counted up to a limit: beyond it "many" is all that matters. The first are listed. */
static Status open_conflicts(Ctx *c, Val *ret_first, int64_t *ret) {
    static const char *const kinds[] = { "person", "registration_group", "membership", "document",
                                         "consent" };
    size_t n = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && n < CONFLICT_CAP; i++) {
        Record **rows;
        size_t found;
        TRY(read_conflicts(c, registry_kind(c, kinds[i]), CONFLICT_CAP, &rows, &found));
        n += found;
        for (size_t j = 0; j < found && ret_first->list.n < CONFLICTS_LISTED; j++)
            TRY(show_conflict(c, rows[j], ret_first));
    }
    *ret = (int64_t)(n < CONFLICT_CAP ? n : CONFLICT_CAP);
    return ST_OK;
}

static Status show_mine(Ctx *c, Val *ret) {
    int64_t active, parked, imports, conflicts;
    Val out = val_map();
    TRY(drafts_count(c, &active, &parked));
    TRY(waiting_imports(c, &imports));
    put_int(c, &out, "drafts", active);
    put_int(c, &out, "parked", parked);
    put_int(c, &out, "imports", imports);
    if (actor_may(c->actor, PERM_CONFLICT_RESOLVE)) {
        Val first = val_list();
        TRY(open_conflicts(c, &first, &conflicts));
        val_set_c(c->arena, &out, "first_conflicts", first);
        put_int(c, &out, "conflicts", conflicts);
    }
    *ret = out;
    return ST_OK;
}

/* ---- the place ------------------------------------------------------------------------------------- */

static Status day_count(Ctx *c, Day day, int64_t *ret) {
    Str where =
        str_printf(c->arena, "registration_date = %.*s", STR_ARG(day_to_iso(c->arena, day)));
    return count(c, "person", where, DAY_CAP, ret);
}

static Status put_days(Ctx *c, Val *out) {
    Val list = val_list();
    int64_t n = 0;
    for (int i = DAYS - 1; i >= 0; i--) {
        Val one = val_map();
        TRY(day_count(c, c->today - i, &n));
        val_set_c(c->arena, &one, "day", val_int(c->today - i));
        put_int(c, &one, "n", n);
        val_push(c->arena, &list, one);
    }
    put_int(c, out, "today_people", n);
    val_set_c(c->arena, out, "by_day", list);
    return ST_OK;
}

static Status show_place(Ctx *c, const OpTable *table, Val *ret) {
    int64_t people, groups;
    Val out = val_map();
    TRY(total(c, "person", &people));
    TRY(total(c, "registration_group", &groups));
    if (people >= 0) put_int(c, &out, "people", people);
    if (groups >= 0) put_int(c, &out, "groups", groups);
    TRY(put_days(c, &out));
    if (people >= 0 && people <= PYRAMID_AT_ONCE)
        TRY(pyramid_count(c, &out));
    else
        TRY(pyramid_of_many(c, table, &out));
    *ret = out;
    return ST_OK;
}

/* An office has no place in the store before its first registration: nothing can be counted there. */
static bool anything_in_reach(Ctx *c) {
    return c->reach && (c->reach->everything || c->reach->lane[LANE_CORE].n > 0);
}

static Val empty_place(Ctx *c) {
    Val out = val_map();
    put_int(c, &out, "people", 0);
    put_int(c, &out, "groups", 0);
    put_int(c, &out, "today_people", 0);
    val_set_c(c->arena, &out, "by_day", val_list());
    val_set_c(c->arena, &out, "pyramid", val_list());
    return out;
}

Status op_home_summary(Ctx *c, OpCall *call) {
    Val mine, place, out = val_map();
    TRY(show_mine(c, &mine));
    val_set_c(c->arena, &out, "mine", mine);
    if (actor_may(c->actor, PERM_PERSON_READ)) {
        if (anything_in_reach(c))
            TRY(show_place(c, call->table, &place));
        else
            place = empty_place(c);
        val_set_c(c->arena, &out, "place", place);
    }
    call->result = out;
    return ST_OK;
}
