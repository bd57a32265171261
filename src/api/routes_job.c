/* routes_job.c: long work: how far it is, its result, its end. */
#include "api/api_int.h"

#include "base/banned.h"

enum { PATIENCE_MS = 200 };

static Jobs *jobs_of(const Call *k) {
    return k->api->o.ops->jobs;
}

static Status find_job(Ctx *c, const Call *k, Id *ret_id, JobView *ret) {
    if (!jobs_of(k) || !id_parse(k->params[0], ret_id))
        return FAIL(c, ST_MISSING, "", "error.job.unknown");
    return job_get(c, jobs_of(k), *ret_id, ret);
}

static void show(Ctx *c, Call *k, const JobView *v) {
    const Model *m = store_model(k->api->o.store);
    response_val(c, k->out, 200, job_show(c->arena, m, c->lang, v));
}

Status route_jobs(Ctx *c, Call *k) {
    JobView *v = NULL;
    size_t n = 0;
    const Model *m = store_model(k->api->o.store);
    if (jobs_of(k)) TRY(job_list(c, jobs_of(k), &v, &n));
    Val list = val_list(), out = val_map();
    for (size_t i = 0; i < n; i++)
        val_push(c->arena, &list, job_show(c->arena, m, c->lang, &v[i]));
    val_set_c(c->arena, &out, "jobs", list);
    response_val(c, k->out, 200, out);
    return ST_OK;
}

Status route_job(Ctx *c, Call *k) {
    Id id;
    JobView v = { 0 };
    TRY(find_job(c, k, &id, &v));
    if (k->q->patient && v.state < JOB_DONE) TRY(job_wait_end(c, jobs_of(k), id, PATIENCE_MS, &v));
    show(c, k, &v);
    return ST_OK;
}

/* Whoever serves this asks for the job again and again: see Response.events_path. */
Status route_job_events(Ctx *c, Call *k) {
    TRY(route_job(c, k));
    k->out->events_path = str_slice(k->q->path, 0, k->q->path.n - STR("/events").n);
    return ST_OK;
}

Status route_job_cancel(Ctx *c, Call *k) {
    Id id;
    JobView v;
    TRY(find_job(c, k, &id, &v));
    TRY(job_cancel(c, jobs_of(k), id));
    TRY(job_get(c, jobs_of(k), id, &v));
    show(c, k, &v);
    return ST_OK;
}
