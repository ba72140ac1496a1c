/* budget: tokens spent as context, parallel batch and turns (arXiv:2511.15738). */
#ifndef FSCI_METRIC_BUDGET_H
#define FSCI_METRIC_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

/* Turns that break right answers with b and fix wrong ones with g: x' = x (1 - b) + (1 - x) g. */
double fsci_turn_chain(double x0, double b, double g, double turns);
double fsci_turn_limit(double b, double g); /* g / (g + b) */
/* A judge that picks a right one of B candidates with `hit` when there is one. */
double fsci_batch_judged(double p, double B, double hit);

enum { FSCI_AXES = 3 }; /* context, batch, turn */

/* ln(e - floor) = u - sum_j a_j ln x_j with e = 1 - score: exponents by least squares for the floor
 * of least squares in e. x[n * 3] point by point. */
typedef struct fsci_surface {
    bool ok;
    double u, a[FSCI_AXES], floor, rss;
    double se[FSCI_AXES];
} fsci_surface;
fsci_surface fsci_surface_fit(const double *x, const double *score, size_t n, bool with_floor);
double fsci_surface_at(const fsci_surface *s, const double *x);
/* The amount of `axis` that gives `score` with the other two as in x[3]; NaN when no amount does:
 * the score is beyond the floor, or the axis has no effect. */
double fsci_surface_amount(const fsci_surface *s, double score, int axis, const double *x);

/* One axis: s_inf - (s_inf - s_0) exp(-x/tau), as a share of what is left to gain. */
typedef struct fsci_saturation {
    double s_inf, s_0, tau;
} fsci_saturation;
/* The split x_0 x_1 x_2 = budget, each within [least, most], that maximises the product of the
 * axes' values, by search over a grid that closes in. x[3] out. False: the bounds exclude it. */
bool fsci_budget_split(const fsci_saturation *axes, const double *least, const double *most,
                       double budget, double *x);

#endif
