#include "metric/minimise.h"

#include "num/linear.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST = FSCI_MINIMISE_MOST, MOST_ITERATIONS = 500 };

typedef struct search {
    fsci_gradient_fn *f;
    void *context;
    size_t n;
    double value;
    double x[MOST], g[MOST];
    double inverse[MOST * MOST]; /* of the Hessian, as far as it is known */
    bool blank;                  /* nothing is known: the identity stands for it */
} search;

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static void forget_curvature(search *s)
{
    memset(s->inverse, 0, sizeof s->inverse);
    for (size_t i = 0; i < s->n; i++)
        s->inverse[i * s->n + i] = 1;
    s->blank = true;
}

/* The BFGS update for a step and the change of gradient along it. */
static void learn(search *s, const double *step, const double *change)
{
    size_t n = s->n;
    double along = dot(n, step, change), Hy[MOST];
    if (!(along > 1e-14 * sqrt(dot(n, step, step) * dot(n, change, change))))
        return;
    if (s->blank) /* at the scale that the first step shows (Nocedal & Wright 2006, 6.20) */
        for (size_t i = 0; i < n; i++)
            s->inverse[i * n + i] = along / dot(n, change, change);
    s->blank = false;
    for (size_t i = 0; i < n; i++)
        Hy[i] = dot(n, &s->inverse[i * n], change);
    double scale = (1 + dot(n, change, Hy) / along) / along;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            s->inverse[i * n + j] +=
                scale * step[i] * step[j] - (Hy[i] * step[j] + step[i] * Hy[j]) / along;
}

/* One step along the quasi-Newton direction; false when nothing decreases f. */
static bool advance(search *s)
{
    size_t n = s->n;
    double direction[MOST], slope, longest = 0, x[MOST], g[MOST];
    for (size_t i = 0; i < n; i++) {
        direction[i] = -dot(n, &s->inverse[i * n], s->g);
        longest = fmax(longest, fabs(direction[i]));
    }
    slope = dot(n, direction, s->g);
    if (!(slope < 0))
        return false;
    const double reach = s->blank ? 0.5 : 4; /* of one step in any parameter, a logarithm */
    const double noise = DBL_EPSILON / 8 * fabs(s->value); /* a smaller decrease cannot be seen */
    for (double t = fmin(1, reach / longest); t * longest > DBL_EPSILON && -t * slope > noise;
         t /= 2) {
        for (size_t i = 0; i < n; i++)
            x[i] = s->x[i] + t * direction[i];
        double value = s->f(s->context, x, g);
        if (!isfinite(value) || value > s->value + 1e-4 * t * slope)
            continue;
        double step[MOST], change[MOST];
        bool better = value < s->value;
        for (size_t i = 0; i < n; i++) {
            step[i] = x[i] - s->x[i];
            change[i] = g[i] - s->g[i];
        }
        learn(s, step, change);
        memcpy(s->x, x, n * sizeof *x);
        memcpy(s->g, g, n * sizeof *g);
        s->value = value;
        return better;
    }
    return false;
}

/* Central differences of the exact gradient. */
static bool find_covariance(const search *s, double *covariance)
{
    size_t n = s->n;
    double H[MOST * MOST], L[MOST * MOST];
    for (size_t j = 0; j < n; j++) {
        double x[MOST], up[MOST], down[MOST], h = cbrt(DBL_EPSILON) * fmax(1, fabs(s->x[j]));
        memcpy(x, s->x, n * sizeof *x);
        x[j] = s->x[j] + h;
        s->f(s->context, x, up);
        x[j] = s->x[j] - h;
        s->f(s->context, x, down);
        for (size_t i = 0; i < n; i++)
            H[i * n + j] = (up[i] - down[i]) / (2 * h);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            L[j * n + i] = 0.5 * (H[i * n + j] + H[j * n + i]);
    return fsci_cholesky(n, L) == FSCI_LINEAR_OK &&
           fsci_cholesky_inverse(n, L, covariance) == FSCI_LINEAR_OK;
}

fsci_minimum fsci_minimise(fsci_gradient_fn *f, void *context, size_t n, double *x)
{
    search s = {.f = f, .context = context, .n = n};
    fsci_minimum found = {0};
    memcpy(s.x, x, n * sizeof *x);
    s.value = f(context, s.x, s.g);
    forget_curvature(&s);
    for (bool fresh = true; isfinite(s.value) && found.iterations < MOST_ITERATIONS;
         found.iterations++) {
        if (advance(&s)) {
            fresh = false;
            continue;
        }
        if (fresh)
            break;
        forget_curvature(&s); /* once more, from the steepest descent */
        fresh = true;
    }
    memcpy(x, s.x, n * sizeof *x);
    found.value = s.value;
    for (size_t i = 0; i < n; i++)
        found.gradient = fmax(found.gradient, fabs(s.g[i]));
    found.curved = isfinite(s.value) && find_covariance(&s, found.covariance);
    for (size_t i = 0; i < n * n && !found.curved; i++)
        found.covariance[i] = NAN;
    return found;
}
