/* Where two fitted curves cross, and how sure that is: the same resampled rows refitted under both
 * laws, so that what moves both does not count. */
#include "fit/contest/crossing.h"

#include "fit/curve.h"
#include "fit/interval/resamples.h"
#include "num/summary.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

enum {
    PLACES = FSCI_CROSSING_PLACES,
    STRIDE = FSCI_CROSSING_STRIDE,
    REFITS = FSCI_CROSSING_REFITS,
    MOST_CHANGES = 4
};
/* Curves are followed this many decades beyond the data on both sides. */
static const double beyond = 4;

/* The range of the symbol: a column of the law, or one of the table of that name. */
static fsc_status find_range(fsci_crossing *x, fsc_error *err)
{
    const fsci_model *m = &x->in->contenders[0].fit->model;
    const fsci_binding *b = fsci_model_binding(m, x->in->crossover);
    const fsci_column *column = b ? b->source : fsci_table_find(m->table, x->in->crossover);
    x->lo = INFINITY;
    x->hi = 0;
    for (size_t i = 0; column && column->kind == FSCI_COLUMN_NUMBERS && i < m->n; i++) {
        double v = column->numbers[m->row[i]];
        x->lo = v > 0 ? fmin(x->lo, v) : x->lo;
        x->hi = fmax(x->hi, v);
    }
    if (!(x->hi > 0))
        return fsci_fail(err, FSC_EUSAGE,
                         "--crossover %s: no column of positive numbers has that name, so nobody "
                         "knows where to look",
                         x->in->crossover);
    x->column = column;
    x->at[PLACES] = x->in->decide_at > 0 ? x->in->decide_at : x->hi;
    for (size_t i = 0; i < PLACES; i++) {
        double t = (double)i / (PLACES - 1);
        x->at[i] = x->lo * pow(10, -beyond + t * (2 * beyond + log10(x->hi / x->lo)));
    }
    return FSC_OK;
}

/* What of a law is a curve along the symbol: its prediction, or a derived quantity in the
 * response's unit, of that argument (and the group) alone. */
static const fsci_formula *curve_of(const fsci_fitted *f, const char *symbol, const char *by)
{
    size_t rest = f->n_inputs;
    for (size_t i = 0; i < f->n_inputs; i++)
        rest -= !strcmp(f->inputs[i], symbol) || (by && !strcmp(f->inputs[i], by));
    if (f->prediction && !rest && f->n_inputs)
        return f->prediction;
    for (size_t d = 0; d < f->n_derived; d++) {
        const fsci_fitted_derived *one = &f->derived[d];
        bool unit = one->unit && f->response_unit && !strcmp(one->unit, f->response_unit);
        rest = one->n_arguments;
        for (size_t i = 0; i < one->n_arguments; i++)
            rest -= !strcmp(one->arguments[i], symbol) || (by && !strcmp(one->arguments[i], by));
        if (unit && one->n_arguments && !rest && !fsci_fitted_solved_in(f, one))
            return one->formula;
    }
    return NULL;
}

static fsc_status add_curve(fsci_crossing *x, size_t k, const fsci_binding *by, uint32_t level,
                            fsc_error *err)
{
    const fsci_contender *c = &x->in->contenders[k];
    const fsci_formula *formula = curve_of(&c->fitted, x->in->crossover, by ? by->symbol : NULL);
    if (!formula)
        return fsci_fail(err, FSC_EINPUT,
                         "--crossover %s: %s gives no %s as a function of %s alone",
                         x->in->crossover, c->id, c->fitted.response, x->in->crossover);
    fsci_crossing_curve *one = &x->curves[x->n++];
    uint32_t *codes = FSCI_NEW(x->arena, uint32_t, STRIDE);
    for (size_t i = 0; codes && i < STRIDE; i++)
        codes[i] = level;
    fsci_input_values *inputs = FSCI_NEW(x->arena, fsci_input_values, 2);
    if (!codes || !inputs)
        return fsci_fail_memory(err);
    inputs[0] = (fsci_input_values){.name = x->in->crossover, .numbers = x->at};
    if (by)
        inputs[1] = (fsci_input_values){
            .name = by->symbol, .codes = codes, .levels = by->levels, .n_levels = by->n_levels};
    const fsci_points points = {.inputs = inputs, .n_inputs = by ? 2 : 1, .n = STRIDE};
    *one = (fsci_crossing_curve){
        .contender = k, .label = by ? by->levels[level] : c->id, .by = by, .level = level};
    FSCI_TRY(fsci_curve_program(x->arena, &c->fitted, formula, formula->right, &points,
                                &one->program, err));
    one->scratch = fsci_alloc_aligned(x->arena, fsci_program_scratch_bytes(one->program));
    one->value = FSCI_NEW(x->arena, double, STRIDE);
    if (!one->scratch || !one->value)
        return fsci_fail_memory(err);
    fsci_program_values(one->program, one->scratch, c->fit->theta, 0, STRIDE, one->value, STRIDE);
    return FSC_OK;
}

/* By group: the levels of the law with the most groups; else the first two laws. */
static fsc_status add_curves(fsci_crossing *x, fsc_error *err)
{
    size_t most = SIZE_MAX;
    for (size_t k = 0; k < x->in->n; k++) {
        const fsci_grouped *g = x->in->contenders[k].subject.grouped;
        if (g &&
            (most == SIZE_MAX || g->n_names > x->in->contenders[most].subject.grouped->n_names))
            most = k;
    }
    if (most == SIZE_MAX) {
        FSCI_TRY(add_curve(x, 0, NULL, 0, err));
        return add_curve(x, 1, NULL, 0, err);
    }
    const fsci_contender *c = &x->in->contenders[most];
    const fsci_binding *by = fsci_model_binding(&c->fit->model, c->subject.grouped->column);
    for (uint32_t level = 0; level < by->n_levels && level < FSCI_CROSSING_CURVES; level++)
        FSCI_TRY(add_curve(x, most, by, level, err));
    return FSC_OK;
}

double fsci_crossing_beyond(const fsci_crossing *x, double at)
{
    return isnan(at) ? NAN : at > x->hi ? log10(at / x->hi) : at < x->lo ? log10(x->lo / at) : 0;
}

fsc_status fsci_crossing_refit(const fsci_crossing *x, size_t k, const fsci_fit *fit, size_t refits,
                               double **theta, size_t *n, fsc_error *err)
{
    const fsci_parameters *p = &fit->model.parameters;
    fsci_fit_settings settings = x->in->contenders[k].settings;
    fsci_resamples draws;
    settings.bootstrap = refits;
    settings.resample = FSCI_RESAMPLE_CASES;
    settings.interval = FSCI_INTERVAL_PERCENTILE;
    FSCI_TRY(fsci_resamples_run(x->arena, &settings, fit, &draws, err));
    *n = draws.n + draws.failed;
    *theta = FSCI_NEW(x->arena, double, *n * p->n + 1);
    if (!*theta)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < *n * p->n; i++)
        (*theta)[i] = NAN;
    for (size_t b = 0; b < draws.n; b++)
        fsci_parameters_expand(p, draws.u + b * p->n_free, *theta + draws.stream[b] * p->n);
    return FSC_OK;
}

static fsc_status draw(fsci_crossing *x, fsci_crossing_curve *one, fsc_error *err)
{
    size_t k = one->contender, n = x->in->contenders[k].fit->model.parameters.n;
    if (!x->theta[k])
        FSCI_TRY(fsci_crossing_refit(x, k, x->in->contenders[k].fit, REFITS, &x->theta[k],
                                     &x->n_draws[k], err));
    one->n_draws = x->n_draws[k];
    one->draws = FSCI_NEW(x->arena, double, one->n_draws *STRIDE + 1);
    if (!one->draws)
        return fsci_fail_memory(err);
    for (size_t b = 0; b < one->n_draws; b++)
        fsci_program_values(one->program, one->scratch, x->theta[k] + b * n, 0, STRIDE,
                            one->draws + b * STRIDE, STRIDE);
    return FSC_OK;
}

/* Where a - b changes its sign, and to which. */
typedef struct change {
    double at;
    bool rises; /* to a above b */
} change;

/* The changes along the places, in their order; how many, at most MOST_CHANGES. */
static size_t find_changes(const fsci_crossing *x, const double *a, const double *b,
                           change changes[MOST_CHANGES])
{
    size_t n = 0;
    for (size_t i = 1; i < PLACES && n < MOST_CHANGES; i++) {
        double before = a[i - 1] - b[i - 1], after = a[i] - b[i];
        if (!isfinite(before) || !isfinite(after) || (before < 0) == (after < 0))
            continue;
        double t = before / (before - after);
        changes[n++] =
            (change){.at = x->at[i - 1] * pow(x->at[i] / x->at[i - 1], t), .rises = before < 0};
    }
    return n;
}

/* Of some changes the one nearest in the logarithm, in that direction unless any will do. */
static double nearest(const change *changes, size_t n, const change *to, bool any)
{
    double best = NAN;
    for (size_t i = 0; i < n; i++)
        if ((any || changes[i].rises == to->rises) &&
            (isnan(best) || fabs(log(changes[i].at / to->at)) < fabs(log(best / to->at))))
            best = changes[i].at;
    return best;
}

/* One crossing of the fitted curves (NULL: there is none); `only` when they have no other. */
static void add_crossing(fsci_crossing *x, const fsci_crossing_curve *a,
                         const fsci_crossing_curve *b, const change *here, bool only,
                         fsci_json *list, double *roots)
{
    const change middle = {.at = sqrt(x->lo * x->hi)};
    double at = here ? here->at : NAN;
    size_t n = 0, found = 0;
    for (size_t k = 0; k < a->n_draws && k < b->n_draws; k++) {
        change changes[MOST_CHANGES];
        if (isnan(a->draws[k * STRIDE]) || isnan(b->draws[k * STRIDE]))
            continue;
        n++;
        size_t m = find_changes(x, a->draws + k * STRIDE, b->draws + k * STRIDE, changes);
        double r = nearest(changes, m, here ? here : &middle, only || !here);
        if (!isnan(r))
            roots[found++] = r;
    }
    fsci_sort(roots, found);
    /* without a crossing in most refits an interval would be of those that have one */
    bool sure = found > 1 && 2 * found > n && here;
    fsci_interval i =
        sure ? fsci_percentile_interval(roots, found, x->in->level) : (fsci_interval){NAN, NAN};
    fsci_json *item = fsci_json_push(list, fsci_json_object(x->arena));
    fsci_json_set_string(x->arena, item, "a", a->label);
    fsci_json_set_string(x->arena, item, "b", b->label);
    fsci_json_set_number(x->arena, item, "at", at);
    fsci_json_set_number(x->arena, item, "lo", i.lo);
    fsci_json_set_number(x->arena, item, "hi", i.hi);
    fsci_json_set_number(x->arena, item, "share_crossing", n ? (double)found / (double)n : NAN);
    fsci_json_set_string(x->arena, item, "lower_beyond",
                         !here         ? NULL
                         : here->rises ? b->label
                                       : a->label);
    fsci_json_set_number(x->arena, item, "log10_beyond", fsci_crossing_beyond(x, at));
}

static void add_pair(fsci_crossing *x, const fsci_crossing_curve *a, const fsci_crossing_curve *b,
                     fsci_json *list, double *roots)
{
    change changes[MOST_CHANGES];
    size_t n = find_changes(x, a->value, b->value, changes);
    for (size_t i = 0; i < n; i++)
        add_crossing(x, a, b, &changes[i], n == 1, list, roots);
    if (!n)
        add_crossing(x, a, b, NULL, true, list, roots);
}

/* Warns of curves that do not cross, and of answers more than a decade beyond the data. */
static void warn(fsci_arena *a, const fsci_json *object, fsci_json *record)
{
    const char *symbol = fsci_json_get_string(object, "symbol");
    const fsci_json *decision = fsci_json_get(object, "decision");
    FSCI_JSON_EACH (pair, fsci_json_get(object, "pairs")) {
        const char *one = fsci_json_get_string(pair, "a"), *two = fsci_json_get_string(pair, "b");
        double far = fsci_json_get_number(pair, "log10_beyond");
        if (isnan(far))
            fsci_record_warn(a, record, "W-OUT-OF-REACH",
                             "%s and %s do not cross along %s within %s decades of the data.", one,
                             two, symbol, fsci_brief(a, beyond, 2));
        else if (far > 1)
            fsci_record_warn(a, record, "W-EXTRAP",
                             "%s and %s cross %s decades beyond the data: the interval holds only "
                             "if the law does there.",
                             one, two, fsci_brief(a, far, 3));
    }
    if (fsci_json_get_number(decision, "log10_beyond") > 1)
        fsci_record_warn(a, record, "W-EXTRAP",
                         "which curve is lower is asked %s decades beyond the data: the answer "
                         "holds only if the law does there.",
                         fsci_brief(a, fsci_json_get_number(decision, "log10_beyond"), 3));
}

fsc_status fsci_crossover_add(fsci_arena *arena, const fsci_comparison_input *in, fsci_json *record,
                              fsc_error *err)
{
    fsci_crossing *x = FSCI_NEW(arena, fsci_crossing, 1);
    double *roots = FSCI_NEW(arena, double, REFITS);
    if (!x || !roots)
        return fsci_fail_memory(err);
    x->arena = arena;
    x->in = in;
    x->theta = FSCI_NEW(arena, double *, in->n);
    x->n_draws = FSCI_NEW(arena, size_t, in->n);
    if (!x->theta || !x->n_draws)
        return fsci_fail_memory(err);
    FSCI_TRY(find_range(x, err));
    FSCI_TRY(add_curves(x, err));
    for (size_t i = 0; i < x->n; i++)
        FSCI_TRY(draw(x, &x->curves[i], err));
    fsci_json *object = fsci_json_set_object(arena, record, "crossover");
    fsci_json_set_string(arena, object, "symbol", in->crossover);
    fsci_json_set_string(arena, object, "unit_resampled", "rows");
    fsci_json_set_number(arena, object, "refits", REFITS);
    fsci_json_set_number(arena, object, "level", in->level);
    fsci_json *list = fsci_json_set_array(arena, object, "pairs");
    for (size_t i = 0; i < x->n; i++)
        for (size_t j = i + 1; j < x->n; j++)
            add_pair(x, &x->curves[i], &x->curves[j], list, roots);
    if (in->decide_at > 0)
        FSCI_TRY(fsci_decision_add(x, object, (fsci_json *)fsci_json_get(record, "figures"), err));
    warn(arena, object, record);
    return FSC_OK;
}
