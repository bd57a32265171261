/* session.c: signing in and out, locking, the password.
 *
 * A guesser learns nothing: an unknown login costs the work of a known one and is answered in the
 * same words as a wrong password, a suspended account or one that has ended. */
#include "access/access_int.h"

#include "base/banned.h"

enum { TOKEN_N = 32 };

typedef struct Token {
    uint8_t b[TOKEN_N];
} Token;

static bool token_parse(Str text, Hash256 *ret_hash) {
    Token token;
    if (text.n != SESSION_TOKEN_TEXT_N || !hex_decode(text, token.b, sizeof token.b)) return false;
    *ret_hash = sha256(str_n(token.b, sizeof token.b));
    crypt_wipe(&token, sizeof token);
    return true;
}

size_t text_into(char *out, size_t room, Str text) {
    size_t n = text.n < room ? text.n : room - 1;
    while (n > 0 && n < text.n && ((unsigned char)text.s[n] & 0xC0) == 0x80)
        n--;
    if (n) memcpy(out, text.s, n);
    out[n] = '\0';
    return n;
}

static Status wrong(Ctx *c) {
    ctx_fail(c, ST_UNAUTHENTICATED, NULL, "error.session.wrong", NULL);
    return ST_UNAUTHENTICATED;
}

static Status none(Ctx *c) {
    ctx_fail(c, ST_UNAUTHENTICATED, NULL, "error.session.none", NULL);
    return ST_UNAUTHENTICATED;
}

static Status ended(Ctx *c) {
    ctx_fail(c, ST_UNAUTHENTICATED, NULL, "error.session.ended", NULL);
    return ST_UNAUTHENTICATED;
}

/* --- writing sessions to LOCAL ---------------------------------------------------------------- */

typedef struct PutArg {
    const Session *put;    /* NULL: none */
    const Hash256 *remove; /* NULL: none */
} PutArg;

static Status put(Ctx *c, Tx *tx, void *arg) {
    PutArg *in = arg;
    (void)tx;
    if (in->put)
        TRY(local_put(c, SESSION_SPACE, session_local_key(c->arena, &in->put->token_hash),
                      session_encode(c->arena, in->put)));
    if (in->remove) TRY(local_delete(c, SESSION_SPACE, session_local_key(c->arena, in->remove)));
    return ST_OK;
}

/* What has happened in memory holds; that a restart will not know of it is for the log. */
static void put_or_warn(Ctx *c, Access *a, PutArg arg) {
    size_t noted = c->errs.n;
    if (store_write(a->store, c, put, &arg) == ST_OK) return;
    c->errs.n = noted;
    log_warn(c->env, "session_not_saved", NULL);
}

/* --- the actor of a session ------------------------------------------------------------------- */

static Str session_lang(Ctx *c, const Session *s, const Actor *user) {
    if (s->lang[0]) return str_copy(c->arena, str_of(s->lang));
    return str_empty(user->lang) ? STR("en") : user->lang;
}

static const Actor *enter(Ctx *c, Access *a, const Session *s, const ActorData *d) {
    Actor *actor = arena_new_of(c->arena, Actor);
    *actor = d->actor;
    actor->session = s->id;
    actor->locked = s->locked;
    actor->lang = session_lang(c, s, &d->actor);
    c->store = a->store;
    actor_enter(c, actor);
    return actor;
}

static bool mark_holds(const Session *s, const ActorData *d) {
    return d->password_mark == s->password_mark ||
           (s->next_password_mark != 0 && d->password_mark == s->next_password_mark);
}

static void drop(Access *a, const Hash256 *hash) {
    SessionTable *t = &a->sessions;
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, hash);
    if (s) session_table_remove(t, s);
    pthread_mutex_unlock(&t->lock);
}

/* A copy of the session; with `active`, as used now. */
static Status look(Ctx *c, Access *a, Str token, bool active, Session *ret) {
    SessionTable *t = &a->sessions;
    Hash256 hash;
    bool found = false, over = false;
    if (!token_parse(token, &hash)) return none(c);
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, &hash);
    if (s) {
        found = true;
        over = session_is_over(s, c->now);
        if (active && !over && !s->locked && c->now > s->seen) s->seen = c->now;
        *ret = *s;
        if (over) session_table_remove(t, s);
    }
    pthread_mutex_unlock(&t->lock);
    if (!found) return none(c);
    return over ? ended(c) : ST_OK;
}

/* The account behind a session, as it is now: suspended, voided or with another password, its
 * sessions end. */
static Status account(Ctx *c, Access *a, const Session *s, const ActorData **ret) {
    size_t noted = c->errs.n;
    const ActorData *d = NULL;
    Status st = actor_load(c, a, s->user, &d);
    if (st == ST_MISSING)
        c->errs.n = noted;
    else
        TRY(st);
    if (st == ST_MISSING || !d->active || !mark_holds(s, d)) {
        drop(a, &s->token_hash);
        put_or_warn(c, a, (PutArg){ .remove = &s->token_hash });
        return ended(c);
    }
    *ret = d;
    return ST_OK;
}

Status session_find(Ctx *c, Access *a, Str token, SessionUse use, const Actor **ret) {
    Session s = { 0 };
    const ActorData *d = NULL;
    TRY(look(c, a, token, use == SESSION_ACTIVE, &s));
    TRY(account(c, a, &s, &d));
    *ret = enter(c, a, &s, d);
    return ST_OK;
}

/* --- signing in ------------------------------------------------------------------------------- */

static Status too_often(Ctx *c, Time wait) {
    long long seconds = (wait + TIME_SECOND - 1) / TIME_SECOND;
    return FAIL(c, ST_LIMIT, NULL, "error.session.too_often", "retry_after_s",
                str_printf(c->arena, "%lld", seconds));
}

typedef struct Guess {
    uint64_t login_key, source_key; /* source 0: not throttled */
} Guess;

static Status guess_begin(Ctx *c, Access *a, Str login, Str source, Guess *ret) {
    Guess g = { .login_key = throttle_key(a->throttle, 'l', login) };
    if (!str_empty(source)) {
        g.source_key = throttle_key(a->throttle, 's', source);
        Time wait = throttle_begin(a->throttle, &throttle_source, g.source_key, c->now);
        if (wait > 0) return too_often(c, wait);
    }
    Time wait = throttle_begin(a->throttle, &throttle_login, g.login_key, c->now);
    if (wait > 0) {
        if (g.source_key) throttle_take_back(a->throttle, g.source_key);
        return too_often(c, wait);
    }
    *ret = g;
    return ST_OK;
}

/* A right password wipes the slate of the login. Trouble of ours is not held against anyone. */
static void guess_end(Access *a, const Guess *g, Status st) {
    if (st == ST_UNAUTHENTICATED) return;
    if (st == ST_OK)
        throttle_forget(a->throttle, g->login_key);
    else
        throttle_take_back(a->throttle, g->login_key);
    if (g->source_key) throttle_take_back(a->throttle, g->source_key);
}

/* Puts a new session into memory and LOCAL; the user's oldest gives way to one too many. */
static Status session_begin(Ctx *c, Access *a, const Session *made) {
    SessionTable *t = &a->sessions;
    Hash256 removed;
    bool removes = false;
    size_t n;
    pthread_mutex_lock(&t->lock);
    Session *oldest = session_table_oldest_of(t, made->user, &n);
    if (oldest && n >= SESSIONS_OF_USER_MAX) {
        removed = oldest->token_hash;
        removes = true;
        session_table_remove(t, oldest);
    }
    if (t->first_free < 0) session_table_sweep(t, c->now);
    Session *s = session_table_add(t, &made->token_hash);
    if (s) {
        int32_t next = s->next;
        *s = *made;
        s->next = next;
    }
    pthread_mutex_unlock(&t->lock);
    if (!s) return FAIL(c, ST_BUSY, NULL, "error.session.full");
    PutArg arg = { .put = made, .remove = removes ? &removed : NULL };
    Status st = store_write(a->store, c, put, &arg);
    if (st != ST_OK) drop(a, &made->token_hash);
    return st;
}

static bool lang_is_known(Str lang) {
    static const char *const known[] = { "en", "fr", "fa", "ps", "ar" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_is(lang, known[i])) return true;
    return false;
}

static void rehash_if_weak(Ctx *c, Access *a, const ActorData *d, Str password);

static Status sign_in_right(Ctx *c, Access *a, const SignIn *in, Id user, Str phc, Str *ret_token) {
    const ActorData *d = NULL;
    Token token;
    TRY(actor_load(c, a, user, &d));
    if (!d->active) return wrong(c);
    env_random(c->env, token.b, sizeof token.b);
    Session made = {
        .token_hash = sha256(str_n(token.b, sizeof token.b)),
        .id = id_new(c->env),
        .user = user,
        .began = c->now,
        .seen = c->now,
        .saved = c->now,
        .password_mark = password_mark(phc),
        .used = true,
    };
    if (lang_is_known(in->lang)) text_into(made.lang, sizeof made.lang, in->lang);
    TRY(session_begin(c, a, &made));
    *ret_token = hex_encode(c->arena, token.b, sizeof token.b);
    crypt_wipe(&token, sizeof token);
    enter(c, a, &made, d);
    rehash_if_weak(c, a, d, in->password);
    return ST_OK;
}

static Status guess(Ctx *c, Access *a, const SignIn *in, Str login, Str *ret_token) {
    Str phc;
    Id user;
    bool right;
    TRY(login_find(c, a, login, &user, &phc));
    TRY(password_try(c, &a->slots, phc, in->password, &right));
    return right ? sign_in_right(c, a, in, user, phc, ret_token) : wrong(c);
}

Status session_sign_in(Ctx *c, Access *a, const SignIn *in, Str *ret_token) {
    Str login = login_normal(c->arena, in->login);
    Guess g = { 0 };
    TRY(guess_begin(c, a, login, in->source, &g));
    Status st = guess(c, a, in, login, ret_token);
    guess_end(a, &g, st);
    return st;
}

/* --- locking and signing out ------------------------------------------------------------------ */

Status session_lock(Ctx *c, Access *a, Str token) {
    SessionTable *t = &a->sessions;
    Session copy = { 0 };
    TRY(look(c, a, token, false, &copy));
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, &copy.token_hash);
    if (s) s->locked = true;
    pthread_mutex_unlock(&t->lock);
    copy.locked = true;
    put_or_warn(c, a, (PutArg){ .put = &copy });
    return ST_OK;
}

Status session_sign_out(Ctx *c, Access *a, Str token) {
    Hash256 hash;
    if (!token_parse(token, &hash)) return ST_OK;
    drop(a, &hash);
    put_or_warn(c, a, (PutArg){ .remove = &hash });
    return ST_OK;
}

/* Counts a try within a session before it is made, so that tries at the same time count too. */
static bool try_begin(Access *a, const Hash256 *hash, uint32_t *ret_wrong) {
    SessionTable *t = &a->sessions;
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, hash);
    bool allowed = s && s->wrong < SESSION_UNLOCKS_MAX;
    if (allowed) *ret_wrong = ++s->wrong;
    pthread_mutex_unlock(&t->lock);
    return allowed;
}

static void try_right(Ctx *c, Access *a, const Hash256 *hash, Session *ret) {
    SessionTable *t = &a->sessions;
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, hash);
    if (s) {
        s->wrong = 0;
        s->locked = false;
        s->seen = s->saved = c->now;
        *ret = *s;
    }
    pthread_mutex_unlock(&t->lock);
}

/* The password of the session's own account; the last wrong one ends the session. */
static Status session_try(Ctx *c, Access *a, Session *s, const ActorData *d, Str password) {
    uint32_t tries;
    bool right;
    if (!try_begin(a, &s->token_hash, &tries)) return ended(c);
    TRY(password_try(c, &a->slots, d->password_hash, password, &right));
    if (right) {
        try_right(c, a, &s->token_hash, s);
        return ST_OK;
    }
    if (tries >= SESSION_UNLOCKS_MAX) {
        drop(a, &s->token_hash);
        put_or_warn(c, a, (PutArg){ .remove = &s->token_hash });
        return ended(c);
    }
    s->wrong = tries;
    put_or_warn(c, a, (PutArg){ .put = s });
    return FAIL(c, ST_UNAUTHENTICATED, NULL, "error.session.wrong_password", "left",
                str_printf(c->arena, "%d", SESSION_UNLOCKS_MAX - (int)tries));
}

Status session_unlock(Ctx *c, Access *a, Str token, Str password) {
    Session s = { 0 };
    const ActorData *d = NULL;
    TRY(look(c, a, token, false, &s));
    TRY(account(c, a, &s, &d));
    TRY(session_try(c, a, &s, d, password));
    put_or_warn(c, a, (PutArg){ .put = &s });
    enter(c, a, &s, d);
    return ST_OK;
}

/* --- the password ----------------------------------------------------------------------------- */

/* What happens to the marks of a user's sessions around a change of the hash. */
typedef enum MarkStep { MARK_EXPECT, MARK_TAKE, MARK_FORGET } MarkStep;

/* only: the one session that goes on; NULL: all. */
static void marks(Access *a, Id user, const Hash256 *only, MarkStep step, uint64_t mark) {
    SessionTable *t = &a->sessions;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        Session *s = &t->all[i];
        if (!s->used || !id_eq(s->user, user)) continue;
        if (only && !crypt_equal(&s->token_hash, only, sizeof *only)) {
            if (step == MARK_TAKE) session_table_remove(t, s);
            continue;
        }
        if (step == MARK_TAKE) s->password_mark = mark;
        s->next_password_mark = step == MARK_EXPECT ? mark : 0;
        if (step == MARK_TAKE) s->saved = s->seen - 1; /* to be written to LOCAL again */
    }
    pthread_mutex_unlock(&t->lock);
}

typedef struct HashArg {
    Id user;
    Str phc;
    uint32_t act_no;
} HashArg;

static Status write_hash(Ctx *c, Tx *tx, void *arg) {
    HashArg *in = arg;
    ActPart act = {
        .act = id_new(c->env),
        .op_no = in->act_no,
        .op_version = 1,
        .actor = in->user,
        .device = store_node(c->store),
        .office = c->actor->office,
        .purpose = STR(""),
        .reason = STR(""),
        .client_time = TIME_NONE,
        .spoken_by = STR(""),
    };
    Val fields = val_map();
    val_set_c(c->arena, &fields, "password_hash", val_text(in->phc));
    if (in->act_no == ACT_PASSWORD_CHANGE)
        val_set_c(c->arena, &fields, "must_change_password", val_bool(false));
    tx_act(tx, &act);
    return tx_set(c, model_kind(store_model(c->store), STR("user")), in->user, STR(""), fields);
}

/* c->actor is the user. */
static Status hash_change(Ctx *c, Access *a, const Hash256 *only, Id user, Str phc,
                          uint32_t act_no) {
    HashArg arg = { user, phc, act_no };
    uint64_t mark = password_mark(phc);
    marks(a, user, only, MARK_EXPECT, mark);
    Status st = store_write(a->store, c, write_hash, &arg);
    marks(a, user, only, st == ST_OK ? MARK_TAKE : MARK_FORGET, mark);
    TRY(st);
    size_t noted = c->errs.n;
    if (sessions_save(c, a, true) != ST_OK) {
        c->errs.n = noted;
        log_warn(c->env, "session_not_saved", NULL);
    }
    return ST_OK;
}

static void rehash_if_weak(Ctx *c, Access *a, const ActorData *d, Str password) {
    Str phc;
    size_t noted = c->errs.n;
    if (!password_is_weak(d->password_hash, a->slots.mem_kib, a->slots.passes)) return;
    Status st = access_password_hash(c, a, password, &phc);
    if (st == ST_OK) st = hash_change(c, a, NULL, d->actor.user, phc, ACT_PASSWORD_REHASH);
    c->errs.n = noted;
    if (st != ST_OK) log_warn(c->env, "password_not_rehashed", "status", status_name(st), NULL);
}

Status session_change_password(Ctx *c, Access *a, Str token, Str old_password, Str new_password) {
    Session s = { 0 };
    const ActorData *d = NULL;
    Str phc;
    TRY(look(c, a, token, true, &s));
    if (s.locked) return FAIL(c, ST_DENIED, NULL, "error.session.locked");
    TRY(account(c, a, &s, &d));
    enter(c, a, &s, d);
    TRY(password_check(c, "new", new_password, d->actor.login));
    if (str_eq(old_password, new_password))
        return FAIL(c, ST_INVALID, "new", "error.password.same");
    TRY(session_try(c, a, &s, d, old_password));
    TRY(access_password_hash(c, a, new_password, &phc));
    TRY(hash_change(c, a, &s.token_hash, s.user, phc, ACT_PASSWORD_CHANGE));
    TRY(actor_load(c, a, s.user, &d));
    enter(c, a, &s, d);
    return ST_OK;
}

/* --- the rest --------------------------------------------------------------------------------- */

Status session_set_language(Ctx *c, Access *a, Str token, Str lang) {
    SessionTable *t = &a->sessions;
    Session copy = { 0 };
    if (!lang_is_known(lang)) return FAIL(c, ST_INVALID, "language", "error.language.unknown");
    TRY(look(c, a, token, true, &copy));
    text_into(copy.lang, sizeof copy.lang, lang);
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, &copy.token_hash);
    if (s) memcpy(s->lang, copy.lang, sizeof s->lang);
    pthread_mutex_unlock(&t->lock);
    put_or_warn(c, a, (PutArg){ .put = &copy });
    c->lang = str_copy(c->arena, lang);
    return ST_OK;
}

Str session_csrf(Arena *a, Str token) {
    Key key = { { 0 } };
    if (token.n != SESSION_TOKEN_TEXT_N || !hex_decode(token, key.b, sizeof key.b)) return STR("");
    Hash256 mac = hmac_sha256(&key, STR("panah csrf 1"));
    crypt_wipe(&key, sizeof key);
    return hex_encode(a, mac.b, sizeof mac.b);
}

bool session_csrf_is(Str token, Str csrf) {
    Key key = { { 0 } };
    Hash256 given, mac;
    if (token.n != SESSION_TOKEN_TEXT_N || !hex_decode(token, key.b, sizeof key.b)) return false;
    if (csrf.n != 2 * sizeof given.b || !hex_decode(csrf, given.b, sizeof given.b)) return false;
    mac = hmac_sha256(&key, STR("panah csrf 1"));
    crypt_wipe(&key, sizeof key);
    return crypt_equal(&given, &mac, sizeof mac);
}

size_t session_count(Access *a) {
    pthread_mutex_lock(&a->sessions.lock);
    size_t n = a->sessions.n;
    pthread_mutex_unlock(&a->sessions.lock);
    return n;
}
