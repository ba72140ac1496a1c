#include "metric/budget.h"

#include "num/linear.h"
#include "opt/least_squares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double fsci_turn_limit(double b, double g)
{
    return g + b > 0 ? g / (g + b) : NAN;
}

double fsci_turn_chain(double x0, double b, double g, double turns)
{
    double limit = fsci_turn_limit(b, g);
    return isnan(limit) ? x0 : limit + (x0 - limit) * pow(1 - b - g, turns);
}

double fsci_batch_judged(double p, double B, double hit)
{
    return hit * -expm1(B * log1p(-p));
}

/* ---- the joint surface
 * ------------------------------------------------------------------------------ */

enum { WITH_FLOOR = FSCI_AXES + 2 }; /* parameters: u, a_0, a_1, a_2, floor */

typedef struct surface {
    const double *x, *score;
    size_t n;
} surface;

static bool residuals(void *context, const double *p, double *r, double *J, size_t stride)
{
    const surface *s = context;
    for (size_t i = 0; i < s->n; i++) {
        double power = p[0];
        for (int j = 0; j < FSCI_AXES; j++)
            power -= p[1 + j] * log(s->x[i * FSCI_AXES + j]);
        double e = exp(power);
        r[i] = p[FSCI_AXES + 1] + e - (1 - s->score[i]);
        if (!isfinite(r[i]))
            return false;
        if (!J)
            continue;
        J[i] = e;
        for (int j = 0; j < FSCI_AXES; j++)
            J[(size_t)(1 + j) * stride + i] = -e * log(s->x[i * FSCI_AXES + j]);
        J[(size_t)(FSCI_AXES + 1) * stride + i] = 1;
    }
    return true;
}

/* ln e on the logarithms, by QR: the start, with the floor taken off. */
static bool start(const surface *s, double floor, double *p)
{
    size_t n = s->n, used = 0;
    double *A = malloc((n * (FSCI_AXES + 1) + n + 1) * sizeof *A),
           *b = A ? A + n * (FSCI_AXES + 1) : NULL;
    for (size_t i = 0; i < n && A; i++) {
        double e = 1 - s->score[i] - floor;
        A[i] = e > 0;
        for (int j = 0; j < FSCI_AXES; j++)
            A[(size_t)(1 + j) * n + i] = e > 0 ? -log(s->x[i * FSCI_AXES + j]) : 0;
        b[i] = e > 0 ? log(e) : 0;
        used += e > 0;
    }
    size_t rank = 0;
    bool good = A && used > FSCI_AXES + 1 &&
                fsci_qr_least_squares(n, FSCI_AXES + 1, A, b, 1e-10, p, &rank) == FSCI_LINEAR_OK;
    free(A);
    p[FSCI_AXES + 1] = floor;
    return good;
}

static void find_errors(const surface *s, fsci_surface *out, const double *p, bool with_floor)
{
    size_t n = s->n, k = FSCI_AXES + 1 + with_floor;
    double *r = malloc((n * (WITH_FLOOR + 1) + 1) * sizeof *r), H[WITH_FLOOR * WITH_FLOOR] = {0};
    double inverse[WITH_FLOOR * WITH_FLOOR];
    if (r && residuals((void *)s, p, r, r + n, n)) {
        const double *J = r + n;
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b < k; b++)
                for (size_t i = 0; i < n; i++)
                    H[a * k + b] += J[a * n + i] * J[b * n + i];
        bool good = n > k && fsci_cholesky(k, H) == FSCI_LINEAR_OK &&
                    fsci_cholesky_inverse(k, H, inverse) == FSCI_LINEAR_OK;
        for (size_t j = 0; j < FSCI_AXES; j++)
            out->se[j] =
                good ? sqrt(inverse[(1 + j) * k + 1 + j] * out->rss / (double)(n - k)) : NAN;
    }
    free(r);
}

fsci_surface fsci_surface_fit(const double *x, const double *score, size_t n, bool with_floor)
{
    surface s = {x, score, n};
    fsci_surface out = {.rss = INFINITY, .se = {NAN, NAN, NAN}};
    double least = INFINITY, lo[WITH_FLOOR], hi[WITH_FLOOR], best[WITH_FLOOR];
    for (size_t i = 0; i < n; i++)
        least = fmin(least, 1 - score[i]);
    for (int j = 0; j < WITH_FLOOR; j++) {
        lo[j] = -INFINITY;
        hi[j] = INFINITY;
    }
    lo[WITH_FLOOR - 1] = hi[WITH_FLOOR - 1] = 0;
    if (with_floor)
        hi[WITH_FLOOR - 1] = fmax(0, least);
    fsci_ls_problem problem = {n, WITH_FLOOR, residuals, &s, NULL, lo, hi, FSCI_LOSS_SQUARED, 0};
    fsci_ls_options options = {.tolerance = 1e-16};
    fsci_ls_workspace *workspace = fsci_ls_workspace_new(n, WITH_FLOOR);
    for (int i = 0; i < (with_floor ? 4 : 1) && workspace; i++) {
        double p[WITH_FLOOR];
        if (!start(&s, fmax(0, least) * i / 4.0, p))
            continue;
        fsci_ls_result found = fsci_ls_solve(&problem, &options, workspace, p);
        if (found.value < out.rss) {
            out.rss = found.value;
            out.ok = true;
            memcpy(best, p, sizeof p);
        }
    }
    fsci_ls_workspace_free(workspace);
    if (!out.ok)
        return out;
    out.u = best[0];
    memcpy(out.a, best + 1, sizeof out.a);
    out.floor = best[WITH_FLOOR - 1];
    find_errors(&s, &out, best, with_floor);
    return out;
}

double fsci_surface_at(const fsci_surface *s, const double *x)
{
    double power = s->u;
    for (int j = 0; j < FSCI_AXES; j++)
        power -= s->a[j] * log(x[j]);
    return 1 - s->floor - exp(power);
}

double fsci_surface_amount(const fsci_surface *s, double score, int axis, const double *x)
{
    double e = 1 - score - s->floor, power = s->u;
    for (int j = 0; j < FSCI_AXES; j++)
        power -= j == axis ? 0 : s->a[j] * log(x[j]);
    return e > 0 && s->a[axis] > 0 ? exp((power - log(e)) / s->a[axis]) : NAN;
}

/* ---- the best split
 * ----------------------------------------------------------------------------------- */

static double log_value(const fsci_saturation *s, double x)
{
    return log(s->s_inf - (s->s_inf - s->s_0) * exp(-x / s->tau));
}

/* Sum of ln f; the third axis takes what the budget leaves. -INFINITY outside the bounds. */
static double value_at(const fsci_saturation *axes, const double *least, const double *most,
                       double budget, double *x)
{
    double sum = 0;
    x[2] = budget / (x[0] * x[1]);
    for (int j = 0; j < FSCI_AXES; j++) {
        if (x[j] < least[j] * (1 - 1e-12) || x[j] > most[j] * (1 + 1e-12))
            return -INFINITY;
        sum += log_value(&axes[j], x[j]);
    }
    return sum;
}

/* A grid over two logarithms, drawn closer around its best point again and again: the marginal
 * gains may have several crossings, so that following one of them is not enough. */
bool fsci_budget_split(const fsci_saturation *axes, const double *least, const double *most,
                       double budget, double *x)
{
    enum { HALF = 20, ZOOMS = 24 };
    double centre[2], wide[2], best = -INFINITY, at[FSCI_AXES];
    for (int j = 0; j < 2; j++) {
        centre[j] = log(least[j] * most[j]) / 2;
        wide[j] = log(most[j] / least[j]) / 2;
    }
    for (int zoom = 0; zoom < ZOOMS; zoom++) {
        double middle[2] = {centre[0], centre[1]};
        for (int i = -HALF; i <= HALF; i++)
            for (int k = -HALF; k <= HALF; k++) {
                at[0] = exp(middle[0] + wide[0] * i / HALF);
                at[1] = exp(middle[1] + wide[1] * k / HALF);
                double value = value_at(axes, least, most, budget, at);
                if (!(value > best))
                    continue;
                best = value;
                centre[0] = log(at[0]);
                centre[1] = log(at[1]);
                for (int j = 0; j < FSCI_AXES; j++)
                    x[j] = at[j];
            }
        wide[0] *= 0.4;
        wide[1] *= 0.4;
    }
    return isfinite(best);
}
