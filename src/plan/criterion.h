/* criterion: how much a set of measurements tells, as a function of its information matrix.
 *
 * The information of measuring models with feature vectors x is G = sum x x', k by k, symmetric and
 * positive semidefinite; the estimated weights of a linear predictor have covariance G^-1, up to
 * the residual variance. Larger is better for every criterion, and each is concave in G (Pukelsheim
 * 1993, chapter 6), which is what bounds and exchanges below rest on:
 *
 *   V   -trace(T G^-1)       minus the summed variance of predictions at the points of T = sum x x'
 *   D   log det G            minus twice the log volume of the confidence region of the weights
 *   A   -trace(G^-1)         minus the summed variance of the weights
 *   E   least eigenvalue     of the direction that is known worst
 *
 * Ruan, Maddison and Hashimoto (2024, arXiv:2405.10938, section 5) choose models by V, T being the
 * sum over all candidates.
 *
 * Matrices are packed: the lower triangle row by row, g_ij (j <= i) at i(i + 1)/2 + j. A gradient
 * has its off-diagonal elements doubled, so that <H, X> = trace(H X) is the plain product of the
 * two arrays. */
#ifndef FSCI_PLAN_CRITERION_H
#define FSCI_PLAN_CRITERION_H

#include <stdbool.h>
#include <stddef.h>

enum { FSCI_CRITERION_MAX_K = 24 };

static inline size_t fsci_packed_size(size_t k)
{
    return k * (k + 1) / 2;
}

/* G += weight x x', x_j = x[j * stride]. */
static inline void fsci_packed_add(size_t k, double weight, const double *x, size_t stride,
                                   double *G)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++)
            *G++ += weight * x[i * stride] * x[j * stride];
}

typedef enum fsci_criterion_kind {
    FSCI_CRITERION_V,
    FSCI_CRITERION_D,
    FSCI_CRITERION_A,
    FSCI_CRITERION_E
} fsci_criterion_kind;

typedef struct fsci_criterion {
    fsci_criterion_kind kind;
    size_t k;             /* 1..FSCI_CRITERION_MAX_K */
    const double *target; /* packed T of V; else NULL */
} fsci_criterion;

/* -INFINITY where G is singular at working precision. */
double fsci_criterion_value(const fsci_criterion *c, const double *G);

/* A tangent at G: for every positive semidefinite X, value(X) <= offset + <H, X>, with equality at
 * G (for E nearly: H averages over the eigenvectors near the least one, which keeps it smooth).
 * False where G is singular. */
bool fsci_criterion_tangent(const fsci_criterion *c, const double *G, double *H, double *offset);

/* How far a value is on the way to that of all units, 1 being as good: the ratio of the variances,
 * of the least eigenvalues, or of the volumes to the power 1/k (Atkinson, Donev and Tobias 2007,
 * section 11.1). */
double fsci_criterion_efficiency(const fsci_criterion *c, double value, double all);

/* Multiplications in a tangent, roughly: what a search counts its work in, so that where it ends
 * does not depend on the clock. */
double fsci_criterion_work(const fsci_criterion *c);

#endif
