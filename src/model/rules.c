/* rules.c: the rules of fields, compiled with the model and run over a record. */
#include "model/model_int.h"

#include "base/banned.h"

Status rules_compile(Ctx *c, Model *m) {
    (void)c;
    (void)m;
    return ST_OK;
}
