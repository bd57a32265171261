/* env_file.c: whole files. No descriptor is open while the arena allocates, because running out of
 * memory does not return. */
#include "base/env.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

enum { UNKNOWN_SIZE_N = 64 << 10 }; /* first try for files of /proc, which tell no size */

Status env_fail_file(Ctx *c, Status status, const char *key, const char *path, const char *call,
                     int errno_value) {
    const char *name = strerrorname_np(errno_value);
    size_t before = c->errs.n;
    FAIL(c, status, NULL, key, "path", str_of(path));
    if (c->errs.n > before) {
        c->errs.v[before].cause = str_printf(c->arena, "%s: %s", call, name ? name : "?");
    }
    return status;
}

/* 0 or errno. */
static int write_all(Env *env, int fd, Str bytes) {
    while (bytes.n > 0) {
        if (env_fault_here(env, FAULT_WRITE)) return EIO;
        ssize_t n = write(fd, bytes.s, bytes.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return EIO;
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return 0;
}

static int fsync_fd(Env *env, int fd) {
    int error = env_fault_here(env, FAULT_FSYNC) ? EIO : 0;
    while (!error && fsync(fd) != 0) {
        if (errno != EINTR) error = errno;
    }
    env_fsync_delay(env);
    return error;
}

static int fsync_folder(Env *env, const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = fsync_fd(env, fd);
    close(fd);
    return error;
}

/* The folder a path lies in. */
static const char *folder_of(Arena *a, const char *path) {
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    while (n > 0 && path[n - 1] != '/')
        n--;
    if (n == 0) return ".";
    while (n > 1 && path[n - 1] == '/')
        n--;
    return str_c(a, str_n(path, n));
}

/* Reads at most `room` bytes. */
static int read_some(Env *env, const char *path, char *p, size_t room, size_t *ret_n) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = 0;
    size_t got = 0;
    while (got < room) {
        if (env_fault_here(env, FAULT_READ)) {
            error = EIO;
            break;
        }
        ssize_t n = read(fd, p + got, room - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) error = errno;
        if (n <= 0) break;
        got += (size_t)n;
    }
    close(fd);
    *ret_n = got;
    return error;
}

Status env_read_file(Ctx *c, const char *path, size_t limit_bytes, Str *ret_bytes) {
    struct stat st;
    if (stat(path, &st) != 0) {
        return errno == ENOENT
                   ? env_fail_file(c, ST_MISSING, "error.file.missing", path, "stat", ENOENT)
                   : env_fail_file(c, ST_IO, "error.file.read", path, "stat", errno);
    }
    if (!S_ISREG(st.st_mode)) {
        return env_fail_file(c, ST_IO, "error.file.read", path, "stat",
                             S_ISDIR(st.st_mode) ? EISDIR : EINVAL);
    }
    size_t limit = limit_bytes < PTRDIFF_MAX - 1 ? limit_bytes : PTRDIFF_MAX - 1;
    size_t room = st.st_size > 0 ? (size_t)st.st_size + 1 : UNKNOWN_SIZE_N;
    for (;; room *= 2) {
        if (room > limit + 1) room = limit + 1;
        char *p = arena_alloc(c->arena, room);
        size_t n = 0;
        int error = read_some(c->env, path, p, room, &n);
        if (error) return env_fail_file(c, ST_IO, "error.file.read", path, "read", error);
        if (n < room) { /* that was the end of the file */
            *ret_bytes = str_n(p, n);
            return ST_OK;
        }
        if (n > limit) {
            return env_fail_file(c, ST_LIMIT, "error.file.too_large", path, "read", EFBIG);
        }
    }
}

/* 0 or errno; *ret_call says where. */
static int write_and_rename(Env *env, const char *path, const char *tmp, unsigned mode, Str bytes,
                            const char **ret_call) {
    *ret_call = "open";
    if (unlink(tmp) != 0 && errno != ENOENT) return errno;
    int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) return errno;
    *ret_call = "write";
    int error = write_all(env, fd, bytes);
    if (!error) {
        *ret_call = "fsync";
        error = fsync_fd(env, fd);
    }
    if (close(fd) != 0 && !error) {
        *ret_call = "close";
        error = errno;
    }
    if (!error && rename(tmp, path) != 0) {
        *ret_call = "rename";
        error = errno;
    }
    if (error) unlink(tmp);
    return error;
}

Status env_write_file(Ctx *c, const char *path, unsigned mode, Str bytes) {
    const char *tmp = str_c(c->arena, str_printf(c->arena, "%s.tmp", path));
    const char *folder = folder_of(c->arena, path);
    const char *call;
    int error = write_and_rename(c->env, path, tmp, mode, bytes, &call);
    if (!error) {
        call = "fsync folder";
        error = fsync_folder(c->env, folder);
    }
    if (error) return env_fail_file(c, ST_IO, "error.file.write", path, call, error);
    return ST_OK;
}

Status env_make_folder(Ctx *c, const char *path, unsigned mode) {
    const char *parent = folder_of(c->arena, path);
    if (mkdir(path, (mode_t)mode) != 0) {
        int error = errno;
        struct stat st;
        if (error == EEXIST && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) return ST_OK;
        return env_fail_file(c, ST_IO, "error.file.folder", path, "mkdir", error);
    }
    int error = fsync_folder(c->env, parent);
    if (error) return env_fail_file(c, ST_IO, "error.file.folder", path, "fsync folder", error);
    return ST_OK;
}

bool env_file_exists(const char *path) {
    struct stat st;
    return stat(path, &st) == 0;
}

Status env_remove_file(Ctx *c, const char *path) {
    if (unlink(path) == 0 || errno == ENOENT) return ST_OK;
    return env_fail_file(c, ST_IO, "error.file.remove", path, "unlink", errno);
}
