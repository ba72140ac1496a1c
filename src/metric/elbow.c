/* The hinge of curves.h. For a given elbow it is linear in base and slope; between two neighbouring
 * points the sum of squares is smooth in the elbow, so each such stretch is searched on its own. */
#include "metric/curves.h"

#include "num/distribution.h"
#include "num/summary.h"

#include <math.h>

typedef struct hinge {
    const double *x, *y;
    size_t n;
    double base, slope; /* NaN: fitted */
} hinge;

/* Sum of squares at an elbow, with base and slope solved for. */
static double squares_at(const hinge *h, double elbow, double *base, double *slope)
{
    double n = (double)h->n, sf = 0, sff = 0, sy = 0, sfy = 0, rss = 0;
    for (size_t i = 0; i < h->n; i++) {
        double f = fmax(0, elbow - h->x[i]), y = h->y[i] - (isnan(h->base) ? 0 : h->base);
        y -= isnan(h->slope) ? 0 : h->slope * f;
        sf += f;
        sff += f * f;
        sy += y;
        sfy += f * y;
    }
    *base = h->base;
    *slope = h->slope;
    if (isnan(h->base) && isnan(h->slope)) {
        double det = n * sff - sf * sf;
        *slope = det > 0 ? (n * sfy - sf * sy) / det : 0;
        *base = (sy - *slope * sf) / n;
    } else if (isnan(h->base)) {
        *base = sy / n;
    } else if (isnan(h->slope)) {
        *slope = sff > 0 ? sfy / sff : 0;
    }
    for (size_t i = 0; i < h->n; i++) {
        double r = h->y[i] - *base - *slope * fmax(0, elbow - h->x[i]);
        rss += r * r;
    }
    return rss;
}

/* The crossing of the two lines that the points on either side of a stretch give: exact there when
 * it falls inside, which a search alone would find to half the digits. */
static double crossing(const hinge *h, double from, double to)
{
    double x[3] = {0}, y[3] = {0}, n = 0, sxx = 0, sxy = 0, base = 0, n_base = 0;
    for (size_t i = 0; i < h->n; i++)
        if (h->x[i] <= from) {
            n++;
            x[0] += h->x[i];
            y[0] += h->y[i];
        } else if (h->x[i] >= to) {
            n_base++;
            base += h->y[i];
        }
    base = isnan(h->base) ? base / n_base : h->base;
    x[0] /= n;
    y[0] /= n;
    for (size_t i = 0; i < h->n; i++)
        if (h->x[i] <= from) {
            sxx += (h->x[i] - x[0]) * (h->x[i] - x[0]);
            sxy += (h->x[i] - x[0]) * (h->y[i] - y[0]);
        }
    double slope = isnan(h->slope) ? sxy / sxx : -h->slope;
    return x[0] + (base - y[0]) / slope;
}

static double golden(const hinge *h, double from, double to)
{
    const double ratio = 0.6180339887498949;
    double a = from, b = to, base, slope;
    double c = b - ratio * (b - a), d = a + ratio * (b - a);
    double fc = squares_at(h, c, &base, &slope), fd = squares_at(h, d, &base, &slope);
    for (int i = 0; i < 60; i++) {
        if (fc < fd) {
            b = d;
            d = c;
            fd = fc;
            c = b - ratio * (b - a);
            fc = squares_at(h, c, &base, &slope);
        } else {
            a = c;
            c = d;
            fc = fd;
            d = a + ratio * (b - a);
            fd = squares_at(h, d, &base, &slope);
        }
    }
    return (a + b) / 2;
}

static void consider(const hinge *h, double elbow, fsci_elbow *best)
{
    double base, slope, rss = squares_at(h, elbow, &base, &slope);
    if (isfinite(rss) && slope > 0 && (!best->ok || rss < best->rss)) {
        best->ok = true;
        best->elbow = elbow;
        best->base = base;
        best->slope = slope;
        best->rss = rss;
    }
}

/* Elbows whose sum of squares is within the F-limit of the best: likelihood profile. */
static void find_interval(const hinge *h, fsci_elbow *e, double least, double most, double level)
{
    enum { STEPS = 400 };
    double parameters = 1.0 + isnan(h->base) + isnan(h->slope), df = (double)h->n - parameters;
    e->lo = e->hi = NAN;
    if (!(df > 0))
        return;
    double limit = e->rss * (1 + fsci_f_quantile(level, 1, df) / df) + 1e-300, base, slope;
    e->lo = e->hi = e->elbow;
    for (int i = 0; i <= STEPS; i++) {
        double at = least + (most - least) * i / STEPS;
        if (squares_at(h, at, &base, &slope) <= limit) {
            e->lo = fmin(e->lo, at);
            e->hi = fmax(e->hi, at);
        }
    }
}

fsci_elbow fsci_elbow_fit(const double *x, const double *y, size_t n, double base, double slope,
                          double level)
{
    hinge h = {x, y, n, base, slope};
    fsci_elbow best = {.n = n, .elbow = NAN, .base = NAN, .slope = NAN, .lo = NAN, .hi = NAN};
    double least = INFINITY, most = -INFINITY, b, s, flat = 0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
    }
    for (size_t i = 0; i < n; i++) {
        double next = INFINITY;
        for (size_t j = 0; j < n; j++)
            if (x[j] > x[i])
                next = fmin(next, x[j]);
        if (!isfinite(next))
            continue;
        double meet = crossing(&h, x[i], next);
        if (meet >= x[i] && meet <= next)
            consider(&h, meet, &best);
        consider(&h, golden(&h, x[i], next), &best);
    }
    flat = squares_at(&h, least, &b, &s); /* nobody beyond the elbow */
    double df = (double)n - 3, gain = best.ok ? flat - best.rss : 0;
    double noise = best.ok && df > 0 ? best.rss / df : 0;
    best.bound = !best.ok || !(gain > 1e-20 * (double)n) ||
                 (noise > 0 && gain / noise < fsci_f_quantile(level, 1, df > 1 ? df : 1));
    if (best.bound) {
        best.ok = false;
        best.elbow = least;
        best.base = b;
        best.slope = NAN;
        best.rss = flat;
        return best;
    }
    find_interval(&h, &best, least, most, level);
    return best;
}
