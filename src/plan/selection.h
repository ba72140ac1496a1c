/* selection: what a search found, as members of a record. */
#ifndef FSCI_PLAN_SELECTION_H
#define FSCI_PLAN_SELECTION_H

#include "plan/units.h"
#include "record/json.h"

typedef struct fsci_selection {
    const fsci_select_input *input;
    const fsci_candidates *candidates;
    const fsci_units *units;
    const fsci_design_result *result;
} fsci_selection;

/* Adds everything but the warnings. */
void fsci_selection_write(fsci_arena *arena, const fsci_selection *s, fsci_json *record);

/* Adds `figures`: the candidates in capability space, those chosen marked. */
void fsci_selection_figures(fsci_arena *arena, const fsci_selection *s, fsci_json *record);

#endif
