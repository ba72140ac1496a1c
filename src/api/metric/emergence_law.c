/* metric emergence-law: how the elbow of a task moves with fine-tuning data. */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/curves.h"
#include "metric/emergence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"examples", FSCI_METRIC_NUMBER, true, "data_size|d", "fine-tuning examples D, above 1"},
    {"elbow", FSCI_METRIC_NUMBER, false, "value|e", "elbow of the loss for that D; or ..."},
    {"loss", FSCI_METRIC_NUMBER, false, "pretraining_loss|x",
     "... the loss of each model, and ..."},
    {"score", FSCI_METRIC_NUMBER, false, "accuracy", "... its score after D examples"},
    {"se", FSCI_METRIC_POSITIVE, false, "elbow_se|sd", "standard error of the elbow"},
    {"group", FSCI_METRIC_KEY, false, "task", "tasks"},
    {0}};
static const fsci_metric_setting settings[] = {
    FSCI_UNIT_SETTING,
    {"shots", "NUMBER", "10", "D0: the law's value there stands for few-shot prompting"},
    {"loss-law", "E:A:B", NULL,
     "loss = E + A C^-B over compute: also the compute at which the elbow is reached"},
    {"few-shot", "NUMBER", NULL, "the true elbow, to say whether the forecast is within 0.1"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows", "group, value (forecast elbow at D0), lo, hi (posterior; null without se from fewer "
             "than five elbows), C, k, alpha, rss, n, log10_beyond (decades of D below the data), "
             "compute, compute_lo, compute_hi, error, within (of 0.1)"},
    {"posterior", "group, parameter (C, k, alpha, slope, base, elbow), median, lo, hi, spread (of "
                  "four ensembles over one; near 1 when converged)"},
    {"sampler", "group, draws, accepted (share of moves)"},
    {0}};

/* What one task's law is made of. */
typedef struct task {
    const char *label;
    double *d, *log_d, *elbow, *se, *loss, *score;
    size_t n, amounts; /* rows, different D */
} task;

typedef struct wishes {
    double shots, truth, *loss_law;
    size_t n_law;
} wishes;

static fsc_status read_wishes(fsci_metric_run *run, wishes *w, fsc_error *err)
{
    w->shots = fsci_metric_number(run, "shots");
    w->truth = fsci_metric_number(run, "few-shot");
    FSCI_TRY(fsci_metric_values(run, "loss-law", &w->loss_law, &w->n_law, err));
    if (w->n_law && w->n_law != 3)
        return fsci_fail(err, FSC_EUSAGE, "--param loss-law is E:A:B of loss = E + A C^-B");
    if (!(w->shots > 1))
        return fsci_fail(err, FSC_EUSAGE, "--param shots is above 1: the law is in ln D");
    return FSC_OK;
}

/* ---- from scores --------------------------------------------------------------------------------
 */

/* One elbow for each D, where a hinge sees one: the start of the joint fit. */
static size_t elbows_of(const task *t, double *log_d, double *elbow, double *slope, double *base)
{
    size_t n = 0;
    *slope = *base = 0;
    for (size_t from = 0, to; from < t->n; from = to) {
        for (to = from; to < t->n && t->d[to] == t->d[from];)
            to++;
        fsci_elbow e = fsci_elbow_fit(t->loss + from, t->score + from, to - from, NAN, NAN, 0.95);
        if (!e.ok)
            continue;
        log_d[n] = t->log_d[from];
        elbow[n++] = e.elbow;
        *slope += e.slope;
        *base += e.base;
    }
    *slope /= (double)n;
    *base /= (double)n;
    return n;
}

/* ---- the law ------------------------------------------------------------------------------------
 */

static fsc_status start_law(fsci_metric_run *run, const task *t, fsci_fitted_form *form,
                            fsci_emergence *law, fsc_error *err)
{
    double *log_d = t->log_d, *elbow = t->elbow;
    size_t n = t->n;
    law->A = law->B = NAN;
    if (t->score) {
        log_d = FSCI_NEW(run->arena, double, t->n);
        elbow = FSCI_NEW(run->arena, double, t->n);
        if (!log_d || !elbow)
            return fsci_fail_memory(err);
        n = elbows_of(t, log_d, elbow, &law->A, &law->B);
    }
    const char *colon = *t->label ? ": " : "";
    if (t->amounts < 3)
        return fsci_fail(err, FSC_EINPUT, "%s%s%zu amounts of data; the law has three parameters",
                         t->label, colon, t->amounts);
    if (n < 3)
        return fsci_fail(err, FSC_EINPUT,
                         "%s%sonly %zu of %zu amounts of data show an elbow, and the law has three "
                         "parameters; metric elbow-fit shows which",
                         t->label, colon, n, t->amounts);
    *form = fsci_form_fit(FSCI_FORM_POWER, log_d, elbow, n, false);
    if (!form->ok)
        return fsci_fail(err, FSC_EINPUT, "%s%sno law fits these elbows", t->label, colon);
    law->C = form->p[0];
    law->k = form->p[1];
    law->alpha = form->p[2];
    return FSC_OK;
}

static double compute_at(const wishes *w, double elbow)
{
    const double *law = w->loss_law;
    return elbow > law[0] ? pow(law[1] / (elbow - law[0]), 1 / law[2]) : NAN;
}

/* ---- the posterior ------------------------------------------------------------------------------
 */

static double parameter_of(const fsci_emergence *law, int which, double log_shots)
{
    switch (which) {
    case 0:
        return law->C;
    case 1:
        return law->k;
    case 2:
        return law->alpha;
    case 3:
        return fsci_emergence_at(law, log_shots);
    case 4:
        return law->A;
    default:
        return law->B;
    }
}

static fsci_interval write_parameter(fsci_metric_run *run, const task *t, const char *name,
                                     double *values, double *median)
{
    size_t n = FSCI_EMERGENCE_DRAWS;
    fsci_json *item = fsci_metric_item(run, "posterior", t->label);
    double spread = fsci_ensemble_spread(values, n / FSCI_ENSEMBLES);
    fsci_sort(values, n);
    fsci_interval limits = fsci_percentile_interval(values, n, run->level);
    *median = fsci_median(values, n);
    fsci_metric_word(run, item, "parameter", name);
    fsci_metric_set(run, item, "median", *median);
    fsci_metric_set(run, item, "lo", limits.lo);
    fsci_metric_set(run, item, "hi", limits.hi);
    fsci_metric_set(run, item, "spread", spread);
    if (spread > 1.1)
        fsci_record_warn(
            run->arena, run->root, "W-NOT-CONVERGED",
            "%s%sthe sampler's ensembles disagree on %s: these data leave the law open", t->label,
            *t->label ? ": " : "", name);
    return limits;
}

/* Medians and limits of everything; *law becomes the medians' where scores were given. */
static fsc_status add_posterior(fsci_metric_run *run, const task *t, double shots,
                                fsci_emergence *law, double *value, fsci_interval *limits,
                                fsc_error *err)
{
    static const char *const names[] = {"C", "k", "alpha", "elbow", "slope", "base"};
    const fsci_emergence_data data = {t->n, t->log_d, t->elbow, t->se, t->loss, t->score};
    double accepted, median[6], log_shots = log(shots);
    fsci_emergence *draws = malloc(FSCI_EMERGENCE_DRAWS * sizeof *draws);
    double *values = malloc(FSCI_EMERGENCE_DRAWS * sizeof *values);
    bool drawn = draws && values &&
                 fsci_emergence_draw(&data, law, run->seed, run->threads, draws, &accepted);
    for (int which = 0; which < (t->score ? 6 : 4) && drawn; which++) {
        for (size_t i = 0; i < FSCI_EMERGENCE_DRAWS; i++)
            values[i] = parameter_of(&draws[i], which, log_shots);
        fsci_interval own = write_parameter(run, t, names[which], values, &median[which]);
        *limits = which == 3 ? own : *limits;
    }
    if (drawn) {
        fsci_json *item = fsci_metric_item(run, "sampler", t->label);
        fsci_metric_set(run, item, "draws", (double)FSCI_EMERGENCE_DRAWS);
        fsci_metric_set(run, item, "accepted", accepted);
    }
    if (drawn && t->score) {
        *law = (fsci_emergence){median[0], median[1], median[2], median[4], median[5]};
        *value = median[3];
    }
    bool enough = draws && values;
    free(draws);
    free(values);
    return enough ? FSC_OK : fsci_fail_memory(err);
}

static void draw(fsci_metric_run *run, const task *t, const fsci_emergence *law, double shots)
{
    enum { POINTS = 41 };
    double x[POINTS], y[POINTS], from = log(fmin(shots, t->d[0])), to = t->log_d[t->n - 1];
    fsci_json *figure = (fsci_json *)fsci_json_at(run->figures, "0");
    if (!figure)
        figure = fsci_metric_figure(run, "elbows", "Elbow by fine-tuning data", "examples D", "log",
                                    "elbow of the loss", "linear");
    for (size_t i = 0; i < POINTS; i++) {
        double log_d = from + (to - from) * (double)i / (POINTS - 1);
        x[i] = exp(log_d);
        y[i] = fsci_emergence_at(law, log_d);
    }
    fsci_metric_line(run, figure, *t->label ? t->label : "law", NULL, x, y, POINTS);
    if (t->elbow)
        fsci_metric_points(run, figure, *t->label ? t->label : "elbows", t->d, t->elbow, t->n);
}

static fsc_status law_group(fsci_metric_run *run, const task *t, const wishes *w, fsc_error *err)
{
    enum { FEWEST = 5 }; /* elbows from which their own scatter says how far they are off */
    fsci_fitted_form form = {0};
    fsci_emergence law;
    fsci_interval limits = {NAN, NAN};
    FSCI_TRY(start_law(run, t, &form, &law, err));
    double value = fsci_emergence_at(&law, log(w->shots));
    if (t->score || t->se || t->n >= FEWEST)
        FSCI_TRY(add_posterior(run, t, w->shots, &law, &value, &limits, err));
    fsci_json *row = fsci_metric_row(run, t->label);
    fsci_metric_estimate(run, row, value, limits);
    fsci_metric_set(run, row, "C", law.C);
    fsci_metric_set(run, row, "k", law.k);
    fsci_metric_set(run, row, "alpha", law.alpha);
    fsci_metric_set(run, row, "rss", t->score ? NAN : form.rss);
    fsci_metric_set(run, row, "n", (double)t->n);
    fsci_metric_set(run, row, "log10_beyond", fmax(0, log10(t->d[0] / w->shots)));
    if (w->n_law) { /* a lower elbow takes more compute */
        fsci_metric_set(run, row, "compute", compute_at(w, value));
        fsci_metric_set(run, row, "compute_lo", compute_at(w, limits.hi));
        fsci_metric_set(run, row, "compute_hi", compute_at(w, limits.lo));
    }
    draw(run, t, &law, w->shots);
    if (isfinite(w->truth)) {
        fsci_metric_set(run, row, "error", value - w->truth);
        fsci_json_set_bool(run->arena, row, "within", fabs(value - w->truth) <= 0.1);
    }
    return FSC_OK;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

typedef struct inputs {
    fsci_keys group;
    const double *examples, *elbow, *se, *loss, *score;
} inputs;

static fsc_status read_inputs(fsci_metric_run *run, inputs *in, fsc_error *err)
{
    FSCI_TRY(fsci_metric_keys(run, "group", &in->group, err));
    FSCI_TRY(fsci_metric_numbers(run, "examples", &in->examples, err));
    FSCI_TRY(fsci_metric_numbers(run, "elbow", &in->elbow, err));
    FSCI_TRY(fsci_metric_numbers(run, "se", &in->se, err));
    FSCI_TRY(fsci_metric_numbers(run, "loss", &in->loss, err));
    if (fsci_metric_bound(run, "score"))
        FSCI_TRY(fsci_metric_scores(run, "score", &in->score, err));
    if (!in->elbow && !(in->loss && in->score))
        return fsci_fail(err, FSC_EINPUT,
                         "metric emergence-law needs a column elbow, or columns loss and score: "
                         "name them with --map");
    for (size_t i = 0; i < fsci_metric_rows(run); i++) {
        bool hole = in->elbow ? isnan(in->elbow[i]) || (in->se && isnan(in->se[i]))
                              : isnan(in->loss[i]) || isnan(in->score[i]);
        if (!(in->examples[i] > 1))
            return fsci_metric_fail(run, i, err,
                                    "%s examples: the law is in ln D and needs D above 1",
                                    fsci_briefly(in->examples[i], 6).text);
        if (hole)
            return fsci_metric_fail(run, i, err, "a cell is empty; leave the row out with --where");
    }
    return FSC_OK;
}

static fsc_status make_task(fsci_metric_run *run, const inputs *in, size_t group, task *t,
                            fsc_error *err)
{
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows + 1);
    if (!index)
        return fsci_fail_memory(err);
    size_t n = fsci_metric_pick(&in->group, group, rows, in->examples, index);
    *t = (task){.label = in->group.labels[group], .n = n};
    t->d = fsci_metric_gather(run, in->examples, index, n);
    t->log_d = fsci_metric_gather(run, in->examples, index, n);
    t->elbow = fsci_metric_gather(run, in->elbow, index, n);
    t->se = in->elbow ? fsci_metric_gather(run, in->se, index, n) : NULL;
    t->loss = in->elbow ? NULL : fsci_metric_gather(run, in->loss, index, n);
    t->score = in->elbow ? NULL : fsci_metric_gather(run, in->score, index, n);
    if (!t->d || !t->log_d || !(in->elbow ? t->elbow != NULL : t->loss && t->score))
        return fsci_fail_memory(err);
    if (in->elbow)
        FSCI_TRY(fsci_metric_distinct(run, in->examples, index, n, "a data size of", err));
    for (size_t i = 0; i < n; i++) {
        t->log_d[i] = log(t->d[i]);
        t->amounts += !i || t->d[i] != t->d[i - 1];
    }
    return FSC_OK;
}

static fsc_status run_law(fsci_metric_run *run, fsc_error *err)
{
    inputs in = {0};
    wishes w;
    FSCI_TRY(read_wishes(run, &w, err));
    FSCI_TRY(read_inputs(run, &in, err));
    fsci_metric_intervals(run, "posterior", in.elbow ? "elbows" : "models");
    for (size_t g = 0; g < in.group.n; g++) {
        task t = {0};
        FSCI_TRY(make_task(run, &in, g, &t, err));
        FSCI_TRY(law_group(run, &t, &w, err));
    }
    fsci_metric_say(run, "The elbow is forecast at %s%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    in.group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_emergence_law = {
    .id = "emergence-law",
    .summary =
        "how the elbow moves with fine-tuning data, and where few-shot prompting will have it",
    .source = "Snell et al. 2024 (arXiv:2411.16035)",
    .text = "E(D) = C + k (ln D)^alpha through the elbows of several amounts of data, by least "
            "squares, read at a small D0. From losses and scores all amounts are fitted at once, "
            "with one slope and one base: score = B + A max(0, E(D) - loss); then estimates are "
            "posterior medians. Intervals are quantiles of posterior draws (affine-invariant "
            "ensembles), with E at the least and at the most D uniform over five times the range "
            "of the data, ln alpha standard normal, and the size of the errors unknown unless se "
            "gives it. With the loss law of a family the compute follows at which that loss is "
            "reached. The law is extrapolated downwards: log10_beyond says how far.",
    .example = "emergence-law elbows.csv --param shots=10",
    .columns = columns,
    .settings = settings,
    .results = results,
    .run = run_law};
