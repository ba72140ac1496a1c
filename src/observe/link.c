#include "observe/link.h"

#include "observe/link_problem.h"

#include <math.h>

const char *fsci_link_name(fsci_link_kind kind)
{
    static const char *const names[] = {"sigmoid", "sigmoid_floor", "linear"};
    return names[kind];
}

double fsci_link_z(const fsci_link *link, const double *x, size_t stride)
{
    double z = link->intercept;
    for (size_t j = 0; j < link->k; j++)
        z += link->weights[j] * x[j * stride];
    return z;
}

double fsci_link_at(const fsci_link *link, double z)
{
    return fsci_link_curve(link->kind, link->floor, z);
}

static fsc_status check(const fsci_link_problem *q, fsc_error *err)
{
    const fsci_link_options *o = q->options;
    if (o->penalty > 0 && o->loss == FSCI_LOSS_L1)
        return fsci_fail(err, FSC_EUSAGE,
                         "a curve with a penalty is fitted by --loss squared or huber, not l1");
    size_t least = o->penalty > 0 ? 2 : q->p;
    if (q->n < least)
        return fsci_fail(err, FSC_EINPUT,
                         "%zu training rows cannot fit %zu parameters; use fewer components or a "
                         "wider cutoff",
                         q->n, q->p);
    return FSC_OK;
}

fsc_status fsci_link_fit(fsci_arena *arena, size_t n, size_t k, const double *X, const double *t,
                         const fsci_link_options *options, fsci_link *link, fsc_error *err)
{
    fsci_link_problem q;
    *link = (fsci_link){.kind = options->kind, .n = n, .k = k, .penalty = options->penalty};
    FSCI_TRY(fsci_link_problem_make(arena, n, k, X, t, options, &q, err));
    FSCI_TRY(check(&q, err));
    double *best = FSCI_NEW(arena, double, q.p);
    if (!best)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_link_search(arena, &q, link, best, err));
    link->p = q.p;
    link->intercept = link->optima[0].intercept;
    link->weights = link->optima[0].weights;
    link->floor = link->optima[0].floor;
    link->value = link->optima[0].value;
    link->reached_best = link->optima[0].count;
    return fsci_link_inspect(arena, &q, best, link, err);
}

double fsci_link_spread(const fsci_link *link, const double *x, size_t stride)
{
    if (!link->covariance || !(link->df > 0))
        return NAN;
    double z = fsci_link_z(link, x, stride), by_floor;
    double slope = fsci_link_slope(link->kind, link->floor, z, &by_floor), variance = 0;
    for (size_t a = 0; a < link->p; a++)
        for (size_t b = 0; b < link->p; b++) {
            double ga = a == 0 ? slope : a <= link->k ? slope * x[(a - 1) * stride] : by_floor;
            double gb = b == 0 ? slope : b <= link->k ? slope * x[(b - 1) * stride] : by_floor;
            variance += ga * gb * link->covariance[a * link->p + b];
        }
    return sqrt(variance + link->sse / link->df);
}
