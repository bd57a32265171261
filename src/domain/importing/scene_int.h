/* scene_int.h: the scene of this room's tests: lists as texts, brought in by an administrator. */
#ifndef DOMAIN_IMPORTING_SCENE_INT_H
#define DOMAIN_IMPORTING_SCENE_INT_H

#include "domain/admin/scene.h"
#include "domain/importing/importing_int.h"

static Scene *s;

static inline int setup(void **state) {
    static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                         &importing_room };
    static const SceneOptions o = {
        .name = "importing",
        .rooms = rooms,
        .n_rooms = sizeof rooms / sizeof rooms[0],
        .first = { .calendar = STR_INIT("solar"), .utc_offset_minutes = 270 },
    };
    (void)state;
    s = scene_make(&o);
    return 0;
}

static inline int teardown(void **state) {
    (void)state;
    scene_drop(s);
    return 0;
}

/* ---- calling -------------------------------------------------------------------------------------- */

static inline Status try_val(const char *op, Val input) {
    OpRequest q = { .op = str_of(op), .client_time = TIME_NONE, .input = input };
    scene_request(s, "salma");
    return op_call(&s->call, s->store, &s->table, &q, &s->reply);
}

/* Quotes ' in the format stand for ". */
#define json_of(...) scene_json(s, scene_text(s, __VA_ARGS__))

#define refused(op, status, key, input)                                                            \
    do {                                                                                           \
        assert_int_equal(try_val((op), (input)), (status));                                        \
        assert_string_equal(scene_error(s), (key));                                                \
    } while (0)

static inline Val call_val(const char *op, Val input) {
    scene_ok(s, &s->call, try_val(op, input));
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

static inline Status scene_begin_only(Ctx *c, Tx *tx, void *arg) {
    Id batch = *(Id *)arg;
    Head h;
    (void)tx;
    TRY(head_read(c, batch, &h));
    h.begun = true;
    return head_put(c, batch, &h);
}

/* As a power cut leaves a batch whose approval has begun. */
static inline Id begin_approval(Val staged) {
    Id batch;
    assert_true(id_parse(str_of(batch_of(staged)), &batch));
    scene_ok(s, &s->c, store_write(s->store, &s->c, scene_begin_only, &batch));
    return batch;
}

/* ---- looking ---------------------------------------------------------------------------------------- */

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
