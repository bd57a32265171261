/* system.h: what the node notes about itself in LOCAL tables. */
#ifndef API_SYSTEM_H
#define API_SYSTEM_H

#define SYSTEM_SPACE "system"
#define SYSTEM_RECOVERY_PRINTED "recovery_printed" /* → when it was confirmed, ISO */
/* → "clean", or when the run began that has not ended yet: or never will, after a power cut. */
#define SYSTEM_THIS_RUN "this_run"
/* → when a run began that ended without a word; gone when the ledger has been verified since. */
#define SYSTEM_CRASHED "crashed"

#endif
