/* families.c: rows put together into families, checked as group.register will check them, looked up
 * among the people there are and among each other.
 *
 * A family is taken whole or not at all: where one row of a household is wrong the others wait for
 * it, because half a family in the register is worse than one that comes tomorrow. */
#include "domain/importing/importing_int.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/banned.h"

enum {
    WORKERS = 2, /* as many as the smallest machine has processors */
    PIECE = 64,  /* families read before memory is given back */
    DOUBLES_MAX = 5,
    WORKER_KEEPS_MAX = 512 << 20,
    PIECE_MAX = 256 << 20,
};

/* ---- households ------------------------------------------------------------------------------------- */

typedef struct Household {
    size_t family;
    size_t cap;
} Household;

static Str household_of(Ctx *c, const Plan *plan, const SourceRow *row) {
    if (!plan->household) return STR("");
    size_t i = (size_t)(plan->household - plan->columns);
    return i < row->n ? text_fold(c->arena, row->cells[i]) : STR("");
}

static void family_add(Ctx *c, FamilyRows *f, Household *h, size_t row) {
    if (f->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 4;
        f->rows = arena_grow(c->arena, f->rows, h->cap * sizeof *f->rows, cap * sizeof *f->rows);
        h->cap = cap;
    }
    f->rows[f->n++] = row;
}

Families families_of(Ctx *c, const Plan *plan) {
    Families all = { .v = arena_array(c->arena, FamilyRows, plan->table.n + 1) };
    Map by_household = map_new(c->arena);
    for (size_t i = 0; i < plan->table.n; i++) {
        Str key = household_of(c, plan, &plan->table.rows[i]);
        Household *h = key.n ? map_get(&by_household, key) : NULL;
        if (!h) {
            h = arena_new_of(c->arena, Household);
            *h = (Household){ .family = all.n++ };
            if (key.n) map_put(&by_household, key, h);
        }
        family_add(c, &all.v[h->family], h, i);
    }
    return all;
}

/* ---- one family ---------------------------------------------------------------------------------------- */

/* What could be the same person, as a number: equal only by equal texts, but for one in 2⁶⁴. */
typedef struct DoubleKey {
    uint64_t hash;
    size_t row, family;
    const char *reason;
} DoubleKey;

typedef struct Worker Worker;
typedef struct Work {
    Ctx *c;
    const Plan *plan;
    Job *job;
    Families families;
    Str *encoded;   /* of each family; s == NULL: not taken */
    RowMark *marks; /* of each row of the table */
    ChangedRow *changed;
    atomic_size_t next, done;
    atomic_bool stop;
} Work;
struct Worker {
    Work *work;
    pthread_t thread;
    Arena *keep, *scratch;
    Findings findings;
    VEC(DoubleKey) keys;
    size_t rows_good, rows_failed, rows_held, rows_again, doubles;
    Status status;
    Err err;
};

/* The family at hand; lives in the scratch arena. */
typedef struct Family {
    Worker *w;
    Ctx *c;
    const Plan *plan;
    size_t index;
    Member *members;
    size_t n, focal;
    Val input, typed;
    size_t n_failed;
} Family;

static void member_failed(Family *f, size_t i) {
    if (!f->members[i].failed) f->n_failed++;
    f->members[i].failed = true;
}

/* The focal point as said, else the first; what others are is unknown where the list does not say. */
static void relationships(Family *f) {
    f->focal = SIZE_MAX;
    for (size_t i = 0; i < f->n; i++) {
        Member *m = &f->members[i];
        if (!str_is(m->relationship, "FP")) continue;
        if (f->focal == SIZE_MAX) {
            f->focal = i;
            continue;
        }
        finding_add(&f->w->findings, false, m->source->row, m->source->line, NULL, STR(""),
                    "error.focal_point.two", NULL);
        member_failed(f, i);
    }
    if (f->focal == SIZE_MAX) f->focal = 0;
    for (size_t i = 0; i < f->n; i++)
        if (i != f->focal && f->members[i].relationship.n == 0)
            val_set_c(f->c->arena, &f->members[i].input, "relationship", val_text(STR("U")));
}

const Column *column_of_target(const Plan *plan, Str target) {
    for (size_t i = 0; i < plan->table.n_columns; i++)
        if (str_eq(plan->columns[i].target_text, target)) return &plan->columns[i];
    return NULL;
}

/* The focal point's row says where the family lives; where it is silent, the next that speaks. */
static Val group_of(Family *f) {
    Val group = val_map();
    for (size_t k = 0; k < f->n; k++) {
        size_t i = k == 0 ? f->focal : k <= f->focal ? k - 1 : k;
        const Member *m = &f->members[i];
        for (size_t j = 0; j < m->group.map.n; j++) {
            ValPair *p = &m->group.map.v[j];
            Val had = val_get_str(group, p->key);
            if (val_is_absent(had)) {
                val_set(f->c->arena, &group, p->key, p->value);
                continue;
            }
            if (val_eq(had, p->value)) continue;
            Str target = str_concat(f->c->arena, STR("registration_group."), p->key);
            finding_add(&f->w->findings, true, m->source->row, m->source->line,
                        column_of_target(f->plan, target),
                        p->value.type == VAL_TEXT ? p->value.text : STR(""),
                        "error.import.group.differs", NULL);
        }
    }
    return group;
}

static void build_input(Family *f) {
    Arena *a = f->c->arena;
    Val members = val_list_of(a, f->n), group;
    relationships(f);
    group = group_of(f);
    for (size_t i = 0; i < f->n; i++)
        members.list.v[i] = f->members[i].input;
    f->input = val_map();
    val_set_c(a, &f->input, "office", val_text(id_text(a, f->plan->office)));
    if (group.map.n) val_set_c(a, &f->input, "group", group);
    val_set_c(a, &f->input, "members", members);
    val_set_c(a, &f->input, "focal_point", val_get(f->members[f->focal].input, "key"));
}

/* ---- the checks of group.register ----------------------------------------------------------------------- */

/* "members[2].person.birth_date" → 2, "person.birth_date". */
static size_t member_of_path(Str path, Str *ret_rest) {
    uint64_t i;
    ptrdiff_t close = str_find_byte(path, ']');
    *ret_rest = path;
    if (!str_starts(path, STR("members[")) || close < 0) return SIZE_MAX;
    if (!num_parse_u64(str_slice(path, 8, (size_t)close), &i)) return SIZE_MAX;
    *ret_rest = str_slice(path, (size_t)close + 2, path.n);
    return (size_t)i;
}

static const Column *column_in_list(Str rest, const char *list, const Column *const *of, size_t n) {
    uint64_t i;
    size_t from = strlen(list);
    ptrdiff_t close = str_find_byte(rest, ']');
    if (!str_starts(rest, str_of(list)) || close < 0) return NULL;
    if (!num_parse_u64(str_slice(rest, from, (size_t)close), &i) || i >= n) return NULL;
    return of[i];
}

static const Column *column_of_path(const Plan *plan, const Member *m, Str rest) {
    const Column *col = column_in_list(rest, "phones[", m->phone_of, m->n_phones);
    if (!col) col = column_in_list(rest, "documents[", m->paper_of, m->n_papers);
    if (col) return col;
    if (str_starts(rest, STR("person."))) {
        Str field = str_slice(rest, 7, rest.n);
        col = column_of_target(plan, field);
        if (!col && str_is(field, "given_name")) col = column_of_target(plan, STR("full_name"));
        if (!col && str_is(field, "birth_date")) col = column_of_target(plan, STR("age"));
        return col;
    }
    if (str_is(rest, "relationship")) return column_of_target(plan, STR("membership.relationship"));
    return str_starts(rest, STR("names[")) ? column_of_target(plan, STR("name.number")) : NULL;
}

static Str value_in(const Plan *plan, const SourceRow *row, const Column *col) {
    size_t i = col ? (size_t)(col - plan->columns) : SIZE_MAX;
    return col && i < row->n ? row->cells[i] : STR("");
}

/* A row that is wrong already has no need of errors that only follow from what was left out. */
static void take_errors(Family *f, size_t from) {
    Ctx *c = f->c;
    for (size_t e = from; e < c->errs.n; e++) {
        const Err *err = &c->errs.v[e];
        Str rest;
        size_t i = member_of_path(err->path, &rest);
        const Column *col = NULL;
        if (i < f->n)
            col = column_of_path(f->plan, &f->members[i], rest);
        else if (str_starts(err->path, STR("group.")))
            col = column_of_target(f->plan, str_concat(c->arena, STR("registration_"), err->path));
        if (i >= f->n) i = f->focal;
        Member *m = &f->members[i];
        bool follows = m->failed && (str_is(err->key, "error.name.required") ||
                                     str_is(err->key, "error.required"));
        if (!follows)
            finding_add_err(&f->w->findings, false, m->source->row, m->source->line, col,
                            value_in(f->plan, m->source, col), err);
        member_failed(f, i);
    }
    c->errs.n = from;
}

static void check_family(Family *f) {
    Ctx *c = f->c;
    size_t before = c->errs.n;
    const Op *op = f->plan->group_register;
    f->typed = VAL_ABSENT;
    if (shape_check(c, f->plan->model, op->takes, f->input, &f->typed) == ST_OK) {
        OpCall call = { .op = op,
                        .table = f->plan->ops,
                        .input = f->typed,
                        .result = val_map(),
                        .act = ID_NONE,
                        .reason = STR(""),
                        .purpose = STR(""),
                        .replayed = true,
                        .client_time = TIME_NONE };
        if (op->prepare(c, &call) != ST_OK && c->errs.n == before)
            (void)FAIL(c, ST_INVALID, "", "error.import.row");
    }
    take_errors(f, before);
}

/* ---- doubles ----------------------------------------------------------------------------------------------- */

static void add_key(Family *f, const Member *m, Str text, const char *reason) {
    DoubleKey key = { .hash = hash_bytes(text.s, text.n, (uint64_t)(unsigned char)reason[5]),
                      .row = (size_t)(m->source - f->plan->table.rows),
                      .family = f->index,
                      .reason = reason };
    vec_push(f->w->keep, &f->w->keys, key);
}

static Str either(Val person, const char *latin, const char *local) {
    Str name = val_get_text(person, latin, STR(""));
    return name.n ? name : val_get_text(person, local, STR(""));
}

static void keys_of(Family *f, const Member *m, Val typed) {
    Arena *a = f->c->arena;
    Val phones = val_get(typed, "phones"), papers = val_get(typed, "documents");
    Val person = val_get(typed, "person"), born = val_get(person, "birth_date");
    for (size_t i = 0; phones.type == VAL_LIST && i < phones.list.n; i++) {
        Val phone = phones.list.v[i];
        if (!val_get_bool(phone, "as_written", false))
            add_key(f, m, val_get_text(phone, "number", STR("")), "same_phone");
    }
    for (size_t i = 0; papers.type == VAL_LIST && i < papers.list.n; i++) {
        Str type = val_get_text(papers.list.v[i], "type", STR(""));
        Str number = val_get_text(papers.list.v[i], "number", STR(""));
        Str text = str_printf(a, "%.*s|", STR_ARG(type));
        add_key(f, m, str_concat(a, text, text_fold(a, number)), "same_document");
    }
    Str name = either(person, "given_name", "given_name_local");
    Str second = either(person, "father_name", "father_name_local");
    if (second.n == 0) second = either(person, "family_name", "family_name_local");
    if (name.n == 0 || second.n == 0 || born.type != VAL_INT) return;
    Str whole = str_printf(a, "%.*s|%.*s|%lld", STR_ARG(text_fold(a, name)),
                           STR_ARG(text_fold(a, second)), (long long)born.i);
    add_key(f, m, whole, "same_name_father_age");
}

static Status look_for_doubles(Family *f) {
    Val members = val_get(f->typed, "members");
    if (members.type != VAL_LIST) return ST_OK;
    for (size_t i = 0; i < members.list.n && i < f->n; i++) {
        const Member *m = &f->members[i];
        RegistryDouble found[DOUBLES_MAX];
        size_t n;
        if (m->failed) continue;
        keys_of(f, m, members.list.v[i]);
        TRY(registry_doubles(f->c, members.list.v[i], f->plan->dial_code, found, DOUBLES_MAX, &n));
        for (size_t k = 0; k < n; k++)
            finding_add(&f->w->findings, true, m->source->row, m->source->line, NULL, STR(""),
                        "error.import.double.register", "name", found[k].name, "number",
                        found[k].number, "reason", str_of(found[k].reason), NULL);
        f->w->doubles += n > 0;
    }
    return ST_OK;
}

/* ---- keeping ------------------------------------------------------------------------------------------------ */

static void encode(Family *f) {
    Arena *a = f->c->arena;
    Val one = val_map(), rows = val_list_of(a, f->n);
    for (size_t i = 0; i < f->n; i++) {
        const SourceRow *s = f->members[i].source;
        Val row = val_map(), cells = val_list_of(a, s->n);
        for (size_t k = 0; k < s->n; k++)
            cells.list.v[k] = val_text(s->cells[k]);
        val_set_c(a, &row, "row", val_int((int64_t)s->row));
        val_set_c(a, &row, "line", val_int((int64_t)s->line));
        val_set_c(a, &row, "cells", cells);
        rows.list.v[i] = row;
    }
    val_set_c(a, &one, "input", f->input);
    val_set_c(a, &one, "rows", rows);
    Buf b = buf_new(a, (size_t)64 << 20);
    cbor_put_val(&b, one);
    if (!buf_full(&b)) f->w->work->encoded[f->index] = str_copy(f->w->keep, buf_text(&b));
}

/* More than a family can be: the column is no household, or a camp is one. Said once. */
static void too_large(Worker *w, const FamilyRows *rows) {
    const Plan *plan = w->work->plan;
    const SourceRow *first = &plan->table.rows[rows->rows[0]];
    Arena *a = w->keep;
    finding_add(&w->findings, false, first->row, first->line, plan->household,
                value_in(plan, first, plan->household), "error.import.household.large", "n",
                str_printf(a, "%zu", rows->n), "max", str_printf(a, "%d", IMPORT_FAMILY_MAX), NULL);
    w->rows_failed += rows->n;
}

static void tell_held(Family *f) {
    Worker *w = f->w;
    size_t held = f->n - f->n_failed;
    w->rows_failed += f->n_failed;
    w->rows_held += held;
    if (held == 0) return;
    for (size_t i = 0; i < f->n; i++) {
        const SourceRow *s = f->members[i].source;
        if (f->members[i].failed) continue;
        finding_add(&w->findings, true, s->row, s->line, f->plan->household,
                    value_in(f->plan, s, f->plan->household), "error.import.family.held", "n",
                    str_printf(f->c->arena, "%zu", held), NULL);
        return;
    }
}

/* ---- who was there before ------------------------------------------------------------------------------------ */

/* The row is another person's by now, or says of this one what cannot be offered: people decide. */
static void tell_changed(Family *f, const SourceRow *s, const Column *col, const Record *person,
                         bool warning) {
    if (!col) col = f->plan->key;
    finding_add(&f->w->findings, warning, s->row, s->line, col, value_in(f->plan, s, col),
                "error.import.changed", "name", record_text(person, "display_name"), "number",
                record_text(person, "number"), NULL);
}

static void keep_changed(Family *f, size_t row, const Record *person, Val changes) {
    Arena *a = f->c->arena;
    const SourceRow *s = &f->plan->table.rows[row];
    Val one = val_map();
    val_set_c(a, &one, "person", val_text(id_text(a, person->id)));
    val_set_c(a, &one, "name", val_text(record_text(person, "display_name")));
    val_set_c(a, &one, "number", val_text(record_text(person, "number")));
    val_set_c(a, &one, "row", val_int((int64_t)s->row));
    val_set_c(a, &one, "line", val_int((int64_t)s->line));
    val_set_c(a, &one, "changes", changes);
    Buf b = buf_new(a, 1 << 20);
    cbor_put_val(&b, one);
    f->w->work->changed[row] = (ChangedRow){ str_copy(f->w->keep, buf_text(&b)), changes.list.n };
}

/* Checked by itself as any row is, then held against the person. What the register says already is no
 * change any more. */
static Status meet_changed(Family *f, size_t row, const Record *person) {
    const SourceRow *s = &f->plan->table.rows[row];
    Family one = { .w = f->w, .c = f->c, .plan = f->plan, .index = f->index, .n = 1 };
    Differences d;
    if (record_is_void(person)) {
        tell_changed(f, s, NULL, person, false);
        f->w->rows_failed++;
        return ST_OK;
    }
    one.members = arena_array(f->c->arena, Member, 1);
    row_read(f->c, f->plan, s, &f->w->findings, &one.members[0]);
    one.n_failed = one.members[0].failed;
    build_input(&one);
    check_family(&one);
    if (one.n_failed) return f->w->rows_failed++, ST_OK;
    TRY(changed_compare(f->c, f->plan, &one.members[0], one.typed, person,
                        !f->plan->earlier[row].changed, &d));
    bool offered = d.changes.list.n > 0;
    for (size_t i = 0; i < d.others.n; i++)
        tell_changed(f, s, d.others.v[i], person, offered);
    if (offered)
        keep_changed(f, row, person, d.changes);
    else if (d.others.n)
        f->w->rows_failed++;
    else
        f->w->rows_again++;
    return ST_OK;
}

static void tell_family_there(Family *f, const SourceRow *s, const Record *person) {
    finding_add(&f->w->findings, false, s->row, s->line, f->plan->household,
                value_in(f->plan, s, f->plan->household), "error.import.family.there", "name",
                record_text(person, "display_name"), "number", record_text(person, "number"), NULL);
    f->w->rows_failed++;
}

/* Rows that are there already are left out; a family of which some are is not made a second time. */
static Status meet_earlier(Family *f, const FamilyRows *rows, bool *ret_met) {
    Record **was = arena_array(f->c->arena, Record *, f->n), *any = NULL;
    *ret_met = false;
    if (!f->plan->earlier) return ST_OK;
    for (size_t i = 0; i < f->n; i++) {
        TRY(earlier_person(f->c, &f->plan->earlier[rows->rows[i]], &was[i]));
        if (was[i]) any = was[i];
    }
    *ret_met = any != NULL;
    for (size_t i = 0; any && i < f->n; i++) {
        const SourceRow *s = &f->plan->table.rows[rows->rows[i]];
        if (!was[i])
            tell_family_there(f, s, any);
        else if (f->plan->earlier[rows->rows[i]].changed || f->plan->earlier[rows->rows[i]].since)
            TRY(meet_changed(f, rows->rows[i], was[i]));
        else
            f->w->rows_again++;
    }
    return ST_OK;
}

static Status family_read(Worker *w, Ctx *c, size_t index) {
    const FamilyRows *rows = &w->work->families.v[index];
    if (rows->n > IMPORT_FAMILY_MAX) return too_large(w, rows), ST_OK;
    Family f = { .w = w, .c = c, .plan = w->work->plan, .index = index, .n = rows->n };
    bool met;
    TRY(meet_earlier(&f, rows, &met));
    if (met) return ST_OK;
    f.members = arena_array(c->arena, Member, f.n);
    for (size_t i = 0; i < f.n; i++) {
        row_read(c, f.plan, &f.plan->table.rows[rows->rows[i]], &w->findings, &f.members[i]);
        w->work->marks[rows->rows[i]] = row_mark(c, f.plan, &f.members[i]);
        f.n_failed += f.members[i].failed;
    }
    build_input(&f);
    check_family(&f);
    TRY(look_for_doubles(&f));
    if (f.n_failed) return tell_held(&f), ST_OK;
    w->rows_good += f.n;
    encode(&f);
    return ST_OK;
}

/* ---- two at a time ------------------------------------------------------------------------------------------- */

static Status piece_read(Worker *w, size_t first, size_t n) {
    Ctx c = *w->work->c;
    c.arena = w->scratch;
    c.reader = NULL;
    c.errs.v = NULL;
    c.errs.n = c.errs.cap = 0;
    c.path = STR("");
    Status st = store_read_begin(c.store, &c);
    for (size_t i = first; st == ST_OK && i < first + n; i++)
        st = family_read(w, &c, i);
    if (st != ST_OK && c.errs.n) {
        Err e = c.errs.v[c.errs.n - 1];
        w->err = (Err){ .status = st, .path = STR(""), .key = str_copy(w->keep, e.key) };
        w->err.cause = e.cause.s ? str_copy(w->keep, e.cause) : STR("");
    }
    return st;
}

static Status piece_guarded(Worker *w, size_t first, size_t n) {
    Work *work = w->work;
    if (ARENA_GUARD(w->scratch) != 0) return ST_MEMORY;
    Status st = piece_read(w, first, n);
    arena_unguard(w->scratch);
    arena_reset(w->scratch); /* gives the read connection back */
    size_t done = atomic_fetch_add(&work->done, n) + n;
    job_progress(work->job, (int64_t)done, (int64_t)work->families.n, "phase.import.check");
    return st;
}

static void *worker_run(void *arg) {
    Worker *w = arg;
    Work *work = w->work;
    if (ARENA_GUARD(w->keep) != 0) {
        w->status = ST_MEMORY;
        atomic_store(&work->stop, true);
        return NULL;
    }
    while (w->status == ST_OK && !atomic_load(&work->stop)) {
        size_t first = atomic_fetch_add(&work->next, PIECE);
        if (first >= work->families.n) break;
        size_t left = work->families.n - first;
        w->status = piece_guarded(w, first, left < PIECE ? left : PIECE);
        if (w->status == ST_OK && job_cancelled(work->job)) w->status = ST_CANCELLED;
    }
    if (w->status != ST_OK) atomic_store(&work->stop, true);
    arena_unguard(w->keep);
    return NULL;
}

static void drop_arena(void *arena) {
    arena_free(arena);
}

static void worker_init(Worker *w, Work *work) {
    Env *env = work->c->env;
    *w = (Worker){ .work = work,
                   .keep = arena_new(env, WORKER_KEEPS_MAX),
                   .scratch = arena_new(env, PIECE_MAX) };
    arena_defer(work->c->arena, drop_arena, w->keep);
    arena_defer(work->c->arena, drop_arena, w->scratch);
    w->findings.arena = w->keep;
}

static Status workers_status(Ctx *c, const Worker *w) {
    for (size_t i = 0; i < WORKERS; i++) {
        if (w[i].status == ST_OK) continue;
        if (w[i].status == ST_CANCELLED) return FAIL(c, ST_CANCELLED, "", "error.cancelled");
        if (w[i].status == ST_MEMORY) return FAIL(c, ST_LIMIT, "text", "error.import.too_much");
        const char *key = w[i].err.key.s ? str_c(c->arena, w[i].err.key) : "error.import.row";
        return ctx_fail_cause(c, w[i].status, "", key, w[i].err.cause);
    }
    return ST_OK;
}

/* ---- doubles within the list ------------------------------------------------------------------------------------ */

static int by_row(const void *a, const void *b) {
    const DoubleKey *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Each row that has the same as one before it, once for each reason. A family may share a telephone. */
static void doubles_in_list(Ctx *c, const Plan *plan, Worker *w, Reading *ret) {
    VEC(DoubleKey) all = { 0 };
    Map seen = map_new(c->arena);
    for (size_t i = 0; i < WORKERS; i++)
        for (size_t k = 0; k < w[i].keys.n; k++)
            vec_push(c->arena, &all, w[i].keys.v[k]);
    if (all.n) qsort(all.v, all.n, sizeof *all.v, by_row);
    for (size_t i = 0; i < all.n; i++) {
        DoubleKey *key = &all.v[i];
        DoubleKey *first = map_get(&seen, str_n(&key->hash, sizeof key->hash));
        if (!first) {
            map_put(&seen, str_n(&key->hash, sizeof key->hash), key);
            continue;
        }
        bool shared = first->family == key->family && strcmp(key->reason, "same_phone") == 0;
        if (first->row == key->row || shared) continue;
        const SourceRow *s = &plan->table.rows[key->row];
        finding_add(&ret->findings, true, s->row, s->line, NULL, STR(""),
                    "error.import.double.list", "other",
                    str_printf(c->arena, "%zu", plan->table.rows[first->row].row), "reason",
                    str_of(key->reason), NULL);
        ret->doubles++;
    }
}

static void take_families(Ctx *c, const Work *work, Reading *ret) {
    for (size_t i = 0; i < work->families.n; i++) {
        const FamilyRows *rows = &work->families.v[i];
        if (!work->encoded[i].s) continue;
        for (size_t k = 0; k < rows->n; k++) {
            SeenRow seen = { work->marks[rows->rows[k]], (int64_t)ret->families.n, k };
            vec_push(c->arena, &ret->seen, seen);
        }
        vec_push(c->arena, &ret->families, work->encoded[i]);
    }
}

static void take_changed(Ctx *c, const Work *work, Reading *ret) {
    for (size_t i = 0; i < work->plan->table.n; i++) {
        if (!work->changed[i].bytes.s) continue;
        vec_push(c->arena, &ret->changed, work->changed[i]);
        ret->n_changes += work->changed[i].n;
    }
}

Status families_read(Ctx *c, const Plan *plan, Job *job, Reading *ret) {
    Work work = { .c = c, .plan = plan, .job = job, .families = families_of(c, plan) };
    Worker *w = arena_array(c->arena, Worker, WORKERS);
    work.encoded = arena_array(c->arena, Str, work.families.n + 1);
    work.marks = arena_array(c->arena, RowMark, plan->table.n + 1);
    work.changed = arena_array(c->arena, ChangedRow, plan->table.n + 1);
    for (size_t i = 0; i < WORKERS; i++)
        worker_init(&w[i], &work);
    bool second = pthread_create(&w[1].thread, NULL, worker_run, &w[1]) == 0;
    (void)worker_run(&w[0]);
    if (second) pthread_join(w[1].thread, NULL);
    TRY(workers_status(c, w));
    for (size_t i = 0; i < WORKERS; i++) {
        findings_merge(&ret->findings, &w[i].findings);
        ret->rows_good += w[i].rows_good;
        ret->rows_failed += w[i].rows_failed;
        ret->rows_held += w[i].rows_held;
        ret->rows_again += w[i].rows_again;
        ret->doubles += w[i].doubles;
    }
    doubles_in_list(c, plan, w, ret);
    if (ret->rows_again)
        finding_add(&ret->findings, true, 1, 1, NULL, STR(""), "error.import.again", "n",
                    str_printf(c->arena, "%zu", ret->rows_again), NULL);
    findings_sort(&ret->findings);
    take_families(c, &work, ret);
    take_changed(c, &work, ret);
    return ST_OK;
}
