/* http_pool.c: exchanges and the workers that answer them. Memory is reused: an exchange keeps its
 * first chunk, a worker its arena. */
#include "api/http_int.h"

#include <time.h>

#include "base/banned.h"

/* ---- exchanges ----------------------------------------------------------------------------------- */

static Exchange *exchange_new(Http *h) {
    Exchange *x = env_sysalloc(NULL, sizeof *x);
    if (!x) return NULL;
    x->http = h;
    x->arena = arena_new(h->env, EXCHANGE_ARENA_MAX);
    return x;
}

Exchange *exchange_take(Http *h, struct MHD_Connection *connection) {
    pthread_mutex_lock(&h->lock);
    Exchange *x = h->idle;
    if (x) {
        h->idle = x->next;
        h->n_idle--;
    }
    h->in_use++;
    pthread_mutex_unlock(&h->lock);
    if (!x) x = exchange_new(h);
    if (!x) {
        pthread_mutex_lock(&h->lock);
        h->in_use--;
        pthread_mutex_unlock(&h->lock);
        return NULL;
    }
    *x = (Exchange){ .http = h, .arena = x->arena, .connection = connection };
    return x;
}

static void exchange_free(Exchange *x) {
    arena_free(x->arena);
    env_sysfree(x);
}

void exchange_give(Exchange *x) {
    Http *h = x->http;
    atomic_fetch_sub(&h->held, x->held);
    arena_reset(x->arena);
    pthread_mutex_lock(&h->lock);
    bool keep = h->n_idle < EXCHANGES_KEPT;
    if (keep) {
        x->next = h->idle;
        h->idle = x;
        h->n_idle++;
    }
    h->in_use--;
    if (h->in_use == 0) pthread_cond_broadcast(&h->emptied);
    pthread_mutex_unlock(&h->lock);
    if (!keep) exchange_free(x);
}

bool exchange_queue(Exchange *x) {
    Http *h = x->http;
    pthread_mutex_lock(&h->lock);
    bool open = !h->stopping;
    if (open) {
        MHD_suspend_connection(x->connection);
        x->next = NULL;
        if (h->tail)
            h->tail->next = x;
        else
            h->head = x;
        h->tail = x;
        atomic_fetch_add(&h->api->metrics.queued, 1);
        pthread_cond_signal(&h->filled);
    }
    pthread_mutex_unlock(&h->lock);
    return open;
}

/* NULL: the server stops and nothing waits. */
static Exchange *take_queued(Http *h) {
    pthread_mutex_lock(&h->lock);
    while (!h->head && !h->stopping)
        pthread_cond_wait(&h->filled, &h->lock);
    Exchange *x = h->head;
    if (x) {
        h->head = x->next;
        if (!h->head) h->tail = NULL;
        atomic_fetch_sub(&h->api->metrics.queued, 1);
    }
    pthread_mutex_unlock(&h->lock);
    return x;
}

/* ---- workers ------------------------------------------------------------------------------------- */

static Str keep(Exchange *x, Str text) {
    return text.n ? str_copy(x->arena, text) : STR("");
}

/* Copies the answer out of the worker's arena; the connection sends it later. */
static void keep_response(Exchange *x, const Response *r) {
    if (ARENA_GUARD(x->arena) != 0) {
        arena_unguard(x->arena);
        x->r = (Response){ .status = 503, .body_lasts = true };
        return;
    }
    Response kept = *r;
    if (!r->body_lasts) kept.body = keep(x, r->body);
    for (size_t i = 0; i < r->n_headers; i++) {
        /* NUL-terminated, as libmicrohttpd wants them. */
        kept.headers[i].name = str_of(str_c(x->arena, r->headers[i].name));
        kept.headers[i].value = str_of(str_c(x->arena, r->headers[i].value));
    }
    if (r->events_path.s) kept.events_path = keep(x, r->events_path);
    x->r = kept;
    arena_unguard(x->arena);
}

static void answer(Http *h, Arena *a, Exchange *x) {
    Ctx c = ctx_new(h->env, a);
    Response r = x->refused != ST_OK ? route_refused(&c, h->api, &x->q, x->refused, x->refused_key)
                                     : route(&c, h->api, &x->q);
    keep_response(x, &r);
    /* Before the answer goes out: gives back the read connection. */
    arena_reset(a);
}

static void *worker_main(void *http) {
    Http *h = http;
    Arena *a = arena_new(h->env, WORK_ARENA_MAX);
    Exchange *x;
    while ((x = take_queued(h))) {
        atomic_fetch_add(&h->api->metrics.running, 1);
        answer(h, a, x);
        atomic_fetch_sub(&h->api->metrics.running, 1);
        x->answered = true;
        MHD_resume_connection(x->connection);
    }
    arena_free(a);
    return NULL;
}

Status pool_start(Ctx *c, Http *h, size_t n) {
    h->workers = arena_array(h->arena, pthread_t, n);
    for (; h->n_workers < n; h->n_workers++)
        if (pthread_create(&h->workers[h->n_workers], NULL, worker_main, h) != 0)
            return FAIL(c, ST_BUSY, "", "error.http.threads");
    return ST_OK;
}

void pool_stop(Http *h) {
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_broadcast(&h->filled);
    pthread_mutex_unlock(&h->lock);
    for (size_t i = 0; i < h->n_workers; i++)
        pthread_join(h->workers[i], NULL);
    h->n_workers = 0;
}

void pool_wait_sent(Http *h, int64_t timeout_ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    pthread_mutex_lock(&h->lock);
    while (h->in_use > 0 && pthread_cond_timedwait(&h->emptied, &h->lock, &until) == 0) {
    }
    pthread_mutex_unlock(&h->lock);
}

void pool_free(Http *h) {
    while (h->idle) {
        Exchange *x = h->idle;
        h->idle = x->next;
        exchange_free(x);
    }
}
