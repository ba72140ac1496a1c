/* The one table of ways to split. */
#include "observe/backtest/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_split_rule rules[] = {
    {"cutoff", "as the run divides the models", false, true, fsci_rule_cutoff},
    {"later", "models kept apart as later", false, true, fsci_rule_later},
    {"compute", "the top 60 % to 5 % by compute, 30 steps", true, true, fsci_rule_compute},
    {"target", "the top 60 % to 5 % by the target itself, 30 steps", true, false, fsci_rule_target},
    {"calendar", "models released in the year after a date, every 3 months", false, true,
     fsci_rule_calendar},
    {"frontier", "record holders among the next nine models by date", false, false,
     fsci_rule_frontier},
    {"family", "each family, none of it known", false, true, fsci_rule_family},
    {"family-1", "each family, its smallest model known", false, false, fsci_rule_family_1},
    {"family-2", "each family, its two smallest models known", false, false, fsci_rule_family_2},
    {"largest", "the largest model of every family", false, false, fsci_rule_largest},
    {"noise", "by compute, benchmark scores redrawn from their item counts", false, false,
     fsci_rule_noise},
    {"benchmark", "a new benchmark, known for 5, 10 or 20 models", false, false,
     fsci_rule_benchmark},
    {"model", "models known on 0, 1, 2, 3, 5 or 10 benchmarks", false, false, fsci_rule_model},
};
enum { N_RULES = sizeof rules / sizeof *rules };

const fsci_split_rule *fsci_split_rules(size_t *n)
{
    *n = N_RULES;
    return rules;
}

const fsci_split_rule *fsci_split_rule_find(const char *id)
{
    for (size_t i = 0; i < N_RULES; i++)
        if (!strcmp(rules[i].id, id))
            return &rules[i];
    return NULL;
}

bool fsci_problem_usable(const fsci_problem *problem, size_t i)
{
    const bool *later = problem->input->later;
    return !isnan(problem->t[i]) && !(later && later[i]) && fsci_frame_has_score(problem->frame, i);
}

/* ---- folds ---- */

static bool make_room(fsci_arena *arena, fsci_folds *folds)
{
    if (folds->n < folds->room)
        return true;
    size_t room = folds->room ? 2 * folds->room : 32;
    fsci_fold *items = FSCI_NEW(arena, fsci_fold, room);
    if (!items)
        return false;
    if (folds->n)
        memcpy(items, folds->items, folds->n * sizeof *items);
    folds->items = items;
    folds->room = room;
    return true;
}

fsci_fold *fsci_fold_add(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                         const char *mark, const char *label, double at)
{
    fsci_fold fold = {.label = label, .at = at, .rows = FSCI_NEW(arena, size_t, problem->frame->n)};
    if (!fold.rows || !make_room(arena, folds))
        return NULL;
    for (const char *set = "re"; *set; set++) {
        for (size_t i = 0; i < problem->frame->n; i++)
            if (mark[i] == *set)
                fold.rows[fold.n++] = i;
        fold.n_train = *set == 'r' ? fold.n : fold.n_train;
    }
    folds->items[folds->n] = fold;
    return &folds->items[folds->n++];
}

/* Whether anything can be learnt: enough models, and responses that differ. */
static bool can_be_fitted(const fsci_problem *problem, const fsci_fold *fold)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < fold->n_train; i++) {
        lo = fmin(lo, problem->t[fold->rows[i]]);
        hi = fmax(hi, problem->t[fold->rows[i]]);
    }
    return fold->n_train >= FSCI_FOLD_TRAIN && fold->n > fold->n_train && lo < hi;
}

static bool is_constant(const fsci_problem *problem)
{
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < problem->frame->n; i++) {
        lo = fmin(lo, problem->t[i]);
        hi = fmax(hi, problem->t[i]);
    }
    return lo == hi;
}

/* ---- a part of many ---- */

typedef struct ranked {
    uint32_t family;
    double t;
    size_t row; /* of the frame */
} ranked;

static int by_family_and_target(const void *a, const void *b)
{
    const ranked *r = a, *s = b;
    if (r->family != s->family)
        return r->family < s->family ? -1 : 1;
    if (r->t != s->t)
        return r->t < s->t ? -1 : 1;
    return (r->row > s->row) - (r->row < s->row);
}

static int by_row(const void *a, const void *b)
{
    size_t r = *(const size_t *)a, s = *(const size_t *)b;
    return (r > s) - (r < s);
}

fsc_status fsci_fold_thin(fsci_arena *arena, const fsci_problem *problem, fsci_fold *fold,
                          fsc_error *err)
{
    size_t m = fold->n_train, most = FSCI_FOLD_MOST, n_test = fold->n - m;
    if (m <= most)
        return FSC_OK;
    ranked *all = FSCI_NEW(arena, ranked, m);
    size_t *rows = FSCI_NEW(arena, size_t, most + n_test);
    if (!all || !rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++) {
        size_t row = fold->rows[i];
        all[i] = (ranked){problem->frame->family[row], problem->t[row], row};
    }
    qsort(all, m, sizeof *all, by_family_and_target);
    for (size_t i = 0; i < most; i++)
        rows[i] = all[(2 * i + 1) * m / (2 * most)].row;
    qsort(rows, most, sizeof *rows, by_row);
    memcpy(rows + most, fold->rows + m, n_test * sizeof *rows);
    fold->rows = rows, fold->n = most + n_test, fold->n_train = most, fold->n_known = m;
    return FSC_OK;
}

fsc_status fsci_folds_make(fsci_arena *arena, const fsci_problem *problem,
                           const fsci_split_rule *rule, fsci_folds *folds, fsc_error *err)
{
    size_t kept = 0;
    *folds = (fsci_folds){0};
    FSCI_TRY(rule->make(arena, problem, folds, err));
    for (size_t i = 0; i < folds->n; i++) {
        if (!can_be_fitted(problem, &folds->items[i]))
            continue;
        folds->items[kept] = folds->items[i];
        FSCI_TRY(fsci_fold_thin(arena, problem, &folds->items[kept++], err));
    }
    folds->n = kept;
    if (kept == 0 && (!folds->why_not || is_constant(problem)))
        folds->why_not = is_constant(problem) ? "it is the same in every model"
                                              : "too few models to train on, or none to predict";
    return FSC_OK;
}
