#include "fit/interval/resamples.h"

#include "base/memory.h"
#include "base/number.h"
#include "base/spread.h"
#include "fit/interval/draw.h"
#include "fit/interval/sandwich.h"
#include "fit/interval/score.h"
#include "fit/solver.h"
#include "record/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A runner-up minimum this close (as a ratio of objectives) may win on a resample; it is tried. */
static const double rival = 3;
/* With more rows or clusters than this, several are left out together. */
enum { MOST_LEFT_OUT = 400 };

typedef struct worker {
    fsci_solver *solver;
    fsci_draw draw;
    /* Of a likelihood of simulated responses, made anew for each resample: its program keeps what
     * it computed from them. */
    fsci_arena *arena;
    fsci_objective simulated;
    fsci_solver *simulated_solver;
    double *u;        /* [n_free] */
    double *r;        /* [n] */
    double *J;        /* [n * n_free] */
    bool *held;       /* [n_free] */
    double *gradient; /* [n_free], and the Hessian [n_free^2] of a likelihood behind it */
    double *dense;    /* scratch of fsci_sandwich_find */
} worker;

typedef struct job {
    fsci_source source;
    uint64_t seed;
    bool with_covariance;
    double width;   /* fsci_score_width */
    size_t n_units; /* jackknife: groups of rows or clusters, each left out once; 0: bootstrap */
    worker *workers;
    size_t n_workers;
} job;

static bool simulates_likelihood(const fsci_source *s)
{
    return s->unit == FSCI_RESAMPLE_PARAMETRIC && s->fit->model.objective.density;
}

static void free_simulated(worker *k)
{
    fsci_solver_free(k->simulated_solver);
    fsci_arena_free(k->arena);
    k->simulated_solver = NULL;
    k->arena = NULL;
}

/* The likelihood of the responses drawn; without it there is no refit. */
static bool make_simulated(const fsci_model *m, worker *k)
{
    fsc_error err;
    k->arena = fsci_arena_new();
    k->simulated = m->objective;
    k->simulated.y = k->draw.y;
    k->simulated.k = m->objective.k ? k->draw.k : NULL;
    if (k->arena && fsci_model_likelihood(k->arena, m, &k->simulated, &err) == FSC_OK)
        k->simulated_solver = fsci_solver_new(&k->simulated);
    return k->simulated_solver != NULL;
}

static fsci_solver *solver_of(const worker *k)
{
    return k->simulated_solver ? k->simulated_solver : k->solver;
}

/* What the covariance is made of at u: of residuals, as this resample shifts them, or of a
 * likelihood. */
static void differentiate(const fsci_model *m, worker *k, const double *u, fsci_sandwich *s)
{
    const fsci_objective *o = &m->objective;
    fsci_evaluator *e = fsci_solver_evaluator(solver_of(k));
    size_t p = m->parameters.n_free;
    double value, size;
    if (o->density) {
        fsci_objective_scores(e, u, k->J);
        s->H = fsci_objective_derivatives(e, k->draw.weight, u, &value, &size, k->gradient,
                                          k->gradient + p)
                   ? k->gradient + p
                   : NULL;
        return;
    }
    fsci_objective_residuals(e, u, k->r, k->J);
    for (size_t i = 0; i < m->n; i++)
        k->r[i] -= k->draw.shift[i];
}

/* C of the refit at u, NaN first when there is none. */
static void add_covariance(const job *j, worker *k, const double *u, double *packed)
{
    const fsci_model *m = &j->source.fit->model;
    for (size_t c = 0; c < m->parameters.n_free; c++)
        k->held[c] = fsci_parameters_at_bound(&m->parameters, u, c);
    fsci_sandwich s = {.objective = &m->objective,
                       .n = m->n,
                       .p = m->parameters.n_free,
                       .width = j->width,
                       .r = k->r,
                       .J = k->J,
                       .count = k->draw.count,
                       .clusters = &j->source.fit->clusters,
                       .held = k->held};
    differentiate(m, k, u, &s);
    if ((m->objective.density && !s.H) || !fsci_sandwich_find(&s, k->dense, packed))
        packed[0] = NAN;
}

/* The data of resample b; false when they are too few to refit. */
static bool draw(const job *j, size_t b, worker *k)
{
    const fsci_model *m = &j->source.fit->model;
    fsci_stream stream = fsci_stream_new(j->seed, b);
    if (j->n_units) {
        fsci_draw_without(&j->source, b, j->n_units, &k->draw);
        return true;
    }
    return fsci_draw_make(&j->source, &stream, &k->draw) >= m->parameters.n_free &&
           (!simulates_likelihood(&j->source) || make_simulated(m, k));
}

/* The least of the minima near those of the fit, to u[n_free]; INFINITY when there is none. */
static double minimise(const job *j, worker *k, double *u)
{
    const fsci_search *search = &j->source.fit->search;
    size_t p = j->source.fit->model.parameters.n_free;
    const fsci_solver_options options = {.weight = k->draw.weight, .shift = k->draw.shift};
    double best = INFINITY;
    for (size_t i = 0; i < search->n_optima && i < 2; i++) {
        if (i && !fsci_objective_within(&j->source.fit->model.objective, search->optima[0].value,
                                        search->optima[i].value, rival - 1))
            break;
        memcpy(k->u, search->optima[i].u, p * sizeof *k->u);
        fsci_ls_result solved = fsci_solver_run(solver_of(k), &options, k->u);
        if (solved.stop == FSCI_STOP_DOMAIN || !(solved.value < best))
            continue;
        best = solved.value;
        memcpy(u, k->u, p * sizeof *k->u);
    }
    return best;
}

/* u[n_free] of the minimum, NaN first when there is none, then its covariance when asked for. */
static void refit(void *context, size_t b, size_t w, void *result)
{
    job *j = context;
    worker *k = &j->workers[w];
    double *u = result, best = draw(j, b, k) ? minimise(j, k, u) : INFINITY;
    if (!isfinite(best))
        u[0] = NAN;
    else if (j->with_covariance)
        add_covariance(j, k, u, u + j->source.fit->model.parameters.n_free);
    free_simulated(k);
}

static void free_workers(job *j)
{
    for (size_t w = 0; j->workers && w < j->n_workers; w++) {
        worker *k = &j->workers[w];
        fsci_solver_free(k->solver);
        free(k->draw.weight);
        free(k->draw.count);
        free(k->draw.shift);
        free(k->draw.y);
        free(k->draw.k);
        free(k->u);
        free(k->r);
        free(k->J);
        free(k->held);
        free(k->gradient);
        free(k->dense);
    }
    free(j->workers);
}

static bool make_worker(const fsci_source *s, worker *k)
{
    const fsci_model *m = &s->fit->model;
    size_t n = m->n, p = m->parameters.n_free;
    k->solver = fsci_solver_new(&m->objective);
    k->draw = (fsci_draw){.weight = calloc(n, sizeof(double)),
                          .count = calloc(n, sizeof(double)),
                          .shift = calloc(n, sizeof(double))};
    if (simulates_likelihood(s)) {
        k->draw.y = calloc(n, sizeof(double));
        k->draw.k = calloc(n, sizeof(double));
        if (!k->draw.y || !k->draw.k)
            return false;
    }
    k->u = calloc(p, sizeof *k->u);
    k->r = calloc(n, sizeof *k->r);
    k->J = calloc(n * p, sizeof *k->J);
    k->held = calloc(p, sizeof *k->held);
    k->gradient = calloc(p + p * p, sizeof *k->gradient);
    k->dense = calloc(3 * p * p + p, sizeof *k->dense);
    if (!k->gradient || !k->solver || !k->draw.weight || !k->draw.count || !k->draw.shift ||
        !k->u || !k->r || !k->J || !k->held || !k->dense)
        return false;
    return true;
}

static bool make_workers(job *j, int threads)
{
    j->n_workers = threads < 1 ? 1 : (size_t)threads;
    j->workers = calloc(j->n_workers, sizeof *j->workers);
    for (size_t w = 0; j->workers && w < j->n_workers; w++)
        if (!make_worker(&j->source, &j->workers[w]))
            return false;
    return j->workers != NULL;
}

/* Items of `wide` numbers each that did not fail, moved to the front; which they are into `stream`
 * unless it is NULL. */
static size_t keep_good(double *items, size_t n, size_t wide, size_t *stream)
{
    size_t kept = 0;
    for (size_t b = 0; b < n; b++) {
        if (isnan(items[b * wide]))
            continue;
        if (stream)
            stream[kept] = b;
        memmove(items + kept++ * wide, items + b * wide, wide * sizeof *items);
    }
    return kept;
}

/* First numbers of each item to one array, the others to another. */
static void split(const double *items, size_t n, size_t wide, size_t p, double *u, double *rest)
{
    for (size_t b = 0; b < n; b++) {
        memcpy(u + b * p, items + b * wide, p * sizeof *u);
        if (rest)
            memcpy(rest + b * (wide - p), items + b * wide + p, (wide - p) * sizeof *rest);
    }
}

static fsc_status bootstrap(fsci_arena *arena, job *j, size_t n, int threads, fsci_resamples *out,
                            fsc_error *err)
{
    size_t p = j->source.fit->model.parameters.n_free;
    size_t extra = j->with_covariance ? fsci_packed(p) : 0, wide = p + extra;
    double *items = calloc(n, wide * sizeof *items);
    out->u = FSCI_NEW(arena, double, n *p);
    out->covariance = extra ? FSCI_NEW(arena, double, n *extra) : NULL;
    out->stream = FSCI_NEW(arena, size_t, n);
    fsc_status status = FSC_OK;
    if (!items || !out->u || !out->stream || (extra && !out->covariance))
        status = fsci_fail_memory(err);
    else
        status = fsci_spread(threads, n, wide * sizeof *items, items, refit, j, err);
    if (status == FSC_OK) {
        out->n = keep_good(items, n, wide, out->stream);
        out->failed = n - out->n;
        split(items, out->n, wide, p, out->u, out->covariance);
    }
    free(items);
    return status;
}

static fsc_status jackknife(fsci_arena *arena, job *j, int threads, fsci_resamples *out,
                            fsc_error *err)
{
    const fsci_fit *fit = j->source.fit;
    size_t p = fit->model.parameters.n_free,
           n = fit->clusters.column ? fit->clusters.n : fit->model.n;
    j->n_units = n < MOST_LEFT_OUT ? n : MOST_LEFT_OUT;
    j->with_covariance = false;
    out->left_out = FSCI_NEW(arena, double, j->n_units *p);
    if (!out->left_out)
        return fsci_fail_memory(err);
    FSCI_TRY(
        fsci_spread(threads, j->n_units, p * sizeof *out->left_out, out->left_out, refit, j, err));
    out->n_left_out = keep_good(out->left_out, j->n_units, p, NULL);
    return FSC_OK;
}

/* Standard deviation of a residual of weight 1. */
static double spread_of(const fsci_fit *fit)
{
    const fsci_objective *o = &fit->model.objective;
    double squares = 0, free = (double)o->n - (double)fit->model.parameters.n_free;
    for (size_t i = 0; i < o->n; i++)
        squares += fsci_row_weight(o, i) * fit->r[i] * fit->r[i];
    return free > 0 ? sqrt(squares / free) : 0;
}

/* The left side must be data that the right side does not use: then a new value of it only shifts
 * the residual. */
static bool can_shift(fsci_arena *arena, const fsci_model *m)
{
    const fsci_formula *f = m->subject.formula;
    const char **names = FSCI_NEW(arena, const char *, m->n_all);
    for (size_t i = 0; names && i < m->n_all; i++)
        names[i] = m->all[i].name;
    return names && m->response && fsci_node_degree(f->left, names, m->n_all) == 0 &&
           fsci_node_degree(f->right, &m->response, 1) == 0;
}

/* Of a likelihood: but for the trials of k/n, which stay as they are. */
static bool can_replace(fsci_arena *arena, const fsci_model *m)
{
    const fsci_formula *f = m->subject.formula;
    const fsci_formula left = {.text = f->text, .right = f->left};
    const fsci_name *names;
    size_t n = fsci_formula_names(arena, &left, &names);
    for (size_t i = 0; i < n; i++)
        if (fsci_node_degree(f->right, &names[i].name, 1) &&
            !(m->trials && fsci_node_degree(m->trials->right, &names[i].name, 1)))
            return false;
    return n > 0;
}

static fsc_status check_simulation(fsci_arena *arena, const fsci_model *m, fsc_error *err)
{
    const fsci_objective *o = &m->objective;
    if (o->density ? !can_replace(arena, m) : !can_shift(arena, m))
        return fsci_fail(err, FSC_EINPUT,
                         "--resample parametric: the left side of the law is not one response that "
                         "the right side leaves out, so there is none to simulate; resample cases");
    for (size_t i = 0; o->density && i < o->n; i++)
        if (fsci_row_weight(o, i) != 0 && fsci_row_weight(o, i) != 1)
            return fsci_fail(err, FSC_EINPUT,
                             "%s, line %lld: the weight is %s, and --resample parametric simulates "
                             "one response of the %s likelihood for each row; give weights of 0 or "
                             "1, or resample cases",
                             fsci_table_name(m->table),
                             (long long)fsci_table_line(m->table, m->row[i]),
                             fsci_briefly(fsci_row_weight(o, i), 6).text, o->density->name);
    return FSC_OK;
}

fsc_status fsci_resamples_run(fsci_arena *arena, const fsci_fit_settings *settings,
                              const fsci_fit *fit, fsci_resamples *out, fsc_error *err)
{
    *out = (fsci_resamples){0};
    if (settings->resample == FSCI_RESAMPLE_PARAMETRIC)
        FSCI_TRY(check_simulation(arena, &fit->model, err));
    double *sorted = fsci_copy_array(arena, fit->r, fit->model.n, sizeof *sorted);
    job j = {.source = {fit, settings->resample, spread_of(fit)},
             .seed = settings->seed,
             .with_covariance = settings->interval == FSCI_INTERVAL_STUDENTISED};
    fsc_status status = FSC_OK;
    if (!sorted || !make_workers(&j, settings->search.threads))
        status = fsci_fail_memory(err);
    if (status == FSC_OK) {
        j.width = fsci_score_width(&fit->model.objective, sorted, fit->model.n);
        status = bootstrap(arena, &j, settings->bootstrap, settings->search.threads, out, err);
    }
    if (status == FSC_OK && settings->interval == FSCI_INTERVAL_BCA)
        status = jackknife(arena, &j, settings->search.threads, out, err);
    free_workers(&j);
    return status;
}

/* A number of a record takes a node in memory, and about twenty bytes of text. */
enum { TEXT_BYTES = 20 };

fsc_status fsci_resamples_room(const fsci_fit_settings *settings, const fsci_model *model,
                               fsc_error *err)
{
    double p = (double)model->parameters.n_free, kept = (double)model->n_all;
    if (settings->interval == FSCI_INTERVAL_STUDENTISED)
        kept += p * (p + 1) / 2;
    double each = kept * (double)(2 * sizeof(double) + sizeof(fsci_json) + TEXT_BYTES);
    double bytes = each * (double)settings->bootstrap, free_bytes = fsci_memory_available();
    if (bytes < free_bytes)
        return FSC_OK;
    return fsci_fail(err, FSC_EENV,
                     "--bootstrap %zu would take %.1f GB for the refits and their record, and %.1f "
                     "GB are free; give %.0f or fewer",
                     settings->bootstrap, bytes / 1e9, free_bytes / 1e9,
                     floor(free_bytes / each / 1000) * 1000);
}
