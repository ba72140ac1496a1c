#include "fit/quantity.h"

#include "fit/inverse.h"
#include "fit/points.h"
#include "fit/set.h"

#include "expr/tree.h"
#include "fit/record.h"

#include <math.h>
#include <string.h>

enum { MOST_HEADLINES = 4, MOST_ANSWERS = 2 };

const char fsci_headline_rule[] =
    "up to four of these, in this order: two answers at --at, exponents of the law, derived "
    "quantities without arguments, other parameters";

static bool contains(const fsci_node *node, const char *name)
{
    bool found = (node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP) &&
                 !strcmp(node->name, name);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = contains(node->args[i], name);
    return found;
}

static bool in_exponent(const fsci_node *node, const char *name)
{
    bool found =
        node->kind == FSCI_NODE_APPLY && node->op == FSCI_OP_POW && contains(node->args[1], name);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = in_exponent(node->args[i], name);
    return found;
}

bool fsci_is_exponent(const fsci_formula *formula, const char *name)
{
    return (formula->left && in_exponent(formula->left, name)) || in_exponent(formula->right, name);
}

static bool has_name(const fsci_node *node)
{
    bool found = node->kind == FSCI_NODE_NAME || node->kind == FSCI_NODE_GROUP;
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = has_name(node->args[i]);
    return found;
}

static bool under_power(const fsci_node *node, const char *name)
{
    bool found = node->kind == FSCI_NODE_APPLY && node->op == FSCI_OP_POW &&
                 contains(node->args[0], name) && has_name(node->args[1]);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = under_power(node->args[i], name);
    return found;
}

static bool under_log(const fsci_node *node, const char *name)
{
    bool found = node->kind == FSCI_NODE_APPLY && contains(node, name) &&
                 (node->op == FSCI_OP_LOG || node->op == FSCI_OP_LOG2 || node->op == FSCI_OP_LOG10);
    for (size_t i = 0; i < node->n_args && !found; i++)
        found = under_log(node->args[i], name);
    return found;
}

bool fsci_is_logged(const fsci_formula *formula, const char *name)
{
    return under_log(formula->right, name);
}

bool fsci_is_scale_input(const fsci_model *model, const fsci_binding *b)
{
    return b->values && b->min > 0 && !(model->response && !strcmp(b->symbol, model->response)) &&
           (fsci_is_powered(model->subject.formula, b->symbol) ||
            fsci_is_logged(model->subject.formula, b->symbol));
}

bool fsci_is_powered(const fsci_formula *formula, const char *name)
{
    return (formula->left && under_power(formula->left, name)) || under_power(formula->right, name);
}

/* One point from the inputs of an answer. */
static fsc_status point_of(fsci_arena *a, const fsci_fitted *f, const fsci_json *at,
                           fsci_points *points, fsc_error *err)
{
    size_t n = 0, room = fsci_json_count(at);
    fsci_input_values *inputs = FSCI_NEW(a, fsci_input_values, room);
    double *numbers = FSCI_NEW(a, double, room);
    uint32_t *codes = FSCI_NEW(a, uint32_t, room);
    if (!inputs || !numbers || !codes)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (input, at) {
        inputs[n] = (fsci_input_values){.name = input->key};
        numbers[n] = input->number;
        if (input->kind != FSCI_JSON_STRING)
            inputs[n].numbers = &numbers[n];
        const fsci_json *levels = fsci_json_get(
            fsci_json_get(fsci_json_at(f->record, "data.columns"), input->key), "levels");
        const char **names = FSCI_NEW(a, const char *, fsci_json_count(levels));
        if (!names)
            return fsci_fail_memory(err);
        FSCI_JSON_EACH (level, levels) {
            if (input->kind == FSCI_JSON_STRING && !strcmp(level->string, input->string)) {
                codes[n] = (uint32_t)inputs[n].n_levels;
                inputs[n].codes = &codes[n];
            }
            names[inputs[n].n_levels++] = level->string;
        }
        inputs[n++].levels = names;
    }
    *points = (fsci_points){.inputs = inputs, .n_inputs = n, .n = n ? 1 : 0};
    return fsci_points_gather(a, f, points, err);
}

/* A derived quantity, or with NULL the response. */
static fsc_status add_computed(fsci_arena *a, const fsci_fitted *f,
                               const fsci_fitted_derived *derived, fsci_quantity q,
                               fsci_quantities *out, fsc_error *err)
{
    fsci_points points;
    if (out->n == FSCI_MOST_QUANTITIES || !isfinite(q.value))
        return FSC_OK;
    q.parameter = SIZE_MAX;
    FSCI_TRY(point_of(a, f, q.at, &points, err));
    FSCI_TRY(fsci_curve_course(a, f, derived, &points, &q.course, err));
    q.memory = fsci_alloc_aligned(a, fsci_course_bytes(&q.course, false));
    if (!q.memory)
        return fsci_fail_memory(err);
    out->items[out->n++] = q;
    return FSC_OK;
}

/* Of the rows of that name (NULL: all) the one farthest beyond the data, the last of equals. */
static const fsci_json *farthest(const fsci_json *rows, const char *name)
{
    const fsci_json *best = NULL;
    double most = -1;
    FSCI_JSON_EACH (row, rows) {
        const char *own = fsci_json_get_string(row, "name");
        double beyond = fsci_json_get_number(row, "log10_beyond");
        if (name && (!own || strcmp(own, name) != 0))
            continue;
        if (!best || !(beyond < most)) {
            best = row;
            most = isnan(beyond) ? most : beyond;
        }
    }
    return best;
}

/* A row of a table does not repeat the hundreds of members of a schedule. */
static bool tells_all(const fsci_fitted *f, const fsci_json *inputs)
{
    bool all = true;
    for (size_t i = 0; i < f->n_inputs; i++) {
        bool told = fsci_json_get(inputs, f->inputs[i]) != NULL;
        FSCI_JSON_EACH (input, inputs)
            told = told || (fsci_set_is(f, f->inputs[i]) &&
                            fsci_set_member(f, f->inputs[i], input->key) != SIZE_MAX);
        all = all && told;
    }
    return all;
}

/* It rests on fixed parameters alone: nothing moves it. */
static bool is_fixed(const fsci_json *row)
{
    const char *status = fsci_json_get_string(row, "status");
    return status && !strcmp(status, "fixed");
}

static fsci_quantity quantity_of(const fsci_json *row, bool with_arguments)
{
    return (fsci_quantity){.name = fsci_json_get_string(row, "name"),
                           .unit = fsci_json_get_string(row, "unit"),
                           .at = with_arguments ? fsci_json_get(row, "arguments") : NULL,
                           .value = fsci_json_get_number(row, "value"),
                           .lo = fsci_json_get_number(row, "lo"),
                           .hi = fsci_json_get_number(row, "hi")};
}

/* Amounts of an input for a response. */
static fsc_status add_amounts(fsci_arena *a, const fsci_fitted *f, fsci_quantities *out,
                              fsc_error *err)
{
    for (size_t i = 0; i < f->n_inputs; i++) {
        const fsci_json *row = farthest(fsci_json_get(f->record, "derived"), f->inputs[i]);
        const fsci_json *given = fsci_json_get(row, "arguments");
        fsci_setting *items = FSCI_NEW(a, fsci_setting, fsci_json_count(given));
        fsci_fitted_derived *inverse = FSCI_NEW(a, fsci_fitted_derived, 1);
        fsci_at at = {.items = items};
        bool asked = false;
        if (!items || !inverse)
            return fsci_fail_memory(err);
        FSCI_JSON_EACH (one, given)
            items[at.n++] = (fsci_setting){.name = one->key};
        if (given)
            FSCI_TRY(fsci_inverse_of(a, f, &at, &asked, inverse, err));
        if (asked)
            FSCI_TRY(add_computed(a, f, inverse, quantity_of(row, true), out, err));
    }
    return FSC_OK;
}

/* What --at asked for. */
static fsc_status add_answers(fsci_arena *a, const fsci_fitted *f, fsci_quantities *out,
                              fsc_error *err)
{
    const fsci_json *row = farthest(fsci_json_get(f->record, "predictions"), NULL);
    if (row && tells_all(f, fsci_json_get(row, "inputs")))
        FSCI_TRY(add_computed(a, f, NULL,
                              (fsci_quantity){.name = f->response,
                                              .unit = f->response_unit,
                                              .at = fsci_json_get(row, "inputs"),
                                              .value = fsci_json_get_number(row, "mean"),
                                              .lo = fsci_json_get_number(row, "mean_lo"),
                                              .hi = fsci_json_get_number(row, "mean_hi")},
                              out, err));
    FSCI_TRY(add_amounts(a, f, out, err));
    for (int with_arguments = 1; with_arguments >= 0; with_arguments--)
        for (size_t i = 0; i < f->n_derived; i++) {
            const fsci_fitted_derived *d = &f->derived[i];
            row = farthest(fsci_json_get(f->record, "derived"), d->name);
            if (row && with_arguments == (d->n_arguments > 0) && !is_fixed(row))
                FSCI_TRY(add_computed(a, f, d, quantity_of(row, with_arguments), out, err));
        }
    return FSC_OK;
}

static void add_parameters(fsci_arena *a, const fsci_fit *fit, const fsci_fitted *f,
                           fsci_quantities *out)
{
    size_t i = 0;
    FSCI_JSON_EACH (row, fsci_json_get(f->record, "parameters")) {
        const fsci_parameter *p = &fit->model.all[i];
        if (p->role == FSCI_FREE && out->n < FSCI_MOST_QUANTITIES)
            out->items[out->n++] = (fsci_quantity){.name = fsci_parameter_label(a, p),
                                                   .unit = p->unit,
                                                   .value = fsci_json_get_number(row, "value"),
                                                   .lo = fsci_json_get_number(row, "lo"),
                                                   .hi = fsci_json_get_number(row, "hi"),
                                                   .parameter = i};
        i++;
    }
}

static void choose_headlines(const fsci_fit *fit, fsci_quantities *q)
{
    enum { ANSWER, EXPONENT, DERIVED, PARAMETER, CLASSES };
    size_t chosen = 0;
    for (int class = ANSWER; class < CLASSES; class ++)
        for (size_t i = 0, of_class = 0; i < q->n && chosen < MOST_HEADLINES; i++) {
            fsci_quantity *one = &q->items[i];
            bool free = one->parameter != SIZE_MAX;
            bool exponent = free && fsci_is_exponent(fit->model.subject.formula,
                                                     fit->model.all[one->parameter].name);
            int own = one->at ? ANSWER : !free ? DERIVED : exponent ? EXPONENT : PARAMETER;
            if (own != class || (class == ANSWER && of_class == MOST_ANSWERS))
                continue;
            one->headline = true;
            of_class++;
            chosen++;
        }
}

fsc_status fsci_quantities_find(fsci_arena *arena, const fsci_fit *fit, const fsci_fitted *fitted,
                                fsci_quantities *out, fsc_error *err)
{
    *out = (fsci_quantities){.n_parameters = fitted->n};
    out->items = FSCI_NEW(arena, fsci_quantity, FSCI_MOST_QUANTITIES);
    if (!out->items)
        return fsci_fail_memory(err);
    FSCI_TRY(add_answers(arena, fitted, out, err));
    add_parameters(arena, fit, fitted, out);
    choose_headlines(fit, out);
    return FSC_OK;
}

fsc_status fsci_quantity_at(fsci_arena *a, const fsci_fitted *f, const fsci_json *at,
                            fsci_quantity *out, fsc_error *err)
{
    fsci_quantities one = {.items = out};
    fsci_points points;
    fsci_curve curve;
    *out = (fsci_quantity){.value = NAN, .lo = NAN, .hi = NAN};
    FSCI_TRY(point_of(a, f, at, &points, err));
    FSCI_TRY(fsci_curve_predict(a, f, &points, &curve, err));
    return add_computed(a, f, NULL,
                        (fsci_quantity){.name = f->response,
                                        .unit = f->response_unit,
                                        .at = at,
                                        .value = curve.value[0],
                                        .lo = curve.lo[0],
                                        .hi = curve.hi[0]},
                        &one, err);
}

bool fsci_quantity_is_response(const fsci_fitted *f, const fsci_quantity *q)
{
    return q->course.program && q->at && f->response && !strcmp(q->name, f->response);
}

static const char *column_of(const fsci_fitted *f, const char *symbol)
{
    return fsci_json_get_string(fsci_json_get(fsci_json_at(f->record, "data.columns"), symbol),
                                "column");
}

/* The inputs of `other` from those of `fitted` that stand for the same columns; NULL when one is
 * not among them. */
static const fsci_json *translate(fsci_arena *a, const fsci_fitted *fitted,
                                  const fsci_fitted *other, const fsci_json *at)
{
    fsci_json *inputs = fsci_json_object(a);
    for (size_t i = 0; i < other->n_inputs; i++) {
        const char *column = column_of(other, other->inputs[i]);
        const fsci_json *found = NULL;
        FSCI_JSON_EACH (input, at) {
            const char *own = column_of(fitted, input->key);
            if (own && column && !strcmp(own, column))
                found = input;
        }
        if (!found)
            return NULL;
        fsci_json_set(a, inputs, other->inputs[i], fsci_json_copy(a, found));
    }
    return inputs;
}

static const fsci_fitted_derived *derived_like(const fsci_fitted *f, const fsci_quantity *q)
{
    for (size_t i = 0; i < f->n_derived; i++) {
        const fsci_fitted_derived *d = &f->derived[i];
        bool same = !strcmp(d->name, q->name) && d->n_arguments == fsci_json_count(q->at) &&
                    !d->unit == !q->unit && (!d->unit || !strcmp(d->unit, q->unit));
        for (size_t k = 0; same && k < d->n_arguments; k++)
            same = fsci_json_get(q->at, d->arguments[k]) != NULL;
        if (same)
            return d;
    }
    return NULL;
}

bool fsci_quantity_of(fsci_arena *a, const fsci_fitted *fitted, const fsci_fitted *other,
                      const fsci_quantity *like, fsci_quantity *out)
{
    fsci_quantities one = {.items = out};
    fsci_quantity q = {.name = like->name, .unit = like->unit, .at = like->at};
    const fsci_fitted_derived *d = NULL;
    if (!like->course.program)
        return false;
    if (fsci_quantity_is_response(fitted, like)) {
        q.at = translate(a, fitted, other, like->at);
        if (!q.at || !fsci_curve_predicts(other))
            return false;
    } else {
        d = derived_like(other, like);
        if (!d)
            return false;
    }
    return add_computed(a, other, d, q, &one, NULL) == FSC_OK && one.n == 1;
}

double fsci_quantity_value(const fsci_quantity *q, const double *theta)
{
    return q->parameter != SIZE_MAX ? theta[q->parameter]
                                    : fsci_course_value(&q->course, q->memory, theta, 0, NULL);
}

void fsci_quantity_slope(const fsci_quantities *all, const fsci_quantity *q, const double *theta,
                         double *slope)
{
    memset(slope, 0, all->n_parameters * sizeof *slope);
    if (q->parameter != SIZE_MAX)
        slope[q->parameter] = 1;
    else
        fsci_course_value(&q->course, q->memory, theta, 0, slope);
}
