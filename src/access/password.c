/* password.c: which passwords are taken, and the slow work of hashing them, a few at a time. */
#include "access/access_int.h"

#include <unistd.h>

#include "base/banned.h"

enum {
    FULL_MEM_KIB = 65536,
    FULL_PASSES = 2,
    QUICK_MEM_KIB = 8,
    QUICK_PASSES = 1,
    SLOTS_MAX = 64,
    HASH_ARENA_MAX = 1 << 20,
    LOGIN_HELD_MIN = 4, /* shorter logins occur in good passwords by chance */
};

/* The most common passwords of PASSWORD_LENGTH_MIN and more characters, and what comes to mind here;
 * compared without case. */
static const char *const common[] = {
    "0123456789",    "0987654321",   "1029384756",    "1111111111",      "1111122222",
    "1122334455",    "1212121212",   "123123123123",  "1231231231",      "1234512345",
    "1234554321",    "1234567890",   "12345678900",   "12345678901",     "123456789012",
    "1234567891",    "12345678910",  "123456789a",    "123456789q",      "1234qwerasdf",
    "1357924680",    "147258369a",   "1q2w3e4r5t",    "1q2w3e4r5t6y",    "1qaz2wsx3edc",
    "2222222222",    "5555555555",   "7777777777",    "8888888888",      "9876543210",
    "9999999999",    "0000000000",   "a123456789",    "aa12345678",      "aaaaaaaaaa",
    "abc1234567",    "abcd123456",   "abcd1234567",   "abcdefghij",      "abcdefghijk",
    "admin12345",    "admin123456",  "administrator", "afghanistan",     "allahuakbar",
    "asdfasdfasdf",  "asdfghjkl1",   "asdfghjkl;",    "assalamualaikum", "asdf123456",
    "basketball",    "bismillah1",   "bismillah123",  "changeme12",      "changeme123",
    "changemenow",   "charlie123",   "computer123",   "contrasena",      "football12",
    "football123",   "google1234",   "helloworld",    "iloveyou12",      "iloveyou123",
    "iloveyou1234",  "islamabad1",   "internet12",    "kabul12345",      "letmein123",
    "letmein1234",   "liverpool1",   "manchester",    "marseille13",     "michael123",
    "monkey12345",   "motdepasse",   "motdepasse1",   "mypassword",      "newpassword",
    "p@ssw0rd12",    "p@ssw0rd123",  "p@ssword123",   "pa55word12",      "pakistan12",
    "pakistan123",   "panah12345",   "panah123456",   "panahpanah",      "passw0rd12",
    "passw0rd123",   "password00",   "password01",    "password10",      "password11",
    "password12",    "password123",  "password1234",  "password12345",   "password2024",
    "password2025",  "password2026", "password!!",    "password1!",      "passwordpassword",
    "princess12",    "q1w2e3r4t5",   "q1w2e3r4t5y6",  "qazwsxedc1",      "qazwsxedcrfv",
    "qwer123456",    "qwerasdfzxcv", "qwerty1234",    "qwerty12345",     "qwerty123456",
    "qwerty1234567", "qwertyqwerty", "qwertyuiop",    "qwertyuiop1",     "qwertyuiop123",
    "qwertyuiop[]",  "qwertzuiop",   "refugee123",    "registration",    "registration1",
    "samsung123",    "security123",  "sunshine12",    "superman12",      "test123456",
    "testtest12",    "unhcr12345",   "unhcr123456",   "welcome123",      "welcome1234",
    "welcome12345",  "welcome2024",  "welcome2025",   "welcome2026",     "zaq12wsxcde3",
    "zaq1zaq1zaq1",  "zxcvbnm123",   "zxcvbnm1234",   "zxcvbnmzxc",      "azertyuiop",
    "azerty1234",    "azerty12345",  "azertyuiop1",
};

static bool is_common(Str password) {
    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        if (str_ieq(password, str_of(common[i]))) return true;
    return false;
}

static bool is_one_character(Str password) {
    for (size_t i = 1; i < password.n; i++)
        if (password.s[i] != password.s[0]) return false;
    return true;
}

Status password_check(Ctx *c, const char *path, Str password, Str login) {
    if (!str_utf8_valid(password)) return FAIL(c, ST_INVALID, path, "error.password.not_text");
    if (password.n > PASSWORD_MAX) return FAIL(c, ST_INVALID, path, "error.password.too_long");
    if (str_utf8_length(password) < PASSWORD_LENGTH_MIN)
        return FAIL(c, ST_INVALID, path, "error.password.short", "min",
                    str_printf(c->arena, "%d", PASSWORD_LENGTH_MIN));
    Str small = str_lower_ascii(c->arena, password);
    Str name = login_normal(c->arena, login);
    bool held = name.n >= LOGIN_HELD_MIN && str_find(small, name) >= 0 &&
                password.n - name.n < PASSWORD_LENGTH_MIN;
    if (str_eq(small, name) || held) return FAIL(c, ST_INVALID, path, "error.password.login");
    if (is_common(password) || is_one_character(password))
        return FAIL(c, ST_INVALID, path, "error.password.common");
    return ST_OK;
}

/* --- slots ------------------------------------------------------------------------------------ */

Status password_slots_open(Ctx *c, PasswordSlots *p, const AccessOptions *o) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = o->password_slots ? o->password_slots : processors > 0 ? (size_t)processors : 1;
    p->n = n < SLOTS_MAX ? n : SLOTS_MAX;
    p->mem_kib = o->password_quick ? QUICK_MEM_KIB : FULL_MEM_KIB;
    p->passes = o->password_quick ? QUICK_PASSES : FULL_PASSES;
    Str phc = password_hash_of_none(c->env, c->arena, p->mem_kib, p->passes);
    ASSERT(phc.n < sizeof p->dummy);
    memcpy(p->dummy, phc.s, phc.n);
    p->dummy_n = phc.n;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->freed, NULL);
    return ST_OK;
}

void password_slots_close(PasswordSlots *p) {
    pthread_cond_destroy(&p->freed);
    pthread_mutex_destroy(&p->lock);
}

static Status slot_take(Ctx *c, PasswordSlots *p) {
    bool crowded;
    pthread_mutex_lock(&p->lock);
    crowded = p->waiting >= PASSWORD_WAITERS_MAX;
    if (!crowded) {
        p->waiting++;
        while (p->busy >= p->n)
            pthread_cond_wait(&p->freed, &p->lock);
        p->waiting--;
        p->busy++;
    }
    pthread_mutex_unlock(&p->lock);
    return crowded ? FAIL(c, ST_BUSY, NULL, "error.busy") : ST_OK;
}

static void slot_give(PasswordSlots *p) {
    pthread_mutex_lock(&p->lock);
    p->busy--;
    pthread_cond_signal(&p->freed);
    pthread_mutex_unlock(&p->lock);
}

Status password_try(Ctx *c, PasswordSlots *p, Str phc, Str password, bool *ret_right) {
    Str against = str_empty(phc) ? str_n(p->dummy, p->dummy_n) : phc;
    TRY(slot_take(c, p));
    bool right = password_verify(against, password);
    slot_give(p);
    *ret_right = right && !str_empty(phc);
    return ST_OK;
}

typedef struct HashRun {
    Arena *arena; /* freed with the caller's at the latest */
    Ctx inner;
    Str phc;
} HashRun;

static void hash_end(void *run) {
    HashRun *r = run;
    arena_free(r->arena);
    r->arena = NULL;
}

static Status hash_guarded(HashRun *r, const PasswordSlots *p, Str password) {
    if (ARENA_GUARD(r->arena) != 0) return ST_MEMORY;
    r->inner = ctx_new(arena_env(r->arena), r->arena);
    return password_hash(&r->inner, password, p->mem_kib, p->passes, &r->phc);
}

/* In an arena of its own: running over the caller's while a slot is held would keep the slot. */
Status access_password_hash(Ctx *c, Access *a, Str password, Str *ret_phc) {
    if (!a) return password_hash(c, password, FULL_MEM_KIB, FULL_PASSES, ret_phc);
    HashRun *r = arena_new_of(c->arena, HashRun);
    arena_defer(c->arena, hash_end, r);
    TRY(slot_take(c, &a->slots));
    r->arena = arena_new(c->env, HASH_ARENA_MAX);
    Status st = hash_guarded(r, &a->slots, password);
    arena_unguard(r->arena);
    slot_give(&a->slots);
    if (st == ST_OK)
        *ret_phc = str_copy(c->arena, r->phc);
    else if (r->inner.errs.n > 0)
        errors_carry(c, &r->inner);
    else
        st = FAIL(c, st, NULL, "error.memory");
    hash_end(r);
    return st;
}
