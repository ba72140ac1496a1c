#include "observe/aue.h"

#include "base/parallel.h"
#include "observe/split.h"

#include <math.h>

static const double LARGEST = 0.6, SMALLEST = 0.05;

typedef struct job {
    const fsci_frame *frame;
    const fsci_observe_input *input;
    const double *target; /* [frame.n] */
    const double *key[2]; /* [frame.n] */
    size_t n_keys, n_predictors, k;
    fsci_sweep *sweeps; /* [n_keys * n_predictors] */
} job;

double fsci_aue_fraction(size_t step)
{
    double width = (SMALLEST - LARGEST) / (FSCI_AUE_STEPS - 1);
    return step + 1 == FSCI_AUE_STEPS ? SMALLEST : (double)step * width + LARGEST;
}

/* ---- one split ---- */

static fsc_status make_sample(fsci_arena *arena, const job *j, const fsci_split *split,
                              fsci_latent_space *space, fsci_sample *sample, fsc_error *err)
{
    const fsci_observe_input *in = j->input;
    size_t n = split->n;
    double *complete = FSCI_NEW(arena, double, n * j->frame->p);
    double *scores = FSCI_NEW(arena, double, n * j->k), *t = FSCI_NEW(arena, double, n);
    if (!complete || !scores || !t)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_space_fit(arena, j->frame, split->rows, split->count[FSCI_SET_TRAIN], in->scale,
                            j->k, space, err));
    fsci_space_apply(space, j->frame, split->rows, n, complete, scores);
    for (size_t i = 0; i < n; i++)
        t[i] = (j->target[split->rows[i]] - in->chance) / (in->ceiling - in->chance);
    *sample = (fsci_sample){.frame = j->frame,
                            .rows = split->rows,
                            .n = n,
                            .space = space,
                            .complete = complete,
                            .scores = scores,
                            .t = t};
    return FSC_OK;
}

/* Mean squared error on the positions from..to of known features; *n of them. */
static double error_on(const fsci_sample *sample, const double *value, size_t from, size_t to,
                       size_t *n)
{
    double squares = 0;
    *n = 0;
    for (size_t i = from; i < to; i++)
        if (!isnan(value[i])) {
            squares += (value[i] - sample->t[i]) * (value[i] - sample->t[i]);
            ++*n;
        }
    return squares / (double)*n;
}

/* The m training positions come first. */
static void score(const fsci_sample *sample, size_t m, const double *value, size_t step,
                  fsci_sweep *sweep)
{
    sweep->train_mse[step] = error_on(sample, value, 0, m, &sweep->n_train[step]);
    sweep->mse[step] = error_on(sample, value, m, sample->n, &sweep->n_test[step]);
}

static fsc_status run_step(fsci_arena *arena, const job *j, size_t key, size_t step, fsc_error *err)
{
    const fsci_observe_input *in = j->input;
    fsci_sweep *sweeps = j->sweeps + key * j->n_predictors;
    size_t n_test = (size_t)(fsci_aue_fraction(step) * (double)sweeps->n);
    fsci_split split;
    fsci_latent_space space;
    fsci_sample sample;
    FSCI_TRY(fsci_split_rank(arena, j->frame, in, j->target, j->key[key], n_test, &split, err));
    size_t m = split.count[FSCI_SET_TRAIN], *train = FSCI_NEW(arena, size_t, m);
    if (!train)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        train[i] = i;
    FSCI_TRY(make_sample(arena, j, &split, &space, &sample, err));
    for (size_t f = 0; f < j->n_predictors; f++) {
        fsci_fitted fitted;
        fsci_link_options options = {
            .kind = in->link, .loss = in->loss, .delta = in->delta, .starts = in->starts};
        if (fsci_predictor_fit(arena, sweeps[f].predictor, &sample, train, m, &options, &fitted,
                               NULL) == FSC_OK)
            score(&sample, m, fitted.value, step, &sweeps[f]);
    }
    return FSC_OK;
}

/* A step that fails leaves its errors NaN: the area then does not exist. */
static void run_item(void *context, size_t item, size_t worker)
{
    (void)worker;
    fsci_arena *arena = fsci_arena_new();
    if (arena)
        (void)run_step(arena, context, item / FSCI_AUE_STEPS, item % FSCI_AUE_STEPS, NULL);
    fsci_arena_free(arena);
}

/* ---- the sweep ---- */

static double area(const fsci_sweep *sweep)
{
    double sum = 0;
    for (size_t i = 1; i < FSCI_AUE_STEPS; i++)
        sum +=
            (sweep->fraction[i - 1] - sweep->fraction[i]) * (sweep->mse[i - 1] + sweep->mse[i]) / 2;
    return sum;
}

static void begin_sweeps(job *j, const char *target, const fsci_predictor *predictors)
{
    static const char *const names[] = {"flops", "target"};
    for (size_t key = 0; key < j->n_keys; key++)
        for (size_t f = 0; f < j->n_predictors; f++) {
            fsci_sweep *sweep = &j->sweeps[key * j->n_predictors + f];
            sweep->target = target;
            sweep->predictor = predictors[f];
            sweep->rank_by = names[j->n_keys == 1 ? 1 : key];
            sweep->n = fsci_split_ranked(j->frame, j->input, j->target, j->key[key]);
            for (size_t step = 0; step < FSCI_AUE_STEPS; step++) {
                sweep->fraction[step] = fsci_aue_fraction(step);
                sweep->train_mse[step] = sweep->mse[step] = NAN;
            }
        }
}

fsc_status fsci_aue_run(fsci_arena *arena, const fsci_frame *frame, const fsci_observe_input *input,
                        size_t target, const fsci_predictor *predictors, size_t n, size_t k,
                        fsci_sweep **sweeps, size_t *n_sweeps, fsc_error *err)
{
    job j = {
        .frame = frame, .input = input, .target = frame->target[target], .n_predictors = n, .k = k};
    if (fsci_split_ranked(frame, input, j.target, frame->flops) > 0)
        j.key[j.n_keys++] = frame->flops;
    j.key[j.n_keys++] = j.target;
    *n_sweeps = j.n_keys * n;
    *sweeps = j.sweeps = FSCI_NEW(arena, fsci_sweep, *n_sweeps);
    if (!j.sweeps)
        return fsci_fail_memory(err);
    begin_sweeps(&j, frame->targets[target], predictors);
    fsci_parallel(input->threads, j.n_keys * FSCI_AUE_STEPS, run_item, &j);
    for (size_t i = 0; i < *n_sweeps; i++)
        (*sweeps)[i].value = area(&(*sweeps)[i]);
    return FSC_OK;
}
