/* books.c: do the tables by which the ledger is searched say what the ledger says? ledger_key leads from a
 * person to the keys of the parts about them, ledger_part from a key to its parts: an erasure destroys
 * what they lead to, and history shows it. They are kept beside the ledger, not made anew from it, so a
 * row that was altered would otherwise never be noticed. */
#include "store/store_int.h"

#include "base/banned.h"

struct Books {
    uint64_t *
        keys; /* [row of ledger_key]: of whom and of which lane its parts are; 0: no part was opened */
    size_t n;
    uint64_t parts; /* of all (key, commit, part), in any order */
};

static uint64_t key_sum(Id subject, uint32_t lane) {
    return hash_bytes(subject.b, sizeof subject.b, lane) | 1;
}

static uint64_t part_sum(int64_t key_n, int64_t pos, uint32_t part) {
    int64_t place[2] = { key_n, pos };
    return hash_bytes(place, sizeof place, part);
}

Status books_new(Ctx *c, Arena *a, Db *db, Books **ret) {
    Stmt *st = db_stmt(c, db, "SELECT max(n) FROM ledger_key");
    if (!st) return ctx_status(c);
    bool row = false;
    TRY(db_step(c, db, st, &row));
    Books *b = arena_new_of(a, Books);
    *b = (Books){ .n = row ? (size_t)col_int(st, 0) + 1 : 1 };
    if (row) sqlite3_reset(st);
    b->keys = arena_array(a, uint64_t, b->n);
    *ret = b;
    return ST_OK;
}

void books_note(Books *b, int64_t key_n, int64_t pos, uint32_t part, const ChangePart *read) {
    b->parts += part_sum(key_n, pos, part);
    if (!read || key_n < 1 || (size_t)key_n >= b->n) return;
    b->keys[key_n] = key_sum(read->subject, read->lane);
}

static Status keys_agree(Ctx *c, Db *db, const Books *b, bool *ret) {
    Stmt *st = db_stmt(c, db, "SELECT n, subject, lane FROM ledger_key");
    if (!st) return ctx_status(c);
    size_t met = 0, used = 0;
    *ret = true;
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        size_t n = (size_t)col_int(st, 0);
        if (n >= b->n || !b->keys[n]) continue;
        met++;
        if (b->keys[n] != key_sum(col_id(st, 1), (uint32_t)col_int(st, 2))) *ret = false;
    }
    for (size_t i = 0; i < b->n; i++)
        used += b->keys[i] != 0;
    if (met != used) *ret = false;
    return ST_OK;
}

static Status parts_agree(Ctx *c, Db *db, const Books *b, bool *ret) {
    Stmt *st = db_stmt(c, db, "SELECT key_n, pos, part FROM ledger_part");
    if (!st) return ctx_status(c);
    uint64_t sum = 0;
    for (;;) {
        bool row = false;
        TRY(db_step(c, db, st, &row));
        if (!row) break;
        sum += part_sum(col_int(st, 0), col_int(st, 1), (uint32_t)col_int(st, 2));
    }
    *ret = sum == b->parts;
    return ST_OK;
}

Status books_compare(Ctx *c, Db *db, const Books *b, const char **ret_wrong) {
    bool keys = false, parts = false;
    TRY(keys_agree(c, db, b, &keys));
    TRY(parts_agree(c, db, b, &parts));
    *ret_wrong = !keys ? "ledger_key" : !parts ? "ledger_part" : NULL;
    return ST_OK;
}
