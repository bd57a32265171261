/* log.c: one logfmt line, one write(2). A line longer than LINE_N is cut. */
#include "base/log.h"

#include "base/env.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"

enum { LINE_N = 4096 };

static _Atomic int current_level = LOG_LEVEL_INFO;

typedef struct Line {
    char text[LINE_N];
    size_t n;
} Line;

/* Room for the end of line is kept. */
static void add(Line *line, const char *text, size_t n) {
    size_t room = sizeof line->text - 1 - line->n;
    if (n > room) n = room;
    memcpy(line->text + line->n, text, n);
    line->n += n;
}

static bool needs_quotes(const char *value) {
    if (!*value) return true;
    for (const char *p = value; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
    }
    return false;
}

static void add_value(Line *line, const char *value) {
    if (!needs_quotes(value)) {
        add(line, value, strlen(value));
        return;
    }
    add(line, "\"", 1);
    for (const char *p = value; *p; p++) {
        unsigned char c = (unsigned char)*p;
        char escaped[8];
        if (c == '"' || c == '\\') {
            add(line, "\\", 1);
            add(line, p, 1);
        } else if (c == '\n') {
            add(line, "\\n", 2);
        } else if (c < ' ' || c == 0x7f) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            add(line, escaped, 6);
        } else {
            add(line, p, 1);
        }
    }
    add(line, "\"", 1);
}

static void add_time(Line *line, Time t) {
    Civil c = civil_from_day(day_of_time(t, 0));
    int64_t us = (t % TIME_DAY + TIME_DAY) % TIME_DAY;
    int seconds = (int)(us / TIME_SECOND);
    char text[64];
    int n = snprintf(text, sizeof text, "time=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ", c.year,
                     c.month, c.day, seconds / 3600, seconds / 60 % 60, seconds % 60,
                     (int)(us % TIME_SECOND / TIME_MS));
    if (n > 0 && (size_t)n < sizeof text) add(line, text, (size_t)n);
}

void log_set_level(LogLevel level) {
    atomic_store(&current_level, (int)level);
}

void log_line(Env *env, LogLevel level, const char *event, ...) {
    if ((int)level > atomic_load(&current_level)) return;
    Line line = { .n = 0 };
    char priority[] = { '<', (char)('0' + (int)level), '>' };
    add(&line, priority, sizeof priority);
    if (env) add_time(&line, env_now(env));
    add(&line, "event=", 6);
    add_value(&line, event);
    va_list args;
    va_start(args, event);
    const char *name, *value;
    while ((name = va_arg(args, const char *)) && (value = va_arg(args, const char *))) {
        add(&line, " ", 1);
        add(&line, name, strlen(name));
        add(&line, "=", 1);
        add_value(&line, value);
    }
    va_end(args);
    line.text[line.n++] = '\n';
    /* Where standard error is gone there is nobody left to tell. */
    ssize_t written = write(STDERR_FILENO, line.text, line.n);
    (void)written;
}
