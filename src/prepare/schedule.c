#include "prepare/schedule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- from the rates in the table ---- */

static int compare_samples(const void *a, const void *b)
{
    const fsci_sample *p = a, *q = b;
    return (p->step > q->step) - (p->step < q->step);
}

/* Between two rows the rate runs straight, but a fall by more than a fifth is a drop at the second
 * of them: nobody logs so coarsely along a decay. */
static double between(const fsci_sample *a, const fsci_sample *b, double step)
{
    bool drop = b->lr < 0.8 * a->lr;
    double share = (step - a->step) / (b->step - a->step);
    if (step >= b->step)
        return b->lr;
    return drop ? a->lr : a->lr + share * (b->lr - a->lr);
}

static void fill_from_rows(fsci_schedule *to)
{
    const fsci_sample *samples = to->samples;
    size_t next = 0;
    for (size_t i = 0; i <= to->n; i++) {
        double step = (double)i;
        while (next + 1 < to->n_samples && samples[next + 1].step <= step)
            next++;
        if (step < to->warmup)
            to->rate[i] = samples[0].lr * step / to->warmup;
        else if (step <= samples[0].step || next + 1 == to->n_samples)
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
                         "operator %s: segments need by=COLUMN, the column of both tables that "
                         "names a schedule",
                         p->call->name);
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
                                     fsci_schedule *to)
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

/* ---- run by run ---- */

static fsc_status read_samples(fsci_preparing *p, const size_t *rows, size_t n, fsci_sample *to)
{
    enum { MOST_STEPS = 1 << 26 };
    for (size_t i = 0; i < n; i++) {
        double step = p->column[0][rows[i]];
        if (!(step >= 0 && step <= MOST_STEPS))
            return fsci_fail_row(
                p->err, FSC_EINPUT, (int64_t)rows[i],
                "%s, line %lld: operator %s takes steps from 0 to %d", fsci_table_name(p->table),
                (long long)fsci_table_line(p->table, rows[i]), p->call->name, MOST_STEPS);
        to[i] = (fsci_sample){step, p->column[1][rows[i]], rows[i]};
    }
    qsort(to, n, sizeof *to, compare_samples);
    for (size_t i = 1; i < n; i++)
        if (to[i].step == to[i - 1].step)
            return fsci_fail(p->err, FSC_EINPUT,
                             "operator %s: step %g stands twice in %s; say with by=COLUMN which "
                             "rows are one run",
                             p->call->name, to[i].step, fsci_table_name(p->table));
    return FSC_OK;
}

static fsc_status fill(fsci_preparing *p, const segments *given, fsci_schedule *to)
{
    if (!given->table) {
        fill_from_rows(to);
        return FSC_OK;
    }
    const fsci_call_option *by = fsci_call_option_find(p->call, "by");
    const fsci_column *key = fsci_table_find(p->table, by->values[by->n_values - 1]);
    return key->codes
               ? fill_from_segments(p, given, key->levels[key->codes[to->samples[0].row]], to)
               : fsci_table_no_column(p->table, key->name, p->err);
}

static fsc_status one_run(fsci_preparing *p, const segments *given, double warmup,
                          const size_t *rows, size_t n, fsci_schedule_fn *use, void *context)
{
    fsci_sample *samples = FSCI_NEW(p->arena, fsci_sample, n + 1);
    if (!samples)
        return fsci_fail_memory(p->err);
    FSCI_TRY(read_samples(p, rows, n, samples));
    fsci_schedule s = {
        .n = (size_t)samples[n - 1].step, .samples = samples, .n_samples = n, .warmup = warmup};
    s.rate = calloc(s.n + 2, sizeof *s.rate);
    if (!s.rate)
        return fsci_fail_memory(p->err);
    fsc_status status = fill(p, given, &s);
    if (status == FSC_OK)
        status = use(p, &s, context);
    if (samples[0].step < warmup)
        fsci_preparing_remark(p, "W-WARMUP", "rows before the end of warm-up (step %g) are in",
                              warmup);
    if (status == FSC_OK && s.n && s.rate[s.n] == 0)
        fsci_preparing_remark(p, "W-ZERO-LR",
                              "a schedule ends at rate 0: the law lets the loss fall without end "
                              "there");
    free(s.rate);
    return status;
}

fsc_status fsci_schedule_each(fsci_preparing *p, fsci_schedule_fn *use, void *context)
{
    segments given = {0};
    fsci_groups groups;
    double warmup;
    const char *path = fsci_call_text(p->call, "segments");
    FSCI_TRY(fsci_call_number(p->call, "warmup", 0, &warmup, p->err));
    FSCI_TRY(fsci_groups_by(p, &groups));
    fsc_status status = path ? read_segments(p, path, &given) : FSC_OK;
    for (size_t g = 0; g < groups.n && status == FSC_OK; g++)
        status = one_run(p, &given, warmup, groups.order + groups.begin[g],
                         groups.begin[g + 1] - groups.begin[g], use, context);
    fsci_table_free(given.table);
    return status;
}
