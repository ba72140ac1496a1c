#include "fit/linked.h"

#include <math.h>
#include <string.h>

/* ---- from names to links ---- */

static bool same_group(const fsci_parameter *a, const fsci_parameter *b)
{
    return !b->group || (a->group && !strcmp(a->group, b->group));
}

static fsc_status no_other(const fsci_parameter *p, const char *name, const fsci_parameter *all,
                           size_t n, fsc_error *err)
{
    const char *names[64] = {0};
    size_t m = 0;
    for (size_t i = 0; i < n && m < 64; i++) {
        if (!strcmp(all[i].name, name))
            return fsci_fail(err, FSC_EUSAGE,
                             "the bound of '%s' is '%s', which has a value for each group; only a "
                             "parameter with the same groups can be bounded by it",
                             p->name, name);
        if (!m || strcmp(names[m - 1], all[i].name) != 0) /* once for all its groups */
            names[m++] = all[i].name;
    }
    const char *near = fsci_nearest(name, names, m);
    fsci_buffer list = {0};
    for (size_t i = 0; i < m; i++)
        fsci_buffer_printf(&list, "%s%s", i ? ", " : "", names[i]);
    fsc_status status =
        fsci_fail(err, FSC_EUSAGE,
                  "the bound of '%s' is '%s', neither a number nor a parameter%s%s%s (%.150s)",
                  p->name, name, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "",
                  list.data ? list.data : "");
    fsci_buffer_free(&list);
    return status;
}

/* The parameter of the name, in the same group. */
static fsc_status find_other(const fsci_parameter *all, size_t n, size_t i, size_t *other,
                             fsc_error *err)
{
    const char *name = all[i].above ? all[i].above : all[i].below;
    for (*other = 0; *other < n; ++*other)
        if (!strcmp(all[*other].name, name) && same_group(&all[i], &all[*other]))
            break;
    if (*other == n)
        return no_other(&all[i], name, all, n, err);
    return *other != i ? FSC_OK
                       : fsci_fail(err, FSC_EUSAGE, "the bound of '%s' is '%s' itself", name, name);
}

static size_t root_of(const fsci_parameter *all, size_t i)
{
    return all[i].role == FSCI_TIED ? all[i].tied_to : i;
}

/* A bound in numbers on p, an upper one or a lower. */
static fsc_status hold_to(fsci_parameter *p, bool upper, double value, const char *other,
                          fsc_error *err)
{
    if (p->role == FSCI_FIXED ? (upper ? p->value > value : p->value < value)
                              : (upper ? value <= p->lo : value >= p->hi))
        return fsci_fail(err, FSC_EUSAGE,
                         "with '%s' fixed at %g, which bounds '%s', nothing is left for '%s'",
                         other, value, p->name, p->name);
    if (upper)
        p->hi = fmin(p->hi, value);
    else
        p->lo = fmax(p->lo, value);
    return FSC_OK;
}

static fsc_status find_link(fsci_parameter *all, size_t n, size_t i, fsc_error *err)
{
    fsci_parameter *p = &all[i];
    bool above = p->above != NULL;
    size_t other, root = root_of(all, i);
    if (p->above && p->below)
        return fsci_fail(err, FSC_EUSAGE,
                         "'%s' lies between '%s' and '%s'; only one end can be a parameter: bound "
                         "'%s' by '%s' in its own right",
                         p->name, p->above, p->below, p->above, p->name);
    FSCI_TRY(find_other(all, n, i, &other, err));
    other = root_of(all, other);
    if (root == other)
        return FSC_OK; /* equal, by a tie */
    if (p->role == FSCI_TIED)
        return fsci_fail(err, FSC_EUSAGE,
                         "'%s' is tied to '%s' and bounded by '%s'; bound '%s' in its place",
                         p->name, all[root].name, all[other].name, all[root].name);
    if (p->role == FSCI_FIXED)
        return hold_to(&all[other], above, p->value, p->name, err);
    if (all[other].role == FSCI_FIXED)
        return hold_to(p, !above, all[other].value, all[other].name, err);
    if (above ? all[other].lo < p->lo : all[other].hi > p->hi)
        return fsci_fail(err, FSC_EUSAGE,
                         "'%s' is bounded by '%s' and by %g on the same side; bound '%s' by %g "
                         "instead",
                         p->name, all[other].name, above ? p->lo : p->hi, all[other].name,
                         above ? p->lo : p->hi);
    p->other = other;
    p->link = FSCI_LINKAGE_SUM; /* until its form is known */
    return FSC_OK;
}

static fsc_status check_circle(const fsci_parameter *all, size_t n, size_t i, fsc_error *err)
{
    size_t at = i;
    for (size_t steps = 0; all[at].link; steps++) {
        at = all[at].other;
        if (at == i || steps > n)
            return fsci_fail(err, FSC_EUSAGE,
                             "the bounds of '%s' and '%s' go in a circle; state the order once",
                             all[i].name, all[all[i].other].name);
    }
    return FSC_OK;
}

/* What is above (below) another is above (below) all that the other is; n rounds reach the ends of
 * any chain. */
static void carry_bounds(fsci_parameter *all, size_t n)
{
    for (size_t round = 0; round < n; round++)
        for (size_t i = 0; i < n; i++) {
            fsci_parameter *p = &all[i], *other = &all[p->other];
            if (!p->link)
                continue;
            fsci_parameter *low = p->above ? other : p, *high = p->above ? p : other;
            low->hi = fmin(low->hi, high->hi);
            high->lo = fmax(high->lo, low->lo);
        }
}

static void choose_form(const fsci_parameter *all, fsci_parameter *p)
{
    bool logs = p->log && all[p->other].log;
    double free_end = p->above ? p->hi : p->lo;
    if (logs && (p->above ? isinf(free_end) : !(free_end > 0)))
        p->link = FSCI_LINKAGE_FACTOR;
    else if (isfinite(free_end))
        p->link = FSCI_LINKAGE_SHARE;
    p->end = free_end;
}

fsc_status fsci_linked_find(const fsci_fit_settings *settings, fsci_parameter *all, size_t n,
                            fsc_error *err)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        if (!all[i].above && !all[i].below)
            continue;
        FSCI_TRY(find_link(all, n, i, err));
        any = any || all[i].link;
    }
    for (size_t i = 0; i < n; i++)
        FSCI_TRY(check_circle(all, n, i, err));
    if (any && settings->interval == FSCI_INTERVAL_STUDENTISED)
        return fsci_fail(err, FSC_EUSAGE,
                         "--interval studentised is not for parameters that bound one another; "
                         "give percentile or bca");
    carry_bounds(all, n);
    for (size_t i = 0; i < n; i++)
        if (all[i].link)
            choose_form(all, &all[i]);
    return FSC_OK;
}

/* ---- one link ---- */

const char *fsci_linked_name(fsci_linkage link)
{
    static const char *const names[] = {NULL, "sum", "factor", "share"};
    return names[link];
}

void fsci_linked_bounds(const fsci_parameter *all, size_t i, double *lo, double *hi)
{
    const fsci_parameter *p = &all[i];
    double far = INFINITY, from, to, other_from, other_to;
    if (p->link == FSCI_LINKAGE_FACTOR) {
        fsci_parameter_log_bounds(p, &from, &to);
        fsci_parameter_log_bounds(&all[p->other], &other_from, &other_to);
        far = fmax(to - other_from, other_to - from);
    }
    *lo = p->link == FSCI_LINKAGE_SHARE || p->above ? 0 : -far;
    *hi = p->link == FSCI_LINKAGE_SHARE ? 1 : p->above ? far : 0;
}

double fsci_linked_value(const fsci_parameter *p, double u, double other)
{
    switch (p->link) {
    case FSCI_LINKAGE_FACTOR:
        return other * exp(u);
    case FSCI_LINKAGE_SHARE:
        return u == 1 ? other : p->end + (other - p->end) * u; /* on its bound to the last bit */
    default:
        return other + u;
    }
}

double fsci_linked_coordinate(const fsci_parameter *p, double theta, double other)
{
    switch (p->link) {
    case FSCI_LINKAGE_FACTOR:
        return theta > 0 && other > 0 ? log(theta / other) : -INFINITY;
    case FSCI_LINKAGE_SHARE:
        return other == p->end ? 0 : (theta - p->end) / (other - p->end);
    default:
        return theta - other;
    }
}

void fsci_linked_sort(const fsci_parameters *parameters, double *theta)
{
    for (size_t round = 0; round < parameters->n_linked; round++)
        for (size_t l = 0; l < parameters->n_linked; l++) {
            size_t i = parameters->linked[l], other = parameters->all[i].other;
            double high = fmax(theta[i], theta[other]), low = fmin(theta[i], theta[other]);
            theta[i] = parameters->all[i].above ? high : low;
            theta[other] = parameters->all[i].above ? low : high;
        }
}

/* ---- derivatives ---- */

/* theta = f(u, other): its first and second derivatives. */
typedef struct slopes {
    double by_u, by_other, by_u_twice, by_both;
} slopes;

static slopes slopes_of(const fsci_parameter *p, double theta, double other)
{
    double u = p->link == FSCI_LINKAGE_SHARE ? fsci_linked_coordinate(p, theta, other) : 0;
    switch (p->link) {
    case FSCI_LINKAGE_FACTOR:
        return (slopes){theta, theta / other, theta, theta / other};
    case FSCI_LINKAGE_SHARE:
        return (slopes){other - p->end, u, 0, 1};
    default:
        return (slopes){1, 1, 0, 0};
    }
}

void fsci_linked_chain(const fsci_parameters *parameters, const double *theta, double *by_theta,
                       size_t n_rows, size_t stride)
{
    for (size_t l = parameters->n_linked; l-- > 0;) {
        size_t i = parameters->linked[l];
        const fsci_parameter *p = &parameters->all[i];
        slopes f = slopes_of(p, theta[i], theta[p->other]);
        double *own = by_theta + i * stride, *other = by_theta + p->other * stride;
        for (size_t r = 0; r < n_rows; r++) {
            other[r] += f.by_other * own[r];
            own[r] *= f.by_u;
        }
    }
}

void fsci_linked_chain_second(const fsci_parameters *parameters, const double *theta,
                              double *gradient, double *hessian)
{
    size_t n = parameters->n;
    for (size_t l = parameters->n_linked; l-- > 0;) {
        size_t i = parameters->linked[l], o = parameters->all[i].other;
        slopes f = slopes_of(&parameters->all[i], theta[i], theta[o]);
        for (size_t j = 0; j < n; j++) {
            hessian[j * n + o] += f.by_other * hessian[j * n + i];
            hessian[j * n + i] *= f.by_u;
        }
        for (size_t j = 0; j < n; j++) {
            hessian[o * n + j] += f.by_other * hessian[i * n + j];
            hessian[i * n + j] *= f.by_u;
        }
        hessian[i * n + i] += gradient[i] * f.by_u_twice;
        hessian[i * n + o] += gradient[i] * f.by_both;
        hessian[o * n + i] += gradient[i] * f.by_both;
        gradient[o] += f.by_other * gradient[i];
        gradient[i] *= f.by_u;
    }
}
