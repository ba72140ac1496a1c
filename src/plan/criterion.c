#include "plan/criterion.h"

#include <math.h>

enum { MAX_K = FSCI_CRITERION_MAX_K, MAX_PACKED = MAX_K * (MAX_K + 1) / 2 };

/* A pivot this far below its diagonal element is rounding: the matrix is singular. */
static const double LOST_PIVOT = 1e-13;
/* Softness of the least eigenvalue in its tangent, relative to its own size: bounds from it are too
 * high by at most this times log k. */
static const double E_SOFTNESS = 0.02;

/* The place of row i in a packed triangle. */
static size_t row(size_t i)
{
    return i * (i + 1) / 2;
}

/* G = L L', packed, with the reciprocals of the pivots on the diagonal. False when singular. */
static bool factor(size_t k, const double *G, double *L)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = G[row(i) + j];
            for (size_t m = 0; m < j; m++)
                sum -= L[row(i) + m] * L[row(j) + m];
            if (j < i)
                L[row(i) + j] = sum * L[row(j) + j];
            else if (sum > LOST_PIVOT * G[row(i) + i])
                L[row(i) + i] = 1 / sqrt(sum);
            else
                return false;
        }
    return true;
}

/* M = L^-1 in place. */
static void invert_triangle(size_t k, double *L)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < i; j++) {
            double sum = 0;
            for (size_t m = j; m < i; m++)
                sum -= L[row(i) + m] * L[row(m) + j];
            L[row(i) + j] = sum * L[row(i) + i];
        }
}

/* The packed inverse of G. False when singular. */
static bool invert(size_t k, const double *G, double *inverse)
{
    double M[MAX_PACKED];
    if (!factor(k, G, M))
        return false;
    invert_triangle(k, M);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t m = i; m < k; m++)
                sum += M[row(m) + i] * M[row(m) + j];
            inverse[row(i) + j] = sum;
        }
    return true;
}

/* trace(A B) of packed symmetric matrices. */
static double trace_product(size_t k, const double *A, const double *B)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < i; j++)
            sum += 2 * A[row(i) + j] * B[row(i) + j];
        sum += A[row(i) + i] * B[row(i) + i];
    }
    return sum;
}

static double trace(size_t k, const double *A)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += A[row(i) + i];
    return sum;
}

static void unpack(size_t k, const double *packed, double *full)
{
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++)
            full[i * k + j] = full[j * k + i] = packed[row(i) + j];
}

/* H = S T S of symmetric matrices, off-diagonals doubled; T NULL is the identity. */
static void sandwich(size_t k, const double *S, const double *T, double *H)
{
    double s[MAX_K * MAX_K], t[MAX_K * MAX_K], st[MAX_K * MAX_K];
    unpack(k, S, s);
    if (T)
        unpack(k, T, t);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++) {
            st[i * k + j] = T ? 0 : s[i * k + j];
            for (size_t m = 0; T && m < k; m++)
                st[i * k + j] += s[i * k + m] * t[m * k + j];
        }
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t m = 0; m < k; m++)
                sum += st[i * k + m] * s[m * k + j];
            H[row(i) + j] = i == j ? sum : 2 * sum;
        }
}

/* ---- the least eigenvalue ---- */

/* Turns rows and columns p and q of A so that a_pq becomes 0, and columns p and q of V with them
 * (Golub and Van Loan, section 8.5.2). */
static void rotate(size_t k, double *A, double *V, size_t p, size_t q)
{
    double ratio = (A[q * k + q] - A[p * k + p]) / (2 * A[p * k + q]);
    double t = (ratio < 0 ? -1 : 1) / (fabs(ratio) + sqrt(1 + ratio * ratio));
    double c = 1 / sqrt(1 + t * t), s = t * c;
    for (size_t i = 0; i < k; i++) {
        double a = A[i * k + p], b = A[i * k + q];
        A[i * k + p] = c * a - s * b;
        A[i * k + q] = s * a + c * b;
    }
    for (size_t i = 0; i < k; i++) {
        double a = A[p * k + i], b = A[q * k + i], v = V[p * k + i], w = V[q * k + i];
        A[p * k + i] = c * a - s * b;
        A[q * k + i] = s * a + c * b;
        V[p * k + i] = c * v - s * w;
        V[q * k + i] = s * v + c * w;
    }
}

/* Eigenvalues in no order, eigenvector m in vectors[m * k ..]: cyclic Jacobi. It allocates nothing,
 * so that a search cannot fail half-way. */
static void eigen(size_t k, const double *G, double *values, double *vectors)
{
    enum { SWEEPS = 30 };
    double A[MAX_K * MAX_K] = {0}, size = 0, off = INFINITY;
    unpack(k, G, A);
    for (size_t i = 0; i < k * k; i++) {
        vectors[i] = i % (k + 1) == 0;
        size += A[i] * A[i];
    }
    for (int sweep = 0; sweep < SWEEPS && off > size * 1e-30; sweep++) {
        off = 0;
        for (size_t p = 0; p < k; p++)
            for (size_t q = p + 1; q < k; q++) {
                off += A[p * k + q] * A[p * k + q];
                if (A[p * k + q] != 0)
                    rotate(k, A, vectors, p, q);
            }
    }
    for (size_t i = 0; i < k; i++)
        values[i] = A[i * k + i];
}

/* The least eigenvalue; 0 when it is lost to rounding. */
static double least_eigenvalue(size_t k, const double *values)
{
    double lo = INFINITY, hi = 0;
    for (size_t i = 0; i < k; i++) {
        lo = fmin(lo, values[i]);
        hi = fmax(hi, values[i]);
    }
    return lo > LOST_PIVOT * hi ? lo : 0;
}

static double e_value(size_t k, const double *G)
{
    double values[MAX_K], vectors[MAX_K * MAX_K];
    eigen(k, G, values, vectors);
    double least = least_eigenvalue(k, values);
    return least > 0 ? least : -INFINITY;
}

static bool e_tangent(size_t k, const double *G, double *H)
{
    double values[MAX_K], vectors[MAX_K * MAX_K] = {0}, share[MAX_K], total = 0;
    eigen(k, G, values, vectors);
    double least = least_eigenvalue(k, values);
    if (!(least > 0))
        return false;
    for (size_t m = 0; m < k; m++)
        total += share[m] = exp((least - values[m]) / (E_SOFTNESS * least));
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t m = 0; m < k; m++)
                sum += share[m] / total * vectors[m * k + i] * vectors[m * k + j];
            H[row(i) + j] = i == j ? sum : 2 * sum;
        }
    return true;
}

/* ---- all four ---- */

double fsci_criterion_value(const fsci_criterion *c, const double *G)
{
    double work[MAX_PACKED], sum = 0;
    switch (c->kind) {
    case FSCI_CRITERION_V:
        return invert(c->k, G, work) ? -trace_product(c->k, c->target, work) : -INFINITY;
    case FSCI_CRITERION_A:
        return invert(c->k, G, work) ? -trace(c->k, work) : -INFINITY;
    case FSCI_CRITERION_D:
        if (!factor(c->k, G, work))
            return -INFINITY;
        for (size_t i = 0; i < c->k; i++)
            sum -= 2 * log(work[row(i) + i]);
        return sum;
    case FSCI_CRITERION_E:
        return e_value(c->k, G);
    }
    return -INFINITY;
}

bool fsci_criterion_tangent(const fsci_criterion *c, const double *G, double *H, double *offset)
{
    double S[MAX_PACKED];
    *offset = 0;
    if (c->kind == FSCI_CRITERION_E)
        return e_tangent(c->k, G, H);
    if (!invert(c->k, G, S))
        return false;
    switch (c->kind) {
    case FSCI_CRITERION_V:
        *offset = -2 * trace_product(c->k, c->target, S);
        sandwich(c->k, S, c->target, H);
        break;
    case FSCI_CRITERION_A:
        *offset = -2 * trace(c->k, S);
        sandwich(c->k, S, NULL, H);
        break;
    case FSCI_CRITERION_D:
        *offset = fsci_criterion_value(c, G) - (double)c->k;
        for (size_t i = 0; i < c->k; i++)
            for (size_t j = 0; j <= i; j++)
                H[row(i) + j] = (i == j ? 1 : 2) * S[row(i) + j];
        break;
    case FSCI_CRITERION_E:
        break;
    }
    return true;
}

double fsci_criterion_efficiency(const fsci_criterion *c, double value, double all)
{
    switch (c->kind) {
    case FSCI_CRITERION_V:
    case FSCI_CRITERION_A:
        return all / value;
    case FSCI_CRITERION_D:
        return exp((value - all) / (double)c->k);
    case FSCI_CRITERION_E:
        return value / all;
    }
    return NAN;
}

double fsci_criterion_work(const fsci_criterion *c)
{
    double k = (double)c->k;
    return (c->kind == FSCI_CRITERION_E ? 60 : 4) * k * k * k;
}
