#include "opt/least_squares.h"

#include "opt/model.h"
#include "opt/rows.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <stdio.h>

static double env(const char*n,double d){const char*s=getenv(n);return s?atof(s):d;}

struct fsci_ls_workspace {
    size_t n, p, stride;
    double *memory, *ones;
    double *r, *J, *theta;                   /* the current point */
    double *trial_r, *trial_J, *trial_theta; /* the point under trial */
    double *g0, *H0, *scale, *slope;
    fsci_model model;
    bool *held;
};

fsci_ls_workspace *fsci_ls_workspace_new(size_t n, size_t p)
{
    const size_t stride = (n + 7) / 8 * 8;
    fsci_ls_workspace *ws = calloc(1, sizeof *ws);
    if (!ws)
        return NULL;
    size_t count = stride * (8 + 2 * p) + 3 * p * p + 16 * p;
    ws->memory = aligned_alloc(64, (count * sizeof(double)+63)/64*64);
    ws->held = calloc(p, sizeof *ws->held);
    double *next = ws->memory;
#define TAKE(k) (next += (k), next - (k))
    ws->n = n, ws->p = p, ws->stride = stride;
    ws->J = TAKE(p * stride), ws->trial_J = TAKE(p * stride);
    ws->r = TAKE(stride), ws->trial_r = TAKE(stride), ws->ones = TAKE(stride),
    ws->slope = TAKE(stride);
    fsci_model *m = &ws->model;
    m->z = TAKE(stride), m->curvature = TAKE(stride), m->y = TAKE(stride), m->rows = TAKE(stride);
    m->slope = ws->slope;
    ws->H0 = TAKE(p * p), m->H = TAKE(p * p), m->L = TAKE(p * p);
    ws->theta = TAKE(p), ws->trial_theta = TAKE(p), ws->g0 = TAKE(p), ws->scale = TAKE(p);
    m->below = TAKE(p), m->above = TAKE(p), m->s = TAKE(p), m->g = TAKE(p), m->d = TAKE(p);
    m->held = ws->held;
    for (size_t i = 0; i < n; i++)
        ws->ones[i] = 1;
    return ws;
}

void fsci_ls_workspace_free(fsci_ls_workspace *ws)
{
    if (!ws)
        return;
    free(ws->memory);
    free(ws->held);
    free(ws);
}

const char *fsci_stop_name(fsci_stop stop)
{
    static const char *const names[] = {"converged", "stalled", "limit", "domain"};
    return names[stop];
}

static void swap(double **a, double **b)
{
    double *t = *a;
    *a = *b;
    *b = t;
}

fsci_ls_result fsci_ls_solve(const fsci_ls_problem *q, const fsci_ls_options *options,
                             fsci_ls_workspace *ws, double *theta)
{
    const size_t n = q->n, p = q->p, stride = ws->stride;
    fsci_model *m = &ws->model;
    const double *w = q->weight ? q->weight : ws->ones;
    const double delta = q->loss == FSCI_LOSS_SQUARED ? INFINITY : q->delta;
    const double factor = q->loss == FSCI_LOSS_SQUARED ? 2 : 1;
    const int limit = options && options->max_iterations ? options->max_iterations : 500;
    const double tolerance = options && options->tolerance > 0 ? options->tolerance : 1e-14;
    fsci_ls_result result = {INFINITY, INFINITY, FSCI_STOP_DOMAIN, 0, 1};

    for (size_t j = 0; j < p; j++) {
        if (q->lo) theta[j] = fmax(theta[j], q->lo[j]);
        if (q->hi) theta[j] = fmin(theta[j], q->hi[j]);
        ws->theta[j] = theta[j], ws->scale[j] = 0;
    }
    if (!q->residual(q->context, ws->theta, ws->r, ws->J, stride))
        return result;
    double value = fsci_rows_value(n, w, ws->r, delta);
    if (!isfinite(value))
        return result;
    double lambda = env("L0", 1e-2), grow = 2;
    m->n = n, m->p = p, m->stride = stride, m->delta = delta, m->w = w;
    m->g0 = ws->g0, m->H0 = ws->H0, m->scale = ws->scale;
    bool fresh = true;
    result.stop = FSCI_STOP_LIMIT;
    while (result.iterations < limit) {
        if (fresh) {
            fsci_rows_majorise(n, w, ws->r, delta, ws->slope, m->curvature);
            fsci_rows_gradient(n, p, ws->J, stride, ws->slope, ws->g0);
            fsci_rows_gram(n, p, ws->J, stride, m->curvature, m->rows, ws->H0);
            result.gradient_norm = 0;
            double size = fsci_rows_dot(n, ws->slope, ws->r);
            for (size_t j = 0; j < p; j++) {
                double h = ws->H0[j * p + j];
                ws->scale[j] = fmax(env("DMAX",1) * ws->scale[j], h);
                m->below[j] = q->lo ? q->lo[j] - ws->theta[j] : -INFINITY;
                m->above[j] = q->hi ? q->hi[j] - ws->theta[j] : INFINITY;
                bool free_j = !((m->below[j] >= 0 && ws->g0[j] >= 0) || (m->above[j] <= 0 && ws->g0[j] <= 0));
                if (free_j && h > 0)
                    result.gradient_norm = fmax(result.gradient_norm, fabs(ws->g0[j]) / sqrt(h * size));
            }
        }
        m->r = ws->r, m->J = ws->J, m->lambda = lambda;
        result.iterations++;
        double predicted = fsci_model_minimise(m);
        if (getenv("TRACE"))
            fprintf(stderr, "%3d f %.15g lambda %.2g pred %.3g (%d, dec %.2g) grad %.2g\n", result.iterations, value*factor, lambda, predicted/value, m->steps, m->decrement/value, result.gradient_norm);
        if (predicted <= tolerance * value && lambda <= env("LSTOP",1e-3)) {
            result.stop = FSCI_STOP_CONVERGED;
            break;
        }
        bool moved = false;
        for (size_t j = 0; j < p; j++) {
            double t = ws->theta[j] + m->s[j];
            if (q->lo) t = fmax(t, q->lo[j]);
            if (q->hi) t = fmin(t, q->hi[j]);
            moved |= fabs(t - ws->theta[j]) > 2 * DBL_EPSILON * fabs(t);
            ws->trial_theta[j] = t;
        }
        if (!moved) {
            result.stop = result.gradient_norm < 1e-8 ? FSCI_STOP_CONVERGED : FSCI_STOP_STALLED;
            break;
        }
        bool inside = false;
        double actual = NAN;
        for (int cut = 0; cut < 30; cut++) {
            result.evaluations++;
            inside = q->residual(q->context, ws->trial_theta, ws->trial_r, ws->trial_J, stride);
            actual = inside ? fsci_rows_decrease(n, w, ws->r, ws->trial_r, delta) : NAN;
            if (isfinite(actual)) {
                if (cut) {
                    for (size_t j = 0; j < p; j++) m->s[j] = ws->trial_theta[j] - ws->theta[j];
                    fsci_rows_image(n, p, ws->J, stride, m->s, m->z);
                    fsci_rows_move(n, 1, ws->r, m->z);
                    predicted = fsci_rows_decrease(n, w, ws->r, m->z, delta);
                }
                break;
            }
            for (size_t j = 0; j < p; j++)
                ws->trial_theta[j] = ws->theta[j] + env("CUT", .1) * (ws->trial_theta[j] - ws->theta[j]);
        }
        actual = inside ? fsci_rows_decrease(n, w, ws->r, ws->trial_r, delta) : NAN;
        double ratio = actual / predicted;
        fresh = actual > 0 && ratio > 1e-4;
        if (fresh) {
            swap(&ws->r, &ws->trial_r), swap(&ws->J, &ws->trial_J);
            swap(&ws->theta, &ws->trial_theta);
            value = fsci_rows_value(n, w, ws->r, delta);
            double c = 2 * ratio - 1;
            lambda *= fmin(fmax(1 - c * c * c, env("SHRINK", .1)), 2);
            if (lambda < 1e-14) lambda = 1e-14;
            grow = 2;
        } else {
            lambda *= grow;
            grow *= 2;
            if (env("REJD", 1) && inside) {
                fsci_rows_majorise(n, w, ws->trial_r, delta, ws->slope, m->curvature);
                for (size_t j = 0; j < p; j++) {
                    for (size_t i = 0; i < n; i++) m->rows[i] = m->curvature[i] * ws->trial_J[j*stride+i];
                    double h = fsci_rows_dot(n, m->rows, ws->trial_J + j * stride);
                    if (isfinite(h)) ws->scale[j] = fmax(ws->scale[j], h);
                }
            }
        }
    }
    memcpy(theta, ws->theta, p * sizeof *theta);
    result.value = factor * value;
    return result;
}
