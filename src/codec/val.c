/* val.c: building, reading, comparing and copying trees of values. */
#include "codec/val.h"

#include "base/banned.h"

/* A list or map of n elements owns room for val_room(n): that is how a plain {v, n} can grow by
 * doubling without storing its capacity. Whatever this room hands out keeps the rule. */
static size_t val_room(size_t n) {
    if (n == 0) return 0;
    size_t room = 4;
    while (room < n)
        room *= 2;
    return room;
}

Val val_id(Arena *a, Id id) {
    return val_bytes(str_n(arena_copy(a, id.b, sizeof id.b), sizeof id.b));
}

bool val_get_id(Val v, Id *ret_id) {
    if (v.type != VAL_BYTES || v.text.n != sizeof ret_id->b) return false;
    memcpy(ret_id->b, v.text.s, sizeof ret_id->b);
    return true;
}

Val val_list(void) {
    return (Val){ .type = VAL_LIST };
}

Val val_map(void) {
    return (Val){ .type = VAL_MAP };
}

Val val_list_of(Arena *a, size_t n) {
    Val list = val_list();
    if (n > 0) list.list.v = arena_array(a, Val, val_room(n));
    list.list.n = n;
    return list;
}

Val val_map_of(Arena *a, size_t n) {
    Val map = val_map();
    if (n > 0) map.map.v = arena_array(a, ValPair, val_room(n));
    map.map.n = n;
    return map;
}

void val_push(Arena *a, Val *list, Val item) {
    ASSERT(list->type == VAL_LIST);
    size_t n = list->list.n, room = val_room(n);
    if (n == room) {
        list->list.v =
            arena_grow(a, list->list.v, room * sizeof(Val), val_room(n + 1) * sizeof(Val));
    }
    list->list.v[n] = item;
    list->list.n = n + 1;
}

static Val *find(Val map, Str key) {
    for (size_t i = 0; i < map.map.n; i++) {
        if (str_eq(map.map.v[i].key, key)) return &map.map.v[i].value;
    }
    return NULL;
}

void val_set(Arena *a, Val *map, Str key, Val value) {
    ASSERT(map->type == VAL_MAP);
    Val *there = find(*map, key);
    if (there) {
        *there = value;
        return;
    }
    size_t n = map->map.n, room = val_room(n);
    if (n == room) {
        map->map.v =
            arena_grow(a, map->map.v, room * sizeof(ValPair), val_room(n + 1) * sizeof(ValPair));
    }
    map->map.v[n] = (ValPair){ .key = key, .value = value };
    map->map.n = n + 1;
}

void val_set_c(Arena *a, Val *map, const char *key, Val value) {
    val_set(a, map, str_of(key), value);
}

Val val_get_str(Val v, Str key) {
    const Val *there = v.type == VAL_MAP ? find(v, key) : NULL;
    return there ? *there : VAL_ABSENT;
}

Val val_get(Val v, const char *key) {
    return val_get_str(v, str_of(key));
}

Str val_get_text(Val v, const char *key, Str fallback) {
    Val value = val_get(v, key);
    return value.type == VAL_TEXT ? value.text : fallback;
}

int64_t val_get_int(Val v, const char *key, int64_t fallback) {
    Val value = val_get(v, key);
    return value.type == VAL_INT ? value.i : fallback;
}

bool val_get_bool(Val v, const char *key, bool fallback) {
    Val value = val_get(v, key);
    return value.type == VAL_BOOL ? value.b : fallback;
}

static size_t n_children(const Val *v) {
    if (v->type == VAL_LIST) return v->list.n;
    return v->type == VAL_MAP ? v->map.n : 0;
}

/* Everything but the children. */
static bool same_node(const Val *a, const Val *b) {
    if (a->type != b->type) return false;
    switch (a->type) {
    case VAL_BOOL: return a->b == b->b;
    case VAL_INT: return a->i == b->i;
    case VAL_TEXT:
    case VAL_BYTES: return str_eq(a->text, b->text);
    case VAL_LIST:
    case VAL_MAP: return n_children(a) == n_children(b);
    case VAL_NONE:
    case VAL_NULL: break;
    }
    return true;
}

/* Child i of a and its counterpart in b, which for maps usually has the same place. */
static bool pair_up(const Val *a, const Val *b, size_t i, const Val **ret_a, const Val **ret_b) {
    if (a->type == VAL_LIST) {
        *ret_a = &a->list.v[i];
        *ret_b = &b->list.v[i];
        return true;
    }
    Str key = a->map.v[i].key;
    *ret_a = &a->map.v[i].value;
    *ret_b = str_eq(key, b->map.v[i].key) ? &b->map.v[i].value : find(*b, key);
    return *ret_b != NULL;
}

bool val_eq(Val a, Val b) {
    struct {
        const Val *a, *b;
        size_t i;
    } stack[VAL_DEPTH_MAX];
    size_t depth = 0;
    const Val *x = &a, *y = &b;
    for (;;) {
        if (!same_node(x, y)) return false;
        if (n_children(x) > 0) {
            ASSERT(depth < VAL_DEPTH_MAX);
            stack[depth].a = x;
            stack[depth].b = y;
            stack[depth++].i = 0;
        }
        while (depth > 0 && stack[depth - 1].i == n_children(stack[depth - 1].a))
            depth--;
        if (depth == 0) return true;
        size_t i = stack[depth - 1].i++;
        if (!pair_up(stack[depth - 1].a, stack[depth - 1].b, i, &x, &y)) return false;
    }
}

/* The node itself, with text copied and room for its children. */
static Val copy_node(Arena *a, const Val *v) {
    Val copy = *v;
    if (v->type == VAL_LIST) return val_list_of(a, v->list.n);
    if (v->type == VAL_MAP) return val_map_of(a, v->map.n);
    if (v->type == VAL_TEXT || v->type == VAL_BYTES) copy.text = str_copy(a, v->text);
    return copy;
}

Val val_copy(Arena *a, Val v) {
    struct {
        const Val *from;
        Val *to;
        size_t i;
    } stack[VAL_DEPTH_MAX];
    size_t depth = 0;
    Val root;
    const Val *from = &v;
    Val *to = &root;
    for (;;) {
        *to = copy_node(a, from);
        if (n_children(from) > 0) {
            ASSERT(depth < VAL_DEPTH_MAX);
            stack[depth].from = from;
            stack[depth].to = to;
            stack[depth++].i = 0;
        }
        while (depth > 0 && stack[depth - 1].i == n_children(stack[depth - 1].from))
            depth--;
        if (depth == 0) return root;
        const Val *parent = stack[depth - 1].from;
        Val *copy = stack[depth - 1].to;
        size_t i = stack[depth - 1].i++;
        if (parent->type == VAL_LIST) {
            from = &parent->list.v[i];
            to = &copy->list.v[i];
        } else {
            copy->map.v[i].key = str_copy(a, parent->map.v[i].key);
            from = &parent->map.v[i].value;
            to = &copy->map.v[i].value;
        }
    }
}
