/* Trials of a law's formula: its derivatives, its trends, the laws it reduces to. */
#include "api/trial.h"
#include "expr/tree.h"
#include "law/evaluate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- derivatives ---- */

/* left - right of the law over the simulated rows. */
static fsci_program *difference(const fsci_trial *t)
{
    const fsc_law *law = t->law;
    size_t n = law->parameters.n + law->columns.n;
    fsci_symbol *symbols = FSCI_NEW(t->arena, fsci_symbol, n);
    if (!symbols)
        return NULL;
    fsci_law_symbols(law, 0, symbols);
    for (size_t i = 0; i < law->columns.n; i++)
        symbols[law->parameters.n + i] = (fsci_symbol){.name = law->columns.items[i].name,
                                                       .kind = FSCI_SYMBOL_NUMBERS,
                                                       .numbers = t->columns[i]};
    fsci_scope scope = {
        .symbols = symbols, .n_symbols = n, .n_rows = t->n, .n_parameters = law->parameters.n};
    const fsci_node *root =
        fsci_node_binary(t->arena, '-', law->formula->left, law->formula->right);
    fsci_program *program;
    root = root ? fsci_law_one_level(t->arena, root) : NULL;
    return root && fsci_program_new(t->arena, law->formula, &root, 1, &scope, &program, NULL) ==
                       FSC_OK
               ? program
               : NULL;
}

typedef struct sampler {
    const fsci_trial *trial;
    fsci_program *program;
    void *scratch;
    double *theta, *low, *high, *low2, *high2, *values, *jacobian;
} sampler;

static void values_at(const sampler *s, size_t j, double step, double *values)
{
    double before = s->theta[j];
    s->theta[j] = before + step;
    fsci_program_values(s->program, s->scratch, s->theta, 0, s->trial->n, values, s->trial->n);
    s->theta[j] = before;
}

/* Richardson's extrapolation of two central differences; where the two disagree the formula has a
 * kink or the step is too coarse, and nothing can be said. */
static double worst_of_column(const sampler *s, size_t j, size_t *compared)
{
    size_t n = s->trial->n;
    const double *y = s->trial->columns[s->trial->law->response];
    double step = 1e-4 * fmax(fabs(s->theta[j]), 1e-3), worst = 0;
    values_at(s, j, step, s->high);
    values_at(s, j, -step, s->low);
    values_at(s, j, step / 2, s->high2);
    values_at(s, j, -step / 2, s->low2);
    for (size_t i = 0; i < n; i++) {
        double coarse = (s->high[i] - s->low[i]) / (2 * step);
        double fine = (s->high2[i] - s->low2[i]) / step;
        double best = (4 * fine - coarse) / 3, exact = s->jacobian[j * n + i];
        double size = fabs(y[i]) + fabs(s->values[i]) + fabs(s->high[i]) + 1e-3;
        double room = fabs(exact) + 1e-7 * size / step; /* what cancels in a difference */
        if (!isfinite(best) || fabs(fine - coarse) > 1e-3 * room)
            continue;
        ++*compared;
        worst = fmax(worst, room > 0 ? fabs(best - exact) / room : 0);
    }
    return worst;
}

void fsci_trial_derivatives(fsci_trial *t)
{
    size_t p = t->law->parameters.n, compared = 0;
    sampler s = {.trial = t, .program = difference(t)};
    double *rows = FSCI_NEW(t->arena, double, (5 + p) * t->n + p);
    if (!s.program || !rows) {
        fsci_trial_add(t, "derivatives", false, "the formula does not compile over its ranges");
        return;
    }
    s.scratch = aligned_alloc(64, (fsci_program_scratch_bytes(s.program) / 64 + 1) * 64);
    if (!s.scratch)
        return;
    s.low = rows;
    s.high = rows + t->n;
    s.low2 = rows + 2 * t->n;
    s.high2 = rows + 3 * t->n;
    s.values = rows + 4 * t->n;
    s.jacobian = rows + 5 * t->n;
    s.theta = rows + (5 + p) * t->n;
    memcpy(s.theta, t->theta, p * sizeof *s.theta);
    fsci_program_jacobian(s.program, s.scratch, s.theta, 0, t->n, s.values, s.jacobian, t->n);
    double worst = 0;
    for (size_t j = 0; j < p; j++)
        worst = fmax(worst, worst_of_column(&s, j, &compared));
    free(s.scratch);
    fsci_trial_add(t, "derivatives", worst < 1e-6 && compared >= t->n * p / 2,
                   "%zu compared with differences, farthest %.1e", compared, worst);
}

/* ---- trends ---- */

/* The response on a ladder of one column, the others as in `row`. */
static bool follows(const fsci_trial *t, size_t column, size_t row)
{
    enum { STEPS = 12 };
    const fsci_law_column *about = &t->law->columns.items[column];
    double before = NAN, sign = about->trend == FSCI_LAW_TREND_RISING ? 1 : -1;
    double lo = about->range.lo.value, hi = about->range.hi.value;
    size_t n = about->range.grid.n ? about->range.grid.n : STEPS + 1;
    for (size_t k = 0; k < n; k++) {
        double share = (double)k / STEPS;
        fsci_value at = {.name = about->name,
                         .value = about->range.grid.n ? about->range.grid.items[k]
                                  : about->range.log  ? lo * pow(hi / lo, share)
                                                      : lo + share * (hi - lo)};
        double y = fsci_trial_response(t, row, &(fsci_values){&at, 1});
        if (sign * (y - before) < -1e-12 * fabs(y))
            return false;
        before = y;
    }
    return true;
}

void fsci_trial_trends(fsci_trial *t)
{
    for (size_t c = 0; c < t->law->columns.n; c++) {
        const fsci_law_column *about = &t->law->columns.items[c];
        bool ok = true;
        if (about->trend == FSCI_LAW_TREND_NONE || c == t->law->response)
            continue;
        for (size_t row = 0; row < t->n; row += 1 + t->n / 8)
            ok = ok && follows(t, c, row);
        fsci_trial_add(t, "trend", ok, "%s in %s%s",
                       about->trend == FSCI_LAW_TREND_RISING ? "rising" : "falling", about->name,
                       ok ? "" : " is stated, and not so over its range");
    }
}

/* ---- reductions ---- */

/* An expression of this law's parameters, or of its columns at a row. */
static double value_of(const fsci_trial *t, const fsci_law_reduction *r, const fsci_formula *f,
                       size_t row, double response)
{
    const fsc_law *law = t->law;
    size_t p = law->parameters.n, n = p + law->columns.n;
    fsci_symbol *symbols = FSCI_NEW(t->arena, fsci_symbol, n);
    double *theta = FSCI_NEW(t->arena, double, p + 1), value = NAN;
    double *at = FSCI_NEW(t->arena, double, law->columns.n + 1);
    fsci_program *program;
    if (!symbols || !theta || !at)
        return NAN;
    memcpy(theta, t->theta, p * sizeof *theta);
    for (size_t i = 0; i < law->columns.n; i++)
        at[i] = i == law->response ? response : t->columns[i][row];
    for (size_t k = 0; k < r->at.n; k++) {
        size_t j = fsci_law_parameter_index(law, r->at.items[k].name);
        size_t i = fsci_law_column_index(law, r->at.items[k].name);
        if (j != SIZE_MAX)
            theta[j] = r->at.items[k].value;
        if (i != SIZE_MAX)
            at[i] = r->at.items[k].value;
    }
    fsci_law_symbols(law, 0, symbols);
    for (size_t i = 0; i < law->columns.n; i++)
        symbols[p + i] = (fsci_symbol){
            .name = law->columns.items[i].name, .kind = FSCI_SYMBOL_NUMBERS, .numbers = &at[i]};
    fsci_scope scope = {.symbols = symbols, .n_symbols = n, .n_rows = 1, .n_parameters = p};
    if (fsci_program_new(t->arena, f, &f->right, 1, &scope, &program, NULL) != FSC_OK)
        return NAN;
    void *scratch = aligned_alloc(64, (fsci_program_scratch_bytes(program) / 64 + 1) * 64);
    if (scratch)
        fsci_program_values(program, scratch, theta, 0, 1, &value, 1);
    free(scratch);
    return value;
}

static const fsci_formula *mapped(const fsci_law_map *maps, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(maps[i].name, name))
            return maps[i].formula;
    return NULL;
}

/* The other law's parameters and inputs; its response is ours, or what `columns` says it is. False
 * when the reduction does not say them all. */
static bool translate(const fsci_trial *t, const fsci_law_reduction *r, const fsc_law *other,
                      size_t row, double response, double *theta, fsci_values *at)
{
    for (size_t i = 0; i < other->parameters.n; i++) {
        const fsci_formula *f = mapped(r->maps.items, r->maps.n, other->parameters.items[i].name);
        if (!f)
            return false;
        theta[i] = value_of(t, r, f, row, response);
    }
    at->n = 0;
    for (size_t i = 0; i < other->columns.n; i++) {
        const char *name = other->columns.items[i].name;
        const fsci_formula *f = mapped(r->columns.items, r->columns.n, name);
        size_t own = fsci_law_column_index(t->law, name);
        if (i == other->response)
            continue;
        if (!f && own == SIZE_MAX)
            return false;
        at->items[at->n++] = (fsci_value){
            .name = name, .value = f ? value_of(t, r, f, row, response) : t->columns[own][row]};
    }
    return true;
}

static void try_reduction(fsci_trial *t, const fsci_law_reduction *r, const fsc_law *other)
{
    double *theta = FSCI_NEW(t->arena, double, other->parameters.n + 1), worst = 0;
    fsci_values at = {FSCI_NEW(t->arena, fsci_value, other->columns.n + 1), 0};
    const char *what = fsci_format(t->arena, "reduces to %s", r->law);
    if (!theta || !at.items)
        return;
    for (size_t row = 0; row < t->n; row += 1 + t->n / 8) {
        double ours = fsci_trial_response(t, row, &r->at);
        if (!translate(t, r, other, row, ours, theta, &at) || !other->solution) {
            fsci_trial_skip(t, what, "the file does not say all of its parameters and columns");
            return;
        }
        const fsci_formula *same =
            mapped(r->columns.items, r->columns.n, other->columns.items[other->response].name);
        double want = same ? value_of(t, r, same, row, ours) : ours;
        double gap = fabs(fsci_law_response(other, theta, &at) - want) / fmax(fabs(want), 1e-300);
        worst = gap > worst || isnan(gap) ? gap : worst;
    }
    fsci_trial_add(t, what, worst < 1e-6, "%s, farthest %.1e", r->when, worst);
}

void fsci_trial_reductions(fsci_trial *t)
{
    for (size_t i = 0; i < t->law->reduces_to.n; i++) {
        const fsci_law_reduction *r = &t->law->reduces_to.items[i];
        fsc_law *other;
        fsc_error why;
        if (fsci_catalogue_find(t->catalogue, r->law, &other, &why) != FSC_OK)
            fsci_trial_add(t, "reduces to", false, "%s", why.message);
        else
            try_reduction(t, r, other);
        fsci_law_free(other);
    }
}
