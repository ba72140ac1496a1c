#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MAX_THREADS = 256 };

typedef struct job {
    atomic_size_t next;
    size_t n_items;
    fsci_parallel_fn *run;
    void *context;
} job;

typedef struct worker {
    job *job;
    size_t index;
    pthread_t thread;
} worker;

/* Loops around what this thread does now. */
static _Thread_local int depth;

bool fsci_parallel_inside(void)
{
    return depth > 0;
}

static void *work(void *argument)
{
    worker *w = argument;
    job *j = w->job;
    depth++;
    for (;;) {
        size_t item = atomic_fetch_add(&j->next, 1);
        if (item >= j->n_items)
            break;
        j->run(j->context, item, w->index);
    }
    depth--;
    return NULL;
}

void fsci_parallel(int threads, size_t n_items, fsci_parallel_fn *run, void *context)
{
    job j = {.n_items = n_items, .run = run, .context = context};
    worker workers[MAX_THREADS];
    size_t wanted = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : (size_t)threads;
    if (wanted > n_items)
        wanted = n_items;
    if (fsci_parallel_inside())
        wanted = 1;
    size_t started = 1;
    for (; started < wanted; started++) {
        workers[started] = (worker){.job = &j, .index = started};
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]))
            break;
    }
    workers[0] = (worker){.job = &j, .index = 0};
    work(&workers[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
}
