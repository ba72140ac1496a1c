/* What an observation says about one target: how far off the forecast was, and for which models. */
#include "report/observation.h"

#include "report/fields.h"
#include "report/phrases.h"
#include "report/quantity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_PREDICTIONS = 12, LEAST_RANKED = 5 };

/* ---- what the figures say too ------------------------------------------------------------ */

const char *fsci_say_predictors(fsci_arena *arena, const char *predictors)
{
    static const struct {
        const char *key, *name;
    } names[] = {{"flops", "training compute"},          {"size", "model size"},
                 {"mean", "the mean benchmark score"},   {"given", "the law as given"},
                 {"pc1", "1 capability component"},      {"benchmarks", "all benchmarks (ridge)"},
                 {"neighbours", "the 3 nearest models"}, {"persistence", "the last of the family"}};
    for (size_t i = 0; predictors && i < sizeof names / sizeof *names; i++)
        if (!strcmp(predictors, names[i].key))
            return names[i].name;
    if (predictors && !strncmp(predictors, "pc", 2))
        return fsci_format(arena, "%s capability components", predictors + 2);
    if (predictors && !strncmp(predictors, "neighbours", 10))
        return fsci_format(arena, "the %s nearest models", predictors + 10);
    return predictors ? predictors : fsci_missing;
}

bool fsci_is_capability(const fsci_json *target)
{
    const char *predictors = words(target, "predictors");
    return !strncmp(predictors, "pc", 2) || !strcmp(predictors, "mean") ||
           !strcmp(predictors, "benchmarks");
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
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions"))
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
    FSCI_JSON_EACH (p, fsci_json_get(target, "predictions"))
        if (is_test(p) && !strcmp(words(p, "model"), model))
            return number(p, "predicted") - number(p, "observed");
    return NAN;
}

/* Root mean square errors of both over the test models that both predict; gives their number. */
static size_t common_rms(const fsci_json *a, const fsci_json *b, double *rms_a, double *rms_b)
{
    double sum_a = 0, sum_b = 0;
    size_t n = 0;
    FSCI_JSON_EACH (p, fsci_json_get(b, "predictions")) {
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
    FSCI_JSON_EACH (entry, fsci_json_get(record, "targets"))
        if (!strcmp(words(entry, "target"), target) &&
            (capability ? fsci_is_capability(entry) : !strcmp(words(entry, "predictors"), "flops")))
            return entry;
    return NULL;
}

/* The entry a reader is told most about: of a method, else from capability scores, else from
 * compute. */
static const fsci_json *lead_entry(const fsci_json *record, const char *target)
{
    FSCI_JSON_EACH (entry, fsci_json_get(record, "targets"))
        if (!strcmp(words(entry, "target"), target) && fsci_json_get(entry, "method"))
            return entry;
    const fsci_json *capability = entry_of(record, target, true);
    return capability ? capability : entry_of(record, target, false);
}

static const char *error_text(fsci_arena *arena, double error)
{
    return fsci_say_rounded(arena, error, 2);
}

static void add_comparison(const fsci_json *lead, const fsci_json *flops, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    double ours, theirs, n_test = number(fsci_json_get(lead, "test"), "n");
    size_t common = common_rms(lead, flops, &ours, &theirs);
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
    const fsci_json *lead = lead_entry(record, target);
    const fsci_json *flops = entry_of(record, target, false);
    double n_test = number(fsci_json_get(lead, "test"), "n");
    if (!lead)
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
        fsci_format(arena, "%s of %s, forecast %s %s, is off by %s (root mean square)", target,
                    fsci_say_count(arena, n_test, "model held out", "models held out"),
                    fsci_json_get(lead, "method") ? "by" : "from",
                    fsci_say_predictors(arena, words(lead, "predictors")),
                    error_text(arena, rms(lead, "test")));
    if (flops && lead != flops)
        text = fsci_format(
            arena, "%s; from training compute alone by %s (%s)", text,
            error_text(arena, rms(flops, "test")),
            fsci_say_count(arena, number(fsci_json_get(flops, "test"), "n"), "model", "models"));
    fsci_view_add(view, FSCI_ANSWER, NULL, fsci_format(arena, "%s.", text));
    if (n_test < LEAST_RANKED)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      "Too few test models to say which way of predicting is better.");
    if (flops && lead != flops)
        add_comparison(lead, flops, view);
}

static void add_methods(const fsci_json *record, const char *target, fsci_view *view)
{
    static const fsci_column columns[] = {{"predicted from", FSCI_WRAP}, {"models", FSCI_RIGHT},
                                          {"rms error", FSCI_POINT},     {"mean abs", FSCI_POINT},
                                          {"bias", FSCI_POINT},          {"covered", FSCI_RIGHT},
                                          {"rms train", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    fsci_grid *grid = FSCI_VIEW_GRID(view, "Ways of predicting", columns);
    FSCI_JSON_EACH (entry, fsci_json_get(record, "targets")) {
        const fsci_json *test = fsci_json_get(entry, "test");
        if (strcmp(words(entry, "target"), target))
            continue;
        double inside = number(test, "coverage");
        fsci_grid_add(
            view, grid,
            (const char *[]){
                fsci_say_predictors(arena, words(entry, "predictors")),
                fsci_say_integer(arena, number(test, "n")), error_text(arena, rms(entry, "test")),
                error_text(arena, fsci_target_units(entry, number(test, "mae"))),
                error_text(arena, fsci_target_units(entry, number(test, "mean_signed_error"))),
                isfinite(inside) ? fsci_say_percent(arena, inside) : NULL,
                error_text(arena, rms(entry, "train"))});
    }
}

void fsci_forecast_add(const fsci_json *record, const char *target, fsci_view *view)
{
    add_answer(record, target, view);
    add_methods(record, target, view);
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
    FSCI_JSON_EACH (p, all)
        if (list && is_test(p))
            list[(*n)++] = p;
    if (*n)
        qsort(list, *n, sizeof *list, by_compute);
    return list;
}

/* "95 % interval" */
static const char *interval_title(fsci_arena *arena, const fsci_json *entry)
{
    double level = number(fsci_json_get(entry, "intervals"), "level");
    return isfinite(level) ? fsci_format(arena, "%s interval", fsci_say_percent(arena, level))
                           : "interval";
}

static void add_model(const fsci_json *prediction, double resolution, fsci_view *view,
                      fsci_grid *grid)
{
    fsci_arena *arena = view->arena;
    double lo = number(prediction, "lo"), hi = number(prediction, "hi");
    double observed = number(prediction, "observed");
    fsci_grid_add(
        view, grid,
        (const char *[]){fsci_short_model(arena, words(prediction, "model")),
                         isfinite(observed) ? fsci_say(arena, observed, resolution) : NULL,
                         fsci_say(arena, number(prediction, "predicted"), resolution),
                         isfinite(lo) && isfinite(hi)
                             ? fsci_format(arena, "%s to %s", fsci_say(arena, lo, resolution),
                                           fsci_say(arena, hi, resolution))
                             : NULL,
                         fsci_say_rounded(arena, fsci_compute_of(prediction), 2)});
}

static fsci_grid *models_grid(const fsci_json *entry, const char *caption, const char *title,
                              fsci_view *view)
{
    const char *reference = words(fsci_json_get(entry, "equivalent"), "family");
    const fsci_column columns[] = {
        {title, FSCI_WRAP},
        {"observed", FSCI_POINT},
        {"predicted", FSCI_POINT},
        {interval_title(view->arena, entry), FSCI_LEFT},
        {*reference ? fsci_format(view->arena, "%s FLOP", reference) : "FLOP", FSCI_RIGHT}};
    return FSCI_VIEW_GRID(view, caption, columns);
}

void fsci_forecast_add_models(const fsci_json *record, const char *target, fsci_view *view)
{
    const fsci_json *entry = lead_entry(record, target);
    size_t n;
    if (!entry)
        return;
    const fsci_json **list = held_out(view->arena, entry, &n);
    double resolution = rms(entry, n ? "test" : "train");
    fsci_grid *grid = models_grid(entry, "Models held out, largest first", "model held out", view);
    for (size_t i = 0; i < n && i < SHOWN_PREDICTIONS; i++)
        add_model(list[i], resolution, view, grid);
    if (n > SHOWN_PREDICTIONS)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(view->arena, "and %zu more, in the record and its CSV.",
                                  n - SHOWN_PREDICTIONS));
    const fsci_json *unmeasured = fsci_json_get(entry, "open");
    size_t shown = 0, n_open = fsci_json_count(unmeasured);
    grid = models_grid(entry, "Forecasts for models not measured yet", "not measured yet", view);
    FSCI_JSON_EACH (open, unmeasured)
        if (shown++ < SHOWN_PREDICTIONS)
            add_model(open, resolution, view, grid);
    if (n_open > SHOWN_PREDICTIONS)
        fsci_view_add(view, FSCI_SENTENCE, NULL,
                      fsci_format(view->arena, "and %zu more, in the record and its CSV.",
                                  n_open - SHOWN_PREDICTIONS));
}

/* ---- how it was fitted ------------------------------------------------------------------- */

static const char *say_link(fsci_arena *arena, const fsci_json *link)
{
    const char *kind = words(link, "kind");
    const char *text =
        fsci_format(arena, "%s from %s to %s", !strcmp(kind, "linear") ? "linear" : "sigmoid",
                    fsci_say_scalar(arena, fsci_json_get(link, "chance")),
                    fsci_say_scalar(arena, fsci_json_get(link, "ceiling")));
    if (!strcmp(kind, "sigmoid_floor"))
        text = fsci_format(arena, "%s, floor %s", text,
                           fsci_say_digits(arena, number(link, "floor"), 3));
    return text;
}

/* "95 % interval by the bootstrap method (1,000 refits of 13 families, 2 failed); covers ..." */
static const char *say_intervals(fsci_arena *arena, const fsci_json *entry)
{
    const fsci_json *intervals = fsci_json_get(entry, "intervals");
    const fsci_json *coverage = fsci_json_get(intervals, "coverage");
    double n = number(intervals, "n"), failed = number(intervals, "failed");
    bool family = !strcmp(words(intervals, "unit"), "family");
    const char *text = fsci_format(arena, "%s by the %s method", interval_title(arena, entry),
                                   words(intervals, "method"));
    if (isfinite(n))
        text = fsci_format(arena, "%s (%s of resampled %s, %s failed)", text,
                           fsci_say_count(arena, n, "refit", "refits"),
                           family ? "families" : "models", fsci_say_integer(arena, failed));
    text = fsci_joined(arena, text, "; covers ", string(intervals, "includes"));
    if (coverage && isfinite(number(coverage, "50")))
        text = fsci_format(arena,
                           "%s; of the models held out, 50, 80 and 95 %% intervals hold %s, "
                           "%s and %s",
                           text, fsci_say_percent(arena, number(coverage, "50")),
                           fsci_say_percent(arena, number(coverage, "80")),
                           fsci_say_percent(arena, number(coverage, "95")));
    return text;
}

/* "up to 0.5", "above 1": a range of distances in training deviations. */
static const char *say_bin(fsci_arena *arena, const fsci_json *row)
{
    double from = number(row, "from"), to = number(row, "to");
    return isnan(from) ? "inside"
           : isnan(to) ? fsci_format(arena, "above %s", fsci_say_digits(arena, from, 2))
                       : fsci_format(arena, "%s to %s", fsci_say_digits(arena, from, 2),
                                     fsci_say_digits(arena, to, 2));
}

/* How the method did on public tables, by the same distance. */
static void add_past(const fsci_json *entry, fsci_view *view)
{
    static const fsci_column columns[] = {{"the same on public tables", FSCI_LEFT},
                                          {"forecasts", FSCI_RIGHT},
                                          {"rms error, of the scale", FSCI_POINT},
                                          {"held", FSCI_RIGHT}};
    fsci_arena *arena = view->arena;
    const fsci_json *past = fsci_json_get(entry, "past");
    if (!fsci_json_count(past))
        return;
    fsci_grid *grid = FSCI_VIEW_GRID(
        view, "How it did on the public tables of docs/arena.md at the same distance", columns);
    FSCI_JSON_EACH (row, past)
        fsci_grid_add(view, grid,
                      (const char *[]){say_bin(arena, row),
                                       fsci_say_integer(arena, number(row, "n")),
                                       fsci_say_digits(arena, number(row, "rmse"), 2),
                                       fsci_say_percent(arena, number(row, "coverage"))});
}

/* Why this method, and how it does on splits of the training models, by distance. */
static void add_method(const fsci_json *entry, fsci_view *view)
{
    static const fsci_column columns[] = {{"beyond the best training model", FSCI_LEFT},
                                          {"forecasts", FSCI_RIGHT},
                                          {"rms error", FSCI_POINT},
                                          {"held", FSCI_RIGHT},
                                          {"widened", FSCI_POINT}};
    fsci_arena *arena = view->arena;
    const fsci_json *method = fsci_json_get(entry, "method");
    if (!method)
        return;
    fsci_view_add(view, FSCI_ITEM, "method",
                  fsci_format(arena, "%s: %s", words(method, "id"), words(method, "title")));
    fsci_view_add(view, FSCI_ITEM, "why", words(method, "why"));
    fsci_grid *grid = FSCI_VIEW_GRID(
        view, "How it did on the training models, the best half, third and fifth held out",
        columns);
    FSCI_JSON_EACH (row, fsci_json_get(entry, "inner"))
        fsci_grid_add(
            view, grid,
            (const char *[]){say_bin(arena, row), fsci_say_integer(arena, number(row, "n")),
                             error_text(arena, fsci_target_units(entry, number(row, "rmse"))),
                             fsci_say_percent(arena, number(row, "coverage")),
                             fsci_say_digits(arena, number(row, "widened"), 3)});
    add_past(entry, view);
}

void fsci_forecast_add_fit(const fsci_json *record, const char *target, fsci_view *view)
{
    fsci_arena *arena = view->arena;
    const fsci_json *entry = lead_entry(record, target), *link = fsci_json_get(entry, "link");
    const fsci_json *solver = fsci_json_get(entry, "solver");
    const fsci_json *intervals = fsci_json_get(entry, "intervals");
    double starts = number(solver, "starts");
    double next = number(fsci_json_at(entry, "optima.1"), "value");
    add_method(entry, view);
    if (link)
        fsci_view_add(view, FSCI_ITEM, "link", say_link(arena, link));
    if (isfinite(starts)) {
        const char *text = fsci_format(
            arena, "%s (%s); %s, %s reached it",
            fsci_say_digits(arena, number(fsci_json_get(entry, "objective"), "value"), 4),
            fsci_say_objective(arena, fsci_json_get(entry, "objective"), target),
            fsci_say_count(arena, starts, "start", "starts"),
            fsci_say_integer(arena, number(solver, "reached_best")));
        if (isfinite(next))
            text = fsci_joined(arena, text, ", next best ", fsci_say_digits(arena, next, 3));
        fsci_view_add(view, FSCI_ITEM, "objective", text);
    }
    if (string(intervals, "method"))
        fsci_view_add(view, FSCI_ITEM, "intervals", say_intervals(arena, entry));
}
