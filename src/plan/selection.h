/* selection: what a search found, as members of a record. */
#ifndef FSCI_PLAN_SELECTION_H
#define FSCI_PLAN_SELECTION_H

#include "plan/units.h"
#include "record/json.h"

/* The best choice at one budget. */
typedef struct fsci_budget_step {
    double budget, objective, bound;
    bool proven;
} fsci_budget_step;

typedef struct fsci_selection {
    const fsci_select_input *input;
    const fsci_candidates *candidates;
    const fsci_units *units;
    const fsci_design_result *result;
    double all; /* the criterion with every model that may be chosen */
    const fsci_budget_step *curve;
    size_t n_curve; /* 0 when there are too many units for it */
} fsci_selection;

/* Adds everything but the warnings. */
void fsci_selection_write(fsci_arena *arena, const fsci_selection *s, fsci_json *record);

/* Adds `figures`: the candidates in capability space, those chosen marked; and what the best choice
 * tells at other budgets. */
void fsci_selection_figures(fsci_arena *arena, const fsci_selection *s, fsci_json *record);

#endif
