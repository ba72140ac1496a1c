/* Splits that the options of the run ask for (split.h). */
#include "observe/backtest/rules.h"
#include "observe/split.h"

#include <string.h>

/* Training rows of the run, and the sets of it that are asked for as test. */
static fsc_status from_split(fsci_arena *arena, const fsci_problem *problem, bool test, bool later,
                             const char *label, fsci_folds *folds, fsc_error *err)
{
    fsci_split split;
    char *mark = FSCI_NEW(arena, char, problem->frame->n);
    if (!mark)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_split_make(arena, problem->frame, problem->input, problem->t, &split, err));
    for (size_t i = 0; i < split.n; i++) {
        fsci_set set = fsci_split_set(&split, i);
        if (set == FSCI_SET_TRAIN)
            mark[split.rows[i]] = 'r';
        else if ((set == FSCI_SET_TEST && test) || (set == FSCI_SET_LATER && later))
            mark[split.rows[i]] = 'e';
    }
    return fsci_fold_add(arena, problem, folds, mark, label, 0) ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_rule_cutoff(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                            fsc_error *err)
{
    const fsci_observe_input *in = problem->input;
    if (!in->train && !in->until && !in->n_hold_families && !(in->rank > 0)) {
        folds->why_not = "the run does not divide the models (--cutoff, --until, --rank)";
        return FSC_OK;
    }
    return from_split(arena, problem, true, true, "held out", folds, err);
}

fsc_status fsci_rule_later(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                           fsc_error *err)
{
    if (!problem->input->later) {
        folds->why_not = "no models are kept apart (--later)";
        return FSC_OK;
    }
    return from_split(arena, problem, false, true, "later", folds, err);
}
