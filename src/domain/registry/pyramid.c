/* pyramid.c: people by age and sex, for home.
 *
 * Up to PYRAMID_AT_ONCE people they are counted while the page opens. Beyond, that takes longer than
 * anybody waits: a task of its own (people.count) counts them, at most once an hour for each reach,
 * and leaves its figures in LOCAL; home shows the last ones, with their time, and asks for new ones. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

#define SPACE STR("home.pyramid")
#define ASKED STR("home.pyramid.asked")
#define FRESH (3600 * TIME_SECOND)
enum { FIGURES_MAX = 4 << 10 };

/* UNHCR's public age groups. */
static const struct {
    const char *name;
    int from, to; /* completed years */
} bands[] = {
    { "0-4", 0, 4 },     { "5-11", 5, 11 },  { "12-17", 12, 17 },
    { "18-59", 18, 59 }, { "60+", 60, 150 },
};

static Status bar(Ctx *c, size_t band, char sex, int64_t *ret) {
    const KindInfo *k = registry_kind(c, "person");
    Day last = day_add_years(c->today, -bands[band].from);
    Day first = day_add_years(c->today, -bands[band].to - 1) + 1;
    Expr *e;
    Str where =
        str_printf(c->arena,
                   "birth_date >= %.*s and birth_date <= %.*s and sex = '%c' and "
                   "process_status = '" PROCESS_ACTIVE "'",
                   STR_ARG(day_to_iso(c->arena, first)), STR_ARG(day_to_iso(c->arena, last)), sex);
    TRY(expr_compile_condition(c, store_model(c->store), k, where, &e));
    return read_count(c, k, e, INT32_MAX, ret);
}

Status pyramid_count(Ctx *c, Val *out) {
    Val list = val_list();
    for (size_t i = 0; i < sizeof bands / sizeof bands[0]; i++) {
        int64_t f, m;
        Val one = val_map();
        TRY(bar(c, i, 'F', &f));
        TRY(bar(c, i, 'M', &m));
        val_set_c(c->arena, &one, "band", val_text(str_of(bands[i].name)));
        val_set_c(c->arena, &one, "f", val_int(f));
        val_set_c(c->arena, &one, "m", val_int(m));
        val_push(c->arena, &list, one);
    }
    val_set_c(c->arena, out, "pyramid", list);
    val_set_c(c->arena, out, "pyramid_at", val_int(c->now));
    return ST_OK;
}

/* Who reaches the same scopes sees the same figures. */
static Str reach_key(Ctx *c) {
    if (c->reach->everything) return STR("all");
    Sha256 h;
    sha256_start(&h);
    for (size_t i = 0; i < c->reach->lane[LANE_CORE].n; i++)
        sha256_add(&h, &c->reach->lane[LANE_CORE].scopes[i], sizeof(uint32_t));
    Hash256 hash = sha256_end(&h);
    return hex_encode(c->arena, hash.b, sizeof hash.b);
}

Status op_people_count(Ctx *c, OpCall *call) {
    Val out = val_map();
    TRY(pyramid_count(c, &out));
    Buf b = buf_new(c->arena, FIGURES_MAX);
    cbor_put_val(&b, out);
    ASSERT(!buf_full(&b));
    TRY(local_put(c, SPACE, reach_key(c), buf_text(&b)));
    call->result = out;
    return ST_OK;
}

static Status kept_when(Ctx *c, Str space, Str *ret_bytes, Time *ret_when) {
    size_t noted = c->errs.n;
    *ret_when = TIME_NONE;
    Status st = local_get(c, space, reach_key(c), ret_bytes, ret_when);
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    return ST_OK;
}

/* Where it cannot be begun now, because many wait, somebody will ask again. */
static Status ask_for_count(Ctx *c, const OpTable *table) {
    OpRequest q = { .op = STR("people.count"), .client_time = TIME_NONE, .input = val_map() };
    OpReply reply;
    TRY(local_put(c, ASKED, reach_key(c), STR("")));
    size_t noted = c->errs.n;
    if (op_call(c, c->store, table, &q, &reply) != ST_OK) c->errs.n = noted;
    return ST_OK;
}

Status pyramid_of_many(Ctx *c, const OpTable *table, Val *out) {
    Str bytes = STR_NONE, none;
    Time when, asked;
    Val kept = VAL_ABSENT;
    TRY(kept_when(c, SPACE, &bytes, &when));
    TRY(kept_when(c, ASKED, &none, &asked));
    Time newest = asked > when ? asked : when; /* TIME_NONE is before all times */
    if (newest < c->now - FRESH) TRY(ask_for_count(c, table));
    CborReader r = cbor_reader(bytes);
    bool known = when != TIME_NONE && cbor_get_val(&r, c->arena, &kept) && kept.type == VAL_MAP;
    val_set_c(c->arena, out, "pyramid_capped", val_bool(!known));
    val_set_c(c->arena, out, "pyramid", known ? val_get(kept, "pyramid") : val_list());
    if (!known) return ST_OK;
    val_set_c(c->arena, out, "pyramid_at", val_get(kept, "pyramid_at"));
    return ST_OK;
}
