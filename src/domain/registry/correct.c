/* correct.c: person.correct and group.correct: changing what a record says, with a reason once the
 * interview is over. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static Str base_of(const OpCall *call) {
    return val_get_text(call->input, "base", STR(""));
}

/* {id, version} would be older than the commit that is being written: the client reads again. */
static void answer(Ctx *c, OpCall *call, Id id) {
    Val out = val_map();
    val_set_c(c->arena, &out, "id", val_id(c->arena, id));
    call->result = out;
    tx_result(c->tx, id);
}

static Status open_for_change(Ctx *c, OpCall *call, const char *kind, Record **ret) {
    Id id;
    if (!val_get_id(op_in(call, "id"), &id)) return FAIL(c, ST_INVALID, "id", "error.required");
    TRY(record_need(c, kind, id, "id", ret));
    TRY(actor_require_in(c, PERM_PERSON_WRITE, (*ret)->scope));
    if (op_in(call, "fields").type != VAL_MAP || op_in(call, "fields").map.n == 0)
        return FAIL(c, ST_INVALID, "fields", "error.required");
    return call->replayed ? ST_OK : reason_required(c, call, id);
}

/* From the parts as they are now: that somebody else changed another part is no conflict. */
static Status join_names(Ctx *c, const Merged *m) {
    const Record *r = m->record;
    Val joined = val_map();
    val_set_c(c->arena, &joined, "display_name", val_text(names_joined(c, r->kind, m)));
    return tx_set(c, r->kind, r->id, STR(""), joined);
}

Status op_person_correct(Ctx *c, OpCall *call) {
    Record *r = NULL;
    TRY(open_for_change(c, call, "person", &r));
    ASSERT(r);
    Val fields = val_copy(c->arena, op_in(call, "fields"));
    Merged m = { r, fields };
    Str old_path = ctx_path_enter(c, "fields");
    Status st = fields_writable(c, r->kind, fields, false), one;
    if ((one = names_check(c, r->kind, fields)) != ST_OK) st = one;
    if ((one = family_parents_check(c, &m, fields)) != ST_OK) st = one;
    if ((one = merged_check(c, r->kind, m)) != ST_OK) st = one;
    ctx_path_leave(c, old_path);
    if (st != ST_OK) return st;
    TRY(tx_set(c, r->kind, r->id, base_of(call), fields));
    if (names_touched(r->kind, fields)) TRY(join_names(c, &m));
    answer(c, call, r->id);
    return ST_OK;
}

/* The focal point changes by group.set_focal_point, which restates all relationships. */
static Status focal_point_untouched(Ctx *c, Val fields) {
    if (val_is_absent(val_get(fields, "focal_point"))) return ST_OK;
    return FAIL(c, ST_INVALID, "focal_point", "error.focal_point.use_operation");
}

Status op_group_correct(Ctx *c, OpCall *call) {
    Record *r = NULL;
    TRY(open_for_change(c, call, "registration_group", &r));
    ASSERT(r);
    Val fields = op_in(call, "fields");
    Str old_path = ctx_path_enter(c, "fields");
    Status st = fields_writable(c, r->kind, fields, false), one;
    if ((one = focal_point_untouched(c, fields)) != ST_OK) st = one;
    if ((one = merged_check(c, r->kind, (Merged){ r, fields })) != ST_OK) st = one;
    ctx_path_leave(c, old_path);
    if (st != ST_OK) return st;
    TRY(tx_set(c, r->kind, r->id, base_of(call), fields));
    answer(c, call, r->id);
    return ST_OK;
}
