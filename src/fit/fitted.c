#include "fit/fitted.h"

#include "base/number.h"
#include "expr/tree.h"
#include "fit/linked.h"
#include "fit/record.h"
#include "fit/interval/sandwich.h"

#include <math.h>
#include <string.h>

static fsc_status incomplete(const char *member, fsc_error *err)
{
    return fsci_fail(err, FSC_EINPUT,
                     "the fit record has no usable '%s'; write it anew with 'forescale fit -o'",
                     member);
}

static fsci_parameter_role role_of(const fsci_json *item)
{
    const char *status = fsci_json_get_string(item, "status");
    return !status                    ? FSCI_FREE
           : !strcmp(status, "fixed") ? FSCI_FIXED
           : !strcmp(status, "tied")  ? FSCI_TIED
                                      : FSCI_FREE;
}

static fsc_status read_parameters(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *list = fsci_json_get(f->record, "parameters");
    f->parameters = FSCI_NEW(a, fsci_fitted_parameter, fsci_json_count(list));
    if (!f->parameters)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (item, list) {
        const char *scale = fsci_json_get_string(item, "scale");
        const char *status = fsci_json_get_string(item, "status");
        fsci_fitted_parameter p = {.name = fsci_json_get_string(item, "name"),
                                   .group = fsci_json_get_string(item, "group"),
                                   .value = fsci_json_get_number(item, "value"),
                                   .log = scale && !strcmp(scale, "log"),
                                   .positive = fsci_json_get_bool(item, "positive", false),
                                   .row = SIZE_MAX,
                                   .role = role_of(item),
                                   .ambiguous = status && !strcmp(status, "ambiguous")};
        if (!p.name || !isfinite(p.value))
            return incomplete("parameters", err);
        f->parameters[f->n++] = p;
    }
    return f->n ? FSC_OK : incomplete("parameters", err);
}

static fsci_linkage link_of(const fsci_json *item)
{
    const char *name = fsci_json_get_string(item, "follows");
    for (int link = FSCI_LINKAGE_SUM; name && link <= FSCI_LINKAGE_SHARE; link++)
        if (!strcmp(name, fsci_linked_name((fsci_linkage)link)))
            return (fsci_linkage)link;
    return FSCI_LINKAGE_NONE;
}

static size_t find_label(fsci_arena *a, const fsci_fitted *f, const char *label)
{
    for (size_t i = 0; i < f->n; i++) {
        fsci_parameter p = {.name = f->parameters[i].name, .group = f->parameters[i].group};
        const char *own = fsci_parameter_label(a, &p);
        if (own && !strcmp(own, label))
            return i;
    }
    return SIZE_MAX;
}

/* The parameters that bound others. */
static fsc_status follow_links(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    size_t i = 0;
    FSCI_JSON_EACH (item, fsci_json_get(f->record, "parameters")) {
        fsci_fitted_parameter *p = &f->parameters[i++];
        const char *above = fsci_json_get_string(item, "above");
        const char *other = above ? above : fsci_json_get_string(item, "below");
        p->link = link_of(item);
        if (p->link && (!other || (p->other = find_label(a, f, other)) == SIZE_MAX))
            return incomplete("parameters", err);
        p->end = fsci_json_get_number(item, "end");
    }
    return FSC_OK;
}

/* A tied parameter moves with the one it is tied to. */
static void follow_ties(fsci_arena *a, fsci_fitted *f)
{
    size_t i = 0;
    FSCI_JSON_EACH (item, fsci_json_get(f->record, "parameters")) {
        const char *other = fsci_json_get_string(item, "tied_to");
        size_t j = other ? find_label(a, f, other) : SIZE_MAX;
        if (j != SIZE_MAX) {
            f->parameters[i].tied_to = j;
            f->parameters[i].row = f->parameters[j].row;
            f->parameters[i].log = f->parameters[j].log;
        }
        i++;
    }
}

/* Those that were neither held nor tied: the rows of a covariance. */
static size_t count_free(const fsci_fitted *f)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->parameters[i].role == FSCI_FREE;
    return n;
}

static fsc_status read_matrix(fsci_arena *a, fsci_fitted *f, const fsci_json *object,
                              double **matrix, fsc_error *err)
{
    size_t n = fsci_json_count(object), i = 0;
    if (!object || object->kind != FSCI_JSON_OBJECT || n != count_free(f))
        return incomplete("covariance", err);
    double *scale = FSCI_NEW(a, double, n);
    *matrix = FSCI_NEW(a, double, n *n);
    f->n_rows = n;
    if (!*matrix || !scale)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (row, object) {
        size_t k = find_label(a, f, row->key);
        if (k == SIZE_MAX || fsci_json_count(row) != n)
            return incomplete("covariance", err);
        f->parameters[k].row = i;
        scale[i++] = f->parameters[k].log ? f->parameters[k].value : 1;
    }
    i = 0;
    FSCI_JSON_EACH (row, object) {
        size_t j = 0;
        FSCI_JSON_EACH (cell, row) {
            double value = cell->kind == FSCI_JSON_NUMBER ? cell->number : NAN;
            (*matrix)[i + j * n] = value / (scale[i] * scale[j]);
            j++;
        }
        i++;
    }
    return FSC_OK;
}

/* The directions along which nothing is known, in the order of the covariance's rows. */
static fsc_status read_loose(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *list = fsci_json_get(f->record, "unsettled");
    f->loose = FSCI_NEW(a, double, fsci_json_count(list) * f->n_rows);
    if (!f->loose)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (direction, list) {
        double *to = f->loose + f->n_loose++ * f->n_rows;
        FSCI_JSON_EACH (part, direction) {
            size_t k = find_label(a, f, part->key);
            if (k == SIZE_MAX || f->parameters[k].row == SIZE_MAX)
                return incomplete("unsettled", err);
            double scale = f->parameters[k].log ? f->parameters[k].value : 1;
            to[f->parameters[k].row] = part->number / scale;
        }
    }
    return FSC_OK;
}

/* null says that the fit has none. */
static fsc_status read_covariance(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *object = fsci_json_get(f->record, "covariance");
    const fsci_json *settled = fsci_json_get(f->record, "covariance_settled");
    if (!object || object->kind != FSCI_JSON_NULL)
        return read_matrix(a, f, object, &f->covariance, err);
    if (!settled)
        return FSC_OK;
    FSCI_TRY(read_matrix(a, f, settled, &f->settled, err));
    return read_loose(a, f, err);
}

/* Rows of `wide` numbers each; *rows is NULL when the record has none. */
static fsc_status read_rows(fsci_arena *a, const fsci_json *record, const char *member, size_t wide,
                            double **rows, size_t *n, fsc_error *err)
{
    const fsci_json *list = fsci_json_get(record, member);
    *n = 0;
    if (!list)
        return FSC_OK;
    double *to = *rows = FSCI_NEW(a, double, fsci_json_count(list) * wide);
    if (!to)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (row, list) {
        if (fsci_json_count(row) != wide)
            return incomplete(member, err);
        FSCI_JSON_EACH (cell, row)
            *to++ = cell->kind == FSCI_JSON_NUMBER ? cell->number : NAN;
        ++*n;
    }
    return FSC_OK;
}

static fsc_status read_resamples(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    size_t n_free = count_free(f), n;
    FSCI_TRY(read_rows(a, f->record, "resamples", f->n, &f->resamples, &f->n_resamples, err));
    FSCI_TRY(read_rows(a, f->record, "left_out", f->n, &f->left_out, &f->n_left_out, err));
    FSCI_TRY(read_rows(a, f->record, "resample_covariances", fsci_packed(n_free),
                       &f->resample_covariances, &n, err));
    return n && n != f->n_resamples ? incomplete("resample_covariances", err) : FSC_OK;
}

static fsc_status read_intervals(fsci_fitted *f, fsc_error *err)
{
    const fsci_json *intervals = fsci_json_get(f->record, "intervals");
    const char *method = fsci_json_get_string(intervals, "method");
    const char *kind = fsci_json_get_string(intervals, "kind");
    if (!method || !fsci_interval_named(kind ? kind : method, &f->method))
        return incomplete("intervals", err);
    f->level = fsci_json_get_number(intervals, "level");
    f->df = fsci_json_get_number(intervals, "freedom");
    if (isnan(f->df) &&
        fsci_density_find(fsci_json_get_string(fsci_json_get(f->record, "objective"), "loss")))
        f->df = INFINITY;
    if (isnan(f->df)) /* a record from before clusters */
        f->df = fsci_json_get_number(fsci_json_get(f->record, "data"), "rows_used") -
                fsci_json_get_number(fsci_json_get(f->record, "diagnostics"), "free_parameters");
    return FSC_OK;
}

static fsc_status read_derived(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *list = fsci_json_at(f->record, "law.derived");
    f->derived = FSCI_NEW(a, fsci_fitted_derived, fsci_json_count(list));
    if (!f->derived)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (item, list) {
        fsci_fitted_derived *d = &f->derived[f->n_derived++];
        const char *text = fsci_json_get_string(item, "formula");
        *d = (fsci_fitted_derived){.name = fsci_json_get_string(item, "name"),
                                   .unit = fsci_json_get_string(item, "unit"),
                                   .meaning = fsci_json_get_string(item, "meaning")};
        const fsci_json *arguments = fsci_json_get(item, "arguments");
        d->arguments = FSCI_NEW(a, const char *, fsci_json_count(arguments) + 1);
        if (!d->arguments)
            return fsci_fail_memory(err);
        FSCI_JSON_EACH (argument, arguments)
            d->arguments[d->n_arguments++] = argument->string;
        if (!d->name || !text)
            return incomplete("law.derived", err);
        FSCI_TRY(fsci_formula_parse(a, d->name, 1, 1, text, &d->formula, err));
        const fsci_json *between = fsci_json_get(item, "between");
        d->solve = fsci_json_get_string(item, "solve");
        if (!d->solve)
            continue;
        if (fsci_json_count(between) != 2 || !d->formula->left)
            return incomplete("law.derived", err);
        d->lo = between->first->number;
        d->hi = between->first->next->number;
        d->log = fsci_json_get_bool(item, "log", false);
    }
    return FSC_OK;
}

const fsci_fitted_derived *fsci_fitted_solved_in(const fsci_fitted *f,
                                                 const fsci_fitted_derived *derived)
{
    if (derived->solve)
        return derived;
    for (const fsci_fitted_derived *d = f->derived; d < derived; d++) {
        const fsci_fitted_derived *solved = NULL;
        if (fsci_formula_uses(derived->formula, d->name))
            solved = fsci_fitted_solved_in(f, d);
        if (solved)
            return solved;
    }
    return NULL;
}

static bool is_parameter(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (!strcmp(f->parameters[i].name, name))
            return true;
    return false;
}

/* Names of a formula that are neither parameters, derived quantities nor the response. */
static fsc_status read_inputs(fsci_arena *a, fsci_fitted *f, const fsci_formula *formula,
                              fsc_error *err)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(a, formula, &names);
    f->inputs = FSCI_NEW(a, const char *, n + 1);
    if (!f->inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        bool skip =
            names[i].index || is_parameter(f, names[i].name) || !strcmp(names[i].name, f->response);
        for (size_t j = 0; j < f->n_derived; j++)
            skip = skip || !strcmp(f->derived[j].name, names[i].name);
        for (size_t j = 0; j < f->n_inputs; j++)
            skip = skip || !strcmp(f->inputs[j], names[i].name);
        if (!skip)
            f->inputs[f->n_inputs++] = names[i].name;
    }
    return FSC_OK;
}

/* Whether the left side is the response and no more, or there is none. */
static bool states_response(const fsci_fitted *f)
{
    const fsci_node *left = f->sides->left;
    return !left || (left->kind == FSCI_NODE_NAME && !strcmp(left->name, f->response));
}

/* The prediction's formula, or the equation it solves, and the columns it needs. */
static fsc_status read_prediction(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *law = fsci_json_get(f->record, "law");
    const char *text = fsci_json_get_string(law, "prediction");
    const char *equation = fsci_json_get_string(law, "formula");
    const char *space = fsci_json_get_string(fsci_json_get(f->record, "objective"), "space");
    f->response = fsci_json_get_string(law, "response");
    if (!space || !fsci_space_find(space, &f->space))
        return incomplete("objective", err);
    f->residual = f->space;
    if (!f->response || (!text && !equation))
        return FSC_OK;
    if (text)
        FSCI_TRY(fsci_formula_parse(a, "prediction", 1, 1, text, &f->prediction, err));
    if (equation)
        FSCI_TRY(fsci_formula_parse(a, "formula", 1, 1, equation, &f->sides, err));
    if (text && f->sides && states_response(f))
        f->sides = NULL;
    if (!text)
        f->implicit = f->sides;
    if (f->sides) /* its residual is in some space, the response itself in none */
        f->space = FSCI_SPACE_IDENTITY;
    return read_inputs(a, f, text ? f->prediction : f->implicit, err);
}

static bool is_input(const fsci_fitted *f, const char *name)
{
    for (size_t i = 0; i < f->n_inputs; i++)
        if (!strcmp(f->inputs[i], name))
            return true;
    return false;
}

/* The density of a likelihood, its dispersion, and how trials are told. */
static fsc_status read_likelihood(fsci_arena *a, fsci_fitted *f, fsc_error *err)
{
    const fsci_json *objective = fsci_json_get(f->record, "objective");
    const char *loss = fsci_json_get_string(objective, "loss");
    const char *dispersion = fsci_json_get_string(objective, "dispersion");
    const char *trials = fsci_json_get_string(objective, "trials");
    const fsci_name *names;
    f->dispersion = NAN;
    if (!loss || !(f->density = fsci_density_find(loss)))
        return FSC_OK;
    f->space = f->density->mean;
    for (size_t i = 0; dispersion && i < f->n; i++)
        if (!strcmp(f->parameters[i].name, dispersion))
            f->dispersion = f->parameters[i].value;
    if (f->density->dispersion && isnan(f->dispersion))
        return incomplete("objective.dispersion", err);
    if (!trials)
        return FSC_OK;
    FSCI_TRY(fsci_formula_parse(a, "trials", 1, 1, trials, &f->trials, err));
    size_t n = fsci_formula_names(a, f->trials, &names);
    f->trial_inputs = FSCI_NEW(a, const char *, n + 1);
    if (!f->trial_inputs)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!is_input(f, names[i].name))
            f->trial_inputs[f->n_trial_inputs++] = names[i].name;
    return FSC_OK;
}

/* What is read where it is needed must be there. */
static fsc_status check_data(const fsci_json *record, fsc_error *err)
{
    const fsci_json *columns = fsci_json_at(record, "data.columns");
    double rows = fsci_json_get_number(fsci_json_get(record, "data"), "rows_used");
    if (!columns || columns->kind != FSCI_JSON_OBJECT || !(rows >= 1))
        return incomplete("data", err);
    if (fsci_json_count(fsci_json_get(record, "residual_percentiles")) != FSCI_RESIDUAL_PERCENTILES)
        return incomplete("residual_percentiles", err);
    return FSC_OK;
}

fsc_status fsci_fitted_read(fsci_arena *arena, const fsci_json *record, fsci_fitted *fitted,
                            fsc_error *err)
{
    const char *kind = fsci_json_get_string(record, "kind");
    *fitted = (fsci_fitted){.record = record};
    if (!kind || strcmp(kind, "fit"))
        return fsci_fail(err, FSC_EINPUT,
                         "this is a record of kind '%s', not a fit; make one with 'forescale fit "
                         "LAW TABLE -o fit.json'",
                         kind ? kind : "unknown");
    double schema = fsci_json_get_number(record, "schema");
    if (schema != 1)
        return fsci_fail(err, FSC_EINPUT,
                         "this fit has schema %s and this program reads schema 1; write it anew "
                         "with 'forescale fit -o'",
                         fsci_briefly(schema, 6).text);
    FSCI_TRY(check_data(record, err));
    FSCI_TRY(read_parameters(arena, fitted, err));
    FSCI_TRY(read_covariance(arena, fitted, err));
    follow_ties(arena, fitted);
    FSCI_TRY(follow_links(arena, fitted, err));
    FSCI_TRY(read_resamples(arena, fitted, err));
    FSCI_TRY(read_derived(arena, fitted, err));
    FSCI_TRY(read_prediction(arena, fitted, err));
    FSCI_TRY(read_likelihood(arena, fitted, err));
    FSCI_TRY(read_intervals(fitted, err));
    fitted->response_unit =
        fsci_json_get_string(fsci_json_get(fsci_json_at(record, "data.columns"),
                                           fitted->response ? fitted->response : ""),
                             "unit");
    return FSC_OK;
}
