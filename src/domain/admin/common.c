/* common.c: small things all operations of the room need. */
#include "domain/admin/admin_int.h"

#include "base/banned.h"

const KindInfo *admin_kind(Ctx *c, const char *name) {
    const KindInfo *k = model_kind(store_model(c->store), str_of(name));
    if (!k) BUG("the model lacks a control kind");
    return k;
}

Status control_try(Ctx *c, const char *kind, Id id, Record **ret) {
    size_t noted = c->errs.n;
    Status st = read_record(c, admin_kind(c, kind), id, ret);
    if (st != ST_MISSING) return st;
    c->errs.n = noted;
    *ret = NULL;
    return ST_OK;
}

Status control_need(Ctx *c, const char *kind, Id id, const char *path, Record **ret) {
    Record *r;
    TRY(control_try(c, kind, id, &r));
    if (!r) return FAIL(c, ST_MISSING, path, "error.missing", "kind", str_of(kind));
    if (record_is_void(r)) return FAIL(c, ST_CONFLICT, path, "error.void", "kind", str_of(kind));
    *ret = r;
    return ST_OK;
}

Status input_id(Ctx *c, const OpCall *call, const char *key, Id *ret) {
    return val_get_id(op_in(call, key), ret) ? ST_OK : FAIL(c, ST_INVALID, key, "error.required");
}

static bool is_among(Str key, const char *const *names) {
    for (; *names; names++)
        if (str_is(key, *names)) return true;
    return false;
}

Val input_fields(Ctx *c, const OpCall *call, const char *const *not_fields) {
    Val fields = val_map();
    for (size_t i = 0; call->input.type == VAL_MAP && i < call->input.map.n; i++) {
        const ValPair *p = &call->input.map.v[i];
        if (!is_among(p->key, not_fields)) val_set(c->arena, &fields, p->key, p->value);
    }
    return fields;
}

Val known_fields(Ctx *c, Val fields) {
    Val known = val_map();
    for (size_t i = 0; fields.type == VAL_MAP && i < fields.map.n; i++)
        if (fields.map.v[i].value.type != VAL_NULL)
            val_set(c->arena, &known, fields.map.v[i].key, fields.map.v[i].value);
    return known;
}

bool is_identifier(Str text, size_t max) {
    static const char after[] = "abcdefghijklmnopqrstuvwxyz0123456789_.-";
    if (text.n < 2 || text.n > max || text.s[0] < 'a' || text.s[0] > 'z') return false;
    for (size_t i = 0; i < text.n; i++)
        if (!memchr(after, text.s[i], sizeof after - 1)) return false;
    return true;
}

void answer_id(Ctx *c, OpCall *call, Id id) {
    Val out = val_map();
    val_set_c(c->arena, &out, "id", val_id(c->arena, id));
    call->result = out;
    tx_result(c->tx, id);
}

/* SHA-256("panah key" 0 kind 0 first 0 second), its first 16 bytes with version and variant set. */
Id admin_natural_id(const char *kind, Str first, Str second) {
    static const char zero = '\0';
    Sha256 h;
    sha256_start(&h);
    sha256_add(&h, "panah key", 10); /* its terminating zero too */
    sha256_add(&h, kind, strlen(kind) + 1);
    if (first.n) sha256_add(&h, first.s, first.n);
    sha256_add(&h, &zero, 1);
    if (second.n) sha256_add(&h, second.s, second.n);
    Hash256 hash = sha256_end(&h);
    Id id;
    memcpy(id.b, hash.b, sizeof id.b);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x80);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}
