/* Splits by a ranking of the models, or by the calendar. */
#include "num/distribution.h"
#include "num/random.h"
#include "observe/aue.h"
#include "observe/backtest/rules.h"
#include "observe/split.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- ladders ---- */

static fsc_status add_rung(fsci_arena *arena, const fsci_problem *problem, const double *key,
                           size_t n_ranked, double fraction, fsci_folds *folds, fsc_error *err)
{
    fsci_split split;
    char *mark = FSCI_NEW(arena, char, problem->frame->n);
    size_t n_test = (size_t)(fraction * (double)n_ranked);
    const char *label = fsci_format(arena, "top %.0f %%", 100 * fraction);
    if (!mark || !label)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_split_rank(arena, problem->frame, problem->input, problem->t, key, n_test, &split,
                             err));
    for (size_t i = 0; i < split.count[FSCI_SET_TRAIN] + split.count[FSCI_SET_TEST]; i++)
        mark[split.rows[i]] = i < split.count[FSCI_SET_TRAIN] ? 'r' : 'e';
    return fsci_fold_add(arena, problem, folds, mark, label, fraction) ? FSC_OK
                                                                       : fsci_fail_memory(err);
}

static fsc_status add_ladder(fsci_arena *arena, const fsci_problem *problem, const double *key,
                             size_t every, fsci_folds *folds, fsc_error *err)
{
    size_t n = fsci_split_ranked(problem->frame, problem->input, problem->t, key);
    for (size_t step = 0; step < FSCI_AUE_STEPS; step += every)
        FSCI_TRY(add_rung(arena, problem, key, n, fsci_aue_fraction(step), folds, err));
    return FSC_OK;
}

static bool knows_compute(const fsci_problem *problem, fsci_folds *folds)
{
    if (fsci_split_ranked(problem->frame, problem->input, problem->t, problem->frame->flops) > 0)
        return true;
    folds->why_not = "training compute is not known";
    return false;
}

fsc_status fsci_rule_compute(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                             fsc_error *err)
{
    return knows_compute(problem, folds)
               ? add_ladder(arena, problem, problem->frame->flops, 1, folds, err)
               : FSC_OK;
}

fsc_status fsci_rule_target(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                            fsc_error *err)
{
    return add_ladder(arena, problem, problem->t, 1, folds, err);
}

/* ---- noise ---- */

enum { NOISE_EVERY = 6, NOISE_DRAWS = 5, NOISE_STREAM = 7001 };

/* Scores as if every benchmark were taken anew: binomial in its item count. */
static const double **redraw(fsci_arena *arena, const fsci_problem *problem, double top,
                             uint64_t draw)
{
    const fsci_frame *frame = problem->frame;
    fsci_stream stream = fsci_stream_new(problem->input->seed, NOISE_STREAM + draw);
    const double **scores = FSCI_NEW(arena, const double *, frame->p);
    for (size_t j = 0; scores && j < frame->p; j++) {
        double items = problem->items[j], *x = FSCI_NEW(arena, double, frame->n);
        if (!x)
            return NULL;
        for (size_t i = 0; i < frame->n; i++) {
            double score = frame->scores[j][i], u = fsci_random_uniform(&stream);
            x[i] = score;
            if (!isnan(score) && !isnan(items) && score > 0 && score < top)
                x[i] = top * (double)fsci_binomial_quantile(u, (int64_t)items, score / top) / items;
        }
        scores[j] = x;
    }
    return scores;
}

fsc_status fsci_rule_noise(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                           fsc_error *err)
{
    const fsci_frame *frame = problem->frame;
    size_t known = 0, *all = FSCI_NEW(arena, size_t, frame->n);
    if (!all)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < frame->n; i++)
        all[i] = i;
    for (size_t j = 0; j < frame->p; j++)
        known += !isnan(problem->items[j]);
    double top = fsci_space_top(frame, all, frame->n);
    if (isnan(top) || known == 0)
        folds->why_not =
            isnan(top) ? "benchmarks are no shares" : "no benchmark's item count is known";
    if (folds->why_not || !knows_compute(problem, folds))
        return FSC_OK;
    for (uint64_t draw = 0; draw < NOISE_DRAWS; draw++) {
        size_t first = folds->n;
        const double **scores = redraw(arena, problem, top, draw);
        if (!scores)
            return fsci_fail_memory(err);
        FSCI_TRY(add_ladder(arena, problem, frame->flops, NOISE_EVERY, folds, err));
        for (size_t i = first; i < folds->n; i++)
            folds->items[i].scores = scores;
    }
    return FSC_OK;
}

/* ---- the calendar ---- */

static const double QUARTER = 0.25, WINDOW = 1;
enum { CALENDAR_TRAIN = 20 };

/* Training are the models released by then, test those of the year after. */
static fsc_status add_date(fsci_arena *arena, const fsci_problem *problem, double date,
                           size_t least, fsci_folds *folds, fsc_error *err)
{
    size_t n_train = 0, n_test = 0;
    char *mark = FSCI_NEW(arena, char, problem->frame->n);
    const char *label =
        fsci_format(arena, "after %d-%02d", (int)date, 1 + (int)lround(12 * (date - floor(date))));
    if (!mark || !label)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < problem->frame->n; i++) {
        double released = problem->date[i];
        if (!fsci_problem_usable(problem, i) || isnan(released))
            continue;
        if (released <= date)
            mark[i] = 'r', n_train++;
        else if (released <= date + WINDOW)
            mark[i] = 'e', n_test++;
    }
    if (n_train < least || n_test == 0)
        return FSC_OK;
    return fsci_fold_add(arena, problem, folds, mark, label, date) ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_rule_calendar(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                              fsc_error *err)
{
    double first = INFINITY, last = -INFINITY;
    size_t n = 0;
    for (size_t i = 0; i < problem->frame->n; i++)
        if (fsci_problem_usable(problem, i) && !isnan(problem->date[i])) {
            first = fmin(first, problem->date[i]);
            last = fmax(last, problem->date[i]);
            n++;
        }
    if (n == 0) {
        folds->why_not = "release dates are not known";
        return FSC_OK;
    }
    size_t least = n / 3 < CALENDAR_TRAIN ? n / 3 : CALENDAR_TRAIN;
    double start = QUARTER * ceil(first / QUARTER);
    for (size_t q = 0; start + QUARTER * (double)q < last; q++)
        FSCI_TRY(add_date(arena, problem, start + QUARTER * (double)q, least, folds, err));
    return FSC_OK;
}

/* ---- the frontier ---- */

/* Nine models by date to start from; the next nine are looked at, and nine more are known each time
 * (Pimpale et al. 2025, arXiv:2502.15850). Of very many windows every second or third is taken. */
enum { FRONTIER_WINDOW = 9, FRONTIER_MOST = 30 };

typedef struct dated {
    double date;
    size_t row;
} dated;

static int by_date_of(const void *a, const void *b)
{
    const dated *r = a, *s = b;
    return r->date != s->date ? (r->date > s->date) - (r->date < s->date)
                              : (r->row > s->row) - (r->row < s->row);
}

/* Test are the models of the window that were its best when they came out. */
static fsc_status add_window(fsci_arena *arena, const fsci_problem *problem, const dated *models,
                             size_t first, fsci_folds *folds, fsc_error *err)
{
    double best = -INFINITY;
    char *mark = FSCI_NEW(arena, char, problem->frame->n);
    const char *label = fsci_format(arena, "the next %d after %zu", FRONTIER_WINDOW, first);
    if (!mark || !label)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < first + FRONTIER_WINDOW; i++) {
        if (i < first)
            mark[models[i].row] = 'r';
        else if (problem->t[models[i].row] > best)
            mark[models[i].row] = 'e', best = problem->t[models[i].row];
    }
    return fsci_fold_add(arena, problem, folds, mark, label, models[first].date)
               ? FSC_OK
               : fsci_fail_memory(err);
}

fsc_status fsci_rule_frontier(fsci_arena *arena, const fsci_problem *problem, fsci_folds *folds,
                              fsc_error *err)
{
    size_t n = 0;
    dated *models = FSCI_NEW(arena, dated, problem->frame->n);
    if (!models)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < problem->frame->n; i++)
        if (fsci_problem_usable(problem, i) && !isnan(problem->date[i]))
            models[n++] = (dated){problem->date[i], i};
    qsort(models, n, sizeof *models, by_date_of);
    size_t windows = n / FRONTIER_WINDOW,
           every = windows / FRONTIER_MOST + (windows % FRONTIER_MOST > 0);
    for (size_t first = FRONTIER_WINDOW; first + FRONTIER_WINDOW < n;
         first += every * FRONTIER_WINDOW)
        FSCI_TRY(add_window(arena, problem, models, first, folds, err));
    if (folds->n == 0)
        folds->why_not = "fewer than 19 models have a release date";
    return FSC_OK;
}
