/* What a fitted link's rows say about its parameters. */
#include "num/linear.h"
#include "observe/link_problem.h"

#include <math.h>

/* psi' and psi of a residual, for weights of the curvature and of its noise. */
static double bend(const fsci_link_options *o, double r)
{
    return o->loss == FSCI_LOSS_SQUARED ? 2 : fabs(r) <= o->delta;
}

static double pull(const fsci_link_options *o, double r)
{
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2 * r;
    return fabs(r) <= o->delta ? r : copysign(o->delta, r);
}

/* H = sum psi' J'J + the penalty's, and M = sum psi^2 J'J, over the first m columns. */
static void information(const fsci_link_problem *q, size_t m, const double *J, const double *r,
                        double *H, double *M)
{
    const fsci_link_options *o = q->options;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            for (size_t i = 0; i < q->n; i++) {
                double jj = J[a * q->n + i] * J[b * q->n + i], g = pull(o, r[i]);
                H[a * m + b] += bend(o, r[i]) * jj;
                M[a * m + b] += g * g * jj;
            }
    for (size_t j = 1; j <= q->k; j++)
        H[j * m + j] += bend(o, 0) * o->penalty;
}

/* With H = L L': leverages h_i = psi' J_i H^-1 J_i', their sum, and the sum of squares of
 * r_i/(1 - h_i), the residuals of refits without row i as far as a straight line goes (Allen 1974).
 * `solved` is J' by columns, [m*n]. */
static double leverages(const fsci_link_problem *q, size_t m, const double *J, const double *r,
                        const double *L, double *solved, double *press)
{
    double sum = 0;
    for (size_t i = 0; i < q->n; i++)
        for (size_t a = 0; a < m; a++)
            solved[i * m + a] = J[a * q->n + i];
    *press = NAN;
    if (fsci_cholesky_solve(m, L, q->n, solved) != FSCI_LINEAR_OK)
        return NAN;
    *press = 0;
    for (size_t i = 0; i < q->n; i++) {
        double h = 0;
        for (size_t a = 0; a < m; a++)
            h += bend(q->options, r[i]) * J[a * q->n + i] * solved[i * m + a];
        sum += h;
        *press += r[i] / (1 - h) * (r[i] / (1 - h));
    }
    return sum;
}

/* S = H^-1 M H^-1 n/df with H = L L', in place of M. */
static bool sandwich(size_t n, double df, size_t m, const double *L, double *M)
{
    if (!(df > 0) || fsci_cholesky_solve(m, L, m, M) != FSCI_LINEAR_OK)
        return false;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < a; b++) {
            double swap = M[a * m + b];
            M[a * m + b] = M[b * m + a];
            M[b * m + a] = swap;
        }
    if (fsci_cholesky_solve(m, L, m, M) != FSCI_LINEAR_OK)
        return false;
    for (size_t c = 0; c < m * m; c++)
        M[c] *= (double)n / df;
    return true;
}

/* From standardised features to their own units: intercept = theta_0 - sum theta_j mean_j /
 * deviation_j, weight_j = theta_j / deviation_j; C = T S T' with that T. */
static void to_own_units(const fsci_link_problem *q, size_t m, const double *S, double *C)
{
    size_t p = q->p;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            C[a * p + b] = S[a * m + b];
    for (int side = 0; side < 2; side++) {
        size_t row = side ? 1 : p, along = side ? p : 1;
        for (size_t b = 0; b < p; b++) {
            double *v = C + b * along;
            for (size_t j = 0; j < q->k; j++) {
                v[(j + 1) * row] /= q->deviation[j];
                v[0] -= v[(j + 1) * row] * q->mean[j];
            }
        }
    }
}

static double condition_of(size_t n, size_t m, const double *J, double *scaled, double *s)
{
    for (size_t a = 0; a < m; a++) {
        double length = 0;
        for (size_t i = 0; i < n; i++)
            length += J[a * n + i] * J[a * n + i];
        for (size_t i = 0; i < n; i++)
            scaled[a * n + i] = length > 0 ? J[a * n + i] / sqrt(length) : 0;
    }
    return fsci_svd(n, m, scaled, NULL, s, NULL) == FSCI_LINEAR_OK ? fsci_condition(m, s) : NAN;
}

fsc_status fsci_link_inspect(fsci_arena *arena, const fsci_link_problem *q, const double *theta,
                             fsci_link *link, fsc_error *err)
{
    size_t n = q->n, p = q->p, m = p, all = q->n_all;
    if (fsci_link_has_floor(q) && (theta[p - 1] <= q->lo[p - 1] || theta[p - 1] >= q->hi[p - 1]))
        m--;
    double *r = FSCI_NEW(arena, double, all), *J = FSCI_NEW(arena, double, all *p);
    double *scratch = FSCI_NEW(arena, double, n *p), *s = FSCI_NEW(arena, double, p);
    double *H = FSCI_NEW(arena, double, p *p), *M = FSCI_NEW(arena, double, p *p);
    double *C = FSCI_NEW(arena, double, p *p);
    if (!r || !J || !scratch || !s || !H || !M || !C)
        return fsci_fail_memory(err);
    fsci_link_problem data = *q; /* without the rows of a penalty */
    data.n_all = n;
    fsci_link_residuals(&data, theta, r, J, n);
    link->sse = 0;
    for (size_t i = 0; i < n; i++)
        link->sse += r[i] * r[i];
    link->condition = condition_of(n, m, J, scratch, s);
    information(q, m, J, r, H, M);
    bool determined = fsci_cholesky(m, H) == FSCI_LINEAR_OK;
    double used = determined ? leverages(q, m, J, r, H, scratch, &link->press) : NAN;
    link->df = q->options->penalty > 0 ? (double)n - used : (double)n - (double)m;
    link->covariance = NULL;
    if (determined && sandwich(n, link->df, m, H, M)) {
        to_own_units(q, m, M, C);
        link->covariance = C;
    }
    return FSC_OK;
}
