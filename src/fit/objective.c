#include "fit/objective.h"

#include "base/number.h"
#include "opt/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const space_names[] = {"identity", "log", "logit"};
static const char *const loss_names[] = {"squared", "huber", "l1"};

const char *fsci_space_name(fsci_space space)
{
    return space_names[space];
}

bool fsci_space_find(const char *name, fsci_space *space)
{
    for (int i = 0; i < 3; i++)
        if (!strcmp(name, space_names[i])) {
            *space = (fsci_space)i;
            return true;
        }
    return false;
}

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

const fsci_node *fsci_objective_residual(fsci_arena *arena, const fsci_formula *formula,
                                         fsci_space space)
{
    const fsci_node *left = formula->left, *right = formula->right;
    if (space != FSCI_SPACE_IDENTITY) {
        left = fsci_node_call(arena, space_names[space], left);
        right = fsci_node_call(arena, space_names[space], right);
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
};

fsci_evaluator *fsci_evaluator_new(const fsci_objective *objective)
{
    const fsci_parameters *p = objective->parameters;
    fsci_evaluator *e = calloc(1, sizeof *e);
    if (!e)
        return NULL;
    e->objective = objective;
    size_t bytes = fsci_program_scratch_bytes(objective->residual);
    if (objective->linear && fsci_program_scratch_bytes(objective->linear) > bytes)
        bytes = fsci_program_scratch_bytes(objective->linear);
    e->scratch = aligned_alloc(64, (bytes + 127) / 64 * 64);
    e->theta = calloc(p->n + 1, sizeof *e->theta);
    e->r = calloc(objective->n, sizeof *e->r);
    if (!p->plain)
        e->by_theta = calloc((objective->n + 8) / 8 * 8 * (p->n + 1), sizeof *e->by_theta);
    if (!e->scratch || !e->theta || !e->r || (!p->plain && !e->by_theta)) {
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
    free(e);
}

static bool residual(void *context, const double *u, double *r, double *J, size_t stride)
{
    fsci_evaluator *e = context;
    const fsci_objective *o = e->objective;
    fsci_parameters_expand(o->parameters, u, e->theta);
    if (!J) {
        fsci_program_values(o->residual, e->scratch, e->theta, 0, o->n, r, stride);
        return fsci_rows_finite(o->n, r);
    }
    double *by_theta = o->parameters->plain ? J : e->by_theta;
    fsci_program_jacobian(o->residual, e->scratch, e->theta, 0, o->n, r, by_theta, stride);
    if (!fsci_rows_finite(o->n, r))
        return false;
    fsci_parameters_chain(o->parameters, e->theta, by_theta, J, o->n, stride);
    for (size_t k = 0; k < o->parameters->n_free; k++)
        if (!fsci_rows_finite(o->n, J + k * stride))
            return false;
    return true;
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
    fsci_program_values(o->residual, e->scratch, theta, 0, o->n, e->r, o->n);
    if (!fsci_rows_finite(o->n, e->r))
        return INFINITY;
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
