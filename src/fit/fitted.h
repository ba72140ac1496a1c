/* fitted: a fit read back from its record, ready to predict. Live fits go the same way, so that a
 * saved fit and a fresh one predict alike. */
#ifndef FSCI_FIT_FITTED_H
#define FSCI_FIT_FITTED_H

#include "expr/expr.h"
#include "fit/objective.h"
#include "fit/settings.h"
#include "record/json.h"

/* `residual_percentiles` of a fit: sizes of the residuals at 0, 1, ..., 100 %. */
enum { FSCI_RESIDUAL_PERCENTILES = 101 };

typedef struct fsci_fitted_parameter {
    const char *name, *group;
    double value;
    bool log;
    bool positive;     /* by its bounds */
    size_t row;        /* of the covariance; SIZE_MAX when held or on a bound */
    fsci_linkage link; /* to the parameter that bounds it; see fit/linked.h */
    size_t other;
    double end;
    fsci_parameter_role role;
    bool ambiguous; /* the data do not settle it */
    size_t tied_to; /* TIED: the parameter it equals */
} fsci_fitted_parameter;

typedef struct fsci_fitted_derived {
    const char *name, *unit, *meaning;
    const char **arguments;
    size_t n_arguments;
    fsci_formula *formula;
    const char *solve; /* the name its equation is solved for; NULL for most */
    double lo, hi;     /* where */
    bool log;
} fsci_fitted_derived;

typedef struct fsci_fitted {
    const fsci_json *record;
    const char *response, *response_unit;
    fsci_formula *prediction; /* NULL when the law cannot be solved for its response */
    fsci_formula *implicit;   /* then `sides`, to be solved by root finding; NULL when there is
                                 no one response either */
    fsci_formula *sides;      /* its equation where its left side is more than the response, whose
                                 residuals are then of another kind; else NULL */
    fsci_space residual;      /* in which the two sides are compared */
    const char **inputs;      /* [n_inputs] columns a prediction needs */
    size_t n_inputs;
    fsci_space space;            /* in which intervals of the response are symmetric */
    const fsci_density *density; /* of a likelihood, else NULL */
    double dispersion;           /* its value, NaN for none */
    fsci_formula *trials;        /* of columns; NULL when it has none */
    const char **trial_inputs;   /* [n_trial_inputs] columns it names that are no inputs */
    size_t n_trial_inputs;
    fsci_fitted_parameter *parameters;
    size_t n;
    double *covariance; /* [n_rows^2] in coordinates u; NULL when there is none */
    size_t n_rows;
    double *settled; /* [n_rows^2] in its place where not all is identified, else NULL: of what does
                        not move along a direction of loose */
    double *loose;   /* [n_loose * n_rows] */
    size_t n_loose;
    double *resamples; /* [n_resamples * n] theta of each; NULL without bootstrap */
    size_t n_resamples;
    double *resample_covariances; /* [n_resamples * fsci_packed(n_rows)]; NULL if not studentised */
    double *left_out;             /* [n_left_out * n] theta of each; for bca */
    size_t n_left_out;
    fsci_interval_method method; /* how intervals are made */
    double df;                   /* of Student's t */
    double level;
    int threads; /* for intervals that refit; 0 is one */
    fsci_fitted_derived *derived;
    size_t n_derived;
} fsci_fitted;

/* The derived quantity that is solved for and that `derived` is or rests on; NULL for none. */
const fsci_fitted_derived *fsci_fitted_solved_in(const fsci_fitted *fitted,
                                                 const fsci_fitted_derived *derived);

/* Borrows the record. FSC_EINPUT when it is no fit, or lacks what a prediction needs. */
fsc_status fsci_fitted_read(fsci_arena *arena, const fsci_json *record, fsci_fitted *fitted,
                            fsc_error *err);

#endif
