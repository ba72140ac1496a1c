#include "api/models.h"

#include "api/items.h"
#include "api/paper.h"
#include "api/provenance.h"
#include "api/source.h"
#include "base/number.h"
#include "fit/objective.h"
#include "observe/roles.h"

#include <string.h>

/* ---- tables ---- */

static const char *column_of_role(const fsc_table *table, fsci_role wanted)
{
    for (size_t i = 0; i < fsci_table_columns(table); i++) {
        fsci_role role;
        double unit;
        const char *name = fsci_table_column(table, i)->name;
        if (fsci_role_of(name, &role, &unit) && role == wanted)
            return name;
    }
    return NULL;
}

/* The column that names the models: --model, or by its name. */
static fsc_status find_key(const fsc_args *args, const fsc_table *table, const char **key,
                           fsc_error *err)
{
    const char *named = fsci_args_text(args, "model");
    *key = named ? named : column_of_role(table, FSCI_ROLE_MODEL);
    if (!*key)
        return fsci_fail(err, FSC_EINPUT,
                         "%s has no column that names the models; give --model COLUMN",
                         fsci_table_name(table));
    return fsci_table_find(table, *key) ? FSC_OK : fsci_table_no_column(table, *key, err);
}

/* Whether a table is joined by `key`, the column that names the models, or, when it has none, by
 * the family column: facts about families, such as dates, are kept once per family. */
static const char *join_key(const fsc_table *left, const fsc_table *right, const char *key,
                            const char *family)
{
    return !fsci_table_find(right, key) && family && fsci_table_find(left, family) &&
                   fsci_table_find(right, family)
               ? family
               : key;
}

static fsc_status join(fsci_arena *arena, const fsc_args *args, const char *path, const char *key,
                       fsci_json *inputs, fsc_table **joined, fsc_error *err)
{
    fsc_table *right, *wider;
    FSCI_TRY(fsci_source_table(path, NULL, &right, err));
    fsci_source_provenance(arena, path, fsci_table_rows(right), inputs);
    const char *family = fsci_args_text(args, "family");
    family = family ? family : column_of_role(*joined, FSCI_ROLE_FAMILY);
    fsc_status status =
        fsci_table_join(*joined, right, join_key(*joined, right, key, family), true, &wider, err);
    fsci_table_free(right);
    if (status != FSC_OK)
        return status;
    fsci_table_free(*joined);
    *joined = wider;
    return FSC_OK;
}

static bool is_named(const fsci_settings_list *settings, const char *name)
{
    for (size_t i = 0; i < settings->n; i++)
        if (!strcmp(settings->items[i].name, name))
            return true;
    return false;
}

/* Every table named by --with, then the neighbours that hold targets nobody named a table for. */
static fsc_status join_all(fsci_arena *arena, const fsc_args *args, const char *path,
                           const char *key, fsci_json *inputs, fsc_table **joined, fsc_error *err)
{
    const char *with, *target, *found;
    for (size_t i = 0; (with = fsc_args_get(args, "with", i)); i++)
        FSCI_TRY(join(arena, args, with, key, inputs, joined, err));
    fsci_settings_list lets;
    FSCI_TRY(fsci_args_pairs(args, "let", arena, &lets, err));
    for (size_t i = 0; (target = fsc_args_get(args, "target", i)); i++) {
        if (fsci_table_find(*joined, target) || is_named(&lets, target))
            continue;
        FSCI_TRY(fsci_source_beside(arena, path, key, target, &found, err));
        if (!found)
            return fsci_table_no_column(*joined, target, err);
        FSCI_TRY(join(arena, args, found, key, inputs, joined, err));
    }
    return FSC_OK;
}

/* The models: the table named first, with the rows of every --append below. */
static fsc_status read_models(fsci_arena *arena, const fsc_args *args, const char *path,
                              fsci_json *inputs, fsc_table **table, fsc_error *err)
{
    const char *more;
    FSCI_TRY(fsci_source_table(path, NULL, table, err));
    fsci_source_provenance(arena, path, fsci_table_rows(*table), inputs);
    for (size_t i = 0; (more = fsc_args_get(args, "append", i)); i++) {
        fsc_table *below = NULL, *both = NULL;
        fsc_status status = fsci_source_table(more, NULL, &below, err);
        if (status == FSC_OK) {
            fsci_source_provenance(arena, more, fsci_table_rows(below), inputs);
            status = fsci_table_stack(*table, below, &both, err);
        }
        fsci_table_free(below);
        fsci_table_free(*table);
        *table = both;
        FSCI_TRY(status);
    }
    return FSC_OK;
}

/* The table that the benchmarks are taken from, and all that is joined to it. */
static fsc_status join_models(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                              fsc_table **table, size_t *n_own, fsc_error *err)
{
    const char *path = fsci_args_positional(args, 0), *key;
    FSCI_TRY(read_models(arena, args, path, inputs, table, err));
    *n_own = fsci_table_columns(*table);
    FSCI_TRY(find_key(args, *table, &key, err));
    key = fsci_copy_string(arena, key); /* it belongs to a table that joining replaces */
    return key ? join_all(arena, args, path, key, inputs, table, err) : fsci_fail_memory(err);
}

fsc_status fsci_models_open(fsci_arena *arena, const fsc_args *args, fsci_json *inputs,
                            fsci_json *record, fsci_models *models, fsc_error *err)
{
    fsc_table *joined = NULL;
    *models = (fsci_models){0};
    fsc_status status = join_models(arena, args, inputs, &joined, &models->n_own, err);
    if (status == FSC_OK)
        status = fsci_paper_args(arena, args, joined, record, &models->args, err);
    if (status == FSC_OK)
        status = fsci_rows_own(arena, models->args, joined, &models->rows, err);
    else
        fsci_table_free(joined);
    if (status != FSC_OK)
        fsci_models_close(models);
    return status;
}

void fsci_models_close(fsci_models *models)
{
    fsci_rows_free(&models->rows);
    fsc_args_free(models->args);
    *models = (fsci_models){0};
}

/* ---- options ---- */

enum { DEFAULT_REFITS = 1000 };

static fsc_status read_intervals(const fsc_args *args, fsci_observe_input *in, fsc_error *err)
{
    static const char *const methods[] = {"local", "bootstrap", "predictive"};
    const char *method = fsci_args_text(args, "interval"),
               *by = fsci_args_text(args, "bootstrap-by");
    size_t m = 0;
    in->bootstrap = fsci_args_count(args, "bootstrap");
    if (fsc_args_get(args, "bootstrap", 0) && in->bootstrap < 2)
        return fsci_fail(err, FSC_EUSAGE,
                         "--bootstrap %zu has no spread; give 100 or more, or leave it out",
                         in->bootstrap);
    if (method && !strcmp(method, "percentile"))
        method = "bootstrap";
    if (!method)
        method = in->bootstrap > 0 ? "bootstrap" : "local";
    while (m < sizeof methods / sizeof *methods && strcmp(methods[m], method))
        m++;
    if (m == sizeof methods / sizeof *methods)
        return fsci_fail(err, FSC_EUSAGE,
                         "--interval %s is none of a forecast's; there are local, bootstrap and "
                         "predictive",
                         method);
    in->interval = (fsci_band_method)m;
    if (in->interval != FSCI_BANDS_LOCAL && in->bootstrap == 0)
        in->bootstrap = DEFAULT_REFITS;
    if (in->interval == FSCI_BANDS_LOCAL && in->bootstrap > 0)
        return fsci_fail(err, FSC_EUSAGE,
                         "--interval local needs no refits; leave --bootstrap out, or choose "
                         "--interval bootstrap or predictive");
    in->bootstrap_families = by ? !strcmp(by, "family") : in->interval == FSCI_BANDS_PREDICTIVE;
    return FSC_OK;
}

static fsc_status read_numbers(const fsc_args *args, fsci_observe_input *in, fsc_error *err)
{
    FSCI_TRY(fsci_args_common(args, &in->level, &in->seed, &in->threads, err));
    FSCI_TRY(read_intervals(args, in, err));
    in->aue = fsci_args_flag(args, "aue");
    in->pcs = fsc_args_get(args, "pcs", 0) ? fsci_args_count(args, "pcs") : 0;
    if (fsc_args_get(args, "pcs", 0) && !in->pcs)
        return fsci_fail(err, FSC_EUSAGE, "--pcs needs at least 1 component");
    in->chance = fsci_args_number(args, "chance");
    in->ceiling = fsci_args_number(args, "ceiling");
    if (!(in->chance < in->ceiling))
        return fsci_fail(err, FSC_EUSAGE, "--chance %s must lie below --ceiling %s",
                         fsci_briefly(in->chance, 6).text, fsci_briefly(in->ceiling, 6).text);
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

/* Every value of an option that takes one whole name each time; NULL when out of memory. */
static const char **whole_values(fsci_arena *arena, const fsc_args *args, const char *option,
                                 size_t *n)
{
    *n = 0;
    while (fsc_args_get(args, option, *n))
        ++*n;
    const char **values = FSCI_NEW(arena, const char *, *n);
    for (size_t i = 0; values && i < *n; i++)
        values[i] = fsc_args_get(args, option, i);
    return values;
}

static fsc_status read_columns(fsci_arena *arena, const fsc_args *args, fsci_observe_input *in,
                               fsc_error *err)
{
    static const char *const links[] = {"sigmoid", "sigmoid_floor", "linear", NULL};
    static const char *const scales[] = {"center", "zscore", "logit", NULL};
    const char **benchmarks, **predictors;
    FSCI_TRY(fsci_args_list(args, "benchmarks", arena, &benchmarks, &in->n_benchmarks, err));
    FSCI_TRY(fsci_args_list(args, "predictors", arena, &predictors, &in->n_predictors, err));
    in->targets = whole_values(arena, args, "target", &in->n_targets);
    in->hold_families = whole_values(arena, args, "hold-family", &in->n_hold_families);
    if (!in->targets || !in->hold_families)
        return fsci_fail_memory(err);
    in->benchmarks = benchmarks;
    in->predictors = predictors;
    in->model = fsci_args_text(args, "model");
    in->family = fsci_args_text(args, "family");
    in->reference_family = fsci_args_text(args, "reference-family");
    in->link = (fsci_link_kind)choice(fsci_args_text(args, "link"), links);
    in->scale = (fsci_pca_scale)choice(fsci_args_text(args, "scale"), scales);
    return FSC_OK;
}

/* --given names numbers; what they are weights of is told by the pipeline. */
static fsc_status read_given(fsci_arena *arena, const fsc_args *args, fsci_observe_input *in,
                             fsc_error *err)
{
    fsci_settings_list pairs;
    FSCI_TRY(fsci_args_pairs(args, "given", arena, &pairs, err));
    if (!pairs.n)
        return FSC_OK;
    fsci_given *given = FSCI_NEW(arena, fsci_given, 1);
    const char **names = FSCI_NEW(arena, const char *, pairs.n);
    double *values = FSCI_NEW(arena, double, pairs.n);
    if (!given || !names || !values)
        return fsci_fail_memory(err);
    for (size_t i = 0; i < pairs.n; i++) {
        const char *text = pairs.items[i].value;
        names[i] = pairs.items[i].name;
        if (!fsci_number_read(text, strlen(text), &values[i]))
            return fsci_fail(err, FSC_EUSAGE, "--given %s=%s: '%s' is not a number", names[i], text,
                             text);
    }
    *given = (fsci_given){names, values, pairs.n};
    in->given = given;
    return FSC_OK;
}

static fsc_status mask(fsci_arena *arena, const fsc_args *args, const char *option,
                       const fsc_table *table, const bool **rows, fsc_error *err)
{
    const char *text = fsci_args_text(args, option);
    if (!text)
        return FSC_OK;
    bool *keep = FSCI_NEW(arena, bool, fsci_table_rows(table));
    if (!keep)
        return fsci_fail_memory(err);
    *rows = keep;
    return fsci_rows_mask(arena, table, fsci_format(arena, "--%s", option), text, keep, err);
}

static fsc_status read_split(fsci_arena *arena, const fsc_args *args, fsci_observe_input *in,
                             fsc_error *err)
{
    in->until = fsci_args_text(args, "until");
    if (fsci_args_text(args, "rank")) {
        in->rank = fsci_args_number(args, "rank");
        if (!(in->rank > 0 && in->rank < 1))
            return fsci_fail(err, FSC_EUSAGE,
                             "--rank is the share of models to hold out, between 0 and 1, not %s",
                             fsci_briefly(in->rank, 6).text);
        if (!in->n_targets)
            return fsci_fail(err, FSC_EUSAGE, "--rank ranks by the target; give --target COLUMN");
    }
    FSCI_TRY(mask(arena, args, "cutoff", in->table, &in->train, err));
    return mask(arena, args, "later", in->table, &in->later, err);
}

fsc_status fsci_models_input(fsci_arena *arena, const fsci_models *models,
                             fsci_observe_input *input, fsc_error *err)
{
    *input = (fsci_observe_input){.table = models->rows.table, .n_candidates = models->n_own};
    FSCI_TRY(read_columns(arena, models->args, input, err));
    FSCI_TRY(read_numbers(models->args, input, err));
    FSCI_TRY(read_given(arena, models->args, input, err));
    FSCI_TRY(fsci_items_read(arena, models->args, &input->items, err));
    return read_split(arena, models->args, input, err);
}
