/* fold_table.c: the rows of the fold. */
#include "text/fold_table.h"

#include "base/banned.h"

#define LEN(x) (sizeof(x) / sizeof((x)[0]))

const uint32_t fold_digit_zeros[] = {
    0x0030,  0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,
    0x0C66,  0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,
    0x1810,  0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,
    0xA8D0,  0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066,
    0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0,
    0x11950, 0x11C50, 0x11D50, 0x11DA0, 0x11F50, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8,
    0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E950, 0x1FBF0,
};
const size_t fold_n_digit_zeros = LEN(fold_digit_zeros);

static const FoldRange marks[] = {
    { 0x0300, 0x034E }, { 0x0350, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD },
    { 0x05BF, 0x05BF }, { 0x05C1, 0x05C2 }, { 0x05C4, 0x05C5 }, { 0x05C7, 0x05C7 },
    { 0x0610, 0x061A }, { 0x064B, 0x065F }, { 0x0670, 0x0670 }, { 0x06D6, 0x06DC },
    { 0x06DF, 0x06E8 }, { 0x06EA, 0x06ED }, { 0x0898, 0x089F }, { 0x08CA, 0x08E1 },
    { 0x08E3, 0x08FF }, { 0x1AB0, 0x1AFF }, { 0x1DC0, 0x1DFF }, { 0x20D0, 0x20F0 },
    { 0xFE20, 0xFE2F },
};

/* Default_Ignorable_Code_Point of DerivedCoreProperties.txt, less the Hangul fillers. */
static const FoldRange invisible[] = {
    { 0x00AD, 0x00AD }, { 0x034F, 0x034F }, { 0x061C, 0x061C },   { 0x17B4, 0x17B5 },
    { 0x180B, 0x180F }, { 0x200B, 0x200F }, { 0x202A, 0x202E },   { 0x2060, 0x206F },
    { 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xE0000, 0xE0FFF },
};

static bool in_ranges(const FoldRange *ranges, size_t n, uint32_t cp) {
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > ranges[mid].to) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < n && cp >= ranges[lo].from;
}

bool fold_is_mark(uint32_t cp) {
    return cp >= 0x0300 && in_ranges(marks, LEN(marks), cp);
}

bool fold_is_invisible(uint32_t cp) {
    return cp >= 0x00AD && in_ranges(invisible, LEN(invisible), cp);
}

/* --- Latin --------------------------------------------------------------------------------------- */

/* One letter a code point; '*' is kept, or spelled out in latin_pairs. */
static const char latin_00c0[] =
    "aaaaaa*ceeeeiiiidnooooo*ouuuuy**aaaaaa*ceeeeiiiidnooooo*ouuuuy*y" /* 00C0 */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii**jjkkkllllll*" /* 0100 */
    "*llnnnnnn*nnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" /* 0140 */
    "bbbb**occdddd*eeeffgg*iikkl*mnnooo**ppr**s*ttttuuuvyyzzz********" /* 0180 */
    "*************aaiioouuuuuuuuuueaaaa**ggggkkoooozzj***gg**nnaa**oo" /* 01C0 */
    "aaaaeeeeiiiioooorrrruuuusstt**hhnd**zzaaeeooooooooyylntj**acclts" /* 0200 */
    "z**buaeejjqqrryyaaabocdd*e*ee***gg*g*hh*iiilll*m*mnn*o******rrr*" /* 0240 */
    "r*ss****tuuva**yzzz";                                             /* 0280 */
static const char latin_1e00[] =
    "aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmm"  /* 1E00 */
    "mmmmnnnnnnnnoooooooopppprrrrrrrrssssssssssttttttttuuuuuuuuuuvvvv"  /* 1E40 */
    "wwwwwwwwwwxxxxyyzzzzzzhtwyasss**aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeee"  /* 1E80 */
    "eeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy****yy"; /* 1EC0 */

static const struct {
    uint16_t cp;
    char text[3];
} latin_pairs[] = {
    { 0x00AA, "a" },  { 0x00BA, "o" },  { 0x00C6, "ae" }, { 0x00DE, "th" }, { 0x00DF, "ss" },
    { 0x00E6, "ae" }, { 0x00FE, "th" }, { 0x0132, "ij" }, { 0x0133, "ij" }, { 0x013F, "l" },
    { 0x0140, "l" },  { 0x0149, "'n" }, { 0x0152, "oe" }, { 0x0153, "oe" }, { 0x01C4, "dz" },
    { 0x01C5, "dz" }, { 0x01C6, "dz" }, { 0x01C7, "lj" }, { 0x01C8, "lj" }, { 0x01C9, "lj" },
    { 0x01CA, "nj" }, { 0x01CB, "nj" }, { 0x01CC, "nj" }, { 0x01E2, "ae" }, { 0x01E3, "ae" },
    { 0x01F1, "dz" }, { 0x01F2, "dz" }, { 0x01F3, "dz" }, { 0x01FC, "ae" }, { 0x01FD, "ae" },
    { 0x1E9E, "ss" }, { 0x2C65, "a" },  { 0x2C66, "t" },  { 0xFB00, "ff" }, { 0xFB01, "fi" },
    { 0xFB02, "fl" }, { 0xFB05, "st" }, { 0xFB06, "st" },
};

/* Capitals of rare letters that have no ASCII relative, and their small letters. */
static const uint16_t rare_capitals[][2] = {
    { 0x0184, 0x0185 }, { 0x01A2, 0x01A3 }, { 0x01A7, 0x01A8 }, { 0x01B8, 0x01B9 },
    { 0x01BC, 0x01BD }, { 0x01F6, 0x0195 }, { 0x01F7, 0x01BF }, { 0x021C, 0x021D },
    { 0x0222, 0x0223 }, { 0x0241, 0x0242 }, { 0x1EFA, 0x1EFB }, { 0x1EFC, 0x1EFD },
};

int fold_latin(uint32_t cp, uint32_t *out) {
    if (cp < 0x80) {
        out[0] = cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
        return 1;
    }
    char c = '*';
    if (cp >= 0x00C0 && cp < 0x00C0 + LEN(latin_00c0) - 1) {
        c = latin_00c0[cp - 0x00C0];
    } else if (cp >= 0x1E00 && cp < 0x1E00 + LEN(latin_1e00) - 1) {
        c = latin_1e00[cp - 0x1E00];
    } else if (cp >= 0x0300 && (cp < 0x2C65 || cp > 0x2C66) && (cp < 0xFB00 || cp > 0xFB06)) {
        return -1;
    }
    if (c != '*') {
        out[0] = (uint32_t)c;
        return 1;
    }
    for (size_t i = 0; i < LEN(latin_pairs); i++) {
        if (latin_pairs[i].cp == cp) {
            int n = 0;
            for (const char *p = latin_pairs[i].text; *p; p++)
                out[n++] = (uint32_t)*p;
            return n;
        }
    }
    for (size_t i = 0; i < LEN(rare_capitals); i++) {
        if (rare_capitals[i][0] == cp) {
            out[0] = rare_capitals[i][1];
            return 1;
        }
    }
    return -1;
}

/* --- Greek and Cyrillic -------------------------------------------------------------------------- */

/* step 2: every second code point of the range, the capitals, is followed by its small letter. */
static const struct {
    uint16_t from, to;
    int16_t delta;
    uint16_t step;
} case_rows[] = {
    { 0x0370, 0x0372, 1, 2 },    { 0x0376, 0x0376, 1, 1 },    { 0x0386, 0x0386, 43, 1 },
    { 0x0388, 0x0388, 45, 1 },   { 0x0389, 0x0389, 46, 1 },   { 0x038A, 0x038A, 47, 1 },
    { 0x038C, 0x038C, 51, 1 },   { 0x038E, 0x038E, 55, 1 },   { 0x038F, 0x038F, 58, 1 },
    { 0x0390, 0x0390, 41, 1 },   { 0x0391, 0x03A1, 32, 1 },   { 0x03A3, 0x03A9, 32, 1 },
    { 0x03AA, 0x03AA, 15, 1 },   { 0x03AB, 0x03AB, 26, 1 },   { 0x03AC, 0x03AC, 5, 1 },
    { 0x03AD, 0x03AD, 8, 1 },    { 0x03AE, 0x03AE, 9, 1 },    { 0x03AF, 0x03AF, 10, 1 },
    { 0x03B0, 0x03B0, 21, 1 },   { 0x03C2, 0x03C2, 1, 1 },    { 0x03CA, 0x03CA, -17, 1 },
    { 0x03CB, 0x03CB, -6, 1 },   { 0x03CC, 0x03CC, -13, 1 },  { 0x03CD, 0x03CD, -8, 1 },
    { 0x03CE, 0x03CE, -5, 1 },   { 0x0400, 0x0400, 53, 1 },   { 0x0401, 0x0401, 52, 1 },
    { 0x0402, 0x0402, 80, 1 },   { 0x0403, 0x0403, 48, 1 },   { 0x0404, 0x0406, 80, 1 },
    { 0x0407, 0x0407, 79, 1 },   { 0x0408, 0x040B, 80, 1 },   { 0x040C, 0x040C, 46, 1 },
    { 0x040D, 0x040D, 43, 1 },   { 0x040E, 0x040E, 53, 1 },   { 0x040F, 0x040F, 80, 1 },
    { 0x0410, 0x0418, 32, 1 },   { 0x0419, 0x0419, 31, 1 },   { 0x041A, 0x042F, 32, 1 },
    { 0x0439, 0x0439, -1, 1 },   { 0x0450, 0x0450, -27, 1 },  { 0x0451, 0x0451, -28, 1 },
    { 0x0453, 0x0453, -32, 1 },  { 0x0457, 0x0457, -1, 1 },   { 0x045C, 0x045C, -34, 1 },
    { 0x045D, 0x045D, -37, 1 },  { 0x045E, 0x045E, -27, 1 },  { 0x0460, 0x0474, 1, 2 },
    { 0x0476, 0x0476, -1, 1 },   { 0x0477, 0x0477, -2, 1 },   { 0x0478, 0x0480, 1, 2 },
    { 0x048A, 0x04BE, 1, 2 },    { 0x04C0, 0x04C0, 15, 1 },   { 0x04C1, 0x04C1, -139, 1 },
    { 0x04C2, 0x04C2, -140, 1 }, { 0x04C3, 0x04CD, 1, 2 },    { 0x04D0, 0x04D0, -160, 1 },
    { 0x04D1, 0x04D1, -161, 1 }, { 0x04D2, 0x04D2, -162, 1 }, { 0x04D3, 0x04D3, -163, 1 },
    { 0x04D4, 0x04D4, 1, 1 },    { 0x04D6, 0x04D6, -161, 1 }, { 0x04D7, 0x04D7, -162, 1 },
    { 0x04D8, 0x04D8, 1, 1 },    { 0x04DA, 0x04DA, -1, 1 },   { 0x04DB, 0x04DB, -2, 1 },
    { 0x04DC, 0x04DC, -166, 1 }, { 0x04DD, 0x04DE, -167, 1 }, { 0x04DF, 0x04DF, -168, 1 },
    { 0x04E0, 0x04E0, 1, 1 },    { 0x04E2, 0x04E2, -170, 1 }, { 0x04E3, 0x04E3, -171, 1 },
    { 0x04E4, 0x04E4, -172, 1 }, { 0x04E5, 0x04E5, -173, 1 }, { 0x04E6, 0x04E6, -168, 1 },
    { 0x04E7, 0x04E7, -169, 1 }, { 0x04E8, 0x04E8, 1, 1 },    { 0x04EA, 0x04EA, -1, 1 },
    { 0x04EB, 0x04EB, -2, 1 },   { 0x04EC, 0x04EC, -159, 1 }, { 0x04ED, 0x04ED, -160, 1 },
    { 0x04EE, 0x04EE, -171, 1 }, { 0x04EF, 0x04EF, -172, 1 }, { 0x04F0, 0x04F0, -173, 1 },
    { 0x04F1, 0x04F1, -174, 1 }, { 0x04F2, 0x04F2, -175, 1 }, { 0x04F3, 0x04F3, -176, 1 },
    { 0x04F4, 0x04F4, -173, 1 }, { 0x04F5, 0x04F5, -174, 1 }, { 0x04F6, 0x04F6, 1, 1 },
    { 0x04F8, 0x04F8, -173, 1 }, { 0x04F9, 0x04F9, -174, 1 }, { 0x04FA, 0x052E, 1, 2 },
};

int fold_greek_cyrillic(uint32_t cp, uint32_t *out) {
    if (cp < 0x0370 || cp > 0x052F) return -1;
    size_t lo = 0, hi = LEN(case_rows);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > case_rows[mid].to) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == LEN(case_rows) || cp < case_rows[lo].from) return -1;
    if ((cp - case_rows[lo].from) % case_rows[lo].step != 0) return -1;
    out[0] = (uint32_t)((int32_t)cp + case_rows[lo].delta);
    return 1;
}

/* --- Arabic script ------------------------------------------------------------------------------- */

enum { GONE = 1 };

/* U+0600-06FF; 0 is kept. Keyboards of Kabul, Peshawar, Tehran and Cairo give different code points
 * for what a reader takes as the same letter; those meet here. */
static const uint16_t arabic_to[256] = {
    [0x0C] = ',',    [0x1B] = ';',    [0x1F] = '?',                     /* ، ؛ ؟ */
    [0x20] = 0x06CC, [0x21] = GONE,                                     /* ؠ ء */
    [0x22] = 0x0627, [0x23] = 0x0627, [0x25] = 0x0627,                  /* آ أ إ */
    [0x24] = 0x0648, [0x29] = 0x0647,                                   /* ؤ ة */
    [0x3B] = 0x06A9, [0x3C] = 0x06A9,                                   /* keheh with dots */
    [0x3D] = 0x06CC, [0x3E] = 0x06CC, [0x3F] = 0x06CC,                  /* Farsi yeh with marks */
    [0x40] = GONE,   [0x43] = 0x06A9, [0x49] = 0x06CC, [0x4A] = 0x06CC, /* ـ ك ى ي */
    [0x6A] = '%',    [0x6B] = '.',    [0x6C] = ',',    [0x6E] = 0x0628, /* ٪ ٫ ٬ dotless beh */
    [0x6F] = 0x0642, [0x71] = 0x0627, [0x72] = 0x0627, [0x73] = 0x0627, /* dotless qaf, ٱ ٲ ٳ */
    [0x74] = GONE,   [0x75] = 0x0627, [0x76] = 0x0648, [0x77] = 0x06C7, /* high hamza */
    [0x78] = 0x0626,                                                    /* high hamza yeh */
    [0xA1] = 0x0641, [0xAA] = 0x06A9, [0xAB] = 0x06AF, /* dotless feh, ڪ, Pashto ګ */
    [0xAC] = 0x06A9, [0xAE] = 0x06A9, [0xB0] = 0x06AF, /* kaf with dots, gaf with ring */
    [0xBA] = 0x0646, [0xBE] = 0x0647, [0xC0] = 0x0647, /* ں ھ ۀ */
    [0xC1] = 0x0647, [0xC2] = 0x0647, [0xC3] = 0x0647, /* ہ ۂ ۃ */
    [0xD2] = 0x06CC, [0xD3] = 0x0626, [0xD4] = '.',    /* ے ۓ ۔ */
    [0xD5] = 0x0647, [0xFF] = 0x0647,                  /* ە ۿ */
};

int fold_arabic(uint32_t cp, uint32_t *out) {
    if (cp < 0x0600 || cp > 0x06FF) return -1;
    uint16_t to = arabic_to[cp - 0x0600];
    if (to == 0) return -1;
    if (to == GONE) return 0;
    out[0] = to;
    return 1;
}

/* Arabic Presentation Forms A and B: ranges of one letter each (UnicodeData.txt field 5). */
static const struct {
    uint16_t from, to, letter;
} presentation[] = {
    { 0xFB50, 0xFB51, 0x0671 }, { 0xFB52, 0xFB55, 0x067B }, { 0xFB56, 0xFB59, 0x067E },
    { 0xFB5A, 0xFB5D, 0x0680 }, { 0xFB5E, 0xFB61, 0x067A }, { 0xFB62, 0xFB65, 0x067F },
    { 0xFB66, 0xFB69, 0x0679 }, { 0xFB6A, 0xFB6D, 0x06A4 }, { 0xFB6E, 0xFB71, 0x06A6 },
    { 0xFB72, 0xFB75, 0x0684 }, { 0xFB76, 0xFB79, 0x0683 }, { 0xFB7A, 0xFB7D, 0x0686 },
    { 0xFB7E, 0xFB81, 0x0687 }, { 0xFB82, 0xFB83, 0x068D }, { 0xFB84, 0xFB85, 0x068C },
    { 0xFB86, 0xFB87, 0x068E }, { 0xFB88, 0xFB89, 0x0688 }, { 0xFB8A, 0xFB8B, 0x0698 },
    { 0xFB8C, 0xFB8D, 0x0691 }, { 0xFB8E, 0xFB91, 0x06A9 }, { 0xFB92, 0xFB95, 0x06AF },
    { 0xFB96, 0xFB99, 0x06B3 }, { 0xFB9A, 0xFB9D, 0x06B1 }, { 0xFB9E, 0xFB9F, 0x06BA },
    { 0xFBA0, 0xFBA3, 0x06BB }, { 0xFBA4, 0xFBA5, 0x06C0 }, { 0xFBA6, 0xFBA9, 0x06C1 },
    { 0xFBAA, 0xFBAD, 0x06BE }, { 0xFBAE, 0xFBAF, 0x06D2 }, { 0xFBB0, 0xFBB1, 0x06D3 },
    { 0xFBD3, 0xFBD6, 0x06AD }, { 0xFBD7, 0xFBD8, 0x06C7 }, { 0xFBD9, 0xFBDA, 0x06C6 },
    { 0xFBDB, 0xFBDC, 0x06C8 }, { 0xFBDE, 0xFBDF, 0x06CB }, { 0xFBE0, 0xFBE1, 0x06C5 },
    { 0xFBE2, 0xFBE3, 0x06C9 }, { 0xFBE4, 0xFBE7, 0x06D0 }, { 0xFBE8, 0xFBE9, 0x0649 },
    { 0xFBFC, 0xFBFF, 0x06CC }, { 0xFE80, 0xFE80, 0x0621 }, { 0xFE81, 0xFE82, 0x0622 },
    { 0xFE83, 0xFE84, 0x0623 }, { 0xFE85, 0xFE86, 0x0624 }, { 0xFE87, 0xFE88, 0x0625 },
    { 0xFE89, 0xFE8C, 0x0626 }, { 0xFE8D, 0xFE8E, 0x0627 }, { 0xFE8F, 0xFE92, 0x0628 },
    { 0xFE93, 0xFE94, 0x0629 }, { 0xFE95, 0xFE98, 0x062A }, { 0xFE99, 0xFE9C, 0x062B },
    { 0xFE9D, 0xFEA0, 0x062C }, { 0xFEA1, 0xFEA4, 0x062D }, { 0xFEA5, 0xFEA8, 0x062E },
    { 0xFEA9, 0xFEAA, 0x062F }, { 0xFEAB, 0xFEAC, 0x0630 }, { 0xFEAD, 0xFEAE, 0x0631 },
    { 0xFEAF, 0xFEB0, 0x0632 }, { 0xFEB1, 0xFEB4, 0x0633 }, { 0xFEB5, 0xFEB8, 0x0634 },
    { 0xFEB9, 0xFEBC, 0x0635 }, { 0xFEBD, 0xFEC0, 0x0636 }, { 0xFEC1, 0xFEC4, 0x0637 },
    { 0xFEC5, 0xFEC8, 0x0638 }, { 0xFEC9, 0xFECC, 0x0639 }, { 0xFECD, 0xFED0, 0x063A },
    { 0xFED1, 0xFED4, 0x0641 }, { 0xFED5, 0xFED8, 0x0642 }, { 0xFED9, 0xFEDC, 0x0643 },
    { 0xFEDD, 0xFEE0, 0x0644 }, { 0xFEE1, 0xFEE4, 0x0645 }, { 0xFEE5, 0xFEE8, 0x0646 },
    { 0xFEE9, 0xFEEC, 0x0647 }, { 0xFEED, 0xFEEE, 0x0648 }, { 0xFEEF, 0xFEF0, 0x0649 },
    { 0xFEF1, 0xFEF4, 0x064A },
};

/* Ligatures that stand on keyboards and in old fonts' output. */
static const struct {
    uint16_t from, to;
    uint16_t letters[4];
} ligatures[] = {
    { 0xFDF2, 0xFDF2, { 0x0627, 0x0644, 0x0644, 0x0647 } }, /* ﷲ */
    { 0xFDF3, 0xFDF3, { 0x0627, 0x06A9, 0x0628, 0x0631 } }, /* ﷳ */
    { 0xFDF4, 0xFDF4, { 0x0645, 0x062D, 0x0645, 0x062F } }, /* ﷴ */
    { 0xFDF6, 0xFDF6, { 0x0631, 0x0633, 0x0648, 0x0644 } }, /* ﷶ */
    { 0xFDF7, 0xFDF7, { 0x0639, 0x0644, 0x064A, 0x0647 } }, /* ﷷ */
    { 0xFDFC, 0xFDFC, { 0x0631, 0x06CC, 0x0627, 0x0644 } }, /* ﷼ */
    { 0xFEF5, 0xFEFC, { 0x0644, 0x0627 } },                 /* lam with any alef */
};

int fold_presentation(uint32_t cp, uint32_t *out) {
    if (cp < 0xFB50 || cp > 0xFEFC || (cp >= 0xFE00 && cp < 0xFE70)) return -1;
    size_t lo = 0, hi = LEN(presentation);
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (cp > presentation[mid].to) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo < LEN(presentation) && cp >= presentation[lo].from) {
        out[0] = presentation[lo].letter;
        return 1;
    }
    for (size_t i = 0; i < LEN(ligatures); i++) {
        if (cp < ligatures[i].from || cp > ligatures[i].to) continue;
        int n = 0;
        while (n < 4 && ligatures[i].letters[n]) {
            out[n] = ligatures[i].letters[n];
            n++;
        }
        return n;
    }
    /* Isolated harakat, on a space or on tatweel. */
    if (cp >= 0xFE70 && cp <= 0xFE7F && cp != 0xFE73 && cp != 0xFE75) return 0;
    return -1;
}

/* --- punctuation --------------------------------------------------------------------------------- */

static const struct {
    uint16_t from, to;
    char as;
} punctuation[] = {
    { 0x0060, 0x0060, '\'' }, { 0x00AB, 0x00AB, '"' },  { 0x00B4, 0x00B4, '\'' },
    { 0x00BB, 0x00BB, '"' },  { 0x02B9, 0x02B9, '\'' }, { 0x02BB, 0x02BF, '\'' },
    { 0x02C8, 0x02C8, '\'' }, { 0x055A, 0x055A, '\'' }, { 0x058A, 0x058A, '-' },
    { 0x05BE, 0x05BE, '-' },  { 0x05F3, 0x05F3, '\'' }, { 0x2010, 0x2015, '-' },
    { 0x2018, 0x2019, '\'' }, { 0x201B, 0x201B, '\'' }, { 0x201C, 0x201F, '"' },
    { 0x2032, 0x2032, '\'' }, { 0x2033, 0x2033, '"' },  { 0x2212, 0x2212, '-' },
    { 0xA78B, 0xA78C, '\'' }, { 0xFE58, 0xFE58, '-' },  { 0xFE63, 0xFE63, '-' },
};

int fold_punctuation(uint32_t cp, uint32_t *out) {
    for (size_t i = 0; i < LEN(punctuation) && cp >= punctuation[i].from; i++) {
        if (cp > punctuation[i].to) continue;
        out[0] = (uint32_t)punctuation[i].as;
        return 1;
    }
    return -1;
}
