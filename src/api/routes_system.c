/* routes_system.c: the node itself: checks that take long, and its state. */
#include "api/api_int.h"
#include "api/system.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/banned.h"

static const Field verify_fields[] = {
    { "all_seals", .type = FT_BOOL, .doc = "Every signature, not only the newest of each stream" },
};
const Shape verify_shape = { .name = "verify", FIELDS(verify_fields) };
static const Field rebuild_fields[] = {
    { "check_only", .type = FT_BOOL, .doc = "Compare with the present tables, change nothing" },
};
const Shape rebuild_shape = { .name = "rebuild", FIELDS(rebuild_fields) };

/* One at a time: each reads the whole ledger. */
static Status slow_begin(Ctx *c, Api *api) {
    if (pthread_mutex_trylock(&api->slow_lock) == 0) return ST_OK;
    return FAIL(c, ST_BUSY, "", "error.http.check_runs");
}

Status route_verify(Ctx *c, Call *k) {
    Val input;
    VerifyReport r = { 0 };
    TRY(call_input(c, k, &verify_shape, &input));
    TRY(slow_begin(c, k->api));
    Status st = store_verify(c, k->api->o.store, val_get_bool(input, "all_seals", false), &r);
    pthread_mutex_unlock(&k->api->slow_lock);
    TRY(st);
    size_t noted = c->errs.n;
    if (r.faults == 0 && local_delete(c, STR(SYSTEM_SPACE), STR(SYSTEM_CRASHED)) != ST_OK)
        c->errs.n = noted; /* the note stays; what was found is what was asked for */
    Buf out = buf_new(c->arena, 64 << 10);
    JsonOut o = json_object(&out);
    json_int(&o, "streams", r.streams);
    json_int(&o, "commits", r.commits);
    json_int(&o, "parts", r.parts);
    json_int(&o, "erased", r.erased);
    json_int(&o, "seals", r.seals);
    json_int(&o, "faults", r.faults);
    if (r.faults) json_text(&o, "first_fault", r.first_fault);
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

Status route_rebuild(Ctx *c, Call *k) {
    Val input;
    RebuildReport r = { 0 };
    TRY(call_input(c, k, &rebuild_shape, &input));
    TRY(slow_begin(c, k->api));
    Status st = store_rebuild(c, k->api->o.store, val_get_bool(input, "check_only", false), &r);
    pthread_mutex_unlock(&k->api->slow_lock);
    TRY(st);
    Buf out = buf_new(c->arena, 64 << 10);
    JsonOut o = json_object(&out);
    json_int(&o, "commits", r.commits);
    json_int(&o, "parts", r.parts);
    json_int(&o, "rows", r.rows);
    json_int(&o, "differences", r.differences);
    json_int(&o, "locked", r.locked);
    json_int(&o, "quarantined", r.quarantined);
    json_int(&o, "ms", r.us / TIME_MS);
    json_int(&o, "compare_ms", r.compare_us / TIME_MS);
    if (r.differences) json_text(&o, "first_difference", r.first_difference);
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

/* ---- state ----------------------------------------------------------------------------------------- */

static Str local_text(Ctx *c, const char *key) {
    Str bytes;
    Time when;
    size_t noted = c->errs.n;
    bool there = local_get(c, STR(SYSTEM_SPACE), str_of(key), &bytes, &when) == ST_OK;
    c->errs.n = noted;
    return there ? bytes : STR_NONE;
}

int64_t system_file_bytes(Ctx *c, Api *api, const char *name) {
    struct stat st;
    Str path = str_printf(c->arena, "%s/%s", store_dir(api->o.store), name);
    return stat(str_c(c->arena, path), &st) == 0 ? (int64_t)st.st_size : 0;
}

int64_t system_disk_free(Api *api) {
    struct statvfs vfs;
    if (statvfs(store_dir(api->o.store), &vfs) != 0) return -1;
    return (int64_t)vfs.f_bavail * (int64_t)vfs.f_frsize;
}

Status route_system(Ctx *c, Call *k) {
    Api *api = k->api;
    TRY(call_read(c, k));
    Str printed = local_text(c, SYSTEM_RECOVERY_PRINTED), crashed = local_text(c, SYSTEM_CRASHED);
    Buf out = buf_new(c->arena, 64 << 10);
    JsonOut o = json_object(&out);
    json_text(&o, "version", api->o.version);
    json_text_c(&o, "sqlite", sqlite3_libversion());
    json_id(&o, "node", store_node(api->o.store));
    json_id(&o, "operation", store_operation(api->o.store));
    json_text(&o, "node_name", api->o.node_name);
    json_text(&o, "operation_name", api->o.operation_name);
    json_text(&o, "started", time_to_iso(c->arena, api->started));
    json_text(&o, "now", time_to_iso(c->arena, c->now));
    if (printed.s) json_text(&o, "recovery_printed", printed);
    if (crashed.s) json_text(&o, "crashed", crashed);
    json_int(&o, "ledger_bytes", system_file_bytes(c, api, "panah.db"));
    json_int(&o, "log_bytes", system_file_bytes(c, api, "panah.db-wal"));
    json_int(&o, "disk_free_bytes", system_disk_free(api));
    json_int(&o, "sessions", (int64_t)session_count(api->o.access));
    json_int(&o, "audit_waiting", (int64_t)audit_waiting(api->o.access));
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

Status route_recovery_printed(Ctx *c, Call *k) {
    Str now = time_to_iso(c->arena, c->now);
    TRY(local_put(c, STR(SYSTEM_SPACE), STR(SYSTEM_RECOVERY_PRINTED), now));
    return route_system(c, k);
}
