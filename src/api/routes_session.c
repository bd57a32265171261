/* routes_session.c: signing in and out, the lock, the password, the language. */
#include "api/api_int.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

/* Passwords are taken from the JSON as they are: a shape would clean them as it cleans names. */
static const Field sign_in_fields[] = {
    { "login", .type = FT_TEXT, .max = 200, .flags = FF_REQUIRED | FF_PERSONAL },
    { "password", .type = FT_JSON, .flags = FF_REQUIRED | FF_PERSONAL, .doc = "A text" },
    { "language", .type = FT_TEXT, .max = 8, .doc = "en, fr, fa, ps or ar" },
};
const Shape sign_in_shape = { .name = "sign_in", FIELDS(sign_in_fields) };

static const Field unlock_fields[] = {
    { "password", .type = FT_JSON, .flags = FF_REQUIRED | FF_PERSONAL, .doc = "A text" },
};
const Shape unlock_shape = { .name = "unlock", FIELDS(unlock_fields) };

static const Field password_fields[] = {
    { "old", .type = FT_JSON, .flags = FF_REQUIRED | FF_PERSONAL, .doc = "A text" },
    { "new", .type = FT_JSON, .flags = FF_REQUIRED | FF_PERSONAL, .doc = "A text" },
};
const Shape password_shape = { .name = "password", FIELDS(password_fields) };

static const Field language_fields[] = {
    { "language", .type = FT_TEXT, .max = 8, .flags = FF_REQUIRED },
};
const Shape language_shape = { .name = "language_choice", FIELDS(language_fields) };

static Status need_session(Ctx *c, const Call *k) {
    return k->token.n ? ST_OK : FAIL(c, ST_UNAUTHENTICATED, "", "error.session.none");
}

static Status get_password(Ctx *c, Val input, const char *name, Str *ret) {
    Val v = val_get(input, name);
    if (v.type != VAL_TEXT) return FAIL(c, ST_INVALID, name, "error.type", "expected", STR("text"));
    if (v.text.n > PASSWORD_MAX)
        return FAIL(c, ST_LIMIT, name, "error.text.too_long", "max",
                    str_printf(c->arena, "%d", PASSWORD_MAX));
    *ret = v.text;
    return ST_OK;
}

/* ---- the session as the page sees it ------------------------------------------------------------ */

static void write_office(Ctx *c, JsonOut *o, const Actor *actor) {
    static const char *const shown[] = { "code", "calendar", "language" };
    const KindInfo *k = model_kind(store_model(c->store), STR("office"));
    Record *r;
    size_t noted = c->errs.n;
    if (!k || id_is_none(actor->office) || read_record(c, k, actor->office, &r) != ST_OK) {
        c->errs.n = noted;
        buf_str(json_key(o, "office"), STR("null"));
        return;
    }
    JsonOut office = json_object(json_key(o, "office"));
    json_id(&office, "id", r->id);
    json_text(&office, "name", record_label(r, c->lang));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        if (kind_field(k, str_of(shown[i]))) json_text(&office, shown[i], record_text(r, shown[i]));
    Str dial_code;
    if (registry_dial_code(c, r->id, &dial_code) == ST_OK)
        json_text(&office, "dial_code", dial_code);
    c->errs.n = noted;
    json_object_end(&office);
}

static void write_user(JsonOut *o, const Actor *actor) {
    JsonOut user = json_object(json_key(o, "user"));
    json_id(&user, "id", actor->user);
    json_text(&user, "login", actor->login);
    json_text(&user, "name", actor->name);
    json_object_end(&user);
}

static void write_permissions(JsonOut *o, const Actor *actor) {
    JsonOut list = json_list(json_key(o, "permissions"));
    for (int p = PERM_NONE + 1; p < PERMISSIONS; p++)
        if (actor_may(actor, (Permission)p))
            json_write_text(json_item(&list), str_of(permission_name((Permission)p)));
    json_list_end(&list);
}

static Status show_session(Ctx *c, Call *k) {
    const Actor *actor = c->actor;
    TRY(call_read(c, k));
    Buf out = buf_new(c->arena, 64 << 10);
    JsonOut o = json_object(&out);
    write_user(&o, actor);
    write_office(c, &o, actor);
    json_text(&o, "language", actor->lang);
    write_permissions(&o, actor);
    json_bool(&o, "must_change_password", actor->must_change_password);
    json_bool(&o, "locked", actor->locked);
    json_text(&o, "csrf", k->token.n ? session_csrf(c->arena, k->token) : STR(""));
    json_text(&o, "server_time", time_to_iso(c->arena, c->now));
    json_text(&o, "node", k->api->o.node_name);
    json_text(&o, "operation", k->api->o.operation_name);
    json_text(&o, "today", day_to_iso(c->arena, c->today));
    json_object_end(&o);
    response_json(k->out, 200, buf_text(&out));
    return ST_OK;
}

/* After a change of the session: as it is now. */
static Status show_again(Ctx *c, Call *k) {
    const Actor *actor;
    TRY(session_find(c, k->api->o.access, k->token, SESSION_ACTIVE, &actor));
    return show_session(c, k);
}

Status route_session_get(Ctx *c, Call *k) {
    return show_session(c, k);
}

/* ---- in and out --------------------------------------------------------------------------------- */

static Str cookie(Arena *a, Str token, const char *more) {
    return str_printf(a, SESSION_COOKIE "=%.*s; Path=/; HttpOnly; Secure; SameSite=Strict%s",
                      STR_ARG(token), more);
}

Status route_session_sign_in(Ctx *c, Call *k) {
    Val input;
    SignIn in = { .source = k->q->local ? STR("") : k->q->source };
    TRY(call_input(c, k, &sign_in_shape, &input));
    TRY(get_password(c, input, "password", &in.password));
    in.login = val_get_text(input, "login", STR(""));
    Str lang = val_get_text(input, "language", STR(""));
    if (language_known(lang)) in.lang = lang;
    TRY(session_sign_in(c, k->api->o.access, &in, &k->token));
    response_add(k->out, STR("Set-Cookie"), cookie(c->arena, k->token, ""));
    return show_session(c, k);
}

Status route_session_sign_out(Ctx *c, Call *k) {
    TRY(need_session(c, k));
    TRY(session_sign_out(c, k->api->o.access, k->token));
    response_add(k->out, STR("Set-Cookie"), cookie(c->arena, STR(""), "; Max-Age=0"));
    k->out->status = 204;
    return ST_OK;
}

Status route_session_lock(Ctx *c, Call *k) {
    TRY(need_session(c, k));
    TRY(session_lock(c, k->api->o.access, k->token));
    return show_again(c, k);
}

Status route_session_unlock(Ctx *c, Call *k) {
    Val input;
    Str password = STR("");
    TRY(need_session(c, k));
    TRY(call_input(c, k, &unlock_shape, &input));
    TRY(get_password(c, input, "password", &password));
    TRY(session_unlock(c, k->api->o.access, k->token, password));
    return show_again(c, k);
}

Status route_session_password(Ctx *c, Call *k) {
    Val input;
    Str old = STR(""), new = STR("");
    TRY(need_session(c, k));
    TRY(call_input(c, k, &password_shape, &input));
    TRY(get_password(c, input, "old", &old));
    TRY(get_password(c, input, "new", &new));
    TRY(session_change_password(c, k->api->o.access, k->token, old, new));
    return show_again(c, k);
}

Status route_session_language(Ctx *c, Call *k) {
    Val input;
    TRY(need_session(c, k));
    TRY(call_input(c, k, &language_shape, &input));
    Str lang = val_get_text(input, "language", STR(""));
    if (!language_known(lang)) return FAIL(c, ST_INVALID, "language", "error.language.unknown");
    TRY(session_set_language(c, k->api->o.access, k->token, lang));
    return show_again(c, k);
}
