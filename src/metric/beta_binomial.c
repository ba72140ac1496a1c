#include "metric/beta_binomial.h"

#include "metric/count_cells.h"
#include "metric/minimise.h"
#include "num/distribution.h"
#include "num/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct likelihood {
    const fsci_count_cell *cells;
    size_t n;
    bool inflated;
} likelihood;

/* ln B(c + a, n - c + b) / B(a, b), in differences that stay exact as a goes to 0. */
static double log_kernel(const fsci_count_cell *x, double a, double b)
{
    return fsci_log_gamma_ratio(a, x->c) + fsci_log_gamma_ratio(b, a) -
           fsci_log_gamma_ratio(x->n - x->c + b, x->c + a);
}

/* Minus the log-likelihood without its constant, at theta = (ln a, ln b, logit z). */
static double minus_log(void *context, const double *theta, double *g)
{
    const likelihood *l = context;
    double a = exp(theta[0]), b = exp(theta[1]), z = 0, sum = 0, ga = 0, gb = 0, gz = 0;
    if (l->inflated)
        z = 1 / (1 + exp(-theta[2]));
    double psi_ab = fsci_digamma(a + b), psi_a = fsci_digamma(a), psi_b = fsci_digamma(b);
    for (size_t i = 0; i < l->n; i++) {
        const fsci_count_cell *x = &l->cells[i];
        double kernel = log_kernel(x, a, b), own = 1, value = kernel;
        double psi_n = fsci_digamma(a + b + x->n);
        if (l->inflated && x->c == 0) { /* z + (1 - z) e^kernel */
            double full = z + (1 - z) * exp(kernel);
            own = (1 - z) * exp(kernel) / full;
            value = log(full);
            gz += x->weight * (z / full - z);
        } else if (l->inflated) {
            value += log1p(-z);
            gz -= x->weight * z;
        }
        sum += x->weight * value;
        ga += x->weight * own * (fsci_digamma(a + x->c) - psi_a - psi_n + psi_ab);
        gb += x->weight * own * (fsci_digamma(b + x->n - x->c) - psi_b - psi_n + psi_ab);
    }
    g[0] = -a * ga;
    g[1] = -b * gb;
    if (l->inflated)
        g[2] = -gz;
    return isfinite(a) && isfinite(b) ? -sum : NAN;
}

static fsci_bb_status what_is_known(const double *n, const double *c, size_t items)
{
    double successes = 0, samples = 0;
    for (size_t i = 0; i < items; i++) {
        successes += c[i];
        samples += n[i];
    }
    if (items < 2)
        return FSCI_BB_ONE_ITEM;
    if (successes == 0)
        return FSCI_BB_NO_SUCCESS;
    return successes == samples ? FSCI_BB_NO_FAILURE : FSCI_BB_OK;
}

/* The best of several starts around the mean rate. */
static fsci_minimum best_fit(likelihood *l, double mean, double *theta)
{
    static const double sizes[] = {0.3, 3, 30}; /* a + b, times 1 / mean */
    static const double shares[] = {-2, 0};
    size_t n = l->inflated ? 3 : 2;
    fsci_minimum best = {.value = INFINITY};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < (l->inflated ? 2 : 1); j++) {
            double x[3] = {log(sizes[i]), log(sizes[i] * (1 - mean) / mean), shares[j]};
            fsci_minimum found = fsci_minimise(minus_log, l, n, x);
            if (found.value < best.value) {
                best = found;
                memcpy(theta, x, n * sizeof *x);
            }
        }
    return best;
}

fsci_beta_binomial fsci_beta_binomial_fit(const double *n, const double *c, size_t items,
                                          bool inflated)
{
    const double endless = 1e7; /* a + b beyond which the law is one point to any n in use */
    fsci_beta_binomial f = {.status = what_is_known(n, c, items),
                            .a = NAN,
                            .b = NAN,
                            .log_likelihood = NAN,
                            .aicc = NAN,
                            .n_items = items,
                            .n_parameters = inflated ? 3 : 2};
    double theta[3] = {0}, samples = 0, successes = 0;
    for (size_t i = 0; i < 9; i++)
        f.covariance[i] = NAN;
    if (f.status != FSCI_BB_OK)
        return f;
    likelihood l = {.inflated = inflated};
    fsci_count_cell *cells = fsci_count_cells(n, c, items, &l.n);
    l.cells = cells;
    if (!cells) {
        f.status = FSCI_BB_NO_MEMORY;
        return f;
    }
    for (size_t i = 0; i < items; i++) {
        samples += n[i];
        successes += c[i];
    }
    fsci_minimum best = best_fit(&l, successes / samples, theta);
    f.a = exp(theta[0]);
    f.b = exp(theta[1]);
    f.z = inflated ? 1 / (1 + exp(-theta[2])) : 0;
    f.log_likelihood = fsci_count_log_constant(cells, l.n) - best.value;
    double m = (double)f.n_parameters, count = (double)items;
    if (count > m + 1)
        f.aicc = 2 * m - 2 * f.log_likelihood + 2 * m * (m + 1) / (count - m - 1);
    if (f.a + f.b > endless)
        f.status = FSCI_BB_NO_SPREAD;
    else if (best.curved)
        memcpy(f.covariance, best.covariance, f.n_parameters * f.n_parameters * sizeof(double));
    free(cells);
    return f;
}

double fsci_beta_binomial_log_miss(const fsci_beta_binomial *f, double k)
{
    /* B(a, b + k) / B(a, b) */
    double possible = fsci_log_gamma_ratio(f->b, f->a) - fsci_log_gamma_ratio(f->b + k, f->a);
    return f->z > 0 ? log(f->z + (1 - f->z) * exp(possible)) : possible;
}

double fsci_beta_binomial_pass(const fsci_beta_binomial *f, double k)
{
    return -expm1(fsci_beta_binomial_log_miss(f, k));
}

void fsci_beta_binomial_interval(const fsci_beta_binomial *f, double k, double level, double *lo,
                                 double *hi)
{
    double miss = fsci_beta_binomial_log_miss(f, k), g[3], variance = 0;
    double psi = fsci_digamma(f->a + f->b) - fsci_digamma(f->a + f->b + k);
    double possible = fsci_log_gamma_ratio(f->b, f->a) - fsci_log_gamma_ratio(f->b + k, f->a);
    double own = (1 - f->z) * exp(possible - miss);
    g[0] = own * f->a * psi;
    g[1] = own * f->b * (fsci_digamma(f->b + k) - fsci_digamma(f->b) + psi);
    g[2] = f->z * (1 - f->z) * exp(-miss) * -expm1(possible);
    const size_t p = f->n_parameters == 3 ? 3 : 2;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            variance += g[i] * f->covariance[i * p + j] * g[j];
    double se = sqrt(variance) / fabs(miss), z = fsci_normal_quantile(0.5 + level / 2);
    *lo = -expm1(miss * exp(-z * se));
    *hi = -expm1(miss * exp(z * se));
}

/* Water is poured into the items of fewest successes, lowest n first. */
typedef struct vessel {
    double n, c;
    size_t item;
} vessel;

static int by_need(const void *left, const void *right)
{
    const vessel *l = left, *r = right;
    if (l->c != r->c)
        return l->c < r->c ? -1 : 1;
    if (l->n != r->n)
        return l->n < r->n ? -1 : 1;
    return (l->item > r->item) - (l->item < r->item);
}

bool fsci_next_samples(const double *n, const double *c, size_t items, double budget, double *add)
{
    vessel *v = malloc((items ? items : 1) * sizeof *v);
    if (!v)
        return false;
    for (size_t i = 0; i < items; i++) {
        v[i] = (vessel){n[i], c[i], i};
        add[i] = 0;
    }
    qsort(v, items, sizeof *v, by_need);
    size_t m = 0;
    double poured = 0; /* to lift the first m to the level of the next */
    while (m < items && v[m].c == v[0].c) {
        double lift = m ? (v[m].n - v[m - 1].n) * (double)m : 0;
        if (poured + lift > budget)
            break;
        poured += lift;
        m++;
    }
    double level = m ? v[m - 1].n : 0, rest = budget - poured,
           each = m ? floor(rest / (double)m) : 0;
    for (size_t i = 0; i < m; i++)
        add[v[i].item] = level - v[i].n + each + ((double)i < rest - each * (double)m);
    free(v);
    return true;
}

void fsci_best_shares(const double *p, size_t items, double k, double *share)
{
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < items; i++) {
        share[i] = 0.5 * log(p[i]) + (k - 0.5) * log1p(-p[i]);
        most = fmax(most, share[i]);
    }
    for (size_t i = 0; i < items; i++)
        sum += share[i] = isfinite(most) ? exp(share[i] - most) : 1;
    for (size_t i = 0; i < items; i++)
        share[i] /= sum;
}
