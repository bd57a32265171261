/* csv_int.h: from the bytes of a file to text that the row scanner can walk. Private to codec.
 *
 * UTF-16 is converted as a whole. The 8-bit encodings keep ASCII where it is, so that rows can be
 * cut out of the raw bytes and only cells with other letters need converting, one by one. */
#ifndef CODEC_CSV_INT_H
#define CODEC_CSV_INT_H

#include "codec/csv.h"

enum { CSV_SAMPLE_N = 64 << 10 }; /* bytes looked at to guess encoding and delimiter */

typedef struct CsvText {
    Str text; /* without byte order mark */
    CsvEncoding encoding;
    bool clean; /* valid UTF-8 without NUL from end to end: cells need no further look */
} CsvText;

Status csv_decode(Ctx *c, Str bytes, CsvText *ret_text) CHECKED;
/* True where raw bytes are not what they mean: the cell goes through csv_cell_utf8(). */
bool csv_cell_foreign(Str raw);
/* Writes valid UTF-8 without NUL to out, which has room for 3 × raw.n bytes, and returns its
 * length. What has no meaning becomes U+FFFD and sets *damaged. */
size_t csv_cell_utf8(CsvEncoding encoding, Str raw, char *out, bool *damaged);

#endif
