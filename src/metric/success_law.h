/* success_law: how success probabilities are spread over items, in forms other than the Beta law of
 * beta_binomial.h, whose tail at 0 decides how coverage grows (Schaeffer et al. 2025,
 * arXiv:2502.17578): p = s u with u of a Beta or a Kumaraswamy law on (0, 1), s <= 1 the largest
 * probability there is. A density like u^(a-1) at 0 gives -ln(pass@k) ~ k^-a in either.
 *
 * Probabilities of counts are integrals over logit u by the trapezium rule, whose error falls
 * exponentially for such integrands (Trefethen & Weideman 2014, SIAM Review 56); both ends are
 * geometric series. The rule's step follows the width of the likelihood. */
#ifndef FSCI_METRIC_SUCCESS_LAW_H
#define FSCI_METRIC_SUCCESS_LAW_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_success_form {
    FSCI_SUCCESS_BETA,
    FSCI_SUCCESS_KUMARASWAMY, /* density a b u^(a-1) (1 - u^a)^(b-1) */
    FSCI_SUCCESS_SCALED_BETA,
    FSCI_SUCCESS_SCALED_KUMARASWAMY,
    FSCI_SUCCESS_FORMS
} fsci_success_form;

typedef struct fsci_success_law {
    bool ok; /* false: no memory, no item, or all successes or none: nothing to fit */
    fsci_success_form form;
    double a, b, s;
    double log_likelihood, aicc; /* full, with the binomial constants */
    size_t n_parameters, n_items;
} fsci_success_law;

const char *fsci_success_name(fsci_success_form form);
fsci_success_law fsci_success_fit(fsci_success_form form, const double *n, const double *c,
                                  size_t items);
/* ln E[p^c (1 - p)^(n - c)], without the binomial constant. */
double fsci_success_log_kernel(const fsci_success_law *law, double n, double c);
double fsci_success_pass(const fsci_success_law *law, double k); /* 1 - E[(1 - p)^k] */
/* Large k: 1 - pass@k ~ C k^-a; C. */
double fsci_success_tail(const fsci_success_law *law);

/* Pearson's X2 of the numbers of items by successes when all have n samples: neighbouring counts
 * are joined until five items are expected. df is less the parameters; df < 1: too few classes, and
 * p is NaN. */
typedef struct fsci_fit_test {
    double x2, p;
    size_t classes;
    double df;
} fsci_fit_test;
fsci_fit_test fsci_success_test(const fsci_success_law *law, double n, const double *c,
                                size_t items);

#endif
