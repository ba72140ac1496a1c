#include "metric/success_law.h"

#include "metric/count_cells.h"
#include "metric/minimise.h"
#include "num/distribution.h"
#include "num/special.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    PARAMETERS = 3,
    LEVELS = 12
}; /* ln a, ln b, logit s; steps of the rule, each half the one before */
static const double WIDEST = 0.25;   /* step, in logit u */
static const double NEGLIGIBLE = 42; /* exp(-42) of the peak */

const char *fsci_success_name(fsci_success_form form)
{
    static const char *const names[] = {"beta", "kumaraswamy", "scaled beta", "scaled kumaraswamy"};
    return names[form];
}

static bool is_scaled(fsci_success_form form)
{
    return form == FSCI_SUCCESS_SCALED_BETA || form == FSCI_SUCCESS_SCALED_KUMARASWAMY;
}

static bool is_beta(fsci_success_form form)
{
    return form == FSCI_SUCCESS_BETA || form == FSCI_SUCCESS_SCALED_BETA;
}

/* ---- the law at one u -------------------------------------------------------------------------
 */

/* All that does not depend on the counts. */
typedef struct node {
    double success, failure; /* ln p, ln(1 - p) */
    double density;          /* log, of logit u */
    double by_a, by_b;       /* its derivatives by ln a and ln b */
    double failure_by_s;     /* u / (1 - p) */
} node;

static node node_at(const fsci_success_law *law, const double *psi, double x)
{
    double rest = log1p(exp(-fabs(x)));
    double u = -rest - (x < 0 ? -x : 0), v = -rest - (x > 0 ? x : 0); /* ln u, ln(1 - u) */
    double a = law->a, b = law->b;
    node at = {.success = u, .failure = v};
    if (is_beta(law->form)) {
        at.density = a * u + b * v - psi[0];
        at.by_a = a * (u - psi[1]);
        at.by_b = b * (v - psi[2]);
    } else {
        double above = log(-expm1(a * u)); /* ln(1 - u^a) */
        at.density = psi[0] + a * u + (b - 1) * above + v;
        at.by_a = 1 + a * u - (b - 1) * a * u * exp(a * u - above);
        at.by_b = 1 + b * above;
    }
    if (law->s < 1) {
        double p = law->s * exp(u);
        at.success = log(law->s) + u;
        at.failure = log1p(-p);
        at.failure_by_s = exp(u) / (1 - p);
    }
    return at;
}

/* ---- the rule ---------------------------------------------------------------------------------
 */

/* Nodes x = i h, computed when first asked for. */
typedef struct nodes {
    node *at[2]; /* i >= 0, i < 0 */
    size_t n[2];
} nodes;

typedef struct rule {
    const fsci_success_law *law;
    double psi[PARAMETERS]; /* constants of the density */
    nodes level[LEVELS];
    bool failed; /* out of memory */
} rule;

static rule rule_of(const fsci_success_law *law)
{
    rule r = {.law = law};
    double a = law->a, b = law->b;
    if (is_beta(law->form)) {
        r.psi[0] = fsci_log_gamma(a) - fsci_log_gamma_ratio(b, a); /* ln B(a, b) */
        r.psi[1] = fsci_digamma(a) - fsci_digamma(a + b);
        r.psi[2] = fsci_digamma(b) - fsci_digamma(a + b);
    } else {
        r.psi[0] = log(a) + log(b);
    }
    return r;
}

static void rule_free(rule *r)
{
    for (int j = 0; j < LEVELS; j++)
        for (int side = 0; side < 2; side++)
            free(r->level[j].at[side]);
}

static double step_of(int level)
{
    return ldexp(WIDEST, -level);
}

static const node *get_node(rule *r, int level, long i)
{
    static const node nowhere = {0};
    nodes *g = &r->level[level];
    int side = i < 0;
    size_t at = (size_t)(side ? -i - 1 : i);
    if (at >= g->n[side]) {
        size_t n = at + at / 2 + 64;
        node *more = realloc(g->at[side], n * sizeof *more);
        if (!more) {
            r->failed = true;
            return &nowhere;
        }
        g->at[side] = more;
        for (size_t k = g->n[side]; k < n; k++)
            more[k] = (node){.success = NAN}; /* not yet */
        g->n[side] = n;
    }
    node *found = &g->at[side][at];
    if (isnan(found->success))
        *found = node_at(r->law, r->psi, (double)i * step_of(level));
    return found;
}

static double log_integrand(const node *at, double n, double c)
{
    return (c > 0 ? c * at->success : 0) + (n - c) * at->failure + at->density;
}

/* The largest step that resolves likelihood and density: both are about normal in logit u. */
static int level_of(const fsci_success_law *law, double n, double c, double *peak)
{
    double a = law->a, b = law->b, p = (c + a) / (n + a + b);
    double u = fmin(p / law->s, 1 - 1e-6);
    double sharp = n * law->s * u * (1 - u) * (1 - u) / (1 - law->s * u);
    double spread = is_beta(law->form) ? (a + b) * u * (1 - u) : a * a + (a + b) * u * (1 - u);
    double widest = 0.6 / sqrt(sharp + spread);
    int level = 0;
    while (level < LEVELS - 1 && step_of(level) > widest)
        level++;
    *peak = log(u / (1 - u));
    return level;
}

typedef struct sums {
    double value, by[PARAMETERS]; /* in units of exp(peak) */
} sums;

static double add_node(const fsci_success_law *law, const node *at, double n, double c, double peak,
                       sums *s)
{
    double w = exp(log_integrand(at, n, c) - peak);
    s->value += w;
    s->by[0] += w * at->by_a;
    s->by[1] += w * at->by_b;
    if (law->s < 1)
        s->by[2] += w * (1 - law->s) * (c - (n - c) * law->s * at->failure_by_s);
    return w;
}

/* From node i outwards: until nothing is left, or the rest is a geometric series of that `slope`.
 */
static void add_side(rule *r, int level, long i, int way, double n, double c, double peak, sums *s)
{
    enum { MOST = 1 << 16 };
    const fsci_success_law *law = r->law;
    double h = step_of(level), scale = n + law->a + law->b + 1;
    double far = NEGLIGIBLE + log(scale), slope = law->b + (law->s < 1 ? 0 : n - c), w = 0;
    if (way < 0) {
        slope = law->a + c;
        far = is_beta(law->form) ? far : fmax(far, far / law->a);
    }
    const node *at = NULL;
    for (long count = 0; count < MOST && !r->failed; count++, i += way) {
        at = get_node(r, level, i);
        w = add_node(law, at, n, c, peak, s);
        bool gone = w < exp(-NEGLIGIBLE) && slope * h > 1e-3;
        if (gone || (double)way * (double)i * h > far)
            break;
    }
    if (!at)
        return;
    double ratio = exp(-h * slope), rest = w * ratio / -expm1(-h * slope);
    s->value += rest;
    s->by[0] += rest * at->by_a;
    s->by[1] += rest * at->by_b;
    s->by[way < 0 ? 0 : 1] -= (way < 0 ? law->a : law->b) * h * rest / -expm1(-h * slope);
    if (law->s < 1)
        s->by[2] += rest * (1 - law->s) * (c - (n - c) * law->s * at->failure_by_s);
}

/* ln of the integral; its gradient by ln a, ln b, logit s. */
static double integrate(rule *r, double n, double c, double *gradient)
{
    double where, peak;
    int level = level_of(r->law, n, c, &where);
    long i = lround(where / step_of(level));
    peak = log_integrand(get_node(r, level, i), n, c);
    for (int way = -1; way <= 1; way += 2) /* to the top */
        for (double next; !r->failed; i += way, peak = next) {
            next = log_integrand(get_node(r, level, i + way), n, c);
            if (!(next > peak))
                break;
        }
    sums s = {0};
    add_side(r, level, i, 1, n, c, peak, &s);
    add_side(r, level, i - 1, -1, n, c, peak, &s);
    for (int j = 0; j < PARAMETERS && gradient; j++)
        gradient[j] = s.by[j] / s.value;
    return peak + log(s.value * step_of(level));
}

double fsci_success_log_kernel(const fsci_success_law *law, double n, double c)
{
    rule r = rule_of(law);
    double value = integrate(&r, n, c, NULL);
    bool failed = r.failed;
    rule_free(&r);
    return failed ? NAN : value;
}

double fsci_success_pass(const fsci_success_law *law, double k)
{
    return -expm1(fsci_success_log_kernel(law, k, 0));
}

double fsci_success_tail(const fsci_success_law *law)
{
    double a = law->a, b = law->b;
    double head = is_beta(law->form) ? fsci_log_gamma_ratio(b, a) /* Gamma(a) / B(a, b) */
                                     : log(a) + log(b) + fsci_log_gamma(a);
    return exp(head - a * log(law->s));
}

/* ---- maximum likelihood ------------------------------------------------------------------------
 */

typedef struct likelihood {
    const fsci_count_cell *cells;
    size_t n;
    fsci_success_form form;
} likelihood;

static fsci_success_law law_at(fsci_success_form form, const double *theta)
{
    return (fsci_success_law){.form = form,
                              .a = exp(theta[0]),
                              .b = exp(theta[1]),
                              .s = is_scaled(form) ? 1 / (1 + exp(-theta[2])) : 1};
}

static double minus_log(void *context, const double *theta, double *g)
{
    const likelihood *l = context;
    fsci_success_law law = law_at(l->form, theta);
    size_t m = is_scaled(l->form) ? 3 : 2;
    double sum = 0, by[PARAMETERS];
    for (size_t j = 0; j < m; j++) {
        g[j] = 0;
        if (fabs(theta[j]) > 20) /* no law that counts could tell from its neighbours */
            return NAN;
    }
    rule r = rule_of(&law);
    for (size_t i = 0; i < l->n && !r.failed; i++) {
        sum += l->cells[i].weight * integrate(&r, l->cells[i].n, l->cells[i].c, by);
        for (size_t j = 0; j < m; j++)
            g[j] -= l->cells[i].weight * by[j];
    }
    bool failed = r.failed;
    rule_free(&r);
    return failed ? NAN : -sum;
}

/* Starts of little and of much spread around the mean rate; the ceiling just above the largest. */
static double best_fit(likelihood *l, double mean, double most, double *theta)
{
    static const double sizes[] = {0.3, 3};
    double best = INFINITY, s = is_scaled(l->form) ? fmin(0.98, 1.05 * most) : 1;
    size_t m = is_scaled(l->form) ? 3 : 2;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double x[PARAMETERS] = {log(sizes[i]), log(sizes[i] * (s / mean - 1) + 1e-3),
                                log(s / (1 - fmin(s, 0.98)))};
        fsci_minimum found = fsci_minimise(minus_log, l, m, x);
        if (found.value < best) {
            best = found.value;
            memcpy(theta, x, m * sizeof *x);
        }
    }
    return best;
}

fsci_success_law fsci_success_fit(fsci_success_form form, const double *n, const double *c,
                                  size_t items)
{
    fsci_success_law law = {.form = form, .a = NAN, .b = NAN, .s = NAN};
    likelihood l = {.form = form};
    double samples = 0, successes = 0, most = 0, theta[PARAMETERS] = {0};
    for (size_t i = 0; i < items; i++) {
        samples += n[i];
        successes += c[i];
        most = fmax(most, c[i] / n[i]);
    }
    fsci_count_cell *cells = fsci_count_cells(n, c, items, &l.n);
    if (!cells || items < 2 || !(successes > 0 && successes < samples)) {
        free(cells);
        return law;
    }
    l.cells = cells;
    double least = best_fit(&l, successes / samples, most, theta);
    if (isfinite(least)) {
        double m = is_scaled(form) ? 3 : 2, count = (double)items;
        law = law_at(form, theta);
        law.ok = true;
        law.n_items = items;
        law.n_parameters = (size_t)m;
        law.log_likelihood = fsci_count_log_constant(cells, l.n) - least;
        law.aicc = count > m + 1
                       ? 2 * m - 2 * law.log_likelihood + 2 * m * (m + 1) / (count - m - 1)
                       : NAN;
    }
    free(cells);
    return law;
}

/* ---- goodness of fit ----------------------------------------------------------------------------
 */

fsci_fit_test fsci_success_test(const fsci_success_law *law, double n, const double *c,
                                size_t items)
{
    const double fewest = 5;
    fsci_fit_test t = {.p = NAN};
    double expected = 0, seen = 0, left = (double)items;
    rule r = rule_of(law);
    double *count = calloc((size_t)n + 1, sizeof *count);
    for (size_t i = 0; i < items && count; i++)
        count[(size_t)c[i]]++;
    for (double k = 0; k <= n && count && !r.failed; k++) {
        double choose = fsci_log_gamma_ratio(n - k + 1, k) - fsci_log_gamma(k + 1);
        expected += (double)items * exp(choose + integrate(&r, n, k, NULL));
        seen += count[(size_t)k];
        bool last = k == n;
        if (expected < fewest || (left - expected < fewest && !last))
            continue;
        expected = last ? left : expected; /* what rounding and the last classes leave */
        t.x2 += (seen - expected) * (seen - expected) / expected;
        t.classes++;
        left -= expected;
        expected = seen = 0;
    }
    t.df = (double)t.classes - 1 - (double)law->n_parameters;
    if (count && !r.failed && t.df >= 1)
        t.p = fsci_chi2_upper(t.x2, t.df);
    free(count);
    rule_free(&r);
    return t;
}
