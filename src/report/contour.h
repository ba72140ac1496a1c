/* contour: lines of equal value on a grid. */
#ifndef FSCI_REPORT_CONTOUR_H
#define FSCI_REPORT_CONTOUR_H

#include <stddef.h>

/* Values z[ny*nx], row by row (z[j*nx + i] at x[i], y[j]), on places x[nx], y[ny]. */
typedef struct fsci_field {
    size_t nx, ny;
    const double *x, *y, *z;
} fsci_field;

typedef void fsci_segment_fn(void *context, double x1, double y1, double x2, double y2);

/* Calls `segment` for each piece of the line z = level, linear between grid points; cells with a
 * value that is not finite are left out. Marching squares (Lorensen and Cline 1987, in the plane);
 * at a saddle the mean of the corners decides. */
void fsci_contour(const fsci_field *field, double level, fsci_segment_fn *segment, void *context);

#endif
