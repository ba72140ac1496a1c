#include "fit/objective.h"

#include "base/number.h"
#include "opt/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const loss_names[] = {"squared", "huber", "l1"};

const char *fsci_loss_name(fsci_loss loss)
{
    return loss_names[loss];
}

bool fsci_loss_find(const char *name, fsci_loss *loss)
{
    for (int i = 0; name && i < 3; i++)
        if (!strcmp(name, loss_names[i])) {
            *loss = (fsci_loss)i;
            return true;
        }
    return false;
}

fsc_status fsci_objective_read(const char *text, fsci_loss *loss, double *delta, fsc_error *err)
{
    size_t word = strcspn(text, ":");
    for (int i = 0; i < 3; i++) {
        if (strlen(loss_names[i]) != word || strncmp(text, loss_names[i], word))
            continue;
        *loss = (fsci_loss)i;
        bool takes_delta = *loss == FSCI_LOSS_HUBER;
        const char *number = text[word] ? text + word + 1 : "";
        if (takes_delta && fsci_number_read(number, strlen(number), delta) && *delta > 0)
            return FSC_OK;
        if (!takes_delta && !text[word])
            return FSC_OK;
        return fsci_fail(err, FSC_EUSAGE,
                         takes_delta ? "objective '%s': huber needs a delta above 0, as huber:1e-3"
                                     : "objective '%s': this one takes no number",
                         text);
    }
    return fsci_fail(err, FSC_EUSAGE, "no objective '%s'; give one of squared, huber:DELTA, l1",
                     text);
}

fsc_status fsci_objective_choose(const char *text, fsci_objective *o, fsc_error *err)
{
    o->density = fsci_density_find(text);
    o->loss = FSCI_LOSS_SQUARED;
    if (o->density || fsci_objective_read(text, &o->loss, &o->delta, err) == FSC_OK)
        return FSC_OK;
    size_t word = strcspn(text, ":");
    for (int i = 0; i < 3; i++)
        if (strlen(loss_names[i]) == word && !strncmp(text, loss_names[i], word))
            return FSC_EUSAGE; /* it was one, badly put: that was said */
    fsci_buffer list = {0};
    fsci_density_list(&list);
    fsc_status status =
        fsci_fail(err, FSC_EUSAGE, "no objective '%s'; give one of squared, huber:DELTA, l1, %s",
                  text, list.data ? list.data : "");
    fsci_buffer_free(&list);
    return status;
}

const char *fsci_objective_name(const fsci_objective *o)
{
    return o->density ? o->density->name : loss_names[o->loss];
}

bool fsci_objective_within(const fsci_objective *o, double best, double value, double share)
{
    return o->density ? value - best <= 0.5 * (double)o->n * log1p(share)
                      : value <= best * (1 + share);
}

const fsci_node *fsci_objective_residual(fsci_arena *arena, const fsci_formula *formula,
                                         fsci_space space)
{
    const fsci_node *left = formula->left, *right = formula->right;
    if (space != FSCI_SPACE_IDENTITY) {
        left = fsci_node_call(arena, fsci_space_name(space), left);
        right = fsci_node_call(arena, fsci_space_name(space), right);
    }
    return fsci_node_binary(arena, '-', right, left);
}

double fsci_loss_value(fsci_loss loss, double delta, double r)
{
    double size = fabs(r);
    if (loss == FSCI_LOSS_SQUARED)
        return r * r;
    if (loss == FSCI_LOSS_L1)
        return size;
    return size <= delta ? 0.5 * r * r : delta * (size - 0.5 * delta);
}

struct fsci_evaluator {
    const fsci_objective *objective;
    void *scratch;
    double *theta;    /* [n parameters] */
    double *by_theta; /* [solver's stride of n + 1 rows * n parameters], only when gathering is
                         needed; a profile adds a row */
    double *r;        /* [n] */
    double *ones;     /* [n] of a likelihood, as what is below */
    double *gradient, *hessian; /* [n parameters], [n parameters^2] */
};

static size_t scratch_bytes(const fsci_objective *o)
{
    size_t most = fsci_program_scratch_bytes(o->residual);
    if (o->linear && fsci_program_scratch_bytes(o->linear) > most)
        most = fsci_program_scratch_bytes(o->linear);
    if (o->minus_log && fsci_program_second_bytes(o->minus_log) > most)
        most = fsci_program_second_bytes(o->minus_log);
    return most;
}

static bool new_likelihood(const fsci_objective *o, fsci_evaluator *e)
{
    size_t p = o->parameters->n;
    e->ones = calloc(o->n + 1, sizeof *e->ones);
    e->gradient = calloc(p + 1, sizeof *e->gradient);
    e->hessian = calloc(p * p + 1, sizeof *e->hessian);
    for (size_t i = 0; e->ones && i < o->n; i++)
        e->ones[i] = 1;
    return e->ones && e->gradient && e->hessian;
}

fsci_evaluator *fsci_evaluator_new(const fsci_objective *objective)
{
    const fsci_parameters *p = objective->parameters;
    fsci_evaluator *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->objective = objective;
    size_t bytes = scratch_bytes(objective);
    e->scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    e->theta = calloc(p->n + 1, sizeof *e->theta);
    e->r = calloc(objective->n, sizeof *e->r);
    if (!p->plain)
        e->by_theta = calloc((objective->n + 8) / 8 * 8 * (p->n + 1), sizeof *e->by_theta);
    if (!e->scratch || !e->theta || !e->r || (!p->plain && !e->by_theta) ||
        (objective->density && !new_likelihood(objective, e))) {
        fsci_evaluator_free(e);
        return NULL;
    }
    return e;
}

void fsci_evaluator_free(fsci_evaluator *e)
{
    if (!e)
        return;
    free(e->scratch);
    free(e->theta);
    free(e->by_theta);
    free(e->r);
    free(e->ones);
    free(e->gradient);
    free(e->hessian);
    free(e);
}

/* Values of a program by row and, with J not NULL, their derivatives by u. */
static bool by_rows(fsci_evaluator *e, const fsci_program *program, const double *u, double *r,
                    double *J, size_t stride)
{
    const fsci_objective *o = e->objective;
    fsci_parameters_expand(o->parameters, u, e->theta);
    if (!J) {
        fsci_program_values(program, e->scratch, e->theta, 0, o->n, r, stride);
        return fsci_rows_finite(o->n, r);
    }
    double *by_theta = o->parameters->plain ? J : e->by_theta;
    fsci_program_jacobian(program, e->scratch, e->theta, 0, o->n, r, by_theta, stride);
    if (!fsci_rows_finite(o->n, r))
        return false;
    fsci_parameters_chain(o->parameters, e->theta, by_theta, J, o->n, stride);
    for (size_t k = 0; k < o->parameters->n_free; k++)
        if (!fsci_rows_finite(o->n, J + k * stride))
            return false;
    return true;
}

static bool residual(void *context, const double *u, double *r, double *J, size_t stride)
{
    fsci_evaluator *e = context;
    return by_rows(e, e->objective->residual, u, r, J, stride);
}

bool fsci_objective_scores(fsci_evaluator *e, const double *u, double *scores)
{
    return by_rows(e, e->objective->minus_log, u, e->r, scores, e->objective->n);
}

bool fsci_objective_derivatives(fsci_evaluator *e, const double *weight, const double *u,
                                double *value, double *size, double *gradient, double *hessian)
{
    const fsci_objective *o = e->objective;
    const double *w = weight ? weight : e->ones;
    fsci_parameters_expand(o->parameters, u, e->theta);
    if (gradient)
        fsci_program_hessian(o->minus_log, e->scratch, e->theta, 0, o->n, weight, e->r, e->gradient,
                             e->hessian);
    else
        fsci_program_values(o->minus_log, e->scratch, e->theta, 0, o->n, e->r, o->n);
    if (!fsci_rows_finite(o->n, e->r))
        return false;
    *value = fsci_rows_dot(o->n, w, e->r);
    *size = fsci_rows_absolute(o->n, w, e->r);
    fsci_parameters_prior(o->parameters, e->theta, value, size, gradient ? e->gradient : NULL,
                          e->hessian);
    if (!gradient)
        return true;
    fsci_parameters_chain_second(o->parameters, e->theta, e->gradient, e->hessian, gradient,
                                 hessian);
    size_t p = o->parameters->n_free;
    return fsci_rows_finite(p, gradient) && fsci_rows_finite(p * p, hessian);
}

fsci_ls_problem fsci_objective_problem(const fsci_objective *objective, fsci_evaluator *evaluator)
{
    const fsci_parameters *p = objective->parameters;
    return (fsci_ls_problem){.n = objective->n,
                             .p = p->n_free,
                             .residual = residual,
                             .context = evaluator,
                             .weight = objective->weight,
                             .lo = p->lo,
                             .hi = p->hi,
                             .loss = objective->loss,
                             .delta = objective->delta};
}

bool fsci_objective_residuals(fsci_evaluator *evaluator, const double *u, double *r, double *J)
{
    return residual(evaluator, u, r, J, evaluator->objective->n);
}

double fsci_objective_value_at(fsci_evaluator *e, const double *theta)
{
    const fsci_objective *o = e->objective;
    fsci_program_values(o->density ? o->minus_log : o->residual, e->scratch, theta, 0, o->n, e->r,
                        o->n);
    if (!fsci_rows_finite(o->n, e->r))
        return INFINITY;
    if (o->density) {
        double size = 0, value = fsci_rows_dot(o->n, o->weight ? o->weight : e->ones, e->r);
        fsci_parameters_prior(o->parameters, theta, &value, &size, NULL, NULL);
        return value;
    }
    double sum = 0;
    for (size_t i = 0; i < o->n; i++)
        sum += (o->weight ? o->weight[i] : 1) * fsci_loss_value(o->loss, o->delta, e->r[i]);
    return sum;
}

double fsci_objective_value(fsci_evaluator *e, const double *u)
{
    fsci_parameters_expand(e->objective->parameters, u, e->theta);
    return fsci_objective_value_at(e, e->theta);
}
