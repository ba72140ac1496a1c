#include "observe/line.h"

#include <math.h>
#include <stdbool.h>

static bool present(double x, double y)
{
    return !isnan(x) && !isnan(y);
}

fsci_line fsci_line_fit(const size_t *at, size_t n, const double *x, const double *y)
{
    fsci_line line = {.slope = NAN, .intercept = NAN, .r2 = NAN};
    double sum_x = 0, sum_y = 0, xx = 0, xy = 0, yy = 0;
    for (size_t i = 0; i < n; i++)
        if (present(x[at[i]], y[at[i]]))
            line.n++, sum_x += x[at[i]], sum_y += y[at[i]];
    double mean_x = sum_x / (double)line.n, mean_y = sum_y / (double)line.n;
    for (size_t i = 0; i < n; i++)
        if (present(x[at[i]], y[at[i]])) {
            double dx = x[at[i]] - mean_x, dy = y[at[i]] - mean_y;
            xx += dx * dx, xy += dx * dy, yy += dy * dy;
        }
    if (!(xx > 0))
        return line;
    line.slope = xy / xx;
    line.intercept = mean_y - line.slope * mean_x;
    if (yy > 0)
        line.r2 = xy * xy / (xx * yy);
    return line;
}
