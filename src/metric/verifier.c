#include "metric/verifier.h"

#include "metric/pass.h"

#include <math.h>

typedef struct chances {
    double right, wrong, rejected;
} chances;

static chances chances_of(const fsci_verifier *v, size_t t)
{
    double r = v->r[t], C = v->completeness, S = v->soundness;
    return (chances){C * r, (1 - S) * (1 - r), (1 - C) * r + S * (1 - r)};
}

fsci_attempts fsci_verifier_after(const fsci_verifier *v, double k)
{
    fsci_attempts a = {0};
    for (size_t t = 0; t < v->types; t++) {
        chances c = chances_of(v, t);
        double accepted = c.right + c.wrong;
        double left = c.rejected < 1 ? pow(c.rejected, k) : 1;
        double tries = accepted > 0 ? (1 - left) / accepted : k;
        a.right += v->w[t] * c.right * (accepted > 0 ? tries : 0);
        a.wrong += v->w[t] * c.wrong * (accepted > 0 ? tries : 0);
        a.abstain += v->w[t] * left;
        if (left > 0)
            a.with_fallback += v->w[t] * left * (1 - v->completeness) * v->r[t] / c.rejected;
        a.draws += v->w[t] * tries;
    }
    a.with_fallback += a.right;
    a.reward = v->value * a.right + v->wrong * a.wrong - (v->cost != 0 ? v->cost * a.draws : 0);
    return a;
}

double fsci_verifier_marginal(const fsci_verifier *v, double k)
{
    double sum = 0;
    for (size_t t = 0; t < v->types; t++) {
        chances c = chances_of(v, t);
        sum +=
            v->w[t] * pow(c.rejected, k - 1) * (v->value * c.right + v->wrong * c.wrong - v->cost);
    }
    return sum;
}

double fsci_verifier_best(const fsci_verifier *v)
{
    const double most = 1e6;
    double last = 0;
    for (double k = 1; k <= most; k++) {
        double gain = fsci_verifier_marginal(v, k);
        if (gain > 0)
            last = k;
        else if (k > 1000 && k > 2 * last)
            break;
        if (last == k && k == most)
            return INFINITY;
        if (gain > 0 && gain < 1e-300) /* underflow hides the sign from here on */
            return INFINITY;
    }
    return last;
}

double fsci_verifier_precision(const fsci_verifier *v)
{
    double right = 0, all = 0;
    for (size_t t = 0; t < v->types; t++) {
        chances c = chances_of(v, t);
        right += v->w[t] * c.right;
        all += v->w[t] * (c.right + c.wrong);
    }
    return right / all;
}

void fsci_verifier_task(double n, double v, double g, double k, double *right, double *wrong)
{
    double accepted = k < n ? fsci_pass_at(n, v, k) : v > 0;
    *right = v > 0 ? g / v * accepted : 0;
    *wrong = v > 0 ? (v - g) / v * accepted : 0;
}

double fsci_verifier_task_draws(double n, double v, double k)
{
    double sum = 0, left = 1; /* C(n-v,j)/C(n,j) = prod (n-v-i)/(n-i) */
    for (double j = 0; j < k && left > 0; j++) {
        sum += left;
        left *= j < n ? (n - v - j) / (n - j) : 0;
        left = fmax(left, 0);
    }
    return sum;
}
