/* linear: dense linear algebra on LAPACK (its Fortran interface; serial BLAS).
 *
 * Matrices are column-major and contiguous: A[m*n] holds a_ij at A[j*m + i]. Inputs are borrowed
 * and left alone unless said; outputs are the caller's arrays. Every call refuses NaN and infinity
 * before computing, allocates its own scratch and frees it; m or n of 0 is fine. After anything but
 * FSCI_LINEAR_OK outputs are unspecified. The same input gives the same bits.
 *
 * Signs, which LAPACK leaves open, are fixed: in every eigenvector and every right singular vector
 * the entry of largest absolute value (the first of equals) is positive. */
#ifndef FSCI_NUM_LINEAR_H
#define FSCI_NUM_LINEAR_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_linear {
    FSCI_LINEAR_OK,
    FSCI_LINEAR_NOT_FINITE,     /* an input holds NaN or infinity */
    FSCI_LINEAR_NOT_POSITIVE,   /* Cholesky: not positive definite at working precision */
    FSCI_LINEAR_NO_CONVERGENCE, /* the QR iteration of an SVD or eigenproblem did not end */
    FSCI_LINEAR_NO_MEMORY       /* or a dimension beyond LAPACK's 32-bit indices */
} fsci_linear;

const char *fsci_linear_text(fsci_linear status); /* "the matrix holds NaN or infinity", ... */

/* min |A x - b|, and of all minimisers the one of least norm: column-pivoted complete orthogonal
 * factorisation (dgelsy; Golub & Van Loan, section 5.5). A[m*n], b[m], x[n] out, any m and n.
 * *rank (may be NULL) counts the pivots kept: those whose triangle has a condition estimate below
 * 1/rcond. rcond <= 0 means max(m, n) * DBL_EPSILON. Scale columns first if their units differ. */
fsci_linear fsci_qr_least_squares(size_t m, size_t n, const double *A, const double *b,
                                  double rcond, double *x, size_t *rank);

/* A = L L' of a symmetric positive definite A[n*n], whose lower triangle is read; in place: on
 * return A holds L with zeros above its diagonal. */
fsci_linear fsci_cholesky(size_t n, double *A);
/* Solves A X = B for L of fsci_cholesky; B[n*k] becomes X. */
fsci_linear fsci_cholesky_solve(size_t n, const double *L, size_t k, double *B);
/* The whole symmetric inverse of A = L L' into inverse[n*n]. */
fsci_linear fsci_cholesky_inverse(size_t n, const double *L, double *inverse);
double fsci_cholesky_log_det(size_t n, const double *L); /* log det A */

/* A = V diag(values) V' of a symmetric A[n*n], lower triangle read. values[n] descending; column j
 * of vectors[n*n] belongs to values[j]. vectors may be NULL. */
fsci_linear fsci_symmetric_eigen(size_t n, const double *A, double *values, double *vectors);

/* Thin A = U diag(s) V', k = min(m, n): U[m*k], s[k] descending, V[n*k] (not transposed). U and V
 * may be NULL together or apart. */
fsci_linear fsci_svd(size_t m, size_t n, const double *A, double *U, double *s, double *V);

/* Of singular values s[k], descending: s[0]/s[k-1] (INFINITY when the last is 0; 1 when k is 0),
 * and how many exceed rtol * s[0]. rtol <= 0 means max(m, n) * DBL_EPSILON, m by n the matrix. */
double fsci_condition(size_t k, const double *s);
size_t fsci_rank(size_t m, size_t n, const double *s, double rtol);

/* Names the BLAS in use by the last two parts of its file's path ("blas/libblas.so.3.11.0",
 * "openblas-pthread/libblas.so.3"); false when that cannot be found out. */
bool fsci_blas_name(char *name, size_t size);

#endif
