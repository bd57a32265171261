/* office.c: what the office of a record says: its numbers, its calendar, its dial code. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static Calendar calendar_of(Arena *a, Str code) {
    Calendar cal = CAL_GREGORIAN;
    return cal_parse_code(str_lower_ascii(a, code), &cal) ? cal : CAL_GREGORIAN;
}

static Str dial_code_of(const Record *office) {
    Str own = record_text(office, "dial_code");
    return own.n ? own : phone_calling_code(record_text(office, "country"));
}

Status registry_dial_code(Ctx *c, Id office, Str *ret) {
    enum { OFFICES_ABOVE_MAX = 16 };
    *ret = STR("");
    for (size_t i = 0; i < OFFICES_ABOVE_MAX && ret->n == 0 && !id_is_none(office); i++) {
        Record *r = NULL;
        TRY(record_try(c, registry_kind(c, "office"), office, &r));
        if (!r) return ST_OK;
        *ret = dial_code_of(r);
        if (!record_id(r, "parent", &office)) office = ID_NONE;
    }
    return ST_OK;
}

Status office_of_input(Ctx *c, Val given, Office *ret) {
    Id id = c->actor ? c->actor->office : ID_NONE;
    if (!val_is_absent(given) && given.type != VAL_NULL && !val_get_id(given, &id))
        return FAIL(c, ST_INVALID, "office", "error.missing", "kind", STR("office"));
    if (id_is_none(id)) return FAIL(c, ST_INVALID, "office", "error.office.required");
    Record *r;
    TRY(record_need(c, "office", id, "office", &r));
    TRY(actor_require_at(c, PERM_PERSON_WRITE, id));
    *ret = (Office){
        .id = id,
        .code = record_text(r, "code"),
        .dial_code = dial_code_of(r),
        .country = record_value(r, "country"),
        .calendar = calendar_of(c->arena, record_text(r, "calendar")),
    };
    if (ret->dial_code.n == 0) TRY(registry_dial_code(c, id, &ret->dial_code));
    return ST_OK;
}

Calendar office_calendar(Ctx *c) {
    Record *r = NULL;
    if (!c->actor || id_is_none(c->actor->office)) return CAL_GREGORIAN;
    if (record_try(c, registry_kind(c, "office"), c->actor->office, &r) != ST_OK || !r)
        return CAL_GREGORIAN;
    return calendar_of(c->arena, record_text(r, "calendar"));
}

Status office_phone(Ctx *c, const Office *o, Str typed, Str *ret_e164) {
    const char *wrong = phone_parse(c->arena, typed, o->dial_code, ret_e164);
    return wrong ? FAIL(c, ST_INVALID, "number", wrong) : ST_OK;
}

Status office_next_number(Ctx *c, const Office *o, NumberKind kind, Str *ret) {
    int year = civil_from_day(c->today).year;
    const char *what = kind == NUMBER_GROUP ? "group" : "person";
    Str series = str_printf(c->arena, "%s-%02d", what, year % 100);
    int64_t serial;
    TRY(tx_next_number(c, o->id, str_c(c->arena, series), &serial));
    if (serial < 1 || serial > NUMBER_SERIAL_MAX)
        return FAIL(c, ST_LIMIT, "", "error.number.used_up", "office", o->code);
    *ret = number_format(c->arena, o->code, year, (uint32_t)serial, kind);
    return ST_OK;
}
