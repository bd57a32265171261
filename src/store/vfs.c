/* vfs.c: a SQLite VFS that passes every call on to the system's and lets an Env count reads, writes
 * and fsyncs and make the n-th one fail. Registered once an Env, under the name "panah-<address>".
 *
 * SQLite writes a log page by page, each in two calls. Of a file that gathers (vfs_gather), writes that follow
 * each other wait in memory and go out as one: before anything else is done with the file, the sync above
 * all. What has not been synced may be lost anyhow, and nobody else has been told of it. */
#define BANNED_EXEMPT /* the VFS outlives every arena: it is registered with SQLite for the process */
#include "store/db_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

typedef struct EnvVfs {
    sqlite3_vfs base; /* first: SQLite hands us this pointer */
    sqlite3_vfs *real;
    Env *env;
    char name[40];
} EnvVfs;

typedef struct EnvFile {
    sqlite3_file base;
    Env *env;
    sqlite3_file *real; /* right behind this struct */
    uint8_t *gathered;  /* NULL: each write goes out by itself */
    int n_gathered;
    sqlite3_int64 gathered_at;
} EnvFile;

enum { GATHER_N = 120 << 10 }; /* SQLite writes less than 128 KiB in one go (seekAndWriteFd) */

static sqlite3_file *real_of(sqlite3_file *f) {
    return ((EnvFile *)f)->real;
}

/* What fails to go out is dropped: the writer is told, and takes back what it belonged to. */
static int send_gathered(EnvFile *e) {
    int n = e->n_gathered;
    e->n_gathered = 0;
    if (n == 0) return SQLITE_OK;
    if (env_fault_here(e->env, FAULT_WRITE)) return SQLITE_IOERR_WRITE;
    return e->real->pMethods->xWrite(e->real, e->gathered, n, e->gathered_at);
}

static int file_close(sqlite3_file *f) {
    EnvFile *e = (EnvFile *)f;
    int sent = e->real->pMethods ? send_gathered(e) : SQLITE_OK;
    int rc = e->real->pMethods ? e->real->pMethods->xClose(e->real) : SQLITE_OK;
    free(e->gathered);
    e->gathered = NULL;
    f->pMethods = NULL;
    return rc == SQLITE_OK ? sent : rc;
}

static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at) {
    EnvFile *e = (EnvFile *)f;
    int rc = send_gathered(e);
    if (rc != SQLITE_OK) return rc;
    if (env_fault_here(e->env, FAULT_READ)) return SQLITE_IOERR_READ;
    return e->real->pMethods->xRead(e->real, p, n, at);
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at) {
    EnvFile *e = (EnvFile *)f;
    if (!e->gathered || n > GATHER_N) {
        int rc = send_gathered(e);
        if (rc != SQLITE_OK) return rc;
        if (env_fault_here(e->env, FAULT_WRITE)) return SQLITE_IOERR_WRITE;
        return e->real->pMethods->xWrite(e->real, p, n, at);
    }
    if (at != e->gathered_at + e->n_gathered || n > GATHER_N - e->n_gathered) {
        int rc = send_gathered(e);
        if (rc != SQLITE_OK) return rc;
        e->gathered_at = at;
    }
    memcpy(e->gathered + e->n_gathered, p, (size_t)n);
    e->n_gathered += n;
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size) {
    EnvFile *e = (EnvFile *)f;
    int rc = send_gathered(e);
    if (rc != SQLITE_OK) return rc;
    if (env_fault_here(e->env, FAULT_WRITE)) return SQLITE_IOERR_TRUNCATE;
    return e->real->pMethods->xTruncate(e->real, size);
}

static int file_sync(sqlite3_file *f, int flags) {
    EnvFile *e = (EnvFile *)f;
    int rc = send_gathered(e);
    if (rc != SQLITE_OK) return rc;
    if (env_fault_here(e->env, FAULT_FSYNC)) return SQLITE_IOERR_FSYNC;
    rc = e->real->pMethods->xSync(e->real, flags);
    env_fsync_delay(e->env);
    return rc;
}

static int file_size(sqlite3_file *f, sqlite3_int64 *size) {
    int rc = send_gathered((EnvFile *)f);
    return rc == SQLITE_OK ? real_of(f)->pMethods->xFileSize(real_of(f), size) : rc;
}
static int file_lock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xLock(real_of(f), level);
}
static int file_unlock(sqlite3_file *f, int level) {
    return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
static int file_reserved(sqlite3_file *f, int *out) {
    return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}
static int file_control(sqlite3_file *f, int op, void *arg) {
    return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}
static int file_sector(sqlite3_file *f) {
    return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int file_traits(sqlite3_file *f) {
    return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int file_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **pp) {
    return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, pp);
}
static int file_shm_lock(sqlite3_file *f, int offset, int n, int flags) {
    return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}
static void file_shm_barrier(sqlite3_file *f) {
    real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int file_shm_unmap(sqlite3_file *f, int drop) {
    return real_of(f)->pMethods->xShmUnmap(real_of(f), drop);
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

bool vfs_gather(sqlite3_file *f) {
    if (f->pMethods != &file_methods) return false; /* not open */
    EnvFile *e = (EnvFile *)f;
    if (!e->gathered) e->gathered = malloc(GATHER_N);
    return e->gathered;
}

static sqlite3_vfs *real_vfs(sqlite3_vfs *v) {
    return ((EnvVfs *)v)->real;
}

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out) {
    EnvVfs *e = (EnvVfs *)v;
    EnvFile *file = (EnvFile *)f;
    file->env = e->env;
    file->real = (sqlite3_file *)(file + 1);
    file->base.pMethods = NULL;
    file->gathered = NULL;
    file->n_gathered = 0;
    int rc = e->real->xOpen(e->real, name, file->real, flags, out);
    if (file->real->pMethods) file->base.pMethods = &file_methods;
    return rc;
}
static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_folder) {
    EnvVfs *e = (EnvVfs *)v;
    if (env_fault_here(e->env, FAULT_WRITE)) return SQLITE_IOERR_DELETE;
    return e->real->xDelete(e->real, name, sync_folder);
}
static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out) {
    return real_vfs(v)->xAccess(real_vfs(v), name, flags, out);
}
static int vfs_full_path(sqlite3_vfs *v, const char *name, int n, char *out) {
    return real_vfs(v)->xFullPathname(real_vfs(v), name, n, out);
}
static int vfs_random(sqlite3_vfs *v, int n, char *out) {
    return real_vfs(v)->xRandomness(real_vfs(v), n, out);
}
static int vfs_sleep(sqlite3_vfs *v, int us) {
    return real_vfs(v)->xSleep(real_vfs(v), us);
}
static int vfs_time(sqlite3_vfs *v, double *out) {
    return real_vfs(v)->xCurrentTime(real_vfs(v), out);
}
static int vfs_time64(sqlite3_vfs *v, sqlite3_int64 *out) {
    return real_vfs(v)->xCurrentTimeInt64(real_vfs(v), out);
}
static int vfs_last_error(sqlite3_vfs *v, int n, char *out) {
    return real_vfs(v)->xGetLastError(real_vfs(v), n, out);
}

const char *store_vfs(Env *env) {
    char name[40];
    snprintf(name, sizeof(name), "panah-%p", (void *)env);
    sqlite3_vfs *known = sqlite3_vfs_find(name);
    if (known) return known->zName;
    sqlite3_vfs *real = sqlite3_vfs_find("unix");
    EnvVfs *e = calloc(1, sizeof(*e));
    if (!e || !real) BUG("no SQLite VFS");
    memcpy(e->name, name, sizeof(name));
    e->real = real;
    e->env = env;
    e->base = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(EnvFile) + real->szOsFile,
        .mxPathname = real->mxPathname,
        .zName = e->name,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_random,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xCurrentTimeInt64 = vfs_time64,
        .xGetLastError = vfs_last_error,
    };
    sqlite3_vfs_register(&e->base, 0);
    return e->name;
}
