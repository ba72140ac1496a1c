#include "latent/pca.h"

#include "latent/moments.h"

#include <math.h>
#include <stdlib.h>

static double on_scale(fsci_pca_scale scale, double ceiling, double x)
{
    if (scale != FSCI_PCA_LOGIT)
        return x;
    double share = fmin(fmax(x / ceiling, 0.01), 0.99);
    return log(share / (1 - share));
}

static double deviation(size_t n, const double *x, double mean)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean); // NOLINT(clang-analyzer-core.*): all n are set
    return sqrt(squares / (double)(n - 1));
}

/* Z[n*p]: X on its scale, in units of its deviation when asked for; fills mean and unit. */
static void transform(size_t n, size_t p, const double *X, fsci_pca_scale scale, double ceiling,
                      double *Z, double *mean, double *unit)
{
    for (size_t c = 0; c < n * p; c++)
        Z[c] = on_scale(scale, ceiling, X[c]);
    fsci_column_means(n, p, Z, mean);
    for (size_t j = 0; j < p; j++) {
        double spread = scale == FSCI_PCA_ZSCORE ? deviation(n, Z + j * n, mean[j]) : 1;
        unit[j] = spread > 0 ? spread : 1;
        for (size_t i = 0; i < n; i++)
            Z[j * n + i] -= mean[j], Z[j * n + i] /= unit[j]; // NOLINT(clang-analyzer-core.*)
    }
}

/* variance[p] from sums of squares to variances, and their shares. */
static fsc_status finish_variance(size_t n, size_t p, double *variance, double *ratio,
                                  fsc_error *err)
{
    double total = 0;
    for (size_t j = 0; j < p; j++) {
        variance[j] /= (double)(n - 1);
        total += variance[j];
    }
    if (!(total > 0))
        return fsci_fail(err, FSC_EINPUT,
                         "principal components: the %zu rows are all alike, nothing varies", n);
    for (size_t j = 0; j < p; j++)
        ratio[j] = variance[j] / total;
    return FSC_OK;
}

fsc_status fsci_pca_fit(fsci_arena *arena, size_t n, size_t p, const double *X,
                        fsci_pca_scale scale, double ceiling, size_t k, fsci_pca *pca,
                        fsc_error *err)
{
    double *mean = FSCI_NEW(arena, double, p), *unit = FSCI_NEW(arena, double, p);
    double *loadings = FSCI_NEW(arena, double, p *k), *variance = FSCI_NEW(arena, double, p);
    double *ratio = FSCI_NEW(arena, double, p), *zero = FSCI_NEW(arena, double, p);
    double *Z = malloc(n * p * sizeof *Z);
    if (!Z || fsci_arena_failed(arena)) {
        free(Z);
        return fsci_fail_memory(err);
    }
    transform(n, p, X, scale, ceiling, Z, mean, unit);
    fsc_status status = fsci_principal_axes(n, p, Z, zero, k, variance, loadings, err);
    free(Z);
    if (status == FSC_OK)
        status = finish_variance(n, p, variance, ratio, err);
    *pca = (fsci_pca){p, k, scale, ceiling, mean, unit, loadings, variance, ratio};
    return status;
}

double fsci_pca_scaled(const fsci_pca *pca, double x)
{
    return on_scale(pca->scale, pca->ceiling, x);
}

void fsci_pca_scores(const fsci_pca *pca, size_t n, const double *X, double *scores)
{
    for (size_t c = 0; c < n * pca->k; c++)
        scores[c] = 0;
    for (size_t j = 0; j < pca->p; j++)
        for (size_t i = 0; i < n; i++) {
            double x = fsci_pca_scaled(pca, X[j * n + i]);
            double z = (x - pca->mean[j]) / pca->unit[j];
            for (size_t c = 0; c < pca->k; c++)
                scores[c * n + i] += z * pca->loadings[c * pca->p + j];
        }
}
