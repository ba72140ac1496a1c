#include "fit/check/influence.h"

#include "base/number.h"
#include "fit/interval/information.h"
#include "fit/scale.h"
#include "fit/solver.h"
#include "num/linear.h"
#include "record/figure.h"
#include "record/warning.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A run that moves a headline by more than this share of the interval's width is spoken of. */
static const double worth_saying = 0.5;
/* More points than this say nothing more in a picture. */
enum { MOST_POINTS = 2000 };

/* One computation. Coordinates on a bound stay there. */
typedef struct steps {
    const fsci_fit *fit;
    const fsci_quantities *quantities;
    size_t n, m;
    size_t *used;     /* [m] coordinates that move */
    double *length;   /* [m] of the weighted columns */
    double *A;        /* [n * m] weighted Jacobian, columns of length 1 */
    double *L;        /* [m * m] Cholesky factor of A'A */
    double *solved;   /* [n * m] column i: (A'A)^-1 a_i */
    double *leverage; /* [n] */
    double *slope;    /* [n headline * m] of each headline by each scaled coordinate */
    size_t *headline; /* [n_headline] */
    size_t n_headline;
} steps;

/* w psi(r)/r: how much of a least-squares row the loss leaves; of a likelihood, the weight of the
 * row in Fisher scoring. */
static double weight_of(const fsci_fit *fit, size_t i)
{
    const fsci_objective *o = &fit->model.objective;
    double r = fit->r[i];
    if (o->density)
        return fsci_information_of_row(fit, i);
    double w = o->weight ? o->weight[i] : 1, size = fabs(r);
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2 * w;
    if (o->loss == FSCI_LOSS_HUBER)
        return size <= o->delta ? w : w * o->delta / size;
    return w / fmax(size, 1e-12);
}

static bool new_steps(fsci_arena *a, const fsci_fit *fit, const fsci_quantities *q, steps *s)
{
    size_t n = fit->model.n, p = fit->model.parameters.n_free;
    *s = (steps){.fit = fit, .quantities = q, .n = n};
    s->used = FSCI_NEW(a, size_t, p);
    size_t own = fit->model.objective.dispersion; /* no residual tells of it */
    own = own == SIZE_MAX ? own : fit->model.parameters.slot[own];
    for (size_t k = 0; s->used && k < p; k++)
        if (!fit->at_bound[k] && k != own)
            s->used[s->m++] = k;
    s->length = FSCI_NEW(a, double, s->m);
    s->A = FSCI_NEW(a, double, n * s->m);
    s->L = FSCI_NEW(a, double, s->m * s->m);
    s->solved = FSCI_NEW(a, double, n * s->m);
    s->leverage = FSCI_NEW(a, double, n);
    s->slope = FSCI_NEW(a, double, q->n * s->m);
    s->headline = FSCI_NEW(a, size_t, q->n);
    for (size_t i = 0; s->headline && i < q->n; i++)
        if (q->items[i].headline)
            s->headline[s->n_headline++] = i;
    return s->used && s->length && s->A && s->L && s->solved && s->leverage && s->slope &&
           s->headline;
}

/* Rows of A are kept together: A[i * m + k]. False when the data do not settle the coordinates. */
static bool factor(steps *s)
{
    size_t n = s->n, m = s->m;
    for (size_t k = 0; k < m; k++) {
        double squares = 0;
        for (size_t i = 0; i < n; i++) {
            double x = sqrt(weight_of(s->fit, i)) * s->fit->J[s->used[k] * n + i];
            s->A[i * m + k] = x;
            squares += x * x;
        }
        s->length[k] = sqrt(squares);
        for (size_t i = 0; i < n && squares > 0; i++)
            s->A[i * m + k] /= s->length[k];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < m; a++)
            for (size_t b = 0; b <= a; b++)
                s->L[a + b * m] += s->A[i * m + a] * s->A[i * m + b];
    memcpy(s->solved, s->A, n * m * sizeof *s->A);
    if (fsci_cholesky(m, s->L) != FSCI_LINEAR_OK ||
        fsci_cholesky_solve(m, s->L, n, s->solved) != FSCI_LINEAR_OK)
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            s->leverage[i] += s->A[i * m + k] * s->solved[i * m + k];
    return true;
}

/* Slopes of the headlines by the scaled coordinates. */
static bool slopes(fsci_arena *a, steps *s)
{
    const fsci_parameters *p = &s->fit->model.parameters;
    double *by_theta = FSCI_NEW(a, double, p->n), *by_u = FSCI_NEW(a, double, p->n_free);
    for (size_t h = 0; by_theta && by_u && h < s->n_headline; h++) {
        fsci_quantity_slope(s->quantities, &s->quantities->items[s->headline[h]], s->fit->theta,
                            by_theta);
        fsci_parameters_chain(p, s->fit->theta, by_theta, by_u, 1, 1);
        for (size_t k = 0; k < s->m; k++)
            s->slope[h * s->m + k] = by_u[s->used[k]] / s->length[k];
    }
    return by_theta && by_u;
}

/* What headline h does in one step when row i goes: the minimum of the others, with the weights as
 * they are. */
static double one_step(const steps *s, size_t h, size_t i)
{
    double w = weight_of(s->fit, i), moved = 0;
    for (size_t k = 0; k < s->m; k++)
        moved += s->slope[h * s->m + k] * s->solved[i * s->m + k];
    return moved * sqrt(w) * s->fit->r[i] / fmax(1 - s->leverage[i], 1e-9);
}

static double width(const fsci_quantity *q)
{
    return q->hi - q->lo;
}

/* The headline that row i moves most, measured by its interval. */
static double largest_share(const steps *s, size_t i, size_t *headline)
{
    double largest = NAN;
    for (size_t h = 0; h < s->n_headline; h++) {
        double share = one_step(s, h, i) / width(&s->quantities->items[s->headline[h]]);
        if (isfinite(share) && !(fabs(share) <= fabs(largest))) {
            largest = share;
            *headline = h;
        }
    }
    return largest;
}

static void keep_most(fsci_influence *out, size_t i)
{
    size_t at = out->n_most;
    while (at > 0 && fabs(out->share[i]) > fabs(out->share[out->most[at - 1].row]))
        at--;
    if (at == FSCI_INFLUENTIAL)
        return;
    out->n_most += out->n_most < FSCI_INFLUENTIAL;
    for (size_t k = out->n_most - 1; k > at; k--)
        out->most[k] = out->most[k - 1];
    out->most[at] = (fsci_influential){.row = i, .value = NAN};
}

/* Refits without each of the rows that matter, from the minimum. */
static fsc_status confirm(const steps *s, fsci_influence *out, fsc_error *err)
{
    const fsci_model *m = &s->fit->model;
    size_t p = m->parameters.n_free;
    fsci_solver *solver = fsci_solver_new(&m->objective);
    double *weight = calloc(s->n + 1, sizeof *weight), *u = calloc(p + m->n_all + 1, sizeof *u);
    bool ready = solver && weight && u;
    for (size_t i = 0; ready && i < s->n; i++)
        weight[i] = m->objective.weight ? m->objective.weight[i] : 1;
    for (size_t k = 0; ready && k < out->n_most; k++) {
        fsci_influential *one = &out->most[k];
        const fsci_solver_options options = {.weight = weight};
        double own = weight[one->row], *theta = u + p;
        weight[one->row] = 0;
        memcpy(u, s->fit->u, p * sizeof *u);
        fsci_ls_result result = fsci_solver_run(solver, &options, u);
        weight[one->row] = own;
        fsci_parameters_expand(&m->parameters, u, theta);
        if (result.stop != FSCI_STOP_DOMAIN)
            one->value = fsci_quantity_value(&s->quantities->items[one->quantity], theta);
    }
    fsci_solver_free(solver);
    free(weight);
    free(u);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

fsc_status fsci_influence_find(fsci_arena *arena, const fsci_fit *fit,
                               const fsci_quantities *quantities, fsci_influence *out,
                               fsc_error *err)
{
    steps s;
    *out = (fsci_influence){.share = FSCI_NEW(arena, double, fit->model.n)};
    if (!out->share || !new_steps(arena, fit, quantities, &s))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < s.n; i++)
        out->share[i] = NAN;
    if (!fit->curvature.covariance || fit->curvature.exact || !s.m || !factor(&s))
        return FSC_OK;
    if (!slopes(arena, &s))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < s.n; i++) {
        size_t h = 0;
        out->share[i] = largest_share(&s, i, &h);
        if (isfinite(out->share[i]))
            keep_most(out, i);
    }
    for (size_t k = 0; k < out->n_most; k++) {
        fsci_influential *one = &out->most[k];
        size_t h = 0;
        largest_share(&s, one->row, &h);
        one->quantity = s.headline[h];
        one->one_step = one_step(&s, h, one->row);
        one->leverage = s.leverage[one->row];
    }
    return confirm(&s, out, err);
}

static void add_figure(fsci_arena *a, const fsci_fit *fit, const fsci_influence *influence,
                       fsci_json *record)
{
    const fsci_model *m = &fit->model;
    fsci_json *figures = (fsci_json *)fsci_json_get(record, "figures");
    fsci_scale scale;
    if (!figures || fsci_scale_find(a, m, &scale, NULL) != FSC_OK || !scale.values)
        return;
    fsci_json *figure =
        fsci_figure_add(a, figures, "influence", "What one run decides",
                        "By how much of its interval a headline quantity moves when the run is "
                        "left out (one step); beyond a half it hangs on that run.");
    fsci_figure_axis(a, figure, "x", scale.name, scale.is_compute ? "FLOP" : NULL, "log");
    fsci_figure_axis(a, figure, "y", "largest move, share of the interval", NULL, "linear");
    fsci_figure_mark(a, figure, "hline", 0, NULL);
    fsci_json *series = fsci_figure_series(a, figure, "runs", "points", NULL);
    for (size_t i = 0; i < m->n; i += m->n / MOST_POINTS + 1) {
        double x = scale.values[m->row[i]];
        if (x > 0 && isfinite(influence->share[i]))
            fsci_figure_point(a, series, x, influence->share[i]);
    }
}

/* The most telling of the runs that decide too much. */
static void warn(fsci_arena *a, const fsci_fit *fit, const fsci_quantities *q,
                 const fsci_influence *influence, fsci_json *record)
{
    const fsci_influential *worst = NULL;
    size_t many = 0;
    double most = worth_saying;
    for (size_t k = 0; k < influence->n_most; k++) {
        const fsci_influential *one = &influence->most[k];
        const fsci_quantity *quantity = &q->items[one->quantity];
        double share = fabs(one->value - quantity->value) / width(quantity);
        many += share > worth_saying;
        if (share > most) {
            most = share;
            worst = one;
        }
    }
    if (!worst)
        return;
    const fsci_quantity *quantity = &q->items[worst->quantity];
    fsci_record_warn(a, record, "W-LEVER",
                     "without the run of line %lld %s is %s instead of %s, a move of %s "
                     "times the width of its interval%s. Check that run, and quote the fit "
                     "without it too.",
                     (long long)fsci_table_line(fit->model.table, fit->model.row[worst->row]),
                     quantity->name, fsci_brief(a, worst->value, 4),
                     fsci_brief(a, quantity->value, 4), fsci_briefly(most, 2).text,
                     many > 1 ? fsci_format(a, "; %zu runs do as much as half of it", many) : "");
}

void fsci_influence_record(fsci_arena *a, const fsci_fit *fit, const fsci_quantities *quantities,
                           const fsci_influence *influence, fsci_json *record)
{
    fsci_json *list = fsci_json_set_array(a, record, "influence");
    for (size_t k = 0; k < influence->n_most; k++) {
        const fsci_influential *one = &influence->most[k];
        const fsci_quantity *q = &quantities->items[one->quantity];
        fsci_json *item = fsci_json_push(list, fsci_json_object(a));
        fsci_json_set_number(a, item, "line",
                             (double)fsci_table_line(fit->model.table, fit->model.row[one->row]));
        fsci_json_set_number(a, item, "leverage", one->leverage);
        fsci_json_set_number(a, item, "residual", fit->r[one->row]);
        fsci_json_set_string(a, item, "quantity", q->name);
        fsci_json_set_number(a, item, "value", one->value);
        fsci_json_set_number(a, item, "moved", one->value - q->value);
        fsci_json_set_number(a, item, "one_step", one->one_step);
    }
    add_figure(a, fit, influence, record);
    warn(a, fit, quantities, influence, record);
}
