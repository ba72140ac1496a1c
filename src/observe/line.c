#include "observe/line.h"

#include "num/distribution.h"

#include <math.h>
#include <stdbool.h>

static bool present(double x, double y)
{
    return !isnan(x) && !isnan(y);
}

fsci_line fsci_line_fit(const size_t *at, size_t n, const double *x, const double *y)
{
    fsci_line line = {
        .slope = NAN, .intercept = NAN, .r2 = NAN, .slope_se = NAN, .intercept_se = NAN};
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
    if (line.n < 3)
        return line;
    double count = (double)line.n, rest = fmax(yy - xy * xy / xx, 0) / (count - 2);
    line.slope_se = sqrt(rest / xx);
    line.intercept_se = sqrt(rest * (1 / count + mean_x * mean_x / xx));
    return line;
}

double fsci_line_half_width(const fsci_line *line, double se, double level)
{
    return line->n < 3 ? NAN : fsci_t_quantile((1 + level) / 2, (double)line->n - 2) * se;
}
