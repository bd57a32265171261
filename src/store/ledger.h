/* ledger.h: commits, parts, seals: the bytes that are the truth. docs/ledger.md is the format.
 *
 * Pure encoding and decoding; no store, no clock. What is written here is frozen: a new format gets
 * a new number and the old one stays readable for ever.
 *
 * All is deterministic CBOR (codec/cbor.h), integer map keys:
 *   header  {0: format = 1, 1: stream (16), 2: seq (from 1), 3: previous head (32; zeros at seq 1),
 *            4: hybrid logical clock, 5: salt (16), 6: [[key id (16), SHA-256 of ciphertext (32)]…]}
 *   head    = SHA-256(header bytes)
 *   stream  = SHA-256(node public key (32) ‖ incarnation (16) ‖ scope (16))[0..16]
 *   part    = XChaCha20-Poly1305(plain; key; nonce; aad)
 *             nonce = BLAKE2b-192(salt ‖ stream ‖ seq ‖ i), seq as 8 and i as 4 bytes big-endian
 *             aad   = stream ‖ seq ‖ i ‖ key id
 *   plain   = method byte (0: as is, 1: one zstd frame, 2: one zstd frame made with dictionary 1, without
 *             its magic number) ‖ body
 *   body 0  {0: act id, 1: op number, 2: op version, 3: actor, 4: device, 5: office, 6: purpose,
 *            7: reason code, 8: idempotency key, 9: [result ids], 10: client time, 11: input hash,
 *            12: on behalf of (text, when the operating system's user spoke for another)}
 *   body i  {0: [change…], 1: free-text reason, 2: subject, 3: lane}
 *   change  [kind number, record id, [[context, {field key: value}]…]]
 *   context [[stream, seq]…] sorted; the commit's own stream as null
 *   field key  uint (built-in) | bytes 16 (custom) | [uint or bytes 16, text] (element of a set)
 *   value   null, bool, int, text, bytes; a set element is true (in) or false (out)
 *   seal    Ed25519 over "panah seal 1" ‖ stream ‖ seq ‖ head ‖ clock                              */
#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include "codec/codec.h"
#include "crypt/crypt.h"

enum {
    LEDGER_FORMAT = 1,
    LEDGER_PARTS_MAX = 65536,
    LEDGER_PART_MAX = 4 << 20,
    LEDGER_HEADER_MAX = 8 << 20
};

/* 48 bits of milliseconds, 16 bits of counter. */
typedef uint64_t Hlc;

typedef struct StreamId {
    uint8_t b[16];
} StreamId;

typedef struct PartRef {
    Id key_id;
    Hash256 cipher_hash;
} PartRef;

typedef struct Header {
    StreamId stream;
    uint64_t seq;
    Hash256 previous;
    Hlc clock;
    uint8_t salt[16];
    PartRef *parts; /* [0] is the act part */
    size_t n_parts;
} Header;

typedef struct ActPart {
    Id act;
    uint32_t op_no, op_version;
    Id actor, device, office; /* ID_NONE: absent */
    Str purpose, reason;      /* codes; empty: absent */
    Id idempotency;           /* ID_NONE: absent */
    const Id *results;
    size_t n_results;
    Time client_time;    /* TIME_NONE: absent */
    uint64_t input_hash; /* first 63 bits of SHA-256 of the input; 0: absent */
    Str spoken_by;       /* operating system's user; empty: absent */
} ActPart;

/* Key of a field in a record: built-in number or custom id, and for sets the element. */
typedef struct FieldKey {
    uint32_t no; /* 0: custom */
    Id custom;
    Str element; /* s == NULL: no set element */
} FieldKey;

typedef struct ContextEntry {
    StreamId stream;
    uint64_t seq;
} ContextEntry;

typedef struct FieldValue {
    FieldKey key;
    Val value; /* VAL_NULL VAL_BOOL VAL_INT VAL_TEXT VAL_BYTES */
} FieldValue;

/* Fields that share one context. */
typedef struct ChangeGroup {
    const ContextEntry *context;
    size_t n_context;
    FieldValue *values; /* ascending by encoded key */
    size_t n_values;
} ChangeGroup;

typedef struct Change {
    uint32_t kind_no;
    Id id;
    ChangeGroup *groups;
    size_t n_groups;
} Change;

typedef struct ChangePart {
    Id subject; /* the scope's id for kinds without subject */
    uint32_t lane;
    const Change *changes;
    size_t n_changes;
    Str reason_text; /* empty: absent */
} ChangePart;

StreamId stream_id(const uint8_t node_public[32], const uint8_t incarnation[16], Id scope);

void header_encode(Buf *out, const Header *h);
/* Arrays live in the arena. False: not a header this format could have written. */
bool header_decode(Arena *a, Str bytes, Header *ret) CHECKED;
void act_part_encode(Buf *out, const ActPart *p);
bool act_part_decode(Arena *a, Str bytes, ActPart *ret) CHECKED;
/* own: the commit's stream, written as null in contexts. */
void change_part_encode(Buf *out, const ChangePart *p, StreamId own);
bool change_part_decode(Arena *a, Str bytes, StreamId own, ChangePart *ret) CHECKED;
void field_key_encode(Buf *out, const FieldKey *k);
int field_key_cmp(const FieldKey *a, const FieldKey *b); /* order of the encoded keys */

/* SHA-256 of dictionary 1. */
Hash256 ledger_dictionary_hash(void);

/* zstd's working memory; one a thread. */
typedef struct Squeezer Squeezer;
Squeezer *squeezer_new(void);
void squeezer_free(Squeezer *z);

/* plain body → ciphertext (method byte, perhaps zstd, AEAD) in the arena, and back. */
Str part_seal(Squeezer *z, Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i,
              Str body);
/* plain with its method byte. */
Str part_seal_plain(Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i, Str plain);
bool part_open(Squeezer *z, Arena *a, const Key *key, Id key_id, const Header *h, uint32_t i,
               Str cipher, Str *ret_body) CHECKED;

void seal_sign(const SignKey *node, StreamId stream, uint64_t seq, const Hash256 *head, Hlc clock,
               uint8_t ret[64]);
bool seal_verify(const uint8_t node_public[32], StreamId stream, uint64_t seq, const Hash256 *head,
                 Hlc clock, const uint8_t signature[64]) CHECKED;

#endif
