#include "metric/ensemble.h"

#include "base/parallel.h"
#include "num/random.h"
#include "num/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
    const fsci_ensemble *e;
    fsci_log_density_fn *f;
    void *context;
    double *draws, *now, *height; /* now[ensemble][walker][n], height[ensemble][walker] */
    double moved[FSCI_ENSEMBLES];
    bool placed[FSCI_ENSEMBLES];
} job;

/* A walker at the start, or near it where the density is positive. */
static bool place(const job *j, fsci_stream *s, double *x, double *height)
{
    enum { TRIES = 1000 };
    for (int attempt = 0; attempt < TRIES; attempt++) {
        double reach = ldexp(1, -attempt / 50); /* closer and closer */
        for (size_t k = 0; k < j->e->n; k++)
            x[k] = j->e->start[k] + reach * j->e->away[k] * fsci_random_normal(s);
        *height = j->f(j->context, x);
        if (isfinite(*height))
            return true;
    }
    return false;
}

/* Walker `w` moves along the line through one of the other half. */
static bool stretch(const job *j, fsci_stream *s, double *all, double *heights, size_t w)
{
    const double longest = 2;
    size_t n = j->e->n, half = j->e->walkers / 2;
    size_t other = (w < half ? half : 0) + (size_t)fsci_random_below(s, half);
    double root = 1 + (longest - 1) * fsci_random_uniform(s), z = root * root / longest;
    double y[FSCI_ENSEMBLE_MOST];
    for (size_t k = 0; k < n; k++)
        y[k] = all[other * n + k] + z * (all[w * n + k] - all[other * n + k]);
    double height = j->f(j->context, y), luck = fsci_random_uniform(s);
    if (!(log(luck) < (double)(n - 1) * log(z) + height - heights[w]))
        return false;
    memcpy(all + w * n, y, n * sizeof *y);
    heights[w] = height;
    return true;
}

static void run_one(void *context, size_t item, size_t worker)
{
    job *j = context;
    (void)worker;
    size_t n = j->e->n, walkers = j->e->walkers, all = j->e->warm_up + j->e->steps;
    double *now = j->now + item * walkers * n, *heights = j->height + item * walkers;
    double *out = j->draws + item * j->e->steps * walkers * n;
    fsci_stream s = fsci_stream_new(j->e->seed, item);
    j->placed[item] = true;
    for (size_t w = 0; w < walkers && j->placed[item]; w++)
        j->placed[item] = place(j, &s, now + w * n, &heights[w]);
    for (size_t step = 0; step < all && j->placed[item]; step++) {
        for (size_t w = 0; w < walkers; w++)
            j->moved[item] += stretch(j, &s, now, heights, w);
        if (step >= j->e->warm_up)
            memcpy(out + (step - j->e->warm_up) * walkers * n, now, walkers * n * sizeof *now);
    }
}

/* NOLINTBEGIN(readability-non-const-parameter): run_one writes the draws */
bool fsci_ensemble_draw(const fsci_ensemble *e, fsci_log_density_fn *f, void *context,
                        double *draws, double *accepted)
{
    size_t walkers = FSCI_ENSEMBLES * e->walkers;
    job j = {.e = e, .f = f, .context = context, .draws = draws};
    double moves = (double)(walkers * (e->warm_up + e->steps)), moved = 0;
    j.now = malloc((walkers * (e->n + 1) + 1) * sizeof *j.now);
    if (!j.now)
        return false;
    j.height = j.now + walkers * e->n;
    fsci_parallel(e->threads, FSCI_ENSEMBLES, run_one, &j);
    free(j.now);
    bool placed = true;
    for (int i = 0; i < FSCI_ENSEMBLES; i++) {
        placed = placed && j.placed[i];
        moved += j.moved[i];
    }
    *accepted = moved / moves;
    return placed;
}
/* NOLINTEND(readability-non-const-parameter) */

double fsci_ensemble_spread(const double *values, size_t n)
{
    double means[FSCI_ENSEMBLES], within = 0;
    for (size_t i = 0; i < FSCI_ENSEMBLES; i++) {
        double sd = fsci_sd(values + i * n, n);
        means[i] = fsci_mean(values + i * n, n);
        within += sd * sd / FSCI_ENSEMBLES;
    }
    double between = fsci_sd(means, FSCI_ENSEMBLES);
    return within > 0 ? sqrt(1 + between * between / within) : 1;
}
