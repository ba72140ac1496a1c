/* The one table of methods. */
#include "observe/methods/methods.h"

#include <string.h>

/* Baselines first: what every method has to beat. */
static const fsci_method table[] = {
    {"training-mean", "the mean of the training models", "", true, fsci_predict_training_mean},
    {"persistence", "the last of the family, else the best so far", "", true,
     fsci_predict_persistence},
    {"component-prior", "three components, least squares under a weak prior", "", false,
     fsci_predict_component_prior},
    {"component-average", "mean of the curves in 1 to 4 components under a weak prior", "", false,
     fsci_predict_component_average},
    {"errors-in-variables", "three components, a weak prior, rows weighed by benchmark noise",
     "Orear 1982", false, fsci_predict_errors_in_variables},
    {"four-view",
     "mean of four curves in three components: raw scores and log-odds above chance, least squares "
     "and logit noise, a weak prior",
     "", false, fsci_predict_four_view},
    {"four-view-families", "four-view with small intercepts of families", "", false,
     fsci_predict_four_view_families},
    {"hierarchical",
     "one latent model of benchmarks, target, families and compute, partially pooled", "", false,
     fsci_predict_hierarchical},
};
enum { N_METHODS = sizeof table / sizeof *table };

const fsci_method *fsci_methods(size_t *n)
{
    *n = N_METHODS;
    return table;
}

const fsci_method *fsci_method_find(const char *id)
{
    for (size_t i = 0; i < N_METHODS; i++)
        if (!strcmp(table[i].id, id))
            return &table[i];
    return NULL;
}
