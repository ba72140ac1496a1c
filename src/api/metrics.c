/* The one table of metrics. */
#include "api/metric.h"

extern const fsci_metric fsci_metric_passk;

static const fsci_metric *const metrics[] = {
    &fsci_metric_passk,
};

size_t fsci_metrics(const fsci_metric *const **list)
{
    *list = metrics;
    return sizeof metrics / sizeof *metrics;
}
