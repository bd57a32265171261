/* reasons.c: when a change must say why, and how the why reads. */
#include "domain/registry/registry_int.h"

#include "base/banned.h"

/* The registration itself is the first act of a subject. */
static Status is_own_and_fresh(Ctx *c, Id subject, bool *ret) {
    const HistoryEntry *entries;
    size_t n;
    *ret = false;
    if (!c->actor) return ST_OK;
    TRY(read_history(c, subject, &entries, &n));
    if (n == 0) return ST_OK;
    bool own = id_eq(entries[0].act.actor, c->actor->user);
    *ret = own && c->now - entries[0].when <= FREE_CORRECTION_MINUTES * 60 * TIME_SECOND;
    return ST_OK;
}

Status reason_required(Ctx *c, const OpCall *call, Id subject) {
    if (!str_empty(call->reason)) return ST_OK;
    bool free_to;
    TRY(is_own_and_fresh(c, subject, &free_to));
    return free_to ? ST_OK : FAIL(c, ST_INVALID, "reason", "error.reason.required");
}

Str reason_label(Ctx *c, Str code) {
    static const char *const lists[] = { "correction_reason", "move_reason", "void_reason",
                                         "erase_reason" };
    const Model *m = store_model(c->store);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const CodeList *list = model_codes(m, str_of(lists[i]));
        if (list && code_find(list, code))
            return model_code_label(m, c->lang, str_of(lists[i]), code);
    }
    return code;
}
