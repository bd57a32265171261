/* json.h: JSON (RFC 8259) to and from Val, through jansson.
 *
 * Refused with place: text that is not UTF-8, duplicate keys, real numbers (decimals travel as
 * text), integers outside int64, more than JSON_DEPTH_MAX levels, more bytes than the caller's
 * limit, anything after the value. */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include "codec/val.h"

enum { JSON_DEPTH_MAX = 64 };

/* Errors: "error.json.syntax" with args line, column, what; "error.json.too_large"; "error.json.real". */
Status json_parse(Ctx *c, Str bytes, size_t limit_bytes, Val *ret_value) CHECKED;
/* Compact UTF-8 JSON. Bytes of length 16 are written as id text, other bytes as base64url without
 * padding. Written by our own emitter (escapes ", \, controls, U+2028/9 and '<'). */
void json_write(Buf *out, Val v);
/* The same with two-space indents and a final newline, for people. */
void json_write_pretty(Buf *out, Val v);
/* Just the quoted and escaped string. */
void json_write_text(Buf *out, Str text);

#endif
