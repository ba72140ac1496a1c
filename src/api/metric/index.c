/* metric index-forecast: date to capability index to benchmark. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/compare.h"
#include "metric/regress.h"
#include "metric/resample.h"
#include "observe/date.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"date", FSCI_METRIC_KEY, true, "released|release_date",
     "release date, as 2024-08-06, or a year"},
    {"index", FSCI_METRIC_GAPPY, true, "arena_elo|elo|pc1", "capability index"},
    {"score", FSCI_METRIC_GAPPY, true, "accuracy|success", "benchmark score, where measured"},
    {"model", FSCI_METRIC_KEY, false, "name", "models"},
    {0}};
static const fsci_metric_setting settings[] = {
    FSCI_UNIT_SETTING,
    {"at", "X:Y:...", "2026", "forecast at these years, as 2026:2026.5"},
    {"floor", "NUMBER", "0", "of the logistic curve"},
    {"ceiling", "NUMBER", "1", "of the logistic curve"},
    {"centre", "NUMBER", NULL, "index at which the record states u (default: the mean)"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "date, value (score), lo, hi, index, years_beyond, index_beyond (above the highest seen)"},
    {"frontier", "slope (index a year), intercept_at (year), intercept, r2, n"},
    {"logistic", "u (at centre), v (per 100 of the index), centre, rmse, n"},
    {"backtest", "rmse, n: each frontier model with a score forecast from those before it"},
    {"models",
     "date, index, score, fitted (score by the curve), trend (index of the frontier at the date)"},
    {0}};

typedef struct model {
    double date, index, score; /* score NaN when not measured */
} model;

typedef struct forecaster {
    const model *models; /* by date */
    size_t n, n_at;
    const double *at;
    double floor, ceiling;
} forecaster;

static int by_date(const void *left, const void *right)
{
    const model *l = left, *r = right;
    if (l->date != r->date)
        return l->date < r->date ? -1 : 1;
    return (l->index > r->index) - (l->index < r->index);
}

/* Year with a fraction of 365.25 days. */
static bool read_date(const char *text, double *year)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int day;
    if (!fsci_date_read(text, &day))
        return false;
    int y = day / 10000, m = day / 100 % 100, d = day % 100;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    *year = y + (before[m - 1] + d - 1 + (leap && m > 2)) / 365.25;
    return true;
}

static fsc_status read_models(fsci_metric_run *run, model **models, size_t *n_models,
                              fsc_error *err)
{
    fsci_keys date;
    const double *index, *score;
    size_t n = fsci_metric_rows(run);
    double year;
    FSCI_TRY(fsci_metric_keys(run, "date", &date, err));
    FSCI_TRY(fsci_metric_numbers(run, "index", &index, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &score, err));
    *models = FSCI_NEW(run->arena, model, n);
    *n_models = 0;
    if (!*models)
        return fsci_fail_memory(err);
    double full = fsci_metric_is(run, "unit", "percent") ? 100 : 1;
    double floor = fsci_metric_number(run, "floor"), ceiling = fsci_metric_number(run, "ceiling");
    for (size_t i = 0; i < n; i++) {
        const char *text = date.labels[date.codes[i]];
        if (date.values)
            year = date.values[date.codes[i]];
        else if (!read_date(text, &year))
            return fsci_metric_fail(run, i, err, "'%.40s' is no date; write 2024-08-06", text);
        double s = score[i] / full;
        if (isnan(index[i]))
            continue;
        if (s < floor || s > ceiling)
            return fsci_metric_fail(run, i, err,
                                    "score %s is outside floor %s to ceiling %s; --param "
                                    "unit=percent says that scores are percentages",
                                    fsci_briefly(score[i], 6).text, fsci_briefly(floor, 6).text,
                                    fsci_briefly(ceiling, 6).text);
        (*models)[(*n_models)++] = (model){year, index[i], s};
    }
    if (*n_models < n)
        fsci_record_warn(run->arena, run->root, "W-NO-INDEX",
                         "%zu models without an index are left out", n - *n_models);
    qsort(*models, *n_models, sizeof **models, by_date);
    return FSC_OK;
}

/* Line of the frontier: of models[0..n) of weight above 0. */
static fsci_polynomial frontier_line(const model *models, size_t n, const double *weight,
                                     double *scratch, size_t *n_frontier)
{
    double *x = scratch, *y = scratch + n, most = -INFINITY;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if ((!weight || weight[i] > 0) && models[i].index > most) {
            most = models[i].index;
            x[m] = models[i].date;
            y[m++] = most;
        }
    *n_frontier = m;
    return fsci_polynomial_fit(x, y, m, 1);
}

static bool link(const forecaster *f, size_t n, const double *weight, double *scratch, double *u,
                 double *v)
{
    size_t m = 0, room = 0;
    for (size_t i = 0; i < n; i++)
        room += isfinite(f->models[i].score) ? (weight ? (size_t)weight[i] : 1) : 0;
    double *x = scratch, *y = x + room;
    for (size_t i = 0; i < n; i++)
        for (double w = weight ? weight[i] : 1; w > 0 && isfinite(f->models[i].score); w--) {
            x[m] = f->models[i].index;
            y[m++] = f->models[i].score;
        }
    return m >= 3 && fsci_logistic_fit(x, y, m, f->floor, f->ceiling, u, v);
}

static double compose(const forecaster *f, double index, double u, double v)
{
    return f->floor + (f->ceiling - f->floor) / (1 + exp(-u - v * index));
}

static void forecast(void *context, const double *weight, double *out)
{
    const forecaster *f = context;
    double *scratch = malloc((2 * f->n + 2) * sizeof *scratch), u, v;
    size_t n;
    bool good = scratch != NULL;
    fsci_polynomial line = {0};
    if (good)
        line = frontier_line(f->models, f->n, weight, scratch, &n);
    good = good && line.ok && link(f, f->n, weight, scratch, &u, &v);
    for (size_t j = 0; j < f->n_at; j++)
        out[j] = good ? compose(f, fsci_polynomial_at(&line, f->at[j]), u, v) : NAN;
    free(scratch);
}

/* Every frontier model with a score, from the models before it. */
static void add_backtest(fsci_metric_run *run, const forecaster *f, double *scratch)
{
    double squares = 0, n = 0, most = -INFINITY, u, v;
    for (size_t i = 0; i < f->n; i++) {
        bool record = f->models[i].index > most;
        size_t m = 0;
        most = fmax(most, f->models[i].index);
        if (!record || isnan(f->models[i].score))
            continue;
        fsci_polynomial line = frontier_line(f->models, i, NULL, scratch, &m);
        if (m < 3 || !line.ok || !link(f, i, NULL, scratch, &u, &v))
            continue;
        double off =
            compose(f, fsci_polynomial_at(&line, f->models[i].date), u, v) - f->models[i].score;
        squares += off * off;
        n++;
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "backtest");
    fsci_metric_set(run, item, "rmse", n > 0 ? sqrt(squares / n) : NAN);
    fsci_metric_set(run, item, "n", n);
}

static void add_parts(fsci_metric_run *run, const forecaster *f, const fsci_polynomial *line,
                      size_t n_frontier, double u, double v)
{
    double squares = 0, n = 0, mean = 0, given = fsci_metric_number(run, "centre");
    for (size_t i = 0; i < f->n; i++) {
        double off = compose(f, f->models[i].index, u, v) - f->models[i].score;
        if (isnan(off))
            continue;
        squares += off * off;
        mean += f->models[i].index;
        n++;
    }
    double centre = isfinite(given) ? given : mean / n;
    for (size_t i = 0; i < f->n; i++) {
        fsci_json *one = fsci_metric_item(run, "models", "");
        fsci_metric_set(run, one, "date", f->models[i].date);
        fsci_metric_set(run, one, "index", f->models[i].index);
        fsci_metric_set(run, one, "score", f->models[i].score);
        fsci_metric_set(run, one, "fitted", compose(f, f->models[i].index, u, v));
        fsci_metric_set(run, one, "trend", fsci_polynomial_at(line, f->models[i].date));
    }
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "frontier");
    fsci_metric_set(run, item, "slope", fsci_polynomial_leading(line));
    fsci_metric_set(run, item, "intercept_at", floor(line->centre));
    fsci_metric_set(run, item, "intercept", fsci_polynomial_at(line, floor(line->centre)));
    fsci_metric_set(run, item, "r2", line->r2);
    fsci_metric_set(run, item, "n", (double)n_frontier);
    item = fsci_json_set_object(run->arena, run->root, "logistic");
    fsci_metric_set(run, item, "u", u + v * centre);
    fsci_metric_set(run, item, "v", 100 * v);
    fsci_metric_set(run, item, "centre", centre);
    fsci_metric_set(run, item, "rmse", sqrt(squares / n));
    fsci_metric_set(run, item, "n", n);
}

static const fsci_metric_plot plots[] = {
    {"dates", "Index by date", "models", NULL, "models", "points", "date", "release date, years",
     "linear", "index", "index", "linear", NULL, NULL},
    {"dates", "Index by date", "models", NULL, "frontier", "line", "date", "release date, years",
     "linear", "trend", "index", "linear", NULL, NULL},
    {"dates", "Index by date", "rows", NULL, "forecast", "points", "date", "release date, years",
     "linear", "index", "index", "linear", NULL, NULL},
    {"scores", "Score by date", "models", NULL, "models", "points", "date", "release date, years",
     "linear", "score", "score", "linear", NULL, NULL},
    {"scores", "Score by date", "rows", NULL, "forecast", "points", "date", "release date, years",
     "linear", "value", "score", "linear", "lo", "hi"},
    {0}};

static fsc_status run_index(fsci_metric_run *run, fsc_error *err)
{
    model *models;
    double *at, u, v, highest = -INFINITY;
    size_t n_at, n, n_frontier;
    FSCI_TRY(read_models(run, &models, &n, err));
    FSCI_TRY(fsci_metric_values(run, "at", &at, &n_at, err));
    forecaster f = {
        models, n, n_at, at, fsci_metric_number(run, "floor"), fsci_metric_number(run, "ceiling")};
    double *scratch = FSCI_NEW(run->arena, double, 2 * n + 2);
    fsci_interval *limits = FSCI_NEW(run->arena, fsci_interval, n_at);
    fsci_resampling r = {n, NULL, run->n_resamples, run->seed, run->level, run->threads};
    if (!scratch || !limits || !fsci_resample(&r, forecast, &f, n_at, limits, NULL))
        return fsci_fail_memory(err);
    fsci_polynomial line = frontier_line(models, n, NULL, scratch, &n_frontier);
    if (n_frontier < 3 || !line.ok)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu models are on the frontier of the index; a trend needs "
                         "three",
                         n_frontier);
    if (!link(&f, n, NULL, scratch, &u, &v))
        return fsci_fail(err, FSC_EINPUT, "a curve of the score needs three models that have one");
    for (size_t i = 0; i < n; i++)
        highest = fmax(highest, models[i].index);
    fsci_metric_intervals(run, "bootstrap", "models");
    for (size_t j = 0; j < n_at; j++) {
        double index = fsci_polynomial_at(&line, at[j]);
        fsci_json *row = fsci_metric_row(run, "");
        fsci_metric_set(run, row, "date", at[j]);
        fsci_metric_estimate(run, row, compose(&f, index, u, v), limits[j]);
        fsci_metric_set(run, row, "index", index);
        fsci_metric_set(run, row, "years_beyond", fmax(0, at[j] - models[n - 1].date));
        fsci_metric_set(run, row, "index_beyond", fmax(0, index - highest));
    }
    add_parts(run, &f, &line, n_frontier, u, v);
    add_backtest(run, &f, scratch);
    fsci_metric_say(run, "%s at %s (%s to %s), at an index of %s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    fsci_briefly(at[0], 6).text, fsci_briefly(limits[0].lo, 4).text,
                    fsci_briefly(limits[0].hi, 4).text,
                    fsci_briefly(fsci_json_get_number(run->list->first, "index"), 4).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_index_forecast = {
    .id = "index-forecast",
    .summary = "a benchmark forecast by date, through a capability index of the frontier",
    .source = "Pimpale et al. 2025 (arXiv:2502.15850)",
    .text =
        "The frontier is every model whose index is above all earlier ones; its index is a line in "
        "the release date (years of 365.25 days). The score is a logistic curve of the index, by "
        "least squares on all models that have both. Bands resample models and refit everything; "
        "the backtest forecasts each frontier model from those before it.",
    .example = "index-forecast data/agent-forecast/benchmarks.csv --map score=swebench_verified "
               "--param at=2026,centre=1250",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_index};
