/* metric axis-saturation, growth-law-compare, data-size-table: forms of curves, and which of them.
 */
#include "api/metric/metric.h"

#include "base/number.h"
#include "metric/curves.h"
#include "metric/regress.h"

#include <math.h>
#include <string.h>

enum { MOST_FORMS = FSCI_FORMS };

/* Fits of several forms to one curve, with their weights. */
typedef struct choice {
    fsci_fitted_form fit[MOST_FORMS];
    double weight[MOST_FORMS];
    size_t n, best;
} choice;

static void choose(choice *c, const fsci_form *forms, size_t n_forms, const double *x,
                   const double *y, size_t n, bool logs)
{
    double aicc[MOST_FORMS];
    c->n = n_forms;
    c->best = 0;
    for (size_t f = 0; f < n_forms; f++) {
        c->fit[f] = fsci_form_fit(forms[f], x, y, n, logs);
        aicc[f] = c->fit[f].ok ? c->fit[f].aicc : NAN;
    }
    fsci_aicc_weights(aicc, n_forms, c->weight);
    for (size_t f = 0; f < n_forms; f++)
        if (c->weight[f] > c->weight[c->best] || isnan(c->weight[c->best]))
            c->best = f;
}

static void add_parameters(fsci_metric_run *run, fsci_json *item, const fsci_fitted_form *c)
{
    for (size_t i = 0; i < fsci_form_parameters(c->form); i++)
        fsci_metric_set(run, item, fsci_form_parameter(c->form, i), c->p[i]);
}

static void add_forms(fsci_metric_run *run, const char *label, const choice *c)
{
    for (size_t f = 0; f < c->n; f++) {
        fsci_json *item = fsci_metric_item(run, "forms", label);
        fsci_metric_word(run, item, "form", fsci_form_name(c->fit[f].form));
        fsci_metric_set(run, item, "weight", c->weight[f]);
        fsci_metric_set(run, item, "aicc", c->fit[f].ok ? c->fit[f].aicc : NAN);
        fsci_metric_set(run, item, "rss", c->fit[f].ok ? c->fit[f].rss : NAN);
        if (c->fit[f].ok)
            add_parameters(run, item, &c->fit[f]);
    }
}

static void draw(fsci_metric_run *run, const char *label, const fsci_fitted_form *c,
                 const double *x, const double *y, size_t n, const char *x_name, const char *y_name,
                 bool log)
{
    enum { POINTS = 61 };
    double at[POINTS], value[POINTS], least = x[0], most = x[n - 1];
    fsci_json *figure = fsci_metric_figure(run, *label ? label : "curve", *label ? label : "Fit",
                                           x_name, log ? "log" : "linear", y_name, "linear");
    for (int i = 0; i < POINTS; i++) {
        double part = (double)i / (POINTS - 1);
        at[i] = log ? least * pow(most / least, part) : least + (most - least) * part;
        value[i] = fsci_form_at(c, at[i]);
    }
    fsci_metric_line(run, figure, fsci_form_name(c->form), NULL, at, value, POINTS);
    fsci_metric_points(run, figure, "data", x, y, n);
}

/* ---- axis-saturation
 * -------------------------------------------------------------------------------- */

static const fsci_metric_column axis_columns[] = {
    {"group", FSCI_METRIC_KEY, false, "axis",
     "axes: context tokens, shots, steps, rounds, agents, samples, training"},
    {"amount", FSCI_METRIC_POSITIVE, true, "x|n|samples|k|rounds", "how much of it"},
    {"score", FSCI_METRIC_NUMBER, true, "value|accuracy", "score"},
    {0}};
static const fsci_metric_setting axis_settings[] = {
    FSCI_UNIT_SETTING,
    {"stop-gain", "NUMBER", "0.01", "stop where doubling the amount gains less than this"},
    {0}};
static const fsci_metric_result axis_results[] = {
    {"rows",
     "group, form (best by AICc), class (rising, saturating, inverted U, U), value (asymptote "
     "or vertex score), x95 (amount for 95 % of the way to the asymptote), vertex, gain (of the "
     "next doubling beyond the data), stop (amount from which a doubling gains less than "
     "stop-gain; null: beyond the data), weight, n"},
    {"forms", "group, form, weight, aicc, rss, and the form's parameters"},
    {0}};

static bool is_inside(double x, double least, double most)
{
    return x > least && x < most;
}

static const char *axis_class(const fsci_fitted_form *c, double least, double most)
{
    if (c->form == FSCI_FORM_BENT && is_inside(c->p[2], least, most))
        return c->p[1] < 0 ? "inverted U" : "U";
    return c->form == FSCI_FORM_LOG || c->form == FSCI_FORM_BENT ? "rising" : "saturating";
}

/* -tau ln 0.05, x50 19^(1/h), or where A x^-b is a twentieth of what it was at the least amount. */
static double x95(const fsci_fitted_form *c, double least)
{
    if (c->form == FSCI_FORM_SATURATING)
        return -c->p[2] * log(0.05);
    if (c->form == FSCI_FORM_HILL)
        return c->p[3] * pow(19, 1 / c->p[2]);
    if (c->form == FSCI_FORM_LOGISTIC_LOG)
        return c->p[1] * pow(19, 1 / c->p[0]);
    return c->form == FSCI_FORM_POWER_ERROR ? least * pow(20, 1 / c->p[2]) : NAN;
}

static double asymptote(const fsci_fitted_form *c)
{
    if (c->form == FSCI_FORM_SATURATING || c->form == FSCI_FORM_HILL)
        return c->p[0];
    if (c->form == FSCI_FORM_LOGISTIC_LOG)
        return c->p[0] > 0;
    return c->form == FSCI_FORM_POWER_ERROR ? 1 - c->p[0]
           : c->form == FSCI_FORM_BENT      ? c->p[0]
                                            : NAN;
}

static double stop_at(const fsci_fitted_form *c, double least, double most, double gain)
{
    for (double x = least; x <= most; x *= 1.02)
        if (fsci_form_at(c, 2 * x) - fsci_form_at(c, x) < gain)
            return x;
    return NAN;
}

static void add_axis(fsci_metric_run *run, const char *label, const choice *c, const double *x,
                     const double *y, size_t n)
{
    const fsci_fitted_form *best = &c->fit[c->best];
    fsci_json *row = fsci_metric_row(run, label);
    double top = asymptote(best);
    fsci_metric_word(run, row, "form", fsci_form_name(best->form));
    fsci_metric_word(run, row, "class", axis_class(best, x[0], x[n - 1]));
    fsci_metric_set(run, row, "value", top);
    fsci_metric_set(run, row, "x95", x95(best, x[0]));
    fsci_metric_set(run, row, "vertex", best->form == FSCI_FORM_BENT ? best->p[2] : NAN);
    fsci_metric_set(run, row, "gain",
                    fsci_form_at(best, 2 * x[n - 1]) - fsci_form_at(best, x[n - 1]));
    fsci_metric_set(run, row, "stop",
                    stop_at(best, x[0], x[n - 1], fsci_metric_number(run, "stop-gain")));
    fsci_metric_set(run, row, "weight", c->weight[c->best]);
    fsci_metric_set(run, row, "n", (double)n);
    if (top > 1 + 1e-9 || top < -1e-9)
        fsci_record_warn(run->arena, run->root, "W-OUTSIDE-RANGE",
                         "%s: the asymptote %s is outside 0 to 1", label,
                         fsci_briefly(top, 4).text);
    draw(run, label, best, x, y, n, "amount", "score", true);
}

static fsc_status run_axis(fsci_metric_run *run, fsc_error *err)
{
    static const fsci_form forms[] = {FSCI_FORM_LOG,         FSCI_FORM_SATURATING,
                                      FSCI_FORM_HILL,        FSCI_FORM_LOGISTIC_LOG,
                                      FSCI_FORM_POWER_ERROR, FSCI_FORM_BENT};
    fsci_keys group;
    const double *amount, *score;
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_numbers(run, "amount", &amount, err));
    FSCI_TRY(fsci_metric_scores(run, "score", &score, err));
    if (!index)
        return fsci_fail_memory(err);
    for (size_t g = 0; g < group.n; g++) {
        size_t n = fsci_metric_pick(&group, g, rows, amount, index);
        double *x = fsci_metric_gather(run, amount, index, n),
               *y = fsci_metric_gather(run, score, index, n);
        choice c;
        FSCI_TRY(fsci_metric_distinct(run, amount, index, n, "amount", err));
        if (n < 4)
            return fsci_fail(err, FSC_EINPUT, "%s%s%zu amounts; a form of saturation needs four",
                             group.labels[g], *group.labels[g] ? ": " : "", n);
        if (!x || !y)
            return fsci_fail_memory(err);
        choose(&c, forms, sizeof forms / sizeof *forms, x, y, n, false);
        if (isnan(c.weight[c.best]) || !c.fit[c.best].ok)
            return fsci_fail(err, FSC_EINPUT,
                             "%s: no form could be chosen from %zu amounts; AICc needs "
                             "five for two parameters",
                             group.labels[g], n);
        add_axis(run, group.labels[g], &c, x, y, n);
        add_forms(run, group.labels[g], &c);
    }
    const fsci_json *first = run->list->first;
    fsci_metric_say(run, "%s: %s, weight %s.", fsci_json_get_string(first, "class"),
                    fsci_json_get_string(first, "form"),
                    fsci_briefly(fsci_json_get_number(first, "weight"), 3).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_axis_saturation = {
    .id = "axis-saturation",
    .summary =
        "does more context, samples, rounds still help: saturation, inverted U, gain per doubling",
    .source = "Chen et al. 2025 (arXiv:2504.02181)",
    .text =
        "Log-linear, saturating exponential, Hill, logistic in ln x, power-law error 1 - e_inf - A "
        "x^-b and a parabola in ln x, by least squares, chosen by AICc, which needs two amounts "
        "more than parameters (the variance counts as one). A parabola is an inverted U only with "
        "its vertex inside the data. Beyond the best form read the weights of the others.",
    .example = "axis-saturation scores.csv --group axis",
    .columns = axis_columns,
    .settings = axis_settings,
    .results = axis_results,
    .run = run_axis};

/* ---- growth-law-compare
 * ----------------------------------------------------------------------------- */

static const fsci_metric_column growth_columns[] = {
    {"x", FSCI_METRIC_NUMBER, true, "t|time|year|agents|m", "time, or the number of agents M"},
    {"amount", FSCI_METRIC_POSITIVE, true, "y|k|count|knowledge", "quantity K"},
    {"capability", FSCI_METRIC_POSITIVE, false, "q", "capability Q of an agent, for K = A M^b Q^d"},
    {0}};
static const fsci_metric_setting growth_settings[] = {
    {"errors", "normal|lognormal", "lognormal", "of the amounts: their AICc is of that law"},
    {"cumulative", "no|yes", "no", "amounts are totals, which do not decrease"},
    {"leave-out", "N", "2", "latest points forecast from the others"},
    {0}};
static const fsci_metric_result growth_results[] = {
    {"rows",
     "form, value (weight), aicc, future_error (root mean square of ln(forecast/observed) on "
     "the points left out), doubling (of an exponential), n"},
    {"forms", "form, weight, aicc, rss, and the form's parameters"},
    {"synergy", "A, b, se_b, d, se_d, identified (of d): K = A M^b Q^d in logarithms"},
    {0}};

static double future_error(fsci_form form, const double *x, const double *y, size_t n, size_t left,
                           bool logs)
{
    double sum = 0;
    fsci_fitted_form c = fsci_form_fit(form, x, y, n - left, logs);
    for (size_t i = n - left; i < n && c.ok; i++) {
        double r = log(fsci_form_at(&c, x[i]) / y[i]);
        sum += r * r / (double)left;
    }
    return c.ok ? sqrt(sum) : NAN;
}

/* Two-way regression of ln K on ln M and ln Q, by removing ln M from both first. */
static void add_synergy(fsci_metric_run *run, const double *m, const double *k, const double *q,
                        size_t n, double *s)
{
    double *lm = s, *lk = s + n, *lq = s + 2 * n;
    for (size_t i = 0; i < n; i++) {
        lm[i] = log(m[i]);
        lk[i] = log(k[i]);
        lq[i] = log(q[i]);
    }
    fsci_polynomial q_on_m = fsci_polynomial_fit(lm, lq, n, 1),
                    k_on_m = fsci_polynomial_fit(lm, lk, n, 1);
    double qq = 0, qk = 0, kk = 0, spread = 0;
    for (size_t i = 0; i < n; i++) {
        double rq = lq[i] - fsci_polynomial_at(&q_on_m, lm[i]);
        double rk = lk[i] - fsci_polynomial_at(&k_on_m, lm[i]);
        qq += rq * rq;
        qk += rq * rk;
        kk += rk * rk;
        spread += (lm[i] - k_on_m.centre) * (lm[i] - k_on_m.centre);
    }
    bool identified = qq > 1e-20 * (double)n;
    double d = identified ? qk / qq : NAN;
    double b =
        fsci_polynomial_leading(&k_on_m) - (identified ? d * fsci_polynomial_leading(&q_on_m) : 0);
    double df = (double)n - 2 - identified, rss = kk - (identified ? d * qk : 0);
    double sigma = df > 0 ? sqrt(fmax(0, rss) / df) : NAN, slope = fsci_polynomial_leading(&q_on_m);
    fsci_json *item = fsci_json_set_object(run->arena, run->root, "synergy");
    fsci_metric_set(
        run, item, "A",
        exp(fsci_line_intercept(&k_on_m) - (identified ? d * fsci_line_intercept(&q_on_m) : 0)));
    fsci_metric_set(run, item, "b", b);
    fsci_metric_set(run, item, "se_b",
                    sigma * sqrt(1 / spread + (identified ? slope * slope / qq : 0)));
    fsci_metric_set(run, item, "d", d);
    fsci_metric_set(run, item, "se_d", identified ? sigma / sqrt(qq) : NAN);
    fsci_json_set_bool(run->arena, item, "identified", identified);
    if (!identified)
        fsci_record_warn(
            run->arena, run->root, "W-NOT-IDENTIFIED",
            "capability is constant, or moves with the number of agents: its exponent d "
            "cannot be told from b");
}

static fsc_status run_growth(fsci_metric_run *run, fsc_error *err)
{
    static const fsci_form forms[] = {FSCI_FORM_LINEAR, FSCI_FORM_EXPONENTIAL, FSCI_FORM_POWER,
                                      FSCI_FORM_LOGISTIC, FSCI_FORM_HYPERBOLIC};
    const double *raw_x, *raw_y, *raw_q;
    fsci_keys one = {FSCI_NEW(run->arena, uint32_t, fsci_metric_rows(run)), NULL, NULL, 1};
    size_t rows = fsci_metric_rows(run), *index = FSCI_NEW(run->arena, size_t, rows);
    FSCI_TRY(fsci_metric_numbers(run, "x", &raw_x, err));
    FSCI_TRY(fsci_metric_numbers(run, "amount", &raw_y, err));
    FSCI_TRY(fsci_metric_numbers(run, "capability", &raw_q, err));
    if (!one.codes || !index)
        return fsci_fail_memory(err);
    size_t n = fsci_metric_pick(&one, 0, rows, raw_x, index),
           left = (size_t)fsci_metric_number(run, "leave-out");
    double *x = fsci_metric_gather(run, raw_x, index, n),
           *y = fsci_metric_gather(run, raw_y, index, n);
    double *q = fsci_metric_gather(run, raw_q, index, n),
           *scratch = FSCI_NEW(run->arena, double, 3 * n);
    choice c;
    if (!x || !y || !scratch)
        return fsci_fail_memory(err);
    if (n < 6 && !q)
        return fsci_fail(err, FSC_EINPUT, "%zu points; growth laws need six to be told apart", n);
    for (size_t i = 1; i < n && fsci_metric_is(run, "cumulative", "yes"); i++)
        if (y[i] < y[i - 1])
            return fsci_metric_fail(run, index[i], err, "the total falls from %s to %s",
                                    fsci_briefly(y[i - 1], 6).text, fsci_briefly(y[i], 6).text);
    if (q && !(x[0] > 0))
        return fsci_fail(err, FSC_EINPUT, "numbers of agents are above 0");
    if (q)
        add_synergy(run, x, y, q, n, scratch);
    if (n < 6)
        return FSC_OK;
    bool logs = fsci_metric_is(run, "errors", "lognormal");
    FSCI_TRY(x[0] > 0 && x[n - 1] < 2 * x[0] && raw_q
                 ? fsci_fail(err, FSC_EINPUT, "agents range over less than one doubling")
                 : FSC_OK);
    choose(&c, forms, sizeof forms / sizeof *forms, x, y, n, logs);
    for (size_t f = 0; f < c.n; f++) {
        fsci_json *row = fsci_metric_row(run, "");
        bool exponential = c.fit[f].form == FSCI_FORM_EXPONENTIAL;
        fsci_metric_word(run, row, "form", fsci_form_name(c.fit[f].form));
        fsci_metric_set(run, row, "value", c.weight[f]);
        fsci_metric_set(run, row, "aicc", c.fit[f].ok ? c.fit[f].aicc : NAN);
        fsci_metric_set(run, row, "future_error",
                        left > 0 && left < n ? future_error(forms[f], x, y, n, left, logs) : NAN);
        fsci_metric_set(run, row, "doubling", exponential ? log(2) / c.fit[f].p[1] : NAN);
        fsci_metric_set(run, row, "n", (double)n);
    }
    add_forms(run, "", &c);
    draw(run, "", &c.fit[c.best], x, y, n, "x", "amount", false);
    fsci_metric_say(run, "%s growth, weight %s.", fsci_form_name(c.fit[c.best].form),
                    fsci_briefly(c.weight[c.best], 3).text);
    return FSC_OK;
}

const fsci_metric fsci_metric_growth_law_compare = {
    .id = "growth-law-compare",
    .summary = "linear, exponential, power, logistic or hyperbolic growth: weights and forecasts "
               "of the last points",
    .source = "the hypotheses of arXiv:2503.22444",
    .text = "Five forms of K(x) by maximum likelihood under normal or log-normal errors, compared "
            "by AICc and by how well the earlier points forecast the last ones. With a column of "
            "capability also K = A M^b Q^d in logarithms, with b = 1 and d = 0 as the values of no "
            "synergy; d is said not to be identified when Q does not move on its own.",
    .example = "growth-law-compare counts.csv --param errors=lognormal",
    .columns = growth_columns,
    .settings = growth_settings,
    .results = growth_results,
    .run = run_growth};
