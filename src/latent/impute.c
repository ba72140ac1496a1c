#include "latent/impute.h"

#include "latent/moments.h"

#include <math.h>
#include <stdlib.h>

static const double DEFAULT_TOLERANCE = 1e-12;
/* Of more rows, components are found in the first round and followed by one cheap step in each of
 * the others: the fixed point, where filled cells and components agree, is the same. */
enum { DEFAULT_ROUNDS = 1000, EXACT_ROWS = 2000 };

/* Mean and population deviation of the observed cells of x[n]; gives how many there are. */
static size_t observed_moments(size_t n, const double *x, double *mean, double *deviation)
{
    size_t count = 0;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            sum += x[i], count++;
    *mean = sum / (double)count;
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            squares += (x[i] - *mean) * (x[i] - *mean);
    *deviation = sqrt(squares / (double)count);
    return count;
}

/* Z = (X - mean) / deviation with 0 in the empty cells. */
static fsc_status standardise(size_t n, const double *X, fsci_imputer *m, double *Z, fsc_error *err)
{
    for (size_t j = 0; j < m->p; j++) {
        const double *x = X + j * n;
        size_t count = observed_moments(n, x, &m->mean[j], &m->deviation[j]);
        if (count == 0)
            return fsci_fail(err, FSC_EINPUT, "column %zu has no observed value to impute from",
                             j + 1);
        if (m->deviation[j] == 0)
            m->deviation[j] = 1;
        m->n_filled += n - count;
        for (size_t i = 0; i < n; i++)
            Z[j * n + i] = isnan(x[i]) ? 0 : (x[i] - m->mean[j]) / m->deviation[j];
    }
    return FSC_OK;
}

/* scores[n*rank] = (Z - centre) components */
static void project(size_t n, const fsci_imputer *m, const double *Z, double *scores)
{
    for (size_t c = 0; c < m->rank; c++) {
        double *score = scores + c * n;
        for (size_t i = 0; i < n; i++)
            score[i] = 0;
        for (size_t j = 0; j < m->p; j++) {
            double loading = m->components[c * m->p + j];
            for (size_t i = 0; i < n; i++)
                score[i] += (Z[j * n + i] - m->centre[j]) * loading;
        }
    }
}

static double rebuilt(const fsci_imputer *m, size_t j, const double *score, size_t stride)
{
    double value = m->centre[j];
    for (size_t c = 0; c < m->rank; c++)
        value += score[c * stride] * m->components[c * m->p + j];
    return value;
}

/* Copies the approximation into the empty cells of Z; gives the largest movement. */
static double refill(size_t n, const fsci_imputer *m, const double *X, const double *scores,
                     double *Z)
{
    double largest = 0;
    for (size_t j = 0; j < m->p; j++)
        for (size_t i = 0; i < n; i++) {
            if (!isnan(X[j * n + i]))
                continue;
            double value = rebuilt(m, j, scores + i, n);
            largest = fmax(largest, fabs(value - Z[j * n + i]));
            Z[j * n + i] = value;
        }
    return largest;
}

static fsc_status iterate(size_t n, const double *X, const fsci_impute_options *options, double *Z,
                          fsci_imputer *m, fsc_error *err)
{
    double tolerance = options->tolerance > 0 ? options->tolerance : DEFAULT_TOLERANCE;
    int limit = options->max_rounds > 0 ? options->max_rounds : DEFAULT_ROUNDS;
    double *values = malloc((m->p * (m->rank + 1) + n * m->rank) * sizeof *values);
    if (!values)
        return fsci_fail_memory(err);
    double *work = values + m->p, *scores = work + m->p * m->rank;
    fsc_status status = FSC_OK;
    while (status == FSC_OK && !m->converged && m->rounds < limit) {
        fsci_column_means(n, m->p, Z, m->centre);
        if (n > EXACT_ROWS && m->rounds > 0)
            fsci_principal_step(n, m->p, Z, m->centre, m->rank, m->components, work);
        else
            status =
                fsci_principal_axes(n, m->p, Z, m->centre, m->rank, values, m->components, err);
        if (status == FSC_OK && m->n_filled > 0) {
            project(n, m, Z, scores);
            m->converged = refill(n, m, X, scores, Z) < tolerance;
            m->rounds++;
        } else {
            m->converged = true;
        }
    }
    free(values);
    return status;
}

static double in_own_units(const fsci_imputer *m, size_t j, double z)
{
    return fmin(fmax(m->mean[j] + m->deviation[j] * z, m->lo), m->hi);
}

fsc_status fsci_impute_fit(fsci_arena *arena, size_t n, size_t p, const double *X,
                           const fsci_impute_options *options, double *filled,
                           fsci_imputer *imputer, fsc_error *err)
{
    fsci_imputer m = {.p = p, .rank = options->rank, .lo = options->lo, .hi = options->hi};
    m.mean = FSCI_NEW(arena, double, p);
    m.deviation = FSCI_NEW(arena, double, p);
    m.centre = FSCI_NEW(arena, double, p);
    m.components = FSCI_NEW(arena, double, p *m.rank);
    if (!m.mean || !m.deviation || !m.centre || !m.components)
        return fsci_fail_memory(err);
    FSCI_TRY(standardise(n, X, &m, filled, err));
    FSCI_TRY(iterate(n, X, options, filled, &m, err));
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < n; i++) {
            double x = X[j * n + i];
            filled[j * n + i] = isnan(x) ? in_own_units(&m, j, filled[j * n + i]) : x;
        }
    *imputer = m;
    return FSC_OK;
}

/* The least squares problem of one row's scores: (V'V) score = V'z, sums over its observed cells.
 */
typedef struct row_fit {
    double products[FSCI_IMPUTE_MAX_RANK * FSCI_IMPUTE_MAX_RANK]; /* lower triangle of V'V */
    double score[FSCI_IMPUTE_MAX_RANK];                           /* V'z, then the scores */
} row_fit;

/* Adds cell j, or takes it out again with sign -1. */
static void add_cell(const fsci_imputer *m, size_t j, double x, double sign, row_fit *fit)
{
    double z = (x - m->mean[j]) / m->deviation[j] - m->centre[j];
    for (size_t c = 0; c < m->rank; c++) {
        double loading = sign * m->components[c * m->p + j];
        fit->score[c] += loading * z;
        for (size_t d = 0; d <= c; d++)
            fit->products[d * m->rank + c] += loading * m->components[d * m->p + j];
    }
}

static void add_row(const fsci_imputer *m, const double *x, size_t stride, row_fit *fit)
{
    *fit = (row_fit){0};
    for (size_t j = 0; j < m->p; j++)
        if (!isnan(x[j * stride]))
            add_cell(m, j, x[j * stride], 1, fit);
}

/* False when the cells leave the scores open. */
static bool solve_row(const fsci_imputer *m, row_fit *fit)
{
    return fsci_cholesky(m->rank, fit->products) == FSCI_LINEAR_OK &&
           fsci_cholesky_solve(m->rank, fit->products, 1, fit->score) == FSCI_LINEAR_OK;
}

/* What the cell is off from what the rest of its row says; NaN when that says nothing. */
static double off_by(const fsci_imputer *m, size_t j, double x, row_fit row)
{
    add_cell(m, j, x, -1, &row);
    return solve_row(m, &row) ? x - in_own_units(m, j, rebuilt(m, j, row.score, 1)) : NAN;
}

fsc_status fsci_impute_errors(const fsci_imputer *m, size_t n, const double *X, double *error,
                              fsc_error *err)
{
    size_t *count = calloc(m->p, sizeof *count);
    if (!count)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < m->p; j++)
        error[j] = 0;
    for (size_t i = 0; i < n; i++) {
        row_fit row;
        add_row(m, X + i, n, &row);
        for (size_t j = 0; j < m->p; j++) {
            double x = X[j * n + i], off = isnan(x) ? NAN : off_by(m, j, x, row);
            error[j] += isnan(off) ? 0 : off * off;
            count[j] += !isnan(off);
        }
    }
    for (size_t j = 0; j < m->p; j++)
        error[j] = sqrt(error[j] / (double)count[j]);
    free(count);
    return FSC_OK;
}

void fsci_impute_rows(const fsci_imputer *m, size_t n, double *X)
{
    for (size_t i = 0; i < n; i++) {
        row_fit fit;
        bool complete = true;
        for (size_t j = 0; j < m->p && complete; j++)
            complete = !isnan(X[j * n + i]);
        if (complete)
            continue;
        add_row(m, X + i, n, &fit);
        if (!solve_row(m, &fit))
            fit = (row_fit){0};
        for (size_t j = 0; j < m->p; j++)
            if (isnan(X[j * n + i]))
                X[j * n + i] = in_own_units(m, j, rebuilt(m, j, fit.score, 1));
    }
}
