#include "fit/course.h"

#include <math.h>
#include <string.h>

/* The memory of a thread, laid out. */
typedef struct parts {
    void *scratch;   /* of either program */
    double *own;     /* [n + 2] parameters and what follows them */
    double *slope;   /* [n + 2] of the root */
    double *by_own;  /* [n + 2] of a program, by all it knows */
    double *bend;    /* [n * n] of the root */
    double *by_both; /* [(n + 2)^2] of a program */
} parts;

static size_t scratch_bytes(const fsci_course *c, bool second)
{
    size_t (*of)(const fsci_program *) =
        second ? fsci_program_second_bytes : fsci_program_scratch_bytes;
    size_t own = of(c->program), then = c->then ? of(c->then) : 0;
    return ((own > then ? own : then) + 63) / 64 * 64;
}

size_t fsci_course_bytes(const fsci_course *c, bool second)
{
    size_t wide = c->n + 2, doubles = 3 * wide + (second ? c->n * c->n + wide * wide : 0);
    return scratch_bytes(c, second) + (doubles * sizeof(double) + 63) / 64 * 64;
}

static parts lay_out(const fsci_course *c, void *memory, bool second)
{
    size_t wide = c->n + 2;
    double *at = (double *)((unsigned char *)memory + scratch_bytes(c, second));
    return (parts){.scratch = memory,
                   .own = at,
                   .slope = at + wide,
                   .by_own = at + 2 * wide,
                   .bend = at + 3 * wide,
                   .by_both = at + 3 * wide + c->n * c->n};
}

static double root_value(const fsci_course *c, const parts *m, const double *theta, size_t row,
                         double *slope)
{
    memcpy(m->own, theta, c->n * sizeof *theta);
    m->own[c->n + 1] = 0;
    return fsci_root_find(c->root, m->scratch, m->own, row, slope, c->n + 2);
}

double fsci_course_value(const fsci_course *c, void *memory, const double *theta, size_t row,
                         double *by_theta)
{
    size_t n = c->n;
    double value;
    if (!c->root && by_theta) {
        fsci_program_jacobian(c->program, memory, theta, row, row + 1, &value, by_theta, 1);
        return value;
    }
    if (!c->root) {
        fsci_program_values(c->program, memory, theta, row, row + 1, &value, 1);
        return value;
    }
    const parts m = lay_out(c, memory, false);
    value = root_value(c, &m, theta, row, by_theta ? m.slope : NULL);
    if (by_theta)
        memcpy(by_theta, m.slope, n * sizeof *by_theta);
    if (!c->then)
        return value;
    m.own[n] = c->log ? exp(value) : value;
    if (!by_theta) {
        fsci_program_values(c->then, m.scratch, m.own, row, row + 1, &value, 1);
        return value;
    }
    double by_root = c->log ? m.own[n] : 1;
    fsci_program_jacobian(c->then, m.scratch, m.own, row, row + 1, &value, m.by_own, 1);
    for (size_t j = 0; j < n; j++)
        by_theta[j] = m.by_own[j] + m.by_own[n] * by_root * m.slope[j];
    return value;
}

/* F(theta, y) = 0 differentiated twice: F_ij + F_iy y_j + F_jy y_i + F_yy y_i y_j + F_y y_ij = 0.
 */
static double root_second(const fsci_course *c, const parts *m, const double *theta, size_t row)
{
    size_t n = c->n, wide = n + 2;
    double rest, y = root_value(c, m, theta, row, NULL);
    const double *F = m->by_both, *F_y = F + n * wide;
    fsci_program_hessian(c->program, m->scratch, m->own, row, row + 1, NULL, &rest, m->by_own,
                         m->by_both);
    for (size_t i = 0; i < n; i++)
        m->slope[i] = -m->by_own[i] / m->by_own[n];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            m->bend[i * n + j] = -(F[i * wide + j] + F_y[i] * m->slope[j] + F_y[j] * m->slope[i] +
                                   F_y[n] * m->slope[i] * m->slope[j]) /
                                 m->by_own[n];
    return y;
}

/* From the root y to z, what `then` takes: z = y or exp(y). */
static void leave_logarithm(const fsci_course *c, const parts *m, double y)
{
    size_t n = c->n;
    double z = c->log ? exp(y) : y;
    m->own[n] = z;
    for (size_t i = 0; c->log && i < n; i++)
        for (size_t j = 0; j < n; j++)
            m->bend[i * n + j] = z * (m->bend[i * n + j] + m->slope[i] * m->slope[j]);
    for (size_t i = 0; c->log && i < n; i++)
        m->slope[i] *= z;
}

double fsci_course_second(const fsci_course *c, void *memory, const double *theta, size_t row,
                          double *by_theta, double *twice)
{
    size_t n = c->n, wide = n + 1;
    double value;
    if (!c->root) {
        fsci_program_hessian(c->program, memory, theta, row, row + 1, NULL, &value, by_theta,
                             twice);
        return value;
    }
    const parts m = lay_out(c, memory, true);
    value = root_second(c, &m, theta, row);
    if (!c->then) {
        memcpy(by_theta, m.slope, n * sizeof *by_theta);
        memcpy(twice, m.bend, n * n * sizeof *twice);
        return value;
    }
    const double *g = m.by_own, *G = m.by_both, *G_z = G + n * wide, *z = m.slope;
    leave_logarithm(c, &m, value);
    fsci_program_hessian(c->then, m.scratch, m.own, row, row + 1, NULL, &value, m.by_own,
                         m.by_both);
    for (size_t i = 0; i < n; i++) {
        by_theta[i] = g[i] + g[n] * z[i];
        for (size_t j = 0; j < n; j++)
            twice[i * n + j] = G[i * wide + j] + G_z[i] * z[j] + G_z[j] * z[i] +
                               G_z[n] * z[i] * z[j] + g[n] * m.bend[i * n + j];
    }
    return value;
}
