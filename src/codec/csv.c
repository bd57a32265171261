/* csv.c: cutting rows out of text, and the delimiter guess that is made by cutting some.
 *
 * A row is first scanned: its cells are ranges of the raw text. Only then are cells that need it
 * (doubled quotes, foreign bytes) rewritten in a scratch buffer, so that plain files are not copied
 * at all. */
#include "codec/csv_int.h"

#include "base/banned.h"

static const char delimiters[] = ",;\t|";

enum { BYTES_MAX = 256 << 20, COLUMNS_MAX = 1000, CELL_MAX = 64 << 10, ROWS_MAX = 5000000 };

/* What ends a scan: of a plain cell, of a quoted one. */
enum { STOPS_PLAIN = 1, STOPS_QUOTED = 2 };

struct CsvReader {
    Arena *arena;
    Str text;
    CsvEncoding encoding;
    bool clean;
    CsvOptions options;
    uint8_t stops[256];
    size_t pos, line; /* where the next row starts */
    size_t n_rows;
    bool done;
    /* Bytes that may still be looked at in vain for the end of a quoted cell. Without such a bound
     * a file of many bad quotes would take time in the square of its size. */
    size_t rescan_left;
    /* The row being scanned. */
    Str *cells;
    bool *quoted; /* has quotes inside that want undoing */
    size_t n, cap;
    char *scratch;
    size_t scratch_n;
};

typedef struct Scan {
    size_t end;   /* after the line end */
    size_t lines; /* line ends passed */
    bool rewrite; /* some cell has to be rewritten or cut */
    const char *bad;
} Scan;

/* --- scanning one row ------------------------------------------------------------------------- */

static inline size_t line_end_n(Str text, size_t i) {
    return text.s[i] == '\r' && i + 1 < text.n && text.s[i + 1] == '\n' ? 2 : 1;
}

static inline void note(Scan *scan, const char *bad) {
    if (!scan->bad) scan->bad = bad;
}

static void grow_cells(CsvReader *r) {
    size_t cap = r->cap ? 2 * r->cap : 32;
    r->cells = arena_grow(r->arena, r->cells, r->cap * sizeof(Str), cap * sizeof(Str));
    r->quoted = arena_grow(r->arena, r->quoted, r->cap * sizeof(bool), cap * sizeof(bool));
    r->cap = cap;
}

static inline void add_cell(CsvReader *r, Scan *scan, size_t from, size_t to, bool quoted) {
    if (r->n == r->options.columns_max) {
        note(scan, "error.csv.columns");
        return;
    }
    if (r->n == r->cap) grow_cells(r);
    r->cells[r->n] = (Str){ r->text.s + from, to - from };
    r->quoted[r->n++] = quoted;
    scan->rewrite |= quoted | (to - from > r->options.cell_max);
}

static inline size_t plain_end(const CsvReader *r, size_t i) {
    while (i < r->text.n && !(r->stops[(uint8_t)r->text.s[i]] & STOPS_PLAIN))
        i++;
    return i;
}

/* Scans the quoted cell that opens at *at. False when it has no proper end: none before the window
 * or (one_line) the line end, or one that other text follows after a line end, which is the next
 * cell's opening quote rather than our closing one. */
static bool scan_quoted(CsvReader *r, size_t *at, bool one_line, Scan *scan) {
    const char *s = r->text.s;
    size_t n = r->text.n, from = *at + 1, i = from, lines = 0;
    /* A cell twice the limit is over it even if it is all doubled quotes. */
    size_t window =
        one_line || n - from < 2 * r->options.cell_max + 2 ? n : from + 2 * r->options.cell_max + 2;
    bool doubled = false;
    for (;;) {
        while (i < window && !(r->stops[(uint8_t)s[i]] & STOPS_QUOTED))
            i++;
        if (i >= window) {
            *at = i;
            return false;
        }
        if (s[i] != '"') {
            *at = i;
            if (one_line) return false;
            i += line_end_n(r->text, i);
            lines++;
        } else if (i + 1 < n && s[i + 1] == '"') {
            doubled = true;
            i += 2;
        } else {
            break;
        }
    }
    size_t close = i++;
    while (i < n && s[i] == ' ')
        i++; /* "text" , is common enough to be let pass */
    *at = i;
    if (i < n && !(r->stops[(uint8_t)s[i]] & STOPS_PLAIN)) {
        if (lines > 0) return false;
        note(scan, "error.csv.quote");
        *at = plain_end(r, i);
        add_cell(r, scan, from, *at, true);
    } else {
        add_cell(r, scan, from, close, doubled);
    }
    scan->lines += lines;
    return true;
}

/* False when a quoted cell has no proper end; *ret_reached tells how far it was looked for. With
 * one_line it does not fail: such a quote is then an ordinary character. */
static bool scan_row(CsvReader *r, size_t pos, bool one_line, Scan *ret_scan, size_t *ret_reached) {
    const char *s = r->text.s;
    size_t n = r->text.n, i = pos;
    Scan scan = { 0 };
    r->n = 0;
    for (;;) {
        size_t from = i;
        if (i < n && s[i] == '"') {
            if (!scan_quoted(r, &i, one_line, &scan)) {
                *ret_reached = i;
                if (!one_line) return false;
                note(&scan, "error.csv.quote");
                i = plain_end(r, from);
                add_cell(r, &scan, from, i, false);
            }
        } else {
            i = plain_end(r, i);
            add_cell(r, &scan, from, i, false);
        }
        if (i == n) break;
        if (s[i] != r->options.delimiter) {
            i += line_end_n(r->text, i);
            scan.lines++;
            break;
        }
        i++;
    }
    scan.end = i;
    *ret_scan = scan;
    return true;
}

/* A row whose quote never closes would swallow all rows after it: it is taken to end at its first
 * line end, and told as bad. */
static Scan scan_or_recover(CsvReader *r, size_t pos) {
    Scan scan;
    size_t reached = pos;
    bool one_line = r->rescan_left == 0;
    if (scan_row(r, pos, one_line, &scan, &reached)) return scan;
    size_t looked = reached - pos;
    r->rescan_left -= looked < r->rescan_left ? looked : r->rescan_left;
    (void)scan_row(r, pos, true, &scan, &reached);
    note(&scan, "error.csv.quote");
    return scan;
}

/* --- from scanned to delivered cells ---------------------------------------------------------- */

/* Undoes the quotes of a cell that began with one: doubled ones become one, the closing one goes,
 * and what follows it stays as it is. */
static Str undo_quotes(Str raw, char *out) {
    size_t n = 0, i = 0;
    while (i < raw.n) {
        if (raw.s[i] != '"') {
            out[n++] = raw.s[i++];
        } else if (i + 1 < raw.n && raw.s[i + 1] == '"') {
            out[n++] = '"';
            i += 2;
        } else {
            i++;
            memcpy(out + n, raw.s + i, raw.n - i);
            n += raw.n - i;
            break;
        }
    }
    return str_n(out, n);
}

/* At most max bytes, not cut within a character. */
static Str cut(Str text, size_t max) {
    if (text.n <= max) return text;
    while (max > 0 && ((uint8_t)text.s[max] & 0xc0) == 0x80)
        max--;
    return str_n(text.s, max);
}

static void need_scratch(CsvReader *r, size_t n) {
    if (n <= r->scratch_n) return;
    size_t size = r->scratch_n ? r->scratch_n : 4096;
    while (size < n)
        size *= 2;
    /* Nothing of the last row is kept, so this allocates rather than grows. */
    r->scratch = arena_alloc(r->arena, size);
    r->scratch_n = size;
}

static void rewrite_cells(CsvReader *r, Scan *scan) {
    size_t cell_max = r->options.cell_max, need = 0;
    for (size_t i = 0; i < r->n; i++) {
        /* Undoing quotes at most halves: what is beyond twice the limit is beyond it anyhow. */
        if (r->cells[i].n > 2 * cell_max + 2) {
            r->cells[i].n = 2 * cell_max + 2;
            note(scan, "error.csv.cell");
        }
        need += 4 * r->cells[i].n;
    }
    need_scratch(r, need);
    char *out = r->scratch;
    for (size_t i = 0; i < r->n; i++) {
        Str cell = r->cells[i];
        if (r->quoted[i]) {
            cell = undo_quotes(cell, out);
            out += cell.n;
        }
        if (!r->clean && csv_cell_foreign(cell)) {
            bool damaged = false;
            cell = str_n(out, csv_cell_utf8(r->encoding, cell, out, &damaged));
            out += cell.n;
            if (damaged) note(scan, "error.csv.encoding");
        }
        if (cell.n > cell_max) note(scan, "error.csv.cell");
        r->cells[i] = cut(cell, cell_max);
    }
}

/* Moves over lines without anything but spaces. */
static void skip_blank_lines(CsvReader *r) {
    for (;;) {
        size_t i = r->pos;
        while (i < r->text.n && r->text.s[i] == ' ')
            i++;
        if (i == r->text.n) {
            r->done = true;
            return;
        }
        if (r->text.s[i] != '\n' && r->text.s[i] != '\r') return;
        r->pos = i + line_end_n(r->text, i);
        r->line++;
    }
}

bool csv_next(CsvReader *r, CsvRow *ret_row) {
    skip_blank_lines(r);
    if (r->done) return false;
    size_t line = r->line;
    if (r->n_rows == r->options.rows_max) {
        r->done = true;
        *ret_row = (CsvRow){
            .cells = r->cells, .line = line, .number = r->n_rows + 1, .bad = "error.csv.rows"
        };
        return true;
    }
    size_t start = r->pos;
    Scan scan = scan_or_recover(r, start);
    r->pos = scan.end;
    r->line += scan.lines;
    bool foreign = !r->clean && csv_cell_foreign(str_n(r->text.s + start, scan.end - start));
    if (scan.rewrite || foreign) rewrite_cells(r, &scan);
    *ret_row = (CsvRow){
        .cells = r->cells, .n = r->n, .line = line, .number = ++r->n_rows, .bad = scan.bad
    };
    return true;
}

/* --- opening ---------------------------------------------------------------------------------- */

static void set_delimiter(CsvReader *r, char delimiter) {
    memset(r->stops, 0, sizeof r->stops);
    r->stops['\r'] = r->stops['\n'] = STOPS_PLAIN | STOPS_QUOTED;
    r->stops['"'] = STOPS_QUOTED;
    r->stops[(uint8_t)delimiter] |= STOPS_PLAIN;
    r->options.delimiter = delimiter;
}

static void rewind_to(CsvReader *r, size_t pos, size_t line) {
    r->pos = pos;
    r->line = line;
    r->n_rows = 0;
    r->done = false;
    r->rescan_left = r->text.n <= SIZE_MAX / 8 ? 4 * r->text.n + (1 << 20) : SIZE_MAX;
}

/* How well a delimiter explains the sample, 0-1000: the share of rows that have the commonest
 * number of columns, less for few columns, as two may come about by chance. */
static unsigned score(CsvReader *r, char delimiter) {
    enum { ROWS_LOOKED_AT = 500 };
    uint16_t counts[COLUMNS_MAX + 1] = { 0 };
    size_t rows = 0, mode = 0;
    set_delimiter(r, delimiter);
    CsvRow row;
    while (rows < ROWS_LOOKED_AT && csv_next(r, &row)) {
        rows++;
        if (row.n > COLUMNS_MAX || row.bad) continue;
        counts[row.n]++;
        if (counts[row.n] > counts[mode] || (counts[row.n] == counts[mode] && row.n > mode))
            mode = row.n;
    }
    if (mode < 2) return 0;
    return (unsigned)(1000 * (size_t)counts[mode] * (2 * mode - 1) / (2 * mode * rows));
}

static char guess_delimiter(CsvReader *r) {
    Str whole = r->text;
    size_t pos = r->pos, line = r->line;
    char best = delimiters[0];
    unsigned best_score = 0;
    if (whole.n - pos > CSV_SAMPLE_N) {
        /* Without the last line, which is likely to be cut. */
        size_t end = pos + CSV_SAMPLE_N;
        while (end > pos && whole.s[end - 1] != '\n' && whole.s[end - 1] != '\r')
            end--;
        r->text.n = end > pos ? end : pos + CSV_SAMPLE_N;
    }
    for (size_t i = 0; i < sizeof delimiters - 1; i++) {
        rewind_to(r, pos, line);
        unsigned s = score(r, delimiters[i]);
        if (s > best_score) {
            best_score = s;
            best = delimiters[i];
        }
    }
    r->text = whole;
    rewind_to(r, pos, line);
    return best;
}

/* A first line "sep=;" is how people tell Excel the delimiter; it is no row. */
static char take_sep_line(CsvReader *r) {
    Str text = r->text;
    if (text.n < 5 || !str_ieq(str_slice(text, 0, 4), STR("sep=")) ||
        !memchr(delimiters, text.s[4], sizeof delimiters - 1))
        return 0;
    if (text.n > 5 && text.s[5] != '\r' && text.s[5] != '\n') return 0;
    r->pos = text.n > 5 ? 5 + line_end_n(text, 5) : 5;
    r->line = 2;
    return text.s[4];
}

static CsvOptions with_defaults(CsvOptions o) {
    if (o.bytes_max == 0) o.bytes_max = BYTES_MAX;
    if (o.columns_max == 0) o.columns_max = COLUMNS_MAX;
    if (o.cell_max == 0) o.cell_max = CELL_MAX;
    if (o.rows_max == 0) o.rows_max = ROWS_MAX;
    return o;
}

Status csv_open(Ctx *c, Str bytes, CsvOptions options, CsvReader **ret_reader) {
    uint8_t given = (uint8_t)options.delimiter;
    ASSERT(given < 0x80 && given != '"' && given != '\r' && given != '\n');
    CsvOptions o = with_defaults(options);
    if (bytes.n > o.bytes_max) return FAIL(c, ST_LIMIT, "", "error.csv.too_large");
    CsvText text;
    TRY(csv_decode(c, bytes, &text));
    if (text.text.n > 0 && text.text.s[text.text.n - 1] == 0x1a)
        text.text.n--; /* DOS end of file */

    CsvReader *r = arena_new_of(c->arena, CsvReader);
    r->arena = c->arena;
    r->text = text.text;
    r->encoding = text.encoding;
    r->clean = text.clean;
    r->options = o;
    rewind_to(r, 0, 1);
    char told = take_sep_line(r);
    size_t pos = r->pos, line = r->line;
    skip_blank_lines(r);
    if (r->done) return FAIL(c, ST_INVALID, "", "error.csv.empty");
    rewind_to(r, pos, line);
    if (!o.delimiter) o.delimiter = told ? told : guess_delimiter(r);
    set_delimiter(r, o.delimiter);
    *ret_reader = r;
    return ST_OK;
}

CsvEncoding csv_encoding(const CsvReader *r) {
    return r->encoding;
}

char csv_delimiter(const CsvReader *r) {
    return r->options.delimiter;
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Sign, digits and at most one decimal point: what a spreadsheet takes for that number. */
static bool is_plain_number(Str text) {
    size_t i = text.s[0] == '+' || text.s[0] == '-' ? 1 : 0, digits = 0, points = 0;
    for (; i < text.n; i++) {
        if (text.s[i] >= '0' && text.s[i] <= '9') {
            digits++;
        } else if (text.s[i] == '.') {
            points++;
        } else {
            return false;
        }
    }
    return digits > 0 && points <= 1;
}

/* OWASP, "CSV Injection": the characters a formula can start with. */
static bool runs_as_formula(Str text) {
    if (text.n == 0 || text.s[0] == '\0' || !strchr("=+-@\t\r\n", text.s[0])) return false;
    return !is_plain_number(text);
}

/* Any of the usual delimiters calls for quotes, whichever is in use: a reader that guesses, as ours
 * does, then counts columns right. */
static bool needs_quotes(Str text, char delimiter) {
    if (text.n == 0) return false;
    if (text.s[0] == ' ' || text.s[text.n - 1] == ' ') return true;
    for (size_t i = 0; i < text.n; i++) {
        char ch = text.s[i];
        if (ch == delimiter || ch == '"' || ch == '\r' || ch == '\n' || ch == ',' || ch == ';' ||
            ch == '\t' || ch == '|')
            return true;
    }
    return false;
}

void csv_write_cell(Buf *out, Str text, char delimiter) {
    bool guard = runs_as_formula(text), quotes = needs_quotes(text, delimiter);
    if (quotes) buf_byte(out, '"');
    if (guard) buf_byte(out, '\'');
    while (quotes && text.n > 0) {
        ptrdiff_t at = str_find_byte(text, '"');
        if (at < 0) break;
        buf_put(out, text.s, (size_t)at + 1);
        buf_byte(out, '"');
        text = str_slice(text, (size_t)at + 1, text.n);
    }
    buf_str(out, text);
    if (quotes) buf_byte(out, '"');
}
