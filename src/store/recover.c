/* recover.c: a folder whose node.key is lost, opened again with the recovery key on paper.
 *
 * keys.db holds the key-encryption key sealed to the recovery key (X25519). The node's signing seed is
 * not kept anywhere else, so the folder becomes a new node in a new incarnation: what the old one
 * signed stays good, and its streams are never written to again. */
#include "store/store_int.h"

#include "base/banned.h"

static Status recovery_value(Ctx *c, Db *db, const char *name, Str *ret) {
    Stmt *st = db_stmt(c, db, "SELECT value FROM recovery WHERE name=?1");
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(name));
    bool row = false;
    TRY(db_step(c, db, st, &row));
    if (!row) return ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("recovery"));
    *ret = col_copy(c->arena, st, 0);
    sqlite3_reset(st);
    return ST_OK;
}

static Status open_kek(Ctx *c, const char *keys_path, const uint8_t seed[32], Key *ret) {
    uint8_t box_public[32], box_secret[32];
    Db *db = NULL;
    Str public_key = STR_NONE, sealed = STR_NONE, plain = STR_NONE;
    box_key_from_seed(seed, box_public, box_secret);
    TRY(db_open(c, keys_path, DB_WRITER, &db));
    Status st = recovery_value(c, db, "public", &public_key);
    if (st == ST_OK) st = recovery_value(c, db, "kek", &sealed);
    db_close(db);
    if (st == ST_OK && !str_eq(public_key, str_n(box_public, 32)))
        st = FAIL(c, ST_DENIED, "", "error.store.other_recovery_key");
    if (st == ST_OK &&
        (!box_open(c->arena, box_public, box_secret, sealed, &plain) || plain.n != CRYPT_KEY_N))
        st = ctx_fail_cause(c, ST_CORRUPT, "", "error.store.corrupt", STR("recovery"));
    if (st == ST_OK) memcpy(ret->b, plain.s, CRYPT_KEY_N);
    crypt_wipe(box_secret, sizeof(box_secret));
    return st;
}

/* The old node's streams are somebody else's from now on. */
static Status new_incarnation(Ctx *c, const char *db_path) {
    uint8_t incarnation[16];
    Db *db = NULL;
    env_random(c->env, incarnation, sizeof(incarnation));
    TRY(db_open(c, db_path, DB_WRITER, &db));
    Status st = db_exec(c, db, "BEGIN IMMEDIATE");
    if (st == ST_OK) st = db_exec(c, db, "UPDATE ledger_stream SET own=0");
    if (st == ST_OK) st = meta_put(c, db, "incarnation", str_n(incarnation, sizeof(incarnation)));
    /* Numbers of the old life's blocks are not given out again. */
    if (st == ST_OK) st = db_exec(c, db, "DELETE FROM local_number");
    if (st == ST_OK) st = db_exec(c, db, "COMMIT");
    db_close(db);
    return st;
}

Status store_recover(Ctx *c, const char *dir, Str recovery_key) {
    uint8_t seed[32], node_seed[32];
    Key kek;
    crypt_start();
    const char *node_path = str_c(c->arena, str_printf(c->arena, "%s/node.key", dir));
    const char *keys_path = str_c(c->arena, str_printf(c->arena, "%s/keys.db", dir));
    const char *db_path = str_c(c->arena, str_printf(c->arena, "%s/panah.db", dir));
    if (!env_file_exists(keys_path) || !env_file_exists(db_path))
        return FAIL(c, ST_MISSING, "", "error.store.none", "dir", str_of(dir));
    if (env_file_exists(node_path))
        return FAIL(c, ST_CONFLICT, "", "error.store.exists", "dir", str_of(dir));
    TRY(recovery_parse(c, recovery_key, seed));
    Status st = open_kek(c, keys_path, seed, &kek);
    crypt_wipe(seed, sizeof(seed));
    TRY(st);
    TRY(new_incarnation(c, db_path));
    env_random(c->env, node_seed, sizeof(node_seed));
    st = node_file_write(c, dir, node_seed, &kek);
    crypt_wipe(node_seed, sizeof(node_seed));
    crypt_wipe(&kek, sizeof(kek));
    return st;
}
