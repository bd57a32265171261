/* json_out.c: JSON written straight into a buffer, for documents too large to build as a Val. */
#include "api/api_int.h"

#include "base/banned.h"

JsonOut json_object(Buf *out) {
    buf_byte(out, '{');
    return (JsonOut){ .out = out };
}

void json_object_end(JsonOut *o) {
    buf_byte(o->out, '}');
}

JsonOut json_list(Buf *out) {
    buf_byte(out, '[');
    return (JsonOut){ .out = out };
}

void json_list_end(JsonOut *o) {
    buf_byte(o->out, ']');
}

Buf *json_item(JsonOut *o) {
    if (o->more) buf_byte(o->out, ',');
    o->more = true;
    return o->out;
}

Buf *json_key_str(JsonOut *o, Str key) {
    json_write_text(json_item(o), key);
    buf_byte(o->out, ':');
    return o->out;
}

Buf *json_key(JsonOut *o, const char *key) {
    return json_key_str(o, str_of(key));
}

void json_text(JsonOut *o, const char *key, Str value) {
    json_write_text(json_key(o, key), value);
}

void json_text_c(JsonOut *o, const char *key, const char *value) {
    json_text(o, key, str_of(value));
}

void json_int(JsonOut *o, const char *key, int64_t value) {
    buf_printf(json_key(o, key), "%lld", (long long)value);
}

void json_bool(JsonOut *o, const char *key, bool value) {
    buf_str(json_key(o, key), value ? STR("true") : STR("false"));
}

void json_id(JsonOut *o, const char *key, Id id) {
    char text[ID_TEXT_N];
    id_write(id, text);
    json_text(o, key, str_n(text, ID_TEXT_N));
}
