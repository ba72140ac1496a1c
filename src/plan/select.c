#include "plan/select.h"

#include "base/number.h"
#include "plan/selection.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVE_STEPS = 32, CURVE_UNITS = 256 };
static const double EFFORT = 4e9, CURVE_EFFORT = 1e8;

static fsc_status no_subset(const fsci_select_input *input, const fsci_units *units, fsc_error *err)
{
    return fsci_fail(
        err, FSC_EINPUT,
        "no choice of %s within a budget of %s%s%s determines the weights of %zu "
        "features; raise --budget%s",
        input->by_model ? "models" : "whole families", fsci_briefly(input->budget, 6).text,
        input->cost ? " " : "", input->cost ? input->cost : "", units->candidates->k,
        input->by_model ? " or use fewer --pcs" : ", use fewer --pcs, or choose --by model");
}

static void note_gap(const fsci_design_result *result, fsci_notes *notes)
{
    if (!result->proven)
        fsci_note(notes, "W-GAP",
                  "the best of %s subsets is not proven: the objective %s could be at most "
                  "%s",
                  fsci_briefly(result->combinations, 3).text,
                  fsci_briefly(result->found.objective[0], 6).text,
                  fsci_briefly(result->bound, 6).text);
}

static fsc_status judge_all(const fsci_design *d, double *all, fsc_error *err)
{
    double G[FSCI_CRITERION_MAX_K * (FSCI_CRITERION_MAX_K + 1) / 2];
    bool *in = calloc(d->n + 1, sizeof *in);
    if (!in)
        return fsci_fail_memory(err);
    memset(in, true, d->n * sizeof *in);
    fsci_design_information(d, in, G);
    *all = fsci_criterion_value(&d->criterion, G);
    free(in);
    return FSC_OK;
}

/* ---- other budgets ---- */

static int by_budget(const void *a, const void *b)
{
    double x = ((const fsci_budget_step *)a)->budget, y = ((const fsci_budget_step *)b)->budget;
    return (x > y) - (x < y);
}

/* Budgets from the least that could do to what all models cost, and the one asked for. */
static size_t list_budgets(const fsci_select_input *input, const fsci_units *units,
                           fsci_budget_step *steps)
{
    double all = units->cost_in, least = units->least_cost;
    size_t n = 0, kept = 1;
    for (size_t u = 0; u < units->design.n; u++)
        all += units->design.cost[u];
    for (; n < CURVE_STEPS; n++) {
        double at = least + (all - least) * (double)n / (CURVE_STEPS - 1);
        steps[n].budget = input->cost ? at : round(at);
    }
    steps[n++].budget = fmin(input->budget, all);
    qsort(steps, n, sizeof *steps, by_budget);
    for (size_t i = 1; i < n; i++)
        if (steps[i].budget > steps[kept - 1].budget)
            steps[kept++] = steps[i];
    return kept;
}

/* The best choice at one budget, by a search of its own; left out when there is none. */
static fsc_status add_step(const fsci_select_input *input, const fsci_units *units, double budget,
                           fsci_selection *s, fsci_budget_step *steps, fsc_error *err)
{
    fsci_units other = *units;
    fsci_design_result own = {0};
    fsci_arena *arena = fsci_arena_new();
    fsc_status status = arena ? FSC_OK : fsci_fail_memory(err);
    fsci_units_limit(&other, input, budget);
    other.design.effort = CURVE_EFFORT;
    if (status == FSC_OK)
        status = fsci_design_search(arena, &other.design, &own, err);
    const fsci_design_result *best = budget == input->budget ? s->result : &own;
    if (status == FSC_OK && best->found.n > 0)
        steps[s->n_curve++] =
            (fsci_budget_step){budget, best->found.objective[0], best->bound, best->proven};
    fsci_arena_free(arena);
    return status;
}

static fsc_status find_curve(fsci_arena *arena, const fsci_select_input *input,
                             const fsci_units *units, fsci_selection *s, fsc_error *err)
{
    fsci_budget_step *steps = FSCI_NEW(arena, fsci_budget_step, CURVE_STEPS + 1);
    if (!steps)
        return fsci_fail_memory(err);
    s->curve = steps;
    for (size_t i = 0, n = list_budgets(input, units, steps); i < n; i++)
        FSCI_TRY(add_step(input, units, steps[i].budget, s, steps, err));
    return FSC_OK;
}

fsc_status fsci_select_run(fsci_arena *arena, const fsci_select_input *input, fsci_json *record,
                           fsc_error *err)
{
    fsci_notes notes = {arena, record};
    fsci_candidates candidates;
    fsci_units units;
    fsci_design_result result;
    FSCI_TRY(fsci_candidates_read(arena, input, &notes, &candidates, err));
    FSCI_TRY(fsci_units_make(arena, input, &candidates, &notes, &units, err));
    units.design.effort = EFFORT;
    FSCI_TRY(fsci_design_search(arena, &units.design, &result, err));
    if (!result.found.n)
        return no_subset(input, &units, err);
    note_gap(&result, &notes);
    fsci_selection selection = {input, &candidates, &units, &result, 0, NULL, 0};
    FSCI_TRY(judge_all(&units.design, &selection.all, err));
    if (units.design.n <= CURVE_UNITS)
        FSCI_TRY(find_curve(arena, input, &units, &selection, err));
    fsci_selection_write(arena, &selection, record);
    fsci_selection_figures(arena, &selection, record);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
