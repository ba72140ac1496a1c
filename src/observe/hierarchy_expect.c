/* The E-step of hierarchy.h: where rows and families are, given the columns. */
#include "observe/hierarchy.h"
#include "opt/dense.h"

#include <math.h>
#include <string.h>

/* No residual counts for more on the log-odds scale: far off, where the curve is flat, its
 * linearisation says little. */
static const double MOST_RESIDUAL = 4;
enum { D = FSCI_HIERARCHY_MOST, SETTLE_ROUNDS = 50 };
static const double SETTLED = 1e-9, LEAST_SPREAD = 0.001;

void fsci_small_inverse(size_t d, const double *A, double *inverse)
{
    double L[16];
    bool held[4] = {false};
    fsci_cholesky(d, A, held, L);
    for (size_t c = 0; c < d; c++) {
        double unit[4] = {0};
        unit[c] = -1;
        fsci_cholesky_solve(d, L, unit, unit);
        for (size_t r = 0; r < d; r++)
            inverse[r * d + c] = unit[r];
    }
}

static void multiply(size_t d, const double *A, const double *x, double *y)
{
    for (size_t r = 0; r < d; r++) {
        y[r] = 0;
        for (size_t c = 0; c < d; c++)
            y[r] += A[r * d + c] * x[c];
    }
}

static void multiply_matrix(size_t d, const double *A, const double *B, double *C)
{
    for (size_t r = 0; r < d; r++)
        for (size_t c = 0; c < d; c++) {
            double sum = 0;
            for (size_t k = 0; k < d; k++)
                sum += A[r * d + k] * B[k * d + c];
            C[r * d + c] = sum;
        }
}

double fsci_hierarchy_curve(const fsci_hierarchy_column *column, double eta)
{
    return column->floor + (1 - column->floor) / (1 + exp(-eta));
}

double fsci_hierarchy_eta(const fsci_hierarchy *h, size_t column, size_t i)
{
    const fsci_hierarchy_column *c = &h->columns[column];
    double eta = c->intercept;
    for (size_t k = 0; k < h->d; k++)
        eta += c->loading[k] * h->rows[i].mean[k];
    return eta;
}

double fsci_hierarchy_sampling(const fsci_hierarchy *h, size_t column, size_t i)
{
    double t = fmin(fmax(h->t[column * h->n + i], 0), 1), items = h->columns[column].noise.items;
    return items > 0 ? fmax(t * (1 - t), LEAST_SPREAD) / items : 0;
}

double fsci_hierarchy_working(const fsci_hierarchy *h, size_t column, size_t i, double *residual)
{
    const fsci_hierarchy_column *c = &h->columns[column];
    double t = h->t[column * h->n + i], eta = fsci_hierarchy_eta(h, column, i);
    if (h->scale == FSCI_VIEW_RAW && column + 1 < h->p) {
        *residual = t - eta;
        return 1 / (fsci_hierarchy_sampling(h, column, i) + c->noise.tau * c->noise.tau);
    }
    double m = fsci_hierarchy_curve(c, eta), share = 1 / (1 + exp(-eta));
    double slope = fmax((1 - c->floor) * share * (1 - share), 1e-9);
    *residual = fmin(fmax((t - m) / slope, -MOST_RESIDUAL), MOST_RESIDUAL);
    return slope * slope / fsci_logit_noise_variance(&c->noise, m);
}

/* What the scores of row i say of theta: information J[d*d] and J theta-hat, h[d]. */
static void row_information(const fsci_hierarchy *h, size_t i, double *J, double *g)
{
    size_t d = h->d;
    memset(J, 0, d * d * sizeof *J);
    memset(g, 0, d * sizeof *g);
    for (size_t j = 0; j < h->p; j++) {
        double residual;
        if (isnan(h->t[j * h->n + i]))
            continue;
        double weight = fsci_hierarchy_working(h, j, i, &residual);
        const double *loading = h->columns[j].loading;
        double target = fsci_hierarchy_eta(h, j, i) + residual - h->columns[j].intercept;
        for (size_t a = 0; a < d; a++) {
            g[a] += weight * loading[a] * target;
            for (size_t b = 0; b < d; b++)
                J[a * d + b] += weight * loading[a] * loading[b];
        }
    }
}

/* Mean and covariance of theta of row i before its scores are seen, without its family. */
static void row_prior(const fsci_hierarchy *h, size_t i, double *mean, double *covariance)
{
    size_t d = h->d;
    const double *slope = h->gamma + d;
    double x = h->x[i];
    for (size_t a = 0; a < d; a++) {
        mean[a] = h->gamma[a] + (isnan(x) ? 0 : slope[a] * x);
        for (size_t b = 0; b < d; b++)
            covariance[a * d + b] =
                h->psi[a * d + b] + (isnan(x) ? slope[a] * slope[b] : 0); /* x has unit variance */
    }
}

static bool has_family(const fsci_hierarchy *h, size_t i)
{
    return h->family[i] < h->n_families;
}

/* ---- rows of no family in training, and rows to be forecast ---- */

static double place_once(fsci_hierarchy *h, size_t i)
{
    size_t d = h->d;
    double mean[D], covariance[D * D], precision[D * D], J[D * D], g[D], sum[D], moved = 0;
    row_prior(h, i, mean, covariance);
    for (size_t a = 0; a < d; a++)
        mean[a] += has_family(h, i) ? h->families[h->family[i]].mean[a] : 0;
    for (size_t a = 0; a < d * d; a++)
        covariance[a] += has_family(h, i) ? h->families[h->family[i]].covariance[a] : h->phi[a];
    fsci_small_inverse(d, covariance, precision);
    row_information(h, i, J, g);
    multiply(d, precision, mean, sum);
    for (size_t a = 0; a < d; a++)
        sum[a] += g[a];
    for (size_t a = 0; a < d * d; a++)
        J[a] += precision[a];
    fsci_latent *row = &h->rows[i];
    fsci_small_inverse(d, J, row->covariance);
    multiply(d, row->covariance, sum, mean);
    for (size_t a = 0; a < d; a++) {
        moved = fmax(moved, fabs(mean[a] - row->mean[a]));
        row->mean[a] = mean[a];
    }
    return moved;
}

void fsci_hierarchy_place(fsci_hierarchy *h, size_t i)
{
    double covariance[D * D];
    row_prior(h, i, h->rows[i].mean, covariance);
    for (size_t a = 0; a < h->d; a++)
        h->rows[i].mean[a] += has_family(h, i) ? h->families[h->family[i]].mean[a] : 0;
    for (int round = 0; round < SETTLE_ROUNDS; round++)
        if (place_once(h, i) < SETTLED)
            return;
}

/* ---- families with their training rows ---- */

/* Row i given A: theta = S (g + precision (prior + A)), S its covariance. */
typedef struct part {
    double prior[D], precision[D * D], S[D * D], g[D];
} part;

/* What row i says of its family's A: adds to information[d*d] and to sum[d]. */
static void add_row(const fsci_hierarchy *h, size_t i, part *row, double *information, double *sum)
{
    size_t d = h->d;
    double covariance[D * D], J[D * D], PS[D * D], PSP[D * D], with_prior[D], said[D];
    row_prior(h, i, row->prior, covariance);
    fsci_small_inverse(d, covariance, row->precision);
    row_information(h, i, J, row->g);
    for (size_t a = 0; a < d * d; a++)
        J[a] += row->precision[a];
    fsci_small_inverse(d, J, row->S);
    multiply_matrix(d, row->precision, row->S, PS);
    multiply_matrix(d, PS, row->precision, PSP);
    multiply(d, PS, row->g, said);
    for (size_t a = 0; a < d * d; a++)
        PSP[a] = row->precision[a] - PSP[a];
    multiply(d, PSP, row->prior, with_prior);
    for (size_t a = 0; a < d; a++)
        sum[a] += said[a] - with_prior[a];
    for (size_t a = 0; a < d * d; a++)
        information[a] += PSP[a];
}

/* X + B C B' */
static void add_through(size_t d, const double *X, const double *B, const double *C, double *sum)
{
    double BC[D * D];
    multiply_matrix(d, B, C, BC);
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
            double through = 0;
            for (size_t k = 0; k < d; k++)
                through += BC[a * d + k] * B[b * d + k];
            sum[a * d + b] = X[a * d + b] + through;
        }
}

static double settle_row(const fsci_hierarchy *h, const part *row, const fsci_latent *family,
                         fsci_latent *latent)
{
    size_t d = h->d;
    double shifted[D], sum[D], mean[D], by_family[D * D], moved = 0;
    for (size_t a = 0; a < d; a++)
        shifted[a] = row->prior[a] + family->mean[a];
    multiply(d, row->precision, shifted, sum);
    for (size_t a = 0; a < d; a++)
        sum[a] += row->g[a];
    multiply(d, row->S, sum, mean);
    for (size_t a = 0; a < d; a++) {
        moved = fmax(moved, fabs(mean[a] - latent->mean[a]));
        latent->mean[a] = mean[a];
    }
    multiply_matrix(d, row->S, row->precision, by_family);
    add_through(d, row->S, by_family, family->covariance, latent->covariance);
    for (size_t a = 0; a < d; a++)
        by_family[a * d + a] -= 1;
    add_through(d, row->S, by_family, family->covariance, latent->own);
    return moved;
}

static double expect_family(fsci_hierarchy *h, size_t f)
{
    size_t d = h->d;
    fsci_latent *family = &h->families[f];
    double information[D * D], sum[D] = {0}, moved = 0;
    const size_t *rows = h->grouped + h->start[f];
    part row;
    fsci_small_inverse(d, h->phi, information);
    for (size_t k = 0; k < h->members[f]; k++)
        add_row(h, rows[k], &row, information, sum);
    fsci_small_inverse(d, information, family->covariance);
    multiply(d, family->covariance, sum, family->mean);
    for (size_t k = 0; k < h->members[f]; k++) {
        double unused[D * D] = {0}, ignored[D] = {0};
        add_row(h, rows[k], &row, unused, ignored);
        moved = fmax(moved, settle_row(h, &row, family, &h->rows[rows[k]]));
    }
    return moved;
}

double fsci_hierarchy_expect(fsci_hierarchy *h)
{
    double moved = 0;
    for (size_t f = 0; f < h->n_families; f++)
        moved = fmax(moved, expect_family(h, f));
    for (size_t i = 0; i < h->m; i++)
        if (!has_family(h, i))
            moved = fmax(moved, place_once(h, i));
    return moved;
}
