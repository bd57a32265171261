/* phone.h: phone numbers as typed → the international form of ITU-T E.164 ("+93701234567").
 *
 * Digits of any script; spaces, dots, dashes, brackets and slashes are ignored; "00" is "+"; a
 * national number (leading 0, or none) gets the office's calling code. "(0)" after an international
 * prefix is dropped, as Europeans write it. No numbering plan is known: only lengths are checked. */
#ifndef TEXT_PHONE_H
#define TEXT_PHONE_H

#include "base/str.h"

enum { PHONE_BYTES_MAX = 64, PHONE_DIGITS_MIN = 7, PHONE_DIGITS_MAX = 15 };

/* calling_code: digits of the office's country ("93", "243", "236"); empty: international only.
 * Returns NULL, or a key with *ret_e164 untouched:
 *   error.phone.empty      error.phone.mangled    2.54708E+11: a spreadsheet ate the digits; never
 *   error.phone.not_digits                        guess, ask again
 *   error.phone.too_short  error.phone.too_long   error.phone.needs_country */
const char *phone_parse(Arena *a, Str typed, Str calling_code, Str *ret_e164) CHECKED;

/* "AFG" → "93": the calling code of a country by its ISO 3166-1 alpha-3 code; empty: it has none. */
Str phone_calling_code(Str country);
/* The last four digits as ASCII, which is what people read out; fewer where there are fewer. */
Str phone_last4(Arena *a, Str phone);
/* Digits only, without "+", "00" or leading zeros: to find a number however it was typed. A suffix
 * of the stored digits where the country is missing. */
Str phone_search_digits(Arena *a, Str typed);

#endif
