/* terms.c: the search terms of rows and the two indexes they stand in.
 *
 * Keys ("=" and "#") are looked up by acts, among what the same transaction has just written: table
 * "term", kept up row by row. Words (of names) and last digits ("~") are what people search by: a full
 * text index (SQLite's FTS5) beside each table, <table>__words, told once before COMMIT what became of
 * its rows. A hundred thousand people share some thousand names: a B-tree of (name, row) would touch a
 * page for each name of each person, the full text index appends and merges.
 *
 * Of a registration number the serial and the whole are kept; year and serial ("#26-4567") are also
 * looked for among those with that serial.
 *
 * A key stands in the table as its code, a number of at most six bytes (term_code). Keys that lie side by
 * side as texts do so as codes: the years of one pair of names, the serials of one office and year. */
#include "store/store_int.h"

#include <stdlib.h>

#include "base/banned.h"

/* ---- the terms of a row ---- */

static void add_term(Str *list, size_t *n, Str term) {
    if (*n == TERMS_PER_ROW_MAX || term.n == 0 || term_in(list, *n, term)) return;
    list[(*n)++] = term;
}

/* "#" and the number's keys; "~" and its last four digits. */
static void add_number_terms(Arena *a, Str *list, size_t *n, Str value) {
    Str keys[NUMBER_TERMS_MAX];
    size_t m = number_terms(a, value, keys);
    for (size_t i = 0; i < m; i++)
        add_term(list, n, str_concat(a, STR("#"), keys[i]));
    Str ascii = text_digits_ascii(a, value);
    char digits[4];
    size_t count = 0;
    for (size_t i = ascii.n; i-- > 0;) {
        if (ascii.s[i] < '0' || ascii.s[i] > '9') continue;
        if (count < 4) digits[3 - count] = ascii.s[i];
        count++;
    }
    if (count >= 6) add_term(list, n, str_printf(a, "~%.4s", digits));
}

static Val value_named(const void *record, const char *field) {
    const Row *row = record;
    for (size_t i = 0; i < row->table->n_columns; i++)
        if (strcmp(row->table->columns[i].field->f.name, field) == 0) return row->values[i];
    return VAL_ABSENT;
}

size_t row_terms(Arena *a, const Row *row, Str *list) {
    Str keys[KIND_TERMS_MAX];
    const Kind *kind = row->table->kind->k;
    size_t n = 0,
           n_keys = kind->terms && row->table->main ? kind->terms(a, value_named, row, keys) : 0;
    for (size_t i = 0; i < n_keys; i++)
        add_term(list, &n, keys[i]);
    for (size_t i = 0; i < row->table->n_columns; i++) {
        const FieldInfo *f = row->table->columns[i].field;
        if (!(f->f.flags & (FF_NAME | FF_SEARCH)) || row->values[i].type != VAL_TEXT) continue;
        if (f->f.flags & FF_NAME) {
            NameTerms t = name_terms(a, row->values[i].text);
            for (size_t j = 0; j < t.n; j++)
                add_term(list, &n, t.v[j]);
        } else {
            add_number_terms(a, list, &n, row->values[i].text);
        }
    }
    return n;
}

bool term_in(const Str *list, size_t n, Str term) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i], term)) return true;
    return false;
}

bool term_is_key(Str term) {
    return term.n > 0 && (term.s[0] == '=' || term.s[0] == '#');
}

static size_t dashes(Str term) {
    size_t n = 0;
    for (size_t i = 0; i < term.n; i++)
        n += term.s[i] == '-';
    return n;
}

Str term_serial(Arena *a, Str key) {
    if (key.n == 0 || key.s[0] != '#' || dashes(key) != 1) return STR_NONE;
    Str serial = key;
    (void)str_cut(&serial, '-');
    return str_concat(a, STR("#"), serial);
}

/* ---- codes ---- */

enum {
    CODE_BITS = 46,        /* of each class; all fit 48 bits with their sign */
    CODE_NUMBER_BITS = 45, /* "#4567": 4567 */
    CODE_TAIL_BITS = 27,   /* "#KBL-26-4567": a hash of "#KBL-26-", and 4567 */
    CODE_TAIL_DIGITS = 8,
    CODE_NAMES_DIGITS = 8,
    CODE_YEAR_DIGITS = 4,
};
static const int64_t code_others = (int64_t)1 << CODE_BITS;

/* FNV-1a: what it gives stands in folders. */
static uint64_t code_hash(Str bytes) {
    uint64_t h = 0xCBF29CE484222325;
    for (size_t i = 0; i < bytes.n; i++)
        h = (h ^ (uint8_t)bytes.s[i]) * 0x100000001B3;
    return h ^ h >> 32;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t trailing_digits(Str text) {
    size_t n = 0;
    while (n < text.n && is_digit(text.s[text.n - 1 - n]))
        n++;
    return n;
}

static int64_t decimal(Str digits) {
    int64_t v = 0;
    for (size_t i = 0; i < digits.n; i++)
        v = v * 10 + (digits.s[i] - '0');
    return v;
}

/* "=" and the pair's hash, eight digits, and the year: below zero, nothing lost. */
static bool code_of_names(Str term, int64_t *ret) {
    int64_t pair = 0;
    if (term.n != 1 + CODE_NAMES_DIGITS + CODE_YEAR_DIGITS || term.s[0] != '=') return false;
    for (size_t i = 1; i <= CODE_NAMES_DIGITS; i++) {
        char c = term.s[i];
        if (!is_digit(c) && !(c >= 'a' && c <= 'f')) return false;
        pair = pair << 4 | (is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    Str year = str_slice(term, 1 + CODE_NAMES_DIGITS, term.n);
    if (trailing_digits(year) != year.n) return false;
    *ret = (pair << TERM_YEAR_BITS | decimal(year)) - ((int64_t)1 << CODE_BITS);
    return true;
}

/* "#" and digits: the number itself. */
static bool code_of_number(Str term, int64_t *ret) {
    enum { DIGITS_MAX = 14 }; /* 45 bits have no more */
    Str digits = str_slice(term, 1, term.n);
    if (term.s[0] != '#' || digits.n == 0 || digits.n > DIGITS_MAX || digits.s[0] == '0' ||
        trailing_digits(digits) != digits.n)
        return false;
    *ret = decimal(digits);
    return *ret < (int64_t)1 << CODE_NUMBER_BITS;
}

/* What it gives stands in folders: other codes need another text of the table in schema.c. */
int64_t term_code(Str term) {
    int64_t code = 0;
    ASSERT(term.n > 0);
    if (code_of_names(term, &code) || code_of_number(term, &code)) return code;
    size_t tail = trailing_digits(term);
    if (tail > CODE_TAIL_DIGITS) tail = CODE_TAIL_DIGITS;
    uint64_t h = code_hash(str_slice(term, 0, term.n - tail));
    uint64_t low = tail ? (uint64_t)decimal(str_slice(term, term.n - tail, term.n))
                        : h >> (CODE_BITS - CODE_TAIL_BITS) & ((1U << CODE_TAIL_BITS) - 1);
    uint64_t high = h & ((1U << (CODE_BITS - CODE_TAIL_BITS)) - 1);
    return code_others + (int64_t)(high << CODE_TAIL_BITS | low);
}

bool term_code_is_exact(int64_t code) {
    return code < code_others;
}

/* Year and serial of a row that is found by the serial; "99-88" on a paper has none beside it. */
static bool is_left_out(Arena *a, TermList terms, Str key) {
    Str serial = term_serial(a, key);
    return serial.s && term_in(terms.v, terms.n, serial);
}

typedef struct KeyCodes {
    int64_t *v;
    size_t n;
} KeyCodes;

static bool code_in(KeyCodes list, int64_t code) {
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i] == code) return true;
    return false;
}

/* Those of a row's terms that stand in table "term". Two of them may share a code. */
static KeyCodes codes_of(Arena *a, TermList terms) {
    KeyCodes codes = { .v = arena_array(a, int64_t, terms.n + 1) };
    for (size_t i = 0; i < terms.n; i++) {
        if (!term_is_key(terms.v[i]) || is_left_out(a, terms, terms.v[i])) continue;
        int64_t code = term_code(terms.v[i]);
        if (!code_in(codes, code)) codes.v[codes.n++] = code;
    }
    return codes;
}

/* ---- keys ---- */

/* The keys of `from` that are not among those of `to`. */
static Status change_keys(Ctx *c, Projector *p, const Row *row, KeyCodes from, KeyCodes to,
                          const char *sql) {
    for (size_t i = 0; i < from.n; i++) {
        if (code_in(to, from.v[i])) continue;
        Stmt *st = db_stmt(c, p->db, sql);
        if (!st) return ctx_status(c);
        bind_int(st, 1, row->table->kind->k->no);
        bind_int(st, 2, from.v[i]);
        bind_int(st, 3, row->rid);
        TRY(db_run(c, p->db, st));
    }
    return ST_OK;
}

static const char put_key[] = "INSERT OR IGNORE INTO term(kind, term, rid) VALUES(?1, ?2, ?3)";
static const char drop_key[] = "DELETE FROM term WHERE kind=?1 AND term=?2 AND rid=?3";

/* ---- words ---- */

/* What the tokenizer would take for a border becomes "_", when written and when looked for. */
static void put_word(Buf *b, Str term) {
    for (size_t i = 0; i < term.n; i++) {
        uint8_t ch = (uint8_t)term.s[i];
        bool kept = ch >= 0x80 || ch == '~' || (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z');
        buf_byte(b, kept ? ch : '_');
    }
}

/* Words of the terms, and the scope as one more, for people who see few offices. */
static Str words_of(Arena *a, uint32_t scope_no, TermList terms) {
    Buf b = buf_new(a, 64 << 10);
    for (size_t i = 0; i < terms.n; i++) {
        if (term_is_key(terms.v[i])) continue;
        if (b.n) buf_byte(&b, ' ');
        put_word(&b, terms.v[i]);
    }
    if (b.n) buf_printf(&b, " @%u", (unsigned)scope_no);
    return buf_text(&b);
}

static void note_words(Projector *p, const Row *row, TermList old, TermList now) {
    WordChange w = { .table = row->table,
                     .rid = row->rid,
                     .order = p->words.n,
                     .old = words_of(p->arena, row->scope_no, old),
                     .now = words_of(p->arena, row->scope_no, now) };
    if (!str_eq(w.old, w.now)) vec_push(p->arena, &p->words, w);
}

Status terms_change(Ctx *c, Projector *p, const Row *row, TermList old, TermList now) {
    KeyCodes before = codes_of(c->arena, old), after = codes_of(c->arena, now);
    TRY(change_keys(c, p, row, before, after, drop_key));
    TRY(change_keys(c, p, row, after, before, put_key));
    if (!p->words_later) note_words(p, row, old, now);
    return ST_OK;
}

static int by_row(const void *x, const void *y) {
    const WordChange *a = x, *b = y;
    if (a->table->no != b->table->no) return a->table->no < b->table->no ? -1 : 1;
    if (a->rid != b->rid) return a->rid < b->rid ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static Status put_words(Ctx *c, Db *db, const char *sql, int64_t rid, Str words) {
    if (words.n == 0) return ST_OK;
    Stmt *st = db_stmt(c, db, sql);
    if (!st) return ctx_status(c);
    bind_int(st, 1, rid);
    bind_text(st, 2, words);
    return db_run(c, db, st);
}

/* One of FTS5's commands ("INSERT INTO ft(ft, rank) VALUES('merge', 16)"). */
static Status tell_index(Ctx *c, Db *db, const TableSpec *t, const char *what, int64_t rank) {
    Stmt *st = db_stmt(c, db, t->sql_words_tell);
    if (!st) return ctx_status(c);
    bind_text(st, 1, str_of(what));
    bind_int(st, 2, rank);
    return db_run(c, db, st);
}

/* FTS5 merges segments of one level into one of the next. It would do so by itself once 64 pages have been
 * written, and then 64 pages for each level at once: with a million people 30 ms, for which all wait who save
 * just then. So it does not, except while all rows are put in at once; each transaction merges a little.
 *
 * With eight segments to a level acts have half as much to merge as with the usual four, and searches a third
 * more segments to look into. */
enum {
    SEGMENTS = 8,
    CRISIS = 200, /* so many on one level are merged at once, however long it takes */
    FILL_SEGMENTS = 4,
    FILL_CRISIS = 16,
    HASH_BYTES = 1 << 20, /* FTS5's usual: so much is gathered in memory before it is written */
    FILL_HASH_BYTES = 8 << 20,
    TWO_SEGMENTS = 2, /* the least FTS5 takes */
};

Status terms_settle(Ctx *c, Db *db, const TableSpec *t) {
    TRY(tell_index(c, db, t, "automerge", 0));
    TRY(tell_index(c, db, t, "crisismerge", CRISIS));
    TRY(tell_index(c, db, t, "hashsize", HASH_BYTES));
    return tell_index(c, db, t, "usermerge", SEGMENTS);
}

/* In proportion to what transactions bring. A word of some seven bytes takes some 45 of the index with its
 * beginnings and rows, and moves once for each level; where that is too little segments gather, and the next ones
 * find more to do. Taking up a merge costs some ten pages, so that little is left for later. */
static Status merge_along(Ctx *c, Projector *p, const TableSpec *t, size_t words_bytes) {
    enum { PAGES_LEAST = 48, BYTES_A_PAGE = 64 };
    if (traces_merge(p->store, t)) return ST_OK;
    size_t *owed = &p->store->words_owed[t->no % WORDS_OWED_N];
    *owed += words_bytes;
    size_t pages = *owed / BYTES_A_PAGE;
    if (pages < PAGES_LEAST) return ST_OK;
    *owed = 0;
    return tell_index(c, p->db, t, "merge", (int64_t)pages);
}

Status terms_flush(Ctx *c, Projector *p) {
    WordChange *w = p->words.v;
    size_t n = p->words.n, bytes = 0;
    if (n) qsort(w, n, sizeof(*w), by_row);
    for (size_t i = 0, last; i < n; i = last + 1) {
        for (last = i;
             last + 1 < n && w[last + 1].table == w[i].table && w[last + 1].rid == w[i].rid;)
            last++;
        bool last_of_table = last + 1 == n || w[last + 1].table != w[i].table;
        if (!str_eq(w[i].old, w[last].now)) {
            TRY(put_words(c, p->db, w[i].table->sql_words_drop, w[i].rid, w[i].old));
            TRY(put_words(c, p->db, w[i].table->sql_words_put, w[i].rid, w[last].now));
            bytes += w[i].old.n + w[last].now.n;
        }
        if (last_of_table && bytes) TRY(merge_along(c, p, w[i].table, bytes));
        if (last_of_table) bytes = 0;
    }
    p->words.n = 0;
    return ST_OK;
}

/* ---- many rows at once ---- */

enum { FILL_AT_ONCE = 512 };

/* Rows on their way: read here, their terms worked out by the second thread, written here. */
typedef struct FillBatch {
    Arena *arena;
    Row rows[FILL_AT_ONCE];
    Str words[FILL_AT_ONCE];
    KeyCodes keys[FILL_AT_ONCE];
    size_t n;
} FillBatch;

typedef struct Posting {
    int64_t code, rid;
} Posting;

typedef struct Fill {
    Ctx *c;
    Db *db;
    const TableSpec *table;
    Arena *arena; /* of the keys and batches */
    VEC(Posting) keys;
    bool with_keys;
    Stmt *rows;
} Fill;

static void work_out_terms(void *arg) {
    FillBatch *b = arg;
    for (size_t i = 0; i < b->n; i++) {
        TermList terms = { .v = arena_array(b->arena, Str, TERMS_PER_ROW_MAX) };
        terms.n = row_terms(b->arena, &b->rows[i], terms.v);
        b->words[i] = words_of(b->arena, b->rows[i].scope_no, terms);
        b->keys[i] = codes_of(b->arena, terms);
    }
}

static Status read_rows(Fill *f, FillBatch *b, bool *more) {
    arena_reset(b->arena);
    for (b->n = 0; b->n < FILL_AT_ONCE && *more;) {
        TRY(db_step(f->c, f->db, f->rows, more));
        if (*more) row_from_stmt(b->arena, f->table, f->rows, 0, &b->rows[b->n++]);
    }
    return ST_OK;
}

static Status write_rows(Fill *f, const FillBatch *b) {
    for (size_t i = 0; i < b->n; i++) {
        for (size_t k = 0; k < b->keys[i].n && f->with_keys; k++)
            vec_push(f->arena, &f->keys, ((Posting){ b->keys[i].v[k], b->rows[i].rid }));
        TRY(put_words(f->c, f->db, f->table->sql_words_put, b->rows[i].rid, b->words[i]));
    }
    return ST_OK;
}

static Status fill_batches(Fill *f, Ahead *ahead, FillBatch batches[AHEAD_N]) {
    bool more = true;
    size_t turn = 0;
    for (size_t i = 0; i < AHEAD_N - 1; i++) {
        FillBatch *b = &batches[turn++ % AHEAD_N];
        TRY(read_rows(f, b, &more));
        ahead_put(ahead, b);
    }
    for (const FillBatch *done; (done = ahead_take(ahead));) {
        if (more) {
            FillBatch *b = &batches[turn++ % AHEAD_N];
            TRY(read_rows(f, b, &more));
            ahead_put(ahead, b);
        }
        TRY(write_rows(f, done));
    }
    return ST_OK;
}

static Status fill_words(Fill *f) {
    Str sql = str_printf(f->c->arena, "SELECT %s FROM \"%s\" ORDER BY rid", f->table->sql_columns,
                         f->table->name);
    Ahead ahead;
    FillBatch *batches = arena_array(f->arena, FillBatch, AHEAD_N);
    f->rows = db_stmt(f->c, f->db, str_c(f->c->arena, sql));
    if (!f->rows) return ctx_status(f->c);
    for (size_t i = 0; i < AHEAD_N; i++)
        batches[i].arena = arena_new(f->c->env, 256 << 20);
    ahead_start(&ahead, work_out_terms);
    Status st = fill_batches(f, &ahead, batches);
    ahead_stop(&ahead);
    sqlite3_reset(f->rows);
    for (size_t i = 0; i < AHEAD_N; i++)
        arena_free(batches[i].arena);
    return st;
}

static int by_code(const void *x, const void *y) {
    const Posting *a = x, *b = y;
    if (a->code != b->code) return a->code < b->code ? -1 : 1;
    return (a->rid > b->rid) - (a->rid < b->rid);
}

static Status fill_keys(Fill *f) {
    if (f->keys.n) qsort(f->keys.v, f->keys.n, sizeof(Posting), by_code);
    for (size_t i = 0; i < f->keys.n; i++) {
        Stmt *st = db_stmt(f->c, f->db, put_key);
        if (!st) return ctx_status(f->c);
        bind_int(st, 1, f->table->kind->k->no);
        bind_int(st, 2, f->keys.v[i].code);
        bind_int(st, 3, f->keys.v[i].rid);
        TRY(db_run(f->c, f->db, st));
    }
    return ST_OK;
}

Status terms_fill(Ctx *c, Db *db, const TableSpec *t, bool with_keys) {
    enum { KEYS_GB = 8 }; /* 16 bytes a key of a row: 90 MB for a million people */
    Fill f = { .c = c, .db = db, .table = t, .with_keys = with_keys };
    TRY(tell_index(c, db, t, "automerge", FILL_SEGMENTS));
    TRY(tell_index(c, db, t, "crisismerge", FILL_CRISIS));
    TRY(tell_index(c, db, t, "hashsize", FILL_HASH_BYTES));
    f.arena = arena_new(c->env, (size_t)KEYS_GB << 30);
    Status st = fill_words(&f);
    if (st == ST_OK) st = fill_keys(&f);
    arena_free(f.arena);
    return st == ST_OK ? terms_settle(c, db, t) : st;
}

/* ---- merging all that there is ---- */

/* SQLite's documentation of FTS5, "The merge command": first with a negative number, then with a positive one
 * until nothing changes any more. While it lasts
 * - levels keep no two segments (usermerge): where they may keep three, as usual, three fresh ones hide the
 *   merge that is under way, and it seems to be over;
 * - acts do not go on with it (traces_merge): its end would not be seen. */
Status terms_merge(Ctx *c, Db *db, const TableSpec *t, int pages, bool begin, bool *ret_more) {
    if (begin) TRY(tell_index(c, db, t, "usermerge", TWO_SEGMENTS));
    int64_t before = sqlite3_total_changes64(db_handle(db));
    TRY(tell_index(c, db, t, "merge", begin ? -pages : pages));
    bool more = begin || sqlite3_total_changes64(db_handle(db)) - before >= 2;
    if (!more) TRY(terms_settle(c, db, t));
    *ret_more = more;
    return ST_OK;
}

/* The index's table of contents begins with a number of four bytes and that of its levels (SQLite's
 * fts5_index.c, fts5StructureDecode()). */
static Status count_levels(Ctx *c, Db *db, const TableSpec *t, int *ret) {
    Str sql = str_printf(c->arena, "SELECT block FROM \"%s__words_data\" WHERE id=10", t->name);
    Stmt *st = db_stmt(c, db, str_c(c->arena, sql));
    if (!st) return ctx_status(c);
    bool row = false;
    *ret = 0;
    TRY(db_step(c, db, st, &row));
    if (!row) return ST_OK;
    Str b = col_bytes(st, 0);
    for (size_t i = 4; i < b.n && i < 7; i++) {
        *ret = *ret << 7 | ((uint8_t)b.s[i] & 0x7f);
        if (!((uint8_t)b.s[i] & 0x80)) break;
    }
    sqlite3_reset(st);
    return ST_OK;
}

Status terms_renew(Ctx *c, Db *db, const TableSpec *t, int levels_max) {
    int levels = 0;
    TRY(count_levels(c, db, t, &levels));
    if (levels <= levels_max) return ST_OK;
    TRY(tell_index(c, db, t, "delete-all", 0));
    return terms_fill(c, db, t, false);
}

/* ---- looking for words ---- */

static void put_alternatives(Buf *b, const NameToken *t) {
    buf_byte(b, '(');
    for (size_t i = 0; i < t->n_alts; i++) {
        if (i) buf_str(b, STR(" OR "));
        buf_byte(b, '"');
        put_word(b, t->alts[i].term);
        buf_str(b, t->alts[i].is_prefix ? STR("\" *") : STR("\""));
    }
    buf_byte(b, ')');
}

Str words_match(Arena *a, const NameToken *tokens, size_t n, const uint32_t *scopes,
                size_t n_scopes) {
    Buf b = buf_new(a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        if (i) buf_str(&b, STR(" AND "));
        put_alternatives(&b, &tokens[i]);
    }
    for (size_t i = 0; i < n_scopes; i++)
        buf_printf(&b, i ? " OR \"@%u\"" : " AND (\"@%u\"", (unsigned)scopes[i]);
    if (n_scopes) buf_byte(&b, ')');
    ASSERT(!buf_full(&b));
    return buf_text(&b);
}
