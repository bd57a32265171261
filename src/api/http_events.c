/* http_events.c: server-sent events (HTML Living Standard §9.2). A stream is a request asked again and
 * again, with its session looked at each time; an answer that differs from the last is an event. */
#include "api/http_int.h"

#include <time.h>

#include "base/banned.h"

static int64_t now_ms(const Http *h) {
    return env_monotonic_us(h->env) / 1000;
}

/* ---- libmicrohttpd's side ------------------------------------------------------------------------ */

static ssize_t stream_read(void *stream, uint64_t pos, char *out, size_t max) {
    Stream *s = stream;
    Http *h = s->http;
    (void)pos;
    pthread_mutex_lock(&h->streams_lock);
    size_t n = s->out.n - s->sent;
    ssize_t result = 0;
    if (n > max) n = max;
    if (n) {
        memcpy(out, s->out.p + s->sent, n);
        s->sent += n;
        result = (ssize_t)n;
    } else if (s->ended) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->waiting = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&h->streams_lock);
    return result;
}

static void stream_free(Stream *s) {
    arena_free(s->kept);
    arena_free(s->text);
    env_sysfree(s);
}

/* With the lock held. */
static void stream_unlink(Http *h, Stream *s) {
    Stream **at = &h->streams;
    while (*at && *at != s)
        at = &(*at)->next;
    if (*at) *at = s->next;
    atomic_fetch_sub(&h->api->metrics.streams, 1);
}

static void stream_gone(void *stream) {
    Stream *s = stream;
    Http *h = s->http;
    pthread_mutex_lock(&h->streams_lock);
    bool busy = s->busy;
    s->gone = true;
    if (!busy) stream_unlink(h, s);
    pthread_mutex_unlock(&h->streams_lock);
    if (!busy) stream_free(s);
}

static Stream *stream_new(Exchange *x) {
    Stream *s = env_sysalloc(NULL, sizeof *s);
    if (!s) return NULL;
    *s = (Stream){ .http = x->http, .connection = x->connection };
    s->kept = arena_new(x->http->env, 256 << 10);
    s->text = arena_new(x->http->env, 32 << 20);
    if (ARENA_GUARD(s->kept) != 0) {
        stream_free(s);
        return NULL;
    }
    s->q = x->q;
    s->q.body = STR("");
    s->q.path = str_copy(s->kept, x->r.events_path);
    s->q.query = x->q.query.s ? str_copy(s->kept, x->q.query) : STR_NONE;
    s->q.source = x->q.source.s ? str_copy(s->kept, x->q.source) : STR_NONE;
    s->q.spoken_by = x->q.spoken_by.s ? str_copy(s->kept, x->q.spoken_by) : STR_NONE;
    HttpHeader *headers = arena_array(s->kept, HttpHeader, x->q.n_headers);
    for (size_t i = 0; i < x->q.n_headers; i++) {
        headers[i].name = str_copy(s->kept, x->q.headers[i].name);
        headers[i].value = str_copy(s->kept, x->q.headers[i].value);
    }
    s->q.headers = headers;
    arena_unguard(s->kept);
    return s;
}

enum MHD_Result stream_begin(Exchange *x) {
    Http *h = x->http;
    Stream *s = stream_new(x);
    if (!s) return MHD_NO;
    struct MHD_Response *m =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_read, s, stream_gone);
    if (!m) {
        stream_free(s);
        return MHD_NO;
    }
    pthread_mutex_lock(&h->streams_lock);
    bool full = h->streams_stopping || atomic_load(&h->api->metrics.streams) >= STREAMS_MAX;
    /* An empty stream that ends at once: the page asks by itself then. */
    s->ended = full;
    s->next = h->streams;
    h->streams = s;
    atomic_fetch_add(&h->api->metrics.streams, 1);
    pthread_cond_signal(&h->streams_wake);
    pthread_mutex_unlock(&h->streams_lock);
    x->r.content_type = "text/event-stream";
    response_headers(m, &x->r);
    enum MHD_Result done = MHD_queue_response(x->connection, MHD_HTTP_OK, m);
    MHD_destroy_response(m);
    return done;
}

/* ---- the feeding thread -------------------------------------------------------------------------- */

static bool state_stays(Ctx *c, Str json) {
    Val v;
    if (json_parse(c, json, 16 << 20, &v) != ST_OK) return true;
    Str state = val_get_text(v, "state", STR(""));
    return !str_is(state, "queued") && !str_is(state, "running");
}

/* With the lock held. */
static void say(Http *h, Stream *s, const Response *r, bool last) {
    Hash256 hash = sha256(r->body);
    bool same = memcmp(&hash, &s->last, sizeof hash) == 0;
    bool quiet = now_ms(h) - s->spoke_ms < STREAM_COMMENT_MS;
    bool unsent = s->out.n > s->sent;
    if (unsent || (same && quiet && !last)) return;
    arena_reset(s->text);
    s->out = buf_new(s->text, 16 << 20);
    s->sent = 0;
    if (ARENA_GUARD(s->text) != 0) {
        s->out = (Buf){ 0 };
        s->ended = true;
    } else if (same && !last) {
        buf_str(&s->out, STR(": \n\n"));
    } else {
        if (r->status != 200) buf_str(&s->out, STR("event: problem\n"));
        buf_str(&s->out, STR("data: "));
        buf_str(&s->out, r->body); /* JSON of ours has no line ends */
        buf_str(&s->out, STR("\n\n"));
        s->ended = last;
    }
    arena_unguard(s->text);
    s->last = hash;
    s->spoke_ms = now_ms(h);
}

/* With the lock held. */
static void wake(Stream *s) {
    if (!s->waiting || s->gone || !(s->ended || s->out.n > s->sent)) return;
    s->waiting = false;
    MHD_resume_connection(s->connection);
}

/* One that has not been asked in this round. */
static Stream *next_due(Http *h) {
    for (Stream *s = h->streams; s; s = s->next)
        if (!s->gone && !s->ended && s->round != h->round) return s;
    return NULL;
}

static void feed(Http *h, Arena *a, Stream *s) {
    s->busy = true;
    pthread_mutex_unlock(&h->streams_lock);
    Ctx c = ctx_new(h->env, a);
    Response r = route(&c, h->api, &s->q);
    bool last = r.status != 200 || state_stays(&c, r.body);
    pthread_mutex_lock(&h->streams_lock);
    s->busy = false;
    if (!s->gone) {
        say(h, s, &r, last);
        wake(s);
    } else {
        stream_unlink(h, s);
        stream_free(s);
    }
    arena_reset(a);
}

static void sleep_until_due(Http *h) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += STREAM_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    if (h->streams)
        pthread_cond_timedwait(&h->streams_wake, &h->streams_lock, &until);
    else
        pthread_cond_wait(&h->streams_wake, &h->streams_lock);
}

static void *feeder_main(void *http) {
    Http *h = http;
    Arena *a = arena_new(h->env, WORK_ARENA_MAX);
    pthread_mutex_lock(&h->streams_lock);
    while (!h->streams_stopping) {
        h->round++;
        Stream *s;
        while (!h->streams_stopping && (s = next_due(h))) {
            s->round = h->round;
            feed(h, a, s);
        }
        if (!h->streams_stopping) sleep_until_due(h);
    }
    for (Stream *s = h->streams; s; s = s->next) {
        s->ended = true;
        wake(s);
    }
    pthread_mutex_unlock(&h->streams_lock);
    arena_free(a);
    return NULL;
}

Status feeder_start(Ctx *c, Http *h) {
    pthread_mutex_init(&h->streams_lock, NULL);
    pthread_cond_init(&h->streams_wake, NULL);
    if (pthread_create(&h->feeder, NULL, feeder_main, h) != 0)
        return FAIL(c, ST_BUSY, "", "error.http.threads");
    h->feeder_runs = true;
    return ST_OK;
}

void feeder_stop(Http *h) {
    if (!h->feeder_runs) return;
    pthread_mutex_lock(&h->streams_lock);
    h->streams_stopping = true;
    pthread_cond_signal(&h->streams_wake);
    pthread_mutex_unlock(&h->streams_lock);
    pthread_join(h->feeder, NULL);
    h->feeder_runs = false;
}
