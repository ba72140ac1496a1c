#include "base/number.h"
#include "expr/tree.h"
#include "fit/check/bend.h"
#include "fit/check/count_warnings.h"
#include "fit/check/data_warnings.h"
#include "fit/check/expectations.h"
#include "fit/check/overlap.h"
#include "fit/check/repeats.h"
#include "fit/check/response_warnings.h"
#include "fit/interval/information.h"
#include "fit/quantity.h"
#include "fit/record.h"
#include "num/distribution.h"
#include "num/summary.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

static const char *label(fsci_arena *arena, const fsci_fit *fit, size_t coordinate)
{
    const fsci_model *m = &fit->model;
    return fsci_parameter_label(arena, &m->all[m->parameters.free[coordinate]]);
}

static void warn_bounds(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    for (size_t k = 0; k < m->parameters.n_free; k++) {
        size_t i = m->parameters.free[k];
        const fsci_parameter *p = &m->all[i];
        if (!fit->at_bound[k])
            continue;
        if (p->link && fit->theta[i] == fit->theta[p->other])
            fsci_record_warn(a, record, "W-BOUND",
                             "%s ended on its bound, %s (%s): the data push it further, and the "
                             "two move together. Question the bound, or tie them.",
                             label(a, fit, k), fsci_parameter_label(a, &m->all[p->other]),
                             fsci_brief(a, fit->theta[i], 4));
        else
            fsci_record_warn(
                a, record, "W-BOUND",
                "%s ended on its bound, %s: the data push it further; its local interval "
                "is not given. Question the bound, or drop the term.",
                label(a, fit, k), fsci_brief(a, fit->theta[i], 4));
    }
}

/* Whether a parameter is a term of a sum by itself, as a floor is. */
static bool is_term(const fsci_node *node, const char *name)
{
    if (node->kind == FSCI_NODE_APPLY && (node->op == FSCI_OP_ADD || node->op == FSCI_OP_SUB))
        return is_term(node->args[0], name) || is_term(node->args[1], name);
    return node->kind == FSCI_NODE_NAME && !strcmp(node->name, name);
}

/* A parameter that the rows do not tell from the least it may be: the law without it, or without
 * what it is the exponent of, may do. */
static void warn_floors(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                        fsci_json *record)
{
    const fsci_model *m = &fit->model;
    const fsci_node *right = m->subject.formula->right;
    double t = fsci_t_quantile(0.5 + settings->level / 2, fsci_fit_freedom(fit));
    for (size_t k = 0; k < m->parameters.n_free; k++) {
        const fsci_parameter *p = &m->all[m->parameters.free[k]];
        double value = fit->theta[m->parameters.free[k]], se = fit->curvature.se[k];
        if (p->log || p->link || !isfinite(p->lo) || value - t * se >= p->lo ||
            !fit->curvature.identified[k]) /* W-AMBIG says so */
            continue;
        const char *advice =
            is_term(right, p->name)
                ? "the floor is not identified. A law without it may do as well: compare them."
            : fsci_is_exponent(m->subject.formula, p->name)
                ? "with that exponent its term does not change, and the rows hardly show that it "
                  "does. Add runs over a wider range, or hold it with --fix."
                : "it is not identified. A law without it may do as well: compare them.";
        fsci_record_warn(a, record, "W-NO-FLOOR",
                         "%s = %s is not told from %s, the least it may be, which lies within its "
                         "interval: %s",
                         label(a, fit, k), fsci_brief(a, value, 3), fsci_brief(a, p->lo, 3),
                         advice);
    }
}

/* "a, b and c": the coordinates of which `is` holds; NULL for none. */
static const char *listed(fsci_arena *a, const fsci_fit *fit,
                          bool (*is)(const fsci_fit *fit, size_t k))
{
    size_t n = 0;
    const char **names = FSCI_NEW(a, const char *, fit->model.parameters.n_free + 1);
    for (size_t k = 0; names && k < fit->model.parameters.n_free; k++)
        if (is(fit, k) && (names[n] = label(a, fit, k)))
            n++;
    return n ? fsci_join(a, names, n, " and ") : NULL;
}

/* A direction without a slope involves it. */
static bool is_unsettled(const fsci_fit *fit, size_t k)
{
    return !fit->curvature.identified[k];
}

static void warn_identification(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const char *loose = listed(a, fit, is_unsettled);
    const fsci_curvature *c = &fit->curvature;
    size_t p = fit->model.parameters.n_free, m = p;
    for (size_t k = 0; k < p; k++)
        m -= fit->at_bound[k];
    if (fit->model.n == m)
        fsci_record_warn(a, record, "W-FEW",
                         "as many rows as free parameters (%zu): nothing is left to judge the "
                         "curve by. Add rows.",
                         m);
    if (c->n_passed > 0 && fit->model.n > m)
        fsci_record_warn(a, record, "W-FEW",
                         "%zu row%s constants of %s own, which pass through whatever is there; the "
                         "intervals of these take their noise from other rows. Share or hold some.",
                         c->n_passed, c->n_passed == 1 ? " has" : "s have",
                         c->n_passed == 1 ? "its" : "their");
    if (c->rank < m)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the data determine only %zu of %zu free parameters; the values of %s are "
                         "one choice of many. Hold some with --fix or --tie.",
                         c->rank, m, loose ? loose : "some");
    else if (!c->covariance && fit->model.objective.density)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the likelihood does not bend downwards on all sides of its maximum, so "
                         "local standard errors do not exist. Use --bootstrap.");
    else if (!c->covariance && fit->model.n > m)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the objective is flat at the minimum (too few residuals within delta), "
                         "so local standard errors of %s do not exist. Use --bootstrap.",
                         loose ? loose : "its parameters");
}

/* Exponents of which hardly more than the sign is known, or not even that; levels that might as
 * well be anywhere. */
static void warn_vague(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const char *exponents = listed(a, fit, fsci_fit_is_vague_exponent);
    const char *levels = listed(a, fit, fsci_fit_is_vague_level);
    if (exponents)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the data hardly say what %s may be: the standard error of an exponent is "
                         "above 1. Hold it with --fix, or add runs at other scales.",
                         exponents);
    if (levels)
        fsci_record_warn(a, record, "W-AMBIG",
                         "the data hardly say what %s may be: a standard error moves the curve by "
                         "more than ten times their range. Hold it with --fix, or add runs.",
                         levels);
}

/* Whether coordinate k and the one it is most correlated with trade off; a pair is told once. */
static bool trades_off(const fsci_fit *fit, size_t k)
{
    const fsci_curvature *c = &fit->curvature;
    size_t other = c->correlated[k];
    bool said_before = c->correlated[other] == k && other < k;
    return fabs(c->correlation_with[k]) > 0.98 && c->identified[k] && !said_before;
}

static double correlation(const fsci_fit *fit, size_t k)
{
    const fsci_curvature *c = &fit->curvature;
    size_t other = c->correlated[k], p = fit->model.parameters.n_free;
    return c->covariance ? c->covariance[k + other * p] / (c->se[k] * c->se[other])
                         : c->correlation_with[k];
}

enum { MOST_PAIRS = 3 }; /* told one by one */

static void warn_correlation(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    size_t pairs = 0, worst = 0, p = fit->model.parameters.n_free;
    for (size_t k = 0; k < p; k++) {
        if (!trades_off(fit, k))
            continue;
        if (pairs == 0 || fabs(correlation(fit, k)) > fabs(correlation(fit, worst)))
            worst = k;
        pairs++;
    }
    for (size_t k = 0; k < p; k++) {
        if (!trades_off(fit, k) || (pairs > MOST_PAIRS && k != worst))
            continue;
        const char *also =
            pairs > MOST_PAIRS ? fsci_format(a, ", as do %zu more pairs", pairs - 1) : "";
        fsci_record_warn(a, record, "W-COND",
                         "%s and %s trade off (correlation %.4f)%s: neither means much alone; "
                         "quote what they predict together.",
                         label(a, fit, k), label(a, fit, fit->curvature.correlated[k]),
                         correlation(fit, k), also);
    }
}

/* Local errors of a Huber fit rest on the rows whose residual lies within delta. */
static void warn_local(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                       fsci_json *record)
{
    const fsci_objective *o = &fit->model.objective;
    size_t inside = 0;
    for (size_t i = 0; i < o->n; i++)
        inside += fabs(fit->r[i]) <= o->delta;
    if (settings->interval == FSCI_INTERVAL_LOCAL && o->loss == FSCI_LOSS_HUBER &&
        inside * 4 < o->n && fit->curvature.covariance)
        fsci_record_warn(a, record, "W-LOCAL",
                         "local standard errors rest on the %zu of %zu rows within delta of the "
                         "curve, and are rough. Use --bootstrap 1000.",
                         inside, o->n);
    double tail = (double)settings->bootstrap * (1 - settings->level) / 2;
    if (fsci_interval_resamples(settings->interval) && tail < 5)
        fsci_record_warn(a, record, "W-BOOT",
                         "%zu refits leave %s in each tail of a %s %% interval; give --bootstrap "
                         "%.0f or more.",
                         settings->bootstrap, fsci_briefly(tail, 2).text,
                         fsci_briefly(100 * settings->level, 6).text,
                         ceil(20 / (1 - settings->level) / 100) * 100);
}

enum { FEW_CLUSTERS = 10 }; /* fewer resamples of them hardly differ */

/* Rows of one run or family move together, which rows drawn one by one do not show. */
static void warn_clusters(fsci_arena *a, const fsci_fit *fit, const fsci_fit_settings *settings,
                          fsci_json *record)
{
    size_t n;
    if (!fsci_interval_resamples(settings->interval))
        return;
    bool whole = settings->resample == FSCI_RESAMPLE_CLUSTER ||
                 settings->resample == FSCI_RESAMPLE_HIERARCHICAL;
    if (whole && fit->clusters.n < FEW_CLUSTERS)
        fsci_record_warn(a, record, "W-CLUSTERS",
                         "%zu clusters of '%s' are too few to tell by resampling them how they "
                         "differ: these intervals are too narrow. Compare --interval local, which "
                         "allows for their number.",
                         fit->clusters.n, fit->clusters.column);
    if (settings->resample != FSCI_RESAMPLE_CASES)
        return;
    const char *column = fsci_clusters_obvious(a, &fit->model, &n);
    if (column)
        fsci_record_warn(
            a, record, "W-CLUSTER",
            "rows were drawn one by one, but the %zu rows share %zu values of '%s'; if "
            "rows of one value move together these intervals are too narrow. Use "
            "--cluster '%s'.",
            fit->model.n, n, column, column);
}

static void warn_search(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_search *s = &fit->search;
    if (s->best.stop == FSCI_STOP_LIMIT)
        fsci_record_warn(a, record, "W-STOP",
                         "the solver used up its iterations before its stop test held (scaled "
                         "gradient %s): the minimum may lie lower.",
                         fsci_briefly(s->best.gradient_norm, 1).text);
    if (s->n_solved >= 8 && s->reached_best * 20 < s->n_solved)
        fsci_record_warn(a, record, "W-STARTS",
                         "only %zu of %zu starts reached the best minimum; a lower one may exist. "
                         "Try %s.",
                         s->reached_best, s->n_solved,
                         !strcmp(s->scheme, "staged")
                             ? "another --seed"
                             : fsci_format(a, "--starts %zu", 10 * s->n_solved));
    if (s->n_optima < 2 || !fsci_objective_within(&fit->model.objective, s->optima[0].value,
                                                  s->optima[1].value, FSCI_NEAR_OPTIMUM))
        return;
    if (fit->model.objective.density)
        fsci_record_warn(a, record, "W-STARTS",
                         "another maximum lies within %s of the best log-likelihood: see "
                         "starts.distinct_optima before trusting single parameters.",
                         fsci_briefly(s->optima[1].value - s->optima[0].value, 2).text);
    else
        fsci_record_warn(a, record, "W-STARTS",
                         "another minimum lies within %s %% of the best (objective %s): see "
                         "starts.distinct_optima before trusting single parameters.",
                         fsci_briefly(100 * (s->optima[1].value / s->optima[0].value - 1), 2).text,
                         fsci_briefly(s->optima[1].value, 6).text);
}

/* More than this times the variance that the density has, and it is not the density. */
static const double too_much = 2;

/* Pearson's chi-squared over its degrees of freedom, of a density without a dispersion of its own.
 */
static void warn_dispersion(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_objective *o = &fit->model.objective;
    double sum = 0, freedom = (double)o->n - (double)fit->model.parameters.n_free;
    if (!o->density || o->density->dispersion || !(freedom > 0))
        return;
    for (size_t i = 0; i < o->n; i++)
        sum += fsci_information_of_row(fit, i) * fit->r[i] * fit->r[i];
    if (sum > too_much * freedom)
        fsci_record_warn(a, record, "W-DISP",
                         "the residuals vary %s times as much as a %s response would: the "
                         "intervals are too narrow. Use --objective %s, or --bootstrap.",
                         fsci_briefly(sum / freedom, 3).text, o->density->name,
                         o->density->sibling);
}

enum { TREND_GROUPS = 5 };
static const double trend_p = 1e-3;

/* Whether residuals differ between fifths of the rows by x: the test of Kruskal and Wallis (1952),
 * which no outlier moves far. */
static double trend_test(const double *x, const double *r, size_t n, double *ranks)
{
    double sum[TREND_GROUPS] = {0}, count[TREND_GROUPS] = {0}, h = 0, used = 0;
    if (!fsci_centred_ranks(x, n, ranks) || !fsci_centred_ranks(r, n, ranks + n))
        return NAN;
    for (size_t i = 0; i < n; i++) {
        size_t group = (size_t)((ranks[i] / (double)n + 0.5) * TREND_GROUPS);
        sum[group] += ranks[n + i];
        count[group] += 1;
    }
    for (size_t g = 0; g < TREND_GROUPS; g++)
        if (count[g] > 0) {
            h += sum[g] * sum[g] / count[g];
            used++;
        }
    h *= 12 / ((double)n * ((double)n + 1));
    return used > 1 ? fsci_chi2_upper(h, used - 1) : NAN;
}

static void warn_trend(fsci_arena *a, const fsci_fit *fit, fsci_json *record)
{
    const fsci_model *m = &fit->model;
    double *ranks = FSCI_NEW(a, double, 2 * m->n);
    const fsci_binding *worst = NULL;
    double least = trend_p;
    if (!ranks || m->n < FSCI_BEND_ROWS || fit->curvature.exact)
        return;
    for (size_t i = 0; i < m->n_bindings; i++) {
        const fsci_binding *b = &m->bindings[i];
        if (!b->values || (m->response && !strcmp(b->symbol, m->response)))
            continue;
        double p = trend_test(b->values, fit->r, m->n, ranks);
        if (p < least) {
            least = p;
            worst = b;
        }
    }
    if (worst)
        fsci_record_warn(a, record, "W-RESID",
                         "residuals change with %s (Kruskal-Wallis test over fifths, p = %s): "
                         "the law misses something there. Look at figure residuals, and try "
                         "another law.",
                         worst->column, fsci_briefly(least, 1).text);
}

void fsci_fit_warnings(fsci_arena *arena, const fsci_fit *fit, const fsci_fit_settings *settings,
                       fsci_json *record)
{
    warn_bounds(arena, fit, record);
    warn_floors(arena, fit, settings, record);
    warn_identification(arena, fit, record);
    warn_vague(arena, fit, record);
    warn_correlation(arena, fit, record);
    warn_local(arena, fit, settings, record);
    warn_clusters(arena, fit, settings, record);
    warn_search(arena, fit, record);
    warn_dispersion(arena, fit, record);
    warn_trend(arena, fit, record);
    fsci_bend_warn(arena, fit, record);
    fsci_overlap_warn(arena, fit, record);
    fsci_count_warnings(arena, fit, record);
    fsci_data_warnings(arena, fit, record);
    fsci_repeats_warn(arena, fit, record);
    fsci_response_warnings(arena, fit, record);
    fsci_expectations_warn(arena, fit, record);
}
