#include "observe/backtest/distance.h"

#include <math.h>

enum { BINS = 4, LEVEL_95 = FSCI_LEVELS - 1 };

/* Bin b goes from above edges[b - 1] to edges[b]. */
static const struct {
    const char *name;
    double edges[BINS - 1];
} scales[] = {{"capability", {0, 0.5, 1}}, {"decades", {0, 0.5, 1}}, {"months", {0, 6, 12}}};

static double along(const fsci_distance *d, size_t scale)
{
    return scale == 0 ? d->capability : scale == 1 ? d->decades : d->months;
}

typedef struct bin {
    size_t n, n_intervals, covered;
    double sizes, squares;
} bin;

static void add(bin *b, const fsci_scored *s)
{
    double error = s->predicted - s->observed;
    b->n++;
    b->sizes += fabs(error);
    b->squares += error * error;
    if (!isnan(s->crps))
        b->n_intervals++, b->covered += s->covered[LEVEL_95];
}

static void fill(const fsci_contest *c, size_t method, size_t scale, bin bins[BINS])
{
    for (size_t f = 0; f < c->folds.n; f++) {
        const fsci_item *item = &c->items[f];
        for (size_t i = 0; item->done && i < item->n_test; i++) {
            double d = along(&item->distance[i], scale);
            size_t b = 0;
            while (b + 1 < BINS && d > scales[scale].edges[b])
                b++;
            if (!isnan(d))
                add(&bins[b], &item->scored[method * item->n_test + i]);
        }
    }
}

void fsci_distance_write(fsci_arena *arena, const fsci_contest *contest, size_t method,
                         fsci_json *object)
{
    fsci_json *list = fsci_json_set_array(arena, object, "by_distance");
    for (size_t scale = 0; scale < sizeof scales / sizeof *scales; scale++) {
        bin bins[BINS] = {0};
        fill(contest, method, scale, bins);
        for (size_t b = 0; b < BINS; b++) {
            if (bins[b].n == 0)
                continue;
            double n = (double)bins[b].n;
            fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
            fsci_json_set_string(arena, row, "by", scales[scale].name);
            fsci_json_set_number(arena, row, "from", b ? scales[scale].edges[b - 1] : NAN);
            fsci_json_set_number(arena, row, "to", b + 1 < BINS ? scales[scale].edges[b] : NAN);
            fsci_json_set_number(arena, row, "n", n);
            fsci_json_set_number(arena, row, "mae", bins[b].sizes / n);
            fsci_json_set_number(arena, row, "rmse", sqrt(bins[b].squares / n));
            fsci_json_set_number(arena, row, "coverage",
                                 (double)bins[b].covered / (double)bins[b].n_intervals);
        }
    }
}
