/* Splits by family. */
#include "observe/backtest/rules.h"
#include "table/table.h"

#include <math.h>
#include <string.h>

/* Compute, or size where compute is not known: what members of a family are ranked by. */
static double scale_of(const fsci_problem *problem, size_t i)
{
    double flops = problem->frame->flops[i];
    return isnan(flops) ? problem->frame->size[i] : flops;
}

static bool is_member(const fsci_problem *problem, size_t i, size_t family)
{
    return problem->frame->family[i] == family && fsci_problem_usable(problem, i);
}

/* The unmarked member of least scale (the first of equals); frame.n when no scale is known. */
static size_t smallest(const fsci_problem *problem, size_t family, const char *mark)
{
    size_t n = problem->frame->n, least = n;
    for (size_t i = 0; i < n; i++)
        if (is_member(problem, i, family) && mark[i] == 'e' && !isnan(scale_of(problem, i)) &&
            (least == n || scale_of(problem, i) < scale_of(problem, least)))
            least = i;
    return least;
}

static fsc_status add_family(fsci_arena *arena, const fsci_problem *problem, size_t family,
                             size_t known, fsci_folds *folds, fsc_error *err)
{
    size_t n = problem->frame->n, members = 0;
    char *mark = FSCI_NEW(arena, char, n);
    if (!mark)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        bool member = is_member(problem, i, family);
        mark[i] = member ? 'e' : fsci_problem_usable(problem, i) ? 'r' : 0;
        members += member;
    }
    if (members <= known)
        return FSC_OK;
    for (size_t k = 0; k < known; k++) {
        size_t least = smallest(problem, family, mark);
        if (least == n)
            return FSC_OK;
        mark[least] = 'r';
    }
    return fsci_fold_add(arena, problem, folds, mark, problem->frame->families[family],
                         (double)family)
               ? FSC_OK
               : fsci_fail_memory(err);
}

/* Of very many families so many are looked at, evenly spaced. */
enum { FAMILIES_MOST = 120 };

static fsc_status each_family(fsci_arena *arena, const fsci_problem *problem, size_t known,
                              fsci_folds *folds, fsc_error *err)
{
    size_t all = problem->frame->n_families, n = all < FAMILIES_MOST ? all : FAMILIES_MOST;
    if (all < 2)
        folds->why_not = "there are no two families";
    for (size_t i = 0; !folds->why_not && i < n; i++)
        FSCI_TRY(add_family(arena, problem, i * all / n, known, folds, err));
    return FSC_OK;
}

fsc_status fsci_rule_family(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                            fsc_error *err)
{
    return each_family(arena, problem, 0, folds, err);
}

fsc_status fsci_rule_family_1(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                              fsc_error *err)
{
    return each_family(arena, problem, 1, folds, err);
}

fsc_status fsci_rule_family_2(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                              fsc_error *err)
{
    return each_family(arena, problem, 2, folds, err);
}

/* The member of most scale of every family that has a smaller one. */
fsc_status fsci_rule_largest(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                             fsc_error *err)
{
    size_t n = problem->frame->n;
    char *mark = FSCI_NEW(arena, char, n);
    if (!mark)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++)
        mark[i] = fsci_problem_usable(problem, i) ? 'r' : 0;
    for (size_t f = 0; f < problem->frame->n_families; f++) {
        size_t largest = n, known = 0;
        for (size_t i = 0; i < n; i++) {
            if (!is_member(problem, i, f) || isnan(scale_of(problem, i)))
                continue;
            known++;
            if (largest == n || scale_of(problem, i) > scale_of(problem, largest))
                largest = i;
        }
        if (known > 1)
            mark[largest] = 'e';
    }
    return fsci_fold_add(arena, problem, folds, mark, "largest of each family", 0)
               ? FSC_OK
               : fsci_fail_memory(err);
}
