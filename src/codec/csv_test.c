/* csv_test.c: CSV as people send it: quotes, encodings, delimiters, limits, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/codec.h"

#include <stdlib.h>

static Env world;
static Arena *arena;
static Ctx ctx;

static int setup(void **state) {
    (void)state;
    env_test_init(&world, 3, 0);
    arena = arena_new(&world, (size_t)1 << 30);
    ctx = ctx_new(&world, arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static CsvReader *opened(Str bytes, CsvOptions o) {
    CsvReader *r = NULL;
    /* A copy of its own size, so that the sanitizer sees a read past its end. */
    assert_int_equal(csv_open(&ctx, str_copy(arena, bytes), o, &r), ST_OK);
    return r;
}

/* All rows as text: "[cell][cell]" a line, before it the line number where lines are not all rows,
 * after it what is bad. */
static const char *rows_with(Str bytes, CsvOptions o) {
    CsvReader *r = opened(bytes, o);
    Buf out = buf_new(arena, 1 << 20);
    CsvRow row;
    size_t n = 0;
    while (csv_next(r, &row)) {
        assert_int_equal(row.number, ++n);
        if (row.line != row.number) buf_printf(&out, "%zu:", row.line);
        for (size_t i = 0; i < row.n; i++)
            buf_printf(&out, "[%.*s]", STR_ARG(row.cells[i]));
        buf_printf(&out, "%s%s\n", row.bad ? " " : "",
                   row.bad ? row.bad + strlen("error.csv.") : "");
        assert_true(!row.bad || strncmp(row.bad, "error.csv.", 10) == 0);
    }
    assert_false(csv_next(r, &row));
    return str_c(arena, buf_text(&out));
}

static void assert_rows(Str bytes, const char *want) {
    assert_string_equal(rows_with(bytes, (CsvOptions){ 0 }), want);
}

static void assert_refused(Str bytes, CsvOptions o, Status st, const char *key) {
    CsvReader *r = NULL;
    ctx_forget_errors(&ctx);
    assert_int_equal(csv_open(&ctx, bytes, o, &r), st);
    assert_null(r);
    assert_true(str_is(ctx.errs.v[0].key, key));
}

/* --- rows and quotes -------------------------------------------------------------------------- */

static void test_rfc4180(void **state) {
    (void)state;
    assert_rows(STR("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n"), "[aaa][bbb][ccc]\n[zzz][yyy][xxx]\n");
    assert_rows(STR("aaa,bbb,ccc\r\nzzz,yyy,xxx"), "[aaa][bbb][ccc]\n[zzz][yyy][xxx]\n");
    assert_rows(STR("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx"),
                "[aaa][bbb][ccc]\n[zzz][yyy][xxx]\n");
    assert_rows(STR("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx"),
                "[aaa][b\r\nbb][ccc]\n3:[zzz][yyy][xxx]\n");
    assert_rows(STR("\"aaa\",\"b\"\"bb\",\"ccc\""), "[aaa][b\"bb][ccc]\n");
    assert_rows(STR("a,\"\"\"x\"\"\",\"\"\n"), "[a][\"x\"][]\n");
}

static void test_line_ends(void **state) {
    (void)state;
    assert_rows(STR("a,b\nc,d\n"), "[a][b]\n[c][d]\n");
    assert_rows(STR("a,b\rc,d\r"), "[a][b]\n[c][d]\n");
    assert_rows(STR("a,b\rc,\"d\re\"\rf,g"), "[a][b]\n[c][d\re]\n4:[f][g]\n");
    assert_rows(STR("a,b\nc,d\r\ne,f\rg,h"), "[a][b]\n[c][d]\n[e][f]\n[g][h]\n");
    assert_rows(STR("a,\"b\nc\r\nd\re\"\nf,g"), "[a][b\nc\r\nd\re]\n5:[f][g]\n");
}

static void test_blank_lines(void **state) {
    (void)state;
    assert_rows(STR("\n\r\n  \na,b\n\n \nc,d\n\n  "), "4:[a][b]\n7:[c][d]\n");
    assert_rows(STR("a,b\n,\n\"\"\n"), "[a][b]\n[][]\n[]\n"); /* these are rows */
    assert_rows(STR("a,b\n  c,d\n"), "[a][b]\n[  c][d]\n");
    assert_rows(STR("a,b\nc,d\n\x1a"), "[a][b]\n[c][d]\n"); /* the DOS mark of the end */
}

static void test_ragged_rows(void **state) {
    (void)state;
    assert_rows(STR("a,b,c\nd\ne,f,g,h,\n,,i\n"), "[a][b][c]\n[d]\n[e][f][g][h][]\n[][][i]\n");
}

static void test_stray_quotes(void **state) {
    (void)state;
    assert_rows(STR("a,b\nthe \"best\",5\"\n"), "[a][b]\n[the \"best\"][5\"]\n");
    assert_rows(STR("a,b\n\"x\"  ,\"y\" \n"), "[a][b]\n[x][y]\n");
    assert_rows(STR("a,b\n\"Ali\" Khan,2\nc,d\n"), "[a][b]\n[Ali Khan][2] quote\n[c][d]\n");
    assert_rows(STR("a,b\n\"5\"\"\" \"x\",2\n"), "[a][b]\n[5\" \"x\"][2] quote\n");
}

/* A quote that never closes must not swallow the rows after it. */
static void test_unterminated_quote(void **state) {
    (void)state;
    assert_rows(STR("a,b\n1,\"x\n2,y\n3,z\n"), "[a][b]\n[1][\"x] quote\n[2][y]\n[3][z]\n");
    assert_rows(STR("a,b\n1,\"x,y\n2,\"p, q\"\n3,z"),
                "[a][b]\n[1][\"x][y] quote\n[2][p, q]\n[3][z]\n");
    assert_rows(STR("a,b\n\"1\",\"x\n\"2\",\"y\"\n"), "[a][b]\n[1][\"x] quote\n[2][y]\n");
    assert_rows(STR("a,b\n1,\""), "[a][b]\n[1][\"] quote\n");
    assert_rows(STR("a,b\n1,\"x\"\""), "[a][b]\n[1][\"x\"\"] quote\n");
    assert_rows(STR("a,b\n\"x\ny\",\"z\n1,2\n"), "[a][b]\n[\"x] quote\n[y\"][\"z] quote\n[1][2]\n");
}

/* Files made to be looked at over and over take time in proportion to their size: without a bound
 * these would take hours. */
static void test_many_bad_quotes(void **state) {
    (void)state;
    static const char *const lines[] = { "a\",\"c\n", "\"\n\"\"\",\n", "a,\"c\n", ",\"x\n",
                                         "\"\"\"\n," };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        Buf b = buf_new(arena, 1 << 24);
        buf_str(&b, STR("h,h\n"));
        while (b.n < 4 << 20)
            buf_str(&b, str_of(lines[i]));
        CsvReader *r = opened(buf_text(&b), (CsvOptions){ .delimiter = ',' });
        CsvRow row;
        size_t rows = 0;
        while (csv_next(r, &row))
            rows++;
        assert_true(rows > 1000);
    }
}

/* --- limits ----------------------------------------------------------------------------------- */

static void test_refused_files(void **state) {
    (void)state;
    CsvOptions none = { 0 }, tiny = { .bytes_max = 5 };
    assert_refused(STR(""), none, ST_INVALID, "error.csv.empty");
    assert_refused(STR_NONE, none, ST_INVALID, "error.csv.empty");
    assert_refused(STR("\xef\xbb\xbf\r\n  \n"), none, ST_INVALID, "error.csv.empty");
    assert_refused(STR("sep=;\n"), none, ST_INVALID, "error.csv.empty");
    assert_refused(STR("a,b\n1,2"), tiny, ST_LIMIT, "error.csv.too_large");
    assert_refused((Str){ "", ((size_t)256 << 20) + 1 }, none, ST_LIMIT, "error.csv.too_large");
    assert_refused(STR("PK\x03\x04 rest of an xlsx"), none, ST_INVALID, "error.csv.binary");
    assert_refused(STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), none, ST_INVALID, "error.csv.binary");
    assert_refused(STR("a,b\n1,\0\0\n"), none, ST_INVALID, "error.csv.binary");
    assert_refused(STR("\xef\xbb\xbf"
                       "a\0b\0"),
                   none, ST_INVALID, "error.csv.binary");
    assert_refused(STR("\xff\xfe\0\0a\0\0\0"), none, ST_INVALID, "error.csv.encoding"); /* UTF-32 */
    assert_refused(STR("\xff\xfe\x00\xd8\x00\xd8\x00\xd8"), none, ST_INVALID, "error.csv.encoding");
}

static void test_row_limits(void **state) {
    (void)state;
    CsvOptions o = { .delimiter = ',', .columns_max = 2 };
    assert_string_equal(rows_with(STR("a,b\n1,2,3,4\n5,6\n"), o),
                        "[a][b]\n[1][2] columns\n[5][6]\n");
    o = (CsvOptions){ .delimiter = ',', .rows_max = 2 };
    assert_string_equal(rows_with(STR("a\nb\n"), o), "[a]\n[b]\n");
    assert_string_equal(rows_with(STR("a\nb\n\nc\nd\n"), o), "[a]\n[b]\n4: rows\n");
}

static void test_cell_limit(void **state) {
    (void)state;
    CsvOptions o = { .delimiter = ',', .cell_max = 4 };
    assert_string_equal(rows_with(STR("abcd,e\nabcde,f\n"), o), "[abcd][e]\n[abcd][f] cell\n");
    assert_string_equal(rows_with(STR("\"abcd\",\"abcde\"\n"), o), "[abcd][abcd] cell\n");
    /* Eight quotes are four. */
    assert_string_equal(rows_with(STR("\"\"\"\"\"\"\"\"\"\",x\n"), o), "[\"\"\"\"][x]\n");
    /* Not within a character; cells over twice the limit too. */
    assert_string_equal(rows_with(STR("abc\xc3\xa9,abc\xe2\x82\xac"
                                      "defghijklmn\n"),
                                  o),
                        "[abc][abc] cell\n");
    assert_string_equal(rows_with(STR("\xe9\xe9\xe9,x\n"), o), "[\xc3\xa9\xc3\xa9][x] cell\n");
    /* Over several lines and over the limit it is taken for a quote that does not close. */
    assert_string_equal(rows_with(STR("x,\"ab\ncdefghijklmnop\"\ny,z\n"), o),
                        "[x][\"ab] quote\n[cdef] cell\n[y][z]\n");
}

static void test_default_limits(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 20);
    for (int i = 0; i < 1001; i++)
        buf_str(&b, STR("x,"));
    buf_str(&b, STR("\ny,"));
    for (int i = 0; i < (64 << 10) + 1; i++)
        buf_byte(&b, 'z');
    CsvReader *r = opened(buf_text(&b), (CsvOptions){ .delimiter = ',' });
    CsvRow row;
    assert_true(csv_next(r, &row));
    assert_int_equal(row.n, 1000);
    assert_string_equal(row.bad, "error.csv.columns");
    assert_true(csv_next(r, &row));
    assert_int_equal(row.cells[1].n, 64 << 10);
    assert_string_equal(row.bad, "error.csv.cell");
}

/* --- encodings -------------------------------------------------------------------------------- */

static void assert_encoding(Str bytes, CsvEncoding encoding, const char *want) {
    CsvReader *r = opened(bytes, (CsvOptions){ 0 });
    assert_int_equal(csv_encoding(r), encoding);
    assert_rows(bytes, want);
}

/* name;place / Muhammad;Kabul in Arabic letters, with the Persian peh and gaf of Windows-1256 */
static const uint8_t arabic_1256[] = {
    0xc7, 0xe1, 0xc7, 0xd3, 0xe3, ';',  0xc7, 0xe1, 0xe3, 0xcf, 0xed, 0xe4, 0xc9,
    '\r', '\n', 0xe3, 0xcd, 0xe3, 0xcf, ';',  0x98, 0xc7, 0xc8, 0xe1, '\r', '\n',
    0x81, 0xd1, 0xe6, 0xed, 0xe4, ';',  0x90, 0xd1, 0xcf, 0xed, 0xd2, '\r', '\n',
};
#define ARABIC_ROWS                                                                                \
    "[الاسم][المدينة]\n"                                                               \
    "[محمد][کابل]\n"                                                                       \
    "[پروين][گرديز]\n"

static void test_windows_1256(void **state) {
    (void)state;
    assert_encoding(str_n(arabic_1256, sizeof arabic_1256), CSV_WINDOWS_1256, ARABIC_ROWS);
    /* A French header in the same page: \xe9 and \xe8 mean the same in both. */
    assert_encoding(STR("pr\xe9nom,p\xe8re\n\xe3\xcd\xe3\xcf,\xda\xe1\xed\n"), CSV_WINDOWS_1256,
                    "[prénom][père]\n[محمد][علي]\n");
    /* A byte that Windows-1252 does not have. */
    assert_encoding(STR("a,b\n\x81,x\n"), CSV_WINDOWS_1256, "[a][b]\n[پ][x]\n");
    /* Among mostly Latin text, one Arabic name. */
    assert_encoding(STR("name,alias\nAli Hassan,\xda\xe1\xed\nZahra,-\n"), CSV_WINDOWS_1256,
                    "[name][alias]\n[Ali Hassan][علي]\n[Zahra][-]\n");
}

static void test_windows_1252(void **state) {
    (void)state;
    assert_encoding(STR("nom;pr\xe9nom\nN'Guess\xe0n;Fran\xe7ois \x93x\x94 \x80\n"),
                    CSV_WINDOWS_1252, "[nom][prénom]\n[N'Guessàn][François “x” €]\n");
    assert_encoding(STR("a;b\nS\xe3o;Jo\xe3o\nPe\xf1\xf3n;N\xfa\xf1"
                        "ez\nM\xdcLLER;\xd6ZG\xdcR\n"),
                    CSV_WINDOWS_1252, "[a][b]\n[São][João]\n[Peñón][Núñez]\n[MÜLLER][ÖZGÜR]\n");
    /* Next to each other, at the very place where the sample begins. */
    assert_encoding(STR("a;b\nPe\xf1\xf3n;x\n"), CSV_WINDOWS_1252, "[a][b]\n[Peñón][x]\n");
    /* Some of its pairs are UTF-8 by chance. */
    assert_encoding(STR("a;b\n\xc3\xa9\xc3\xa9;Andr\xe9\n"), CSV_WINDOWS_1252,
                    "[a][b]\n[Ã©Ã©][André]\n");
    /* 0x9d has no meaning there. */
    assert_encoding(STR("a;b\n\xe3o;Jo\xe3o\nx\x9dy;Mu\xf1oz\n"), CSV_WINDOWS_1252,
                    "[a][b]\n[ão][João]\n[x\xef\xbf\xbdy][Muñoz] encoding\n");
}

static void test_late_letters(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 20);
    buf_str(&b, STR("id;name\n"));
    while (b.n < 200000)
        buf_str(&b, STR("1;Ali\n"));
    size_t n = b.n;
    buf_str(&b, STR("2;\xda\xe1\xed\n"));
    assert_int_equal(csv_encoding(opened(buf_text(&b), (CsvOptions){ 0 })), CSV_WINDOWS_1256);
    b.n = n;
    buf_str(&b, STR("2;Andr\xe9\n"));
    assert_int_equal(csv_encoding(opened(buf_text(&b), (CsvOptions){ 0 })), CSV_WINDOWS_1252);
    b.n = n;
    buf_str(&b, STR("2;Andr\xc3\xa9\n"));
    assert_int_equal(csv_encoding(opened(buf_text(&b), (CsvOptions){ 0 })), CSV_UTF8);
}

static void test_utf8(void **state) {
    (void)state;
    assert_encoding(STR("الاسم;المدينة\nمحمد;کابل\nپروين;گرديز"), CSV_UTF8, ARABIC_ROWS);
    assert_encoding(STR("\xef\xbb\xbf"
                        "a,b\n1,2\n"),
                    CSV_UTF8, "[a][b]\n[1][2]\n");
    assert_encoding(STR("\xef\xbb\xbf\"a,\",b\n1,2\n"), CSV_UTF8, "[a,][b]\n[1][2]\n");
    /* Damage does not make it another encoding, and is told where it is. */
    assert_encoding(
        STR("الاسم;المدينة\nمح\xd9;کا\xffبل\nپروين;گرديز"), CSV_UTF8,
        "[الاسم][المدينة]\n[مح\xef\xbf\xbd][کا\xef\xbf\xbdبل] encoding\n[پروين][گرديز]\n");
    assert_encoding(STR("\xef\xbb\xbf"
                        "a,b\n1,\"x\"\"\xff\"\n"),
                    CSV_UTF8, "[a][b]\n[1][x\"\xef\xbf\xbd] encoding\n");
}

/* ASCII and U+0600-06FF are enough for the text of these tests. */
static Str as_utf16(const char *text, bool little, bool mark) {
    Str in = str_of(text);
    Buf b = buf_new(arena, 1 << 16);
    if (mark) buf_put(&b, little ? "\xff\xfe" : "\xfe\xff", 2);
    for (size_t i = 0; i < in.n;) {
        uint32_t unit = str_utf8_next(in, &i);
        uint8_t two[] = { (uint8_t)(little ? unit : unit >> 8),
                          (uint8_t)(little ? unit >> 8 : unit) };
        buf_put(&b, two, 2);
    }
    return buf_text(&b);
}

static void test_utf16(void **state) {
    (void)state;
    static const char text[] = "الاسم;المدينة\r\nمحمد;کابل\r\nپروين;گرديز\r\n";
    assert_encoding(as_utf16(text, true, true), CSV_UTF16LE, ARABIC_ROWS);
    assert_encoding(as_utf16(text, false, true), CSV_UTF16BE, ARABIC_ROWS);
    assert_encoding(as_utf16(text, true, false), CSV_UTF16LE, ARABIC_ROWS);
    assert_encoding(as_utf16(text, false, false), CSV_UTF16BE, ARABIC_ROWS);
    assert_encoding(as_utf16("a\tb\nc\td\n", true, false), CSV_UTF16LE, "[a][b]\n[c][d]\n");
    assert_refused(STR("\xff\xfe"), (CsvOptions){ 0 }, ST_INVALID, "error.csv.empty");
}

static void test_utf16_damage(void **state) {
    (void)state;
    /* U+1D11E as a pair; then half a pair; then half a unit. */
    assert_encoding(STR("\xff\xfe\x34\xd8\x1e\xdd,\0a\0\n\0b\0,\0c\0"), CSV_UTF16LE,
                    "[\xf0\x9d\x84\x9e][a]\n[b][c]\n");
    assert_encoding(STR("\xff\xfe\x34\xd8,\0a\0\n\0b\0,\0c\0"), CSV_UTF16LE,
                    "[\xef\xbf\xbd][a] encoding\n[b][c]\n");
    assert_encoding(STR("\xff\xfe"
                        "x\0,\0a\0\n\0b\0,\0\0\0\n\0"),
                    CSV_UTF16LE, "[x][a]\n[b][\xef\xbf\xbd] encoding\n");
    assert_encoding(STR("\xfe\xff\0x\0,\0a\0\n\0b\0,\0"), CSV_UTF16BE,
                    "[x][a]\n[b][\xef\xbf\xbd] encoding\n");
}

/* Beyond the part that is looked at, a NUL costs a row and not the file. */
static void test_late_nul(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 20);
    while (b.n < 70000)
        buf_str(&b, STR("1;Ali\n"));
    size_t rows = b.n / 6;
    buf_str(&b, STR("2;a\0b\n3;c\n"));
    CsvReader *r = opened(buf_text(&b), (CsvOptions){ 0 });
    CsvRow row;
    for (size_t i = 0; i < rows; i++)
        assert_true(csv_next(r, &row) && !row.bad);
    assert_true(csv_next(r, &row));
    assert_string_equal(row.bad, "error.csv.encoding");
    assert_true(str_is(row.cells[1], "a\xef\xbf\xbd"
                                     "b"));
    assert_true(csv_next(r, &row) && !row.bad && row.n == 2);
}

/* --- delimiters ------------------------------------------------------------------------------- */

static void test_delimiters(void **state) {
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
    } cases[] = {
        { "a,b,c\n1,2,3\n", ',' },
        { "a;b;c\n1;2;3\n", ';' },
        { "a\tb\n1\t2\n", '\t' },
        { "a|b|c\n1|2|3\n", '|' },
        { "only\none\ncolumn\n", ',' },
        { "a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", ';' },         /* decimal commas */
        { "name;note\nA;x, y, z\nB;\"p;q\"\nC;r, s\n", ';' }, /* commas in prose */
        { "code,options\n1,a|b|c\n2,d|e|f\n3,g|h|i\n", ',' }, /* lists in cells */
        { "id,a\tb\n1,\"x;y\"\n2,\"z;w\"\n", ',' },
        { "a,b,c,d\n1,2,3,4\n1,2,3\n1,2,3,4\n1,2,3,4,5\n", ',' }, /* ragged */
        { "a,b,c,d,e\tf\n1,2,3,4,5\t6\n1,2,3,4,5\t6\n1,2,3,4,5\t6\n1,2,3,4,5\t6\n1,2,3,4,5\t6\n1,2,3,4\t5\n",
          ',' },
        { "sep=|\na,b|c,d\n", '|' },
        { "SEP=;\r\na,b;c,d\r\n", ';' },
        { "a|b\n", '|' },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CsvReader *r = opened(str_of(cases[i].text), (CsvOptions){ 0 });
        if (csv_delimiter(r) != cases[i].delimiter) fail_msg("case %zu: '%c'", i, csv_delimiter(r));
    }
    CsvOptions colon = { .delimiter = ':' };
    assert_string_equal(rows_with(STR("a,b:c\n"), colon), "[a,b][c]\n");
    assert_rows(STR("sep=;\na,x;b\n"), "2:[a,x][b]\n");
    assert_rows(STR("sep=x,b\n1,2\n"), "[sep=x][b]\n[1][2]\n");
}

/* Over 64 KiB the last line is cut: it must not count. */
static void test_sample_is_cut_at_a_line(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 20);
    while (b.n < 70000)
        buf_str(&b, STR("a;b;c,d;\"x\ny\";z\n"));
    CsvReader *r = opened(buf_text(&b), (CsvOptions){ 0 });
    assert_int_equal(csv_delimiter(r), ';');
    Buf line = buf_new(arena, 1 << 20);
    while (line.n < 70000)
        buf_str(&line, STR("abcdefg;"));
    r = opened(buf_text(&line), (CsvOptions){ .columns_max = 100000 });
    CsvRow row;
    assert_int_equal(csv_delimiter(r), ','); /* over 1,000 columns: no guess */
    assert_true(csv_next(r, &row));
    assert_string_equal(row.bad, "error.csv.cell");
}

/* --- writing ---------------------------------------------------------------------------------- */

static void test_write_cell(void **state) {
    (void)state;
    static const struct {
        const char *text, *written;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "two words", "two words" },
        { " led", "\" led\"" },
        { "trailed ", "\"trailed \"" },
        { "a,b", "\"a,b\"" },
        { "a;b", "\"a;b\"" },
        { "a\tb", "\"a\tb\"" },
        { "a|b", "\"a|b\"" },
        { "say \"so\"", "\"say \"\"so\"\"\"" },
        { "\"", "\"\"\"\"" },
        { "a\nb", "\"a\nb\"" },
        { "a\rb", "\"a\rb\"" },
        { "محمد", "محمد" },
        /* formulas */
        { "=1+2", "'=1+2" },
        { "=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"" },
        { "+cmd|' /C calc'!A0", "\"'+cmd|' /C calc'!A0\"" },
        { "@SUM(A1)", "'@SUM(A1)" },
        { "-A1", "'-A1" },
        { "\t=1", "\"'\t=1\"" },
        { "\r=1", "\"'\r=1\"" },
        { "\n=1", "\"'\n=1\"" },
        { "-", "'-" },
        { "+", "'+" },
        { "-1-2", "'-1-2" },
        { "-1.2.3", "'-1.2.3" },
        { "+.", "'+." },
        /* numbers, telephone numbers among them */
        { "-12", "-12" },
        { "-12.50", "-12.50" },
        { "+93701234567", "+93701234567" },
        { "12", "12" },
        { "a=b", "a=b" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Buf b = buf_new(arena, 1000);
        csv_write_cell(&b, str_of(cases[i].text), ',');
        assert_string_equal(str_c(arena, buf_text(&b)), cases[i].written);
    }
    Buf b = buf_new(arena, 1000), c = buf_new(arena, 3);
    csv_write_cell(&b, STR("a:b"), ':');
    assert_string_equal(str_c(arena, buf_text(&b)), "\"a:b\"");
    csv_write_cell(&c, STR("a,b"), ',');
    assert_true(buf_full(&c));
}

/* --- memory, real files ----------------------------------------------------------------------- */

/* Rows cost no memory: the scratch buffer is as large as the largest row wants it. */
static void test_memory_stays(void **state) {
    (void)state;
    Buf b = buf_new(arena, 1 << 24);
    while (b.n < 1 << 20)
        buf_str(&b, STR("\"a \"\"b\"\"\",\xda\xe1\xed,c\n"));
    CsvReader *r = opened(buf_text(&b), (CsvOptions){ 0 });
    CsvRow row;
    assert_true(csv_next(r, &row));
    size_t used = arena_used(arena), rows = 1;
    while (csv_next(r, &row)) {
        assert_true(str_is(row.cells[0], "a \"b\"") && str_is(row.cells[1], "علي"));
        rows++;
    }
    assert_true(rows > 50000);
    assert_int_equal(arena_used(arena), used);
}

/* The data sets are not part of the source tree: beside it, or where PANAH_SHARED says. */
static bool find_data(const char *name, Str *ret_bytes) {
    const char *told = getenv("PANAH_SHARED");
    const char *const places[] = { told,
                                   told ? str_c(arena, str_printf(arena, "%s/data", told)) : NULL,
                                   "../shared/data" };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!places[i]) continue;
        const char *path = str_c(arena, str_printf(arena, "%s/linkage/%s", places[i], name));
        if (!env_file_exists(path)) continue;
        assert_int_equal(env_read_file(&ctx, path, 64 << 20, ret_bytes), ST_OK);
        return true;
    }
    return false;
}

static void count_rows(const char *name, size_t columns, const char *first) {
    Str bytes = STR_NONE;
    if (!find_data(name, &bytes)) {
        skip();
        return;
    }
    CsvReader *r = opened(bytes, (CsvOptions){ 0 });
    CsvRow row;
    size_t n = 0;
    assert_int_equal(csv_delimiter(r), ',');
    assert_true(csv_next(r, &row));
    assert_true(str_is(row.cells[0], first));
    for (; csv_next(r, &row); n++) {
        assert_null(row.bad);
        assert_int_equal(row.n, columns);
    }
    assert_int_equal(n, 5000);
}

static void test_febrl3(void **state) {
    (void)state;
    count_rows("febrl3.csv", 11, "rec_id");
}

static void test_opencr_uganda(void **state) {
    (void)state;
    count_rows("opencr_uganda.csv", 8, "rec_id");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc4180),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_blank_lines),
        cmocka_unit_test(test_ragged_rows),
        cmocka_unit_test(test_stray_quotes),
        cmocka_unit_test(test_unterminated_quote),
        cmocka_unit_test(test_many_bad_quotes),
        cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_row_limits),
        cmocka_unit_test(test_cell_limit),
        cmocka_unit_test(test_default_limits),
        cmocka_unit_test(test_windows_1256),
        cmocka_unit_test(test_windows_1252),
        cmocka_unit_test(test_late_letters),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_utf16_damage),
        cmocka_unit_test(test_late_nul),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_sample_is_cut_at_a_line),
        cmocka_unit_test(test_write_cell),
        cmocka_unit_test(test_memory_stays),
        cmocka_unit_test(test_febrl3),
        cmocka_unit_test(test_opencr_uganda),
    };
    return cmocka_run_group_tests_name("codec_csv", tests, setup, teardown);
}
