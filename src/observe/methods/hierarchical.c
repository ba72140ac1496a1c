/* The latent model of hierarchy.h: capability with effects of families and of compute, floors,
 * binomial noise, partial pooling; intervals by Laplace's approximation. */
#include "observe/hierarchy.h"
#include "observe/methods/methods.h"
#include "observe/predictive.h"

#include <math.h>

/* Variance of eta of the target at row i: of theta, of the column, of the family's effect, of the
 * model's. */
static double variance_of(const fsci_hierarchy *h, size_t i)
{
    size_t d = h->d, q = d + 1, f = h->family[i];
    const fsci_hierarchy_column *c = &h->columns[h->p - 1];
    double variance = c->noise.tau * c->noise.tau;
    variance += f < h->n_families ? h->effect_variance[f] : h->family_tau * h->family_tau;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) {
            double xa = a == 0 ? 1 : h->rows[i].mean[a - 1];
            double xb = b == 0 ? 1 : h->rows[i].mean[b - 1];
            variance += xa * xb * c->covariance[a * q + b];
        }
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++)
            variance += c->loading[a] * c->loading[b] * h->rows[i].covariance[a * d + b];
    return variance;
}

typedef struct centre {
    double point, rest, log_odds, variance; /* m, 1 - m, log of their ratio, and its variance */
} centre;

static centre centre_of(const fsci_hierarchy *h, size_t i)
{
    size_t f = h->family[i];
    const fsci_hierarchy_column *c = &h->columns[h->p - 1];
    double eta = fsci_hierarchy_eta(h, h->p - 1, i) + (f < h->n_families ? h->effect[f] : 0);
    double m = fsci_hierarchy_curve(c, eta), rest = (1 - c->floor) / (1 + exp(eta));
    double by_eta = (m - c->floor) / ((1 - c->floor) * m); /* d log-odds of m / d eta */
    return (centre){m, rest, log(m / rest), by_eta * by_eta * variance_of(h, i)};
}

/* Both scales, averaged as the views of an ensemble are: their spread is uncertainty too. */
static fsci_logit_normal law_of(const fsci_hierarchy *h, size_t i, double lowest, double *point)
{
    centre a = centre_of(&h[0], i), b = centre_of(&h[1], i);
    double deviation = (sqrt(a.variance) + sqrt(b.variance)) / 2, apart = a.log_odds - b.log_odds;
    const fsci_logit_noise *u = &h[0].columns[h[0].p - 1].noise;
    const fsci_logit_noise *v = &h[1].columns[h[1].p - 1].noise;
    *point = (a.point + b.point) / 2;
    return (fsci_logit_normal){.centre = log((a.point + b.point) / (a.rest + b.rest)),
                               .variance = deviation * deviation + apart * apart / 2,
                               .noise = {.items = u->items, .s0 = (u->s0 + v->s0) / 2},
                               .lowest = lowest};
}

fsc_status fsci_predict_hierarchical(fsci_arena *arena, const fsci_task *task,
                                     fsci_predictive *predictive, fsc_error *err)
{
    fsci_hierarchy h[2];
    FSCI_TRY(fsci_hierarchy_fit(arena, task, FSCI_VIEW_RAW, &h[0], err));
    FSCI_TRY(fsci_hierarchy_fit(arena, task, FSCI_VIEW_CHANCE_LOGIT, &h[1], err));
    for (size_t i = task->n_train; i < task->n; i++) {
        size_t at = i - task->n_train;
        fsci_logit_normal law = law_of(h, i, task->target_lowest, &predictive->point[at]);
        fsci_logit_normal_quantiles(&law, FSCI_QUANTILES, fsci_quantile_level,
                                    predictive->quantile + at * FSCI_QUANTILES);
    }
    return FSC_OK;
}
