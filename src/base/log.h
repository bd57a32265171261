/* log.h: logfmt lines on standard error with a systemd "<n>" priority.
 *
 *     log_info(env, "listening", "addr", addr_text, "port", "8470", NULL);
 *
 * Values are C strings; there is deliberately no function that takes a Str, a Val or a record, so
 * that personal fields cannot be logged by accident. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

typedef struct Env Env;

/* The priorities of syslog. */
typedef enum LogLevel {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARN = 4,
    LOG_LEVEL_INFO = 6,
    LOG_LEVEL_DEBUG = 7
} LogLevel;

void log_set_level(LogLevel level);
void log_line(Env *env, LogLevel level, const char *event, ...) __attribute__((sentinel));
#define log_error(env, ...) log_line((env), LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warn(env, ...) log_line((env), LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(env, ...) log_line((env), LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(env, ...) log_line((env), LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
