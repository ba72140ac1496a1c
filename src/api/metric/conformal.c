/* metric conformal-gate: which drafts to accept, with a guarantee. */
#include "api/metric/metric.h"

#include "api/source.h"
#include "base/number.h"
#include "metric/conformal.h"
#include "metric/rates.h"
#include "num/random.h"

#include <math.h>
#include <string.h>

static const fsci_metric_column columns[] = {
    {"score", FSCI_METRIC_NUMBER, true, "perplexity|ppl|nonconformity",
     "new scores, larger is stranger"},
    {"group", FSCI_METRIC_KEY, false, "run|model", "an answer for each"},
    {"condition", FSCI_METRIC_KEY, false, "question|problem",
     "with calibrate=conditional: each has calibration scores of its own"},
    {0}};
static const fsci_metric_setting settings[] = {
    {"calibration", "TABLE", NULL, "table of calibration scores; needed"},
    {"calibration-where", "EXPR", NULL, "rows of it to use"},
    {"alpha", "NUMBER", "0.1", "share of good drafts that may be refused"},
    {"calibrate", "marginal|conditional", "marginal",
     "one calibration set, or one for each condition"},
    {"corrected", "yes|no", "yes",
     "no: rank #{a_i < a}/n without the finite-sample correction, refused from 1 - alpha up"},
    {"ties", "whole|random", "whole", "p-values of ties: counted whole, or broken at random"},
    {"mode", "fixed|online", "fixed",
     "online: every new score joins the calibration set, in row order"},
    {0}};
static const fsci_metric_result results[] = {
    {"rows",
     "group, value (share accepted), lo, hi (exact), threshold (null: infinite), rank (k-th "
     "smallest of the calibration scores), guarantee (k/(n+1)), n_calibration, n"},
    {"decisions", "group, score, p (p-value, or rank without the correction), accepted; the first "
                  "100,000"},
    {0}};

enum { MOST_DECISIONS = 100000 };

typedef struct gate {
    double alpha;
    bool corrected, random, online, conditional;
    double *scores;    /* calibration, sorted within each condition; with room to grow online */
    size_t *first, *n; /* by condition */
    size_t conditions;
} gate;

static fsc_status read_table(fsci_metric_run *run, fsc_table **table, fsc_error *err)
{
    const char *path = fsci_metric_text(run, "calibration");
    const char *where = fsci_metric_text(run, "calibration-where");
    if (!path)
        return fsci_fail(err, FSC_EUSAGE, "against which scores? give --param calibration=TABLE");
    FSCI_TRY(fsci_source_table(path, NULL, table, err));
    fsci_source_provenance(run->arena, path, fsci_table_rows(*table), run->inputs);
    if (!where)
        return FSC_OK;
    bool *keep = FSCI_NEW(run->arena, bool, fsci_table_rows(*table));
    fsc_table *smaller = NULL;
    fsc_status status =
        keep ? fsci_rows_mask(run->arena, *table, "--param calibration-where", where, keep, err)
             : fsci_fail_memory(err);
    if (status == FSC_OK)
        status = fsci_table_take(*table, keep, &smaller, err);
    fsci_table_free(*table);
    *table = smaller;
    return status;
}

/* The gate of conditions: one for all, or by the keys of the new scores. */
static fsc_status fill(fsci_metric_run *run, gate *g, fsc_table *table, const fsci_keys *condition,
                       fsc_error *err)
{
    fsci_metric_run other = *run;
    fsci_keys keys = {0};
    const double *scores;
    other.rows.table = table;
    size_t n = fsci_table_rows(table), extra = g->online ? fsci_metric_rows(run) : 0;
    FSCI_TRY(fsci_metric_numbers(&other, "score", &scores, err));
    if (g->conditional)
        FSCI_TRY(fsci_metric_keys(&other, "condition", &keys, err));
    g->conditions = g->conditional ? condition->n : 1;
    g->n = FSCI_NEW(run->arena, size_t, g->conditions);
    g->first = FSCI_NEW(run->arena, size_t, g->conditions + 1);
    g->scores = FSCI_NEW(run->arena, double, n + extra * g->conditions + 1);
    size_t *to = FSCI_NEW(run->arena, size_t, keys.n + 1);
    if (!g->n || !g->first || !g->scores || !to)
        return fsci_fail_memory(err);
    for (size_t k = 0; k < keys.n; k++) {
        to[k] = SIZE_MAX;
        for (size_t c = 0; c < condition->n; c++)
            if (!strcmp(condition->labels[c], keys.labels[k]))
                to[k] = c;
    }
    size_t at = 0;
    for (size_t c = 0; c < g->conditions; c++) {
        g->first[c] = at;
        for (size_t i = 0; i < n; i++)
            if (!g->conditional || to[keys.codes[i]] == c)
                g->scores[at + g->n[c]++] = scores[i];
        fsci_sort(g->scores + at, g->n[c]);
        at += g->n[c] + extra;
    }
    return FSC_OK;
}

static fsc_status check(fsci_metric_run *run, const gate *g, const fsci_keys *condition,
                        fsc_error *err)
{
    size_t infinite = 0;
    for (size_t c = 0; c < g->conditions; c++) {
        if (g->n[c] == 0)
            return fsci_fail(err, FSC_EINPUT, "no calibration scores%s%s",
                             g->conditional ? " for " : "",
                             g->conditional ? condition->labels[c] : "");
        infinite += fsci_conformal_rank(g->n[c], g->alpha) > g->n[c];
    }
    if (infinite && g->corrected)
        fsci_record_warn(run->arena, run->root, "W-TOO-FEW",
                         "%zu calibration sets are too small for alpha %s, which needs %s scores: "
                         "everything is accepted there",
                         infinite, fsci_briefly(g->alpha, 6).text,
                         fsci_briefly(ceil(1 / g->alpha - 1), 6).text);
    return FSC_OK;
}

static double judge(const gate *g, size_t c, double score, fsci_stream *stream, bool *accepted)
{
    const double *a = g->scores + g->first[c];
    double p = g->corrected ? fsci_conformal_p(a, g->n[c], score)
                            : fsci_conformal_rank_share(a, g->n[c], score);
    *accepted =
        g->corrected ? score <= fsci_conformal_threshold(a, g->n[c], g->alpha) : p < 1 - g->alpha;
    if (g->corrected && g->random) {
        p = fsci_conformal_p_randomised(a, g->n[c], score, fsci_random_uniform(stream));
        *accepted = p > g->alpha;
    }
    return p;
}

static void add_group(fsci_metric_run *run, gate *g, const fsci_keys *group,
                      const fsci_keys *condition, size_t which, const double *scores,
                      fsci_stream *stream)
{
    double n = 0, accepted = 0, calibration = 0;
    const char *label = group->labels[which];
    double threshold = fsci_conformal_threshold(g->scores, g->n[0], g->alpha);
    size_t rank = fsci_conformal_rank(g->n[0], g->alpha), n_first = g->n[0];
    for (size_t c = 0; c < g->conditions; c++)
        calibration += (double)g->n[c];
    for (size_t i = 0; i < fsci_metric_rows(run); i++) {
        if (group->codes[i] != which)
            continue;
        size_t c = g->conditional ? condition->codes[i] : 0;
        bool good;
        double p = judge(g, c, scores[i], stream, &good);
        n++;
        accepted += good;
        if (fsci_json_count(fsci_json_get(run->root, "decisions")) < MOST_DECISIONS) {
            fsci_json *item = fsci_metric_item(run, "decisions", label);
            fsci_metric_set(run, item, "score", scores[i]);
            fsci_metric_set(run, item, "p", p);
            fsci_json_set_bool(run->arena, item, "accepted", good);
        }
        if (g->online)
            fsci_conformal_insert(g->scores + g->first[c], g->n[c]++, scores[i]);
    }
    bool one = !g->conditional;
    fsci_json *row = fsci_metric_row(run, label);
    fsci_metric_estimate(run, row, accepted / n,
                         fsci_rate_interval(FSCI_RATE_EXACT, accepted, n, run->level));
    fsci_metric_set(run, row, "threshold", one ? threshold : NAN);
    fsci_metric_set(run, row, "rank", one ? (double)rank : NAN);
    fsci_metric_set(run, row, "guarantee",
                    one ? fmin(1, (double)rank / ((double)n_first + 1)) : 1 - g->alpha);
    fsci_metric_set(run, row, "n_calibration", calibration);
    fsci_metric_set(run, row, "n", n);
}

static const fsci_metric_plot plots[] = {{"gate", "P-values of new scores", "decisions", "group",
                                          "new scores", "points", "score", "score", "linear", "p",
                                          "p-value", "linear", NULL, NULL},
                                         {0}};

static fsc_status run_gate(fsci_metric_run *run, fsc_error *err)
{
    gate g = {.alpha = fsci_metric_number(run, "alpha"),
              .corrected = fsci_metric_is(run, "corrected", "yes"),
              .random = fsci_metric_is(run, "ties", "random"),
              .online = fsci_metric_is(run, "mode", "online"),
              .conditional = fsci_metric_is(run, "calibrate", "conditional")};
    fsci_keys group, condition;
    const double *scores;
    fsc_table *table = NULL;
    fsci_stream stream = fsci_stream_new(run->seed, 0);
    if (!(g.alpha > 0 && g.alpha < 1))
        return fsci_fail(err, FSC_EUSAGE, "--param alpha is a share between 0 and 1, not %s",
                         fsci_briefly(g.alpha, 6).text);
    FSCI_TRY(fsci_metric_keys(run, "group", &group, err));
    FSCI_TRY(fsci_metric_keys(run, "condition", &condition, err));
    FSCI_TRY(fsci_metric_numbers(run, "score", &scores, err));
    FSCI_TRY(read_table(run, &table, err));
    fsc_status status = fill(run, &g, table, &condition, err);
    fsci_table_free(table);
    FSCI_TRY(status);
    FSCI_TRY(check(run, &g, &condition, err));
    fsci_metric_intervals(run, "exact", "scores");
    for (size_t k = 0; k < group.n; k++)
        add_group(run, &g, &group, &condition, k, scores, &stream);
    fsci_metric_say(run, "%s of the new scores are accepted at alpha %s%s.",
                    fsci_briefly(fsci_json_get_number(run->list->first, "value"), 4).text,
                    fsci_briefly(g.alpha, 6).text, group.n > 1 ? " in the first group" : "");
    return FSC_OK;
}

const fsci_metric fsci_metric_conformal_gate = {
    .id = "conformal-gate",
    .summary =
        "accept or refuse new scores against calibration scores, with a finite-sample guarantee",
    .source = "Vovk, Gammerman & Shafer 2005; arXiv:2509.15148",
    .text =
        "Accept a score at or below the k-th smallest of n calibration scores, k = "
        "ceil((n+1)(1-alpha)); for exchangeable continuous scores exactly k/(n+1) of good ones are "
        "accepted. k above n means that n is too small for alpha, and everything is accepted. The "
        "p-value is (1 + #{a_i >= a})/(n+1). Conditional calibration uses the scores of the same "
        "question, online mode lets the set grow with every new score.",
    .example =
        "conformal-gate data/atts/samples.csv --where 'run == \"takeover\"' --param "
        "calibration=data/atts/calibration.csv,calibration-where='set == \"math500\"',alpha=0.4",
    .columns = columns,
    .settings = settings,
    .results = results,
    .plots = plots,
    .run = run_gate};
