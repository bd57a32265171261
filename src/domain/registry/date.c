/* date.c: date.understand: what was typed into the one field for age, year or date, in any calendar
 * and script, and what it is in the other calendars. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

static void put_text(Ctx *c, Val *out, const char *key, Str text) {
    val_set_c(c->arena, out, key, val_text(text));
}

static Val show_calendars(Ctx *c, const DateDescription *d) {
    Val list = val_list();
    for (int cal = 0; cal < CAL_N; cal++) {
        if (str_empty(d->text[cal])) continue;
        Val one = val_map();
        put_text(c, &one, "calendar", str_of(cal_code((Calendar)cal)));
        put_text(c, &one, "text", d->text[cal]);
        val_push(c->arena, &list, one);
    }
    return list;
}

static Val show_reading(Ctx *c, const DateReading *r) {
    DateDescription d = date_entry_describe(c->arena, r, c->today, c->lang);
    Val out = val_map();
    val_set_c(c->arena, &out, "day", val_int(r->day));
    val_set_c(c->arena, &out, "first", val_int(r->first));
    val_set_c(c->arena, &out, "last", val_int(r->last));
    put_text(c, &out, "precision", str_of(date_precision_code(r->precision)));
    put_text(c, &out, "calendar", str_of(cal_code(r->calendar)));
    val_set_c(c->arena, &out, "shown", show_calendars(c, &d));
    val_set_c(c->arena, &out, "age", val_int(d.age_min));
    val_set_c(c->arena, &out, "age_max", val_int(d.age_max));
    if (d.age_months >= 0) val_set_c(c->arena, &out, "age_months", val_int(d.age_months));
    return out;
}

Status op_date_understand(Ctx *c, OpCall *call) {
    DateEntryRules rules = { .today = c->today, .lang = c->lang };
    Str calendar = val_get_text(call->input, "calendar", STR(""));
    if (!cal_parse_code(str_lower_ascii(c->arena, calendar), &rules.preferred))
        rules.preferred = office_calendar(c);
    DateEntry e = date_entry_parse(val_get_text(call->input, "text", STR("")), &rules);
    if (e.error)
        return FAIL(c, ST_INVALID, "text", e.error, "last_day",
                    str_printf(c->arena, "%d", e.last_day));
    Val out = show_reading(c, &e.best), alternatives = val_list();
    for (size_t i = 0; i < e.n_alts; i++)
        val_push(c->arena, &alternatives, show_reading(c, &e.alts[i]));
    val_set_c(c->arena, &out, "alternatives", alternatives);
    call->result = out;
    return ST_OK;
}
