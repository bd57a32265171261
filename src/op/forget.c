/* forget.c: an erasure reaches what is kept outside of the ledger. */
#include "op/op_int.h"

#include "base/banned.h"

Status op_forget(Ctx *c, const OpTable *t, Id subject) {
    ASSERT(c->tx);
    TRY(replies_forget(c, subject));
    TRY(jobs_forget(c, t->jobs));
    for (size_t i = 0; i < t->n_rooms; i++)
        if (t->rooms[i]->forget) TRY(t->rooms[i]->forget(c, subject));
    return ST_OK;
}
