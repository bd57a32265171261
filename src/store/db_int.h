/* db_int.h: SQLite as the store uses it: one small vocabulary, errors as Status.
 *
 * A Db is one connection of one thread. Statements are prepared once and cached by their SQL text.
 * A statement handed out by db_stmt() is reset and unbound; it is the caller's until its next
 * db_stmt() with the same text. Text read from a row is copied into the arena. */
#ifndef STORE_DB_INT_H
#define STORE_DB_INT_H

#include "base/base.h"
#include "codec/val.h"
#include "crypt/crypt.h"

#include <sqlite3.h>

typedef struct Db Db;
typedef sqlite3_stmt Stmt;

typedef enum DbMode { DB_WRITER, DB_READER } DbMode;
enum { DB_BUSY_MS = 5000 }; /* how long SQLite waits for another connection */

/* The SQLite VFS through which an Env sees (and spoils) every read, write and fsync. */
const char *store_vfs(Env *env);
/* Writes to this file of that VFS go out together, with its sync at the latest (vfs.c). */
bool vfs_gather(sqlite3_file *f);

/* So with the log of a writer who waits for the disk (synchronous=FULL): half the system calls. A writer
 * who does not would tell readers of pages that are not there yet. After the first read; false: not done. */
bool db_gather_log(Db *db);
Status db_open(Ctx *c, const char *path, DbMode mode, Db **ret) CHECKED;
void db_close(Db *db);
sqlite3 *db_handle(Db *db);

/* For statements without parameters or result, ';'-separated. */
Status db_exec(Ctx *c, Db *db, const char *sql) CHECKED;
/* NULL after noting an error. The text must stay the same bytes or be any equal text. */
Stmt *db_stmt(Ctx *c, Db *db, const char *sql);
/* Steps; *ret_row says whether there is a row. Resets when done or failed. */
Status db_step(Ctx *c, Db *db, Stmt *st, bool *ret_row) CHECKED;
/* Steps a statement that gives no rows. */
Status db_run(Ctx *c, Db *db, Stmt *st) CHECKED;
/* Notes what SQLite said last on this connection. */
Status db_fail(Ctx *c, Db *db, int rc);

static inline void bind_int(Stmt *st, int i, int64_t v) {
    (void)sqlite3_bind_int64(st, i, v);
}
static inline void bind_null(Stmt *st, int i) {
    (void)sqlite3_bind_null(st, i);
}
/* The bytes must stay until the statement has run. */
static inline void bind_text(Stmt *st, int i, Str t) {
    (void)sqlite3_bind_text64(st, i, t.s ? t.s : "", t.n, SQLITE_STATIC, SQLITE_UTF8);
}
static inline void bind_blob(Stmt *st, int i, Str b) {
    (void)sqlite3_bind_blob64(st, i, b.s ? b.s : "", b.n, SQLITE_STATIC);
}
static inline void bind_id(Stmt *st, int i, const Id *id) {
    (void)sqlite3_bind_blob64(st, i, id->b, 16, SQLITE_STATIC);
}
static inline int64_t col_int(Stmt *st, int i) {
    return sqlite3_column_int64(st, i);
}
static inline bool col_is_null(Stmt *st, int i) {
    return sqlite3_column_type(st, i) == SQLITE_NULL;
}
/* Valid until the next step. */
static inline Str col_bytes(Stmt *st, int i) {
    const void *p = sqlite3_column_blob(st, i);
    return str_n(p ? p : "", (size_t)sqlite3_column_bytes(st, i));
}
static inline Str col_copy(Arena *a, Stmt *st, int i) {
    return str_copy(a, col_bytes(st, i));
}
Id col_id(Stmt *st, int i);

#endif
