#include "prepare/operators.h"

#include "base/number.h"
#include "table/cell.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const fsci_operator operators[] = {
    {{"best", "best(loss, by=[A, B])", "of each group the row of least loss"},
     1,
     {"by"},
     {0},
     fsci_prepare_best},
    {{"last", "last(by=[A, B])", "of each group the last row"}, 0, {"by"}, {0}, fsci_prepare_last},
    {{"mean", "mean(y, by=[A, B])", "one row a group, the first, with y its mean over the group"},
     1,
     {"by"},
     {0},
     fsci_prepare_mean},
    {{"pareto", "pareto(C, loss, bins=N)",
      "the rows that no cheaper row equals in loss; with bins only the best of each of N equal "
      "bins of log C, the largest C being one of its own, is considered"},
     2,
     {"bins"},
     {0},
     fsci_prepare_pareto},
    {{"hull", "hull(C, loss)",
      "the rows on the falling side of the convex hull of log loss against log C"},
     2,
     {0},
     {0},
     fsci_prepare_hull},
    {{"lower_bins", "lower_bins(C, loss, bins=5, beyond=0.1)",
      "of each of N equal bins of log10 C, from the least to the largest and `beyond` more, the "
      "row of least loss, with C moved to the middle of the bin"},
     2,
     {"bins", "beyond"},
     {0},
     fsci_prepare_bins},
    {{"power_region", "power_region(x, y, by=run)",
      "the rows between a level at small x and one at large x, where log y is linear in log x"},
     2,
     {"by"},
     {0},
     fsci_prepare_power_region},
    {{"isoflop", "isoflop(C, N, loss, by=budget, method=parabola)",
      "of each compute budget the N of least loss, by a parabola of the loss in log N or by the "
      "Akima interpolant (method=akima); C becomes the mean of the budget, other numbers those at "
      "the best size"},
     3,
     {"by", "method"},
     {"budget_rows"},
     fsci_prepare_isoflop},
    {{"envelope", "envelope(C, N, loss, by=run, points=1500, smooth=0, edges=drop)",
      "of training curves, at each of so many values of C, evenly spaced in its logarithm, the run "
      "of least loss: its N, its loss and, interpolated, its other numbers; smooth is the width "
      "over which a curve is averaged, in log10 C"},
     3,
     {"by", "points", "smooth", "edges"},
     {"runs_compared"},
     fsci_prepare_envelope},
    {{"annealing", "annealing(step, lr, by=run, warmup=STEPS, lambda=0.999, segments=TABLE)",
      "S1, the sum of the learning rates up to each step, and S2, that of the momentum of their "
      "fall"},
     2,
     {"by", "warmup", "lambda", "segments", "rise"},
     {"S1", "S2"},
     fsci_prepare_annealing},
    {{"changes", "changes(step, lr, by=run, warmup=STEPS, segments=TABLE, tolerance=1e-7)",
      "S1 as above, and for a sum over the changes of the rate before each step the sets fall_k, "
      "rate_k and lag_k: by how much it fell, the rate then, and the sum of the rates since; far "
      "changes are grouped, to within the tolerance"},
     2,
     {"by", "warmup", "segments", "tolerance"},
     {"S1", "fall_1"},
     fsci_prepare_changes},
};
enum { N_OPERATORS = sizeof operators / sizeof *operators };

const fsci_operator_help *fsci_operator_help_at(size_t i)
{
    return i < N_OPERATORS ? &operators[i].help : NULL;
}

static bool knows_option(const fsci_operator *op, const char *name)
{
    for (size_t i = 0; i < sizeof op->options / sizeof *op->options && op->options[i]; i++)
        if (!strcmp(op->options[i], name))
            return true;
    return false;
}

fsc_status fsci_operator_find(const fsci_call *call, const fsci_operator **op, fsc_error *err)
{
    const char *names[N_OPERATORS];
    *op = NULL;
    for (size_t i = 0; i < N_OPERATORS; i++) {
        names[i] = operators[i].help.name;
        if (!strcmp(names[i], call->name))
            *op = &operators[i];
    }
    const char *near = fsci_nearest(call->name, names, N_OPERATORS);
    if (!*op)
        return fsci_fail(err, FSC_EINPUT, "'%.60s' is no operator on tables%s%s%s", call->name,
                         near ? "; did you mean '" : "; 'forescale help table' lists them",
                         near ? near : "", near ? "'?" : "");
    for (size_t i = 0; i < call->n_columns && call->n_columns != (*op)->n_columns; i++)
        if (fsci_cell_computed(call->columns[i]))
            return fsci_fail(err, FSC_EINPUT,
                             "operator %s takes columns by name; compute '%.60s' first, as --let "
                             "X='%.60s', and name X here; usage: %s",
                             call->name, call->columns[i], call->columns[i], (*op)->help.synopsis);
    if (call->n_columns != (*op)->n_columns)
        return fsci_fail(err, FSC_EINPUT, "operator %s takes %zu columns and has %zu; usage: %s",
                         call->name, (*op)->n_columns, call->n_columns, (*op)->help.synopsis);
    for (size_t i = 0; i < call->n_options; i++)
        if (!knows_option(*op, call->options[i].name))
            return fsci_fail(err, FSC_EINPUT, "operator %s has no option '%.60s'; usage: %s",
                             call->name, call->options[i].name, (*op)->help.synopsis);
    return FSC_OK;
}

bool fsci_prepare_combines(const fsci_call *call)
{
    const fsci_operator *op;
    return fsci_operator_find(call, &op, NULL) == FSC_OK && op->run == fsci_prepare_mean;
}

bool fsci_prepare_done(const fsci_call *call, const fsc_table *table)
{
    const fsci_operator *op;
    if (fsci_operator_find(call, &op, NULL) != FSC_OK || !op->adds[0])
        return false;
    for (size_t i = 0; i < sizeof op->adds / sizeof *op->adds && op->adds[i]; i++)
        if (!fsci_table_find(table, op->adds[i]))
            return false;
    return true;
}

/* ---- what operators work with ---- */

fsc_status fsci_preparing_column(const fsci_preparing *p, const char *name, const double **values)
{
    const fsci_column *column = fsci_table_find(p->table, name);
    if (!column)
        return fsci_table_no_column(p->table, name, p->err);
    if (column->kind != FSCI_COLUMN_NUMBERS)
        return fsci_table_not_numbers(p->table, column, p->err);
    *values = column->numbers;
    return FSC_OK;
}

fsc_status fsci_preparing_positive(const fsci_preparing *p, size_t column)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->column[column][i] <= 0)
            return fsci_fail_row(p->err, FSC_EINPUT, (int64_t)i,
                                 "%s, line %lld, column %s: operator %s takes its logarithm, and "
                                 "%s has none",
                                 fsci_table_name(p->table), (long long)fsci_table_line(p->table, i),
                                 p->call->columns[column], p->call->name,
                                 fsci_briefly(p->column[column][i], 4).text);
    return FSC_OK;
}

static bool more_room(fsci_preparing *p)
{
    size_t room = p->set_room ? 2 * p->set_room : 16;
    double **set = FSCI_NEW(p->arena, double *, room);
    const char **names = FSCI_NEW(p->arena, const char *, room);
    if (!set || !names)
        return false;
    if (p->n_set) {
        memcpy(set, p->set, p->n_set * sizeof *set);
        memcpy(names, p->set_name, p->n_set * sizeof *names);
    }
    p->set = set;
    p->set_name = names;
    p->set_room = room;
    return true;
}

size_t *fsci_preparing_list(fsci_preparing *p, size_t n)
{
    p->n_listed = n;
    return p->listed = FSCI_NEW(p->arena, size_t, n + 1);
}

double *fsci_preparing_set(fsci_preparing *p, const char *name)
{
    size_t n = p->listed ? p->n_listed : p->n;
    double *values = FSCI_NEW(p->arena, double, n + 1);
    if (p->n_set == p->set_room && !more_room(p))
        return NULL;
    if (!values)
        return NULL;
    for (size_t i = 0; i < n; i++)
        values[i] = NAN;
    p->set[p->n_set] = values;
    p->set_name[p->n_set++] = name;
    return values;
}

void fsci_preparing_remark(fsci_preparing *p, const char *code, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (p->out->n_remarks < FSCI_REMARKS)
        p->out->remarks[p->out->n_remarks++] =
            (fsci_remark){code, fsci_copy_string(p->arena, text)};
}

/* Lists the rows kept, and moves their new values together. */
static fsc_status list_kept(fsci_preparing *p)
{
    p->listed = FSCI_NEW(p->arena, size_t, p->n + 1);
    if (!p->listed)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < p->n; i++) {
        if (!p->keep[i])
            continue;
        for (size_t s = 0; s < p->n_set; s++)
            p->set[s][p->n_listed] = p->set[s][i];
        p->listed[p->n_listed++] = i;
    }
    return FSC_OK;
}

/* The rows listed, with the new values. */
static fsc_status finish(fsci_preparing *p)
{
    if (!p->listed)
        FSCI_TRY(list_kept(p));
    if (!p->n_listed)
        return fsci_fail(p->err, FSC_EINPUT, "operator %s leaves no row of %s%s%.300s",
                         p->call->name, fsci_table_name(p->table), p->out->n_remarks ? ": " : "",
                         p->out->n_remarks ? p->out->remarks[0].text : "");
    FSCI_TRY(fsci_table_take_listed(p->table, p->listed, p->n_listed, &p->out->table, p->err));
    fsc_status status = FSC_OK;
    for (size_t s = 0; s < p->n_set && status == FSC_OK; s++)
        status = fsci_table_set_numbers(p->out->table, p->set_name[s], p->set[s], p->err);
    if (status != FSC_OK) {
        fsci_table_free(p->out->table);
        p->out->table = NULL;
    }
    return status;
}

fsc_status fsci_prepare_run(fsci_arena *arena, const fsci_call *call, const fsc_table *table,
                            fsci_table_loader *load, fsci_prepared *out, fsc_error *err)
{
    const fsci_operator *op;
    fsci_preparing p = {.arena = arena,
                        .call = call,
                        .table = table,
                        .n = fsci_table_rows(table),
                        .load = load,
                        .out = out,
                        .err = err};
    *out = (fsci_prepared){0};
    FSCI_TRY(fsci_operator_find(call, &op, err));
    for (size_t i = 0; i < call->n_columns; i++)
        FSCI_TRY(fsci_preparing_column(&p, call->columns[i], &p.column[i]));
    p.keep = FSCI_NEW(arena, bool, p.n + 1);
    if (!p.keep)
        return fsci_fail_memory(err);
    memset(p.keep, true, p.n);
    FSCI_TRY(op->run(&p));
    return fsci_arena_failed(arena) ? fsci_fail_memory(err) : finish(&p);
}
