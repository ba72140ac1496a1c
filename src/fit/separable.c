#include "fit/separable.h"

#include "num/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct fsci_separable {
    bool *has;     /* [n parameters] the parameter moves with the linear ones (tied included) */
    size_t *index; /* [n] free parameters of the set */
    size_t n;
};

/* Names of the chosen set plus `candidate` and everything tied to any of them. */
static size_t joint_names(const fsci_parameters *p, const bool *chosen, size_t candidate,
                          const char **names)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t root = p->all[i].role == FSCI_TIED ? p->all[i].tied_to : i;
        if (chosen[root] || root == candidate || !strcmp(p->all[root].name, p->all[candidate].name))
            if (n == 0 || strcmp(names[n - 1], p->all[i].name))
                names[n++] = p->all[i].name;
    }
    return n;
}

/* Its bounds are numbers, and no other parameter's. */
static bool stands_alone(const fsci_parameters *p, size_t i)
{
    for (size_t l = 0; l < p->n_linked; l++)
        if (p->linked[l] == i || p->all[p->linked[l]].other == i)
            return false;
    return p->all[i].role == FSCI_FREE;
}

fsc_status fsci_separable_new(fsci_arena *arena, const fsci_node *difference,
                              const fsci_parameters *parameters, fsci_separable **out,
                              fsc_error *err)
{
    *out = NULL;
    size_t n = parameters->n;
    fsci_separable *part = FSCI_NEW(arena, fsci_separable, 1);
    const char **names = FSCI_NEW(arena, const char *, n + 1);
    if (!part || !names || !(part->has = FSCI_NEW(arena, bool, n + 1)) ||
        !(part->index = FSCI_NEW(arena, size_t, n + 1)))
        return fsci_fail_memory(err);
    for (size_t i = 0; i < n; i++) {
        if (!stands_alone(parameters, i))
            continue;
        size_t n_names = joint_names(parameters, part->has, i, names);
        if (fsci_node_degree(difference, names, n_names) == 1) {
            part->has[i] = true;
            part->index[part->n++] = i;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (parameters->all[i].role == FSCI_TIED)
            part->has[i] = part->has[parameters->all[i].tied_to];
    *out = part->n ? part : NULL;
    return FSC_OK;
}

bool fsci_separable_has(const fsci_separable *part, size_t parameter)
{
    return part && part->has[parameter];
}

const bool *fsci_separable_mask(const fsci_separable *part)
{
    return part->has;
}

struct fsci_separable_scratch {
    const fsci_objective *objective;
    const fsci_separable *part;
    void *program;
    double *theta0;           /* [n parameters] theta with the linear ones at 0 */
    double *value, *by_theta; /* [n], [n * n parameters] */
    double *A, *b, *x;        /* [n * s], [n], [s] of the weighted least-squares problem */
    double *row;              /* [n] square root of each row's weight */
    bool *held;               /* [s] held at a bound */
};

/* sqrt(w) times d g / d y: residuals in g-space to first order. */
static double row_scale(const fsci_objective *o, size_t i)
{
    double w = o->weight ? sqrt(o->weight[i]) : 1;
    double y = o->response ? o->response[i] : 1;
    if (o->space == o->linear_space)
        return w;
    if (o->space == FSCI_SPACE_LOG)
        return w / fabs(y);
    if (o->space == FSCI_SPACE_LOGIT)
        return w / fmax(fabs(y * (1 - y)), 1e-3);
    return w;
}

fsci_separable_scratch *fsci_separable_scratch_new(const fsci_objective *o,
                                                   const fsci_separable *part)
{
    fsci_separable_scratch *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    size_t n = o->n, p = o->parameters->n, k = part->n;
    s->objective = o;
    s->part = part;
    size_t bytes = fsci_program_scratch_bytes(o->linear);
    s->program = aligned_alloc(64, (bytes + 127) / 64 * 64);
    double *block = calloc(p + n + n * p + n * k + n + k + n + 1, sizeof *block);
    s->theta0 = block;
    s->held = calloc(k + 1, sizeof *s->held);
    if (!block || !s->program || !s->held) {
        fsci_separable_scratch_free(s);
        return NULL;
    }
    s->value = s->theta0 + p;
    s->by_theta = s->value + n;
    s->A = s->by_theta + n * p;
    s->b = s->A + n * k;
    s->x = s->b + n;
    s->row = s->x + k;
    for (size_t i = 0; i < n; i++)
        s->row[i] = row_scale(o, i);
    return s;
}

void fsci_separable_scratch_free(fsci_separable_scratch *s)
{
    if (!s)
        return;
    free(s->program);
    free(s->theta0);
    free(s->held);
    free(s);
}

/* A and b of the free columns; a held one moves to the right side at the value it is held at. */
static size_t build(fsci_separable_scratch *s)
{
    const fsci_objective *o = s->objective;
    const fsci_parameters *p = o->parameters;
    size_t n = o->n, columns = 0;
    for (size_t i = 0; i < n; i++)
        s->b[i] = -s->row[i] * s->value[i];
    for (size_t c = 0; c < s->part->n; c++) {
        double *to = s->A + columns * n;
        memset(to, 0, n * sizeof *to);
        for (size_t j = 0; j < p->n; j++) {
            size_t root = p->all[j].role == FSCI_TIED ? p->all[j].tied_to : j;
            if (root != s->part->index[c])
                continue;
            for (size_t i = 0; i < n; i++)
                to[i] += s->row[i] * s->by_theta[j * n + i];
        }
        if (s->held[c])
            for (size_t i = 0; i < n; i++)
                s->b[i] -= s->x[c] * to[i];
        else
            columns++;
    }
    return columns;
}

/* Holds every value outside its bounds at the bound (a logarithm just inside its box of starts). */
static bool hold_violators(fsci_separable_scratch *s, const double *solution)
{
    bool any = false;
    for (size_t c = 0, column = 0; c < s->part->n; c++) {
        if (s->held[c])
            continue;
        const fsci_parameter *p = &s->objective->parameters->all[s->part->index[c]];
        double x = solution[column++], lo = p->log && !(p->lo > 0) ? 0 : p->lo;
        s->x[c] = x;
        if (x > p->hi || x < lo || (p->log && x <= 0)) {
            s->x[c] = x > p->hi ? p->hi : !p->log ? lo : p->start_lo > 0 ? p->start_lo : 1e-3;
            s->held[c] = any = true;
        }
    }
    return any;
}

bool fsci_separable_solve(fsci_separable_scratch *s, double *theta)
{
    const fsci_objective *o = s->objective;
    const fsci_parameters *p = o->parameters;
    size_t n = o->n, k = s->part->n;
    double solution[64] = {0};
    if (k > sizeof solution / sizeof *solution)
        return false;
    for (size_t j = 0; j < p->n; j++)
        s->theta0[j] = s->part->has[j] ? 0 : theta[j];
    fsci_program_jacobian(o->linear, s->program, s->theta0, 0, n, s->value, s->by_theta, n);
    memset(s->held, 0, k * sizeof *s->held);
    for (size_t round = 0; round <= k; round++) {
        size_t columns = build(s);
        if (columns && fsci_qr_least_squares(n, columns, s->A, s->b, 0, solution, NULL))
            return false;
        if (!hold_violators(s, solution))
            break;
    }
    for (size_t j = 0; j < p->n; j++) {
        size_t root = p->all[j].role == FSCI_TIED ? p->all[j].tied_to : j;
        for (size_t c = 0; c < k; c++)
            if (s->part->index[c] == root)
                theta[j] = s->x[c];
    }
    return true;
}
