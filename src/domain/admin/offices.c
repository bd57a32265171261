/* offices.c: office.save: the tree of places, by which access, numbers, calendar and clock go. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

bool admin_office_code_fits(Str code) {
    if (code.n != 3) return false;
    for (size_t i = 0; i < code.n; i++) {
        bool letter = code.s[i] >= 'A' && code.s[i] <= 'Z';
        if (!letter && (code.s[i] < '0' || code.s[i] > '9')) return false;
    }
    return true;
}

static Str upper_ascii(Arena *a, Str text) {
    char *out = arena_copy(a, text.s, text.n);
    for (size_t i = 0; i < text.n; i++)
        if (out[i] >= 'a' && out[i] <= 'z') out[i] = (char)(out[i] - 'a' + 'A');
    return str_n(out, text.n);
}

/* The chain upwards must end, and not pass through the office itself. */
static Status no_circle(Ctx *c, Id office, Id parent) {
    for (int i = 0; i < OFFICE_DEPTH_MAX; i++) {
        Record *r;
        if (id_eq(parent, office)) return FAIL(c, ST_INVALID, "parent", "error.office.circle");
        TRY(control_need(c, "office", parent, "parent", &r));
        if (!record_id(r, "parent", &parent)) return ST_OK;
    }
    return FAIL(c, ST_LIMIT, "parent", "error.office.too_deep");
}

/* One office stands at the top. */
static Status is_first(Ctx *c, bool *ret) {
    Query q = { .kind = admin_kind(c, "office"), .limit = 1 };
    Page page;
    TRY(read_query(c, &q, &page));
    *ret = page.n == 0;
    return ST_OK;
}

bool admin_dial_code_fits(Str code) {
    for (size_t i = 0; i < code.n; i++)
        if (code.s[i] < '0' || code.s[i] > '9') return false;
    return true;
}

static Status digits_check(Ctx *c, Val fields) {
    bool fits = admin_dial_code_fits(val_get_text(fields, "dial_code", STR("")));
    return fits ? ST_OK : FAIL(c, ST_INVALID, "dial_code", "error.office.dial_code");
}

static Status office_create(Ctx *c, OpCall *call, Val fields) {
    Str code = upper_ascii(c->arena, val_get_text(call->input, "code", STR("")));
    Id id = admin_natural_id("office", code, STR("")), parent;
    Record *taken;
    bool first;
    if (!admin_office_code_fits(code)) return FAIL(c, ST_INVALID, "code", "error.office.code");
    TRY(control_try(c, "office", id, &taken));
    if (taken) return FAIL(c, ST_CONFLICT, "code", "error.office.taken", "code", code);
    if (val_get_id(val_get(fields, "parent"), &parent)) {
        TRY(no_circle(c, id, parent));
        TRY(actor_require_at(c, PERM_OFFICE_WRITE, parent));
    } else {
        TRY(is_first(c, &first));
        if (!first) return FAIL(c, ST_INVALID, "parent", "error.office.parent");
        TRY(actor_require(c, PERM_OFFICE_WRITE));
    }
    val_set_c(c->arena, &fields, "code", val_text(code));
    TRY(tx_create(c, admin_kind(c, "office"), id, ID_NONE, known_fields(c, fields)));
    TRY(tx_open_office(c, id));
    answer_id(c, call, id);
    return ST_OK;
}

/* Under another parent other people's grants reach it: both sides must be the actor's. */
static Status parent_change(Ctx *c, const Record *office, Val fields) {
    Val given = val_get(fields, "parent");
    Id parent, old;
    if (val_is_absent(given)) return ST_OK;
    bool had = record_id(office, "parent", &old);
    if (!val_get_id(given, &parent))
        return had ? FAIL(c, ST_INVALID, "parent", "error.office.parent") : ST_OK;
    if (had && id_eq(old, parent)) return ST_OK;
    if (!had) return FAIL(c, ST_INVALID, "parent", "error.office.top");
    TRY(no_circle(c, office->id, parent));
    TRY(actor_require_at(c, PERM_OFFICE_WRITE, old));
    return actor_require_at(c, PERM_OFFICE_WRITE, parent);
}

static Status office_change(Ctx *c, OpCall *call, Id id, Val fields) {
    Record *office;
    Str code = upper_ascii(c->arena, val_get_text(call->input, "code", STR("")));
    TRY(control_need(c, "office", id, "id", &office));
    TRY(actor_require_at(c, PERM_OFFICE_WRITE, id));
    if (code.n && !str_eq(code, record_text(office, "code")))
        return FAIL(c, ST_INVALID, "code", "error.field.fixed");
    TRY(parent_change(c, office, fields));
    TRY(tx_set(c, office->kind, id, val_get_text(call->input, "base", STR("")), fields));
    answer_id(c, call, id);
    return ST_OK;
}

Status op_office_save(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { "id", "base", "code", NULL };
    Val fields = input_fields(c, call, not_fields);
    Id id;
    TRY(digits_check(c, fields));
    if (val_get_id(op_in(call, "id"), &id)) return office_change(c, call, id, fields);
    return office_create(c, call, fields);
}
