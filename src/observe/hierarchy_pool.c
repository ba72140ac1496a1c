/* The target's own effects of families: what its residuals share within a family, pooled. */
#include "observe/hierarchy.h"

#include <math.h>

/* Deviation of the effects of families, and of models, on the target's log-odds: log-normal about
 * a typical 0.2 each, which together are the 0.3 of a column without families. */
static const double TYPICAL = 0.2, LOG_SD = 0.5, LEAST = 0.03, MOST = 2;
enum { GRID = 25 };

/* The target's residuals on its log-odds, and their variances without the two effects; what a
 * family sums up to at some variance of models. */
typedef struct pool {
    const fsci_hierarchy *h;
    double *residual, *variance; /* [m], of rows with a family */
    double *weight, *sum;        /* [n_families] */
} pool;

static bool has_family(const fsci_hierarchy *h, size_t i)
{
    return h->family[i] < h->n_families;
}

static void take_residuals(pool *p)
{
    const fsci_hierarchy *h = p->h;
    size_t d = h->d, j = h->p - 1;
    const fsci_hierarchy_column *c = &h->columns[j];
    fsci_logit_noise plain = {.items = c->noise.items, .s0 = c->noise.s0};
    for (size_t i = 0; i < h->m; i++) {
        double m = fsci_hierarchy_curve(c, fsci_hierarchy_eta(h, j, i));
        double slope = fmax((m - c->floor) * (1 - m) / (1 - c->floor), 1e-9);
        (void)fsci_hierarchy_working(h, j, i, &p->residual[i]);
        p->variance[i] = fsci_logit_noise_variance(&plain, m) / (slope * slope);
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                p->variance[i] += c->loading[a] * c->loading[b] * h->rows[i].covariance[a * d + b];
    }
}

/* Weights and weighted residuals of all families; gives what the rows alone cost. */
static double sum_families(pool *p, double tau2)
{
    const fsci_hierarchy *h = p->h;
    double value = 0;
    for (size_t f = 0; f < h->n_families; f++)
        p->weight[f] = p->sum[f] = 0;
    for (size_t i = 0; i < h->m; i++) {
        double variance = p->variance[i] + tau2, residual = p->residual[i];
        if (!has_family(h, i))
            continue;
        p->weight[h->family[i]] += 1 / variance;
        p->sum[h->family[i]] += residual / variance;
        value += log(variance) + residual * residual / variance;
    }
    return value;
}

/* Twice the negative log of the marginal posterior of the two deviations: within a family the
 * covariance is diagonal plus a constant. */
static double objective(pool *p, double family_tau, double tau)
{
    double u = log(family_tau / TYPICAL) / LOG_SD, v = log(tau / TYPICAL) / LOG_SD;
    double value = u * u + v * v + sum_families(p, tau * tau), family2 = family_tau * family_tau;
    for (size_t f = 0; f < p->h->n_families; f++) {
        double seen = 1 + family2 * p->weight[f];
        value += log(seen) - family2 * p->sum[f] * p->sum[f] / seen;
    }
    return value;
}

fsc_status fsci_hierarchy_pool(fsci_arena *arena, fsci_hierarchy *h, fsc_error *err)
{
    double least = INFINITY, tau = TYPICAL;
    pool p = {.h = h,
              .residual = FSCI_NEW(arena, double, h->m),
              .variance = FSCI_NEW(arena, double, h->m),
              .weight = FSCI_NEW(arena, double, h->n_families),
              .sum = FSCI_NEW(arena, double, h->n_families)};
    if (!p.residual || !p.variance || !p.weight || !p.sum)
        return fsci_fail_memory(err);
    take_residuals(&p);
    for (int a = 0; a < GRID; a++)
        for (int b = 0; b < GRID; b++) {
            double x = LEAST * pow(MOST / LEAST, (double)a / (GRID - 1));
            double y = LEAST * pow(MOST / LEAST, (double)b / (GRID - 1));
            double value = objective(&p, x, y);
            if (value < least)
                least = value, h->family_tau = x, tau = y;
        }
    double family2 = h->family_tau * h->family_tau;
    h->columns[h->p - 1].noise.tau = tau;
    (void)sum_families(&p, tau * tau);
    for (size_t f = 0; f < h->n_families; f++) {
        h->effect_variance[f] = 1 / (1 / family2 + p.weight[f]);
        h->effect[f] = h->effect_variance[f] * p.sum[f];
    }
    return FSC_OK;
}
