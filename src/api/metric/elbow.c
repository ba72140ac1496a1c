/* metric elbow-fit: the loss at which a task leaves chance. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/curves.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column elbow_columns[] = {
    {"loss", FSCI_METRIC_NUMBER, true, "pretraining_loss|x", "pre-training loss, nats per token"},
    {"score", FSCI_METRIC_NUMBER, true, "accuracy|value", "score on the task"},
    {"group", FSCI_METRIC_KEY, false, "examples|data_size|d",
     "amounts of fine-tuning data (0: few-shot); an elbow for each"},
    {0}};
static const fsci_metric_setting elbow_settings[] = {
    FSCI_UNIT_SETTING,
    {"chance", "NUMBER", NULL, "score by chance, the base; default: fitted"},
    {"slope", "own|shared", "own", "one slope for each amount of data, or one for all"},
    {0}};
static const fsci_metric_result elbow_results[] = {
    {"rows",
     "group, value (elbow), lo, hi (profile), slope, base, rss, n, bound (true: no point beyond "
     "the elbow; value is the smallest loss, and the elbow is below it)"},
    {0}};

typedef struct task {
    double *x, *y;
    size_t n;
    const char *label;
} task;

/* Sum of squares of all groups when they share a slope. */
static double total_squares(const task *tasks, size_t n, double base, double slope)
{
    double sum = 0;
    for (size_t g = 0; g < n; g++) {
        fsci_elbow e = fsci_elbow_fit(tasks[g].x, tasks[g].y, tasks[g].n, base, slope, 0.5);
        sum += e.ok || e.bound ? e.rss : 0;
    }
    return sum;
}

/* By golden section in ln slope around the slopes of single groups. */
static double shared_slope(const task *tasks, size_t n, double base, double level)
{
    const double ratio = 0.6180339887498949;
    double least = INFINITY, most = 0;
    for (size_t g = 0; g < n; g++) {
        fsci_elbow e = fsci_elbow_fit(tasks[g].x, tasks[g].y, tasks[g].n, base, NAN, level);
        if (e.ok) {
            least = fmin(least, e.slope);
            most = fmax(most, e.slope);
        }
    }
    if (!(most > 0))
        return NAN;
    double a = log(least / 2), b = log(most * 2);
    for (int i = 0; i < 40; i++) {
        double c = b - ratio * (b - a), d = a + ratio * (b - a);
        if (total_squares(tasks, n, base, exp(c)) < total_squares(tasks, n, base, exp(d)))
            b = d;
        else
            a = c;
    }
    return exp((a + b) / 2);
}

static void add_elbow(fsci_metric_run *run, const task *t, const fsci_elbow *e)
{
    fsci_json *row = fsci_metric_row(run, t->label);
    fsci_metric_estimate(run, row, e->elbow, (fsci_interval){e->lo, e->hi});
    fsci_metric_set(run, row, "slope", e->slope);
    fsci_metric_set(run, row, "base", e->base);
    fsci_metric_set(run, row, "rss", e->rss);
    fsci_metric_set(run, row, "n", (double)e->n);
    fsci_json_set_bool(run->arena, row, "bound", e->bound);
    if (e->bound)
        fsci_record_warn(run->arena, run->root, "W-NO-ELBOW",
                         "%s%sno point is beyond an elbow: it is below the smallest loss seen, %s",
                         t->label, *t->label ? ": " : "", fsci_briefly(e->elbow, 4).text);
}

static fsc_status run_elbow(fsci_metric_run *run, fsc_error *err)
{
    fsci_keys group;
    const double *loss, *score;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows), below = 0;
    double base = fsci_metric_number(run, "chance"), slope = NAN;
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "loss", &loss, err));
    FSCI_TRY(fsci_metric_scores(run, "score", &score, err));
    task *tasks = FSCI_NEW(run->arena, task, group.n);
    if (!index || !tasks)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < group.n; g++) {
        task *t = &tasks[g];
        t->n = fsci_metric_pick(&group, g, rows, loss, index);
        t->label = group.labels[g];
        t->x = fsci_metric_gather(run, loss, index, t->n);
        t->y = fsci_metric_gather(run, score, index, t->n);
        if (!t->x || !t->y)
            return fsci_fail_memory(err);
        if (t->n < 4)
            return fsci_fail(err, FSC_EINPUT, "%s%s%zu losses; an elbow needs four", t->label,
                             *t->label ? ": " : "", t->n);
        for (size_t i = 0; i < t->n; i++)
            below += t->y[i] < base;
    }
    if (fsci_metric_is(run, "slope", "shared"))
        slope = shared_slope(tasks, group.n, base, run->level);
    fsci_metric_intervals(run, "profile likelihood", "points");
    for (size_t g = 0; g < group.n; g++) {
        fsci_elbow e = fsci_elbow_fit(tasks[g].x, tasks[g].y, tasks[g].n, base, slope, run->level);
        add_elbow(run, &tasks[g], &e);
        if (g < 8) {
            fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
            if (!figure)
                figure = fsci_metric_figure(run, "elbows", "Score by loss", "loss", "linear",
                                            "score", "linear");
            fsci_metric_points(run, figure, *tasks[g].label ? tasks[g].label : "score", tasks[g].x,
                               tasks[g].y, tasks[g].n);
        }
    }
    if (below)
        fsci_record_warn(run->arena, run->root, "W-BELOW-CHANCE", "%zu scores are below chance",
                         below);
    fsci_metric_say(run, "%s %s%s.",
                    fsci_json_get_bool(run->list->first, "bound", false) ? "Elbow below"
                                                                         : "Elbow at",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_elbow_fit = {
    .id = "elbow-fit",
    .summary = "the loss at which a task leaves chance: a hinge of score on loss",
    .source = "Snell et al. 2024 (arXiv:2411.16035)",
    .text = "score = B for loss above E, B + A (E - loss) below, by least squares over the "
            "stretches between neighbouring points. Limits are where the profile of the sum of "
            "squares passes the F limit. Where no point is beyond an elbow, that the improvement "
            "of a hinge over a constant shows, the answer is a bound: the elbow is below the "
            "smallest loss seen.",
    .example = "elbow-fit scores.csv --group examples --param chance=0.25,slope=shared",
    .columns = elbow_columns,
    .settings = elbow_settings,
    .results = elbow_results,
    .run = run_elbow};
