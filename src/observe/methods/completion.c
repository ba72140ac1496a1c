/* Matrix completion across benchmarks, the target one of them, on the log-odds of scores: 0.6 of
 * the best single-benchmark lines and 0.4 of a rank-2 completion (Zeng and Papailiopoulos 2026,
 * arXiv:2606.24020, as their first release has it). Models to be forecast take part with what is
 * known of them. */
#include "latent/impute.h"
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

static const double CLIP = 0.005, LINES_SHARE = 0.6, LEAST_R2 = 0.2, STILL = 1e-4;
enum { RANK = 2, MOST_ROUNDS = 100, BEST_LINES = 5, LEAST_SHARED = 5 };

static double logit(double share)
{
    share = fmin(fmax(share, CLIP), 1 - CLIP);
    return log(share / (1 - share));
}

/* Log-odds of all scores with the target behind them; NaN stays. */
static double *matrix_of(fsci_arena *arena, const fsci_task *task)
{
    size_t n = task->n, p = task->p;
    double *X = FSCI_NEW(arena, double, n *(p + 1));
    for (size_t i = 0; X && i < n * p; i++)
        X[i] = isnan(task->scores[i]) ? NAN : logit(task->scores[i]);
    for (size_t i = 0; X && i < n; i++)
        X[n * p + i] = i < task->n_train ? logit(task->t[i]) : NAN;
    return X;
}

typedef struct line {
    size_t column;
    double slope, intercept, r2;
} line;

/* The line of the target on column j over the training rows that have both; r2 is NaN without. */
static line fit_line(const fsci_task *task, const double *X, size_t j)
{
    const double *x = X + j * task->n, *y = X + task->p * task->n;
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    for (size_t i = 0; i < task->n_train; i++)
        if (!isnan(x[i])) {
            n += 1, sx += x[i], sy += y[i];
            sxx += x[i] * x[i], sxy += x[i] * y[i], syy += y[i] * y[i];
        }
    double vx = sxx - sx * sx / n, vy = syy - sy * sy / n, c = sxy - sx * sy / n;
    if (n < LEAST_SHARED || !(vx > 0) || !(vy > 0))
        return (line){.column = j, .r2 = NAN};
    return (line){j, c / vx, (sy - c / vx * sx) / n, c * c / (vx * vy)};
}

/* The best lines, best first; gives how many. */
static size_t best_lines(const fsci_task *task, const double *X, line *best)
{
    size_t n = 0;
    for (size_t j = 0; j < task->p; j++) {
        line one = fit_line(task, X, j);
        if (!(one.r2 >= LEAST_R2) || (n == BEST_LINES && one.r2 <= best[n - 1].r2))
            continue;
        size_t at = n < BEST_LINES ? n++ : n - 1;
        for (; at > 0 && best[at - 1].r2 < one.r2; at--)
            best[at] = best[at - 1];
        best[at] = one;
    }
    return n;
}

/* Log-odds of row i by the lines whose benchmark it has; NaN when it has none. */
static double by_lines(const fsci_task *task, const double *X, const line *best, size_t n, size_t i)
{
    double sum = 0, weight = 0;
    for (size_t k = 0; k < n; k++) {
        double x = X[best[k].column * task->n + i];
        if (isnan(x))
            continue;
        sum += best[k].r2 * (best[k].intercept + best[k].slope * x);
        weight += best[k].r2;
    }
    return sum / weight;
}

fsc_status fsci_predict_completion(fsci_arena *arena, const fsci_task *task,
                                   fsci_predictive *predictive, fsc_error *err)
{
    size_t n = task->n, p = task->p;
    if (isnan(task->space->top) || task->link == FSCI_LINK_LINEAR)
        return fsci_fail(err, FSC_EINPUT, "scores and target of a completion are shares");
    double *X = matrix_of(arena, task), *filled = FSCI_NEW(arena, double, n *(p + 1));
    const fsci_impute_options options = {.rank = RANK,
                                         .lo = -INFINITY,
                                         .hi = INFINITY,
                                         .tolerance = STILL,
                                         .max_rounds = MOST_ROUNDS};
    fsci_imputer imputer;
    line best[BEST_LINES];
    if (!X || !filled)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_impute_fit(arena, n, p + 1, X, &options, filled, &imputer, err));
    size_t lines = best_lines(task, X, best);
    for (size_t i = task->n_train; i < n; i++) {
        double rank = filled[p * n + i], other = by_lines(task, X, best, lines, i);
        double z = isnan(other) ? rank : LINES_SHARE * other + (1 - LINES_SHARE) * rank;
        predictive->point[i - task->n_train] = 1 / (1 + exp(-z));
    }
    return FSC_OK;
}
