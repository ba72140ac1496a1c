/* hierarchy: one latent model of benchmarks, target, families and compute.
 *
 *   t_mj = g_j + (1 - g_j) sigmoid(eta_mj) + noise,   eta_mj = b_j + lambda_j' theta_m + e_mj
 *   theta_m = gamma_0 + gamma_1 x_m + A_f(m) + u_m,   A_f ~ N(0, Phi),   u_m ~ N(0, Psi)
 *   lambda_jk ~ N(0, 2.5^2) per deviation of theta_k,  b_j ~ N(0, 5^2),  g_target ~ |N(0, 0.05^2)|
 *
 * Scores are freed of chance and may be missing; their noise is that of logit_noise.h: questions,
 * an effect e_mj of the model on the score's own log-odds, a small rest. On the raw scale
 * benchmarks (not the target) are eta itself. x is log compute, or the date where compute is not
 * known. The target is a column as any other, and has an effect of its own of the family. What is
 * known of a family is pooled with what is known of all: an unseen one has the population's A.
 *
 * Fitted by penalised quasi-likelihood (Breslow and Clayton 1993): scores are linearised about
 * where the model is, and EM is run on the linear mixed model, theta and A integrated out by
 * Laplace's approximation. Principal components (Ruan et al. 2024), skills of families (Maia Polo
 * et al. 2024), a stitched index (Ho et al. 2025) and matrix completion are restrictions of it. */
#ifndef FSCI_OBSERVE_HIERARCHY_H
#define FSCI_OBSERVE_HIERARCHY_H

#include "base/arena.h"
#include "base/error.h"
#include "observe/logit_noise.h"
#include "observe/view.h"

enum { FSCI_HIERARCHY_MOST = 3 }; /* dimensions of theta */

/* A point of theta with its covariance (row-major, d columns). */
typedef struct fsci_latent {
    double mean[FSCI_HIERARCHY_MOST];
    double covariance[FSCI_HIERARCHY_MOST * FSCI_HIERARCHY_MOST];
    double own[FSCI_HIERARCHY_MOST * FSCI_HIERARCHY_MOST]; /* of a row's u alone */
} fsci_latent;

/* One column: a benchmark, or the target, which stands last. */
typedef struct fsci_hierarchy_column {
    double intercept, loading[FSCI_HIERARCHY_MOST], floor;
    double covariance[(FSCI_HIERARCHY_MOST + 1) * (FSCI_HIERARCHY_MOST + 1)]; /* of the two */
    fsci_logit_noise noise;
} fsci_hierarchy_column;

typedef struct fsci_hierarchy {
    fsci_view_scale scale;
    size_t n, m, p, d;      /* rows, of them training; columns; dimensions */
    const double *t;        /* [n*p] scores freed of chance, NaN where missing or to be forecast */
    double *x;              /* [n] standardised compute or date, NaN where unknown */
    const uint32_t *family; /* [n] */
    size_t n_families;
    /* Training rows of family f: grouped[start[f]] and on, members[f] of them. */
    size_t *members, *start, *grouped;
    fsci_hierarchy_column *columns;        /* [p] */
    double gamma[2 * FSCI_HIERARCHY_MOST]; /* gamma_0 then gamma_1 */
    double phi[FSCI_HIERARCHY_MOST * FSCI_HIERARCHY_MOST];
    double psi[FSCI_HIERARCHY_MOST * FSCI_HIERARCHY_MOST];
    fsci_latent *rows;     /* [n] */
    fsci_latent *families; /* [n_families] A; the population's where no member was in training */
    double family_tau;     /* deviation of the target's own effects of families */
    double *effect, *effect_variance; /* [n_families] those effects */
    int rounds;
} fsci_hierarchy;

/* Fits to the training rows, then places the others from their benchmarks, family and compute.
 * Arrays live in `arena`. Errors: FSC_EINPUT (scores that are no shares, too few rows); FSC_ENOMEM.
 */
fsc_status fsci_hierarchy_fit(fsci_arena *arena, const fsci_task *task, fsci_view_scale scale,
                              fsci_hierarchy *hierarchy, fsc_error *err);

/* eta of a column at row i, without the effect of its family; and the curve there. */
double fsci_hierarchy_eta(const fsci_hierarchy *hierarchy, size_t column, size_t i);
double fsci_hierarchy_curve(const fsci_hierarchy_column *column, double eta);

/* ---- shared by the sources of hierarchy.h ---- */

/* Inverse of a symmetric positive definite A of d <= 4 columns, row-major. */
void fsci_small_inverse(size_t d, const double *A, double *inverse);

/* Variance that the questions give to it. */
double fsci_hierarchy_sampling(const fsci_hierarchy *hierarchy, size_t column, size_t i);
/* Of the score of row i in a column: residual over slope, eta's scale; its weight as the result. */
double fsci_hierarchy_working(const fsci_hierarchy *hierarchy, size_t column, size_t i,
                              double *residual);
/* One pass of the E-step over the training rows: rows and families. Gives the largest move of a
 * mean. */
double fsci_hierarchy_expect(fsci_hierarchy *hierarchy);
/* Row i from its benchmarks, and the target where it is known, given its family. */
void fsci_hierarchy_place(fsci_hierarchy *hierarchy, size_t i);
/* Fills family_tau, effect, effect_variance from the target's residuals. Errors: FSC_ENOMEM. */
fsc_status fsci_hierarchy_pool(fsci_arena *arena, fsci_hierarchy *hierarchy, fsc_error *err);

#endif
