/* scene_int.h: an office for the tests of this room: an administrator who may do everything, lists as
 * texts, operations called with JSON. */
#ifndef DOMAIN_IMPORTING_SCENE_INT_H
#define DOMAIN_IMPORTING_SCENE_INT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/json.h"
#include "domain/admin/admin.h"
#include "domain/importing/importing_int.h"
#include "model/codes.h"
#include "model/messages.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Monday 2026-11-23, noon UTC. */
#define SCENE_START ((Time)1795435200 * TIME_SECOND)
enum { SCENE_OPS = 140, SCENE_KINDS = 40, SCENE_LABELS = 20, SCENE_TEXT = 1 << 16 };

typedef struct Scene {
    Env env;
    Arena *arena;
    Ctx c;
    char dir[64];
    const Kind *kinds[SCENE_KINDS];
    LabelSource labels[SCENE_LABELS];
    ModelSource model;
    StoreOptions options;
    Store *store;
    Access *access;
    const Op *ops[SCENE_OPS];
    OpTable table;
    FirstIds first;
    Ctx call; /* of the last call */
    OpReply reply;
} Scene;

static Scene *s;

#define scene_ok(c, expression)                                                                    \
    do {                                                                                           \
        if ((expression) != ST_OK) {                                                               \
            for (size_t i_ = 0; i_ < (c)->errs.n; i_++)                                            \
                print_message("# %.*s: %.*s (%.*s)\n", STR_ARG((c)->errs.v[i_].path),              \
                              STR_ARG((c)->errs.v[i_].key), STR_ARG((c)->errs.v[i_].cause));       \
            fail_msg("%s", #expression);                                                           \
        }                                                                                          \
    } while (0)

static inline Status scene_first(Ctx *c, Tx *tx, void *arg) {
    (void)arg;
    FirstRecords in = {
        .office_code = STR("KBL"),
        .office_name = STR("Kabul"),
        .country = STR("AFG"),
        .calendar = STR("solar"),
        .dial_code = STR("93"),
        .utc_offset_minutes = 270,
        .login = STR("salma"),
        .name = STR("Salma Durrani"),
        .keep_password = true,
    };
    TRY(access_password_hash(c, s->access, STR("a long password here"), &in.password_phc));
    return admin_first_records(c, tx, &in, &s->first);
}

static inline void scene_gather(void) {
    static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                         &importing_room };
    size_t n = 0;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        for (size_t k = 0; k < rooms[i]->n_kinds; k++)
            s->kinds[s->model.n_kinds++] = rooms[i]->kinds[k];
        for (size_t k = 0; k < rooms[i]->n_ops; k++)
            s->ops[s->table.n++] = &rooms[i]->ops[k];
    }
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        s->labels[n++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        s->labels[n++] = builtin_messages[i];
    ASSERT(s->table.n <= SCENE_OPS && s->model.n_kinds <= SCENE_KINDS && n <= SCENE_LABELS);
    s->model.kinds = s->kinds;
    s->model.lists = builtin_code_lists;
    s->model.n_lists = builtin_code_lists_n;
    s->model.labels = s->labels;
    s->model.n_labels = n;
    s->table.ops = s->ops;
    s->table.rooms = rooms;
    s->table.n_rooms = sizeof rooms / sizeof rooms[0];
}

static inline int setup(void **state) {
    static Scene scene;
    AccessOptions o = { .password_quick = true };
    Str recovery;
    (void)state;
    s = &scene;
    memset(s, 0, sizeof *s);
    crypt_start();
    env_test_init(&s->env, 11, SCENE_START);
    s->arena = arena_new(&s->env, (size_t)2 << 30);
    s->c = ctx_new(&s->env, s->arena);
    actor_enter(&s->c, actor_system());
    scene_gather();
    memcpy(s->dir, "/tmp/panah-importing-XXXXXX", 28);
    assert_non_null(mkdtemp(s->dir));
    s->options = (StoreOptions){ .dir = s->dir, .model = &s->model, .password_quick = true };
    scene_ok(&s->c, store_init(&s->c, &s->options, STR("Kabul"), &recovery));
    scene_ok(&s->c, store_open(&s->c, &s->options, &s->store));
    s->c.store = s->store;
    scene_ok(&s->c, access_open(&s->c, s->store, &o, &s->access));
    s->table.access = s->access;
    op_table_check(&s->table, store_model(s->store));
    scene_ok(&s->c, store_write(s->store, &s->c, scene_first, NULL));
    return 0;
}

static inline int scene_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static inline int teardown(void **state) {
    (void)state;
    arena_free(s->arena);
    access_close(s->access);
    store_close(s->store);
    (void)nftw(s->dir, scene_unlink, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}

/* ---- calling -------------------------------------------------------------------------------------- */

static inline Status try_val(const char *op, Val input) {
    const Actor *a;
    s->call = ctx_new(&s->env, s->arena);
    s->call.store = s->store;
    scene_ok(&s->call, access_actor_of_login(&s->call, s->access, STR("salma"), STR(""), &a));
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE, .input = input };
    return op_call(&s->call, s->store, &s->table, &q, &s->reply);
}

/* printf; quotes ' in the format stand for ". */
static inline Val json_of(const char *format, ...) PRINTF_LIKE(1, 2);
static inline Val json_of(const char *format, ...) {
    va_list args;
    Val v;
    va_start(args, format);
    char *text = arena_alloc(s->arena, SCENE_TEXT);
    int n = vsnprintf(text, SCENE_TEXT, format, args);
    va_end(args);
    assert_in_range(n, 0, SCENE_TEXT - 1);
    for (char *p = text; *p; p++)
        if (*p == '\'') *p = '"';
    scene_ok(&s->c, json_parse(&s->c, str_of(text), 1 << 20, &v));
    return v;
}

static inline const char *error_key(void) {
    return s->call.errs.n ? str_c(s->arena, s->call.errs.v[0].key) : "";
}

#define refused(op, status, key, input)                                                            \
    do {                                                                                           \
        assert_int_equal(try_val((op), (input)), (status));                                        \
        assert_string_equal(error_key(), (key));                                                   \
    } while (0)

static inline Val call_val(const char *op, Val input) {
    scene_ok(&s->call, try_val(op, input));
    return s->reply.result;
}

static inline Str scene_base64(Str bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(s->arena, (bytes.n + 2) / 3 * 4 + 1), *p = out;
    for (size_t i = 0; i < bytes.n; i += 3) {
        uint32_t three = (uint32_t)(uint8_t)bytes.s[i] << 16;
        if (i + 1 < bytes.n) three |= (uint32_t)(uint8_t)bytes.s[i + 1] << 8;
        if (i + 2 < bytes.n) three |= (uint8_t)bytes.s[i + 2];
        *p++ = digits[three >> 18];
        *p++ = digits[three >> 12 & 63];
        *p++ = i + 1 < bytes.n ? digits[three >> 6 & 63] : '=';
        *p++ = i + 2 < bytes.n ? digits[three & 63] : '=';
    }
    return str_n(out, (size_t)(p - out));
}

/* more: further members of the input, such as "'dry_run': true"; may be "". */
static inline Val stage_input(Str list, const char *more) {
    Val v = json_of("{'file_name': 'list.csv'%s%s}", more[0] ? ", " : "", more);
    val_set_c(s->arena, &v, "text", val_text(scene_base64(list)));
    return v;
}

static inline Val stage(const char *list, const char *more) {
    return call_val("import.stage", stage_input(str_of(list), more));
}

static inline const char *batch_of(Val staged) {
    return str_c(s->arena, val_get_text(staged, "batch", STR("")));
}

static inline Val approve(Val staged) {
    return call_val("import.approve", json_of("{'batch': '%s'}", batch_of(staged)));
}

/* ---- looking ---------------------------------------------------------------------------------------- */

/* "rows.0.name" */
static inline Val at(Val v, const char *path) {
    Str rest = str_of(path);
    while (rest.s && rest.n) {
        Str step = str_cut(&rest, '.');
        uint64_t i;
        if (v.type == VAL_LIST)
            v = num_parse_u64(step, &i) && i < v.list.n ? v.list.v[i] : VAL_ABSENT;
        else
            v = val_get_str(v, step);
    }
    return v;
}

static inline const char *text_at(Val v, const char *path) {
    Val found = at(v, path);
    return found.type == VAL_TEXT ? str_c(s->arena, found.text) : "";
}

static inline int64_t int_at(Val v, const char *path) {
    Val found = at(v, path);
    return found.type == VAL_INT ? found.i : -1;
}

/* The finding of a row with a key; absent: there is none. */
static inline Val finding(Val staged, int64_t row, const char *key) {
    Val list = at(staged, "errors");
    for (size_t i = 0; list.type == VAL_LIST && i < list.list.n; i++)
        if (val_get_int(list.list.v[i], "row", 0) == row &&
            str_is(val_get_text(list.list.v[i], "key", STR("")), key))
            return list.list.v[i];
    return VAL_ABSENT;
}

static inline bool has_finding(Val staged, int64_t row, const char *key) {
    return !val_is_absent(finding(staged, row, key));
}

static inline Val file_of(const char *person) {
    return call_val("person.file", json_of("{'id': '%s'}", person));
}

static inline Val search(const char *q) {
    return call_val("person.search", json_of("{'q': '%s'}", q));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
