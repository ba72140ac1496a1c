/* Predictions from averages: a drift in time, and what a model and the target differ by from the
 * mean. */
#include "num/distribution.h"
#include "observe/line.h"
#include "observe/methods/methods.h"

#include <math.h>

/* ---- drift ---- */

/* Where a logit is taken: a score of 0 or 1 counts as within this of it. */
static const double EDGE = 0.01;

static bool bounded(const fsci_task *task)
{
    return isfinite(task->target_lowest);
}

static double forwards(const fsci_task *task, double t)
{
    double share = fmin(fmax(t, EDGE), 1 - EDGE);
    return bounded(task) ? log(share / (1 - share)) : t;
}

static double backwards(const fsci_task *task, double z)
{
    return bounded(task) ? 1 / (1 + exp(-z)) : z;
}

/* A straight line over time, on log-odds where scores are shares. */
fsc_status fsci_predict_drift(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                              fsc_error *err)
{
    size_t m = task->n_train, *at = FSCI_NEW(arena, size_t, m);
    double *z = FSCI_NEW(arena, double, m), squares = 0;
    if (!at || !z)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        at[i] = i, z[i] = forwards(task, task->t[i]);
    fsci_line line = fsci_line_fit(at, m, task->date, z);
    if (line.n < 3 || isnan(line.slope))
        return fsci_fail(err, FSC_EINPUT, "dates are not known of three models");
    for (size_t i = 0; i < m; i++) {
        double residual = z[i] - line.intercept - line.slope * task->date[i];
        squares += isnan(residual) ? 0 : residual * residual;
    }
    double df = (double)line.n - 2, deviation = sqrt(squares / df);
    for (size_t i = m; i < task->n; i++) {
        double centre = line.intercept + line.slope * task->date[i];
        double *quantile = out->quantile + (i - m) * FSCI_QUANTILES;
        out->point[i - m] = backwards(task, centre);
        for (size_t q = 0; q < FSCI_QUANTILES && !isnan(centre); q++)
            quantile[q] =
                backwards(task, centre + deviation * fsci_t_quantile(fsci_quantile_level[q], df));
    }
    return FSC_OK;
}

/* ---- bias ---- */

/* How far a model stands above the training mean of its benchmarks, those it has. */
static double model_bias(const fsci_task *task, const double *mean, size_t i)
{
    double sum = 0;
    size_t known = 0;
    for (size_t j = 0; j < task->p; j++) {
        double score = task->scores[j * task->n + i];
        if (!isnan(score))
            sum += score - mean[j], known++;
    }
    return known ? sum / (double)known : 0;
}

static void benchmark_means(const fsci_task *task, double *mean)
{
    for (size_t j = 0; j < task->p; j++) {
        double sum = 0, known = 0;
        for (size_t i = 0; i < task->n_train; i++)
            if (!isnan(task->scores[j * task->n + i]))
                sum += task->scores[j * task->n + i], known++;
        mean[j] = sum / known;
    }
}

/* Mean of the target plus the bias of the model: the additive model of a score matrix. */
fsc_status fsci_predict_bias(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                             fsc_error *err)
{
    size_t m = task->n_train;
    double *mean = FSCI_NEW(arena, double, task->p), centre = 0, squares = 0;
    double highest = bounded(task) ? 1 : INFINITY;
    if (!mean)
        return fsci_fail_memory(err);
    benchmark_means(task, mean);
    for (size_t i = 0; i < m; i++)
        centre += (task->t[i] - model_bias(task, mean, i)) / (double)m;
    for (size_t i = 0; i < m; i++) {
        double residual = task->t[i] - centre - model_bias(task, mean, i);
        squares += residual * residual;
    }
    for (size_t i = m; i < task->n; i++) {
        double value = centre + model_bias(task, mean, i);
        fsci_predictive_spread(out, i - m, fmin(fmax(value, task->target_lowest), highest),
                               sqrt(squares / (double)(m - 1)), (double)m - 1);
    }
    return FSC_OK;
}
