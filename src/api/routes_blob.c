/* routes_blob.c: pictures, and lists for import.stage. What is handed in waits a day under the hash of
 * its bytes for an operation to name it, lists apart and never shown again; what an operation has kept is found under the hash of its sealed form. That name stands
 * in a sealed field: who knows it has been shown it. */
#include "api/api_int.h"
#include "domain/importing/importing.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum { BLOB_BYTES_MAX = 8 << 20, SWEPT_MAX = 10000 };
#define STAGED_KEPT TIME_DAY

/* The type as the bytes say, whatever a header says; NULL: neither JPEG nor PNG. */
static const char *image_type(Str bytes) {
    if (str_starts(bytes, STR("\xff\xd8\xff"))) return "image/jpeg";
    if (str_starts(bytes, STR("\x89PNG\r\n\x1a\n"))) return "image/png";
    return NULL;
}

typedef struct Staged {
    Str space, key, bytes;
    bool sweep;
} Staged;

static Status stage(Ctx *c, Tx *tx, void *arg) {
    const Staged *s = arg;
    (void)tx;
    static const char *const spaces[] = { REGISTRY_STAGED_BLOBS, IMPORT_FILES };
    for (size_t i = 0; s->sweep && i < sizeof spaces / sizeof spaces[0]; i++)
        TRY(local_delete_older(c, str_of(spaces[i]), c->now - STAGED_KEPT, SWEPT_MAX, NULL));
    return local_put(c, s->space, s->key, s->bytes);
}

/* Once an hour somebody's picture takes the old ones with it. */
static bool sweep_is_due(Ctx *c, Api *api) {
    int64_t hour = c->now / (3600 * TIME_SECOND);
    return atomic_exchange(&api->swept_hour, hour) != hour;
}

static bool is_list(const Request *q) {
    Str type = request_header(q, "Content-Type");
    return type.s && str_starts(type, STR("text/csv"));
}

static Status check_picture(Ctx *c, Str body) {
    TRY(actor_require(c, PERM_PERSON_WRITE));
    if (body.n == 0) return FAIL(c, ST_INVALID, "", "error.http.picture_empty");
    if (body.n > BLOB_BYTES_MAX)
        return FAIL(c, ST_LIMIT, "", "error.http.picture_size", "max_mib", STR("8"));
    if (!image_type(body)) return FAIL(c, ST_INVALID, "", "error.http.picture_type");
    return ST_OK;
}

static Status check_list(Ctx *c, Str body) {
    TRY(actor_require(c, PERM_IMPORT));
    return body.n ? ST_OK : FAIL(c, ST_INVALID, "", "error.csv.empty");
}

Status route_blob_put(Ctx *c, Call *k) {
    Str body = k->q->body;
    bool list = is_list(k->q);
    TRY(list ? check_list(c, body) : check_picture(c, body));
    Hash256 hash = sha256(body);
    Staged s = { .space = list ? STR(IMPORT_FILES) : STR(REGISTRY_STAGED_BLOBS),
                 .key = hex_encode(c->arena, hash.b, sizeof hash.b),
                 .bytes = body,
                 .sweep = sweep_is_due(c, k->api) };
    TRY(store_write(k->api->o.store, c, stage, &s));
    Buf out = buf_new(c->arena, 256);
    JsonOut o = json_object(&out);
    json_text(&o, "blob", s.key);
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

Status route_blob_get(Ctx *c, Call *k) {
    Hash256 name;
    Str bytes;
    TRY(actor_require(c, PERM_PERSON_READ));
    if (!hex_decode(k->params[0], name.b, sizeof name.b))
        return FAIL(c, ST_MISSING, "", "error.blob.unknown");
    TRY(call_read(c, k));
    size_t noted = c->errs.n;
    Time when;
    Str key = hex_encode(c->arena, name.b, sizeof name.b);
    /* Of a parked interview: handed in, not yet kept. */
    if (local_get(c, STR(REGISTRY_STAGED_BLOBS), key, &bytes, &when) != ST_OK) {
        c->errs.n = noted;
        TRY(blob_get(c, &name, &bytes));
    }
    const char *type = image_type(bytes);
    k->out->status = 200;
    k->out->content_type = type ? type : "application/octet-stream";
    k->out->body = bytes;
    return ST_OK;
}
