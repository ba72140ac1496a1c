#include "api/metric/metric.h"

#include "base/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static fsci_json *begin(fsci_metric_run *run, fsci_json *list, const char *group)
{
    fsci_json *row = fsci_json_push(list, fsci_json_object(run->arena));
    if (group && *group)
        fsci_json_set_string(run->arena, row, "group", group);
    return row;
}

fsci_json *fsci_metric_row(fsci_metric_run *run, const char *group)
{
    return begin(run, run->list, group);
}

fsci_json *fsci_metric_item(fsci_metric_run *run, const char *result, const char *group)
{
    fsci_json *list = (fsci_json *)fsci_json_get(run->root, result);
    if (!list)
        list = fsci_json_set_array(run->arena, run->root, result);
    return begin(run, list, group);
}

void fsci_metric_set(fsci_metric_run *run, fsci_json *row, const char *key, double value)
{
    fsci_json_set_number(run->arena, row, key, value);
}

void fsci_metric_word(fsci_metric_run *run, fsci_json *row, const char *key, const char *word)
{
    fsci_json_set_string(run->arena, row, key, word);
}

const char *fsci_metric_short(fsci_metric_run *run, double value)
{
    char text[FSCI_NUMBER_TEXT];
    fsci_number_write(value, text);
    const char *copy = fsci_copy_string(run->arena, text);
    return copy ? copy : "";
}

void fsci_metric_estimate(fsci_metric_run *run, fsci_json *row, double value, fsci_interval i)
{
    fsci_metric_set(run, row, "value", value);
    fsci_metric_set(run, row, "lo", i.lo);
    fsci_metric_set(run, row, "hi", i.hi);
}

void fsci_metric_say(fsci_metric_run *run, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fsci_json *said = (fsci_json *)fsci_json_get(run->root, "answer");
    if (!said)
        said = fsci_json_set_array(run->arena, run->root, "answer");
    fsci_json_push(said, fsci_json_string(run->arena, text));
}

void fsci_metric_intervals(fsci_metric_run *run, const char *method, const char *unit)
{
    fsci_json *i = fsci_json_set_object(run->arena, run->root, "intervals");
    fsci_json_set_string(run->arena, i, "method", method);
    fsci_json_set_string(run->arena, i, "unit", unit);
    fsci_metric_set(run, i, "level", run->level);
    if (!strcmp(method, "bootstrap"))
        fsci_metric_set(run, i, "n", (double)run->n_resamples);
}

fsci_json *fsci_metric_figure(fsci_metric_run *run, const char *id, const char *title,
                              const char *x, const char *x_scale, const char *y,
                              const char *y_scale)
{
    fsci_json *figure = fsci_figure_add(run->arena, run->figures, id, title, NULL);
    fsci_figure_axis(run->arena, figure, "x", x, NULL, x_scale);
    fsci_figure_axis(run->arena, figure, "y", y, NULL, y_scale);
    return figure;
}

static fsci_json *series(fsci_metric_run *run, fsci_json *figure, const char *name,
                         const char *kind, const char *style, const double *x, const double *y,
                         size_t n)
{
    fsci_json *s = fsci_figure_series(run->arena, figure, name, kind, style);
    for (size_t i = 0; i < n; i++)
        fsci_figure_point(run->arena, s, x[i], y[i]);
    return s;
}

void fsci_metric_line(fsci_metric_run *run, fsci_json *figure, const char *name, const char *style,
                      const double *x, const double *y, size_t n)
{
    series(run, figure, name, "line", style, x, y, n);
}

void fsci_metric_points(fsci_metric_run *run, fsci_json *figure, const char *name, const double *x,
                        const double *y, size_t n)
{
    series(run, figure, name, "points", NULL, x, y, n);
}

void fsci_metric_band(fsci_metric_run *run, fsci_json *figure, const char *name, const double *x,
                      const double *lo, const double *hi, size_t n)
{
    fsci_json *s = series(run, figure, name, "band", NULL, x, lo, n);
    fsci_json_set_string(run->arena, s, "label", "none");
    fsci_json_set(run->arena, s, "lo", fsci_json_numbers(run->arena, lo, n));
    fsci_json_set(run->arena, s, "hi", fsci_json_numbers(run->arena, hi, n));
}
