/* success: laws of success probabilities beside the Beta law, and how well one fits. */
#ifndef FSCI_API_METRIC_SUCCESS_H
#define FSCI_API_METRIC_SUCCESS_H

#include "api/samples.h"
#include "metric/beta_binomial.h"

/* Sets fit_x2, fit_df and fit_p of an item of the result: Pearson's test of the fitted law, null
 * where it has zeros of its own, or where the items have different n or few classes. */
void fsci_metric_fit_test(fsci_metric_run *run, fsci_json *item, const fsci_samples_group *group,
                          const fsci_beta_binomial *law);

/* The results `laws` and `law_forecasts` of one group. */
void fsci_metric_add_laws(fsci_metric_run *run, const fsci_samples_group *group, const double *k,
                          size_t n_k);

#endif
