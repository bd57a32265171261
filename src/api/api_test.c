/* api_test.c: the router without sockets: who may ask, what is answered, what is refused and how. */
#include "api/scene_int.h"

#include "api/embedded.h"

static Scene *s;

static int make(void **state) {
    (void)state;
    s = face_make_signed_in();
    return 0;
}

static int drop(void **state) {
    (void)state;
    face_drop(s);
    return 0;
}

#define GET(address) (&(Ask){ .method = "GET", .path = (address) })
#define POST(address, text) (&(Ask){ .method = "POST", .path = (address), .body = (text) })

/* ---- people for the tests ------------------------------------------------------------------------ */

static const char *text_printf(const char *format, const char *x, const char *y) {
    char buf[12000];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(buf, sizeof buf, format, x, y);
#pragma GCC diagnostic pop
    return str_c(s->arena, str_of(buf));
}

/* Registers a person; returns the id. */
static const char *register_person(const char *given, const char *father) {
    const char *body = text_printf("{'person':{'given_name':'%s','father_name':'%s','sex':'F',"
                                   "'birth_date':'1990-03-12','birth_date_precision':'exact'}}",
                                   given, father);
    Val v = scene_post(s, "/api/v1/op/person.register", body);
    return text_at(s, v, "result.person");
}

/* ---- signing in ---------------------------------------------------------------------------------- */

static void test_a_session_begins_and_ends(void **state) {
    (void)state;
    ask_refused(s, 401, "error.session.none",
                &(Ask){ .method = "GET", .path = "/api/v1/session", .no_cookie = true });
    ask_refused(s, 401, "error.session.wrong",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/session",
                        .no_cookie = true,
                        .body = "{'login':'admin','password':'not the one'}" });
    ask_refused(s, 422, "error.required",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/session",
                        .no_cookie = true,
                        .body = "{'login':'admin'}" });
    ask_refused(s, 422, "error.type",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/session",
                        .no_cookie = true,
                        .body = "{'login':'admin','password':7}" });
    Session2 mine = scene_sign_in(s, " ADMIN ", SCENE_PASSWORD);
    Ask get = {
        .method = "GET", .path = "/api/v1/session", .token = mine.token, .csrf = mine.csrf
    };
    Val v = scene_want(s, 200, &get);
    assert_string_equal(text_at(s, v, "user.login"), "admin");
    assert_string_equal(text_at(s, v, "user.name"), "Salma Durrani");
    assert_string_equal(text_at(s, v, "office.code"), "KBL");
    assert_string_equal(text_at(s, v, "office.dial_code"), "93");
    assert_string_equal(text_at(s, v, "today"), "2026-11-23");
    assert_string_equal(text_at(s, v, "node"), "laptop-7");
    assert_true(str_is(str_of(text_at(s, v, "csrf")), str_c(s->arena, mine.csrf)));
    assert_false(at(v, "must_change_password").b);
    assert_int_equal(at(v, "permissions").list.n, PERMISSIONS - 1);
    Ask out = {
        .method = "DELETE", .path = "/api/v1/session", .token = mine.token, .csrf = mine.csrf
    };
    Response r = scene_ask(s, &out);
    assert_int_equal(r.status, 204);
    assert_true(str_find(response_header(&r, "Set-Cookie"), STR("Max-Age=0")) > 0);
    ask_refused(s, 401, "error.session.none", &get);
}

static void test_a_locked_screen_waits_for_its_password(void **state) {
    (void)state;
    Session2 mine = scene_sign_in(s, "admin", SCENE_PASSWORD);
    Ask lock = {
        .method = "POST", .path = "/api/v1/session/lock", .token = mine.token, .csrf = mine.csrf
    };
    assert_true(at(scene_want(s, 200, &lock), "locked").b);
    Ask meta = { .method = "GET", .path = "/api/v1/meta", .token = mine.token };
    ask_refused(s, 403, "error.session.locked", &meta);
    Ask unlock = { .method = "POST",
                   .path = "/api/v1/session/unlock",
                   .token = mine.token,
                   .csrf = mine.csrf,
                   .body = "{'password':'wrong words here'}" };
    Val refused = scene_want(s, 401, &unlock);
    assert_string_equal(text_at(s, refused, "code"), "unauthenticated");
    unlock.body = "{'password':'" SCENE_PASSWORD "'}";
    assert_false(at(scene_want(s, 200, &unlock), "locked").b);
    (void)scene_want(s, 200, &meta);
}

static void test_a_first_password_must_be_changed(void **state) {
    (void)state;
    Val office = scene_post(s, "/api/v1/query", "{'kind':'office'}");
    const char *body = text_printf("{'login':'jawad','name':'Jawad Safi','office':'%s','language':"
                                   "'fa','grants':[]}%s",
                                   text_at(s, office, "rows.0.id"), "");
    Val made = scene_post(s, "/api/v1/op/user.create", body);
    const char *first = text_at(s, made, "result.first_password");
    Session2 mine = scene_sign_in(s, "jawad", first);
    Ask query = { .method = "POST",
                  .path = "/api/v1/query",
                  .body = "{'kind':'office'}",
                  .token = mine.token,
                  .csrf = mine.csrf };
    ask_refused(s, 403, "error.session.must_change_password", &query);
    Ask change = { .method = "POST",
                   .path = "/api/v1/session/password",
                   .token = mine.token,
                   .csrf = mine.csrf,
                   .body = text_printf("{'old':'%s','new':'%s'}", first, "short") };
    ask_refused(s, 422, "error.password.short", &change);
    change.body = text_printf("{'old':'%s','new':'%s'}", first, " stays with its spaces ");
    Val after = scene_want(s, 200, &change);
    assert_false(at(after, "must_change_password").b);
    (void)scene_want(s, 200, &query);
    (void)scene_sign_in(s, "jawad", " stays with its spaces ");
    /* No rights: what is refused says so in the user's language. */
    Ask write = { .method = "POST",
                  .path = "/api/v1/op/person.register",
                  .body = "{'person':{'given_name':'A'}}",
                  .token = mine.token,
                  .csrf = mine.csrf };
    Val v = scene_want(s, 403, &write);
    assert_string_equal(text_at(s, v, "errors.0.key"), "error.denied");
    assert_non_null(strstr(text_at(s, v, "errors.0.message"), "صلاحیت"));
    Ask language = { .method = "POST",
                     .path = "/api/v1/session/language",
                     .token = mine.token,
                     .csrf = mine.csrf,
                     .body = "{'language':'fr'}" };
    assert_string_equal(text_at(s, scene_want(s, 200, &language), "language"), "fr");
    v = scene_want(s, 403, &write);
    assert_non_null(strstr(text_at(s, v, "errors.0.message"), "droit"));
    language.body = "{'language':'xx'}";
    ask_refused(s, 422, "error.language.unknown", &language);
}

static Session2 second_account(void) {
    Val office = scene_post(s, "/api/v1/query", "{'kind':'office'}");
    const char *body = text_printf("{'login':'qasim','name':'Qasim Noori','office':'%s','language':"
                                   "'en','grants':[]}%s",
                                   text_at(s, office, "rows.0.id"), "");
    Val made = scene_post(s, "/api/v1/op/user.create", body);
    const char *first = text_at(s, made, "result.first_password");
    Session2 mine = scene_sign_in(s, "qasim", first);
    (void)scene_want(
        s, 200,
        &(Ask){ .method = "POST",
                .path = "/api/v1/session/password",
                .token = mine.token,
                .csrf = mine.csrf,
                .body = text_printf("{'old':'%s','new':'%s'}", first, "another long password") });
    return scene_sign_in(s, "qasim", "another long password");
}

static void test_views_are_ones_own_or_shared(void **state) {
    (void)state;
    Session2 other = second_account();
    Val own = scene_post(s, "/api/v1/op/view.save", "{'name':'Own','on_kind':'office'}");
    (void)scene_post(s, "/api/v1/op/view.save",
                     "{'name':'For all','on_kind':'office','shared':true}");
    static const char list[] = "{'kind':'saved_view','order':'name','count':true}",
                      trick[] = "{'kind':'saved_view','where':'true or true','count':true}";
    assert_int_equal(at(scene_post(s, "/api/v1/query", list), "rows").list.n, 2);
    const char *const bodies[] = { list, trick };
    for (size_t i = 0; i < 2; i++) {
        Ask ask = { .method = "POST",
                    .path = "/api/v1/query",
                    .token = other.token,
                    .csrf = other.csrf,
                    .body = bodies[i] };
        Val seen = scene_want(s, 200, &ask);
        assert_int_equal(at(seen, "rows").list.n, 1);
        assert_int_equal(at(seen, "count").i, 1);
        assert_string_equal(text_at(s, seen, "rows.0.fields.name"), "For all");
    }
    const char *path = text_printf("/api/v1/%s/%s", "saved_view", text_at(s, own, "result.id"));
    (void)scene_get(s, path);
    ask_refused(s, 404, "error.missing",
                &(Ask){ .method = "GET", .path = path, .token = other.token, .csrf = other.csrf });
    /* Nor by way of another kind. */
    ask_refused(s, 403, "error.http.field",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/query",
                        .body = "{'kind':'user','where':'exists(saved_view)'}" });
}

static void test_guesses_have_to_wait(void **state) {
    (void)state;
    Ask guess = { .method = "POST",
                  .path = "/api/v1/session",
                  .no_cookie = true,
                  .body = "{'login':'nobody','password':'guess guess guess'}" };
    Response r = { 0 };
    for (int i = 0; i < 40 && r.status != 429; i++)
        r = scene_ask(s, &guess);
    assert_int_equal(r.status, 429);
    int64_t wait = 0;
    assert_true(num_parse_i64(response_header(&r, "Retry-After"), &wait) && wait > 0);
    assert_int_equal(at(scene_body(s, &r), "retry_after_s").i, wait);
    env_advance(&s->env, 3600 * TIME_SECOND);
    Session2 again = scene_sign_in(s, "admin", SCENE_PASSWORD);
    face.token = again.token;
    face.csrf = again.csrf;
}

/* ---- whose request it is ---------------------------------------------------------------------------- */

static void test_another_host_name_is_refused(void **state) {
    (void)state;
    static const char *const paths[] = { "/", "/healthz", "/metrics", "/api/v1/session",
                                         "/api/v1/messages/en" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        Ask ask = { .method = "GET", .path = paths[i], .host = "attacker.example:8470" };
        ask_refused(s, 421, "error.http.host", &ask);
        ask.host = "";
        ask_refused(s, 421, "error.http.host", &ask);
        ask.host = "localhost:80";
        ask_refused(s, 421, "error.http.host", &ask);
    }
    (void)scene_want(s, 200, &(Ask){ .method = "GET", .path = "/healthz", .host = "[::1]:8470" });
}

static void test_forged_requests_are_refused(void **state) {
    (void)state;
    Ask ask = { .method = "POST", .path = "/api/v1/query", .body = "{'kind':'office'}" };
    (void)scene_want(s, 200, &ask);
    Ask bare = ask;
    bare.no_csrf = true;
    ask_refused(s, 403, "error.http.csrf", &bare);
    bare = ask;
    bare.csrf = STR("0000000000000000000000000000000000000000000000000000000000000000");
    ask_refused(s, 403, "error.http.csrf", &bare);
    Ask foreign = ask;
    foreign.more[0] = (HttpHeader){ STR("Origin"), STR("http://attacker.example") };
    ask_refused(s, 403, "error.http.origin", &foreign);
    foreign.more[0] = (HttpHeader){ STR("Sec-Fetch-Site"), STR("cross-site") };
    ask_refused(s, 403, "error.http.origin", &foreign);
    foreign.more[0] = (HttpHeader){ STR("Origin"), STR("http://" SCENE_HOST) };
    (void)scene_want(s, 200, &foreign);
    /* Signing somebody in from another site is forgery too. */
    Ask in = { .method = "POST",
               .path = "/api/v1/session",
               .no_cookie = true,
               .body = "{'login':'admin','password':'" SCENE_PASSWORD "'}" };
    in.more[0] = (HttpHeader){ STR("Origin"), STR("http://attacker.example") };
    ask_refused(s, 403, "error.http.origin", &in);
    /* A form of another site can send text, but no JSON. */
    ask.type = "text/plain";
    ask_refused(s, 415, "error.http.media_type", &ask);
    ask.type = "application/x-www-form-urlencoded";
    ask_refused(s, 415, "error.http.media_type", &ask);
    static const char *const unsafe[] = { "/api/v1/session/lock", "/api/v1/system/verify" };
    for (size_t i = 0; i < 2; i++)
        ask_refused(s, 403, "error.http.csrf",
                    &(Ask){ .method = "POST", .path = unsafe[i], .no_csrf = true });
}

/* ---- what is malformed ------------------------------------------------------------------------------ */

static void test_bad_requests_say_what_is_wrong(void **state) {
    (void)state;
    ask_refused(s, 404, "error.http.route", GET("/api/v1/nothing/here/at/all"));
    ask_refused(s, 404, "error.http.kind", GET("/api/v1/nothing/here"));
    ask_refused(s, 404, "error.http.route", GET("/app.js"));
    ask_refused(s, 400, "error.http.path", GET("/../etc/passwd"));
    ask_refused(s, 400, "error.http.path", GET("/%2e%2e/etc/passwd"));
    ask_refused(s, 404, "error.op.unknown", POST("/api/v1/op/person.bewitch", "{}"));
    ask_refused(s, 400, "error.json.syntax", POST("/api/v1/op/person.search", "{'q':"));
    ask_refused(s, 400, "error.json.syntax", POST("/api/v1/op/person.search", "{'q':'a','q':'b'}"));
    ask_refused(s, 400, "error.json.real", POST("/api/v1/op/person.search", "{'limit':1.5}"));
    ask_refused(s, 400, "error.json.syntax",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/op/person.search",
                        .bytes = STR("{\"q\":\"\xff\"}") });
    ask_refused(s, 400, "error.type", POST("/api/v1/op/person.search", "[1]"));
    ask_refused(s, 400, "error.http.version", POST("/api/v1/op/person.search?version=x", "{}"));
    ask_refused(s, 501, "error.op.version", POST("/api/v1/op/person.search?version=999", "{}"));
    Val v = scene_want(s, 422, POST("/api/v1/op/person.search", "{'q':'a','wizard':1}"));
    assert_string_equal(text_at(s, v, "errors.0.path"), "wizard");
    v = scene_want(s, 422,
                   POST("/api/v1/op/person.register",
                        "{'person':{'given_name':'Ali','birth_date':'soon',"
                        "'sex':'X'}}"));
    assert_true(at(v, "errors").list.n >= 2);
    assert_string_equal(text_at(s, v, "code"), "invalid");
    assert_string_equal(text_at(s, v, "type"), "urn:panah:problem:invalid");
    Response r = scene_ask(s, &(Ask){ .method = "PUT", .path = "/api/v1/session", .body = "{}" });
    assert_int_equal(r.status, 405);
    assert_true(str_is(response_header(&r, "Allow"), "GET, HEAD, POST, DELETE, OPTIONS"));
    r = scene_ask(s, &(Ask){ .method = "BREW", .path = "/api/v1/meta" });
    assert_int_equal(r.status, 405);
    r = scene_ask(s, &(Ask){ .method = "POST", .path = "/index.html" });
    assert_int_equal(r.status, 405);
    r = scene_ask(s, &(Ask){ .method = "OPTIONS", .path = "/api/v1/op/x.y" });
    assert_int_equal(r.status, 204);
    assert_true(str_is(response_header(&r, "Allow"), "POST, OPTIONS"));
    assert_null(response_header(&r, "Access-Control-Allow-Origin").s);
    Ask key = { .method = "POST",
                .path = "/api/v1/op/person.register",
                .body = "{'person':{'given_name':'Ali'}}" };
    key.more[0] = (HttpHeader){ STR("Idempotency-Key"), STR("not-a-uuid") };
    ask_refused(s, 400, "error.http.idempotency_key", &key);
}

static void test_what_is_too_large_is_refused(void **state) {
    (void)state;
    char *big = calloc(1, REQUEST_FILE_MAX + 1);
    memset(big, ' ', REQUEST_FILE_MAX + 1);
    ask_refused(s, 413, "error.http.file",
                &(Ask){ .method = "PUT",
                        .path = "/api/v1/blob",
                        .bytes = str_n(big, REQUEST_FILE_MAX + 1) });
    ask_refused(s, 413, "error.http.body",
                &(Ask){ .method = "POST",
                        .path = "/api/v1/op/person.search",
                        .bytes = str_n(big, REQUEST_BODY_MAX + 1) });
    char *path = big;
    memset(path, 'a', REQUEST_PATH_MAX + 1);
    path[0] = '/';
    path[REQUEST_PATH_MAX + 1] = '\0';
    ask_refused(s, 414, "error.http.path_length", GET(path));
    Ask ask = { .method = "GET", .path = "/healthz" };
    memset(big, 'a', REQUEST_HEADERS_MAX);
    ask.more[0] = (HttpHeader){ STR("X-Long"), str_n(big, REQUEST_HEADERS_MAX) };
    ask_refused(s, 431, "error.http.headers", &ask);
    /* Nesting and counts are the JSON reader's limits. */
    memset(big, '[', 5000);
    Val v = scene_want(
        s, 413,
        &(Ask){ .method = "POST", .path = "/api/v1/op/person.search", .bytes = str_n(big, 5000) });
    assert_string_equal(text_at(s, v, "errors.0.key"), "error.json.too_large");
    free(big);
}

static void test_a_request_that_takes_too_much_memory_ends_alone(void **state) {
    (void)state;
    Val v = scene_want(s, 503, POST("/api/v1/op/scene.greedy", "{}"));
    assert_string_equal(text_at(s, v, "code"), "memory");
    (void)scene_get(s, "/healthz");
}

/* ---- operations ------------------------------------------------------------------------------------- */

static void test_a_person_is_registered_and_found(void **state) {
    (void)state;
    Ask ask = { .method = "POST",
                .path = "/api/v1/op/person.register?version=1",
                .body = "{'person':{'given_name':'Zahra','father_name':'Rahim','sex':'F',"
                        "'birth_date':'1990-03-12','birth_date_precision':'exact'}}" };
    ask.more[0] =
        (HttpHeader){ STR("Idempotency-Key"), STR("018f6a3e-7b1c-7def-8a01-23456789abcd") };
    ask.more[1] = (HttpHeader){ STR("X-Panah-Client-Time"), STR("2026-11-23T11:59:00Z") };
    Val v = scene_want(s, 200, &ask);
    assert_false(at(v, "repeated").b);
    const char *id = text_at(s, v, "result.person"), *number = text_at(s, v, "result.number");
    assert_int_equal(strlen(text_at(s, v, "act")), ID_TEXT_N);
    Val again = scene_want(s, 200, &ask);
    assert_true(at(again, "repeated").b);
    assert_string_equal(text_at(s, again, "result.person"), id);
    ask.body = "{'person':{'given_name':'Another'}}";
    ask_refused(s, 409, "error.idempotency.other_input", &ask);

    v = scene_post(s, "/api/v1/op/person.search", "{'q':'zahra rah'}");
    assert_string_equal(text_at(s, v, "result.rows.0.person"), id);
    v = scene_post(s, "/api/v1/op/person.search", text_printf("{'q':'%s'}%s", number, ""));
    assert_string_equal(text_at(s, v, "result.rows.0.person"), id);
    v = scene_post(s, "/api/v1/op/person.file", text_printf("{'id':'%s'}%s", id, ""));
    assert_string_equal(text_at(s, v, "result.person.fields.given_name"), "Zahra");

    v = scene_get(s, text_printf("/api/v1/person/%s%s", id, ""));
    assert_string_equal(text_at(s, v, "kind"), "person");
    assert_string_equal(text_at(s, v, "fields.birth_date"), "1990-03-12");
    assert_string_equal(text_at(s, v, "labels.sex"), "Female");
    assert_true(text_at(s, v, "version")[0] != 0);
    v = scene_get(s, text_printf("/api/v1/person/%s?lang=fr%s", id, ""));
    assert_string_equal(text_at(s, v, "labels.sex"), "Femme");
    ask_refused(s, 404, "error.missing",
                GET("/api/v1/person/018f6a3e-0000-7def-8a01-23456789abcd"));
    ask_refused(s, 404, "error.missing", GET("/api/v1/person/elsewhere"));
    v = scene_get(s, text_printf("/api/v1/person/%s?as_of=2030-01-01T00:00:00Z%s", id, ""));
    assert_string_equal(text_at(s, v, "fields.given_name"), "Zahra");
    assert_string_equal(text_at(s, v, "version"), "");
    ask_refused(s, 404, "error.missing",
                GET(text_printf("/api/v1/person/%s?as_of=2020-01-01T00:00:00Z%s", id, "")));
    ask_refused(s, 400, "error.type", GET(text_printf("/api/v1/person/%s?as_of=soon%s", id, "")));
}

static void test_a_stale_correction_shows_both_values(void **state) {
    (void)state;
    const char *id = register_person("Mariam", "Habib");
    Val v = scene_get(s, text_printf("/api/v1/person/%s%s", id, ""));
    const char *base = text_at(s, v, "version");
    const char *head = text_printf("{'id':'%s','base':'%s',", id, base);
    (void)scene_post(s, "/api/v1/op/person.correct",
                     text_printf("%s'fields':{'given_name':'%s'}}", head, "Maryam"));
    v = scene_want(s, 409,
                   POST("/api/v1/op/person.correct",
                        text_printf("%s'fields':{'given_name':'%s'}}", head, "Miriam")));
    assert_string_equal(text_at(s, v, "errors.0.key"), "error.stale");
    assert_string_equal(text_at(s, v, "errors.0.args.mine"), "Miriam");
    assert_string_equal(text_at(s, v, "errors.0.args.theirs"), "Maryam");
    assert_string_equal(text_at(s, v, "code"), "conflict");
}

static void test_html_in_a_name_stays_text(void **state) {
    (void)state;
    const char *evil = "<script>alert(1)</script>";
    const char *id = register_person(evil, "A\\u0027; drop table person; --");
    (void)id;
    Response r = scene_ask(s, POST("/api/v1/query", "{'kind':'person','order':'given_name'}"));
    assert_int_equal(r.status, 200);
    assert_int_equal(str_find(r.body, STR("<")), -1);
    bool found = false;
    Val rows = at(scene_body(s, &r), "rows");
    for (size_t i = 0; i < rows.list.n; i++)
        found |= strcmp(text_at(s, rows.list.v[i], "fields.given_name"), evil) == 0;
    assert_true(found);
    assert_true(str_is(response_header(&r, "X-Content-Type-Options"), "nosniff"));
    assert_string_equal(r.content_type, "application/json");
}

/* ---- queries ------------------------------------------------------------------------------------------ */

static void test_pages_follow_their_cursor(void **state) {
    (void)state;
    static const char *const names[] = { "Aziza", "Benafsha", "Deeba", "Farida", "Gulalai" };
    for (size_t i = 0; i < 5; i++)
        (void)register_person(names[i], "Pager");
    /* As bytes: the helper would turn the condition's ' into ". */
    Str body = str_printf(s->arena, "{\"kind\":\"person\",\"where\":\"father_name = 'Pager'\","
                                    "\"order\":\"display_name\",\"limit\":2,\"count\":true}");
    Ask ask = { .method = "POST", .path = "/api/v1/query", .bytes = body };
    Val v = scene_want(s, 200, &ask);
    assert_string_equal(text_at(s, v, "rows.0.fields.given_name"), "Aziza");
    assert_int_equal(at(v, "rows").list.n, 2);
    assert_int_equal(at(v, "count").i, 5);
    const char *cursor = text_at(s, v, "next");
    assert_true(cursor[0] != 0);
    const char *format = "{\"kind\":\"person\",\"where\":\"father_name = 'Pager'\","
                         "\"order\":\"display_name\",\"limit\":2,\"cursor\":\"%s\"%s}";
    ask.bytes = str_of(text_printf(format, cursor, ""));
    v = scene_want(s, 200, &ask);
    assert_string_equal(text_at(s, v, "rows.0.fields.given_name"), "Deeba");
    ask.bytes = str_of(text_printf(format, text_at(s, v, "next"), ""));
    v = scene_want(s, 200, &ask);
    assert_string_equal(text_at(s, v, "rows.0.fields.given_name"), "Gulalai");
    assert_int_equal(at(v, "next").type, VAL_NULL);

    /* Forged: one character changed, cut, invented, of another query. */
    char *forged = arena_copy(s->arena, cursor, strlen(cursor) + 1);
    forged[strlen(forged) / 2] = forged[strlen(forged) / 2] == 'a' ? 'b' : 'a';
    ask.bytes = str_of(text_printf(format, forged, ""));
    ask_refused(s, 422, "error.cursor", &ask);
    forged[8] = '\0';
    ask.bytes = str_of(text_printf(format, forged, ""));
    ask_refused(s, 422, "error.cursor", &ask);
    ask.bytes = str_of(text_printf(format, "bm90aGluZw", ""));
    ask_refused(s, 422, "error.cursor", &ask);
    ask.bytes =
        str_of(text_printf("{\"kind\":\"person\",\"limit\":2,\"cursor\":\"%s\"%s}", cursor, ""));
    ask_refused(s, 422, "error.cursor", &ask);
    ask.bytes =
        str_of(text_printf("{\"kind\":\"office\",\"limit\":2,\"cursor\":\"%s\"%s}", cursor, ""));
    ask_refused(s, 422, "error.cursor", &ask);
    /* Stale: the program has been started anew. */
    face_close(s);
    scene_open(s);
    face_open(s);
    ask.bytes = str_of(text_printf(format, cursor, ""));
    ask_refused(s, 422, "error.cursor", &ask);
}

static void test_queries_are_checked(void **state) {
    (void)state;
    ask_refused(s, 404, "error.http.kind", POST("/api/v1/query", "{'kind':'dragon'}"));
    ask_refused(s, 422, "error.expr.field",
                POST("/api/v1/query", "{'kind':'person','where':'wingspan > 3'}"));
    ask_refused(s, 422, "error.http.field_unknown",
                POST("/api/v1/query", "{'kind':'person','order':'wingspan'}"));
    ask_refused(s, 422, "error.http.field_unknown",
                POST("/api/v1/query", "{'kind':'person','columns':['number','wingspan']}"));
    ask_refused(s, 422, "error.number.range", POST("/api/v1/query", "{'kind':'person','limit':0}"));
    ask_refused(s, 422, "error.number.range",
                POST("/api/v1/query", "{'kind':'person','limit':1001}"));
    /* What is hidden or sealed cannot be asked about, not even through another record. */
    ask_refused(s, 422, "error.http.field_unknown",
                POST("/api/v1/query", "{'kind':'user','order':'password_hash'}"));
    ask_refused(s, 403, "error.http.field",
                POST("/api/v1/query", "{'kind':'user','where':'length(password_hash) > 3'}"));
    ask_refused(s, 403, "error.http.field",
                POST("/api/v1/query", "{'kind':'grant','where':'length(user.password_hash) > 3'}"));
    ask_refused(s, 403, "error.http.field",
                POST("/api/v1/query", "{'kind':'specific_need','where':'length(note) > 3'}"));
    ask_refused(s, 403, "error.http.field",
                POST("/api/v1/query", "{'kind':'specific_need','order':'note'}"));
    ask_refused(s, 403, "error.http.field",
                POST("/api/v1/query", "{'kind':'specific_need','columns':['note']}"));
    Val v = scene_post(s, "/api/v1/query", "{'kind':'user','columns':['login','office']}");
    assert_string_equal(text_at(s, v, "rows.0.labels.office"), "Kabul");
    assert_string_equal(text_at(s, v, "rows.0.fields.name"), "");
    /* What is referred to is called what it is called in the language asked for. */
    (void)scene_post(s, "/api/v1/op/role.save",
                     "{'code': 'administrator', 'label_fr': 'Administratrice'}");
    v = scene_post(s, "/api/v1/query?lang=fr", "{'kind':'grant'}");
    assert_string_equal(text_at(s, v, "rows.0.labels.role"), "Administratrice");
    v = scene_post(s, "/api/v1/query", "{'kind':'grant'}");
    assert_string_equal(text_at(s, v, "rows.0.labels.role"), "Administrator");
    Response r = scene_ask(s, POST("/api/v1/query", "{'kind':'user'}"));
    assert_int_equal(str_find(r.body, STR("argon2")), -1);
}

/* ---- documents ------------------------------------------------------------------------------------- */

static void want_unchanged(const char *path) {
    Ask ask = { .method = "GET", .path = path };
    Response r = scene_ask(s, &ask);
    assert_int_equal(r.status, 200);
    Str etag = response_header(&r, "ETag");
    assert_true(etag.n > 2);
    ask.more[0] =
        (HttpHeader){ STR("If-None-Match"), str_printf(s->arena, "\"x\", %.*s", STR_ARG(etag)) };
    r = scene_ask(s, &ask);
    assert_int_equal(r.status, 304);
    assert_int_equal(r.body.n, 0);
    assert_true(str_eq(response_header(&r, "ETag"), etag));
}

static void test_documents_are_sent_once(void **state) {
    (void)state;
    want_unchanged("/api/v1/meta");
    want_unchanged("/api/v1/meta?lang=ps");
    want_unchanged("/api/v1/messages/fa");
    want_unchanged("/api/v1/openapi.json");
    want_unchanged("/index.html");
    ask_refused(s, 404, "error.http.route", GET("/api/v1/messages/xx"));
    Val v = scene_want(s, 200,
                       &(Ask){ .method = "GET", .path = "/api/v1/messages/fa", .no_cookie = true });
    assert_true(str_is(val_get_text(v, "problem.busy", STR("")), "فعلاً بسیار مصروف"));
}

static void test_meta_describes_the_model(void **state) {
    (void)state;
    Val meta = scene_get(s, "/api/v1/meta?lang=fr"), kinds = at(meta, "kinds");
    assert_int_equal(kinds.list.n, s->model.n_kinds);
    bool found = false;
    for (size_t i = 0; i < kinds.list.n; i++) {
        if (strcmp(text_at(s, kinds.list.v[i], "name"), "person") != 0) continue;
        found = true;
        assert_int_equal(at(kinds.list.v[i], "no").i, 21);
        assert_string_equal(text_at(s, kinds.list.v[i], "label"), "Personne");
        assert_string_equal(text_at(s, kinds.list.v[i], "title_field"), "display_name");
        assert_string_equal(text_at(s, kinds.list.v[i], "fields.0.type"), "text");
    }
    assert_true(found);
    assert_int_equal(at(meta, "codes.sex").type, VAL_LIST);
    assert_int_equal(at(meta, "codes.void_reason").type, VAL_LIST);
    assert_int_equal(at(meta, "codes.correction_reason").type, VAL_LIST);
    Val ops = at(meta, "ops");
    assert_int_equal(ops.list.n, s->table.n);
}

static void test_openapi_knows_all(void **state) {
    (void)state;
    Val v = scene_get(s, "/api/v1/openapi.json"), paths = at(v, "paths");
    assert_string_equal(text_at(s, v, "openapi"), "3.1.0");
    for (size_t i = 0; i < s->table.n; i++) {
        Str path = str_printf(s->arena, "/api/v1/op/%s", s->ops[i]->name);
        Val op = val_get_str(paths, path);
        if (val_is_absent(op)) fail_msg("openapi lacks %s", s->ops[i]->name);
    }
    for (size_t i = 0; i < n_routes; i++)
        if (routes[i].fn != route_op &&
            val_is_absent(val_get_str(paths, str_of(routes[i].pattern))))
            fail_msg("openapi lacks %s", routes[i].pattern);
    assert_false(val_is_absent(at(v, "components.schemas.Problem")));
    assert_false(val_is_absent(at(v, "components.schemas.person")));
}

static void test_files_of_the_web_part(void **state) {
    (void)state;
    Response r = scene_ask(s, &(Ask){ .method = "GET", .path = "/", .no_cookie = true });
    assert_int_equal(r.status, 200);
    assert_string_equal(r.content_type, "text/html; charset=utf-8");
    assert_true(str_is(response_header(&r, "Cache-Control"), "no-cache"));
    Str page = r.body;
    r = scene_ask(s, &(Ask){ .method = "GET", .path = "/person/01/history", .no_cookie = true });
    assert_true(str_eq(r.body, page));
    r = scene_ask(s, &(Ask){ .method = "HEAD", .path = "/index.html", .no_cookie = true });
    assert_int_equal(r.status, 200);
    for (size_t i = 0; i < embedded_file_count; i++) {
        const EmbeddedFile *f = &embedded_files[i];
        Ask ask = { .method = "GET", .path = f->path, .no_cookie = true };
        r = scene_ask(s, &ask);
        assert_int_equal(r.status, 200);
        assert_int_equal(r.body.n, f->size);
        if (!f->gzip) continue;
        ask.more[0] = (HttpHeader){ STR("Accept-Encoding"), STR("gzip, br") };
        r = scene_ask(s, &ask);
        assert_int_equal(r.body.n, f->gzip_size);
        assert_true(str_is(response_header(&r, "Content-Encoding"), "gzip"));
        bool hashed = strstr(f->path, "/app-") == f->path;
        assert_int_equal(str_find(response_header(&r, "Cache-Control"), STR("immutable")) >= 0,
                         hashed);
    }
}

static void test_every_answer_has_its_armour(void **state) {
    (void)state;
    const Ask asks[] = {
        { .method = "GET", .path = "/" },
        { .method = "GET", .path = "/nothing.js" },
        { .method = "GET", .path = "/api/v1/session", .no_cookie = true },
        { .method = "GET", .path = "/api/v1/meta" },
        { .method = "POST", .path = "/api/v1/query", .body = "{'kind':'office'}" },
        { .method = "GET", .path = "/", .host = "evil" },
        { .method = "OPTIONS", .path = "/api/v1/meta" },
        { .method = "GET", .path = "/api/v1/qr/KBL-26-000001-8.svg" },
        { .method = "POST", .path = "/api/v1/op/scene.greedy", .body = "{}" },
    };
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        Response r = scene_ask(s, &asks[i]);
        assert_true(
            str_is(response_header(&r, "Content-Security-Policy"),
                   "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' "
                   "blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
        assert_true(str_is(response_header(&r, "X-Content-Type-Options"), "nosniff"));
        assert_true(str_is(response_header(&r, "Cross-Origin-Opener-Policy"), "same-origin"));
        assert_true(str_is(response_header(&r, "Cross-Origin-Resource-Policy"), "same-origin"));
        assert_true(str_is(response_header(&r, "Referrer-Policy"), "no-referrer"));
        if (strncmp(asks[i].path, "/api", 4) == 0)
            assert_true(str_is(response_header(&r, "Cache-Control"), "no-store"));
    }
}

/* ---- the rest ------------------------------------------------------------------------------------------ */

static void test_qr_codes(void **state) {
    (void)state;
    Response r = scene_ask(s, GET("/api/v1/qr/KBL-26-000001-8.svg"));
    assert_int_equal(r.status, 200);
    assert_string_equal(r.content_type, "image/svg+xml");
    assert_true(str_starts(r.body, STR("<svg xmlns=")));
    assert_true(str_ends(r.body, STR("</svg>")));
    ask_refused(s, 422, "error.http.qr", GET("/api/v1/qr/kbl.svg"));
    ask_refused(s, 422, "error.http.qr", GET("/api/v1/qr/%3Cscript%3E.svg"));
    ask_refused(s, 422, "error.http.qr", GET("/api/v1/qr/.svg"));
    ask_refused(s, 422, "error.http.qr", GET("/api/v1/qr/A"));
}

static void test_long_work(void **state) {
    (void)state;
    Val v = scene_want(s, 202, POST("/api/v1/op/scene.count", "{'to':3}"));
    const char *path = text_printf("/api/v1/job/%s%s", text_at(s, v, "job"), "");
    for (int i = 0; i < 200; i++) {
        v = scene_get(s, path);
        if (strcmp(text_at(s, v, "state"), "done") == 0) break;
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000000L }, NULL);
    }
    assert_string_equal(text_at(s, v, "state"), "done");
    assert_int_equal(at(v, "result.counted").i, 3);
    assert_string_equal(text_at(s, scene_get(s, "/api/v1/job"), "jobs.0.op"), "scene.count");
    v = scene_want(s, 202, POST("/api/v1/op/scene.count", "{'to':100000}"));
    path = text_printf("/api/v1/job/%s%s", text_at(s, v, "job"), "");
    (void)scene_want(s, 200, &(Ask){ .method = "DELETE", .path = path });
    for (int i = 0; i < 200; i++) {
        v = scene_get(s, path);
        if (strcmp(text_at(s, v, "state"), "cancelled") == 0) break;
        nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000000L }, NULL);
    }
    assert_string_equal(text_at(s, v, "state"), "cancelled");
    ask_refused(s, 404, "error.job.unknown", GET("/api/v1/job/nonsense"));
    Response r = scene_ask(s, GET(text_printf("%s/events%s", path, "")));
    assert_true(str_is(r.events_path, path));
}

static void test_the_node_itself(void **state) {
    (void)state;
    Val v = scene_want(s, 200, &(Ask){ .method = "GET", .path = "/healthz", .no_cookie = true });
    assert_string_equal(text_at(s, v, "status"), "ok");
    assert_true(val_is_absent(at(v, "people")));
    env_advance(&s->env, 61 * TIME_SECOND); /* counted once a minute */
    v = scene_get(s, "/healthz");
    assert_true(at(v, "people").i > 0);
    Response r = scene_ask(s, GET("/metrics"));
    assert_true(str_find(r.body, STR("\npanah_requests_total{status=\"2xx\"} ")) > 0);
    assert_true(str_find(r.body, STR("panah_request_seconds_bucket{le=\"+Inf\"} ")) > 0);
    v = scene_post(s, "/api/v1/system/verify", "{'all_seals':true}");
    assert_int_equal(at(v, "faults").i, 0);
    assert_true(at(v, "commits").i > 0);
    v = scene_post(s, "/api/v1/system/rebuild", "{'check_only':true}");
    assert_int_equal(at(v, "differences").i, 0);
    v = scene_get(s, "/api/v1/system");
    assert_string_equal(text_at(s, v, "recovery_printed"), "");
    v = scene_post(s, "/api/v1/system/recovery-printed", "{}");
    assert_int_equal(strncmp(text_at(s, v, "recovery_printed"), "2026-11-23T", 11), 0);
}

static void test_local_requests_need_no_session(void **state) {
    (void)state;
    Ask ask = { .method = "POST",
                .path = "/api/v1/query",
                .body = "{'kind':'office'}",
                .local = true,
                .no_cookie = true,
                .no_csrf = true,
                .host = "" };
    (void)scene_want(s, 200, &ask);
    ask.more[0] = (HttpHeader){ STR("X-Panah-As"), STR("admin") };
    (void)scene_want(s, 200, &ask);
    ask.more[0].value = STR("nobody");
    ask_refused(s, 404, "error.user.unknown", &ask);
    /* The header alone, over TCP, is nothing. */
    ask.more[0].value = STR("admin");
    ask.local = false;
    ask.host = NULL;
    ask_refused(s, 401, "error.session.none", &ask);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_session_begins_and_ends),
        cmocka_unit_test(test_a_locked_screen_waits_for_its_password),
        cmocka_unit_test(test_a_first_password_must_be_changed),
        cmocka_unit_test(test_views_are_ones_own_or_shared),
        cmocka_unit_test(test_guesses_have_to_wait),
        cmocka_unit_test(test_another_host_name_is_refused),
        cmocka_unit_test(test_forged_requests_are_refused),
        cmocka_unit_test(test_bad_requests_say_what_is_wrong),
        cmocka_unit_test(test_what_is_too_large_is_refused),
        cmocka_unit_test(test_a_request_that_takes_too_much_memory_ends_alone),
        cmocka_unit_test(test_a_person_is_registered_and_found),
        cmocka_unit_test(test_a_stale_correction_shows_both_values),
        cmocka_unit_test(test_html_in_a_name_stays_text),
        cmocka_unit_test(test_pages_follow_their_cursor),
        cmocka_unit_test(test_queries_are_checked),
        cmocka_unit_test(test_documents_are_sent_once),
        cmocka_unit_test(test_meta_describes_the_model),
        cmocka_unit_test(test_openapi_knows_all),
        cmocka_unit_test(test_files_of_the_web_part),
        cmocka_unit_test(test_every_answer_has_its_armour),
        cmocka_unit_test(test_qr_codes),
        cmocka_unit_test(test_long_work),
        cmocka_unit_test(test_the_node_itself),
        cmocka_unit_test(test_local_requests_need_no_session),
    };
    return cmocka_run_group_tests_name("api", tests, make, drop);
}
