/* Features of a learning-rate schedule (Tissue et al. 2024): with eta_i the rate of step i,
 * S1(s) = sum_{i<=s} eta_i, m_k = lambda m_{k-1} + (eta_{k-1} - eta_k), S2(s) = sum_{k<=s} m_k. */
#include "prepare/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct settings {
    double lambda, warmup;
    bool rise; /* the momentum runs through the warm-up too, where it is negative */
} settings;

/* The rates of one run by step, 1 to n; rate[0] is that before the first step. */
typedef struct schedule {
    double *rate;
    size_t n;
} schedule;

/* ---- from the rates in the table ---- */

typedef struct sample {
    double step, lr;
    size_t row;
} sample;

static int compare_samples(const void *a, const void *b)
{
    const sample *p = a, *q = b;
    return (p->step > q->step) - (p->step < q->step);
}

/* Between two rows the rate runs straight, but a fall by more than a fifth is a drop at the second
 * of them: nobody logs so coarsely along a decay. */
static double between(const sample *a, const sample *b, double step)
{
    bool drop = b->lr < 0.8 * a->lr;
    double share = (step - a->step) / (b->step - a->step);
    if (step >= b->step)
        return b->lr;
    return drop ? a->lr : a->lr + share * (b->lr - a->lr);
}

static void fill_from_rows(const settings *s, const sample *samples, size_t n, schedule *to)
{
    size_t next = 0;
    for (size_t i = 0; i <= to->n; i++) {
        double step = (double)i;
        while (next + 1 < n && samples[next + 1].step <= step)
            next++;
        if (step < s->warmup)
            to->rate[i] = samples[0].lr * step / s->warmup;
        else if (step <= samples[0].step || next + 1 == n)
            to->rate[i] = samples[next].lr;
        else
            to->rate[i] = between(&samples[next], &samples[next + 1], step);
    }
}

/* ---- from a table of segments ---- */

typedef struct segments {
    fsc_table *table;
    const fsci_column *key, *shape;
    const double *from, *to, *lr_from, *lr_to;
} segments;

static fsc_status numbers_of(const fsc_table *table, const char *name, const double **values,
                             fsc_error *err)
{
    const fsci_column *column = fsci_table_find(table, name);
    if (!column)
        return fsci_table_no_column(table, name, err);
    *values = column->numbers;
    return column->numbers ? FSC_OK : fsci_table_not_numbers(table, column, err);
}

static fsc_status read_segments(const fsci_preparing *p, const char *path, segments *s)
{
    const fsci_call_option *by = fsci_call_option_find(p->call, "by");
    const char *key = by ? by->values[by->n_values - 1] : NULL;
    if (!key)
        return fsci_fail(p->err, FSC_EINPUT,
                         "operator annealing: segments need by=COLUMN, the column of both tables "
                         "that names a schedule");
    FSCI_TRY(p->load(path, &s->table, p->err));
    s->key = fsci_table_find(s->table, key);
    s->shape = fsci_table_find(s->table, "shape");
    if (!s->key || !s->shape)
        return fsci_table_no_column(s->table, s->key ? "shape" : key, p->err);
    if (!s->key->codes || !s->shape->codes)
        return fsci_fail(p->err, FSC_EINPUT, "%s: %s and shape are columns of names", path, key);
    FSCI_TRY(numbers_of(s->table, "from", &s->from, p->err));
    FSCI_TRY(numbers_of(s->table, "to", &s->to, p->err));
    FSCI_TRY(numbers_of(s->table, "lr_from", &s->lr_from, p->err));
    return numbers_of(s->table, "lr_to", &s->lr_to, p->err);
}

static double along(const char *shape, double a, double b, double share)
{
    if (!strcmp(shape, "cosine"))
        return b + (a - b) * 0.5 * (1 + cos(acos(-1.0) * share));
    if (!strcmp(shape, "exponential"))
        return a * pow(b / a, share);
    return !strcmp(shape, "constant") ? a : a + share * (b - a);
}

/* Segments in the order of the table; the last of them that covers a step counts. */
static fsc_status fill_from_segments(const fsci_preparing *p, const segments *s, const char *name,
                                     schedule *to)
{
    bool any = false;
    for (size_t row = 0; row < fsci_table_rows(s->table); row++) {
        if (strcmp(s->key->levels[s->key->codes[row]], name) != 0)
            continue;
        any = true;
        const char *shape = s->shape->levels[s->shape->codes[row]];
        double length = s->to[row] - s->from[row];
        for (double i = fmax(0, s->from[row]); i <= fmin(s->to[row], (double)to->n); i++)
            to->rate[(size_t)i] = along(shape, s->lr_from[row], s->lr_to[row],
                                        length > 0 ? (i - s->from[row]) / length : 1);
    }
    return any ? FSC_OK
               : fsci_fail(p->err, FSC_EINPUT, "%s has no schedule '%.100s'",
                           fsci_table_name(s->table), name);
}

/* ---- the sums ---- */

static void add_up(const settings *s, const schedule *rates, const sample *samples, size_t n,
                   double *S1, double *S2)
{
    double sum = 0, momentum = 0, area = 0;
    size_t next = 0;
    for (size_t i = 0; i <= rates->n && next < n; i++) {
        double step = (double)i, eta = rates->rate[i];
        sum += eta;
        if (i && (s->rise || step > s->warmup)) {
            momentum = s->lambda * momentum + (rates->rate[i - 1] - eta);
            area += momentum;
        }
        for (; next < n && samples[next].step <= step; next++) {
            S1[samples[next].row] = sum;
            S2[samples[next].row] = area;
        }
    }
}

static fsc_status one_run(fsci_preparing *p, const settings *s, const segments *given,
                          const size_t *rows, size_t n, double *S1, double *S2)
{
    enum { MOST_STEPS = 1 << 26 };
    sample *samples = FSCI_NEW(p->arena, sample, n + 1);
    if (!samples)
        return fsci_fail_memory(p->err);
    for (size_t i = 0; i < n; i++) {
        double step = p->column[0][rows[i]];
        if (!(step >= 0 && step <= MOST_STEPS))
            return fsci_fail_row(p->err, FSC_EINPUT, (int64_t)rows[i],
                                 "%s, line %lld: operator annealing takes steps from 0 to %d",
                                 fsci_table_name(p->table),
                                 (long long)fsci_table_line(p->table, rows[i]), MOST_STEPS);
        samples[i] = (sample){step, p->column[1][rows[i]], rows[i]};
    }
    qsort(samples, n, sizeof *samples, compare_samples);
    for (size_t i = 1; i < n; i++)
        if (samples[i].step == samples[i - 1].step)
            return fsci_fail(p->err, FSC_EINPUT,
                             "operator annealing: step %g stands twice in %s; say with by=COLUMN "
                             "which rows are one run",
                             samples[i].step, fsci_table_name(p->table));
    schedule rates = {.n = (size_t)samples[n - 1].step};
    rates.rate = calloc(rates.n + 2, sizeof *rates.rate);
    if (!rates.rate)
        return fsci_fail_memory(p->err);
    fsc_status status = FSC_OK;
    if (given->table) {
        const fsci_call_option *by = fsci_call_option_find(p->call, "by");
        const fsci_column *key = fsci_table_find(p->table, by->values[by->n_values - 1]);
        status = key->codes ? fill_from_segments(p, given, key->levels[key->codes[rows[0]]], &rates)
                            : fsci_table_no_column(p->table, key->name, p->err);
    } else
        fill_from_rows(s, samples, n, &rates);
    if (status == FSC_OK)
        add_up(s, &rates, samples, n, S1, S2);
    if (samples[0].step < s->warmup)
        fsci_preparing_remark(p, "W-WARMUP", "rows before the end of warm-up (step %g) are in",
                              s->warmup);
    if (status == FSC_OK && rates.n && rates.rate[rates.n] == 0)
        fsci_preparing_remark(p, "W-ZERO-LR",
                              "a schedule ends at rate 0: the law lets the loss fall without end "
                              "there");
    free(rates.rate);
    return status;
}

fsc_status fsci_prepare_annealing(fsci_preparing *p)
{
    settings s;
    segments given = {0};
    fsci_groups groups;
    const char *path = fsci_call_text(p->call, "segments"), *rise = fsci_call_text(p->call, "rise");
    FSCI_TRY(fsci_call_number(p->call, "lambda", 0.999, &s.lambda, p->err));
    FSCI_TRY(fsci_call_number(p->call, "warmup", 0, &s.warmup, p->err));
    s.rise = rise && !strcmp(rise, "yes");
    if (!(s.lambda >= 0 && s.lambda < 1))
        return fsci_fail(p->err, FSC_EINPUT, "operator annealing: lambda=%g; give 0 to 1",
                         s.lambda);
    FSCI_TRY(fsci_groups_by(p, &groups));
    double *S1 = fsci_preparing_set(p, "S1"), *S2 = fsci_preparing_set(p, "S2");
    if (!S1 || !S2)
        return fsci_fail_memory(p->err);
    fsc_status status = path ? read_segments(p, path, &given) : FSC_OK;
    for (size_t g = 0; g < groups.n && status == FSC_OK; g++)
        status = one_run(p, &s, &given, groups.order + groups.begin[g],
                         groups.begin[g + 1] - groups.begin[g], S1, S2);
    fsci_table_free(given.table);
    return status;
}
