#include "observe/method.h"

#include "num/distribution.h"

#include <math.h>

const double fsci_quantile_level[FSCI_QUANTILES] = {0.025, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30,
                                                    0.35,  0.40, 0.45, 0.50, 0.55, 0.60, 0.65,
                                                    0.70,  0.75, 0.80, 0.85, 0.90, 0.95, 0.975};

void fsci_predictive_spread(fsci_predictive *predictive, size_t i, double point, double spread,
                            double df)
{
    predictive->point[i] = point;
    for (size_t q = 0; isfinite(spread) && q < FSCI_QUANTILES; q++)
        predictive->quantile[i * FSCI_QUANTILES + q] =
            point + spread * fsci_t_quantile(fsci_quantile_level[q], df);
}
