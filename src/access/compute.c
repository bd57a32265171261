/* compute.c: an actor from the control records: user, grants, roles, offices.
 *
 * Whatever is missing, void, over or unreadable grants nothing. */
#include "access/access_int.h"

#include <stdlib.h>

#include "base/banned.h"

enum { OFFICE_DEPTH_MAX = 64, GRANTERS_MAX = 3, PAGE_N = 1000 };

typedef struct Office {
    Id id, parent_id;
    int32_t parent; /* index; -1: none */
    int utc_offset_minutes;
} Office;

/* What is gathered before it is packed. Lives in the reading arena. */
typedef struct Gather {
    Ctx *c;
    Store *store;
    const KindInfo *user_kind, *grant_kind, *role_kind, *office_kind;
    Record *user;
    Id office;
    Day today;
    VEC(Office) offices; /* by id */
    VEC(ActorGrant) grants;
    VEC(Str) granters;
    uint64_t generation;
} Gather;

static const KindInfo *need_kind(const Model *m, const char *name) {
    const KindInfo *k = model_kind(m, str_of(name));
    if (!k) BUG("the model lacks a kind that access stands on");
    return k;
}

/* --- offices ---------------------------------------------------------------------------------- */

static int office_order(const void *x, const void *y) {
    return id_cmp(((const Office *)x)->id, ((const Office *)y)->id);
}

static int32_t office_index(const Gather *g, Id id) {
    Office key = { .id = id };
    if (g->offices.n == 0) return -1;
    const Office *found = bsearch(&key, g->offices.v, g->offices.n, sizeof(Office), office_order);
    return found ? (int32_t)(found - g->offices.v) : -1;
}

/* Void ones too: their records are still there and still belong to whoever had them in reach. */
static Status gather_offices(Gather *g) {
    Query q = { .kind = g->office_kind, .with_void = true, .limit = PAGE_N };
    Page page;
    do {
        TRY(read_query(g->c, &q, &page));
        for (size_t i = 0; i < page.n; i++) {
            const Record *r = page.rows[i];
            Office o = { .id = r->id, .parent = -1 };
            if (!record_id(r, "parent", &o.parent_id)) o.parent_id = ID_NONE;
            Val offset = record_value(r, "utc_offset_minutes");
            if (offset.type == VAL_INT) o.utc_offset_minutes = (int)offset.i;
            vec_push(g->c->arena, &g->offices, o);
        }
        q.cursor = page.next;
    } while (!str_empty(page.next));
    if (g->offices.n == 0) return ST_OK;
    qsort(g->offices.v, g->offices.n, sizeof(Office), office_order);
    for (size_t i = 0; i < g->offices.n; i++)
        if (!id_is_none(g->offices.v[i].parent_id))
            g->offices.v[i].parent = office_index(g, g->offices.v[i].parent_id);
    return ST_OK;
}

/* Is `office` the same as `above`, or under it? A circle of parents, which two nodes can make, ends
 * at the depth limit. */
static bool office_is_under(const Gather *g, int32_t office, int32_t above) {
    for (int depth = 0; office >= 0 && depth < OFFICE_DEPTH_MAX; depth++) {
        if (office == above) return true;
        office = g->offices.v[office].parent;
    }
    return false;
}

/* --- roles and grants ------------------------------------------------------------------------- */

static uint32_t permission_bits(Val set) {
    uint32_t bits = 0;
    Permission p;
    if (set.type != VAL_LIST) return 0;
    for (size_t i = 0; i < set.list.n; i++)
        if (set.list.v[i].type == VAL_TEXT && permission_parse(set.list.v[i].text, &p))
            bits |= 1U << p;
    return bits;
}

static uint32_t lane_bits(Val set) {
    uint32_t bits = 0;
    Lane lane;
    if (set.type != VAL_LIST) return 0;
    for (size_t i = 0; i < set.list.n; i++)
        if (set.list.v[i].type == VAL_TEXT && lane_parse(set.list.v[i].text, &lane))
            bits |= 1U << lane;
    return bits;
}

/* *ret is NULL for what is unknown or void. */
static Status read_live(Gather *g, const KindInfo *k, Id id, Record **ret) {
    size_t noted = g->c->errs.n;
    Record *r = NULL;
    *ret = NULL;
    Status st = read_record(g->c, k, id, &r);
    if (st == ST_MISSING) {
        g->c->errs.n = noted;
        return ST_OK;
    }
    if (st == ST_OK && !record_is_void(r)) *ret = r;
    return st;
}

static bool is_over(const Record *r, const char *field, Day today) {
    Val last = record_value(r, field);
    return last.type == VAL_INT && last.i < today;
}

static void grant_unfold(Gather *g, ActorGrant *a, int32_t office) {
    VEC(uint32_t) scopes = { 0 };
    VEC(Id) offices = { 0 };
    Arena *arena = g->c->arena;
    uint32_t no;
    for (size_t i = 0; i < g->offices.n; i++) {
        if (!office_is_under(g, (int32_t)i, office)) continue;
        vec_push(arena, &offices, g->offices.v[i].id);
        for (int lane = LANE_CONTROL + 1; lane < LANES; lane++) {
            if ((a->lanes >> lane & 1) == 0) continue;
            no = store_scope_no(g->store, g->offices.v[i].id, (Lane)lane);
            if (no != 0) vec_push(arena, &scopes, no);
        }
    }
    no = (a->lanes >> LANE_CONTROL & 1) ? store_scope_no(g->store, ID_NONE, LANE_CONTROL) : 0;
    if (no != 0) vec_push(arena, &scopes, no);
    a->scopes = scopes.v;
    a->n_scopes = scopes.n;
    a->offices = offices.v;
    a->n_offices = offices.n;
}

static int scope_order(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static Status gather_grants(Gather *g) {
    Record **rows;
    size_t n;
    TRY(read_children(g->c, g->grant_kind, "user", g->user->id, false, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        Id role_id, office_id;
        Record *role;
        if (is_over(rows[i], "until", g->today)) continue;
        if (!record_id(rows[i], "role", &role_id)) continue;
        if (!record_id(rows[i], "office", &office_id)) continue;
        int32_t office = office_index(g, office_id);
        if (office < 0) continue;
        TRY(read_live(g, g->role_kind, role_id, &role));
        if (!role) continue;
        ActorGrant a = {
            .permissions = permission_bits(record_value(role, "permissions")),
            .lanes = lane_bits(record_value(role, "lanes")),
        };
        grant_unfold(g, &a, office);
        if (a.n_scopes) qsort((void *)a.scopes, a.n_scopes, sizeof *a.scopes, scope_order);
        vec_push(g->c->arena, &g->grants, a);
    }
    return ST_OK;
}

/* --- who could grant more --------------------------------------------------------------------- */

static Status granters_of_role(Gather *g, Id role, int32_t office) {
    Record **rows, *user;
    size_t n;
    TRY(read_children(g->c, g->grant_kind, "role", role, false, &rows, &n));
    for (size_t i = 0; i < n && g->granters.n < GRANTERS_MAX; i++) {
        Id above, who;
        if (is_over(rows[i], "until", g->today) || !record_id(rows[i], "office", &above)) continue;
        int32_t at = office_index(g, above);
        if (at < 0 || !office_is_under(g, office, at)) continue;
        if (!record_id(rows[i], "user", &who) || id_eq(who, g->user->id)) continue;
        TRY(read_live(g, g->user_kind, who, &user));
        if (!user || !str_is(record_text(user, "status"), "ACTIVE")) continue;
        Str name = record_text(user, "name");
        bool known = false;
        for (size_t j = 0; j < g->granters.n; j++)
            known = known || str_eq(g->granters.v[j], name);
        if (!known) vec_push(g->c->arena, &g->granters, name);
    }
    return ST_OK;
}

static Status gather_granters(Gather *g) {
    int32_t office = office_index(g, g->office);
    Query q = { .kind = g->role_kind, .limit = PAGE_N };
    Page page;
    if (office < 0) return ST_OK;
    do {
        TRY(read_query(g->c, &q, &page));
        for (size_t i = 0; i < page.n; i++) {
            uint32_t may = permission_bits(record_value(page.rows[i], "permissions"));
            if (may >> PERM_USER_WRITE & 1) TRY(granters_of_role(g, page.rows[i]->id, office));
        }
        q.cursor = page.next;
    } while (!str_empty(page.next) && g->granters.n < GRANTERS_MAX);
    return ST_OK;
}

/* --- packing ---------------------------------------------------------------------------------- */

static Str join_names(Arena *a, const Gather *g) {
    Str all = STR("");
    for (size_t i = 0; i < g->granters.n; i++)
        all = i == 0 ? str_copy(a, g->granters.v[i])
                     : str_printf(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(g->granters.v[i]));
    return all;
}

/* The scopes of a lane in which some grant has the permission, ascending. The offices of the grants
 * overlap, so a scope may come several times. */
static void lane_scopes(Arena *a, Store *s, const Actor *actor, Permission p, Lane lane,
                        Reach *reach) {
    VEC(uint32_t) all = { 0 };
    Lane of;
    Id office;
    for (size_t i = 0; i < actor->n_grants; i++) {
        const ActorGrant *g = &actor->grants[i];
        if ((g->lanes >> lane & 1) == 0 || (p != PERM_NONE && (g->permissions >> p & 1) == 0))
            continue;
        for (size_t j = 0; j < g->n_scopes; j++)
            if (store_scope_office(s, g->scopes[j], &office, &of) && of == lane)
                vec_push(a, &all, g->scopes[j]);
    }
    if (all.n) qsort(all.v, all.n, sizeof *all.v, scope_order);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (n == 0 || all.v[n - 1] != all.v[i]) all.v[n++] = all.v[i];
    reach->lane[lane].scopes = all.v;
    reach->lane[lane].n = n;
}

static void control_scope(Arena *a, Store *s, Reach *reach) {
    uint32_t *no = arena_new_of(a, uint32_t);
    *no = store_scope_no(s, ID_NONE, LANE_CONTROL);
    reach->lane[LANE_CONTROL].scopes = no;
    reach->lane[LANE_CONTROL].n = *no ? 1 : 0;
}

const Reach *actor_reach(Ctx *c, Permission p) {
    if (!c->actor) BUG("actor_reach without an actor");
    if (c->actor->system) return &reach_everything;
    Reach *reach = arena_new_of(c->arena, Reach);
    reach->sealed = actor_may(c->actor, PERM_SEALED_READ);
    control_scope(c->arena, c->store, reach);
    for (int lane = LANE_CONTROL + 1; lane < LANES; lane++)
        lane_scopes(c->arena, c->store, c->actor, p, (Lane)lane, reach);
    return reach;
}

static void pack_grants(Arena *a, const Gather *g, Actor *actor) {
    ActorGrant *grants = arena_array(a, ActorGrant, g->grants.n);
    for (size_t i = 0; i < g->grants.n; i++) {
        grants[i] = g->grants.v[i];
        grants[i].scopes =
            arena_copy(a, grants[i].scopes, grants[i].n_scopes * sizeof *grants[i].scopes);
        grants[i].offices =
            arena_copy(a, grants[i].offices, grants[i].n_offices * sizeof *grants[i].offices);
        actor->permissions |= grants[i].permissions;
    }
    actor->grants = grants;
    actor->n_grants = g->grants.n;
}

static void pack(Arena *a, const Gather *g, ActorData *d) {
    Actor *actor = &d->actor;
    int32_t office = office_index(g, g->office);
    *actor = (Actor){
        .user = g->user->id,
        .name = str_copy(a, record_text(g->user, "name")),
        .login = str_copy(a, record_text(g->user, "login")),
        .office = g->office,
        .lang = str_copy(a, record_text(g->user, "language")),
        .must_change_password =
            val_eq(record_value(g->user, "must_change_password"), val_bool(true)),
        .reach = &d->reach,
        .utc_offset_minutes = office < 0 ? 0 : g->offices.v[office].utc_offset_minutes,
        .generation = g->generation,
        .granters = join_names(a, g),
        .spoken_by = STR(""),
    };
    d->generation = g->generation;
    d->today = g->today;
    d->active =
        str_is(record_text(g->user, "status"), "ACTIVE") && !is_over(g->user, "ends_on", g->today);
    d->password_hash = str_copy(a, record_text(g->user, "password_hash"));
    d->password_mark = password_mark(d->password_hash);
    pack_grants(a, g, actor);
    d->reach.sealed = actor_may(actor, PERM_SEALED_READ);
    control_scope(a, g->store, &d->reach);
    for (int lane = LANE_CONTROL + 1; lane < LANES; lane++)
        lane_scopes(a, g->store, actor, lane_read_permission((Lane)lane), (Lane)lane, &d->reach);
}

/* NULL: no memory. */
static ActorData *pack_guarded(Arena *a, const Gather *g) {
    if (ARENA_GUARD(a) != 0) return NULL;
    ActorData *d = arena_new_of(a, ActorData);
    d->arena = a;
    d->refs = 1;
    pack(a, g, d);
    return d;
}

uint64_t password_mark(Str phc) {
    Hash256 h = sha256(phc);
    uint64_t mark;
    memcpy(&mark, h.b, sizeof mark);
    return mark;
}

Status actor_compute(Ctx *c, Store *s, Id user, uint64_t generation, ActorData **ret) {
    const Model *m = store_model(s);
    Gather g = {
        .c = c,
        .store = s,
        .generation = generation,
        .user_kind = need_kind(m, "user"),
        .grant_kind = need_kind(m, "grant"),
        .role_kind = need_kind(m, "role"),
        .office_kind = need_kind(m, "office"),
    };
    TRY(read_live(&g, g.user_kind, user, &g.user));
    if (!g.user) return FAIL(c, ST_MISSING, NULL, "error.user.unknown");
    if (!record_id(g.user, "office", &g.office)) g.office = ID_NONE;
    TRY(gather_offices(&g));
    int32_t office = office_index(&g, g.office);
    g.today = day_of_time(c->now, office < 0 ? 0 : g.offices.v[office].utc_offset_minutes);
    TRY(gather_grants(&g));
    TRY(gather_granters(&g));
    Arena *a = arena_new(c->env, ACTOR_ARENA_MAX);
    ActorData *d = pack_guarded(a, &g);
    arena_unguard(a);
    if (!d) {
        arena_free(a);
        return FAIL(c, ST_MEMORY, NULL, "error.memory");
    }
    *ret = d;
    return ST_OK;
}
