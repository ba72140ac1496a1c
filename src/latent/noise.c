#include "latent/noise.h"

#include "base/parallel.h"
#include "latent/moments.h"
#include "num/linear.h"
#include "num/random.h"
#include "num/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct job {
    size_t n, p, shuffles;
    double *Z;         /* [n*p] on the components' scale, centred */
    double *deviation; /* [p] */
    uint64_t seed;
    double
        *variance; /* [p*shuffles], those of one component side by side; NaN where out of memory */
} job;

bool fsci_noise_shuffles(size_t n, size_t p)
{
    return n <= FSCI_NOISE_SHUFFLED_ROWS || n < 2 * p;
}

/* Fisher and Yates: every order as likely. */
static void shuffle(fsci_stream *stream, size_t n, double *x)
{
    for (size_t i = n; i > 1; i--) {
        size_t with = (size_t)fsci_random_below(stream, i);
        double swap = x[i - 1];
        x[i - 1] = x[with];
        x[with] = swap;
    }
}

static void shuffled_variances(const job *j, fsci_stream *stream, double *values)
{
    double *Z = malloc((j->n + 1) * j->p * sizeof *Z);
    if (!Z)
        return;
    double *zero = Z + j->n * j->p;
    memset(zero, 0, j->p * sizeof *zero);
    memcpy(Z, j->Z, j->n * j->p * sizeof *Z);
    for (size_t a = 0; a < j->p; a++)
        shuffle(stream, j->n, Z + a * j->n);
    if (fsci_principal_axes(j->n, j->p, Z, zero, 0, values, NULL, NULL) != FSC_OK)
        values[0] = NAN;
    for (size_t a = 0; a < j->p; a++)
        values[a] /= (double)(j->n - 1);
    free(Z);
}

/* Root of a chi-squared variable of many degrees of freedom (Wilson and Hilferty 1931). */
static double chi(fsci_stream *stream, double df)
{
    double root = 1 - 2 / (9 * df) + fsci_random_normal(stream) * sqrt(2 / (9 * df));
    return sqrt(df * root * root * root);
}

/* L of a covariance W = L L' of n unrelated normal columns (Bartlett 1933), by rows, each scaled to
 * length 1: L L' are then correlations, as shuffled columns keep their variances. */
static void unrelated_factor(const job *j, fsci_stream *stream, double *L)
{
    for (size_t a = 0; a < j->p; a++) {
        double *row = L + a * j->p, squares = 0;
        for (size_t c = 0; c < a; c++)
            row[c] = fsci_random_normal(stream);
        row[a] = chi(stream, (double)(j->n - 1 - a));
        for (size_t c = 0; c <= a; c++)
            squares += row[c] * row[c];
        for (size_t c = 0; c <= a; c++)
            row[c] /= sqrt(squares);
    }
}

static void limit_variances(const job *j, fsci_stream *stream, double *values)
{
    size_t p = j->p;
    double *S = calloc(2 * p * p, sizeof *S);
    if (!S)
        return;
    double *L = S + p * p;
    unrelated_factor(j, stream, L);
    for (size_t b = 0; b < p; b++)
        for (size_t a = b; a < p; a++) {
            double sum = 0;
            for (size_t c = 0; c <= b; c++)
                sum += L[a * p + c] * L[b * p + c];
            S[b * p + a] = j->deviation[a] * j->deviation[b] * sum;
        }
    if (fsci_symmetric_eigen(p, S, values, NULL) != FSCI_LINEAR_OK)
        values[0] = NAN;
    free(S);
}

static void run_shuffle(void *context, size_t item, size_t worker)
{
    (void)worker;
    job *j = context;
    fsci_stream stream = fsci_stream_new(j->seed, item);
    double *values = malloc(j->p * sizeof *values);
    for (size_t a = 0; values && a < j->p; a++)
        values[a] = NAN;
    if (values && !fsci_noise_shuffles(j->n, j->p))
        limit_variances(j, &stream, values);
    else if (values)
        shuffled_variances(j, &stream, values);
    for (size_t a = 0; a < j->p; a++)
        j->variance[a * j->shuffles + item] = values ? values[a] : NAN;
    free(values);
}

/* The rows on the scale of the components, and how much each column varies. */
static void transform(const fsci_pca *pca, const double *X, size_t stride, job *j)
{
    for (size_t a = 0; a < j->p; a++) {
        double squares = 0;
        for (size_t i = 0; i < j->n; i++) {
            double z = (fsci_pca_scaled(pca, X[a * stride + i]) - pca->mean[a]) / pca->unit[a];
            squares += z * z;
            if (j->Z)
                j->Z[a * j->n + i] = z;
        }
        j->deviation[a] = sqrt(squares / (double)(j->n - 1));
    }
}

static fsc_status take_bounds(const job *j, double level, double *bound, fsc_error *err)
{
    for (size_t a = 0; a < j->p; a++) {
        double *of_one = j->variance + a * j->shuffles;
        for (size_t i = 0; i < j->shuffles; i++)
            if (isnan(of_one[i]))
                return fsci_fail_memory(err);
        fsci_sort(of_one, j->shuffles);
        bound[a] = fsci_quantile(of_one, j->shuffles, level);
    }
    return FSC_OK;
}

fsc_status fsci_noise_bound(const fsci_pca *pca, size_t n, const double *X, size_t stride,
                            size_t shuffles, double level, uint64_t seed, int threads,
                            double *bound, fsc_error *err)
{
    job j = {.n = n, .p = pca->p, .shuffles = shuffles, .seed = seed};
    bool by_row = fsci_noise_shuffles(n, pca->p);
    j.Z = by_row ? malloc(n * j.p * sizeof *j.Z) : NULL;
    j.deviation = malloc(j.p * sizeof *j.deviation);
    j.variance = malloc(j.p * shuffles * sizeof *j.variance);
    fsc_status status = FSC_OK;
    if (!j.deviation || !j.variance || (by_row && !j.Z)) {
        status = fsci_fail_memory(err);
    } else {
        transform(pca, X, stride, &j);
        fsci_parallel(threads, shuffles, run_shuffle, &j);
        status = take_bounds(&j, level, bound, err);
    }
    free(j.Z);
    free(j.deviation);
    free(j.variance);
    return status;
}
