#include "observe/view.h"

#include "latent/pca.h"

#include <math.h>
#include <string.h>

static const double KEPT_WITHIN = 0.02, LEAST_SPREAD = 0.001;

/* The task's scores on the scale, and their slope. */
static void rescale(const fsci_task *task, fsci_view_scale scale, double *x, double *slope)
{
    bool raw = scale == FSCI_VIEW_RAW || isnan(task->space->top);
    for (size_t j = 0; j < task->p; j++) {
        double chance = task->chance[j] > 0 ? task->chance[j] : 0;
        for (size_t i = j * task->n; i < (j + 1) * task->n; i++) {
            double q = (task->complete[i] - chance) / (1 - chance);
            bool inside = q > KEPT_WITHIN && q < 1 - KEPT_WITHIN;
            q = fmin(fmax(q, KEPT_WITHIN), 1 - KEPT_WITHIN);
            x[i] = raw ? task->complete[i] : log(q / (1 - q));
            slope[i] = raw ? 1 : inside ? 1 / (q * (1 - q) * (1 - chance)) : 0;
        }
    }
}

/* The training rows of X[n*p], without gaps. */
static double *training_rows(fsci_arena *arena, const fsci_task *task, const double *X)
{
    double *part = FSCI_NEW(arena, double, task->n_train * task->p);
    for (size_t j = 0; part && j < task->p; j++)
        for (size_t i = 0; i < task->n_train; i++)
            part[j * task->n_train + i] = X[j * task->n + i];
    return part;
}

/* Components are centred in training; a component that does not vary is left as it is. */
static void standardise(size_t n, size_t m, size_t p, size_t k, double *z, double *loadings)
{
    for (size_t c = 0; c < k; c++) {
        double squares = 0;
        for (size_t i = 0; i < m; i++)
            squares += z[c * n + i] * z[c * n + i];
        double deviation = squares > 0 ? sqrt(squares / (double)m) : 1;
        for (size_t i = 0; i < n; i++)
            z[c * n + i] /= deviation;
        for (size_t j = 0; j < p; j++)
            loadings[c * p + j] /= deviation;
    }
}

fsc_status fsci_view_make(fsci_arena *arena, const fsci_task *task, fsci_view_scale scale, size_t k,
                          fsci_view *view, fsc_error *err)
{
    size_t n = task->n, m = task->n_train, p = task->p;
    if (p == 0 || m < 3)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu training rows with %zu benchmarks have no components", m, p);
    size_t most = p < m - 1 ? p : m - 1;
    k = k < most ? k : most;
    double *x = FSCI_NEW(arena, double, n *p), *slope = FSCI_NEW(arena, double, n *p);
    double *z = FSCI_NEW(arena, double, n *k), *loadings = FSCI_NEW(arena, double, p *k);
    fsci_pca pca;
    if (!x || !slope || !z || !loadings)
        return fsci_fail_memory(err);
    rescale(task, scale, x, slope);
    const double *part = training_rows(arena, task, x);
    if (!part)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_pca_fit(arena, m, p, part, FSCI_PCA_CENTER, 1, k, &pca, err));
    fsci_pca_scores(&pca, n, x, z);
    for (size_t c = 0; c < k * p; c++)
        loadings[c] = pca.loadings[c];
    standardise(n, m, p, k, z, loadings);
    *view = (fsci_view){n, k, p, z, loadings, slope};
    return FSC_OK;
}

fsc_status fsci_view_extend(fsci_arena *arena, const fsci_task *task, const double *column,
                            fsci_view *view, fsc_error *err)
{
    size_t n = view->n, k = view->k, known = 0;
    double sum = 0, squares = 0;
    double *z = FSCI_NEW(arena, double, n *(k + 1));
    double *loadings = FSCI_NEW(arena, double, view->p *(k + 1));
    if (!z || !loadings)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < task->n_train; i++)
        if (isfinite(column[i]))
            sum += column[i], known++;
    double mean = sum / (double)known;
    for (size_t i = 0; i < task->n_train; i++)
        if (isfinite(column[i]))
            squares += (column[i] - mean) * (column[i] - mean);
    if (known < 3 || !(squares > 0))
        return fsci_fail(err, FSC_EINPUT, "what is beside the components does not vary");
    memcpy(z, view->z, n * k * sizeof *z);
    memcpy(loadings, view->loadings, view->p * k * sizeof *loadings);
    for (size_t i = 0; i < n; i++)
        z[k * n + i] = isfinite(column[i]) ? (column[i] - mean) / sqrt(squares / (double)known) : 0;
    view->z = z, view->loadings = loadings, view->k = k + 1;
    return FSC_OK;
}

double fsci_view_sampling(const fsci_view *view, const fsci_task *task, size_t i,
                          const double *weight)
{
    double sum = 0;
    for (size_t j = 0; j < view->p; j++) {
        double score = task->complete[j * view->n + i], by_score = 0;
        for (size_t c = 0; c < view->k; c++)
            by_score += weight[c] * view->loadings[c * view->p + j];
        by_score *= view->slope[j * view->n + i];
        if (task->items[j] > 0)
            sum += by_score * by_score * fmax(score * (1 - score), LEAST_SPREAD) / task->items[j];
    }
    return sum;
}
