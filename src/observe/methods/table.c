/* The one table of methods. */
#include "observe/methods/methods.h"

#include <string.h>

/* Baselines first: what every method has to beat. */
static const fsci_method table[] = {
    {"training-mean", "the mean of the training models", "", true, fsci_predict_training_mean},
    {"persistence", "the last of the family, else the best so far", "", true,
     fsci_predict_persistence},
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
