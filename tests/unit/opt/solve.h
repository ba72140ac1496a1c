/* solve: what the tests of the minimiser share. */
#ifndef TESTS_UNIT_OPT_SOLVE_H
#define TESTS_UNIT_OPT_SOLVE_H

#include "opt/least_squares.h"
#include "unit.h"

#include <stdlib.h>

static inline fsci_ls_result solve(const fsci_ls_problem *q, const fsci_ls_options *options,
                                   double *theta)
{
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(q->n, q->p);
    assert_non_null(workspace);
    const fsci_ls_result result = fsci_ls_solve(q, options, workspace, theta);
    fsci_ls_workspace_free(workspace);
    return result;
}

static inline double psi(const fsci_ls_problem *q, double r)
{
    return q->loss == FSCI_LOSS_HUBER ? fmin(fmax(r, -q->delta), q->delta) : r;
}

static inline double rho(const fsci_ls_problem *q, double r)
{
    const double a = fabs(r);
    switch (q->loss) {
    case FSCI_LOSS_HUBER:
        return a <= q->delta ? a * a / 2 : q->delta * (a - q->delta / 2);
    case FSCI_LOSS_L1:
        return a;
    default:
        return a * a;
    }
}

/* f and the conditions of a minimum, from residuals and Jacobian alone: the value, every parameter
 * inside its bounds, the slope of a free one a share below `cosine` of what its column could give,
 * the slope at a bound pointing out of it. Squared and Huber loss. */
static inline void check_minimum(const fsci_ls_problem *q, const double *theta, double value,
                                 double cosine)
{
    double *r = calloc(q->n * (q->p + 1), sizeof *r), *J = r + q->n, f = 0;
    assert_non_null(r);
    assert_true(q->residual(q->context, theta, r, J, q->n));
    for (size_t i = 0; i < q->n; i++)
        f += (q->weight ? q->weight[i] : 1) * rho(q, r[i]);
    assert_near(value, f, 1e-13 * f);
    for (size_t j = 0; j < q->p; j++) {
        double slope = 0, column = 0, total = 0;
        for (size_t i = 0; i < q->n; i++) {
            const double w = q->weight ? q->weight[i] : 1, d = J[j * q->n + i], s = psi(q, r[i]);
            slope += w * s * d, total += w * s * r[i];
            column += r[i] == 0 ? w * d * d : w * s / r[i] * d * d;
        }
        assert_true(!q->lo || theta[j] >= q->lo[j]);
        assert_true(!q->hi || theta[j] <= q->hi[j]);
        if (q->lo && theta[j] == q->lo[j])
            assert_true(slope >= 0);
        else if (q->hi && theta[j] == q->hi[j])
            assert_true(slope <= 0);
        else
            assert_near(slope / sqrt(column * total + 1e-300), 0, cosine);
    }
    free(r);
}

#endif
