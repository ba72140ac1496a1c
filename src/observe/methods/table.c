/* The one table of methods. */
#include "observe/methods/methods.h"

#include <string.h>

static const char ruan[] = "Ruan, Maddison, Hashimoto 2024, arXiv:2405.10938";
static const char owen[] = "Owen 2024, arXiv:2401.04757";

/* Baselines first: what every method has to beat. */
static const fsci_method table[] = {
    {"training-mean", "the mean of the training models", "", true, fsci_predict_training_mean},
    {"family-mean", "the mean of the family, else of all", "", true, fsci_predict_family_mean},
    {"persistence", "the last of the family, else the best so far", "", true,
     fsci_predict_persistence},
    {"best-so-far", "the best of the training models", "", true, fsci_predict_best},
    {"neighbours", "the mean of the three nearest in the benchmarks", "", true,
     fsci_predict_neighbours},
    {"bias", "the mean of the target plus that of the model", "", true, fsci_predict_bias},
    {"average", "a curve through the plain mean of the benchmarks", "", true, fsci_predict_average},
    {"flops", "a curve through training compute", owen, true, fsci_predict_flops},
    {"size", "a curve through the number of parameters", "", true, fsci_predict_size},
    {"date", "a curve through the release date", "", true, fsci_predict_date},
    {"drift", "a line over time, on log-odds", "", true, fsci_predict_drift},
    {"published-1", "a curve through one component, from the published start", ruan, true,
     fsci_predict_published_1},
    {"published-2", "a curve through two components, from the published start", ruan, true,
     fsci_predict_published_2},
    {"published-3", "a curve through three components, from the published start", ruan, true,
     fsci_predict_published_3},
    {"published-4", "a curve through four components, from the published start", ruan, true,
     fsci_predict_published_4},
    {"pc1", "the best curve through one component", ruan, true, fsci_predict_pc1},
    {"pc2", "the best curve through two components", ruan, true, fsci_predict_pc2},
    {"pc3", "the best curve through three components", ruan, true, fsci_predict_pc3},
    {"pc4", "the best curve through four components", ruan, true, fsci_predict_pc4},
    {"given", "the law that was given, as it stands", "", false, fsci_predict_given},
    {"ridge", "a curve through all benchmarks, with a penalty", "Hoerl & Kennard 1970", false,
     fsci_predict_ridge},
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
    {"four-view-flops", "four-view with training compute as a fourth component", "", false,
     fsci_predict_four_view_flops},
    {"four-view-date", "four-view with the release date as a fourth component", "", false,
     fsci_predict_four_view_date},
    {"hierarchical",
     "one latent model of benchmarks, target, families and compute, partially pooled", "", false,
     fsci_predict_hierarchical},
    {"blend", "the mean of four-view and the hierarchical model", "", false, fsci_predict_blend},
    {"skills", "three skills from family, size and tokens, without scores of the model itself",
     "Maia Polo et al. 2024, arXiv:2412.06540", false, fsci_predict_skills},
    {"completion", "matrix completion on log-odds: rank 2 and the best single lines, blended",
     "Zeng & Papailiopoulos 2026, arXiv:2606.24020", false, fsci_predict_completion},
    {"stitched", "one index with a slope and a difficulty for every benchmark",
     "Ho et al. 2025, arXiv:2512.00193", false, fsci_predict_stitched},
    {"frontier", "from the date to the first component, from there to the target",
     "Pimpale et al. 2025, arXiv:2502.15850", false, fsci_predict_frontier},
    {"sandwich", "polynomials of an easy and a hard group of questions, averaged",
     "Wu & Lo 2024, arXiv:2410.01692", false, fsci_predict_sandwich},
    {"ladder", "from size and tokens to the task's loss, from there to accuracy",
     "Bhagia et al. 2024, arXiv:2412.04403", false, fsci_predict_ladder},
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
