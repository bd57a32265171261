/* node.c: a folder opened in this process: store, access, jobs, api; and their closing in turn. */
#include "app/client.h"

#include "api/system.h"

#include <unistd.h>

#include "base/banned.h"

static Str host_name(Arena *a) {
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0) return STR("");
    return str_copy(a, str_of(name));
}

static Str local_text(Ctx *c, const char *key) {
    Str bytes;
    Time when;
    size_t noted = c->errs.n;
    bool there = local_get(c, STR(SYSTEM_SPACE), str_of(key), &bytes, &when) == ST_OK;
    c->errs.n = noted;
    return there ? bytes : STR("clean");
}

/* What a WriteFn reads is what stands: the word that the run before left. */
static Status note_start(Ctx *c, Tx *tx, void *arg) {
    (void)tx;
    (void)arg;
    Str last = local_text(c, SYSTEM_THIS_RUN), now = time_to_iso(c->arena, env_now(c->env));
    if (!str_is(last, "clean")) TRY(local_put(c, STR(SYSTEM_SPACE), STR(SYSTEM_CRASHED), last));
    return local_put(c, STR(SYSTEM_SPACE), STR(SYSTEM_THIS_RUN), now);
}

static Status note_stop(Ctx *c, Tx *tx, void *arg) {
    (void)tx;
    (void)arg;
    return local_put(c, STR(SYSTEM_SPACE), STR(SYSTEM_THIS_RUN), STR("clean"));
}

const char *unfinished_mark(Arena *a, const char *dir) {
    return str_c(a, str_printf(a, "%s/unfinished", dir));
}

Status node_open(Ctx *c, const Config *config, const NodeOptions *o, Node *node) {
    StoreOptions so = { .dir = o->dir,
                        .model = app_model(),
                        .bulk = o->bulk,
                        .n_readers = o->readers ? o->readers : (size_t)config->readers };
    AccessOptions ao = { .password_quick = o->quick_passwords };
    *node = (Node){ .ops = app_ops() };
    TRY(store_is_there(c, o->dir));
    if (!o->bulk && env_file_exists(unfinished_mark(c->arena, o->dir)))
        return FAIL(c, ST_CORRUPT, "", "error.demo.interrupted", "dir", str_of(o->dir));
    TRY(store_open(c, &so, &node->store));
    TRY(access_open(c, node->store, &ao, &node->access));
    node->ops.access = node->access;
    op_table_check(&node->ops, store_model(node->store));
    TRY(jobs_open(c, node->store, &node->ops, &node->ops.jobs));
    TRY(store_write(node->store, c, note_start, NULL));
    ApiOptions api = { .store = node->store,
                       .access = node->access,
                       .ops = &node->ops,
                       .version = STR(PANAH_VERSION),
                       .node_name = config->node.n ? config->node : host_name(c->arena),
                       .operation_name = config->operation };
    return api_open(c, &api, &node->api);
}

void node_close(Node *node) {
    if (node->api) {
        Arena *a = arena_new(store_env(node->store), 16 << 20);
        Ctx c = ctx_new(store_env(node->store), a);
        c.now = env_now(c.env);
        if (store_write(node->store, &c, note_stop, NULL) != ST_OK)
            log_warn(c.env, "stop_not_noted", NULL);
        arena_free(a);
    }
    if (node->ops.jobs) jobs_close(node->ops.jobs);
    api_close(node->api);
    if (node->access) access_close(node->access);
    if (node->store) store_close(node->store);
    *node = (Node){ 0 };
}
