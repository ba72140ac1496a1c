/* axis: from values to places on a page, with ticks a reader expects. */
#ifndef FSCI_REPORT_AXIS_H
#define FSCI_REPORT_AXIS_H

#include "record/json.h"

typedef struct fsci_axis {
    const char *label, *unit;
    const fsci_json *categories; /* names of 1, 2, …; NULL for numbers */
    bool log;
    double lo, hi;           /* extent shown, log10 of the values when `log` */
    bool fixed_lo, fixed_hi; /* given by the figure: not widened */
    double from, to;         /* places of lo and hi on the page */
} fsci_axis;

typedef struct fsci_tick {
    double place;
    const char *text; /* NULL for a minor tick */
} fsci_tick;

/* Reads an axis object: {label, unit, scale, min, max, categories}. */
fsci_axis fsci_axis_read(const fsci_json *json);
/* Widens the extent to show `value`; NaN and what the scale cannot show are ignored. */
void fsci_axis_cover(fsci_axis *axis, double value);
/* After all values: air at both ends, and zero when it is near. */
void fsci_axis_settle(fsci_axis *axis);
/* Place of a value; NaN when the scale cannot show it. */
double fsci_axis_place(const fsci_axis *axis, double value);
/* Value at a fraction of the extent, 0 at lo and 1 at hi. */
double fsci_axis_value(const fsci_axis *axis, double fraction);
size_t fsci_axis_ticks(fsci_arena *arena, const fsci_axis *axis, fsci_tick **ticks);

#endif
