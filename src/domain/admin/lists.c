/* lists.c: field.add and code.save: what an operation adds to the model. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

enum { FIELD_NAME_MAX = 39 };

static bool any_label(Val in) {
    static const char *const labels[] = { "label_en", "label_fr", "label_fa", "label_ps",
                                          "label_ar" };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (val_get(in, labels[i]).type == VAL_TEXT) return true;
    return false;
}

/* ---- field.add ------------------------------------------------------------------------------------ */

static bool is_field_name(Str name) {
    if (!is_identifier(name, FIELD_NAME_MAX)) return false;
    return str_find_byte(name, '.') < 0 && str_find_byte(name, '-') < 0;
}

/* Control records are the program's own; everything about people may grow. NULL: not this kind. */
static const KindInfo *field_kind(Ctx *c, OpCall *call) {
    const KindInfo *k =
        model_kind(store_model(c->store), val_get_text(call->input, "on_kind", STR("")));
    return k && k->k->lane != LANE_CONTROL && k->k->lane != LANE_AUDIT ? k : NULL;
}

static Status field_codes(Ctx *c, OpCall *call) {
    Str type = val_get_text(call->input, "type", STR(""));
    Str list = val_get_text(call->input, "codes", STR(""));
    bool coded = str_is(type, "code") || str_is(type, "set");
    if (!coded && list.n) return FAIL(c, ST_INVALID, "codes", "error.custom.codes_not");
    if (!coded) return ST_OK;
    if (!list.n) return FAIL(c, ST_INVALID, "codes", "error.required");
    if (!model_codes(store_model(c->store), list))
        return FAIL(c, ST_INVALID, "codes", "error.custom.list", "list", list);
    return ST_OK;
}

static Status field_lane(Ctx *c, OpCall *call, const KindInfo *k) {
    Str text = val_get_text(call->input, "lane", STR(""));
    Lane lane;
    if (!text.n) return ST_OK;
    bool fits = lane_parse(text, &lane) && (lane == k->k->lane || lane == LANE_PROTECTION);
    return fits ? ST_OK : FAIL(c, ST_INVALID, "lane", "error.custom.lane");
}

Status op_field_add(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { NULL };
    const KindInfo *k = field_kind(c, call);
    Str name = val_get_text(call->input, "name", STR(""));
    Id id = id_new(c->env);
    if (!k) return FAIL(c, ST_INVALID, "on_kind", "error.custom.kind");
    if (!is_field_name(name)) return FAIL(c, ST_INVALID, "name", "error.custom.name");
    if (kind_field(k, name)) return FAIL(c, ST_CONFLICT, "name", "error.custom.taken");
    TRY(field_codes(c, call));
    TRY(field_lane(c, call, k));
    if (!any_label(call->input)) return FAIL(c, ST_INVALID, "label_en", "error.label.required");
    /* Two nodes may choose one name; on one node it is given once. */
    Str key = str_printf(c->arena, "%s.%.*s", k->k->name, STR_ARG(name));
    TRY(tx_claim(c, "custom_field", key, id));
    TRY(tx_create(c, admin_kind(c, "custom_field"), id, ID_NONE,
                  known_fields(c, input_fields(c, call, not_fields))));
    answer_id(c, call, id);
    return ST_OK;
}

/* ---- code.save ------------------------------------------------------------------------------------ */

static bool is_list_name(Str name) {
    return is_field_name(name);
}

static bool is_code(Str code) {
    if (code.n == 0 || code.n > 60) return false;
    for (size_t i = 0; i < code.n; i++) {
        char ch = code.s[i];
        bool fine = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') ||
                    (ch >= '0' && ch <= '9') || ch == '_' || ch == '-' || ch == '.';
        if (!fine) return false;
    }
    return true;
}

/* Lists the program itself reads must not grow codes it does not know. */
static bool is_closed(Str list) {
    static const char *const closed[] = { "permission",     "lane",
                                          "field_type",     "ask_level",
                                          "calendar",       "user_status",
                                          "date_precision", "interface_language" };
    for (size_t i = 0; i < sizeof closed / sizeof closed[0]; i++)
        if (str_is(list, closed[i])) return true;
    return false;
}

Status op_code_save(Ctx *c, OpCall *call) {
    static const char *const not_fields[] = { "base", "list", "code", NULL };
    Str list = val_get_text(call->input, "list", STR(""));
    Str code = val_get_text(call->input, "code", STR(""));
    Val fields = input_fields(c, call, not_fields);
    Id id = admin_natural_id("code_entry", list, code);
    Record *entry;
    if (!is_list_name(list)) return FAIL(c, ST_INVALID, "list", "error.code.list");
    if (!is_code(code)) return FAIL(c, ST_INVALID, "code", "error.code.form");
    if (is_closed(list)) return FAIL(c, ST_DENIED, "list", "error.code.closed", "list", list);
    TRY(control_try(c, "code_entry", id, &entry));
    if (entry) {
        TRY(tx_set(c, entry->kind, id, val_get_text(call->input, "base", STR("")), fields));
    } else {
        if (!any_label(fields)) return FAIL(c, ST_INVALID, "label_en", "error.label.required");
        val_set_c(c->arena, &fields, "list", val_text(list));
        val_set_c(c->arena, &fields, "code", val_text(code));
        TRY(tx_create(c, admin_kind(c, "code_entry"), id, ID_NONE, known_fields(c, fields)));
    }
    answer_id(c, call, id);
    return ST_OK;
}
