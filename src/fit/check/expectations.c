#include "fit/check/expectations.h"

#include "expr/tree.h"
#include "fit/bind.h"
#include "fit/grouped.h"
#include "law/asked.h"
#include "num/summary.h"
#include "record/warning.h"

#include <math.h>
#include <string.h>

/* Values nearer than this, relatively, are one. */
static const double same = 1e-6;

static double spread_of(const fsci_fit *fit)
{
    double squares = 0;
    for (size_t i = 0; i < fit->model.n; i++)
        squares += fit->r[i] * fit->r[i];
    return sqrt(squares / (double)fit->model.n);
}

/* Values of an expression of columns, parameters and the spread of residuals at every row; NULL
 * when it has none here (memory is out). */
static double *values_of(fsci_arena *arena, const fsci_fit *fit, const fsci_formula *formula)
{
    const fsci_model *m = &fit->model;
    const fsci_grouped *grouped = m->subject.grouped;
    const fsci_node *root =
        grouped ? fsci_grouped_rewrite(arena, formula->right, grouped) : formula->right;
    fsci_scope scope;
    fsci_program *program;
    if (fsci_bind_scope(arena, m, &scope, NULL) != FSC_OK)
        return NULL;
    const fsci_node spread = {.kind = FSCI_NODE_NUMBER, .number = spread_of(fit), .height = 1};
    fsci_symbol *symbols = FSCI_NEW(arena, fsci_symbol, scope.n_symbols + 1);
    if (!symbols)
        return NULL;
    memcpy(symbols, scope.symbols, scope.n_symbols * sizeof *symbols);
    symbols[scope.n_symbols++] =
        (fsci_symbol){.name = fsci_law_spread, .kind = FSCI_SYMBOL_FORMULA, .definition = &spread};
    scope.symbols = symbols;
    bool *outside = scope.outside = FSCI_NEW(arena, bool, m->n);
    if (!outside || !root ||
        fsci_program_new(arena, formula, &root, 1, &scope, &program, NULL) != FSC_OK)
        return NULL;
    void *scratch = fsci_alloc_aligned(arena, fsci_program_scratch_bytes(program));
    double *values = FSCI_NEW(arena, double, m->n);
    if (!scratch || !values)
        return NULL;
    fsci_program_values(program, scratch, fit->theta, 0, m->n, values, m->n);
    return values;
}

static size_t count_distinct(fsci_arena *arena, const double *values, size_t n)
{
    double *sorted = fsci_copy_array(arena, values, n, sizeof *values);
    size_t count = n > 0;
    if (!sorted)
        return SIZE_MAX;
    fsci_sort(sorted, n);
    for (size_t i = 1, last = 0; i < n; i++)
        if (sorted[i] - sorted[last] > same * fmax(fabs(sorted[i]), fabs(sorted[last]))) {
            count++;
            last = i;
        }
    return count;
}

/* Of n_rows rows, those `at` a level (or ""), n different values. */
static const char *too_few(fsci_arena *arena, const fsci_law_expectation *expected, size_t n,
                           size_t n_rows, const char *at)
{
    const char *text = expected->distinct->text, *s = n == 1 ? "" : "s";
    if (!expected->least)
        return n == n_rows ? NULL
                           : fsci_format(arena, "%zu different value%s of %s in %zu rows%s", n, s,
                                         text, n_rows, at);
    return n >= (size_t)expected->least
               ? NULL
               : fsci_format(arena, "%zu different value%s of %s%s, where the law needs %lld", n, s,
                             text, at, (long long)expected->least);
}

/* The category by whose levels all parameters of the law differ, so that each is a fit of its own;
 * NULL for none. */
static const fsci_binding *own_fits(const fsci_model *m)
{
    const fsci_grouped *g = m->subject.grouped;
    for (size_t i = 0; g && g->n_names == m->subject.law->parameters.n && i < m->n_bindings; i++)
        if (m->bindings[i].codes && !strcmp(m->bindings[i].column, g->column))
            return &m->bindings[i];
    return NULL;
}

/* What speaks against a number of different values: of all rows, or of the first level that lacks
 * some. */
static const char *not_distinct(fsci_arena *arena, const fsci_fit *fit,
                                const fsci_law_expectation *expected, const double *values)
{
    const fsci_model *m = &fit->model;
    const fsci_binding *by = own_fits(m);
    double *part = FSCI_NEW(arena, double, m->n);
    const char *why =
        by ? NULL : too_few(arena, expected, count_distinct(arena, values, m->n), m->n, "");
    for (size_t level = 0; part && by && level < by->n_levels && !why; level++) {
        size_t n = 0;
        for (size_t i = 0; i < m->n; i++)
            if (by->codes[i] == level)
                part[n++] = values[i];
        why = too_few(arena, expected, count_distinct(arena, part, n), n,
                      fsci_format(arena, " at %s = %s", by->column, by->levels[level]));
    }
    return why;
}

/* It holds at n rows. */
static const char *rows_short_of(fsci_arena *arena, const fsci_law_expectation *expected, size_t n)
{
    const char *text = expected->reached->text;
    if (n >= (size_t)expected->least && n > 0)
        return NULL;
    return n ? fsci_format(arena, "%s at %zu row%s, where %lld are needed", text, n,
                           n == 1 ? "" : "s", (long long)expected->least)
             : fsci_format(arena, "%s at no row", text);
}

/* Whether a condition may hold at one row and not at another. */
static bool names_column(fsci_arena *arena, const fsci_fit *fit, const fsci_formula *formula)
{
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, formula, &names);
    for (size_t i = 0; i < n; i++)
        if (names[i].index || fit->model.subject.grouped ||
            fsci_model_binding(&fit->model, names[i].name))
            return true;
    return false;
}

/* What speaks against an expectation; NULL when it is met. *row: the first of the rows that do,
 * SIZE_MAX when none does by itself. */
static const char *objection(fsci_arena *arena, const fsci_fit *fit,
                             const fsci_law_expectation *expected, size_t *row)
{
    const fsci_model *m = &fit->model;
    const fsci_formula *formula = expected->rows      ? expected->rows
                                  : expected->fitted  ? expected->fitted
                                  : expected->reached ? expected->reached
                                                      : expected->distinct;
    const double *values = formula ? values_of(arena, fit, formula) : NULL;
    size_t against = 0;
    *row = SIZE_MAX;
    if (!values)
        return NULL;
    if (expected->distinct)
        return not_distinct(arena, fit, expected, values);
    for (size_t i = 0; i < m->n; i++) {
        if (values[i] != 0 && !isnan(values[i]))
            continue;
        *row = against++ ? *row : i;
    }
    if (expected->reached) {
        *row = SIZE_MAX;
        return rows_short_of(arena, expected, m->n - against);
    }
    if (!against)
        return NULL;
    if (!names_column(arena, fit, formula)) {
        *row = SIZE_MAX;
        return fsci_format(arena, "not %s", formula->text);
    }
    return fsci_format(arena, "not %s at %zu of %zu rows, first at line %lld", formula->text,
                       against, m->n, (long long)fsci_table_line(m->table, m->row[*row]));
}

fsc_status fsci_expectations_refuse(fsci_arena *arena, const fsci_fit *fit, fsc_error *err)
{
    const fsc_law *law = fit->model.subject.law;
    for (size_t i = 0; law && i < law->expects.n; i++) {
        const fsci_law_expectation *expected = &law->expects.items[i];
        size_t row;
        const char *why =
            expected->otherwise == FSCI_LAW_REFUSES ? objection(arena, fit, expected, &row) : NULL;
        if (why && row != SIZE_MAX)
            return fsci_fail_row(err, FSC_EINPUT, (int64_t)fit->model.row[row], "%s: %s (%s: %s)",
                                 fsci_table_name(fit->model.table), expected->says, expected->code,
                                 why);
        if (why)
            return fsci_fail(err, FSC_EINPUT, "%s: %s (%s: %s)", fsci_table_name(fit->model.table),
                             expected->says, expected->code, why);
    }
    return FSC_OK;
}

void fsci_expectations_warn(fsci_arena *arena, const fsci_fit *fit, fsci_json *record)
{
    const fsc_law *law = fit->model.subject.law;
    for (size_t i = 0; law && i < law->expects.n; i++) {
        const fsci_law_expectation *expected = &law->expects.items[i];
        size_t row;
        const char *why =
            expected->otherwise == FSCI_LAW_WARNS ? objection(arena, fit, expected, &row) : NULL;
        if (why)
            fsci_record_warn(arena, record, expected->code, "%s (%s).", expected->says, why);
    }
}
