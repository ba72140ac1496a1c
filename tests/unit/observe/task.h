/* task: forecasting problems on the bundled tables, as the arena would hand them to a method. */
#ifndef TESTS_UNIT_OBSERVE_TASK_H
#define TESTS_UNIT_OBSERVE_TASK_H

#include "observe/aue.h"
#include "observe/frame.h"
#include "observe/method.h"
#include "observe/predictor.h"
#include "observed.h"

/* One target of the reference: D1.8 of the published forms. */
typedef struct target_case {
    const char *table, *target;
    size_t n_benchmarks; /* of EIGHT_BENCHMARKS */
    fsci_link_kind link;
    double cutoff, chance, items;
} target_case;

static const target_case nine_targets[] = {
    {"emergent", "word_unscrambling", 8, FSCI_LINK_SIGMOID, 8.4e22, 0, 2000},
    {"emergent", "persian_qa", 8, FSCI_LINK_SIGMOID, 8.4e22, 0.25, 1050},
    {"emergent", "subtract_3_digits", 7, FSCI_LINK_SIGMOID, 2.2e22, 0, 2000},
    {"emergent", "multiply_2_digits", 7, FSCI_LINK_SIGMOID, 2.2e22, 0, 2000},
    {"post_training", "gsm8k_naive", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 500},
    {"post_training", "gsm8k_cot", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 500},
    {"post_training", "gsm8k_cot_sc", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 500},
    {"post_training", "bbh_naive", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 6750},
    {"post_training", "bbh_cot", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 6750},
};

/* Targets that the design of four-view did not look at, but for the subtasks of BIG-bench Hard. */
static const target_case twelve_targets[] = {
    {"emergent", "add_3_digits", 7, FSCI_LINK_SIGMOID, 2.2e22, 0, 2000},
    {"emergent", "add_2_digits", 7, FSCI_LINK_SIGMOID, 2.2e22, 0, 2000},
    {"emergent", "ipa_transliterate", 8, FSCI_LINK_SIGMOID, 8.4e22, 0, NAN},
    {"emergent", "ipa_transliterate_bleu", 8, FSCI_LINK_SIGMOID, 8.4e22, 0, NAN},
    {"post_training", "gsm8k_cot_zeroshot", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 500},
    {"post_training", "gsm8k_cot_sample", 7, FSCI_LINK_SIGMOID_FLOOR, 8.4e22, 0, 500},
    {"leaderboard_v2", "bbh", 7, FSCI_LINK_SIGMOID, 8.4e22, 7.0857143 / 27, 5761},
    {"leaderboard_v2", "gpqa", 7, FSCI_LINK_SIGMOID, 8.4e22, 0.25, 1192},
    {"leaderboard_v2", "ifeval", 7, FSCI_LINK_SIGMOID, 8.4e22, 0, 834},
    {"leaderboard_v2", "math_hard", 7, FSCI_LINK_SIGMOID, 8.4e22, 0, 1324},
    {"leaderboard_v2", "mmlu_pro", 7, FSCI_LINK_SIGMOID, 8.4e22, 0.1, 12032},
    /* 250 questions of two choices, 256 of five, 250 of three */
    {"leaderboard_v2", "musr", 7, FSCI_LINK_SIGMOID, 8.4e22, 259.5333 / 756, 756},
};

/* Chance and questions of EIGHT_BENCHMARKS, in their order. */
static const double eight_chance[] = {0.25, 0.25, 0.25, 0.5, 0.25, 0.5, 0, 0};
static const double eight_items[] = {14042, 1172, 10042, 1267, 817, 5000, 164, 1319};

/* Models with the target: training first, then test; `later` counts those that came later, which
 * stand last. */
typedef struct problem_case {
    fsci_task task;
    fsci_latent_space space;
    fsci_sample sample;
    fsci_link_options options;
    double *observed; /* [n - n_train] normalised */
    size_t later;
    size_t *rows;
} problem_case;

typedef struct models_case {
    fsc_table *table;
    fsci_frame frame;
    const double *target;
    bool *later; /* [frame.n] */
} models_case;

static inline models_case models_of(fsci_arena *arena, const target_case *target)
{
    static const char *const eight[] = {EIGHT_BENCHMARKS};
    models_case models = {.table = joined("all_models", target->table)};
    const char **names = FSCI_NEW(arena, const char *, 1);
    names[0] = target->target;
    fsci_observe_input *input = FSCI_NEW(arena, fsci_observe_input, 1);
    *input = (fsci_observe_input){.table = models.table,
                                  .benchmarks = eight,
                                  .n_benchmarks = target->n_benchmarks,
                                  .targets = names,
                                  .n_targets = 1};
    fsc_error err = {0};
    fsci_notes notes = {0};
    if (fsci_frame_read(arena, input, &notes, &models.frame, &err) != FSC_OK)
        fail_msg("%s", err.message);
    models.target = models.frame.target[0];
    models.later = FSCI_NEW(arena, bool, models.frame.n);
    const fsci_column *set = fsci_table_find(models.table, "set");
    assert_non_null(set);
    for (size_t i = 0; i < models.frame.n; i++)
        models.later[i] = i >= 77;
    return models;
}

static inline double *logs_of(fsci_arena *arena, const double *x, const size_t *rows, size_t n)
{
    double *y = FSCI_NEW(arena, double, n);
    for (size_t i = 0; i < n; i++)
        y[i] = log(x[rows[i]]);
    return y;
}

/* rows[n], the first n_train for training. */
static inline problem_case *problem_of(fsci_arena *arena, const models_case *models,
                                       const target_case *target, size_t *rows, size_t n,
                                       size_t n_train)
{
    problem_case *c = FSCI_NEW(arena, problem_case, 1);
    const fsci_frame *frame = &models->frame;
    fsc_error err = {0};
    size_t p = frame->p, k = 4;
    double *complete = FSCI_NEW(arena, double, n *p), *pcs = FSCI_NEW(arena, double, n *k);
    double *scores = FSCI_NEW(arena, double, n *p), *t = FSCI_NEW(arena, double, n);
    double *known = FSCI_NEW(arena, double, n);
    uint32_t *family = FSCI_NEW(arena, uint32_t, n);
    double *date = FSCI_NEW(arena, double, n);
    if (fsci_space_fit(arena, frame, rows, n_train, FSCI_PCA_CENTER, k, &c->space, &err) != FSC_OK)
        fail_msg("%s", err.message);
    fsci_space_apply(&c->space, frame, rows, n, complete, pcs);
    for (size_t i = 0; i < n; i++) {
        double top = strstr(target->target, "bleu") ? 100 : 1;
        t[i] = (models->target[rows[i]] / top - target->chance) / (1 - target->chance);
        known[i] = i < n_train ? t[i] : NAN;
        date[i] = NAN;
        family[i] = frame->family[rows[i]];
        for (size_t j = 0; j < p; j++)
            scores[j * n + i] = frame->scores[j][rows[i]];
    }
    double lowest = (0 - target->chance) / (1 - target->chance);
    for (size_t i = 0; i < n_train; i++)
        lowest = fmin(lowest, t[i]);
    c->rows = rows;
    c->observed = t + n_train;
    c->options = (fsci_link_options){.kind = target->link, .loss = FSCI_LOSS_SQUARED};
    c->sample = (fsci_sample){.frame = frame,
                              .rows = rows,
                              .n = n,
                              .space = &c->space,
                              .complete = complete,
                              .scores = pcs,
                              .t = known};
    c->task = (fsci_task){.n = n,
                          .n_train = n_train,
                          .p = p,
                          .k = k,
                          .scores = scores,
                          .t = known,
                          .log_flops = logs_of(arena, frame->flops, rows, n),
                          .log_size = logs_of(arena, frame->size, rows, n),
                          .log_tokens = logs_of(arena, frame->tokens, rows, n),
                          .date = date,
                          .family = family,
                          .n_families = frame->n_families,
                          .benchmarks = frame->benchmarks,
                          .chance = eight_chance,
                          .items = eight_items,
                          .target_items = target->items,
                          .target_lowest = lowest,
                          .link = target->link,
                          .options = &c->options,
                          .space = &c->space,
                          .complete = complete,
                          .pcs = pcs,
                          .sample = &c->sample,
                          .seed = 1};
    return c;
}

/* Training: the earlier models of known FLOPs up to the cutoff; test: all others. */
static inline problem_case *main_split(fsci_arena *arena, const models_case *models,
                                       const target_case *target)
{
    const fsci_frame *frame = &models->frame;
    size_t *rows = FSCI_NEW(arena, size_t, frame->n), n = 0, later = 0;
    for (size_t i = 0; i < frame->n; i++)
        if (!isnan(models->target[i]) && !models->later[i] && frame->flops[i] <= target->cutoff)
            rows[n++] = i;
    size_t n_train = n;
    for (size_t i = 0; i < frame->n; i++)
        if (!isnan(models->target[i]) &&
            !(!models->later[i] && frame->flops[i] <= target->cutoff)) {
            rows[n++] = i;
            later += models->later[i];
        }
    problem_case *c = problem_of(arena, models, target, rows, n, n_train);
    c->later = later;
    return c;
}

/* Step 0..29 of the compute ladder: the earlier models of known FLOPs, the top fraction of them
 * held out. */
static inline double ladder_fraction(size_t step)
{
    return step == 29 ? 0.05 : (double)step * ((0.05 - 0.6) / 29) + 0.6;
}

static inline problem_case *ladder_split(fsci_arena *arena, const models_case *models,
                                         const target_case *target, size_t step)
{
    const fsci_frame *frame = &models->frame;
    size_t *rows = FSCI_NEW(arena, size_t, frame->n), n = 0;
    for (size_t i = 0; i < frame->n; i++)
        if (!isnan(models->target[i]) && !models->later[i] && !isnan(frame->flops[i])) {
            size_t at = n++;
            for (; at > 0 && frame->flops[rows[at - 1]] > frame->flops[i]; at--)
                rows[at] = rows[at - 1];
            rows[at] = i;
        }
    return problem_of(arena, models, target, rows, n,
                      n - (size_t)(ladder_fraction(step) * (double)n));
}

/* ---- what came of it ---- */

typedef struct outcome {
    size_t n;
    double mse, coverage, width, interval_score, signed_error;
    double coverage50, coverage80;
    fsci_predictive predictive;
} outcome;

static inline fsci_predictive predicted(fsci_arena *arena, const fsci_task *task,
                                        fsci_method_fn *method)
{
    size_t n = task->n - task->n_train;
    fsci_predictive out = {FSCI_NEW(arena, double, n), FSCI_NEW(arena, double, n *FSCI_QUANTILES)};
    fsc_error err = {0};
    for (size_t i = 0; i < n * FSCI_QUANTILES; i++)
        out.quantile[i] = NAN;
    if (method(arena, task, &out, &err) != FSC_OK)
        fail_msg("%s", err.message);
    return out;
}

static inline bool within(const double *quantile, size_t lo, size_t hi, double y)
{
    return y >= quantile[lo] && y <= quantile[hi];
}

/* Of test rows from..to-1. */
static inline outcome outcome_of(const problem_case *c, fsci_predictive out, size_t from, size_t to)
{
    outcome o = {.n = to - from, .predictive = out};
    for (size_t i = from; i < to; i++) {
        const double *q = out.quantile + i * FSCI_QUANTILES, y = c->observed[i];
        double n = (double)o.n, lo = q[0], hi = q[FSCI_QUANTILES - 1];
        o.mse += (out.point[i] - y) * (out.point[i] - y) / n;
        o.signed_error += (out.point[i] - y) / n;
        o.coverage += within(q, 0, FSCI_QUANTILES - 1, y) / n;
        o.coverage50 += within(q, 5, 15, y) / n;
        o.coverage80 += within(q, 2, 18, y) / n;
        o.width += (hi - lo) / n;
        o.interval_score += (hi - lo + 40 * fmax(lo - y, 0) + 40 * fmax(y - hi, 0)) / n;
    }
    return o;
}

#endif
