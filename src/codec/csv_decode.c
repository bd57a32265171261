/* csv_decode.c: guessing and undoing the encoding of a text file.
 *
 * The code pages are those of Microsoft as published by Unicode,
 * https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/ (CP1252.TXT, CP1256.TXT). */
#include "codec/csv_int.h"

#include "base/banned.h"

enum { REPLACEMENT = 0xfffd };

/* 0x80-0x9f; 0: undefined. From 0xa0 on it is Latin-1. */
static const uint16_t windows_1252[32] = {
    0x20ac, 0x0000, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, //
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x0000, 0x017d, 0x0000, //
    0x0000, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, //
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x0000, 0x017e, 0x0178, //
};

/* 0x80-0xff */
static const uint16_t windows_1256[128] = {
    0x20ac, 0x067e, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, //
    0x02c6, 0x2030, 0x0679, 0x2039, 0x0152, 0x0686, 0x0698, 0x0688, //
    0x06af, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, //
    0x06a9, 0x2122, 0x0691, 0x203a, 0x0153, 0x200c, 0x200d, 0x06ba, //
    0x00a0, 0x060c, 0x00a2, 0x00a3, 0x00a4, 0x00a5, 0x00a6, 0x00a7, //
    0x00a8, 0x00a9, 0x06be, 0x00ab, 0x00ac, 0x00ad, 0x00ae, 0x00af, //
    0x00b0, 0x00b1, 0x00b2, 0x00b3, 0x00b4, 0x00b5, 0x00b6, 0x00b7, //
    0x00b8, 0x00b9, 0x061b, 0x00bb, 0x00bc, 0x00bd, 0x00be, 0x061f, //
    0x06c1, 0x0621, 0x0622, 0x0623, 0x0624, 0x0625, 0x0626, 0x0627, //
    0x0628, 0x0629, 0x062a, 0x062b, 0x062c, 0x062d, 0x062e, 0x062f, //
    0x0630, 0x0631, 0x0632, 0x0633, 0x0634, 0x0635, 0x0636, 0x00d7, //
    0x0637, 0x0638, 0x0639, 0x063a, 0x0640, 0x0641, 0x0642, 0x0643, //
    0x00e0, 0x0644, 0x00e2, 0x0645, 0x0646, 0x0647, 0x0648, 0x00e7, //
    0x00e8, 0x00e9, 0x00ea, 0x00eb, 0x0649, 0x064a, 0x00ee, 0x00ef, //
    0x064b, 0x064c, 0x064d, 0x064e, 0x00f4, 0x064f, 0x0650, 0x00f7, //
    0x0651, 0x00f9, 0x0652, 0x00fb, 0x00fc, 0x200e, 0x200f, 0x06d2, //
};

static inline uint32_t code_point_of(CsvEncoding encoding, uint8_t byte) {
    if (byte < 0x80) return byte;
    if (encoding == CSV_WINDOWS_1256) return windows_1256[byte - 0x80];
    return byte < 0xa0 ? windows_1252[byte - 0x80] : byte;
}

/* --- 8 bits ----------------------------------------------------------------------------------- */

/* Length of the well-formed UTF-8 sequence at i, or 0. */
static size_t sequence_at(Str text, size_t i) {
    uint8_t lead = (uint8_t)text.s[i];
    size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (n > text.n - i || !str_utf8_valid(str_n(text.s + i, n))) return 0;
    return n;
}

bool csv_cell_foreign(Str raw) {
    uint64_t odd = 0, word;
    size_t i = 0;
    for (; i + 8 <= raw.n; i += 8) {
        memcpy(&word, raw.s + i, 8);
        /* Sets the top bit of a zero byte (and at times of the byte after one). */
        odd |= word | ((word - 0x0101010101010101) & ~word);
    }
    for (; i < raw.n; i++)
        odd |= raw.s[i] == 0 ? 0x80 : (uint8_t)raw.s[i];
    return (odd & 0x8080808080808080) != 0;
}

size_t csv_cell_utf8(CsvEncoding encoding, Str raw, char *out, bool *damaged) {
    bool eight_bits = encoding == CSV_WINDOWS_1252 || encoding == CSV_WINDOWS_1256;
    size_t n = 0;
    for (size_t i = 0; i < raw.n;) {
        uint32_t code_point = eight_bits ? code_point_of(encoding, (uint8_t)raw.s[i]) : 0;
        size_t step = eight_bits || raw.s[i] == 0 ? 0 : sequence_at(raw, i);
        if (step > 0) {
            memcpy(out + n, raw.s + i, step);
            n += step;
            i += step;
            continue;
        }
        *damaged = *damaged || code_point == 0;
        n += str_utf8_encode(code_point ? code_point : REPLACEMENT, out + n);
        i++;
    }
    return n;
}

static inline bool is_ascii_letter(uint8_t byte) {
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static inline bool is_arabic(uint8_t byte) {
    uint32_t code_point = byte < 0x80 ? 0 : windows_1256[byte - 0x80];
    return code_point >= 0x0600 && code_point <= 0x06ff;
}

/* Arabic words are runs of high bytes; in western European words a high byte stands among ASCII
 * letters. Bytes that mean the same in both pages tell nothing: those of French are mostly such. */
static CsvEncoding guess_code_page(Str sample) {
    size_t arabic = 0, latin = 0;
    for (size_t i = 0; i < sample.n; i++) {
        uint8_t byte = (uint8_t)sample.s[i];
        if (byte < 0x80) continue;
        uint32_t western = code_point_of(CSV_WINDOWS_1252, byte);
        if (western == windows_1256[byte - 0x80]) continue;
        uint8_t before = i > 0 ? (uint8_t)sample.s[i - 1] : 0;
        uint8_t after = i + 1 < sample.n ? (uint8_t)sample.s[i + 1] : 0;
        arabic += is_arabic(before) || is_arabic(after) || western == 0;
        latin += is_ascii_letter(before) || is_ascii_letter(after);
    }
    return arabic > latin ? CSV_WINDOWS_1256 : CSV_WINDOWS_1252;
}

/* A text that is not all UTF-8: damaged, or of another encoding? Four good sequences for each bad
 * byte do not come about by chance. */
static CsvEncoding guess_8_bits(Str text) {
    size_t first = 0, good = 0, bad = 0;
    while (first < text.n && (uint8_t)text.s[first] < 0x80)
        first++;
    /* One byte earlier: a letter's neighbours count. */
    Str sample = str_slice(text, first > 0 ? first - 1 : 0, first + CSV_SAMPLE_N);
    for (size_t i = 0; i < sample.n;) {
        size_t n = sequence_at(sample, i);
        good += n > 1;
        bad += n == 0;
        i += n > 0 ? n : 1;
    }
    return good > 4 * bad ? CSV_UTF8 : guess_code_page(sample);
}

/* --- 16 bits ---------------------------------------------------------------------------------- */

/* One UTF-16 code point at *i (RFC 2781 §2.2); UINT32_MAX for what is none. */
static uint32_t next_utf16(Str bytes, bool little, size_t *i) {
    const uint8_t *p = (const uint8_t *)bytes.s + *i;
    size_t left = bytes.n - *i;
    if (left < 2) {
        *i += left;
        return UINT32_MAX;
    }
    unsigned low = little ? 0 : 1, high = 1 - low;
    uint32_t unit = (uint32_t)p[high] << 8 | p[low];
    *i += 2;
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    if (unit > 0xdbff || left < 4) return UINT32_MAX;
    uint32_t second = (uint32_t)p[2 + high] << 8 | p[2 + low];
    if (second < 0xdc00 || second > 0xdfff) return UINT32_MAX;
    *i += 2;
    return 0x10000 + ((unit & 0x3ff) << 10 | (second & 0x3ff));
}

/* What is no code point becomes the byte 0xff, which no UTF-8 has: the row it stands in will be
 * reported as damaged UTF-8 is. */
static Status decode_utf16(Ctx *c, Str bytes, bool little, CsvText *ret_text) {
    size_t n = 0, broken = 0, nuls = 0;
    char code[4];
    for (size_t i = 0; i < bytes.n;) {
        uint32_t code_point = next_utf16(bytes, little, &i);
        broken += code_point == UINT32_MAX;
        nuls += code_point == 0;
        n += code_point == UINT32_MAX ? 1 : str_utf8_encode(code_point, code);
    }
    if (broken > 1 && broken > bytes.n / 64) return FAIL(c, ST_INVALID, "", "error.csv.encoding");
    char *out = arena_alloc(c->arena, n);
    size_t at = 0;
    for (size_t i = 0; i < bytes.n;) {
        uint32_t code_point = next_utf16(bytes, little, &i);
        if (code_point == UINT32_MAX) {
            out[at++] = (char)0xff;
        } else {
            size_t step = str_utf8_encode(code_point, code);
            memcpy(out + at, code, step);
            at += step;
        }
    }
    *ret_text = (CsvText){ .text = str_n(out, n),
                           .encoding = little ? CSV_UTF16LE : CSV_UTF16BE,
                           .clean = broken == 0 && nuls == 0 };
    return ST_OK;
}

/* Without a mark: digits, delimiters, spaces and line ends have a zero byte, always on the same
 * side, in whatever script the names are. */
static bool looks_utf16(Str sample, bool *ret_little) {
    size_t zeros[2] = { 0, 0 }, pairs = sample.n / 2;
    for (size_t i = 0; i < 2 * pairs; i++)
        zeros[i % 2] += sample.s[i] == 0;
    for (unsigned side = 0; side < 2; side++) {
        if (zeros[side] * 20 >= pairs && zeros[side] > 8 * zeros[1 - side]) {
            *ret_little = side == 1;
            return true;
        }
    }
    return false;
}

/* --- the whole file --------------------------------------------------------------------------- */

/* Spreadsheets saved under the wrong name: zip (xlsx, ods), OLE (xls), PDF. */
static bool has_foreign_magic(Str bytes) {
    return str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("\xd0\xcf\x11\xe0")) ||
           str_starts(bytes, STR("%PDF-"));
}

Status csv_decode(Ctx *c, Str bytes, CsvText *ret_text) {
    if (has_foreign_magic(bytes)) return FAIL(c, ST_INVALID, "", "error.csv.binary");
    if (str_starts(bytes, STR("\xff\xfe\0\0")) || str_starts(bytes, STR("\0\0\xfe\xff")))
        return FAIL(c, ST_INVALID, "", "error.csv.encoding"); /* UTF-32 */
    Str rest = str_slice(bytes, 2, bytes.n);
    if (str_starts(bytes, STR("\xff\xfe"))) return decode_utf16(c, rest, true, ret_text);
    if (str_starts(bytes, STR("\xfe\xff"))) return decode_utf16(c, rest, false, ret_text);

    bool marked = str_starts(bytes, STR("\xef\xbb\xbf")), little = false;
    CsvText text = { .text = marked ? str_slice(bytes, 3, bytes.n) : bytes };
    Str sample = str_slice(text.text, 0, CSV_SAMPLE_N);
    if (sample.n > 0 && memchr(sample.s, 0, sample.n)) {
        if (!marked && looks_utf16(sample, &little))
            return decode_utf16(c, bytes, little, ret_text);
        return FAIL(c, ST_INVALID, "", "error.csv.binary");
    }
    bool valid = str_utf8_valid(text.text);
    text.clean = valid && str_find_byte(text.text, 0) < 0;
    text.encoding = valid || marked ? CSV_UTF8 : guess_8_bits(text.text);
    *ret_text = text;
    return ST_OK;
}
