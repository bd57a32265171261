/* heads.h: what a row remembers about where its values come from.
 *
 * Every field of a record has *heads*: the values that no change has replaced, each with the dot
 * (stream, seq) of the commit that wrote it; and a *cover*: the join of the contexts of all changes
 * seen, as a version vector. A value survives if no change's context covers its dot (dotted version
 * vectors: Preguiça et al., "Dotted Version Vectors", 2010). Applying changes is commutative,
 * associative and idempotent: the same set of commits in any order gives the same heads.
 *
 * In memory a Heads is a list of FieldHeads ascending by key; in the row it is one blob. Nearly all fields
 * of a row were written by the same commit: their state is said once, with a bit for each of them.
 *   byte 2 (HEADS_FORMAT) · varint (number of dots × 2 + some field has several heads) · the dots
 *     dot: varint (stream number × 2 + has counter) · varint seq · varint zigzag(ms - ms of the dot before,
 *     of the first: - 2020-01-01 UTC) · has counter: varint counter;   its clock = ms × 65,536 + counter
 *   varint (state × 2 + entries follow) · its cover · bits                     the fields that share a state
 *     state = (dot index + 1, or 0: no head is left) × 2 + has cover
 *     cover: if it has one, varint n · n × {varint stream number, varint seq}
 *     bits: seven built-in fields a byte, from no 1 and the lowest bit up; top bit: a byte follows; 64 at most
 *   entries follow: varint n · n × {field key, …}               all other fields, ascending by key
 *     field key: varint (no × 4 + is element × 2 + as before); no 0: 16 bytes id; element: varint n, bytes
 *     as before: the state of the entry before (of the first: the shared one). Else
 *     varint (state × 2 + several heads; dot index 0 then) · several: varint n · n × {varint dot index,
 *     varint n, CBOR value}, the winner first · its cover
 * The value of a single head stands in its column; several heads carry theirs here, but for sealed
 * fields, whose values stay in the ledger. Stream numbers are local (ledger_stream.no). */
#ifndef STORE_HEADS_H
#define STORE_HEADS_H

#include "store/ledger.h"

typedef struct Dot {
    uint32_t stream_no;
    uint64_t seq;
} Dot;

typedef struct Head {
    Dot dot;
    Hlc clock;
    Val value; /* VAL_NONE: stands in the column, or sealed */
} Head;

typedef struct CoverEntry {
    uint32_t stream_no;
    uint64_t seq;
} CoverEntry;

typedef struct FieldHeads {
    FieldKey key;
    Head *heads; /* the winner first: highest clock, then stream number's id, then seq */
    size_t n_heads;
    CoverEntry *cover; /* ascending by stream number */
    size_t n_cover;
} FieldHeads;

typedef struct Heads {
    FieldHeads *fields;
    size_t n, cap;
} Heads;

/* Changes whenever the bytes do: it is part of the schema's hash, so that older rows are projected anew. */
enum { HEADS_FORMAT = 2 };

/* Text points into the blob; fields may share heads and cover, which are never written through. False:
 * not a blob this program writes. */
bool heads_parse(Arena *a, Str blob, Heads *ret) CHECKED;
/* Has some field more than one head? One bit tells: of a thousand rows one has. */
bool heads_several(Str blob);
void heads_write(Buf *out, const Heads *h);

FieldHeads *heads_find(const Heads *h, const FieldKey *key); /* NULL: never written */
/* The place for a key, made when missing. */
FieldHeads *heads_at(Arena *a, Heads *h, const FieldKey *key);

/* Order of heads must not depend on local numbers: stream_ids[no] gives the stream's id. */
typedef StreamId (*StreamIdOf)(void *arg, uint32_t stream_no);

/* One written value. present: the value of the field's single head as its column has it, needed when
 * a second head appears. Returns true when the winner changed (or there is none any more). */
bool heads_apply(Arena *a, FieldHeads *f, Dot dot, Hlc clock, Val value, const CoverEntry *context,
                 size_t n_context, Val present, StreamIdOf id_of, void *arg);

/* The version vector of a field as an actor reads it: cover joined with the dots of its heads,
 * ascending by stream number. */
size_t field_context(const FieldHeads *f, CoverEntry *out, size_t max);

/* Adds (sign 1) or takes away (sign -1) SHA-256 of canonical {kind, id, lane, field → sorted heads}
 * to a 256-bit sum, little-endian. A dot names its value, so values need not be in it. */
void heads_hash_add(uint8_t sum[32], int sign, uint32_t kind_no, Id id, uint32_t lane,
                    const Heads *h, StreamIdOf id_of, void *arg, Arena *scratch);

enum { CONTEXT_MAX = 64 }; /* streams in one field's context; beyond it the write is refused */

#endif
