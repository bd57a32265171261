/* say.c: what people read at the command line, in their language. */
#include "app/app.h"

#include <stdarg.h>

#include "base/banned.h"

static Str message(const Cli *cli, const char *key, va_list args) {
    Err e = { .status = ST_OK, .key = str_of(key), .path = STR("") };
    const char *name, *value;
    while ((name = va_arg(args, const char *)) && (value = va_arg(args, const char *)) &&
           e.n_args < ERR_ARGS_MAX) {
        e.args[e.n_args++] = (ErrArg){ str_of(name), str_of(value) };
    }
    return model_message(cli->texts, cli->arena, cli->c.lang, &e);
}

Str text_of(const Cli *cli, const char *key, ...) {
    va_list args;
    va_start(args, key);
    Str text = message(cli, key, args);
    va_end(args);
    return text;
}

void say(const Cli *cli, FILE *to, const char *key, ...) {
    va_list args;
    va_start(args, key);
    Str text = message(cli, key, args);
    va_end(args);
    fprintf(to, "%.*s\n", STR_ARG(text));
}

static void say_error(const Cli *cli, const Err *e) {
    Str text = model_message(cli->texts, cli->arena, cli->c.lang, e);
    if (e->path.n)
        fprintf(cli->err, "panah: %.*s: %.*s\n", STR_ARG(e->path), STR_ARG(text));
    else
        fprintf(cli->err, "panah: %.*s\n", STR_ARG(text));
    if (e->cause.n) fprintf(cli->err, "       (%.*s)\n", STR_ARG(e->cause));
}

static Val error_val(const Cli *cli, const Err *e) {
    Arena *a = cli->arena;
    Val v = val_map(), args = val_map();
    val_set_c(a, &v, "path", val_text(e->path.s ? e->path : STR("")));
    val_set_c(a, &v, "key", val_text(e->key));
    val_set_c(a, &v, "message", val_text(model_message(cli->texts, a, cli->c.lang, e)));
    for (size_t i = 0; i < e->n_args; i++)
        val_set(a, &args, e->args[i].name, val_text(e->args[i].value));
    if (e->n_args) val_set_c(a, &v, "args", args);
    return v;
}

int say_errors(Cli *cli) {
    const Ctx *c = &cli->c;
    for (size_t i = 0; i < c->errs.n; i++)
        say_error(cli, &c->errs.v[i]);
    if (!cli->json) return EXIT_REFUSED;
    Val problem = val_map(), list = val_list();
    for (size_t i = 0; i < c->errs.n; i++)
        val_push(cli->arena, &list, error_val(cli, &c->errs.v[i]));
    const char *code = status_name(ctx_status(c));
    val_set_c(cli->arena, &problem, "code", val_text(str_of(code)));
    val_set_c(cli->arena, &problem, "errors", list);
    print_val(cli, cli->out, problem);
    return EXIT_REFUSED;
}

int say_usage(const Cli *cli, const char *key, const char *value) {
    Str text = text_of(cli, key, "what", value, NULL);
    fprintf(cli->err, "panah: %.*s\n", STR_ARG(text));
    if (cli->command)
        say(cli, cli->err, "usage.see_command", "verb", cli->command->name, NULL);
    else
        say(cli, cli->err, "usage.see_help", NULL);
    return EXIT_USAGE;
}

void print_val(const Cli *cli, FILE *to, Val v) {
    Buf out = buf_new(cli->arena, (size_t)256 << 20);
    json_write_pretty(&out, v);
    fwrite(out.p, 1, out.n, to);
}

const char *number_text(const Cli *cli, int64_t n) {
    Str digits = str_printf(cli->arena, "%lld", (long long)n);
    Buf out = buf_new(cli->arena, 64);
    for (size_t i = 0; i < digits.n; i++) {
        size_t left = digits.n - i;
        bool after_digit = i > 0 && digits.s[i - 1] != '-';
        if (after_digit && left % 3 == 0) buf_byte(&out, ' ');
        buf_byte(&out, (uint8_t)digits.s[i]);
    }
    return str_c(cli->arena, buf_text(&out));
}
