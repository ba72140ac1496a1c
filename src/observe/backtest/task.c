#include "observe/backtest/task.h"

#include "observe/predictor.h"

#include <math.h>
#include <string.h>

/* Starts of a curve's fit unless the run says more: a fit here is one of thousands. */
enum { MOST_COMPONENTS = 4, STARTS = 16 };

typedef struct builder {
    fsci_arena *arena;
    const fsci_problem *problem;
    const fsci_fold *fold;
    fsci_frame *frame; /* of the fold's rows */
    double *chance, *items;
} builder;

static const double *column_of(const builder *b, size_t j)
{
    return b->fold->scores ? b->fold->scores[j] : b->problem->frame->scores[j];
}

/* ---- the frame ---- */

static double *take(const builder *b, const double *values)
{
    double *taken = FSCI_NEW(b->arena, double, b->fold->n);
    for (size_t i = 0; taken && i < b->fold->n; i++)
        taken[i] = values[b->fold->rows[i]];
    return taken;
}

/* Whether a benchmark tells training models apart. */
static bool tells(const builder *b, size_t j)
{
    const double *x = column_of(b, j);
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < b->fold->n_train; i++) {
        lo = fmin(lo, x[b->fold->rows[i]]);
        hi = fmax(hi, x[b->fold->rows[i]]);
    }
    return lo < hi;
}

static fsc_status take_benchmarks(builder *b, fsc_error *err)
{
    const fsci_frame *whole = b->problem->frame;
    fsci_frame *f = b->frame;
    f->benchmarks = FSCI_NEW(b->arena, const char *, whole->p);
    f->scores = FSCI_NEW(b->arena, const double *, whole->p);
    b->chance = FSCI_NEW(b->arena, double, whole->p);
    b->items = FSCI_NEW(b->arena, double, whole->p);
    if (!f->benchmarks || !f->scores || !b->chance || !b->items)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < whole->p; j++) {
        if (!tells(b, j))
            continue;
        double *taken = take(b, column_of(b, j));
        if (!taken)
            return fsci_fail_memory(err);
        b->chance[f->p] = b->problem->chance[j];
        b->items[f->p] = b->problem->items[j];
        f->benchmarks[f->p] = whole->benchmarks[j];
        f->scores[f->p++] = taken;
    }
    return f->p < 2 ? fsci_fail(err, FSC_EINPUT,
                                "fewer than two benchmarks tell the training models apart")
                    : FSC_OK;
}

/* Percentages become fractions; scores on no such scale, as losses of a few nats, stay as they are.
 */
static void make_fractions(const builder *b, size_t *rows)
{
    const double least_percent = 10;
    double top = fsci_space_top(b->frame, rows, b->fold->n_train), most = 0;
    for (size_t j = 0; j < b->frame->p; j++)
        for (size_t i = 0; i < b->fold->n_train; i++)
            most = fmax(most, b->frame->scores[j][i]);
    for (size_t j = 0; top == 100 && most > least_percent && j < b->frame->p; j++) {
        double *x = (double *)b->frame->scores[j];
        for (size_t i = 0; i < b->fold->n; i++)
            x[i] /= top;
    }
}

static fsc_status take_models(builder *b, fsc_error *err)
{
    const fsci_frame *whole = b->problem->frame;
    size_t n = b->fold->n;
    uint32_t *family = FSCI_NEW(b->arena, uint32_t, n);
    fsci_frame *f = b->frame;
    *f = (fsci_frame){.n = n,
                      .model = FSCI_NEW(b->arena, const char *, n),
                      .families = whole->families,
                      .n_families = whole->n_families,
                      .size = take(b, whole->size),
                      .tokens = take(b, whole->tokens),
                      .flops = take(b, whole->flops)};
    if (!family || !f->model || !f->size || !f->tokens || !f->flops)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        f->model[i] = whole->model[b->fold->rows[i]];
        family[i] = whole->family[b->fold->rows[i]];
    }
    f->family = family;
    return FSC_OK;
}

/* ---- the task ---- */

static const double *logarithms(fsci_arena *arena, const double *values, size_t n)
{
    double *logs = FSCI_NEW(arena, double, n);
    for (size_t i = 0; logs && i < n; i++)
        logs[i] = log(values[i]);
    return logs;
}

static double *make_responses(const builder *b, fsci_bait bait, const double **sample_t)
{
    size_t n = b->fold->n;
    double *t = FSCI_NEW(b->arena, double, n), *known = FSCI_NEW(b->arena, double, n);
    for (size_t i = 0; t && known && i < n; i++) {
        double response = b->problem->t[b->fold->rows[i]];
        bool training = i < b->fold->n_train;
        t[i] = training || bait == FSCI_BAIT_ANSWER ? response : NAN;
        known[i] = training ? response : NAN;
    }
    *sample_t = known;
    return known ? t : NULL;
}

/* The least that was seen in training, or 0 before normalisation. */
static double lowest(const builder *b, const double *t)
{
    const fsci_observe_input *in = b->problem->input;
    double least = (0 - in->chance) / (in->ceiling - in->chance);
    for (size_t i = 0; i < b->fold->n_train; i++)
        least = fmin(least, t[i]);
    return b->problem->bounded ? least : -INFINITY;
}

static double *flatten(const builder *b)
{
    size_t n = b->fold->n;
    double *scores = FSCI_NEW(b->arena, double, n * b->frame->p);
    for (size_t j = 0; scores && j < b->frame->p; j++)
        memcpy(scores + j * n, b->frame->scores[j], n * sizeof *scores);
    return scores;
}

static fsc_status fit_space(builder *b, size_t *rows, fsci_task *task, fsc_error *err)
{
    size_t n = b->fold->n, m = b->fold->n_train, p = b->frame->p;
    size_t k = p < MOST_COMPONENTS ? p : MOST_COMPONENTS;
    k = k < m - 1 ? k : m - 1;
    fsci_latent_space *space = FSCI_NEW(b->arena, fsci_latent_space, 1);
    double *complete = FSCI_NEW(b->arena, double, n *p);
    double *pcs = FSCI_NEW(b->arena, double, n *k);
    if (!space || !complete || !pcs)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_space_fit(b->arena, b->frame, rows, m, b->problem->input->scale, k, space, err));
    fsci_space_apply(space, b->frame, rows, n, complete, pcs);
    task->k = k;
    task->space = space;
    task->complete = complete;
    task->pcs = pcs;
    return FSC_OK;
}

static fsc_status fill_task(builder *b, fsci_bait bait, size_t *rows, fsci_task *task,
                            fsc_error *err)
{
    const fsci_observe_input *in = b->problem->input;
    fsci_sample *sample = FSCI_NEW(b->arena, fsci_sample, 1);
    fsci_link_options *options = FSCI_NEW(b->arena, fsci_link_options, 1);
    const double *sample_t = NULL, *t = make_responses(b, bait, &sample_t);
    if (!sample || !options || !t)
        return fsci_fail_memory(err);
    FSCI_TRY(fit_space(b, rows, task, err));
    *options = (fsci_link_options){.kind = in->link,
                                   .loss = in->loss,
                                   .delta = in->delta,
                                   .starts = in->starts ? in->starts : STARTS};
    *sample =
        (fsci_sample){b->frame, rows, b->fold->n, task->space, task->complete, task->pcs, sample_t};
    task->n = b->fold->n, task->n_train = b->fold->n_train, task->p = b->frame->p;
    task->t = t, task->scores = flatten(b);
    task->log_flops = logarithms(b->arena, b->frame->flops, task->n);
    task->log_size = logarithms(b->arena, b->frame->size, task->n);
    task->log_tokens = logarithms(b->arena, b->frame->tokens, task->n);
    task->date = take(b, b->problem->date);
    task->family = b->frame->family, task->n_families = b->frame->n_families;
    task->benchmarks = b->frame->benchmarks, task->chance = b->chance, task->items = b->items;
    task->target_items = b->problem->target_items, task->target_lowest = lowest(b, sample_t);
    task->link = in->link, task->options = options, task->sample = sample, task->seed = in->seed,
    task->given = in->given;
    return fsci_arena_failed(b->arena) ? fsci_fail_memory(err) : FSC_OK;
}

fsc_status fsci_task_make(fsci_arena *arena, const fsci_problem *problem, const fsci_fold *fold,
                          fsci_bait bait, fsci_task *task, fsc_error *err)
{
    builder b = {
        .arena = arena, .problem = problem, .fold = fold, .frame = FSCI_NEW(arena, fsci_frame, 1)};
    size_t *rows = FSCI_NEW(arena, size_t, fold->n);
    if (!b.frame || !rows)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < fold->n; i++)
        rows[i] = i;
    *task = (fsci_task){0};
    FSCI_TRY(take_models(&b, err));
    FSCI_TRY(take_benchmarks(&b, err));
    make_fractions(&b, rows);
    return fill_task(&b, bait, rows, task, err);
}
