/* ahead.c: batches worked on by a second thread, in order, ahead of whoever takes them back. */
#include "store/store_int.h"

#include "base/banned.h"

static void *ahead_main(void *arg) {
    Ahead *a = arg;
    pthread_mutex_lock(&a->lock);
    for (;;) {
        while (a->n_done == a->n_put && !a->closing)
            pthread_cond_wait(&a->changed, &a->lock);
        if (a->n_done == a->n_put) break;
        void *batch = a->ring[a->n_done % AHEAD_N];
        pthread_mutex_unlock(&a->lock);
        a->work(batch);
        pthread_mutex_lock(&a->lock);
        a->n_done++;
        pthread_cond_broadcast(&a->changed);
    }
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

void ahead_start(Ahead *a, void (*work)(void *batch)) {
    *a = (Ahead){ .work = work };
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    a->runs = pthread_create(&a->thread, NULL, ahead_main, a) == 0;
}

void ahead_put(Ahead *a, void *batch) {
    ASSERT(a->n_put - a->n_taken < AHEAD_N);
    if (!a->runs) a->work(batch);
    pthread_mutex_lock(&a->lock);
    a->ring[a->n_put++ % AHEAD_N] = batch;
    if (!a->runs) a->n_done++;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

void *ahead_take(Ahead *a) {
    void *batch = NULL;
    pthread_mutex_lock(&a->lock);
    while (a->n_done == a->n_taken && a->n_taken < a->n_put)
        pthread_cond_wait(&a->changed, &a->lock);
    if (a->n_taken < a->n_put) batch = a->ring[a->n_taken++ % AHEAD_N];
    pthread_mutex_unlock(&a->lock);
    return batch;
}

void ahead_stop(Ahead *a) {
    pthread_mutex_lock(&a->lock);
    a->closing = true;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
    if (a->runs) pthread_join(a->thread, NULL);
    pthread_mutex_destroy(&a->lock);
    pthread_cond_destroy(&a->changed);
}
