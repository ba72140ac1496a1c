#include "base/spread.h"
#include "fit/fit.h"
#include "num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A runner-up minimum this close (as a ratio of objectives) may win on a resample; it is tried. */
static const double rival = 3;

typedef struct worker {
    fsci_evaluator *evaluator;
    fsci_ls_workspace *solver;
    double *weight; /* [n] the row's own weight times how often it was drawn */
    double *u;      /* [n_free] */
} worker;

typedef struct job {
    const fsci_fit *fit;
    uint64_t seed;
    worker *workers;
    size_t n_workers;
} job;

/* Draws n rows with replacement; gives how many different ones came. */
static size_t draw(const fsci_objective *o, fsci_stream stream, double *weight)
{
    size_t distinct = 0;
    memset(weight, 0, o->n * sizeof *weight);
    for (size_t i = 0; i < o->n; i++) {
        size_t row = (size_t)fsci_random_below(&stream, o->n);
        distinct += weight[row] == 0;
        weight[row] += 1;
    }
    for (size_t i = 0; o->weight && i < o->n; i++)
        weight[i] *= o->weight[i];
    return distinct;
}

/* u[n_free] of the minimum, NaN when there is none. */
static void refit(void *context, size_t b, size_t w, void *result)
{
    double *u = result;
    job *j = context;
    worker *k = &j->workers[w];
    const fsci_search *search = &j->fit->search;
    size_t p = j->fit->model.parameters.n_free;
    fsci_ls_problem problem = fsci_objective_problem(&j->fit->model.objective, k->evaluator);
    problem.weight = k->weight;
    size_t distinct = draw(&j->fit->model.objective, fsci_stream_new(j->seed, b), k->weight);
    double best = INFINITY;
    for (size_t i = 0; i < search->n_optima && i < 2 && distinct >= p; i++) {
        if (i && search->optima[i].value > rival * search->optima[0].value)
            break;
        memcpy(k->u, search->optima[i].u, p * sizeof *k->u);
        fsci_ls_result solved = fsci_ls_solve(&problem, NULL, k->solver, k->u);
        if (solved.stop == FSCI_STOP_DOMAIN || !(solved.value < best))
            continue;
        best = solved.value;
        memcpy(u, k->u, p * sizeof *k->u);
    }
    if (!isfinite(best))
        u[0] = NAN;
}

static void free_workers(job *j)
{
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        fsci_evaluator_free(j->workers[w].evaluator);
        fsci_ls_workspace_free(j->workers[w].solver);
        free(j->workers[w].weight);
        free(j->workers[w].u);
    }
    free(j->workers);
}

static bool make_workers(job *j, int threads)
{
    const fsci_model *m = &j->fit->model;
    j->n_workers = threads < 1 ? 1 : (size_t)threads;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        worker *k = &j->workers[w];
        k->evaluator = fsci_evaluator_new(&m->objective);
        k->solver = fsci_ls_workspace_new(m->n, m->parameters.n_free);
        k->weight = calloc(m->n, sizeof *k->weight);
        k->u = calloc(m->parameters.n_free + 1, sizeof *k->u);
        if (!k->evaluator || !k->solver || !k->weight || !k->u)
            return false;
    }
    return j->workers != NULL;
}

fsc_status fsci_resamples_run(fsci_arena *arena, size_t n, uint64_t seed, int threads,
                              fsci_fit *fit, fsc_error *err)
{
    size_t p = fit->model.parameters.n_free;
    job j = {.fit = fit, .seed = seed};
    double *u = FSCI_NEW(arena, double, n *p);
    fsc_status status = FSC_OK;
    if (!u || !make_workers(&j, threads))
        status = fsci_fail_memory(err);
    else
        status = fsci_spread(threads, n, p * sizeof *u, u, refit, &j, err);
    free_workers(&j);
    fit->resamples.u = u;
    for (size_t b = 0; status == FSC_OK && b < n; b++) {
        if (isnan(u[b * p])) {
            fit->resamples.failed++;
            continue;
        }
        memmove(u + fit->resamples.n * p, u + b * p, p * sizeof *u);
        fit->resamples.n++;
    }
    return status;
}
