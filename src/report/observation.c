/* The record of `observe`: a forecast across model families and how it did on models held out. */
#include "report/observation.h"

#include "report/kinds.h"
#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_PREDICTIONS = 12, LEAST_RANKED = 5, SHOWN_COMPONENTS = 3 };

/* ---- what the figures need too ----------------------------------------------------------- */

const char *fsci_say_predictors(fsci_arena *arena, const char *predictors)
{
    static const struct {
        const char *key, *name;
    } names[] = {{"flops", "training compute"},
                 {"size", "model size"},
                 {"mean", "the mean benchmark score"},
                 {"pc1", "1 capability component"}};
    for (size_t i = 0; predictors && i < sizeof names / sizeof *names; i++)
        if (!strcmp(predictors, names[i].key))
            return names[i].name;
    if (predictors && !strncmp(predictors, "pc", 2))
        return fsci_format(arena, "%s capability components", predictors + 2);
    return predictors ? predictors : fsci_missing;
}

bool fsci_is_capability(const fsci_json *target)
{
    const char *predictors = words(target, "predictors");
    return !strncmp(predictors, "pc", 2) || !strcmp(predictors, "mean");
}

const char *fsci_short_model(fsci_arena *arena, const char *model)
{
    const char *slash = strrchr(model, '/'), *name = slash && slash[1] ? slash + 1 : model;
    size_t n = strlen(name);
    return fsci_copy_text(arena, name, n > 3 && !strcmp(name + n - 3, "-hf") ? n - 3 : n);
}

double fsci_target_units(const fsci_json *target, double normalised)
{
    const fsci_json *link = fsci_json_get(target, "link");
    double chance = number(link, "chance"), ceiling = number(link, "ceiling");
    return normalised * ((isfinite(ceiling) ? ceiling : 1) - (isfinite(chance) ? chance : 0));
}

double fsci_compute_of(const fsci_json *prediction)
{
    double equivalent = number(prediction, "equivalent_flops");
    return isfinite(equivalent) ? equivalent : number(prediction, "flops");
}

double fsci_compute_cutoff(const fsci_json *target)
{
    double train = NAN, test = NAN;
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    if (!strcmp(words(p, "split"), "train"))
        train = fmax(train, number(p, "flops"));
    else if (!strcmp(words(p, "split"), "test"))
        test = fmin(test, number(p, "flops"));
    return train < test ? train : NAN;
}

/* ---- the forecast ------------------------------------------------------------------------ */

static double rms(const fsci_json *target, const char *split)
{
    return fsci_target_units(target, sqrt(number(fsci_json_get(target, split), "mse")));
}

static bool is_test(const fsci_json *prediction)
{
    return !strcmp(words(prediction, "split"), "test");
}

static double test_error_of(const fsci_json *target, const char *model)
{
    FSCI_JSON_EACH(p, fsci_json_get(target, "predictions"))
    if (is_test(p) && !strcmp(words(p, "model"), model))
        return number(p, "predicted") - number(p, "observed");
    return NAN;
}

/* Root mean square errors of both over the test models that both predict; gives their number. */
static size_t common_rms(const fsci_json *a, const fsci_json *b, double *rms_a, double *rms_b)
{
    double sum_a = 0, sum_b = 0;
    size_t n = 0;
    FSCI_JSON_EACH(p, fsci_json_get(b, "predictions"))
    {
        double error_b = is_test(p) ? number(p, "predicted") - number(p, "observed") : NAN;
        double error_a = isfinite(error_b) ? test_error_of(a, words(p, "model")) : NAN;
        if (!isfinite(error_a))
            continue;
        sum_a += error_a * error_a;
        sum_b += error_b * error_b;
        n++;
    }
    *rms_a = sqrt(sum_a / (double)n);
    *rms_b = sqrt(sum_b / (double)n);
    return n;
}

/* Of the entries of one target: the first from capability scores (or from compute). */
static const fsci_json *entry_of(const fsci_json *record, const char *target, bool capability)
{
    FSCI_JSON_EACH(entry, fsci_json_get(record, "targets"))
    if (!strcmp(words(entry, "target"), target) &&
        (capability ? fsci_is_capability(entry) : !strcmp(words(entry, "predictors"), "flops")))
        return entry;
    return NULL;
}

static const char *error_text(fsci_arena *arena, double error)
{
    return fsci_say_rounded(arena, error, 2);
}

static void add_comparison(const fsci_json *main, const fsci_json *flops, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    double ours, theirs, n_test = number(fsci_json_get(main, "test"), "n");
    size_t common = common_rms(main, flops, &ours, &theirs);
    if (n_test < LEAST_RANKED || common < LEAST_RANKED)
        return;
    bool better = ours < theirs;
    double ratio = better ? theirs / ours : ours / theirs;
    fsci_view_add(view, FSCI_SENTENCE, NULL,
                  fsci_format(arena,
                              "On the %zu of known compute: %s against %s, a squared error %s "
                              "times %s.",
                              common, error_text(arena, ours), error_text(arena, theirs),
                              fsci_say_digits(arena, ratio * ratio, 2),
                              better ? "smaller" : "larger"));
}

static void add_answer(const fsci_json *record, const char *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *capability = entry_of(record, target, true);
    const fsci_json *flops = entry_of(record, target, false);
    const fsci_json *main = capability ? capability : flops;
    double n_test = number(fsci_json_get(main, "test"), "n");
    if (!main)
        return;
    if (!(n_test > 0)) {
        fsci_view_add(view, FSCI_ANSWER, NULL,
                      fsci_format(arena,
                                  "%s: every model is training, nothing was held out; this is a "
                                  "fit, not a forecast.",
                                  target));
        return;
    }
    const char *text =
        fsci_format(arena, "%s of %s, forecast from %s, is off by %s (root mean square)", target,
                    fsci_say_count(arena, n_test, "model held out", "models held out"),
                    fsci_say_predictors(arena, words(main, "predictors")),
                    error_text(arena, rms(main, "test")));
    if (flops && main != flops)
        text = fsci_format(
            arena, "%s; from training compute alone by %s (%s)", text,
            error_text(arena, rms(flops, "test")),
            fsci_say_count(arena, number(fsci_json_get(flops, "test"), "n"), "model", "models"));
    fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(arena, "%s.", text));
    if (n_test < LEAST_RANKED)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      "Too few test models to say which way of predicting is better.");
    if (flops && main != flops)
        add_comparison(main, flops, view);
}

static void add_methods(const fsci_json *record, const char *target, fsci_view *view)
{
    static const fsci_column columns[] = {
        {"predicted from", FSCI_WRAP}, {"test models", FSCI_RIGHT},
        {"rms error", FSCI_POINT},     {"mean abs", FSCI_POINT},
        {"bias", FSCI_POINT},          {"rms in training", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Ways of predicting", columns);
    FSCI_JSON_EACH(entry, fsci_json_get(record, "targets"))
    {
        const fsci_json *test = fsci_json_get(entry, "test");
        if (strcmp(words(entry, "target"), target))
            continue;
        fsci_grid_add(
            view, grid,
            (const char *[]){
                fsci_say_predictors(arena, words(entry, "predictors")),
                fsci_say_integer(arena, number(test, "n")), error_text(arena, rms(entry, "test")),
                error_text(arena, fsci_target_units(entry, number(test, "mae"))),
                error_text(arena, fsci_target_units(entry, number(test, "mean_signed_error"))),
                error_text(arena, rms(entry, "train"))});
    }
}

/* ---- the models held out ----------------------------------------------------------------- */

static int by_compute(const void *a, const void *b)
{
    const fsci_json *p = *(const fsci_json *const *)a, *q = *(const fsci_json *const *)b;
    double x = fsci_compute_of(p), y = fsci_compute_of(q);
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return x != y ? (x < y) - (x > y) : strcmp(words(p, "model"), words(q, "model"));
}

/* Test predictions, largest compute first; n gets their number. */
static const fsci_json **held_out(fsci_arena *arena, const fsci_json *target, size_t *n)
{
    const fsci_json *all = fsci_json_get(target, "predictions");
    const fsci_json **list = FSCI_NEW(arena, const fsci_json *, fsci_json_count(all) + 1);
    *n = 0;
    FSCI_JSON_EACH(p, all)
    if (list && is_test(p))
        list[(*n)++] = p;
    if (*n)
        qsort(list, *n, sizeof *list, by_compute);
    return list;
}

static void add_predictions(const fsci_json *record, const char *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *entry = entry_of(record, target, true);
    size_t n;
    if (!entry && !(entry = entry_of(record, target, false)))
        return;
    const fsci_json **list = held_out(arena, entry, &n);
    const char *reference = words(fsci_json_get(entry, "equivalent"), "family");
    const fsci_column columns[] = {
        {"model held out", FSCI_WRAP},
        {"observed", FSCI_POINT},
        {"predicted", FSCI_POINT},
        {"interval", FSCI_LEFT},
        {*reference ? fsci_format(arena, "%s FLOP", reference) : "FLOP", FSCI_RIGHT}};
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Models held out, largest first", columns);
    double resolution = rms(entry, "test");
    for (size_t i = 0; i < n && i < SHOWN_PREDICTIONS; i++) {
        double lo = number(list[i], "lo"), hi = number(list[i], "hi");
        fsci_grid_add(view, grid,
                      (const char *[]){fsci_short_model(arena, words(list[i], "model")),
                                       fsci_say(arena, number(list[i], "observed"), resolution),
                                       fsci_say(arena, number(list[i], "predicted"), resolution),
                                       fsci_say_range(arena, lo, hi, hi, NULL),
                                       fsci_say_rounded(arena, fsci_compute_of(list[i]), 2)});
    }
    if (n > SHOWN_PREDICTIONS)
        fsci_view_add(
            view, FSCI_SENTENCE, NULL,
            fsci_format(arena, "and %zu more: --csv has all of them.", n - SHOWN_PREDICTIONS));
}

static void add_link(const fsci_json *record, const char *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *entry = entry_of(record, target, true);
    const fsci_json *link = fsci_json_get(entry ? entry : entry_of(record, target, false), "link");
    double floor = number(link, "floor");
    if (!link)
        return;
    const char *text = fsci_format(arena, "%s from %s to %s",
                                   !strcmp(words(link, "kind"), "linear") ? "linear" : "sigmoid",
                                   fsci_say_scalar(arena, fsci_json_get(link, "chance")),
                                   fsci_say_scalar(arena, fsci_json_get(link, "ceiling")));
    if (!strcmp(words(link, "kind"), "sigmoid_floor"))
        text = fsci_format(arena, "%s, floor %s", text, fsci_say_digits(arena, floor, 3));
    fsci_view_add(view, FSCI_ITEM, "link", text);
}

/* ---- the capability space ---------------------------------------------------------------- */

static void add_space(const fsci_json *record, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const char *list = NULL;
    size_t k = 1;
    FSCI_JSON_EACH(ratio, fsci_json_at(record, "pca.explained_variance_ratio"))
    list =
        fsci_joined(arena, list, ", ",
                    fsci_format(arena, "PC-%zu %s", k++, fsci_say_percent(arena, ratio->number)));
    fsci_view_add(view, FSCI_ITEM, "variance", list);
    size_t imputed = fsci_json_count(fsci_json_get(record, "imputed"));
    size_t cells = fsci_json_count(fsci_json_get(record, "benchmarks")) *
                   fsci_json_count(fsci_json_at(record, "pca.scores"));
    fsci_view_add(
        view, FSCI_ITEM, "imputed",
        imputed ? fsci_format(arena, "%zu of %zu scores, in %s", imputed, cells,
                              fsci_say_count(arena,
                                             number(fsci_json_get(record, "imputation"), "rounds"),
                                             "round", "rounds"))
                : "nothing");
}

static void add_loadings(const fsci_json *record, const fsci_json *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *loadings = fsci_json_at(record, "pca.loadings");
    const fsci_json *weights = fsci_json_get(target, "benchmark_weights");
    size_t shown = fsci_json_count(loadings), c = 1;
    shown = shown < SHOWN_COMPONENTS ? shown : SHOWN_COMPONENTS;
    size_t n = shown + 1 + (weights != NULL);
    fsci_column *columns = FSCI_NEW(arena, fsci_column, n);
    const char **cells = FSCI_NEW(arena, const char *, n);
    if (!columns || !cells || !shown)
        return;
    columns[0] = (fsci_column){"benchmark", FSCI_WRAP};
    for (; c <= shown; c++)
        columns[c] = (fsci_column){fsci_format(arena, "PC-%zu", c), FSCI_POINT};
    if (weights)
        columns[c] = (fsci_column){"weight in forecast", FSCI_POINT};
    fsci_grid *grid = fsci_view_grid(view, "What the components are made of", columns, n);
    FSCI_JSON_EACH(benchmark, fsci_json_get(record, "benchmarks"))
    {
        const fsci_json *loading = loadings->first;
        cells[0] = benchmark->string ? benchmark->string : "";
        for (c = 1; c <= shown; c++, loading = loading->next)
            cells[c] = fsci_say(arena, number(loading, cells[0]), 0.1);
        if (weights)
            cells[c] = fsci_say(arena, number(weights, cells[0]), 0.1);
        fsci_grid_add(view, grid, cells);
    }
}

static void add_families(const fsci_json *record, fsci_view *view)
{
    static const fsci_column columns[] = {{"family", FSCI_WRAP},
                                          {"models", FSCI_RIGHT},
                                          {"PC-1 per decade of compute", FSCI_POINT},
                                          {"R²", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Families", columns);
    FSCI_JSON_EACH(family, fsci_json_get(record, "families"))
    if (number(family, "component") == 1)
        fsci_grid_add(view, grid,
                      (const char *[]){words(family, "name"),
                                       fsci_say_integer(arena, number(family, "n")),
                                       fsci_say(arena, number(family, "slope"), 0.1),
                                       fsci_say(arena, number(family, "r2"), 0.01)});
}

/* ---- the whole --------------------------------------------------------------------------- */

/* `first`: the first target, NULL when there is none. */
static void add_title(const fsci_json *record, const fsci_json *first, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *models = fsci_json_get(record, "models");
    size_t benchmarks = fsci_json_count(fsci_json_get(record, "benchmarks"));
    const char *text = fsci_format(arena, "%s from %zu benchmarks",
                                   first ? "forecast" : "capability space", benchmarks);
    fsci_block *title =
        fsci_view_add(view, FSCI_TITLE, first ? words(first, "target") : "observation", text);
    double cutoff = fsci_compute_cutoff(first);
    const char *up_to =
        isfinite(cutoff) ? fsci_format(arena, " up to %s FLOP", fsci_say_digits(arena, cutoff, 3))
                         : "";
    if (title)
        title->aside = fsci_format(arena, "%s: %s training%s, %s test",
                                   fsci_say_count(arena, number(models, "n"), "model", "models"),
                                   fsci_say_integer(arena, number(models, "n_train")), up_to,
                                   fsci_say_integer(arena, number(models, "n_test")));
}

/* Calls `add` once per target, in order. */
static void each_target(const fsci_json *record,
                        void (*add)(const fsci_json *, const char *, fsci_view *), fsci_view *view)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    FSCI_JSON_EACH(entry, targets)
    {
        const fsci_json *first = targets->first;
        while (strcmp(words(first, "target"), words(entry, "target")))
            first = first->next;
        if (first == entry)
            add(record, words(entry, "target"), view);
    }
}

static void add_forecast(const fsci_json *record, const char *target, fsci_view *view)
{
    add_answer(record, target, view);
    add_methods(record, target, view);
}

void fsci_observation_view(const fsci_json *record, fsci_view *view)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    const fsci_json *first = targets ? targets->first : NULL;
    add_title(record, first, view);
    each_target(record, add_forecast, view);
    fsci_view_add(view, FSCI_FIGURES, NULL, "");
    each_target(record, add_predictions, view);
    each_target(record, add_link, view);
    add_space(record, view);
    add_loadings(record, first, view);
    add_families(record, view);
    fsci_view_warnings(view, record);
    fsci_view_origin(view, record);
}

static fsci_json *copy_scalar(fsci_arena *arena, const fsci_json *value)
{
    fsci_json *copy = FSCI_NEW(arena, fsci_json, 1);
    if (copy) {
        *copy = *value;
        copy->next = NULL;
    }
    return copy;
}

/* Every prediction of every target, or the scores when nothing was predicted. */
const fsci_json *fsci_observation_list(fsci_arena *arena, const fsci_json *record)
{
    const fsci_json *targets = fsci_json_get(record, "targets");
    if (!fsci_json_count(targets))
        return fsci_json_at(record, "pca.scores");
    fsci_json *list = fsci_json_array(arena);
    FSCI_JSON_EACH(entry, targets)
    FSCI_JSON_EACH(prediction, fsci_json_get(entry, "predictions"))
    {
        fsci_json *row = fsci_json_push(list, fsci_json_object(arena));
        fsci_json_set_string(arena, row, "target", words(entry, "target"));
        fsci_json_set_string(arena, row, "predictors", words(entry, "predictors"));
        FSCI_JSON_EACH(member, prediction)
        fsci_json_set(arena, row, member->key, copy_scalar(arena, member));
    }
    return list;
}
