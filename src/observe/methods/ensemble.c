#include "observe/methods/ensemble.h"

#include "num/distribution.h"
#include "observe/predictive.h"

#include <math.h>

/* Tighter than the prior of a single curve: where few rows are off the floor tau is badly
 * determined, and 0.3 is a typical scatter of log-odds. */
static const fsci_logit_noise_prior RESIDUAL_PRIOR = {0.3, 0.5, 0.005, 0.7};

typedef struct ensemble {
    const fsci_task *task;
    size_t n_members;
    fsci_view *views;
    fsci_posterior *fits;
    double *point;          /* [n] */
    fsci_logit_noise noise; /* of the averaged prediction */
    double variance;        /* the same under a linear link */
} ensemble;

static fsc_status fit_members(fsci_arena *arena, const fsci_member *members, ensemble *e,
                              fsc_error *err)
{
    e->views = FSCI_NEW(arena, fsci_view, e->n_members);
    e->fits = FSCI_NEW(arena, fsci_posterior, e->n_members);
    if (!e->views || !e->fits)
        return fsci_fail_memory(err);
    for (size_t f = 0; f < e->n_members; f++) {
        FSCI_TRY(fsci_view_make(arena, e->task, members[f].scale, members[f].k, &e->views[f], err));
        if (members[f].beside)
            FSCI_TRY(fsci_view_extend(arena, e->task, members[f].beside, &e->views[f], err));
        FSCI_TRY(fsci_posterior_fit(arena, e->task, &e->views[f], &members[f].options, &e->fits[f],
                                    err));
    }
    return FSC_OK;
}

static fsc_status average(fsci_arena *arena, ensemble *e, fsc_error *err)
{
    size_t m = e->task->n_train;
    double *r = FSCI_NEW(arena, double, m), squares = 0;
    e->point = FSCI_NEW(arena, double, e->task->n);
    if (!r || !e->point)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < e->task->n; i++) {
        for (size_t f = 0; f < e->n_members; f++)
            e->point[i] += fsci_posterior_curve(&e->fits[f], i) / (double)e->n_members;
        if (i < m)
            r[i] = e->task->t[i] - e->point[i], squares += r[i] * r[i];
    }
    size_t used = e->views[0].k + 1;
    double df = m > used ? (double)(m - used) : 1;
    e->variance = squares / df;
    e->noise.items = e->task->target_items;
    if (e->task->link != FSCI_LINK_LINEAR)
        fsci_logit_noise_fit(m, e->point, r, sqrt((double)m / df), &RESIDUAL_PRIOR, &e->noise);
    return FSC_OK;
}

/* Of row i: log-odds of the mean curve, and the variance of what is uncertain about them. */
static double centre(const ensemble *e, size_t i, double *variance)
{
    bool linear = e->task->link == FSCI_LINK_LINEAR;
    double rest = 0, deviation = 0, sampling = 0, sum = 0, squares = 0, n = (double)e->n_members;
    for (size_t f = 0; f < e->n_members; f++) {
        const fsci_posterior *fit = &e->fits[f];
        double one = fsci_posterior_rest(fit, i), value = fsci_posterior_curve(fit, i);
        double own = linear ? value : log(value / one);
        rest += one / n;
        deviation += fsci_posterior_deviation(fit, i) / n;
        sampling += fsci_view_sampling(&e->views[f], e->task, i, fit->weights) / n;
        sum += own;
        squares += own * own;
    }
    double spread = n > 1 ? fmax(squares - sum * sum / n, 0) / (n - 1) : 0;
    *variance = deviation * deviation + spread + sampling;
    return linear ? e->point[i] : log(e->point[i] / rest);
}

static void quantiles(const ensemble *e, size_t i, double *quantile)
{
    double variance, middle = centre(e, i, &variance);
    if (e->task->link == FSCI_LINK_LINEAR) {
        double deviation = sqrt(variance + e->variance);
        for (size_t q = 0; q < FSCI_QUANTILES; q++)
            quantile[q] = fmax(middle + deviation * fsci_normal_quantile(fsci_quantile_level[q]),
                               e->task->target_lowest);
        return;
    }
    fsci_logit_normal law = {.centre = middle,
                             .variance = variance + e->noise.tau * e->noise.tau,
                             .noise = {.items = e->noise.items, .s0 = e->noise.s0},
                             .lowest = e->task->target_lowest};
    fsci_logit_normal_quantiles(&law, FSCI_QUANTILES, fsci_quantile_level, quantile);
}

fsc_status fsci_ensemble_predict(fsci_arena *arena, const fsci_task *task,
                                 const fsci_member *members, size_t n_members,
                                 fsci_predictive *predictive, fsc_error *err)
{
    ensemble e = {.task = task, .n_members = n_members};
    FSCI_TRY(fit_members(arena, members, &e, err));
    FSCI_TRY(average(arena, &e, err));
    for (size_t i = task->n_train; i < task->n; i++) {
        predictive->point[i - task->n_train] = e.point[i];
        quantiles(&e, i, predictive->quantile + (i - task->n_train) * FSCI_QUANTILES);
    }
    return FSC_OK;
}
