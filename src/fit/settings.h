/* settings: what a user asked of a fit, as text from the command line, JSON or a study. */
#ifndef FSCI_FIT_SETTINGS_H
#define FSCI_FIT_SETTINGS_H

#include "fit/search.h"

/* NAME=VALUE. */
typedef struct fsci_setting {
    const char *name, *value;
} fsci_setting;

typedef struct fsci_settings_list {
    const fsci_setting *items;
    size_t n;
} fsci_settings_list;

typedef enum fsci_interval_method {
    FSCI_INTERVAL_LOCAL,   /* the covariance and Student's t */
    FSCI_INTERVAL_PROFILE, /* where the objective, minimised over all else, rises to a limit */
    FSCI_INTERVAL_PERCENTILE,
    FSCI_INTERVAL_BCA,
    FSCI_INTERVAL_STUDENTISED
} fsci_interval_method;

static inline bool fsci_interval_resamples(fsci_interval_method method)
{
    return method >= FSCI_INTERVAL_PERCENTILE;
}

/* "local", "profile", "percentile", "bca", "studentised". */
const char *fsci_interval_name(fsci_interval_method method);
/* Also "bootstrap", which is percentile. */
bool fsci_interval_named(const char *name, fsci_interval_method *method);

typedef enum fsci_resample_unit {
    FSCI_RESAMPLE_CASES,
    FSCI_RESAMPLE_CLUSTER,
    FSCI_RESAMPLE_HIERARCHICAL,
    FSCI_RESAMPLE_PARAMETRIC
} fsci_resample_unit;

/* "cases", "cluster", "hierarchical", "parametric". */
const char *fsci_resample_name(fsci_resample_unit unit);
bool fsci_resample_named(const char *name, fsci_resample_unit *unit);

typedef struct fsci_fit_settings {
    fsci_settings_list map; /* symbol = column */
    fsci_settings_list fix, tie, bound, start;
    fsci_settings_list prior; /* normal:MEAN:SD; see fit/priors.h */
    const char *residual;     /* NULL: the law's, or identity */
    const char *objective;    /* NULL: the law's, or squared */
    const char *weight;       /* expression of columns; NULL: the law's, or ones */
    const char *trials;       /* the same, for likelihoods of shares; NULL: the law's, or none */
    bool drop_bad;
    const bool *keep; /* [rows of the table] use these rows only; NULL: all */
    size_t every; /* use every k-th row only, for a first search on a large table; 0 or 1: all */
    fsci_search_options search;
    size_t bootstrap; /* resamples; 0 for none */
    fsci_resample_unit resample;
    const char *cluster; /* column whose values are clusters of rows; NULL: rows are independent */
    fsci_interval_method interval;
    double level;
    uint64_t seed;
} fsci_fit_settings;

/* Turns --fix, --tie, --bound and --start into the parameters they name: "a" in all its groups,
 * "a[GPT-2]" in one. FSC_EUSAGE with the parameter at fault; an unknown name suggests the nearest;
 * a tied parameter takes none of the others. */
fsc_status fsci_settings_apply(const fsci_fit_settings *settings, fsci_arena *arena,
                               fsci_parameter *parameters, size_t n, fsc_error *err);

/* "128", "grid" or NULL (screened). */
fsc_status fsci_settings_starts(const char *text, fsci_search_options *options, fsc_error *err);

#endif
