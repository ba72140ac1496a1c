/* points: where a prediction is asked for, from --at or from the rows of a table. */
#ifndef FSCI_FIT_POINTS_H
#define FSCI_FIT_POINTS_H

#include "fit/curve.h"
#include "fit/predict.h"

/* Every combination of the values of one --at; a level of a category is checked against the fit's.
 */
fsc_status fsci_points_at(fsci_arena *arena, const fsci_fitted *fitted, const fsci_at *at,
                          fsci_points *points, fsc_error *err);

/* Puts sets in place of inputs that are members of them. FSC_EUSAGE: not all members are there. */
fsc_status fsci_points_gather(fsci_arena *arena, const fsci_fitted *fitted, fsci_points *points,
                              fsc_error *err);

/* The rows of a table. Its columns are borrowed: they must outlive the points. */
fsc_status fsci_points_table(fsci_arena *arena, const fsci_fitted *fitted,
                             const fsci_settings_list *map, const fsc_table *table,
                             fsci_points *points, fsc_error *err);

#endif
