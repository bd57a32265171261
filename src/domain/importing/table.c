/* table.c: the rows of a file: trimmed, headers unique, second header rows of others left out. */
#include "domain/importing/importing_int.h"

#include "base/banned.h"

bool cell_is_nothing(Str cell) {
    static const char *const nothing[] = {
        "-", "--", "\xE2\x80\x94", "n/a", "#n/a", "null", "nan"
    };
    if (cell.n == 0) return true;
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
        if (str_ieq(cell, str_of(nothing[i]))) return true;
    return false;
}

/* White space of any kind at both ends: pasted lists have no-break spaces. */
static Str trimmed(Str cell) {
    cell = str_trim(cell);
    while (cell.n >= 2 && str_starts(cell, STR("\xC2\xA0")))
        cell = str_slice(cell, 2, cell.n);
    while (cell.n >= 2 && str_ends(cell, STR("\xC2\xA0")))
        cell = str_slice(cell, 0, cell.n - 2);
    return str_trim(cell);
}

static SourceRow keep(Arena *a, const CsvRow *row) {
    SourceRow r = { .n = row->n, .row = row->number, .line = row->line, .bad = row->bad };
    r.cells = arena_array(a, Str, row->n ? row->n : 1);
    for (size_t i = 0; i < row->n; i++) {
        Str cell = trimmed(row->cells[i]);
        r.cells[i] = cell_is_nothing(cell) ? STR("") : str_copy(a, cell);
    }
    return r;
}

/* ---- headers ----------------------------------------------------------------------------------- */

static bool is_taken(const Table *t, size_t n, Str header) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(t->headers[i], header)) return true;
    return false;
}

static void headers_of(Ctx *c, const SourceRow *first, Table *t) {
    t->n_columns = first->n;
    t->headers = arena_array(c->arena, Str, first->n ? first->n : 1);
    for (size_t i = 0; i < first->n; i++) {
        Str name;
        if (text_clean_name(c->arena, first->cells[i], &name)) name = STR("");
        if (name.n == 0) name = str_printf(c->arena, "column %zu", i + 1);
        Str unique = name;
        for (size_t k = 2; is_taken(t, i, unique); k++)
            unique = str_printf(c->arena, "%.*s (%zu)", STR_ARG(name), k);
        t->headers[i] = unique;
    }
}

/* HXL: hashtags under the header. HOPE: "Given name - STRING - required". Both say what columns are,
 * not who people are. */
static bool is_second_header(const SourceRow *row) {
    static const char *const types[] = { " - string", " - integer", " - date",    " - select",
                                         " - bool",   " - image",   " - decimal", " - geopoint" };
    size_t filled = 0, hxl = 0, hope = 0;
    for (size_t i = 0; i < row->n; i++) {
        Str cell = row->cells[i];
        if (cell.n == 0) continue;
        filled++;
        hxl += cell.n > 1 && cell.s[0] == '#' && cell.s[1] >= 'a' && cell.s[1] <= 'z';
        for (size_t k = 0; k < sizeof types / sizeof types[0]; k++) {
            ptrdiff_t at = str_find(cell, STR(" - "));
            if (at < 0) break;
            Str rest = str_slice(cell, (size_t)at, cell.n);
            size_t n = strlen(types[k]);
            if (rest.n < n || !str_ieq(str_slice(rest, 0, n), str_of(types[k]))) continue;
            hope++;
            break;
        }
    }
    return filled && (hxl == filled || hope * 2 > filled);
}

static bool is_blank(const SourceRow *row) {
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].n) return false;
    return true;
}

/* What cannot be UTF-8 is guessed at, and a wrong guess reads like names. */
static void tell_encoding(const CsvReader *reader, Findings *f) {
    CsvEncoding e = csv_encoding(reader);
    if (e != CSV_WINDOWS_1252 && e != CSV_WINDOWS_1256) return;
    finding_add(f, true, 1, 1, NULL, STR(""), "error.import.encoding", "encoding",
                e == CSV_WINDOWS_1256 ? STR("Windows-1256") : STR("Windows-1252"), NULL);
}

/* ---- the file ------------------------------------------------------------------------------------ */

Status table_read(Ctx *c, Str bytes, Findings *f, Table *ret) {
    CsvOptions o = {
        .bytes_max = IMPORT_BYTES_MAX,
        .columns_max = IMPORT_COLUMNS_MAX,
        .cell_max = IMPORT_CELL_MAX,
        .rows_max = IMPORT_ROWS_MAX + 1,
    };
    CsvReader *reader;
    CsvRow row;
    Table t = { 0 };
    VEC(SourceRow) rows = { 0 };
    TRY(csv_open(c, bytes, o, &reader));
    if (!csv_next(reader, &row)) return FAIL(c, ST_INVALID, "text", "error.csv.empty");
    tell_encoding(reader, f);
    SourceRow first = keep(c->arena, &row);
    headers_of(c, &first, &t);
    /* Every row would have too many, and the columns that count may be those left out. */
    if (first.bad && strcmp(first.bad, "error.csv.columns") == 0)
        return FAIL(c, ST_LIMIT, "text", "error.import.columns", "max",
                    str_printf(c->arena, "%d", IMPORT_COLUMNS_MAX));
    if (first.bad) finding_add(f, true, first.row, first.line, NULL, STR(""), first.bad, NULL);
    while (csv_next(reader, &row)) {
        if (row.bad && strcmp(row.bad, "error.csv.rows") == 0) {
            finding_add(f, false, row.number, row.line, NULL, STR(""), row.bad, "max",
                        str_printf(c->arena, "%d", IMPORT_ROWS_MAX), NULL);
            break;
        }
        SourceRow one = keep(c->arena, &row);
        if (is_blank(&one) && !one.bad) continue;
        if (rows.n == 0 && is_second_header(&one)) continue;
        vec_push(c->arena, &rows, one);
    }
    t.rows = rows.v;
    t.n = rows.n;
    *ret = t;
    return ST_OK;
}
