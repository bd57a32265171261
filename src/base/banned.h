/* banned.h: calls that do not compile outside base.
 *
 * Memory comes from an Arena (arena.h), text is a Str (str.h), numbers are read by num_parse_*(),
 * clock and randomness come from Env. Include this header last in every .c file; a file that must
 * touch the C library itself (base/env.c, borders to a library that hands over malloc'd memory)
 * defines BANNED_EXEMPT first and says why. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#ifndef BANNED_EXEMPT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#define BANNED(f) sorry_##f##_is_banned_here_see_base_banned_h
/* Some are macros already, depending on compiler and _FORTIFY_SOURCE. */
#undef malloc
#undef calloc
#undef realloc
#undef free
#undef strdup
#undef strcpy
#undef strncpy
#undef strcat
#undef strncat
#undef strtok
#undef sprintf
#undef vsprintf
#undef gets
#undef atoi
#undef atol
#undef strtol
#undef strtoul
#undef strtoll
#undef strtoull
#undef gmtime
#undef localtime
#undef ctime
#undef rand
#undef srand
#undef random
#undef system
#undef alloca
#define malloc(...) BANNED(malloc)
#define calloc(...) BANNED(calloc)
#define realloc(...) BANNED(realloc)
#define free(...) BANNED(free)
#define strdup(...) BANNED(strdup)
#define strcpy(...) BANNED(strcpy)
#define strncpy(...) BANNED(strncpy)
#define strcat(...) BANNED(strcat)
#define strncat(...) BANNED(strncat)
#define strtok(...) BANNED(strtok)
#define sprintf(...) BANNED(sprintf)
#define vsprintf(...) BANNED(vsprintf)
#define gets(...) BANNED(gets)
#define atoi(...) BANNED(atoi)
#define atol(...) BANNED(atol)
#define strtol(...) BANNED(strtol)
#define strtoul(...) BANNED(strtoul)
#define strtoll(...) BANNED(strtoll)
#define strtoull(...) BANNED(strtoull)
#define gmtime(...) BANNED(gmtime)
#define localtime(...) BANNED(localtime)
#define ctime(...) BANNED(ctime)
#define rand(...) BANNED(rand)
#define srand(...) BANNED(srand)
#define random(...) BANNED(random)
#define system(...) BANNED(system)
#define alloca(...) BANNED(alloca)
#endif
#endif
