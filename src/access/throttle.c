/* throttle.c: who guesses too often waits.
 *
 * In memory only: a restart forgets, and costs an attacker more than it gives. The table does not
 * grow; who wants to push an entry out has to fail more often than it did, under a key that hashes
 * to the same place by a seed he does not know. */
#include "access/access_int.h"

#include "base/banned.h"

/* One account: a clerk mistypes a few times; from there on 2, 4, 8 … 300 s a guess. */
const ThrottleRule throttle_login = {
    .free_tries = 4,
    .first_delay = 2 * TIME_SECOND,
    .longest_delay = 300 * TIME_SECOND,
    .forget = 3600 * TIME_SECOND,
};
/* One address: a whole office may sit behind it. */
const ThrottleRule throttle_source = {
    .free_tries = 30,
    .first_delay = 1 * TIME_SECOND,
    .longest_delay = 120 * TIME_SECOND,
    .forget = 3600 * TIME_SECOND,
};

uint64_t throttle_key(const Throttle *t, char kind, Str text) {
    uint64_t key = hash_bytes(text.s, text.n, t->seed ^ (uint64_t)(unsigned char)kind);
    return key ? key : 1;
}

static ThrottleEntry *find(Throttle *t, uint64_t key) {
    ThrottleEntry *set = t->entries[key % THROTTLE_SETS];
    for (size_t i = 0; i < THROTTLE_WAYS; i++)
        if (set[i].key == key) return &set[i];
    return NULL;
}

/* An empty place or one that is forgotten; else that of the fewest failures, the oldest of them. */
static ThrottleEntry *make_room(Throttle *t, const ThrottleRule *rule, uint64_t key, Time now) {
    ThrottleEntry *set = t->entries[key % THROTTLE_SETS], *worst = &set[0];
    for (size_t i = 0; i < THROTTLE_WAYS; i++) {
        ThrottleEntry *e = &set[i];
        if (e->key == 0 || now - e->last > rule->forget) {
            worst = e;
            break;
        }
        if (e->failures < worst->failures ||
            (e->failures == worst->failures && e->last < worst->last))
            worst = e;
    }
    *worst = (ThrottleEntry){ .key = key };
    return worst;
}

static Time delay_after(const ThrottleRule *rule, uint32_t failures) {
    if (failures < rule->free_tries) return 0;
    uint32_t doublings = failures - rule->free_tries;
    if (doublings >= 20) return rule->longest_delay;
    Time delay = rule->first_delay << doublings;
    return delay < rule->longest_delay ? delay : rule->longest_delay;
}

Time throttle_begin(Throttle *t, const ThrottleRule *rule, uint64_t key, Time now) {
    Time wait = 0;
    pthread_mutex_lock(&t->lock);
    ThrottleEntry *e = find(t, key);
    if (e && now - e->last > rule->forget) *e = (ThrottleEntry){ .key = key };
    if (!e) e = make_room(t, rule, key, now);
    if (e->until > now) {
        wait = e->until - now;
    } else {
        e->failures += e->failures < UINT32_MAX;
        e->last = now;
        e->until = now + delay_after(rule, e->failures);
    }
    pthread_mutex_unlock(&t->lock);
    return wait;
}

void throttle_forget(Throttle *t, uint64_t key) {
    pthread_mutex_lock(&t->lock);
    ThrottleEntry *e = find(t, key);
    if (e) *e = (ThrottleEntry){ 0 };
    pthread_mutex_unlock(&t->lock);
}

void throttle_take_back(Throttle *t, uint64_t key) {
    pthread_mutex_lock(&t->lock);
    ThrottleEntry *e = find(t, key);
    if (e && e->failures > 0) {
        e->failures--;
        e->until = e->last;
    }
    pthread_mutex_unlock(&t->lock);
}
