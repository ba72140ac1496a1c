/* simplex: the minimum of a smooth function of shares: what adds up to a total, each between
 * bounds.
 *
 *   minimise over x   f(x),   lo <= x <= hi,   sum x = total
 *
 * Newton steps in the face of the shares that no bound holds, and where those do not apply
 * (f straight or bent downwards, or a face that must change) spectral projected gradients (Birgin,
 * Martinez & Raydan 2000, SIAM J. Optim. 10:1196) with the exact projection. Of a convex f the
 * answer is the minimum, and `gap` bounds what any other x could gain (Frank & Wolfe 1956). */
#ifndef FSCI_OPT_SIMPLEX_H
#define FSCI_OPT_SIMPLEX_H

#include "opt/newton.h"

typedef struct fsci_simplex_problem {
    size_t n;
    fsci_smooth_fn *function;
    void *context;
    const double *lo, *hi; /* [n]; sum lo <= total <= sum hi */
    double total;
} fsci_simplex_problem;

typedef struct fsci_simplex_result {
    double value;
    double gap;     /* the most that the slope at x promises anywhere within the bounds, >= 0;
                       INFINITY where it promises without end, or is no number */
    bool converged; /* gap is at most 1e-8 of the size of f */
    int iterations;
} fsci_simplex_result;

/* Numbers of scratch that a solve takes. */
size_t fsci_simplex_scratch(size_t n);
/* From x[n], projected first; x is the answer on return. A function without a value at the
 * projected start gives NaN. */
fsci_simplex_result fsci_simplex_solve(const fsci_simplex_problem *problem, double *scratch,
                                       double *x);

/* The point nearest to x[n] that meets the constraints, in place. */
void fsci_simplex_project(const fsci_simplex_problem *problem, double *x);

#endif
