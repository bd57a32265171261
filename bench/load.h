/* load.h: what the benchmarks over HTTP need: a child process, a keep-alive connection, and clients
 * that ask for some seconds and count. Benchmarks end with a message at the first thing that goes
 * wrong: a figure of a failed run is worth nothing. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include "base/arena.h"
#include "base/base.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/rng.h"
#include "codec/val.h"

#include <sys/types.h>

enum { CLIENTS = 16, REPLY_MAX = 16 << 20 };

_Noreturn void die(const char *format, ...) PRINTF_LIKE(1, 2);
int64_t now_us(void);

/* ---- the program ------------------------------------------------------------------------------- */

/* panah beside the benchmark's own executable, or $PANAH_BIN. */
const char *panah_path(Arena *a);
/* Runs panah with arguments (up to a NULL); *ret_out: what it printed. The exit status. */
int panah_run(Arena *a, Str *ret_out, int64_t *ret_us, ...);

typedef struct Server {
    pid_t pid;
    uint16_t port;
    const char *dir;
    int64_t start_us; /* from fork to the first answer */
} Server;
/* delay_us: sleep added to every fsync. */
Server server_start(Arena *a, const char *dir, int64_t delay_us);
/* Asks it to stop and waits. */
void server_stop(Server *s);
int64_t server_rss_bytes(const Server *s);
int64_t server_cpu_us(const Server *s);

/* ---- HTTP ---------------------------------------------------------------------------------------- */

typedef struct Conn {
    int fd;
    uint16_t port;
    const char *headers; /* sent with each request: cookie, token */
    char *buf;           /* the last reply: head and body */
    size_t n, cap;
    int status;
    Str head, body;
} Conn;

Conn conn_open(Arena *a, uint16_t port, const char *headers);
void conn_close(Conn *k);
/* body.s NULL: none. more: further header lines, each with CRLF. Returns the status. */
int conn_ask(Conn *k, const char *method, const char *path, const char *more, Str body);
/* The same, and ends the benchmark unless the answer is 2xx. */
void conn_must(Conn *k, const char *method, const char *path, const char *more, Str body);
/* The last body as JSON. */
Val conn_json(Arena *a, const Conn *k);
/* A reply header's value; STR_NONE when absent. */
Str conn_header(const Conn *k, const char *name);
/* A counter of /metrics, 0 when there is none of that name. */
double metric(Conn *k, const char *name);

/* ---- clients --------------------------------------------------------------------------------------- */

/* In microseconds. */
typedef struct Times {
    int64_t *us;
    size_t n, cap;
} Times;
void times_add(Times *t, int64_t us);

typedef struct Client {
    Arena *arena; /* emptied before each step */
    Conn conn;
    Rng rng;
    void *arg;
    size_t no; /* 0 … CLIENTS-1 */
    uint64_t steps, retries;
    Times answers; /* of single requests, where a step may need several: the step notes them */
} Client;

typedef struct Figure {
    uint64_t n;       /* steps of all clients */
    uint64_t retries; /* what they had to ask twice */
    double seconds;
    double per_second;
    double p50_ms, p99_ms, max_ms;
    double answer_p50_ms, answer_p99_ms; /* of Client.answers; 0: none were noted */
    double fsyncs;                       /* of the server, while it ran */
    double server_cpu;                   /* cores the server kept busy */
} Figure;

/* From now on each client waits so long, more or less, between two steps: people, not machines. */
void clients_pause(int64_t us);
/* CLIENTS threads (or fewer) run step() again and again for `seconds`. */
Figure clients_run(const Server *s, const char *headers, size_t n_clients, double seconds,
                   void (*step)(Client *), void *arg);
/* unit: what one step is `times` of. */
void figure_print(const char *name, const Figure *f, double times, const char *unit);

/* ---- the limit: bare SQLite -------------------------------------------------------------------------- */

typedef struct Mark Mark;
/* Where the tables end now. No server may hold the folder. */
Mark *limit_mark(Arena *a, const char *dir);
/* Copies all rows that came since the mark, in n_transactions durable transactions, into an empty
 * database with the same tables and indexes. Seconds it took. */
double limit_families(const char *dir, const Mark *m, const char *scratch, size_t n_transactions,
                      size_t *ret_people);
/* One UPDATE of an indexed column and one row of the ledger an act, n acts a transaction. Acts a
 * second, on a copy of the folder's database. */
double limit_corrections(const char *scratch, size_t n_acts, size_t a_transaction);

#endif
