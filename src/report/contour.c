#include "report/contour.h"

#include <math.h>
#include <stdbool.h>

typedef struct cell {
    double x[4], y[4], z[4]; /* corners, anticlockwise */
} cell;

/* Where the edge from corner k to the next one crosses the level. */
static void crossing(const cell *c, int k, double level, double *x, double *y)
{
    int next = (k + 1) % 4;
    double t = (level - c->z[k]) / (c->z[next] - c->z[k]);
    *x = c->x[k] + t * (c->x[next] - c->x[k]);
    *y = c->y[k] + t * (c->y[next] - c->y[k]);
}

static void march(const cell *c, double level, fsci_segment_fn *segment, void *context)
{
    double x[4], y[4], mean = (c->z[0] + c->z[1] + c->z[2] + c->z[3]) / 4;
    int n = 0, first_above = c->z[0] >= level;
    if (!isfinite(mean))
        return;
    for (int k = 0; k < 4; k++)
        if ((c->z[k] >= level) != (c->z[(k + 1) % 4] >= level)) {
            crossing(c, k, level, &x[n], &y[n]);
            n++;
        }
    if (n == 2) {
        segment(context, x[0], y[0], x[1], y[1]);
    } else if (n == 4) { /* the middle goes with the corners it joins */
        int from = (mean >= level) == first_above ? 0 : 1;
        segment(context, x[from], y[from], x[from + 1], y[from + 1]);
        segment(context, x[from + 2], y[from + 2], x[(from + 3) % 4], y[(from + 3) % 4]);
    }
}

void fsci_contour(const fsci_field *f, double level, fsci_segment_fn *segment, void *context)
{
    for (size_t j = 0; j + 1 < f->ny; j++)
        for (size_t i = 0; i + 1 < f->nx; i++) {
            const double *low = f->z + j * f->nx + i, *high = low + f->nx;
            cell c = {.x = {f->x[i], f->x[i + 1], f->x[i + 1], f->x[i]},
                      .y = {f->y[j], f->y[j], f->y[j + 1], f->y[j + 1]},
                      .z = {low[0], low[1], high[1], high[0]}};
            march(&c, level, segment, context);
        }
}
