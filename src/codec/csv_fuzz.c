/* csv_fuzz.c: any bytes give rows of valid text, and what the writer writes of them reads the same.
 *
 * The first byte of the input chooses options, so that the limits are met by small inputs. */
#include "codec/codec.h"

enum { ARENA_CAP = 256 << 20, ROWS_KEPT = 200 };

static void check_row(const CsvRow *row, const CsvOptions *o, size_t number) {
    ASSERT(row->number == number && row->line >= 1);
    ASSERT(row->n <= (o->columns_max ? o->columns_max : 1000));
    ASSERT(row->n > 0 || str_is(str_of(row->bad), "error.csv.rows"));
    for (size_t i = 0; i < row->n; i++) {
        Str cell = row->cells[i];
        ASSERT(cell.n <= (o->cell_max ? o->cell_max : 64 << 10));
        ASSERT(str_utf8_valid(cell) && str_find_byte(cell, 0) < 0);
    }
}

/* The text itself, or behind the writer's apostrophe. */
static bool same_cell(Str written, Str read) {
    if (str_eq(written, read)) return true;
    if (written.n == 0 || read.n != written.n + 1 || read.s[0] != '\'') return false;
    return strchr("=+-@\t\r\n", written.s[0]) && str_eq(written, str_slice(read, 1, read.n));
}

static void check_written(Ctx *c, const CsvRow *rows, size_t n, char delimiter) {
    Buf b = buf_new(c->arena, 64 << 20);
    buf_str(&b, STR("\xef\xbb\xbf")); /* the first cell may begin with one of its own */
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < rows[i].n; k++) {
            if (k > 0) buf_byte(&b, (uint8_t)delimiter);
            csv_write_cell(&b, rows[i].cells[k], delimiter);
        }
        /* A line without anything would be no row. */
        if (rows[i].n == 1 && rows[i].cells[0].n == 0) buf_str(&b, STR("\"\""));
        buf_str(&b, STR("\r\n"));
    }
    CsvReader *r;
    CsvRow row;
    if (n == 0) return;
    ASSERT(csv_open(c, buf_text(&b), (CsvOptions){ .delimiter = delimiter }, &r) == ST_OK);
    for (size_t i = 0; i < n; i++) {
        ASSERT(csv_next(r, &row) && !row.bad && row.n == rows[i].n);
        for (size_t k = 0; k < row.n; k++)
            ASSERT(same_cell(rows[i].cells[k], row.cells[k]));
    }
    ASSERT(!csv_next(r, &row));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    CsvOptions o = { 0 };
    if (data[0] & 1) o.columns_max = 5;
    if (data[0] & 2) o.cell_max = 10;
    if (data[0] & 4) o.rows_max = 5;
    if (data[0] & 8) o.delimiter = ",;\t|"[data[0] >> 4 & 3];
    Arena *a = arena_new(env_system(), ARENA_CAP);
    Ctx c = ctx_new(env_system(), a);
    CsvReader *r;
    if (csv_open(&c, str_n(data + 1, size - 1), o, &r) == ST_OK) {
        CsvRow row, kept[ROWS_KEPT];
        size_t n = 0, n_kept = 0;
        while (csv_next(r, &row)) {
            check_row(&row, &o, ++n);
            if (row.n == 0 || n_kept == ROWS_KEPT) continue;
            Str *cells = arena_array(a, Str, row.n);
            for (size_t i = 0; i < row.n; i++)
                cells[i] = str_copy(a, row.cells[i]);
            row.cells = cells;
            kept[n_kept++] = row;
        }
        ASSERT(n > 0);
        check_written(&c, kept, n_kept, csv_delimiter(r));
    } else {
        ASSERT(c.errs.n == 1);
    }
    arena_free(a);
    return 0;
}
