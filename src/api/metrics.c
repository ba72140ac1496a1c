/* The one table of metrics. */
#include "api/metric.h"

extern const fsci_metric fsci_metric_passk, fsci_metric_coverage_law, fsci_metric_beta_binomial,
    fsci_metric_pass_until, fsci_metric_trial_rates, fsci_metric_rare_event_rates,
    fsci_metric_repeat_aggregates;

static const fsci_metric *const metrics[] = {
    &fsci_metric_passk,
    &fsci_metric_coverage_law,
    &fsci_metric_beta_binomial,
    &fsci_metric_pass_until,
    &fsci_metric_trial_rates,
    &fsci_metric_rare_event_rates,
    &fsci_metric_repeat_aggregates,
};

size_t fsci_metrics(const fsci_metric *const **list)
{
    *list = metrics;
    return sizeof metrics / sizeof *metrics;
}
