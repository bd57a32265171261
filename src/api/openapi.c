/* openapi.c: OpenAPI 3.1 of everything that the router knows: its table, the operations, their
 * shapes. Nobody writes it by hand, so it cannot be behind. */
#include "api/api_int.h"

#include "base/banned.h"

/* Schemas of answers that are not shapes of operations. */
static const struct {
    const char *name, *json;
} fixed_schemas[] = {
    { "Session",
      "{\"type\":\"object\",\"required\":[\"user\",\"language\",\"permissions\","
      "\"must_change_password\",\"locked\",\"csrf\",\"server_time\",\"today\"],\"properties\":{"
      "\"user\":{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\",\"format\":"
      "\"uuid\"},\"login\":{\"type\":\"string\"},\"name\":{\"type\":\"string\"}}},"
      "\"office\":{\"type\":[\"object\",\"null\"]},\"language\":{\"type\":\"string\"},"
      "\"permissions\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
      "\"must_change_password\":{\"type\":\"boolean\"},\"locked\":{\"type\":\"boolean\"},"
      "\"csrf\":{\"type\":\"string\"},\"server_time\":{\"type\":\"string\",\"format\":"
      "\"date-time\"},\"node\":{\"type\":\"string\"},\"operation\":{\"type\":\"string\"},"
      "\"today\":{\"type\":\"string\",\"format\":\"date\"}}}" },
    { "Record",
      "{\"type\":\"object\",\"required\":[\"kind\",\"id\",\"fields\"],\"properties\":{"
      "\"kind\":{\"type\":\"string\"},\"id\":{\"type\":\"string\",\"format\":\"uuid\"},"
      "\"version\":{\"type\":\"string\",\"description\":\"What was read, to be given back as base"
      " of a change\"},\"void\":{\"type\":\"string\"},\"conflict\":{\"type\":\"boolean\"},"
      "\"fields\":{\"type\":\"object\"},\"labels\":{\"type\":\"object\"}}}" },
    { "Page",
      "{\"type\":\"object\",\"required\":[\"rows\",\"searched\",\"total\"],\"properties\":{"
      "\"rows\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Record\"}},"
      "\"next\":{\"type\":[\"string\",\"null\"],\"description\":\"Cursor of the next page\"},"
      "\"searched\":{\"type\":\"integer\"},\"total\":{\"type\":\"integer\"},"
      "\"count\":{\"type\":\"integer\"},\"count_is_least\":{\"type\":\"boolean\"}}}" },
    { "Problem",
      "{\"type\":\"object\",\"description\":\"RFC 9457\",\"required\":[\"type\",\"title\","
      "\"status\",\"code\",\"reference\",\"errors\"],\"properties\":{\"type\":{\"type\":"
      "\"string\"},\"title\":{\"type\":\"string\"},\"status\":{\"type\":\"integer\"},"
      "\"code\":{\"type\":\"string\"},\"reference\":{\"type\":\"string\"},"
      "\"retry_after_s\":{\"type\":\"integer\"},\"errors\":{\"type\":\"array\",\"items\":{"
      "\"type\":\"object\",\"required\":[\"path\",\"key\",\"message\"],\"properties\":{"
      "\"path\":{\"type\":\"string\"},\"key\":{\"type\":\"string\"},\"message\":{\"type\":"
      "\"string\"},\"args\":{\"type\":\"object\"}}}}}}" },
    { "Job",
      "{\"type\":\"object\",\"required\":[\"id\",\"op\",\"state\",\"done\",\"total\"],"
      "\"properties\":{\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"op\":{\"type\":"
      "\"string\"},\"state\":{\"enum\":[\"queued\",\"running\",\"done\",\"failed\",\"cancelled\"]},"
      "\"done\":{\"type\":\"integer\"},\"total\":{\"type\":\"integer\"},\"phase\":{\"type\":"
      "[\"string\",\"null\"]},\"result\":{},\"problem\":{}}}" },
    { "Jobs",
      "{\"type\":\"object\",\"properties\":{\"jobs\":{\"type\":\"array\",\"items\":{\"$ref\":"
      "\"#/components/schemas/Job\"}}}}" },
    { "Blob",
      "{\"type\":\"object\",\"required\":[\"blob\"],\"properties\":{\"blob\":{\"type\":\"string\","
      "\"pattern\":\"^[0-9a-f]{64}$\"}}}" },
    { "Meta", "{\"type\":\"object\",\"required\":[\"kinds\",\"ops\",\"codes\"],\"properties\":{"
              "\"kinds\":{\"type\":\"array\"},\"ops\":{\"type\":\"array\"},\"codes\":{\"type\":"
              "\"object\"}}}" },
    { "Messages", "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}" },
    { "Health",
      "{\"type\":\"object\",\"required\":[\"status\",\"version\",\"uptime_s\"],\"properties\":{"
      "\"status\":{\"type\":\"string\"},\"version\":{\"type\":\"string\"},\"uptime_s\":{\"type\":"
      "\"integer\"}}}" },
    { "System", "{\"type\":\"object\"}" },
    { "Report", "{\"type\":\"object\"}" },
};

static void write_ref(Buf *out, const char *name) {
    JsonOut o = json_object(out);
    json_text(&o, "$ref", str_printf(out->arena, "#/components/schemas/%s", name));
    json_object_end(&o);
}

static void write_content(JsonOut *o, const char *type, const char *schema) {
    JsonOut content = json_object(json_key(o, "content"));
    JsonOut media = json_object(json_key(&content, type));
    if (schema) {
        write_ref(json_key(&media, "schema"), schema);
    } else {
        JsonOut any = json_object(json_key(&media, "schema"));
        json_object_end(&any);
    }
    json_object_end(&media);
    json_object_end(&content);
}

static void write_response(JsonOut *responses, const char *status, const char *what,
                           const char *type, const char *schema) {
    JsonOut r = json_object(json_key(responses, status));
    json_text_c(&r, "description", what);
    if (type) write_content(&r, type, schema);
    json_object_end(&r);
}

static void write_parameter(JsonOut *list, Str name, const char *in, bool required,
                            const char *format) {
    JsonOut p = json_object(json_item(list));
    json_text(&p, "name", name);
    json_text_c(&p, "in", in);
    json_bool(&p, "required", required);
    JsonOut schema = json_object(json_key(&p, "schema"));
    json_text_c(&schema, "type", "string");
    if (format) json_text_c(&schema, "format", format);
    json_object_end(&schema);
    json_object_end(&p);
}

static void write_path_parameters(JsonOut *list, const char *pattern) {
    Str rest = str_of(pattern);
    while (rest.s) {
        Str part = str_cut(&rest, '/');
        if (part.n > 2 && part.s[0] == '{')
            write_parameter(list, str_slice(part, 1, part.n - 1), "path", true, NULL);
    }
}

static void write_body(JsonOut *o, Arena *a, const Model *m, const Shape *shape) {
    JsonOut body = json_object(json_key(o, "requestBody"));
    JsonOut content = json_object(json_key(&body, "content"));
    JsonOut media = json_object(json_key(&content, JSON_TYPE));
    json_write(json_key(&media, "schema"), shape_schema(a, m, shape));
    json_object_end(&media);
    json_object_end(&content);
    json_object_end(&body);
}

static const char *const method_names[] = { "get", "head", "post", "put", "delete" };

static void write_route(Ctx *c, JsonOut *path, const Model *m, const Route *r) {
    JsonOut o = json_object(json_key(path, method_names[r->method]));
    json_text_c(&o, "summary", r->summary);
    JsonOut params = json_list(json_key(&o, "parameters"));
    write_path_parameters(&params, r->pattern);
    if (r->fn == route_record) write_parameter(&params, STR("as_of"), "query", false, "date-time");
    json_list_end(&params);
    if (r->takes) write_body(&o, c->arena, m, r->takes);
    JsonOut responses = json_object(json_key(&o, "responses"));
    write_response(&responses, "200", "Done", r->returns ? JSON_TYPE : NULL, r->returns);
    write_response(&responses, "default", "Refused", PROBLEM_TYPE, "Problem");
    json_object_end(&responses);
    if (r->flags & ROUTE_PUBLIC) {
        JsonOut none = json_list(json_key(&o, "security"));
        json_list_end(&none);
    }
    json_object_end(&o);
}

/* The answer of an operation: {result, act, repeated}, or {job}. */
static void write_op_answer(Arena *a, JsonOut *responses, const Model *m, const Op *op) {
    bool job = op->flags & OP_JOB;
    JsonOut r = json_object(json_key(responses, job ? "202" : "200"));
    json_text_c(&r, "description", job ? "Begun; watch the job" : "Done");
    JsonOut content = json_object(json_key(&r, "content"));
    JsonOut media = json_object(json_key(&content, JSON_TYPE));
    JsonOut schema = json_object(json_key(&media, "schema"));
    json_text_c(&schema, "type", "object");
    JsonOut props = json_object(json_key(&schema, "properties"));
    if (job) {
        buf_str(json_key(&props, "job"), STR("{\"type\":\"string\",\"format\":\"uuid\"}"));
    } else {
        if (op->returns)
            json_write(json_key(&props, "result"), shape_schema(a, m, op->returns));
        else
            buf_str(json_key(&props, "result"), STR("{}"));
        buf_str(json_key(&props, "act"), STR("{\"type\":\"string\",\"format\":\"uuid\"}"));
        buf_str(json_key(&props, "repeated"), STR("{\"type\":\"boolean\"}"));
    }
    json_object_end(&props);
    json_object_end(&schema);
    json_object_end(&media);
    json_object_end(&content);
    json_object_end(&r);
}

static void write_op_path(Ctx *c, JsonOut *paths, const Model *m, Str lang, const Op *op) {
    JsonOut path =
        json_object(json_key_str(paths, str_printf(c->arena, "/api/v1/op/%s", op->name)));
    JsonOut o = json_object(json_key(&path, "post"));
    Str key = str_printf(c->arena, "op.%s", op->name);
    Str title = model_label(m, lang, key, NULL);
    json_text(&o, "summary", str_eq(title, key) ? str_of(op->title) : title);
    json_text_c(&o, "operationId", op->name);
    json_text_c(&o, "x-permission", permission_name(op->needs));
    JsonOut params = json_list(json_key(&o, "parameters"));
    write_parameter(&params, STR("version"), "query", false, NULL);
    if (!(op->flags & OP_READ)) {
        write_parameter(&params, STR("Idempotency-Key"), "header", false, "uuid");
        write_parameter(&params, STR("X-Panah-Client-Time"), "header", false, "date-time");
    }
    json_list_end(&params);
    if (op->takes) write_body(&o, c->arena, m, op->takes);
    JsonOut responses = json_object(json_key(&o, "responses"));
    write_op_answer(c->arena, &responses, m, op);
    write_response(&responses, "default", "Refused; nothing was done", PROBLEM_TYPE, "Problem");
    json_object_end(&responses);
    json_object_end(&o);
    json_object_end(&path);
}

static bool pattern_is_new(size_t at) {
    for (size_t i = 0; i < at; i++)
        if (strcmp(routes[i].pattern, routes[at].pattern) == 0) return false;
    return true;
}

static void write_paths(Ctx *c, Api *api, const Model *m, Str lang, Buf *out) {
    JsonOut paths = json_object(out);
    for (size_t i = 0; i < n_routes; i++) {
        if (!pattern_is_new(i) || routes[i].fn == route_op) continue;
        JsonOut path = json_object(json_key(&paths, routes[i].pattern));
        for (size_t k = i; k < n_routes; k++)
            if (strcmp(routes[k].pattern, routes[i].pattern) == 0)
                write_route(c, &path, m, &routes[k]);
        json_object_end(&path);
    }
    for (size_t i = 0; i < api->o.ops->n; i++)
        if (!(api->o.ops->ops[i]->flags & OP_PUBLIC))
            write_op_path(c, &paths, m, lang, api->o.ops->ops[i]);
    json_object_end(&paths);
}

static void write_components(Ctx *c, const Model *m, Buf *out) {
    JsonOut components = json_object(out);
    JsonOut security = json_object(json_key(&components, "securitySchemes"));
    buf_str(json_key(&security, "session"),
            STR("{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"" SESSION_COOKIE "\"}"));
    buf_str(json_key(&security, "csrf"),
            STR("{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Panah-CSRF\"}"));
    json_object_end(&security);
    JsonOut schemas = json_object(json_key(&components, "schemas"));
    for (size_t i = 0; i < sizeof fixed_schemas / sizeof fixed_schemas[0]; i++)
        buf_str(json_key(&schemas, fixed_schemas[i].name), str_of(fixed_schemas[i].json));
    for (size_t i = 0; i < model_n_kinds(m); i++) {
        const KindInfo *k = model_kind_at(m, i);
        json_write(json_key(&schemas, k->k->name), record_schema(c->arena, m, k));
    }
    json_object_end(&schemas);
    json_object_end(&components);
}

static void openapi_write(Ctx *c, Api *api, const Model *m, Str lang, Buf *out) {
    JsonOut o = json_object(out);
    json_text_c(&o, "openapi", "3.1.0");
    JsonOut info = json_object(json_key(&o, "info"));
    json_text_c(&info, "title", "Panah");
    json_text(&info, "version", api->o.version);
    json_object_end(&info);
    JsonOut security = json_list(json_key(&o, "security"));
    buf_str(json_item(&security), STR("{\"session\":[],\"csrf\":[]}"));
    json_list_end(&security);
    write_paths(c, api, m, lang, json_key(&o, "paths"));
    write_components(c, m, json_key(&o, "components"));
    json_object_end(&o);
}

Status route_openapi(Ctx *c, Call *k) {
    const Document *d;
    TRY(document_get(c, k->api, DOC_OPENAPI, c->lang, openapi_write, &d));
    if (response_unchanged(k->q, k->out, d->etag)) return ST_OK;
    response_json(k->out, 200, d->body);
    k->out->body_lasts = true;
    return ST_OK;
}
