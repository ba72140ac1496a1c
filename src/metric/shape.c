#include "metric/shape.h"

#include "metric/regress.h"

#include <math.h>

const char *fsci_shape_name(fsci_shape_class c)
{
    static const char *const names[] = {"flat", "positive", "inverse", "U", "inverted U"};
    return names[c];
}

fsci_emergence fsci_emergence_of(const double *y, size_t n, double *scratch)
{
    size_t top = 0, bottom = 0;
    fsci_emergence e = {0};
    double mean = 0;
    for (size_t i = 1; i < n; i++) {
        double d = y[i] - y[i - 1];
        top = y[i] > y[top] ? i : top;
        bottom = y[i] < y[bottom] ? i : bottom;
        if (fabs(d) > fabs(e.largest_step)) {
            e.largest_step = d;
            e.step_to = i;
        }
        scratch[i - 1] = d * d;
        mean += d * d / (double)(n - 1);
    }
    if (y[top] == y[bottom])
        return e;
    fsci_sort(scratch, n - 1);
    e.improvement = (top > bottom ? 1 : -1) * (y[top] - y[bottom]);
    e.linearity = e.improvement / sqrt(mean);
    e.breakthrough = e.improvement / sqrt(fsci_median(scratch, n - 1));
    return e;
}

static bool has_two_arms(fsci_trend *t, const fsci_polynomial *p, double least, double most,
                         double tolerance)
{
    t->vertex = fsci_polynomial_vertex(p);
    double at = fsci_polynomial_at(p, t->vertex);
    t->left_arm = fsci_polynomial_at(p, least) - at;
    t->right_arm = fsci_polynomial_at(p, most) - at;
    return t->vertex > least && t->vertex < most && fabs(t->left_arm) > tolerance &&
           fabs(t->right_arm) > tolerance;
}

/* Whether the scores themselves go both ways: a parabola through few points bends of itself. */
static bool goes_both_ways(const double *x, const double *y, size_t n, bool up, double tolerance)
{
    double middle = up ? INFINITY : -INFINITY;
    size_t first = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        middle = up ? fmin(middle, y[i]) : fmax(middle, y[i]);
        first = x[i] < x[first] ? i : first;
        last = x[i] > x[last] ? i : last;
    }
    return fabs(y[first] - middle) > tolerance && fabs(y[last] - middle) > tolerance;
}

fsci_trend fsci_trend_of(const double *x, const double *y, size_t n, double tolerance)
{
    fsci_trend t = {.vertex = NAN, .left_arm = NAN, .right_arm = NAN, .rise = NAN};
    fsci_polynomial p[3];
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
    }
    for (size_t d = 0; d < 3; d++) {
        p[d] = fsci_polynomial_fit(x, y, n, d);
        t.aicc[d] = p[d].ok ? p[d].aicc : NAN;
    }
    bool arms = p[2].ok && has_two_arms(&t, &p[2], least, most, tolerance);
    if (p[1].ok)
        t.rise = fsci_polynomial_leading(&p[1]) * (most - least);
    bool decided = isfinite(t.aicc[2]);
    if (!decided && arms)
        arms = goes_both_ways(x, y, n, t.left_arm > 0, tolerance);
    t.degree = decided ? t.aicc[2] < fmin(t.aicc[0], t.aicc[1]) ? 2 : t.aicc[1] < t.aicc[0] : 2;
    if (t.degree == 2 && !arms) { /* bent, but one way */
        t.degree = decided ? t.aicc[1] < t.aicc[0] : 1;
        if (decided && fabs(t.rise) > tolerance)
            t.degree = 1;
    }
    if (t.degree == 2)
        t.shape = t.left_arm > 0 ? FSCI_SHAPE_U : FSCI_SHAPE_INVERTED_U;
    else if (t.degree == 1 && fabs(t.rise) > tolerance)
        t.shape = t.rise > 0 ? FSCI_SHAPE_POSITIVE : FSCI_SHAPE_INVERSE;
    else
        t.shape = FSCI_SHAPE_FLAT;
    return t;
}
