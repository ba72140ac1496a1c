#include "plan/candidates.h"

#include "base/number.h"
#include "observe/checks.h"
#include "observe/forecast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Share of the candidates that are the region when nothing is held out. */
enum { REGION_SHARE = 10 };

const char *fsci_candidate_model(const fsci_candidates *c, size_t i)
{
    return c->frame.model[c->capability.split.rows[i]];
}

const char *fsci_candidate_family(const fsci_candidates *c, size_t i)
{
    return fsci_frame_family(&c->frame, c->capability.split.rows[i]);
}

/* ---- the table ---- */

/* The cost column is read as a target is: numbers beside the benchmarks. */
static fsc_status read_frame(fsci_arena *arena, const fsci_select_input *input, fsci_notes *notes,
                             fsci_frame *frame, fsc_error *err)
{
    fsci_observe_input in = input->observe;
    const char **columns = FSCI_NEW(arena, const char *, in.n_targets + 1);
    if (!columns)
        return fsci_fail_memory(err);
    for (size_t t = 0; t < in.n_targets; t++)
        columns[t] = in.targets[t];
    in.targets = columns;
    if (input->cost)
        columns[in.n_targets++] = input->cost;
    for (size_t j = 0; input->cost && j < in.n_benchmarks; j++)
        if (!strcmp(in.benchmarks[j], input->cost))
            return fsci_fail(err, FSC_EINPUT,
                             "%s is the cost and also a benchmark; leave it out of --benchmarks",
                             input->cost);
    return fsci_frame_read(arena, &in, notes, frame, err);
}

/* Marks the models that lack a score; they take no part. */
static fsc_status find_incomplete(const fsci_select_input *input, const fsci_frame *frame,
                                  bool *incomplete, size_t *n, fsc_error *err)
{
    for (size_t i = 0; i < frame->n; i++)
        for (size_t j = 0; j < frame->p; j++) {
            if (!isnan(frame->scores[j][i]) || incomplete[i])
                continue;
            if (input->missing == FSCI_MISSING_STOP)
                return fsci_fail_row(err, FSC_EINPUT, (int64_t)i,
                                     "%s has no %s; fill it in, or use --missing impute or "
                                     "--missing drop",
                                     frame->model[i], frame->benchmarks[j]);
            incomplete[i] = true;
            ++*n;
        }
    return FSC_OK;
}

static fsc_status find_space(fsci_arena *arena, const fsci_select_input *input, fsci_notes *notes,
                             fsci_candidates *c, fsc_error *err)
{
    fsci_observe_input in = input->observe;
    fsci_split split;
    bool *incomplete = FSCI_NEW(arena, bool, c->frame.n);
    if (!incomplete)
        return fsci_fail_memory(err);
    if (input->missing != FSCI_MISSING_IMPUTE) {
        FSCI_TRY(find_incomplete(input, &c->frame, incomplete, &c->n_left_out, err));
        in.later = incomplete;
    }
    FSCI_TRY(fsci_split_make(arena, &c->frame, &in, NULL, &split, err));
    FSCI_TRY(
        fsci_capability_fit(arena, &c->frame, split, in.scale, in.pcs, notes, &c->capability, err));
    c->n = split.count[FSCI_SET_TRAIN];
    return FSC_OK;
}

static fsc_status read_costs(fsci_arena *arena, const fsci_select_input *input, fsci_candidates *c,
                             fsc_error *err)
{
    c->cost = FSCI_NEW(arena, double, c->n);
    if (!c->cost)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        size_t row = c->capability.split.rows[i];
        double cost = input->cost ? c->frame.target[input->observe.n_targets][row] : 1;
        if (!(cost >= 0) || isinf(cost))
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)row,
                                 "%s of %s is %s; every candidate needs a cost of 0 or more",
                                 input->cost, c->frame.model[row],
                                 isnan(cost)   ? "missing"
                                 : isinf(cost) ? "infinite"
                                               : "negative");
        c->cost[i] = cost;
    }
    return FSC_OK;
}

/* ---- component scores as they are ---- */

static fsc_status take_scores(fsci_arena *arena, fsci_candidates *c, fsc_error *err)
{
    size_t n_all = c->capability.split.n;
    c->k = c->capability.space.pca.k;
    c->x = FSCI_NEW(arena, double, c->n * c->k);
    c->weight = FSCI_NEW(arena, double, c->n);
    c->target = FSCI_NEW(arena, double, fsci_packed_size(c->k));
    if (!c->x || !c->weight || !c->target)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < c->k; j++)
        memcpy(c->x + j * c->n, c->capability.scores + j * n_all, c->n * sizeof *c->x);
    for (size_t i = 0; i < c->n; i++) {
        c->weight[i] = 1;
        fsci_packed_add(c->k, 1, c->x + i, c->n, c->target);
    }
    return FSC_OK;
}

/* ---- glm ---- */

/* Fits the curve to the candidates whose target is known, in the space of all candidates. */
static fsc_status fit_guess(fsci_arena *arena, const fsci_select_input *input, fsci_notes *notes,
                            fsci_candidates *c, fsc_error *err)
{
    const fsci_observe_input *in = &input->observe;
    const fsci_predictor predictor = {FSCI_PREDICTOR_PCS, in->pcs};
    fsci_split split;
    fsci_capability known;
    fsci_target target;
    fsci_forecast forecast;
    FSCI_TRY(fsci_split_make(arena, &c->frame, in, c->frame.target[0], &split, err));
    FSCI_TRY(fsci_target_read(arena, &c->frame, in, &split, 0, &target, err));
    FSCI_TRY(fsci_capability_apply(arena, &c->frame, split, &c->capability.space, &known, err));
    fsci_setting setting = {&c->frame, in, &known, &target, notes};
    FSCI_TRY(fsci_forecast_fit(arena, &setting, predictor, &forecast, err));
    c->guess->link = forecast.fitted.link;
    c->guess->target = target.name;
    double steepness = c->guess->link.optima[0].standard_weight;
    if (steepness > FSCI_LINK_SEPARATION)
        fsci_note(notes, "W-SEPARATION",
                  "%s: the curve that guides the choice is nearly a step (z moves by %s per "
                  "deviation); the choice rests on where that step is",
                  target.name, fsci_briefly(steepness, 3).text);
    return FSC_OK;
}

/* dmu/dz, and the weight of one measurement. */
static double slope_at(const fsci_link *link, double mu)
{
    if (link->kind == FSCI_LINK_LINEAR)
        return 1;
    double share = (mu - link->floor) / (1 - link->floor);
    return (1 - link->floor) * share * (1 - share);
}

static double weight_at(const fsci_link *link, double mu)
{
    double slope = slope_at(link, mu), variance = mu * (1 - mu);
    if (link->kind == FSCI_LINK_LINEAR)
        return 1;
    return variance > 0 ? slope * slope / variance : 0;
}

static double largest_below(const double *z, size_t n, double below)
{
    double best = -INFINITY;
    for (size_t i = 0; i < n; i++)
        if (z[i] < below)
            best = fmax(best, z[i]);
    return best;
}

/* Positions of the region in the split, into region[split.n]. */
static size_t find_region(const fsci_candidates *c, const double *z, bool held_out, size_t *region)
{
    const fsci_split *split = &c->capability.split;
    size_t n = 0, wanted = (c->n + REGION_SHARE - 1) / REGION_SHARE;
    for (size_t i = c->n; held_out && i < c->n + split->count[FSCI_SET_TEST]; i++)
        region[n++] = i;
    for (double level = INFINITY; !held_out && n < wanted;) {
        level = largest_below(z, c->n, level);
        for (size_t i = 0; i < c->n; i++)
            if (z[i] == level)
                region[n++] = i;
    }
    return n;
}

/* (1, scores) of position i of the split. */
static void feature(const fsci_candidates *c, size_t i, double *x)
{
    x[0] = 1;
    for (size_t j = 1; j < c->k; j++)
        x[j] = c->capability.scores[(j - 1) * c->capability.split.n + i];
}

/* z and value: what the curve says by position of the split. */
static fsc_status aim(fsci_arena *arena, const double *z, const double *value, fsci_candidates *c,
                      fsc_error *err)
{
    const fsci_split *split = &c->capability.split;
    fsci_guess *guess = c->guess;
    const fsci_link *link = &guess->link;
    double x[FSCI_CRITERION_MAX_K];
    c->k = link->k + 1;
    c->x = FSCI_NEW(arena, double, c->n * c->k);
    c->weight = FSCI_NEW(arena, double, c->n);
    c->target = FSCI_NEW(arena, double, fsci_packed_size(c->k));
    guess->region = FSCI_NEW(arena, size_t, split->n);
    if (!c->x || !c->weight || !c->target || !guess->region)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        feature(c, i, x);
        for (size_t j = 0; j < c->k; j++)
            c->x[j * c->n + i] = x[j];
        c->weight[i] = weight_at(link, value[i]);
    }
    guess->n_region = find_region(c, z, guess->held_out, guess->region);
    for (size_t r = 0; r < guess->n_region; r++) {
        double slope = slope_at(link, value[guess->region[r]]);
        feature(c, guess->region[r], x);
        fsci_packed_add(c->k, slope * slope / (double)guess->n_region, x, 1, c->target);
        guess->region[r] = split->rows[guess->region[r]];
    }
    return FSC_OK;
}

static fsc_status take_guess(fsci_arena *arena, const fsci_select_input *input, fsci_notes *notes,
                             fsci_candidates *c, fsc_error *err)
{
    const fsci_split *split = &c->capability.split;
    double *z = FSCI_NEW(arena, double, split->n), *value = FSCI_NEW(arena, double, split->n);
    c->guess = FSCI_NEW(arena, fsci_guess, 1);
    if (!c->guess || !z || !value)
        return fsci_fail_memory(err);
    FSCI_TRY(fit_guess(arena, input, notes, c, err));
    for (size_t i = 0; i < split->n; i++) {
        z[i] = fsci_link_z(&c->guess->link, c->capability.scores + i, split->n);
        value[i] = fsci_link_at(&c->guess->link, z[i]);
    }
    c->guess->held_out = split->count[FSCI_SET_TEST] > 0;
    return aim(arena, z, value, c, err);
}

fsc_status fsci_candidates_read(fsci_arena *arena, const fsci_select_input *input,
                                fsci_notes *notes, fsci_candidates *c, fsc_error *err)
{
    *c = (fsci_candidates){0};
    bool glm = input->criterion == FSCI_SELECT_GLM;
    size_t features = input->observe.pcs + glm;
    if (features > FSCI_CRITERION_MAX_K)
        return fsci_fail(err, FSC_EINPUT, "%zu components are more than a choice is made by (%d)",
                         input->observe.pcs, FSCI_CRITERION_MAX_K - glm);
    FSCI_TRY(read_frame(arena, input, notes, &c->frame, err));
    FSCI_TRY(find_space(arena, input, notes, c, err));
    FSCI_TRY(read_costs(arena, input, c, err));
    return glm ? take_guess(arena, input, notes, c, err) : take_scores(arena, c, err);
}
