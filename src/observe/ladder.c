#include "observe/ladder.h"

#include "opt/least_squares.h"

#include <math.h>

static const double DELTA = 1e-3;
enum { LOSS_PARAMETERS = 5, ACCURACY_PARAMETERS = 4 };

typedef struct points {
    size_t n;
    const double *log_n, *log_d, *loss, *accuracy;
} points;

static fsc_status solve(fsci_ls_problem *problem, double *theta, double *value, fsc_error *err)
{
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(problem->n, problem->p);
    if (!workspace)
        return fsci_fail_memory(err);
    *value = fsci_ls_solve(problem, NULL, workspace, theta).value;
    fsci_ls_workspace_free(workspace);
    return isfinite(*value) ? FSC_OK
                            : fsci_fail(err, FSC_EINPUT, "the ladder's points are not finite");
}

/* ---- loss ---- */

/* theta = (log A, log B, alpha, beta, E). */
static bool loss_residuals(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const points *p = context;
    for (size_t i = 0; i < p->n; i++) {
        double by_n = exp(theta[0] - theta[2] * p->log_n[i]);
        double by_d = exp(theta[1] - theta[3] * p->log_d[i]), sum = by_n + by_d + theta[4];
        r[i] = log(sum) - log(p->loss[i]);
        if (!isfinite(r[i]))
            return false;
        if (!J)
            continue;
        J[i] = by_n / sum;
        J[stride + i] = by_d / sum;
        J[2 * stride + i] = -by_n * p->log_n[i] / sum;
        J[3 * stride + i] = -by_d * p->log_d[i] / sum;
        J[4 * stride + i] = 1 / sum;
    }
    return true;
}

fsc_status fsci_ladder_fit_loss(size_t n, const double *log_n, const double *log_d,
                                const double *loss, fsci_ladder_loss *fit, fsc_error *err)
{
    points p = {.n = n, .log_n = log_n, .log_d = log_d, .loss = loss};
    double theta[] = {3, 6, 0.1, 0.2, 1}; /* the published start */
    const double lo[LOSS_PARAMETERS] = {0};
    const double hi[] = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY};
    fsci_ls_problem problem = {.n = n,
                               .p = LOSS_PARAMETERS,
                               .residual = loss_residuals,
                               .context = &p,
                               .lo = lo,
                               .hi = hi,
                               .loss = FSCI_LOSS_HUBER,
                               .delta = DELTA};
    if (n < LOSS_PARAMETERS)
        return fsci_fail(err, FSC_EINPUT, "%zu runs cannot fit a ladder's five parameters", n);
    FSCI_TRY(solve(&problem, theta, &fit->value, err));
    fit->log_a = theta[0], fit->log_b = theta[1];
    fit->alpha = theta[2], fit->beta = theta[3], fit->e = theta[4];
    return FSC_OK;
}

double fsci_ladder_loss_at(const fsci_ladder_loss *fit, double log_n, double log_d)
{
    return exp(fit->log_a - fit->alpha * log_n) + exp(fit->log_b - fit->beta * log_d) + fit->e;
}

/* ---- accuracy ---- */

/* theta = (a, L0, k, b). */
static bool accuracy_residuals(void *context, const double *theta, double *r, double *J,
                               size_t stride)
{
    const points *p = context;
    for (size_t i = 0; i <= p->n; i++) {
        double loss = i < p->n ? p->loss[i] : 0, accuracy = i < p->n ? p->accuracy[i] : 1;
        double share = 1 / (1 + exp(-theta[2] * (loss - theta[1])));
        double slope = theta[0] * share * (1 - share);
        r[i] = theta[0] * share + theta[3] - accuracy;
        if (!isfinite(r[i]))
            return false;
        if (!J)
            continue;
        J[i] = share;
        J[stride + i] = -slope * theta[2];
        J[2 * stride + i] = slope * (loss - theta[1]);
        J[3 * stride + i] = 1;
    }
    return true;
}

fsc_status fsci_ladder_fit_accuracy(size_t n, const double *loss, const double *accuracy,
                                    fsci_ladder_accuracy *fit, fsc_error *err)
{
    points p = {.n = n, .loss = loss, .accuracy = accuracy};
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++)
        least = fmin(least, accuracy[i]), most = fmax(most, accuracy[i]);
    double theta[] = {least - 1, 0.9, 3, most}; /* the published start */
    const double lo[] = {-1, 0, 0, 0}, hi[] = {0, INFINITY, INFINITY, 1};
    fsci_ls_problem problem = {.n = n + 1, /* with the ideal point */
                               .p = ACCURACY_PARAMETERS,
                               .residual = accuracy_residuals,
                               .context = &p,
                               .lo = lo,
                               .hi = hi,
                               .loss = FSCI_LOSS_SQUARED};
    if (n < ACCURACY_PARAMETERS)
        return fsci_fail(err, FSC_EINPUT, "%zu checkpoints cannot fit four parameters", n);
    FSCI_TRY(solve(&problem, theta, &fit->value, err));
    *fit = (fsci_ladder_accuracy){theta[0], theta[1], theta[2], theta[3], fit->value};
    return FSC_OK;
}

double fsci_ladder_accuracy_at(const fsci_ladder_accuracy *fit, double loss)
{
    return fit->a / (1 + exp(-fit->k * (loss - fit->middle))) + fit->b;
}
