/* truth.c: the words of the truth file. */
#include "domain/demo/demo.h"

#include "base/banned.h"

static const char *const names[DEMO_TRUTHS] = {
    [DEMO_REGISTERED] = "REGISTERED",
    [DEMO_DOUBLE] = "DOUBLE",
    [DEMO_BORN] = "BORN",
    [DEMO_DIED] = "DIED",
    [DEMO_LEFT] = "LEFT",
    [DEMO_MOVED] = "MOVED",
    [DEMO_CORRECTED] = "CORRECTED",
    [DEMO_COMPLETED] = "COMPLETED",
    [DEMO_PHONE] = "PHONE",
    [DEMO_PAPER] = "PAPER",
    [DEMO_NEED] = "NEED",
    [DEMO_NAME] = "NAME",
    [DEMO_CONSENT] = "CONSENT",
    [DEMO_FOCAL_POINT] = "FOCAL_POINT",
    [DEMO_SPLIT] = "SPLIT",
    [DEMO_JOINED] = "JOINED",
    [DEMO_VOIDED] = "VOIDED",
    [DEMO_CHANGED] = "CHANGED",
};

const char *demo_truth_name(DemoTruth t) {
    ASSERT(t < DEMO_TRUTHS && names[t]);
    return names[t];
}
