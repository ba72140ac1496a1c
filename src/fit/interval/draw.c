#include "fit/interval/draw.h"

#include "fit/interval/score.h"

#include <math.h>
#include <string.h>

static void draw_cases(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    size_t n = s->fit->model.n;
    for (size_t i = 0; i < n; i++) {
        size_t row = (size_t)fsci_random_below(stream, n);
        d->weight[row] += 1;
        d->count[row] += 1;
    }
}

static void draw_clusters(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    const fsci_clusters *c = &s->fit->clusters;
    for (size_t k = 0; k < c->n; k++) {
        size_t drawn = (size_t)fsci_random_below(stream, c->n);
        d->count[drawn] += 1;
        for (size_t j = c->first[drawn]; j < c->first[drawn + 1]; j++)
            d->weight[c->row[j]] += 1;
    }
}

static void draw_within(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    const fsci_clusters *c = &s->fit->clusters;
    for (size_t k = 0; k < c->n; k++) {
        size_t drawn = (size_t)fsci_random_below(stream, c->n);
        size_t first = c->first[drawn], size = c->first[drawn + 1] - first;
        d->count[drawn] += 1;
        for (size_t j = 0; j < size; j++)
            d->weight[c->row[first + (size_t)fsci_random_below(stream, size)]] += 1;
    }
}

/* r* = g(right) - g(left*) with g(left*) = g(right at the fit) + e, so r* = r - (r at the fit + e).
 */
static void draw_responses(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    const fsci_objective *o = &s->fit->model.objective;
    for (size_t i = 0; i < o->n; i++) {
        double w = fsci_row_weight(o, i), e = fsci_random_normal(stream);
        d->shift[i] = s->fit->r[i] + (w > 0 ? e * s->spread / sqrt(w) : 0);
        d->weight[i] = d->count[i] = 1;
    }
}

/* Responses of the fitted density, at the mean that the residual tells. */
static void draw_observed(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    const fsci_objective *o = &s->fit->model.objective;
    const fsci_density *density = o->density;
    double dispersion = o->dispersion == SIZE_MAX ? NAN : s->fit->theta[o->dispersion];
    bool share = density->response == FSCI_RESPONSE_SHARE;
    for (size_t i = 0; i < o->n; i++) {
        double left = fsci_residual_map(density->residual, o->y[i]);
        double mu = fsci_residual_unmap(density->residual, left + s->fit->r[i]);
        double trials = share ? o->trials[i] : NAN;
        d->k[i] = density->draw(stream, share ? fmin(fmax(mu, 0), 1) : mu, dispersion, trials);
        d->y[i] = share ? d->k[i] / trials : d->k[i];
        d->weight[i] = d->count[i] = 1;
    }
}

static void clear(const fsci_source *s, fsci_draw *d)
{
    size_t n = s->fit->model.n;
    memset(d->weight, 0, n * sizeof *d->weight);
    memset(d->shift, 0, n * sizeof *d->shift);
    memset(d->count, 0, n * sizeof *d->count);
}

/* Counts become weights. */
static size_t finish(const fsci_source *s, fsci_draw *d)
{
    const fsci_objective *o = &s->fit->model.objective;
    size_t distinct = 0;
    for (size_t i = 0; i < o->n; i++) {
        distinct += d->weight[i] > 0;
        d->weight[i] *= fsci_row_weight(o, i);
    }
    return distinct;
}

size_t fsci_draw_make(const fsci_source *s, fsci_stream *stream, fsci_draw *d)
{
    clear(s, d);
    if (s->unit == FSCI_RESAMPLE_CASES)
        draw_cases(s, stream, d);
    else if (s->unit == FSCI_RESAMPLE_CLUSTER)
        draw_clusters(s, stream, d);
    else if (s->unit == FSCI_RESAMPLE_HIERARCHICAL)
        draw_within(s, stream, d);
    else if (s->fit->model.objective.density)
        draw_observed(s, stream, d);
    else
        draw_responses(s, stream, d);
    return finish(s, d);
}

void fsci_draw_without(const fsci_source *s, size_t unit, size_t n_units, fsci_draw *d)
{
    const fsci_clusters *c = &s->fit->clusters;
    clear(s, d);
    for (size_t i = 0; i < s->fit->model.n; i++)
        d->weight[i] = (c->column ? c->of[i] : i) % n_units != unit;
    finish(s, d);
}
