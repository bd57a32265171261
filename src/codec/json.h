/* json.h: JSON (RFC 8259) to and from Val, through jansson.
 *
 * Refused with place: text that is not UTF-8, duplicate keys, real numbers (decimals travel as
 * text), integers outside int64, more than JSON_DEPTH_MAX levels, more bytes than the caller's
 * limit, anything after the value. */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "codec/val.h"

/* Depth counts lists and maps inside each other. jansson keeps its tree outside the arena until the
 * Val is built, some 100 bytes a value: that is why values are counted before it starts. */
enum { JSON_DEPTH_MAX = 64, JSON_VALUES_MAX = 1000000 };

/* Everything returned is copied into c->arena. Errors, all with the args line, column (from 1; code
 * points) and flaw:
 *   "error.json.syntax", ST_USAGE: flaw is "syntax", "utf8", "end_of_input", "more_after_value",
 *       "duplicate_key", "integer_range" or "nul" (raw or as \u0000: no text of ours holds one);
 *   "error.json.real", ST_USAGE: flaw is "real";
 *   "error.json.too_large", ST_LIMIT: flaw is "bytes" (then without place), "depth" or "values".
 * They never quote the input, which may be personal. */
Status json_parse(Ctx *c, Str bytes, size_t limit_bytes, Val *ret_value) CHECKED;
/* Compact UTF-8 JSON. Bytes of length 16 are written as id text, other bytes as base64url without
 * padding. Written by our own emitter (escapes ", \, controls, U+2028/9 and '<'). A pair with an
 * absent value is left out; an absent item of a list becomes null. Deeper than VAL_DEPTH_MAX is a
 * programmer's error. */
void json_write(Buf *out, Val v);
/* The same with two-space indents and a final newline, for people. */
void json_write_pretty(Buf *out, Val v);
/* Just the quoted and escaped string. */
void json_write_text(Buf *out, Str text);

#endif
