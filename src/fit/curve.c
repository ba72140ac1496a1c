#include "fit/curve.h"

#include "num/distribution.h"

#include <math.h>
#include <string.h>

double fsci_residual_map(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? log(value)
           : space == FSCI_SPACE_LOGIT ? log(value) - log1p(-value)
                                       : value;
}

double fsci_residual_unmap(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? exp(value)
           : space == FSCI_SPACE_LOGIT ? 1 / (1 + exp(-value))
                                       : value;
}

double fsci_residual_slope(fsci_space space, double value)
{
    return space == FSCI_SPACE_LOG     ? 1 / value
           : space == FSCI_SPACE_LOGIT ? 1 / (value * (1 - value))
                                       : 1;
}

/* Inputs, parameters and the derived quantities above, as symbols. A per-group parameter is indexed
 * by the one input that is a category. */
static fsc_status scope_of(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                           fsci_scope *scope, fsc_error *err)
{
    fsci_symbol *s = FSCI_NEW(a, fsci_symbol, points->n_inputs + f->n + f->n_derived);
    if (!s)
        return fsci_fail_memory(err);
    size_t n = 0;
    const char *index = NULL;
    for (size_t i = 0; i < points->n_inputs; i++) {
        const fsci_input_values *v = &points->inputs[i];
        index = v->codes ? v->name : index;
        s[n++] = (fsci_symbol){.name = v->name,
                               .kind = v->codes ? FSCI_SYMBOL_CODES : FSCI_SYMBOL_NUMBERS,
                               .numbers = v->numbers,
                               .codes = v->codes,
                               .levels = v->levels,
                               .n_levels = v->n_levels};
    }
    for (size_t i = 0; i < f->n; i++) {
        const fsci_fitted_parameter *p = &f->parameters[i];
        if (i && p->group && !strcmp(p->name, p[-1].name))
            continue;
        s[n++] = (fsci_symbol){.name = p->name,
                               .kind = p->group ? FSCI_SYMBOL_PARAMETERS : FSCI_SYMBOL_PARAMETER,
                               .first = i,
                               .index = p->group ? index : NULL};
    }
    for (size_t i = 0; i < f->n_derived; i++)
        s[n++] = (fsci_symbol){.name = f->derived[i].name,
                               .kind = FSCI_SYMBOL_FORMULA,
                               .definition = f->derived[i].formula->right};
    *scope = (fsci_scope){
        .symbols = s, .n_symbols = n, .n_rows = points->n ? points->n : 1, .n_parameters = f->n};
    return FSC_OK;
}

/* Standard error of each value from the covariance: sqrt(g' C g) with g = d value / d u. */
static void local_interval(const fsci_fitted *f, const double *by_theta, size_t n, fsci_space space,
                           double *g, fsci_curve *c)
{
    double t = fsci_t_quantile(0.5 + f->level / 2, f->df);
    size_t m = f->n_rows;
    for (size_t i = 0; i < n; i++) {
        memset(g, 0, m * sizeof *g);
        for (size_t j = 0; j < f->n; j++)
            if (f->parameters[j].row != SIZE_MAX)
                g[f->parameters[j].row] +=
                    by_theta[j * n + i] * (f->parameters[j].log ? f->parameters[j].value : 1);
        double variance = 0;
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b < m; b++)
                variance += g[a] * f->covariance[a + b * m] * g[b];
        double se = sqrt(variance) * fabs(fsci_residual_slope(space, c->value[i]));
        double centre = fsci_residual_map(space, c->value[i]);
        c->lo[i] = fsci_residual_unmap(space, centre - t * se);
        c->hi[i] = fsci_residual_unmap(space, centre + t * se);
    }
}

static fsc_status bootstrap_interval(fsci_arena *a, const fsci_fitted *f,
                                     const fsci_program *program, void *scratch, size_t n,
                                     fsci_curve *c, fsc_error *err)
{
    double *draws = FSCI_NEW(a, double, f->n_resamples *n);
    double *column = FSCI_NEW(a, double, f->n_resamples);
    if (!draws || !column)
        return fsci_fail_memory(err);
    for (size_t b = 0; b < f->n_resamples; b++)
        fsci_program_values(program, scratch, f->resamples + b * f->n, 0, n, draws + b * n, n);
    for (size_t i = 0; i < n; i++) {
        size_t kept = 0;
        for (size_t b = 0; b < f->n_resamples; b++)
            if (!isnan(draws[b * n + i]))
                column[kept++] = draws[b * n + i];
        fsci_sort(column, kept);
        fsci_interval interval = fsci_percentile_interval(column, kept, f->level);
        c->lo[i] = interval.lo;
        c->hi[i] = interval.hi;
    }
    return FSC_OK;
}

fsc_status fsci_curve_program(fsci_arena *a, const fsci_fitted *f, const fsci_formula *origin,
                              const fsci_node *node, const fsci_points *points,
                              fsci_program **program, fsc_error *err)
{
    fsci_scope scope;
    FSCI_TRY(scope_of(a, f, points, &scope, err));
    return fsci_program_new(a, origin, &node, 1, &scope, program, err);
}

fsc_status fsci_curve_find(fsci_arena *a, const fsci_fitted *f, const fsci_formula *origin,
                           const fsci_node *node, const fsci_points *points, fsci_space space,
                           fsci_curve *c, fsc_error *err)
{
    size_t n = points->n ? points->n : 1;
    fsci_program *program;
    FSCI_TRY(fsci_curve_program(a, f, origin, node, points, &program, err));
    unsigned char *raw = fsci_alloc(a, fsci_program_scratch_bytes(program) + 64, 1);
    double *theta = FSCI_NEW(a, double, f->n), *by_theta = FSCI_NEW(a, double, n * f->n);
    double *g = FSCI_NEW(a, double, f->n_rows);
    *c = (fsci_curve){FSCI_NEW(a, double, n), FSCI_NEW(a, double, n), FSCI_NEW(a, double, n)};
    if (!raw || !theta || !by_theta || !g || !c->value || !c->lo || !c->hi)
        return fsci_fail_memory(err);
    void *scratch = raw + (64 - (uintptr_t)raw % 64) % 64;
    for (size_t j = 0; j < f->n; j++)
        theta[j] = f->parameters[j].value;
    fsci_program_jacobian(program, scratch, theta, 0, n, c->value, by_theta, n);
    for (size_t i = 0; i < n; i++)
        c->lo[i] = c->hi[i] = NAN;
    if (f->use_resamples)
        return bootstrap_interval(a, f, program, scratch, n, c, err);
    if (f->covariance)
        local_interval(f, by_theta, n, space, g, c);
    return FSC_OK;
}
