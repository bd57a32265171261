/* play.c: the events of a world, a day at a time, through the operations. */
#include "domain/demo/play_int.h"

#include <pthread.h>

#include "base/banned.h"

void demo_env_init(Env *env, Day start) {
    const Env *machine = env_system();
    env_test_init(env, 0, (Time)start * TIME_DAY);
    env->random_bytes = machine->random_bytes;
    env->monotonic_us = machine->monotonic_us;
}

/* ---- a window of events ---------------------------------------------------------------------- */

static bool must_wait(const Player *y, const DemoEvent *e) {
    if (y->n == WINDOW_MAX) return true;
    if (y->n && day_of_time(y->items[0].e.time, 0) != day_of_time(e->time, 0)) return true;
    if (e->needs_record && y->record_pending[e->record]) return true;
    for (size_t i = 0; i < y->groups_pending.n; i++)
        if (id_eq(y->groups_pending.v[i], e->group)) return true;
    return false;
}

/* The world's name of a group that was split off becomes the id it was given. */
static Val group_known(Player *y, Val input, Id named) {
    static const char *const keys[] = { "id", "group", "to_group" };
    const Id *real = map_get(&y->groups, id_str(&named));
    if (!real) return input;
    for (size_t i = 0; i < input.map.n; i++) {
        ValPair *pair = &input.map.v[i];
        Id id;
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            if (str_is(pair->key, keys[k]) && val_get_id(pair->value, &id) && id_eq(id, named))
                pair->value = val_id(y->inputs, *real);
    }
    return input;
}

static void item_add(Player *y, const DemoEvent *e) {
    Item *item = &y->items[y->n++];
    *item = (Item){ .e = *e, .error_key = STR_NONE, .error_path = STR_NONE };
    if (e->makes_record) y->record_pending[e->record] = true;
    if (e->makes_group) vec_push(y->inputs, &y->groups_pending, e->group);
    if (e->needs_record) {
        Str id = str_n(y->record_ids[e->record], ID_TEXT_N);
        val_set_c(y->inputs, &item->e.input, "id", val_text(str_copy(y->inputs, id)));
    }
    if (!e->makes_group) item->e.input = group_known(y, item->e.input, e->group);
}

/* The clock of the whole window stands at its last event: interviews keep their length. */
static void interview_shift(Player *y, Item *item, Time now) {
    static const char *const keys[] = { "called_at", "first_key_at" };
    Val interview = val_get(item->e.input, "interview");
    for (size_t i = 0; interview.type == VAL_MAP && i < interview.map.n; i++) {
        ValPair *pair = &interview.map.v[i];
        Time t;
        for (size_t k = 0; k < 2; k++)
            if (str_is(pair->key, keys[k]) && time_from_iso(pair->value.text, &t))
                pair->value = val_text(time_to_iso(y->inputs, t + now - item->e.time));
    }
}

/* ---- sending it ------------------------------------------------------------------------------ */

typedef struct Sending {
    Player *player;
    _Atomic uint32_t next; /* office */
} Sending;

static void *send_offices(void *arg) {
    Sending *s = arg;
    for (uint32_t o; (o = atomic_fetch_add(&s->next, 1)) < DEMO_OFFICES;)
        desk_send(&s->player->desks[o]);
    return NULL;
}

/* Where a thread cannot be had, this one does the work. */
static void send_all(Player *y) {
    pthread_t threads[DEMO_THREADS_MAX];
    Sending s = { .player = y };
    size_t wanted = y->p->threads ? y->p->threads : DEMO_THREADS_MAX, n = 0;
    if (wanted > DEMO_THREADS_MAX) wanted = DEMO_THREADS_MAX;
    while (y->n > 1 && n + 1 < wanted && pthread_create(&threads[n], NULL, send_offices, &s) == 0)
        n++;
    (void)send_offices(&s);
    for (size_t i = 0; i < n; i++)
        (void)pthread_join(threads[i], NULL);
}

/* ---- what came of it ------------------------------------------------------------------------- */

static void refusal_count(Player *y, const Item *item) {
    DemoReport *r = &y->report;
    Str key = item->error_key.s ? item->error_key : str_of(status_name(item->status));
    Str path = item->error_path.s ? item->error_path : STR("");
    r->refused++;
    for (size_t i = 0; i < r->n_refusals; i++) {
        DemoRefusal *one = &r->refusals[i];
        if (str_is(one->op, item->e.op) && str_eq(one->key, key) && str_eq(one->path, path)) {
            one->n++;
            return;
        }
    }
    if (r->n_refusals == DEMO_REFUSALS_MAX) return;
    Arena *a = y->c->arena;
    r->refusals[r->n_refusals++] =
        (DemoRefusal){ str_of(item->e.op), str_copy(a, key), str_copy(a, path), 1 };
}

static Str number_of(const Item *item, size_t subject) {
    if (!item->e.makes_person) return STR("");
    Val members = val_get(item->result, "members");
    if (members.type == VAL_LIST && subject < members.list.n)
        return val_get_text(members.list.v[subject], "number", STR(""));
    return val_get_text(item->result, "number", STR(""));
}

static void reply_keep(Player *y, const Item *item) {
    const DemoEvent *e = &item->e;
    Id group;
    if (e->makes_record) {
        Str id = val_get_text(item->result, "id", STR(""));
        ASSERT(id.n == ID_TEXT_N);
        memcpy(y->record_ids[e->record], id.s, ID_TEXT_N);
    }
    if (!e->makes_group) return;
    if (!id_parse(val_get_text(item->result, "group", STR("")), &group))
        BUG("member.split gave no group");
    map_put(&y->groups, id_str(&e->group), arena_copy(y->groups.arena, &group, sizeof group));
}

static void item_count(Player *y, const Item *item) {
    const DemoEvent *e = &item->e;
    DemoReport *r = &y->report;
    r->done++;
    r->truths[e->truth]++;
    r->confirmed += item->confirmed;
    uint32_t n = (uint32_t)e->n_subjects;
    if (e->makes_person) r->people += n;
    if (e->truth == DEMO_DOUBLE) r->doubles += n;
    if (e->truth == DEMO_VOIDED) r->voided += n;
    if (e->truth == DEMO_DIED) r->died += n;
    for (size_t i = 0; y->truth && i < e->n_subjects; i++)
        truth_write(y->truth, y->w, e, i, number_of(item, i));
}

static Status window_end(Player *y) {
    Status st = ST_OK;
    for (size_t i = 0; i < y->n; i++) {
        const Item *item = &y->items[i];
        if (item->status == ST_OK) {
            reply_keep(y, item);
            item_count(y, item);
        } else {
            refusal_count(y, item);
        }
    }
    for (size_t o = 0; o < DEMO_OFFICES; o++) {
        if (y->desks[o].status != ST_OK) st = y->desks[o].status;
        y->report.transactions += y->desks[o].transactions;
        y->desks[o].transactions = 0;
        arena_reset(y->desks[o].arena);
    }
    memset(y->record_pending, 0, sizeof y->record_pending);
    y->n = 0;
    y->groups_pending.v = NULL;
    y->groups_pending.n = y->groups_pending.cap = 0;
    return st;
}

static Status window_send(Player *y) {
    if (y->n == 0) return ST_OK;
    Time now = y->items[y->n - 1].e.time, before = env_now(y->env);
    if (y->p->latest && now > y->p->latest) now = y->p->latest;
    if (now > before) env_advance(y->env, now - before);
    for (size_t i = 0; i < y->n; i++)
        interview_shift(y, &y->items[i], env_now(y->env));
    send_all(y);
    TRY(window_end(y));
    if (y->p->progress) y->p->progress(y->p->progress_arg, y->report.people, y->p->options.people);
    if (y->env->stop) return FAIL(y->c, ST_CANCELLED, NULL, "error.demo.stopped");
    return ST_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* An event that has to wait for the window before it lies in the same arena: it is copied over. */
static Status play_events(Player *y) {
    DemoEvent e;
    while (demo_next(y->w, y->inputs, &e)) {
        y->report.events++;
        if (must_wait(y, &e)) {
            TRY(window_send(y));
            Arena *old = y->inputs;
            y->inputs = y->spare_inputs;
            y->spare_inputs = old;
            e.input = val_copy(y->inputs, e.input);
            arena_reset(old);
        }
        item_add(y, &e);
    }
    return window_send(y);
}

static void arenas_free(void *arg) {
    Player *y = arg;
    Arena *all[] = { y->inputs, y->spare_inputs, y->groups.arena };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i]) arena_free(all[i]);
    for (size_t o = 0; o < DEMO_OFFICES; o++)
        if (y->desks[o].arena) arena_free(y->desks[o].arena);
}

static size_t world_cap(uint32_t people) {
    return (size_t)people * 120 + (64 << 20);
}

static Status play(Player *y) {
    DemoOptions o = y->p->options;
    TRY(desks_make(y, &o));
    y->w = demo_world_new(y->groups.arena, &o);
    if (y->p->truth_path) TRY(truth_open(y->c, y->p->truth_path, &y->truth));
    Status st = play_events(y);
    if (!y->truth) return st;
    Status kept = truth_close(y->c, y->truth);
    return st != ST_OK ? st : kept;
}

Status demo_play(Ctx *c, const DemoPlay *p, DemoReport *ret) {
    Player *y = arena_new_of(c->arena, Player);
    Env *env = store_env(p->store);
    int64_t began = env_monotonic_us(env);
    ASSERT(p->table->access && !id_is_none(p->administrator));
    *y = (Player){ .c = c, .p = p, .env = env };
    arena_defer(c->arena, arenas_free, y);
    y->inputs = arena_new(env, DESK_ARENA_MAX);
    y->spare_inputs = arena_new(env, DESK_ARENA_MAX);
    y->groups = map_new(arena_new(env, world_cap(p->options.people)));
    y->items = arena_array(c->arena, Item, WINDOW_MAX);
    Status st = play(y);
    y->report.us = env_monotonic_us(env) - began;
    *ret = y->report;
    return st;
}
