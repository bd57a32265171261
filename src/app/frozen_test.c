/* frozen_test.c: what other nodes, scripts and years-old ledgers rely on does not change: numbers of kinds
 * and fields, what they hold and in which lane, numbers and versions of operations, the command line.
 *
 * tests/fixtures/frozen-1.txt has a line for each. Nothing in it may go or change; an operation's version
 * may grow. What is new is added with PANAH_WRITE_FROZEN=1, in the commit that brings it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "app/app.h"

#include <stdlib.h>

#include "base/banned.h"

static const char *const places[] = { "tests/fixtures/frozen-1.txt",
                                      "../../tests/fixtures/frozen-1.txt" };

static const char *place(void) {
    return env_file_exists(places[0]) ? places[0] : places[1];
}

static const char *const lanes[LANES] = { "control",   "core",    "protection",
                                          "biometric", "finance", "audit" };

static const char *type_name(FieldType t) {
    switch (t) {
    case FT_TEXT: return "text";
    case FT_INT: return "int";
    case FT_DECIMAL: return "decimal";
    case FT_BOOL: return "bool";
    case FT_DATE: return "date";
    case FT_TIME: return "time";
    case FT_CODE: return "code";
    case FT_SET: return "set";
    case FT_REF: return "ref";
    case FT_BLOB: return "blob";
    default: return "other";
    }
}

static void put_kind(Buf *b, const Kind *k) {
    buf_printf(b, "kind %u %s %s\n", (unsigned)k->no, k->name, lanes[k->lane]);
    for (size_t i = 0; i < k->n_fields; i++) {
        const Field *f = &k->fields[i];
        Lane lane = f->lane == LANE_CONTROL ? k->lane : f->lane;
        buf_printf(b, "field %u.%u %s.%s %s %s\n", (unsigned)k->no, (unsigned)f->no, k->name,
                   f->name, type_name(f->type), lanes[lane]);
    }
}

static void put_command(Buf *b, const Command *c) {
    buf_printf(b, "command %s %s\n", c->name, c->words ? c->words : "");
    for (size_t i = 0; i < OPTIONS_MAX && c->options[i].name; i++)
        buf_printf(b, "option %s --%s %s\n", c->name, c->options[i].name,
                   c->options[i].value ? c->options[i].value : "");
}

/* All that is frozen, as it is now. */
static Str present(Arena *a) {
    Buf b = buf_new(a, 1 << 20);
    const ModelSource *m = app_model();
    OpTable ops = app_ops();
    for (size_t i = 0; i < m->n_kinds; i++)
        put_kind(&b, m->kinds[i]);
    for (size_t i = 0; i < ops.n; i++)
        buf_printf(&b, "op %u %s %u\n", (unsigned)ops.ops[i]->no, ops.ops[i]->name,
                   (unsigned)ops.ops[i]->version);
    for (size_t i = 0; commands[i]; i++)
        put_command(&b, commands[i]);
    return buf_text(&b);
}

static bool has_line(Str text, Str line) {
    while (text.s && text.n)
        if (str_eq(str_cut(&text, '\n'), line)) return true;
    return false;
}

/* "op 21 person.register 2" where 1 was frozen. */
static bool has_newer(Str text, Str line) {
    if (!str_starts(line, STR("op "))) return false;
    size_t last = line.n;
    while (line.s[last - 1] != ' ')
        last--;
    Str head = str_slice(line, 0, last);
    int64_t was = 0, now = 0;
    assert_true(num_parse_i64(str_slice(line, last, line.n), &was));
    while (text.s && text.n) {
        Str other = str_cut(&text, '\n');
        if (!str_starts(other, head)) continue;
        return num_parse_i64(str_slice(other, last, other.n), &now) && now > was;
    }
    return false;
}

static void test_nothing_frozen_changes(void **state) {
    (void)state;
    Arena *a = arena_new(env_system(), 1 << 24);
    Ctx c = ctx_new(env_system(), a);
    Str now = present(a), frozen, rest;
    size_t gone = 0, fresh = 0, lines = 0;
    assert_int_equal(env_read_file(&c, place(), 1 << 20, &frozen), ST_OK);
    for (rest = frozen; rest.s && rest.n; lines++) {
        Str line = str_cut(&rest, '\n');
        if (line.n == 0 || has_line(now, line) || has_newer(now, line)) continue;
        print_message("frozen, and gone or changed: %.*s\n", STR_ARG(line));
        gone++;
    }
    for (rest = now; rest.s && rest.n;) {
        Str line = str_cut(&rest, '\n');
        if (line.n == 0 || has_line(frozen, line)) continue;
        print_message("new, not in tests/fixtures/frozen-1.txt: %.*s\n", STR_ARG(line));
        fresh++;
    }
    assert_true(lines > 300);
    assert_int_equal(gone, 0);
    assert_int_equal(fresh, 0);
    arena_free(a);
}

static void write_frozen(void) {
    Arena *a = arena_new(env_system(), 1 << 24);
    Ctx c = ctx_new(env_system(), a);
    if (env_write_file(&c, place(), 0644, present(a)) != ST_OK) abort();
    arena_free(a);
}

int main(void) {
    if (getenv("PANAH_WRITE_FROZEN")) write_frozen();
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_frozen_changes) };
    return cmocka_run_group_tests_name("frozen", tests, NULL, NULL);
}
