/* desks.c: the offices of the demo, their clerks, and what each clerk sends. */
#include "domain/admin/admin.h"
#include "domain/demo/play_int.h"

#include "base/banned.h"

/* ---- offices and accounts -------------------------------------------------------------------- */

static Status call(Player *y, Arena *a, const char *op, Val input, Val *ret) {
    Ctx c = ctx_new(y->env, a);
    c.store = y->p->store;
    /* Anew each time: an office that was just made is in reach only then. */
    const Actor *administrator;
    TRY(access_actor_of_user(&c, y->p->table->access, y->p->administrator, STR("demo"),
                             &administrator));
    OpRequest q = {
        .op = str_of(op), .client_time = TIME_NONE, .purpose = STR(""), .input = input
    };
    OpReply reply;
    Status st = op_call(&c, y->p->store, y->p->table, &q, &reply);
    if (st == ST_OK) *ret = reply.result;
    for (size_t i = 0; i < c.errs.n; i++) {
        const Err *e = &c.errs.v[i];
        Str path = str_printf(a, "%s.%.*s", op, STR_ARG(e->path));
        (void)ctx_fail_cause(y->c, e->status, str_c(a, path), str_c(a, e->key), e->cause);
    }
    return st;
}

static void put(Arena *a, Val *map, const char *key, const char *text) {
    val_set_c(a, map, key, val_text(str_of(text)));
}

static void put_known(Arena *a, Val *map, const char *key, const char *text) {
    if (text) put(a, map, key, text);
}

static Status office_make(Player *y, uint32_t i, Id *ret) {
    Arena *a = y->c->arena;
    DemoOfficeInfo o = demo_office(i);
    Val in = val_map(), out;
    put(a, &in, "code", o.code);
    put(a, &in, "name", o.name);
    put_known(a, &in, "label_fr", o.fr);
    put_known(a, &in, "label_fa", o.fa);
    put_known(a, &in, "label_ps", o.ps);
    put_known(a, &in, "label_ar", o.ar);
    put(a, &in, "type", "FIELD");
    put(a, &in, "country", o.country);
    put(a, &in, "calendar", o.calendar);
    put(a, &in, "language", o.language);
    put(a, &in, "dial_code", o.dial_code);
    val_set_c(a, &in, "utc_offset_minutes", val_int(o.utc_offset_minutes));
    val_set_c(a, &in, "parent", val_id(a, y->p->parent));
    TRY(call(y, a, "office.save", in, &out));
    *ret = admin_natural_id("office", str_of(o.code), STR(""));
    return ST_OK;
}

/* The first clerk of an office also supervises. */
static Status clerk_make(Player *y, uint32_t office, uint32_t clerk, Id office_id, Id *ret) {
    static const char *const names[DEMO_OFFICES][CLERKS_MAX] = {
        { "Zarmina Khattak", "Imran Afridi", "Bilal Yousafzai", "Sana Gul", "Hina Durrani",
          "Asad Khan" },
        { "Maryam Hosseini", "Hamid Rezaei", "Narges Ahmadi", "Reza Moradi", "Leila Karimi",
          "Ali Sadeghi" },
        { "Béatrice Ngbanda", "Faustin Zongia", "Chantal Mbula", "Jules Kozo", "Rose Lokwa",
          "Alain Bope" },
        { "Clarisse Elenga", "Serge Motema", "Odile Mopipi", "Guy Makambo", "Sylvie Nganda",
          "Yves Ikolo" },
        { "Achta Saleh", "Moussa Haggar", "Zenaba Idriss", "Oumar Bichara", "Khadidja Brahim",
          "Ali Abdoulaye" },
    };
    static const char *const roles[] = { "registration_clerk", "protection_officer",
                                         "registration_supervisor" };
    Arena *a = y->c->arena;
    Val in = val_map(), grants = val_list(), out;
    Str code = str_lower_ascii(a, str_of(demo_office(office).code));
    val_set_c(a, &in, "login", val_text(str_printf(a, "%.*s-%u", STR_ARG(code), clerk + 1)));
    put(a, &in, "name", names[office][clerk]);
    val_set_c(a, &in, "office", val_id(a, office_id));
    put(a, &in, "language", demo_office(office).language);
    for (size_t i = 0; i < (clerk == 0 ? 3u : 2u); i++) {
        Val grant = val_map();
        val_set_c(a, &grant, "role",
                  val_id(a, admin_natural_id("role", str_of(roles[i]), STR(""))));
        val_set_c(a, &grant, "office", val_id(a, office_id));
        val_push(a, &grants, grant);
    }
    val_set_c(a, &in, "grants", grants);
    TRY(call(y, a, "user.create", in, &out));
    if (!id_parse(val_get_text(out, "id", STR("")), ret)) BUG("user.create gave no id");
    return ST_OK;
}

Status desks_make(Player *y, DemoOptions *o) {
    uint32_t clerks = demo_clerks_for(o->people);
    ASSERT(clerks <= CLERKS_MAX);
    for (uint32_t i = 0; i < DEMO_OFFICES; i++) {
        Desk *d = &y->desks[i];
        *d = (Desk){ .player = y, .office = i, .arena = arena_new(y->env, DESK_ARENA_MAX) };
        TRY(office_make(y, i, &o->offices[i]));
        for (uint32_t k = 0; k < clerks; k++)
            TRY(clerk_make(y, i, k, o->offices[i], &d->clerks[k]));
    }
    return ST_OK;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* The calls of one clerk that go in one transaction. */
typedef struct Batch {
    Desk *desk;
    Ctx c;
    size_t items[OP_BATCH_MAX];
    OpRequest q[OP_BATCH_MAX];
    OpReply replies[OP_BATCH_MAX];
    Status statuses[OP_BATCH_MAX];
    size_t n;
} Batch;

/* Enters the clerk. The first password is nobody's business here, so it need not be changed. */
static Status clerk_enter(Batch *b, Id user) {
    const Player *y = b->desk->player;
    const Actor *actor;
    TRY(access_actor_of_user(&b->c, y->p->table->access, user, STR("demo"), &actor));
    Actor *at_work = arena_copy(b->c.arena, actor, sizeof *actor);
    at_work->must_change_password = false;
    actor_enter(&b->c, at_work);
    return ST_OK;
}

/* Of an error's path "[12].person.sex": 12, and the rest. */
static bool path_index(Str path, size_t *ret_index, Str *ret_rest) {
    Str rest = path;
    int64_t i;
    if (path.n == 0 || path.s[0] != '[') return false;
    Str number = str_cut(&rest, ']');
    if (!num_parse_i64(str_slice(number, 1, number.n), &i) || i < 0) return false;
    *ret_index = (size_t)i;
    *ret_rest = rest.s ? rest : STR("");
    return true;
}

static Val confirm_list(Val input) {
    Val list = val_get(input, "confirmed_not");
    return val_is_absent(list) ? val_list() : list;
}

/* Possible doubles the clerk is shown and finds different join input.confirmed_not. */
static void confirm(Batch *b, size_t i, const Err *e) {
    Id person;
    Val list = confirm_list(b->q[i].input);
    for (size_t k = 0; k < e->n_args; k++)
        if (str_is(e->args[k].name, "person") && id_parse(e->args[k].value, &person))
            val_push(b->c.arena, &list, val_id(b->c.arena, person));
    Val input = val_map();
    for (size_t k = 0; k < b->q[i].input.map.n; k++)
        val_set(b->c.arena, &input, b->q[i].input.map.v[k].key, b->q[i].input.map.v[k].value);
    val_set_c(b->c.arena, &input, "confirmed_not", list);
    b->q[i].input = input;
}

static bool is_confirmable(const Err *e) {
    return str_is(e->key, "error.duplicate");
}

/* Rights change when an office gets its first records or a new block of numbers. The program then
 * looks the clerk up again, who for it is one with a first password. */
static bool is_stale_clerk(const Err *e) {
    return str_is(e->key, "error.session.must_change_password");
}

/* A call is sent once more where nothing else stands against it. */
static void refusals_note(Batch *b) {
    Item *items = b->desk->player->items;
    for (size_t i = 0; i < b->n; i++)
        items[b->items[i]].again = b->statuses[i] != ST_OK;
    for (size_t k = 0; k < b->c.errs.n; k++) {
        const Err *e = &b->c.errs.v[k];
        size_t i;
        Str rest;
        if (!path_index(e->path, &i, &rest) || i >= b->n || b->statuses[i] == ST_OK) continue;
        Item *item = &items[b->items[i]];
        if (is_confirmable(e)) {
            confirm(b, i, e);
            item->confirmed = true;
        } else if (!is_stale_clerk(e)) {
            item->again = false;
        }
        if (str_empty(item->error_key) || !item->again) {
            item->error_key = e->key;
            item->error_path = rest;
        }
    }
}

/* Keeps what is to be sent once more. */
static size_t keep_again(Batch *b) {
    Item *items = b->desk->player->items;
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        Item *item = &items[b->items[i]];
        item->status = b->statuses[i];
        if (item->status == ST_OK) item->result = b->replies[i].result;
        if (!item->again || str_empty(item->error_key)) continue;
        item->error_key = item->error_path = STR_NONE;
        b->items[kept] = b->items[i];
        b->q[kept++] = b->q[i];
    }
    return kept;
}

static Status batch_run(Batch *b, Id clerk) {
    const Player *y = b->desk->player;
    for (int round = 0; b->n > 0 && round < ROUNDS_MAX; round++) {
        b->desk->transactions++;
        TRY(clerk_enter(b, clerk));
        TRY(op_call_batch(&b->c, y->p->store, y->p->table, b->q, b->n, b->replies, b->statuses));
        refusals_note(b);
        ctx_forget_errors(&b->c);
        b->n = keep_again(b);
    }
    return ST_OK;
}

static bool comes_from_outbox(const Player *y, const DemoEvent *e) {
    return !y->p->ask_doubles && e->makes_person;
}

static Status clerk_send(Desk *d, uint32_t clerk) {
    const Player *y = d->player;
    Batch *b = arena_new_of(d->arena, Batch);
    *b = (Batch){ .desk = d, .c = ctx_new(y->env, d->arena) };
    for (size_t i = 0; i < y->n; i++) {
        const DemoEvent *e = &y->items[i].e;
        if (e->office != d->office || e->clerk != clerk) continue;
        b->items[b->n] = i;
        b->q[b->n++] = (OpRequest){
            .op = str_of(e->op),
            .client_time = e->time,
            .replayed = comes_from_outbox(y, e),
            .purpose = STR(""),
            .input = e->input,
        };
        if (b->n < OP_BATCH_MAX) continue;
        TRY(batch_run(b, d->clerks[clerk]));
        b->n = 0;
    }
    return batch_run(b, d->clerks[clerk]);
}

void desk_send(Desk *d) {
    uint32_t clerks = demo_clerks(d->player->w);
    d->status = ST_OK;
    for (uint32_t k = 0; k < clerks && d->status == ST_OK; k++)
        d->status = clerk_send(d, k);
}
