/* The search of link.h: many starts, their distinct ends kept in order. */
#include "base/parallel.h"
#include "num/linear.h"
#include "num/sequence.h"
#include "observe/link_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STEEPEST = 50, FLOOR_MOST = 0.2;
/* Starts whose value is within this of another, relatively, ended at the same optimum. */
static const double SAME_VALUE = 1e-6;
enum {
    DEFAULT_STARTS = 128,
    SEARCHED_ROWS =
        2000 /* of a larger table so many are searched; what is found is refined on all */
};

/* ---- starts ---- */

/* The line through the logits of the target, kept off 0 and 1: where a sigmoid fit usually ends. */
static void start_from_logits(const fsci_link_problem *q, double *theta)
{
    double *A = malloc(q->n * (q->k + 2) * sizeof *A);
    memset(theta, 0, q->p * sizeof *theta);
    if (!A)
        return; /* zero is a start as well */
    double *b = A + q->n * (q->k + 1);
    for (size_t i = 0; i < q->n; i++) {
        double t = fmin(fmax(q->t[i], 0.01), 0.99);
        b[i] = q->options->kind == FSCI_LINK_LINEAR ? q->t[i] : log(t / (1 - t));
        A[i] = 1;
    }
    memcpy(A + q->n, q->Z, q->n * q->k * sizeof *A);
    if (fsci_qr_least_squares(q->n, q->k + 1, A, b, 0, theta, NULL) != FSCI_LINEAR_OK)
        memset(theta, 0, q->p * sizeof *theta);
    free(A);
}

/* A point u of the unit cube to a start. Weights are per deviation of a feature: most of them
 * moderate (the square), some a step between two models, so that optima of nearly separable data
 * are found as well. */
static void start_from_cube(const fsci_link_problem *q, const double *u, double *theta)
{
    theta[0] = STEEPEST * (u[0] - 0.5);
    for (size_t j = 0; j < q->k; j++) {
        double v = 2 * u[j + 1] - 1;
        theta[j + 1] = STEEPEST * v * fabs(v);
    }
    if (fsci_link_has_floor(q))
        theta[q->k + 1] = FLOOR_MOST * u[q->k + 1];
}

/* ---- ends ---- */

typedef struct ending {
    double value;
    size_t count;
    double *theta; /* [p] */
    fsci_ls_result result;
} ending;

/* Distinct ends, best first. */
typedef struct endings {
    const fsci_link_problem *problem;
    size_t n;
    ending list[FSCI_LINK_OPTIMA];
} endings;

static bool endings_make(fsci_arena *arena, const fsci_link_problem *q, endings *ends)
{
    double *theta = FSCI_NEW(arena, double, q->p *FSCI_LINK_OPTIMA);
    *ends = (endings){.problem = q};
    for (size_t i = 0; theta && i < FSCI_LINK_OPTIMA; i++)
        ends->list[i].theta = theta + i * q->p;
    return theta != NULL;
}

/* Room for one more distinct value, kept in order; NULL when it is worse than all that are kept. */
static ending *place(endings *ends, double value)
{
    size_t at = ends->n;
    while (at > 0 && value < ends->list[at - 1].value)
        at--;
    if (at == FSCI_LINK_OPTIMA)
        return NULL;
    if (ends->n < FSCI_LINK_OPTIMA)
        ends->n++;
    double *spare = ends->list[ends->n - 1].theta;
    memmove(&ends->list[at + 1], &ends->list[at], (ends->n - 1 - at) * sizeof *ends->list);
    ends->list[at] = (ending){.theta = spare};
    return &ends->list[at];
}

/* Adds where `count` starts ended. */
static void collect(endings *ends, const double *theta, fsci_ls_result result, size_t count)
{
    const fsci_link_problem *q = ends->problem;
    ending *end = NULL;
    for (size_t i = 0; i < ends->n && !end; i++)
        if (fabs(result.value - ends->list[i].value) <=
            SAME_VALUE * ends->list[i].value + q->nothing)
            end = &ends->list[i];
    if (!end)
        end = place(ends, result.value);
    if (!end)
        return;
    end->count += count;
    if (end->count > count && result.value >= end->value)
        return;
    end->value = result.value;
    end->result = result;
    memcpy(end->theta, theta, q->p * sizeof *theta);
}

/* ---- the search ---- */

/* Solves from rows of theta, which become where they ended; a workspace for each thread. */
typedef struct searcher {
    const fsci_link_problem *problem;
    fsci_ls_problem ls;
    size_t n;
    double *theta;                  /* [n*p] */
    fsci_ls_result *results;        /* [n] */
    fsci_ls_workspace **workspaces; /* [threads] */
    int threads;
} searcher;

static void searcher_free(searcher *s)
{
    for (int w = 0; s->workspaces && w < s->threads; w++)
        fsci_ls_workspace_free(s->workspaces[w]);
}

static fsc_status searcher_make(fsci_arena *arena, const fsci_link_problem *q, size_t n,
                                searcher *s, fsc_error *err)
{
    int threads = q->options->threads > 1 && !fsci_parallel_inside() ? q->options->threads : 1;
    *s = (searcher){.problem = q,
                    .ls = {.n = q->n_all,
                           .p = q->p,
                           .residual = fsci_link_residuals,
                           .context = (void *)q,
                           .weight = q->weight,
                           .lo = q->lo,
                           .hi = q->hi,
                           .loss = q->options->loss,
                           .delta = q->options->delta},
                    .n = n,
                    .theta = FSCI_NEW(arena, double, n * q->p),
                    .results = FSCI_NEW(arena, fsci_ls_result, n),
                    .workspaces = FSCI_NEW(arena, fsci_ls_workspace *, threads),
                    .threads = threads};
    bool ready = s->theta && s->results && s->workspaces;
    for (int w = 0; ready && w < threads; w++)
        ready = (s->workspaces[w] = fsci_ls_workspace_new(q->n_all, q->p));
    if (ready)
        return FSC_OK;
    searcher_free(s);
    return fsci_fail_memory(err);
}

static void solve(void *context, size_t item, size_t worker)
{
    searcher *s = context;
    s->results[item] =
        fsci_ls_solve(&s->ls, NULL, s->workspaces[worker], s->theta + item * s->ls.p);
}

/* Solves all and collects their ends in their order. Each counts as one start, or as those of the
 * ending that it began from. */
static void solve_all(searcher *s, const endings *from, endings *ends)
{
    fsci_parallel(s->threads, s->n, solve, s);
    for (size_t i = 0; i < s->n; i++)
        if (isfinite(s->results[i].value))
            collect(ends, s->theta + i * s->ls.p, s->results[i], from ? from->list[i].count : 1);
}

static void place_starts(const searcher *s, const fsci_sequence *sequence)
{
    const fsci_link_problem *q = s->problem;
    double u[FSCI_SEQUENCE_DIMENSIONS];
    if (q->options->start)
        fsci_link_standard(q, q->options->start, s->theta);
    else
        start_from_logits(q, s->theta);
    for (size_t i = 1; i < s->n; i++) {
        fsci_sequence_point(sequence, i, u);
        start_from_cube(q, u, s->theta + i * q->p);
    }
}

static fsc_status search(fsci_arena *arena, const fsci_link_problem *q, size_t starts,
                         endings *ends, fsc_error *err)
{
    searcher s;
    fsci_sequence *sequence = NULL;
    if (!endings_make(arena, q, ends) || (starts > 1 && !(sequence = fsci_sequence_new(q->p, 1))))
        return fsci_fail_memory(err);
    fsc_status status = searcher_make(arena, q, starts, &s, err);
    if (status == FSC_OK) {
        place_starts(&s, sequence);
        solve_all(&s, NULL, ends);
        searcher_free(&s);
    }
    fsci_sequence_free(sequence);
    return status;
}

/* Ends of a search on some of the rows, on all of them. */
static fsc_status refine(fsci_arena *arena, const fsci_link_problem *q, const endings *rough,
                         endings *ends, fsc_error *err)
{
    searcher s;
    if (!endings_make(arena, q, ends))
        return fsci_fail_memory(err);
    FSCI_TRY(searcher_make(arena, q, rough->n, &s, err));
    for (size_t i = 0; i < rough->n; i++)
        memcpy(s.theta + i * q->p, rough->list[i].theta, q->p * sizeof *s.theta);
    solve_all(&s, rough, ends);
    searcher_free(&s);
    return FSC_OK;
}

static fsc_status search_any(fsci_arena *arena, const fsci_link_problem *q, size_t starts,
                             endings *ends, fsc_error *err)
{
    fsci_link_problem thin;
    endings rough;
    if (starts == 1 || q->n <= SEARCHED_ROWS)
        return search(arena, q, starts, ends, err);
    FSCI_TRY(fsci_link_problem_thin(arena, q, SEARCHED_ROWS, &thin, err));
    FSCI_TRY(search(arena, &thin, starts, &rough, err));
    return refine(arena, q, &rough, ends, err);
}

fsc_status fsci_link_search(fsci_arena *arena, const fsci_link_problem *q, fsci_link *link,
                            double *best, fsc_error *err)
{
    endings ends;
    size_t starts = q->options->starts ? q->options->starts : DEFAULT_STARTS;
    bool single = q->options->kind == FSCI_LINK_LINEAR || q->p > FSCI_SEQUENCE_DIMENSIONS;
    link->n_starts = single ? 1 : starts;
    FSCI_TRY(search_any(arena, q, link->n_starts, &ends, err));
    if (ends.n == 0)
        return fsci_fail(err, FSC_EINPUT,
                         "the link could not be evaluated: a feature or the target is not finite");
    for (size_t i = 0; i < ends.n; i++) {
        fsci_link_optimum *o = &link->optima[i];
        *o = (fsci_link_optimum){.value = ends.list[i].value,
                                 .count = ends.list[i].count,
                                 .weights = FSCI_NEW(arena, double, q->k)};
        if (!o->weights)
            return fsci_fail_memory(err);
        fsci_link_own(q, ends.list[i].theta, o);
    }
    link->n_optima = ends.n;
    link->solver = ends.list[0].result;
    memcpy(best, ends.list[0].theta, q->p * sizeof *best);
    return FSC_OK;
}
