#include "fit/variant.h"

#include "base/spread.h"

#include <math.h>
#include <string.h>

/* What one variant comes to: these, then theta[n_all]. */
enum { FAILED, ROWS, VALUE, THETA };
enum { FITTED = 0, NO_FIT = 1, NO_MEMORY = 2 }; /* FAILED */

typedef struct job {
    const fsci_fit *fit;
    const fsci_variant *variants;
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

static void fit_one(void *context, size_t i, size_t worker, void *result)
{
    (void)worker;
    const job *j = context;
    const fsci_variant *v = &j->variants[i];
    const fsci_model *base = &j->fit->model;
    fsci_fit_settings settings = v->settings;
    fsci_arena *arena = fsci_arena_new();
    fsci_fit fit;
    double *out = result, *theta = NULL;
    settings.search.threads = 1;
    settings.search.scheme = FSCI_STARTS_SCREENED; /* an exhaustive search is for the fit itself */
    settings.search.rows = FSCI_SEARCH_FEW_ROWS;
    settings.search.brief = true;
    settings.bootstrap = 0;
    settings.cluster = NULL;
    out[FAILED] = NO_FIT;
    if (arena && fsci_fit_minimum(arena, &base->subject, v->table, &settings, &fit, NULL) == FSC_OK)
        theta = FSCI_NEW(arena, double, fit.model.n_all);
    if (theta) {
        fsci_parameters_expand(&fit.model.parameters, fit.u, theta);
        reorder(&fit.model, theta, base, out + THETA);
        out[ROWS] = (double)fit.model.n;
        out[VALUE] = fit.search.best.value;
        out[FAILED] = FITTED;
    }
    if (!arena || fsci_arena_failed(arena))
        out[FAILED] = NO_MEMORY;
    fsci_arena_free(arena);
}

fsc_status fsci_variants_fit(fsci_arena *arena, const fsci_fit *fit, fsci_variant *v, size_t n,
                             int threads, fsc_error *err)
{
    job j = {.fit = fit, .variants = v};
    size_t size = THETA + fit->model.n_all;
    double *results = FSCI_NEW(arena, double, n *size);
    if (!results)
        return fsci_fail_memory(err);
    FSCI_TRY(fsci_spread(threads, n, size * sizeof *results, results, fit_one, &j, err));
    for (size_t i = 0; i < n; i++) {
        double *out = results + i * size;
        if (out[FAILED] == NO_MEMORY)
            return fsci_fail_memory(err);
        v[i].theta = out[FAILED] == FITTED ? out + THETA : NULL;
        v[i].rows = (size_t)out[ROWS];
        v[i].value = out[VALUE];
    }
    return FSC_OK;
}
