/* routes_op.c: the operations by HTTP. The row of the table decides everything; here is only the
 * envelope. */
#include "api/api_int.h"

#include "base/banned.h"

static Status read_envelope(Ctx *c, Call *k, OpRequest *r) {
    Str key = request_header(k->q, "Idempotency-Key");
    if (key.s && key.n && !id_parse(key, &r->idempotency))
        return FAIL(c, ST_USAGE, "", "error.http.idempotency_key");
    Str time = request_header(k->q, "X-Panah-Client-Time");
    if (time.s && time.n && !time_from_iso(time, &r->client_time))
        return FAIL(c, ST_USAGE, "", "error.http.client_time");
    Str version = query_param(c->arena, k->q->query, "version");
    uint64_t n = 0;
    if (version.s && (!num_parse_u64(version, &n) || n == 0 || n > UINT16_MAX))
        return FAIL(c, ST_USAGE, "", "error.http.version");
    r->version = (uint16_t)n;
    return ST_OK;
}

/* What a batch of errors cannot say by a path: the input itself must be an object. */
static Status read_input(Ctx *c, Call *k, Val *ret) {
    *ret = val_map();
    if (k->q->body.n == 0) return ST_OK;
    TRY(json_parse(c, k->q->body, REQUEST_BODY_MAX, ret));
    if (ret->type == VAL_MAP) return ST_OK;
    return FAIL(c, ST_USAGE, "", "error.type", "expected", STR("object"));
}

Status route_op(Ctx *c, Call *k) {
    OpRequest r = { .op = k->params[0], .idempotency = ID_NONE, .client_time = TIME_NONE };
    OpReply reply = { .act = ID_NONE, .job = ID_NONE };
    TRY(read_envelope(c, k, &r));
    TRY(read_input(c, k, &r.input));
    TRY(op_call(c, k->api->o.store, k->api->o.ops, &r, &reply));
    Buf out = buf_new(c->arena, 64 << 20);
    JsonOut o = json_object(&out);
    bool is_job = !id_is_none(reply.job);
    if (is_job) {
        json_id(&o, "job", reply.job);
    } else {
        json_write(json_key(&o, "result"),
                   reply.result.type == VAL_NONE ? val_map() : reply.result);
        if (!id_is_none(reply.act)) json_id(&o, "act", reply.act);
        json_bool(&o, "repeated", reply.repeated);
        if (reply.ids_only) json_bool(&o, "ids_only", true);
    }
    json_object_end(&o);
    if (buf_full(&out)) return FAIL(c, ST_LIMIT, "", "error.http.answer");
    response_json(k->out, is_job ? 202 : 200, buf_text(&out));
    return ST_OK;
}
