#include "observe/scatter.h"

#include "observe/link_problem.h"

#include <math.h>

static const double WIDER = 0.25;    /* share by which variance grows per squared deviation */
static const double LEAST_P = 0.001; /* a score of 0 is no certainty: least p (1 - p) */
static const double TAU_CENTER = 0.3, TAU_WIDTH = 0.5, REST_CENTER = 0.005, REST_WIDTH = 0.7;
static const double TAU_LEAST = 0.03, TAU_MOST = 2, REST_LEAST = 0.001, REST_MOST = 0.2;
enum { TAU_STEPS = 43, REST_STEPS = 39, MOST_ROWS = 1000 };

/* Training residuals and what scales them, of at most MOST_ROWS models, evenly spaced. */
typedef struct residuals {
    size_t n;
    double squares[MOST_ROWS], slope2[MOST_ROWS], items[MOST_ROWS];
} residuals;

static double items_variance(const fsci_setting *s, double items, double m)
{
    double range = s->input->ceiling - s->input->chance;
    double q = (s->input->chance + range * m) / s->input->ceiling;
    if (isnan(items) || !(s->input->ceiling > 0))
        return 0;
    q = fmin(fmax(q, 0), 1);
    return s->input->ceiling * s->input->ceiling * q * (1 - q) / items / (range * range);
}

static void take_residuals(const fsci_setting *s, const fsci_fitted *f, double items,
                           residuals *out)
{
    size_t m = s->capability->split.count[FSCI_SET_TRAIN], most = m < MOST_ROWS ? m : MOST_ROWS;
    double wider = f->link.df > 0 ? (double)f->link.n / f->link.df : NAN, by_floor;
    out->n = 0;
    for (size_t i = 0; i < most; i++) {
        size_t at = i * m / most;
        double r = s->target->normalised[at] - f->value[at];
        if (isnan(r))
            continue;
        double slope = fsci_link_slope(f->link.kind, f->link.floor, f->z[at], &by_floor);
        out->squares[out->n] = wider * r * r;
        out->slope2[out->n] = slope * slope;
        out->items[out->n++] = items_variance(s, items, f->value[at]);
    }
}

static double log_prior(double value, double center, double width)
{
    double u = log(value / center) / width;
    return -u * u / 2;
}

static double log_posterior(const residuals *r, double tau, double rest)
{
    double sum = log_prior(tau, TAU_CENTER, TAU_WIDTH) + log_prior(rest, REST_CENTER, REST_WIDTH);
    for (size_t i = 0; i < r->n; i++) {
        double variance = r->items[i] + tau * tau * r->slope2[i] + rest * rest;
        sum -= (log(variance) + r->squares[i] / variance) / 2;
    }
    return sum;
}

/* Step i of n of a logarithmic grid. */
static double grid_at(double least, double most, size_t i, size_t n)
{
    return least * pow(most / least, (double)i / (double)(n - 1));
}

/* The best of a grid whose steps are a tenth, far below what the residuals can tell. */
static void find_scatter(const residuals *r, fsci_scatter *scatter)
{
    double best = -INFINITY;
    for (size_t a = 0; a < TAU_STEPS; a++)
        for (size_t b = 0; b < REST_STEPS; b++) {
            double tau = grid_at(TAU_LEAST, TAU_MOST, a, TAU_STEPS);
            double rest = grid_at(REST_LEAST, REST_MOST, b, REST_STEPS);
            double value = log_posterior(r, tau, rest);
            if (value > best) {
                best = value;
                scatter->model = tau;
                scatter->rest = rest;
            }
        }
}

fsc_status fsci_scatter_fit(fsci_arena *arena, const fsci_setting *s, const fsci_fitted *fitted,
                            fsci_scatter *scatter, fsc_error *err)
{
    residuals *r = FSCI_NEW(arena, residuals, 1);
    *scatter = (fsci_scatter){.items = s->target->items};
    if (!r)
        return fsci_fail_memory(err);
    take_residuals(s, fitted, scatter->items, r);
    if (fitted->link.kind != FSCI_LINK_LINEAR) {
        find_scatter(r, scatter);
        return FSC_OK;
    }
    double squares = 0;
    for (size_t i = 0; i < r->n; i++)
        squares += r->squares[i];
    scatter->model = sqrt(squares / (double)r->n);
    scatter->rest = 0;
    scatter->items = NAN; /* its sampling is in the residuals */
    return FSC_OK;
}

double fsci_scatter_model(const fsci_scatter *scatter, double d)
{
    return scatter->model * sqrt(1 + WIDER * fmax(d * d - 1, 0));
}

double fsci_scatter_target(const fsci_setting *s, const fsci_scatter *scatter, double m)
{
    return sqrt(items_variance(s, scatter->items, m) + scatter->rest * scatter->rest);
}

double fsci_scatter_benchmark(const fsci_setting *s, size_t i, size_t j)
{
    const fsci_capability *c = s->capability;
    double top = c->space.top, x = s->frame->scores[j][c->split.rows[i]];
    if (isnan(x))
        return c->cell_error && isfinite(c->cell_error[j]) ? c->cell_error[j] : 0;
    if (isnan(top) || isnan(s->frame->items[j]))
        return 0;
    double p = fmin(fmax(x / top, 0), 1);
    return top * sqrt(fmax(p * (1 - p), LEAST_P) / s->frame->items[j]);
}
