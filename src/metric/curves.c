#include "metric/curves.h"

#include "metric/regress.h"
#include "opt/least_squares.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every form but the bent one is c0 + c1 phi(x; shape): shape parameters are started on a grid and
 * c0, c1 solved for; then all of them are refined together. */
typedef struct form {
    const char *name;
    size_t n;
    const char *parameters[FSCI_FORM_MOST];
    bool positive_x;
    /* Value at x; gradient into g. */
    double (*value)(const double *p, double x, double *g);
    /* The i-th start from the data; false past the last. */
    bool (*start)(const double *x, const double *y, size_t n, size_t i, double *p);
} form;

static double extent(const double *x, size_t n, double *least)
{
    double most = -INFINITY;
    *least = INFINITY;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, x[i]);
        *least = fmin(*least, x[i]);
    }
    return most;
}

/* c0 and c1 of a line of y on phi[n]; c0 is 0 when there is no offset. */
static bool solve_linear(const double *phi, const double *y, size_t n, bool offset, double *c0,
                         double *c1)
{
    double py = 0, pp = 0;
    *c0 = 0;
    if (offset) {
        fsci_polynomial line = fsci_polynomial_fit(phi, y, n, 1);
        *c0 = line.ok ? fsci_line_intercept(&line) : NAN;
        *c1 = line.ok ? fsci_polynomial_leading(&line) : NAN;
        return line.ok;
    }
    for (size_t i = 0; i < n; i++) {
        py += phi[i] * y[i];
        pp += phi[i] * phi[i];
    }
    *c1 = py / pp;
    return pp > 0;
}

/* A start whose shape parameter is `shape`: phi of the data through `f`, then c0 and c1. */
static bool from_shape(const double *x, const double *y, size_t n,
                       double (*f)(double x, double a, double b), double a, double b, bool offset,
                       double *c0, double *c1)
{
    double *phi = malloc((n + 1) * sizeof *phi);
    for (size_t i = 0; i < n && phi; i++)
        phi[i] = f(x[i], a, b);
    bool good = phi && solve_linear(phi, y, n, offset, c0, c1);
    free(phi);
    return good;
}

/* Between the ends of the data, on a logarithmic grid that overhangs by `air` at both. */
static double along(const double *x, size_t n, size_t i, size_t steps, double air)
{
    double least, most = extent(x, n, &least);
    least = least > 0 ? least : most / 100;
    double from = log(least / air), to = log(most * air);
    return exp(from + (to - from) * (double)i / (double)(steps - 1));
}

static double linear(const double *p, double x, double *g)
{
    g[0] = 1;
    g[1] = x;
    return p[0] + p[1] * x;
}

static double identity(double x, double a, double b)
{
    (void)a;
    (void)b;
    return x;
}

static bool start_linear(const double *x, const double *y, size_t n, size_t i, double *p)
{
    return i == 0 && from_shape(x, y, n, identity, 0, 0, true, &p[0], &p[1]);
}

static double logarithmic(const double *p, double x, double *g)
{
    g[0] = 1;
    g[1] = log(x);
    return p[0] + p[1] * g[1];
}

static double log_of(double x, double a, double b)
{
    (void)a;
    (void)b;
    return log(x);
}

static bool start_log(const double *x, const double *y, size_t n, size_t i, double *p)
{
    return i == 0 && from_shape(x, y, n, log_of, 0, 0, true, &p[0], &p[1]);
}

static double decay(double x, double tau, double b)
{
    (void)b;
    return exp(-x / tau);
}

static double saturating(const double *p, double x, double *g)
{
    double e = exp(-x / p[2]);
    g[0] = 1 - e;
    g[1] = e;
    g[2] = -(p[0] - p[1]) * e * x / (p[2] * p[2]);
    return p[0] - (p[0] - p[1]) * e;
}

static bool start_saturating(const double *x, const double *y, size_t n, size_t i, double *p)
{
    enum { STEPS = 12 };
    double c1;
    if (i >= STEPS)
        return false;
    p[2] = along(x, n, i, STEPS, 3);
    if (!from_shape(x, y, n, decay, p[2], 0, true, &p[0], &c1))
        p[0] = c1 = NAN;
    p[1] = p[0] + c1;
    return true;
}

static double sigmoid_log(double x, double h, double x50)
{
    return 1 / (1 + pow(x50 / x, h));
}

static double hill(const double *p, double x, double *g)
{
    double u = log(x / p[3]), f = 1 / (1 + exp(-p[2] * u)), rise = p[0] - p[1];
    g[0] = f;
    g[1] = 1 - f;
    g[2] = rise * f * (1 - f) * u;
    g[3] = -rise * f * (1 - f) * p[2] / p[3];
    return p[1] + rise * f;
}

static bool start_hill(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double steep[] = {0.5, 1, 2, 4};
    enum { STEPS = 6 };
    double c1;
    if (i >= 4 * STEPS)
        return false;
    p[2] = steep[i % 4];
    p[3] = along(x, n, i / 4, STEPS, 2);
    if (!from_shape(x, y, n, sigmoid_log, p[2], p[3], true, &p[1], &c1))
        p[1] = c1 = NAN;
    p[0] = p[1] + c1;
    return true;
}

static double logistic_log(const double *p, double x, double *g)
{
    double u = log(x / p[1]), f = 1 / (1 + exp(-p[0] * u));
    g[0] = f * (1 - f) * u;
    g[1] = -f * (1 - f) * p[0] / p[1];
    return f;
}

static bool start_logistic_log(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double steep[] = {-1, 0.5, 1, 2};
    enum { STEPS = 8 };
    (void)y;
    if (i >= 4 * STEPS)
        return false;
    p[0] = steep[i % 4];
    p[1] = along(x, n, i / 4, STEPS, 100);
    return true;
}

static double power_of(double x, double b, double unused)
{
    (void)unused;
    return pow(x, b);
}

static double power_error(const double *p, double x, double *g)
{
    double f = pow(x, -p[2]);
    g[0] = -1;
    g[1] = -f;
    g[2] = p[1] * f * log(x);
    return 1 - p[0] - p[1] * f;
}

static bool start_power_error(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double exponents[] = {0.1, 0.25, 0.5, 1, 2};
    double c0, c1;
    if (i >= sizeof exponents / sizeof *exponents)
        return false;
    p[2] = exponents[i];
    if (!from_shape(x, y, n, power_of, -p[2], 0, true, &c0, &c1))
        c0 = c1 = NAN;
    p[0] = 1 - c0;
    p[1] = -c1;
    return true;
}

static double bent(const double *p, double x, double *g)
{
    double u = log(x / p[2]);
    g[0] = 1;
    g[1] = u * u;
    g[2] = -2 * p[1] * u / p[2];
    return p[0] + p[1] * u * u;
}

static bool start_bent(const double *x, const double *y, size_t n, size_t i, double *p)
{
    double *logs = malloc((n + 1) * sizeof *logs);
    for (size_t j = 0; j < n && logs; j++)
        logs[j] = log(x[j]);
    fsci_polynomial q = {0};
    if (logs)
        q = fsci_polynomial_fit(logs, y, n, 2);
    free(logs);
    double vertex = fsci_polynomial_vertex(&q);
    p[0] = fsci_polynomial_at(&q, vertex);
    p[1] = fsci_polynomial_leading(&q);
    p[2] = exp(vertex);
    return i == 0 && q.ok && isfinite(p[2]);
}

static double exponential(const double *p, double x, double *g)
{
    g[0] = exp(p[1] * x);
    g[1] = p[0] * x * g[0];
    return p[0] * g[0];
}

static double growth(double x, double r, double b)
{
    (void)b;
    return exp(r * x);
}

static bool start_exponential(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double rates[] = {-5, -1, -0.1, 0.1, 1, 3, 6, 12};
    double least, wide = extent(x, n, &least) - least, c0;
    if (i >= sizeof rates / sizeof *rates)
        return false;
    p[1] = rates[i] / wide;
    if (!from_shape(x, y, n, growth, p[1], 0, false, &c0, &p[0]))
        p[0] = NAN;
    return true;
}

static double power(const double *p, double x, double *g)
{
    double f = x > 0 ? pow(x, p[2]) : 0;
    g[0] = 1;
    g[1] = f;
    g[2] = x > 0 ? p[1] * f * log(x) : 0;
    return p[0] + p[1] * f;
}

static double power_from_zero(double x, double b, double unused)
{
    (void)unused;
    return x > 0 ? pow(x, b) : 0;
}

static bool start_power(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double exponents[] = {0.3, 0.6, 1, 1.5, 2.5, 4};
    if (i >= sizeof exponents / sizeof *exponents)
        return false;
    p[2] = exponents[i];
    if (!from_shape(x, y, n, power_from_zero, p[2], 0, true, &p[0], &p[1]))
        p[0] = NAN;
    return true;
}

static double logistic(const double *p, double x, double *g)
{
    double f = 1 / (1 + exp(-p[1] * (x - p[2])));
    g[0] = f;
    g[1] = p[0] * f * (1 - f) * (x - p[2]);
    g[2] = -p[0] * f * (1 - f) * p[1];
    return p[0] * f;
}

static double logistic_of(double x, double r, double x0)
{
    return 1 / (1 + exp(-r * (x - x0)));
}

static bool start_logistic(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double rates[] = {2, 5, 10}, places[] = {0.25, 0.5, 0.75, 1.2};
    double least, wide = extent(x, n, &least) - least, c0;
    if (i >= 12)
        return false;
    p[1] = rates[i % 3] / wide;
    p[2] = least + places[i / 3] * wide;
    if (!from_shape(x, y, n, logistic_of, p[1], p[2], false, &c0, &p[0]))
        p[0] = NAN;
    return true;
}

static double hyperbolic(const double *p, double x, double *g)
{
    double gap = 1 - x / p[1];
    g[0] = 1 / gap;
    g[1] = -p[0] * x / (p[1] * p[1] * gap * gap);
    return gap > 0 ? p[0] / gap : NAN;
}

static double hyperbola(double x, double xc, double b)
{
    (void)b;
    return 1 / (1 - x / xc);
}

static bool start_hyperbolic(const double *x, const double *y, size_t n, size_t i, double *p)
{
    static const double beyond[] = {1.02, 1.1, 1.5, 3, 10};
    double least, most = extent(x, n, &least), c0;
    if (i >= sizeof beyond / sizeof *beyond || !(most > 0))
        return false;
    p[1] = most * beyond[i];
    if (!from_shape(x, y, n, hyperbola, p[1], 0, false, &c0, &p[0]))
        p[0] = NAN;
    return true;
}

static const form forms[FSCI_FORMS] = {
    [FSCI_FORM_LINEAR] = {"linear", 2, {"a", "b"}, false, linear, start_linear},
    [FSCI_FORM_LOG] = {"log-linear", 2, {"a", "b"}, true, logarithmic, start_log},
    [FSCI_FORM_SATURATING] =
        {"saturating exponential", 3, {"s_inf", "s_0", "tau"}, false, saturating, start_saturating},
    [FSCI_FORM_HILL] = {"Hill", 4, {"s_inf", "s_0", "h", "x50"}, true, hill, start_hill},
    [FSCI_FORM_LOGISTIC_LOG] =
        {"logistic in ln x", 2, {"h", "x50"}, true, logistic_log, start_logistic_log},
    [FSCI_FORM_POWER_ERROR] =
        {"power-law error", 3, {"e_inf", "A", "b"}, true, power_error, start_power_error},
    [FSCI_FORM_BENT] = {"parabola in ln x", 3, {"top", "c", "x0"}, true, bent, start_bent},
    [FSCI_FORM_EXPONENTIAL] =
        {"exponential", 2, {"K0", "r"}, false, exponential, start_exponential},
    [FSCI_FORM_POWER] = {"power", 3, {"K0", "A", "b"}, false, power, start_power},
    [FSCI_FORM_LOGISTIC] = {"logistic", 3, {"K", "r", "x0"}, false, logistic, start_logistic},
    [FSCI_FORM_HYPERBOLIC] = {"hyperbolic", 2, {"K0", "xc"}, false, hyperbolic, start_hyperbolic},
};

const char *fsci_form_name(fsci_form f)
{
    return forms[f].name;
}

size_t fsci_form_parameters(fsci_form f)
{
    return forms[f].n;
}

const char *fsci_form_parameter(fsci_form f, size_t i)
{
    return forms[f].parameters[i];
}

bool fsci_form_needs_positive_x(fsci_form f)
{
    return forms[f].positive_x;
}

/* ---- least squares ------------------------------------------------------------------------------
 */

typedef struct data {
    const form *form;
    const double *x, *y;
    size_t n;
    bool logs;
} data;

static bool residuals(void *context, const double *p, double *r, double *J, size_t stride)
{
    const data *d = context;
    double g[FSCI_FORM_MOST];
    for (size_t i = 0; i < d->n; i++) {
        double value = d->form->value(p, d->x[i], g);
        r[i] = d->logs ? log(value) - log(d->y[i]) : value - d->y[i];
        if (!isfinite(r[i]))
            return false;
        for (size_t j = 0; J && j < d->form->n; j++) {
            J[j * stride + i] = d->logs ? g[j] / value : g[j];
            if (!isfinite(J[j * stride + i]))
                return false;
        }
    }
    return true;
}

/* Values at which a form is undefined: x at or below 0 under a logarithm, y likewise. */
static bool is_defined(const data *d)
{
    for (size_t i = 0; i < d->n; i++)
        if (!isfinite(d->x[i]) || !isfinite(d->y[i]) || (d->form->positive_x && !(d->x[i] > 0)) ||
            (d->logs && !(d->y[i] > 0)))
            return false;
    return d->n >= d->form->n;
}

static double information(const data *d, double rss)
{
    double squares = 0, jacobian = 0;
    for (size_t i = 0; i < d->n; i++) {
        double y = d->logs ? log(d->y[i]) : d->y[i];
        squares += y * y;
        jacobian += d->logs ? 2 * y : 0;
    }
    return fsci_aicc(rss, squares + (d->logs ? (double)d->n : 0), d->n, d->form->n) + jacobian;
}

fsci_fitted_form fsci_form_fit(fsci_form which, const double *x, const double *y, size_t n,
                               bool logs)
{
    fsci_fitted_form best = {.form = which, .rss = INFINITY, .aicc = NAN, .n = n};
    data d = {&forms[which], x, y, n, logs};
    size_t p = d.form->n;
    fsci_ls_problem problem = {.n = n, .p = p, .residual = residuals, .context = &d};
    fsci_ls_options options = {.tolerance = 1e-16};
    fsci_ls_workspace *workspace = is_defined(&d) ? fsci_ls_workspace_new(n, p) : NULL;
    double theta[FSCI_FORM_MOST];
    for (size_t i = 0; workspace && d.form->start(x, y, n, i, theta); i++) {
        bool finite = true;
        for (size_t j = 0; j < p; j++)
            finite = finite && isfinite(theta[j]);
        if (!finite)
            continue;
        fsci_ls_result found = fsci_ls_solve(&problem, &options, workspace, theta);
        if (found.stop == FSCI_STOP_DOMAIN || !(found.value < best.rss))
            continue;
        best.rss = found.value;
        best.ok = true;
        memcpy(best.p, theta, p * sizeof *theta);
    }
    fsci_ls_workspace_free(workspace);
    if (best.ok)
        best.aicc = information(&d, best.rss);
    return best;
}

double fsci_form_at(const fsci_fitted_form *c, double x)
{
    double g[FSCI_FORM_MOST];
    return forms[c->form].value(c->p, x, g);
}
