/* metric task-scaling-law: the law of a task's own success rate. */
#include "api/samples.h"

#include "base/number.h"
#include "metric/regress.h"
#include "num/distribution.h"

#include <math.h>
#include <stdlib.h>

static const fsci_metric_column columns[] = {FSCI_SAMPLE_COLUMNS, {0}};
static const fsci_metric_setting settings[] = {
    FSCI_SAMPLE_SETTINGS,
    {"fit-below", "NUMBER", NULL, "fit sizes below this only; the others are forecast"},
    {"at", "X:Y:...", NULL, "forecast at these sizes"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows", "group, size, value (mean success rate), F (ln(-ln value)), predicted, split (train, "
             "test), log10_beyond, n (items)"},
    {"law", "slope (-alpha), intercept (ln C), se_slope, r2, n: F on ln size"},
    {"curvature",
     "quadratic, se, p, shape (convex: growth slows; concave: it accelerates; straight)"},
    {"forecasts", "size, value, item_wise (mean of laws of single items), n_items, log10_beyond"},
    {0}};

static double to_line(double rate)
{
    return rate > 0 && rate < 1 ? log(-log(rate)) : NAN;
}

static double from_line(double f)
{
    return exp(-exp(f));
}

typedef struct point {
    double x, rate, f, items;
    const fsci_samples_group *group;
} point;

static int by_size(const void *left, const void *right)
{
    const point *l = left, *r = right;
    return (l->x > r->x) - (l->x < r->x);
}

static fsc_status read_points(fsci_metric_run *run, point **points, size_t *n, fsc_error *err)
{
    fsci_samples samples;
    FSCI_TRY(fsci_samples_read(run, &samples, err));
    point *p = FSCI_NEW(run->arena, point, samples.n_groups);
    *n = samples.n_groups;
    *points = p;
    if (!p)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < *n; g++) {
        const fsci_samples_group *group = &samples.groups[g];
        double rate = 0;
        if (!(group->size > 0))
            return fsci_fail(err, FSC_EINPUT,
                             "group %s has no single size; name the column with --map "
                             "size=COLUMN",
                             group->label);
        for (size_t i = 0; i < group->items; i++)
            rate += group->c[i] / group->n[i] / (double)group->items;
        p[g] = (point){log(group->size), rate, to_line(rate), (double)group->items, group};
    }
    qsort(p, *n, sizeof *p, by_size);
    return FSC_OK;
}

/* Laws of single items, averaged; items that are 0 or 1 at all but one size have none. */
static double item_wise(const point *points, size_t n, double most, double at, double *used)
{
    const fsci_samples_group *first = points[0].group;
    double sum = 0;
    *used = 0;
    for (size_t i = 0; i < first->items; i++) {
        double x[64], y[64];
        size_t m = 0;
        for (size_t g = 0; g < n && m < 64; g++) {
            const fsci_samples_group *group = points[g].group;
            for (size_t j = 0; j < group->items; j++) {
                /* items mostly stand in one order in all groups */
                size_t k = i + j < group->items ? i + j : i + j - group->items;
                if (k >= group->items || group->item[k] != first->item[i])
                    continue;
                double f = to_line(group->c[k] / group->n[k]);
                if (isfinite(f) && points[g].x < most) {
                    x[m] = points[g].x;
                    y[m++] = f;
                }
                break;
            }
        }
        fsci_polynomial line = fsci_polynomial_fit(x, y, m, 1);
        if (m < 3 || !line.ok)
            continue;
        sum += from_line(fsci_polynomial_at(&line, at));
        ++*used;
    }
    return *used > 0 ? sum / *used : NAN;
}

static void add_law(fsci_metric_run *run, const fsci_polynomial *line)
{
    fsci_json *law = fsci_json_set_object(run->arena, run->root, "law");
    fsci_metric_set(run, law, "slope", fsci_polynomial_leading(line));
    fsci_metric_set(run, law, "intercept", fsci_line_intercept(line));
    fsci_metric_set(run, law, "se_slope", fsci_line_slope_se(line));
    fsci_metric_set(run, law, "r2", line->r2);
    fsci_metric_set(run, law, "n", (double)line->n);
}

static void add_curvature(fsci_metric_run *run, const double *x, const double *y, size_t n)
{
    fsci_polynomial bent = fsci_polynomial_fit(x, y, n, 2);
    double df = (double)n - 3, t = bent.ok ? bent.c[2] / bent.se[2] : NAN;
    double p = df > 0 ? 2 * fsci_t_upper(fabs(t), df) : NAN;
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "curvature");
    fsci_metric_set(run, item, "quadratic", bent.ok ? fsci_polynomial_leading(&bent) : NAN);
    fsci_metric_set(run, item, "se", bent.se[2] / (bent.scale * bent.scale));
    fsci_metric_set(run, item, "p", p);
    fsci_metric_word(run, item, "shape",
                     !(p < 1 - run->level) ? "straight"
                     : bent.c[2] > 0       ? "convex"
                                           : "concave");
}

static fsc_status run_scaling(fsci_metric_run *run, fsc_error *err)
{
    point *points;
    double *at, least = fsci_metric_number(run, "fit-below"), last = -INFINITY, used;
    size_t n, n_at, m = 0, dropped = 0;
    FSCI_TRY(read_points(run, &points, &n, err));
    FSCI_TRY(fsci_metric_values(run, "at", &at, &n_at, err));
    double *x = FSCI_NEW(run->arena, double, n + 1), *y = FSCI_NEW(run->arena, double, n + 1);
    if (!x || !y)
        return fsci_fail_memory(err);
    double limit = isfinite(least) ? log(least) : INFINITY;
    for (size_t i = 0; i < n; i++) {
        dropped += isnan(points[i].f);
        if (isnan(points[i].f) || !(points[i].x < limit))
            continue;
        x[m] = points[i].x;
        y[m++] = points[i].f;
        last = fmax(last, points[i].x);
    }
    if (m < 3)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu sizes with a rate between 0 and 1 to fit; a law needs three", m);
    if (dropped)
        fsci_record_warn(run->arena, run->root, "W-NO-LOGARITHM",
                         "%zu sizes have a rate of 0 or 1, which the law leaves out", dropped);
    fsci_polynomial line = fsci_polynomial_fit(x, y, m, 1);
    add_law(run, &line);
    add_curvature(run, x, y, m);
    for (size_t i = 0; i < n; i++) {
        fsci_json *row = fsci_metric_row(run, points[i].group->label);
        fsci_metric_set(run, row, "size", points[i].group->size);
        fsci_metric_set(run, row, "value", points[i].rate);
        fsci_metric_set(run, row, "F", points[i].f);
        fsci_metric_set(run, row, "predicted", from_line(fsci_polynomial_at(&line, points[i].x)));
        fsci_metric_word(run, row, "split", points[i].x < limit ? "train" : "test");
        fsci_metric_set(run, row, "log10_beyond", fmax(0, points[i].x - last) / log(10));
        fsci_metric_set(run, row, "n", points[i].items);
    }
    for (size_t i = 0; i < n_at; i++) {
        fsci_json *item = fsci_metric_item(run, "forecasts", "");
        fsci_metric_set(run, item, "size", at[i]);
        fsci_metric_set(run, item, "value", from_line(fsci_polynomial_at(&line, log(at[i]))));
        fsci_metric_set(run, item, "item_wise", item_wise(points, n, limit, log(at[i]), &used));
        fsci_metric_set(run, item, "n_items", used);
        fsci_metric_set(run, item, "log10_beyond", fmax(0, log(at[i]) - last) / log(10));
    }
    fsci_json *figure = fsci_metric_figure(run, "law", "ln(-ln rate) by size", "size", "log",
                                           "ln(-ln rate)", "linear");
    for (size_t i = 0; i < m; i++)
        x[i] = exp(x[i]);
    fsci_metric_points(run, figure, "sizes", x, y, m);
    fsci_metric_say(run, "ln(-ln rate) = %s %c %s ln size; %s.",
                    fsci_briefly(fsci_line_intercept(&line), 4).text,
                    fsci_polynomial_leading(&line) < 0 ? '-' : '+',
                    fsci_briefly(fabs(fsci_polynomial_leading(&line)), 4).text,
                    fsci_json_get_string(fsci_json_get(run->root, "curvature"), "shape"));
    return FSC_OK;
}

const fsci_metric fsci_metric_task_scaling_law = {
    .id = "task-scaling-law",
    .summary = "the law of a task's own success rate in size, its curvature, and its forecast",
    .source = "Hu et al. 2023 (arXiv:2310.03262)",
    .text = "rate = exp(-C N^-alpha), so that F = ln(-ln rate) is a line in ln N. A concave F is "
            "growth that accelerates beyond the law, a convex one growth that slows; the quadratic "
            "term is tested by Student's t. item_wise averages the laws of single items (those "
            "with a rate between 0 and 1 at three sizes or more).",
    .example = "task-scaling-law data/monkeys/problems.csv --param fit-below=12e9",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_scaling,
    .streams = true};
