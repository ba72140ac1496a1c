#include "fit/fit.h"

#include "num/linear.h"
#include "num/summary.h"

#include <math.h>
#include <string.h>

/* Condition above which a direction counts as not identified. */
static const double hopeless = 1e10;

/* psi = rho' of each residual. */
static double slope(const fsci_objective *o, double r)
{
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2 * r;
    double limit = o->loss == FSCI_LOSS_HUBER ? o->delta : 0;
    return fabs(r) <= limit ? r : o->loss == FSCI_LOSS_HUBER ? copysign(limit, r) : copysign(1, r);
}

/* Half width of the window in which an absolute error is taken to bend: Powell's (1991) kernel
 * estimate of the density of residuals at 0. */
static double bend_width(fsci_arena *arena, const fsci_fit *fit)
{
    size_t n = fit->model.n;
    double *sorted = fsci_copy_array(arena, fit->r, n, sizeof *sorted);
    if (!sorted)
        return NAN;
    fsci_sort(sorted, n);
    double spread = (fsci_quantile(sorted, n, 0.75) - fsci_quantile(sorted, n, 0.25)) / 1.34;
    double sd = fsci_sd(sorted, n);
    double scale = spread > 0 && spread < sd ? spread : sd;
    return 1.06 * scale * pow((double)n, -0.2);
}

/* psi' of each residual; for l1 the kernel estimate of the mean curvature. */
static double bend(const fsci_objective *o, double r, double width)
{
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2;
    if (o->loss == FSCI_LOSS_HUBER)
        return fabs(r) <= o->delta ? 1 : 0;
    return fabs(r) <= width ? 1 / width : 0;
}

/* sum_i c_i J_ij J_ik over the columns in use. */
static void gram(const fsci_fit *fit, const size_t *used, size_t m, const double *c, double *G)
{
    size_t n = fit->model.n;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b <= a; b++) {
            const double *x = fit->J + used[a] * n, *y = fit->J + used[b] * n;
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += c[i] * x[i] * y[i];
            G[a + b * m] = G[b + a * m] = sum;
        }
}

/* The weighted Jacobian with columns of length 1: its condition, rank and hat matrix. False when
 * some column is zero or memory ends. */
static bool scaled_svd(fsci_arena *arena, fsci_fit *fit, const size_t *used, size_t m)
{
    const fsci_objective *o = &fit->model.objective;
    size_t n = fit->model.n;
    double *A = FSCI_NEW(arena, double, n *m), *U = FSCI_NEW(arena, double, n *m);
    double *s = FSCI_NEW(arena, double, m);
    if (!A || !U || !s)
        return false;
    for (size_t a = 0; a < m; a++) {
        double length = 0;
        for (size_t i = 0; i < n; i++) {
            double w = o->weight ? sqrt(o->weight[i]) : 1;
            A[a * n + i] = w * fit->J[used[a] * n + i];
            length += A[a * n + i] * A[a * n + i];
        }
        for (size_t i = 0; i < n && length > 0; i++)
            A[a * n + i] /= sqrt(length);
    }
    if (fsci_svd(n, m, A, U, s, NULL) != FSCI_LINEAR_OK)
        return false;
    fit->curvature.condition = fsci_condition(m, s);
    fit->curvature.rank = fsci_rank(n, m, s, 1 / hopeless);
    for (size_t i = 0; i < n; i++) {
        double h = 0;
        for (size_t a = 0; a < m; a++)
            h += U[a * n + i] * U[a * n + i];
        if (h > fit->curvature.max_leverage)
            fit->curvature.max_leverage = h;
    }
    return fit->curvature.rank == m;
}

/* H^-1 M H^-1 with the small-sample factor, into the coordinates in use. */
static fsc_status sandwich(fsci_arena *arena, fsci_fit *fit, const size_t *used, size_t m,
                           fsc_error *err)
{
    const fsci_objective *o = &fit->model.objective;
    size_t n = fit->model.n, p = fit->model.parameters.n_free;
    double *c = FSCI_NEW(arena, double, n), *H = FSCI_NEW(arena, double, m *m);
    double *M = FSCI_NEW(arena, double, m *m), *full = FSCI_NEW(arena, double, p *p);
    double width = o->loss == FSCI_LOSS_L1 ? bend_width(arena, fit) : 0;
    if (!c || !H || !M || !full)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        c[i] = (o->weight ? o->weight[i] : 1) * bend(o, fit->r[i], width);
    gram(fit, used, m, c, H);
    for (size_t i = 0; i < n; i++) {
        double g = (o->weight ? o->weight[i] : 1) * slope(o, fit->r[i]);
        c[i] = g * g;
    }
    gram(fit, used, m, c, M);
    if (n <= m || fsci_cholesky(m, H) || fsci_cholesky_solve(m, H, m, M))
        return FSC_OK; /* as many rows as parameters, or no curvature: no covariance */
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < a; b++) {
            double swap = M[a + b * m];
            M[a + b * m] = M[b + a * m];
            M[b + a * m] = swap;
        }
    if (fsci_cholesky_solve(m, H, m, M))
        return FSC_OK;
    double factor = (double)n / (double)(n - m);
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            full[used[a] + used[b] * p] = factor * 0.5 * (M[a + b * m] + M[b + a * m]);
    fit->curvature.covariance = full;
    return FSC_OK;
}

static void correlations(fsci_fit *fit)
{
    fsci_curvature *c = &fit->curvature;
    size_t p = fit->model.parameters.n_free;
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++) {
            double scale = sqrt(c->covariance[a + a * p] * c->covariance[b + b * p]);
            double rho = a != b && scale > 0 ? c->covariance[a + b * p] / scale : 0;
            if (fabs(rho) > fabs(c->correlation_with[a])) {
                c->correlation_with[a] = rho;
                c->correlated[a] = b;
            }
        }
}

fsc_status fsci_curvature_find(fsci_arena *arena, fsci_fit *fit, fsc_error *err)
{
    size_t p = fit->model.parameters.n_free, m = 0;
    size_t *used = FSCI_NEW(arena, size_t, p);
    fit->curvature.correlation_with = FSCI_NEW(arena, double, p);
    fit->curvature.correlated = FSCI_NEW(arena, size_t, p);
    if (!used || !fit->curvature.correlation_with || !fit->curvature.correlated)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < p; k++)
        if (!fit->at_bound[k])
            used[m++] = k;
    fit->curvature.condition = 1;
    if (!m || !scaled_svd(arena, fit, used, m))
        return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
    FSCI_TRY(sandwich(arena, fit, used, m, err));
    if (fit->curvature.covariance)
        correlations(fit);
    return FSC_OK;
}
