#include "base/spread.h"

#include "base/parallel.h"
#include "base/ranks.h"

#include <string.h>

typedef struct job {
    size_t first;        /* item of this rank's share */
    const size_t *start; /* NULL: item i is at i */
    size_t bytes;
    unsigned char *results;
    fsci_spread_fn *run;
    void *context;
} job;

static void run_item(void *context, size_t i, size_t worker)
{
    job *j = context;
    size_t item = j->first + i;
    size_t at = j->start ? j->start[item] : item;
    j->run(j->context, item, worker, j->results + at * j->bytes);
}

fsc_status fsci_spread_uneven(int threads, size_t n_items, const size_t *start, size_t bytes,
                              void *results, fsci_spread_fn *run, void *context, fsc_error *err)
{
    fsci_share share = {0, n_items};
    bool shared = !fsci_parallel_inside() && fsci_ranks_count() > 1;
    if (shared)
        share = fsci_ranks_share(n_items);
    job j = {share.first, start, bytes, results, run, context};
    memset(results, 0, (start ? start[n_items] : n_items) * bytes);
    fsci_parallel(threads, share.n, run_item, &j);
    return shared ? fsci_ranks_gather(n_items, start, bytes, results, err) : FSC_OK;
}

fsc_status fsci_spread(int threads, size_t n_items, size_t bytes, void *results,
                       fsci_spread_fn *run, void *context, fsc_error *err)
{
    return fsci_spread_uneven(threads, n_items, NULL, bytes, results, run, context, err);
}
