/* verifier: sampling until an imperfect verifier accepts (Stroebl et al. 2024, arXiv:2411.17501).
 *
 * Task type t has weight w_t and solve probability r_t. The verifier accepts right answers with
 * probability C (completeness) and rejects wrong ones with S (soundness). Per attempt: right
 * accepted a = C r, wrong accepted f = (1-S)(1-r), rejected beta = (1-C) r + S (1-r). */
#ifndef FSCI_METRIC_VERIFIER_H
#define FSCI_METRIC_VERIFIER_H

#include <stddef.h>

typedef struct fsci_verifier {
    const double *r, *w; /* [types], w sums to 1 */
    size_t types;
    double completeness, soundness;
    double value, wrong, cost; /* of a right answer, of a wrong one (negative), of an attempt */
} fsci_verifier;

typedef struct fsci_attempts {
    double right, wrong, abstain, draws, reward;
    double with_fallback; /* right, when a random rejected answer is given in place of none */
} fsci_attempts;

/* After at most k attempts; INFINITY: the limit (a type that is never accepted stays abstained,
 * and then draws is infinite). */
fsci_attempts fsci_verifier_after(const fsci_verifier *v, double k);
/* Value of the k-th attempt: sum w beta^(k-1) (V a + F f - cost). */
double fsci_verifier_marginal(const fsci_verifier *v, double k);
/* The last k with a positive marginal value: 0 when there is none, INFINITY when there is no last
 * one up to a million. */
double fsci_verifier_best(const fsci_verifier *v);
/* Right answers among accepted ones of one attempt. */
double fsci_verifier_precision(const fsci_verifier *v);

/* From n samples of a task of which v were accepted, g of those right, without replacement: the
 * first accepted one of k is right, is wrong. */
void fsci_verifier_task(double n, double v, double g, double k, double *right, double *wrong);
/* Expected attempts until the first accepted one, at most k: sum_{j<k} C(n-v,j)/C(n,j). */
double fsci_verifier_task_draws(double n, double v, double k);

#endif
