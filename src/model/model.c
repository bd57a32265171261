/* model.c: building a Model and looking things up in it. The checks are in check.c. */
#include "model/model.h"

#include "model/model_int.h"

#include <stdlib.h>

#include "base/banned.h"

/* Tables, labels of five languages and some thousand custom fields take a few MiB. */
enum { MODEL_BYTES_MAX = 64 << 20 };

static const Field void_field = {
    "void",
    .no = FIELD_VOID_NO,
    .type = FT_CODE,
    .flags = FF_HIDDEN,
    .codes = "void_reason",
    .doc = "Why the record does not count; unknown: it counts",
};

/* --- code lists ----------------------------------------------------------------------------------- */

static int by_code_order(const void *a, const void *b) {
    const Code *const *x = a, *const *y = b;
    return str_cmp((*x)->code, (*y)->code);
}

static CodeList *list_copy(Model *m, const CodeList *from) {
    Code *codes = arena_array(m->arena, Code, from->n);
    const Code **by_code = arena_array(m->arena, const Code *, from->n);
    for (size_t i = 0; i < from->n; i++) {
        codes[i] = from->codes[i];
        codes[i].code = str_copy(m->arena, from->codes[i].code);
        codes[i].parent = str_copy(m->arena, from->codes[i].parent);
        by_code[i] = &codes[i];
    }
    if (from->n) qsort(by_code, from->n, sizeof(const Code *), by_code_order);
    CodeList *l = arena_new_of(m->arena, CodeList);
    *l = *from;
    l->name = str_copy(m->arena, from->name);
    l->source = str_copy(m->arena, from->source);
    l->codes = codes;
    l->by_code = by_code;
    return l;
}

static Status lists_index(Ctx *c, Model *m, const ModelSource *source) {
    Status st = ST_OK;
    m->lists = map_new(m->arena);
    for (size_t i = 0; i < source->n_lists; i++) {
        CodeList *l = list_copy(m, &source->lists[i]);
        map_put(&m->lists, l->name, l);
        for (size_t k = 1; k < l->n; k++) {
            if (!str_eq(l->by_code[k - 1]->code, l->by_code[k]->code)) continue;
            st = FAIL(c, ST_INVALID, "codes", "error.model.code_twice", "list", l->name, "code",
                      l->by_code[k]->code);
        }
    }
    return st;
}

const CodeList *model_codes(const Model *m, Str list) {
    return map_get(&m->lists, list);
}

const Code *code_find(const CodeList *l, Str code) {
    if (!l->by_code) {
        for (size_t i = 0; i < l->n; i++)
            if (str_eq(l->codes[i].code, code)) return &l->codes[i];
        return NULL;
    }
    size_t lo = 0, hi = l->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int order = str_cmp(l->by_code[mid]->code, code);
        if (order == 0) return l->by_code[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

/* --- kinds ---------------------------------------------------------------------------------------- */

static int by_kind_no(const void *a, const void *b) {
    uint32_t x = (*(KindEntry *const *)a)->info.k->no, y = (*(KindEntry *const *)b)->info.k->no;
    return (x > y) - (x < y);
}

static int by_field_no(const void *a, const void *b) {
    uint32_t x = (*(const FieldInfo *const *)a)->f.no, y = (*(const FieldInfo *const *)b)->f.no;
    return (x > y) - (x < y);
}

/* The row with what it leaves to defaults filled in. */
static void field_put(FieldInfo *f, const KindEntry *e, size_t index, const Field *row) {
    f->f = *row;
    f->kind = &e->info;
    f->index = index;
    if (f->f.lane == LANE_CONTROL) f->f.lane = e->info.k->lane;
    if (f->f.type == FT_TEXT && f->f.max == 0) f->f.max = TEXT_BYTES_DEFAULT;
    if (f->f.type == FT_SET && f->f.max == 0) f->f.max = SET_COUNT_DEFAULT;
    if (!f->f.rule_message) f->f.rule_message = "error.rule";
    memcpy(f->key_text, row->name, strnlen(row->name, sizeof f->key_text - 1));
}

static const char *c_copy(Model *m, const char *text) {
    return text ? str_c(m->arena, str_of(text)) : NULL;
}

static void custom_put(Model *m, FieldInfo *f, const KindEntry *e, size_t index, const Field *row) {
    Field own = *row;
    own.no = 0;
    own.name = c_copy(m, row->name ? row->name : "");
    own.codes = c_copy(m, row->codes);
    own.kind = c_copy(m, row->kind);
    own.rule = c_copy(m, row->rule);
    own.rule_message = c_copy(m, row->rule_message);
    own.doc = c_copy(m, row->doc);
    field_put(f, e, index, &own);
    f->custom = true;
    id_write(own.id, f->key_text);
    f->key_text[ID_TEXT_N] = '\0';
}

static size_t count_custom(const ModelSource *source, const char *kind) {
    size_t n = 0;
    for (size_t i = 0; i < source->n_custom; i++)
        n += str_is(str_of(source->custom[i].kind), kind);
    return n;
}

/* Custom fields are named by their id: two nodes may choose the same name, and a new release may
 * bring a built-in field of that name. The built-in field then keeps it, else the lowest id. */
static void index_custom(KindEntry *e, FieldInfo *f) {
    map_put(&e->by_name, str_of(f->key_text), f);
    const FieldInfo *holder = map_get(&e->by_name, str_of(f->f.name));
    if (!holder || (holder->custom && id_cmp(f->f.id, holder->f.id) < 0))
        map_put(&e->by_name, str_of(f->f.name), f);
}

static void kind_index(Model *m, KindEntry *e, const ModelSource *source) {
    const Kind *k = e->info.k;
    size_t n_table = 1 + k->n_fields, n = n_table + count_custom(source, k->name);
    FieldInfo *fields = arena_array(m->arena, FieldInfo, n);
    e->info.fields = fields;
    e->info.n_fields = n;
    e->by_name = map_new(m->arena);
    e->by_no = arena_array(m->arena, const FieldInfo *, n_table);
    e->n_by_no = n_table;
    e->rules = arena_array(m->arena, struct Expr *, n);
    for (size_t i = 0; i < n_table; i++) {
        field_put(&fields[i], e, i, i == 0 ? &void_field : &k->fields[i - 1]);
        e->by_no[i] = &fields[i];
        map_put(&e->by_name, str_of(fields[i].f.name), &fields[i]);
    }
    qsort(e->by_no, n_table, sizeof(const FieldInfo *), by_field_no);
    size_t at = n_table;
    for (size_t i = 0; i < source->n_custom; i++) {
        if (!str_is(str_of(source->custom[i].kind), k->name)) continue;
        custom_put(m, &fields[at], e, at, &source->custom[i].field);
        index_custom(e, &fields[at++]);
    }
    if (k->subject_rule == SUBJECT_FIELD && k->subject)
        e->info.subject = map_get(&e->by_name, str_of(k->subject));
}

static void kinds_index(Model *m, const ModelSource *source) {
    m->n_kinds = source->n_kinds;
    m->kinds = arena_array(m->arena, KindEntry, m->n_kinds);
    m->by_no = arena_array(m->arena, KindEntry *, m->n_kinds);
    m->kind_by_name = map_new(m->arena);
    for (size_t i = 0; i < m->n_kinds; i++) {
        KindEntry *e = &m->kinds[i];
        e->info.k = source->kinds[i];
        e->info.index = i;
        m->by_no[i] = e;
        check_kind(e, &m->kind_by_name);
        map_put(&m->kind_by_name, str_of(e->info.k->name), e);
        kind_index(m, e, source);
    }
    if (m->n_kinds) qsort(m->by_no, m->n_kinds, sizeof(KindEntry *), by_kind_no);
}

size_t model_n_kinds(const Model *m) {
    return m->n_kinds;
}

const KindInfo *model_kind_at(const Model *m, size_t i) {
    ASSERT(i < m->n_kinds);
    return &m->kinds[i].info;
}

const KindInfo *model_kind(const Model *m, Str name) {
    const KindEntry *e = map_get(&m->kind_by_name, name);
    return e ? &e->info : NULL;
}

const KindInfo *model_kind_no(const Model *m, uint32_t no) {
    size_t lo = 0, hi = m->n_kinds;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t at = m->by_no[mid]->info.k->no;
        if (at == no) return &m->by_no[mid]->info;
        if (at < no)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const FieldInfo *kind_field(const KindInfo *k, Str name) {
    return map_get(&((const KindEntry *)k)->by_name, name);
}

const FieldInfo *kind_field_label(const KindInfo *k, Str lang) {
    char name[16];
    ptrdiff_t region = str_find_byte(lang, '-');
    if (region >= 0) lang = str_slice(lang, 0, (size_t)region);
    int n = snprintf(name, sizeof name, "label_%.*s", STR_ARG(lang));
    bool fits = n > 0 && (size_t)n < sizeof name;
    const FieldInfo *f = fits ? kind_field(k, str_n(name, (size_t)n)) : NULL;
    return f && !f->custom ? f : NULL;
}

const FieldInfo *kind_field_no(const KindInfo *k, uint32_t no) {
    const KindEntry *e = (const KindEntry *)k;
    size_t lo = 0, hi = e->n_by_no;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t at = e->by_no[mid]->f.no;
        if (at == no) return e->by_no[mid];
        if (at < no)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const FieldInfo *kind_field_id(const KindInfo *k, Id custom) {
    char text[ID_TEXT_N];
    id_write(custom, text);
    const FieldInfo *f = kind_field(k, str_n(text, sizeof text));
    return f && f->custom ? f : NULL;
}

/* --- building ------------------------------------------------------------------------------------- */

static Status custom_labels(Ctx *c, Model *m, const ModelSource *source) {
    Status st = ST_OK;
    for (size_t i = 0; i < source->n_custom; i++) {
        const CustomField *f = &source->custom[i];
        if (str_empty(f->labels_json)) continue;
        char id[ID_TEXT_N];
        id_write(f->field.id, id);
        Str key = str_printf(c->arena, "field.%s.%.*s", f->kind, ID_TEXT_N, id);
        Str old_path = ctx_path_enter(c, "custom[%zu]", i);
        Status one = labels_add_key(c, m, key, f->labels_json);
        ctx_path_leave(c, old_path);
        if (one != ST_OK) st = one;
    }
    return st;
}

/* Goes on after a mistake in custom data, so that all of them are told at once. */
static Status build(Ctx *c, Model *m, const ModelSource *source) {
    Status st = ST_OK, one;
    if ((one = lists_index(c, m, source)) != ST_OK) st = one;
    kinds_index(m, source);
    if ((one = check_fields(c, m, source)) != ST_OK) st = one;
    for (size_t i = 0; i < source->n_labels; i++) {
        one = labels_add(c, m, &source->labels[i]);
        if (one != ST_OK) st = one;
    }
    if ((one = custom_labels(c, m, source)) != ST_OK) st = one;
    if (st == ST_OK) st = rules_compile(c, m, source);
    return st;
}

static void free_unless_kept(void *arg) {
    Arena **held = arg;
    arena_free(*held);
}

Status model_build(Ctx *c, const ModelSource *source, Model **ret_model) {
    /* Held by the caller's arena until the model stands, in case either arena runs over. */
    Arena **held = arena_new_of(c->arena, Arena *);
    arena_defer(c->arena, free_unless_kept, held);
    *held = arena_new(c->env, MODEL_BYTES_MAX);
    if (ARENA_GUARD(*held) != 0) return FAIL(c, ST_MEMORY, "", "error.memory");
    Model *m = arena_new_of(*held, Model);
    m->arena = *held;
    TRY(build(c, m, source));
    arena_unguard(m->arena);
    *held = NULL;
    *ret_model = m;
    return ST_OK;
}

void model_free(Model *m) {
    if (m) arena_free(m->arena);
}
