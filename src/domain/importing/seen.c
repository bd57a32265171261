/* seen.c: rows that came before: what is kept of each batch to know its rows again, when a corrected
 * version of the list is brought.
 *
 *   "import.seen"        <batch>.000000 …   24 bytes a row that was taken: content, key, place
 *
 * A row is known by its content as it was read (a date is the same in any form), or by the value of
 * the list's key: a number in another system, an id column, a paper. A file is a later version of a
 * batch when half of either are rows of the other. By content alone a row is the same only where it
 * tells enough of a person; by little content, and by key, only in a later version. */
#include "domain/importing/importing_int.h"

#include <stdlib.h>

#include "base/banned.h"

#define SEEN_SPACE STR("import.seen")

enum {
    MARK_N = 24,         /* content 8, key 8, family 4, member 2, telling 2; big endian */
    PIECE_MARKS = 8192,  /* a piece is 192 KiB */
    MARKS_MAX = 1 << 20, /* looked at; beyond that the newest count */
};

/* ---- what a row is known by --------------------------------------------------------------------------- */

static uint64_t hash_val(Ctx *c, uint64_t seed, Str key, Val v) {
    Buf b = buf_new(c->arena, 1 << 20);
    buf_str(&b, key);
    cbor_put_val(&b, v);
    Str bytes = buf_text(&b);
    return hash_bytes(bytes.s, bytes.n, seed);
}

/* In any order of columns. How a date was written is not part of what it says. */
static uint64_t hash_map(Ctx *c, uint64_t seed, Val map) {
    uint64_t sum = 0;
    for (size_t i = 0; map.type == VAL_MAP && i < map.map.n; i++)
        if (!str_is(map.map.v[i].key, "birth_date_entered"))
            sum += hash_val(c, seed, map.map.v[i].key, map.map.v[i].value);
    return sum;
}

static bool tells_enough(Val input) {
    static const char *const numbers[] = { "phones", "documents", "names" };
    Val person = val_get(input, "person");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (val_get(input, numbers[i]).type == VAL_LIST) return true;
    if (val_is_absent(val_get(person, "birth_date"))) return false;
    bool exact = str_is(val_get_text(person, "birth_date_precision", STR("")),
                        date_precision_code(DATE_EXACT));
    return exact || !val_is_absent(val_get(person, "father_name")) ||
           !val_is_absent(val_get(person, "father_name_local"));
}

RowMark row_mark(Ctx *c, const Plan *plan, const Member *m) {
    static const char *const lists[] = { "phones", "documents", "names" };
    RowMark mark = { .content = hash_map(c, 1, val_get(m->input, "person")) };
    mark.content += hash_map(c, 2, m->group);
    mark.content += hash_val(c, 3, m->relationship, val_null());
    for (size_t l = 0; l < sizeof lists / sizeof lists[0]; l++) {
        Val list = val_get(m->input, lists[l]);
        for (size_t i = 0; list.type == VAL_LIST && i < list.list.n; i++)
            mark.content += hash_val(c, 4 + l, STR(""), list.list.v[i]);
    }
    size_t h = plan->household ? (size_t)(plan->household - plan->columns) : SIZE_MAX;
    if (h < m->source->n) mark.content += hash_val(c, 8, m->source->cells[h], val_null());
    mark.key = plan->row_keys ? plan->row_keys[m->source - plan->table.rows] : 0;
    mark.telling = tells_enough(m->input);
    return mark;
}

/* ---- the list's key ----------------------------------------------------------------------------------- */

/* Other columns of this kind number the rows, or the household. */
static bool is_id_header(Ctx *c, Str header) {
    static const char *const words[] = { "recid",        "recordid",      "id",  "uuid",
                                         "individualid", "personid",      "key", "instanceid",
                                         "referenceid",  "individualguid" };
    Str normal = normal_form(c->arena, header);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (str_is(normal, words[i])) return true;
    return false;
}

static int rank_of_key(Ctx *c, const Column *col) {
    switch (col->target.kind) {
    case TARGET_NUMBER: return str_is(col->target_text, "name.number") ? 3 : 0;
    case TARGET_NONE: return is_id_header(c, col->header) ? 2 : 0;
    case TARGET_DOCUMENT: return 1;
    default: return 0;
    }
}

/* The value of each row, 0 where there is none or another row has it too; how many there are. */
static size_t keys_in(Ctx *c, const Plan *plan, size_t column, uint64_t *ret) {
    const Column *col = &plan->columns[column];
    Str name = col->target_text.n ? col->target_text : normal_form(c->arena, col->header);
    Map first = map_new(c->arena);
    int64_t least = INT64_MAX, most = INT64_MIN;
    size_t n = 0, whole = 0;
    for (size_t i = 0; i < plan->table.n; i++) {
        const SourceRow *row = &plan->table.rows[i];
        int64_t number;
        ret[i] = 0;
        if (column >= row->n || row->cells[column].n == 0) continue;
        Str value = text_fold(c->arena, row->cells[column]);
        uint64_t *before = map_get(&first, value);
        if (before) {
            n -= *before != 0;
            *before = 0;
            continue;
        }
        Str text = str_printf(c->arena, "%.*s|%.*s", STR_ARG(name), STR_ARG(value));
        ret[i] = hash_bytes(text.s, text.n, 9) | 1;
        map_put(&first, value, &ret[i]);
        n++;
        if (!num_parse_i64(value, &number)) continue;
        whole++;
        least = number < least ? number : least;
        most = number > most ? number : most;
    }
    /* 1, 2, 3 …: another row's number in the next version. */
    bool counts_rows = col->target.kind == TARGET_NONE && whole == n && n > 0 &&
                       (uint64_t)(most - least) < 2 * (uint64_t)n;
    return counts_rows ? 0 : n;
}

static void find_keys(Ctx *c, Plan *plan) {
    uint64_t *keys = arena_array(c->arena, uint64_t, plan->table.n + 1);
    for (int rank = 3; rank > 0; rank--)
        for (size_t i = 0; i < plan->table.n_columns; i++) {
            if (rank_of_key(c, &plan->columns[i]) != rank) continue;
            if (2 * keys_in(c, plan, i, keys) < plan->table.n) continue;
            plan->row_keys = keys;
            plan->key = &plan->columns[i];
            return;
        }
}

/* ---- keeping -------------------------------------------------------------------------------------------- */

static void put_number(Buf *b, uint64_t v, int bytes) {
    for (int i = bytes - 1; i >= 0; i--)
        buf_byte(b, (uint8_t)(v >> (8 * i)));
}

static uint64_t number_at(Str bytes, size_t at, size_t n) {
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v = v << 8 | (uint8_t)bytes.s[at + i];
    return v;
}

static Str piece_name(Ctx *c, Id batch, size_t piece) {
    return str_printf(c->arena, "%.*s.%06zu", STR_ARG(id_text(c->arena, batch)), piece);
}

Status seen_put(Ctx *c, Id batch, const SeenRow *rows, size_t n) {
    for (size_t first = 0; first < n; first += PIECE_MARKS) {
        Buf b = buf_new(c->arena, MARK_N * PIECE_MARKS + 1);
        for (size_t i = first; i < n && i < first + PIECE_MARKS; i++) {
            put_number(&b, rows[i].mark.content, 8);
            put_number(&b, rows[i].mark.key, 8);
            put_number(&b, (uint64_t)rows[i].family, 4);
            put_number(&b, rows[i].member, 2);
            put_number(&b, rows[i].mark.telling, 2);
        }
        TRY(local_put(c, SEEN_SPACE, piece_name(c, batch, first / PIECE_MARKS), buf_text(&b)));
    }
    return ST_OK;
}

static Status piece_get(Ctx *c, Id batch, size_t piece, Str *ret) {
    size_t noted = c->errs.n;
    *ret = STR_NONE;
    Status st = local_get(c, SEEN_SPACE, piece_name(c, batch, piece), ret, NULL);
    if (st == ST_MISSING) c->errs.n = noted;
    return st == ST_MISSING ? ST_OK : st;
}

Status seen_drop(Ctx *c, Id batch) {
    for (size_t piece = 0;; piece++) {
        Str bytes;
        TRY(piece_get(c, batch, piece, &bytes));
        if (!bytes.s) return ST_OK;
        TRY(local_delete(c, SEEN_SPACE, piece_name(c, batch, piece)));
    }
}

Status seen_forget(Ctx *c, Id batch, int64_t family, size_t member) {
    for (size_t piece = 0;; piece++) {
        Str bytes;
        bool found = false;
        TRY(piece_get(c, batch, piece, &bytes));
        if (!bytes.s) return ST_OK;
        Buf b = buf_new(c->arena, MARK_N * PIECE_MARKS + 1);
        for (size_t at = 0; at + MARK_N <= bytes.n; at += MARK_N) {
            bool theirs = (int64_t)number_at(bytes, at + 16, 4) == family &&
                          number_at(bytes, at + 20, 2) == member;
            found = found || theirs;
            if (!theirs) buf_str(&b, str_slice(bytes, at, at + MARK_N));
        }
        if (found) TRY(local_put(c, SEEN_SPACE, piece_name(c, batch, piece), buf_text(&b)));
    }
}

/* ---- knowing again -------------------------------------------------------------------------------------- */

typedef struct SeenBatch {
    Id id;
    bool taken_back, later; /* the file at hand is a later version of it */
    size_t n, met;
} SeenBatch;

typedef struct Seen {
    uint64_t content, key;
    uint32_t family, batch;
    uint16_t member;
    bool telling, used;
} Seen;

typedef struct ByHash {
    uint64_t hash;
    uint32_t i;
} ByHash;

typedef struct Memory {
    VEC(SeenBatch) batches;
    VEC(Seen) rows;
    ByHash *by_content, *by_key;
    size_t n_keys;
    Id corrected; /* the newest batch that has corrected people; ID_NONE */
} Memory;

static int by_hash(const void *a, const void *b) {
    const ByHash *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

static size_t first_at(const ByHash *v, size_t n, uint64_t hash) {
    size_t from = 0, to = n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (v[mid].hash < hash)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

/* The batch of a piece: the last one's, or a new one; NULL where its rows do not count. */
static Status batch_of_piece(Ctx *c, Memory *m, Str name, Id but, SeenBatch **ret) {
    ptrdiff_t dot = str_find_byte(name, '.');
    Id id;
    Record *r;
    *ret = NULL;
    if (dot < 0 || !id_parse(str_slice(name, 0, (size_t)dot), &id) || id_eq(id, but)) return ST_OK;
    if (m->batches.n && id_eq(m->batches.v[m->batches.n - 1].id, id)) {
        *ret = &m->batches.v[m->batches.n - 1];
        return ST_OK;
    }
    size_t noted = c->errs.n;
    Status st = read_record(c, batch_kind(c), id, &r);
    if (st == ST_MISSING) return c->errs.n = noted, ST_OK;
    TRY(st);
    SeenBatch b = { .id = id, .taken_back = str_is(record_text(r, "state"), "TAKEN_BACK") };
    if (!b.taken_back && !str_is(record_text(r, "state"), "APPROVED")) return ST_OK;
    vec_push(c->arena, &m->batches, b);
    *ret = &m->batches.v[m->batches.n - 1];
    return ST_OK;
}

static void take_piece(Ctx *c, Memory *m, SeenBatch *b, Str bytes) {
    for (size_t at = 0; at + MARK_N <= bytes.n; at += MARK_N) {
        Seen s = { .content = number_at(bytes, at, 8),
                   .key = number_at(bytes, at + 8, 8),
                   .family = (uint32_t)number_at(bytes, at + 16, 4),
                   .member = (uint16_t)number_at(bytes, at + 20, 2),
                   .telling = number_at(bytes, at + 22, 2) != 0,
                   .batch = (uint32_t)(b - m->batches.v) };
        vec_push(c->arena, &m->rows, s);
        b->n++;
    }
}

static Status last_correction(Ctx *c, Id *ret) {
    Expr *where;
    Page page;
    const KindInfo *k = batch_kind(c);
    TRY(expr_compile_condition(c, store_model(c->store), k,
                               STR("state = 'APPROVED' and corrected > 0"), &where));
    Query q = { .kind = k, .where = where, .descending = true, .limit = 1 };
    TRY(read_query(c, &q, &page));
    *ret = page.n ? page.rows[0]->id : ID_NONE;
    return ST_OK;
}

/* Ids of batches are in the order of their time: the newest pieces come last. */
static Status memory_read(Ctx *c, Id but, Memory *m) {
    LocalItem *items;
    size_t n, first = 0, marks = 0;
    TRY(local_list(c, SEEN_SPACE, &items, &n));
    if (n) TRY(last_correction(c, &m->corrected));
    for (size_t i = n; i-- > 0 && marks < MARKS_MAX; first = i)
        marks += items[i].bytes.n / MARK_N;
    for (size_t i = first; i < n; i++) {
        SeenBatch *b;
        TRY(batch_of_piece(c, m, items[i].key, but, &b));
        if (b) take_piece(c, m, b, items[i].bytes);
    }
    m->by_content = arena_array(c->arena, ByHash, m->rows.n + 1);
    m->by_key = arena_array(c->arena, ByHash, m->rows.n + 1);
    for (size_t i = 0; i < m->rows.n; i++) {
        m->by_content[i] = (ByHash){ m->rows.v[i].content, (uint32_t)i };
        if (m->rows.v[i].key) m->by_key[m->n_keys++] = (ByHash){ m->rows.v[i].key, (uint32_t)i };
    }
    if (m->rows.n) qsort(m->by_content, m->rows.n, sizeof *m->by_content, by_hash);
    if (m->n_keys) qsort(m->by_key, m->n_keys, sizeof *m->by_key, by_hash);
    return ST_OK;
}

/* How many rows of each batch the file has: once a row. */
static void count_met(Memory *m, const RowMark *marks, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint32_t last = UINT32_MAX;
        for (size_t k = first_at(m->by_key, m->n_keys, marks[i].key);
             marks[i].key && k < m->n_keys && m->by_key[k].hash == marks[i].key; k++) {
            uint32_t b = m->rows.v[m->by_key[k].i].batch;
            m->batches.v[b].met += b != last;
            last = b;
        }
        if (last != UINT32_MAX) continue;
        for (size_t k = first_at(m->by_content, m->rows.n, marks[i].content);
             k < m->rows.n && m->by_content[k].hash == marks[i].content; k++) {
            uint32_t b = m->rows.v[m->by_content[k].i].batch;
            m->batches.v[b].met += b != last;
            last = b;
        }
    }
    for (size_t b = 0; b < m->batches.n; b++) {
        SeenBatch *one = &m->batches.v[b];
        one->later = one->met && (2 * one->met >= n || 2 * one->met >= one->n);
    }
}

static Earlier earlier_of(const Memory *m, const Seen *s, bool changed) {
    const SeenBatch *b = &m->batches.v[s->batch];
    return (Earlier){ .known = true,
                      .changed = changed,
                      .taken_back = b->taken_back,
                      .batch = b->id,
                      .family = s->family,
                      .member = s->member };
}

static Seen *same_content(Memory *m, const RowMark *mark, bool taken_back) {
    for (size_t k = first_at(m->by_content, m->rows.n, mark->content);
         k < m->rows.n && m->by_content[k].hash == mark->content; k++) {
        Seen *s = &m->rows.v[m->by_content[k].i];
        const SeenBatch *b = &m->batches.v[s->batch];
        if (s->used || s->key != mark->key || !(s->telling || b->later)) continue;
        if (b->taken_back == taken_back) return s;
    }
    return NULL;
}

static const Seen *same_key(const Memory *m, const RowMark *mark, bool taken_back) {
    for (size_t k = first_at(m->by_key, m->n_keys, mark->key);
         mark->key && k < m->n_keys && m->by_key[k].hash == mark->key; k++) {
        const Seen *s = &m->rows.v[m->by_key[k].i];
        const SeenBatch *b = &m->batches.v[s->batch];
        if (b->later && b->taken_back == taken_back) return s;
    }
    return NULL;
}

/* Each earlier row is met once: of three equal rows the third is new where there were two. What stands
 * goes before what was taken back. */
static Earlier meet(Memory *m, const RowMark *mark) {
    Seen *same = same_content(m, mark, false);
    if (!same) same = same_content(m, mark, true);
    if (same) {
        Earlier e = earlier_of(m, same, false);
        same->used = true;
        e.since = mark->key && id_cmp(m->corrected, e.batch) > 0;
        return e;
    }
    const Seen *changed = same_key(m, mark, false);
    if (!changed) changed = same_key(m, mark, true);
    return changed ? earlier_of(m, changed, true) : (Earlier){ 0 };
}

static Earlier *meet_all(Ctx *c, Memory *m, const RowMark *marks, size_t n) {
    Earlier *all = arena_array(c->arena, Earlier, n + 1);
    count_met(m, marks, n);
    for (size_t i = 0; i < n; i++)
        all[i] = meet(m, &marks[i]);
    return all;
}

typedef struct Look {
    Plan *plan;
    const RowMark *marks;
    size_t first, n;
} Look;

/* Some rows read in advance, for what they will be known by; what is wrong with them is said later. */
static Status mark_rows(Ctx *c, void *arg) {
    Look *look = arg;
    RowMark *marks = (RowMark *)look->marks;
    for (size_t i = look->first; i < look->first + look->n; i++) {
        Findings none = { .arena = c->arena };
        Member m;
        row_read(c, look->plan, &look->plan->table.rows[i], &none, &m);
        marks[i] = row_mark(c, look->plan, &m);
    }
    return ST_OK;
}

static Status look_back(Ctx *c, void *arg) {
    Look *look = arg;
    Memory m = { 0 };
    TRY(memory_read(c, ID_NONE, &m));
    if (m.rows.n == 0) return ST_OK;
    enum { AT_ONCE = 1024 };
    RowMark *marks = arena_array(c->arena, RowMark, look->plan->table.n + 1);
    look->marks = marks;
    for (size_t i = 0; i < look->plan->table.n; i += AT_ONCE) {
        size_t left = look->plan->table.n - i;
        look->first = i;
        look->n = left < AT_ONCE ? left : AT_ONCE;
        TRY(scratch_run(c, SCRATCH_MAX, mark_rows, look));
    }
    look->plan->earlier = meet_all(c, &m, marks, look->plan->table.n);
    return ST_OK;
}

Status seen_look(Ctx *c, Plan *plan) {
    Look look = { .plan = plan };
    find_keys(c, plan);
    return batch_read(c, look_back, &look);
}

Status earlier_person(Ctx *c, const Earlier *e, Record **ret) {
    ActPart act;
    bool made;
    *ret = NULL;
    if (!e->known) return ST_OK;
    TRY(family_act(c, e->batch, e->family, &made, &act));
    if (!made || e->member + 1 >= act.n_results) return ST_OK;
    size_t noted = c->errs.n;
    const KindInfo *k = model_kind(store_model(c->store), STR("person"));
    Status st = read_record(c, k, act.results[e->member + 1], ret);
    if (st == ST_MISSING) return *ret = NULL, c->errs.n = noted, ST_OK;
    TRY(st);
    if (e->taken_back && record_is_void(*ret)) *ret = NULL;
    return ST_OK;
}

Status seen_overtaken(Ctx *c, Id batch, int64_t *ret_n) {
    VEC(RowMark) mine = { 0 };
    Memory m = { 0 };
    *ret_n = 0;
    for (size_t piece = 0;; piece++) {
        Str bytes;
        TRY(piece_get(c, batch, piece, &bytes));
        if (!bytes.s) break;
        for (size_t at = 0; at + MARK_N <= bytes.n; at += MARK_N) {
            RowMark one = { number_at(bytes, at, 8), number_at(bytes, at + 8, 8),
                            number_at(bytes, at + 22, 2) != 0 };
            vec_push(c->arena, &mine, one);
        }
    }
    TRY(memory_read(c, batch, &m));
    if (m.rows.n == 0 || mine.n == 0) return ST_OK;
    Earlier *all = meet_all(c, &m, mine.v, mine.n);
    for (size_t i = 0; i < mine.n; i++) {
        Record *person;
        TRY(earlier_person(c, &all[i], &person));
        *ret_n += person != NULL;
    }
    return ST_OK;
}
