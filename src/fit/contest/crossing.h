/* crossing: the curves of fitted laws along one symbol, as fitted and under refits to resampled
 * rows; inside contest only. The same rows are drawn for all, so that what moves every curve does
 * not count in a comparison. */
#ifndef FSCI_FIT_CROSSING_H
#define FSCI_FIT_CROSSING_H

#include "fit/contest/comparison.h"

/* A curve is computed at PLACES spaced evenly in the logarithm and, last, at the one asked for. */
enum {
    FSCI_CROSSING_PLACES = 241,
    FSCI_CROSSING_STRIDE = FSCI_CROSSING_PLACES + 1,
    FSCI_CROSSING_REFITS = 400,
    FSCI_CROSSING_CURVES = 6
};

typedef struct fsci_crossing_curve {
    const char *label;
    size_t contender;
    const fsci_binding *by; /* the column whose level it is; NULL: all rows */
    uint32_t level;
    fsci_program *program; /* at the STRIDE places */
    void *scratch;
    double *value;  /* [STRIDE] fitted */
    double *draws;  /* [n_draws * STRIDE] of refits, NaN where one failed */
    size_t n_draws; /* draw b of every curve is of the same rows */
} fsci_crossing_curve;

typedef struct fsci_crossing {
    fsci_arena *arena;
    const fsci_comparison_input *in;
    const fsci_column *column;               /* of the symbol */
    double at[FSCI_CROSSING_STRIDE], lo, hi; /* where; the range of the data */
    fsci_crossing_curve curves[FSCI_CROSSING_CURVES];
    size_t n;
    double **theta; /* [n contenders] of refits, [n_draws * n parameters] */
    size_t *n_draws;
} fsci_crossing;

/* How many decades `at` lies beyond the data: 0 among them, NaN for NaN. */
double fsci_crossing_beyond(const fsci_crossing *crossing, double at);

/* theta[*n * parameters] of `refits` refits of a fit of contender k to rows drawn from its own. */
fsc_status fsci_crossing_refit(const fsci_crossing *crossing, size_t k, const fsci_fit *fit,
                               size_t refits, double **theta, size_t *n, fsc_error *err);

/* Adds `decision` to the crossover: of every two curves which is lower at in->decide_at, how sure
 * that is, and from which scale on the runs up to it would have said so; and a figure of each. */
fsc_status fsci_decision_add(const fsci_crossing *crossing, fsci_json *crossover,
                             fsci_json *figures, fsc_error *err);

#endif
