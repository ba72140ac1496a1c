/* special: mathematics done row by row, the same code for every instruction set. */
#include "expr/kernels.h"

#include <math.h>

double Sleef_cinz_expd1_u10purec(double);
double Sleef_cinz_logd1_u10purec(double);
double Sleef_cinz_log1pd1_u10purec(double);
double Sleef_cinz_lgammad1_u10purec(double);
double Sleef_cinz_sinpid1_u05purec(double);
double Sleef_cinz_cospid1_u05purec(double);

#define EXP1    Sleef_cinz_expd1_u10purec
#define LOG1    Sleef_cinz_logd1_u10purec
#define LOG1P1  Sleef_cinz_log1pd1_u10purec
#define LGAMMA1 Sleef_cinz_lgammad1_u10purec

static const double pi = 0x1.921fb54442d18p+1;
static const double half_log_2pi = 0x1.d67f1c864beb5p-1;

/* Bernoulli numbers B_2k / (2k), k = 1…7: psi(x) ~ log x - 1/(2x) - sum B_2k/(2k) x^-2k
 * (Abramowitz and Stegun 1964, 6.3.18). */
static const double psi_series[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                    1.0 / 132, -691.0 / 32760, 1.0 / 12};

double fsci_special_digamma(double x)
{
    double shift = 0, tail = 0;
    if (x <= 0) { /* reflection, 6.3.7; the poles give NaN */
        if (x == floor(x))
            return NAN;
        return fsci_special_digamma(1 - x) -
               pi * Sleef_cinz_cospid1_u05purec(x) / Sleef_cinz_sinpid1_u05purec(x);
    }
    for (; x < 10; x += 1)
        shift -= 1 / x;
    double z = 1 / (x * x);
    for (int k = (int)(sizeof psi_series / sizeof *psi_series) - 1; k >= 0; k--)
        tail = z * (psi_series[k] + tail);
    return shift + LOG1(x) - 0.5 / x - tail;
}

/* Bernoulli numbers B_2k, k = 1…8: psi'(x) ~ 1/x + 1/(2x^2) + sum B_2k x^-(2k+1) (6.4.12). */
double fsci_special_trigamma(double x)
{
    static const double series[] = {1.0 / 6,  -1.0 / 30,     1.0 / 42, -1.0 / 30,
                                    5.0 / 66, -691.0 / 2730, 7.0 / 6,  -3617.0 / 510};
    double shift = 0, tail = 0;
    if (x <= 0) { /* reflection, 6.4.7; the poles give NaN */
        if (x == floor(x))
            return NAN;
        double s = pi / Sleef_cinz_sinpid1_u05purec(x);
        return s * s - fsci_special_trigamma(1 - x);
    }
    for (; x < 12; x += 1)
        shift += 1 / (x * x);
    double z = 1 / (x * x);
    for (int k = (int)(sizeof series / sizeof *series) - 1; k >= 0; k--)
        tail = z * (series[k] + tail);
    return shift + (1 + 0.5 / x + tail) / x;
}

double fsci_special_lbeta_bend(double a, double b)
{
    return fsci_special_trigamma(a) - fsci_special_trigamma(a + b);
}

double fsci_special_lbeta_slope(double a, double b)
{
    return fsci_special_digamma(a) - fsci_special_digamma(a + b);
}

/* B_2k / (2k (2k - 1)), k = 1…7: what Stirling's formula leaves of log gamma (6.1.41). */
static double stirling_rest(double x)
{
    static const double series[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                    1.0 / 1188, -691.0 / 360360, 1.0 / 156};
    double z = 1 / (x * x), sum = 0;
    for (int k = (int)(sizeof series / sizeof *series) - 1; k >= 0; k--)
        sum = series[k] + z * sum;
    return sum / x;
}

/* log B(a, b) without the cancellation of three large log gammas: the arrangement of Didonato and
 * Morris (1992, ACM TOMS 708), with p <= q and the Stirling remainders taken apart. */
double fsci_special_lbeta(double a, double b)
{
    double p = a < b ? a : b, q = a < b ? b : a, log_rest;
    if (!(p > 0) || !(q < INFINITY))
        return NAN;
    if (q < 10)
        return LGAMMA1(p) + LGAMMA1(q) - LGAMMA1(p + q);
    log_rest = LOG1P1(-p / (p + q)); /* log of q/(p + q) */
    if (p < 10)
        return LGAMMA1(p) + stirling_rest(q) - stirling_rest(p + q) + p - p * LOG1(p + q) +
               (q - 0.5) * log_rest;
    return -0.5 * LOG1(q) + half_log_2pi + stirling_rest(p) + stirling_rest(q) -
           stirling_rest(p + q) + (p - 0.5) * LOG1(p / (p + q)) + q * log_rest;
}

static double at(fsci_operand operand, size_t i)
{
    return operand.at[i & operand.mask];
}

void fsci_special_logsum_row(double *y, double *sum, const fsci_term *terms, size_t n_terms,
                             size_t i)
{
    double most = -INFINITY, total = 0;
    if (sum[i] > FSCI_SUM_LEAST && sum[i] < FSCI_SUM_MOST)
        return;
    for (size_t k = 0; k < n_terms; k++) {
        double c = at(terms[k].c, i), e = terms[k].e.at ? at(terms[k].e, i) : 0;
        double size = e + LOG1(fabs(c));
        if (isnan(size))
            return;
        if (c != 0 && size > most)
            most = size;
    }
    if (!isfinite(most))
        return;
    for (size_t k = 0; k < n_terms; k++) {
        double c = at(terms[k].c, i), e = terms[k].e.at ? at(terms[k].e, i) : 0;
        if (c != 0)
            total += copysign(EXP1(e + LOG1(fabs(c)) - most), c);
    }
    y[i] = most + LOG1(total);
    sum[i] = fmin(fmax(EXP1(y[i]), FSCI_SUM_LEAST), FSCI_SUM_MOST);
    for (size_t k = 0; k < n_terms; k++)
        if (terms[k].e.at)
            terms[k].power[i] = EXP1(at(terms[k].e, i) - y[i]) * sum[i];
}
