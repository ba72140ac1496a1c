/* Predictions: the record of `predict`, and the rows a fit carries when it was asked for some. */
#include "report/kinds.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <string.h>

typedef struct context {
    fsci_arena *arena;
    const fsci_json *columns;
    const char *response, *unit; /* of what is predicted */
    double level;
} context;

static const char *mean(const context *c, const fsci_json *row)
{
    if (!strcmp(words(row, "status"), "ambiguous"))
        return "not identified";
    double resolution =
        fsci_resolution(number(row, "mean"), NAN, number(row, "mean_lo"), number(row, "mean_hi"));
    return fsci_say_quantity(c->arena, number(row, "mean"), resolution, c->unit);
}

static const char *range(const context *c, const fsci_json *row, const char *lo, const char *hi)
{
    return fsci_say_range(c->arena, number(row, lo), number(row, hi), number(row, "mean"), c->unit);
}

static void say_one(const context *c, const fsci_json *row, fsci_view *view)
{
    const char *at = fsci_say_arguments(c->arena, fsci_json_get(row, "inputs"), c->columns);
    const char *place = fsci_say_place(c->arena, number(row, "log10_beyond"));
    const char *text =
        fsci_format(c->arena, "At %s: %s = %s", at ? at : "no inputs", c->response, mean(c, row));
    if (isfinite(number(row, "mean_lo")))
        text = fsci_format(c->arena, "%s (%s %s; a new run %s)", text,
                           fsci_say_percent(c->arena, c->level),
                           range(c, row, "mean_lo", "mean_hi"), range(c, row, "obs_lo", "obs_hi"));
    text = fsci_joined(c->arena, text, ", ", place);
    fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(c->arena, "%s.", text));
}

static void tabulate(const context *c, const fsci_json *rows, fsci_view *view)
{
    const fsci_json *inputs = fsci_json_get(rows->first, "inputs");
    size_t n_inputs = fsci_json_count(inputs), n = n_inputs + 4, i = 0;
    fsci_column *columns = FSCI_NEW(c->arena, fsci_column, n);
    const char **cells = FSCI_NEW(c->arena, const char *, n);
    if (!columns || !cells)
        return;
    FSCI_JSON_EACH (value, inputs)
        columns[i++] = (fsci_column){value->key, FSCI_POINT};
    const char *level = isfinite(c->level) ? fsci_say_percent(c->arena, c->level) : "interval";
    columns[i++] = (fsci_column){c->response, FSCI_POINT};
    columns[i++] = (fsci_column){fsci_format(c->arena, "%s of mean", level), FSCI_LEFT};
    columns[i++] = (fsci_column){fsci_format(c->arena, "%s of new run", level), FSCI_LEFT};
    columns[i++] = (fsci_column){"beyond the data", FSCI_WRAP};
    fsci_grid *grid = fsci_view_grid(view, "Predictions", columns, n);
    FSCI_JSON_EACH (row, rows) {
        const fsci_json *own = fsci_json_get(row, "inputs");
        for (i = 0; i < n_inputs; i++) {
            const fsci_json *value = fsci_json_get(own, columns[i].title);
            cells[i] = value ? fsci_say_input(c->arena, value, c->columns) : fsci_missing;
        }
        cells[i++] = mean(c, row);
        cells[i++] = range(c, row, "mean_lo", "mean_hi");
        cells[i++] = range(c, row, "obs_lo", "obs_hi");
        cells[i++] = fsci_say_decades(c->arena, number(row, "log10_beyond"));
        fsci_grid_add(view, grid, cells);
    }
}

void fsci_view_predictions(fsci_view *view, const fsci_json *rows, const fsci_json *columns,
                           const char *response, double level)
{
    context c = {.arena = view->arena,
                 .columns = columns,
                 .response = response ? response : "mean",
                 .level = level};
    c.unit = string(fsci_json_get(columns, c.response), "unit");
    if (fsci_json_count(rows) == 1)
        say_one(&c, rows->first, view);
    else if (fsci_json_count(rows))
        tabulate(&c, rows, view);
}

/* Which fit, and from which data: a prediction is no better than these. */
static void add_fit(const fsci_json *fit, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *file = string(fit, "file"), *sha256 = string(fit, "sha256");
    const char *tables = fsci_say_inputs(arena, fsci_json_get(fit, "inputs"));
    if (file && sha256)
        file = fsci_format(arena, "%s (sha256 %.8s)", file, sha256);
    fsci_view_add(view, FSCI_ITEM, "formula", fsci_say_formula(arena, string(fit, "formula")));
    fsci_view_add(view, FSCI_ITEM, "fit", file);
    fsci_view_add(view, FSCI_ITEM, "fitted to", tables);
}

void fsci_prediction_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *rows = fsci_json_get(record, "rows");
    const fsci_json *columns = fsci_json_get(record, "columns");
    const char *law = string(fsci_json_get(record, "fit"), "law");
    fsci_view_add(
        view, FSCI_TITLE, law ? law : "prediction",
        fsci_say_count(view->arena, (double)fsci_json_count(rows), "prediction", "predictions"));
    fsci_view_predictions(view, rows, columns, string(record, "response"), number(record, "level"));
    fsci_view_derived(view, record, columns, true);
    fsci_view_derived(view, record, columns, false);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    add_fit(fsci_json_get(record, "fit"), view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}
