#include "fit/search.h"

#include "base/spread.h"
#include "fit/solver.h"
#include "fit/starts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many of the screened points are brought to convergence. */
enum { KEPT_AFTER_SCREENING = 24 };
/* A minimum that is this many times worse on a part of the rows is not the best on all of them. */
static const double contender = 2;

typedef struct candidate {
    size_t index; /* of the start, to break ties the same way everywhere */
    double value;
    const double *u;
} candidate;

/* What placing or solving a start gives. */
typedef struct outcome {
    double value;
    size_t iterations;
    double u[]; /* [n_free] */
} outcome;

typedef struct worker {
    fsci_solver *solver;
    fsci_separable_scratch *separable;
    double *theta;
} worker;

typedef struct job {
    const fsci_objective *objective;
    fsci_solver_options options;
    const fsci_separable *separable;
    const fsci_starts *starts;
    worker *workers;
    size_t n_workers;
    candidate *candidates; /* [n starts] */
    void *placed, *solved; /* outcomes behind them */
} job;

static size_t outcome_bytes(const job *j)
{
    return sizeof(outcome) + j->objective->parameters->n_free * sizeof(double);
}

static outcome *outcome_at(const job *j, void *outcomes, size_t i)
{
    return (outcome *)((unsigned char *)outcomes + i * outcome_bytes(j));
}

/* The candidates become what was made of them, in the order they have. */
static void take(job *j, void *outcomes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const outcome *o = outcome_at(j, outcomes, i);
        j->candidates[i].value = o->value;
        j->candidates[i].u = o->u;
    }
}

static void free_workers(job *j)
{
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        fsci_solver_free(j->workers[w].solver);
        fsci_separable_scratch_free(j->workers[w].separable);
        free(j->workers[w].theta);
    }
    free(j->workers);
}

static bool make_workers(job *j, int threads)
{
    const fsci_objective *o = j->objective;
    j->n_workers = threads < 1 ? 1 : (size_t)threads;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        worker *k = &j->workers[w];
        k->solver = fsci_solver_new(o);
        k->theta = calloc(o->parameters->n + 1, sizeof *k->theta);
        if (j->separable)
            k->separable = fsci_separable_scratch_new(o, j->separable);
        if (!k->solver || !k->theta || (j->separable && !k->separable))
            return false;
    }
    return j->workers != NULL;
}

/* Computes start i: its coordinates, and for screening its value. */
static void place(void *context, size_t i, size_t w, void *result)
{
    job *j = context;
    worker *k = &j->workers[w];
    outcome *o = result;
    bool screened = j->starts->scheme == FSCI_STARTS_SCREENED;
    fsci_starts_point(j->starts, i, k->theta);
    bool usable = !screened || !k->separable || fsci_separable_solve(k->separable, k->theta);
    fsci_parameters_reduce(j->objective->parameters, k->theta, o->u);
    o->value = !usable    ? INFINITY
               : screened ? fsci_objective_value(fsci_solver_evaluator(k->solver), o->u)
                          : 0;
    if (isnan(o->value))
        o->value = INFINITY;
}

static void solve(void *context, size_t i, size_t w, void *result)
{
    job *j = context;
    worker *k = &j->workers[w];
    outcome *o = result;
    memcpy(o->u, j->candidates[i].u, j->objective->parameters->n_free * sizeof *o->u);
    fsci_ls_result solved = fsci_solver_run(k->solver, &j->options, o->u);
    bool failed = solved.stop == FSCI_STOP_DOMAIN || !isfinite(solved.value);
    o->value = failed ? INFINITY : solved.value;
    o->iterations = (size_t)solved.iterations;
}

static int by_value(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

double fsci_search_same_within(const fsci_objective *o, double value)
{
    double noise = 0;
    if (o->density)
        return 0.5e-6 * (double)o->n; /* fsci_objective_within */
    for (size_t i = 0; o->response && i < o->n; i++) {
        double y = o->space == FSCI_SPACE_IDENTITY ? o->response[i] : 1;
        noise += 1e-26 * (y * y + 1e-300);
    }
    return 1e-6 * value + noise;
}

static fsc_status collect(fsci_arena *arena, const job *j, size_t n, fsci_search *search,
                          fsc_error *err)
{
    size_t bytes = j->objective->parameters->n_free;
    for (size_t i = 0; i < n && isfinite(j->candidates[i].value); i++) {
        const candidate *c = &j->candidates[i];
        fsci_optimum *last = search->n_optima ? &search->optima[search->n_optima - 1] : NULL;
        if (last && c->value <= last->value + fsci_search_same_within(j->objective, last->value)) {
            last->count++;
            continue;
        }
        if (search->n_optima == FSCI_SEARCH_OPTIMA)
            break;
        const double *u = fsci_copy_array(arena, c->u, bytes, sizeof *u);
        if (!u)
            return fsci_fail_memory(err);
        search->optima[search->n_optima++] = (fsci_optimum){c->value, 1, u};
    }
    if (!search->n_optima)
        return fsci_fail(
            err, FSC_EINPUT,
            "the law cannot be evaluated at any start (%zu tried); check units and the "
            "domain of its columns, or give --start",
            search->n_starts);
    search->reached_best = search->optima[0].count;
    return FSC_OK;
}

/* The best optimum once more, from where it is, so that its last digits do not depend on luck. */
static void refine(const job *j, fsci_search *search)
{
    double *u = (double *)search->optima[0].u;
    search->best = fsci_solver_run(j->workers[0].solver, NULL, u);
    if (search->best.stop == FSCI_STOP_STALLED &&
        search->best.value <= fsci_search_same_within(j->objective, 0))
        search->best.stop = FSCI_STOP_CONVERGED; /* an exact fit has no slope left to follow */
    search->optima[0].value = search->best.value;
    search->iterations += (size_t)search->best.iterations;
}

/* Memory for n candidates and the workers that bring them to convergence. */
static bool prepare(job *j, size_t n, int threads)
{
    j->candidates = calloc(n, sizeof *j->candidates);
    j->placed = calloc(n, outcome_bytes(j));
    j->solved = calloc(n, outcome_bytes(j));
    if (!j->candidates || !j->placed || !j->solved || !make_workers(j, threads))
        return false;
    for (size_t i = 0; i < n; i++)
        j->candidates[i] = (candidate){.index = i};
    return true;
}

static void release(job *j)
{
    free_workers(j);
    free(j->candidates);
    free(j->placed);
    free(j->solved);
}

/* The first n candidates to convergence, their distinct minima into `search`. */
static fsc_status converge(fsci_arena *arena, job *j, size_t n, int threads, fsci_search *search,
                           fsc_error *err)
{
    FSCI_TRY(fsci_spread(threads, n, outcome_bytes(j), j->solved, solve, j, err));
    take(j, j->solved, n);
    for (size_t i = 0; i < n; i++)
        search->iterations += outcome_at(j, j->solved, i)->iterations;
    qsort(j->candidates, n, sizeof *j->candidates, by_value);
    search->n_solved = n;
    FSCI_TRY(collect(arena, j, n, search, err));
    refine(j, search);
    return FSC_OK;
}

static fsc_status run(fsci_arena *arena, job *j, int threads, fsci_search *search, fsc_error *err)
{
    size_t n = j->starts->n, n_solved = n;
    if (!prepare(j, n, threads))
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_spread(threads, n, outcome_bytes(j), j->placed, place, j, err));
    take(j, j->placed, n);
    if (j->starts->scheme == FSCI_STARTS_SCREENED) {
        qsort(j->candidates, n, sizeof *j->candidates, by_value);
        n_solved = n < KEPT_AFTER_SCREENING ? n : KEPT_AFTER_SCREENING;
    }
    return converge(arena, j, n_solved, threads, search, err);
}

fsc_status fsci_search_run(fsci_arena *arena, const fsci_objective *objective,
                           const fsci_separable *separable, const fsci_search_options *options,
                           fsci_search *search, fsc_error *err)
{
    static const char *const schemes[] = {"screened", "count", "grid"};
    fsci_starts starts;
    *search = (fsci_search){.scheme = schemes[options->scheme]};
    fsc_status status = fsci_starts_new(objective, separable, options, &starts, err);
    if (status == FSC_OK) {
        search->n_starts = starts.n;
        job j = {.objective = objective,
                 .separable = separable,
                 .starts = &starts,
                 .options = {.tolerance = FSCI_SEARCH_TOLERANCE, .from_afar = true}};
        status = run(arena, &j, options->threads, search, err);
        release(&j);
    }
    fsci_starts_free(&starts);
    return status;
}

fsc_status fsci_search_continue(fsci_arena *arena, const fsci_objective *objective,
                                const fsci_search *from, int threads, fsci_search *search,
                                fsc_error *err)
{
    *search = (fsci_search){.scheme = "thinned", .n_starts = from->n_starts};
    job j = {.objective = objective, .options = {.tolerance = FSCI_SEARCH_TOLERANCE}};
    size_t n = 1;
    while (n < from->n_optima && fsci_objective_within(objective, from->optima[0].value,
                                                       from->optima[n].value, contender - 1))
        n++;
    fsc_status status = FSC_OK;
    if (!prepare(&j, n, threads))
        status = fsci_fail_memory(err);
    for (size_t i = 0; status == FSC_OK && i < n; i++)
        j.candidates[i].u = from->optima[i].u;
    if (status == FSC_OK)
        status = converge(arena, &j, n, threads, search, err);
    search->n_solved = from->n_solved;
    search->reached_best = from->reached_best;
    search->iterations += from->iterations;
    release(&j);
    return status;
}

fsc_status fsci_search_advance(const fsci_objective *objective, const fsci_solver_options *options,
                               size_t n, double *u, double *value, size_t *iterations, int threads,
                               fsc_error *err)
{
    job j = {.objective = objective, .options = *options};
    size_t n_free = objective->parameters->n_free;
    fsc_status status = prepare(&j, n, threads) ? FSC_OK : fsci_fail_memory(err);
    for (size_t i = 0; status == FSC_OK && i < n; i++)
        j.candidates[i].u = u + i * n_free;
    if (status == FSC_OK)
        status = fsci_spread(threads, n, outcome_bytes(&j), j.solved, solve, &j, err);
    for (size_t i = 0; status == FSC_OK && i < n; i++) {
        const outcome *o = outcome_at(&j, j.solved, i);
        memcpy(u + i * n_free, o->u, n_free * sizeof *u);
        value[i] = o->value;
        *iterations += o->iterations;
    }
    release(&j);
    return status;
}

fsc_status fsci_search_conclude(fsci_arena *arena, const fsci_objective *objective, size_t n,
                                const double *u, const double *value, fsci_search *search,
                                fsc_error *err)
{
    job j = {.objective = objective};
    fsc_status status = prepare(&j, n, 1) ? FSC_OK : fsci_fail_memory(err);
    for (size_t i = 0; status == FSC_OK && i < n; i++)
        j.candidates[i] = (candidate){i, value[i], u + i * objective->parameters->n_free};
    if (status == FSC_OK) {
        qsort(j.candidates, n, sizeof *j.candidates, by_value);
        search->n_solved = n;
        status = collect(arena, &j, n, search, err);
    }
    if (status == FSC_OK)
        refine(&j, search);
    release(&j);
    return status;
}
