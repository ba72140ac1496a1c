#include "observe/link_problem.h"

#include <math.h>

static const double FLOOR_MOST = 0.2;
/* What leaves less than this share of the target's sum of squares is a perfect fit. */
static const double PERFECT = 1e-12;
/* Under Huber's loss penalty rows are kept this far within delta, where it is a square. */
static const double DEEP_WITHIN = 1e-6;

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

double fsci_link_curve(fsci_link_kind kind, double floor, double z)
{
    return kind == FSCI_LINK_LINEAR ? z : floor + (1 - floor) * sigmoid(z);
}

double fsci_link_slope(fsci_link_kind kind, double floor, double z, double *by_floor)
{
    double s = sigmoid(z);
    *by_floor = 1 - s;
    return kind == FSCI_LINK_LINEAR ? 1 : (1 - floor) * s * (1 - s);
}

bool fsci_link_has_floor(const fsci_link_problem *q)
{
    return q->p > q->k + 1;
}

bool fsci_link_residuals(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const fsci_link_problem *q = context;
    fsci_link_kind kind = q->options->kind;
    double floor = fsci_link_has_floor(q) ? theta[q->k + 1] : 0;
    for (size_t i = 0; i < q->n; i++) {
        double z = theta[0], by_floor;
        for (size_t j = 0; j < q->k; j++)
            z += theta[j + 1] * q->Z[j * q->n + i];
        r[i] = fsci_link_curve(kind, floor, z) - q->t[i];
        if (!J)
            continue;
        J[i] = fsci_link_slope(kind, floor, z, &by_floor);
        for (size_t j = 0; j < q->k; j++)
            J[(j + 1) * stride + i] = J[i] * q->Z[j * q->n + i];
        if (fsci_link_has_floor(q))
            J[(q->k + 1) * stride + i] = by_floor;
    }
    for (size_t j = 0; q->n + j < q->n_all; j++) {
        r[q->n + j] = q->shrink * theta[j + 1];
        for (size_t a = 0; J && a < q->p; a++)
            J[a * stride + q->n + j] = a == j + 1 ? q->shrink : 0;
    }
    return true;
}

static void standardise(fsci_link_problem *q, const double *X, double *Z)
{
    for (size_t j = 0; j < q->k; j++) {
        const double *x = X + j * q->n;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < q->n; i++)
            sum += x[i];
        q->mean[j] = sum / (double)q->n;
        for (size_t i = 0; i < q->n; i++)
            squares += (x[i] - q->mean[j]) * (x[i] - q->mean[j]);
        q->deviation[j] = squares > 0 ? sqrt(squares / (double)q->n) : 1;
        for (size_t i = 0; i < q->n; i++)
            Z[j * q->n + i] = (x[i] - q->mean[j]) / q->deviation[j];
    }
    q->Z = Z;
}

/* Rows of the penalty and their weights; it counts as often as rows of the data do. */
static fsc_status add_penalty(fsci_arena *arena, fsci_link_problem *q, double penalty,
                              fsc_error *err)
{
    bool huber = q->options->loss == FSCI_LOSS_HUBER;
    q->n_all = q->n + (penalty > 0 ? q->k : 0);
    q->weight = NULL;
    if (!(penalty > 0))
        return FSC_OK;
    q->shrink = huber ? DEEP_WITHIN * q->options->delta : 1;
    q->weight = FSCI_NEW(arena, double, q->n_all);
    if (!q->weight)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < q->n_all; i++)
        q->weight[i] = i < q->n ? 1 : penalty / (q->shrink * q->shrink);
    return FSC_OK;
}

fsc_status fsci_link_problem_make(fsci_arena *arena, size_t n, size_t k, const double *X,
                                  const double *t, const fsci_link_options *options,
                                  fsci_link_problem *problem, fsc_error *err)
{
    bool has_floor = options->kind == FSCI_LINK_SIGMOID_FLOOR;
    fsci_link_problem q = {.options = options, .n = n, .k = k, .p = k + 1 + has_floor, .t = t};
    double *Z = FSCI_NEW(arena, double, n *k);
    q.mean = FSCI_NEW(arena, double, k);
    q.deviation = FSCI_NEW(arena, double, k);
    q.lo = FSCI_NEW(arena, double, q.p);
    q.hi = FSCI_NEW(arena, double, q.p);
    if (!Z || !q.mean || !q.deviation || !q.lo || !q.hi)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < q.p; j++)
        q.lo[j] = -INFINITY, q.hi[j] = INFINITY;
    if (has_floor)
        q.lo[k + 1] = 0, q.hi[k + 1] = FLOOR_MOST;
    for (size_t i = 0; i < n; i++)
        q.nothing += PERFECT * t[i] * t[i];
    standardise(&q, X, Z);
    FSCI_TRY(add_penalty(arena, &q, options->penalty, err));
    *problem = q;
    return FSC_OK;
}

fsc_status fsci_link_problem_thin(fsci_arena *arena, const fsci_link_problem *problem, size_t rows,
                                  fsci_link_problem *thin, fsc_error *err)
{
    double *Z = FSCI_NEW(arena, double, rows * problem->k), *t = FSCI_NEW(arena, double, rows);
    if (!Z || !t)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < rows; i++) {
        size_t from = i * problem->n / rows;
        t[i] = problem->t[from];
        for (size_t j = 0; j < problem->k; j++)
            Z[j * rows + i] = problem->Z[j * problem->n + from];
    }
    double share = (double)rows / (double)problem->n;
    *thin = *problem;
    thin->n = rows;
    thin->Z = Z;
    thin->t = t;
    thin->nothing *= share;
    return add_penalty(arena, thin, share * problem->options->penalty, err);
}

void fsci_link_standard(const fsci_link_problem *q, const fsci_link_optimum *optimum, double *theta)
{
    theta[0] = optimum->intercept;
    for (size_t j = 0; j < q->k; j++) {
        theta[j + 1] = optimum->weights[j] * q->deviation[j];
        theta[0] += optimum->weights[j] * q->mean[j];
    }
    if (fsci_link_has_floor(q))
        theta[q->k + 1] = optimum->floor;
}

void fsci_link_own(const fsci_link_problem *q, const double *theta, fsci_link_optimum *optimum)
{
    optimum->intercept = theta[0];
    optimum->standard_weight = 0;
    for (size_t j = 0; j < q->k; j++) {
        optimum->weights[j] = theta[j + 1] / q->deviation[j];
        optimum->intercept -= optimum->weights[j] * q->mean[j];
        optimum->standard_weight = fmax(optimum->standard_weight, fabs(theta[j + 1]));
    }
    optimum->floor = fsci_link_has_floor(q) ? theta[q->k + 1] : 0;
}
