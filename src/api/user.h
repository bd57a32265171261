/* user.h: who the operating system says it is. */
#ifndef API_USER_H
#define API_USER_H

#include "base/base.h"

/* The name of a user of the operating system, "uid 1000" where it has none. */
Str os_user_name(Arena *a, unsigned uid);

#endif
