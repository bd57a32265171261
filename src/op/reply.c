/* reply.c: the first results of calls with an idempotency key.
 *
 * The ledger knows for ever which act a key led to; LOCAL keeps the result itself for some days, and
 * is all there is for operations that write LOCAL things only. Results are ids, numbers and counts;
 * those that name an erased subject go with it, and its ids alone are answered from the ledger. */
#include "op/op_int.h"

#include "base/banned.h"

enum { REPLY_MAX = 1 << 20 };

typedef struct First {
    Id act, actor;
    uint32_t op_no;
    uint64_t input_hash;
} First;

static Status matches(Ctx *c, const Run *r, const First *f) {
    Id actor = c->actor ? c->actor->user : ID_NONE;
    if (f->op_no == r->op->no && f->input_hash == r->input_hash && id_eq(f->actor, actor))
        return ST_OK;
    return FAIL(c, ST_CONFLICT, NULL, "error.idempotency.other_input");
}

static Status missing_is_fine(Ctx *c, Status st, size_t noted) {
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    return ST_OK;
}

/* From LOCAL. */
static Status find_kept(Ctx *c, Run *r, bool *ret_found) {
    Str bytes = STR_NONE;
    Val v;
    First f = { 0 };
    size_t noted = c->errs.n;
    Status st = local_get(c, REPLY_SPACE, id_text(c->arena, r->q->idempotency), &bytes, NULL);
    TRY(missing_is_fine(c, st, noted));
    if (st == ST_MISSING) return ST_OK;
    CborReader reader = cbor_reader(bytes);
    if (!cbor_get_val(&reader, c->arena, &v) || !val_get_id(val_get(v, "act"), &f.act))
        return ST_OK; /* not ours: the ledger decides */
    if (!val_get_id(val_get(v, "actor"), &f.actor)) f.actor = ID_NONE;
    f.op_no = (uint32_t)val_get_int(v, "op", 0);
    f.input_hash = (uint64_t)val_get_int(v, "hash", 0);
    TRY(matches(c, r, &f));
    r->reply = (OpReply){ .result = val_get(v, "result"), .repeated = true, .act = f.act };
    *ret_found = true;
    return ST_OK;
}

/* From the ledger: who has only the act has only its ids. */
static Status find_act(Ctx *c, Run *r, bool *ret_found) {
    ActPart act;
    size_t noted = c->errs.n;
    Status st = store_find_act(c, r->q->idempotency, &act);
    TRY(missing_is_fine(c, st, noted));
    if (st == ST_MISSING) return ST_OK;
    First f = { act.act, act.actor, act.op_no, act.input_hash };
    TRY(matches(c, r, &f));
    Val ids = val_list();
    for (size_t i = 0; i < act.n_results; i++)
        val_push(c->arena, &ids, val_text(id_text(c->arena, act.results[i])));
    r->reply = (OpReply){ .result = val_map(), .repeated = true, .ids_only = true, .act = act.act };
    val_set_c(c->arena, &r->reply.result, "results", ids);
    *ret_found = true;
    return ST_OK;
}

Status reply_find(Ctx *c, Run *r, bool *ret_found) {
    *ret_found = false;
    if (!(r->op->flags & OP_IDEMPOTENT) || id_is_none(r->q->idempotency)) return ST_OK;
    if (!r->q->result_unkept) TRY(find_kept(c, r, ret_found));
    return *ret_found ? ST_OK : find_act(c, r, ret_found);
}

Status reply_keep(Ctx *c, const Run *r, Val shown) {
    if (!(r->op->flags & OP_IDEMPOTENT) || id_is_none(r->q->idempotency)) return ST_OK;
    if (r->op->flags & OP_SECRET || r->q->result_unkept) return ST_OK;
    Val v = val_map();
    val_set_c(c->arena, &v, "act", val_id(c->arena, r->call.act));
    if (c->actor && !id_is_none(c->actor->user))
        val_set_c(c->arena, &v, "actor", val_id(c->arena, c->actor->user));
    val_set_c(c->arena, &v, "op", val_int(r->op->no));
    val_set_c(c->arena, &v, "hash", val_int((int64_t)r->input_hash));
    val_set_c(c->arena, &v, "result", shown);
    Buf bytes = buf_new(c->arena, REPLY_MAX);
    cbor_put_val(&bytes, v);
    if (buf_full(&bytes)) return ST_OK; /* too large to keep: a repeated call gets the ids */
    return local_put(c, REPLY_SPACE, id_text(c->arena, r->q->idempotency), buf_text(&bytes));
}

Status replies_forget(Ctx *c, Id subject) {
    Str *keys;
    size_t n;
    TRY(local_find(c, REPLY_SPACE, id_text(c->arena, subject), &keys, &n));
    for (size_t i = 0; i < n; i++)
        TRY(local_delete(c, REPLY_SPACE, keys[i]));
    return ST_OK;
}
