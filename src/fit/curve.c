#include "fit/curve.h"

#include "expr/tree.h"
#include "fit/course.h"
#include "fit/interval/interval.h"
#include "fit/interval/profile.h"
#include "fit/interval/sandwich.h"
#include "num/distribution.h"

#include <math.h>
#include <string.h>

/* Inputs, parameters and the derived quantities above, as symbols. A per-group parameter is indexed
 * by the one input that is a category. */
static fsc_status scope_of(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                           fsci_scope *scope, fsc_error *err)
{
    fsci_symbol *s = FSCI_NEW(a, fsci_symbol, points->n_inputs + f->n + f->n_derived);
    if (!s)
        return fsci_fail_memory(err);
    size_t n = 0, varied = 0;
    const char *index = NULL;
    for (size_t i = 0; i < points->n_inputs; i++) {
        const fsci_input_values *v = &points->inputs[i];
        const char *set = v->members || v->varied ? strrchr(v->name, '_') + 1 : NULL;
        index = v->codes ? v->name : set ? set : index;
        s[n++] = (fsci_symbol){.name = v->name,
                               .kind = v->codes     ? FSCI_SYMBOL_CODES
                                       : v->varied  ? FSCI_SYMBOL_PARAMETERS
                                       : v->members ? FSCI_SYMBOL_SET
                                                    : FSCI_SYMBOL_NUMBERS,
                               .numbers = v->members ? v->members : v->numbers,
                               .codes = v->codes,
                               .levels = v->levels,
                               .n_levels = v->n_levels,
                               .first = f->n,
                               .index = v->varied ? set : NULL};
        varied += v->varied ? v->n_levels : 0;
    }
    for (size_t i = 0; i < f->n; i++) {
        const fsci_fitted_parameter *p = &f->parameters[i];
        if (i && p->group && !strcmp(p->name, p[-1].name)) {
            s[n - 1].n_levels++;
            continue;
        }
        s[n++] = (fsci_symbol){.name = p->name,
                               .kind = p->group ? FSCI_SYMBOL_PARAMETERS : FSCI_SYMBOL_PARAMETER,
                               .first = i,
                               .n_levels = 1,
                               .index = p->group ? index : NULL};
    }
    for (size_t i = 0; i < f->n_derived; i++) {
        const fsci_fitted_derived *d = &f->derived[i];
        s[n++] = d->solve
                     ? (fsci_symbol){.name = d->name, .kind = FSCI_SYMBOL_PARAMETER, .first = f->n}
                     : (fsci_symbol){.name = d->name,
                                     .kind = FSCI_SYMBOL_FORMULA,
                                     .definition = d->formula->right};
    }
    *scope = (fsci_scope){.symbols = s,
                          .n_symbols = n,
                          .n_rows = points->n ? points->n : 1,
                          .n_parameters = f->n + varied};
    return FSC_OK;
}

/* d value / d u of point i: from derivatives by theta at those parameters. */
static void by_coordinate(const fsci_fitted *f, const double *theta, const double *by_theta,
                          size_t n, size_t i, double *g)
{
    memset(g, 0, f->n_rows * sizeof *g);
    for (size_t j = 0; j < f->n; j++)
        if (f->parameters[j].row != SIZE_MAX)
            g[f->parameters[j].row] += by_theta[j * n + i] * (f->parameters[j].log ? theta[j] : 1);
}

/* Share of its slopes by which a quantity may move along a loose direction and still be settled. */
static const double hardly = 1e-6;

/* Whether a quantity of slopes g stays the same along every direction of which nothing is known. */
static bool is_settled(const fsci_fitted *f, const double *g)
{
    for (size_t l = 0; l < f->n_loose; l++) {
        double along = 0, size = 0;
        for (size_t a = 0; a < f->n_rows; a++) {
            double part = g[a] * f->loose[l * f->n_rows + a];
            along += part;
            size += fabs(part);
        }
        if (fabs(along) > hardly * size)
            return false;
    }
    return true;
}

/* Standard error from the covariance, sqrt(g' C g), on the scale of `space`; NaN where not all is
 * identified and the quantity rests on what is not. */
static double local_error(const fsci_fitted *f, const double *g, fsci_space space, double value)
{
    const double *C = f->covariance ? f->covariance : f->settled;
    double variance = 0;
    if (!f->covariance && !is_settled(f, g))
        return NAN;
    for (size_t a = 0; a < f->n_rows; a++)
        for (size_t b = 0; b < f->n_rows; b++)
            variance += g[a] * C[a + b * f->n_rows] * g[b];
    return sqrt(variance) * fabs(fsci_residual_slope(space, value));
}

/* One computation of a curve: the program and its scratch. */
typedef struct tracer {
    fsci_arena *arena;
    const fsci_fitted *fitted;
    const fsci_course *course;
    void *memory; /* of the course */
    size_t n;     /* points */
    fsci_space space;
    double *theta, *by_theta, *g; /* [n parameters], [n * n parameters], [n_rows] */
    double *slope;                /* [n parameters] of one point */
} tracer;

/* values[n] of every point at theta, and with by_theta not NULL their derivatives. */
static void values_at(const tracer *t, const double *theta, double *values, double *by_theta)
{
    const fsci_course *c = t->course;
    if (!c->root && by_theta)
        fsci_program_jacobian(c->program, t->memory, theta, 0, t->n, values, by_theta, t->n);
    else if (!c->root)
        fsci_program_values(c->program, t->memory, theta, 0, t->n, values, t->n);
    for (size_t i = 0; c->root && i < t->n; i++) {
        values[i] = fsci_course_value(c, t->memory, theta, i, by_theta ? t->slope : NULL);
        for (size_t j = 0; by_theta && j < c->n; j++)
            by_theta[j * t->n + i] = t->slope[j];
    }
}

/* se[n] of every point by the covariance of the fit. */
static void local_errors(const tracer *t, const double *value, double *se)
{
    for (size_t i = 0; i < t->n; i++) {
        by_coordinate(t->fitted, t->theta, t->by_theta, t->n, i, t->g);
        se[i] = local_error(t->fitted, t->g, t->space, value[i]);
    }
}

static void local_interval(const tracer *t, const double *se, fsci_curve *c)
{
    double q = fsci_t_quantile(0.5 + t->fitted->level / 2, t->fitted->df);
    for (size_t i = 0; i < t->n; i++) {
        double centre = fsci_residual_map(t->space, c->value[i]);
        c->lo[i] = fsci_residual_unmap(t->space, centre - q * se[i]);
        c->hi[i] = fsci_residual_unmap(t->space, centre + q * se[i]);
    }
}

/* values[n_sets * n] of every point under each set of parameters theta[n_sets * n parameters], and
 * the standard error of each by its own covariance when `covariances` is not NULL. */
static void trace(const tracer *t, const double *theta, size_t n_sets, const double *covariances,
                  double *values, double *se)
{
    const fsci_fitted *f = t->fitted;
    for (size_t b = 0; b < n_sets; b++) {
        const double *at = theta + b * f->n;
        double *row = values + b * t->n;
        values_at(t, at, row, covariances ? t->by_theta : NULL);
        for (size_t i = 0; covariances && i < t->n; i++) {
            by_coordinate(f, at, t->by_theta, t->n, i, t->g);
            se[b * t->n + i] =
                sqrt(fsci_packed_form(f->n_rows, covariances + b * fsci_packed(f->n_rows), t->g)) *
                fabs(fsci_residual_slope(t->space, row[i]));
        }
        for (size_t i = 0; i < t->n; i++)
            row[i] = fsci_residual_map(t->space, row[i]);
    }
}

static void pick(const double *rows, size_t n_rows, size_t n, size_t i, double *column)
{
    for (size_t b = 0; rows && b < n_rows; b++)
        column[b] = rows[b * n + i];
}

/* Intervals are made on the scale of the space, where a studentised one is nearest to its law. */
static fsc_status bootstrap_interval(const tracer *t, const double *se, fsci_curve *c,
                                     fsc_error *err)
{
    const fsci_fitted *f = t->fitted;
    fsci_arena *a = t->arena;
    size_t n = t->n, B = f->n_resamples, L = f->n_left_out;
    bool studentised = f->resample_covariances && f->covariance;
    double *values = FSCI_NEW(a, double, B *n), *left = FSCI_NEW(a, double, L *n);
    double *errors = studentised ? FSCI_NEW(a, double, B *n) : NULL;
    double *column = FSCI_NEW(a, double, 3 * B + L);
    if (!values || !left || !column || (studentised && !errors))
        return fsci_fail_memory(err);
    trace(t, f->left_out, L, NULL, left, NULL);
    trace(t, f->resamples, B, studentised ? f->resample_covariances : NULL, values, errors);
    for (size_t i = 0; i < n; i++) {
        fsci_draws draws = {.value = fsci_residual_map(t->space, c->value[i]),
                            .se = se ? se[i] : NAN,
                            .draw = column,
                            .draw_se = column + B,
                            .n = B,
                            .left_out = column + 3 * B,
                            .n_left_out = L};
        pick(values, B, n, i, column);
        pick(errors, B, n, i, column + B);
        pick(left, L, n, i, column + 3 * B);
        fsci_interval interval = fsci_interval_find(f->method, f->level, &draws, column + 2 * B);
        c->lo[i] = fsci_residual_unmap(t->space, interval.lo);
        c->hi[i] = fsci_residual_unmap(t->space, interval.hi);
    }
    return FSC_OK;
}

/* A profile for each point, on the scale of the space. */
static fsc_status profile_interval(const tracer *t, const double *se, fsci_curve *c, fsc_error *err)
{
    fsci_arena *a = t->arena;
    const fsci_fitted *f = t->fitted;
    fsci_refit r;
    FSCI_TRY(fsci_refit_open(a, f, &r, err));
    size_t bytes = fsci_profile_bytes(&r), p = f->n_rows; /* 0 without a covariance */
    fsci_profile_target *targets = FSCI_NEW(a, fsci_profile_target, t->n);
    double *slopes = FSCI_NEW(a, double, t->n *p);
    void *sides = FSCI_NEW(a, unsigned char, 2 * t->n * bytes);
    c->lo_open = FSCI_NEW(a, const char *, t->n);
    c->hi_open = FSCI_NEW(a, const char *, t->n);
    if (!targets || !slopes || !sides || !c->lo_open || !c->hi_open)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < t->n; i++) {
        targets[i] = (fsci_profile_target){.coordinate = SIZE_MAX,
                                           .course = t->course,
                                           .space = t->space,
                                           .point = i,
                                           .at = fsci_residual_map(t->space, c->value[i]),
                                           .se = se[i],
                                           .slope = slopes + i * p};
        by_coordinate(f, t->theta, t->by_theta, t->n, i, slopes + i * p);
    }
    FSCI_TRY(fsci_profile_run(f, &r, targets, t->n, false, f->threads, sides, err));
    for (size_t i = 0; i < t->n; i++) {
        const fsci_profile_side *lo = fsci_profile_at(sides, bytes, 2 * i);
        const fsci_profile_side *hi = fsci_profile_at(sides, bytes, 2 * i + 1);
        c->lo[i] = fsci_residual_unmap(t->space, lo->end);
        c->hi[i] = fsci_residual_unmap(t->space, hi->end);
        c->lo_open[i] = fsci_profile_reason(lo->stop);
        c->hi_open[i] = fsci_profile_reason(hi->stop);
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

static fsc_status find(fsci_arena *a, const fsci_fitted *f, const fsci_course *by, size_t n,
                       fsci_space space, fsci_curve *c, fsc_error *err)
{
    double *se = FSCI_NEW(a, double, n);
    tracer t = {.arena = a,
                .fitted = f,
                .course = by,
                .memory = fsci_alloc_aligned(a, fsci_course_bytes(by, false)),
                .n = n,
                .space = space,
                .theta = FSCI_NEW(a, double, f->n),
                .by_theta = FSCI_NEW(a, double, n * f->n),
                .g = FSCI_NEW(a, double, f->n_rows),
                .slope = FSCI_NEW(a, double, f->n)};
    *c = (fsci_curve){.value = FSCI_NEW(a, double, n),
                      .lo = FSCI_NEW(a, double, n),
                      .hi = FSCI_NEW(a, double, n)};
    if (!se || !t.memory || !t.theta || !t.by_theta || !t.g || !t.slope || !c->value || !c->lo ||
        !c->hi)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < f->n; j++)
        t.theta[j] = f->parameters[j].value;
    values_at(&t, t.theta, c->value, t.by_theta);
    for (size_t i = 0; i < n; i++)
        c->lo[i] = c->hi[i] = NAN;
    if (f->covariance || f->settled)
        local_errors(&t, c->value, se);
    if (fsci_interval_resamples(f->method))
        return bootstrap_interval(&t, f->covariance ? se : NULL, c, err);
    if (f->method == FSCI_INTERVAL_PROFILE)
        return profile_interval(&t, se, c, err);
    if (f->covariance || f->settled)
        local_interval(&t, se, c);
    return FSC_OK;
}

fsc_status fsci_curve_find(fsci_arena *a, const fsci_fitted *f, const fsci_formula *origin,
                           const fsci_node *node, const fsci_points *points, fsci_space space,
                           fsci_curve *c, fsc_error *err)
{
    fsci_program *program;
    FSCI_TRY(fsci_curve_program(a, f, origin, node, points, &program, err));
    const fsci_course by = {.program = program, .n = f->n};
    return find(a, f, &by, points->n ? points->n : 1, space, c, err);
}

/* The equation of a quantity that is solved for, compiled for every point. */
static fsc_status solved_root(fsci_arena *a, const fsci_fitted *f, const fsci_fitted_derived *d,
                              const fsci_points *points, fsci_root *root, fsc_error *err)
{
    fsci_scope scope;
    fsci_program *program;
    const fsci_node *rest = fsci_node_binary(a, '-', d->formula->right, d->formula->left);
    FSCI_TRY(scope_of(a, f, points, &scope, err));
    fsci_symbol *symbols = FSCI_NEW(a, fsci_symbol, scope.n_symbols + 2);
    if (!rest || !symbols)
        return fsci_fail_memory(err);
    memcpy(symbols, scope.symbols, scope.n_symbols * sizeof *symbols);
    fsci_root_unknown(d->solve, d->log, f->n, symbols + scope.n_symbols);
    scope.symbols = symbols;
    scope.n_symbols += 2;
    scope.n_parameters = f->n + 2;
    FSCI_TRY(fsci_program_new(a, d->formula, &rest, 1, &scope, &program, err));
    *root = (fsci_root){.program = program,
                        .unknown = f->n,
                        .lo = d->log ? log(d->lo) : d->lo,
                        .hi = d->log ? log(d->hi) : d->hi,
                        .within = true};
    return FSC_OK;
}

/* A formula of parameters and inputs. */
static fsc_status formula_course(fsci_arena *a, const fsci_fitted *f, const fsci_formula *formula,
                                 const fsci_points *points, fsci_course *course, fsc_error *err)
{
    fsci_program *program;
    FSCI_TRY(fsci_curve_program(a, f, formula, formula->right, points, &program, err));
    *course = (fsci_course){.program = program, .n = f->n};
    return FSC_OK;
}

fsc_status fsci_curve_course(fsci_arena *a, const fsci_fitted *f, const fsci_fitted_derived *d,
                             const fsci_points *points, fsci_course *course, fsc_error *err)
{
    const fsci_fitted_derived *solved = d ? fsci_fitted_solved_in(f, d) : NULL;
    if (!solved && (d || f->prediction))
        return formula_course(a, f, d ? d->formula : f->prediction, points, course, err);
    fsci_root *root = FSCI_NEW(a, fsci_root, 1);
    fsci_scope scope;
    fsci_program *then;
    if (!root)
        return fsci_fail_memory(err);
    if (!d) {
        FSCI_TRY(fsci_curve_root(a, f, points, root, err));
        *course = (fsci_course){.program = root->program, .root = root, .n = f->n};
        return FSC_OK;
    }
    const fsci_node own = {.kind = FSCI_NODE_NAME, .name = d->name, .height = 1}, *node = &own;
    const fsci_symbol itself = {.name = d->name, .kind = FSCI_SYMBOL_PARAMETER, .first = f->n};
    FSCI_TRY(solved_root(a, f, solved, points, root, err));
    FSCI_TRY(scope_of(a, f, points, &scope, err));
    if (d == solved) /* it need not be one of the fit's own */
        scope.symbols = &itself, scope.n_symbols = 1;
    scope.n_parameters = f->n + 1;
    FSCI_TRY(fsci_program_new(a, d->formula, &node, 1, &scope, &then, err));
    *course = (fsci_course){
        .program = root->program, .root = root, .then = then, .log = solved->log, .n = f->n};
    return FSC_OK;
}

fsc_status fsci_curve_derived(fsci_arena *a, const fsci_fitted *f, const fsci_fitted_derived *d,
                              const fsci_points *points, fsci_space space, fsci_curve *c,
                              fsc_error *err)
{
    fsci_course by;
    FSCI_TRY(fsci_curve_course(a, f, d, points, &by, err));
    return find(a, f, &by, points->n ? points->n : 1, space, c, err);
}

fsc_status fsci_curve_root(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                           fsci_root *root, fsc_error *err)
{
    fsci_scope scope;
    fsci_program *program;
    const fsci_json *range = fsci_json_get(fsci_json_at(f->record, "data.columns"), f->response);
    static const fsci_node offset = {.kind = FSCI_NODE_NAME, .name = "\toffset", .height = 1};
    const fsci_node *residual = fsci_objective_residual(a, f->sides, f->residual);
    const fsci_node *rest = fsci_node_binary(a, '-', residual, &offset);
    FSCI_TRY(scope_of(a, f, points, &scope, err));
    fsci_symbol *symbols = FSCI_NEW(a, fsci_symbol, scope.n_symbols + 2);
    if (!rest || !symbols)
        return fsci_fail_memory(err);
    memcpy(symbols, scope.symbols, scope.n_symbols * sizeof *symbols);
    for (size_t i = 0; i < scope.n_symbols; i++) /* a solution of that name makes room */
        if (!strcmp(symbols[i].name, f->response))
            symbols[i].name = "\tsolution";
    symbols[scope.n_symbols++] =
        (fsci_symbol){.name = f->response, .kind = FSCI_SYMBOL_PARAMETER, .first = f->n};
    symbols[scope.n_symbols++] =
        (fsci_symbol){.name = offset.name, .kind = FSCI_SYMBOL_PARAMETER, .first = f->n + 1};
    scope.symbols = symbols;
    scope.n_parameters = f->n + 2;
    FSCI_TRY(fsci_program_new(a, f->sides, &rest, 1, &scope, &program, err));
    *root = (fsci_root){.program = program,
                        .unknown = f->n,
                        .lo = fsci_json_get_number(range, "min"),
                        .hi = fsci_json_get_number(range, "max")};
    return FSC_OK;
}

fsc_status fsci_curve_offset(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                             double offset, double *out, fsc_error *err)
{
    fsci_root root;
    FSCI_TRY(fsci_curve_root(a, f, points, &root, err));
    void *scratch = fsci_alloc_aligned(a, fsci_program_scratch_bytes(root.program));
    double *theta = FSCI_NEW(a, double, f->n + 2);
    if (!scratch || !theta)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < f->n; j++)
        theta[j] = f->parameters[j].value;
    theta[f->n + 1] = offset;
    for (size_t i = 0; i < points->n; i++)
        out[i] = fsci_root_find(&root, scratch, theta, i, NULL, f->n + 2);
    return FSC_OK;
}

fsc_status fsci_curve_predict(fsci_arena *a, const fsci_fitted *f, const fsci_points *points,
                              fsci_curve *c, fsc_error *err)
{
    fsci_course by;
    FSCI_TRY(fsci_curve_course(a, f, NULL, points, &by, err));
    return find(a, f, &by, points->n ? points->n : 1, f->space, c, err);
}
