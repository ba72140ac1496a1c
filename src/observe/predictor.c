#include "observe/predictor.h"

#include "base/number.h"
#include "observe/analog.h"
#include "observe/ridge.h"

#include <math.h>
#include <string.h>

/* ---- names ---- */

enum { DEFAULT_NEIGHBOURS = 3, MOST = 1000 };

/* A numbered name takes a number behind it, and means `initial` without one (0: needs one). */
static const struct {
    const char *text;
    fsci_predictor_kind kind;
    bool numbered;
    size_t initial;
    const char *meaning;
} named[] = {
    {"pc", FSCI_PREDICTOR_PCS, true, 0, "component score"},
    {"mean", FSCI_PREDICTOR_MEAN, false, 1, "mean of the benchmarks"},
    {"flops", FSCI_PREDICTOR_FLOPS, false, 1, "ln FLOPs"},
    {"size", FSCI_PREDICTOR_SIZE, false, 1, "ln parameters"},
    {"benchmarks", FSCI_PREDICTOR_BENCHMARKS, false, 1,
     "benchmark score; weights per deviation are kept small by a penalty chosen on the training "
     "models by leave-one-out"},
    {"given", FSCI_PREDICTOR_GIVEN, false, 0, "benchmark score"}, /* no name a user gives */
    {"neighbours", FSCI_PREDICTOR_NEIGHBOURS, true, DEFAULT_NEIGHBOURS,
     "no curve: the mean of the training models nearest in the standardised benchmarks; a training "
     "model is none of its own"},
    {"persistence", FSCI_PREDICTOR_PERSISTENCE, false, 1,
     "no curve: the training model of most compute in the family, else the best of all training "
     "models; a training model is never its own"},
};
enum { N_NAMED = sizeof named / sizeof *named };

static bool reads_as(size_t i, const char *text, size_t *k)
{
    size_t length = strlen(named[i].text);
    double number;
    if (strncmp(text, named[i].text, length) != 0)
        return false;
    text += length;
    *k = named[i].initial;
    if (!*text || !named[i].numbered)
        return !*text && *k > 0;
    if (!fsci_number_read(text, strlen(text), &number) || !(number >= 1) || number > MOST ||
        number != floor(number))
        return false;
    *k = (size_t)number;
    return true;
}

fsc_status fsci_predictor_read(const char *text, fsci_predictor *predictor, fsc_error *err)
{
    for (size_t i = 0; i < N_NAMED; i++)
        if (reads_as(i, text, &predictor->k)) {
            predictor->kind = named[i].kind;
            return FSC_OK;
        }
    return fsci_fail(err, FSC_EINPUT,
                     "'%s' is no predictor; there are pc1, pc2, ..., mean, flops, size, "
                     "benchmarks, neighbours and persistence",
                     text);
}

bool fsci_predictor_has_curve(fsci_predictor predictor)
{
    return predictor.kind < FSCI_PREDICTOR_NEIGHBOURS;
}

bool fsci_predictor_is_capability(fsci_predictor predictor)
{
    return predictor.kind == FSCI_PREDICTOR_PCS || predictor.kind == FSCI_PREDICTOR_MEAN ||
           predictor.kind == FSCI_PREDICTOR_BENCHMARKS || predictor.kind == FSCI_PREDICTOR_GIVEN;
}

static size_t index_of(fsci_predictor predictor)
{
    size_t i = 0;
    while (named[i].kind != predictor.kind)
        i++;
    return i;
}

const char *fsci_predictor_text(fsci_arena *arena, fsci_predictor predictor)
{
    size_t i = index_of(predictor);
    return predictor.k == named[i].initial
               ? named[i].text
               : fsci_format(arena, "%s%zu", named[i].text, predictor.k);
}

const char *fsci_predictor_meaning(fsci_predictor predictor)
{
    return named[index_of(predictor)].meaning;
}

/* ---- features ---- */

static double row_mean(const fsci_sample *s, size_t i)
{
    double sum = 0;
    for (size_t j = 0; j < s->frame->p; j++)
        sum += s->complete[j * s->n + i];
    return sum / (double)s->frame->p;
}

static fsc_status make_features(fsci_arena *arena, const fsci_sample *s, fsci_fitted *f,
                                fsc_error *err)
{
    const fsci_frame *frame = s->frame;
    fsci_predictor_kind kind = f->predictor.kind;
    f->k = kind == FSCI_PREDICTOR_PCS          ? f->predictor.k
           : kind == FSCI_PREDICTOR_BENCHMARKS ? frame->p
                                               : 1;
    f->x = kind == FSCI_PREDICTOR_PCS ? s->scores : s->complete;
    if (kind == FSCI_PREDICTOR_PCS || kind == FSCI_PREDICTOR_BENCHMARKS)
        return FSC_OK;
    double *x = FSCI_NEW(arena, double, s->n);
    if (!x)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < s->n; i++)
        if (kind == FSCI_PREDICTOR_MEAN)
            x[i] = row_mean(s, i);
        else
            x[i] = log(kind == FSCI_PREDICTOR_FLOPS ? frame->flops[s->rows[i]]
                                                    : frame->size[s->rows[i]]);
    f->x = x;
    return FSC_OK;
}

static bool is_known(const fsci_sample *s, const fsci_fitted *f, size_t i)
{
    for (size_t j = 0; j < f->k; j++)
        if (isnan(f->x[j * s->n + i]))
            return false;
    return true;
}

/* ---- fit and predict ---- */

static fsc_status fit_curve(fsci_arena *arena, const fsci_sample *s, const size_t *train, size_t m,
                            const fsci_link_options *options, fsci_fitted *f, fsc_error *err)
{
    size_t known = 0, at = 0;
    FSCI_TRY(make_features(arena, s, f, err));
    for (size_t i = 0; i < m; i++)
        known += is_known(s, f, train[i]);
    double *X = FSCI_NEW(arena, double, known * f->k), *y = FSCI_NEW(arena, double, known);
    if (!X || !y)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++) {
        if (!is_known(s, f, train[i]))
            continue;
        for (size_t j = 0; j < f->k; j++)
            X[j * known + at] = f->x[j * s->n + train[i]];
        y[at++] = s->t[train[i]];
    }
    if (f->predictor.kind == FSCI_PREDICTOR_BENCHMARKS && !(options->penalty > 0))
        return fsci_ridge_fit(arena, known, f->k, X, y, options, &f->link, err);
    return fsci_link_fit(arena, known, f->k, X, y, options, &f->link, err);
}

void fsci_fitted_predict(const fsci_sample *s, const fsci_fitted *f, const fsci_link *link,
                         double *z, double *value)
{
    for (size_t i = 0; i < s->n; i++) {
        z[i] = fsci_link_z(link, f->x + i, s->n);
        value[i] = fsci_link_at(link, z[i]);
    }
}

fsc_status fsci_predictor_fit(fsci_arena *arena, fsci_predictor predictor,
                              const fsci_sample *sample, const size_t *train, size_t m,
                              const fsci_link_options *options, fsci_fitted *fitted, fsc_error *err)
{
    size_t n = sample->n;
    fsci_fitted f = {.predictor = predictor,
                     .z = FSCI_NEW(arena, double, n),
                     .value = FSCI_NEW(arena, double, n)};
    if (!f.z || !f.value)
        return fsci_fail_memory(err);
    if (fsci_predictor_has_curve(predictor)) {
        FSCI_TRY(fit_curve(arena, sample, train, m, options, &f, err));
        fsci_fitted_predict(sample, &f, &f.link, f.z, f.value);
    } else {
        FSCI_TRY(fsci_analog_predict(arena, predictor, sample, train, m, f.value, err));
        for (size_t i = 0; i < n; i++)
            f.z[i] = NAN;
    }
    *fitted = f;
    return FSC_OK;
}

static void find_distances(const fsci_fitted *f, size_t n, const size_t *train, size_t m,
                           double *distance)
{
    for (size_t j = 0; j < f->k; j++) {
        const double *x = f->x + j * n;
        double sum = 0, squares = 0, known = 0;
        for (size_t i = 0; i < m; i++)
            if (!isnan(x[train[i]]))
                sum += x[train[i]], known++;
        double mean = sum / known;
        for (size_t i = 0; i < m; i++)
            if (!isnan(x[train[i]]))
                squares += (x[train[i]] - mean) * (x[train[i]] - mean);
        for (size_t i = 0; i < n; i++)
            distance[i] += squares > 0 ? (x[i] - mean) * (x[i] - mean) / (squares / known) : 0;
    }
    for (size_t i = 0; i < n; i++)
        distance[i] = f->k ? sqrt(distance[i] / (double)f->k) : NAN;
}

fsc_status fsci_fitted_spread(fsci_arena *arena, const fsci_sample *sample, const size_t *train,
                              size_t m, fsci_fitted *fitted, fsc_error *err)
{
    bool curve = fsci_predictor_has_curve(fitted->predictor);
    double same = curve ? NAN : fsci_analog_spread(sample, train, m, fitted->value);
    fitted->df = curve ? fitted->link.df : (double)m - 1;
    fitted->spread = FSCI_NEW(arena, double, sample->n);
    fitted->distance = FSCI_NEW(arena, double, sample->n);
    if (!fitted->spread || !fitted->distance)
        return fsci_fail_memory(err);
    find_distances(fitted, sample->n, train, m, fitted->distance);
    for (size_t i = 0; i < sample->n; i++)
        fitted->spread[i] =
            curve ? fsci_link_spread(&fitted->link, fitted->x + i, sample->n) : same;
    return FSC_OK;
}

/* ---- weights on benchmarks ---- */

double fsci_benchmark_weights(fsci_predictor predictor, const fsci_link *link, const fsci_pca *pca,
                              double *weights)
{
    double intercept = link->intercept;
    for (size_t j = 0; j < pca->p; j++) {
        weights[j] = predictor.kind == FSCI_PREDICTOR_MEAN  ? link->weights[0] / (double)pca->p
                     : predictor.kind == FSCI_PREDICTOR_PCS ? 0
                                                            : link->weights[j];
        if (predictor.kind != FSCI_PREDICTOR_PCS)
            continue;
        for (size_t c = 0; c < link->k; c++)
            weights[j] += link->weights[c] * pca->loadings[c * pca->p + j] / pca->unit[j];
        intercept -= weights[j] * pca->mean[j];
    }
    return intercept;
}

void fsci_benchmark_start(fsci_predictor predictor, double intercept, const double *weights,
                          const fsci_pca *pca, fsci_link_optimum *start)
{
    start->intercept = intercept;
    for (size_t j = 0; j < pca->p; j++)
        if (predictor.kind == FSCI_PREDICTOR_PCS)
            start->intercept += weights[j] * pca->mean[j];
        else if (predictor.kind == FSCI_PREDICTOR_BENCHMARKS)
            start->weights[j] = weights[j];
    if (predictor.kind == FSCI_PREDICTOR_MEAN)
        start->weights[0] = weights[0] * (double)pca->p;
    for (size_t c = 0; predictor.kind == FSCI_PREDICTOR_PCS && c < predictor.k; c++) {
        start->weights[c] = 0;
        for (size_t j = 0; j < pca->p; j++)
            start->weights[c] += weights[j] * pca->unit[j] * pca->loadings[c * pca->p + j];
    }
}
