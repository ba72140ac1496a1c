#include "fit/linked.h"

#include <math.h>
#include <string.h>

/* A parameter moved as its logarithm stays within what a double can hold with room to multiply; one
 * whose starts are known, within a factor of a billion of them. Past that a term has vanished or
 * swallowed the others, and a search would follow it to no end. */
static const double log_edge = 300 * 2.302585092994046, far_from_starts = 9 * 2.302585092994046;

static void start_range(const fsci_parameter *p, double *lo, double *hi)
{
    *lo = p->start_lo;
    *hi = p->start_hi;
    for (size_t i = 0; i < p->n_grid; i++) {
        *lo = fmin(*lo, p->grid[i]);
        *hi = fmax(*hi, p->grid[i]);
    }
}

void fsci_parameter_log_bounds(const fsci_parameter *p, double *lo, double *hi)
{
    double from, to;
    start_range(p, &from, &to);
    *lo = from > 0 ? log(from) - far_from_starts : -log_edge;
    *hi = to > 0 && isfinite(to) ? log(to) + far_from_starts : log_edge;
    if (p->lo > 0)
        *lo = log(p->lo);
    if (isfinite(p->hi) && p->hi > 0)
        *hi = log(p->hi);
}

/* Lists what is linked: first what is linked to no linked one, then what follows those. */
static bool order_links(fsci_arena *arena, fsci_parameters *to)
{
    bool *listed = FSCI_NEW(arena, bool, to->n + 1);
    to->linked = FSCI_NEW(arena, size_t, to->n + 1);
    if (!listed || !to->linked)
        return false;
    for (size_t round = 0; round < to->n; round++)
        for (size_t i = 0; i < to->n; i++) {
            const fsci_parameter *p = &to->all[i];
            if (!p->link || listed[i] || (to->all[p->other].link && !listed[p->other]))
                continue;
            listed[i] = true;
            to->linked[to->n_linked++] = i;
        }
    return true;
}

fsc_status fsci_parameters_new(fsci_arena *arena, const fsci_parameter *all, size_t n,
                               fsci_parameters *out, fsc_error *err)
{
    *out = (fsci_parameters){.all = all, .n = n, .plain = true};
    out->slot = FSCI_NEW(arena, size_t, n);
    out->free = FSCI_NEW(arena, size_t, n);
    out->lo = FSCI_NEW(arena, double, n);
    out->hi = FSCI_NEW(arena, double, n);
    if (!out->slot || !out->free || !out->lo || !out->hi)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        const fsci_parameter *p = &all[i];
        out->plain = out->plain && p->role == FSCI_FREE && !p->link;
        out->slot[i] = SIZE_MAX;
        if (p->role != FSCI_FREE)
            continue;
        size_t k = out->n_free++;
        out->slot[i] = k;
        out->free[k] = i;
        out->lo[k] = p->lo;
        out->hi[k] = p->hi;
        if (p->link)
            fsci_linked_bounds(all, i, &out->lo[k], &out->hi[k]);
        else if (p->log)
            fsci_parameter_log_bounds(p, &out->lo[k], &out->hi[k]);
    }
    for (size_t i = 0; i < n; i++)
        if (all[i].role == FSCI_TIED)
            out->slot[i] = out->slot[all[i].tied_to];
    return order_links(arena, out) ? FSC_OK : fsci_fail_memory(err);
}

/* Moved as its logarithm, and by nothing else. */
static bool by_log(const fsci_parameters *parameters, size_t k)
{
    const fsci_parameter *p = &parameters->all[parameters->free[k]];
    return p->log && !p->link;
}

void fsci_parameters_expand(const fsci_parameters *parameters, const double *u, double *theta)
{
    for (size_t i = 0; i < parameters->n; i++) {
        size_t k = parameters->slot[i];
        const fsci_parameter *p = &parameters->all[i];
        if (p->role == FSCI_TIED)
            p = &parameters->all[p->tied_to];
        theta[i] = k == SIZE_MAX ? p->value : by_log(parameters, k) ? exp(u[k]) : u[k];
    }
    for (size_t l = 0; l < parameters->n_linked; l++) {
        size_t i = parameters->linked[l];
        const fsci_parameter *p = &parameters->all[i];
        theta[i] = fsci_linked_value(p, u[parameters->slot[i]], theta[p->other]);
    }
    for (size_t i = 0; parameters->n_linked && i < parameters->n; i++)
        if (parameters->all[i].role == FSCI_TIED)
            theta[i] = theta[parameters->all[i].tied_to];
}

void fsci_parameters_reduce(const fsci_parameters *parameters, const double *theta, double *u)
{
    for (size_t k = 0; k < parameters->n_free; k++) {
        const fsci_parameter *p = &parameters->all[parameters->free[k]];
        double value = theta[parameters->free[k]];
        u[k] = p->link     ? fsci_linked_coordinate(p, value, theta[p->other])
               : !p->log   ? value
               : value > 0 ? log(value)
                           : parameters->lo[k];
        u[k] = fmin(fmax(u[k], parameters->lo[k]), parameters->hi[k]);
    }
}

/* With links, a tied parameter's derivatives count with those of the one it is tied to. */
static void gather_tied(const fsci_parameters *parameters, double *by_theta, size_t n_rows,
                        size_t stride)
{
    for (size_t i = 0; i < parameters->n; i++) {
        if (parameters->all[i].role != FSCI_TIED)
            continue;
        double *from = by_theta + i * stride;
        double *to = by_theta + parameters->all[i].tied_to * stride;
        for (size_t r = 0; r < n_rows; r++)
            to[r] += from[r];
        memset(from, 0, n_rows * sizeof *from);
    }
}

void fsci_parameters_chain(const fsci_parameters *parameters, const double *theta, double *by_theta,
                           double *by_u, size_t n_rows, size_t stride)
{
    if (parameters->n_linked) {
        gather_tied(parameters, by_theta, n_rows, stride);
        fsci_linked_chain(parameters, theta, by_theta, n_rows, stride);
    }
    for (size_t k = 0; k < parameters->n_free; k++) {
        size_t i = parameters->free[k];
        bool is_log = by_log(parameters, k);
        double factor = is_log ? theta[i] : 1;
        const double *from = by_theta + i * stride;
        double *to = by_u + k * stride;
        if (to != from || is_log)
            for (size_t r = 0; r < n_rows; r++)
                to[r] = factor * from[r];
    }
    for (size_t i = 0; i < parameters->n; i++) {
        size_t k = parameters->slot[i];
        if (k == SIZE_MAX || parameters->free[k] == i)
            continue;
        double factor = by_log(parameters, k) ? theta[i] : 1;
        const double *from = by_theta + i * stride;
        double *to = by_u + k * stride;
        for (size_t r = 0; r < n_rows; r++)
            to[r] += factor * from[r];
    }
}

void fsci_parameters_slope(const fsci_parameters *parameters, const double *theta, size_t i,
                           double *scratch, double *slope)
{
    memset(scratch, 0, parameters->n * sizeof *scratch);
    scratch[i] = parameters->all[i].log ? 1 / theta[i] : 1;
    fsci_parameters_chain(parameters, theta, scratch, slope, 1, 1);
}

/* Rows and columns of tied parameters of a Hessian, as gather_tied. */
static void gather_tied_twice(const fsci_parameters *parameters, double *gradient, double *hessian)
{
    size_t n = parameters->n;
    gather_tied(parameters, gradient, 1, 1);
    gather_tied(parameters, hessian, n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; parameters->all[i].role == FSCI_TIED && j < n; j++) {
            hessian[j * n + parameters->all[i].tied_to] += hessian[j * n + i];
            hessian[j * n + i] = 0;
        }
}

void fsci_parameters_chain_second(const fsci_parameters *parameters, const double *theta,
                                  double *gradient, double *hessian, double *by_u,
                                  double *by_u_twice)
{
    size_t n = parameters->n, p = parameters->n_free;
    memset(by_u, 0, p * sizeof *by_u);
    memset(by_u_twice, 0, p * p * sizeof *by_u_twice);
    if (parameters->n_linked) {
        gather_tied_twice(parameters, gradient, hessian);
        fsci_linked_chain_second(parameters, theta, gradient, hessian);
    }
    for (size_t i = 0; i < n; i++) {
        size_t a = parameters->slot[i];
        if (a == SIZE_MAX)
            continue;
        bool is_log = by_log(parameters, a);
        double slope = is_log ? theta[i] : 1;
        by_u[a] += slope * gradient[i];
        by_u_twice[a * p + a] += is_log ? theta[i] * gradient[i] : 0; /* exp bends */
        for (size_t j = 0; j < n; j++) {
            size_t b = parameters->slot[j];
            if (b == SIZE_MAX)
                continue;
            double other = by_log(parameters, b) ? theta[j] : 1;
            by_u_twice[a * p + b] += slope * hessian[i * n + j] * other;
        }
    }
}

void fsci_parameters_prior(const fsci_parameters *parameters, const double *theta, double *value,
                           double *size, double *gradient, double *hessian)
{
    const double half_log_2pi = 0.91893853320467274178;
    size_t n = parameters->n;
    for (size_t i = 0; i < n; i++) {
        const fsci_parameter *p = &parameters->all[i];
        if (!p->has_prior || p->role == FSCI_TIED)
            continue;
        size_t m = p->prior_mean_at;
        double sd = p->prior_sd, z = (theta[i] - (m == SIZE_MAX ? p->prior_mean : theta[m])) / sd;
        *value += 0.5 * z * z + log(sd) + half_log_2pi;
        *size += 0.5 * z * z + fabs(log(sd)) + half_log_2pi;
        if (!gradient)
            continue;
        gradient[i] += z / sd;
        hessian[i * n + i] += 1 / (sd * sd);
        if (m == SIZE_MAX)
            continue;
        gradient[m] -= z / sd;
        hessian[m * n + m] += 1 / (sd * sd);
        hessian[i * n + m] -= 1 / (sd * sd);
        hessian[m * n + i] -= 1 / (sd * sd);
    }
}

bool fsci_parameters_at_bound(const fsci_parameters *parameters, const double *u, size_t k)
{
    double lo = parameters->lo[k], hi = parameters->hi[k];
    double near = 1e-9 * (isfinite(hi - lo) ? hi - lo : 1);
    return u[k] <= lo + near || u[k] >= hi - near;
}
