/* json.c: JSON in through jansson, out through our own emitter. */
#include "codec/json.h"

#include <jansson.h>
#include <limits.h>

#include "base/banned.h"

/* --- reading ---------------------------------------------------------------------------------- */

/* What can be told without a parser, and is told before jansson gets to allocate. Offsets are
 * SIZE_MAX where there is no such place. */
typedef struct Scan {
    size_t too_deep_at, too_many_at;
    size_t real_at; /* '.' or exponent of the first number that has one */
} Scan;

static size_t skip_string(Str bytes, size_t i) {
    while (i < bytes.n && bytes.s[i] != '"')
        i += bytes.s[i] == '\\' ? 2 : 1;
    return i;
}

static Scan scan(Str bytes) {
    Scan s = { SIZE_MAX, SIZE_MAX, SIZE_MAX };
    size_t depth = 0, values = 1;
    for (size_t i = 0; i < bytes.n; i++) {
        switch (bytes.s[i]) {
        case '"': i = skip_string(bytes, i + 1); break;
        case '[':
        case '{':
            if (++depth > JSON_DEPTH_MAX && s.too_deep_at == SIZE_MAX) s.too_deep_at = i;
            values++;
            break;
        case ']':
        case '}': depth -= depth > 0; break;
        case ',': values++; break;
        case '.':
        case 'e': /* after a digit, unlike that of "true" */
        case 'E':
            if (s.real_at == SIZE_MAX && i > 0 && bytes.s[i - 1] >= '0' && bytes.s[i - 1] <= '9')
                s.real_at = i;
            break;
        default: break;
        }
        if (values > JSON_VALUES_MAX && s.too_many_at == SIZE_MAX) s.too_many_at = i;
    }
    return s;
}

static Status fail_at(Ctx *c, Status status, const char *key, size_t line, size_t column,
                      const char *what) {
    return FAIL(c, status, "", key, "line", str_printf(c->arena, "%zu", line), "column",
                str_printf(c->arena, "%zu", column), "flaw", str_of(what));
}

/* Lines and columns count from 1; columns are code points. */
static Status fail_at_offset(Ctx *c, Status status, const char *key, Str bytes, size_t offset,
                             const char *what) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        if (bytes.s[i] == '\n') {
            line++;
            column = 1;
        } else if (((uint8_t)bytes.s[i] & 0xc0) != 0x80) {
            column++;
        }
    }
    return fail_at(c, status, key, line, column, what);
}

/* jansson's own texts quote the input, which may be personal: ours are fixed words. */
static const char *what_of(const json_error_t *error) {
    switch (json_error_code(error)) {
    case json_error_invalid_utf8: return "utf8";
    case json_error_premature_end_of_input: return "end_of_input";
    case json_error_end_of_input_expected: return "more_after_value";
    case json_error_duplicate_key: return "duplicate_key";
    case json_error_numeric_overflow: return "integer_range";
    case json_error_null_character:
    case json_error_null_byte_in_key: return "nul";
    default: return "syntax";
    }
}

static Status fail_of(Ctx *c, Str bytes, const Scan *s, const json_error_t *error) {
    enum json_error_code code = json_error_code(error);
    if (code == json_error_out_of_memory) return FAIL(c, ST_MEMORY, "", "error.memory");
    /* 1e999 overflows in jansson before we see that it is real. */
    if (code == json_error_numeric_overflow && s->real_at < (size_t)error->position)
        return fail_at_offset(c, ST_USAGE, "error.json.real", bytes, s->real_at, "real");
    size_t line = error->line > 0 ? (size_t)error->line : 1;
    size_t column = error->column > 0 ? (size_t)error->column : 1;
    return fail_at(c, ST_USAGE, "error.json.syntax", line, column, what_of(error));
}

typedef struct Tree {
    json_t *root;
} Tree;

/* A clean-up of the arena, as building the Val may leave by longjmp. */
static void drop_tree(void *arg) {
    Tree *tree = arg;
    json_decref(tree->root);
    tree->root = NULL;
}

static Val convert_node(Arena *a, json_t *j) {
    switch (json_typeof(j)) {
    case JSON_OBJECT: return val_map_of(a, json_object_size(j));
    case JSON_ARRAY: return val_list_of(a, json_array_size(j));
    case JSON_STRING:
        return val_text(str_copy(a, str_n(json_string_value(j), json_string_length(j))));
    case JSON_INTEGER: return val_int(json_integer_value(j));
    case JSON_TRUE: return val_bool(true);
    case JSON_FALSE: return val_bool(false);
    case JSON_REAL: /* the scan has found it: not reached */
    case JSON_NULL: break;
    }
    return val_null();
}

static Val convert(Arena *a, json_t *root) {
    struct {
        json_t *from;
        void *next; /* iterator of an object */
        Val *to;
        size_t i;
    } stack[JSON_DEPTH_MAX], *top;
    size_t depth = 0;
    Val result, *to = &result;
    json_t *from = root;
    for (;;) {
        *to = convert_node(a, from);
        if (to->type == VAL_LIST || to->type == VAL_MAP) {
            ASSERT(depth < JSON_DEPTH_MAX);
            top = &stack[depth++];
            top->from = from;
            top->to = to;
            top->i = 0;
            top->next = to->type == VAL_MAP ? json_object_iter(from) : NULL;
        }
        while (depth > 0) {
            top = &stack[depth - 1];
            if (top->i < (top->to->type == VAL_LIST ? top->to->list.n : top->to->map.n)) break;
            depth--;
        }
        if (depth == 0) return result;
        if (top->to->type == VAL_LIST) {
            from = json_array_get(top->from, top->i);
            to = &top->to->list.v[top->i++];
        } else {
            ValPair *pair = &top->to->map.v[top->i++];
            pair->key = str_copy(
                a, str_n(json_object_iter_key(top->next), json_object_iter_key_len(top->next)));
            from = json_object_iter_value(top->next);
            to = &pair->value;
            top->next = json_object_iter_next(top->from, top->next);
        }
    }
}

Status json_parse(Ctx *c, Str bytes, size_t limit_bytes, Val *ret_value) {
    if (bytes.n > limit_bytes || bytes.n > INT_MAX)
        return FAIL(c, ST_LIMIT, "", "error.json.too_large", "flaw", STR("bytes"));
    Scan s = scan(bytes);
    if (s.too_deep_at != SIZE_MAX)
        return fail_at_offset(c, ST_LIMIT, "error.json.too_large", bytes, s.too_deep_at, "depth");
    if (s.too_many_at != SIZE_MAX)
        return fail_at_offset(c, ST_LIMIT, "error.json.too_large", bytes, s.too_many_at, "values");
    /* jansson 2.14 takes a NUL between tokens for the end of the input. */
    ptrdiff_t nul_at = str_find_byte(bytes, 0);
    if (nul_at >= 0)
        return fail_at_offset(c, ST_USAGE, "error.json.syntax", bytes, (size_t)nul_at, "nul");

    Tree *tree = arena_new_of(c->arena, Tree);
    arena_defer(c->arena, drop_tree, tree);
    json_error_t error = { 0 };
    tree->root = json_loadb(bytes.s ? bytes.s : "", bytes.n,
                            JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!tree->root) return fail_of(c, bytes, &s, &error);
    if (s.real_at != SIZE_MAX) {
        drop_tree(tree);
        return fail_at_offset(c, ST_USAGE, "error.json.real", bytes, s.real_at, "real");
    }
    *ret_value = convert(c->arena, tree->root);
    drop_tree(tree);
    return ST_OK;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* '<' so that JSON can stand inside HTML, U+2028 and U+2029 because they end a line of JavaScript
 * before ES2019. */
static inline bool plain(Str text, size_t i) {
    uint8_t c = (uint8_t)text.s[i];
    if (c == 0xe2) {
        return text.n - i < 3 || (uint8_t)text.s[i + 1] != 0x80 ||
               ((uint8_t)text.s[i + 2] != 0xa8 && (uint8_t)text.s[i + 2] != 0xa9);
    }
    return c >= 0x20 && c != '"' && c != '\\' && c != '<';
}

/* Writes the escape of what stands at i; returns how many bytes of the text that was. */
static size_t put_escape(Buf *out, Str text, size_t i) {
    static const char hex[] = "0123456789abcdef";
    uint8_t c = (uint8_t)text.s[i];
    switch (c) {
    case '"': buf_str(out, STR("\\\"")); return 1;
    case '\\': buf_str(out, STR("\\\\")); return 1;
    case '\b': buf_str(out, STR("\\b")); return 1;
    case '\f': buf_str(out, STR("\\f")); return 1;
    case '\n': buf_str(out, STR("\\n")); return 1;
    case '\r': buf_str(out, STR("\\r")); return 1;
    case '\t': buf_str(out, STR("\\t")); return 1;
    case 0xe2:
        buf_str(out, (uint8_t)text.s[i + 2] == 0xa8 ? STR("\\u2028") : STR("\\u2029"));
        return 3;
    default: break;
    }
    char escape[] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };
    buf_put(out, escape, sizeof escape);
    return 1;
}

void json_write_text(Buf *out, Str text) {
    buf_byte(out, '"');
    size_t from = 0, i = 0;
    while (i < text.n) {
        if (plain(text, i)) {
            i++;
            continue;
        }
        buf_put(out, text.s + from, i - from);
        i += put_escape(out, text, i);
        from = i;
    }
    if (text.n > from) buf_put(out, text.s + from, text.n - from);
    buf_byte(out, '"');
}

/* RFC 4648 §5, without padding. */
static void put_base64url(Buf *out, Str bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint8_t *p = (const uint8_t *)bytes.s;
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t v = (uint32_t)p[i] << 16;
        if (n > 1) v |= (uint32_t)p[i + 1] << 8;
        if (n > 2) v |= p[i + 2];
        char four[] = { digits[v >> 18], digits[v >> 12 & 63], digits[v >> 6 & 63],
                        digits[v & 63] };
        buf_put(out, four, n + 1);
    }
}

static void put_bytes(Buf *out, Str bytes) {
    buf_byte(out, '"');
    Id id;
    if (val_get_id(val_bytes(bytes), &id)) {
        char text[ID_TEXT_N];
        id_write(id, text);
        buf_put(out, text, sizeof text);
    } else {
        put_base64url(out, bytes);
    }
    buf_byte(out, '"');
}

static void put_leaf(Buf *out, const Val *v) {
    switch (v->type) {
    case VAL_BOOL: buf_str(out, v->b ? STR("true") : STR("false")); break;
    case VAL_INT: buf_printf(out, "%lld", (long long)v->i); break;
    case VAL_TEXT: json_write_text(out, v->text); break;
    case VAL_BYTES: put_bytes(out, v->text); break;
    default: buf_str(out, STR("null")); break;
    }
}

static void put_line(Buf *out, bool pretty, size_t depth) {
    if (!pretty) return;
    buf_byte(out, '\n');
    for (size_t i = 0; i < depth; i++)
        buf_put(out, "  ", 2);
}

typedef struct Parent {
    const Val *v;
    size_t i;
    bool empty; /* nothing written yet: pairs with an absent value are left out */
} Parent;

/* The parent's next child, after its comma, indent and key; NULL when there is none left. */
static const Val *next_child(Buf *out, Parent *parent, bool pretty, size_t depth) {
    const Val *v = parent->v, *child = NULL;
    Str key = STR_NONE;
    if (v->type == VAL_LIST) {
        if (parent->i < v->list.n) child = &v->list.v[parent->i++];
    } else {
        while (!child && parent->i < v->map.n) {
            const ValPair *pair = &v->map.v[parent->i++];
            if (val_is_absent(pair->value)) continue;
            child = &pair->value;
            key = pair->key;
        }
    }
    if (!child) return NULL;
    if (!parent->empty) buf_byte(out, ',');
    parent->empty = false;
    put_line(out, pretty, depth);
    if (v->type == VAL_MAP) {
        json_write_text(out, key);
        buf_byte(out, ':');
        if (pretty) buf_byte(out, ' ');
    }
    return child;
}

static void write_val(Buf *out, const Val *root, bool pretty) {
    Parent stack[VAL_DEPTH_MAX];
    size_t depth = 0;
    const Val *at = root;
    while (!buf_full(out)) {
        if (at->type == VAL_LIST || at->type == VAL_MAP) {
            ASSERT(depth < VAL_DEPTH_MAX);
            stack[depth++] = (Parent){ .v = at, .empty = true };
            buf_byte(out, at->type == VAL_LIST ? '[' : '{');
        } else {
            put_leaf(out, at);
        }
        at = NULL;
        while (depth > 0 && !(at = next_child(out, &stack[depth - 1], pretty, depth))) {
            depth--;
            if (!stack[depth].empty) put_line(out, pretty, depth);
            buf_byte(out, stack[depth].v->type == VAL_LIST ? ']' : '}');
        }
        if (!at) return;
    }
}

void json_write(Buf *out, Val v) {
    write_val(out, &v, false);
}

void json_write_pretty(Buf *out, Val v) {
    write_val(out, &v, true);
    buf_byte(out, '\n');
}
