#include "metric/regress.h"

#include "num/distribution.h"
#include "num/linear.h"

#include <float.h>
#include <math.h>

enum { MOST = FSCI_MOST_DEGREE + 1 };

static double squares(const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += y[i] * y[i];
    return sum;
}

double fsci_aicc(double rss, double squares_of_y, size_t n, size_t coefficients)
{
    double m = (double)coefficients + 1, N = (double)n;
    double least = 64 * DBL_EPSILON * DBL_EPSILON * squares_of_y;
    if (N <= m + 1)
        return NAN;
    rss = fmax(fmax(rss, least), DBL_MIN);
    return N * log(2 * M_PI * rss / N) + N + 2 * m + 2 * m * (m + 1) / (N - m - 1);
}

void fsci_aicc_weights(const double *aicc, size_t n, double *weight)
{
    double best = INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++)
        best = fmin(best, isnan(aicc[i]) ? INFINITY : aicc[i]);
    for (size_t i = 0; i < n; i++)
        sum += weight[i] = isfinite(aicc[i]) ? exp(-0.5 * (aicc[i] - best)) : 0;
    for (size_t i = 0; i < n; i++)
        weight[i] = sum > 0 ? weight[i] / sum : NAN;
}

/* Powers of u, row by row of the Gram matrix; coefficients by Cholesky of the scaled design. */
static bool solve(fsci_polynomial *p, const double *x, const double *y)
{
    size_t k = p->degree + 1;
    double G[MOST * MOST] = {0}, inverse[MOST * MOST], b[MOST] = {0}, correction[MOST];
    for (size_t i = 0; i < p->n; i++) {
        double u = (x[i] - p->centre) / p->scale, powers[MOST] = {1};
        for (size_t j = 1; j < k; j++)
            powers[j] = powers[j - 1] * u;
        for (size_t j = 0; j < k; j++) {
            b[j] += powers[j] * y[i];
            for (size_t l = 0; l < k; l++)
                G[j * k + l] += powers[j] * powers[l];
        }
    }
    if (fsci_cholesky(k, G) != FSCI_LINEAR_OK)
        return false;
    for (size_t j = 0; j < k; j++)
        p->c[j] = b[j];
    fsci_cholesky_solve(k, G, 1, p->c);
    for (int pass = 0; pass < 3; pass++) { /* refinement: the normal equations lose digits */
        for (size_t j = 0; j < k; j++)
            correction[j] = 0;
        for (size_t i = 0; i < p->n; i++) {
            double u = (x[i] - p->centre) / p->scale, power = 1;
            double rest = y[i] - fsci_polynomial_at(p, x[i]);
            for (size_t j = 0; j < k; j++, power *= u)
                correction[j] += power * rest;
        }
        fsci_cholesky_solve(k, G, 1, correction);
        for (size_t j = 0; j < k; j++)
            p->c[j] += correction[j];
    }
    fsci_cholesky_inverse(k, G, inverse);
    for (size_t j = 0; j < k; j++)
        p->se[j] = sqrt(inverse[j * k + j]);
    return true;
}

fsci_polynomial fsci_polynomial_fit(const double *x, const double *y, size_t n, size_t degree)
{
    fsci_polynomial p = {.degree = degree, .n = n, .centre = fsci_mean(x, n), .aicc = NAN};
    double least = INFINITY, most = -INFINITY, total = 0, mean = fsci_mean(y, n);
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
        total += (y[i] - mean) * (y[i] - mean);
    }
    p.scale = most > least ? (most - least) / 2 : 1;
    if (n <= degree || degree > FSCI_MOST_DEGREE || !isfinite(mean) || !isfinite(p.scale) ||
        !solve(&p, x, y))
        return p;
    p.ok = true;
    for (size_t i = 0; i < n; i++) {
        double r = y[i] - fsci_polynomial_at(&p, x[i]);
        p.rss += r * r;
    }
    double df = (double)n - (double)degree - 1, sigma = df > 0 ? sqrt(p.rss / df) : NAN;
    for (size_t j = 0; j <= degree; j++)
        p.se[j] *= sigma;
    p.r2 = total > 0 ? 1 - p.rss / total : 1;
    p.aicc = fsci_aicc(p.rss, squares(y, n), n, degree + 1);
    return p;
}

double fsci_polynomial_at(const fsci_polynomial *p, double x)
{
    double u = (x - p->centre) / p->scale, sum = 0;
    for (size_t j = p->degree + 1; j-- > 0;)
        sum = sum * u + p->c[j];
    return sum;
}

double fsci_polynomial_leading(const fsci_polynomial *p)
{
    return p->c[p->degree] / pow(p->scale, (double)p->degree);
}

double fsci_line_intercept(const fsci_polynomial *line)
{
    return line->c[0] - line->c[1] * line->centre / line->scale;
}

double fsci_line_slope_se(const fsci_polynomial *line)
{
    return line->se[1] / line->scale;
}

fsci_interval fsci_line_band(const fsci_polynomial *line, const double *x, double at, double level)
{
    double df = (double)line->n - 2, spread = 0;
    for (size_t i = 0; i < line->n; i++)
        spread += (x[i] - line->centre) * (x[i] - line->centre);
    if (!(df > 0))
        return (fsci_interval){NAN, NAN};
    double off = at - line->centre;
    double se = sqrt(line->rss / df * (1 / (double)line->n + off * off / spread));
    double half = fsci_t_quantile(0.5 + level / 2, df) * se, value = fsci_polynomial_at(line, at);
    return (fsci_interval){value - half, value + half};
}

double fsci_polynomial_vertex(const fsci_polynomial *p)
{
    return p->degree == 2 && p->c[2] != 0 ? p->centre - p->scale * p->c[1] / (2 * p->c[2]) : NAN;
}

fsci_slopes fsci_equal_slopes(const double *x1, const double *y1, size_t n1, const double *x2,
                              const double *y2, size_t n2)
{
    fsci_polynomial one = fsci_polynomial_fit(x1, y1, n1, 1),
                    two = fsci_polynomial_fit(x2, y2, n2, 1);
    fsci_slopes s = {NAN, NAN, NAN, (double)n1 + (double)n2 - 4, NAN, NAN};
    double sxx1 = 0, sxx2 = 0, b1 = fsci_polynomial_leading(&one),
           b2 = fsci_polynomial_leading(&two);
    if (!one.ok || !two.ok)
        return s;
    for (size_t i = 0; i < n1; i++)
        sxx1 += (x1[i] - one.centre) * (x1[i] - one.centre);
    for (size_t i = 0; i < n2; i++)
        sxx2 += (x2[i] - two.centre) * (x2[i] - two.centre);
    s.difference = b2 - b1;
    double common = (sxx1 * b1 + sxx2 * b2) / (sxx1 + sxx2);
    s.shift = fsci_mean(y2, n2) - fsci_mean(y1, n1) - common * (two.centre - one.centre);
    double rss = one.rss + two.rss;
    s.se = s.df > 0 ? sqrt(rss / s.df * (1 / sxx1 + 1 / sxx2)) : NAN;
    double lost = 1e-12 * (fabs(b1) + fabs(b2)); /* a difference that is rounding */
    s.t = fabs(s.difference) <= lost ? 0 : s.difference / s.se;
    s.p = s.df > 0 ? 2 * fsci_t_upper(fabs(s.t), s.df) : NAN;
    return s;
}
