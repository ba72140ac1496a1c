/* Slice and sandwich: a target whose questions were sorted into groups by difficulty (Wu and Lo
 * 2024, arXiv:2410.01692). Over log compute, the easy group is followed by a polynomial of degree 5
 * and the hard group by one of degree 2; the forecast of the whole is the mean of the two, brought
 * from the Brier score to the target by the line of one on the other, and shifted so that it is
 * right on average in training. Columns are found by name: one with "easy", one with "hard", and
 * the whole's, "brier". A polynomial of degree 5 goes anywhere beyond its data: the forecast is
 * kept within what scores can be. */
#include "num/linear.h"
#include "observe/methods/methods.h"

#include <math.h>
#include <string.h>

enum { EASY_DEGREE = 5, HARD_DEGREE = 2, MOST_TERMS = EASY_DEGREE + 1 };

static const double *column_named(const fsci_task *task, const char *part, bool exact)
{
    for (size_t j = 0; j < task->p; j++)
        if (exact ? !strcmp(task->benchmarks[j], part) : strstr(task->benchmarks[j], part) != NULL)
            return task->scores + j * task->n;
    return NULL;
}

/* Training rows with everything that the method needs. */
static size_t take_rows(const fsci_task *task, const double *easy, const double *hard,
                        const double *whole, size_t *rows)
{
    size_t m = 0;
    for (size_t i = 0; i < task->n_train; i++)
        if (isfinite(task->log_flops[i] + easy[i] + hard[i] + whole[i]))
            rows[m++] = i;
    return m;
}

/* Coefficients of y on powers of z over the rows. */
static fsc_status fit_polynomial(fsci_arena *arena, const double *z, const double *y,
                                 const size_t *rows, size_t m, size_t degree, double *coefficient,
                                 fsc_error *err)
{
    size_t terms = degree + 1, rank = 0;
    double *A = FSCI_NEW(arena, double, m *terms), *b = FSCI_NEW(arena, double, m);
    if (!A || !b)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < m; i++) {
        b[i] = y[rows[i]];
        for (size_t k = 0; k < terms; k++)
            A[k * m + i] = k == 0 ? 1 : A[(k - 1) * m + i] * z[rows[i]];
    }
    fsci_linear status = fsci_qr_least_squares(m, terms, A, b, 0, coefficient, &rank);
    return status != FSCI_LINEAR_OK || rank < terms
               ? fsci_fail(err, FSC_EINPUT, "a polynomial of degree %zu is not determined", degree)
               : FSC_OK;
}

static double polynomial(const double *coefficient, size_t degree, double z)
{
    double sum = 0;
    for (size_t k = degree + 1; k-- > 0;)
        sum = sum * z + coefficient[k];
    return sum;
}

/* Log compute of all rows, standardised over those of training, for powers of it to be distinct. */
static double *scale_of(fsci_arena *arena, const fsci_task *task, const size_t *rows, size_t m)
{
    double *z = FSCI_NEW(arena, double, task->n), sum = 0, squares = 0;
    for (size_t i = 0; i < m; i++) {
        double x = task->log_flops[rows[i]];
        sum += x, squares += x * x;
    }
    double mean = sum / (double)m, deviation = sqrt(squares / (double)m - mean * mean);
    for (size_t i = 0; z && i < task->n; i++)
        z[i] = (task->log_flops[i] - mean) / deviation;
    return z;
}

/* The line of the whole on the target, and the target that it makes of a value of the whole. */
typedef struct bridge {
    double slope, intercept, shift;
} bridge;

static bridge fit_bridge(const fsci_task *task, const double *whole, const size_t *rows, size_t m)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (size_t i = 0; i < m; i++) {
        double x = task->t[rows[i]], y = whole[rows[i]];
        sx += x, sy += y, sxx += x * x, sxy += x * y;
    }
    double slope = (sxy - sx * sy / (double)m) / (sxx - sx * sx / (double)m);
    return (bridge){slope, (sy - slope * sx) / (double)m, 0};
}

static double cross(const bridge *b, double whole)
{
    return (whole - b->intercept) / b->slope + b->shift;
}

fsc_status fsci_predict_sandwich(fsci_arena *arena, const fsci_task *task,
                                 fsci_predictive *predictive, fsc_error *err)
{
    const double *easy = column_named(task, "easy", false);
    const double *hard = column_named(task, "hard", false);
    const double *whole = column_named(task, "brier", true);
    size_t *rows = FSCI_NEW(arena, size_t, task->n_train), m;
    double top[MOST_TERMS] = {0}, bottom[MOST_TERMS] = {0};
    if (!easy || !hard || !whole)
        return fsci_fail(err, FSC_EINPUT, "no columns of an easy and a hard group and of brier");
    if (!rows)
        return fsci_fail_memory(err);
    m = take_rows(task, easy, hard, whole, rows);
    if (m <= MOST_TERMS)
        return fsci_fail(err, FSC_EINPUT, "%zu training rows of known compute", m);
    const double *z = scale_of(arena, task, rows, m);
    if (!z)
        return fsci_fail_memory(err);
    FSCI_TRY(fit_polynomial(arena, z, easy, rows, m, EASY_DEGREE, top, err));
    FSCI_TRY(fit_polynomial(arena, z, hard, rows, m, HARD_DEGREE, bottom, err));
    bridge b = fit_bridge(task, whole, rows, m);
    double off = 0;
    for (size_t i = 0; i < m; i++) {
        double x = z[rows[i]];
        double forecast =
            (polynomial(top, EASY_DEGREE, x) + polynomial(bottom, HARD_DEGREE, x)) / 2;
        off += (task->t[rows[i]] - cross(&b, forecast)) / (double)m;
    }
    b.shift = off;
    for (size_t i = task->n_train; i < task->n; i++) {
        double forecast = cross(
            &b, (polynomial(top, EASY_DEGREE, z[i]) + polynomial(bottom, HARD_DEGREE, z[i])) / 2);
        if (isfinite(forecast))
            predictive->point[i - task->n_train] = fmin(fmax(forecast, task->target_lowest), 1);
    }
    return FSC_OK;
}
