/* vec.h: typed growing arrays in an arena.
 *
 *     VEC(Id) ids = { 0 };
 *     vec_push(arena, &ids, id);
 *     for (size_t i = 0; i < ids.n; i++) use(ids.v[i]);                                       */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/arena.h"

#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *v;                                                                                      \
        size_t n, cap;                                                                             \
    }

#define vec_push(a, vec, ...)                                                                      \
    do {                                                                                           \
        if ((vec)->n == (vec)->cap) {                                                              \
            size_t old_ = (vec)->cap;                                                              \
            (vec)->cap = old_ ? 2 * old_ : 8;                                                      \
            (vec)->v = arena_grow((a), (vec)->v, old_ * sizeof(*(vec)->v),                         \
                                  (vec)->cap * sizeof(*(vec)->v));                                 \
        }                                                                                          \
        (vec)->v[(vec)->n++] = (__VA_ARGS__);                                                      \
    } while (0)

#endif
