#include "observe/logit_noise.h"

#include <math.h>
#include <stdbool.h>

static const double TAU_LEAST = 0.03, TAU_MOST = 2, S0_LEAST = 0.001, S0_MOST = 0.2;
enum { GRID = 12, NEWTON_STEPS = 30 };

static double sampling(const fsci_logit_noise *noise, double m)
{
    double spread = fmax(m * (1 - m), 0);
    return noise->items > 0 ? spread / noise->items : 0;
}

double fsci_logit_noise_variance(const fsci_logit_noise *noise, double m)
{
    double effect = noise->tau * m * (1 - m);
    return sampling(noise, m) + effect * effect + noise->s0 * noise->s0;
}

/* The objective, twice the negative log of the posterior, over u = (log tau, log s0). */
typedef struct objective {
    size_t n;
    const double *m, *r;
    double scale;
    const fsci_logit_noise_prior *prior;
    const fsci_logit_noise *noise;
} objective;

typedef struct curvature {
    double g[2], h00, h01, h11;
} curvature;

static double evaluate(const objective *q, const double *u, curvature *c)
{
    double tau2 = exp(2 * u[0]), s2 = exp(2 * u[1]);
    double p0 = (u[0] - log(q->prior->tau)) / q->prior->log_tau_sd;
    double p1 = (u[1] - log(q->prior->s0)) / q->prior->log_s0_sd;
    double value = p0 * p0 + p1 * p1;
    *c = (curvature){.g = {2 * p0 / q->prior->log_tau_sd, 2 * p1 / q->prior->log_s0_sd},
                     .h00 = 2 / (q->prior->log_tau_sd * q->prior->log_tau_sd),
                     .h11 = 2 / (q->prior->log_s0_sd * q->prior->log_s0_sd)};
    for (size_t i = 0; i < q->n; i++) {
        double m = q->m[i], spread = m * (1 - m), e = q->scale * q->r[i];
        double a = tau2 * spread * spread, v = sampling(q->noise, m) + a + s2, ratio = e * e / v;
        double by_v = (1 - ratio) / v, by_vv = (2 * ratio - 1) / (v * v);
        value += log(v) + ratio;
        c->g[0] += 2 * a * by_v;
        c->g[1] += 2 * s2 * by_v;
        c->h00 += 4 * a * (by_v + a * by_vv);
        c->h01 += 4 * a * s2 * by_vv;
        c->h11 += 4 * s2 * (by_v + s2 * by_vv);
    }
    return value;
}

static void search_grid(const objective *q, const double *lo, const double *hi, double *best)
{
    double least = INFINITY;
    curvature c;
    for (int a = 0; a < GRID; a++)
        for (int b = 0; b < GRID; b++) {
            double u[2] = {lo[0] + (hi[0] - lo[0]) * a / (GRID - 1),
                           lo[1] + (hi[1] - lo[1]) * b / (GRID - 1)};
            double value = evaluate(q, u, &c);
            if (value < least) {
                least = value;
                best[0] = u[0];
                best[1] = u[1];
            }
        }
}

/* Newton's step where the surface bends upwards, else a step downhill; a coordinate that a bound
 * holds stays. */
static void propose(const curvature *c, const double *u, const double *lo, const double *hi,
                    double *step)
{
    bool held[2];
    for (int j = 0; j < 2; j++)
        held[j] = (u[j] <= lo[j] && c->g[j] > 0) || (u[j] >= hi[j] && c->g[j] < 0);
    double h00 = held[0] ? 1 : c->h00, h11 = held[1] ? 1 : c->h11;
    double h01 = held[0] || held[1] ? 0 : c->h01, det = h00 * h11 - h01 * h01;
    double g0 = held[0] ? 0 : c->g[0], g1 = held[1] ? 0 : c->g[1];
    bool convex = h00 > 0 && det > 0;
    step[0] = convex ? -(h11 * g0 - h01 * g1) / det : -g0 / (fabs(h00) + fabs(h01) + 1);
    step[1] = convex ? -(h00 * g1 - h01 * g0) / det : -g1 / (fabs(h11) + fabs(h01) + 1);
}

static void descend(const objective *q, const double *lo, const double *hi, double *u)
{
    curvature c, next;
    double value = evaluate(q, u, &c);
    for (int k = 0; k < NEWTON_STEPS; k++) {
        double step[2], to[2] = {u[0], u[1]}, size = 1, reached = INFINITY;
        propose(&c, u, lo, hi, step);
        if (fabs(step[0]) + fabs(step[1]) < 1e-12)
            return;
        for (int cut = 0; cut < 40 && !(reached < value); cut++, size /= 2) {
            for (int j = 0; j < 2; j++)
                to[j] = fmin(fmax(u[j] + size * step[j], lo[j]), hi[j]);
            reached = evaluate(q, to, &next);
        }
        if (!(reached < value))
            return;
        value = reached;
        u[0] = to[0];
        u[1] = to[1];
        c = next;
    }
}

void fsci_logit_noise_fit(size_t n, const double *m, const double *r, double scale,
                          const fsci_logit_noise_prior *prior, fsci_logit_noise *noise)
{
    objective q = {n, m, r, scale, prior, noise};
    double lo[2] = {log(TAU_LEAST), log(S0_LEAST)}, hi[2] = {log(TAU_MOST), log(S0_MOST)};
    double u[2] = {log(prior->tau), log(prior->s0)};
    search_grid(&q, lo, hi, u);
    descend(&q, lo, hi, u);
    noise->tau = exp(u[0]);
    noise->s0 = exp(u[1]);
}
