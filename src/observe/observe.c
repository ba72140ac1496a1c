#include "observe/observe.h"

#include "base/number.h"
#include "observe/backtest/chosen.h"
#include "observe/bootstrap.h"
#include "observe/given.h"
#include "observe/write.h"

#include <math.h>

enum { DEFAULT_PCS = 3, SENSITIVITY_PCS = 2, ENOUGH_TEST = 5 };
static const double SHORT_OF_LEVEL = 0.1; /* coverage this far below its level is worth saying */

/* Forecasts whose intervals held too few test models: said once, by the worst of them. */
typedef struct coverage_tally {
    size_t judged, narrow;
    double worst; /* coverage */
    const char *target, *predictors;
    size_t n; /* its test models */
    bool predictive;
} coverage_tally;

typedef struct run {
    fsci_arena *arena;
    const fsci_observe_input *input;
    fsci_json *record;
    fsci_notes notes;
    fsci_frame frame;
    fsci_predictor *predictors;
    size_t n_predictors;
    size_t k; /* components */
    coverage_tally tally;
} run;

/* ---- what was asked ---- */

static bool knows_flops(const fsci_frame *frame)
{
    for (size_t i = 0; i < frame->n; i++)
        if (!isnan(frame->flops[i]))
            return true;
    return false;
}

static size_t default_components(const fsci_frame *frame, size_t n_train)
{
    size_t k = DEFAULT_PCS;
    if (k > frame->p - 1)
        k = frame->p - 1;
    return n_train > 1 && k > n_train - 1 ? n_train - 1 : k;
}

static fsc_status read_predictor(run *r, const char *text, fsc_error *err)
{
    fsci_predictor *predictor = &r->predictors[r->n_predictors++];
    FSCI_TRY(fsci_predictor_read(text, predictor, err));
    if (predictor->kind == FSCI_PREDICTOR_PCS && predictor->k > r->k)
        r->k = predictor->k;
    if (predictor->kind == FSCI_PREDICTOR_FLOPS && !knows_flops(&r->frame))
        return fsci_fail(err, FSC_EINPUT,
                         "FLOPs are no predictor here: there is no column of FLOPs, nor of "
                         "parameters and tokens");
    if (predictor->kind == FSCI_PREDICTOR_SIZE && !r->frame.column[FSCI_ROLE_PARAMS])
        return fsci_fail(err, FSC_EINPUT,
                         "size is no predictor here: there is no column of parameters");
    return FSC_OK;
}

/* How many components there are, and what to predict from: what was named, or the components and,
 * where it is known, compute. */
static fsc_status choose_predictors(run *r, size_t n_train, fsc_error *err)
{
    const fsci_observe_input *in = r->input;
    r->k = in->pcs ? in->pcs : default_components(&r->frame, n_train);
    r->predictors = FSCI_NEW(r->arena, fsci_predictor, in->n_predictors + 2);
    if (!r->predictors)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n_predictors; i++)
        FSCI_TRY(read_predictor(r, in->predictors[i], err));
    if (in->n_predictors > 0)
        return FSC_OK;
    r->predictors[r->n_predictors++] = (fsci_predictor){FSCI_PREDICTOR_PCS, r->k};
    if (knows_flops(&r->frame))
        r->predictors[r->n_predictors++] = (fsci_predictor){FSCI_PREDICTOR_FLOPS, 1};
    return FSC_OK;
}

/* ---- targets ---- */

/* A target keeps the models that have a value of it, so each may have a space of its own. The
 * record's is that of the first target; one on other rows is added to `spaces`. */
static fsc_status next_capability(run *r, size_t target, const fsci_capability *first,
                                  fsci_capability *own, fsc_error *err)
{
    fsci_split split;
    FSCI_TRY(fsci_split_make(r->arena, &r->frame, r->input, r->frame.target[target], &split, err));
    if (fsci_split_same(&first->split, &split)) {
        FSCI_TRY(fsci_capability_apply(r->arena, &r->frame, split, &first->space, own, err));
        own->level = first->level;
        own->cell_error = first->cell_error;
        own->noise = first->noise;
        return FSC_OK;
    }
    FSCI_TRY(fsci_capability_fit(r->arena, &r->frame, split, r->input->scale, r->k, &r->notes, own,
                                 err));
    FSCI_TRY(fsci_capability_describe(r->arena, &r->frame, r->input, own, err));
    fsci_json *list = (fsci_json *)fsci_json_get(r->record, "spaces");
    if (!list)
        list = fsci_json_set_array(r->arena, r->record, "spaces");
    fsci_json *object = fsci_json_push(list, fsci_json_object(r->arena));
    fsci_json_set_string(r->arena, object, "target", r->frame.targets[target]);
    fsci_write_capability(r->arena, &r->frame, own, object);
    return FSC_OK;
}

/* One component number fixed in advance, and beside it what the next smaller one would have said:
 * choosing it by the training models makes forecasts worse than fixing it. */
static fsc_status add_sensitivity(run *r, const fsci_setting *setting,
                                  const fsci_forecast *forecast, fsc_error *err)
{
    fsci_predictor fewer = {FSCI_PREDICTOR_PCS, SENSITIVITY_PCS};
    fsci_predictor used = forecast->fitted.predictor;
    fsci_notes nowhere = {r->arena, NULL};
    fsci_setting quiet = *setting;
    fsci_forecast other;
    if (used.kind != FSCI_PREDICTOR_PCS || used.k <= SENSITIVITY_PCS)
        return FSC_OK;
    quiet.notes = &nowhere;
    FSCI_TRY(fsci_forecast_fit(r->arena, &quiet, fewer, &other, err));
    FSCI_TRY(fsci_forecast_judge(r->arena, &quiet, &other, err));
    fsci_json *list = (fsci_json *)fsci_json_get(r->record, "sensitivity");
    if (!list)
        list = fsci_json_set_array(r->arena, r->record, "sensitivity");
    fsci_json_push(list, fsci_write_sensitivity(r->arena, forecast, &other));
    return FSC_OK;
}

static void tally_coverage(run *r, const fsci_forecast *forecast)
{
    coverage_tally *tally = &r->tally;
    const fsci_score *test = &forecast->score[FSCI_SET_TEST];
    if (test->n < ENOUGH_TEST || isnan(test->coverage))
        return;
    tally->judged++;
    if (!(test->coverage < r->input->level - SHORT_OF_LEVEL))
        return;
    if (tally->narrow++ > 0 && !(test->coverage < tally->worst))
        return;
    tally->worst = test->coverage;
    tally->target = forecast->target->name;
    tally->predictors = fsci_predictor_text(r->arena, forecast->fitted.predictor);
    tally->n = test->n;
    tally->predictive = forecast->intervals == FSCI_INTERVALS_PREDICTIVE;
}

static void note_coverage(run *r)
{
    const coverage_tally *t = &r->tally;
    const char *which = t->judged > 1 ? fsci_format(r->arena, " in %zu of %zu forecasts; fewest",
                                                    t->narrow, t->judged)
                                      : ":";
    if (t->narrow > 0 && which)
        fsci_note(&r->notes, "W-COVERAGE",
                  "%s %% intervals held too few test models%s %.0f %% of %zu (%s from %s); beyond "
                  "the training data they are too narrow%s",
                  fsci_briefly(100 * r->input->level, 6).text, which, 100 * t->worst, t->n,
                  t->target, t->predictors,
                  t->predictive ? "" : ", and --interval predictive is safer");
}

/* Fits all, resamples all, and only then judges: coverage is that of the last intervals. */
static fsc_status forecast_target(run *r, const fsci_setting *setting, fsci_json *list,
                                  fsc_error *err)
{
    bool told = false;
    fsci_forecast *forecasts = FSCI_NEW(r->arena, fsci_forecast, r->n_predictors);
    if (!forecasts)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < r->n_predictors; i++)
        FSCI_TRY(fsci_forecast_fit(r->arena, setting, r->predictors[i], &forecasts[i], err));
    if (r->input->interval != FSCI_BANDS_LOCAL)
        FSCI_TRY(fsci_bootstrap_run(r->arena, setting, forecasts, r->n_predictors, err));
    for (size_t i = 0; i < r->n_predictors; i++) {
        FSCI_TRY(fsci_forecast_judge(r->arena, setting, &forecasts[i], err));
        tally_coverage(r, &forecasts[i]);
        fsci_json_push(list, fsci_write_forecast(r->arena, setting, &forecasts[i]));
        if (!told && r->predictors[i].kind == FSCI_PREDICTOR_PCS) {
            FSCI_TRY(add_sensitivity(r, setting, &forecasts[i], err));
            told = true;
        }
    }
    return FSC_OK;
}

static fsc_status sweep_target(run *r, size_t index, fsc_error *err)
{
    fsci_sweep *sweeps;
    size_t n;
    fsci_json *list = (fsci_json *)fsci_json_get(r->record, "aue");
    FSCI_TRY(fsci_aue_run(r->arena, &r->frame, r->input, index, r->predictors, r->n_predictors,
                          r->k, &sweeps, &n, err));
    if (!list)
        list = fsci_json_set_array(r->arena, r->record, "aue");
    for (size_t i = 0; i < n; i++) {
        fsci_json_push(list, fsci_write_sweep(r->arena, &sweeps[i]));
        if (isnan(sweeps[i].value))
            fsci_note(&r->notes, "W-AUE",
                      "%s from %s, ranked by %s: some of the %d splits leave too few models to fit "
                      "or to test on, so there is no area under the error",
                      sweeps[i].target, fsci_predictor_text(r->arena, sweeps[i].predictor),
                      sweeps[i].rank_by, FSCI_AUE_STEPS);
    }
    return FSC_OK;
}

static fsc_status score_given(run *r, const fsci_setting *setting, fsci_json *list, fsc_error *err)
{
    fsci_forecast given;
    FSCI_TRY(fsci_given_forecast(r->arena, setting, &given, err));
    FSCI_TRY(fsci_forecast_judge(r->arena, setting, &given, err));
    fsci_json_push(list, fsci_write_forecast(r->arena, setting, &given));
    return FSC_OK;
}

static fsc_status run_target(run *r, const fsci_capability *capability, size_t index,
                             fsci_json *list, fsc_error *err)
{
    fsci_target target;
    FSCI_TRY(
        fsci_target_read(r->arena, &r->frame, r->input, &capability->split, index, &target, err));
    fsci_setting setting = {&r->frame, r->input, capability, &target, &r->notes};
    FSCI_TRY(forecast_target(r, &setting, list, err));
    if (r->input->given)
        FSCI_TRY(score_given(r, &setting, list, err));
    if (r->input->method)
        FSCI_TRY(fsci_chosen_forecast(r->arena, &setting, fsci_method_find(r->input->method), list,
                                      err));
    return r->input->aue ? sweep_target(r, index, err) : FSC_OK;
}

static fsc_status run_targets(run *r, const fsci_capability *first, fsc_error *err)
{
    fsci_json *list = fsci_json_set_array(r->arena, r->record, "targets");
    if (r->frame.n_targets && first->split.count[FSCI_SET_TEST] == 0)
        fsci_note(&r->notes, "W-NO-TEST",
                  "every model is training, so no forecast error is measured; hold models out "
                  "with --cutoff, --rank, --hold-family or --until");
    for (size_t t = 0; t < r->frame.n_targets; t++) {
        fsci_capability own = *first;
        if (t > 0)
            FSCI_TRY(next_capability(r, t, first, &own, err));
        FSCI_TRY(run_target(r, &own, t, list, err));
    }
    note_coverage(r);
    return FSC_OK;
}

static fsc_status run_all(run *r, fsc_error *err)
{
    fsci_split split;
    fsci_capability first;
    FSCI_TRY(fsci_frame_read(r->arena, r->input, &r->notes, &r->frame, err));
    FSCI_TRY(fsci_split_make(r->arena, &r->frame, r->input,
                             r->frame.n_targets ? r->frame.target[0] : NULL, &split, err));
    FSCI_TRY(choose_predictors(r, split.count[FSCI_SET_TRAIN], err));
    FSCI_TRY(fsci_capability_fit(r->arena, &r->frame, split, r->input->scale, r->k, &r->notes,
                                 &first, err));
    FSCI_TRY(fsci_capability_describe(r->arena, &r->frame, r->input, &first, err));
    fsci_write_capability(r->arena, &r->frame, &first, r->record);
    return run_targets(r, &first, err);
}

fsc_status fsci_observe_run(fsci_arena *arena, const fsci_observe_input *input, fsci_json *record,
                            fsc_error *err)
{
    run r = {.arena = arena, .input = input, .record = record, .notes = {arena, record}};
    if (!(input->ceiling > input->chance))
        return fsci_fail(err, FSC_EINPUT, "ceiling %s is not above chance %s",
                         fsci_briefly(input->ceiling, 6).text, fsci_briefly(input->chance, 6).text);
    FSCI_TRY(run_all(&r, err));
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
