/* views.c: saved views: a condition, an order and columns under a name, for oneself or for all. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

enum { COLUMNS_MAX = 40 };

static Status view_kind(Ctx *c, Str name, const KindInfo **ret) {
    const KindInfo *k = model_kind(store_model(c->store), name);
    if (!k) return FAIL(c, ST_INVALID, "on_kind", "error.record.kind");
    if (!access_may_read_kind(c->actor, k)) return FAIL(c, ST_DENIED, "on_kind", "error.denied");
    *ret = k;
    return ST_OK;
}

static Status field_known(Ctx *c, const KindInfo *k, Str name, const char *path) {
    const FieldInfo *f = kind_field(k, str_trim(name));
    if (f && !(f->f.flags & (FF_HIDDEN | FF_SEALED))) return ST_OK;
    return FAIL(c, ST_INVALID, path, "error.view.field", "field", str_trim(name));
}

static Status columns_check(Ctx *c, const KindInfo *k, Str columns) {
    Str rest = columns;
    size_t n = 0;
    while (rest.s && rest.n) {
        Str one = str_cut(&rest, ',');
        if (++n > COLUMNS_MAX) return FAIL(c, ST_LIMIT, "columns", "error.list.too_long");
        TRY(field_known(c, k, one, "columns"));
    }
    return ST_OK;
}

static Status expression_check(Ctx *c, const KindInfo *k, Str source) {
    Expr *e;
    if (str_empty(source)) return ST_OK;
    Str old_path = ctx_path_enter(c, "expression");
    Status st = expr_compile_condition(c, store_model(c->store), k, source, &e);
    ctx_path_leave(c, old_path);
    return st;
}

static Status view_check(Ctx *c, Val fields) {
    const KindInfo *k = NULL;
    Str order = val_get_text(fields, "order", STR(""));
    TRY(view_kind(c, val_get_text(fields, "on_kind", STR("")), &k));
    TRY(expression_check(c, k, val_get_text(fields, "expression", STR(""))));
    if (str_starts(order, STR("-"))) order = str_slice(order, 1, order.n);
    if (order.n) TRY(field_known(c, k, order, "order"));
    return columns_check(c, k, val_get_text(fields, "columns", STR("")));
}

/* One's own; a shared one may be tidied up by those who look after the model. */
static Status view_of_call(Ctx *c, Id id, Record **ret) {
    Id owner;
    TRY(control_need(c, "saved_view", id, "id", ret));
    if (record_id(*ret, "owner", &owner) && id_eq(owner, c->actor->user)) return ST_OK;
    Val shared = record_value(*ret, "shared");
    if (shared.type == VAL_BOOL && shared.b) return actor_require(c, PERM_MODEL_WRITE);
    return FAIL(c, ST_MISSING, "id", "error.missing", "kind", STR("saved_view"));
}

static Status view_change(Ctx *c, OpCall *call, Id id, Val fields) {
    Record *view;
    TRY(view_of_call(c, id, &view));
    val_set_c(c->arena, &fields, "on_kind", record_value(view, "on_kind"));
    TRY(view_check(c, fields));
    TRY(tx_set(c, view->kind, id, val_get_text(call->input, "base", STR("")), fields));
    answer_id(c, call, id);
    return ST_OK;
}

Status op_view_save(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { "id", "base", NULL };
    Val fields = input_fields(c, call, not_fields);
    Id id;
    if (val_get_id(op_in(call, "id"), &id)) return view_change(c, call, id, fields);
    if (id_is_none(c->actor->user)) return FAIL(c, ST_DENIED, "", "error.view.owner");
    TRY(view_check(c, fields));
    id = id_new(c->env);
    val_set_c(c->arena, &fields, "owner", val_id(c->arena, c->actor->user));
    TRY(tx_create(c, admin_kind(c, "saved_view"), id, ID_NONE, known_fields(c, fields)));
    answer_id(c, call, id);
    return ST_OK;
}

Status op_view_remove(Ctx *c, OpCall *call) {
    Record *view;
    Id id;
    TRY(input_id(c, call, "id", &id));
    TRY(view_of_call(c, id, &view));
    TRY(tx_void(c, view->kind, id, STR(VOID_WITHDRAWN)));
    answer_id(c, call, id);
    return ST_OK;
}
