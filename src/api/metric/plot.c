/* Figures that a metric's descriptor declares, drawn from the record it has written. */
#include "api/metric/metric.h"

#include <math.h>
#include <string.h>

enum { MOST_SERIES = 7, MOST_POINTS = 5000 }; /* as there are colors; as a page can bear */

static const fsci_json *list_of(const fsci_metric_run *run, const fsci_metric_plot *p)
{
    return strcmp(p->list, "rows") ? fsci_json_get(run->root, p->list) : run->list;
}

/* Of a number: the plot's name and it, "batch 4". */
static const char *series_of(fsci_metric_run *run, const fsci_metric_plot *p, const fsci_json *item)
{
    const char *name = p->by ? fsci_json_get_string(item, p->by) : NULL;
    double number = p->by && !name ? fsci_json_get_number(item, p->by) : NAN;
    if (isfinite(number))
        name = fsci_format(run->arena, "%s %s", p->name, fsci_metric_short(run, number));
    return name ? name : p->name;
}

static bool can_be_drawn(const char *scale, double value)
{
    return isfinite(value) && (value > 0 || strcmp(scale, "log"));
}

static void add_range(fsci_arena *a, fsci_json *ranges, double x, double lo, double hi)
{
    fsci_json_push((fsci_json *)fsci_json_get(ranges, "x"), fsci_json_number(a, x));
    fsci_json_push((fsci_json *)fsci_json_get(ranges, "lo"), fsci_json_number(a, lo));
    fsci_json_push((fsci_json *)fsci_json_get(ranges, "hi"), fsci_json_number(a, hi));
}

/* The items of one series. */
static void draw_series(fsci_metric_run *run, const fsci_metric_plot *p, const char *name,
                        fsci_json *figure)
{
    fsci_arena *a = run->arena;
    bool line = strcmp(p->kind, "points") != 0;
    fsci_json *ranges = p->lo ? fsci_figure_series(a, figure, name, "ranges", NULL) : NULL;
    fsci_json *series = fsci_figure_series(a, figure, name, line ? "line" : "points",
                                           line && strcmp(p->kind, "line") ? p->kind : NULL);
    if (ranges) {
        fsci_json_set_string(a, ranges, "label", "none");
        fsci_json_set_array(a, ranges, "lo");
        fsci_json_set_array(a, ranges, "hi");
    }
    size_t every = 1 + fsci_json_count(list_of(run, p)) / MOST_POINTS, at = 0;
    FSCI_JSON_EACH (item, list_of(run, p)) {
        if (at++ % every)
            continue;
        double x = fsci_json_get_number(item, p->x), y = fsci_json_get_number(item, p->y);
        if (strcmp(series_of(run, p, item), name) || !can_be_drawn(p->x_scale, x) ||
            !can_be_drawn(p->y_scale, y))
            continue;
        fsci_figure_point(a, series, x, y);
        double lo = ranges ? fsci_json_get_number(item, p->lo) : NAN;
        if (isfinite(lo))
            add_range(a, ranges, x, lo, fsci_json_get_number(item, p->hi));
    }
}

static void draw(fsci_metric_run *run, const fsci_metric_plot *p, fsci_json *figure)
{
    const char *names[MOST_SERIES];
    size_t n = 0;
    FSCI_JSON_EACH (item, list_of(run, p)) {
        if (!can_be_drawn(p->x_scale, fsci_json_get_number(item, p->x)) ||
            !can_be_drawn(p->y_scale, fsci_json_get_number(item, p->y)))
            continue;
        const char *name = series_of(run, p, item);
        size_t i = 0;
        while (i < n && strcmp(names[i], name))
            i++;
        if (i < n || n == MOST_SERIES)
            continue;
        names[n++] = name;
        draw_series(run, p, name, figure);
    }
}

void fsci_metric_plots(fsci_metric_run *run)
{
    fsci_json *figure = NULL;
    const char *id = "";
    for (const fsci_metric_plot *p = run->metric->plots; p && p->list; p++) {
        if (!fsci_json_count(list_of(run, p)))
            continue;
        if (strcmp(id, p->figure))
            figure = fsci_metric_figure(run, p->figure, p->title, p->x_label, p->x_scale,
                                        p->y_label, p->y_scale);
        id = p->figure;
        draw(run, p, figure);
    }
}
