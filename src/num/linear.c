#include "num/linear.h"

#include <dlfcn.h>
#include <float.h>
#include <lapack.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fsci_linear_text(fsci_linear status)
{
    switch (status) {
    case FSCI_LINEAR_OK:
        return "done";
    case FSCI_LINEAR_NOT_FINITE:
        return "the matrix holds NaN or infinity";
    case FSCI_LINEAR_NOT_POSITIVE:
        return "the matrix is not positive definite";
    case FSCI_LINEAR_NO_CONVERGENCE:
        return "the decomposition did not converge";
    case FSCI_LINEAR_NO_MEMORY:
        return "the matrix is too large for the memory";
    }
    return "unknown status";
}

static size_t least(size_t m, size_t n)
{
    return m < n ? m : n;
}

static size_t most(size_t m, size_t n)
{
    return m > n ? m : n;
}

static double default_tolerance(size_t m, size_t n, double given)
{
    return given > 0 ? given : (double)most(m, n) * DBL_EPSILON;
}

/* The product is what LAPACK indexes with 32-bit integers. */
static bool too_large(size_t m, size_t n)
{
    return m > INT_MAX || n > INT_MAX || (n && m > INT_MAX / n);
}

static bool all_finite(const double *a, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(a[i]))
            return false;
    return true;
}

static bool lower_finite(size_t n, const double *A)
{
    for (size_t j = 0; j < n; j++)
        if (!all_finite(A + j * n + j, n - j))
            return false;
    return true;
}

/* One block for a copy of A[count] followed by `extra` doubles. */
static double *copy_with_room(const double *A, size_t count, size_t extra)
{
    double *copy = malloc((count + extra) * sizeof *copy);
    if (copy && count)
        memcpy(copy, A, count * sizeof *copy);
    return copy;
}

static fsci_linear iteration_status(lapack_int info)
{
    return info == 0 ? FSCI_LINEAR_OK : FSCI_LINEAR_NO_CONVERGENCE;
}

fsci_linear fsci_qr_least_squares(size_t m, size_t n, const double *A, const double *b,
                                  double rcond, double *x, size_t *rank)
{
    size_t rows = most(m, n);
    if (too_large(rows, n))
        return FSCI_LINEAR_NO_MEMORY;
    if (!all_finite(A, m * n) || !all_finite(b, m))
        return FSCI_LINEAR_NOT_FINITE;
    if (rank)
        *rank = 0;
    for (size_t j = 0; j < n; j++)
        x[j] = 0;
    if (m == 0 || n == 0)
        return FSCI_LINEAR_OK;

    lapack_int M = (lapack_int)m, N = (lapack_int)n, R = (lapack_int)rows, found = 0;
    double size, tolerance = default_tolerance(m, n, rcond);
    lapack_int one = 1, ask = -1, info;
    LAPACK_dgelsy(&M, &N, &one, NULL, &M, NULL, &R, NULL, &tolerance, &found, &size, &ask, &info);
    lapack_int given = (lapack_int)size;
    double *copy = copy_with_room(A, m * n, rows + (size_t)size);
    lapack_int *pivot = calloc(n, sizeof *pivot);
    fsci_linear status = FSCI_LINEAR_NO_MEMORY;
    if (copy && pivot) {
        double *rhs = copy + m * n;
        memcpy(rhs, b, m * sizeof *rhs);
        LAPACK_dgelsy(&M, &N, &one, copy, &M, rhs, &R, pivot, &tolerance, &found, rhs + rows,
                      &given, &info);
        memcpy(x, rhs, n * sizeof *x);
        if (rank)
            *rank = (size_t)found;
        status = FSCI_LINEAR_OK;
    }
    free(pivot);
    free(copy);
    return status;
}

fsci_linear fsci_cholesky(size_t n, double *A)
{
    if (too_large(n, n))
        return FSCI_LINEAR_NO_MEMORY;
    if (!lower_finite(n, A))
        return FSCI_LINEAR_NOT_FINITE;
    if (n == 0)
        return FSCI_LINEAR_OK;
    lapack_int N = (lapack_int)n, info;
    LAPACK_dpotrf("L", &N, A, &N, &info);
    if (info != 0)
        return FSCI_LINEAR_NOT_POSITIVE;
    for (size_t j = 1; j < n; j++)
        memset(A + j * n, 0, j * sizeof *A);
    return FSCI_LINEAR_OK;
}

fsci_linear fsci_cholesky_solve(size_t n, const double *L, size_t k, double *B)
{
    if (too_large(n, n) || too_large(n, k))
        return FSCI_LINEAR_NO_MEMORY;
    if (!lower_finite(n, L) || !all_finite(B, n * k))
        return FSCI_LINEAR_NOT_FINITE;
    lapack_int N = (lapack_int)n, K = (lapack_int)k, info;
    if (n && k)
        LAPACK_dpotrs("L", &N, &K, L, &N, B, &N, &info);
    return FSCI_LINEAR_OK;
}

fsci_linear fsci_cholesky_inverse(size_t n, const double *L, double *inverse)
{
    if (too_large(n, n))
        return FSCI_LINEAR_NO_MEMORY;
    if (!lower_finite(n, L))
        return FSCI_LINEAR_NOT_FINITE;
    if (n == 0)
        return FSCI_LINEAR_OK;
    memcpy(inverse, L, n * n * sizeof *inverse);
    lapack_int N = (lapack_int)n, info;
    LAPACK_dpotri("L", &N, inverse, &N, &info);
    if (info != 0)
        return FSCI_LINEAR_NOT_POSITIVE;
    for (size_t j = 1; j < n; j++)
        for (size_t i = 0; i < j; i++)
            inverse[j * n + i] = inverse[i * n + j];
    return FSCI_LINEAR_OK;
}

double fsci_cholesky_log_det(size_t n, const double *L)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += log(L[j * n + j]);
    return 2 * sum;
}

/* Whether the sign rule asks to negate v[n]: its entry of largest absolute value is negative. */
static bool wants_negation(const double *v, size_t n)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++)
        if (fabs(v[i]) > fabs(v[at]))
            at = i;
    return n > 0 && v[at] < 0;
}

static void negate(double *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        v[i] = -v[i];
}

fsci_linear fsci_symmetric_eigen(size_t n, const double *A, double *values, double *vectors)
{
    if (too_large(n, n))
        return FSCI_LINEAR_NO_MEMORY;
    if (!lower_finite(n, A))
        return FSCI_LINEAR_NOT_FINITE;
    if (n == 0)
        return FSCI_LINEAR_OK;

    lapack_int N = (lapack_int)n, ask = -1, info;
    const char *job = vectors ? "V" : "N";
    double size;
    LAPACK_dsyev(job, "L", &N, NULL, &N, NULL, &size, &ask, &info);
    lapack_int given = (lapack_int)size;
    double *copy = copy_with_room(A, n * n, n + (size_t)size);
    if (!copy)
        return FSCI_LINEAR_NO_MEMORY;
    double *ascending = copy + n * n;
    LAPACK_dsyev(job, "L", &N, copy, &N, ascending, ascending + n, &given, &info);
    fsci_linear status = iteration_status(info);
    for (size_t j = 0; j < n && status == FSCI_LINEAR_OK; j++) {
        size_t from = n - 1 - j;
        values[j] = ascending[from];
        if (!vectors)
            continue;
        memcpy(vectors + j * n, copy + from * n, n * sizeof *vectors);
        if (wants_negation(vectors + j * n, n))
            negate(vectors + j * n, n);
    }
    free(copy);
    return status;
}

/* V[n*k] from its transpose Vt[k*n], with the sign rule; U[m*k], when wanted, follows. */
static void orient(size_t m, size_t n, size_t k, const double *Vt, double *U, double *V)
{
    for (size_t j = 0; j < k; j++) {
        double *v = V + j * n;
        for (size_t i = 0; i < n; i++)
            v[i] = Vt[i * k + j];
        if (!wants_negation(v, n))
            continue;
        negate(v, n);
        if (U)
            negate(U + j * m, m);
    }
}

fsci_linear fsci_svd(size_t m, size_t n, const double *A, double *U, double *s, double *V)
{
    size_t k = least(m, n);
    if (too_large(m, n))
        return FSCI_LINEAR_NO_MEMORY;
    if (!all_finite(A, m * n))
        return FSCI_LINEAR_NOT_FINITE;
    if (k == 0)
        return FSCI_LINEAR_OK;

    /* The sign rule looks at V, so asking for either side computes both. */
    bool both = U || V;
    const char *job = both ? "S" : "N";
    size_t sides = both ? ((U ? 0 : m) + 2 * n) * k : 0;
    lapack_int M = (lapack_int)m, N = (lapack_int)n, K = (lapack_int)k, ask = -1, info;
    double size;
    LAPACK_dgesvd(job, job, &M, &N, NULL, &M, NULL, NULL, &M, NULL, &K, &size, &ask, &info);
    lapack_int given = (lapack_int)size;
    double *copy = copy_with_room(A, m * n, sides + (size_t)size);
    if (!copy)
        return FSCI_LINEAR_NO_MEMORY;
    double *left = copy + m * n, *right = left + (both && !U ? m * k : 0);
    double *turned = right + (both ? n * k : 0), *work = copy + m * n + sides;
    LAPACK_dgesvd(job, job, &M, &N, copy, &M, s, U ? U : left, &M, right, &K, work, &given, &info);
    fsci_linear status = iteration_status(info);
    if (status == FSCI_LINEAR_OK && both)
        orient(m, n, k, right, U, V ? V : turned);
    free(copy);
    return status;
}

double fsci_condition(size_t k, const double *s)
{
    if (k == 0)
        return 1;
    return s[k - 1] > 0 ? s[0] / s[k - 1] : INFINITY;
}

size_t fsci_rank(size_t m, size_t n, const double *s, double rtol)
{
    size_t k = least(m, n), rank = 0;
    double floor = k ? default_tolerance(m, n, rtol) * s[0] : 0;
    while (rank < k && s[rank] > floor)
        rank++;
    return rank;
}

bool fsci_blas_name(char *name, size_t size)
{
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, "dgemm_");
    char *path = symbol && dladdr(symbol, &info) ? realpath(info.dli_fname, NULL) : NULL;
    if (!path)
        return false;
    char *tail = path + strlen(path);
    for (int slashes = 0; tail > path; tail--)
        if (tail[-1] == '/' && ++slashes == 2)
            break;
    int length = snprintf(name, size, "%s", tail);
    free(path);
    return length >= 0 && (size_t)length < size;
}
