#include "metric/transform.h"

#include "num/distribution.h"

#include <math.h>

fsci_scores fsci_scores_of(double cross_entropy, double length, double at_least)
{
    double p = exp(-cross_entropy), wrong = -expm1(-cross_entropy);
    int64_t j = (int64_t)at_least, L = (int64_t)length;
    return (fsci_scores){.cross_entropy = cross_entropy,
                         .token = p,
                         .exact = exp(-length * cross_entropy),
                         .edits = length * wrong,
                         .brier = wrong * wrong,
                         .at_least = j <= 0 ? 1 : fsci_binomial_upper(j - 1, L, p)};
}

double fsci_cross_entropy_of_exact(double exact, double length)
{
    return -log(exact) / length;
}

double fsci_zero_probability(double accuracy, double items)
{
    return exp(items * log1p(-accuracy));
}

double fsci_items_needed(double accuracy, double q)
{
    return ceil(log1p(-q) / log1p(-accuracy));
}

double fsci_brier_all(const double *p, size_t m, size_t t)
{
    double sum = 0;
    for (size_t j = 0; j < m; j++)
        sum += (p[j] - (j == t)) * (p[j] - (j == t));
    return sum;
}

double fsci_brier_one(const double *p, size_t t)
{
    return (1 - p[t]) * (1 - p[t]);
}

double fsci_calibration_error(const double *confidence, const double *correct, const double *weight,
                              size_t n, size_t bins, double *largest)
{
    double total = 0, error = 0;
    *largest = 0;
    for (size_t i = 0; i < n; i++)
        total += weight ? weight[i] : 1;
    for (size_t b = 0; b < bins; b++) {
        double mass = 0, sure = 0, right = 0;
        for (size_t i = 0; i < n; i++) {
            double at = floor(confidence[i] * (double)bins);
            if ((size_t)fmin(at, (double)bins - 1) != b)
                continue;
            double w = weight ? weight[i] : 1;
            mass += w;
            sure += w * confidence[i];
            right += w * correct[i];
        }
        if (mass > 0) {
            double gap = fabs(sure - right) / mass;
            error += mass / total * gap;
            *largest = fmax(*largest, gap);
        }
    }
    return error;
}

const char *fsci_step_name(fsci_step step)
{
    static const char *const names[] = {"log_p", "p", "p_choices", "minus_brier", "accuracy"};
    return names[step];
}

void fsci_choice_steps(const double *loglik, size_t m, size_t t, double out[FSCI_STEPS])
{
    double most = -INFINITY, other = -INFINITY, sum = 0, brier = 0;
    for (size_t j = 0; j < m; j++) {
        most = fmax(most, loglik[j]);
        other = j == t ? other : fmax(other, loglik[j]);
    }
    for (size_t j = 0; j < m; j++)
        sum += exp(loglik[j] - most);
    for (size_t j = 0; j < m; j++) {
        double off = exp(loglik[j] - most) / sum - (j == t);
        brier += off * off;
    }
    out[FSCI_STEP_LOG_P] = loglik[t];
    out[FSCI_STEP_P] = exp(loglik[t]);
    out[FSCI_STEP_CHOICES] = exp(loglik[t] - most) / sum;
    out[FSCI_STEP_BRIER] = -brier;
    out[FSCI_STEP_ACCURACY] = loglik[t] > other;
}
