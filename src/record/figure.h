/* figure: building figure objects, the part of a record that reports draw. The schema is in
 * src/report/README.md. Builders accept NULL and give NULL, as those of json.h do. */
#ifndef FSCI_RECORD_FIGURE_H
#define FSCI_RECORD_FIGURE_H

#include "record/json.h"

fsci_json *fsci_figure_add(fsci_arena *arena, fsci_json *figures, const char *id, const char *title,
                           const char *caption);
/* `which` is "x" or "y"; scale "linear", "log" or "logit"; unit may be NULL. */
fsci_json *fsci_figure_axis(fsci_arena *arena, fsci_json *figure, const char *which,
                            const char *label, const char *unit, const char *scale);
/* kind "points", "line", "band", "contour", ...; style may be NULL. x and y are empty. */
fsci_json *fsci_figure_series(fsci_arena *arena, fsci_json *figure, const char *name,
                              const char *kind, const char *style);
void fsci_figure_point(fsci_arena *arena, fsci_json *series, double x, double y);
/* kind "vline", "hline", "diagonal"; `at` NaN where it has no place. */
void fsci_figure_mark(fsci_arena *arena, fsci_json *figure, const char *kind, double at,
                      const char *label);

#endif
