#include "metric/compare.h"

#include "num/distribution.h"
#include "opt/least_squares.h"

#include <math.h>

fsci_welch fsci_welch_test(double mean1, double s1, double m1, double mean2, double s2, double m2)
{
    double v1 = s1 * s1 / m1, v2 = s2 * s2 / m2;
    fsci_welch w = {.difference = mean1 - mean2, .se = sqrt(v1 + v2)};
    w.t = w.difference / w.se;
    w.df = (v1 + v2) * (v1 + v2) / (v1 * v1 / (m1 - 1) + v2 * v2 / (m2 - 1));
    w.p = 2 * fsci_t_upper(fabs(w.t), w.df);
    return w;
}

void fsci_holm_adjust(double *p, size_t n, size_t *order)
{
    double most = 0;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) { /* NaN stays apart */
        if (isnan(p[i]))
            continue;
        size_t at = used++;
        for (; at && p[order[at - 1]] > p[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t i = 0; i < used; i++) {
        most = fmax(most, fmin(1, p[order[i]] * (double)(used - i)));
        p[order[i]] = most;
    }
}

void fsci_pareto(const double *x, const double *y, size_t n, bool *best)
{
    for (size_t i = 0; i < n; i++) {
        best[i] = true;
        for (size_t j = 0; j < n && best[i]; j++)
            best[i] = !(x[j] >= x[i] && y[j] >= y[i] && (x[j] > x[i] || y[j] > y[i]));
    }
}

const char *fsci_size_step_name(fsci_size_step step)
{
    static const char *const names[] = {"rise", "plateau", "drop", "ceiling"};
    return names[step];
}

fsci_size_step fsci_step_between(double from, double to, double se, double z, double tolerance,
                                 double ceiling)
{
    double d = to - from;
    if (from >= ceiling - tolerance && to >= ceiling - tolerance)
        return FSCI_STEP_CEILING;
    if (d > z * se && d > tolerance)
        return FSCI_STEP_RISE;
    return d < -z * se && d < -tolerance ? FSCI_STEP_DROP : FSCI_STEP_PLATEAU;
}

size_t fsci_cost_effective(const double *y, size_t n, double tolerance)
{
    double best = -INFINITY;
    size_t i = 0;
    for (size_t j = 0; j < n; j++)
        best = fmax(best, y[j]);
    while (i + 1 < n && y[i] < best - tolerance - 1e-12 * fabs(best))
        i++;
    return i;
}

void fsci_frontier(const double *y, size_t n, bool *best)
{
    double most = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        best[i] = y[i] > most;
        most = fmax(most, y[i]);
    }
}

typedef struct logistic {
    const double *x, *y;
    size_t n;
    double floor, ceiling, centre, scale;
} logistic;

static bool residuals(void *context, const double *p, double *r, double *J, size_t stride)
{
    const logistic *l = context;
    double range = l->ceiling - l->floor;
    for (size_t i = 0; i < l->n; i++) {
        double z = (l->x[i] - l->centre) / l->scale, f = 1 / (1 + exp(-p[0] - p[1] * z));
        r[i] = l->floor + range * f - l->y[i];
        if (J) {
            J[i] = range * f * (1 - f);
            J[stride + i] = J[i] * z;
        }
    }
    return true;
}

bool fsci_logistic_fit(const double *x, const double *y, size_t n, double floor, double ceiling,
                       double *u, double *v)
{
    logistic l = {x, y, n, floor, ceiling, fsci_mean(x, n), fsci_sd(x, n)};
    fsci_ls_workspace *workspace = n >= 2 && l.scale > 0 ? fsci_ls_workspace_new(n, 2) : NULL;
    fsci_ls_problem problem = {.n = n, .p = 2, .residual = residuals, .context = &l};
    double best = INFINITY;
    for (int i = 0; workspace && i < 9; i++) {
        int row = i / 3, column = i % 3;
        double p[2] = {-3.0 + 3 * column, -1.0 + 1.5 * row};
        fsci_ls_result found = fsci_ls_solve(&problem, NULL, workspace, p);
        if (found.value < best) {
            best = found.value;
            *v = p[1] / l.scale;
            *u = p[0] - *v * l.centre;
        }
    }
    fsci_ls_workspace_free(workspace);
    return isfinite(best);
}
