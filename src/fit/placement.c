#include "fit/placement.h"

#include "base/spread.h"
#include "fit/solver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Draws of a part that are looked at; combinations that are tried, of many gaps one each. */
enum { DRAWS = 64, TRIED = 32, FEW_GAPS = 6 };
/* A point is told from others after this many steps, or when they gain less than this share. */
static const fsci_solver_options roughly = {.tolerance = 1e-3, .max_iterations = 10};

/* ---- near minima with something held ---- */

/* For points of different sets of parameters. */
typedef struct nearing {
    const fsci_objective *objective;
    const fsci_parameters *frames; /* [n_points] what is held there is held at */
    const double *theta;           /* [n_points * n] these values */
} nearing;

/* A worker's own: the frame with its values, and a solver of its coordinates. */
typedef struct held_solver {
    fsci_parameters parameters;
    fsci_parameter *all;
    fsci_objective objective;
    fsci_solver *solver;
    double *u;
} held_solver;

static bool open_solver(held_solver *h, const fsci_objective *objective,
                        const fsci_parameters *frame, const double *theta)
{
    *h = (held_solver){.parameters = *frame, .objective = *objective};
    h->all = malloc(frame->n * sizeof *h->all);
    h->u = calloc(frame->n_free + 1, sizeof *h->u);
    if (!h->all || !h->u)
        return false;
    memcpy(h->all, frame->all, frame->n * sizeof *h->all);
    for (size_t j = 0; j < frame->n; j++)
        if (h->all[j].role == FSCI_FIXED)
            h->all[j].value = theta[j];
    h->parameters.all = h->all;
    h->objective.parameters = &h->parameters;
    h->solver = fsci_solver_new(&h->objective);
    return h->solver != NULL;
}

static void close_solver(held_solver *h)
{
    fsci_solver_free(h->solver);
    free(h->all);
    free(h->u);
}

enum { ITERATIONS, VALUE, THETA };

/* Value NaN: out of memory. */
static void near_one(void *context, size_t i, size_t w, void *result)
{
    (void)w;
    const nearing *c = context;
    const double *theta = c->theta + i * c->frames[i].n;
    double *out = result;
    held_solver h;
    out[VALUE] = NAN;
    if (open_solver(&h, c->objective, &c->frames[i], theta)) {
        fsci_parameters_reduce(&h.parameters, theta, h.u);
        fsci_ls_result r = fsci_solver_run(h.solver, &roughly, h.u);
        out[VALUE] = r.stop == FSCI_STOP_DOMAIN || !isfinite(r.value) ? INFINITY : r.value;
        out[ITERATIONS] = r.iterations;
        fsci_parameters_expand(&h.parameters, h.u, out + THETA);
    }
    close_solver(&h);
}

/* Every point moves to near the minimum of what its frame leaves free. */
static fsc_status go_near(fsci_placement *s, const fsci_parameters *frames, fsci_places *places,
                          fsc_error *err)
{
    size_t n = s->objective->parameters->n, bytes = (THETA + n) * sizeof(double);
    nearing c = {s->objective, frames, places->theta};
    double *results = fsci_alloc(s->arena, places->n + 1, bytes);
    if (!results)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_spread(s->threads, places->n, bytes, results, near_one, &c, err));
    for (size_t i = 0; i < places->n; i++) {
        const double *out = results + i * (THETA + n);
        if (isnan(out[VALUE]))
            return fsci_fail_memory(err);
        places->value[i] = out[VALUE];
        memcpy(places->theta + i * n, out + THETA, n * sizeof *out);
        s->iterations += (size_t)out[ITERATIONS];
    }
    s->tried += places->n;
    return FSC_OK;
}

static bool make_places(fsci_placement *s, size_t room, fsci_places *p)
{
    *p = (fsci_places){.theta = FSCI_NEW(s->arena, double, room * s->objective->parameters->n + 1),
                       .value = FSCI_NEW(s->arena, double, room + 1)};
    return p->theta && p->value;
}

/* The first n_parts parts but those marked in the law; with `still` the idle of these held too. */
static fsc_status make_frame(fsci_placement *s, size_t n_parts, const bool *but, const bool *still,
                             fsci_parameters *frame, fsc_error *err)
{
    bool out[FSCI_STAGES];
    for (size_t i = 0; i < s->stages->n; i++)
        out[i] = i >= n_parts || (but && but[i]);
    return fsci_stages_hold(s->arena, s->stages, out, still, s->objective->parameters, frame, err);
}

/* ---- gaps ---- */

static size_t count(size_t subset)
{
    size_t n = 0;
    for (; subset; subset &= subset - 1)
        n++;
    return n;
}

fsc_status fsci_placement_gaps(fsci_placement *s, size_t n_parts, const double *theta,
                               fsci_gap **gaps, size_t *n_gaps, fsc_error *err)
{
    size_t n = s->objective->parameters->n, subsets = (size_t)1 << n_parts;
    fsci_parameters *frames = FSCI_NEW(s->arena, fsci_parameters, subsets);
    fsci_places places;
    *gaps = FSCI_NEW(s->arena, fsci_gap, subsets);
    if (!frames || !*gaps || !make_places(s, subsets, &places))
        return fsci_fail_memory(err);
    for (size_t subset = 1; subset < subsets; subset++) {
        fsci_gap *gap = &(*gaps)[places.n];
        bool rest[FSCI_STAGES] = {false};
        if (count(subset) > FSCI_INSERTION_PARTS)
            continue;
        gap->theta = places.theta + places.n * n;
        memcpy(gap->theta, theta, n * sizeof *theta);
        for (size_t i = 0; i < n_parts; i++) {
            gap->out[i] = subset >> i & 1;
            rest[i] = !gap->out[i];
            if (gap->out[i])
                fsci_stage_out(&s->stages->items[i], gap->theta);
        }
        FSCI_TRY(make_frame(s, n_parts, gap->out, rest, &frames[places.n++], err));
    }
    FSCI_TRY(go_near(s, frames, &places, err));
    *n_gaps = 0;
    for (size_t i = 0; i < places.n; i++) {
        (*gaps)[i].value = places.value[i];
        if (isfinite(places.value[i]))
            (*gaps)[(*n_gaps)++] = (*gaps)[i];
    }
    return FSC_OK;
}

/* ---- filling them ---- */

typedef struct filling {
    const fsci_placement *s;
    const fsci_gap *gaps;
    const fsci_parameters *frames; /* [n_gaps] without what is out */
    size_t first_draw;
    fsci_insertion **workers;
} filling;

/* The parts that are missing and come in together. */
static size_t missing(const fsci_placement *s, const fsci_gap *gap, size_t *which)
{
    size_t n = 0;
    for (size_t i = 0; i < s->stages->n && n < FSCI_INSERTION_PARTS; i++)
        if (gap->out[i])
            which[n++] = i;
    return n;
}

static void look(void *context, size_t i, size_t w, void *result)
{
    const filling *c = context;
    size_t which[FSCI_INSERTION_PARTS], n = missing(c->s, &c->gaps[i], which);
    fsci_insertion_find(c->workers[w], &c->frames[i], c->s->stages->items, which, n, c->first_draw,
                        c->gaps[i].theta, result);
}

/* What fills each gap best. */
static fsc_status look_at_all(fsci_placement *s, filling *c, size_t n_gaps,
                              fsci_insertion_found *found, fsc_error *err)
{
    size_t threads = s->threads < 1 ? 1 : (size_t)s->threads;
    bool ready = (c->workers = FSCI_NEW(s->arena, fsci_insertion *, threads)) != NULL;
    for (size_t w = 0; ready && w < threads; w++)
        ready = (c->workers[w] = fsci_insertion_new(s->objective, &s->starts, DRAWS)) != NULL;
    fsc_status status = ready ? fsci_spread(s->threads, n_gaps, sizeof *found, found, look, c, err)
                              : fsci_fail_memory(err);
    for (size_t w = 0; c->workers && w < threads; w++)
        fsci_insertion_free(c->workers[w]);
    return status;
}

/* The gap whose next best filling promises most; SIZE_MAX: none is left. Different gaps lead to
 * different minima, so where there are many each has one. */
static size_t next_gap(const fsci_insertion_found *found, const size_t *used, size_t n_gaps)
{
    size_t best = SIZE_MAX, most = n_gaps < FEW_GAPS ? FSCI_INSERTION_BEST : 1;
    for (size_t i = 0; i < n_gaps; i++)
        if (used[i] < most && isfinite(found[i].value[used[i]]) &&
            (best == SIZE_MAX || found[i].value[used[i]] < found[best].value[used[best]]))
            best = i;
    return best;
}

fsc_status fsci_placement_fill(fsci_placement *s, size_t n_parts, const fsci_gap *gaps,
                               size_t n_gaps, size_t first_draw, fsci_places *places,
                               fsc_error *err)
{
    size_t n = s->objective->parameters->n, which[FSCI_INSERTION_PARTS];
    fsci_insertion_found *found = FSCI_NEW(s->arena, fsci_insertion_found, n_gaps + 1);
    fsci_parameters *held = FSCI_NEW(s->arena, fsci_parameters, n_gaps + 1);
    fsci_parameters *frames = FSCI_NEW(s->arena, fsci_parameters, TRIED);
    size_t *used = FSCI_NEW(s->arena, size_t, n_gaps + 1);
    if (!found || !held || !frames || !used || !make_places(s, TRIED, places))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n_gaps; i++)
        FSCI_TRY(make_frame(s, n_parts, gaps[i].out, NULL, &held[i], err));
    filling c = {.s = s, .gaps = gaps, .frames = held, .first_draw = first_draw};
    FSCI_TRY(look_at_all(s, &c, n_gaps, found, err));
    while (places->n < TRIED) {
        size_t gap = next_gap(found, used, n_gaps);
        if (gap == SIZE_MAX)
            break;
        const size_t *draw = found[gap].draw[used[gap]++];
        double *theta = places->theta + places->n * n;
        memcpy(theta, gaps[gap].theta, n * sizeof *theta);
        for (size_t k = 0, m = missing(s, &gaps[gap], which); k < m; k++)
            fsci_insertion_draw(&s->starts, &s->stages->items[which[k]], draw[k], theta);
        FSCI_TRY(make_frame(s, n_parts, NULL, gaps[gap].out, &frames[places->n++], err));
    }
    return go_near(s, frames, places, err);
}
