#include "fit/check/identify.h"

#include "base/number.h"
#include "fit/factor.h"
#include "num/distribution.h"
#include "num/linear.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LISTED = 12, MOST_POINTS = 2000 };
/* A direction that the runs tell this much worse than the best one is not told at all; one beyond
 * `weak` is worth a sentence. A parameter takes part in it with at least a share of `involved`. */
static const double hopeless = 1e-8, weak = 1.0 / 30, involved = 0.1;

/* One computation; coordinates u are log theta where the law searches in logarithms. */
typedef struct design {
    fsci_arena *arena;
    const fsci_identify_input *in;
    fsci_fitted law; /* as a fit that has parameters only */
    size_t m;
    double sigma;
    double *J;      /* [n * m] slopes of the runs' residuals by u */
    double *length; /* [m] of its columns */
    double *s, *V;  /* [m], [m * m] singular values and right vectors of J with unit columns */
    size_t rank;
    double *cov; /* [m * m] of u, huge where nothing is known */
} design;

/* ---- the law as something to evaluate ---- */

static fsc_status make_law(design *d, fsc_error *err)
{
    const fsc_law *law = d->in->law;
    fsci_fitted *f = &d->law;
    *f = (fsci_fitted){.space = (fsci_space)law->objective.residual, .level = d->in->level};
    d->m = f->n = law->parameters.n;
    f->parameters = FSCI_NEW(d->arena, fsci_fitted_parameter, f->n);
    f->derived = FSCI_NEW(d->arena, fsci_fitted_derived, law->derived.n);
    if (!f->parameters || !f->derived)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->n; i++) {
        const fsci_law_parameter *p = &law->parameters.items[i];
        bool log = p->start.log && p->domain.lo.value >= 0 && d->in->theta[i] > 0;
        f->parameters[i] = (fsci_fitted_parameter){.name = p->name,
                                                   .value = d->in->theta[i],
                                                   .log = log,
                                                   .positive = p->domain.lo.value >= 0,
                                                   .row = SIZE_MAX};
    }
    for (size_t i = 0; i < law->derived.n; i++)
        f->derived[f->n_derived++] =
            (fsci_fitted_derived){.name = law->derived.items[i].name,
                                  .formula = law->derived.items[i].formula,
                                  .solve = law->derived.items[i].solve,
                                  .n_arguments = law->derived.items[i].arguments.n};
    if (!law->solution)
        return fsci_fail(err, FSC_EINPUT,
                         "law %s is not solved for its response, so runs cannot be planned for it",
                         law->id);
    return FSC_OK;
}

/* Values [n] and slopes by u [n * m] of `node` at points. */
static fsc_status slopes(design *d, const fsci_formula *origin, const fsci_node *node,
                         const fsci_points *points, double **value, double **slope, fsc_error *err)
{
    size_t n = points->n ? points->n : 1;
    fsci_program *program;
    FSCI_TRY(fsci_curve_program(d->arena, &d->law, origin, node, points, &program, err));
    void *scratch = fsci_alloc_aligned(d->arena, fsci_program_scratch_bytes(program));
    *value = FSCI_NEW(d->arena, double, n);
    *slope = FSCI_NEW(d->arena, double, n * d->m);
    if (!scratch || !*value || !*slope)
        return fsci_fail_memory(err);
    fsci_program_jacobian(program, scratch, d->in->theta, 0, n, *value, *slope, n);
    for (size_t k = 0; k < d->m; k++)
        for (size_t i = 0; i < n; i++)
            (*slope)[k * n + i] *= d->law.parameters[k].log ? d->in->theta[k] : 1;
    return FSC_OK;
}

/* The same of the response, in the residual's space. */
static fsc_status response(design *d, const fsci_points *points, double **value, double **J,
                           fsc_error *err)
{
    const fsc_law *law = d->in->law;
    FSCI_TRY(slopes(d, law->formula, law->solution, points, value, J, err));
    for (size_t i = 0; i < points->n; i++) {
        double by = fsci_residual_slope(d->law.space, (*value)[i]);
        if (!isfinite(by))
            return fsci_fail(err, FSC_EINPUT,
                             "law %s gives %s at one of the points, which has no residual in its "
                             "space; check units and --set",
                             law->id, fsci_briefly((*value)[i], 6).text);
        for (size_t k = 0; k < d->m; k++)
            (*J)[k * points->n + i] *= by;
    }
    return FSC_OK;
}

/* ---- what the runs tell ---- */

static double usual_noise(const design *d, double *value, size_t n)
{
    if (isfinite(d->in->noise))
        return d->in->noise;
    if (d->law.space != FSCI_SPACE_IDENTITY)
        return 0.01;
    double *size = fsci_copy_array(d->arena, value, n, sizeof *size);
    if (!size)
        return NAN;
    fsci_sort(size, n);
    return 0.01 * fabs(fsci_median(size, n));
}

static fsc_status decompose(design *d, fsc_error *err)
{
    size_t n = d->in->runs.n, m = d->m, rows = n < m ? m : n;
    double *A = FSCI_NEW(d->arena, double, rows *m);
    d->length = FSCI_NEW(d->arena, double, m);
    d->s = FSCI_NEW(d->arena, double, m);
    d->V = FSCI_NEW(d->arena, double, m *m);
    d->cov = FSCI_NEW(d->arena, double, m *m);
    if (!A || !d->length || !d->s || !d->V || !d->cov)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < m; k++) {
        double squares = 0;
        for (size_t i = 0; i < n; i++)
            squares += d->J[k * n + i] * d->J[k * n + i];
        d->length[k] = squares > 0 ? sqrt(squares) : 1;
        for (size_t i = 0; i < n; i++)
            A[k * rows + i] = d->J[k * n + i] / d->length[k];
    }
    if (fsci_svd(rows, m, A, NULL, d->s, d->V) != FSCI_LINEAR_OK)
        return fsci_fail(err, FSC_EINPUT,
                         "the law's slopes at these points are not finite; check "
                         "units and --set");
    while (d->rank < m && d->s[d->rank] > hopeless * d->s[0])
        d->rank++;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            for (size_t k = 0; k < m; k++) {
                double s = fmax(d->s[k], hopeless * d->s[0]);
                d->cov[a + b * m] += d->sigma * d->sigma * d->V[k * m + a] * d->V[k * m + b] /
                                     (s * s * d->length[a] * d->length[b]);
            }
    return FSC_OK;
}

static bool told(const design *d, size_t a)
{
    for (size_t k = d->rank; k < d->m; k++)
        if (fabs(d->V[k * d->m + a]) > 1e-4)
            return false;
    return true;
}

/* ---- the record ---- */

/* About a value, symmetric in it or in its logarithm. */
static void set_interval(const design *d, double value, double se, bool by_factors, fsci_json *item)
{
    double t = fsci_normal_quantile(0.5 + d->in->level / 2);
    double factor = exp(t * se / value);
    fsci_json_set_number(d->arena, item, "se", se);
    fsci_json_set_number(d->arena, item, "lo", by_factors ? value / factor : value - t * se);
    fsci_json_set_number(d->arena, item, "hi", by_factors ? value * factor : value + t * se);
}

static void add_parameters(const design *d, fsci_json *record)
{
    fsci_json *list = fsci_json_set_array(d->arena, record, "parameters");
    for (size_t k = 0; k < d->m; k++) {
        const fsci_fitted_parameter *p = &d->law.parameters[k];
        bool known = told(d, k);
        double se = known ? sqrt(d->cov[k + k * d->m]) : NAN;
        fsci_json *item = fsci_json_push(list, fsci_json_object(d->arena));
        fsci_json_set_string(d->arena, item, "name", p->name);
        fsci_json_set_number(d->arena, item, "value", p->value);
        set_interval(d, p->value, p->log ? p->value * se : se, p->log, item);
        fsci_json_set_bool(d->arena, item, "told", known);
        fsci_json_set_string(d->arena, item, "unit", d->in->law->parameters.items[k].unit);
    }
}

/* A variance g' C g. */
static double variance(const design *d, const double *g, const double *h)
{
    double sum = 0;
    for (size_t a = 0; a < d->m; a++)
        for (size_t b = 0; b < d->m; b++)
            sum += g[a] * d->cov[a + b * d->m] * h[b];
    return sum;
}

static bool depends_on_untold(const design *d, const double *g)
{
    for (size_t k = 0; k < d->m; k++)
        if (g[k] != 0 && !told(d, k))
            return true;
    return false;
}

static fsc_status add_derived(design *d, fsci_json *record, fsc_error *err)
{
    fsci_json *list = fsci_json_set_array(d->arena, record, "derived");
    double *value, *g;
    const fsci_points nowhere = {0};
    for (size_t i = 0; i < d->law.n_derived; i++) {
        const fsci_fitted_derived *one = &d->law.derived[i];
        if (one->n_arguments)
            continue;
        FSCI_TRY(slopes(d, one->formula, one->formula->right, &nowhere, &value, &g, err));
        double se = depends_on_untold(d, g) ? NAN : sqrt(variance(d, g, g));
        fsci_json *item = fsci_json_push(list, fsci_json_object(d->arena));
        fsci_json_set_string(d->arena, item, "name", one->name);
        fsci_json_set_number(d->arena, item, "value", *value);
        set_interval(d, *value, se, fsci_spreads_by_factors(&d->law, one), item);
    }
    return FSC_OK;
}

/* Direction k in words: which parameters move together along it, and by how much before the runs
 * would show it. */
static void add_flat(const design *d, size_t k, fsci_json *list)
{
    double t = fsci_normal_quantile(0.5 + d->in->level / 2), largest = 0;
    double scale = t * d->sigma / fmax(d->s[k], 1e-300);
    for (size_t a = 0; a < d->m; a++)
        largest = fmax(largest, fabs(d->V[k * d->m + a] / d->length[a]));
    bool free = k >= d->rank;
    if (free || scale * largest > 3)
        scale = (free ? 1 : 3) / largest; /* as far as a linear view holds */
    fsci_json *item = fsci_json_push(list, fsci_json_object(d->arena));
    fsci_json *moves = fsci_json_set_array(d->arena, item, "moves");
    const char *words = NULL;
    for (size_t a = 0; a < d->m; a++) {
        const fsci_fitted_parameter *p = &d->law.parameters[a];
        double by = scale * d->V[k * d->m + a] / d->length[a];
        if (fabs(d->V[k * d->m + a]) < involved)
            continue;
        double to = p->log ? p->value * exp(by) : p->value + by;
        fsci_json *move = fsci_json_push(moves, fsci_json_object(d->arena));
        fsci_json_set_string(d->arena, move, "name", p->name);
        fsci_json_set_number(d->arena, move, "from", p->value);
        fsci_json_set_number(d->arena, move, "to", to);
        words =
            fsci_format(d->arena, "%s%s%s from %s to %s", words ? words : "", words ? ", " : "",
                        p->name, fsci_brief(d->arena, p->value, 3), fsci_brief(d->arena, to, 3));
    }
    fsci_json_set_number(d->arena, item, "share", d->s[k] / d->s[0]);
    fsci_json_set_bool(d->arena, item, "told", !free);
    fsci_json_set_string(
        d->arena, item, "words",
        fsci_format(d->arena, "%s together: %s", words ? words : "",
                    free ? "no run would show it" : "hardly more than the noise would show it"));
}

static void add_identity(const design *d, fsci_json *record)
{
    fsci_json *noise = fsci_json_set_object(d->arena, record, "noise");
    fsci_json_set_number(d->arena, noise, "sd", d->sigma);
    fsci_json_set_string(d->arena, noise, "space", fsci_space_name(d->law.space));
    fsci_json_set_number(d->arena, record, "runs", (double)d->in->runs.n);
    fsci_json_set_number(d->arena, record, "level", d->in->level);
    fsci_json_set_number(d->arena, record, "rank", (double)d->rank);
    fsci_json_set_number(d->arena, record, "condition", d->s[0] / d->s[d->m - 1]);
    fsci_json *flat = fsci_json_set_array(d->arena, record, "flat");
    for (size_t k = d->m; k-- > 1 && fsci_json_count(flat) < 3;)
        if (d->s[k] < weak * d->s[0])
            add_flat(d, k, flat);
    if (d->rank < d->m)
        fsci_record_warn(d->arena, record, "W-AMBIG",
                         "these runs tell %zu of %zu parameters apart. Add one of the candidates, "
                         "or hold a parameter.",
                         d->rank, d->m);
}

/* ---- which run to add ---- */

typedef struct candidate {
    size_t point, helped; /* the parameter whose interval it narrows most */
    double cost, narrowing, per_cost, most;
} candidate;

/* Of the weights of the target: a parameter, a derived quantity without arguments. */
static fsc_status find_target(design *d, double **g, fsc_error *err)
{
    const char *name = d->in->target;
    const fsci_points nowhere = {0};
    double *value;
    *g = NULL;
    if (!name)
        return FSC_OK;
    *g = FSCI_NEW(d->arena, double, d->m);
    for (size_t k = 0; *g && k < d->m; k++)
        if (!strcmp(d->law.parameters[k].name, name)) {
            (*g)[k] = 1;
            return FSC_OK;
        }
    for (size_t i = 0; *g && i < d->law.n_derived; i++)
        if (!strcmp(d->law.derived[i].name, name) && !d->law.derived[i].n_arguments &&
            !fsci_fitted_solved_in(&d->law, &d->law.derived[i]))
            return slopes(d, d->law.derived[i].formula, d->law.derived[i].formula->right, &nowhere,
                          &value, g, err);
    return fsci_fail(err, FSC_EUSAGE,
                     "--target %s is no parameter of %s, nor a derived quantity without arguments",
                     name, d->in->law->id);
}

static double cost_of(const fsci_points *points, size_t i)
{
    double N = NAN, D = NAN, C = NAN;
    for (size_t k = 0; k < points->n_inputs; k++) {
        const char *name = points->inputs[k].name;
        double x = points->inputs[k].numbers ? points->inputs[k].numbers[i] : NAN;
        N = !strcmp(name, "N") ? x : N;
        D = !strcmp(name, "D") ? x : D;
        C = !strcmp(name, "C") ? x : C;
    }
    return !isnan(C) ? C : isnan(N * D) ? 1 : 6 * N * D;
}

/* How much one more run narrows: the mean over parameters of log(se before/se after), by a rank-one
 * update of the covariance. */
static void judge(const design *d, const double *J, size_t n, const double *target, candidate *c)
{
    double j[64], cj[64], own = 0;
    size_t m = d->m < 64 ? d->m : 64;
    for (size_t k = 0; k < m; k++)
        j[k] = J[k * n + c->point] / d->sigma;
    for (size_t a = 0; a < m; a++) {
        cj[a] = 0;
        for (size_t b = 0; b < m; b++)
            cj[a] += d->cov[a + b * d->m] * j[b];
        own += j[a] * cj[a];
    }
    c->narrowing = 0;
    for (size_t a = 0; a < m; a++) {
        double before = d->cov[a + a * d->m];
        double gain = -0.5 * log1p(-fmin(cj[a] * cj[a] / (1 + own) / before, 1 - 1e-12));
        c->narrowing += gain / (double)m;
        if (gain > c->most) {
            c->most = gain;
            c->helped = a;
        }
    }
    if (target) {
        double before = variance(d, target, target), along = 0;
        for (size_t a = 0; a < m; a++)
            along += target[a] * cj[a];
        c->narrowing = -0.5 * log1p(-fmin(along * along / (1 + own) / before, 1 - 1e-12));
    }
    c->per_cost = c->narrowing / c->cost;
}

static int by_per_cost(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->per_cost != y->per_cost)
        return x->per_cost > y->per_cost ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

static int by_narrowing(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->narrowing != y->narrowing)
        return x->narrowing > y->narrowing ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

static void list_candidates(const design *d, const char *key, const candidate *c, size_t n,
                            fsci_json *record)
{
    fsci_json *list = fsci_json_set_array(d->arena, record, key);
    for (size_t i = 0; i < n && i < LISTED; i++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(d->arena));
        fsci_json *at = fsci_json_set_object(d->arena, item, "at");
        for (size_t k = 0; k < d->in->candidates.n_inputs; k++)
            fsci_json_set_number(d->arena, at, d->in->candidates.inputs[k].name,
                                 d->in->candidates.inputs[k].numbers[c[i].point]);
        fsci_json_set_number(d->arena, item, "cost", c[i].cost);
        fsci_json_set_number(d->arena, item, "narrower_by", 1 - exp(-c[i].narrowing));
        fsci_json_set_number(d->arena, item, "per_cost", c[i].per_cost);
        fsci_json_set_string(d->arena, item, "most_helped", d->law.parameters[c[i].helped].name);
        fsci_json_set_number(d->arena, item, "most_helped_narrower_by", 1 - exp(-c[i].most));
    }
}

static fsc_status add_candidates(design *d, fsci_json *record, fsc_error *err)
{
    const fsci_points *points = &d->in->candidates;
    double *value, *J, *target;
    FSCI_TRY(find_target(d, &target, err));
    fsci_json_set_string(d->arena, record, "target", d->in->target);
    if (!points->n)
        return FSC_OK;
    FSCI_TRY(response(d, points, &value, &J, err));
    candidate *c = FSCI_NEW(d->arena, candidate, points->n);
    if (!c)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < points->n; i++) {
        c[i] = (candidate){.point = i, .cost = cost_of(points, i)};
        judge(d, J, points->n, target, &c[i]);
    }
    fsci_json_set_number(d->arena, record, "n_candidates", (double)points->n);
    qsort(c, points->n, sizeof *c, by_per_cost);
    list_candidates(d, "candidates", c, points->n, record);
    qsort(c, points->n, sizeof *c, by_narrowing);
    list_candidates(d, "strongest", c, points->n, record);
    return FSC_OK;
}

/* ---- the picture ---- */

static void add_points(const design *d, fsci_json *figure, const char *name, const fsci_json *rows)
{
    const char *x = d->in->runs.inputs[0].name, *y = d->in->runs.inputs[1].name;
    fsci_json *series = fsci_figure_series(d->arena, figure, name, "points", NULL);
    FSCI_JSON_EACH (row, rows) {
        const fsci_json *at = fsci_json_get(row, "at");
        fsci_figure_point(d->arena, series, fsci_json_get_number(at, x),
                          fsci_json_get_number(at, y));
    }
}

static void add_figure(const design *d, fsci_json *record)
{
    fsci_json *figures = fsci_json_set_array(d->arena, record, "figures");
    const fsci_points *runs = &d->in->runs;
    if (runs->n_inputs < 2 || !runs->inputs[0].numbers || !runs->inputs[1].numbers)
        return;
    const fsci_input_values *x = &runs->inputs[0], *y = &runs->inputs[1];
    fsci_json *figure = fsci_figure_add(d->arena, figures, "design", "Where the runs are",
                                        "And where one more would narrow the intervals most.");
    fsci_figure_axis(d->arena, figure, "x", x->name, NULL, "log");
    fsci_figure_axis(d->arena, figure, "y", y->name, NULL, "log");
    fsci_json *series = fsci_figure_series(d->arena, figure, "runs", "points", NULL);
    for (size_t i = 0; i < runs->n; i += runs->n / MOST_POINTS + 1)
        fsci_figure_point(d->arena, series, x->numbers[i], y->numbers[i]);
    if (fsci_json_count(fsci_json_get(record, "candidates"))) {
        add_points(d, figure, "most per FLOP", fsci_json_get(record, "candidates"));
        add_points(d, figure, "most of all", fsci_json_get(record, "strongest"));
    }
}

fsc_status fsci_identify_run(fsci_arena *arena, const fsci_identify_input *input, fsci_json *record,
                             fsc_error *err)
{
    design d = {.arena = arena, .in = input};
    double *value;
    FSCI_TRY(make_law(&d, err));
    FSCI_TRY(response(&d, &input->runs, &value, &d.J, err));
    d.sigma = usual_noise(&d, value, input->runs.n);
    FSCI_TRY(decompose(&d, err));
    add_identity(&d, record);
    add_parameters(&d, record);
    FSCI_TRY(add_derived(&d, record, err));
    FSCI_TRY(add_candidates(&d, record, err));
    add_figure(&d, record);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
