#include "latent/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows taken at a time: a block of 200 columns stays in a second-level cache. */
enum { BLOCK = 128 };

void fsci_column_means(size_t n, size_t p, const double *X, double *mean)
{
    for (size_t j = 0; j < p; j++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += X[j * n + i];
        mean[j] = sum / (double)n;
    }
}

/* Four partial sums: a fixed order of additions that the compiler may put in vector lanes. */
static double dot(const double *a, const double *b)
{
    double sum[4] = {0};
    for (size_t i = 0; i < BLOCK; i += 4)
        for (size_t lane = 0; lane < 4; lane++)
            sum[lane] += a[i + lane] * b[i + lane];
    return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* The lower triangle of S[p*p]; block[BLOCK*p] is scratch, a short last block padded with zeros. */
static void cross_products(size_t n, size_t p, const double *X, const double *centre, double *block,
                           double *S)
{
    for (size_t from = 0; from < n; from += BLOCK) {
        size_t rows = n - from < BLOCK ? n - from : BLOCK;
        for (size_t j = 0; j < p; j++) {
            double *column = block + j * BLOCK;
            for (size_t i = 0; i < rows; i++)
                column[i] = X[j * n + from + i] - centre[j];
            memset(column + rows, 0, (BLOCK - rows) * sizeof *column);
        }
        for (size_t b = 0; b < p; b++)
            for (size_t a = b; a < p; a++)
                S[b * p + a] += dot(block + a * BLOCK, block + b * BLOCK);
    }
}

fsc_status fsci_principal_axes(size_t n, size_t p, const double *X, const double *centre, size_t k,
                               double *values, double *vectors, fsc_error *err)
{
    double *S = calloc((size_t)p * (2 * p + BLOCK), sizeof *S);
    if (!S)
        return fsci_fail_memory(err);
    double *all = S + p * p, *block = all + p * p;
    cross_products(n, p, X, centre, block, S);
    fsci_linear done = fsci_symmetric_eigen(p, S, values, vectors ? all : NULL);
    for (size_t j = 0; j < p && done == FSCI_LINEAR_OK; j++)
        values[j] = values[j] > 0 ? values[j] : 0;
    if (vectors)
        memcpy(vectors, all, p * k * sizeof *all);
    free(S);
    if (done == FSCI_LINEAR_NO_MEMORY)
        return fsci_fail_memory(err);
    if (done != FSCI_LINEAR_OK)
        return fsci_fail(err, FSC_EINPUT, "principal components: %s", fsci_linear_text(done));
    return FSC_OK;
}

/* Gram and Schmidt, each column against those before it; columns that vanish stay zero. */
static void orthonormalise(size_t p, size_t k, double *V)
{
    for (size_t c = 0; c < k; c++) {
        double *v = V + c * p, length = 0;
        for (size_t b = 0; b < c; b++) {
            double along = 0;
            for (size_t j = 0; j < p; j++)
                along += v[j] * V[b * p + j];
            for (size_t j = 0; j < p; j++)
                v[j] -= along * V[b * p + j];
        }
        for (size_t j = 0; j < p; j++)
            length += v[j] * v[j];
        for (size_t j = 0; j < p && length > 0; j++)
            v[j] /= sqrt(length);
    }
}

/* score[i] = (x_i - centre)'v over the rows of one block. */
static void block_scores(size_t n, size_t p, const double *X, size_t from, size_t rows,
                         const double *centre, const double *v, double *score)
{
    memset(score, 0, BLOCK * sizeof *score);
    for (size_t j = 0; j < p; j++)
        for (size_t i = 0; i < rows; i++)
            score[i] += (X[j * n + from + i] - centre[j]) * v[j];
}

void fsci_principal_step(size_t n, size_t p, const double *X, const double *centre, size_t k,
                         double *vectors, double *work)
{
    double score[BLOCK];
    memset(work, 0, p * k * sizeof *work);
    for (size_t from = 0; from < n; from += BLOCK) {
        size_t rows = n - from < BLOCK ? n - from : BLOCK;
        for (size_t c = 0; c < k; c++) {
            block_scores(n, p, X, from, rows, centre, vectors + c * p, score);
            for (size_t j = 0; j < p; j++) {
                double sum[4] = {0};
                const double *x = X + j * n + from;
                size_t i = 0;
                for (; i + 4 <= rows; i += 4)
                    for (size_t lane = 0; lane < 4; lane++)
                        sum[lane] += (x[i + lane] - centre[j]) * score[i + lane];
                for (; i < rows; i++)
                    sum[0] += (x[i] - centre[j]) * score[i];
                work[c * p + j] += (sum[0] + sum[2]) + (sum[1] + sum[3]);
            }
        }
    }
    memcpy(vectors, work, p * k * sizeof *vectors);
    orthonormalise(p, k, vectors);
}
