/* cbor.h: deterministic CBOR (RFC 8949 §4.2.1 core deterministic encoding).
 *
 * Used by the ledger, so what is written here is frozen. Types: unsigned and negative integers
 * within int64, byte strings, text strings (valid UTF-8), arrays, maps, false, true, null. No tags,
 * no floats, no indefinite lengths. The reader is a pull parser that refuses everything that the
 * writer would not have written: longer heads than needed, map keys out of bytewise order or
 * repeated, invalid UTF-8, more than CBOR_DEPTH_MAX levels, counts larger than the bytes left. */
#ifndef CODEC_CBOR_H
#define CODEC_CBOR_H

#include "codec/val.h"

enum { CBOR_DEPTH_MAX = 32 };

/* Writer. Map entries must be written in the bytewise order of their encoded keys. What the reader
 * would refuse is not written: an integer above INT64_MAX, a text that is not UTF-8 or a Val of
 * more than CBOR_DEPTH_MAX levels marks the buffer as full, so that buf_full() at the end tells. */
void cbor_put_uint(Buf *b, uint64_t v);
void cbor_put_int(Buf *b, int64_t v);
void cbor_put_bytes(Buf *b, const void *bytes, size_t n);
void cbor_put_text(Buf *b, Str text);
void cbor_put_array(Buf *b, size_t n);
void cbor_put_map(Buf *b, size_t n);
void cbor_put_bool(Buf *b, bool v);
void cbor_put_null(Buf *b);
/* A whole Val; map keys (text) are put in order. Pairs with an absent value are left out; an absent
 * item of a list becomes null. Sorting may take memory of the buffer's arena. */
void cbor_put_val(Buf *b, Val v);

/* Reader. A failed call leaves `bad` set and every later call fails too: check once at the end with
 * cbor_finish(). It never allocates; *ret is written only on success. */
typedef enum CborType {
    CBOR_UINT,
    CBOR_NEGINT,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_ARRAY,
    CBOR_MAP,
    CBOR_BOOL,
    CBOR_NULL,
    CBOR_END
} CborType;
typedef struct CborReader {
    Str bytes;
    size_t pos;
    bool bad;
} CborReader;

CborReader cbor_reader(Str bytes);
CborType cbor_peek(const CborReader *r);          /* CBOR_END also when bad or foreign */
bool cbor_get_uint(CborReader *r, uint64_t *ret); /* at most INT64_MAX */
bool cbor_get_int(CborReader *r, int64_t *ret);   /* either sign */
bool cbor_get_bytes(CborReader *r, Str *ret);     /* points into the input */
bool cbor_get_text(CborReader *r, Str *ret);
bool cbor_get_bytes_n(CborReader *r, void *out, size_t n); /* exactly n */
bool cbor_get_array(CborReader *r, size_t *ret_n);
bool cbor_get_map(CborReader *r, size_t *ret_n);
bool cbor_get_bool(CborReader *r, bool *ret);
bool cbor_get_null(CborReader *r);
/* Skips one whole item, checking it, and returns its bytes (*ret may be NULL). */
bool cbor_skip(CborReader *r, Str *ret);
/* For reading maps: call with the position where each key began; false and bad when keys are not
 * strictly increasing. last is the previous key's encoded bytes, updated. */
bool cbor_key_in_order(CborReader *r, size_t key_start, Str *last);
/* True when nothing was bad and nothing is left. */
bool cbor_finish(const CborReader *r);
/* Checks one whole item without recursion. */
bool cbor_valid(Str bytes);
/* Any item (map keys must be text) as a Val in the arena; copies nothing: text points to input. */
bool cbor_get_val(CborReader *r, Arena *a, Val *ret);

#endif
