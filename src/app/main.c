/* main.c: where the program begins. */
#include "app/app.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/banned.h"

int main(int argc, char **argv) {
    umask(077); /* nothing of ours is for others: not what SQLite makes either */
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that went away is an error of the write */
    return app_run(env_system(), argc, argv, stdin, stdout, stderr);
}
