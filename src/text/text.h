/* text.h: what people type and how it reads: scripts, names, digits, order, calendars, numbers.
 *
 * Everything here is pure: no I/O, no clock, no globals; what is returned lives in the arena given.
 * Text must be valid UTF-8 (str_utf8_valid) on the way in and is so on the way out. Where a parser
 * can refuse, it returns a message key ("error.phone.mangled") or NULL when all is well; the caller
 * knows the field and makes it an Err: FAIL(c, ST_INVALID, "phone", key). */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H
#include "text/calendar.h"
#include "text/date_entry.h"
#include "text/fold.h"
#include "text/name.h"
#include "text/number.h"
#include "text/phone.h"
#include "text/sortkey.h"
#endif
