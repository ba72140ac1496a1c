#include "plan/select.h"

#include "plan/selection.h"

#include <math.h>

static fsc_status no_subset(const fsci_select_input *input, const fsci_units *units, fsc_error *err)
{
    return fsci_fail(err, FSC_EINPUT,
                     "no choice of %s within a budget of %g%s%s determines the weights of %zu "
                     "features; raise --budget%s",
                     input->by_model ? "models" : "whole families", input->budget,
                     input->cost ? " " : "", input->cost ? input->cost : "", units->candidates->k,
                     input->by_model ? "" : ", or choose --by model");
}

static void note_gap(const fsci_design_result *result, fsci_notes *notes)
{
    if (!result->proven)
        fsci_note(notes, "W-GAP",
                  "the best of %.3g subsets is not proven: the objective %.6g could be at most "
                  "%.6g",
                  result->combinations, result->found.objective[0], result->bound);
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
    FSCI_TRY(fsci_design_search(arena, &units.design, &result, err));
    if (!result.found.n)
        return no_subset(input, &units, err);
    note_gap(&result, &notes);
    const fsci_selection selection = {input, &candidates, &units, &result};
    fsci_selection_write(arena, &selection, record);
    fsci_selection_figures(arena, &selection, record);
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
