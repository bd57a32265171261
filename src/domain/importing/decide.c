/* decide.c: import.look and import.refuse: a batch before its approval. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

enum { LOOK_FAMILIES_MAX = 100, LOOK_CORRECTIONS_MAX = 200 };

/* ---- import.look ------------------------------------------------------------------------------------ */

static void put_fields(Ctx *c, const Record *batch, Val *out) {
    for (size_t i = 1; i < batch->kind->n_fields; i++) {
        const FieldInfo *f = &batch->kind->fields[i];
        Val v = batch->values[i];
        if (v.type != VAL_NONE && v.type != VAL_NULL)
            val_set(c->arena, out, str_of(f->key_text), field_show(c->arena, f, v));
    }
}

/* Families of the chunk in which number `from` stands, from there on. */
static Status put_families(Ctx *c, const Record *batch, int64_t from, Val *out) {
    Head h;
    Val list = val_list();
    TRY(head_read(c, batch->id, &h));
    int64_t at = 0;
    for (int64_t i = 0; i < h.chunks && list.list.n < LOOK_FAMILIES_MAX; i++) {
        Val families;
        TRY(chunk_read(c, batch->id, i, &families));
        for (size_t k = 0; k < families.list.n && list.list.n < LOOK_FAMILIES_MAX; k++, at++)
            if (at >= from) val_push(c->arena, &list, families.list.v[k]);
    }
    val_set_c(c->arena, out, "families", list);
    val_set_c(c->arena, out, "begun", val_bool(h.begun));
    if (at < h.families) val_set_c(c->arena, out, "next", val_int(at));
    return ST_OK;
}

static Status put_corrections(Ctx *c, const Record *batch, int64_t from, Val *out) {
    Head h;
    Val list;
    int64_t next;
    TRY(head_read(c, batch->id, &h));
    if (h.offers == 0) return ST_OK;
    TRY(corrections_look(c, batch->id, &h, from, LOOK_CORRECTIONS_MAX, &list, &next));
    val_set_c(c->arena, out, "corrections", list);
    val_set_c(c->arena, out, "n_corrections", val_int(h.offers));
    if (next >= 0) val_set_c(c->arena, out, "corrections_next", val_int(next));
    return ST_OK;
}

Status op_import_look(Ctx *c, OpCall *call) {
    Record *batch;
    Val out = val_map(), fields = val_map();
    TRY(batch_need(c, call, &batch));
    TRY(actor_require_in(c, PERM_IMPORT, batch->scope));
    put_fields(c, batch, &fields);
    val_set_c(c->arena, &out, "batch", val_id(c->arena, batch->id));
    val_set_c(c->arena, &out, "fields", fields);
    if (str_is(record_text(batch, "state"), "STAGED")) {
        TRY(put_families(c, batch, val_get_int(call->input, "from", 0), &out));
        TRY(put_corrections(c, batch, val_get_int(call->input, "corrections_from", 0), &out));
    }
    call->result = out;
    return ST_OK;
}

/* ---- import.refuse ------------------------------------------------------------------------------------ */

Status op_import_refuse(Ctx *c, OpCall *call) {
    Record *batch;
    Head h;
    Val fields = val_map(), out = val_map();
    TRY(batch_need(c, call, &batch));
    TRY(actor_require_in(c, PERM_IMPORT_APPROVE, batch->scope));
    Str state = record_text(batch, "state");
    if (!str_is(state, "STAGED"))
        return FAIL(c, ST_CONFLICT, "batch", "error.import.state", "code.import_state", state);
    TRY(head_read(c, batch->id, &h));
    if (h.begun) return FAIL(c, ST_CONFLICT, "batch", "error.import.begun");
    val_set_c(c->arena, &fields, "state", val_text(STR("REFUSED")));
    TRY(tx_set(c, batch_kind(c), batch->id, STR(""), fields));
    TRY(batch_forget(c, batch->id, &h));
    TRY(seen_drop(c, batch->id));
    val_set_c(c->arena, &out, "batch", val_id(c->arena, batch->id));
    call->result = out;
    tx_result(c->tx, batch->id);
    return ST_OK;
}
