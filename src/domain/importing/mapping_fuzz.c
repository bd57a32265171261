/* mapping_fuzz.c: any bytes as a list: what is read is valid text, every target is one, a date is a
 * day, and nothing runs over. No store: columns, rows and values only. */
#include "domain/admin/admin.h"
#include "domain/importing/importing_int.h"
#include "model/codes.h"
#include "model/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 512 << 20, INPUT_BYTES_MAX = 64 << 10, LABELS_MAX = 16, ROWS_READ = 200 };

static Model *make_model(Env *env) {
    static const Kind *kinds[64];
    static LabelSource labels[LABELS_MAX];
    const Room *const rooms[] = { &access_room, &op_room, &registry_room, &importing_room };
    ModelSource source = { .kinds = kinds, .lists = builtin_code_lists, .labels = labels };
    Model *model;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        for (size_t k = 0; k < rooms[i]->n_kinds; k++)
            kinds[source.n_kinds++] = rooms[i]->kinds[k];
    for (size_t i = 0; i < ADMIN_KINDS; i++)
        kinds[source.n_kinds++] = admin_kinds[i];
    source.n_lists = builtin_code_lists_n;
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        labels[source.n_labels++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        labels[source.n_labels++] = builtin_messages[i];
    Ctx c = ctx_new(env, arena_new(env, ARENA_BYTES));
    if (model_build(&c, &source, &model) != ST_OK) abort();
    arena_free(c.arena);
    return model;
}

static bool all_valid(Val v) {
    if (v.type == VAL_TEXT) return str_utf8_valid(v.text);
    for (size_t i = 0; v.type == VAL_LIST && i < v.list.n; i++)
        if (!all_valid(v.list.v[i])) return false;
    for (size_t i = 0; v.type == VAL_MAP && i < v.map.n; i++)
        if (!str_utf8_valid(v.map.v[i].key) || !all_valid(v.map.v[i].value)) return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static Env env;
    static Arena *arena;
    static Model *model;
    if (!model) {
        env_test_init(&env, 1, 0);
        model = make_model(&env);
        arena = arena_new(&env, ARENA_BYTES);
    }
    if (size > INPUT_BYTES_MAX) return 0;
    arena_reset(arena);
    Ctx c = ctx_new(&env, arena);
    Findings f = { .arena = arena };
    Plan plan = { .model = model, .dial_code = STR("93"), .calendar = CAL_SOLAR, .today = 20780 };
    if (table_read(&c, str_n(data, size), &f, &plan.table) != ST_OK) return 0;
    if (mapping_make(&c, &plan, VAL_ABSENT, VAL_ABSENT, &f) != ST_OK) return 0;
    for (size_t i = 0; i < plan.table.n_columns; i++) {
        Target t;
        Str text = plan.columns[i].target_text;
        if (!str_utf8_valid(plan.columns[i].header)) abort();
        if (text.n && !target_parse(model, text, &t)) abort();
    }
    Families families = families_of(&c, &plan);
    size_t rows = 0;
    for (size_t i = 0; i < families.n; i++)
        rows += families.v[i].n;
    if (rows != plan.table.n) abort();
    for (size_t i = 0; i < plan.table.n && i < ROWS_READ; i++) {
        Member m;
        row_read(&c, &plan, &plan.table.rows[i], &f, &m);
        if (!all_valid(m.input) || !all_valid(m.group)) abort();
        Str born = val_get_text(val_get(m.input, "person"), "birth_date", STR(""));
        Day day;
        if (born.n && (!day_from_iso(born, &day) || day > plan.today)) abort();
    }
    if (f.list.n > FINDINGS_LISTED_MAX || f.errors + f.warnings < f.list.n) abort();
    return 0;
}
