/* draw: the data of one resample, as weights of the rows, a shift of their residuals, and the
 * responses of a likelihood. */
#ifndef FSCI_FIT_DRAW_H
#define FSCI_FIT_DRAW_H

#include "fit/fit.h"
#include "num/random.h"

typedef struct fsci_draw {
    double *weight; /* [n] the row's own weight times how often it was drawn */
    double *count;  /* [n] how often each unit was drawn, as fsci_sandwich has it */
    double *shift;  /* [n] to take from each residual; all zero but for parametric */
    double *y, *k;  /* [n] parametric, of a likelihood: responses, and as counts; else NULL */
} fsci_draw;

/* What is drawn from; fsci_fit as it is at its minimum. */
typedef struct fsci_source {
    const fsci_fit *fit;
    fsci_resample_unit unit;
    double spread; /* parametric: standard deviation of a residual of weight 1 */
} fsci_source;

/* Fills the draw; gives how many different rows are in it. */
size_t fsci_draw_make(const fsci_source *source, fsci_stream *stream, fsci_draw *draw);
/* All rows but those of unit `unit` of `n_units` (rows, or clusters; several of them when n_units
 * is less than there are). */
void fsci_draw_without(const fsci_source *source, size_t unit, size_t n_units, fsci_draw *draw);

#endif
