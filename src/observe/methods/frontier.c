/* Frontier: from the release date to an index of capability, from the index to the target (Pimpale,
 * Hojmark, Scheurer, Hobbhahn 2025, arXiv:2502.15850).
 *
 *   index = u + v date, by least squares over the models that were best when they came out
 *   target = h sigmoid(a + b z),  z the standardised index, 0.8 <= h <= 1, at least what was seen
 *
 * The index is the first component of the benchmarks. The curve is searched for 500 steps of Adam
 * at rate 0.1 and the best point kept, as theirs is: stopping early is what keeps a curve through
 * few points from becoming a step. Scores of the model to be forecast are not used. */
#include "observe/methods/methods.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

static const double RATE = 0.1, DECAY_MEAN = 0.9, DECAY_SQUARE = 0.999, LOWEST_CEILING = 0.8;
enum { STEPS = 500, PARAMETERS = 3, LEAST_FRONTIER = 3 };

typedef struct line {
    double slope, intercept;
} line;

/* Whether no training model of the same day or earlier has more of the index. */
static bool on_frontier(const fsci_task *task, size_t i)
{
    for (size_t k = 0; k < task->n_train; k++)
        if (task->date[k] <= task->date[i] && task->pcs[k] > task->pcs[i])
            return false;
    return !isnan(task->date[i]);
}

static fsc_status fit_frontier(const fsci_task *task, line *trend, fsc_error *err)
{
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, origin = NAN;
    for (size_t i = 0; i < task->n_train; i++) {
        if (!on_frontier(task, i))
            continue;
        origin = isnan(origin) ? task->date[i] : origin;
        double x = task->date[i] - origin, y = task->pcs[i];
        n += 1, sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    double spread = sxx - sx * sx / n;
    if (n < LEAST_FRONTIER || !(spread > 0))
        return fsci_fail(err, FSC_EINPUT,
                         "%s training models of known date were best in their time",
                         fsci_briefly(n, 6).text);
    trend->slope = (sxy - sx * sy / n) / spread;
    trend->intercept = sy / n - trend->slope * (sx / n + origin);
    return FSC_OK;
}

static double curve(const double *theta, double z)
{
    return theta[2] / (1 + exp(-theta[0] - theta[1] * z));
}

/* Mean squared error over the training models, and its slope. */
static double loss(const fsci_task *task, double deviation, const double *theta, double *slope)
{
    double sum = 0, n = (double)task->n_train;
    memset(slope, 0, PARAMETERS * sizeof *slope);
    for (size_t i = 0; i < task->n_train; i++) {
        double z = task->pcs[i] / deviation, m = curve(theta, z), share = m / theta[2];
        double r = m - task->t[i], by_eta = 2 * r * m * (1 - share) / n;
        sum += r * r / n;
        slope[0] += by_eta;
        slope[1] += by_eta * z;
        slope[2] += 2 * r * share / n;
    }
    return sum;
}

/* Adam (Kingma and Ba 2015) from a flat ceiling of the middle; the best point on the way. */
static void fit_curve(const fsci_task *task, double deviation, double *best)
{
    double most = LOWEST_CEILING, least = INFINITY;
    for (size_t i = 0; i < task->n_train; i++)
        most = fmin(fmax(most, task->t[i]), 1);
    double theta[PARAMETERS] = {0, 1, (most + 1) / 2}, mean[PARAMETERS] = {0};
    double square[PARAMETERS] = {0}, slope[PARAMETERS];
    for (int step = 1; step <= STEPS; step++) {
        double value = loss(task, deviation, theta, slope);
        if (value < least) {
            least = value;
            memcpy(best, theta, sizeof theta);
        }
        for (size_t a = 0; a < PARAMETERS; a++) {
            mean[a] = DECAY_MEAN * mean[a] + (1 - DECAY_MEAN) * slope[a];
            square[a] = DECAY_SQUARE * square[a] + (1 - DECAY_SQUARE) * slope[a] * slope[a];
            double m = mean[a] / (1 - pow(DECAY_MEAN, step));
            double v = square[a] / (1 - pow(DECAY_SQUARE, step));
            theta[a] -= RATE * m / (sqrt(v) + 1e-8);
        }
        theta[2] = fmin(fmax(theta[2], most), 1);
    }
}

fsc_status fsci_predict_frontier(fsci_arena *arena, const fsci_task *task,
                                 fsci_predictive *predictive, fsc_error *err)
{
    line trend = {0, 0};
    double squares = 0, theta[PARAMETERS] = {0};
    (void)arena;
    if (task->link == FSCI_LINK_LINEAR)
        return fsci_fail(err, FSC_EINPUT, "the target of a frontier is a share");
    FSCI_TRY(fit_frontier(task, &trend, err));
    for (size_t i = 0; i < task->n_train; i++)
        squares += task->pcs[i] * task->pcs[i];
    double deviation = sqrt(squares / (double)task->n_train);
    fit_curve(task, deviation, theta);
    for (size_t i = task->n_train; i < task->n; i++)
        predictive->point[i - task->n_train] =
            curve(theta, (trend.intercept + trend.slope * task->date[i]) / deviation);
    return FSC_OK;
}
