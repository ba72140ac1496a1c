/* Trials of a law's fit: data simulated from known constants lead back to them. */
#include "api/trial.h"
#include "api/ctx.h"
#include "base/number.h"
#include "num/random.h"
#include "table/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REPLICATES = 40 };
static const double noise_of_coverage = 0.001;

/* The simulated rows as a table; the response with noise on its own scale: in the logit of a share,
 * the log of what is positive, else absolute. */
static fsc_status make_table(const fsci_trial *t, double noise, uint64_t replicate,
                             fsc_table **table, fsc_error *err)
{
    const fsc_law *law = t->law;
    const fsci_domain *domain = &law->columns.items[law->response].domain;
    bool positive = domain->lo.value >= 0, share = positive && domain->hi.value == 1;
    const double *y = t->columns[law->response];
    fsci_stream stream = fsci_stream_new(20, replicate);
    fsci_buffer text = {0};
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0; i < t->n; i++) {
        lo = fmin(lo, y[i]);
        hi = fmax(hi, y[i]);
    }
    for (size_t c = 0; c < law->columns.n; c++)
        fsci_buffer_printf(&text, "%s%s", c ? "," : "", law->columns.items[c].name);
    for (size_t i = 0; i < t->n; i++) {
        double e = noise * fsci_random_normal(&stream);
        double odds = exp(e) * y[i] / (1 - y[i]);
        double value = share && y[i] < 1 ? odds / (1 + odds)
                       : positive        ? y[i] * exp(e)
                                         : y[i] + e * (hi - lo);
        for (size_t c = 0; c < law->columns.n; c++) {
            char number[FSCI_NUMBER_TEXT];
            fsci_buffer_puts(&text, c ? "," : "\n");
            if (law->columns.items[c].is_category)
                fsci_buffer_puts(&text, "level ");
            fsci_number_write(c == law->response ? (noise > 0 ? value : y[i]) : t->columns[c][i],
                              number);
            fsci_buffer_puts(&text, number);
        }
    }
    fsc_status status =
        text.failed ? fsci_fail_memory(err)
                    : fsci_table_parse("simulated.csv", text.data, text.length, NULL, table, err);
    fsci_buffer_free(&text);
    return status;
}

static fsc_status fit(fsci_trial *t, double noise, uint64_t replicate, const char *options,
                      fsc_record **record, fsc_error *err)
{
    fsc_table *table;
    FSCI_TRY(make_table(t, noise, replicate, &table, err));
    fsc_status status = fsc_fit_run(t->ctx, t->law, table, options, record, err);
    fsci_table_free(table);
    return status;
}

/* ---- without noise ---- */

static bool undetermined(const fsci_json *root)
{
    FSCI_JSON_EACH (warning, fsci_json_get(root, "warnings")) {
        const char *code = fsci_json_get_string(warning, "code");
        if (code && !strcmp(code, "W-AMBIG"))
            return true;
    }
    return false;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double distance(const double *got, const double *want, size_t n)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double gap = fabs(got[i] - want[i]) / fmax(fabs(want[i]), 1e-6);
        worst = gap > worst || isnan(gap) ? gap : worst;
    }
    return worst;
}

/* Like terms, as two breaks, may have changed places: then the same values stand in another order.
 */
static double distance_exchanged(double *got, double *want, size_t n)
{
    qsort(got, n, sizeof *got, compare);
    qsort(want, n, sizeof *want, compare);
    return distance(got, want, n);
}

static bool says(const fsci_json *record, const fsci_law_expectation *expected)
{
    FSCI_JSON_EACH (warning, fsci_json_get(record, "warnings")) {
        const char *code = fsci_json_get_string(warning, "code");
        const char *message = fsci_json_get_string(warning, "message");
        if (code && message && !strcmp(code, expected->code) &&
            !strncmp(message, expected->says, strlen(expected->says)))
            return true;
    }
    return false;
}

/* Rows within the ranges that the law states meet what it expects. */
static void try_expectations(fsci_trial *t, const fsci_json *record)
{
    const char *first = NULL;
    size_t n = t->law->expects.n, met = 0;
    for (size_t i = 0; i < n; i++) {
        bool against = says(record, &t->law->expects.items[i]);
        met += !against;
        first = against && !first ? t->law->expects.items[i].says : first;
    }
    if (n)
        fsci_trial_add(t, "expectations", met == n, "%zu of %zu met by its own simulated rows%s%s",
                       met, n, first ? ", not: " : "", first ? first : "");
}

/* The curve comes back exactly, and so do the constants unless the record says that these data do
 * not determine them. */
fsc_status fsci_trial_recovery(fsci_trial *t, fsc_error *err)
{
    fsc_record *record;
    fsc_error why;
    if (fit(t, 0, 0, "{\"quick\": true, \"prepare\": \"none\"}", &record, &why) != FSC_OK) {
        fsci_trial_add(t, "recovery", false, "%s", why.message);
        return why.status == FSC_ENOMEM ? fsci_fail_memory(err) : FSC_OK;
    }
    const fsci_json *fitted = record->root;
    double rmse = fsci_json_get_number(fsci_json_get(fitted, "diagnostics"), "rmse");
    const fsci_json *parameters = fsci_json_get(fitted, "parameters");
    size_t n = 0;
    double *got = FSCI_NEW(t->arena, double, fsci_json_count(parameters) + 1);
    double *want = FSCI_NEW(t->arena, double, fsci_json_count(parameters) + 1);
    if (!got || !want)
        return fsci_fail_memory(err);
    FSCI_JSON_EACH (p, parameters) {
        size_t k = fsci_law_parameter_index(t->law, fsci_json_get_string(p, "name"));
        if (k == SIZE_MAX) /* a dispersion, the mean of a prior */
            continue;
        got[n] = fsci_json_get_number(p, "value");
        want[n++] = t->theta[k];
    }
    double worst = distance(got, want, n);
    if (!(worst < 1e-6))
        worst = fmin(worst, distance_exchanged(got, want, n));
    bool free = undetermined(fitted);
    fsci_trial_add(t, "recovery", rmse < 1e-6 && (free || worst < 1e-6),
                   "%zu rows without noise: rmse %.1e, constants off by %.1e%s", t->n, rmse, worst,
                   free ? " (not determined, and said so)" : "");
    try_expectations(t, fitted);
    fsc_record_free(record);
    return FSC_OK;
}

/* ---- with noise ---- */

/* Starts at the truth: the search is not on trial here. */
static const char *options_at_truth(const fsci_trial *t)
{
    fsci_buffer text = {0};
    fsci_buffer_puts(&text, "{\"quick\": true, \"prepare\": \"none\", \"objective\": \"squared\", "
                            "\"starts\": \"1\", \"start\": [");
    for (size_t i = 0; i < t->law->parameters.n; i++) {
        char number[FSCI_NUMBER_TEXT];
        fsci_number_write(t->theta[i], number);
        fsci_buffer_printf(&text, "%s\"%s=%s\"", i ? ", " : "", t->law->parameters.items[i].name,
                           number);
    }
    fsci_buffer_puts(&text, "]}");
    const char *copy = text.failed ? NULL : fsci_copy_text(t->arena, text.data, text.length);
    fsci_buffer_free(&text);
    return copy;
}

static void count(const fsci_trial *t, const fsci_json *record, size_t *inside, size_t *asked)
{
    FSCI_JSON_EACH (p, fsci_json_get(record, "parameters")) {
        size_t k = fsci_law_parameter_index(t->law, fsci_json_get_string(p, "name"));
        double lo = fsci_json_get_number(p, "lo"), hi = fsci_json_get_number(p, "hi");
        const char *status = fsci_json_get_string(p, "status");
        if (k == SIZE_MAX || !(hi > lo) || !status || strcmp(status, "ok") != 0)
            continue;
        ++*asked;
        *inside += t->theta[k] >= lo && t->theta[k] <= hi;
    }
}

/* Local 95 % intervals of all parameters over the replicates; the band is four standard errors of
 * one parameter's share, since the parameters of one fit err together. */
fsc_status fsci_trial_coverage(fsci_trial *t, fsc_error *err)
{
    const char *options = options_at_truth(t);
    size_t inside = 0, asked = 0, failed = 0;
    if (!options)
        return fsci_fail_memory(err);
    for (uint64_t r = 1; r <= REPLICATES; r++) {
        fsc_record *record;
        if (fit(t, noise_of_coverage, r, options, &record, NULL) != FSC_OK) {
            failed++;
            continue;
        }
        count(t, record->root, &inside, &asked);
        fsc_record_free(record);
    }
    double share = asked ? (double)inside / (double)asked : NAN;
    double band = 4 * sqrt(0.95 * 0.05 / REPLICATES);
    if (!asked)
        fsci_trial_skip(t, "coverage",
                        failed == REPLICATES ? "no simulated table could be fitted"
                                             : "with noise no parameter is determined");
    else
        fsci_trial_add(t, "coverage", share > 0.95 - band && failed < REPLICATES / 4,
                       "%.0f %% of %zu intervals at 0.1 %% noise hold the truth, %zu fits failed",
                       100 * share, asked, failed);
    return FSC_OK;
}
