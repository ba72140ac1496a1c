/* curves: forms for a score against an amount, or a quantity against time, of two or three
 * parameters, fitted by least squares and compared by AICc. */
#ifndef FSCI_METRIC_CURVES_H
#define FSCI_METRIC_CURVES_H

#include <stdbool.h>
#include <stddef.h>

typedef enum fsci_form {
    FSCI_FORM_LINEAR,       /* a + b x */
    FSCI_FORM_LOG,          /* a + b ln x */
    FSCI_FORM_SATURATING,   /* s_inf - (s_inf - s_0) exp(-x/tau): s_inf, s_0, tau */
    FSCI_FORM_HILL,         /* s_0 + (s_inf - s_0) x^h / (x^h + x50^h): s_inf, s_0, h, x50 */
    FSCI_FORM_LOGISTIC_LOG, /* 1 / (1 + (x50/x)^h), from 0 to 1: h, x50 */
    FSCI_FORM_POWER_ERROR,  /* 1 - e_inf - A x^-b: e_inf, A, b */
    FSCI_FORM_BENT,         /* top + c (ln x - ln x0)^2: top, c, x0 */
    FSCI_FORM_EXPONENTIAL,  /* K0 exp(r x): K0, r */
    FSCI_FORM_POWER,        /* K0 + A x^b: K0, A, b */
    FSCI_FORM_LOGISTIC,     /* K / (1 + exp(-r (x - x0))): K, r, x0 */
    FSCI_FORM_HYPERBOLIC,   /* K0 / (1 - x/xc): K0, xc beyond the data */
    FSCI_FORMS
} fsci_form;

enum { FSCI_FORM_MOST = 4 };

const char *fsci_form_name(fsci_form form);
size_t fsci_form_parameters(fsci_form form);
const char *fsci_form_parameter(fsci_form form, size_t i);
bool fsci_form_needs_positive_x(fsci_form form);

typedef struct fsci_fitted_form {
    bool ok; /* false: fewer points than parameters, or x or y where the form has no value */
    fsci_form form;
    double p[FSCI_FORM_MOST];
    double rss, aicc; /* of ln y when `logs`; aicc NaN when n <= parameters + 2 */
    size_t n;
} fsci_fitted_form;

/* `logs`: errors are log-normal, so that residuals are of ln y (y > 0), and aicc has the Jacobian
 * of that change of variable: comparable with the other kind. */
fsci_fitted_form fsci_form_fit(fsci_form form, const double *x, const double *y, size_t n,
                               bool logs);
double fsci_form_at(const fsci_fitted_form *c, double x);

/* Hinge of Snell et al. 2024 (arXiv:2411.16035): y = base for x >= E, base + slope (E - x) for
 * x < E, by least squares over E, base and slope. */
typedef struct fsci_elbow {
    bool ok; /* false: no point beyond the base: `bound` says E is below the least x */
    bool bound;
    double elbow, base, slope, rss;
    double lo, hi; /* of the elbow, by profile likelihood; infinite ends stay within the data */
    size_t n;
} fsci_elbow;
/* base NaN: fitted; slope NaN: fitted. */
fsci_elbow fsci_elbow_fit(const double *x, const double *y, size_t n, double base, double slope,
                          double level);

#endif
