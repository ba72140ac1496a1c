#include "metric/resample.h"

#include "base/parallel.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>

typedef struct job {
    const fsci_resampling *r;
    fsci_statistic_fn *run;
    void *context;
    size_t n_out, n_units;
    const size_t *first, *member; /* items of unit u: member[first[u]..first[u + 1]) */
    double *weights;              /* [threads * items] */
    double *values;               /* [n_resamples * n_out] */
} job;

static void one(void *context, size_t item, size_t worker)
{
    const job *j = context;
    double *weight = j->weights + worker * j->r->items;
    fsci_stream stream = fsci_stream_new(j->r->seed, item);
    for (size_t i = 0; i < j->r->items; i++)
        weight[i] = 0;
    for (size_t d = 0; d < j->n_units; d++) {
        size_t unit = (size_t)fsci_random_below(&stream, j->n_units);
        for (size_t m = j->first[unit]; m < j->first[unit + 1]; m++)
            weight[j->member[m]]++;
    }
    j->run(j->context, weight, j->values + item * j->n_out);
}

static size_t count_units(const fsci_resampling *r)
{
    size_t n = 0;
    if (!r->cluster)
        return r->items;
    for (size_t i = 0; i < r->items; i++)
        n = r->cluster[i] + 1 > n ? r->cluster[i] + 1 : n;
    return n;
}

/* Units that have items, in order of their numbers; first[n + 1], member[items]. */
static size_t list_units(const fsci_resampling *r, size_t *first, size_t *member)
{
    size_t n = count_units(r), units = 0, at = 0;
    for (size_t u = 0; u <= n; u++)
        first[u] = 0;
    for (size_t i = 0; i < r->items; i++)
        first[r->cluster ? r->cluster[i] : i]++;
    for (size_t u = 0; u < n; u++) {
        size_t size = first[u];
        first[u] = at;
        at += size;
    }
    for (size_t i = 0; i < r->items; i++)
        member[first[r->cluster ? r->cluster[i] : i]++] = i;
    for (size_t u = 0, start = 0; u < n; u++) { /* first[u] is now where u ends */
        size_t end = first[u];
        if (end > start)
            first[units++] = start;
        start = end;
    }
    first[units] = r->items;
    return units;
}

static void summarise(const job *j, fsci_interval *out, size_t *failed, double *column)
{
    for (size_t s = 0; s < j->n_out; s++) {
        size_t n = 0;
        for (size_t b = 0; b < j->r->n_resamples; b++)
            if (!isnan(j->values[b * j->n_out + s]))
                column[n++] = j->values[b * j->n_out + s];
        fsci_sort(column, n);
        out[s] = fsci_percentile_interval(column, n, j->r->level);
        if (failed)
            failed[s] = j->r->n_resamples - n;
    }
}

bool fsci_resample(const fsci_resampling *r, fsci_statistic_fn *run, void *context, size_t n_out,
                   fsci_interval *out, size_t *failed)
{
    size_t threads = r->threads > 1 ? (size_t)r->threads : 1, n = r->n_resamples;
    job j = {.r = r, .run = run, .context = context, .n_out = n_out};
    size_t *first = malloc((count_units(r) + 1) * sizeof *first);
    size_t *member = malloc((r->items + 1) * sizeof *member);
    double *column = malloc((n + 1) * sizeof *column);
    j.weights = malloc((threads * r->items + 1) * sizeof *j.weights);
    j.values = malloc((n * n_out + 1) * sizeof *j.values);
    bool ready = first && member && column && j.weights && j.values;
    if (ready) {
        j.n_units = list_units(r, first, member);
        j.first = first;
        j.member = member;
        fsci_parallel((int)threads, n, one, &j);
        summarise(&j, out, failed, column);
    }
    free(first);
    free(member);
    free(column);
    free(j.weights);
    free(j.values);
    return ready;
}
