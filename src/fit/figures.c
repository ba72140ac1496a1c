#include "fit/figures.h"

#include "fit/curve.h"
#include "record/figure.h"

#include <math.h>
#include <string.h>

/* More points than this are thinned evenly: a picture of 10^6 rows needs no 10^6 circles. */
enum { MOST_POINTS = 2000, CURVE_POINTS = 121, GRID = 33 };

typedef struct picture {
    fsci_arena *arena;
    const fsci_fit *fit;
    const fsci_fitted *fitted;
    fsci_json *figures;
    const fsci_binding *response;
    double *value; /* [n rows] fitted response */
} picture;

static const char *scale_of(double min, double max)
{
    return min > 0 && max / min > 20 ? "log" : "linear";
}

static size_t step_of(size_t n)
{
    return n / MOST_POINTS + 1;
}

/* Every input of the prediction at the kept rows. */
static fsc_status row_points(const picture *p, fsci_points *points, fsc_error *err)
{
    const fsci_model *m = &p->fit->model;
    fsci_input_values *inputs = FSCI_NEW(p->arena, fsci_input_values, p->fitted->n_inputs);
    if (!inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < p->fitted->n_inputs; i++) {
        const fsci_binding *b = fsci_model_binding(m, p->fitted->inputs[i]);
        inputs[i] = (fsci_input_values){.name = b->symbol,
                                        .numbers = b->values,
                                        .codes = b->codes,
                                        .levels = b->set ? b->set->names : b->levels,
                                        .n_levels = b->set ? b->set->n : b->n_levels,
                                        .members = b->members};
    }
    *points = (fsci_points){.inputs = inputs, .n_inputs = p->fitted->n_inputs, .n = m->n};
    return FSC_OK;
}

/* The prediction at any points, without intervals. */
static fsc_status evaluate(const picture *p, const fsci_points *points, double **value,
                           fsc_error *err)
{
    fsci_fitted bare = *p->fitted;
    bare.method = FSCI_INTERVAL_LOCAL;
    bare.covariance = NULL;
    fsci_curve curve;
    FSCI_TRY(fsci_curve_predict(p->arena, &bare, points, &curve, err));
    *value = curve.value;
    return FSC_OK;
}

static void observed_against_fitted(const picture *p)
{
    fsci_arena *a = p->arena;
    const fsci_binding *y = p->response;
    const char *scale = scale_of(y->min, y->max);
    fsci_json *figure = fsci_figure_add(a, p->figures, "fitted", "Observed against fitted",
                                        "Every run; on the line the law is exact.");
    fsci_figure_axis(a, figure, "x", fsci_format(a, "%s, fitted", y->column), y->unit, scale);
    fsci_figure_axis(a, figure, "y", fsci_format(a, "%s, observed", y->column), y->unit, scale);
    fsci_figure_mark(a, figure, "diagonal", NAN, NULL);
    fsci_json *series = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < p->fit->model.n; i += step_of(p->fit->model.n))
        fsci_figure_point(a, series, p->value[i], y->values[i]);
}

/* Places across a column's range and some way beyond it, evenly on its scale. */
static double *places(fsci_arena *a, const fsci_binding *x, size_t n, double beyond)
{
    double *at = FSCI_NEW(a, double, n);
    bool log_scale = !strcmp(scale_of(x->min, x->max), "log");
    double lo = log_scale ? log(x->min) : x->min, hi = log_scale ? log(x->max) : x->max;
    for (size_t i = 0; at && i < n; i++) {
        double t = lo + (hi - lo) * (1 + beyond) * (double)i / (double)(n - 1);
        at[i] = log_scale ? exp(t) : t;
    }
    return at;
}

/* One input: the runs, the curve through them with its interval, and half the range again. */
static fsc_status draw_curve(const picture *p, const fsci_binding *x, fsc_error *err)
{
    fsci_arena *a = p->arena;
    double *at = places(a, x, CURVE_POINTS, 0.5);
    fsci_input_values input = {.name = x->symbol, .numbers = at};
    fsci_points points = {.inputs = &input, .n_inputs = 1, .n = CURVE_POINTS};
    fsci_curve c;
    if (!at)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_curve_predict(a, p->fitted, &points, &c, err));
    const fsci_binding *y = p->response;
    fsci_json *figure = fsci_figure_add(a, p->figures, "curve", "The law and the runs",
                                        "Beyond the dashed line nobody measured.");
    fsci_figure_axis(a, figure, "x", x->column, x->unit, scale_of(x->min, x->max));
    fsci_figure_axis(a, figure, "y", y->column, y->unit, scale_of(y->min, y->max));
    fsci_figure_mark(a, figure, "vline", x->max, "data end");
    fsci_json *band = fsci_figure_series(a, figure, "interval of the mean", "band", NULL);
    fsci_json *line = fsci_figure_series(a, figure, "fitted law", "line", NULL);
    fsci_json *lo = fsci_json_set_array(a, band, "lo"), *hi = fsci_json_set_array(a, band, "hi");
    for (size_t i = 0; i < CURVE_POINTS; i++) {
        fsci_figure_point(a, line, at[i], c.value[i]);
        fsci_figure_point(a, band, at[i], c.value[i]);
        fsci_json_push(lo, fsci_json_number(a, c.lo[i]));
        fsci_json_push(hi, fsci_json_number(a, c.hi[i]));
    }
    fsci_json *runs = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < p->fit->model.n; i += step_of(p->fit->model.n))
        fsci_figure_point(a, runs, x->values[i], y->values[i]);
    return FSC_OK;
}

static const fsci_fitted_derived *derived_named(const fsci_fitted *f, const char *input)
{
    for (size_t i = 0; i < f->n_derived; i++) {
        const char *name = f->derived[i].name;
        size_t n = strlen(input);
        if (!strncmp(name, input, n) && !strcmp(name + n, "_opt") && f->derived[i].n_arguments == 1)
            return &f->derived[i];
    }
    return NULL;
}

/* X_opt and Y_opt of one argument, over a range of it that covers the picture. */
static fsc_status draw_optimum(const picture *p, const fsci_binding *x, const fsci_binding *y,
                               fsci_json *figure, fsc_error *err)
{
    const fsci_fitted_derived *dx = derived_named(p->fitted, x->symbol),
                              *dy = derived_named(p->fitted, y->symbol);
    fsci_fitted bare = *p->fitted;
    if (!dx || !dy || strcmp(dx->arguments[0], dy->arguments[0]) != 0)
        return FSC_OK;
    bare.method = FSCI_INTERVAL_LOCAL;
    bare.covariance = NULL;
    double at[CURVE_POINTS];
    for (size_t i = 0; i < CURVE_POINTS; i++)
        at[i] = pow(10, 12 + 18.0 * (double)i / (CURVE_POINTS - 1));
    fsci_input_values input = {.name = dx->arguments[0], .numbers = at};
    fsci_points points = {.inputs = &input, .n_inputs = 1, .n = CURVE_POINTS};
    fsci_curve cx, cy;
    FSCI_TRY(fsci_curve_find(p->arena, &bare, dx->formula, dx->formula->right, &points,
                             FSCI_SPACE_IDENTITY, &cx, err));
    FSCI_TRY(fsci_curve_find(p->arena, &bare, dy->formula, dy->formula->right, &points,
                             FSCI_SPACE_IDENTITY, &cy, err));
    fsci_json *line = fsci_figure_series(p->arena, figure, "optimum", "line", "dashed");
    for (size_t i = 0; i < CURVE_POINTS; i++)
        if (cx.value[i] >= x->min && cx.value[i] <= x->max && cy.value[i] >= y->min &&
            cy.value[i] <= y->max)
            fsci_figure_point(p->arena, line, cx.value[i], cy.value[i]);
    return FSC_OK;
}

/* About ten round levels across the fitted surface. */
static fsci_json *levels_of(fsci_arena *a, const double *value, size_t n)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < n; i++)
        if (isfinite(value[i])) {
            lo = fmin(lo, value[i]);
            hi = fmax(hi, value[i]);
        }
    fsci_json *levels = fsci_json_array(a);
    double rough = (hi - lo) / 10, power = pow(10, floor(log10(rough)));
    double digit = rough / power, step = power * (digit < 1.5   ? 1
                                                  : digit < 3.5 ? 2
                                                  : digit < 7.5 ? 5
                                                                : 10);
    for (double k = ceil(lo / step); step > 0 && k * step < hi; k++)
        fsci_json_push(levels, fsci_json_number(a, k * step));
    return levels;
}

/* Two inputs: the response as contours over both, with the runs on it. */
static fsc_status draw_contours(const picture *p, const fsci_binding *x, const fsci_binding *y,
                                fsc_error *err)
{
    fsci_arena *a = p->arena;
    double *gx = places(a, x, GRID, 0), *gy = places(a, y, GRID, 0), *value;
    double *xs = FSCI_NEW(a, double, GRID *GRID), *ys = FSCI_NEW(a, double, GRID *GRID);
    if (!gx || !gy || !xs || !ys)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < GRID; j++)
        for (size_t i = 0; i < GRID; i++) {
            xs[j * GRID + i] = gx[i];
            ys[j * GRID + i] = gy[j];
        }
    fsci_input_values inputs[] = {{.name = x->symbol, .numbers = xs},
                                  {.name = y->symbol, .numbers = ys}};
    fsci_points points = {.inputs = inputs, .n_inputs = 2, .n = GRID * GRID};
    FSCI_TRY(evaluate(p, &points, &value, err));
    fsci_json *figure = fsci_figure_add(
        a, p->figures, "contours",
        fsci_format(a, "Fitted %s over %s and %s", p->response->column, x->column, y->column),
        "Lines of equal fitted response, and the runs.");
    fsci_figure_axis(a, figure, "x", x->column, x->unit, scale_of(x->min, x->max));
    fsci_figure_axis(a, figure, "y", y->column, y->unit, scale_of(y->min, y->max));
    fsci_json *field =
        fsci_json_push(fsci_json_set_array(a, figure, "series"), fsci_json_object(a));
    fsci_json_set_string(a, field, "name", p->response->column);
    fsci_json_set_string(a, field, "kind", "contour");
    fsci_json_set(a, field, "x", fsci_json_numbers(a, gx, GRID));
    fsci_json_set(a, field, "y", fsci_json_numbers(a, gy, GRID));
    fsci_json_set(a, field, "z", fsci_json_numbers(a, value, (size_t)GRID * GRID));
    fsci_json_set(a, field, "levels", levels_of(a, value, (size_t)GRID * GRID));
    fsci_json *runs = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < p->fit->model.n; i += step_of(p->fit->model.n))
        fsci_figure_point(a, runs, x->values[i], y->values[i]);
    return draw_optimum(p, x, y, figure, err);
}

fsc_status fsci_fit_figures(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                            fsci_json *record, fsc_error *err)
{
    picture p = {.arena = arena, .fit = fit, .fitted = fitted};
    const fsci_binding *inputs[2] = {NULL, NULL};
    size_t n_inputs = 0;
    p.figures = fsci_json_set_array(arena, record, "figures");
    p.response = fitted->response ? fsci_model_binding(&fit->model, fitted->response) : NULL;
    if (!p.response || !p.response->values || !fsci_curve_predicts(fitted))
        return FSC_OK;
    bool groups = false;
    for (size_t i = 0; i < fitted->n_inputs; i++) {
        const fsci_binding *b = fsci_model_binding(&fit->model, fitted->inputs[i]);
        groups = groups || !b->values; /* or sets: a curve over one input says too little */
        if (b->values && n_inputs++ < 2)
            inputs[n_inputs - 1] = b;
    }
    fsci_points rows;
    FSCI_TRY(row_points(&p, &rows, err));
    FSCI_TRY(evaluate(&p, &rows, &p.value, err));
    if (n_inputs == 1 && !groups)
        FSCI_TRY(draw_curve(&p, inputs[0], err));
    if (n_inputs == 2 && !groups)
        FSCI_TRY(draw_contours(&p, inputs[0], inputs[1], err));
    observed_against_fitted(&p);
    FSCI_TRY(fsci_residual_figures(arena, fit, fitted, p.response->column, p.figures, err));
    fsci_profile_figures(arena, fitted, p.figures);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
