#include "observe/forecast.h"

#include "base/number.h"
#include "num/distribution.h"
#include "observe/checks.h"

#include <math.h>

enum { FEW_TEST = 5 };
static const double NEARLY_AS_GOOD = 1.1; /* times the best objective */

fsc_status fsci_target_read(fsci_arena *arena, const fsci_frame *frame,
                            const fsci_observe_input *input, const fsci_split *split, size_t index,
                            fsci_target *target, fsc_error *err)
{
    fsci_target t = {.name = frame->targets[index],
                     .items = frame->target_items[index],
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

/* ---- fit ---- */

fsci_sample fsci_setting_sample(const fsci_setting *s)
{
    const fsci_capability *c = s->capability;
    return (fsci_sample){.frame = s->frame,
                         .rows = c->split.rows,
                         .n = c->split.n,
                         .space = &c->space,
                         .complete = c->complete,
                         .scores = c->scores,
                         .t = s->target->normalised};
}

size_t *fsci_setting_train(fsci_arena *arena, const fsci_setting *s)
{
    size_t m = s->capability->split.count[FSCI_SET_TRAIN];
    size_t *train = FSCI_NEW(arena, size_t, m);
    for (size_t i = 0; train && i < m; i++)
        train[i] = i;
    return train;
}

static double own_units(const fsci_observe_input *input, double normalised)
{
    return input->chance + (input->ceiling - input->chance) * normalised;
}

void fsci_forecast_bound(const fsci_setting *s, fsci_band *band, size_t i, double lo, double hi)
{
    band->lo[i] = own_units(s->input, lo);
    band->hi[i] = own_units(s->input, hi);
    if (s->input->link == FSCI_LINK_LINEAR || isnan(lo) || isnan(hi))
        return;
    band->lo[i] = fmax(band->lo[i], s->target->lowest);
    band->hi[i] = fmin(band->hi[i], s->input->ceiling);
}

fsc_status fsci_forecast_begin(fsci_arena *arena, const fsci_setting *s, fsci_forecast *forecast,
                               fsc_error *err)
{
    const double levels[FSCI_BANDS] = {s->input->level, 0.5, 0.8, 0.95};
    size_t n = s->capability->split.n;
    *forecast = (fsci_forecast){.target = s->target};
    for (size_t b = 0; b < FSCI_BANDS; b++) {
        fsci_band *band = &forecast->band[b];
        *band = (fsci_band){
            .level = levels[b], .lo = FSCI_NEW(arena, double, n), .hi = FSCI_NEW(arena, double, n)};
        if (!band->lo || !band->hi)
            return fsci_fail_memory(err);
        for (size_t i = 0; i < n; i++)
            band->lo[i] = band->hi[i] = NAN;
    }
    return FSC_OK;
}

fsc_status fsci_forecast_fit(fsci_arena *arena, const fsci_setting *s, fsci_predictor predictor,
                             fsci_forecast *forecast, fsc_error *err)
{
    const fsci_observe_input *in = s->input;
    size_t m = s->capability->split.count[FSCI_SET_TRAIN];
    fsci_link_options options = {.kind = in->link,
                                 .loss = in->loss,
                                 .delta = in->delta,
                                 .starts = in->starts,
                                 .threads = in->threads};
    fsci_sample sample = fsci_setting_sample(s);
    fsci_forecast f;
    size_t *train = fsci_setting_train(arena, s);
    FSCI_TRY(fsci_forecast_begin(arena, s, &f, err));
    if (!train)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_predictor_fit(arena, predictor, &sample, train, m, &options, &f.fitted, err));
    FSCI_TRY(fsci_fitted_spread(arena, &sample, train, m, &f.fitted, err));
    f.intervals =
        fsci_predictor_has_curve(predictor) ? FSCI_INTERVALS_DELTA : FSCI_INTERVALS_ERRORS;
    for (size_t b = 0; b < FSCI_BANDS; b++) {
        double times = fsci_t_quantile((1 + f.band[b].level) / 2, f.fitted.df);
        for (size_t i = 0; i < sample.n; i++) {
            double half = times * f.fitted.spread[i];
            fsci_forecast_bound(s, &f.band[b], i, f.fitted.value[i] - half,
                                f.fitted.value[i] + half);
        }
    }
    *forecast = f;
    return FSC_OK;
}

/* ---- scores ---- */

/* Of predictions value[] with the forecast's intervals. */
static fsci_score score_set(const fsci_setting *s, const fsci_forecast *f, const double *value,
                            fsci_set set)
{
    const fsci_split *split = &s->capability->split;
    const fsci_band *band = &f->band[0];
    fsci_score score = {0};
    double squares = 0, sizes = 0, sum = 0, covered = 0;
    for (size_t i = 0; i < split->n; i++) {
        double error = value[i] - f->target->normalised[i];
        if (fsci_split_set(split, i) != set || isnan(error))
            continue;
        score.n++;
        squares += error * error, sizes += fabs(error), sum += error;
        double y = f->target->observed[i];
        covered += isnan(band->lo[i]) ? NAN : band->lo[i] <= y && y <= band->hi[i];
    }
    score.mse = squares / (double)score.n;
    score.mae = sizes / (double)score.n;
    score.mean_signed_error = sum / (double)score.n;
    score.coverage = covered / (double)score.n;
    return score;
}

static void judge_band(const fsci_setting *s, const fsci_forecast *f, fsci_band *band)
{
    const fsci_split *split = &s->capability->split;
    double n = 0, range = s->input->ceiling - s->input->chance, outside = 0;
    band->coverage = band->width = 0;
    for (size_t i = 0; i < split->n; i++) {
        double y = f->target->observed[i], lo = band->lo[i], hi = band->hi[i];
        if (fsci_split_set(split, i) != FSCI_SET_TEST || isnan(f->fitted.value[i] - y))
            continue;
        n++;
        band->width += (hi - lo) / range;
        band->coverage += isnan(lo) ? NAN : lo <= y && y <= hi;
        outside += (fmax(lo - y, 0) + fmax(y - hi, 0)) / range;
    }
    band->coverage /= n;
    band->width /= n;
    band->score = band->width + 2 / (1 - band->level) * outside / n;
}

/* The test error at every optimum that the search found. */
static fsc_status judge_optima(fsci_arena *arena, const fsci_setting *s, fsci_forecast *f,
                               fsc_error *err)
{
    const fsci_link *link = &f->fitted.link;
    fsci_sample sample = fsci_setting_sample(s);
    double *z = FSCI_NEW(arena, double, sample.n), *value = FSCI_NEW(arena, double, sample.n);
    f->optimum_mse = FSCI_NEW(arena, double, link->n_optima);
    if (!f->optimum_mse || !z || !value)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < link->n_optima; i++) {
        fsci_link other = *link;
        other.intercept = link->optima[i].intercept;
        other.weights = link->optima[i].weights;
        other.floor = link->optima[i].floor;
        fsci_fitted_predict(&sample, &f->fitted, &other, z, value);
        f->optimum_mse[i] = score_set(s, f, value, FSCI_SET_TEST).mse;
    }
    return FSC_OK;
}

/* ---- equivalent compute ---- */

static fsc_status find_equivalent(const fsci_setting *s, fsci_forecast *f, fsc_error *err)
{
    const fsci_families *families = &s->capability->families;
    size_t family;
    if (!fsci_predictor_is_capability(f->fitted.predictor))
        return FSC_OK;
    FSCI_TRY(fsci_reference_family(families, s->input->reference_family, &family, err));
    if (family == s->frame->n_families)
        return FSC_OK;
    f->reference = s->frame->families[family];
    f->equivalent = fsci_family_line(families, family, f->fitted.z);
    if (!(f->equivalent.slope > 0))
        fsci_note(s->notes, "W-REFERENCE",
                  "%s: %s (%zu models) does not rise with compute, so there are no equivalent "
                  "FLOPs; choose another --reference-family",
                  f->target->name, f->reference, f->equivalent.n);
    return FSC_OK;
}

/* ---- warnings ---- */

static void note_test(const fsci_setting *s, const fsci_forecast *f, const char *how)
{
    size_t n_test = s->capability->split.count[FSCI_SET_TEST];
    fsci_score test = f->score[FSCI_SET_TEST];
    if (test.n < n_test)
        fsci_note(s->notes, "W-UNKNOWN",
                  "%s from %s: %zu of %zu test models have no known %s and are left out of its "
                  "test error",
                  f->target->name, how, n_test - test.n, n_test,
                  f->fitted.predictor.kind == FSCI_PREDICTOR_FLOPS ? "FLOPs" : "size");
    if (test.n > 0 && test.n < FEW_TEST)
        fsci_note(s->notes, "W-FEW-TEST",
                  "%s from %s: %zu test models are too few to judge a forecast by", f->target->name,
                  how, test.n);
}

/* A nearly separable fit: what it is, and the best that is not one. */
static void note_separation(const fsci_setting *s, const fsci_forecast *f, const char *how)
{
    const fsci_link *link = &f->fitted.link;
    const char *instead = "";
    if (!(link->optima[0].standard_weight > FSCI_LINK_SEPARATION))
        return;
    for (size_t i = link->n_optima; i-- > 1;)
        if (link->optima[i].standard_weight <= FSCI_LINK_SEPARATION)
            instead = fsci_format(
                s->notes->arena,
                "; the best optimum that is no step has objective %s against "
                "%s and test error %s against %s",
                fsci_briefly(link->optima[i].value, 4).text, fsci_briefly(link->value, 4).text,
                fsci_briefly(f->optimum_mse[i], 3).text, fsci_briefly(f->optimum_mse[0], 3).text);
    fsci_note(s->notes, "W-SEPARATION",
              "%s from %s: the curve is nearly a step (z moves by %s per deviation), so its "
              "weights mean little%s",
              f->target->name, how, fsci_briefly(link->optima[0].standard_weight, 3).text,
              instead ? instead : "");
}

static void note_fit(const fsci_setting *s, const fsci_forecast *f)
{
    const fsci_link *link = &f->fitted.link;
    const char *how = fsci_predictor_text(s->notes->arena, f->fitted.predictor);
    note_test(s, f, how);
    if (!fsci_predictor_has_curve(f->fitted.predictor))
        return;
    note_separation(s, f, how);
    if (link->n_optima > 1 && link->optima[1].value < NEARLY_AS_GOOD * link->value)
        fsci_note(s->notes, "W-OPTIMA",
                  "%s from %s: another optimum is nearly as good (objective %s against %s) and "
                  "has test error %s against %s",
                  f->target->name, how, fsci_briefly(link->optima[1].value, 4).text,
                  fsci_briefly(link->value, 4).text, fsci_briefly(f->optimum_mse[1], 3).text,
                  fsci_briefly(f->optimum_mse[0], 3).text);
    if (link->solver.stop != FSCI_STOP_CONVERGED)
        fsci_note(s->notes, "W-STOP", "%s from %s: the solver ended as '%s'", f->target->name, how,
                  fsci_stop_name(link->solver.stop));
}

fsc_status fsci_forecast_judge(fsci_arena *arena, const fsci_setting *setting,
                               fsci_forecast *forecast, fsc_error *err)
{
    for (fsci_set set = 0; set < FSCI_SETS; set++)
        forecast->score[set] = score_set(setting, forecast, forecast->fitted.value, set);
    for (size_t b = 0; b < FSCI_BANDS; b++)
        judge_band(setting, forecast, &forecast->band[b]);
    FSCI_TRY(find_equivalent(setting, forecast, err));
    FSCI_TRY(judge_optima(arena, setting, forecast, err));
    note_fit(setting, forecast);
    return FSC_OK;
}
