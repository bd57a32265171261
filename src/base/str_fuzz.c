/* str_fuzz.c: what str_utf8_valid() accepts decodes and encodes back to the same bytes; the other
 * small parsers read back what they wrote. */
#include "base/base.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_utf8(Str text) {
    if (!str_utf8_valid(text)) return;
    size_t pos = 0, count = 0;
    while (pos < text.n) {
        size_t from = pos;
        char bytes[4];
        size_t n = str_utf8_encode(str_utf8_next(text, &pos), bytes);
        ASSERT(str_eq(str_n(bytes, n), str_slice(text, from, pos)));
        count++;
    }
    ASSERT(count == str_utf8_length(text));
    /* A prefix that ends within a character is no text. */
    if (text.n && (uint8_t)text.s[text.n - 1] >= 0x80) {
        ASSERT(!str_utf8_valid(str_slice(text, 0, text.n - 1)));
    }
}

static void check_times(Arena *a, Str text) {
    Day day;
    Time t, again;
    if (day_from_iso(text, &day)) ASSERT(str_eq(day_to_iso(a, day), text));
    if (time_from_iso(text, &t) && t > -INT64_C(62135596800000000) &&
        t < INT64_C(253402300800000000)) {
        ASSERT(time_from_iso(time_to_iso(a, t), &again) && again == t);
    }
}

static void check_numbers(Arena *a, Str text) {
    int64_t value, again;
    uint64_t number, number_again;
    Id id, id_again;
    size_t pos = 0, end = 0;
    if (num_parse_i64(text, &value)) {
        ASSERT(num_parse_i64(str_printf(a, "%lld", (long long)value), &again) && again == value);
    }
    if (varint_read(text, &pos, &number)) {
        Buf b = buf_new(a, 10);
        buf_varint(&b, number);
        ASSERT(varint_read(buf_text(&b), &end, &number_again) && number_again == number);
    }
    if (id_parse(text, &id)) ASSERT(id_parse(id_text(a, id), &id_again) && id_eq(id, id_again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Arena *a = arena_new(NULL, 1 << 20);
    Str text = str_n(data, size);
    check_utf8(text);
    check_times(a, text);
    check_numbers(a, text);
    arena_free(a);
    return 0;
}
