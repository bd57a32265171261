/* health.c: whether the node is well, in short for everybody and at length for who looks after it,
 * and its counters for Prometheus (text format 0.0.4). */
#include "api/api_int.h"

#include "base/banned.h"

enum { HEALTH_COUNT_CAP = 100000000, HEALTH_COUNT_EVERY_S = 60 };

/* Counting a million rows takes a while: once a minute is enough. */
static int64_t people(Ctx *c, Call *k) {
    Api *api = k->api;
    pthread_mutex_lock(&api->health_lock);
    bool fresh =
        api->health_at != TIME_NONE && c->now - api->health_at < HEALTH_COUNT_EVERY_S * TIME_SECOND;
    int64_t n = api->people;
    if (!fresh) api->health_at = c->now;
    pthread_mutex_unlock(&api->health_lock);
    const KindInfo *person = model_kind(store_model(api->o.store), STR("person"));
    if (fresh || !person) return n;
    size_t noted = c->errs.n;
    const Reach *reach = c->reach;
    c->reach = &reach_everything; /* a number of people, not people */
    if (call_read(c, k) == ST_OK && read_count(c, person, NULL, HEALTH_COUNT_CAP, &n) == ST_OK) {
        pthread_mutex_lock(&api->health_lock);
        api->people = n;
        pthread_mutex_unlock(&api->health_lock);
    }
    c->reach = reach;
    c->errs.n = noted;
    return n;
}

/* Public, but says more to whoever may see it: the cookie is looked at, and need not be there. */
static bool may_see_more(Ctx *c, Call *k) {
    if (k->q->local) return true;
    Str cookies = request_header(k->q, "Cookie");
    Str token = cookies.s ? cookie_value(cookies, SESSION_COOKIE) : STR_NONE;
    size_t noted = c->errs.n;
    const Actor *actor = NULL;
    bool known = token.s && token.n == SESSION_TOKEN_TEXT_N &&
                 session_find(c, k->api->o.access, token, SESSION_GLANCE, &actor) == ST_OK;
    c->errs.n = noted;
    return known && !actor->locked && actor_may(actor, PERM_SYSTEM);
}

Status route_health(Ctx *c, Call *k) {
    Api *api = k->api;
    bool more = may_see_more(c, k);
    Buf out = buf_new(c->arena, 16 << 10);
    JsonOut o = json_object(&out);
    json_text_c(&o, "status", "ok");
    json_text(&o, "version", api->o.version);
    json_int(&o, "uptime_s", (env_monotonic_us(c->env) - api->started_us) / TIME_SECOND);
    if (more) {
        json_int(&o, "people", people(c, k));
        json_int(&o, "ledger_bytes", system_file_bytes(c, api, "panah.db"));
        json_int(&o, "log_bytes", system_file_bytes(c, api, "panah.db-wal"));
        json_int(&o, "disk_free_bytes", system_disk_free(api));
        json_int(&o, "sessions", (int64_t)session_count(api->o.access));
        buf_str(json_key(&o, "last_backup"), STR("null"));
    }
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

/* ---- counters ------------------------------------------------------------------------------------ */

typedef enum Counter {
    COUNT_UPTIME,
    COUNT_BYTES_IN,
    COUNT_BYTES_OUT,
    COUNT_RUNNING,
    COUNT_QUEUED,
    COUNT_CONNECTIONS,
    COUNT_STREAMS,
    COUNT_PROBLEMS,
    COUNT_SESSIONS,
    COUNT_AUDIT,
    COUNT_WRITES,
    COUNT_FSYNCS,
    COUNT_READS,
    COUNT_ALLOCATIONS,
    COUNT_DISK_FREE,
    COUNT_LEDGER,
    COUNT_LOG,
} Counter;

static const struct {
    Counter counter;
    const char *name, *type, *help;
} counters[] = {
    { COUNT_UPTIME, "panah_uptime_seconds", "gauge", "Seconds since the start" },
    { COUNT_BYTES_IN, "panah_request_bytes_total", "counter", "Bytes of request bodies" },
    { COUNT_BYTES_OUT, "panah_response_bytes_total", "counter", "Bytes of response bodies" },
    { COUNT_RUNNING, "panah_requests_running", "gauge", "Requests being answered" },
    { COUNT_QUEUED, "panah_requests_queued", "gauge", "Requests waiting for a worker" },
    { COUNT_CONNECTIONS, "panah_connections", "gauge", "Open connections" },
    { COUNT_STREAMS, "panah_event_streams", "gauge", "Open streams of server-sent events" },
    { COUNT_PROBLEMS, "panah_problems_total", "counter", "Problem documents sent" },
    { COUNT_SESSIONS, "panah_sessions", "gauge", "People signed in" },
    { COUNT_AUDIT, "panah_audit_waiting", "gauge", "Reads of files not yet in the ledger" },
    { COUNT_WRITES, "panah_file_writes_total", "counter", "Writes to files" },
    { COUNT_FSYNCS, "panah_fsyncs_total", "counter", "Calls of fsync" },
    { COUNT_READS, "panah_file_reads_total", "counter", "Reads of files" },
    { COUNT_ALLOCATIONS, "panah_allocations_total", "counter", "Blocks of memory taken" },
    { COUNT_DISK_FREE, "panah_disk_free_bytes", "gauge", "Free space beside the ledger" },
    { COUNT_LEDGER, "panah_ledger_bytes", "gauge", "Size of the database file" },
    { COUNT_LOG, "panah_write_ahead_log_bytes", "gauge", "Size of the write-ahead log" },
};

static int64_t counter_value(Ctx *c, Api *api, Counter which) {
    const Metrics *m = &api->metrics;
    switch (which) {
    case COUNT_UPTIME: return (env_monotonic_us(api->env) - api->started_us) / TIME_SECOND;
    case COUNT_BYTES_IN: return (int64_t)atomic_load(&m->bytes_in);
    case COUNT_BYTES_OUT: return (int64_t)atomic_load(&m->bytes_out);
    case COUNT_RUNNING: return atomic_load(&m->running);
    case COUNT_QUEUED: return atomic_load(&m->queued);
    case COUNT_CONNECTIONS: return atomic_load(&m->connections);
    case COUNT_STREAMS: return atomic_load(&m->streams);
    case COUNT_PROBLEMS: return (int64_t)atomic_load(&m->problems_logged);
    case COUNT_SESSIONS: return (int64_t)session_count(api->o.access);
    case COUNT_AUDIT: return (int64_t)audit_waiting(api->o.access);
    case COUNT_WRITES: return (int64_t)atomic_load(&api->env->fault[FAULT_WRITE].count);
    case COUNT_FSYNCS: return (int64_t)atomic_load(&api->env->fault[FAULT_FSYNC].count);
    case COUNT_READS: return (int64_t)atomic_load(&api->env->fault[FAULT_READ].count);
    case COUNT_ALLOCATIONS: return (int64_t)atomic_load(&api->env->fault[FAULT_ALLOC].count);
    case COUNT_DISK_FREE: return system_disk_free(api);
    case COUNT_LEDGER: return system_file_bytes(c, api, "panah.db");
    case COUNT_LOG: return system_file_bytes(c, api, "panah.db-wal");
    }
    return 0;
}

static void write_head(Buf *out, const char *name, const char *type, const char *help) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void write_latency(Buf *out, const Metrics *m) {
    const char *name = "panah_request_seconds";
    write_head(out, name, "histogram", "Time from the router to the answer");
    uint64_t sum = 0;
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        sum += atomic_load(&m->latency[i]);
        int64_t us = latency_bound_us(i);
        buf_printf(out, "%s_bucket{le=\"%lld.%06lld\"} %llu\n", name, (long long)(us / 1000000),
                   (long long)(us % 1000000), (unsigned long long)sum);
    }
    sum += atomic_load(&m->latency[LATENCY_BUCKETS]);
    uint64_t us = atomic_load(&m->latency_us);
    buf_printf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %llu.%06llu\n%s_count %llu\n", name,
               (unsigned long long)sum, name, (unsigned long long)(us / 1000000),
               (unsigned long long)(us % 1000000), name, (unsigned long long)sum);
}

Status route_metrics(Ctx *c, Call *k) {
    const Metrics *m = &k->api->metrics;
    Buf out = buf_new(c->arena, 64 << 10);
    write_head(&out, "panah_requests_total", "counter", "Requests answered, by class of status");
    for (int i = 1; i < 6; i++)
        buf_printf(&out, "panah_requests_total{status=\"%dxx\"} %llu\n", i,
                   (unsigned long long)atomic_load(&m->by_class[i]));
    write_latency(&out, m);
    for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++) {
        write_head(&out, counters[i].name, counters[i].type, counters[i].help);
        buf_printf(&out, "%s %lld\n", counters[i].name,
                   (long long)counter_value(c, k->api, counters[i].counter));
    }
    k->out->status = 200;
    k->out->content_type = "text/plain; version=0.0.4; charset=utf-8";
    k->out->body = buf_text(&out);
    return ST_OK;
}
