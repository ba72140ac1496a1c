#include "metric/assess.h"

#include "num/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double linear(const double *beta, const double *x, size_t p)
{
    double eta = beta[0];
    for (size_t j = 0; j < p; j++)
        eta += beta[j + 1] * x[j];
    return eta;
}

double fsci_logit_at(const double *beta, const double *x, size_t p)
{
    return 1 / (1 + exp(-linear(beta, x, p)));
}

static double penalised(const double *x, const double *y, size_t n, size_t p, double ridge,
                        const double *beta)
{
    double sum = 0;
    for (size_t j = 1; j <= p; j++)
        sum += ridge / 2 * beta[j] * beta[j];
    for (size_t i = 0; i < n; i++) {
        double eta = linear(beta, x + i * p, p);
        sum += fmax(eta, 0) + log1p(exp(-fabs(eta))) - y[i] * eta;
    }
    return sum;
}

/* Gradient into g[p + 1], Hessian into H[(p + 1)^2], lower triangle. */
static void derivatives(const double *x, const double *y, size_t n, size_t p, double ridge,
                        const double *beta, double *g, double *H)
{
    size_t k = p + 1;
    memset(g, 0, k * sizeof *g);
    memset(H, 0, k * k * sizeof *H);
    for (size_t i = 0; i < n; i++) {
        const double *row = x + i * p;
        double P = fsci_logit_at(beta, row, p), v = P * (1 - P), r = P - y[i];
        g[0] += r;
        H[0] += v;
        for (size_t a = 0; a < p; a++) {
            g[a + 1] += r * row[a];
            H[a + 1] += v * row[a];
            for (size_t b = a; b < p; b++)
                H[(a + 1) * k + b + 1] += v * row[a] * row[b];
        }
    }
    for (size_t j = 1; j < k; j++) {
        g[j] += ridge * beta[j];
        H[j * k + j] += ridge;
    }
}

static double largest(const double *g, size_t k)
{
    double most = 0;
    for (size_t j = 0; j < k; j++)
        most = fmax(most, fabs(g[j]));
    return most;
}

fsci_logit_fit fsci_logit_ridge(const double *x, const double *y, size_t n, size_t p, double ridge,
                                double *beta)
{
    enum { MOST_ITERATIONS = 100 };
    size_t k = p + 1;
    double *block = malloc((k * k + 2 * k) * sizeof *block);
    fsci_logit_fit fit = {0};
    memset(beta, 0, k * sizeof *beta);
    fit.value = penalised(x, y, n, p, ridge, beta);
    for (; block && fit.iterations < MOST_ITERATIONS; fit.iterations++) {
        double *H = block, *g = block + k * k, *next = g + k, t = 1, value = NAN;
        derivatives(x, y, n, p, ridge, beta, g, H);
        fit.gradient = largest(g, k);
        if (fit.gradient <= 1e-9 * (double)n) {
            fit.ok = true;
            break;
        }
        if (fsci_cholesky(k, H) != FSCI_LINEAR_OK ||
            fsci_cholesky_solve(k, H, 1, g) != FSCI_LINEAR_OK)
            break;
        for (int halvings = 0; halvings < 40; halvings++, t /= 2) {
            for (size_t j = 0; j < k; j++)
                next[j] = beta[j] - t * g[j];
            value = penalised(x, y, n, p, ridge, next);
            if (value < fit.value)
                break;
        }
        if (!(value < fit.value)) { /* nothing left but rounding */
            fit.ok = fit.gradient <= 1e-6 * (double)n;
            break;
        }
        fit.value = value;
        memcpy(beta, next, k * sizeof *beta);
    }
    free(block);
    return fit;
}

/* Indices by ascending score: a heap sort, which needs no context for its comparisons. */
static void order_by(const double *score, size_t n, size_t *order)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t start = n / 2, end = n; end > 1;) {
        if (start > 0) {
            start--;
        } else {
            size_t kept = order[--end];
            order[end] = order[0];
            order[0] = kept;
        }
        for (size_t root = start, child; (child = 2 * root + 1) < end; root = child) {
            if (child + 1 < end && score[order[child]] < score[order[child + 1]])
                child++;
            if (score[order[root]] >= score[order[child]])
                break;
            size_t kept = order[root];
            order[root] = order[child];
            order[child] = kept;
        }
    }
}

double fsci_auc(const double *score, const double *y, size_t n, size_t *order)
{
    double positives = 0, above = 0, negatives = 0;
    order_by(score, n, order);
    for (size_t i = 0, next; i < n; i = next) {
        double right = 0, wrong = 0;
        for (next = i; next < n && score[order[next]] == score[order[i]]; next++) {
            right += y[order[next]] > 0;
            wrong += !(y[order[next]] > 0);
        }
        above += right * (negatives + wrong / 2);
        positives += right;
        negatives += wrong;
    }
    return positives > 0 && negatives > 0 ? above / (positives * negatives) : NAN;
}

double fsci_reject_threshold(const double *probability, const double *y, size_t n, double accuracy,
                             size_t *order, double *kept)
{
    double right = 0, seen = 0, threshold = NAN;
    *kept = 0;
    order_by(probability, n, order);
    for (size_t i = n; i-- > 0;) {
        right += y[order[i]] > 0;
        seen++;
        bool last_of_ties = i == 0 || probability[order[i - 1]] < probability[order[i]];
        if (last_of_ties && right >= accuracy * seen) {
            threshold = probability[order[i]];
            *kept = seen / (double)n;
        }
    }
    return threshold;
}
