#include "api/trial.h"

#include "base/number.h"
#include "law/evaluate.h"
#include "num/sequence.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(fsci_trial *t, const char *what, fsci_json *ok, const char *detail)
{
    fsci_json *item = fsci_json_push(t->results, fsci_json_object(t->arena));
    fsci_json_set_string(t->arena, item, "what", what);
    fsci_json_set(t->arena, item, "ok", ok);
    fsci_json_set_string(t->arena, item, "detail", detail);
}

void fsci_trial_add(fsci_trial *t, const char *what, bool ok, const char *format, ...)
{
    char detail[256];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    add(t, what, fsci_json_bool(t->arena, ok), detail);
    t->failed = t->failed || !ok;
}

void fsci_trial_skip(fsci_trial *t, const char *what, const char *why)
{
    add(t, what, fsci_json_null(t->arena), why);
}

/* ---- checks ---- */

static double given_value(const fsci_trial *t, const fsci_evaluation *e, const char *name)
{
    size_t response = t->law->response;
    if (!strcmp(t->law->columns.items[response].name, name))
        return e->value;
    for (size_t i = 0; i < e->derived.n; i++)
        if (!strcmp(e->derived.items[i].name, name))
            return e->derived.items[i].value;
    return NAN;
}

static void try_checks(fsci_trial *t)
{
    size_t wrong = 0, n = 0;
    const char *first = "";
    for (size_t i = 0; i < t->law->checks.n; i++) {
        const fsci_check *check = &t->law->checks.items[i];
        const fsci_law_published *set = fsci_law_published_find(t->law, check->set);
        fsci_evaluation e;
        bool ran = fsci_law_evaluate_set(t->arena, t->law, set, &check->at, &e, NULL) == FSC_OK;
        for (size_t k = 0; k < check->gives.n; k++, n++) {
            const fsci_value *given = &check->gives.items[k];
            double got = ran ? given_value(t, &e, given->name) : NAN;
            double room = isnan(check->rtol) ? check->tolerance : check->rtol * fabs(given->value);
            bool holds = fabs(got - given->value) <= room;
            if (!holds && !wrong)
                first = fsci_format(t->arena, "; line %d: %s is %s, where %s is stated",
                                    (int)check->node->at.line, given->name,
                                    isnan(got) ? "not known" : fsci_briefly(got, 7).text,
                                    fsci_briefly(given->value, 7).text);
            wrong += !holds;
        }
    }
    if (n)
        fsci_trial_add(t, "checks", !wrong, "%zu of %zu values as stated%s", n - wrong, n,
                       first ? first : "");
    else
        fsci_trial_skip(t, "checks", "the file has none");
}

/* ---- simulated rows ---- */

static double place(const fsci_start *range, double share)
{
    if (range->grid.n) {
        size_t i = (size_t)(share * (double)range->grid.n);
        return range->grid.items[i < range->grid.n ? i : range->grid.n - 1];
    }
    double lo = range->lo.value, hi = range->hi.value;
    if (share == 0 || share == 1) /* the ends as stated, not rounded: a domain may begin there */
        return share == 0 ? lo : hi;
    return range->log ? exp(log(lo) + share * (log(hi) - log(lo))) : lo + share * (hi - lo);
}

static bool stated(const fsci_start *range)
{
    return range->grid.n > 0 || (isfinite(range->lo.value) && isfinite(range->hi.value));
}

static size_t rows_for(size_t inputs, size_t parameters)
{
    size_t least = (inputs < 2 ? 12 : 6) * parameters;
    if (inputs < 2)
        return least > 24 ? least : 24;
    size_t side = 7;
    while (inputs == 2 && side * side < least)
        side++;
    return inputs == 2 ? side * side : least > 120 ? least : 120;
}

/* One column: evenly; two: a grid; more: points that fill the box. */
static fsc_status fill_inputs(fsci_trial *t, const size_t *inputs, size_t n_inputs, fsc_error *err)
{
    fsci_sequence *sequence = n_inputs > 2 ? fsci_sequence_new(n_inputs, 1) : NULL;
    double *share = FSCI_NEW(t->arena, double, n_inputs + 1);
    size_t side = (size_t)lround(sqrt((double)t->n));
    if (!share || (n_inputs > 2 && !sequence)) {
        fsci_sequence_free(sequence);
        return fsci_fail_memory(err);
    }
    for (size_t row = 0; row < t->n; row++) {
        if (sequence)
            fsci_sequence_point(sequence, row, share);
        else if (n_inputs == 2) {
            size_t across = row % side, down = row / side;
            share[0] = (double)across / (double)(side - 1);
            share[1] = (double)down / (double)(side - 1);
        } else
            share[0] = (double)row / (double)(t->n - 1);
        for (size_t i = 0; i < n_inputs; i++)
            t->columns[inputs[i]][row] = place(&t->law->columns.items[inputs[i]].range, share[i]);
    }
    fsci_sequence_free(sequence);
    return FSC_OK;
}

static bool has_levels(const fsc_law *law)
{
    bool has = false;
    for (size_t i = 0; i < law->columns.n; i++)
        has = has || law->columns.items[i].is_category;
    return has;
}

/* The rows once for every level. */
static void repeat_rows(fsci_trial *t)
{
    size_t each = t->n;
    t->n = each * FSCI_TRIAL_LEVELS;
    for (size_t c = 0; c < t->law->columns.n; c++)
        for (size_t row = 0; row < t->n; row++) {
            const size_t level = row / each;
            t->columns[c][row] =
                t->law->columns.items[c].is_category ? (double)level : t->columns[c][row % each];
        }
}

double fsci_trial_response(const fsci_trial *t, size_t row, const fsci_values *with)
{
    const fsc_law *law = t->law;
    fsci_value items[32];
    double theta[64];
    fsci_values at = {items, 0};
    if (law->columns.n > 32 || law->parameters.n > 64)
        return NAN;
    memcpy(theta, t->theta, law->parameters.n * sizeof *theta);
    for (size_t i = 0; i < law->columns.n; i++)
        if (i != law->response && !law->columns.items[i].is_category)
            items[at.n++] =
                (fsci_value){.name = law->columns.items[i].name, .value = t->columns[i][row]};
    for (size_t k = 0; with && k < with->n; k++) {
        size_t parameter = fsci_law_parameter_index(law, with->items[k].name);
        if (parameter != SIZE_MAX)
            theta[parameter] = with->items[k].value;
        for (size_t i = 0; i < at.n; i++)
            if (!strcmp(items[i].name, with->items[k].name))
                items[i].value = with->items[k].value;
    }
    return fsci_law_response(law, theta, &at);
}

/* Rows whose response exists and lies in its domain. */
static void fill_response(fsci_trial *t)
{
    const fsc_law *law = t->law;
    size_t kept = 0;
    for (size_t row = 0; row < t->n; row++) {
        double y = fsci_trial_response(t, row, NULL);
        if (!fsci_domain_holds(&law->columns.items[law->response].domain, y))
            continue;
        for (size_t i = 0; i < law->columns.n; i++)
            t->columns[i][kept] = t->columns[i][row];
        t->columns[law->response][kept++] = y;
    }
    t->n = kept;
}

/* The rows, or why there are none. */
static fsc_status simulate(fsci_trial *t, const char **why, fsc_error *err)
{
    const fsc_law *law = t->law;
    size_t inputs[32], n = 0;
    *why = !law->published.n ? "the file has no published set to simulate from" : NULL;
    for (size_t i = 0; i < law->columns.n && !*why && i < 32; i++) {
        if (i == law->response || law->columns.items[i].is_category)
            continue;
        if (!stated(&law->columns.items[i].range))
            *why = fsci_format(t->arena, "column %s has no range", law->columns.items[i].name);
        inputs[n++] = i;
    }
    if (*why)
        return FSC_OK;
    t->theta = law->published.items[0].theta;
    t->n = rows_for(n, law->parameters.n);
    t->columns = FSCI_NEW(t->arena, double *, law->columns.n);
    for (size_t i = 0; t->columns && i < law->columns.n; i++)
        t->columns[i] = FSCI_NEW(t->arena, double, t->n *FSCI_TRIAL_LEVELS);
    if (fsci_arena_failed(t->arena))
        return fsci_fail_memory(err);
    FSCI_TRY(fill_inputs(t, inputs, n, err));
    if (has_levels(law))
        repeat_rows(t);
    fill_response(t);
    if (t->n < law->parameters.n + 2)
        *why = "too few rows of the ranges have a response inside its domain";
    return FSC_OK;
}

fsc_status fsci_trial_run(fsci_trial *t, fsc_error *err)
{
    const char *why;
    try_checks(t);
    FSCI_TRY(simulate(t, &why, err));
    if (why) {
        fsci_trial_skip(t, "simulated data", why);
        return FSC_OK;
    }
    fsci_trial_derivatives(t);
    fsci_trial_trends(t);
    fsci_trial_reductions(t);
    FSCI_TRY(fsci_trial_recovery(t, err));
    return fsci_trial_coverage(t, err);
}
