/* Residuals against all that they should not depend on. */
#include "fit/figures.h"

#include "fit/scale.h"
#include "num/distribution.h"
#include "num/summary.h"
#include "record/figure.h"

#include <math.h>
#include <string.h>

/* More points than this are thinned evenly. */
enum { MOST_POINTS = 2000 };

typedef struct residuals {
    fsci_arena *arena;
    const fsci_fit *fit;
    const char *label; /* of the residual */
    fsci_json *figures;
} residuals;

static const char *label_of(fsci_arena *a, const fsci_fit *fit, const char *response)
{
    fsci_space space = fit->model.objective.space;
    return space == FSCI_SPACE_IDENTITY
               ? fsci_format(a, "fitted minus observed %s", response)
               : fsci_format(a, "residual of %s %s", fsci_space_name(space), response);
}

/* One picture, of x[n] at the rows used; the first is "residuals", others are named. */
static void against(const residuals *r, const char *id, const char *name, const char *unit,
                    const double *x)
{
    fsci_arena *a = r->arena;
    size_t n = r->fit->model.n, step = n / MOST_POINTS + 1;
    double min = INFINITY, max = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        min = fmin(min, x[i]);
        max = fmax(max, x[i]);
    }
    if (!(max > min))
        return;
    fsci_json *figure =
        fsci_figure_add(a, r->figures, id, fsci_format(a, "Residuals against %s", name),
                        "A trend here is something the law does not say.");
    fsci_figure_axis(a, figure, "x", name, unit, min > 0 && max / min > 20 ? "log" : "linear");
    fsci_figure_axis(a, figure, "y", r->label, NULL, "linear");
    fsci_figure_mark(a, figure, "hline", 0, NULL);
    fsci_json *series = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < n; i += step)
        if (isfinite(x[i]))
            fsci_figure_point(a, series, x[i], r->fit->r[i]);
}

static const fsci_binding *of_unit(const fsci_model *m, const char *unit)
{
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].values && m->bindings[i].unit && !strcmp(m->bindings[i].unit, unit))
            return &m->bindings[i];
    return NULL;
}

/* Tokens a parameter, and the scale of a run where that is no input. */
static fsc_status against_combined(const residuals *r, fsc_error *err)
{
    const fsci_model *m = &r->fit->model;
    const fsci_binding *N = of_unit(m, "param"), *D = of_unit(m, "token");
    double *x = FSCI_NEW(r->arena, double, m->n);
    fsci_scale scale;
    FSCI_TRY(fsci_scale_find(r->arena, m, &scale, err));
    if (!x)
        return fsci_fail_memory(err);
    if (N && D && N->min > 0) {
        for (size_t i = 0; i < m->n; i++)
            x[i] = D->values[i] / N->values[i];
        against(r, "residuals-ratio", fsci_format(r->arena, "%s/%s", D->column, N->column),
                "token/param", x);
    }
    for (size_t i = 0; i < m->n_bindings; i++)
        if (m->bindings[i].source && m->bindings[i].source->numbers == scale.values)
            return FSC_OK;
    if (!scale.values)
        return FSC_OK;
    for (size_t i = 0; i < m->n; i++)
        x[i] = scale.values[m->row[i]];
    against(r, "residuals-scale", scale.name, scale.is_compute ? "FLOP" : NULL, x);
    return FSC_OK;
}

/* Sorted residuals against normal quantiles: a line when they are normal. */
static fsc_status against_normal(const residuals *r, fsc_error *err)
{
    fsci_arena *a = r->arena;
    size_t n = r->fit->model.n, step = n / MOST_POINTS + 1;
    double *sorted = fsci_copy_array(a, r->fit->r, n, sizeof *sorted);
    if (!sorted)
        return fsci_fail_memory(err);
    fsci_sort(sorted, n);
    fsci_json *figure = fsci_figure_add(a, r->figures, "residuals-normal", "Residuals in order",
                                        "On one line where errors are normal; ends that bend away "
                                        "are heavier tails.");
    fsci_figure_axis(a, figure, "x", "normal quantile", NULL, "linear");
    fsci_figure_axis(a, figure, "y", r->label, NULL, "linear");
    fsci_json *series = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < n; i += step)
        fsci_figure_point(a, series, fsci_normal_quantile(((double)i + 0.5) / (double)n),
                          sorted[i]);
    return FSC_OK;
}

fsc_status fsci_residual_figures(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                 const char *response, fsci_json *figures, fsc_error *err)
{
    const residuals r = {arena, fit, label_of(arena, fit, response), figures};
    size_t drawn = 0;
    for (size_t i = 0; i < fitted->n_inputs; i++) {
        const fsci_binding *b = fsci_model_binding(&fit->model, fitted->inputs[i]);
        if (b->values)
            against(&r, drawn++ ? fsci_format(arena, "residuals-%s", b->symbol) : "residuals",
                    b->column, b->unit, b->values);
    }
    FSCI_TRY(against_combined(&r, err));
    return against_normal(&r, err);
}
