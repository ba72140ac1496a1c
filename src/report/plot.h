/* plot: a figure while it is drawn. figure.c lays out the page, series.c draws what is on it. */
#ifndef FSCI_REPORT_PLOT_H
#define FSCI_REPORT_PLOT_H

#include "report/axis.h"
#include "report/label.h"

typedef struct fsci_plot {
    fsci_arena *arena;
    fsci_buffer *out;
    const fsci_json *figure;
    fsci_axis x, y;
    fsci_box area; /* inside the axes */
    fsci_board board;
    fsci_buffer over; /* what is drawn over all series */
} fsci_plot;

typedef struct fsci_series {
    const fsci_json *json;
    const char *name, *style;
    int color, shape;
    size_t n;
    const double *x, *y, *lo, *hi; /* n each; NULL when the series has none */
} fsci_series;

/* The series of a figure in drawing order, with colours and shapes given out; n gets their number.
 */
fsci_series *fsci_series_read(fsci_arena *arena, const fsci_json *figure, size_t *n);
/* Widens the plot's axes to show all of it. */
void fsci_series_cover(fsci_plot *plot, const fsci_series *series);
void fsci_series_draw(fsci_plot *plot, const fsci_series *series);
/* Its texts, after everything is drawn: names at line ends first, then names of points. */
void fsci_series_label_end(fsci_plot *plot, const fsci_series *series);
void fsci_series_label_points(fsci_plot *plot, const fsci_series *series);
/* Writes `text` near (x, y) where there is room, with a thin leader when it had to move away; a
 * text that is not needed is left out when it would cover something. */
void fsci_plot_label(fsci_plot *plot, const char *class, const char *text, double x, double y,
                     bool needed);
/* Whether its name stands in the legend, and its swatch there. */
bool fsci_series_in_legend(const fsci_series *series);
void fsci_series_swatch(fsci_plot *plot, const fsci_series *series, double x, double y);

#endif
