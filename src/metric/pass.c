#include "metric/pass.h"

#include "num/special.h"

#include <math.h>

enum { DIRECT = 64 };

/* The error of Stirling's formula for ln x!. */
static double stirling_rest(double x)
{
    return x < 16 ? fsci_log_gamma(x + 1) - ((x + 0.5) * log(x) - x + 0.5 * log(2 * M_PI))
                  : 1 / (12 * x) - 1 / (360 * x * x * x) + 1 / (1260 * pow(x, 5));
}

double fsci_log_miss(double n, double c, double k)
{
    double small = fmin(c, k), large = fmax(c, k), rest = n - c - k, sum = 0;
    if (rest < 0)
        return -INFINITY;
    if (small <= DIRECT) {
        for (double i = 0; i < small; i++)
            sum += log1p(-large / (n - i));
        return sum;
    }
    if (rest < 1)
        return fsci_log_gamma(small + 1) + fsci_log_gamma(large + 1) - fsci_log_gamma(n + 1);
    /* Stirling, arranged so that every term is of the order of the smaller of c and k. */
    sum = small * log1p(-large / (n - small)) - (n - large) * log1p(-small / (n - large)) +
          n * log1p(-small / n);
    sum += 0.5 * log1p(c * k / (n * rest));
    return sum + stirling_rest(n - c) + stirling_rest(n - k) - stirling_rest(rest) -
           stirling_rest(n);
}

double fsci_pass_at(double n, double c, double k)
{
    return -expm1(fsci_log_miss(n, c, k));
}

double fsci_pass_all(double n, double c, double k)
{
    return exp(fsci_log_miss(n, n - c, k));
}

double fsci_pass_plug_in(double p, double k)
{
    return -expm1(k * log1p(-p));
}

double fsci_best_of(const double *ascending, size_t n, size_t k)
{
    double sum = 0, log_all = -fsci_log_miss((double)n, (double)(n - k), (double)k);
    if (k == 0 || k > n)
        return NAN;
    for (size_t i = k; i <= n; i++) { /* C(i-1,k-1) / C(n,k), with C(n,k) = exp(log_all) */
        double chosen = -fsci_log_miss((double)(i - 1), (double)(i - k), (double)(k - 1));
        sum += ascending[i - 1] * exp(chosen - log_all);
    }
    return sum;
}

double fsci_worst_of(const double *ascending, size_t n, size_t k)
{
    double sum = 0, log_all = -fsci_log_miss((double)n, (double)(n - k), (double)k);
    if (k == 0 || k > n)
        return NAN;
    for (size_t i = k; i <= n; i++) {
        double chosen = -fsci_log_miss((double)(i - 1), (double)(i - k), (double)(k - 1));
        sum += ascending[n - i] * exp(chosen - log_all);
    }
    return sum;
}

double fsci_majority(const size_t *answer, const double *right, size_t n, size_t *scratch)
{
    size_t most = 0, winners = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = 0;
        for (size_t j = 0; j < n; j++)
            scratch[i] += answer[j] == answer[i];
        most = scratch[i] > most ? scratch[i] : most;
    }
    for (size_t i = 0; i < n; i++)
        if (scratch[i] == most) {
            winners++;
            sum += right[i];
        }
    return winners ? sum / (double)winners : NAN;
}

const double fsci_pass_grid[] = {
    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   12,   14,   16,   18,   20,
    24,   28,   32,   36,   40,   44,   48,   52,   56,   64,   68,   72,   76,   80,   84,
    88,   92,   96,   100,  105,  110,  115,  120,  125,  130,  135,  140,  145,  150,  156,
    162,  168,  175,  182,  189,  193,  200,  216,  233,  267,  300,  333,  367,  400,  433,
    467,  500,  550,  600,  650,  700,  750,  800,  850,  900,  950,  1000, 1067, 1133, 1200,
    1367, 1500, 1750, 2000, 2333, 2667, 3000, 3333, 3667, 4000, 4333, 4667, 5000, 5333, 5667,
    6000, 6333, 6667, 7000, 7333, 7667, 8000, 8500, 9000, 9500, 10000};
const size_t fsci_pass_grid_size = sizeof fsci_pass_grid / sizeof *fsci_pass_grid;

/* Least squares of ln(-ln y) on ln k over from < ln k <= to; points at 0 or 1 have no logarithm. */
static fsci_coverage_law fit_between(const double *k, const double *coverage, size_t n, double from,
                                     double to)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    fsci_coverage_law law = {NAN, NAN, NAN, NAN, NAN, 0};
    for (int pass = 0; pass < 2; pass++) {
        double mx = pass ? sx / (double)law.n : 0, my = pass ? sy / (double)law.n : 0;
        for (size_t i = 0; i < n; i++) {
            double x = log(k[i]), y = log(-log(coverage[i]));
            if (!(coverage[i] > 0 && coverage[i] < 1) || !(x > from && x <= to))
                continue;
            if (!pass) {
                sx += x;
                sy += y;
                law.n++;
            }
            sxx += pass * (x - mx) * (x - mx);
            sxy += pass * (x - mx) * (y - my);
            syy += pass * (y - my) * (y - my);
        }
    }
    if (law.n < 2 || !(sxx > 0))
        return law;
    double slope = sxy / sxx;
    law.b = -slope;
    law.a = exp((sy - slope * sx) / (double)law.n);
    law.r2 = syy > 0 ? slope * sxy / syy : 1;
    return law;
}

fsci_coverage_law fsci_coverage_fit(const double *k, const double *coverage, size_t n)
{
    double least = INFINITY, most = -INFINITY;
    fsci_coverage_law law = fit_between(k, coverage, n, -INFINITY, INFINITY);
    for (size_t i = 0; i < n; i++)
        if (coverage[i] > 0 && coverage[i] < 1) {
            least = fmin(least, log(k[i]));
            most = fmax(most, log(k[i]));
        }
    double middle = (least + most) / 2;
    law.early = fit_between(k, coverage, n, -INFINITY, middle).b;
    law.late = fit_between(k, coverage, n, middle, INFINITY).b;
    return law;
}

void fsci_pass_curve(double n, double c, const double *k, size_t n_k, double *out)
{
    double miss = 0, at = 0;
    for (size_t j = 0; j < n_k; j++) {
        if (k[j] < at || k[j] - at > fmin(c, DIRECT) || n - c < k[j]) {
            miss = fsci_log_miss(n, c, k[j]);
            at = k[j];
        }
        for (; at < k[j]; at++) /* C(n-c,k+1)/C(n,k+1) = C(n-c,k)/C(n,k) (1 - c/(n-k)) */
            miss += log1p(-c / (n - at));
        out[j] = -expm1(miss);
    }
}
