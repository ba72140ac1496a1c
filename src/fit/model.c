#include "fit/model.h"

#include "base/number.h"
#include "fit/bind.h"
#include "fit/linked.h"
#include "fit/observed.h"
#include "fit/priors.h"
#include "fit/response.h"
#include "opt/rows.h"

#include <math.h>
#include <string.h>

const fsci_binding *fsci_model_binding(const fsci_model *model, const char *symbol)
{
    for (size_t i = 0; i < model->n_bindings; i++)
        if (!strcmp(model->bindings[i].symbol, symbol))
            return &model->bindings[i];
    return NULL;
}

const fsci_binding *fsci_model_input(const fsci_model *model, const char *symbol, const char *unit)
{
    for (size_t i = 0; i < model->n_bindings; i++) {
        const fsci_binding *b = &model->bindings[i];
        if (b->values && (!strcmp(b->symbol, symbol) || (b->unit && !strcmp(b->unit, unit))))
            return b;
    }
    return NULL;
}

const fsci_law_column *fsci_model_column(const fsci_model *model, const char *symbol)
{
    const fsc_law *law = model->subject.law;
    size_t i = law ? fsci_law_column_index(law, symbol) : SIZE_MAX;
    return i == SIZE_MAX ? NULL : &law->columns.items[i];
}

/* The law's objective; of a likelihood the space is the density's own. */
static fsc_status law_objective(const fsc_law *law, fsci_objective *o, fsc_error *err)
{
    static const fsci_loss losses[] = {FSCI_LOSS_SQUARED, FSCI_LOSS_HUBER, FSCI_LOSS_L1};
    if (law->objective.loss > FSCI_LAW_L1)
        return fsci_objective_choose(fsci_law_loss_name(law->objective.loss), o, err);
    o->loss = losses[law->objective.loss];
    o->delta = law->objective.delta;
    return FSC_OK;
}

static fsc_status choose_objective(const fsci_fit_settings *settings, fsci_model *model,
                                   fsc_error *err)
{
    fsci_objective *o = &model->objective;
    const fsc_law *law = model->subject.law;
    o->loss = FSCI_LOSS_SQUARED;
    o->dispersion = SIZE_MAX;
    if (law)
        o->space = (fsci_space)law->objective.residual;
    if (settings->residual && !fsci_space_find(settings->residual, &o->space))
        return fsci_fail(err, FSC_EUSAGE, "--residual is identity, log or logit, not '%s'",
                         settings->residual);
    if (settings->objective)
        FSCI_TRY(fsci_objective_choose(settings->objective, o, err));
    else if (law)
        FSCI_TRY(law_objective(law, o, err));
    if (!o->density)
        return FSC_OK;
    if (settings->residual && o->space != o->density->residual)
        return fsci_fail(err, FSC_EUSAGE,
                         "--residual %s: the %s likelihood compares its two sides in its own way; "
                         "leave --residual out",
                         settings->residual, o->density->name);
    o->space = o->density->residual;
    return FSC_OK;
}

/* --trials, or the column of the law. */
static fsc_status choose_trials(fsci_arena *arena, const fsci_fit_settings *settings,
                                fsci_model *model, fsc_error *err)
{
    const fsci_density *density = model->objective.density;
    bool wanted = density && density->response == FSCI_RESPONSE_SHARE;
    const fsc_law *law = model->subject.law;
    const char *text = settings->trials;
    fsci_formula *trials;
    if (text && !wanted)
        return fsci_fail(err, FSC_EUSAGE,
                         "--trials is for --objective binomial and beta-binomial; the objective is "
                         "%s",
                         fsci_objective_name(&model->objective));
    if (!wanted)
        return FSC_OK;
    if (!text && law)
        text = law->objective.trials;
    if (!text)
        return fsci_fail(err, FSC_EUSAGE,
                         "the %s likelihood needs the number of trials behind each response; give "
                         "--trials COLUMN, or a number such as --trials 1319",
                         density->name);
    FSCI_TRY(fsci_formula_parse(arena, "--trials", 1, 1, text, &trials, err));
    if (trials->left)
        return fsci_formula_fail(err, trials, NULL, "an expression is needed, not an equation");
    model->trials = trials;
    return FSC_OK;
}

fsc_status fsci_model_data(fsci_arena *arena, const fsci_formula *origin, const fsci_node *node,
                           const fsci_scope *scope, double **values, fsc_error *err)
{
    fsci_program *program;
    FSCI_TRY(fsci_program_new(arena, origin, &node, 1, scope, &program, err));
    size_t bytes = fsci_program_scratch_bytes(program);
    void *scratch = fsci_alloc_aligned(arena, bytes);
    *values = FSCI_NEW(arena, double, scope->n_rows);
    if (!scratch || !*values)
        return fsci_fail_memory(err);
    fsci_program_values(program, scratch, NULL, 0, scope->n_rows, *values, scope->n_rows);
    return FSC_OK;
}

static fsc_status set_weights(fsci_arena *arena, const fsci_fit_settings *settings,
                              fsci_model *model, const fsci_scope *rows, fsc_error *err)
{
    const fsc_law *law = model->subject.law;
    const fsci_formula *formula = law && !settings->weight ? law->objective.weights : NULL;
    fsci_formula *typed;
    if (settings->weight) {
        FSCI_TRY(fsci_formula_parse(arena, "--weight", 1, 1, settings->weight, &typed, err));
        formula = typed;
    }
    if (!formula)
        return FSC_OK;
    double *weight;
    FSCI_TRY(fsci_model_data(arena, formula, formula->right, rows, &weight, err));
    for (size_t i = 0; i < model->n; i++)
        if (!(weight[i] >= 0) || isinf(weight[i]))
            return fsci_fail(err, FSC_EINPUT,
                             "%s, line %lld: the weight is %s; it must be 0 or more",
                             fsci_table_name(model->table),
                             (long long)fsci_table_line(model->table, model->row[i]),
                             fsci_briefly(weight[i], 6).text);
    model->objective.weight = weight;
    return FSC_OK;
}

/* Every numeric column of the table under its own name, at the kept rows: what --weight may use. */
static fsc_status table_scope(fsci_arena *arena, const fsci_model *model, fsci_scope *scope,
                              fsc_error *err)
{
    size_t n_columns = fsci_table_columns(model->table);
    fsci_symbol *symbols = FSCI_NEW(arena, fsci_symbol, n_columns + scope->n_symbols);
    if (!symbols)
        return fsci_fail_memory(err);
    memcpy(symbols, scope->symbols, scope->n_symbols * sizeof *symbols);
    size_t n = scope->n_symbols;
    for (size_t c = 0; c < n_columns; c++) {
        const fsci_column *column = fsci_table_column(model->table, c);
        bool known = column->kind != FSCI_COLUMN_NUMBERS;
        for (size_t i = 0; i < scope->n_symbols; i++)
            known = known || !strcmp(symbols[i].name, column->name);
        double *values = known ? NULL : FSCI_NEW(arena, double, model->n);
        if (known)
            continue;
        if (!values)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < model->n; i++)
            values[i] = column->numbers[model->row[i]];
        symbols[n++] =
            (fsci_symbol){.name = column->name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = values};
    }
    scope->symbols = symbols;
    scope->n_symbols = n;
    return FSC_OK;
}

/* Text where a number is needed may be a number in the spelling of people: "50%". */
static fsc_status explain_text(fsci_arena *arena, const fsci_model *model, fsc_status status,
                               fsc_error *err)
{
    const fsci_name *names;
    if (status != FSC_EINPUT || !err || err->row >= 0)
        return status;
    size_t n = fsci_formula_names(arena, model->subject.formula, &names);
    for (size_t i = 0; i < n; i++) {
        const fsci_column *column = fsci_table_find(model->table, names[i].name);
        if (column && err->col == names[i].col && fsci_table_nearly_numbers(column))
            return fsci_table_not_numbers(model->table, column, err);
    }
    return status;
}

/* Compile errors name a row of the arrays they were given; a person needs the line of the file. */
static fsc_status place_row(const fsci_model *model, fsc_status status, fsc_error *err)
{
    if (status != FSC_EINPUT || !err || err->row < 0 || (size_t)err->row >= model->n)
        return status;
    fsc_error inner = *err;
    size_t row = model->row[inner.row];
    return fsci_fail_row(err, FSC_EINPUT, (int64_t)row,
                         "%s, line %lld: %.500s; correct it, or give --drop-bad",
                         fsci_table_name(model->table),
                         (long long)fsci_table_line(model->table, row), inner.message);
}

/* -log p by row, of columns that are the data of the likelihood. */
fsc_status fsci_model_likelihood(fsci_arena *arena, const fsci_model *model, fsci_objective *o,
                                 fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    const struct {
        const char *name;
        const double *numbers;
    } data[] = {{FSCI_DENSITY_Y, o->y}, {FSCI_DENSITY_K, o->k}, {FSCI_DENSITY_N, o->trials}};
    fsci_scope with_data;
    const fsci_node *node;
    fsci_program *program;
    FSCI_TRY(fsci_bind_scope(arena, model, &with_data, err));
    fsci_symbol *symbols = FSCI_NEW(arena, fsci_symbol, with_data.n_symbols + 3);
    if (!symbols)
        return fsci_fail_memory(err);
    memcpy(symbols, with_data.symbols, with_data.n_symbols * sizeof *symbols);
    for (size_t i = 0; i < 3; i++)
        if (data[i].numbers)
            symbols[with_data.n_symbols++] = (fsci_symbol){
                .name = data[i].name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = data[i].numbers};
    with_data.symbols = symbols;
    const char *dispersion = o->dispersion == SIZE_MAX ? NULL : model->all[o->dispersion].name;
    FSCI_TRY(fsci_density_node(arena, o->density, formula->right, dispersion, &node, err));
    FSCI_TRY(fsci_program_new(arena, formula, &node, 1, &with_data, &program, err));
    o->minus_log = program;
    return FSC_OK;
}

fsc_status fsci_model_release(fsci_arena *arena, const fsci_model *model, fsci_objective *o,
                              fsc_error *err)
{
    fsci_model released = *model;
    fsci_scope scope;
    fsci_program *program;
    released.held = NULL;
    *o = model->objective;
    if (!model->held)
        return FSC_OK;
    const fsci_formula *formula = model->subject.formula;
    const fsci_node *residual = fsci_objective_residual(arena, formula, o->space);
    if (!residual)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_bind_scope(arena, &released, &scope, err));
    FSCI_TRY(fsci_program_new(arena, formula, &residual, 1, &scope, &program, err));
    o->residual = program;
    return o->density ? fsci_model_likelihood(arena, &released, o, err) : FSC_OK;
}

/* The parameters in which the difference of the sides is affine, or else the residual is. */
static fsc_status separate(fsci_arena *arena, fsci_model *model, const fsci_node *residual,
                           const fsci_node *difference, const fsci_scope *scope, fsc_error *err)
{
    fsci_objective *o = &model->objective;
    const fsci_parameters *p = &model->parameters;
    const fsci_node *affine = difference;
    fsci_program *program;
    FSCI_TRY(fsci_separable_new(arena, difference, p, &model->separable, err));
    o->linear_space = FSCI_SPACE_IDENTITY;
    if (!model->separable) {
        affine = residual;
        o->linear_space = o->space;
        FSCI_TRY(fsci_separable_new(arena, residual, p, &model->separable, err));
    }
    if (!model->separable)
        return FSC_OK;
    fsci_scope linear = *scope;
    linear.wanted = fsci_separable_mask(model->separable);
    FSCI_TRY(fsci_program_new(arena, model->subject.formula, &affine, 1, &linear, &program, err));
    o->linear = program;
    return FSC_OK;
}

static fsc_status compile(fsci_arena *arena, const fsci_fit_settings *settings, fsci_model *model,
                          const fsci_scope *scope, fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    fsci_objective *o = &model->objective;
    const fsci_node *residual = fsci_objective_residual(arena, formula, o->space);
    const fsci_node *difference = fsci_objective_residual(arena, formula, FSCI_SPACE_IDENTITY);
    if (!residual || !difference)
        return fsci_fail_memory(err);
    fsci_program *program;
    FSCI_TRY(fsci_program_new(arena, formula, &residual, 1, scope, &program, err));
    o->residual = program;
    FSCI_TRY(separate(arena, model, residual, difference, scope, err));
    if (o->density)
        FSCI_TRY(fsci_model_likelihood(arena, model, o, err));
    const fsci_binding *response =
        model->response ? fsci_model_binding(model, model->response) : NULL;
    o->response = response ? response->values : NULL;
    fsci_scope rows = *scope;
    FSCI_TRY(table_scope(arena, model, &rows, err));
    return set_weights(arena, settings, model, &rows, err);
}

static fsc_status check_counts(const fsci_model *model, fsc_error *err)
{
    for (size_t i = 0; !model->n && i < model->n_bindings; i++) {
        const fsci_column *column = model->bindings[i].source;
        if (column && column->n_missing == fsci_table_rows(model->table))
            return fsci_fail(err, FSC_EINPUT,
                             "%s: column '%s' has no value in any row; name another",
                             fsci_table_name(model->table), column->name);
    }
    for (size_t i = 0; !model->n && i < model->n_dropped; i++)
        if (!strcmp(model->dropped[i].rule, fsci_rule_outside))
            return fsci_fail(err, FSC_EINPUT,
                             "%s has no row left to fit: %zu lie outside the law's domain; leave "
                             "--drop-bad out to be told which and why",
                             fsci_table_name(model->table), model->dropped[i].rows);
    if (!model->n)
        return fsci_fail(err, FSC_EINPUT,
                         "%s has no row left to fit; check --where and missing values",
                         fsci_table_name(model->table));
    size_t free = model->parameters.n_free;
    if (free > FSCI_ROWS_COLUMNS)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: %zu free parameters, where at most %d are fitted at once; fit fewer "
                         "levels at a time (--where), or share some (--share)",
                         fsci_table_name(model->table), free, FSCI_ROWS_COLUMNS);
    if (model->n < free)
        return fsci_fail(err, FSC_EINPUT,
                         "%s: %zu row%s cannot determine %zu free parameter%s; add rows, or hold "
                         "some with --fix or --tie",
                         fsci_table_name(model->table), model->n, model->n == 1 ? "" : "s", free,
                         free == 1 ? "" : "s");
    if (!free)
        return fsci_fail(err, FSC_EINPUT,
                         "nothing to fit: the formula has no free parameter; every name in it is a "
                         "column or held");
    return FSC_OK;
}

/* --drop-bad: rows on which the formula itself cannot be computed (a logarithm of what is not
 * positive) go too. */
static fsc_status drop_outside(fsci_arena *arena, const fsci_fit_settings *settings,
                               fsci_model *model, fsci_scope *scope, fsc_error *err)
{
    const fsci_formula *formula = model->subject.formula;
    const fsci_node *residual = fsci_objective_residual(arena, formula, model->objective.space);
    fsci_program *program;
    scope->outside = FSCI_NEW(arena, bool, model->n);
    if (!residual || !scope->outside)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_program_new(arena, formula, &residual, 1, scope, &program, err));
    FSCI_TRY(fsci_bind_drop(arena, scope->outside, model, err));
    model->objective.n = model->n;
    FSCI_TRY(check_counts(model, err));
    if (model->objective.density)
        FSCI_TRY(fsci_observed_find(arena, settings, model, err));
    return fsci_bind_scope(arena, model, scope, err);
}

/* Parameters that are fixed, or tied to one that is. */
static fsc_status hold(fsci_arena *arena, fsci_model *model, fsc_error *err)
{
    bool any = false;
    double *held = FSCI_NEW(arena, double, model->n_all);
    if (!held)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < model->n_all; i++) {
        const fsci_parameter *p = &model->all[i];
        if (p->role == FSCI_TIED)
            p = &model->all[p->tied_to];
        bool fixed = p->role == FSCI_FIXED;
        held[i] = fixed ? p->value : NAN;
        any |= fixed;
    }
    model->held = any ? held : NULL;
    return FSC_OK;
}

fsc_status fsci_model_new(fsci_arena *arena, const fsci_subject *subject, const fsc_table *table,
                          const fsci_fit_settings *settings, fsci_model *model, fsc_error *err)
{
    *model = (fsci_model){.subject = *subject, .table = table};
    if (!subject->formula->left)
        return fsci_formula_fail(err, subject->formula, NULL,
                                 "a law needs two sides; write it as 'loss = %.60s'",
                                 subject->formula->text);
    FSCI_TRY(choose_objective(settings, model, err));
    FSCI_TRY(choose_trials(arena, settings, model, err));
    FSCI_TRY(fsci_bind_columns(arena, settings, model, err));
    if (model->objective.density)
        FSCI_TRY(fsci_observed_find(arena, settings, model, err));
    FSCI_TRY(fsci_bind_parameters(arena, model, err));
    if (model->objective.density && model->objective.density->dispersion)
        FSCI_TRY(fsci_observed_dispersion(arena, model, err));
    FSCI_TRY(fsci_priors_find(arena, settings, model, err));
    FSCI_TRY(fsci_settings_apply(settings, arena, model->all, model->n_all, err));
    FSCI_TRY(fsci_linked_find(settings, model->all, model->n_all, err));
    FSCI_TRY(fsci_parameters_new(arena, model->all, model->n_all, &model->parameters, err));
    FSCI_TRY(fsci_stages_find(arena, subject->law, &model->parameters, &model->stages, err));
    FSCI_TRY(check_counts(model, err));
    FSCI_TRY(hold(arena, model, err));
    model->objective.parameters = &model->parameters;
    model->objective.n = model->n;
    FSCI_TRY(fsci_response_find(arena, model, err));
    fsci_scope scope;
    FSCI_TRY(fsci_bind_scope(arena, model, &scope, err));
    if (settings->drop_bad)
        FSCI_TRY(drop_outside(arena, settings, model, &scope, err));
    fsc_status status = compile(arena, settings, model, &scope, err);
    return place_row(model, explain_text(arena, model, status, err), err);
}
