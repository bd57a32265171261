/* heads_fuzz.c: any bytes for the heads of a row: what is taken can be written and read again, and says the
 * same about several heads without being parsed. */
#include "store/heads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = 256 << 20, INPUT_BYTES_MAX = 64 << 10 };

static bool has_several(const Heads *h) {
    for (size_t i = 0; i < h->n; i++)
        if (h->fields[i].n_heads > 1) return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_BYTES_MAX) return 0;
    Arena *a = arena_new(env_system(), ARENA_BYTES);
    Str bytes = str_n(data, size);
    Heads h, again;
    bool several = heads_several(bytes);
    if (heads_parse(a, bytes, &h)) {
        ASSERT(several == has_several(&h));
        for (size_t i = 1; i < h.n; i++)
            ASSERT(field_key_cmp(&h.fields[i - 1].key, &h.fields[i].key) < 0);
        Buf b = buf_new(a, ARENA_BYTES / 4), c = buf_new(a, ARENA_BYTES / 4);
        heads_write(&b, &h);
        ASSERT(heads_parse(a, buf_text(&b), &again) && again.n == h.n);
        heads_write(&c, &again);
        ASSERT(str_eq(buf_text(&b), buf_text(&c)));
    }
    arena_free(a);
    return 0;
}
