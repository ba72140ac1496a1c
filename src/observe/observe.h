/* observe: observational scaling laws, from a table of models to the record.
 *
 * Ruan, Maddison and Hashimoto, "Observational Scaling Laws and the Predictability of Language
 * Model Performance" (2024, arXiv:2405.10938): missing benchmark scores are imputed, models are
 * placed in a capability space of principal components, and a target is predicted from there
 * through a sigmoid. Everything is fitted on the training rows and applied to the others. */
#ifndef FSCI_OBSERVE_OBSERVE_H
#define FSCI_OBSERVE_OBSERVE_H

#include "latent/pca.h"
#include "opt/least_squares.h"
#include "record/json.h"
#include "table/table.h"

typedef enum fsci_link_kind {
    FSCI_LINK_SIGMOID,       /* sigmoid(z) */
    FSCI_LINK_SIGMOID_FLOOR, /* floor + (1 - floor) sigmoid(z), floor free in [0, 0.2] */
    FSCI_LINK_LINEAR         /* z */
} fsci_link_kind;

/* A law to be scored as it stands (given.h): weights of benchmarks, "intercept" and "floor". */
typedef struct fsci_given {
    const char *const *names; /* [n] */
    const double *values;     /* [n] */
    size_t n;
} fsci_given;

/* How many items a score is the mean of, by column name as fsci_plain_name has it. */
typedef struct fsci_items {
    const char *const *names; /* [n] the first of equals counts */
    const double *counts;     /* [n] */
    size_t n;
} fsci_items;

/* How intervals are made. */
typedef enum fsci_band_method {
    FSCI_BANDS_LOCAL,     /* from the curve's own covariance and residuals */
    FSCI_BANDS_BOOTSTRAP, /* percentiles of refits */
    FSCI_BANDS_PREDICTIVE /* the same with item sampling, scatter between models and distance */
} fsci_band_method;

/* What a guesser scores on a benchmark, as a fraction; letters and digits of names are compared. */
typedef struct fsci_chance {
    const char *name;
    double value;
} fsci_chance;

/* How forecasts on other tables did that went so far: above `from`, up to `to` training deviations
 * of the first component beyond the best training model (NaN: no end). */
typedef struct fsci_past {
    double from, to, n, rmse, coverage; /* rmse on the normalised target, coverage at 95 % */
} fsci_past;

/* Zeroed fields are the defaults, except `ceiling` and `level`. Everything is borrowed. */
typedef struct fsci_observe_input {
    const fsc_table *table; /* a row per model, other tables joined */
    size_t n_candidates; /* numeric ones of so many first columns are the benchmarks unless named;
                            0: of all */
    const char *model, *family; /* columns; NULL: found by name */
    const char *const *benchmarks;
    size_t n_benchmarks;
    const char *const *targets;
    size_t n_targets; /* 0: the record stops after the capability space and the families */
    const char *const
        *predictors; /* as fsci_predictor_read knows them; none: pcK, and flops if known */
    size_t n_predictors;
    /* The rows fitted on: at most one of the four; none: every row. */
    const bool *train; /* [rows] true: fitted on */
    double rank; /* of the rows with a value of the target, this best share is test; 0: not so */
    const char *const *hold_families; /* test are the models of these */
    size_t n_hold_families;
    const char *until; /* fitted on are models released by this date: 2023, 2023-07, 2023-07-18 */
    const bool *later; /* [rows] true: a third set, never fitted on; NULL: none */
    size_t pcs;        /* components; 0: 3, or fewer when there are too few benchmarks */
    const fsci_given *given; /* NULL: none */
    fsci_pca_scale scale;
    fsci_link_kind link;
    fsci_loss loss;
    double delta;                 /* huber */
    double chance, ceiling;       /* the target is fitted as (y - chance)/(ceiling - chance) */
    const char *reference_family; /* NULL: Llama-2, or the family with most models of known FLOPs */
    size_t starts;                /* of a link fit; 0: default */
    fsci_band_method interval;
    size_t bootstrap;        /* refits on resampled training models, unless by the curve */
    bool bootstrap_families; /* resample whole families */
    fsci_items items;
    const fsci_chance *chances; /* a benchmark that is not listed has none */
    size_t n_chances;
    const char *method;    /* of the table of methods, beside the predictors; NULL: none */
    const fsci_past *past; /* [n_past] of that method on other tables */
    size_t n_past;
    bool aue;      /* the test error over a sweep of splits by rank (aue.h) */
    uint64_t seed; /* of all that is drawn */
    int threads;
    double level; /* of intervals, as 0.95 */
} fsci_observe_input;

/* Adds the members of an `observation` to the object `record`, in `arena`: the capability space and
 * families, then one element of `targets` per target and predictor; "warnings" is added to when it
 * exists. Errors: FSC_EINPUT, one sentence; FSC_ENOMEM. A numerical outcome is part of the record.
 */
fsc_status fsci_observe_run(fsci_arena *arena, const fsci_observe_input *input, fsci_json *record,
                            fsc_error *err);

#endif
