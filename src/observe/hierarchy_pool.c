/* The target's own effects of families: what its residuals share within a family, pooled. */
#include "observe/hierarchy.h"

#include <math.h>

/* Deviation of the effects of families, and of models, on the target's log-odds: log-normal about
 * a typical 0.2 each, which together are the 0.3 of a column without families. */
static const double TYPICAL = 0.2, LOG_SD = 0.5, LEAST = 0.03, MOST = 2;
enum { GRID = 25 };

/* What the target's residual says of row i: the residual of its log-odds, and its variance without
 * the two effects. */
static bool residual_of(const fsci_hierarchy *h, size_t i, double *residual, double *variance)
{
    size_t d = h->d, j = h->p - 1;
    const fsci_hierarchy_column *c = &h->columns[j];
    fsci_hierarchy_column plain = *c;
    double m = fsci_hierarchy_curve(c, fsci_hierarchy_eta(h, j, i));
    if (h->family[i] >= h->n_families)
        return false;
    plain.noise.tau = 0;
    (void)fsci_hierarchy_working(h, j, i, residual);
    double slope = fmax((m - c->floor) * (1 - m) / (1 - c->floor), 1e-9);
    *variance = fsci_logit_noise_variance(&plain.noise, m) / (slope * slope);
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++)
            *variance += c->loading[a] * c->loading[b] * h->rows[i].covariance[a * d + b];
    return true;
}

/* Weight and weighted residual of family f at the variance of models. */
static void sum_family(const fsci_hierarchy *h, size_t f, double tau2, double *weight, double *sum,
                       double *value)
{
    for (size_t i = 0; i < h->m; i++) {
        double residual, variance;
        if (h->family[i] != f || !residual_of(h, i, &residual, &variance))
            continue;
        variance += tau2;
        *weight += 1 / variance;
        *sum += residual / variance;
        *value += log(variance) + residual * residual / variance;
    }
}

/* Twice the negative log of the marginal posterior of the two deviations: within a family the
 * covariance is diagonal plus a constant. */
static double objective(const fsci_hierarchy *h, double family_tau, double tau)
{
    double u = log(family_tau / TYPICAL) / LOG_SD, v = log(tau / TYPICAL) / LOG_SD;
    double value = u * u + v * v, family2 = family_tau * family_tau;
    for (size_t f = 0; f < h->n_families; f++) {
        double weight = 0, sum = 0;
        if (!h->members[f])
            continue;
        sum_family(h, f, tau * tau, &weight, &sum, &value);
        value += log(1 + family2 * weight) - family2 * sum * sum / (1 + family2 * weight);
    }
    return value;
}

void fsci_hierarchy_pool(fsci_hierarchy *h)
{
    double least = INFINITY, tau = TYPICAL;
    for (int a = 0; a < GRID; a++)
        for (int b = 0; b < GRID; b++) {
            double x = LEAST * pow(MOST / LEAST, (double)a / (GRID - 1));
            double y = LEAST * pow(MOST / LEAST, (double)b / (GRID - 1));
            double value = objective(h, x, y);
            if (value < least)
                least = value, h->family_tau = x, tau = y;
        }
    double family2 = h->family_tau * h->family_tau;
    h->columns[h->p - 1].noise.tau = tau;
    for (size_t f = 0; f < h->n_families; f++) {
        double weight = 0, sum = 0, value = 0;
        if (h->members[f])
            sum_family(h, f, tau * tau, &weight, &sum, &value);
        h->effect_variance[f] = 1 / (1 / family2 + weight);
        h->effect[f] = h->effect_variance[f] * sum;
    }
}
