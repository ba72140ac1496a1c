#include "opt/simplex.h"

#include "opt/dense.h"

#include <math.h>
#include <string.h>

enum { MOST_ITERATIONS = 1000, HALVINGS = 40 };
/* Of a gap, relative to the size of f: where a search ends; what it must have come to. */
static const double enough = 1e-12, good = 1e-8;
static const double armijo = 1e-4, shortest = 1e-8, longest = 1e8;

static double clip(double x, double lo, double hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

/* sum clip(x - shift) - total, which falls as the shift grows. */
static double excess(const fsci_simplex_problem *p, const double *x, double shift)
{
    double sum = -p->total;
    for (size_t i = 0; i < p->n; i++)
        sum += clip(x[i] - shift, p->lo[i], p->hi[i]);
    return sum;
}

void fsci_simplex_project(const fsci_simplex_problem *p, double *x)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t i = 0; i < p->n; i++) {
        least = fmin(least, x[i] - p->hi[i]);
        most = fmax(most, x[i] - p->lo[i]);
    }
    for (int k = 0; k < 200 && least < most; k++) { /* until the two are neighbours */
        double middle = least + 0.5 * (most - least);
        if (middle == least || middle == most)
            break;
        *(excess(p, x, middle) > 0 ? &least : &most) = middle;
    }
    double shift = least + 0.5 * (most - least), rest = p->total, inside = 0;
    for (size_t i = 0; i < p->n; i++) {
        x[i] = clip(x[i] - shift, p->lo[i], p->hi[i]);
        rest -= x[i];
        inside += x[i] > p->lo[i] && x[i] < p->hi[i];
    }
    for (size_t i = 0; i < p->n; i++) /* rounding, to those that have room */
        if (x[i] > p->lo[i] && x[i] < p->hi[i])
            x[i] = clip(x[i] + rest / inside, p->lo[i], p->hi[i]);
}

/* The most that a straight f of slope g could fall within the bounds: room goes to the lowest
 * slopes first. order[n] is scratch. */
static double gap_of(const fsci_simplex_problem *p, const double *x, const double *g, size_t *order)
{
    double room = p->total, fall = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t at = i;
        for (; at > 0 && g[order[at - 1]] > g[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
        room -= p->lo[i];
    }
    double level = p->n ? g[order[0]] : 0; /* slopes by their differences: sums of x cancel */
    for (size_t k = 0; k < p->n; k++) {
        size_t i = order[k];
        double more = fmin(room, p->hi[i] - p->lo[i]), away = x[i] - (p->lo[i] + more);
        room -= more;
        fall += g[i] == level || away == 0 ? 0 : (g[i] - level) * away; /* slopes may be infinite */
    }
    return isnan(fall) ? INFINITY : fmax(fall, 0);
}

typedef struct solve {
    const fsci_simplex_problem *p;
    double f, size;
    double *x, *g, *H; /* [n], [n], [n^2] */
    double *y, *gy;    /* [n] a point to try, the slope there */
    double *d;         /* [n] a direction */
    double *A, *L, *b; /* [n^2], [n^2], [n] of the reduced system */
    size_t *order;     /* [n] */
    bool *held, *none; /* [n] shares that a bound holds; all false */
    double step;       /* of the projected gradient */
} solve;

size_t fsci_simplex_scratch(size_t n)
{
    return 3 * n * n + 8 * n;
}

static void lay_out(solve *s, size_t n, double *at)
{
    double **vectors[] = {&s->g, &s->y, &s->gy, &s->d, &s->b}, **squares[] = {&s->H, &s->A, &s->L};
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++, at += n)
        *vectors[k] = at;
    for (size_t k = 0; k < sizeof squares / sizeof *squares; k++, at += n * n)
        *squares[k] = at;
    void *indices = at, *flags = at + n;
    s->order = indices;
    s->held = flags;
    s->none = s->held + n;
    memset(s->none, 0, n * sizeof *s->none);
}

/* Shares at a bound that a small step down the slope leaves there. */
static size_t hold(solve *s)
{
    const fsci_simplex_problem *p = s->p;
    double mean = 0, most = 0;
    for (size_t i = 0; i < p->n; i++)
        mean += s->g[i] / (double)p->n;
    for (size_t i = 0; i < p->n; i++)
        most = fmax(most, fabs(s->g[i] - mean));
    for (size_t i = 0; i < p->n; i++)
        s->y[i] = s->x[i] - (most > 0 ? 1e-3 * p->total / most * s->g[i] : 0);
    fsci_simplex_project(p, s->y);
    size_t free = 0;
    for (size_t i = 0; i < p->n; i++) {
        s->held[i] = (s->x[i] <= p->lo[i] && s->y[i] <= p->lo[i]) ||
                     (s->x[i] >= p->hi[i] && s->y[i] >= p->hi[i]);
        free += !s->held[i];
    }
    return free;
}

/* The step to the minimum of the quadratic model within the face, in d: the last free share takes
 * what the others give. False when the model has no minimum there. */
static bool newton_direction(solve *s)
{
    size_t n = s->p->n, m = 0;
    size_t *free = s->order;
    memset(s->d, 0, n * sizeof *s->d);
    for (size_t i = 0; i < n; i++)
        if (!s->held[i])
            free[m++] = i;
    if (m < 2)
        return false;
    size_t r = free[--m]; /* gives and takes */
    const double *H = s->H;
    for (size_t a = 0; a < m; a++) {
        size_t i = free[a];
        s->b[a] = s->g[i] - s->g[r];
        for (size_t c = 0; c <= a; c++) {
            size_t j = free[c];
            s->A[a * m + c] = H[i * n + j] - H[i * n + r] - H[r * n + j] + H[r * n + r];
        }
    }
    fsci_cholesky(m, s->A, s->none, s->L);
    for (size_t a = 0; a < m; a++)
        if (s->L[a * m + a] == 0 || !isfinite(s->L[a * m + a]))
            return false;
    fsci_cholesky_solve(m, s->L, s->b, s->b);
    for (size_t a = 0; a < m; a++) {
        s->d[free[a]] = s->b[a];
        s->d[r] -= s->b[a];
    }
    return true;
}

/* How far along d the bounds let go, at most 1. */
static double reach(const solve *s)
{
    double most = 1;
    for (size_t i = 0; i < s->p->n; i++) {
        if (s->d[i] < 0)
            most = fmin(most, (s->p->lo[i] - s->x[i]) / s->d[i]);
        if (s->d[i] > 0)
            most = fmin(most, (s->p->hi[i] - s->x[i]) / s->d[i]);
    }
    return fmax(most, 0);
}

/* Moves along d, at most `most` of it, as far as f falls; false when it does not. */
static bool descend(solve *s, double most)
{
    size_t n = s->p->n;
    double slope = 0, f, size;
    for (size_t i = 0; i < n; i++)
        slope += s->g[i] * s->d[i];
    if (!(slope < 0) || !(most > 0))
        return false;
    for (int k = 0; k < HALVINGS; k++, most *= 0.5) {
        for (size_t i = 0; i < n; i++)
            s->y[i] = clip(s->x[i] + most * s->d[i], s->p->lo[i], s->p->hi[i]);
        if (s->p->function(s->p->context, s->y, &f, &size, NULL, NULL) &&
            f <= s->f + armijo * most * slope && f < s->f)
            return true;
    }
    return false;
}

/* The spectral step: x - step g, projected; d is the way there. */
static void gradient_direction(solve *s)
{
    size_t n = s->p->n;
    for (size_t i = 0; i < n; i++)
        s->d[i] = s->x[i] - s->step * s->g[i];
    fsci_simplex_project(s->p, s->d);
    for (size_t i = 0; i < n; i++)
        s->d[i] -= s->x[i];
}

/* Takes the point tried; the next gradient step is the inverse of the bend met on the way. */
static void accept(solve *s)
{
    size_t n = s->p->n;
    double moved = 0, bent = 0;
    s->p->function(s->p->context, s->y, &s->f, &s->size, s->gy, s->H);
    for (size_t i = 0; i < n; i++) {
        double by = s->y[i] - s->x[i];
        moved += by * by;
        bent += by * (s->gy[i] - s->g[i]);
        s->x[i] = s->y[i];
        s->g[i] = s->gy[i];
    }
    s->step = clip(bent > 0 ? moved / bent : longest, shortest, longest);
}

/* Where f no longer shows a difference, whether the whole Newton step lessens the gap. */
static bool polish(solve *s, double gap)
{
    size_t n = s->p->n;
    double f, size, most;
    if (hold(s) < 2 || !newton_direction(s) || !((most = reach(s)) > 0))
        return false;
    for (size_t i = 0; i < n; i++)
        s->y[i] = clip(s->x[i] + most * s->d[i], s->p->lo[i], s->p->hi[i]);
    return s->p->function(s->p->context, s->y, &f, &size, s->gy, s->A) &&
           gap_of(s->p, s->y, s->gy, s->order) < 0.5 * gap;
}

/* At a bound where f falls without end, as -sqrt(x) does at 0: a little to those shares, from all
 * others. */
static bool leave_bound(solve *s)
{
    const fsci_simplex_problem *p = s->p;
    double room = 0, spare = 0, f, size;
    for (size_t i = 0; i < p->n; i++)
        *(s->g[i] == -INFINITY ? &room : &spare) +=
            s->g[i] == -INFINITY ? p->hi[i] - s->x[i] : s->x[i] - p->lo[i];
    double most = fmin(room, spare);
    for (int k = 0; most > 0 && k < HALVINGS; k++) {
        most *= 0.5;
        for (size_t i = 0; i < p->n; i++)
            s->y[i] = s->x[i] + (s->g[i] == -INFINITY ? most * (p->hi[i] - s->x[i]) / room
                                                      : most * (p->lo[i] - s->x[i]) / spare);
        if (p->function(p->context, s->y, &f, &size, NULL, NULL) && f < s->f)
            return true;
    }
    return false;
}

fsci_simplex_result fsci_simplex_solve(const fsci_simplex_problem *p, double *scratch, double *x)
{
    solve s = {.p = p, .x = x};
    fsci_simplex_result out = {.value = NAN, .gap = NAN};
    lay_out(&s, p->n, scratch);
    fsci_simplex_project(p, x);
    if (!p->function(p->context, x, &s.f, &s.size, s.g, s.H))
        return out;
    double steepest = 0;
    for (size_t i = 0; i < p->n; i++)
        steepest = fmax(steepest, fabs(s.g[i]));
    s.step = steepest > 0 ? p->total / steepest : 1;
    for (; out.iterations < MOST_ITERATIONS; out.iterations++) {
        out.gap = gap_of(p, x, s.g, s.order);
        if (out.gap <= enough * s.size)
            break;
        bool moved = hold(&s) >= 2 && newton_direction(&s) && descend(&s, reach(&s));
        if (!moved) {
            gradient_direction(&s);
            moved = descend(&s, 1);
        }
        if (!moved && !polish(&s, out.gap) && !leave_bound(&s))
            break;
        accept(&s);
    }
    out.converged = out.gap <= good * s.size;
    out.value = s.f;
    return out;
}
