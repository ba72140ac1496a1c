/* ensemble: draws from a posterior by the affine-invariant ensemble sampler (Goodman & Weare 2010,
 * Comm. App. Math. Comp. Sci. 5; the halves move in turn as in Foreman-Mackey et al. 2013,
 * arXiv:1202.3665). It needs no scales: a linear map of the parameters changes nothing. Several
 * ensembles that know nothing of each other tell whether it has converged. */
#ifndef FSCI_METRIC_ENSEMBLE_H
#define FSCI_METRIC_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FSCI_ENSEMBLE_MOST = 8, FSCI_ENSEMBLES = 4 };

/* Log density up to a constant, -INFINITY (or NaN) outside; called from several threads. */
typedef double fsci_log_density_fn(void *context, const double *x);

typedef struct fsci_ensemble {
    size_t n;                   /* parameters, at most FSCI_ENSEMBLE_MOST */
    size_t walkers;             /* of one ensemble, even, at least 2 n + 2 */
    size_t warm_up, steps;      /* forgotten; kept */
    const double *start, *away; /* [n]: walkers begin at start, normally scattered by away */
    uint64_t seed;
    int threads;
} fsci_ensemble;

/* draws[FSCI_ENSEMBLES * steps * walkers * n], ensemble by ensemble. *accepted: share of moves. The
 * same at any number of threads. False when no walker finds a place of positive density. */
bool fsci_ensemble_draw(const fsci_ensemble *e, fsci_log_density_fn *f, void *context,
                        double *draws, double *accepted);

/* Of FSCI_ENSEMBLES * n values, ensemble by ensemble: how much wider all of them spread than one
 * ensemble does, 1 when they agree (Gelman & Rubin 1992, Statist. Sci. 7). */
double fsci_ensemble_spread(const double *values, size_t n);

#endif
