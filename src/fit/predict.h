/* predict: what a fitted law says where nobody measured, how sure, and how far beyond the data.
 *
 * Two intervals: of the mean (the curve; from the covariance or the resamples) and of an
 * observation (which adds the spread of the residuals). Both are made in the space of the residual
 * and carried back, so that a loss fitted in logarithms keeps a positive interval. After a
 * likelihood an observation has its density, averaged over what is known of the mean; a share is
 * one of the row's trials. */
#ifndef FSCI_FIT_PREDICT_H
#define FSCI_FIT_PREDICT_H

#include "fit/curve.h"
#include "fit/settings.h"
#include "table/table.h"

/* One --at: a name to one value, or to several ("1e20..1e25": spread evenly in the logarithm). */
typedef struct fsci_at {
    const fsci_setting *items;
    size_t n;
} fsci_at;

/* Adds to the arrays `predictions` and `derived` what every --at asks. Each must name the full set
 * of the law's input columns, or exactly the arguments of some derived quantity: FSC_EUSAGE
 * otherwise. Derived quantities without arguments are always there. */
fsc_status fsci_predict_at(fsci_arena *arena, const fsci_fitted *fitted, const fsci_at *at,
                           size_t n_at, fsci_json *predictions, fsci_json *derived, fsc_error *err);
/* Warns in `record` when one of its rows lies far beyond the data, or is what the response cannot
 * be. */
void fsci_predict_warn(fsci_arena *arena, const fsci_fitted *fitted, const fsci_json *predictions,
                       const fsci_json *derived, fsci_json *record);

/* The size, in the residual's space, that a share `level` of the residuals does not exceed. */
double fsci_residual_spread(const fsci_fitted *fitted, double level);

/* The same at every point and to either side, in the space of the response's interval: below[n] and
 * above[n], which differ where a law is solved for its response. */
fsc_status fsci_predict_spread(fsci_arena *arena, const fsci_fitted *fitted,
                               const fsci_points *points, const fsci_curve *curve, double level,
                               double *below, double *above, fsc_error *err);

/* trials[points->n] of a likelihood of shares at the points, NaN where they do not say; NULL when
 * the fit has none. */
fsc_status fsci_predict_trials(fsci_arena *arena, const fsci_fitted *fitted,
                               const fsci_points *points, double **trials, fsc_error *err);

/* Adds to array `rows` one prediction for each row of a table that has the input columns (by the
 * symbol's name, or the column's name in the fitted data). */
fsc_status fsci_predict_table(fsci_arena *arena, const fsci_fitted *fitted,
                              const fsci_settings_list *map, const fsc_table *table,
                              fsci_json *rows, fsc_error *err);

#endif
