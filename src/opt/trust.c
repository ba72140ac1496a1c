#include "opt/trust.h"

#include "num/linear.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_SECULAR = 100, HALVINGS = 32 };

/* g's + s'Hs/2 */
static double model(const fsci_trust *t, const double *s)
{
    double q = 0;
    for (size_t j = 0; j < t->p; j++) {
        double row = t->g[j];
        for (size_t k = 0; k < t->p && s[j] != 0; k++)
            row += 0.5 * t->H[j * t->p + k] * s[k];
        q += s[j] * row;
    }
    return q;
}

static double norm(const fsci_trust *t, const double *s)
{
    double sum = 0;
    for (size_t j = 0; j < t->p; j++)
        sum += t->D[j] * s[j] * t->D[j] * s[j];
    return sqrt(sum);
}

/* ---- the ball ---- */

/* |y(shift)| with y_k = -b_k / (values_k + shift); b is in the eigenvectors' coordinates. */
static double length(size_t m, const double *values, const double *b, double shift)
{
    double sum = 0;
    for (size_t k = 0; k < m; k++) {
        double y = b[k] == 0 ? 0 : b[k] / (values[k] + shift);
        sum += y * y;
    }
    return sqrt(sum);
}

/* The shift at which the step is as long as the radius: a root of 1/length - 1/radius, which is
 * nearly linear in it (Reinsch 1971), bracketed from both sides. */
static double find_shift(size_t m, const double *values, const double *b, double least,
                         double radius)
{
    double low = least, high = least, total = 0;
    for (size_t k = 0; k < m; k++)
        total += b[k] * b[k];
    high = fmax(0, -values[m - 1]) + sqrt(total) / radius; /* there the step is short enough */
    double shift = high;
    for (int step = 0; step < MAX_SECULAR; step++) {
        double size = length(m, values, b, shift), slope = 0;
        if (fabs(size - radius) <= 1e-10 * radius)
            break;
        *(size > radius ? &low : &high) = shift;
        for (size_t k = 0; k < m; k++) {
            double d = values[k] + shift, y = b[k] == 0 ? 0 : b[k] / d;
            slope += b[k] == 0 ? 0 : y * y / d;
        }
        double next = shift + size * size / slope * (size - radius) / radius;
        shift = next > low && next < high ? next : 0.5 * (low + high);
        if (!(high - low > 4 * DBL_EPSILON * high))
            break;
    }
    return shift;
}

/* Minimises b'y + y'Ay/2 over |y| <= radius, A[m * m] in t->A, b in t->b; y into t->along. False
 * when A is not finite. */
static bool solve_ball(fsci_trust *t, size_t m, double radius)
{
    double *y = t->along, *b = t->descent, *v = t->vectors;
    if (fsci_symmetric_eigen(m, t->A, t->values, v) != FSCI_LINEAR_OK)
        return false;
    double least = t->values[m - 1], scale = fmax(fabs(t->values[0]), fabs(least));
    for (size_t k = 0; k < m; k++) {
        b[k] = 0;
        for (size_t j = 0; j < m; j++)
            b[k] += v[k * m + j] * t->b[j];
    }
    bool definite = least > 8 * DBL_EPSILON * scale;
    double shift = definite ? 0 : fmax(0, -least) + 8 * DBL_EPSILON * scale, rest = 0;
    double size = length(m, t->values, b, shift);
    t->on_sphere = !definite || size > radius;
    if (size > radius)
        shift = find_shift(m, t->values, b, shift, radius);
    else if (!definite && least < -8 * DBL_EPSILON * scale)
        rest = sqrt(radius * radius - size * size); /* the hard case: along the last eigenvector */
    for (size_t j = 0; j < m; j++) {
        y[j] = rest * v[(m - 1) * m + j];
        for (size_t k = 0; k < m; k++)
            y[j] -= b[k] == 0 ? 0 : b[k] / (t->values[k] + shift) * v[k * m + j];
    }
    return true;
}

/* ---- the box ---- */

/* The variables that are not held, given those that are: scaled model, and what is left of the
 * radius. */
static size_t reduce(fsci_trust *t, double *radius)
{
    size_t m = 0, p = t->p;
    double used = 0;
    for (size_t j = 0; j < p; j++)
        if (!t->held[j])
            t->free[m++] = j;
        else
            used += t->D[j] * t->s[j] * t->D[j] * t->s[j];
    for (size_t a = 0; a < m; a++) {
        size_t j = t->free[a];
        double slope = t->g[j];
        for (size_t k = 0; k < p; k++)
            if (t->held[k] && t->s[k] != 0)
                slope += t->H[j * p + k] * t->s[k];
        t->b[a] = slope / t->D[j];
        for (size_t c = 0; c < m; c++)
            t->A[a * m + c] = t->H[j * p + t->free[c]] / (t->D[j] * t->D[t->free[c]]);
    }
    *radius = sqrt(fmax(0, t->radius * t->radius - used));
    return m;
}

/* A variable on a side of the box that its slope presses against. */
static bool pressed(const fsci_trust *t, size_t j)
{
    return (t->below[j] >= 0 && t->g[j] >= 0) || (t->above[j] <= 0 && t->g[j] <= 0);
}

static bool fill_ball(fsci_trust *t, bool *clipped)
{
    *clipped = false;
    for (size_t j = 0; j < t->p; j++) {
        t->held[j] = pressed(t, j);
        t->s[j] = 0;
    }
    for (bool again = true; again;) {
        double radius;
        size_t m = reduce(t, &radius);
        again = false;
        if (!m || !(radius > 0))
            break;
        if (!solve_ball(t, m, radius))
            return false;
        for (size_t a = 0; a < m; a++) {
            size_t j = t->free[a];
            double s = t->along[a] / t->D[j];
            t->s[j] = fmin(fmax(s, t->below[j]), t->above[j]);
            if (t->s[j] != s)
                t->held[j] = again = *clipped = true;
        }
        for (size_t a = 0; again && a < m; a++)
            if (!t->held[t->free[a]])
                t->s[t->free[a]] = 0;
    }
    return true;
}

/* The best point on the projected path of steepest descent, its length halved from the radius. */
static double descend(fsci_trust *t, double *s)
{
    double best = 0, size = 0, *path = t->along;
    for (size_t j = 0; j < t->p; j++) {
        t->descent[j] = pressed(t, j) ? 0 : -t->g[j] / (t->D[j] * t->D[j]);
        size += t->D[j] * t->descent[j] * t->D[j] * t->descent[j];
    }
    if (!(size > 0))
        return 0;
    double length_of = t->radius / sqrt(size);
    for (int k = 0; k < HALVINGS; k++, length_of /= 2) {
        for (size_t j = 0; j < t->p; j++)
            path[j] = fmin(fmax(length_of * t->descent[j], t->below[j]), t->above[j]);
        double q = model(t, path);
        if (q < best) {
            best = q;
            memcpy(s, path, t->p * sizeof *s);
        }
    }
    return -best;
}

double fsci_trust_step(fsci_trust *t)
{
    bool clipped;
    t->on_sphere = false;
    if (!fill_ball(t, &clipped))
        return NAN;
    double promised = -model(t, t->s);
    if (!clipped && promised >= 0)
        return promised;
    double *s = t->values; /* no longer needed */
    double steepest = descend(t, s);
    if (steepest > promised) {
        memcpy(t->s, s, t->p * sizeof *s);
        t->on_sphere = norm(t, t->s) >= 0.99 * t->radius;
        return steepest;
    }
    return fmax(promised, 0);
}
