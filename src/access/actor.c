/* actor.c: the actors at hand: computed once, shared, renewed when the control records or the day
 * change. */
#include "access/access_int.h"

#include "base/banned.h"

enum { READ_ARENA_MAX = 256 << 20 };

/* --- the program itself ----------------------------------------------------------------------- */

static const Actor system_actor = {
    .name = STR_INIT("Panah"),
    .login = STR_INIT(""),
    .lang = STR_INIT("en"),
    .spoken_by = STR_INIT(""),
    .granters = STR_INIT(""),
    .system = true,
    .permissions = (1U << PERMISSIONS) - 1,
    .reach = &reach_everything,
};

const Actor *actor_system(void) {
    return &system_actor;
}

void actor_enter(Ctx *c, const Actor *a) {
    c->actor = a;
    c->reach = a->reach;
    if (!str_empty(a->lang)) c->lang = a->lang;
    c->today = day_of_time(c->now, a->utc_offset_minutes);
}

/* --- reading apart ---------------------------------------------------------------------------- */

void errors_carry(Ctx *to, const Ctx *from) {
    for (size_t i = 0; i < from->errs.n; i++) {
        Err e = from->errs.v[i];
        if (to->errs.n >= ERRS_MAX) {
            to->errs_dropped++;
            continue;
        }
        e.path = str_copy(to->arena, e.path);
        e.key = str_copy(to->arena, e.key);
        e.cause = str_copy(to->arena, e.cause);
        for (size_t j = 0; j < e.n_args; j++)
            e.args[j] = (ErrArg){ str_copy(to->arena, e.args[j].name),
                                  str_copy(to->arena, e.args[j].value) };
        vec_push(to->arena, &to->errs, e);
    }
    to->errs_dropped += from->errs_dropped;
}

typedef struct ReadRun {
    Arena *arena; /* freed with the caller's at the latest, should that run over its cap */
    Ctx inner;
    Store *store;
    AccessRead fn;
    void *arg;
} ReadRun;

static void read_end(void *run) {
    ReadRun *r = run;
    arena_free(r->arena);
    r->arena = NULL;
}

static Status read_guarded(ReadRun *r) {
    if (ARENA_GUARD(r->arena) != 0) return ST_MEMORY;
    TRY(store_read_begin(r->store, &r->inner));
    r->inner.reach = &reach_everything;
    return r->fn(&r->inner, r->arg);
}

Status access_read(Ctx *c, Store *s, AccessRead fn, void *arg) {
    ASSERT(!c->reader);
    ReadRun *r = arena_new_of(c->arena, ReadRun);
    arena_defer(c->arena, read_end, r);
    r->arena = arena_new(c->env, READ_ARENA_MAX);
    r->store = s;
    r->fn = fn;
    r->arg = arg;
    r->inner = *c;
    r->inner.arena = r->arena;
    r->inner.actor = actor_system();
    r->inner.errs.v = NULL;
    r->inner.errs.n = r->inner.errs.cap = 0;
    Status st = read_guarded(r);
    arena_unguard(r->arena);
    if (st == ST_MEMORY && ctx_status(&r->inner) != ST_MEMORY)
        st = FAIL(c, ST_MEMORY, NULL, "error.memory");
    else if (st != ST_OK)
        errors_carry(c, &r->inner);
    read_end(r);
    return st;
}

/* --- the cache -------------------------------------------------------------------------------- */

void actor_release(ActorData *d) {
    if (d && atomic_fetch_sub(&d->refs, 1) == 1) {
        crypt_wipe((void *)d->password_hash.s, d->password_hash.n);
        arena_free(d->arena);
    }
}

void actor_cache_clear(ActorCache *k) {
    for (size_t i = 0; i < ACTOR_SETS; i++) {
        for (size_t j = 0; j < ACTOR_WAYS; j++) {
            actor_release(k->slots[i][j]);
            k->slots[i][j] = NULL;
        }
    }
}

static ActorData **cache_set(ActorCache *k, Id user) {
    return k->slots[hash_bytes(user.b, sizeof user.b, 0) % ACTOR_SETS];
}

/* A new reference, or NULL. */
static ActorData *cache_find(ActorCache *k, Id user, uint64_t generation, Time now) {
    ActorData **set = cache_set(k, user), *found = NULL;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < ACTOR_WAYS && !found; i++) {
        ActorData *d = set[i];
        if (!d || !id_eq(d->actor.user, user) || d->generation != generation) continue;
        if (day_of_time(now, d->actor.utc_offset_minutes) != d->today) continue;
        d->used = ++k->tick;
        atomic_fetch_add(&d->refs, 1);
        found = d;
    }
    pthread_mutex_unlock(&k->lock);
    return found;
}

/* The same user's place, else an empty one, else that of the longest unused. */
static void cache_put(ActorCache *k, ActorData *d) {
    ActorData **set = cache_set(k, d->actor.user), *old;
    size_t at = 0;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; i < ACTOR_WAYS; i++) {
        if (set[i] && id_eq(set[i]->actor.user, d->actor.user)) {
            at = i;
            break;
        }
        if (set[at] && (!set[i] || set[i]->used < set[at]->used)) at = i;
    }
    old = set[at];
    atomic_fetch_add(&d->refs, 1);
    d->used = ++k->tick;
    set[at] = d;
    pthread_mutex_unlock(&k->lock);
    actor_release(old);
}

typedef struct Holder {
    ActorData *data;
} Holder;

static void holder_release(void *holder) {
    actor_release(((Holder *)holder)->data);
}

typedef struct ComputeArg {
    Store *store;
    Id user;
    uint64_t generation;
    Holder *holder;
} ComputeArg;

static Status compute(Ctx *c, void *arg) {
    ComputeArg *in = arg;
    return actor_compute(c, in->store, in->user, in->generation, &in->holder->data);
}

Status actor_load(Ctx *c, Access *a, Id user, const ActorData **ret) {
    Holder *holder = arena_new_of(c->arena, Holder);
    arena_defer(c->arena, holder_release, holder);
    /* Before the snapshot: what is newer than this number may be in it, what is older is. */
    uint64_t generation = store_control_generation(a->store);
    holder->data = cache_find(&a->actors, user, generation, c->now);
    if (!holder->data) {
        ComputeArg arg = { a->store, user, generation, holder };
        TRY(access_read(c, a->store, compute, &arg));
        cache_put(&a->actors, holder->data);
    }
    *ret = holder->data;
    return ST_OK;
}

/* --- without a session ------------------------------------------------------------------------ */

Status access_actor_of_user(Ctx *c, Access *a, Id user, Str spoken_by, const Actor **ret) {
    const ActorData *d;
    TRY(actor_load(c, a, user, &d));
    if (!d->active) return FAIL(c, ST_MISSING, NULL, "error.user.unknown");
    Actor *actor = arena_new_of(c->arena, Actor);
    *actor = d->actor;
    actor->spoken_by = str_copy(c->arena, spoken_by.s ? spoken_by : STR(""));
    c->store = a->store;
    actor_enter(c, actor);
    *ret = actor;
    return ST_OK;
}

Status access_renew(Ctx *c, Access *a) {
    const Actor *was = c->actor;
    const ActorData *d;
    if (!was || was->system || was->generation == store_control_generation(a->store)) return ST_OK;
    size_t noted = c->errs.n;
    Status st = actor_load(c, a, was->user, &d);
    if (st != ST_OK && st != ST_MISSING) return st;
    c->errs.n = noted;
    if (st == ST_MISSING || !d->active) return FAIL(c, ST_DENIED, NULL, "error.session.ended");
    Actor *actor = arena_new_of(c->arena, Actor);
    *actor = d->actor;
    actor->session = was->session;
    actor->locked = was->locked;
    /* Who was let through without is not asked in the middle of the work. */
    actor->must_change_password = was->must_change_password && d->actor.must_change_password;
    actor->spoken_by = was->spoken_by;
    Str lang = c->lang;
    actor->lang = was->lang;
    actor_enter(c, actor);
    c->lang = lang;
    return ST_OK;
}

Str login_normal(Arena *a, Str login) {
    return str_lower_ascii(a, str_trim(login));
}

typedef struct LoginArg {
    Arena *out;
    Str login, phc;
    Id user;
} LoginArg;

static Status find_login(Ctx *c, void *arg) {
    LoginArg *in = arg;
    Record *r;
    const KindInfo *k = model_kind(store_model(c->store), STR("user"));
    size_t noted = c->errs.n;
    Status st = read_by_field(c, k, "login", val_text(in->login), &r);
    if (st == ST_MISSING) {
        c->errs.n = noted;
        return ST_OK;
    }
    TRY(st);
    if (record_is_void(r)) return ST_OK;
    in->user = r->id;
    in->phc = str_copy(in->out, record_text(r, "password_hash"));
    return ST_OK;
}

Status login_find(Ctx *c, Access *a, Str login, Id *ret_user, Str *ret_phc) {
    LoginArg arg = { .out = c->arena, .login = login_normal(c->arena, login) };
    TRY(access_read(c, a->store, find_login, &arg));
    *ret_user = arg.user;
    *ret_phc = arg.phc;
    return ST_OK;
}

Status access_actor_of_login(Ctx *c, Access *a, Str login, Str spoken_by, const Actor **ret) {
    Id user;
    Str phc;
    TRY(login_find(c, a, login, &user, &phc));
    if (id_is_none(user)) return FAIL(c, ST_MISSING, NULL, "error.user.unknown");
    return access_actor_of_user(c, a, user, spoken_by, ret);
}
