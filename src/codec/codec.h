/* codec.h: bytes to values and back: JSON, deterministic CBOR, CSV. */
#ifndef CODEC_CODEC_H
#define CODEC_CODEC_H
#include "codec/cbor.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "codec/val.h"
#endif
