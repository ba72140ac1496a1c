/* link: the curve from capability to a normalised target, fitted by least squares or Huber's loss
 * from many starts.
 *
 *   z = intercept + sum_j weights_j x_j,   prediction = floor + (1 - floor) sigmoid(z), or z
 *
 * and, where many weights are to be kept small, a penalty on the squares of the weights per
 * deviation of their feature (ridge: Hoerl and Kennard 1970), added to the objective.
 *
 * Ruan, Maddison, Hashimoto (2024), equation 7 and section 3.4. The same rows in the same order
 * give the same bits. */
#ifndef FSCI_OBSERVE_LINK_H
#define FSCI_OBSERVE_LINK_H

#include "base/arena.h"
#include "observe/observe.h"

/* FSCI_LINK_SEPARATION: above this many units of z per deviation of a feature the curve is nearly a
 * step between training rows, and its weights say little beyond where the step is. */
enum { FSCI_LINK_OPTIMA = 8, FSCI_LINK_SEPARATION = 10 };

typedef struct fsci_link_optimum {
    double value, intercept, *weights, floor; /* weights[k] */
    double standard_weight;                   /* largest |weight x deviation of its feature| */
    size_t count;                             /* starts that ended here */
} fsci_link_optimum;

typedef struct fsci_link_options {
    fsci_link_kind kind;
    fsci_loss loss;
    double delta;
    size_t starts;                  /* 0: default; one when there are more parameters than 64 */
    const fsci_link_optimum *start; /* the first start; NULL: the line through the logits */
    double penalty; /* objective + penalty x sum of squares (half of it under Huber's loss) */
    int threads;    /* for the starts; the bits are the same at any number */
} fsci_link_options;

typedef struct fsci_link {
    fsci_link_kind kind;
    size_t n, k;
    size_t p; /* parameters: k + 1, and the floor where it is one */
    double intercept, *weights, floor;
    double value; /* objective, a sum over rows */
    double sse;   /* sum of squares, whatever the loss */
    double penalty;
    double df; /* rows less the parameters not on a bound; under a penalty, less their leverage */
    double
        press; /* sum of squares of leave-one-out residuals, to first order; NaN if undetermined */
    fsci_ls_result solver;
    size_t n_starts, reached_best, n_optima;
    fsci_link_optimum optima[FSCI_LINK_OPTIMA]; /* distinct values, best first */
    double condition; /* of the Jacobian, columns of the standardised features scaled to length 1 */
    double
        *covariance; /* [p*p] of (intercept, weights, floor): sandwich; NULL when not determined */
} fsci_link;

/* Fits X[n*k] (column-major, complete) to t[n]. Arrays of `link` live in `arena`. Errors:
 * FSC_EINPUT when there are fewer rows than parameters; FSC_ENOMEM. A fit that does not converge
 * or is not determined is no error. */
fsc_status fsci_link_fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                         const fsci_link_options *options, fsci_link *link, fsc_error *err);

/* z of one row x_j = x[j * stride], and the prediction at z. */
double fsci_link_z(const fsci_link *link, const double *x, size_t stride);
double fsci_link_at(const fsci_link *link, double z);

/* Standard deviation of a new observation of one row: the root of the delta-method variance of the
 * curve plus the residual variance, to go with Student's t of link.df. NaN when not determined. */
double fsci_link_spread(const fsci_link *link, const double *x, size_t stride);

const char *fsci_link_name(fsci_link_kind kind); /* "sigmoid", "sigmoid_floor", "linear" */

#endif
