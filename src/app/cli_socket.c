/* cli_socket.c: HTTP/1.1 over DIR/panah.sock: what our own server sends, and no more of it. */
#include "app/client.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/banned.h"

enum { HEAD_MAX = 64 << 10, REPLY_MAX = 512 << 20, WAIT_MS = 120000, READ_N = 64 << 10 };

static Status fail_io(Ctx *c, const char *call) {
    return ctx_fail_cause(c, ST_IO, "", "error.socket", str_of(call));
}

static Status send_all(Ctx *c, int fd, Str bytes) {
    while (bytes.n) {
        ssize_t n = send(fd, bytes.s, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return fail_io(c, "send");
        bytes = str_slice(bytes, (size_t)n, bytes.n);
    }
    return ST_OK;
}

static Status read_some(Ctx *c, int fd, Buf *in, int wait_ms) {
    struct pollfd p = { .fd = fd, .events = POLLIN };
    int ready;
    do
        ready = poll(&p, 1, wait_ms);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0) return fail_io(c, "poll");
    uint8_t *to = buf_reserve(in, READ_N);
    if (!to) return FAIL(c, ST_LIMIT, "", "error.http.answer");
    ssize_t n = recv(fd, to, READ_N, 0);
    if (n < 0 && errno == EINTR) return ST_OK;
    if (n <= 0) return fail_io(c, "recv");
    buf_claim(in, (size_t)n);
    return ST_OK;
}

static Str request_head(Ctx *c, const ClientRequest *q, Str lang) {
    Buf b = buf_new(c->arena, HEAD_MAX);
    buf_printf(&b, "%s %.*s HTTP/1.1\r\nHost: localhost\r\nAccept-Language: %.*s\r\n", q->method,
               STR_ARG(q->path), STR_ARG(lang));
    if (q->as.n) buf_printf(&b, "X-Panah-As: %.*s\r\n", STR_ARG(q->as));
    if (!id_is_none(q->idempotency)) {
        Str key = id_text(c->arena, q->idempotency);
        buf_printf(&b, "Idempotency-Key: %.*s\r\n", STR_ARG(key));
    }
    if (q->body.s)
        buf_printf(&b, "Content-Type: %s\r\nContent-Length: %zu\r\n",
                   q->type ? q->type : "application/json", q->body.n);
    buf_str(&b, STR("\r\n"));
    return buf_text(&b);
}

/* "HTTP/1.1 200 OK\r\n…": the status and the length of the body. */
static bool read_head(Str head, int *ret_status, size_t *ret_length) {
    Str rest = head, line = str_trim(str_cut(&rest, '\n'));
    int64_t status;
    uint64_t length = 0;
    if (!str_starts(line, STR("HTTP/1.1 ")) || !num_parse_i64(str_slice(line, 9, 12), &status))
        return false;
    while (rest.s) {
        Str value = str_trim(str_cut(&rest, '\n'));
        Str name = str_cut(&value, ':');
        if (value.s && str_ieq(name, STR("Content-Length")) &&
            !num_parse_u64(str_trim(value), &length))
            return false;
    }
    *ret_status = (int)status;
    *ret_length = length;
    return length <= REPLY_MAX;
}

Status socket_send(Ctx *c, int fd, const ClientRequest *q, Str lang, ClientReply *ret) {
    int wait_ms = q->waits_long ? -1 : WAIT_MS;
    TRY(send_all(c, fd, request_head(c, q, lang)));
    if (q->body.s) TRY(send_all(c, fd, q->body));
    Buf in = buf_new(c->arena, (size_t)REPLY_MAX + HEAD_MAX);
    ptrdiff_t end;
    while ((end = str_find(buf_text(&in), STR("\r\n\r\n"))) < 0) {
        if (in.n > HEAD_MAX) return fail_io(c, "head");
        TRY(read_some(c, fd, &in, wait_ms));
    }
    size_t at = (size_t)end + 4, length;
    if (!read_head(str_slice(buf_text(&in), 0, at), &ret->status, &length))
        return fail_io(c, "head");
    while (in.n < at + length)
        TRY(read_some(c, fd, &in, wait_ms));
    ret->body = str_slice(buf_text(&in), at, at + length);
    return ST_OK;
}
