#include "observe/observe.h"

#include "observe/checks.h"
#include "observe/write.h"

#include <math.h>

enum { DEFAULT_PCS = 3, FEW_TEST = 5 };

typedef struct run {
    fsci_arena *arena;
    const fsci_observe_input *input;
    fsci_notes notes;
    fsci_frame frame;
    fsci_predictor *predictors;
    size_t n_predictors;
    size_t k; /* components */
} run;

/* ---- what was asked ---- */

static size_t default_components(const run *r, size_t n_train)
{
    size_t k = DEFAULT_PCS;
    if (k >= r->frame.p)
        k = r->frame.p - 1;
    if (k + 1 > n_train)
        k = n_train > 2 ? n_train - 1 : 1;
    return k;
}

static bool knows_flops(const fsci_frame *frame)
{
    for (size_t i = 0; i < frame->n; i++)
        if (!isnan(frame->flops[i]))
            return true;
    return false;
}

/* The predictors named, or the components and compute; raises k to what they need. */
static fsc_status choose_predictors(run *r, fsc_error *err)
{
    const fsci_observe_input *in = r->input;
    r->predictors = FSCI_NEW(r->arena, fsci_predictor, in->n_predictors + 2);
    if (!r->predictors)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n_predictors; i++) {
        fsci_predictor *predictor = &r->predictors[r->n_predictors++];
        FSCI_TRY(fsci_predictor_read(in->predictors[i], predictor, err));
        if (predictor->kind == FSCI_PREDICTOR_PCS && predictor->k > r->k)
            r->k = predictor->k;
        if (predictor->kind == FSCI_PREDICTOR_FLOPS && !knows_flops(&r->frame))
            return fsci_fail(err, FSC_EINPUT,
                             "FLOPs are no predictor here: there is no column of FLOPs, nor of "
                             "parameters and tokens");
        if (predictor->kind == FSCI_PREDICTOR_SIZE && !r->frame.column[FSCI_ROLE_PARAMS])
            return fsci_fail(err, FSC_EINPUT,
                             "size is no predictor here: there is no column of parameters");
    }
    if (in->n_predictors == 0) {
        r->predictors[r->n_predictors++] = (fsci_predictor){FSCI_PREDICTOR_PCS, r->k};
        if (knows_flops(&r->frame))
            r->predictors[r->n_predictors++] = (fsci_predictor){FSCI_PREDICTOR_FLOPS, 1};
    }
    return FSC_OK;
}

/* ---- the capability space ---- */

static fsc_status apply_space(run *r, fsci_observed_space *s, fsc_error *err)
{
    size_t n = s->split.n;
    s->complete = FSCI_NEW(r->arena, double, n * r->frame.p);
    s->scores = FSCI_NEW(r->arena, double, n * r->k);
    if (!s->complete || !s->scores)
        return fsci_fail_memory(err);
    fsci_space_apply(&s->space, &r->frame, s->split.rows, n, s->complete, s->scores);
    return fsci_families_group(r->arena, &r->frame, s->split.rows,
                               n - s->split.count[FSCI_SET_OPEN], &s->families, err);
}

/* To the training rows of s->split. */
static fsc_status fit_space(run *r, fsci_observed_space *s, fsc_error *err)
{
    FSCI_TRY(fsci_check_space(&r->frame, &s->split, r->input->scale, r->k, &r->notes, err));
    FSCI_TRY(fsci_space_fit(r->arena, &r->frame, s->split.rows, s->split.count[FSCI_SET_TRAIN],
                            r->input->scale, r->k, &s->space, err));
    if (!s->space.imputer.converged)
        fsci_note(&r->notes, "W-IMPUTE",
                  "the imputed scores still moved after %d rounds; too few scores are known for "
                  "some model or benchmark",
                  s->space.imputer.rounds);
    return apply_space(r, s, err);
}

/* ---- forecasts ---- */

static fsc_status find_equivalent(run *r, const fsci_observed_space *s, fsci_forecast *f,
                                  fsc_error *err)
{
    size_t family;
    f->reference = NULL;
    if (f->pipeline.predictor.kind != FSCI_PREDICTOR_PCS &&
        f->pipeline.predictor.kind != FSCI_PREDICTOR_MEAN)
        return FSC_OK;
    FSCI_TRY(fsci_reference_family(&s->families, r->input->reference_family, &family, err));
    if (family == r->frame.n_families)
        return FSC_OK;
    f->reference = r->frame.families[family];
    f->equivalent = fsci_family_line(&s->families, family, f->predictions.z);
    if (!(f->equivalent.slope > 0))
        fsci_note(&r->notes, "W-REFERENCE",
                  "%s: %s does not rise with compute in %zu models, so there are no equivalent "
                  "FLOPs; choose another --reference-family",
                  f->target, f->reference, f->equivalent.n);
    return FSC_OK;
}

/* The test error at every optimum that the search found. */
static fsc_status judge_optima(run *r, const fsci_observed_space *s, fsci_forecast *f,
                               fsc_error *err)
{
    fsci_pipeline other = f->pipeline;
    f->optimum_mse = FSCI_NEW(r->arena, double, other.link.n_optima);
    if (!f->optimum_mse)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < other.link.n_optima; i++) {
        fsci_predictions p;
        other.link.intercept = other.link.optima[i].intercept;
        other.link.weights = other.link.optima[i].weights;
        other.link.floor = other.link.optima[i].floor;
        FSCI_TRY(fsci_pipeline_predict(r->arena, &other, &r->frame, s->split.rows, s->split.n,
                                       r->input->level, &p, err));
        f->optimum_mse[i] = fsci_score_set(&s->split, FSCI_SET_TEST, f->normalised, p.value).mse;
    }
    return FSC_OK;
}

static void note_fit(run *r, const fsci_observed_space *s, const fsci_forecast *f)
{
    const fsci_link *link = &f->pipeline.link;
    const char *how = fsci_predictor_text(r->arena, f->pipeline.predictor);
    size_t n_test = s->split.count[FSCI_SET_TEST];
    size_t scored = fsci_score_set(&s->split, FSCI_SET_TEST, f->normalised, f->predictions.value).n;
    if (scored > 0 && scored < FEW_TEST)
        fsci_note(&r->notes, "W-FEW-TEST",
                  "%s from %s: %zu test models are too few to judge a forecast by", f->target, how,
                  scored);
    if (scored < n_test)
        fsci_note(&r->notes, "W-UNKNOWN",
                  "%s from %s: %zu of %zu test models are left out because their %s is not known",
                  f->target, how, n_test - scored, n_test, how);
    if (link->optima[0].standard_weight > FSCI_LINK_SEPARATION)
        fsci_note(&r->notes, "W-SEPARATION",
                  "%s from %s: the curve is nearly a step (%.3g units of z per deviation); its "
                  "weights and what it says beyond the data mean little",
                  f->target, how, link->optima[0].standard_weight);
    if (link->n_optima > 1 && link->optima[1].value < 1.1 * link->value)
        fsci_note(&r->notes, "W-OPTIMA",
                  "%s from %s: another optimum is nearly as good (%.6g against %.6g) and has test "
                  "error %.3g against %.3g",
                  f->target, how, link->optima[1].value, link->value, f->optimum_mse[1],
                  f->optimum_mse[0]);
    if (link->solver.stop != FSCI_STOP_CONVERGED)
        fsci_note(&r->notes, "W-STOP", "%s from %s: the solver ended as '%s'", f->target, how,
                  fsci_stop_name(link->solver.stop));
}

static fsc_status forecast(run *r, const fsci_observed_space *s, size_t target,
                           const double *normalised, fsci_predictor predictor, fsci_json *list,
                           fsc_error *err)
{
    const fsci_observe_input *in = r->input;
    fsci_link_options options = {in->link, in->loss, in->delta, in->starts};
    fsci_forecast f = {.target = r->frame.targets[target],
                       .observed = r->frame.target[target],
                       .normalised = normalised};
    FSCI_TRY(fsci_pipeline_fit(r->arena, &r->frame, &s->space, predictor, normalised, s->split.rows,
                               s->split.count[FSCI_SET_TRAIN], &options, &f.pipeline, err));
    FSCI_TRY(fsci_pipeline_predict(r->arena, &f.pipeline, &r->frame, s->split.rows, s->split.n,
                                   in->level, &f.predictions, err));
    FSCI_TRY(find_equivalent(r, s, &f, err));
    FSCI_TRY(judge_optima(r, s, &f, err));
    note_fit(r, s, &f);
    fsci_json_push(list, fsci_write_forecast(r->arena, &r->frame, in, s, &f));
    return FSC_OK;
}

static double *normalise(const run *r, size_t target)
{
    double *t = FSCI_NEW(r->arena, double, r->frame.n);
    double chance = r->input->chance, span = r->input->ceiling - chance;
    for (size_t i = 0; t && i < r->frame.n; i++)
        t[i] = (r->frame.target[target][i] - chance) / span;
    return t;
}

static fsc_status forecast_target(run *r, const fsci_observed_space *s, size_t target,
                                  fsci_json *list, fsc_error *err)
{
    const double *t = normalise(r, target);
    if (!t)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_check_target(&r->frame, &s->split, target, r->input, err));
    for (size_t i = 0; i < r->n_predictors; i++)
        FSCI_TRY(forecast(r, s, target, t, r->predictors[i], list, err));
    return FSC_OK;
}

/* A target keeps the models that have a value of it, so each may have a space of its own. The
 * record's is that of the first target; one on other rows is added to `spaces`. */
static fsc_status next_space(run *r, size_t target, const fsci_observed_space *first,
                             fsci_observed_space *own, fsci_json *record, fsc_error *err)
{
    FSCI_TRY(
        fsci_split_make(r->arena, &r->frame, r->input, r->frame.target[target], &own->split, err));
    if (fsci_split_same(&first->split, &own->split)) {
        fsci_split split = own->split; /* rows without a value of the target may still differ */
        *own = *first;
        own->split = split;
        return apply_space(r, own, err);
    }
    FSCI_TRY(fit_space(r, own, err));
    fsci_json *list = (fsci_json *)fsci_json_get(record, "spaces");
    if (!list)
        list = fsci_json_set_array(r->arena, record, "spaces");
    fsci_json *object = fsci_json_push(list, fsci_json_object(r->arena));
    fsci_json_set_string(r->arena, object, "target", r->frame.targets[target]);
    fsci_write_space(r->arena, &r->frame, own, object);
    return FSC_OK;
}

static fsc_status run_targets(run *r, const fsci_observed_space *first, fsci_json *record,
                              fsc_error *err)
{
    fsci_json *list = fsci_json_set_array(r->arena, record, "targets");
    if (r->frame.n_targets && first->split.count[FSCI_SET_TEST] == 0)
        fsci_note(&r->notes, "W-NO-TEST",
                  "every model is training, so no forecast error is measured; hold models out "
                  "with --cutoff");
    for (size_t t = 0; t < r->frame.n_targets; t++) {
        fsci_observed_space own;
        if (t > 0)
            FSCI_TRY(next_space(r, t, first, &own, record, err));
        FSCI_TRY(forecast_target(r, t > 0 ? &own : first, t, list, err));
    }
    return FSC_OK;
}

static fsc_status run_all(run *r, fsci_json *record, fsc_error *err)
{
    fsci_observed_space first;
    FSCI_TRY(fsci_frame_read(r->arena, r->input, &r->notes, &r->frame, err));
    FSCI_TRY(fsci_split_make(r->arena, &r->frame, r->input,
                             r->frame.n_targets ? r->frame.target[0] : NULL, &first.split, err));
    if (r->k == 0)
        r->k = default_components(r, first.split.count[FSCI_SET_TRAIN]);
    FSCI_TRY(choose_predictors(r, err));
    FSCI_TRY(fit_space(r, &first, err));
    fsci_write_space(r->arena, &r->frame, &first, record);
    return run_targets(r, &first, record, err);
}

fsc_status fsci_observe_run(fsci_arena *arena, const fsci_observe_input *input, fsci_json *record,
                            fsc_error *err)
{
    run r = {.arena = arena, .input = input, .notes = {arena, record}, .k = input->pcs};
    if (!(input->ceiling > input->chance))
        return fsci_fail(err, FSC_EINPUT, "ceiling %g is not above chance %g", input->ceiling,
                         input->chance);
    FSCI_TRY(run_all(&r, record, err));
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : FSC_OK;
}
