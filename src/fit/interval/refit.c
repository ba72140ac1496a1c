#include "fit/interval/refit.h"

#include "fit/curve.h"
#include "fit/set.h"
#include "fit/interval/score.h"
#include "num/linear.h"

#include <math.h>
#include <string.h>

/* A record of more rows would be larger than its table, and with so many a local interval is as
 * good. */
enum { MOST_ROWS = 200000 };

/* ---- into the record ---- */

static void keep_column(fsci_arena *a, const fsci_binding *b, size_t n, fsci_json *columns)
{
    if (b->values || b->set) {
        const double *values = b->set ? b->members : b->values;
        n *= b->set ? b->set->n : 1;
        fsci_json_set(a, columns, b->symbol, fsci_json_numbers(a, values, n));
        return;
    }
    fsci_json *codes = fsci_json_set_array(a, columns, b->symbol);
    for (size_t i = 0; i < n; i++)
        fsci_json_push(codes, fsci_json_number(a, b->codes[i]));
}

fsc_status fsci_refit_keep(fsci_arena *a, const fsci_fit *fit, fsci_json *record, fsc_error *err)
{
    const fsci_model *m = &fit->model;
    if (m->n > MOST_ROWS)
        return fsci_fail(err, FSC_EINPUT,
                         "--interval profile keeps the rows in the record, and %zu are more than "
                         "%d; with so many rows --interval local is as good",
                         m->n, MOST_ROWS);
    fsci_json *rows = fsci_json_set_object(a, record, "rows");
    fsci_json *columns = fsci_json_set_object(a, rows, "columns");
    for (size_t i = 0; i < m->n_bindings; i++)
        keep_column(a, &m->bindings[i], m->n, columns);
    if (m->objective.weight)
        fsci_json_set(a, rows, "weight", fsci_json_numbers(a, m->objective.weight, m->n));
    fsci_json *bounds = fsci_json_set_array(a, rows, "bounds");
    for (size_t k = 0; k < m->parameters.n_free; k++) {
        const double ends[] = {m->parameters.lo[k], m->parameters.hi[k]};
        fsci_json_push(bounds, fsci_json_numbers(a, ends, 2));
    }
    return FSC_OK;
}

/* ---- out of it ---- */

static fsc_status incomplete(const char *what, fsc_error *err)
{
    return fsci_fail(
        err, FSC_EINPUT,
        "the fit record has no usable 'rows' (%s), which profile intervals need; write "
        "it anew with 'forescale fit --interval profile -o'",
        what);
}

static bool read_numbers(const fsci_json *list, size_t n, double *out)
{
    if (fsci_json_count(list) != n)
        return false;
    FSCI_JSON_EACH (item, list)
        *out++ = item->kind == FSCI_JSON_NUMBER ? item->number : NAN;
    return true;
}

static fsc_status read_codes(fsci_arena *a, const fsci_fitted *f, const fsci_json *list, size_t n,
                             fsci_input_values *v, fsc_error *err)
{
    const fsci_json *levels =
        fsci_json_get(fsci_json_get(fsci_json_at(f->record, "data.columns"), list->key), "levels");
    uint32_t *codes = FSCI_NEW(a, uint32_t, n);
    const char **names = FSCI_NEW(a, const char *, fsci_json_count(levels) + 1);
    size_t i = 0;
    if (!codes || !names)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (level, levels)
        names[v->n_levels++] = level->string;
    FSCI_JSON_EACH (code, list) {
        if (i == n || !(code->number >= 0) || code->number >= (double)v->n_levels)
            return incomplete(list->key, err);
        codes[i++] = (uint32_t)code->number;
    }
    v->codes = codes;
    v->levels = names;
    return i == n ? FSC_OK : incomplete(list->key, err);
}

static fsc_status read_columns(fsci_arena *a, const fsci_fitted *f, size_t n, fsci_points *points,
                               fsc_error *err)
{
    const fsci_json *columns = fsci_json_at(f->record, "rows.columns");
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, fsci_json_count(columns) + 1);
    if (!inputs)
        return fsci_fail_memory(err);
    *points = (fsci_points){.inputs = inputs, .n = n};
    FSCI_JSON_EACH (list, columns) {
        fsci_input_values *v = &inputs[points->n_inputs++];
        v->name = list->key;
        const fsci_json *about = fsci_json_get(fsci_json_at(f->record, "data.columns"), list->key);
        if (fsci_json_get(about, "levels")) {
            FSCI_TRY(read_codes(a, f, list, n, v, err));
            continue;
        }
        bool set = fsci_set_is(f, list->key);
        size_t members = set ? fsci_json_count(list) / n : 1;
        double *numbers = FSCI_NEW(a, double, members *n + 1);
        if (!numbers)
            return fsci_fail_memory(err);
        if (!read_numbers(list, members * n, numbers))
            return incomplete(list->key, err);
        *(set ? &v->members : &v->numbers) = numbers;
        v->n_levels = set ? members : 0;
    }
    return FSC_OK;
}

/* The record of a fit's priors, back into its parameters; a deviation that was fitted is held. */
static void read_priors(const fsci_fitted *f, fsci_parameter *all)
{
    FSCI_JSON_EACH (prior, fsci_json_at(f->record, "objective.priors")) {
        const char *name = fsci_json_get_string(prior, "parameter");
        const char *mean = fsci_json_get_string(prior, "mean_parameter");
        size_t mean_at = SIZE_MAX;
        for (size_t i = 0; mean && i < f->n; i++)
            if (!strcmp(f->parameters[i].name, mean))
                mean_at = i;
        for (size_t i = 0; name && i < f->n; i++) {
            if (strcmp(all[i].name, name) != 0)
                continue;
            all[i].has_prior = true;
            all[i].prior_mean = fsci_json_get_number(prior, "mean");
            all[i].prior_mean_at = mean_at;
            all[i].prior_sd = fsci_json_get_number(prior, "sd");
        }
    }
}

/* The parameters as they were; bounds are given in the solver's coordinates. */
static fsc_status read_parameters(fsci_arena *a, const fsci_fitted *f, fsci_refit *r,
                                  fsc_error *err)
{
    fsci_parameter *all = FSCI_NEW(a, fsci_parameter, f->n);
    r->u = FSCI_NEW(a, double, f->n);
    double *theta = FSCI_NEW(a, double, f->n);
    if (!all || !r->u || !theta)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n; i++) {
        const fsci_fitted_parameter *p = &f->parameters[i];
        all[i] = (fsci_parameter){.name = p->name,
                                  .group = p->group,
                                  .lo = -INFINITY,
                                  .hi = INFINITY,
                                  .log = p->log,
                                  .role = p->role,
                                  .value = p->value,
                                  .tied_to = p->tied_to,
                                  .link = p->link,
                                  .other = p->other,
                                  .end = p->end,
                                  .start_lo = NAN,
                                  .start_hi = NAN};
        theta[i] = p->value;
    }
    read_priors(f, all);
    FSCI_TRY(fsci_parameters_new(a, all, f->n, &r->parameters, err));
    const fsci_json *bounds = fsci_json_at(f->record, "rows.bounds");
    if (fsci_json_count(bounds) != r->parameters.n_free)
        return incomplete("bounds", err);
    size_t k = 0;
    FSCI_JSON_EACH (pair, bounds) {
        double ends[2] = {NAN, NAN};
        if (!read_numbers(pair, 2, ends))
            return incomplete("bounds", err);
        r->parameters.lo[k] = isnan(ends[0]) ? -INFINITY : ends[0];
        r->parameters.hi[k++] = isnan(ends[1]) ? INFINITY : ends[1];
    }
    fsci_parameters_reduce(&r->parameters, theta, r->u);
    return FSC_OK;
}

/* Values of an expression of columns at the rows. */
static fsc_status read_values(fsci_arena *a, const fsci_fitted *f, const fsci_formula *origin,
                              const fsci_node *node, const fsci_points *points, double **values,
                              fsc_error *err)
{
    fsci_program *program;
    FSCI_TRY(fsci_curve_program(a, f, origin, node, points, &program, err));
    void *scratch = fsci_alloc_aligned(a, fsci_program_scratch_bytes(program));
    double *theta = FSCI_NEW(a, double, f->n);
    *values = FSCI_NEW(a, double, points->n);
    if (!scratch || !theta || !*values)
        return fsci_fail_memory(err);
    fsci_program_values(program, scratch, theta, 0, points->n, *values, points->n);
    return FSC_OK;
}

/* The data of a likelihood and its -log density by row. */
static fsc_status read_likelihood(fsci_arena *a, const fsci_fitted *f, const fsci_formula *formula,
                                  const fsci_points *points, fsci_objective *o, fsc_error *err)
{
    size_t n = points->n;
    const char *dispersion =
        fsci_json_get_string(fsci_json_get(f->record, "objective"), "dispersion");
    double *y, *trials = NULL, *k = FSCI_NEW(a, double, n);
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, points->n_inputs + 3);
    fsci_points with_data = {.inputs = inputs, .n_inputs = points->n_inputs + 2, .n = n};
    const fsci_node *node;
    fsci_program *program;
    FSCI_TRY(read_values(a, f, formula, formula->left, points, &y, err));
    if (f->trials)
        FSCI_TRY(read_values(a, f, f->trials, f->trials->right, points, &trials, err));
    if (!k || !inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        k[i] = round(trials ? y[i] * trials[i] : y[i]);
    memcpy(inputs, points->inputs, points->n_inputs * sizeof *inputs);
    inputs[points->n_inputs] = (fsci_input_values){.name = FSCI_DENSITY_Y, .numbers = y};
    inputs[points->n_inputs + 1] = (fsci_input_values){.name = FSCI_DENSITY_K, .numbers = k};
    if (trials)
        inputs[with_data.n_inputs++] =
            (fsci_input_values){.name = FSCI_DENSITY_N, .numbers = trials};
    for (size_t i = 0; dispersion && i < f->n; i++)
        if (!strcmp(f->parameters[i].name, dispersion))
            o->dispersion = i;
    o->density = f->density;
    o->y = y, o->k = k, o->trials = trials;
    FSCI_TRY(fsci_density_node(a, f->density, formula->right, dispersion, &node, err));
    FSCI_TRY(fsci_curve_program(a, f, formula, node, &with_data, &program, err));
    o->minus_log = program;
    return FSC_OK;
}

static fsc_status read_objective(fsci_arena *a, const fsci_fitted *f, fsci_refit *r, fsc_error *err)
{
    const fsci_json *objective = fsci_json_get(f->record, "objective");
    const char *formula = fsci_json_get_string(fsci_json_get(f->record, "law"), "formula");
    const fsci_json *weight = fsci_json_at(f->record, "rows.weight");
    size_t n = (size_t)fsci_json_get_number(fsci_json_get(f->record, "data"), "rows_used");
    fsci_formula *parsed;
    fsci_points points;
    fsci_program *program;
    fsci_objective *o = &r->objective;
    *o = (fsci_objective){.space = f->density ? f->density->residual : f->residual,
                          .parameters = &r->parameters,
                          .n = n,
                          .dispersion = SIZE_MAX};
    o->delta = fsci_json_get_number(objective, "delta");
    if (!formula ||
        (!f->density && !fsci_loss_find(fsci_json_get_string(objective, "loss"), &o->loss)))
        return incomplete("objective", err);
    FSCI_TRY(fsci_formula_parse(a, "formula", 1, 1, formula, &parsed, err));
    FSCI_TRY(read_columns(a, f, n, &points, err));
    const fsci_node *node = fsci_objective_residual(a, parsed, o->space);
    double *weights = weight ? FSCI_NEW(a, double, n) : NULL;
    if (!node || (weight && !weights))
        return fsci_fail_memory(err);
    if (weight && !read_numbers(weight, n, weights))
        return incomplete("weight", err);
    o->weight = weights;
    FSCI_TRY(fsci_curve_program(a, f, parsed, node, &points, &program, err));
    o->residual = program;
    return f->density ? read_likelihood(a, f, parsed, &points, o, err) : FSC_OK;
}

/* ---- the scale of the objective ---- */

static void find_scale(fsci_refit *r, const double *residual, double width)
{
    const fsci_objective *o = &r->objective;
    double squares = 0, bends = 0, weights = 0;
    double free = (double)o->n - (double)r->parameters.n_free;
    for (size_t i = 0; i < o->n; i++) {
        double w = fsci_row_weight(o, i), psi = fsci_score_slope(o, residual[i]);
        squares += w * psi * psi;
        bends += w * fsci_score_bend(o, residual[i], width);
        weights += w;
    }
    r->scale = free > 0 && bends > 0 ? squares / free / (bends / weights) : NAN;
}

/* Of a likelihood: its observed information. */
static fsc_status add_information(fsci_arena *a, const fsci_refit *r, double *H, fsc_error *err)
{
    fsci_evaluator *evaluator = fsci_evaluator_new(&r->objective);
    double *gradient = FSCI_NEW(a, double, r->parameters.n_free), value, size;
    bool ready = evaluator && gradient;
    if (ready)
        fsci_objective_derivatives(evaluator, r->objective.weight, r->u, &value, &size, gradient,
                                   H);
    fsci_evaluator_free(evaluator);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* With parameters that bound others, the inverse by coordinates becomes one by the parameters' own
 * scales, as the covariance of a record is. What is held on a bound does not spread. */
static fsc_status to_own_scales(fsci_arena *a, fsci_refit *r, fsc_error *err)
{
    const fsci_parameters *all = &r->parameters;
    size_t p = all->n_free;
    double *theta = FSCI_NEW(a, double, 2 * all->n), *S = FSCI_NEW(a, double, p *p);
    double *half = FSCI_NEW(a, double, p *p);
    if (!theta || !S || !half)
        return fsci_fail_memory(err);
    fsci_parameters_expand(all, r->u, theta);
    for (size_t i = 0; i < p; i++) {
        fsci_parameters_slope(all, theta, all->free[i], theta + all->n, S + i * p);
        for (size_t k = 0; k < p; k++)
            if (fsci_parameters_at_bound(all, r->u, k))
                S[i * p + k] = 0;
    }
    for (size_t i = 0; i < p; i++)
        for (size_t k = 0; k < p; k++)
            for (size_t l = 0; l < p; l++)
                half[i * p + k] += S[i * p + l] * r->inverse[l + k * p];
    memset(r->inverse, 0, p * p * sizeof *r->inverse);
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++)
            for (size_t k = 0; k < p; k++)
                r->inverse[i + j * p] += half[i * p + k] * S[j * p + k];
    return FSC_OK;
}

/* H^-1; left NULL when H has none. */
static fsc_status find_inverse(fsci_arena *a, fsci_refit *r, const double *residual,
                               const double *J, double width, fsc_error *err)
{
    const fsci_objective *o = &r->objective;
    size_t p = r->parameters.n_free;
    double *H = FSCI_NEW(a, double, p *p), *inverse = FSCI_NEW(a, double, p *p);
    if (!H || !inverse)
        return fsci_fail_memory(err);
    if (o->density)
        FSCI_TRY(add_information(a, r, H, err));
    for (size_t i = 0; !o->density && i < o->n; i++) {
        double h = fsci_row_weight(o, i) * fsci_score_bend(o, residual[i], width);
        for (size_t k = 0; k < p; k++)
            for (size_t l = 0; l <= k; l++)
                H[k + l * p] += h * J[k * o->n + i] * J[l * o->n + i];
    }
    for (size_t k = 0; k < p; k++)
        if (fsci_parameters_at_bound(&r->parameters, r->u, k))
            for (size_t l = 0; l < p; l++)
                H[k + l * p] = H[l + k * p] = k == l;
    if (fsci_cholesky(p, H) != FSCI_LINEAR_OK ||
        fsci_cholesky_inverse(p, H, inverse) != FSCI_LINEAR_OK)
        return FSC_OK;
    r->inverse = inverse;
    return r->parameters.n_linked ? to_own_scales(a, r, err) : FSC_OK;
}

fsc_status fsci_refit_open(fsci_arena *a, const fsci_fitted *f, fsci_refit *r, fsc_error *err)
{
    *r = (fsci_refit){0};
    if (!fsci_json_get(f->record, "rows"))
        return incomplete("none", err);
    FSCI_TRY(read_parameters(a, f, r, err));
    FSCI_TRY(read_objective(a, f, r, err));
    size_t n = r->objective.n, p = r->parameters.n_free;
    fsci_evaluator *evaluator = fsci_evaluator_new(&r->objective);
    double *residual = FSCI_NEW(a, double, n), *J = FSCI_NEW(a, double, n *p);
    double *sorted = FSCI_NEW(a, double, n);
    fsc_status status = evaluator && residual && J && sorted ? FSC_OK : fsci_fail_memory(err);
    if (status == FSC_OK && !fsci_objective_residuals(evaluator, r->u, residual, J))
        status = incomplete("columns", err);
    if (status == FSC_OK) {
        r->value = fsci_objective_value(evaluator, r->u);
        memcpy(sorted, residual, n * sizeof *sorted);
        double width = fsci_score_width(&r->objective, sorted, n);
        if (f->density)
            r->scale = 1; /* a likelihood says how large its errors are */
        else
            find_scale(r, residual, width);
        r->by_sandwich = r->objective.loss != FSCI_LOSS_SQUARED ||
                         fsci_json_get(fsci_json_get(f->record, "intervals"), "cluster");
        if (r->by_sandwich)
            status = find_inverse(a, r, residual, J, width, err);
    }
    fsci_evaluator_free(evaluator);
    return status;
}
