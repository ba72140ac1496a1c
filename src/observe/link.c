#include "observe/link.h"

#include "num/distribution.h"
#include "num/linear.h"
#include "num/sequence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double FLOOR_MOST = 0.2;
static const double STEEPEST = 50;
/* Starts whose value is within this of another, relatively, ended at the same optimum; so did those
 * that leave less than this share of the target's sum of squares (a perfect fit). */
static const double SAME_VALUE = 1e-6, PERFECT = 1e-12;
enum { DEFAULT_STARTS = 128 };

const char *fsci_link_name(fsci_link_kind kind)
{
    static const char *const names[] = {"sigmoid", "sigmoid_floor", "linear"};
    return names[kind];
}

/* ---- the curve ---- */

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

static double curve(fsci_link_kind kind, double floor, double z)
{
    return kind == FSCI_LINK_LINEAR ? z : floor + (1 - floor) * sigmoid(z);
}

/* d curve / d z and, through `by_floor`, d curve / d floor. */
static double curve_slope(fsci_link_kind kind, double floor, double z, double *by_floor)
{
    double s = sigmoid(z);
    *by_floor = 1 - s;
    return kind == FSCI_LINK_LINEAR ? 1 : (1 - floor) * s * (1 - s);
}

double fsci_link_z(const fsci_link *link, const double *x, size_t stride)
{
    double z = link->intercept;
    for (size_t j = 0; j < link->k; j++)
        z += link->weights[j] * x[j * stride];
    return z;
}

double fsci_link_at(const fsci_link *link, double z)
{
    return curve(link->kind, link->floor, z);
}

/* ---- the problem: features standardised, theta = (intercept, weights, floor) ---- */

typedef struct problem {
    fsci_link_kind kind;
    size_t n, k, p;
    const double *Z; /* [n*k] standardised features */
    const double *t;
    double *mean, *deviation; /* [k]; a deviation of 0 counts as 1 */
    double *lo, *hi;          /* [p] */
    double nothing;           /* objectives that differ by less are equal */
} problem;

static bool residuals(void *context, const double *theta, double *r, double *J, size_t stride)
{
    const problem *q = context;
    double floor = q->p > q->k + 1 ? theta[q->k + 1] : 0;
    for (size_t i = 0; i < q->n; i++) {
        double z = theta[0], by_floor;
        for (size_t j = 0; j < q->k; j++)
            z += theta[j + 1] * q->Z[j * q->n + i];
        r[i] = curve(q->kind, floor, z) - q->t[i];
        if (!J)
            continue;
        J[i] = curve_slope(q->kind, floor, z, &by_floor);
        for (size_t j = 0; j < q->k; j++)
            J[(j + 1) * stride + i] = J[i] * q->Z[j * q->n + i];
        if (q->p > q->k + 1)
            J[(q->k + 1) * stride + i] = by_floor;
    }
    return true;
}

static void standardise(problem *q, const double *X, double *Z)
{
    for (size_t j = 0; j < q->k; j++) {
        const double *x = X + j * q->n;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < q->n; i++)
            sum += x[i];
        q->mean[j] = sum / (double)q->n;
        for (size_t i = 0; i < q->n; i++)
            squares += (x[i] - q->mean[j]) * (x[i] - q->mean[j]);
        q->deviation[j] = squares > 0 ? sqrt(squares / (double)q->n) : 1;
        for (size_t i = 0; i < q->n; i++)
            Z[j * q->n + i] = (x[i] - q->mean[j]) / q->deviation[j];
    }
    q->Z = Z;
}

static fsc_status make_problem(fsci_arena *arena, size_t n, size_t k, const double *X,
                               const double *t, fsci_link_kind kind, problem *q, fsc_error *err)
{
    *q = (problem){
        .kind = kind, .n = n, .k = k, .p = k + 1 + (kind == FSCI_LINK_SIGMOID_FLOOR), .t = t};
    double *Z = FSCI_NEW(arena, double, n *k);
    q->mean = FSCI_NEW(arena, double, k);
    q->deviation = FSCI_NEW(arena, double, k);
    q->lo = FSCI_NEW(arena, double, q->p);
    q->hi = FSCI_NEW(arena, double, q->p);
    if (!Z || !q->mean || !q->deviation || !q->lo || !q->hi)
        return fsci_fail_memory(err);
    for (size_t j = 0; j < q->p; j++)
        q->lo[j] = -INFINITY, q->hi[j] = INFINITY;
    if (kind == FSCI_LINK_SIGMOID_FLOOR)
        q->lo[k + 1] = 0, q->hi[k + 1] = FLOOR_MOST;
    for (size_t i = 0; i < n; i++)
        q->nothing += PERFECT * t[i] * t[i];
    standardise(q, X, Z);
    return FSC_OK;
}

/* ---- starts ---- */

/* The line through the logits of the target, kept off 0 and 1: where a sigmoid fit usually ends. */
static void start_from_logits(const problem *q, double *theta)
{
    double *A = malloc(q->n * (q->k + 2) * sizeof *A);
    memset(theta, 0, q->p * sizeof *theta);
    if (!A)
        return; /* zero is a start as well */
    double *b = A + q->n * (q->k + 1);
    for (size_t i = 0; i < q->n; i++) {
        double t = fmin(fmax(q->t[i], 0.01), 0.99);
        b[i] = q->kind == FSCI_LINK_LINEAR ? q->t[i] : log(t / (1 - t));
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
static void start_from_cube(const problem *q, const double *u, double *theta)
{
    theta[0] = STEEPEST * (u[0] - 0.5);
    for (size_t j = 0; j < q->k; j++) {
        double v = 2 * u[j + 1] - 1;
        theta[j + 1] = STEEPEST * v * fabs(v);
    }
    if (q->p > q->k + 1)
        theta[q->k + 1] = FLOOR_MOST * u[q->k + 1];
}

/* ---- the search ---- */

/* Room for one more distinct value, kept in order; NULL when it is worse than all that are kept. */
static fsci_link_optimum *place(fsci_link *link, double value)
{
    size_t at = link->n_optima;
    while (at > 0 && value < link->optima[at - 1].value)
        at--;
    if (at == FSCI_LINK_OPTIMA)
        return NULL;
    if (link->n_optima < FSCI_LINK_OPTIMA)
        link->n_optima++;
    double *spare = link->optima[link->n_optima - 1].weights;
    memmove(&link->optima[at + 1], &link->optima[at],
            (link->n_optima - 1 - at) * sizeof *link->optima);
    link->optima[at] = (fsci_link_optimum){.value = value, .weights = spare};
    return &link->optima[at];
}

/* In the features' own units. */
static void describe(const problem *q, const double *theta, fsci_link_optimum *optimum)
{
    optimum->intercept = theta[0];
    optimum->standard_weight = 0;
    for (size_t j = 0; j < q->k; j++) {
        optimum->weights[j] = theta[j + 1] / q->deviation[j];
        optimum->intercept -= optimum->weights[j] * q->mean[j];
        optimum->standard_weight = fmax(optimum->standard_weight, fabs(theta[j + 1]));
    }
    optimum->floor = q->p > q->k + 1 ? theta[q->k + 1] : 0;
}

/* Adds where one start ended; true when it is the best so far. */
static bool collect(const problem *q, const double *theta, double value, fsci_link *link)
{
    for (size_t i = 0; i < link->n_optima; i++) {
        fsci_link_optimum *known = &link->optima[i];
        if (fabs(value - known->value) > SAME_VALUE * known->value + q->nothing)
            continue;
        known->count++;
        if (value >= known->value)
            return false;
        known->value = value;
        describe(q, theta, known);
        return i == 0;
    }
    fsci_link_optimum *fresh = place(link, value);
    if (!fresh)
        return false;
    fresh->count = 1;
    describe(q, theta, fresh);
    return fresh == link->optima;
}

static void search(const problem *q, const fsci_ls_problem *ls, size_t starts,
                   const fsci_sequence *sequence, fsci_ls_workspace *workspace, double *theta,
                   double *best, fsci_link *link)
{
    double *u = theta + q->p;
    for (size_t s = 0; s < starts; s++) {
        if (s == 0) {
            start_from_logits(q, theta);
        } else {
            fsci_sequence_point(sequence, s, u);
            start_from_cube(q, u, theta);
        }
        fsci_ls_result result = fsci_ls_solve(ls, NULL, workspace, theta);
        if (!isfinite(result.value) || !collect(q, theta, result.value, link))
            continue;
        link->solver = result;
        memcpy(best, theta, q->p * sizeof *best);
    }
    link->n_starts = starts;
}

static fsc_status run_search(fsci_arena *arena, problem *q, const fsci_link_options *options,
                             double *best, fsci_link *link, fsc_error *err)
{
    size_t starts = options->starts ? options->starts : DEFAULT_STARTS;
    fsci_ls_problem ls = {.n = q->n,
                          .p = q->p,
                          .residual = residuals,
                          .context = q,
                          .lo = q->lo,
                          .hi = q->hi,
                          .loss = options->loss,
                          .delta = options->delta};
    for (size_t i = 0; i < FSCI_LINK_OPTIMA; i++)
        link->optima[i].weights = FSCI_NEW(arena, double, q->k);
    double *theta = FSCI_NEW(arena, double, 2 * q->p);
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(q->n, q->p);
    fsci_sequence *sequence = fsci_sequence_new(q->p, 1);
    bool ready = workspace && sequence && !fsci_arena_failed(arena);
    if (ready)
        search(q, &ls, q->kind == FSCI_LINK_LINEAR ? 1 : starts, sequence, workspace, theta, best,
               link);
    fsci_sequence_free(sequence);
    fsci_ls_workspace_free(workspace);
    return ready ? FSC_OK : fsci_fail_memory(err);
}

/* ---- what the data say about the parameters ---- */

/* psi' and psi of a residual, for weights of the curvature and of its noise. */
static double bend(const fsci_link_options *o, double r)
{
    return o->loss == FSCI_LOSS_SQUARED ? 2 : fabs(r) <= o->delta;
}

static double pull(const fsci_link_options *o, double r)
{
    if (o->loss == FSCI_LOSS_SQUARED)
        return 2 * r;
    return fabs(r) <= o->delta ? r : copysign(o->delta, r);
}

/* H = sum psi' J'J and M = sum psi^2 J'J over the free columns. */
static void information(const problem *q, const fsci_link_options *o, size_t m, const double *J,
                        const double *r, double *H, double *M)
{
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            for (size_t i = 0; i < q->n; i++) {
                double jj = J[a * q->n + i] * J[b * q->n + i], g = pull(o, r[i]);
                H[a * m + b] += bend(o, r[i]) * jj;
                M[a * m + b] += g * g * jj;
            }
}

/* S = H^-1 M H^-1 n/(n - m), in place of M. */
static bool sandwich(size_t n, size_t m, double *H, double *M)
{
    if (n <= m || fsci_cholesky(m, H) != FSCI_LINEAR_OK ||
        fsci_cholesky_solve(m, H, m, M) != FSCI_LINEAR_OK)
        return false;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < a; b++) {
            double swap = M[a * m + b];
            M[a * m + b] = M[b * m + a];
            M[b * m + a] = swap;
        }
    if (fsci_cholesky_solve(m, H, m, M) != FSCI_LINEAR_OK)
        return false;
    for (size_t c = 0; c < m * m; c++)
        M[c] *= (double)n / (double)(n - m);
    return true;
}

/* From standardised features to their own units: intercept = theta_0 - sum theta_j mean_j /
 * deviation_j, weight_j = theta_j / deviation_j; C = T S T' with that T. */
static void to_own_units(const problem *q, size_t m, const double *S, double *C)
{
    size_t p = q->p;
    for (size_t a = 0; a < m; a++)
        for (size_t b = 0; b < m; b++)
            C[a * p + b] = S[a * m + b];
    for (int side = 0; side < 2; side++) {
        size_t row = side ? 1 : p, along = side ? p : 1;
        for (size_t b = 0; b < p; b++) {
            double *v = C + b * along;
            for (size_t j = 0; j < q->k; j++) {
                v[(j + 1) * row] /= q->deviation[j];
                v[0] -= v[(j + 1) * row] * q->mean[j];
            }
        }
    }
}

static double condition_of(size_t n, size_t m, const double *J, double *scaled, double *s)
{
    for (size_t a = 0; a < m; a++) {
        double length = 0;
        for (size_t i = 0; i < n; i++)
            length += J[a * n + i] * J[a * n + i];
        for (size_t i = 0; i < n; i++)
            scaled[a * n + i] = length > 0 ? J[a * n + i] / sqrt(length) : 0;
    }
    return fsci_svd(n, m, scaled, NULL, s, NULL) == FSCI_LINEAR_OK ? fsci_condition(m, s) : NAN;
}

static fsc_status inspect(fsci_arena *arena, const problem *q, const fsci_link_options *options,
                          const double *theta, fsci_link *link, fsc_error *err)
{
    size_t n = q->n, p = q->p, m = p;
    if (p > q->k + 1 && (theta[p - 1] <= q->lo[p - 1] || theta[p - 1] >= q->hi[p - 1]))
        m--;
    double *r = FSCI_NEW(arena, double, n), *J = FSCI_NEW(arena, double, n *p);
    double *scaled = FSCI_NEW(arena, double, n *p), *s = FSCI_NEW(arena, double, p);
    double *H = FSCI_NEW(arena, double, p *p), *M = FSCI_NEW(arena, double, p *p);
    double *C = FSCI_NEW(arena, double, p *p);
    if (!r || !J || !scaled || !s || !H || !M || !C)
        return fsci_fail_memory(err);
    residuals((void *)q, theta, r, J, n);
    link->sse = 0;
    for (size_t i = 0; i < n; i++)
        link->sse += r[i] * r[i];
    link->p_free = m;
    link->condition = condition_of(n, m, J, scaled, s);
    information(q, options, m, J, r, H, M);
    link->covariance = NULL;
    if (sandwich(n, m, H, M)) {
        to_own_units(q, m, M, C);
        link->covariance = C;
    }
    return FSC_OK;
}

fsc_status fsci_link_fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                         const fsci_link_options *options, fsci_link *link, fsc_error *err)
{
    problem q;
    *link = (fsci_link){.kind = options->kind, .n = n, .k = k};
    FSCI_TRY(make_problem(arena, n, k, X, t, options->kind, &q, err));
    if (q.p > FSCI_SEQUENCE_DIMENSIONS)
        return fsci_fail(err, FSC_EINPUT, "a curve has at most %d parameters, not %zu",
                         FSCI_SEQUENCE_DIMENSIONS, q.p);
    if (n < q.p)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu training rows cannot fit %zu parameters; use fewer components or a "
                         "wider cutoff",
                         n, q.p);
    double *best = FSCI_NEW(arena, double, q.p);
    if (!best)
        return fsci_fail_memory(err);
    FSCI_TRY(run_search(arena, &q, options, best, link, err));
    if (link->n_optima == 0)
        return fsci_fail(err, FSC_EINPUT,
                         "the link could not be evaluated: a feature or the "
                         "target is not finite");
    link->p = q.p;
    link->intercept = link->optima[0].intercept;
    link->weights = link->optima[0].weights;
    link->floor = link->optima[0].floor;
    link->value = link->optima[0].value;
    link->reached_best = link->optima[0].count;
    return inspect(arena, &q, options, best, link, err);
}

double fsci_link_half_width(const fsci_link *link, const double *x, size_t stride, double level)
{
    if (!link->covariance || link->n <= link->p_free)
        return NAN;
    double z = fsci_link_z(link, x, stride), by_floor;
    double slope = curve_slope(link->kind, link->floor, z, &by_floor), variance = 0;
    for (size_t a = 0; a < link->p; a++)
        for (size_t b = 0; b < link->p; b++) {
            double ga = a == 0 ? slope : a <= link->k ? slope * x[(a - 1) * stride] : by_floor;
            double gb = b == 0 ? slope : b <= link->k ? slope * x[(b - 1) * stride] : by_floor;
            variance += ga * gb * link->covariance[a * link->p + b];
        }
    double df = (double)(link->n - link->p_free);
    return fsci_t_quantile((1 + level) / 2, df) * sqrt(variance + link->sse / df);
}
