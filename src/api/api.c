/* api.c: the life of an Api, and the documents it makes once and keeps: meta, messages, OpenAPI. */
#include "api/api_int.h"

#include "base/banned.h"

enum { DOCUMENT_MAX = 32 << 20, DOCS_ARENA_MAX = 1 << 30 };

Status api_open(Ctx *c, const ApiOptions *o, Api **ret_api) {
    Arena *a = arena_new(c->env, DOCS_ARENA_MAX);
    Api *api = arena_new_of(a, Api);
    *api = (Api){ .env = c->env,
                  .o = *o,
                  .started = env_now(c->env),
                  .started_us = env_monotonic_us(c->env),
                  .docs_arena = a,
                  .health_at = TIME_NONE,
                  .people = -1 };
    api->o.host = str_copy(a, o->host.s ? o->host : STR(""));
    api->o.version = str_copy(a, o->version);
    api->o.node_name = str_copy(a, o->node_name.s ? o->node_name : STR(""));
    api->o.operation_name = str_copy(a, o->operation_name.s ? o->operation_name : STR(""));
    pthread_mutex_init(&api->docs_lock, NULL);
    pthread_mutex_init(&api->slow_lock, NULL);
    pthread_mutex_init(&api->health_lock, NULL);
    const Model *m = store_model(o->store);
    for (size_t i = 0; i < n_routes; i++)
        if (routes[i].takes) shape_verify(m, routes[i].takes);
    *ret_api = api;
    return ST_OK;
}

void api_close(Api *api) {
    if (!api) return;
    pthread_mutex_destroy(&api->docs_lock);
    pthread_mutex_destroy(&api->slow_lock);
    pthread_mutex_destroy(&api->health_lock);
    arena_free(api->docs_arena);
}

void api_listens(Api *api, Str host, uint16_t port) {
    api->o.host = str_copy(api->docs_arena, host);
    api->o.port = port;
}

/* Written in the request's arena, kept in the Api's. Two requests may write the same one at the same
 * time; the later finds the earlier's. */
Status document_get(Ctx *c, Api *api, DocumentKind kind, Str lang, DocumentWrite write,
                    const Document **ret) {
    const Model *m = store_model(api->o.store);
    Document **slot = &api->docs[kind][language_index(lang)];
    pthread_mutex_lock(&api->docs_lock);
    const Document *d = *slot;
    pthread_mutex_unlock(&api->docs_lock);
    if (d && d->model == m) {
        *ret = d;
        return ST_OK;
    }
    Buf out = buf_new(c->arena, DOCUMENT_MAX);
    write(c, api, m, languages[language_index(lang)], &out);
    if (buf_full(&out)) return FAIL(c, ST_LIMIT, "", "error.http.answer");
    Hash256 hash = sha256(buf_text(&out));
    Str packed = gzip_pack(c->arena, buf_text(&out));
    Str tag = hex_encode(c->arena, hash.b, 16);
    pthread_mutex_lock(&api->docs_lock);
    if (!*slot || (*slot)->model != m) {
        Document *fresh = arena_new_of(api->docs_arena, Document);
        fresh->model = m;
        fresh->body = str_copy(api->docs_arena, buf_text(&out));
        fresh->gzip = packed.s ? str_copy(api->docs_arena, packed) : STR_NONE;
        fresh->etag = str_printf(api->docs_arena, "\"%.*s\"", STR_ARG(tag));
        fresh->older = *slot;
        *slot = fresh;
    }
    *ret = *slot;
    pthread_mutex_unlock(&api->docs_lock);
    return ST_OK;
}

/* Upper ends of the latency buckets, microseconds. */
static const int64_t latency_us[LATENCY_BUCKETS] = { 100,   250,   500,   1000,   2500,   5000,
                                                     10000, 25000, 50000, 100000, 500000, 2000000 };

int64_t latency_bound_us(size_t bucket) {
    return latency_us[bucket];
}

void metrics_count(Api *api, int status, int64_t us, size_t bytes_in, size_t bytes_out) {
    Metrics *m = &api->metrics;
    size_t class = status >= 100 && status < 600 ? (size_t)status / 100 : 0;
    size_t bucket = 0;
    while (bucket < LATENCY_BUCKETS && us > latency_us[bucket])
        bucket++;
    atomic_fetch_add(&m->by_class[class], 1);
    atomic_fetch_add(&m->latency[bucket], 1);
    atomic_fetch_add(&m->latency_us, (uint64_t)us);
    atomic_fetch_add(&m->bytes_in, bytes_in);
    atomic_fetch_add(&m->bytes_out, bytes_out);
}
