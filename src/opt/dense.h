/* dense: Cholesky for the few parameters of a hot loop, in line. Matrices are row-major with p
 * columns; only the lower triangle is read. */
#ifndef FSCI_OPT_DENSE_H
#define FSCI_OPT_DENSE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* L L' = H on the rows and columns that are free, with the reciprocals of the pivots on L's
 * diagonal. A held variable, and one whose pivot is lost to rounding, gets the reciprocal 0: its
 * part of every solution is zero. */
static inline void fsci_cholesky(size_t p, const double *H, const bool *held, double *L)
{
    for (size_t j = 0; j < p; j++) {
        double pivot = H[j * p + j];
        const double least = 1e-15 * pivot;
        for (size_t k = 0; k < j; k++) {
            double sum = H[j * p + k];
            for (size_t m = 0; m < k; m++)
                sum -= L[j * p + m] * L[k * p + m];
            sum *= L[k * p + k];
            L[j * p + k] = sum;
            pivot -= sum * sum;
        }
        L[j * p + j] = !held[j] && pivot > least ? 1 / sqrt(pivot) : 0;
    }
}

/* The same where most of H is 0, with the same result; list[p] is scratch. The entries of a row
 * that are not 0 are listed as they come, and the others take no part. */
static inline void fsci_cholesky_sparse(size_t p, const double *H, const bool *held, size_t *list,
                                        double *L)
{
    for (size_t j = 0; j < p; j++) {
        double pivot = H[j * p + j];
        const double least = 1e-15 * pivot;
        size_t n = 0;
        for (size_t k = 0; k < j; k++) {
            double sum = H[j * p + k];
            for (size_t i = 0; i < n; i++)
                sum -= L[j * p + list[i]] * L[k * p + list[i]];
            sum *= L[k * p + k];
            L[j * p + k] = sum;
            if (sum == 0)
                continue;
            pivot -= sum * sum;
            list[n++] = k;
        }
        L[j * p + j] = !held[j] && pivot > least ? 1 / sqrt(pivot) : 0;
    }
}

/* x = -(L L')^-1 g; x may be g. */
static inline void fsci_cholesky_solve(size_t p, const double *L, const double *g, double *x)
{
    for (size_t j = 0; j < p; j++) {
        double sum = -g[j];
        for (size_t k = 0; k < j; k++)
            sum -= L[j * p + k] * x[k];
        x[j] = sum * L[j * p + j];
    }
    for (size_t j = p; j-- > 0;) {
        double sum = x[j];
        for (size_t k = j + 1; k < p; k++)
            sum -= L[k * p + j] * x[k];
        x[j] = sum * L[j * p + j];
    }
}

#endif
