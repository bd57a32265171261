/* csv.h: comma-separated values as they really come (RFC 4180 and its relatives).
 *
 * csv_open() looks at the first 64 KiB: byte order mark, UTF-8, UTF-16 LE/BE, else Windows-1252 or
 * Windows-1256 (Arabic) by letter statistics; delimiter comma, semicolon, tab or pipe by the most
 * constant column count; quote character ". (Where they are all ASCII, the encoding is guessed from
 * the 64 KiB that follow the first other byte.) A first line "sep=;" names the delimiter. Text is
 * delivered as valid UTF-8 without NUL. Line ends CRLF, LF or CR. The reader goes on after a bad
 * row and tells its place. Limits are fields of CsvOptions.
 *
 * A reader lives in the arena of its Ctx and reads from the bytes that it was opened with, but for
 * UTF-16, which is converted at once into up to 1.5 times their size. It takes time in proportion
 * to the bytes, whatever they are. */
#ifndef CODEC_CSV_H
#define CODEC_CSV_H

#include "codec/val.h"

typedef enum CsvEncoding {
    CSV_UTF8,
    CSV_UTF16LE,
    CSV_UTF16BE,
    CSV_WINDOWS_1252,
    CSV_WINDOWS_1256
} CsvEncoding;

typedef struct CsvOptions {
    size_t bytes_max;   /* 0: 256 MiB */
    size_t columns_max; /* 0: 1,000 */
    size_t cell_max;    /* bytes of UTF-8; 0: 64 KiB */
    size_t rows_max;    /* 0: 5,000,000 */
    char delimiter;     /* 0: sniff */
} CsvOptions;

typedef struct CsvReader CsvReader;

/* What `bad` can say; the first trouble of a row counts:
 *   "error.csv.quote"     a quoted cell without proper end. If it would reach over a line end, the
 *                         row ends there nevertheless and the quote is a character like others, so
 *                         that the rows after it are not lost
 *   "error.csv.encoding"  bytes that mean nothing, and NUL: now U+FFFD
 *   "error.csv.cell"      a cell over cell_max, cut
 *   "error.csv.columns"   over columns_max, the rest left out
 *   "error.csv.rows"      over rows_max: no cells, and the last that csv_next() gives
 * Rows with more or fewer cells than the header are not bad here. */
typedef struct CsvRow {
    const Str *cells; /* n of them; in the row arena: gone with the next csv_next() */
    size_t n;
    size_t line;     /* 1-based line of the file where the row starts */
    size_t number;   /* 1-based row number, header included */
    const char *bad; /* NULL, or one of the keys above: cells are what could be read */
} CsvRow;

/* The whole file in memory. Errors: "error.csv.empty", "error.csv.encoding", "error.csv.too_large",
 * "error.csv.binary" (NUL bytes: is it a spreadsheet file?). */
Status csv_open(Ctx *c, Str bytes, CsvOptions options, CsvReader **ret_reader) CHECKED;
CsvEncoding csv_encoding(const CsvReader *r);
char csv_delimiter(const CsvReader *r);
/* True with the next row; false at the end. Blank lines are skipped. */
bool csv_next(CsvReader *r, CsvRow *ret_row);
/* One cell for output, quoted where needed; a text that a spreadsheet would run as a formula (first
 * character = + - @ tab CR LF, and it is no plain number) gets a leading apostrophe. */
void csv_write_cell(Buf *out, Str text, char delimiter);

#endif
