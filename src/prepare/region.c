/* The middle of a learning curve (Hestness et al. 2017, arXiv:1712.00409): between the error of a
 * guesser at small x and the floor at large x the logarithm of the error is linear in that of x.
 * The curve is taken as a level, a line and a level, least squares of logarithms; the places where
 * they meet are those of least BIC, so that a level costs as much as it must explain. */
#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHORTEST_LINE = 3, SHORTEST_LEVEL = 2, LONGEST = 4000 };

typedef struct point {
    double x, y; /* logarithms */
    size_t row;
} point;

/* Sums over the first points, about the mean of all so that differences keep their digits. */
typedef struct sums {
    double x, y, xx, xy, yy;
} sums;

static int by_x(const void *a, const void *b)
{
    const point *p = a, *q = b;
    if (p->x != q->x)
        return p->x < q->x ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static sums between(const sums *upto, size_t from, size_t to)
{
    const sums *a = &upto[from], *b = &upto[to];
    return (sums){b->x - a->x, b->y - a->y, b->xx - a->xx, b->xy - a->xy, b->yy - a->yy};
}

/* Squared residuals about the mean, and about the line. */
static double about_level(const sums *upto, size_t from, size_t to)
{
    sums s = between(upto, from, to);
    return to > from ? fmax(0, s.yy - s.y * s.y / (double)(to - from)) : 0;
}

static double about_line(const sums *upto, size_t from, size_t to)
{
    sums s = between(upto, from, to);
    double n = (double)(to - from), xx = s.xx - s.x * s.x / n, xy = s.xy - s.x * s.y / n;
    double yy = s.yy - s.y * s.y / n;
    return fmax(0, xx > 0 ? yy - xy * xy / xx : yy);
}

static sums *add_up(fsci_arena *arena, const point *points, size_t n)
{
    sums *upto = FSCI_NEW(arena, sums, n + 1);
    double x = 0, y = 0;
    for (size_t i = 0; i < n; i++) {
        x += points[i].x / (double)n;
        y += points[i].y / (double)n;
    }
    for (size_t i = 0; upto && i < n; i++) {
        double dx = points[i].x - x, dy = points[i].y - y;
        upto[i + 1] = (sums){upto[i].x + dx, upto[i].y + dy, upto[i].xx + dx * dx,
                             upto[i].xy + dx * dy, upto[i].yy + dy * dy};
    }
    return upto;
}

/* The line of least BIC is points [from, to). */
static bool find_line(fsci_arena *arena, const point *points, size_t n, size_t *from, size_t *to)
{
    const sums *upto = add_up(arena, points, n);
    double best = INFINITY, nothing = upto ? 1e-12 * (1e-12 + about_level(upto, 0, n)) : 0;
    for (size_t lo = 0; upto && lo + SHORTEST_LINE <= n; lo += lo ? 1 : SHORTEST_LEVEL)
        for (size_t hi = n; hi >= lo + SHORTEST_LINE; hi -= hi == n ? SHORTEST_LEVEL : 1) {
            double rest =
                about_level(upto, 0, lo) + about_line(upto, lo, hi) + about_level(upto, hi, n);
            double constants = 3 + 2 * (lo > 0) + 2 * (hi < n);
            double bic = (double)n * log(rest + nothing) + constants * log((double)n);
            if (bic < best) {
                best = bic;
                *from = lo;
                *to = hi;
            }
        }
    return upto != NULL;
}

static fsc_status keep_line(fsci_preparing *p, const fsci_groups *groups, size_t g, point *points)
{
    size_t n = 0, from = 0, to = 0;
    for (size_t i = groups->begin[g]; i < groups->begin[g + 1]; i++) {
        size_t row = groups->order[i];
        if (!isnan(p->column[0][row]) && !isnan(p->column[1][row]))
            points[n++] = (point){log(p->column[0][row]), log(p->column[1][row]), row};
    }
    if (n > LONGEST)
        return fsci_fail(p->err, FSC_EINPUT,
                         "operator power_region: a curve of %zu points; it takes %d, average them "
                         "first",
                         n, LONGEST);
    qsort(points, n, sizeof *points, by_x);
    to = n;
    if (n > SHORTEST_LINE && !find_line(p->arena, points, n, &from, &to))
        return fsci_fail_memory(p->err);
    for (size_t i = from; i < to; i++)
        p->keep[points[i].row] = true;
    return FSC_OK;
}

fsc_status fsci_prepare_power_region(fsci_preparing *p)
{
    fsci_groups groups;
    point *points = FSCI_NEW(p->arena, point, p->n + 1);
    if (!points)
        return fsci_fail_memory(p->err);
    FSCI_TRY(fsci_preparing_positive(p, 0));
    FSCI_TRY(fsci_preparing_positive(p, 1));
    FSCI_TRY(fsci_groups_by(p, &groups));
    memset(p->keep, false, p->n);
    for (size_t g = 0; g < groups.n; g++)
        FSCI_TRY(keep_line(p, &groups, g, points));
    return FSC_OK;
}
