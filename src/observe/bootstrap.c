#include "observe/bootstrap.h"

#include "base/memory.h"
#include "base/spread.h"
#include "num/random.h"
#include "num/summary.h"
#include "observe/scatter.h"

#include <math.h>
#include <stdlib.h>

enum { FEW_CLUSTERS = 5 };

/* How the curve of one forecast is started again in any space. */
typedef struct warm {
    double intercept, *weights; /* on the benchmarks, or on the one feature that is none */
} warm;

typedef struct job {
    const fsci_setting *setting;
    const fsci_forecast *forecasts;
    size_t n_forecasts, n, n_train, resamples;
    warm *warm;            /* [n_forecasts] */
    fsci_scatter *scatter; /* [n_forecasts] where intervals are predictive, else NULL */
    size_t *cluster;       /* [n_clusters + 1] into members: what is drawn together */
    size_t *members;       /* [n_train] training positions */
    size_t n_clusters;
    bool by_family;
    double *value; /* [resamples * n_forecasts * n], predictions of one refit side by side; NaN
                      where it failed */
} job;

/* ---- what is drawn ---- */

/* Clusters in order of their first model: of one model each, or families. */
static fsc_status make_clusters(fsci_arena *arena, job *j, fsc_error *err)
{
    const fsci_frame *frame = j->setting->frame;
    const size_t *rows = j->setting->capability->split.rows;
    bool *taken = FSCI_NEW(arena, bool, j->n_train);
    j->cluster = FSCI_NEW(arena, size_t, j->n_train + 1);
    j->members = FSCI_NEW(arena, size_t, j->n_train);
    if (!taken || !j->cluster || !j->members)
        return fsci_fail_memory(err);
    size_t placed = 0;
    for (size_t i = 0; i < j->n_train; i++) {
        uint32_t family = frame->family[rows[i]];
        bool whole = j->setting->input->bootstrap_families && family != FSCI_MISSING_CODE;
        j->by_family = j->by_family || whole;
        if (taken[i])
            continue;
        for (size_t m = i; m < (whole ? j->n_train : i + 1); m++)
            if (m == i || frame->family[rows[m]] == family) {
                taken[m] = true;
                j->members[placed++] = m;
            }
        j->cluster[++j->n_clusters] = placed;
    }
    return FSC_OK;
}

static void note_clusters(const job *j)
{
    fsci_notes *notes = j->setting->notes;
    bool families = j->setting->input->bootstrap_families;
    if (families && !j->by_family)
        fsci_note(notes, "W-CLUSTERS",
                  "%s: no training model has a family, so models are resampled one by one",
                  j->setting->target->name);
    else if (families && j->n_clusters < FEW_CLUSTERS)
        fsci_note(notes, "W-CLUSTERS",
                  "%s: the training models are of %zu %s, too few to tell by resampling them how "
                  "families differ; intervals are too narrow",
                  j->setting->target->name, j->n_clusters,
                  j->n_clusters == 1 ? "family" : "families");
}

/* As many clusters as there are, with replacement: positions in train[]. Gives how many; *distinct
 * of them differ. seen[n_train] is all false. */
static size_t draw(const job *j, fsci_stream *stream, bool *seen, size_t *train, size_t *distinct)
{
    size_t m = 0;
    *distinct = 0;
    for (size_t c = 0; c < j->n_clusters; c++) {
        size_t which = (size_t)fsci_random_below(stream, j->n_clusters);
        for (size_t i = j->cluster[which]; i < j->cluster[which + 1]; i++) {
            train[m] = j->members[i];
            *distinct += !seen[train[m]];
            seen[train[m++]] = true;
        }
    }
    return m;
}

static size_t most_drawn(const job *j)
{
    size_t largest = 0;
    for (size_t c = 0; c < j->n_clusters; c++)
        if (j->cluster[c + 1] - j->cluster[c] > largest)
            largest = j->cluster[c + 1] - j->cluster[c];
    return largest * j->n_clusters;
}

/* ---- one refit ---- */

static fsc_status refit_space(fsci_arena *arena, const job *j, const size_t *train, size_t m,
                              fsci_latent_space *space, fsci_sample *sample, fsc_error *err)
{
    const fsci_setting *s = j->setting;
    const fsci_pca *pca = &s->capability->space.pca;
    size_t *rows = FSCI_NEW(arena, size_t, m);
    double *complete = FSCI_NEW(arena, double, j->n * s->frame->p);
    double *scores = FSCI_NEW(arena, double, j->n * pca->k);
    if (!rows || !complete || !scores)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++)
        rows[i] = s->capability->split.rows[train[i]];
    FSCI_TRY(fsci_space_fit(arena, s->frame, rows, m, pca->scale, pca->k, space, err));
    fsci_space_apply(space, s->frame, s->capability->split.rows, j->n, complete, scores);
    *sample = fsci_setting_sample(s);
    sample->space = space;
    sample->complete = complete;
    sample->scores = scores;
    return FSC_OK;
}

/* Without a curve there is nothing to scatter about: residuals say it all. */
static bool is_predictive(const job *j, size_t f)
{
    return j->scatter && fsci_predictor_has_curve(j->forecasts[f].fitted.predictor);
}

/* What z of position i moves by when its benchmarks are measured again. weights[p] as
 * fsci_benchmark_weights has them. */
static double measured_again(const fsci_setting *s, const fsci_fitted *fitted, const fsci_pca *pca,
                             const double *weights, size_t i, fsci_stream *stream)
{
    const fsci_capability *c = s->capability;
    double moved = 0;
    for (size_t j = 0; j < s->frame->p; j++) {
        double x = c->complete[j * c->split.n + i];
        double error = fsci_scatter_benchmark(s, i, j) * fsci_random_normal(stream);
        bool scaled = fitted->predictor.kind == FSCI_PREDICTOR_PCS;
        moved += weights[j] *
                 (scaled ? fsci_pca_scaled(pca, x + error) - fsci_pca_scaled(pca, x) : error);
    }
    return moved;
}

/* values[n]: predictions with all that a new measurement of a new model differs by. */
static void scatter_around(const job *j, size_t f, const fsci_sample *sample,
                           const fsci_fitted *fitted, double *weights, fsci_stream *stream,
                           double *values)
{
    const fsci_scatter *scatter = &j->scatter[f];
    const fsci_pca *pca = &sample->space->pca;
    const double *distance = j->forecasts[f].fitted.distance;
    bool capability = fsci_predictor_is_capability(fitted->predictor);
    if (capability)
        fsci_benchmark_weights(fitted->predictor, &fitted->link, pca, weights);
    for (size_t i = 0; i < j->n; i++) {
        double z = fitted->z[i];
        if (capability)
            z += measured_again(j->setting, fitted, pca, weights, i, stream);
        z += fsci_scatter_model(scatter, distance[i]) * fsci_random_normal(stream);
        double m = fsci_link_at(&fitted->link, z);
        values[i] = m + fsci_scatter_target(j->setting, scatter, m) * fsci_random_normal(stream);
    }
}

/* values[n]: predictions with a residual each. */
static void keep(const job *j, const fsci_sample *sample, const size_t *train, size_t m,
                 const fsci_fitted *fitted, fsci_stream *stream, double *values)
{
    bool curve = fsci_predictor_has_curve(fitted->predictor);
    double wider = curve ? sqrt((double)fitted->link.n / fitted->link.df) : 1;
    for (size_t i = 0; i < j->n; i++) {
        size_t drawn = train[fsci_random_below(stream, m)];
        double residual = sample->t[drawn] - fitted->value[drawn];
        values[i] = fitted->value[i] + wider * (isnan(residual) ? 0 : residual);
    }
}

static fsc_status refit_curve(fsci_arena *arena, const job *j, size_t f, const fsci_sample *sample,
                              const size_t *train, size_t m, fsci_fitted *fitted, fsc_error *err)
{
    const fsci_observe_input *in = j->setting->input;
    const fsci_fitted *original = &j->forecasts[f].fitted;
    fsci_link_optimum start = {.floor = original->link.floor,
                               .weights = FSCI_NEW(arena, double, original->k + 1)};
    fsci_link_options options = {.kind = in->link,
                                 .loss = in->loss,
                                 .delta = in->delta,
                                 .starts = 1,
                                 .penalty = original->link.penalty};
    if (!start.weights)
        return fsci_fail_memory(err);
    if (fsci_predictor_is_capability(original->predictor)) {
        fsci_benchmark_start(original->predictor, j->warm[f].intercept, j->warm[f].weights,
                             &sample->space->pca, &start);
        options.start = &start;
    } else if (fsci_predictor_has_curve(original->predictor)) {
        start.intercept = j->warm[f].intercept;
        start.weights[0] = j->warm[f].weights[0];
        options.start = &start;
    }
    return fsci_predictor_fit(arena, original->predictor, sample, train, m, &options, fitted, err);
}

/* Different models that a refit of the forecast needs. */
static size_t least_models(const fsci_forecast *forecast)
{
    const fsci_link *link = &forecast->fitted.link;
    return link->penalty > 0 || !fsci_predictor_has_curve(forecast->fitted.predictor) ? 2 : link->p;
}

static void refit(void *context, size_t b, size_t worker, void *result)
{
    (void)worker;
    const job *j = context;
    double *values = result;
    fsci_arena *arena = fsci_arena_new();
    fsci_stream stream = fsci_stream_new(j->setting->input->seed, b);
    size_t distinct = 0, m = 0;
    size_t *train = arena ? FSCI_NEW(arena, size_t, most_drawn(j)) : NULL;
    bool *seen = arena ? FSCI_NEW(arena, bool, j->n_train) : NULL;
    double *weights = arena ? FSCI_NEW(arena, double, j->setting->frame->p) : NULL;
    fsci_latent_space space;
    fsci_sample sample;
    for (size_t i = 0; i < j->n_forecasts * j->n; i++)
        values[i] = NAN;
    if (train && seen && weights)
        m = draw(j, &stream, seen, train, &distinct);
    bool ready = m > 0 && refit_space(arena, j, train, m, &space, &sample, NULL) == FSC_OK;
    for (size_t f = 0; ready && f < j->n_forecasts; f++) {
        fsci_fitted fitted;
        if (distinct >= least_models(&j->forecasts[f]) &&
            refit_curve(arena, j, f, &sample, train, m, &fitted, NULL) == FSC_OK) {
            if (is_predictive(j, f))
                scatter_around(j, f, &sample, &fitted, weights, &stream, values + f * j->n);
            else
                keep(j, &sample, train, m, &fitted, &stream, values + f * j->n);
        }
    }
    fsci_arena_free(arena);
}

/* ---- percentiles ---- */

static fsc_status make_warm(fsci_arena *arena, job *j, fsc_error *err)
{
    const fsci_pca *pca = &j->setting->capability->space.pca;
    j->warm = FSCI_NEW(arena, warm, j->n_forecasts);
    for (size_t f = 0; j->warm && f < j->n_forecasts; f++) {
        const fsci_fitted *original = &j->forecasts[f].fitted;
        warm *w = &j->warm[f];
        w->weights = FSCI_NEW(arena, double, pca->p);
        if (!w->weights)
            return fsci_fail_memory(err);
        if (fsci_predictor_is_capability(original->predictor)) {
            w->intercept =
                fsci_benchmark_weights(original->predictor, &original->link, pca, w->weights);
        } else if (fsci_predictor_has_curve(original->predictor)) {
            w->intercept = original->link.intercept;
            w->weights[0] = original->link.weights[0];
        }
    }
    return j->warm ? FSC_OK : fsci_fail_memory(err);
}

static fsc_status make_scatter(fsci_arena *arena, job *j, fsc_error *err)
{
    if (j->setting->input->interval != FSCI_BANDS_PREDICTIVE)
        return FSC_OK;
    j->scatter = FSCI_NEW(arena, fsci_scatter, j->n_forecasts);
    if (!j->scatter)
        return fsci_fail_memory(err);
    for (size_t f = 0; f < j->n_forecasts; f++)
        if (is_predictive(j, f))
            FSCI_TRY(
                fsci_scatter_fit(arena, j->setting, &j->forecasts[f].fitted, &j->scatter[f], err));
    return FSC_OK;
}

/* The intervals of every prediction from its refits; counts failed ones. v[resamples] is scratch.
 */
static void take_percentiles(const job *j, size_t f, double *v, fsci_forecast *forecast)
{
    const double *values = j->value + f * j->n;
    size_t most = 0, wide = j->n_forecasts * j->n;
    for (size_t i = 0; i < j->n; i++) {
        size_t n = 0;
        for (size_t b = 0; b < j->resamples; b++)
            if (!isnan(values[b * wide + i]))
                v[n++] = values[b * wide + i];
        fsci_sort(v, n);
        for (size_t b = 0; b < FSCI_BANDS; b++) {
            fsci_band *band = &forecast->band[b];
            fsci_interval interval = fsci_percentile_interval(v, n, band->level);
            fsci_forecast_bound(j->setting, band, i, interval.lo, interval.hi);
        }
        most = n > most ? n : most;
    }
    forecast->intervals =
        is_predictive(j, f) ? FSCI_INTERVALS_PREDICTIVE : FSCI_INTERVALS_BOOTSTRAP;
    forecast->by_family = j->by_family;
    forecast->clusters = j->n_clusters;
    forecast->resamples = j->resamples;
    forecast->failed = j->resamples - most;
}

/* Said before anything is drawn: the machine would rather kill the program than refuse. */
static fsc_status check_room(const job *j, fsc_error *err)
{
    double each = (double)(j->n_forecasts * j->n * sizeof *j->value);
    double bytes = each * (double)j->resamples, available = fsci_memory_available();
    if (bytes < available)
        return FSC_OK;
    return fsci_fail(
        err, FSC_EENV,
        "--bootstrap %zu would take %.1f GB for its predictions, and %.1f GB are free; "
        "give %.0f or fewer",
        j->resamples, bytes / 1e9, available / 1e9, floor(available / each / 1000) * 1000);
}

fsc_status fsci_bootstrap_run(fsci_arena *arena, const fsci_setting *setting,
                              fsci_forecast *forecasts, size_t n, fsc_error *err)
{
    job j = {.setting = setting,
             .forecasts = forecasts,
             .n_forecasts = n,
             .n = setting->capability->split.n,
             .n_train = setting->capability->split.count[FSCI_SET_TRAIN],
             .resamples = setting->input->bootstrap};
    FSCI_TRY(check_room(&j, err));
    FSCI_TRY(make_clusters(arena, &j, err));
    note_clusters(&j);
    FSCI_TRY(make_warm(arena, &j, err));
    FSCI_TRY(make_scatter(arena, &j, err));
    size_t wide = n * j.n;
    j.value = calloc(j.resamples, (wide + 1) * sizeof *j.value); /* one more each, as scratch */
    if (!j.value)
        return fsci_fail_memory(err);
    fsc_status status = fsci_spread(setting->input->threads, j.resamples, wide * sizeof *j.value,
                                    j.value, refit, &j, err);
    for (size_t f = 0; status == FSC_OK && f < n; f++)
        take_percentiles(&j, f, j.value + j.resamples * wide, &forecasts[f]);
    free(j.value);
    return status;
}
