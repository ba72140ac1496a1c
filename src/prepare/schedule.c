#include "prepare/schedule.h"

#include "base/number.h"

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

static const char *const shapes[] = {"constant", "linear", "cosine", "exponential"};
enum { CONSTANT, LINEAR, COSINE, EXPONENTIAL, N_SHAPES };

static double along(int shape, double a, double b, double share)
{
    if (shape == COSINE)
        return b + (a - b) * 0.5 * (1 + cos(acos(-1.0) * share));
    if (shape == EXPONENTIAL)
        return a * pow(b / a, share);
    return shape == CONSTANT ? a : a + share * (b - a);
}

/* The shape of a segment, whose numbers must make one. */
static fsc_status shape_of(const fsci_preparing *p, const segments *s, size_t row, int *shape)
{
    uint32_t code = s->shape->codes[row];
    const char *name = code == FSCI_MISSING_CODE ? "" : s->shape->levels[code];
    const char *file = fsci_table_name(s->table), *near = fsci_nearest(name, shapes, N_SHAPES);
    long long line = fsci_table_line(s->table, row);
    for (*shape = 0; *shape < N_SHAPES && strcmp(shapes[*shape], name) != 0;)
        ++*shape;
    if (*shape == N_SHAPES)
        return fsci_fail(p->err, FSC_EINPUT, "%s, line %lld: '%.40s' is no shape%s%s%s", file, line,
                         name,
                         near ? "; did you mean '" : " (constant, linear, cosine, exponential)",
                         near ? near : "", near ? "'?" : "");
    if (!(s->from[row] <= s->to[row] && s->lr_from[row] >= 0 && s->lr_to[row] >= 0))
        return fsci_fail(p->err, FSC_EINPUT,
                         "%s, line %lld: a segment goes from a step to one not before it, at rates "
                         "of 0 or more",
                         file, line);
    if (*shape == EXPONENTIAL && !(s->lr_from[row] > 0 && s->lr_to[row] > 0))
        return fsci_fail(p->err, FSC_EINPUT,
                         "%s, line %lld: an exponential segment has no rate of 0; make it linear, "
                         "or end it above 0",
                         file, line);
    return FSC_OK;
}

/* Segments in the order of the table; the last of them that covers a step counts. */
static fsc_status fill_from_segments(const fsci_preparing *p, const segments *s, const char *name,
                                     fsci_schedule *to)
{
    bool any = false;
    for (size_t i = 1; i <= to->n; i++) /* before the first step it is 0 */
        to->rate[i] = NAN;
    for (size_t row = 0; row < fsci_table_rows(s->table); row++) {
        uint32_t code = s->key->codes[row];
        int shape;
        if (code == FSCI_MISSING_CODE || strcmp(s->key->levels[code], name) != 0)
            continue;
        any = true;
        FSCI_TRY(shape_of(p, s, row, &shape));
        double length = s->to[row] - s->from[row];
        for (double i = fmax(0, s->from[row]); i <= fmin(s->to[row], (double)to->n); i++)
            to->rate[(size_t)i] = along(shape, s->lr_from[row], s->lr_to[row],
                                        length > 0 ? (i - s->from[row]) / length : 1);
    }
    if (!any)
        return fsci_fail(p->err, FSC_EINPUT, "%s has no schedule '%.100s'",
                         fsci_table_name(s->table), name);
    for (size_t i = 0; i <= to->n; i++)
        if (isnan(to->rate[i]))
            return fsci_fail(p->err, FSC_EINPUT,
                             "%s: no segment of schedule '%.100s' has step %zu; state the rate of "
                             "every step from 1 to %zu",
                             fsci_table_name(s->table), name, i, to->n);
    return FSC_OK;
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
        if (!(p->column[1][rows[i]] >= 0))
            return fsci_fail_row(
                p->err, FSC_EINPUT, (int64_t)rows[i],
                "%s, line %lld: operator %s takes learning rates of 0 or more, and %s is none",
                fsci_table_name(p->table), (long long)fsci_table_line(p->table, rows[i]),
                p->call->name,
                isnan(p->column[1][rows[i]]) ? "an empty cell"
                                             : fsci_briefly(p->column[1][rows[i]], 4).text);
        to[i] = (fsci_sample){step, p->column[1][rows[i]], rows[i]};
    }
    qsort(to, n, sizeof *to, compare_samples);
    for (size_t i = 1; i < n; i++)
        if (to[i].step == to[i - 1].step)
            return fsci_fail(p->err, FSC_EINPUT,
                             "operator %s: step %s stands twice in %s; say with by=COLUMN which "
                             "rows are one run",
                             p->call->name, fsci_briefly(to[i].step, 6).text,
                             fsci_table_name(p->table));
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
    uint32_t code = key->codes ? key->codes[to->samples[0].row] : FSCI_MISSING_CODE;
    return code != FSCI_MISSING_CODE
               ? fill_from_segments(p, given, key->levels[code], to)
               : fsci_fail(p->err, FSC_EINPUT,
                           "%s, column %s: the name of a schedule of %s is needed in every row",
                           fsci_table_name(p->table), key->name, fsci_table_name(given->table));
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
        fsci_preparing_remark(p, "W-WARMUP", "rows before the end of warm-up (step %s) are in",
                              fsci_briefly(warmup, 6).text);
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
