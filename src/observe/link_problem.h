/* link_problem: the fit of a link as its solver sees it, shared by the sources of link.h.
 *
 * Features are standardised (mean 0, population deviation 1); theta[p] = (intercept, weights per
 * deviation, floor where it is one). A penalty is rows of its own behind the n of the data, one per
 * weight, so that any least-squares solver sees it. */
#ifndef FSCI_OBSERVE_LINK_PROBLEM_H
#define FSCI_OBSERVE_LINK_PROBLEM_H

#include "observe/link.h"

typedef struct fsci_link_problem {
    const fsci_link_options *options;
    size_t n, k, p;
    size_t n_all;    /* rows with those of the penalty */
    const double *Z; /* [n*k] standardised features */
    const double *t;
    double *mean, *deviation; /* [k]; a deviation of 0 counts as 1 */
    double *lo, *hi;          /* [p] */
    double *weight;           /* [n_all] of rows; NULL without a penalty */
    double shrink;            /* residual of a penalty row per unit of its weight */
    double nothing;           /* objectives that differ by less are equal */
} fsci_link_problem;

/* Standardises X[n*k]; arrays live in `arena`. Errors: FSC_ENOMEM. */
fsc_status fsci_link_problem_make(fsci_arena *arena, size_t n, size_t k, const double *X,
                                  const double *t, const fsci_link_options *options,
                                  fsci_link_problem *problem, fsc_error *err);

/* The same with some of its rows: `rows` of them, evenly spaced, on the same scale. */
fsc_status fsci_link_problem_thin(fsci_arena *arena, const fsci_link_problem *problem, size_t rows,
                                  fsci_link_problem *thin, fsc_error *err);

/* As fsci_residual_fn, with an fsci_link_problem as its context. */
bool fsci_link_residuals(void *context, const double *theta, double *r, double *J, size_t stride);

bool fsci_link_has_floor(const fsci_link_problem *problem);

/* theta from what the features' own units say, and back; standard_weight too. */
void fsci_link_standard(const fsci_link_problem *problem, const fsci_link_optimum *optimum,
                        double *theta);
void fsci_link_own(const fsci_link_problem *problem, const double *theta,
                   fsci_link_optimum *optimum);

/* Where searches end: fills solver, optima and counts of `link`, and best[p] with its theta. */
fsc_status fsci_link_search(fsci_arena *arena, const fsci_link_problem *problem, fsci_link *link,
                            double *best, fsc_error *err);

/* What the data say about the parameters at theta: sse, condition, covariance, df, press. */
fsc_status fsci_link_inspect(fsci_arena *arena, const fsci_link_problem *problem,
                             const double *theta, fsci_link *link, fsc_error *err);

/* The curve, and d curve / d z with d curve / d floor through `by_floor`. */
double fsci_link_curve(fsci_link_kind kind, double floor, double z);
double fsci_link_slope(fsci_link_kind kind, double floor, double z, double *by_floor);

#endif
