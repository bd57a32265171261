/* base.h: the ground floor: text, memory, errors, time, ids, the world as a parameter. */
#ifndef BASE_BASE_H
#define BASE_BASE_H
#include "base/arena.h"
#include "base/buf.h"
#include "base/env.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/rng.h"
#include "base/status.h"
#include "base/str.h"
#include "base/time.h"
#include "base/vec.h"
#endif
