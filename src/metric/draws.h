/* draws: success probabilities from samples whose number was not fixed in advance (Hu et al. 2023,
 * arXiv:2310.03262). Counts are whole numbers held in doubles. */
#ifndef FSCI_METRIC_DRAWS_H
#define FSCI_METRIC_DRAWS_H

/* When sampling an item ended. The likelihood p^c (1-p)^(n-c) is the same for all of them, and so
 * are the maximum-likelihood estimate c/n and any posterior; what is unbiased is not. */
typedef enum fsci_stop_rule {
    FSCI_STOP_FIXED, /* after n draws */
    FSCI_STOP_UNTIL, /* at the c-th success */
    FSCI_STOP_CAPPED /* at the most draws allowed, before the success that was waited for */
} fsci_stop_rule;

/* c/n for a fixed number; (c - 1)/(n - 1) for c >= 2 until the c-th success (the only unbiased
 * function of the draws); NaN where there is none. */
double fsci_draws_unbiased(fsci_stop_rule rule, double n, double c);

/* Of K draws until the r-th success at probability p: mean of r/K, and mean and standard deviation
 * of (r - 1)/(K - 1) (NaN for r = 1), summed until what is left is below 1e-14. */
double fsci_draws_mean_mle(double p, double r);
double fsci_draws_mean_unbiased(double p, double r);
double fsci_draws_sd_unbiased(double p, double r);

#endif
