/* rooms.c: the list of rooms. A new subject is a new folder in domain/ and a line here. */
#include "app/app.h"

#include "domain/admin/admin.h"
#include "domain/importing/importing.h"
#include "domain/registry/registry.h"
#include "model/codes.h"
#include "model/messages.h"

#include "base/banned.h"

static const Room *const rooms[] = { &access_room, &op_room, &admin_room, &registry_room,
                                     &importing_room };
enum { ROOMS = sizeof rooms / sizeof rooms[0], KINDS_MAX = 64, OPS_MAX = 256, LABELS_MAX = 16 };

/* Filled in once, before there are threads. */
static const Kind *kinds[KINDS_MAX];
static const Op *ops[OPS_MAX];
static LabelSource labels[LABELS_MAX];
static ModelSource model;
static size_t n_ops;

static void gather(void) {
    if (model.n_kinds) return;
    size_t n_kinds = 0, n_labels = 0;
    for (size_t i = 0; i < ROOMS; i++) {
        for (size_t k = 0; k < rooms[i]->n_kinds; k++) {
            ASSERT(n_kinds < KINDS_MAX);
            kinds[n_kinds++] = rooms[i]->kinds[k];
        }
        for (size_t k = 0; k < rooms[i]->n_ops; k++) {
            ASSERT(n_ops < OPS_MAX);
            ops[n_ops++] = &rooms[i]->ops[k];
        }
    }
    ASSERT(builtin_code_labels_n + builtin_messages_n <= LABELS_MAX);
    for (size_t i = 0; i < builtin_code_labels_n; i++)
        labels[n_labels++] = builtin_code_labels[i];
    for (size_t i = 0; i < builtin_messages_n; i++)
        labels[n_labels++] = builtin_messages[i];
    model = (ModelSource){ .kinds = kinds,
                           .n_kinds = n_kinds,
                           .lists = builtin_code_lists,
                           .n_lists = builtin_code_lists_n,
                           .labels = labels,
                           .n_labels = n_labels };
}

const ModelSource *app_model(void) {
    gather();
    return &model;
}

OpTable app_ops(void) {
    gather();
    return (OpTable){ .ops = ops, .n = n_ops, .rooms = rooms, .n_rooms = ROOMS };
}
