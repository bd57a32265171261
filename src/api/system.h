/* system.h: what the node notes about itself in LOCAL tables. */
#ifndef API_SYSTEM_H
#define API_SYSTEM_H

#define SYSTEM_SPACE "system"
#define SYSTEM_RECOVERY_PRINTED "recovery_printed" /* → when it was confirmed, ISO */
/* → how the last run that opened the folder ended: "clean", or "open" while it runs and where it
 * ended without a word. */
#define SYSTEM_LAST_STOP "last_stop"
#define SYSTEM_THIS_RUN "this_run"

#endif
