/* The M-step of hierarchy.h, and its rounds. */
#include "observe/hierarchy.h"

#include <math.h>
#include <string.h>

static const double INTERCEPT_SD = 5, LOADING_SD = 2.5, FLOOR_SD = 0.05, FLOOR_MOST = 0.2;
/* Of the target: s0 is what the shape of its curve is off by, not only what questions are. */
static const fsci_logit_noise_prior NOISE_PRIOR = {0.3, 0.5, 0.02, 0.3};
static const double BENCHMARK_REST = 0.01;
static const double TYPICAL_SCATTER[] = {0.05, 0.3}; /* of benchmarks, by fsci_view_scale */
/* Of the covariances of families and of models: worth so many of them, at these variances of theta,
 * which has about unit variance in all. */
static const double PRIOR_WORTH = 4, FAMILY_VARIANCE = 0.3, MODEL_VARIANCE = 0.2;
static const double TOLERANCE = 1e-3;
/* EM creeps on along rotations of theta, on which forecasts do not depend; ten times the rounds
 * move their mean squared error by a fiftieth. */
enum { D = FSCI_HIERARCHY_MOST, MOST_ROUNDS = 40, NOISE_EVERY = 5, LEAST_ROWS = 6 };

/* ---- columns, given rows ---- */

/* Of dimension k of theta over the training rows: the prior of loadings is per deviation. */
static double variance_of(const fsci_hierarchy *h, size_t k)
{
    double sum = 0, squares = 0, m = (double)h->m;
    for (size_t i = 0; i < h->m; i++) {
        double value = h->rows[i].mean[k];
        sum += value;
        squares += value * value + h->rows[i].covariance[k * h->d + k];
    }
    return fmax(squares / m - sum * sum / (m * m), 1e-6);
}

/* Regression of the working responses of a column on theta, its uncertainty integrated out. */
static void maximise_line(fsci_hierarchy *h, size_t j)
{
    size_t d = h->d, q = d + 1;
    fsci_hierarchy_column *c = &h->columns[j];
    double H[(D + 1) * (D + 1)] = {0}, g[D + 1] = {0};
    for (size_t a = 0; a < q; a++)
        H[a * q + a] = a == 0 ? 1 / (INTERCEPT_SD * INTERCEPT_SD)
                              : variance_of(h, a - 1) / (LOADING_SD * LOADING_SD);
    for (size_t i = 0; i < h->m; i++) {
        double residual, row[D + 1] = {1};
        if (isnan(h->t[j * h->n + i]))
            continue;
        double weight = fsci_hierarchy_working(h, j, i, &residual);
        memcpy(row + 1, h->rows[i].mean, d * sizeof *row);
        for (size_t a = 0; a < q; a++) {
            g[a] += weight * row[a] * (fsci_hierarchy_eta(h, j, i) + residual);
            for (size_t b = 0; b < q; b++)
                H[a * q + b] += weight * row[a] * row[b];
        }
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                H[(a + 1) * q + b + 1] += weight * h->rows[i].covariance[a * d + b];
    }
    fsci_small_inverse(q, H, c->covariance);
    for (size_t a = 0; a < q; a++) {
        double sum = 0;
        for (size_t b = 0; b < q; b++)
            sum += c->covariance[a * q + b] * g[b];
        *(a == 0 ? &c->intercept : &c->loading[a - 1]) = sum;
    }
}

/* One Newton step of the floor. */
static void maximise_floor(fsci_hierarchy *h, size_t j)
{
    fsci_hierarchy_column *c = &h->columns[j];
    double slope = -c->floor / (FLOOR_SD * FLOOR_SD), curvature = 1 / (FLOOR_SD * FLOOR_SD);
    for (size_t i = 0; i < h->m; i++) {
        double eta = fsci_hierarchy_eta(h, j, i), m = fsci_hierarchy_curve(c, eta);
        double rest = 1 / (1 + exp(eta)), weight = 1 / fsci_logit_noise_variance(&c->noise, m);
        slope += weight * rest * (h->t[j * h->n + i] - m);
        curvature += weight * rest * rest;
    }
    c->floor = fmin(fmax(c->floor + slope / curvature, 0), FLOOR_MOST);
}

static double uncertainty(const fsci_hierarchy *h, size_t j, size_t i)
{
    const double *loading = h->columns[j].loading;
    double variance = 0;
    for (size_t a = 0; a < h->d; a++)
        for (size_t b = 0; b < h->d; b++)
            variance += loading[a] * loading[b] * h->rows[i].covariance[a * h->d + b];
    return variance;
}

/* The target's noise from its residuals, the uncertainty of theta counted with them. */
static void maximise_noise(fsci_hierarchy *h, double *m, double *r)
{
    size_t j = h->p - 1;
    fsci_hierarchy_column *c = &h->columns[j];
    for (size_t i = 0; i < h->m; i++) {
        double t = h->t[j * h->n + i], eta = fsci_hierarchy_eta(h, j, i);
        m[i] = fsci_hierarchy_curve(c, eta);
        double slope = (m[i] - c->floor) * (1 - m[i]) / (1 - c->floor);
        r[i] = sqrt((t - m[i]) * (t - m[i]) + slope * slope * uncertainty(h, j, i));
    }
    fsci_logit_noise_fit(h->m, m, r, 1, &NOISE_PRIOR, &c->noise);
}

/* What EM expects the squared effect of a model on a benchmark to be, over all cells: one scatter
 * for all benchmarks, as in probabilistic principal components (Tipping and Bishop 1999), since
 * what is particular to a benchmark is capability as well. */
static void maximise_scatter(fsci_hierarchy *h)
{
    double typical = TYPICAL_SCATTER[h->scale], tau2 = h->columns[0].noise.tau;
    double sum = PRIOR_WORTH * typical * typical, n = PRIOR_WORTH;
    tau2 *= tau2;
    for (size_t j = 0; j + 1 < h->p; j++)
        for (size_t i = 0; i < h->m; i++) {
            double residual;
            if (isnan(h->t[j * h->n + i]))
                continue;
            double all = 1 / fsci_hierarchy_working(h, j, i, &residual), share = tau2 / all;
            sum +=
                share * share * (residual * residual + uncertainty(h, j, i)) + tau2 * (1 - share);
            n += 1;
        }
    for (size_t j = 0; j + 1 < h->p; j++)
        h->columns[j].noise.tau = sqrt(sum / n);
}

/* ---- families and the population ---- */

/* gamma: the line of theta less the family's effect on x. */
static void maximise_line_of_compute(fsci_hierarchy *h)
{
    double n = 0, sx = 0, sxx = 0;
    for (size_t i = 0; i < h->m; i++)
        if (!isnan(h->x[i]))
            n += 1, sx += h->x[i], sxx += h->x[i] * h->x[i];
    for (size_t k = 0; k < h->d; k++) {
        double sy = 0, sxy = 0, all = 0;
        for (size_t i = 0; i < h->m; i++) {
            size_t f = h->family[i];
            double y = h->rows[i].mean[k] - (f < h->n_families ? h->families[f].mean[k] : 0);
            all += y;
            if (!isnan(h->x[i]))
                sy += y, sxy += y * h->x[i];
        }
        double spread = n > 0 ? sxx - sx * sx / n : 0;
        h->gamma[h->d + k] = n > 2 && spread > 1e-9 ? (sxy - sx * sy / n) / (spread + 1) : 0;
        h->gamma[k] = (all - h->gamma[h->d + k] * sx) / (double)h->m;
    }
}

/* What is left of theta of row i after the population's line and its family. */
static void left_over(const fsci_hierarchy *h, size_t i, double *u)
{
    size_t f = h->family[i];
    for (size_t k = 0; k < h->d; k++) {
        double x = isnan(h->x[i]) ? 0 : h->x[i];
        u[k] = h->rows[i].mean[k] - h->gamma[k] - h->gamma[h->d + k] * x -
               (f < h->n_families ? h->families[f].mean[k] : 0);
    }
}

static void maximise_covariances(fsci_hierarchy *h)
{
    size_t d = h->d;
    double families = PRIOR_WORTH, models = PRIOR_WORTH;
    double phi[D * D] = {0}, psi[D * D] = {0}, u[D];
    for (size_t a = 0; a < d; a++)
        phi[a * d + a] = PRIOR_WORTH * FAMILY_VARIANCE,
                    psi[a * d + a] = PRIOR_WORTH * MODEL_VARIANCE;
    for (size_t f = 0; f < h->n_families; f++) {
        if (!h->members[f])
            continue;
        families++;
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                phi[a * d + b] += h->families[f].mean[a] * h->families[f].mean[b] +
                                  h->families[f].covariance[a * d + b];
    }
    for (size_t i = 0; i < h->m; i++) {
        if (h->family[i] >= h->n_families)
            continue;
        models++;
        left_over(h, i, u);
        for (size_t a = 0; a < d; a++)
            for (size_t b = 0; b < d; b++)
                psi[a * d + b] += u[a] * u[b] + h->rows[i].own[a * d + b];
    }
    for (size_t a = 0; a < d * d; a++) {
        h->phi[a] = phi[a] / families;
        h->psi[a] = psi[a] / models;
    }
}

/* ---- the fit ---- */

/* Scores freed of chance, the target behind them; what is to be forecast is not there. */
static fsc_status take_scores(fsci_arena *arena, const fsci_task *task, fsci_hierarchy *h,
                              fsc_error *err)
{
    double *t = FSCI_NEW(arena, double, h->n * h->p);
    if (!t)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < task->p; j++) {
        double chance = task->chance[j] > 0 ? task->chance[j] : 0;
        for (size_t i = j * h->n; i < (j + 1) * h->n; i++)
            t[i] = (task->scores[i] - chance) / (1 - chance);
        h->columns[j].noise.items = task->items[j];
    }
    for (size_t i = 0; i < h->n; i++)
        t[task->p * h->n + i] = i < h->m ? task->t[i] : NAN;
    h->columns[task->p].noise.items = task->target_items;
    h->t = t;
    return FSC_OK;
}

/* Log compute if most training rows have it, else the date, standardised over them. */
static fsc_status take_scale(fsci_arena *arena, const fsci_task *task, fsci_hierarchy *h,
                             fsc_error *err)
{
    size_t known = 0;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < h->m; i++)
        known += !isnan(task->log_flops[i]);
    const double *x = 2 * known > h->m ? task->log_flops : task->date;
    h->x = FSCI_NEW(arena, double, h->n);
    if (!h->x)
        return fsci_fail_memory(err);
    known = 0;
    for (size_t i = 0; i < h->m; i++)
        if (!isnan(x[i]))
            known++, sum += x[i], squares += x[i] * x[i];
    double mean = sum / (double)known, variance = squares / (double)known - mean * mean;
    for (size_t i = 0; i < h->n; i++)
        h->x[i] = known > 2 && variance > 1e-9 ? (x[i] - mean) / sqrt(variance) : NAN;
    return FSC_OK;
}

/* Rows where components of the log-odds have them, columns at their means. */
static void start(fsci_hierarchy *h, const fsci_view *view)
{
    for (size_t i = 0; i < h->m; i++)
        for (size_t k = 0; k < h->d; k++)
            h->rows[i].mean[k] = view->z[k * h->n + i];
    for (size_t k = 0; k < h->d; k++) {
        h->phi[k * h->d + k] = FAMILY_VARIANCE;
        h->psi[k * h->d + k] = MODEL_VARIANCE;
    }
    for (size_t j = 0; j < h->p; j++) {
        double sum = 0, n = 0;
        for (size_t i = 0; i < h->m; i++)
            if (!isnan(h->t[j * h->n + i]))
                sum += h->t[j * h->n + i], n++;
        double mean = fmin(fmax(sum / n, 0.02), 0.98);
        bool line = h->scale == FSCI_VIEW_RAW && j + 1 < h->p;
        h->columns[j].intercept = line ? mean : log(mean / (1 - mean));
        h->columns[j].noise.tau = j + 1 < h->p ? TYPICAL_SCATTER[h->scale] : NOISE_PRIOR.tau;
        h->columns[j].noise.s0 = j + 1 < h->p ? BENCHMARK_REST : NOISE_PRIOR.s0;
        for (int round = 0; round < NOISE_EVERY; round++)
            maximise_line(h, j);
    }
    maximise_line_of_compute(h);
}

static void group(fsci_hierarchy *h)
{
    size_t at = 0;
    for (size_t i = 0; i < h->m; i++)
        if (h->family[i] < h->n_families)
            h->members[h->family[i]]++;
    for (size_t f = 0; f < h->n_families; f++) {
        h->start[f] = at;
        at += h->members[f];
        h->members[f] = 0;
    }
    for (size_t i = 0; i < h->m; i++)
        if (h->family[i] < h->n_families)
            h->grouped[h->start[h->family[i]] + h->members[h->family[i]]++] = i;
}

static fsc_status make(fsci_arena *arena, const fsci_task *task, fsci_view_scale scale, size_t d,
                       fsci_hierarchy *h, fsc_error *err)
{
    *h = (fsci_hierarchy){.n = task->n,
                          .m = task->n_train,
                          .p = task->p + 1,
                          .d = d,
                          .scale = scale,
                          .family = task->family,
                          .n_families = task->n_families};
    h->columns = FSCI_NEW(arena, fsci_hierarchy_column, h->p);
    h->rows = FSCI_NEW(arena, fsci_latent, h->n);
    h->families = FSCI_NEW(arena, fsci_latent, h->n_families);
    h->members = FSCI_NEW(arena, size_t, h->n_families);
    h->start = FSCI_NEW(arena, size_t, h->n_families);
    h->grouped = FSCI_NEW(arena, size_t, h->m);
    h->effect = FSCI_NEW(arena, double, h->n_families);
    h->effect_variance = FSCI_NEW(arena, double, h->n_families);
    if (!h->columns || !h->rows || !h->families || !h->members || !h->start || !h->grouped ||
        !h->effect || !h->effect_variance)
        return fsci_fail_memory(err);
    group(h);
    FSCI_TRY(take_scores(arena, task, h, err));
    return take_scale(arena, task, h, err);
}

static fsc_status check(const fsci_task *task, fsc_error *err)
{
    if (isnan(task->space->top) || task->link == FSCI_LINK_LINEAR)
        return fsci_fail(err, FSC_EINPUT, "scores and target of this model are shares");
    if (task->n_train < LEAST_ROWS)
        return fsci_fail(err, FSC_EINPUT, "%zu training rows are too few", task->n_train);
    return FSC_OK;
}

fsc_status fsci_hierarchy_fit(fsci_arena *arena, const fsci_task *task, fsci_view_scale scale,
                              fsci_hierarchy *h, fsc_error *err)
{
    fsci_view view;
    FSCI_TRY(check(task, err));
    FSCI_TRY(fsci_view_make(arena, task, scale, D, &view, err));
    FSCI_TRY(make(arena, task, scale, view.k, h, err));
    double *scratch = FSCI_NEW(arena, double, 2 * h->m);
    if (!scratch)
        return fsci_fail_memory(err);
    start(h, &view);
    for (h->rounds = 1; h->rounds <= MOST_ROUNDS; h->rounds++) {
        double moved = fsci_hierarchy_expect(h);
        for (size_t j = 0; j < h->p; j++)
            maximise_line(h, j);
        maximise_scatter(h);
        if (h->rounds % NOISE_EVERY == 0)
            maximise_noise(h, scratch, scratch + h->m);
        if (task->link == FSCI_LINK_SIGMOID_FLOOR)
            maximise_floor(h, h->p - 1);
        maximise_line_of_compute(h);
        maximise_covariances(h);
        if (moved < TOLERANCE)
            break;
    }
    FSCI_TRY(fsci_hierarchy_pool(arena, h, err));
    for (size_t i = h->m; i < h->n; i++)
        fsci_hierarchy_place(h, i);
    return FSC_OK;
}
