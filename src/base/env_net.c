/* env_net.c: listening sockets and the local one. No descriptor is open while the arena
 * allocates. */
#include "base/env.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/banned.h"

enum { BACKLOG = 128 };

/* A listening socket, or -errno. */
static int listen_on(const struct addrinfo *ai) {
    int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, ai->ai_protocol);
    if (fd < 0) return -errno;
    int on = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) {
        return fd;
    }
    int error = errno;
    close(fd);
    return -error;
}

Status env_listen_tcp(Ctx *c, const char *address, uint16_t port, int *ret_fd) {
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
    };
    struct addrinfo *found = NULL;
    int rc = getaddrinfo(address, service, &hints, &found);
    int fd = -EADDRNOTAVAIL;
    for (const struct addrinfo *ai = rc == 0 ? found : NULL; ai && fd < 0; ai = ai->ai_next) {
        fd = listen_on(ai);
    }
    if (rc == 0) freeaddrinfo(found);
    if (fd >= 0) {
        *ret_fd = fd;
        return ST_OK;
    }
    Str where = str_printf(c->arena, "%s:%s", address, service);
    Status st = fd == -EADDRINUSE ? ST_CONFLICT : ST_IO;
    return env_fail_file(c, st, fd == -EADDRINUSE ? "error.net.in_use" : "error.net.listen",
                         str_c(c->arena, where), "listen", -fd);
}

static bool local_address(const char *path, struct sockaddr_un *ret_address) {
    size_t n = strlen(path);
    *ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if (n == 0 || n >= sizeof ret_address->sun_path) return false;
    memcpy(ret_address->sun_path, path, n);
    return true;
}

/* A connected socket, or -errno. */
static int connect_to(const struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

static bool is_stale(const struct sockaddr_un *address) {
    struct stat st;
    if (lstat(address->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode)) return false;
    int fd = connect_to(address);
    if (fd >= 0) close(fd);
    return fd == -ECONNREFUSED;
}

/* 0 or errno. The file has its mode before anybody can connect: only listen() lets them. */
static int bind_local(int fd, const struct sockaddr_un *address) {
    fchmod(fd, 0600); /* Linux gives the file the mode of the socket; elsewhere chmod() does */
    if (bind(fd, (const struct sockaddr *)address, sizeof *address) != 0) return errno;
    if (chmod(address->sun_path, 0600) == 0 && listen(fd, BACKLOG) == 0) return 0;
    int error = errno;
    unlink(address->sun_path);
    return error;
}

Status env_listen_unix(Ctx *c, const char *path, int *ret_fd) {
    struct sockaddr_un address;
    if (!local_address(path, &address)) {
        return env_fail_file(c, ST_IO, "error.net.listen", path, "bind", ENAMETOOLONG);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return env_fail_file(c, ST_IO, "error.net.listen", path, "socket", errno);
    int error = bind_local(fd, &address);
    if (error == EADDRINUSE && is_stale(&address) && unlink(path) == 0) {
        error = bind_local(fd, &address);
    }
    if (!error) {
        *ret_fd = fd;
        return ST_OK;
    }
    close(fd);
    if (error == EADDRINUSE) {
        return env_fail_file(c, ST_CONFLICT, "error.net.in_use", path, "bind", error);
    }
    return env_fail_file(c, ST_IO, "error.net.listen", path, "bind", error);
}

Status env_connect_unix(Ctx *c, const char *path, int *ret_fd) {
    struct sockaddr_un address;
    int fd = local_address(path, &address) ? connect_to(&address) : -ENAMETOOLONG;
    if (fd >= 0) {
        *ret_fd = fd;
        return ST_OK;
    }
    bool nobody = fd == -ENOENT || fd == -ECONNREFUSED;
    return env_fail_file(c, nobody ? ST_MISSING : ST_IO,
                         nobody ? "error.net.nobody" : "error.net.connect", path, "connect", -fd);
}
