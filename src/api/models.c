#include "api/models.h"

#include "api/provenance.h"
#include "api/source.h"
#include "fit/objective.h"
#include "observe/roles.h"

#include <string.h>

/* ---- tables ---- */

/* The column that names the models: --model, or by its name. */
static fsc_status find_key(const fsc_args *args, const fsc_table *table, const char **key,
                           fsc_error *err)
{
    *key = fsci_args_text(args, "model");
    if (*key)
        return fsci_table_find(table, *key) ? FSC_OK : fsci_table_no_column(table, *key, err);
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        fsci_role role;
        double unit;
        const char *name = fsci_table_column(table, i)->name;
        if (fsci_role_of(name, &role, &unit) && role == FSCI_ROLE_MODEL) {
            *key = name;
            return FSC_OK;
        }
    }
    return fsci_fail(err, FSC_EINPUT, "%s has no column that names the models; give --model COLUMN",
                     fsci_table_name(table));
}

/* join_all replaces its table step by step; the first must outlive it. */
static fsc_status copy_table(fsci_arena *arena, const fsc_table *table, fsc_table **copy,
                             fsc_error *err)
{
    bool *all = FSCI_NEW(arena, bool, fsci_table_rows(table));
    if (!all)
        return fsci_fail_memory(err);
    memset(all, true, fsci_table_rows(table));
    return fsci_table_take(table, all, copy, err);
}

static fsc_status join(fsci_arena *arena, const char *path, const char *key, fsci_json *inputs,
                       fsc_table **joined, fsc_error *err)
{
    fsc_table *right, *wider;
    FSCI_TRY(fsci_source_table(path, &right, err));
    fsci_source_provenance(arena, path, fsci_table_rows(right), inputs);
    fsc_status status = fsci_table_join(*joined, right, key, true, &wider, err);
    fsci_table_free(right);
    if (status != FSC_OK)
        return status;
    fsci_table_free(*joined);
    *joined = wider;
    return FSC_OK;
}

/* Every table named by --with, then the neighbours that hold targets nobody named a table for. */
static fsc_status join_all(fsci_arena *arena, const fsc_args *args, const char *path,
                           const char *key, fsci_json *inputs, fsc_table **joined, fsc_error *err)
{
    const char *with, *target, *found;
    for (size_t i = 0; (with = fsc_args_get(args, "with", i)); i++)
        FSCI_TRY(join(arena, with, key, inputs, joined, err));
    for (size_t i = 0; (target = fsc_args_get(args, "target", i)); i++) {
        if (fsci_table_find(*joined, target))
            continue;
        FSCI_TRY(fsci_source_beside(arena, path, key, target, &found, err));
        if (!found)
            return fsci_table_no_column(*joined, target, err);
        FSCI_TRY(join(arena, found, key, inputs, joined, err));
    }
    return FSC_OK;
}

fsc_status fsci_models_open(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                            fsci_models *models, fsc_error *err)
{
    const char *path = fsci_args_positional(args, 0), *key;
    fsc_table *joined = NULL;
    *models = (fsci_models){0};
    FSCI_TRY(fsci_source_table(path, &models->own, err));
    fsci_source_provenance(arena, path, fsci_table_rows(models->own), inputs);
    fsc_status status = find_key(args, models->own, &key, err);
    if (status == FSC_OK)
        status = copy_table(arena, models->own, &joined, err);
    if (status == FSC_OK)
        status = join_all(arena, args, path, key, inputs, &joined, err);
    if (status == FSC_OK)
        status = fsci_rows_from(arena, args, joined, &models->rows, err);
    fsci_table_free(joined);
    if (status != FSC_OK)
        fsci_models_close(models);
    return status;
}

void fsci_models_close(fsci_models *models)
{
    fsci_table_free(models->rows.table);
    fsci_table_free(models->own);
    *models = (fsci_models){0};
}

/* ---- options ---- */

static fsc_status read_numbers(const fsc_args *args, fsci_observe_input *in, fsc_error *err)
{
    uint64_t seed;
    int threads;
    FSCI_TRY(fsci_args_common(args, &in->level, &seed, &threads, err));
    in->pcs = fsc_args_get(args, "pcs", 0) ? fsci_args_count(args, "pcs") : 0;
    if (fsc_args_get(args, "pcs", 0) && !in->pcs)
        return fsci_fail(err, FSC_EUSAGE, "--pcs needs at least 1 component");
    in->chance = fsci_args_number(args, "chance");
    in->ceiling = fsci_args_number(args, "ceiling");
    if (!(in->chance < in->ceiling))
        return fsci_fail(err, FSC_EUSAGE, "--chance %g must lie below --ceiling %g", in->chance,
                         in->ceiling);
    FSCI_TRY(fsci_objective_read(fsci_args_text(args, "loss"), &in->loss, &in->delta, err));
    return FSC_OK;
}

static int choice(const char *text, const char *const *words)
{
    int i = 0;
    while (words[i] && strcmp(words[i], text))
        i++;
    return i;
}

static fsc_status read_columns(fsci_arena *arena, const fsc_args *args, fsci_observe_input *in,
                               fsc_error *err)
{
    static const char *const links[] = {"sigmoid", "sigmoid_floor", "linear", NULL};
    static const char *const scales[] = {"center", "zscore", "logit", NULL};
    const char **benchmarks, **predictors, **targets;
    FSCI_TRY(fsci_args_list(args, "benchmarks", arena, &benchmarks, &in->n_benchmarks, err));
    FSCI_TRY(fsci_args_list(args, "predictors", arena, &predictors, &in->n_predictors, err));
    while (fsc_args_get(args, "target", in->n_targets))
        in->n_targets++;
    targets = FSCI_NEW(arena, const char *, in->n_targets);
    if (!targets)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < in->n_targets; i++)
        targets[i] = fsc_args_get(args, "target", i);
    in->benchmarks = benchmarks;
    in->predictors = predictors;
    in->targets = targets;
    in->model = fsci_args_text(args, "model");
    in->family = fsci_args_text(args, "family");
    in->reference_family = fsci_args_text(args, "reference-family");
    in->link = (fsci_link_kind)choice(fsci_args_text(args, "link"), links);
    in->scale = (fsci_pca_scale)choice(fsci_args_text(args, "scale"), scales);
    return FSC_OK;
}

static fsc_status split_rows(fsci_arena *arena, const fsc_args *args, fsci_observe_input *in,
                             fsc_error *err)
{
    const char *cutoff = fsci_args_text(args, "cutoff");
    if (!cutoff)
        return FSC_OK;
    bool *train = FSCI_NEW(arena, bool, fsci_table_rows(in->table));
    if (!train)
        return fsci_fail_memory(err);
    in->train = train;
    return fsci_rows_mask(arena, in->table, "--cutoff", cutoff, train, err);
}

fsc_status fsci_models_input(fsci_arena *arena, const fsc_args *args, const fsci_models *models,
                             fsci_observe_input *input, fsc_error *err)
{
    *input = (fsci_observe_input){.table = models->rows.table, .candidates = models->own};
    FSCI_TRY(read_columns(arena, args, input, err));
    FSCI_TRY(read_numbers(args, input, err));
    return split_rows(arena, args, input, err);
}
