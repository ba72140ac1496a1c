#include "observe/forecast.h"

#include "observe/checks.h"

#include <math.h>

enum { FEW_TEST = 5 };
static const double NEARLY_AS_GOOD = 1.1; /* times the best objective */
static const double SHORT_OF_LEVEL = 0.1; /* coverage this far below its level is worth saying */

/* What a forecast is made from. */
typedef struct setting {
    fsci_arena *arena;
    const fsci_frame *frame;
    const fsci_observe_input *input;
    const fsci_capability *capability;
    fsci_notes *notes;
} setting;

fsc_status fsci_target_read(fsci_arena *arena, const fsci_frame *frame,
                            const fsci_observe_input *input, const fsci_split *split, size_t index,
                            fsci_target *target, fsc_error *err)
{
    fsci_target t = {.name = frame->targets[index],
                     .observed = FSCI_NEW(arena, double, split->n),
                     .normalised = FSCI_NEW(arena, double, split->n)};
    if (!t.observed || !t.normalised)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_check_target(frame, split, index, input, err));
    for (size_t i = 0; i < split->n; i++) {
        t.observed[i] = frame->target[index][split->rows[i]];
        t.normalised[i] = (t.observed[i] - input->chance) / (input->ceiling - input->chance);
    }
    for (size_t i = 0; i < split->count[FSCI_SET_TRAIN]; i++)
        t.lowest = fmin(t.lowest, t.observed[i]);
    *target = t;
    return FSC_OK;
}

/* ---- intervals and scores ---- */

static double own_units(const fsci_observe_input *input, double normalised)
{
    return input->chance + (input->ceiling - input->chance) * normalised;
}

/* Intervals reach no further than scores can; a straight line knows no such limits. */
static fsc_status bound_predictions(const setting *s, fsci_forecast *f, fsc_error *err)
{
    size_t n = s->capability->split.n;
    bool limited = s->input->link != FSCI_LINK_LINEAR;
    f->lo = FSCI_NEW(s->arena, double, n);
    f->hi = FSCI_NEW(s->arena, double, n);
    if (!f->lo || !f->hi)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        double value = f->predictions.value[i], half = f->predictions.half_width[i];
        f->lo[i] = own_units(s->input, value - half);
        f->hi[i] = own_units(s->input, value + half);
        if (limited && !isnan(half)) {
            f->lo[i] = fmax(f->lo[i], f->target->lowest);
            f->hi[i] = fmin(f->hi[i], s->input->ceiling);
        }
    }
    return FSC_OK;
}

static fsci_score score_set(const setting *s, const fsci_forecast *f, fsci_set set)
{
    const fsci_split *split = &s->capability->split;
    fsci_score score = {0};
    double squares = 0, sizes = 0, sum = 0, covered = 0;
    for (size_t i = 0; i < split->n; i++) {
        double error = f->predictions.value[i] - f->target->normalised[i];
        if (fsci_split_set(split, i) != set || isnan(error))
            continue;
        score.n++;
        squares += error * error, sizes += fabs(error), sum += error;
        double y = f->target->observed[i];
        covered += isnan(f->lo[i]) ? NAN : f->lo[i] <= y && y <= f->hi[i];
    }
    score.mse = squares / (double)score.n;
    score.mae = sizes / (double)score.n;
    score.mean_signed_error = sum / (double)score.n;
    score.coverage = covered / (double)score.n;
    return score;
}

/* The test error at every optimum that the search found. */
static fsc_status judge_optima(const setting *s, fsci_forecast *f, fsc_error *err)
{
    fsci_forecast other = *f;
    f->optimum_mse = FSCI_NEW(s->arena, double, f->link.n_optima);
    if (!f->optimum_mse)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < f->link.n_optima; i++) {
        other.link.intercept = f->link.optima[i].intercept;
        other.link.weights = f->link.optima[i].weights;
        other.link.floor = f->link.optima[i].floor;
        FSCI_TRY(fsci_features_predict(s->arena, &f->features, &other.link, s->input->level,
                                       &other.predictions, err));
        f->optimum_mse[i] = score_set(s, &other, FSCI_SET_TEST).mse;
    }
    return FSC_OK;
}

/* ---- equivalent compute ---- */

static fsc_status find_equivalent(const setting *s, fsci_forecast *f, fsc_error *err)
{
    const fsci_families *families = &s->capability->families;
    size_t family;
    if (!fsci_predictor_is_capability(f->predictor))
        return FSC_OK;
    FSCI_TRY(fsci_reference_family(families, s->input->reference_family, &family, err));
    if (family == s->frame->n_families)
        return FSC_OK;
    f->reference = s->frame->families[family];
    f->equivalent = fsci_family_line(families, family, f->predictions.z);
    if (!(f->equivalent.slope > 0))
        fsci_note(s->notes, "W-REFERENCE",
                  "%s: %s (%zu models) does not rise with compute, so there are no equivalent "
                  "FLOPs; choose another --reference-family",
                  f->target->name, f->reference, f->equivalent.n);
    return FSC_OK;
}

/* ---- warnings ---- */

static void note_test(const setting *s, const fsci_forecast *f, const char *how)
{
    size_t n_test = s->capability->split.count[FSCI_SET_TEST];
    fsci_score test = f->score[FSCI_SET_TEST];
    if (test.n < n_test)
        fsci_note(s->notes, "W-UNKNOWN",
                  "%s from %s: %zu of %zu test models have no known %s and are left out of its "
                  "test error",
                  f->target->name, how, n_test - test.n, n_test,
                  f->predictor.kind == FSCI_PREDICTOR_FLOPS ? "FLOPs" : "size");
    if (test.n > 0 && test.n < FEW_TEST)
        fsci_note(s->notes, "W-FEW-TEST",
                  "%s from %s: %zu test models are too few to judge a forecast by", f->target->name,
                  how, test.n);
    else if (test.coverage < s->input->level - SHORT_OF_LEVEL)
        fsci_note(s->notes, "W-COVERAGE",
                  "%s from %s: its %g %% intervals held %.0f %% of %zu test models; beyond the "
                  "training data they are too narrow",
                  f->target->name, how, 100 * s->input->level, 100 * test.coverage, test.n);
}

/* A nearly separable fit: what it is, and the best that is not one. */
static void note_separation(const setting *s, const fsci_forecast *f, const char *how)
{
    const fsci_link *link = &f->link;
    const char *instead = "";
    if (!(link->optima[0].standard_weight > FSCI_LINK_SEPARATION))
        return;
    for (size_t i = link->n_optima; i-- > 1;)
        if (link->optima[i].standard_weight <= FSCI_LINK_SEPARATION)
            instead = fsci_format(s->arena,
                                  "; the best optimum that is no step has objective %.4g against "
                                  "%.4g and test error %.3g against %.3g",
                                  link->optima[i].value, link->value, f->optimum_mse[i],
                                  f->optimum_mse[0]);
    fsci_note(s->notes, "W-SEPARATION",
              "%s from %s: the curve is nearly a step (z moves by %.3g per deviation), so its "
              "weights mean little%s",
              f->target->name, how, link->optima[0].standard_weight, instead ? instead : "");
}

static void note_fit(const setting *s, const fsci_forecast *f)
{
    const fsci_link *link = &f->link;
    const char *how = fsci_predictor_text(s->arena, f->predictor);
    note_test(s, f, how);
    note_separation(s, f, how);
    if (link->n_optima > 1 && link->optima[1].value < NEARLY_AS_GOOD * link->value)
        fsci_note(s->notes, "W-OPTIMA",
                  "%s from %s: another optimum is nearly as good (objective %.4g against %.4g) and "
                  "has test error %.3g against %.3g",
                  f->target->name, how, link->optima[1].value, link->value, f->optimum_mse[1],
                  f->optimum_mse[0]);
    if (link->solver.stop != FSCI_STOP_CONVERGED)
        fsci_note(s->notes, "W-STOP", "%s from %s: the solver ended as '%s'", f->target->name, how,
                  fsci_stop_name(link->solver.stop));
}

fsc_status fsci_forecast_make(fsci_arena *arena, const fsci_frame *frame,
                              const fsci_observe_input *input, const fsci_capability *capability,
                              const fsci_target *target, fsci_predictor predictor,
                              fsci_notes *notes, fsci_forecast *forecast, fsc_error *err)
{
    const setting s = {arena, frame, input, capability, notes};
    const fsci_split *split = &capability->split;
    fsci_link_options options = {input->link, input->loss, input->delta, input->starts};
    fsci_forecast f = {.target = target, .predictor = predictor};
    FSCI_TRY(fsci_features_make(arena, predictor, frame, split->rows, split->n,
                                capability->complete, capability->scores, &f.features, err));
    FSCI_TRY(fsci_features_fit(arena, &f.features, target->normalised, split->count[FSCI_SET_TRAIN],
                               &options, &f.link, err));
    FSCI_TRY(fsci_features_predict(arena, &f.features, &f.link, input->level, &f.predictions, err));
    FSCI_TRY(bound_predictions(&s, &f, err));
    for (fsci_set set = 0; set < FSCI_SETS; set++)
        f.score[set] = score_set(&s, &f, set);
    FSCI_TRY(find_equivalent(&s, &f, err));
    FSCI_TRY(judge_optima(&s, &f, err));
    note_fit(&s, &f);
    *forecast = f;
    return FSC_OK;
}
