/* search: the global minimum of an objective from many starts. */
#ifndef FSCI_FIT_SEARCH_H
#define FSCI_FIT_SEARCH_H

#include "fit/objective.h"
#include "fit/separable.h"
#include "fit/solver.h"

typedef enum fsci_start_scheme {
    FSCI_STARTS_SCREENED, /* many points evaluated, the most promising brought to convergence */
    FSCI_STARTS_COUNT,    /* `count` points, every one brought to convergence */
    FSCI_STARTS_GRID      /* every combination of the parameters' lists of starts, the same */
} fsci_start_scheme;

typedef struct fsci_search_options {
    fsci_start_scheme scheme;
    size_t count; /* COUNT */
    size_t rows;  /* a table of five times as many is searched on a part of it; 0: 10,000 */
    bool brief;   /* of many fits to compare one with: stages are exchanged less often */
    uint64_t seed;
    int threads;
} fsci_search_options;

typedef struct fsci_optimum {
    double value;
    size_t count;    /* starts that ended here */
    const double *u; /* [n_free] */
} fsci_optimum;

/* FSCI_SEARCH_FEW_ROWS: `rows` of the fits that are made to compare the fit with, many a run. */
enum { FSCI_SEARCH_OPTIMA = 8, FSCI_SEARCH_FEW_ROWS = 1000 };

typedef struct fsci_search {
    const char *scheme; /* in words, for the record */
    size_t n_starts;    /* points tried */
    size_t n_solved;    /* brought to convergence */
    size_t reached_best;
    size_t n_optima; /* distinct minima, best first; at most FSCI_SEARCH_OPTIMA are kept */
    fsci_optimum optima[FSCI_SEARCH_OPTIMA];
    fsci_ls_result best; /* of a last solve at full precision from optima[0] */
    size_t iterations;   /* over all solves */
} fsci_search;

/* Brings the best optima of another search (of the same parameters on fewer rows) to convergence
 * here.
 */
fsc_status fsci_search_continue(fsci_arena *arena, const fsci_objective *objective,
                                const fsci_search *from, int threads, fsci_search *search,
                                fsc_error *err);

/* Predicted relative decrease at which a start has converged: a millionth of what tells minima
 * apart. The best is brought to full precision afterwards. */
#define FSCI_SEARCH_TOLERANCE 1e-12

/* Two minima are one when their values differ by no more than this: 1e-6 of the value, or what
 * rounding of the data alone makes of an exact fit. */
double fsci_search_same_within(const fsci_objective *objective, double value);

/* Parts of a search, for one that chooses its points itself: n of them, u[n * n_free]. */

/* Runs the solver from each, in place, and adds its iterations to *iterations. */
fsc_status fsci_search_advance(const fsci_objective *objective, const fsci_solver_options *options,
                               size_t n, double *u, double *value, size_t *iterations, int threads,
                               fsc_error *err);
/* Their distinct minima into `search`, with how many reached the best, at full precision. */
fsc_status fsci_search_conclude(fsci_arena *arena, const fsci_objective *objective, size_t n,
                                const double *u, const double *value, fsci_search *search,
                                fsc_error *err);

/* Memory of the result is the arena's. `separable` may be NULL. FSC_EINPUT when no start can be
 * evaluated, or a grid is too large. The same bits at any thread count. */
fsc_status fsci_search_run(fsci_arena *arena, const fsci_objective *objective,
                           const fsci_separable *separable, const fsci_search_options *options,
                           fsci_search *search, fsc_error *err);

#endif
