/* Predictions without a curve, from what like models scored (analog.h), and from no model at all.
 */
#include "observe/analog.h"
#include "observe/methods/methods.h"
#include "table/table.h"

#include <math.h>

static double training_mean(const fsci_task *task, double *variance)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < task->n_train; i++)
        sum += task->t[i];
    double mean = sum / (double)task->n_train;
    for (size_t i = 0; i < task->n_train; i++)
        squares += (task->t[i] - mean) * (task->t[i] - mean);
    *variance = squares / (double)(task->n_train - 1);
    return mean;
}

fsc_status fsci_predict_training_mean(fsci_arena *arena, const fsci_task *task,
                                      fsci_predictive *out, fsc_error *err)
{
    (void)arena, (void)err;
    double m = (double)task->n_train, variance, mean = training_mean(task, &variance);
    for (size_t i = 0; i < task->n - task->n_train; i++)
        fsci_predictive_spread(out, i, mean, sqrt(variance * (1 + 1 / m)), m - 1);
    return FSC_OK;
}

/* The spread is the root mean square error on the training models, each from the others. */
static fsc_status predict_as(fsci_arena *arena, fsci_predictor predictor, const fsci_task *task,
                             fsci_predictive *out, fsc_error *err)
{
    size_t m = task->n_train, *train = FSCI_NEW(arena, size_t, m);
    double *value = FSCI_NEW(arena, double, task->n), squares = 0;
    if (!train || !value)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        train[i] = i;
    FSCI_TRY(fsci_analog_predict(arena, predictor, task->sample, train, m, value, err));
    for (size_t i = 0; i < m; i++)
        squares += (value[i] - task->t[i]) * (value[i] - task->t[i]);
    for (size_t i = m; i < task->n; i++)
        fsci_predictive_spread(out, i - m, value[i], sqrt(squares / (double)m), (double)m - 1);
    return FSC_OK;
}

fsc_status fsci_predict_persistence(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                                    fsc_error *err)
{
    return predict_as(arena, (fsci_predictor){FSCI_PREDICTOR_PERSISTENCE, 1}, task, out, err);
}

fsc_status fsci_predict_neighbours(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                                   fsc_error *err)
{
    return predict_as(arena, (fsci_predictor){FSCI_PREDICTOR_NEIGHBOURS, 3}, task, out, err);
}

/* ---- families ---- */

/* The mean of the family's training models but `self`; of all others when there is none. */
static double family_mean(const fsci_task *task, size_t i)
{
    double own = 0, n_own = 0, all = 0, n_all = 0;
    for (size_t j = 0; j < task->n_train; j++) {
        if (j == i)
            continue;
        all += task->t[j], n_all++;
        if (task->family[i] != FSCI_MISSING_CODE && task->family[j] == task->family[i])
            own += task->t[j], n_own++;
    }
    return n_own > 0 ? own / n_own : all / n_all;
}

fsc_status fsci_predict_family_mean(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                                    fsc_error *err)
{
    (void)arena, (void)err;
    size_t m = task->n_train;
    double squares = 0;
    for (size_t i = 0; i < m; i++) {
        double error = family_mean(task, i) - task->t[i];
        squares += error * error;
    }
    for (size_t i = m; i < task->n; i++)
        fsci_predictive_spread(out, i - m, family_mean(task, i), sqrt(squares / (double)m),
                               (double)m - 1);
    return FSC_OK;
}

/* ---- the best so far ---- */

/* Spread: how far the training models stand from the best of the others. */
fsc_status fsci_predict_best(fsci_arena *arena, const fsci_task *task, fsci_predictive *out,
                             fsc_error *err)
{
    (void)arena, (void)err;
    size_t m = task->n_train;
    double first = -INFINITY, second = -INFINITY, squares = 0;
    for (size_t i = 0; i < m; i++) {
        second = fmax(second, fmin(first, task->t[i]));
        first = fmax(first, task->t[i]);
    }
    for (size_t i = 0; i < m; i++) {
        double error = (task->t[i] == first ? second : first) - task->t[i];
        squares += error * error;
    }
    for (size_t i = 0; i < task->n - m; i++)
        fsci_predictive_spread(out, i, first, sqrt(squares / (double)m), (double)m - 1);
    return FSC_OK;
}
