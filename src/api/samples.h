/* samples: evaluation results as counts. A table has a row per item and model (n samples of which c
 * are right) or a row per sample (right or not); either is reduced to counts as it streams by, so
 * that memory holds the items and not the rows. */
#ifndef FSCI_API_SAMPLES_H
#define FSCI_API_SAMPLES_H

#include "api/metric/metric.h"
#include "metric/draws.h"

typedef struct fsci_samples_group {
    const char *label; /* "" when the table has no groups */
    double size;       /* of the column `size`, NaN when there is none */
    size_t items;
    const char *const *item;
    const double *n, *c;
    const fsci_stop_rule *stop;
    const uint32_t *cluster; /* NULL when there is none */
} fsci_samples_group;

typedef struct fsci_samples {
    fsci_samples_group *groups;
    size_t n_groups;
    size_t n_rows, n_empty;      /* rows read; items with n = 0, dropped */
    bool clustered, stop_column; /* whether there are such columns */
    bool stopped;                /* some rule other than a fixed n is in force */
    const char *group_column;
} fsci_samples;

/* The columns every metric of samples takes; put them first in its list. */
#define FSCI_SAMPLE_COLUMNS                                                                        \
    {"item", FSCI_METRIC_KEY, true, "problem|question|task|prompt|instance", "items (problems)"},  \
        {"n", FSCI_METRIC_COUNT, false, "samples|trials|draws|attempts|num_samples",               \
         "samples drawn for the item"},                                                            \
        {"c", FSCI_METRIC_COUNT, false, "correct_count|successes|n_correct|num_correct|passed",    \
         "samples that were right"},                                                               \
        {"correct", FSCI_METRIC_SHARE, false, "success|right|passed_sample|is_correct",            \
         "in a table of one row per sample, in place of n and c: 1 right, 0 wrong"},               \
        {"group", FSCI_METRIC_KEY, false, "model|checkpoint|run|system", "models or conditions"},  \
        {"size", FSCI_METRIC_POSITIVE, false, "params|parameters|flops|compute",                   \
         "size of the model, the same in all rows of a group"},                                    \
        {"cluster", FSCI_METRIC_KEY, false, "topic|source_document",                               \
         "items that are not independent; they are resampled together"},                           \
    {                                                                                              \
        "stop", FSCI_METRIC_KEY, false, "stop_rule|stopping",                                      \
            "why sampling ended: fixed, until (at a success), capped"                              \
    }

/* The setting that goes with them. */
#define FSCI_SAMPLE_SETTINGS                                                                       \
    {                                                                                              \
        "stop", "fixed|until", "fixed",                                                            \
            "without a column stop: every n was fixed in advance, or sampling went on until a "    \
            "success "                                                                             \
            "(items without one were given up)"                                                    \
    }

fsc_status fsci_samples_read(fsci_metric_run *run, fsci_samples *samples, fsc_error *err);

#endif
