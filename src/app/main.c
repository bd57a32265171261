/* main.c: where the program begins. */
#include "app/app.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/banned.h"

/* Benchmarks only: shows how the program fares on a disk whose fsync is slower (docs/benchmarks.md). */
static void slow_disk(Env *env) {
    const char *us = getenv("PANAH_FSYNC_DELAY_US");
    int64_t n;
    if (us && num_parse_i64(str_of(us), &n) && n > 0 && n <= TIME_SECOND) env->fsync_delay_us = n;
}

/* Memory of requests comes and goes by the megabyte: given back to the kernel each time, its pages
 * would be cleared and mapped again for the next. */
static void keep_memory(void) {
    (void)mallopt(M_MMAP_THRESHOLD, 4 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 16 << 20);
    (void)mallopt(M_ARENA_MAX, 8);
    (void)mallopt(M_TOP_PAD, 1 << 20);
}

int main(int argc, char **argv) {
    umask(077); /* nothing of ours is for others: not what SQLite makes either */
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of the write */
    keep_memory();
    slow_disk(env_system());
    return app_run(env_system(), argc, argv, stdin, stdout, stderr);
}
