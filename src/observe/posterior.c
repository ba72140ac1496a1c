#include "observe/posterior.h"

#include "num/linear.h"
#include "observe/link_problem.h"
#include "opt/least_squares.h"

#include <math.h>
#include <string.h>

static const double INTERCEPT_SD = 5, WEIGHT_SD = 2.5, FLOOR_SD = 0.05, FLOOR_MOST = 0.2;
static const double FIRST_VARIANCE = 0.02 * 0.02, LEAST_VARIANCE = 1e-8, STILL = 1e-6;
static const fsci_logit_noise_prior NOISE_PRIOR = {0.3, 1, 0.01, 1};
enum { MOST_ROUNDS = 100, OUTRIGHT = 3 };

/* Rows 0..n-1 are data, the p behind them the prior, one per parameter. theta[p] = (intercept,
 * weights[k], effects[n_families], floor where it is one). */
typedef struct problem {
    const fsci_task *task;
    const fsci_view *view;
    fsci_posterior_options options;
    size_t n, k, f, q, p;
    bool has_floor;
    double centre, unit; /* of the target under the linear link; else 0 and 1 */
    double *sd;          /* [p] of the prior */
} problem;

static double form_of(const problem *s, const double *theta, size_t i)
{
    double eta = theta[0];
    for (size_t c = 0; c < s->k; c++)
        eta += theta[c + 1] * s->view->z[c * s->view->n + i];
    return s->f && s->task->family[i] < s->f ? eta + theta[s->k + 1 + s->task->family[i]] : eta;
}

static double floor_of(const problem *s, const double *theta)
{
    return s->has_floor ? theta[s->q] : 0;
}

/* Row i of the Jacobian of the form, times `slope`. */
static void form_slopes(const problem *s, size_t i, double slope, double *row, size_t stride)
{
    row[0] = slope;
    for (size_t c = 0; c < s->k; c++)
        row[(c + 1) * stride] = slope * s->view->z[c * s->view->n + i];
    for (size_t f = 0; f < s->f; f++)
        row[(s->k + 1 + f) * stride] = s->task->family[i] == f ? slope : 0;
}

static bool residuals(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const problem *s = context;
    double by_floor, floor = floor_of(s, theta);
    for (size_t i = 0; i < s->n; i++) {
        double eta = form_of(s, theta, i);
        r[i] = fsci_link_curve(s->task->link, floor, eta) - s->task->t[i];
        if (!J)
            continue;
        double slope = fsci_link_slope(s->task->link, floor, eta, &by_floor);
        form_slopes(s, i, slope, J + i, stride);
        if (s->has_floor)
            J[s->q * stride + i] = by_floor;
    }
    for (size_t a = 0; a < s->p; a++) {
        r[s->n + a] = (a == 0 ? theta[a] - s->centre : theta[a]) / s->sd[a];
        for (size_t b = 0; J && b < s->p; b++)
            J[b * stride + s->n + a] = a == b ? 1 / s->sd[a] : 0;
    }
    return true;
}

/* ---- variances of the rows, from where the curve is now ---- */

static double degrees(const problem *s)
{
    return s->n > s->k + 2 ? (double)(s->n - s->k - 1) : 1;
}

/* What is left of the squares after the noise of the inputs; the variance of FSCI_SPREAD_INPUTS is
 * the root of sum r^2/(s^2 + inputs) = degrees, found by bisection. */
static double variance_beside(const problem *s, const double *r, const double *inputs)
{
    double lo = LEAST_VARIANCE * s->unit * s->unit, hi = lo;
    for (size_t i = 0; i < s->n; i++)
        hi += r[i] * r[i] / degrees(s);
    for (int step = 0; step < 100; step++) {
        double middle = (lo + hi) / 2, sum = 0;
        for (size_t i = 0; i < s->n; i++)
            sum += r[i] * r[i] / (middle + inputs[i]);
        if (sum > degrees(s))
            lo = middle;
        else
            hi = middle;
    }
    return (lo + hi) / 2;
}

/* v[n] as the curve theta has it; m, r, v are [n]. */
static void row_variances(const problem *s, const double *theta, double *m, double *r, double *v,
                          fsci_posterior *posterior)
{
    double by_floor, squares = 0, floor = floor_of(s, theta);
    for (size_t i = 0; i < s->n; i++) {
        double eta = form_of(s, theta, i), slope;
        m[i] = fsci_link_curve(s->task->link, floor, eta);
        r[i] = s->task->t[i] - m[i];
        squares += r[i] * r[i];
        slope = fsci_link_slope(s->task->link, floor, eta, &by_floor);
        v[i] = s->options.spread == FSCI_SPREAD_INPUTS
                   ? slope * slope * fsci_view_sampling(s->view, s->task, i, theta + 1)
                   : 0;
    }
    if (s->options.spread == FSCI_SPREAD_LOGIT) {
        double scale = sqrt((double)s->n / degrees(s));
        posterior->noise.items = s->task->target_items;
        fsci_logit_noise_fit(s->n, m, r, scale, &NOISE_PRIOR, &posterior->noise);
        for (size_t i = 0; i < s->n; i++)
            v[i] = fsci_logit_noise_variance(&posterior->noise, m[i]);
        return;
    }
    posterior->variance = s->options.spread == FSCI_SPREAD_INPUTS
                              ? variance_beside(s, r, v)
                              : fmax(squares / degrees(s), LEAST_VARIANCE * s->unit * s->unit);
    for (size_t i = 0; i < s->n; i++)
        v[i] += posterior->variance;
}

/* New weights from new variances; gives the largest relative move. The variances of logit noise are
 * taken outright a few times, then halfway on a log scale, so that they do not swing. */
static double reweight(const problem *s, const double *v, int round, double *weight)
{
    double most = 0;
    bool outright = s->options.spread == FSCI_SPREAD_CONSTANT || round < OUTRIGHT;
    for (size_t i = 0; i < s->n; i++) {
        double next = outright ? 1 / v[i] : sqrt(weight[i] / v[i]);
        most = fmax(most, fabs(next / weight[i] - 1));
        weight[i] = next;
    }
    return most;
}

/* ---- the fit ---- */

/* A target of any unit is standardised by its prior: scores by what they are, others by the
 * training rows. */
static void measure_target(problem *s)
{
    double sum = 0, squares = 0, n = (double)s->n;
    s->unit = 1;
    if (s->task->link != FSCI_LINK_LINEAR)
        return;
    for (size_t i = 0; i < s->n; i++)
        sum += s->task->t[i] / n;
    for (size_t i = 0; i < s->n; i++)
        squares += (s->task->t[i] - sum) * (s->task->t[i] - sum) / n;
    s->centre = sum;
    s->unit = squares > 0 ? sqrt(squares) : 1;
    s->options.spread =
        s->options.spread == FSCI_SPREAD_LOGIT ? FSCI_SPREAD_CONSTANT : s->options.spread;
}

static fsc_status begin(fsci_arena *arena, const fsci_task *task, const fsci_view *view,
                        const fsci_posterior_options *options, problem *s, fsc_error *err)
{
    size_t f = options->family_sd > 0 ? task->n_families : 0;
    *s = (problem){.task = task,
                   .view = view,
                   .options = *options,
                   .n = task->n_train,
                   .k = view->k,
                   .f = f,
                   .q = view->k + 1 + f,
                   .has_floor = task->link == FSCI_LINK_SIGMOID_FLOOR};
    s->p = s->q + s->has_floor;
    s->sd = FSCI_NEW(arena, double, s->p);
    if (s->n < 2)
        return fsci_fail(err, FSC_EINPUT, "%zu training rows cannot fit a curve", s->n);
    if (!s->sd)
        return fsci_fail_memory(err);
    measure_target(s);
    for (size_t a = 0; a < s->p; a++)
        s->sd[a] = s->unit * (a == 0      ? INTERCEPT_SD
                              : a <= s->k ? WEIGHT_SD
                              : a < s->q  ? options->family_sd
                                          : FLOOR_SD);
    return FSC_OK;
}

static void start(const problem *s, double *theta)
{
    double mean = 0;
    if (s->options.start) {
        memcpy(theta, s->options.start, s->p * sizeof *theta);
        return;
    }
    for (size_t i = 0; i < s->n; i++)
        mean += s->task->t[i] / (double)s->n;
    if (s->task->link != FSCI_LINK_LINEAR) {
        mean = fmin(fmax(mean, 0.01), 0.99);
        mean = log(mean / (1 - mean));
    }
    theta[0] = mean;
}

/* The inverse of J'WJ + prior precision over (intercept, weights, effects). */
static fsc_status invert_curvature(fsci_arena *arena, const problem *s, const double *theta,
                                   const double *weight, fsci_posterior *posterior, fsc_error *err)
{
    size_t q = s->q;
    double *H = FSCI_NEW(arena, double, q *q), *row = FSCI_NEW(arena, double, q), by_floor;
    posterior->covariance = FSCI_NEW(arena, double, q *q);
    if (!H || !row || !posterior->covariance)
        return fsci_fail_memory(err);
    for (size_t a = 0; a < q; a++)
        H[a * q + a] = 1 / (s->sd[a] * s->sd[a]);
    for (size_t i = 0; i < s->n; i++) {
        double eta = form_of(s, theta, i);
        double slope = fsci_link_slope(s->task->link, floor_of(s, theta), eta, &by_floor);
        form_slopes(s, i, slope, row, 1);
        for (size_t a = 0; a < q; a++)
            for (size_t b = 0; b <= a; b++)
                H[b * q + a] += weight[i] * row[a] * row[b];
    }
    if (fsci_cholesky(q, H) != FSCI_LINEAR_OK ||
        fsci_cholesky_inverse(q, H, posterior->covariance) != FSCI_LINEAR_OK)
        return fsci_fail(err, FSC_EINPUT, "the curve's information matrix has no inverse");
    return FSC_OK;
}

static fsc_status keep(fsci_arena *arena, const problem *s, const double *theta,
                       fsci_posterior *posterior, fsc_error *err)
{
    posterior->weights = fsci_copy_array(arena, theta + 1, s->k, sizeof *theta);
    posterior->effects =
        s->f ? fsci_copy_array(arena, theta + s->k + 1, s->f, sizeof *theta) : NULL;
    if (!posterior->weights || (s->f && !posterior->effects))
        return fsci_fail_memory(err);
    posterior->view = s->view;
    posterior->task = s->task;
    posterior->intercept = theta[0];
    posterior->floor = floor_of(s, theta);
    posterior->family_sd = s->f ? s->unit * s->options.family_sd : 0;
    posterior->q = s->q;
    return FSC_OK;
}

static bool alternate(const problem *s, fsci_ls_workspace *workspace, double *theta, double *weight,
                      double *scratch, fsci_posterior *posterior)
{
    double *lo = scratch, *hi = lo + s->p, *m = hi + s->p, *r = m + s->n, *v = r + s->n;
    for (size_t a = 0; a < s->p; a++) {
        lo[a] = a < s->q ? -INFINITY : 0;
        hi[a] = a < s->q ? INFINITY : FLOOR_MOST;
    }
    fsci_ls_problem ls = {.n = s->n + s->p,
                          .p = s->p,
                          .residual = residuals,
                          .context = (void *)s,
                          .weight = weight,
                          .lo = lo,
                          .hi = hi,
                          .loss = FSCI_LOSS_SQUARED};
    for (int round = 0; round < MOST_ROUNDS; round++) {
        fsci_ls_result result = fsci_ls_solve(&ls, NULL, workspace, theta);
        if (!isfinite(result.value))
            return false;
        row_variances(s, theta, m, r, v, posterior);
        posterior->rounds = round + 1;
        if (reweight(s, v, round, weight) < STILL)
            break;
    }
    return true;
}

fsc_status fsci_posterior_fit(fsci_arena *arena, const fsci_task *task, const fsci_view *view,
                              const fsci_posterior_options *options, fsci_posterior *posterior,
                              fsc_error *err)
{
    problem s;
    *posterior = (fsci_posterior){.rounds = 0};
    FSCI_TRY(begin(arena, task, view, options, &s, err));
    double *theta = FSCI_NEW(arena, double, s.p), *weight = FSCI_NEW(arena, double, s.n + s.p);
    double *scratch = FSCI_NEW(arena, double, 2 * s.p + 3 * s.n);
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(s.n + s.p, s.p);
    if (!theta || !weight || !scratch || !workspace) {
        fsci_ls_workspace_free(workspace);
        return fsci_fail_memory(err);
    }
    start(&s, theta);
    for (size_t i = 0; i < s.n + s.p; i++)
        weight[i] = i < s.n ? 1 / (FIRST_VARIANCE * s.unit * s.unit) : 1;
    bool fitted = alternate(&s, workspace, theta, weight, scratch, posterior);
    fsci_ls_workspace_free(workspace);
    if (!fitted)
        return fsci_fail(err, FSC_EINPUT, "the curve could not be evaluated on the training rows");
    FSCI_TRY(keep(arena, &s, theta, posterior, err));
    return invert_curvature(arena, &s, theta, weight, posterior, err);
}

/* ---- rows ---- */

double fsci_posterior_form(const fsci_posterior *posterior, size_t i)
{
    const fsci_view *view = posterior->view;
    double eta = posterior->intercept;
    for (size_t c = 0; c < view->k; c++)
        eta += posterior->weights[c] * view->z[c * view->n + i];
    size_t f = posterior->task->family[i];
    return posterior->effects && f < posterior->task->n_families ? eta + posterior->effects[f]
                                                                 : eta;
}

double fsci_posterior_curve(const fsci_posterior *posterior, size_t i)
{
    return fsci_link_curve(posterior->task->link, posterior->floor,
                           fsci_posterior_form(posterior, i));
}

double fsci_posterior_rest(const fsci_posterior *posterior, size_t i)
{
    return (1 - posterior->floor) / (1 + exp(fsci_posterior_form(posterior, i)));
}

double fsci_posterior_deviation(const fsci_posterior *posterior, size_t i)
{
    const fsci_view *view = posterior->view;
    size_t q = posterior->q, k = view->k, own = k + 1 + posterior->task->family[i];
    bool has_own = posterior->effects && posterior->task->family[i] < posterior->task->n_families;
    double variance =
        posterior->effects && !has_own ? posterior->family_sd * posterior->family_sd : 0;
    for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) {
            double xa = a == 0 ? 1 : a <= k ? view->z[(a - 1) * view->n + i] : has_own && a == own;
            double xb = b == 0 ? 1 : b <= k ? view->z[(b - 1) * view->n + i] : has_own && b == own;
            variance += xa * xb * posterior->covariance[a * q + b];
        }
    return sqrt(variance);
}
