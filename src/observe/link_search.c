/* The search of link.h: many starts, their distinct ends kept in order. */
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

typedef struct searcher {
    fsci_ls_problem ls;
    fsci_ls_workspace *workspace;
    double *theta, *u; /* [p] */
} searcher;

static bool searcher_make(fsci_arena *arena, const fsci_link_problem *q, searcher *s)
{
    *s = (searcher){.ls = {.n = q->n_all,
                           .p = q->p,
                           .residual = fsci_link_residuals,
                           .context = (void *)q,
                           .weight = q->weight,
                           .lo = q->lo,
                           .hi = q->hi,
                           .loss = q->options->loss,
                           .delta = q->options->delta},
                    .workspace = fsci_ls_workspace_new(q->n_all, q->p),
                    .theta = FSCI_NEW(arena, double, q->p),
                    .u = FSCI_NEW(arena, double, q->p)};
    return s->workspace && s->theta && s->u;
}

static void solve(searcher *s, endings *ends, size_t count)
{
    fsci_ls_result result = fsci_ls_solve(&s->ls, NULL, s->workspace, s->theta);
    if (isfinite(result.value))
        collect(ends, s->theta, result, count);
}

static void search_from(searcher *s, size_t starts, const fsci_sequence *sequence, endings *ends)
{
    const fsci_link_problem *q = ends->problem;
    for (size_t i = 0; i < starts; i++) {
        if (i > 0) {
            fsci_sequence_point(sequence, i, s->u);
            start_from_cube(q, s->u, s->theta);
        } else if (q->options->start) {
            fsci_link_standard(q, q->options->start, s->theta);
        } else {
            start_from_logits(q, s->theta);
        }
        solve(s, ends, 1);
    }
}

static fsc_status search(fsci_arena *arena, const fsci_link_problem *q, size_t starts,
                         endings *ends, fsc_error *err)
{
    searcher s;
    fsci_sequence *sequence = starts > 1 ? fsci_sequence_new(q->p, 1) : NULL;
    bool ready =
        searcher_make(arena, q, &s) && (sequence || starts == 1) && endings_make(arena, q, ends);
    if (ready)
        search_from(&s, starts, sequence, ends);
    fsci_sequence_free(sequence);
    fsci_ls_workspace_free(s.workspace);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* Ends of a search on some of the rows, on all of them. */
static fsc_status refine(fsci_arena *arena, const fsci_link_problem *q, const endings *rough,
                         endings *ends, fsc_error *err)
{
    searcher s;
    bool ready = searcher_make(arena, q, &s) && endings_make(arena, q, ends);
    for (size_t i = 0; ready && i < rough->n; i++) {
        memcpy(s.theta, rough->list[i].theta, q->p * sizeof *s.theta);
        solve(&s, ends, rough->list[i].count);
    }
    fsci_ls_workspace_free(s.workspace);
    return ready ? FSC_OK : fsci_fail_memory(err);
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
