#include "fit/check/trade_offs.h"

#include "fit/record.h"
#include "num/distribution.h"
#include "num/linear.h"

#include <math.h>

enum { MOST_PARAMETERS = 40 };
/* Correlations worth a word; share of a direction (unit length) that involves a parameter. */
static const double correlated = 0.9, involved = 0.3;

typedef struct subject {
    fsci_arena *arena;
    const fsci_fit *fit;
    size_t m, *used; /* [m] coordinates off their bounds */
    double *R;       /* [m * m] their correlations */
} subject;

static const char *label(const subject *s, size_t a)
{
    const fsci_model *m = &s->fit->model;
    return fsci_parameter_label(s->arena, &m->all[m->parameters.free[s->used[a]]]);
}

static bool find_correlations(subject *s)
{
    const fsci_curvature *c = &s->fit->curvature;
    size_t p = s->fit->model.parameters.n_free;
    s->used = FSCI_NEW(s->arena, size_t, p);
    s->R = FSCI_NEW(s->arena, double, p *p);
    if (!s->used || !s->R)
        return false;
    for (size_t k = 0; k < p; k++)
        if (c->se[k] > 0)
            s->used[s->m++] = k;
    for (size_t a = 0; a < s->m; a++)
        for (size_t b = 0; b < s->m; b++) {
            size_t i = s->used[a], j = s->used[b];
            s->R[a + b * s->m] = a == b ? 1 : c->covariance[i + j * p] / (c->se[i] * c->se[j]);
        }
    return true;
}

static fsci_json *list_correlations(const subject *s)
{
    fsci_json *list = fsci_json_array(s->arena);
    for (size_t a = 0; a < s->m; a++)
        for (size_t b = a + 1; b < s->m; b++) {
            if (!(fabs(s->R[a + b * s->m]) > correlated))
                continue;
            fsci_json *item = fsci_json_push(list, fsci_json_object(s->arena));
            fsci_json_set_string(s->arena, item, "a", label(s, a));
            fsci_json_set_string(s->arena, item, "b", label(s, b));
            fsci_json_set_number(s->arena, item, "value", s->R[a + b * s->m]);
        }
    return list;
}

/* Along the eigenvector v of the correlations with the largest eigenvalue, as far as the interval
 * of that combination reaches. */
static void add_direction(const subject *s, const double *v, double spread, fsci_json *to)
{
    fsci_arena *a = s->arena;
    fsci_json *direction = fsci_json_set_object(a, to, "direction");
    fsci_json *moves = fsci_json_set_array(a, direction, "moves");
    const char *words = NULL;
    for (size_t i = 0; i < s->m; i++) {
        size_t k = s->used[i], p = s->fit->model.parameters.free[k];
        double from = s->fit->theta[p], by = spread * v[i] * s->fit->curvature.se[k];
        double end = s->fit->model.all[p].log ? from * exp(by) : from + by;
        if (fabs(v[i]) < involved)
            continue;
        fsci_json *move = fsci_json_push(moves, fsci_json_object(a));
        fsci_json_set_string(a, move, "name", label(s, i));
        fsci_json_set_number(a, move, "from", from);
        fsci_json_set_number(a, move, "to", end);
        words = fsci_format(a, "%s%s%s from %s to %s", words ? words : "", words ? ", " : "",
                            label(s, i), fsci_brief(a, from, 3), fsci_brief(a, end, 3));
    }
    fsci_json_set_string(a, direction, "words",
                         fsci_format(a, "%s together: the rows hardly tell", words ? words : ""));
}

fsc_status fsci_trade_offs_add(fsci_arena *arena, const fsci_fit *fit, double level,
                               fsci_json *record, fsc_error *err)
{
    subject s = {.arena = arena, .fit = fit};
    if (!fit->curvature.covariance || fit->model.parameters.n_free > MOST_PARAMETERS)
        return FSC_OK;
    if (!find_correlations(&s))
        return fsci_fail_memory(err);
    fsci_json *list = list_correlations(&s);
    double *values = FSCI_NEW(arena, double, s.m + 1), *V = FSCI_NEW(arena, double, s.m *s.m + 1);
    if (!values || !V)
        return fsci_fail_memory(err);
    if (!fsci_json_count(list) || fsci_symmetric_eigen(s.m, s.R, values, V) != FSCI_LINEAR_OK)
        return FSC_OK;
    fsci_json *object = fsci_json_set_object(arena, record, "trade_offs");
    fsci_json_set(arena, object, "correlations", list);
    add_direction(&s, V, fsci_t_quantile(0.5 + level / 2, fsci_fit_freedom(fit)) * sqrt(values[0]),
                  object);
    return FSC_OK;
}
