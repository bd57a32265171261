/* ledger_fuzz.c: what another node sends, and what lies in the database. The first byte says as what the
 * rest is read. */
#include "store/store_int.h"

enum { ARENA_CAP = 256 << 20 };

/* A header is taken only as it is written: its hash is what the chain is made of. */
static void read_header(Arena *a, Str bytes) {
    Header h;
    if (!header_decode(a, bytes, &h)) return;
    Buf b = buf_new(a, LEDGER_HEADER_MAX);
    header_encode(&b, &h);
    ASSERT(str_eq(buf_text(&b), bytes));
}

static void read_act_part(Arena *a, Str bytes) {
    ActPart p, again;
    if (!act_part_decode(a, bytes, &p) || p.input_hash > INT64_MAX) return;
    Buf b = buf_new(a, LEDGER_PART_MAX + 4096);
    act_part_encode(&b, &p);
    ASSERT(act_part_decode(a, buf_text(&b), &again));
    ASSERT(id_eq(again.act, p.act) && again.n_results == p.n_results);
}

static void read_change_part(Arena *a, Str bytes) {
    ChangePart p, again;
    StreamId own = { { 7 } };
    if (!change_part_decode(a, bytes, own, &p)) return;
    Buf b = buf_new(a, 4 * LEDGER_PART_MAX), twice = buf_new(a, 4 * LEDGER_PART_MAX);
    change_part_encode(&b, &p, own);
    ASSERT(change_part_decode(a, buf_text(&b), own, &again));
    change_part_encode(&twice, &again, own);
    ASSERT(str_eq(buf_text(&b), buf_text(&twice)));
}

/* Sealed as another node would: what is inside may be anything. */
static void read_plain(Arena *a, Str plain) {
    static const Key key = { { 1 } };
    Header h = { .seq = 1 };
    Id key_id = { { 2 } };
    Str body;
    Squeezer *z = squeezer_new();
    if (!z) BUG("out of memory");
    Str cipher = part_seal_plain(a, &key, key_id, &h, 0, plain);
    if (part_open(z, a, &key, key_id, &h, 0, cipher, &body)) {
        ASSERT(body.n <= LEDGER_PART_MAX);
        Str sealed = part_seal(z, a, &key, key_id, &h, 0, str_slice(body, 0, LEDGER_PART_MAX - 1)),
            again;
        ASSERT(part_open(z, a, &key, key_id, &h, 0, sealed, &again));
        ASSERT(str_eq(again, str_slice(body, 0, LEDGER_PART_MAX - 1)));
    }
    squeezer_free(z);
}

static void read_stored(Arena *a, Str bytes) {
    StoredCommit sc;
    if (!stored_decode(a, (StreamId){ { 3 } }, LEDGER_POS(1, 1), bytes, &sc)) return;
    size_t n = 0;
    for (size_t i = 0; i < sc.h.n_parts; i++)
        n += sc.parts[i].n;
    ASSERT(n <= bytes.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    static void (*const readers[])(Arena *, Str) = {
        read_header, read_act_part, read_change_part, read_plain, read_stored,
    };
    if (n == 0) return 0;
    crypt_start();
    Arena *a = arena_new(env_system(), ARENA_CAP);
    readers[data[0] % (sizeof readers / sizeof readers[0])](a, str_n(data + 1, n - 1));
    arena_free(a);
    return 0;
}
