/* session_table.c: the open sessions, in memory; what a restart needs of them is in LOCAL.
 *
 * A session is found by the SHA-256 of its token: neither memory nor disk holds a token. */
#include "access/access_int.h"

#include "base/banned.h"

/* --- the table -------------------------------------------------------------------------------- */

void session_table_open(SessionTable *t, Arena *a) {
    t->all = arena_array(a, Session, SESSIONS_MAX);
    t->buckets = arena_array(a, int32_t, SESSION_BUCKETS);
    for (size_t i = 0; i < SESSION_BUCKETS; i++)
        t->buckets[i] = -1;
    for (int32_t i = 0; i < SESSIONS_MAX; i++)
        t->all[i].next = i + 1 < SESSIONS_MAX ? i + 1 : -1;
    pthread_mutex_init(&t->lock, NULL);
}

/* The hash is as good as random, so its first bytes are the bucket. */
static int32_t *bucket(SessionTable *t, const Hash256 *token_hash) {
    uint32_t n;
    memcpy(&n, token_hash->b, sizeof n);
    return &t->buckets[n % SESSION_BUCKETS];
}

Session *session_table_get(SessionTable *t, const Hash256 *token_hash) {
    for (int32_t i = *bucket(t, token_hash); i >= 0; i = t->all[i].next)
        if (crypt_equal(&t->all[i].token_hash, token_hash, sizeof *token_hash)) return &t->all[i];
    return NULL;
}

Session *session_table_add(SessionTable *t, const Hash256 *token_hash) {
    ASSERT(t->all);
    if (t->first_free < 0) return NULL;
    int32_t at = t->first_free, *first = bucket(t, token_hash);
    Session *s = &t->all[at];
    t->first_free = s->next;
    *s = (Session){ .token_hash = *token_hash, .next = *first, .used = true };
    *first = at;
    t->n++;
    return s;
}

void session_table_remove(SessionTable *t, Session *s) {
    int32_t at = (int32_t)(s - t->all), *link = bucket(t, &s->token_hash);
    while (*link != at)
        link = &t->all[*link].next;
    *link = s->next;
    *s = (Session){ .next = t->first_free };
    t->first_free = at;
    t->n--;
}

Session *session_table_oldest_of(SessionTable *t, Id user, size_t *ret_n) {
    Session *oldest = NULL;
    *ret_n = 0;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        Session *s = &t->all[i];
        if (!s->used || !id_eq(s->user, user)) continue;
        ++*ret_n;
        if (!oldest || s->seen < oldest->seen) oldest = s;
    }
    return oldest;
}

void session_table_sweep(SessionTable *t, Time now) {
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        if (t->all[i].used && session_is_over(&t->all[i], now)) session_table_remove(t, &t->all[i]);
}

/* A locked session shows nothing and does nothing until the password is given, so it may wait. */
bool session_is_over(const Session *s, Time now) {
    return now - s->began >= SESSION_LIFE || (!s->locked && now - s->seen >= SESSION_IDLE);
}

/* --- in LOCAL --------------------------------------------------------------------------------- */

Str session_local_key(Arena *a, const Hash256 *token_hash) {
    return hex_encode(a, token_hash->b, sizeof token_hash->b);
}

Str session_encode(Arena *a, const Session *s) {
    Val v = val_map();
    val_set_c(a, &v, "id", val_id(a, s->id));
    val_set_c(a, &v, "user", val_id(a, s->user));
    val_set_c(a, &v, "began", val_int(s->began));
    val_set_c(a, &v, "seen", val_int(s->seen));
    val_set_c(a, &v, "mark", val_int((int64_t)s->password_mark));
    val_set_c(a, &v, "wrong", val_int(s->wrong));
    val_set_c(a, &v, "locked", val_bool(s->locked));
    val_set_c(a, &v, "lang", val_text(str_of(s->lang)));
    Buf out = buf_new(a, 1024);
    cbor_put_val(&out, v);
    ASSERT(!buf_full(&out));
    return buf_text(&out);
}

bool session_decode(Arena *a, Str key, Str bytes, Session *ret) {
    Session s = { .used = true };
    Val v = VAL_ABSENT;
    CborReader r = cbor_reader(bytes);
    if (key.n != 2 * sizeof s.token_hash.b) return false;
    if (!hex_decode(key, s.token_hash.b, sizeof s.token_hash.b)) return false;
    if (!cbor_get_val(&r, a, &v) || !cbor_finish(&r)) return false;
    if (!val_get_id(val_get(v, "id"), &s.id) || !val_get_id(val_get(v, "user"), &s.user))
        return false;
    s.began = val_get_int(v, "began", 0);
    s.seen = s.saved = val_get_int(v, "seen", 0);
    s.password_mark = (uint64_t)val_get_int(v, "mark", 0);
    s.wrong = (uint32_t)val_get_int(v, "wrong", 0);
    s.locked = val_get_bool(v, "locked", true);
    text_into(s.lang, sizeof s.lang, val_get_text(v, "lang", STR("")));
    *ret = s;
    return true;
}

/* Puts a session of the last run into the table; false: it is over, and may go. */
static bool restore_one(Ctx *c, Access *a, const LocalItem *item) {
    SessionTable *t = &a->sessions;
    Session was;
    if (!session_decode(c->arena, item->key, item->bytes, &was)) return false;
    if (session_is_over(&was, c->now)) return false;
    pthread_mutex_lock(&t->lock);
    Session *s = session_table_get(t, &was.token_hash);
    if (!s) s = session_table_add(t, &was.token_hash);
    if (s) {
        was.next = s->next;
        *s = was;
    }
    pthread_mutex_unlock(&t->lock);
    return s != NULL;
}

typedef struct Restore {
    Access *access;
    Arena *out;
    VEC(Str) over; /* keys */
} Restore;

static Status restore(Ctx *c, void *arg) {
    Restore *r = arg;
    LocalItem *items;
    size_t n;
    TRY(local_list(c, SESSION_SPACE, &items, &n));
    for (size_t i = 0; i < n; i++)
        if (!restore_one(c, r->access, &items[i]))
            vec_push(r->out, &r->over, str_copy(r->out, items[i].key));
    return ST_OK;
}

static Status forget(Ctx *c, Tx *tx, void *arg) {
    Restore *r = arg;
    (void)tx;
    for (size_t i = 0; i < r->over.n; i++)
        TRY(local_delete(c, SESSION_SPACE, r->over.v[i]));
    return ST_OK;
}

Status sessions_restore(Ctx *c, Access *a) {
    Restore r = { .access = a, .out = c->arena };
    TRY(access_read(c, a->store, restore, &r));
    return r.over.n ? store_write(a->store, c, forget, &r) : ST_OK;
}

/* --- keeping them ----------------------------------------------------------------------------- */

typedef struct SaveArg {
    Session *sessions;
    size_t n;
} SaveArg;

static Status save(Ctx *c, Tx *tx, void *arg) {
    SaveArg *in = arg;
    (void)tx;
    for (size_t i = 0; i < in->n; i++) {
        const Session *s = &in->sessions[i];
        TRY(local_put(c, SESSION_SPACE, session_local_key(c->arena, &s->token_hash),
                      session_encode(c->arena, s)));
    }
    return ST_OK;
}

static bool is_unsaved(const Session *s, bool all) {
    return s->used && s->seen - s->saved >= (all ? 1 : SESSION_SAVE_EVERY_S * TIME_SECOND);
}

static size_t count_unsaved(SessionTable *t, Time now, bool all) {
    size_t n = 0;
    pthread_mutex_lock(&t->lock);
    session_table_sweep(t, now);
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        n += is_unsaved(&t->all[i], all);
    pthread_mutex_unlock(&t->lock);
    return n;
}

static size_t copy_unsaved(SessionTable *t, bool all, Session *out, size_t room) {
    size_t n = 0;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < SESSIONS_MAX && n < room; i++) {
        Session *s = &t->all[i];
        if (!is_unsaved(s, all)) continue;
        s->saved = s->seen;
        out[n++] = *s;
    }
    pthread_mutex_unlock(&t->lock);
    return n;
}

Status sessions_save(Ctx *c, Access *a, bool all) {
    size_t n = count_unsaved(&a->sessions, c->now, all);
    if (n == 0) return ST_OK;
    SaveArg arg = { .sessions = arena_array(c->arena, Session, n) };
    arg.n = copy_unsaved(&a->sessions, all, arg.sessions, n);
    return store_write(a->store, c, save, &arg);
}
