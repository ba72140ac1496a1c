#include "fit/record.h"

#include "fit/asked.h"

#include "fit/grouped.h"
#include "fit/law_json.h"
#include "fit/check/repeats.h"
#include "fit/check/trade_offs.h"
#include "fit/priors.h"
#include "fit/interval/refit.h"

#include <math.h>
#include <string.h>

const char *fsci_parameter_label(fsci_arena *arena, const fsci_parameter *p)
{
    return p->group ? fsci_format(arena, "%s[%s]", p->name, p->group) : p->name;
}

static void add_text(fsci_arena *a, fsci_json *object, const char *key, const fsci_node *node,
                     bool pretty)
{
    fsci_buffer text = {0};
    if (node)
        fsci_formula_write(node, pretty, &text);
    if (node && !text.failed)
        fsci_json_set_string(a, object, key, text.data);
    fsci_buffer_free(&text);
}

static void add_derived_formulas(fsci_arena *a, const fsci_subject *subject, fsci_json *object)
{
    const fsc_law *law = subject->law;
    fsci_json *list = fsci_json_set_array(a, object, "derived");
    for (size_t i = 0; i < law->derived.n; i++) {
        const fsci_law_derived *d = &law->derived.items[i];
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", d->name);
        fsci_json *arguments = fsci_json_set_array(a, item, "arguments");
        for (size_t j = 0; j < d->arguments.n; j++)
            fsci_json_push(arguments, fsci_json_string(a, d->arguments.items[j]));
        bool grouped;
        fsci_json_set_string(a, item, "formula", fsci_grouped_text(a, subject, law, i, &grouped));
        if (grouped && subject->grouped)
            fsci_json_push(arguments, fsci_json_string(a, subject->grouped->column));
        if (d->solve) {
            const double between[] = {d->between.lo.value, d->between.hi.value};
            fsci_json_set_string(a, item, "solve", d->solve);
            fsci_json_set(a, item, "between", fsci_json_numbers(a, between, 2));
            fsci_json_set(a, item, "log", fsci_json_bool(a, d->between.log));
        }
        fsci_json_set_string(a, item, "unit", d->unit);
        fsci_json_set_string(a, item, "meaning", d->meaning);
    }
}

static void add_law(fsci_arena *a, const fsci_model *m, fsci_json *record)
{
    const fsc_law *law = m->subject.law;
    const fsci_formula *f = law && !m->subject.grouped ? law->stated : m->subject.formula;
    fsci_json *object = fsci_json_set_object(a, record, "law");
    fsci_json_set_string(a, object, "id", law ? law->id : NULL);
    fsci_json_set_number(a, object, "version", law ? (double)law->version : NAN);
    fsci_json_set_string(a, object, "title", law ? law->title : "formula given by the user");
    fsci_json_set_string(a, object, "formula", f->text);
    fsci_buffer pretty = {0};
    fsci_formula_write(f->left, true, &pretty);
    fsci_buffer_puts(&pretty, " = ");
    fsci_formula_write(f->right, true, &pretty);
    if (!pretty.failed)
        fsci_json_set_string(a, object, "formula_pretty", pretty.data);
    fsci_buffer_free(&pretty);
    fsci_json_set(a, object, "source", fsci_law_json(a, law ? law->source.node : NULL));
    fsci_json_set_string(a, object, "response", m->response);
    add_text(a, object, "prediction", m->prediction, false);
    if (law)
        add_derived_formulas(a, &m->subject, object);
    if (law)
        fsci_asked_record(a, &m->subject, object);
}

/* What a likelihood is penalised by, once for each name. */
static void add_priors(fsci_arena *a, const fsci_fit *fit, fsci_json *objective)
{
    const fsci_model *m = &fit->model;
    double penalty = 0, size = 0;
    fsci_parameters_prior(&m->parameters, fit->theta, &penalty, &size, NULL, NULL);
    fsci_json_set_number(a, objective, "penalty", penalty);
    fsci_json *list = fsci_json_set_array(a, objective, "priors");
    for (size_t i = 0; i < m->n_all; i++) {
        const fsci_parameter *p = &m->all[i];
        if (!p->has_prior || (i && !strcmp(p->name, m->all[i - 1].name)))
            continue;
        bool fitted = p->prior_mean_at != SIZE_MAX;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "parameter", p->name);
        fsci_json_set_string(a, item, "kind", "normal");
        fsci_json_set_number(a, item, "mean",
                             fitted ? fit->theta[p->prior_mean_at] : p->prior_mean);
        fsci_json_set_string(a, item, "mean_parameter",
                             fitted ? m->all[p->prior_mean_at].name : NULL);
        fsci_json_set_number(a, item, "sd", p->prior_sd);
        fsci_json_set_bool(a, item, "sd_fitted", p->prior_sd_fitted);
    }
}

static void add_objective(fsci_arena *a, const fsci_fit *fit, const char *weight, fsci_json *record)
{
    const fsci_objective *o = &fit->model.objective;
    const fsc_law *law = fit->model.subject.law;
    fsci_json *object = fsci_json_set_object(a, record, "objective");
    fsci_json_set_string(a, object, "space", fsci_space_name(o->space));
    fsci_json_set_string(a, object, "loss", fsci_objective_name(o));
    fsci_json_set_number(a, object, "delta", o->loss == FSCI_LOSS_HUBER ? o->delta : NAN);
    fsci_json_set_number(a, object, "value", fit->search.best.value);
    if (o->weight && (weight || law))
        fsci_json_set_string(a, object, "weight", weight ? weight : law->objective.weights->text);
    if (!o->density)
        return;
    if (fsci_priors_any(o->parameters))
        add_priors(a, fit, object);
    bool own = o->dispersion != SIZE_MAX;
    fsci_json_set_string(a, object, "dispersion", own ? fit->model.all[o->dispersion].name : NULL);
    fsci_json_set_string(a, object, "dispersion_meaning", o->density->meaning);
    fsci_json_set_string(a, object, "trials", fit->model.trials ? fit->model.trials->text : NULL);
}

static void add_dropped(fsci_arena *a, const fsci_dropped *dropped, size_t n, fsci_json *list)
{
    for (size_t i = 0; i < n; i++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "rule", dropped[i].rule);
        fsci_json_set_number(a, item, "rows", (double)dropped[i].rows);
    }
}

static fsci_json *add_column(fsci_arena *a, const char *symbol, const char *column,
                             const char *unit, double min, double max, fsci_json *columns)
{
    fsci_json *item = fsci_json_set_object(a, columns, symbol);
    fsci_json_set_string(a, item, "column", column);
    fsci_json_set_string(a, item, "unit", unit);
    fsci_json_set_number(a, item, "min", min);
    fsci_json_set_number(a, item, "max", max);
    return item;
}

/* Ranges of columns that are no symbol of the law but an argument of a derived quantity (C). */
static void add_argument_ranges(fsci_arena *a, const fsci_model *m, fsci_json *data)
{
    fsci_json *ranges = fsci_json_set_object(a, data, "arguments");
    const fsc_law *law = m->subject.law;
    for (size_t d = 0; law && d < law->derived.n; d++)
        for (size_t j = 0; j < law->derived.items[d].arguments.n; j++) {
            const char *name = law->derived.items[d].arguments.items[j];
            const fsci_column *column = fsci_table_find(m->table, name);
            if (!column || column->kind != FSCI_COLUMN_NUMBERS || fsci_model_binding(m, name) ||
                fsci_json_get(ranges, name))
                continue;
            double min = INFINITY, max = -INFINITY;
            for (size_t i = 0; i < m->n; i++) {
                min = fmin(min, column->numbers[m->row[i]]);
                max = fmax(max, column->numbers[m->row[i]]);
            }
            add_column(a, name, column->name, NULL, min, max, ranges);
        }
}

static void add_set(fsci_arena *a, const fsci_binding *b, fsci_json *columns)
{
    fsci_json *item = add_column(a, b->symbol, b->column, b->unit, b->min, b->max, columns);
    fsci_json_set_number(a, item, "members", (double)b->set->n);
    if (b->set->numbered)
        return;
    fsci_json *names = fsci_json_set_array(a, item, "names");
    for (size_t k = 0; k < b->set->n; k++)
        fsci_json_push(names, fsci_json_string(a, b->set->names[k]));
}

/* Of the response, what the law has it be: its ends where they are numbers. */
static void add_domain(fsci_arena *a, const fsci_model *m, const fsci_binding *b, fsci_json *item)
{
    const fsc_law *law = m->subject.law;
    size_t i = law ? fsci_law_column_index(law, b->symbol) : SIZE_MAX;
    const fsci_domain *d = i == SIZE_MAX ? NULL : &law->columns.items[i].domain;
    if (!d || !m->response || strcmp(b->symbol, m->response) != 0)
        return;
    if (isfinite(d->lo.value) && !d->lo.column && !d->lo.parameter)
        fsci_json_set_number(a, item, "least", d->lo.value);
    if (isfinite(d->hi.value) && !d->hi.column && !d->hi.parameter)
        fsci_json_set_number(a, item, "most", d->hi.value);
}

static void add_data(fsci_arena *a, const fsci_fit *fit, const fsci_fit_context *context,
                     fsci_json *record)
{
    const fsci_model *m = &fit->model;
    fsci_json *data = fsci_json_set_object(a, record, "data");
    fsci_json_set_number(a, data, "rows_read", (double)context->rows_read);
    fsci_json_set_number(a, data, "rows_used", (double)m->n);
    fsci_json *dropped = fsci_json_set_array(a, data, "dropped");
    add_dropped(a, context->dropped, context->n_dropped, dropped);
    add_dropped(a, m->dropped, m->n_dropped, dropped);
    fsci_json *columns = fsci_json_set_object(a, data, "columns");
    for (size_t i = 0; i < m->n_bindings; i++) {
        const fsci_binding *b = &m->bindings[i];
        if (b->values) {
            add_domain(a, m, b,
                       add_column(a, b->symbol, b->column, b->unit, b->min, b->max, columns));
            continue;
        }
        if (b->set) {
            add_set(a, b, columns);
            continue;
        }
        fsci_json *item = fsci_json_set_object(a, columns, b->symbol);
        fsci_json_set_string(a, item, "column", b->column);
        fsci_json *levels = fsci_json_set_array(a, item, "levels");
        for (size_t k = 0; k < b->n_levels; k++)
            fsci_json_push(levels, fsci_json_string(a, b->levels[k]));
    }
    add_argument_ranges(a, m, data);
}

static void add_starts(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_search *s = &fit->search;
    const fsci_model *m = &fit->model;
    fsci_json *starts = fsci_json_set_object(a, record, "starts");
    fsci_json_set_string(a, starts, "scheme", s->scheme);
    fsci_json_set_number(a, starts, "n", (double)s->n_starts);
    fsci_json_set_number(a, starts, "solved", (double)s->n_solved);
    fsci_json_set_number(a, starts, "reached_best", (double)s->reached_best);
    fsci_json *list = fsci_json_set_array(a, starts, "distinct_optima");
    double *theta = FSCI_NEW(a, double, m->n_all);
    for (size_t i = 0; theta && i < s->n_optima; i++) {
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_number(a, item, "value", s->optima[i].value);
        fsci_json_set_number(a, item, "count", (double)s->optima[i].count);
        fsci_json_set_bool(a, item, "near",
                           fsci_objective_within(&m->objective, s->optima[0].value,
                                                 s->optima[i].value, FSCI_NEAR_OPTIMUM));
        fsci_json *values = fsci_json_set_object(a, item, "parameters");
        fsci_parameters_expand(&m->parameters, s->optima[i].u, theta);
        for (size_t j = 0; j < m->n_all; j++)
            fsci_json_set_number(a, values, fsci_parameter_label(a, &m->all[j]), theta[j]);
    }
    fsci_json *solver = fsci_json_set_object(a, record, "solver");
    fsci_json_set_string(a, solver, "stop", fsci_stop_name(s->best.stop));
    fsci_json_set_number(a, solver, "iterations", (double)s->iterations);
    fsci_json_set_number(a, solver, "gradient_norm", s->best.gradient_norm);
    fsci_json_set_bool(a, solver, "separable", m->separable != NULL);
}

/* g(left) by row, to set the residuals against. */
static double total_sum_of_squares(const fsci_objective *o)
{
    double mean = 0, sum_w = 0, total = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < o->n; i++) {
            double y = o->y          ? o->y[i]
                       : o->response ? o->response[i]
                                     : NAN,
                   w = o->weight ? o->weight[i] : 1;
            double g = o->space == FSCI_SPACE_LOG     ? log(y)
                       : o->space == FSCI_SPACE_LOGIT ? log(y / (1 - y))
                                                      : y;
            if (pass == 0)
                mean += w * g, sum_w += w;
            else
                total += w * (g - mean / sum_w) * (g - mean / sum_w);
        }
    return total;
}

static void add_diagnostics(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_objective *o = &fit->model.objective;
    double squares = 0, absolute = 0, sum_w = 0, n = (double)o->n;
    for (size_t i = 0; i < o->n; i++) {
        double w = o->weight ? o->weight[i] : 1;
        squares += w * fit->r[i] * fit->r[i];
        absolute += w * fabs(fit->r[i]);
        sum_w += w;
    }
    /* The scale of the residuals is one more; a likelihood has its dispersion among the others. */
    double free = (double)fit->model.parameters.n_free, k = free + (o->density ? 0 : 1);
    double penalty = 0, size = 0;
    fsci_parameters_prior(&fit->model.parameters, fit->theta, &penalty, &size, NULL, NULL);
    double value = fit->search.best.value - penalty;
    if (fsci_priors_any(&fit->model.parameters)) {
        k = NAN;
        if (fit->curvature.covariance &&
            fsci_priors_effective(a, &fit->model.parameters, fit->theta, fit->curvature.covariance,
                                  &k, NULL) != FSC_OK)
            return;
    }
    double m2ll =
        o->density ? 2 * value : fsci_minus_two_log_likelihood(o->loss, o->delta, value, n);
    double correction = n - k - 1 > 0 ? 2 * k * (k + 1) / (n - k - 1) : NAN;
    fsci_json *d = fsci_json_set_object(a, record, "diagnostics");
    fsci_json_set_number(a, d, "rmse", sqrt(squares / sum_w));
    fsci_json_set_number(a, d, "mae", absolute / sum_w);
    fsci_json_set_number(a, d, "r2", 1 - squares / total_sum_of_squares(o));
    fsci_json_set_number(a, d, "condition", fit->curvature.condition);
    fsci_json_set_number(a, d, "rank", (double)fit->curvature.rank);
    fsci_json_set_number(a, d, "free_parameters", free);
    if (fsci_priors_any(&fit->model.parameters))
        fsci_json_set_number(a, d, "effective_parameters", k);
    fsci_json_set_number(a, d, "minus_two_log_likelihood", m2ll);
    fsci_json_set_number(a, d, "aic", m2ll + 2 * k);
    fsci_json_set_number(a, d, "aicc", m2ll + 2 * k + correction);
    fsci_json_set_number(a, d, "bic", m2ll + k * log(n));
    fsci_json_set_number(a, d, "max_leverage", fit->curvature.max_leverage);
}

static size_t count_named(const fsci_parameters *p, const char *name)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        n += !strcmp(p->all[i].name, name);
    return n;
}

/* The published values in the order of the fit, a dispersion as fitted. False when one is missing,
 * as of a member that the published set does not know. */
static bool published_theta(const fsci_fit *fit, const fsci_law_published *set, double *theta)
{
    const fsci_parameters *p = &fit->model.parameters;
    for (size_t i = 0; i < fit->model.n_all; i++) {
        const fsci_parameter *parameter = &p->all[i];
        bool found = i == fit->model.objective.dispersion;
        bool alone = count_named(p, parameter->name) == 1;
        for (size_t k = 0; k < set->values.n && !found; k++) {
            const fsci_value *v = &set->values.items[k];
            found = !strcmp(v->name, parameter->name) &&
                    (v->member ? parameter->group && !strcmp(v->member, parameter->group) : alone);
            theta[i] = found ? v->value : theta[i];
        }
        if (!found)
            return false;
    }
    return true;
}

static fsc_status add_published(fsci_arena *a, const fsci_fit *fit, fsci_json *record,
                                fsc_error *err)
{
    const fsc_law *law = fit->model.subject.law;
    fsci_json *list = fsci_json_set_array(a, record, "published");
    if (!law)
        return FSC_OK;
    double *theta = fsci_copy_array(a, fit->theta, fit->model.n_all, sizeof *theta);
    fsci_objective objective;
    FSCI_TRY(fsci_model_release(a, &fit->model, &objective, err));
    fsci_evaluator *evaluator = theta ? fsci_evaluator_new(&objective) : NULL;
    if (!evaluator)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < law->published.n; i++) {
        const fsci_law_published *set = &law->published.items[i];
        if (set->units.n || !published_theta(fit, set, theta)) /* of other units: not comparable */
            continue;
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_string(a, item, "name", set->name);
        fsci_json_set(a, item, "values", fsci_law_json(a, fsci_yaml_get(set->node, "values")));
        fsci_json_set_number(a, item, "objective_here", fsci_objective_value_at(evaluator, theta));
    }
    fsci_evaluator_free(evaluator);
    return FSC_OK;
}

fsc_status fsci_fit_record(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_context *context,
                           fsci_json *record, fsc_error *err)
{
    const fsci_fit_settings *settings = context->settings;
    add_law(arena, &fit->model, record);
    add_objective(arena, fit, settings->weight, record);
    fsci_fit_parameters(arena, fit, settings, record);
    add_data(arena, fit, context, record);
    add_starts(arena, fit, record);
    add_diagnostics(arena, fit, record);
    FSCI_TRY(fsci_repeats_add(arena, fit, record, err));
    FSCI_TRY(fsci_trade_offs_add(arena, fit, settings->level, record, err));
    fsci_fit_uncertainty(arena, fit, settings, record);
    if (settings->interval == FSCI_INTERVAL_PROFILE)
        FSCI_TRY(fsci_refit_keep(arena, fit, record, err));
    FSCI_TRY(add_published(arena, fit, record, err));
    fsci_json_set_array(arena, record, "warnings");
    fsci_fit_warnings(arena, fit, settings, record);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
