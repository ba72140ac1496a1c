#include "fit/variant.h"

#include "base/parallel.h"

#include <math.h>
#include <string.h>

typedef struct job {
    const fsci_fit *fit;
    fsci_variant *variants;
    double *theta; /* [n * n_all] */
    bool *failed;  /* [n] for want of memory */
} job;

static bool same_parameter(const fsci_parameter *a, const fsci_parameter *b)
{
    return !strcmp(a->name, b->name) && !a->group == !b->group &&
           (!a->group || !strcmp(a->group, b->group));
}

/* The parameters of `from` in the order of `to`. */
static void reorder(const fsci_model *from, const double *theta, const fsci_model *to, double *out)
{
    for (size_t i = 0; i < to->n_all; i++) {
        out[i] = NAN;
        for (size_t j = 0; j < from->n_all; j++)
            if (same_parameter(&to->all[i], &from->all[j]))
                out[i] = theta[j];
    }
}

static void fit_one(void *context, size_t i, size_t worker)
{
    (void)worker;
    job *j = context;
    fsci_variant *v = &j->variants[i];
    const fsci_model *base = &j->fit->model;
    fsci_fit_settings settings = v->settings;
    fsci_arena *arena = fsci_arena_new();
    fsci_fit fit;
    settings.search.threads = 1;
    settings.bootstrap = 0;
    fsc_status status =
        arena ? fsci_fit_minimum(arena, &base->subject, v->table, &settings, &fit, NULL)
              : FSC_ENOMEM;
    double *theta = status == FSC_OK ? FSCI_NEW(arena, double, fit.model.n_all) : NULL;
    if (theta) {
        fsci_parameters_expand(&fit.model.parameters, fit.u, theta);
        v->theta = j->theta + i * base->n_all;
        v->value = fit.search.best.value;
        v->rows = fit.model.n;
        reorder(&fit.model, theta, base, v->theta);
    }
    j->failed[i] = !arena || fsci_arena_failed(arena);
    fsci_arena_free(arena);
}

fsc_status fsci_variants_fit(fsci_arena *arena, const fsci_fit *fit, fsci_variant *v, size_t n,
                             int threads, fsc_error *err)
{
    job j = {.fit = fit, .variants = v};
    j.theta = FSCI_NEW(arena, double, n * fit->model.n_all);
    j.failed = FSCI_NEW(arena, bool, n);
    if (!j.theta || !j.failed)
        return fsci_fail_memory(err);
    fsci_parallel(threads, n, fit_one, &j);
    for (size_t i = 0; i < n; i++)
        if (j.failed[i])
            return fsci_fail_memory(err);
    return FSC_OK;
}
